"""The pictures on which every law of diagrams is checked: problems by name, and the ways to draw each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from symbackprop.derivation import Derivation, derive
from symbackprop.diagrams import KINDS, Figure, figure_of

EXAMPLES = Path(__file__).resolve().parents[1] / "worked_examples"
UNROLLED = "; ".join(["h1 = tanh(w*x1 + b)", *(f"h{t} = tanh(w*x{t} + u*h{t - 1} + b)" for t in range(2, 9)), "f = (h8 - y)^2"])
FRACTION = "f = (x + sigmoid(y))/(sigmoid(x) + (x + y)^2)"
FORTY = "; ".join([f"u{k} = v{k}*p{k} + q{k}" for k in range(1, 9)] + ["f = u1*u2 + u3*u4 + u5*u6 - u7/u8"])
LONG = "a_quantity_with_a_very_long_name = x^2 + 1; f = sin(a_quantity_with_a_very_long_name)*x"


@dataclass(frozen=True, eq=False)
class Drawing:
    """One picture: the problem, a point for its numbers where it has none of its own, and the options of `figure_of`."""

    name: str
    problem: Any
    options: dict[str, Any] = field(default_factory=dict)
    at: str | None = None
    notation: str = "ng"

    def derivation(self) -> Derivation:
        """Return the problem derived, once."""
        return derive(self.problem) if isinstance(self.problem, dict) else _derived(self.problem, self.at, self.notation)

    def figure(self) -> Figure:
        """Return the picture."""
        return figure_of(self.derivation(), **self.options)


@cache
def _derived(problem: str, at: str | None, notation: str) -> Derivation:
    return derive(problem, at=at, notation=notation)


def _point(problem: str) -> str:
    """Return a number for every leaf, of very different sizes, so that numbers are as wide as they get."""
    leaves = [leaf.symbol.name for leaf in _derived(problem, None, "ng").graph.leaves]
    sizes = ("0.15", "-1.2345678", "12.5", "0.00012345", "1/3")
    return ", ".join(f"{name}={sizes[i % len(sizes)]}" for i, name in enumerate(leaves))


def _examples() -> Iterator[Drawing]:
    for path in sorted(EXAMPLES.glob("*.toml")):
        made = _derived(str(path), None, "ng")
        kinds = ["network", "four"] if made.problem.network else []
        if len(made.graph.nodes) < 60:
            kinds += ["graph", "atoms"]
        for kind in kinds:
            yield Drawing(f"{path.stem}, {kind}", str(path), {"kind": kind})


DECAY = {
    "network": {
        "inputs": 2,
        "loss": "half_squared_error",
        "l2": 0.1,
        "layers": [
            {"units": 2, "activation": "sigmoid", "weights": [[0.15, 0.2], [0.25, 0.3]], "biases": [0.35, 0.35]},
            {"units": 2, "activation": "sigmoid", "weights": [[0.4, 0.45], [0.5, 0.55]], "biases": [0.6, 0.6]},
        ],
    },
    "samples": [{"x": [0.05, 0.1], "y": [0.01, 0.99]}],
}
RENAMED = {
    "network": {
        "inputs": 2,
        "loss": "binary_cross_entropy",
        "layers": [{"units": 2, "activation": "relu"}, {"units": 1, "activation": "sigmoid"}],
    },
    "names": {"w1_1_1": "u", "a1_1": "h_1", "a1_2": "a_hidden_unit", "a2_1": "yhat", "x_1": "age", "x_2": "income"},
}

NETWORKS = {
    "1-1": "1-1",
    "2-2-1": "2-2-1",
    "a softmax": "3-4-3:tanh/softmax,cross_entropy",
    "four layers": "4-6-6-5-3",
    "twelve edges": "4-3-2",
    "wide": "30-20-3",
    "relu": "2-5-2:relu/identity,mse",
    "deep": "1-1-1-1-1-1-1",
    "deep, two in a layer": "2-2-2-2-2-2-2-1",
    "2-3-2, a softmax": "2-3-2:tanh/softmax,cross_entropy",
    "a hundred edges": "12-12-3",
    "one output, many inputs": "30-5-1",
}
FUNCTIONS = {
    "unrolled": UNROLLED,
    "staged fraction": FRACTION,
    "forty values": FORTY,
    "long names": LONG,
    "shared": "s = e^u + e^v; p = e^u/s; q = e^v/s; f = -(t*ln(p) + (1 - t)*ln(q))",
    "cases": "u = abs(x - y); v = max(x, y, z); f = u*v - min(x, 2*z)",
    "constants": "f = 2*x + 1 - 3/x + x^3 + 2^x + pi",
    "one value": "f = x",
    "used five times": "u = x*y; f = u + u^2 + sin(u)*u + exp(u)*y + u*x",
    "one variable": "f = sin(x^2)*exp(x) + x",
    "twelve terms": "f = a + b + c + d + g + h + i + j + k + l + m + n",
    "directly and through others": "h = tanh(w*x); s = h + x; t = s*v + x; f = (t - y)^2 + s",
    "a hat": "yhat = sigmoid(w*x_hat + b_1_2); f = (yhat - y)^2",
}
# Pictures that must be on every notation, with numbers and without: what is widest there.
NOTATIONS = ("ng", "nielsen", "paren")


def drawings() -> tuple[Drawing, ...]:
    """Return every picture, smallest problems first within each group."""
    found = list(_examples())
    for name, problem in NETWORKS.items():
        found.append(Drawing(name, problem))
        found.append(Drawing(f"{name}, numbers and a path", problem, {"wrt": "w1_1_1"}, _point(problem)))
        found.append(Drawing(f"{name}, four", problem, {"kind": "four"}, _point(problem)))
    for name in ("2-2-1", "a softmax"):
        problem = NETWORKS[name]
        found.append(Drawing(f"{name}, graph", problem, {"kind": "graph", "wrt": "w1_1_1"}, _point(problem)))
        found.append(Drawing(f"{name}, atoms", problem, {"kind": "atoms", "wrt": "w1_1_1"}, _point(problem)))
    found.append(Drawing("2-2-1, local derivatives", "2-2-1", {"kind": "graph", "with_locals": True}, _point("2-2-1")))
    found.append(Drawing("2-2-1, paren", "2-2-1", {"wrt": "w2_1_1"}, None, "paren"))
    found.append(Drawing("2-2-1, nielsen", "2-2-1", {"wrt": "b1_1"}, _point("2-2-1"), "nielsen"))
    found.append(Drawing("four layers, graph", "4-6-6-5-3", {"kind": "graph"}))
    found.append(Drawing("wide, a unit in the middle", "30-20-3", {"wrt": "w1_11_17"}))
    found.append(Drawing("a batch, its second sample", str(EXAMPLES / "cost_as_mean.toml"), {"sample": 2, "wrt": "w2_1_1"}))
    for notation in NOTATIONS:
        for name in ("2-2-1", "deep, two in a layer", "2-3-2, a softmax"):
            problem = NETWORKS[name]
            for kind in KINDS if notation == "ng" or problem == "2-2-1" else ("network", "graph", "four"):
                told = f"{name}, {kind}, {notation}"
                locals_ = {"with_locals": True} if kind in {"graph", "atoms"} and name == "2-2-1" else {}
                found.append(Drawing(told, problem, {"kind": kind}, None, notation))
                options = {"kind": kind, "wrt": "w1_1_1", **locals_}
                found.append(Drawing(f"{told}, numbers", problem, options, _point(problem), notation))
    for name, given in (("weight decay", DECAY), ("renamed", RENAMED)):
        found += [Drawing(f"{name}, {kind}", given, {"kind": kind, "wrt": "w1_1_1"}) for kind in KINDS]
    for name, problem in FUNCTIONS.items():
        for kind in ("graph", "atoms"):
            found.append(Drawing(f"{name}, {kind}", problem, {"kind": kind}))
            options = {"kind": kind, "with_locals": True}
            found.append(Drawing(f"{name}, {kind}, numbers and local derivatives", problem, options, _point(problem)))
    return tuple(found)
