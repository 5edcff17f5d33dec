"""
The terminal: the layout's marks as colours, by rich.

Mathematics is handed to rich as `Text`, never as markup, so that `w[a]` stays `w[a]`.
"""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.text import Text

from symbackprop.document import Document
from symbackprop.notation import Speller
from symbackprop.render import marked as marks
from symbackprop.render.layout import layout
from symbackprop.render.marked import strip
from symbackprop.render.options import DEFAULT, Options
from symbackprop.typeset.marks import TINT_OFF, TINT_ON

TINTS = ("dark_orange", "sky_blue2", "dark_cyan", "pink3", "orange3", "medium_purple2", "dark_khaki", "cornflower_blue")
STYLES = {
    marks.TITLE: "bold",
    marks.NUMBER: "bold cyan",
    marks.HEADING: "bold",
    marks.VALUE: "green",
    marks.DIM: "dim",
    marks.RULE: "dim",
    marks.GOOD: "green",
    marks.BAD: "red",
    marks.PROBLEM: "yellow",
}


def render(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document with ANSI colours, ending in a newline; without them where `options.color` is False."""
    lines = layout(document, speller, options, colour=options.color)
    if not options.color or not lines:
        return "".join(f"{strip(line).rstrip()}\n" for line in lines)
    out = StringIO()
    # The lines are laid out already: rich has only to colour them, whatever the environment says of this process's own terminal.
    console = Console(
        file=out, force_terminal=True, color_system="256", width=10_000, legacy_windows=False, highlight=False, no_color=False
    )
    console.print(Text("\n").join(map(_rich, lines)), soft_wrap=True)
    return out.getvalue()


def _rich(marked: str) -> Text:
    """Turn one marked line into styled text."""
    text = Text()
    styles: list[str] = []
    begin = position = 0
    while position < len(marked):
        char = marked[position]
        if char in {TINT_ON, TINT_OFF, marks.STYLE, marks.STYLE_OFF}:
            if begin < position:
                text.append(marked[begin:position], " ".join(styles))
            if char == TINT_ON:
                styles.append(TINTS[ord(marked[position + 1]) - 0x30])
            elif char == marks.STYLE:
                styles.append(STYLES[marked[position + 1]])
            elif styles:
                styles.pop()
            position += 2 if char in {TINT_ON, marks.STYLE} else 1
            begin = position
        else:
            position += 1
    if begin < len(marked):
        text.append(marked[begin:], " ".join(styles))
    return text
