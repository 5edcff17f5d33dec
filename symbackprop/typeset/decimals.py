"""Fractions written as decimals, where they end."""

from __future__ import annotations

from symbackprop.expr import Exact


def decimal_text(value: Exact) -> str | None:
    """
    Return a finite decimal expansion, or None where there is none (or none shorter than 16 digits).

    >>> from fractions import Fraction
    >>> decimal_text(Fraction(3, 20)), decimal_text(Fraction(1, 3))
    ('0.15', None)
    """
    denominator = value.denominator
    places = 0
    while denominator % 10 == 0:
        denominator //= 10
        places += 1
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
            places += 1
    if denominator != 1:
        return None
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    whole, part = (digits[:-places], digits[-places:].rstrip("0")) if places else (digits, "")
    return ("-" if value < 0 else "") + (f"{whole}.{part}" if part else whole)
