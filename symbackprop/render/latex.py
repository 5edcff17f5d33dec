r"""
LaTeX: a fragment for a document of one's own, and a complete document.

The fragment needs amsmath, amssymb and xcolor; the few letters and signs that it provides are local to it, and where a
document of one's own defines them before, that document's win (`Macros`).  Lines are broken here, by measured width, so that
pages have no overfull boxes; breqn and \resizebox are not needed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import NamedTuple

from symbackprop.document import Block, Document, Heading, Lines, Note, Paragraph, Picture, Spans, Table
from symbackprop.notation import Speller
from symbackprop.render.encodings import transliterate
from symbackprop.render.formulas import runs
from symbackprop.render.options import DEFAULT, Options
from symbackprop.render.overlays import in_turn, uncovered
from symbackprop.render.rows import Alignment, RowLine, align
from symbackprop.typeset.breaking import Typesetter
from symbackprop.typeset.latex_emitter import Latex, Macros
from symbackprop.typeset.widths import text_width

# Widths of a line in em: of the documents written here (A4, margins of 25 mm; 16:9), and of a page with the classes' own margins.
ONE_COLUMN, TWO_COLUMNS, SLIDE = 45.0, 21.7, 39.0
PLAIN_PAGE, PLAIN_SLIDE = 34.0, 36.0
MATH_INDENT = 1.5
NARROW = 28.0  # in em: what 72 characters of a picture take in \scriptsize
TABLE_ROWS, SLIDE_ROWS, SLIDE_HEIGHT = 26, 6, 11.7
TABLE_SIZES = (("", 1.0), (r"\footnotesize", 0.86), (r"\scriptsize", 0.8))
COLUMN_GAP, BOLD = 0.85, 1.16
LONGEST_WORD = 18
REASON_SCALE = 0.87

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    "«": '"', "»": '"', "“": "``", "”": "''", "‘": "`", "’": "'", "–": "--", "—": "---", "…": r"\dots{}", "\xa0": "~",
}  # fmt: skip
_TEXT_LETTERS = frozenset("ßæøåœłıÆØÅŒŁ¿¡§¶©£")
_ACCENTS = frozenset("\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327")

# What stands before a remark of each kind.
LABELS = {
    "verified": r"$\checkmark$ ", "wrong": r"$\times$ ", "follows": r"$\to$ ",
    "warning": r"\textbf{Warning.} ", "note": r"\textit{Note.} ",
}  # fmt: skip


def escape(text: str) -> str:
    r"""
    Print running text so that LaTeX shows it as it is, whatever is in it.

    >>> escape("50% of a_b: σ′")
    "50\\% of a\\_b: $\\sigma '$"
    """
    return "".join(f"${_provided(run)}$" if mathematical else _escaped_text(run) for mathematical, run in runs(text))


def _provided(formula: str) -> str:
    """Return a formula in running text with the document's own signs (see `Macros`)."""
    for sign, name in ((r"\partial ", r"\bppartial "), (r"\odot ", r"\bphadamard "), (r"^{\top}", r"^{\bptranspose}")):
        formula = formula.replace(sign, name)
    return formula


def _escaped_text(text: str) -> str:
    out: list[str] = []
    run = 0
    for char in text:
        run = 0 if char.isspace() else run + 1
        if run > LONGEST_WORD and run % LONGEST_WORD == 1:
            out.append(r"\hspace{0pt}")
        out.append(_escaped_char(char))
    return "".join(out)


def _escaped_char(char: str) -> str:
    if char in _SPECIAL:
        return _SPECIAL[char]
    if char.isascii():
        return char if char.isprintable() else " "
    if char in _TEXT_LETTERS:
        return char
    if "▁" <= char <= "█":
        return rf"\rule{{0.5em}}{{{(ord(char) - 0x2580) / 8 * 1.6:g}ex}}"
    base, *accents = list(unicodedata.normalize("NFD", char))
    if base.isascii() and base.isalpha():
        return char if ord(char) < 0x180 and len(accents) == 1 and accents[0] in _ACCENTS else base
    if unicodedata.category(char)[0] in "CZ":
        return " "
    return rf"\texttt{{[U+{ord(char):04X}]}}"


@dataclass(frozen=True)
class Sheet:
    """The width of a line in em, one typesetter for displays and one for running text."""

    width: float
    display: Typesetter
    inline: Typesetter
    table_rows: int = TABLE_ROWS
    slide: bool = False

    def spans(self, spans: Spans) -> str:
        """Return running text with mathematics in dollars."""
        return "".join(escape(span) if isinstance(span, str) else f"${self.inline.text(span)}$" for span in spans)

    def spans_width(self, spans: Spans) -> float:
        """Estimate the width of running text."""
        return sum(text_width(span) if isinstance(span, str) else self.inline.box(span).width for span in spans)

    def reason(self, spans: Spans, room: float) -> tuple[str, float, float]:
        """Return a row's reason for use inside mathematics, in a box of several lines where it is wider than `room`."""
        width = REASON_SCALE * self.spans_width(spans)
        text = rf"\footnotesize\itshape {self.spans(spans)}"
        if width <= room:
            return rf"\text{{{text}}}", width, 1.0
        room = max(room - 0.5, 6.0)
        return rf"\parbox[t]{{{room:.1f}em}}{{\raggedright {text}}}", room, ceil(1.2 * width / room)


def sheet(speller: Speller, width: float, *, colour: bool) -> Sheet:
    """Make a sheet of a width in em."""
    macros = macros_of(speller)
    display, inline = (Latex(colour=colour, inline=inline, macros=macros) for inline in (False, True))
    return Sheet(width, Typesetter(display, speller), Typesetter(inline, speller))


def macros_of(speller: Speller) -> Macros:
    """Return the letters and signs that a document provides, as its notation writes them."""
    return Macros(speller.notation.layer, dict(speller.notation.letters).get("L", "L"))


def render(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as a fragment of LaTeX that fits the classes' own margins: an article's, a two-column one's, or frames."""
    width = options.width or (PLAIN_SLIDE if options.beamer else TWO_COLUMNS if options.columns == 2 else PLAIN_PAGE)
    page = replace(sheet(speller, width, colour=options.color), slide=options.beamer)
    body = "\n".join((_frames if options.beamer else _blocks)(document.blocks, page))
    setting = r"\begingroup\allowdisplaybreaks\sloppy\emergencystretch=3em\parindent=0pt\parskip=4pt plus 2pt"
    return f"% needs \\usepackage{{amsmath,amssymb,xcolor}}\n{setting}\n{macros_of(speller).provided()}{body}\n\\endgroup\n"


def render_standalone(document: Document, speller: Speller, options: Options = DEFAULT) -> str:
    """Print a document as a complete LaTeX article in one or two columns, or as 16:9 slides."""
    if options.beamer:
        return _slides(document, speller, options)
    width = options.width or (TWO_COLUMNS if options.columns == 2 else ONE_COLUMN)
    page = sheet(speller, width - MATH_INDENT, colour=options.color)
    parts = list(_blocks(document.blocks, page))
    if options.diagram:
        parts.insert(min(2, len(parts)), _drawing(options.diagram))
    body = "\n".join(parts)
    return (
        rf"\documentclass[10pt,a4paper,fleqn{',twocolumn' if options.columns == 2 else ''}]{{article}}" + "\n"
        r"\usepackage[margin=25mm]{geometry}" + "\n" + _PREAMBLE + _drawn(options) + macros_of(speller).provided()
        + "\\begin{document}\n" + body + "\n\\end{document}\n"
    )  # fmt: skip


_PREAMBLE = r"""\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{lmodern,textcomp,amsmath,amssymb,xcolor}
\allowdisplaybreaks
\setlength{\mathindent}{1.5em}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt plus 2pt}
\sloppy\emergencystretch=4em\raggedbottom
"""


def _drawn(options: Options) -> str:
    """Return what a diagram needs in the preamble."""
    return "\\usepackage{graphicx,tikz}\n" if options.diagram else ""


def _drawing(tikz: str) -> str:
    """Set a diagram in the middle, made smaller where it is wider than a line or higher than most of a page."""
    wide = r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}"
    high = r"\resizebox{!}{\ifdim\height>0.75\textheight 0.75\textheight\else\height\fi}"
    return f"\n{{\\centering\n{high}{{%\n{wide}{{%\n{tikz}}}}}\\par}}\n"


def _blocks(blocks: Sequence[Block], page: Sheet) -> Iterator[str]:
    section = 0
    previous: Block | None = None
    for block in blocks:
        match block:
            case Heading(level, spans):
                section += level == 2
                yield _heading(level, page.spans(spans), section)
            case Paragraph(spans):
                yield "\n" + _paragraph(page, spans)
            case Lines(()):
                continue
            case Lines(rows):
                # TeX would set an empty line of text between a heading and a display; half of one is right between displays.
                space = "-0.5" if isinstance(previous, Lines) else "-"
                lead = "" if isinstance(previous, Paragraph) else f"\\vspace{{{space}\\baselineskip}}\n"
                yield lead + environment(align(rows, page.display, page.width, page.reason))
            case Table():
                yield from _tables(page, block)
            case Note(kind, spans):
                yield _note(page, kind, spans)
            case Picture():
                yield _picture(page, block)
        previous = block


def _heading(level: int, text: str, section: int) -> str:
    match level:
        case 1:
            return rf"\section*{{{text}}}"
        case 2:
            return rf"\subsection*{{{section}\quad {text}}}"
        case _:
            return rf"\subsubsection*{{{text}}}"


def _paragraph(page: Sheet, spans: Spans) -> str:
    """Print running text; mathematics wider than a line is set on lines of its own."""
    out: list[str] = []
    for span in spans:
        if isinstance(span, str):
            out.append(escape(span))
        elif page.inline.box(span).width > 0.9 * page.width:
            lines = ["&" + r"\quad " * line.depth + line.text for line in page.display.lines(span, page.width - 3)]
            out.append("\n\\[\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}\\]\n")
        else:
            out.append(f"${page.inline.text(span)}$")
    return "".join(out)


def _note(page: Sheet, kind: str, spans: Spans) -> str:
    label = LABELS.get(kind, "")
    return rf"\par{{\small {label}{page.spans(spans)}\par}}"


def _picture(page: Sheet, picture: Picture) -> str:
    """Set a drawing line by line in type of one width; its shades are those of ASCII."""
    size = r"\scriptsize" if page.width > NARROW else r"\tiny"
    special = {**_SPECIAL, " ": "~", "-": "{-}"}
    lines = ["".join(special.get(char, char) for char in transliterate(line, "ascii")) for line in picture.lines]
    body = " \\\\\n".join(rf"\mbox{{{line}}}" for line in lines)
    return f"\n{{{size}\\ttfamily\n{body}\n\\par}}\n{_paragraph(page, picture.caption)}\n"


def environment(alignment: Alignment) -> str:
    """Return rows as a display that may break across pages."""
    return f"\\begin{{alignat*}}{{{alignment.pairs}}}\n" + "\n".join(_ended(alignment.lines)) + "\n\\end{alignat*}"


def _ended(lines: Sequence[RowLine]) -> Iterator[str]:
    for position, line in enumerate(lines):
        last = position == len(lines) - 1
        following = 0.0 if last else lines[position + 1].height
        star = "*" if not last and lines[position + 1].whole else ""
        yield line.text + ("" if last else rf" \\{star}[3pt]" if max(line.height, following) > 1 else rf" \\{star}")


def _tables(page: Sheet, table: Table) -> Iterator[str]:
    columns = range(len(table.header))
    heads = [BOLD * page.spans_width(cell) for cell in table.header]
    total = sum(max([heads[k], *(page.spans_width(row[k]) for row in table.rows)]) for k in columns)
    room = page.width - COLUMN_GAP * len(columns)
    size = next((command for command, scale in TABLE_SIZES if scale * total <= room), None)
    if size is None:
        yield from _cards(page, table)
        return
    layout = "".join("r" if k in table.numeric else "l" for k in columns)
    most = min(page.table_rows, SLIDE_ROWS if page.slide else page.table_rows)
    for rows in _table_parts(table.rows, most):
        head = " & ".join(rf"\textbf{{{page.spans(cell)}}}" for cell in table.header)
        body = " \\\\\n".join(" & ".join(page.spans(cell) for cell in row) for row in rows)
        yield (
            f"\\par{{{size}\\tabcolsep=4pt\\renewcommand{{\\arraystretch}}{{1.25}}%\n"
            f"\\noindent\\begin{{tabular}}{{{layout}}}\n\\hline\n"
            f"{head} \\\\\n\\hline\n{body} \\\\\n\\hline\n\\end{{tabular}}\\par}}\\smallskip"
        )


def _table_parts(rows: Sequence[tuple[Spans, ...]], most: int) -> list[list[tuple[Spans, ...]]]:
    """Cut a table into parts of at most so many rows, nearly alike; a row without a name stays with the one above."""
    groups: list[list[tuple[Spans, ...]]] = []
    for row in rows:
        if groups and len(groups[-1]) < most and not any(row[0]):
            groups[-1].append(row)
        else:
            groups.append([row])
    share = ceil(len(rows) / ceil(len(rows) / most)) if rows else most
    even, greedy = _packed(groups, share), _packed(groups, most)
    return (even if len(even) == len(greedy) else greedy) or [[]]


def _packed(groups: Sequence[list[tuple[Spans, ...]]], most: int) -> list[list[tuple[Spans, ...]]]:
    parts: list[list[tuple[Spans, ...]]] = []
    for group in groups:
        if parts and len(parts[-1]) + len(group) <= most:
            parts[-1].extend(group)
        else:
            parts.append(list(group))
    return parts


def _cards(page: Sheet, table: Table) -> Iterator[str]:
    """Print a table too wide for the page as one paragraph a row."""
    for row in table.rows:
        pairs = zip(table.header, row, strict=True)
        cells = [rf"\textbf{{{page.spans(name)}}}: {_paragraph(page, cell).strip()}" for name, cell in pairs]
        yield r"\par{\raggedright\noindent " + "; ".join(cells) + r".\par}\smallskip"


# ------------------------------------------------------------------------------------------- slides


def _slides(document: Document, speller: Speller, options: Options) -> str:
    page = replace(sheet(speller, (options.width or SLIDE) - MATH_INDENT, colour=options.color), slide=True)
    parts = list(_frames(document.blocks, page))
    if options.diagram:
        parts.insert(min(1, len(parts)), _frame("", [_Piece(_drawing(options.diagram), 1.0, 1)], 1))
    frames = "\n".join(parts)
    return (
        r"\documentclass[10pt,aspectratio=169,fleqn]{beamer}" + "\n"
        r"\usefonttheme[onlymath]{serif}\setbeamertemplate{navigation symbols}{}" + "\n" + _PREAMBLE + _drawn(options)
        + macros_of(speller).provided() + "\\begin{document}\n" + frames + "\n\\end{document}\n"
    )  # fmt: skip


class _Piece(NamedTuple):
    """What is never cut by the end of a slide: its LaTeX, its height in lines, and how many rows it has."""

    text: str
    height: float
    rows: int


def _frames(blocks: Sequence[Block], page: Sheet) -> Iterator[str]:
    """Yield slides: at most six rows on each, and never higher than a slide."""
    title, body, part, section = "", list[_Piece](), 1, 0
    bare = False
    for block in blocks:
        if isinstance(block, Heading) and block.level <= 2:
            if body or bare:
                yield _frame(title, body, part)
            section += block.level == 2
            text = page.spans(block.spans)
            title, body, part, bare = (f"{section}\\quad {text}" if block.level == 2 else text), [], 1, block.level == 1
            continue
        lead = sum(p.height for p in body[len(body) - _leading(body) :])
        for piece in _pieces(block, page, lead):
            height, rows = sum(p.height for p in (*body, piece)), sum(p.rows for p in (*body, piece))
            if body and (height > SLIDE_HEIGHT or rows > SLIDE_ROWS):
                # A heading or a lead-in does not stay behind alone.
                cut = len(body) - _leading(body)
                if cut:
                    yield _frame(title, body[:cut], part)
                    body, part = body[cut:], part + 1
            body.append(piece)
    if body or bare or not blocks:
        yield _frame(title, body, part)


def _leading(body: Sequence[_Piece]) -> int:
    """Return how many pieces at the end, headings and lead-ins, belong to what comes next."""
    return next((count for count, piece in enumerate(reversed(body)) if piece.rows), len(body))


def _frame(title: str, body: Sequence[_Piece], part: int) -> str:
    if not body:
        return f"\\begin{{frame}}\n\\centering{{\\Large {title}\\par}}\n\\end{{frame}}"
    number = rf" {{\normalsize ({part})}}" if part > 1 else ""
    texts = in_turn([piece.text for piece in body])
    shrunk = ",shrink" if sum(piece.height for piece in body) > SLIDE_HEIGHT + 1 else ""
    return f"\\begin{{frame}}[t{shrunk}]{{{title}{number}}}\n" + "\n".join(texts) + "\n\\end{frame}"


def _pieces(block: Block, page: Sheet, lead: float) -> Iterator[_Piece]:
    match block:
        case Lines(rows):
            alignment = align(rows, page.display, page.width, page.reason)
            for lines in _chunks(alignment.lines, SLIDE_HEIGHT - 1.0 - min(lead, 4.0)):
                text = environment(Alignment(uncovered(lines), alignment.pairs))
                yield _Piece(text, 1.0 + sum(map(_tall, lines)), max(1, sum(line.first for line in lines)))
        case Table():
            for text in _tables(page, block):
                count = text.count(r"\\")
                yield _Piece(text, 0.5 + max(count, len(text) / 120), max(1, count - 1))
        case Heading(_, spans):
            yield _Piece(rf"\par\medskip\textbf{{{page.spans(spans)}}}\par", 1.4, 0)
        case Paragraph(spans):
            yield _Piece("\n" + _paragraph(page, spans), 0.4 + ceil(page.spans_width(spans) / page.width * 1.1), 0)
        case Note(kind, spans):
            yield _Piece(_note(page, kind, spans), 0.4 + ceil(page.spans_width(spans) / page.width), 1)
        case Picture(lines, _):
            yield _Piece(_picture(page, block), 0.6 * len(lines) + 2, 1)


def _chunks(lines: Sequence[RowLine], room: float) -> list[tuple[RowLine, ...]]:
    """Cut an alignment into pieces that fit a slide, nearly alike; a value or a reason stays with its row."""
    groups: list[list[RowLine]] = []
    for line in lines:
        if line.whole and groups:
            groups[-1].append(line)
        else:
            groups.append([line])
    greedy = _filled(groups, room, SLIDE_ROWS)
    even = _filled(groups, room, ceil(sum(line.first for line in lines) / max(1, len(greedy))))
    return even if len(even) == len(greedy) else greedy


def _tall(line: RowLine) -> float:
    """Return a line's height on a slide, with the space between built-up lines."""
    return 1.2 * line.height if line.height >= 2 else line.height


def _filled(groups: Sequence[Sequence[RowLine]], room: float, most: int) -> list[tuple[RowLine, ...]]:
    chunks: list[list[RowLine]] = []
    for group in groups:
        together = (*chunks[-1], *group) if chunks else ()
        if together and sum(line.first for line in together) <= most and sum(map(_tall, together)) <= room:
            chunks[-1].extend(group)
        else:
            chunks.append(list(group))
    return [tuple(chunk) for chunk in chunks]
