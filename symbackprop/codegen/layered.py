"""
A network layer by layer as the lines of a program, from its definitions and its backward sweep.

The factor 1/N of a mean over samples is multiplied in once, at the last layer: all that follows is linear in it.
So a program has ∂J/∂Z where the derivation has Δ = ∂L/∂z of each sample and 1/N at every parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from symbackprop.codegen.sharing import Line, needed, renamed, share
from symbackprop.errors import InternalError
from symbackprop.expr import Adjoint, Expr, Number, Product, Sum, add, mul, symbols
from symbackprop.layers import LayerSweep, Plan, batch_factor, sweep_layers, write_layers
from symbackprop.matrix import Shape, shape_of


@dataclass(frozen=True)
class LayerCode:
    """
    What a program of matrices consists of.

    `forward` computes the cost `output` from `parameters` and `data` (X, and Y if the loss has targets);
    `kept` are its values that `backward` uses, which computes `gradients`, one a parameter; `prediction` is the last layer.
    """

    plan: Plan
    data: tuple[str, ...]
    parameters: tuple[str, ...]
    forward: tuple[Line, ...]
    backward: tuple[Line, ...]
    output: str
    prediction: str
    gradients: tuple[str, ...]
    shapes: Mapping[str, Shape]

    @property
    def kept(self) -> tuple[str, ...]:
        """The values of the forward pass that the backward pass uses, and the prediction."""
        used = {name for line in self.backward for name in symbols(line.expr)} | {self.prediction}
        return tuple(line.name for line in self.forward if line.name in used)


def layer_code(plan: Plan) -> LayerCode:
    """Return the program of a plan with a batch."""
    if plan.batch is None:
        msg = "code over layers is for a batch"
        raise InternalError(msg)
    sweep = sweep_layers(write_layers(plan))
    graph = sweep.layers.graph
    place = {step.about.name: k for k, step in enumerate(sweep.steps, 1)}
    output = graph.output.symbol.name
    leaves = [leaf.symbol.name for leaf in graph.leaves]
    parameters = tuple(name for k in range(1, plan.depth + 1) for name in (f"W{k}", f"b{k}") if name in sweep.adjoints)
    gradients = tuple(sweep.adjoints[name].name for name in parameters)
    forward = [Line(node.symbol.name, node.expr, place[node.symbol.name]) for node in graph.nodes]
    names = {a.name: f"d{output}_d{a.of}" for a in sweep.adjoints.values() if a.output != output}
    backward = renamed(needed(_scaled(sweep, place, output), gradients), names)
    shapes = dict(sweep.shapes)
    shapes.update({new: shapes[old] for old, new in names.items()})
    taken, sizes = [*leaves, *shapes], [plan.batch] if isinstance(plan.batch, str) else []
    first, body = share(forward, taken, sizes, eager=True), share(backward, taken, sizes, eager=True)
    for line in (*first, *body):
        if line.name not in shapes:
            shapes[line.name] = shape_of(line.expr, shapes)
    return LayerCode(
        plan,
        tuple(name for name in leaves if name in {"X", "Y"}),
        parameters,
        tuple(first),
        tuple(body),
        output,
        f"A{plan.depth}",
        gradients,
        shapes,
    )


def _scaled(sweep: LayerSweep, place: Mapping[str, int], output: str) -> list[Line]:
    """Return the backward lines with the factor of the batch taken from the parameters to the last layer."""
    factor = batch_factor(sweep.layers.plan)
    per_sample = {node.symbol.name for node in sweep.nodes if isinstance(node.symbol, Adjoint) and node.symbol.output != output}
    lines = []
    for node in sweep.nodes:
        name = node.symbol.name
        uses = per_sample & set(symbols(node.expr))
        if name in per_sample:
            expr = node.expr if uses else mul(factor, node.expr)
        else:
            terms = node.expr.terms if isinstance(node.expr, Sum) else (node.expr,)
            expr = add(*(_without(factor, term) if per_sample & set(symbols(term)) else term for term in terms))
        lines.append(Line(name, expr, place[name]))
    return lines


def _without(factor: Expr, term: Expr) -> Expr:
    """Take a factor out of a term that has it."""
    if isinstance(factor, Number):
        return mul(Fraction(1) / Fraction(factor.value), term)
    factors = list(term.factors if isinstance(term, Product) else (term,))
    factors.remove(factor)
    return mul(*factors)
