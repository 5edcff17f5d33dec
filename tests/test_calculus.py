"""Differentiation of one definition: the forms of a first course, their rules, and SymPy's `diff` as the judge."""

from __future__ import annotations

import random

import mpmath
import pytest
import sympy
from cases import CASES
from oracles import DIGITS, close, mp, number, sympy_diff, sympy_of

from symbackprop.calculus import (
    RULES,
    SHORT_RULES,
    depends,
    derivative,
    partials,
    rule_of,
    scaled,
)
from symbackprop.expr import (
    ZERO,
    Adjoint,
    Constant,
    Expr,
    Number,
    Partial,
    Power,
    Product,
    Sum,
    Symbol,
    add,
    call,
    mul,
    symbols,
)
from symbackprop.functions import FUNCTIONS, VECTOR_FUNCTIONS
from symbackprop.parse import parse
from symbackprop.typeset import plain

A, B, X, Y = map(Symbol, "abxy")

# An expression, by which symbol, the derivative as it stands before any simplification, and the rule cited.
TABLE = (
    ("5", "x", "0", "constant"),
    ("x", "x", "1", "linear"),
    ("y", "x", "0", "constant"),
    ("7*x", "x", "7", "linear"),
    ("x/3", "x", "1/3", "linear"),
    ("-x", "x", "-1", "linear"),
    ("x + y", "x", "1", "linear"),
    ("x*y*z", "y", "x*z", "linear"),
    ("u*v", "v", "u", "linear"),
    ("x/y", "x", "1/y", "linear"),
    ("3*x^2 + 2*x*y + y^2", "x", "6*x + 2*y", "sum"),
    ("x^2 - x^3", "x", "2*x - 3*x^2", "sum"),
    ("x*x", "x", "x + x", "product"),
    ("x^2*sin(x)", "x", "2*x*sin(x) + x^2*cos(x)", "product"),
    ("sinh(x)*cosh(x)", "x", "cosh(x)*cosh(x) + sinh(x)*sinh(x)", "product"),
    ("z*sigmoid(z)", "z", "sigmoid(z) + z*sigmoid(z)*(1 - sigmoid(z))", "product"),
    ("1/x", "x", "-1/x^2", "reciprocal"),
    ("3/x", "x", "-3/x^2", "reciprocal"),
    ("y/x", "x", "-y/x^2", "reciprocal"),
    ("-1/x", "x", "1/x^2", "reciprocal"),
    ("1/(1 + exp(-z))", "z", "exp(-z)/(1 + exp(-z))^2", "reciprocal"),
    ("(x + 1)/(x - 1)", "x", "(x - 1 - (x + 1))/(x - 1)^2", "quotient"),
    ("z/(1 + abs(z))", "z", "(1 + abs(z) - z*sign(z))/(1 + abs(z))^2", "quotient"),
    ("x^3", "x", "3*x^2", "power"),
    ("x^-2", "x", "-2*x^(-3)", "power"),
    ("(2*x + 1)^3", "x", "6*(2*x + 1)^2", "power"),
    ("x^(1/2)", "x", "1/2*x^(-1/2)", "power"),
    ("x^a", "x", "a*x^(a - 1)", "power"),
    ("pi*r^2", "r", "2*pi*r", "power"),
    ("1/2*(a - y)^2", "a", "a - y", "power"),
    ("x^y", "y", "x^y*log(x)", "exponential"),
    ("2^x", "x", "2^x*log(2)", "exponential"),
    ("x^x", "x", "x^x*(log(x) + x/x)", "general_power"),
    ("e^x", "x", "exp(x)", "exp"),
    ("e^(2*x)", "x", "2*exp(2*x)", "exp"),
    ("exp(-x)", "x", "-exp(-x)", "exp"),
    ("exp(x*y)", "y", "exp(x*y)*x", "exp"),
    ("sin(x)", "x", "cos(x)", "sin"),
    ("cos(3*x)", "x", "-3*sin(3*x)", "cos"),
    ("tan(x)", "x", "1 + tan(x)^2", "tan"),
    ("ln(x)", "x", "1/x", "log"),
    ("ln(x^2 + 1)", "x", "2*x/(x^2 + 1)", "log"),
    ("sqrt(x)", "x", "1/(2*sqrt(x))", "sqrt"),
    ("sqrt(x^2 + y^2)", "x", "2*x/(2*sqrt(x^2 + y^2))", "sqrt"),
    ("asin(x)", "x", "1/sqrt(1 - x^2)", "asin"),
    ("acos(x)", "x", "-1/sqrt(1 - x^2)", "acos"),
    ("erf(x)", "x", "2*exp(-x^2)/sqrt(pi)", "erf"),
    ("sech(x)", "x", "-sech(x)*tanh(x)", "sech"),
    ("sigmoid(x)", "x", "sigmoid(x)*(1 - sigmoid(x))", "sigmoid"),
    ("sigmoid(2*x)", "x", "2*sigmoid(2*x)*(1 - sigmoid(2*x))", "sigmoid"),
    ("tanh(w*x + b)", "w", "(1 - tanh(w*x + b)^2)*x", "tanh"),
    ("relu(x)", "x", "step(x)", "relu"),
    ("leaky_relu(x)", "x", "(1 if x > 0 else 0.01)", "leaky_relu"),
    ("elu(x)", "x", "(1 if x > 0 else elu(x) + 1)", "elu"),
    ("abs(x - y)", "y", "-sign(x - y)", "abs"),
    ("sign(x)", "x", "0", "sign"),
    ("max(x, y)", "x", "(1 if x >= y else 0)", "max"),
    ("max(x, y)", "y", "(0 if x >= y else 1)", "max"),
    ("min(x, y)", "x", "(1 if x <= y else 0)", "min"),
    ("max(0, 1 - y*a)", "a", "(0 if 0 >= 1 - y*a else -y)", "max"),
    ("max(x^2, 2*x)", "x", "(2*x if x^2 >= 2*x else 2)", "max"),
    ("-(y*ln(a)) - (1 - y)*ln(1 - a)", "a", "-y/a + (1 - y)/(1 - a)", "sum"),
)


@pytest.mark.parametrize(("text", "name", "expected", "rule"), TABLE, ids=[f"{row[0]} by {row[1]}" for row in TABLE])
def test_a_derivative_is_what_a_first_course_writes(text: str, name: str, expected: str, rule: str) -> None:
    """The form and the rule, and the value by SymPy's `diff` at 30 digits."""
    expr = parse(text)

    found = derivative(expr, name)

    assert plain(found) == expected
    assert rule_of(expr, name) == rule
    assert agrees(expr, name, found)


def agrees(expr: Expr, name: str, claimed: Expr) -> bool:
    """Whether a derivative is SymPy's, at two points in general position."""
    mpmath.mp.dps = DIGITS
    for seed in (1, 2):
        source = random.Random(seed)
        env = {used: mp(source.randint(100, 999)) / 991 for used in sorted(symbols(expr))}
        if not close(number(sympy_of(claimed), env), number(sympy_diff(expr, name), env)):
            return False
    return True


def test_every_rule_is_stated_in_full_and_in_short() -> None:
    """A rule that a derivation cites has words; the table above uses every rule of calculus (`others` is of `unfold`)."""
    assert set(RULES) == set(SHORT_RULES)
    functions = {*FUNCTIONS, *VECTOR_FUNCTIONS}
    of_calculus = {rule for rule in RULES if rule not in functions and "," not in rule} - {"cases", "chain", "identity", "others"}
    assert {rule for *_, rule in TABLE} >= of_calculus
    assert all(RULES[name] == row.rule for name, row in FUNCTIONS.items())


def test_every_rule_a_case_cites_is_known() -> None:
    """No local derivative of the table of problems has a rule without words."""
    cited = {step.rule for case in CASES for step in case.derivation().backward.locals.values()}
    assert cited <= set(RULES)
    assert {"linear", "sum", "product", "quotient", "power", "sigmoid", "max"} <= cited


def test_cases_are_differentiated_case_by_case() -> None:
    """The tests stay, the branches are differentiated."""
    expr = parse("(x^2 if x > y else 3*x if x <= 0 else y)")

    assert plain(derivative(expr, "x")) == "(2*x if x > y else 3 if x <= 0 else 0)"
    assert rule_of(expr, "x") == "cases"


@pytest.mark.parametrize("name", VECTOR_FUNCTIONS)
def test_a_component_is_differentiated_through_every_argument(name: str) -> None:
    """The chain rule runs over all arguments of softmax, also where they are no symbols or share one."""
    expr = call(name, 2, X * Y, Y**2, X + 1)
    for symbol in ("x", "y"):
        assert agrees(expr, symbol, derivative(expr, symbol))
        value, rule = partials(expr)[symbol]
        assert agrees(expr, symbol, value)
        assert rule in RULES
    assert derivative(expr, "a") == ZERO


@pytest.mark.parametrize("name", VECTOR_FUNCTIONS)
def test_a_row_of_the_jacobian_is_in_terms_of_the_outputs(name: str) -> None:
    """With a symbol for every argument, each entry is the row's own formula, with its case (i = j or not) as the rule."""
    zs = tuple(map(Symbol, ("z_1", "z_2", "z_3")))
    expr = call(name, 2, *zs)
    outputs = [call(name, j, *zs) for j in (1, 2, 3)]

    found = partials(expr)

    assert list(found) == ["z_1", "z_2", "z_3"]
    for j, (value, rule) in enumerate(found.values()):
        assert value == VECTOR_FUNCTIONS[name].slope(1, j, outputs)
        assert rule in RULES
        assert ("i = j" in rule) == (j == 1)
        assert agrees(expr, f"z_{j + 1}", value)


def test_an_argument_used_twice_adds_up() -> None:
    """softmax(z, z, y) by z: two entries of the row."""
    expr = call("softmax", 1, X, X, Y)
    value, _ = partials(expr)["x"]
    assert agrees(expr, "x", value)


# --- all partial derivatives at once -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", [row[0] for row in TABLE])
def test_all_partial_derivatives_agree_with_each(text: str) -> None:
    """`partials` gives, for each symbol in order of appearance, the value of `derivative` and the rule of `rule_of`."""
    expr = parse(text)

    found = partials(expr)

    assert list(found) == list(symbols(expr))
    for name, (value, rule) in found.items():
        assert agrees(expr, name, value)
        assert rule == rule_of(expr, name)


def test_an_affine_definition_is_read_in_one_pass() -> None:
    """Each weight's derivative is its input, each input's its weight, and the bias's 1."""
    expr = parse("w_1*x_1 + w_2*x_2 + b")

    found = {name: (plain(value), rule) for name, (value, rule) in partials(expr).items()}

    assert found == {
        "w_1": ("x_1", "linear"),
        "x_1": ("w_1", "linear"),
        "w_2": ("x_2", "linear"),
        "x_2": ("w_2", "linear"),
        "b": ("1", "linear"),
    }


@pytest.mark.parametrize(
    ("text", "name", "expected", "rule"),
    [
        ("1/2*(L_1 + L_2)", "L_1", "1/2", "linear"),
        ("0.005*(u^2 + v^2)", "u", "0.01*u", "power"),
        ("w*x + w*y", "w", "x + y", "linear"),
        ("w*x + w^2", "w", "x + 2*w", "sum"),
        ("x + x", "x", "2", "linear"),
        ("x + x^2 + x^3", "x", "1 + 2*x + 3*x^2", "sum"),
    ],
)
def test_a_symbol_of_several_terms_adds_up(text: str, name: str, expected: str, rule: str) -> None:
    """Its contributions are added in the order of the terms."""
    value, cited = partials(parse(text))[name]
    assert (plain(value), cited) == (expected, rule)


def test_a_wide_layer_costs_its_width() -> None:
    """Reading 4,000 weights builds no more objects than a few for each: no derivative walks the whole sum."""
    terms = [Product((Symbol(f"w_{k}"), Symbol(f"x_{k}"))) for k in range(4000)]
    found = partials(Sum((*terms, Symbol("b"))))
    assert len(found) == 8001
    assert found["w_77"][0] is terms[77].factors[1]


# --- the pieces --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        ((Y, 1 / A), "y/a"),
        ((-1, Y, 1 / A), "-y/a"),
        ((-2, 1 / A), "-2/a"),
        ((-1, 1 / A), "-1/a"),
        ((X, Y), "x*y"),
        ((1 / A, 1 / B), "1/a*(1/b)"),
        ((2, Y, (1 - Y) / A, B), "2*y*(1 - y)*b/a"),
        ((0, 1 / A), "0"),
    ],
)
def test_one_fraction_takes_the_other_factors_above_its_line(factors: tuple[Expr, ...], expected: str) -> None:
    """What is y · (1/a) is written y/a, a sign stands in front, and two fractions stay two."""
    product = scaled(*factors)
    assert plain(product) == expected
    mpmath.mp.dps = DIGITS
    env = {name: mp(value) for name, value in (("a", 3), ("b", 5), ("x", 7), ("y", 11))}
    assert close(number(sympy_of(product), env), number(sympy.Mul(*map(sympy_of, map(mul, factors))), env))


def test_a_derivation_symbol_counts_as_a_symbol() -> None:
    """A δ is a constant of a definition that does not name it, and a variable of one that does."""
    delta, local = Adjoint("delta1_1", "L", "z1_1"), Partial("local_z_w", "z", "w")
    assert depends(delta * X, "delta1_1")
    assert not depends(delta * X, "z1_1")
    assert derivative(delta * local, "local_z_w") == delta


def test_numbers_and_constants_have_derivative_zero() -> None:
    """So does everything that does not contain the symbol."""
    assert all(derivative(e, "x") == ZERO for e in (Number(3), Constant("pi"), Y, add(Y, 1), Power(Y, Number(2))))
