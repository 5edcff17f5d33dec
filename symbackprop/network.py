"""
Declarations of dense networks, and the graph each one writes.

Layer l computes z = W a + b and then its activation: `z1_2 = w1_2_1*x_1 + w1_2_2*x_2 + b1_2`,
`a1_2 = sigmoid(z1_2)`.  Weights are named *to, from*; everything counts from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from symbackprop.errors import InputError
from symbackprop.expr import Expr, Number, Product, Symbol, add, call, mul, number, substitute, symbols
from symbackprop.functions import (
    ACTIVATIONS,
    HALF,
    LOSSES,
    VECTOR_FUNCTIONS,
    VectorFunction,
    canonical,
    find_activation,
    find_loss,
)
from symbackprop.graph import Graph, Leaf, Node, Role
from symbackprop.parse.grammar import parse
from symbackprop.parse.values import kind_of

REDUCTIONS = ("mean", "sum", "half_mean")


@dataclass(frozen=True)
class Layer:
    """
    A dense layer of `units` ≥ 1 units.  `Dense` is the same class by its other name, so `Dense(2)` shows itself as a `Layer`.

    `activation` is a name of `functions.ACTIVATIONS` or a formula in z.
    `weights[j][k]` leads to unit j from input k (shape: units × inputs) and `biases` has one entry a unit;
    None leaves them symbolic, and `biases=False` means there are none.

    Raises InputError for an unknown activation.

    >>> Layer(2, "tanh").activation
    'tanh'
    """

    units: int
    activation: str = "sigmoid"
    weights: tuple[tuple[Expr, ...], ...] | None = None
    biases: tuple[Expr, ...] | Literal[False] | None = None

    def __post_init__(self) -> None:
        """Check the number of units and the activation."""
        if isinstance(self.units, bool) or not hasattr(self.units, "__index__"):
            msg = f'units: found {kind_of(self.units)} where a whole number is accepted: Dense(2, "sigmoid")'
            raise InputError(msg)
        if not isinstance(self.activation, str):
            msg = f'activation: found {kind_of(self.activation)} where a name is accepted: Dense(2, "sigmoid")'
            raise InputError(msg)
        _activate(self.activation, (Symbol("z"),))


@dataclass(frozen=True)
class Network:
    """
    A network of dense layers with a loss.

    `loss` is a name of `functions.LOSSES` or a formula in a and y, summed over outputs.
    `l1` and `l2` are the λ of the penalties λΣ|w| and (λ/2)Σw² over weights, not biases.
    With several `samples` the output is the cost J, their `reduction`: "mean", "sum" or "half_mean" (sum / 2m).

    >>> print(len(Network(2, (Layer(2), Layer(1))).graph().nodes))
    7
    """

    inputs: int
    layers: Sequence[Layer]
    loss: str = "half_squared_error"
    l1: Number | None = None
    l2: Number | None = None
    reduction: str = "mean"
    samples: int = 1

    def __post_init__(self) -> None:
        """Check sizes and names; raises InputError."""
        for name, count in (("inputs", self.inputs), ("samples", self.samples)):
            if isinstance(count, bool) or not hasattr(count, "__index__"):
                msg = f"{name}: found {kind_of(count)} where a whole number is accepted: Network(2, [Dense(2), Dense(1)])"
                raise InputError(msg)
        if isinstance(self.layers, str) or not isinstance(self.layers, Sequence):
            msg = f"layers: found {kind_of(self.layers)} where a list of layers is accepted: Network(2, [Dense(2), Dense(1)])"
            raise InputError(msg)
        for place, layer in enumerate(self.layers, 1):
            if not isinstance(layer, Layer):
                msg = f"layer {place}: found {kind_of(layer)} where a layer is accepted: Network(2, [Dense(2), Dense(1)])"
                raise InputError(msg)
        if not isinstance(self.loss, str):
            msg = f'loss: found {kind_of(self.loss)} where a name is accepted: loss="mse"'
            raise InputError(msg)
        loss_part(self.loss)
        if self.inputs < 1 or self.samples < 1 or not self.layers:
            msg = "a network needs at least 1 input, 1 layer and 1 sample"
            raise InputError(msg)
        if self.reduction not in REDUCTIONS:
            msg = f'unknown reduction "{self.reduction}" (known: {", ".join(REDUCTIONS)})'
            raise InputError(msg)
        for place, layer in enumerate(self.layers, 1):
            if layer.units < 1:
                msg = f"layer {place}: {layer.units} units; a layer has at least 1"
                raise InputError(msg)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The widths, input first."""
        return (self.inputs, *(layer.units for layer in self.layers))

    @property
    def has_cost(self) -> bool:
        """Whether the output is a cost J over samples and not the loss L of one."""
        return self.samples > 1 or self.reduction == "half_mean"

    def graph(self) -> Graph:
        """Write the network as a list of definitions; raises InputError for a bad activation or loss."""
        return _Writer(self).write()


def is_activation(name: str) -> bool:
    """Whether a text is the name of an activation and not a formula."""
    return canonical(name) in ACTIVATIONS


def is_loss(name: str) -> bool:
    """Whether a text is the name of a loss and not a formula."""
    return canonical(name) in LOSSES


class _Writer:
    """Collects the leaves and nodes of one network, sample by sample."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.inputs: list[Leaf] = []
        self.parameters: list[Leaf] = []
        self.weights: list[Symbol] = []
        self.targets: list[Leaf] = []
        self.nodes: list[Node] = []
        self.affine = tuple(self._layer_parameters(index, layer) for index, layer in enumerate(network.layers, 1))

    def _layer_parameters(self, index: int, layer: Layer) -> list[tuple[list[Symbol], Symbol | None]]:
        """Declare a layer's weights and biases; returns, for each unit, its row of weights and its bias."""
        fan_in = self.network.sizes[index - 1]
        rows: list[tuple[list[Symbol], Symbol | None]] = []
        for j in range(1, layer.units + 1):
            row = [Symbol(f"w{index}_{j}_{k}") for k in range(1, fan_in + 1)]
            self.weights.extend(row)
            self.parameters.extend(Leaf(weight, Role.WEIGHT) for weight in row)
            rows.append((row, None if layer.biases is False else Symbol(f"b{index}_{j}")))
        self.parameters.extend(Leaf(bias, Role.BIAS) for _, bias in rows if bias)
        return rows

    def write(self) -> Graph:
        network = self.network
        losses = [self._sample(s if network.samples > 1 else 0) for s in range(1, network.samples + 1)]
        if network.has_cost:
            m = network.samples * (2 if network.reduction == "half_mean" else 1)
            total = add(*losses)
            cost = total if network.reduction == "sum" else mul(Fraction(1, m), total)
            self._output("J", cost, Role.COST)
        return Graph((*self.inputs, *self.parameters, *self.targets), tuple(self.nodes))

    def _sample(self, sample: int) -> Symbol:
        """Write the forward pass of one sample; returns its loss."""
        network, suffix = self.network, f"_s{sample}" if sample else ""
        signal = [Symbol(f"x_{k}{suffix}") for k in range(1, network.inputs + 1)]
        self.inputs.extend(Leaf(x, Role.INPUT) for x in signal)
        for index, layer in enumerate(network.layers, 1):
            signal = self._layer(index, layer, signal, sample)
        targets = [Symbol(f"y_{j}{suffix}") for j in range(1, len(signal) + 1)]
        part = loss_part(network.loss)
        parts = [part(a, y, len(signal)) for a, y in zip(signal, targets, strict=True)]
        if any(target.name in symbols(part) for part, target in zip(parts, targets, strict=True)):
            self.targets.extend(Leaf(y, Role.TARGET) for y in targets)
        if len(parts) > 1:
            names = [Symbol(f"L_{j}{suffix}") for j in range(1, len(parts) + 1)]
            self.nodes.extend(Node(n, p, Role.LOSS_PART, sample=sample) for n, p in zip(names, parts, strict=True))
            parts = list(names)
        loss = Symbol(f"L{suffix}")
        if network.has_cost:
            self.nodes.append(Node(loss, add(*parts), Role.LOSS, sample=sample))
        else:
            self._output("L", add(*parts), Role.LOSS)
        return loss

    def _layer(self, index: int, layer: Layer, signal: list[Symbol], sample: int) -> list[Symbol]:
        suffix = f"_s{sample}" if sample else ""
        units = range(1, layer.units + 1)
        zs = [Symbol(f"z{index}_{j}{suffix}") for j in units]
        activations = [Symbol(f"a{index}_{j}{suffix}") for j in units]
        values = _activate(layer.activation, zs)
        whole_layer = canonical(layer.activation) in VECTOR_FUNCTIONS
        pre = [
            Node(
                z,
                add(*map(Product, zip(row, signal, strict=True)), *([bias] if bias else [])),
                Role.PRE_ACTIVATION,
                index,
                sample,
            )
            for z, (row, bias) in zip(zs, self.affine[index - 1], strict=True)
        ]
        post = [Node(a, value, Role.ACTIVATION, index, sample) for a, value in zip(activations, values, strict=True)]
        if whole_layer:
            self.nodes.extend((*pre, *post))
        else:
            self.nodes.extend(node for pair in zip(pre, post, strict=True) for node in pair)
        return activations

    def _output(self, name: str, data: Expr, role: Role) -> None:
        """Append the output, split in data and penalty where there is one."""
        network = self.network
        penalties = []
        if network.l1:
            penalties.append(mul(network.l1, add(*(call("abs", w) for w in self.weights))))
        if network.l2:
            half = number(network.l2.value * HALF, decimal=network.l2.decimal)
            penalties.append(mul(half, add(*(w**2 for w in self.weights))))
        if not penalties:
            self.nodes.append(Node(Symbol(name), data, role))
            return
        terms = Symbol(f"{name}_data"), Symbol("L_penalty")
        self.nodes.append(Node(terms[0], data, Role.LOSS_PART))
        self.nodes.append(Node(terms[1], add(*penalties), Role.LOSS_PART))
        self.nodes.append(Node(Symbol(name), add(*terms), role))


def _activate(activation: str, zs: Sequence[Symbol]) -> list[Expr]:
    """Apply an activation, or a formula in z, to a whole layer."""
    if not is_activation(activation):
        if activation.isidentifier() and activation != "z":
            find_activation(activation)  # raises: a bare word is a misspelt name, not a formula
        formula = parse(activation, {"z"})
        return [substitute(formula, {"z": z}) for z in zs]
    row = find_activation(activation)
    if isinstance(row, VectorFunction):
        return [call(row.name, number(i), *zs) for i in range(1, len(zs) + 1)]
    if row.name == "identity":
        return list(zs)
    return [row(z) for z in zs]


def loss_part(loss: str) -> Callable[[Expr, Expr, int], Expr]:
    """Return the summand of a loss, by name or from a formula in a and y; raises InputError for neither."""
    if is_loss(loss):
        return find_loss(loss).part
    if loss.isidentifier() and loss not in {"a", "y"}:
        find_loss(loss)  # raises: a bare word is a misspelt name, not a formula
    formula = parse(loss, {"a", "y"})
    return lambda a, y, _: substitute(formula, {"a": a, "y": y})
