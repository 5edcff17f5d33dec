"""
Every kind of problem in every format people show to others, by the command line: made without a warning.

LaTeX is compiled in `test_latex_compiles`.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from symbackprop.cli import run

EXAMPLES = sorted(path.name for path in (Path(__file__).resolve().parents[1] / "worked_examples").glob("*.toml"))
# Forty operations, so that the graph taken apart has as many nodes.
FORTY = "; ".join([*(f"u{k} = v{k}*p{k} + q{k}^2" for k in range(1, 11)), f"f = {' + '.join(f'u{k}' for k in range(1, 11))}"])
PROBLEMS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in EXAMPLES},
    "symbols": ("2-2-1",),
    "deep": ("4-6-6-5-3",),
    "smallest": ("1-1-1",),
    "relu": ("2-3-1:relu/identity,mse",),
    "softmax": ("2-3-2:tanh/softmax,cross_entropy",),
    "one weight": ("one_weight.toml", "--wrt", "w1_1_1"),
    "polynomial": ("3*x^2 + 2*x*y + y^2", "--at", "x=1,y=2"),
    "fractions": ("f = (x*y + exp(-x))*(x - y)^2/(1 + x^2*y^2) + ln(1 + x^2)*sin(x*y) - 3*x*y^3",),
    "atoms": (FORTY, "--atoms"),
    "layers": ("2-3-2:tanh/softmax,cross_entropy", "--view", "layers"),
    "sizes by letters": ("n-h-m:tanh/softmax,cross_entropy", "--view", "layers", "--batch", "N"),
    "indices": ("2-3-2:relu/identity,mse", "--view", "index"),
}
UNDRAWN = {"sizes by letters"}  # a picture needs to know how many units there are
THINNED = re.compile(r"symbackprop: .*(?:stands for the others|so that they stay legible|sample 1 of \d+ is drawn; .*)")

FORMATS = {"html": ("page.html",), "markdown": ("notes.md",), "typst": ("notes.typ",)}


@pytest.fixture(autouse=True)
def beside_the_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run where the worked examples are."""
    monkeypatch.chdir(Path(__file__).resolve().parents[1] / "worked_examples")


def made(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str, file: str) -> Path:
    """Return the file that a command writes, saying nothing."""
    target = folder / file
    assert run([*arguments, "-o", str(target)]) == 0
    said = capsys.readouterr()
    assert [line for line in said.err.splitlines() if not THINNED.fullmatch(line)] == []
    return target


def test_there_are_enough_problems() -> None:
    """Every worked example, and more than ten others."""
    assert len(PROBLEMS) >= 25
    assert len(PROBLEMS) - len(EXAMPLES) >= 10


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_text_is_made(problem: str, format_name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page, Markdown and Typst are written without a word."""
    file, *options = FORMATS[format_name]

    assert made(tmp_path, capsys, "derive", *PROBLEMS[problem], *options, file=file).stat().st_size > 300


@pytest.mark.skipif(find_spec("typst") is None, reason="typst is not installed")
@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_pdf_is_made(problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A PDF is made without a word."""
    assert made(tmp_path, capsys, "derive", *PROBLEMS[problem], file="notes.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("problem", [name for name in PROBLEMS if name not in UNDRAWN])
def test_a_picture_is_made(problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A picture is drawn, and the program says nothing but what it had to leave out."""
    one, *_ = PROBLEMS[problem]
    kind = ("--kind", "atoms") if "--atoms" in PROBLEMS[problem] else ()

    assert made(tmp_path, capsys, "diagram", one, *kind, file="net.svg").read_text(encoding="utf-8").startswith("<svg")
