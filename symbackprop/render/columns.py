"""
Rows of formulas in columns: left, relation, right, value, reason.

What does not fit goes to the next line; nothing is cut off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from symbackprop.document import Display, Relation, Row, Tint
from symbackprop.expr import Adjoint, Expr, Partial, Sum
from symbackprop.render.marked import DIM, VALUE, strip, styled, width_of
from symbackprop.render.page import INDENT, Page, wrap
from symbackprop.render.rows import relation_of
from symbackprop.typeset.walk import near

GAP = 3


@dataclass(frozen=True)
class Columns:
    """Where the columns of a block of rows begin; `reason` is 0 where reasons go below."""

    left: int
    relation: int
    right: int
    room: int
    value: int
    reason: int


def plan(page: Page, rows: Sequence[Row]) -> Columns:
    """Return where the columns begin, so that most rows fit; reasons go below unless most fit beside their rows."""
    box = page.setter.box
    relation = max(len(page.setter.emitter.relation(relation_of(row)).text.strip()) for row in rows)
    lefts = [int(box(row.left).width) for row in rows if row.left is not None]
    left = min(max(lefts, default=0), max(8, page.width * 2 // 5))
    start = INDENT + left + 1 + relation + 1
    avail = page.width - start
    values = max((int(box(row.value).width) for row in rows if row.value is not None), default=0)
    reasons = max((width_of(page.spans(row.reason)) for row in rows if row.reason), default=0)
    rights = sorted(int(box(row.right).width) for row in rows if not builds_up(row)) or [0]
    extra = values + GAP if values else 0
    beside = avail - extra - (reasons + GAP if reasons else 0)
    fits = [width for width in rights if width <= beside]
    if reasons and 5 * len(fits) < 4 * len(rights):
        fits = [width for width in rights if width <= avail - extra]
        reasons = 0
    right = max(fits, default=max(avail - extra, 8))
    value = start + right + GAP
    return Columns(left, relation, start, avail, value, (value + extra if values else value) if reasons else 0)


def row_lines(page: Page, row: Row, columns: Columns) -> Iterator[str]:
    """Yield the lines of one row."""
    setter = page.setter
    sign = setter.emitter.relation(relation_of(row)).text.strip().rjust(columns.relation)
    margin = " " * columns.right
    head = " " * (INDENT + columns.left)
    if row.left is not None:
        box = setter.box(row.left)
        if box.width > columns.left:
            lefts = setter.lines(row.left, page.width - INDENT)
            yield from (" " * INDENT + line.text for line in lefts)
        else:
            head = " " * INDENT + box.text + " " * (columns.left - int(box.width))
    head = f"{head} {sign} "
    pieces = setter.lines(row.right, columns.room, columns.room)
    for position, line in enumerate(pieces):
        if position and isinstance(row.right, Relation) and strip(line.text).lstrip().startswith(f"{sign} "):
            # The next part of a chain of equations: its sign stands under the first one.
            text = margin[: -width_of(sign) - 1] + line.text.lstrip()
        else:
            text = (head if position == 0 else margin) + " " * (INDENT * line.depth) + line.text
        if position < len(pieces) - 1:
            yield text
        else:
            yield from _tail(page, row, columns, text)


def _tail(page: Page, row: Row, columns: Columns, text: str) -> Iterator[str]:
    """Yield a row's last line with its value and reason beside it, or below where they do not fit."""
    if row.value is not None:
        value = page.setter.box(row.value)
        shown = styled(value.text, VALUE)
        used = width_of(text)
        if used + GAP <= columns.value and columns.value + value.width <= page.width:
            text += " " * (columns.value - used) + shown
        elif used + GAP + value.width <= page.width:
            text += " " * GAP + shown
        else:
            # The reason belongs to the formula, so it comes before the number.
            yield from _tail(page, replace(row, value=None), columns, text)
            yield " " * (columns.right - 2) + value_sign(page, row) + shown
            return
    if not row.reason:
        yield text
        return
    reason = page.spans(row.reason)
    used, size = width_of(text), width_of(reason)
    if columns.reason and used + GAP <= columns.reason and columns.reason + size <= page.width:
        yield text + " " * (columns.reason - used) + styled(reason, DIM)
    elif used + GAP + size <= page.width and not columns.reason:
        yield text + " " * GAP + styled(reason, DIM)
    else:
        yield text
        yield from reason_below(page, row, columns)


def value_sign(page: Page, row: Row) -> str:
    """Return the sign before a value on a line of its own."""
    assert row.value is not None
    return page.setter.emitter.relation(near("=", row.value)).text.lstrip()


def reason_below(page: Page, row: Row, columns: Columns) -> Iterator[str]:
    """Yield a row's reason on lines of its own."""
    indent = columns.right + INDENT
    yield from (styled(line, DIM) for line in wrap(page, row.reason, page.width - indent, " " * indent))


def builds_up(row: Row) -> bool:
    """Return whether a row is a chain rule, to be printed with fractions of two storeys."""
    return _is_chain(row.right)


def _is_chain(expr: Expr) -> bool:
    match expr:
        case Display(factors):
            return any(_is_derivative(factor) for factor in factors)
        case Sum(terms):
            return all(isinstance(term, Display) and _is_chain(term) for term in terms)
        case _:
            return False


def _is_derivative(expr: Expr) -> bool:
    if isinstance(expr, Tint):
        return _is_derivative(expr.body)
    return isinstance(expr, Partial) or (isinstance(expr, Adjoint) and not expr.is_delta)
