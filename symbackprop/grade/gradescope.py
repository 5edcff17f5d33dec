"""
Results of one student as Gradescope's `results.json`.

The fields are those documented at https://gradescope-autograders.readthedocs.io/en/latest/specs/.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from symbackprop.findings import CORRECT, UNDECIDED
from symbackprop.grade.outcome import Outcome, first_line, shown, told
from symbackprop.problem import Question


def results(questions: Sequence[Question], outcomes: Mapping[str, Outcome], most: Fraction) -> str:
    """
    Return a student's results; text stays text, so that no answer becomes part of a page.

    An answer that was not decided has no score of its own: it is neither passed nor failed until a person has looked.
    """
    total = sum((outcome.marks for outcome in outcomes.values()), Fraction(0))
    tests = [_test(number, question, outcomes.get(question.id)) for number, question in enumerate(questions, 1)]
    open_ones = sum(outcome.finding.verdict == UNDECIDED for outcome in outcomes.values())
    waiting = f" {open_ones} {'answer is' if open_ones == 1 else 'answers are'} left to a person." if open_ones else ""
    found = {
        "score": number_of(total),
        "output": f"{shown(total)} of {shown(most)} marks.{waiting}",
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _test(number: int, question: Question, outcome: Outcome | None) -> dict[str, Any]:
    title = f"{question.id}: {question.title or question.target or 'steps'}"
    test: dict[str, Any] = {"name": title, "number": str(number), "max_score": number_of(question.marks)}
    if outcome is None:
        return {**test, "score": 0, "status": "failed", "output": "No answer was handed in.", "output_format": "text"}
    finding = outcome.finding
    if finding.verdict != UNDECIDED:
        test |= {"score": number_of(outcome.marks), "status": "passed" if finding.verdict == CORRECT else "failed"}
    lines = [f"Your answer: {outcome.row.answer}"]
    lines += [f"Read as: {finding.reading_text}"] if finding.reading_text else []
    lines += [told(outcome)]
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
