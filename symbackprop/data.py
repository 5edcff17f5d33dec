"""
Data files: rows of numbers for training, from .csv (with or without a header) or .npz.

`DataFile` is the declaration `[data]` of a problem; `read_rows` reads the file and says what is wrong with it in one
sentence, with file and line.  NumPy is imported when a file is read, never before.
"""

from __future__ import annotations

import csv
import math
import zipfile
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeAlias

from symbackprop.errors import ProblemError, nearest
from symbackprop.names import short

LARGEST_DATA_FILE = 200_000_000
DATA_SUFFIXES = (".csv", ".npz")
DELIMITERS = (",", ";", "\t")
NEARLY = 1e-6
MOST_NAMED = 8

Column: TypeAlias = str | int
Lines: TypeAlias = "Sequence[int] | None"


@dataclass(frozen=True)
class DataFile:
    """
    Where the rows of a problem are, and what they must look like.

    `x` and `y` are columns of a .csv by name or by number (from 1), or one array of a .npz by name;
    x without any means every column that is not y.  The network wants `inputs` numbers of x and `outputs` of y
    (0: it has no targets).  With `one_hot`, y is one column of whole numbers from 0, each made a row of zeros and a one.
    Every x is divided by `divide_x_by`.  `holdout` is the share of rows kept for the test, 0 ≤ holdout < 1.
    With `unit_targets`, the targets of a row must sum to 1.
    """

    path: str
    inputs: int
    outputs: int
    x: tuple[Column, ...] = ()
    y: tuple[Column, ...] = ()
    one_hot: int | None = None
    holdout: Fraction = Fraction(0)
    divide_x_by: Fraction = Fraction(1)
    unit_targets: bool = False


@dataclass(frozen=True)
class Rows:
    """Inputs (rows × inputs) and targets (rows × outputs) as float64 arrays, `targets` None where there are none."""

    inputs: Any
    targets: Any

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.inputs)

    def take(self, places: Any) -> Rows:
        """Return some of the rows, by their places."""
        return Rows(self.inputs[places], None if self.targets is None else self.targets[places])


def read_rows(data: DataFile) -> Rows:
    """
    Read the rows of a file.

    Raises ProblemError for the first fault, with the file and, in a .csv, the line.
    """
    path = Path(data.path)
    _check_file(path, data.path)
    x, y, lines = _read_csv(path, data) if path.suffix.lower() == ".csv" else _read_npz(path, data)
    if x.shape[1] != data.inputs:
        raise _fault(data, 0, f"x has {_counted(x.shape[1], 'column')}, but the network has {_counted(data.inputs, 'input')}")
    x = _finite(data, "x", x, lines) / float(data.divide_x_by)
    return Rows(x, _targets(data, y, lines) if data.outputs else None)


def split(data: DataFile, rows: Rows) -> tuple[Rows, Rows | None]:
    """
    Return the rows to train with and those held out; the same ones every time, whatever the seed of the training.

    Raises ProblemError where a part would be empty.
    """
    import numpy as np  # most runs have no data file

    if not data.holdout:
        return rows, None
    held = max(1, round(data.holdout * rows.count))
    if held >= rows.count:
        raise _fault(data, 0, f"{_counted(rows.count, 'row')}, of which holdout keeps {held}: none is left to train with")
    order = np.random.default_rng(0).permutation(rows.count)
    return rows.take(np.sort(order[held:])), rows.take(np.sort(order[:held]))


def _check_file(path: Path, shown: str) -> None:
    try:
        if path.is_dir():
            msg = f"{shown}: is a directory; data is a .csv or .npz file"
            raise ProblemError(msg)
        if not path.is_file():
            beside = sorted(p.name for p in path.parent.iterdir() if p.suffix in DATA_SUFFIXES) if path.parent.is_dir() else []
            msg = f"{shown}: no such file{nearest(path.name[:100], beside)}"
            raise ProblemError(msg)
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        raise _unreadable(shown, error) from None
    if size > LARGEST_DATA_FILE:
        msg = f"{shown}: has {size:,} bytes; up to {LARGEST_DATA_FILE:,} are read"
        raise ProblemError(msg)
    if size == 0:
        msg = f"{shown}: the file is empty; it has one row a sample"
        raise ProblemError(msg)


def _unreadable(shown: str, error: Exception) -> ProblemError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "is no file name"
    return ProblemError(f"{shown}: cannot be read: {reason}")


def _fault(data: DataFile, line: int, message: str) -> ProblemError:
    return ProblemError(f"{data.path}:{line}: {message}" if line else f"{data.path}: {message}")


def _counted(count: int, one: str) -> str:
    return f"{count} {one}{'' if count == 1 else 's'}"


# --- .csv ----------------------------------------------------------------------------------------------------


@contextmanager
def _told(data: DataFile) -> Iterator[None]:
    """Make an error of the text below the table one of ours."""
    try:
        yield
    except UnicodeDecodeError:
        raise _fault(data, 0, "is not UTF-8 text") from None
    except OSError as error:
        raise _unreadable(data.path, error) from None


def _read_csv(path: Path, data: DataFile) -> tuple[Any, Any, Lines]:
    """Return x and y as arrays, and the line of each row."""
    import numpy as np

    values, lines = array("d"), array("q")
    with _told(data), path.open(encoding="utf-8-sig", newline="") as stream:
        first = stream.readline()
        stream.seek(0)
        reader = csv.reader(stream, delimiter=next((mark for mark in DELIMITERS if mark in first), ","))
        chosen: list[int] = []
        names: list[str] = []
        take: Any = None
        try:
            for row in reader:
                if not row or (len(row) == 1 and not row[0].strip()):
                    continue
                if take is None:
                    header = _is_header(row, data)
                    names = [name.strip() for name in row] if header else [str(k) for k in range(1, len(row) + 1)]
                    start = reader.line_num
                    chosen = _columns(data, names, named=header, line=start if header else 0)
                    take = itemgetter(*chosen) if len(chosen) > 1 else itemgetter(slice(chosen[0], chosen[0] + 1))
                    if header:
                        continue
                if len(row) != len(names):
                    there = f"line {start} has {_counted(len(names), 'column')}"
                    raise _fault(data, reader.line_num, f"{_counted(len(row), 'column')}, but {there}")
                cells = take(row)
                try:
                    values.extend(map(_number, cells))
                except ValueError:
                    raise _no_number(data, reader.line_num, cells, [names[k] for k in chosen]) from None
                lines.append(reader.line_num)
        except csv.Error as error:
            raise _fault(data, reader.line_num, f"cannot be read as a table: {error}") from None
    if not lines:
        raise _fault(data, 0, "there is a header, but no row" if take else "the file is empty; it has one row a sample")
    table = np.frombuffer(values).reshape(len(lines), len(chosen))
    width = len(chosen) - len(data.y)
    return table[:, :width], table[:, width:], lines


def _number(cell: str) -> float:
    """Read a number; an underscore is Python's way to write one, and nobody else's."""
    if "_" in cell:
        raise ValueError
    return float(cell)


def _is_number(cell: str) -> bool:
    try:
        _number(cell)
    except ValueError:
        return False
    return True


def _is_header(row: Sequence[str], data: DataFile) -> bool:
    """Whether a first line has names: none of its cells is a number, or a column asked for is among them."""
    names = {cell.strip() for cell in row}
    asked = [column for column in (*data.x, *data.y) if isinstance(column, str)]
    return not any(map(_is_number, row)) or any(column in names for column in asked)


def _columns(data: DataFile, names: Sequence[str], *, named: bool, line: int) -> list[int]:
    """Return the places of the columns of x, then of y."""
    if named and len(set(names)) < len(names):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise _fault(data, line, f'there are two columns "{short(twice)}"')

    def place(column: Column) -> int:
        if isinstance(column, str) and column in names and named:
            return names.index(column)
        number = column if isinstance(column, int) else int(column) if column.isdecimal() and len(column) < 9 else 0
        if (isinstance(column, int) or not named) and 1 <= number <= len(names):
            return number - 1
        if isinstance(column, int) or not named:
            there = "" if named else "there is no header, and "
            raise _fault(data, line, f'there is no column "{short(str(column))}"; {there}the columns are 1 to {len(names)}')
        known = ", ".join(short(name, 30) for name in names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
        hint = nearest(column[:60], names) or f" (there are {known})"
        raise _fault(data, line, f'there is no column "{short(column)}"{hint}')

    targets = [place(column) for column in data.y]
    inputs = [place(column) for column in data.x] or [k for k in range(len(names)) if k not in targets]
    for k in inputs:
        if k in targets or inputs.count(k) > 1:
            raise _fault(data, line, f'column "{short(names[k])}" is asked for twice')
    if not inputs:
        raise _fault(data, line, "there is no column for x")
    return [*inputs, *targets]


def _no_number(data: DataFile, line: int, cells: Sequence[str], names: Sequence[str]) -> ProblemError:
    name, cell = next((n, c.strip()) for n, c in zip(names, cells, strict=True) if not _is_number(c))
    found = f'found "{short(cell)}"' if cell else "found nothing"
    return _fault(data, line, f'column "{short(name)}": {found} where a number is accepted')


# --- .npz ----------------------------------------------------------------------------------------------------


def _read_npz(path: Path, data: DataFile) -> tuple[Any, Any, Lines]:
    """Return x and y as arrays of floats with one row a sample."""
    import numpy as np

    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > LARGEST_DATA_FILE:
            raise _fault(data, 0, f"has {size:,} bytes unpacked; up to {LARGEST_DATA_FILE:,} are read")
        # No pickles: an array of objects could run code.
        with np.load(path, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in _arrays(data, list(arrays.files))}
    except (zipfile.BadZipFile, ValueError, EOFError, KeyError):
        raise _fault(data, 0, "is no .npz file with arrays of numbers") from None
    except OSError as error:
        raise _unreadable(data.path, error) from None
    made = []
    for name, values in found.items():
        if values.dtype.kind not in "biuf":
            raise _fault(data, 0, f'array "{short(name)}" has no numbers')
        if values.ndim == 0 or values.size == 0:
            raise _fault(data, 0, f'array "{short(name)}" is empty; it has one row a sample')
        made.append(values.reshape(len(values), -1).astype(float))
    if len(made) == 1:
        made.append(np.empty((len(made[0]), 0)))
    if len(made[0]) != len(made[1]):
        raise _fault(data, 0, f"x has {_counted(len(made[0]), 'row')}, but y has {len(made[1])}")
    return made[0], made[1], None


def _arrays(data: DataFile, names: Sequence[str]) -> list[str]:
    """Return the names of the arrays of x and y."""
    asked = [str(data.x[0]) if data.x else "x"]
    if data.outputs:
        asked.append(str(data.y[0]))
    for name in asked:
        if name not in names:
            hint = nearest(name[:60], names) or f" (there are {', '.join(short(known, 30) for known in names[:MOST_NAMED])})"
            raise _fault(data, 0, f'there is no array "{short(name)}"{hint}')
    return asked


# --- what the numbers must be --------------------------------------------------------------------------------


def _where(lines: Lines, row: int, message: str) -> tuple[int, str]:
    """Return the line of a row, or say the row where there are no lines."""
    return (0, f"row {row + 1}: {message}") if lines is None else (lines[row], message)


def _finite(data: DataFile, letter: str, values: Any, lines: Lines) -> Any:
    """Return the values if all of them are finite."""
    import numpy as np

    bad = ~np.isfinite(values)
    if bad.any():
        row, column = (int(place) for place in np.argwhere(bad)[0])
        what = "nan" if math.isnan(values[row, column]) else "an infinite number"
        raise _fault(data, *_where(lines, row, f"{letter}: number {column + 1} is {what}; a finite number is accepted"))
    return values


def _targets(data: DataFile, y: Any, lines: Lines) -> Any:
    """Return the targets, one-hot where they are classes."""
    import numpy as np

    y = _finite(data, "y", y, lines)
    if data.one_hot is None:
        if y.shape[1] != data.outputs:
            there = f"the network has {_counted(data.outputs, 'output')}"
            raise _fault(data, 0, f"y has {_counted(y.shape[1], 'column')}, but {there}")
        wrong = np.flatnonzero(np.abs(y.sum(axis=1) - 1) > NEARLY)
        if data.unit_targets and len(wrong):
            row = int(wrong[0])
            raise _fault(data, *_where(lines, row, f"the targets sum to {y[row].sum():g}, but [constraints] says 1"))
        return y
    if y.shape[1] != 1:
        raise _fault(data, 0, f"y has {y.shape[1]} columns; with one_hot it has one, of whole numbers from 0")
    classes = y[:, 0]
    wrong = np.flatnonzero((classes != np.floor(classes)) | (classes < 0) | (classes >= data.one_hot))
    if len(wrong):
        row = int(wrong[0])
        accepted = f"a whole number from 0 to {data.one_hot - 1} is accepted (one_hot = {data.one_hot})"
        raise _fault(data, *_where(lines, row, f"y: found {classes[row]:g} where {accepted}"))
    return np.eye(data.one_hot)[classes.astype(int)]
