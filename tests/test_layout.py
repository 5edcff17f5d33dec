"""Switches of convention: what is switched is stated, and everything stays true."""

from __future__ import annotations

import pytest
from layer_cases import PLANS, plan

from symbackprop.cli import run
from symbackprop.errors import InputError
from symbackprop.expr import Adjoint
from symbackprop.layers import Layout, entry_claims, layout, numerator_layout, sweep_layers, unit_targets, write_layers
from symbackprop.matrix import shape_of
from symbackprop.narrate.layers import swept
from symbackprop.steps import Definition
from symbackprop.verify import verify


@pytest.mark.parametrize("delta", ["z", "a"])
@pytest.mark.parametrize("numerator", [False, True], ids=["denominator", "numerator"])
@pytest.mark.parametrize("name", PLANS)
def test_every_layout_is_the_view_by_units(name: str, numerator: bool, delta: str) -> None:
    """Every claim is true at every entry, whatever the layout and whatever δ is the derivative of."""
    made = PLANS[name]
    sweep = swept(made, delta, numerator=numerator)

    assert set(verify(made.network().graph(), tuple(entry_claims(sweep)), constraints=unit_targets(made))) <= {"exact", "sampled"}


@pytest.mark.parametrize("name", PLANS)
def test_numerator_layout_is_the_transpose(name: str) -> None:
    """In numerator layout every derivative has the transposed shape, and its formula too; definitions stay."""
    sweep = sweep_layers(write_layers(PLANS[name]))
    turned = numerator_layout(sweep)

    for before, after in zip(sweep.steps, turned.steps, strict=True):
        if isinstance(before, Definition):
            assert before == after
        else:
            assert isinstance(after.about, Adjoint)
            assert turned.shapes[after.about.name] == sweep.shapes[before.about.name][::-1]
            assert shape_of(after.value, turned.shapes) == shape_of(before.value, sweep.shapes)[::-1]


@pytest.mark.parametrize("name", PLANS)
def test_delta_is_the_derivative_that_was_asked_for(name: str) -> None:
    """δ is ∂L/∂z, or ∂L/∂a, and never both."""
    for delta in ("z", "a"):
        adjoints = swept(PLANS[name], delta).adjoints
        assert {of[0].lower() for of, symbol in adjoints.items() if symbol.is_delta} == {delta}
        assert all(symbol.is_delta for of, symbol in adjoints.items() if of[0].lower() == delta)


READ: dict[str, Layout] = {
    "denominator": Layout(),
    "numerator": Layout(numerator=True),
    "numerator,sum": Layout(numerator=True, reduction="sum"),
    " half , mean ": Layout(half="half", reduction="mean"),
    "whole,half-mean,delta-a": Layout(half="whole", reduction="half-mean", delta="a"),
}


@pytest.mark.parametrize("text", READ)
def test_words_are_read(text: str) -> None:
    """Words are separated by commas, in any order."""
    assert layout(text) == READ[text]


def test_half_and_mean_change_the_plan() -> None:
    """½ and the mean are the loss and the reduction of the plan."""
    made = plan("2-2", "identity", "squared_error", batch=3)

    assert layout("half,sum").planned(made) == plan("2-2", "identity", "half_squared_error", batch=3, reduction="sum")


@pytest.mark.parametrize("text", ["", "numeratr", "numerator,denominator", "mean,sum", "half,whole", "delta-z,delta-a", "½"])
def test_other_words_are_refused(text: str) -> None:
    """An unknown word, or two that exclude each other, get one sentence."""
    with pytest.raises(InputError, match=r"^--layout: "):
        layout(text)


WRONG = {
    "a ½ that is not there": (("2-2:softmax,cross_entropy", "--view", "layers", "--layout", "half"), "only a squared error"),
    "a sum over one sample": (("2-2", "--view", "layers", "--layout", "sum"), "several samples"),
    "the view by units": (("2-2", "--layout", "numerator"), "--layout belongs to"),
    "letters for indices": (("2-2", "--view", "index", "--layout", "numerator"), "matrices"),
    "all views": (("2-2", "--view", "all", "--layout", "delta-a"), "matrices"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_options_get_a_sentence(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A switch that does not fit is told, with exit code 2."""
    arguments, expected = WRONG[name]

    assert run(["derive", *arguments]) == 2
    assert expected in capsys.readouterr().err


STATED = {
    "denominator": "denominator layout",
    "numerator": "numerator layout",
    "sum": "J is their sum",
    "mean": "J is their mean",
    "half-mean": "J is half their mean",
    "whole": "loss: squared error",
    "half": "loss: half squared error",
    "delta-a": "with respect to an activation",
    "delta-z": "with respect to a pre-activation",
}


@pytest.mark.parametrize("word", STATED)
def test_what_is_switched_is_stated_at_the_top(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The convention stands before the first formula, once."""
    assert run(["derive", "n-h-m", "--view", "layers", "--batch", "N", "--layout", word, "--format", "text"]) == 0
    top = " ".join(capsys.readouterr().out.partition("Forward pass")[0].split())
    assert top.count(STATED[word]) == 1


@pytest.mark.parametrize("view", [("--view", "layers"), ("--depth", "L")], ids=["layers", "depth"])
@pytest.mark.parametrize("words", ["numerator,delta-a", "whole,sum", "numerator,half-mean"])
@pytest.mark.parametrize("format_name", ["text", "standalone", "github"])
def test_every_format_prints_it(view: tuple[str, str], words: str, format_name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every layout is printed in every format, with its proof."""
    assert run(["derive", "n-h-m", *view, "--batch", "N", "--layout", words, "--format", format_name]) == 0
    assert "entries compared" in " ".join(capsys.readouterr().out.split())
