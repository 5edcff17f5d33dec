"""One problem being read: its point and names as far as they are known, and its faults with their places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from symbackprop.errors import InputError, ParseError, ProblemError, UnknownNameError, nearest
from symbackprop.expr import Expr
from symbackprop.files import Key, Source
from symbackprop.names import normalise_name, short
from symbackprop.parse.values import constant, kind_of
from symbackprop.problem.model import no_value

MOST_UNITS = 1_000_000
LONGEST_MESSAGE = 500
LONGEST_WORD = 60
MOST_FAULTS = 20
MOST_KEPT_FAULTS = 200

TABLES = (
    "title", "network", "samples", "data", "training", "definitions", "point", "symbols", "constraints", "names",
    "questions", "check",
)  # fmt: skip


class Reader:
    """
    One problem being read.

    `point` and `names` fill up as their parts of the problem are read.
    A method that reads a value returns None where it noted a fault; `stop` raises all faults at once.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.point: dict[str, Expr] = {}
        self.names: dict[str, str] = {}
        self.faults: list[tuple[int, str]] = []
        self.untold = 0

    def fault(self, key: Key, message: str) -> None:
        """Note a fault at a key: file, line, place, message."""
        if len(self.faults) >= MOST_KEPT_FAULTS:
            self.untold += 1
            return
        line = self.source.line(key)
        where = f"{self.source.name}:{line}" if line else self.source.name
        one_line = short(message, LONGEST_MESSAGE)
        self.faults.append((line, ": ".join(part for part in (where, _label(key), one_line) if part)))

    def stop(self) -> None:
        """Raise ProblemError if there was a fault, in the order of lines."""
        if self.faults:
            shown = [text for _, text in sorted(self.faults, key=lambda fault: fault[0])]
            hidden = len(shown) - MOST_FAULTS + self.untold
            more = [f"… and {counted(hidden, 'more fault')}"] if hidden > 0 else []
            raise ProblemError(*shown[:MOST_FAULTS], *more)

    def unknown_keys(self, key: Key, table: Mapping[str, Any], known: Sequence[str]) -> None:
        """Note every key of a table that is not known, with the nearest that is."""
        for name in table:
            if name not in known:
                word = str(name)
                if len(self.faults) >= MOST_KEPT_FAULTS:
                    self.untold += 1
                    continue
                hint = nearest(word[:LONGEST_WORD], known) or f" (known: {', '.join(known)})"
                self.fault((*key, word), f'unknown key "{short(word)}"{hint}')

    def table(self, key: Key, value: Any, example: str) -> Mapping[str, Any] | None:
        """Return a table."""
        if isinstance(value, Mapping):
            return value
        self.fault(key, f"found {kind_of(value)} where a table is accepted: {example}")
        return None

    def entries(self, value: Any) -> list[Any] | None:
        """Return the entries of a list, tuple or array; None for anything else."""
        if isinstance(value, (str, bytes, Mapping)):
            return None
        if hasattr(value, "tolist"):
            value = value.tolist()
        return list(value) if isinstance(value, Sequence) else None

    def text(self, key: Key, value: Any, name: str) -> str | None:
        """Return a text, without the space around it."""
        if isinstance(value, str):
            return value.strip()
        self.fault(key, f"{name}: found {kind_of(value)} where a text is accepted")
        return None

    def count(self, key: Key, value: Any, name: str) -> int | None:
        """Return a whole number from 1."""
        whole = isinstance(value, int) and not isinstance(value, bool)
        if whole and 0 < value <= MOST_UNITS:
            return int(value)
        small = whole and abs(value) < 10**20
        shown = str(value) if small else f'"{short(value)}"' if isinstance(value, str) else kind_of(value)
        self.fault(key, f"{name}: found {shown} where a whole number from 1 to {MOST_UNITS} is accepted")
        return None

    def number(self, key: Key, value: Any, name: str) -> Expr | None:
        """Return a constant that has a value, exactly as written."""
        try:
            expr = constant(value)
        except (ParseError, InputError) as error:
            self.fault(key, f"{name}: {error}")
            return None
        if fault := no_value(expr):
            self.fault(key, f"{name}: {fault}")
            return None
        return expr

    def row(self, key: Key, values: Sequence[Any], names: Iterable[str]) -> None:
        """Put a row of numbers into the point, under their names."""
        for place, (value, name) in enumerate(zip(values, names, strict=True)):
            expr = self.number((*key, place), value, name)
            if expr is not None:
                self.point[name] = expr

    def known_name(self, key: Key, written: Any, known: Mapping[str, None]) -> str | None:
        """Return the plain name of a quantity among those known, in any spelling."""
        try:
            return normalise_name(str(written), known, self.names)
        except UnknownNameError as error:
            self.fault(key, str(error))
            return None


def _label(key: Key) -> str:
    """Say in which part of the problem a key stands."""
    match key:
        case ("network", "layers", int(layer), *_):
            return f"layer {layer + 1}"
        case ("samples", int(sample), *_):
            return f"sample {sample + 1}"
        case ("questions", int(question), *_):
            return f"question {question + 1}"
        case ("definitions", str(name)):
            return f"definition of {short(name)}"
        case (str(table), *_) if table in TABLES:
            return table if table != "title" else ""
        case _:
            return ""


def counted(count: int, one: str, many: str = "") -> str:
    """Return "1 unit", "2 units"."""
    return f"{count} {one if count == 1 else many or one + 's'}"
