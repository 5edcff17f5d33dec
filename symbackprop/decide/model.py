"""What a question is and what its answer is: facts, budget, decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from symbackprop.calculus import derivative
from symbackprop.expr import ONE, ZERO, Adjoint, Call, Expr, Partial, Symbol, add, mul, substitute, transform
from symbackprop.functions import FUNCTIONS, F, Z
from symbackprop.graph import Graph
from symbackprop.matrix import Slope

EQUAL, DIFFERENT, UNDECIDED = "equal", "different", "undecided"


@dataclass(frozen=True, eq=False)  # facts are themselves: comparing two would walk both graphs
class Facts:
    """
    What is known of the symbols.

    `graph` has the forward definitions (of a bare pair of expressions: leaves, and one node that uses them);
    `definitions` are further names that can be put in (adjoints and local derivatives, by plain name);
    each of `constraints` names leaves which sum to 1; `assumptions` says what else is known of a symbol
    ("positive", "negative", "nonnegative", "integer").
    """

    graph: Graph
    definitions: Mapping[str, Expr] = field(default_factory=dict)
    constraints: tuple[tuple[str, ...], ...] = ()
    assumptions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    kept: dict[Any, Any] = field(default_factory=dict, repr=False)

    def meaning(self, symbol: Symbol) -> Expr | None:
        """
        Return the definition of a symbol; None for a leaf.

        An adjoint without a definition is the sum over the values that use it, each adjoint times local derivative.
        """
        name = symbol.name
        if (found := self.definitions.get(name)) is not None:
            return found
        if isinstance(symbol, Partial):
            node = self.graph.definitions.get(symbol.child)
            return derivative(node.expr, symbol.parent) if node else ZERO
        if isinstance(symbol, Adjoint):
            if symbol.output == symbol.of:
                return ONE
            before = self.graph.ancestors(symbol.output)
            terms = []
            for child in self.graph.children.get(symbol.of, ()):
                if child in before:
                    upstream = ONE if child == symbol.output else Adjoint(f"{symbol.output} by {child}", symbol.output, child)
                    terms.append(mul(upstream, Partial(f"{child} by {symbol.of} alone", child, symbol.of)))
            return add(*terms)
        node = self.graph.definitions.get(name)
        return node.expr if node else None


@dataclass(frozen=True, slots=True)
class Budget:
    """
    How much work one decision may be: counted in steps, so that the same question has the same answer everywhere.

    `terms` bounds one multiplied-out polynomial, `products` all products of two terms, `cells` the sign
    assignments that are tried one by one, `points` those at which both sides are compared, `bits` the length of one number.
    """

    terms: int = 6_000
    products: int = 150_000
    cells: int = 64
    points: int = 8
    bits: int = 4_096


TERMS, PRODUCTS, CELLS, DIGITS = "terms", "products", "cells", "digits"


class BudgetError(Exception):
    """A budget ran out; the argument is the stable word for it."""

    @property
    def word(self) -> str:
        """The stable word."""
        return str(self.args[0])


def written_out(expr: Expr) -> Expr:
    """
    Write every slope σ′(z) by its row in the table of functions.

    >>> written_out(Slope("tanh", Symbol("z"))) == 1 - Call("tanh", (Symbol("z"),)) ** 2
    True
    """

    def rewrite(part: Expr) -> Expr | None:
        if not isinstance(part, Slope):
            return None
        body = written_out(part.body)
        row = FUNCTIONS[part.function]
        return substitute(row.slope(Z, F), {Z.name: body, F.name: Call(part.function, (body,))})

    return transform(expr, rewrite)
