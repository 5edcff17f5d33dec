"""What a check found, as data: a verdict with its evidence, and for a wrong answer where and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from textwrap import fill
from typing import Any

from symbackprop.document import nested

CORRECT, WRONG, UNDECIDED, INVALID = "correct", "wrong", "undecided", "invalid"
SIGNS = {CORRECT: "✓", WRONG: "✗", UNDECIDED: "?", INVALID: "!"}
FOLLOWS = "→"
PROVED, SAMPLED = "proved", "sampled"


@dataclass(frozen=True, slots=True)
class Witness:
    """A point at which two values differ; `entry` says which entry of a matrix, (0, 0) for a scalar."""

    point: Mapping[str, Fraction]
    yours: float
    truth: float
    entry: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class StepFinding:
    """
    One step of a chain, counted from 1.

    `follows` says that a wrong step follows correctly from the reader's own earlier steps; `marks` of `most` were given.
    What was read, left side and all, is in `reading` (LaTeX), `reading_text`, `expression` (plain names) and `mathml`.
    """

    number: int
    text: str
    verdict: str
    evidence: str | None
    message: str
    codes: frozenset[str] = frozenset()
    follows: bool = False
    reading: str = ""
    marks: Fraction = Fraction(0)
    most: Fraction = Fraction(1)
    reading_text: str = ""
    expression: str = ""
    mathml: str = field(default="", repr=False)


@dataclass(frozen=True)
class Finding:
    """
    What a check found.

    `verdict` is "correct", "wrong", "undecided" or "invalid" (it could not be read, which is not wrong); `evidence` is
    "proved", "sampled" or None; `codes` are stable words such as "missing.slope", all that explain the answer;
    `message` is what the reader is told at the level of hint asked for, and `hints` has all three levels;
    `reading` (LaTeX), `reading_text`, `expression` (plain names) and `mathml` show what was read;
    `witness` is a point with both values, or None;
    `first_wrong_step` counts from 1 (None where no step is wrong), `follows` are the wrong steps that follow correctly
    from it; `boundary` says where two expressions differ only between two cells, such as "z1_1 = 0"; `limits_hit` are
    the budgets that ran out; `form` is "met", "not met" or None where none was required.
    """

    verdict: str
    evidence: str | None = None
    codes: frozenset[str] = frozenset()
    message: str = ""
    reading: str = ""
    witness: Witness | None = None
    first_wrong_step: int | None = None
    follows: tuple[int, ...] = ()
    boundary: str = ""
    limits_hit: tuple[str, ...] = ()
    target: str = ""
    answer: str = ""
    reading_text: str = ""
    hints: tuple[str, ...] = ()
    form: str | None = None
    points: int = 0
    steps: tuple[StepFinding, ...] = ()
    marks: Fraction = Fraction(0)
    most: Fraction = Fraction(1)
    solution: str = field(default="", repr=False)
    expression: str = ""
    mathml: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        """Whether the answer is correct."""
        return self.verdict == CORRECT

    def __str__(self) -> str:
        """Return what the reader is told."""
        return self.message

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002, FBT001 - IPython's signature
        """Say the same where nothing richer can be shown; within a list or the like, the verdict."""
        lines = f"{SIGNS[self.verdict]} {self.verdict if nested(printer) else self.message}".split("\n")
        printer.text("\n".join(fill(line, 80, break_on_hyphens=False) if len(line) > 80 else line for line in lines))

    def _repr_markdown_(self) -> str:
        """Show what was read and what is said of it, in a notebook."""
        said, _, drawn = self.message.partition("\n")
        parts = [f"Read as $\\displaystyle {self.reading}$"] if self.reading else []
        if self.steps and all(step.reading for step in self.steps):
            signs = (FOLLOWS if step.follows else SIGNS[step.verdict] for step in self.steps)
            read = zip(signs, self.steps, strict=True)
            parts = ["\n".join(f"{step.number}. {_escaped(sign)} $\\displaystyle {step.reading}$" for sign, step in read)]
        parts.append(_escaped(f"{SIGNS[self.verdict]} {said}"))
        parts += [f"    {line}" for line in drawn.split("\n")] if drawn else []
        return "\n\n".join(parts[:2]) + "".join(f"\n{line}" for line in ["", *parts[2:]])


# Signs that the fonts of a PDF lack, as mathematics.
_MATHEMATICS = {
    "✓": r"\checkmark ", "✗": r"\times ", "→": r"\to ", "≈": r"\approx ", "σ": r"\sigma ", "δ": r"\delta ", "∂": r"\partial ",
    "′": "'", "⊙": r"\odot ", "≥": r"\ge ", "≤": r"\le ", "≠": r"\ne ",
}  # fmt: skip
_SIGNS = re.compile(f"[{''.join(_MATHEMATICS)}]+(?![0-9$])")


def _escaped(text: str) -> str:
    """Return a text of which Markdown changes nothing; signs of mathematics are set as mathematics."""
    parts, start = [], 0
    for found in _SIGNS.finditer(text):
        set_ = "".join(_MATHEMATICS[sign] for sign in found[0]).rstrip()
        parts += [_literal(text[start : found.start()]), f"${set_}$"]
        start = found.end()
    return "".join([*parts, _literal(text[start:])])


def _literal(text: str) -> str:
    # A dollar stands in an element of its own, since MathJax searches the finished page for pairs of them.
    escaped = "".join(f"\\{char}" if char in "\\`*_{}[]()<>#+-.!|$~&" else char for char in text)
    return escaped.replace("\\$", "<span>\\$</span>")
