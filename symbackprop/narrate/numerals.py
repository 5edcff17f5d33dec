"""Computed numbers as a reader sees them (significant digits, never fixed decimals), and sentences with mathematics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from string import Formatter

from symbackprop.document import Numeral, Span, Spans
from symbackprop.evaluate import Values
from symbackprop.expr import Expr, Symbol, transform

LARGEST_PLAIN = 1e6
SMALLEST_PLAIN = 1e-3
MOST_EXACT_CHARACTERS = 40


def significant(value: float, digits: int) -> str:
    """
    Write a float with so many significant digits; very large and small ones with a power of ten.

    >>> significant(0.0004385677, 4), significant(0.5932699921, 4), significant(-14.0, 4)
    ('4.386e-04', '0.5933', '-14.00')
    """
    if not math.isfinite(value):
        return {math.inf: "inf", -math.inf: "-inf"}.get(value, "nan")
    if value == 0:
        return "0"
    rounded = Decimal(f"{value:.{digits - 1}e}")
    if SMALLEST_PLAIN <= abs(rounded) < max(LARGEST_PLAIN, 10**digits):
        places = max(0, digits - 1 - rounded.adjusted())
        return f"{rounded:.{places}f}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa}e{int(exponent):+03d}"


def terminating(value: Fraction, digits: int) -> str | None:
    """
    Write a fraction as a decimal where that is exact and takes at most so many significant digits.

    >>> terminating(Fraction(3, 20), 4), terminating(Fraction(1, 3), 4), terminating(Fraction(10), 4)
    ('0.15', None, '10')
    """
    if value.denominator == 1:
        return str(value.numerator) if abs(value.numerator) < 10 ** max(digits, 6) else None
    bottom = value.denominator
    for prime in (2, 5):
        while bottom % prime == 0:
            bottom //= prime
    if bottom != 1:
        return None
    # Enough digits for every fraction that is short enough to be shown, and never a long division.
    if value.denominator.bit_length() > 128:
        return None
    shown = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(shown) != value or len(shown.as_tuple().digits) > digits or abs(value) < Fraction(1, 10_000):
        return None
    return format(shown, "f")


def _written(value: float, digits: int) -> str | None:
    """Write a float that *is* a short decimal (0.15, not 0.1500) as it is; None for all others."""
    if not math.isfinite(value) or not SMALLEST_PLAIN <= abs(value) < LARGEST_PLAIN:
        return None
    shortest = Decimal(repr(value)).normalize()
    return format(shortest, "f") if len(shortest.as_tuple().digits) < digits or shortest == shortest.to_integral() else None


def say(sentence: str, **parts: Span | Spans) -> Spans:
    """
    Put mathematics into a sentence, by name.

    >>> say("{y} grows with {x}.", y=Symbol("y"), x=Symbol("x"))
    (Symbol(name='y'), ' grows with ', Symbol(name='x'), '.')
    """
    spans: list[Span] = []
    for text, name, _, _ in Formatter().parse(sentence):
        if text:
            spans.append(text)
        if name is not None:
            part = parts[name]
            spans.extend(part if isinstance(part, tuple) else (part,))
    return tuple(spans)


@dataclass(frozen=True)
class Numerals:
    """How numbers are shown: `digits` significant digits, or fractions where `exact`."""

    digits: int = 4
    exact: bool = False

    def of(self, value: float, fraction: Fraction | None = None) -> Numeral:
        """Show one number; a fraction, where it is known, that is short is shown exactly."""
        if fraction is not None:
            if self.exact and len(str(fraction)) <= MOST_EXACT_CHARACTERS:
                return Numeral(str(fraction))
            short = terminating(fraction, self.digits)
            if short is not None:
                return Numeral(short)
        short = _written(value, self.digits)
        if short is not None:
            return Numeral(short)
        return Numeral(significant(value, self.digits), exact=False)

    def quantity(self, name: str, values: Values) -> Numeral:
        """Show a named quantity of a derivation."""
        return self.of(values.env[name], values.exact_env.get(name))

    def put_in(self, expr: Expr, values: Values) -> Expr:
        """Put the shown numbers in for every symbol of an expression."""
        return transform(expr, lambda part: self.quantity(part.name, values) if isinstance(part, Symbol) else None)
