"""Every pullback is the transpose of the differential: the derivative of ⟨G, f(X)⟩ with respect to every entry."""

from __future__ import annotations

import pytest

from symbackprop.calculus import derivative
from symbackprop.errors import InternalError
from symbackprop.expr import Adjoint, Call, Expr, Symbol, add, mul, substitute, symbols
from symbackprop.graph import Graph, Leaf, Node, Role
from symbackprop.layers import with_slopes
from symbackprop.matrix import Ones, Shape, Softmax, Sums, entry, matmul, shape_of, transpose
from symbackprop.pullback import PULLBACKS, pullback
from symbackprop.steps import Substitution
from symbackprop.verify import verify

A, B, b, Z, G = (Symbol(name) for name in "ABbZG")
SHAPES: dict[str, Shape] = {"A": (2, 3), "B": (3, 2), "b": (2, 1), "Z": (2, 2)}

EXPRESSIONS: dict[str, tuple[Expr, str]] = {
    "the value itself": (Z, "itself"),
    "a sum": (add(matmul(A, B), Z), "sum"),
    "a product": (matmul(A, B), "left factor"),
    "a transposed factor": (matmul(A, transpose(A)), "sum"),
    "both transposed": (matmul(transpose(B), transpose(A)), "transposed factor"),
    "a repeated column": (add(Z, matmul(b, transpose(Ones(2)))), "ones"),
    "a repeated row": (add(Z, matmul(Ones(2), transpose(b))), "ones"),
    "a transpose": (transpose(A), "transpose"),
    "entry by entry": (Call("tanh", (Z,)), "elementwise"),
    "a formula": (mul(Z, Call("sigmoid", (Z,))), "product"),
    "softmax down columns": (Softmax(Z), "softmax"),
    "softmax along rows": (Softmax(Z, rows=True), "softmax"),
    "log softmax": (Softmax(Z, log=True), "log_softmax"),
    "log softmax along rows": (Softmax(Z, rows=True, log=True), "log_softmax"),
    "a number before a product": (mul(3, matmul(A, B)), "left factor"),
}


def unit(symbol: Symbol, i: int, j: int) -> Symbol:
    """Name an entry."""
    return Symbol(f"{symbol.name}_{i}_{j}")


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_pullback_is_the_derivative_of_the_inner_product(name: str) -> None:
    """What goes back to X is the derivative of Σ G ⊙ f(X), at every entry, decided without the rules."""
    expr, rule = EXPRESSIONS[name]
    height, width = shape_of(expr, SHAPES)
    shapes = SHAPES | {"G": (height, width)}
    cells = [(i, j) for i in range(1, int(height) + 1) for j in range(1, int(width) + 1)]
    total = add(*(mul(unit(G, i, j), entry(expr, i, j, shapes, unit)) for i, j in cells))
    graph = Graph(tuple(Leaf(s, Role.VARIABLE) for s in symbols(total).values()), (Node(Symbol("L"), total, Role.LOSS),))
    claims = []
    for parent, pulled in pullback(expr, G).items():
        rows, columns = SHAPES[parent]
        for i in range(1, int(rows) + 1):
            for j in range(1, int(columns) + 1):
                of = f"{parent}_{i}_{j}"
                value = entry(with_slopes(pulled.value, {}), i, j, shapes, unit)
                claims.append(Substitution(Adjoint(f"dL_d{of}", "L", of), value, ()))

    assert set(verify(graph, claims)) == {"exact"}
    assert rule in {pulled.rule for pulled in pullback(expr, G).values()}
    assert rule in PULLBACKS or derivative(expr, "Z")


def test_softmax_is_written_with_its_own_value() -> None:
    """Where the value has a name, the pullback uses it and no softmax is written again."""
    own = Symbol("P")
    value = pullback(Softmax(Z), G, own)["Z"].value

    assert value == mul(own, add(G, mul(-1, Sums(mul(own, G)))))
    assert substitute(value, {"P": Softmax(Z)}) == pullback(Softmax(Z), G)["Z"].value


def test_what_has_no_rule_is_refused() -> None:
    """A product that mixes entries inside a function has no row in the table."""
    with pytest.raises(InternalError, match="no pullback"):
        pullback(Call("tanh", (matmul(A, B),)), G)
