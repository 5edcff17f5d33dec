"""What is asked of one entry, the places where a student can go wrong, and what is then put there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from symbackprop.checking.model import Change, Number, Tangent
from symbackprop.expr import Adjoint, Expr, Partial, Symbol
from symbackprop.graph import Graph, Leaf

Edge: TypeAlias = tuple[str, str]
# Words for a sentence; an expression is typeset only when it is said.
Words: TypeAlias = Mapping[str, str | Expr]


@dataclass(frozen=True)
class Aim:
    """One scalar that was asked for: `name` itself, or ∂output/∂of."""

    name: str
    output: str
    of: str


@dataclass(frozen=True)
class Place:
    """Edges that are changed together; `label` names what stands there; `layer` is 0 where there is none."""

    kind: str
    edges: tuple[Edge, ...]
    label: str
    layer: int = 0
    scope: str = "edge"


@dataclass(frozen=True)
class Mutant:
    """
    A wrong value for every entry: by changed edges, by changed tangents, or as a `whole`.

    `words` fill the mistake's sentence; `where` has the plain names it is about.
    """

    words: Words = field(default_factory=dict)
    where: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    tangents: Mapping[str, Tangent] = field(default_factory=dict)
    whole: Callable[[Aim], Number | None] | None = None

    @property
    def is_path(self) -> bool:
        """Whether it changes the sum over paths, so that it can be combined with another one."""
        return self.whole is None


def edges_of(places: Iterable[Place]) -> tuple[Edge, ...]:
    """Return the edges of several places."""
    return tuple(edge for place in places for edge in place.edges)


def ends(edges: Iterable[Edge]) -> tuple[str, ...]:
    """Return the first few names at the ends of edges."""
    return tuple(dict.fromkeys(end for edge in edges for end in edge))[:6]


def aim(symbol: Symbol) -> Aim:
    """Return what a symbol asks for."""
    match symbol:
        case Adjoint(name=name, output=above, of=of):
            return Aim(name, above, of)
        case Partial(name=name, child=child, parent=parent):
            return Aim(name, child, parent)
        case _:
            return Aim(symbol.name, symbol.name, symbol.name)


def alone(graph: Graph, aims: Iterable[Aim]) -> Graph:
    """Return the definitions that are differentiated locally, everything they use held fixed."""
    children = {aim.output for aim in aims}
    nodes = tuple(node for node in graph.nodes if node.symbol.name in children)
    used = dict.fromkeys(parent for name in children for parent in graph.parents[name] if parent not in children)
    known = graph.leaf_by_name
    return Graph(tuple(known.get(name) or Leaf(Symbol(name), graph.role(name)) for name in used), nodes)
