r"""
Rows of a derivation as the body of an alignment, for LaTeX and for Markdown.

Cells are `left &= right && = value && reason`; a value or a reason that does not fit beside its row goes on a line
of its own, and a right-hand side that does not fit is broken by `typeset.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from symbackprop.document import Row, Spans
from symbackprop.typeset import Typesetter

RELATION = 1.4
GAP = 1.0
MARGIN = 1.0


class RowLine(NamedTuple):
    """One line of an alignment; `height` in lines of text; `whole` where no page break should come before it."""

    text: str
    height: float
    whole: bool


@dataclass(frozen=True)
class Alignment:
    """Lines, and how many pairs of columns they have."""

    lines: tuple[RowLine, ...]
    pairs: int


Reason = Callable[[Spans], tuple[str, float]]


@dataclass(frozen=True)
class _Plan:
    left: float
    room: float
    value: bool
    reason: bool


def align(rows: Sequence[Row], setter: Typesetter, width: float, reason: Reason) -> Alignment:
    """
    Set rows in columns that together are no wider than `width` em.

    `reason` prints a reason's spans and tells their width.
    """
    plan = _plan(rows, setter, width, reason)
    lines: list[RowLine] = []
    for row in rows:
        lines.extend(_row(row, setter, plan, reason))
    return Alignment(tuple(lines), 1 + plan.value + plan.reason)


def _plan(rows: Sequence[Row], setter: Typesetter, width: float, reason: Reason) -> _Plan:
    box = setter.box
    left = max((w for row in rows if row.left is not None and (w := box(row.left).width) <= 0.4 * width), default=0.0)
    avail = width - left - RELATION
    rights = [box(row.right).width for row in rows]
    values = max((box(row.value).width + RELATION + GAP for row in rows if row.value is not None), default=0.0)
    reasons = max((reason(row.reason)[1] + GAP for row in rows if row.reason), default=0.0)
    for use_value, use_reason in ((True, True), (True, False), (False, False)):
        room = avail - (values if use_value else 0) - (reasons if use_reason else 0)
        if sum(w <= room for w in rights) * 3 >= 2 * len(rights) and room >= min(10.0, 0.5 * avail):
            break
    else:
        use_value = use_reason = False
        room = avail
    return _Plan(left, room, use_value and values > 0, use_reason and reasons > 0)


def _height(height: int) -> float:
    return (1.0, 1.0, 2.0, 3.0)[min(height, 3)]


def _row(row: Row, setter: Typesetter, plan: _Plan, reason: Reason) -> list[RowLine]:
    sign = setter.emitter.relation(row.relation).text.strip()
    lines: list[RowLine] = []
    left = ""
    height = 1.0
    if row.left is not None:
        box = setter.box(row.left)
        if box.width <= plan.left + 0.01:
            left, height = box.text + " ", _height(box.height)
        else:
            for piece in setter.lines(row.left, plan.left + plan.room):
                lines.append(RowLine("&" + r"\quad " * piece.depth + piece.text, _height(piece.height), bool(lines)))
    pieces = setter.lines(row.right, plan.room - MARGIN, plan.room)
    for position, piece in enumerate(pieces):
        start = f"{left}&{sign} " if position == 0 else "&" + r"\quad " * (1 + piece.depth)
        lines.append(RowLine(start + piece.text, max(_height(piece.height), height if position == 0 else 0), bool(lines)))
    tail: list[str] = []
    if row.value is not None:
        value = setter.box(row.value)
        if plan.value:
            tail.append(rf" &\quad& {setter.emitter.relation('=').text.strip()} {value.text}")
        else:
            lines.append(RowLine(f"&= {value.text}", _height(value.height), whole=True))
    elif plan.value and row.reason and plan.reason:
        tail.append(r" &\quad&")
    if row.reason:
        text, size = reason(row.reason)
        if plan.reason:
            tail.append(rf" &\quad& {text}")
        elif lines and not tail and setter.box(row.right).width + GAP + size <= plan.room and len(pieces) == 1 and row.value is None:
            tail.append(rf"\quad {text}")
        else:
            lines[-1] = _extended(lines[-1], tail)
            tail = []
            lines.append(RowLine(rf"&\quad {text}", 1.0, whole=True))
    if tail:
        lines[-1] = _extended(lines[-1], tail)
    return lines


def _extended(line: RowLine, tail: Sequence[str]) -> RowLine:
    return line._replace(text=line.text + "".join(tail))
