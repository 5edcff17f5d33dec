"""Tables in characters: in columns where they fit, else in two storeys a row, else as cards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.document import Table
from symbackprop.render.marked import DIM, HEADING, RULE, styled, width_of
from symbackprop.render.page import INDENT, Page, wrap

NARROWEST_CELL = 16


def table_lines(page: Page, table: Table) -> Iterator[str]:
    """Yield the lines of a table."""
    header = [[page.spans(cell)] for cell in table.header]
    rows = [[page.spans(cell) for cell in row] for row in table.rows]
    columns = range(len(header))
    if _total(_widths(header, rows)) > page.width:
        header = [wrap(page, cell, max([4, *(width_of(row[k]) for row in rows)]), "") for k, cell in enumerate(table.header)]
    widths = _widths(header, rows)
    room = page.width - _total(widths[:-1]) - 2
    if widths[-1] > room >= NARROWEST_CELL and columns[-1] not in table.numeric:
        # Only the last column is too wide, and it holds words: they go over several lines.
        header[-1] = wrap(page, table.header[-1], room, "")
        rows = [
            [*(row[:-1] if position == 0 else [""] * len(row[:-1])), line]
            for row, cells in zip(rows, table.rows, strict=True)
            for position, line in enumerate(wrap(page, cells[-1], room, ""))
        ]
        widths = _widths(header, rows)
    if _total(widths) > page.width:
        yield from _storeys(page, table) or _cards(page, table)
        return
    margin = " " * INDENT
    for line in range(max(map(len, header))):
        cells = [header[k][line] if line < len(header[k]) else "" for k in columns]
        yield margin + "  ".join(styled(_padded(cells[k], widths[k], k in table.numeric), HEADING) for k in columns)
    yield margin + styled("  ".join(("-" if page.ascii else "─") * width for width in widths), RULE)
    for row in rows:
        yield margin + "  ".join(_padded(row[k], widths[k], k in table.numeric) for k in columns).rstrip()


def _widths(header: Sequence[Sequence[str]], rows: Sequence[Sequence[str]]) -> list[int]:
    return [max([*map(width_of, cell), *(width_of(row[k]) for row in rows)]) for k, cell in enumerate(header)]


def _total(widths: Sequence[int]) -> int:
    return INDENT + sum(widths) + 2 * (len(widths) - 1)


def _padded(cell: str, width: int, right: bool) -> str:  # noqa: FBT001 - a private helper
    space = " " * (width - width_of(cell))
    return space + cell if right else cell + space


def _storeys(page: Page, table: Table) -> list[str]:
    """Print a table that is too wide with its numbers under its words, two lines a row; nothing where that is too wide, too."""
    words = [k for k in range(len(table.header)) if k not in table.numeric]
    numbers = sorted(table.numeric)
    cells = [[page.spans(cell) for cell in row] for row in (table.header, *table.rows)]
    widths = [max(width_of(row[k]) for row in cells) for k in range(len(table.header))]
    # The first column of numbers stands a little to the right of the words, so that rows are told apart.
    sizes = [_total([widths[k] for k in words]), INDENT + _total([widths[k] for k in numbers])]
    if not words or not numbers or words[-1] > numbers[0] or max(sizes) > page.width:
        return []
    lines: list[str] = []
    for position, row in enumerate(cells):
        above = "  ".join(_padded(row[k], widths[k], right=False) for k in words).rstrip()
        below = " " * INDENT + "  ".join(_padded(row[k], widths[k], right=True) for k in numbers)
        lines.extend(" " * INDENT + (styled(line, HEADING) if position == 0 else line) for line in (above, below))
    rule = ("-" if page.ascii else "─") * (max(sizes) - INDENT)
    return [*lines[:2], " " * INDENT + styled(rule, RULE), *lines[2:]]


def _cards(page: Page, table: Table) -> Iterator[str]:
    """Print a table that is too wide row by row, one cell a line."""
    names = [page.spans(cell) for cell in table.header]
    width = max(width_of(name) for name in names)
    for position, row in enumerate(table.rows):
        # A row without a first cell goes on with the row before.
        if position and page.spans(row[0]):
            yield ""
        for name, cell in zip(names, row, strict=True):
            if not page.spans(cell):
                continue
            lines = wrap(page, cell, max(8, page.width - INDENT - width - 2), "")
            yield " " * INDENT + styled(_padded(name, width, right=False), DIM) + "  " + lines[0]
            yield from (" " * (INDENT + width + 2) + line for line in lines[1:])
