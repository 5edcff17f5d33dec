"""
From expressions to lines of LaTeX, Unicode or ASCII.

One walk (`Typesetter.box`) decides what needs parentheses and where a minus sign goes; an `Emitter` knows how
a fraction or a power looks in one markup.  A new markup is one more emitter.
Every `Box` carries its width (characters, or em for LaTeX), so that long right-hand sides are broken
here (`Typesetter.lines`): one term a line, then at the dots, inside parentheses as a last resort, balanced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from symbackprop.document import Apply, Brace, Display, Grid, Hadamard, Nabla, Numeral, Relation, Tint, Vector
from symbackprop.expr import (
    MINUS_ONE,
    ONE,
    Adjoint,
    Call,
    Cases,
    Condition,
    Constant,
    Exact,
    Expr,
    Number,
    Partial,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
)
from symbackprop.functions import FUNCTIONS, VECTOR_FUNCTIONS
from symbackprop.matrix import MatMul, Ones, Slope, Softmax, Sums, Transpose
from symbackprop.notation import GREEK, Name, Ratio, Speller, index_runs

# How tightly an expression holds together, loosest first.
SUM, NEGATIVE, QUOTIENT, PRODUCT, POWER, ATOM = 1, 2, 3, 4, 5, 6

# Text emitters mark colours and braces with control characters; `plain_text` removes them, the terminal acts on them.
TINT_ON, TINT_OFF, BRACE_ON, BRACE_LABEL, BRACE_OFF = "\x0e", "\x0f", "\x11", "\x12", "\x13"

_TRIGONOMETRIC = frozenset({"sin", "cos", "tan", "sinh", "cosh", "tanh", "sech"})
_BARE = _TRIGONOMETRIC | {"log"}


class Box(NamedTuple):
    """
    A typeset expression.

    `binding` is one of SUM … ATOM; `height` is 0 for a line of plain letters, 1 with superscripts, 2 built up,
    and n + 1 for n rows of cases;
    `head` and `tail` say what stands at its ends, for the spacing in products:
    "symbol", "word", "number", "numeral" (a computed number), "fraction", "group", "function" or "bare" (without parentheses).
    """

    text: str
    width: float
    binding: int = ATOM
    height: int = 0
    head: str = "symbol"
    tail: str = "symbol"


class Line(NamedTuple):
    """One line of a broken expression; `depth` 0 starts at the margin, 1 and 2 are continuations."""

    text: str
    width: float
    depth: int
    height: int


class Token(NamedTuple):
    """A piece that is never broken, with what stands before it within a line and at a line's start."""

    box: Box
    inline: Box
    start: Box
    depth: int


NOTHING = Box("", 0.0)


class Emitter:
    """How each construct looks in one markup; takes and returns boxes."""

    script_width = 1.0
    indent = 2.0

    def name(self, name: Name) -> Box:
        """Return a symbol."""
        raise NotImplementedError

    def ratio(self, ratio: Ratio, top: Box, bottom: Box) -> Box:
        """Return a derivative."""
        raise NotImplementedError

    def number(self, value: Exact, *, decimal: bool, small: bool) -> Box:
        """Return a non-negative number; `small` where it is a coefficient."""
        raise NotImplementedError

    def numeral(self, text: str) -> Box:
        """Return a computed number without its sign; 'e' begins a power of ten."""
        raise NotImplementedError

    def constant(self, name: str) -> Box:
        """Return pi or e."""
        raise NotImplementedError

    def negative(self, body: Box) -> Box:
        """Return a minus sign and a body."""
        raise NotImplementedError

    def joined(self, parts: Sequence[tuple[Box, Box]], binding: int) -> Box:
        """Return separators and bodies in a row; the first separator is printed too."""
        text = "".join(lead.text + body.text for lead, body in parts)
        width = sum(lead.width + body.width for lead, body in parts)
        height = max(body.height for _, body in parts)
        return Box(text, width, binding, height, parts[0][1].head, parts[-1][1].tail)

    def sign(self, *, negative: bool, start: bool) -> Box:
        """Return the plus or minus between two terms, or at the start of a continuation line."""
        raise NotImplementedError

    def times(self, left: Box, right: Box, *, whole: bool) -> Box:
        """Return what stands between two factors; `whole` in a chain rule, where it is always a dot."""
        raise NotImplementedError

    def times_start(self) -> Box:
        """Return the dot that begins a continuation line."""
        raise NotImplementedError

    def parentheses(self, height: int, *, paired: bool = True) -> tuple[Box, Box]:
        """Return an opening and a closing parenthesis; not `paired` where a line break comes between them."""
        raise NotImplementedError

    def fraction(self, top: Box, bottom: Box, *, script: bool) -> Box:
        """Return a fraction."""
        raise NotImplementedError

    def splits_fractions(self) -> bool:
        """Return whether a fraction too wide for a line must become a product with one over the denominator."""
        return False

    def power(self, base: Box, exponent: Box, value: Exact | None) -> Box:
        """Return a power; `value` is the exponent where it is a number."""
        raise NotImplementedError

    def function(self, name: str) -> Box:
        """Return a function's name."""
        raise NotImplementedError

    def call(self, function: str, arguments: Sequence[Box], exponent: Box | None, index: int | None) -> Box:
        """Return a function applied, or its power where an exponent is given; softmax has an index."""
        raise NotImplementedError

    def opening(self, function: str, height: int) -> tuple[Box, Box]:
        """Return what stands before and after the arguments of a call that is broken over lines."""
        name = self.function(function)
        left, right = self.parentheses(height, paired=False)
        return Box(name.text + left.text, name.width + left.width, head="function"), right

    def exponential(self, argument: Callable[[], Box]) -> Box | None:  # noqa: ARG002 - most markups have no such form
        """Return e to a small power, or None where it is better written exp(…)."""
        return None

    def cases(self, branches: Sequence[tuple[Box, Box]], otherwise: Box) -> Box:
        """Return values with their conditions."""
        raise NotImplementedError

    def stacked_cases(self, rows: Sequence[Box]) -> Box | None:  # noqa: ARG002 - text has no such form
        """Return branches too wide for a line as rows of their own, or None where they are broken like any text."""
        return None

    def relation(self, symbol: str) -> Box:
        """Return the sign of a relation, with space around it."""
        raise NotImplementedError

    def comma(self) -> Box:
        """Return the comma of a list."""
        raise NotImplementedError

    def tint(self, body: Box, colour: int) -> Box:
        """Return the body in colour."""
        raise NotImplementedError

    def brace(self, body: Box, label: Box) -> Box:
        """Return the body with a name under a brace."""
        raise NotImplementedError

    def operator(self, variable: Box, *, ordinary: bool) -> Box:
        """Return ∂/∂variable."""
        raise NotImplementedError

    def nabla(self, of: Box) -> Box:
        """Return the gradient's symbol."""
        raise NotImplementedError

    def beside(self) -> Box:
        """Return what stands between two matrices that are multiplied."""
        raise NotImplementedError

    def hadamard(self) -> Box:
        """Return the sign of the product entry by entry, with space around it."""
        raise NotImplementedError

    def transposed(self, body: Box) -> Box:
        """Return the transpose."""
        raise NotImplementedError

    def grid(self, rows: Sequence[Sequence[Box]]) -> Box:
        """Return a matrix of entries."""
        raise NotImplementedError

    def ones(self, size: str) -> Box:
        """Return the vector of ones; `size` may be empty."""
        raise NotImplementedError

    def primed(self, function: str, argument: Box) -> Box:
        """Return the slope of a function, σ′(z)."""
        raise NotImplementedError

    def words(self, text: str) -> Box:
        """Return words within mathematics."""
        return Box(text, len(text))

    def indented(self, line: Line) -> Box:
        """Return a line with the space that its depth asks for."""
        space = " " * int(self.indent * line.depth)
        return Box(space + line.text, len(space) + line.width, 0, line.height)

    def group(self, body: Box) -> Box:
        """Return the body in parentheses."""
        left, right = self.parentheses(body.height)
        return Box(left.text + body.text + right.text, left.width + body.width + right.width, ATOM, body.height, "group", "group")


class Typesetter:
    """Typesets expressions of one problem with one emitter; keeps what it has spelled."""

    def __init__(self, emitter: Emitter, speller: Speller | None = None) -> None:
        self.emitter = emitter
        self.speller = speller
        self._spelled: dict[tuple[type, str], Box] = {}
        self._names: dict[str, Box] = {}
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
            Relation: self._relation,
            Vector: self._vector,
            Nabla: lambda expr: self.emitter.nabla(self.box(expr.of)),
            MatMul: self._matmul,
            Hadamard: self._hadamard,
            Grid: lambda expr: self.emitter.grid([[self.box(entry) for entry in row] for row in expr.rows]),
            Transpose: lambda expr: self.emitter.transposed(self.operand(expr.body, ATOM)),
            Ones: lambda expr: self.emitter.ones(str(expr.size)),
            Sums: self._sums,
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
            return Box(symbol.name, len(symbol.name))
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
        return negative, [(factor, PRODUCT if position else QUOTIENT) for position, factor in enumerate(factors)]

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
        if isinstance(base, Call) and base.function in _TRIGONOMETRIC and isinstance(value, int) and value >= 2:
            return self.emitter.call(base.function, [self.box(base.arguments[0])], exponent, None)
        box = self.operand(base, ATOM)
        if box.height >= 1 and isinstance(base, Symbol):
            box = self._group(box)
        return self.emitter.power(box, exponent, value)

    def _call(self, expr: Call) -> Box:
        arguments = expr.arguments
        if expr.function == "exp":
            written = self.emitter.exponential(lambda: self._scripted(arguments[0]))
            if written is not None:
                return written
        index, arguments = _indexed(expr)
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
        sign = self.emitter.relation(expr.relation)
        boxes = [self.box(side) for side in expr.sides]
        return self.emitter.joined([(sign if position else NOTHING, box) for position, box in enumerate(boxes)], 0)

    def _matmul(self, expr: MatMul) -> Box:
        space = self.emitter.beside()
        boxes = [self.operand(factor, POWER) for factor in expr.factors]
        return self.emitter.joined([(space if i else NOTHING, box) for i, box in enumerate(boxes)], PRODUCT)

    def _hadamard(self, expr: Hadamard) -> Box:
        sign = self.emitter.hadamard()
        boxes = [self.operand(factor, POWER) for factor in expr.factors]
        return self.emitter.joined([(sign if i else NOTHING, box) for i, box in enumerate(boxes)], PRODUCT)

    def _sums(self, expr: Sums) -> Box:
        """Return 1 1ᵀ M, whose entries are the sums of the columns, or M 1 1ᵀ."""
        ones = self.emitter.joined([(NOTHING, self.emitter.ones("")), (NOTHING, self.emitter.transposed(self.emitter.ones("")))], PRODUCT)
        body = self.operand(expr.body, POWER)
        parts = (body, ones) if expr.rows else (ones, body)
        return self.emitter.joined([(NOTHING, parts[0]), (self.emitter.beside(), parts[1])], PRODUCT)

    def _vector(self, expr: Vector) -> Box:
        comma = self.emitter.comma()
        boxes = [self.box(entry) for entry in expr.entries]
        return self.emitter.group(self.emitter.joined([(comma if i else NOTHING, box) for i, box in enumerate(boxes)], 0))

    # Breaking lines.

    def lines(self, expr: Expr, limit: float, first: float | None = None) -> list[Line]:
        """
        Break an expression into lines no wider than `limit` (the first no wider than `first`).

        A sum of long terms has one term a line; everything else is filled evenly, and broken as far out as possible.
        What cannot be broken is left too wide.
        """
        first = limit if first is None else first
        box = self.box(expr)
        if box.width <= first:
            return [Line(box.text, box.width, 0, box.height)]
        if isinstance(expr, Sum):
            return self._sum_lines(expr, limit, first)
        return _fill(self._tokens(expr, min(limit, first) - self.emitter.indent, 0), limit, first, self.emitter.indent)

    def _sum_lines(self, expr: Sum, limit: float, first: float) -> list[Line]:
        widest = max(self.box(term).width for term in expr.terms)
        inner = min(limit, first) - self.emitter.indent
        if widest < 0.5 * limit:
            return _fill(self._tokens(expr, inner, 0), limit, first, self.emitter.indent)
        lines: list[Line] = []
        for position, (negative, _, body) in enumerate(self._terms(expr)):
            start = self.emitter.sign(negative=negative, start=True)
            tokens = self._operand_tokens(body, NEGATIVE + 1, inner, 0)
            if position or negative:
                tokens[0] = _prefixed(tokens[0], start)
            lines.extend(_fill(tokens, limit, limit if position else first, self.emitter.indent))
        return lines

    def _operand_tokens(self, expr: Expr, minimum: int, limit: float, depth: int) -> list[Token]:
        box = self._factor(expr, minimum)
        if box.width <= limit:
            return [Token(box, NOTHING, NOTHING, depth)]
        if isinstance(expr, Tint):
            return self._tinted(self._operand_tokens(expr.body, minimum, limit, depth), expr.colour)
        if self.box(expr).binding >= minimum:
            return self._tokens(expr, limit, depth)
        return self._enclosed(expr, limit, depth, *self.emitter.parentheses(self.box(expr).height, paired=False))

    def _tinted(self, tokens: list[Token], colour: int) -> list[Token]:
        return [token._replace(box=self.emitter.tint(token.box, colour)) for token in tokens]

    def _enclosed(self, expr: Expr, limit: float, depth: int, left: Box, right: Box) -> list[Token]:
        tokens = self._tokens(expr, limit - left.width - right.width, depth + 1)
        tokens[0] = _prefixed(tokens[0], left)
        tokens[-1] = _suffixed(tokens[-1], right)
        return tokens

    def _tokens(self, expr: Expr, limit: float, depth: int) -> list[Token]:
        box = self.box(expr)
        if box.width <= limit:
            return [Token(box, NOTHING, NOTHING, depth)]
        emit = self.emitter
        match expr:
            case Tint(body, colour):
                return self._tinted(self._tokens(body, limit, depth), colour)
            case Brace(body, _):
                return self._tokens(body, limit, depth)
            case Sum():
                return self._sum_tokens(expr, limit, depth)
            case Product() | Display():
                return self._product_tokens(expr, limit, depth)
            case Quotient(numerator, denominator):
                return self._quotient_tokens(numerator, denominator, limit, depth)
            case Power(base, exponent):
                left, right = emit.parentheses(self.box(base).height, paired=False)
                value = exponent.value if isinstance(exponent, Number) else None
                tail = emit.power(right, self._scripted(exponent), value)
                return self._enclosed(base, limit, depth, left, tail)
            case Call():
                return self._call_tokens(expr, limit, depth)
            case Relation(sides, relation):
                sign = emit.relation(relation)
                return self._listed(sides, sign, limit, depth)
            case Cases():
                return self._cases_tokens(expr, limit, depth)
            case _:
                return [Token(box, NOTHING, NOTHING, depth)]

    def _sum_tokens(self, expr: Sum, limit: float, depth: int) -> list[Token]:
        tokens: list[Token] = []
        for position, (negative, lead, body) in enumerate(self._terms(expr)):
            start = self.emitter.sign(negative=negative, start=True)
            inner = self._operand_tokens(body, NEGATIVE + 1, limit - lead.width, depth + 1)
            if position:
                inner[0] = inner[0]._replace(inline=lead, start=start, depth=depth)
            elif negative:
                inner[0] = _prefixed(inner[0], self.emitter.negative(NOTHING))
            tokens.extend(inner)
        return tokens

    def _product_tokens(self, expr: Product | Display, limit: float, depth: int) -> list[Token]:
        negative, factors = self._factors(expr)
        whole, dot = isinstance(expr, Display), self.emitter.times_start()
        tokens: list[Token] = []
        for position, (factor, minimum) in enumerate(factors):
            room = limit - dot.width if position else limit + (0 if depth else self.emitter.indent)
            inner = self._operand_tokens(factor, minimum, room, depth + 1)
            if position:
                inline = self.emitter.times(tokens[-1].box, inner[0].box, whole=whole)
                inner[0] = inner[0]._replace(inline=inline, start=dot, depth=max(1, depth))
            elif negative:
                inner[0] = _prefixed(inner[0], self.emitter.negative(NOTHING))
            tokens.extend(inner)
        return tokens

    def _quotient_tokens(self, numerator: Expr, denominator: Expr, limit: float, depth: int) -> list[Token]:
        emit = self.emitter
        under = self.box(denominator)
        if emit.splits_fractions() and under.width <= limit:
            if numerator == ONE:
                return [Token(self.box(Quotient(numerator, denominator)), NOTHING, NOTHING, depth)]
            left = emit.fraction(self.box(ONE), under, script=False)
            tokens = self._operand_tokens(numerator, PRODUCT, limit - left.width, depth + 1)
            tokens[0] = _prefixed(tokens[0], left)
            return tokens
        slash = Box("/", 1.0)
        tokens = self._operand_tokens(numerator, QUOTIENT, limit, depth + 1)
        below = self._operand_tokens(denominator, POWER, limit, depth + 1)
        below[0] = _prefixed(below[0], slash)
        tokens[-1] = _suffixed(tokens[-1], NOTHING)
        below[0] = below[0]._replace(depth=depth + 1)
        return tokens + below

    def _call_tokens(self, expr: Call, limit: float, depth: int) -> list[Token]:
        index, arguments = _indexed(expr)
        left, right = self.emitter.opening(expr.function, max(self.box(a).height for a in arguments))
        if index is not None:
            arguments = (Number(index), *arguments)
        tokens = self._listed(arguments, self.emitter.comma(), limit - left.width - right.width, depth + 1)
        tokens[0] = _prefixed(tokens[0], left)
        tokens[-1] = _suffixed(tokens[-1], right)
        return tokens

    def _cases_tokens(self, expr: Cases, limit: float, depth: int) -> list[Token]:
        emit = self.emitter
        rows: list[Box] = []
        inner = limit - 2 * emit.indent - 2
        word = emit.words("if ")
        for value, test in (*expr.branches, (expr.otherwise, None)):
            rows.extend(emit.indented(line) for line in self.lines(value, inner))
            if test is None:
                rows.append(emit.indented(Line(emit.words("otherwise").text, 4.5, 2, 0)))
                continue
            for number, line in enumerate(self.lines(_relation_of(test), inner - word.width)):
                text = line.text if number else word.text + line.text
                rows.append(emit.indented(Line(text, line.width + word.width, 2, line.height)))
        stacked = emit.stacked_cases(rows)
        if stacked is not None:
            return [Token(stacked, NOTHING, NOTHING, depth)]
        left, right = emit.parentheses(self.box(expr).height, paired=False)
        tokens: list[Token] = []
        for value, test in expr.branches:
            tokens += self._worded(value, "else" if tokens else "", limit, depth + 1)
            tokens += self._worded(_relation_of(test), "if", limit, depth + 1)
        tokens += self._worded(expr.otherwise, "else", limit, depth + 1)
        tokens[0] = _prefixed(tokens[0], left)
        tokens[-1] = _suffixed(tokens[-1], right)
        return tokens

    def _worded(self, expr: Expr, word: str, limit: float, depth: int) -> list[Token]:
        """Return an expression's pieces with a word before the first."""
        inline, start = self.emitter.words(f" {word} "), self.emitter.words(f"{word} ")
        tokens = self._tokens(expr, limit - inline.width, depth)
        if word:
            tokens[0] = tokens[0]._replace(inline=inline, start=start, depth=depth)
        return tokens

    def _listed(self, parts: Sequence[Expr], comma: Box, limit: float, depth: int) -> list[Token]:
        tokens: list[Token] = []
        for position, part in enumerate(parts):
            inner = self._tokens(part, limit, depth)
            if position:
                inner[0] = inner[0]._replace(inline=comma, start=comma, depth=depth)
            tokens.extend(inner)
        return tokens


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


def _relation_of(test: Condition) -> Relation:
    return Relation((test.left, test.right), test.relation)


def _indexed(expr: Call) -> tuple[int | None, tuple[Expr, ...]]:
    """Split the unit's number off the arguments of softmax."""
    first = expr.arguments[0]
    if expr.function in VECTOR_FUNCTIONS and isinstance(first, Number):
        return int(first.value), expr.arguments[1:]
    return None, expr.arguments


def _prefixed(token: Token, left: Box) -> Token:
    box = token.box
    head = left.head if left.text else box.head
    return token._replace(box=box._replace(text=left.text + box.text, width=left.width + box.width, head=head))


def _suffixed(token: Token, right: Box) -> Token:
    box = token.box
    return token._replace(box=box._replace(text=box.text + right.text, width=box.width + right.width, tail="group"))


def _fill(tokens: Sequence[Token], limit: float, first: float, indent: float) -> list[Line]:
    """
    Fill lines evenly: as few as possible, and among those the breaks with the least sum of squared gaps.

    The idea is Knuth and Plass's (*Breaking paragraphs into lines*, 1981); a break inside parentheses costs more.
    """
    count = len(tokens)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, count + 1):
        choice = (float("inf"), 0)
        width = 0.0
        for begin in range(end - 1, -1, -1):
            token = tokens[begin]
            room = first if begin == 0 else limit - indent * min(token.depth, 2)
            full = token.box.width + width + (token.start.width if begin else 0.0)
            over = full > room
            if over and begin < end - 1:
                break
            gap = 0.0 if over else (room - full) / room
            cost = best[begin][0] + 1.0 + gap * gap + (token.depth if begin else 0.0) + (1e6 if over else 0.0)
            if cost < choice[0]:
                choice = (cost, begin)
            width += token.box.width + token.inline.width
        best.append(choice)
    cuts = [count]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    cuts.reverse()
    return [_assemble(tokens[begin:end], begin) for begin, end in pairwise(cuts)]


def _assemble(tokens: Sequence[Token], begin: int) -> Line:
    opening = tokens[0].start if begin else NOTHING
    text = opening.text + tokens[0].box.text + "".join(t.inline.text + t.box.text for t in tokens[1:])
    width = opening.width + tokens[0].box.width + sum(t.inline.width + t.box.width for t in tokens[1:])
    return Line(text, width, min(tokens[0].depth, 2) if begin else 0, max(t.box.height for t in tokens))


# ---------------------------------------------------------------------------------------------- text


@dataclass(frozen=True)
class Charset:
    """What a text emitter puts where."""

    minus: str
    dot: str
    partial: str
    relations: tuple[tuple[str, str], ...]
    greek: bool
    scripts: bool
    ten: str
    infinity: str
    root: str
    bars: bool
    tags: tuple[str, str, str]
    spaced: bool = True


UNICODE = Charset(
    "−", "·", "∂", (("<=", "≤"), (">=", "≥")),
    greek=True, scripts=True, ten="·10", infinity="∞", root="√", bars=True, tags=("╰", "┬", "╯"),
)  # fmt: skip
ASCII = Charset(
    "-", "*", "d", (("≈", "~="), ("←", "<-"), ("→", "->"), ("≤", "<="), ("≥", ">="), ("≠", "!=")),
    greek=False, scripts=False, ten="e", infinity="inf", root="sqrt", bars=False, tags=("\\", "+", "/"),
)  # fmt: skip

_VULGAR = {Fraction(1, 2): "½", Fraction(1, 3): "⅓", Fraction(2, 3): "⅔", Fraction(1, 4): "¼", Fraction(3, 4): "¾"}
_ABOVE = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_BELOW = str.maketrans("0123456789aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_LOWERABLE = frozenset("aehijklmnoprstuvx")


class Text(Emitter):
    """Plain characters: Unicode for terminals, ASCII where nothing else can be printed, and plain names to be read back."""

    def __init__(self, charset: Charset = UNICODE, *, colour: bool = False) -> None:
        self.charset = charset
        self.colour = colour

    def name(self, name: Name) -> Box:
        """Return letter, indices below, layer and sample above."""
        if not self.charset.scripts:
            written = "..." if name.letter == "…" else name.written or name.plain
            return Box(written, len(written))
        above = f"⁽{str(name.layer).translate(_ABOVE)}⁾" if name.layer else ""
        above += f"⁽ˢ{str(name.sample).translate(_ABOVE)}⁾" if name.sample else ""
        runs = [run for index in name.indices for run in index_runs(index)]
        simple = all(kind == "digits" or (kind == "letter" and run in _LOWERABLE) for kind, run in runs)
        letter = GREEK[name.letter] if name.style == "greek" else name.letter
        if name.style in {"word", "roman"}:
            text = name.written or name.plain
        elif simple:
            text = letter + (("," if name.comma else "").join(name.indices)).translate(_BELOW)
        else:
            text = "_".join((letter, *name.indices))
        return Box(text + above, len(text) + len(above), ATOM, 1 if above else 0)

    def ratio(self, ratio: Ratio, top: Box, bottom: Box) -> Box:
        """Return ∂top/∂bottom on one line."""
        d = "d" if ratio.ordinary else self.charset.partial
        direct = "|direct" if ratio.direct else ""
        text = f"{d}{top.text}/{d}{bottom.text}{direct}"
        return Box(text, len(text), PRODUCT, 0, "fraction", "fraction")

    def number(self, value: Exact, *, decimal: bool, small: bool) -> Box:  # noqa: ARG002 - the size matters only in print
        """Return 3, 0.15, 3/20 or ½."""
        if isinstance(value, int) or value.denominator == 1:
            return Box(str(value), len(str(value)), ATOM, 0, "number", "number")
        written = decimal_text(value) if decimal else None
        if written is None and self.charset.scripts:
            written = _VULGAR.get(value)
        if written is not None:
            return Box(written, len(written), ATOM, 0, "number", "number")
        text = f"{value.numerator}/{value.denominator}"
        return Box(text, len(text), QUOTIENT, 0, "number", "number")

    def numeral(self, text: str) -> Box:
        """Return 0.3775, 3/20 or 6.684·10⁻⁴."""
        if text in {"inf", "nan"}:
            shown = self.charset.infinity if text == "inf" else text
            return Box(shown, len(shown))
        mantissa, _, exponent = text.partition("e")
        if exponent and self.charset.scripts:
            text = mantissa + self.charset.ten + str(int(exponent)).translate(_ABOVE)
        binding = QUOTIENT if "/" in text else PRODUCT if exponent and self.charset.scripts else ATOM
        return Box(text, len(text), binding, 0, "number", "number")

    def constant(self, name: str) -> Box:
        """Return π or pi."""
        return Box("π", 1) if name == "pi" and self.charset.greek else Box(name, len(name))

    def negative(self, body: Box) -> Box:
        """Return a minus sign and a body."""
        return Box(self.charset.minus + body.text, body.width + 1, NEGATIVE, body.height, body.head, body.tail)

    def sign(self, *, negative: bool, start: bool) -> Box:
        """Return the sign with spaces."""
        sign = self.charset.minus if negative else "+"
        return Box(f"{sign} ", 2) if start else Box(f" {sign} ", 3)

    def times(self, left: Box, right: Box, *, whole: bool) -> Box:
        """Return a dot or a star, with space around it between derivatives."""
        wide = whole or (self.charset.spaced and "fraction" in {left.tail, right.head})
        return Box(f" {self.charset.dot} ", 3) if wide else Box(self.charset.dot, 1)

    def times_start(self) -> Box:
        """Return a dot and a space."""
        return Box(f"{self.charset.dot} ", 2)

    def parentheses(self, height: int, *, paired: bool = True) -> tuple[Box, Box]:  # noqa: ARG002 - one size
        """Return ( and )."""
        return Box("(", 1, head="group"), Box(")", 1, tail="group")

    def fraction(self, top: Box, bottom: Box, *, script: bool) -> Box:  # noqa: ARG002 - always with a slash
        """Return top/bottom."""
        above = top if top.binding >= PRODUCT and top.head != "fraction" else self.group(top)
        below = bottom if bottom.binding >= POWER else self.group(bottom)
        return Box(f"{above.text}/{below.text}", above.width + 1 + below.width, QUOTIENT, 0, above.head, "fraction")

    def power(self, base: Box, exponent: Box, value: Exact | None) -> Box:
        """Return x² or x^(n + 1)."""
        if self.charset.scripts and isinstance(value, int):
            raised = str(value).translate(_ABOVE)
        elif exponent.binding == ATOM:
            raised = "^" + exponent.text
        else:
            raised = f"^({exponent.text})"
        return Box(base.text + raised, base.width + len(raised), POWER, 0, base.head, "symbol")

    def function(self, name: str) -> Box:
        """Return σ, ln, √ or the plain name."""
        row = FUNCTIONS.get(name)
        text = (row.text or name) if row and self.charset.scripts else name
        return Box(text, len(text))

    def call(self, function: str, arguments: Sequence[Box], exponent: Box | None, index: int | None) -> Box:
        """Return f(x, y)."""
        if function == "abs" and self.charset.bars and "|" not in arguments[0].text:
            box = Box(f"|{arguments[0].text}|", arguments[0].width + 2, ATOM, 0, "function", "function")
        else:
            name = self.function(function)
            if name.text == "√" and arguments[0].binding == ATOM and arguments[0].head in {"number", "symbol"}:
                return Box(f"√{arguments[0].text}", 1 + arguments[0].width, ATOM, 0, "function", "function")
            if index is not None and self.charset.scripts:
                lowered = str(index).translate(_BELOW)
                name, index = Box(name.text + lowered, name.width + len(lowered)), None
            parts = arguments if index is None else [Box(str(index), len(str(index))), *arguments]
            text = ", ".join(part.text for part in parts)
            width = sum(part.width for part in parts) + 2 * len(parts)
            box = Box(f"{name.text}({text})", name.width + width, ATOM, 0, "function", "function")
        return box if exponent is None else self.power(box, exponent, int(exponent.text))

    def cases(self, branches: Sequence[tuple[Box, Box]], otherwise: Box) -> Box:
        """Return (value if condition else other), as in Python."""
        text = "".join(f"{value.text} if {test.text} else " for value, test in branches)
        width = sum(value.width + test.width + 10 for value, test in branches) + otherwise.width + 2
        return Box(f"({text}{otherwise.text})", width, ATOM, 0, "group", "group")

    def relation(self, symbol: str) -> Box:
        """Return the relation's sign with spaces."""
        text = f" {dict(self.charset.relations).get(symbol, symbol)} "
        return Box(text, len(text))

    def comma(self) -> Box:
        """Return a comma and a space."""
        return Box(", ", 2)

    def tint(self, body: Box, colour: int) -> Box:
        """Return the body between marks that the terminal turns into colour."""
        if not self.colour or not body.text:
            return body
        return body._replace(text=f"{TINT_ON}{chr(0x30 + colour % 8)}{body.text}{TINT_OFF}")

    def brace(self, body: Box, label: Box) -> Box:
        """Return the body between marks that the layout turns into a line with the label under it."""
        return body._replace(text=f"{BRACE_ON}{body.text}{BRACE_LABEL}{label.text}{BRACE_OFF}")

    def nabla(self, of: Box) -> Box:
        """Return ∇f, or grad f."""
        sign = "∇" if self.charset.greek else "grad "
        return Box(sign + of.text, of.width + len(sign), ATOM)

    def beside(self) -> Box:
        """Return a space; in ASCII the sign of NumPy."""
        return Box(" ", 1) if self.charset.scripts else Box(" @ ", 3)

    def hadamard(self) -> Box:
        """Return ⊙ or *."""
        sign = " ⊙ " if self.charset.scripts else " * "
        return Box(sign, 3)

    def grid(self, rows: Sequence[Sequence[Box]]) -> Box:
        """Return [1 2; 3 4]."""
        text = "[" + "; ".join(" ".join(box.text for box in row) for row in rows) + "]"
        width = sum(box.width + 1 for row in rows for box in row) + len(rows)
        return Box(text, width, ATOM, 0, "group", "group")

    def transposed(self, body: Box) -> Box:
        """Return Wᵀ or W.T."""
        mark = "ᵀ" if self.charset.scripts else ".T"
        return Box(body.text + mark, body.width + len(mark), POWER, 1, body.head, "symbol")

    def ones(self, size: str) -> Box:
        """Return 1 with its length below."""
        if not self.charset.scripts:
            return Box(f"ones({size})", len(size) + 6)
        lowered = size.translate(_BELOW) if all(c.isdigit() or c in _LOWERABLE for c in size) else f"_{size}"
        return Box("1" + lowered, 1 + len(lowered), ATOM, 0, "symbol", "symbol")

    def primed(self, function: str, argument: Box) -> Box:
        """Return σ′(z)."""
        name = self.function(function)
        mark = "′" if self.charset.scripts else "'"
        return Box(f"{name.text}{mark}({argument.text})", name.width + argument.width + 3, ATOM, 0, "function", "function")

    def operator(self, variable: Box, *, ordinary: bool) -> Box:
        """Return ∂/∂x."""
        d = "d" if ordinary else self.charset.partial
        return Box(f"{d}/{d}{variable.text} ", variable.width + 4, PRODUCT, 0, "fraction", "fraction")


def decimal_text(value: Exact) -> str | None:
    """
    Return a finite decimal expansion, or None where there is none (or none shorter than 16 digits).

    >>> decimal_text(Fraction(3, 20)), decimal_text(Fraction(1, 3))
    ('0.15', None)
    """
    denominator = value.denominator
    places = 0
    while denominator % 10 == 0:
        denominator //= 10
        places += 1
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
            places += 1
    if denominator != 1:
        return None
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    whole, part = (digits[:-places], digits[-places:].rstrip("0")) if places else (digits, "")
    return ("-" if value < 0 else "") + (f"{whole}.{part}" if part else whole)


# --------------------------------------------------------------------------------------------- LaTeX

LATEX_COLOURS = ("blue", "teal", "purple", "brown", "magenta", "olive")

_RELATIONS = {"≈": r"\approx", "←": r"\leftarrow", "→": r"\to", "<=": r"\le", ">=": r"\ge", "≠": r"\ne", "≤": r"\le", "≥": r"\ge"}
_SIZES = (("(", ")", 0.39), (r"\bigl(", r"\bigr)", 0.46), (r"\left(", r"\right)", 0.78), (r"\left(", r"\right)", 0.95))
_BROKEN_SIZES = (("(", ")", 0.39), (r"\bigl(", r"\bigr)", 0.46), (r"\Bigl(", r"\Bigr)", 0.6), (r"\biggl(", r"\biggr)", 0.74))

# Advance widths of Computer Modern at 10 pt, in em (math italic; others are close enough).
_WIDTHS = {
    "a": 0.53, "b": 0.43, "c": 0.43, "d": 0.52, "e": 0.47, "f": 0.6, "g": 0.51, "h": 0.58, "i": 0.35, "j": 0.47, "k": 0.55,
    "l": 0.3, "m": 0.88, "n": 0.6, "o": 0.49, "p": 0.5, "q": 0.48, "r": 0.48, "s": 0.47, "t": 0.36, "u": 0.57, "v": 0.52,
    "w": 0.74, "x": 0.57, "y": 0.53, "z": 0.51, "C": 0.79, "L": 0.68, "J": 0.65, "E": 0.8, "W": 1.08, "M": 1.08,
    "[": 0.28, "]": 0.28, "(": 0.39, ")": 0.39, ",": 0.28, ".": 0.28, "-": 0.78,
}  # fmt: skip
_ROMAN_WIDTHS = {
    "a": 0.5, "b": 0.56, "c": 0.45, "d": 0.56, "e": 0.45, "f": 0.31, "g": 0.5, "h": 0.56, "i": 0.28, "j": 0.31, "k": 0.53,
    "l": 0.28, "m": 0.84, "n": 0.56, "o": 0.5, "p": 0.56, "q": 0.53, "r": 0.4, "s": 0.4, "t": 0.39, "u": 0.56, "v": 0.53,
    "w": 0.73, "x": 0.53, "y": 0.53, "z": 0.45, " ": 0.34, ".": 0.28, ",": 0.28, ":": 0.28, ";": 0.28, "'": 0.28, "!": 0.28,
    "(": 0.39, ")": 0.39, "I": 0.37, "-": 0.34, "—": 1.0, "M": 0.92, "W": 1.03, "σ": 0.58, "=": 0.78, "−": 0.78, "+": 0.78,
    "→": 1.0, "·": 0.3,
}  # fmt: skip
SCRIPT = 0.78
HIGHEST_CASES = 16


def _measure(text: str) -> float:
    return sum(_WIDTHS.get(char, 0.5 if char.isdigit() or char.islower() else 0.78) for char in text)


def text_width(text: str) -> float:
    """Estimate the width of running text in em, from the widths of Computer Modern Roman."""
    return sum(_ROMAN_WIDTHS.get(char, 0.5 if char.isdigit() or char.islower() else 0.76) for char in text)


class Latex(Emitter):
    """LaTeX within what amsmath, xcolor and KaTeX all understand; widths are in em."""

    script_width = SCRIPT
    indent = 1.0

    def __init__(self, *, colour: bool = False, inline: bool = False) -> None:
        self.colour = colour
        self.inline = inline

    def name(self, name: Name) -> Box:
        """Return letter^{above}_{below}."""
        letter, width = _latex_letter(name.letter, name.style)
        below, below_width = _latex_indices(name.indices, comma=name.comma)
        above_width = _measure(name.superscript) * SCRIPT
        above = ("^" + _braced(name.superscript)) if name.superscript else ""
        index = ("_" + _braced(below)) if below else ""
        text = letter + (above + index if name.layer else index + above)
        kind = "word" if name.style in {"word", "roman"} else "symbol"
        width += max(below_width, above_width) + (0.05 if above or below else 0)
        return Box(text, width, ATOM, 1 if above else 0, kind, kind)

    def ratio(self, ratio: Ratio, top: Box, bottom: Box) -> Box:
        r"""Return \frac{\partial top}{\partial bottom}."""
        d = "d" if ratio.ordinary else r"\partial "
        if self.inline and not ratio.direct:
            width = top.width + bottom.width + 1.6
            return Box(f"{d}{top.text} / {d}{bottom.text}", width, PRODUCT, 1, "fraction", "fraction")
        text = rf"\frac{{{d}{top.text}}}{{{d}{bottom.text}}}"
        width = max(top.width, bottom.width) + 0.84
        if ratio.direct:
            return Box(rf"\left.{text}\right|_{{\text{{direct}}}}", width + 2.3, POWER, 2, "fraction", "fraction")
        return Box(text, width, POWER, 2, "fraction", "fraction")

    def number(self, value: Exact, *, decimal: bool, small: bool) -> Box:
        r"""Return 3, 0.15, \frac{3}{20} or \tfrac{1}{2}."""
        if isinstance(value, int) or value.denominator == 1:
            return Box(str(value), 0.5 * len(str(value)), ATOM, 0, "number", "number")
        written = decimal_text(value) if decimal else None
        if written is not None:
            return Box(written, _measure(written), ATOM, 0, "number", "number" if small else "numeral")
        command = r"\tfrac" if small else r"\frac"
        width = 0.5 * max(len(str(value.numerator)), len(str(value.denominator))) * (0.75 if small else 1) + 0.24
        return Box(
            f"{command}{{{value.numerator}}}{{{value.denominator}}}", width, POWER, 1 if small else 2, "number", "number"
        )

    def numeral(self, text: str) -> Box:
        r"""Return 0.3775, \frac{3}{20} or 6.684 \cdot 10^{-4}."""
        if text in {"inf", "nan"}:
            return Box(r"\infty", 1.0) if text == "inf" else Box(r"\text{nan}", 1.5)
        if "/" in text:
            return self.number(Fraction(text), decimal=False, small=False)
        mantissa, _, exponent = text.partition("e")
        if not exponent:
            return Box(text, _measure(text), ATOM, 0, "numeral", "numeral")
        power = str(int(exponent))
        width = _measure(mantissa) + 1.8 + SCRIPT * _measure(power)
        return Box(rf"{mantissa} \cdot 10^{{{power}}}", width, PRODUCT, 1, "numeral", "numeral")

    def constant(self, name: str) -> Box:
        r"""Return \pi or e."""
        return Box(r"\pi", 0.6) if name == "pi" else Box(name, _measure(name))

    def negative(self, body: Box) -> Box:
        """Return a minus sign and a body."""
        return Box(f"-{body.text}", body.width + 0.78, NEGATIVE, body.height, body.head, body.tail)

    def sign(self, *, negative: bool, start: bool) -> Box:
        """Return the sign; at the start of a line an empty group keeps it a binary operator."""
        sign = "-" if negative else "+"
        return Box(f"{{}}{sign} ", 1.3) if start else Box(f" {sign} ", 1.23)

    def times(self, left: Box, right: Box, *, whole: bool) -> Box:
        """Return nothing between symbols, a dot where two things would run together."""
        dotted = (
            whole
            or right.head in {"number", "numeral", "fraction", "word"}
            or left.tail in {"numeral", "fraction", "word", "bare", "function"}
            or (left.tail == "number" and left.head != "number")
        )
        if dotted:
            return Box(r" \cdot ", 0.73)
        return Box(r" \, ", 0.17) if left.tail == "group" or right.head == "function" else Box(" ", 0.0)

    def times_start(self) -> Box:
        r"""Return \cdot as a binary operator."""
        return Box(r"{}\cdot ", 0.73)

    def parentheses(self, height: int, *, paired: bool = True) -> tuple[Box, Box]:
        r"""Return ( ), \bigl( \bigr), or \left( \right)."""
        left, right, width = (_SIZES if paired else _BROKEN_SIZES)[min(height, 3)]
        return Box(left, width, height=height, head="group"), Box(right, width, height=height, tail="group")

    def fraction(self, top: Box, bottom: Box, *, script: bool) -> Box:
        r"""Return \frac{top}{bottom}; with a slash in exponents."""
        if script:
            above = top if top.binding >= PRODUCT else self.group(top)
            below = bottom if bottom.binding >= POWER else self.group(bottom)
            width = above.width + 0.5 + below.width
            return Box(f"{above.text}/{below.text}", width, QUOTIENT, above.height, above.head, below.tail)
        width, height = max(top.width, bottom.width) + 0.24, 2 + (max(top.height, bottom.height) > 1)
        return Box(rf"\frac{{{top.text}}}{{{bottom.text}}}", width, POWER, height, "fraction", "fraction")

    def splits_fractions(self) -> bool:
        r"""Return True: a \frac cannot be broken."""
        return True

    def power(self, base: Box, exponent: Box, value: Exact | None) -> Box:  # noqa: ARG002 - the box has it all
        """Return base^{exponent}."""
        width, height = base.width + 0.85 * exponent.width + 0.05, max(base.height, exponent.height > 0)
        tail = "group" if base.tail == "group" else "symbol"
        return Box(f"{base.text}^{_braced(exponent.text)}", width, POWER, height, base.head, tail)

    def function(self, name: str) -> Box:
        r"""Return \sigma, \ln or \operatorname{softplus}."""
        row = FUNCTIONS.get(name) or VECTOR_FUNCTIONS.get(name)
        latex = row.latex if row else ""
        if not latex:
            shown = (row.text if row and row.text.isascii() else "") or name
            latex = r"\operatorname{" + shown.replace("_", r"\_") + "}"
        if name in {"max", "min"}:
            latex = "\\" + name
        if name == "sqrt":  # before parentheses, where the radicand is broken across lines
            return Box(r"\surd", 0.85)
        if name == "hard_sigmoid":
            latex = r"\operatorname{hard}\sigma"
        letters = latex.removeprefix(r"\operatorname").strip("\\{}").replace(r"\,", "").replace(r"}\sigma", "o")
        return Box(latex, 0.57 if letters == "sigma" else text_width(letters))

    def opening(self, function: str, height: int) -> tuple[Box, Box]:
        r"""Return \sigma\bigl( and \bigr); a root is written as a power, because a radical cannot be broken."""
        left, right = self.parentheses(height, paired=False)
        match function:
            case "sqrt":
                return left, Box(rf"{right.text}^{{1/2}}", right.width + 1.2)
            case "abs":
                return Box(r"\bigl\lvert ", 0.4, head="group"), Box(r" \bigr\rvert", 0.4)
            case "step":
                return Box(r"\mathbf{1}\bigl[", 1.0, head="function"), Box(r" > 0\bigr]", 2.2)
            case _:
                return super().opening(function, height)

    def call(self, function: str, arguments: Sequence[Box], exponent: Box | None, index: int | None) -> Box:
        r"""Return \sigma(z), \ln a, \sqrt{x}, \lvert x \rvert, \mathbf{1}[z > 0]."""
        argument = arguments[0]
        if function == "sqrt":
            return Box(rf"\sqrt{{{argument.text}}}", argument.width + 0.85, ATOM, max(1, argument.height), "function", "symbol")
        if function == "abs":
            left, right = (r"\lvert ", r" \rvert") if argument.height < 2 else (r"\left\lvert ", r" \right\rvert")
            return Box(left + argument.text + right, argument.width + 0.6, ATOM, argument.height, "group", "group")
        if function == "step":
            left, right = ("[", "]") if argument.height < 2 else (r"\left[", r"\right]")
            text = rf"\mathbf{{1}}{left}{argument.text} > 0{right}"
            return Box(text, argument.width + 3.0, ATOM, argument.height, "function", "function")
        name = self.function(function)
        text, width, height = name.text, name.width, max(part.height for part in arguments)
        if index is not None:
            text, width = f"{text}_{_braced(str(index))}", width + 0.4
        if exponent is not None:
            text, width = f"{text}^{_braced(exponent.text)}", width + SCRIPT * exponent.width
        if function in _BARE and argument.binding == ATOM and argument.head == argument.tail == "symbol":
            return Box(f"{text} {argument.text}", width + 0.17 + argument.width, POWER, height, "function", "bare")
        left_box, right_box = self.parentheses(height)
        inside = ", ".join(part.text for part in arguments)
        inside_width = sum(part.width for part in arguments) + 0.45 * (len(arguments) - 1)
        gap = r"\mathopen{}" if left_box.text.startswith(r"\left") else ""
        full = f"{text}{gap}{left_box.text}{inside}{right_box.text}"
        return Box(full, width + inside_width + 2 * left_box.width, ATOM, height, "function", "function")

    def exponential(self, argument: Callable[[], Box]) -> Box | None:
        """Return e^{u} where u is short and flat."""
        box = argument()
        if box.width > 6 or box.height > 1 or "e^" in box.text or r"\exp" in box.text:
            return None
        return Box(f"e^{_braced(box.text)}", 0.47 + 0.85 * box.width, POWER, 1, "symbol", "symbol")

    def cases(self, branches: Sequence[tuple[Box, Box]], otherwise: Box) -> Box:
        r"""Return a cases environment."""
        rows = [rf"{value.text} & \text{{if }} {test.text}" for value, test in branches]
        rows.append(rf"{otherwise.text} & \text{{otherwise}}")
        left = max(otherwise.width, *(value.width for value, _ in branches))
        right = max(4.2, *(test.width + 1.0 for _, test in branches))
        body = r" \\ ".join(rows)
        return Box(rf"\begin{{cases}} {body} \end{{cases}}", left + right + 2.0, ATOM, 1 + len(rows), "fraction", "fraction")

    def stacked_cases(self, rows: Sequence[Box]) -> Box | None:
        r"""Return a cases environment with a condition below its value; None where it would be too high for a page."""
        if len(rows) > HIGHEST_CASES:
            return None
        body = r" \\ ".join(row.text for row in rows)
        width = max(row.width for row in rows) + 1.5
        return Box(rf"\begin{{cases}} {body} \end{{cases}}", width, ATOM, max(3, 1 + len(rows)), "fraction", "fraction")

    def words(self, text: str) -> Box:
        r"""Return \text{…}."""
        return Box(rf"\text{{{text}}}", text_width(text))

    def indented(self, line: Line) -> Box:
        r"""Return a line with a \quad for each step of depth."""
        return Box(r"\quad " * line.depth + line.text, line.width + line.depth, 0, line.height)

    def relation(self, symbol: str) -> Box:
        """Return the relation's sign."""
        return Box(f" {_RELATIONS.get(symbol, symbol)} ", 1.33)

    def comma(self) -> Box:
        """Return a comma."""
        return Box(", ", 0.45)

    def tint(self, body: Box, colour: int) -> Box:
        r"""Return \textcolor{…}{body}, which xcolor, KaTeX and MathJax share."""
        if not self.colour or not body.text:
            return body
        return body._replace(text=rf"\textcolor{{{LATEX_COLOURS[colour % len(LATEX_COLOURS)]}}}{{{body.text}}}")

    def brace(self, body: Box, label: Box) -> Box:
        r"""Return \underbrace{body}_{label}."""
        width = max(body.width, SCRIPT * label.width)
        return body._replace(text=rf"\underbrace{{{body.text}}}_{{{label.text}}}", width=width, height=max(2, body.height))

    def nabla(self, of: Box) -> Box:
        """Return the nabla and the quantity."""
        return Box(rf"\nabla {of.text}", of.width + 0.85, ATOM)

    def beside(self) -> Box:
        """Return a thin space."""
        return Box(r" \, ", 0.17)

    def hadamard(self) -> Box:
        r"""Return \odot."""
        return Box(r" \odot ", 1.22)

    def grid(self, rows: Sequence[Sequence[Box]]) -> Box:
        """Return a bracketed matrix."""
        body = r" \\ ".join(" & ".join(box.text for box in row) for row in rows)
        width = max(sum(box.width + 1 for box in row) for row in rows) + 1
        return Box(rf"\begin{{bmatrix}} {body} \end{{bmatrix}}", width, ATOM, 2, "group", "group")

    def transposed(self, body: Box) -> Box:
        r"""Return the body with \top, in parentheses where it has a superscript already."""
        base = self.group(body) if "^" in body.text and body.head != "group" else body
        return Box(rf"{base.text}^{{\top}}", base.width + 0.55, POWER, 1, base.head, "symbol")

    def ones(self, size: str) -> Box:
        """Return a bold 1 with its length below."""
        below = f"_{{{size}}}" if size else ""
        return Box(rf"\mathbf{{1}}{below}", 0.58 + 0.4 * len(size), ATOM, 0, "symbol", "symbol")

    def primed(self, function: str, argument: Box) -> Box:
        """Return the function's name with a prime, applied."""
        left, right = self.parentheses(argument.height)
        name = self.function(function)
        text = f"{name.text}'{left.text}{argument.text}{right.text}"
        return Box(text, name.width + 0.3 + argument.width + left.width + right.width, ATOM, argument.height, "function", "function")

    def operator(self, variable: Box, *, ordinary: bool) -> Box:
        r"""Return \frac{\partial}{\partial x}."""
        d = "d" if ordinary else r"\partial"
        return Box(rf"\frac{{{d}}}{{{d} {variable.text}}}", variable.width + 0.8, PRODUCT, 2, "fraction", "fraction")


def _braced(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


def _latex_letter(letter: str, style: str) -> tuple[str, float]:
    if letter == "…":
        return r"\dots", 1.3
    escaped = letter.replace("_", r"\_")
    match style:
        case "greek":
            return f"\\{letter}", 0.64
        case "bold":
            return rf"\mathbf{{{letter}}}", 0.6
        case "roman":
            return rf"\mathrm{{{escaped}}}", text_width(letter)
        case "word":
            return rf"\mathit{{{escaped}}}", text_width(letter) + 0.1
        case _:
            return escaped, _measure(letter)


def _latex_indices(indices: Sequence[str], *, comma: bool) -> tuple[str, float]:
    parts, width = [], 0.0
    for index in indices:
        text = ""
        for kind, run in index_runs(index):
            text += rf"\text{{{run}}}" if kind == "word" else f"\\{run} " if kind == "greek" else run
            width += SCRIPT * (0.6 if kind == "greek" else text_width(run) if kind == "word" else _measure(run))
        parts.append(text.strip())
    separator = "," if comma else ""
    return separator.join(parts), width + SCRIPT * 0.3 * len(separator) * max(0, len(parts) - 1)


# ------------------------------------------------------------------------------------------ shortcuts

_PLAIN = Typesetter(Text(replace(ASCII, relations=(), spaced=False)))


def plain(expr: Expr) -> str:
    """
    Print an expression in plain names, so that `parse` reads it back as an equal one.

    >>> a, y = Symbol("a"), Symbol("y")
    >>> plain(Quotient((a - y) ** 2, Number(2)))
    '(a - y)^2/2'
    """
    return plain_text(_PLAIN.text(expr))


def plain_text(marked: str) -> str:
    """Remove the marks for colours and braces from a line of text."""
    if not any(mark in marked for mark in (TINT_ON, BRACE_ON)):
        return marked
    out: list[str] = []
    skip, label = False, False
    for char in marked:
        if skip:
            skip = False
        elif char == TINT_ON:
            skip = True
        elif char == BRACE_LABEL:
            label = True
        elif char == BRACE_OFF:
            label = False
        elif char not in {TINT_OFF, BRACE_ON} and not label:
            out.append(char)
    return "".join(out)


def latex(expr: Expr, speller: Speller, *, colour: bool = False) -> str:
    r"""
    Print an expression as LaTeX, without dollars.

    >>> latex(Symbol("w1_2_3") * Symbol("x_3"), Speller())
    'w^{[1]}_{2,3} x_3'
    """
    return Typesetter(Latex(colour=colour), speller).text(expr)


def unicode_text(expr: Expr, speller: Speller) -> str:
    """
    Print an expression for people, on one line of Unicode.

    >>> unicode_text(Symbol("w1_2_3") * Symbol("x_3"), Speller())
    'w₂,₃⁽¹⁾·x₃'
    """
    return plain_text(Typesetter(Text(UNICODE), speller).text(expr))


def ascii_text(expr: Expr, speller: Speller) -> str:
    """
    Print an expression for people, on one line of ASCII.

    >>> ascii_text(Adjoint("dL_dw1_1_1", "L", "w1_1_1"), Speller())
    'dL/dw1_1_1'
    """
    return plain_text(Typesetter(Text(ASCII), speller).text(expr))
