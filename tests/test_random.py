"""
Networks and functions nobody thought of: drawn at random, each derived, verified and held against three oracles.

The seed is the time of day (always the same where CI is set), or the environment's SYMBACKPROP_SEED.
It stands in every test's name, and `SYMBACKPROP_SEED=… pytest tests/test_random.py` draws the same problems again.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import sympy
from cases import REALS, Span, network
from oracles import NoValueError, Reference, close, number, real_reference, sympy_composite, sympy_of

from symbackprop.backprop import expand
from symbackprop.derivation import Derivation, derive
from symbackprop.expr import Expr, Symbol, add, call, div, mul, operations, power, symbols
from symbackprop.expr import number as exact_number
from symbackprop.functions import ACTIVATIONS, FUNCTIONS, LOSSES
from symbackprop.graph import Role
from symbackprop.typeset import plain
from symbackprop.verify import verify

SEED = int(os.environ.get("SYMBACKPROP_SEED") or time.time())
NETWORKS, FUNCTION_GRAPHS = 200, 140
DIGITS, DIFFERENCE_DIGITS = 30, 15
MOST_OPERATIONS = 150
MOST_DIFFERENCES = 8
TOLD_EVERY = 4
LARGEST = 1e9

# What a loss asks of the outputs: between 0 and 1, above 0, or nothing.
INSIDE = ("sigmoid", "softmax", "1/(1 + z^2)/2 + 1/5")
ABOVE = (*INSIDE, "exp", "softplus")
FORMULAS = ("z/(1 + abs(z))", "z*sigmoid(3/2*z)", "ln(1 + z^2)", "(z^3 if z > 0 else z/2)", "max(z, z/10) + sin(z)", "z")
LOSS_FORMULAS = ("(a - y)^4/4", "ln(cosh(a - y))", "sqrt(1 + (a - y)^2)", "abs(a - y)^3", "max(a - y, 2*(y - a))")


# --- networks ----------------------------------------------------------------------------------------------------


def random_network(source: random.Random) -> dict[str, Any]:
    """Draw a problem: sizes, activations, loss, penalties, samples, biases or none."""
    loss = source.choice([*LOSSES, *LOSS_FORMULAS])
    last = INSIDE if loss == "binary_cross_entropy" else ABOVE if loss in {"cross_entropy", "kl_divergence"} else ()
    layers = []
    depth = source.choice([1, 1, 2, 2, 3])
    for place in range(1, depth + 1):
        activation = source.choice(last if last and place == depth else [*ACTIVATIONS, *FORMULAS])
        layer: dict[str, Any] = {"units": source.randint(1, 3), "activation": activation}
        if source.random() < 0.25:
            layer["biases"] = False
        layers.append(layer)
    penalties = {name: f"{source.randint(1, 9)}/{source.randint(10, 40)}" for name in ("l1", "l2") if source.random() < 0.25}
    count = source.choice([0, 0, 1, 2, 3])
    rest: dict[str, Any] = {"samples": [{}] * count} if count else {}
    if loss != "sum" and layers[-1]["units"] > 1 and source.random() < 0.3:
        rest["constraints"] = {"y": "sum 1"}
    reduction = source.choice(["mean", "sum", "half_mean"])
    return network(source.randint(1, 3), *layers, loss=loss, reduction=reduction, **penalties, **rest)


# --- functions ---------------------------------------------------------------------------------------------------

POSITIVE_ONLY, WITHIN_ONE = {"log", "sqrt"}, {"asin", "acos"}


def random_expression(source: random.Random, names: list[str], depth: int) -> Expr:
    """Draw an expression over the known functions; arguments are led into their domains."""
    if depth == 0 or source.random() < 0.1:
        if source.random() < 0.8:
            return Symbol(source.choice(names))
        return exact_number(Fraction(source.randint(1, 9), source.choice([1, 1, 2, 3])))

    def part() -> Expr:
        return random_expression(source, names, depth - 1)

    match source.randrange(9):
        case 0 | 1:
            return add(*(mul(source.choice([1, 1, -1, 2]), part()) for _ in range(source.choice([2, 2, 3]))))
        case 2 | 3:
            return mul(*(part() for _ in range(source.choice([2, 2, 3]))))
        case 4:
            return div(part(), source.choice([1 + power(part(), 2), part() + 5, part()]))
        case 5:
            return power(*source.choice([(part(), 2), (part(), 3), (part(), -1), (2, part()), (1 + power(part(), 2), part())]))
        case 6:
            return call(source.choice(["max", "min"]), part(), part())
        case _:
            function = source.choice(list(FUNCTIONS))
            inner = part()
            if function in POSITIVE_ONLY:
                inner = 1 + power(inner, 2)
            elif function in WITHIN_ONE:
                inner = div(inner, 1 + call("abs", inner))
            return call(function, inner)


def random_definitions(source: random.Random) -> str:
    """Draw one to four definitions, each of which may use those before it; the last one uses the one before it."""
    names = source.sample(["x", "y", "w", "t"], source.randint(1, 3))
    lines: list[str] = []
    for place in range(source.randint(1, 4)):
        while True:
            try:
                expr = random_expression(source, names, source.choice([1, 2, 2, 3]))
                expr = add(expr, mul(Symbol(names[-1]), Symbol(source.choice(names))))
            except ZeroDivisionError:
                continue
            if operations(expr) <= 60:
                break
        lines.append(f"u{place} = {plain(expr)}")
        names.append(f"u{place}")
    return "; ".join(lines)


# --- the checks --------------------------------------------------------------------------------------------------


def point(made: Derivation, source: random.Random, span: Span = REALS) -> dict[str, Fraction]:
    """Draw a rational point: targets between 0 and 1, and what must sum to 1 does."""
    low, high = span
    values = {}
    for leaf in made.graph.leaves:
        share = Fraction(source.randint(1, 9972), 9973)
        values[leaf.symbol.name] = share if leaf.role is Role.TARGET else low + (high - low) * share
    for group in made.problem.constraints:
        total = sum(values[name] for name in group)
        values.update({name: values[name] / total for name in group})
    return values


def environment(made: Derivation, reference: Reference) -> dict[str, Any]:
    """Return the true value of everything a gradient is written in."""
    env = dict(reference.values)
    for node in made.backward.nodes:
        env[node.symbol.name] = reference.adjoint(node.symbol.output, node.symbol.of)
    return env


def check(made: Derivation, source: random.Random, *, told: bool) -> int:
    """Hold every gradient of a derivation against the oracles; returns how many comparisons were made."""
    backward, graph = made.backward, made.graph
    verdicts = verify(graph, made.steps, constraints=made.problem.constraints, assumptions=made.problem.assumptions)
    assert set(verdicts) <= {"exact", "sampled", "undecided"}
    if told:
        made.document()

    (reference,) = real_reference(graph, lambda _: point(made, source))
    env = environment(made, reference)
    if max(map(abs, env.values())) > LARGEST:
        msg = "none of the points have a value of a size that differences can resolve"
        raise AssertionError(msg)
    final = {name: number(sympy_of(backward.definitions[s.name].expr), env) for name, s in backward.adjoints.items()}
    for name, value in final.items():
        assert close(value, reference.adjoint(backward.output, name), DIGITS), name
    names = list(final)
    for name in source.sample(names, min(MOST_DIFFERENCES, len(names))):
        # Where ReLU hands exactly 0 to the |·| of a loss, the derivative is a convention.
        assert reference.is_kink(name, backward.output) or close(
            final[name], reference.difference(name, backward.output), DIFFERENCE_DIGITS
        ), name

    compared = len(final)
    if operations(expand(graph.output.symbol, graph.definitions)) <= MOST_OPERATIONS:
        leaf = source.choice([name for name in names if name in graph.leaf_by_name])
        derivative = sympy_composite(graph).diff(sympy.Symbol(leaf, real=True))
        assert close(final[leaf], number(derivative, reference.values), DIGITS), leaf
        compared += 1
    return compared


def check_first(draw: Callable[[random.Random], Any], source: random.Random, *, told: bool) -> None:
    """Check the first problem drawn that has values, and of a size that differences can resolve."""
    for _ in range(50):
        problem = draw(source)
        try:
            compared = check(derive(problem), source, told=told)
        except (AssertionError, NoValueError) as error:
            if "points have a value" in str(error):
                continue
            raise AssertionError(problem) from error
        assert compared > 0, problem
        return
    pytest.fail("no problem with a domain was found")


@pytest.mark.parametrize("place", range(NETWORKS), ids=lambda place: f"seed-{SEED}-network-{place}")
def test_a_random_network_has_true_steps_and_right_gradients(place: int) -> None:
    """Any sizes, activations, loss, penalties, samples, with and without biases."""
    check_first(random_network, random.Random(f"{SEED} network {place}"), told=place % TOLD_EVERY == 0)


@pytest.mark.parametrize("place", range(FUNCTION_GRAPHS), ids=lambda place: f"seed-{SEED}-function-{place}")
def test_a_random_function_has_true_steps_and_right_gradients(place: int) -> None:
    """Any expressions over the known functions, in up to four definitions that share symbols."""
    check_first(random_definitions, random.Random(f"{SEED} function {place}"), told=place % TOLD_EVERY == 0)


def test_the_random_problems_are_many_and_various() -> None:
    """At least 320 problems, which use every activation and loss, samples, penalties and most functions."""
    assert NETWORKS + FUNCTION_GRAPHS >= 320
    problems = [random_network(random.Random(f"1 network {place}")) for place in range(NETWORKS)]
    used = {layer["activation"] for p in problems for layer in p["network"]["layers"]}
    assert used >= set(ACTIVATIONS)
    assert {p["network"]["loss"] for p in problems} >= set(LOSSES)
    assert any(len(p.get("samples", ())) > 1 for p in problems)
    assert any("l1" in p["network"] for p in problems)
    assert any(layer.get("biases") is False for p in problems for layer in p["network"]["layers"])
    texts = " ".join(random_definitions(random.Random(f"1 function {place}")) for place in range(FUNCTION_GRAPHS))
    assert sum(f"{name}(" in texts for name in FUNCTIONS) >= len(FUNCTIONS) - 3
    assert set(symbols(random_expression(random.Random(1), ["x"], 3))) <= {"x"}
