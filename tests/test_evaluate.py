"""Numbers at a point: values, local derivatives, gradients, exact fractions, differences, kinks and domains."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from cases import CASES, LARGE, Case, network
from oracles import Reference, mp, real_reference

from symbackprop.derivation import Derivation, derive
from symbackprop.errors import DomainError, InputError
from symbackprop.evaluate import (
    CUBE_ROOT_OF_EPSILON,
    MOST_VALUES_ONE_BY_ONE,
    Values,
    difference_quotient,
    evaluate_at,
    finite_difference,
    finite_differences,
    forward_function,
    missing,
    number_of,
    substituted,
)
from symbackprop.expr import Constant, Number, Symbol, number
from symbackprop.parse import constant, parse
from symbackprop.typeset import plain

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))


def at(case: Case) -> tuple[Values, Reference]:
    """Return a case's numbers at a point where it has any, and the reference there."""
    reference = real_reference(case.derivation().graph, case.point)[0]
    point = {name: number(value) for name, value in reference.point.items()}
    return evaluate_at(case.derivation().backward, point), reference


def close(value: float, truth: Any, scale: float = 1.0) -> bool:
    return math.isclose(value, float(truth), rel_tol=1e-11, abs_tol=1e-12 * max(1.0, scale))


# --- on every case -----------------------------------------------------------------------------------------------


@every_case
def test_all_numbers_are_those_of_thirty_digits(case: Case) -> None:
    """Values, local derivatives and gradients in floating point agree with SymPy and mpmath to 11 digits; none is missing."""
    values, reference = at(case)
    backward = values.backward

    assert set(values.values) == {*backward.graph.leaf_by_name, *backward.graph.definitions}
    assert set(values.locals) == set(backward.locals)
    assert set(values.gradients) == backward.graph.ancestors(backward.output)
    assert values.gradients[backward.output] == 1
    assert all(close(value, reference.values[name]) for name, value in values.values.items())
    assert all(close(value, reference.locals[edge]) for edge, value in values.locals.items())
    scale = max(map(abs, values.gradients.values()))
    for name, value in values.gradients.items():
        assert close(value, reference.adjoint(backward.output, name), scale), name
    assert {*values.values, *values.adjoints} < set(values.env)
    assert all(values.env[step.about.name] == values.locals[edge] for edge, step in backward.locals.items())


@every_case
def test_an_exact_number_is_exact(case: Case) -> None:
    """What is a fraction at a rational point is the very number that 60 digits round."""
    values, reference = at(case)

    assert set(reference.point) <= set(values.exact)
    for name, fraction in values.exact_env.items():
        assert isinstance(fraction, Fraction | int)
        assert math.isclose(values.env[name], fraction, rel_tol=1e-11, abs_tol=1e-12)
        if name in reference.values:
            assert abs(mp(Fraction(fraction)) - reference.values[name]) < mp(Fraction(1, 10**40))


@every_case
def test_a_central_difference_agrees_with_the_gradient(case: Case) -> None:
    """The second number beside each gradient is near it: seven digits of the largest, away from kinks."""
    values, _ = at(case)
    scale = max(map(abs, values.gradients.values()))
    for name, gradient in values.gradients.items():
        difference = values.finite_difference(name)
        assert difference is not None
        assert difference.step == CUBE_ROOT_OF_EPSILON * max(1.0, abs(values.values[name]))
        assert math.isclose(difference.value, gradient, rel_tol=1e-6, abs_tol=1e-7 * max(1.0, scale)), name


@pytest.mark.parametrize("case", [c for c in CASES if c.name not in LARGE], ids=lambda case: case.name.replace(" ", "-"))
def test_differences_over_arrays_are_those_one_by_one(case: Case) -> None:
    """The path for large graphs gives the numbers of the path for small ones."""
    values, _ = at(case)
    graph, names = values.backward.graph, tuple(values.gradients)

    together = finite_differences(graph, values.values, names, values.backward.output)

    for name in names:
        alone = finite_difference(graph, values.values, name, values.backward.output)
        assert alone is not None
        assert math.isclose(together[name].value, alone.value, rel_tol=1e-6, abs_tol=1e-8), name
        assert together[name].step == alone.step


@every_case
def test_a_compiled_forward_pass_gives_the_output(case: Case) -> None:
    """Closures made once compute what evaluation computes."""
    values, _ = at(case)
    backward = values.backward
    run = forward_function(backward.graph, backward.output)
    leaves = {name: values.values[name] for name in backward.graph.leaf_by_name}

    assert run(leaves) == values.values[backward.output]
    assert leaves == values.values


# --- numbers of the first course ---------------------------------------------------------------------------------

GRADIENTS: tuple[tuple[str, dict[str, Any], tuple[Any, ...]], ...] = (
    ("3*x^2 + 2*x*y + y^2", {"x": 1, "y": 2}, (10, 6)),
    ("y = m*x + c", {"m": 2, "x": 3, "c": 1}, (1, 3, 2)),
    ("atan(y/x)", {"x": 1, "y": 2}, (-0.4, 0.2)),
    ("f(y, x) = x^2*y", {"x": 3, "y": 1}, (9, 6)),
    ("x10 - x2 + 2*b", {"x2": 0, "x10": 0, "b": 0}, (2, -1, 1)),
    ("u = 2*x + 1; y = u^3", {"x": 1}, (54,)),
    ("q = x + y; f = q*z", {"x": -2, "y": 5, "z": -4}, (-4, -4, 3)),
    ("f = 2*(x*y + max(z, w))", {"x": 3, "y": -4, "z": 2, "w": -1}, (0, -8, 6, 2)),
    ("f = sqrt(x^2 + y^2)", {"x": 3, "y": 4}, (0.6, 0.8)),
    ("f = abs(x)", {"x": "-1/3"}, (-1,)),
    ("f = x^(1/2)", {"x": "1/4"}, (1,)),
    ("f = pi*r^2", {"r": 1}, (2 * math.pi,)),
)


@pytest.mark.parametrize(("text", "point", "gradient"), GRADIENTS, ids=[row[0] for row in GRADIENTS])
def test_a_gradient_of_the_first_course(text: str, point: dict[str, Any], gradient: tuple[Any, ...]) -> None:
    """In the order of a signature, else of the alphabet with x2 before x10; whole numbers are int."""
    values = derive(text).evaluate(point)

    assert values.gradient == pytest.approx(gradient)
    assert [type(entry) for entry in values.gradient] == [type(entry) for entry in gradient]
    assert values.norm(values.leaves) == pytest.approx(math.hypot(*gradient))


@pytest.mark.parametrize(
    ("text", "x", "expected"),
    [
        ("f = x^2/3", "1/2", Fraction(1, 12)),
        ("f = sqrt(x)", "4/9", Fraction(2, 3)),
        ("f = sqrt(x)", "2", None),
        ("f = sigmoid(x)", "0", Fraction(1, 2)),
        ("f = exp(x)", "1", None),
        ("f = 0.1 + 0.2 + x", "0", Fraction(3, 10)),
        ("f = max(x, 1/3)", "1/4", Fraction(1, 3)),
        ("f = abs(x)", "-2/7", Fraction(2, 7)),
        ("f = pi*x", "1", None),
    ],
)
def test_fractions_stay_fractions(text: str, x: str, expected: Fraction | None) -> None:
    """What is rational is kept exactly; what is not has a float only."""
    values = derive(text).evaluate(x=x)
    assert values.exact.get("f") == expected


def test_exact_numbers_of_a_gradient() -> None:
    """Adjoints and local derivatives are exact where what they are made of is."""
    values = derive("u = x/3; f = u^2").evaluate(x="1/2")
    assert values.exact["df_dx"] == Fraction(1, 9)
    assert values.exact_env["local_f_u"] == Fraction(1, 3)


# --- points that will not do -------------------------------------------------------------------------------------


def test_missing_numbers_are_named() -> None:
    """The first six, and how many more; `missing` lists all, in order."""
    made = derive("2-2-1")
    assert missing(made.graph, {"x_1": Number(1)})[:3] == ["x_2", "w1_1_1", "w1_1_2"]
    with pytest.raises(InputError) as caught:
        evaluate_at(made.backward, {"x_1": Number(1)})
    expected = "no number for x_2, w1_1_1, w1_1_2, w1_2_1, w1_2_2, b1_1 and 5 more: give every input, weight and target a value"
    assert str(caught.value) == expected
    with pytest.raises(InputError, match="no number for y: give"):
        derive("x*y").evaluate(x=1)


@pytest.mark.parametrize(
    ("text", "x", "message"),
    [
        ("u = x - 1; f = ln(u)", 1, "f has no value at the point: .*where u = 0"),
        ("u = x - 1; f = 1/u", 1, "f has no value at the point: .*where u = 0"),
        ("f = sqrt(x)", -4, "f has no value at the point: .*where x = -4"),
        ("f = asin(x)", 2, "f has no value at the point"),
        ("f = x^(1/2)", -1, "f has no value at the point"),
        ("f = sqrt(x)", 0, "df/dx has no value at the point"),
    ],
)
def test_a_definition_without_a_value_is_named_with_what_it_was_given(text: str, x: float, message: str) -> None:
    """Logarithms and fractions at 0, roots of negative numbers; and a derivative that does not exist where the value does."""
    with pytest.raises(DomainError, match=message):
        derive(text).evaluate(x=x)


def test_a_difference_that_leaves_the_domain_is_none() -> None:
    """At the end of the domain of asin, v + h is outside: no number is made up, one by one or over arrays."""
    made = derive("f = asin(x)*y")
    x = 1 - 1e-9
    values = made.evaluate(x=Fraction(x), y=1)
    assert values.finite_difference("x") is None
    assert values.finite_difference("y") is not None
    together = finite_differences(made.graph, values.values, ("x", "y"), "f")
    assert list(together) == ["y"]


def test_large_graphs_are_differenced_over_arrays() -> None:
    """Beyond `MOST_VALUES_ONE_BY_ONE` values, the same numbers come from passes over arrays."""
    made = derive("20-20-2:tanh")
    point = {leaf: number(Fraction(1 + i % 7, 40) * (-1) ** i) for i, leaf in enumerate(made.graph.leaf_by_name)}
    values = evaluate_at(made.backward, point)
    assert len(values.values) > MOST_VALUES_ONE_BY_ONE - 100
    for name in ("w1_3_4", "x_1", "b2_1", "z1_5", "L"):
        alone = finite_difference(made.graph, values.values, name, "L")
        assert alone is not None
        assert values.finite_difference(name).value == pytest.approx(alone.value, rel=1e-6, abs=1e-9)
        assert values.finite_difference(name).value == pytest.approx(values.gradients[name], rel=1e-5, abs=1e-8)


# --- kinks -------------------------------------------------------------------------------------------------------


KINKS: tuple[tuple[str, dict[str, Any], list[tuple[str, str]]], ...] = (
    ("f = abs(x)", {"x": 0}, [("f", "abs")]),
    ("f = abs(x)", {"x": "0.00001"}, [("f", "abs")]),
    ("f = abs(x)", {"x": "0.01"}, []),
    ("u = relu(x); f = u*y", {"x": 0, "y": 3}, [("u", "relu")]),
    ("f = leaky_relu(x)", {"x": 0}, [("f", "leaky_relu")]),
    ("f = hard_tanh(x) + hard_sigmoid(x)", {"x": 1}, [("f", "hard_tanh")]),
    ("f = hard_sigmoid(x)", {"x": -3}, [("f", "hard_sigmoid")]),
    ("f = max(x, y)", {"x": 2, "y": 2}, [("f", "max")]),
    ("f = min(x, y)", {"x": 2, "y": 3}, []),
    ("f = elu(x)", {"x": 0}, []),
    ("f = (x^2 if x > 1 else x)", {"x": 1}, [("f", "cases")]),
    ("f = (x^2 if x > 1 else 2*x - 1)", {"x": 1}, []),
    ("f = (x^2 if x > 1 else x)", {"x": 2}, []),
    ("f = (x if x > 2 else -x if x > 1 else 3*x)", {"x": 1}, [("f", "cases")]),
    ("f = (abs(y) if x > 0 else y)", {"x": 1, "y": 0}, [("f", "abs")]),
    ("f = (abs(y) if x > 0 else y)", {"x": -1, "y": 0}, []),
)  # fmt: skip


@pytest.mark.parametrize(("text", "point", "expected"), KINKS, ids=[f"{row[0]} {row[1]}" for row in KINKS])
def test_a_kink_is_noticed_where_it_counts(text: str, point: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """On and next to a point without a derivative; not where two branches meet smoothly, nor in a branch that does not hold."""
    assert derive(text).evaluate(point).kinks() == expected


@pytest.mark.parametrize("a", [0, 1, -1, "0.5"])
def test_the_loss_of_huber_has_no_kink(a: Any) -> None:
    """Its branches meet with equal slopes at ±1, and |a − y| does not count at 0, where the square does."""
    made = derive(network(1, (1, "identity"), loss="huber"))
    assert made.evaluate(x_1=a, w1_1_1=1, b1_1=0, y_1=0).kinks() == []


# --- small tools -------------------------------------------------------------------------------------------------


def test_a_difference_quotient_is_a_forward_difference() -> None:
    """(f(v + h) − f(v))/h of 2x is 2 for every h, of x² it is 2x + h."""
    assert difference_quotient(parse("2*x"), "x", {"x": 1.0}, 0.5) == 2
    assert difference_quotient(parse("x^2"), "x", {"x": 1.0}, 0.5) == 2.5


def test_the_exact_number_of_a_constant_expression() -> None:
    """Fractions are found; irrational constants have none."""
    assert number_of(Number(3)) == 3
    assert number_of(constant("1/3")) == Fraction(1, 3)
    assert number_of(Constant("pi")) is None


def test_numbers_are_put_in_for_symbols() -> None:
    """Every symbol is replaced, all at once."""
    assert plain(substituted(parse("x*y + x"), lambda s: Symbol(s.name + "0"))) == "x0*y0 + x0"


def test_the_gradient_is_by_the_leaves_the_output_needs() -> None:
    """Leaves beside the way have no entry."""
    made: Derivation = derive("u = x*y; v = u*z; f = u^2")
    values = made.evaluate(x=1, y=2, z=3)
    assert values.leaves == ("x", "y")
    assert values.gradient == (8, 4)
