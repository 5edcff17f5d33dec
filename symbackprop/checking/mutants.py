"""
What a network's local derivatives become by mistake: slopes, weights, inputs, the loss's derivative, softmax, paths.

Every function here takes a scene and yields mutants; the table in `mistakes` says what each is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from symbackprop.calculus import derivative
from symbackprop.checking.model import Number
from symbackprop.checking.scene import Edge, Mutant, Place, Scene
from symbackprop.expr import Call, Cases, Expr, Symbol, substitute, walk
from symbackprop.expr import Number as Numeral
from symbackprop.functions import ACTIVATIONS, FUNCTIONS, LOSSES, Function, canonical
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


# --- slopes --------------------------------------------------------------------------------------------------


def has_mask(function: str) -> bool:
    """Whether a function's slope is a mask: 1 or something else, by the sign of z."""
    row = FUNCTIONS.get(function)
    if row is None:
        return False
    slope = row.slope(Symbol("z"), Symbol("f"))
    return any(isinstance(part, Cases) or (isinstance(part, Call) and part.function in STEPS) for part in walk(slope))


def function_for_derivative(scene: Scene, _: Place) -> Instead:
    """σ(z) where σ′(z) belongs."""
    yield "the function itself", lambda edge: scene.model.values[edge[0]]


def slope_at_activation(scene: Scene, _: Place) -> Instead:
    """σ′(a), the formula at a: σ(a)(1 − σ(a)); or the formula with z for a: z(1 − z)."""

    def inside(edge: Edge) -> Number | None:
        function = scene.function_at(edge[0])
        return scene.slope(function, Symbol(edge[0])) if function and edge[0] in scene.values else None

    def mixed(edge: Edge) -> Number | None:
        function = scene.function_at(edge[0])
        z = scene.model.meaning(edge[1])
        return scene.evaluated(FUNCTIONS[function].slope(z, z)) if function else None

    yield "the slope at the activation", inside
    yield "the slope's formula with z in place of the activation", mixed


def slope_elsewhere(scene: Scene, place: Place) -> Instead:
    """σ′ at another unit's z, or at the z of another layer."""
    own = {parent for _, parent in place.edges}
    for name, node in scene.original.definitions.items():
        if node.role is not Role.PRE_ACTIVATION or name in own or (node.sample > 1):
            continue
        if place.scope != "edge" and scene.index(name, "unit") != 1:
            continue

        def other(edge: Edge, name: str = name) -> Number | None:
            unit = scene.index(name, "unit") if place.scope == "edge" else scene.index(edge[1], "unit")
            z = scene.same(edge[1], layer=scene.index(name, "layer"), unit=unit)
            function = scene.function_at(edge[0])
            if not z or not function:
                return None
            return scene.slope(function, Symbol(z))

        yield name if place.scope == "edge" else f"z{scene.index(name, 'layer')}", other


def wrong_rule(scene: Scene, _: Place) -> Instead:
    """Use the slope rule of another function: 1 − a² for a sigmoid, a(1 − a) for tanh, …"""
    for row in ACTIVATIONS.values():
        if not isinstance(row, Function):
            continue

        def by_value(edge: Edge, row: Function = row) -> Number | None:
            if scene.function_at(edge[0]) == row.name:
                return None
            return scene.evaluated(row.slope(scene.model.meaning(edge[1]), scene.model.meaning(edge[0])))

        def by_argument(edge: Edge, row: Function = row) -> Number | None:
            z = scene.model.meaning(edge[1])
            return None if scene.function_at(edge[0]) == row.name else scene.slope(row.name, z)

        yield f"the slope of {row.name}", by_value
        yield f"the slope of {row.name}", by_argument


def misremembered(scene: Scene, _: Place) -> Instead:
    """Write a slope nearly as it is: 1 − a for a(1 − a), 1 + a² or 1 − a for 1 − a², ln u for 1/u, u·e^(u−1) for e^u, …"""

    def given(*functions: str, value: Callable[[Number, Number], Number]) -> Callable[[Edge], Number | None]:
        def new(edge: Edge) -> Number | None:
            if scene.function_at(edge[0]) not in functions:
                return None
            return value(scene.model.values[edge[1]], scene.model.values[edge[0]])

        return new

    def negative(edge: Edge) -> Number | None:
        return -scene.local(edge) if scene.function_at(edge[0]) in {"sin", "cos", "acos"} else None

    div, number = scene.model.div, scene.model.number
    yield "1 − a", given("sigmoid", "tanh", value=lambda _, a: 1 - a)
    yield "1 + a", given("sigmoid", "tanh", value=lambda _, a: 1 + a)
    yield "1 + a²", given("tanh", value=lambda _, a: 1 + a * a)
    yield "a²", given("sigmoid", "tanh", value=lambda _, a: a * a)
    yield "(1 − a)²", given("sigmoid", "tanh", value=lambda _, a: (1 - a) ** 2)
    yield "a(1 + a)", given("sigmoid", value=lambda _, a: a * (1 + a))
    yield "the sign of its derivative lost", negative
    yield "1/√u", given("sqrt", value=lambda _, a: div(scene.one, a))
    yield "√u/2", given("sqrt", value=lambda _, a: div(a, number(2)))
    yield "1/(2u)", given("sqrt", value=lambda z, _: div(scene.one, 2 * z))
    yield "−1/u²", given("log", value=lambda z, _: -div(scene.one, z * z))
    yield "u", given("log", value=lambda z, _: z)

    def as_power(edge: Edge) -> Number | None:
        if scene.function_at(edge[0]) != "exp":
            return None
        z = scene.model.meaning(edge[1])
        return scene.evaluated(z * Call("exp", (z - 1,)))

    def base_ten(edge: Edge) -> Number | None:
        if scene.function_at(edge[0]) != "log":
            return None
        return scene.evaluated(1 / (scene.model.meaning(edge[1]) * Call("log", (Numeral(10),))))

    yield "u·e^(u − 1), as for a power", as_power
    yield "1/(u·ln 10)", base_ten


def mask_inverted(scene: Scene, _: Place) -> Instead:
    """Write a mask that is 1 where it should be 0."""

    def inverse(edge: Edge) -> Number | None:
        return scene.one - scene.local(edge) if has_mask(scene.function_at(edge[0])) else None

    def below(edge: Edge) -> Number | None:
        return scene.slope("relu", -Symbol(edge[1])) if scene.function_at(edge[0]) == "relu" else None

    yield "the opposite mask", inverse
    yield "the opposite mask", below


def masks_only(instead: Callable[[Scene, Place], Instead]) -> Callable[[Scene, Place], Instead]:
    """Restrict what may stand on a slope to functions whose slope is a mask."""

    def restricted(scene: Scene, place: Place) -> Instead:
        if all(has_mask(scene.function_at(child)) for child, _ in place.edges):
            yield from instead(scene, place)

    return restricted


def none(scene: Scene, _: Place) -> Instead:
    """Write the number 1."""
    yield "1", lambda _: scene.one


# --- weights -------------------------------------------------------------------------------------------------


def transposed_weight(scene: Scene, place: Place) -> Instead:
    """w_kj where w_jk belongs."""

    def new(edge: Edge) -> Number | None:
        name = scene.weight_of(edge)
        other = scene.same(name, unit=scene.index(name, "source"), source=scene.index(name, "unit"))
        return scene.values[other] if other else None

    first = scene.weight_of(place.edges[0])
    other = scene.same(first, unit=scene.index(first, "source"), source=scene.index(first, "unit"))
    yield other if place.scope == "edge" else f"W{place.layer} in place of its transpose", new


def other_weight(scene: Scene, place: Place) -> Instead:
    """Take another weight of the same layer."""
    if place.scope != "edge":
        return
    own = scene.weight_of(place.edges[0])
    layer = scene.index(own, "layer")
    for leaf in scene.original.leaves:
        name = leaf.symbol.name
        if leaf.role is Role.WEIGHT and name != own and scene.index(name, "layer") == layer:
            yield name, lambda _, name=name: scene.values[name]  # type: ignore[misc]


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

    yield "the bias as well", lambda edge: None if bias(edge) is None else scene.local(edge) + bias(edge)
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

    yield "the bias as well", lambda edge: None if bias(edge) is None else scene.local(edge) + bias(edge)
    yield "1 as well", lambda edge: scene.local(edge) + 1
    yield "the whole weighted sum", lambda edge: scene.values[edge[0]]


def factor_on_bias(scene: Scene, place: Place) -> Instead:
    """Multiply the gradient of a bias by an input, or by the bias."""
    yield "the bias", lambda edge: scene.values[edge[1]]
    signals = [p for p in scene.original.parents[place.edges[0][0]] if scene.original.role(p) in {Role.INPUT, Role.ACTIVATION}]
    for signal in signals:
        unit = scene.index(signal, "unit")

        def new(edge: Edge, unit: int = unit) -> Number | None:
            mine = [p for p in scene.original.parents[edge[0]] if scene.original.role(p) in {Role.INPUT, Role.ACTIVATION}]
            return next((scene.values[p] for p in mine if scene.index(p, "unit") == unit), None)

        yield scene.written(signal), new


# --- the loss ------------------------------------------------------------------------------------------------


def other_loss(scene: Scene, _: Place) -> Instead:
    """Use the derivative of another loss."""
    own = canonical(scene.network.loss) if scene.network else ""
    a, y = Symbol("a"), Symbol("y")
    outputs = scene.network.layers[-1].units if scene.network else 1
    for row in LOSSES.values():
        if row.name in {own, "sum"}:
            continue
        slope = derivative(row.part(a, y, outputs), "a")

        def new(edge: Edge, slope: Expr = slope) -> Number | None:
            target = target_name(scene, edge)
            return scene.evaluated(substitute(slope, {"a": Symbol(edge[1]), "y": Symbol(target)})) if target else None

        yield row.title, new
    yield "squared error", lambda edge: _maybe(target_of(scene, edge), lambda y: scene.values[edge[1]] - y)


def misremembered_loss(scene: Scene, _: Place) -> Instead:
    """Write the derivative of cross-entropy nearly as it is."""
    own = canonical(scene.network.loss) if scene.network else ""
    if own not in {"binary_cross_entropy", "cross_entropy"}:
        return
    div = scene.model.div

    def given(value: Callable[[Number, Number], Number]) -> Callable[[Edge], Number | None]:
        return lambda edge: _maybe(target_of(scene, edge), lambda y: value(scene.values[edge[1]], y))

    yield "the part of y alone", given(lambda a, y: -div(y, a))
    if own == "binary_cross_entropy":
        yield "the part of 1 − y alone", given(lambda a, y: div(1 - y, 1 - a))
        yield "the inner sign of ln(1 − a) lost", given(lambda a, y: -div(y, a) - div(1 - y, 1 - a))
    else:
        yield "y·a", given(lambda a, y: -y * a)
        yield "y·ln a", lambda edge: _maybe(
            target_of(scene, edge), lambda y: _times(-y, scene.evaluated(Call("log", (Symbol(edge[1]),))))
        )


def loss_itself(scene: Scene, _: Place) -> Instead:
    """Leave the loss as it is, or its exponent."""
    yield "the loss itself", lambda edge: scene.values[edge[0]]
    yield "the exponent not lowered", lambda edge: _maybe(target_of(scene, edge), lambda y: (scene.values[edge[1]] - y) ** 2)


def other_target(scene: Scene, place: Place) -> Instead:
    """Take the target of another output."""
    if place.scope != "edge":
        return
    for unit in range(1, 65):
        shown = f"y_{unit}"
        if not scene.same(target_name(scene, place.edges[0]) or "", unit=unit):
            break

        def new(edge: Edge, unit: int = unit) -> Number | None:
            target = scene.same(target_name(scene, edge) or "", unit=unit)
            return _loss_slope(scene, edge, edge[1], target) if target else None

        yield shown, new


def loss_elsewhere(scene: Scene, _: Place) -> Instead:
    """Take the loss's derivative at z in place of a; or only the output, or only the target."""

    def at_z(edge: Edge) -> Number | None:
        z, target = scene.same(edge[1], letter="z"), target_name(scene, edge)
        return _loss_slope(scene, edge, z, target) if z and target else None

    yield "the pre-activation z in place of the activation", at_z
    yield "the output alone", lambda edge: scene.values[edge[1]]
    yield "the target alone", lambda edge: target_of(scene, edge)


def target_name(scene: Scene, edge: Edge) -> str:
    """Return the target that an output is compared with; "" where there is none."""
    return next((p for p in scene.original.parents[edge[0]] if scene.original.role(p) is Role.TARGET), "")


def target_of(scene: Scene, edge: Edge) -> Number | None:
    """Return the value of the target that an output is compared with."""
    return scene.values.get(target_name(scene, edge))


def _loss_slope(scene: Scene, edge: Edge, at: str, target: str) -> Number | None:
    slope = derivative(scene.original.definitions[edge[0]].expr, edge[1])
    return scene.evaluated(substitute(slope, {edge[1]: Symbol(at), target_name(scene, edge): Symbol(target)}))


def _maybe(value: Number | None, build: Callable[[Number], Number | None]) -> Number | None:
    return None if value is None else build(value)


def _times(left: Number, right: Number | None) -> Number | None:
    return None if right is None else left * right
