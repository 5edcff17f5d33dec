"""
A document as lines of characters, for the terminal and for plain text: block after block.

Lines carry marks (`marked.py`).  What does not fit goes to the next line; nothing is cut off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.document import Block, Document, Heading, Lines, Note, Paragraph, Picture, Row, Spans, Table
from symbackprop.notation import Speller
from symbackprop.render.braces import underlined
from symbackprop.render.columns import builds_up, plan, row_lines
from symbackprop.render.encodings import can_carry
from symbackprop.render.marked import BAD, DIM, GOOD, HEADING, NUMBER, PROBLEM, RULE, TITLE, styled, width_of
from symbackprop.render.options import Options
from symbackprop.render.page import INDENT, WIDEST_TEXT, Page, wrap
from symbackprop.render.tables import table_lines
from symbackprop.render.towers import built_up
from symbackprop.typeset.breaking import Typesetter
from symbackprop.typeset.text_emitter import ASCII, UNICODE, Text

NARROWEST = 24

# What stands before a remark of each kind, in Unicode and in ASCII, and its style.
REMARKS = {
    "verified": ("✓ ", "ok ", GOOD),
    "wrong": ("✗ ", "no ", BAD),
    "follows": ("→ ", "-> ", PROBLEM),
    "below": ("    ", "     ", DIM),
    "warning": ("! ", "! ", PROBLEM),
}


def layout(document: Document, speller: Speller, options: Options, *, colour: bool) -> list[str]:
    """Return the document as marked lines."""
    unicode = can_carry(options.encoding)
    setter = Typesetter(Text(UNICODE if unicode else ASCII, colour=colour), speller)
    page = Page(max(NARROWEST, int(options.width or 80)), setter, not unicode, options.encoding)
    lines: list[str] = []
    section = 0
    previous: Block | None = None
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 2:
            section += 1
        if _apart(previous, block):
            lines.append("")
        lines.extend(_block(page, block, section))
        previous = block
    single = [line for i, line in enumerate(lines) if line or (i and lines[i - 1])]
    while single and not single[-1]:
        single.pop()
    return [line for raw in single for line in underlined(page, raw)]


def _apart(previous: Block | None, block: Block) -> bool:
    """Return whether a blank line comes between two blocks."""
    match previous, block:
        case None, _:
            return False
        case Heading(level), _:
            return level == 1
        case (Paragraph(), Lines()) | (Note(), Note()):
            return False
        case _:
            return True


def _block(page: Page, block: Block, section: int) -> Iterator[str]:
    match block:
        case Heading():
            yield from _heading(page, block, section)
        case Paragraph(spans):
            yield from wrap(page, spans, min(page.width, WIDEST_TEXT) - INDENT, " " * INDENT)
        case Lines(rows):
            yield from _lines(page, rows)
        case Table():
            yield from table_lines(page, block)
        case Note(kind, spans):
            yield from _note(page, kind, spans)
        case Picture():
            yield from _picture(page, block)


def _heading(page: Page, heading: Heading, section: int) -> Iterator[str]:
    dash = "-" if page.ascii else "─"
    lines = [line.strip() for line in wrap(page, heading.spans, page.width - (5 if heading.level == 2 else 2), "")]
    if heading.level == 1:
        for line in lines[:-1]:
            yield styled(line, TITLE)
        rest = page.width - width_of(lines[-1]) - 1
        yield styled(lines[-1], TITLE) + (" " + styled(dash * rest, RULE) if rest > 2 else "")
        return
    if heading.level == 2:
        label = str(section).ljust(3)
        for position, line in enumerate(lines):
            yield (styled(label, NUMBER) if not position else " " * len(label)) + styled(line, HEADING)
    else:
        for line in lines:
            yield " " * INDENT + styled(line, HEADING)


def _note(page: Page, kind: str, spans: Spans) -> Iterator[str]:
    sign, in_ascii, style = REMARKS.get(kind, ("", "", DIM))
    label = in_ascii if page.ascii else sign
    for position, line in enumerate(wrap(page, spans, min(page.width, WIDEST_TEXT) - INDENT - len(label), "")):
        yield " " * INDENT + styled((label if position == 0 else " " * len(label)) + line, style)


def _picture(page: Page, picture: Picture) -> Iterator[str]:
    """Lay out a drawing; one that is too wide is left out, for half a picture shows nothing, and the reader told."""
    lines = [page.plain(line) for line in picture.lines]
    needed = max(map(width_of, lines), default=0) + INDENT
    room = min(page.width, WIDEST_TEXT) - INDENT
    if needed > page.width:
        missing = f"A picture is left out: it is {needed} columns wide, and there are {page.width}."
        yield from wrap(page, (missing,), room, " " * INDENT)
        return
    yield from (f"{' ' * INDENT}{line}" for line in lines)
    if picture.caption:
        yield from wrap(page, picture.caption, room, " " * INDENT)


def _lines(page: Page, rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    columns = plan(page, rows)
    for row in rows:
        if builds_up(row) and (built := list(built_up(page, row, columns))):
            yield from built
        else:
            yield from row_lines(page, row, columns)
