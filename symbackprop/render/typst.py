"""
A complete Typst document, from which `pdf` makes a PDF.

The document defines the few functions it uses, needs no package and reads no file; its columns are measured by Typst itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symbackprop.document import Block, Document, Heading, Lines, Note, Paragraph, Picture, Spans, Table
from symbackprop.notation import Speller
from symbackprop.render.options import DEFAULT, Options
from symbackprop.render.references import refer
from symbackprop.render.typst_picture import picture
from symbackprop.render.typst_rows import Sheet, derivation, equation
from symbackprop.render.typst_text import escape
from symbackprop.typeset import Typesetter, text_width
from symbackprop.typeset.stylesheet import ON_WHITE
from symbackprop.typeset.typst_emitter import TINTS, Typst, quoted

# Widths of a line in em: A4 with margins of 25 mm, in one column and in two; slides of 16:9.
ONE_COLUMN, TWO_COLUMNS, SLIDE = 45.0, 21.6, 44.0
MATH_INDENT, NUMBER = 1.0, 2.6
REASON_SCALE = 0.87
COLUMN_GAP, BOLD = 1.0, 1.16
TABLE_SIZES = ((1.0, 1.0), (0.86, 0.86), (0.78, 0.78))

LABELS = {
    "verified": "$✓$ ", "wrong": "$×$ ", "follows": "$→$ ",
    "warning": "*Warning.* ", "note": "_Note._ ",
}  # fmt: skip

_SETTINGS = """#set text(font: "New Computer Modern", size: {size}, lang: "en")
#show math.equation: set text(font: "New Computer Modern Math")
#show raw: set text(font: "DejaVu Sans Mono", size: 0.75em)
#set par(justify: true, leading: 0.6em, spacing: 0.9em)
#show heading: set block(above: 1.5em, below: 0.8em)
#show heading.where(level: 1): set text(size: 1.35em)
#show heading.where(level: 2): set text(size: 1.1em)
"""

# `derivation` sets rows in columns: left side, relation, right sides, value, reason, number.
_FUNCTIONS = """
#let reason(body) = text(size: 0.87em, style: "italic", body)
#let told(width, body) = box(width: width, { set par(leading: 0.5em, justify: false); reason(body) })
#let see(number) = link(label("eq" + str(number)))[(#number)]
#let blank(width, height) = box(width: width, height: height, stroke: (bottom: 0.5pt))
#let derivation(..arguments) = context {
  let rows = arguments.pos()
  let size(body) = measure(body).width
  let widest(key) = calc.max(0pt, ..rows.map(row => size(row.at(key, default: []))))
  let (left, sign, value) = (widest("left"), widest("sign"), widest("value"))
  let indented((depth, body)) = if depth > 0 { [#h(depth * 1em)#body] } else { body }
  let room = measure(h(room)).width
  let right = calc.max(..rows.map(row => row.lines.map(line => size(indented(line)))).flatten())
  let gap(body, width) = h(calc.max(0pt, width - size(body)))
  let start = h(1em) + h(left) + h(0.28em) + h(sign) + h(0.28em)
  for row in rows {
    let lines = ()
    if "above" in row { for line in row.above { lines.push(h(1em) + indented(line)) } }
    for (k, line) in row.lines.enumerate() {
      let body = indented(line)
      let own = row.at("left", default: [])
      let begin = if k > 0 { start } else {
        h(1em) + gap(own, left) + own + h(0.28em) + gap(row.sign, sign) + row.sign + h(0.28em)
      }
      let end = if k < row.lines.len() - 1 { [] } else {
        if value > 0pt { gap(body, right) + h(1.2em) + row.at("value", default: []) + gap(row.at("value", default: []), value) }
        if "reason" in row {
          if value == 0pt { gap(body, right) }
          h(1.2em) + reason(row.reason)
        }
      }
      let tag = if k == 0 and "number" in row { h(1fr) + box([(#row.number)]) } else { [] }
      let whole = begin + body + end + tag
      let natural = size(whole)
      // Lines are broken where they are written, by estimated widths; what would stick out all the same is made smaller.
      let line = if natural <= room { whole } else {
        let smaller = room / natural * 100%
        [#scale(x: smaller, y: smaller, origin: std.left, reflow: true, box(whole)) #metadata(natural) <shrunk>]
      }
      lines.push(line)
    }
    let above = if "left" in row or "above" in row { 0.85em } else { 0.6em }
    let below = if row == rows.last() { 1.1em } else { 0.6em }
    let many = lines.len() > 8  // these may go on over the end of a page
    let whole = block(breakable: many, sticky: row.at("glued", default: false), above: above, below: below, width: 100%, {
      set par(justify: false, leading: 0pt)
      for (k, line) in lines.enumerate() {
        block(above: 0.65em, below: 0.65em, sticky: many and k in (0, lines.len() - 2), line)
      }
    })
    if "number" in row { [#whole #label("eq" + str(row.number))] } else { whole }
  }
}
"""


@dataclass(frozen=True)
class _Page:
    width: float
    display: Typesetter
    inline: Typesetter
    rows: Sheet

    def spans(self, spans: Spans) -> str:
        return "".join(escape(span) if isinstance(span, str) else f"${self.inline.text(span).strip()}$" for span in spans)

    def spans_width(self, spans: Spans) -> float:
        return sum(text_width(span) if isinstance(span, str) else self.inline.box(span).width for span in spans)


def render(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as a whole Typst file: an A4 page in one or two columns, or slides."""
    width = options.width or (SLIDE if options.beamer else TWO_COLUMNS if options.columns == 2 else ONE_COLUMN)
    page_room = SLIDE + 3 if options.beamer else TWO_COLUMNS + 0.15 if options.columns == 2 else ONE_COLUMN + 0.3
    display = Typesetter(Typst(colour=options.color), speller)
    inline = Typesetter(Typst(colour=options.color, inline=True), speller)

    def reason(spans: Spans, _room: float) -> tuple[str, float, float]:
        size = sum(text_width(span) if isinstance(span, str) else inline.box(span).width for span in spans)
        text = "".join(escape(span) if isinstance(span, str) else f"${inline.text(span).strip()}$" for span in spans)
        return text, REASON_SCALE * size, 1.0

    sheet = Sheet(width - MATH_INDENT - NUMBER, display, reason, refer(document))
    page = _Page(width, display, inline, sheet)
    parts = list(_blocks(document.blocks, page))
    if options.diagram:
        # After the title and the sentence that says what the problem is.
        parts.insert(min(2, len(parts)), picture(options.diagram, page_room, slide=options.beamer))
    body = "\n\n".join(filter(None, parts))
    paper = '"presentation-16-9", margin: (x: 1.5cm, y: 1.2cm)' if options.beamer else '"a4", margin: 25mm'
    columns = ", columns: 2" if options.columns == 2 and not options.beamer else ""
    colours = zip(TINTS, ON_WHITE, strict=True)
    tints = "".join(f"#let {name}(body) = text(fill: rgb({quoted(colour)}), body)\n" for name, colour in colours)
    return (
        f"#set document(title: {quoted(document.title)}, date: none)\n"
        f'#set page({paper}{columns}, numbering: "1")\n'
        + _SETTINGS.format(size="16pt" if options.beamer else "10pt")
        + f"#let room = {page_room}em\n"
        + tints
        + _FUNCTIONS.removeprefix("\n")
        + ("#show heading.where(level: 2): it => pagebreak(weak: true) + it\n" if options.beamer else "")
        + f"\n{body}\n"
    )


def _blocks(blocks: Sequence[Block], page: _Page) -> Iterator[str]:
    section = 0
    for position, block in enumerate(blocks):
        following = next((later for later in blocks[position + 1 : position + 3] if not isinstance(later, Paragraph)), None)
        match block:
            case Heading(level, spans):
                section += level == 2
                number = f"{section} #h(0.5em) " if level == 2 else ""
                yield f"#heading(level: {level})[{number}{page.spans(spans)}]"
            case Paragraph(spans):
                text = _paragraph(page, spans)
                # A sentence that leads to lines stays with them.
                yield f"#block(sticky: true)[{text}]" if isinstance(following, Lines | Table | Note) else text
            case Lines(()):
                continue
            case Lines(rows):
                yield derivation(rows, page.rows, position)
            case Table():
                yield _table(page, block)
            case Note(kind, spans):
                yield f"#text(size: 0.9em)[{LABELS.get(kind, '')}{_paragraph(page, spans)}]"
            case Picture(lines, caption):
                drawing = ", ".join(map(quoted, lines))
                yield f'#block(breakable: false, raw(({drawing},).join("\\n"), block: true))\n\n{page.spans(caption)}'


def _paragraph(page: _Page, spans: Spans) -> str:
    """Print running text; mathematics wider than a line is set on lines of its own."""
    out: list[str] = []
    for span in spans:
        if isinstance(span, str):
            out.append(escape(span))
        elif page.inline.box(span).width > 0.9 * page.width:
            lines = page.display.lines(span, page.width - 3)
            out.extend(f"#block(inset: (left: {1 + line.depth}em))[{equation(line.text)}]" for line in lines)
        else:
            out.append(f"${page.inline.text(span).strip()}$")
    return "".join(out)


def _table(page: _Page, table: Table) -> str:
    columns = range(len(table.header))
    heads = [BOLD * page.spans_width(cell) for cell in table.header]
    total = sum(max([heads[k], *(page.spans_width(row[k]) for row in table.rows)]) for k in columns)
    room = page.width - COLUMN_GAP * len(columns)
    size = next((size for size, scale in TABLE_SIZES if scale * total <= room), None)
    if size is None:
        return "\n\n".join(_cards(page, table))
    align = ", ".join("right" if k in table.numeric else "left" for k in columns)
    head = ", ".join(f"[*{page.spans(cell)}*]" for cell in table.header)
    rows = "\n".join("  " + " ".join(f"[{page.spans(cell)}]," for cell in row) for row in table.rows)
    return (
        f"#block({{ set text(size: {size}em); set par(justify: false); table(\n"
        f"  columns: {len(table.header)}, stroke: none, inset: (x: 0.5em, y: 0.42em), align: ({align},),\n"
        f"  table.hline(stroke: 0.6pt), table.header({head}), table.hline(stroke: 0.4pt),\n"
        f"{rows}\n  table.hline(stroke: 0.6pt),\n) }})"
    )


def _cards(page: _Page, table: Table) -> Iterator[str]:
    """Print a table too wide for the page as one paragraph a row."""
    for row in table.rows:
        pairs = zip(table.header, row, strict=True)
        yield "; ".join(f"*{page.spans(name)}*: {_paragraph(page, cell).strip()}" for name, cell in pairs) + "."
