r"""
Cards for Anki: on the front the left side of an equation, on the back its right side, step by step, and why.

A text file with the headers of Anki 2.1.54 and newer; mathematics stands in \(…\) and \[…\], which Anki's own MathJax sets.
Source: the Anki manual, *Importing: Text Files* and *Math & Symbols*.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from symbackprop.document import Blank, Document, Heading, Lines, Paragraph, Row, Spans, Table
from symbackprop.expr import Expr
from symbackprop.notation import Speller
from symbackprop.render.markdown import UNSEEN, joined, text_in_math
from symbackprop.render.options import DEFAULT, Options
from symbackprop.render.rows import align
from symbackprop.typeset import Latex, Typesetter, text_width

WIDTH = 34.0
LONGEST_DECK = 80
MOST_GIVEN = 8


@dataclass(frozen=True)
class _Page:
    width: float
    display: Typesetter
    inline: Typesetter

    def spans(self, spans: Spans) -> str:
        return "".join(text_of(span) if isinstance(span, str) else rf"\({escape(self.inline.text(span))}\)" for span in spans)

    def formula(self, row: Row, left: Expr) -> str:
        sign = self.display.emitter.relation(row.relation).text
        return rf"\[{escape(self.display.text(left))} {sign.strip()} \; ?\]"

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
    for front, back in _cards(document, page, network=speller.network):
        seen[front] = seen.get(front, 0) + 1
        # Anki would take two cards with one front for one card.
        number = f" ({seen[front]})" if seen[front] > 1 else ""
        lines.append(f"{front}{number}\t{back}".replace("\n", " "))
    return "\n".join(lines) + "\n"


def _cards(document: Document, page: _Page, *, network: bool) -> Iterator[tuple[str, str]]:
    """
    Yield front and back of each equation, or of each row of a table of results where there is no equation.

    What a question is about stands on its front: a network in words, a function by its definitions, which are no questions.
    """
    displays = [block for block in document.blocks if isinstance(block, Lines) and block.rows]
    given = displays[0] if len(displays) > 1 and not network else None
    about = page.rows(_definitions(given)) if given else _description(document, page)
    title, section = f"<i>{text_of(document.title[:LONGEST_DECK])}</i>{about}", ""
    line = "" if given else "<br>"  # a display stands on a line of its own
    for block in document.blocks:
        match block:
            case Heading(level, spans) if level > 1:
                section = f"{line}{page.spans(spans)}"
            case Lines(rows) if block is not given:
                for group in _groups(rows):
                    first = group[0]
                    if first.left is None or isinstance(first.right, Blank):
                        continue
                    # The back stands below the front: the left side is not said twice.
                    back = page.rows([replace(first, left=None), *group[1:]])
                    yield f"{title}{section}{page.formula(first, first.left)}", back
            case Table(header, table) if not displays:
                for row in table:
                    asked = f"{title}{section}<br>{page.spans(header[0])}: {page.spans(row[0])}"
                    told = zip(header[1:], row[1:], strict=True)
                    yield asked, "<br>".join(f"{page.spans(name)}: {page.spans(cell)}" for name, cell in told)


def _definitions(given: Lines) -> list[Row]:
    """Return the first definitions, without numbers and reasons."""
    return [Row(row.left, row.right) for row in given.rows if row.left is not None][:MOST_GIVEN]


def _description(document: Document, page: _Page) -> str:
    """Return the sentence under the title, in which a network is described."""
    for block in document.blocks[:2]:
        if isinstance(block, Paragraph):
            return f"<br><small>{page.spans(block.spans)}</small>"
    return ""


def _groups(rows: Sequence[Row]) -> list[list[Row]]:
    """Return equations with the lines that continue them."""
    groups: list[list[Row]] = []
    for row in rows:
        if groups and row.left is None:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups
