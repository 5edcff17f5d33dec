"""A rational point, with 30 digits: for the laws that the field does not have."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from symbackprop.arithmetic.base import Arithmetic
from symbackprop.arithmetic.digits import high_precision
from symbackprop.errors import DomainError
from symbackprop.expr import Exact, Expr, Product, Sum, Symbol
from symbackprop.steps import Step, SumOverPaths
from symbackprop.verify.points import Point, Setting

DIGITS = 30
WORKING_DIGITS = 50


class RealPoint(Point[Any]):
    """
    A rational point, with 30 digits.

    Raises DomainError where a definition has no value there.
    """

    def __init__(self, setting: Setting, leaves: Mapping[str, Fraction]) -> None:
        self.arithmetic: Arithmetic[Any] = high_precision(WORKING_DIGITS)
        self.relative = self.number(Fraction(1, 10**DIGITS))
        self.least = self.number(Fraction(1, 10 ** (DIGITS + 10)))
        super().__init__(setting)
        self.conditions: list[bool] = []
        for name, value in leaves.items():
            self.env[name] = self.number(value)
        for node in self.graph.nodes:
            value = self.env[node.symbol.name] = self.value(node.expr)
            if not abs(value) < 10**DIGITS:
                msg = f"{node.symbol.name} is too large"
                raise DomainError(msg)
        self.region = tuple(self.conditions)

    def sides(self, step: Step) -> list[tuple[Any, Any]]:
        """Return the true value and what the step says; for a sum over paths also the sum of its terms."""
        truth = self.symbol(step.about)
        sides = [(truth, self.value(step.value))]
        if isinstance(step, SumOverPaths):
            sides.append((truth, self.arithmetic.add([self.zero, *map(self.value, step.terms)])))
        return sides

    def value(self, expr: Expr) -> Any:
        match expr:
            case Symbol():
                return self.symbol(expr)
            case Product(factors):
                return self.arithmetic.mul([self.value(factor) for factor in factors])
            case Sum(terms):
                return self.arithmetic.add([self.value(term) for term in terms])
        return super().value(expr)

    def close(self, left: Any, right: Any) -> bool:
        return bool(abs(left - right) <= self.least + self.relative * max(abs(left), abs(right)))

    def show(self, value: Any) -> str:
        return f"{float(value):.8g}"

    def number(self, value: Exact) -> Any:
        return self.arithmetic.number(value)

    def constant(self, name: str) -> Any:
        return self.arithmetic.constant(name)

    def add(self, left: Any, right: Any) -> Any:
        return left + right

    def mul(self, left: Any, right: Any) -> Any:
        return left * right

    def div(self, left: Any, right: Any) -> Any:
        return self.arithmetic.div(left, right)

    def integer_power(self, base: Any, exponent: int) -> Any:
        return self.arithmetic.integer_power(base, exponent)

    def raised(self, base: Any, exponent: Expr) -> Any:
        return self.arithmetic.power(base, self.value(exponent))

    def weight(self, left: Any, relation: str, right: Any) -> Any:
        holds = self.arithmetic.compare(left, relation, right)
        self.conditions.append(holds)
        return self.one if holds else self.zero

    def apply(self, function: str, argument: Expr, value: Any) -> Any:  # noqa: ARG002 - the field needs the argument
        if function in {"abs", "sign", "step"}:
            self.conditions.append(bool(value > 0))
        if function != "exp":
            return self.arithmetic.elementary(function, value)
        power = self.known_powers.get(value)
        if power is None:
            power = self.known_powers[value] = self.arithmetic.elementary(function, value)
        return power
