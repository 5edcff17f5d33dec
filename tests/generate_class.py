"""
A class that never was: submissions to four questions, right, wrong and unreadable, the same ones every time.

`python tests/generate_class.py FOLDER [STUDENTS]` writes homework.toml and class.csv there.
"""

from __future__ import annotations

import csv
import random
import sys
from pathlib import Path

PROBLEM = """\
title = "Backpropagation by hand"

[network]
inputs = 2
loss = "half_squared_error"
layers = [
  { units = 2, activation = "sigmoid" },
  { units = 1, activation = "sigmoid" },
]

[check]
hint = 3

[[questions]]
id = "q1"
title = "The error of the output"
target = "delta2_1"
marks = 2

[[questions]]
id = "q2"
title = "A weight of the first layer"
target = "dL/dw1_1_1"
marks = 3

[[questions]]
id = "q3"
title = "All weights of the second layer"
target = "dL/dW2"
marks = 2

[[questions]]
id = "q4"
title = "From the error to the bias, step by step"
marks = 4
steps = 4
"""

CHAIN = (
    "delta2 = (a2_1 - y_1)*a2_1*(1 - a2_1)",
    "delta1_1 = delta2*w2_1_1*a1_1*(1 - a1_1)",
    "dL/dw1_1_1 = delta1_1*x_1",
    "dL/db1_1 = delta1_1",
)

# What students write, with how often: right ones, mistakes, and what cannot be read.
ANSWERS: dict[str, tuple[tuple[int, str, str], ...]] = {
    "q1": (
        (30, "latex", r"(a_1^{[2]} - y_1)\, a_1^{[2]} (1 - a_1^{[2]})"),
        (20, "text", "(a2_1 - y)*a2_1*(1 - a2_1)"),
        (12, "latex", r"-(y_1 - a_1^{[2]})\,\sigma'(z_1^{[2]})"),
        (9, "text", "a2_1 - y_1"),
        (7, "latex", r"(y_1 - a_1^{[2]})\, a_1^{[2]} (1 - a_1^{[2]})"),
        (4, "text", "2(a2_1 - y_1) a2_1 (1 - a2_1)"),
        (3, "text", "(a2_1 - y_1)*(1 - a2_1"),
        (2, "text", "I don't know"),
    ),
    "q2": (
        (22, "latex", r"\delta_1^{[1]} x_1"),
        (18, "latex", r"(a_1^{[2]} - y_1)\,\sigma'(z_1^{[2]})\, w_{1,1}^{[2]}\, \sigma'(z_1^{[1]})\, x_1"),
        (14, "text", "(a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1"),
        (13, "text", "(a2_1 - y_1)*a2_1*(1 - a2_1)*w2_1_1*x_1"),
        (8, "latex", r"\delta_1^{[2]} w_{1,1}^{[2]} a_1^{[1]} (1 - a_1^{[1]}) x_2"),
        (6, "text", "(a2_1 - y_1)*w2_1_1*a1_1*(1 - a1_1)*x_1"),
        (4, "latex", r"\delta_1^{[1]} a_1^{[1]}"),
        (3, "text", "delta1_1 * q_7"),
    ),
    "q3": (
        (34, "latex", r"\delta^{[2]} (a^{[1]})^\top"),
        (16, "text", "[[delta2_1*a1_1, delta2_1*a1_2]]"),
        (11, "latex", r"\delta^{[2]} a^{[1]}"),
        (8, "text", "delta2 * x.T"),
        (5, "latex", r"a^{[1]} \delta^{[2]}"),
        (2, "latex", r"\frac{\partial L}{\partial"),
    ),
    "q4": (
        (36, "text", "\n".join(CHAIN)),
        (12, "text", "\n".join((CHAIN[0], "delta1_1 = delta2*w2_1_1", *CHAIN[2:]))),
        (10, "text", "\n".join(("delta2 = (y_1 - a2_1)*a2_1*(1 - a2_1)", *CHAIN[1:]))),
        (8, "text", "\n".join((*CHAIN[:2], "dL/dw1_1_1 = delta1_1*x_2", CHAIN[3]))),
        (4, "text", "\n".join(CHAIN[:2])),
        (2, "text", "delta2 = ???"),
    ),
}


def rows(students: int, seed: int = 0, missing: float = 0.03, *, different: bool = False) -> list[tuple[str, str, str, str]]:
    """
    Return (student, question, answer, format), question by question, as exported from a form.

    `missing` is the share of answers that were not handed in; with `different`, no two answers are the same to the letter.
    """
    draws = random.Random(seed)
    names = [f"Student {number:03d}" for number in range(1, students + 1)]
    found = []
    for question, answers in ANSWERS.items():
        for name in names:
            _, form, text = draws.choices(answers, [weight for weight, _, _ in answers])[0]
            if draws.random() < missing:
                continue
            # Many write a little differently, so that few answers are the same to the letter.
            answer = varied(text, form, draws)
            found.append((name, question, answer.replace(" ", " " * (1 + len(found) % 1000), 1) if different else answer, form))
    return found


def varied(text: str, form: str, draws: random.Random) -> str:
    """Return an answer written a little differently: spaces, and in LaTeX the space commands."""
    if form == "latex":
        text = text.replace(r"\,", draws.choice((r"\,", " ", r" \cdot ", r"\;")))
        return text.replace(" ", draws.choice((" ", "  "))) if draws.random() < 0.5 else text
    for mark in "*-":
        if draws.random() < 0.5:
            text = text.replace(mark, draws.choice((f" {mark} ", f"{mark} ", f" {mark}")))
    return text


def write(folder: Path, students: int, missing: float = 0.03, *, different: bool = False) -> tuple[Path, Path]:
    """Write homework.toml and class.csv into a folder; returns both paths."""
    problem, table = folder / "homework.toml", folder / "class.csv"
    problem.write_text(PROBLEM, encoding="utf-8")
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("student", "question", "answer", "format"))
        writer.writerows(rows(students, 0, missing, different=different))
    return problem, table


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    write(target, int(sys.argv[2]) if len(sys.argv) > 2 else 60)
