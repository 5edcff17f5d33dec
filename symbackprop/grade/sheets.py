"""
The tables for a spreadsheet: every answer a row, every student a row, and what a person should look at.

A cell that a spreadsheet would take for a formula begins with an apostrophe instead.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import IO

from symbackprop.grade.model import Notice
from symbackprop.grade.outcome import Outcome, first_line, shown, told
from symbackprop.problem import Question

LONG = (
    "student", "question", "answer", "format", "verdict", "evidence", "codes", "marks", "most", "message", "reading",
    "first_wrong_step", "follows", "form", "boundary", "limits", "source",
)  # fmt: skip
LOOK_AT = ("kind", "student", "question", "source", "reason", "answer")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defused(text: str) -> str:
    """
    Return a cell that no spreadsheet takes for a formula.

    >>> defused("=1+1"), defused("a - b")
    ("'=1+1", 'a - b')
    """
    plain = text.replace("\0", "")
    return f"'{plain}" if plain.startswith(_FORMULA) or plain.lstrip(" ").startswith(_FORMULA) else plain


class Sheet:
    """A CSV that is written row by row; UTF-8 with a mark at its start, by which spreadsheets know it."""

    def __init__(self, stream: IO[bytes], header: Sequence[str]) -> None:
        """Write the header."""
        self._text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._text, lineterminator="\n")
        self.row(header)

    def row(self, cells: Iterable[str]) -> None:
        """Write a row."""
        self._writer.writerow([defused(cell) for cell in cells])

    def finish(self) -> None:
        """Write what is still held, and let the stream go."""
        self._text.flush()
        self._text.detach()


def long_row(outcome: Outcome) -> list[str]:
    """Return an answer as a row of long.csv."""
    row, finding = outcome.row, outcome.finding
    return [
        row.student,
        row.question,
        row.answer,
        row.format,
        finding.verdict,
        finding.evidence or "",
        " ".join(sorted(finding.codes)),
        shown(outcome.marks),
        shown(outcome.question.marks),
        first_line(told(outcome)),
        finding.reading_text,
        str(finding.first_wrong_step or ""),
        " ".join(map(str, finding.follows)),
        finding.form or "",
        finding.boundary,
        " ".join(finding.limits_hit),
        row.where,
    ]


def wide_header(questions: Sequence[Question]) -> list[str]:
    """Return the header of wide.csv; each question with the most that it gives."""
    return ["student", *(f"{question.id} ({shown(question.marks)})" for question in questions), "total", "most", "percent"]


def wide_row(student: str, questions: Sequence[Question], marks: dict[str, Fraction], most: Fraction) -> list[str]:
    """Return a student as a row of wide.csv; a question that was not answered has an empty cell."""
    total = sum(marks.values(), Fraction(0))
    percent = f"{float(100 * total / most):.1f}" if most else ""
    cells = [shown(marks[question.id]) if question.id in marks else "" for question in questions]
    return [student, *cells, shown(total), shown(most), percent]


def notice_row(notice: Notice) -> list[str]:
    """Return something that was handed in and needs a look as a row of look_at.csv."""
    return [notice.kind, notice.student, notice.question, notice.where, notice.message, ""]


def look_row(outcome: Outcome, kind: str, reason: str) -> list[str]:
    """Return an answer that needs a look as a row of look_at.csv."""
    row = outcome.row
    return [kind, row.student, row.question, row.where, first_line(reason), row.answer]
