"""
MathML Core, which browsers draw without help and screen readers read; widths are in em.

Source: W3C, *MathML Core* (Candidate Recommendation), whose elements and attributes are all that is used here.
A text is a row of elements; whoever needs one element makes an `mrow` of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from symbackprop.expr import Exact
from symbackprop.functions import FUNCTIONS, VECTOR_FUNCTIONS
from symbackprop.notation import Name, Ratio
from symbackprop.typeset.boxes import ATOM, NEGATIVE, POWER, PRODUCT, QUOTIENT, Box, Line
from symbackprop.typeset.decimals import decimal_text
from symbackprop.typeset.elements import (
    APPLIED,
    DOT,
    MINUS,
    PRIME,
    THIN,
    TIMES,
    TOP,
    bold,
    element,
    fences,
    mi,
    mn,
    mo,
    mtext,
    raised,
    row,
    script,
    table,
    tight,
)
from symbackprop.typeset.emitter import TRIGONOMETRIC, Emitter
from symbackprop.typeset.marks import TINT_COUNT
from symbackprop.typeset.mathml_letters import indices, letter, size_of
from symbackprop.typeset.widths import SCRIPT, math_width, text_width

HIGHEST_CASES = 16

_RELATIONS = {"<=": "≤", ">=": "≥"}
_BARE = TRIGONOMETRIC | {"log"}
_NAMES = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "hard_sigmoid": "hard σ", "log_softmax": "log softmax", "sqrt": "√",
}  # fmt: skip
_DECIMAL = re.compile(r"\.\d+</mn>$")


class MathML(Emitter):
    """MathML Core; `inline` writes derivatives with a slash, `colour` leaves a class "tint tint-0" … at every factor."""

    indent = 1.0

    def __init__(self, *, colour: bool = False, inline: bool = False) -> None:
        self.colour = colour
        self.inline = inline

    def name(self, name: Name) -> Box:
        """Return a letter, its indices below, layer and sample above."""
        base, width = letter(name.letter, name.style)
        if name.hat:
            base = element("mover", base, mo("ˆ", stretchy="false"), accent="true")
        below, below_width = indices(name.indices, comma=name.comma)
        above = script(name.superscript)
        if below and above:
            text = element("msubsup", base, below, above)
        else:
            text = element("msub", base, below) if below else element("msup", base, above) if above else base
        width += max(below_width, math_width(name.superscript) * SCRIPT) + (0.05 if above or below else 0)
        kind = "word" if name.style in {"word", "roman"} else "symbol"
        return Box(text, width, ATOM, 1 if above else 0, kind, kind)

    def ratio(self, ratio: Ratio, top: Box, bottom: Box) -> Box:
        """Return ∂top over ∂bottom."""
        d = mi("d" if ratio.ordinary else "∂")
        if self.inline and not ratio.direct:
            text = row(d + top.text + tight("/") + d + bottom.text)
            return Box(text, top.width + bottom.width + 1.6, PRODUCT, 1, "fraction", "fraction")
        text, width = element("mfrac", d + top.text, d + bottom.text), max(top.width, bottom.width) + 0.84
        if ratio.direct:
            text, width = element("msub", text + mo("|", form="postfix"), mtext("direct")), width + 2.3
        return Box(text, width, POWER, 2, "fraction", "fraction")

    def number(self, value: Exact, *, decimal: bool, small: bool) -> Box:
        """Return 3, 0.15, or a fraction, small where it is a coefficient."""
        if isinstance(value, int) or value.denominator == 1:
            return Box(mn(str(value)), 0.5 * len(str(value)), ATOM, 0, "number", "number")
        written = decimal_text(value) if decimal else None
        if written is not None:
            return Box(mn(written), math_width(written), ATOM, 0, "number", "number" if small else "numeral")
        width = 0.5 * max(len(str(value.numerator)), len(str(value.denominator))) * (0.75 if small else 1) + 0.24
        size = {"displaystyle": "false"} if small else {}
        text = element("mfrac", mn(str(value.numerator)), mn(str(value.denominator)), **size)
        return Box(text, width, POWER, 1 if small else 2, "number", "number")

    def numeral(self, text: str) -> Box:
        """Return 0.3775, a fraction, or 6.684·10⁻⁴."""
        if text in {"inf", "nan"}:
            return Box(mi("∞"), 1.0) if text == "inf" else Box(mtext("nan"), 1.5)
        if "/" in text:
            return self.number(Fraction(text), decimal=False, small=False)
        mantissa, _, exponent = text.partition("e")
        if not exponent:
            return Box(mn(text), math_width(text), ATOM, 0, "numeral", "numeral")
        power = str(int(exponent))
        width = math_width(mantissa) + 1.8 + SCRIPT * math_width(power)
        sign = mo(MINUS, form="prefix") if power.startswith("-") else ""
        ten = raised(mn("10"), sign + mn(power.removeprefix("-")))
        return Box(mn(mantissa) + mo(DOT) + ten, width, PRODUCT, 1, "numeral", "numeral")

    def constant(self, name: str) -> Box:
        """Return π or e."""
        return Box(mi("π"), 0.6) if name == "pi" else Box(mi(name), math_width(name))

    def negative(self, body: Box) -> Box:
        """Return a minus sign, with no space after it, and a body."""
        return Box(mo(MINUS, form="prefix") + body.text, body.width + 0.78, NEGATIVE, body.height, body.head, body.tail)

    def sign(self, *, negative: bool, start: bool) -> Box:
        """Return the sign with space around it."""
        return Box(mo(MINUS if negative else "+", form="infix") if start else mo(MINUS if negative else "+"), 1.25)

    def times(self, left: Box, right: Box, *, whole: bool) -> Box:
        """Return the invisible sign between symbols, a dot where two things would run together."""
        if self.needs_dot(left, right, whole=whole):
            return Box(mo(DOT), 0.73)
        thin = left.tail == "group" or right.head == "function"
        return Box(mo(TIMES, rspace=THIN), 0.17) if thin else Box(mo(TIMES), 0.0)

    def is_decimal(self, number: Box) -> bool:
        """Tell whether the last element is a number with a point."""
        return bool(_DECIMAL.search(number.text))

    def has_letters(self, group: Box) -> bool:
        """Tell whether there is an identifier."""
        return "<mi" in group.text

    def times_start(self) -> Box:
        """Return a dot with space around it."""
        return Box(mo(DOT, form="infix"), 0.73)

    def parentheses(self, height: int, *, paired: bool = True) -> tuple[Box, Box]:
        """Return fences that grow with what is between them; of one size around plain letters, of a fixed one over lines."""
        width = (0.39, 0.46, 0.78, 0.95)[min(height, 3)]
        left, right = fences("(", ")", height, alone=not paired)
        if paired:
            left, right = f"<mrow>{left}", f"{right}</mrow>"
        return Box(left, width, height=height, head="group"), Box(right, width, height=height, tail="group")

    def fraction(self, top: Box, bottom: Box, *, script: bool) -> Box:
        """Return a fraction; with a slash in exponents."""
        if script:
            above = top if top.binding >= PRODUCT else self.group(top)
            below = bottom if bottom.binding >= POWER else self.group(bottom)
            width = above.width + 0.5 + below.width
            return Box(above.text + tight("/") + below.text, width, QUOTIENT, above.height, above.head, below.tail)
        width, height = max(top.width, bottom.width) + 0.24, max(1, top.height) + max(1, bottom.height)
        return Box(element("mfrac", top.text, bottom.text), width, POWER, height, "fraction", "fraction")

    def splits_fractions(self) -> bool:
        """Return True: a fraction cannot be broken."""
        return True

    def slash(self) -> Box:
        """Return the slash before a denominator on a line of its own."""
        return Box(mo("/"), 1.0)

    def power(self, base: Box, exponent: Box, value: Exact | None) -> Box:  # noqa: ARG002 - the box has it all
        """Return the base with its exponent."""
        width, height = base.width + 0.85 * exponent.width + 0.05, max(base.height, exponent.height > 0)
        tail = "group" if base.tail == "group" else "symbol"
        return Box(raised(base.text, exponent.text), width, POWER, height, base.head, tail)

    def function(self, name: str) -> Box:
        """Return σ, ln or softplus."""
        known = FUNCTIONS.get(name) or VECTOR_FUNCTIONS.get(name)
        shown = _NAMES.get(name) or (known.text if known else "") or name
        return Box(mi(shown), 0.57 if shown == "σ" else text_width(shown), head="function", tail="function")

    def subscripted(self, name: Box, index: int) -> Box:
        """Return the name with a number below."""
        return name._replace(text=element("msub", name.text, mn(str(index))), width=name.width + 0.4 * len(str(index)))

    def opening(self, function: str, height: int, index: int | None) -> tuple[Box, Box]:
        """Return σ( and ); a root is written as a power, because a radical cannot be broken."""
        left, right = self.parentheses(height, paired=False)
        match function:
            case "sqrt":
                return left, Box(raised(right.text, mn("1") + tight("/") + mn("2")), right.width + 1.2)
            case "abs":
                bars = (mo("|", form=form, stretchy="false") for form in ("prefix", "postfix"))
                return Box(next(bars), 0.4, head="group"), Box(next(bars), 0.4)
            case "step":
                shown = mi(bold("1")) + mo("[", form="prefix", stretchy="false")
                return Box(shown, 1.0, head="function"), Box(mo(">") + mn("0") + mo("]", form="postfix", stretchy="false"), 2.2)
            case _:
                name = self.function(function) if index is None else self.subscripted(self.function(function), index)
                return Box(name.text + mo(APPLIED) + left.text, name.width + left.width, head="function"), right

    def call(self, function: str, arguments: Sequence[Box], exponent: Box | None, index: int | None) -> Box:
        """Return σ(z), ln a, a radical, |x|, 𝟏[z > 0]."""
        argument = arguments[0]
        if function == "sqrt":
            text = element("msqrt", argument.text)
            return Box(text, argument.width + 0.85, ATOM, max(1, argument.height), "function", "symbol")
        if function == "abs":
            left_fence, right_fence = fences("|", "|", argument.height)
            text = row(left_fence + row(argument.text) + right_fence)
            return Box(text, argument.width + 0.6, ATOM, argument.height, "group", "group")
        if function == "step":
            left_fence, right_fence = fences("[", "]", argument.height)
            inside = row(left_fence + argument.text + mo(">") + mn("0") + right_fence)
            return Box(row(mi(bold("1")) + inside), argument.width + 3.0, ATOM, argument.height, "function", "function")
        name = self.function(function) if index is None else self.subscripted(self.function(function), index)
        text, width, height = name.text, name.width, max(part.height for part in arguments)
        if exponent is not None:
            text, width = raised(text, exponent.text), width + SCRIPT * exponent.width
        if function in _BARE and argument.binding == ATOM and argument.head == argument.tail == "symbol":
            full = row(text + mo(APPLIED, rspace=THIN) + argument.text)
            return Box(full, width + 0.17 + argument.width, POWER, height, "function", "bare")
        left, right = self.parentheses(height)
        inside = mo(",").join(part.text for part in arguments)
        width += sum(part.width for part in arguments) + 0.45 * (len(arguments) - 1) + 2 * left.width
        return Box(row(text + mo(APPLIED) + left.text + inside + right.text), width, ATOM, height, "function", "function")

    def exponential(self, argument: Callable[[], Box]) -> Box | None:
        """Return e with an exponent that is short and flat."""
        box = argument()
        nested = any(sign in box.text for sign in ("<mi>e</mi>", "<mi>exp</mi>", "<msqrt", "<mtable"))
        if box.width > 6 or box.height > 1 or nested:
            return None
        return Box(raised(mi("e"), box.text), 0.47 + 0.85 * box.width, POWER, 1, "symbol", "symbol")

    def cases(self, branches: Sequence[tuple[Box, Box]], otherwise: Box) -> Box:
        """Return a brace and a table of values and conditions."""
        rows = [[value.text, mtext("if ") + test.text] for value, test in branches]
        rows.append([otherwise.text, mtext("otherwise")])
        left = max(otherwise.width, *(value.width for value, _ in branches))
        right = max(4.2, *(test.width + 1.0 for _, test in branches))
        text = row(mo("{", form="prefix") + table(rows, "left"))
        return Box(text, left + right + 2.0, ATOM, 1 + len(rows), "fraction", "fraction")

    def stacked_cases(self, rows: Sequence[Box]) -> Box | None:
        """Return a brace with a condition below its value; None where it would be too high for a page."""
        if len(rows) > HIGHEST_CASES:
            return None
        text = row(mo("{", form="prefix") + table([[box.text] for box in rows], "left"))
        return Box(text, max(box.width for box in rows) + 1.5, ATOM, max(3, 1 + len(rows)), "fraction", "fraction")

    def words(self, text: str) -> Box:
        """Return words in upright letters."""
        return Box(mtext(text), text_width(text))

    def indented(self, line: Line) -> Box:
        """Return a line after one em for each step of depth."""
        space = f'<mspace width="{line.depth}em"/>' if line.depth else ""
        return Box(space + line.text, line.width + line.depth, 0, line.height)

    def relation(self, symbol: str) -> Box:
        """Return the relation's sign."""
        return Box(mo(_RELATIONS.get(symbol, symbol)), 1.33)

    def comma(self) -> Box:
        """Return a comma."""
        return Box(mo(","), 0.45)

    def bare_comma(self) -> Box:
        """Return a comma that ends a line."""
        return Box(mo(","), 0.28)

    def tint(self, body: Box, colour: int) -> Box:
        """Return the body in a row with a class; the page's style sheet knows the colour."""
        if not self.colour or not body.text or colour >= TINT_COUNT:
            return body
        return body._replace(text=f'<mrow class="tint tint-{colour}">{body.text}</mrow>')

    def brace(self, body: Box, label: Box) -> Box:
        """Return the body with a brace and its name below."""
        width = max(body.width, SCRIPT * label.width)
        text = element("munder", element("munder", body.text, mo("⏟", stretchy="true"), accentunder="true"), label.text)
        return body._replace(text=text, width=width, height=max(2, body.height))

    def nabla(self, of: Box) -> Box:
        """Return the nabla and the quantity."""
        return Box(row(mo("∇", form="prefix", rspace="0em") + of.text), of.width + 0.85, ATOM)

    def beside(self, *, roomy: bool = False) -> Box:
        """Return the invisible sign with a thin space, or a wide one."""
        return Box(mo(TIMES, rspace="0.5em"), 0.5) if roomy else Box(mo(TIMES, rspace=THIN), 0.17)

    def hadamard(self) -> Box:
        """Return ⊙."""
        return Box(mo("⊙"), 1.22)

    def grid(self, rows: Sequence[Sequence[Box]]) -> Box:
        """Return a matrix in brackets."""
        text = row(mo("[", form="prefix") + table([[box.text for box in line] for line in rows]) + mo("]", form="postfix"))
        width = max(sum(box.width + 1 for box in line) for line in rows) + 1
        return Box(text, width, ATOM, 2, "group", "group")

    def transposed(self, body: Box) -> Box:
        """Return the body with ⊤ above, in parentheses where it has something there already."""
        taken = body.head != "group" and any(tag in body.text for tag in ("<msup>", "<msubsup>"))
        base = self.group(body) if taken else body
        return Box(raised(base.text, mo(TOP)), base.width + 0.55, POWER, 1, base.head, "symbol")

    def ones(self, size: str) -> Box:
        """Return a bold 1 with its length below."""
        one = mn(bold("1"))
        return Box(element("msub", one, size_of(size)) if size else one, 0.58 + 0.4 * len(size), ATOM, 0, "symbol", "symbol")

    def primed(self, function: str, argument: Box) -> Box:
        """Return the function's name with a prime, applied; as a superscript, browsers would make the prime too small."""
        left, right = self.parentheses(argument.height)
        name = self.function(function)
        text = row(name.text + tight(PRIME) + mo(APPLIED) + left.text + argument.text + right.text)
        width = name.width + 0.3 + argument.width + left.width + right.width
        return Box(text, width, ATOM, argument.height, "function", "function")

    def summed(self, index: str, size: str) -> Box:
        """Return Σ with its index below and the last one above."""
        below = script(index) + tight("=") + mn("1")
        return Box(element("munderover", mo("∑"), below, size_of(size)), 1.7, PRODUCT, 2, "function", "symbol")

    def operator(self, variable: Box, *, ordinary: bool) -> Box:
        """Return ∂ over ∂x."""
        d = mi("d" if ordinary else "∂")
        return Box(element("mfrac", d, d + variable.text), variable.width + 0.8, PRODUCT, 2, "fraction", "fraction")
