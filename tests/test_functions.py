"""The table of functions and losses: every slope is the derivative of its definition, every name leads to its row."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import mpmath
import pytest
import sympy
from oracles import DIGITS, STEP, TEXTBOOK, close, mp, number, sympy_of

from symbackprop.calculus import RULES, SHORT_RULES
from symbackprop.errors import UnknownNameError
from symbackprop.expr import Call, Constant, Number, Symbol, call, symbols, walk
from symbackprop.functions import (
    ACTIVATIONS,
    FUNCTIONS,
    LOSSES,
    SELECTIONS,
    VECTOR_FUNCTIONS,
    F,
    Function,
    Loss,
    VectorFunction,
    Z,
    canonical,
    find_activation,
    find_loss,
)

z = sympy_of(Z)
ABOVE_ZERO = {"log", "sqrt"}
BELOW_ONE = {"asin", "acos"}
A, Y = Symbol("a"), Symbol("y")


def points(name: str) -> list[Fraction]:
    """Return random rational points of a function's domain, on both sides of its kinks."""
    source = random.Random(name)
    low, high = (1, 400) if name in ABOVE_ZERO else (-99, 99) if name in BELOW_ONE else (-400, 400)
    found = [Fraction(source.randint(low * 97, high * 97), 9701) for _ in range(8)]
    kinks = [Fraction(kink) for kink in FUNCTIONS[name].kinks]
    return found + [kink + side for kink in kinks for side in (Fraction(-1, 7), Fraction(1, 7))]


every_function = pytest.mark.parametrize("row", FUNCTIONS.values(), ids=FUNCTIONS)
every_vector_function = pytest.mark.parametrize("row", VECTOR_FUNCTIONS.values(), ids=VECTOR_FUNCTIONS)
every_loss = pytest.mark.parametrize("row", LOSSES.values(), ids=LOSSES)


def test_the_tables_hold_what_the_design_lists() -> None:
    """Each activation, loss and function of the contract is a row, and every row has an oracle of its own."""
    assert set(ACTIVATIONS) == {
        "identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "softsign", "gelu", "silu", "hard_sigmoid",
        "hard_tanh", "exp", "sin", "square", "softmax", "log_softmax",
    }  # fmt: skip
    assert set(LOSSES) == {
        "squared_error", "half_squared_error", "mean_squared_error", "absolute_error", "huber", "hinge",
        "binary_cross_entropy", "cross_entropy", "kl_divergence", "negative_log_likelihood", "sum",
    }  # fmt: skip
    elementary = {"log", "sqrt", "cos", "tan", "sinh", "cosh", "sech", "asin", "acos", "atan", "abs", "sign", "erf", "step"}
    assert elementary <= set(FUNCTIONS)
    assert set(SELECTIONS) == {"max", "min"}
    assert {*FUNCTIONS, *VECTOR_FUNCTIONS, *SELECTIONS} == set(TEXTBOOK)


@every_function
def test_a_slope_is_the_derivative_of_the_definition(row: Function) -> None:
    """The slope a row claims, at 30 digits, is SymPy's `diff` of the textbook definition and a central difference of it."""
    mpmath.mp.dps = DIGITS
    textbook = TEXTBOOK[row.name](z)
    derivative = sympy.diff(textbook, z)
    slope = sympy_of(row.slope(Z, F))
    for point in points(row.name):
        at = mp(point)
        value = number(textbook, {"z": at})
        claimed = number(slope, {"z": at, "f": value})
        ends = [number(textbook, {"z": at + sign * STEP}) for sign in (1, -1)]
        assert close(claimed, number(derivative, {"z": at})), point
        assert close(claimed, (ends[0] - ends[1]) / (2 * STEP), 15), point


@every_function
def test_a_slope_is_in_the_argument_and_the_value(row: Function) -> None:
    """A slope uses z and f only, and so does a definition z only."""
    assert set(symbols(row.slope(Z, F))) <= {"z", "f"}
    assert row.define is None or set(symbols(row.define(Z))) <= {"z"}


@pytest.mark.parametrize("row", [row for row in FUNCTIONS.values() if row.define], ids=lambda row: row.name)
def test_a_definition_is_the_textbook_one(row: Function) -> None:
    """What a row writes out has the value of the oracle's own formula, and a stable form has it in floating point."""
    mpmath.mp.dps = DIGITS
    assert row.define is not None
    written, textbook = sympy_of(row.define(Z)), TEXTBOOK[row.name](z)
    for point in points(row.name):
        value = number(textbook, {"z": mp(point)})
        assert close(number(written, {"z": mp(point)}), value)
        if row.stable:
            assert math.isclose(row.stable(float(point)), float(value), rel_tol=1e-14)


@pytest.mark.parametrize("row", [row for row in FUNCTIONS.values() if row.stable], ids=lambda row: row.name)
@pytest.mark.parametrize("at", [-800.0, -40.0, 0.0, 40.0, 700.0])
def test_a_stable_form_does_not_overflow(row: Function, at: float) -> None:
    """Far out, where the definition would overflow, the stable form is finite."""
    assert row.stable is not None
    assert math.isfinite(row.stable(at))


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [(row.name, -1, 1) for row in FUNCTIONS.values() if row.kinks == (0,)] + [("hard_sigmoid", 2, 4), ("hard_tanh", 0, 2)],
)
def test_a_kink_is_where_the_slope_jumps(name: str, left: int, right: int) -> None:
    """On the two sides of a kink the slope differs, or the value jumps (sign, step)."""
    row = FUNCTIONS[name]
    sides = []
    for at in (left, right):
        value = number(TEXTBOOK[name](z), {"z": mp(at)})
        sides.append(number(sympy_of(row.slope(Z, F)), {"z": mp(at), "f": value}))
    jumps = name in {"sign", "step"}
    assert (sides[0] == sides[1]) == jumps


@pytest.mark.parametrize(
    ("name", "at", "slope"),
    [("relu", 0, 0), ("abs", 0, 0), ("step", 0, 0), ("sign", 0, 0), ("leaky_relu", 0, Fraction(1, 100)), ("elu", 0, 1),
     ("hard_tanh", 1, 0), ("hard_tanh", -1, 0), ("hard_sigmoid", 3, 0), ("hard_sigmoid", -3, 0)],
)  # fmt: skip
def test_a_slope_at_a_kink_is_the_convention(name: str, at: int, slope: Fraction) -> None:
    """ReLU′(0) = 0, as frameworks have it."""
    value = number(TEXTBOOK[name](z), {"z": mp(at)})
    assert close(number(sympy_of(FUNCTIONS[name].slope(Z, F)), {"z": mp(at), "f": value}), mp(slope))


@every_vector_function
@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_jacobian_is_the_derivative_of_the_definition(row: VectorFunction, size: int) -> None:
    """Entry (i, j), in terms of the outputs, is SymPy's derivative of output i by z_j, for i = j and i ≠ j."""
    mpmath.mp.dps = DIGITS
    zs = [Symbol(f"z_{k}") for k in range(1, size + 1)]
    fs = [Symbol(f"f_{k}") for k in range(1, size + 1)]
    source = random.Random(f"{row.name} {size}")
    env = {s.name: mp(Fraction(source.randint(-200, 200), 101)) for s in zs}
    outputs = [TEXTBOOK[row.name](i, *map(sympy_of, zs)) for i in range(1, size + 1)]
    env |= {f.name: number(output, env) for f, output in zip(fs, outputs, strict=True)}
    for i in range(size):
        assert close(number(sympy_of(row.define(i, zs)), env), env[f"f_{i + 1}"])
        for j in range(size):
            claimed = number(sympy_of(row.slope(i, j, fs)), env)
            assert close(claimed, number(outputs[i].diff(sympy_of(zs[j])), env)), (i, j)


LOSS_FORMULAS = {
    "squared_error": lambda a, y: (a - y) ** 2,
    "half_squared_error": lambda a, y: (a - y) ** 2 / 2,
    "mean_squared_error": lambda a, y: (a - y) ** 2,
    "absolute_error": lambda a, y: abs(a - y),
    "huber": lambda a, y: (a - y) ** 2 / 2 if abs(a - y) <= 1 else abs(a - y) - mpmath.mpf(1) / 2,
    "hinge": lambda a, y: max(0, 1 - y * a),
    "binary_cross_entropy": lambda a, y: -y * mpmath.log(a) - (1 - y) * mpmath.log(1 - a),
    "cross_entropy": lambda a, y: -y * mpmath.log(a),
    "kl_divergence": lambda a, y: y * mpmath.log(y / a),
    "negative_log_likelihood": lambda a, y: -y * a,
    "sum": lambda a, _: a,
}


@every_loss
def test_a_loss_is_the_formula_in_the_table(row: Loss) -> None:
    """The summand of one output has the value of the formula of the design."""
    mpmath.mp.dps = DIGITS
    source = random.Random(row.name)
    for _ in range(10):
        a, y = (mp(Fraction(source.randint(1, 100), 101)) for _ in range(2))
        a = a if row.name in {"binary_cross_entropy", "cross_entropy", "kl_divergence"} else 3 * a
        for n in (1, 3):
            share = LOSS_FORMULAS[row.name](a, y) / (n if row.name == "mean_squared_error" else 1)
            assert close(number(sympy_of(row.part(A, Y, n)), {"a": a, "y": y}), share)


@pytest.mark.parametrize(
    ("alias", "name"),
    [("linear", "identity"), ("swish", "silu"), ("sigma", "sigmoid"), ("σ", "sigmoid"), ("logistic", "sigmoid"), ("ln", "log"),
     ("arcsin", "asin"), ("arccos", "acos"), ("arctan", "atan"), ("mse", "mean_squared_error"), ("bce", "binary_cross_entropy"),
     ("sse", "squared_error"), ("half_sse", "half_squared_error"), ("mae", "absolute_error"), ("l1_loss", "absolute_error"),
     ("ce", "cross_entropy"), ("categorical_cross_entropy", "cross_entropy"), ("kl", "kl_divergence"),
     ("nll", "negative_log_likelihood"), ("tanh", "tanh"), ("not a name", "not a name")],
)  # fmt: skip
def test_a_name_and_its_aliases_lead_to_one_row(alias: str, name: str) -> None:
    """Aliases have one meaning; other words are left as they are."""
    assert canonical(alias) == name


def test_no_two_rows_share_a_name() -> None:
    """Names and aliases of all three tables are distinct within what each lookup sees."""
    for tables in ((FUNCTIONS, VECTOR_FUNCTIONS), (LOSSES,)):
        names = [n for table in tables for row in table.values() for n in (row.name, *row.aliases)]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", [n for row in ACTIVATIONS.values() for n in (row.name, *row.aliases)])
def test_every_activation_is_found_by_each_of_its_names(name: str) -> None:
    """`find_activation` takes names and aliases."""
    assert name in {find_activation(name).name, *find_activation(name).aliases}


@pytest.mark.parametrize("name", [n for row in LOSSES.values() for n in (row.name, *row.aliases)])
def test_every_loss_is_found_by_each_of_its_names(name: str) -> None:
    """`find_loss` takes names and aliases."""
    assert name in {find_loss(name).name, *find_loss(name).aliases}


@pytest.mark.parametrize(
    ("find", "name", "message"),
    [
        (find_activation, "sigmiod", 'unknown activation "sigmiod"; did you mean "sigmoid"?'),
        (find_activation, "cos", 'unknown activation "cos"'),
        (find_activation, "quux", 'unknown activation "quux" (known: exp, '),
        (find_loss, "crossentropy", 'unknown loss "crossentropy"; did you mean "cross_entropy"?'),
        (find_loss, "quux", 'unknown loss "quux" (known: squared_error, '),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest_known_one(find, name: str, message: str) -> None:
    """The message names what was given and what would be accepted."""
    with pytest.raises(UnknownNameError) as caught:
        find(name)
    assert str(caught.value).startswith(message)


@every_function
def test_a_row_applies_itself(row: Function) -> None:
    """Calling a row makes the call that its name means; it has a rule to cite."""
    assert row(A) == call(row.name, A) == Call(row.name, (A,))
    assert RULES[row.name] == SHORT_RULES[row.name] == row.rule


def test_constants_are_written_exactly() -> None:
    """π in the definitions is the constant, not a decimal."""
    parts = list(walk(FUNCTIONS["erf"].slope(Z, F)))
    assert Constant("pi") in parts
    assert all(isinstance(part.value, int | Fraction) for part in parts if isinstance(part, Number))
