"""
All numbers at one point from which wrong answers are made: values, local derivatives, and sweeps over them.

A gradient is a sum over paths of products of local derivatives.  A mistake changes a few of these, and what the
gradient becomes follows from two sweeps that are made once: from the output backwards (adjoints), and from what is
differentiated by forwards (tangents).  A changed edge from p to c adds  adjoint(c) · change · tangent(p).

A plain function is first taken apart into single operations, so that an inner derivative is an edge of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from symbackprop.atoms import atomise
from symbackprop.calculus import partials
from symbackprop.errors import SymbackpropError
from symbackprop.expr import Exact, Expr, Symbol, substitute
from symbackprop.graph import Graph
from symbackprop.verify.field import FieldPoint
from symbackprop.verify.points import Point

# A number at the point: an element of the field, or a float.
Number: TypeAlias = Any
# One changed local derivative: child, parent, its new value.  The edge may be one that the graph does not have.
Change: TypeAlias = tuple[str, str, Number]
# What a value's tangent becomes, from the tangents of the values before it.
Tangent: TypeAlias = Callable[[Mapping[str, Number]], Number]

# What a number that does not exist raises: an inverse of 0, a root or logarithm outside its domain, a float too large.
NO_NUMBER = (ValueError, ArithmeticError, NotImplementedError, SymbackpropError)


class Model:
    """Values, local derivatives, adjoints and tangents at one point; `operations` counts the edges that were passed."""

    def __init__(self, graph: Graph, point: Point[Any], *, taken_apart: bool) -> None:
        self.point = point
        self.prime = point.prime if isinstance(point, FieldPoint) else 0
        self.graph = atomise(graph) if taken_apart else graph
        self.original = graph
        self.operations = 0
        self.zero, self.one = self.number(0), self.number(1)
        self.written_out: dict[str, Expr] = {}
        self.values: dict[str, Number] = {leaf.symbol.name: self.taken(point.env[leaf.symbol.name]) for leaf in graph.leaves}
        self.locals: dict[str, dict[str, Number]] = {}
        self.levels: dict[str, int] = dict.fromkeys(self.values, 0)
        for node in self.graph.nodes:
            name = node.symbol.name
            self.levels[name] = 1 + max((self.levels[parent] for parent in self.graph.parents[name]), default=0)
            if taken_apart:
                self._operation(name, node.expr)
            else:
                self.values[name] = self.taken(point.env[name])
                self.locals[name] = {parent: self.taken(slope) for parent, slope in point.partials(name).items()}
        self._adjoints: dict[str, dict[str, Number]] = {}
        self._tangents: dict[str, dict[str, Number]] = {}

    def _operation(self, name: str, expr: Expr) -> None:
        """Compute one operation of a function, in the function's own names: the point knows no others."""
        atoms = self.written_out
        full = substitute(expr, atoms)
        if name not in self.original.definitions:
            atoms[name] = full
        self.values[name] = self.taken(self.point.value(full))
        self.locals[name] = {
            parent: self.taken(self.point.value(substitute(slope, atoms))) for parent, (slope, _) in partials(expr).items()
        }

    def meaning(self, name: str) -> Expr:
        """Return a value in the function's own names: a symbol, or what an operation without a name computes."""
        return self.written_out.get(name) or Symbol(name)

    # --- numbers ---------------------------------------------------------------------------------------------

    def taken(self, value: Any) -> Number:
        """Take a number from the point: floats are enough where there are no fields."""
        return value if self.prime else float(value)

    def number(self, value: Exact) -> Number:
        """Return a number."""
        return self.taken(self.point.number(value))

    def value(self, expr: Expr) -> Number:
        """Return the value of an expression in the problem's names; raises what `NO_NUMBER` lists."""
        return self.taken(self.point.value(expr))

    def reduced(self, value: Number) -> Number:
        """Return a number in the one form in which it is compared."""
        return value % self.prime if self.prime else value

    def div(self, left: Number, right: Number) -> Number:
        """Divide; raises ValueError or ZeroDivisionError for a denominator of 0."""
        return left * pow(right, -1, self.prime) % self.prime if self.prime else left / right

    # --- sweeps ----------------------------------------------------------------------------------------------

    def adjoints(self, output: str) -> dict[str, Number]:
        """Return ∂output/∂value for every value before it."""
        found = self._adjoints.get(output)
        if found is None:
            found = self._adjoints[output] = self.backward(output)
        return found

    def backward(self, output: str, changes: Iterable[Change] = ()) -> dict[str, Number]:
        """Sweep from the output backwards, with some local derivatives changed."""
        changed: dict[str, dict[str, Number]] = {}
        for child, parent, slope in changes:
            changed.setdefault(child, dict(self.locals.get(child, {})))[parent] = slope
        found = {output: self.one}
        for node in reversed(self.graph.nodes):
            name = node.symbol.name
            adjoint = found.get(name)
            if not adjoint:
                continue
            slopes = changed.get(name) or self.locals[name]
            self.operations += len(slopes)
            for parent, slope in slopes.items():
                found[parent] = self.reduced(found.get(parent, 0) + adjoint * slope)
        return found

    def tangents(self, of: str) -> dict[str, Number]:
        """Return ∂value/∂of for every value after it."""
        found = self._tangents.get(of)
        if found is None:
            found = self._tangents[of] = self.forward(of)
        return found

    def forward(
        self, of: str, changes: Iterable[Change] = (), tangents: Mapping[str, Tangent] | None = None
    ) -> dict[str, Number]:
        """Sweep forwards, with some local derivatives, or whole tangents, changed."""
        changed: dict[str, dict[str, Number]] = {}
        for child, parent, slope in changes:
            changed.setdefault(child, dict(self.locals.get(child, {})))[parent] = slope
        found = {of: self.one}
        for node in self.graph.nodes:
            name = node.symbol.name
            if name == of:
                continue
            if tangents and name in tangents:
                found[name] = tangents[name](found)
                continue
            slopes = changed.get(name) or self.locals[name]
            total = 0
            self.operations += len(slopes)
            for parent, slope in slopes.items():
                tangent = found.get(parent)
                if tangent:
                    total += tangent * slope
            if total:
                found[name] = self.reduced(total)
        return found
