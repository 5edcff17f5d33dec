r"""
Markdown with LaTeX mathematics, in five dialects: what differs is a row.

`dollar`: $…$ and $$…$$, for Jupyter, Pandoc, KaTeX and most sites; `github`: $`…`$ and fenced ```math blocks,
which GitHub reads without touching underscores and stars; `myst`: roles and directives, as Sphinx and Jupyter Book read
without any extension; `quarto`: Pandoc's, with labels and callouts; `obsidian`: with callouts and names of blocks.
Sources: the MyST-Parser documentation (*Math*, *Admonitions*), the Quarto guide (*Cross references*, *Callout blocks*),
Obsidian help (*Callouts*, *Internal links*).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from symbackprop.document import Block, Document, Heading, Lines, Note, Paragraph, Picture, Spans, Table
from symbackprop.notation import Speller
from symbackprop.render.formulas import runs
from symbackprop.render.options import DEFAULT, Options
from symbackprop.render.rows import RowLine, align
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
    """
    What stands around mathematics in a line and on lines of its own, and around remarks.

    `{}` in a display is a label, in a callout its kind, of which `kinds` has those of this dialect: without any, a remark is a
    quotation.  `special` are further characters that mean something, `front` a title in YAML in place of the first heading.
    `dollar` is a dollar that is one: where MathJax searches the finished page, it has to stand in an element of its own.
    """

    inline: tuple[str, str]
    display: tuple[str, str]
    callout: tuple[str, str, str] = ("", "> ", "")
    kinds: tuple[tuple[str, str], ...] = ()
    special: str = ""
    front: bool = False
    dollar: str = "\\$"


def _kinds(good: str, bad: str) -> tuple[tuple[str, str], ...]:
    return (("verified", good), ("wrong", bad), ("warning", "warning"))


ALONE = "<span>\\$</span>"
DOLLAR = Dialect(("$", "$"), ("$$\n", "\n$$"), dollar=ALONE)
GITHUB = Dialect(("$`", "`$"), ("```math\n", "\n```"), dollar=ALONE)
MYST = Dialect(
    ("{math}`", "`"), ("```{{math}}\n:label: {}\n", "\n```"), ("```{{{}}}\n", "", "\n```"), _kinds("tip", "danger"), "@%=^"
)
QUARTO = Dialect(
    ("$", "$"), ("$$\n", "\n$$ {{#{}}}"), ("::: {{.callout-{}}}\n", "", "\n:::"), _kinds("tip", "important"), "@%=^", front=True
)  # fmt: skip
OBSIDIAN = Dialect(("$", "$"), ("$$\n", "\n$$\n\n^{}"), ("> [!{}]\n", "> ", ""), _kinds("success", "failure"), "@%=^")
SLUG = 24
_BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class _Page:
    dialect: Dialect
    width: float
    display: Typesetter
    inline: Typesetter
    slug: str

    def spans(self, spans: Spans) -> str:
        left, right = self.dialect.inline
        return "".join(self.words(span) if isinstance(span, str) else f"{left}{self.inline.text(span)}{right}" for span in spans)

    def words(self, text: str) -> str:
        return escape(text, self.dialect.special).replace("\\$", self.dialect.dollar)

    def cell(self, spans: Spans) -> str:
        """Return what stands in a table, where a bar would end the cell."""
        return _BAR.sub(r"\\vert ", self.spans(spans))

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
    return "".join(run if formula else _words(run, command) for formula, run in runs(text))


def _words(run: str, command: str) -> str:
    """Print words; a page that does not know the mathematics would take < and what follows for a tag."""
    text = "".join(map(_safe, run)).replace("<", rf"}}\lt{command}{{")
    return f"{command}{{{text}}}"


def _safe(char: str) -> str:
    if char in "{}$&#%_":
        return "\\" + char
    if unicodedata.category(char) in UNSEEN:
        return " "
    # KaTeX has no commands for these within \text.
    return {"\\": "/", "^": "", "~": " ", "`": "'"}.get(char, char)


def escape(text: str, special: str = "") -> str:
    r"""
    Print running text so that Markdown shows it as it is; `special` are characters that mean something in a dialect only.

    >>> escape("a_1 * b")
    'a\\_1 \\* b'
    """
    return "".join("\\" + char if char in _SPECIAL or char in special else char for char in _visible(text))


def _visible(text: str) -> str:
    return "".join(" " if unicodedata.category(char) in UNSEEN else char for char in text)


def joined(lines: Sequence[RowLine], end: str = "\n") -> str:
    """Join the lines of an alignment, with some space between those that are built up."""
    text = lines[0].text if lines else ""
    for before, line in pairwise(lines):
        text += f" \\\\{'[3pt]' if max(before.height, line.height) > 1 else ''}{end}{line.text}"
    return text


def slug_of(text: str) -> str:
    """
    Return the beginning of a text as part of a label: small letters, digits and dashes.

    >>> slug_of("Backpropagation in a 2–2–1 network")
    'backpropagation-in-a-2-2'
    """
    plain = unicodedata.normalize("NFKD", text).lower()
    words = "".join(char if char.isascii() and char.isalnum() else " " for char in plain).split()
    return "-".join(words)[:SLUG].strip("-") or "symbackprop"


def render_dollar(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as Markdown with dollars."""
    return _render(document, speller, options, DOLLAR)


def render_github(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as Markdown for GitHub."""
    return _render(document, speller, options, GITHUB)


def render_myst(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as MyST Markdown, for Sphinx and Jupyter Book."""
    return _render(document, speller, options, MYST)


def render_quarto(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document for Quarto."""
    return _render(document, speller, options, QUARTO)


def render_obsidian(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as a note for Obsidian."""
    return _render(document, speller, options, OBSIDIAN)


def _render(document: Document, speller: Speller, options: Options, dialect: Dialect) -> str:
    page = _Page(
        dialect,
        options.width or WIDTH,
        Typesetter(Latex(colour=options.color), speller),
        Typesetter(Latex(colour=options.color, inline=True), speller),
        slug_of(document.title),
    )
    parts: list[str] = []
    section = 0
    blocks = document.blocks
    if dialect.front:
        parts.append(f"---\ntitle: {json.dumps(escape(document.title, dialect.special), ensure_ascii=False)}\n---")
        blocks = blocks[1:] if blocks and isinstance(blocks[0], Heading) and blocks[0].level == 1 else blocks
    for position, block in enumerate(blocks):
        section += isinstance(block, Heading) and block.level == 2
        parts.append("\n".join(_block(page, block, section, position)))
    return "\n\n".join(filter(None, parts)) + "\n"


def _unlike_a_list(text: str) -> str:
    """Keep the first character of a paragraph from beginning a list or, in Quarto, a division."""
    listed = text[:1] in {"+", "-", ":"} or (text[:1].isdigit() and "." in text[:4])
    return "\\" + text if listed else text


def _block(page: _Page, block: Block, section: int, position: int) -> Iterator[str]:
    match block:
        case Heading(level, spans):
            yield "#" * level + " " + (f"{section}. " if level == 2 else "") + page.spans(spans)
        case Paragraph(spans):
            yield _unlike_a_list(page.spans(spans))
        case Lines(()):
            return
        case Lines(rows):
            alignment = align(rows, page.display, page.width, page.reason)
            left, right = page.dialect.display
            if page.dialect.kinds:
                name = f"eq-{page.slug}-{position}"
                left, right = left.format(name), right.format(name)
            body = joined(alignment.lines)
            yield f"{left}\\begin{{alignedat}}{{{alignment.pairs}}}\n{body}\n\\end{{alignedat}}{right}"
        case Table(header, rows, numeric):
            yield "| " + " | ".join(map(page.cell, header)) + " |"
            yield "|" + "|".join(" ---: " if k in numeric else " :--- " for k in range(len(header))) + "|"
            for row in rows:
                yield "| " + " | ".join(map(page.cell, row)) + " |"
        case Note(kind, spans):
            kinds = dict(page.dialect.kinds)
            before, margin, after = page.dialect.callout
            label = "" if kind in {"warning", "note"} and kinds else REMARKS.get(kind, "")
            yield (
                before.format(kinds.get(kind, "note"))
                + f"{margin}{label}{_unlike_a_list(page.spans(spans)) if kinds else page.spans(spans)}"
                + after
            )
        case Picture(lines, caption):
            yield from ("```text", *lines, "```", "", page.spans(caption))
