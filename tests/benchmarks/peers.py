"""
The same network as `bench_derivation.py` derives, in SymPy, symengine and CasADi.

All three get the whole composite: half squared error of `depth` sigmoid layers of `width` units on `width` inputs.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Timing:
    """Seconds to build the composite and to differentiate it by `total` weights, of which `measured` were measured."""

    build: float
    gradients: float
    measured: int
    total: int

    @property
    def seconds(self) -> float:
        """Both together."""
        return self.build + self.gradients

    def __str__(self) -> str:
        share = "" if self.measured == self.total else f" (from {self.measured} of {self.total} weights)"
        return f"{show(self.seconds)}{share}"


def show(seconds: float) -> str:
    """Write a time with three digits."""
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def composite(library: Any, width: int, depth: int) -> tuple[Any, list[list[Any]]]:
    """Write the loss as one expression of SymPy or symengine; returns it and the weights of each layer."""
    symbol, exp, half = library.Symbol, library.exp, library.Rational(1, 2)
    units = range(1, width + 1)
    signal = [symbol(f"x_{k}") for k in units]
    weights = []
    for layer in range(1, depth + 1):
        rows = [[symbol(f"w{layer}_{j}_{k}") for k in units] for j in units]
        biases = [symbol(f"b{layer}_{j}") for j in units]
        sums = [sum(w * a for w, a in zip(row, signal, strict=True)) + b for row, b in zip(rows, biases, strict=True)]
        signal = [1 / (1 + exp(-z)) for z in sums]
        weights.append([w for row in rows for w in row])
    return sum(half * (a - symbol(f"y_{j}")) ** 2 for a, j in zip(signal, units, strict=True)), weights


def time_diff(library: Any, width: int, depth: int, limit: float) -> Timing:
    """
    Time `diff` of the composite by every weight, in SymPy or symengine.

    Weights are taken from the layers in turn; after `limit` seconds the rest is extrapolated from the mean of each layer.
    """
    start = time.process_time()
    loss, layers = composite(library, width, depth)
    built = time.process_time()
    spent: list[list[float]] = [[] for _ in layers]
    for place in range(width * width):
        for layer, weights in enumerate(layers):
            begin = time.process_time()
            if begin - built < limit or not place:
                loss.diff(weights[place])
                spent[layer].append(time.process_time() - begin)
    gradients = sum(sum(times) / len(times) * width * width for times in spent)
    return Timing(built - start, gradients, sum(map(len, spent)), width * width * depth)


class CasadiNetwork:
    """The gradients of all parameters by CasADi's reverse mode on scalar expressions (SX)."""

    def __init__(self, width: int, depth: int) -> None:
        import casadi  # it may be missing

        inputs, targets = casadi.SX.sym("x", width), casadi.SX.sym("y", width)
        signal, parameters = inputs, []
        for _ in range(depth):
            weights, biases = casadi.SX.sym("W", width, width), casadi.SX.sym("b", width)
            signal = 1 / (1 + casadi.exp(-(casadi.mtimes(weights, signal) + biases)))
            parameters += [weights, biases]
        loss = casadi.sumsqr(signal - targets) / 2
        self.leaves = [inputs, targets, *parameters]
        self.gradients = casadi.gradient(loss, casadi.veccat(*parameters))

    def operations(self) -> int:
        """Count the instructions which compute the gradients, forward values included; inputs, outputs and constants are none."""
        import casadi  # it may be missing

        function = casadi.Function("gradients", self.leaves, [self.gradients])
        idle = {casadi.OP_INPUT, casadi.OP_OUTPUT, casadi.OP_CONST, casadi.OP_PARAMETER}
        return sum(function.instruction_id(k) not in idle for k in range(function.n_instructions()))

