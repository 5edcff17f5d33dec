"""
The formats a document can be printed in: one row each.

A format prints a `Document` and knows nothing of steps.  A new format is one module and one row.
Its module is imported when it is first used: rich, for one, is not needed to write LaTeX.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from symbackprop.errors import UnknownNameError, nearest
from symbackprop.render.options import DEFAULT, Options

if TYPE_CHECKING:
    from symbackprop.document import Document
    from symbackprop.notation import Speller

__all__ = ["FORMATS", "Format", "Options", "find_format", "format_of_suffix"]


@dataclass(frozen=True)
class Format:
    """
    One format: `suffixes` are the file endings that choose it; `module` has a `render` and `function` names it.

    `engine` sets the picture that a whole document shows: "latex" has it as TikZ, "typst", and a browser, as SVG.
    """

    name: str
    description: str
    suffixes: tuple[str, ...]
    module: str
    function: str = "render"
    aliases: tuple[str, ...] = ()
    engine: str = ""

    def render(self, document: Document, speller: Speller, options: Options = DEFAULT) -> str:
        """Print a document."""
        printer = getattr(import_module(f"symbackprop.render.{self.module}"), self.function)
        text: str = printer(document, speller, options)
        return text


FORMATS: dict[str, Format] = {
    row.name: row
    for row in (
        Format("terminal", "aligned and coloured, for a terminal of any width", (), "terminal"),
        Format("text", "the same without colour", (".txt",), "text"),
        Format("latex", "LaTeX to be put into a document of one's own; needs amsmath, amssymb and xcolor", (), "latex"),
        Format("standalone", "a whole LaTeX document, for pdflatex", (".tex",), "latex", "render_standalone", engine="latex"),
        Format("typst", "a complete Typst document", (".typ",), "typst", engine="typst"),
        Format("dollar", "Markdown with $…$ and $$…$$", (".md",), "markdown", "render_dollar", ("markdown", "markdown-dollar")),
        Format("github", "Markdown with $`…`$ and ```math", (), "markdown", "render_github", ("markdown-github",)),
        Format("myst", "Markdown for Sphinx and Jupyter Book (MyST)", (), "markdown", "render_myst", ("markdown-myst",)),
        Format("quarto", "Markdown for Quarto", (".qmd",), "markdown", "render_quarto", ("markdown-quarto",)),
        Format("obsidian", "Markdown for Obsidian", (), "markdown", "render_obsidian", ("markdown-obsidian",)),
        Format("anki", "cards for Anki: the left side of each equation, and its right side", (".anki.txt",), "anki"),
        Format("html", "one page for a browser, which loads nothing", (".html", ".htm"), "html", engine="typst"),
    )
}


def find_format(name: str) -> Format:
    """
    Look a format up by name.

    >>> find_format("markdown").name
    'dollar'

    Raises UnknownNameError, which lists the formats.
    """
    for row in FORMATS.values():
        if name in {row.name, *row.aliases}:
            return row
    known = (*FORMATS, "json", "pdf")  # the one is written from the derivation itself, the other is not text
    msg = f'unknown format "{name}"{nearest(name, known)} (known: {", ".join(known)})'
    raise UnknownNameError(msg)


def format_of_suffix(suffix: str) -> Format | None:
    """
    Return the format a file ending chooses, or None.

    >>> format_of_suffix(".tex").name
    'standalone'
    """
    return next((row for row in FORMATS.values() if suffix.lower() in row.suffixes), None)
