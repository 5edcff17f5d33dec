"""Rows of a derivation as a call of the document's own `derivation`, which measures and sets the columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symbackprop.document import Row, Spans
from symbackprop.render.references import Place, References, grouped
from symbackprop.render.rows import GAP, MARGIN, RELATION, Plan, Reason, broken, plan_rows, relation_of
from symbackprop.typeset import Typesetter, near


@dataclass(frozen=True)
class Sheet:
    """The width of a line in em, how reasons are printed, and the numbers of equations."""

    width: float
    setter: Typesetter
    reason: Reason
    references: References


def equation(text: str) -> str:
    """Return mathematics of full size in a line."""
    return f"$display({text.strip()})$"


def derivation(rows: Sequence[Row], sheet: Sheet, block: int) -> str:
    """Print rows; what a page must not part stands in one row, or is glued to the next one."""
    plan = plan_rows(rows, sheet.setter, sheet.width, sheet.reason)
    lines = []
    for k, row in enumerate(rows):
        following = rows[k + 1 : k + 2]
        # No line stands alone before or after a break, and what continues an equation stays with it.
        glued = bool(following) and (following[0].left is None or k in {0, len(rows) - 2})
        lines.append(f"  ({', '.join(_cells(row, plan, sheet, (block, k), glued=glued))}),")
    return "#derivation(\n" + "\n".join(lines) + "\n)"


def _cells(row: Row, plan: Plan, sheet: Sheet, place: Place, *, glued: bool) -> Iterator[str]:
    setter = sheet.setter
    pieces = broken(row.right, setter, plan.room)
    lines = [(0 if position == 0 else 1 + piece.depth, equation(piece.text)) for position, piece in enumerate(pieces)]
    used = pieces[-1].width + (MARGIN * (1 + pieces[-1].depth) if len(pieces) > 1 else 0.0)
    if row.left is not None:
        if setter.box(row.left).width <= plan.left + 0.01:
            yield f"left: {equation(setter.text(row.left))}"
        else:
            above = [(piece.depth, equation(piece.text)) for piece in setter.lines(row.left, plan.left + plan.room)]
            yield f"above: {_listed(above)}"
    yield f"sign: {equation(setter.emitter.relation(relation_of(row)).text)}"
    value = reason = ""
    if row.value is not None:
        box = setter.box(row.value)
        text = equation(f"{setter.emitter.relation(near('=', row.value)).text} {box.text}")
        if plan.value:
            value, used = text, plan.room
        else:
            used = _beside(lines, text, box.width + RELATION, used, plan.room)
    if row.reason or place in sheet.references.used:
        runs = grouped(sheet.references.used.get(place, ()))
        cited = ", ".join(f"#see({low})" if low == high else f"#see({low})–#see({high})" for low, high in runs)
        # "substitute (3)", but "substitute; 2×1, by (3)".
        between = ", by " if ";" in text_of(row.reason) else " "
        text, width, _ = sheet.reason(row.reason, sheet.width if plan.reason else plan.room - GAP)
        text = f"reason[{text}{between if cited else ''}{cited}]"
        room = max(plan.room - GAP, 6.0)
        if plan.reason:
            reason = text
        elif width > room:
            lines.append((0, f"told({room:g}em, {text.removeprefix('reason')})"))
        else:
            _beside(lines, text, width + GAP + 2.6 * len(runs), used, plan.room)
    yield f"lines: {_listed(lines)}"
    if value:
        yield f"value: {value}"
    if reason:
        yield f"reason: {reason}"
    if place in sheet.references.numbers:
        yield f"number: {sheet.references.numbers[place]}"
    if glued:
        yield "glued: true"


def text_of(spans: Spans) -> str:
    """Return the words of running text."""
    return "".join(span for span in spans if isinstance(span, str))


def _beside(lines: list[tuple[int, str]], text: str, width: float, used: float, room: float) -> float:
    """Add what has no column to the last line, or on a line of its own where it does not fit; return what is used of that."""
    if used + GAP + width <= room:
        depth, before = lines[-1]
        lines[-1] = (depth, f"[{before} #h(1em) {text if text.startswith('$') else '#' + text}]")
        return used + GAP + width
    lines.append((0, text))
    return width


def _listed(lines: Sequence[tuple[int, str]]) -> str:
    return "(" + "".join(f"({depth}, {text}), " for depth, text in lines).rstrip() + ")"
