"""
What the slope of a function becomes by mistake: the function itself, another rule, another argument, another mask.

Every function here says what may stand on a place instead; the table in `mistakes` says what each is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symbackprop.checking.model import Number
from symbackprop.checking.mutants import Instead
from symbackprop.checking.places import Edge, Place
from symbackprop.checking.scene import Scene
from symbackprop.expr import Call, Cases, Symbol, walk
from symbackprop.expr import Number as Numeral
from symbackprop.functions import ACTIVATIONS, FUNCTIONS, Function
from symbackprop.graph import Role

STEPS = ("step", "sign", "abs")


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
    """σ′(a), the formula at a: σ(a)(1 − σ(a)); or σ′(−z)."""

    def inside(edge: Edge) -> Number | None:
        function = scene.function_at(edge[0])
        return scene.slope(function, Symbol(edge[0])) if function and edge[0] in scene.values else None

    def mirrored(edge: Edge) -> Number | None:
        function = scene.function_at(edge[0])
        return scene.slope(function, -scene.model.meaning(edge[1])) if function else None

    yield "the function's own value" if scene.is_function else "the activation itself", inside
    yield "the argument with the other sign", mirrored


def formula_at_argument(scene: Scene, _: Place) -> Instead:
    """Write the formula of the slope with z for a: z(1 − z)."""

    def mixed(edge: Edge) -> Number | None:
        function = scene.function_at(edge[0])
        z = scene.model.meaning(edge[1])
        return scene.evaluated(FUNCTIONS[function].slope(z, z)) if function else None

    yield "z", mixed


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
    if place.scope == "layer":
        for child, parent in place.edges:
            yield f"{parent} for every unit", lambda _, edge=(child, parent): scene.local(edge)  # type: ignore[misc]  # no type is inferred with a default
    elif place.scope == "edge":
        for activation in scene.original.definitions:
            if scene.original.role(activation) is Role.ACTIVATION and scene.function_at(place.edges[0][0]) == "sigmoid":
                for mixed in _mixed(scene, activation):
                    yield f"two different units, one of them {activation}", mixed


def _mixed(scene: Scene, activation: str) -> Iterator[Callable[[Edge], Number | None]]:
    """Yield a(1 − a′) and a′(1 − a), where a′ belongs to another unit."""
    other = scene.values[activation]
    yield lambda edge: scene.model.values[edge[0]] * (1 - other)
    yield lambda edge: other * (1 - scene.model.values[edge[0]])


def wrong_rule(scene: Scene, _: Place) -> Instead:
    """Use the slope rule of another function: 1 − a² for a sigmoid, a(1 − a) for tanh, …"""
    for row in ACTIVATIONS.values():
        if not isinstance(row, Function) or row.name in {"identity", "square"}:
            continue

        def by_value(edge: Edge, row: Function = row) -> Number | None:
            if scene.function_at(edge[0]) == row.name or row.name == "exp":  # which is the function for its derivative
                return None
            found = scene.evaluated(row.slope(scene.model.meaning(edge[1]), scene.model.meaning(edge[0])))
            # As a number a mask is 0 or 1, and so is a missing path or slope.
            return None if not scene.model.prime and found in {0, 1} else found

        def by_argument(edge: Edge, row: Function = row) -> Number | None:
            z = scene.model.meaning(edge[1])
            found = None if scene.function_at(edge[0]) == row.name else scene.slope(row.name, z)
            return None if not scene.model.prime and found in {0, 1} else found

        words = f"the {'derivative' if scene.is_function else 'slope'} of {row.text if len(row.text) > 1 else row.name}"
        yield words, by_value
        yield words, by_argument


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
    yield "z", given("sigmoid", "tanh", value=lambda z, _: z)
    yield "1 − a", given("sigmoid", "tanh", value=lambda _, a: 1 - a)
    yield "1 + a", given("sigmoid", "tanh", value=lambda _, a: 1 + a)
    yield "1 + a²", given("tanh", value=lambda _, a: 1 + a * a)
    yield "a²", given("sigmoid", "tanh", value=lambda _, a: a * a)
    yield "(1 − a)²", given("sigmoid", "tanh", value=lambda _, a: (1 - a) ** 2)
    yield "a(1 + a)", given("sigmoid", value=lambda _, a: a * (1 + a))
    yield "the right formula with the wrong sign", negative
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

    def one_over_cosine(edge: Edge) -> Number | None:
        is_tangent = scene.function_at(edge[0]) == "tan"
        return scene.evaluated(1 / Call("cos", (scene.model.meaning(edge[1]),))) if is_tangent else None

    yield "1/cos u", one_over_cosine
    yield "u·e^(u − 1), as for a power,", as_power
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
