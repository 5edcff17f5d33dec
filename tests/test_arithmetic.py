"""Laws of the arithmetics: they agree where they overlap, and say what has no value."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from symbackprop.arithmetic import ARRAY, EXACT, FLOAT, RELATIONS, compile_expr, definition, evaluate, exact, high_precision
from symbackprop.errors import DomainError, UnknownNameError
from symbackprop.expr import Call, Condition, Constant, Expr, Number, Power, Product, Sum, Symbol, add, call, mul, number
from symbackprop.functions import FUNCTIONS, VECTOR_FUNCTIONS, maximum, minimum, piecewise

X, Y, Z, W = map(Symbol, "xyzw")
POINTS = (
    {"x": -3.25, "y": 0.5, "z": 1.75, "w": -0.125},
    {"x": 0.75, "y": -2.0, "z": 0.1, "w": 3.0},
    {"x": 0.3, "y": 0.9, "z": 0.2, "w": 0.7},
)
EXPRESSIONS = [
    X,
    number(Fraction(1, 3)),
    Constant("pi") * Constant("e"),
    X * Y,
    X * Y * Z,
    X * Y * Z * W,
    2 * X,
    -(X * Y),
    (X + 1) * (Y - Z),
    (X + 1) * (Y - Z) * W,
    X + Y,
    X - Y,
    1 - X,
    X * Y + Z,
    X + Y + Z,
    X + Y + Z + W + X**2,
    W * X + Y * Z + W,
    W * X + Y * Z + W * Z + call("exp", X),
    X / Y,
    (X + Y) / (1 + Z**2),
    X**2,
    X**-3,
    (X**2 + 1) ** Fraction(1, 2),
    (X**2 + 1) ** Y,
    maximum(X, Y),
    minimum(X * Y, Z),
    piecewise(X, (X, "<=", Y), Z**2),
    piecewise(X, (X, ">=", number(0)), -X),
    call("softmax", 2, X, Y, Z),
    call("log_softmax", 1, X + Y, Y, Z, W),
    *(call(name, X) for name in FUNCTIONS),
    *(call(name, Y * Z) for name in ("sigmoid", "gelu", "hard_sigmoid")),
]


def value_or_error(work) -> object:
    try:
        return work()
    except DomainError as error:
        return str(error)


@pytest.mark.parametrize("expr", EXPRESSIONS, ids=range(len(EXPRESSIONS)))
@pytest.mark.parametrize("point", POINTS, ids=range(len(POINTS)))
def test_a_compiled_expression_gives_the_same_bits_as_evaluation(expr: Expr, point) -> None:
    """Closures and recursion do the same operations in the same order."""
    assert value_or_error(lambda: compile_expr(expr)(point)) == value_or_error(lambda: evaluate(expr, point, FLOAT))


@pytest.mark.parametrize("expr", EXPRESSIONS, ids=range(len(EXPRESSIONS)))
@pytest.mark.parametrize("point", POINTS, ids=range(len(POINTS)))
def test_floats_agree_with_thirty_digits_and_with_arrays(expr: Expr, point) -> None:
    """The stable forms compute the definitions; an array computes every entry."""
    import numpy as np

    digits = high_precision(30)
    precise = value_or_error(lambda: evaluate(expr, {k: digits.number(Fraction(v)) for k, v in point.items()}, digits))
    array = evaluate(expr, {k: np.array([v, v]) for k, v in point.items()}, ARRAY)
    value = value_or_error(lambda: evaluate(expr, point, FLOAT))
    if isinstance(value, str):
        assert isinstance(precise, str)
        assert np.isnan(array).all()
    else:
        assert math.isclose(value, float(precise), rel_tol=1e-12)
        assert np.allclose(array, value, rtol=1e-12, atol=0)


@pytest.mark.parametrize("expr", EXPRESSIONS, ids=range(len(EXPRESSIONS)))
@pytest.mark.parametrize("point", POINTS, ids=range(len(POINTS)))
def test_a_fraction_is_the_float_before_rounding(expr: Expr, point) -> None:
    """Where `exact` answers, it answers what the float rounds."""
    fraction = value_or_error(lambda: exact(expr, {k: Fraction(v) for k, v in point.items()}))
    if isinstance(fraction, Fraction):
        assert math.isclose(float(fraction), evaluate(expr, point, FLOAT), rel_tol=1e-14)


EXACT_VALUES = [
    (call("exp", X), 0, Fraction(1)),
    (call("log", X), 1, Fraction(0)),
    (call("sqrt", X), Fraction(9, 4), Fraction(3, 2)),
    (call("sin", X), 0, Fraction(0)),
    (call("cos", X), 0, Fraction(1)),
    (call("acos", X), 1, Fraction(0)),
    (call("sigmoid", X), 0, Fraction(1, 2)),
    (call("tanh", X), 0, Fraction(0)),
    (call("gelu", X), 0, Fraction(0)),
    (call("sech", X), 0, Fraction(1)),
    (call("relu", X), Fraction(-1, 2), Fraction(0)),
    (call("leaky_relu", X), -1, Fraction(-1, 100)),
    (call("hard_sigmoid", X), 1, Fraction(2, 3)),
    (call("softsign", X), -3, Fraction(-3, 4)),
    (call("softmax", 1, X, X, X), 5, Fraction(1, 3)),
    (call("abs", X), -2, Fraction(2)),
    (call("sign", X), -2, Fraction(-1)),
    (call("step", X), 0, Fraction(0)),
    (X ** Fraction(1, 3), Fraction(8, 27), Fraction(2, 3)),
    (X ** Fraction(-3, 2), 4, Fraction(1, 8)),
    (X**100, 2, Fraction(2**100)),
]


@pytest.mark.parametrize(("expr", "x", "expected"), EXACT_VALUES, ids=range(len(EXACT_VALUES)))
def test_rational_values_are_exact(expr: Expr, x, expected: Fraction) -> None:
    """A value that is a fraction is found as one."""
    assert exact(expr, {"x": x}) == expected


IRRATIONAL = [
    call("exp", X),
    call("log", X + 5),
    call("sqrt", X),
    X ** Fraction(1, 2),
    X ** Fraction(1, 65),
    call("softplus", X - 2),
    Constant("pi") * X,
    Power(X, number(10**9)),
    Power(Power(Power(X, number(99)), number(99)), number(99)),
]


@pytest.mark.parametrize("expr", IRRATIONAL, ids=range(len(IRRATIONAL)))
def test_what_is_no_bounded_fraction_is_none(expr: Expr) -> None:
    """Irrational or too long: None, and at once."""
    assert exact(expr, {"x": 2}) is None


NO_VALUE = [
    (1 / X, 0, "division by zero"),
    (X**-2, 0, "division by zero"),
    (X ** Fraction(-1, 2), 0, "division by zero"),
    (call("log", X), 0, "log of 0"),
    (call("log", X), Fraction(-3, 2), "log of -"),
    (call("sqrt", X), -2, "square root of -2"),
    (call("asin", X), 2, "asin of 2"),
    (call("acos", X), -2, "acos of -2"),
    (X ** Fraction(1, 2), -2, "-2 to the power"),
]


@pytest.mark.parametrize(("expr", "x", "message"), NO_VALUE, ids=range(len(NO_VALUE)))
def test_what_has_no_value_says_so(expr: Expr, x, message: str) -> None:
    """Every arithmetic over single numbers refuses, with the operation and the number in the message."""
    digits = high_precision(30)
    attempts = (
        lambda: evaluate(expr, {"x": float(x)}, FLOAT),
        lambda: compile_expr(expr)({"x": float(x)}),
        lambda: exact(expr, {"x": x}),
        lambda: evaluate(expr, {"x": digits.number(x)}, digits),
    )
    for attempt in attempts:
        with pytest.raises(DomainError, match="-" if message.startswith("-") else message):
            attempt()


OVERFLOWING = [
    (call("exp", X), 1000.0, math.inf),
    (call("exp", X), -1000.0, 0.0),
    (call("sinh", X), -1000.0, -math.inf),
    (call("cosh", X), -1000.0, math.inf),
    (X**3, -1e200, -math.inf),
    (X**2, -1e200, math.inf),
    (number(10**400) * X, 1.0, math.inf),
    (call("sigmoid", X), -1000.0, 0.0),
    (call("sigmoid", X), 1000.0, 1.0),
    (call("tanh", X), 1000.0, 1.0),
    (call("softplus", X), 1000.0, 1000.0),
    (call("sech", X), 1000.0, 0.0),
    (call("softmax", 1, X, 2 * X), 1000.0, 0.0),
    (call("log_softmax", 1, X, 2 * X), 1000.0, -1000.0),
    (call("softmax", 1, X, 2 * X), -1000.0, 1.0),
]


@pytest.mark.parametrize(("expr", "x", "expected"), OVERFLOWING, ids=range(len(OVERFLOWING)))
def test_overflow_is_infinite_and_never_an_exception(expr: Expr, x: float, expected: float) -> None:
    """What is too large for a float is ±inf; stable forms stay finite."""
    assert evaluate(expr, {"x": x}, FLOAT) == expected
    assert compile_expr(expr)({"x": x}) == expected


def test_an_enormous_power_of_e_does_not_fill_the_memory() -> None:
    """At 30 digits, e to the e to the e to the 10 is infinite."""
    digits = high_precision(30)
    tower = call("exp", call("exp", call("exp", X)))
    assert evaluate(tower, {"x": digits.number(10)}, digits) == digits.context.inf
    assert math.isnan(evaluate(call("sin", call("exp", X)), {"x": digits.number(10**6)}, digits))


def test_high_precision_leaves_the_global_precision_alone() -> None:
    """Whoever else uses mpmath keeps their digits."""
    import mpmath

    before = mpmath.mp.dps
    high_precision(50)
    assert mpmath.mp.dps == before


def test_only_the_branch_that_holds_is_evaluated() -> None:
    """The branch log x where x > 0, else 0, has a value at −1."""
    expr = piecewise(call("log", X), (X, ">", number(0)), number(0))
    assert evaluate(expr, {"x": -1.0}, FLOAT) == 0
    assert compile_expr(expr)({"x": -1.0}) == 0
    assert exact(expr, {"x": -1}) == 0


@pytest.mark.parametrize("relation", RELATIONS)
def test_every_relation_is_known_in_closures(relation: str) -> None:
    """Conditions mean the same in both evaluators, ties included."""
    expr = piecewise(number(1), (X, relation, Y), number(0))
    assert isinstance(expr.branches[0][1], Condition)
    for x, y in ((1.0, 2.0), (2.0, 2.0), (3.0, 2.0)):
        env = {"x": x, "y": y}
        assert compile_expr(expr)(env) == evaluate(expr, env, FLOAT) == float(RELATIONS[relation](x, y))


def test_arrays_choose_entry_by_entry() -> None:
    """A kink inside an array is no obstacle."""
    import numpy as np

    xs = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
    for expr in (maximum(X, 0), call("leaky_relu", X), call("hard_tanh", X), call("elu", X), call("softmax", 1, X, Y)):
        whole = evaluate(expr, {"x": xs, "y": 0.5}, ARRAY)
        single = [evaluate(expr, {"x": float(x), "y": 0.5}, FLOAT) for x in xs]
        assert np.allclose(whole, single, rtol=1e-15)


def test_unknown_names_are_named() -> None:
    """A missing symbol or function is an error with its name in it."""
    with pytest.raises(UnknownNameError, match="q has no value"):
        evaluate(Symbol("q"), {"x": 1.0}, FLOAT)
    with pytest.raises(UnknownNameError, match='did you mean "sigmoid"'):
        definition("sigmiod")
    with pytest.raises(KeyError):
        compile_expr(Symbol("q") * X)({"x": 1.0})


def test_presentation_has_no_value() -> None:
    """A node that is no mathematics is refused by its class."""
    for work in (lambda: evaluate(Expr(), {}, FLOAT), lambda: compile_expr(Expr())):
        with pytest.raises(TypeError, match="Expr has no value"):
            work()


def test_fractions_never_round() -> None:
    """0.1 + 0.2 is 3/10."""
    tenths = Sum((number(Fraction(1, 10), decimal=True), Product((number(2), number(Fraction(1, 10))))))
    assert evaluate(tenths, {}, EXACT) == Fraction(3, 10)


def test_a_compiled_unit_is_several_times_faster() -> None:
    """Training evaluates the same definitions thousands of times."""
    import timeit

    unit = add(*(mul(Symbol(f"w{k}"), Symbol(f"x{k}")) for k in range(20)), Symbol("b"))
    env = {"b": 1.0} | {f"{letter}{k}": 0.5 + k for letter in "wx" for k in range(20)}
    compiled = compile_expr(unit)
    slow = min(timeit.repeat(lambda: evaluate(unit, env, FLOAT), number=50, repeat=5))
    fast = min(timeit.repeat(lambda: compiled(env), number=50, repeat=5))
    assert fast < slow / 3


def test_every_function_of_the_table_is_covered() -> None:
    """A new row is tested the day it is written."""
    covered = {expr.function for expr in EXPRESSIONS if isinstance(expr, Call)}
    assert covered >= {*FUNCTIONS, *VECTOR_FUNCTIONS}
    assert len(EXPRESSIONS) > 50
    assert isinstance(EXPRESSIONS[1], Number)
