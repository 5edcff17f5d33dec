"""The named rewrites: what each does, and that none changes a value or lengthens an expression."""

from __future__ import annotations

import random
import time

import mpmath
import pytest
from oracles import DIGITS, close, mp, number, sympy_of

from symbackprop.expr import ONE, Expr, Number, Product, Quotient, Sum, Symbol, add, call, div, mul, operations, power, symbols
from symbackprop.parse import parse
from symbackprop.simplify import (
    MOST_OPERATIONS,
    REWRITES,
    SAYS,
    UNIT_SUM,
    add_equal_terms,
    cancel,
    collect,
    common_denominator,
    common_factor,
    fold_numbers,
    gather_powers,
    simplify,
    turn_over,
)
from symbackprop.simplify.products import is_negative
from symbackprop.simplify.sums import MOST_MONOMIALS
from symbackprop.typeset import plain

# A text, and each rewrite that is applied to it with its result.
TABLE = (
    # A factor multiplied in, where it cancels.
    ("p*(s - y/p)", (("distribute", "p*s - y"),)),
    # Nothing to do.
    ("x", ()),
    ("x*y + z", ()),
    ("(a - y)*a*(1 - a)*x", ()),
    ("1/x + 1/y", ()),
    ("2*x + 2*y", ()),
    ("6*x + 2*y", ()),
    ("0.5*x/(0.25*y)", ()),
    ("(a + b)^5 + 1", ()),
    ("-p*(y_1 + y_2) + p", ()),
    # Numbers.
    ("4*(y/2)", (("fold numbers", "2*y"),)),
    ("x*(y/2)*4", (("fold numbers", "2*x*y"),)),
    ("2*x/(2*f)", (("cancel", "x/f"),)),
    ("4*x/(6*y)", (("cancel", "2*x/(3*y)"),)),
    ("x/(2*x)", (("cancel", "1/2"),)),
    ("3/(3*x)", (("cancel", "1/x"),)),
    # Fractions.
    ("a*y/a", (("cancel", "y"),)),
    ("(a - y)/(a*(1 - a))*a*(1 - a)", (("cancel", "a - y"),)),
    ("(y - a)/(a - y)", (("cancel", "-1"),)),
    ("(1 - a)*y/(a - 1)", (("cancel", "-y"),)),
    ("(x + y)/(y + x)", (("cancel", "1"),)),
    ("x^3/x", (("cancel", "x^2"),)),
    ("x/x^3", (("cancel", "1/x^2"),)),
    ("(x*y)^2/x", (("cancel", "x*y^2"),)),
    ("sigmoid(x)*(1 - sigmoid(x))/sigmoid(x)", (("cancel", "1 - sigmoid(x)"),)),
    ("1/(y/a)", (("fraction of fractions", "a/y"),)),
    ("(u/v)/(w/t)", (("fraction of fractions", "u*t/(v*w)"),)),
    ("y*(1/(y/a))*(1/a)", (("fraction of fractions", "y*(a/y)*(1/a)"), ("cancel", "1"))),
    ("-(y/a) + (1 - y)/(1 - a)", (("common denominator", "(a - y)/(a*(1 - a))"),)),
    # Sums.
    ("x + x", (("equal terms", "2*x"),)),
    ("x + y + x", (("equal terms", "2*x + y"),)),
    ("x - x", (("common factor", "0"),)),
    ("p*q - q*p", (("common factor", "0"),)),
    ("u*v + u*w", (("common factor", "u*(v + w)"),)),
    ("-x*y - x*z", (("common factor", "-x*(y + z)"),)),
    ("x*x*y + x*z", (("common factor", "x*(x*y + z)"),)),
    ("2*(a - y)*x + 2*(a - y)*w", (("common factor", "2*(a - y)*(x + w)"),)),
    ("1/3*x*x + 1/3*y", (("common factor", "1/3*(x*x + y)"), ("powers", "1/3*(x^2 + y)"))),
    ("u*(v + 1) - u*v", (("common factor", "u*(v + 1 - v)"), ("collect", "u"))),
    ("-y*(1 - a) + (1 - y)*a", (("collect", "a - y"),)),
    ("2*(a - y) + 2*(a + y)", (("collect", "4*a"),)),
    ("(x - 1)*(x + 1) + 1", (("collect", "x^2"),)),
    # Powers.
    ("x*x", (("powers", "x^2"),)),
    ("x^2*x^3", (("powers", "x^5"),)),
    ("x^(-2)*x/y", (("powers", "x^(-1)/y"),)),
)


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[text for text, _ in TABLE])
def test_an_expression_is_rewritten_as_a_teacher_would(text: str, expected: tuple[tuple[str, str], ...]) -> None:
    """The rewrites that are applied, in order, each with its result."""
    expr = parse(text)

    found = simplify(expr)

    assert tuple((step.rule, plain(step.value)) for step in found) == expected
    assert same_value(expr, found[-1].value if found else expr)


def same_value(left: Expr, right: Expr, seed: int = 7) -> bool:
    """Whether two expressions agree at a point in general position, to 30 digits."""
    mpmath.mp.dps = DIGITS
    source = random.Random(seed)
    env = {name: mp(source.randint(100, 999)) / 991 for name in sorted({*symbols(left), *symbols(right)})}
    return close(number(sympy_of(left), env), number(sympy_of(right), env))


def test_every_rewrite_has_words_and_is_used_by_the_table() -> None:
    """A row nobody needs is not there."""
    assert {rule for _, steps in TABLE for rule, _ in steps} == {row.name for row in REWRITES}
    assert set(SAYS) == {row.name for row in REWRITES} | {UNIT_SUM}
    assert len({row.name for row in REWRITES}) == len(REWRITES)


# --- rewrites one by one -----------------------------------------------------------------------------------------

UNFIT = {
    cancel: ("x*y", "x + y", "x/y", "1/2*x"),
    common_denominator: ("x", "x + y", "x*y"),
    common_factor: ("x*y", "x + y", "2*x + 2*y"),
    collect: ("x*y", "1/x + y"),
    gather_powers: ("x + x", "x*y", "x"),
    fold_numbers: ("x + y", "x*(y/2)", "2*(x/y)"),
    turn_over: ("x*y", "x/y", "x + 1/y"),
    add_equal_terms: ("x*x", "x + y"),
}


@pytest.mark.parametrize(("rewrite", "text"), [(r, t) for r, texts in UNFIT.items() for t in texts], ids=str)
def test_a_rewrite_answers_none_where_it_does_not_fit(rewrite, text: str) -> None:
    """Nothing to do is not an expression."""
    assert rewrite(parse(text)) is None


@pytest.mark.parametrize(
    ("rewrite", "text"),
    [
        (common_factor, "x*x*y + x*z"),
        (common_factor, "x*x*y + x*x*z"),
        (common_factor, "x*x + x*x*x + x"),
        (common_denominator, "1/x^(-2) + 1/y"),
        (common_denominator, "1/(x*x) + 1/x"),
        (common_denominator, "1/x^3 + y/x^2 + z"),
        (turn_over, "1/(x/(u*y^(-2)))"),
        (cancel, "x^(-2)*y/(x*y)"),
        (cancel, "(2*x)^2/(4*x)"),
        (cancel, "(2*x)^(-2)/(6*y)"),
        (cancel, "(x - y)^3/(y - x)^2"),
        (cancel, "(x - y)/(y - x)^3"),
        (gather_powers, "x^(-3)*y*x"),
        (gather_powers, "(x*y)^2*x"),
    ],
    ids=str,
)
def test_a_rewrite_keeps_the_value_even_where_it_is_longer(rewrite, text: str) -> None:
    """Each rewrite by itself is an equality; whether it is shorter is asked afterwards."""
    expr = parse(text)
    rewritten = rewrite(expr)

    assert rewritten is not None
    assert same_value(expr, rewritten)


def test_decimals_stay_decimals() -> None:
    """Where the reader wrote decimals, no fraction is made of them."""
    found = simplify(parse("0.5*x*y/(0.3*x)"))

    assert plain(found[-1].value) == "0.5*y/0.3"


def test_a_product_of_too_many_sums_is_not_multiplied_out() -> None:
    """Past `MOST_MONOMIALS`, `collect` leaves the expression alone."""
    wide = [add(*(Symbol(f"{letter}{i}") for i in range(20))) for letter in "pq"]
    assert MOST_MONOMIALS < 20 * 20
    assert collect(mul(*wide) + 1) is None


def test_a_polynomial_of_high_degree_is_collected_in_time() -> None:
    """The brackets tried do not double with every degree: 124 terms of degree up to 12 take a moment."""
    x, y, w = map(Symbol, "xyw")
    wide = add(*(mul(power(x, i), power(y, j), power(w, k)) for i in range(5) for j in range(5) for k in range(5) if i + j + k))
    started = time.process_time()

    collected = collect(wide)

    assert time.process_time() - started < 2
    assert collected is not None
    assert operations(collected) < operations(wide)
    assert same_value(wide, collected)


def test_a_very_long_expression_is_left_alone() -> None:
    """No rewrite is tried beyond `MOST_OPERATIONS`."""
    long = add(*(mul(Symbol("x"), Symbol("x"), Symbol(f"y{i}")) for i in range(MOST_OPERATIONS // 3 + 2)))
    assert operations(long) > MOST_OPERATIONS
    assert simplify(long) == []


# --- assumptions -------------------------------------------------------------------------------------------------


def test_targets_that_sum_to_one_are_put_in() -> None:
    """p·Σy − y becomes p − y, with the assumption named; other sums stay."""
    expr = parse("p*(y_1 + y_2) - y_1")
    for given, expected in ((("y_1", "y_2"), "p - y_1"), (("y_2", "y_1"), "p - y_1")):
        (found,) = simplify(expr, [given])
        assert (found.rule, plain(found.value), found.assumption) == (UNIT_SUM, expected, given)
    for other in ((), ("y_1", "y_3"), ("y_1", "y_2", "y_3")):
        assert simplify(expr, [other]) == []


def test_rewriting_goes_on_after_an_assumption() -> None:
    """Several assumptions are used one after the other, with rewrites between."""
    found = simplify(parse("u*(p + q)/u*(r + s)"), [("p", "q"), ("r", "s")])

    assert [step.rule for step in found] == ["cancel", UNIT_SUM, UNIT_SUM]
    assert found[-1].value == ONE


@pytest.mark.parametrize(
    ("text", "expected"), [("-x", True), ("-1", True), ("-2*x*y", True), ("x - y", False), ("x", False), ("-3", True)]
)
def test_a_leading_minus_sign_is_seen(text: str, *, expected: bool) -> None:
    """`negative` says whether an expression is written with a minus sign in front."""
    assert is_negative(parse(text)) is expected


# --- any expression at all ---------------------------------------------------------------------------------------


def random_expression(source: random.Random, depth: int) -> Expr:
    """Return a tree of sums, products, quotients and small powers over few symbols, so that much can be rewritten."""
    if depth == 0 or source.random() < 0.15:
        return source.choice([*map(Symbol, "abxy"), Number(source.choice([1, 2, 3, -1])), call("exp", Symbol("x"))])
    parts = [random_expression(source, depth - 1) for _ in range(source.choice([2, 2, 3]))]
    match source.randrange(5):
        case 0 | 1:
            return add(*parts)
        case 2:
            return mul(*parts)
        case 3:
            return power(parts[0], source.choice([2, 3, -1, -2]))
        case _:
            below = parts[1] if parts[1] != Number(0) else ONE
            return div(parts[0], below)


@pytest.mark.parametrize("seed", range(300))
def test_simplification_keeps_the_value_and_is_never_longer(seed: int) -> None:
    """Over random expressions, each step agrees with the first to 30 digits and none has more operations."""
    source = random.Random(seed)
    try:
        expr = random_expression(source, 3)
    except ZeroDivisionError:
        expr = Symbol("x")
    size = operations(expr)
    for step in simplify(expr):
        try:
            assert same_value(expr, step.value, seed), step
        except ArithmeticError:
            pytest.skip("0 in a denominator")
        assert operations(step.value) <= size, step
        assert step.rule in SAYS
        size = operations(step.value)


def test_random_expressions_are_worth_rewriting() -> None:
    """Most of the random expressions are rewritten, and each rewrite occurs among them."""
    rules: dict[str, int] = {}
    kinds = set()
    for seed in range(300):
        try:
            expr = random_expression(random.Random(seed), 3)
        except ZeroDivisionError:
            continue
        kinds.add(type(expr))
        for step in simplify(expr):
            rules[step.rule] = rules.get(step.rule, 0) + 1
    assert kinds >= {Sum, Product, Quotient}
    assert set(rules) == {row.name for row in REWRITES}
    assert sum(rules.values()) > 200
