"""
A document as one page for a browser: MathML Core and a style sheet, nothing else; no script, no request.

Every section and every line of a derivation has an address of its own (#section-2, #line-7).
"""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.document import Block, Document, Heading, Lines, Note, Paragraph, Picture, Relation, Row, Spans, Table
from symbackprop.expr import Expr
from symbackprop.notation import Speller
from symbackprop.render.options import DEFAULT, Options
from symbackprop.render.rows import relation_of
from symbackprop.render.web import Formulas, page, style, text
from symbackprop.typeset.walk import near

WIDTH = 36.0

# What stands before a remark of each kind, so that colour is never the only sign.
REMARKS = {"verified": "✓", "wrong": "✗", "follows": "→", "warning": "Warning.", "note": "Note."}


def render(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as a page."""
    writer = Writer(Formulas(speller, colour=options.color), options.width or WIDTH)
    body = list(writer.blocks(document.blocks))
    if options.diagram:
        body.insert(1, f'<figure class="scroll" tabindex="0">{options.diagram}</figure>')
    return page(document.title, "\n".join(body), sheet=style("frame", "page"))


class Writer:
    """Prints blocks; counts sections and lines, which gives them their addresses."""

    def __init__(self, formulas: Formulas, width: float = WIDTH) -> None:
        self.formulas = formulas
        self.width = width
        self.section = self.part = self.line = 0

    def blocks(self, blocks: tuple[Block, ...]) -> Iterator[str]:
        """Print blocks in order."""
        for block in blocks:
            yield from self.block(block)

    def block(self, block: Block) -> Iterator[str]:
        """Print one block."""
        match block:
            case Heading():
                yield self.heading(block)
            case Paragraph(spans):
                yield f"<p>{self.spans(spans)}</p>"
            case Lines(()):
                return
            case Lines(rows):
                yield f'<div class="rows">{"".join(map(self.row, rows))}</div>'
            case Table():
                yield self.table(block)
            case Note(kind, spans):
                sign = REMARKS.get(kind, "")
                yield f'<p class="note {text(kind)}">{f"<b>{sign}</b> " if sign else ""}{self.spans(spans)}</p>'
            case Picture(lines, caption):
                drawing = "\n".join(map(text, lines))
                told = f"<figcaption>{self.spans(caption)}</figcaption>"
                yield f'<figure><pre class="scroll" tabindex="0">{drawing}</pre>{told}</figure>'

    def spans(self, spans: Spans) -> str:
        """Print running text with mathematics in it."""
        return "".join(text(span) if isinstance(span, str) else self.formulas.inline(span) for span in spans)

    def heading(self, heading: Heading) -> str:
        """Print a heading with an address; those of level 2 are numbered."""
        said = self.spans(heading.spans)
        if heading.level == 1:
            return f"<h1>{said}</h1>"
        if heading.level == 2:
            self.section, self.part = self.section + 1, 0
            where, number = f"section-{self.section}", f"{self.section}. "
        else:
            self.part += 1
            where, number = f"section-{self.section}-{self.part}", ""
        tag = f"h{min(heading.level, 6)}"
        return f'<{tag} id="{where}"><a class="anchor" href="#{where}">{number}{said}</a></{tag}>'

    def row(self, row: Row) -> str:
        """Print a line of a derivation; a new claim has a number and an address."""
        if row.left is None:
            return self.line_of(row)
        self.line += 1
        number = f'<a class="number" href="#line-{self.line}" aria-label="line {self.line}">{self.line}</a>'
        return self.line_of(row, f' id="line-{self.line}"', number)

    def line_of(self, row: Row, address: str = "", number: str = "", kind: str = "row") -> str:
        """
        Print left side, right side, value and reason, those there are, as children of a line.

        They are a formula that is not said, one that is, <span> and <i>; `kind` is "row" and what sets the line apart.
        """
        formulas = self.formulas
        sign = relation_of(row)
        said = formulas.words(row.right)
        cells = []
        if row.left is not None:
            # What stands at the right is said with its left side: that is for the eye.
            said = formulas.words(Relation((row.left, row.right), sign))
            cells.append(f'<math aria-hidden="true">{formulas.bare(row.left)}</math>')
        cells.append(formulas.full_size(row.right, self.width, formulas.relation(sign), said))
        if row.value is not None:
            cells.append(f"<span>{self.value(row.value, near('=', row.value))}</span>")
        if row.reason:
            cells.append(f"<i>{self.spans(row.reason)}</i>")
        special = kind.removeprefix("row").strip()
        classes = f' class="{special}"' if special else ""
        return f"<div{classes}{address}>{number}{''.join(cells)}</div>"

    def value(self, number: Expr, sign: str) -> str:
        """Print the value a line comes to, after its sign."""
        return self.formulas.full_size(number, 1e9, self.formulas.relation(sign))

    def table(self, block: Table) -> str:
        """Print a table; numbers are aligned right."""
        cells = ["<th{}>{}</th>", "<td{}>{}</td>"]
        lines = []
        for place, line in enumerate((block.header, *block.rows)):
            shape = cells[min(place, 1)]
            if not place and not all(line):
                shape = shape.replace("th", "td")
            sides = (' class="n"' if k in block.numeric else "" for k in range(len(line)))
            row = (shape.format(side, self.spans(cell)) for side, cell in zip(sides, line, strict=True))
            lines.append(f"<tr>{''.join(row)}</tr>")
        return f'<div class="scroll"><table><thead>{lines[0]}</thead><tbody>{"".join(lines[1:])}</tbody></table></div>'
