"""[data]: the file with the rows to train with, and which of its columns are x and y."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from symbackprop.data import DATA_SUFFIXES, Column, DataFile
from symbackprop.expr import Number
from symbackprop.files import Key
from symbackprop.functions import canonical
from symbackprop.names import short
from symbackprop.network import Network
from symbackprop.parse.values import kind_of
from symbackprop.problem.reader import Reader

DATA_KEYS = ("file", "x", "y", "one_hot", "holdout", "divide_x_by")


def read_data_table(reader: Reader, value: Any, network: Network | None, *, unit_targets: bool = False) -> DataFile | None:
    """Read [data]; without a network, for its faults only.  The file itself is read when its rows are needed."""
    key: Key = ("data",)
    table = reader.table(key, value, '[data] with file = "digits.csv" and y = "digit"')
    if table is None:
        return None
    reader.unknown_keys(key, table, DATA_KEYS)
    faults = len(reader.faults)
    file = reader.text((*key, "file"), table["file"], "file") if "file" in table else None
    if "file" not in table:
        reader.fault(key, 'file is missing: file = "digits.csv"')
    elif file is not None and not file.lower().endswith(DATA_SUFFIXES):
        reader.fault((*key, "file"), f'file: found "{short(file)}" where a .csv or .npz file is accepted')
    x, y = (_columns(reader, (*key, name), table[name], name) if name in table else () for name in ("x", "y"))
    holdout = _share(reader, (*key, "holdout"), table.get("holdout", 0))
    scale = _divisor(reader, (*key, "divide_x_by"), table.get("divide_x_by", 1))
    classes = reader.count((*key, "one_hot"), table["one_hot"], "one_hot") if "one_hot" in table else None
    if network is None:
        return None
    outputs = 0 if canonical(network.loss) == "sum" else network.sizes[-1]
    if outputs and not y:
        if "y" not in table:
            reader.fault(key, 'y is missing, the column of the targets: y = "digit"')
    elif y and not outputs:
        reader.fault((*key, "y"), 'y is given, but the loss "sum" has no targets')
    if classes is not None and classes != network.sizes[-1]:
        reader.fault((*key, "one_hot"), f"one_hot is {classes}, but the network has {network.sizes[-1]} outputs")
    elif classes == 1:
        reader.fault((*key, "one_hot"), "one_hot is 1; there are at least 2 classes")
    if len(reader.faults) > faults or file is None:
        return None
    path = str(Path(reader.source.name).parent / file)
    return DataFile(
        path, network.sizes[0], outputs, x, y, classes, holdout, scale, unit_targets=unit_targets and classes is None
    )


def _columns(reader: Reader, key: Key, value: Any, letter: str) -> tuple[Column, ...]:
    """Read the columns of x or y: names, or numbers from 1."""
    entries = [value] if isinstance(value, str | int) else reader.entries(value)
    example = f'{letter} = "{"digit" if letter == "y" else "age"}" or {letter} = [1, 2]'
    if not entries:
        found = "no column" if entries == [] else kind_of(value)
        reader.fault(key, f"{letter}: found {found} where columns are accepted: {example}")
        return ()
    for entry in entries:
        if isinstance(entry, bool) or not isinstance(entry, str | int) or (isinstance(entry, int) and entry < 1):
            shown = str(entry) if isinstance(entry, int) and not isinstance(entry, bool) else kind_of(entry)
            reader.fault(key, f"{letter}: found {short(shown)} where a column is accepted, by name or by number from 1")
            return ()
    return tuple(entry.strip() if isinstance(entry, str) else entry for entry in entries)


def _share(reader: Reader, key: Key, value: Any) -> Fraction:
    number = reader.number(key, value, "holdout")
    if isinstance(number, Number) and 0 <= number.value < 1:
        return Fraction(number.value)
    if number is not None:
        reader.fault(key, f"holdout: found {short(str(value))} where a number from 0 and below 1 is accepted")
    return Fraction(0)


def _divisor(reader: Reader, key: Key, value: Any) -> Fraction:
    number = reader.number(key, value, "divide_x_by")
    if isinstance(number, Number) and number.value > 0:
        return Fraction(number.value)
    if number is not None:
        reader.fault(key, f"divide_x_by: found {short(str(value))} where a positive number is accepted")
    return Fraction(1)


def one_hot_group(data: Mapping[str, Any] | Any, network: Network | None) -> tuple[tuple[str, ...], ...]:
    """Return the targets, which sum to 1 where the data is one-hot."""
    if network is None or not isinstance(data, Mapping) or "one_hot" not in data or network.sizes[-1] < 2:
        return ()
    return (tuple(f"y_{j}" for j in range(1, network.sizes[-1] + 1)),)
