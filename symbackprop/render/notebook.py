r"""
A document as one piece of display mathematics, for notebooks: `$$\begin{aligned}…\end{aligned}$$`.

Headings and running text become \text inside it; KaTeX and MathJax set the same subset.
"""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.document import Block, Document, Heading, Lines, Note, Paragraph, Picture, Span, Spans, Table
from symbackprop.notation import Speller
from symbackprop.render.markdown import text_in_math
from symbackprop.render.options import DEFAULT, Options
from symbackprop.render.rows import align
from symbackprop.typeset.breaking import Typesetter
from symbackprop.typeset.latex_emitter import Latex
from symbackprop.typeset.widths import text_width

WIDTH = 56.0


def render_notebook(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as display mathematics in dollars."""
    display = Typesetter(Latex(colour=options.color), speller)
    inline = Typesetter(Latex(colour=options.color, inline=True), speller)
    width = options.width or WIDTH
    rows = [row for block in _numbered(document.blocks) for row in _rows(block, display, inline, width)]
    return "$$\\begin{aligned}\n" + " \\\\\n".join(f"&{row}" for row in rows) + "\n\\end{aligned}$$"


def _numbered(blocks: tuple[Block, ...]) -> Iterator[Block]:
    section = 0
    for block in blocks:
        if isinstance(block, Heading) and block.level == 2:
            section += 1
            yield Heading(2, (f"{section}. ", *block.spans))
        else:
            yield block


def _rows(block: Block, display: Typesetter, inline: Typesetter, width: float) -> Iterator[str]:
    match block:
        case Heading(_, spans):
            yield _spans(spans, inline, r"\textbf")
        case Paragraph(spans) | Note(_, spans):
            yield from _wrapped(spans, inline, width)
        case Picture(_, caption):
            # Characters have no columns inside mathematics; the caption says what there is to be drawn.
            yield from _wrapped(caption, inline, width)
        case Lines(()):
            return
        case Lines(rows):
            alignment = align(rows, display, width, lambda spans, _room: (_spans(spans, inline), _width(spans, inline), 1.0))
            body = " \\\\\n".join(line.text for line in alignment.lines)
            yield f"\\begin{{alignedat}}{{{alignment.pairs}}}\n{body}\n\\end{{alignedat}}"
        case Table(header, table_rows, numeric):
            columns = "".join("r" if k in numeric else "l" for k in range(len(header)))
            cells = [" & ".join(_spans(cell, inline) for cell in row) for row in table_rows]
            head = " & ".join(_spans(cell, inline, r"\textbf") for cell in header)
            body = " \\\\\n".join(cells)
            yield f"\\begin{{array}}{{{columns}}}\n{head} \\\\ \\hline\n{body}\n\\end{{array}}"


def _spans(spans: Spans, inline: Typesetter, command: str = r"\text") -> str:
    return "".join(text_in_math(span, command) if isinstance(span, str) else inline.text(span) for span in spans)


def _width(spans: Spans, inline: Typesetter) -> float:
    return sum(text_width(span) if isinstance(span, str) else inline.box(span).width for span in spans)


def _wrapped(spans: Spans, inline: Typesetter, width: float) -> Iterator[str]:
    """Break running text at its spaces, since mathematics does not wrap."""
    line: list[str] = []
    used = 0.0
    for span in spans:
        pieces: list[Span] = list(span.split(" ")) if isinstance(span, str) else [span]
        for position, piece in enumerate(pieces):
            word: Span = (" " if position else "") + piece if isinstance(piece, str) else piece
            size = _width((word,), inline)
            if line and position and used + size > width:
                yield "".join(line)
                line, used, word = [], 0.0, word.lstrip() if isinstance(word, str) else word
            line.append(_spans((word,), inline))
            used += size
    yield "".join(line).replace(r"}\text{", "")
