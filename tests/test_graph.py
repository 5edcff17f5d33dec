"""A graph: definitions that read from top to bottom, and the ways through them."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from cases import CASES

from symbackprop.derivation import derive
from symbackprop.errors import InputError
from symbackprop.expr import Expr, Symbol
from symbackprop.graph import Graph, Leaf, Node, Role
from symbackprop.parse import parse


def graph(leaves: str, *lines: str) -> Graph:
    """Make a graph of lines `name = expression`, unchecked but for what Graph itself checks."""

    def node(line: str) -> Node:
        name, _, text = line.partition(" = ")
        expr: Expr = parse(text)
        return Node(Symbol(name), expr, Role.INTERMEDIATE)

    return Graph(tuple(Leaf(Symbol(name), Role.VARIABLE) for name in leaves.split()), tuple(map(node, lines)))


DIAMOND = graph("x y", "u = x*y", "v = u + x", "w = u*2", "f = v*w + u", "g = y")


@pytest.mark.parametrize(
    ("leaves", "lines", "message"),
    [
        ("x", ("x = 2",), "x is defined twice"),
        ("x", ("u = x", "u = x"), "u is defined twice"),
        ("x", ("u = x + total", "totals = u"), "u uses total before it is defined"),
        ("speed", ("u = sped",), 'u uses sped before it is defined; did you mean "speed"?'),
        ("x", ("u = u + x",), "u uses u before it is defined"),
    ],
)
def test_a_list_that_does_not_read_from_top_to_bottom_is_refused(leaves: str, lines: tuple[str, ...], message: str) -> None:
    """The definition at fault is named, and the nearest name that is known."""
    with pytest.raises(InputError) as caught:
        graph(leaves, *lines)
    assert str(caught.value) == message


def test_parents_and_children_are_in_reading_order() -> None:
    """Parents as they appear in the definition, children as they are defined."""
    assert DIAMOND.parents == {"u": ("x", "y"), "v": ("u", "x"), "w": ("u",), "f": ("v", "w", "u"), "g": ("y",)}
    assert DIAMOND.children["u"] == ["v", "w", "f"]
    assert DIAMOND.children["x"] == ["u", "v"]
    assert DIAMOND.children["f"] == DIAMOND.children["g"] == []


def test_names_lead_to_definitions_leaves_and_roles() -> None:
    """The output is the last definition."""
    assert DIAMOND.output is DIAMOND.definitions["g"]
    assert DIAMOND.role("u") is Role.INTERMEDIATE
    assert DIAMOND.role("x") is Role.VARIABLE
    assert set(DIAMOND.leaf_by_name) == {"x", "y"}


def test_ancestors_and_descendants_include_the_names_themselves() -> None:
    """Everything a value depends on, everything that depends on it."""
    assert DIAMOND.ancestors("v") == {"v", "u", "x", "y"}
    assert DIAMOND.ancestors("g") == {"g", "y"}
    assert DIAMOND.descendants("w") == {"w", "f"}
    assert DIAMOND.descendants("x", "w") == {"x", "u", "v", "w", "f"}


@pytest.mark.parametrize(
    ("source", "target", "count"), [("x", "f", 4), ("u", "f", 3), ("y", "g", 1), ("x", "g", 0), ("f", "f", 1)]
)
def test_paths_are_counted_and_listed(source: str, target: str, count: int) -> None:
    """As many as counted, each from source to target along edges, no two alike."""
    paths = list(DIAMOND.paths(source, target))
    assert DIAMOND.count_paths(source, target) == len(paths) == len(set(paths)) == count
    for path in paths:
        assert (path[0], path[-1]) == (source, target)
        assert all(parent in DIAMOND.parents[child] for parent, child in pairwise(path))


def test_paths_come_in_reading_order_one_at_a_time() -> None:
    """The first definition that uses a value leads the first path; a huge number of paths costs nothing until asked for."""
    assert next(DIAMOND.paths("u", "f")) == ("u", "v", "f")
    deep = derive("-".join(["5"] * 11)).graph
    assert deep.count_paths("x_1", "L") == 5**10
    assert next(deep.paths("x_1", "L"))[:3] == ("x_1", "z1_1", "a1_1")


def test_a_path_through_a_layer_multiplies() -> None:
    """In a dense network a weight's paths are the product of the widths above it."""
    made = next(case for case in CASES if case.name == "four layers").derivation()
    # softmax outputs depend on every pre-activation of their layer
    assert made.graph.count_paths("w1_1_1", "L") == math.prod((6, 5, 3, 3))


def test_a_graph_is_itself() -> None:
    """Two graphs of the same lines are two: comparing them would walk both."""
    assert DIAMOND == DIAMOND  # noqa: PLR0124 - equality itself is tested
    assert graph("x", "f = x") != graph("x", "f = x")
