"""
Which paths are added up, and how: paths left out or added, products for sums, softmax.

Every function here takes a scene and yields mutants; the table in `mistakes` says what each is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from symbackprop.checking.model import Number
from symbackprop.checking.mutants import is_weight
from symbackprop.checking.places import Aim, Edge, Mutant, Place
from symbackprop.checking.scene import Scene
from symbackprop.expr import Call
from symbackprop.graph import Role

# The slope of output i by z_j, from i, j, its true value and all outputs by number.
Jacobian: TypeAlias = Callable[[int, int, Number, Mapping[int, Number]], Number]


def path_missing(scene: Scene) -> Iterator[Mutant]:
    """Leave one of several paths out: one edge of those that leave a value, or of those that reach one."""
    kinds = ("loss", "weight", "softmax", "part", "factor", "term", "quotient", "power", "slope", "penalty")
    yield from _one_path(scene, kinds, lambda _: scene.model.zero)


def path_sign(scene: Scene) -> Iterator[Mutant]:
    """Give one of several paths of a network the other sign."""
    if not scene.is_function:
        yield from _one_path(scene, ("weight", "loss", "part"), lambda edge: -scene.local(edge))


def _one_path(scene: Scene, kinds: tuple[str, ...], new: Callable[[Edge], Number]) -> Iterator[Mutant]:
    for kind in kinds:
        for place in scene.places(kind):
            if place.scope != "edge":
                continue
            child, parent = place.edges[0]
            parallel = [edge for edge in scene.relevant if (edge[0] == child or edge[1] == parent) and edge not in place.edges]
            if parallel:
                through = scene.written(_passed(scene, kind, child, parent))
                if mutant := scene.changed(place, new, through=through):
                    yield mutant


def _passed(scene: Scene, kind: str, child: str, parent: str) -> str:
    """Return the value by which a path is known: of a part of the loss the output that it compares."""
    if kind == "part":
        below = [name for name in scene.original.parents[parent] if scene.original.role(name) is Role.ACTIVATION]
        return below[0] if len(below) == 1 else parent
    return parent if kind == "loss" else child


def only_one_path(scene: Scene) -> Iterator[Mutant]:
    """Follow only one of several paths from a value."""
    by_parent: dict[str, list[Edge]] = {}
    for edge in scene.relevant:
        by_parent.setdefault(edge[1], []).append(edge)
    for parent, edges in by_parent.items():
        levels = {scene.model.levels[child] for child, _ in edges}
        if len(edges) < 3 or len(levels) != 1:
            continue
        for kept in edges:
            others = tuple(edge for edge in edges if edge != kept)
            place = Place("path", others, scene.written(parent))
            if mutant := scene.changed(place, lambda _: scene.model.zero, through=scene.written(kept[0])):
                yield mutant


def paths_multiplied(scene: Scene) -> Iterator[Mutant]:
    """Multiply the contributions of several paths."""
    model = scene.model
    by_parent: dict[str, list[str]] = {}
    for child, parent in scene.relevant:
        by_parent.setdefault(parent, []).append(child)
    for parent, children in by_parent.items():
        if len(children) < 2:
            continue

        def whole(aim: Aim, parent: str = parent, children: list[str] = children) -> Number | None:
            adjoints, tangents = model.adjoints(aim.output), model.tangents(aim.of)
            if parent not in tangents:
                return None
            product = model.one
            for child in children:
                product = model.reduced(product * adjoints.get(child, 0) * model.locals[child][parent])
            return scene.truth(aim) + (product - adjoints.get(parent, 0)) * tangents[parent]

        yield Mutant({"factor": scene.written(parent)}, (parent,), whole=whole)


def other_output(scene: Scene) -> Iterator[Mutant]:
    """Differentiate one part of the output: L_1 for L, the loss of one sample for the cost."""
    for name, node in scene.original.definitions.items():
        if node.role in {Role.LOSS, Role.LOSS_PART}:

            def whole(aim: Aim, name: str = name) -> Number | None:
                if name == aim.output or scene.asked != "gradient":
                    return None
                return scene.full.adjoints(name).get(aim.of)

            yield Mutant({"other": scene.problem.names.get(name, name)}, (name,), whole=whole)


def path_extra(scene: Scene) -> Iterator[Mutant]:
    """Add terms of units that do not depend on the value: a sum over a layer where one unit belongs."""
    for place in scene.places("slope"):
        if scene.is_function or place.scope == "all":
            continue
        added = [
            (other, parent, scene.local((other, scene.same(other, letter="z"))))
            for child, parent in place.edges
            for other in _layer_of(scene, child)
            if other != child and other in scene.model.locals and scene.same(other, letter="z")
        ]
        if added:
            layer = f"layer {place.layer}"
            yield Mutant({"factor": place.label, "layer": layer}, place.edges[0], tuple(added))
    for place in scene.places("loss"):
        if place.scope != "edge":
            continue
        extra = []
        for part, activation in place.edges:
            for other in _layer_of(scene, activation):
                their = next((c for c in scene.original.children[other] if c in scene.model.locals), "")
                if other != activation and their and their != part:
                    extra.append((their, activation, scene.local((their, other))))
        if extra:
            yield Mutant({"factor": place.label, "layer": "outputs"}, place.edges[0], tuple(extra))


def _layer_of(scene: Scene, activation: str) -> list[str]:
    node = scene.original.definitions[activation]
    return [
        other.symbol.name
        for other in scene.original.nodes
        if other.role is Role.ACTIVATION and (other.layer, other.sample) == (node.layer, node.sample)
    ]


def hadamard_for_matrix(scene: Scene) -> Iterator[Mutant]:
    """Keep only the terms of equal index where a matrix product sums over all."""
    for place in scene.places("weight"):
        if place.scope == "edge":
            continue
        edges = tuple(e for e in place.edges if scene.index(e[0], "unit") != scene.index(e[1], "unit"))
        if edges and len(edges) < len(place.edges):
            part = Place("weight", edges, place.label, place.layer, place.scope)
            if mutant := scene.changed(part, lambda _: scene.model.zero):
                yield mutant


def matrix_for_hadamard(scene: Scene) -> Iterator[Mutant]:
    """Sum over the layer where the slope belongs to one unit alone, or over the outer product of a weight's gradient."""
    yield from (mutant for mutant in path_extra(scene) if mutant.words.get("layer") != "outputs")

    for place in scene.places("slope") if not scene.is_function else ():

        def summed(edge: Edge) -> Number:
            others = [(other, scene.same(other, letter="z")) for other in _layer_of(scene, edge[0])]
            return sum(scene.full.locals[other].get(z, 0) for other, z in others)

        if mutant := scene.changed(place, summed, layer=f"layer {place.layer}"):
            yield mutant

    def traced(aim: Aim) -> Number | None:
        # δᵀ·a for a square layer: the products of equal index added up.
        if not is_weight(scene, aim.of):
            return None
        names = [n for n in scene.original.leaf_by_name if is_weight(scene, n) and _same_layer(scene, n, aim.of)]
        diagonal = [n for n in names if scene.index(n, "unit") == scene.index(n, "source")]
        return sum(scene.full.adjoints(aim.output).get(name, 0) for name in diagonal) if len(diagonal) > 1 else None

    yield Mutant({"factor": "the outer product", "layer": "the units"}, whole=traced)


def outer_product(scene: Scene) -> Iterator[Mutant]:
    """δ_j·x_j in every column: the Hadamard product of δ and x where an outer product belongs."""

    def by_row(aim: Aim) -> Number | None:
        if not is_weight(scene, aim.of) or len(scene.aims) == 1:
            return None
        diagonal = scene.same(aim.of, source=scene.index(aim.of, "unit"))
        return scene.full.adjoints(aim.output).get(diagonal)

    def only_diagonal(aim: Aim) -> Number | None:
        if not is_weight(scene, aim.of) or len(scene.aims) == 1:
            return None
        equal = scene.index(aim.of, "unit") == scene.index(aim.of, "source")
        return scene.truth(aim) if equal else scene.model.zero

    yield Mutant({"factor": "W"}, whole=by_row)
    yield Mutant({"factor": "W"}, whole=only_diagonal)


def _same_layer(scene: Scene, one: str, other: str) -> bool:
    return scene.index(one, "layer") == scene.index(other, "layer")


def chain_added(scene: Scene) -> Iterator[Mutant]:
    """Add the local derivatives of a path."""
    model = scene.model
    for name in dict.fromkeys(parent for _, parent in scene.relevant):
        children = [child for child in model.graph.children[name] if (child, name) in scene.relevant]

        def whole(aim: Aim, name: str = name, children: list[str] = children) -> Number | None:
            adjoints, tangents = model.adjoints(aim.output), model.tangents(aim.of)
            signs = {model.one, model.reduced(-model.one)}
            if name not in tangents or aim.output in children or any(model.locals[child][name] in signs for child in children):
                return None
            added = sum(adjoints.get(child, 0) + model.locals[child][name] for child in children if child in adjoints)
            return scene.truth(aim) + (added - adjoints.get(name, 0)) * tangents[name]

        yield Mutant({"factor": f"at {scene.written(name)}"}, (name,), whole=whole)

    def everything(aim: Aim) -> Number | None:
        total, name = 0, aim.of
        while name != aim.output:
            onwards = [child for child in model.graph.children[name] if (child, name) in scene.relevant]
            if len(onwards) != 1:
                return None
            total += model.locals[onwards[0]][name]
            name = onwards[0]
        return total

    yield Mutant({"factor": "along the path"}, whole=everything)


# --- softmax -------------------------------------------------------------------------------------------------


def softmax_without_others(scene: Scene) -> Iterator[Mutant]:
    """Keep only ∂pᵢ/∂zᵢ = pᵢ(1 − pᵢ)."""
    yield from _softmax(scene, lambda i, j, own, _: own if i == j else scene.model.zero)


def softmax_as_identity(scene: Scene) -> Iterator[Mutant]:
    """Take ∂pᵢ/∂zⱼ for 1 or 0: no slope at all."""
    yield from _softmax(scene, lambda i, j, _own, _: scene.one if i == j else scene.model.zero)


def softmax_signs(scene: Scene) -> Iterator[Mutant]:
    """Write +pᵢpⱼ off the diagonal, pᵢ(1 − pⱼ) everywhere, or only one of the two forms."""
    yield from _softmax(scene, lambda i, j, own, _: own if i == j else -own)
    yield from _softmax(scene, lambda i, j, own, ps: own if i == j else ps[i] * (1 - ps[j]))
    yield from _softmax(scene, lambda i, j, _, ps: -ps[i] * ps[j])
    yield from _softmax(scene, lambda i, j, own, _: scene.model.zero if i == j else own)
    yield from _softmax(scene, lambda i, j, _, ps: ps[i] if i == j else scene.model.zero)


def _softmax(scene: Scene, new: Jacobian) -> Iterator[Mutant]:
    """Put another Jacobian in for every softmax layer."""
    for place in scene.places("softmax"):
        if place.scope == "edge":
            continue

        def value(edge: Edge) -> Number:
            child, parent = edge
            i, j = scene.index(child, "unit"), scene.index(parent, "unit")
            expr = scene.original.definitions[child].expr
            assert isinstance(expr, Call)
            units = range(1, len(expr.arguments))
            ps = {unit: scene.values[scene.same(child, unit=unit)] for unit in units}
            return new(i, j, scene.local(edge), ps)

        if mutant := scene.changed(place, value, layer=str(place.layer)):
            yield mutant
