"""Expressions to LaTeX, Unicode, ASCII and plain names: a table of textbook forms, and laws of broken lines."""

from __future__ import annotations

import math
import random
import re
from fractions import Fraction

import pytest

from symbackprop.arithmetic import FLOAT, evaluate
from symbackprop.document import Apply, Brace, Display, Numeral, Relation, Tint, Vector
from symbackprop.errors import DomainError
from symbackprop.expr import (
    ONE,
    ZERO,
    Adjoint,
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
    call,
    div,
    mul,
    number,
    power,
)
from symbackprop.functions import FUNCTIONS, piecewise
from symbackprop.notation import NOTATIONS, Speller
from symbackprop.parse import parse
from symbackprop.typeset import (
    ASCII,
    UNICODE,
    Latex,
    Text,
    Typesetter,
    ascii_text,
    decimal_text,
    latex,
    plain,
    plain_text,
    split_sign,
    unicode_text,
)

x, y, z = Symbol("x"), Symbol("y"), Symbol("z")
a, z1, w, x1 = Symbol("a1_1"), Symbol("z1_1"), Symbol("w1_1_1"), Symbol("x_1")
HALF = number(Fraction(1, 2))
CENT = number(Fraction(1, 100), decimal=True)
FUNCTION, NETWORK = Speller(network=False), Speller()

# expression, LaTeX, Unicode, plain
FORMS: list[tuple[Expr, str, str, str]] = [
    # Signs: no + −1, a leading minus, a negative first term.
    (x - y, "x - y", "x − y", "x - y"),
    (-x, "-x", "−x", "-x"),
    (-x + y, "-x + y", "−x + y", "-x + y"),
    (x - 2 * y, "x - 2 y", "x − 2·y", "x - 2*y"),
    (Sum((x, -(y + z))), "x - (y + z)", "x − (y + z)", "x - (y + z)"),
    (Sum((x, Sum((y, z)))), "x + (y + z)", "x + (y + z)", "x + (y + z)"),
    (x * Product((Number(-1), y)), "-x y", "−x·y", "-x*y"),
    (Product((x, Product((Number(-1), y)))), "x (-y)", "x·(−y)", "x*(-y)"),
    (Quotient(-x, y), r"-\frac{x}{y}", "−x/y", "-x/y"),
    (x - div(1, y), r"x - \frac{1}{y}", "x − 1/y", "x - 1/y"),
    # Numbers.
    (number(Fraction(3, 20)), r"\frac{3}{20}", "3/20", "3/20"),
    (number(Fraction(3, 20), decimal=True), "0.15", "0.15", "0.15"),
    (number(Fraction(1, 3), decimal=True), r"\frac{1}{3}", "⅓", "1/3"),
    (number(Fraction(-1, 2)), r"-\frac{1}{2}", "−½", "-1/2"),
    (HALF * power(x - y, 2), r"\tfrac{1}{2} (x - y)^2", "½·(x − y)²", "1/2*(x - y)^2"),
    (Quotient(power(x - y, 2), Number(2)), r"\frac{(x - y)^2}{2}", "(x − y)²/2", "(x - y)^2/2"),
    (2 * Constant("pi") * x, r"2 \pi x", "2·π·x", "2*pi*x"),
    # Products.
    (3 * x * y, "3 x y", "3·x·y", "3*x*y"),
    (2 * (x + y), "2 (x + y)", "2·(x + y)", "2*(x + y)"),
    (CENT * (x + y), r"0.01 \cdot (x + y)", "0.01·(x + y)", "0.01*(x + y)"),
    (Product((CENT, Number(-2))), r"0.01 \cdot (-2)", "0.01·(−2)", "0.01*(-2)"),
    (Product((Number(2), Number(-3), x)), r"2 \cdot (-3) \, x", "2·(−3)·x", "2*(-3)*x"),
    (2 * (Constant("pi") + 1), r"2 (\pi + 1)", "2·(π + 1)", "2*(pi + 1)"),
    (x * (1 - x), "x (1 - x)", "x·(1 − x)", "x*(1 - x)"),
    ((x - y) * x * (1 - x), r"(x - y) \, x (1 - x)", "(x − y)·x·(1 − x)", "(x - y)*x*(1 - x)"),
    (3 * Power(Number(2), x), r"3 \cdot 2^x", "3·2^x", "3*2^x"),
    (x * (y / z), r"x \cdot \frac{y}{z}", "x·(y/z)", "x*(y/z)"),
    (Product((x / y, z)), r"\frac{x}{y} \cdot z", "x/y · z", "x/y*z"),
    # Quotients and powers.
    (x / (y * z), r"\frac{x}{y z}", "x/(y·z)", "x/(y*z)"),
    (Quotient(x / y, z), r"\frac{\frac{x}{y}}{z}", "(x/y)/z", "(x/y)/z"),
    (Quotient(x, y / z), r"\frac{x}{\frac{y}{z}}", "x/(y/z)", "x/(y/z)"),
    (power(x, -1), "x^{-1}", "x⁻¹", "x^(-1)"),
    (power(-x, 2), "(-x)^2", "(−x)²", "(-x)^2"),
    (-power(x, 2), "-x^2", "−x²", "-x^2"),
    (power(x / y, 2), r"\left(\frac{x}{y}\right)^2", "(x/y)²", "(x/y)^2"),
    (Power(Power(x, y), z), "(x^y)^z", "(x^y)^z", "(x^y)^z"),
    (Power(x, Power(y, z)), "x^{y^z}", "x^(y^z)", "x^(y^z)"),
    (Power(Number(-2), x), "(-2)^x", "(−2)^x", "(-2)^x"),
    # Functions.
    (call("sigmoid", x), r"\sigma(x)", "σ(x)", "sigmoid(x)"),
    (call("log", x), r"\ln x", "ln(x)", "log(x)"),
    (call("log", x * y), r"\ln(x y)", "ln(x·y)", "log(x*y)"),
    (y * call("log", x), r"y \, \ln x", "y·ln(x)", "y*log(x)"),
    (Product((call("log", x), y)), r"\ln x \cdot y", "ln(x)·y", "log(x)*y"),
    (power(call("sin", x), 2), r"\sin^2 x", "sin(x)²", "sin(x)^2"),
    (power(call("sigmoid", x), 2), r"\sigma(x)^2", "σ(x)²", "sigmoid(x)^2"),
    (call("exp", -x), "e^{-x}", "exp(−x)", "exp(-x)"),
    (call("exp", x / y), "e^{x/y}", "exp(x/y)", "exp(x/y)"),
    (call("exp", call("exp", x)), r"\exp(e^x)".replace("(e^x)", r"\bigl(e^x\bigr)"), "exp(exp(x))", "exp(exp(x))"),
    (call("sqrt", x + 1), r"\sqrt{x + 1}", "√(x + 1)", "sqrt(x + 1)"),
    (call("abs", x - y), r"\lvert x - y \rvert", "|x − y|", "abs(x - y)"),
    (call("step", z), r"\mathbf{1}[z > 0]", "step(z)", "step(z)"),
    (call("max", 0, z), r"\max(0, z)", "max(0, z)", "max(0, z)"),
    (call("relu", z), r"\operatorname{ReLU}(z)", "ReLU(z)", "relu(z)"),
    (call("softmax", 1, x, y), r"\operatorname{softmax}_1(x, y)", "softmax₁(x, y)", "softmax(1, x, y)"),
    (power(Adjoint("dy_dx", "y", "x"), 2), r"\left(\frac{\partial y}{\partial x}\right)^2", "(∂y/∂x)²", "dy_dx^2"),
    (
        piecewise(ONE, (z, ">", ZERO), CENT),
        r"\begin{cases} 1 & \text{if } z > 0 \\ 0.01 & \text{otherwise} \end{cases}",
        "(1 if z > 0 else 0.01)",
        "(1 if z > 0 else 0.01)",
    ),
]

NETWORK_FORMS: list[tuple[Expr, str, str, str]] = [
    (w * x1, "w^{[1]}_{1,1} x_1", "w₁,₁⁽¹⁾·x₁", "w1_1_1*x_1"),
    (a * (1 - a), r"a^{[1]}_1 \bigl(1 - a^{[1]}_1\bigr)", "a₁⁽¹⁾·(1 − a₁⁽¹⁾)", "a1_1*(1 - a1_1)"),
    (power(a, 2), r"\bigl(a^{[1]}_1\bigr)^2", "(a₁⁽¹⁾)²", "a1_1^2"),
    (power(x1, 2), "x_1^2", "x₁²", "x_1^2"),
    (call("sigmoid", z1), r"\sigma\bigl(z^{[1]}_1\bigr)", "σ(z₁⁽¹⁾)", "sigmoid(z1_1)"),
    (Adjoint("delta1_1", "L", "z1_1") * x1, r"\delta^{[1]}_1 x_1", "δ₁⁽¹⁾·x₁", "delta1_1*x_1"),
    (
        Adjoint("dL_da1_1", "L", "a1_1") * Partial("local_a1_1_z1_1", "a1_1", "z1_1"),
        r"\frac{\partial L}{\partial a^{[1]}_1} \cdot \frac{\partial a^{[1]}_1}{\partial z^{[1]}_1}",
        "∂L/∂a₁⁽¹⁾ · ∂a₁⁽¹⁾/∂z₁⁽¹⁾",
        "dL_da1_1*local_a1_1_z1_1",
    ),
]


@pytest.mark.parametrize(
    ("speller", "expr", "tex", "text", "name"),
    [(FUNCTION, *row) for row in FORMS] + [(NETWORK, *row) for row in NETWORK_FORMS],
)
def test_textbook_forms(speller: Speller, expr: Expr, tex: str, text: str, name: str) -> None:
    """Each expression is printed as a textbook would, in every character set."""
    assert (latex(expr, speller), unicode_text(expr, speller), plain(expr)) == (tex, text, name)


@pytest.mark.parametrize(
    ("expr", "tex", "text", "ascii_"),
    [
        (Numeral("6.684e-04"), r"6.684 \cdot 10^{-4}", "6.684·10⁻⁴", "6.684e-04"),
        (Numeral("0.3775"), "0.3775", "0.3775", "0.3775"),
        (Numeral("-3/20"), r"-\frac{3}{20}", "−3/20", "-3/20"),
        (Numeral("inf"), r"\infty", "∞", "inf"),
        (Numeral("-inf"), r"-\infty", "−∞", "-inf"),
        (Numeral("nan"), r"\text{nan}", "nan", "nan"),
        (Display((Numeral("0.7"), Numeral("-0.5"))), r"0.7 \cdot (-0.5)", "0.7 · (−0.5)", "0.7 * (-0.5)"),
        (Sum((Numeral("0.5"), Numeral("-0.3"))), "0.5 - 0.3", "0.5 − 0.3", "0.5 - 0.3"),
        (Product((Numeral("0.5"), 1 - Numeral("0.3"))), r"0.5 \cdot (1 - 0.3)", "0.5·(1 − 0.3)", "0.5*(1 - 0.3)"),
        (Product((Number(2), Numeral("0.7") - 1)), r"2 \cdot (0.7 - 1)", "2·(0.7 − 1)", "2*(0.7 - 1)"),
        (power(Numeral("-0.3"), 2), "(-0.3)^2", "(−0.3)²", "(-0.3)^2"),
        (Apply(x**2 + y, x), r"\frac{\partial}{\partial x}(x^2 + y)", "∂/∂x (x² + y)", "d/dx (x^2 + y)"),
        (Apply(x**2, x, ordinary=True), r"\frac{d}{d x}(x^2)", "d/dx (x²)", "d/dx (x^2)"),
        (Relation((x, y, z), "→"), r"x \to y \to z", "x → y → z", "x -> y -> z"),
        (Relation((x, y), "≈"), r"x \approx y", "x ≈ y", "x ~= y"),
        (Relation((x, Numeral("0.5")), "="), "x = 0.5", "x = 0.5", "x = 0.5"),
        (Relation((x, y, Numeral("0.3775", exact=False))), r"x = y \approx 0.3775", "x = y ≈ 0.3775", "x = y ~= 0.3775"),
        (Relation((x, Numeral("0.3775", exact=False)), "→"), r"x \to 0.3775", "x → 0.3775", "x -> 0.3775"),
        (Vector((Number(10), Number(-6))), "(10, -6)", "(10, −6)", "(10, -6)"),
        (Display((x + y, x * y)), r"(x + y) \cdot x y", "(x + y) · x·y", "(x + y) * x*y"),
        (Brace(x * y, z), r"{\underbrace{x y}_{z}}", "x·y", "x*y"),
        (Tint(x + y, 1) * z, "(x + y) \\, z", "(x + y)·z", "(x + y)*z"),
    ],
)
def test_presentation_nodes(expr: Expr, tex: str, text: str, ascii_: str) -> None:
    """The nodes of a document are printed in every character set; without colour a tint leaves no trace."""
    assert (latex(expr, FUNCTION), unicode_text(expr, FUNCTION), ascii_text(expr, FUNCTION)) == (tex, text, ascii_)


def test_colour_stands_around_the_parentheses() -> None:
    """A tinted sum in a product is coloured with its parentheses."""
    assert latex(Tint(x + y, 0) * z, FUNCTION, colour=True) == r"\textcolor{blue}{(x + y)} \, z"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_a_form_in_every_character_set(name: str) -> None:
    """A row of the table of functions is enough to print it, its definition and its slope."""
    row = FUNCTIONS[name]
    for expr in (row(z), row.slope(z, a), *((row.define(z),) if row.define else ())):
        assert latex(expr, NETWORK)
        assert unicode_text(expr, NETWORK)
        assert ascii_text(expr, NETWORK).isascii()
        assert parse(plain(expr)) is not None


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(3, 20), "0.15"), (Fraction(-5, 4), "-1.25"), (Fraction(1, 3), None), (Fraction(1, 1000), "0.001"), (7, "7")],
)
def test_decimals_are_written_out_only_when_they_end(value: Fraction | int, text: str | None) -> None:
    """A finite expansion is found for denominators of twos and fives, and for no other."""
    assert decimal_text(value) == text


@pytest.mark.parametrize(
    ("expr", "negative"),
    [(Number(-2), True), (x, False), (-x, True), (Quotient(-x, y), True), (Tint(Numeral("-1"), 0), True), (x - y, False)],
)
def test_the_sign_of_a_term(expr: Expr, negative: bool) -> None:
    """A term is negative when its first number is."""
    assert split_sign(expr)[0] is negative


# --------------------------------------------------------------------------------------- random ones

LEAVES: tuple[Expr, ...] = (x, y, z, Number(2), Number(-3), HALF, CENT, number(Fraction(-2, 7)))


def random_expr(source: random.Random, size: int) -> Expr:
    """Build an expression of about `size` leaves."""
    if size <= 1:
        return source.choice(LEAVES)
    sizes = [max(1, size // 3)] * 3
    parts = [random_expr(source, s) for s in sizes]
    match source.randrange(8):
        case 0 | 1:
            return add(*parts)
        case 2 | 3:
            return mul(*parts)
        case 4:
            return div(parts[0], parts[1] if parts[1] != ZERO else x)
        case 5:
            return power(parts[0] if parts[0] != ZERO else x, source.choice((2, 3, -1)))
        case 6:
            return call(source.choice(("sigmoid", "tanh", "exp", "abs", "sqrt", "log")), parts[0])
        case _:
            return piecewise(parts[0], (parts[1], source.choice(("<", ">", "<=", ">=")), ZERO), parts[2])


def value(expr: Expr) -> float:
    try:
        return evaluate(expr, {"x": 0.71, "y": 0.37, "z": -0.53}, FLOAT)
    except (DomainError, OverflowError):
        return math.nan


RANDOM = [random_expr(random.Random(seed), size) for seed in range(60) for size in (3, 9, 40)]


@pytest.mark.parametrize("charset", [UNICODE, ASCII], ids=["unicode", "ascii"])
@pytest.mark.parametrize("width", [24, 40, 80])
def test_broken_lines_read_as_the_whole(width: int, charset: object) -> None:
    """The lines of a broken expression, put together, are read back as an equal expression."""
    setter = Typesetter(Text(UNICODE if charset is UNICODE else ASCII), FUNCTION)
    for expr in RANDOM:
        lines = setter.lines(expr, width)
        read = parse(plain_text(" ".join(line.text for line in lines)))

        assert value(read) == pytest.approx(value(expr), rel=1e-9, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("width", [40, 80])
def test_lines_fit_and_their_width_is_true(width: int) -> None:
    """A line says how wide it is, and what is built of short pieces fits the width with its indentation."""
    setter = Typesetter(Text(UNICODE), FUNCTION)
    for expr in RANDOM:
        for line in setter.lines(expr, width):
            assert len(line.text) == line.width
            assert line.width + setter.emitter.indent * line.depth <= width


@pytest.mark.parametrize("width", [12.0, 22.0, 45.0])
def test_broken_latex_is_balanced_on_every_line(width: float) -> None:
    r"""Each line of broken LaTeX closes its braces, and has as many \left as \right, so that it can stand in a cell."""
    setter = Typesetter(Latex(), FUNCTION)
    for expr in RANDOM:
        for line in setter.lines(expr, width):
            bare = line.text.replace(r"\{", "").replace(r"\}", "")
            assert bare.count("{") == bare.count("}")
            assert len(re.findall(r"\\left\b", bare)) == len(re.findall(r"\\right\b", bare))
            assert len(re.findall(r"\\begin\b", bare)) == len(re.findall(r"\\end\b", bare))


@pytest.mark.parametrize(
    ("setter", "name"),
    [(Latex(), r"\operatorname{softmax}_2"), (Text(UNICODE), "softmax₂"), (Text(ASCII), "softmax_2")],
    ids=["latex", "unicode", "ascii"],
)
@pytest.mark.parametrize("width", [16, 24, 30, 40])
def test_an_argument_of_several_lines_shares_none_of_them(width: int, setter: Latex | Text, name: str) -> None:
    """A component of softmax keeps its number at its name; a line is broken after a comma, and none begins with one."""
    long = [add(*(Symbol(f"{letter}{k}") for k in range(24))) for letter in "ab"]
    lines = [line.text for line in Typesetter(setter, FUNCTION).lines(call("softmax", 2, *long, z), width)]
    text = " ".join(lines)

    assert text.startswith(name + "(")
    assert not any(line.startswith(",") for line in lines)
    assert sum("," in line for line in lines) == sum(line.endswith(",") for line in lines) == 2


@pytest.mark.parametrize("colour", [0, 5, 7, 8, 20])
def test_a_colour_stands_for_one_factor(colour: int) -> None:
    """Each of the first factors has a colour of its own, and those beyond the last colour have none."""
    earlier = {latex(Tint(x, k), FUNCTION, colour=True) for k in range(colour)}
    tinted = latex(Tint(x, colour), FUNCTION, colour=True)

    assert (tinted == "x") is (colour >= 8)
    assert tinted not in earlier or colour > 8


def test_no_factor_is_left_alone() -> None:
    """A chain that needs two lines is split evenly."""
    chain = Display(tuple(Partial(f"p{i}", f"a{i}", f"b{i}") for i in range(7)))
    setter = Typesetter(Text(UNICODE), FUNCTION)
    total = setter.box(chain).width
    for width in range(int(total / 2) + 8, int(total)):
        widths = [line.width for line in setter.lines(chain, width)]

        assert len(widths) == 2
        assert max(widths) - min(widths) <= 0.4 * total


def test_a_sum_of_long_terms_has_one_term_a_line() -> None:
    """Paths are printed one below the other, each beginning with its sign."""
    paths = Sum(tuple(Display(tuple(Partial(f"p{i}{j}", f"u{i}", f"v{j}") for i in range(5))) for j in range(3)))
    lines = Typesetter(Text(UNICODE), FUNCTION).lines(paths, 60)

    assert [line.text[0] for line in lines] == ["∂", "+", "+"]


def test_parentheses_are_opened_only_as_a_last_resort() -> None:
    """A factor that fits a line stays whole."""
    factor = add(*(Symbol(f"x{i}") for i in range(6)))
    product = Product((factor, Symbol("y"), factor, factor))
    for line in Typesetter(Text(UNICODE), FUNCTION).lines(product, 50):
        assert line.text.count("(") == line.text.count(")")


def test_long_expressions_are_broken_in_time() -> None:
    """Breaking is linear in practice: a sum of 5,000 products takes no time to speak of."""
    terms = tuple(Product((Symbol(f"w1_1_{i}"), Symbol(f"x_{i}"))) for i in range(1, 5001))
    lines = Typesetter(Text(UNICODE), NETWORK).lines(Sum(terms), 80)

    assert sum(line.text.count("·") for line in lines) == 5000


@pytest.mark.parametrize("notation", NOTATIONS)
def test_widths_of_latex_are_estimated_for_every_notation(notation: str) -> None:
    """An index more makes a symbol wider; a fraction is as wide as its wider half."""
    setter = Typesetter(Latex(), Speller(NOTATIONS[notation]))

    assert setter.box(Symbol("w1_10_10")).width > setter.box(Symbol("w1_1_1")).width > setter.box(Symbol("b1_1")).width
    assert setter.box(w / z1).width < setter.box(w).width + setter.box(z1).width


def test_the_tables_are_not_empty() -> None:
    """The tests above run on something."""
    assert len(FORMS) > 40
    assert len({plain(expr) for expr in RANDOM}) > 100
