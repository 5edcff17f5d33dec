"""Typeset pieces: a text with its width, and what its surroundings must know of it."""

from __future__ import annotations

from typing import NamedTuple

# How tightly an expression holds together, loosest first.
SUM, NEGATIVE, QUOTIENT, PRODUCT, POWER, ATOM = 1, 2, 3, 4, 5, 6


class Box(NamedTuple):
    """
    A typeset expression.

    `binding` is one of SUM … ATOM; `height` is 0 for a line of plain letters, 1 with superscripts, 2 built up,
    and n + 1 for n rows of cases;
    `head` and `tail` say what stands at its ends, for the spacing in products:
    "symbol", "word", "number", "numeral" (a computed number), "fraction", "group", "function" or "bare" (without parentheses).
    """

    text: str
    width: float
    binding: int = ATOM
    height: int = 0
    head: str = "symbol"
    tail: str = "symbol"


class Line(NamedTuple):
    """One line of a broken expression; `depth` 0 starts at the margin, 1 and 2 are continuations."""

    text: str
    width: float
    depth: int
    height: int


NOTHING = Box("", 0.0)
