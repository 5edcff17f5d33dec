"""Everything that is written of a class, from what is checked: one student at a time, so that memory stays flat."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import IO

from symbackprop.grade.asking import QuestionSheet
from symbackprop.grade.class_page import MOST_LOOKS, ClassPage, Line, Look
from symbackprop.grade.decisions import UNMET, Decisions
from symbackprop.grade.gradescope import results
from symbackprop.grade.journal import Journal
from symbackprop.grade.mathml import prose_in
from symbackprop.grade.model import Notice
from symbackprop.grade.outcome import Outcome, first_line, reasons
from symbackprop.grade.page import text
from symbackprop.grade.sheets import LONG, LOOK_AT, Sheet, decision_row, long_row, look_row, notice_row, wide_header, wide_row
from symbackprop.grade.spool import Row, Spool, Student
from symbackprop.grade.student_page import student_page
from symbackprop.grade.tally import Tally, most_of
from symbackprop.saving import replaced

UNTITLED = "Homework"
_ROW = re.compile(r":\d+$")
_OURS = re.compile(r"[a-z0-9-]+-[0-9a-f]{6,64}\.(html|json)")


class Reports:
    """Writes a folder of results; what an earlier run left there of students who are gone is removed."""

    def __init__(  # noqa: PLR0913 - all that a class is
        self, out: Path, questions: QuestionSheet, spool: Spool, journal: Journal, decisions: Decisions, *, sampled: bool
    ) -> None:
        """Write nothing yet."""
        self.decisions = decisions
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
        return Outcome(row, self.sheet.questions[row.question], self.journal[row.key], self.decisions.of(row))

    def _student(self, number: int, student: Student, wide: Sheet, shown: ClassPage, notices: Sequence[Notice]) -> None:
        given = {name: self.outcome(self.spool.read(place)) for name, place in student.places.items()}
        outcomes = {question.id: given[question.id] for question in self.questions if question.id in given}
        left = [notice for notice in notices if notice.kind == "unreadable"]
        unusable, note = "", "something was left out: see look_at.csv" if left else ""
        if left and not outcomes:
            unusable = "no usable answer" if all(_ROW.search(notice.where) for notice in left) else "no usable file"
            shown.tally.unusable += 1
        total = shown.tally.add(number, outcomes.values()) if not unusable else None
        verdicts = tuple(outcomes[q.id].verdict if q.id in outcomes else "" for q in self.questions)
        open_marks = sum((outcome.open for outcome in outcomes.values()), Fraction(0))
        shown.lines.append(Line(student.name, student.slug, total, verdicts, open_marks, unusable))
        wide.row(wide_row(student.name, self.questions, outcomes, self.most, unusable=unusable, note=note))
        made = student_page(student.name, self.title, self.questions, outcomes, notices, say=self.say, unusable=unusable)
        self._text(self.out / "students" / f"{student.slug}.html", made)
        scores = results(self.questions, outcomes, self.most, unusable)
        self._text(self.out / "gradescope" / f"{student.slug}.json", scores)
        if len(self.spool.students) == 1:
            self._text(self.out / "results.json", scores)

    def _long(self, notices: Sequence[Notice], shown: ClassPage) -> None:
        """
        Write every answer, in the order in which it was handed in, and what a person should look at.

        An answer that several students gave is one row to look at; what is decided already stands there first, so that the
        table can take the place of the decisions that it came from.
        """
        names = list(self.spool.students.values())
        slugs = {student.name: student.slug for student in names}
        groups: dict[str, tuple[int, list[int]]] = {}
        numbers = {student.name: number for number, student in enumerate(names)}
        with _file(self.out / "long.csv") as long_stream:
            long = Sheet(long_stream, LONG)
            for place, row in self.spool.placed():
                outcome = self.outcome(row)
                long.row(long_row(outcome))
                self.decisions.meet(row, row.student)
                if reasons(outcome, sampled=self.sampled):
                    groups.setdefault(row.key, (place, []))[1].append(numbers[row.student])
            long.finish()
        with _file(self.out / "look_at.csv") as look_stream:
            look = Sheet(look_stream, LOOK_AT)
            self._decided(look, shown)
            for notice in notices:
                look.row(notice_row(notice))
                reason = f"{notice.where}: {notice.message}" if notice.where and notice.kind != "empty" else notice.message
                slug = slugs.get(notice.student, "")
                self._looked(shown, Look(notice.kind, ((notice.student, slug),), notice.question, reason))
            for place, givers in groups.values():
                row = self.spool.read(place)
                found = reasons(self.outcome(row), sampled=self.sampled)
                students = [names[number] for number in givers]
                look.row(look_row(row, found, [student.name for student in students]))
                said = "; ".join(dict.fromkeys(first_line(reason) for _, reason in found))
                kinds = ", ".join(dict.fromkeys(kind for kind, _ in found))
                linked = tuple((student.name, student.slug) for student in students)
                self._looked(shown, Look(kinds, linked, row.question, said, row.answer))
            look.finish()

    def _decided(self, look: Sheet, shown: ClassPage) -> None:
        """Write the decisions, those that hold for nothing with the reason."""
        for written in self.decisions.written:
            students = self.decisions.used.get(written.where, ())
            fault = written.fault or ("" if students else UNMET)
            said = f"this decision is left out: {fault}" if fault else "decided by a person"
            look.row(decision_row(written, "decision" if fault else "decided", said, students))
            if fault:
                whose = ((written.student, ""),) if written.student else ()
                self._looked(shown, Look("decision", whose, written.question, f"{written.where}: {said}", written.answer))

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
    with replaced(path) as beside, beside.open("wb") as stream:
        yield stream
