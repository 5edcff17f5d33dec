"""Data files: what is read, and the one sentence for everything that is wrong with one."""

# ruff: noqa: E501 - one row a case, input beside message

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from symbackprop.cli import run
from symbackprop.data import LARGEST_DATA_FILE, read_rows, split
from symbackprop.errors import ProblemError
from symbackprop.problem import load

NETWORK = "[network]\ninputs = 2\nlayers = [{ units = 1 }]\n"
CLASSES = '[network]\ninputs = 2\nloss = "cross_entropy"\nlayers = [{ units = 3, activation = "softmax" }]\n'
PLAIN = f'{NETWORK}[data]\nfile = "rows.csv"\ny = "y"\n'
HEADER = "a,b,y\n"
NUMBERED = f'{NETWORK}[data]\nfile = "rows.csv"\ny = 3\n'
ONE_HOT = f'{CLASSES}[data]\nfile = "rows.csv"\ny = "y"\none_hot = 3\n'
SUMS = f'{CLASSES}[constraints]\ny = "sum 1"\n[data]\nfile = "rows.csv"\nx = ["a", "b"]\ny = ["p", "q", "r"]\n'
ARRAYS = f'{NETWORK}[data]\nfile = "rows.npz"\ny = "y"\n'

# problem, text of the .csv, inputs, targets
GOOD: tuple[tuple[str, str, list[list[float]], list[list[float]]], ...] = (
    (PLAIN, "a,b,y\n1,2,3\n4,5,6\n", [[1, 2], [4, 5]], [[3], [6]]),
    (PLAIN, "y, a ,b\r\n3,1,2e0\r\n\r\n6, 4 ,-5\r\n", [[1, 2], [4, -5]], [[3], [6]]),
    (PLAIN, '\ufeff"a";"b";"y"\n1;2;3\n', [[1, 2]], [[3]]),
    (NUMBERED, "1\t2\t3\n4\t5\t6", [[1, 2], [4, 5]], [[3], [6]]),
    (NUMBERED, "a,b,y\n1,2,3\n", [[1, 2]], [[3]]),
    (PLAIN.replace('y = "y"', 'x = ["b", "a"]\ny = "y"\ndivide_x_by = "1/2"'), "word,a,b,y\none,1,2,3\n", [[4, 2]], [[3]]),
    (PLAIN.replace('y = "y"', 'y = "2020"'), "a,2020,b\n1,2,3\n", [[1, 3]], [[2]]),
    (ONE_HOT, "a,b,y\n1,2,0\n3,4,2.0\n", [[1, 2], [3, 4]], [[1, 0, 0], [0, 0, 1]]),
    (SUMS, "a,b,p,q,r\n1,2,0.5,0.25,0.25\n", [[1, 2]], [[0.5, 0.25, 0.25]]),
)

# problem, text of the .csv, message
BAD: tuple[tuple[str, str, str], ...] = (
    (PLAIN, "", "rows.csv: the file is empty; it has one row a sample"),
    (PLAIN, "\n\n", "rows.csv: the file is empty; it has one row a sample"),
    (PLAIN, HEADER, "rows.csv: there is a header, but no row"),
    (PLAIN, "a,b,z\n1,2,3\n", 'rows.csv:1: there is no column "y" (there are a, b, z)'),
    (PLAIN.replace('y = "y"', 'y = "targt"'), "a,b,target\n1,2,3\n", 'rows.csv:1: there is no column "targt"; did you mean "target"?'),
    (PLAIN, "1,2,3\n", 'rows.csv: there is no column "y"; there is no header, and the columns are 1 to 3'),
    (NUMBERED.replace("y = 3", "y = 4"), "1,2,3\n", 'rows.csv: there is no column "4"; there is no header, and the columns are 1 to 3'),
    (NUMBERED.replace("y = 3", "y = 4"), HEADER, 'rows.csv:1: there is no column "4"; the columns are 1 to 3'),
    (PLAIN, "a,a,y\n1,2,3\n", 'rows.csv:1: there are two columns "a"'),
    (PLAIN.replace('y = "y"', 'x = ["a", "y"]\ny = "y"'), HEADER, 'rows.csv:1: column "y" is asked for twice'),
    (PLAIN, HEADER + "1,2,3\n4,five,6\n", 'rows.csv:3: column "b": found "five" where a number is accepted'),
    (PLAIN, HEADER + "1,2,3\n4,,6\n", 'rows.csv:3: column "b": found nothing where a number is accepted'),
    (PLAIN, HEADER + "1_0,2,3\n", 'rows.csv:2: column "a": found "1_0" where a number is accepted'),
    (PLAIN, HEADER + "__import__('os'),2,3\n", "rows.csv:2: column \"a\": found \"__import__('os')\" where a number is accepted"),
    (PLAIN, HEADER + "1,2,3\n\n4,nan,6\n", "rows.csv:4: x: number 2 is nan; a finite number is accepted"),
    (PLAIN, HEADER + "1,2,inf\n", "rows.csv:2: y: number 1 is an infinite number; a finite number is accepted"),
    (PLAIN, HEADER + "1e999,2,3\n", "rows.csv:2: x: number 1 is an infinite number; a finite number is accepted"),
    (PLAIN, HEADER + "1,2,3\n4,5\n", "rows.csv:3: 2 columns, but line 1 has 3 columns"),
    (PLAIN, "a,b,c,y\n1,2,3,4\n", "rows.csv: x has 3 columns, but the network has 2 inputs"),
    (PLAIN, "a,y\n1,2\n", "rows.csv: x has 1 column, but the network has 2 inputs"),
    (PLAIN.replace('y = "y"', 'x = ["a", "b"]\ny = ["c", "y"]'), "a,b,c,y\n1,2,3,4\n", "rows.csv: y has 2 columns, but the network has 1 output"),
    (ONE_HOT, HEADER + "1,2,3\n", "rows.csv:2: y: found 3 where a whole number from 0 to 2 is accepted (one_hot = 3)"),
    (ONE_HOT, HEADER + "1,2,0\n1,2,0.5\n", "rows.csv:3: y: found 0.5 where a whole number from 0 to 2 is accepted (one_hot = 3)"),
    (SUMS, "a,b,p,q,r\n1,2,0.5,0.25,0.5\n", "rows.csv:2: the targets sum to 1.25, but [constraints] says 1"),
    (PLAIN + "holdout = 0.9\n", HEADER + "1,2,3\n", "rows.csv: 1 row, of which holdout keeps 1: none is left to train with"),
    (PLAIN.replace("rows.csv", "row.csv"), HEADER, 'row.csv: no such file; did you mean "rows.csv"?'),
    (PLAIN.replace("rows.csv", "folder.csv"), HEADER, "folder.csv: is a directory; data is a .csv or .npz file"),
)

# the table [data], message
TABLES: tuple[tuple[str, str], ...] = (
    ('y = "y"', 'data: file is missing: file = "digits.csv"'),
    ('file = 3\ny = "y"', "data: file: found a number where a text is accepted"),
    ('file = "rows.txt"\ny = "y"', 'data: file: found "rows.txt" where a .csv or .npz file is accepted'),
    ('file = "rows.csv"', 'data: y is missing, the column of the targets: y = "digit"'),
    ('file = "rows.csv"\ny = []', 'data: y: found no column where columns are accepted: y = "digit" or y = [1, 2]'),
    ('file = "rows.csv"\ny = 0', "data: y: found 0 where a column is accepted, by name or by number from 1"),
    ('file = "rows.csv"\ny = "y"\nx = [true]', "data: x: found true or false where a column is accepted, by name or by number from 1"),
    ('file = "rows.csv"\ny = "y"\nholdout = 1', "data: holdout: found 1 where a number from 0 and below 1 is accepted"),
    ('file = "rows.csv"\ny = "y"\ndivide_x_by = 0', "data: divide_x_by: found 0 where a positive number is accepted"),
    ('file = "rows.csv"\ny = "y"\none_hot = 10', "data: one_hot is 10, but the network has 1 outputs"),
    ('file = "rows.csv"\ny = "y"\none_hot = 1', "data: one_hot is 1; there are at least 2 classes"),
    ('file = "rows.csv"\ny = "y"\nhold_out = 0', 'data: unknown key "hold_out"; did you mean "holdout"?'),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of one's own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    return tmp_path


def write(folder: Path, problem: str, text: str) -> None:
    """Put a problem and its data into a folder."""
    (folder / "problem.toml").write_text(problem, encoding="utf-8")
    (folder / "rows.csv").write_text(text, encoding="utf-8", newline="")


def read():
    """Read the rows of the problem in this folder, and split them."""
    data = load("problem.toml").data
    return split(data, read_rows(data))[0]


@pytest.mark.parametrize(("problem", "text", "inputs", "targets"), GOOD)
def test_rows_are_read_as_written(folder: Path, problem: str, text: str, inputs: list, targets: list) -> None:
    """The columns asked for come in order, scaled, with classes one-hot."""
    write(folder, problem, text)
    rows = read()

    assert rows.inputs.tolist() == inputs
    assert rows.targets.tolist() == targets


@pytest.mark.parametrize(("problem", "text", "message"), BAD)
def test_bad_rows_get_one_sentence(folder: Path, problem: str, text: str, message: str) -> None:
    """The first fault of a file is told with its line; the commands exit with 2."""
    write(folder, problem, text)
    with pytest.raises(ProblemError) as caught:
        read()

    assert str(caught.value) == message
    assert run(["train", "problem.toml"]) == run(["evaluate", "problem.toml"]) == 2


@pytest.mark.parametrize(("table", "message"), TABLES)
def test_bad_tables_get_one_sentence(folder: Path, table: str, message: str) -> None:
    """What is wrong in [data] itself is told with the line of the problem."""
    write(folder, f"{NETWORK}[data]\n{table}\n", HEADER)
    with pytest.raises(ProblemError) as caught:
        load("problem.toml")

    place, _, told = str(caught.value).partition(": ")
    assert (place.partition(":")[0], told) == ("problem.toml", message)


@pytest.mark.parametrize("other", ['[definitions]\nf = "x^2"\n', f"{NETWORK}[[samples]]\nx = [1, 2]\ny = [1]\n"])
def test_data_goes_with_a_network_alone(folder: Path, other: str) -> None:
    """[data] stands neither beside [definitions] nor beside [[samples]]."""
    write(folder, f'{other}[data]\nfile = "rows.csv"\ny = "y"\n', HEADER)
    with pytest.raises(ProblemError, match=r"\[data\] belongs to a \[network\], and goes without"):
        load("problem.toml")


def test_bytes_that_are_no_text(folder: Path) -> None:
    """A file that is not UTF-8, or has a NUL in it, is no table."""
    write(folder, PLAIN, "")
    for content in (HEADER.encode() + b"1,2,\xff\n", HEADER.encode() + b'1,2,"3\x00'):
        (folder / "rows.csv").write_bytes(content)
        with pytest.raises(ProblemError, match=r"^rows\.csv"):
            read()


def test_a_huge_file_is_not_read(folder: Path) -> None:
    """A file of more than 200 MB is refused by its size, before it is read."""
    write(folder, PLAIN, HEADER)
    with (folder / "rows.csv").open("ab") as stream:
        stream.truncate(LARGEST_DATA_FILE + 1)
    with pytest.raises(ProblemError) as caught:
        read()

    assert str(caught.value) == "rows.csv: has 200,000,001 bytes; up to 200,000,000 are read"


def test_arrays_are_read_from_an_npz(folder: Path) -> None:
    """Rows of arrays of more axes are made flat; y may be a plain list."""
    write(folder, ARRAYS.replace('y = "y"', 'x = "pictures"\ny = "labels"'), "")
    np.savez(folder / "rows.npz", pictures=np.arange(6, dtype="uint8").reshape(3, 1, 2), labels=[1, 2, 3])
    rows = read()

    assert rows.inputs.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert rows.targets.tolist() == [[1], [2], [3]]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": [[1, 2]], "z": [1]}, 'rows.npz: there is no array "y" (there are x, z)'),
        ({"x": [[1, 2]], "y": ["a"]}, 'rows.npz: array "y" has no numbers'),
        ({"x": [[1, 2]], "y": np.array([None])}, "rows.npz: is no .npz file with arrays of numbers"),
        ({"x": [[1, 2]], "y": [1, 2]}, "rows.npz: x has 1 row, but y has 2"),
        ({"x": np.empty((0, 2)), "y": []}, 'rows.npz: array "x" is empty; it has one row a sample'),
        ({"x": [[1, 2], [3, np.nan]], "y": [1, 2]}, "rows.npz: row 2: x: number 2 is nan; a finite number is accepted"),
        ({"x": np.zeros((LARGEST_DATA_FILE // 8 + 1,), dtype="int64"), "y": [1]}, "rows.npz: has 200,000,272 bytes unpacked; up to 200,000,000 are read"),
        (None, "rows.npz: is no .npz file with arrays of numbers"),
    ],
    ids=str,
)
def test_bad_arrays_get_one_sentence(folder: Path, arrays: dict | None, message: str) -> None:
    """The first fault of an .npz is told with the row; what unpacks to too much is not unpacked."""
    write(folder, ARRAYS, "")
    if arrays is None:
        (folder / "rows.npz").write_text("x,y\n1,2\n")
    else:
        np.savez_compressed(folder / "rows.npz", **arrays)
    with pytest.raises(ProblemError) as caught:
        read()

    assert str(caught.value) == message


def test_rows_held_out_are_the_same_every_time(folder: Path) -> None:
    """Every row is in one part, and the parts are those of last time."""
    write(folder, PLAIN + "holdout = 0.25\n", HEADER + "".join(f"{k},0,0\n" for k in range(40)))
    data = load("problem.toml").data
    (train, held), (again, _) = (split(data, read_rows(data)) for _ in range(2))

    assert (train.count, held.count) == (30, 10)
    assert sorted([*train.inputs[:, 0], *held.inputs[:, 0]]) == list(range(40))
    assert np.array_equal(train.inputs, again.inputs)


def test_reading_a_problem_with_data_imports_no_numpy(folder: Path) -> None:
    """NumPy comes with the rows, not with the problem."""
    write(folder, PLAIN, HEADER)
    program = "import sys; from symbackprop.problem import load; load('problem.toml'); sys.exit('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], check=False, env={"PYTHONPATH": str(Path(__file__).parents[1])})

    assert run.returncode == 0
