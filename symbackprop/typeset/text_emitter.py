"""Plain characters: Unicode, ASCII, and plain names to be read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from symbackprop.expr import Exact
from symbackprop.functions import FUNCTIONS
from symbackprop.notation import GREEK, Name, Ratio, index_runs
from symbackprop.typeset.boxes import ATOM, NEGATIVE, POWER, PRODUCT, QUOTIENT, Box
from symbackprop.typeset.decimals import decimal_text
from symbackprop.typeset.emitter import Emitter
from symbackprop.typeset.marks import BRACE_LABEL, BRACE_OFF, BRACE_ON, TINT_COUNT, TINT_OFF, TINT_ON


@dataclass(frozen=True)
class Charset:
    """What a text emitter puts where; `units` says that a component of softmax has its number at the name."""

    minus: str
    dot: str
    partial: str
    relations: tuple[tuple[str, str], ...]
    greek: bool
    scripts: bool
    ten: str
    infinity: str
    bars: bool
    tags: tuple[str, str, str]
    spaced: bool = True
    units: bool = True


UNICODE = Charset(
    "−", "·", "∂", (("<=", "≤"), (">=", "≥")),
    greek=True, scripts=True, ten="·10", infinity="∞", bars=True, tags=("╰", "┬", "╯"),
)  # fmt: skip
ASCII = Charset(
    "-", "*", "d", (("≈", "~="), ("←", "<-"), ("→", "->"), ("≤", "<="), ("≥", ">="), ("≠", "!=")),
    greek=False, scripts=False, ten="e", infinity="inf", bars=False, tags=("\\", "+", "/"),
)  # fmt: skip

_VULGAR = {Fraction(1, 2): "½", Fraction(1, 3): "⅓", Fraction(2, 3): "⅔", Fraction(1, 4): "¼", Fraction(3, 4): "¾"}
_ABOVE = str.maketrans("0123456789-+lLstr", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ˡᴸˢᵗʳ")
_BELOW = str.maketrans("0123456789aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_LOWERABLE = frozenset("aehijklmnoprstuvx")

COMBINING_HAT = "\u0302"


class Text(Emitter):
    """Plain characters: Unicode for terminals, ASCII where nothing else can be printed, and plain names to be read back."""

    def __init__(self, charset: Charset = UNICODE, *, colour: bool = False) -> None:
        self.charset = charset
        self.colour = colour

    def name(self, name: Name) -> Box:
        """Return letter, indices below, layer and sample above."""
        if not self.charset.scripts:
            written = "..." if name.letter == "…" else name.written or name.plain
            return Box(written, len(written))
        above = f"⁽{str(name.layer).translate(_ABOVE)}⁾" if name.layer else ""
        mark = "ˢ" if isinstance(name.sample, int) else ""
        above += f"⁽{mark}{str(name.sample).translate(_ABOVE)}⁾" if name.sample else ""
        runs = [run for index in name.indices for run in index_runs(index)]
        simple = all(kind == "digits" or (kind == "letter" and run in _LOWERABLE) for kind, run in runs)
        letter = GREEK[name.letter] if name.style == "greek" else name.letter
        letter += COMBINING_HAT if name.hat else ""
        if name.style in {"word", "roman"}:
            text = name.written or name.plain
        elif simple:
            text = letter + (("," if name.comma else "").join(name.indices)).translate(_BELOW)
        else:
            text = "_".join((letter, *name.indices))
        return Box(text + above, len(text) - name.hat + len(above), ATOM, 1 if above else 0)

    def ratio(self, ratio: Ratio, top: Box, bottom: Box) -> Box:
        """Return ∂top/∂bottom on one line."""
        d = "d" if ratio.ordinary else self.charset.partial
        direct = "|direct" if ratio.direct else ""
        text = f"{d}{top.text}/{d}{bottom.text}{direct}"
        return Box(text, len(text), PRODUCT, 0, "fraction", "fraction")

    def number(self, value: Exact, *, decimal: bool, small: bool) -> Box:  # noqa: ARG002 - the size matters only in print
        """Return 3, 0.15, 3/20 or ½."""
        if isinstance(value, int) or value.denominator == 1:
            return Box(str(value), len(str(value)), ATOM, 0, "number", "number")
        written = decimal_text(value) if decimal else None
        if written is None and self.charset.scripts:
            written = _VULGAR.get(value)
        if written is not None:
            return Box(written, len(written), ATOM, 0, "number", "number")
        text = f"{value.numerator}/{value.denominator}"
        return Box(text, len(text), QUOTIENT, 0, "number", "number")

    def numeral(self, text: str) -> Box:
        """Return 0.3775, 3/20 or 6.684·10⁻⁴."""
        if text in {"inf", "nan"}:
            shown = self.charset.infinity if text == "inf" else text
            return Box(shown, len(shown))
        mantissa, _, exponent = text.partition("e")
        if exponent and self.charset.scripts:
            text = mantissa + self.charset.ten + str(int(exponent)).translate(_ABOVE)
        binding = QUOTIENT if "/" in text else PRODUCT if exponent and self.charset.scripts else ATOM
        return Box(text, len(text), binding, 0, "number", "number")

    def constant(self, name: str) -> Box:
        """Return π or pi."""
        return Box("π", 1) if name == "pi" and self.charset.greek else Box(name, len(name))

    def negative(self, body: Box) -> Box:
        """Return a minus sign and a body."""
        return Box(self.charset.minus + body.text, body.width + 1, NEGATIVE, body.height, body.head, body.tail)

    def sign(self, *, negative: bool, start: bool) -> Box:
        """Return the sign with spaces."""
        sign = self.charset.minus if negative else "+"
        return Box(f"{sign} ", 2) if start else Box(f" {sign} ", 3)

    def times(self, left: Box, right: Box, *, whole: bool) -> Box:
        """Return a dot or a star, with space around it between derivatives."""
        wide = whole or (self.charset.spaced and "fraction" in {left.tail, right.head})
        return Box(f" {self.charset.dot} ", 3) if wide else Box(self.charset.dot, 1)

    def times_start(self) -> Box:
        """Return a dot and a space."""
        return Box(f"{self.charset.dot} ", 2)

    def parentheses(self, height: int, *, paired: bool = True) -> tuple[Box, Box]:  # noqa: ARG002 - one size
        """Return ( and )."""
        return Box("(", 1, head="group"), Box(")", 1, tail="group")

    def fraction(self, top: Box, bottom: Box, *, script: bool) -> Box:  # noqa: ARG002 - always with a slash
        """Return top/bottom."""
        above = top if top.binding >= PRODUCT and top.head != "fraction" else self.group(top)
        below = bottom if bottom.binding >= POWER else self.group(bottom)
        return Box(f"{above.text}/{below.text}", above.width + 1 + below.width, QUOTIENT, 0, above.head, "fraction")

    def power(self, base: Box, exponent: Box, value: Exact | None) -> Box:
        """Return x² or x^(n + 1)."""
        if self.charset.scripts and isinstance(value, int):
            raised = str(value).translate(_ABOVE)
        elif exponent.binding == ATOM:
            raised = "^" + exponent.text
        else:
            raised = f"^({exponent.text})"
        return Box(base.text + raised, base.width + len(raised), POWER, 0, base.head, "symbol")

    def function(self, name: str) -> Box:
        """Return σ, ln, √ or the plain name."""
        row = FUNCTIONS.get(name)
        text = (row.text or name) if row and self.charset.scripts else name
        return Box(text, len(text))

    def subscripted(self, name: Box, index: int) -> Box:
        """Return softmax₁ or softmax_1."""
        lowered = str(index).translate(_BELOW) if self.charset.scripts else f"_{index}"
        return Box(name.text + lowered, name.width + len(lowered))

    def call(self, function: str, arguments: Sequence[Box], exponent: Box | None, index: int | None) -> Box:
        """Return f(x, y)."""
        if function == "abs" and self.charset.bars and "|" not in arguments[0].text:
            box = Box(f"|{arguments[0].text}|", arguments[0].width + 2, ATOM, 0, "function", "function")
        else:
            name = self.function(function)
            if name.text == "√" and arguments[0].binding == ATOM and arguments[0].head in {"number", "symbol"}:
                return Box(f"√{arguments[0].text}", 1 + arguments[0].width, ATOM, 0, "function", "function")
            if index is not None and self.charset.units:
                name, index = self.subscripted(name, index), None
            parts = arguments if index is None else [Box(str(index), len(str(index))), *arguments]
            text = ", ".join(part.text for part in parts)
            width = sum(part.width for part in parts) + 2 * len(parts)
            box = Box(f"{name.text}({text})", name.width + width, ATOM, 0, "function", "function")
        return box if exponent is None else self.power(box, exponent, int(exponent.text))

    def cases(self, branches: Sequence[tuple[Box, Box]], otherwise: Box) -> Box:
        """Return (value if condition else other), as in Python."""
        text = "".join(f"{value.text} if {test.text} else " for value, test in branches)
        width = sum(value.width + test.width + 10 for value, test in branches) + otherwise.width + 2
        return Box(f"({text}{otherwise.text})", width, ATOM, 0, "group", "group")

    def relation(self, symbol: str) -> Box:
        """Return the relation's sign with spaces; the cross of a shape has none."""
        if symbol == "×":
            return Box(symbol, 1)
        text = f" {dict(self.charset.relations).get(symbol, symbol)} "
        return Box(text, len(text))

    def comma(self) -> Box:
        """Return a comma and a space."""
        return Box(", ", 2)

    def bare_comma(self) -> Box:
        """Return a comma."""
        return Box(",", 1)

    def tint(self, body: Box, colour: int) -> Box:
        """Return the body between marks that the terminal turns into colour."""
        if not self.colour or not body.text or colour >= TINT_COUNT:
            return body
        return body._replace(text=f"{TINT_ON}{chr(0x30 + colour)}{body.text}{TINT_OFF}")

    def brace(self, body: Box, label: Box) -> Box:
        """Return the body between marks that the layout turns into a line with the label under it."""
        return body._replace(text=f"{BRACE_ON}{body.text}{BRACE_LABEL}{label.text}{BRACE_OFF}")

    def nabla(self, of: Box) -> Box:
        """Return ∇f, or grad f."""
        sign = "∇" if self.charset.greek else "grad "
        return Box(sign + of.text, of.width + len(sign), ATOM)

    def beside(self, *, roomy: bool = False) -> Box:
        """Return a space, or three; in ASCII the sign of NumPy."""
        sign = " " if self.charset.scripts else " @ "
        return Box(sign * 3, 3 * len(sign)) if roomy else Box(sign, len(sign))

    def hadamard(self) -> Box:
        """Return ⊙ or *."""
        sign = " ⊙ " if self.charset.scripts else " * "
        return Box(sign, 3)

    def grid(self, rows: Sequence[Sequence[Box]]) -> Box:
        """Return [1 2; 3 4], with commas where an entry has spaces of its own."""
        gap = ", " if any(" " in box.text for row in rows for box in row if len(row) > 1) else " "
        text = "[" + "; ".join(gap.join(box.text for box in row) for row in rows) + "]"
        width = sum(box.width + (len(gap) if i else 0) for row in rows for i, box in enumerate(row)) + 2 * len(rows)
        return Box(text, width, ATOM, 0, "group", "group")

    def transposed(self, body: Box) -> Box:
        """Return Wᵀ or W.T."""
        mark = "ᵀ" if self.charset.scripts else ".T"
        return Box(body.text + mark, body.width + len(mark), POWER, 1, body.head, "symbol")

    def ones(self, size: str) -> Box:
        """Return 1 with its length below."""
        if not self.charset.scripts:
            return Box(f"ones({size})", len(size) + 6)
        lowered = size.translate(_BELOW) if all(c.isdigit() or c in _LOWERABLE for c in size) else f"_{size}"
        return Box("1" + lowered, 1 + len(lowered), ATOM, 0, "symbol", "symbol")

    def primed(self, function: str, argument: Box) -> Box:
        """Return σ′(z)."""
        name = self.function(function)
        mark = "′" if self.charset.scripts else "'"
        return Box(f"{name.text}{mark}({argument.text})", name.width + argument.width + 3, ATOM, 0, "function", "function")

    def summed(self, index: str, size: str) -> Box:  # noqa: ARG002 - the size is said once, at the top
        """Return Σₖ."""
        if not self.charset.scripts:
            return Box(f"sum_{index} ", len(index) + 5)
        below = index.translate(_BELOW) if index in _LOWERABLE else f"_{index}"
        return Box(f"Σ{below} ", 2 + len(below), PRODUCT, 0, "symbol", "symbol")

    def operator(self, variable: Box, *, ordinary: bool) -> Box:
        """Return ∂/∂x."""
        d = "d" if ordinary else self.charset.partial
        return Box(f"{d}/{d}{variable.text} ", variable.width + 4, PRODUCT, 0, "fraction", "fraction")
