"""
Answers in a CSV: one a row (student, question, answer, format), or one column a question.

A row that cannot be read becomes a notice, and reading goes on with the next.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO, TypeAlias

from symbackprop.errors import ProblemError
from symbackprop.grade.headings import Names
from symbackprop.grade.model import FORMATS, LONGEST_CELL, Notice, Submission, clean, tidy
from symbackprop.names import short

Found: TypeAlias = "Submission | Notice"

MOST_CHARACTERS = 100_000  # of one row
MOST_AHEAD = 20_000_000  # characters that are read again where a quote never closes
DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 2000

# The first of each list that a file has is taken.
COLUMNS = {
    "student": (
        "student", "student id", "student number", "sid", "id", "id number", "email", "e mail", "email address", "mail", "login",
        "username", "user", "matriculation number", "name", "full name", "student name",
    ),
    "question": ("question", "question id", "q", "item", "task", "exercise", "part", "target"),
    "answer": ("answer", "response", "answer text", "student answer", "expression", "submission", "text"),
    "format": ("format", "type", "notation"),
}  # fmt: skip
# Moodle's own export of a quiz: a person in several columns, and "Response 2" for the second question.
_FIRST = ("first name", "given name", "vorname", "prénom")
_LAST = ("surname", "last name", "family name", "nachname", "nom")
_RESPONSE = re.compile(r"(?:response|answer|antwort|réponse) (\d{1,3})")
_ADDRESSES = ("email address", "email", "e mail", "e mail adresse", "mail")
_SUMS = {"overall average", "gesamtdurchschnitt"}
_FORMAT_WORDS = {
    "": "auto", "auto": "auto", "latex": "latex", "tex": "latex", "math": "latex",
    "text": "text", "plain": "text", "txt": "text", "unicode": "text", "python": "text", "numpy": "text",
}  # fmt: skip


@dataclass(frozen=True)
class _Plan:
    """
    Which column holds what; `wide` are the columns that are named like questions.

    `others` say who a student is where the column `student` is empty: an address, or a first and a last name; `beyond` are
    columns of answers to which there is no question.
    """

    width: int
    student: int | None
    question: int | None
    answer: int | None
    format: int | None
    wide: tuple[tuple[int, str], ...] = ()
    others: tuple[tuple[int, ...], ...] = ()
    moodle: bool = False
    beyond: tuple[str, ...] = ()

    def person(self, cells: Sequence[str]) -> str:
        """Return who a row is about: where the first column is empty, what the others say."""
        for places in ((self.student,), *self.others):
            if said := clean(" ".join(_cell(cells, place).strip() for place in places)):
                return said
        return ""


@dataclass(frozen=True)
class _Broken:
    """A row that cannot be taken apart."""

    reason: str
    text: str
    delimiter: str


def read_table(stream: TextIO, name: str, names: Names, owner: str | None = None) -> Iterator[Found]:
    """
    Yield the answers of a CSV, in order; `name` stands before the number of a line.

    With an `owner` (one file a student), every row is theirs, whatever a column says.
    Raises ProblemError where it is no table of answers at all, with what would be accepted.
    """
    plan: _Plan | None = None
    for line, cells, inside in _rows(stream):
        where = f"{name}:{line}"
        if isinstance(cells, _Broken):
            named = plan.person([cell.strip(' "') for cell in cells.text.split(cells.delimiter)]) if plan else ""
            yield Notice("unreadable", cells.reason, where, owner or named)
            continue
        if plan is None:
            plan, first = _plan(cells, where, names, owner)
            for column in plan.beyond:
                msg = f'the column "{short(column)}" is left out: there is no question of that number'
                yield Notice("note", msg, where)
            if not first:
                continue
            yield Notice("note", "there is no header; the columns are taken as student, question, answer and format", where)
        if any(_like_a_row(plan, text, names.is_question) for text in inside):
            msg = "the answer has lines that look like rows; if they are, a quote is missing before them"
            yield Notice("note", msg, where, owner or plan.person(cells))
        yield from _answers(plan, cells, where, owner)
    if plan is None:
        msg = f"{name}: there is no row; a table of answers begins with the line student,question,answer,format"
        raise ProblemError(msg)


def _like_a_row(plan: _Plan, text: str, is_question: Callable[[str], bool]) -> bool:
    """Whether a line inside an answer could be the row of another student."""
    cells = next((text.split(mark) for mark in DELIMITERS if text.count(mark) >= plan.width - 1 > 0), [])
    return plan.question is not None and is_question(_cell(cells, plan.question))


def _answers(plan: _Plan, cells: list[str], where: str, owner: str | None) -> Iterator[Found]:
    while len(cells) > plan.width and not cells[-1].strip():
        cells.pop()
    said = _cell(cells, plan.student)
    student = owner or plan.person(cells)
    if plan.moodle and (student.casefold() in _SUMS or cells[0].strip().casefold() in _SUMS):
        return
    if len(cells) > plan.width:
        msg = f"the row has {len(cells)} columns, but the header has {plan.width}; an answer with a comma needs quotes around it"
        yield Notice("unreadable", msg, where, student)
        return
    if not student:
        yield Notice("unreadable", "the row names no student", where)
        return
    if owner and said.strip() and clean(said) != owner:
        msg = f'the file is by {owner}, but the row says "{short(clean(said), 60)}"; it counts for {owner}'
        yield Notice("note", msg, where, owner)
    written = _cell(cells, plan.format).strip()
    format_name = _FORMAT_WORDS.get(written.casefold())
    if format_name is None:
        format_name = FORMATS[0]
        msg = f'there is no format "{short(written)}" (known: {", ".join(FORMATS)}); the format is found out from the answer'
        yield Notice("note", msg, where, student)
    if plan.wide:
        for column, question in plan.wide:
            text = tidy(_cell(cells, column))
            if text and not (plan.moodle and text == "-"):
                yield Submission(student, question, text, format_name, where)
        return
    question = clean(_cell(cells, plan.question), LONGEST_CELL)
    yield Submission(student, question, tidy(_cell(cells, plan.answer)), format_name, where)


def _cell(cells: Sequence[str], column: int | None) -> str:
    return cells[column] if column is not None and column < len(cells) else ""


def _plan(cells: list[str], where: str, names: Names, owner: str | None) -> tuple[_Plan, bool]:
    """Return which column holds what, and whether the first row is an answer already."""
    is_question = names.is_question
    if len(cells) > MOST_COLUMNS:
        msg = f"{where}: has {len(cells)} columns; up to {MOST_COLUMNS} are read"
        raise ProblemError(msg)
    words = [" ".join(re.split(r"[\W_]+", cell.casefold())).strip() for cell in cells]
    found = {part: next((words.index(word) for word in known if word in words), None) for part, known in COLUMNS.items()}
    width = len(cells)
    first, last = (next((words.index(word) for word in known if word in words), None) for known in (_FIRST, _LAST))
    addresses = [(k,) for k, word in enumerate(words) if word in COLUMNS["student"]]
    others = (*addresses, *([(first, last)] if first is not None and last is not None else []))
    responses = [(k, int(match[1])) for k, word in enumerate(words) if (match := _RESPONSE.fullmatch(word))]
    if responses and names.named and (others or owner):
        asked = tuple((k, names.ids[n - 1]) for k, n in responses if 0 < n <= len(names.ids))
        student = next((place for place in map(words.index, filter(words.__contains__, _ADDRESSES))), None)
        beyond = tuple(cells[k].strip() for k, n in responses if not 0 < n <= len(names.ids))
        return _Plan(width, student, None, None, None, asked, others, moodle=True, beyond=beyond), False
    if found["answer"] is not None and (found["student"] is not None or others or owner):
        return _Plan(width, found["student"], found["question"], found["answer"], found["format"], (), others), False
    wide = tuple((k, cell.strip()) for k, cell in enumerate(cells) if k != found["student"] and is_question(cell))
    if wide and (found["student"] is not None or others or owner):
        return _Plan(width, found["student"], None, None, found["format"], wide, others), False
    if not any(place is not None for place in found.values()):
        if owner is None and width in {3, 4} and is_question(cells[1]):
            return _Plan(width, 0, 1, 2, 3 if width == 4 else None), True
        if owner is not None and width in {2, 3} and is_question(cells[0]):
            return _Plan(width, None, 0, 1, 2 if width == 3 else None), True
    shown = ", ".join(short(cell.strip() or "(empty)") for cell in cells[:8]) + (", …" if len(cells) > 8 else "")
    missing = "answer" if found["answer"] is None else "student"
    accepted = "student, question, answer and format, or student and one column a question"
    msg = f"{where}: no column holds the {missing} (found: {shown}); a table of answers has the columns {accepted}"
    raise ProblemError(msg)


# --- rows ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the file; `quotes` counts all of them, also where the text is cut."""

    number: int
    text: str
    quotes: int
    cut: bool


def _rows(stream: TextIO) -> Iterator[tuple[int, list[str] | _Broken, Sequence[str]]]:
    """
    Yield (line, cells or what is wrong, the lines after the first) of every row.

    A row goes on where a quote is open, however long: what stands inside an answer is never taken for a row.  Only where the
    quote never closes, or the row does not come out at the width of the first, is the first line alone at fault.
    """
    lines = _lines(stream)
    ahead: deque[_Line] = deque()
    delimiter, width = "", 0
    while (line := ahead.popleft() if ahead else next(lines, None)) is not None:
        if not line.text.strip().strip("\0"):
            continue
        if not delimiter:
            if declared := re.fullmatch(r"\s*sep=(.)\s*", line.text):
                delimiter = declared[1]
                continue
            delimiter = max(DELIMITERS, key=line.text.count)
        taken, quotes, size = [line], line.quotes, len(line.text)
        while quotes % 2 and (more := ahead.popleft() if ahead else next(lines, None)) is not None:
            quotes, size = quotes + more.quotes, size + len(more.text)
            # Beyond what can be read again, only the quotes matter.
            taken += [more] if size <= MOST_AHEAD else []
        if quotes % 2:
            yield line.number, _Broken(_OPEN if size <= MOST_AHEAD else _OPEN_LONG, line.text, delimiter), ()
            ahead.extendleft(reversed(taken[1:] if size <= MOST_AHEAD else []))
            continue
        if size > MOST_CHARACTERS or any(part.cut for part in taken):
            yield line.number, _Broken(_LONG, line.text, delimiter), ()
            continue
        cells = _split("".join(part.text for part in taken), delimiter)
        if cells is None:
            yield line.number, _Broken(_NO_ROW, line.text, delimiter), ()
        elif len(taken) > 1 and width and len(cells) != width:
            yield line.number, _Broken(_OPEN, line.text, delimiter), ()
            ahead.extendleft(reversed(taken[1:]))
        else:
            width = width or len(cells)
            yield line.number, cells, [part.text for part in taken[1:]]


_OPEN = "a quote opens in this row and does not close; the row is left out"
_OPEN_LONG = "a quote opens in this row and does not close; nothing after it is read"
_LONG = f"the row has more than {MOST_CHARACTERS:,} characters; it is left out"
_NO_ROW = "the row cannot be read as a table; it is left out"


def _lines(stream: TextIO) -> Iterator[_Line]:
    """Yield every line; one that is longer than is read is cut, with all its quotes counted."""
    number = 0
    while text := stream.readline(MOST_CHARACTERS):
        number += 1
        quotes, cut, part = text.count('"'), False, text
        while not part.endswith(("\n", "\r")) and (part := stream.readline(MOST_CHARACTERS)):
            quotes, cut = quotes + part.count('"'), True
        yield _Line(number, text, quotes, cut)


def _split(text: str, delimiter: str) -> list[str] | None:
    """Return the cells of one row, or None where there is none."""
    try:
        rows = [row for row in csv.reader([text], delimiter=delimiter) if row]
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None
