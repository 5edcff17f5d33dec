"""Everything that is written of a class, from what is checked: one student at a time, so that memory stays flat."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import IO

from symbackprop.errors import InputError
from symbackprop.grade.asking import QuestionSheet
from symbackprop.grade.class_page import MOST_LOOKS, ClassPage, Line, Look
from symbackprop.grade.gradescope import results
from symbackprop.grade.journal import Journal
from symbackprop.grade.mathml import prose_in
from symbackprop.grade.model import Notice
from symbackprop.grade.outcome import Outcome, first_line, reasons
from symbackprop.grade.page import text
from symbackprop.grade.sheets import LONG, LOOK_AT, Sheet, long_row, look_row, notice_row, wide_header, wide_row
from symbackprop.grade.spool import Row, Spool, Student
from symbackprop.grade.student_page import student_page
from symbackprop.grade.tally import Tally, most_of

UNTITLED = "Homework"
_OURS = re.compile(r"[a-z0-9-]+-[0-9a-f]{6,64}\.(html|json)")


class Reports:
    """Writes a folder of results; what an earlier run left there of students who are gone is removed."""

    def __init__(self, out: Path, questions: QuestionSheet, spool: Spool, journal: Journal, *, sampled: bool) -> None:
        """Write nothing yet."""
        self.out, self.spool, self.journal, self.sampled = out, spool, journal, sampled
        self.sheet = questions
        self.questions = list(questions.questions.values())
        self.most = most_of(self.questions)
        self.title = questions.problem.title or UNTITLED
        self.looked = 0
        truth = questions.truth
        self.say = prose_in(truth.written_names, truth.derivation.speller, text)

    def write(self, notices: Sequence[Notice]) -> ClassPage:
        """Write everything; returns the page of the class, which has all sums."""
        shown = ClassPage(self.title, self.questions, self.most, Tally(), say=self.say)
        by_student: dict[str, list[Notice]] = {}
        for notice in notices:
            if notice.student and notice.kind != "duplicate":
                by_student.setdefault(notice.student, []).append(notice)
        for folder in ("students", "gradescope"):
            (self.out / folder).mkdir(exist_ok=True)
        with _file(self.out / "wide.csv") as stream:
            wide = Sheet(stream, wide_header(self.questions))
            for number, student in enumerate(self.spool.students.values()):
                self._student(number, student, wide, shown, by_student.get(student.name, []))
            wide.finish()
        self._long(notices, shown)
        self._text(self.out / "class.html", shown.html())
        self._sweep()
        return shown

    def outcome(self, row: Row) -> Outcome:
        """Return an answer with its finding."""
        return Outcome(row, self.sheet.questions[row.question], self.journal[row.key])

    def _student(self, number: int, student: Student, wide: Sheet, shown: ClassPage, notices: Sequence[Notice]) -> None:
        given = {name: self.outcome(self.spool.read(place)) for name, place in student.places.items()}
        outcomes = {question.id: given[question.id] for question in self.questions if question.id in given}
        total = shown.tally.add(number, outcomes.values())
        verdicts = tuple(outcomes[q.id].finding.verdict if q.id in outcomes else "" for q in self.questions)
        shown.lines.append(Line(student.name, student.slug, total, verdicts))
        marks: dict[str, Fraction] = {name: outcome.marks for name, outcome in outcomes.items()}
        wide.row(wide_row(student.name, self.questions, marks, self.most))
        made = student_page(student.name, self.title, self.questions, outcomes, notices, say=self.say)
        self._text(self.out / "students" / f"{student.slug}.html", made)
        scores = results(self.questions, outcomes, self.most)
        self._text(self.out / "gradescope" / f"{student.slug}.json", scores)
        if len(self.spool.students) == 1:
            self._text(self.out / "results.json", scores)

    def _long(self, notices: Sequence[Notice], shown: ClassPage) -> None:
        """Write every answer, and what a person should look at, in the order in which it was handed in."""
        slugs = {student.name: student.slug for student in self.spool.students.values()}
        with _file(self.out / "long.csv") as long_stream, _file(self.out / "look_at.csv") as look_stream:
            long, look = Sheet(long_stream, LONG), Sheet(look_stream, LOOK_AT)
            for notice in notices:
                look.row(notice_row(notice))
                reason = f"{notice.where}: {notice.message}" if notice.where and notice.kind != "empty" else notice.message
                self._looked(shown, Look(notice.kind, notice.student, slugs.get(notice.student, ""), notice.question, reason))
            for row in self.spool.rows():
                outcome = self.outcome(row)
                long.row(long_row(outcome))
                for kind, reason in reasons(outcome, sampled=self.sampled):
                    look.row(look_row(outcome, kind, reason))
                    self._looked(shown, Look(kind, row.student, slugs[row.student], row.question, first_line(reason)))
            long.finish()
            look.finish()

    @staticmethod
    def _looked(shown: ClassPage, look: Look) -> None:
        shown.looked += 1
        if len(shown.looks) < MOST_LOOKS:
            shown.looks.append(look)

    @staticmethod
    def _text(path: Path, text: str) -> None:
        with _file(path) as stream:
            stream.write(text.encode("utf-8", "replace"))

    def _sweep(self) -> None:
        """Remove what an earlier run wrote of students who have handed in nothing now."""
        if len(self.spool.students) != 1:
            with suppress(FileNotFoundError):
                (self.out / "results.json").unlink()
        kept = {student.slug for student in self.spool.students.values()}
        for folder in ("students", "gradescope"):
            for path in (self.out / folder).iterdir():
                if _OURS.fullmatch(path.name) and path.stem not in kept and path.is_file():
                    path.unlink()


@contextmanager
def _file(path: Path) -> Iterator[IO[bytes]]:
    """Give a file that takes its name only when it is complete."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as stream:
            yield stream
        os.replace(part, path)  # noqa: PTH105 - replaces on every system
    except OSError as error:
        msg = f"{path}: cannot be written ({error.strerror or error})"
        raise InputError(msg) from None
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
