"""
What has no value, and how that is said: the same words in every arithmetic.

Each arithmetic finds out in its own way (a float by Python's error, a fraction by asking first) and raises what
is made here; `show` writes a number as the arithmetic writes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symbackprop.errors import DomainError

SPOKEN = {"sqrt": "square root"}


def is_outside(function: str, argument: Any) -> bool:
    """Whether an elementary function has no real value at an argument."""
    match function:
        case "sqrt":
            return bool(argument < 0)
        case "log":
            return bool(argument <= 0)
        case "asin" | "acos":
            return bool(abs(argument) > 1)
    return False


def no_function(function: str, argument: str) -> DomainError:
    """Return the error for an argument outside a function's domain."""
    return DomainError(f"{SPOKEN.get(function, function)} of {argument}")


def no_quotient() -> DomainError:
    """Return the error for a denominator of 0."""
    return DomainError("division by zero")


def no_power(base: Any, exponent: Any, show: Callable[[Any], str] = str) -> DomainError:
    """Return the error for a negative power of 0, or a broken power of a negative number."""
    if base == 0:
        return DomainError(f"division by zero (0 to the power {show(exponent)})")
    return DomainError(f"{show(base)} to the power {show(exponent)}")


def short(value: Any) -> str:
    """Write a number with up to six significant digits."""
    return f"{float(value):.6g}"
