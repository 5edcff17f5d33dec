r"""A page of LaTeX: how wide its lines are, how mathematics and running text are set on it, and its rows as a display."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from symbackprop.document import Row, Span, Spans
from symbackprop.notation import Speller
from symbackprop.render.latex_pairs import side_by_side
from symbackprop.render.latex_text import cut, escape, parted, shown_width
from symbackprop.render.references import Cited, grouped
from symbackprop.render.rows import GAP as SPACE
from symbackprop.render.rows import Alignment, Edge, RowLine, align
from symbackprop.typeset.boxes import Line
from symbackprop.typeset.breaking import Typesetter
from symbackprop.typeset.latex_emitter import Latex, Macros

REASON_SCALE = 0.87
LONGEST_REASON = 10  # in lines
CITED = 1.7  # the width of a number in parentheses, in em of a reason
GAP = "[3pt]"  # before a line that is built up, or opens an equation after others that go on


@dataclass(frozen=True)
class Sheet:
    """
    The width of a line in em, one typesetter for displays and one for running text.

    `label` is what the labels of equations begin with; where it is empty, no equation has a number.  Reasons stand
    at the right edge, beside the numbers, in a column of at least `reasons` em; with None, beside their rows.
    """

    width: float
    display: Typesetter
    inline: Typesetter
    label: str = ""
    reasons: float | None = None

    def spans(self, spans: Spans) -> str:
        """Return running text with mathematics in dollars."""
        texts = [span if isinstance(span, str) else "" for span in spans]
        gaps = [parted(before, after) for before, after in pairwise([*texts, ""])]
        return "".join(self._span(span) + gap for span, gap in zip(spans, gaps, strict=True))

    def _span(self, span: Span) -> str:
        match span:
            case str():
                return escape(span)
            case Cited(numbers):
                # Two references never stand apart from their dash or comma.
                ends = (self.see(low) if low == high else f"{self.see(low)}--{self.see(high)}" for low, high in grouped(numbers))
                return ", ".join(ends)
            case _:
                return f"${self.inline.text(span)}$"

    def see(self, number: int) -> str:
        """Return a reference to an equation."""
        return rf"\eqref{{{self.label}{number}}}"

    def spans_width(self, spans: Spans) -> float:
        """Estimate the width of running text."""
        return sum(self._span_width(span) for span in spans)

    def _span_width(self, span: Span) -> float:
        match span:
            case str():
                return shown_width(span)
            case Cited(numbers):
                return CITED * sum(1 + (low != high) for low, high in grouped(numbers))
            case _:
                return self.inline.box(span).width

    def shortened(self, spans: Spans, room: float) -> Spans:
        """Cut running text that is wider than so many em."""
        shown: list[Span] = []
        for part in spans:
            width = self._span_width(part)
            if width > room:
                if isinstance(part, str):
                    shown.append(cut(part, room)[0].rstrip() + "…")
                break
            shown.append(part)
            room -= width
        return tuple(shown)

    def reason(self, spans: Spans, room: float) -> tuple[str, float, float]:
        """Return a row's reason for use inside mathematics, in a box of several lines where it is wider than `room`."""
        spans = self.shortened(spans, LONGEST_REASON * self.width)
        width = REASON_SCALE * self.spans_width(spans)
        text = self.spans(spans)
        if width <= room:
            return rf"\bpreason{{{text}}}", width, 1.0
        room = max(room - 0.5, 6.0)
        return rf"\parbox[t]{{{room:.1f}em}}{{\raggedright\footnotesize\itshape {text}}}", room, ceil(1.2 * width / room)

    def align(self, rows: Sequence[Row], numbers: Sequence[int] = ()) -> Alignment:
        """Set rows in columns, or as pairs of equations side by side."""
        if self.label and numbers:
            beside = side_by_side(rows, numbers, self.display, self.width, self.label)
            if beside:
                return beside
        return align(rows, self.display, self.width, self.reason, Edge(tuple(numbers) if self.label else (), self.reasons))

    def widest_reason(self, rows: Sequence[Row]) -> float:
        """Return what the column of reasons takes, with the space before it."""
        return max((self.reason(row.reason, self.width)[1] + SPACE for row in rows if row.reason), default=0.0)

    def environment(self, alignment: Alignment) -> str:
        """Return rows as a display that may break across pages, but leaves no line of it alone."""
        star = "" if any(line.number for line in alignment.lines) else "*"
        lines = list(self._ended(alignment, starred=bool(star)))
        return f"\\begin{{alignat{star}}}{{{alignment.pairs}}}\n" + "\n".join(lines) + f"\n\\end{{alignat{star}}}"

    def _ended(self, alignment: Alignment, *, starred: bool) -> Iterator[str]:
        lines = alignment.lines
        continued = any(not line.opens for line in lines)
        for position, line in enumerate(lines):
            text = line.text + self._edge(line, alignment.reasons, starred=starred)
            if position == len(lines) - 1:
                yield text
                return
            following = lines[position + 1]
            whole = following.whole or position in {0, len(lines) - 2}
            apart = max(line.height, following.height) > 1 or (following.opens and continued)
            yield text + rf" \\{'*' if whole else ''}{GAP if apart else ''}"

    def _edge(self, line: RowLine, room: float, *, starred: bool) -> str:
        """Return what stands at the right edge of a line: a reason, a number, both or neither."""
        label = f"{self.label}{line.number}" if line.number else ""
        if line.reason:
            return rf" \bpedge{{{room:.1f}em}}{{{line.reason}}}{{{label}}}"
        return rf" \label{{{label}}}" if label else "" if starred else r" \notag"

    def broken(self, lines: Sequence[Line]) -> Alignment:
        """Return the lines of an expression that running text has no room for."""
        made = (RowLine("&" + r"\quad " * line.depth + line.text, 2.0 if line.height > 1 else 1.0, whole=False) for line in lines)
        return Alignment(tuple(made), 1)


def sheet(speller: Speller, width: float, *, colour: bool, label: str = "", reasons: float | None = None) -> Sheet:
    """Make a sheet of a width in em."""
    macros = macros_of(speller)
    display, inline = (Latex(colour=colour, inline=inline, macros=macros) for inline in (False, True))
    return Sheet(width, Typesetter(display, speller), Typesetter(inline, speller), label, reasons)


def macros_of(speller: Speller) -> Macros:
    """Return the letters and signs that a document provides, as its notation writes them."""
    return Macros(speller.notation.layer, dict(speller.notation.letters).get("L", "L"))
