"""Every LaTeX that the program writes compiles, in one column, in two, and on slides, with nothing sticking out."""

from __future__ import annotations

import os
import re
from itertools import chain
from pathlib import Path

import pytest
from cases import CASES as PROBLEMS
from latex_compiler import Fault, available, compile_latex, faults, fill
from remake_worked_examples import FOLDER, recipes

from symbackprop.cli import run
from symbackprop.derivation import derive
from symbackprop.document import Document, Heading, Lines, Note, Paragraph, Row, Table
from symbackprop.expr import Symbol
from symbackprop.notation import Speller
from symbackprop.render import FORMATS, Options
from symbackprop.render.references import refer
from symbackprop.typeset import Typesetter
from symbackprop.typeset.latex_emitter import Latex
from symbackprop.typeset.latex_heights import extent

PACKAGES = r"\usepackage{amsmath,amssymb,xcolor}"

# What asks for a whole document of each kind.
DOCUMENTS = {"one column": ("--standalone",), "two columns": ("--two-column",), "slides": ("--beamer",)}

# The pages of the folder `latex`, with the classes' own margins, and what asks for a fragment for each.
PAGES = {"onecolumn": (), "twocolumn": ("--two-column",), "beamer": ("--beamer",)}

# The arguments of symbackprop.
CASES: dict[str, tuple[str, ...]] = {
    "one unit": ("derive", "1-1"),
    "2-2-1": ("derive", "2-2-1"),
    "2-2-1, every micro-step": ("derive", "2-2-1", "--detail", "3"),
    "2-2-1, results only": ("derive", "2-2-1", "--detail", "0"),
    "2-2-1, one weight": ("derive", "2-2-1", "--wrt", "w1_1_1"),
    "2-2-1, expanded": ("derive", "2-2-1:sigmoid,bce", "--wrt", "w1_1_1", "--expand"),
    "2-2-1, nielsen": ("derive", "2-2-1", "--notation", "nielsen"),
    "2-2-1, paren": ("derive", "2-2-1", "--notation", "paren"),
    "2-3-2, paths": ("derive", "2-3-2", "--wrt", "w1_1_1", "--paths"),
    "3-4-3, softmax": ("derive", "3-4-3:tanh/softmax,cross_entropy"),
    "4-6-6-5-3": ("derive", "4-6-6-5-3"),
    "4-6-6-5-3, ninety paths": ("derive", "4-6-6-5-3", "--wrt", "w1_1_1", "--paths"),
    "2-3-2, expanded": ("derive", "2-3-2:tanh", "--wrt", "w1_1_1", "--expand"),
    "10-10-10": ("derive", "10-10-10", "--wrt", "w1_10_10"),
    "2-2-1, layers": ("derive", "2-2-1", "--view", "layers"),
    "4-6-6-5-3, layers": ("derive", "4-6-6-5-3:tanh/relu/sigmoid/softmax,cross_entropy", "--view", "layers"),
    "2-3-1, a batch of layers": ("derive", "2-3-1:tanh/sigmoid,bce", "--view", "layers", "--batch", "m", "--samples", "rows"),
    "batch of layers with softmax": ("derive", "n-h-m:tanh/softmax,cross_entropy", "--view", "layers", "--batch", "N"),
    "2-3-1, index": ("derive", "2-3-1", "--view", "index"),
    "the four equations": ("derive", "2-3-1", "--depth", "L"),
    "the four equations, numerator layout": ("derive", "2-3-2:tanh", "--depth", "L", "--layout", "numerator"),
    "2-2-1, all views": ("derive", "2-2-1", "--view", "all"),
    "gradient at a point": ("derive", "3*x^2 + 2*x*y + y^2", "--at", "x=1,y=2"),
    "two paths": ("derive", "g = x^2; h = sin(x); y = g*h", "--at", "x=1"),
    "long names": ("derive", "prediction = slope*hours + intercept; error = (prediction - target)^2"),
    "deep fractions": ("derive", "y = 1/(1 + 1/(1 + 1/(1 + exp(-x)/(1 + sqrt(x)))))"),
    "a root over several lines": ("derive", "y = sqrt(" + " + ".join(f"a{k}*b{k}" for k in range(1, 15)) + ")", "--wrt", "a1"),
    "long numbers": ("derive", "y = 123456.789*x^3 + 0.000012345*x", "--at", "x=1234.5678", "--exact"),
    "from the definition": ("derive", "2*x", "--at", "x=1", "--from-definition"),
    "atoms": ("derive", "f = (x*y + z)/(x - y)", "--at", "x=1,y=2,z=3", "--atoms"),
}
OTHERS: dict[str, tuple[str, ...]] = {
    "evaluate": ("evaluate", "worked_examples/mazur.toml"),
    "evaluate, exact": ("evaluate", "worked_examples/gradient.toml", "--exact"),
    **{
        f"train, {name}": ("train", "worked_examples/mazur.toml", "--steps", "3", "--optimizer", name)
        for name in ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
    },
    "list": ("list",),
}
WORKED = sorted(FOLDER.glob("*.tex"))
DERIVED = {made.name: made.arguments for made in recipes() if made.arguments[0] == "derive" and made.name.endswith(".tex")}

pytestmark = pytest.mark.latex


@pytest.fixture(autouse=True, scope="module")
def latex_is_installed() -> None:
    """Skip where there is no LaTeX; fail where there has to be one."""
    if not available():
        reason = "latexmk and pdflatex are not installed"
        if os.environ.get("SYMBACKPROP_REQUIRE_LATEX") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


def write(folder: Path, *arguments: str) -> str:
    """Return what the program writes as LaTeX."""
    target = folder / "written.tex"

    assert run([*arguments, "-o", str(target)]) == 0
    return target.read_text(encoding="utf-8")


@pytest.mark.parametrize("layout", DOCUMENTS)
@pytest.mark.parametrize("case", CASES)
def test_a_document_compiles(case: str, layout: str, tmp_path: Path) -> None:
    """A whole document compiles in one column, in two and as slides without an error or an overfull box."""
    assert compile_latex(write(tmp_path, *CASES[case], *DOCUMENTS[layout]), tmp_path) == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("case", CASES)
def test_a_fragment_fits_a_page_of_ones_own(case: str, page: str, tmp_path: Path) -> None:
    """A fragment fits a plain article, a two-column one and slides, given the packages that its first line names."""
    fragment = write(tmp_path, *CASES[case], "--format", "latex", *PAGES[page])

    assert fragment.startswith(f"% needs {PACKAGES}\n")
    assert compile_latex(fill(page, PACKAGES, fragment), tmp_path) == []


@pytest.mark.parametrize("case", OTHERS)
def test_the_other_commands_write_documents(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values, training and what is known compile, too."""
    monkeypatch.chdir(FOLDER.parent)

    assert compile_latex(write(tmp_path, *OTHERS[case], "--format", "standalone"), tmp_path) == []


@pytest.mark.parametrize("path", WORKED, ids=lambda path: path.name)
def test_a_worked_example_compiles_as_it_is(path: Path, tmp_path: Path) -> None:
    """The LaTeX file kept beside a worked example is a whole document."""
    assert compile_latex(path.read_text(encoding="utf-8"), tmp_path) == []


@pytest.mark.parametrize("layout", ["two columns", "slides"])
@pytest.mark.parametrize("name", DERIVED)
def test_a_worked_example_compiles_in_other_layouts(
    name: str, layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worked example compiles in two columns and as slides, too."""
    monkeypatch.chdir(FOLDER.parent)

    assert compile_latex(write(tmp_path, *DERIVED[name], *DOCUMENTS[layout]), tmp_path) == []


def test_there_are_worked_examples_to_compile() -> None:
    """The test above does not pass by finding nothing."""
    assert len(WORKED) >= 10


# --- slides ----------------------------------------------------------------------------------------------------------

QUOTIENTS = "f = (x*y + exp(-x))*(x - y)^2/(1 + x^2*y^2) + ln(1 + x^2)*sin(x*y) - 3*x*y^3"
SLIDES: dict[str, tuple[str, ...]] = {
    "quotients over several lines": (QUOTIENTS,),
    "every micro-step of quotients": (QUOTIENTS, "--detail", "3", "--at", "x=1,y=2"),
    "a worksheet": ("2-2-1:sigmoid,bce", "--worksheet"),
    "three layers, every micro-step": ("2-3-3-2:tanh/tanh/softmax,cross_entropy", "--detail", "3", "--wrt", "W1"),
}


@pytest.mark.parametrize("case", SLIDES)
def test_slides_hold_what_is_on_them(case: str, tmp_path: Path) -> None:
    """No slide is higher than it may be, and none is made smaller for it."""
    written = write(tmp_path, "derive", *SLIDES[case], "--beamer")

    assert compile_latex(written, tmp_path) == []
    assert "[t,shrink]" not in written


def test_heights_are_those_of_tex(tmp_path: Path) -> None:
    """Of formulas of every case, TeX's own height is never more than is reckoned with, and seldom much less."""
    formulas: dict[str, None] = {}
    for case in PROBLEMS:
        made = case.derivation()
        setter = Typesetter(Latex(), made.speller)
        found = chain.from_iterable(block.rows for block in made.document().blocks if isinstance(block, Lines))
        formulas.update({setter.text(expr): None for row in found for expr in (row.left, row.right) if expr is not None})
    chosen = list(formulas)[::3]
    boxes = "".join(rf"\setbox0\hbox{{$\displaystyle {text}$}}\typeout{{=\the\ht0;\the\dp0}}" + "\n" for text in chosen)
    source = rf"\documentclass{{article}}\usepackage{{amsmath,amssymb}}\begin{{document}}{boxes}.\end{{document}}"

    assert compile_latex(source, tmp_path) == []
    log = (tmp_path / "document.log").read_text(encoding="utf-8", errors="replace")
    measured = [float(high) + float(low) for high, low in re.findall(r"^=([\d.]+)pt;([\d.]+)pt", log, re.MULTILINE)]
    spare = [sum(extent(text)) - height for text, height in zip(chosen, measured, strict=True)]
    assert len(spare) > 600
    assert sum(room < -0.1 for room in spare) < 0.02 * len(spare)
    assert min(spare) > -6.0
    assert sum(room > 2.5 for room in spare) < 0.1 * len(spare)


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_numbers_are_those_of_every_format(tmp_path: Path) -> None:
    """LaTeX counts what `references` counts, in order, also where two equations stand side by side."""
    made = derive(str(FOLDER / "mazur.toml"))
    source = made.render("standalone")
    expected = [str(number) for number in refer(made.document()).numbers.values()]

    assert compile_latex(source, tmp_path) == []
    aux = (tmp_path / "document.aux").read_text(encoding="utf-8")
    labels = re.findall(r"\\newlabel\{bp:(\d+)\}\{\{(\d+)\}", aux)
    assert len(expected) > 40
    assert [label for label, _ in labels] == [number for _, number in labels] == expected
    assert r"\bpnumber{bp:1}" in source
    assert r"\eqref{bp:17}" in source


def test_fragments_share_no_label(tmp_path: Path) -> None:
    """Two fragments, one of them twice, in one document: no label is there twice, and every reference finds its own."""
    first, second = (write(tmp_path, "derive", problem, "--format", "latex") for problem in ("2-2-1", "1-1"))

    assert compile_latex(fill("onecolumn", PACKAGES, first + second + first), tmp_path) == []
    aux = (tmp_path / "document.aux").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r"\\newlabel\{bp\d:\d+\}\{\{(\d+)\}", aux)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert set(re.findall(r"\\newlabel\{(bp\d):", aux)) == {"bp1", "bp2", "bp3"}


# --- diagrams and texts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", DOCUMENTS)
def test_a_document_shows_the_diagram(layout: str, tmp_path: Path) -> None:
    """The network is drawn in every kind of document and fits it; not on a worksheet, and not where it is not wanted."""
    drawn = write(tmp_path, "derive", "4-6-6-5-3", "--detail", "0", *DOCUMENTS[layout])

    assert drawn.count(r"\begin{tikzpicture}") == 1
    assert compile_latex(drawn, tmp_path) == []
    assert "tikz" not in write(tmp_path, "derive", "2-2-1", "--no-diagram", *DOCUMENTS[layout])
    assert "tikz" not in write(tmp_path, "derive", "2-2-1", "--worksheet", *DOCUMENTS[layout])


LONG = ("A" * 10_000, "words " * 500)
TEXTS = (
    "<script>alert(1)</script> \\input{/etc/passwd} \\end{document} $ % # ~ ^ { } _ & | ?` -- << >>",
    "Обратное распространение, Größe, Dvořák, Łódź",
    "誤差逆伝播法 אבג مرحبا \u202eabc\u202c \u200f \u0000 a\u00adb e\u0301",
    "🙂 🚀 € № ⇒ ℝ ∂L/∂w₁ ≤ ½",
)


@pytest.mark.parametrize("layout", DOCUMENTS)
def test_any_text_is_set(layout: str, tmp_path: Path) -> None:
    """Titles, sentences, reasons, tables and remarks of any characters and of any length fit, and do nothing."""
    blocks = []
    for text in TEXTS:
        spans = (text, Symbol("x"), text)
        lines = Lines((Row(Symbol("x"), Symbol("y"), Symbol("z"), spans), Row(None, Symbol("z"), None, (text,))))
        table = Table((spans, ("v",)), ((spans, spans), (("a",), ("b",))))
        blocks += [Heading(2, spans), Heading(3, spans), Paragraph(spans), lines, table, Note("note", spans)]
    blocks += [block for text in LONG for block in (Heading(2, (text,)), Paragraph((text,)), Note("warning", (text,)))]
    options = {"one column": Options(), "two columns": Options(columns=2), "slides": Options(beamer=True)}[layout]
    source = FORMATS["standalone"].render(Document(TEXTS[0], (Heading(1, (TEXTS[0],)), *blocks)), Speller(network=False), options)

    assert compile_latex(source, tmp_path) == []
    for shown in ("Obratnoe", "[U+8AA4]", "[slightly smiling face]", r"\textbackslash{}input"):
        assert shown in source.replace(r"\hspace{0pt plus .5em}", "")


@pytest.mark.parametrize(("name", "shown"), [("größe", r"\textit{größe}"), ("重", r"\textit{\texttt{[U+91CD]}}")])
def test_names_of_any_letters_are_set(name: str, shown: str, tmp_path: Path) -> None:
    """In equations, sentences, tables and the diagram; none is lost, and none stops LaTeX."""
    written = write(tmp_path, "derive", f"{name} = 2*x; z = {name}*y", "--standalone")

    assert shown in written
    assert compile_latex(written, tmp_path) == []


LOG = r"""
Overfull \hbox (12.3pt too wide) detected at line 6
Overfull \hbox (1.0pt too wide) in paragraph at lines 7--9
Overfull \vbox (2.0pt too high) has occurred while \output is active []
./document.tex:8: Undefined control sequence.
Missing character: There is no π in font cmr10!
LaTeX Warning: Reference `q' on page 1 undefined on input line 10.
Underfull \hbox (badness 10000) in paragraph at lines 1--2
LaTeX Font Warning: Font shape `OT1/cmr/m/n' in size <4> not available
"""


def test_a_log_is_read_for_what_is_wrong() -> None:
    """Errors, overfull boxes, missing characters and lost references are found with their lines; the rest is let be."""
    assert [fault.line for fault in faults(LOG)] == [6, 7, 0, 8, 0, 10]
    assert faults(LOG)[0] == Fault(r"Overfull \hbox (12.3pt too wide) detected at line 6", 6)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (r"\[" + "a + b = " * 60 + r"\]", "Overfull"),
        (r"\undefinedhere", "Undefined control sequence"),
        (r"see \ref{nothing}", "Reference"),
    ],
)
def test_a_fault_on_a_page_is_seen(body: str, complaint: str, page: str, tmp_path: Path) -> None:
    """The tests above can fail: a formula that is too long, an unknown command and a lost reference are reported."""
    found = compile_latex(fill(page, "", body), tmp_path)

    assert len(found) == 1
    assert complaint in found[0]
