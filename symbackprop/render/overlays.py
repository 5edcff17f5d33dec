r"""
Slides of beamer on which an equation is worked out step by step: \uncover in every cell of what comes later.

An overlay cannot hold a whole line of an alignment, because amsmath reads every line twice; a cell can be held.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symbackprop.render.rows import RowLine

_MARKS = re.compile(r"\\begin\{|\\end\{|\\.|[{}&]", re.DOTALL)
_UNCOVER = re.compile(r"\\uncover<(\d+)->")
GAP = r"\quad"


def uncovered(lines: Sequence[RowLine]) -> tuple[RowLine, ...]:
    """Show the lines of an alignment row by row, where some row continues an equation; else all of them at once."""
    if not any(line.first and line.text.startswith("&") for line in lines):
        return tuple(lines)
    made = []
    turn = 0
    for line in lines:
        turn += line.first
        made.append(line._replace(text=_held(line.text, turn)) if turn > 1 else line)
    return tuple(made)


def _held(text: str, turn: int) -> str:
    r"""Hold back every cell of a line; {} keeps the space before the sign with which one begins."""
    held = (cell if cell.strip() in {"", GAP} else rf"\uncover<{turn}->{{{{}}{cell.strip()}}}" for cell in cells(text))
    return "&".join(held)


def cells(text: str) -> list[str]:
    r"""
    Return the cells of a line of an alignment.

    >>> cells(r"a &= \begin{cases} b & c \end{cases} &\quad& \text{by \& of}")
    ['a ', '= \\begin{cases} b & c \\end{cases} ', '\\quad', ' \\text{by \\& of}']
    """
    found, begin, depth = [], 0, 0
    for mark in _MARKS.finditer(text):
        sign = mark[0]
        # The braces of \begin{ and \end{ are closed right after: an environment counts one, and its end takes it off.
        depth += {"{": 1, "}": -1, "\\begin{": 2, "\\end{": 0}.get(sign, 0)
        if sign == "&" and depth == 0:
            found.append(text[begin : mark.start()])
            begin = mark.end()
    return [*found, text[begin:]]


def in_turn(texts: Sequence[str]) -> list[str]:
    """Return the parts of one slide with their overlays numbered one after another; what follows comes with the last row."""
    made, before = [], 0
    for text in texts:
        turns = [int(turn) for turn in _UNCOVER.findall(text)]
        pieces = _UNCOVER.split(text)  # every other piece is a number
        pieces[1::2] = [rf"\uncover<{turn + before}->" for turn in turns]
        shown = "".join(pieces)
        if before and not turns:
            shown = f"\\par\\begin{{uncoverenv}}<{before + 1}->%\n{shown.strip()}\\par\n\\end{{uncoverenv}}"
        made.append(shown)
        before += max(turns, default=1) - 1
    return made
