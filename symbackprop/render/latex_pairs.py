r"""
A forward pass in two columns: a weighted sum, and beside it the activation that puts in this sum and nothing else.

Both are in one alignment, so that what is alike stands below each other; the left one has its number beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.document import Row, presented
from symbackprop.expr import Symbol
from symbackprop.render.rows import GAP, RELATION, Alignment, RowLine, line_height, relation_of
from symbackprop.typeset import Typesetter, near

MOST_LINES = 3
NUMBER = 2.6  # of the left equation, with the space before it
BETWEEN = 1.8  # the space before the right equation
FLAT = 1  # the height of what does not reach into the line above or below


def side_by_side(rows: Sequence[Row], numbers: Sequence[int], setter: Typesetter, width: float, label: str) -> Alignment | None:
    """Set rows in two columns of equations; None where they are not such pairs, or too wide or too high for it."""
    groups = _groups(rows, numbers)
    beside = _pairs(groups, setter)
    if not beside or any(row.reason for row in rows):
        return None
    left = [group for k, group in enumerate(groups) if k not in beside]
    right = [group for k, group in enumerate(groups) if k in beside]
    if (
        any(len(group) > MOST_LINES for group in groups)
        or _width(left, setter) + _width(right, setter) + NUMBER + BETWEEN > width
    ):
        return None
    lines: list[RowLine] = []
    for k, group in enumerate(groups):
        if k in beside:
            continue
        other = groups[k + 1] if k + 1 in beside else []
        for j, (row, number) in enumerate(group):
            text = _cells(row, setter)
            if j < len(other):
                following, own = other[j]
                shown = rf" \bpnumber{{{label}{number}}}" if number else ""
                text += rf" &\quad&{shown} &\qquad {_cells(following, setter)}"
                number = own  # noqa: PLW2901 - that of the line
            lines.append(RowLine(text, line_height(_height(row, setter)), whole=j > 0, first=True, opens=j == 0, number=number))
    return Alignment(tuple(lines), 5)


Group = list[tuple[Row, int]]


def _groups(rows: Sequence[Row], numbers: Sequence[int]) -> list[Group]:
    """Return each equation with the rows that continue it, and the numbers of all of them."""
    groups: list[Group] = []
    for row, number in zip(rows, numbers, strict=True):
        if row.left is not None or not groups:
            groups.append([])
        groups[-1].append((row, number))
    return groups


def _pairs(groups: Sequence[Group], setter: Typesetter) -> frozenset[int]:
    """Return the places of the equations that belong at the right of the one before; none where few do."""
    found: list[int] = []
    for k in range(1, len(groups)):
        before, after = groups[k - 1][0][0], groups[k][0][0]
        used = {part for part in presented(after.right) if isinstance(part, Symbol)}
        alike = len(groups[k - 1]) >= len(groups[k]) and k - 1 not in found
        flat = all(_height(row, setter) <= FLAT for row, _ in (*groups[k - 1], *groups[k]))
        if used == {before.left} and alike and flat:
            found.append(k)
    return frozenset(found) if len(found) > 1 or 2 * len(found) + 1 >= len(groups) else frozenset()


def _height(row: Row, setter: Typesetter) -> int:
    return max(setter.box(part).height for part in (row.left, row.right, row.value) if part is not None)


def _width(groups: Sequence[Group], setter: Typesetter) -> float:
    rows = [row for group in groups for row, _ in group]
    box = setter.box
    left = max(box(row.left).width for row in rows if row.left is not None)
    value = max((box(row.value).width + RELATION + GAP for row in rows if row.value is not None), default=0.0)
    return left + RELATION + max(box(row.right).width for row in rows) + value


def _cells(row: Row, setter: Typesetter) -> str:
    """Return an equation and its value in two pairs of cells."""
    left = setter.text(row.left) + " " if row.left is not None else ""
    text = rf"{left}&{setter.emitter.relation(relation_of(row)).text.strip()} {setter.text(row.right)} &\quad&"
    if row.value is not None:
        text += f" {setter.emitter.relation(near('=', row.value)).text.strip()} {setter.text(row.value)}"
    return text
