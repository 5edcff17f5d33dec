"""Matrix expressions: shapes, entries, and the few laws that their constructors know."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import pytest

from symbackprop.arithmetic import EXACT, evaluate
from symbackprop.errors import InternalError
from symbackprop.expr import ONE, Call, Expr, Number, Symbol, add, mul
from symbackprop.matrix import MatMul, Ones, Shape, Softmax, Sums, Transpose, entry, matmul, shape_of, sums, transpose

A, B, C, v = Symbol("A"), Symbol("B"), Symbol("C"), Symbol("v")
SHAPES: dict[str, Shape] = {"A": (2, 3), "B": (3, 4), "C": (2, 3), "v": (3, 1), "G": ("h", "N")}
Matrix = list[list[Fraction]]


def numbers(seed: int) -> dict[str, Matrix]:
    """Draw a matrix of fractions for each name."""
    source = random.Random(seed)
    sizes = {name: shape for name, shape in SHAPES.items() if isinstance(shape[0], int)}
    made: dict[str, Matrix] = {}
    for name, (height, width) in sizes.items():
        made[name] = [[Fraction(source.randint(-9, 9), 7) for _ in range(int(width))] for _ in range(int(height))]
    return made


def product(left: Matrix, right: Matrix) -> Matrix:
    """Multiply by the definition."""
    columns = flipped(right)
    return [[sum((p * q for p, q in zip(row, column, strict=True)), Fraction(0)) for column in columns] for row in left]


def flipped(matrix: Matrix) -> Matrix:
    """Transpose by the definition."""
    return [list(column) for column in zip(*matrix, strict=True)]


def each(function: Callable[..., Fraction], *matrices: Matrix) -> Matrix:
    """Combine entry by entry."""
    return [[function(*cells) for cells in zip(*rows, strict=True)] for rows in zip(*matrices, strict=True)]


MEANINGS: dict[str, tuple[Expr, Callable[[dict[str, Matrix]], Matrix]]] = {
    "product": (matmul(A, B), lambda m: product(m["A"], m["B"])),
    "product of three": (matmul(transpose(C), A, B), lambda m: product(flipped(m["C"]), product(m["A"], m["B"]))),
    "transpose of a product": (transpose(matmul(A, B)), lambda m: flipped(product(m["A"], m["B"]))),
    "Hadamard product": (mul(A, C), lambda m: each(lambda p, q: p * q, m["A"], m["C"])),
    "sum": (add(A, mul(2, C)), lambda m: each(lambda p, q: p + 2 * q, m["A"], m["C"])),
    "entry by entry": (Call("square", (A,)), lambda m: each(lambda p: p * p, m["A"])),
    "columns summed": (matmul(transpose(Ones(2)), A), lambda m: [[sum(column) for column in zip(*m["A"], strict=True)]]),
    "column sums in place": (sums(A), lambda m: [[sum(column) for column in zip(*m["A"], strict=True)]] * 2),
    "row sums in place": (sums(A, rows=True), lambda m: [[sum(row, Fraction(0))] * 3 for row in m["A"]]),
    "outer product": (matmul(v, transpose(Ones(2))), lambda m: [[row[0]] * 2 for row in m["v"]]),
}


@pytest.mark.parametrize("name", MEANINGS)
def test_entries_are_those_of_the_definition(name: str) -> None:
    """The (i, j) entry of an expression is what the textbook's definition gives."""
    expr, meaning = MEANINGS[name]
    given = numbers(3)
    env = {f"{key}_{i}_{j}": cell for key, m in given.items() for i, row in enumerate(m, 1) for j, cell in enumerate(row, 1)}
    expected = meaning(given)

    assert shape_of(expr, SHAPES) == (len(expected), len(expected[0]))
    for i, row in enumerate(expected, 1):
        for j, cell in enumerate(row, 1):
            found = entry(expr, i, j, SHAPES, lambda symbol, p, q: Symbol(f"{symbol.name}_{p}_{q}"))
            assert evaluate(found, env, EXACT) == cell


def test_softmax_goes_down_columns_or_along_rows() -> None:
    """The component of softmax is that of the unit within its sample."""

    def name(symbol: Symbol, i: int, j: int) -> Symbol:
        return Symbol(f"{symbol.name}_{i}_{j}")

    down, along = entry(Softmax(A), 2, 1, SHAPES, name), entry(Softmax(A, rows=True), 2, 1, SHAPES, name)

    assert down == Call("softmax", (Number(2), Symbol("A_1_1"), Symbol("A_2_1")))
    assert along == Call("softmax", (Number(1), Symbol("A_2_1"), Symbol("A_2_2"), Symbol("A_2_3")))


EQUAL: dict[str, tuple[Expr, Expr]] = {
    "a double transpose": (transpose(transpose(A)), A),
    "a transposed product": (transpose(matmul(A, B)), MatMul((Transpose(B), Transpose(A)))),
    "products in products": (matmul(matmul(A, B), v), MatMul((A, B, v))),
    "signs in front": (matmul(-A, -B), matmul(A, B)),
    "numbers in front": (matmul(mul(2, A), mul(3, B)), mul(6, MatMul((A, B)))),
    "a number's transpose": (transpose(ONE), ONE),
    "the sign of a sum": (sums(-A), mul(-1, Sums(A))),
}


@pytest.mark.parametrize("name", EQUAL)
def test_what_nobody_writes_down_is_done_at_once(name: str) -> None:
    """Transposes of transposes, signs and numbers are put in order when an expression is built."""
    left, right = EQUAL[name]

    assert left == right


MISFITS = {
    "a product": matmul(A, C),
    "a sum": add(A, B),
    "a Hadamard product": mul(A, B),
    "letters": matmul(Symbol("G"), A),
}


@pytest.mark.parametrize("name", MISFITS)
def test_shapes_that_do_not_fit_are_refused(name: str) -> None:
    """An expression whose shapes do not fit never passes."""
    with pytest.raises(InternalError, match="cannot"):
        shape_of(MISFITS[name], SHAPES)


def test_letters_are_sizes() -> None:
    """A shape may hold letters, and a product of letters has letters."""
    expr = matmul(Symbol("G"), Ones("N"))

    assert shape_of(expr, SHAPES) == ("h", 1)
    assert shape_of(transpose(expr), SHAPES) == (1, "h")
