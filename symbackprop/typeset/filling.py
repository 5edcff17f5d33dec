"""Lines filled evenly from pieces that are never broken."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from symbackprop.typeset.boxes import NOTHING, Box, Line


class Token(NamedTuple):
    """
    A piece that is never broken, with what stands before it within a line and at a line's start.

    A `fresh` one begins a line.
    """

    box: Box
    inline: Box
    start: Box
    depth: int
    fresh: bool = False


def prefixed(token: Token, left: Box) -> Token:
    """Return the piece with something before it that stays with it."""
    box = token.box
    head = left.head if left.text else box.head
    return token._replace(box=box._replace(text=left.text + box.text, width=left.width + box.width, head=head))


def suffixed(token: Token, right: Box) -> Token:
    """Return the piece with something after it that stays with it."""
    box = token.box
    return token._replace(box=box._replace(text=box.text + right.text, width=box.width + right.width, tail="group"))


def fill(tokens: Sequence[Token], limit: float, first: float, indent: float) -> list[Line]:
    """
    Fill lines evenly: as few as possible, and among those the breaks with the least sum of squared gaps.

    The idea is Knuth and Plass's (*Breaking paragraphs into lines*, 1981); a break inside parentheses costs more.
    """
    count = len(tokens)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, count + 1):
        choice = (float("inf"), 0)
        width = 0.0
        for begin in range(end - 1, -1, -1):
            token = tokens[begin]
            room = first if begin == 0 else limit - indent * min(token.depth, 2)
            full = token.box.width + width + (token.start.width if begin else 0.0)
            over = full > room
            if over and begin < end - 1:
                break
            gap = 0.0 if over else (room - full) / room
            cost = best[begin][0] + 1.0 + gap * gap + (token.depth if begin else 0.0) + (1e6 if over else 0.0)
            if cost < choice[0]:
                choice = (cost, begin)
            if token.fresh:
                break
            width += token.box.width + token.inline.width
        best.append(choice)
    cuts = [count]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    cuts.reverse()
    return [_assemble(tokens[begin:end], begin) for begin, end in pairwise(cuts)]


def _assemble(tokens: Sequence[Token], begin: int) -> Line:
    opening = tokens[0].start if begin else NOTHING
    text = opening.text + tokens[0].box.text + "".join(t.inline.text + t.box.text for t in tokens[1:])
    width = opening.width + tokens[0].box.width + sum(t.inline.width + t.box.width for t in tokens[1:])
    return Line(text, width, min(tokens[0].depth, 2) if begin else 0, max(t.box.height for t in tokens))
