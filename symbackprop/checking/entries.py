"""
Matrices taken apart: an expression of whole layers to its scalars, row by row.

Beyond this module everything is about scalars.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import TypeAlias

from symbackprop.errors import InputError
from symbackprop.expr import ONE, Call, Constant, Expr, Number, Symbol, add, children, mul, rebuild
from symbackprop.functions import FUNCTIONS
from symbackprop.matrix import Entries, MatMul, Ones, Slope, Softmax, Sums, Transpose

Rows: TypeAlias = tuple[tuple[Expr, ...], ...]
Layer: TypeAlias = Callable[[Symbol], Rows]


class ShapeError(InputError):
    """Matrices whose shapes do not go together; the message has both."""


def taken_apart(expr: Expr, layer: Layer) -> Rows:
    """
    Return the scalars of an expression, row by row; `layer` gives those of a name, slopes are written out by their formula.

    Raises ShapeError where shapes do not go together.
    """

    def apart(part: Expr) -> Rows:
        return taken_apart(part, layer)

    match expr:
        case Symbol():
            return layer(expr)
        case Number() | Constant():
            return ((expr,),)
        case Ones(size):
            assert isinstance(size, int)
            return ((ONE,),) * size
        case Entries(rows):
            return tuple(tuple(_only(apart(entry)) for entry in row) for row in rows)
        case Transpose(body):
            return tuple(zip(*apart(body), strict=True))
        case MatMul(factors):
            left = apart(factors[0])
            for factor in factors[1:]:
                left = _matrix_product(left, apart(factor))
            return left
        case Sums(body, rows):
            return _summed(apart(body), rows=rows)
        case Softmax(body, rows, log):
            return _softmax(apart(body), rows=rows, log=log)
        case Slope(function, body):
            return _together([apart(body)], lambda z: FUNCTIONS[function].slope(z[0], Call(function, z)))
        case _:
            parts = [apart(part) for part in children(expr)]
            return _together(parts, lambda scalars: rebuild(expr, scalars))


def _only(rows: Rows) -> Expr:
    """Return the only entry; raises ShapeError for a matrix of more."""
    if len(rows) != 1 or len(rows[0]) != 1:
        msg = f"a matrix of shape {len(rows)}×{len(rows[0])} stands where a number is accepted"
        raise ShapeError(msg)
    return rows[0][0]


def shape_of(rows: Rows) -> tuple[int, int]:
    """Return rows × columns."""
    return (len(rows), len(rows[0]))


def _matrix_product(left: Rows, right: Rows) -> Rows:
    if len(left) == len(left[0]) == 1 or len(right) == len(right[0]) == 1:
        return _together([left, right], lambda pair: mul(*pair))
    if len(left[0]) != len(right):
        msg = f"a {len(left)}×{len(left[0])} matrix cannot be multiplied by a {len(right)}×{len(right[0])} matrix"
        raise ShapeError(msg)
    return tuple(tuple(add(*map(mul, row, column)) for column in zip(*right, strict=True)) for row in left)


def _together(parts: list[Rows], build: Callable[[tuple[Expr, ...]], Expr]) -> Rows:
    """Combine entry by entry; a 1×1 matrix goes with every shape."""
    shapes = {shape_of(part) for part in parts} - {(1, 1)}
    if len(shapes) > 1:
        listed = " with ".join(f"{height}×{width}" for height, width in sorted(shapes, key=str))
        msg = f"cannot combine {listed} entry by entry"
        raise ShapeError(msg)
    height, width = shapes.pop() if shapes else (1, 1)
    flat = [part[0][0] if shape_of(part) == (1, 1) else None for part in parts]

    def at(i: int, j: int) -> Expr:
        return build(tuple(part[i][j] if only is None else only for part, only in zip(parts, flat, strict=True)))

    cells = {(i, j): at(i, j) for i, j in product(range(height), range(width))}
    return tuple(tuple(cells[i, j] for j in range(width)) for i in range(height))


def _summed(matrix: Rows, *, rows: bool) -> Rows:
    """Replace every entry by the sum of its column, or of its row."""
    if rows:
        return tuple((add(*row),) * len(row) for row in matrix)
    totals = tuple(add(*column) for column in zip(*matrix, strict=True))
    return (totals,) * len(matrix)


def _softmax(matrix: Rows, *, rows: bool, log: bool) -> Rows:
    """Apply softmax, or its logarithm, down each column, or along each row."""
    name = "log_softmax" if log else "softmax"
    lines = matrix if rows else tuple(zip(*matrix, strict=True))
    found = tuple(tuple(Call(name, (Number(k), *line)) for k in range(1, len(line) + 1)) for line in lines)
    return found if rows else tuple(zip(*found, strict=True))
