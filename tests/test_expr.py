"""The expression tree: what building folds and what it leaves as written."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbackprop.expr import (
    MINUS_ONE,
    ONE,
    ZERO,
    Adjoint,
    Call,
    Cases,
    Condition,
    Constant,
    Expr,
    Number,
    Partial,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    add,
    as_expr,
    call,
    children,
    div,
    mul,
    number,
    operations,
    power,
    rebuild,
    substitute,
    symbols,
    transform,
    uncollected,
    walk,
)
from symbackprop.parse import parse

X, Y, Z = map(Symbol, "xyz")
HALF = Fraction(1, 2)

BUILT: tuple[tuple[str, Expr, Expr], ...] = (
    ("nothing added is 0", add(), ZERO),
    ("one term is itself", add(X), X),
    ("zeros are dropped", add(X, 0, Y, ZERO), Sum((X, Y))),
    ("sums are flattened", add(X, add(Y, Z)), Sum((X, Y, Z))),
    ("nothing is collected", add(X, X), Sum((X, X))),
    ("numbers among others stay", add(X, 1, 2), Sum((X, ONE, Number(2)))),
    ("numbers alone are added", add(1, HALF), Number(Fraction(3, 2))),
    ("a term may be the negative of another", add(X, -X), Sum((X, Product((MINUS_ONE, X))))),
    ("nothing multiplied is 1", mul(), ONE),
    ("ones are dropped", mul(X, 1, Y), Product((X, Y))),
    ("zero is zero", mul(X, 0, Y), ZERO),
    ("products are flattened", mul(mul(X, Y), Z), Product((X, Y, Z))),
    ("numbers gather in front", mul(X, 2, Y, 3), Product((Number(6), X, Y))),
    ("signs cancel", mul(-1, mul(-1, X)), X),
    ("2·½ is 1", mul(2, HALF, X), X),
    ("numbers alone are multiplied", mul(2, 3), Number(6)),
    ("a quotient of numbers is a number", div(1, 3), Number(Fraction(1, 3))),
    ("4/2 is 2", div(4, 2), Number(2)),
    ("x/1 is x", div(X, 1), X),
    ("x/(−1) is −x", div(X, -1), Product((MINUS_ONE, X))),
    ("0/x is 0", div(0, X), ZERO),
    ("x/2 stays a fraction", div(X, 2), Quotient(X, Number(2))),
    ("x/x is not struck", div(X, X), Quotient(X, X)),
    ("x⁰ is 1", power(X, 0), ONE),
    ("x¹ is x", power(X, 1), X),
    ("2³ is 8", power(2, 3), Number(8)),
    ("2⁻² is ¼", power(2, -2), Number(Fraction(1, 4))),
    ("(½)² is ¼", power(HALF, 2), Number(Fraction(1, 4))),
    ("2^½ stays", power(2, HALF), Power(Number(2), Number(HALF))),
    ("0⁻¹ stays", power(0, -1), Power(ZERO, MINUS_ONE)),
    ("9^(9^9) is not worked out", power(9, 9**9), Power(Number(9), Number(9**9))),
    ("x^y stays", power(X, Y), Power(X, Y)),
)


@pytest.mark.parametrize(("law", "built", "expected"), BUILT, ids=[row[0] for row in BUILT])
def test_building_does_the_arithmetic_nobody_writes_down(law: str, built: Expr, expected: Expr) -> None:
    """0·x, 1·x, x⁰, 2·3; and nothing else."""
    assert built == expected, law


def test_dividing_by_the_number_zero_is_refused() -> None:
    """1/0 and x/0 are no expressions."""
    for top in (1, X):
        with pytest.raises(ZeroDivisionError):
            div(top, 0)


def test_python_s_operators_build_expressions() -> None:
    """On either side of a number; − is a sign in front of the term."""
    assert Sum((X, ONE)) == X + 1
    assert Sum((ONE, X)) == 1 + X
    assert Sum((X, Product((MINUS_ONE, Y)))) == X - Y
    assert Sum((ONE, Product((MINUS_ONE, X)))) == 1 - X
    assert 2 * X == X * 2 == Product((Number(2), X))
    assert Quotient(X, Y) == X / Y
    assert Quotient(ONE, X) == 1 / X
    assert Power(X, Number(2)) == X**2
    assert Product((MINUS_ONE, X)) == -X


def test_a_decimal_is_remembered_and_equal() -> None:
    """0.5 and ½ are the same number, written in two ways; what is made of decimals is a decimal."""
    decimal = number(HALF, decimal=True)
    assert decimal == number(HALF)
    assert hash(decimal) == hash(number(HALF))
    assert decimal.decimal
    assert mul(decimal, 3).decimal
    assert add(decimal, 1).decimal
    assert div(decimal, 3).decimal
    assert power(decimal, 2).decimal
    assert not number(Fraction(4, 2), decimal=True).decimal
    assert decimal != HALF


def test_python_numbers_become_expressions() -> None:
    """Whole fractions are whole."""
    assert as_expr(Fraction(6, 2)) == Number(3)
    assert isinstance(as_expr(Fraction(6, 2)).value, int)
    assert as_expr(X) is X


KINDS = (
    X,
    Adjoint("dL_dw", "L", "w"),
    Partial("local_z_w", "z", "w"),
    Number(2),
    Constant("pi"),
    X + Y,
    X * Y,
    X / Y,
    X**Y,
    call("sigmoid", X),
    call("softmax", 1, X, Y),
    Cases(((X, Condition(X, "<", Y)), (Y, Condition(Y, ">=", Z))), Z),
)


@pytest.mark.parametrize("expr", KINDS, ids=lambda expr: type(expr).__name__)
def test_an_expression_is_its_parts(expr: Expr) -> None:
    """`rebuild` is the inverse of `children`, and an expression is hashable and equal to its copy."""
    assert rebuild(expr, children(expr)) == expr
    assert hash(expr) == hash(rebuild(expr, children(expr)))
    assert next(iter(walk(expr))) is expr
    assert transform(expr, lambda _: None) is expr


def test_parts_come_in_reading_order() -> None:
    """`walk` goes outermost first; `symbols` lists by first appearance, tests of cases included."""
    assert [type(part).__name__ for part in walk(2 * X + Y)] == ["Sum", "Product", "Number", "Symbol", "Symbol"]
    assert list(symbols(parse("b + w*x/(a + b)^c"))) == ["b", "w", "x", "a", "c"]
    assert list(symbols(Cases(((Z, Condition(Y, "<", X)),), Symbol("w")))) == ["z", "y", "x", "w"]


def test_substitution_is_all_at_once() -> None:
    """What is put in is not looked at again; other names stay."""
    assert substitute(parse("x*y + z"), {"x": Y, "y": X}) == parse("y*x + z")
    assert substitute(X**2, {"x": Number(3)}) == Number(9)
    expr = parse("sin(z)")
    assert substitute(expr, {"x": Y}) is expr


def test_a_rewrite_stops_where_it_answers() -> None:
    """Top down: a part that was replaced is not entered."""
    seen = []

    def look(part: Expr) -> Expr | None:
        seen.append(part)
        return ONE if isinstance(part, Call) else None

    assert transform(parse("x + sin(y)"), look) == X + 1
    assert Y not in seen


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("x", 0),
        ("3", 0),
        ("-x", 0),
        ("x - y", 1),
        ("-x*y", 1),
        ("2*x", 1),
        ("x*y*z", 2),
        ("x/y", 1),
        ("x^2", 1),
        ("(a - y)*a*(1 - a)", 4),
        ("sin(x)", 1),
        ("max(x, y + 1)", 2),
        ("softmax(1, x, y)", 1),
        ("(x if x > y else 0)", 1),
        ("(x if x > y + 1 else x*y)", 3),
        ("pi*e", 1),
    ],
)
def test_operations_are_counted_as_one_calculates(text: str, count: int) -> None:
    """A minus sign costs nothing, a condition one."""
    assert operations(parse(text)) == count


def test_the_garbage_collector_is_as_before() -> None:
    """Building a large derivation pauses it, whatever happens inside, and one inside another."""
    import gc

    assert gc.isenabled()
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), uncollected():
        div(X, 0)
    assert gc.isenabled()
