"""The view by layers is the view by units, entry by entry, and costs the same whatever the widths."""

from __future__ import annotations

import os
import random
import time
from dataclasses import replace
from statistics import median
from typing import Any

import pytest
from layer_cases import PLANS, activations_used, losses_used, plan, random_plan

from symbackprop.cli import run
from symbackprop.errors import InputError
from symbackprop.expr import Adjoint, Call, Constant, Expr, Number, Power, Product, Quotient, Sum, Symbol
from symbackprop.functions import ACTIVATIONS, LOSSES
from symbackprop.layers import (
    LayerSweep,
    Plan,
    batch_size,
    entry_claims,
    plan_of_one_liner,
    small,
    sweep_layers,
    unit_targets,
    with_slopes,
    write_layers,
)
from symbackprop.matrix import MatMul, Ones, Softmax, Sums, Transpose, shape_of
from symbackprop.verify import verify

SEED = int(os.environ.get("SYMBACKPROP_SEED") or time.time())
RANDOM = 300
BATCHES = 10


def swept(made: Plan) -> LayerSweep:
    """Return the sweep of a plan."""
    return sweep_layers(write_layers(made))


def verdicts(made: Plan) -> tuple[str, ...]:
    """Verify every claim of the layer view at every entry; raises InternalError for one that is false."""
    return verify(made.network().graph(), tuple(entry_claims(swept(made))), constraints=unit_targets(made))


def test_the_table_holds_every_activation_and_every_loss() -> None:
    """At least 60 networks: every activation, every loss, 1 to 5 layers, widths 1 to 6, 1 to 7 samples, both layouts."""
    made = PLANS.values()

    assert len(made) >= 60
    assert activations_used() == {*ACTIVATIONS}
    assert losses_used() == {*LOSSES}
    assert {p.depth for p in made} == {1, 2, 3, 4, 5}
    assert {size for p in made for size in p.sizes} == {1, 2, 3, 4, 5, 6}
    assert {p.batch for p in made} == {None, 1, 2, 3, 4, 5, 7}
    assert {p.rows for p in made} == {False, True}


@pytest.mark.parametrize("name", PLANS)
def test_every_entry_is_the_view_by_units(name: str) -> None:
    """Every claim of the layer view is true at every entry of the network unit by unit."""
    found = verdicts(PLANS[name])

    assert found
    assert set(found) <= {"exact", "sampled"}


@pytest.mark.parametrize("batch", range(BATCHES), ids=lambda batch: f"seed {SEED}, part {batch}")
def test_random_networks_agree_entry_by_entry(batch: int) -> None:
    """Networks nobody thought of agree in both views."""
    source = random.Random(f"{SEED} {batch}")
    for _ in range(RANDOM // BATCHES):
        made = random_plan(source)

        assert set(verdicts(made)) <= {"exact", "sampled", "undecided"}, made


@pytest.mark.parametrize("name", PLANS)
def test_every_step_has_the_shape_of_what_it_is_about(name: str) -> None:
    """Shapes fit in every step, and a gradient has the shape of its parameter."""
    sweep = swept(PLANS[name])

    for step in sweep.steps:
        assert shape_of(with_slopes(step.value, {}), sweep.shapes) in {sweep.shapes[step.about.name], (1, 1)}
        if isinstance(step.about, Adjoint):
            assert sweep.shapes[step.about.name] == sweep.shapes[step.about.of]


@pytest.mark.parametrize("name", PLANS)
def test_the_same_plan_gives_the_same_steps(name: str) -> None:
    """Same input, same steps."""
    assert swept(PLANS[name]).steps == swept(PLANS[name]).steps


# --- numbers -----------------------------------------------------------------------------------------------------


def tensor(expr: Expr, env: dict[str, Any], torch: Any) -> Any:
    """Evaluate a matrix expression with tensors."""

    def at(part: Expr) -> Any:
        return tensor(part, env, torch)

    match expr:
        case Symbol(name=name):
            return env[name]
        case Number(value=value):
            return torch.tensor(float(value), dtype=torch.float64)
        case Constant(name):
            return torch.tensor({"pi": torch.pi, "e": torch.e}[name], dtype=torch.float64)
        case Ones(size):
            return torch.ones((size, 1), dtype=torch.float64)
        case Transpose(body):
            return at(body).T
        case MatMul(factors):
            product = at(factors[0])
            for factor in factors[1:]:
                product = product @ at(factor)
            return product
        case Sums(body, rows):
            return at(body).sum(1 if rows else 0, keepdim=True).expand(at(body).shape)
        case Softmax(body, rows, log):
            return (torch.log_softmax if log else torch.softmax)(at(body), 1 if rows else 0)
        case Sum(terms):
            return sum(at(term) for term in terms)
        case Product(factors):
            product = at(factors[0])
            for factor in factors[1:]:
                product = product * at(factor)
            return product
        case Quotient(numerator, denominator):
            return at(numerator) / at(denominator)
        case Power(base, exponent):
            return at(base) ** at(exponent)
        case Call(function, (argument,)):
            named = {"sigmoid": torch.sigmoid, "softplus": torch.nn.functional.softplus}
            return (named.get(function) or getattr(torch, function))(at(argument))
    raise AssertionError(expr)


SMOOTH = {
    "tanh": plan("3-4-2", "tanh", batch=5),
    "sigmoid with rows": plan("4-3-1", "sigmoid", "binary_cross_entropy", batch=6, rows=True),
    "softmax": plan("5-6-4", "tanh/softmax", "cross_entropy", batch=7),
    "softmax with rows": plan("5-6-4", "softplus/softmax", "cross_entropy", batch=7, rows=True),
    "softmax inside": plan("3-4-2", "softmax/tanh", batch=3),
    "log softmax": plan("3-4", "log_softmax", "negative_log_likelihood", batch=3),
    "weight decay": plan("3-4-2", "tanh/identity", l1="1/10", l2="1/5", batch=3),
    "five layers": plan("2-3-4-5-6-2", "tanh/sigmoid/softplus/sin/tanh", batch=4),
    "one sample": plan("3-4-2", "tanh/softmax", "cross_entropy"),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_the_matrices_are_those_of_autograd(name: str) -> None:
    """The gradients, computed with the printed formulas, are PyTorch's to 1e-12 relative."""
    torch = pytest.importorskip("torch")
    sweep = swept(SMOOTH[name])
    source = torch.Generator().manual_seed(7)
    env: dict[str, Any] = {}
    for leaf in sweep.layers.graph.leaves:
        values = torch.rand(sweep.shapes[leaf.symbol.name], generator=source, dtype=torch.float64)
        env[leaf.symbol.name] = values.requires_grad_(leaf.symbol.name[0] in "Wb")
    for node in sweep.layers.graph.nodes:
        env[node.symbol.name] = tensor(node.expr, env, torch)
    env[sweep.layers.graph.output.symbol.name].sum().backward()
    for node in sweep.nodes:
        env[node.symbol.name] = tensor(node.expr, env, torch).detach()

    compared = 0
    for leaf in sweep.layers.graph.leaves:
        truth = env[leaf.symbol.name].grad
        if truth is not None:
            found = env[sweep.adjoints[leaf.symbol.name].name]
            assert torch.allclose(found, truth, rtol=1e-12, atol=1e-15)
            compared += 1
    assert compared >= 2


# --- cost --------------------------------------------------------------------------------------------------------


def seconds(made: Plan) -> float:
    """Time a sweep."""
    times = []
    for _ in range(7):
        start = time.process_time()
        swept(made)
        times.append(time.process_time() - start)
    return median(times)


def test_the_time_does_not_depend_on_the_widths() -> None:
    """A thousand units a layer cost what two do."""
    narrow, wide = (Plan((n, n, n, n), ("tanh",) * 3, (True,) * 3, batch=n) for n in (2, 1000))

    assert len(swept(narrow).steps) == len(swept(wide).steps)
    assert seconds(wide) < 3 * seconds(narrow) + 0.005


def test_the_time_is_linear_in_the_depth() -> None:
    """Fifty layers take less than three times what twenty-five do."""
    half, whole = (Plan((4,) * (n + 1), ("tanh",) * n, (True,) * n, batch=4) for n in (25, 50))

    assert len(swept(whole).steps) < 2.1 * len(swept(half).steps)
    assert seconds(whole) < 3 * seconds(half) + 0.005


# --- reading -----------------------------------------------------------------------------------------------------


def test_sizes_may_be_letters() -> None:
    """Letters and large numbers stand for sizes; the proof puts small ones in."""
    made = plan_of_one_liner("n-h-10000:tanh/softmax,cross_entropy")

    assert made is not None
    assert made.sizes == ("n", "h", 10000)
    assert small(replace(made, batch="N")).network().samples >= 2
    with pytest.raises(InputError, match="letters"):
        made.network()


@pytest.mark.parametrize("text", ["0", "-3", "1.5", "many", "", "10000000", "½"])
def test_a_batch_is_a_whole_number_or_a_letter(text: str) -> None:
    """Anything else is refused in one sentence."""
    with pytest.raises(InputError, match=r"^--batch: found .* accepted$"):
        batch_size(text)


WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "view": (("2-2-1", "--view", "layer"), "did you mean"),
    "samples": (("2-2-1", "--view", "layers", "--samples", "diagonal"), "columns or rows"),
    "batch for units": (("2-2-1", "--batch", "4"), "--view"),
    "batch": (("2-2-1", "--view", "layers", "--batch", "0"), "whole number"),
    "a function": (("x^2", "--view", "layers"), "networks"),
    "activation": (("n-h-m:tahn", "--view", "layers"), "tanh"),
    "assumption for one target": (("2-2-1", "--view", "layers", "--assume", "y sum 1"), "two targets"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_options_get_a_sentence(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An option that does not fit is told, with exit code 2."""
    arguments, expected = WRONG[name]

    assert run(["derive", *arguments]) == 2
    printed = capsys.readouterr()
    assert expected in printed.err
    assert printed.out == ""
