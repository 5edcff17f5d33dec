"""The feedback on a table of answers: on every terminal it fits, can be printed, and says right or wrong."""

from __future__ import annotations

import pytest
from feedback_samples import SAMPLES, Sample, said, words

from symbackprop.cli import run
from symbackprop.render.marked import width_of

WIDTHS = (50, 80, 200)
NUMBERED = [pytest.param(place, sample, id=sample.about) for place, sample in enumerate(SAMPLES)]


def test_there_are_samples_of_every_kind() -> None:
    assert len(SAMPLES) >= 30
    assert {sample.code for sample in SAMPLES} == {0, 1, 2}


@pytest.mark.parametrize(("place", "sample"), NUMBERED)
def test_the_feedback_fits_every_terminal(
    place: int, sample: Sample, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    width = WIDTHS[place % len(WIDTHS)]
    monkeypatch.setenv("COLUMNS", str(width))
    code = run(words(sample))
    out, err = capsys.readouterr()
    assert (code, err) == (sample.code, ""), out
    assert out.strip()
    assert max(map(width_of, out.splitlines())) <= width


@pytest.mark.parametrize("sample", SAMPLES[::6], ids=[sample.about for sample in SAMPLES[::6]])
def test_the_feedback_can_be_printed_in_ascii(sample: Sample) -> None:
    result = said(sample, PYTHONIOENCODING="ascii", NO_COLOR="1")
    assert result.returncode == sample.code
    assert result.stdout.isascii()
    assert "\x1b" not in result.stdout
