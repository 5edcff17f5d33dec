"""
From expressions to lines of letters with their places: indices below, layers above, each run where it stands.

The walk over expressions is that of `typeset`; the emitter here marks what is italic, raised or lowered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from symbackprop.diagrams.figure import LONGEST_NAME, Run, Writing, legible
from symbackprop.diagrams.metrics import width_of
from symbackprop.expr import Call, Exact, Expr, Symbol, substitute, symbols
from symbackprop.notation import GREEK, Name, Speller, index_runs
from symbackprop.typeset.boxes import ATOM, POWER, PRODUCT, QUOTIENT, Box
from symbackprop.typeset.breaking import Typesetter
from symbackprop.typeset.latex_emitter import Latex
from symbackprop.typeset.marks import plain_text
from symbackprop.typeset.text_emitter import COMBINING_HAT, UNICODE, Text

NAME, NUMBER, NOTE = 16.0, 12.5, 13.0
SCRIPT, RAISED, LOWERED = 0.68, 0.44, 0.26
# How far letters reach above and below the line they stand on, in em.
RISE, DROP = 0.69, 0.22

_BELOW, _ABOVE, _LEVEL, _ITALIC, _UPRIGHT, _BOLD = "\ue000\ue001\ue002\ue003\ue004\ue005"
_LETTERS_OF_LATEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


class _Marked(Text):
    """Text in which marks say what is italic, below and above."""

    def __init__(self) -> None:
        super().__init__(UNICODE)

    def name(self, name: Name) -> Box:
        """Return a letter, and its indices below and layer above as marks."""
        letter = GREEK[name.letter] if name.style == "greek" else name.letter
        if name.style == "word" and not name.indices and len(name.letter) > 1:
            letter = legible(name.written or name.letter, LONGEST_NAME)
        letter = legible(letter, LONGEST_NAME) + (COMBINING_HAT if name.hat else "")
        body = letter if name.style == "roman" or letter in _CAPITALS else f"{_ITALIC}{letter}{_UPRIGHT}"
        comma = "," if name.comma else ""
        below = comma.join("".join(_index(kind, run) for kind, run in index_runs(legible(i, LONGEST_NAME))) for i in name.indices)
        scripts = f"{_BELOW}{below}{_ABOVE}{name.superscript}{_LEVEL}" if below or name.superscript else ""
        return Box(body + scripts, len(letter) + 1)

    def numeral(self, text: str) -> Box:
        """Return 0.3775 or 6.684·10 to a raised −4."""
        mantissa, _, exponent = text.partition("e")
        if not exponent or text in {"inf", "nan"}:
            return super().numeral(text)
        return Box(f"{mantissa}·10{_BELOW}{_ABOVE}{str(int(exponent)).replace('-', '−')}{_LEVEL}", len(text), ATOM)

    def power(self, base: Box, exponent: Box, value: Exact | None) -> Box:  # noqa: ARG002 - any exponent is raised
        """Return the base with the exponent above."""
        flat = "".join(char for char in exponent.text if char not in {_BELOW, _ABOVE, _LEVEL})
        raised = base.text.endswith(_LEVEL) and base.text[-2] != _ABOVE
        body = f"({base.text})" if raised else base.text
        return Box(f"{body}{_BELOW}{_ABOVE}{flat}{_LEVEL}", base.width + len(flat), POWER, 0, base.head, "symbol")


class _Flat(Latex):
    """LaTeX on one line, as high as the table expects: quotients with a slash."""

    def __init__(self) -> None:
        super().__init__(inline=True, spelled=True)

    def fraction(self, top: Box, bottom: Box, *, script: bool) -> Box:  # noqa: ARG002 - always with a slash
        """Return top/bottom."""
        above = top if top.binding >= PRODUCT and top.head != "fraction" else self.group(top)
        below = bottom if bottom.binding >= POWER else self.group(bottom)
        return Box(f"{above.text}/{below.text}", above.width + 1 + below.width, QUOTIENT, 0, above.head, "fraction")

    def cases(self, branches: Sequence[tuple[Box, Box]], otherwise: Box) -> Box:
        """Return (value if condition else other), as everywhere in a picture."""
        text = "".join(rf"{value.text} \text{{ if }} {test.text} \text{{ else }} " for value, test in branches)
        width = sum(value.width + test.width + 10 for value, test in branches) + otherwise.width + 2
        return Box(f"({text}{otherwise.text})", width, ATOM, 0, "group", "group")

    def number(self, value: Exact, *, decimal: bool, small: bool) -> Box:  # noqa: ARG002 - a half is always small
        """Return 3, 0.15, a small half, or 3/20."""
        box = super().number(value, decimal=decimal, small=True)
        if "frac" not in box.text or value in _SMALL:
            return box
        return Box(f"{value.numerator}/{value.denominator}", box.width, QUOTIENT, 0, "number", "number")


_SMALL = frozenset(Fraction(n, d) for n, d in ((1, 2), (1, 3), (2, 3), (1, 4), (3, 4)))
_CAPITALS = frozenset("ΓΔΘΛΞΣΦΨΩ")


def _index(kind: str, run: str) -> str:
    if kind == "greek":
        run = GREEK[run]
    return f"{_ITALIC}{run}{_UPRIGHT}" if kind in {"letter", "greek"} else run


@dataclass(frozen=True)
class Scribe:
    """Writes expressions, numbers and sentences as `Writing`, in the spelling of one derivation."""

    speller: Speller

    @cached_property
    def _marked(self) -> Typesetter:
        return Typesetter(_Marked(), self.speller)

    @cached_property
    def _latex(self) -> Typesetter:
        return Typesetter(_Flat(), self.speller)

    @cached_property
    def _plain(self) -> Typesetter:
        return Typesetter(Text(UNICODE), self.speller)

    def expression(self, expr: Expr, size: float = NAME) -> Writing:
        """Write an expression on one line."""
        return written(self._marked.text(expr), size, f"${self._latex.text(expr)}$", self.said(expr))

    def symbol(self, name: str, size: float = NAME) -> Writing:
        """Write a quantity by its plain name."""
        return self.expression(Symbol(name), size)

    def number(self, numeral: Expr, size: float = NUMBER) -> Writing:
        """Write a number as it is shown everywhere, its decimals as given."""
        shown = self.expression(numeral, size)
        return replace(shown, latex=shown.latex.replace(r" \cdot ", r"{\cdot}"))

    def signed(self, sign: str, constant: Expr, size: float) -> Writing:
        """Write a sign of mathematics before a number: +1, ×2."""
        lead = {"×": r"\times ", "÷": r"\div "}.get(sign, sign)
        latex = f"${lead}{self._latex.text(constant)}$"
        return written(f"{sign}{self._marked.text(constant)}", size, latex, f"{sign}{self.said(constant)}")

    def equation(self, sides: Sequence[Expr], size: float) -> Writing:
        """Write "left = right = …"."""
        marked = " = ".join(self._marked.text(side) for side in sides)
        latex = " = ".join(self._latex.text(side) for side in sides)
        return written(marked, size, f"${latex}$", " = ".join(self.said(side) for side in sides))

    def times_slope(self, slope: Expr, size: float) -> Writing:
        """Write "× σ′(z)"."""
        return written(f"×{self._marked.text(slope)}", size, rf"$\times {self._latex.text(slope)}$", f"×{self.said(slope)}")

    def unary(self, expr: Expr, size: float) -> Writing:
        """Write an expression in one symbol with a dot in parentheses for it: (·)²."""
        put = substitute(expr, dict.fromkeys(symbols(expr), Symbol("·")))
        called = isinstance(expr, Call)
        marked = self._marked.text(put).replace(f"{_ITALIC}·{_UPRIGHT}", "·" if called else "(·)")
        latex = self._latex.text(put).replace("·", r"{\cdot}" if called else r"(\cdot)")
        return written(marked, size, f"${latex}$", self.said(put))

    def function(self, name: str, size: float, index: object = None) -> Writing:
        """Write the name of a function, and the number of the unit where it is of a whole layer."""
        marked = self._marked.emitter.function(name).text.replace("_", "-")
        latex = self._latex.emitter.function(name).text
        if index is not None:
            marked, latex = f"{marked}{_BELOW}{index}{_ABOVE}{_LEVEL}", f"{latex}_{{{index}}}"
        return written(marked, size, f"${latex}$", f"{self.said(Symbol(name))} {index or ''}".strip())

    def said(self, expr: Expr) -> str:
        """Return an expression as plain text for tooltips."""
        return legible(plain_text(self._plain.text(expr)), 4 * LONGEST_NAME)


def text(words: str, size: float = NOTE, *, latex: str | None = None, style: str = "roman") -> Writing:
    """Write words; `latex` is given where the words are a sign of mathematics."""
    shown = legible(words, 4 * LONGEST_NAME)
    mark = {"italic": _ITALIC, "bold": _BOLD}.get(style, _UPRIGHT)
    if latex is None:
        latex = rf"\textbf{{{latex_words(shown)}}}" if style == "bold" else latex_words(shown)
    return written(f"{mark}{shown}", size, latex, shown)


def latex_words(words: str) -> str:
    r"""
    Return words as LaTeX in which nothing is a command.

    >>> latex_words(r"50% of \input{x}")
    '50\\% of \\textbackslash{}input\\{x\\}'
    """
    return "".join(_LETTERS_OF_LATEX.get(char) or ("\\" + char if char in "#$%&_{}" else char) for char in words)


def written(marked: str, size: float, latex: str, plain: str) -> Writing:
    """Set a marked text: each run gets its place."""
    runs: list[Run] = []
    x, rise, drop = 0.0, RISE * size, 0.0
    start = below = 0.0
    shift, scale, style = 0.0, 1.0, "roman"
    for kind, part in _pieces(marked):
        match kind:
            case "_":
                start = below = x - 0.04 * size
                x = start
                shift, scale = LOWERED * size, SCRIPT
            case "^":
                below, x = x, start
                shift, scale = -RAISED * size, SCRIPT
            case "=":
                x = max(x, below) + 0.03 * size
                shift, scale = 0.0, 1.0
            case "i" | "r" | "b":
                style = {"i": "italic", "r": "roman", "b": "bold"}[kind]
            case _:
                high = size * scale
                runs.append(Run(part, round(x, 2), round(shift, 2), round(high, 2), style))
                x += width_of(part, high, style)
                rise = max(rise, RISE * high - shift)
                drop = max(drop, shift + (DROP * high if any(c in "gjpqy,;()[]{}|Q/ζβγμξρφχψη" for c in part) else 0.0))
    return Writing(tuple(runs), x, rise, drop, latex, plain)


def _pieces(marked: str) -> Iterator[tuple[str, str]]:
    kinds = {_BELOW: "_", _ABOVE: "^", _LEVEL: "=", _ITALIC: "i", _UPRIGHT: "r", _BOLD: "b"}
    part = ""
    for char in marked:
        kind = kinds.get(char)
        if kind is None:
            part += char
            continue
        if part:
            yield "", part
            part = ""
        yield kind, ""
    if part:
        yield "", part
