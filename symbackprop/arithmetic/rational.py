"""
Fractions, so that what can be computed without rounding is.

Roots of squares and e⁰ are fractions too.  Sizes are bounded: a reader may write 9^9^9.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import reduce

from symbackprop.arithmetic.base import Arithmetic, evaluate
from symbackprop.arithmetic.domains import is_outside, no_function, no_power, no_quotient
from symbackprop.expr import ZERO, Exact, Expr, Product, Quotient, Symbol, children, rebuild, symbols

LARGEST_EXACT_BITS = 4096
LARGEST_EXACT_ROOT = 64


class IrrationalError(ArithmeticError):
    """Raised by EXACT where a value is no fraction of bounded size; `exact` turns it into None."""


def exact(expr: Expr, env: Mapping[str, Exact]) -> Fraction | None:
    """
    Return the value as a fraction, or None where it is irrational or longer than `LARGEST_EXACT_BITS`.

    >>> from symbackprop.expr import Symbol, call
    >>> exact(call("sqrt", Symbol("x")), {"x": Fraction(9, 4)}), exact(call("exp", Symbol("x")), {"x": 1})
    (Fraction(3, 2), None)

    Raises DomainError where the expression has no value.
    """
    try:
        return evaluate(expr, {name: Fraction(value) for name, value in env.items()}, EXACT)
    except IrrationalError:
        return None


def without_zeros(expr: Expr, known: Mapping[str, Exact]) -> Expr:
    """
    Put 0 in for every product with a factor that is 0, and for 0 over anything: whatever the rest is.

    >>> from symbackprop.expr import Symbol, call
    >>> without_zeros(Symbol("y") * call("log", Symbol("a")), {"y": 0})
    Number(value=0, decimal=False)
    """
    if not any(known.get(name) == 0 for name in symbols(expr)):
        return expr
    return _without_zeros(expr, known)


def _without_zeros(expr: Expr, known: Mapping[str, Exact]) -> Expr:
    parts = tuple(_without_zeros(part, known) for part in children(expr))
    decisive = parts if isinstance(expr, Product) else parts[:1] if isinstance(expr, Quotient) else ()
    if any(part == ZERO or (isinstance(part, Symbol) and known.get(part.name) == 0) for part in decisive):
        return ZERO
    return rebuild(expr, parts) if parts else expr


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > LARGEST_EXACT_BITS:
        msg = f"a fraction of more than {LARGEST_EXACT_BITS} bits"
        raise IrrationalError(msg)
    return value


def _integer_root(value: int, degree: int) -> int | None:
    """Return the whole number whose power of that degree is `value` ≥ 0, by Newton's method from above."""
    if value < 2:
        return value
    guess = 1 << -(-value.bit_length() // degree)
    while True:
        lower = ((degree - 1) * guess + value // guess ** (degree - 1)) // degree
        if lower >= guess:
            return guess if guess**degree == value else None
        guess = lower


def _exact_root(value: Fraction, degree: int) -> Fraction:
    top, bottom = _integer_root(value.numerator, degree), _integer_root(value.denominator, degree)
    if top is None or bottom is None:
        msg = f"a root of {value}"
        raise IrrationalError(msg)
    return Fraction(top, bottom)


# Where an elementary function has a rational value at a rational point: argument, value.
_RATIONAL_VALUES: dict[str, tuple[int, int]] = {
    "exp": (0, 1), "log": (1, 0), "sin": (0, 0), "cos": (0, 1), "tan": (0, 0), "sinh": (0, 0), "cosh": (0, 1),
    "asin": (0, 0), "acos": (1, 0), "atan": (0, 0), "erf": (0, 0), "gelu": (0, 0),
}  # fmt: skip


class _Exact(Arithmetic[Fraction]):
    def number(self, value: Exact) -> Fraction:
        return _bounded(Fraction(value))

    def constant(self, name: str) -> Fraction:
        raise IrrationalError(name)

    def add(self, terms: Sequence[Fraction]) -> Fraction:
        return reduce(lambda total, term: _bounded(total + term), terms)

    def mul(self, factors: Sequence[Fraction]) -> Fraction:
        return reduce(lambda total, factor: _bounded(total * factor), factors)

    def div(self, numerator: Fraction, denominator: Fraction) -> Fraction:
        if denominator == 0:
            raise no_quotient()
        return _bounded(numerator / denominator)

    def integer_power(self, base: Fraction, exponent: int) -> Fraction:
        if base == 0 and exponent < 0:
            raise no_power(base, exponent)
        bits = max(base.numerator.bit_length(), base.denominator.bit_length()) - 1
        if bits * abs(exponent) > LARGEST_EXACT_BITS:
            msg = f"a power of more than {LARGEST_EXACT_BITS} bits"
            raise IrrationalError(msg)
        return _bounded(base**exponent)

    def power(self, base: Fraction, exponent: Fraction) -> Fraction:
        if exponent.denominator == 1:
            return self.integer_power(base, exponent.numerator)
        if base < 0 or (base == 0 and exponent < 0):
            raise no_power(base, exponent)
        if exponent.denominator > LARGEST_EXACT_ROOT:
            msg = f"a root of degree {exponent.denominator}"
            raise IrrationalError(msg)
        return self.integer_power(_exact_root(base, exponent.denominator), exponent.numerator)

    def call(self, name: str, arguments: Sequence[Fraction]) -> Fraction:
        if name in _RATIONAL_VALUES and arguments[0] == _RATIONAL_VALUES[name][0]:
            return Fraction(_RATIONAL_VALUES[name][1])
        return super().call(name, arguments)

    def component(self, name: str, index: int, arguments: Sequence[Fraction]) -> Fraction:
        # The value depends on differences only, and e⁰ is the one rational power of e.
        return super().component(name, index, [argument - arguments[index] for argument in arguments])

    def elementary(self, name: str, argument: Fraction) -> Fraction:
        match name:
            case "abs":
                return abs(argument)
            case "sign":
                return Fraction((argument > 0) - (argument < 0))
            case "step":
                return Fraction(int(argument > 0))
        if is_outside(name, argument):
            raise no_function(name, str(argument))
        if name == "sqrt":
            return _exact_root(argument, 2)
        msg = f"{name} of {argument}"
        raise IrrationalError(msg)


EXACT: Arithmetic[Fraction] = _Exact()
