"""
Wrong values of a forward quantity: its definition, or one below it, written down wrongly.

`variants` rewrites a definition at every place in every way; the table in `mistakes` says what each kind is called.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from symbackprop.checking.model import NO_NUMBER, Model, Number
from symbackprop.checking.mutants import Mutation
from symbackprop.checking.places import Aim, Mutant
from symbackprop.checking.scene import Scene
from symbackprop.expr import Call, Expr, Power, Product, Quotient, Sum, Symbol, add, call, children, div, mul, rebuild, substitute
from symbackprop.expr import Number as Numeral
from symbackprop.functions import ACTIVATIONS, FUNCTIONS, LOSSES, VECTOR_FUNCTIONS, Function, canonical
from symbackprop.graph import Graph, Node, Role
from symbackprop.verify.points import Setting
from symbackprop.verify.reals import RealPoint

MOST_VARIANTS = 600
# Graphs of more definitions are not computed again with a slip.
LARGEST_FORWARD = 120

# What was done, where in the definition, words for the sentence, and the wrong expression.
Variant: TypeAlias = tuple[str, tuple[object, ...], str | Expr, Expr]


def wrongly(*kinds: str) -> Mutation:
    """Return the mutation that writes a definition down wrongly in one of these ways."""

    def mutate(scene: Scene) -> Iterator[Mutant]:
        if scene.asked != "value":
            return
        known = variants_of(scene, scene.aims[scene.pivot].name)
        for (kind, key), (words, _) in known.items():
            if kind not in kinds:
                continue

            def whole(aim: Aim, kind: str = kind, key: tuple[object, ...] = key) -> Number | None:
                found = variants_of(scene, aim.name).get((kind, key))
                return None if found is None else scene.evaluated(found[1])

            yield Mutant({"instead": words}, (scene.aims[scene.pivot].name,), whole=whole)

    return mutate


def slips(scene: Scene) -> Iterator[Mutant]:
    """
    Go wrong in the forward pass of a layer, and be right from there on: biases, activation or indices of the weights.

    Only in numbers: an expression names the values that it uses.
    """
    network = scene.network
    if network is None or scene.model.prime or scene.asked == "local" or len(scene.original.nodes) > LARGEST_FORWARD:
        return
    layers = range(1, len(network.layers) + 1)
    for words, kind, chosen in (
        *(("the biases are missing", "term", layer) for layer in (0, *layers)),
        *(("the activation is not applied", "function", layer) for layer in layers),
        *(("the indices of the weights are exchanged", "transposed", layer) for layer in layers),
    ):
        nodes = tuple(_slipped(scene, node, kind) if chosen in {0, node.layer} else node for node in scene.original.nodes)
        if nodes == scene.original.nodes:
            continue
        graph = Graph(scene.original.leaves, nodes)
        setting = Setting(graph, scene.point.setting.constraints, scene.point.setting.assumptions)
        leaves = {leaf.symbol.name: Fraction(scene.values[leaf.symbol.name]) for leaf in graph.leaves}
        try:
            model = Model(graph, RealPoint(setting, leaves), taken_apart=False)
        except NO_NUMBER:
            continue

        def whole(aim: Aim, model: Model = model) -> Number | None:
            return model.values[aim.name] if scene.asked == "value" else model.adjoints(aim.output).get(aim.of)

        yield Mutant({"instead": f"in layer {chosen} {words}" if chosen else f"{words}"}, whole=whole)


def _slipped(scene: Scene, node: Node, kind: str) -> Node:
    """Return a definition of the forward pass with one slip in it, or as it is."""
    expr: Expr | None = None
    if node.role is Role.PRE_ACTIVATION and kind == "term" and isinstance(node.expr, Sum):
        biases = [part for part in node.expr.terms if isinstance(part, Symbol) and scene.original.role(part.name) is Role.BIAS]
        expr = add(*(term for term in node.expr.terms if term not in biases)) if biases else None
    elif node.role is Role.PRE_ACTIVATION and kind == "transposed":
        expr = next((found for what, key, _, found in _weighted_sum(scene, node) if (what, key) == (kind, ("W",))), None)
    elif node.role is Role.ACTIVATION and kind == "function" and isinstance(node.expr, Call) and node.expr.function in FUNCTIONS:
        (expr,) = node.expr.arguments
    return node if expr is None else replace(node, expr=expr)


def variants_of(scene: Scene, name: str) -> dict[tuple[str, tuple[object, ...]], tuple[str | Expr, Expr]]:
    """Return every wrong definition of a quantity, by kind and place."""
    cache = scene.variants
    if name not in cache:
        found: dict[tuple[str, tuple[object, ...]], tuple[str | Expr, Expr]] = {}
        for kind, key, words, expr in _all_variants(scene, name):
            found.setdefault((kind, key), (words, expr))
            if len(found) >= MOST_VARIANTS:
                break
        cache[name] = found
    return cache[name]


def _all_variants(scene: Scene, name: str) -> Iterator[Variant]:
    node = scene.original.definitions.get(name)
    if node is None:
        return
    own = list(variants(scene, node))
    yield from own
    for depth, (below, whole) in enumerate(_below(scene, node)):
        for kind, key, words, expr in variants(scene, below):
            yield kind, ("below", depth, *key), words, substitute(whole, {below.symbol.name: expr})


def _below(scene: Scene, node: Node) -> Iterator[tuple[Node, Expr]]:
    """Yield the definitions a definition uses, with the definition written in their terms; two steps down."""
    definitions = scene.original.definitions
    for parent in scene.original.parents[node.symbol.name]:
        if parent in definitions:
            yield definitions[parent], node.expr
    for parent in scene.original.parents[node.symbol.name]:
        if parent in definitions:
            further = substitute(node.expr, {parent: definitions[parent].expr})
            for ancestor in scene.original.parents[parent]:
                if ancestor in definitions:
                    yield definitions[ancestor], further


def variants(scene: Scene, node: Node) -> Iterator[Variant]:
    """Yield every wrong way to write one definition."""
    if node.role is Role.PRE_ACTIVATION:
        yield from _weighted_sum(scene, node)
    if node.role is Role.ACTIVATION and node.expr == Symbol(node.symbol.name.replace("a", "z", 1)):
        yield from _functions(node.expr, ())
    if node.role in {Role.LOSS, Role.LOSS_PART} and scene.network:
        yield from _losses(scene, node)
    yield from rewritten(node.expr, ())


def rewritten(expr: Expr, path: tuple[object, ...]) -> Iterator[Variant]:
    """Yield an expression with one slip in it, at every place."""
    match expr:
        case Sum(terms):
            for place, term in enumerate(terms):
                others = terms[:place] + terms[place + 1 :]
                yield "term", (*path, place), term, add(*others)
                yield "sign", (*path, place), term, add(*terms[:place], mul(-1, term), *terms[place + 1 :])
            yield "operation", (*path, "product"), "a product for the sum", mul(*terms)
        case Product(factors):
            for place, factor in enumerate(factors):
                yield "factor", (*path, place), factor, mul(*factors[:place], *factors[place + 1 :])
            yield "operation", (*path, "sum"), "a sum for the product", add(*factors)
        case Quotient(top, bottom):
            yield "factor", path, bottom, top
            yield "operation", (*path, "inverted"), "the fraction upside down", div(bottom, top)
        case Power(base, exponent):
            yield "exponent", path, exponent, base
            yield "exponent", (*path, "product"), exponent, mul(exponent, base)
            if isinstance(exponent, Numeral):
                yield "exponent", (*path, "raised"), exponent, Power(base, Numeral(exponent.value + 1))
                yield "exponent", (*path, "sign"), exponent, Power(base, Numeral(-exponent.value))
        case Call(function, arguments) if function in FUNCTIONS:
            (inner,) = arguments
            yield "function", path, FUNCTIONS[function].text or function, inner
            yield "twice", path, FUNCTIONS[function].text or function, call(function, expr)
            yield "derivative", path, FUNCTIONS[function].text or function, FUNCTIONS[function].slope(inner, expr)
            yield "sign", (*path, "argument"), inner, call(function, mul(-1, inner))
            yield from _functions(inner, path, function)
            if function == "relu":
                yield "operation", (*path, "min"), "min for max", call("min", 0, inner)
        case Call("max" | "min" as function, arguments):
            other = "min" if function == "max" else "max"
            yield "operation", path, f"{other} for {function}", Call(other, arguments)
            for place, argument in enumerate(arguments):
                yield "function", (*path, place), function, argument
        case Call(function, (Numeral(value=unit), *zs)) if function in VECTOR_FUNCTIONS:
            z = zs[int(unit) - 1]
            yield "function", path, function, z
            yield "normalised", path, function, call("exp", z)
            yield "normalised", (*path, "linear"), function, div(z, add(*zs))
            yield "normalised", (*path, "without"), function, div(call("exp", z), add(*(call("exp", o) for o in zs if o != z)))
            yield "other_function", (*path, "sigmoid"), "sigmoid", call("sigmoid", z)
            other = "log_softmax" if function == "softmax" else "softmax"
            yield "other_function", (*path, other), other, Call(other, expr.arguments)
            for number in range(1, len(zs) + 1):
                if number != unit:
                    step = (number - int(unit)) % len(zs)
                    yield "unit", (*path, step), zs[number - 1], Call(function, (Numeral(number), *zs))
    parts = children(expr)
    for place, part in enumerate(parts):
        for kind, key, words, new in rewritten(part, (*path, place)):
            try:
                yield kind, key, words, rebuild(expr, (*parts[:place], new, *parts[place + 1 :]))
            except ZeroDivisionError:
                continue


def _functions(inner: Expr, path: tuple[object, ...], own: str = "") -> Iterator[Variant]:
    """Yield another function of the same argument."""
    rows = [row for row in ACTIVATIONS.values() if isinstance(row, Function)]
    rows += [FUNCTIONS[name] for name in ("log", "cos", "sqrt")]
    for row in rows:
        if row.name not in {own, "identity"}:
            yield "other_function", (*path, row.name), row.name, row(inner)


def _weighted_sum(scene: Scene, node: Node) -> Iterator[Variant]:
    """Z with the transposed weights, another unit's weights, the signals of another layer, or the weights alone."""
    name = node.symbol.name
    names = scene.original.parents[name]
    weights = [part for part in names if scene.original.role(part) is Role.WEIGHT]
    signals = [part for part in names if scene.original.role(part) in {Role.INPUT, Role.ACTIVATION}]
    bias = [part for part in names if scene.original.role(part) is Role.BIAS]

    def put(kind: str, key: tuple[object, ...], words: str, new: dict[str, str]) -> Iterator[Variant]:
        if all(new.values()) and new:
            yield kind, key, words, substitute(node.expr, {old: Symbol(other) for old, other in new.items()})

    turned = {w: scene.same(w, unit=scene.index(w, "source"), source=scene.index(w, "unit")) for w in weights}
    yield from put("transposed", ("W",), "W is transposed", turned)
    layers = len(scene.network.layers) if scene.network else 0
    for layer in range(1, layers + 1):
        if layer != node.layer:
            moved = {w: scene.same(w, layer=layer) for w in weights}
            yield from put("layer", ("W", layer), f"W{layer}", moved)
            yield from put("layer", ("b", layer), f"b{layer}", {b: scene.same(b, layer=layer) for b in bias})
            yield from put("layer", ("a", layer), f"a{layer}", {s: scene.same(s, letter="a", layer=layer) for s in signals})
    if node.layer > 1:
        yield from put("layer", ("x",), "x", {s: scene.same(s, letter="x", layer="") for s in signals})
        yield from put("before", ("z",), f"z{node.layer - 1}", {s: scene.same(s, letter="z") for s in signals})
    size = scene.network.layers[node.layer - 1].units if scene.network else 0
    unit = scene.index(name, "unit")
    for other in range(1, size + 1):
        if other != unit:
            step = (other - unit) % size
            yield from put("unit", ("W", step), f"the weights of unit {other}", {w: scene.same(w, unit=other) for w in weights})
            yield from put("unit", ("b", step), f"the bias of unit {other}", {b: scene.same(b, unit=other) for b in bias})
    for old in (*weights, *signals):
        part = "source" if old in weights else "unit"
        for other in range(1, len(signals) + 1):
            if other != scene.index(old, part):
                new = scene.same(old, **{part: other})
                yield from put("unit", (old[0], scene.index(old, part), other), new, {old: new})
    for old in weights:
        new = scene.same(old, unit=scene.index(old, "source"), source=scene.index(old, "unit"))
        if new != old:
            yield from put("transposed", ("w", scene.index(old, "source")), new, {old: new})


def _losses(scene: Scene, node: Node) -> Iterator[Variant]:
    """Write a loss of another kind, with a and y exchanged, or at z."""
    assert scene.network
    parents = scene.original.parents[node.symbol.name]
    outputs = [part for part in parents if scene.original.role(part) is Role.ACTIVATION]
    targets = [part for part in parents if scene.original.role(part) is Role.TARGET]
    if len(outputs) != 1 or len(targets) != 1:
        return
    a, y = Symbol(outputs[0]), Symbol(targets[0])
    units = scene.network.layers[-1].units
    for row in LOSSES.values():
        if row.name not in {canonical(scene.network.loss), "sum"}:
            yield "loss", (row.name,), row.title, row.part(a, y, units)
    yield "exchanged", (), "y and a exchanged", substitute(node.expr, {a.name: y, y.name: a})
    z = scene.same(a.name, letter="z")
    if z:
        yield "before", ("a",), z, substitute(node.expr, {a.name: Symbol(z)})
