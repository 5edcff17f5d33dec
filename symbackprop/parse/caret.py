"""The place where a text could not be read, drawn under it."""

from __future__ import annotations

import unicodedata

WIDEST_PLACE = 46


def caret(text: str, position: int) -> str:
    """
    Return the line of a text that holds a position, and under it a line with a caret at the place.

    >>> print(caret("a1*(1 - q)", 8))
    a1*(1 - q)
            ^
    """
    position = max(0, min(position, len(text)))
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    line = text[start : len(text) if end < 0 else end]
    place = position - start
    cut = max(0, place - WIDEST_PLACE // 2) if len(line) > WIDEST_PLACE else 0
    shown = line[cut : cut + WIDEST_PLACE]
    before = ("…" if cut else "") + _printable(shown[: place - cut])
    rest = _printable(shown[place - cut :]) + ("…" if cut + WIDEST_PLACE < len(line) else "")
    return f"{before}{rest}\n{' ' * _width(before)}^"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() or unicodedata.combining(c) else " " for c in text)


def _width(text: str) -> int:
    """Return how many columns a text takes: combining characters none, wide ones two."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
