"""
Random answers in random spellings: whatever is read must have the value that was meant.

The printer here is a student's: it mixes notations within a line.  It shares nothing with the package's own printers.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from answer_values import worth
from answers_open import DEEP, MAZUR, NET, NEURON, RELU, TANH
from scoring_answers import lexicon

from symbackprop.errors import ParseError
from symbackprop.parse.answers import read_answer

PROBLEMS: dict[str, Any] = {
    "sigmoid": NET, "tanh": TANH, "relu": RELU, "three layers": DEEP, "own names": MAZUR, "function": NEURON,
}  # fmt: skip
BRACKETS = ("({})", r"\left({}\right)", r"\bigl({}\bigr)", r"\left[{}\right]", r"\Big( {} \Big)")
NUMBERS = (("1/2", "½", r"\frac12"), ("0.5", "0.5", "0.5"), ("1", "1", "1"))
SPACES = {True: (" ", r"\,", r" \cdot ", r" \times ", r"\;"), False: ("*", " * ", " ", "·", " × ")}
ANSWERS = 60
# Of all answers, how many are read; what is not read is refused, never misread.
LEAST_READ = 0.97


class Student:
    """Writes expressions twice: in plain names, and as a student would."""

    def __init__(self, problem: Any, seed: str, *, latex: bool) -> None:
        made = worth(problem)
        self.random = random.Random(seed)
        self.latex = latex
        self.own = made.derivation.problem.names
        self.network = made.derivation.problem.kind == "network"
        self.names = [name for name in made.known if not name.startswith("L")]
        self.slopes = [name for name in self.names if name.startswith(("z", "s"))]

    def pick(self, *ways: str) -> str:
        """Choose one spelling."""
        return self.random.choice(ways)

    def sum(self, depth: int) -> tuple[str, str]:
        """Write a sum of one to three terms."""
        plain, written = self.product(depth)
        if self.random.random() < 0.2:
            plain, written = f"-({plain})", f"-{written}"
        for _ in range(self.random.choice((0, 1, 1, 2))):
            more_plain, more = self.product(depth)
            sign = self.pick("+", "-")
            shown = self.pick("−", "-") if sign == "-" and not self.latex else sign
            plain = f"{plain} {sign} ({more_plain})"
            written += self.pick(f" {shown} ", shown) + more
        return plain, written

    def product(self, depth: int) -> tuple[str, str]:
        """Write a product of one to four factors."""
        factors = [self.factor(depth) for _ in range(self.random.choice((1, 2, 2, 3, 4)))]
        plain = "*".join(f"({part})" for part, _ in factors)
        written = factors[0][1]
        for _, part in factors[1:]:
            join = self.pick(*SPACES[self.latex])
            if numeric(part):
                join = r" \cdot " if self.latex else "*"
            written += join + part
        if self.random.random() < 0.1 and not numeric(written):
            coefficient = self.random.choice((2, 3, 10))
            plain, written = f"{coefficient}*{plain}", f"{coefficient}{self.pick(' ', '')}{written}"
        return plain, written

    def factor(self, depth: int) -> tuple[str, str]:
        """Write a name, a bracket, a function, a power or a fraction."""
        kind = self.random.random()
        if depth == 0 or kind < 0.45:
            return self.atom()
        if kind < 0.7:
            plain, written = self.sum(depth - 1)
            return f"({plain})", self.bracket(written)
        if kind < 0.82:
            return self.called(depth)
        if kind < 0.9:
            plain, written = self.sum(depth - 1)
            exponent = self.random.choice((2, 3))
            ways = (f"^{exponent}", f"^{{{exponent}}}") if self.latex else (f"^{exponent}", f"**{exponent}", "²³"[exponent - 2])
            shown = self.pick(*ways)
            return f"({plain})^{exponent}", self.bracket(written) + shown
        top, bottom = self.sum(depth - 1), self.sum(depth - 1)
        if self.latex:
            return f"(({top[0]})/({bottom[0]}))", rf"\{self.pick('frac', 'dfrac', 'tfrac')}{{{top[1]}}}{{{bottom[1]}}}"
        return f"(({top[0]})/({bottom[0]}))", f"(({top[1]})/({bottom[1]}))"

    def bracket(self, written: str) -> str:
        """Put brackets around."""
        if not self.latex:
            return f"({written})"
        return self.pick(*BRACKETS).replace("{}", written)

    def called(self, depth: int) -> tuple[str, str]:
        """Write a function of a sum, or the slope of an activation."""
        plain, written = self.sum(depth - 1)
        name = self.random.choice(("sigmoid", "tanh", "exp", "e", "slope"))
        if name == "slope":
            plain, written = self.atom(self.random.choice(self.slopes)) if self.slopes else (plain, written)
            shown = self.pick(r"\sigma'", r"\sigma^{\prime}", r"\sigma^\prime") if self.latex else self.pick("sigma'", "σ′", "σ'")
            slope = f"(sigmoid({plain})*(1 - sigmoid({plain})))"
            return slope, shown + (rf"\left({written}\right)" if self.latex and self.random.random() < 0.3 else f"({written})")
        if name == "e":
            return f"e^({plain})", f"e^{{{written}}}" if self.latex else f"e^({written})"
        if name == "exp":
            ways = (r"\exp", r"\operatorname{exp}") if self.latex else ("exp", "np.exp")
            return f"exp({plain})", f"{self.pick(*ways)}({written})"
        if name == "tanh":
            return f"tanh({plain})", (r"\tanh" if self.latex else "tanh") + f"({written})"
        shown = self.pick(r"\sigma", r"\sigma\!", r"\operatorname{sigmoid}") if self.latex else self.pick("sigmoid", "σ", "sigma")
        return f"sigmoid({plain})", f"{shown}({written})"

    def atom(self, name: str = "") -> tuple[str, str]:
        """Write a quantity or a number."""
        if not name and self.random.random() < 0.1:
            plain, text, latex = self.random.choice(NUMBERS)
            return plain, latex if self.latex else text
        name = name or self.random.choice(self.names)
        if name in self.own:
            return name, self.named(self.own[name])
        if not self.network:
            return name, name
        if self.random.random() < 0.15 and name.startswith("z"):
            name = f"delta{name[1:]}"
        return name, self.indexed(name)

    def named(self, own: str) -> str:
        """Write a problem's own name."""
        if not self.latex:
            return own
        head, _, tail = own.partition("_")
        head, digits = head.rstrip("0123456789"), head[len(head.rstrip("0123456789")) :]
        if digits:
            return self.pick(f"{head}_{digits}", f"{head}_{{{digits}}}")
        head = self.pick(head, rf"\mathrm{{{head}}}", rf"\text{{{head}}}")
        return f"{head}_{{{tail}}}" if tail else head

    def indexed(self, name: str) -> str:
        """Write a quantity with layer and indices."""
        head, *indices = name.split("_")
        letter = head.rstrip("0123456789")
        layer = head[len(letter) :]
        if not self.latex:
            ways = [name, f"{head}[{','.join(indices)}]" if layer else name]
            if letter == "delta":
                ways = [name, f"δ{layer}_{indices[0]}"]
            return self.pick(*ways)
        letter = r"\delta" if letter == "delta" else letter
        comma = self.pick("", ",", ", ") if len(indices) == 2 else ""
        below = comma.join(indices)
        below = f"_{below}" if len(below) == 1 and self.random.random() < 0.5 else f"_{{{below}}}"
        above = self.pick(f"^{{[{layer}]}}", f"^{{({layer})}}") if layer else ""
        return letter + self.pick(below + above, above + below)


def numeric(written: str) -> bool:
    """Whether something begins with a number or a fraction, so that no number can stand right before it."""
    return written[0].isnumeric() or written.startswith((r"\frac", r"\dfrac", r"\tfrac"))


@pytest.mark.parametrize("written_as", ["latex", "text"])
@pytest.mark.parametrize("name", PROBLEMS)
def test_random_answers_are_read_as_they_were_meant(name: str, written_as: str) -> None:
    made = worth(PROBLEMS[name])
    student = Student(PROBLEMS[name], f"{name} {written_as}", latex=written_as == "latex")
    refused = []
    for _ in range(ANSWERS):
        plain, written = student.sum(2)
        if len(written) > 900:
            continue
        try:
            answer = read_answer(written, lexicon(made), written_as)
        except ParseError as error:
            refused.append(f"{error}: {written}")
            continue
        meant = made.rows_of_reading(plain)
        if not made.same(meant, meant):  # divided by 0
            continue
        assert made.same(made.rows(answer.lines[-1].values[-1]), meant), f"{written}\nmeant {plain}"
    assert len(refused) <= ANSWERS * (1 - LEAST_READ), "\n".join(sorted(refused, key=len)[:3])


@pytest.mark.parametrize("written_as", ["latex", "text"])
@pytest.mark.parametrize("name", PROBLEMS)
def test_an_answer_that_lost_a_bracket_is_refused(name: str, written_as: str) -> None:
    made = worth(PROBLEMS[name])
    student = Student(PROBLEMS[name], f"lost {name} {written_as}", latex=written_as == "latex")
    tried = 0
    while tried < ANSWERS // 3:
        _, written = student.sum(2)
        brackets = [place for place, character in enumerate(written) if character in "()[]{}"]
        if not brackets:
            continue
        tried += 1
        lost = student.random.choice(brackets)
        with pytest.raises(ParseError):
            read_answer(written[:lost] + written[lost + 1 :], lexicon(made), written_as)


def test_every_problem_has_names_to_write() -> None:
    assert all(Student(problem, "", latex=True).names for problem in PROBLEMS.values())
