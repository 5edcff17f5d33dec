"""
A corpus of answers as students, lecturers and textbooks write them, made without sight of the reader.

A row says which problem, in which format, what was written, what a careful human reads, whether that is right, and
what was asked.  A reading is written in plain names, as `symbackprop.parse.parse` takes it:

- a scalar is a string; a matrix is a tuple of rows of strings (a column vector has rows of one entry);
- a chain, or one line with several `=`, is a tuple of pairs (plain name of the left side, what it is set equal to),
  one pair for every right side, in order; a line that begins with `=` goes on with the left side before it;
- ∂child/∂parent along an edge is `local_child_parent`; by the output, or between values that are no edge,
  it is the adjoint `doutput_dvalue`; by a pre-activation of the loss it is `delta…`;
- None: it cannot be read, and the verdict is "invalid".  `place` is where the caret may stand: a piece of the answer
  (its first occurrence, from its first character to the one after its last), a pair of offsets, or "" for anywhere;
  `hint` has words of which the message must contain at least one (case does not matter);
- `also` has other verdicts that can be defended (shapes that do not fit: "invalid", but "wrong" is no scandal);
- `AnyOf`: several readings can be defended; the verdict is then a tuple, one for each.  Any other reading is a misreading.
"""

# ruff: noqa: E501 - one answer a row
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

Reading = Any


class AnyOf(tuple[Reading, ...]):
    """Several readings, each of which can be defended; None among them says that it may be refused."""

    __slots__ = ()

    def __new__(cls, *readings: Reading) -> Self:
        """Take the readings one by one."""
        return super().__new__(cls, readings)


@dataclass(frozen=True)
class Row:
    """One answer; see the module's docstring."""

    problem: str
    format: str
    answer: str
    reading: Reading
    verdict: str | tuple[str, ...]
    target: str
    place: str | tuple[int, int] = ""
    hint: tuple[str, ...] = ()
    chain: bool = False
    also: tuple[str, ...] = ()  # other verdicts that can be defended

    @property
    def options(self) -> tuple[Reading, ...]:
        """All readings that are accepted."""
        return tuple(self.reading) if isinstance(self.reading, AnyOf) else (self.reading,)

    @property
    def verdicts(self) -> tuple[str, ...]:
        """The verdict for each of the options."""
        return (self.verdict,) if isinstance(self.verdict, str) else self.verdict

    @property
    def caret(self) -> tuple[int, int]:
        """The first and the last offset at which the caret may stand."""
        if not self.place:
            return 0, len(self.answer)
        if isinstance(self.place, tuple):
            return self.place
        start = self.answer.index(self.place)
        return start, start + len(self.place)


PROBLEMS: dict[str, Any] = {
    "221": "2-2-1",
    "231": "2-3-1:tanh/sigmoid,bce",
    "343": {
        "network": {
            "inputs": 3,
            "layers": [{"units": 4, "activation": "tanh"}, {"units": 3, "activation": "softmax"}],
            "loss": "cross_entropy",
        },
        "constraints": {"y": "sum 1"},
    },
    "111": "1-1-1",
    "222": "2-2-2:relu/identity,mse",
    "chain": "u = 2*x + 1; y = u^3",
    "circuit": "q = x + y; f = q*z",
    "quadratic": "f = 3*x^2 + 2*x*y + y^2",
    "point": {"definitions": {"f": "3*x^2 + 2*x*y + y^2"}, "point": {"x": 1, "y": 2}},
    "mazur": "worked_examples/mazur.toml",
    "neuron": "z = w*x + b; a = sigmoid(z); L = 1/2*(a - y)^2",
    "trig": "u = x^2; v = sin(u); y = exp(v)",
    "fraction": "f = a*x/(b*c)",
    "logarithm": "f = ln(x)*exp(-z)",
    "kink": "z = w*x + b; L = max(0, z)",
    "skip": "h1 = tanh(w1*x); h2 = tanh(w2*h1 + x); s = h2 + h1; f = 1/2*(s - t)^2",
    "samples": {
        "network": {"inputs": 1, "layers": [{"units": 1, "activation": "sigmoid"}], "loss": "binary_cross_entropy"},
        "samples": [{}, {}],
    },
}


def slope(z: str) -> str:
    """Return σ′(z), written out."""
    return f"sigmoid({z})*(1 - sigmoid({z}))"


def column(*entries: str) -> tuple[tuple[str], ...]:
    """Return a column vector."""
    return tuple((entry,) for entry in entries)


S11, S12, S21 = slope("z1_1"), slope("z1_2"), slope("z2_1")
FULL_221 = f"-(y_1 - a2_1)*{S21}*w2_1_1*{S11}*x_1"
IND11, IND12 = "(1 if z1_1 > 0 else 0)", "(1 if z1_2 > 0 else 0)"
OUTER_221 = (("delta1_1*x_1", "delta1_1*x_2"), ("delta1_2*x_1", "delta1_2*x_2"))
BACK_221 = column(f"w2_1_1*delta2_1*{S11}", f"w2_1_2*delta2_1*{S12}")
BACK_A_221 = column("w2_1_1*delta2_1*a1_1*(1 - a1_1)", "w2_1_2*delta2_1*a1_2*(1 - a1_2)")
BACK_231 = column(*(f"w2_1_{j}*delta2_1*(1 - a1_{j}^2)" for j in (1, 2, 3)))
BACK_222 = column(
    f"(w2_1_1*delta2_1 + w2_2_1*delta2_2)*{IND11}",
    f"(w2_1_2*delta2_1 + w2_2_2*delta2_2)*{IND12}",
)
MEAN = "1/2*((a1_1_s1 - y_1_s1)*x_1_s1 + (a1_1_s2 - y_1_s2)*x_1_s2)"
PATH_MAZUR = "dL_da2_1*local_a2_1_z2_1*local_z2_1_w2_1_1"

LATEX = (
    # --- a layer's number above, indices below: Andrew Ng, Nielsen, Bishop -------------------------------------
    Row("221", "latex", r"-(y-a_1^{[2]})\sigma'(z_1^{[2]})w_{11}^{[2]}\sigma'(z_1^{[1]})x_1", FULL_221, "correct", "dL/dw1_1_1"),
    Row("221", "latex", r"$-(y - a^{[2]})\,\sigma'\!\left(z^{[2]}\right)\, w^{[2]}_{1,1}\, \sigma'\!\left(z^{[1]}_1\right) x_1$", FULL_221, "correct", "dL/dw1_1_1"),
    Row("221", "latex", r"\frac{\partial L}{\partial w_{1,1}^{[1]}} = \delta_1^{(2)} x_1", "delta2_1*x_1", "wrong", "dL/dw1_1_1"),
    Row("221", "latex", r"\frac{\partial L}{\partial w_{1,1}^{[1]}} = \delta_1^{(1)} x_1", "delta1_1*x_1", "correct", "dL/dw1_1_1"),
    Row("221", "latex", r"\delta^{[2]}w^{[2]}_{12}a^{[1]}_2(1-a^{[1]}_2)x_1", "delta2_1*w2_1_2*a1_2*(1 - a1_2)*x_1", "correct", "dL/dw1_2_1"),
    Row("221", "latex", r"\[ \delta^{[2]} = (a^{[2]}-y)\,\sigma'(z^{[2]}) \]", f"(a2_1 - y_1)*{S21}", "correct", "delta2_1"),
    Row("221", "latex", r"(a^{[2]}-y)\,\sigma(z^{[2]})", "(a2_1 - y_1)*sigmoid(z2_1)", "wrong", "delta2_1"),
    Row("221", "latex", r"(a^{[2]}-y)\,\sigma'", None, "invalid", "delta2_1", (len(r"(a^{[2]}-y)\,"), len(r"(a^{[2]}-y)\,\sigma'"))),
    Row("221", "latex", r"(\hat{y}-y)\,\hat y\,(1-\hat y)", "(a2_1 - y_1)*a2_1*(1 - a2_1)", "correct", "delta2_1"),
    Row("221", "latex", r"(a^2-y)\,a^{[2]}(1-a^{[2]})", AnyOf("(a2_1 - y_1)*a2_1*(1 - a2_1)", None), ("correct", "invalid"), "delta2_1"),
    Row("221", "latex", r"\delta^2_1\, w^2_{11}\, \sigma'(z^1_1)\, x_1", AnyOf(f"delta2_1*w2_1_1*{S11}*x_1", None), ("correct", "invalid"), "dL/dw1_1_1"),
    Row("221", "latex", r"\delta^{[2]}\left(a^{[1]}_1\right)^2", "delta2_1*a1_1^2", "wrong", "dL/dw2_1_1"),
    Row("221", "latex", r"{a_1^{[1]}}^2\,\delta^{[2]}", "a1_1^2*delta2_1", "wrong", "dL/dw2_1_1"),
    Row("221", "latex", r"w^{[1]}_{11}x_1+w^{[1]}_{12}x_2+b^{[1]}_1", "w1_1_1*x_1 + w1_1_2*x_2 + b1_1", "correct", "z1_1"),
    Row("221", "latex", r"w_{11}^{(1)}x_1^2+w_{12}^{(1)}x_2+b_1^{(1)}", "w1_1_1*x_1^2 + w1_1_2*x_2 + b1_1", "wrong", "z1_1"),
    Row("221", "latex", r"\mathbf{w}^{[2]}_{11}\,a^{[1]}_{1}+\mathbf{w}^{[2]}_{12}\,a^{[1]}_{2}+b^{[2]}", "w2_1_1*a1_1 + w2_1_2*a1_2 + b2_1", "correct", "z2_1"),
    Row("221", "latex", r"\frac{1}{2}\bigl(a_1^{[2]}-y_1\bigr)^{2}", "1/2*(a2_1 - y_1)^2", "correct", "L"),
    Row("221", "latex", r"\tfrac12\left(y-\frac{1}{1+e^{-z^{[2]}}}\right)^2", "1/2*(y_1 - 1/(1 + e^(-z2_1)))^2", "correct", "L"),
    Row("221", "latex", r"\frac12 (y-a_1^{[2]})^2 \cdot 2", "1/2*(y_1 - a2_1)^2*2", "wrong", "L"),
    Row("221", "latex", r"\sigma(z_1^{[1]})\bigl(1-\sigma(z_1^{[1]})\bigr)\,w_{11}^{[2]}\,\delta_1^{[2]}", f"{S11}*w2_1_1*delta2_1", "correct", "delta1_1"),
    Row("221", "latex", r"\dot\sigma(z_1^{[1]})\,w_{11}^{[2]}\,\delta_1^{[2]}", f"{S11}*w2_1_1*delta2_1", "correct", "delta1_1"),
    Row("221", "latex", r"\sigma^{\prime}(z^{[1]}_{1}) \cdot w^{[2]}_{1,2} \cdot \delta^{[2]}_{1}", f"{S11}*w2_1_2*delta2_1", "wrong", "delta1_1"),
    # --- products of partial derivatives -------------------------------------------------------------------------
    Row("221", "latex", r"\frac{\partial L}{\partial a^{[2]}}\frac{\partial a^{[2]}}{\partial z^{[2]}}\frac{\partial z^{[2]}}{\partial a_1^{[1]}}\frac{\partial a_1^{[1]}}{\partial z_1^{[1]}}\frac{\partial z_1^{[1]}}{\partial w_{11}^{[1]}}",
        "dL_da2_1*local_a2_1_z2_1*local_z2_1_a1_1*local_a1_1_z1_1*local_z1_1_w1_1_1", "correct", "dL/dw1_1_1"),
    Row("221", "latex", r"\frac{\mathrm d L}{\mathrm d a^{[2]}}\cdot\frac{\mathrm d a^{[2]}}{\mathrm d z^{[2]}}\cdot a_1^{[1]}", "dL_da2_1*local_a2_1_z2_1*a1_1", "correct", "dL/dw2_1_1"),
    Row("221", "latex", r"\dfrac{dL}{da^{[2]}} \dfrac{da^{[2]}}{dz^{[2]}} w_{11}^{[2]} x_1", "dL_da2_1*local_a2_1_z2_1*w2_1_1*x_1", "wrong", "dL/dw1_1_1"),
    Row("221", "latex", r"\partial L/\partial z_1^{[1]}\;x_1", "delta1_1*x_1", "correct", "dL/dw1_1_1"),
    Row("221", "latex", r"\frac{\partial L}{\partial z_1^{[2]}}\,\frac{\partial z_1^{[2]}}{\partial z_1^{[1]}}\,x_1", "delta2_1*dz2_1_dz1_1*x_1", "correct", "dL/dw1_1_1"),
    Row("221", "latex", r"\frac{\partial}{\partial w^{[2]}_{11}} L = \delta^{[2]} a^{[1]}_1", AnyOf("delta2_1*a1_1", None), ("correct", "invalid"), "dL/dw2_1_1"),
    # --- matrices ------------------------------------------------------------------------------------------------
    Row("221", "latex", r"(W^{[2]})^\top \delta^{[2]} \odot \sigma'(z^{[1]})", BACK_221, "correct", "delta1"),
    Row("221", "latex", r"W^{[2]T}\delta^{[2]} \circ a^{[1]} \circ (1-a^{[1]})", BACK_A_221, "correct", "delta1"),
    Row("221", "latex", r"\nabla_{W^{[1]}} L = \delta^{[1]} x^T", OUTER_221, "correct", "dL/dW1"),
    Row("221", "latex", r"\frac{\partial L}{\partial W^{[1]}} = \mathbf{x}\,{\boldsymbol{\delta}^{[1]}}^{\top}", (("x_1*delta1_1", "x_1*delta1_2"), ("x_2*delta1_1", "x_2*delta1_2")), "wrong", "dL/dW1"),
    Row("221", "latex", r"\begin{bmatrix} \delta_1^{[1]}x_1 & \delta_1^{[1]}x_2 \\ \delta_2^{[1]}x_1 & \delta_2^{[1]}x_2 \end{bmatrix}", OUTER_221, "correct", "dL/dW1"),
    Row("221", "latex", r"\begin{pmatrix}\delta_1^{[1]}\\ \delta_2^{[1]}\end{pmatrix}\begin{pmatrix}x_1 & x_2\end{pmatrix}", OUTER_221, "correct", "dL/dW1"),
    Row("221", "latex", r"\delta^{[2]} (a^{[1]})^T", (("delta2_1*a1_1", "delta2_1*a1_2"),), "correct", "dL/dW2"),
    Row("221", "latex", r"a^{[1]}\delta^{[2]}", column("a1_1*delta2_1", "a1_2*delta2_1"), "wrong", "dL/dW2"),
    Row("231", "latex", r"\bm{\delta}^{[1]} = {W^{[2]}}^{\mathsf T}\,\delta^{[2]} \odot \bigl(1-\tanh^2(z^{[1]})\bigr)", column(*(f"w2_1_{j}*delta2_1*(1 - tanh(z1_{j})^2)" for j in (1, 2, 3))), "correct", "delta1"),
    Row("222", "latex", r"{W^{[2]}}^T \delta^{[2]} \odot \mathbb{1}[z^{[1]}>0]", BACK_222, "correct", "delta1"),
    Row("222", "latex", r"W^{[2]} \delta^{[2]} \odot \mathbf{1}[z^{[1]}>0]",
        column(f"(w2_1_1*delta2_1 + w2_1_2*delta2_2)*{IND11}", f"(w2_2_1*delta2_1 + w2_2_2*delta2_2)*{IND12}"), "wrong", "delta1"),
    Row("221", "latex", r"\begin{bmatrix} \delta_1^{[1]}x_1 & \delta_1^{[1]}x_2 \\ \delta_2^{[1]}x_1 \end{bmatrix}", None, "invalid", "dL/dW1", "", ("row", "column", "entries")),
    Row("221", "latex", r"\begin{bmatrix} \delta_1^{[1]}x_1 & \delta_1^{[1]}x_2 \\ \delta_2^{[1]}x_1 & \delta_2^{[1]}x_2", None, "invalid", "dL/dW1", "", ("bmatrix", "end")),
    # --- sums ----------------------------------------------------------------------------------------------------
    Row("222", "latex", r"\sum_{k=1}^{2}\delta_k^{[2]}\,w_{k1}^{[2]}\;\mathbb{1}[z_1^{[1]}>0]\;x_2", f"(delta2_1*w2_1_1 + delta2_2*w2_2_1)*{IND11}*x_2", "correct", "dL/dw1_1_2"),
    Row("222", "latex", r"\left(\sum_{k=1}^2 w^{[2]}_{1k}\delta^{[2]}_k\right)\mathbb 1_{z^{[1]}_1>0}", f"(w2_1_1*delta2_1 + w2_1_2*delta2_2)*{IND11}", "wrong", "delta1_1"),
    Row("222", "latex", r"\sum_k \delta_k^{[2]} w_{k1}^{[2]} \cdot \mathbb{1}[z_1^{[1]}>0]", AnyOf(f"(delta2_1*w2_1_1 + delta2_2*w2_2_1)*{IND11}", None), ("correct", "invalid"), "delta1_1"),
    Row("343", "latex", r"\left(1-(a_2^{[1]})^2\right)\sum_{j=1}^{3} w^{[2]}_{j2}\,(a^{[2]}_j-y_j)", "(1 - a1_2^2)*(w2_1_2*(a2_1 - y_1) + w2_2_2*(a2_2 - y_2) + w2_3_2*(a2_3 - y_3))", "correct", "delta1_2"),
    Row("343", "latex", r"-\sum_{k=1}^3 y_k\ln a^{[2]}_k", "-(y_1*ln(a2_1) + y_2*ln(a2_2) + y_3*ln(a2_3))", "correct", "L"),
    Row("343", "latex", r"\frac{e^{z^{[2]}_2}}{\sum_{k=1}^{3}e^{z^{[2]}_k}}", "e^z2_2/(e^z2_1 + e^z2_2 + e^z2_3)", "correct", "a2_2"),
    Row("343", "latex", r"\sum_{k=1}^{4} \delta^{[2]}_k", None, "invalid", "delta1_2", "", ()),
    # --- cases, indicators, maximum --------------------------------------------------------------------------------
    Row("222", "latex", r"\begin{cases} z_1^{[1]} & \text{if } z_1^{[1]} > 0 \\ 0 & \text{otherwise} \end{cases}", "z1_1 if z1_1 > 0 else 0", "correct", "a1_1"),
    Row("222", "latex", r"\max\left(0,\,z_1^{[1]}\right)", "max(0, z1_1)", "correct", "a1_1"),
    Row("222", "latex", r"\delta^{[2]}_1 w^{[2]}_{11}\begin{cases}1, & z^{[1]}_1 \geq 0\\ 0, & z^{[1]}_1 < 0\end{cases}", "delta2_1*w2_1_1*(1 if z1_1 >= 0 else 0)", "wrong", "delta1_1"),
    Row("kink", "latex", r"\begin{cases} x & z > 0 \\ 0 & z \le 0 \end{cases}", "x if z > 0 else 0", "correct", "dL/dw"),
    Row("222", "latex", r"\begin{cases} 1 & z_1^{[1]} > 0 \\ 0 & \text{else}", None, "invalid", "delta1_1", "", ("cases", "end")),
    # --- derivations -------------------------------------------------------------------------------------------------
    Row("221", "latex", "\\begin{aligned}\n\\delta^{[2]} &= (a^{[2]}-y)\\,a^{[2]}(1-a^{[2]}) \\\\\n\\delta_1^{[1]} &= \\delta^{[2]} w_{11}^{[2]}\\, a_1^{[1]}(1-a_1^{[1]}) \\\\\n\\frac{\\partial L}{\\partial w_{11}^{[1]}} &= \\delta_1^{[1]} x_1\n\\end{aligned}",
        (("delta2_1", "(a2_1 - y_1)*a2_1*(1 - a2_1)"), ("delta1_1", "delta2_1*w2_1_1*a1_1*(1 - a1_1)"), ("dL_dw1_1_1", "delta1_1*x_1")), "correct", "dL/dw1_1_1", chain=True),
    Row("221", "latex", "\\begin{align*}\n\\frac{\\partial L}{\\partial w^{[1]}_{11}} &= \\frac{\\partial L}{\\partial z^{[1]}_1}\\,\\frac{\\partial z^{[1]}_1}{\\partial w^{[1]}_{11}} \\\\\n&= \\delta^{[2]}\\, w^{[2]}_{11}\\, x_1\n\\end{align*}",
        (("dL_dw1_1_1", "delta1_1*local_z1_1_w1_1_1"), ("dL_dw1_1_1", "delta2_1*w2_1_1*x_1")), "wrong", "dL/dw1_1_1", chain=True),
    Row("chain", "latex", r"\frac{dy}{dx} = \frac{dy}{du}\cdot\frac{du}{dx} = 3u^2\cdot 2 = 6(2x+1)^2",
        (("dy_dx", "dy_du*local_u_x"), ("dy_dx", "3*u^2*2"), ("dy_dx", "6*(2*x + 1)^2")), "correct", "dy/dx", chain=True),
    Row("221", "latex", r"\underbrace{(a^{[2]}-y)}_{\text{error}}\;\underbrace{a^{[2]}(1-a^{[2]})}_{\sigma'(z^{[2]})}", "(a2_1 - y_1)*a2_1*(1 - a2_1)", "correct", "delta2_1"),
    Row("221", "latex", r"\frac{1}{\cancel{2}}\cdot\cancel{2}\,(a^{[2]}-y)", "1/2*2*(a2_1 - y_1)", "correct", "dL/da2_1"),
    Row("chain", "latex", r"\boxed{6\,(2x+1)^{2}}", "6*(2*x + 1)^2", "correct", "dy/dx"),
    # --- numbers -------------------------------------------------------------------------------------------------------
    Row("mazur", "latex", r"0{,}08217", "0.08217", "correct", "dL/dw2_1_1"),
    Row("mazur", "latex", r"4.386 \times 10^{-4}", "4.386*10^(-4)", "correct", "dL/dw1_1_1"),
    Row("mazur", "latex", r"4{,}386\cdot 10^{-3}", "4.386*10^(-3)", "wrong", "dL/dw1_1_1"),
    Row("mazur", "latex", r"8.217\,\%", "0.08217", "correct", "dL/dw2_1_1"),
    Row("mazur", "latex", r"\begin{bmatrix} 4.386\times10^{-4} & 8.771\times10^{-4}\\ 4.977\times10^{-4} & 9.954\times10^{-4}\end{bmatrix}", (("0.0004386", "0.0008771"), ("0.0004977", "0.0009954")), "correct", "dL/dW1"),
    # --- a course's own names ----------------------------------------------------------------------------------------------
    Row("mazur", "latex", r"\frac{\partial E_{total}}{\partial w_5} = \frac{\partial E_{total}}{\partial out_{o1}} * \frac{\partial out_{o1}}{\partial net_{o1}} * \frac{\partial net_{o1}}{\partial w_{5}}", PATH_MAZUR, "correct", "dL/dw2_1_1"),
    Row("mazur", "latex", r"-(target_{o1} - out_{o1}) * out_{o1}(1 - out_{o1}) * out_{h1}", "-(y_1 - a2_1)*a2_1*(1 - a2_1)*a1_1", "correct", "dL/dw2_1_1"),
    Row("mazur", "latex", r"-(\mathrm{target}_{o1} - \text{out}_{o1}) \cdot \mathrm{out}_{h1}", "-(y_1 - a2_1)*a1_1", "wrong", "dL/dw2_1_1"),
    Row("mazur", "latex", r"\left(\frac{\partial E_{o1}}{\partial out_{h1}}+\frac{\partial E_{o2}}{\partial out_{h1}}\right)out_{h1}(1-out_{h1})\,i_1", "(dL_1_da1_1 + dL_2_da1_1)*a1_1*(1 - a1_1)*x_1", "correct", "dL/dw1_1_1"),
    Row("mazur", "latex", r"\left(\delta_{o1}w_5+\delta_{o2}w_7\right)\mathrm{out}_{h1}(1-\mathrm{out}_{h1})\,i_1", "(delta2_1*w2_1_1 + delta2_2*w2_2_1)*a1_1*(1 - a1_1)*x_1", "correct", "dL/dw1_1_1"),
    Row("mazur", "latex", r"\delta_{o1} w_5 \, out_{h1}(1-out_{h1})\, i_1", "delta2_1*w2_1_1*a1_1*(1 - a1_1)*x_1", "wrong", "dL/dw1_1_1"),
    Row("mazur", "latex", r"\delta_{o1}\, out_{h3}", None, "invalid", "dL/dw2_1_1", "out_{h3}", ("out_h",)),
    # --- small functions: where juxtaposition is tricky -----------------------------------------------------------------
    Row("quadratic", "latex", r"6x+2y", "6*x + 2*y", "correct", "df/dx"),
    Row("quadratic", "latex", r"2x^2y", "2*x^2*y", "wrong", "df/dx"),
    Row("quadratic", "latex", r"-x^2+7x+x^{2}-x+2y", "-(x^2) + 7*x + x^2 - x + 2*y", "correct", "df/dx"),
    Row("quadratic", "latex", r"\frac12x+2y", "x/2 + 2*y", "wrong", "df/dx"),
    Row("quadratic", "latex", r"\frac{12}{2}x+\frac42 y", "6*x + 2*y", "correct", "df/dx"),
    Row("quadratic", "latex", r"x(3x+2y)+y^2", "x*(3*x + 2*y) + y^2", "correct", "f"),
    Row("quadratic", "latex", r"x^12+y", AnyOf("x^12 + y", None), ("wrong", "invalid"), "df/dx"),
    Row("quadratic", "latex", r"x_12+2y", None, "invalid", "df/dx", "x_12", ("x",)),
    Row("quadratic", "latex", r"\frac{1}", None, "invalid", "df/dx", r"\frac{1}", ()),
    Row("quadratic", "latex", r"6x+\frac{2y}{}", None, "invalid", "df/dx", r"\frac{2y}{}", ()),
    Row("quadratic", "latex", r"6х+2y", None, "invalid", "df/dx", "х", ("U+0445",)),
    Row("quadratic", "latex", r"\left(6x+2y", None, "invalid", "df/dx", "", ("right", ")", "bracket")),
    Row("quadratic", "latex", r"\left(6x+2y\right]", None, "invalid", "df/dx", r"\right]", ()),
    Row("quadratic", "latex", r"6x+2y)", None, "invalid", "df/dx", ")", ()),
    Row("quadratic", "latex", r"6x+\cdot 2y", None, "invalid", "df/dx", r"+\cdot 2", ()),
    Row("quadratic", "latex", r"6x+2\foo y", None, "invalid", "df/dx", r"\foo ", ("foo",)),
    Row("quadratic", "latex", "", None, "invalid", "df/dx", "", ()),
    Row("quadratic", "latex", "$$ $$", None, "invalid", "df/dx", "", ()),
    Row("quadratic", "latex", r"\text{I do not know}", None, "invalid", "df/dx", "", ()),
    Row("quadratic", "latex", r"x^{65}", None, "invalid", "df/dx", "x^{65}", ("64",)),
    Row("quadratic", "latex", r"{" * 80 + "x" + "}" * 80, AnyOf("x", None), ("wrong", "invalid"), "df/dx", "", ("60",)),
    Row("quadratic", "latex", r"\def\x{6x}\x+2y", None, "invalid", "df/dx", (0, len(r"\def\x{6x}")), ("def",)),
    Row("quadratic", "latex", r"\input{/etc/passwd}", None, "invalid", "df/dx", r"\input{", ("input",)),
    Row("trig", "latex", r"2x\cos(x^2)e^{\sin x^2}", AnyOf("2*x*cos(x^2)*exp(sin(x^2))", None), ("correct", "invalid"), "dy/dx"),
    Row("trig", "latex", r"e^{\sin(x^{2})}\cdot\cos(x^{2})\cdot 2x", "exp(sin(x^2))*cos(x^2)*2*x", "correct", "dy/dx"),
    Row("trig", "latex", r"\sin x y", AnyOf("sin(x)*y", "sin(x*y)", None), ("wrong", "wrong", "invalid"), "dy/dx"),
    Row("trig", "latex", r"\exp(v)\cos u \cdot 2x", "exp(v)*cos(u)*2*x", "correct", "dy/dx"),
    Row("trig", "latex", r"2x\,y\sqrt{1-\sin^2 u}", "2*x*y*sqrt(1 - sin(u)^2)", "wrong", "dy/dx"),
    Row("trig", "latex", r"\sin^{-1}(u)\,y", AnyOf("asin(u)*y", None), ("wrong", "invalid"), "dy/dx"),
    Row("trig", "latex", r"2x\cos(x^2)\exp", None, "invalid", "dy/dx", r"\exp", ()),
    Row("logarithm", "latex", r"\frac{1}{x}e^{-z}", "1/x*e^(-z)", "correct", "df/dx"),
    Row("logarithm", "latex", r"-\log(x)\,e^{-z}", "-ln(x)*exp(-z)", "correct", "df/dz"),
    Row("logarithm", "latex", r"-\ln x \exp(-z)", "-ln(x)*exp(-z)", "correct", "df/dz"),
    Row("logarithm", "latex", r"-e^-z\ln x", AnyOf("-e^(-z)*ln(x)", None), ("correct", "invalid"), "df/dz"),
    Row("fraction", "latex", r"\frac{a}{bc}", "a/(b*c)", "correct", "df/dx"),
    Row("fraction", "latex", r"a/bc", AnyOf("a/(b*c)", "a/b*c", None), ("correct", "wrong", "invalid"), "df/dx"),
    Row("fraction", "latex", r"-\frac{ax}{b^2c}", "-a*x/(b^2*c)", "correct", "df/db"),
    Row("fraction", "latex", r"-ax\,b^{-2}c^{-1}", "-a*x*b^(-2)*c^(-1)", "correct", "df/db"),
    Row("fraction", "latex", r"\frac ab\cdot\frac1c", "a/b*(1/c)", "correct", "df/dx"),
    Row("fraction", "latex", r"\frac{а}{bc}", None, "invalid", "df/dx", "а", ("U+0430",)),
    Row("neuron", "latex", r"(\sigma(z)-y)\,\sigma(z)(1-\sigma(z))\,x", f"(sigmoid(z) - y)*{slope('z')}*x", "correct", "dL/dw"),
    Row("neuron", "latex", r"(a-y)\sigma'(wx+b)x", f"(a - y)*{slope('w*x + b')}*x", "correct", "dL/dw"),
    Row("neuron", "latex", r"(a-y)a(1-a)x", "(a - y)*a*(1 - a)*x", "correct", "dL/dw"),
    Row("neuron", "latex", r"(a-y)\,a'\,x", AnyOf("(a - y)*local_a_z*x", None), ("correct", "invalid"), "dL/dw", "a'", ()),
    Row("neuron", "latex", r"(\alpha-y)\alpha(1-\alpha)x", None, "invalid", "dL/dw", r"\alpha", ("alpha", "α")),
    Row("neuron", "latex", r"\frac{e^{-z}}{(1+e^{-z})^2}(a-y)x", "exp(-z)/(1 + exp(-z))^2*(a - y)*x", "correct", "dL/dw"),
    Row("neuron", "latex", r"\frac{\partial L}{\partial a}\frac{\partial a}{\partial z}\frac{\partial z}{\partial w}", "dL_da*local_a_z*local_z_w", "correct", "dL/dw"),
    Row("neuron", "latex", r"\left|a-y\right|\,a(1-a)x", "abs(a - y)*a*(1 - a)*x", "wrong", "dL/dw"),
    Row("111", "latex", r"(a^{[2]}-y)\,a^{[2]}(1-a^{[2]})\,w^{[2]}\,a^{[1]}(1-a^{[1]})\,x", "(a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1", "correct", "dL/dw1_1_1"),
    Row("111", "latex", r"(a^{[2]}-y)\,w^{[2]}\,x", "(a2_1 - y_1)*w2_1_1*x_1", "wrong", "dL/dw1_1_1"),
    Row("111", "latex", r"(a^{[3]}-y)\,w^{[2]}\,x", None, "invalid", "dL/dw1_1_1", "a^{[3]}", ("layer", "a^{[2]}", "a2", "a1")),
    Row("111", "latex", r"\delta\, x", None, "invalid", "dL/dw1_1_1", r"\delta", ("layer", "delta", "δ")),
    Row("231", "latex", r"(a^{[2]}-y)\,w^{[2]}_{1,3}\,\bigl(1-(a^{[1]}_3)^2\bigr)\,x_2", "(a2_1 - y_1)*w2_1_3*(1 - a1_3^2)*x_2", "correct", "dL/dw1_3_2"),
    Row("231", "latex", r"(a^{[2]}-y)\,w^{[2]}_{1,3}\,\operatorname{sech}^2(z^{[1]}_3)\,x_2", "(a2_1 - y_1)*w2_1_3*sech(z1_3)^2*x_2", "correct", "dL/dw1_3_2"),
    Row("231", "latex", r"(a^{[2]}-y)\,w^{[2]}_{1,3}\,\tanh'(z^{[1]}_3)\,x_2", "(a2_1 - y_1)*w2_1_3*(1 - tanh(z1_3)^2)*x_2", "correct", "dL/dw1_3_2"),
    Row("231", "latex", r"(a^{[2]}-y)\,w^{[2]}_{1,3}\,\sigma'(z^{[1]}_3)\,x_2", AnyOf(f"(a2_1 - y_1)*w2_1_3*{slope('z1_3')}*x_2", "(a2_1 - y_1)*w2_1_3*(1 - tanh(z1_3)^2)*x_2", None), ("wrong", "correct", "invalid"), "dL/dw1_3_2"),
    Row("231", "latex", r"-\left[y\log a^{[2]}+(1-y)\log(1-a^{[2]})\right]", "-(y_1*ln(a2_1) + (1 - y_1)*ln(1 - a2_1))", "correct", "L"),
    Row("231", "latex", r"-\frac{y}{\hat y}+\frac{1-y}{1-\hat y}", "-y_1/a2_1 + (1 - y_1)/(1 - a2_1)", "correct", "dL/da2_1"),
    Row("231", "latex", r"(a^{[2]}-y)\,w^{[2]}_{1,4}\,x_2", None, "invalid", "dL/dw1_3_2", "w^{[2]}_{1,4}", ("w^{[2]}_{1,", "w2_1_", "w^{[2]}_{1")),
    Row("samples", "latex", r"\frac12\sum_{i=1}^{2}\left(a^{[1](i)}-y^{(i)}\right)x^{(i)}", MEAN, "correct", "dJ/dw1_1_1"),
    Row("samples", "latex", r"\sum_{i=1}^{2}\left(a^{[1](i)}-y^{(i)}\right)x^{(i)}", "(a1_1_s1 - y_1_s1)*x_1_s1 + (a1_1_s2 - y_1_s2)*x_1_s2", "wrong", "dJ/dw1_1_1"),
    Row("samples", "latex", r"\frac{1}{2}\left(\delta_1^{[1](1)}x_1^{(1)}+\delta_1^{[1](2)}x_1^{(2)}\right)", "1/2*(delta1_1_s1*x_1_s1 + delta1_1_s2*x_1_s2)", "correct", "dJ/dw1_1_1"),
    Row("samples", "latex", r"\frac12\left((a^{[1](1)}-y^{(1)})x^{(1)}+(a^{[1](3)}-y^{(3)})x^{(3)}\right)", None, "invalid", "dJ/dw1_1_1", r"a^{[1](3)}-y^{(3)})x^{(3)}", ()),
    Row("skip", "latex", r"(s-t)\left(\frac{\partial s}{\partial h_2}\frac{\partial h_2}{\partial h_1}+1\right)", "(s - t)*(local_s_h2*local_h2_h1 + 1)", "correct", "df/dh1"),
    Row("skip", "latex", r"(s-t)\frac{\partial s}{\partial h_1}", "(s - t)*local_s_h1", "wrong", "df/dh1"),
    Row("skip", "latex", r"(s-t)\,\frac{ds}{dh_1}", AnyOf("(s - t)*local_s_h1", "(s - t)*ds_dh1", None), ("wrong", "correct", "invalid"), "df/dh1"),
    Row("circuit", "latex", r"\frac{\partial f}{\partial q}\cdot\frac{\partial q}{\partial x}=z\cdot 1=z",
        AnyOf("z", None), ("correct", "invalid"), "df/dx"),
    Row("222", "latex", r"\delta^{[1]} x", None, "invalid", "dL/dW1", also=("wrong",)),
    # --- more of what stands between the symbols --------------------------------------------------------------------
    Row("quadratic", "latex", r"6\,x\;+\:2\!y\quad", "6*x + 2*y", "correct", "df/dx"),
    Row("quadratic", "latex", r"\displaystyle 6\times x + 2 \ast y", "6*x + 2*y", "correct", "df/dx"),
    Row("quadratic", "latex", "6x % +5\n+2y", AnyOf("6*x + 2*y", None), ("correct", "invalid"), "df/dx"),
    Row("quadratic", "latex", r"6x+2y\quad\text{(power rule)}", AnyOf("6*x + 2*y", None), ("correct", "invalid"), "df/dx"),
    Row("quadratic", "latex", r"\textcolor{red}{6x}+2y", AnyOf("6*x + 2*y", None), ("correct", "invalid"), "df/dx"),
    Row("quadratic", "latex", r"\frac{\partial^2 f}{\partial x^2}", None, "invalid", "df/dx"),
    Row("quadratic", "latex", r"\frac{d}{dx}(3x^2+2xy+y^2)", AnyOf("6*x + 2*y", None), ("correct", "invalid"), "df/dx"),
    Row("quadratic", "latex", r"6x\pm 2y", None, "invalid", "df/dx", r"\pm 2", ()),
    Row("quadratic", "latex", r"6x+2\lambda y", None, "invalid", "df/dx", r"\lambda ", ("lambda", "λ")),
    Row("quadratic", "latex", r"\frac{\partial f}{\partial x}=6x+2y,\quad \frac{\partial f}{\partial y}=2x+2y",
        AnyOf((("df_dx", "6*x + 2*y"), ("df_dy", "2*x + 2*y")), None), ("correct", "invalid"), "df/dx", chain=True),
    Row("quadratic", "latex", r"\begin{equation*} \frac{\partial f}{\partial x} = 6x + 2y \end{equation*}", "6*x + 2*y", "correct", "df/dx"),
    Row("quadratic", "latex", r"\sqrt2^2(3x+y)", "sqrt(2)^2*(3*x + y)", "correct", "df/dx"),
    Row("quadratic", "latex", r"6x+2y^", None, "invalid", "df/dx", (5, 6), ()),
    Row("quadratic", "latex", r"6x+\sqrt{}", None, "invalid", "df/dx", r"\sqrt{}", ()),
    Row("quadratic", "latex", r"6x+2\mathrm{e}^{\ln y}", "6*x + 2*e^(ln(y))", "correct", "df/dx"),
    Row("neuron", "latex", r"(a-y)\,\sigma(z)^2\,e^{-z}\,x", "(a - y)*sigmoid(z)^2*e^(-z)*x", "correct", "dL/dw"),
    Row("neuron", "latex", r"(a-y)\,\sigma(z^2)\,x", "(a - y)*sigmoid(z^2)*x", "wrong", "dL/dw"),
    Row("neuron", "latex", r"(a-y)\left.\sigma'(z)\right. x", AnyOf(f"(a - y)*{slope('z')}*x", None), ("correct", "invalid"), "dL/dw"),
    Row("neuron", "latex", r"(a-y)\,\sigma'(z)\,\frac{\mathrm{d}z}{\mathrm{d}w}", f"(a - y)*{slope('z')}*local_z_w", "correct", "dL/dw"),
    Row("neuron", "latex", r"\frac{dL}{da}\cdot\frac{da}{dz}\cdot\frac{dz}{db}", "dL_da*local_a_z*local_z_b", "wrong", "dL/dw"),
    Row("neuron", "latex", r"(a-y)\,\phi'(z)\,x", None, "invalid", "dL/dw", r"\phi'", ("phi", "φ", "ϕ")),
    Row("mazur", "latex", r"w_5-\eta\,\frac{\partial E_{total}}{\partial w_5}", AnyOf("w2_1_1 - 0.5*dL_dw2_1_1", None), ("wrong", "invalid"), "dL/dw2_1_1"),
    Row("mazur", "latex", r"\frac{\partial E_{total}}{\partial w_5} = 0.138499 \cdot 0.593270 \approx 0.08217",
        (("dL_dw2_1_1", "0.138499*0.593270"), ("dL_dw2_1_1", "0.08217")), "correct", "dL/dw2_1_1", chain=True),
    Row("221", "latex", r"\delta_1^{l=1} x_1", None, "invalid", "dL/dw1_1_1", "^{l=1}", ()),
    Row("221", "latex", r"\delta_{1} x_{1}", AnyOf(None, column("delta1_1*x_1", "delta1_2*x_1")), ("invalid", "wrong"), "dL/dw1_1_1", r"\delta_{1}", ("layer", "delta1_1", "delta", "δ")),
    Row("221", "latex", r"\tilde{\delta}_1^{[1]} x_1", None, "invalid", "dL/dw1_1_1", (0, len(r"\tilde{\delta}_1^{[1]}")), ("tilde",)),
    Row("221", "latex", r"\Delta^{[2]}\,a_1^{[1]}", AnyOf("delta2_1*a1_1", None), ("correct", "invalid"), "dL/dw2_1_1"),
    Row("221", "latex", r"\bigg(\sigma\bigl(z^{[2]}\bigr)-y\bigg)\sigma\bigl(z^{[2]}\bigr)\bigg(1-\sigma\bigl(z^{[2]}\bigr)\bigg)", f"(sigmoid(z2_1) - y_1)*{S21}", "correct", "delta2_1"),
    Row("222", "latex", r"\mathrm{ReLU}'(z_1^{[1]})\left(w_{11}^{[2]}\delta_1^{[2]}+w_{21}^{[2]}\delta_2^{[2]}\right)", f"{IND11}*(w2_1_1*delta2_1 + w2_2_1*delta2_2)", "correct", "delta1_1"),
    Row("222", "latex", r"\begin{bmatrix} w^{[2]}_{11} & w^{[2]}_{12}\\ w^{[2]}_{21} & w^{[2]}_{22}\end{bmatrix}^{\top}\begin{bmatrix}\delta^{[2]}_1\\ \delta^{[2]}_2\end{bmatrix}\odot\begin{bmatrix}\mathbb{1}[z^{[1]}_1>0]\\ \mathbb{1}[z^{[1]}_2>0]\end{bmatrix}", BACK_222, "correct", "delta1"),
    Row("343", "latex", r"\delta^{[2]}=\mathbf{a}^{[2]}-\mathbf{y}", column("a2_1 - y_1", "a2_2 - y_2", "a2_3 - y_3"), "correct", "delta2"),
    Row("343", "latex", r"\begin{bmatrix} a_1^{[2]}-y_1 \\ a_2^{[2]}-y_2 \\ a_3^{[2]} \end{bmatrix}", column("a2_1 - y_1", "a2_2 - y_2", "a2_3"), "wrong", "delta2"),
    Row("343", "latex", r"a_{2}^{[2]}\left(1-a_{2}^{[2]}\right)", "a2_2*(1 - a2_2)", "wrong", "delta2_2"),
    # --- as the books print it: Bishop, Nielsen, Ng; where a superscript is no power ---------------------------------
    Row("343", "latex", r"\delta_k = y_k - t_k", None, "invalid", "delta2"),
    Row("221", "latex", r"\delta^l = \left((w^{l+1})^T\delta^{l+1}\right)\odot\sigma'(z^l)", None, "invalid", "delta1"),
    Row("221", "latex", r"\left((w^2)^T\delta^2\right)\odot\sigma'(z^1)", AnyOf(BACK_221, None), ("correct", "invalid"), "delta1"),
    Row("221", "latex", r"\nabla_{a^{[2]}} L \odot \sigma'(z^{[2]})", f"dL_da2_1*{S21}", "correct", "delta2_1"),
    Row("221", "latex", r"\nabla_a C \odot \sigma'(z^L)", None, "invalid", "delta2_1"),
    Row("221", "latex", r"dW^{[1]} = dz^{[1]}x^T", AnyOf(OUTER_221, None), ("correct", "invalid"), "dL/dW1"),
    Row("231", "latex", r"dz^{[2]} = a^{[2]}-y", AnyOf("a2_1 - y_1", None), ("correct", "invalid"), "delta2_1"),
    Row("221", "latex", r"\mathbf W_2^\top\boldsymbol\delta_2\odot\mathbf a_1\odot(1-\mathbf a_1)", AnyOf(BACK_A_221, None), ("correct", "invalid"), "delta1"),
    Row("221", "latex", r"W^{[2]}^T\delta^{[2]}\odot a^{[1]}\odot(1-a^{[1]})", AnyOf(BACK_A_221, None), ("correct", "invalid"), "delta1"),
    Row("221", "latex", r"\delta_1^{[1]}x_1^T", AnyOf("delta1_1*x_1", None), ("correct", "invalid"), "dL/dw1_1_1"),
    Row("221", "latex", r"\delta^{[2]}\,a_1^{[1]2}", AnyOf("delta2_1*a1_1^2", None), ("wrong", "invalid"), "dL/dw2_1_1"),
    Row("221", "latex", r"(a^{[2]})^2-y", "a2_1^2 - y_1", "wrong", "dL/da2_1"),
    Row("221", "latex", r"a^{[2]}-y", "a2_1 - y_1", "correct", "dL/da2_1"),
    # --- above the limits
    Row("quadratic", "latex", r"\frac{1}{" * 70 + "x" + "}" * 70, None, "invalid", "df/dx", "", ("60",)),
    Row("quadratic", "latex", r"6x+" + r"\," * 2000 + "2y", None, "invalid", "df/dx", "", ("4,096", "4096")),
)

TEXT = (
    # --- plain names, Python and NumPy -------------------------------------------------------------------------------
    Row("221", "text", "delta1_1*x_1", "delta1_1*x_1", "correct", "dL/dw1_1_1"),
    Row("221", "text", "dL/dw1_1_1 = (a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1", "(a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1", "correct", "dL/dw1_1_1"),
    Row("221", "text", "(a2 - y)*a2*(1-a2)*w2[1,1]*a1[1]*(1-a1[1])*x[1]", "(a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1", "correct", "dL/dw1_1_1"),
    Row("221", "text", "-(y-a2)*sigma'(z2)*w2_11*sigma'(z1_1)*x1", FULL_221, "correct", "dL/dw1_1_1"),
    Row("221", "text", "-(y-a2)*sigma(z2)*w2_11*sigma'(z1_1)*x1", f"-(y_1 - a2_1)*sigmoid(z2_1)*w2_1_1*{S11}*x_1", "wrong", "dL/dw1_1_1"),
    Row("221", "text", "(a2-y) * sigmoid(z2) * (1 - sigmoid(z2))", f"(a2_1 - y_1)*{S21}", "correct", "delta2_1"),
    Row("221", "text", "(a^2 - y)*a2*(1 - a2)", AnyOf("(a2_1 - y_1)*a2_1*(1 - a2_1)", None), ("correct", "invalid"), "delta2_1"),
    Row("221", "text", "(a2 - y)*a2**2*(1 - a2)", "(a2_1 - y_1)*a2_1^2*(1 - a2_1)", "wrong", "delta2_1"),
    Row("221", "text", "dL/da2 * da2/dz2 * dz2/da1_1 * da1_1/dz1_1 * dz1_1/dw1_1_1", "dL_da2_1*local_a2_1_z2_1*local_z2_1_a1_1*local_a1_1_z1_1*local_z1_1_w1_1_1", "correct", "dL/dw1_1_1"),
    Row("221", "text", "∂L/∂a2 · ∂a2/∂z2 · a1_1", "dL_da2_1*local_a2_1_z2_1*a1_1", "correct", "dL/dw2_1_1"),
    Row("221", "text", "W2.T @ d2 * a1 * (1 - a1)", BACK_A_221, "correct", "delta1"),
    Row("231", "text", "W2.T @ d2 * (1 - a1**2)", BACK_231, "correct", "delta1"),
    Row("231", "text", "delta1 = (W2.T @ delta2) * (1 - np.tanh(z1)**2)", column(*(f"w2_1_{j}*delta2_1*(1 - tanh(z1_{j})^2)" for j in (1, 2, 3))), "correct", "delta1"),
    Row("231", "text", "np.dot(W2.T, delta2) * (1 - np.power(a1, 2))", BACK_231, "correct", "delta1"),
    Row("231", "text", "W2.T @ d2 * (1 - a1)", column(*(f"w2_1_{j}*delta2_1*(1 - a1_{j})" for j in (1, 2, 3))), "wrong", "delta1"),
    Row("231", "text", "W2 @ d2 * (1 - a1**2)", None, "invalid", "delta1", also=("wrong",)),
    Row("221", "text", "delta1 @ x.T", OUTER_221, "correct", "dL/dW1"),
    Row("221", "text", "np.outer(delta1, x)", OUTER_221, "correct", "dL/dW1"),
    Row("221", "text", "[[delta1_1*x_1, delta1_1*x_2], [delta1_2*x_1, delta1_2*x_2]]", OUTER_221, "correct", "dL/dW1"),
    Row("221", "text", "np.array([[delta1_1*x_1, delta1_1*x_2], [delta1_2*x_1, delta1_2*x_1]])", (("delta1_1*x_1", "delta1_1*x_2"), ("delta1_2*x_1", "delta1_2*x_1")), "wrong", "dL/dW1"),
    Row("221", "text", "[[delta1_1*x_1, delta1_1*x_2], [delta1_2*x_1]]", None, "invalid", "dL/dW1", "", ("row", "column", "entries")),
    Row("221", "text", "[[delta1_1*x_1, delta1_1*x_2], [delta1_2*x_1, delta1_2*x_2]", None, "invalid", "dL/dW1", "", ("]", "[", "bracket")),
    Row("221", "text", "(a2 - y)*a2*(1-a2)*W2[0][1]*x1", None, "invalid", "dL/dw1_1_1", "W2[0][1]", ()),
    Row("222", "text", "W2.T @ delta2 * (z1 > 0)", BACK_222, "correct", "delta1"),
    Row("222", "text", "(W2.T @ delta2) * np.where(z1 > 0, 1, 0)", BACK_222, "correct", "delta1"),
    Row("222", "text", "np.maximum(0, z1)", column("max(0, z1_1)", "max(0, z1_2)"), "correct", "a1"),
    Row("222", "text", "max(0, z1_1)", "max(0, z1_1)", "correct", "a1_1"),
    Row("222", "text", "z1_1 if z1_1 > 0 else 0", "z1_1 if z1_1 > 0 else 0", "correct", "a1_1"),
    Row("222", "text", "(w2_1_1*delta2_1 + w2_2_1*delta2_2)*1[z1_1>0]", f"(w2_1_1*delta2_1 + w2_2_1*delta2_2)*{IND11}", "correct", "delta1_1"),
    Row("222", "text", "(w2_1_1*delta2_1 + w2_2_1*delta2_2)*1[z1_1<0]", "(w2_1_1*delta2_1 + w2_2_1*delta2_2)*(1 if z1_1 < 0 else 0)", "wrong", "delta1_1"),
    Row("222", "text", "(w2_1_1*delta2_1 + w2_2_1*delta2_2)*relu'(z1_1)", f"(w2_1_1*delta2_1 + w2_2_1*delta2_2)*{IND11}", "correct", "delta1_1"),
    Row("222", "text", "sum_{k=1}^{2} delta2_k w2_{k,1} * 1[z1_1 > 0] * x_2", AnyOf(f"(delta2_1*w2_1_1 + delta2_2*w2_2_1)*{IND11}*x_2", None), ("correct", "invalid"), "dL/dw1_1_2"),
    Row("222", "text", "Σ_{k=1}^{2} δ_k^{[2]}·w_{k1}^{[2]}·𝟙[z_1^{[1]} > 0]", f"(delta2_1*w2_1_1 + delta2_2*w2_2_1)*{IND11}", "correct", "delta1_1"),
    Row("222", "text", "a2_1 - y_1", "a2_1 - y_1", "correct", "delta2_1"),
    Row("222", "text", "2(a2_1 - y_1)", "2*(a2_1 - y_1)", "wrong", "delta2_1"),
    Row("222", "text", "½((a2_1−y_1)²+(a2_2−y_2)²)", "1/2*((a2_1 - y_1)^2 + (a2_2 - y_2)^2)", "correct", "L"),
    Row("222", "text", "y_1 - a2_1", "y_1 - a2_1", "wrong", "delta2_1"),
    Row("222", "text", "a2_1 - y_3", None, "invalid", "delta2_1", "y_3", ("y_1", "y_2")),
    Row("222", "text", "(a2_1 - y_1", None, "invalid", "delta2_1", "(a2_1 - y_1", (")", "bracket", "closed")),
    Row("222", "text", "a2_1 - + * y_1", None, "invalid", "delta2_1", "+ * y", ()),
    Row("222", "text", "a2_1 -", None, "invalid", "delta2_1", (5, 6), ()),
    Row("222", "text", "а2_1 - y_1", None, "invalid", "delta2_1", "а2_1", ("U+0430",)),
    Row("222", "text", "a2_1 - у_1", None, "invalid", "delta2_1", "у_1", ("U+0443",)),
    Row("222", "text", "a2_1 ‑ y_1", AnyOf("a2_1 - y_1", None), ("correct", "invalid"), "delta2_1", "‑", ("U+2011",)),
    # --- typed on a phone, Word and Google Docs ----------------------------------------------------------------------------
    Row("221", "text", "δ₁⁽¹⁾·x₁", "delta1_1*x_1", "correct", "dL/dw1_1_1"),
    Row("221", "text", "δ₁⁽²⁾·x₁", "delta2_1*x_1", "wrong", "dL/dw1_1_1"),
    Row("221", "text", "∂L/∂w₁₁⁽¹⁾ = δ₁⁽¹⁾ x₁", "delta1_1*x_1", "correct", "dL/dw1_1_1"),
    Row("221", "text", "(a2 – y) × a2 × (1 – a2)", "(a2_1 - y_1)*a2_1*(1 - a2_1)", "correct", "delta2_1"),
    Row("221", "text", "(a2 − y)·σ′(z2)", f"(a2_1 - y_1)*{S21}", "correct", "delta2_1"),
    Row("221", "text", "(a2 − y)·σ’(z2)", f"(a2_1 - y_1)*{S21}", "correct", "delta2_1"),
    Row("221", "text", "(ŷ − y)·ŷ·(1 − ŷ)", AnyOf("(a2_1 - y_1)*a2_1*(1 - a2_1)", None), ("correct", "invalid"), "delta2_1"),
    Row("221", "text", "W2ᵀ δ2 ⊙ σ′(z1)", BACK_221, "correct", "delta1"),
    Row("221", "text", "(W⁽²⁾)ᵀ δ⁽²⁾ ⊙ σ(z⁽¹⁾) ⊙ (1 − σ(z⁽¹⁾))", BACK_221, "correct", "delta1"),
    Row("221", "text", "½·(y − a2)²", "1/2*(y_1 - a2_1)^2", "correct", "L"),
    Row("221", "text", "1/2 (y − a2)^2", AnyOf("1/2*(y_1 - a2_1)^2", None), ("correct", "invalid"), "L"),
    Row("221", "text", "δ1·x1", AnyOf(column("delta1_1*x_1", "delta1_2*x_1"), None), ("wrong", "invalid"), "dL/dw1_1_1"),
    Row("221", "text", "delta1_1*x_3", None, "invalid", "dL/dw1_1_1", "x_3", ("x_1", "x_2")),
    Row("221", "text", "delta1_1*x_12", None, "invalid", "dL/dw1_1_1", "x_12", ("x_1", "x_2")),
    Row("221", "text", "detla1_1*x_1", None, "invalid", "dL/dw1_1_1", "detla1_1", ("delta1_1",)),
    Row("221", "text", "delta1_1 times x_1", AnyOf("delta1_1*x_1", None), ("correct", "invalid"), "dL/dw1_1_1", "times", ("times",)),
    Row("221", "text", "the error of the hidden unit multiplied by its input", None, "invalid", "dL/dw1_1_1", "", ()),
    Row("221", "text", "δ*x1", None, "invalid", "dL/dw1_1_1", "δ", ()),
    Row("221", "text", "delta1_1*x_1;", AnyOf("delta1_1*x_1", None), ("correct", "invalid"), "dL/dw1_1_1"),
    Row("221", "text", "delta1_1*x_1.", AnyOf("delta1_1*x_1", None), ("correct", "invalid"), "dL/dw1_1_1"),
    # --- chains --------------------------------------------------------------------------------------------------------------
    Row("221", "text", "delta2_1 = (a2_1 - y_1)*a2_1*(1 - a2_1)\ndelta1_1 = delta2_1*w2_1_1*a1_1*(1 - a1_1)\ndL/dw1_1_1 = delta1_1*x_1",
        (("delta2_1", "(a2_1 - y_1)*a2_1*(1 - a2_1)"), ("delta1_1", "delta2_1*w2_1_1*a1_1*(1 - a1_1)"), ("dL_dw1_1_1", "delta1_1*x_1")), "correct", "dL/dw1_1_1", chain=True),
    Row("221", "text", "δ2 = (a2−y)·a2\nδ1_1 = δ2·w2_11·a1_1·(1−a1_1)\ndL/dw1_11 = δ1_1·x1",
        (("delta2_1", "(a2_1 - y_1)*a2_1"), ("delta1_1", "delta2_1*w2_1_1*a1_1*(1 - a1_1)"), ("dL_dw1_1_1", "delta1_1*x_1")), "wrong", "dL/dw1_1_1", chain=True),
    Row("221", "text", "delta2_1 = (a2_1 - y_1)*a2_1*(1 - a2_1)\ndelta1_1 = delta2_1*w2_1_1*a1_1*(1 - \ndL/dw1_1_1 = delta1_1*x_1", None, "invalid", "dL/dw1_1_1", (74, 90), ()),
    Row("chain", "text", "dy/dx = dy/du * du/dx = 3u^2 * 2 = 6u^2",
        (("dy_dx", "dy_du*local_u_x"), ("dy_dx", "3*u^2*2"), ("dy_dx", "6*u^2")), "correct", "dy/dx", chain=True),
    Row("chain", "text", "dy/dx = 3*(2x+1)^2\n= 3*(4x^2 + 4x + 1)",
        (("dy_dx", "3*(2*x + 1)^2"), ("dy_dx", "3*(4*x^2 + 4*x + 1)")), "wrong", "dy/dx", chain=True),
    Row("chain", "text", "= 6(2x+1)²", AnyOf("6*(2*x + 1)^2", None), ("correct", "invalid"), "dy/dx"),
    Row("chain", "text", "6*(2x+1)**2", "6*(2*x + 1)^2", "correct", "dy/dx"),
    Row("chain", "text", "24x²+24x+6", "24*x^2 + 24*x + 6", "correct", "dy/dx"),
    Row("chain", "text", "3u^2", "3*u^2", "wrong", "dy/dx"),
    Row("chain", "text", "y' = 6u²", AnyOf("6*u^2", None), ("correct", "invalid"), "dy/dx"),
    Row("chain", "text", "dy/dx =", None, "invalid", "dy/dx", (5, 7), ()),
    # --- numbers ------------------------------------------------------------------------------------------------------------
    Row("mazur", "text", "0.082167", "0.082167", "correct", "dL/dw2_1_1"),
    Row("mazur", "text", "0,082167", "0.082167", "correct", "dL/dw2_1_1"),
    Row("mazur", "text", "-0.082167", "-0.082167", "wrong", "dL/dw2_1_1"),
    Row("mazur", "text", "8.2167%", "0.082167", "correct", "dL/dw2_1_1"),
    Row("mazur", "text", "8.2167e-2", "0.082167", "correct", "dL/dw2_1_1"),
    Row("mazur", "text", "4.386E-04", "0.0004386", "correct", "dL/dw1_1_1"),
    Row("mazur", "text", "4.386e-3", "0.004386", "wrong", "dL/dw1_1_1"),
    Row("mazur", "text", "4.386×10⁻⁴", "0.0004386", "correct", "dL/dw1_1_1"),
    Row("mazur", "text", "4.386*10^-4", "0.0004386", "correct", "dL/dw1_1_1"),
    Row("mazur", "text", "0.138499 * 0.593270", "0.138499*0.593270", "correct", "dL/dw2_1_1"),
    Row("mazur", "text", "[[0.0004386, 0.0008771], [0.0004977, 0.0009954]]", (("0.0004386", "0.0008771"), ("0.0004977", "0.0009954")), "correct", "dL/dW1"),
    Row("mazur", "text", "[[0.0004386, 0.0004977], [0.0008771, 0.0009954]]", (("0.0004386", "0.0004977"), ("0.0008771", "0.0009954")), "wrong", "dL/dW1"),
    Row("mazur", "text", "dE_total/dw5 = dE_total/dout_o1 * dout_o1/dnet_o1 * dnet_o1/dw5", PATH_MAZUR, "correct", "dL/dw2_1_1"),
    Row("mazur", "text", "(out_o1 - target_o1) * out_o1 * (1 - out_o1) * out_h1", "(a2_1 - y_1)*a2_1*(1 - a2_1)*a1_1", "correct", "dL/dw2_1_1"),
    Row("mazur", "text", "(outo1 - targeto1) * outo1 * (1 - outo1) * outh1", AnyOf("(a2_1 - y_1)*a2_1*(1 - a2_1)*a1_1", None), ("correct", "invalid"), "dL/dw2_1_1"),
    Row("mazur", "text", "(out_o1 - target_o1) * out_o1 * (1 - out_o1) * w5", "(a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1", "wrong", "dL/dw2_1_1"),
    Row("mazur", "text", "(out_o1 - tarqet_o1) * out_h1", None, "invalid", "dL/dw2_1_1", "tarqet_o1", ("target_o1",)),
    Row("mazur", "text", "0.0821.67", None, "invalid", "dL/dw2_1_1", "0.0821.67", ()),
    Row("mazur", "text", "about 0.08", None, "invalid", "dL/dw2_1_1", "about", ()),
    Row("mazur", "text", "0." + "1234567890" * 5, None, "invalid", "dL/dw2_1_1", "", ("40",)),
    Row("point", "text", "10", "10", "correct", "df/dx"),
    Row("point", "text", "10,0", "10.0", "correct", "df/dx"),
    Row("point", "text", "3,5", "3.5", "wrong", "df/dx"),
    Row("point", "text", "6·1 + 2·2", "6*1 + 2*2", "correct", "df/dx"),
    Row("point", "text", "20/2", "20/2", "correct", "df/dx"),
    Row("point", "text", "1000%", "10", "correct", "df/dx"),
    Row("point", "text", "max(3,5)", "max(3, 5)", "wrong", "df/dx"),
    Row("point", "text", "10 (I used the chain rule)", None, "invalid", "df/dx", (3, 26), ()),
    # --- small functions ------------------------------------------------------------------------------------------------------
    Row("quadratic", "text", "6x + 2y", "6*x + 2*y", "correct", "df/dx"),
    Row("quadratic", "text", "2(3x+y)", "2*(3*x + y)", "correct", "df/dx"),
    Row("quadratic", "text", "x(6+2y/x)", "x*(6 + 2*y/x)", "correct", "df/dx"),
    Row("quadratic", "text", "3x2 + 2y", None, "invalid", "df/dx", "x2", ()),
    Row("quadratic", "text", "xy", "x*y", "wrong", "df/dx"),
    Row("quadratic", "text", "2x^2y", "2*x^2*y", "wrong", "df/dx"),
    Row("quadratic", "text", "-x^2 + x² + 6x + 2y", "-(x^2) + x^2 + 6*x + 2*y", "correct", "df/dx"),
    Row("quadratic", "text", "1/2x", AnyOf("1/(2*x)", "x/2", None), ("wrong", "wrong", "invalid"), "df/dx"),
    Row("quadratic", "text", "6x + 2у", None, "invalid", "df/dx", "у", ("U+0443",)),
    Row("quadratic", "text", "6x + 2γ", None, "invalid", "df/dx", "γ", ("gamma", "γ")),
    Row("quadratic", "text", "6x + 2z", None, "invalid", "df/dx", "z", ("z",)),
    Row("quadratic", "text", "", None, "invalid", "df/dx", "", ()),
    Row("quadratic", "text", " \n\t ", None, "invalid", "df/dx", "", ()),
    Row("quadratic", "text", "?", None, "invalid", "df/dx", "?", ()),
    Row("quadratic", "text", "idk", None, "invalid", "df/dx", "idk", ()),
    Row("quadratic", "text", "6x + " + "0 + " * 1200 + "2y", None, "invalid", "df/dx", "", ("4,096", "4096")),
    Row("quadratic", "text", "(" * 70 + "x" + ")" * 70, None, "invalid", "df/dx", "", ("60",)),
    Row("quadratic", "text", "x**100", None, "invalid", "df/dx", "x**100", ("64",)),
    Row("quadratic", "text", "9**9**9**9", None, "invalid", "df/dx", "", ()),
    Row("quadratic", "text", "__import__('os').system('id')", None, "invalid", "df/dx", "", ()),
    Row("quadratic", "text", "6x + 2y = 0", AnyOf("0", None), ("wrong", "invalid"), "df/dx"),
    Row("trig", "text", "2x cos(x^2) exp(sin(x^2))", "2*x*cos(x^2)*exp(sin(x^2))", "correct", "dy/dx"),
    Row("trig", "text", "2xcos(x^2)e^(sin(x^2))", AnyOf("2*x*cos(x^2)*exp(sin(x^2))", None), ("correct", "invalid"), "dy/dx"),
    Row("trig", "text", "Exp[Sin[x^2]] Cos[x^2] 2 x", AnyOf("exp(sin(x^2))*cos(x^2)*2*x", None), ("correct", "invalid"), "dy/dx"),
    Row("trig", "text", "sinx", AnyOf("sin(x)", None), ("wrong", "invalid"), "dy/dx"),
    Row("trig", "text", "math.exp(v)*math.cos(u)*2*x", AnyOf("exp(v)*cos(u)*2*x", None), ("correct", "invalid"), "dy/dx"),
    Row("trig", "text", "e^v*cos(u)*2x", "exp(v)*cos(u)*2*x", "correct", "dy/dx"),
    Row("trig", "text", "e^v*cos(u)*2^x", "exp(v)*cos(u)*2^x", "wrong", "dy/dx"),
    Row("trig", "text", "y cos u 2x", AnyOf("y*cos(u)*2*x", "y*cos(u*2*x)", None), ("correct", "wrong", "invalid"), "dy/dx"),
    Row("trig", "text", "exp(v)*cos()*2*x", None, "invalid", "dy/dx", "cos()", ()),
    Row("trig", "text", "y*csn(u)*2*x", None, "invalid", "dy/dx", "csn", ("cos", "sin")),
    Row("logarithm", "text", "exp(-z)/x", "exp(-z)/x", "correct", "df/dx"),
    Row("logarithm", "text", "-log(x)*np.exp(-z)", "-ln(x)*exp(-z)", "correct", "df/dz"),
    Row("logarithm", "text", "-ln(x)e^-z", "-ln(x)*e^(-z)", "correct", "df/dz"),
    Row("logarithm", "text", "frac(1, x) exp(-z)", AnyOf("1/x*exp(-z)", None), ("correct", "invalid"), "df/dx"),
    Row("fraction", "text", "a/(bc)", "a/(b*c)", "correct", "df/dx"),
    Row("fraction", "text", "a/bc", AnyOf("a/(b*c)", "a/b*c", None), ("correct", "wrong", "invalid"), "df/dx"),
    Row("fraction", "text", "a/b/c", "a/b/c", "correct", "df/dx"),
    Row("fraction", "text", "a÷(b·c)", "a/(b*c)", "correct", "df/dx"),
    Row("neuron", "text", "(a-y)*a*(1-a)*x", "(a - y)*a*(1 - a)*x", "correct", "dL/dw"),
    Row("neuron", "text", "(a-y)*a^2*(1-a)*x", "(a - y)*a^2*(1 - a)*x", "wrong", "dL/dw"),
    Row("neuron", "text", "(a−y)a(1−a)x", "(a - y)*a*(1 - a)*x", "correct", "dL/dw"),
    Row("neuron", "text", "(σ(wx+b) - y) σ'(wx+b) x", f"(sigmoid(w*x + b) - y)*{slope('w*x + b')}*x", "correct", "dL/dw"),
    Row("neuron", "text", "dL/da da/dz dz/dw", AnyOf("dL_da*local_a_z*local_z_w", None), ("correct", "invalid"), "dL/dw"),
    Row("neuron", "text", "(α-y)α(1-α)x", None, "invalid", "dL/dw", "α", ("alpha", "α")),
    Row("circuit", "text", "df/dq * dq/dx", "df_dq*local_q_x", "correct", "df/dx"),
    Row("circuit", "text", "z", "z", "correct", "df/dx"),
    Row("circuit", "text", "x+y", "x + y", "wrong", "df/dx"),
    Row("circuit", "text", "z(x+y)/q", "z*(x + y)/q", "correct", "df/dx"),
    Row("kink", "text", "x*(z>0)", "x if z > 0 else 0", "correct", "dL/dw"),
    Row("kink", "text", "x*step(w x + b)", "x if w*x + b > 0 else 0", "correct", "dL/dw"),
    Row("111", "text", "(a2 - y)*a2*(1 - a2)*w2*a1*(1 - a1)*x", "(a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1", "correct", "dL/dw1_1_1"),
    Row("111", "text", "delta2*W2*a1*(1 - a1)*x", "delta2_1*w2_1_1*a1_1*(1 - a1_1)*x_1", "correct", "dL/dw1_1_1"),
    Row("111", "text", "delta2*W2*a1*(1 - a1)", "delta2_1*w2_1_1*a1_1*(1 - a1_1)", "wrong", "dL/dw1_1_1"),
    Row("111", "text", "delta3*W2*a1*(1 - a1)*x", None, "invalid", "dL/dw1_1_1", "delta3", ("delta2", "delta1", "layer")),
    Row("343", "text", "a2 - y", column("a2_1 - y_1", "a2_2 - y_2", "a2_3 - y_3"), "correct", "delta2"),
    Row("343", "text", "[a2_1 - y_1, a2_2 - y_2, a2_3 - y_3]", AnyOf(column("a2_1 - y_1", "a2_2 - y_2", "a2_3 - y_3"), (("a2_1 - y_1", "a2_2 - y_2", "a2_3 - y_3"),)), ("correct", "wrong"), "delta2"),
    Row("343", "text", "exp(z2_1)/(exp(z2_1)+exp(z2_2)+exp(z2_3)) - y_1", "exp(z2_1)/(exp(z2_1) + exp(z2_2) + exp(z2_3)) - y_1", "correct", "delta2_1"),
    Row("343", "text", "a2_1*(1 - a2_1)*(-y_1/a2_1)", "a2_1*(1 - a2_1)*(-y_1/a2_1)", "wrong", "delta2_1"),
    Row("samples", "text", "((a1_1_s1 - y_1_s1)*x_1_s1 + (a1_1_s2 - y_1_s2)*x_1_s2)/2", MEAN, "correct", "dJ/dw1_1_1"),
    Row("samples", "text", "1/2*(delta1_1_s1*x_1_s1 + delta1_1_s2*x_1_s1)", "1/2*(delta1_1_s1*x_1_s1 + delta1_1_s2*x_1_s1)", "wrong", "dJ/dw1_1_1"),
    Row("skip", "text", "(s - t)*(1 + w2*(1 - h2^2))*(1 - h1^2)*x", "(s - t)*(1 + w2*(1 - h2^2))*(1 - h1^2)*x", "correct", "df/dw1"),
    Row("skip", "text", "(s - t)*(1 - h1^2)*x", "(s - t)*(1 - h1^2)*x", "wrong", "df/dw1"),
    # --- more of what stands between the symbols -------------------------------------------------------------------
    Row("quadratic", "text", "6x+2y  # power rule", AnyOf("6*x + 2*y", None), ("correct", "invalid"), "df/dx"),
    Row("quadratic", "text", "$6x+2y$", AnyOf("6*x + 2*y", None), ("correct", "invalid"), "df/dx"),
    Row("quadratic", "text", "2 3x + 2y", None, "invalid", "df/dx", (0, 4), ()),
    Row("quadratic", "text", "x 6 + 2y", AnyOf("6*x + 2*y", None), ("correct", "invalid"), "df/dx"),
    Row("quadratic", "text", ".5*(12x + 4y)", AnyOf("0.5*(12*x + 4*y)", None), ("correct", "invalid"), "df/dx"),
    Row("quadratic", "text", "x²y³", "x^2*y^3", "wrong", "df/dx"),
    Row("quadratic", "text", "x²³", AnyOf("x^23", None), ("wrong", "invalid"), "df/dx"),
    Row("quadratic", "text", "6x + 2y!", None, "invalid", "df/dx", "!", ()),
    Row("quadratic", "text", "d²f/dx²", None, "invalid", "df/dx", "", ()),
    Row("quadratic", "text", "df/dx = 6x + 2y", "6*x + 2*y", "correct", "df/dx"),
    Row("quadratic", "text", "f_x = 6x + 2y", AnyOf("6*x + 2*y", None), ("correct", "invalid"), "df/dx"),
    Row("quadratic", "text", "∂f/∂x = 6x + 2y", "6*x + 2*y", "correct", "df/dx"),
    Row("quadratic", "text", "6x +\u200b 2y", AnyOf("6*x + 2*y", None), ("correct", "invalid"), "df/dx"),
    Row("quadratic", "text", "６x + 2y", AnyOf("6*x + 2*y", None), ("correct", "invalid"), "df/dx"),
    Row("quadratic", "text", "6x\u00a0+\u20092y", "6*x + 2*y", "correct", "df/dx"),
    Row("quadratic", "text", "[6x + 2y]", AnyOf("6*x + 2*y", None), ("correct", "invalid"), "df/dx"),
    Row("quadratic", "text", "{6x + 2y", None, "invalid", "df/dx", "", ()),
    Row("quadratic", "text", "6x + 2y)", None, "invalid", "df/dx", ")", ()),
    Row("quadratic", "text", "6 x + y + y", "6*x + y + y", "correct", "df/dx"),
    Row("quadratic", "text", "6x++2y", AnyOf("6*x + 2*y", None), ("correct", "invalid"), "df/dx"),
    Row("quadratic", "text", "2x^2^0", AnyOf("2*x^(2^0)", None), ("wrong", "invalid"), "df/dx"),
    Row("trig", "text", "sin²(u)·y", "sin(u)^2*y", "wrong", "dy/dx"),
    Row("trig", "text", "y*√(1-sin(u)^2)*2*x", "y*sqrt(1 - sin(u)^2)*2*x", "wrong", "dy/dx"),
    Row("trig", "text", "dy/dv·dv/du·du/dx", "dy_dv*local_v_u*local_u_x", "correct", "dy/dx"),
    Row("trig", "text", "dy/dv*dv/du", "dy_dv*local_v_u", "wrong", "dy/dx"),
    Row("trig", "text", "(dy/dv)(dv/du)(du/dx)", "dy_dv*local_v_u*local_u_x", "correct", "dy/dx"),
    Row("mazur", "text", "0.138499 * 0.593270 = 0.082167", AnyOf("0.082167", None), ("correct", "invalid"), "dL/dw2_1_1"),
    Row("mazur", "text", "δ_o1 · out_h1", "delta2_1*a1_1", "correct", "dL/dw2_1_1"),
    Row("mazur", "text", "≈ 0.08217", AnyOf("0.08217", None), ("correct", "invalid"), "dL/dw2_1_1"),
    Row("mazur", "text", "0.08217 ± 0.00001", None, "invalid", "dL/dw2_1_1", "± 0", ()),
    Row("mazur", "text", "1.234.567,8", None, "invalid", "dL/dw2_1_1", "1.234.567,8", ()),
    Row("mazur", "text", "NaN", None, "invalid", "dL/dw2_1_1", "NaN", ()),
    Row("mazur", "text", "inf", None, "invalid", "dL/dw2_1_1", "inf", ()),
    Row("221", "text", "dz2 * a1[1]", AnyOf("delta2_1*a1_1", None), ("correct", "invalid"), "dL/dw2_1_1"),
    Row("221", "text", "dW1 = np.outer(delta1, x)", AnyOf(OUTER_221, None), ("correct", "invalid"), "dL/dW1"),
    Row("221", "text", "w_1 1*x_1", None, "invalid", "dL/dw1_1_1", (0, 5), ()),
    Row("221", "text", "sigmoid_prime(z2) * (a2 - y)", AnyOf(f"{S21}*(a2_1 - y_1)", None), ("correct", "invalid"), "delta2_1"),
    Row("221", "text", "1/(1+exp(-z2)) - y", "1/(1 + exp(-z2_1)) - y_1", "wrong", "delta2_1"),
    Row("221", "text", "W1 @ x + b1", column("w1_1_1*x_1 + w1_1_2*x_2 + b1_1", "w1_2_1*x_1 + w1_2_2*x_2 + b1_2"), "correct", "z1"),
    # --- above the limits
    Row("quadratic", "text", "+".join(["x"] * 70), None, "invalid", "df/dx", "", ("64",)),
    Row("quadratic", "text", "*".join(["x"] * 800), None, "invalid", "df/dx", "", ("1,500", "1500", "64", "60")),
    Row("quadratic", "text", "\n".join(["df/dx = 6x + 2y"] * 70), None, "invalid", "df/dx", "", ("64",)),
    Row("quadratic", "text", "[" + ", ".join(["x"] * 65) + "]", None, "invalid", "df/dx", "", ("64",)),
    Row("221", "text", "1/(1+np.exp(-(W1@x+b1)))", column("1/(1 + exp(-(w1_1_1*x_1 + w1_1_2*x_2 + b1_1)))", "1/(1 + exp(-(w1_2_1*x_1 + w1_2_2*x_2 + b1_2)))"), "correct", "a1"),
)

ROWS = (*LATEX, *TEXT)
