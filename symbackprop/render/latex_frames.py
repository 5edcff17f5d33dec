r"""
Slides of beamer: one step a frame, rows uncovered one after another, never more than a slide holds.

Heights are in points: those of rows by TeX's own rules (`typeset.latex_heights`), those of text by the number of its lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil
from typing import NamedTuple

from symbackprop.document import Block, Heading, Lines, Note, Paragraph, Picture, Row, Spans, Table
from symbackprop.expr import Expr
from symbackprop.render.latex_blocks import (
    BOLD,
    LABELS,
    ROW_STRETCH,
    card,
    drawn,
    flowing,
    natural_height,
    picture,
    table_parts,
    tables,
)
from symbackprop.render.latex_sheet import Sheet
from symbackprop.render.latex_text import cut
from symbackprop.render.overlays import in_turn, uncovered
from symbackprop.render.rows import Alignment, RowLine
from symbackprop.typeset.latex_heights import extent

MOST_ROWS = 6
LINE_WIDTH = 398.0  # of a slide, in points
# What a slide holds below a title of one line; what stands around a display; a line of text, and between paragraphs.
SLIDE, AROUND, LINE, SKIP = 222.0, 24.0, 12.0, 4.0
LEAD = 70.0  # what a lead-in may take from the room of the rows that it leads to
STRUT_ABOVE, STRUT_BELOW, PITCH, APART = 8.4, 3.6, 15.0, 4.0
TITLE_LINE, TITLE_SIZE, TITLE_LINES, TITLE_MARGIN = 17.0, 1.44, 2, 3.0
SMALLER = ((1.0, ""), (0.9, r"\small"), (0.8, r"\footnotesize"), (0.7, r"\scriptsize"), (0.5, r"\tiny"))


class _Title(NamedTuple):
    """What stands at the head of slides, and the height that is left below it."""

    text: str
    room: float


class Piece(NamedTuple):
    """What is never cut by the end of a slide: its LaTeX, its height, and how many rows it has (0 for what leads to more)."""

    text: str
    height: float
    rows: int

    @property
    def display(self) -> bool:
        """Whether it is a display, before which TeX sets an empty line where it is the first on a slide."""
        return self.text.startswith(r"\begin{alignat")


def frames_of(blocks: Sequence[Block], page: Sheet, drawing: str = "") -> Iterator[str]:
    """Yield slides: at most six rows on each; the drawing stands on the first where it fits, else on one of its own."""
    title, body, part, section = _Title("", SLIDE), list[Piece](), 1, 0
    bare = False
    for block in blocks:
        if isinstance(block, Heading) and block.level <= 2:
            if drawing and block.level == 2:
                free = title.room - _height(body) - 2 * SKIP if body else 0.0
                if 0 < natural_height(drawing, LINE_WIDTH) <= free:
                    body.append(Piece(drawn(drawing, f"{free:.0f}pt"), free, 0))
                    drawing = ""
            if body or bare:
                yield _frame(title, body, part)
            if drawing and block.level == 2:
                yield _drawn_frame(drawing)
                drawing = ""
            section += block.level == 2
            number = f"{section}\\quad " if block.level == 2 else ""
            title, body, part, bare = _title(page, number, block.spans), [], 1, block.level == 1
            continue
        for piece in _pieces(block, page, sum(piece.height for piece in body[len(body) - _leading(body) :])):
            height, rows = _height((*body, piece)), sum(p.rows for p in (*body, piece))
            if body and (height > title.room or rows > MOST_ROWS):
                # A heading or a lead-in does not stay behind alone.
                cut = len(body) - _leading(body)
                if cut:
                    yield _frame(title, body[:cut], part)
                    body, part = body[cut:], part + 1
                if _height((*body, piece)) > title.room and body:
                    yield _frame(title, body, part)
                    body, part = [], part + 1
            body.append(piece)
    if body or bare or not blocks:
        yield _frame(title, body, part)
    if drawing:
        yield _drawn_frame(drawing)


def _drawn_frame(drawing: str) -> str:
    """Return a slide with a drawing alone, which may fill it."""
    return "\\begin{frame}[plain]\n" + drawn(drawing, r"0.9\paperheight") + "\n\\end{frame}"


def _title(page: Sheet, number: str, spans: Spans) -> _Title:
    """Return what stands at the head of slides, in two lines at most."""
    shown = page.shortened(spans, TITLE_LINES * page.width / TITLE_SIZE - TITLE_MARGIN)
    lines = ceil((page.spans_width(shown) + TITLE_MARGIN) * TITLE_SIZE / page.width)
    return _Title(number + page.spans(shown), SLIDE - TITLE_LINE * (min(TITLE_LINES, max(1, lines)) - 1))


def _height(body: Sequence[Piece]) -> float:
    return sum(piece.height for piece in body) - (LINE if body[0].display else 0.0)


def _leading(body: Sequence[Piece]) -> int:
    """Return how many pieces at the end, headings and lead-ins, belong to what comes next."""
    return next((count for count, piece in enumerate(reversed(body)) if piece.rows), len(body))


def _frame(title: _Title, body: Sequence[Piece], part: int) -> str:
    if not body:
        return f"\\begin{{frame}}\n\\centering{{\\Large {title.text}\\par}}\n\\end{{frame}}"
    number = rf" {{\normalsize ({part})}}" if part > 1 else ""
    height, room = _height(body), title.room
    size = next((command for scale, command in SMALLER if scale * height <= room), SMALLER[-1][1])
    texts = in_turn([piece.text for piece in body])
    if body[0].display:
        texts[0] = "\\vspace{-\\baselineskip}\n" + texts[0]
    return f"\\begin{{frame}}[t]{{{title.text}{number}}}{size}\n" + "\n".join(texts) + "\n\\end{frame}"


def _pieces(block: Block, page: Sheet, lead: float) -> Iterator[Piece]:
    match block:
        case Lines(()):
            return
        case Lines(rows):
            yield from _derived(rows, page, SLIDE - AROUND - (min(lead, LEAD) or -LINE))
        case Table():
            yield from _tabled(page, block)
        case Heading(_, spans):
            shown = page.shortened(spans, 3 * page.width)
            text = rf"\par\medskip\textbf{{{page.spans(shown)}}}\par"
            yield Piece(text, ceil(BOLD * _text_height(page, shown)) + SKIP, 0)
        case Paragraph(spans):
            yield from (_running(page, part, 0, "\n") for part in _slices(page, spans))
        case Note(kind, spans):
            for k, part in enumerate(_slices(page, spans)):
                label = LABELS.get(kind, "") if k == 0 else ""
                made = _running(page, part, 1, "")
                yield made._replace(text=rf"\par{{\small {label}{made.text}\par}}")
        case Picture(lines, caption):
            smaller = r"\tiny" if 9.5 * len(lines) > 0.8 * SLIDE else ""
            height = (7.0 if smaller else 9.5) * len(lines) + _text_height(page, caption) + SKIP
            text = picture(page, block)
            yield Piece(text.replace(r"\scriptsize", smaller, 1) if smaller else text, height, 1)


# --- rows ------------------------------------------------------------------------------------------------------------


def _derived(rows: Sequence[Row], page: Sheet, room: float) -> Iterator[Piece]:
    """Yield the rows of a block in pieces that fit a slide; one that goes on with an equation names it again."""
    left: Expr | None = None
    for chunk in _chunks(rows, page, room):
        first = chunk[0] if chunk[0].left is not None else replace(chunk[0], left=left)
        left = next((row.left for row in reversed(chunk) if row.left is not None), left)
        alignment = page.align((first, *chunk[1:]))
        for lines in _filled([[line] for line in alignment.lines], room, len(alignment.lines)):
            height = AROUND + sum(map(tall, lines))
            text = page.environment(Alignment(uncovered(lines), alignment.pairs))
            yield Piece(text, height, max(1, sum(line.first for line in lines)))


def _chunks(rows: Sequence[Row], page: Sheet, room: float) -> list[list[Row]]:
    """Cut rows into groups that fit a slide, nearly alike; an equation is parted only where it is too long for one."""
    heights: list[float] = []
    for line in page.align(rows).lines:
        if line.first:
            heights.append(0.0)
        heights[-1] += tall(line)
    greedy = _groups(rows, heights, room, MOST_ROWS)
    even = _groups(rows, heights, room, ceil(len(rows) / len(greedy)))
    return even if len(even) == len(greedy) else greedy


def _groups(rows: Sequence[Row], heights: Sequence[float], room: float, most: int) -> list[list[Row]]:
    groups: list[list[Row]] = []
    used = 0.0
    for begin, end in _equations(rows):
        size = sum(heights[begin:end])
        if groups and len(groups[-1]) + end - begin <= most and used + size <= room:
            groups[-1].extend(rows[begin:end])
            used += size
            continue
        for k in range(begin, end):
            if k == begin or len(groups[-1]) == MOST_ROWS or used + heights[k] > room:
                groups.append([])
                used = 0.0
            groups[-1].append(rows[k])
            used += heights[k]
    return groups


def _equations(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Yield where each equation begins and ends."""
    begins = [k for k, row in enumerate(rows) if row.left is not None or k == 0]
    return zip(begins, [*begins[1:], len(rows)], strict=True)


def _filled(groups: Sequence[Sequence[RowLine]], room: float, most: int) -> list[tuple[RowLine, ...]]:
    chunks: list[list[RowLine]] = []
    for group in groups:
        together = (*chunks[-1], *group) if chunks else ()
        if together and sum(line.first for line in together) <= most and sum(map(tall, together)) <= room:
            chunks[-1].extend(group)
        else:
            chunks.append(list(group))
    return [tuple(chunk) for chunk in chunks]


def tall(line: RowLine) -> float:
    """Return what a line takes of a slide's height."""
    above, below = extent(line.text)
    above, below = max(STRUT_ABOVE, above), max(STRUT_BELOW, below)
    if r"\parbox" in line.text:
        below = max(below, 9.5 * (line.height - 1) + STRUT_BELOW)
    return max(PITCH, above + below + APART) + (3.0 if line.height > 1 or line.opens else 0.0)


# --- text and tables -------------------------------------------------------------------------------------------------


def _text_height(page: Sheet, spans: Spans) -> float:
    formulas = [sum(extent(page.inline.text(span))) + 1.0 for span in spans if not isinstance(span, str)]
    return max([LINE, *formulas]) * ceil(1.05 * page.spans_width(spans) / page.width) + SKIP


def _running(page: Sheet, spans: Spans, rows: int, before: str) -> Piece:
    return _flowed(page, flowing(page, spans), _text_height(page, spans), rows, before)


def _flowed(page: Sheet, parts: Sequence[str | Alignment], height: float, rows: int, before: str) -> Piece:
    displays = [part for part in parts if isinstance(part, Alignment)]
    height += sum(AROUND + LINE + sum(map(tall, part.lines)) for part in displays)
    text = before + "".join(part if isinstance(part, str) else f"\n{page.environment(part)}\n" for part in parts)
    return Piece(text, height, rows)


def _slices(page: Sheet, spans: Spans) -> list[Spans]:
    """Cut text that is too long for a slide."""
    most = (SLIDE / LINE - 4) * page.width
    slices: list[list[str | Expr]] = [[]]
    used = 0.0
    for part in spans:
        rest = part
        while isinstance(rest, str) and used + page.spans_width((rest,)) > most:
            head, rest = cut(rest, most - used)
            slices[-1].append(head)
            slices.append([])
            used = 0.0
        width = page.spans_width((rest,))
        if used + width > most and slices[-1]:
            slices.append([])
            used = 0.0
        slices[-1].append(rest)
        used += width
    return [tuple(part) for part in slices]


def _tabled(page: Sheet, table: Table) -> Iterator[Piece]:
    parts = tables(page, table, MOST_ROWS)
    if parts:
        cut = table_parts(table.rows, MOST_ROWS)
        for text, rows in zip(parts, cut * (len(parts) // len(cut)), strict=True):
            yield Piece(text, (ROW_STRETCH * LINE + 0.5) * (1 + len(rows)) + 3 * SKIP, max(1, len(rows)))
        return
    for row in table.rows:
        yield from _card(page, table, row)


def _card(page: Sheet, table: Table, row: Sequence[Spans]) -> Iterator[Piece]:
    """Yield a row of a table too wide for a slide, parted where a formula on lines of its own is too high."""
    parts = card(page, table, row)
    width = sum(page.spans_width(cell) for cell in (*table.header, *row))
    displays = [part for part in parts if isinstance(part, Alignment)]
    if not displays:
        height = LINE * ceil(1.1 * width / page.width) + 2 * SKIP
        if height <= SLIDE:
            yield Piece(rf"\par{{\raggedright\noindent {''.join(map(str, parts))}\par}}\smallskip", height, 1)
            return
        cells = [(*name, ": ", *cell, "; ") for name, cell in zip(table.header, row, strict=True)]
        yield from (_running(page, part, 1, "\n") for cell in cells for part in _slices(page, cell))
        return
    for part in parts:
        if isinstance(part, str):
            yield Piece(rf"\par{{\raggedright\noindent {part}\par}}", LINE * ceil(len(part) / 70) + SKIP, 0)
            continue
        for lines in _filled([[line] for line in part.lines], SLIDE - AROUND - LEAD, len(part.lines)):
            yield Piece(page.environment(Alignment(lines, 1)), AROUND + sum(map(tall, lines)), 1)
