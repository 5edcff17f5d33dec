"""Definitions taken apart into binary operations: the same function, the same gradient, one operation a line."""

from __future__ import annotations

import pytest
from cases import CASES, Case
from oracles import DIGITS, close, real_reference

from symbackprop.atoms import atomise
from symbackprop.backprop import backpropagate
from symbackprop.derivation import derive
from symbackprop.expr import Cases, Constant, Number, Product, Symbol, children, operations
from symbackprop.functions import VECTOR_FUNCTIONS
from symbackprop.graph import Graph, Leaf, Node, Role
from symbackprop.typeset import plain
from symbackprop.verify import verify

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))


def lines(text: str) -> list[str]:
    """Return the lines of a function taken apart."""
    return [f"{node.symbol.name} = {plain(node.expr)}" for node in atomise(derive(text).graph).nodes]


WALKS = (
    ("y = m*x + c", ["v1 = m*x", "y = v1 + c"]),
    ("f = (x + y)*z", ["v1 = x + y", "f = v1*z"]),
    ("f = x - y", ["f = x - y"]),
    ("f = x - 2*y", ["v1 = 2*y", "f = x - v1"]),
    ("f = -x", ["f = -x"]),
    ("f = -x*y", ["v1 = x*y", "f = -v1"]),
    ("f = x*y*z", ["v1 = x*y", "f = v1*z"]),
    ("f = x + y + z + w", ["v1 = x + y", "v2 = v1 + z", "f = v2 + w"]),
    ("f = 3*x^2*y", ["v1 = x^2", "v2 = 3*v1", "f = v2*y"]),
    ("f = x^(y + 1)", ["v1 = y + 1", "f = x^v1"]),
    ("f = 1/x", ["f = 1/x"]),
    ("f = 1/(x + 1)", ["v1 = x + 1", "f = 1/v1"]),
    ("f = (x + 1)/(x - 1)", ["v1 = x + 1", "v2 = x - 1", "f = v1/v2"]),
    ("f = sin(x^2)", ["v1 = x^2", "f = sin(v1)"]),
    ("f = max(x*y, z)", ["v1 = x*y", "f = max(v1, z)"]),
    ("f = softmax(1, x, y*z)", ["v1 = y*z", "f = softmax(1, x, v1)"]),
    ("f = pi*r^2", ["v1 = r^2", "f = pi*v1"]),
    ("v1 = x + 1; f = v1*x*y", ["v1 = x + 1", "v2 = v1*x", "f = v2*y"]),
    ("u = x; f = u", ["u = x", "f = u"]),
    (
        "f = 1/(1 + exp(-(w_0*x_0 + w_1*x_1 + w_2)))",
        [
            "v1 = w_0*x_0",
            "v2 = w_1*x_1",
            "v3 = v1 + v2",
            "v4 = v3 + w_2",
            "v5 = -v4",
            "v6 = exp(v5)",
            "v7 = 1 + v6",
            "f = 1/v7",
        ],
    ),
)


@pytest.mark.parametrize(("text", "expected"), WALKS, ids=[row[0] for row in WALKS])
def test_a_definition_is_taken_apart(text: str, expected: list[str]) -> None:
    """Operations get the names v1, v2, … in the order in which one computes; a name in use is left out."""
    assert lines(text) == expected


def one_operation(node: Node) -> bool:
    """Whether a definition is one operation on symbols and numbers; a subtraction and a sign count as one."""
    for part in children(node.expr):
        unsigned = part.factors[1] if isinstance(part, Product) and part.factors[0] == Number(-1) else part
        if not isinstance(unsigned, (Symbol, Number, Constant)):
            return False
    name = getattr(node.expr, "function", "")
    return len(children(node.expr)) <= 2 or name in VECTOR_FUNCTIONS or isinstance(node.expr, Cases)


@every_case
def test_every_line_is_one_operation(case: Case) -> None:
    """On every problem; the lines keep their roles, layers and samples."""
    graph = case.derivation().graph
    taken_apart = atomise(graph)

    for node in taken_apart.nodes:
        assert one_operation(node), node
        whole = graph.definitions.get(node.symbol.name)
        if whole is None:
            assert node.role is Role.INTERMEDIATE
        else:
            assert (node.role, node.layer, node.sample) == (whole.role, whole.layer, whole.sample)
    assert taken_apart.leaves == graph.leaves
    assert taken_apart.output.symbol == graph.output.symbol


@every_case
def test_the_function_and_its_gradient_stay_the_same(case: Case) -> None:
    """Every value has the value it had, and every leaf the gradient it had, to 30 digits."""
    graph = case.derivation().graph
    output = graph.output.symbol.name
    whole = real_reference(graph, case.point)[0]
    apart = real_reference(atomise(graph), lambda _: whole.point)[0]

    for name, value in whole.values.items():
        assert close(apart.values[name], value, DIGITS // 2)
    for name in graph.ancestors(output):
        assert close(apart.adjoint(output, name), whole.adjoint(output, name), DIGITS // 2)


@pytest.mark.parametrize("case", [c for c in CASES if len(c.derivation().graph.nodes) < 15], ids=lambda c: c.name)
def test_a_graph_of_atoms_is_derived_and_verified(case: Case) -> None:
    """Backpropagation over atoms has true steps, with local derivatives of one operation each."""
    made = case.derivation()
    backward = backpropagate(atomise(made.graph), unit_sums=made.problem.constraints)

    verdicts = verify(backward.graph, backward.steps, constraints=made.problem.constraints, assumptions=made.problem.assumptions)

    assert set(verdicts) <= {"exact", "sampled"}


def test_taking_apart_twice_changes_nothing() -> None:
    """Atoms have no parts."""
    for case in CASES[:20]:
        once = atomise(case.derivation().graph)
        assert atomise(once).nodes == once.nodes


def test_a_number_of_operations_is_a_number_of_lines() -> None:
    """The lines count what `operations` counts: a sign costs nothing but a line of its own."""
    assert len(lines("f = (x + y)*z + x/y")) == operations(derive("f = (x + y)*z + x/y").graph.output.expr)


def test_a_constant_stays_a_line() -> None:
    """A definition that is a number or a symbol has no operation."""
    graph = Graph((Leaf(Symbol("x"), Role.VARIABLE),), (Node(Symbol("f"), Number(3), Role.INTERMEDIATE),))
    assert atomise(graph).nodes == graph.nodes
