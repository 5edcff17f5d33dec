"""The blocks of a document on pages of LaTeX that may end anywhere but where a line would stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from math import ceil

from symbackprop.document import Block, Heading, Lines, Note, Paragraph, Picture, Spans, Table
from symbackprop.render.encodings import transliterate
from symbackprop.render.latex_sheet import Sheet
from symbackprop.render.references import Place
from symbackprop.render.rows import Alignment
from symbackprop.typeset.latex_letters import SPECIAL

NARROW = 28.0  # in em: what 72 characters of a picture take in \scriptsize
TABLE_ROWS, NARROW_ROWS = 26, 12  # the second for a column, of which a diagram may leave little on the first page
LONG_TITLE = 1000
MOST_PARTS = 2  # of a table that is too wide
TABLE_SIZES = (("", 1.0), (r"\footnotesize", 0.86), (r"\scriptsize", 0.8))
COLUMN_GAP, BOLD, ROW_STRETCH = 0.85, 1.16, 1.4

POINTS = 0.74  # of a unit of a diagram
_SIZE = re.compile(r"rectangle \((?P<width>[\d.]+),(?P<height>[\d.]+)\)")

# What stands before a remark of each kind.
LABELS = {
    "verified": r"$\checkmark$ ", "wrong": r"$\times$ ", "follows": r"$\to$ ",
    "warning": r"\textbf{Warning.} ", "note": r"\textit{Note.} ",
}  # fmt: skip


def blocks_of(blocks: Sequence[Block], page: Sheet, numbers: Mapping[Place, int]) -> Iterator[str]:
    """Yield the LaTeX of each block."""
    section = 0
    previous: Block | None = None
    for position, block in enumerate(blocks):
        match block:
            case Heading(level, spans):
                section += level == 2
                yield _heading(level, page.spans(spans), section)
            case Paragraph(spans):
                yield "\n" + paragraph(page, spans)
            case Lines(()):
                continue
            case Lines(rows):
                # TeX would set an empty line of text between a heading and a display; half of one is right between displays.
                space = "-0.5" if isinstance(previous, Lines) else "-"
                lead = "" if isinstance(previous, Paragraph) else f"\\vspace{{{space}\\baselineskip}}\n"
                yield lead + page.environment(page.align(rows, [numbers.get((position, k), 0) for k in range(len(rows))]))
            case Table():
                yield from tables(page, block, TABLE_ROWS if page.width > NARROW else NARROW_ROWS) or cards(page, block)
            case Note(kind, spans):
                yield note(page, kind, spans)
            case Picture():
                yield picture(page, block)
        previous = block


def _heading(level: int, text: str, section: int) -> str:
    # A title is kept on one page, but not one that is longer than that.
    text = r"\raggedright " + (r"\interlinepenalty=0 " if len(text) > LONG_TITLE else "") + text
    match level:
        case 1:
            return rf"\section*{{{text}}}"
        case 2:
            return rf"\subsection*{{{section}\quad {text}}}"
        case _:
            return rf"\subsubsection*{{{text}}}"


def flowing(page: Sheet, spans: Spans) -> list[str | Alignment]:
    """Return running text in parts: mathematics wider than a line is set on lines of its own."""
    parts: list[str | Alignment] = [""]
    for span in spans:
        if not isinstance(span, str) and page.spans_width((span,)) > 0.9 * page.width:
            parts += [page.broken(page.display.lines(span, page.width - 3)), ""]
        else:
            text = parts.pop()
            assert isinstance(text, str)
            parts.append(text + page.spans((span,)))
    return [part for part in parts if part]


def paragraph(page: Sheet, spans: Spans) -> str:
    """Return running text."""
    return _joined(page, flowing(page, spans))


def _joined(page: Sheet, parts: Sequence[str | Alignment]) -> str:
    return "".join(part if isinstance(part, str) else f"\n{page.environment(part)}\n" for part in parts)


def note(page: Sheet, kind: str, spans: Spans) -> str:
    """Return a remark in small type."""
    return rf"\par{{\small {LABELS.get(kind, '')}{page.spans(spans)}\par}}"


def picture(page: Sheet, drawn: Picture) -> str:
    """Set a drawing line by line in type of one width; its shades are those of ASCII."""
    size = r"\scriptsize" if page.width > NARROW else r"\tiny"
    special = {**SPECIAL, " ": "~", "-": "{-}"}
    lines = ["".join(special.get(char, char) for char in transliterate(line, "ascii")) for line in drawn.lines]
    body = " \\\\\n".join(rf"\mbox{{{line}}}" for line in lines)
    return f"\n{{{size}\\ttfamily\n{body}\n\\par}}\n{paragraph(page, drawn.caption)}\n"


# --- diagrams --------------------------------------------------------------------------------------------------------


def drawn(tikz: str, highest: str) -> str:
    """Set a diagram, which is never wider than a line, in the middle, made smaller where it is higher than a length."""
    high = rf"\resizebox{{!}}{{\ifdim\height>{highest} {highest}\else\height\fi}}"
    return f"\n{{\\centering\n{high}{{%\n{tikz.rstrip()}}}\\par}}\n"


def natural_width(tikz: str) -> float:
    """Return how wide a diagram is in points, 0 where it does not say so."""
    size = _SIZE.search(tikz)
    return float(size["width"]) * POINTS if size else 0.0


def natural_height(tikz: str, widest: float) -> float:
    """Return how high a diagram is in points where it is no wider than a line, 0 where it does not say so."""
    size, width = _SIZE.search(tikz), natural_width(tikz)
    return float(size["height"]) * POINTS * min(1.0, widest / width) if size and width else 0.0


# --- tables ----------------------------------------------------------------------------------------------------------


def tables(page: Sheet, table: Table, most: int) -> list[str]:
    """Return a table in parts of at most so many rows; one too wide for the page in parts that each have the first column."""
    made: list[str] = []
    for columns in _halves(page, table):
        if not columns:
            return []
        made += _tabular(page, table, columns, most)
    return made


def _halves(page: Sheet, table: Table) -> list[tuple[int, ...]]:
    """Return which columns stand side by side, each time with the first; an empty one where not even two fit."""
    parts: list[tuple[int, ...]] = [(0,)]
    for k in range(1, len(table.header)):
        if _size(page, table, (*parts[-1], k)) is not None:
            parts[-1] = (*parts[-1], k)
        elif _size(page, table, (0, k)) is None or len(parts[-1]) == 1:
            return [()]
        else:
            parts.append((0, k))
    return parts if len(parts) <= MOST_PARTS else [()]


def _size(page: Sheet, table: Table, columns: Sequence[int]) -> str | None:
    """Return the size of type in which some columns fit the page, None where there is none."""
    heads = {k: BOLD * page.spans_width(table.header[k]) for k in columns}
    total = sum(max([heads[k], *(page.spans_width(row[k]) for row in table.rows)]) for k in columns)
    room = page.width - COLUMN_GAP * len(columns)
    return next((command for command, scale in TABLE_SIZES if scale * total <= room), None)


def _tabular(page: Sheet, table: Table, columns: Sequence[int], most: int) -> list[str]:
    size = _size(page, table, columns)
    layout = "".join("r" if k in table.numeric else "l" for k in columns)
    # What has both a superscript and a subscript would touch what stands above and below.
    high = any(not isinstance(span, str) and page.inline.box(span).height for row in table.rows for cell in row for span in cell)
    stretch = ROW_STRETCH if high else 1.25
    head = " & ".join(rf"\textbf{{{page.spans(table.header[k])}}}" for k in columns)
    made = []
    for rows in table_parts(table.rows, most):
        body = " \\\\\n".join(" & ".join(page.spans(row[k]) for k in columns) for row in rows)
        made.append(
            f"\\par\\smallskip{{{size}\\tabcolsep=4pt\\renewcommand{{\\arraystretch}}{{{stretch}}}%\n"
            f"\\noindent\\begin{{tabular}}{{{layout}}}\n\\hline\n"
            f"{head} \\\\\n\\hline\n{body} \\\\\n\\hline\n\\end{{tabular}}\\par}}\\smallskip"
        )
    return made


def table_parts(rows: Sequence[tuple[Spans, ...]], most: int) -> list[list[tuple[Spans, ...]]]:
    """Cut a table into parts of at most so many rows, nearly alike; a row without a name stays with the one above."""
    groups: list[list[tuple[Spans, ...]]] = []
    for row in rows:
        if groups and len(groups[-1]) < most and not any(row[0]):
            groups[-1].append(row)
        else:
            groups.append([row])
    share = ceil(len(rows) / ceil(len(rows) / most)) if rows else most
    even, greedy = _packed(groups, share), _packed(groups, most)
    return (even if len(even) == len(greedy) else greedy) or [[]]


def _packed(groups: Sequence[list[tuple[Spans, ...]]], most: int) -> list[list[tuple[Spans, ...]]]:
    parts: list[list[tuple[Spans, ...]]] = []
    for group in groups:
        if parts and len(parts[-1]) + len(group) <= most:
            parts[-1].extend(group)
        else:
            parts.append(list(group))
    return parts


def card(page: Sheet, table: Table, row: Sequence[Spans]) -> list[str | Alignment]:
    """Return a row of a table too wide for the page as running text: each cell after the name of its column."""
    parts: list[str | Alignment] = []
    for name, cell in zip(table.header, row, strict=True):
        begun = bool(parts) and isinstance(parts[-1], str)
        head = ("; " if begun else "") + rf"\textbf{{{page.spans(name)}}}: "
        for position, part in enumerate(flowing(page, cell) or [""]):
            text = (head if position == 0 else "") + (part.strip() if isinstance(part, str) else "")
            if text and parts and isinstance(parts[-1], str):
                parts[-1] += text
            elif text:
                parts.append(text)
            if isinstance(part, Alignment):
                parts.append(part)
    if parts and isinstance(parts[-1], str):
        parts[-1] += "."
    return parts


def cards(page: Sheet, table: Table) -> list[str]:
    """Return a table too wide for the page as one paragraph a row."""
    return [rf"\par{{\raggedright\noindent {_joined(page, card(page, table, row))}\par}}\smallskip" for row in table.rows]
