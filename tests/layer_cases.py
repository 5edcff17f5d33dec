"""
The table of networks on which the views by layers and by indices are held against the view by units.

A row is a `Plan`: sizes, activations, loss, penalties, samples and how they lie.
"""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

from symbackprop.expr import number
from symbackprop.functions import ACTIVATIONS, LOSSES, VECTOR_FUNCTIONS
from symbackprop.layers import Plan

# What a loss asks of the outputs: between 0 and 1, above 0, or nothing.
INSIDE = ("sigmoid", "softmax")
LAST = {"binary_cross_entropy": INSIDE, "cross_entropy": INSIDE, "kl_divergence": INSIDE}
FORMULAS = ("z/(1 + abs(z))", "z*sigmoid(3/2*z)", "ln(1 + z^2)")
LOSS_FORMULAS = ("(a - y)^4/4", "sqrt(1 + (a - y)^2)")


def plan(sizes: str, activations: str, loss: str = "half_squared_error", **rest: object) -> Plan:
    """Write a plan: `plan("2-3-1", "tanh/identity")`; biases everywhere unless `biases` says otherwise."""
    widths = tuple(map(int, sizes.split("-")))
    names = tuple(activations.split("/")) if "(" not in activations else (activations,)
    names = names * (len(widths) - 1) if len(names) == 1 else names
    for key in ("l1", "l2"):
        if key in rest:
            rest[key] = number(Fraction(str(rest[key])))
    return Plan(widths, names, **{"biases": (True,) * len(names), "loss": loss} | rest)


PLANS: dict[str, Plan] = {
    "one unit": plan("1-1", "sigmoid"),
    **{f"{name}": plan("2-3-2", f"{name}/identity") for name in ACTIVATIONS},
    **{f"{name}, a batch": plan("2-2-3", f"{name}/{name}", batch=2) for name in ACTIVATIONS},
    **{f"{name}, samples as rows": plan("1-3-2", f"{name}/identity", batch=3, rows=True) for name in ACTIVATIONS},
    **{f"loss {name}": plan("2-3", LAST.get(name, ("tanh",))[0], name) for name in LOSSES},
    **{f"loss {name}, a batch": plan("2-2", LAST.get(name, ("tanh",))[-1], name, batch=2) for name in LOSSES},
    **{f"loss {name}, rows": plan("1-3", LAST.get(name, ("tanh",))[0], name, batch=2, rows=True) for name in LOSSES},
    **{f"activation {formula}": plan("2-2", formula, batch=2) for formula in FORMULAS},
    **{f"loss {formula}": plan("2-2", "sigmoid", formula, batch=2, rows=True) for formula in LOSS_FORMULAS},
    "log softmax, summed": plan("2-3", "log_softmax", "sum"),
    "softmax, summed, rows": plan("2-3", "softmax", "sum", batch=2, rows=True),
    "p - y": plan("3-4-3", "tanh/softmax", "cross_entropy", unit_targets=True),
    "P - Y": plan("3-2-4", "tanh/softmax", "cross_entropy", unit_targets=True, batch=5),
    "P - Y, rows": plan("3-2-4", "relu/softmax", "cross_entropy", unit_targets=True, batch=4, rows=True),
    "log softmax, given a distribution": plan("2-3", "log_softmax", "negative_log_likelihood", unit_targets=True, batch=3),
    "no biases": plan("3-2-2", "tanh", biases=(False, False)),
    "one bias": plan("3-2-2", "tanh", biases=(False, True), batch=3),
    "weight decay l1": plan("2-3-1", "tanh/identity", l1="1/10"),
    "weight decay l2, a batch": plan("2-3-1", "tanh/sigmoid", "binary_cross_entropy", l2="1/100", batch=2),
    "weight decay, both, rows": plan("2-1-2", "tanh", l1="1/10", l2="1/5", batch=2, rows=True),
    "sum over samples": plan("2-2", "sigmoid", reduction="sum", batch=3),
    "half mean": plan("2-2", "identity", "squared_error", reduction="half_mean", batch=4),
    "half mean, rows": plan("2-2", "identity", "squared_error", reduction="half_mean", batch=4, rows=True),
    "a batch of one": plan("2-2-1", "tanh", batch=1),
    "a batch of one, rows": plan("2-2-1", "tanh", batch=1, rows=True),
    "a batch of one, weight decay": plan("2-1", "tanh", batch=1, l2="1/10"),
    "half mean of one": plan("2-2", "identity", "squared_error", reduction="half_mean", batch=1),
    "three layers": plan("2-3-4-1", "tanh/relu/sigmoid", "binary_cross_entropy", batch=3),
    "four layers": plan("1-6-1-5-2", "softplus/tanh/sin/softmax", "cross_entropy", batch=2),
    "five layers": plan("3-2-2-2-2-3", "tanh/sigmoid/elu/softsign/identity", batch=7, rows=True),
    "wide": plan("6-6-6", "tanh/softmax", "cross_entropy", batch=1, unit_targets=True),
    "seven samples": plan("4-5-3", "sigmoid/softmax", "cross_entropy", batch=7, rows=True),
}


def random_plan(source: random.Random) -> Plan:
    """Draw a plan: any activations and loss that go together, either layout, small sizes."""
    depth = source.choice([1, 1, 2, 2, 3])
    loss = source.choice([*LOSSES, *LOSS_FORMULAS])
    activations = [source.choice([*ACTIVATIONS, *FORMULAS]) for _ in range(depth)]
    if loss in LAST:
        activations[-1] = source.choice(LAST[loss])
    batch = source.choice([None, 1, 2, 3])
    drawn = Plan(
        tuple(source.randint(1, 3) for _ in range(depth + 1)),
        tuple(activations),
        tuple(source.random() < 0.8 for _ in range(depth)),
        loss,
        reduction=source.choice(["mean", "sum", "half_mean"]) if batch else "mean",
        batch=batch,
        rows=source.random() < 0.5 and batch is not None,
    )
    if drawn.sizes[-1] == 1 and drawn.activations[-1] == "softmax":
        drawn = replace(drawn, loss="half_squared_error")  # one probability is 1, of which some losses are infinite
    penalties = {key: number(Fraction(source.randint(1, 9), 20)) for key in ("l1", "l2") if source.random() < 0.2}
    if loss != "sum" and drawn.sizes[-1] != 1 and source.random() < 0.3:
        drawn = replace(drawn, unit_targets=True)
    return replace(drawn, **penalties)


def activations_used() -> set[str]:
    """Return the activations that some plan has."""
    return {name for made in PLANS.values() for name in made.activations} & {*ACTIVATIONS, *VECTOR_FUNCTIONS}


def losses_used() -> set[str]:
    """Return the losses that some plan has."""
    return {made.loss for made in PLANS.values()} & {*LOSSES}
