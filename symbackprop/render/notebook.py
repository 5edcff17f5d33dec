r"""
A document as LaTeX for notebooks: displays `$$…$$`, and between them words as `$\text{…}$`.

Three kinds of reader take the same text: MathJax, which looks for dollars in a page; Markdown with KaTeX, as which VS Code
reads it; and LaTeX itself, where nbconvert makes a PDF.  So there is no command outside of the dollars, and no display is
longer than part of a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

from symbackprop.document import Block, Document, Heading, Lines, Note, Paragraph, Picture, Span, Spans, Table
from symbackprop.notation import Speller
from symbackprop.render.markdown import BARS, bars, joined, text_in_math
from symbackprop.render.options import DEFAULT, Options
from symbackprop.render.rows import RowLine, align
from symbackprop.typeset.breaking import Typesetter
from symbackprop.typeset.latex_emitter import Latex
from symbackprop.typeset.widths import text_width

WIDTH = 40.0
HEIGHT = 24.0  # of a display, in lines of text
ROWS = 26
SPACE = 0.34

# What stands before a remark of each kind.
MARKS = {"verified": r"\checkmark", "wrong": r"\times", "follows": r"\to", "warning": r"\textbf{Warning.}"}

Thing = TypeVar("Thing")


def render_notebook(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as displays and lines of words, all in dollars."""
    page = _Page(speller, options)
    text = ""
    for part in (part for block in _numbered(document.blocks) for part in page.parts(block)):
        # In one paragraph with the words that lead to it, TeX ends no page before a display.
        led = part.startswith("$$") and not text.endswith("$$")
        text += part if not text else f"\n{part}" if led else f"\n\n{part}"
    return text


def _numbered(blocks: tuple[Block, ...]) -> Iterator[Block]:
    section = 0
    for block in blocks:
        if isinstance(block, Heading) and block.level == 2:
            section += 1
            yield Heading(2, (f"{section}. ", *block.spans))
        else:
            yield block


class _Page:
    """The width of a line and two typesetters: one for displays, one for running text."""

    def __init__(self, speller: Speller, options: Options) -> None:
        self.width = options.width or WIDTH
        self.display = Typesetter(Latex(colour=options.color), speller)
        self.inline = Typesetter(Latex(colour=options.color, inline=True), speller)

    def parts(self, block: Block) -> Iterator[str]:
        """Yield the paragraphs and displays of a block."""
        match block:
            case Heading(_, spans):
                yield self.words(spans, r"\textbf")
            case Paragraph(spans) | Picture(_, spans):
                # Characters have no columns inside mathematics; the caption of a picture says what there is to be drawn.
                yield self.words(spans)
            case Note(kind, spans):
                yield f"${MARKS[kind]}$\n{self.words(spans)}" if kind in MARKS else self.words(spans)
            case Lines(rows):
                alignment = align(rows, self.display, self.width, self.reason)
                for lines in _displays(alignment.lines):
                    yield f"$$\\begin{{alignedat}}{{{alignment.pairs}}}\n{joined(lines)}\n\\end{{alignedat}}$$"
            case Table(header, rows, numeric):
                columns = "".join("r" if k in numeric else "l" for k in range(len(header)))
                head = " & ".join(self.spans(cell, r"\textbf") for cell in header)
                for some in _batches(rows, ROWS):
                    body = " \\\\\n".join(" & ".join(map(self.spans, row)) for row in some)
                    yield f"$$\\begin{{array}}{{{columns}}}\n{head} \\\\ \\hline\n{body}\n\\end{{array}}$$"

    def spans(self, spans: Spans, command: str = r"\text") -> str:
        """Return words and mathematics for the inside of mathematics."""
        parts = (text_in_math(span, command) if isinstance(span, str) else self.inline.text(span) for span in spans)
        # The fonts of a PDF have no bars.
        text = BARS.sub(lambda found: f"}}{bars(found[0])}{command}{{", "".join(parts))
        return text.replace(f"{command}{{}}", "")

    def reason(self, spans: Spans, _room: float) -> tuple[str, float, float]:
        """Return a row's reason, its width and its height."""
        return self.spans(spans), self.size(spans), 1.0

    def size(self, spans: Spans) -> float:
        """Estimate the width of running text."""
        return sum(text_width(span) if isinstance(span, str) else self.inline.box(span).width for span in spans)

    def words(self, spans: Spans, command: str = r"\text") -> str:
        """Return running text as pieces of mathematics a line long, since mathematics does not wrap."""
        lines: list[list[Span]] = []
        used = self.width
        for group in _groups(spans):
            size = self.size(group)
            if used + SPACE + size > self.width:
                lines.append([])
                used = 0.0
            lines[-1] += [" ", *group] if lines[-1] else group
            used += SPACE + size
        return "\n".join(f"${self.spans(_merged(line), command)}$" for line in lines)


def _groups(spans: Spans) -> Iterator[tuple[Span, ...]]:
    """Cut running text at its spaces: words and formulas without a space between them stay together."""
    group: list[Span] = []
    for span in spans:
        if not isinstance(span, str):
            group.append(span)
            continue
        for position, word in enumerate(span.split(" ")):
            if position and group:
                yield tuple(group)
                group = []
            if word:
                group.append(word)
    if group:
        yield tuple(group)


def _merged(line: Sequence[Span]) -> Spans:
    """Join words that stand side by side."""
    made: list[Span] = []
    for span in line:
        if made and isinstance(span, str) and isinstance(made[-1], str):
            made[-1] += span
        else:
            made.append(span)
    return tuple(made)


def _displays(lines: Sequence[RowLine]) -> Iterator[list[RowLine]]:
    """Cut an alignment where an equation begins, once it is as high as a display may be."""
    display: list[RowLine] = []
    for line in lines:
        if not line.text.startswith("&") and sum(one.height for one in display) > HEIGHT:
            yield display
            display = []
        display.append(line)
    if display:
        yield display


def _batches(rows: Sequence[Thing], most: int) -> Iterator[list[Thing]]:
    """Cut a sequence into parts of at most so many."""
    left = iter(rows)
    while part := list(islice(left, most)):
        yield part
