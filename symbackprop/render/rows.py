r"""
Rows of a derivation as the body of an alignment, for LaTeX and for Markdown.

Cells are `left &= right && = value && reason`; a value or a reason that does not fit beside its row goes on a line
of its own, and a right-hand side that does not fit is broken by `typeset`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from symbackprop.document import Grid, Numeral, Row, Spans
from symbackprop.expr import Expr
from symbackprop.typeset import Line, Typesetter, near

RELATION = 1.4
GAP = 1.0
MARGIN = 1.0
KEPT = 6  # lines of an expression that no page parts


class RowLine(NamedTuple):
    """
    One line of an alignment; `height` in lines of text; `whole` where no page should end before it.

    `first` of a row, and `opens` of an equation, whose number is `number` (0 where it has none); `reason` stands at the edge.
    """

    text: str
    height: float
    whole: bool
    first: bool = False
    opens: bool = False
    number: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Alignment:
    """Lines, how many pairs of columns they have, and how wide the reasons at the edge are."""

    lines: tuple[RowLine, ...]
    pairs: int
    reasons: float = 0.0


Reason = Callable[[Spans, float], tuple[str, float, float]]


@dataclass(frozen=True)
class Plan:
    """
    The width of left sides, the room for right sides, and whether values and reasons have columns of their own.

    `width` is that of all together, `reasons` that of the reasons, with the space before them.
    """

    left: float
    room: float
    value: bool
    reason: bool
    width: float = 0.0
    reasons: float = 0.0


@dataclass(frozen=True)
class Edge:
    """
    What stands at the right edge: the numbers of the rows' equations (0 where a row has none), and the reasons.

    These stand in a column of at least `reasons` em; where that is None, they have a column of their own beside the rows.
    """

    numbers: tuple[int, ...] = ()
    reasons: float | None = None


NO_EDGE = Edge()


def align(rows: Sequence[Row], setter: Typesetter, width: float, reason: Reason, edge: Edge = NO_EDGE) -> Alignment:
    """
    Set rows in columns that together are no wider than `width` em.

    `reason(spans, room)` prints a reason and tells its width and height, no wider than `room` where it can be helped.
    """
    least = edge.reasons or 0.0
    plan = plan_rows(rows, setter, width, reason, least)
    if least and not plan.reason:
        alone = plan_rows(rows, setter, width, reason)
        plan = alone if alone.reason else replace(alone, reasons=least)
    lines: list[RowLine] = []
    opened = False
    for k, row in enumerate(rows):
        begin, *rest = _row(row, setter, plan, reason, at_edge=edge.reasons is not None)
        opens, number = row.left is not None, edge.numbers[k] if edge.numbers else 0
        # The first line that continues an equation stays with it.
        lines.extend((begin._replace(first=True, whole=not opens and opened, opens=opens, number=number), *rest))
        opened = opens
    return Alignment(tuple(lines), 1 + plan.value + (plan.reason and edge.reasons is None), plan.reasons)


def plan_rows(rows: Sequence[Row], setter: Typesetter, width: float, reason: Reason, least: float = 0.0) -> Plan:
    """Choose the columns for some rows, so that as many as can be fit `width` em; reasons have at least `least`."""
    box = setter.box
    left = max((w for row in rows if row.left is not None and (w := box(row.left).width) <= 0.4 * width), default=0.0)
    avail = width - left - RELATION
    rights = [box(row.right).width for row in rows]
    valued = [row.value for row in rows if row.value is not None]
    # A lone value reads best at the end of its line; a column is for many.
    values = max(box(value).width + RELATION + GAP for value in valued) if 2 * len(valued) >= len(rows) > 0 else 0.0
    reasons = max((max(reason(row.reason, width)[1] + GAP, least) for row in rows if row.reason), default=0.0)
    for use_value, use_reason in ((True, True), (True, False), (False, False)):
        room = avail - (values if use_value else 0) - (reasons if use_reason else 0)
        fitting = sum(w <= room for w in rights)
        if fitting == len(rights):
            break
        broken = (row.right for row, w in zip(rows, rights, strict=True) if w > room)
        most_fit = 3 * fitting >= 2 * len(rights) and room >= min(10.0, 0.5 * avail)
        if most_fit and all(_breaks(right, setter, room) for right in broken):
            break
    else:
        use_value = use_reason = False
        room = avail
    return Plan(left, room, use_value and values > 0, use_reason and reasons > 0, width, reasons)


def _breaks(expr: Expr, setter: Typesetter, room: float) -> bool:
    """Tell whether an expression can be broken so that every line of it fits."""
    first, *rest = broken(expr, setter, room)
    return first.width <= room and all(piece.width + MARGIN * (1 + piece.depth) <= room + MARGIN for piece in rest)


def broken(expr: Expr, setter: Typesetter, room: float) -> list[Line]:
    """Return a right-hand side on lines no wider than `room` em; lines after the first leave a margin."""
    return setter.lines(expr, room - MARGIN, room)


def line_height(height: int) -> float:
    """Return how many lines of text a box of a height takes (see `typeset.boxes`)."""
    return 1.2 * (height - 1) + 0.3 if height > 2 else 2.0 if height == 2 else 1.0


def relation_of(row: Row) -> str:
    """Return a row's relation; numbers put in are said to be equal, a rounded result (a number, a matrix of them) is not."""
    return near(row.relation, row.right) if isinstance(row.right, Numeral | Grid) else row.relation


def _row(row: Row, setter: Typesetter, plan: Plan, reason: Reason, *, at_edge: bool) -> list[RowLine]:
    sign = setter.emitter.relation(relation_of(row)).text.strip()
    lines: list[RowLine] = []
    left = ""
    height = 1.0
    if row.left is not None:
        box = setter.box(row.left)
        if box.width <= plan.left + 0.01:
            left, height = box.text + " ", line_height(box.height)
        else:
            for piece in setter.lines(row.left, plan.left + plan.room):
                lines.append(RowLine("&" + r"\quad " * piece.depth + piece.text, line_height(piece.height), bool(lines)))
    pieces = broken(row.right, setter, plan.room)
    for position, piece in enumerate(pieces):
        start = f"{left}&{sign} " if position == 0 else "&" + r"\quad " * (1 + piece.depth)
        whole = (len(pieces) <= KEPT or position in {1, len(pieces) - 1}) if position else bool(lines)
        lines.append(RowLine(start + piece.text, max(line_height(piece.height), 0.0 if position else height), whole))
    used = pieces[-1].width + (MARGIN * (1 + pieces[-1].depth) if len(pieces) > 1 else 0.0)
    cells = _Cells(lines, plan.room, used)
    if row.value is not None:
        value = setter.box(row.value)
        text = f"{setter.emitter.relation(near('=', row.value)).text.strip()} {value.text}"
        cells.put(text, value.width + RELATION, line_height(value.height), column=plan.value, cell=text)
    elif plan.value and plan.reason and row.reason and not at_edge:
        lines[-1] = lines[-1]._replace(text=lines[-1].text + r" &\quad&")
    if row.reason:
        used = plan.left + RELATION + cells.used
        fits = at_edge and plan.reasons <= plan.width - used and reason(row.reason, plan.width)[1] + GAP <= plan.reasons
        text, size, tall = reason(row.reason, plan.width if plan.reason or fits else plan.room - GAP)
        if at_edge and (plan.reason or fits):
            lines[-1] = lines[-1]._replace(reason=text, height=max(lines[-1].height, tall))
            return lines
        cells.put(rf"\quad {text}", size + GAP, tall, column=plan.reason, cell=text)
    return lines


@dataclass
class _Cells:
    """Puts values and reasons into their columns, or else at the end of the last line, or else on a line of their own."""

    lines: list[RowLine]
    room: float
    used: float

    def put(self, text: str, width: float, height: float, *, column: bool, cell: str) -> None:
        """Add one cell."""
        last = self.lines[-1]
        if column:
            self.lines[-1] = last._replace(text=rf"{last.text} &\quad& {cell}", height=max(last.height, height))
            self.used = self.room
        elif self.used + GAP + width <= self.room:
            self.lines[-1] = last._replace(text=rf"{last.text} \quad {text}", height=max(last.height, height))
            self.used += GAP + width
        else:
            self.lines.append(RowLine(f"&{text}", height, whole=True))
            self.used = width
