"""Reading answers: what is read and as what, what is refused and where, what is printed is read back, nothing hangs."""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from cases import BY_NAME, CASES, LARGE, Case

from symbackprop.checking.symbols import lexicon_of
from symbackprop.derivation import Derivation, derive, make_speller
from symbackprop.document import Block, Lines, Relation
from symbackprop.errors import ParseError
from symbackprop.expr import ONE, ZERO, Adjoint, Call, Cases, Condition, Expr, Number, Partial, Symbol, transform
from symbackprop.matrix import Entries, MatMul, Ones, Slope, Transpose
from symbackprop.notation import NOTATIONS
from symbackprop.parse.answers import read_answer
from symbackprop.parse.caret import caret
from symbackprop.parse.lexicon import Lexicon
from symbackprop.parse.shapes import ShapeError
from symbackprop.parse.sizes import LONGEST_ANSWER
from symbackprop.render.latex_sheet import macros_of
from symbackprop.render.options import Options
from symbackprop.typeset import Latex, Typesetter
from symbackprop.typeset.shortcuts import ascii_text, latex, plain, unicode_text
from symbackprop.verify.draws import Draws
from symbackprop.verify.points import Setting

OWN_NAMES = {
    "x_1": "i1", "x_2": "i2", "z1_1": "net_h1", "a1_1": "out_h1", "z1_2": "net_h2", "a1_2": "out_h2", "z2_1": "net_o1",
    "z2_2": "net_o2", "a2_1": "out_o1", "a2_2": "out_o2", "y_1": "target_o1", "y_2": "target_o2", "w1_1_1": "w1", "w1_1_2": "w2",
    "w1_2_1": "w3", "w1_2_2": "w4", "w2_1_1": "w5", "w2_1_2": "w6", "w2_2_1": "w7", "w2_2_2": "w8", "L": "E_total",
    "L_1": "E_o1", "L_2": "E_o2",
}  # fmt: skip
PROBLEMS: dict[str, Any] = {
    "net": "2-2-1:sigmoid,half_squared_error",
    "wide": "2-3-1:sigmoid,half_squared_error",
    "single": "1-1:sigmoid,half_squared_error",
    "chain": "1-1-1:tanh/identity,squared_error",
    "softmax": "2-2:softmax,cross_entropy",
    "own": {
        "network": {"inputs": 2, "layers": [{"units": 2, "activation": "sigmoid"}] * 2, "loss": "half_squared_error"},
        "names": OWN_NAMES,
    },
    "samples": {
        "network": {
            "inputs": 2, "layers": [{"units": 3, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}], "loss": "bce",
        },
        "samples": [{}, {}],
    },
    "cube": "u = 2*x + 1; y = u^3",
    "function": "f = x^2*sin(y) + w_0*x_1 + beta*z",
    "letters": "f = x*y*z",
}  # fmt: skip


@cache
def lexicon(name: str) -> Lexicon:
    """Return the symbol table of a problem, once."""
    made = derive(PROBLEMS[name])
    return lexicon_of(made.problem, made.backward)


def read(name: str, text: str) -> Expr:
    """Return the last value of the last line."""
    return read_answer(text, lexicon(name)).lines[-1].values[-1]


# problem, answer, what it is read as, in plain names
READ = (
    # LaTeX as students write it
    ("net", r"-(y-a_1^{[2]})\sigma'(z_1^{[2]})w_{11}^{[2]}\sigma'(z_1^{[1]})x_1",
     "-(y_1 - a2_1)*sigmoid'(z2_1)*w2_1_1*sigmoid'(z1_1)*x_1"),
    ("net", r"\frac{\partial L}{\partial w_{1,1}^{[1]}} = \delta_1^{(1)} x_1", "delta1_1*x_1"),
    ("net", r"(W^{[2]})^\top \delta^{[2]} \odot \sigma'(z^{[1]})", "W2.T*delta2_1*sigmoid'(z1)"),
    ("net", r"$\delta^{[2]} = (a^{[2]}-y)\,a^{[2]}\,(1-a^{[2]})$", "(a2_1 - y_1)*a2_1*(1 - a2_1)"),
    ("net", r"$$\delta_1^{[1]} = \delta^{[2]} w_1^{[2]} a_1^{[1]} (1-a_1^{[1]})$$", "delta2_1*w2_1_1*a1_1*(1 - a1_1)"),
    ("net", r"\[ \left(\hat{y}-y\right)\hat y\bigl(1-\hat{y}\bigr) \]", "(a2_1 - y_1)*a2_1*(1 - a2_1)"),
    ("net", r"\underbrace{(a^{[2]}-y)}_{\text{error}}\,\underbrace{a^{[2]}(1-a^{[2]})}_{\sigma'(z^{[2]})}",
     "(a2_1 - y_1)*a2_1*(1 - a2_1)"),
    ("net", r"\cancel{2}\cdot\frac{1}{\cancel{2}}(a^{[2]}-y)", "a2_1 - y_1"),
    ("net", r"\boxed{\textcolor{red}{(a^{[2]}-y)} x_1}", "(a2_1 - y_1)*x_1"),
    ("net", r"\frac{1}{1+e^{-z^{[2]}}}", "1/(1 + exp(-z2_1))"),
    ("net", r"\sqrt{x_1} + \sqrt[3]{x_2}", "sqrt(x_1) + x_2^(1/3)"),
    ("net", r"\tanh^2(z_1^{[1]}) \sin x_1 \cos x_1", "tanh(z1_1)^2*sin(x_1)*cos(x_1)"),
    ("net", r"\frac12 x_1", "1/2*x_1"),
    ("net", r"\{a_1^{[1]}\}^2", "a1_1^2"),
    ("net", r"{a_1^{[1]}}^2", "a1_1^2"),
    ("net", r"a_1^{[1]}{}^2", "a1_1^2"),
    ("net", r"1-\left(a_1^{[1]}\right)^2", "1 - a1_1^2"),
    ("net", r"W^{[2]\top}\boldsymbol{\delta}^{[2]} \odot \mathbf{a}^{[1]}", "W2.T*delta2_1*a1"),
    ("net", r"{W^{[2]}}^T \delta^{[2]}", "W2.T*delta2_1"),
    ("net", r"\vec{\delta}^{[1]} \vec{x}^T", "delta1 @ x.T"),
    ("net", r"\nabla_{\mathbf{W}^{[1]}} L = \delta^{[1]} \mathbf{x}^\intercal", "delta1 @ x.T"),
    ("net", r"\delta^{L} + \delta^{[L-1]}_1 + a^{[0]}_2", "delta2_1 + delta1_1 + x_2"),
    ("net", r"\delta^1 = (W^2)^T \delta^2 \odot a^1 \odot (1-a^1)", "W2.T*delta2_1*a1*(1 - a1)"),
    ("net", r"\sum_{j=1}^2 w_{1j}^{[2]} a_j^{[1]} + b^{[2]}", "w2_1_1*a1_1 + w2_1_2*a1_2 + b2_1"),
    ("net", r"\sum_j w_{1j}^{[2]} a_j^{[1]}", "w2_1_1*a1_1 + w2_1_2*a1_2"),
    ("wide", r"\sum_{j} \sum_k w^{[1]}_{jk} x_k",
     "w1_1_1*x_1 + w1_1_2*x_2 + w1_2_1*x_1 + w1_2_2*x_2 + w1_3_1*x_1 + w1_3_2*x_2"),
    ("net", r"\begin{cases} 1, & \text{if } z_1^{[1]} > 0 \\ 0, & \text{if } z_1^{[1]} \leq 0 \end{cases}",
     "(1 if z1_1 > 0 else 0)"),
    ("net", r"\begin{cases} x_1 & \text{for } z_1^{[1]} > 0, \\ 0 & \text{else.} \end{cases}", "(x_1 if z1_1 > 0 else 0)"),
    ("net", r"\mathbb{1}[z_1^{[1]}>0]", "(1 if z1_1 > 0 else 0)"),
    ("net", r"\mathbb 1_{z_1^{[1]}>0}", "(1 if z1_1 > 0 else 0)"),
    ("net", r"1_{z_1^{[1]}>0}", "(1 if z1_1 > 0 else 0)"),
    ("net", r"\mathbf{1}\{z_1^{[1]}>0\}", "(1 if z1_1 > 0 else 0)"),
    ("net", r"\max\{0,z_1^{[1]}\}", "max(0, z1_1)"),
    ("net", r"-\frac{y}{\hat y} + \frac{1-y}{1-\hat y}", "-y_1/a2_1 + (1 - y_1)/(1 - a2_1)"),
    ("net", r"\dot\sigma(z_1^{[1]}) + \sigma^{\prime}(z_1^{[1]}) + g^{[1]\prime}(z_1^{[1]})",
     "sigmoid'(z1_1) + sigmoid'(z1_1) + sigmoid'(z1_1)"),
    ("net", r"x_1\!\cdot\!x_2 \times 3 \times 10^{-3}", "3/1000*x_1*x_2"),
    # derivatives
    ("net", r"\frac{\partial L}{\partial \hat y}\frac{\partial a^{[2]}}{\partial z^{[2]}}\frac{\partial z^{[2]}}{\partial a^1_1}",
     "dL_da2_1*local_a2_1_z2_1*local_z2_1_a1_1"),
    ("net", "dL/da2 * da2/dz2 * dz2/dw2_1_1", "dL_da2_1*local_a2_1_z2_1*local_z2_1_w2_1_1"),
    ("net", "∂L/∂a2·∂a2/∂z2·∂z2/∂w1_1_1", "dL_da2_1*local_a2_1_z2_1*dz2_1_dw1_1_1"),
    ("net", r"\frac{\mathrm{d}L}{\mathrm{d}w_{11}^{[1]}}", "dL_dw1_1_1"),
    ("net", r"\frac{\partial}{\partial w_{11}^{[1]}} L", "dL_dw1_1_1"),
    ("net", r"\partial \mathcal{L} / \partial w_{11}^{[1]}", "dL_dw1_1_1"),
    ("net", r"\partial_{w_{11}^{[1]}} L", "dL_dw1_1_1"),
    ("net", r"\frac{\partial E_{\text{total}}}{\partial \hat y}", "dL_da2_1"),
    ("net", "dL_dw1_1_1 + dloss/dw1_1_1", "dL_dw1_1_1 + dL_dw1_1_1"),
    ("net", "dW1", "dL_dW1"),
    ("net", "dz2_1*dA1", "delta2_1*dL_da1"),
    ("net", r"\nabla_{W_1} L", "dL_dW1"),
    ("chain", r"\frac{\partial L}{\partial a_2}\frac{\partial a_2}{\partial z_2}w_2", "dL_da2_1*local_a2_1_z2_1*w2_1_1"),
    ("single", "dL/dw = dL/da * da/dz * dz/dw", "dL_da1_1*local_a1_1_z1_1*local_z1_1_w1_1_1"),
    ("single", r"(a-y)\sigma'(z)x + 1 - a^2 + σ(wx+b)",
     "(a1_1 - y_1)*sigmoid'(z1_1)*x_1 + 1 - a1_1^2 + sigmoid(w1_1_1*x_1 + b1_1)"),
    ("net", "d(L)/d(w1_1_1) + partial L/partial b2", "dL_dw1_1_1 + dL_db2_1"),
    ("net", "dL/dw_11^[1] * δ^(1)_2 * w2_11 * ŷ_1", "dL_dw1_1_1*delta1_2*w2_1_1*a2_1"),
    ("net", r"\delta_{1}^{[1]} w2_{11} \quad\text{(chain rule)}", "delta1_1*w2_1_1"),
    ("net", r"\operatorname{ReLU}^{\prime}(z_1^{[1]}) + \mathbb{I}(z_1^{[1]}>0) + {\sigma}'(z_1^{[1]})",
     "relu'(z1_1) + (1 if z1_1 > 0 else 0) + sigmoid'(z1_1)"),
    ("net", "≈ 0.123", "0.123"),
    ("samples", "np.multiply(np.dot(W2.T, dZ2), 1 - np.power(A1, 2))", "W2.T @ Delta2*(1 - A1^2)"),
    ("cube", r"\frac{dy}{du}\frac{du}{dx}", "dy_du*local_u_x"),
    ("cube", r"\frac{dy}{du} = \frac{d}{du}(u^3) = 3u^2", "3*u^2"),
    ("net", r"\bppartial\bploss / \bppartial w^{\bplayer{1}}_{1,1} = \delta^{\bplayer{1}}_1 x_1 \bpreason{by $\delta$} \label{a}",
     "delta1_1*x_1"),
    ("own", r"\frac{\partial E_{total}}{\partial out_{o1}} \cdot \frac{\partial out_{o1}}{\partial net_{o1}}",
     "dL_da2_1*local_a2_1_z2_1"),
    # plain text
    ("net", "W2.T @ d2 * (1 - a1**2)", "W2.T*delta2_1*(1 - a1^2)"),
    ("net", "δ₁⁽¹⁾·x₁ − ½·σ′(z₁⁽¹⁾)", "delta1_1*x_1 - 1/2*sigmoid'(z1_1)"),
    ("net", "W2ᵀ·δ2 ⊙ σ′(z1)", "W2.T*delta2_1*sigmoid'(z1)"),
    ("net", "np.dot(W2.T, d2) * a1 * (1 - a1)", "W2.T*delta2_1*a1*(1 - a1)"),
    ("net", "np.outer(d1, x)", "delta1 @ x.T"),
    ("net", "np.where(z1_1 > 0, 1, 0)*np.exp(-x_1)", "(1 if z1_1 > 0 else 0)*exp(-x_1)"),
    ("net", "sigmoid_prime(z1_1)*dsigmoid(z1_2)*ReLU'(z1_1)", "sigmoid'(z1_1)*sigmoid'(z1_2)*relu'(z1_1)"),
    ("net", "(yhat - y)*y_hat*(1-a2)", "(a2_1 - y_1)*a2_1*(1 - a2_1)"),
    ("net", "w1[1,2] + w_12^(1) + w1_12 + w112", "w1_1_2 + w1_1_2 + w1_1_2 + w1_1_2"),
    ("net", "w_{12}^{(1)} + w^{[1]}_{1,2} + x2", "w1_1_2 + w1_1_2 + x_2"),
    ("net", "2x_1x_2 + 3x1*x2", "2*x_1*x_2 + 3*x_1*x_2"),
    ("net", "1/2x_1", "1/2*x_1"),
    ("net", "[z1_1>0] + I(z1_2>0) + H(z1_1) + 1{z1_2>0}",
     "(1 if z1_1 > 0 else 0) + (1 if z1_2 > 0 else 0) + (1 if z1_1 > 0 else 0) + (1 if z1_2 > 0 else 0)"),
    ("net", "x_1 if z1_1 >= 0 else 0", "(x_1 if z1_1 >= 0 else 0)"),
    ("net", "sum(j=1..2, w2[1,j]*a1[j])", "w2_1_1*a1_1 + w2_1_2*a1_2"),
    ("net", "W1 x + b1", "W1 @ x + b1"),
    ("net", "|x_1|·√x_2", "abs(x_1)*sqrt(x_2)"),
    ("net", "a1_1**2 + a1_1^2 + x_1²", "a1_1^2 + a1_1^2 + x_1^2"),
    ("net", "δ² + delta_1^2 + d2_1", "delta2_1 + delta2_1 + delta2_1"),
    ("chain", "2(a_2-y)w_2(1-a_1^2)x", "2*(a2_1 - y_1)*w2_1_1*(1 - a1_1^2)*x_1"),
    ("chain", "2*(a2-y)*w2*(1-a1^2)*x", "2*(a2_1 - y_1)*w2_1_1*(1 - a1_1^2)*x_1"),
    ("softmax", r"\hat{\mathbf{y}} - \mathbf{y}", "a1 - y"),
    ("softmax", "p_1 - y_1", "a1_1 - y_1"),
    ("softmax", r"\frac{e^{z_1}}{\sum_k e^{z_k}} - y_1", "exp(z1_1)/(exp(z1_1) + exp(z1_2)) - y_1"),
    ("softmax", "softmax(z)_1 - y_1", "softmax(1, z1_1, z1_2) - y_1"),
    ("own", "-(target_o1 - out_o1)*out_o1*(1-out_o1)*out_h1", "-(y_1 - a2_1)*a2_1*(1 - a2_1)*a1_1"),
    ("own", "(delta_o1*w5 + delta_o2*w_7)*i_1", "(delta2_1*w2_1_1 + delta2_2*w2_2_1)*x_1"),
    ("own", r"\delta_{o1}\,\mathrm{out}_{h1} + \text{out}_{h_2}", "delta2_1*a1_1 + a1_2"),
    ("samples", r"\frac1m \sum_{i=1}^{m} \delta^{[2](i)} a_1^{[1](i)}", "1/2*(delta2_1_s1*a1_1_s1 + delta2_1_s2*a1_1_s2)"),
    ("samples", r"\hat{y}^{(1)} - y^{(1)} + x_1^{(2)}", "a2_1_s1 - y_1_s1 + x_1_s2"),
    ("samples", "dW1 = 1/m*np.dot(dZ1, X.T)", "1/2*Delta1 @ X.T"),
    ("samples", "W1 @ X + b1", "W1 @ X + b1 @ ones(2).T"),
    ("function", r"2x\sin y + \beta z w_0 x1", "2*x*sin(y) + beta*z*w_0*x_1"),
    ("letters", "2xyz + xe^(-y) + xsin(y) + x(1+y)", "2*x*y*z + x*exp(-y) + x*sin(y) + x*(1 + y)"),
    # sums, indicators, Kronecker's δ
    ("net", "Σ_{j=1}^{2} δ1_j w1_j_2", "delta1_1*w1_1_2 + delta1_2*w1_2_2"),
    ("net", "sum(w1_1_k*x_k, k=1..2) + b1_1", "w1_1_1*x_1 + w1_1_2*x_2 + b1_1"),
    ("net", r"\sum_{j \in \{1,2\}} x_j", "x_1 + x_2"),
    ("net", r"\sum_{i=1}^{1} x_{i+1} w^{[i+1]}_{1,i}", "x_2*w2_1_1"),
    ("net", r"\sum_{j=1}^{2} \mathbb{1}[j=1] x_j + \sum_{j=1}^{2} 1_{j \neq 1} a^{[1]}_j", "x_1 + a1_2"),
    ("net", r"\sum_{j=1}^{2} \sum_{k=1}^{2} \delta_{jk} x_j x_k", "x_1*x_1 + x_2*x_2"),
    ("net", "(a2 - y) w2_11 1[z1_1 > 0] x_2", "(a2_1 - y_1)*w2_1_1*(1 if z1_1 > 0 else 0)*x_2"),
    ("net", r"\left[\delta^{[2]} w_{11}^{[2]} + x_1 x_2\right] x_1", "(delta2_1*w2_1_1 + x_1*x_2)*x_1"),
    ("own", "1/(1 + e^(-net_o1))", "1/(1 + exp(-z2_1))"),
    # glued, and letters of other courses
    ("cube", "2x*sinx - x²cosx + sin2x", "2*x*sin(x) - x^2*cos(x) + sin(2*x)"),
    ("cube", "xsinx + tanhu", "x*sin(x) + tanh(u)"),
    ("net", "h_1 (1 - h_1) (o - t) s'(z1_1)", "a1_1*(1 - a1_1)*(a2_1 - y_1)*sigmoid'(z1_1)"),
    ("net", "h'(z1_1)", "sigmoid'(z1_1)"),
    # layers by digits and by company
    ("net", "δ₁ xᵀ", "delta1 @ x.T"),
    ("net", "δ₁ᵀ x", "delta1.T @ x"),
    ("net", "Σ_j δ1_j·s'(z1_j)", "delta1_1*sigmoid'(z1_1) + delta1_2*sigmoid'(z1_2)"),
    ("net", "W₂ᵀ·δ₂ ⊙ a1", "W2.T*delta2_1*a1"),
    ("net", "dL/dw1", "dL_dW1"),
    ("net", "grad_W1 L + grad_W1", "dL_dW1 + dL_dW1"),
    # Ng's course over several samples: dZ stacks each sample's own derivatives, dW is of the cost
    ("samples", "dZ2", "Delta2"),
    ("samples", "dA1 + dz^{[2](1)}", "dL_dA1 + delta2_1_s1"),
    ("samples", r"\hat{Y} - Y + \frac{\partial L}{\partial b^{[2]}}", "A2 - Y + dJ_db2_1"),
    ("samples", r"\frac1m \sum_i dz^{[2](i)}", "1/2*(delta2_1_s1 + delta2_1_s2)"),
    ("samples", r"\sum_i dz^{[1](i)}",
     "[delta1_1_s1; delta1_2_s1; delta1_3_s1] + [delta1_1_s2; delta1_2_s2; delta1_3_s2]"),
    ("samples", "dJ/dZ2 + db2", "dJ_dZ2 + dJ_db2_1"),
    # numbers
    ("net", "0,5", "0.5"),
    ("net", "1{,}5", "1.5"),
    ("net", r"5\,\%", "1/20"),
    ("net", "12,5%", "0.125"),
    ("net", "3·10^-3", "3/1000"),
    ("net", "2⁻³", "1/8"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "text", "meant"), READ)
def test_what_is_read(name: str, text: str, meant: str) -> None:
    """Each answer is read as the expression meant."""
    assert plain(read(name, text)) == meant


def test_the_table_of_answers_is_not_empty() -> None:
    """The open corpus has at least sixty rows."""
    assert len(READ) >= 60
    assert len(REFUSED) >= 40


# problem, answer, a part of the message, and the position
REFUSED = (
    ("net", "", "nothing to read", 0),
    ("net", "w_{11}", "ambiguous: it can be w1_1_1 or w2_1_1", 0),
    ("net", r"\nabla_{W} L", "W1 or W2", 8),
    ("net", "δ₂", "delta1_2 or delta2_1", 0),
    ("net", "1 - a^2", "may be layer 2 or a power", 4),
    ("net", "1 - a_1^2", "may be layer 2 or a power", 4),
    ("chain", "1 - a_1^2", "may be layer 2 or a power", 4),
    ("net", "a1_1 + a_1^3", "neither a layer", 7),
    ("net", "w1_3_1", 'there is no "w1_3,1"', 0),
    ("net", "q + 1", 'unknown name "q"', 0),
    ("net", "e = a2 - y", 'unknown name "e"', 0),
    ("net", "delta1_1*targt", "unknown name", 9),
    ("net", "а1_1", "U+0430 (CYRILLIC SMALL LETTER A)", 0),
    ("net", "x_1 + р_1", 'U+0440 (CYRILLIC SMALL LETTER ER), which only looks like "p"', 6),
    ("net", "1,000", "ambiguous: write 1.000 or 1000", 0),
    ("net", "(0,5)", "in brackets is ambiguous", 1),
    ("net", "σ'", "needs the place where it is taken", 0),
    ("net", r"\sigma(1-\sigma)", "needs its argument in brackets", 9),
    ("net", r"\ln a^{[2]} y", "ambiguous", 12),
    ("net", "W1[0,0]", "count from 1", 3),
    ("net", "a1(2)", "write a1[2] for an entry", 0),
    ("net", "z1_1(x_1)", "ambiguous", 0),
    ("cube", "u(x)", "ambiguous", 0),
    ("net", "(a2 - y)'", "a prime differentiates", 8),
    ("net", "W2'", "transpose is written", 2),
    ("net", "the gradient is 5", 'the word "the"', 0),
    ("net", "a2 - y so = 3", "only formulas are read", 7),
    ("net", r"\foo{x}", r"the command \"\foo\" is not read".replace('\\"', '"'), 0),
    ("net", r"\frac{\partial^2 L}{\partial w^2}", "second derivatives", 14),
    ("net", "2 3", "an operator", 2),
    ("net", "1½", "mixed number", 1),
    ("net", "(x_1", "to close '(x_1'", 4),
    ("net", "x_1)", "without its opening bracket", 3),
    ("net", "1/0", "division by zero", 1),
    ("net", "x_1^65", "exponents up to 64", 3),
    ("net", "1" * 41, "up to 40 digits", 0),
    ("net", "W1^2", "ambiguous", 2),
    ("wide", r"\sum_j w_{1j}^{[2]} x_j", "different numbers of units", 0),
    ("net", r"\sum_j x_1", "needs its range", 0),
    ("net", r"\sum_{j=1}^{65} x_1", "1 to 64 terms", 0),
    ("net", r"\delta_j", 'the index "j" has no value', 0),
    ("net", "x_1 + … + x_2", "write all terms out", 6),
    ("net", "dL/dw", "ambiguous", 4),
    ("net", r"e^x_1 \cdot 2", "write it in braces", 2),
    ("letters", "1/xy", "ambiguous: write brackets", 2),
    ("letters", "x^yz", "ambiguous: write brackets", 2),
    ("samples", "a1_1", "there is no", 0),
    ("net", "[x_1 x_2]", "need a comma", 5),
    ("net", r"\begin{bmatrix}1&2\\3\end{bmatrix}", "2 and 1 entries", 0),
    ("net", "[0,5; 1,5]", "ambiguous before a semicolon", 1),
    ("net", r"x^{-1}", "a power of a matrix is ambiguous", 1),
    ("wide", "∂z1/∂W1", "is no matrix", 0),
    ("net", "d²L/dw1_1_1²", "second derivatives", 0),
    ("net", r"\frac{d^2 L}{dw_{11}^{[1]}}", "second derivatives", 6),
    ("net", r"\delta_1^{l} x_1", 'the layer "l" has no value', 10),
    ("net", r"\delta_1^{(l+1)} x_1", 'the layer "l" has no value', 11),
    ("net", r"\delta^{[1]} x", "in two ways", 13),
    ("net", "delta1 x", "in two ways", 7),
    ("net", "x·x", "write ⊙ for entry by entry, aᵀ b for the sum", 1),
    ("net", "W1[:,0]", "slices", 2),
    ("net", "W1[1]", "2 indices are needed, counted from 1, as in w1_1_1", 0),
    ("net", "W2[1][1]", "one pair of brackets", 5),
    ("net", "a1[1][2]", "one pair of brackets", 5),
    ("net", "w2{1,1}", "braces are no brackets", 2),
    ("net", "w1_2", "2 indices are needed", 0),
    ("net", "w21", "there is no", 0),
    ("net", "w9_1_1", "the layers are 1 and 2", 0),
    ("net", "dL/dw9_1_1", 'there is no "w9_1,1" here: the layers are 1 and 2', 4),
    ("net", "dL/dq", 'unknown name "q"', 4),
    ("net", "delta1_3", "layer 1 has 2 units", 0),
    ("net", "w1_1_3", "layer 1 has 2 inputs", 0),
    ("net", "dL * x_1", '"dL" alone is no derivative', 0),
    ("net", "||x||", "a norm is not read", 0),
    ("cube", r"x^{2}^{3}", "one above the other", 5),
    ("cube", r"\sin x^2^3", "no exponent on an exponent", 8),
    ("cube", r"\sin x^10", "write ^{10}", 7),
    ("cube", "u^2 + C", 'unknown name "C"; a derivative has no constant', 6),
    ("cube", "1/xsinx", 'unknown name "xsinx"', 2),
    ("net", "h1*x_1", 'there is no "h1"', 0),
    ("net", "q_1", "(known: x_1, w1_1_1, b1_1, y_1, z1_1, a1_1, L,", 0),
    ("cube", r"\frac{d}{dx} x^3", "only the name of one quantity", 13),
    ("cube", r"\frac{d}{du} y^2", "only the name of one quantity", 13),
    ("softmax", r"\sum_{k=1}^{2} \delta_{1k} y_k", "Kronecker's delta or the delta of a layer", 15),
    ("net", "w11*x_1 + w21", "the layer comes first, then every index, as in w1_1_1", 0),
    ("net", "a1[-1]", "counted from the end", 2),
    ("net", "W1.T[1]", "an entry of a formula", 4),
    ("net", r"\mathbb{1}[i=j]", 'the index "i" has no value', 11),
    ("net", "h1", "an index is needed", 0),
    ("samples", "∂L/∂Z2", "write dZ2 for each sample's own, dJ/dZ2 for the cost", 0),
    ("net", "W1*x", "write @ for the product of matrices", 2),
    ("cube", "e^2x", "how far the exponent reaches", 3),
    ("samples", "a^{(2)}", "layer 2 or sample 2", 0),
    ("own", r"\sum_{o} \mathrm{out}_{o}", "needs its range", 0),
    ("net", "I don't know", 'the word "I": this is no formula', 0),
    ("net", "detla = a2 - y", 'unknown name "detla"', 0),
    ("net", "e = a2 - y\ne^x_1", "write exp(…)", 11),
    ("cube", r"\frac{\partial}{\partial x}(3x^2)", "where the line goes on", 27),
    ("net", r"\frac{\partial}{\partial w^{[2]}_{11}}(2 a^{[2]}) = 1", "a2_1 depends on w2_1_1", 38),
    ("net", r"x_1 \bplayer 1", r'"\bplayer" is not read', 4),
)  # fmt: skip


@pytest.mark.parametrize(("name", "text", "message", "position"), REFUSED)
def test_what_is_refused(name: str, text: str, message: str, position: int) -> None:
    """What can be read in two ways, or in none, is refused with the place and a sentence."""
    with pytest.raises(ParseError) as caught:
        read(name, text)
    assert type(caught.value) in {ParseError, ShapeError}
    assert message in str(caught.value)
    assert caught.value.position == position


def test_matrices_and_vectors() -> None:
    """Explicit matrices row by row, vectors as columns."""
    one, two, three = Number(1), Number(2), Number(3)
    assert read("net", r"\begin{pmatrix}1&2\\3&x_1\end{pmatrix}") == Entries(((one, two), (three, Symbol("x_1"))))
    for text in ("[1, 2]", "[1; 2]", "(1, 2)", "[[1], [2]]", r"\begin{bmatrix}1\\2\end{bmatrix}", "np.array([1, 2])"):
        assert read("net", text) == Entries(((one,), (two,))), text
    assert read("net", "[[1, 2]]") == Entries(((one, two),))
    assert read("net", "(1,2,3)") == Entries(((one,), (two,), (three,)))
    assert read("net", "diag(a1)") == Entries(((Symbol("a1_1"), ZERO), (ZERO, Symbol("a1_2"))))
    assert read("net", "np.sum(d1)") == MatMul((Transpose(Ones(2)), Adjoint("delta1", "L", "z1")))
    assert read("net", "σ'(z1)") == Slope("sigmoid", Symbol("z1"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("W1 @ W2", "cannot multiply W1 (2×2) by W2 (1×2); W2ᵀ would fit"),
        ("x W1", "cannot multiply x (2×1) by W1 (2×2); xᵀ would fit"),
        ("d1 @ x", "cannot multiply delta1 (2×1) by x (2×1); delta1ᵀ x or delta1 xᵀ would fit"),
        ("W2.T.T.T @ x", "cannot multiply W2ᵀ (2×1) by x (2×1); W2 x or W2ᵀ xᵀ would fit"),
        ("(d1 + x) @ x", "cannot multiply 2×1 by x (2×1); with the left one transposed they fit"),
        ("W1 + W2", "cannot combine"),
        ("a1 ⊙ W2", "one of them transposed fits"),
    ],
)
def test_shapes_that_do_not_fit(text: str, message: str) -> None:
    """A ShapeError has both shapes and says which transpose would fit."""
    with pytest.raises(ShapeError) as caught:
        read("net", text)
    assert message in str(caught.value)


def test_lines() -> None:
    """Lines of `name = expression`, continued by lines that begin with a sign."""
    text = r"""\begin{align*}
        \delta^{[2]} &= (a^{[2]} - y)\,\sigma'(z^{[2]}) \\
                     &= (a^{[2]} - y)\,a^{[2]} \\ &\qquad \cdot (1 - a^{[2]}) \tag{1} \\
        \Rightarrow \frac{\partial L}{\partial w_{11}^{[2]}} &= \delta^{[2]} a_1^{[1]}
    \end{align*}"""
    first, second = read_answer(text, lexicon("net")).lines
    assert [plain(value) for value in first.values] == ["(a2_1 - y_1)*sigmoid'(z2_1)", "(a2_1 - y_1)*a2_1*(1 - a2_1)"]
    assert first.left == Adjoint("delta2_1", "L", "z2_1")
    assert second.left == Adjoint("dL_dw2_1_1", "L", "w2_1_1")
    assert text[second.start : second.end].startswith(r"\frac{\partial L}")
    plainly = read_answer("dz2 = a2 - y\ndW2 = dz2 @ a1.T\n\ndb2 = dz2; dW1 =\n dz2", lexicon("net")).lines
    assert [plain(line.left) for line in plainly if line.left] == ["delta2_1", "dL_dW2", "dL_db2_1", "dL_dW1"]
    formulas = read_answer("$\\delta^{[2]} = a^{[2]} - y$\n$b^{[2]} = 1$", lexicon("net")).lines
    assert [plain(line.values[0]) for line in formulas] == ["a2_1 - y_1", "1"]
    assert read_answer("(a2 - y)*x_1", lexicon("net")).lines[0].left is None
    assert len(read_answer("\\delta^{[2]} = a^{[2]} - y\n\\delta^{[1]}_1 = x_1", lexicon("net")).lines) == 2


@pytest.mark.parametrize(
    ("text", "digits"),
    [("0.150", 3), ("-0.02", 1), ("1/3", None), ("x_1", None), ("dz2 = 12.50", 4), (r"3.10 \cdot 10^{-4}", 3), ("0,25", 2),
     ("1.50e-3", 3), ("0.0", 1), ("2*3", None), ("(0.1,0.2)", None), ("-1.3*10^(-3)", 2)],
)  # fmt: skip
def test_significant_digits(text: str, digits: int | None) -> None:
    """The digits of one numeral are counted; an exact fraction has none."""
    assert read_answer(text, lexicon("net")).lines[-1].digits == digits


def test_names_of_the_answers_own() -> None:
    """A line that gives a new name to a value, which lines below use, is marked; they have the value in its place."""
    first, second, third = read_answer("e = a2_1 - y\nh = e*a2*(1 - a2)\ndL/dw2_1_1 = h*a1_1", lexicon("net")).lines
    assert [line.defines for line in (first, second, third)] == ["e", "h", ""]
    assert first.left == Symbol("e")
    assert plain(second.values[0]) == "(a2_1 - y_1)*a2_1*(1 - a2_1)"
    assert plain(third.values[0]) == "(a2_1 - y_1)*a2_1*(1 - a2_1)*a1_1"
    assert plain(read("own", "e = out_o1 - target_o1\ne*out_h1")) == "(a2_1 - y_1)*a1_1"
    written = r"\begin{aligned} s &= \sigma(z_1^{[1]}) \\ \delta_1^{[1]} &= \delta^{[2]} w_{11}^{[2]} s(1-s) \end{aligned}"
    assert plain(read("net", written)) == "delta2_1*w2_1_1*sigmoid(z1_1)*(1 - sigmoid(z1_1))"
    swollen = "q1 = x_1 + x_2\n" + "".join(f"q{k + 1} = q{k}*q{k} + q{k}\n" for k in range(1, 40)) + "dL/dw1_1_1 = q40"
    message = refusal("net", swollen, "text")
    assert message is not None
    assert "too long together" in str(message)


def test_primes_on_the_left_of_a_function() -> None:
    """y′ = …, y′(x) = … and f′(x) = … are the derivative by the only variable, or by the one in brackets."""
    for text in ("y' = 3*x^2", "y'(x) = 3x^2", "f'(x) = 3x^2", "f' = 3x^2", r"y^{\prime} = 3x^2", "f^\\prime(x) = 3x^2"):
        (line,) = read_answer(text, lexicon("cube")).lines
        assert (line.left, plain(line.values[0])) == (Adjoint("dy_dx", "y", "x"), "3*x^2"), text
    assert refusal("letters", "f' = 2", "text") is not None
    for text in ("f_x = y*z", r"f_x = \frac{2yz}{2}"):
        assert read_answer(text, lexicon("letters")).lines[0].left == Adjoint("df_dx", "f", "x")
    assert "a derivative is written df/dx" in str(refusal("letters", "fx = y*z", "text"))
    first, second = read_answer(r"f(x) &= x^2 \\ f'(x) &= 2x", lexicon("cube")).lines
    assert (first.left, second.left) == (Symbol("y"), Adjoint("dy_dx", "y", "x"))
    assert read_answer("f(x, y, z) = x*y*z", lexicon("letters")).lines[0].left == Symbol("f")


def test_learning_rates() -> None:
    """η, α and lr are read where the problem declares training."""
    trained = {**PROBLEMS["own"], "training": {"learning_rate": 0.5}}
    made = derive(trained)
    assert plain(read_answer("-eta*dL_dw1_1_1", lexicon_of(made.problem, made.backward)).lines[0].values[0]) == "-eta*dL_dw1_1_1"
    error = refusal("net", "-eta*x_1", "text")
    assert error is not None
    assert 'unknown name "eta"' in str(error)


def test_caret() -> None:
    """The line, and a caret under the place; wide characters take two columns, long lines are cut."""
    assert caret("x + q", 4) == "x + q\n    ^"
    assert caret("漢 + q", 4) == "漢 + q\n     ^"
    assert caret("a\nb + q", 6) == "b + q\n    ^"
    long = caret("x + " * 100 + "q", 400)
    assert max(map(len, long.split("\n"))) <= 80
    assert long.startswith("…")


# --- the law: what is printed is read back -------------------------------------------------------------------


def normal(expr: Expr, outputs: tuple[str, ...]) -> Expr:
    """Write ∂output/∂x as the adjoint and a step as cases: both are printed alike."""

    def write(part: Expr) -> Expr | None:
        if isinstance(part, Partial) and part.child in outputs:
            return Adjoint(f"d{part.child}_d{part.parent}", part.child, part.parent)
        if isinstance(part, Call) and part.function == "step":
            return Cases(((ONE, Condition(transform(part.arguments[0], write), ">", ZERO)),), ZERO)
        return None

    return transform(expr, write)


def printed(made: Derivation) -> dict[str, Expr]:
    """Return every definition, derivative and local derivative of a derivation as printed in every notation."""
    backward = made.backward
    exprs: list[Expr] = [node.expr for node in (*backward.nodes, *made.graph.nodes)]
    exprs += [step.value for step in backward.locals.values()]
    exprs += [node.symbol for node in (*backward.nodes, *made.graph.nodes)] + [s.about for s in backward.locals.values()]
    found: dict[str, Expr] = {}
    for expr in dict.fromkeys(exprs):
        found.setdefault(plain(expr), expr)
        for notation in NOTATIONS:
            speller = make_speller(made.problem, backward, notation)
            forms = [form(expr, speller) for form in (latex, unicode_text, ascii_text)]
            for inline in (False, True):  # with the names that documents provide
                emitter = Latex(colour=True, inline=inline, macros=macros_of(speller))
                forms.append(Typesetter(emitter, speller).text(expr))
            for form in forms:
                found.setdefault(form, expr)
    return found


@pytest.mark.parametrize("case", [case for case in CASES if case.name not in LARGE], ids=lambda case: case.name)
def test_what_is_printed_is_read_back(case: Case) -> None:
    """LaTeX, Unicode, ASCII and plain names, in every notation: the same expression, or one of the same value."""
    made = case.derivation()
    symbols, outputs = lexicon_of(made.problem, made.backward), made.backward.outputs
    texts = printed(made)
    assert texts
    point = None
    for text, expr in texts.items():
        (line,) = read_answer(text, symbols).lines
        got, meant = normal(line.values[0], outputs), normal(expr, outputs)
        if got != meant:
            point = point or Draws(Setting(made.graph, (), made.problem.assumptions), 1).field_point
            assert point is not None
            assert point.value(got) == point.value(meant), text


def equations(blocks: tuple[Block, ...]) -> list[tuple[Expr | None, tuple[Expr, ...]]]:
    """Return left side and values of every equation of a document's displays, with the rows that continue it."""
    found: list[tuple[Expr | None, tuple[Expr, ...]]] = []
    for row in (row for block in blocks if isinstance(block, Lines) for row in block.rows):
        sides = row.right.sides if isinstance(row.right, Relation) else (row.right,)
        sides += () if row.value is None else (row.value,)
        if row.left is None:
            found[-1] = (found[-1][0], found[-1][1] + sides)
        else:
            found.append((row.left, sides))
    return found


def displayed(tex: str, begins: str) -> Iterator[str]:
    """Yield the equations of the displays of a LaTeX document; in one, a line that `begins` otherwise goes on."""
    displays = re.findall(r"\\begin\{alignat\*?\}\{\d\}\n(.*?)\n\\end\{alignat", tex, flags=re.DOTALL)
    assert displays
    for display in displays:
        yield from re.split(rf"\\\\\*?(?:\[3pt\])?\n(?={begins})", display)


@pytest.mark.parametrize("case", [case for case in CASES if case.name not in LARGE], ids=lambda case: case.name)
def test_documents_are_read_back(case: Case) -> None:
    """Every equation of an article and of slides, copied with its reason and marks, is what the document says."""
    made = case.derivation().told(detail=1)  # an operator before a formula, as in micro-steps, is not read
    symbols = lexicon_of(made.problem, made.backward)
    told = [(left, values) for left, values in equations(made.document().blocks) if left is not None]
    slides = Options(beamer=True)
    for tex in (made.render("standalone"), made.render("standalone", slides), made.render("latex")):
        meant = iter(told)
        for piece in displayed(tex, r"(?!&)(?!\\uncover<\d+->\{\{\}\}?&)"):
            lines = read_answer(rf"\begin{{alignat*}}{{2}}{piece}\end{{alignat*}}", symbols).lines
            assert 1 <= len(lines) <= 2  # two stand side by side
            for line in lines if not piece.startswith("&") else ():  # else of a table, whose formulas are too wide for it
                left, values = next(meant)
                assert (line.left or line.values[0]) == left
                assert len(line.values) - (line.left is None) == len(values), piece
        assert next(meant, None) is None


@pytest.mark.parametrize("case", [case for case in CASES if not case.derivation().speller.network], ids=lambda case: case.name)
def test_micro_steps_are_read_back(case: Case) -> None:
    """∂/∂x before a formula in brackets is worked out; where its names depend on x, it is refused and said why."""
    made = case.derivation()
    symbols = lexicon_of(made.problem, made.backward)
    for piece in displayed(made.render("latex"), r"(?!&)"):
        error = refusal_of(rf"\begin{{alignat*}}{{2}}{piece}\end{{alignat*}}", symbols)
        assert error is None or "depends on" in error or "characters" in error, piece


def refusal_of(text: str, symbols: Lexicon) -> str | None:
    """Return the sentence by which a text is refused, or None where it is read."""
    try:
        lines = read_answer(text, symbols).lines
    except ParseError as error:
        return str(error)
    return None if all(line.values for line in lines) else "nothing"


# --- hostile input -------------------------------------------------------------------------------------------

PIECES = (
    "(", "[", "{", "{(", ")", "]", "}", "^", "_", "'", "-", "+-", "2", "x", "x/", "x*", "x+", "x ", "x^", "x_", "x'", ".T", "W1@",
    r"\frac{", r"\frac", r"\frac{x}{", r"\sqrt", r"\sqrt{", r"\sum_j ", r"\sum_{j=1}^{64}", "sum(j=1..64,", r"\sin", "sin ",
    r"\hat", r"\hat{", r"\left(", r"\left", "|", "|x", "d", "dL/d", "∂", "∂L/∂", r"\partial", r"\nabla_", r"\begin{cases}",
    r"\begin{bmatrix}", r"\end{cases}", r"\begin{aligned}", r"\begin{", r"\text{", r"\mathbf{", r"\mathbf", r"\underbrace{", "$",
    r"\[", "\\", r"\\", "\n", "x\n", "x=\n", ";", "=", "x=", "1,", "[[", "\x00", "\u0301", "½", "⁹", "x⁹", "x₁", "₁", "x if ",
    "1 if x>0 else ", "x<", "[x>0]", "1{", "np.", "np.exp(", "x.sum(", "transpose(", "diag(", "softmax_1(", "max(", "%", "~", "&",
    "{}", "a", "xy", "x_1", "w1_1_1", "delta", "\\def\\x{\\x\\x}", "__import__('os')", "9**", "∇", "Σ_j", "𝟙", "1_{",
    r"\frac{\partial}{\partial x}(", r"\frac{\partial}{\partial x_1}(x_1*", r"\bplayer{", r"\bplayer{1}", r"\uncover<2->{",
    r"\bpedge", r"x&&&y\\", "&&&", r"&&&\\", r"\text{\itshape ", r"\bpnumber{1}&&& x = y \\ ",
)  # fmt: skip


def refusal(name: str, text: str, written: str) -> ParseError | None:
    """Return how a text is refused, or None where it is read; any other error goes on."""
    try:
        read_answer(text, lexicon(name), written)
    except ParseError as error:
        return error
    return None


@pytest.mark.parametrize("name", ["net", "cube", "samples"])
def test_hostile_input_is_refused_quickly(name: str) -> None:
    """Long, deep and meaningless texts end in one sentence, within a second, and never in another error."""
    assert PIECES
    for piece in PIECES:
        for text in (piece * (LONGEST_ANSWER // len(piece)), piece * 100_000, piece * 59 + "x", piece * 61 + "x", piece):
            for written in ("latex", "text"):
                started = time.process_time()
                error = refusal(name, text, written)
                assert time.process_time() - started < 1, text[:40]
                if error is not None:
                    assert 0 < len(str(error)) < 300
                    assert "\n" not in str(error)
                    assert caret(error.text, error.position)


def test_depth_needs_no_deep_stack() -> None:
    """The deepest text that is accepted is read within Python's stack, with room to spare."""
    pairs = [("(", ")"), ("{", "}"), (r"\frac{1}{1+", "}"), ("exp(1+", ")"), (r"\left[2\cdot x^{", r"}\right]"), ("|1+", "|")]
    for opening, closing in pairs:
        count = 29 if "^" in opening else 59
        text = opening * count + "x" + closing * count
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(_frames() + 760)
        try:
            message = refusal("letters", text, "latex")
        finally:
            sys.setrecursionlimit(limit)
        assert message is None or "nested" in str(message) or "operations deep" in str(message), opening


def _frames() -> int:
    frame, count = sys._getframe(), 0  # noqa: SLF001 - counts how deep the test itself runs
    while frame is not None:
        frame, count = frame.f_back, count + 1
    return count


def test_random_texts_end_in_a_sentence() -> None:
    """Tokens in any order: an answer or a ParseError with a place in the text."""
    source = random.Random(4)
    atoms = [*PIECES, r"\sigma", "z1", "L", "/", r"\right", "y", ">", "else", r"\text{if}", "δ", "a^{[1]}_1", "w_{11}", ","]
    for _ in range(4000):
        text = "".join(source.choice(atoms) + source.choice(("", "", " ")) for _ in range(source.randint(1, 30)))
        error = refusal(source.choice(("net", "cube", "samples")), text, source.choice(("auto", "latex", "text")))
        assert error is None or 0 <= error.position <= len(text)


def test_the_cases_have_their_names() -> None:
    """The law above runs on every case but the large."""
    assert len(BY_NAME) == len(CASES) > 50
