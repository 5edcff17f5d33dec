"""
What a page steps through: the forward pass layer by layer, then every factor of the chain rule, from the output backwards.

A factor is a local derivative; the last factor by which a value is reached closes its derivative ∂L/∂v.
All of it is read off the steps of the backward pass, so that samples, penalties and shared weights need nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from symbackprop.backprop import Backward
from symbackprop.expr import Adjoint, Expr, Partial, Product, add, mul
from symbackprop.graph import Node, Role
from symbackprop.steps import ChainRule, LocalDerivative, Step, Substitution, SumOverPaths

MOST_PATHS = 4
MOST_ALONE = 12


@dataclass(frozen=True)
class Link:
    """One term of a chain rule: the derivative above (None at the output) and the edge, or the derivative of an inner output."""

    above: Adjoint | None
    edge: Partial | Adjoint


@dataclass(frozen=True)
class Reached:
    """A derivative ∂L/∂v: its terms, its steps, and the formula it comes to."""

    about: Adjoint
    links: tuple[Link, ...]
    steps: tuple[Step, ...]

    @property
    def final(self) -> Expr:
        """The formula."""
        return self.steps[-1].value


@dataclass(frozen=True)
class Factor:
    """One step back: a local derivative (None where a derivative only adds up others), what it closes, and what is above it."""

    local: LocalDerivative | None
    closes: Reached | None
    above: Adjoint | None = None

    @property
    def in_table(self) -> bool:
        """Whether one line says it all: the derivative above, times this one, and nothing to simplify."""
        return self.local is not None and self.closes is not None and len(self.closes.links) == 1 and len(self.closes.steps) == 2


@dataclass(frozen=True)
class Group:
    """Definitions of the forward pass that are told together: a layer of a sample, or those of a function side by side."""

    layer: int
    sample: int
    nodes: tuple[Node, ...]


class Plan:
    """The order of a page about some quantities, of a backward pass."""

    def __init__(self, backward: Backward, wanted: Sequence[str]) -> None:
        self.backward = backward
        self.wanted = tuple(wanted)

    @cached_property
    def reached(self) -> dict[str, Reached]:
        """Every derivative by its plain name."""
        steps: dict[str, list[Step]] = {}
        for step in self.backward.steps:
            if isinstance(step.about, Adjoint):
                steps.setdefault(step.about.name, []).append(step)
        found = {}
        for name, told in steps.items():
            about = told[0].about
            assert isinstance(about, Adjoint)
            found[name] = Reached(about, tuple(map(_link, _terms(told[0]))), tuple(told))
        return found

    @cached_property
    def needed(self) -> tuple[Reached, ...]:
        """The derivatives that lead to those wanted, in order of computation."""
        stack = [self.backward.adjoints[name].name for name in self.wanted]
        seen: set[str] = set()
        while stack:
            name = stack.pop()
            if name in seen:
                continue
            seen.add(name)
            for link in self.reached[name].links:
                stack.extend(part.name for part in (link.above, link.edge) if isinstance(part, Adjoint))
        found = [self.reached[node.symbol.name] for node in self.backward.nodes if node.symbol.name in seen]
        # Of several samples, what leads from the cost to their losses comes first, as it is written.
        return tuple(sorted(found, key=self._is_later)) if len(self.backward.outputs) > 1 else tuple(found)

    def _is_later(self, reached: Reached) -> bool:
        """Whether a derivative is more than a factor right below the output."""
        first = reached.links[0]
        direct = len(reached.links) == 1 and first.above is None and isinstance(first.edge, Partial)
        return not (direct and reached.about.output == self.backward.output)

    def below(self, name: str) -> frozenset[str]:
        """Return the derivatives that one is made of, itself among them, by the plain name of its quantity."""
        found: set[str] = set()
        stack = [self.backward.adjoints[name].name]
        while stack:
            about = stack.pop()
            if about not in found:
                found.add(about)
                stack.extend(
                    p.name for link in self.reached[about].links for p in (link.above, link.edge) if isinstance(p, Adjoint)
                )
        return frozenset(found)

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """Every step back."""
        found: list[Factor] = []
        for reached in self.needed:
            rest = [
                Factor(self.backward.locals[link.edge.child, link.edge.parent], None, link.above)
                for link in reached.links
                if isinstance(link.edge, Partial)
            ]
            found.extend(rest[:-1])
            found.append(replace(rest[-1], closes=reached) if rest else Factor(None, reached))
        return tuple(found)

    @cached_property
    def number(self) -> dict[str, int]:
        """The number (from 1) of each factor by the name of its local derivative, or of what it closes."""
        names = {}
        for k, factor in enumerate(self.factors, 1):
            if factor.local is not None:
                names[factor.local.about.name] = k
            if factor.closes is not None:
                names.setdefault(factor.closes.about.name, k)
        return names

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """
        The forward pass: layer by layer, sample by sample; what belongs to no layer comes last.

        Without layers, one definition after the other; of many, those together that can be computed at once.
        """
        graph = self.backward.graph
        used = {*graph.ancestors(self.backward.output), self.backward.output}
        nodes = [node for node in graph.nodes if node.symbol.name in used]
        layered = any(node.layer for node in nodes)
        place = self._layer if layered else self._one if len(nodes) <= MOST_ALONE else self._depth
        found: dict[tuple[int, int], list[Node]] = {}
        for node in nodes:
            found.setdefault(place(node), []).append(node)
        order = found if layered else sorted(found)
        return tuple(Group(key[1] if layered else 0, key[0], tuple(found[key])) for key in order)

    @staticmethod
    def _layer(node: Node) -> tuple[int, int]:
        return node.sample, node.layer if node.role in {Role.PRE_ACTIVATION, Role.ACTIVATION, Role.INTERMEDIATE} else 0

    def _one(self, node: Node) -> tuple[int, int]:
        return 0, self.backward.graph.nodes.index(node)

    def _depth(self, node: Node) -> tuple[int, int]:
        return 0, self._depths[node.symbol.name]

    @cached_property
    def _depths(self) -> dict[str, int]:
        """How many definitions deep each definition is."""
        found: dict[str, int] = {}
        for node in self.backward.graph.nodes:
            parents = self.backward.graph.parents[node.symbol.name]
            found[node.symbol.name] = 1 + max((found.get(parent, 0) for parent in parents), default=0)
        return found

    def paths(self, name: str) -> list[list[Partial]] | None:
        """Return the chains of local derivatives from the output to a derivative; None where there are too many."""
        found = list(islice(self._walk(self.reached[name]), MOST_PATHS + 1))
        return found if len(found) <= MOST_PATHS else None

    def _walk(self, reached: Reached) -> Iterable[list[Partial]]:
        for link in reached.links:
            for head in self._walk(self.reached[link.above.name]) if link.above else [[]]:
                if isinstance(link.edge, Partial):
                    yield [*head, link.edge]
                else:
                    for tail in self._walk(self.reached[link.edge.name]):
                        yield [*head, *tail]

    def value(self, edge: Partial) -> Expr:
        """Return what a local derivative is."""
        return self.backward.locals[edge.child, edge.parent].value

    def is_put_in(self, reached: Reached, above: Adjoint) -> bool:
        """Whether a derivative above is written out where this one uses it."""
        return any(isinstance(step, Substitution) and above.name in step.put_in for step in reached.steps)


def _terms(step: Step) -> tuple[Expr, ...]:
    assert isinstance(step, ChainRule | SumOverPaths)
    return step.terms if isinstance(step, SumOverPaths) else (step.value,)


def _link(term: Expr) -> Link:
    above, edge = term.factors if isinstance(term, Product) else (None, term)
    assert above is None or isinstance(above, Adjoint)
    assert isinstance(edge, Partial | Adjoint)
    return Link(above, edge)


def whole(paths: Iterable[Sequence[Expr]]) -> Expr:
    """Return the sum of products, as a claim."""
    return add(*(mul(*path) for path in paths))
