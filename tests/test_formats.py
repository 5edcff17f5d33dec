"""Laws of the formats beyond the terminal: Typst and PDF, worksheets, the dialects of Markdown, cards for Anki, KaTeX."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from cases import BY_NAME, CASES, LARGE
from latex_compiler import available

import symbackprop as sb
from symbackprop.cli import run
from symbackprop.derivation import Derivation, derive
from symbackprop.document import Blank, Document, Heading, Lines, Note, Paragraph, Relation, Row, Table
from symbackprop.expr import Expr, Symbol
from symbackprop.narrate.worksheet import worksheet
from symbackprop.notation import NOTATIONS, Speller
from symbackprop.render import FORMATS, Options
from symbackprop.render.latex_sheet import macros_of
from symbackprop.render.pdf import to_pdf
from symbackprop.render.references import refer
from symbackprop.render.typst_rows import equation
from symbackprop.typeset import Typesetter
from symbackprop.typeset.latex_emitter import Latex
from symbackprop.typeset.typst_emitter import TINTS, Typst

NEW = ("typst", "myst", "quarto", "obsidian", "anki")
MARKDOWN = ("dollar", "github", "myst", "quarto", "obsidian")
HOSTILE = '#import "x" $a$ \\input{/etc/passwd} <script> [latex] ``` %% == @x ::: {{c1::y}} </script> \u202e\u0000 字 \t'
KATEX = "0.16.22"

needs_typst = pytest.mark.skipif(find_spec("typst") is None, reason="typst is not installed")


def told(name: str) -> Derivation:
    """Return a case at a point of its own, so that there are numbers, too."""
    case = BY_NAME[name]
    return case.derivation().at(**case.point(1)) if name not in LARGE else case.derivation()


@cache
def document(name: str) -> Document:
    """Return the document of a case, told once."""
    return told(name).document()


def rows(told_document: Document) -> Iterator[Row]:
    """Yield every row of a document."""
    for block in told_document.blocks:
        if isinstance(block, Lines):
            yield from block.rows


def hostile() -> Document:
    """Return a document with a hostile text in every place that takes one."""
    text = (HOSTILE, Symbol("x"), HOSTILE)
    blocks = (
        Heading(1, text), Heading(2, text), Heading(3, text), Paragraph(text), Paragraph((":::",)), Paragraph((HOSTILE * 200,)),
        Lines((Row(Symbol("x"), Symbol("y"), Symbol("z"), text),)), Table((text, text), (text, text) and ((text, text),)),
        *(Note(kind, text) for kind in ("note", "warning", "verified", "wrong", "below")), Note("note", (":::",)),
    )  # fmt: skip
    return Document(HOSTILE, blocks)


SPELLER = Speller(network=False)

# --- every case, every format ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NEW)
def test_every_case_is_printed_alike_twice(name: str) -> None:
    """Every case of the table is printed, and the same text comes out again."""
    for k, case in enumerate(CASES):
        speller = case.derivation().speller
        text = FORMATS[name].render(document(case.name), speller)

        assert len(text) > 200
        assert k % 5 or text == FORMATS[name].render(document(case.name), speller)


@pytest.mark.parametrize("name", MARKDOWN)
def test_what_is_opened_in_markdown_is_closed(name: str) -> None:
    """Fences, displays and divisions come in pairs, and a label names one display."""
    for told_document, speller in [*((document(c.name), c.derivation().speller) for c in CASES), (hostile(), SPELLER)]:
        text = FORMATS[name].render(told_document, speller)
        lines = text.splitlines()
        fences = [line for line in lines if line.startswith("```")]
        displays = [line for line in lines if re.match(r"\$\$(?: \{#eq-[a-z0-9-]+\})?$", line)]
        labels = re.findall(r"^(?::label: |\$\$ \{#|\^)(eq-[a-z0-9-]+)", text, re.MULTILINE)

        assert len(fences) % 2 == 0
        assert all(fence == "```" for fence in fences[1::2])
        assert len(displays) % 2 == 0
        assert sum(line.startswith(":::") for line in lines) % 2 == 0
        assert len(labels) == len(set(labels))
        expected = sum(isinstance(block, Lines) for block in told_document.blocks)
        assert len(labels) == (expected if name in {"myst", "quarto", "obsidian"} else 0)


def test_dialects_say_things_their_own_way() -> None:
    """A title, a display and a warning in each of the dialects."""
    blocks = (Heading(1, ("T: 1",)), Lines((Row(Symbol("x"), Symbol("y")),)), Note("warning", ("See.",)))
    made = {name: FORMATS[name].render(Document("T: 1", blocks), SPELLER) for name in MARKDOWN}

    assert re.search(r"```\{math\}\n:label: eq-t-1-[0-9a-f]{4}-1\n\\begin\{alignedat\}", made["myst"])
    assert "```{warning}\nSee.\n```" in made["myst"]
    assert made["quarto"].startswith('---\ntitle: "T: 1"\n---\n\n$$\n\\begin{alignedat}')
    assert re.search(r"\\end\{alignedat\}\n\$\$ \{#eq-t-1-[0-9a-f]{4}-0\}", made["quarto"])
    assert "::: {.callout-warning}\nSee.\n:::" in made["quarto"]
    assert re.search(r"\\end\{alignedat\}\n\$\$\n\n\^eq-t-1-[0-9a-f]{4}-1\n", made["obsidian"])
    assert "> [!warning]\n> See." in made["obsidian"]
    assert "> **Warning.** See." in made["github"]


def test_a_card_has_two_sides() -> None:
    """Every card has a front of its own and a back, and each equation is one but for what a function is given by."""
    for case in CASES:
        told, speller = document(case.name), case.derivation().speller
        head = FORMATS["anki"].render(told, speller).splitlines()
        cards = [line.split("\t") for line in head if not line.startswith("#")]
        displays = [block for block in told.blocks if isinstance(block, Lines) and block.rows]
        asked = displays if speller.network or len(displays) < 2 else displays[1:]

        assert head[:2] == ["#separator:tab", "#html:true"]
        assert len(cards) == sum(row.left is not None for block in asked for row in block.rows)
        assert all(len(card) == 2 and all(card) for card in cards)
        for front, back in cards:
            left = front[front.rindex(r"\[") + 2 : front.rindex(r" = \; ?\]")]
            assert not back.startswith(rf"\[\begin{{alignedat}}{{1}} {left} ")
            assert re.match(r"\\\[\\begin\{alignedat\}\{\d\} &amp;(?:=|\\)", back), back
        assert len({front for front, _ in cards}) == len(cards)


def test_results_alone_are_cards_too() -> None:
    """Where nothing but a table is told, its rows are the cards; on a worksheet there is nothing to learn from."""
    cards = FORMATS["anki"].render(derive("x^2*y").told(detail=0).document(), SPELLER)

    assert [line.count("\t") for line in cards.splitlines()][-2:] == [1, 1]
    assert r"\frac{\partial f}" not in cards.split("formula", 1)[0]


def test_hostile_texts_are_shown_as_they_are() -> None:
    """What would be a command, a comment, a tag or a division in a format is escaped in it."""
    made = {name: FORMATS[name].render(hostile(), SPELLER) for name in (*NEW, *MARKDOWN, "standalone")}

    assert not any("\u202e" in text or "\u0000" in text for text in made.values())
    assert "\\#import" in made["typst"]
    assert not re.search(r"(?<!\\)#(?:import|include|read)", made["typst"].split("\n", 1)[1])
    for name in MARKDOWN:
        assert not re.search(r"(?<!\\)<script", made[name])
    assert not any("%%" in made[name] for name in ("myst", "quarto", "obsidian"))
    cards = made["anki"].split("#columns", 1)[1]  # before them is the name of a deck, which is no HTML
    assert "<script" not in cards
    assert "[latex]" not in cards


# --- numbers of equations --------------------------------------------------------------------------------------------


def test_a_step_uses_the_equations_before_it() -> None:
    """Only equations that stand before a step are used, and those that say what its line no longer has."""
    used = 0
    for case in CASES:
        found = refer(document(case.name))
        assert list(found.numbers.values()) == list(range(1, len(found.numbers) + 1))
        for place, numbers in found.used.items():
            begun = max(number for where, number in found.numbers.items() if where < place)
            assert all(number < begun for number in numbers)
            used += 1
    assert used > 100


# --- Typst and PDF ---------------------------------------------------------------------------------------------------

LETTERS = "".join(f"#let {name}(body) = body\n" for name in TINTS) + "#let blank(width, height) = box(width: width)\n"


@needs_typst
@pytest.mark.parametrize("inline", [False, True])
def test_typst_reads_every_formula(inline: bool) -> None:
    """Every side, value and line of every case is mathematics to Typst, in every notation of some."""
    import typst

    lines = [LETTERS]
    for case in CASES:
        setter = Typesetter(Typst(colour=True, inline=inline), case.derivation().speller)
        formulas = {expr: None for row in rows(document(case.name)) for expr in (row.left, row.right, row.value) if expr}
        for expr in formulas:
            lines.append(equation(setter.text(expr)))
            if not inline:  # what is in a sentence is not broken
                lines.extend(equation(line.text) for line in setter.lines(expr, 9.0)[1:])
    for notation in NOTATIONS:
        made = derive("2-3-2:softmax,cross_entropy", notation=notation)
        setter = Typesetter(Typst(inline=inline), made.speller)
        lines.extend(equation(setter.text(row.right)) for row in rows(made.document()))
    assert len(lines) > 2000
    _, warnings = typst.compile_with_warnings("\n".join(lines).encode(), ignore_system_fonts=True, format="pdf")

    assert warnings == []


def pdf(name: str, **options: object) -> bytes:
    """Return a case as a PDF by Typst."""
    return to_pdf(document(name), BY_NAME[name].derivation().speller, Options(**options), "typst")


@needs_typst
@pytest.mark.parametrize("name", ["gradient at a point", "softmax output", "huber"])
def test_a_pdf_is_made_alike_twice(name: str) -> None:
    """In one column, in two and as slides, a PDF has the same bytes again, and no date."""
    for options in ({}, {"columns": 2}, {"beamer": True}):
        made = pdf(name, **options)

        assert made.startswith(b"%PDF-")
        assert made == pdf(name, **options)
        assert b"/CreationDate" not in made


@needs_typst
@pytest.mark.parametrize("options", [Options(), Options(columns=2), Options(beamer=True)])
def test_nothing_sticks_out_of_a_page(options: Options) -> None:
    """No line of any case is wider than its column: the document marks those that it had to make smaller."""
    import typst

    for name in (
        "chain of two",
        "softmax output",
        "cross-entropy",
        "weight decay l1 and l2",
        "three layers",
        "kinks of abs, max and min",
    ):
        source = FORMATS["typst"].render(document(name), BY_NAME[name].derivation().speller, options)

        assert json.loads(typst.query(source.encode(), "<shrunk>", ignore_system_fonts=True)) == [], name


@needs_typst
def test_hostile_texts_are_harmless_to_typst(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document full of them becomes a PDF, with no file read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").write_text("#panic()", encoding="utf-8")

    assert to_pdf(hostile(), SPELLER, Options(), "typst").startswith(b"%PDF-")


@needs_typst
def test_a_pdf_is_written_by_the_command_and_by_save(tmp_path: Path) -> None:
    """`-o notes.pdf` and `save` write one, `-o notes.typ` what it is made of; evaluate and train, too."""
    assert run(["derive", "x^2", "--at", "x=3", "-o", str(tmp_path / "a.pdf")]) == 0
    derive("x^2", at="x=3").save(tmp_path / "b.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    assert run(["derive", "x^2", "--two-column", "-o", str(tmp_path / "a.typ")]) == 0
    written = (tmp_path / "a.typ").read_text(encoding="utf-8")
    assert "columns: 2" in written
    assert written.count('format: "svg"') == 1
    assert "var(" not in written
    assert run(["evaluate", "x^2", "--at", "x=3", "-o", str(tmp_path / "c.pdf")]) == 0
    assert run(["train", "x^2", "--at", "x=3", "-o", str(tmp_path / "d.pdf")]) == 0
    assert all((tmp_path / f"{name}.pdf").read_bytes().startswith(b"%PDF-") for name in "abcd")


@pytest.mark.latex
def test_latex_makes_a_pdf(tmp_path: Path) -> None:
    """`--engine latex` makes one, too, with the same bytes every time."""
    if not available():
        reason = "latexmk and pdflatex are not installed"
        if os.environ.get("SYMBACKPROP_REQUIRE_LATEX") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    made = []
    for name in ("a.pdf", "b.pdf"):
        assert run(["derive", "x^2", "--engine", "latex", "-o", str(tmp_path / name)]) == 0
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    assert made[0].startswith(b"%PDF-")


def test_without_an_engine_the_latex_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sentence says how a PDF can be had, and that the LaTeX is written beside."""
    monkeypatch.setattr("symbackprop.render.pdf.find_spec", lambda _: None)
    monkeypatch.setattr("symbackprop.render.pdf.shutil.which", lambda _: None)
    monkeypatch.chdir(tmp_path)

    assert run(["derive", "x^2", "-o", "notes.pdf"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "pip install 'symbackprop[pdf]'" in said
    assert "notes.tex is written instead" in said
    assert (tmp_path / "notes.tex").read_text(encoding="utf-8").startswith("\\documentclass")
    assert not (tmp_path / "notes.pdf").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--format", "pdf"), "a PDF is written to a file, such as -o notes.pdf"),
        (("--engine", "latex"), "--engine belongs to a PDF, such as -o notes.pdf"),
        (("-o", "x.pdf", "--engine", "word"), "--engine: word is not accepted; typst or latex is"),
        (("--solution",), "--solution belongs to --worksheet"),
        (("--worksheet", "--format", "json"), "--worksheet has no JSON form: JSON holds the results"),
        (("--two-column", "-o", "x.html"), "--two-column: html has no pages to lay out; LaTeX, Typst and PDF have"),
        (("--beamer", "-o", "x.md"), "--beamer: dollar has no pages to lay out"),
    ],
)
def test_options_that_do_not_go_together(
    arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is refused in a sentence."""
    monkeypatch.chdir(tmp_path)

    assert run(["derive", "x^2", *arguments]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


# --- worksheets ------------------------------------------------------------------------------------------------------


def sides(expr: Expr) -> tuple[Expr, ...]:
    """Return the sides of a chain of equations, or the one there is."""
    return expr.sides if isinstance(expr, Relation) else (expr,)


def test_a_worksheet_hides_what_is_derived() -> None:
    """Every right side but that of a first definition is a blank; left sides, relations and reasons stay."""
    hidden = 0
    for case in CASES:
        whole, blank = list(rows(document(case.name))), list(rows(worksheet(document(case.name))))

        assert [(row.left, row.relation, row.reason) for row in whole] == [(row.left, row.relation, row.reason) for row in blank]
        for before, after in zip(whole, blank, strict=True):
            given = type(before.left) is Symbol and after.right == before.right
            assert given or all(isinstance(side, Blank) for side in sides(after.right))
            assert (before.value is None) == (after.value is None)
            assert after.value is None or isinstance(after.value, Blank)
            hidden += not given
    assert hidden > 3000


def test_no_result_is_left_on_a_worksheet() -> None:
    """No number that is computed, and no formula of a gradient, is in the text of a worksheet."""
    made = derive("2-2-1:sigmoid,bce", at={"x": [0.05, 0.1], "y": [0.7], "W1": [[0.15, 0.2], [0.25, 0.3]],
                                           "b1": [0.35, 0.35], "W2": [[0.4, 0.45]], "b2": [0.6]})  # fmt: skip
    results = {name: f"{value:.4g}" for name, value in made.values.gradients.items() if value != 1}
    text = FORMATS["text"].render(made.worksheet(), made.speller)

    assert len(results) > 9
    assert not [shown for shown in results.values() if shown in text]
    assert "0.35" in text
    assert "______" in text


@pytest.mark.parametrize("name", ["text", "terminal", "latex", "standalone", "typst", *MARKDOWN])
def test_every_format_has_worksheets(name: str) -> None:
    """A worksheet is printed in every format, with lines to write on."""
    made = derive("2-2-1")
    text = FORMATS[name].render(made.worksheet(), made.speller)
    blank = {"text": "______", "terminal": "______", "typst": "blank(#"}.get(name, r"\underline{\hspace{")

    assert text.count(blank) > 20


def test_detail_decides_how_many_blanks_there_are() -> None:
    """Each level has more blanks than the one before."""
    made = derive("2-2-1:sigmoid,bce")
    counts = [
        sum(isinstance(side, Blank) for row in rows(made.told(detail=detail).worksheet()) for side in sides(row.right))
        for detail in range(4)
    ]

    assert counts == sorted(counts)
    assert counts[0] == 0 < counts[1] < counts[2]


@pytest.mark.parametrize("suffix", [".tex", ".md", ".txt", ".typ"])
def test_the_solution_is_the_ordinary_document(suffix: str, tmp_path: Path) -> None:
    """`--worksheet --solution` writes what is written without either, under a title that says so."""
    common = ["derive", "3*x^2 + 2*x*y + y^2", "--at", "x=1,y=2", "-o"]
    for name, options in {"sheet": ["--worksheet"], "solved": ["--worksheet", "--solution"], "whole": []}.items():
        assert run([*common, str(tmp_path / (name + suffix)), *options]) == 0
    made = {path.stem: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}

    titled = [line for line in made["solved"].splitlines() if line not in made["whole"].splitlines()]

    assert any(": solution" in line for line in titled)
    assert len(titled) <= 2
    assert made["sheet"] != made["whole"]


def test_a_worksheet_is_given_its_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    """Inputs, weights and targets stand in a table, and no result does."""
    assert run(["derive", "3*x^2 + 2*x*y + y^2", "--at", "x=1,y=2", "--worksheet"]) == 0
    said = capsys.readouterr().out

    assert re.search(r"given +is +value", said)
    assert re.search(r"x +variable +1\n", said)
    assert "10" not in said


@pytest.mark.parametrize(
    ("arguments", "given", "asked"),
    [
        (("train", "worked_examples/mazur.toml", "--learning-rate", "0.25"), "with η = 0.25.", "w₁ ← ___"),
        (("train", "worked_examples/mazur.toml", "--optimizer", "adam"), "β₁ = 0.9", "w₁ ← ___"),
        (("derive", "worked_examples/mazur.toml", "--view", "layers"), "W⁽¹⁾ = [0.15 0.2; 0.25 0.3]", "= ___"),
        (("derive", "worked_examples/batch_in_layers.toml", "--view", "layers"), "X    = [1 −0.5; 0.5 2]", "= ___"),
    ],
)
def test_what_is_given_stays(
    arguments: tuple[str, ...], given: str, asked: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The numbers that updates and matrices are computed from are on the worksheet."""
    monkeypatch.chdir(Path(__file__).resolve().parents[1])

    assert run([*arguments, "--worksheet"]) == 0
    said = capsys.readouterr().out
    assert given in said
    assert asked in said


def test_python_has_worksheets() -> None:
    """The document of a worksheet can be had from Python."""
    assert isinstance(sb.derive("x^2").worksheet(), Document)


# --- LaTeX: macros and overlays --------------------------------------------------------------------------------------

MACROS = ("bploss", "bplayer", "bppartial", "bphadamard", "bptranspose")


@pytest.mark.parametrize("form", ["latex", "standalone"])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_document_provides_the_macros_it_uses(form: str, notation: str) -> None:
    """Each macro is provided once, before it is used, and none of the signs it stands for is written out."""
    made = derive("2-2-1", notation=notation)
    text = made.render(form)
    body = text.split(r"\section*", 1)[1]

    assert all(text.count(rf"\providecommand{{\{name}}}") == 1 for name in MACROS)
    assert not re.search(r"\\(?:partial|odot|top)(?![a-z])", body)
    assert r"\frac{\bppartial \bploss}{\bppartial w^{\bplayer{1}}_" in body
    letter, layer = {"ng": ("L", "[#1]"), "nielsen": ("C", "#1"), "paren": ("L", "(#1)")}[notation]
    assert rf"\providecommand{{\bploss}}{{{letter}}}" in text
    assert rf"\providecommand{{\bplayer}}[1]{{{layer}}}" in text
    assert "\\bp" not in made.render("dollar")


def test_slides_show_one_step_after_another() -> None:
    """On a slide on which an equation goes on, every later row is held back, cell by cell, each to a turn of its own."""
    text = derive("2-2-1").render("standalone", Options(beamer=True))
    frames = text.split(r"\begin{frame}")[1:]
    turns = [[int(turn) for turn in re.findall(r"\\uncover<(\d+)->", frame)] for frame in frames]

    assert any(turns)
    assert not all(turns)
    for numbers in turns:
        assert sorted(set(numbers)) == list(range(2, max(numbers, default=1) + 1))
        assert numbers == sorted(numbers)
    assert r"\uncover" not in derive("2-2-1").render("standalone")


# --- KaTeX -----------------------------------------------------------------------------------------------------------

SCRIPT = """
const katex = require('katex'), fs = require('fs');
let faults = [];
const given = JSON.parse(fs.readFileSync(0, 'utf8'));
for (const [tex, displayMode] of given.formulas) {
  try { katex.renderToString(tex, {throwOnError: true, strict: 'error', displayMode, macros: given.macros}); }
  catch (error) { faults.push(tex + ': ' + error.message); }
}
console.log(JSON.stringify(faults));
"""


@pytest.fixture(scope="module")
def katex(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with KaTeX in it; skip where there is no node or no registry."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are not installed")
    kept = os.environ.get("SYMBACKPROP_KATEX")  # a folder that has it already
    if kept:
        return Path(kept)
    folder = tmp_path_factory.mktemp("katex")
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", f"katex@{KATEX}"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("KaTeX could not be installed within a minute")
    if done.returncode:
        pytest.skip("KaTeX could not be installed")
    return folder


def complaints(katex: Path, formulas: Iterable[tuple[str, bool]], macros: dict[str, str] | None = None) -> list[str]:
    """Return what KaTeX says of formulas, each with whether it stands on lines of its own; strict: nothing is let pass."""
    text = json.dumps({"formulas": list(formulas), "macros": macros or {}})
    done = subprocess.run(["node", "-e", SCRIPT], input=text, cwd=katex, capture_output=True, text=True, timeout=100, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


def test_formulas_are_within_what_katex_reads(katex: Path) -> None:
    """Every side of every case, as a whole and over lines, and blanks, too."""
    formulas: dict[tuple[str, bool], None] = {}
    for case in CASES:
        setter = Typesetter(Latex(colour=True), case.derivation().speller)
        for told_document in (document(case.name), worksheet(document(case.name))):
            for row in rows(told_document):
                for expr in filter(None, (row.left, row.right, row.value)):
                    lines = [setter.text(expr), *(line.text for line in setter.lines(expr, 9.0))]
                    formulas.update(dict.fromkeys((line, True) for line in lines))
    assert len(formulas) > 4000

    assert complaints(katex, formulas) == []


@pytest.mark.parametrize("notation", NOTATIONS)
def test_formulas_of_fragments_are_within_what_katex_reads(notation: str, katex: Path) -> None:
    """With the macros that a fragment provides, on lines of their own and in sentences."""
    made = derive("2-3-2:tanh/softmax,cross_entropy", notation=notation)
    macros = macros_of(made.speller)
    provided = dict(re.findall(r"\\providecommand\{(\\\w+)\}(?:\[1\])?\{(.*)\}", macros.provided()))
    formulas: dict[tuple[str, bool], None] = {}
    for inline in (False, True):
        setter = Typesetter(Latex(colour=True, inline=inline, macros=macros), made.speller)
        for row in rows(made.document()):
            formulas.update({(setter.text(expr), not inline): None for expr in (row.left, row.right) if expr is not None})
    assert len(formulas) > 100

    assert complaints(katex, formulas, provided) == []


def test_mathematics_in_markdown_is_within_what_katex_reads(katex: Path) -> None:
    """Displays with their reasons, and what stands in sentences and tables, of every case and of a hostile text."""
    formulas: dict[tuple[str, bool], None] = {}
    for told_document, speller in [*((document(c.name), c.derivation().speller) for c in CASES), (hostile(), SPELLER)]:
        text = FORMATS["dollar"].render(told_document, speller)
        displays = re.compile(r"^\$\$\n(.*?)\n\$\$$", re.MULTILINE | re.DOTALL)
        formulas.update(dict.fromkeys((found, True) for found in displays.findall(text)))
        between = displays.sub("", text)
        formulas.update(dict.fromkeys((found, False) for found in re.findall(r"(?<!\\)\$((?:[^$\\\n]|\\.)+)\$", between)))
    assert sum(display for _, display in formulas) > 150
    assert sum(not display for _, display in formulas) > 500

    assert complaints(katex, formulas) == []
