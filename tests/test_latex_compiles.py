"""Every LaTeX that the program writes compiles, in one column, in two, and on slides, with nothing sticking out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from latex_compiler import Fault, available, compile_latex, faults, fill
from remake_worked_examples import FOLDER, recipes

from symbackprop.cli import run

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
