"""
Results of one student as Gradescope's `results.json`.

The fields are those documented at https://gradescope-autograders.readthedocs.io/en/latest/specs/.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from symbackprop.findings import CORRECT
from symbackprop.grade.outcome import LEFT_TO_A_PERSON, Outcome, decided, first_line, shown, told
from symbackprop.problem import Question


def results(questions: Sequence[Question], outcomes: Mapping[str, Outcome], most: Fraction, unusable: str = "") -> str:
    """
    Return a student's results; text stays text, so that no answer becomes part of a page.

    An answer that could not be read or decided is neither passed nor failed until a person has looked; nor is one to a
    student of whom nothing could be used (`unusable` says what).
    """
    total = sum((outcome.marks for outcome in outcomes.values()), Fraction(0))
    tests = [_test(number, question, outcomes.get(question.id), unusable) for number, question in enumerate(questions, 1)]
    open_marks = sum((outcome.open for outcome in outcomes.values()), Fraction(0))
    waiting = f", {shown(open_marks)} open: a person will look at it." if open_marks else " marks."
    waiting = f" marks: {unusable}. A person will look at it." if unusable else waiting
    found = {
        "score": number_of(total),
        "output": f"{shown(total)} of {shown(most)}{waiting}",
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _test(number: int, question: Question, outcome: Outcome | None, unusable: str) -> dict[str, Any]:
    title = f"{question.id}: {question.title or question.target or 'steps'}"
    test: dict[str, Any] = {"name": title, "number": str(number), "max_score": number_of(question.marks)}
    if outcome is None and unusable:
        return {**test, "output": f"{unusable[:1].upper()}{unusable[1:]}. {LEFT_TO_A_PERSON}", "visibility": "visible"}
    if outcome is None:
        return {**test, "score": 0, "status": "failed", "output": "No answer was handed in.", "output_format": "text"}
    finding = outcome.finding
    if not outcome.waits:
        test |= {"score": number_of(outcome.marks), "status": "passed" if outcome.verdict == CORRECT else "failed"}
    elif outcome.marks:
        test |= {"score": number_of(outcome.marks)}
    lines = [f"Your answer: {outcome.row.answer}"]
    lines += [f"Read as: {finding.reading_text}"] if finding.reading_text else []
    lines += [decided(outcome)] if outcome.decision is not None else [told(outcome)]
    lines += [LEFT_TO_A_PERSON] if outcome.waits else []
    lines += [f"Step {step.number}: {first_line(step.message)}" for step in finding.steps]
    return {
        **test,
        "output": "\n".join(lines),
        "output_format": "text",
        "tags": sorted(finding.codes),
        "visibility": "visible",
        "extra_data": {"verdict": finding.verdict, "evidence": finding.evidence, "form": finding.form},
    }


def number_of(value: Fraction) -> float | int:
    """Return a number for JSON: whole where it is, else with four decimals."""
    return int(value) if value.denominator == 1 else float(round(value, 4))
