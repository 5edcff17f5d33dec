"""
A chain of steps: each against the truth, and against the truth given the reader's own earlier steps.

Every equality is a step: "dL/dw = A = B" on one line are two.  A step that is wrong in itself but follows from an
earlier wrong one gets its marks, unless that one was trivial: a constant, zero, or an input.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from symbackprop.checking.entries import Rows, shape_of
from symbackprop.checking.explain import Checked, Explainer
from symbackprop.checking.judge import judge_number
from symbackprop.checking.own import OwnWorld
from symbackprop.checking.showing import shown
from symbackprop.checking.truth import Target
from symbackprop.errors import ParseError
from symbackprop.expr import Adjoint, Expr, Number, Partial, Symbol, substitute, symbols
from symbackprop.findings import CORRECT, INVALID, PROVED, SAMPLED, UNDECIDED, WRONG, Finding, StepFinding, Witness
from symbackprop.narrate import verdicts
from symbackprop.parse.answers import Answer, Line

MOST_STEPS = 64
VERDICTS = (WRONG, UNDECIDED, CORRECT)


@dataclass
class Chain:
    """What grows while the steps of one answer are checked: `own` are the reader's own wrong definitions, in true names."""

    explainer: Explainer
    own: dict[str, Expr] = field(default_factory=dict)
    trivial: set[str] = field(default_factory=set)
    steps: list[StepFinding] = field(default_factory=list)
    reached: list[Target] = field(default_factory=list)
    witness: Witness | None = None

    def check(self, read: Answer, asked: Target | None, answer: str) -> Finding:
        """Check every step and sum up; one of them must be about `asked`."""
        if (count := sum(len(line.values) for line in read.lines if not line.defines)) > MOST_STEPS:
            msg = f"the answer has {count} steps; up to {MOST_STEPS} are read"
            raise ParseError(msg, answer, 0)
        for number, line in enumerate(read.lines, 1):
            if line.defines:  # a name of the answer's own, put in where it is used: no step
                continue
            unnamed = line.left is None and number == len(read.lines)
            named = asked if unnamed and asked is not None else named_by(line, self.explainer, answer)
            for value in line.values:
                self.step(line, value, named)
        return self.summed_up(asked)

    def step(self, line: Line, value: Expr, named: Target) -> None:
        """Check one equality."""
        explainer = self.explainer
        digits = line.digits if value is line.values[-1] else None
        found = explainer.value(value, named, digits=digits)
        if found.judged.verdict == INVALID:  # a step that goes round in a circle says nothing
            hints = verdicts.wrong(found.judged.said, "", "", "")
            found = replace(found, judged=replace(found.judged, verdict=WRONG), hints=hints)
        message = found.hints[explainer.options.hint - 1]
        follows = False
        told = any(named.entries == earlier.entries for earlier in self.reached)
        if found.judged.verdict == WRONG and self.own:
            meant = explainer.value(value, named, digits=digits, own=self.own)
            if meant.judged.verdict == CORRECT:
                found, message = meant, "Right, with the names as you defined them."
            else:
                follows, easy = self.follows(value, named, numeric=found.judged.numeric)
                if follows:
                    message = "Not right in itself, but it follows from your own earlier steps."
                elif easy:
                    message += " It would follow from an earlier step, but that one is too simple to give credit for."
        if found.judged.verdict == WRONG:
            self.remember(value, named, found)
        earned = explainer.options.step_marks * (explainer.options.follow if follows else int(found.judged.verdict == CORRECT))
        # Who says a thing twice is right or wrong once.
        most = Fraction(0) if told and found.judged.verdict == CORRECT else explainer.options.step_marks
        earned = min(earned, most)
        read = shown(value, explainer.truth, line.left)
        self.reached.append(named)
        judged = found.judged
        self.steps.append(
            StepFinding(
                len(self.steps) + 1, line.text.strip(), judged.verdict, judged.evidence, message, found.codes, follows,
                read.latex, earned, most, read.text, read.plain, read.mathml,
            )
        )  # fmt: skip

    def values(self, value: Expr) -> Rows:
        """Return a value entry by entry, in true names: a name that was defined wrongly stands for that definition."""
        rows = self.explainer.truth.entries(value)
        return tuple(tuple(substitute(entry, self.own) for entry in row) for row in rows)

    def remember(self, value: Expr, named: Target, found: Checked) -> None:
        """Keep a wrong step: later ones may follow from it."""
        self.witness = self.witness or found.judged.witness
        rows = self.values(value)
        if shape_of(rows) != named.shape:
            return
        for i, j, symbol in named:
            entry = self.own[symbol.name] = rows[i - 1][j - 1]
            if is_trivial(entry, self.explainer, numeric=found.judged.numeric):
                self.trivial.add(symbol.name)

    def follows(self, value: Expr, named: Target, *, numeric: bool) -> tuple[bool, bool]:
        """Whether a wrong step follows from earlier ones; and whether it would, were none of them trivial."""
        rows = self.values(value)
        if shape_of(rows) != named.shape:
            return False, False

        def close(yours: Any, expected: Any) -> bool:
            return judge_number(yours, expected, self.explainer.options, None).verdict == CORRECT

        def from_(own: Mapping[str, Expr]) -> bool:
            world = OwnWorld(self.explainer.truth, own)
            return all(world.follows(rows[i - 1][j - 1], symbol, close if numeric else None) for i, j, symbol in named)

        fits = from_(self.own)
        if fits and self.trivial:
            honest = from_({name: value for name, value in self.own.items() if name not in self.trivial})
            return honest, not honest
        return fits, False

    def summed_up(self, asked: Target | None) -> Finding:
        """Sum the chain up: the worst verdict, the first wrong step, which follow from it, and the marks."""
        steps, options = tuple(self.steps), self.explainer.options
        verdict = min((step.verdict for step in steps), key=VERDICTS.index)
        first = next((step.number for step in steps if step.verdict == WRONG), None)
        follows = tuple(step.number for step in steps if step.follows)
        codes = steps[first - 1].codes if first else frozenset[str]()
        marks, most = (sum(parts, Fraction(0)) for parts in ([s.marks for s in steps], [s.most for s in steps]))
        message = verdicts.chain(steps, first, follows, marks, most)
        target = asked or self.reached[-1]
        answers = [step for step, named in zip(steps, self.reached, strict=True) if named.entries == target.entries]
        if not answers:
            most += options.step_marks  # of the step that is missing
            message = f"{verdicts.chain(steps, first, follows, marks, most)} No step is about {target.name}, which is asked for."
            if verdict == CORRECT:
                verdict, codes = WRONG, frozenset({"incomplete"})
        last = answers[-1] if answers else steps[-1]
        evidence = None if verdict == UNDECIDED else SAMPLED if any(s.evidence == SAMPLED for s in steps) else PROVED
        hints = (
            "Not right yet." if verdict == WRONG else message,
            f"Not right yet. The first wrong step is step {first}." if first else message,
            message,
        )
        return Finding(
            verdict, evidence, codes, hints[options.hint - 1], last.reading, self.witness, first, follows, target=target.name,
            reading_text=last.reading_text, hints=hints, steps=steps, marks=marks, most=most,
            solution=self.explainer.truth.solution(target), expression=last.expression, mathml=last.mathml,
        )  # fmt: skip


def named_by(line: Line, explainer: Explainer, answer: str) -> Target:
    """Return what the left side of a line is about; raises ParseError where it has none."""
    if not isinstance(line.left, Symbol):
        msg = f'"{line.text.strip()[:40]}" does not say what it is equal to; a line such as dL/dw = … is accepted'
        raise ParseError(msg, answer, line.start)
    truth = explainer.truth
    if truth.numbers is None and not isinstance(line.left, Adjoint | Partial) and truth.is_leaf(line.left):
        msg = f"{truth.written(line.left)} is given, and has no number in this problem; a step is about what is computed"
        raise ParseError(msg, answer, line.start)
    return truth.asked(line.left, given=True)


def is_trivial(value: Expr, explainer: Explainer, *, numeric: bool) -> bool:
    """Whether a wrong step is too simple to earn others credit: a constant, zero, an input (of numbers, only zero)."""
    if isinstance(value, Number) and value.value == 0:
        return True
    if numeric:
        return False
    return not symbols(value) or (isinstance(value, Symbol) and explainer.truth.is_leaf(value))
