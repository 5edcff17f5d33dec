"""
The worked notebooks with their outputs: `python tests/notebooks.py` runs them anew; with `--check`, only compare.

The cells run one after the other in this process, as in Jupyter but without it, so that every machine makes the same bytes.
Of what an object offers, the text and what pages on the web show are kept: Markdown or a picture, or else LaTeX.
"""

from __future__ import annotations

import ast
import io
import json
import os
import sys
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "worked_examples"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
KEPT = ("text/markdown", "image/svg+xml", "text/latex")
METHODS = {"text/markdown": "_repr_markdown_", "image/svg+xml": "_repr_svg_", "text/latex": "_repr_latex_"}


def book_of(path: Path) -> dict[str, Any]:
    """Return a notebook as it is kept."""
    book: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return book


def executed(path: Path) -> dict[str, Any]:
    """Return a notebook with the outputs that its cells have now."""
    book = book_of(path)
    space: dict[str, Any] = {"__name__": "__main__"}
    with _as_in_a_notebook() as shown:
        code = (cell for cell in book["cells"] if cell["cell_type"] == "code")
        for count, cell in enumerate(code, 1):
            cell["execution_count"] = count
            cell["outputs"] = list(_run("".join(cell["source"]), f"{path.name}, {cell['id']}", space, count, shown))
    return book


def written(book: dict[str, Any]) -> str:
    """Return the text of a notebook's file."""
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


def kept(data: dict[str, Any]) -> dict[str, list[str]]:
    """Return what is kept of what an output offers, in lines."""
    best = next((kind for kind in KEPT if kind in data), None)
    chosen = {kind: data[kind] for kind in (best, "text/plain") if kind}
    return {kind: text.splitlines(keepends=True) if isinstance(text, str) else text for kind, text in chosen.items()}


@contextmanager
def _as_in_a_notebook() -> Iterator[list[Any]]:
    """Run in the folder of the notebooks, where pages are shown under their cells: they are collected."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from symbackprop import showing  # not where the notebooks are only read

    shown: list[Any] = []

    def show(made: Any) -> None:
        shown.append(showing.Page(made.to_html(), made.problem.title))

    before = Path.cwd()
    os.chdir(FOLDER)
    try:
        with mock.patch.object(showing, "show", show):
            yield shown
    finally:
        os.chdir(before)


def _run(source: str, name: str, space: dict[str, Any], count: int, shown: list[Any]) -> Iterator[dict[str, Any]]:
    """Run a cell and yield its outputs: what it printed, the pages it showed, and its last value."""
    tree = ast.parse(source)
    last = ast.Expression(tree.body.pop().value) if isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(tree, name, "exec"), space)
        value = eval(compile(last, name, "eval"), space) if last is not None else None
    if printed.getvalue():
        yield {"name": "stdout", "output_type": "stream", "text": printed.getvalue().splitlines(keepends=True)}
    while shown:
        yield {"data": kept(_offered(shown.pop(0))), "metadata": {}, "output_type": "display_data"}
    if value is not None:
        yield {"data": kept(_offered(value)), "execution_count": count, "metadata": {}, "output_type": "execute_result"}


class _Printer:
    """What IPython hands to `_repr_pretty_`."""

    def __init__(self) -> None:
        self.shown = ""

    def text(self, text: str) -> None:
        """Print."""
        self.shown += text


def _offered(value: Any) -> dict[str, str]:
    """Return what an object offers to be shown as, by MIME type."""
    made = {kind: getattr(value, method)() for kind, method in METHODS.items() if hasattr(value, method)}
    if hasattr(value, "_repr_pretty_"):
        printer = _Printer()
        value._repr_pretty_(printer, False)
        plain = printer.shown
    else:
        plain = repr(value)
    return {**{kind: text for kind, text in made.items() if text is not None}, "text/plain": plain}


def main(arguments: list[str]) -> int:
    """Write or compare every notebook; 1 where one differs."""
    differ = [path for path in NOTEBOOKS if written(executed(path)) != path.read_text("utf-8")]
    for path in differ:
        print(f"{path.relative_to(ROOT)}{' differs' if '--check' in arguments else ''}")
        if "--check" not in arguments:
            path.write_text(written(executed(path)), encoding="utf-8", newline="\n")
    return int("--check" in arguments and bool(differ))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
