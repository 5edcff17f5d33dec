# ruff: noqa: E501 - an answer is one line, as it was written
"""
Wrong answers as students write them, each with the code of the mistake, and right answers in several forms.

Written as text in plain names, by hand and not from the table of mistakes.  A matrix is [[row], [row]].
A problem is anything `derive` takes.  Lines are `target | answer | code`, or `target | answer | code | said`, where `said` is
a part of what the student is told before any example; right answers are `target | form | form | …`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def net(inputs: int, *layers: tuple[int, str], loss: str = "half_squared_error", **rest: Any) -> dict[str, Any]:
    """Write a problem of dense layers; `rest` may hold whole tables."""
    settings = {key: rest.pop(key) for key in ("l1", "l2", "reduction") if key in rest}
    table = {"inputs": inputs, "layers": [{"units": n, "activation": name} for n, name in layers], "loss": loss, **settings}
    return {"network": table, **rest}


MAZUR = {
    "network": {
        "inputs": 2, "loss": "half_squared_error",
        "layers": [
            {"units": 2, "activation": "sigmoid", "weights": [[0.15, 0.20], [0.25, 0.30]], "biases": [0.35, 0.35]},
            {"units": 2, "activation": "sigmoid", "weights": [[0.40, 0.45], [0.50, 0.55]], "biases": [0.60, 0.60]},
        ],
    },
    "samples": [{"x": [0.05, 0.10], "y": [0.01, 0.99]}],
    "training": {"optimizer": "sgd", "learning_rate": 0.5},
}  # fmt: skip

PROBLEMS: Mapping[str, Any] = {
    "2-2-1": "2-2-1",
    "two at once": "2-2-1",
    "chain": "1-1-1:tanh/sigmoid,half_squared_error",
    "mse": "2-3-2:tanh/sigmoid,mse",
    "bce": "2-3-1:tanh/sigmoid,bce",
    "relu": "2-2-1:relu/identity,squared_error",
    "deep relu": "2-2-2-1:relu/relu/identity,half_squared_error",
    "softmax": net(3, (4, "tanh"), (3, "softmax"), loss="cross_entropy", constraints={"y": "sum 1"}),
    "softmax mse": "2-2:softmax,half_squared_error",
    "deep": "2-2-2-2:sigmoid,half_squared_error",
    "linear": net(1, (1, "identity"), loss="squared_error", samples=[{}, {}, {}]),
    "batch": net(2, (1, "sigmoid"), loss="half_squared_error", samples=[{}, {}]),
    "sum": net(1, (1, "tanh"), loss="squared_error", reduction="sum", samples=[{}, {}]),
    "l2": net(2, (1, "tanh"), loss="half_squared_error", l2=0.1),
    "l1": net(1, (1, "sigmoid"), loss="half_squared_error", l1=0.3),
    "trained": MAZUR,
    "product": "f = x^2*sin(3*x)",
    "quotient": "f = x/(1 + x^2)",
    "powers": "u = 2*x + 1; y = u^3",
    "logistic": "z = w*x + b; f = ln(1 + exp(-z))",
    "skip": "h1 = tanh(w1*x); h2 = tanh(w2*h1 + x); f = 1/2*(h2 - t)^2",
    "circuit": "q = x + y; f = q*z",
    "steps": "f = ln(3 + 2*x)",
    "roots": "f = sqrt(1 + x^2)*exp(-2*x)",
    "relu softmax": net(3, (2, "relu"), (3, "softmax"), loss="cross_entropy", constraints={"y": "sum 1"}),
    "leaky": "2-2-1:leaky_relu/sigmoid,bce",
    "softplus": "1-2-1:softplus/identity,mse",
    "outer": "2-3-2:sigmoid,half_squared_error",
    "square": "3-3-3:tanh/tanh,squared_error",
    "gate": "f = sigmoid(wf*x); i = sigmoid(wi*x); c = f*c0 + i*tanh(wc*x); h = c*tanh(c)",
    "rnn": "h1 = tanh(w*x1); h2 = tanh(w*h1 + x2); L = (h2 - y)^2",
    "poly": "f = (x^2 + 1)^3*e^(2*x)",
    "logarithm": "f = ln(x)/x",
    "circle": "f = sqrt(1 - x^2)",
    "centred": "m = (x1 + x2)/2; d = x1 - m; f = d^2 + x2",
    "nested": "f = sin(x^2)^2",
    "three samples": net(2, (2, "tanh"), (1, "identity"), loss="half_squared_error", samples=[{}, {}, {}]),
    "ridge": net(2, (2, "sigmoid"), (1, "identity"), loss="squared_error", l2=0.01),
    "x squared sine": "f = x^2*sin(x)",
    "own fraction": "f = x/(1 + x)",
    "logarithm over square": "f = ln(x)/x^2",
    "sine inside": "f = sin(3*x^2 + 1)",
    "polynomial": "f = 3*x^2 - 2*x + 5",
    "tangent": "f = tan(x)",
    "exponential": "f = 2^x",
    "decay": "f = x*exp(-x)",
    "growth": "f = exp(3*x)",
    "mixed terms": "f = x^2*y + y^3",
    "cube": "f = x^3",
    "inverse square": "f = 1/x^2",
    "root": "f = sqrt(3*x + 1)",
    "two variables": "f = (3*x^2 + 2*y)^2",
    "identity output": "2-2-1:sigmoid/identity,half_squared_error",
}

WRONG_TEXT: Mapping[str, str] = {
    "2-2-1": """
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*x_1 | missing.slope
        dL/dw1_1_1 | (a2_1 - y_1)*w2_1_1*a1_1*(1 - a1_1)*x_1 | missing.slope
        dL/dw1_1_1 | (a2_1 - y_1)*w2_1_1*x_1 | missing.slope
        dL/dw1_1_1 | (y_1 - a2_1)*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1 | sign
        dL/dw1_1_1 | 2*(a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1 | factor.two
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1/2 | factor.half
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*a1_1*(1 - a1_1)*x_1 | missing.weight
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1) | missing.input
        dL/dw1_1_1 | a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1 | missing.loss_derivative
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_2*a1_1*(1 - a1_1)*x_1 | index.unit
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_2 | index.unit
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*a1_2*(1 - a1_2)*x_1 | slope.wrong_place
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*a2_1*(1 - a2_1)*x_1 | slope.wrong_place
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*w2_1_1*a1_1*x_1 | slope.function_for_derivative
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*sigmoid(z1_1)*x_1 | slope.function_for_derivative
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*sigmoid(a1_1)*(1 - sigmoid(a1_1))*x_1 | slope.at_activation
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*z1_1*(1 - z1_1)*x_1 | slope.at_activation
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*(1 - a1_1^2)*x_1 | slope.wrong_rule
        dL/dw1_1_1 | (a2_1 - y_1)*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1 | slope.wrong_rule
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*(a1_1*(1 - a1_1))^2*x_1 | doubled.slope
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*x_1/(a1_1*(1 - a1_1)) | inverted.slope
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1^2*a1_1*(1 - a1_1)*x_1 | doubled.weight
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)/w2_1_1*a1_1*(1 - a1_1)*x_1 | inverted.weight
        dL/dw1_1_1 | delta1_1*x_1^2 | doubled.input
        dL/dw1_1_1 | delta1_1/x_1 | inverted.input
        dL/dw1_1_1 | delta1_1*w1_1_1 | input.exchanged
        dL/dw1_1_1 | delta2_1*x_1 | index.layer
        dL/dw1_1_1 | delta1_2*x_1 | gradient.other_parameter
        dL/dw1_1_1 | delta1_1*(x_1 + b1_1) | bias.counted
        dL/dw1_1_1 | delta1_1*a1_1 | index.layer
        dL/dw1_1_1 | delta1_1 | gradient.other_parameter
        dL/dw1_1_1 | 0 | gradient.zero
        dL/dw1_1_1 | (a2_1 - y_1)^2*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1 | doubled.loss_derivative
        dL/dw1_1_1 | (a2_1 - y_1) + a2_1*(1 - a2_1) + w2_1_1 + a1_1*(1 - a1_1) + x_1 | chain.added
        dL/dw2_1_1 | delta2_1*z1_1 | input.pre_activation
        dL/dw2_1_1 | delta2_1*x_1 | index.layer
        dL/dw2_1_1 | delta2_1*a1_2 | index.unit
        dL/dw2_1_1 | (a2_1 - y_1)*a1_1 | missing.slope
        dL/dw2_1_1 | (z2_1 - y_1)*a2_1*(1 - a2_1)*a1_1 | loss.argument
        dL/dw2_1_1 | (-y_1/a2_1 + (1 - y_1)/(1 - a2_1))*a2_1*(1 - a2_1)*a1_1 | loss.other
        dL/db1_1 | delta1_1*b1_1 | bias.counted
        dL/db1_1 | delta1_1*x_1 | bias.counted
        dL/db2_1 | delta1_1 | gradient.other_parameter
        delta1_1 | delta2_1*w2_1_1 | convention.delta
        delta1_1 | delta2_1*a1_1*(1 - a1_1) | missing.weight
        delta2_1 | (a2_1 - y_1)*a1_1*(1 - a1_1) | slope.wrong_place
        delta2_1 | 1/2*(a2_1 - y_1)^2*a2_1*(1 - a2_1) | loss.itself
        da2_1/dw1_1_1 | w2_1_1*a1_1*(1 - a1_1)*x_1 | missing.slope
        da1_1/dz1_1 | a1_1 | slope.function_for_derivative
        da1_1/dz1_1 | 1 - a1_1^2 | slope.wrong_rule
        a1_1 | w1_1_1*x_1 + w1_1_2*x_2 + b1_1 | value.activation_missing
        a1_1 | sigmoid(w1_1_1*x_1 + w1_1_2*x_2) | value.term_missing
        a1_1 | tanh(z1_1) | value.other_function
        a1_1 | sigmoid(sigmoid(z1_1)) | value.activation_twice
        a1_1 | sigmoid(z1_1)*(1 - sigmoid(z1_1)) | value.derivative
        z1_1 | w1_1_1*x_1 + w1_2_1*x_2 + b1_1 | value.transposed
        z1_1 | w1_1_1*x_1 + w1_1_2*x_2 - b1_1 | value.sign
        z2_1 | w2_1_1*z1_1 + w2_1_2*z1_2 + b2_1 | value.pre_activation
        z2_1 | w2_1_1*x_1 + w2_1_2*x_2 + b2_1 | value.layer
        z1_1 | w1_1_1*x_2 + w1_1_2*x_2 + b1_1 | value.index
        z1_1 | x_1 + w1_1_2*x_2 + b1_1 | value.factor_missing
        L | (a2_1 - y_1)^2 | factor.two
        L | (a2_1 - y_1)/2 | value.exponent
        L | -y_1*ln(a2_1) - (1 - y_1)*ln(1 - a2_1) | value.loss
    """,
    "two at once": """
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_2*x_1 | missing.slope
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*w2_1_1*a1_1*(1 - a1_1)*x_2 | slope.function_for_derivative
        dL/dw1_1_1 | (y_1 - a2_1)*a2_1*(1 - a2_1)*w2_1_1*x_1 | missing.slope
        dL/dw1_1_1 | (y_1 - a2_1)*a2_1*(1 - a2_1)*w2_1_1*x_1 | sign
        dL/dw1_1_1 | (a2_1 - y_1)*a1_1*(1 - a1_1)*x_1 | missing.weight
        dL/dw1_1_1 | 2*(a2_1 - y_1)*w2_1_1*a1_1*(1 - a1_1)*x_1 | missing.slope
        dL/dw1_1_1 | -1/2*delta2_1*w2_1_1*a1_1*x_1 | slope.function_for_derivative
        dL/dw1_1_1 | delta2_1*w2_1_2*(1 - a1_1^2)*x_1 | slope.wrong_rule
        dL/dw1_1_1 | (z2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*x_1 | loss.argument
        dL/dw2_1_2 | (a2_1 - y_1)*z1_2 | input.pre_activation
        dL/dw2_1_2 | (a2_1 - y_1)*a2_1*x_2 | index.layer
        delta1_1 | (y_1 - a2_1)*w2_1_1*a1_1*(1 - a1_1) | missing.slope
    """,
    "chain": """
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1 | slope.wrong_rule
        dL/dw1_1_1 | (a2_1 - y_1)*(1 - a2_1^2)*w2_1_1*(1 - a1_1^2)*x_1 | slope.wrong_rule
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*(1 + a1_1^2)*x_1 | slope.wrong_rule
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*x_1 | index.layer
        dL/dw1_1_1 | (y_1 - a2_1)*a2_1*(1 - a2_1)*w2_1_1*x_1 | missing.slope
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*w2_1_1*(1 - a1_1^2)*a1_1 | slope.function_for_derivative
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*(w2_1_1 + b2_1)*(1 - a1_1^2)*x_1 | bias.counted
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*a1_1*(1 - a1_1^2)*x_1 | weight.exchanged
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w1_1_1*(1 - a1_1^2)*x_1 | index.layer
        dL/dw2_1_1 | w2_1_1 | value.other_quantity
        dL/dw2_1_1 | -2*delta2_1*a1_1 | factor.two
        dL/dw2_1_1 | 3*delta2_1*a1_1 | factor.constant
        delta2_1 | a2_1*(1 - a2_1)/(a2_1 - y_1) | inverted.loss_derivative
        delta2_1 | a2_1 - y_1 | missing.slope
        delta2_1 | a2_1*(1 - a2_1) | missing.loss_derivative
    """,
    "mse": """
        dL/dw2_1_1 | 2*(a2_1 - y_1)*a2_1*(1 - a2_1)*a1_1 | factor.mean
        dL/dw2_1_1 | (a2_1 - y_2)*a2_1*(1 - a2_1)*a1_1 | index.unit
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*(1 - a1_1^2)*x_1 | path.missing
        delta1_1 | ((a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1 + (a2_2 - y_2)*a2_2*(1 - a2_2)*w2_2_1)*a1_1*(1 - a1_1) | slope.wrong_rule
        delta1_1 | delta2_1*w2_1_1 + delta2_2*w2_2_1 | missing.slope
        delta1_1 | (delta2_1*w2_1_1 + delta2_2*w2_1_2)*(1 - a1_1^2) | index.unit
        delta1_1 | (delta2_1*w2_1_1 + delta2_2*w2_1_2)*(1 - a1_1^2) | transpose.weight
        delta1_1 | (delta2_1*w2_1_1*delta2_2*w2_2_1)*(1 - a1_1^2) | path.multiplied
        dL/dw2_1_1 | ((a2_1 - y_1)*a2_1*(1 - a2_1) + (a2_2 - y_2)*a2_2*(1 - a2_2))*a1_1 | path.extra
        delta2 | [[a2_1 - y_1], [a2_2 - y_2]] | missing.slope
        delta1 | [[delta2_1*w2_1_1 + delta2_2*w2_2_1], [delta2_1*w2_1_2 + delta2_2*w2_2_2], [delta2_1*w2_1_3 + delta2_2*w2_2_3]] | missing.slope
        dL/dW1 | [[delta1_1*x_1, delta1_2*x_1, delta1_3*x_1], [delta1_1*x_2, delta1_2*x_2, delta1_3*x_2]] | transpose.result
        dL/db2 | [[2*delta2_1], [2*delta2_2]] | factor.two
        L | (a2_1 - y_1)^2 + (a2_2 - y_2)^2 | factor.mean
        L | 1/2*(a2_1 - y_1)^2 | value.term_missing
    """,
    "bce": """
        delta2_1 | (a2_1 - y_1)*a2_1*(1 - a2_1) | loss.other
        delta2_1 | -y_1/a2_1 + (1 - y_1)/(1 - a2_1) | missing.slope
        delta2_1 | y_1 - a2_1 | sign
        dL/da2_1 | -y_1/a2_1 | loss.rule
        dL/da2_1 | -y_1/a2_1 - (1 - y_1)/(1 - a2_1) | loss.rule
        dL/da2_1 | a2_1 - y_1 | loss.other
        dL/dw2_1_2 | (a2_1 - y_1)*z1_2 | input.pre_activation
        dL/dw1_2_1 | (a2_1 - y_1)*w2_1_2*x_1 | missing.slope
        dL/dw1_2_1 | (a2_1 - y_1)*w2_1_1*(1 - a1_2^2)*x_1 | index.unit
        dL/dw1_2_1 | (a2_1 - y_1)*w2_1_2*a1_2*(1 - a1_2)*x_1 | slope.wrong_rule
        L | -y_1*a2_1 - (1 - y_1)*ln(1 - a2_1) | value.activation_missing
        L | -a2_1*ln(y_1) - (1 - a2_1)*ln(1 - y_1) | value.exchanged
        L | y_1*ln(a2_1) + (1 - y_1)*ln(1 - a2_1) | sign
        L | -y_1*ln(a2_1) | value.term_missing
    """,
    "relu": """
        dL/dw1_1_1 | 2*(a2_1 - y_1)*w2_1_1*x_1 | mask.missing
        dL/dw1_1_1 | 2*(a2_1 - y_1)*w2_1_1*step(z1_2)*x_1 | mask.layer
        dL/dw1_1_1 | 2*(a2_1 - y_1)*w2_1_1*(1 - step(z1_1))*x_1 | mask.inverted
        dL/dw1_1_1 | 2*(a2_1 - y_1)*w2_1_1*step(-z1_1)*x_1 | mask.inverted
        dL/dw1_1_1 | 2*(a2_1 - y_1)*w2_1_1*a1_1*x_1 | slope.function_for_derivative
        dL/dw1_1_1 | (a2_1 - y_1)*w2_1_1*step(z1_1)*x_1 | factor.half
        a1_1 | step(z1_1) | value.derivative
        a1_1 | min(0, z1_1) | value.operation
    """,
    "deep relu": """
        delta1_1 | (delta2_1*w2_1_1 + delta2_2*w2_2_1)*step(z2_1) | mask.layer
        delta1_1 | delta2_1*w2_1_1 + delta2_2*w2_2_1 | mask.missing
        delta1_1 | (delta2_1*w2_1_1 + delta2_2*w2_1_2)*step(z1_1) | transpose.weight
        delta1 | [[(delta2_1*w2_1_1 + delta2_2*w2_2_1)*step(z2_1)], [(delta2_1*w2_1_2 + delta2_2*w2_2_2)*step(z2_2)]] | mask.layer
        delta1 | [[delta2_1*w2_1_1*step(z1_1)], [delta2_2*w2_2_2*step(z1_2)]] | product.hadamard
        delta1_1 | delta2_1*w2_1_1*step(z1_1) | path.missing
    """,
    "softmax": """
        delta2_1 | (-y_1/a2_1)*a2_1*(1 - a2_1) | softmax.off_diagonal
        delta2_1 | -y_1*(1 - a2_1) | softmax.as_sigmoid
        delta2_1 | -y_1/a2_1 | missing.slope
        delta2_1 | y_1 - a2_1 | sign
        delta2_1 | (a2_1 - y_1)*a2_1*(1 - a2_1) | loss.other
        dL/dw2_1_1 | (a2_1 - y_1)*z1_1 | input.pre_activation
        dL/dw2_1_2 | (a2_1 - y_1)*a1_1 | index.unit
        delta1_2 | ((a2_1 - y_1)*w2_1_2 + (a2_2 - y_2)*w2_2_2 + (a2_3 - y_3)*w2_3_2)*a1_2*(1 - a1_2) | slope.wrong_rule
        delta1_2 | (a2_1 - y_1)*w2_1_2 + (a2_2 - y_2)*w2_2_2 + (a2_3 - y_3)*w2_3_2 | missing.slope
        delta1_2 | ((a2_1 - y_1)*w2_1_2 + (a2_2 - y_2)*w2_2_2)*(1 - a1_2^2) | path.missing
        delta2 | [[-y_1*(1 - a2_1)], [-y_2*(1 - a2_2)], [-y_3*(1 - a2_3)]] | softmax.off_diagonal
        delta2 | [[y_1 - a2_1], [y_2 - a2_2], [y_3 - a2_3]] | sign
        a2_1 | exp(z2_1) | value.normalisation
        a2_1 | sigmoid(z2_1) | value.other_function
        a2_1 | exp(z2_2)/(exp(z2_1) + exp(z2_2) + exp(z2_3)) | value.index
    """,
    "softmax mse": """
        delta1_1 | (a1_1 - y_1)*a1_1*(1 - a1_1) | softmax.off_diagonal
        delta1_1 | a1_1 - y_1 | missing.slope
        delta1_1 | (a1_1 - y_1)*a1_1*(1 - a1_1) + (a1_2 - y_2)*a1_1*a1_2 | softmax.sign
    """,
    "deep": """
        delta2_1 | (delta3_1*w3_1_1 + delta3_2*w3_1_2)*a2_1*(1 - a2_1) | transpose.weight
        delta2 | [[(w3_1_1*delta3_1 + w3_1_2*delta3_2)*a2_1*(1 - a2_1)], [(w3_2_1*delta3_1 + w3_2_2*delta3_2)*a2_2*(1 - a2_2)]] | transpose.weight
        delta2 | [[w3_1_1*delta3_1*a2_1*(1 - a2_1)], [w3_2_2*delta3_2*a2_2*(1 - a2_2)]] | product.hadamard
        delta1 | [[(w2_1_1*delta2_1 + w2_2_1*delta2_2)*a2_1*(1 - a2_1)], [(w2_1_2*delta2_1 + w2_2_2*delta2_2)*a2_2*(1 - a2_2)]] | slope.wrong_place
        delta1 | [[(w3_1_1*delta2_1 + w3_2_1*delta2_2)*a1_1*(1 - a1_1)], [(w3_1_2*delta2_1 + w3_2_2*delta2_2)*a1_2*(1 - a1_2)]] | index.layer
        dL/dW2 | [[delta2_1*x_1, delta2_1*x_2], [delta2_2*x_1, delta2_2*x_2]] | index.layer
        dL/dW2 | [[delta2_1*a1_1, delta2_2*a1_1], [delta2_1*a1_2, delta2_2*a1_2]] | transpose.result
        dL/dW2 | [[delta2_1*a1_1, 0], [0, delta2_2*a1_2]] | product.hadamard
        dL/dW2 | [[delta3_1*a1_1, delta3_1*a1_2], [delta3_2*a1_1, delta3_2*a1_2]] | index.layer
        dL/dW2 | [[delta2_1*z1_1, delta2_1*z1_2], [delta2_2*z1_1, delta2_2*z1_2]] | input.pre_activation
        dL/dW2 | [[delta3_1*a2_1, delta3_1*a2_2], [delta3_2*a2_1, delta3_2*a2_2]] | gradient.other_parameter
        dL/dw1_1_1 | delta3_1*w3_1_1*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1 + delta3_1*w3_1_2*a2_2*(1 - a2_2)*w2_2_1*a1_1*(1 - a1_1)*x_1 | path.missing
        delta2_1 | (delta3_1*w3_1_1 + delta3_2*w3_2_1)*(a2_1*(1 - a2_1) + a2_2*(1 - a2_2)) | product.matrix
        z2 | [[w2_1_1*a1_1 + w2_2_1*a1_2 + b2_1], [w2_1_2*a1_1 + w2_2_2*a1_2 + b2_2]] | value.transposed
    """,
    "linear": """
        dJ/dw1_1_1 | 2*((a1_1_s1 - y_1_s1)*x_1_s1 + (a1_1_s2 - y_1_s2)*x_1_s2 + (a1_1_s3 - y_1_s3)*x_1_s3) | factor.mean
        dJ/dw1_1_1 | 1/3*((a1_1_s1 - y_1_s1)*x_1_s1 + (a1_1_s2 - y_1_s2)*x_1_s2 + (a1_1_s3 - y_1_s3)*x_1_s3) | factor.half
        dJ/dw1_1_1 | 2/3*((a1_1_s1 - y_1_s1)*x_1_s1 + (a1_1_s2 - y_1_s2)*x_1_s2) | sample.missing
        dJ/dw1_1_1 | 2/3*((a1_1_s1 - y_1_s1) + (a1_1_s2 - y_1_s2) + (a1_1_s3 - y_1_s3)) | missing.input
        dJ/dw1_1_1 | 2/3*((a1_1_s1 - y_1_s1) + (a1_1_s2 - y_1_s2) + (a1_1_s3 - y_1_s3))*(x_1_s1 + x_1_s2 + x_1_s3)/3 | mean.of_products
        dJ/dw1_1_1 | 2*(a1_1_s1 - y_1_s1)*x_1_s1 | sample.missing
        dJ/db1_1 | 2/3*((a1_1_s1 - y_1_s1)*b1_1 + (a1_1_s2 - y_1_s2)*b1_1 + (a1_1_s3 - y_1_s3)*b1_1) | bias.counted
        J | (a1_1_s1 - y_1_s1)^2 + (a1_1_s2 - y_1_s2)^2 + (a1_1_s3 - y_1_s3)^2 | factor.mean
    """,
    "batch": """
        dJ/dw1_1_2 | delta1_1_s1*x_2_s1 + delta1_1_s2*x_2_s2 | factor.mean
        dJ/dw1_1_2 | 1/2*(delta1_1_s1 + delta1_1_s2)*1/2*(x_2_s1 + x_2_s2) | mean.of_products
        dJ/dw1_1_2 | 1/2*((a1_1_s1 - y_1_s1)*x_2_s1 + (a1_1_s2 - y_1_s2)*x_2_s2) | missing.slope
        dJ/dw1_1_2 | 1/2*(delta1_1_s1*x_1_s1 + delta1_1_s2*x_1_s2) | index.unit
        dJ/dw1_1_2 | delta1_1_s1*x_2_s1 | gradient.other_output
    """,
    "sum": """
        dJ/dw1_1_1 | (a1_1_s1 - y_1_s1)*(1 - a1_1_s1^2)*x_1_s1 + (a1_1_s2 - y_1_s2)*(1 - a1_1_s2^2)*x_1_s2 | factor.half
        dJ/dw1_1_1 | 2*(a1_1_s1 - y_1_s1)*x_1_s1 + 2*(a1_1_s2 - y_1_s2)*x_1_s2 | missing.slope
        dJ/dw1_1_1 | 2*(a1_1_s1 - y_1_s1 + a1_1_s2 - y_1_s2)*(x_1_s1 + x_1_s2) | missing.slope
    """,
    "l2": """
        dL/dw1_1_1 | (a1_1 - y_1)*(1 - a1_1^2)*x_1 | penalty.missing
        dL/dw1_1_1 | (a1_1 - y_1)*(1 - a1_1^2)*x_1 + 0.2*w1_1_1 | penalty.factor
        dL/dw1_1_1 | (a1_1 - y_1)*(1 - a1_1^2)*x_1 + 0.05*w1_1_1 | penalty.factor
        dL/dw1_1_1 | (a1_1 - y_1)*(1 - a1_1^2)*x_1 - 0.1*w1_1_1 | penalty.factor
        dL/dw1_1_1 | (a1_1 - y_1)*(1 - a1_1^2)*x_1 + 0.1 | penalty.factor
        dL/dw1_1_1 | (a1_1 - y_1)*x_1 + 0.1*w1_1_1 | missing.slope
    """,
    "l1": """
        dL/dw1_1_1 | (a1_1 - y_1)*a1_1*(1 - a1_1)*x_1 + 0.3*w1_1_1 | penalty.factor
        dL/dw1_1_1 | (a1_1 - y_1)*a1_1*(1 - a1_1)*x_1 | penalty.missing
        dL/dw1_1_1 | (a1_1 - y_1)*a1_1*(1 - a1_1)*x_1 + 0.3 | penalty.factor
    """,
    "trained": """
        dL/dw2_1_1 | w2_1_1 - 0.5*(a2_1 - y_1)*a2_1*(1 - a2_1)*a1_1 | gradient.update
        dL/dw2_1_1 | 0.5*(a2_1 - y_1)*a2_1*(1 - a2_1)*a1_1 | gradient.update
        dL/dw2_1_1 | -0.5*(a2_1 - y_1)*a2_1*(1 - a2_1)*a1_1 | gradient.update
        dL/dw1_1_1 | (delta2_1*(w2_1_1 - 0.5*delta2_1*a1_1) + delta2_2*(w2_2_1 - 0.5*delta2_2*a1_1))*a1_1*(1 - a1_1)*x_1 | weight.updated
        dL/dw1_1_1 | delta2_1*w2_1_1*a1_1*(1 - a1_1)*x_1 | path.missing
        dL/dw2_1_1 | 0.35891648 | gradient.update
        dL/dw2_1_1 | -0.0822 | sign
        dL/dw2_1_1 | 0.4398 | missing.slope
        dL/dw2_1_1 | 0.0411 | gradient.update
        dL/dw1_1_1 | 0.0018175 | missing.slope
        dL/dw1_1_1 | 0.00066839 | path.missing
        dL/dw1_1_1 | 0.0087714 | missing.input
        dL/dw2_1_1 | 0.07215707 | forward.slip
        dL/dw2_2_1 | -0.0217822 | forward.slip
        L | 0.24251986 | forward.slip
        a1_1 | 0.3775 | value.activation_missing
        delta2 | [[0.7414], [-0.2171]] | missing.slope
    """,
    "product": """
        df/dx | 2*x*sin(3*x) + x^2*cos(3*x) | inner.missing
        df/dx | 2*x*3*cos(3*x) | rule.product
        df/dx | 2*x*sin(3*x) | rule.product
        df/dx | 3*x^2*cos(3*x) | rule.product
        df/dx | 2*x*sin(3*x) - 3*x^2*cos(3*x) | slope.wrong_rule
        df/dx | x*sin(3*x) + 3*x^2*cos(3*x) | rule.power
        df/dx | 2*x^2*sin(3*x) + 3*x^2*cos(3*x) | rule.power
        df/dx | 2*x*sin(3*x) + 3*x^2*sin(3*x) | slope.function_for_derivative
    """,
    "quotient": """
        df/dx | (1 + x^2 + 2*x^2)/(1 + x^2)^2 | rule.quotient
        df/dx | (2*x^2 - (1 + x^2))/(1 + x^2)^2 | rule.quotient
        df/dx | (1 - x^2)/(1 + x^2) | rule.quotient
        df/dx | 1/(2*x) | rule.quotient
        df/dx | 1/(1 + x^2) | path.missing
    """,
    "powers": """
        dy/dx | 3*u^2 | inner.missing
        dy/dx | 2*u^2 | rule.power
        dy/dx | 6*u^3 | rule.power
        dy/dx | 6*u | rule.power
        dy/dx | 6*x^2 | rule.argument
    """,
    "logistic": """
        df/dw | -exp(-z)*x | missing.slope
        df/dw | exp(-z)/(1 + exp(-z))*x | sign
        df/dw | x/(1 + exp(-z)) | missing.slope
        df/dw | -exp(-z)/(1 + exp(-z)) | missing.factor
        df/dw | -exp(-z)/(1 + exp(-z))*w | factor.exchanged
        df/dw | -exp(-z)/(1 + exp(-z))*(x + b) | bias.counted
    """,
    "skip": """
        df/dw1 | (h2 - t)*(1 - h2^2)*w2*x | missing.slope
        df/dw1 | (h2 - t)*(1 - h2^2)*(1 - h1^2)*x | missing.factor
        df/dw1 | (h2 - t)*(1 - h2^2)*w2*(1 - h1^2)*w1 | factor.exchanged
        df/dx | (h2 - t)*(1 - h2^2)*w2*(1 - h1^2)*w1 | path.missing
        df/dx | (h2 - t)*(1 - h2^2) | path.missing
        df/dw2 | (h2 - t)*h2*(1 - h2)*h1 | slope.wrong_rule
        df/dw2 | (t - h2)*(1 - h2^2)*h1 | sign
    """,
    "circuit": """
        df/dx | q | factor.exchanged
        df/dz | z | factor.exchanged
        df/dx | x*z | variable.kept
        df/dx | 1 | missing.factor
    """,
    "steps": """
        df/dx | 1/(2*(3 + 2*x)) | inverted.factor
        df/dx | 2*(3 + 2*x) | slope.wrong_rule
        df/dx | 1/(3 + 2*x) | inner.missing
        df/dx | 2*x/(3 + 2*x) | variable.kept
        df/dx | 2/((3 + 2*x)*ln(10)) | slope.wrong_rule
    """,
    "roots": """
        df/dx | x/sqrt(1 + x^2)*exp(-2*x) - sqrt(1 + x^2)*exp(-2*x) | missing.factor
        df/dx | 1/(2*sqrt(1 + x^2))*exp(-2*x) - 2*sqrt(1 + x^2)*exp(-2*x) | inner.missing
        df/dx | x/sqrt(1 + x^2)*exp(-2*x) | rule.product
        df/dx | -2*x/sqrt(1 + x^2)*exp(-2*x) | rule.product
        df/dx | 2*x/sqrt(1 + x^2)*exp(-2*x) - 2*sqrt(1 + x^2)*exp(-2*x) | slope.wrong_rule
    """,
    # From here on: written after the table; 90 of these 100 were named before anything was changed for them.
    "relu softmax": """
        dL/dW2 | delta2 @ x.T | shape
        dL/dW2 | delta2 @ z1.T | input.pre_activation
        dL/db2 | y - a2 | sign
        dL/db2 | a2*(1 - a2)*(a2 - y) | softmax.off_diagonal
        delta1 | W2.T @ delta2 | mask.missing
        delta1 | (W2.T @ (y - a2))*step(z1) | sign
        delta1 | (W2.T @ delta2)*(1 - step(z1)) | mask.inverted
        delta1 | (W2.T @ delta2)*a1 | slope.function_for_derivative
        dL/dW1 | delta1 @ a1.T | shape
        dL/dW1 | ((W2.T @ delta2)) @ x.T | mask.missing
        delta1_1 | (a2_1 - y_1)*w2_1_1*step(z1_1) | path.missing
        a2_3 | exp(z2_3)/(exp(z2_1) + exp(z2_2)) | value.normalisation
        L | -ln(a2_1) | value.factor_missing
    """,
    "leaky": """
        dL/dw1_1_1 | (a2_1 - y_1)*w2_1_1*x_1 | mask.missing
        dL/dw1_1_1 | (a2_1 - y_1)*w2_1_1*step(z1_1)*x_1 | slope.wrong_rule
        dL/dw1_1_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*x_1 | mask.missing
        dL/dw2_1_1 | (a2_1 - y_1)*w2_1_1 | input.exchanged
        dL/db1_2 | (a2_1 - y_1)*w2_1_2*x_2 | mask.missing
        dL/dw1_2_2 | delta1_2*x_1 | index.unit
    """,
    "softplus": """
        dL/dw1_1_1 | 2*(a2_1 - y_1)*w2_1_1*a1_1*x_1 | slope.function_for_derivative
        dL/dw1_1_1 | 2*(a2_1 - y_1)*w2_1_1*sigmoid(z1_1)*(1 - sigmoid(z1_1))*x_1 | slope.wrong_rule
        dL/dw1_1_1 | (a2_1 - y_1)*w2_1_1*sigmoid(z1_1)*x_1 | factor.half
        dL/dw1_1_1 | 2*(a2_1 - y_1)*w2_1_1/(1 + exp(z1_1))*x_1 | slope.at_activation
        dL/dw2_1_2 | 2*(a2_1 - y_1)*ln(1 + exp(z1_1)) | index.unit
    """,
    "outer": """
        dL/da1_1 | delta2_1*w2_1_1 - delta2_2*w2_2_1 | sign | Not right. The sign of the path through z2_2 is wrong.
        delta2 | (a2 - y)*z2 | slope.wrong_rule | Not right. z stands where σ′(z2) belongs.
        dL/db2 | a2 - y | missing.slope | Not right. The slope σ′(z2) is missing.
        delta1 | (W2.T @ delta2)*a1 | slope.function_for_derivative
        delta1 | W2.T @ (delta2*a1_1*(1 - a1_1)) | slope.wrong_place
        delta1 | (W2.T @ delta2)*(1 - a1**2) | slope.wrong_rule
        delta1 | (W2.T @ (a2 - y))*a1*(1 - a1) | missing.slope
        delta2 | (y - a2)*a2*(1 - a2) | sign
        delta2 | (a2 - y)*a2 | slope.function_for_derivative
        delta2 | a2*(1 - a2) | missing.loss_derivative
        dL/dW2 | (a2 - y) @ a1.T | missing.slope
        dL/dW2 | 2*delta2 @ a1.T | factor.two
        dL/dW1 | delta1 @ x.T*2 | factor.two
        dL/dW1 | x @ delta1.T | transpose.result
        dL/dw1_2_1 | delta1_2 + x_1 | chain.added
        dL/dw1_2_1 | (delta2_1*w2_1_2 + delta2_2*w2_2_2)*a1_2*(1 - a1_1)*x_1 | slope.wrong_place
        dL/dw1_2_1 | (delta2_1*w2_2_1 + delta2_2*w2_2_2)*a1_2*(1 - a1_2)*x_1 | index.unit
        dL/dw1_2_1 | ((a2_1 - y_1)*w2_1_2 + (a2_2 - y_2)*w2_2_2)*a1_2*(1 - a1_2)*x_1 | missing.slope
        dL/dw1_2_1 | delta2_1*w2_1_2*a1_2*(1 - a1_2)*x_1 | path.missing
    """,
    "square": """
        delta1 | (W2 @ delta2)*(1 - a1**2) | transpose.weight
        delta1 | (W1.T @ delta2)*(1 - a1**2) | index.layer
        delta1 | (W2.T @ delta2)*(1 - a2**2) | slope.wrong_place
        delta1 | (W2.T @ delta2)*(1 - a1) | slope.wrong_rule
        delta1 | (W2.T @ delta2)*(1 - z1**2) | slope.at_activation
        dL/dW2 | delta2 @ x.T | index.layer
        dL/dW2 | a1 @ delta2.T | transpose.result
        dL/dW1 | delta2 @ x.T | index.layer
        dL/dW1 | delta1 @ a1.T | index.layer
        delta2 | (a2 - y)*(1 - a2**2) | factor.half
        delta2 | 2*(a2 - y) | missing.slope
        z1 | W1.T @ x + b1 | value.transposed
        z2 | W2 @ x + b2 | value.layer
        z2 | W2 @ a1 | value.term_missing
    """,
    "gate": """
        dh/dwf | (tanh(c) + c*(1 - tanh(c)^2))*c0*x | missing.slope
        dh/dwf | (tanh(c) + c*(1 - tanh(c)^2))*c0*f*(1 - f) | missing.factor
        dh/dwf | tanh(c)*c0*f*(1 - f)*x | rule.product
        dh/dwf | (1 - tanh(c)^2)*c0*f*(1 - f)*x | rule.product
        dh/dwf | (tanh(c) + c*(1 - tanh(c)^2))*f*(1 - f)*x | missing.factor
        dh/dc | 1 - tanh(c)^2 | rule.product
        dh/dwi | (tanh(c) + c*(1 - tanh(c)^2))*i*(1 - i)*x | missing.factor
    """,
    "rnn": """
        dL/dw | 2*(h2 - y)*(1 - h2^2)*h1 | path.missing
        dL/dw | 2*(h2 - y)*(1 - h2^2)*(h1 + (1 - h1^2)*x1) | missing.factor
        dL/dw | 2*(h2 - y)*(1 - h2^2)*(h1 + w*x1) | missing.slope
        dL/dw | (h2 - y)*(1 - h2^2)*(h1 + w*(1 - h1^2)*x1) | factor.half
        dL/dw | 2*(h2 - y)*(1 - h2^2)*w*(1 - h1^2)*x1 | path.missing
    """,
    "poly": """
        df/dx | 3*(x^2 + 1)^2*e^(2*x) + 2*(x^2 + 1)^3*e^(2*x) | inner.missing
        df/dx | 6*x*(x^2 + 1)^2*e^(2*x) + (x^2 + 1)^3*e^(2*x) | inner.missing
        df/dx | 6*x*(x^2 + 1)^2*2*e^(2*x) | rule.product
        df/dx | 6*x*(x^2 + 1)^2*e^(2*x) | rule.product
        df/dx | 6*x*(x^2 + 1)^3*e^(2*x) + 2*(x^2 + 1)^3*e^(2*x) | rule.power
        df/dx | 3*(2*x)^2*e^(2*x) + 2*(x^2 + 1)^3*e^(2*x) | rule.argument
    """,
    "logarithm": """
        df/dx | (1 + ln(x))/x^2 | rule.quotient
        df/dx | (1 - ln(x))/x | rule.quotient
        df/dx | 1/x | rule.quotient
        df/dx | (ln(x) - 1)/x^2 | sign
        df/dx | 1/x^2 | rule.quotient
    """,
    "circle": """
        df/dx | 1/(2*sqrt(1 - x^2)) | inner.missing
        df/dx | x/sqrt(1 - x^2) | sign
        df/dx | -2*x/sqrt(1 - x^2) | factor.two
        df/dx | -x*sqrt(1 - x^2) | slope.wrong_rule
    """,
    "centred": """
        df/dx1 | 2*d | path.missing
        df/dx1 | d/2 | factor.half
        df/dx2 | 1 | path.missing
        df/dx2 | d + 1 | sign
    """,
    "nested": """
        df/dx | 2*sin(x^2) | inner.missing
        df/dx | 2*sin(x^2)*cos(x^2) | inner.missing
        df/dx | 4*x*cos(x^2) | rule.power
        df/dx | -4*x*sin(x^2)*cos(x^2) | sign
    """,
    "three samples": """
        dJ/dw2_1_1 | delta2_1_s1*a1_1_s1 + delta2_1_s2*a1_1_s2 + delta2_1_s3*a1_1_s3 | factor.mean
        dJ/dw2_1_1 | 1/3*(delta2_1_s1*z1_1_s1 + delta2_1_s2*z1_1_s2 + delta2_1_s3*z1_1_s3) | input.pre_activation
        dJ/dw1_1_1 | 1/3*(delta2_1_s1*w2_1_1*x_1_s1 + delta2_1_s2*w2_1_1*x_1_s2 + delta2_1_s3*w2_1_1*x_1_s3) | missing.slope
        dJ/db1_1 | delta1_1_s1 + delta1_1_s2 + delta1_1_s3 | factor.mean
        dJ/dw1_1_1 | 1/9*(delta1_1_s1 + delta1_1_s2 + delta1_1_s3)*(x_1_s1 + x_1_s2 + x_1_s3) | mean.of_products
    """,
    "ridge": """
        dL/dw1_1_1 | delta1_1*x_1 | penalty.missing
        dL/dw1_1_1 | delta1_1*x_1 + 0.02*w1_1_1 | penalty.factor
        dL/dw2_1_1 | 2*(a2_1 - y_1)*a1_1 + 0.01*w2_1_2 | penalty.factor
        dL/dw2_1_1 | (a2_1 - y_1)*a1_1 + 0.01*w2_1_1 | convention.half
        dL/dw2_1_1 | 2*(y_1 - a2_1)*a1_1 + 0.01*w2_1_1 | sign
        dL/db2_1 | 2*(a2_1 - y_1) + 0.01*b2_1 | penalty.extra
    """,
    # What a student is told first.
    "x squared sine": """
        df/dx | 2x sin x - x^2 cos x | sign | Not right. The sign of the term with (sin(x))′ is wrong. Every term keeps its sign
        df/dx | -2x sin x + x^2 cos x | sign | Not right. The sign of the term with (x²)′ is wrong.
        df/dx | 2x + cos x | rule.product | The derivatives of the factors of x²·sin(x) are added; each must be multiplied by the other factor.
        df/dx | x^2 cos x | rule.product | Only half of the product rule for x²·sin(x) is there. Product rule:
        df/dx | 2x cos x | rule.product | The derivatives of the factors of x²·sin(x) are multiplied.
        df/dx | -2x sin x - x^2 cos x | sign | Every minus sign counts, also those that an inner derivative or the derivative of a function brings.
    """,
    "own fraction": """
        df/dx | (x - (1 + x))/(1 + x)^2 | rule.quotient | The two terms above the line in the quotient rule for x/(1 + x) are exchanged. Quotient rule:
        df/dx | (1 + x + x)/(1 + x)^2 | rule.quotient | the two terms above the line have the wrong sign between them
    """,
    "logarithm over square": """
        df/dx | (1/x*x^2 + ln(x)*2*x)/x^4 | rule.quotient | The quotient rule for ln(x)/x² is not right: the two terms above
        df/dx | (1/x*x^2 - ln(x)*2*x)/x^2 | rule.quotient | the denominator is not squared
        df/dx | (ln(x)*2*x - 1/x*x^2)/x^4 | rule.quotient | are exchanged
        df/dx | (1/x)/(2*x) | rule.quotient | the derivative of the numerator is divided by that of the denominator
    """,
    "sine inside": """
        df/dx | cos(3*x^2 + 1) | inner.missing | The inner derivative is missing: that of 3·x² + 1. Chain rule: (f(u))′
        df/dx | cos(6*x) | rule.argument | The outer derivative is taken at the inner derivative.
        df/dx | cos(6*x)*6*x | rule.argument | Not right. The outer derivative is taken at the inner derivative.
        df/dx | cos(x)*6*x | rule.argument | Not right. The outer derivative is taken at x.
    """,
    "polynomial": """
        df/dx | 6*x + 2 | sign | Not right. The sign of the term with
        df/dx | 6*x - 2*x | variable.kept | Not right. The variable x is still there in one term.
        df/dx | 6*x - 2 + 5 | rule.constant | Not right. The constant term 5 is still there. The derivative of a constant
        df/dx | 6*x - 2 - x | bias.counted | The derivative of a term
    """,
    "tangent": """
        df/dx | 1/cos(x) | slope.wrong_rule | 1/cos u stands where tan′(x) belongs. Every function has a derivative of its own
        df/dx | tan(x) | slope.function_for_derivative | The function itself stands where its derivative tan′(x) belongs.
    """,
    "exponential": """
        df/dx | x*2^(x-1) | rule.power | the power rule is used although the exponent varies. Where the exponent varies:
        df/dx | 2^x | rule.power | the logarithm of the base is missing
    """,
    "two variables": """
        df/dy | 3*(3*x^2 + 2*y) | factor.constant | Not right. A constant factor is wrong. A constant factor stays, (c·u)′
        df/dy | 2*(3*x^2 + 2*y)*6*x | gradient.other_parameter | This is the derivative by x, not by y. In a derivative by y only y varies; all other variables
        df/dx | 2*(3*x^2 + 2*y) | inner.missing | that of 3·x² + 2·y
    """,
    "mixed terms": """
        df/dx | 2*x*y + 3*y^2 | rule.constant | Not right. y³ is differentiated, too, although it does not contain x. In a derivative by x only x varies
        df/dy | 2*x + 3*y^2 | rule.constant | Not right. x² is differentiated, too, although it does not contain y.
        df/dx | 2*x*y + y^3 | rule.constant | Not right. The constant term y³ is still there.
        df/dx | 2*x | missing.factor | The factor y is missing.
    """,
    "cube": """
        df/dx | x^2 | rule.power | the exponent in front is missing
        df/dx | 2*x^3 | rule.power | the exponent in front is lowered, not the one above
        df/dx | x^4/4 | rule.power | the rule for an integral is used
    """,
    "inverse square": """
        df/dx | 2/x^3 | sign | Not right. The sign is the wrong way round.
        df/dx | 1/(2*x) | rule.quotient | only what stands below the line is differentiated
    """,
    "root": """
        df/dx | 3/2*sqrt(3*x + 1) | brackets.denominator | with the denominator in brackets, this would be right.
        df/dx | 1/(2*sqrt(3)) | rule.argument | The outer derivative is taken at the inner derivative.
    """,
    "decay": """
        df/dx | exp(-x) + x*exp(-x) | inner.missing | The inner derivative is missing: that of −x.
        df/dx | exp(-x) | rule.product | Only half of the product rule for x·exp(−x) is there.
    """,
    "growth": """
        df/dx | exp(3*x) | inner.missing | Not right. The inner derivative is missing: that of 3·x.
    """,
    "identity output": """
        dL/da1_1 | delta1_1 | gradient.other_parameter | This is the derivative by z1_1, not by a1_1.
        dL/da1 | delta1 | gradient.other_parameter | This is the derivative by z1, not by a1.
        dL/db1 | delta1*a1 | bias.counted | the factor a1 is too many
        dL/db1 | W2.T @ delta2 | missing.slope | Not right. The slope σ′(z1) is missing.
        delta2_1 | y_1 - a2_1 | sign | Every minus sign counts; whoever starts from y − a
        dL/dw1_1_1 | -(a2_1 - y_1) | factor.alone | Only one factor of the chain is there: ∂L/∂a2_1. The sign is the wrong way round.
        dL/db1 | delta1*x | bias.counted | A bias is not multiplied by anything in z: the factor x is too many.
        dL/db1_1 | delta1_1*x_1 | bias.counted | the factor x_1 is too many
        delta1 | W2 delta2 a1 (1 - a1) | transpose.weight | The weights are not transposed: W2 stands where its transpose belongs.
        dL/dw1_1_1 | delta1_2*x_1 | gradient.other_parameter | This is the derivative by w1_2_1, not by w1_1_1. In a derivative by w1_1_1 only w1_1_1 varies
        dL/dw1_1_1 | (a2_1 - y_1)*w2_1_1*(1 - a1_1^2)*x_1 | slope.wrong_rule | Not right. The slope of tanh stands where σ′(z1_1) belongs. Every activation
        dL/dw1_1_1 | delta1_1*z1_1 | bias.counted | x_1 alone belongs where the whole weighted sum z stands.
        dL/dw1_1_1 | (a2_1 - y_1)*w2_1_2*a1_1*(1 - a1_1)*x_1 | index.unit | Not right. An index is wrong: w2_1_2 does not belong here.
        dL/dw1_1_1 | (a2_1 - y_1)*w2_1_1*z1_1*(1 - z1_1)*x_1 | slope.at_activation | σ′(z1_1) is written with the argument where the function's value belongs.
        dL/dw1_1_1 | 3*delta1_1*x_1 | factor.constant | Not right. A constant factor is wrong.
        dL/dw1_1_1 | delta1_1*(x_1 + b1_1) | bias.counted | x_1 alone belongs where its sum with the bias stands.
        dL/dw1_1_1 | (a2_1 - y_1)*w2_1_1*sigmoid(a1_1)*(1 - sigmoid(a1_1))*x_1 | slope.at_activation | is taken at the wrong argument: the activation itself.
    """,
}  # fmt: skip

RIGHT_TEXT: Mapping[str, str] = {
    "2-2-1": """
        dL/dw1_1_1 | delta1_1*x_1 | delta2_1*w2_1_1*a1_1*(1 - a1_1)*x_1 | x_1*dL_da1_1*(a1_1 - a1_1^2) | -(y_1 - a2_1)*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1 | delta2_1*w2_1_1*x_1*exp(-z1_1)/(1 + exp(-z1_1))^2
        delta1_2 | delta2_1*w2_1_2*a1_2*(1 - a1_2) | dL_da1_2*a1_2*(1 - a1_2) | dL_da1_2*sigmoid(z1_2)*(1 - a1_2) | w2_1_2*delta2_1*(a1_2 - a1_2^2) | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_2*sigmoid(z1_2)*sigmoid(-z1_2)
        dL/db2_1 | delta2_1 | (a2_1 - y_1)*a2_1*(1 - a2_1) | (a2_1 - y_1)*(a2_1 - a2_1^2) | -(y_1 - a2_1)*sigmoid(z2_1)*(1 - sigmoid(z2_1)) | a2_1*(1 - a2_1)*a2_1 - y_1*a2_1*(1 - a2_1)
        z1_1 | w1_1_2*x_2 + b1_1 + w1_1_1*x_1 | w1_1_1*x_1 + w1_1_2*x_2 + b1_1 | b1_1 + x_1*w1_1_1 + x_2*w1_1_2 | (w1_1_1*x_1 + b1_1) + w1_1_2*x_2 | -(-b1_1 - w1_1_1*x_1 - w1_1_2*x_2)
        L | (a2_1 - y_1)*(a2_1 - y_1)/2 | 1/2*(a2_1 - y_1)^2 | (y_1 - a2_1)^2/2 | 0.5*(a2_1^2 - 2*a2_1*y_1 + y_1^2) | (sigmoid(z2_1) - y_1)^2/2
        da2_1/dw1_1_1 | a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1 | x_1*w2_1_1*a2_1*a1_1*(1 - a2_1)*(1 - a1_1) | (a2_1 - a2_1^2)*w2_1_1*(a1_1 - a1_1^2)*x_1 | a2_1*(1 - a2_1)*w2_1_1*sigmoid(z1_1)*(1 - sigmoid(z1_1))*x_1 | delta1_1*x_1/(a2_1 - y_1)
    """,
    "chain": """
        dL/dw1_1_1 | delta1_1*x_1 | delta2_1*w2_1_1*(1 - a1_1^2)*x_1 | (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*(1 - a1_1)*(1 + a1_1)*x_1 | dL_da1_1*(1 - tanh(z1_1)^2)*x_1 | dL_db1_1*x_1
        a1_1 | tanh(z1_1) | tanh(b1_1 + x_1*w1_1_1) | (exp(z1_1) - exp(-z1_1))/(exp(z1_1) + exp(-z1_1)) | 2*sigmoid(2*z1_1) - 1 | tanh(w1_1_1*x_1 + b1_1)
    """,
    "mse": """
        delta1_1 | (delta2_1*w2_1_1 + delta2_2*w2_2_1)*(1 - a1_1^2) | dL_da1_1*(1 - a1_1^2) | dL_da1_1*(1 - a1_1)*(1 + a1_1) | (1 - tanh(z1_1)^2)*(w2_1_1*delta2_1 + w2_2_1*delta2_2) | ((a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1 + (a2_2 - y_2)*a2_2*(1 - a2_2)*w2_2_1)*(1 - a1_1^2)
        dL/dw2_2_1 | delta2_2*a1_1 | (a2_2 - y_2)*a2_2*(1 - a2_2)*a1_1 | -(y_2 - a2_2)*a2_2*(1 - a2_2)*a1_1 | a1_1*dL_db2_2 | dL_da2_2*a2_2*(1 - a2_2)*tanh(z1_1)
        delta2 | [[(a2_1 - y_1)*a2_1 - (a2_1 - y_1)*a2_1^2], [(a2_2 - y_2)*a2_2 - (a2_2 - y_2)*a2_2^2]] | [[(a2_1 - y_1)*a2_1*(1 - a2_1)], [(a2_2 - y_2)*a2_2*(1 - a2_2)]] | [[dL_da2_1*sigmoid(z2_1)*(1 - a2_1)], [dL_da2_2*sigmoid(z2_2)*(1 - a2_2)]] | [[dL_da2_1*a2_1*(1 - a2_1)], [dL_da2_2*a2_2*(1 - a2_2)]] | [[(a2_1 - y_1)*(a2_1 - a2_1^2)], [(a2_2 - y_2)*(a2_2 - a2_2^2)]]
    """,
    "bce": """
        delta2_1 | a2_1 - y_1 | sigmoid(z2_1) - y_1 | (-y_1/a2_1 + (1 - y_1)/(1 - a2_1))*a2_1*(1 - a2_1) | -y_1*(1 - a2_1) + (1 - y_1)*a2_1 | dL_da2_1*a2_1*(1 - a2_1)
        dL/da2_1 | -y_1/a2_1 + (1 - y_1)/(1 - a2_1) | (a2_1 - y_1)/(a2_1*(1 - a2_1)) | (1 - y_1)/(1 - a2_1) - y_1/a2_1 | delta2_1/(a2_1*(1 - a2_1)) | (a2_1 - y_1)/(a2_1 - a2_1^2)
    """,
    "relu": """
        dL/dw1_1_1 | 2*(a2_1 - y_1)*w2_1_1*step(z1_1)*x_1 | delta1_1*x_1 | delta2_1*w2_1_1*step(z1_1)*x_1 | -2*(y_1 - a2_1)*step(z1_1)*w2_1_1*x_1 | dL_da1_1*step(z1_1)*x_1
    """,
    "softmax": """
        delta2_1 | a2_1 - y_1 | -(y_1 - a2_1) | exp(z2_1)/(exp(z2_1) + exp(z2_2) + exp(z2_3)) - y_1 | -y_1 + a2_1*(y_1 + y_2 + y_3) | -y_1*(1 - a2_1) + y_2*a2_1 + y_3*a2_1
        a2_2 | exp(z2_2 - z2_1)/(1 + exp(z2_2 - z2_1) + exp(z2_3 - z2_1)) | exp(z2_2)/(exp(z2_1) + exp(z2_2) + exp(z2_3)) | 1/(1 + exp(z2_1 - z2_2) + exp(z2_3 - z2_2)) | 1 - a2_1 - a2_3 | a2_1*exp(z2_2 - z2_1)
    """,
    "deep": """
        dL/dW2 | [[delta2_1*a1_1, delta2_1*a1_2], [delta2_2*a1_1, delta2_2*a1_2]] | [[a1_1*delta2_1, a1_2*delta2_1], [a1_1*delta2_2, a1_2*delta2_2]] | [[dL_db2_1*a1_1, dL_db2_1*a1_2], [dL_db2_2*a1_1, dL_db2_2*a1_2]] | [[delta2_1*sigmoid(z1_1), delta2_1*sigmoid(z1_2)], [delta2_2*sigmoid(z1_1), delta2_2*sigmoid(z1_2)]] | [[dL_da2_1*a2_1*(1 - a2_1)*a1_1, dL_da2_1*a2_1*(1 - a2_1)*a1_2], [dL_da2_2*a2_2*(1 - a2_2)*a1_1, dL_da2_2*a2_2*(1 - a2_2)*a1_2]]
    """,
    "linear": """
        dJ/dw1_1_1 | 2/3*((a1_1_s1 - y_1_s1)*x_1_s1 + (a1_1_s2 - y_1_s2)*x_1_s2 + (a1_1_s3 - y_1_s3)*x_1_s3) | (dL_s1_dw1_1_1 + dL_s2_dw1_1_1 + dL_s3_dw1_1_1)/3 | 1/3*(delta1_1_s1*x_1_s1 + delta1_1_s2*x_1_s2 + delta1_1_s3*x_1_s3) | 2*((a1_1_s1 - y_1_s1)*x_1_s1 + (a1_1_s2 - y_1_s2)*x_1_s2 + (a1_1_s3 - y_1_s3)*x_1_s3)/3 | -2/3*((y_1_s1 - a1_1_s1)*x_1_s1 + (y_1_s2 - a1_1_s2)*x_1_s2 + (y_1_s3 - a1_1_s3)*x_1_s3)
    """,
    "l2": """
        dL/dw1_1_1 | (a1_1 - y_1)*(1 - a1_1^2)*x_1 + 0.1*w1_1_1 | delta1_1*x_1 + w1_1_1/10 | 0.1*w1_1_1 - (y_1 - a1_1)*(1 - a1_1^2)*x_1 | dL_db1_1*x_1 + 0.1*w1_1_1 | (a1_1 - y_1)*(1 - a1_1)*(1 + a1_1)*x_1 + 1/10*w1_1_1
    """,
    "product": """
        df/dx | 2*x*sin(3*x) + 3*x^2*cos(3*x) | x*(2*sin(3*x) + 3*x*cos(3*x)) | 3*cos(3*x)*x^2 + sin(3*x)*2*x | 2*f/x + 3*x^2*cos(3*x) | (2*x)*sin(3*x) + x^2*(3*cos(3*x))
    """,
    "quotient": """
        df/dx | (1 - x^2)/(1 + x^2)^2 | (1*(1 + x^2) - x*2*x)/(1 + x^2)^2 | 1/(1 + x^2) - 2*x^2/(1 + x^2)^2 | (1 - x)*(1 + x)/(1 + 2*x^2 + x^4) | f/x - 2*f^2
    """,
    "skip": """
        df/dx | (h2 - t)*(1 - h2^2)*(w2*(1 - h1^2)*w1 + 1) | (h2 - t)*(1 - h2^2)*w2*(1 - h1^2)*w1 + (h2 - t)*(1 - h2^2) | df_dh2*(1 - h2^2)*(1 + w1*w2*(1 - h1^2)) | -(t - h2)*(1 - h2)*(1 + h2)*(1 + w1*w2*(1 - h1^2)) | df_dh1*(1 - h1^2)*w1 + (h2 - t)*(1 - h2^2)
    """,
}  # fmt: skip


def lines(text: str) -> Iterator[list[str]]:
    """Yield the cells of every line."""
    for line in text.strip().splitlines():
        yield [cell.strip() for cell in line.split("|")]


WRONG: tuple[tuple[str, str, str, str, str], ...] = tuple(
    (problem, target, answer, code, said[0] if said else "")
    for problem, text in WRONG_TEXT.items()
    for target, answer, code, *said in lines(text)
)
RIGHT: tuple[tuple[str, str, str], ...] = tuple(
    (problem, target, form) for problem, text in RIGHT_TEXT.items() for target, *forms in lines(text) for form in forms
)
