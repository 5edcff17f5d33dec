"""
Formulas in words, as a screen reader would say them.

What is said follows the rules of *ClearSpeak* and *MathSpeak* in spirit: what ends unheard in speech gets an end that is
heard ("end fraction"), and only where something follows or stands inside that could be taken for a part of it.
Signs are words, so that nothing depends on how a voice reads punctuation; a comma is a pause and carries no meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from symbackprop.expr import Exact
from symbackprop.functions import FUNCTIONS, VECTOR_FUNCTIONS
from symbackprop.notation import GREEK, Name, Ratio, index_runs
from symbackprop.typeset.boxes import ATOM, NEGATIVE, POWER, PRODUCT, QUOTIENT, SUM, Box
from symbackprop.typeset.decimals import decimal_text
from symbackprop.typeset.emitter import Emitter
from symbackprop.typeset.spoken import cardinal, decimal, fraction, spoken

_FUNCTIONS = {
    "exp": "the exponential", "log": "the natural log", "sin": "sine", "cos": "cosine", "tan": "tangent",
    "sinh": "hyperbolic sine", "cosh": "hyperbolic cosine", "tanh": "hyperbolic tangent", "sech": "hyperbolic secant",
    "asin": "arc sine", "acos": "arc cosine", "atan": "arc tangent", "erf": "the error function", "sign": "the sign",
    "max": "the maximum", "min": "the minimum", "identity": "the identity", "sigmoid": "sigma",
    "sqrt": "the square root", "abs": "the absolute value", "square": "the square",
}  # fmt: skip
_ENDS = {"sqrt": "root", "abs": "absolute value"}
_END_SUM = ", end sum,"
_POWERS = {2: "squared", 3: "cubed"}
_RELATIONS = {
    "=": "equals", "≈": "is about", "←": "becomes", "→": "goes to", "<": "is less than", ">": "is greater than",
    "<=": "is at most", ">=": "is at least", "≤": "is at most", "≥": "is at least", "≠": "is not", "×": "by",
}  # fmt: skip
_PAUSES = re.compile(r"\s*,[\s,]*")


class Words(Emitter):
    """A sentence without signs; a box's tail is "word" where "squared" after it could be taken for a part of its last words."""

    def name(self, name: Name) -> Box:
        """Return "w one two of layer one": letter, indices, layer and sample."""
        letter = _letter(name)
        wide = any(len(index) > 1 for index in name.indices)
        parts = [letter, (" comma " if wide else " ").join(map(_index, name.indices))]
        parts += [f"of {what} {_place(which)}" for what, which in (("layer", name.layer), ("sample", name.sample)) if which]
        return _box(" ".join(filter(None, parts)), ATOM, trailing=bool(name.layer or name.sample))

    def ratio(self, ratio: Ratio, top: Box, bottom: Box) -> Box:
        """Return "d L by d w", as lecturers say it: a chain rule has many, and longer words drown its factors."""
        held = ", all else fixed," if ratio.direct else ""
        return _box(f"d {top.text} by d {bottom.text}{held}", POWER)

    def number(self, value: Exact, *, decimal: bool, small: bool) -> Box:  # noqa: ARG002 - the size is not heard
        """Return "three", "zero point one five", "one half" or "three over twenty"."""
        if isinstance(value, int) or value.denominator == 1:
            return _number(str(value))
        written = decimal_text(value) if decimal else None
        if written is not None:
            return _number(written)
        part = fraction(value)
        if part is not None:
            return _box(part, POWER, kind="number")
        return self.fraction(_number(str(value.numerator)), _number(str(value.denominator)), script=False)

    def blank(self, width: float) -> Box:  # noqa: ARG002 - the width is not heard
        """Return "blank"."""
        return _box("blank", ATOM)

    def numeral(self, text: str) -> Box:
        """Return a computed number; "times ten to the power minus four" after an e."""
        if text in {"inf", "nan"}:
            return _box("infinity" if text == "inf" else "not a number", ATOM)
        if "/" in text:
            return self.number(Fraction(text), decimal=False, small=False)
        mantissa, _, exponent = text.partition("e")
        if not exponent:
            return _number(mantissa)
        return _box(f"{decimal(mantissa)} times ten to the power {cardinal(int(exponent))}", PRODUCT, kind="number")

    def constant(self, name: str) -> Box:
        """Return "pi" or "e"."""
        return _box(name, ATOM)

    def negative(self, body: Box) -> Box:
        """Return "minus x"."""
        return body._replace(text=f"minus {body.text}", binding=NEGATIVE)

    def joined(self, parts: Sequence[tuple[Box, Box]], binding: int) -> Box:
        """Return parts in a row; a fraction beside something else, and a sum over an index, say where they end."""
        bodies = [body for _, body in parts]
        if binding in {SUM, PRODUCT}:
            bodies = [_ended(body) for body in bodies]
        leads = [lead.text or (" times " if position and binding == PRODUCT else "") for position, (lead, _) in enumerate(parts)]
        text = "".join(lead + body.text for lead, body in zip(leads, bodies, strict=True))
        if binding == QUOTIENT:
            text += _END_SUM
        return _box(text, binding, trailing=bodies[-1].tail == "word")

    def sign(self, *, negative: bool, start: bool) -> Box:  # noqa: ARG002 - nothing is broken over lines
        """Return "plus" or "minus"."""
        return Box(" minus " if negative else " plus ", 6)

    def times(self, left: Box, right: Box, *, whole: bool) -> Box:  # noqa: ARG002 - always the same word
        """Return "times"."""
        return Box(" times ", 7)

    def times_start(self) -> Box:
        """Return "times"."""
        return Box("times ", 6)

    def parentheses(self, height: int, *, paired: bool = True) -> tuple[Box, Box]:  # noqa: ARG002 - one size
        """Return "open paren" and "close paren"."""
        return Box("open paren ", 11), Box(" close paren", 12)

    def group(self, body: Box) -> Box:
        """Return the body in parentheses, or with an end of its own where that is enough."""
        if body.head == "fraction" and body.binding == QUOTIENT:
            return _ended(body)
        if body.binding == ATOM or (body.binding == QUOTIENT and body.text.endswith(_END_SUM)):
            return body._replace(binding=ATOM)
        return _box(f"open paren {body.text} close paren", ATOM)

    def fraction(self, top: Box, bottom: Box, *, script: bool) -> Box:  # noqa: ARG002 - the size is not heard
        """Return "x over y", with words around it where a half of it has several parts."""
        simple = top.binding == bottom.binding == ATOM
        top, bottom = _ended(top), _ended(bottom)
        box = Box(f"{top.text} over {bottom.text}", 0.0, QUOTIENT, 0, "fraction", "fraction")
        return box if simple else _ended(box)

    def power(self, base: Box, exponent: Box, value: Exact | None) -> Box:
        """Return "x squared" or "x to the power n plus one, end power"."""
        pause = "," if base.tail == "word" else ""
        return _box(f"{base.text}{pause} {_raised(exponent, value)}", POWER)

    def function(self, name: str) -> Box:
        """Return "sigma", "the natural log" or the name."""
        known = FUNCTIONS.get(name) or VECTOR_FUNCTIONS.get(name)
        text = _FUNCTIONS.get(name) or spoken((known.text if known else "") or name)
        return _box(text, ATOM)

    def subscripted(self, name: Box, index: int) -> Box:
        """Return "component two of softmax"."""
        return _box(f"component {cardinal(index)} of {name.text}", ATOM)

    def call(self, function: str, arguments: Sequence[Box], exponent: Box | None, index: int | None) -> Box:
        """Return "sigma of z", with words around several arguments or parts."""
        argument = arguments[0]
        if function == "step":
            return _box(f"the indicator of {argument.text} greater than zero, end indicator,", ATOM)
        name = self.function(function).text
        if index is not None:
            name = self.subscripted(self.function(function), index).text
        if exponent is not None:
            name = f"{name} {_raised(exponent, {'two': 2, 'three': 3}.get(exponent.text))}"
        if len(arguments) == 1 and argument.binding == ATOM:
            return _box(f"{name} of {argument.text}", POWER)
        inside = ", ".join(part.text for part in arguments)
        if function in _ENDS:
            return _box(f"{name} of {inside}, end {_ENDS[function]},", ATOM)
        return _box(f"{name} of open paren {inside} close paren", ATOM if exponent is None else POWER)

    def exponential(self, argument: Callable[[], Box]) -> Box | None:
        """Return "e to the power x"."""
        return _box(f"e {_raised(argument(), None)}", POWER)

    def cases(self, branches: Sequence[tuple[Box, Box]], otherwise: Box) -> Box:
        """Return values with their conditions, one after the other."""
        text = ", ".join(f"{value.text} if {test.text}" for value, test in branches)
        return _box(f"the cases {text}, {otherwise.text} otherwise, end cases,", ATOM)

    def relation(self, symbol: str) -> Box:
        """Return "equals"."""
        return Box(f" {_RELATIONS.get(symbol) or spoken(symbol)} ", 8)

    def comma(self) -> Box:
        """Return a pause."""
        return Box(", ", 2)

    def bare_comma(self) -> Box:
        """Return a pause."""
        return Box(",", 1)

    def tint(self, body: Box, colour: int) -> Box:  # noqa: ARG002 - colours are not heard
        """Return the body."""
        return body

    def brace(self, body: Box, label: Box) -> Box:
        """Return the body and what it is called."""
        return body._replace(text=f"{body.text}, called {label.text},")

    def operator(self, variable: Box, *, ordinary: bool) -> Box:  # noqa: ARG002 - the same words
        """Return "the derivative with respect to x of"."""
        return Box(f"the derivative with respect to {variable.text} of ", 30)

    def nabla(self, of: Box) -> Box:
        """Return "the gradient of f"."""
        return _box(f"the gradient of {of.text}", POWER)

    def beside(self, *, roomy: bool = False) -> Box:  # noqa: ARG002 - room is not heard
        """Return "times"."""
        return Box(" times ", 7)

    def hadamard(self) -> Box:
        """Return "entrywise times"."""
        return Box(" entrywise times ", 17)

    def transposed(self, body: Box) -> Box:
        """Return "W transposed"."""
        return _box(f"{body.text}{',' if body.tail == 'word' else ''} transposed", POWER)

    def grid(self, rows: Sequence[Sequence[Box]]) -> Box:
        """Return the size of a matrix, and its rows one by one; a column is a vector."""
        height, width = len(rows), max(len(line) for line in rows)
        if width == 1:
            return _box(f"the column vector {', '.join(line[0].text for line in rows)}, end vector,", ATOM)
        lines = [f"row {cardinal(i)}, {', '.join(box.text for box in line)}" for i, line in enumerate(rows, 1)]
        return _box(f"the {cardinal(height)} by {cardinal(width)} matrix, {', '.join(lines)}, end matrix,", ATOM)

    def ones(self, size: str) -> Box:
        """Return "the vector of ones"."""
        return _box("the vector of " + (f"{spoken(size)} ones" if size else "ones"), ATOM, trailing=True)

    def primed(self, function: str, argument: Box) -> Box:
        """Return "sigma prime of z"."""
        name = self.function(function).text
        if argument.binding == ATOM:
            return _box(f"{name} prime of {argument.text}", POWER)
        return _box(f"{name} prime of open paren {argument.text} close paren", ATOM)

    def summed(self, index: str, size: str) -> Box:
        """Return "the sum over k from one to n of"."""
        return Box(f"the sum over {spoken(index)} from one to {spoken(size)} of ", 30)


def sentence(text: str) -> str:
    """
    Return words with single spaces, single pauses, and none at the ends.

    >>> sentence("a , called  b,, times c, ")
    'a, called b, times c'
    """
    return " ".join(_PAUSES.sub(", ", text).split()).strip(", ")


def _box(text: str, binding: int, *, trailing: bool = False, kind: str = "symbol") -> Box:
    return Box(text, len(text), binding, 0, kind, "word" if trailing else kind)


def _number(text: str) -> Box:
    return _box(decimal(text), ATOM, kind="number")


def _ended(box: Box) -> Box:
    """Return a fraction that says where it begins and ends; all else as it is."""
    if box.head != "fraction" or box.binding not in {QUOTIENT, NEGATIVE}:
        return box
    inside = box.text.removeprefix("minus ") if box.binding == NEGATIVE else box.text
    sign = "minus " if box.binding == NEGATIVE else ""
    return _box(f"{sign}the fraction {inside}, end fraction,", box.binding if sign else ATOM)


def _raised(exponent: Box, value: Exact | None) -> str:
    if isinstance(value, int):
        return _POWERS.get(value) or f"to the power {cardinal(value)}"
    alone = exponent.binding == ATOM or (exponent.binding == NEGATIVE and exponent.text.count(" ") == 1)
    return f"to the power {exponent.text}" + ("" if alone else ", end power,")


def _letter(name: Name) -> str:
    """Return a letter with what sets it apart: a capital Greek one, a vector, the matrix of a layer, a hat."""
    if name.style == "greek":
        letter = name.letter if name.letter.islower() else f"capital {name.letter.lower()}"
    else:
        letter = spoken(name.letter) or "symbol"
    if name.style == "bold":
        letter = f"vector {letter}"
    elif name.style == "letter" and name.layer and not name.indices and name.letter.isupper():
        letter = f"matrix {letter}"
    return f"{letter} hat" if name.hat else letter


def _index(index: str) -> str:
    kinds: dict[str, Callable[[str], str]] = {"digits": lambda run: cardinal(int(run)), "greek": _greek}
    return " ".join(kinds.get(kind, spoken)(run) for kind, run in index_runs(index))


def _greek(name: str) -> str:
    return spoken(GREEK[name])


def _place(which: int | str) -> str:
    words = spoken(str(which))
    return f"{words}," if " " in words else words
