"""Tables of a Typst document: in columns that fit, two halves side by side where they are narrow and long, else as cards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from symbackprop.document import Spans, Table

COLUMN_GAP, BOLD = 1.0, 1.16
SIZES = (1.0, 0.86, 0.78)
SMALLEST = 0.7  # in a narrow column
NARROW = 30.0
WHOLE = 16  # rows that a page does not part
LONG, MOST_ROWS = 14, 80  # a narrow table of so many rows has two halves side by side
ROW_HEIGHT = 1.75
MOST_ACROSS = 36  # rows across two columns, which no page parts
LONG_CARD = 6000  # characters of a card that a page may part


@dataclass(frozen=True)
class Setting:
    """How cells are printed, how wide they are, and how wide a line is, in em, in its column and `across` all columns."""

    spans: Callable[[Spans], str]
    paragraph: Callable[[Spans], str]
    spans_width: Callable[[Spans], float]
    width: float
    across: float = 0.0
    slide: bool = False


Rows = Sequence[tuple[Spans, ...]]


def tables(table: Table, setting: Setting, most: int = 10**9, *, stays: bool = False) -> Iterator[tuple[str, int]]:
    """
    Yield parts of a table of at most `most` rows, as calls or content in code, and how many rows each has.

    A table that `stays` does not stay behind without what follows.
    """
    columns = range(len(table.header))
    heads = [BOLD * setting.spans_width(cell) for cell in table.header]
    total = sum(max([heads[k], *(setting.spans_width(row[k]) for row in table.rows)]) for k in columns)
    gaps = COLUMN_GAP * len(columns)
    sizes = (*SIZES, SMALLEST) if setting.width < NARROW else SIZES
    size = next((size for size in sizes if size * (total + gaps) <= setting.width), None)
    wide = next((size for size in SIZES if size * (total + gaps) <= setting.across), None)
    if size is None and wide is not None:
        for part in _cut(table.rows, MOST_ACROSS):
            yield f'place(auto, scope: "parent", float: true, clearance: 1.5em, {_table(table, part, setting, wide)})', 1
        return
    if size is None:
        for row in table.rows:
            yield _card(table, row, setting), max(1, min(most, 4))
        return
    narrow = 2 * (total + gaps) + 2 <= setting.width
    most *= 1 + (narrow and setting.slide)
    share = ceil(len(table.rows) / ceil(len(table.rows) / most)) if table.rows else 1
    for part in _cut(table.rows, min(most, max(1, share))):
        halves = _cut(part, ceil(len(part) / 2))
        many = most // 2 < len(part) if setting.slide else LONG <= len(part) <= MOST_ROWS
        if many and narrow and len(halves) == 2:
            both = ", ".join(_table(table, half, setting, size) for half in halves)
            yield (
                f"block(breakable: {_flag(len(part) > 2 * WHOLE)}, grid(columns: (auto, auto), column-gutter: 2em, {both}))",
                len(halves[0]),
            )
        else:
            sticky = ", sticky: true" if stays and len(part) <= WHOLE else ""
            yield f"block(breakable: {_flag(len(part) > WHOLE)}{sticky}, {_table(table, part, setting, size)})", len(part)


def leading_room(rows: int) -> str:
    """Return what keeps the first rows of a table that may be parted on one page."""
    return f"#room-for({5 * ROW_HEIGHT:g}em)\n" if rows > WHOLE else ""


def _flag(value: bool) -> str:  # noqa: FBT001 - a private helper
    return str(value).lower()


def _cut(rows: Rows, most: int) -> list[Rows]:
    """Cut rows into parts; one without a name stays with the one above."""
    parts: list[list[tuple[Spans, ...]]] = []
    for row in rows:
        if parts and (len(parts[-1]) < most or not any(row[0])):
            parts[-1].append(row)
        else:
            parts.append([row])
    return list(parts)


def _table(table: Table, rows: Rows, setting: Setting, size: float) -> str:
    align = ", ".join("right + horizon" if k in table.numeric else "left + horizon" for k in range(len(table.header)))
    head = ", ".join(f"[*{setting.spans(cell)}*]" for cell in table.header)
    body = "\n".join("  " + " ".join(f"[{setting.spans(cell)}]," for cell in row) for row in rows)
    return (
        f"{{ set text(size: {size}em); set par(justify: false, leading: 0.2em); table(\n"
        f"  columns: {len(table.header)}, stroke: none, inset: (x: 0.5em, y: 0.33em), align: ({align},),\n"
        f"  table.hline(stroke: 0.6pt), table.header({head}), table.hline(stroke: 0.4pt),\n"
        f"{body}\n  table.hline(stroke: 0.6pt),\n) }}"
    )


def _card(table: Table, row: tuple[Spans, ...], setting: Setting) -> str:
    """Return one row of a table too wide for the page: a line for each cell, and for the numbers together."""
    first, *rest = zip(table.header, row, range(len(row)), strict=True)
    lines = [f"[*{setting.spans(first[1])}*]"]
    short = [cell for cell in rest if cell[2] in table.numeric]
    for name, cell, k in rest:
        if k not in table.numeric:
            lines.append(f"[_{setting.spans(name)}_ {setting.paragraph(cell).strip()}]")
    if short:
        told = "; ".join(f"_{setting.spans(name)}_ {setting.spans(cell)}" for name, cell, _ in short)
        lines.append(f"[{told}]")
    inside = ", ".join(lines)
    breakable = _flag(len(inside) > LONG_CARD)
    return f"block(above: 1em, breakable: {breakable}, {{ set par(justify: false); stack(spacing: 0.6em, {inside}) }})"
