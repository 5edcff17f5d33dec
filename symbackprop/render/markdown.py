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
from itertools import groupby, pairwise
from operator import itemgetter
from zlib import crc32

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
SIGNS = {"✓": r"\checkmark", "✗": r"\times", "→": r"\to"}


@dataclass(frozen=True)
class Dialect:
    r"""
    What stands around mathematics in a line and on lines of its own, and around remarks.

    `{}` in a display is a label, which there is where there are `callouts`: what a remark of each kind begins with; its end is
    `close`.  Without any, a remark is a quotation.  `special` are further characters that mean something, `front` a title in
    YAML in place of the first heading.
    `dollar` is a dollar that is one: where MathJax searches the finished page, it has to stand in an element of its own.
    GitHub refuses \operatorname (github/markup, issue 1688): there are no `operators`, but upright words.
    `paper` says that a PDF may be made of it by LaTeX, whose fonts lack signs and Greek letters: they are mathematics, too.
    `width` is that of a display in em; numbered ones need room for the number.
    """

    inline: tuple[str, str]
    display: tuple[str, str]
    callouts: tuple[tuple[str, str], ...] = ()
    close: str = ""
    special: str = ""
    front: bool = False
    dollar: str = "\\$"
    operators: bool = True
    paper: bool = False
    width: float = WIDTH


def _callouts(plain: str, titled: str, good: str, bad: str) -> tuple[tuple[str, str], ...]:
    """Return the beginnings of callouts, of a kind each, those of checks with a title; the last is for all other kinds."""
    checks = (("verified", good), ("wrong", bad), ("follows", "note"))
    return (
        *((kind, titled.format(name)) for kind, name in checks),
        ("warning", plain.format("warning")),
        ("", plain.format("note")),
    )


ALONE = "<span>\\$</span>"
DOLLAR = Dialect(("$", "$"), ("$$\n", "\n$$"), special="@^", dollar=ALONE, paper=True)
GITHUB = Dialect(("$`", "`$"), ("```math\n", "\n```"), dollar=ALONE, operators=False)
MYST = Dialect(
    ("{math}`", "`"), ("```{{math}}\n:label: {}\n", "\n```"),
    _callouts("```{{{}}}\n", "```{{admonition}} Checked\n:class: {}\n\n", "tip", "danger"), "\n```", "@%=^", paper=True,
    width=42.0,
)  # fmt: skip
QUARTO = Dialect(
    ("$", "$"), ("$$\n", "\n$$ {{#{}}}"),
    _callouts("::: {{.callout-{}}}\n", '::: {{.callout-{} title="Checked"}}\n', "tip", "important"), "\n:::", "@%=^",
    front=True, paper=True,
)  # fmt: skip
OBSIDIAN = Dialect(
    ("$", "$"), ("$$\n", "\n$$\n\n^{}"), _callouts("> [!{}]\n> ", "> [!{}] Checked\n> ", "success", "failure"), "", "@%=^"
)
SLUG = 24
BARS = re.compile("([▁-█]+)")
_OPERATOR = re.compile(r"\\operatorname\{([^{}]*)\}")
_BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class _Page:
    dialect: Dialect
    width: float
    display: Typesetter
    inline: Typesetter
    slug: str

    def spans(self, spans: Spans) -> str:
        pieces: list[tuple[bool, str]] = []
        signs: set[int] = set()  # the places of formulas in running text, such as a dot between two quantities
        for span in spans:
            more = self.words(span) if isinstance(span, str) else [(True, self.inline.text(span))]
            signs |= {len(pieces) + k for k, (formula, _) in enumerate(more) if formula and isinstance(span, str)}
            pieces += more
        alone = [k for k, (formula, text) in enumerate(pieces) if not formula and text == " " and 0 < k < len(pieces) - 1]
        dropped = {k for k in alone if {k - 1, k + 1} & signs and pieces[k - 1][0] and pieces[k + 1][0]}
        pieces = [piece for k, piece in enumerate(pieces) if k not in dropped]
        return self.together(pieces)

    def words(self, text: str) -> list[tuple[bool, str]]:
        """Cut running text into words, escaped, and where it may come to be printed, mathematics."""
        found = runs(text) if self.dialect.paper else [(False, text)]
        pieces: list[tuple[bool, str]] = []
        for formula, run in found:
            for bars, part in [(True, run)] if formula else _cut_bars(run, paper=self.dialect.paper):
                escaped = escape(part, self.dialect.special).replace("\\$", self.dialect.dollar)
                pieces.append((True, part) if bars else (False, escaped))
        return pieces

    def together(self, pieces: Sequence[tuple[bool, str]]) -> str:
        """Join words and mathematics; two formulas side by side are one, and no digit stands behind a closing dollar."""
        left, right = self.dialect.inline
        text = ""
        for formulas, group in groupby(pieces, key=itemgetter(0)):
            joined_up = (" " if formulas else "").join(part for _, part in group)
            apart = text.endswith("$") and joined_up[:1].isdigit()
            text += f"{left}{joined_up}{right}" if formulas else f"{'<span></span>' if apart else ''}{joined_up}"
        return text

    def label(self, kind: str) -> str:
        """Return what stands before a remark."""
        text = REMARKS.get(kind, "")
        for sign, name in SIGNS.items() if self.dialect.paper else ():
            text = text.replace(sign, self.together([(True, name)]))
        return text

    def cell(self, spans: Spans) -> str:
        """Return what stands in a table, where a bar would end the cell."""
        return _BAR.sub(r"\\vert ", self.spans(spans))

    def reason(self, spans: Spans, _room: float) -> tuple[str, float, float]:
        width = sum(text_width(span) if isinstance(span, str) else self.inline.box(span).width for span in spans)
        text = "".join(text_in_math(span) if isinstance(span, str) else self.inline.text(span) for span in spans)
        return text, 0.9 * width, 1.0


def _cut_bars(text: str, *, paper: bool) -> Iterator[tuple[bool, str]]:
    """Cut text at its bars, which fonts of a PDF lack."""
    for position, part in enumerate(BARS.split(text) if paper else [text]):
        if part:
            yield position % 2 == 1, bars(part) if position % 2 else part


def bars(text: str) -> str:
    r"""
    Print bars of characters as LaTeX.

    >>> bars("█▄")
    '\\rule{0.5em}{1.6ex}\\rule{0.5em}{0.8ex}'
    """
    return "".join(rf"\rule{{0.5em}}{{{(ord(char) - 0x2580) / 8 * 1.6:g}ex}}" for char in text)


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


def _label_of(document: Document, speller: Speller) -> str:
    """Return what a document's labels begin with: its title's beginning, and a number for its whole title and first formula."""
    first = next((block.rows[0] for block in document.blocks if isinstance(block, Lines) and block.rows), None)
    formula = Typesetter(Latex(), speller).text(first.right) if first is not None else ""
    # In one book, labels of two pages must not be the same, and many a function has the same title.
    return f"{slug_of(document.title)}-{crc32(f'{document.title}={formula}'.encode('utf-8', 'replace')) & 0xFFFF:04x}"


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
        options.width or dialect.width,
        Typesetter(Latex(colour=options.color), speller),
        Typesetter(Latex(colour=options.color, inline=True), speller),
        _label_of(document, speller),
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
    text = "\n\n".join(filter(None, parts)) + "\n"
    return text if dialect.operators else _OPERATOR.sub(r"\\mathop{\\mathrm{\1}}\\nolimits ", text)


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
            if page.dialect.callouts:
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
            callouts = dict(page.dialect.callouts)
            if not callouts:
                yield f"> {page.label(kind)}{page.spans(spans)}"
                return
            label = "" if kind in {"warning", "note"} else page.label(kind)
            yield f"{callouts.get(kind, callouts[''])}{label}{_unlike_a_list(page.spans(spans))}{page.dialect.close}"
        case Picture(lines, caption):
            yield from ("```text", *lines, "```", "", page.spans(caption))
