"""What a problem says about answers to it: `[[questions]]` to be asked, `[check]` how they are checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

LENIENT, STRICT = "lenient", "strict"


@dataclass(frozen=True)
class ExpectedAnswer:
    """
    A wrong answer that a lecturer expects, and what to say to whoever gives it.

    `target` is as written in the problem ("dL/dw1_1_1"), `code` a stable word such as "expected.update".
    """

    target: str
    answer: str
    message: str
    code: str = "expected"
    place: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True)
class Question:
    """
    One question to a class.

    `target` is the quantity asked for, as written ("dL/dw1_1_1"), None where a chain of steps is asked for;
    `marks` is the most that can be had (0 or more, exact); `steps` how many steps a chain needs for all of them (None:
    as many as it has); `form` the form required of the answer, None for any;
    `rtol` and `digits` are as in `CheckOptions`, None for those of the problem;
    `form_share` is the share of the marks (0 to 1) that a right answer in another form gets;
    `expected` are the lecturer's own wrong answers; `place` is "problem.toml:12", for what is found wrong later.
    """

    id: str
    target: str | None = None
    marks: Fraction = Fraction(1)
    steps: int | None = None
    form: str | None = None
    title: str = ""
    expected: tuple[ExpectedAnswer, ...] = ()
    place: str = field(default="", compare=False, repr=False)
    rtol: Fraction | None = None
    digits: int | None = None
    form_share: Fraction = Fraction(1)


@dataclass(frozen=True)
class CheckOptions:
    """
    How answers are checked.

    Numbers are accepted within `rtol`·|truth| + `atol` and, where `digits` is given, with so many significant digits;
    `boundary` is "lenient" or "strict": whether a difference at single points (ReLU at 0) is let pass;
    `hint` is 1 (that it is wrong), 2 (where) or 3 (the rule that was broken);
    `follow` is the share of its marks (0 to 1) that a wrong step gets where it follows from the student's own steps;
    `step_marks` are the marks of one step of a chain where no question says otherwise; `form` as in `Question`.
    """

    rtol: Fraction = Fraction(1, 1000)
    atol: Fraction = Fraction(1, 10**9)
    digits: int | None = None
    boundary: str = LENIENT
    hint: int = 3
    follow: Fraction = Fraction(1)
    step_marks: Fraction = Fraction(1)
    form: str | None = None
    expected: tuple[ExpectedAnswer, ...] = ()
