"""The view by indices is the view by units for every value of its letters, and the view by layers at the same letters."""

from __future__ import annotations

import os
import random
import time

import pytest
from layer_cases import PLANS, plan, random_plan

from symbackprop.cli import run
from symbackprop.expr import ONE, Expr, Symbol, add, mul, walk
from symbackprop.indexed import Entry, Kronecker, Sigma, contracted, ground, letters_in, multiplied_out, reindex
from symbackprop.layers import Plan, index_claims, plan_of_one_liner, sweep_indices, sweep_layers, unit_targets, write_layers
from symbackprop.layers.indices import REASONS, IndexSweep
from symbackprop.steps import Simplification, Substitution
from symbackprop.verify import verify

SEED = int(os.environ.get("SYMBACKPROP_SEED") or time.time())
RANDOM, BATCHES = 300, 10


def swept(made: Plan) -> IndexSweep:
    """Return the sweep by indices of a plan."""
    return sweep_indices(sweep_layers(write_layers(made)))


def verdicts(made: Plan) -> tuple[str, ...]:
    """Verify every step for every value of its letters; raises InternalError for one that is false."""
    return verify(made.network().graph(), tuple(index_claims(swept(made))), constraints=unit_targets(made))


@pytest.mark.parametrize("name", PLANS)
def test_every_step_is_the_view_by_units(name: str) -> None:
    """Every step with sizes put in is true of the network unit by unit."""
    found = verdicts(PLANS[name])

    assert found
    assert set(found) <= {"exact", "sampled"}


@pytest.mark.parametrize("batch", range(BATCHES), ids=lambda batch: f"seed {SEED}, part {batch}")
def test_random_networks_agree_for_every_letter(batch: int) -> None:
    """Networks nobody thought of agree by indices too."""
    source = random.Random(f"{SEED} {batch}")
    for _ in range(RANDOM // BATCHES):
        made = random_plan(source)

        assert set(verdicts(made)) <= {"exact", "sampled", "undecided"}, made


@pytest.mark.parametrize("name", PLANS)
def test_no_delta_is_left(name: str) -> None:
    """Every Kronecker δ is contracted before a gradient is done, by a step of its own."""
    steps = swept(PLANS[name]).steps
    final = {step.about: step for step in steps if isinstance(step.about, Entry)}

    assert final
    for step in final.values():
        assert not any(isinstance(part, Kronecker) for part in walk(step.value)), step
    assert {step.rule for step in steps} <= {*REASONS}
    assert any(step.rule == "contract" for step in steps)


@pytest.mark.parametrize("name", PLANS)
def test_letters_are_declared(name: str) -> None:
    """Every letter of a step is free in what it is about, or bound by a Σ."""

    def free(expr: Expr) -> set[str]:
        bound = {part.index for part in walk(expr) if isinstance(part, Sigma)}
        return letters_in(expr) - bound

    for step in swept(PLANS[name]).steps:
        assert free(step.value) <= letters_in(step.about) == {*step.ranges}


@pytest.mark.parametrize("name", PLANS)
def test_rewrites_of_the_layers_are_told_by_indices(name: str) -> None:
    """Substitutions and simplifications of the view by layers each have their entry here."""
    found = swept(PLANS[name])
    wanted = [step for step in found.sweep.steps if isinstance(step, Substitution | Simplification)]

    assert [step for step in wanted if all(step != other.source for other in found.steps)] == []


def test_the_equations_of_the_textbook() -> None:
    """∂L/∂w_jk = δ_j x_k, and δ_j = (Σ_k w_kj δ_k) σ′(z_j) with the slope written out."""
    made = swept(plan("2-3-1", "sigmoid"))
    final = {step.about: step.value for step in made.steps}
    adjoints = made.sweep.adjoints
    below = Sigma(mul(Entry(Symbol("W2"), ("k", "j")), Entry(adjoints["z2"], ("k",))), "k", 1)
    a = Entry(Symbol("a1"), ("j",))

    assert final[Entry(adjoints["W1"], ("j", "k"))] == mul(Entry(adjoints["z1"], ("j",)), Entry(Symbol("x"), ("k",)))
    assert final[Entry(adjoints["z1"], ("j",))] == mul(below, a, 1 - a)


# --- Kronecker's delta -------------------------------------------------------------------------------------------


def at(name: str, *letters: str) -> Entry:
    """Name an entry."""
    return Entry(Symbol(name), letters)


D = Kronecker
CONTRACTIONS: dict[str, tuple[Expr, Expr]] = {
    "one sum": (Sigma(mul(at("u", "i"), D("i", "j")), "i", 3), at("u", "j")),
    "the other way round": (Sigma(mul(D("j", "i"), at("u", "i")), "i", 3), at("u", "j")),
    "nothing but δ": (Sigma(D("i", "j"), "i", 3), ONE),
    "two sums": (Sigma(Sigma(mul(D("i", "j"), D("l", "k"), at("W", "i", "l")), "l", 3), "i", 3), at("W", "j", "k")),
    "another index": (Sigma(mul(D("j", "k"), at("u", "i")), "i", 3), Sigma(mul(D("j", "k"), at("u", "i")), "i", 3)),
    "a sum without δ": (Sigma(at("u", "i"), "i", 3), Sigma(at("u", "i"), "i", 3)),
    "inside a sum": (add(Sigma(mul(D("i", "j"), at("u", "i")), "i", 3), at("v", "j")), add(at("u", "j"), at("v", "j"))),
}


@pytest.mark.parametrize("name", CONTRACTIONS)
def test_contractions(name: str) -> None:
    """A sum with a δ has the value of what is left when it is contracted, for every value of the letters."""
    given, expected = CONTRACTIONS[name]

    def named(part: Expr, numbers: dict[str, int]) -> Symbol:
        assert isinstance(part, Entry)
        return Symbol("_".join((part.base.name, *(str(numbers[letter]) for letter in part.indices))))

    assert contracted(given) == expected
    for j in (1, 2, 3):
        for k in (1, 2, 3):
            assert ground(given, {"j": j, "k": k}, named) == ground(expected, {"j": j, "k": k}, named)


def test_sums_are_multiplied_out_before_a_delta_is_contracted() -> None:
    """Σ u_i (δ_ij − p_j) is u_j − p_j Σ u_i."""
    given = Sigma(mul(at("u", "i"), D("i", "j") - at("p", "j")), "i", 3)

    assert contracted(multiplied_out(given)) == at("u", "j") - mul(at("p", "j"), Sigma(at("u", "i"), "i", 3))


def test_bound_letters_are_written_anew_only_where_free() -> None:
    """Renaming letters reaches indices, samples and deltas."""
    given = mul(Entry(Symbol("A1"), ("i",), "s"), D("i", "k"))

    assert reindex(given, {"i": "j", "s": "t"}) == mul(Entry(Symbol("A1"), ("j",), "t"), D("j", "k"))


@pytest.mark.parametrize("sizes", ["n-h-m", "j-k-i", "k-j", "s-m-i"])
def test_letters_for_indices_are_never_sizes(sizes: str) -> None:
    """A size called j makes the index another letter."""
    made = plan_of_one_liner(sizes)
    assert made is not None

    for step in swept(made).steps:
        assert letters_in(step.value) & {*sizes.split("-")} == set()


@pytest.mark.parametrize("notation", ["ng", "nielsen", "paren"])
@pytest.mark.parametrize("format_name", ["text", "latex", "standalone", "dollar", "github", "terminal"])
def test_every_format_prints_it(notation: str, format_name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The view by indices is printed in every format and notation, with its proof."""
    arguments = ["derive", "n-h-m:tanh/softmax,cross_entropy", "--view", "index", "--batch", "N", "--assume", "y sum 1"]

    assert run([*arguments, "--notation", notation, "--format", format_name]) == 0
    assert "entries compared" in " ".join(capsys.readouterr().out.split())
