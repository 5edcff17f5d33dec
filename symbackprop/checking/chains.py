"""
A chain of steps: each against the truth, and against the truth given the reader's own earlier steps.

A step that is wrong in itself but follows from an earlier wrong one gets its marks, unless that one was trivial: a
constant, zero, or an input.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from symbackprop.checking.explain import Checked, Explainer
from symbackprop.checking.judge import judge_number
from symbackprop.checking.own import OwnWorld
from symbackprop.checking.truth import Rows, Target, shape_of
from symbackprop.errors import ParseError
from symbackprop.expr import Expr, Number, Symbol, substitute, symbols
from symbackprop.findings import CORRECT, PROVED, SAMPLED, UNDECIDED, WRONG, Finding, StepFinding, Witness
from symbackprop.narrate import verdicts
from symbackprop.parse.answers import Answer, Line

VERDICTS = (WRONG, UNDECIDED, CORRECT)


@dataclass
class Chain:
    """What grows while the steps of one answer are checked: `own` are the reader's own wrong definitions, in true names."""

    explainer: Explainer
    own: dict[str, Expr] = field(default_factory=dict)
    trivial: set[str] = field(default_factory=set)
    steps: list[StepFinding] = field(default_factory=list)
    witness: Witness | None = None

    def check(self, read: Answer, asked: Target | None, answer: str) -> Finding:
        """Check every step and sum up; `asked` is what the last one must be about."""
        named = None
        for number, line in enumerate(read.lines, 1):
            unnamed = line.left is None and number == len(read.lines)
            named = asked if unnamed and asked is not None else named_by(line, self.explainer, answer)
            self.step(number, line, named)
        assert named is not None
        finding = self.summed_up(asked, named)
        return replace(finding, answer=answer, **self.explainer.readings(read.lines[-1]))

    def step(self, number: int, line: Line, named: Target) -> None:
        """Check one step."""
        options = self.explainer.options
        found = self.explainer.line(line, named)
        message = found.hints[options.hint - 1]
        follows = False
        if found.judged.verdict == WRONG and self.own:
            meant = self.explainer.line(line, named, self.own)
            if meant.judged.verdict == CORRECT:
                found, message = meant, "Right, with the names as you defined them."
            else:
                follows, easy = self.follows(line, named, numeric=found.judged.numeric)
                if follows:
                    message = "Not right in itself, but it follows from your own earlier steps."
                elif easy:
                    message += " It would follow from an earlier step, but that one is too simple to give credit for."
        if found.judged.verdict == WRONG:
            self.remember(line, named, found)
        earned = options.step_marks * (options.follow if follows else int(found.judged.verdict == CORRECT))
        self.steps.append(
            StepFinding(
                number, line.text.strip(), found.judged.verdict, found.judged.evidence, message, found.codes, follows,
                self.explainer.readings(line)["reading"], earned, options.step_marks,
            )
        )  # fmt: skip

    def values(self, line: Line) -> Rows:
        """Return the last value of a line in true names: a name that was defined wrongly stands for that definition."""
        rows = self.explainer.truth.entries(line.values[-1])
        return tuple(tuple(substitute(value, self.own) for value in row) for row in rows)

    def remember(self, line: Line, named: Target, found: Checked) -> None:
        """Keep a wrong step: later ones may follow from it."""
        self.witness = self.witness or found.judged.witness
        rows = self.values(line)
        if shape_of(rows) != named.shape:
            return
        for i, j, symbol in named:
            value = self.own[symbol.name] = rows[i - 1][j - 1]
            if is_trivial(value, self.explainer, numeric=found.judged.numeric):
                self.trivial.add(symbol.name)

    def follows(self, line: Line, named: Target, *, numeric: bool) -> tuple[bool, bool]:
        """Whether a wrong step follows from earlier ones; and whether it would, were none of them trivial."""
        rows = self.values(line)
        if shape_of(rows) != named.shape:
            return False, False

        def close(yours: Any, expected: Any) -> bool:
            return judge_number(yours, expected, self.explainer.options, None).verdict == CORRECT

        def from_(own: Mapping[str, Expr]) -> bool:
            world = OwnWorld(self.explainer.truth, own)
            return any(world.depends(symbol) for _, _, symbol in named) and all(
                world.follows(rows[i - 1][j - 1], symbol, close if numeric else None) for i, j, symbol in named
            )

        fits = from_(self.own)
        if fits and self.trivial:
            honest = from_({name: value for name, value in self.own.items() if name not in self.trivial})
            return honest, not honest
        return fits, False

    def summed_up(self, asked: Target | None, last: Target) -> Finding:
        """Sum the chain up: the worst verdict, the first wrong step, which follow from it, and the marks."""
        steps = tuple(self.steps)
        verdict = min((step.verdict for step in steps), key=VERDICTS.index)
        first = next((step.number for step in steps if step.verdict == WRONG), None)
        follows = tuple(step.number for step in steps if step.follows)
        codes = steps[first - 1].codes if first else frozenset[str]()
        marks, most = (sum(parts, Fraction(0)) for parts in ([s.marks for s in steps], [s.most for s in steps]))
        message = verdicts.chain(steps, first, follows, marks, most)
        if asked is not None and last.entries != asked.entries:
            message += f" The last step is about {last.name}; {asked.name} is asked for."
            if verdict == CORRECT:
                verdict, codes = WRONG, frozenset({"incomplete"})
        evidence = None if verdict == UNDECIDED else SAMPLED if any(s.evidence == SAMPLED for s in steps) else PROVED
        hints = (
            "Not right yet." if verdict == WRONG else message,
            f"The first wrong step is step {first}." if first else message,
            message,
        )
        target = asked or last
        return Finding(
            verdict, evidence, codes, hints[self.explainer.options.hint - 1], first_wrong_step=first, follows=follows,
            witness=self.witness, target=target.name, hints=hints, steps=steps, marks=marks, most=most,
            solution=self.explainer.truth.solution(target),
        )  # fmt: skip


def named_by(line: Line, explainer: Explainer, answer: str) -> Target:
    """Return what the left side of a line is about; raises ParseError where it has none."""
    if not isinstance(line.left, Symbol):
        msg = f'"{line.text.strip()[:40]}" does not say what it is equal to; a line such as dL/dw = … is accepted'
        raise ParseError(msg, answer, line.start)
    return explainer.truth.asked(line.left)


def is_trivial(value: Expr, explainer: Explainer, *, numeric: bool) -> bool:
    """Whether a wrong step is too simple to earn others credit: a constant, zero, an input (of numbers, only zero)."""
    if isinstance(value, Number) and value.value == 0:
        return True
    if numeric:
        return False
    return not symbols(value) or (isinstance(value, Symbol) and explainer.truth.is_leaf(value))
