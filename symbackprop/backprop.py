"""
Backpropagation: a graph in, its backward pass and the steps that justify it out.

The sweep goes through the values from the output backwards.  For each value it writes the local
derivative of every definition that uses it (one step an edge), adds up adjoint · local derivative over
them (the chain rule), puts the local derivatives in, and simplifies.  It does not know what a layer is.

Source of the method: Rumelhart, Hinton and Williams, *Nature* 323 (1986), 533–536;
Griewank and Walther, *Evaluating Derivatives* (2008), ch. 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from symbackprop.calculus import Local, partials
from symbackprop.errors import TooLargeError
from symbackprop.expr import (
    Adjoint,
    Call,
    Expr,
    Number,
    Partial,
    Product,
    Sum,
    Symbol,
    add,
    mul,
    operations,
    symbols,
    transform,
    uncollected,
    walk,
)
from symbackprop.graph import Graph, Node, Role
from symbackprop.simplify import simplify
from symbackprop.steps import ChainRule, Definition, LocalDerivative, Simplification, Step, Substitution, SumOverPaths

# An upstream adjoint of at most this many operations is written out where it is used; a longer one keeps its name.
MOST_WRITTEN_OUT = 4
LARGEST_EXPANSION = 5_000
LARGEST_TOGETHER = 100_000

Edge = tuple[str, str]
# The adjoint of a child by name and as it is put in where it is used; None for the output, whose adjoint is 1.
Upstream = tuple[Adjoint, Expr] | None
# One path through a child: the child's adjoint, the symbol of the edge to it, and the local derivative.
Term = tuple[Upstream, Symbol, Expr]


@dataclass(frozen=True)
class Backward:
    """
    The backward pass of a graph.

    `graph` is the forward graph, `outputs` what was differentiated (the losses of the samples, then the cost),
    `steps` the claims in order, `nodes` one definition an adjoint, in order of computation.
    """

    graph: Graph
    outputs: tuple[str, ...]
    steps: tuple[Step, ...]
    nodes: tuple[Node, ...]
    locals: dict[Edge, LocalDerivative] = field(repr=False)

    @property
    def output(self) -> str:
        """The last output: the loss of the only sample, or the cost."""
        return self.outputs[-1]

    @cached_property
    def adjoints(self) -> dict[str, Adjoint]:
        """The adjoint symbols of the last output, by the name of the value they belong to."""
        return self.adjoints_of(self.output)

    def adjoints_of(self, output: str) -> dict[str, Adjoint]:
        """Return the adjoint symbols of one output, by the name of the value they belong to."""
        return self._adjoints.get(output, {})

    @cached_property
    def _adjoints(self) -> dict[str, dict[str, Adjoint]]:
        found: dict[str, dict[str, Adjoint]] = {}
        for node in self.nodes:
            if isinstance(node.symbol, Adjoint):
                found.setdefault(node.symbol.output, {})[node.symbol.of] = node.symbol
        return found

    @cached_property
    def definitions(self) -> dict[str, Node]:
        """Every definition by name, forward and backward."""
        return {node.symbol.name: node for node in (*self.graph.nodes, *self.nodes)}

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How many operations each definition has when every other is put in; counted without building it."""
        found: dict[str, int] = {}
        for name, node in self.definitions.items():
            put_in = sum(found.get(part.name, 0) for part in walk(node.expr) if isinstance(part, Symbol))
            found[name] = operations(node.expr) + put_in
        return found


def backpropagate(graph: Graph, *, unit_sums: Sequence[Sequence[str]] = ()) -> Backward:
    """
    Derive the adjoint of every value the output depends on.

    With several samples each sample's loss is swept first, and the cost then adds up their gradients.
    `unit_sums` are groups of names known to sum to 1 (targets that are a distribution).
    Time and memory are linear in the number of edges of the graph.
    """
    last = graph.output
    losses = [n.symbol.name for n in graph.nodes if n.role is Role.LOSS] if last.role is Role.COST else []
    sweep = _Sweep(graph, unit_sums)
    with uncollected():
        for output in (*losses, last.symbol.name):
            sweep.run(output)
    forward = [Definition(node.symbol, node.expr) for node in graph.nodes]
    return Backward(graph, (*losses, last.symbol.name), (*forward, *sweep.steps), tuple(sweep.nodes), sweep.locals)


class _Sweep:
    """What grows during the sweep; each output adds to it."""

    def __init__(self, graph: Graph, unit_sums: Sequence[Sequence[str]]) -> None:
        self.graph = graph
        self.position = {name: place for place, name in enumerate((*graph.leaf_by_name, *graph.definitions))}
        self.unit_sums = unit_sums
        self.steps: list[Step] = []
        self.nodes: list[Node] = []
        self.locals: dict[Edge, LocalDerivative] = {}
        self.known: dict[Expr, Expr] = {n.expr: n.symbol for n in graph.nodes if isinstance(n.expr, Call)}
        self.partials: dict[str, dict[str, Local]] = {}
        # What earlier outputs (the losses of the samples) already know: value name -> [(output, adjoint symbol)].
        self.earlier: dict[str, list[tuple[str, Adjoint]]] = {}
        self.closed: set[str] = set()  # definitions already swept: not edges of later sweeps

    def run(self, output: str) -> None:
        """Sweep one output; values below an earlier output are reached through it as through one long edge."""
        graph, closed = self.graph, self.closed
        relevant = graph.ancestors(output)
        is_loss = graph.role(output) is Role.LOSS
        upstream: dict[str, Upstream] = {output: None}
        for name in self._order(output, relevant):
            terms: list[Term] = [
                (upstream[child], *self._local(child, name))
                for child in graph.children[name]
                if child in upstream and child not in closed
            ]
            if name in self.earlier:
                terms += [(upstream[loss], adjoint, adjoint) for loss, adjoint in self.earlier[name] if loss in upstream]
            if terms:
                node = graph.definitions.get(name)
                delta = is_loss and node is not None and node.role is Role.PRE_ACTIVATION
                # δ is the derivative of a loss by a pre-activation, and keeps its name upstream.
                about = Adjoint(f"delta{name[1:]}" if delta else f"d{output}_d{name}", output, name)
                value = self._adjoint(about, terms)
                upstream[name] = about, value if node and not delta and self._is_put_in(node, value) else about
        if output != graph.output.symbol.name:
            closed |= relevant
            for name, known in upstream.items():
                if known:
                    self.earlier.setdefault(name, []).append((output, known[0]))

    def _order(self, output: str, relevant: set[str]) -> Iterable[str]:
        """Order values by their distance from the output, layer by layer, and as declared within a layer."""
        declared = sorted(relevant, key=self.position.__getitem__)
        distance = {output: 0}
        for name in reversed(declared):
            beyond = distance[name] + 1
            for parent in self.graph.parents.get(name, ()):
                if distance.get(parent, 0) < beyond:
                    distance[parent] = beyond
        rows: dict[int, list[str]] = {}
        for name in declared[:-1]:  # all but the output
            rows.setdefault(distance[name], []).append(name)
        return chain.from_iterable(rows[key] for key in sorted(rows))

    def _local(self, child: str, parent: str) -> tuple[Partial, Expr]:
        """Write the local derivative of one edge; returns its symbol and value."""
        known = self.partials.get(child)
        if known is None:
            known = self.partials[child] = partials(self.graph.definitions[child].expr)
        value, rule = known[parent]
        if not isinstance(value, (Symbol, Number)):
            value = transform(value, self.known.get)
            if self.graph.definitions[child].role is Role.INTERMEDIATE:
                value = next((rewritten.value for rewritten in reversed(simplify(value))), value)
        symbol = Partial(f"local_{child}_{parent}", child, parent)
        step = self.locals[child, parent] = LocalDerivative(symbol, value, rule)
        self.steps.append(step)
        return symbol, value

    def _adjoint(self, about: Adjoint, terms: list[Term]) -> Expr:
        """Record the chain rule for one value: named, put in, simplified; returns the result."""
        claims: list[Expr] = []
        products: list[Expr] = []
        put_in: list[str] = []
        plain = False
        for upstream, edge, local in terms:
            if isinstance(edge, Partial):
                put_in.append(edge.name)
            if upstream is None:
                claims.append(edge)
                products.append(local)
                continue
            symbol, written = upstream
            claims.append(Product((symbol, edge)))
            if written is not symbol:
                put_in.append(symbol.name)
            # Most paths are a product of two symbols: `mul` would find nothing to fold, `simplify` nothing to shorten.
            plain = isinstance(local, Symbol) and isinstance(written, Symbol) and local.name != written.name
            products.append(Product((written, local)) if plain else mul(written, local))
        if len(terms) == 1:
            self.steps.append(ChainRule(about, claims[0]))
            value = products[0]
        else:
            total = Sum(tuple(claims))
            self.steps.append(SumOverPaths(about, total, total.terms))
            value = add(*products)
        self.steps.append(Substitution(about, value, tuple(put_in)))
        for rewritten in () if plain and len(terms) == 1 else simplify(value, self.unit_sums):
            value = rewritten.value
            self.steps.append(Simplification(about, value, rewritten.rule, rewritten.assumption))
        self.nodes.append(Node(about, value, Role.ADJOINT))
        return value

    def _is_put_in(self, node: Node, adjoint: Expr) -> bool:
        """Decide whether an adjoint is put in upstream: a short or single-use one is, a longer one keeps its name."""
        single = node.role is Role.ACTIVATION and len(self.graph.parents[node.symbol.name]) == 1
        return single or operations(adjoint) <= MOST_WRITTEN_OUT


def expand(expr: Expr, definitions: dict[str, Node]) -> Expr:
    """Put in every definition until only leaves are left; sizes can grow exponentially with depth."""
    cache: dict[str, Expr] = {}

    def full(name: str) -> Expr:
        if name not in cache:
            node = definitions.get(name)
            cache[name] = Symbol(name) if node is None else put(node.expr)
        return cache[name]

    def put(part: Expr) -> Expr:
        return transform(part, lambda p: full(p.name) if isinstance(p, Symbol) and p.name in definitions else None)

    return put(expr)


def slice_names(backward: Backward, names: Iterable[str]) -> set[str]:
    """Return every name, forward or backward, that the named quantities depend on, themselves included."""
    definitions = backward.definitions
    seen: set[str] = set()
    stack = list(names)
    while stack:
        name = stack.pop()
        if name in seen:
            continue
        seen.add(name)
        node = definitions.get(name)
        if node is not None:
            stack.extend(symbols(node.expr))
    return seen


def expanded_operations(backward: Backward, name: str) -> int:
    """Count the operations of a quantity with every definition put in, without building it."""
    return backward.sizes.get(name, 0)


def check_expansion(backward: Backward, names: Iterable[str], *, most: int = LARGEST_EXPANSION) -> None:
    """
    Refuse expansions too long for any page; raises TooLargeError.

    Each quantity may have up to `most` operations with every definition put in, all together `LARGEST_TOGETHER`.
    """
    together = 0
    for name in names:
        size = expanded_operations(backward, name)
        together += size
        if size > most:
            msg = f"{name} written out has {size:,} operations; at most {most:,} are printed"
            raise TooLargeError(msg)
    if together > LARGEST_TOGETHER:
        msg = (
            f"the derivatives written out have {together:,} operations together; "
            f"at most {LARGEST_TOGETHER:,} are printed (--wrt chooses some)"
        )
        raise TooLargeError(msg)
