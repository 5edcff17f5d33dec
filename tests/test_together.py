"""The three views beside each other: what they say, and that each line that proves them equal was proved."""

from __future__ import annotations

import pytest
from layer_cases import PLANS

from symbackprop.cli import run
from symbackprop.document import Heading, Lines, Note
from symbackprop.narrate import Telling, tell_together

SMALL = [name for name, made in PLANS.items() if made.depth <= 3 and (made.batch or 1) <= 3]


@pytest.mark.parametrize("name", SMALL)
def test_each_step_is_told_in_three_views(name: str) -> None:
    """A line by layers is followed by one by indices and one entry by units, whose difference is stated."""
    document = tell_together(PLANS[name], Telling())
    rows = [row for block in document.blocks if isinstance(block, Lines) for row in block.rows]
    kinds = [str(row.reason[0]).partition(":")[0].partition(",")[0] for row in rows]

    assert kinds.count("layers") == kinds.count("units") > 0
    assert kinds.count("index") <= kinds.count("layers")
    assert kinds.count("index") > kinds.count("layers") // 2
    assert all("difference 0" in str(row.reason[0]) for row, kind in zip(rows, kinds, strict=True) if kind == "units")
    assert len([block for block in document.blocks if isinstance(block, Note) and block.kind == "verified"]) == 2
    assert any(isinstance(block, Heading) for block in document.blocks)


WRONG = {
    "letters": (("n-h-m", "--view", "all"), 2, "every size must be a number"),
    "a letter for the batch": (("2-2-1", "--view", "all", "--batch", "N"), 2, "every size must be a number"),
    "too large": (("784-128-10", "--view", "all"), 3, "--view layers takes any"),
    "a function": (("x^2", "--view", "all"), 2, "networks"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_options_get_a_sentence(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be told in three views is refused in one sentence."""
    arguments, code, expected = WRONG[name]

    assert run(["derive", *arguments]) == code
    assert expected in capsys.readouterr().err


@pytest.mark.parametrize("format_name", ["text", "latex", "standalone", "dollar", "github", "terminal"])
def test_every_format_prints_it(format_name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The three views are printed in every format, with the line that proves them equal."""
    assert run(["derive", "2-2-1", "--view", "all", "--format", format_name]) == 0
    assert "difference 0, exactly" in " ".join(capsys.readouterr().out.split())
