"""
Expressions as program text: one walk, and a `Language` that says how each operation is written.

A function without a spelling in a language is written out by its definition in `functions.py`, so that a new
row there needs nothing here.  Where the definition would overflow or lose digits, `STABLE` has a better one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from symbackprop.arithmetic.base import definition
from symbackprop.errors import InternalError
from symbackprop.expr import (
    ONE,
    Call,
    Cases,
    Condition,
    Constant,
    Expr,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    add,
    call,
    children,
    div,
    mul,
    number,
    rebuild,
    substitute,
)
from symbackprop.functions import SELECTIONS, VECTOR_FUNCTIONS, exp

# How tightly an operation binds, loosest first.
CHOICE, ADDED, MULTIPLIED, SIGNED, RAISED, WHOLE = range(6)

Written = tuple[str, int]
Unary = Callable[[Expr], Expr]

# Below this, 1 + e^(−z) is e^(−z) to the last digit, and e^(−z) itself may overflow.
FAR_BELOW = number(-700)


def _stable_sigmoid(z: Expr) -> Expr:
    return Cases(((1 / (1 + exp(-z)), Condition(z, ">", FAR_BELOW)),), exp(z))


def _stable_softplus(z: Expr) -> Expr:
    return add(call("max", z, 0), call("log1p", exp(-call("abs", z))))


def _stable_sech(z: Expr) -> Expr:
    small = exp(-call("abs", z))
    return div(2 * small, 1 + small**2)


def _stable_elu(z: Expr) -> Expr:
    return Cases(((z, Condition(z, ">", number(0))),), call("expm1", z))


# Functions whose definition overflows or cancels, written otherwise; log1p and expm1 exist in every language here.
STABLE: dict[str, Unary] = {
    "sigmoid": _stable_sigmoid,
    "softplus": _stable_softplus,
    "sech": _stable_sech,
    "elu": _stable_elu,
    "silu": lambda z: mul(z, _stable_sigmoid(z)),
}


@dataclass(frozen=True)
class Language:
    """
    How a programming language writes numbers and operations.

    `functions` gives the text of a call, with {} for the argument, for each function the language has itself.
    `stable` replaces definitions, as `STABLE` does; with `squares`, x² is written x·x; `many` says that max takes any number.
    """

    functions: Mapping[str, str]
    constants: Mapping[str, str]
    stable: Mapping[str, Unary]
    number: Callable[[Fraction], str]
    choice: Callable[[str, str, str], Written]
    power: Callable[[str, str], Written]
    squares: bool = True
    many: bool = True

    def lower(self, expr: Expr) -> Expr:
        """Write out every function the language does not have."""
        parts = tuple(self.lower(part) for part in children(expr))
        whole = rebuild(expr, parts) if parts else expr
        match whole:
            case Call(name) if name in VECTOR_FUNCTIONS or name in self.functions:
                return whole
            case Call(name, (argument,)):
                return self.lower(self.defined(name)(argument))
            case _:
                return whole

    def defined(self, name: str) -> Unary:
        """Return how a function is written out; raises InternalError for one without a definition."""
        if name in self.stable:
            return self.stable[name]
        body = definition(name)
        if body is None:
            msg = f"no spelling and no definition of {name}"
            raise InternalError(msg)
        return lambda argument: substitute(body, {"z": argument})


class Printer:
    """Writes expressions in a language, with as few parentheses as it allows."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def text(self, expr: Expr, least: int = CHOICE) -> str:
        """Write an expression, in parentheses where it binds less tightly than `least`."""
        text, binds = self.write(expr)
        return text if binds >= least else f"({text})"

    def write(self, expr: Expr) -> Written:
        """Write an expression; returns the text and how tightly it binds."""
        language = self.language
        match expr:
            case Symbol(name=name):
                return name, WHOLE
            case Number(value=value):
                return self.number(Fraction(value))
            case Constant(name):
                return language.constants[name], WHOLE
            case Sum(terms):
                return self.sum(terms), ADDED
            case Product(factors):
                return self.product(factors)
            case Quotient(numerator, denominator):
                return f"{self.text(numerator, MULTIPLIED)} / {self.text(denominator, SIGNED)}", MULTIPLIED
            case Power(base, exponent):
                return self.power(base, exponent)
            case Call(name, arguments):
                return self.call(name, arguments)
            case Cases(branches, otherwise):
                text = self.write(otherwise)
                for chosen, test in reversed(branches):
                    condition = f"{self.text(test.left, ADDED)} {test.relation} {self.text(test.right, ADDED)}"
                    text = language.choice(condition, self.text(chosen, ADDED), text[0] if text[1] > CHOICE else f"({text[0]})")
                return text
            case _:
                msg = f"{type(expr).__name__} cannot be written as code"
                raise InternalError(msg)

    def number(self, value: Fraction) -> Written:
        """Write a number; a negative one, or a fraction that is no short decimal, binds as an operation."""
        text = self.language.number(value)
        return text, ADDED if text.startswith("-") else MULTIPLIED if "/" in text else WHOLE

    def sum(self, terms: Sequence[Expr]) -> str:
        """Write a sum; a negative term is subtracted, and does not come first if another can."""
        ordered = list(terms)
        if is_negative(ordered[0]):
            ordered.sort(key=is_negative)
        text = self.text(ordered[0], ADDED)
        for term in ordered[1:]:
            text += f" - {self.text(-term, MULTIPLIED)}" if is_negative(term) else f" + {self.text(term, MULTIPLIED)}"
        return text

    def product(self, factors: Sequence[Expr]) -> Written:
        """Write a product; fractions with numerator 1 divide at the end."""
        first: Expr = factors[0]
        rest = factors[1:]
        sign = ""
        if isinstance(first, Number) and first.value < 0:
            sign = "-"
            first = -first
        above: list[Expr] = [] if first == ONE else [first]
        above += [part for part in rest if not is_reciprocal(part)]
        below = [part.denominator for part in (first, *rest) if isinstance(part, Quotient) and is_reciprocal(part)]
        if above and is_reciprocal(first):
            above.remove(first)
        if len(above) > 1 and isinstance(first, Number) and first.value != 1 and first.value.numerator == 1:
            # x / 3, not 0.333… · x; and x / 2 is exact either way.
            above, below = above[1:], [Number(first.value.denominator), *below]
        text = " * ".join(self.text(part, SIGNED if i else MULTIPLIED) for i, part in enumerate(above or [ONE]))
        text += "".join(f" / {self.text(part, SIGNED)}" for part in below)
        return sign + text, ADDED if sign else MULTIPLIED

    def power(self, base: Expr, exponent: Expr) -> Written:
        """Write a power; squares and cubes of names as products where the language asks for it."""
        if self.language.squares and isinstance(base, Symbol) and isinstance(exponent, Number) and exponent.value in {2, 3}:
            return " * ".join([base.name] * int(exponent.value)), MULTIPLIED
        return self.language.power(self.text(base, WHOLE), self.text(exponent, WHOLE))

    def call(self, name: str, arguments: Sequence[Expr]) -> Written:
        """Write a function applied."""
        words = [self.text(argument, ADDED) for argument in arguments]
        text = self.language.functions[name]
        if name in SELECTIONS:
            if not self.language.many:
                return reduce(lambda left, right: text.format(f"{left}, {right}"), words), WHOLE
            return text.format(", ".join(words)), WHOLE
        return text.format(*words), WHOLE


def is_negative(expr: Expr) -> bool:
    """Whether an expression is a number below 0 or has one in front."""
    match expr:
        case Number(value=value) | Product((Number(value=value), *_)):
            return value < 0
        case _:
            return False


def is_reciprocal(expr: Expr) -> bool:
    """Whether an expression is 1/x."""
    return isinstance(expr, Quotient) and expr.numerator == ONE


def decimal(value: Fraction) -> str:
    """
    Write a number so that Python and C read the nearest double.

    >>> decimal(Fraction(1, 4)), decimal(Fraction(1, 3)), decimal(Fraction(3))
    ('0.25', '1 / 3', '3')
    """
    if value.denominator == 1:
        return str(value.numerator)
    short = repr(float(value))
    if Fraction(short) == value or max(abs(value.numerator), value.denominator) >= 2**53:
        return short
    return f"{value.numerator} / {value.denominator}"


def float_number(value: Fraction) -> str:
    """
    Write a number as a double: no integer divisions.

    >>> float_number(Fraction(1, 3)), float_number(Fraction(2))
    ('1.0 / 3.0', '2.0')
    """
    text = decimal(value)
    if "/" in text:
        return f"{value.numerator}.0 / {value.denominator}.0"
    return text if any(mark in text for mark in ".ein") else f"{text}.0"


ELEMENTARY = ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "erf", "log1p", "expm1")

PYTHON = Language(
    functions={
        **{name: f"{name}({{}})" for name in ELEMENTARY},
        "abs": "abs({})",
        "sign": "float(({0} > 0.0) - ({0} < 0.0))",
        "step": "float({} > 0.0)",
        "max": "max({})",
        "min": "min({})",
    },
    constants={"pi": "pi", "e": "e"},
    stable=STABLE,
    number=float_number,  # Python is faster where every number is a float
    choice=lambda test, value, otherwise: (f"{value} if {test} else {otherwise}", CHOICE),
    power=lambda base, exponent: (f"{base}**{exponent}", RAISED),
)
C = Language(
    functions={
        **{name: f"{name}({{}})" for name in ELEMENTARY},
        "abs": "fabs({})",
        "max": "fmax({})",
        "min": "fmin({})",
        "sign": "(double)(({0} > 0.0) - ({0} < 0.0))",
        "step": "(double)({} > 0.0)",
    },
    constants={"pi": "3.14159265358979323846", "e": "2.71828182845904523536"},
    stable={name: row for name, row in STABLE.items() if name not in {"sigmoid", "silu"}},  # exp is infinite, and 1/∞ is 0
    number=float_number,
    choice=lambda test, value, otherwise: (f"{test} ? {value} : {otherwise}", CHOICE),
    power=lambda base, exponent: (f"pow({base}, {exponent})", WHOLE),
    many=False,
)
