"""
What the derivative of the loss becomes by mistake: that of another loss, at another argument, or the loss itself.

Every function here says what may stand on a place instead; the table in `mistakes` says what each is called.
"""

from __future__ import annotations

from collections.abc import Callable

from symbackprop.calculus import derivative
from symbackprop.checking.model import Number
from symbackprop.checking.mutants import Instead
from symbackprop.checking.places import Edge, Place
from symbackprop.checking.scene import Scene
from symbackprop.expr import Call, Expr, Symbol, substitute
from symbackprop.functions import LOSSES, canonical
from symbackprop.graph import Role


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

    yield "only the term of y is there", given(lambda a, y: -div(y, a))
    if own == "binary_cross_entropy":
        yield "only the term of 1 − y is there", given(lambda a, y: div(1 - y, 1 - a))
        yield "the inner sign of ln(1 − a) is lost", given(lambda a, y: -div(y, a) - div(1 - y, 1 - a))
    else:
        yield "y·a stands there", given(lambda a, y: -y * a)
        yield "y·ln a stands there", lambda edge: _maybe(
            target_of(scene, edge), lambda y: _times(-y, scene.evaluated(Call("log", (Symbol(edge[1]),))))
        )


def loss_itself(scene: Scene, _: Place) -> Instead:
    """Leave the loss as it is, or its exponent."""
    yield "it stands there as it is", lambda edge: scene.values[edge[0]]
    yield "its exponent is not lowered", lambda edge: _maybe(target_of(scene, edge), lambda y: (scene.values[edge[1]] - y) ** 2)


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

    yield "it is taken at the pre-activation z", at_z
    yield "only the output stands there", lambda edge: scene.values[edge[1]]
    yield "only the target stands there", lambda edge: target_of(scene, edge)


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
