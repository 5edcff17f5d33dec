"""
`evaluate` walks an expression once; what + · / and the functions mean is the business of an `Arithmetic`.

Sums and products run from left to right in every arithmetic, so that the same input gives the same bytes under
every Python.  A function is evaluated by its definition in `functions.py` unless an arithmetic knows better.
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cache, reduce
from typing import Any, Generic, TypeVar

from symbackprop.errors import UnknownNameError, nearest
from symbackprop.expr import Call, Cases, Constant, Exact, Expr, Number, Power, Product, Quotient, Sum, Symbol
from symbackprop.functions import FUNCTIONS, SELECTIONS, VECTOR_FUNCTIONS, Z

T = TypeVar("T")

RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Arithmetic(ABC, Generic[T]):
    """What numbers and operations mean."""

    @abstractmethod
    def number(self, value: Exact) -> T:
        """Return the number."""

    @abstractmethod
    def constant(self, name: str) -> T:
        """Return the named constant: pi or e."""

    def add(self, terms: Sequence[T]) -> T:
        """Add from left to right: `sum` compensates floats from Python 3.12 on, and does not before."""
        return reduce(operator.add, terms)

    def mul(self, factors: Sequence[T]) -> T:
        """Multiply from left to right."""
        return reduce(operator.mul, factors)

    @abstractmethod
    def div(self, numerator: T, denominator: T) -> T:
        """Divide; raises DomainError for division by zero."""

    @abstractmethod
    def integer_power(self, base: T, exponent: int) -> T:
        """Raise to a whole power; raises DomainError for a negative power of zero."""

    @abstractmethod
    def power(self, base: T, exponent: T) -> T:
        """Raise to any power; raises DomainError where the value is not real."""

    @abstractmethod
    def elementary(self, name: str, argument: T) -> T:
        """Apply a function which has no definition in terms of others."""

    def compare(self, left: T, relation: str, right: T) -> bool:
        """Tell whether left relation right holds; the relation is one of < <= > >=."""
        return RELATIONS[relation](left, right)

    def call(self, name: str, arguments: Sequence[T]) -> T:
        """Apply a function of `functions.py` to its arguments; max and min take two."""
        if name in SELECTIONS:
            left, right = arguments
            return left if self.compare(left, SELECTIONS[name], right) else right
        (argument,) = arguments
        body = definition(name)
        return self.elementary(name, argument) if body is None else evaluate(body, {"z": argument}, self)

    def component(self, name: str, index: int, arguments: Sequence[T]) -> T:
        """Return component `index` (from 0) of a function of a whole layer."""
        body = component_definition(name, index, len(arguments))
        return evaluate(body, {f"z{k}": argument for k, argument in enumerate(arguments)}, self)

    def cases(self, expr: Cases, value: Callable[[Expr], T]) -> T:
        """Return the first branch whose condition holds; the other branches are not evaluated."""
        for branch, test in expr.branches:
            if self.compare(value(test.left), test.relation, value(test.right)):
                return value(branch)
        return value(expr.otherwise)


def evaluate(expr: Expr, env: Mapping[str, T], arithmetic: Arithmetic[T]) -> T:
    """
    Return the value of an expression where `env` gives the value of each symbol by its plain name.

    >>> from symbackprop.arithmetic import FLOAT
    >>> x = Symbol("x")
    >>> evaluate(x**2 + 1, {"x": 0.5}, FLOAT)
    1.25

    Raises UnknownNameError for a symbol without a value, DomainError where the expression has none.
    """
    match expr:
        case Symbol(name=name):
            try:
                return env[name]
            except KeyError:
                msg = f"{name} has no value{nearest(name, env)}"
                raise UnknownNameError(msg) from None
        case Number(value=value):
            return arithmetic.number(value)
        case Product(factors):
            return arithmetic.mul([evaluate(factor, env, arithmetic) for factor in factors])
        case Sum(terms):
            return arithmetic.add([evaluate(term, env, arithmetic) for term in terms])
        case Quotient(numerator, denominator):
            return arithmetic.div(evaluate(numerator, env, arithmetic), evaluate(denominator, env, arithmetic))
        case Power(base, Number(value=int(exponent))):
            return arithmetic.integer_power(evaluate(base, env, arithmetic), exponent)
        case Power(base, exponent):
            return arithmetic.power(evaluate(base, env, arithmetic), evaluate(exponent, env, arithmetic))
        case Call(name, arguments) if name in VECTOR_FUNCTIONS:
            values = [evaluate(argument, env, arithmetic) for argument in arguments[1:]]
            return arithmetic.component(name, component_index(expr), values)
        case Call(name, arguments):
            return arithmetic.call(name, [evaluate(argument, env, arithmetic) for argument in arguments])
        case Cases():
            return arithmetic.cases(expr, lambda part: evaluate(part, env, arithmetic))
        case Constant(name):
            return arithmetic.constant(name)
        case _:
            msg = f"{type(expr).__name__} has no value"
            raise TypeError(msg)


@cache
def definition(name: str) -> Expr | None:
    """
    Return a function's definition as an expression in z, None for an elementary function.

    Raises UnknownNameError, which names the nearest known function.
    """
    row = FUNCTIONS.get(name)
    if row is None:
        msg = f'unknown function "{name}"{nearest(name, FUNCTIONS)}'
        raise UnknownNameError(msg)
    return row.define(Z) if row.define else None


@cache
def component_definition(name: str, index: int, size: int) -> Expr:
    """Return component `index` (from 0) of a function of a layer of `size` units, as an expression in z0, z1, …"""
    return VECTOR_FUNCTIONS[name].define(index, [Symbol(f"z{k}") for k in range(size)])


def component_index(expr: Call) -> int:
    """Return which component (from 0) a call of softmax or log_softmax means."""
    first = expr.arguments[0]
    assert isinstance(first, Number)
    return int(first.value) - 1
