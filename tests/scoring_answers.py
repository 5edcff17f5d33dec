"""The score of the reader of answers on a table of rows: what it reads, refuses and misreads."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from answer_values import Rows, ShapesError, Worth, worth

from symbackprop.errors import ParseError
from symbackprop.expr import Symbol

READ_RIGHT = "read right"
MISREAD = "silently misread"
REFUSED = "refused wrongly"
REFUSED_RIGHTLY = "refused rightly"
ACCEPTED = "accepted although unreadable"
CARET = "refused, caret or hint misplaced"
CRASHED = "crashed"
ROOT = Path(__file__).parents[1]
KINDS = (READ_RIGHT, REFUSED_RIGHTLY, MISREAD, REFUSED, ACCEPTED, CARET, CRASHED)


@dataclass(frozen=True)
class Outcome:
    """What became of one row; `said` is the message, or what was read."""

    row: Any
    kind: str
    said: str = ""


@dataclass(frozen=True)
class Score:
    """The outcome of every row of a table."""

    outcomes: tuple[Outcome, ...]
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def count(self, kind: str, written: str = "") -> int:
        """Return how many rows had an outcome, of one format or of both."""
        return sum(outcome.kind == kind and written in {"", outcome.row.format} for outcome in self.outcomes)

    @property
    def good(self) -> int:
        """How many rows were read or refused as they should be."""
        return self.count(READ_RIGHT) + self.count(REFUSED_RIGHTLY)

    def __str__(self) -> str:
        """Count by kind and format; no row is shown."""
        lines = [f"{len(self.outcomes)} rows, {self.good} as they should be"]
        for kind in KINDS:
            by_format = Counter(outcome.row.format for outcome in self.outcomes if outcome.kind == kind)
            lines.append(f"  {kind}: {self.count(kind)} (LaTeX {by_format['latex']}, text {by_format['text']})")
        return "\n".join(lines)


def problem_of(row: Any) -> Any:
    """Return a row's problem, which its table may keep under a name."""
    named: dict[str, Any] = getattr(sys.modules[type(row).__module__], "PROBLEMS", {})
    problem = named.get(row.problem, row.problem) if isinstance(row.problem, str) else row.problem
    return str(ROOT / problem) if isinstance(problem, str) and problem.endswith(".toml") else problem


def score(rows: Iterable[Any]) -> Score:
    """Read every row and compare."""
    return Score(tuple(outcome(row) for row in rows))


def outcome(row: Any) -> Outcome:
    """Read one row and compare by value with what a careful reader makes of it."""
    from symbackprop.parse.answers import read_answer  # values can be compared without a reader

    made = worth(problem_of(row))
    accepted = readings(row.reading)
    try:
        answer = read_answer(row.answer, lexicon(made), row.format)
        values = flat(made, answer)
    except ParseError as error:
        if None not in accepted:
            return Outcome(row, REFUSED, str(error))
        fits = len(accepted) > 1 or well_placed(row, error)
        return Outcome(row, REFUSED_RIGHTLY if fits else CARET, f"{error} (at {error.position})")
    except ShapesError:
        return Outcome(row, REFUSED_RIGHTLY if None in accepted else REFUSED, "the shapes do not fit")
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not reach a reader
        return Outcome(row, CRASHED, f"{type(error).__name__}: {error}")
    said = repr(answer.lines)
    if accepted == (None,):
        return Outcome(row, ACCEPTED, said)
    right = any(agrees(made, values, reading) for reading in accepted if reading is not None)
    return Outcome(row, READ_RIGHT if right else MISREAD, said)


def lexicon(made: Worth) -> Any:
    """Return the symbol table of a problem."""
    from symbackprop.checking.symbols import lexicon_of  # as above

    if not hasattr(made, "lexicon"):
        made.lexicon = lexicon_of(made.derivation.problem, made.derivation.backward)
    return made.lexicon


def readings(reading: Any) -> tuple[Any, ...]:
    """Return every reading that is accepted; None among them where refusing is."""
    if type(reading).__name__ != "AnyOf":
        return (reading,)
    return tuple(reading) if isinstance(reading, tuple) else reading.readings


def verdicts(row: Any) -> tuple[str, ...]:
    """Return every verdict that is accepted."""
    verdict = row.verdict if isinstance(row.verdict, tuple) else readings(row.verdict)
    return (*verdict, *getattr(row, "also", ()))


def flat(made: Worth, answer: Any) -> list[tuple[str, Rows]]:
    """Return every value of an answer with the name it was given, "" for none; a value goes on with the name before it."""
    found: list[tuple[str, Rows]] = []
    name = ""
    for line in answer.lines:
        name = identity(made, line.left) if line.left is not None else name
        found += [(name, made.rows(value)) for value in line.values]
    return found


def identity(made: Worth, left: Symbol) -> str:
    """Return what a left side means, whatever it is called."""
    return repr(made.entries_of(left))


def agrees(made: Worth, values: list[tuple[str, Rows]], reading: Any) -> bool:
    """Whether what was read has the value of a reading."""
    if isinstance(reading, str):
        return bool(values) and made.same(values[-1][1], made.rows_of_reading(reading))
    ways: list[Callable[[], bool]] = []
    if is_chain(reading):
        ways.append(lambda: chain_agrees(made, values, reading))
    if not is_chain(reading) or all(isinstance(part, str) for _, part in reading):
        ways.append(lambda: bool(values) and made.same(values[-1][1], made.rows_of_reading(reading)))
    return any(tried(way) for way in ways)


def is_chain(reading: Any) -> bool:
    """Whether a reading can be a tuple of (name, value) pairs; a matrix of two columns can look like one."""
    return all(len(pair) == 2 and isinstance(pair[0], str) for pair in reading)


def chain_agrees(made: Worth, values: list[tuple[str, Rows]], reading: Any) -> bool:
    """Whether every value of a chain was read, under its name."""
    if len(values) != len(reading):
        return False
    return all(
        found == (identity(made, made.symbol(name)) if name else "") and made.same(rows, made.rows_of_reading(part))
        for (found, rows), (name, part) in zip(values, reading, strict=True)
    )


def tried(way: Callable[[], bool]) -> bool:
    """Try one way of understanding a reading: a matrix is no chain, and its entries are no names."""
    try:
        return way()
    except KeyError:
        return False


def places(row: Any) -> tuple[tuple[int, int], ...]:
    """Return where the caret may stand, both ends included; empty where anywhere will do."""
    if hasattr(row, "places"):
        return tuple(row.places)
    place = row.place
    if isinstance(place, str):
        start = row.answer.find(place)
        return ((start, start + len(place)),) if place else ()
    return () if place is None else ((place, place),) if isinstance(place, int) else (tuple(place),)


def well_placed(row: Any, error: ParseError) -> bool:
    """Whether a refusal points at the place and names what it must: one of the words of the hint."""
    spans = places(row)
    there = not spans or any(low <= error.position <= high for low, high in spans)
    words = [row.hint] if isinstance(row.hint, str) else [*row.hint]
    return there and (not any(words) or any(word.casefold() in str(error).casefold() for word in words if word))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    for name in sys.argv[1:] or ["answers_open"]:
        module = __import__(name)
        print(name, score(module.ROWS))
