r"""
How high LaTeX sets a formula, without running it: TeX's rules for fractions, scripts, roots and delimiters.

Reads what `latex_emitter` writes.  The numbers are those of Computer Modern at 10 pt: the parameters of cmsy10, cmmi10 and cmex10
(*The TeXbook*, appendix G).  What is not known has the height of a capital letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\S", re.DOTALL)

# Styles of TeX, and how large each is; what stands above a bar or in a script is in the style after the next.
DISPLAY, TEXT, SCRIPT, SMALLEST = range(4)
_SCALE = (1.0, 1.0, 0.7, 0.5)

OPEN = "{"
AXIS, RULE, X_HEIGHT = 2.5, 0.4, 4.31
_NUMERATOR, _DENOMINATOR = (6.77, 3.94, 3.94, 3.94), (6.86, 3.45, 3.45, 3.45)
_SUPERSCRIPT, _SUBSCRIPT, _SUBSCRIPT_BELOW = 4.13, 1.5, 2.47
_DELIMITERS = (10.0, 12.0, 18.0, 24.0, 30.0)
_BIG = {"big": (8.5, 3.5), "Big": (11.5, 6.5), "bigg": (14.5, 9.5), "Bigg": (17.5, 12.5)}
_TALL = frozenset("bdfhkltABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_DEEP = frozenset("fgjpqy,;Q")
_GREEK_TALL = frozenset({"beta", "delta", "zeta", "theta", "lambda", "xi", "phi", "psi"})
_GREEK_LOW = frozenset({"alpha", "epsilon", "iota", "kappa", "nu", "pi", "sigma", "tau", "upsilon", "omega", "cdot", "odot"})
_GREEK_DEEP = frozenset({"beta", "gamma", "zeta", "eta", "mu", "xi", "rho", "phi", "chi", "psi"})
_NOTHING = frozenset({"quad", "qquad", ",", ";", ":", "!", " ", "displaystyle", "footnotesize", "itshape", "raggedright"})
_FONTS = frozenset({"mathbf", "mathit", "mathrm", "operatorname", "mathopen", "mathbb", "boldsymbol"})


class Extent(NamedTuple):
    """How far something reaches above and below the line it stands on, in points."""

    above: float
    below: float


EMPTY = Extent(0.0, 0.0)
WORD = Extent(7.5, 2.5)


def extent(latex: str) -> Extent:
    r"""
    Return how far a formula in display style reaches above and below its line, in points.

    >>> extent(r"\frac{a}{b}").above > 1.5 * extent("A").above
    True
    """
    return _Reader(latex).run(DISPLAY)


def _together(parts: Iterator[Extent]) -> Extent:
    above = below = 0.0
    for part in parts:
        above, below = max(above, part.above), max(below, part.below)
    return Extent(above, below)


class _Reader:
    def __init__(self, latex: str) -> None:
        self.tokens = _TOKEN.findall(latex)
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def run(self, style: int, *ends: str) -> Extent:
        """Read up to one of the tokens that end it, or to the end."""
        return _together(self.items(style, ends))

    def items(self, style: int, ends: tuple[str, ...]) -> Iterator[Extent]:
        while (token := self.peek()) and token not in ends:
            yield self.scripted(style)

    def argument(self, style: int) -> Extent:
        if self.peek() == OPEN:
            self.take()
            inner = self.run(style, "}")
            self.take()
            return inner
        return self.nucleus(style) if self.peek() else EMPTY

    def skip(self) -> str:
        """Pass over an argument; return its text."""
        if self.peek() != "{":
            return self.take()
        depth, begin = 0, self.at
        while token := self.take():
            depth += {"{": 1, "}": -1}.get(token, 0)
            if depth == 0:
                break
        return "".join(self.tokens[begin + 1 : self.at - 1])

    def scripted(self, style: int) -> Extent:
        name = self.peek()
        base = self.nucleus(style)
        scripts = {}
        while self.peek() in {"^", "_", "'"}:
            sign = self.take()
            smaller = min(SMALLEST, max(style, TEXT) + 1)
            script = Extent(4.5, 0.0) if sign == "'" else self.argument(smaller)
            scripts["^" if sign == "'" else sign] = script
        if not scripts:
            return base
        above, below = scripts.get("^"), scripts.get("_")
        if name in {r"\underbrace", r"\sum"} and style == DISPLAY:  # as limits
            top = base.above + (3.0 + above.above + above.below if above else 0.0)
            return Extent(top, base.below + (3.0 + below.above + below.below if below else 0.0))
        return _with_scripts(base, above, below, _SCALE[style])

    def nucleus(self, style: int) -> Extent:
        token, scale = self.take(), _SCALE[style]
        if token == OPEN:
            inner = self.run(style, "}")
            self.take()
            return inner
        if not token.startswith("\\"):
            return Extent(scale * _letter_above(token), scale * _letter_below(token))
        return self.command(token[1:], style)

    def command(self, name: str, style: int) -> Extent:
        scale = _SCALE[style]
        if name in _NOTHING:
            return EMPTY
        if name in _FONTS:
            return self.argument(style)
        match name:
            case "frac" | "dfrac" | "tfrac":
                return self.fraction(TEXT if name == "tfrac" and style == DISPLAY else style)
            case "sqrt":
                return _root(self.argument(style), style)
            case "left":
                return self.delimited(style)
            case "textcolor":
                self.skip()
                return self.argument(style)
            case "text" | "bpreason" | "bplayer":  # an index of a layer may be in brackets
                self.skip()
                return Extent(WORD.above * scale, WORD.below * scale)
            case "hat":
                inner = self.argument(style)
                return Extent(inner.above + 2.7 * scale, inner.below)
            case "underbrace":
                inner = self.argument(style)
                return Extent(inner.above, inner.below + 10.0)
            case "underline":
                inner = self.argument(style)
                return Extent(inner.above, inner.below + 2.0)
            case "rule":
                self.skip()
                height = re.match(r"[\d.]+(?=em)", self.skip())
                return Extent(10.0 * float(height[0]) if height else X_HEIGHT, 0.0)
            case "hspace":
                self.skip()
                return EMPTY
            case "begin":
                return self.rows(self.skip(), style)
            case "sum" | "prod":
                return Extent(9.5, 4.5) if style == DISPLAY else Extent(7.5 * scale, 2.5 * scale)
            case _:
                return self.sign(name, scale)

    def sign(self, name: str, scale: float) -> Extent:
        stem = name[:-1] if name[-1:] in {"l", "r"} else name
        if stem in _BIG:
            self.take()
            above, below = _BIG[stem]
            return Extent(above * scale, below * scale)
        above = X_HEIGHT if name in _GREEK_LOW | _GREEK_DEEP - _GREEK_TALL else 7.5
        deep = name in _GREEK_DEEP or name in {"lvert", "rvert", "surd", "}", "{"}
        return Extent(above * scale, (2.5 if deep else 0.0) * scale)

    def fraction(self, style: int) -> Extent:
        inner, scale = min(SMALLEST, style + 1), _SCALE[style]
        top, bottom = self.argument(inner), self.argument(inner)
        clear = (3.0 if style == DISPLAY else 1.0) * RULE * scale
        up, down = _NUMERATOR[style] * scale, _DENOMINATOR[style] * scale
        bar = RULE * scale / 2
        up += max(0.0, clear - (up - top.below - AXIS * scale - bar))
        down += max(0.0, clear - (AXIS * scale - bar - (bottom.above - down)))
        return Extent(up + top.above, down + bottom.below)

    def delimited(self, style: int) -> Extent:
        self.take()
        inner = self.run(style, r"\right")
        self.take()
        self.take()
        return _delimited(inner, _SCALE[style])

    def rows(self, environment: str, style: int) -> Extent:
        """Read the rows of cases or of a matrix."""
        stretch, body, total = (1.2, TEXT, 0.0) if environment == "cases" else (1.0, TEXT, 0.0)
        while self.peek() and self.peek() != r"\end":
            row = self.run(body, r"\\", r"\end")
            total += max(8.4 * stretch, row.above) + max(3.6 * stretch, row.below)
            if self.peek() == r"\\":
                self.take()
        self.take()
        self.skip()
        half = total / 2
        return _delimited(Extent(half + AXIS, half - AXIS), _SCALE[style])


def _letter_above(char: str) -> float:
    return 7.5 if char in "()[]|/" else 7.0 if char in _TALL else 5.9 if char in "+-=<>" else 0.0 if char in "&.," else X_HEIGHT


def _letter_below(char: str) -> float:
    return 2.5 if char in "()[]|/" else 2.0 if char in _DEEP else 0.9 if char in "+-=<>" else 0.0


def _delimited(inner: Extent, scale: float) -> Extent:
    axis = AXIS * scale
    half = max(inner.above - axis, inner.below + axis)
    least = max(2 * half * 0.901, 2 * half - 5.0)
    size = next((size * scale for size in _DELIMITERS if size * scale >= least), least + 1.5)
    return Extent(max(inner.above, size / 2 + axis), max(inner.below, size / 2 - axis))


def _root(inner: Extent, style: int) -> Extent:
    """Return a radical: TeX takes the next size of the sign, and shares what it has too much above and below."""
    scale = _SCALE[style]
    clear = RULE * scale + (X_HEIGHT if style == DISPLAY else RULE) * scale / 4
    need = sum(inner) + clear
    size = next((size * scale for size in _DELIMITERS if size * scale >= need), need + 3.0)
    clear += max(0.0, size - need) / 2
    return Extent(inner.above + clear + RULE * scale, max(inner.below, size - inner.above - clear))


def _with_scripts(base: Extent, above: Extent | None, below: Extent | None, scale: float) -> Extent:
    high, low = base
    built = base.above > 8.0 * scale
    up = down = 0.0
    if above:
        up = max(base.above - 3.86 * 0.7 if built else 0.0, _SUPERSCRIPT * scale, above.below + X_HEIGHT * scale / 4)
        high = max(high, up + above.above)
    if below:
        down = (base.below + 0.5 * 0.7) if base.below > 2.5 * scale or built else 0.0
        down = max(down, (_SUBSCRIPT_BELOW if above else _SUBSCRIPT) * scale, below.above - 0.8 * X_HEIGHT * scale)
        if above:
            down += max(0.0, 4 * RULE - ((up - above.below) - (below.above - down)))
            lift = max(0.0, 0.8 * X_HEIGHT * scale - (up - above.below))
            high, down = max(high, up + lift + above.above), down - lift
        low = max(low, down + below.below)
    return Extent(high, low)
