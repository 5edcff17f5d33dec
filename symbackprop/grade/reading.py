"""
What was handed in, whatever its shape: a CSV, a folder or zip with one file a student, or a single file.

Every answer comes out as a `Submission`, everything that a person should know as a `Notice`; the order is that of the rows,
or of the file names.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from symbackprop.errors import ProblemError, nearest
from symbackprop.grade.archives import MOST_BYTES, Entry, read_folder, read_zip, refusal
from symbackprop.grade.contents import MOST_ANSWERS, SUFFIXES, UnreadableError, pieces
from symbackprop.grade.decoding import decode, open_text
from symbackprop.grade.headings import Names
from symbackprop.grade.model import LONGEST_CELL, Notice, Submission, clean
from symbackprop.grade.tables import read_table
from symbackprop.names import short

Found: TypeAlias = "Submission | Notice"

LARGEST_TABLE = 500_000_000
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_\w*")
_GUESSED = "is not UTF-8 text; it is read as {}, so check its letters"


def read_submissions(path: Path, names: Names, out: Path) -> Iterator[Found]:
    """
    Yield what was handed in; results in `out` are passed over.

    Raises ProblemError where the whole of it cannot be read.
    """
    try:
        if path.is_dir():
            yield from _files(read_folder(path, out), names)
        elif not path.is_file():
            beside = sorted(p.name for p in path.parent.iterdir()) if path.parent.is_dir() else []
            msg = f"{path}: no such file{nearest(path.name[:100], beside)}"
            raise ProblemError(msg)
        elif path.suffix.lower() == ".zip":
            yield from _files(read_zip(path), names)
        elif path.suffix.lower() == ".csv" or path.suffix.lower() == ".tsv":
            yield from _table(path, names)
        elif path.suffix.lower() in SUFFIXES:
            yield from _single(path, names)
        else:
            msg = f"{clean(str(path), 300)}: a class is a .csv, a folder, a .zip, or one file ({', '.join(SUFFIXES[1:])})"
            raise ProblemError(msg)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "is no file name"
        msg = f"{clean(str(path), 300)}: cannot be read: {reason}"
        raise ProblemError(msg) from None


def _table(path: Path, names: Names) -> Iterator[Found]:
    size = path.stat().st_size
    if size > LARGEST_TABLE:
        msg = f"{path}: has {size:,} bytes; up to {LARGEST_TABLE:,} are read"
        raise ProblemError(msg)
    with path.open("rb") as stream:
        text, guessed = open_text(stream)
        if guessed:
            yield Notice("note", f"the file {_GUESSED.format(guessed)}", path.name)
        yield from read_table(text, path.name, names)


def _single(path: Path, names: Names) -> Iterator[Found]:
    with path.open("rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        msg = f"{path}: has more than {MOST_BYTES:,} bytes, which is the most that is read"
        raise ProblemError(msg)
    yield from _file(Entry((path.name,), data), clean(path.stem) or "student", names)


def _files(entries: Iterable[Entry | Notice], names: Names) -> Iterator[Found]:
    """Yield the answers of many files; those of one student may stand in several."""
    whole: dict[str, str] = {}
    numbers: Counter[str] = Counter()
    for entry in entries:
        if isinstance(entry, Notice):
            yield entry
            continue
        student = _student(entry, whole, numbers)
        if not student:
            yield refusal(entry.where, "its name says no student")
            continue
        yield from _file(entry, student, names)


def _student(entry: Entry, whole: dict[str, str], numbers: Counter[str]) -> str:
    """
    Return whose a file is: its first folder, or its own name; Moodle's `Name_12345_assignsubmission_file_` is Name.

    Two people of one name are told apart by their number.
    """
    first = entry.parts[0]
    if len(entry.parts) == 1:
        first = first.rpartition(".")[0] or first
    moodle = _MOODLE.fullmatch(first) or (_MOODLE.match(first) if "_assignsubmission_" in first else None)
    if not moodle:
        return clean(first)
    if first not in whole:
        name = clean(moodle["name"])
        numbers[name] += 1
        whole[first] = name if numbers[name] == 1 else f"{name} ({moodle['number']})"
    return whole[first]


def _file(entry: Entry, student: str, names: Names) -> Iterator[Found]:
    suffix = Path(entry.parts[-1]).suffix.lower()
    if suffix not in SUFFIXES:
        kind = f"files that end in {clean(suffix, 20)}" if suffix else "files without an ending"
        yield _left_out(entry, student, f"{kind} are not read, only {', '.join(SUFFIXES)}")
        return
    text, guessed = decode(entry.data)
    if not text.strip():
        yield _left_out(entry, student, "it is empty")
        return
    if guessed:
        yield Notice("note", f"the file {_GUESSED.format(guessed)}", entry.where, student)
    try:
        if suffix == ".csv":
            yield from read_table(io.StringIO(text, newline=""), entry.where, names, student)
            return
        for count, piece in enumerate(pieces(suffix, text, names)):
            if count >= MOST_ANSWERS:
                yield _left_out(entry, student, f"it holds more than {MOST_ANSWERS} answers", "the rest is left out")
                return
            if piece.left:
                said = f"left out after the answer: {short(clean(piece.left, 400), 200)}"
                yield Notice("note", said, entry.where, student, clean(piece.question, LONGEST_CELL))
            yield Submission(student, clean(piece.question, LONGEST_CELL), piece.answer, piece.format, entry.where)
    except UnreadableError as error:
        yield _left_out(entry, student, str(error))
    except ProblemError as error:
        yield _left_out(entry, student, str(error).partition(": ")[2] or str(error))


def _left_out(entry: Entry, student: str, reason: str, end: str = "it is left out") -> Notice:
    return Notice("unreadable", f"{reason}; {end}", clean(entry.where, 300), student)
