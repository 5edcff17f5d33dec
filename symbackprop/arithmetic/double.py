"""Double precision: overflow gives ±inf, a missing value a DomainError."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.arithmetic.base import Arithmetic
from symbackprop.arithmetic.closures import float_function
from symbackprop.arithmetic.operations import COMPONENTS, CONSTANTS, divide, power, to_float
from symbackprop.expr import Exact
from symbackprop.functions import SELECTIONS


class _Float(Arithmetic[float]):
    def number(self, value: Exact) -> float:
        return to_float(value)

    def constant(self, name: str) -> float:
        return CONSTANTS[name]

    def div(self, numerator: float, denominator: float) -> float:
        return divide(numerator, denominator)

    def integer_power(self, base: float, exponent: int) -> float:
        return base * base if exponent == 2 else power(base, to_float(exponent))

    def power(self, base: float, exponent: float) -> float:
        return power(base, exponent)

    def elementary(self, name: str, argument: float) -> float:
        return float_function(name)(argument)

    def call(self, name: str, arguments: Sequence[float]) -> float:
        if name in SELECTIONS:
            return super().call(name, arguments)
        (argument,) = arguments
        return self.elementary(name, argument)

    def component(self, name: str, index: int, arguments: Sequence[float]) -> float:
        return COMPONENTS[name](index, arguments)


FLOAT: Arithmetic[float] = _Float()
