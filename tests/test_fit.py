"""Training on a data file: it learns, goes on as if never interrupted, and stops where a number is none."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from symbackprop.cli import run
from symbackprop.derivation import derive
from symbackprop.epochs import Epoch, as_csv, sparkline
from symbackprop.errors import DomainError
from symbackprop.fit import Fit, Settings
from symbackprop.optimizers import OPTIMIZERS, compile_update, make_options
from symbackprop.problem import load
from symbackprop.render.encodings import transliterate

ROOT = Path(__file__).resolve().parents[1]
DIGITS = ROOT / "worked_examples" / "digits.toml"
ROWS = "a,b,y\n" + "".join(f"{k / 7},{(k * 3 % 11) / 5},{(k * 5 % 7) / 7}\n" for k in range(23))
SMALL = """
[network]
inputs = 2
layers = [{ units = 3, activation = "tanh" }, { units = 1, activation = "identity" }]
[data]
file = "rows.csv"
y = "y"
holdout = 0.2
"""
EXPLODING = """
[network]
inputs = 2
layers = [{ units = 2, activation = "square" }, { units = 1, activation = "square" }]
[data]
file = "rows.csv"
y = "y"
[training]
learning_rate = 1000
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of one's own, with rows in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "small.toml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "exploding.toml").write_text(EXPLODING, encoding="utf-8")
    return tmp_path


def test_the_digits_are_learnt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After a few epochs, more than 90 % of the digits held out are read; `evaluate` says the same of the saved weights."""
    weights, figures = tmp_path / "weights.npz", tmp_path / "loss.csv"
    command = ["train", str(DIGITS), "--epochs", "4", "--save", str(weights), "--csv", str(figures)]

    assert run(command) == 0
    *_, last = figures.read_text().splitlines()
    assert float(last.split(",")[-1]) > 0.9
    assert "▇" in capsys.readouterr().out
    assert run(["evaluate", str(DIGITS), "--weights", str(weights)]) == 0
    assert f"{100 * float(last.split(',')[-1]):.1f} %" in capsys.readouterr().out


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_training_in_two_parts_is_a_whole_one(folder: Path, optimizer: str) -> None:
    """Started again from saved weights, every optimizer gives the same numbers and the same file."""
    common = ["--optimizer", optimizer, "--batch-size", "4", "--seed", "3"]

    assert run(["train", "small.toml", *common, "--epochs", "5", "--save", "whole.npz", "--csv", "whole.csv"]) == 0
    assert run(["train", "small.toml", *common, "--epochs", "2", "--save", "part.npz"]) == 0
    again = ["--optimizer", optimizer, "--epochs", "5", "--resume", "part.npz", "--save", "part.npz", "--csv", "part.csv"]
    assert run(["train", "small.toml", *again]) == 0
    with np.load("whole.npz") as whole, np.load("part.npz") as part:
        assert sorted(whole.files) == sorted(part.files)
        assert all(np.array_equal(whole[name], part[name], equal_nan=name == "epochs") for name in whole.files)
    assert (folder / "whole.csv").read_bytes() == (folder / "part.csv").read_bytes()
    assert not list(folder.glob(".*.part"))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_an_update_is_that_of_the_derivation_unit_by_unit(folder: Path, optimizer: str) -> None:
    """One update with all rows has the gradients of the derivation by units, and the recurrence on single numbers."""
    problem = load("small.toml")
    fit = Fit(problem, make_options(optimizer, {}))
    state = fit.start(Settings(1, 1000, 1))
    before = dict(zip(fit.names, state.parameters.tolist(), strict=True))
    text = SMALL.partition("[data]")[0]
    rows = zip(fit.rows.inputs.tolist(), fit.rows.targets.tolist(), strict=True)
    samples = "".join(f"[[samples]]\nx = {x}\ny = {y}\n" for x, y in rows)
    (folder / "units.toml").write_text(text + samples, encoding="utf-8")
    values = derive("units.toml", at=", ".join(f"{name}={value!r}" for name, value in before.items())).values
    update = compile_update(fit.options)
    start = {row.name: float(row.initial.value) for row in fit.options.row.state}
    wanted = {name: update(value, values[f"dJ/d{name}"], 1, start)["w"] for name, value in before.items()}
    for _ in fit.run(state):
        pass

    after = dict(zip(fit.names, state.parameters.tolist(), strict=True))
    assert after == pytest.approx(wanted, rel=1e-9)
    assert state.epochs[0].loss == pytest.approx(values["J"], rel=1e-12)


@pytest.mark.usefixtures("folder")
def test_a_number_that_is_none_stops_the_training(capsys: pytest.CaptureFixture[str]) -> None:
    """The message has the step and the layer; the weights of the last good epoch are saved."""
    code = run(["train", "exploding.toml", "--epochs", "50", "--batch-size", "5", "--save", "weights.npz"])
    told = capsys.readouterr().err

    assert code == 2
    assert "step " in told
    assert "it began in " in told
    assert "layer " in told
    assert "weights.npz has the weights after epoch 0" in told
    with np.load("weights.npz") as arrays:
        assert all(np.isfinite(arrays[name]).all() for name in arrays.files if name[0] in "Wb")
    state = (fit := Fit(load("exploding.toml"))).start(Settings(50, 5))
    with pytest.raises(DomainError, match=r"^epoch 1, step \d+: .*layer \d"):
        list(fit.run(state))


def test_an_interruption_loses_one_epoch_at_most(folder: Path) -> None:
    """Ctrl-C exits with 130, and the file has whole epochs to go on from."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "symbackprop", "train", "small.toml"]
    with subprocess.Popen(
        [*command, "--epochs", "1000000", "--save", "weights.npz"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        until = time.monotonic() + 60
        while not (folder / "weights.npz").exists() and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.3)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=60)
    with np.load("weights.npz") as arrays:
        last = int(arrays["epochs"][-1, 0])

    assert running.returncode == 130
    assert f"weights.npz has the weights after epoch {last}\n" in told
    assert run(["train", "small.toml", "--epochs", str(last + 1), "--resume", "weights.npz"]) == 0


BAD = (
    (["--epochs", "0"], "--epochs: 0 is not accepted; 1 to 1000000 is"),
    (["--batch-size", "0"], "--batch-size: 0 is not accepted; 1 to 1000000 is"),
    (["--seed", "-1"], "--seed: -1 is not accepted; 0 to 4294967295 is"),
    (["--save", "weights.txt"], "--save: weights.txt is not accepted; a file of weights ends in .npz"),
    (["--save", "missing/w.npz"], "missing/w.npz: cannot be written (No such file or directory)"),
    (["--csv", "."], "--csv: . is a directory; give a file in it"),
    (["--steps", "3"], "--steps does not go with [data]; --epochs, --batch-size and [training] do"),
    (["--resume", "weight.npz"], "weight.npz: no such file"),
    (["--resume", "rows.csv"], "rows.csv: is no file of weights (--save writes one)"),
    (["--resume", "other.npz"], "other.npz: the weights were trained with nothing, and the problem says sgd"),
    (["--format", "json"], "--format json: figures on a data file have no JSON form in this version; train --csv writes them"),
)


@pytest.mark.parametrize(("options", "message"), BAD)
def test_bad_options_get_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    """What cannot be is said before anything is trained."""
    np.savez(folder / "other.npz", W1=np.zeros((2, 2)))

    assert run(["train", "small.toml", *options]) == 2
    assert capsys.readouterr().err.strip().removeprefix("symbackprop: ") == message


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("W1", np.zeros((2, 2)), "bad.npz: W1 is 2×2, but the network's is 3×2"),
        ("W1", np.full((3, 2), np.nan), "bad.npz: W1 has an entry that is no number"),
        ("W1", np.full((3, 2), "a"), "bad.npz: W1 has an entry that is no number"),
        ("b2", None, "bad.npz: has no b2; the weights are of another network, or no weights"),
        ("epochs", np.zeros((0, 5)), "bad.npz: epochs is 0×5, but the network's is -1×5"),
    ],
)
def test_weights_of_another_network_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, array: np.ndarray | None, message: str
) -> None:
    """A file with an array missing, misshapen or without numbers is no start."""
    assert run(["train", "small.toml", "--epochs", "1", "--save", "good.npz"]) == 0
    with np.load("good.npz") as good:
        arrays = {key: good[key] for key in good.files if key != name} | ({} if array is None else {name: array})
    np.savez(folder / "bad.npz", **arrays)
    capsys.readouterr()

    assert run(["train", "small.toml", "--epochs", "2", "--resume", "bad.npz"]) == 2
    assert capsys.readouterr().err.strip().removeprefix("symbackprop: ") == message


@pytest.mark.usefixtures("folder")
def test_options_of_data_need_data(capsys: pytest.CaptureFixture[str]) -> None:
    """--epochs, --save and --weights say that they belong to [data]."""
    for command in (["train", "x^2", "--at", "x=1", "--epochs", "3"], ["evaluate", "x^2", "--at", "x=1", "--weights", "w.npz"]):
        assert run(command) == 2
        assert "belongs to a problem file with [data]" in capsys.readouterr().err
    assert run(["evaluate", "small.toml"]) == 2
    assert "the problem has no weights to measure" in capsys.readouterr().err


def test_figures_are_written_as_bars_and_lines() -> None:
    """A sparkline has a bar a value, at most 40, and leaves a gap for what is no number; CSV leaves the cell empty."""
    assert sparkline([1, 1, 1]) == "▁▁▁"
    assert sparkline([3, math.nan, 0]) == "▇ ▁"
    assert len(sparkline(range(1000))) == 40
    assert transliterate(sparkline([1, 4, 7]), "ascii") == "_-#"
    assert as_csv([Epoch(0, 0.5)]) == "epoch,loss,accuracy,held_out_loss,held_out_accuracy\n0,0.5,,,\n"
