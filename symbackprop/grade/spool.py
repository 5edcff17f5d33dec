"""
The answers that count, kept in a file that nobody sees: memory holds a place for each, not its text.

The last answer of a student to a question counts; earlier ones are told of.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from symbackprop.grade.model import Notice, Submission

SLUG_LENGTH = 40


@dataclass(slots=True)
class Student:
    """One student: the name as first written, the name of the page's file, and where each answer stands in the spool."""

    name: str
    slug: str
    places: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One answer that counts: whose, to which question, as handed in."""

    student: str
    question: str
    answer: str
    format: str
    where: str

    @property
    def key(self) -> str:
        """The same for equal answers to the same question."""
        text = json.dumps([self.question, self.format, self.answer])
        return hashlib.sha256(text.encode()).hexdigest()[:32]


class Spool:
    """Everything that was handed in, in order."""

    def __init__(self) -> None:
        """Open a file without a name; it is gone when the program ends, however it ends."""
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the spool lives
        self._size = 0
        self._slugs: set[str] = set()
        self.students: dict[str, Student] = {}
        self.count = 0

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def add(self, submission: Submission, question: str) -> Notice | None:
        """Keep an answer to a question (its id); returns what there is to say of an earlier one."""
        student = self._student(submission.student)
        row = [student.name, question, submission.answer, submission.format, submission.where]
        line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
        earlier = student.places.get(question)
        student.places[question] = self._size
        self._file.seek(self._size)
        self._file.write(line)
        self._size += len(line)
        self.count += earlier is None
        if earlier is None:
            return None
        before = self.read(earlier)
        same = " (the same answer)" if before.answer == submission.answer else ""
        msg = f"answered again in {submission.where}{same}; the last answer counts"
        return Notice("duplicate", msg, before.where, student.name, question)

    def present(self, name: str) -> Student:
        """Note that a student has handed something in, even if nothing of it can be taken."""
        return self._student(name)

    def known(self, name: str) -> Student | None:
        """Return a student who has handed something in."""
        return self.students.get(name) or self.students.get(name.casefold())

    def _student(self, name: str) -> Student:
        # An address is the same in capitals; a name may not be.
        key = name.casefold() if "@" in name else name
        if key not in self.students:
            self.students[key] = Student(name, self._slug(name))
        return self.students[key]

    def _slug(self, name: str) -> str:
        """Return a file name that is safe on every system and nobody else's: letters, digits and a bit of a hash."""
        letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        stem = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:SLUG_LENGTH].strip("-") or "student"
        digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
        slug = next(s for n in range(6, 65) if (s := f"{stem}-{digest[:n]}") not in self._slugs)
        self._slugs.add(slug)
        return slug

    def read(self, place: int) -> Row:
        """Return the answer at a place."""
        self._file.seek(place)
        return Row(*json.loads(self._file.readline()))

    def rows(self) -> Iterator[Row]:
        """Yield the answers that count, in the order in which they were handed in."""
        for _, row in self.placed():
            yield row

    def placed(self) -> Iterator[tuple[int, Row]]:
        """Yield the answers that count, each with its place."""
        place = 0
        while place < self._size:
            self._file.seek(place)
            line = self._file.readline()
            row = Row(*json.loads(line))
            if self._student(row.student).places[row.question] == place:
                yield place, row
            place += len(line)

    def look_alikes(self) -> Iterator[tuple[Student, Student]]:
        """Yield students whose names differ in capitals, accents or spaces only."""
        seen: dict[str, Student] = {}
        for student in self.students.values():
            plain = unicodedata.normalize("NFKD", student.name).encode("ascii", "ignore").decode().casefold()
            key = re.sub(r"[\W_]+", "", plain)
            if key and key in seen:
                yield seen[key], student
            seen.setdefault(key, student)
