"""
Matrix expressions: a few kinds beside those of `expr.py`, and the (i, j) entry of each.

In a matrix expression the scalar kinds act entry by entry: a `Sum` adds matrices, a `Product` of matrices is
the Hadamard product, a `Call` applies a function to every entry.  Numbers go with every shape.
What mixes entries has a kind of its own: `MatMul`, `Transpose`, `Ones`, `Sums`, `Softmax`.
A size is a number or a letter, so that one derivation serves networks of every width.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from symbackprop.errors import InternalError
from symbackprop.expr import ONE, Call, Constant, Expr, Number, Product, Sum, Symbol, add, children, mul, rebuild

Size: TypeAlias = int | str
Shape: TypeAlias = tuple[Size, Size]
EntryName: TypeAlias = Callable[[Symbol, int, int], Expr]

SCALAR: Shape = (1, 1)


@dataclass(frozen=True, slots=True)
class MatMul(Expr):
    """A product of matrices, two or more."""

    factors: tuple[Expr, ...]

    def parts(self) -> tuple[Expr, ...]:
        """Return the factors."""
        return self.factors

    def with_parts(self, parts: tuple[Expr, ...]) -> Expr:
        """Multiply other factors."""
        return matmul(*parts)


@dataclass(frozen=True, slots=True)
class Transpose(Expr):
    """The transpose."""

    body: Expr

    def parts(self) -> tuple[Expr, ...]:
        """Return the body."""
        return (self.body,)

    def with_parts(self, parts: tuple[Expr, ...]) -> Expr:
        """Transpose another body."""
        return transpose(parts[0])


@dataclass(frozen=True, slots=True)
class Ones(Expr):
    """The column vector of `size` ones."""

    size: Size


@dataclass(frozen=True, slots=True)
class Sums(Expr):
    """Every entry replaced by the sum of its column (of its row, where `rows`): 1 1ᵀ M, or M 1 1ᵀ."""

    body: Expr
    rows: bool = False

    def parts(self) -> tuple[Expr, ...]:
        """Return the body."""
        return (self.body,)

    def with_parts(self, parts: tuple[Expr, ...]) -> Expr:
        """Sum another body; a factor −1 is taken out."""
        return sums(parts[0], rows=self.rows)


@dataclass(frozen=True, slots=True)
class Softmax(Expr):
    """Softmax down each column (along each row, where `rows`), or its logarithm."""

    body: Expr
    rows: bool = False
    log: bool = False

    def parts(self) -> tuple[Expr, ...]:
        """Return the body."""
        return (self.body,)

    def with_parts(self, parts: tuple[Expr, ...]) -> Expr:
        """Apply to another body."""
        return Softmax(parts[0], self.rows, self.log)


@dataclass(frozen=True, slots=True)
class Slope(Expr):
    """The derivative of a function at every entry, not yet written out: σ′(z)."""

    function: str
    body: Expr

    def parts(self) -> tuple[Expr, ...]:
        """Return the body."""
        return (self.body,)

    def with_parts(self, parts: tuple[Expr, ...]) -> Expr:
        """Return the slope elsewhere."""
        return Slope(self.function, parts[0])


@dataclass(frozen=True, slots=True)
class Entries(Expr):
    """An explicit matrix, row by row; a column vector has rows of one entry."""

    rows: tuple[tuple[Expr, ...], ...]

    def parts(self) -> tuple[Expr, ...]:
        """Return all entries, row by row."""
        return tuple(entry for row in self.rows for entry in row)

    def with_parts(self, parts: tuple[Expr, ...]) -> Expr:
        """Return a matrix of the same shape with other entries."""
        width = len(self.rows[0])
        return Entries(tuple(parts[start : start + width] for start in range(0, len(parts), width)))


def matmul(*factors: Expr) -> Expr:
    """
    Multiply matrices in order; numbers and signs go in front, products in products are flattened.

    >>> W, a = Symbol("W"), Symbol("a")
    >>> matmul(-W, a) == -matmul(W, a)
    True
    """
    scale: list[Expr] = []
    flat: list[Expr] = []
    for factor in factors:
        part = factor
        if isinstance(part, Product) and isinstance(part.factors[0], Number):
            scale.append(part.factors[0])
            part = mul(*part.factors[1:])
        if isinstance(part, Number):
            scale.append(part)
        elif isinstance(part, MatMul):
            flat.extend(part.factors)
        else:
            flat.append(part)
    if not flat:
        return mul(*scale)
    return mul(*scale, flat[0] if len(flat) == 1 else MatMul(tuple(flat)))


def transpose(body: Expr) -> Expr:
    """
    Transpose: (Aᵀ)ᵀ is A, (AB)ᵀ is BᵀAᵀ.

    >>> A, B = Symbol("A"), Symbol("B")
    >>> transpose(matmul(transpose(A), B)) == matmul(transpose(B), A)
    True
    """
    match body:
        case Transpose(inner):
            return inner
        case Number() | Constant():
            return body
        case MatMul(factors):
            return matmul(*(transpose(factor) for factor in reversed(factors)))
        case _:
            return Transpose(body)


def sums(body: Expr, *, rows: bool = False) -> Expr:
    """Sum columns (or rows) in place; a number or sign in front stays in front."""
    if isinstance(body, Product) and isinstance(body.factors[0], Number):
        return mul(body.factors[0], Sums(mul(*body.factors[1:]), rows))
    return Sums(body, rows)


def shape_of(expr: Expr, shapes: Mapping[str, Shape]) -> Shape:
    """
    Return the shape of an expression; numbers are 1×1 and go with everything.

    Raises InternalError where shapes do not fit: no reader can cause that.
    """
    match expr:
        case Symbol(name=name):
            return shapes.get(name, SCALAR)  # a size written as a letter is a number
        case Number() | Constant():
            return SCALAR
        case Ones(size):
            return (size, 1)
        case Entries(rows):
            return (len(rows), len(rows[0]))
        case Transpose(body):
            height, width = shape_of(body, shapes)
            return (width, height)
        case MatMul(factors):
            left, *rest = (shape_of(factor, shapes) for factor in factors)
            for right in rest:
                if left[1] != right[0]:
                    msg = f"cannot multiply {left[0]}×{left[1]} by {right[0]}×{right[1]}"
                    raise InternalError(msg)
                left = (left[0], right[1])
            return left
        case _:
            found = SCALAR
            for part in children(expr):
                shape = shape_of(part, shapes)
                if SCALAR not in {shape, found} and shape != found:
                    msg = f"cannot combine {found[0]}×{found[1]} with {shape[0]}×{shape[1]} entry by entry"
                    raise InternalError(msg)
                found = shape if found == SCALAR else found
            return found


def entry(expr: Expr, i: int, j: int, shapes: Mapping[str, Shape], named: EntryName) -> Expr:
    """
    Return the (i, j) entry (from 1) as a scalar expression; `named` gives the entry of a symbol.

    Sizes must be numbers.
    """

    def at(part: Expr, row: int, column: int) -> Expr:
        return entry(part, row, column, shapes, named)

    def length(part: Expr, axis: int) -> range:
        size = shape_of(part, shapes)[axis]
        assert isinstance(size, int)
        return range(1, size + 1)

    match expr:
        case Symbol():
            return named(expr, *((1, 1) if shapes.get(expr.name) == SCALAR else (i, j)))
        case Number() | Constant():
            return expr
        case Ones():
            return ONE
        case Entries(rows):
            return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows[i - 1][j - 1]
        case Transpose(body):
            return at(body, j, i)
        case MatMul(factors):
            first, rest = factors[0], matmul(*factors[1:])
            return add(*(mul(at(first, i, k), at(rest, k, j)) for k in length(first, 1)))
        case Sums(body, rows):
            if rows:
                return add(*(at(body, i, k) for k in length(body, 1)))
            return add(*(at(body, k, j) for k in length(body, 0)))
        case Softmax(body, rows, log):
            zs = [at(body, i, k) for k in length(body, 1)] if rows else [at(body, k, j) for k in length(body, 0)]
            return Call("log_softmax" if log else "softmax", (Number(j if rows else i), *zs))
        case Slope(function, body):
            return Slope(function, at(body, i, j))
        case _:
            return rebuild(expr, tuple(at(part, i, j) for part in children(expr)))


def is_matrix(expr: Expr) -> bool:
    """Whether an expression has anything but numbers in it, so that its products are Hadamard products."""
    return not isinstance(expr, Number | Constant)


def hadamard_terms(expr: Expr) -> Sequence[Expr]:
    """Return the terms of a sum, or the expression itself."""
    return expr.terms if isinstance(expr, Sum) else (expr,)
