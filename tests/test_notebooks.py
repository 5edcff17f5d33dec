"""Notebooks: what objects offer to be shown as, the worked notebooks, and their pages made by nbconvert."""

from __future__ import annotations

import base64
import html
import os
import re
import shutil
import sys
import types
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from notebooks import FOLDER, NOTEBOOKS, ROOT, book_of, executed, kept, written

import symbackprop as sb
from symbackprop import showing
from symbackprop.errors import InputError, UnknownNameError

MAZUR = FOLDER / "mazur.toml"

# The first that an object offers is shown: @jupyterlab/rendermime by rank; orderOfMimeTypes in VS Code's extension ipynb,
# which sets LaTeX as Markdown with KaTeX; nbconvert's HTMLExporter and LatexExporter.
JUPYTERLAB = ("html", "markdown", "latex", "svg", "png", "pdf", "pretty")
VS_CODE = ("html", "latex", "markdown", "png", "svg", "pretty")
HTML_PAGE = ("html", "markdown", "svg", "latex", "png", "pretty")
PDF_PAGE = ("latex", "pdf", "png", "svg", "markdown", "pretty")
HOSTILE = '</script></iframe><script>alert(1)</script> $\\input{/etc/passwd}$ \u202e" onload="x'

needs_jupyter = pytest.mark.skipif(
    not all(map(find_spec, ("nbclient", "nbconvert", "ipykernel"))),
    reason='nbclient, nbconvert or ipykernel is missing: pip install ".[dev]"',
)
needs_matplotlib = pytest.mark.skipif(find_spec("matplotlib") is None, reason="matplotlib is not installed")


def offered(shown: Any, order: tuple[str, ...]) -> str:
    """Return the kind of display that is chosen, in an order of preference."""
    return next(kind for kind in order if getattr(shown, f"_repr_{kind}_", None) is not None)


def left_over(markdown: str) -> list[str]:
    """Return what looks like LaTeX outside of the mathematics of a Markdown text."""
    bare = re.sub(r"\$\$.*?\$\$", " ", markdown, flags=re.DOTALL)
    bare = re.sub(r"(?<!\\)\$(?:\\.|[^$\\])+\$", " ", bare.replace(r"<span>\$</span>", ""))
    return re.findall(r"(?<!\\)\\[a-zA-Z]+|(?<!\\)\$", bare)


# --- what an object offers ---------------------------------------------------------------------------------------


def test_what_is_shown_where() -> None:
    """A derivation is Markdown in JupyterLab, a picture SVG, a page HTML; a PDF gets what TeX can set."""
    orders = (JUPYTERLAB, VS_CODE, HTML_PAGE, PDF_PAGE)

    assert {name: tuple(offered(one, order) for order in orders) for name, one in displayed().items()} == {
        "derivation": ("markdown", "latex", "markdown", "latex"),
        "slice": ("markdown", "latex", "markdown", "latex"),
        "training": ("markdown", "latex", "markdown", "latex"),
        "diagram": ("svg", "svg", "svg", "pdf"),
        "finding": ("markdown", "markdown", "markdown", "markdown"),
        "page": ("html", "html", "html", "pretty"),
    }


def displayed() -> dict[str, Any]:
    """Return one object of each kind that shows itself."""
    d = sb.derive(MAZUR)
    return {
        "derivation": d,
        "slice": d.slice("W1"),
        "training": d.train(2),
        "diagram": d.diagram(),
        "finding": sb.check(d, "dL/dw1_1_1", "0"),
        "page": showing.Page("<p>", "A title"),
    }


BUNDLES = {
    "derivation": {"text/markdown", "text/latex", "text/plain"},
    "slice": {"text/markdown", "text/latex", "text/plain"},
    "training": {"text/markdown", "text/latex", "text/plain"},
    "diagram": {"image/svg+xml", "application/pdf", "text/plain"},
    "finding": {"text/markdown", "text/plain"},
    "page": {"text/html", "text/plain"},
}


@pytest.mark.skipif(find_spec("IPython") is None, reason="IPython is not installed")
def test_what_a_cell_sends() -> None:
    """What IPython makes of each class as the last value of a cell; within a list, a line for each."""
    from IPython.core.interactiveshell import InteractiveShell  # an extra

    formatter = InteractiveShell().display_formatter
    sent = {name: formatter.format(one)[0] for name, one in displayed().items()}
    if find_spec("matplotlib") is None:
        BUNDLES["diagram"].remove("application/pdf")
    assert {name: set(bundle) for name, bundle in sent.items()} == BUNDLES
    for bundle in sent.values():
        assert max(map(len, bundle["text/plain"].splitlines())) <= 80
        assert "text/latex" not in bundle or "providecommand" not in bundle["text/latex"]
    assert formatter.format(list(displayed().values()))[0]["text/plain"].count("\n") == len(BUNDLES) - 1


PROBLEMS: list[Any] = ["2-2-1", "u = 2*x + 1; y = u^3", MAZUR, FOLDER / "softmax_343.toml", FOLDER / "cost_as_mean.toml"]


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_no_latex_is_left_outside_of_mathematics(problem: Any) -> None:
    """What stands between dollars is all the LaTeX there is, and MathJax 2, 3 and KaTeX know it."""
    d = sb.derive(problem)
    for told in (d, d.told(detail=0), d.told(detail=3), d.told(paths=True)):
        markdown = told._repr_markdown_()
        assert left_over(markdown) == []
        assert markdown.count("$$") % 2 == 0
        assert "textcolor" not in markdown
        display = told._repr_latex_()
        assert "textcolor" not in display
        assert left_over(display) == []
        assert display.count("$$") == 2 * sum(line.startswith("$$") for line in display.splitlines())


def test_a_finding_says_the_same_as_text() -> None:
    """What was read, the verdict and the message; a chain has a line a step."""
    right = sb.check("2-2-1", "dL/dw1_1_1", r"\delta^{[1]}_1 x_1")
    assert "$\\displaystyle" in right._repr_markdown_()
    assert r"$\checkmark$ Right" in right._repr_markdown_()
    chain = "delta2_1 = y - a2_1; delta1_1 = delta2_1 w2_1_1 a1_1 (1 - a1_1); dL/dw1_1_1 = delta1_1 x_1"
    wrong = sb.check("2-2-1", "dL/dw1_1_1", chain)
    markdown = wrong._repr_markdown_()
    assert [line.split(" ")[1] for line in markdown.splitlines()[:3]] == [r"$\times$", r"$\checkmark$", r"$\checkmark$"]
    assert left_over(right._repr_markdown_()) == left_over(markdown) == []
    printer = Printer()
    wrong._repr_pretty_(printer, False)
    assert printer.shown.replace("\n", " ") == f"✗ {wrong.message}".replace("\n", " ")


class Printer:
    """What IPython hands to `_repr_pretty_`."""

    def __init__(self) -> None:
        self.shown = ""

    def text(self, text: str) -> None:
        """Print."""
        self.shown += text


def test_a_diagram_follows_the_slice() -> None:
    """A picture of a slice marks its gradient; any other is marked when asked for; it is told in words, too."""
    d = sb.derive(MAZUR)
    plain, followed = d.diagram(), d.slice("w1").diagram()

    assert not any("path" in edge.classes for edge in plain.figure.edges)
    assert [edge.name for edge in followed.figure.edges if "own" in edge.classes] == ["w1_1_1"]
    assert d.diagram(wrt="w1_1_1") == followed
    printer = Printer()
    followed._repr_pretty_(printer, False)
    assert printer.shown.startswith('<Diagram (network) of "A step by step backpropagation example">\nA network with 2 inputs')
    assert d.diagram("atoms").figure.kind == "atoms"
    assert d.diagram(animate=True).figure.kind == "graph"
    with pytest.raises(InputError, match="unknown kind"):
        d.diagram("netwrok")
    with pytest.raises(UnknownNameError):
        d.diagram(wrt="w9_9_9")


def test_a_diagram_is_saved_by_its_ending(tmp_path: Path) -> None:
    """SVG, TikZ and text for Graphviz need nothing; an unknown ending is refused with those that are known."""
    d = sb.derive(MAZUR).diagram()
    assert d.save(tmp_path / "net.svg").read_text("utf-8") == d.to_svg() == d._repr_svg_()
    assert r"\begin{document}" in d.save(tmp_path / "net.tex").read_text("utf-8")
    assert d.save(str(tmp_path / "net.dot")).read_text("utf-8").startswith("digraph")
    with pytest.raises(InputError, match=r"\.bmp.*\.svg, \.png"):
        d.save(tmp_path / "net.bmp")
    moving = sb.derive(MAZUR).diagram(animate=True)
    assert "@keyframes" in moving.save(tmp_path / "moving.svg").read_text("utf-8")
    with pytest.raises(InputError, match=r"plays.*\.gif"):
        moving.save(tmp_path / "moving.png")


@needs_matplotlib
def test_a_diagram_as_png_and_pdf(tmp_path: Path) -> None:
    """With matplotlib, also as PNG and PDF, which is what nbconvert needs."""
    d = sb.derive("1-1:sigmoid,half_squared_error").diagram()
    assert d.save(tmp_path / "net.png").read_bytes() == d.to_png()
    assert d.to_png().startswith(b"\x89PNG")
    pdf = d._repr_pdf_()
    assert pdf is not None
    assert pdf.startswith(b"%PDF")


# --- show --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", [MAZUR, "3*x^2 + 2*x*y + y^2"], ids=["network", "function"])
def test_show_opens_a_page_in_the_browser(problem: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Outside a notebook, `show` writes the page to a temporary file and opens that."""
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    d = sb.derive(problem)
    path = d.show()

    assert path is not None
    assert opened == [path.as_uri()]
    assert path.read_text("utf-8") == d.to_html()
    assert tmp_path in path.parents


def test_show_in_a_notebook_is_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a notebook the page stands in a frame with the whole page in its address, and nothing of it leaks out."""
    shown: list[Any] = []
    display = types.ModuleType("IPython.display")
    display.display = shown.append
    shell = types.SimpleNamespace(kernel=object())
    interactive = types.ModuleType("IPython")
    interactive.get_ipython = lambda: shell
    monkeypatch.setitem(sys.modules, "IPython", interactive)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    d = sb.derive({"title": HOSTILE, "definitions": {"y": "x^2"}, "point": {"x": 3}})

    assert d.show() is None
    (page,) = shown
    inside = r'<iframe title="[^"<>]*" sandbox="allow-scripts" style="[^"<>]*" src="data:([^"<>]*)"></iframe>'
    address = re.fullmatch(inside, page._repr_html_())
    assert address
    kind, _, data = address[1].partition(",")
    assert kind == "text/html;charset=utf-8;base64"
    assert base64.b64decode(data).decode("utf-8") == d.to_html()
    assert "<script>alert(1)" not in d.to_html()


def test_outside_of_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """IPython in a terminal is no notebook."""
    interactive = types.ModuleType("IPython")
    interactive.get_ipython = types.SimpleNamespace
    monkeypatch.setitem(sys.modules, "IPython", interactive)
    assert not showing.in_notebook()
    monkeypatch.delitem(sys.modules, "IPython")
    assert not showing.in_notebook()


def test_hostile_words_stay_words() -> None:
    """A title that is markup is shown as it is written, in every kind of display."""
    layers = [{"units": 1, "activation": "sigmoid"}]
    d = sb.derive({"title": HOSTILE, "network": {"inputs": 1, "loss": "half_squared_error", "layers": layers}})

    heading = d._repr_markdown_().splitlines()[0]
    assert heading.count(r"<span>\$</span>") == HOSTILE.count("$")
    assert not re.search(r"(?<!\\)[<$]", heading.replace(r"<span>\$</span>", ""))
    root = ET.fromstring(d.diagram()._repr_svg_())
    assert {element.tag.partition("}")[2] for element in root.iter()}.isdisjoint({"script", "iframe", "foreignObject"})


# --- the worked notebooks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_kept_with_the_outputs_it_has_now(path: Path) -> None:
    """Run again, without Jupyter, every cell has the same output, byte by byte; each is short, and has a name of its own."""
    book, text = book_of(path), path.read_text("utf-8")
    assert text == written(book)
    assert written(executed(path)) == text
    assert len(text) < 300_000
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert 5 <= len(code) <= 12
    assert max(len(cell["source"]) for cell in book["cells"]) <= 10
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])


def test_there_are_notebooks() -> None:
    """The laws above run on both; nothing in their outputs is a place on somebody's disk, or an address in memory."""
    assert [path.name for path in NOTEBOOKS] == ["homework.ipynb", "mazur.ipynb"]
    for path in NOTEBOOKS:
        assert re.search(r"/(?:home|tmp|root|Users)/|0x[0-9a-f]{6}|application/pdf", path.read_text("utf-8")) is None


@pytest.fixture(scope="module")
def run_by_jupyter(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Run the cells of all worked notebooks in one kernel of Jupyter."""
    import nbclient  # an extra
    import nbformat

    home = tmp_path_factory.mktemp("jupyter")
    before = dict(os.environ)
    own = {"IPYTHONDIR": home, "JUPYTER_RUNTIME_DIR": home, "PYTHONPATH": ROOT, "JUPYTER_PLATFORM_DIRS": 1}
    os.environ |= {name: str(value) for name, value in own.items()}
    try:
        first, *others = (nbformat.read(path, 4) for path in NOTEBOOKS)
        first.cells += [cell for book in others for cell in book.cells]
        nbformat.validate(first)
        for cell in first.cells:
            if cell.cell_type == "code":
                cell.outputs = []
        where = {"metadata": {"path": str(FOLDER)}}
        nbclient.NotebookClient(first, timeout=100, kernel_name="python3", resources=where).execute()
    finally:
        os.environ.clear()
        os.environ |= before
    return first


def outputs(book: Any) -> Iterator[dict[str, Any]]:
    """Yield what each output offers, by MIME type."""
    for cell in book.cells:
        for output in cell.get("outputs", ()):
            assert output.output_type != "error"
            if "data" in output:
                yield output.data


@needs_jupyter
def test_jupyter_makes_the_outputs_that_are_kept(run_by_jupyter: Any) -> None:
    """Of what each cell sends, the same is kept; nothing is said on standard error."""
    kept_ones = {cell["id"]: cell for path in NOTEBOOKS for cell in book_of(path)["cells"]}
    for cell in run_by_jupyter.cells:
        made = [
            {"text": out.text.splitlines(keepends=True)} if out.output_type == "stream" else {"data": kept(out.data)}
            for out in cell.get("outputs", ())
        ]
        before = [{key: out[key] for key in ("text", "data") if key in out} for out in kept_ones[cell.id].get("outputs", ())]
        assert made == before, cell.id


@needs_jupyter
def test_jupyter_runs_a_notebook(run_by_jupyter: Any) -> None:
    """No cell fails, every picture is well-formed, and Markdown has no LaTeX outside of its mathematics."""
    kinds: set[str] = set()
    for data in outputs(run_by_jupyter):
        kinds |= set(data)
        assert "text/plain" in data
        if "image/svg+xml" in data:
            assert ET.fromstring(data["image/svg+xml"]).tag.endswith("svg")
        if "text/markdown" in data:
            assert left_over(data["text/markdown"]) == []
    assert {"image/svg+xml", "text/markdown", "text/plain"} <= kinds
    assert not [cell.id for cell in run_by_jupyter.cells for out in cell.get("outputs", ()) if out.get("name") == "stderr"]


@needs_jupyter
def test_a_notebook_as_a_page(run_by_jupyter: Any) -> None:
    """Nbconvert makes HTML of it: outside of what MathJax sets and of code, there is no LaTeX."""
    import nbconvert  # an extra

    body, _ = nbconvert.HTMLExporter().from_notebook_node(run_by_jupyter)
    shown = re.findall(r'<div class="jp-RenderedHTMLCommon jp-RenderedMarkdown[^>]*>(.*?)</div>\s*</div>', body, flags=re.DOTALL)
    assert len(shown) >= 2
    for part in shown:
        assert left_over(html.unescape(re.sub(r"<[^>]+>", "", part))) == []
    pictures = re.findall(r'<div class="jp-RenderedSVG[^>]*>\s*<(?:svg|img) ', body)
    assert len(pictures) == sum("image/svg+xml" in data for data in outputs(run_by_jupyter))


@needs_jupyter
@pytest.mark.latex
def test_a_notebook_as_pdf(run_by_jupyter: Any, tmp_path: Path) -> None:
    """Where pandoc and XeLaTeX are, nbconvert makes a PDF of it, pictures and all."""
    import nbconvert  # an extra

    lacking = [program for program in ("pandoc", "xelatex") if shutil.which(program) is None]
    if lacking:
        pytest.skip(f"nbconvert needs {' and '.join(lacking)} to make a PDF")
    book = {"metadata": {"path": str(tmp_path), "name": "book"}}
    made, _ = nbconvert.PDFExporter(latex_count=1).from_notebook_node(run_by_jupyter, resources=book)  # nothing refers to pages
    assert made.startswith(b"%PDF")
    assert len(made) > 20_000
