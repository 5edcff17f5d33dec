r"""
Markdown with LaTeX mathematics, in two dialects.

`dollar`: $…$ and $$…$$, for Jupyter, Pandoc, KaTeX and most sites; `github`: $`…`$ and fenced ```math blocks,
which GitHub reads without touching underscores and stars.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from symbackprop.document import Block, Document, Heading, Lines, Note, Paragraph, Picture, Spans, Table
from symbackprop.notation import Speller
from symbackprop.render.formulas import runs
from symbackprop.render.options import DEFAULT, Options
from symbackprop.render.rows import align
from symbackprop.typeset.breaking import Typesetter
from symbackprop.typeset.latex_emitter import Latex
from symbackprop.typeset.widths import text_width

WIDTH = 48.0
UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))  # categories of characters that are not for the eye
_SPECIAL = frozenset("\\`*_{}[]<>#|~$&")

# What stands before a remark of each kind.
REMARKS = {"verified": "✓ ", "wrong": "✗ ", "follows": "→ ", "warning": "**Warning.** ", "note": "**Note.** "}


@dataclass(frozen=True)
class Dialect:
    """What stands around mathematics in a line and on lines of its own."""

    inline: tuple[str, str]
    display: tuple[str, str]


DOLLAR = Dialect(("$", "$"), ("$$\n", "\n$$"))
GITHUB = Dialect(("$`", "`$"), ("```math\n", "\n```"))


@dataclass(frozen=True)
class _Page:
    dialect: Dialect
    width: float
    display: Typesetter
    inline: Typesetter

    def spans(self, spans: Spans) -> str:
        left, right = self.dialect.inline
        return "".join(escape(span) if isinstance(span, str) else f"{left}{self.inline.text(span)}{right}" for span in spans)

    def reason(self, spans: Spans, _room: float) -> tuple[str, float, float]:
        width = sum(text_width(span) if isinstance(span, str) else self.inline.box(span).width for span in spans)
        text = "".join(text_in_math(span) if isinstance(span, str) else self.inline.text(span) for span in spans)
        return text, 0.9 * width, 1.0


def text_in_math(text: str, command: str = r"\text") -> str:
    r"""
    Print running text for use inside mathematics.

    >>> text_in_math("put in 50%: σ′")
    "\\text{put in 50\\%: }\\sigma '"
    """
    return "".join(run if formula else f"{command}{{{''.join(map(_safe, run))}}}" for formula, run in runs(text))


def _safe(char: str) -> str:
    if char in "{}$&#%_":
        return "\\" + char
    if unicodedata.category(char) in UNSEEN:
        return " "
    # KaTeX has no commands for these within \text.
    return {"\\": "/", "^": "", "~": " ", "`": "'"}.get(char, char)


def escape(text: str) -> str:
    r"""
    Print running text so that Markdown shows it as it is.

    >>> escape("a_1 * b")
    'a\\_1 \\* b'
    """
    clean = "".join(" " if unicodedata.category(char) in UNSEEN else char for char in text)
    return "".join("\\" + char if char in _SPECIAL else char for char in clean)


def render_dollar(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as Markdown with dollars."""
    return _render(document, speller, options, DOLLAR)


def render_github(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as Markdown for GitHub."""
    return _render(document, speller, options, GITHUB)


def _render(document: Document, speller: Speller, options: Options, dialect: Dialect) -> str:
    page = _Page(
        dialect,
        options.width or WIDTH,
        Typesetter(Latex(colour=options.color), speller),
        Typesetter(Latex(colour=options.color, inline=True), speller),
    )
    parts: list[str] = []
    section = 0
    for block in document.blocks:
        section += isinstance(block, Heading) and block.level == 2
        parts.append("\n".join(_block(page, block, section)))
    return "\n\n".join(filter(None, parts)) + "\n"


def _block(page: _Page, block: Block, section: int) -> Iterator[str]:
    match block:
        case Heading(level, spans):
            yield "#" * level + " " + (f"{section}. " if level == 2 else "") + page.spans(spans)
        case Paragraph(spans):
            text = page.spans(spans)
            yield "\\" + text if text[:1] in "+-" or (text[:1].isdigit() and "." in text[:4]) else text
        case Lines(()):
            return
        case Lines(rows):
            alignment = align(rows, page.display, page.width, page.reason)
            left, right = page.dialect.display
            body = " \\\\\n".join(line.text for line in alignment.lines)
            yield f"{left}\\begin{{alignedat}}{{{alignment.pairs}}}\n{body}\n\\end{{alignedat}}{right}"
        case Table(header, rows, numeric):
            yield "| " + " | ".join(page.spans(cell) for cell in header) + " |"
            yield "|" + "|".join(" ---: " if k in numeric else " :--- " for k in range(len(header))) + "|"
            for row in rows:
                yield "| " + " | ".join(page.spans(cell) for cell in row) + " |"
        case Note(kind, spans):
            label = REMARKS.get(kind, "")
            yield f"> {label}{page.spans(spans)}"
        case Picture(lines, caption):
            yield from ("```text", *lines, "```", "", page.spans(caption))
