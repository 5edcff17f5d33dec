"""Pictures: the contour of a loss, as characters and as files, its path, and the bars of gradient sizes."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from symbackprop import cli, derive
from symbackprop.contour import SHADES, drawn, survey
from symbackprop.derivation import Derivation
from symbackprop.pictures import contour_of, find_pair
from symbackprop.render.encodings import transliterate
from symbackprop.train import Trajectory

BOWL = "(x - 1)^2 + 2*(y + 2)^2"
COMMAND = ["train", BOWL, "--at", "x=3,y=1", "--lr", "0.1", "--steps", "12"]
MAGIC = {".png": b"\x89PNG\r\n\x1a\n", ".svg": b"<?xml", ".pdf": b"%PDF-"}


def bowl() -> tuple[Derivation, Trajectory]:
    made = derive(BOWL, at="x=3,y=1")
    return made, made.train(12, learning_rate=0.1)


def test_the_lowest_point_of_the_grid_is_near_the_minimum() -> None:
    made, run = bowl()
    contour = contour_of(made, run, ("x", "y"), fine=True)
    x, y = contour.lowest

    assert abs(x - 1) <= contour.xs[1] - contour.xs[0]
    assert abs(y + 2) <= contour.ys[1] - contour.ys[0]


def test_heights_and_path_lie_on_the_surface() -> None:
    made, run = bowl()
    contour = contour_of(made, run, ("x", "y"), fine=False)

    assert (len(contour.heights), len(contour.heights[0])) == (20, 60)
    for y, row in zip(contour.ys, contour.heights, strict=True):
        assert row == pytest.approx([(x - 1) ** 2 + 2 * (y + 2) ** 2 for x in contour.xs], rel=1e-12)
    for (x, y), point in zip(contour.path, run.points, strict=True):
        assert contour.xs[0] < x < contour.xs[-1]
        assert contour.ys[0] < y < contour.ys[-1]
        assert (x - 1) ** 2 + 2 * (y + 2) ** 2 == pytest.approx(point.loss, rel=1e-12)
    assert list(contour.levels()) == sorted(contour.levels())


def test_a_network_is_surveyed_with_the_others_as_at_the_end() -> None:
    made = derive("1-2-1", at="x_1=0.5,w1_1_1=1,w1_2_1=-1,b1_1=0,b1_2=0.1,w2_1_1=1,w2_1_2=0.5,b2_1=0,y_1=1")
    run = made.train(5, learning_rate=1)
    contour = contour_of(made, run, find_pair(made, ["w1[1,1]", "b1_1"]), fine=False)
    end = dict(run.points[-1].parameters)
    at = {"w1_1_1": contour.xs[7], "b1_1": contour.ys[3]}

    assert contour.names == ("w1_1_1", "b1_1")
    assert contour.heights[3][7] == pytest.approx(made.evaluate({**end, **at})[made.output], rel=1e-12)


def test_characters_show_start_and_end_and_the_path() -> None:
    made, run = bowl()
    lines = drawn(contour_of(made, run, ("x", "y"), fine=False))
    text = "\n".join(lines)

    assert len(lines) == 21
    assert {len(line) for line in lines} == {len(lines[0]), len(lines[0]) - 1}
    assert (text.count("S"), text.count("E")) == (1, 1)
    assert text.count("o") >= 3
    assert all(shade in text for shade in SHADES)
    assert transliterate(text, "ascii").isascii()
    assert "?" not in transliterate(text, "ascii")


def test_where_there_is_no_value_stands_a_question_mark() -> None:
    made = derive("u = log(x) + y^2", at="x=0.5,y=1")
    contour = survey(made.graph, made.output, {"x": 0.5, "y": 1.0}, ("x", "y"), [(0.5, 1.0), (0.1, 0.5)])

    assert any(not math.isfinite(height) for row in contour.heights for height in row)
    assert "?" in drawn(contour)[3]


def test_a_loss_that_is_flat_is_drawn() -> None:
    made = derive("u = 0*x + y - y + 1", at="x=1,y=1")
    contour = survey(made.graph, made.output, {"x": 1.0, "y": 1.0}, ("x", "y"), [(1.0, 1.0), (1.0, 1.0)])

    assert contour.levels() == ()
    assert "E" in "".join(drawn(contour))


@pytest.mark.parametrize("form", ["terminal", "text", "latex", "standalone", "dollar", "github"])
def test_every_format_has_the_picture(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*COMMAND, "--contour", "x,y", "--format", form]) == 0
    out = capsys.readouterr().out

    assert "S is the start, o an update, E the end. Nothing else was trained." in " ".join(out.split())
    assert "U+" not in out


def test_the_course_has_a_sparkline(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(COMMAND) == 0
    assert "f after each update ▇▃▂▂▁▁▁▁▁▁▁▁▁" in capsys.readouterr().out


def test_sizes_of_the_gradient_by_layers(capsys: pytest.CaptureFixture[str]) -> None:
    point = "x_1=1,y_1=0,w1_1_1=1,w2_1_1=1,b1_1=0,b2_1=0"
    assert cli.run(["evaluate", "1-1-1:identity/identity,mse", "--at", point]) == 0
    lines = capsys.readouterr().out.split("Size of the gradient by layers")[1].splitlines()
    bars = [line for line in lines if "█" in line]

    assert len(bars) == 2
    assert bars[0].count("█") == bars[1].count("█") == 30


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--plot", "loss.gif"], "--plot loss.gif: a picture's file ends in .png, .svg or .pdf"),
        (["--plot", "loss"], "--plot loss: a picture's file ends in .png, .svg or .pdf"),
        (["--contour", "x"], '--contour takes two different parameters, as in "w1_1_1,b1_1"; found "x"'),
        (["--contour", "x,x"], '--contour takes two different parameters, as in "w1_1_1,b1_1"; found "x,x"'),
        (["--contour", "x,y", "--train", "x"], "--contour: y is not trained; these are: x"),
    ],
)
def test_what_cannot_be_drawn_is_refused(options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*COMMAND, *options]) == 2
    assert capsys.readouterr().err == f"symbackprop: {message}\n"


def test_without_matplotlib_a_sentence_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("symbackprop.plot.find_spec", lambda _name: None)
    assert cli.run([*COMMAND, "--plot", str(tmp_path / "a.png")]) == 2
    assert capsys.readouterr().err == (
        'symbackprop: --plot needs matplotlib, which is not installed; get it with: pip install "symbackprop[plot]"\n'
    )


@pytest.mark.parametrize("suffix", MAGIC)
@pytest.mark.parametrize("more", [[], ["--contour", "x,y"]])
def test_the_same_training_gives_the_same_file(suffix: str, more: list[str], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    files = [tmp_path / f"{k}{suffix}" for k in (1, 2)]
    for file in files:
        assert cli.run([*COMMAND, *more, "--plot", str(file), "-o", str(tmp_path / "out.txt")]) == 0
    first, second = (file.read_bytes() for file in files)

    assert first == second
    assert first.startswith(MAGIC[suffix])
    assert suffix != ".svg" or b"<svg" in first


def test_a_picture_that_cannot_be_written_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    file = tmp_path / "missing" / "a.png"
    assert cli.run([*COMMAND, "--plot", str(file)]) == 2
    assert capsys.readouterr().err == f"symbackprop: --plot {file}: cannot be written (No such file or directory)\n"


def test_a_contour_with_holes_is_drawn_to_a_file(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    file = tmp_path / "a.svg"
    command = ["train", "log(x)^2 + y^2", "--at", "x=3,y=1", "--lr", "1", "--steps", "6", "--contour", "x,y"]
    assert cli.run([*command, "--plot", str(file), "-o", str(tmp_path / "a.txt")]) == 0
    assert b"<svg" in file.read_bytes()
