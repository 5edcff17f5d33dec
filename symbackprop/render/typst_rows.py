"""Rows of a derivation as data for the document's own functions, which measure and set the columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from symbackprop.document import Row, Tint, presented
from symbackprop.expr import Adjoint, Expr, Partial, Symbol
from symbackprop.notation import Speller
from symbackprop.render.references import Place, References, grouped, joining
from symbackprop.render.rows import GAP, MARGIN, RELATION, Plan, Reason, broken, plan_rows, relation_of
from symbackprop.typeset import Typesetter, Words, near, words
from symbackprop.typeset.typst_emitter import quoted

NUMBER = 2.9  # of an equation, with the space before it
CITED = 5.0  # two numbers of equations after a reason
MOST_BESIDE = 3  # lines of an equation beside another
FREE = Plan(inf, inf, value=True, reason=True)
MOST_WORDS = 1200  # said of one formula; more is not listened to
_LETTER = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True)
class Sheet:
    """The width of a line in em, how reasons are printed, and the numbers of equations."""

    width: float
    setter: Typesetter
    reason: Reason
    references: References
    speller: Speller


def equation(text: str) -> str:
    """Return mathematics of full size in a line."""
    return f"$display({text.strip()})$"


def with_words(text: str, said: str) -> str:
    """Return mathematics with what is said of it, as a call."""
    if len(said) > MOST_WORDS:
        said = said[:MOST_WORDS].rsplit(" ", 1)[0] + " and so on"
    return f"m({quoted(said)}, {text})"


def derivation(rows: Sequence[Row], sheet: Sheet, block: int) -> tuple[list[str], str]:
    """Return a dictionary of Typst for each row, and the reason that may be said once for all of them, or nothing."""
    groups = _groups(rows)
    beside = _side_by_side([[rows[k] for k in group] for group in groups], sheet)
    paired = {k for position in beside for group in (groups[position - 1], groups[position]) for k in group}
    alone = _plan([row for k, row in enumerate(rows) if k not in paired], sheet)
    right = {groups[position][0]: _kinds(rows[groups[position - 1][0]], rows[groups[position][0]]) for position in beside}
    lines = []
    for k, row in enumerate(rows):
        cells = list(_cells(row, FREE if k in paired else alone, sheet, (block, k)))
        lines.append(f"({', '.join([*cells, f'beside: {quoted(right[k])}'] if k in right else cells)})")
    reasons = {tuple(rows[k].reason for k in group if rows[k].reason) for group in groups}
    same = reasons.pop() if beside and len(groups) > 2 and len(reasons) == 1 else ()
    cited = any((block, k) in sheet.references.used for k in range(len(rows)))
    return lines, sheet.reason(same[0], inf)[0] if len(same) == 1 and not cited else ""


def _plan(rows: Sequence[Row], sheet: Sheet) -> Plan:
    """Return columns for rows; none for values and reasons where they would break so many lines that it takes fewer without."""
    plan = plan_rows(rows, sheet.setter, sheet.width, sheet.reason)
    if not plan.value:
        return plan
    plain = Plan(plan.left, sheet.width - plan.left - RELATION, value=False, reason=False)
    return plain if _lines(rows, plain, sheet) < _lines(rows, plan, sheet) else plan


def _lines(rows: Sequence[Row], plan: Plan, sheet: Sheet) -> int:
    """Count the lines that right-hand sides take, and values and reasons that do not stand beside them."""
    count = 0
    for row in rows:
        *before, last = broken(row.right, sheet.setter, plan.room)
        count += 1 + len(before)
        used = last.width
        if row.value is not None and not plan.value:
            used += GAP + RELATION + sheet.setter.box(row.value).width
            count += used > plan.room
        if row.reason and not plan.reason:
            count += used + GAP + sheet.reason(row.reason, inf)[1] > plan.room
    return count


# --- two columns -------------------------------------------------------------------------------------------------------


def _groups(rows: Sequence[Row]) -> list[list[int]]:
    """Return the places of each equation's own row and of those that continue it."""
    groups: list[list[int]] = []
    for k, row in enumerate(rows):
        if row.left is None and groups:
            groups[-1].append(k)
        else:
            groups.append([k])
    return groups


def _side_by_side(groups: Sequence[Sequence[Row]], sheet: Sheet) -> list[int]:
    """
    Return which groups may stand at the right of the one before; whether they do, Typst decides, which knows how wide they are.

    Two stand side by side where the second puts in the first and nothing else, or both say the same of like quantities.
    """
    found = []
    position = 1
    while position < len(groups):
        first, second = groups[position - 1], groups[position]
        short = len(first) <= MOST_BESIDE and abs(len(first) - len(second)) <= 1
        both = short and _related(first[0], second[0]) and _natural(first, sheet) + _natural(second, sheet) <= 1.1 * sheet.width
        # Where they do not after all, each must fit a line of its own as it is.
        if both and max(_natural(first, sheet, reasons=True), _natural(second, sheet, reasons=True)) <= 0.95 * sheet.width:
            found.append(position)
            position += 1
        position += 1
    return found


def _natural(group: Sequence[Row], sheet: Sheet, *, reasons: bool = False) -> float:
    """Estimate how wide an equation is, without reasons or with them in a column."""
    box = sheet.setter.box
    left = max(box(row.left).width if row.left is not None else 0.0 for row in group)
    values = (box(row.value).width + GAP + RELATION if row.value is not None else 0.0 for row in group)
    right = max(box(row.right).width + value for row, value in zip(group, values, strict=True))
    told = max((sheet.reason(row.reason, inf)[1] + GAP + CITED for row in group if row.reason), default=0.0) if reasons else 0.0
    return left + RELATION + right + told


def _related(first: Row, second: Row) -> bool:
    """Tell whether two equations belong side by side."""
    before, after = (_bare(row.left) for row in (first, second))
    if before is None or after is None:
        return False
    used = {_bare(part) for part in presented(second.right) if isinstance(part, Symbol)}
    return used == {before} or _kind(before) == _kind(after)


def _kinds(first: Row, second: Row) -> str:
    return ", ".join(_kind(left) for row in (first, second) if (left := _bare(row.left)) is not None)


def _kind(expr: Expr) -> str:
    """Return what a quantity is, but for its place: its letter, or what kind of derivative it is."""
    if isinstance(expr, Partial) or (isinstance(expr, Adjoint) and not expr.is_delta):
        return type(expr).__name__
    letter = _LETTER.match(expr.name) if isinstance(expr, Symbol) else None
    return f"{type(expr).__name__} {letter[0] if letter else ''}"


def _bare(expr: Expr | None) -> Expr | None:
    return _bare(expr.body) if isinstance(expr, Tint) else expr


# --- cells -------------------------------------------------------------------------------------------------------------


def _cells(row: Row, plan: Plan, sheet: Sheet, place: Place) -> Iterator[str]:
    setter = sheet.setter
    pieces = broken(row.right, setter, plan.room)
    first, *rest = pieces
    # What is said of the first line is said of the whole equation.
    lines = [(0, with_words(equation(first.text), _said(row, sheet.speller)))]
    lines += [(1 + piece.depth, f"pdf.artifact({equation(piece.text)})") for piece in rest]
    used = pieces[-1].width + (MARGIN * (1 + pieces[-1].depth) if len(pieces) > 1 else 0.0)
    if row.left is not None:
        if setter.box(row.left).width <= plan.left + 0.01:
            yield f"left: {equation(setter.text(row.left))}"
        else:
            above = [(piece.depth, equation(piece.text)) for piece in setter.lines(row.left, plan.left + plan.room)]
            yield f"above: {_listed(above)}"
    yield f"sign: {equation(setter.emitter.relation(relation_of(row)).text)}"
    value = reason = under = ""
    if row.value is not None:
        box = setter.box(row.value)
        text = equation(f"{setter.emitter.relation(near('=', row.value)).text} {box.text}")
        if plan.value:
            value, used = text, plan.room
        else:
            used = _beside(lines, f"pdf.artifact({text})", box.width + RELATION, used, plan.room)
    if row.reason or place in sheet.references.used:
        runs = grouped(sheet.references.used.get(place, ()))
        cited = ", ".join(f"#see({low})" if low == high else f"#see({low})–#see({high})" for low, high in runs)
        text, width, _ = sheet.reason(row.reason, sheet.width if plan.reason else plan.room - GAP)
        text = f"[{text}{joining(row.reason) if cited else ''}{cited}]" if text or cited else ""
        room = max(plan.room - GAP, 6.0)
        if plan.reason or not text:
            reason = text
        elif value:
            # A value in its column comes first.
            under = f"told({room:g}em, {text})" if width > room else f"reason({text})"
        elif width > room:
            lines.append((0, f"told({room:g}em, {text})"))
        else:
            _beside(lines, f"reason({text})", width + GAP + 2.6 * len(runs), used, plan.room)
    yield f"lines: {_listed(lines)}"
    if value:
        yield f"value: {value}"
    if reason:
        yield f"reason: {reason}"
    if under:
        yield f"under: {under}"
    if place in sheet.references.numbers:
        yield f"number: {sheet.references.numbers[place]}"


def _said(row: Row, speller: Speller) -> str:
    """Return a row in words."""
    sign = Words().relation
    parts = [words(row.left, speller)] if row.left is not None else []
    parts += [sign(relation_of(row)).text.strip(), words(row.right, speller)]
    if row.value is not None:
        parts += [sign(near("=", row.value)).text.strip(), words(row.value, speller)]
    return " ".join(parts)


def _beside(lines: list[tuple[int, str]], text: str, width: float, used: float, room: float) -> float:
    """Add what has no column to the last line, or on a line of its own where it does not fit; return what is used of that."""
    if used + GAP + width <= room:
        depth, before = lines[-1]
        lines[-1] = (depth, f"{before} + h(1em) + {text}")
        return used + GAP + width
    lines.append((0, text))
    return width


def _listed(lines: Sequence[tuple[int, str]]) -> str:
    return "(" + "".join(f"({depth}, {text}), " for depth, text in lines).rstrip() + ")"
