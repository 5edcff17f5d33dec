"""What a caller may ask of any format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """
    `width` is the width of a line, in characters (terminal, text) or em (LaTeX, Markdown); None means the format's own.

    `columns` (1 or 2) and `beamer` (16:9 slides) choose the standalone document's class;
    `diagram` is a picture that a whole document shows after its first sentence: an SVG for Typst, TikZ for LaTeX;
    `color` allows colour; `encoding` is what the output can carry: where it lacks ∂ and δ, ASCII is printed.
    """

    width: float | None = None
    columns: int = 1
    beamer: bool = False
    color: bool = True
    encoding: str = "utf-8"
    diagram: str = ""


DEFAULT = Options()
