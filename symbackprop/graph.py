"""
A graph is an ordered list of definitions: each line is `symbol = expression in earlier symbols`.

A plain function, a network, its backward pass and a weight update are all such lists.
The list is checked once, when it is built; every later feature is a walk over it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from symbackprop.errors import InputError, nearest
from symbackprop.expr import Expr, Symbol, symbols


class Role(Enum):
    """What a quantity is for; the value is the field's word for it."""

    INPUT = "input"
    TARGET = "target"
    WEIGHT = "weight"
    BIAS = "bias"
    VARIABLE = "variable"
    PRE_ACTIVATION = "pre-activation"
    ACTIVATION = "activation"
    INTERMEDIATE = "intermediate value"
    LOSS_PART = "part of the loss"
    LOSS = "loss"
    COST = "cost"
    ADJOINT = "adjoint"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A quantity that is given, not computed."""

    symbol: Symbol
    role: Role


@dataclass(frozen=True, slots=True)
class Node:
    """One line: symbol = expr.  `layer` and `sample` count from 1; 0 where there is none."""

    symbol: Symbol
    expr: Expr
    role: Role
    layer: int = 0
    sample: int = 0


@dataclass(frozen=True, eq=False)  # a graph is itself: comparing two would walk both
class Graph:
    """
    Definitions in order, each in terms of leaves and earlier symbols; the last one is the output.

    Raises InputError for a name defined twice, or used before it is defined.
    """

    leaves: tuple[Leaf, ...]
    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        """Check that the list reads from top to bottom."""
        known = {leaf.symbol.name for leaf in self.leaves}
        for node in self.nodes:
            name = node.symbol.name
            if name in known:
                msg = f"{name} is defined twice"
                raise InputError(msg)
            for used in self.parents[name]:
                if used not in known:
                    msg = f"{name} uses {used} before it is defined{nearest(used, known)}"
                    raise InputError(msg)
            known.add(name)

    @cached_property
    def parents(self) -> dict[str, tuple[str, ...]]:
        """The symbols each definition uses, in reading order."""
        return {node.symbol.name: tuple(symbols(node.expr)) for node in self.nodes}

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """The definitions that use each symbol, in order."""
        found: dict[str, list[str]] = {leaf.symbol.name: [] for leaf in self.leaves}
        for node in self.nodes:
            found[node.symbol.name] = []
            for parent in self.parents[node.symbol.name]:
                found[parent].append(node.symbol.name)
        return found

    @cached_property
    def definitions(self) -> dict[str, Node]:
        """The nodes by name."""
        return {node.symbol.name: node for node in self.nodes}

    @cached_property
    def leaf_by_name(self) -> dict[str, Leaf]:
        """The leaves by name."""
        return {leaf.symbol.name: leaf for leaf in self.leaves}

    @property
    def output(self) -> Node:
        """The last definition."""
        return self.nodes[-1]

    def role(self, name: str) -> Role:
        """Return what a quantity is for."""
        node = self.definitions.get(name)
        return node.role if node else self.leaf_by_name[name].role

    def ancestors(self, *names: str) -> set[str]:
        """Return the names and everything they depend on."""
        seen = set(names)
        stack = list(names)
        while stack:
            for parent in self.parents.get(stack.pop(), ()):
                if parent not in seen:
                    seen.add(parent)
                    stack.append(parent)
        return seen

    def descendants(self, *names: str) -> set[str]:
        """Return the names and everything that depends on them."""
        seen: set[str] = set()
        stack = list(names)
        while stack:
            name = stack.pop()
            if name not in seen:
                seen.add(name)
                stack.extend(self.children.get(name, ()))
        return seen

    def count_paths(self, source: str, target: str) -> int:
        """Count the ways from source to target, in time linear in the number of edges."""
        ways = {target: 1}
        for node in reversed(self.nodes):
            count = ways.get(node.symbol.name, 0)
            if count:
                for parent in self.parents[node.symbol.name]:
                    ways[parent] = ways.get(parent, 0) + count
        return ways.get(source, 0)

    def paths(self, source: str, target: str) -> Iterator[tuple[str, ...]]:
        """Yield the ways from source to target, each as the names on it, lazily and in reading order."""
        leads = self.ancestors(target)
        stack: list[tuple[str, ...]] = [(source,)]
        while stack:
            path = stack.pop()
            if path[-1] == target:
                yield path
                continue
            stack.extend((*path, child) for child in reversed(self.children[path[-1]]) if child in leads)
