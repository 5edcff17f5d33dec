"""
Derivations and pictures before the reader's eyes: in a browser, and in the cell of a notebook.

A notebook shows the first kind it can of those an object offers.  JupyterLab: HTML, Markdown, LaTeX, SVG, PNG, text;
VS Code: HTML, LaTeX (set as Markdown), Markdown, PNG, SVG, text; nbconvert to PDF: LaTeX, PDF, PNG, SVG, Markdown, text.
"""

from __future__ import annotations

import base64
import sys
import tempfile
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from textwrap import fill
from typing import Any

from symbackprop.derivation import Derivation
from symbackprop.diagrams import Figure, figure_of, to_bytes, to_dot, to_svg, to_tikz
from symbackprop.diagrams.animation import animated_gif, animated_svg
from symbackprop.document import nested
from symbackprop.errors import InputError
from symbackprop.saving import save
from symbackprop.typeset.elements import escaped

HEIGHT = 640


@dataclass(frozen=True, repr=False)
class Diagram:
    """
    A picture of a derivation: it shows itself in a notebook, and saves itself as a file.

    `figure` is its table of coordinates; what is `animated` plays, as SVG or GIF.

    >>> import symbackprop as sb
    >>> sb.derive("x^2", at="x=3").diagram()
    <Diagram (graph) of "Backpropagation of f">
    """

    figure: Figure
    animated: bool = False

    @property
    def notices(self) -> tuple[str, ...]:
        """What was left out so that the rest stays legible, in sentences."""
        return self.figure.notices

    def to_svg(self) -> str:
        """Return one <svg> element that refers to nothing else."""
        return animated_svg(self.figure) if self.animated else to_svg(self.figure)

    def to_tikz(self, *, standalone: bool = False) -> str:
        """Return a tikzpicture, or a whole LaTeX document."""
        return to_tikz(self.figure, standalone=standalone)

    def to_png(self, *, scale: float = 2.0) -> bytes:
        """Return a PNG; raises InputError where matplotlib is missing."""
        return to_bytes(self.figure, "png", scale=scale)

    def save(self, path: str | Path) -> Path:
        """
        Write the format the file's ending chooses: .svg, .png, .pdf, .tex, .dot; of what is animated, .svg or .gif.

        Raises InputError for another ending, and where matplotlib is missing.
        """
        target = Path(path)
        writers: dict[str, Callable[[], str | bytes]] = {".svg": self.to_svg}
        if self.animated:
            writers[".gif"] = lambda: animated_gif(self.figure)
        else:
            writers |= {
                ".png": self.to_png,
                ".pdf": lambda: to_bytes(self.figure, "pdf"),
                ".tex": lambda: self.to_tikz(standalone=True),
                ".tikz": self.to_tikz,
                ".dot": lambda: to_dot(self.figure),
            }
        if target.suffix.lower() not in writers:
            what = "a picture that plays" if self.animated else "a picture"
            msg = f'{target}: {what} is not written to the ending "{target.suffix}" (known: {", ".join(writers)})'
            raise InputError(msg)
        made = writers[target.suffix.lower()]()
        save(target, made)
        return target

    def _repr_svg_(self) -> str:
        return self.to_svg()

    def _repr_pdf_(self) -> bytes | None:
        """Return what nbconvert puts into a PDF, which cannot hold SVG."""
        return to_bytes(self.figure, "pdf") if find_spec("matplotlib") is not None else None

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - IPython's signature
        """Say in words what the picture shows, where none can be shown."""
        told = "" if cycle or nested(printer) else f"\n{fill(self.figure.description, 80, break_on_hyphens=False)}"
        printer.text(f"{self!r}{told}")

    def __repr__(self) -> str:
        """Return what it is a picture of."""
        return f'<{"Animated diagram" if self.animated else "Diagram"} ({self.figure.kind}) of "{self.figure.title}">'


@dataclass(frozen=True)
class Page:
    """A page within a notebook, in a frame of its own that can reach nothing outside."""

    html: str = field(repr=False)
    title: str = ""

    def _repr_html_(self) -> str:
        # An address of the page's own, so that links to its steps stay within the frame.
        data = base64.b64encode(self.html.encode("utf-8")).decode("ascii")
        style = f"box-sizing:border-box;width:100%;height:{HEIGHT}px;border:1px solid #8888;border-radius:4px"
        return (
            f'<iframe title="{escaped(self.title)}" sandbox="allow-scripts" style="{style}" '
            f'src="data:text/html;charset=utf-8;base64,{data}"></iframe>'
        )

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:  # noqa: FBT001 - IPython's signature
        """Say what would be here, where no page can be shown."""
        printer.text(f'<Page to step through: "{self.title}">')


def diagram(  # noqa: PLR0913 - as the options of the command line
    made: Derivation, kind: str = "", wrt: str = "", *, with_locals: bool = False, sample: int = 1, animate: bool = False
) -> Diagram:
    """
    Draw a derivation: its "network", the "graph" of its definitions or of "atoms", or "four" pictures.

    `wrt` is the quantity whose gradient is followed: that of the slice, where it is of one; otherwise as in
    `symbackprop diagram`.  What is to `animate` is the graph where nothing else is asked for.
    Raises InputError for a kind that does not fit the problem, UnknownNameError for an unknown name.
    """
    told = made.telling.wrt
    figure = figure_of(
        made,
        kind or ("graph" if animate else ""),
        wrt or (told[0] if len(told) == 1 else ""),
        with_locals=with_locals,
        sample=sample,
    )
    return Diagram(figure, animated=animate)


def show(made: Derivation) -> Path | None:
    """
    Open the page of a derivation: in a notebook under the cell, which returns None, else in the browser.

    Returns the file that the browser opened; it stays in the system's folder for temporary files.
    """
    page, title = made.to_html(), made.problem.title or repr(made)[1:-1]
    if in_notebook():
        from IPython import display  # where a notebook runs, it is there

        draw: Any = display.display  # which has no types
        draw(Page(page, title))
        return None
    path = Path(tempfile.mkdtemp(prefix="symbackprop-")) / "derivation.html"
    path.write_text(page, encoding="utf-8", newline="\n")
    webbrowser.open(path.as_uri())
    return path


def in_notebook() -> bool:
    """Tell whether this runs in a notebook, whose cells can show HTML."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None
