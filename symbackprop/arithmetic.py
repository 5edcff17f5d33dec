"""
Numbers put into expressions, in several arithmetics.

`evaluate` walks an expression once; what + · / and the functions mean is the arithmetic's business:

    FLOAT               double precision; overflow gives ±inf, a missing value a DomainError
    ARRAY               the same over NumPy arrays, elementwise; a missing value is nan or ±inf
    high_precision(30)  mpmath, the given number of decimal digits, functions by their definitions
    EXACT               fractions; `exact` answers None where the value is not a fraction of bounded size

`compile_expr` turns an expression into nested closures once, for loops that evaluate it thousands of times;
it gives the same bits as FLOAT.  Sums and products run from left to right in every arithmetic, so that the
same input gives the same bytes under every Python.
"""

from __future__ import annotations

import math
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any, Generic, TypeVar

from symbackprop.errors import DomainError, UnknownNameError, nearest
from symbackprop.expr import (
    Call,
    Cases,
    Condition,
    Constant,
    Exact,
    Expr,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
)
from symbackprop.functions import FUNCTIONS, SELECTIONS, VECTOR_FUNCTIONS, Z

T = TypeVar("T")

RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

LARGEST_EXACT_BITS = 4096
LARGEST_EXACT_ROOT = 64


class IrrationalError(ArithmeticError):
    """Raised by EXACT where a value is no fraction of bounded size; `exact` turns it into None."""


class Arithmetic(ABC, Generic[T]):
    """
    What numbers and operations mean.

    Functions that have a definition in `functions.py` are evaluated by it unless the arithmetic knows better.
    """

    @abstractmethod
    def number(self, value: Exact) -> T:
        """Return the number."""

    @abstractmethod
    def constant(self, name: str) -> T:
        """Return the named constant: pi or e."""

    @abstractmethod
    def add(self, terms: Sequence[T]) -> T:
        """Add two or more terms from left to right."""

    @abstractmethod
    def mul(self, factors: Sequence[T]) -> T:
        """Multiply two or more factors from left to right."""

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

    @abstractmethod
    def compare(self, left: T, relation: str, right: T) -> bool:
        """Tell whether left relation right holds; the relation is one of < <= > >=."""

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

    >>> x = Symbol("x")
    >>> evaluate(x**2 + 1, {"x": Fraction(1, 2)}, EXACT)
    Fraction(5, 4)

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


# --- double precision ---------------------------------------------------------------------------------------------


def _float(value: Exact) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _divide(numerator: float, denominator: float) -> float:
    try:
        return numerator / denominator
    except ZeroDivisionError:
        msg = "division by zero"
        raise DomainError(msg) from None


def _power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        msg = f"division by zero (0 to the power {exponent:.6g})" if base == 0 else f"{base:.6g} to the power {exponent:.6g}"
        raise DomainError(msg) from None


def _float_function(name: str, function: Callable[[float], float], *, odd: bool = False) -> Callable[[float], float]:
    """Let overflow be infinite, an infinite angle nan, and say what has no value."""

    def apply(z: float) -> float:
        try:
            return function(z)
        except OverflowError:
            return -math.inf if odd and z < 0 else math.inf
        except ValueError:
            if math.isinf(z) and name in {"sin", "cos", "tan"}:
                return math.nan
            msg = f"{_SPOKEN.get(name, name)} of {z:.6g}"
            raise DomainError(msg) from None

    return apply


_SPOKEN = {"sqrt": "square root"}


def _sign(z: float) -> float:
    return float((z > 0) - (z < 0))


def _step(z: float) -> float:
    return 1.0 if z > 0 else 0.0


def _sech(z: float) -> float:
    return 2 * math.exp(-abs(z)) / (1 + math.exp(-2 * abs(z)))


_ELEMENTARY: dict[str, Callable[[float], float]] = {
    "exp": _float_function("exp", math.exp),
    "sinh": _float_function("sinh", math.sinh, odd=True),
    "cosh": _float_function("cosh", math.cosh),
    **{name: _float_function(name, getattr(math, name)) for name in ("log", "sqrt", "sin", "cos", "tan", "asin", "acos")},
    "atan": math.atan,
    "erf": math.erf,
    "abs": abs,
    "sign": _sign,
    "step": _step,
    "sech": _sech,
}


@cache
def float_function(name: str) -> Callable[[float], float]:
    """
    Return a function of one real variable in double precision, in its stable form where it has one.

    Raises UnknownNameError, which names the nearest known function.
    """
    body = definition(name)
    row = FUNCTIONS[name]
    if row.stable:
        return row.stable
    if name in _ELEMENTARY:
        return _ELEMENTARY[name]
    if body is None:
        return _float_function(name, getattr(math, name))
    compiled = compile_expr(body)
    return lambda z: compiled({"z": z})


def _softmax(index: int, values: Sequence[float]) -> float:
    top = max(values)
    powers = [math.exp(z - top) for z in values]
    return powers[index] / _sum(powers)


def _log_softmax(index: int, values: Sequence[float]) -> float:
    top = max(values)
    return values[index] - top - math.log(_sum([math.exp(z - top) for z in values]))


_COMPONENTS: dict[str, Callable[[int, Sequence[float]], float]] = {"softmax": _softmax, "log_softmax": _log_softmax}


def _sum(terms: Sequence[float]) -> float:
    """Add from left to right: `sum` compensates from Python 3.12 on, and does not before."""
    total = terms[0]
    for term in terms[1:]:
        total = total + term  # in place would write into the caller's array
    return total


def _product(factors: Sequence[float]) -> float:
    total = factors[0]
    for factor in factors[1:]:
        total = total * factor
    return total


class _Float(Arithmetic[float]):
    """Double precision."""

    def number(self, value: Exact) -> float:
        return _float(value)

    def constant(self, name: str) -> float:
        return math.pi if name == "pi" else math.e

    def add(self, terms: Sequence[float]) -> float:
        return _sum(terms)

    def mul(self, factors: Sequence[float]) -> float:
        return _product(factors)

    def div(self, numerator: float, denominator: float) -> float:
        return _divide(numerator, denominator)

    def integer_power(self, base: float, exponent: int) -> float:
        return base * base if exponent == 2 else _power(base, _float(exponent))

    def power(self, base: float, exponent: float) -> float:
        return _power(base, exponent)

    def elementary(self, name: str, argument: float) -> float:
        return float_function(name)(argument)

    def call(self, name: str, arguments: Sequence[float]) -> float:
        if name in SELECTIONS:
            return super().call(name, arguments)
        (argument,) = arguments
        return float_function(name)(argument)

    def component(self, name: str, index: int, arguments: Sequence[float]) -> float:
        return _COMPONENTS[name](index, arguments)

    def compare(self, left: float, relation: str, right: float) -> bool:
        return RELATIONS[relation](left, right)


FLOAT: Arithmetic[float] = _Float()


# --- closures -----------------------------------------------------------------------------------------------------

Compiled = Callable[[Mapping[str, float]], float]


def compile_expr(expr: Expr) -> Compiled:
    """
    Return a function from values by name to the float value of the expression, several times faster than `evaluate`.

    >>> compile_expr(Symbol("w") * Symbol("x") + 1)({"w": 2.0, "x": 3.0})
    7.0

    The result raises DomainError where the expression has no value and KeyError for a missing name.
    """
    match expr:
        case Symbol(name=name):
            return operator.itemgetter(name)
        case Number(value=value):
            constant = _float(value)
            return lambda _: constant
        case Product(factors):
            return _compile_product(factors)
        case Sum(terms):
            return _compile_sum(terms)
        case Quotient(numerator, denominator):
            top, bottom = compile_expr(numerator), compile_expr(denominator)
            return lambda env: _divide(top(env), bottom(env))
        case Power(base, Number(value=int(exponent))):
            return _compile_integer_power(compile_expr(base), exponent)
        case Power(base, exponent):
            low, high = compile_expr(base), compile_expr(exponent)
            return lambda env: _power(low(env), high(env))
        case Call(name, arguments):
            return _compile_call(expr, name, arguments)
        case Cases(branches, otherwise):
            return _compile_cases(branches, otherwise)
        case Constant(name):
            named = FLOAT.constant(name)
            return lambda _: named
        case _:
            msg = f"{type(expr).__name__} has no value"
            raise TypeError(msg)


def _names(parts: Sequence[Expr]) -> list[str] | None:
    names = [part.name for part in parts if isinstance(part, Symbol)]
    return names if len(names) == len(parts) else None


def _compile_product(factors: Sequence[Expr]) -> Compiled:
    names = _names(factors)
    if names and len(names) == 2:
        a, b = names
        return lambda env: env[a] * env[b]
    if names and len(names) == 3:
        a, b, c = names
        return lambda env: env[a] * env[b] * env[c]
    if isinstance(factors[0], Number) and len(factors) == 2:
        constant, other = _float(factors[0].value), compile_expr(factors[1])
        return lambda env: constant * other(env)
    parts = [compile_expr(factor) for factor in factors]
    if len(parts) == 2:
        f, g = parts
        return lambda env: f(env) * g(env)
    if len(parts) == 3:
        f, g, h = parts
        return lambda env: f(env) * g(env) * h(env)
    first, *rest = parts

    def product(env: Mapping[str, float]) -> float:
        total = first(env)
        for part in rest:
            total *= part(env)
        return total

    return product


def _compile_sum(terms: Sequence[Expr]) -> Compiled:
    if len(terms) == 2:
        return _compile_two_terms(*terms)
    pairs = [pair for term in terms[:-1] if isinstance(term, Product) and (pair := _names(term.factors)) and len(pair) == 2]
    if len(pairs) == len(terms) - 1:
        return _compile_affine([(a, b) for a, b in pairs], terms[-1])
    parts = [compile_expr(term) for term in terms]
    if len(parts) == 3:
        f, g, h = parts
        return lambda env: f(env) + g(env) + h(env)
    first, *rest = parts

    def total_of(env: Mapping[str, float]) -> float:
        total = first(env)
        for part in rest:
            total += part(env)
        return total

    return total_of


def _compile_two_terms(left: Expr, right: Expr) -> Compiled:
    match left, right:
        case Symbol(name=a), Symbol(name=b):
            return lambda env: env[a] + env[b]
        case Symbol(name=a), Product((Number(value=-1), Symbol(name=b))):
            return lambda env: env[a] - env[b]
        case Number(value=value), Product((Number(value=-1), Symbol(name=b))):
            constant = _float(value)
            return lambda env: constant - env[b]
    f, g = compile_expr(left), compile_expr(right)
    return lambda env: f(env) + g(env)


def _compile_affine(pairs: Sequence[tuple[str, str]], last: Expr) -> Compiled:
    """Compile w₁·x₁ + … + wₙ·xₙ + last: the pre-activation of every unit."""
    (a, b), *rest = pairs
    end = compile_expr(last)

    def affine(env: Mapping[str, float]) -> float:
        total = env[a] * env[b]
        for c, d in rest:
            total += env[c] * env[d]
        return total + end(env)

    return affine


def _compile_integer_power(base: Compiled, exponent: int) -> Compiled:
    if exponent == 2:

        def square(env: Mapping[str, float]) -> float:
            value = base(env)
            return value * value

        return square
    high = _float(exponent)
    return lambda env: _power(base(env), high)


def _compile_call(expr: Call, name: str, arguments: Sequence[Expr]) -> Compiled:
    if name in VECTOR_FUNCTIONS:
        function, index = _COMPONENTS[name], component_index(expr)
        parts = [compile_expr(argument) for argument in arguments[1:]]
        return lambda env: function(index, [part(env) for part in parts])
    if name in SELECTIONS:
        f, g = map(compile_expr, arguments)
        holds = RELATIONS[SELECTIONS[name]]

        def select(env: Mapping[str, float]) -> float:
            left, right = f(env), g(env)
            return left if holds(left, right) else right

        return select
    (argument,) = arguments
    apply = float_function(name)
    if isinstance(argument, Symbol):
        z = argument.name
        return lambda env: apply(env[z])
    inner = compile_expr(argument)
    return lambda env: apply(inner(env))


def _compile_cases(branches: Sequence[tuple[Expr, Condition]], otherwise: Expr) -> Compiled:
    rows = [
        (compile_expr(test.left), RELATIONS[test.relation], compile_expr(test.right), compile_expr(value))
        for value, test in branches
    ]
    last = compile_expr(otherwise)

    def first_that_holds(env: Mapping[str, float]) -> float:
        for left, holds, right, value in rows:
            if holds(left(env), right(env)):
                return value(env)
        return last(env)

    return first_that_holds


# --- fractions ----------------------------------------------------------------------------------------------------


def exact(expr: Expr, env: Mapping[str, Exact]) -> Fraction | None:
    """
    Return the value as a fraction, or None where it is irrational or longer than `LARGEST_EXACT_BITS`.

    >>> x = Symbol("x")
    >>> exact(Call("sqrt", (x,)), {"x": Fraction(9, 4)}), exact(Call("exp", (x,)), {"x": 1})
    (Fraction(3, 2), None)

    Raises DomainError where the expression has no value.
    """
    try:
        return evaluate(expr, {name: Fraction(value) for name, value in env.items()}, EXACT)
    except IrrationalError:
        return None


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
    """Fractions; IrrationalError for every other value."""

    def number(self, value: Exact) -> Fraction:
        return _bounded(Fraction(value))

    def constant(self, name: str) -> Fraction:
        raise IrrationalError(name)

    def add(self, terms: Sequence[Fraction]) -> Fraction:
        total = terms[0]
        for term in terms[1:]:
            total = _bounded(total + term)
        return total

    def mul(self, factors: Sequence[Fraction]) -> Fraction:
        total = factors[0]
        for factor in factors[1:]:
            total = _bounded(total * factor)
        return total

    def div(self, numerator: Fraction, denominator: Fraction) -> Fraction:
        if denominator == 0:
            msg = "division by zero"
            raise DomainError(msg)
        return _bounded(numerator / denominator)

    def integer_power(self, base: Fraction, exponent: int) -> Fraction:
        if base == 0 and exponent < 0:
            msg = f"division by zero (0 to the power {exponent})"
            raise DomainError(msg)
        bits = max(base.numerator.bit_length(), base.denominator.bit_length()) - 1
        if bits * abs(exponent) > LARGEST_EXACT_BITS:
            msg = f"a power of more than {LARGEST_EXACT_BITS} bits"
            raise IrrationalError(msg)
        return _bounded(base**exponent)

    def power(self, base: Fraction, exponent: Fraction) -> Fraction:
        if exponent.denominator == 1:
            return self.integer_power(base, exponent.numerator)
        if base < 0:
            msg = f"{base} to the power {exponent}"
            raise DomainError(msg)
        if base == 0 and exponent < 0:
            msg = f"division by zero (0 to the power {exponent})"
            raise DomainError(msg)
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
            case "sqrt" if argument >= 0:
                return _exact_root(argument, 2)
        outside = {"sqrt": argument < 0, "log": argument <= 0, "asin": abs(argument) > 1, "acos": abs(argument) > 1}
        if outside.get(name):
            msg = f"{_SPOKEN.get(name, name)} of {argument}"
            raise DomainError(msg)
        msg = f"{name} of {argument}"
        raise IrrationalError(msg)

    def compare(self, left: Fraction, relation: str, right: Fraction) -> bool:
        return RELATIONS[relation](left, right)


EXACT: Arithmetic[Fraction] = _Exact()


# --- many digits --------------------------------------------------------------------------------------------------

GUARD_DIGITS = 10
LARGEST_EXPONENT_BITS = 64


class _HighPrecision(Arithmetic[Any]):
    """mpmath in a context of its own, so that nobody's precision is changed."""

    def __init__(self, digits: int) -> None:
        import mpmath  # noqa: PLC0415 - takes 60 ms, and most runs need no digits

        self.context = mpmath.mp.clone()
        self.context.dps = digits + GUARD_DIGITS

    def number(self, value: Exact) -> Any:
        return self.context.mpf(value.numerator) / value.denominator

    def constant(self, name: str) -> Any:
        return +getattr(self.context, name)

    def add(self, terms: Sequence[Any]) -> Any:
        return _sum(terms)

    def mul(self, factors: Sequence[Any]) -> Any:
        return _product(factors)

    def div(self, numerator: Any, denominator: Any) -> Any:
        if denominator == 0:
            msg = "division by zero"
            raise DomainError(msg)
        return numerator / denominator

    def integer_power(self, base: Any, exponent: int) -> Any:
        if base == 0 and exponent < 0:
            msg = f"division by zero (0 to the power {exponent})"
            raise DomainError(msg)
        return base**exponent

    def power(self, base: Any, exponent: Any) -> Any:
        if self.context.isint(exponent):
            return self.integer_power(base, int(exponent))
        if base == 0 and exponent < 0:
            msg = f"division by zero (0 to the power {float(exponent):.6g})"
            raise DomainError(msg)
        if base < 0:
            msg = f"{float(base):.6g} to the power {float(exponent):.6g}"
            raise DomainError(msg)
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
        outside = {"sqrt": argument < 0, "log": argument <= 0, "asin": abs(argument) > 1, "acos": abs(argument) > 1}
        if outside.get(name):
            msg = f"{_SPOKEN.get(name, name)} of {context.nstr(argument, 6)}"
            raise DomainError(msg)
        return getattr(context, name)(argument)

    def compare(self, left: Any, relation: str, right: Any) -> bool:
        return RELATIONS[relation](left, right)


@cache
def high_precision(digits: int = 30) -> Arithmetic[Any]:
    """Return an arithmetic of that many decimal digits (and ten guard digits); its numbers are mpmath's mpf."""
    return _HighPrecision(digits)


# --- arrays -------------------------------------------------------------------------------------------------------


class _Array(Arithmetic[Any]):
    """NumPy, elementwise, over floats and arrays of one length; what has no value is nan or ±inf."""

    _NAMES: Mapping[str, str] = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}

    def _numpy(self) -> Any:
        import numpy as np  # noqa: PLC0415 - takes 80 ms, and most runs need no arrays

        return np

    def number(self, value: Exact) -> Any:
        return _float(value)

    def constant(self, name: str) -> Any:
        return FLOAT.constant(name)

    def add(self, terms: Sequence[Any]) -> Any:
        with self._numpy().errstate(all="ignore"):
            return _sum(terms)

    def mul(self, factors: Sequence[Any]) -> Any:
        with self._numpy().errstate(all="ignore"):
            return _product(factors)

    def div(self, numerator: Any, denominator: Any) -> Any:
        np = self._numpy()
        with np.errstate(all="ignore"):
            return np.divide(numerator, denominator)

    def integer_power(self, base: Any, exponent: int) -> Any:
        return self.power(base, _float(exponent))

    def power(self, base: Any, exponent: Any) -> Any:
        np = self._numpy()
        with np.errstate(all="ignore"):
            return np.power(np.asarray(base, dtype=float), exponent)

    def call(self, name: str, arguments: Sequence[Any]) -> Any:
        np = self._numpy()
        if name in SELECTIONS:
            return (np.maximum if name == "max" else np.minimum)(*arguments)
        (argument,) = arguments
        if FUNCTIONS[name].stable and name != "tanh":
            return np.vectorize(float_function(name), otypes=[float])(argument)
        return np.tanh(argument) if name == "tanh" else super().call(name, arguments)

    def component(self, name: str, index: int, arguments: Sequence[Any]) -> Any:
        np = self._numpy()
        top = np.max(np.broadcast_arrays(*arguments), axis=0)
        return super().component(name, index, [argument - top for argument in arguments])

    def cases(self, expr: Cases, value: Callable[[Expr], Any]) -> Any:
        np = self._numpy()
        result = value(expr.otherwise)
        for branch, test in reversed(expr.branches):
            holds = RELATIONS[test.relation](value(test.left), value(test.right))
            result = np.where(holds, value(branch), result)
        return result

    def elementary(self, name: str, argument: Any) -> Any:
        np = self._numpy()
        with np.errstate(all="ignore"):
            match name:
                case "step":
                    return np.where(np.asarray(argument) > 0, 1.0, 0.0)
                case "erf":
                    return np.vectorize(math.erf, otypes=[float])(argument)
            return getattr(np, self._NAMES.get(name, name))(argument)

    def compare(self, left: Any, relation: str, right: Any) -> bool:
        return bool(self._numpy().all(RELATIONS[relation](left, right)))


ARRAY: Arithmetic[Any] = _Array()
