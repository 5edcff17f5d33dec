"""
Slips in the rules of a first course, on a function taken apart into single operations.

Every function here takes a scene and yields mutants; the table in `mistakes` says what each is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from symbackprop.calculus import derivative, partials
from symbackprop.checking.model import Number
from symbackprop.checking.mutants import Instead
from symbackprop.checking.places import Edge, Mutant, Place, Words
from symbackprop.checking.scene import Scene
from symbackprop.expr import Call, Expr, Power, Product, Quotient, Sum, Symbol, substitute
from symbackprop.expr import Number as Numeral
from symbackprop.graph import Node

MOST_NAMES = 16
POWERS = range(2, 65)


def _inside(scene: Scene) -> Iterator[Node]:
    names = {child for child, _ in scene.relevant}
    for node in scene.model.graph.nodes:
        if node.symbol.name in names:
            yield node


def _varying(scene: Scene, node: Node) -> list[str]:
    """Return the parents of a definition that depend on what is differentiated by."""
    return [parent for child, parent in scene.relevant if child == node.symbol.name]


def inner_missing(scene: Scene) -> Iterator[Mutant]:
    """Take the derivative of what is inside for 1."""
    if not scene.is_function:
        return
    own = {aim.of for aim in scene.aims}
    for node in _inside(scene):
        name = node.symbol.name
        users = scene.model.graph.children[name]
        outer = [scene.model.graph.definitions[user].expr for user in users]
        if name in own or not any(isinstance(expr, (Call, Power)) for expr in outer):
            continue
        inner = scene.written(name)
        yield Mutant({"inner": inner}, (name, *users[:1]), tangents={name: lambda _: scene.one})


def product_of_derivatives(scene: Scene) -> Iterator[Mutant]:
    """Take (uv)′ for u′v′."""
    for node in _inside(scene):
        below = _varying(scene, node)
        if len(below) != 2 or not scene.is_function:
            continue
        first, second = below
        if isinstance(node.expr, Product):

            def multiplied(tangents: Mapping[str, Number], first: str = first, second: str = second) -> Number:
                return tangents.get(first, 0) * tangents.get(second, 0)

            name = node.symbol.name
            yield Mutant({"product": _text(scene, node)}, (name, first, second), tangents={name: multiplied})


def half_a_product(scene: Scene) -> Iterator[Mutant]:
    """Take (uv)′ for u′v, uv′, u′ or v′."""
    for node in _inside(scene):
        below = _varying(scene, node)
        if isinstance(node.expr, Product) and len(below) == 2 and scene.is_function:
            name, product, zero, one = node.symbol.name, _text(scene, node), scene.model.zero, scene.one
            for parent, other in (below, below[::-1]):
                yield Mutant({"product": product}, (name, parent), ((name, parent, zero),))
                yield Mutant({"product": product}, (name, parent), ((name, parent, zero), (name, other, one)))


def sum_of_derivatives(scene: Scene) -> Iterator[Mutant]:
    """Take (uv)′ for u′ + v′."""
    for node in _inside(scene):
        below = _varying(scene, node)
        if isinstance(node.expr, Product) and len(below) == 2 and scene.is_function:
            name = node.symbol.name
            yield Mutant({"product": _text(scene, node)}, (name, *below), tuple((name, parent, scene.one) for parent in below))


def term_sign(scene: Scene) -> Iterator[Mutant]:
    """Give one of several terms of a sum or of the product rule the other sign."""
    for node in _inside(scene):
        below = _varying(scene, node)
        if isinstance(node.expr, Sum | Product) and len(below) > 1 and scene.is_function:
            for parent in below:
                edge = (node.symbol.name, parent)
                part = scene.written(parent)
                derived = f"{part}′" if part.isidentifier() else f"({part})′"
                yield Mutant({"part": derived}, edge, ((*edge, scene.model.reduced(-scene.local(edge))),))


def constant_kept(scene: Scene) -> Iterator[Mutant]:
    """Leave a constant term as it is."""
    for node in _inside(scene):
        name, expr = node.symbol.name, node.expr
        if not isinstance(expr, Sum) or not scene.is_function:
            continue
        below = _varying(scene, node)
        for term in expr.terms:
            if isinstance(term, Numeral) or (isinstance(term, Symbol) and term.name not in below):
                kept = scene.model.number(term.value) if isinstance(term, Numeral) else scene.values[term.name]

                def added(tangents: Mapping[str, Number], name: str = name, kept: Number = kept) -> Number:
                    return kept + sum(slope * tangents.get(p, 0) for p, slope in scene.model.locals[name].items())

                yield Mutant({"part": substitute(term, scene.model.written_out)}, (name,), tangents={name: added})


def quotient_slips(scene: Scene) -> Iterator[Mutant]:
    """Get a sign of (u/v)′ wrong, forget the square or a half of it, or take u′/v′."""
    for node in _inside(scene):
        expr, below = node.expr, _varying(scene, node)
        if isinstance(expr, Quotient) and isinstance(expr.denominator, Symbol) and expr.denominator.name in below:
            top = expr.numerator.name if isinstance(expr.numerator, Symbol) else ""
            if top != expr.denominator.name:
                yield from _slips_of_quotient(scene, node, top, expr.denominator.name)


def quotient_exchanged(scene: Scene) -> Iterator[Mutant]:
    """Take uv′ − u′v for u′v − uv′."""
    for node in _inside(scene):
        expr, below, name = node.expr, _varying(scene, node), node.symbol.name
        if isinstance(expr, Quotient) and len(below) > 1 and scene.is_function:
            changes = tuple((name, parent, scene.model.reduced(-scene.local((name, parent)))) for parent in below)
            yield Mutant({"quotient": _text(scene, node)}, (name, *below), changes)


def _slips_of_quotient(scene: Scene, node: Node, top: str, bottom: str) -> Iterator[Mutant]:
    model, name, below = scene.model, node.symbol.name, _varying(scene, node)
    v, own, where = model.values[bottom], model.locals[name], (name, *below)
    # What each of the two terms is multiplied by: u′/v, and −uv′/v².
    slips: tuple[tuple[str, Number, Number], ...] = (
        ("the two terms above the line have the wrong sign between them", model.one, -model.one),
        ("the denominator is not squared", v, v),
        ("the denominator is missing", v * v, v * v),
        ("only one of the two terms is divided by the square of the denominator", model.one, v),
        ("the term with the derivative of the denominator is missing", model.one, model.zero),
        ("the term with the derivative of the numerator is missing", model.zero, model.one),
    )
    for instead, above, under in slips:
        changes = tuple((name, p, model.reduced(own[p] * (under if p == bottom else above))) for p in below)
        yield Mutant({"quotient": _text(scene, node), "instead": instead}, where, changes)
    if top in below:

        def divided(tangents: Mapping[str, Number]) -> Number:
            return model.div(tangents.get(top, 0), tangents.get(bottom, 0))

        instead = "the derivative of the numerator is divided by that of the denominator"
        yield Mutant({"quotient": _text(scene, node), "instead": instead}, where, tangents={name: divided})
    else:
        above = scene.evaluated(substitute(node.expr.numerator, model.written_out)) if isinstance(node.expr, Quotient) else None

        def underneath(tangents: Mapping[str, Number]) -> Number:
            return model.div(above, tangents.get(bottom, 0))

        if above is not None:
            instead = "only what stands below the line is differentiated"
            yield Mutant({"quotient": _text(scene, node), "instead": instead}, where, tangents={name: underneath})


def power_slips(scene: Scene, place: Place) -> Instead:
    """(uⁿ)′ without n, with the exponent as it was, with n − 1 for n, or as the rule for an integral."""
    if place.scope != "edge":
        return
    child, parent = place.edges[0]
    expr = scene.model.graph.definitions[child].expr
    if not isinstance(expr, Power):
        return
    atoms = scene.model.written_out
    u, n = substitute(expr.base, atoms), substitute(expr.exponent, atoms)

    def value(found: Expr) -> Callable[[Edge], Number | None]:
        return lambda _: scene.evaluated(found)

    if expr.base == Symbol(parent):
        yield "the exponent in front is missing", value(u ** (n - 1))
        yield "the exponent is not lowered by one", value(n * u**n)
        yield "the power is not differentiated", value(u**n)
        yield "the lowered exponent stands in front", value((n - 1) * u ** (n - 1))
        yield "the exponent in front is lowered, not the one above", value((n - 1) * u**n)
        yield "the exponent is lowered by two", value(n * u ** (n - 2))
        yield "the exponent is raised, not lowered", value(n * u ** (n + 1))
        yield "the lowered exponent is missing", value(n * u)
        yield "only the exponent is there", value(n)
        yield "the rule for an integral is used", value(u ** (n + 1) / (n + 1))
        if isinstance(n, Numeral) and n.value < 0:
            yield "the sign of the exponent is lost", value(-n * u ** (n - 1))
            yield "the exponent is raised, not lowered", value(n * u ** (n + 1))


def exponential_slips(scene: Scene, place: Place) -> Instead:
    """(cᵘ)′ as u·cᵘ⁻¹, or without the logarithm."""
    if place.scope != "edge":
        return
    child, parent = place.edges[0]
    expr = scene.model.graph.definitions[child].expr
    if isinstance(expr, Power) and expr.exponent == Symbol(parent):
        atoms = scene.model.written_out
        u, n = substitute(expr.base, atoms), substitute(expr.exponent, atoms)
        yield "the power rule is used although the exponent varies", lambda _: scene.evaluated(n * u ** (n - 1))
        yield "the logarithm of the base is missing", lambda _: scene.evaluated(u**n)


def coefficient_lost(scene: Scene, place: Place) -> Instead:
    """Leave a constant factor out, but for its sign."""
    found = scene.coefficient(place.edges[0]) if place.scope == "edge" else None
    if found is not None and found.value < 0:
        yield "−1", lambda _: -scene.one


def elsewhere(scene: Scene, place: Place) -> Instead:
    """f′(x)·u′ for f′(u)·u′: the outer derivative at another quantity."""
    if place.scope != "edge" or not scene.is_function:
        return
    child, parent = place.edges[0]
    op = scene.model.graph.definitions[child].expr
    slope = partials(op)[parent][0]
    for name in scene.original_names[:MOST_NAMES]:
        if name not in {parent, child}:
            moved = {parent: Symbol(name), child: substitute(op, {parent: Symbol(name)})}
            other = substitute(slope, {**scene.model.written_out, **moved})
            yield scene.written(name), lambda _, other=other: scene.evaluated(other)  # type: ignore[misc]  # no type is inferred with a default
    # f′(u′)·u′, which takes the derivative of what is inside first.
    own = scene.original.definitions.get(parent)
    inside = scene.model.written_out.get(parent) or (own.expr if own else None)
    if inside is not None:
        inner = derivative(inside, scene.aims[scene.pivot].of)
        if inner != Numeral(0):
            moved = {parent: inner, child: substitute(op, {parent: inner})}
            other = substitute(slope, {**scene.model.written_out, **moved})
            yield "the inner derivative", lambda _: scene.evaluated(other)


def inner_differentiated(scene: Scene) -> Iterator[Mutant]:
    """Take (uⁿ)′ for n·(u′)ⁿ⁻¹, with u′ once more or without."""
    for node in _inside(scene):
        expr, name = node.expr, node.symbol.name
        if not (scene.is_function and isinstance(expr, Power) and isinstance(expr.base, Symbol)):
            continue
        if not isinstance(expr.exponent, Numeral) or expr.exponent.value not in POWERS:
            continue
        inner, n = expr.base.name, int(expr.exponent.value)

        def alone(tangents: Mapping[str, Number], inner: str = inner, n: int = n) -> Number:
            return n * tangents.get(inner, 0) ** (n - 1)

        def again(tangents: Mapping[str, Number], inner: str = inner, n: int = n) -> Number:
            return n * tangents.get(inner, 0) ** n

        for tangent in (alone, again):
            yield Mutant({"instead": "the inner derivative"}, (name, inner), tangents={name: tangent})


def term_counted(scene: Scene, place: Place) -> Instead:
    """∂(w·x + b)/∂w taken for x + b."""
    if place.scope == "edge":
        for name in scene.original.leaf_by_name:
            yield f"its sum with {scene.written(name)}", lambda edge, name=name: scene.local(edge) + scene.values[name]  # type: ignore[misc]  # no type is inferred with a default


def variable_kept(scene: Scene) -> Iterator[Mutant]:
    """Leave the variable where its derivative by itself, 1, belongs."""
    yield Mutant({"factor": scene.written(scene.aims[0].of)}, whole=lambda aim: scene.values[aim.of] * scene.truth(aim))


def variable_kept_once(scene: Scene, place: Place) -> Instead:
    """Leave the variable where its derivative belongs, in one term: 3x for (3x)′."""
    of = scene.aims[scene.pivot].of
    if place.scope == "edge" and scene.is_function and place.edges[0][1] == of:
        yield scene.written(of), lambda edge: scene.local(edge) * scene.values[of]


def others_differentiated(scene: Scene) -> Iterator[Mutant]:
    """Differentiate by another variable as well: a term without the own variable, or the factor beside it."""
    if not scene.is_function:
        return
    model, own = scene.model, {aim.of for aim in scene.aims}
    for node in _inside(scene):
        name, below = node.symbol.name, _varying(scene, node)
        if not isinstance(node.expr, Sum | Product) or len(below) != 1:
            continue
        for part in scene.model.graph.parents[name]:
            if part in below:
                continue
            for leaf in [leaf for leaf in list(scene.original.leaf_by_name)[:MOST_NAMES] if leaf not in own]:
                slope = derivative(model.meaning(part), leaf)
                value = scene.evaluated(slope) if slope != Numeral(0) else None
                if value is None:
                    continue
                words: Words = {"part": model.meaning(part)}
                if isinstance(node.expr, Product):
                    sign = model.div(scene.local((name, below[0])), model.values[part])
                    yield Mutant(words, (name, *below), ((name, below[0], model.reduced(sign * value)),))
                    continue

                def added(
                    tangents: Mapping[str, Number], name: str = name, more: Number = model.locals[name][part] * value
                ) -> Number:
                    return more + sum(slope * tangents.get(p, 0) for p, slope in model.locals[name].items())

                yield Mutant(words, (name,), tangents={name: added})


def factor_exchanged(scene: Scene, place: Place) -> Instead:
    """∂(uv)/∂u taken for u."""
    if place.scope == "edge":
        yield scene.written(place.edges[0][1]), lambda edge: scene.model.values[edge[1]]


def _text(scene: Scene, node: Node) -> Expr:
    return (substitute(node.expr, scene.model.written_out))
