"""Tables without a derivation: all numbers at a point, and what the program knows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from symbackprop.document import Block, Document, Heading, Numeral, Paragraph, Relation, Span, Spans, Table
from symbackprop.errors import InputError
from symbackprop.evaluate import Values
from symbackprop.expr import Symbol
from symbackprop.functions import ACTIVATIONS, LOSSES, F, Function, VectorFunction, Z
from symbackprop.graph import Role
from symbackprop.narrate.gradient import gradient_table, read_aloud
from symbackprop.narrate.teller import Teller
from symbackprop.notation import NOTATIONS
from symbackprop.optimizers import HYPERPARAMETERS, OPTIMIZERS, Optimizer
from symbackprop.typeset.shortcuts import plain

MOST_CELLS = 30


def tell_values(teller: Teller) -> Document:
    """Tabulate every value, local derivative and gradient at the point."""
    values = teller.values
    if values is None:
        msg = "evaluate needs a number for every input, weight and target; add a point with --at or a problem file"
        raise InputError(msg)
    title = teller.problem.title or "Values and gradients"
    graph = teller.graph
    forward: list[tuple[Spans, ...]] = []
    quantity = teller.numerals.quantity
    forward.extend(((leaf.symbol,), (leaf.role.value,), (quantity(leaf.symbol.name, values),)) for leaf in graph.leaves)
    forward.extend(((node.symbol,), (node.expr,), (quantity(node.symbol.name, values),)) for node in graph.nodes)
    local: list[tuple[Spans, ...]] = []
    for edge, step in teller.backward.locals.items():
        teller.tell(step)
        local.append(((step.about,), (step.value,), (teller.numerals.of(values.locals[edge]),)))
    for name in teller.parameters:
        teller.tell(teller.steps_about[teller.backward.adjoints[name].name][-1])
    blocks: list[Block] = [
        Heading(1, (title,)),
        Heading(2, ("Values",)),
        Table((("name",), ("is",), ("value",)), tuple(forward), frozenset({2})),
        Heading(2, ("Local derivatives",)),
        Table((("derivative",), ("formula",), ("value",)), tuple(local), frozenset({2})),
        Heading(2, ("Gradient",)),
        *gradient_table(teller),
        *read_aloud(teller),
        *_sizes(teller, values),
    ]
    return teller.document(title, blocks)


def _sizes(teller: Teller, values: Values) -> list[Block]:
    """Tabulate the length of the gradient by each layer's weights, with bars; one layer has none to be compared with."""
    layers: dict[str, list[str]] = {}
    for leaf in teller.graph.leaves:
        if leaf.role is Role.WEIGHT and leaf.symbol.name in values.gradients:
            layers.setdefault(leaf.symbol.name.split("_", maxsplit=1)[0], []).append(leaf.symbol.name)
    lengths = {layer: values.norm(names) for layer, names in layers.items()}
    longest = max(lengths.values(), default=0.0)
    if len(lengths) < 2 or teller.telling.wrt or not math.isfinite(longest):
        return []
    rows: list[tuple[Spans, ...]] = []
    for layer, length in lengths.items():
        bar = "█" * (max(1, round(MOST_CELLS * length / longest)) if length else 0)
        rows.append(((layer.removeprefix("w"),), (teller.numerals.of(length),), (bar,)))
    return [
        Heading(2, ("Size of the gradient by layers",)),
        Paragraph(("The length of the gradient by all weights of a layer: the root of the sum of its squared entries.",)),
        Table((("layer",), ("size",), ("",)), tuple(rows), frozenset({0, 1})),
    ]


def tell_known(formats: dict[str, str]) -> Document:
    """List activations, losses, optimizers, notations and formats, each with its formula."""
    blocks: list[Block] = [Heading(1, ("What symbackprop knows",))]
    blocks.append(Heading(2, ("Activations",)))
    blocks.append(Paragraph(("Slopes are in terms of the argument ", Z, " and the activation's own value ", F, ".")))
    blocks.append(
        Table((("name",), ("definition and slope",)), tuple(line for row in ACTIVATIONS.values() for line in _activation(row)))
    )
    blocks.append(Heading(2, ("Losses, per sample over outputs",)))
    blocks.append(
        Table(
            (("name",), ("formula",)),
            tuple(line for row in LOSSES.values() for line in _entry(row.name, ((row.formula,),), row.aliases)),
        )
    )
    blocks.append(Heading(2, ("Optimizers",)))
    optimizers = []
    for row in OPTIMIZERS.values():
        lines: list[Spans] = [(Relation((Symbol(line), expr), "←"),) for line, expr in row.recurrence()]
        optimizers.extend(_entry(row.name, (*lines, _defaults(row)), row.aliases))
    blocks.append(Table((("name",), ("update of w with gradient g, and defaults",)), tuple(optimizers)))
    blocks.append(Heading(2, ("Notations",)))
    blocks.append(Table((("name",), ("what it writes",)), tuple(((n.name,), (n.description,)) for n in NOTATIONS.values())))
    blocks.append(Heading(2, ("Formats",)))
    blocks.append(Table((("name",), ("what it is",)), tuple(((name,), (text,)) for name, text in formats.items())))
    return Document("What symbackprop knows", tuple(blocks))


def _entry(name: str, lines: Sequence[Spans], aliases: Sequence[str] = ()) -> list[tuple[Spans, ...]]:
    """Return the rows of one entry: its name beside the first line, its other names under it."""
    also = [*lines, (f"also called {', '.join(aliases)}",)] if aliases else list(lines)
    return [((name if i == 0 else "",), line) for i, line in enumerate(also)]


def _activation(row: Function | VectorFunction) -> list[tuple[Spans, ...]]:
    if isinstance(row, Function):
        formula = row.define(Z) if row.define else row(Z)
        return _entry(row.name, ((formula,), ("slope ", row.slope(Z, F))), row.aliases)
    zs, fs = ([Symbol(f"{letter}_{i}") for i in (1, 2)] for letter in "zf")
    slopes: Spans = ("slope ", row.slope(0, 0, fs), " for i = j, ", row.slope(0, 1, fs), " for i ≠ j")
    return _entry(row.name, (("of two: ", row.define(0, zs)), slopes), row.aliases)


def _defaults(row: Optimizer) -> Spans:
    """Return η = 0.001, μ = 0.9 …"""
    spans: list[Span] = []
    for key, value in row.defaults.items():
        shown = Numeral(plain(value)) if value.value >= Fraction(1, 1000) else Numeral(f"{float(value.value):g}")
        spans.extend((", " if spans else "", Relation((HYPERPARAMETERS[key].symbol, shown))))
    return tuple(spans)
