"""
What would be right, had the reader's earlier steps been right.

A derivation is a list of definitions, forward and backward.  Here some of them are replaced by what the reader wrote, and
everything that depends on them is computed anew beside the true values, at random points: if a later step has that
value, it follows from the earlier ones.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from symbackprop.checking.truth import Truth
from symbackprop.errors import DomainError, SymbackpropError
from symbackprop.expr import Expr, Symbol, substitute, symbols
from symbackprop.graph import Graph, Node, Role
from symbackprop.steps import ChainRule, LocalDerivative, SumOverPaths
from symbackprop.verify.draws import Draws
from symbackprop.verify.field import FieldPoint, P
from symbackprop.verify.points import Point, Setting
from symbackprop.verify.reals import RealPoint

POINTS = 2
Close = Callable[[Any, Any], bool]


def linked(truth: Truth) -> dict[str, Expr]:
    """Return every definition, forward and backward, by the plain chain rule: no name put in, nothing simplified."""
    found = {node.symbol.name: node.expr for node in truth.graph.nodes}
    for step in truth.derivation.steps:
        if isinstance(step, LocalDerivative | ChainRule | SumOverPaths):
            found[step.about.name] = step.value
    return found


class OwnWorld:
    """The true definitions, and beside them what follows from the reader's own: `own` gives names other values."""

    def __init__(self, truth: Truth, own: Mapping[str, Expr]) -> None:
        self.truth = truth
        self.own = dict(own)
        self.definitions = linked(truth)

    @cached_property
    def changed(self) -> dict[str, Expr]:
        """Every name whose value changes, in order of computation: the reader's own ones and all that depends on them."""
        found: dict[str, Expr] = {}
        known: dict[str, bool] = {}

        def changes(name: str) -> bool:
            if name not in known:
                known[name] = False  # a circle ends here
                if name in self.own:
                    found[name] = self.own[name]
                    known[name] = True
                elif name in self.definitions:
                    expr = self.definitions[name]
                    known[name] = max([changes(used) for used in symbols(expr)], default=False)
                    if known[name]:
                        found[name] = self.renamed(expr, known)
            return known[name]

        for name in (*self.own, *self.definitions):
            changes(name)
        return found

    def renamed(self, expr: Expr, known: Mapping[str, bool]) -> Expr:
        """Let names that change stand for their new values."""
        return substitute(expr, {name: Symbol(f"own.{name}") for name in symbols(expr) if known.get(name)})

    @cached_property
    def graph(self) -> Graph:
        """All definitions, the true ones and those that changed, as one list."""
        true = [Node(Symbol(name), expr, Role.INTERMEDIATE) for name, expr in self.definitions.items()]
        changed = [Node(Symbol(f"own.{name}"), expr, Role.INTERMEDIATE) for name, expr in self.changed.items()]
        return Graph(self.truth.graph.leaves, (*true, *changed))

    def expected(self, symbol: Symbol) -> Expr:
        """Return what a quantity is by its definition, given the reader's own values of all others."""
        expr = self.definitions.get(symbol.name, symbol)
        return substitute(expr, {name: Symbol(f"own.{name}") for name in symbols(expr) if name in self.changed})

    def depends(self, symbol: Symbol) -> bool:
        """Whether a quantity changes with the reader's own values of others."""
        expr = self.definitions.get(symbol.name)
        return expr is not None and any(name in self.changed for name in symbols(expr))

    @cached_property
    def points(self) -> tuple[Point[Any], ...]:
        """Points of a field at which signatures are compared."""
        problem = self.truth.derivation.problem
        setting = Setting(self.graph, problem.constraints, problem.assumptions)
        found: list[Point[Any]] = []
        for seed in range(POINTS):
            point = Draws(setting, seed).field_point
            if point is None:
                with suppress(ValueError):
                    point = FieldPoint(setting, P, random.Random(seed), lawful=False)  # noqa: S311 - nobody is kept out
            if point is not None:
                found.append(point)
        return tuple(found)

    def numbers(self) -> RealPoint | None:
        """Return the values at the problem's own point; None where it has none."""
        known = self.truth.numbers
        if known is None:
            return None
        problem = self.truth.derivation.problem
        setting = Setting(self.graph, problem.constraints, problem.assumptions)
        try:
            return RealPoint(setting, self.truth.point_of_leaves)
        except DomainError:
            return None

    def follows(self, expr: Expr, symbol: Symbol, close: Close | None = None) -> bool:
        """
        Whether an expression is what the quantity would be, by its definition or by an earlier step about itself.

        Numbers are `close` at the problem's own point.
        """
        if self.depends(symbol) and self.agrees(expr, self.expected(symbol), close):
            return True
        return symbol.name in self.own and self.agrees(expr, self.own[symbol.name], close)

    def agrees(self, expr: Expr, expected: Expr, close: Close | None) -> bool:
        """Whether two expressions have the same signature; numbers are `close` at the problem's own point."""
        try:
            if close is not None:
                point = self.numbers()
                return point is not None and close(point.value(expr), point.value(expected))
            return bool(self.points) and all(point.value(expr) == point.value(expected) for point in self.points)
        except (ValueError, NotImplementedError, SymbackpropError):
            return False
