"""Expressions as SymPy objects: same values, slopes and definitions, made only when asked for."""

from __future__ import annotations

import random
import subprocess
import sys
from fractions import Fraction

import mpmath
import pytest
import sympy
from cases import CASES, LARGE
from oracles import DIGITS, TEXTBOOK, close, mp, number, real_reference, sympy_of

from symbackprop.document import Display
from symbackprop.expr import Adjoint, Call, Constant, Number, Partial, Symbol, call
from symbackprop.functions import FUNCTIONS, SELECTIONS, VECTOR_FUNCTIONS
from symbackprop.parse import parse
from symbackprop.sympy_bridge import to_sympy

X, Y = Symbol("x"), Symbol("y")
x, y = sympy.symbols("x y", real=True)

OBJECTS = (
    ("w*x + b", "b + w*x"),
    ("x - y", "x - y"),
    ("x/y", "x/y"),
    ("x^(1/2)", "sqrt(x)"),
    ("1/3", "1/3"),
    ("0.1", "1/10"),
    ("pi*e", "E*pi"),
    ("ln(x)", "log(x)"),
    ("abs(x)", "Abs(x)"),
    ("max(x, y)", "Max(x, y)"),
    ("min(x, y)", "Min(x, y)"),
    ("sin(x)", "sin(x)"),
    ("sech(x)", "sech(x)"),
    ("sigmoid(x)", "sigmoid(x)"),
    ("tanh(x)", "tanh(x)"),
    ("gelu(x*y)", "gelu(x*y)"),
    ("erf(x)", "erf(x)"),
    ("step(x)", "Piecewise((1, x > 0), (0, True))"),
    ("(x if x < y else -x if x >= 2 else 0)", "Piecewise((x, x < y), (-x, x >= 2), (0, True))"),
    ("(x if x <= y else y if x > 2*y else 0)", "Piecewise((x, x <= y), (y, x > 2*y), (0, True))"),
    ("softmax(1, x, y)", "exp(x)/(exp(x) + exp(y))"),
    ("log_softmax(2, x, y)", "y - log(exp(x) + exp(y))"),
)


@pytest.mark.parametrize(("text", "expected"), OBJECTS, ids=[row[0] for row in OBJECTS])
def test_an_expression_becomes_the_object_of_that_name(text: str, expected: str) -> None:
    """Activations keep their names; whole-layer ones are written out."""
    assert str(to_sympy(parse(text))) == expected


def test_derivatives_become_symbols_by_their_plain_names() -> None:
    """δ and local derivatives are symbols: SymPy does not differentiate them."""
    product = Adjoint("delta1_1", "L", "z1_1") * Partial("local_z1_1_x_1", "z1_1", "x_1")
    assert to_sympy(product) == sympy.Symbol("delta1_1", real=True) * sympy.Symbol("local_z1_1_x_1", real=True)


def test_assumptions_reach_the_symbols() -> None:
    """Symbols are real, and what the problem declares besides."""
    assert to_sympy(X).is_real
    assert to_sympy(X).is_positive is None
    assert to_sympy(X, {"x": {"positive", "integer"}}).is_positive
    assert to_sympy(X, {"x": {"integer"}}).is_integer
    assert to_sympy(call("sqrt", X**2), {"x": {"positive"}}) == to_sympy(X, {"x": {"positive"}})


@pytest.mark.parametrize("name", [*FUNCTIONS, *SELECTIONS])
@pytest.mark.parametrize("written_out", [False, True])
def test_every_function_has_its_value_and_slope_as_an_object(name: str, *, written_out: bool) -> None:
    """By name or written out, value and derivative are those of the textbook, at 30 digits."""
    mpmath.mp.dps = DIGITS
    arguments = (X, Y) if name in SELECTIONS else (X,)
    made = to_sympy(Call(name, arguments), definitions=written_out)
    truth = TEXTBOOK[name](*map(sympy_of, arguments))
    source = random.Random(name)
    for _ in range(4):
        env = {symbol: mp(Fraction(source.randint(1, 400), 401)) for symbol in ("x", "y")}
        assert close(number(made.doit(), env), number(truth, env))
        assert close(number(made.diff(x).doit(), env), number(truth.diff(x), env))


@pytest.mark.parametrize("name", [row.name for row in FUNCTIONS.values() if row.define])
def test_an_activation_writes_itself_out(name: str) -> None:
    """`doit` gives the definition; what stays are SymPy's own functions."""
    written = to_sympy(call(name, X * Y)).doit()
    own = {str(part.func) for part in written.atoms(sympy.Function)}
    assert not own & {row.name for row in FUNCTIONS.values() if row.define and not hasattr(sympy, row.name)}


def test_a_class_is_made_once() -> None:
    """σ(x) is equal to σ(x), whenever it is made."""
    assert to_sympy(call("sigmoid", X)) == to_sympy(call("sigmoid", X))
    assert to_sympy(call("sigmoid", X)).func is to_sympy(call("sigmoid", Y)).func
    assert to_sympy(call("sigmoid", X)).is_real


def test_a_slope_is_in_terms_of_the_function_itself() -> None:
    """σ′ comes out as σ(1 − σ), not as a fraction of exponentials; the chain rule is SymPy's."""
    sigmoid = to_sympy(call("sigmoid", X)).func
    assert sigmoid(x).diff(x) == sigmoid(x) * (1 - sigmoid(x))
    assert sigmoid(2 * x).diff(x) == 2 * sigmoid(2 * x) * (1 - sigmoid(2 * x))


@pytest.mark.parametrize("name", VECTOR_FUNCTIONS)
def test_a_component_is_its_definition(name: str) -> None:
    """Unit i of n, counted from 1."""
    made = to_sympy(Call(name, (Number(2), X, Y, X * Y)))
    assert made.equals(TEXTBOOK[name](2, x, y, x * y))


@pytest.mark.parametrize("case", [c for c in CASES if c.name not in LARGE], ids=lambda case: case.name.replace(" ", "-"))
def test_gradients_and_composites_are_objects_of_the_same_value(case) -> None:
    """What `gradient` and `composite` hand out agrees with the reference at 30 digits."""
    made = case.derivation()
    (reference,) = real_reference(made.graph, case.point)
    named = {**reference.values}
    for node in made.backward.nodes:
        named[node.symbol.name] = reference.adjoint(node.symbol.output, node.symbol.of)
    for name in list(made.backward.adjoints)[-3:]:
        assert close(number(made.gradient(name).doit(), named), reference.adjoint(made.output, name))
    assert close(number(made.composite.doit(), reference.values), reference.values[made.output])


def test_presentation_has_no_object() -> None:
    """Nodes that only the printers know are refused."""
    with pytest.raises(TypeError, match="Display has no SymPy form"):
        to_sympy(Display((X, Y)))


def test_constants_are_sympy_s_own() -> None:
    """π and e are exact."""
    assert to_sympy(Constant("pi")) is sympy.pi
    assert to_sympy(Constant("e")) is sympy.E


def test_sympy_is_imported_only_when_an_object_is_asked_for() -> None:
    """A derivation, its steps and its text need no SymPy."""
    code = (
        "import sys, symbackprop as sb; d = sb.derive('2-2-1'); d.to_text(); assert 'sympy' not in sys.modules; "
        "d.gradient('w1_1_1'); assert 'sympy' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
