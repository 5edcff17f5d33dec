"""
A document as lines of characters, for the terminal and for plain text.

Lines carry the marks of `typeset.marks` for tints and those of this module for styles (`STYLE`); `text.py` removes
them and `terminal.py` turns them into colours.  Columns: left, relation, right, value, reason.
What does not fit goes to the next line; nothing is cut off.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from symbackprop.document import (
    Block,
    Display,
    Document,
    Heading,
    Lines,
    Note,
    Paragraph,
    Picture,
    Relation,
    Row,
    Spans,
    Table,
    Tint,
)
from symbackprop.expr import Adjoint, Expr, Partial, Product, Sum
from symbackprop.notation import Ratio, Speller
from symbackprop.render.options import Options
from symbackprop.typeset.breaking import Typesetter
from symbackprop.typeset.marks import BRACE_LABEL, BRACE_OFF, BRACE_ON, TINT_COUNT, TINT_OFF, TINT_ON, plain_text
from symbackprop.typeset.text_emitter import ASCII, UNICODE, Text
from symbackprop.typeset.walk import near

# A style begins with STYLE and one letter and ends with STYLE_OFF; TITLE … PROBLEM are those letters.
STYLE, STYLE_OFF = "\x14", "\x15"
TITLE, NUMBER, HEADING, VALUE, DIM, RULE, GOOD, PROBLEM = "t", "n", "h", "v", "d", "r", "g", "p"

NARROWEST = 24
WIDEST_TEXT = 100  # formulas may take the whole width; running text is hard to read beyond
NARROWEST_CELL = 16
MOST_TOWERS = 4
INDENT = 2
GAP = 3
_ASCII_WORDS = {
    "−": "-", "·": "*", "′": "'", "½": "1/2", "¼": "1/4", "¾": "3/4", "→": "->", "←": "<-", "≈": "~=", "≤": "<=", "≥": ">=",
    "≠": "!=", "∂": "d", "√": "sqrt", "∞": "inf", "Σ": "sum", "‖": "||", "∇": "grad ", "—": "--", "–": "-", "“": '"',
    "”": '"', "‘": "'", "’": "'", "…": "...", "×": "x", "✓": "ok", "✗": "no", "σ": "sigma", "δ": "delta", "η": "eta",
    "λ": "lambda", "φ": "phi", "Φ": "Phi", "π": "pi", "⁽": "(", "⁾": ")", "²": "^2", "³": "^3", "⁻": "^-", "ᵘ": "^u",
    "ᵢ": "_i", "ⱼ": "_j", "ₖ": "_k", "─": "-", "°": " deg", "ε": "eps", "α": "alpha", "β": "beta", "γ": "gamma", "θ": "theta",
    "μ": "mu", "ρ": "rho", "∑": "sum", "∏": "prod", "∈": "in", "ₙ": "_n", "₁": "_1", "ŷ": "y^", "⊙": "*", "ᵀ": ".T", "«": "<<",
    "»": ">>", "▁": "_", "▂": ".", "▃": ":", "▄": "-", "▅": "=", "▆": "+", "▇": "#",
    "█": "#", "░": ".", "▒": ":", "▓": "+",
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """The width, the character set and the typesetter of one rendering."""

    width: int
    setter: Typesetter
    ascii: bool
    encoding: str

    def plain(self, text: str) -> str:
        """Return running text that the output can carry, free of control characters."""
        clean = "".join(" " if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else char for char in text)
        return clean if not self.ascii else transliterate(clean, self.encoding)

    def spans(self, spans: Spans) -> str:
        """Return text with mathematics in it, on one line."""
        return "".join(self.plain(span) if isinstance(span, str) else self.setter.text(span) for span in spans)


def can_carry(encoding: str) -> bool:
    """
    Return whether an encoding has the letters of mathematics.

    >>> can_carry("utf-8"), can_carry("cp1252")
    (True, False)
    """
    try:
        "∂δ₁⁽⁾−·─".encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def transliterate(text: str, encoding: str) -> str:
    """
    Replace what an encoding lacks by its nearest ASCII.

    >>> transliterate("σ′ = σ(1 − σ)", "ascii")
    "sigma' = sigma(1 - sigma)"
    """
    return "".join(_carried(char, encoding) for char in text) if not text.isascii() else text


def _carried(char: str, encoding: str) -> str:
    try:
        char.encode(encoding)
    except (LookupError, UnicodeEncodeError):
        if char in _ASCII_WORDS:
            return _ASCII_WORDS[char]
        return unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode() or "?"
    return char


def width_of(marked: str) -> int:
    """Return how many columns a marked line takes."""
    text = strip(marked)
    return len(text) if text.isascii() else sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def strip(marked: str) -> str:
    """Remove every mark from a line."""
    text = plain_text(marked)
    if STYLE not in text:
        return text
    return "".join(part[1:] if position else part for position, part in enumerate(text.replace(STYLE_OFF, "").split(STYLE)))


def styled(text: str, style: str) -> str:
    """Mark a text with a style."""
    return f"{STYLE}{style}{text}{STYLE_OFF}" if text else text


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
    return [line for raw in single for line in _underlined(page, raw)]


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
            yield from _table(page, block)
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
    label = {"verified": "ok " if page.ascii else "✓ ", "warning": "! ", "note": ""}.get(kind, "")
    style = {"verified": GOOD, "warning": PROBLEM}.get(kind, DIM)
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
    yield from wrap(page, picture.caption, room, " " * INDENT)


def wrap(page: Page, spans: Spans, width: int, indent: str) -> list[str]:
    """Break running text at spaces; mathematics stays whole where it fits a line."""
    words: list[str] = []
    glued = False
    for span in spans:
        if isinstance(span, str):
            text = page.plain(span)
            parts = text.split()
            if parts and glued and not text[0].isspace():
                words[-1] += parts.pop(0)
            words.extend(parts)
            glued = bool(text) and not text[-1].isspace()
        else:
            pieces = [line.text for line in page.setter.lines(span, width)]
            if words and glued:
                words[-1] += pieces.pop(0)
            words.extend(pieces)
            glued = True
    lines, current, used = [], "", 0
    for word in words:
        size = width_of(word)
        if current and used + 1 + size > width:
            lines.append(indent + current)
            current, used = word, size
        else:
            current, used = (f"{current} {word}", used + 1 + size) if current else (word, size)
    lines.append(indent + current)
    return lines


# ------------------------------------------------------------------------------------- aligned lines


@dataclass(frozen=True)
class _Columns:
    """Where the columns of a block of rows begin; `reason` is 0 where reasons go below."""

    left: int
    relation: int
    right: int
    room: int
    value: int
    reason: int


def _plan(page: Page, rows: Sequence[Row]) -> _Columns:
    box = page.setter.box
    relation = max(len(page.setter.emitter.relation(row.relation).text.strip()) for row in rows)
    lefts = [int(box(row.left).width) for row in rows if row.left is not None]
    left = min(max(lefts, default=0), max(8, page.width * 2 // 5))
    start = INDENT + left + 1 + relation + 1
    avail = page.width - start
    values = max((int(box(row.value).width) for row in rows if row.value is not None), default=0)
    reasons = max((width_of(page.spans(row.reason)) for row in rows if row.reason), default=0)
    rights = sorted(int(box(row.right).width) for row in rows if not _builds_up(row)) or [0]
    extra = values + GAP if values else 0
    beside = avail - extra - (reasons + GAP if reasons else 0)
    fits = [width for width in rights if width <= beside]
    if reasons and 5 * len(fits) < 4 * len(rights):
        fits = [width for width in rights if width <= avail - extra]
        reasons = 0
    right = max(fits, default=max(avail - extra, 8))
    value = start + right + GAP
    return _Columns(left, relation, start, avail, value, (value + extra if values else value) if reasons else 0)


def _lines(page: Page, rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    columns = _plan(page, rows)
    for row in rows:
        if _builds_up(row) and (built := list(_built_up(page, row, columns))):
            yield from built
        else:
            yield from _row(page, row, columns)


def _row(page: Page, row: Row, columns: _Columns) -> Iterator[str]:
    setter = page.setter
    sign = setter.emitter.relation(row.relation).text.strip().rjust(columns.relation)
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


def _equals(page: Page, row: Row) -> str:
    """Return the sign before a value on a line of its own."""
    assert row.value is not None
    return page.setter.emitter.relation(near("=", row.value)).text.lstrip()


def _tail(page: Page, row: Row, columns: _Columns, text: str) -> Iterator[str]:
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
            yield " " * (columns.right - 2) + _equals(page, row) + shown
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
        yield from _below(page, row, columns)


def _below(page: Page, row: Row, columns: _Columns) -> Iterator[str]:
    """Yield a row's reason on lines of its own."""
    indent = columns.right + INDENT
    yield from (styled(line, DIM) for line in wrap(page, row.reason, page.width - indent, " " * indent))


# ------------------------------------------------------------------------------- built-up fractions


def _builds_up(row: Row) -> bool:
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


def _built_up(page: Page, row: Row, columns: _Columns) -> Iterator[str]:
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


def _chain_tail(page: Page, row: Row, columns: _Columns, middle: str, below: str) -> Iterator[str]:
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
        yield " " * (columns.right - 2) + _equals(page, row) + styled(page.setter.text(row.value), VALUE)
    if row.reason:
        yield from _below(page, row, columns)


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


# ------------------------------------------------------------------------------------------- tables


def _table(page: Page, table: Table) -> Iterator[str]:
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


# ------------------------------------------------------------------------------------------- braces


def _underlined(page: Page, line: str) -> list[str]:
    """Draw the braces under a line, with their labels."""
    if BRACE_ON not in line:
        return [line]
    out: list[str] = []
    marks: list[tuple[int, int, str]] = []
    starts: list[int] = []
    column, position = 0, 0
    while position < len(line):
        char = line[position]
        if char in {TINT_ON, STYLE}:
            out.append(line[position : position + 2])
            position += 2
            continue
        if char == BRACE_ON:
            starts.append(column)
        elif char == BRACE_LABEL:
            end = line.index(BRACE_OFF, position)
            marks.append((starts.pop() if starts else 0, column, line[position + 1 : end]))
            position = end
        else:
            out.append(char)
            if char not in {TINT_OFF, STYLE_OFF}:
                column += 1
        position += 1
    left, middle, right = UNICODE.tags if not page.ascii else ASCII.tags
    dash = "-" if page.ascii else "─"
    under, labels = "", ""
    for begin, end, label in marks:
        size = max(3, end - begin)
        half = (size - 3) // 2
        under = under.ljust(begin) + left + dash * half + middle + dash * (size - 3 - half) + right
        labels = labels.ljust(max(0, begin + half + 1 - len(label) // 2)) + label
    return ["".join(out).rstrip(), under, labels]
