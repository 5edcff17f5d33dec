"""
The table of problems on which every law is checked, smallest first.

A row is a name and a problem in any form the program takes: a one-liner, definitions, or a dict shaped like
a problem file.  `span` bounds the random values of its leaves where its domain is not all of the reals.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any

from symbackprop.derivation import Derivation, derive
from symbackprop.functions import ACTIVATIONS, LOSSES
from symbackprop.graph import Role
from symbackprop.network import Network

Span = tuple[Fraction, Fraction]
REALS: Span = (Fraction(-3, 2), Fraction(3, 2))
POSITIVE: Span = (Fraction(1, 4), Fraction(2))
FRACTIONS: Span = (Fraction(1, 20), Fraction(19, 20))


@dataclass(frozen=True)
class Case:
    """One problem; `span` bounds its leaves but for targets, which lie between 0 and 1."""

    name: str
    problem: str | Mapping[str, Any] = field(hash=False)
    span: Span = REALS

    def derivation(self) -> Derivation:
        """Return the problem derived, once."""
        return _derived(self.name)

    def point(self, seed: int) -> dict[str, Fraction]:
        """Draw a rational point of the span; what must sum to 1 does."""
        made = self.derivation()
        source = random.Random(f"{self.name} {seed}")
        values = {}
        for leaf in made.graph.leaves:
            low, high = FRACTIONS if leaf.role is Role.TARGET else self.span
            values[leaf.symbol.name] = low + (high - low) * Fraction(source.randint(1, 9972), 9973)
        for group in made.problem.constraints:
            total = sum(values[name] for name in group)
            values.update({name: values[name] / total for name in group})
        return values


def network(
    inputs: int, *layers: tuple[Any, ...] | Mapping[str, Any], loss: str = "half_squared_error", **rest: Any
) -> dict[str, Any]:
    """Write a problem dict; a layer is (units, activation) or a mapping, and `rest` may hold whole tables."""
    entries = [layer if isinstance(layer, Mapping) else {"units": layer[0], "activation": layer[1]} for layer in layers]
    settings = {key: rest.pop(key) for key in ("l1", "l2", "reduction") if key in rest}
    return {"network": {"inputs": inputs, "layers": entries, "loss": loss, **settings}, **rest}


def samples(count: int) -> list[dict[str, Any]]:
    """Return samples without numbers."""
    return [{} for _ in range(count)]


UNIT_SUM = {"y": "sum 1"}
NO_BIAS = {"units": 2, "activation": "tanh", "biases": False}

FUNCTION_CASES = (
    Case("constant slope", "2*x"),
    Case("gradient at a point", "3*x^2 + 2*x*y + y^2"),
    Case("line", "y = m*x + c"),
    Case("chain of two", "u = 2*x + 1; y = u^3"),
    Case("chain of three", "u = x^2; v = sin(u); y = exp(v)"),
    Case("two paths", "g = x^2; h = 3*x; y = g*h + g"),
    Case("numbers that cancel", "u = x*(y/2); f = 4*u + (x + y)/3*6"),
    Case("sum and difference", "u = x + y; v = x - y; f = w*u + w*v"),
    Case("a factor that cancels in a bracket", "p = e^z; f = s*p - y*ln(p)"),
    Case("circuit x+y times z", "q = x + y; f = q*z"),
    Case("circuit of max and products", "f = 2*(x*y + max(z, w))"),
    Case("circuit of a sigmoid neuron", "f = 1/(1 + exp(-(w_0*x_0 + w_1*x_1 + w_2)))"),
    Case("circuit of a staged fraction", "f = (x + sigmoid(y))/(sigmoid(x) + (x + y)^2)"),
    Case("quotient", "f = (x^2 + 1)/(y^2 + 2)"),
    Case("reciprocal and negative powers", "f = 1/x + x^(-3)", POSITIVE),
    Case("power of a symbol", "f = x^y", POSITIVE),
    Case("exponentials of other bases", "f = 2^x + x*e^x"),
    Case("roots and logarithms", "f = sqrt(x)*ln(y) + ln(x^2 + y)", POSITIVE),
    Case("trigonometric", "f = sin(x)*cos(y) + tan(x*y/4)"),
    Case("inverse trigonometric", "f = asin(x) + acos(x*y) + atan(y)", FRACTIONS),
    Case("hyperbolic", "f = sinh(x)*cosh(y) + tanh(x*y) + sech(x)"),
    Case("error function", "f = erf(x)*x"),
    Case("kinks of abs, max and min", "u = abs(x - y); v = max(x, y, z); f = u*v - min(x, 2*z)"),
    Case("kinks of sign and step", "f = x*sign(x) + y*step(y)"),
    Case("nested", "f = exp(sin(ln(1 + x^2*y^2)))"),
    Case("product of four", "f = x*y*z*(x + y)"),
    Case("constants", "f = pi*r^2 + 2*pi*r*h - e"),
    Case("unused middle value", "u = x + 1; v = u^2; w = u*v; f = w + v + u"),
    Case("skip by a shared symbol", "h1 = tanh(w1*x); h2 = tanh(w2*h1 + x); s = h2 + h1; f = 1/2*(s - t)^2"),
    Case("shared weight in time", "h1 = tanh(w*x1); h2 = tanh(w*h1 + x2); h3 = tanh(w*h2 + x3); f = (h3 - y)^2"),
    Case("softmax written out", "s = e^u + e^v; p = e^u/s; q = e^v/s; f = -(t*ln(p) + (1 - t)*ln(q))"),
    Case("positive symbols", {"definitions": {"f": "x^a*ln(x)"}, "symbols": {"x": "positive"}}, POSITIVE),
)

SMALL = tuple(name for name in ACTIVATIONS if name not in {"softmax", "log_softmax", "sigmoid"})

ACTIVATION_CASES = (
    Case("sigmoid", "1-1"),
    *(Case(name, f"2-2-1:{name}/identity") for name in SMALL),
    Case("formula activation", network(2, (2, "z/(1 + abs(z))"), (1, "z"))),
    Case("formula activation with a gate", network(1, (2, "z*sigmoid(2*z)"), (1, "ln(1 + z^2)"))),
    Case("softmax output", "2-3:softmax,half_squared_error"),
    Case("softmax hidden", "2-3-1:softmax/tanh"),
    Case("log_softmax output", "2-2:log_softmax,nll"),
    Case("log_softmax hidden", "1-2-1:log_softmax/identity,squared_error"),
)

LOSS_CASES = (
    Case("squared error", "2-2:tanh,squared_error"),
    Case("mean squared error", "1-3:sigmoid,mse"),
    Case("absolute error", "2-2:identity,absolute_error"),
    Case("huber", "2-2:identity,huber", (Fraction(-3), Fraction(3))),
    Case("hinge", "2-1:identity,hinge"),
    Case("binary cross-entropy", "2-2-1:sigmoid,bce"),
    Case("binary cross-entropy after tanh", network(1, (1, "tanh(z)/4 + 1/2"), loss="bce")),
    Case("cross-entropy", "2-3:softmax,cross_entropy"),
    Case("cross-entropy of a distribution", network(2, (2, "tanh"), (3, "softmax"), loss="cross_entropy", constraints=UNIT_SUM)),
    Case("cross-entropy after sigmoids", "1-2:sigmoid,cross_entropy"),
    Case("Kullback-Leibler", network(2, (3, "softmax"), loss="kl_divergence", constraints=UNIT_SUM)),
    Case("negative log-likelihood", network(2, (3, "log_softmax"), loss="negative_log_likelihood", constraints=UNIT_SUM)),
    Case("sum of the outputs", "2-2:sigmoid,sum"),
    Case("formula loss", network(2, (2, "sigmoid"), loss="(a - y)^4/4")),
    Case("formula loss with logarithms", network(1, (1, "softplus"), loss="ln(cosh(a - y))")),
)

SHAPE_CASES = (
    Case("linear by nodes", "1-1-2-1:identity,squared_error"),
    Case("no biases", network(2, NO_BIAS, {"units": 1, "activation": "sigmoid", "biases": False})),
    Case("weight decay l2", network(2, (2, "tanh"), (1, "sigmoid"), loss="bce", l2="0.01")),
    Case("weight decay l1", network(2, (1, "tanh"), l1="0.1")),
    Case("weight decay l1 and l2", network(1, (2, "sigmoid"), (1, "identity"), l1="1/10", l2="1/5")),
    Case("mean over samples", network(2, (1, "sigmoid"), loss="bce", samples=samples(2))),
    Case("sum over samples", network(1, (2, "tanh"), (1, "identity"), reduction="sum", samples=samples(3))),
    Case(
        "half mean over samples",
        network(1, (1, "identity"), loss="squared_error", reduction="half_mean", samples=samples(3)),
    ),
    Case("half mean of one sample", network(2, (1, "sigmoid"), reduction="half_mean", samples=samples(1))),
    Case(
        "distributions over samples",
        network(2, (3, "softmax"), loss="cross_entropy", samples=samples(2), constraints=UNIT_SUM),
    ),
    Case("weight decay over samples", network(1, (2, "relu"), (1, "identity"), l2="0.1", samples=samples(2))),
    Case("own names", network(1, (1, "sigmoid"), names={"w1_1_1": "omega", "a1_1": "out", "z1_1": "net"})),
    Case("three layers", "2-3-2-1:tanh/relu/sigmoid,bce"),
    Case("four layers", "4-6-6-5-3:tanh/sigmoid/softplus/softmax,cross_entropy"),
)

CASES = (*FUNCTION_CASES, *ACTIVATION_CASES, *LOSS_CASES, *SHAPE_CASES)
BY_NAME = {case.name: case for case in CASES}
LARGE = ("four layers",)


@cache
def _derived(name: str) -> Derivation:
    return derive(BY_NAME[name].problem)


def networks() -> list[Network]:
    """Return the networks among the cases."""
    return [made for case in CASES if (made := case.derivation().problem.network)]


def activations_used() -> set[str]:
    """Return the activations that some case has as a layer."""
    return {layer.activation for made in networks() for layer in made.layers} & {*ACTIVATIONS}


def losses_used() -> set[str]:
    """Return the losses that some case has."""
    return {made.loss for made in networks()} & {*LOSSES}
