"""
What the cost is made of, and what is forgotten of it: samples, their mean, penalties.

Every function here takes a scene and yields mutants; the table in `mistakes` says what each is called.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symbackprop.checking.model import Number
from symbackprop.checking.mutants import Instead, Mutation, is_weight
from symbackprop.checking.places import Aim, Mutant, Place
from symbackprop.checking.scene import Scene
from symbackprop.graph import Role


def sample_missing(scene: Scene) -> Iterator[Mutant]:
    """Leave one sample out of the cost, or keep only one."""
    parts = [edge for edge in scene.relevant if scene.original.role(edge[1]) is Role.LOSS] if not scene.is_function else []
    if len(parts) < 2:
        return
    for edge in parts:
        number = edge[1].rpartition("_s")[2]
        left_out, alone = f"sample {number} is left out", f"only sample {number} is there"
        zero = scene.model.zero
        if mutant := scene.changed(Place("sample", (edge,), edge[1]), lambda _: scene.model.zero, through=left_out):
            yield mutant
        others = tuple(other for other in parts if other != edge)
        if mutant := scene.changed(Place("sample", others, edge[1]), lambda _: scene.model.zero, through=alone):
            yield mutant
        whole = tuple((*part, scene.one if part == edge else zero) for part in parts)
        yield Mutant({"through": alone}, edge, whole)


def mean_of_products(scene: Scene) -> Iterator[Mutant]:
    """Multiply the mean of δ by the mean of the inputs, where the products are averaged; or their sums."""
    samples = scene.network.samples if scene.network else 1
    if samples < 2:
        return

    def product(aim: Aim) -> tuple[Number, Number] | None:
        if not is_weight(scene, aim.of):
            return None
        edges = [(c, aim.of) for c in scene.original.children[aim.of] if scene.original.role(c) is Role.PRE_ACTIVATION]
        adjoints = scene.full.adjoints(aim.output)
        deltas = sum(adjoints.get(child, 0) for child, _ in edges)
        return deltas, sum(scene.full.locals[child][parent] for child, parent in edges)

    def mean(aim: Aim) -> Number | None:
        found = product(aim)
        return None if found is None else found[0] * scene.model.div(found[1], scene.model.number(samples))

    def summed(aim: Aim) -> Number | None:
        found = product(aim)
        return None if found is None else found[0] * found[1]

    yield Mutant({"instead": "the product of the means over the samples"}, whole=mean)
    yield Mutant({"instead": "the product of the sums over the samples"}, whole=summed)


# --- penalties ---------------------------------------------------------------------------------------------------------


def penalty_scaled(*factors: Fraction | int) -> Mutation:
    """Multiply the penalty's derivative by some factors (0: it is forgotten)."""

    def mutate(scene: Scene) -> Iterator[Mutant]:
        for place in scene.places("penalty"):
            for factor in factors:
                number = scene.model.number(factor)
                if mutant := scene.changed(place, lambda edge, number=number: number * scene.local(edge)):  # type: ignore[misc]  # no type is inferred with a default
                    yield mutant

    return mutate


def penalty_of_bias(scene: Scene) -> Iterator[Mutant]:
    """Penalise the biases as well."""
    network = scene.network
    rate = (network.l2 or network.l1) if network else None
    if rate is None or scene.asked != "gradient":
        return
    for factor in (1, 2):
        number = scene.model.number(factor * rate.value)

        def whole(aim: Aim, number: Number = number) -> Number | None:
            is_bias = scene.original.role(aim.of) is Role.BIAS
            return scene.truth(aim) + number * scene.values[aim.of] if is_bias else None

        yield Mutant({}, whole=whole)


def penalty_of_weight(scene: Scene, place: Place) -> Instead:
    """λ alone, λ·w² or w alone in the penalty's derivative."""
    network = scene.network
    rate = (network.l2 or network.l1) if network else None
    if rate is None:
        return
    number = scene.model.number(rate.value)
    yield "λ alone", lambda _: number
    yield "w alone", lambda edge: scene.values[edge[1]]
    yield "λ·w²", lambda edge: number * scene.values[edge[1]] ** 2
    yield "λ·w", lambda edge: number * scene.values[edge[1]]
    if place.scope == "edge":
        own = place.edges[0][1]
        for name in scene.original.leaf_by_name:
            if name != own and is_weight(scene, name):
                yield f"λ·{scene.written(name)}", lambda _, name=name: number * scene.values[name]  # type: ignore[misc]  # no type is inferred with a default
    yield "½λ·w²", lambda edge: scene.model.div(number * scene.values[edge[1]] ** 2, scene.model.number(2))
