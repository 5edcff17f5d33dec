"""
Lines of characters with marks: those of `typeset.marks` for tints, and those of this module for styles.

`text.py` removes them and `terminal.py` turns them into colours.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from symbackprop.typeset.marks import plain_text

# A style begins with STYLE and one letter and ends with STYLE_OFF; TITLE … PROBLEM are those letters.
STYLE, STYLE_OFF = "\x14", "\x15"
TITLE, NUMBER, HEADING, VALUE, DIM, RULE, GOOD, BAD, PROBLEM = "t", "n", "h", "v", "d", "r", "g", "b", "p"


def width_of(marked: str) -> int:
    """Return how many columns a marked line takes."""
    text = strip(marked)
    return len(text) if text.isascii() else sum(_columns(char) for char in text)


@cache  # a few hundred characters, asked for a million times
def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def strip(marked: str) -> str:
    """Remove every mark from a line."""
    text = plain_text(marked)
    if STYLE not in text:
        return text
    return "".join(part[1:] if position else part for position, part in enumerate(text.replace(STYLE_OFF, "").split(STYLE)))


def styled(text: str, style: str) -> str:
    """Mark a text with a style."""
    return f"{STYLE}{style}{text}{STYLE_OFF}" if text else text
