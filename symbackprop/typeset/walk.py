"""
From an expression to one line of any markup.

The walk decides what needs parentheses and where a minus sign goes; the emitter knows how it looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from symbackprop.document import Apply, Blank, Brace, Display, Grid, Hadamard, Nabla, Numeral, Relation, Tint, Vector, rounded
from symbackprop.expr import (
    MINUS_ONE,
    ONE,
    Adjoint,
    Call,
    Cases,
    Condition,
    Constant,
    Expr,
    Number,
    Partial,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
)
from symbackprop.functions import VECTOR_FUNCTIONS
from symbackprop.indexed import Entry, Kronecker, Local, Sigma
from symbackprop.matrix import Entries, MatMul, Ones, Slope, Softmax, Sums, Transpose
from symbackprop.notation import Name, Speller
from symbackprop.typeset.boxes import ATOM, NEGATIVE, NOTHING, POWER, PRODUCT, QUOTIENT, SUM, Box
from symbackprop.typeset.emitter import TRIGONOMETRIC, Emitter


class Walk:
    """Typesets expressions of one problem, each on one line, with one emitter; keeps what it has spelled."""

    def __init__(self, emitter: Emitter, speller: Speller | None = None) -> None:
        self.emitter = emitter
        self.speller = speller
        self._spelled: dict[tuple[type, str], Box] = {}
        self._script = 0
        self._table: dict[type, Callable[[Any], Box]] = {
            Symbol: self._symbol,
            Adjoint: self._symbol,
            Partial: self._symbol,
            Number: self._number,
            Constant: lambda expr: self.emitter.constant(expr.name),
            Sum: self._sum,
            Product: self._product,
            Display: self._product,
            Quotient: self._quotient,
            Power: self._power,
            Call: self._call,
            Cases: self._cases,
            Tint: lambda expr: self.emitter.tint(self.box(expr.body), expr.colour),
            Brace: lambda expr: self.emitter.brace(self.box(expr.body), self.box(expr.label)),
            Numeral: self._numeral,
            Apply: self._apply,
            Blank: lambda expr: self.emitter.blank(expr.width),
            Relation: self._relation,
            Vector: self._vector,
            Nabla: lambda expr: self.emitter.nabla(self.box(expr.of)),
            MatMul: self._matmul,
            Hadamard: self._hadamard,
            Grid: self._grid,
            Entries: self._grid,
            Transpose: lambda expr: self.emitter.transposed(self.operand(expr.body, ATOM)),
            Ones: lambda expr: self.emitter.ones(str(expr.size)),
            Sums: self._sums,
            Sigma: self._sigma,
            Entry: self._entry,
            Local: self._entry,
            Kronecker: self._entry,
            Softmax: lambda expr: self.emitter.call("log_softmax" if expr.log else "softmax", [self.box(expr.body)], None, None),
            Slope: lambda expr: self.emitter.primed(expr.function, self.box(expr.body)),
        }

    def text(self, expr: Expr) -> str:
        """Return the expression on one line."""
        return self.box(expr).text

    def box(self, expr: Expr) -> Box:
        """Return the expression on one line, with its width."""
        return self._table[type(expr)](expr)

    def operand(self, expr: Expr, minimum: int) -> Box:
        """Return the expression, in parentheses where it binds less tightly than `minimum`."""
        if isinstance(expr, Tint):
            return self.emitter.tint(self.operand(expr.body, minimum), expr.colour)
        box = self.box(expr)
        return box if box.binding >= minimum else self._group(box)

    def _group(self, box: Box) -> Box:
        """Return the box in parentheses, of one size in exponents."""
        return self.emitter.group(box._replace(height=0) if self._script else box)

    # The kinds, one method each.

    def _symbol(self, symbol: Symbol) -> Box:
        key = (type(symbol), symbol.name)
        box = self._spelled.get(key)
        if box is None:
            box = self._spelled[key] = self._spell(symbol)
        return box

    def _spell(self, symbol: Symbol) -> Box:
        if self.speller is None:
            return self.emitter.name(Name(symbol.name, symbol.name, "word", written=symbol.name))
        spelling = self.speller.spell(symbol)
        if isinstance(spelling, Name):
            return self.emitter.name(spelling)
        return self.emitter.ratio(spelling, self.emitter.name(spelling.top), self.emitter.name(spelling.bottom))

    def _number(self, number: Number, *, small: bool = False) -> Box:
        value = number.value if number.value >= 0 else -number.value
        box = self.emitter.number(value, decimal=number.decimal, small=small or self._script > 0)
        return self.emitter.negative(box) if number.value < 0 else box

    def _numeral(self, numeral: Numeral) -> Box:
        text = numeral.text.removeprefix("-")
        box = self.emitter.numeral(text)
        return self.emitter.negative(box) if numeral.text.startswith("-") else box

    def _sum(self, expr: Sum) -> Box:
        parts = []
        for position, (negative, lead, body) in enumerate(self._terms(expr)):
            box = self.operand(body, NEGATIVE + 1)
            parts.append((lead if position else NOTHING, self.emitter.negative(box) if negative and not position else box))
        return self.emitter.joined(parts, SUM)

    def _terms(self, expr: Sum) -> Iterator[tuple[bool, Box, Expr]]:
        for term in expr.terms:
            negative, body = split_sign(term)
            yield negative, self.emitter.sign(negative=negative, start=False), body

    def _factors(self, expr: Product | Display) -> tuple[bool, list[tuple[Expr, int]]]:
        """Return whether the product is negative, and its factors with how tightly each must bind."""
        factors = expr.factors
        negative = False
        if isinstance(expr, Product) and isinstance(factors[0], Number) and factors[0].value < 0:
            negative = True
            flipped = Number(-factors[0].value, factors[0].decimal)
            factors = factors[1:] if flipped == ONE and len(factors) > 1 else (flipped, *factors[1:])
        last = len(factors) - 1
        binding = [PRODUCT if position else QUOTIENT for position in range(len(factors))]
        for position, factor in enumerate(factors):
            if isinstance(factor, Sigma):  # what follows a Σ would belong to it
                binding[position] = ATOM if position < last else NEGATIVE
        return negative, list(zip(factors, binding, strict=True))

    def _factor(self, expr: Expr, minimum: int) -> Box:
        if minimum == QUOTIENT and isinstance(expr, Number) and expr.value >= 0:
            return self._number(expr, small=True)
        return self.operand(expr, minimum)

    def _product(self, expr: Product | Display) -> Box:
        negative, factors = self._factors(expr)
        whole = isinstance(expr, Display)
        parts: list[tuple[Box, Box]] = []
        for factor, minimum in factors:
            box = self._factor(factor, minimum)
            parts.append((self.emitter.times(parts[-1][1], box, whole=whole) if parts else NOTHING, box))
        body = self.emitter.joined(parts, PRODUCT) if len(parts) > 1 else parts[0][1]
        return self.emitter.negative(body) if negative else body

    def _quotient(self, expr: Quotient) -> Box:
        negative, positive = split_sign(expr)
        if negative:
            return self.emitter.negative(self.operand(positive, NEGATIVE + 1))
        return self.emitter.fraction(self.box(expr.numerator), self.box(expr.denominator), script=self._script > 0)

    def _scripted(self, expr: Expr) -> Box:
        self._script += 1
        box = self.box(expr)
        self._script -= 1
        return box

    def _power(self, expr: Power) -> Box:
        value = expr.exponent.value if isinstance(expr.exponent, Number) else None
        exponent = self._scripted(expr.exponent)
        base = expr.base
        if isinstance(base, Call) and base.function in TRIGONOMETRIC and isinstance(value, int) and value >= 2:
            return self.emitter.call(base.function, [self.box(base.arguments[0])], exponent, None)
        box = self.operand(base, ATOM)
        if box.height >= 1 and isinstance(base, Symbol | Entry) and box.head != "group":
            box = self._group(box)
        return self.emitter.power(box, exponent, value)

    def _call(self, expr: Call) -> Box:
        arguments = expr.arguments
        if expr.function == "exp":
            written = self.emitter.exponential(lambda: self._scripted(arguments[0]))
            if written is not None:
                return written
        index, arguments = indexed(expr)
        return self.emitter.call(expr.function, [self.box(argument) for argument in arguments], None, index)

    def _condition(self, test: Condition) -> Box:
        left, right = self.box(test.left), self.box(test.right)
        return self.emitter.joined([(NOTHING, left), (self.emitter.relation(test.relation), right)], 0)

    def _cases(self, expr: Cases) -> Box:
        branches = [(self.box(value), self._condition(test)) for value, test in expr.branches]
        return self.emitter.cases(branches, self.box(expr.otherwise))

    def _apply(self, expr: Apply) -> Box:
        operator = self.emitter.operator(self.box(expr.variable), ordinary=expr.ordinary)
        body = self.box(expr.body)
        return self.emitter.joined([(NOTHING, operator), (NOTHING, self.emitter.group(body))], PRODUCT)

    def _relation(self, expr: Relation) -> Box:
        signs = self.signs(expr)
        boxes = [self.box(side) for side in expr.sides]
        return self.emitter.joined([(signs[position] if position else NOTHING, box) for position, box in enumerate(boxes)], 0)

    def signs(self, expr: Relation) -> list[Box]:
        """Return the sign before each side: what is rounded is not equal."""
        return [self.emitter.relation(near(expr.relation, side)) for side in expr.sides]

    def _matmul(self, expr: MatMul) -> Box:
        space = self.emitter.beside(roomy=any(isinstance(factor, Brace) for factor in expr.factors))
        boxes = [self.operand(factor, POWER) for factor in expr.factors]
        return self.emitter.joined([(space if i else NOTHING, box) for i, box in enumerate(boxes)], PRODUCT)

    def _hadamard(self, expr: Hadamard) -> Box:
        sign = self.emitter.hadamard()
        boxes = [self.operand(factor, POWER) for factor in expr.factors]
        return self.emitter.joined([(sign if i else NOTHING, box) for i, box in enumerate(boxes)], PRODUCT)

    def _grid(self, expr: Grid | Entries) -> Box:
        return self.emitter.grid([[self.box(entry) for entry in row] for row in expr.rows])

    def _sums(self, expr: Sums) -> Box:
        """Return 1 1ᵀ M, whose entries are the sums of the columns, or M 1 1ᵀ."""
        one = self.emitter.ones("")
        ones = self.emitter.joined([(NOTHING, one), (NOTHING, self.emitter.transposed(one))], PRODUCT)
        body = self.operand(expr.body, POWER)
        parts = (body, ones) if expr.rows else (ones, body)
        return self.emitter.joined([(NOTHING, parts[0]), (self.emitter.beside(), parts[1])], PRODUCT)

    def _sigma(self, expr: Sigma) -> Box:
        sign, body = self.emitter.summed(expr.index, str(expr.size)), self.operand(expr.body, self._summand(expr))
        return self.emitter.joined([(NOTHING, sign), (NOTHING, body)], QUOTIENT)

    def _summand(self, expr: Sigma) -> int:
        """Return how tightly a summand must bind: a sum in a sum needs no parentheses, one with two terms does."""
        return NEGATIVE if isinstance(expr.body, Sigma) else NEGATIVE + 1

    def _entry(self, expr: Entry | Local | Kronecker) -> Box:
        assert self.speller is not None
        spelling = self.speller.entry(expr)
        if isinstance(spelling, Name):
            return self.emitter.name(spelling)
        return self.emitter.ratio(spelling, self.emitter.name(spelling.top), self.emitter.name(spelling.bottom))

    def _vector(self, expr: Vector) -> Box:
        comma = self.emitter.comma()
        boxes = [self.box(entry) for entry in expr.entries]
        return self.emitter.group(self.emitter.joined([(comma if i else NOTHING, box) for i, box in enumerate(boxes)], 0))


def near(relation: str, right: Expr) -> str:
    """
    Return the sign of a relation: = becomes ≈ before a rounded number.

    >>> near("=", Numeral("0.3775", exact=False)), near("=", Numeral("0.5")), near("→", Symbol("x"))
    ('≈', '=', '→')
    """
    return "≈" if relation == "=" and rounded(right) else relation


def split_sign(expr: Expr) -> tuple[bool, Expr]:
    """
    Return whether a term begins with a minus sign, and the term without it.

    >>> split_sign(Number(-2))
    (True, Number(value=2, decimal=False))
    """
    match expr:
        case Number(value, decimal) if value < 0:
            return True, Number(-value, decimal)
        case Numeral(text, exact) if text.startswith("-"):
            return True, Numeral(text[1:], exact)
        case Product((first, *rest)) if first == MINUS_ONE and rest:
            return True, rest[0] if len(rest) == 1 else Product(tuple(rest))
        case Product((Number() | Numeral() as first, *rest)):
            negative, body = split_sign(first)
            return negative, Product((body, *rest)) if negative else expr
        case Quotient(numerator, denominator):
            negative, body = split_sign(numerator)
            return negative, Quotient(body, denominator) if negative else expr
        case Tint(body, colour):
            negative, inner = split_sign(body)
            return negative, Tint(inner, colour) if negative else expr
        case _:
            return False, expr


def indexed(expr: Call) -> tuple[int | None, tuple[Expr, ...]]:
    """Split the unit's number off the arguments of softmax."""
    first = expr.arguments[0]
    if expr.function in VECTOR_FUNCTIONS and isinstance(first, Number):
        return int(first.value), expr.arguments[1:]
    return None, expr.arguments
