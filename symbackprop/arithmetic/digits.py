"""As many decimal digits as asked for, by mpmath; functions by their definitions."""

from __future__ import annotations

from functools import cache
from typing import Any

from symbackprop.arithmetic.base import Arithmetic
from symbackprop.arithmetic.domains import is_outside, no_function, no_power, no_quotient, short
from symbackprop.expr import Exact

GUARD_DIGITS = 10
LARGEST_EXPONENT_BITS = 64


class _HighPrecision(Arithmetic[Any]):
    """mpmath in a context of its own, so that nobody's precision is changed."""

    def __init__(self, digits: int) -> None:
        import mpmath  # takes 60 ms, and most runs need no digits

        self.context = mpmath.mp.clone()
        self.context.dps = digits + GUARD_DIGITS

    def number(self, value: Exact) -> Any:
        return self.context.mpf(value.numerator) / value.denominator

    def constant(self, name: str) -> Any:
        return +getattr(self.context, name)

    def div(self, numerator: Any, denominator: Any) -> Any:
        if denominator == 0:
            raise no_quotient()
        return numerator / denominator

    def integer_power(self, base: Any, exponent: int) -> Any:
        if base == 0 and exponent < 0:
            raise no_power(base, exponent)
        return base**exponent

    def power(self, base: Any, exponent: Any) -> Any:
        if self.context.isint(exponent):
            return self.integer_power(base, int(exponent))
        if base < 0 or (base == 0 and exponent < 0):
            raise no_power(base, exponent, short)
        return base**exponent

    def elementary(self, name: str, argument: Any) -> Any:
        context = self.context
        match name:
            case "abs":
                return abs(argument)
            case "sign":
                return context.mpf((argument > 0) - (argument < 0))
            case "step":
                return context.mpf(int(argument > 0))
            case "exp" | "sinh" | "cosh" if context.mag(argument) > LARGEST_EXPONENT_BITS:
                # The exact power would fill the memory.
                below = context.zero if name == "exp" else context.inf if name == "cosh" else -context.inf
                return context.inf if argument > 0 else below
            case "sin" | "cos" | "tan" if context.mag(argument) > LARGEST_EXPONENT_BITS:
                return context.nan
        if is_outside(name, argument):
            raise no_function(name, short(argument))
        return getattr(context, name)(argument)


@cache
def high_precision(digits: int = 30) -> Arithmetic[Any]:
    """Return an arithmetic of that many decimal digits (and ten guard digits); its numbers are mpmath's mpf."""
    return _HighPrecision(digits)
