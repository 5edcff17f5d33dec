"""
What a person decided of answers, from decisions.csv: marks and a comment, which win over what the program found.

A row holds for everybody who gave the answer, or for the one student that it names.  look_at.csv is written in the same
columns, so that it can be filled in and read again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from symbackprop.errors import InputError
from symbackprop.grade.decoding import decode
from symbackprop.grade.model import LONGEST_CELL, clean, tidy
from symbackprop.grade.spool import Row
from symbackprop.grade.tables import COLUMNS, DELIMITERS
from symbackprop.names import short

NAME = "decisions.csv"
FIELDS = ("question", "answer", "student", "marks", "comment")
MOST_BYTES = 50_000_000
MOST_ROWS = 50_000
LONGEST_COMMENT = 2000
KEY_LENGTH = 16
UNMET = "no answer matches, or a later row decides it"
_KEY = re.compile(r"k[0-9a-f]{16}")
_MARKS = re.compile(r"(?P<whole>\d{1,6})(?:[.,](?P<decimals>\d{1,6}))?|(?P<over>\d{1,6})\s*/\s*(?P<under>[1-9]\d{0,5})")
_NAMES = {"question": COLUMNS["question"], "answer": COLUMNS["answer"], "key": ("key",), "student": COLUMNS["student"],
          "marks": ("marks", "mark", "points", "score"), "comment": ("comment", "comments", "feedback", "remark")}  # fmt: skip

Most = Callable[[str], tuple[str | None, str, Fraction]]


@dataclass(frozen=True, slots=True)
class Decision:
    """One row: so many `marks` for an answer, with what a person says of it; `where` is "decisions.csv:3"."""

    marks: Fraction
    comment: str
    where: str


@dataclass(frozen=True, slots=True)
class Written:
    """One row as written, without what was added against formulas; `fault` says why it does not hold, "" where it does."""

    question: str
    answer: str
    key: str
    student: str
    marks: str
    comment: str
    where: str
    fault: str = ""


def key_of(row: Row) -> str:
    """Return what stands for an answer in a table: the same for equal answers, and never a number to a spreadsheet."""
    return f"k{row.key[:KEY_LENGTH]}"


@dataclass
class Decisions:
    """
    All decisions of a file, by what they hold for.

    `written` has every row that says something, in order; `used` are the places of those that met an answer.
    """

    written: list[Written] = field(default_factory=list)
    used: dict[str, list[str]] = field(default_factory=dict)
    _held: dict[tuple[str, str, str], Decision] = field(default_factory=dict)

    def of(self, row: Row) -> Decision | None:
        """Return what was decided of an answer: for this student first, by its key, then by its letters."""
        if not self._held:
            return None
        for student in (_person(row.student), ""):
            for what in ((row.question, key_of(row)), (row.question, f"={row.answer}"), (row.question, "")):
                if (student or what[1]) and (decision := self._held.get((student, *what))) is not None:
                    return decision
        return None

    def meet(self, row: Row, student: str) -> None:
        """Note that a decision holds for an answer of a student."""
        decision = self.of(row)
        if decision is not None:
            self.used.setdefault(decision.where, []).append(student)

    def without_answer(self) -> Iterator[tuple[str, str, str]]:
        """Yield (student, question, place) of decisions on whatever a student handed in, on paper perhaps."""
        for (student, question, what), decision in self._held.items():
            if not what:
                yield student, question, decision.where

    def faults(self) -> list[Written]:
        """Return the rows that do not hold, or hold for no answer; known once all answers are met."""
        return [row for row in self.written if row.fault or row.where not in self.used]

    def add(self, row: Written, most: Most) -> None:
        """Take one row; what is wrong with it is kept beside it."""
        fault, question, marks = "", None, _marks(row.marks)
        if not row.question:
            fault = "it names no question"
        elif not (row.answer or _KEY.fullmatch(row.key) or row.student):
            fault = "it names neither an answer nor a student"
        elif marks is None:
            fault = f'"{short(row.marks)}" is no number of marks; such as 1, 0.5 or 1/2 is accepted'
        else:
            question, fault, highest = most(row.question)
            if question is not None and marks > highest:
                question, fault = None, f"{short(row.marks)} marks are more than the question's {highest}"
        if question is None or marks is None:
            self.written.append(Written(row.question, row.answer, row.key, row.student, row.marks, row.comment, row.where, fault))
            return
        self.written.append(row)
        decision = Decision(marks, row.comment, row.where)
        person = _person(row.student)
        # A key is exact; letters may have been changed on the way through a spreadsheet.
        exact = row.key if _KEY.fullmatch(row.key) else ""
        self._held[person, question, exact or (f"={row.answer}" if row.answer else "")] = decision


def read_decisions(path: Path, most: Most, *, needed: bool) -> Decisions:
    """
    Read a file of decisions; a row without marks is not decided yet, and passed over.

    `most` tells (question, why there is none, the most that it gives) of a question as written.
    Raises InputError where the file cannot be read at all; one that is not `needed` need not be there.
    """
    found = Decisions()
    try:
        if not needed and not path.is_file():
            return found
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "is no file name"
        msg = f"{clean(str(path), 300)}: cannot be read: {reason}"
        raise InputError(msg) from None
    if len(data) > MOST_BYTES:
        msg = f"{path}: has more than {MOST_BYTES:,} bytes, which is the most that is read"
        raise InputError(msg)
    for count, row in enumerate(_rows(decode(data)[0], path.name)):
        if count >= MOST_ROWS:
            found.written.append(Written("", "", "", "", "", "", row.where, f"up to {MOST_ROWS:,} decisions are read"))
            break
        found.add(row, most)
    return found


def _rows(text: str, name: str) -> Iterator[Written]:
    """Yield the rows that give marks."""
    text = re.sub(r"\A\s*sep=.\s*?\n", "", text)
    header = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=max(DELIMITERS, key=header.count))
    columns: dict[str, int] | None = None
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Written("", "", "", "", "", "", f"{name}:{reader.line_num}", "the row cannot be read as a table")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns = _columns(cells, name)
            continue
        part = {what: cells[place] if place < len(cells) else "" for what, place in columns.items()}
        if part["marks"].strip():
            yield Written(
                clean(part["question"], LONGEST_CELL), armed(tidy(part.get("answer", ""))), clean(part.get("key", ""), 40),
                clean(armed(part.get("student", "").strip())), clean(part["marks"], 40),
                armed(tidy(part.get("comment", "")))[:LONGEST_COMMENT], f"{name}:{reader.line_num}",
            )  # fmt: skip


def _columns(cells: list[str], name: str) -> dict[str, int]:
    words = [" ".join(re.split(r"[\W_]+", cell.casefold())).strip() for cell in cells]
    found = {
        what: words.index(next(word for word in known if word in words))
        for what, known in _NAMES.items()
        if any(word in words for word in known)
    }
    if "question" not in found or "marks" not in found or not {"answer", "key", "student"} & set(found):
        shown = ", ".join(short(cell.strip() or "(empty)") for cell in cells[:8])
        msg = f"{name}: decisions have the columns {', '.join(FIELDS)} (found: {shown})"
        raise InputError(msg)
    return found


def armed(text: str) -> str:
    """Return a cell without the apostrophe that kept a spreadsheet from taking it for a formula."""
    return text[1:] if re.match(r"'\s*[=+\-@＝＋－＠]", text) else text


def _marks(text: str) -> Fraction | None:
    match = _MARKS.fullmatch(text.strip())
    if match is None:
        return None
    if match["over"]:
        return Fraction(int(match["over"]), int(match["under"]))
    return Fraction(f"{match['whole']}.{match['decimals'] or 0}")


def _person(name: str) -> str:
    """Return a student as the spool tells them apart: an address is the same in capitals."""
    return name.casefold() if "@" in name else name
