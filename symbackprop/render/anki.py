r"""
Cards for Anki: on the front what an equation says something about, on the back what it says, step by step, and why.

A text file with the headers of Anki 2.1.54 and newer; mathematics stands in \(…\) and \[…\], which Anki's own MathJax sets.
Source: the Anki manual, *Importing: Text Files* and *Math & Symbols*.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from symbackprop.document import Blank, Document, Heading, Lines, Row, Spans, Table
from symbackprop.expr import Expr
from symbackprop.notation import Speller
from symbackprop.render.markdown import UNSEEN, joined, text_in_math
from symbackprop.render.options import DEFAULT, Options
from symbackprop.render.rows import align
from symbackprop.typeset import Latex, Typesetter, text_width

WIDTH = 34.0
LONGEST_DECK = 80


@dataclass(frozen=True)
class _Page:
    width: float
    display: Typesetter
    inline: Typesetter

    def spans(self, spans: Spans) -> str:
        return "".join(text_of(span) if isinstance(span, str) else rf"\({escape(self.inline.text(span))}\)" for span in spans)

    def formula(self, expr: Expr) -> str:
        return rf"\[{escape(self.display.text(expr))} = \; ?\]"

    def rows(self, rows: Sequence[Row]) -> str:
        alignment = align(rows, self.display, self.width, self.reason)
        body = escape(joined(alignment.lines, " "))
        return rf"\[\begin{{alignedat}}{{{alignment.pairs}}} {body} \end{{alignedat}}\]"

    def reason(self, spans: Spans, _room: float) -> tuple[str, float, float]:
        width = sum(text_width(span) if isinstance(span, str) else self.inline.box(span).width for span in spans)
        # Between brackets Anki has commands of its own: [latex], [sound:…].
        words = (text_in_math(span).replace("[", "[{}") if isinstance(span, str) else self.inline.text(span) for span in spans)
        return "".join(words), 0.9 * width, 1.0


def text_of(text: str) -> str:
    r"""
    Print running text for a field: as HTML, on one line, without what Anki or MathJax would take for a formula or a sound.

    >>> text_of("a < b: \\(x\\)")
    'a &lt; b: \\&#8288;(x\\&#8288;)'
    """
    clean = escape("".join(" " if unicodedata.category(char) in UNSEEN else char for char in text))
    return clean.replace("\\", "\\&#8288;").replace("[", "[&#8288;").replace("{", "{&#8288;").replace("$", "$&#8288;")


def render(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print one card a line: front, a tab, back."""
    page = _Page(
        options.width or WIDTH,
        Typesetter(Latex(colour=options.color), speller),
        Typesetter(Latex(colour=options.color, inline=True), speller),
    )
    deck = "".join(" " if unicodedata.category(char) in UNSEEN else char for char in document.title)
    deck = " ".join(deck.replace("::", ":").split())[:LONGEST_DECK]
    head = ("#separator:tab", "#html:true", "#notetype:Basic", f"#deck:{deck}", "#columns:Front\tBack")
    seen: dict[str, int] = {}
    lines = list(head)
    for front, back in _cards(document, page):
        seen[front] = seen.get(front, 0) + 1
        # Anki would take two cards with one front for one card.
        number = f" ({seen[front]})" if seen[front] > 1 else ""
        lines.append(f"{front}{number}\t{back}".replace("\n", " "))
    return "\n".join(lines) + "\n"


def _cards(document: Document, page: _Page) -> Iterator[tuple[str, str]]:
    """Yield front and back of each equation, or of each row of a table of results where there is no equation."""
    equations = any(isinstance(block, Lines) for block in document.blocks)
    title, section = f"<i>{text_of(document.title[:LONGEST_DECK])}</i>", ""
    for block in document.blocks:
        match block:
            case Heading(level, spans) if level > 1:
                section = f"<br>{page.spans(spans)}"
            case Lines(rows):
                for group in _groups(rows):
                    first = group[0]
                    if first.left is None or isinstance(first.right, Blank):
                        continue
                    yield f"{title}{section}<br>{page.formula(first.left)}", page.rows(group)
            case Table(header, table) if not equations:
                for row in table:
                    asked = f"{title}{section}<br>{page.spans(header[0])}: {page.spans(row[0])}"
                    told = zip(header[1:], row[1:], strict=True)
                    yield asked, "<br>".join(f"{page.spans(name)}: {page.spans(cell)}" for name, cell in told)


def _groups(rows: Sequence[Row]) -> list[list[Row]]:
    """Return equations with the lines that continue them."""
    groups: list[list[Row]] = []
    for row in rows:
        if groups and row.left is None:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups
