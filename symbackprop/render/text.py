"""Plain text: the terminal's layout without colour."""

from __future__ import annotations

from symbackprop.document import Document
from symbackprop.notation import Speller
from symbackprop.render.layout import layout
from symbackprop.render.marked import strip
from symbackprop.render.options import DEFAULT, Options


def render(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as lines of text, ending in a newline."""
    return "".join(f"{strip(line).rstrip()}\n" for line in layout(document, speller, options, colour=False))
