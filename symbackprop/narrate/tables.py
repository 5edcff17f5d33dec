"""Tables without a derivation: all numbers at a point, and what the program knows."""

from __future__ import annotations

from symbackprop.document import Block, Document, Heading, Paragraph, Relation, Spans, Table
from symbackprop.errors import InputError
from symbackprop.expr import Expr, Symbol
from symbackprop.functions import ACTIVATIONS, LOSSES, F, Function, Z
from symbackprop.narrate.gradient import gradient_table, read_aloud
from symbackprop.narrate.teller import Teller
from symbackprop.notation import NOTATIONS
from symbackprop.optimizers import OPTIMIZERS
from symbackprop.typeset import plain


def tell_values(teller: Teller) -> Document:
    """Tabulate every value, local derivative and gradient at the point."""
    values = teller.values
    if values is None:
        msg = "evaluate needs a number for every input, weight and target; add a point with --at or a problem file"
        raise InputError(msg)
    title = teller.problem.title or "Values and gradients"
    graph = teller.graph
    forward: list[tuple[Spans, ...]] = []
    for leaf in graph.leaves:
        forward.append(((leaf.symbol,), (leaf.role.value,), (teller.numerals.quantity(leaf.symbol.name, values),)))
    for node in graph.nodes:
        forward.append(((node.symbol,), (node.expr,), (teller.numerals.quantity(node.symbol.name, values),)))
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
    ]
    return teller.document(title, blocks)


def tell_known(formats: dict[str, str]) -> Document:
    """List activations, losses, optimizers, notations and formats, each with its formula."""
    blocks: list[Block] = [Heading(1, ("What symbackprop knows",))]
    activations: list[tuple[Spans, ...]] = []
    for row in ACTIVATIONS.values():
        names = ", ".join((row.name, *row.aliases))
        if isinstance(row, Function):
            formula: Expr = row.define(Z) if row.define else row(Z)
            activations.append(((names,), (formula,), (row.slope(Z, F),)))
        else:
            zs = [Symbol("z_1"), Symbol("z_2")]
            fs = [Symbol("f_1"), Symbol("f_2")]
            activations.append(((names,), (row.define(0, zs),), (row.slope(0, 0, fs), " and ", row.slope(0, 1, fs))))
    blocks.append(Heading(2, ("Activations",)))
    blocks.append(Paragraph(("Slopes are in terms of the argument ", Z, " and the activation's own value ", F, ".")))
    blocks.append(Table((("name",), ("definition",), ("slope",)), tuple(activations)))
    blocks.append(Heading(2, ("Losses, per sample over outputs",)))
    a, y = Symbol("a"), Symbol("y")
    blocks.append(
        Table(
            (("name",), ("formula",), ("summand",)),
            tuple(((", ".join((r.name, *r.aliases)),), (r.formula,), (r.part(a, y, 1),)) for r in LOSSES.values()),
        )
    )
    blocks.append(Heading(2, ("Optimizers",)))
    optimizers: list[tuple[Spans, ...]] = []
    for optimizer in OPTIMIZERS.values():
        names = ", ".join((optimizer.name, *optimizer.aliases))
        defaults = ", ".join(f"{key} {plain(value)}" for key, value in optimizer.defaults.items())
        for line, expr in optimizer.recurrence():
            optimizers.append(((names,), (Relation((Symbol(line), expr), "←"),), (defaults,)))
            names = defaults = ""
    blocks.append(Table((("name",), ("update of w with gradient g",), ("defaults",)), tuple(optimizers)))
    blocks.append(Heading(2, ("Notations",)))
    blocks.append(Table((("name",), ("what it writes",)), tuple(((n.name,), (n.description,)) for n in NOTATIONS.values())))
    blocks.append(Heading(2, ("Formats",)))
    blocks.append(Table((("name",), ("what it is",)), tuple(((name,), (text,)) for name, text in formats.items())))
    return Document("What symbackprop knows", tuple(blocks))
