"""Text to expressions: what is read, what is refused, and that what is printed can be read back."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from symbackprop.arithmetic import FLOAT, evaluate
from symbackprop.errors import DomainError, InputError, ParseError, UnknownNameError
from symbackprop.expr import (
    ZERO,
    Cases,
    Condition,
    Constant,
    Expr,
    Number,
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
from symbackprop.functions import FUNCTIONS, VECTOR_FUNCTIONS
from symbackprop.names import normalise_name, plain_name
from symbackprop.parse import (
    CALLABLE,
    DEEPEST_NESTING,
    constant,
    parse,
    parse_point,
    read_definitions,
)
from symbackprop.typeset import plain

x, y, z, a, theta, x_1 = map(Symbol, ("x", "y", "z", "a", "theta", "x_1"))
PI, E = Constant("pi"), Constant("e")


def decimal(text: str) -> Number:
    """Return a number that was written with a decimal point."""
    return number(Fraction(text), decimal=True)


READ: dict[str, Expr] = {
    # numbers
    "3": number(3),
    "0.15": decimal("0.15"),
    ".5": decimal("0.5"),
    "2.": decimal("2"),
    "1e-3": decimal("0.001"),
    "2.5E+2": decimal("250"),
    "1/3": number(Fraction(1, 3)),
    "½": number(Fraction(1, 2)),
    "¾x": Fraction(3, 4) * x,
    "−2": number(-2),
    # products, with and without a sign
    "2x": 2 * x,
    "3x^2": 3 * x**2,
    "3*x**2": 3 * x**2,
    "2(x+1)": 2 * (x + 1),
    "x(1+x)": x * (1 + x),
    "x y": x * y,
    "(x+1)(x-1)": (x + 1) * (x - 1),
    "2 x (y)": 2 * x * y,
    "x·y×z⋅a": x * y * z * a,
    "2e": 2 * E,
    "2e3": decimal("2000"),
    # quotients bind like products, from the left
    "x/2": div(x, 2),
    "1/2x": Fraction(1, 2) * x,
    "1/2(a-y)^2": Fraction(1, 2) * (a - y) ** 2,
    "x/y/z": div(div(x, y), z),
    "x/y*z": mul(div(x, y), z),
    "x*y/z": div(x * y, z),
    "x÷y": div(x, y),
    # signs bind looser than powers and products
    "-x": -x,
    "-x^2": -(x**2),
    "-x/2": -div(x, 2),
    "--x": x,
    "+x": x,
    "x - -y": x + y,
    "2*-x": -2 * x,
    "x - (y - z)": Sum((x, Product((Number(-1), Sum((y, -z)))))),
    # powers, from the right
    "x^y^z": power(x, power(y, z)),
    "x**y": power(x, y),
    "x^-1": power(x, -1),
    "2^-1": number(Fraction(1, 2)),
    "-2^2": number(-4),
    "(-2)^2": number(4),
    "x²": x**2,
    "x²y": x**2 * y,
    "x⁻¹": power(x, -1),
    "x¹²": x**12,
    "2^x": power(2, x),
    "x^½": power(x, Fraction(1, 2)),
    # functions
    "sin(x)": call("sin", x),
    "ln(x)": call("log", x),
    "σ(x)": call("sigmoid", x),
    "sigma(x)": call("sigmoid", x),
    "swish(x)": call("silu", x),
    "sech(x)": call("sech", x),
    "sin^2(x)": call("sin", x) ** 2,
    "sin²(x)": call("sin", x) ** 2,
    "2sin(x)cos(x)": 2 * call("sin", x) * call("cos", x),
    "√x": call("sqrt", x),
    "√(x+1)": call("sqrt", x + 1),
    "√2x": call("sqrt", number(2)) * x,
    "|x|": call("abs", x),
    "2|x-|y||": 2 * call("abs", x - call("abs", y)),
    "|x|y": call("abs", x) * y,
    "max(0, x)": call("max", 0, x),
    "max(1, x, y)": call("max", call("max", 1, x), y),
    "softmax(2, x, y)": call("softmax", 2, x, y),
    # constants
    "pi": PI,
    "π": PI,
    "e": E,
    "e^x": call("exp", x),
    "e^(-x^2/2)": call("exp", -div(x**2, 2)),
    "e²": call("exp", 2),
    # names
    "θ": theta,
    "theta": theta,
    "x₁": x_1,
    "θ1 + δ1_2": Symbol("theta1") + Symbol("delta1_2"),
    "2σ^2": 2 * Symbol("sigma") ** 2,
    "xy": Symbol("xy"),
    "Δx": Symbol("Δx"),
    # conditions
    "1 if z > 0 else 0.01": Cases(((number(1), Condition(z, ">", ZERO)),), decimal("0.01")),
    "(x if z ≤ 0 else y if z < 1 else 2)z": mul(
        Cases(((x, Condition(z, "<=", ZERO)), (y, Condition(z, "<", number(1)))), number(2)), z
    ),
    # space and lines
    " x\n + \t y ": x + y,
}

STRICT: dict[str, tuple[tuple[str, ...], Expr]] = {
    "xy": (("x", "y"), x * y),
    "2xy": (("x", "y", "xy"), 2 * Symbol("xy")),
    "xyx_1": (("x", "y", "x_1"), x * y * x_1),
    "x1x2": (("x1", "x2"), Symbol("x1") * Symbol("x2")),
    "ab": (("a", "ab", "b"), Symbol("ab")),
    "aab": (("a", "ab"), a * Symbol("ab")),
    "e": (("e",), Symbol("e")),
    "e^x": (("e", "x"), power(Symbol("e"), x)),
    "step*x": (("step", "x"), Symbol("step") * x),
    "step(x)": (("step", "x"), Symbol("step") * x),
    "a(1-a)": (("a",), a * (1 - a)),
}

DEFINITIONS: dict[str, list[tuple[str, Expr]]] = {
    "x^2": [("f", x**2)],
    "u = 2*x + 1; y = u^3": [("u", 2 * x + 1), ("y", Symbol("u") ** 3)],
    "u = x\ny = u": [("u", x), ("y", Symbol("u"))],
    "\n u = (x +\n 1);;\n y = u ;\n": [("u", x + 1), ("y", Symbol("u"))],
    "u = 2x; u^2": [("u", 2 * x), ("f", Symbol("u") ** 2)],
    "f*g": [("F", Symbol("f") * Symbol("g"))],
    "3x^2 + 2xy + y^2": [("f", Sum((3 * x**2, 2 * x * y, y**2)))],
    "xy": [("f", Symbol("xy"))],
    "e = x; y = e^2": [("e", x), ("y", Symbol("e") ** 2)],
    "y = e^x": [("y", call("exp", x))],
    "f(x) = e^x; g = f(x)^2": [("f", call("exp", x)), ("g", Symbol("f") ** 2)],
    "f(y, x) = x/y": [("f", div(x, y))],
    "θ = x; y = 2theta": [("theta", x), ("y", 2 * theta)],
    "sigma = x; y = sigma(x)": [("sigma", x), ("y", Symbol("sigma") * x)],
}

POINTS: dict[str, dict[str, Expr]] = {
    "x=1": {"x": number(1)},
    "x_1=1,x_2=2": {"x_1": number(1), "x_2": number(2)},
    " x = -1/2 ; y = 0.5 ": {"x": number(Fraction(-1, 2)), "y": decimal("0.5")},
    "x=max(1,2), y=log(2)": {"x": call("max", 1, 2), "y": call("log", 2)},
    "x=1\ny=2": {"x": number(1), "y": number(2)},
    "θ=π": {"theta": PI},
    "x=1,": {"x": number(1)},
}

CONSTANTS: list[tuple[object, Expr]] = [
    (2, number(2)),
    (0.15, decimal("0.15")),
    (2.0, decimal("2")),
    (1e-7, decimal("0.0000001")),
    (Fraction(1, 3), number(Fraction(1, 3))),
    (Decimal("0.10"), decimal("0.1")),
    ("1/3", number(Fraction(1, 3))),
    ("log(2)", call("log", 2)),
    ("1 + sin(pi/4)", 1 + call("sin", div(PI, 4))),
    ("-e", -E),
    (number(3), number(3)),
]

KNOWN = ("x_1", "x_2", "y_1", "w1_2_3", "w1_1_1", "w1_11_1", "w1_1_11", "b1_2", "z1_2", "a1_2", "L")
SAMPLES = ("x_1_s1", "x_1_s2", "a1_1_s1", "a1_1_s2", "L_s1", "L_s2", "J", "w1_1_1")

NAMES: list[tuple[str, tuple[str, ...], str]] = [
    ("w1_2_3", KNOWN, "w1_2_3"),
    (" w1_2_3 ", KNOWN, "w1_2_3"),
    ("w1[2,3]", KNOWN, "w1_2_3"),
    ("w1[2, 3]", KNOWN, "w1_2_3"),
    ("w1_23", KNOWN, "w1_2_3"),
    ("w123", KNOWN, "w1_2_3"),
    ("w^{[1]}_{2,3}", KNOWN, "w1_2_3"),
    ("w_{2,3}^{[1]}", KNOWN, "w1_2_3"),
    ("w_{23}^{(1)}", KNOWN, "w1_2_3"),
    ("w^{1}_{23}", KNOWN, "w1_2_3"),
    ("w^1_{23}", KNOWN, "w1_2_3"),
    ("w_1_2_3", KNOWN, "w1_2_3"),
    ("$w^{[1]}_{2,3}$", KNOWN, "w1_2_3"),
    ("W1[2,3]", KNOWN, "w1_2_3"),
    ("w1[11,1]", KNOWN, "w1_11_1"),
    ("b^{[1]}_2", KNOWN, "b1_2"),
    ("a_2^{(1)}", KNOWN, "a1_2"),
    ("x1", KNOWN, "x_1"),
    ("x₂", KNOWN, "x_2"),
    ("x[2]", KNOWN, "x_2"),
    ("x_{1}", KNOWN, "x_1"),
    ("y", KNOWN, "y_1"),
    ("dL/dw1_2_3", KNOWN, "dL_dw1_2_3"),
    ("∂L/∂w1[2,3]", KNOWN, "dL_dw1_2_3"),
    ("d L / d y", KNOWN, "dL_dy_1"),
    ("delta1_2", KNOWN, "delta1_2"),
    ("δ1_2", KNOWN, "delta1_2"),
    (r"\delta^{[1]}_2", KNOWN, "delta1_2"),
    ("x_1^{(2)}", SAMPLES, "x_1_s2"),
    ("a_1^{[1](2)}", SAMPLES, "a1_1_s2"),
    ("a1_1_s2", SAMPLES, "a1_1_s2"),
    ("L^{(2)}", SAMPLES, "L_s2"),
    ("theta", ("theta", "x"), "theta"),
    ("θ", ("theta", "x"), "theta"),
]

UNKNOWN: list[tuple[str, tuple[str, ...], str]] = [
    ("w1_111", KNOWN, '"w1_111" is ambiguous: it can be w1_11_1 or w1_1_11'),
    ("x", KNOWN, '"x" is ambiguous: it can be x_1 or x_2'),
    ("y_2", KNOWN, 'unknown name "y_2"; did you mean "y_1"?'),
    ("w2_2_3", KNOWN, 'unknown name "w2_2_3"; did you mean "w1_2_3"?'),
    ("q", ("x", "y"), 'unknown name "q" (known: x, y)'),
    ("dL/dq", ("L", "x"), 'unknown name "q" (known: L, x)'),
    ("w^{}", ("x",), 'unknown name "w^{}" (known: x)'),
    ("x" * 300, KNOWN, 'unknown name "xxxxxxxxxxxxxxxxxxxxxxx…" (300 characters long)'),
]


@pytest.mark.parametrize("text", READ)
def test_reads(text: str) -> None:
    """An expression is read as a teacher would read it."""
    assert parse(text) == READ[text]


@pytest.mark.parametrize("text", STRICT)
def test_reads_among_known_names(text: str) -> None:
    """A declared name is one name, whatever it is called; an undeclared run of letters is a product of declared ones."""
    names, expected = STRICT[text]

    assert parse(text, names) == expected


@pytest.mark.parametrize("text", DEFINITIONS)
def test_reads_definitions(text: str) -> None:
    """Definitions stand between semicolons or on lines; one without a name is the output f."""
    assert list(read_definitions(text).definitions) == DEFINITIONS[text]


@pytest.mark.parametrize("text", POINTS)
def test_reads_points(text: str) -> None:
    """A point gives names constants, which stay exact."""
    assert parse_point(text) == POINTS[text]


@pytest.mark.parametrize(("value", "expected"), CONSTANTS, ids=str)
def test_reads_constants(value: object, expected: Expr) -> None:
    """A number in a problem stays as written, from whichever type it comes."""
    assert constant(value) == expected


def test_decimals_stay_decimals() -> None:
    """0.15 is 3/20 and remembers how it was written; 3/20 does not become a decimal."""
    numbers = [parse("0.15"), parse("3/20"), constant(0.15), constant(Decimal("0.15")), constant("0.15")]

    assert [(n.value, n.decimal) for n in numbers if isinstance(n, Number)] == [
        (Fraction(3, 20), decimal) for decimal in (True, False, True, True, True)
    ]


def test_point_accepts_every_spelling_of_a_name() -> None:
    """With the names of a problem, a point may spell them as in a book, or in the course's own way."""
    known = ("x_1", "w1_2_3", "w1_1_1")

    assert parse_point("w^{[1]}_{2,3} = 1, w1[1,1]=2, i1=3", known, {"x_1": "i1"}) == {
        "w1_2_3": number(1),
        "w1_1_1": number(2),
        "x_1": number(3),
    }


def test_every_function_can_be_read_by_every_name() -> None:
    """Each name and alias of the table of functions can be called."""
    for row in FUNCTIONS.values():
        for name in (row.name, *row.aliases):
            assert parse(f"{name}(x)") == call(row.name, x)
    for row in VECTOR_FUNCTIONS.values():
        assert parse(f"{row.name}(1, x, y)") == call(row.name, 1, x, y)


def test_used_names_include_those_that_cancel() -> None:
    """0·x loses x, but x was written; a signature gives the order of the leaves."""
    assert read_definitions("y = 0*x + z").used == ("x", "z")
    assert read_definitions("f(y, x) = x/y").used == ("y", "x")


@pytest.mark.parametrize(("text", "known", "expected"), NAMES, ids=str)
def test_normalises_names(text: str, known: tuple[str, ...], expected: str) -> None:
    """A name may be typed as in a book."""
    assert normalise_name(text, known) == expected


@pytest.mark.parametrize(("text", "known", "message"), UNKNOWN, ids=lambda value: str(value)[:40])
def test_refuses_names(text: str, known: tuple[str, ...], message: str) -> None:
    """A name that means nothing, or two things, is refused with what would be accepted."""
    with pytest.raises(UnknownNameError) as caught:
        normalise_name(text, known)

    assert str(caught.value) == message


def test_own_names_come_first() -> None:
    """The problem's own name wins over a reading of the same text by position."""
    assert normalise_name("w1", ("w1_1_1", "w1_1_2"), {"w1_1_2": "w1"}) == "w1_1_2"
    assert normalise_name("dE/dw5", ("L", "w2_1_1"), {"L": "E", "w2_1_1": "w5"}) == "dL_dw2_1_1"


def test_plain_names_are_identifiers() -> None:
    """Greek letters and subscripts become letters and digits."""
    assert [plain_name(t) for t in ("θ", "δ1_2", "x₁₂", "x_₁", "Δx", "𝑥", "ŷ")] == [
        "theta", "delta1_2", "x_12", "x_1", "Δx", "x", "ŷ",
    ]  # fmt: skip


def test_position_points_at_the_fault() -> None:
    """A ParseError carries the text and the offset, so that a caret can be drawn."""
    with pytest.raises(ParseError) as caught:
        read_definitions("u = 2*x\ny = u +* 2")

    assert caught.value.text[caught.value.position] == "*"
    assert str(caught.value).startswith("line 2, column 8: ")


def test_long_texts_within_the_budget_are_read() -> None:
    """Long flat sums and products are read, in time that grows with their length."""
    many = 20_000

    assert len(parse("+".join(["x"] * many)).terms) == many
    assert len(parse("*".join(["x"] * many)).factors) == many
    assert parse("(" * DEEPEST_NESTING + "x" + ")" * DEEPEST_NESTING) == x


# ------------------------------------------------------------------------------------------ laws

LETTERS = ("x", "y", "z", "a1_1", "w1_2_3", "theta", "delta1_2", "e1", "xy", "beta0")
UNARY = sorted(FUNCTIONS)

numbers = st.one_of(
    st.integers(-20, 20).map(number),
    st.fractions(-5, 5, max_denominator=12).map(number),
    st.integers(-200, 200).map(lambda n: number(Fraction(n, 100), decimal=True)),
)
leaves = st.one_of(numbers, st.sampled_from(LETTERS).map(Symbol), st.just(PI))


def quotient(parts: tuple[Expr, Expr]) -> Expr:
    return div(*parts) if parts[1] != ZERO else parts[0]


def raised(parts: tuple[Expr, Expr]) -> Expr:
    base, exponent = parts
    return power(base, exponent) if base != ZERO else exponent


def condition(parts: tuple[Expr, Expr, str, Expr, Expr]) -> Expr:
    value, left, relation, right, otherwise = parts
    return Cases(((value, Condition(left, relation, right)),), otherwise)


def compound(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    small = st.one_of(st.integers(-3, 4).map(number), st.sampled_from(LETTERS).map(Symbol), numbers)
    return st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(lambda terms: add(*terms)),
        st.lists(inner, min_size=2, max_size=4).map(lambda factors: mul(*factors)),
        st.tuples(inner, inner).map(quotient),
        st.tuples(inner, small).map(raised),
        st.tuples(st.sampled_from(UNARY), inner).map(lambda t: call(*t)),
        st.tuples(st.sampled_from(["max", "min"]), inner, inner).map(lambda t: call(*t)),
        st.tuples(st.sampled_from(sorted(VECTOR_FUNCTIONS)), st.integers(1, 2), inner, inner).map(lambda t: call(*t)),
        st.tuples(inner, inner, st.sampled_from(["<", "<=", ">", ">="]), inner, inner).map(condition),
    )


expressions = st.recursive(leaves, compound, max_leaves=12)


def within_budget(expr: Expr) -> bool:
    """Is every number short enough, and every exponent small enough, to be typed?"""
    parts: list[Expr] = [expr]
    while parts:
        part = parts.pop()
        match part:
            case Number(value):
                if max(abs(value.numerator), value.denominator) >= 10**40:
                    return False
            case Power(base, exponent):
                if isinstance(exponent, Number) and (abs(exponent.value) > 100 or isinstance(base, Power | Number)):
                    return False
                parts += [base, exponent]
            case Sum(inner) | Product(inner):
                parts += inner
            case Quotient(top, bottom):
                parts += [top, bottom]
            case _:
                parts += getattr(part, "arguments", ())
    return True


def value(expr: Expr) -> float:
    """Return the value at a point where letters differ, NaN where there is none."""
    env = {name: 0.37 + 0.11 * place for place, name in enumerate(LETTERS)}
    try:
        return evaluate(expr, env, FLOAT)
    except DomainError:
        return math.nan


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(expressions.filter(within_budget))
def test_what_is_printed_can_be_read_back(expr: Expr) -> None:
    """`typeset.plain` prints an expression so that `parse` returns an equal one; what was read is read again as the same."""
    read = parse(plain(expr), LETTERS)

    assert parse(plain(read), LETTERS) == read
    assert value(read) == pytest.approx(value(expr), rel=1e-9, abs=1e-12, nan_ok=True)


PIECES = st.sampled_from(
    [*"0123456789.eExyzabf()[]{}|,;=<>+-*/^ _²³¹⁻½√·×−πσθ\n\t\"'\\#&!?%~:∞∂₁ﬁºªⅣ\u0301\u200d𝑥",
     "**", "<=", ">=", "sin", "softmax(1,", "max(", "log(", "if", " else ", "f(x)=", "x_1", "w1_2_3", "9**9**9", "dL/dw", "1/0"]
)  # fmt: skip
texts = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=40))


@settings(max_examples=600, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(texts)
@example("")
@example("(" * 1000)
@example("-" * 1000)
@example("x^" * 1000)
@example("√" * 1000)
@example("1 if x>1 else " * 1000)
@example("9^9^9^9")
@example("^{}" * 10)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is typed, the answer is a result or an InputError of one line; never another exception."""
    readers = (
        parse,
        lambda t: parse(t, LETTERS),
        read_definitions,
        parse_point,
        lambda t: parse_point(t, KNOWN),
        constant,
        lambda t: normalise_name(t, KNOWN),
    )
    for read in readers:
        message = ""
        try:
            read(text)
        except InputError as error:
            message = str(error)
        assert "\n" not in message
        assert len(message) < 300


def test_the_tables_are_not_empty() -> None:
    """No test passes by running nothing."""
    assert min(len(READ), len(NAMES)) > 30
    assert min(len(STRICT), len(DEFINITIONS), len(CONSTANTS)) > 10
    assert len(CALLABLE) > 40
