"""
Constructs as a markup for print sets them: what each is made of, and how wide and high it gets, in em.

LaTeX and Typst have the same letters (New Computer Modern has the metrics of LaTeX's fonts), so that one geometry serves both.
A markup is a table of templates, and methods for what no template says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from symbackprop.expr import Exact
from symbackprop.notation import Ratio
from symbackprop.typeset.boxes import ATOM, NEGATIVE, POWER, PRODUCT, QUOTIENT, Box, Line
from symbackprop.typeset.decimals import decimal_text
from symbackprop.typeset.emitter import TRIGONOMETRIC, Emitter
from symbackprop.typeset.widths import SCRIPT, math_width

HIGHEST_CASES = 16

# Functions written without parentheses before a single letter.
_BARE = TRIGONOMETRIC | {"log"}


class Printed(Emitter):
    """A markup whose widths are in em; a template says `%s` where its parts go."""

    indent = 1.0

    # --- the table ---------------------------------------------------------------------------------------------

    infinity: str
    pi: str
    minus: str
    plus = "+"
    dot: str
    thin: str
    quad: str
    comma_text: str
    prime: str
    at_start: str  # a sign that begins a line, where it could be taken for that of a number
    over: str
    small_over: str
    slashed: str
    inline_over: str  # a derivative with a slash
    direct: str
    root: str
    bars: tuple[str, str]  # flat, and as high as what is between them
    broken_bars: tuple[str, str]  # the left one, and the right one on another line
    indicator: tuple[str, str]
    broken_indicator: tuple[str, str]
    gap: str  # between the name of a function and high parentheses
    lofty: tuple[str, ...]  # what makes an exponent too high for another exponent
    case: str
    otherwise: str
    cases_row: str
    cases_whole: str
    line: str
    underbrace: str
    gradient: str
    entrywise: str
    grid_entry: str
    grid_row: str
    grid_whole: str
    top: str
    one: str
    below: str
    sum_from_one: str
    relations: Mapping[str, str]
    tinted: str
    tints: tuple[str, ...]

    def __init__(self, *, colour: bool = False, inline: bool = False) -> None:
        self.colour = colour
        self.inline = inline

    # --- what no template says ---------------------------------------------------------------------------------

    def script(self, text: str) -> str:
        """Return what stands above or below another thing, held together."""
        raise NotImplementedError

    def letters(self, text: str) -> str:
        """Return the letters and digits of an index or a size."""
        raise NotImplementedError

    def differential(self, *, ordinary: bool) -> str:
        """Return d or ∂, ready to stand before a name."""
        raise NotImplementedError

    # --- numbers -----------------------------------------------------------------------------------------------

    def number(self, value: Exact, *, decimal: bool, small: bool) -> Box:
        """Return 3, 0.15, or a fraction, small where it is a coefficient."""
        if isinstance(value, int) or value.denominator == 1:
            return Box(str(value), 0.5 * len(str(value)), ATOM, 0, "number", "number")
        written = decimal_text(value) if decimal else None
        if written is not None:
            return Box(written, math_width(written), ATOM, 0, "number", "number" if small else "numeral")
        top, bottom = str(value.numerator), str(value.denominator)
        width = 0.5 * max(len(top), len(bottom)) * (0.75 if small else 1) + 0.24
        template = self.small_over if small else self.over
        return Box(template % (top, bottom), width, POWER, 1 if small else 2, "number", "number")

    def numeral(self, text: str) -> Box:
        """Return 0.3775, a fraction, or 6.684 · 10⁻⁴."""
        if text == "inf":
            return Box(self.infinity, 1.0)
        if text == "nan":
            return self.words(text)
        if "/" in text:
            return self.number(Fraction(text), decimal=False, small=False)
        mantissa, _, exponent = text.partition("e")
        if not exponent:
            return Box(text, math_width(text), ATOM, 0, "numeral", "numeral")
        power = str(int(exponent)).replace("-", self.minus)
        width = math_width(mantissa) + 1.8 + SCRIPT * math_width(power)
        return Box(f"{mantissa} {self.dot} 10^{self.script(power)}", width, PRODUCT, 1, "numeral", "numeral")

    def constant(self, name: str) -> Box:
        """Return π or e."""
        return Box(self.pi, 0.6) if name == "pi" else Box(name, math_width(name))

    # --- sums, products, fractions, powers ---------------------------------------------------------------------

    def negative(self, body: Box) -> Box:
        """Return a minus sign and a body."""
        return Box(f"{self.minus}{body.text}", body.width + 0.78, NEGATIVE, body.height, body.head, body.tail)

    def sign(self, *, negative: bool, start: bool) -> Box:
        """Return the sign; at the start of a line it is said to stand between two terms."""
        sign = self.minus if negative else self.plus
        return Box(f"{self.at_start % sign} ", 1.3) if start else Box(f" {sign} ", 1.23)

    def times(self, left: Box, right: Box, *, whole: bool) -> Box:
        """Return nothing between symbols, a dot where two things would run together."""
        if self.needs_dot(left, right, whole=whole):
            return Box(f" {self.dot} ", 0.73)
        return Box(f" {self.thin} ", 0.17) if left.tail == "group" or right.head == "function" else Box(" ", 0.0)

    def times_start(self) -> Box:
        """Return a dot between two factors."""
        return Box(f"{self.at_start % self.dot} ", 0.73)

    def fraction(self, top: Box, bottom: Box, *, script: bool) -> Box:
        """Return a fraction; with a slash in exponents."""
        if script:
            above = top if top.binding >= PRODUCT else self.group(top)
            below = bottom if bottom.binding >= POWER else self.group(bottom)
            width = above.width + 0.5 + below.width
            return Box(self.slashed % (above.text, below.text), width, QUOTIENT, above.height, above.head, below.tail)
        width, height = max(top.width, bottom.width) + 0.24, max(1, top.height) + max(1, bottom.height)
        return Box(self.over % (top.text, bottom.text), width, POWER, height, "fraction", "fraction")

    def splits_fractions(self) -> bool:
        """Return True: a fraction cannot be broken."""
        return True

    def power(self, base: Box, exponent: Box, value: Exact | None) -> Box:  # noqa: ARG002 - the box has it all
        """Return the base with its exponent."""
        width, height = base.width + 0.85 * exponent.width + 0.05, max(base.height, exponent.height > 0)
        tail = "group" if base.tail == "group" else "symbol"
        return Box(f"{base.text}^{self.script(exponent.text)}", width, POWER, height, base.head, tail)

    def exponential(self, argument: Callable[[], Box]) -> Box | None:
        """Return e to the power of what is short and flat."""
        box = argument()
        if box.width > 6 or box.height > 1 or any(mark in box.text for mark in self.lofty):
            return None
        return Box(f"e^{self.script(box.text)}", 0.47 + 0.85 * box.width, POWER, 1, "symbol", "symbol")

    # --- derivatives -------------------------------------------------------------------------------------------

    def ratio(self, ratio: Ratio, top: Box, bottom: Box) -> Box:
        """Return a derivative: a fraction, or a slash within a line of words."""
        d = self.differential(ordinary=ratio.ordinary)
        above, below = d + top.text, d + bottom.text
        if self.inline and not ratio.direct:
            width = top.width + bottom.width + 1.6
            return Box(self.inline_over % (above, below), width, PRODUCT, 1, "fraction", "fraction")
        text, width = self.over % (above, below), max(top.width, bottom.width) + 0.84
        if ratio.direct:
            text, width = self.direct % text, width + 2.3
        return Box(text, width, POWER, 2, "fraction", "fraction")

    def operator(self, variable: Box, *, ordinary: bool) -> Box:
        """Return d/dx or ∂/∂x, which act on what follows."""
        d = self.differential(ordinary=ordinary)
        text = self.over % (d.strip(), f"{d.strip()} {variable.text}")
        return Box(text, variable.width + 0.8, PRODUCT, 2, "fraction", "fraction")

    def nabla(self, of: Box) -> Box:
        """Return the nabla and the quantity."""
        return Box(self.gradient % of.text, of.width + 0.85, ATOM)

    # --- functions ---------------------------------------------------------------------------------------------

    def subscripted(self, name: Box, index: int) -> Box:
        """Return the name with a number below."""
        return name._replace(text=f"{name.text}_{self.script(str(index))}", width=name.width + 0.4 * len(str(index)))

    def opening(self, function: str, height: int, index: int | None) -> tuple[Box, Box]:
        """Return σ( and ); a root is written as a power, because a radical cannot be broken."""
        left, right = self.parentheses(height, paired=False)
        match function:
            case "sqrt":
                return left, Box(f"{right.text}^{self.script(self.slashed % ('1', '2'))}", right.width + 1.2)
            case "abs":
                return Box(self.broken_bars[0], 0.4, head="group"), Box(self.broken_bars[1], 0.4)
            case "step":
                return Box(self.broken_indicator[0], 1.0, head="function"), Box(self.broken_indicator[1], 2.2)
            case _:
                return super().opening(function, height, index)

    def call(self, function: str, arguments: Sequence[Box], exponent: Box | None, index: int | None) -> Box:
        """Return σ(z), ln a, a radical, |x|, 1[z > 0]."""
        argument = arguments[0]
        high = argument.height >= 2
        if function == "sqrt":
            return Box(self.root % argument.text, argument.width + 0.85, ATOM, max(1, argument.height), "function", "symbol")
        if function == "abs":
            return Box(self.bars[high] % argument.text, argument.width + 0.6, ATOM, argument.height, "group", "group")
        if function == "step":
            text = self.indicator[high] % argument.text
            return Box(text, argument.width + 3.0, ATOM, argument.height, "function", "function")
        name = self.function(function) if index is None else self.subscripted(self.function(function), index)
        text, width, height = name.text, name.width, max(part.height for part in arguments)
        if exponent is not None:
            text, width = f"{text}^{self.script(exponent.text)}", width + SCRIPT * exponent.width
        if function in _BARE and argument.binding == ATOM and argument.head == argument.tail == "symbol":
            return Box(f"{text} {argument.text}", width + 0.17 + argument.width, POWER, height, "function", "bare")
        left, right = self.parentheses(height)
        gap = self.gap if height >= 2 else ""
        inside = self.comma().text.join(part.text for part in arguments)
        width += sum(part.width for part in arguments) + 0.45 * (len(arguments) - 1) + 2 * left.width
        return Box(f"{text}{gap}{left.text}{inside}{right.text}", width, ATOM, height, "function", "function")

    def primed(self, function: str, argument: Box) -> Box:
        """Return the function's name with a prime, applied."""
        left, right = self.parentheses(argument.height)
        name = self.function(function)
        width = name.width + 0.3 + argument.width + left.width + right.width
        text = f"{name.text}{self.prime}{left.text}{argument.text}{right.text}"
        return Box(text, width, ATOM, argument.height, "function", "function")

    def cases(self, branches: Sequence[tuple[Box, Box]], otherwise: Box) -> Box:
        """Return values and conditions after a brace."""
        rows = [*(self.case % (value.text, test.text) for value, test in branches), self.otherwise % otherwise.text]
        left = max(otherwise.width, *(value.width for value, _ in branches))
        right = max(4.2, *(test.width + 1.0 for _, test in branches))
        text = self.cases_whole % self.cases_row.join(rows)
        return Box(text, left + right + 2.0, ATOM, 1 + len(rows), "fraction", "fraction")

    def stacked_cases(self, rows: Sequence[Box]) -> Box | None:
        """Return a brace with a condition below its value; None where it would be too high for a page."""
        if len(rows) > HIGHEST_CASES:
            return None
        text = self.cases_whole % self.cases_row.join(row.text for row in rows)
        return Box(text, max(row.width for row in rows) + 1.5, ATOM, max(3, 1 + len(rows)), "fraction", "fraction")

    # --- matrices ----------------------------------------------------------------------------------------------

    def beside(self, *, roomy: bool = False) -> Box:
        """Return a thin space, or three."""
        return Box(f" {self.thin} " * (3 if roomy else 1), 0.51 if roomy else 0.17)

    def hadamard(self) -> Box:
        """Return ⊙ as a sign between two factors."""
        return Box(f" {self.entrywise} ", 1.22)

    def grid(self, rows: Sequence[Sequence[Box]]) -> Box:
        """Return a matrix in brackets."""
        body = self.grid_row.join(self.grid_entry.join(box.text for box in row) for row in rows)
        width = max(sum(box.width + 1 for box in row) for row in rows) + 1
        return Box(self.grid_whole % body, width, ATOM, 2, "group", "group")

    def transposed(self, body: Box) -> Box:
        """Return the body with ⊤ above, in parentheses where it has something there already."""
        base = self.group(body) if "^" in body.text and body.head != "group" else body
        return Box(f"{base.text}^{self.script(self.top)}", base.width + 0.55, POWER, 1, base.head, "symbol")

    def ones(self, size: str) -> Box:
        """Return a bold 1 with its length below."""
        below = self.below % self.letters(size) if size else ""
        return Box(f"{self.one}{below}", 0.58 + 0.4 * len(size), ATOM, 0, "symbol", "symbol")

    def summed(self, index: str, size: str) -> Box:
        """Return the sum's sign with its index below and the last one above."""
        return Box(self.sum_from_one % (self.letters(index), self.letters(size)) + " ", 1.7, PRODUCT, 2, "function", "symbol")

    # --- lines -------------------------------------------------------------------------------------------------

    def blank(self, width: float) -> Box:
        """Return a line to write on, with room for a hand above it."""
        return Box(self.line % f"{width:g}", width, ATOM, 2)

    def indented(self, line: Line) -> Box:
        """Return a line with a quad for each step of depth."""
        return Box(f"{self.quad} " * line.depth + line.text, line.width + line.depth, 0, line.height)

    def relation(self, symbol: str) -> Box:
        """Return the relation's sign."""
        return Box(f" {self.relations.get(symbol, symbol)} ", 1.33)

    def comma(self) -> Box:
        """Return a comma and a space."""
        return Box(f"{self.comma_text} ", 0.45)

    def bare_comma(self) -> Box:
        """Return a comma that ends a line."""
        return Box(self.comma_text, 0.28)

    def tint(self, body: Box, colour: int) -> Box:
        """Return the body in a colour, if there is one left: one that is used twice would identify nothing."""
        if not self.colour or not body.text or colour >= len(self.tints):
            return body
        return body._replace(text=self.tinted % (self.tints[colour], body.text))

    def brace(self, body: Box, label: Box) -> Box:
        """Return the body with a name under a brace."""
        width = max(body.width, SCRIPT * label.width)
        return body._replace(text=self.underbrace % (body.text, label.text), width=width, height=max(2, body.height))
