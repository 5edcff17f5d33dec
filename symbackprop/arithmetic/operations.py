"""
Single operations in double precision: overflow is infinite, what has no value is a DomainError.

The interpreter (`double`) and the compiler (`closures`) both use these, and so give the same bits.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import reduce

from symbackprop.arithmetic.domains import no_function, no_power, no_quotient, short
from symbackprop.expr import Exact


def to_float(value: Exact) -> float:
    """Round an exact number; what is too large is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def divide(numerator: float, denominator: float) -> float:
    """Divide; raises DomainError for division by zero."""
    try:
        return numerator / denominator
    except ZeroDivisionError:
        raise no_quotient() from None


def power(base: float, exponent: float) -> float:
    """Raise to any power; raises DomainError where the value is not real."""
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        raise no_power(base, exponent, short) from None


def _within_domain(name: str, function: Callable[[float], float], *, odd: bool = False) -> Callable[[float], float]:
    """Let overflow be infinite and an infinite angle nan, and say what has no value."""

    def apply(z: float) -> float:
        try:
            return function(z)
        except OverflowError:
            return -math.inf if odd and z < 0 else math.inf
        except ValueError:
            if math.isinf(z) and name in {"sin", "cos", "tan"}:
                return math.nan
            raise no_function(name, short(z)) from None

    return apply


def _sign(z: float) -> float:
    return float((z > 0) - (z < 0))


def _step(z: float) -> float:
    return 1.0 if z > 0 else 0.0


def _sech(z: float) -> float:
    return 2 * math.exp(-abs(z)) / (1 + math.exp(-2 * abs(z)))


CONSTANTS = {"pi": math.pi, "e": math.e}

# Functions without a definition, and sech, whose definition overflows.
ELEMENTARY: dict[str, Callable[[float], float]] = {
    "exp": _within_domain("exp", math.exp),
    "sinh": _within_domain("sinh", math.sinh, odd=True),
    "cosh": _within_domain("cosh", math.cosh),
    **{name: _within_domain(name, getattr(math, name)) for name in ("log", "sqrt", "sin", "cos", "tan", "asin", "acos")},
    "atan": math.atan,
    "erf": math.erf,
    "abs": abs,
    "sign": _sign,
    "step": _step,
    "sech": _sech,
}


def _softmax(index: int, values: Sequence[float]) -> float:
    top = max(values)
    powers = [math.exp(z - top) for z in values]
    return powers[index] / reduce(operator.add, powers)


def _log_softmax(index: int, values: Sequence[float]) -> float:
    top = max(values)
    return values[index] - top - math.log(reduce(operator.add, [math.exp(z - top) for z in values]))


COMPONENTS: dict[str, Callable[[int, Sequence[float]], float]] = {"softmax": _softmax, "log_softmax": _log_softmax}
