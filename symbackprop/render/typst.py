"""
A complete Typst document, from which `pdf` makes a PDF.

The document defines the few functions it uses, needs no package and reads no file; its columns are measured by Typst itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symbackprop.document import Block, Document, Heading, Lines, Note, Paragraph, Picture, Spans, Table
from symbackprop.expr import Expr
from symbackprop.notation import Speller
from symbackprop.render.options import DEFAULT, Options
from symbackprop.render.references import refer
from symbackprop.render.rows import MARGIN
from symbackprop.render.typst_functions import (
    ONE_COLUMN,
    PAPER,
    SETTINGS,
    SLIDE,
    SLIDE_PAPER,
    SLIDE_ROWS,
    TWO_COLUMNS,
    functions,
)
from symbackprop.render.typst_picture import fitted, picture
from symbackprop.render.typst_rows import NUMBER, Sheet, derivation, equation, with_words
from symbackprop.render.typst_tables import Setting, leading_room, tables
from symbackprop.render.typst_text import escape
from symbackprop.typeset import Typesetter, text_width, words
from symbackprop.typeset.stylesheet import ON_WHITE
from symbackprop.typeset.typst_emitter import TINTS, Typst, quoted

SLACK = 0.03  # of a line, for widths are estimated
REASON_SCALE = 0.87
REASONS_AT = 0.68  # of a line, where there is room
LONGEST_FOOTER = 90

LABELS = {
    "verified": "✓ ", "wrong": "× ", "follows": "→ ",
    "warning": "*Warning.* ", "note": "_Note._ ",
}  # fmt: skip


@dataclass(frozen=True)
class _Page:
    width: float
    display: Typesetter
    inline: Typesetter
    rows: Sheet

    def spans(self, spans: Spans) -> str:
        return "".join(escape(span) if isinstance(span, str) else self.formula(span) for span in spans)

    def formula(self, expr: Expr) -> str:
        # The semicolon ends the call: a parenthesis in the text after it would be more arguments.
        return "#" + with_words(f"${self.inline.text(expr).strip()}$", words(expr, self.rows.speller)) + ";"

    def spans_width(self, spans: Spans) -> float:
        return sum(text_width(span) if isinstance(span, str) else self.inline.box(span).width for span in spans)

    def paragraph(self, spans: Spans) -> str:
        """Print running text; mathematics wider than a line is set on lines of its own."""
        out: list[str] = []
        for span in spans:
            if isinstance(span, str):
                out.append(escape(span))
            elif self.inline.box(span).width > 0.9 * self.width:
                for position, line in enumerate(self.display.lines(span, self.width - 3)):
                    text = equation(line.text)
                    text = f"pdf.artifact({text})" if position else with_words(text, words(span, self.rows.speller))
                    out.append(f"#block(inset: (left: {1 + line.depth}em), {text})")
            else:
                out.append(self.formula(span))
        return "".join(out)


def render(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as a whole Typst file: an A4 page in one or two columns, or slides."""
    room = SLIDE if options.beamer else TWO_COLUMNS if options.columns == 2 else ONE_COLUMN
    page = _page(document, speller, options, room)
    if options.beamer:
        body = "\n\n".join(_sections(document, page, options.diagram))
    else:
        parts = list(_blocks(document.blocks, page))
        begin = _place(document.blocks)
        drawn = [picture(options.diagram, ONE_COLUMN)] if options.diagram else []
        head = "\n\n".join(parts[:begin] + drawn)
        if options.columns == 2 and head:
            head = f'#place(top, scope: "parent", float: true, clearance: 1.5em)[\n{head}\n]'
        body = "\n\n".join(filter(None, [head, *parts[begin:]]))
    columns = ", columns: 2" if options.columns == 2 and not options.beamer else ""
    colours = zip(TINTS, ON_WHITE, strict=True)
    tints = "".join(f"#let {name}(body) = text(fill: rgb({quoted(colour)}), body)\n" for name, colour in colours)
    footer = escape(document.title if len(document.title) <= LONGEST_FOOTER else document.title[:LONGEST_FOOTER] + "…")
    return (
        f"#set document(title: {quoted(document.title)}, date: none)\n"
        f'#set page({SLIDE_PAPER if options.beamer else PAPER}{columns}, numbering: "1")\n'
        + SETTINGS.format(size="20pt" if options.beamer else "10pt")
        + f"#let room = {room}em\n#let reasons-at = {REASONS_AT * room:.2f}em\n"
        + tints + functions("document")
        + (f"#let slide-rows = {SLIDE_ROWS}\n#let short-title = [{footer}]\n" + functions("slides") if options.beamer else "")
        + f"\n{body}\n"
    )  # fmt: skip


def _page(document: Document, speller: Speller, options: Options, room: float) -> _Page:
    width = min(options.width or room, room) - SLACK * room
    display = Typesetter(Typst(colour=options.color), speller)
    inline = Typesetter(Typst(colour=options.color, inline=True), speller)
    bare = _Page(width, display, inline, Sheet(0, display, lambda *_: ("", 0.0, 1.0), refer(document), speller))

    def reason(spans: Spans, _room: float) -> tuple[str, float, float]:
        return bare.spans(spans), REASON_SCALE * bare.spans_width(spans), 1.0

    sheet = Sheet(width - MARGIN - NUMBER, display, reason, bare.rows.references, speller)
    return _Page(width, display, inline, sheet)


def _place(blocks: Sequence[Block]) -> int:
    """Return where the picture stands: after the title and the first sentence, which say what the problem is."""
    begin = 1 if blocks and isinstance(blocks[0], Heading) else 0
    return begin + (len(blocks) > begin and isinstance(blocks[begin], Paragraph))


def _blocks(blocks: Sequence[Block], page: _Page) -> Iterator[str]:
    section = 0
    for position, block in enumerate(blocks):
        following = next((later for later in blocks[position + 1 : position + 3] if not isinstance(later, Paragraph)), None)
        # The last remark is not alone on a page.
        ending = isinstance(following, Note) and position == len(blocks) - 2
        match block:
            case Heading(level, spans):
                section += level == 2
                number = f"{section} #h(0.5em) " if level == 2 else ""
                yield f"#heading(level: {level})[{number}{page.spans(spans)}]"
            case Paragraph(spans):
                text = page.paragraph(spans)
                # A sentence that leads to lines stays with them.
                yield f"#block(sticky: true)[{text}]" if isinstance(following, Lines | Table | Note) else text
            case Lines(()):
                continue
            case Lines(rows):
                lines, once = derivation(rows, page.rows, position)
                said = (f"once: [{once}], " if once else "") + ("stays: true, " if ending else "")
                yield f"#derivation({said}\n" + "".join(f"  {line},\n" for line in lines) + ")"
            case Table():
                setting = Setting(page.spans, page.paragraph, page.spans_width, page.width, across=ONE_COLUMN * (1 - SLACK))
                made = tables(block, setting, stays=ending)
                yield "\n\n".join(f"{leading_room(count)}#{text}" for text, count in made)
            case Note(kind, spans):
                yield f"#text(size: 0.9em)[{_note(page, kind, spans)}]"
            case Picture():
                yield f"#{_drawn(block)}\n\n{page.spans(block.caption)}"


def _note(page: _Page, kind: str, spans: Spans) -> str:
    return f"{LABELS.get(kind, '')}{page.paragraph(spans)}"


def _drawn(block: Picture) -> str:
    drawing = ", ".join(map(quoted, block.lines))
    return f'block(breakable: false, raw(({drawing},).join("\\n"), block: true))'


# --- slides ------------------------------------------------------------------------------------------------------------


def _sections(document: Document, page: _Page, diagram: str) -> Iterator[str]:
    """Yield a call for each section; the title's has the picture, before what is said of it."""
    sections: list[tuple[int, list[tuple[int, Block]]]] = []
    for position, block in enumerate(document.blocks):
        if not sections or (isinstance(block, Heading) and block.level <= 2):
            sections.append((position, []))
        sections[-1][1].append((position, block))
    number = 0
    for order, (_, blocks) in enumerate(sections):
        head = blocks[0][1]
        titled = isinstance(head, Heading) and head.level <= 2
        title = "none"
        if isinstance(head, Heading) and titled:
            number += head.level == 2
            title = f"[{f'{number} #h(0.5em) ' if head.level == 2 else ''}{page.spans(head.spans)}]"
        pieces = list(_pieces(blocks[titled:], page))
        if diagram and order == 0:
            at = min(1, len(pieces)) if blocks[titled:] and isinstance(blocks[titled][1], Paragraph) else 0
            pieces.insert(at, fitted(diagram))
        first = ", first: true" if order == 0 else ""
        yield f"#slides({title}{first},\n" + "".join(f"  {piece},\n" for piece in pieces) + ")"


def _pieces(blocks: Sequence[tuple[int, Block]], page: _Page) -> Iterator[str]:
    setting = Setting(page.spans, page.paragraph, page.spans_width, page.width, slide=True)
    for order, (position, block) in enumerate(blocks):
        following = [later for _, later in blocks[order + 1 : order + 2]]
        match block:
            case Heading(_, spans):
                yield f"(count: 0, head: true, body: (..) => heading(level: 3)[{page.spans(spans)}])"
            case Paragraph(spans):
                leads = ", head: true" if any(isinstance(later, Lines | Table) for later in following) else ""
                yield f"(count: 0{leads}, body: (..) => block[{page.paragraph(spans)}])"
            case Lines(()):
                continue
            case Lines(rows):
                lines, once = derivation(rows, page.rows, position)
                told = f", once: [{once}]" if once else ""
                yield "(rows: (\n" + "".join(f"    {line},\n" for line in lines) + f"  ){told})"
            case Table():
                for text, count in tables(block, setting, SLIDE_ROWS):
                    yield f"(count: {max(1, count)}, body: (..) => {text})"
            case Note(kind, spans):
                yield f"(count: 0, after: true, body: (..) => block(text(size: 0.9em)[{_note(page, kind, spans)}]))"
            case Picture():
                yield f"(count: 6, body: (..) => {{ {_drawn(block)}; block[{page.spans(block.caption)}] }})"
