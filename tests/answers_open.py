r"""
The open half of the corpus of answers: right, wrong and unreadable ones, as students, lecturers and textbooks write them.

Readings were written by hand before there was a reader; `test_answers.py` compares them with the derivation by value.
"""

# ruff: noqa: E501 - one answer a row
from __future__ import annotations

import tomllib
from pathlib import Path

from answer_rows import AnyOf, Row, refused
from cases import UNIT_SUM, network, samples

EXAMPLES = Path(__file__).parents[1] / "worked_examples"

NET = "2-2-1:sigmoid,half_squared_error"
TANH = "2-2-1:tanh/sigmoid,bce"
RELU = "2-2-1:relu/identity,half_squared_error"
TWO = "3-2-2:tanh/sigmoid,squared_error"
DEEP = "2-3-2-1:tanh/relu/sigmoid,bce"
SOFTMAX = network(2, (3, "softmax"), loss="cross_entropy", constraints=UNIT_SUM)
DECAY = network(2, (2, "tanh"), (1, "identity"), l2="0.1")
BATCH = network(2, (2, "tanh"), (1, "sigmoid"), loss="bce", samples=samples(2))
MAZUR = tomllib.loads((EXAMPLES / "mazur.toml").read_text(encoding="utf-8"))
CIRCUIT = {"definitions": {"q": "x + y", "f": "q*z"}, "point": {"x": -2, "y": 5, "z": -4}}
NEURON = "s = w*x + b; h = sigmoid(s); C = (h - t)^2"
CURVE = "f = x^2*sin(y) + e^(x*y)"
CUBE = "y = x^3"

D11 = "delta1_1*x_1"
NET_FULL = "(a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1"
NET_PATH = "dL_da2_1*local_a2_1_z2_1*local_z2_1_a1_1*local_a1_1_z1_1*local_z1_1_w1_1_1"
NET_W1 = (("delta1_1*x_1", "delta1_1*x_2"), ("delta1_2*x_1", "delta1_2*x_2"))
NET_W1_FULL = tuple(
    tuple(f"(a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_{j}*a1_{j}*(1 - a1_{j})*x_{k}" for k in (1, 2)) for j in (1, 2)
)
TANH_FULL = "(a2_1 - y_1)*w2_1_1*(1 - a1_1^2)*x_1"
TANH_W1 = tuple(tuple(f"(a2_1 - y_1)*w2_1_{j}*(1 - a1_{j}^2)*x_{k}" for k in (1, 2)) for j in (1, 2))
DEEP_W1 = tuple(
    tuple(f"(w2_1_{j}*delta2_1 + w2_2_{j}*delta2_2)*(1 - a1_{j}^2)*x_{k}" for k in (1, 2)) for j in (1, 2, 3)
)
DEEP_DELTA1 = tuple((f"(w2_1_{j}*delta2_1 + w2_2_{j}*delta2_2)*(1 - a1_{j}^2)",) for j in (1, 2, 3))
DEEP_DELTA2 = tuple((f"w3_1_{j}*(a3_1 - y_1)*step(z2_{j})",) for j in (1, 2))
BATCH_W2 = (tuple(f"1/2*((a2_1_s1 - y_1_s1)*a1_{k}_s1 + (a2_1_s2 - y_1_s2)*a1_{k}_s2)" for k in (1, 2)),)
BATCH_W1 = tuple(
    tuple(
        "1/2*(" + " + ".join(f"(a2_1_s{i} - y_1_s{i})*w2_1_{j}*(1 - a1_{j}_s{i}^2)*x_{k}_s{i}" for i in (1, 2)) + ")"
        for k in (1, 2)
    )
    for j in (1, 2)
)
MAZUR_PATH = "dL_da2_1*local_a2_1_z2_1*local_z2_1_w2_1_1"
MAZUR_W5 = "-(y_1 - a2_1)*a2_1*(1 - a2_1)*a1_1"
NEURON_W = "2*(h - t)*h*(1 - h)*x"

LATEX = (
    # One weight of the hidden layer, in the notations of several courses.
    Row(
        NET, "latex",
        r"\left(a_1^{[2]}-y_1\right)\,\sigma'\!\left(z_1^{[2]}\right)\,w_{1,1}^{[2]}\,\sigma'\!\left(z_1^{[1]}\right)\,x_1",
        NET_FULL, "correct", "dL/dw1_1_1",
    ),
    Row(NET, "latex", r"\frac{\partial L}{\partial w^{[1]}_{11}}=\delta^{[1]}_1x_1", (("dL_dw1_1_1", D11),), "correct", "dL/dw1_1_1"),
    Row(
        NET, "latex",
        r"\dfrac{\partial L}{\partial a^{(2)}}\cdot\dfrac{\partial a^{(2)}}{\partial z^{(2)}}\cdot\dfrac{\partial z^{(2)}}"
        r"{\partial a_1^{(1)}}\cdot\dfrac{\partial a_1^{(1)}}{\partial z_1^{(1)}}\cdot\dfrac{\partial z_1^{(1)}}{\partial w_{11}^{(1)}}",
        NET_PATH, "correct", "dL/dw1_1_1",
    ),
    Row(
        NET, "latex",
        r"\frac{dL}{dw_{1,1}^{[1]}} = \frac{d L}{d a^{[2]}} \frac{d a^{[2]}}{d z^{[2]}} \frac{d z^{[2]}}{d a_1^{[1]}} \frac{d a_1^{[1]}}{d z_1^{[1]}} x_1",
        (("dL_dw1_1_1", "dL_da2_1*local_a2_1_z2_1*local_z2_1_a1_1*local_a1_1_z1_1*x_1"),), "correct", "dL/dw1_1_1",
    ),
    Row(
        NET, "latex",
        r"(\hat{y}-y)\,\hat y(1-\hat y)\,w^{[2]}_{11}\,a^{[1]}_1(1-a^{[1]}_1)\,x_1",
        NET_FULL, "correct", "dL/dw1_1_1",
    ),
    Row(
        NET, "latex",
        r"\delta^{[2]} W^{[2]}_{1,1}\, a^{[1]}_{1}\bigl(1-a^{[1]}_{1}\bigr)\, x_{1}",
        "delta2_1*w2_1_1*a1_1*(1 - a1_1)*x_1", "correct", "dL/dw1_1_1",
    ),
    Row(
        NET, "latex",
        r"$$\partial L/\partial z^{[1]}_1 \cdot x_1$$",
        D11, "correct", "dL/dw1_1_1",
    ),
    Row(
        NET, "latex",
        r"\dot\sigma(z_1^{[1]})\,w_{11}^{[2]}\,\dot{\sigma}(z_1^{[2]})\,(a_1^{[2]} - y)\,x_1",
        NET_FULL, "correct", "dL/dw1_1_1",
    ),
    Row(
        NET, "latex",
        r"\left[a^{[2]}-y\right] \cdot \sigma(z^{[2]})\left(1-\sigma(z^{[2]})\right) \cdot w^{[2]}_{1 1} \cdot "
        r"\sigma(z^{[1]}_1)(1-\sigma(z^{[1]}_1)) \cdot x_1",
        "(a2_1 - y_1)*sigmoid(z2_1)*(1 - sigmoid(z2_1))*w2_1_1*sigmoid(z1_1)*(1 - sigmoid(z1_1))*x_1", "correct", "dL/dw1_1_1",
    ),
    Row(
        NET, "latex",
        r"(a^{[2]} - y) \frac{e^{-z^{[2]}}}{(1+e^{-z^{[2]}})^2} w^{[2]}_{11} \frac{e^{-z_1^{[1]}}}{\left(1+e^{-z_1^{[1]}}\right)^{2}} x_1",
        "(a2_1 - y_1)*e^(-z2_1)/(1 + e^(-z2_1))^2*w2_1_1*e^(-z1_1)/(1 + e^(-z1_1))^2*x_1", "correct", "dL/dw1_1_1",
    ),
    Row(
        NET, "latex",
        r"\tfrac12 \cdot 2\,(a_1^{[2]} - y_1)\,\bigl(a_1^{[2]} - (a_1^{[2]})^2\bigr)\,a_2^{[1]}",
        "1/2*2*(a2_1 - y_1)*(a2_1 - a2_1^2)*a1_2", "correct", "dL/dw2_1_2",
    ),
    Row(NET, "latex", r"a^{[2]}a^{[2]}", "a2_1*a2_1", "wrong", "delta2_1"),
    # Wrong in the usual ways: they must be read all the same.
    Row(
        NET, "latex",
        r"-(y-a^{[2]})\,w_{11}^{[2]}\,a_1^{[1]}(1-a_1^{[1]})\,x_1",
        "-(y_1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1", "wrong", "dL/dw1_1_1",
    ),
    Row(
        NET, "latex",
        r"(a^{[2]}-y)\sigma(z^{[2]})w_{11}^{[2]}\sigma(z_1^{[1]})x_1",
        "(a2_1 - y_1)*sigmoid(z2_1)*w2_1_1*sigmoid(z1_1)*x_1", "wrong", "dL/dw1_1_1",
    ),
    Row(
        NET, "latex",
        r"\delta^{[2]}_1\, w^{[2]}_{12}\, \sigma^{\prime}\bigl(z^{[1]}_1\bigr)\, x_1",
        "delta2_1*w2_1_2*a1_1*(1 - a1_1)*x_1", "wrong", "dL/dw1_1_1",
    ),
    Row(NET, "latex", r"\frac{1}{2}\left(a^{[2]}-y\right)^2", "1/2*(a2_1 - y_1)^2", "wrong", "dL/da2_1"),
    Row(NET, "latex", r"\frac12(a^{[2]}-y)", "1/2*(a2_1 - y_1)", "wrong", "dL/da2_1"),
    Row(
        NET, "latex",
        r"\delta^{[2]} \, w^{[2]}_{11} \, \sigma'(a_1^{[1]}) \, x_1",
        "delta2_1*w2_1_1*sigmoid(a1_1)*(1 - sigmoid(a1_1))*x_1", "wrong", "dL/dw1_1_1",
    ),
    # Sums over a declared range.
    Row(
        NET, "latex",
        r"\sum_{j=1}^{2}\delta_j^{[1]} w_{j1}^{[1]}",
        "delta1_1*w1_1_1 + delta1_2*w1_2_1", "correct", "dL/dx_1",
    ),
    Row(
        NET, "latex",
        r"z^{[1]}_2 = \sum\limits_{k=1}^{2} w^{[1]}_{2k}\, x_k + b^{[1]}_2",
        (("z1_2", "w1_2_1*x_1 + w1_2_2*x_2 + b1_2"),), "correct", "z1_2",
    ),
    Row(
        TWO, "latex",
        r"\left(\sum_{i=1}^2 2(a^{[2]}_i - y_i)\,a^{[2]}_i(1-a^{[2]}_i)\,w^{[2]}_{i,2}\right)\left(1-\left(a^{[1]}_2\right)^2\right) x_3",
        "(2*(a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_2 + 2*(a2_2 - y_2)*a2_2*(1 - a2_2)*w2_2_2)*(1 - a1_2^2)*x_3", "correct", "dL/dw1_2_3",
    ),
    Row(
        TWO, "latex",
        r"\sum_{j \in \{1,2\}} \delta_j^{[2]} w_{j1}^{[2]} \cdot (1 - \tanh^2(z_1^{[1]}))",
        "(delta2_1*w2_1_1 + delta2_2*w2_2_1)*(1 - tanh(z1_1)^2)", "correct", "delta1_1",
    ),
    Row(
        TWO, "latex",
        r"\sum_{j=1}^{2} \delta_j^{[2]} w_{j1}^{[2]} + \left(1 - (a_1^{[1]})^2\right)",
        AnyOf(
            "delta2_1*w2_1_1 + delta2_2*w2_2_1 + (1 - a1_1^2)",
            "delta2_1*w2_1_1 + (1 - a1_1^2) + delta2_2*w2_2_1 + (1 - a1_1^2)",
        ), "wrong", "delta1_1",
    ),
    # tanh and cross-entropy.
    Row(TANH, "latex", r"(a^{[2]}-y)\,w^{[2]}_{11}\,\tanh'(z^{[1]}_1)\,x_1", TANH_FULL, "correct", "dL/dw1_1_1"),
    Row(
        TANH, "latex",
        r"\left(a^{[2]}_1 - y_1\right) w^{[2]}_{1,1} \operatorname{sech}^2\left(z^{[1]}_1\right) x_1",
        "(a2_1 - y_1)*w2_1_1*sech(z1_1)^2*x_1", "correct", "dL/dw1_1_1",
    ),
    Row(
        TANH, "latex",
        r"(a^{[2]}_1 - y_1) w^{[2]}_{11} \Bigl(1-{a^{[1]}_1}^2\Bigr) x_1",
        TANH_FULL, "correct", "dL/dw1_1_1",
    ),
    Row(
        TANH, "latex",
        r"\left(-\frac{y}{a^{[2]}} + \frac{1-y}{1-a^{[2]}}\right) a^{[2]}(1-a^{[2]})\, a^{[1]}_2",
        "(-y_1/a2_1 + (1 - y_1)/(1 - a2_1))*a2_1*(1 - a2_1)*a1_2", "correct", "dL/dw2_1_2",
    ),
    Row(
        TANH, "latex",
        r"\frac{a^{[2]}-y}{\cancel{a^{[2]}(1-a^{[2]})}}\;\cancel{a^{[2]}(1-a^{[2]})} = a^{[2]}-y",
        (("", "(a2_1 - y_1)/(a2_1*(1 - a2_1))*a2_1*(1 - a2_1)"), ("", "a2_1 - y_1")), "correct", "delta2_1",
    ),
    Row(
        TANH, "latex",
        r"\frac{a^{[2]}-y}{a^{[2]}(1-a^{[2]})}\, w^{[2]}_{11} (1-(a_1^{[1]})^2)\, x_1",
        "(a2_1 - y_1)/(a2_1*(1 - a2_1))*w2_1_1*(1 - a1_1^2)*x_1", "wrong", "dL/dw1_1_1",
    ),
    Row(
        TANH, "latex",
        r"-y\ln a^{[2]} - (1-y)\ln(1-a^{[2]})",
        "-y_1*ln(a2_1) - (1 - y_1)*ln(1 - a2_1)", "correct", "L",
    ),
    # Chains.
    Row(
        NET, "latex",
        r"\begin{aligned}"
        "\n"
        r"\frac{\partial L}{\partial w^{[1]}_{11}} &= \frac{\partial L}{\partial a^{[2]}}\,\frac{\partial a^{[2]}}{\partial z^{[2]}}\,"
        r"\frac{\partial z^{[2]}}{\partial a^{[1]}_1}\,\frac{\partial a^{[1]}_1}{\partial z^{[1]}_1}\,\frac{\partial z^{[1]}_1}{\partial w^{[1]}_{11}} \\"
        "\n"
        r"&= \underbrace{(a^{[2]}-y)\,a^{[2]}(1-a^{[2]})}_{=\,\delta^{[2]}}\,w^{[2]}_{11}\,a_1^{[1]}(1-a_1^{[1]})\,x_1 \\"
        "\n"
        r"&= \delta^{[1]}_1 x_1"
        "\n"
        r"\end{aligned}",
        (("dL_dw1_1_1", NET_PATH), ("dL_dw1_1_1", NET_FULL), ("dL_dw1_1_1", D11)), "correct", "dL/dw1_1_1",
    ),
    Row(
        TANH, "latex",
        r"\begin{align*}"
        "\n"
        r"\delta^{[2]}_1 &= a^{[2]}_1 - y_1 \\[4pt]"
        "\n"
        r"\delta^{[1]}_1 &= \delta^{[2]}_1 w^{[2]}_{11} \left(1 - a^{[1]}_1 \cdot a^{[1]}_1\right) \\"
        "\n"
        r"\frac{\partial L}{\partial w^{[1]}_{12}} &= \delta^{[1]}_1 x_2"
        "\n"
        r"\end{align*}",
        (("delta2_1", "a2_1 - y_1"), ("delta1_1", "delta2_1*w2_1_1*(1 - a1_1*a1_1)"), ("dL_dw1_1_2", "delta1_1*x_2")),
        "correct", "dL/dw1_1_2",
    ),
    Row(
        TANH, "latex",
        r"\begin{align} \delta_1^{[2]} &= (a_1^{[2]}-y_1)\,a_1^{[2]}(1-a_1^{[2]}) \\ \frac{\partial L}{\partial w_{12}^{[2]}} "
        r"&= \delta_1^{[2]}\,a_2^{[1]} \end{align}",
        (("delta2_1", "(a2_1 - y_1)*a2_1*(1 - a2_1)"), ("dL_dw2_1_2", "delta2_1*a1_2")), "wrong", "dL/dw2_1_2",
    ),
    Row(
        RELU, "latex",
        r"\frac{\partial L}{\partial z_1^{[1]}} = \frac{\partial L}{\partial z^{[2]}}\cdot\frac{\partial z^{[2]}}{\partial a_1^{[1]}}\cdot"
        r"\frac{\partial a_1^{[1]}}{\partial z_1^{[1]}} = (a^{[2]} - y) \cdot w_{11}^{[2]} \cdot \mathrm{ReLU}'(z_1^{[1]})",
        (("delta1_1", "delta2_1*local_z2_1_a1_1*local_a1_1_z1_1"), ("delta1_1", "(a2_1 - y_1)*w2_1_1*step(z1_1)")),
        "correct", "delta1_1",
    ),
    # Rectifiers: indicators, cases, max.
    Row(
        RELU, "latex",
        r"(a^{[2]}-y)\,w^{[2]}_{11}\,\mathbf{1}_{\{z^{[1]}_1>0\}}\,x_2",
        "(a2_1 - y_1)*w2_1_1*step(z1_1)*x_2", "correct", "dL/dw1_1_2",
    ),
    Row(
        RELU, "latex",
        r"(a^{[2]}_1 - y_1)\,w^{[2]}_{12}\,\mathbb{I}(z^{[1]}_2 \geq 0)",
        "(a2_1 - y_1)*w2_1_2*(1 if z1_2 >= 0 else 0)", "correct", "delta1_2",
    ),
    Row(
        RELU, "latex",
        r"\begin{cases}(a^{[2]}_1-y_1)\,w^{[2]}_{11} & \text{if } z^{[1]}_1>0 \\ 0 & \text{otherwise}\end{cases}",
        "(a2_1 - y_1)*w2_1_1 if z1_1 > 0 else 0", "correct", "delta1_1",
    ),
    Row(
        RELU, "latex",
        r"\delta^{[2]} w^{[2]}_{11} \begin{cases} 0, & z^{[1]}_1 > 0 \\ 1, & z^{[1]}_1 \le 0 \end{cases}",
        "delta2_1*w2_1_1*(0 if z1_1 > 0 else 1)", "wrong", "delta1_1",
    ),
    Row(
        RELU, "latex",
        r"\left(a^{[2]} - y\right)\max\left(0,\, z^{[1]}_1\right)",
        "(a2_1 - y_1)*max(0, z1_1)", "correct", "dL/dw2_1_1",
    ),
    Row(RELU, "latex", r"a_1^{[1]} = \max\{0, z_1^{[1]}\}", (("a1_1", "max(0, z1_1)"),), "correct", "a1_1"),
    # Matrices.
    Row(NET, "latex", r"\delta^{[1]}x^{\top}", NET_W1, "correct", "dL/dW1"),
    Row(NET, "latex", r"x\left(\delta^{[1]}\right)^{\mathsf{T}}", tuple(zip(*NET_W1, strict=True)), "wrong", "dL/dW1"),
    Row(
        NET, "latex",
        r"\left[\left(W^{[2]}\right)^{T}\delta^{[2]}\odot a^{[1]}\odot\left(1-a^{[1]}\right)\right]x^{T}",
        tuple(tuple(f"w2_1_{j}*delta2_1*a1_{j}*(1 - a1_{j})*x_{k}" for k in (1, 2)) for j in (1, 2)), "correct", "dL/dW1",
    ),
    Row(
        NET, "latex",
        r"\nabla_{W^{[2]}}L = \delta^{[2]}\,\mathbf{a}^{[1]\top}",
        (("dL_dW2", (("delta2_1*a1_1", "delta2_1*a1_2"),)),), "correct", "dL/dW2",
    ),
    Row(
        NET, "latex",
        r"\begin{pmatrix}\delta^{[2]}a^{[1]}_1 & \delta^{[2]}a^{[1]}_2\end{pmatrix}",
        (("delta2_1*a1_1", "delta2_1*a1_2"),), "correct", "dL/dW2",
    ),
    Row(
        NET, "latex",
        r"\frac{\partial L}{\partial W^{[1]}} = \begin{bmatrix} \delta_1^{[1]} x_1 & \delta_1^{[1]} x_2 \\ \delta_2^{[1]} x_1 & \delta_2^{[1]} x_2 \end{bmatrix}",
        (("dL_dW1", NET_W1),), "correct", "dL/dW1",
    ),
    Row(
        NET, "latex",
        r"\begin{bmatrix} \delta_1^{[1]} \\ \delta_2^{[1]} \end{bmatrix} \begin{bmatrix} x_1 & x_2 \end{bmatrix}",
        NET_W1, "correct", "dL/dW1",
    ),
    Row(
        DEEP, "latex",
        r"\boldsymbol{\delta}^{[1]} = (\mathbf{W}^{[2]})^\top \boldsymbol{\delta}^{[2]} \odot \bigl(1 - \mathbf{a}^{[1]} \odot \mathbf{a}^{[1]}\bigr)",
        (("delta1", DEEP_DELTA1),), "correct", "delta1",
    ),
    Row(
        DEEP, "latex",
        r"\bigl({W^{[3]}}^{\intercal}\,(a^{[3]} - y)\bigr) \circ \mathbb{1}\!\left[z^{[2]} > 0\right]",
        DEEP_DELTA2, "correct", "delta2",
    ),
    Row(
        DEEP, "latex",
        r"\operatorname{diag}\bigl(\tanh'(z^{[1]})\bigr)\,(W^{[2]})^{T}\,\delta^{[2]}",
        AnyOf(DEEP_DELTA1, None), AnyOf("correct", "invalid"), "delta1",
    ),
    # Softmax with cross-entropy.
    Row(SOFTMAX, "latex", r"a^{[1]}_2 - y_2", "a1_2 - y_2", "correct", "delta1_2"),
    Row(
        SOFTMAX, "latex",
        r"-\sum_{j=1}^{3}\frac{y_j}{a^{[1]}_j}\,a^{[1]}_j\left(\mathbb{1}[j=1]-a^{[1]}_1\right)",
        "-(y_1/a1_1*a1_1*(1 - a1_1) + y_2/a1_2*a1_2*(0 - a1_1) + y_3/a1_3*a1_3*(0 - a1_1))", "correct", "delta1_1",
    ),
    Row(
        SOFTMAX, "latex",
        r"-\sum_{j=1}^{3} y_j \left(\delta_{j1} - a^{[1]}_1\right)",
        AnyOf("-(y_1*(1 - a1_1) + y_2*(0 - a1_1) + y_3*(0 - a1_1))", None), AnyOf("correct", "invalid"), "delta1_1",
    ),
    Row(
        SOFTMAX, "latex",
        r"\frac{e^{z_1^{[1]}}}{e^{z_1^{[1]}} + e^{z_2^{[1]}} + e^{z_3^{[1]}}} - y_1",
        "e^z1_1/(e^z1_1 + e^z1_2 + e^z1_3) - y_1", "correct", "delta1_1",
    ),
    Row(
        SOFTMAX, "latex",
        r"\left(\frac{\exp(z_3^{[1]})}{\sum_{k=1}^{3} \exp(z_k^{[1]})} - y_3\right) x_2",
        "(exp(z1_3)/(exp(z1_1) + exp(z1_2) + exp(z1_3)) - y_3)*x_2", "correct", "dL/dw1_3_2",
    ),
    Row(SOFTMAX, "latex", r"-y_1(1 - a_1^{[1]})", "-y_1*(1 - a1_1)", "wrong", "delta1_1"),
    # Weight decay; two samples.
    Row(
        DECAY, "latex",
        r"\left(a^{[2]} - y\right)a^{[1]}_1 + 0.1\,w^{[2]}_{11}",
        "(a2_1 - y_1)*a1_1 + 0.1*w2_1_1", "correct", "dL/dw2_1_1",
    ),
    Row(
        DECAY, "latex",
        r"\left(a^{[2]} - y\right)a^{[1]}_1 + \frac{0{,}1}{2}\,{w^{[2]}_{11}}^2",
        "(a2_1 - y_1)*a1_1 + 0.1/2*w2_1_1^2", "wrong", "dL/dw2_1_1",
    ),
    Row(
        BATCH, "latex",
        r"\frac{1}{2}\sum_{i=1}^{2}\left(a^{[2](i)}-y^{(i)}\right)a_1^{[1](i)}",
        BATCH_W2[0][0], "correct", "dJ/dw2_1_1",
    ),
    Row(BATCH, "latex", r"\frac12\,(A^{[2]}-Y)\,{A^{[1]}}^{T}", BATCH_W2, "correct", "dJ/dW2"),
    Row(
        BATCH, "latex",
        r"\frac12\left(W^{[2]\top}(A^{[2]}-Y)\odot\left(1-A^{[1]}\odot A^{[1]}\right)\right)X^{\top}",
        BATCH_W1, "correct", "dJ/dW1",
    ),
    Row(
        BATCH, "latex",
        r"\frac{(a^{[2](1)} - y^{(1)}) + (a^{[2](2)} - y^{(2)})}{2} \cdot \frac{a_1^{[1](1)} + a_1^{[1](2)}}{2}",
        "((a2_1_s1 - y_1_s1) + (a2_1_s2 - y_1_s2))/2*((a1_1_s1 + a1_1_s2)/2)", "wrong", "dJ/dw2_1_1",
    ),
    # The names of a published example.
    Row(
        MAZUR, "latex",
        r"\frac{\partial E_{total}}{\partial w_{5}} = \frac{\partial E_{total}}{\partial out_{o1}} * \frac{\partial out_{o1}}{\partial net_{o1}}"
        r" * \frac{\partial net_{o1}}{\partial w_{5}}",
        (("dL_dw2_1_1", MAZUR_PATH),), "correct", "dE_total/dw5",
    ),
    Row(
        MAZUR, "latex",
        r"\frac{\partial E_{total}}{\partial w_{5}} = -(target_{o1} - out_{o1}) * out_{o1}(1 - out_{o1}) * out_{h1}",
        (("dL_dw2_1_1", MAZUR_W5),), "correct", "dE_total/dw5",
    ),
    Row(MAZUR, "latex", r"\delta_{o1} out_{h1}", "delta2_1*a1_1", "correct", "dE_total/dw5"),
    Row(
        MAZUR, "latex",
        r"\frac{\partial E_{total}}{\partial out_{h1}} = \frac{\partial E_{o1}}{\partial out_{h1}} + \frac{\partial E_{o2}}{\partial out_{h1}}",
        (("dL_da1_1", "dL_1_da1_1 + dL_2_da1_1"),), "correct", "dL/da1_1",
    ),
    Row(
        MAZUR, "latex",
        r"\left(\frac{\partial E_{o1}}{\partial \mathit{net}_{o1}} w_5 + \frac{\partial E_{o2}}{\partial \mathit{net}_{o2}} w_7\right)"
        r" \mathrm{out}_{h1}\,(1-\mathrm{out}_{h1})\, i_1",
        "(dL_1_dz2_1*w2_1_1 + dL_2_dz2_2*w2_2_1)*a1_1*(1 - a1_1)*x_1", "correct", "dE_total/dw1",
    ),
    Row(
        MAZUR, "latex",
        r"w_5 - 0.5 \times \frac{\partial E_{total}}{\partial w_5}",
        "w2_1_1 - 0.5*dL_dw2_1_1", "wrong", "dE_total/dw5",
    ),
    Row(MAZUR, "latex", r"8.217\times 10^{-2}", "0.08217", "correct", "dE_total/dw5"),
    Row(MAZUR, "latex", r"0{,}0822", "0.0822", "correct", "dE_total/dw5"),
    Row(MAZUR, "latex", r"8{,}22\,\%", "0.0822", "correct", "dE_total/dw5"),
    Row(MAZUR, "latex", r"-2.26\cdot10^{-2}", "-0.0226", "wrong", "dE_total/dw5"),
    Row(
        MAZUR, "latex",
        r"\begin{bmatrix} 0.08217 & 0.08267 \\ -0.02260 & -0.02274 \end{bmatrix}",
        (("0.08217", "0.08267"), ("-0.0226", "-0.02274")), "correct", "dL/dW2",
    ),
    # Plain functions.
    Row(
        CIRCUIT, "latex",
        r"\frac{\partial f}{\partial x} = \frac{\partial f}{\partial q} \cdot \frac{\partial q}{\partial x} = z \cdot 1",
        (("df_dx", "df_dq*local_q_x"), ("df_dx", "z*1")), "correct", "df/dx",
    ),
    Row(CIRCUIT, "latex", r"\frac{\mathrm{d}f}{\mathrm{d}z} = x + y = 3", (("df_dz", "x + y"), ("df_dz", "3")), "correct", "df/dz"),
    Row(CIRCUIT, "latex", r"z(x+y)", "z*(x + y)", "wrong", "df/dy"),
    Row(
        NEURON, "latex",
        r"\frac{\partial C}{\partial w} = \frac{\partial C}{\partial h}\frac{\partial h}{\partial s}\frac{\partial s}{\partial w} = 2(h-t)\,h(1-h)\,x",
        (("dC_dw", "dC_dh*local_h_s*local_s_w"), ("dC_dw", NEURON_W)), "correct", "dC/dw",
    ),
    Row(
        NEURON, "latex",
        r"2\left(\sigma(wx+b)-t\right)\sigma'(wx+b)",
        "2*(sigmoid(w*x + b) - t)*sigmoid(w*x + b)*(1 - sigmoid(w*x + b))", "correct", "dC/db",
    ),
    Row(CURVE, "latex", r"2x\sin y + y e^{xy}", "2*x*sin(y) + y*e^(x*y)", "correct", "df/dx"),
    Row(CURVE, "latex", r"x^2\cos(y)+x\,\mathrm{e}^{x y}", "x^2*cos(y) + x*e^(x*y)", "correct", "df/dy"),
    Row(CURVE, "latex", r"2x \sin y^2 + ye^xy", AnyOf("2*x*sin(y^2) + y*e^x*y", None), AnyOf("wrong", "invalid"), "df/dx"),
    # Spellings that are easily read as something else.
    Row(NET, "latex", r"\[ \frac{\partial \mathcal{L}}{\partial w_{1,1}^{[1]}} = \delta_1^{[1]}\, x_1. \]", (("dL_dw1_1_1", D11),), "correct", "dL/dw1_1_1"),
    Row(NET, "latex", r"\(\delta_{1}^{(1)} \times x_{1}\)", D11, "correct", "dL/dw1_1_1"),
    Row(NET, "latex", r"\delta_1^{[1]} x_1 % by the chain rule", AnyOf(D11, None), AnyOf("correct", "invalid"), "dL/dw1_1_1"),
    Row(NET, "latex", r"\delta_1^{[1]} x_1^2", "delta1_1*x_1^2", "wrong", "dL/dw1_1_1"),
    Row(
        NET, "latex",
        r"(a^{[2]}-y)\left(\sigma(z^{[2]}) - \sigma^2(z^{[2]})\right) a_1^{[1]}",
        "(a2_1 - y_1)*(sigmoid(z2_1) - sigmoid(z2_1)^2)*a1_1", "correct", "dL/dw2_1_1",
    ),
    Row(
        NET, "latex",
        r"\left(\frac{1}{1+e^{-z^{[2]}}} - y\right) \operatorname{sigmoid}'(z^{[2]})",
        "(1/(1 + e^(-z2_1)) - y_1)*a2_1*(1 - a2_1)", "correct", "delta2_1",
    ),
    Row(
        NET, "latex",
        r"\delta^{[2]} w^{[2]}_{11} \sigma''(z_1^{[1]})\, x_1",
        AnyOf("delta2_1*w2_1_1*a1_1*(1 - a1_1)*(1 - 2*a1_1)*x_1", None), AnyOf("wrong", "invalid"), "dL/dw1_1_1",
    ),
    Row(
        NET, "latex",
        r"\begin{bmatrix} \delta_1^{[1]} & \delta_2^{[1]} \end{bmatrix}^{T} x^{T}",
        NET_W1, "correct", "dL/dW1",
    ),
    Row(
        NET, "latex",
        r"\partial_{a^{[2]}} L \cdot a^{[2]}(1-a^{[2]}) \cdot a^{[1]}_1",
        AnyOf("dL_da2_1*a2_1*(1 - a2_1)*a1_1", None), AnyOf("correct", "invalid"), "dL/dw2_1_1",
    ),
    Row(
        DEEP, "latex",
        r"\sum_{j=1}^{3}\sum_{i=1}^{2} \delta^{[2]}_i w^{[2]}_{ij} \bigl(1-(a^{[1]}_j)^2\bigr) w^{[1]}_{j2}",
        " + ".join(f"delta2_{i}*w2_{i}_{j}*(1 - a1_{j}^2)*w1_{j}_2" for i in (1, 2) for j in (1, 2, 3)), "correct", "dL/dx_2",
    ),
    Row(
        DEEP, "latex",
        r"\left(a^{[3]}-y\right)\sum_{j=1}^{2} w^{[3]}_{1j}\,\mathbb{1}\{z^{[2]}_j>0\}\,w^{[2]}_{j3}\left(1-\tanh^{2} z_3^{[1]}\right)x_1",
        "(a3_1 - y_1)*(w3_1_1*step(z2_1)*w2_1_3 + w3_1_2*step(z2_2)*w2_2_3)*(1 - tanh(z1_3)^2)*x_1", "correct", "dL/dw1_3_1",
    ),
    refused(NET, "latex", r"\delta_1^{[1]} ⟦x_1^{(2)}⟧", "dL/dw1_1_1"),
    refused(NET, "latex", r"⟦\frac{\partial^2 L}{\partial w_{11}^{[1]}⟧\partial x_1}", "dL/dw1_1_1"),
    refused(NET, "latex", r"⟦\sum_{j=1}^{3} \delta_j^{[1]} w_{j1}^{[1]}⟧", "dL/dx_1", "3"),
    refused(NET, "latex", r"(a^{[2]}-y) ⟦\sigma^{-1}⟧(z^{[2]})", "delta2_1"),
    # What a careful reader cannot read, or only guess.
    refused(NET, "latex", r"⟦(⟧a^{[2]}-y)\sigma'⟦(⟧z^{[2]}⟦ ⟧w_{11}^{[2]} x_1⟦⟧", "dL/dw1_1_1"),
    refused(NET, "latex", r"⟦\delta_1^{[3]}⟧ x_1", "dL/dw1_1_1", "3"),
    refused(NET, "latex", r"\delta^{[2]} ⟦w^{[2]}_{1,3}⟧ \sigma'(z_1^{[1]}) x_1", "dL/dw1_1_1"),
    refused(NET, "latex", "(⟦а⟧_1^{[2]}-y_1)\\,a_1^{[1]}", "dL/dw2_1_1", "U+0430"),
    refused(NET, "latex", r"\delta_1^{[1]} \cdot ⟦\frac{\partial z_1^{[1]}}{\partial }⟧", "dL/dw1_1_1"),
    refused(NET, "latex", r"⟦\frac{a_1^{[2]}-y}⟧⟦⟧", "dL/da2_1"),
    refused(NET, "latex", r"\delta_1^{[1]} x_1 ⟦+⟧⟦⟧", "dL/dw1_1_1"),
    Row(
        NET, "latex",
        r"\sum_{j} \delta_j^{[1]} w_{j1}^{[1]}",
        AnyOf("delta1_1*w1_1_1 + delta1_2*w1_2_1", None), AnyOf("correct", "invalid"), "dL/dx_1",
    ),
    refused(NET, "latex", r"⟦\sum_{j} \delta_j⟧ x_1", "dL/dw1_1_1"),
    refused(NET, "latex", r"⟦\int⟧ \sigma(z^{[2]})\,dz", "delta2_1", "int"),
    refused(NET, "latex", r"⟦\begin{bmatrix}⟧ \delta_1^{[1]}x_1 & \delta_1^{[1]}x_2 ⟦\\ \delta_2^{[1]}x_1 \end{bmatrix}⟧", "dL/dW1"),
    refused(NET, "latex", r"⟦\gamma⟧_1^{[1]} x_1", "dL/dw1_1_1", "gamma"),
    refused(NET, "latex", r"\delta^{[2]} w_{11}^{[2]} ⟦\sigma' x_1⟧", "dL/dw1_1_1"),
    refused(NET, "latex", r"⟦\pm⟧ (a^{[2]}-y)", "dL/da2_1"),
    refused(NET, "latex", r"⟦\text{see⟧ page 2}", "dL/dw1_1_1"),
    refused(NET, "latex", r"\delta_1^{[1]} \cdot⟦ \cdot⟧ x_1", "dL/dw1_1_1"),
    refused(NET, "latex", r"(⟦a⟧-y)\,x_1", "dL/dw2_1_1", "a"),
    refused(MAZUR, "latex", r"⟦(\sum\limits_{o}⟧{\frac{\partial E_{total}}{\partial ⟦out_{o}⟧} * \frac{\partial ⟦out_{o}⟧}{\partial ⟦net_{o}⟧}}) * i_{1}", "dE_total/dw1"),
    refused(MAZUR, "latex", r"⟦1.234.5⟧", "dE_total/dw5"),
    Row(SOFTMAX, "latex", r"p_1 - y_1", AnyOf("a1_1 - y_1", None), AnyOf("correct", "invalid"), "delta1_1"),
    refused(CURVE, "latex", r"2x \sin(y) + y e^{x ⟦w⟧}", "df/dx", "w"),
    refused(CIRCUIT, "latex", r"z ⟦\times⟧⟦⟧", "df/dx"),
    Row(
        SOFTMAX, "latex",
        r"a^{[1]}_1 - \sum_{k=1}^{3} \delta_{1k}\, y_k",
        AnyOf("a1_1 - y_1", None), AnyOf("correct", "invalid"), "delta1_1",
    ),
    Row(
        BATCH, "latex",
        r"dZ^{[2]} = A^{[2]} - Y \\ dW^{[2]} = \frac{1}{2}\, dZ^{[2]} A^{[1]T}",
        AnyOf((("Delta2", "A2 - Y"), ("dJ_dW2", BATCH_W2)), None), AnyOf("correct", "invalid"), "dJ/dW2",
    ),
    refused(BATCH, "latex", r"\frac12 (⟦a^{(2)}⟧ - y^{(2)})", "dJ/db2"),
    refused(CUBE, "latex", r"3x^2 + ⟦C⟧", "dy/dx", "C"),
    refused(CUBE, "latex", r"3⟦x^{2}^{1}⟧", "dy/dx"),
    Row(CUBE, "latex", r"y' = 3x^{2}", (("dy_dx", "3*x^2"),), "correct", "dy/dx"),
    Row(CUBE, "latex", r"\frac{dy}{dx} = 3\cdot x^{3-1} = \boxed{3x^2}", (("dy_dx", "3*x^(3 - 1)"), ("dy_dx", "3*x^2")), "correct", "dy/dx"),
    Row(CUBE, "latex", r"\frac{d}{dx}\,x^3 = 3x^2", AnyOf((("dy_dx", "3*x^2"),), None), AnyOf("correct", "invalid"), "dy/dx"),
    refused(NET, "latex", r"⟦\delta_1^{l}⟧\, x_1", "dL/dw1_1_1", "l"),
    Row(
        NET, "latex",
        r"\delta^{2}_1\, w^{2}_{11}\, \sigma'(z^{1}_1)\, x_1",
        AnyOf("delta2_1*w2_1_1*a1_1*(1 - a1_1)*x_1", None), AnyOf("correct", "invalid"), "dL/dw1_1_1",
    ),
    Row(
        NET, "latex",
        r"W_2^T \delta_2 \odot \sigma'(z_1)",
        AnyOf(tuple((f"w2_1_{j}*delta2_1*a1_{j}*(1 - a1_{j})",) for j in (1, 2)), None), AnyOf("correct", "invalid"), "delta1",
    ),
    Row(
        TANH, "latex",
        r"\left(W^{[2]T}(a^{[2]}-y) \odot \left(1-\left(a^{[1]}\right)^2\right)\right) x^T",
        TANH_W1, "correct", "dL/dW1",
    ),
    Row(
        NET, "latex",
        r"a_1^2(1-a_1^2)",
        AnyOf("a2_1*(1 - a2_1)", None), AnyOf("wrong", "invalid"), "dL/da2_1",
    ),
    Row(
        NET, "latex",
        r"\delta^{[1]} x",
        None, AnyOf("invalid", "wrong"), "dL/dW1", ((0, 15),),
    ),
)  # fmt: skip

TEXT = (
    # One weight of the hidden layer.
    Row(NET, "text", "-(y - a2_1)*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1", NET_FULL, "correct", "dL/dw1_1_1"),
    Row(NET, "text", "dL/dw1_1_1 = delta1_1 * x_1", (("dL_dw1_1_1", D11),), "correct", "dL/dw1_1_1"),
    Row(NET, "text", "delta2*w2[1,1]*a1[1]*(1-a1[1])*x[1]", "delta2_1*w2_1_1*a1_1*(1 - a1_1)*x_1", "correct", "dL/dw1_1_1"),
    Row(NET, "text", "(a2 - y) a2 (1 - a2) w2_11 a1_1 (1 - a1_1) x1", NET_FULL, "correct", "dL/dw1_1_1"),
    Row(
        NET, "text",
        "(sigmoid(z2_1) - y)*sigmoid(z2_1)*(1 - sigmoid(z2_1))*w2_1_1*sigmoid(z1_1)*(1 - sigmoid(z1_1))*x_1",
        NET_FULL, "correct", "dL/dw1_1_1",
    ),
    Row(NET, "text", "(a2_1−y)·σ′(z2_1)·w2_1_1·σ′(z1_1)·x_1", NET_FULL, "correct", "dL/dw1_1_1"),
    Row(NET, "text", "σ(z1_1)(1−σ(z1_1)) · w2_1_1 · δ2_1 · x₁", "sigmoid(z1_1)*(1 - sigmoid(z1_1))*w2_1_1*delta2_1*x_1", "correct", "dL/dw1_1_1"),
    Row(
        NET, "text",
        "∂L/∂a2_1 · ∂a2_1/∂z2_1 · ∂z2_1/∂a1_1 · ∂a1_1/∂z1_1 · ∂z1_1/∂w1_1_1",
        NET_PATH, "correct", "dL/dw1_1_1",
    ),
    Row(NET, "text", "dL/dz1_1 * dz1_1/dw1_1_1", "delta1_1*local_z1_1_w1_1_1", "correct", "dL/dw1_1_1"),
    Row(NET, "text", "dL/da2_1 da2_1/dz2_1 a1_2", "dL_da2_1*local_a2_1_z2_1*a1_2", "correct", "dL/dw2_1_2"),
    Row(NET, "text", "(a2_1 - y_1)*(a2_1 - a2_1**2)*a1_2", "(a2_1 - y_1)*(a2_1 - a2_1^2)*a1_2", "correct", "dL/dw2_1_2"),
    Row(NET, "text", "½·2·(a2_1 − y_1)", "1/2*2*(a2_1 - y_1)", "correct", "dL/da2_1"),
    Row(NET, "text", "delta1_1 * w1_1_1 + delta1_2 * w1_2_1", "delta1_1*w1_1_1 + delta1_2*w1_2_1", "correct", "dL/dx_1"),
    Row(NET, "text", "x1 w1_11 + x2 w1_12 + b1_1", "x_1*w1_1_1 + x_2*w1_1_2 + b1_1", "correct", "z1_1"),
    Row(NET, "text", "sum(w1_1_k*x_k, k=1..2) + b1_1", "w1_1_1*x_1 + w1_1_2*x_2 + b1_1", "correct", "z1_1"),
    Row(NET, "text", "Σ_{j=1}^{2} δ1_j w1_j_2", "delta1_1*w1_1_2 + delta1_2*w1_2_2", "correct", "dL/dx_2"),
    Row(NET, "text", "(a2_1 - y_1) * w2_1_1 * x_1", "(a2_1 - y_1)*w2_1_1*x_1", "wrong", "dL/dw1_1_1"),
    Row(NET, "text", "(y - a2)*a2*(1-a2)*a1_1", "(y_1 - a2_1)*a2_1*(1 - a2_1)*a1_1", "wrong", "dL/dw2_1_1"),
    Row(NET, "text", "2*(a2_1 - y_1)", "2*(a2_1 - y_1)", "wrong", "dL/da2_1"),
    Row(NET, "text", "delta2_1*w2_1_1*a1_1*1 - a1_1*x_1", "delta2_1*w2_1_1*a1_1*1 - a1_1*x_1", "wrong", "dL/dw1_1_1"),
    Row(NET, "text", "-y_1 - a2_1", "-y_1 - a2_1", "wrong", "dL/da2_1"),
    Row(NET, "text", "delta2_1 / 2 a1_1", AnyOf("delta2_1/2*a1_1", "delta2_1/(2*a1_1)", None), AnyOf("wrong", "invalid"), "dL/dw2_1_1"),
    Row(NET, "text", "w1_1_1 − 0,1·δ1_1·x_1", "w1_1_1 - 0.1*delta1_1*x_1", "wrong", "dL/dw1_1_1"),
    Row(NET, "text", "delta1_1*x_2", "delta1_1*x_2", "wrong", "dL/dw1_1_1"),
    # tanh and cross-entropy.
    Row(TANH, "text", "(a2_1 - y)*w2_1_1*(1 - a1_1²)*x_1", TANH_FULL, "correct", "dL/dw1_1_1"),
    Row(TANH, "text", "(a2_1 - y)*w2_1_1*(1 - tanh(z1_1)^2)*x_1", "(a2_1 - y_1)*w2_1_1*(1 - tanh(z1_1)^2)*x_1", "correct", "dL/dw1_1_1"),
    Row(TANH, "text", "(a2_1 - y)*w2_1_1*tanh'(z1_1)*x_1", TANH_FULL, "correct", "dL/dw1_1_1"),
    Row(TANH, "text", "(a2_1 - y)*w2_1_1*(1 - tanh²(z1_1))*x_1", TANH_FULL, "correct", "dL/dw1_1_1"),
    Row(TANH, "text", "(1 - np.tanh(z1_1)**2) * w2_1_1 * (a2_1 - y_1) * x_1", TANH_FULL, "correct", "dL/dw1_1_1"),
    Row(TANH, "text", "x_1 w2_11 (a2 - y) (1 - a1_1) (1 + a1_1)", "x_1*w2_1_1*(a2_1 - y_1)*(1 - a1_1)*(1 + a1_1)", "correct", "dL/dw1_1_1"),
    Row(TANH, "text", "-(y/a2) + (1-y)/(1-a2)", "-(y_1/a2_1) + (1 - y_1)/(1 - a2_1)", "correct", "dL/da2_1"),
    Row(TANH, "text", "-y/a2 + 1-y/1-a2", "-y_1/a2_1 + 1 - y_1/1 - a2_1", "wrong", "dL/da2_1"),
    Row(TANH, "text", "delta2_1 * w2_1_1 * a1_1 * (1 - a1_1) * x_1", "delta2_1*w2_1_1*a1_1*(1 - a1_1)*x_1", "wrong", "dL/dw1_1_1"),
    Row(TANH, "text", "a2 - y * a1_1", "a2_1 - y_1*a1_1", "wrong", "dL/dw2_1_1"),
    Row(
        TANH, "text",
        "delta2_1 = a2_1 - y_1\ndelta1_1 = delta2_1*w2_1_1*(1 - a1_1^2)\ndL/dw1_1_1 = delta1_1*x_1",
        (("delta2_1", "a2_1 - y_1"), ("delta1_1", "delta2_1*w2_1_1*(1 - a1_1^2)"), ("dL_dw1_1_1", D11)), "correct", "dL/dw1_1_1",
    ),
    Row(
        TANH, "text",
        "delta2_1 = y_1 - a2_1; dL/dw2_1_1 = delta2_1*a1_1",
        (("delta2_1", "y_1 - a2_1"), ("dL_dw2_1_1", "delta2_1*a1_1")), "wrong", "dL/dw2_1_1",
    ),
    Row(
        TANH, "text",
        "dz2 = a2 - y\ndW2 = dz2 @ a1.T",
        AnyOf((("delta2_1", "a2_1 - y_1"), ("dL_dW2", (("delta2_1*a1_1", "delta2_1*a1_2"),))), None),
        AnyOf("correct", "invalid"), "dL/dW2",
    ),
    # Rectifiers.
    Row(RELU, "text", "(a2_1 - y_1)*w2_1_1*(1 if z1_1 > 0 else 0)*x_1", "(a2_1 - y_1)*w2_1_1*step(z1_1)*x_1", "correct", "dL/dw1_1_1"),
    Row(RELU, "text", "(a2 - y) w2_11 1[z1_1 > 0] x_2", "(a2_1 - y_1)*w2_1_1*step(z1_1)*x_2", "correct", "dL/dw1_1_2"),
    Row(RELU, "text", "(a2 − y)·w2_1_2·𝟙[z1_2 > 0]", "(a2_1 - y_1)*w2_1_2*step(z1_2)", "correct", "delta1_2"),
    Row(RELU, "text", "delta2_1*max(0, z1_1)", "delta2_1*max(0, z1_1)", "correct", "dL/dw2_1_1"),
    Row(RELU, "text", "(a2_1 - y_1)*w2_1_1*relu'(z1_1)*x_1", "(a2_1 - y_1)*w2_1_1*step(z1_1)*x_1", "correct", "dL/dw1_1_1"),
    Row(RELU, "text", "(a2_1 - y_1)*w2_1_1*relu(z1_1)*x_1", "(a2_1 - y_1)*w2_1_1*max(0, z1_1)*x_1", "wrong", "dL/dw1_1_1"),
    Row(RELU, "text", "(a2_1 - y_1)*w2_1_1*(z1_1 < 0)*x_1", "(a2_1 - y_1)*w2_1_1*(1 if z1_1 < 0 else 0)*x_1", "wrong", "dL/dw1_1_1"),
    # Matrices, as in NumPy and as in mathematics.
    Row(NET, "text", "delta1 @ x.T", NET_W1, "correct", "dL/dW1"),
    Row(NET, "text", "np.outer(delta1, x)", NET_W1, "correct", "dL/dW1"),
    Row(NET, "text", "(W2.T @ ((a2 - y) * a2 * (1 - a2)) * a1 * (1 - a1)) @ x.T", NET_W1_FULL, "correct", "dL/dW1"),
    Row(NET, "text", "(W2ᵀ δ2 ⊙ σ′(z1)) xᵀ", tuple(
        tuple(f"w2_1_{j}*delta2_1*a1_{j}*(1 - a1_{j})*x_{k}" for k in (1, 2)) for j in (1, 2)), "correct", "dL/dW1"),
    Row(NET, "text", "δ₁ xᵀ", NET_W1, "correct", "dL/dW1"),
    Row(NET, "text", "x @ delta1.T", tuple(zip(*NET_W1, strict=True)), "wrong", "dL/dW1"),
    Row(NET, "text", "[[delta1_1*x_1, delta1_1*x_2], [delta1_2*x_1, delta1_2*x_2]]", NET_W1, "correct", "dL/dW1"),
    Row(NET, "text", "np.array([[delta2_1*a1_1, delta2_1*a1_2]])", (("delta2_1*a1_1", "delta2_1*a1_2"),), "correct", "dL/dW2"),
    Row(TANH, "text", "(W2.T * (a2 - y) * (1 - a1**2)) @ x.T", TANH_W1, "correct", "dL/dW1"),
    Row(DEEP, "text", "W2.T @ delta2 * (1 - a1 * a1)", DEEP_DELTA1, "correct", "delta1"),
    Row(DEEP, "text", "W2^T d2 ∘ (1 − a1²)", DEEP_DELTA1, "correct", "delta1"),
    Row(DEEP, "text", "W3.T @ (a3 - y) * (z2 > 0)", DEEP_DELTA2, "correct", "delta2"),
    Row(DEEP, "text", "dL/dW1 = (transpose(W2) @ delta2 * (1 - tanh(z1)**2)) @ transpose(x)", (("dL_dW1", DEEP_W1),), "correct", "dL/dW1"),
    Row(DEEP, "text", "np.dot(W2.T, delta2) * (1 - np.power(a1, 2))", AnyOf(DEEP_DELTA1, None), AnyOf("correct", "invalid"), "delta1"),
    Row(BATCH, "text", "(A2 - Y) @ A1.T / 2", BATCH_W2, "correct", "dJ/dW2"),
    Row(BATCH, "text", "1/2 * np.dot(A2 - Y, A1.T)", BATCH_W2, "correct", "dJ/dW2"),
    Row(BATCH, "text", "0.5 * (W2.T @ (A2 - Y) * (1 - A1**2)) @ X.T", BATCH_W1, "correct", "dJ/dW1"),
    Row(BATCH, "text", "((a2_1_s1 - y_1_s1)*a1_1_s1 + (a2_1_s2 - y_1_s2)*a1_1_s2)/2", BATCH_W2[0][0], "correct", "dJ/dw2_1_1"),
    Row(BATCH, "text", "(A2 - Y) @ A1.T", tuple(
        tuple(f"(a2_1_s1 - y_1_s1)*a1_{k}_s1 + (a2_1_s2 - y_1_s2)*a1_{k}_s2" for k in (1, 2)) for _ in (1,)), "wrong", "dJ/dW2"),
    # Softmax.
    Row(SOFTMAX, "text", "(a1_1 - y_1)*x_2", "(a1_1 - y_1)*x_2", "correct", "dL/dw1_1_2"),
    Row(SOFTMAX, "text", "exp(z1_1)/(exp(z1_1) + exp(z1_2) + exp(z1_3)) - y_1", "exp(z1_1)/(exp(z1_1) + exp(z1_2) + exp(z1_3)) - y_1", "correct", "delta1_1"),
    Row(SOFTMAX, "text", "[a1_1 - y_1, a1_2 - y_2, a1_3 - y_3]", AnyOf(
        (("a1_1 - y_1",), ("a1_2 - y_2",), ("a1_3 - y_3",)), (("a1_1 - y_1", "a1_2 - y_2", "a1_3 - y_3"),)),
        AnyOf("correct", "wrong"), "delta1"),
    # The names of a published example, and its numbers.
    Row(MAZUR, "text", "dE_total/dw5 = -(target_o1 - out_o1)*out_o1*(1 - out_o1)*out_h1", (("dL_dw2_1_1", MAZUR_W5),), "correct", "dE_total/dw5"),
    Row(MAZUR, "text", "delta_o1*out_h1", "delta2_1*a1_1", "correct", "dE_total/dw5"),
    Row(MAZUR, "text", "∂E_total/∂out_o1 * ∂out_o1/∂net_o1 * ∂net_o1/∂w5", MAZUR_PATH, "correct", "dE_total/dw5"),
    Row(MAZUR, "text", "(δ_o1·w5 + δ_o2·w7)·out_h1(1 − out_h1)·i1", "(delta2_1*w2_1_1 + delta2_2*w2_2_1)*a1_1*(1 - a1_1)*x_1", "correct", "dE_total/dw1"),
    Row(MAZUR, "text", "delta_o1*w5*out_h1*(1 - out_h1)*i1", "delta2_1*w2_1_1*a1_1*(1 - a1_1)*x_1", "wrong", "dE_total/dw1"),
    Row(MAZUR, "text", "0.74136507 * 0.186815602 * 0.593269992 = 0.082167041", (("", "0.74136507*0.186815602*0.593269992"), ("", "0.082167041")), "correct", "dE_total/dw5"),
    Row(MAZUR, "text", "8.217e-2", "0.08217", "correct", "dE_total/dw5"),
    Row(MAZUR, "text", "0,0822", "0.0822", "correct", "dE_total/dw5"),
    Row(MAZUR, "text", "≈ 8.22 × 10⁻²", "0.0822", "correct", "dE_total/dw5"),
    Row(MAZUR, "text", "8,22 %", "0.0822", "correct", "dE_total/dw5"),
    Row(MAZUR, "text", "0.822", "0.822", "wrong", "dE_total/dw5"),
    Row(MAZUR, "text", "[[0.08217, 0.08267], [-0.02260, -0.02274]]", (("0.08217", "0.08267"), ("-0.0226", "-0.02274")), "correct", "dL/dW2"),
    # Plain functions.
    Row(CIRCUIT, "text", "df/dx = df/dq * dq/dx = z * 1 = -4", (("df_dx", "df_dq*local_q_x"), ("df_dx", "z*1"), ("df_dx", "-4")), "correct", "df/dx"),
    Row(CIRCUIT, "text", "∂f/∂q · ∂q/∂x", "df_dq*local_q_x", "correct", "df/dx"),
    Row(CIRCUIT, "text", "q z", "q*z", "wrong", "df/dz"),
    Row(NEURON, "text", "2(h-t)h(1-h)x", NEURON_W, "correct", "dC/dw"),
    Row(NEURON, "text", "dC/dw = dC/dh · dh/ds · ds/dw = 2(h−t)·σ′(s)·x", (("dC_dw", "dC_dh*local_h_s*local_s_w"), ("dC_dw", NEURON_W)), "correct", "dC/dw"),
    Row(NEURON, "text", "2*(1/(1+exp(-(wx+b))) - t) * exp(-(wx+b))/(1+exp(-(wx+b)))^2", "2*(1/(1 + exp(-(w*x + b))) - t)*exp(-(w*x + b))/(1 + exp(-(w*x + b)))^2", "correct", "dC/db"),
    Row(NEURON, "text", "(h-t)*h*(1-h)*x", "(h - t)*h*(1 - h)*x", "wrong", "dC/dw"),
    Row(NEURON, "text", "2ht - 2t", "2*h*t - 2*t", "wrong", "dC/dh"),
    Row(CURVE, "text", "2x sin(y) + y e^(xy)", "2*x*sin(y) + y*e^(x*y)", "correct", "df/dx"),
    Row(CURVE, "text", "2x sin y + y e^(xy)", "2*x*sin(y) + y*e^(x*y)", "correct", "df/dx"),
    Row(CURVE, "text", "x²cos(y) + x·exp(x·y)", "x^2*cos(y) + x*exp(x*y)", "correct", "df/dy"),
    Row(CURVE, "text", "2x*sin(y) + y*e^x*y", "2*x*sin(y) + y*e^x*y", "wrong", "df/dx"),
    Row(CURVE, "text", "-x**2*cos(y) + x*e**x**y", "-x^2*cos(y) + x*e^(x^y)", "wrong", "df/dy"),
    # Spellings that are easily read as something else.
    Row(NET, "text", "(a2_1-y_1)a2_1(1-a2_1)a1_1", "(a2_1 - y_1)*a2_1*(1 - a2_1)*a1_1", "correct", "dL/dw2_1_1"),
    Row(NET, "text", "dL/da2_1*a2_1*(1-a2_1)*a1_1", "dL_da2_1*a2_1*(1 - a2_1)*a1_1", "correct", "dL/dw2_1_1"),
    Row(NET, "text", "x_1/2*delta1_1*2", "x_1/2*delta1_1*2", "correct", "dL/dw1_1_1"),
    Row(NET, "text", "delta1_1x_1", AnyOf(D11, None), AnyOf("correct", "invalid"), "dL/dw1_1_1"),
    Row(NET, "text", "δ¹₁ x₁", AnyOf(D11, None), AnyOf("correct", "invalid"), "dL/dw1_1_1"),
    Row(NET, "text", "delta1_1*x_1.", AnyOf(D11, None), AnyOf("correct", "invalid"), "dL/dw1_1_1"),
    Row(NET, "text", r"$\delta^{[1]}_1 x_1$", AnyOf(D11, None), AnyOf("correct", "invalid"), "dL/dw1_1_1"),
    Row(NET, "text", "delta1_1 * x_1²", "delta1_1*x_1^2", "wrong", "dL/dw1_1_1"),
    Row(TANH, "text", "(a2_1 - y)*w2_1_1*(1 - a₁²)*x_1", AnyOf("(a2_1 - y_1)*w2_1_1*(1 - a1^2)*x_1", None), AnyOf("wrong", "invalid"), "dL/dw1_1_1"),
    Row(RELU, "text", "delta2_1*np.maximum(0, z1_1)", "delta2_1*max(0, z1_1)", "correct", "dL/dw2_1_1"),
    Row(RELU, "text", "delta2_1*w2_1_1*np.where(z1_1 > 0, 1, 0)", AnyOf("delta2_1*w2_1_1*step(z1_1)", None), AnyOf("correct", "invalid"), "delta1_1"),
    refused(NET, "text", "⟦The answer is⟧ delta1_1*x_1", "dL/dw1_1_1"),
    refused(NET, "text", "np.sum(delta1 * ⟦W1[:,0]⟧)", "dL/dx_1"),
    refused(NET, "text", "⟦W2[:,0]⟧ * delta2", "dL/da1_1"),
    refused(NET, "text", "⟦d²L⟧/dw1_1_1²", "dL/dw1_1_1"),
    # What a careful reader cannot read, or only guess.
    Row(NET, "text", "δ₁·x₁", AnyOf(D11, "delta1*x_1", None), AnyOf("correct", "wrong", "invalid"), "dL/dw1_1_1"),
    refused(NET, "text", "⟦delta1_3⟧*x_1", "dL/dw1_1_1", "delta1_3"),
    refused(NET, "text", "(a2_1 - y_1)*a2_1*⟦(⟧1 - a2_1⟦⟧", "delta2_1"),
    refused(NET, "text", "δ1_1·⟦х⟧_1", "dL/dw1_1_1", "U+0445"),
    refused(NET, "text", "delta1_1 ⟦*⟧⟦⟧", "dL/dw1_1_1"),
    refused(NET, "text", "delta2_1*⟦foo(⟧z1_1)", "dL/dw1_1_1", "foo"),
    refused(NET, "text", "⟦dL/d ⟧= delta1_1*x_1", "dL/dw1_1_1"),
    refused(NET, "text", "a2_1 - y_1⟦)⟧ * a1_1", "dL/dw2_1_1"),
    refused(NET, "text", "⟦I don't know⟧", "dL/dw1_1_1"),
    refused(NET, "text", "⟦⟧", "dL/dw1_1_1"),
    refused(MAZUR, "text", "0.74 ⟦0.18⟧", "dE_total/dw5"),
    refused(NET, "text", "x_1 ^⟦ ^⟧ 2", "dL/dw1_1_1"),
    refused(NET, "text", "⟦__import__('⟧os').getcwd()", "dL/dw1_1_1"),
    refused(NET, "text", "dL/dw1_1_1 =⟦ =⟧ delta1_1*x_1", "dL/dw1_1_1"),
    refused(NET, "text", "⟦sum(delta1_j*w1_j_1, j)⟧", "dL/dx_1", "j"),
    refused(NET, "text", "⟦np.linalg⟧.inv(W2) @ delta2", "dL/dW1"),
    refused(NET, "text", "⟦[[delta1_1*x_1, delta1_1*x_2], [delta1_2*x_1]]⟧", "dL/dW1"),
    refused(NET, "text", "delta2_1 * ⟦W2[0,0]⟧ * a1_1*(1 - a1_1) * x_1", "dL/dw1_1_1", "1"),
    refused(NET, "text", "⟦dL/dw1_3_1⟧ = delta1_1*x_1", "dL/dw1_1_1"),
    refused(MAZUR, "text", "⟦1.234.5⟧", "dE_total/dw5"),
    refused(MAZUR, "text", "delta_o1*⟦out_h3⟧", "dE_total/dw5", "out_h3"),
    refused(CIRCUIT, "text", "⟦w⟧", "df/dx", "w"),
    refused(CIRCUIT, "text", "z ⟦?⟧", "df/dx"),
    # What is unreadable, and looks as if it could be guessed.
    Row(CUBE, "text", "y' = 3x^2", (("dy_dx", "3*x^2"),), "correct", "dy/dx"),
    Row(CUBE, "text", "3x²", "3*x^2", "correct", "dy/dx"),
    Row(
        BATCH, "text",
        "dZ2 = A2 - Y\ndW2 = 1/m * dZ2 @ A1.T",
        AnyOf((("Delta2", "A2 - Y"), ("dJ_dW2", BATCH_W2)), None), AnyOf("correct", "invalid"), "dJ/dW2",
    ),
    refused(CUBE, "text", "3x^2 + ⟦C⟧", "dy/dx", "C"),
    refused(CUBE, "text", "3x^2 ⟦dx⟧", "dy/dx"),
    refused(CUBE, "text", "⟦3x2⟧", "dy/dx"),
    refused(NET, "text", "delta2_1 * ⟦w1_2⟧ * a1_1*(1 - a1_1) * x_1", "dL/dw1_1_1"),
    refused(NET, "text", "delta2 * ⟦W2[1][1]⟧ * a1_1*(1 - a1_1) * x_1", "dL/dw1_1_1"),
    refused(NET, "text", "delta2 * ⟦W1[1]⟧ * x_1", "dL/dw1_1_1"),
    refused(NET, "text", "⟦dL⟧ * x_1", "dL/dw1_1_1"),
    refused(NET, "text", "⟦||⟧x||", "dL/dx_1"),
    refused(NET, "text", "⟦W2^-1⟧ * delta2", "delta1"),
    refused(NET, "text", "⟦delta1 x⟧", "dL/dW1"),
    Row(NET, "text", "dL/dw1 = delta1 @ x.T", AnyOf((("dL_dW1", NET_W1),), None), AnyOf("correct", "invalid"), "dL/dW1"),
    Row(NET, "text", "delta2*w2{1,1}*a1_1*(1 - a1_1)*x_1", AnyOf("delta2_1*w2_1_1*a1_1*(1 - a1_1)*x_1", None), AnyOf("correct", "invalid"), "dL/dw1_1_1"),
    Row(SOFTMAX, "text", "yhat_1 - y_1", AnyOf("a1_1 - y_1", None), AnyOf("correct", "invalid"), "delta1_1"),
    refused(TANH, "text", "(a2_1 - y)*w2_1_1*(1 - ⟦tanh^2⟧)*x_1", "dL/dw1_1_1", "tanh"),
)  # fmt: skip

ROWS = (*LATEX, *TEXT)
