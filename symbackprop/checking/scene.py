"""
One question and one answer at one point, and the places where a student can go wrong.

A place is a set of edges that a mistake changes together: one edge (in every sample alike), all of a kind in a layer,
or all of a kind.  For a matrix a mistake is one mistake only if the same place explains every entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from symbackprop.checking.model import NO_NUMBER, Change, Model, Number
from symbackprop.checking.places import Aim, Edge, Mutant, Place, aim, alone, edges_of, ends
from symbackprop.expr import Call, Expr, Power, Product, Quotient, Sum, Symbol, call
from symbackprop.expr import Number as Numeral
from symbackprop.functions import FUNCTIONS, VECTOR_FUNCTIONS
from symbackprop.graph import Graph, Role
from symbackprop.notation import Speller
from symbackprop.problem import Problem
from symbackprop.typeset.shortcuts import unicode_text
from symbackprop.verify.points import Point

_SAMPLE = re.compile(r"_s\d+$")
_INDEXED = re.compile(r"(?P<letter>[A-Za-z]+?)(?P<layer>\d*)_(?P<unit>\d+)(?:_(?P<source>\d+))?(?P<sample>_s\d+)?")

FORWARD = frozenset({Role.PRE_ACTIVATION, Role.ACTIVATION})
SIGNALS = frozenset({Role.INPUT, Role.ACTIVATION})
LOSSES_OF_OUTPUTS = frozenset({Role.LOSS, Role.LOSS_PART})


class Scene:
    """What was asked, what was answered, and every number at one point."""

    def __init__(  # noqa: PLR0913 - a problem, a question, a point, and how names are written
        self,
        problem: Problem,
        graph: Graph,
        entries: Iterable[Iterable[Symbol]],
        asked: str,
        point: Point[Any],
        *,
        speller: Speller | None = None,
        by: str = "",
    ) -> None:
        self.problem, self.original, self.point, self.asked = problem, graph, point, asked
        self.speller = speller or Speller()
        rows = [list(row) for row in entries]
        self.shape = (len(rows), len(rows[0]))
        self.aims = tuple(aim(symbol) for row in rows for symbol in row)
        self.network = problem.network
        self.is_function = problem.network is None
        self.full = Model(graph, point, taken_apart=self.is_function)
        self.model = self.full if asked != "local" else Model(alone(graph, self.aims), point, taken_apart=self.is_function)
        self.truths: list[Number] = [self.truth(aim) for aim in self.aims]
        self.yours: list[Number] = []
        self.pivot = 0
        # What every row of the table of mistakes makes of this scene, by its number; filled when first asked for.
        self.made: dict[int, list[Mutant]] = {}
        self._evaluated: dict[Expr, Number | None] = {}
        self.original_names = (*graph.leaf_by_name, *graph.definitions)
        # Wrong definitions of a value, by its name; filled when first asked for.
        self.variants: dict[str, dict[tuple[str, tuple[object, ...]], tuple[str | Expr, Expr]]] = {}
        # What is differentiated by, as a sentence names it: w1_1_1, or W1 for a whole layer.
        self.by = self.written(by or self.aims[0].of)

    # --- numbers ---------------------------------------------------------------------------------------------

    @property
    def one(self) -> Number:
        """The number 1 of the point."""
        return self.model.one

    @property
    def values(self) -> dict[str, Number]:
        """Every value of the problem by plain name."""
        return self.full.values

    def truth(self, aim: Aim) -> Number:
        """Return what an entry is."""
        if self.asked == "value":
            return self.full.values[aim.name]
        return self.model.adjoints(aim.output).get(aim.of, self.model.zero)

    def at(self, mutant: Mutant, aim: Aim) -> Number | None:
        """Return the wrong value of one entry; None where the mistake cannot be made there."""
        model = self.model
        try:
            if mutant.whole is not None:
                value = mutant.whole(aim)
                return None if value is None else model.reduced(value)
            if self.levels_of(mutant)[0] != self.levels_of(mutant)[1]:
                if mutant.tangents:
                    return model.forward(aim.of, mutant.changes, mutant.tangents).get(aim.output, model.zero)
                return model.backward(aim.output, mutant.changes).get(aim.of, model.zero)
            return model.reduced(self.truth(aim) + self.added(mutant, aim, model.tangents(aim.of)))
        except NO_NUMBER:
            return None

    def added(self, mutant: Mutant, aim: Aim, tangents: Mapping[str, Number]) -> Number:
        """Return what a mistake on one level adds, given the tangents below it."""
        model, total = self.model, 0
        adjoints = model.adjoints(aim.output)
        model.operations += len(mutant.changes) + len(mutant.tangents)
        for child, parent, slope in mutant.changes:
            tangent, adjoint = tangents.get(parent), adjoints.get(child)
            if tangent and adjoint:
                total += adjoint * (slope - model.locals[child].get(parent, 0)) * tangent
        for name, changed in mutant.tangents.items():
            if adjoint := adjoints.get(name):
                total += adjoint * (changed(tangents) - tangents.get(name, 0))
        return total

    def weights(self, mutant: Mutant, aim: Aim) -> list[tuple[Number, str]]:
        """Return what changed edges add as weights of tangents; none where whole tangents are changed."""
        adjoints = self.model.adjoints(aim.output)
        found = []
        for child, parent, slope in () if mutant.tangents else mutant.changes:
            if adjoint := adjoints.get(child):
                found.append((self.model.reduced(adjoint * (slope - self.model.locals[child].get(parent, 0))), parent))
        return found

    def levels_of(self, mutant: Mutant) -> tuple[int, int]:
        """Return the lowest and highest level of what is changed."""
        levels = self.model.levels
        found = [levels[child] for child, _, _ in mutant.changes] + [levels[name] for name in mutant.tangents]
        return min(found), max(found)

    def local(self, edge: Edge) -> Number:
        """Return the true local derivative of an edge."""
        return self.model.locals[edge[0]].get(edge[1], self.model.zero)

    def slope(self, function: str, z: Expr) -> Number | None:
        """Return the slope of a function of one variable somewhere; None where it has none."""
        return self.evaluated(FUNCTIONS[function].slope(z, call(function, z)))

    def evaluated(self, expr: Expr) -> Number | None:
        """Return the value of an expression in the problem's names; None where it has none."""
        if expr not in self._evaluated:
            try:
                self._evaluated[expr] = self.full.value(expr)
            except NO_NUMBER:
                self._evaluated[expr] = None
        return self._evaluated[expr]

    # --- names -----------------------------------------------------------------------------------------------

    def written(self, name: str) -> str:
        """Return the name of a value as the problem writes it; an operation without a name as its expression."""
        if name in self.model.written_out:
            return self.text(self.model.written_out[name])
        stem = _SAMPLE.sub("", name)
        return self.problem.names.get(name) or self.problem.names.get(stem) or stem

    def text(self, expr: Expr) -> str:
        """Write an expression in a sentence."""
        return unicode_text(expr, self.speller)

    def function_at(self, name: str) -> str:
        """Return the function of one variable that a value is, or ""."""
        node = self.model.graph.definitions.get(name)
        is_call = node and isinstance(node.expr, Call) and node.expr.function in FUNCTIONS
        return node.expr.function if node and is_call and isinstance(node.expr, Call) else ""

    @property
    def learning_rate(self) -> Number | None:
        """The problem's learning rate, where it has one."""
        training = self.problem.training
        rate = training.options.hyperparameters.get("learning_rate") if training else None
        return None if rate is None else self.model.number(rate.value)

    # --- places ----------------------------------------------------------------------------------------------

    @cached_property
    def relevant(self) -> list[Edge]:
        """The edges on some path from what is differentiated by to its output."""
        graph = self.model.graph
        outputs = graph.ancestors(*{aim.output for aim in self.aims})
        below = graph.descendants(*{aim.of for aim in self.aims})
        inside = outputs & below
        return [
            (node.symbol.name, parent)
            for node in graph.nodes
            if node.symbol.name in inside
            for parent in graph.parents[node.symbol.name]
            if parent in inside
        ]

    def places(self, kind: str) -> list[Place]:
        """Return the places of one kind, single edges first."""
        return self._places.get(kind, [])

    @cached_property
    def _places(self) -> dict[str, list[Place]]:
        alike: dict[tuple[str, str, str], list[Edge]] = {}
        for edge in self.relevant:
            if kind := self.kind(edge):
                alike.setdefault((kind, _SAMPLE.sub("", edge[0]), _SAMPLE.sub("", edge[1])), []).append(edge)
        found: dict[str, list[Place]] = {}
        for (kind, child, parent), edges in alike.items():
            place = Place(kind, tuple(edges), self.label(kind, child, parent, edges[0]), self.layer(edges[0][0]))
            found.setdefault(kind, []).append(place)
        # A mistake must explain the first wrong entry, so an edge that this does not depend on alone is none.
        first = self.aims[self.pivot]
        touched = self.model.graph.ancestors(first.output) & self.model.graph.descendants(first.of)
        for kind, places in found.items():
            wider = list(self._wider(kind, places))
            found[kind] = [place for place in places if any(touched.issuperset(edge) for edge in place.edges)] + wider
        return found

    def _wider(self, kind: str, places: list[Place]) -> Iterator[Place]:
        """Yield the places of a whole layer, and of all layers."""
        if self.is_function:
            if kind == "slope" and len(places) > 1:
                yield Place(kind, edges_of(places), "f′(u) of every function", 0, "all")
            return
        layers = sorted({place.layer for place in places})
        for layer in layers:
            together = [place for place in places if place.layer == layer]
            if len(together) > 1:
                yield Place(kind, edges_of(together), self.layer_label(kind, together), layer, "layer")
        if len(layers) > 1:
            words = {"slope": "σ′(z) of every layer", "weight": "the weights of every layer"}
            yield Place(kind, edges_of(places), words.get(kind, "the factor of every layer"), 0, "all")

    def kind(self, edge: Edge) -> str:
        """Say what kind of local derivative an edge has."""
        child, parent = edge
        graph = self.model.graph
        node = graph.definitions[child]
        below = graph.role(parent)
        if node.role is Role.PRE_ACTIVATION:
            if below is Role.WEIGHT:
                return "input"
            return "bias" if below is Role.BIAS else "weight" if below in SIGNALS else ""
        if node.role is Role.ACTIVATION and below is Role.PRE_ACTIVATION:
            return "softmax" if isinstance(node.expr, Call) and node.expr.function in VECTOR_FUNCTIONS else "slope"
        if node.role in LOSSES_OF_OUTPUTS and below is Role.ACTIVATION:
            return "loss"
        if below is Role.WEIGHT:
            return "penalty"
        if node.role in LOSSES_OF_OUTPUTS or node.role is Role.COST:
            return "part"
        match node.expr:
            case Call():
                return "slope"
            case Product():
                return "factor"
            case Sum():
                return "term"
            case Quotient():
                return "quotient"
            case Power():
                return "power"
        return ""

    def label(self, kind: str, child: str, parent: str, edge: Edge) -> str:
        """Name the factor that stands on an edge."""
        if kind == "slope":
            function = self.function_at(edge[0])
            row = FUNCTIONS.get(function)
            sign = f"{row.text or row.name}′" if row else f"{self.written(child)}′"
            at = self.written(parent)
            return f"({row.text}u)′ at u = {at}" if row and row.text and not row.text.isalpha() else f"{sign}({at})"
        if kind == "weight":
            return self.written(self.weight_of(edge))
        if kind == "input":
            return self.written(self.signal_of(edge))
        if kind == "factor":
            return self.other_factor(edge)
        if kind == "term":
            return self.written(parent)
        if kind == "loss" and self.network and self.network.samples == 1:
            return f"∂{self.written(self.original.output.symbol.name)}/∂{self.written(parent)}"
        if self.is_function:
            above, below = (name if name.isidentifier() else f"({name})" for name in (self.written(child), self.written(parent)))
            return f"d{above}/d{below}"
        return f"∂{self.written(child)}/∂{self.written(parent)}"

    def layer_label(self, kind: str, places: list[Place]) -> str:
        """Name the factor that stands on all edges of a layer."""
        layer, first = places[0].layer, places[0].label
        match kind:
            case "slope":
                return f"{first.partition('(')[0]}(z{layer})"
            case "weight":
                return f"W{layer}"
            case "input":
                return f"a{layer - 1}" if layer > 1 else "x"
            case "loss":
                return f"∂{self.original.output.symbol.name}/∂{places[0].edges[0][1].partition('_')[0]}"
            case _:
                return first

    def layer(self, name: str) -> int:
        """Return the layer of a value; 0 where it has none."""
        node = self.original.definitions.get(name)
        return node.layer if node else 0

    def weight_of(self, edge: Edge) -> str:
        """Return the weight on the edge from an activation to a pre-activation."""
        return self._partner(edge)

    def signal_of(self, edge: Edge) -> str:
        """Return the input or activation that a weight multiplies."""
        return self._partner(edge)

    def _partner(self, edge: Edge) -> str:
        child, parent = edge
        expr = self.original.definitions[child].expr
        for term in expr.terms if isinstance(expr, Sum) else (expr,):
            if isinstance(term, Product):
                names = [factor.name for factor in term.factors if isinstance(factor, Symbol)]
                if parent in names:
                    return next((name for name in names if name != parent), parent)
        return parent

    def other_factor(self, edge: Edge) -> str:
        """Write the factors of a product beside the one that an edge comes from."""
        expr = self.model.graph.definitions[edge[0]].expr
        assert isinstance(expr, Product)
        others = [factor for factor in expr.factors if factor != Symbol(edge[1])]
        return "·".join(self.written(part.name) if isinstance(part, Symbol) else self.text(part) for part in others)

    def coefficient(self, edge: Edge) -> Numeral | None:
        """Return the number in front of a product of one symbol, or None."""
        expr = self.model.graph.definitions[edge[0]].expr
        if isinstance(expr, Product) and len(expr.factors) == 2 and isinstance(expr.factors[0], Numeral):
            return expr.factors[0]
        return None

    def same(self, name: str, **parts: object) -> str:
        """Return a unit's name with other indices ("layer", "unit", "source", "letter"); "" where there is no such quantity."""
        match = _INDEXED.fullmatch(name)
        if match is None:
            return ""
        read = {key: value or "" for key, value in match.groupdict().items()} | {key: str(value) for key, value in parts.items()}
        source = f"_{read['source']}" if read["source"] else ""
        other = f"{read['letter']}{read['layer']}_{read['unit']}{source}{read['sample']}"
        return other if other in self.values else ""

    def index(self, name: str, part: str) -> int:
        """Return one index of a unit's name, 0 where it has none."""
        match = _INDEXED.fullmatch(name)
        return int(match[part] or 0) if match else 0

    def changed(
        self, place: Place, new: Callable[[Edge], Number | None], **words: str
    ) -> Mutant | None:
        """Return the mutant that puts other numbers on a place; None where one of them does not exist, or none is new."""
        changes: list[Change] = []
        for edge in place.edges:
            try:
                value = new(edge)
            except NO_NUMBER:
                return None
            if value is None:
                return None
            value = self.model.reduced(value)
            if value != self.local(edge):
                changes.append((*edge, value))
        if not changes:
            return None
        return Mutant({"factor": place.label, **words}, ends(place.edges), tuple(changes))
