"""
What a network's local derivatives become by mistake: a factor missing, twice or underneath; wrong weights and inputs.

Every function here takes a scene and yields mutants; the table in `mistakes` says what each is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from symbackprop.checking.model import Number
from symbackprop.checking.places import Edge, Mutant, Place
from symbackprop.checking.scene import Scene
from symbackprop.graph import Role

Mutation: TypeAlias = Callable[[Scene], Iterable[Mutant]]
# What may stand on one place instead: words for the sentence, and the new number of each edge.
Instead: TypeAlias = Iterable[tuple[str, Callable[[Edge], Number | None]]]

STEPS = ("step", "sign", "abs")


def on(*kinds: str, instead: Callable[[Scene, Place], Instead]) -> Mutation:
    """Return the mutation that puts something else on every place of some kinds."""

    def mutate(scene: Scene) -> Iterator[Mutant]:
        for kind in kinds:
            for place in scene.places(kind):
                for words, new in instead(scene, place):
                    if mutant := scene.changed(place, new, instead=words):
                        yield mutant

    return mutate


def missing(*kinds: str) -> Mutation:
    """Leave a factor out."""
    return on(*kinds, instead=lambda scene, _: [("1", lambda _: scene.one)])


def doubled(*kinds: str) -> Mutation:
    """Write a factor twice."""
    return on(*kinds, instead=lambda scene, place: [(f"{place.label}²", lambda edge: scene.local(edge) ** 2)])


def inverted(*kinds: str) -> Mutation:
    """Divide by a factor."""
    return on(
        *kinds, instead=lambda scene, place: [(f"1/{place.label}", lambda edge: scene.model.div(scene.one, scene.local(edge)))]
    )


def negated(*kinds: str) -> Mutation:
    """Give one factor or term the other sign."""
    return on(*kinds, instead=lambda scene, place: [(f"−{place.label}", lambda edge: -scene.local(edge))])


def both(*mutations: Mutation) -> Mutation:
    """Return all mutants of several mutations."""

    def mutate(scene: Scene) -> Iterator[Mutant]:
        for mutation in mutations:
            yield from mutation(scene)

    return mutate


def is_weight(scene: Scene, name: str) -> bool:
    """Whether a name is a weight's."""
    leaf = scene.original.leaf_by_name.get(name)
    return leaf is not None and leaf.role is Role.WEIGHT


# --- weights -------------------------------------------------------------------------------------------------


def transposed_weight(scene: Scene, place: Place) -> Instead:
    """w_kj where w_jk belongs."""

    def new(edge: Edge) -> Number | None:
        name = scene.weight_of(edge)
        other = scene.same(name, unit=scene.index(name, "source"), source=scene.index(name, "unit"))
        return scene.values[other] if other else None

    first = scene.weight_of(place.edges[0])
    other = scene.same(first, unit=scene.index(first, "source"), source=scene.index(first, "unit"))
    if other and place.scope == "edge":
        yield f"{scene.written(other)} has its indices the wrong way round", new
    elif place.scope != "edge":
        yield f"{place.label} stands where its transpose belongs", new


def other_weight(scene: Scene, place: Place) -> Instead:
    """Take another weight of the same layer."""
    if place.scope != "edge":
        return
    own = scene.weight_of(place.edges[0])
    layer = scene.index(own, "layer")
    for leaf in scene.original.leaves:
        name = leaf.symbol.name
        if leaf.role is Role.WEIGHT and name != own and scene.index(name, "layer") == layer:
            yield name, lambda _, name=name: scene.values[name]  # type: ignore[misc]  # no type is inferred with a default


def weight_of_layer(scene: Scene, place: Place) -> Instead:
    """Take the weights of another layer."""
    own = scene.weight_of(place.edges[0])
    for layer in range(1, len(scene.network.layers) + 1 if scene.network else 0):
        if layer == scene.index(own, "layer"):
            continue

        def new(edge: Edge, layer: int = layer) -> Number | None:
            other = scene.same(scene.weight_of(edge), layer=layer)
            return scene.values[other] if other else None

        yield scene.same(own, layer=layer) if place.scope == "edge" else f"W{layer}", new


def updated_weight(scene: Scene, _: Place) -> Instead:
    """Take the weight after the update, where the gradient needs the one before it."""
    rate = scene.learning_rate
    gradients = scene.full.adjoints(scene.original.output.symbol.name)

    def new(edge: Edge) -> Number | None:
        name = scene.weight_of(edge)
        return None if rate is None else scene.values[name] - rate * gradients[name]

    yield "the updated weight", new


def bias_in_weight(scene: Scene, _: Place) -> Instead:
    """Count the bias with the weight."""

    def bias(edge: Edge) -> Number | None:
        name = scene.same(edge[0], letter="b", sample="")
        return scene.values[name] if name else None

    yield "its sum with the bias", lambda edge: None if bias(edge) is None else scene.local(edge) + bias(edge)
    yield "the bias", bias


# --- inputs --------------------------------------------------------------------------------------------------


def other_unit(scene: Scene, place: Place) -> Instead:
    """Take the input or activation of another unit."""
    if place.scope != "edge":
        return
    own = scene.signal_of(place.edges[0])
    for unit in range(1, 65):
        name = scene.same(own, unit=unit)
        if not name:
            break
        if name != own:

            def new(edge: Edge, unit: int = unit) -> Number | None:
                return scene.values.get(scene.same(scene.signal_of(edge), unit=unit))

            yield name, new


def other_layer(scene: Scene, place: Place) -> Instead:
    """Take the activation of another layer, or the input."""
    own = scene.signal_of(place.edges[0])
    layers = len(scene.network.layers) if scene.network else 0
    for layer in range(layers + 1):
        if layer == scene.index(own, "layer"):
            continue
        letter, number = ("a", str(layer)) if layer else ("x", "")
        for unit in range(1, 65) if place.scope == "edge" else (0,):
            shown = scene.same(own, letter=letter, layer=number, unit=unit) if unit else f"{letter}{number}"
            if not shown:
                break

            def new(edge: Edge, letter: str = letter, number: str = number, unit: int = unit) -> Number | None:
                signal = scene.signal_of(edge)
                name = scene.same(signal, letter=letter, layer=number, unit=unit or scene.index(signal, "unit"))
                return scene.values.get(name)

            yield shown, new


def before_activation(scene: Scene, place: Place) -> Instead:
    """Z where a belongs."""

    def new(edge: Edge) -> Number | None:
        return scene.values.get(scene.same(scene.signal_of(edge), letter="z"))

    yield place.label.replace("a", "z"), new


def weight_for_input(scene: Scene, _: Place) -> Instead:
    """∂(w·x)/∂w taken for w."""
    yield "the weight itself", lambda edge: scene.values[edge[1]]


def input_for_weight(scene: Scene, _: Place) -> Instead:
    """∂(w·a)/∂a taken for a."""
    yield "the activation itself", lambda edge: scene.values[edge[1]]


def bias_in_input(scene: Scene, _: Place) -> Instead:
    """Count the bias, or the whole weighted sum, with the input."""

    def bias(edge: Edge) -> Number | None:
        name = scene.same(edge[0], letter="b", sample="")
        return scene.values[name] if name else None

    yield "its sum with the bias", lambda edge: None if bias(edge) is None else scene.local(edge) + bias(edge)
    yield "its sum with 1", lambda edge: scene.local(edge) + 1
    yield "the whole weighted sum z", lambda edge: scene.values[edge[0]]


def factor_on_bias(scene: Scene, place: Place) -> Instead:
    """Multiply the gradient of a bias by an input, or by the bias."""
    yield "the bias", lambda edge: scene.values[edge[1]]
    own = scene.same(place.edges[0][0], letter="a")
    if own:
        words = f"a{place.layer}" if place.scope == "layer" else scene.written(own)
        yield words, lambda edge: scene.values.get(scene.same(edge[0], letter="a"))
    signals = [p for p in scene.original.parents[place.edges[0][0]] if scene.original.role(p) in {Role.INPUT, Role.ACTIVATION}]
    if signals and place.scope == "layer":

        def entrywise(edge: Edge) -> Number | None:
            unit = scene.index(edge[1], "unit")
            mine = [p for p in scene.original.parents[edge[0]] if scene.original.role(p) in {Role.INPUT, Role.ACTIVATION}]
            return next((scene.values[p] for p in mine if scene.index(p, "unit") == unit), None)

        yield f"a{place.layer - 1}" if place.layer > 1 else "x", entrywise
    for signal in signals:
        unit = scene.index(signal, "unit")

        def new(edge: Edge, unit: int = unit) -> Number | None:
            mine = [p for p in scene.original.parents[edge[0]] if scene.original.role(p) in {Role.INPUT, Role.ACTIVATION}]
            return next((scene.values[p] for p in mine if scene.index(p, "unit") == unit), None)

        yield scene.written(signal), new
