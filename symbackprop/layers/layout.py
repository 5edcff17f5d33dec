"""
Switches of convention: numerator or denominator layout, ½ or not, mean or sum, δ as ∂L/∂z or ∂L/∂a.

Everything else derives in denominator layout, where a derivative has the shape of what it is taken by; numerator
layout is its transpose, claim by claim.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from symbackprop.errors import InputError, nearest
from symbackprop.expr import Adjoint, Constant, Expr, Number, Symbol, children, rebuild, transform
from symbackprop.functions import canonical
from symbackprop.layers.plan import Plan
from symbackprop.layers.sweep import LayerSweep
from symbackprop.matrix import SCALAR, MatMul, Ones, Slope, Softmax, Sums, Transpose, matmul, shape_of, sums
from symbackprop.names import short
from symbackprop.steps import Definition, Step

WORDS = {
    "denominator": "layout", "numerator": "layout", "half": "half", "whole": "half",
    "mean": "reduction", "sum": "reduction", "half-mean": "reduction", "delta-z": "delta", "delta-a": "delta",
}  # fmt: skip
SQUARED = {"half": "half_squared_error", "whole": "squared_error"}


@dataclass(frozen=True)
class Layout:
    """What was switched; "" where the problem decides. `delta` says of which quantity δ is the derivative: "z" or "a"."""

    numerator: bool = False
    half: str = ""
    reduction: str = ""
    delta: str = "z"

    def planned(self, plan: Plan) -> Plan:
        """Return the plan with ½ and mean as switched; raises InputError where there is no such switch."""
        if self.half:
            if canonical(plan.loss) not in SQUARED.values():
                msg = f"--layout {self.half}: only a squared error has a ½ to switch, and the loss is {plan.loss}"
                raise InputError(msg)
            plan = replace(plan, loss=SQUARED[self.half])
        if self.reduction:
            if plan.batch is None:
                msg = f"--layout {self.reduction}: this needs several samples, as with --batch N"
                raise InputError(msg)
            plan = replace(plan, reduction=self.reduction.replace("-", "_"))
        return plan


def layout(text: str) -> Layout:
    """
    Read words separated by commas.

    >>> layout("numerator, sum").reduction
    'sum'

    Raises InputError for an unknown word, and for two that exclude each other.
    """
    chosen: dict[str, str] = {}
    for word in (part.strip() for part in text.split(",")):
        if word not in WORDS:
            msg = f'--layout: found "{short(word)}"{nearest(word, WORDS)} where one of {", ".join(WORDS)} is accepted'
            raise InputError(msg)
        kind = WORDS[word]
        if chosen.setdefault(kind, word) != word:
            msg = f"--layout: {chosen[kind]} and {word} exclude each other"
            raise InputError(msg)
    numerator = chosen.get("layout") == "numerator"
    return Layout(numerator, chosen.get("half", ""), chosen.get("reduction", ""), chosen.get("delta", "delta-z")[-1])


def numerator_layout(sweep: LayerSweep) -> LayerSweep:
    """Return the same sweep with every derivative transposed."""
    shapes = dict(sweep.shapes)
    for node in sweep.nodes:
        shapes[node.symbol.name] = sweep.shapes[node.symbol.name][::-1]
    flip = _Flip(sweep)

    def flipped(step: Step) -> Step:
        return step if isinstance(step, Definition) else replace(step, value=flip(step.value))

    nodes = tuple(replace(node, expr=flip(node.expr)) for node in sweep.nodes)
    return LayerSweep(sweep.layers, tuple(map(flipped, sweep.steps)), nodes, shapes, numerator=True, delta=sweep.delta)


class _Flip:
    """Transposes an expression in which every derivative now stands for its transpose."""

    def __init__(self, sweep: LayerSweep) -> None:
        self.shapes = sweep.shapes

    def __call__(self, expr: Expr) -> Expr:
        match expr:
            case Adjoint() | Number() | Constant():
                return expr
            case Symbol() | Ones() | Slope():
                return expr if shape_of(expr, self.shapes) == SCALAR else Transpose(expr)
            case Transpose(body):
                return transform(body, lambda part: Transpose(part) if isinstance(part, Adjoint) else None)
            case MatMul(factors):
                return matmul(*(self(factor) for factor in reversed(factors)))
            case Sums(body, rows):
                return sums(self(body), rows=not rows)
            case Softmax(body, rows, log):
                return Softmax(self(body), not rows, log)
            case _:
                return rebuild(expr, tuple(map(self, children(expr))))
