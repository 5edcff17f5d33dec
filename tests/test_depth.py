"""The recurrence: what a sweep does at one layer it does at every layer, and with numbers put in it is the sweep."""

from __future__ import annotations

import pytest
from layer_cases import PLANS, plan

from symbackprop.cli import run
from symbackprop.expr import Adjoint, Symbol, mul, symbols
from symbackprop.layers import Plan, sweep_layers, write_layers
from symbackprop.layers.depth import Recurrence, recurrence
from symbackprop.matrix import Slope, matmul, transpose
from symbackprop.steps import Definition, Substitution

DEEP = {name: made for name, made in PLANS.items() if made.depth > 1}


def found(made: Plan) -> Recurrence:
    """Return the recurrence of a plan."""
    return recurrence(sweep_layers(write_layers(made)))


@pytest.mark.parametrize("name", DEEP)
def test_every_layer_has_a_rule(name: str) -> None:
    """Each layer is in one rule forward, one for its parameters, and each hidden layer in one induction step."""
    made = DEEP[name]
    rules = found(made)

    for told, layers in ((rules.forward, made.depth), (rules.parameters, made.depth), (rules.induction, made.depth - 1)):
        assert sorted(layer for rule in told for layer in rule.layers) == [*range(1, layers + 1)]


@pytest.mark.parametrize("name", DEEP)
def test_no_number_of_a_layer_is_left(name: str) -> None:
    """A rule uses the layer itself, its neighbours and the last, and no layer by number."""
    rules = found(DEEP[name])
    rows = (*rules.forward, *rules.induction, *rules.parameters)
    steps = [*rules.base, *(step for rule in rows for step in rule.steps)]

    assert steps
    for step in steps:
        layered = {name.rpartition("[")[2] for name in (step.about.name, *symbols(step.value)) if "[" in name}
        assert layered <= {"l]", "l+1]", "l-1]", "L]", "L-1]"}
        assert not any(name[-1].isdigit() for name in symbols(step.value) if name[0] in "WbzaZA")


def test_layers_that_do_the_same_share_a_rule() -> None:
    """Fifty layers of one kind have one induction step."""
    made = Plan((3,) * 51, ("tanh",) * 50, (True,) * 50)
    (rule,) = found(made).induction

    assert rule.layers == tuple(range(1, 50))


def test_the_four_equations() -> None:
    """The induction step ends in (Wᵀδ) ⊙ σ′(z), then its slope; the parameters have δaᵀ and δ."""
    rules = found(plan("2-3-4-1", "sigmoid"))
    above = Adjoint("delta[l+1]", "L", "z[l+1]")
    here = Adjoint("delta[l]", "L", "z[l]")
    (rule,), (parameters,) = rules.induction, rules.parameters
    put_in = [step.value for step in rule.steps if isinstance(step, Substitution)]

    assert put_in[0] == mul(matmul(transpose(Symbol("W[l+1]")), above), Slope("sigmoid", Symbol("z[l]")))
    assert [step.value for step in parameters.steps] == [matmul(here, transpose(Symbol("a[l-1]"))), here]
    assert rules.base[0].about.name == "dL_da[L]"
    assert all(isinstance(step, Definition) for step in rules.forward[0].steps)


WRONG = {
    "a number": (("2-3-1", "--depth", "5"), "a letter is accepted"),
    "two letters": (("2-3-1", "--depth", "LL"), "a letter is accepted"),
    "one layer": (("2-1", "--depth", "L"), "hidden layer"),
    "a function": (("x^2", "--depth", "L"), "networks"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_options_get_a_sentence(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An option that does not fit is told, with exit code 2."""
    arguments, expected = WRONG[name]

    assert run(["derive", *arguments]) == 2
    assert expected in capsys.readouterr().err


PROBLEMS = ("2-3-1", "n-h-m:tanh/softmax,cross_entropy", "3-4-4-4-2:tanh/relu/tanh/sigmoid,bce", "n-l-k")


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("format_name", ["text", "latex", "standalone", "dollar", "github"])
def test_every_format_prints_it(problem: str, format_name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The recurrence is printed in every format, with its proof."""
    assert run(["derive", problem, "--depth", "L", "--format", format_name]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "base case" in printed
    assert "induction step" in printed
    assert "entries compared" in printed
