"""What is said of one value: the verdict, the mistake behind it, and the three levels of hint."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from symbackprop.checking.brackets import SAID, regrouped
from symbackprop.checking.diagnose import Diagnosis, diagnose
from symbackprop.checking.entries import Rows, shape_of
from symbackprop.checking.judge import Judged, judge, judge_number
from symbackprop.checking.truth import Target, Truth
from symbackprop.errors import InputError, ParseError, SymbackpropError
from symbackprop.expr import Expr, substitute
from symbackprop.findings import CORRECT, INVALID, UNDECIDED, WRONG
from symbackprop.narrate import verdicts
from symbackprop.parse.answers import read_answer
from symbackprop.problem.questions import CheckOptions, ExpectedAnswer

# What evaluating an answer at a point raises where it has no value there.
NO_VALUE = (ValueError, NotImplementedError, ArithmeticError, SymbackpropError)

UNIT_TARGETS = "targets that sum to 1, as those of one sample do when exactly one class is right"


@dataclass(frozen=True)
class Checked:
    """A verdict on one value, with the codes of the mistakes behind it and the hints, from the shortest."""

    judged: Judged
    codes: frozenset[str]
    hints: tuple[str, str, str]


@dataclass(frozen=True)
class Explainer:
    """Judges the values of one derivation, and explains what is wrong with them."""

    truth: Truth
    options: CheckOptions

    # --- one value -------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Read the lecturer's own wrong answers, before any answer is; raises InputError where one cannot be used."""
        for expected in self.options.expected:
            self.expected_values.get(expected.place)

    def value(self, expr: Expr, asked: Target, *, digits: int | None = None, own: Mapping[str, Expr] | None = None) -> Checked:
        """
        Check one value, as it was read; with `own`, names stand for what the reader defined them to be.

        An answer that only repeats the question is "invalid".
        """
        rows = self.truth.entries(expr)
        if own:
            rows = tuple(tuple(substitute(entry, own) for entry in row) for row in rows)
        judged = judge(rows, asked, self.truth, self.options, digits)
        if judged.verdict == INVALID:
            return Checked(judged, judged.codes, (judged.said,) * 3)
        usual = self.truth.with_unit_targets
        if judged.verdict == WRONG and usual is not None and not judged.said:
            judged = judge(rows, asked, usual, self.options, digits)
            judged = replace(judged, assumed=UNIT_TARGETS) if judged.verdict == CORRECT else judged
        if judged.verdict == WRONG and not judged.said and not judged.numeric and (code := self._missing_brackets(expr, asked)):
            judged = replace(judged, codes=judged.codes | {code}, said=SAID[code])
        return self._explained(rows, asked, judged)

    def _missing_brackets(self, expr: Expr, asked: Target) -> str:
        """Return the code of the brackets with which an answer would be right, "" where there are none: a/b(1 − b)."""
        point = self.truth.draws.field_point
        if point is None:
            return ""
        for code, meant in regrouped(expr):
            with suppress(*NO_VALUE):
                rows = self.truth.entries(meant)
                screened = shape_of(rows) == asked.shape and all(
                    point.value(rows[i - 1][j - 1]) == point.value(symbol) for i, j, symbol in asked
                )
                if screened and judge(rows, asked, self.truth, self.options).verdict == CORRECT:
                    return code
        return ""

    def _explained(self, rows: Rows, asked: Target, judged: Judged) -> Checked:
        """Add what a reader is told."""
        if judged.verdict == CORRECT:
            said = verdicts.right(asked.name, judged.evidence, judged.points, judged.boundary, judged.within)
            said += f" This needs {judged.assumed}." if judged.assumed else ""
            return Checked(judged, frozenset(), (said,) * 3)
        if judged.verdict == UNDECIDED:
            return Checked(judged, frozenset(), (verdicts.undecided(asked.name, judged.limits),) * 3)
        # What a number should be is the answer itself: only the value at another point is told.
        witness = ""
        if judged.witness and not judged.numeric:
            witness = verdicts.at(judged.witness, asked.name, self.truth.spelled, asked.shape)
        if expected := self._expected(rows, asked, judged):
            first, _, told = verdicts.wrong(expected.message, "", "", "")
            return Checked(judged, judged.codes | {expected.code}, (first, told, told))
        if judged.said and not any(code.startswith("shape") for code in judged.codes):
            return Checked(judged, judged.codes, verdicts.wrong(judged.said, "", "", witness))
        found = self._diagnosis(rows, asked, judged)
        if found is None:
            return Checked(judged, judged.codes, verdicts.wrong(judged.said, "", "", witness))
        own = [name for name in found.where if self.truth.has(name)]
        place = " and ".join(self.truth.spelled(name) for name in own[:2])
        if found.convention:
            said = " ".join(part for part in (judged.said, verdicts.sentence(found.convention)) if part)
            return Checked(judged, judged.codes | found.codes, verdicts.wrong(said, "", place, "", here=True))
        said = " ".join(part for part in (judged.said, *found.sentences[:1]) if part)
        return Checked(judged, judged.codes | found.codes, verdicts.wrong(said, found.rule, place, witness))

    def _diagnosis(self, rows: Rows, asked: Target, judged: Judged) -> Diagnosis | None:
        """Find the mistake; a diagnosis that fails is none."""
        truth = self.truth.with_unit_targets or self.truth
        try:
            if judged.numeric:
                point = truth.numbers
                if point is None:
                    return None

                def equal(yours: Any, other: Any) -> bool:
                    return judge_number(yours, other, self.options, None).verdict == CORRECT

                return diagnose(rows, asked, truth, point=point, equal=equal)
            field_point = truth.draws.field_point
            if field_point is None:
                return None
            return diagnose(rows, asked, truth, point=field_point, equal=lambda yours, other: bool(yours == other))
        except NO_VALUE:
            return None

    def _expected(self, rows: Rows, asked: Target, judged: Judged) -> ExpectedAnswer | None:
        """Return the lecturer's own wrong answer that this is."""
        for expected in self.options.expected:
            for target, values in self.expected_values.get(expected.place or expected.answer, ()):
                if target.entries == asked.entries and shape_of(values) == shape_of(rows) and self._same(rows, values, judged):
                    return expected
        return None

    def _same(self, rows: Rows, values: Rows, judged: Judged) -> bool:
        """Whether two answers are one, by signature; numbers within the tolerance."""
        pairs = [(one, two) for row, other in zip(rows, values, strict=True) for one, two in zip(row, other, strict=True)]
        try:
            if judged.numeric and self.truth.numbers is not None:
                point = self.truth.numbers
                return all(judge_number(point.value(a), point.value(b), self.options, None).verdict == CORRECT for a, b in pairs)
            point_ = self.truth.draws.field_point
            return point_ is not None and all(point_.value(a) == point_.value(b) for a, b in pairs)
        except NO_VALUE:
            return False

    @cached_property
    def expected_values(self) -> dict[str, list[tuple[Target, Rows]]]:
        """The lecturer's own wrong answers as read; raises InputError where one cannot be read."""
        found: dict[str, list[tuple[Target, Rows]]] = {}
        for expected in self.options.expected:
            try:
                target = self.truth.target(expected.target)
                rows = self.truth.entries(read_answer(expected.answer, self.truth.lexicon).lines[0].values[-1])
            except ParseError as error:
                msg = f"{expected.place or 'expected'}: {error}"
                raise InputError(msg) from None
            if shape_of(rows) == target.shape and judge(rows, target, self.truth, self.options).verdict == CORRECT:
                msg = f"{expected.place or 'expected'}: the wrong answer that is expected, {expected.answer}, is right"
                raise InputError(msg)
            found.setdefault(expected.place or expected.answer, []).append((target, rows))
        return found
