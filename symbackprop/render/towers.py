"""Chain rules with fractions of two storeys: three lines, the bars on the middle one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from symbackprop.document import Display, Row, Tint
from symbackprop.expr import Adjoint, Expr, Partial, Product, Sum
from symbackprop.notation import Ratio
from symbackprop.render.columns import Columns, reason_below, value_sign
from symbackprop.render.marked import DIM, VALUE, styled, width_of
from symbackprop.render.page import INDENT, Page
from symbackprop.typeset.marks import TINT_COUNT, TINT_OFF, TINT_ON
from symbackprop.typeset.text_emitter import Text

MOST_TOWERS = 4


@dataclass(frozen=True)
class _Tower:
    """Three lines of one width: above the bar, the bar's own line, below."""

    above: str
    middle: str
    below: str
    width: int


def _flat(text: str) -> _Tower:
    width = width_of(text)
    return _Tower(" " * width, text, " " * width, width)


def _tower(page: Page, expr: Expr) -> _Tower:
    if isinstance(expr, Tint):
        return _tinted(page, _tower(page, expr.body), expr.colour)
    speller = page.setter.speller
    if speller is not None and isinstance(expr, Adjoint | Partial):
        spelled = speller.spell(expr)
        if isinstance(spelled, Ratio):
            d = "d" if spelled.ordinary or page.ascii else "∂"
            top, bottom = (d + page.setter.emitter.name(part).text for part in (spelled.top, spelled.bottom))
            width = max(len(top), len(bottom)) + 2
            bar = ("-" if page.ascii else "─") * width
            suffix = "|direct" if spelled.direct else ""
            pad = " " * len(suffix)
            return _Tower(top.center(width) + pad, bar + suffix, bottom.center(width) + pad, width + len(suffix))
    return _flat(page.setter.operand(expr, 4).text)


def _tinted(page: Page, tower: _Tower, colour: int) -> _Tower:
    if not (isinstance(page.setter.emitter, Text) and page.setter.emitter.colour) or colour >= TINT_COUNT:
        return tower
    above, middle, below = (
        f"{TINT_ON}{chr(0x30 + colour)}{line}{TINT_OFF}" if line.strip() else line
        for line in (tower.above, tower.middle, tower.below)
    )
    return _Tower(above, middle, below, tower.width)


def built_up(page: Page, row: Row, columns: Columns) -> Iterator[str]:
    """Yield a chain rule in fractions of two storeys; nothing where it has too many terms or too long ones."""
    emitter = page.setter.emitter
    dot = _flat(f" {'*' if page.ascii else '·'} ")
    left = _tower(page, row.left) if row.left is not None else _flat(" " * columns.left)
    sign = _flat(f" {emitter.relation(row.relation).text.strip()} ")
    terms = row.right.terms if isinstance(row.right, Sum) else (row.right,)
    start = INDENT + left.width + sign.width
    room = max(page.width - start, 16)
    if len(terms) > MOST_TOWERS:
        return
    groups: list[list[_Tower]] = []
    for index, term in enumerate(terms):
        assert isinstance(term, Display | Product)
        factors = [_tower(page, factor) for factor in term.factors]
        lead = _flat("+ ") if index else _flat("")
        chunks = _balanced([tower.width for tower in factors], dot.width, room - 2)
        if len(terms) > 1 and len(chunks) > 1:
            return
        for position, chunk in enumerate(chunks):
            part = [lead if position == 0 else _flat("* " if page.ascii else "· ")]
            for offset, tower in enumerate(factors[chunk[0] : chunk[1]]):
                part.extend([dot, tower] if offset else [tower])
            groups.append(part)
    yield ""
    for position, group in enumerate(groups):
        margin = [_flat(" " * INDENT), left, sign] if position == 0 else [_flat(" " * start)]
        towers = [*margin, *group]
        yield "".join(tower.above for tower in towers).rstrip()
        middle = "".join(tower.middle for tower in towers).rstrip()
        if position == len(groups) - 1:
            yield from _chain_tail(page, row, columns, middle, "".join(tower.below for tower in towers).rstrip())
        else:
            yield middle
            yield "".join(tower.below for tower in towers).rstrip()
    yield ""


def _chain_tail(page: Page, row: Row, columns: Columns, middle: str, below: str) -> Iterator[str]:
    used = width_of(middle)
    notes = ""
    if row.value is not None:
        notes += "   " + styled(page.setter.text(row.value), VALUE)
    if row.reason:
        notes += "   " + styled(page.spans(row.reason), DIM)
    if used + width_of(notes) <= page.width:
        yield middle + notes
        yield below
        return
    yield middle
    yield below
    if row.value is not None:
        yield " " * (columns.right - 2) + value_sign(page, row) + styled(page.setter.text(row.value), VALUE)
    if row.reason:
        yield from reason_below(page, row, columns)


def _balanced(widths: Sequence[int], gap: int, room: int) -> list[tuple[int, int]]:
    """Cut a row of pieces into as few lines as fit, of nearly equal width; returns (begin, end) of each."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(widths) + 1):
        choice, used = (float("inf"), 0), -gap
        for begin in range(end - 1, -1, -1):
            used += widths[begin] + gap
            if used > room and begin < end - 1:
                break
            cost = best[begin][0] + 1000 + max(0.0, 1 - used / room) ** 2
            if cost < choice[0]:
                choice = (cost, begin)
        best.append(choice)
    cuts = [len(widths)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    cuts.reverse()
    return list(pairwise(cuts))
