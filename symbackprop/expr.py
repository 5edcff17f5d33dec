"""
Expressions that keep the order in which a teacher writes them.

An expression is a small immutable tree of nine kinds.
SymPy would reorder `w*x + b` to `b + w*x` and cancel as it builds; here a `Sum` is a tuple of
terms and a `Product` a tuple of factors, in textbook order, so one tree serves the derivation,
the arithmetic and the printers.  `symbackprop.sympy_bridge.to_sympy` turns any of them into a SymPy object.

Subtraction is a term with the coefficient −1.  `add`, `mul`, `div` and `power` do the arithmetic
that nobody writes down (0·x, 1·x, x⁰, 2·3) and nothing else; `simplify.py` does the rest, by named rules.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from operator import is_
from typing import TypeAlias

Exact: TypeAlias = int | Fraction
Operand: TypeAlias = "Expr | int | Fraction"

LARGEST_FOLDED_EXPONENT = 64


class Expr:
    """The base of the nine kinds; gives them Python's operators."""

    __slots__ = ()

    def parts(self) -> tuple[Expr, ...]:
        """Return the direct parts of a kind defined elsewhere (matrices); the nine kinds are matched, not asked."""
        return ()

    def with_parts(self, parts: tuple[Expr, ...]) -> Expr:  # noqa: ARG002 - a kind without parts stays as it is
        """Return the same kind with other parts."""
        return self

    def __add__(self, other: Operand) -> Expr:
        return add(self, other)

    def __radd__(self, other: Operand) -> Expr:
        return add(other, self)

    def __sub__(self, other: Operand) -> Expr:
        return add(self, mul(-1, other))

    def __rsub__(self, other: Operand) -> Expr:
        return add(other, mul(-1, self))

    def __mul__(self, other: Operand) -> Expr:
        return mul(self, other)

    def __rmul__(self, other: Operand) -> Expr:
        return mul(other, self)

    def __truediv__(self, other: Operand) -> Expr:
        return div(self, other)

    def __rtruediv__(self, other: Operand) -> Expr:
        return div(other, self)

    def __pow__(self, other: Operand) -> Expr:
        return power(self, other)

    def __neg__(self) -> Expr:
        return mul(-1, self)


@dataclass(frozen=True, slots=True)
class Number(Expr):
    """An exact rational; `decimal` remembers that the reader wrote 0.5 and not 1/2."""

    value: Exact
    decimal: bool = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)


@dataclass(frozen=True, slots=True)
class Constant(Expr):
    """A named real number: pi, e."""

    name: str


@dataclass(frozen=True, slots=True)
class Symbol(Expr):
    """A named quantity; `name` is its plain name."""

    name: str


@dataclass(frozen=True, slots=True)
class Adjoint(Symbol):
    """∂output/∂of over *all* paths: it belongs to a value.  δ is the adjoint of a pre-activation."""

    output: str
    of: str

    @property
    def is_delta(self) -> bool:
        """Whether it is written δ: the derivative of a loss by a pre-activation."""
        return self.name.startswith(("delta", "Delta"))


@dataclass(frozen=True, slots=True)
class Partial(Symbol):
    """∂child/∂parent with all else held fixed: it belongs to an edge, and is 'local'."""

    child: str
    parent: str


@dataclass(frozen=True, slots=True)
class Sum(Expr):
    """Two or more terms, in the order written."""

    terms: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Product(Expr):
    """Two or more factors, in the order written; a number can only be the first."""

    factors: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Quotient(Expr):
    """A fraction."""

    numerator: Expr
    denominator: Expr


@dataclass(frozen=True, slots=True)
class Power(Expr):
    """base to the exponent."""

    base: Expr
    exponent: Expr


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """A function of `functions.py` applied; softmax and log_softmax take the unit's number first."""

    function: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """left relation right, where the relation is one of < <= > >=."""

    left: Expr
    relation: str
    right: Expr


@dataclass(frozen=True, slots=True)
class Cases(Expr):
    """The value of the first branch whose condition holds, else `otherwise`."""

    branches: tuple[tuple[Expr, Condition], ...]
    otherwise: Expr


ZERO, ONE, MINUS_ONE = Number(0), Number(1), Number(-1)


@contextmanager
def uncollected() -> Iterator[None]:
    """Pause the garbage collector while many trees are built: it would walk them all, again and again, and find no cycle."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if not gc.get_freeze_count():
                gc.freeze()  # … and
                gc.unfreeze()  # back: all objects count as old at once, without the walk that ages them
            gc.enable()


def number(value: Exact, *, decimal: bool = False) -> Number:
    """
    Return an exact number, as an int where it is whole.

    >>> number(Fraction(4, 2))
    Number(value=2, decimal=False)
    """
    if isinstance(value, Fraction) and value.denominator == 1:
        return Number(value.numerator)
    return Number(value, decimal)


def as_expr(value: Operand) -> Expr:
    """Lift a Python number to an expression."""
    return value if isinstance(value, Expr) else number(value)


def add(*terms: Operand) -> Expr:
    """
    Add in the order given: nested sums are flattened, zeros dropped, nothing is collected.

    >>> x = Symbol("x")
    >>> add(x, 0, add(x, 1)).terms
    (Symbol(name='x'), Symbol(name='x'), Number(value=1, decimal=False))
    """
    flat: list[Expr] = []
    for term in terms:
        if isinstance(term, (Product, Symbol)):
            flat.append(term)
        elif isinstance(term, Sum):
            flat.extend(term.terms)
        else:
            expr = as_expr(term)
            if not (isinstance(expr, Number) and expr.value == 0):
                flat.append(expr)
    if len(flat) > 1 and all(isinstance(t, Number) for t in flat):
        values = [t for t in flat if isinstance(t, Number)]
        return number(sum(t.value for t in values), decimal=any(t.decimal for t in values))
    if not flat:
        return ZERO
    return flat[0] if len(flat) == 1 else Sum(tuple(flat))


def mul(*factors: Operand) -> Expr:
    """
    Multiply in the order given: products are flattened and numbers gathered in front.

    >>> x = Symbol("x")
    >>> mul(x, 2, 3).factors
    (Number(value=6, decimal=False), Symbol(name='x'))
    """
    coefficient: Exact = 1
    decimal = False
    flat: list[Expr] = []
    for factor in factors:
        expr = as_expr(factor)
        for part in expr.factors if isinstance(expr, Product) else (expr,):
            if isinstance(part, Number):
                coefficient = coefficient * part.value
                decimal = decimal or part.decimal
            else:
                flat.append(part)
    if coefficient == 0:
        return ZERO
    if not flat:
        return number(coefficient, decimal=decimal)
    if coefficient != 1:
        flat.insert(0, number(coefficient, decimal=decimal))
    return flat[0] if len(flat) == 1 else Product(tuple(flat))


def div(numerator: Operand, denominator: Operand) -> Expr:
    """
    Divide; a quotient of two numbers is a number.

    Raises ZeroDivisionError where the denominator is the number 0.
    """
    top, bottom = as_expr(numerator), as_expr(denominator)
    if isinstance(bottom, Number):
        if isinstance(top, Number):
            return number(Fraction(top.value) / Fraction(bottom.value), decimal=top.decimal or bottom.decimal)
        if bottom.value == 0:
            msg = "division by zero"
            raise ZeroDivisionError(msg)
        if bottom.value in {1, -1}:
            return mul(bottom, top)
    if isinstance(top, Number) and top.value == 0:
        return ZERO
    return Quotient(top, bottom)


def power(base: Operand, exponent: Operand) -> Expr:
    """Raise to a power; x⁰ is 1, x¹ is x, and small powers of numbers are worked out."""
    low, high = as_expr(base), as_expr(exponent)
    if isinstance(high, Number):
        if high.value == 0:
            return ONE
        if high.value == 1:
            return low
        small = isinstance(high.value, int) and abs(high.value) <= LARGEST_FOLDED_EXPONENT
        if small and isinstance(low, Number) and low.value != 0 and _bits(low.value) <= LARGEST_FOLDED_EXPONENT:
            return number(Fraction(low.value) ** int(high.value), decimal=low.decimal)
    return Power(low, high)


def _bits(value: Exact) -> int:
    return max(abs(value.numerator).bit_length(), value.denominator.bit_length())


def call(function: str, *arguments: Operand) -> Call:
    """Apply a function of the table in `functions.py`."""
    return Call(function, tuple(as_expr(a) for a in arguments))


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct parts of an expression, in reading order."""
    match expr:
        case Sum(terms):
            return terms
        case Product(factors):
            return factors
        case Quotient(numerator, denominator):
            return (numerator, denominator)
        case Power(base, exponent):
            return (base, exponent)
        case Call(_, arguments):
            return arguments
        case Cases(branches, otherwise):
            parts = [part for value, test in branches for part in (value, test.left, test.right)]
            return (*parts, otherwise)
        case _:
            return expr.parts()


def rebuild(expr: Expr, parts: tuple[Expr, ...]) -> Expr:
    """Return the same kind of expression with other parts (the inverse of `children`)."""
    match expr:
        case Sum():
            return add(*parts)
        case Product():
            return mul(*parts)
        case Quotient():
            return div(*parts)
        case Power():
            return power(*parts)
        case Call(function, _):
            return Call(function, parts)
        case Cases(branches, _):
            triples = zip(parts[:-1:3], parts[1:-1:3], parts[2:-1:3], strict=True)
            return Cases(
                tuple(
                    (value, Condition(left, test.relation, right))
                    for (value, left, right), (_, test) in zip(triples, branches, strict=True)
                ),
                parts[-1],
            )
        case _:
            return expr.with_parts(parts)


def transform(expr: Expr, rewrite: Callable[[Expr], Expr | None]) -> Expr:
    """Rewrite from the top down: where `rewrite` answers None, go on with the parts."""
    replaced = rewrite(expr)
    if replaced is not None:
        return replaced
    parts = children(expr)
    if not parts:
        return expr
    new = tuple([transform(part, rewrite) for part in parts])
    return expr if all(map(is_, new, parts)) else rebuild(expr, new)


def substitute(expr: Expr, values: Mapping[str, Expr]) -> Expr:
    """
    Put expressions in for symbols, by name and all at once.

    >>> x, y = Symbol("x"), Symbol("y")
    >>> substitute(x * y, {"x": y, "y": x})
    Product(factors=(Symbol(name='y'), Symbol(name='x')))
    """
    return transform(expr, lambda part: values.get(part.name) if isinstance(part, Symbol) else None)


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield the expression and all its parts, outermost first."""
    yield expr
    for part in children(expr):
        yield from walk(part)


def symbols(expr: Expr) -> dict[str, Symbol]:
    """Return the symbols of an expression by name, in order of first appearance."""
    found: dict[str, Symbol] = {}
    stack = [expr]
    while stack:
        part = stack.pop()
        if isinstance(part, Symbol):
            found.setdefault(part.name, part)
        elif isinstance(part, Product):  # most are: `children` would try every kind
            stack += part.factors[::-1]
        else:
            stack += children(part)[::-1]
    return found


def operations(expr: Expr) -> int:
    """
    Count the arithmetic operations and function calls: the measure by which 'simpler' is decided.

    A minus sign costs nothing: it turns a plus into a minus.

    >>> a, y = Symbol("a"), Symbol("y")
    >>> operations((a - y) * a * (1 - a))
    4
    """
    match expr:
        case Symbol() | Number():
            return 0
        case Sum(terms):
            return len(terms) - 1 + sum(map(operations, terms))
        case Product(factors):
            signless = factors[1:] if isinstance(factors[0], Number) and factors[0].value == -1 else factors
            return len(signless) - 1 + sum(map(operations, signless))
        case Quotient() | Power():
            return 1 + sum(map(operations, children(expr)))
        case Call(_, arguments):
            return 1 + sum(map(operations, arguments))
        case Cases(branches, _):
            return len(branches) + sum(map(operations, children(expr)))
        case _:
            parts = expr.parts()
            return max(1, len(parts) - 1) + sum(map(operations, parts)) if parts else 0
