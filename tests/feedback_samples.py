"""
Answers of all sorts, for reading the feedback as a student would.

Run as a program it prints what `symbackprop check` says to each: `python tests/feedback_samples.py [--width 80] [NUMBER …]`.
"""

# ruff: noqa: E501 - one sample a line
from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

EXAMPLES = Path(__file__).parents[1] / "worked_examples"
MAZUR = str(EXAMPLES / "mazur.toml")
BATCH = str(EXAMPLES / "batch_in_layers.toml")
SOFTMAX = str(EXAMPLES / "softmax_343.toml")


class Sample(NamedTuple):
    """One student's answer; `code` is the command's exit code, `target` is empty for a chain, `about` says what was done."""

    code: int
    about: str
    problem: str
    target: str
    answer: str
    options: tuple[str, ...] = ()


SAMPLES = (
    Sample(0, "right, in text", "2-2-1:sigmoid,bce", "dL/dw1_1_1", "(a2_1 - y) w2_1_1 a1_1 (1 - a1_1) x_1"),
    Sample(0, "right, in LaTeX", "2-2-1:sigmoid,half_squared_error", "dL/dw1_1_1", r"-(y-a^{[2]})\sigma'(z_1^{[2]})w_{11}^{[2]}\sigma'(z_1^{[1]})x_1"),
    Sample(1, "forgot a slope", "2-2-1:sigmoid,bce", "dL/dw1_1_1", "(a2_1 - y) w2_1_1 x_1"),
    Sample(1, "sign", "2-2-1:sigmoid,bce", "dL/dw2_1_1", "(y - a2_1) a1_1"),
    Sample(1, "factor 2", "2-2-1:tanh/identity,half_squared_error", "dL/db2_1", "2 (a2_1 - y)"),
    Sample(1, "σ for σ′", "2-2-1:sigmoid,half_squared_error", "dL/dw1_1_1", r"(a^{[2]}-y)\,\sigma'(z^{[2]})\,w_{11}^{[2]}\,\sigma(z_1^{[1]})\,x_1"),
    Sample(1, "tanh's slope taken for sigmoid's", "2-2-1:tanh/sigmoid,bce", "dL/dw1_1_1", "(a2_1 - y) w2_1_1 a1_1 (1 - a1_1) x_1"),
    Sample(1, "wrong weight", "2-2-1:sigmoid,bce", "dL/dw1_1_1", "(a2_1 - y) w2_1_2 a1_1 (1 - a1_1) x_1"),
    Sample(1, "gradient of another weight", "2-2-1:sigmoid,bce", "dL/dw1_1_2", "delta1_1 x_1"),
    Sample(1, "one path only", MAZUR, "dE_total/dw1", "delta_o1*w5*out_h1*(1 - out_h1)*i1"),
    Sample(0, "a number, right", MAZUR, "dE_total/dw5", "0,0822"),
    Sample(1, "a number, wrong", MAZUR, "dE_total/dw5", "0.138"),
    Sample(0, "a number rounded to three digits", MAZUR, "dE_total/dw8", "-0.0227"),
    Sample(1, "the updated weight", MAZUR, "dE_total/dw5", "0.35891648"),
    Sample(1, "transposed", "2-3-2:tanh/softmax,cross_entropy", "dL/dW1", r"x\,(\delta^{[1]})^\top"),
    Sample(1, "W for Wᵀ: shapes do not fit", "2-3-2:tanh/softmax,cross_entropy", "delta1", "W2 @ delta2 * (1 - a1**2)"),
    Sample(0, "matrices, right, as in NumPy", "2-3-2:tanh/softmax,cross_entropy", "dL/dW1", "(W2.T @ delta2 * (1 - a1**2)) @ x.T"),
    Sample(1, "softmax without its off-diagonal part", SOFTMAX, "delta2_1", "-y_1 (1 - a2_1)"),
    Sample(1, "one over N forgotten", BATCH, "dJ/dW2", "(A2 - Y) @ A1.T"),
    Sample(1, "ReLU's mask inverted", "2-2-1:relu/identity,half_squared_error", "dL/dw1_1_1", "(a2_1 - y) w2_1_1 (1 if z1_1 < 0 else 0) x_1"),
    Sample(0, "ReLU with ≥", "2-2-1:relu/identity,half_squared_error", "delta1_1", "(a2_1 - y) w2_1_1 (1 if z1_1 >= 0 else 0)"),
    Sample(2, "no such name", "2-2-1:sigmoid,bce", "dL/dw1_1_1", "delta1_3*x_1"),
    Sample(2, "bracket not closed", "2-2-1:sigmoid,bce", "dL/dw1_1_1", r"(a^{[2]}-y)\,w_{11}^{[2]}\,\sigma'(z_1^{[1]}\,x_1"),
    Sample(2, "a Cyrillic letter", "2-2-1:sigmoid,bce", "dL/dw2_1_1", "(а2_1 - y)*a1_1"),
    Sample(0, "a sum without a range", "2-2-1:sigmoid,bce", "dL/dx_1", r"\sum_j \delta_j^{[1]} w_{j1}^{[1]}"),
    Sample(2, "words", "2-2-1:sigmoid,bce", "dL/dw1_1_1", "I don't know"),
    Sample(0, "a chain, right", "q = x + y; f = q*z", "", "df/dq = z; df/dx = df/dq * dq/dx = z"),
    Sample(1, "a chain with one wrong step, the rest follows", "2-2-1:tanh/sigmoid,bce", "", "delta2_1 = y - a2_1\ndelta1_1 = delta2_1 w2_1_1 (1 - a1_1^2)\ndL/dw1_1_1 = delta1_1 x_1"),
    Sample(1, "a chain in aligned, a slope forgotten", "2-2-1:sigmoid,half_squared_error", "dL/dw1_1_1", r"\begin{aligned} \frac{\partial L}{\partial w^{[1]}_{11}} &= \frac{\partial L}{\partial a^{[2]}}\frac{\partial a^{[2]}}{\partial z^{[2]}}\frac{\partial z^{[2]}}{\partial a^{[1]}_1}\frac{\partial a^{[1]}_1}{\partial z^{[1]}_1}\frac{\partial z^{[1]}_1}{\partial w^{[1]}_{11}} \\ &= (a^{[2]}-y)\,a^{[2]}(1-a^{[2]})\,w^{[2]}_{11}\,x_1 \end{aligned}"),
    Sample(0, "right, but not in the form asked for", "y = sin(x^2)", "dy/dx", "2x*cos(x^2)", ("--form", "in terms of u")),
    Sample(1, "a function: inner derivative forgotten", "u = x^2; y = sin(u)", "dy/dx", "cos(u)"),
    Sample(1, "nothing like it", "2-2-1:sigmoid,bce", "dL/dw1_1_1", "x_1 + x_2"),
)


def words(sample: Sample, *more: str) -> list[str]:
    """Return the command line for a sample."""
    return ["check", sample.problem, *sample.options, *more, "--", *([sample.target] if sample.target else []), sample.answer]


def said(sample: Sample, *more: str, width: int = 80, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command on one sample."""
    command = [sys.executable, "-m", "symbackprop", *words(sample, *more)]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False, env={**os.environ, "COLUMNS": str(width), **environment}
    )


def main() -> None:
    """Print what is said to every sample, or to those whose numbers are given."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--width", type=int, default=80)
    parser.add_argument("numbers", nargs="*", type=int)
    chosen = parser.parse_args()
    for number, sample in enumerate(SAMPLES, 1):
        if chosen.numbers and number not in chosen.numbers:
            continue
        result = said(sample, width=chosen.width)
        print(f"--- {number}. {sample.about}\n{sample.problem}  {sample.target}\n{sample.answer}\n→ exit code {result.returncode}")
        print(result.stdout + result.stderr)


if __name__ == "__main__":
    main()
