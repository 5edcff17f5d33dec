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
from symbackprop.grade.model import FORMATS, LONGEST_CELL, Notice, Submission, clean, tidy
from symbackprop.names import short

Found: TypeAlias = "Submission | Notice"

MOST_LINES = 400  # of one row: an answer may have line breaks, but a quote that never closes must not take all that follows
MOST_CHARACTERS = 100_000
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
_FORMAT_WORDS = {
    "": "auto", "auto": "auto", "latex": "latex", "tex": "latex", "math": "latex",
    "text": "text", "plain": "text", "txt": "text", "unicode": "text", "python": "text", "numpy": "text",
}  # fmt: skip


@dataclass(frozen=True)
class _Plan:
    """Which column holds what; `wide` are the columns that are named like questions."""

    width: int
    student: int | None
    question: int | None
    answer: int | None
    format: int | None
    wide: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class _Broken:
    """A row that cannot be taken apart."""

    reason: str
    text: str
    delimiter: str


def read_table(stream: TextIO, name: str, is_question: Callable[[str], bool], owner: str | None = None) -> Iterator[Found]:
    """
    Yield the answers of a CSV, in order; `name` stands before the number of a line.

    With an `owner` (one file a student), every row is theirs, whatever a column says.
    Raises ProblemError where it is no table of answers at all, with what would be accepted.
    """
    plan: _Plan | None = None
    for line, cells in _rows(stream):
        where = f"{name}:{line}"
        if isinstance(cells, _Broken):
            first = _cell(cells.text.split(cells.delimiter), plan.student) if plan else ""
            yield Notice("unreadable", cells.reason, where, owner or clean(first.strip(' "')))
            continue
        if plan is None:
            plan, first = _plan(cells, where, is_question, owner)
            if not first:
                continue
            yield Notice("note", "there is no header; the columns are taken as student, question, answer and format", where)
        yield from _answers(plan, cells, where, owner)
    if plan is None:
        msg = f"{name}: there is no row; a table of answers begins with the line student,question,answer,format"
        raise ProblemError(msg)


def _answers(plan: _Plan, cells: list[str], where: str, owner: str | None) -> Iterator[Found]:
    while len(cells) > plan.width and not cells[-1].strip():
        cells.pop()
    said = _cell(cells, plan.student)
    student = owner or clean(said)
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
            if text := tidy(_cell(cells, column)):
                yield Submission(student, question, text, format_name, where)
        return
    question = clean(_cell(cells, plan.question), LONGEST_CELL)
    yield Submission(student, question, tidy(_cell(cells, plan.answer)), format_name, where)


def _cell(cells: Sequence[str], column: int | None) -> str:
    return cells[column] if column is not None and column < len(cells) else ""


def _plan(cells: list[str], where: str, is_question: Callable[[str], bool], owner: str | None) -> tuple[_Plan, bool]:
    """Return which column holds what, and whether the first row is an answer already."""
    if len(cells) > MOST_COLUMNS:
        msg = f"{where}: has {len(cells)} columns; up to {MOST_COLUMNS} are read"
        raise ProblemError(msg)
    words = [" ".join(re.split(r"[\W_]+", cell.casefold())).strip() for cell in cells]
    found = {part: next((words.index(word) for word in known if word in words), None) for part, known in COLUMNS.items()}
    width = len(cells)
    if found["answer"] is not None and (found["student"] is not None or owner):
        return _Plan(width, found["student"], found["question"], found["answer"], found["format"]), False
    wide = tuple((k, cell.strip()) for k, cell in enumerate(cells) if k != found["student"] and is_question(cell))
    if wide and (found["student"] is not None or owner):
        return _Plan(width, found["student"], None, None, found["format"], wide), False
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


def _rows(stream: TextIO) -> Iterator[tuple[int, list[str] | _Broken]]:
    """
    Yield (line, cells) of every row, or (line, what is wrong with it).

    A row goes over several lines where a quote is open.  Where that does not come out at the width of the first row, only
    the first of its lines is at fault.
    """
    lines = _lines(stream)
    ahead: deque[tuple[int, str]] = deque()
    delimiter, width = "", 0
    while True:
        number, text = ahead.popleft() if ahead else next(lines, (0, ""))
        if not number:
            return
        if not text.strip().strip("\0"):
            continue
        if not delimiter:
            if declared := re.fullmatch(r"\s*sep=(.)\s*", text):
                delimiter = declared[1]
                continue
            delimiter = max(DELIMITERS, key=text.count)
        taken = [(number, text)]
        while sum(part.count('"') for _, part in taken) % 2 and len(taken) < MOST_LINES:
            more = ahead.popleft() if ahead else next(lines, (0, ""))
            if not more[0]:
                break
            taken.append(more)
            if sum(len(part) for _, part in taken) > MOST_CHARACTERS:
                break
        whole = "".join(part for _, part in taken)
        balanced = not whole.count('"') % 2
        cells = _split(whole, delimiter) if balanced else None
        if len(taken) > 1 and (cells is None or (width and len(cells) != width)):
            ahead.extendleft(reversed(taken[1:]))
            yield number, _Broken(_OPEN, text, delimiter)
            continue
        if cells is None:
            yield number, _Broken(_LONG if balanced else _OPEN, text, delimiter)
            continue
        width = width or len(cells)
        yield number, cells


_OPEN = "a quote opens in this row and does not close; the row is left out"
_LONG = "the row cannot be read as a table; it is left out"


def _lines(stream: TextIO) -> Iterator[tuple[int, str]]:
    """Yield (number from 1, line); a line longer than is read comes in parts."""
    number = 0
    while text := stream.readline(MOST_CHARACTERS):
        number += 1
        yield number, text


def _split(text: str, delimiter: str) -> list[str] | None:
    """Return the cells of one row, or None where there is none."""
    try:
        rows = [row for row in csv.reader([text], delimiter=delimiter) if row]
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None
