"""Documents to text, terminal, LaTeX and Markdown: hand-made ones, so that no derivation is needed."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from latex_compiler import available, compile_latex

from symbackprop.document import (
    Block,
    Brace,
    Display,
    Document,
    Heading,
    Lines,
    Note,
    Numeral,
    Paragraph,
    Relation,
    Row,
    Table,
    Tint,
)
from symbackprop.errors import UnknownNameError
from symbackprop.expr import Adjoint, Expr, Partial, Sum, Symbol, add, call, mul, number, power
from symbackprop.functions import FUNCTIONS, HALF, piecewise
from symbackprop.notation import NOTATIONS, Speller
from symbackprop.render import FORMATS, Options, find_format, format_of_suffix
from symbackprop.render.formulas import runs
from symbackprop.render.notebook import render_notebook

SPELLER = Speller(single_target=True)
REASON = ("σ′ = σ(1 − σ)",)
HOSTILE = r"50% of {a_b}^2 $x$ ~ \input{/etc/passwd} # & <b> [bold]w[/bold] `code` *star* | € Ж “q” " + "x" * 70 + "\x1b[31m\x00"


def adjoint(of: str) -> Adjoint:
    return Adjoint(f"dL_d{of}", "L", of)


def local(child: str, parent: str) -> Partial:
    return Partial(f"local_{child}_{parent}", child, parent)


def rounded(text: str) -> Numeral:
    return Numeral(text, exact=False)


def forward(*sizes: int) -> tuple[Row, ...]:
    """Write the forward pass of a sigmoid network."""
    rows = []
    inputs = [f"x_{k}" for k in range(1, sizes[0] + 1)]
    for layer, size in enumerate(sizes[1:], 1):
        for j in range(1, size + 1):
            products = [Symbol(f"w{layer}_{j}_{k}") * Symbol(name) for k, name in enumerate(inputs, 1)]
            weighted = add(*products, Symbol(f"b{layer}_{j}"))
            rows.append(Row(Symbol(f"z{layer}_{j}"), weighted, rounded("0.3775"), ("weighted sum",)))
            rows.append(Row(Symbol(f"a{layer}_{j}"), call("sigmoid", Symbol(f"z{layer}_{j}")), rounded("-6.684e-04")))
        inputs = [f"a{layer}_{j}" for j in range(1, size + 1)]
    parts = [HALF * power(Symbol(name) - Symbol(f"y_{j}"), 2) for j, name in enumerate(inputs, 1)]
    return (*rows, Row(Symbol("L"), add(*parts), rounded("0.2748")))


def small() -> Document:
    """Derive one weight of a 2-2-1 network by hand."""
    a, hidden = Symbol("a2_1"), Symbol("a1_1")
    links = ("L", "a2_1", "z2_1", "a1_1", "z1_1", "w1_1_1")
    factors: list[Expr] = [adjoint("a2_1"), *(local(c, p) for c, p in pairwise(links[1:]))]
    values = [a - Symbol("y_1"), a * (1 - a), Symbol("w2_1_1"), hidden * (1 - hidden), Symbol("x_1")]
    numbers = [rounded(t) for t in ("0.7414", "0.1868", "0.4000", "0.2413", "0.0500")]
    tinted = [Tint(v, i) for i, v in enumerate(values)]
    delta = Brace(Display((tinted[0], tinted[1])), Adjoint("delta2_1", "L", "z2_1"))
    blocks: tuple[Block, ...] = (
        Heading(1, (adjoint("w1_1_1"), " in a 2-2-1 network")),
        Heading(2, ("Forward pass",)),
        Lines(forward(2, 2, 1)),
        Heading(2, ("Chain rule",)),
        Paragraph(("The only path: ", Relation(tuple(map(Symbol, reversed(links))), "→"), ".")),
        Lines((Row(adjoint("w1_1_1"), Display(tuple(Tint(f, i) for i, f in enumerate(factors))), None, ("chain rule",)),)),
        Heading(3, ("Local derivatives",)),
        Lines(tuple(Row(Tint(factors[i], i), values[i], numbers[i], REASON) for i in range(5))),
        Heading(2, ("Numbers",)),
        Lines(
            (
                Row(adjoint("w1_1_1"), Display(tuple(tinted)), None, ("local derivatives put in",)),
                Row(None, Display((delta, *tinted[2:])), None, ("recognise ", Adjoint("delta2_1", "L", "z2_1"))),
                Row(None, Display(tuple(numbers)), rounded("6.684e-04"), ("and nothing else",), "≈"),
            )
        ),
        Table(
            (("quantity",), ("value",), ("finite difference",)),
            tuple(((adjoint(n),), (rounded("6.684e-04"),), (rounded("-0.5"),)) for n in ("w1_1_1", "b1_1", "w2_1_1")),
            frozenset({1, 2}),
        ),
        Note("verified", ("47 steps, each verified.",)),
        Note("warning", ("A kink is near: ", Symbol("z1_1"), " = 0.")),
    )
    return Document("small", blocks)


def large() -> Document:
    """Write a 4-6-6-5-3 network's forward pass, a sum over twelve paths, and an expression within an expression."""
    paths, put_in = [], []
    for i in (1, 2, 3):
        for j in (1, 2, 3, 4):
            chain = (f"a4_{i}", f"z4_{i}", f"a3_{j}", f"z3_{j}", "a2_2", "z2_2", "a1_1", "z1_1", "w1_1_1")
            paths.append(Display((adjoint(chain[0]), *(local(c, p) for c, p in pairwise(chain)))))
            hidden = [Symbol(name) * (1 - Symbol(name)) for name in chain if name[0] == "a"]
            put_in.append(mul(Symbol(f"a4_{i}") - Symbol(f"y_{i}"), *hidden, Symbol("x_1")))
    inner = [call("sigmoid", row.right) for row in forward(4, 6, 1) if isinstance(row.right, Sum)]
    nested = add(*(Symbol(f"w2_1_{k}") * expr for k, expr in enumerate(inner, 1)))
    huber = piecewise(HALF * power(nested, 2), (call("abs", nested), "<=", number(1)), call("sqrt", nested))
    blocks: tuple[Block, ...] = (
        Heading(1, ("A 4-6-6-5-3 network",)),
        Heading(2, ("Forward pass",)),
        Lines(forward(4, 6, 6, 5, 3)),
        Heading(2, ("Paths",)),
        Lines((Row(adjoint("w1_1_1"), Sum(tuple(paths)), None, ("sum over paths; the first 12 of 540",)),)),
        Lines((Row(adjoint("w1_1_1"), Sum(tuple(put_in)), rounded("1.234e-05"), ("put in",)),)),
        Heading(2, ("Composite",)),
        Lines((Row(Symbol("a2_1"), call("sigmoid", nested)), Row(Symbol("L"), huber))),
    )
    return Document("large", blocks)


def hostile() -> Document:
    """Write a document whose every text is hostile."""
    text = (HOSTILE, Symbol("x_1"), HOSTILE)
    slope = FUNCTIONS["gelu"].slope(Symbol("q" * 12), Symbol("a"))
    rows = (Row(Symbol("x_1"), Symbol("y_1"), None, text), Row(Symbol("w" * 20), slope))
    blocks: tuple[Block, ...] = (
        *(Heading(level, text) for level in (1, 2, 3)),
        Paragraph(text),
        Lines(rows),
        Table((("h",), text), ((text, text), (("1",), ("2",))), frozenset({0})),
        *(Note(kind, text) for kind in ("note", "warning", "verified")),
        Paragraph(()),
        Lines(()),
        Table((("empty",),), ()),
    )
    return Document(HOSTILE, blocks)


DOCUMENTS = {"small": small(), "large": large(), "hostile": hostile(), "empty": Document("", ())}


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("name", FORMATS)
def test_every_document_is_printed_in_every_format(name: str, document: str) -> None:
    """Nothing crashes, the same input gives the same text, and no control character of a reader's gets out."""
    for options in (Options(), Options(color=False), Options(columns=2), Options(beamer=True), Options(width=30)):
        text = FORMATS[name].render(DOCUMENTS[document], SPELLER, options)

        assert text == FORMATS[name].render(DOCUMENTS[document], SPELLER, options)
        ours = re.sub(r"\x1b\[[0-9;]*m", "", text) if name == "terminal" else text
        if name == "anki":
            ours = ours.replace("\t", "")  # between the sides of a card
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", ours)
        assert text.endswith("\n") or not text


@pytest.mark.parametrize("width", [50, 80, 200])
@pytest.mark.parametrize("document", ["small", "large"])
def test_text_fits_the_terminal(document: str, width: int) -> None:
    """No line is wider than the terminal, and none ends in spaces."""
    for line in FORMATS["text"].render(DOCUMENTS[document], SPELLER, Options(width=width)).splitlines():
        assert len(line) <= width
        assert line == line.rstrip()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_terminal_is_the_text_in_colour(document: str) -> None:
    """Colour adds no character: without its codes the terminal prints what text does."""
    coloured = FORMATS["terminal"].render(DOCUMENTS[document], SPELLER, Options(width=80))
    plain = FORMATS["text"].render(DOCUMENTS[document], SPELLER, Options(width=80))

    assert [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()] == plain.splitlines()
    assert FORMATS["terminal"].render(DOCUMENTS[document], SPELLER, Options(width=80, color=False)) == plain
    assert document == "empty" or "\x1b[" in coloured


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "cp437", "no such encoding"])
@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("name", ["terminal", "text"])
def test_an_output_that_is_not_unicode_gets_what_it_can_carry(name: str, document: str, encoding: str) -> None:
    """Every character printed can be encoded; what is missing is spelled out."""
    text = FORMATS[name].render(DOCUMENTS[document], SPELLER, Options(encoding=encoding))
    known = "ascii" if encoding == "no such encoding" else encoding

    assert text.encode(known).decode(known) == text
    if document == "small":
        assert "sigmoid(z1_1)" in text
        assert "dL/dw1_1_1" in re.sub(r"\x1b\[[0-9;]*m", "", text)


SMALL_TEXT = """\
∂L/∂w₁,₁⁽¹⁾ in a 2-2-1 network ─────────────────────────────────────────────────

1  Forward pass
  z₁⁽¹⁾ = w₁,₁⁽¹⁾·x₁ + w₁,₂⁽¹⁾·x₂ + b₁⁽¹⁾         0.3775        weighted sum
  a₁⁽¹⁾ = σ(z₁⁽¹⁾)                                −6.684·10⁻⁴
  z₂⁽¹⁾ = w₂,₁⁽¹⁾·x₁ + w₂,₂⁽¹⁾·x₂ + b₂⁽¹⁾         0.3775        weighted sum
  a₂⁽¹⁾ = σ(z₂⁽¹⁾)                                −6.684·10⁻⁴
  z₁⁽²⁾ = w₁,₁⁽²⁾·a₁⁽¹⁾ + w₁,₂⁽²⁾·a₂⁽¹⁾ + b₁⁽²⁾   0.3775        weighted sum
  a₁⁽²⁾ = σ(z₁⁽²⁾)                                −6.684·10⁻⁴
  L     = ½·(a₁⁽²⁾ − y)²                          0.2748

2  Chain rule
  The only path: w₁,₁⁽¹⁾ → z₁⁽¹⁾ → a₁⁽¹⁾ → z₁⁽²⁾ → a₁⁽²⁾ → L.

      ∂L          ∂L       ∂a₁⁽²⁾     ∂z₁⁽²⁾     ∂a₁⁽¹⁾      ∂z₁⁽¹⁾
  ────────── = ──────── · ──────── · ──────── · ──────── · ──────────
   ∂w₁,₁⁽¹⁾     ∂a₁⁽²⁾     ∂z₁⁽²⁾     ∂a₁⁽¹⁾     ∂z₁⁽¹⁾     ∂w₁,₁⁽¹⁾
"""


def test_the_terminal_looks_as_it_should() -> None:
    """Aligned columns, numbered sections, chain rules with fractions of two storeys."""
    assert FORMATS["text"].render(small(), SPELLER, Options(width=80)).startswith(SMALL_TEXT)


def test_a_brace_is_drawn_under_its_line() -> None:
    """The name of a part of a product stands centred under a brace as wide as the part."""
    lines = FORMATS["text"].render(small(), SPELLER, Options(width=100)).splitlines()
    (at,) = (i for i, line in enumerate(lines) if "╰" in line)
    begin, end = lines[at].index("╰"), lines[at].index("╯")

    assert lines[at - 1][begin : end + 1] == "(a₁⁽²⁾ − y) · a₁⁽²⁾·(1 − a₁⁽²⁾)"
    assert lines[at + 1].strip() == "δ₁⁽²⁾"


def test_markup_of_rich_is_not_interpreted() -> None:
    """What looks like rich's markup in a reader's text is printed as it stands."""
    assert "[bold]w[/bold]" in FORMATS["terminal"].render(hostile(), SPELLER, Options(width=300, color=False))


def test_nothing_is_lost_in_a_narrow_terminal() -> None:
    """Every value, reason and table cell is there in 50 columns, if on another line."""
    text = FORMATS["text"].render(small(), SPELLER, Options(width=50))

    for piece in ("weighted sum", "−6.684·10⁻⁴", "σ′ = σ(1 − σ)", "finite difference", "and nothing else", "0.2413"):
        assert piece in text


def test_long_tables_and_wide_tables_are_printed_whole() -> None:
    """A table wider than the line is printed row by row; a long one is cut into several in LaTeX."""
    wide = Document("", (Table(tuple((f"column {k}",) for k in range(12)), (tuple((f"cell {k}",) for k in range(12)),)),))
    long = Document("", (Table((("n",),), tuple(((str(k),),) for k in range(200))),))

    for name in FORMATS:
        text = FORMATS[name].render(wide, SPELLER)
        assert all(f"cell {k}" in text for k in range(12))
        # A card has its first cell as title, without the column's name.
        assert all(f"column {k}" in text for k in range(name == "typst", 12))
    assert FORMATS["latex"].render(long, SPELLER).count(r"\begin{tabular}") > 4


@pytest.mark.parametrize("document", ["small", "large"])
def test_a_slide_has_at_most_six_rows(document: str) -> None:
    """Slides are many rather than crowded, each with the title of its section."""
    text = FORMATS["standalone"].render(DOCUMENTS[document], SPELLER, Options(beamer=True))
    frames = text.split(r"\begin{frame}")[1:]

    assert len(frames) > 4
    for frame in frames:
        assert len(re.findall(r"(?m)\\\\\*?(\[3pt\])?$", frame)) <= 12
        assert len(re.findall(r"(?m)^[^&\n]*[^&\s][^&\n]* &[=]", frame)) <= 6


def test_a_slide_is_not_left_with_a_heading_or_a_line() -> None:
    """A heading goes with what follows it, and rows that need two slides are shared out evenly."""
    for count in range(1, 13):
        rows = tuple(Row(adjoint(f"w1_{k}_1"), Symbol("x_1"), None, REASON) for k in range(1, count + 1))
        blocks = (Heading(2, ("s",)), Lines(rows), Heading(3, ("layer",)), Paragraph(("Local:",)), Lines(rows))
        frames = FORMATS["standalone"].render(Document("", blocks), SPELLER, Options(beamer=True)).split(r"\begin{frame}")[1:]
        counts = [frame.count("&=") for frame in frames]

        assert all(r"\begin{alignat*}" in frame for frame in frames)
        assert sum(counts) == 2 * count
        assert min(counts) >= min(count, 2)


@pytest.mark.parametrize("options", [Options(), Options(beamer=True)], ids=["pages", "slides"])
def test_rows_without_a_name_stay_with_the_one_above(options: Options) -> None:
    """A table of several parts is cut between names, and no row is lost."""
    rows = [row for k in range(30) for row in ((("n" + str(k),), ("a",)), ((), ("b",)), (("",), ("c",)))]
    text = FORMATS["standalone"].render(Document("", (Table((("name",), ("value",)), tuple(rows)),)), SPELLER, options)
    parts = text.split(r"\begin{tabular}")[1:]

    assert len(parts) > 3
    assert all(part.count("& a") == part.count("& b") == part.count("& c") for part in parts)
    assert text.count("& a") == 30


def test_a_fragment_defines_nothing() -> None:
    """A fragment can be put into any document: it asks for three packages and defines no command."""
    text = FORMATS["latex"].render(small(), SPELLER)

    assert text.startswith("% needs \\usepackage{amsmath,amssymb,xcolor}\n")
    assert not re.search(r"\\(newcommand|def|let|usepackage(?!\{amsmath,amssymb,xcolor\}\n)|resizebox)", text)
    assert "breqn" not in text


def test_only_what_is_asked_for_is_coloured() -> None:
    """Without colour there is none, in any format."""
    for name in FORMATS:
        plain = FORMATS[name].render(small(), SPELLER, Options(color=False))
        assert r"\textcolor" not in plain
        assert "\x1b" not in plain
    assert r"\textcolor{blue}" in FORMATS["latex"].render(small(), SPELLER)


def test_markdown_has_both_dialects() -> None:
    """Dollars for most readers; for GitHub, dollars with back-quotes and fenced blocks."""
    dollar, github = (FORMATS[name].render(small(), SPELLER) for name in ("dollar", "github"))

    assert "$$\n\\begin{alignedat}" in dollar
    assert "```math\n\\begin{alignedat}" in github
    assert "$$" not in github
    assert "| quantity | value | finite difference |\n| :--- | ---: | ---: |" in dollar
    assert "## 1. Forward pass" in dollar


@pytest.mark.parametrize("name", ["dollar", "github"])
def test_markdown_escapes_what_a_reader_wrote(name: str) -> None:
    """A hostile text is neither mathematics nor markup in Markdown."""
    text = FORMATS[name].render(Document("", (Paragraph((HOSTILE,)),)), SPELLER)

    assert text.count(r"<span>\$</span>") == HOSTILE.count("$")  # MathJax searches finished pages for two in one element
    assert not re.search(r"(?<!\\)[$`*<|_{}]", text.replace(r"<span>\$</span>", ""))


@pytest.mark.parametrize("name", ["latex", "dollar", "github"])
@pytest.mark.parametrize(
    ("value", "shown"),
    [(rounded("0.3775"), r"\approx 0.3775"), (rounded("-0.5"), r"\approx -0.5"), (Numeral("0.3775"), "= 0.3775")],
)
def test_a_rounded_value_is_not_called_equal(value: Numeral, shown: str, name: str) -> None:
    """A value that has lost digits stands after ≈, an exact one after =; so does a row that is nothing but a number."""
    rows = (Row(Symbol("z1_1"), Symbol("x_1"), value), Row(Symbol("L"), value))
    text = FORMATS[name].render(Document("", (Lines(rows),)), SPELLER)

    assert text.count(shown) + text.count(shown.replace(" ", "", 1)) == 2


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("(√u)′ = 1/(2√u)", [(True, r"(\sqrt{u})' = 1/(2\sqrt{u})")]),
        ("(ln u)′ = 1/u", [(True, r"(\ln u)' = 1/u")]),
        ("(tan u)′ = 1 + tan² u", [(True, r"(\tan u)' = 1 + \tan^{2} u")]),
        ("power rule (uⁿ)′ = n·uⁿ⁻¹·u′", [(False, "power rule "), (True, r"(u^{n})' = n\cdot u^{n-1}\cdot u'")]),
        ("i = j: pᵢ(1 − pᵢ)", [(True, "i = j"), (False, ": "), (True, "p_{i}(1 - p_{i})")]),
        ("let h → 0.", [(False, "let "), (True, r"h \to 0"), (False, ".")]),
        ("ReLU′ is 1", [(True, r"\operatorname{ReLU}'"), (False, " is 1")]),
        ("z²′", [(True, "z^{2}{}'")]),
        ("e^(−u²)", [(True, "e^{-u^{2}}")]),
        ("a small change of x, or w_1/w_2 = 3", [(False, "a small change of x, or w_1/w_2 = 3")]),
        ("((σ", [(False, "(("), (True, r"\sigma")]),
    ],
)
def test_formulas_in_words(text: str, cut: list[tuple[bool, str]]) -> None:
    """A formula typed in a sentence is set as mathematics, whole, and words stay words."""
    assert list(runs(text)) == cut


@pytest.mark.parametrize("text", ["(" * 5000, "(a" * 5000, "a/" * 5000, "√" * 5000, "x = " * 5000, "|" * 5000, "σ′²ᵀ" * 2000])
def test_any_text_is_cut_in_time(text: str) -> None:
    """Parentheses never closed, roots of roots and long chains are read at once, and nothing is dropped."""
    assert "".join(run for _, run in runs(text))


@pytest.mark.parametrize(
    ("before", "space"),
    [
        (Heading(2, ("h",)), r"\vspace{-\baselineskip}"),
        (Lines((Row(None, Symbol("y_1")),)), r"\vspace{-0.5\baselineskip}"),
        (Paragraph(("p",)), "p"),
    ],
)
def test_the_space_before_a_display(before: Block, space: str) -> None:
    """A display stands close under a heading, a little apart from a display above it, and follows text as TeX sets it."""
    text = FORMATS["latex"].render(Document("", (before, Lines((Row(Symbol("L"), Symbol("x_1")),)))), SPELLER)

    assert text[: text.rindex(r"\begin{alignat")].rstrip().endswith(space)


def test_a_notebook_gets_displays_and_words_in_dollars() -> None:
    """LaTeX for notebooks has nothing outside of its dollars, and every display is closed."""
    text = render_notebook(small(), SPELLER)
    words, display = r"\$(?:[^$\\\n]|\\.)+\$", r"\$\$[^$]+\$\$"

    assert "$$\\begin{alignedat}" in text
    for part in text.split("\n\n"):
        assert re.fullmatch(rf"{words}(?:\n{words})*(?:\n{display})?|{display}", part), part
    assert text.count(r"\begin{") == text.count(r"\end{")


def test_long_displays_in_a_notebook_are_cut() -> None:
    """No display is longer than a page of a PDF made by nbconvert; an equation stays with the lines that continue it."""
    rows = tuple(Row(Symbol("L"), Symbol("x_1")) if k % 3 == 0 else Row(None, Symbol("x_2")) for k in range(90))
    table = Table((("a",), ("b",)), ((("x",), ("y",)),) * 90)
    displays = render_notebook(Document("", (Lines(rows), table)), SPELLER).split("\n\n")

    assert len(displays) > 6
    assert all(display.count("\n") <= 30 for display in displays)
    assert sum(display.count(r"\\") + 1 for display in displays if "alignedat" in display) == len(rows)
    assert sum(display.count(r"\\") for display in displays if "array" in display) == len(table.rows)
    assert not any("alignedat}{1}\n&" in display for display in displays)


@pytest.mark.parametrize(
    ("suffix", "name"),
    [(".tex", "standalone"), (".md", "dollar"), (".txt", "text"), (".TEX", "standalone"), (".pdf", None), ("", None)],
)
def test_a_suffix_chooses_a_format(suffix: str, name: str | None) -> None:
    """The ending of a file name chooses the format, in either case."""
    row = format_of_suffix(suffix)

    assert (row.name if row else None) == name


def test_a_format_is_found_by_its_names() -> None:
    """Every name and alias finds its row; another one is an error that says what is known."""
    for row in FORMATS.values():
        assert all(find_format(name) is row for name in (row.name, *row.aliases))
        assert row.description
    with pytest.raises(UnknownNameError, match='unknown format "latx"; did you mean "latex"'):
        find_format("latx")


def test_only_the_terminal_needs_rich() -> None:
    """LaTeX, Markdown and text are written without importing rich."""
    code = """if True:
        import sys
        from symbackprop.document import Document
        from symbackprop.notation import Speller
        from symbackprop.render import FORMATS
        for name in FORMATS:
            if name != "terminal":
                FORMATS[name].render(Document("", ()), Speller())
        sys.exit("rich" in sys.modules)
    """

    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[1]).returncode == 0


LAYOUTS = {"one column": Options(), "two columns": Options(columns=2), "slides": Options(beamer=True)}


@pytest.mark.latex
@pytest.mark.skipif(not available(), reason="latexmk and pdflatex are not installed")
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("document", ["small", "large", "hostile"])
def test_documents_compile(document: str, layout: str, tmp_path: Path) -> None:
    """Hand-made documents compile in every layout without an error or an overfull box."""
    speller = SPELLER if document != "large" else Speller(NOTATIONS["paren"])

    assert compile_latex(FORMATS["standalone"].render(DOCUMENTS[document], speller, LAYOUTS[layout]), tmp_path) == []
