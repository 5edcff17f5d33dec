"""
Formulas a script can find its way in: factors with a number of their own, and places whose numbers can change.

A `Slot` is the shown number of a quantity; a `Tint` is a factor, and its colour is the factor's number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symbackprop.document import Numeral
from symbackprop.evaluate import Values
from symbackprop.expr import Adjoint, Call, Expr, Power, Symbol, children, rebuild
from symbackprop.narrate.numerals import Numerals
from symbackprop.notation import Speller
from symbackprop.render.web import Formulas
from symbackprop.typeset.boxes import ATOM, SUM, Box
from symbackprop.typeset.breaking import Typesetter
from symbackprop.typeset.elements import fences
from symbackprop.typeset.emitter import Emitter
from symbackprop.typeset.mathml_emitter import MathML
from symbackprop.typeset.words_emitter import Words

# How a place behaves when its number is negative or has a power of ten: alone, in a product or sum, or under an exponent.
ALONE, INSIDE, RAISED = "n", "p", "r"

_ALONE = re.compile(r'<mrow data-[npr]="\d+">(?:(?!<mrow data).)*</mrow>')


@dataclass(frozen=True, slots=True)
class Slot(Expr):
    """The shown number of quantity `place` (its index in the page's script)."""

    place: int
    numeral: Numeral
    kind: str = ALONE  # of the three: its attribute is data-n, data-p or data-r

    def parts(self) -> tuple[Expr, ...]:
        """Return the numeral, which says whether digits were cut."""
        return (self.numeral,)


@dataclass(frozen=True)
class Parameter(Symbol):
    """The parameter that is updated: a script puts another one's name in its place."""


@dataclass(frozen=True)
class Slope(Adjoint):
    """The derivative by the parameter that is updated."""


class Numbers:
    """The numbers of a page: every quantity has a place, and is shown by the rules of its derivation."""

    def __init__(self, names: Iterable[str], values: Values | None, numerals: Numerals) -> None:
        self.place = {name: k for k, name in enumerate(names)}
        self.values = values
        self.numerals = numerals
        self.extra: dict[str, tuple[float, Fraction | None]] = {}

    def slot(self, name: str, kind: str = ALONE) -> Slot:
        """Return the number of a quantity."""
        assert self.values is not None
        if name in self.extra:
            return Slot(self.place[name], self.numerals.of(*self.extra[name]), kind)
        return Slot(self.place[name], self.numerals.quantity(name, self.values), kind)

    def put_in(self, expr: Expr) -> Expr:
        """Put numbers in for all symbols."""
        return self._put(expr, INSIDE)

    def _put(self, expr: Expr, kind: str) -> Expr:
        match expr:
            case Symbol(name=name):
                return self.slot(name, kind)
            case Power(base, exponent):
                return Power(self._put(base, RAISED), self._put(exponent, ALONE))
            case Call(name, arguments):
                return Call(name, tuple(self._put(argument, ALONE) for argument in arguments))
            case _:
                parts = tuple(self._put(part, INSIDE) for part in children(expr))
                return rebuild(expr, parts) if parts else expr


class _Marked(MathML):
    """MathML in which a factor is a row with its number."""

    def tint(self, body: Box, colour: int) -> Box:
        """Return a factor; one that needs parentheses in a product says so."""
        if _ALONE.fullmatch(body.text):
            return body._replace(text=body.text.replace("<mrow", f'<mrow data-e="{colour}"', 1))
        loose = ' data-s=""' if body.binding <= SUM + 1 else ""
        return body._replace(text=f'<mrow data-e="{colour}"{loose}>{body.text}</mrow>')


class _Aloud(Words):
    """Words in which computed numbers are digits, as a script writes them, too."""

    def numeral(self, text: str) -> Box:
        """Return 0.3775, or 6.684 times 10 to the power minus 4."""
        return Box(aloud(text), len(text), ATOM, 0, "number", "number")


def aloud(text: str) -> str:
    """
    Return a shown number as it is read out.

    >>> aloud("-6.684e-04"), aloud("-3/20")
    ('minus 6.684 times 10 to the power minus 4', 'minus 3 over 20')
    """
    if text.lstrip("-") in {"inf", "nan"}:
        return {"inf": "infinity", "-inf": "minus infinity"}.get(text, "no value")
    mantissa, _, exponent = text.partition("e")
    said = mantissa.replace("/", " over ").replace("-", "minus ")
    return said + (f" times 10 to the power {int(exponent)}".replace("-", "minus ") if exponent else "")


class _Setter(Typesetter):
    """A typesetter that knows slots."""

    def __init__(self, emitter: Emitter, speller: Speller, show: Callable[[Typesetter, Slot], Box]) -> None:
        super().__init__(emitter, speller)
        named: dict[type, Callable[[Any], Box]] = {
            Parameter: lambda part: self._renamed(self.box(Symbol(part.name)), 1),
            Slope: lambda part: self._renamed(self.box(Adjoint(part.name, part.output, part.of)), 2),
        }
        self._table = {**self._table, Slot: lambda slot: show(self, slot), **named}

    def _renamed(self, body: Box, which: int) -> Box:
        """Mark a name that a script changes."""
        if isinstance(self.emitter, Words):
            return body
        return body._replace(text=f'<mrow data-u="{which}">{body.text}</mrow>')


def _shown(setter: Typesetter, slot: Slot) -> Box:
    """Return the number in a row of its own, with parentheses where its place needs them."""
    text, negative = slot.numeral.text, slot.numeral.text.startswith("-")
    body = setter.box(slot.numeral)
    if (negative and slot.kind != ALONE) or (slot.kind == RAISED and re.search(r"[e/]", text)):
        open_, close = fences("(", ")", 0)
        body = body._replace(text=open_ + body.text + close, width=body.width + 0.8)
    row = f'<mrow data-{slot.kind}="{slot.place}">{body.text}</mrow>'
    return Box(row, body.width, ATOM, body.height, "numeral", "numeral")


def _said(_setter: Typesetter, slot: Slot) -> Box:
    said = aloud(slot.numeral.text)
    return Box(said, len(said), ATOM, 0, "number", "number")


class MarkedFormulas(Formulas):
    """Formulas with marked factors and slots."""

    def __init__(self, speller: Speller) -> None:
        super().__init__(speller)
        self.full = _Setter(_Marked(), speller, _shown)
        self.small = _Setter(_Marked(inline=True), speller, _shown)
        self.aloud = _Setter(_Aloud(), speller, _said)


def in_text(text: str) -> str:
    """
    Return a shown number as HTML in running text.

    >>> in_text("-6.684e-04")
    '−6.684·10<sup>−4</sup>'
    """
    if text.lstrip("-") in {"inf", "nan"}:
        return {"inf": "∞", "-inf": "−∞"}.get(text, "no value")
    mantissa, _, exponent = text.replace("-", "−").partition("e")
    return f"{mantissa}·10<sup>{str(int(exponent.replace('−', '-'))).replace('-', '−')}</sup>" if exponent else mantissa
