"""
The tables for a spreadsheet: every answer a row, every student a row, and what a person should look at.

A cell that a spreadsheet would take for a formula begins with an apostrophe instead.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import IO

from symbackprop.grade.decisions import FIELDS, Written, key_of
from symbackprop.grade.model import Notice
from symbackprop.grade.outcome import Outcome, first_line, shown, told
from symbackprop.grade.spool import Row
from symbackprop.problem import Question

LONG = (
    "student", "question", "answer", "format", "verdict", "evidence", "codes", "marks", "open", "most", "decided", "message",
    "reading", "first_wrong_step", "follows", "form", "boundary", "limits", "source",
)  # fmt: skip
LOOK_AT = (*FIELDS, "kind", "reason", "students", "source", "key")
MOST_NAMED = 200
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
        shown(outcome.open) if outcome.waits else "",
        shown(outcome.question.marks),
        "by a person" if outcome.decision is not None else "",
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
    ids = (f"{question.id} ({shown(question.marks)})" for question in questions)
    return ["student", *ids, "total", "open", "most", "percent", "note"]


def wide_row(  # noqa: PLR0913 - what a row is made of
    student: str, questions: Sequence[Question], outcomes: Mapping[str, Outcome], most: Fraction, *, unusable: str, note: str
) -> list[str]:
    """
    Return a student as a row of wide.csv; a question that was not answered has an empty cell.

    Open marks have a column of their own, and while there are any, there is no percentage; of a student whose files could
    not be used (`unusable` says so) there is no total.
    """
    if unusable:
        return [student, *("" for _ in questions), "", "", shown(most), "", unusable]
    total = sum((outcome.marks for outcome in outcomes.values()), Fraction(0))
    open_marks = sum((outcome.open for outcome in outcomes.values()), Fraction(0))
    waits = any(outcome.waits for outcome in outcomes.values())
    percent = f"{float(100 * total / most):.1f}" if most and not waits else ""
    cells = [_cell(outcomes.get(question.id)) for question in questions]
    return [student, *cells, shown(total), shown(open_marks) if waits else "", shown(most), percent, note]


def _cell(outcome: Outcome | None) -> str:
    if outcome is None:
        return ""
    return "open" if outcome.waits and not outcome.marks else shown(outcome.marks)


def notice_row(notice: Notice) -> list[str]:
    """Return something that was handed in and needs a look as a row of look_at.csv."""
    return [notice.question, "", notice.student, "", "", notice.kind, notice.message, "", notice.where, ""]


def look_row(row: Row, found: Sequence[tuple[str, str]], students: Sequence[str]) -> list[str]:
    """Return an answer that needs a look, and all who gave it, as a row of look_at.csv."""
    kinds = ", ".join(dict.fromkeys(kind for kind, _ in found))
    said = "; ".join(dict.fromkeys(first_line(reason) for _, reason in found))
    return [row.question, row.answer, "", "", "", kinds, said, named(students), row.where, key_of(row)]


def decision_row(written: Written, kind: str, said: str, students: Sequence[str]) -> list[str]:
    """Return what a person decided as it was written, so that the next decisions can be made of the same table."""
    cells = [written.question, written.answer, written.student, written.marks, written.comment]
    return [*cells, kind, said, named(students), "" if students else written.where, written.key]


def named(students: Sequence[str]) -> str:
    """Return names in one cell."""
    more = len(students) - MOST_NAMED
    return "; ".join(students[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
