"""Declarations of networks, and the definitions each one writes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from symbackprop.errors import InputError, ParseError, UnknownNameError
from symbackprop.expr import Number, symbols
from symbackprop.functions import ACTIVATIONS, LOSSES
from symbackprop.graph import Role
from symbackprop.network import REDUCTIONS, Layer, Network, is_activation, is_loss
from symbackprop.typeset import plain

TENTH = Number(Fraction(1, 10), decimal=True)

GRAPHS: tuple[tuple[str, Network, str, list[str]], ...] = (
    (
        "two layers",
        Network(2, (Layer(2), Layer(1))),
        "x_1 x_2 w1_1_1 w1_1_2 w1_2_1 w1_2_2 b1_1 b1_2 w2_1_1 w2_1_2 b2_1 y_1",
        [
            "z1_1 = w1_1_1*x_1 + w1_1_2*x_2 + b1_1",
            "a1_1 = sigmoid(z1_1)",
            "z1_2 = w1_2_1*x_1 + w1_2_2*x_2 + b1_2",
            "a1_2 = sigmoid(z1_2)",
            "z2_1 = w2_1_1*a1_1 + w2_1_2*a1_2 + b2_1",
            "a2_1 = sigmoid(z2_1)",
            "L = 1/2*(a2_1 - y_1)^2",
        ],
    ),
    (
        "a whole-layer activation, and a part of the loss for each output",
        Network(1, (Layer(2, "softmax"),), loss="ce"),
        "x_1 w1_1_1 w1_2_1 b1_1 b1_2 y_1 y_2",
        [
            "z1_1 = w1_1_1*x_1 + b1_1",
            "z1_2 = w1_2_1*x_1 + b1_2",
            "a1_1 = softmax(1, z1_1, z1_2)",
            "a1_2 = softmax(2, z1_1, z1_2)",
            "L_1 = -y_1*log(a1_1)",
            "L_2 = -y_2*log(a1_2)",
            "L = L_1 + L_2",
        ],
    ),
    (
        "no biases, no targets, two penalties",
        Network(1, (Layer(1, "linear", biases=False),), loss="sum", l1=Number(1), l2=TENTH),
        "x_1 w1_1_1",
        [
            "z1_1 = w1_1_1*x_1",
            "a1_1 = z1_1",
            "L_data = a1_1",
            "L_penalty = abs(w1_1_1) + 0.05*w1_1_1^2",
            "L = L_data + L_penalty",
        ],
    ),
    (
        "penalties act on weights, not on biases",
        Network(1, (Layer(2, "relu"), Layer(1, "relu")), l2=Number(2)),
        "x_1 w1_1_1 w1_2_1 b1_1 b1_2 w2_1_1 w2_1_2 b2_1 y_1",
        [
            "z1_1 = w1_1_1*x_1 + b1_1",
            "a1_1 = relu(z1_1)",
            "z1_2 = w1_2_1*x_1 + b1_2",
            "a1_2 = relu(z1_2)",
            "z2_1 = w2_1_1*a1_1 + w2_1_2*a1_2 + b2_1",
            "a2_1 = relu(z2_1)",
            "L_data = 1/2*(a2_1 - y_1)^2",
            "L_penalty = w1_1_1^2 + w1_2_1^2 + w2_1_1^2 + w2_1_2^2",
            "L = L_data + L_penalty",
        ],
    ),
    (
        "formulas in z, and in a and y, over two samples",
        Network(1, (Layer(1, "z^2"),), loss="(a - y)^4", samples=2, reduction="sum"),
        "x_1_s1 x_1_s2 w1_1_1 b1_1 y_1_s1 y_1_s2",
        [
            "z1_1_s1 = w1_1_1*x_1_s1 + b1_1",
            "a1_1_s1 = z1_1_s1^2",
            "L_s1 = (a1_1_s1 - y_1_s1)^4",
            "z1_1_s2 = w1_1_1*x_1_s2 + b1_1",
            "a1_1_s2 = z1_1_s2^2",
            "L_s2 = (a1_1_s2 - y_1_s2)^4",
            "J = L_s1 + L_s2",
        ],
    ),
    (
        "half the mean over one sample is a cost",
        Network(1, (Layer(1, "tanh"),), reduction="half_mean"),
        "x_1 w1_1_1 b1_1 y_1",
        ["z1_1 = w1_1_1*x_1 + b1_1", "a1_1 = tanh(z1_1)", "L = 1/2*(a1_1 - y_1)^2", "J = 1/2*L"],
    ),
    (
        "half the mean over two samples, with a penalty",
        Network(1, (Layer(1, "identity", biases=False),), loss="squared_error", reduction="half_mean", samples=2, l1=TENTH),
        "x_1_s1 x_1_s2 w1_1_1 y_1_s1 y_1_s2",
        [
            "z1_1_s1 = w1_1_1*x_1_s1",
            "a1_1_s1 = z1_1_s1",
            "L_s1 = (a1_1_s1 - y_1_s1)^2",
            "z1_1_s2 = w1_1_1*x_1_s2",
            "a1_1_s2 = z1_1_s2",
            "L_s2 = (a1_1_s2 - y_1_s2)^2",
            "J_data = 1/4*(L_s1 + L_s2)",
            "L_penalty = 0.1*abs(w1_1_1)",
            "J = J_data + L_penalty",
        ],
    ),
    (
        "a mean over outputs",
        Network(1, (Layer(2, "identity", biases=False),), loss="mse"),
        "x_1 w1_1_1 w1_2_1 y_1 y_2",
        [
            "z1_1 = w1_1_1*x_1",
            "a1_1 = z1_1",
            "z1_2 = w1_2_1*x_1",
            "a1_2 = z1_2",
            "L_1 = 1/2*(a1_1 - y_1)^2",
            "L_2 = 1/2*(a1_2 - y_2)^2",
            "L = L_1 + L_2",
        ],
    ),
    (
        "the formula z is the identity",
        Network(1, (Layer(1, "z"),), loss="a"),
        "x_1 w1_1_1 b1_1",
        ["z1_1 = w1_1_1*x_1 + b1_1", "a1_1 = z1_1", "L = a1_1"],
    ),
)


@pytest.mark.parametrize(("title", "network", "leaves", "lines"), GRAPHS, ids=[row[0] for row in GRAPHS])
def test_a_declaration_writes_its_definitions(title: str, network: Network, leaves: str, lines: list[str]) -> None:
    """Leaves in the order inputs, parameters by layer, targets; definitions from the inputs to the loss or cost."""
    graph = network.graph()

    assert " ".join(graph.leaf_by_name) == leaves, title
    assert [f"{node.symbol.name} = {plain(node.expr)}" for node in graph.nodes] == lines


def test_every_quantity_has_its_role_layer_and_sample() -> None:
    """Roles follow from names, layers count from 1, and samples from 1 where there are several."""
    graph = Network(2, (Layer(2), Layer(2, "softmax")), loss="ce", samples=2, l2=TENTH).graph()
    letters = {"x": Role.INPUT, "y": Role.TARGET, "w": Role.WEIGHT, "b": Role.BIAS}
    for leaf in graph.leaves:
        assert leaf.role is letters[leaf.symbol.name[0]]
    kinds = {"z": Role.PRE_ACTIVATION, "a": Role.ACTIVATION}
    for node in graph.nodes:
        name = node.symbol.name
        if name[0] in kinds:
            assert (node.role, node.layer) == (kinds[name[0]], int(name[1]))
        else:
            assert node.layer == 0
        assert node.sample == (int(name[-1]) if "_s" in name else 0)
    assert graph.role("L_1_s1") is graph.role("J_data") is graph.role("L_penalty") is Role.LOSS_PART
    assert graph.role("L_s2") is Role.LOSS
    assert graph.output.role is Role.COST


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_makes_a_layer(activation: str) -> None:
    """Each unit's activation depends on its own pre-activation; a whole-layer one on all."""
    graph = Network(1, (Layer(3, activation),)).graph()
    for j in (1, 2, 3):
        used = set(symbols(graph.definitions[f"a1_{j}"].expr))
        assert used == ({"z1_1", "z1_2", "z1_3"} if "softmax" in activation else {f"z1_{j}"})


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("units", [1, 3])
def test_every_loss_is_a_sum_over_outputs(loss: str, units: int) -> None:
    """With one output the loss is its part; with several, each part is a definition of its own."""
    graph = Network(1, (Layer(units),), loss=loss).graph()
    parts = [n for n in graph.nodes if n.role is Role.LOSS_PART]
    assert len(parts) == (0 if units == 1 else units)
    assert bool([leaf for leaf in graph.leaves if leaf.role is Role.TARGET]) == (loss != "sum")


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_one_sample_needs_no_reduction_but_half_the_mean(reduction: str) -> None:
    """The loss of one sample is the output, unless half of it is."""
    network = Network(1, (Layer(1),), reduction=reduction)
    assert network.has_cost == (reduction == "half_mean")
    assert network.graph().output.symbol.name == ("J" if network.has_cost else "L")


def test_sizes_are_the_widths_with_the_inputs_first() -> None:
    """As in the one-liner."""
    assert Network(4, (Layer(6), Layer(3))).sizes == (4, 6, 3)


EXAMPLE = "Network(2, [Dense(2), Dense(1)])"
declared: Any = Network  # so that a wrong argument is the test's business and not the type checker's
layer: Any = Layer
WRONG: tuple[tuple[Callable[[], object], type[Exception], str], ...] = (
    (lambda: declared(0, [layer(1)]), InputError, "a network needs at least 1 input, 1 layer and 1 sample"),
    (lambda: declared(1, ()), InputError, "a network needs at least 1 input, 1 layer and 1 sample"),
    (lambda: declared(1, [layer(1)], samples=0), InputError, "a network needs at least 1 input, 1 layer and 1 sample"),
    (lambda: declared(1, [layer(2), layer(0)]), InputError, "layer 2: 0 units; a layer has at least 1"),
    (lambda: declared(2, [2, 1]), InputError, f"layer 1: found a number where a layer is accepted: {EXAMPLE}"),
    (lambda: declared(2, layer(1)), InputError, f"layers: found a Layer where a list of layers is accepted: {EXAMPLE}"),
    (lambda: declared("2", [layer(1)]), InputError, f"inputs: found a text where a whole number is accepted: {EXAMPLE}"),
    (lambda: declared(1, [layer(1)], loss=3), InputError, 'loss: found a number where a name is accepted: loss="mse"'),
    (lambda: declared(1, [layer(1)], reduction="max"), InputError, 'unknown reduction "max" (known: mean, sum, half_mean)'),
    (lambda: declared(1, [layer(1)], loss="mze"), UnknownNameError, 'unknown loss "mze"; did you mean "mse"?'),
    (lambda: declared(1, [layer(1)], loss="a - z"), ParseError, 'column 5: unknown name "z" (known: a, y)'),
    (lambda: layer("2"), InputError, 'units: found a text where a whole number is accepted: Dense(2, "sigmoid")'),
    (lambda: layer(2, 1), InputError, 'activation: found a number where a name is accepted: Dense(2, "sigmoid")'),
    (lambda: layer(1, "sigmiod"), UnknownNameError, 'unknown activation "sigmiod"; did you mean "sigmoid"?'),
    (lambda: layer(1, "z + q"), ParseError, 'column 5: unknown name "q" (known: z)'),
)  # fmt: skip


@pytest.mark.parametrize(("declare", "error", "message"), WRONG, ids=[row[2] for row in WRONG])
def test_a_wrong_declaration_is_refused_at_once(declare: Callable[[], object], error: type[Exception], message: str) -> None:
    """The message says what was given and what is accepted, before anything is derived."""
    with pytest.raises(error) as caught:
        declare()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("name", "activation", "loss"),
    [("sigmoid", True, False), ("swish", True, False), ("mse", False, True), ("z^2", False, False), ("cos", False, False)],
)
def test_names_and_formulas_are_told_apart(name: str, *, activation: bool, loss: bool) -> None:
    """A formula is what is no name."""
    assert is_activation(name) is activation
    assert is_loss(name) is loss
