"""The library as its users write it: every line of the contract, every kind of argument, and the JSON object."""

# ruff: noqa: E501 - one row a case

from __future__ import annotations

import inspect
import json
import math
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from cases import CASES, LARGE, Case

import symbackprop as sb
from symbackprop.arithmetic import FLOAT, evaluate
from symbackprop.derivation import Derivation
from symbackprop.evaluate import Values
from symbackprop.parse import parse
from symbackprop.render import Options
from symbackprop.train import Trajectory

ROOT = Path(__file__).resolve().parents[1]
MAZUR = ROOT / "worked_examples" / "mazur.toml"
NET = sb.Network(2, [sb.Dense(2, "sigmoid"), sb.Dense(1, "sigmoid")], loss="binary_cross_entropy")
WEIGHTS = {"W1": [[0.1, -0.2], [0.3, 0.4]], "b1": [0.5, -0.5], "W2": [[1, 2]], "b2": [0]}
POINT = {"x": [1, 0], "y": [1], **WEIGHTS}
FLAT = {
    "x_1": 1, "x_2": 0, "y_1": 1, "w1_1_1": 0.1, "w1_1_2": -0.2, "w1_2_1": 0.3, "w1_2_2": 0.4, "b1_1": 0.5, "b1_2": -0.5,
    "w2_1_1": 1, "w2_1_2": 2, "b2_1": 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def made() -> Derivation:
    """Return the network of the contract, derived."""
    return sb.derive(NET)


# --- the contract, line by line ----------------------------------------------------------------------------------


def test_a_gradient_is_a_sympy_object_in_named_quantities(made: Derivation) -> None:
    """`d.gradient` writes δ and the activations by name, and the textbook's form of the output's δ comes out."""
    assert isinstance(made.gradient("w1_1_1"), sympy.Expr)
    assert str(made.gradient("w1_1_1")) == "delta1_1*x_1"
    assert str(made.gradient("z2_1")) == "a2_1 - y_1"


def test_an_expanded_gradient_has_leaves_only(made: Derivation) -> None:
    """With expand=True only inputs, targets, weights and biases are left, and `diff` of the composite agrees."""
    full = made.gradient("w1_1_1", expand=True)
    names = {symbol.name: symbol for symbol in full.free_symbols}
    assert set(names) <= set(made.graph.leaf_by_name)
    point = {symbol: sympy.Rational(FLAT[name]).limit_denominator(100) for name, symbol in names.items()}
    slope = made.composite.diff(names["w1_1_1"])
    assert abs((full - slope).subs(point).doit().evalf(30)) < 1e-25


def test_the_composite_is_one_sympy_expression(made: Derivation) -> None:
    """`d.composite` is the loss in leaves, activations by name; `doit` writes them out."""
    assert {symbol.name for symbol in made.composite.free_symbols} == set(made.graph.leaf_by_name)
    assert "sigmoid" in str(made.composite)
    assert "sigmoid" not in str(made.composite.doit())


def test_a_slice_tells_less_in_every_format(made: Derivation) -> None:
    """`d.slice` keeps what one gradient needs; each printer gives its own format."""
    part = made.slice("w1_1_1")
    assert len(part.to_text()) < len(made.to_text())
    assert "∂L/∂w₁,₁⁽¹⁾" in part.to_text()
    assert "∂L/∂w₂,₂⁽¹⁾" not in part.to_text()
    assert r"\frac{\bppartial \bploss}{\bppartial w^{\bplayer{1}}_{1,1}}" in part.to_latex()
    assert part.to_latex(standalone=True).startswith(r"\documentclass")
    assert part.to_markdown().startswith("# ")
    assert "```math" in part.to_markdown("github")
    assert json.loads(part.to_json())["output"] == "L"
    assert str(part) == part.to_text()


def test_a_slice_takes_layers_and_any_spelling(made: Derivation) -> None:
    """W1 is all its entries, and a name may be written as in a book or as its derivative."""
    assert made.slice("W1").telling.wrt == ("w1_1_1", "w1_1_2", "w1_2_1", "w1_2_2")
    assert made.slice("w1[1,2]", "b2").telling.wrt == ("w1_1_2", "b2_1")
    assert made.slice("dL/dw1_2_1", "delta1_2").telling.wrt == ("w1_2_1", "z1_2")


@pytest.mark.parametrize(
    "spelling", ["w1_1_2", "w1[1,2]", "w1_12", "w^{[1]}_{1,2}", "w_{12}^{(1)}", "$w^{1}_{12}$", "dL/dw1_1_2", "dL_dw1_1_2"]
)
def test_every_spelling_means_the_same_gradient(made: Derivation, spelling: str) -> None:
    """What is read on the command line is read here."""
    assert made.gradient(spelling) == made.gradient("w1_1_2")


def test_a_function_has_its_gradient() -> None:
    """The last line of the contract: the gradient of a function at a point, whole numbers as such."""
    assert sb.derive("3*x^2 + 2*x*y + y^2").evaluate(x=1, y=2).gradient == (10, 6)


SAVED = {"notes.tex": r"\documentclass", "notes.md": "# ", "notes.TXT": "Backpropagation", "notes.json": '{\n "schema": 1'}


@pytest.mark.parametrize(("name", "begins"), SAVED.items())
def test_saving_chooses_the_format_by_the_ending(made: Derivation, tmp_path: Path, name: str, begins: str) -> None:
    """`save` takes a path or a text, writes UTF-8 and returns where it wrote."""
    target = tmp_path / name
    assert made.save(str(target)) == target == made.save(target)
    assert target.read_text(encoding="utf-8").startswith(begins)
    assert b"\r" not in target.read_bytes()


def test_an_unknown_ending_is_refused_in_one_sentence(made: Derivation, tmp_path: Path) -> None:
    """Nothing is written, and the endings are listed."""
    with pytest.raises(sb.InputError, match=r'no format for the ending "\.docx" \(known: .*\.json, \.pdf\)$'):
        made.save(tmp_path / "notes.docx")
    assert not (tmp_path / "notes.docx").exists()


# --- what derive takes -------------------------------------------------------------------------------------------

MAPPING: dict[str, Any] = {"definitions": {"q": "x + y", "f": "q*z"}, "point": {"x": -2, "y": 5, "z": -4}}
PROBLEMS: dict[str, Callable[[], Any]] = {
    "a Network": lambda: NET,
    "a one-liner": lambda: "2-2-1:sigmoid,bce",
    "definitions": lambda: "u = 2*x + 1; y = u^3",
    "an expression": lambda: "x^2*y",
    "a path as text": lambda: str(MAZUR),
    "a Path": lambda: MAZUR,
    "a dict": lambda: MAPPING,
    "a dict of a network": lambda: {"network": {"inputs": 1, "layers": [{"units": 1}]}},
    "a loaded problem": lambda: sb.load("x^2"),
}


@pytest.mark.parametrize("kind", PROBLEMS)
def test_derive_takes(kind: str) -> None:
    """Every kind of problem is derived; the result says what it is in a line."""
    derived = sb.derive(PROBLEMS[kind]())
    assert isinstance(derived, sb.Derivation)
    output = derived.problem.names.get(derived.output, derived.output)
    assert repr(derived).startswith(f"<Derivation of {output}: ")
    assert "\n" not in repr(derived)


def test_the_kinds_agree() -> None:
    """A network as an object, as a one-liner and as a dict gives the same document."""
    layers = [{"units": 2, "activation": "sigmoid"}, {"units": 1, "activation": "sigmoid"}]
    as_dict = {"network": {"inputs": 2, "layers": layers, "loss": "binary_cross_entropy"}}
    assert sb.derive(NET).to_text() == sb.derive("2-2-1:sigmoid,bce").to_text() == sb.derive(as_dict).to_text()


@pytest.mark.parametrize("problem", ["x^2*y", {"definitions": {"f": "x^2*y"}}], ids=["text", "dict"])
def test_numbers_may_come_with_the_problem(problem: Any) -> None:
    """`at` is a text as on the command line or a dict, for every kind of problem; `Derivation.at` moves it again."""
    for derived in (sb.derive(problem, at="x=3, y=1/2"), sb.derive(problem, at={"x": 3, "y": 0.5})):
        assert derived.values is not None
        assert derived.values.gradient == (3, 9)
        moved = derived.at(x=1).values
        assert moved is not None
        assert moved.gradient == (1, 1)
    assert sb.derive(problem).values is None


def test_a_layer_takes_weights_of_numbers_fractions_and_arrays() -> None:
    """Weights and biases may be lists, texts or arrays; biases may be left out."""
    for weights in ([[0.5, 0.25]], (("1/2", Fraction(1, 4)),), np.array([[0.5, 0.25]])):
        net = sb.Network(2, [sb.Dense(1, "identity", weights=weights, biases=[0])])
        assert sb.derive(net).evaluate(x=[1, 1], y=[0]).gradients["w1_1_1"] == 0.75
    assert "b1_1" not in sb.derive(sb.Network(1, [sb.Dense(1, biases=False)])).graph.leaf_by_name


# --- evaluate ----------------------------------------------------------------------------------------------------

WAYS: dict[str, Callable[[Derivation], Values]] = {
    "vectors and matrices": lambda d: d.evaluate(**POINT),
    "small letters": lambda d: d.evaluate(x=[1, 0], y=[1], w1=POINT["W1"], b1=POINT["b1"], w2=POINT["W2"], b2=POINT["b2"]),
    "tuples": lambda d: d.evaluate(**{k: tuple(tuple(r) if isinstance(r, list) else r for r in v) for k, v in POINT.items()}),
    "arrays": lambda d: d.evaluate(**{name: np.array(value, dtype=float) for name, value in POINT.items()}),
    "a dict of plain names": lambda d: d.evaluate(FLAT),
    "plain names": lambda d: d.evaluate(**FLAT),
    "a dict and names": lambda d: d.evaluate(WEIGHTS, x=[1, 0], y=[1]),
    "a single target": lambda d: d.evaluate(WEIGHTS, x=[1, 0], y=1),
    "spellings of a book": lambda d: d.evaluate({**FLAT, "w1[1,1]": 0.1, "w^{[1]}_{1,2}": -0.2}),
    "texts": lambda d: d.evaluate({name: str(value) for name, value in FLAT.items()}),
    "fractions and decimals": lambda d: d.evaluate(
        {n: Decimal(str(v)) if "b" in n else Fraction(str(v)) for n, v in FLAT.items()}
    ),
    "numpy scalars": lambda d: d.evaluate({n: np.int64(v) if isinstance(v, int) else np.float64(v) for n, v in FLAT.items()}),
    "sympy numbers": lambda d: d.evaluate({name: sympy.Rational(str(value)) for name, value in FLAT.items()}),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_point_may_be_written(made: Derivation, way: str) -> None:
    """Every way to write a point gives the same numbers, to the last bit."""
    assert WAYS[way](made).gradients == made.evaluate(FLAT).gradients


def test_values_are_complete(made: Derivation) -> None:
    """Leaves, definitions, edges and gradients all have a number, and differences agree with them."""
    values = made.evaluate(FLAT)
    assert set(values.values) == {*made.graph.leaf_by_name, *made.graph.definitions}
    assert set(values.gradients) == {*made.backward.adjoints, "L"}
    assert set(values.locals) == set(made.backward.locals)
    assert values.gradient == tuple(values.gradients[name] for name in values.leaves)
    assert values.norm(["w1_1_1", "w1_2_1"]) == math.hypot(values.gradients["w1_1_1"], values.gradients["w1_2_1"])
    for name, gradient in values.gradients.items():
        difference = values.finite_difference(name)
        assert difference is not None
        assert difference.value == pytest.approx(gradient, rel=1e-6, abs=1e-8)


def test_values_are_found_by_name(made: Derivation) -> None:
    """Quantities, derivatives and local derivatives, in any spelling; the problem's own names, too."""
    values = made.evaluate(FLAT)
    assert values["w1[1,2]"] == -0.2
    assert values["a2_1"] == values.values["a2_1"]
    assert values["dL/dw1_1_1"] == values.gradients["w1_1_1"]
    assert values["delta1_2"] == values["dL/dz1_2"] == values.gradients["z1_2"]
    assert values["dz2_1/da1_1"] == values["w2_1_1"] == 1
    own = sb.derive(MAZUR).values
    assert own is not None
    assert own["w5"] == own["w2_1_1"] == 0.4
    assert own["dE_total/dw5"] == own.gradients["w2_1_1"]
    with pytest.raises(sb.UnknownNameError, match=r'unknown name "q" \(known: i1, i2, w1'):
        own["q"]


def test_values_show_themselves_in_a_line(made: Derivation) -> None:
    """A few numbers are shown, of many only how many there are."""
    few = sb.derive("3*x^2 + 2*x*y + y^2").evaluate(x=1, y=2)
    assert repr(few) == "<Values of f = 11 at x = 1, y = 2: Gradient(x=10, y=6)>"
    assert re.fullmatch(r"<Values of L = 0\.\d+ at 12 numbers: 12 gradients>", repr(made.evaluate(FLAT)))


def test_a_gradient_knows_its_names() -> None:
    """It is a tuple in every respect, in the order of the variables and not of their appearance."""
    gradient = sb.derive("atan(y/x)").evaluate(x=1, y=2).gradient
    assert gradient == (-0.4, 0.2)
    assert repr(gradient) == "Gradient(x=-0.4, y=0.2)"
    assert (gradient["y"], gradient[0], gradient[-1], gradient[:1]) == (0.2, -0.4, 0.2, (-0.4,))
    assert gradient.names == ("x", "y")
    assert pickle.loads(pickle.dumps(gradient)).names == ("x", "y")
    with pytest.raises(KeyError):
        gradient["z"]


def test_a_point_gives_the_order_of_the_variables() -> None:
    """A problem with a point lists its variables itself; the others come after them."""
    derived = sb.derive({"definitions": {"f": "a*x10 + x2*y"}, "point": {"y": 1, "x2": 2}})
    assert tuple(derived.graph.leaf_by_name) == ("y", "x2", "a", "x10")
    assert tuple(sb.derive("a*x10 + x2*y").graph.leaf_by_name) == ("a", "x2", "x10", "y")


# --- told otherwise ----------------------------------------------------------------------------------------------


def test_a_derivation_is_told_otherwise(made: Derivation) -> None:
    """The options of the command line, by name; what is not given stays."""
    told = made.told(detail=3, digits=6, paths=True, expand=True, exact=True, wrt=["W1", "delta2_1"])
    assert (told.telling.detail, told.telling.numerals.digits, told.telling.numerals.exact) == (3, 6, True)
    assert (told.telling.paths, told.telling.expand) == (True, True)
    assert told.telling.wrt == ("w1_1_1", "w1_1_2", "w1_2_1", "w1_2_2", "z2_1")
    again = told.told(detail=1, expand=False)
    assert again.telling == replace(told.telling, detail=1, expand=False)
    assert made.told() is not made
    assert made.told().telling == made.telling
    assert made.told(wrt="w1[1,1]").to_text() == made.slice("w1_1_1").to_text()


def test_a_derivation_says_what_it_is_told_for(made: Derivation) -> None:
    """Parameters of a network, variables of a function, and the slice in the reader's own names."""
    assert repr(made).startswith("<Derivation of L: 9 parameters, ")
    assert repr(made.slice("W2")).endswith(" steps; told for w2_1_1, w2_1_2>")
    assert repr(sb.derive("x^2")).startswith("<Derivation of f: 1 variable, ")
    assert repr(sb.derive(MAZUR).slice("w2_1_1")).endswith("; told for w5>")


def test_options_of_training_may_be_named() -> None:
    """As keywords or as a dict; parameters in any spelling, own names and whole layers included."""
    derived = sb.derive(MAZUR)
    assert derived.train(learning_rate=0.1, steps=2).points == derived.train(2, None, {"learning_rate": 0.1}).points
    assert derived.train(parameters=["w5", "b1"]).parameters == ("b1_1", "b1_2", "w2_1_1")
    assert derived.train(parameters="W2").parameters == ("w2_1_1", "w2_1_2", "w2_2_1", "w2_2_2")
    function = sb.derive("f = alpha*x", at={"alpha": 1, "x": 2})
    assert function.train(1, learning_rate=0.25, parameters=["α"]).points[1]["alpha"] == 0.5


# --- errors ------------------------------------------------------------------------------------------------------

UNIT_SUM = {"network": {"inputs": 1, "layers": [{"units": 2, "activation": "softmax"}], "loss": "cross_entropy"},
            "constraints": {"y": "sum 1"}}  # fmt: skip
POSITIVE = {"definitions": {"f": "sqrt(x)"}, "symbols": {"x": "positive"}}
WRONG: list[tuple[str, Callable[[Derivation], object], type[Exception], str]] = [
    ("no such name", lambda d: d.gradient("w1_1_9"), sb.InputError, 'unknown name "w1_1_9"; did you mean "w1_1_'),
    ("the output", lambda d: d.gradient("L"), sb.InputError, "L is the output itself"),
    ("no such slice", lambda d: d.slice("q"), sb.InputError, 'unknown name "q" \\(known: '),
    ("ambiguous", lambda d: d.gradient("x"), sb.InputError, '"x" is ambiguous: it can be x_1 or x_2'),
    ("no number", lambda d: d.evaluate(x=[1, 0]), sb.InputError, "no number for w1_1_1, .* and 4 more"),
    ("too long", lambda d: d.evaluate(POINT, x=[1, 0, 3]), sb.InputError, "x: x_1, x_2, x_3 given, x_1, x_2 expected"),
    ("no vector", lambda d: d.evaluate(POINT, x=[]), sb.InputError, "x: nothing given, x_1, x_2 expected"),
    ("ragged", lambda d: d.evaluate(POINT, W1=[[1, 2], [3]]), sb.InputError, "W1: .* given, .* expected"),
    ("flat", lambda d: d.evaluate(POINT, W1=[1, 2, 3, 4]), sb.InputError, "W1: .* given, .* expected"),
    ("too deep", lambda d: d.evaluate(POINT, W1=[[[1]]]), sb.InputError, r"W1\[1,1\]: found a list where a number"),
    ("no number in a text", lambda d: d.evaluate(POINT, b2="b"), sb.InputError, 'b2_1: column 1: found the name "b" where a number'),
    ("code", lambda d: d.evaluate(POINT, b2="__import__('os')"), sb.InputError, "^b2_1: column 1: "),
    ("not a number", lambda d: d.evaluate(POINT, b1=[1, math.nan]), sb.InputError, r"b1\[2\]: found NaN"),
    ("infinite", lambda d: d.evaluate(POINT, b2=math.inf), sb.InputError, "b2_1: found an infinity"),
    ("complex", lambda d: d.evaluate(POINT, b2=1j), sb.InputError, "b2_1: found a complex where a number is accepted"),
    ("a truth value", lambda d: d.evaluate(POINT, b2=True), sb.InputError, "b2_1: found true where a number is accepted"),
    ("not a leaf", lambda d: d.evaluate(POINT, z1_1=3), sb.InputError, 'unknown name "z1_1"'),
    ("no such vector", lambda d: d.evaluate(POINT, q=[3]), sb.InputError, '"q" is no vector or matrix of this problem'),
    ("no such format", lambda d: d.to_markdown("docx"), sb.InputError, 'unknown format "docx"'),
    ("no ending", lambda d: d.save("notes"), sb.InputError, 'notes: no format for the ending ""'),
    ("no training point", lambda d: d.train(1), sb.InputError, "training needs a number for x_1"),
    ("nothing", lambda _: sb.derive(""), sb.ProblemError, "there is no problem"),
    ("None", lambda _: sb.derive(None), sb.InputError, "a problem is a Network, a text, a path or a dict; this is nothing"),
    ("a number", lambda _: sb.derive(3), sb.InputError, "this is a number"),
    ("no file", lambda _: sb.derive("missing.toml"), sb.ProblemError, "missing.toml: no such file"),
    ("a Path to anything", lambda _: sb.derive(Path("notes.txt")), sb.ProblemError, "notes.txt: a problem file ends in .toml or"),
    ("several faults", lambda _: sb.derive({"definitons": {}}), sb.ProblemError, 'unknown key "definitons"; did you mean'),
    ("an array as a point", lambda d: d.evaluate(np.array([1, 2])), sb.InputError, "a point is a dict, or numbers by name: .* ndarray$"),
    ("a number as a point", lambda _: sb.derive("x^2", at=3), sb.InputError, "a point is a dict, .* this is a number$"),
    ("no such layer", lambda d: d.slice("W3"), sb.InputError, '^unknown name "W3": the layers are W1, b1, W2, b2$'),
    ("no such layer to train", lambda d: d.at(**POINT).train(parameters=["W3"]), sb.InputError, "the layers are W1, b1, W2, b2$"),
    ("a value to train", lambda d: d.at(**POINT).train(parameters=["a1_1"]), sb.InputError, "a1_1 is computed, so it cannot be trained"),
    ("no such option of training", lambda d: d.at(**POINT).train(rate=1), sb.InputError, 'unknown option "rate"'),
    ("a local derivative", lambda d: d.gradient("dz1_1/dx_1"), sb.InputError, '"dz1_1/dx_1" is no derivative of L'),
    ("the output by its own name", lambda _: sb.derive(MAZUR).gradient("E_total"), sb.InputError, "^E_total is the output itself"),
    ("no effect", lambda _: sb.derive("u = x*y; f = x").gradient("u"), sb.InputError, "^f does not depend on u"),
    ("detail", lambda d: d.told(detail=4, digits=18), sb.ProblemError, "detail: 4 is not accepted; 0, 1, 2 or 3 is\ndigits: 18"),
    ("no such notation", lambda _: sb.derive(NET, notation="nielson"), sb.InputError, 'did you mean "nielsen"'),
    ("no such activation", lambda _: sb.derive(sb.Network(1, [sb.Dense(1, "sigmiod")])), sb.InputError, 'did you mean "sigmoid"'),
    ("no layers", lambda _: sb.Network(1, []), sb.InputError, "at least 1 input, 1 layer"),
    ("a wrong shape", lambda _: sb.derive(sb.Network(2, [sb.Dense(1, weights=[[1]])])), sb.InputError, "layer 1: weights are 1×1"),
    ("outside the domain", lambda _: sb.derive("ln(x)").evaluate(x=-1), sb.DomainError, "f has no value at the point: .*x = -1"),
    ("no distribution", lambda _: sb.derive(UNIT_SUM).evaluate(x=[1], y=[1, 1], W1=[[1], [2]], b1=[0, 0]), sb.ProblemError,
     r"y_1 \+ y_2 is 2, but \[constraints\] says 1"),
    ("a broken assumption", lambda _: sb.derive(POSITIVE).evaluate(x=-1), sb.ProblemError, r"x: the value is -1, but \[symbols\]"),
    ("no such optimizer", lambda _: sb.derive("x^2", at="x=1").train(1, "adma"), sb.ProblemError, 'unknown optimizer "adma"'),
    ("no such option", lambda _: sb.derive("x^2", at="x=1").train(1, options={"rat": 1}), sb.ProblemError, 'unknown option "rat"'),
    ("steps", lambda _: sb.derive("x^2", at="x=1").train(-1), sb.InputError, "steps is -1"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_is_wrong_is_said(
    made: Derivation, call: Callable[[Derivation], object], error: type[Exception], message: str
) -> None:
    """A wrong call raises one of the package's own errors, which says what is wrong and what would be accepted."""
    with pytest.raises(error, match=message) as caught:
        call(made)
    assert isinstance(caught.value, sb.SymbackpropError)


def test_targets_nearly_sum_to_one() -> None:
    """Floats that were divided by their sum are a distribution, whatever their last bit."""
    targets = np.array([1, 2, 4], dtype=np.float32)
    derived = sb.derive({**UNIT_SUM, "network": {**UNIT_SUM["network"], "layers": [{"units": 3, "activation": "softmax"}]}})
    values = derived.evaluate(x=[1], y=targets / targets.sum(), W1=[[1], [2], [3]], b1=[0, 0, 0])
    assert values.gradients["z1_1"] == pytest.approx(values.values["a1_1"] - 1 / 7, abs=1e-7)


def test_a_derivation_cannot_be_changed(made: Derivation) -> None:
    """Derivations are values: they are frozen, hashable, and slicing or moving one leaves it as it was."""
    text = made.to_text()
    made.slice("w1_1_1")
    made.at(x=[1, 0])
    with pytest.raises(FrozenInstanceError):
        made.notation = "nielsen"
    assert made.to_text() == text
    assert len({made, made.slice("w1_1_1")}) == 2


# --- notebooks ---------------------------------------------------------------------------------------------------


class Printer:
    """What IPython hands to `_repr_pretty_`."""

    def __init__(self) -> None:
        self.shown = ""

    def text(self, text: str) -> None:
        """Print."""
        self.shown += text


@pytest.mark.parametrize("problem", [NET, "u = 2*x + 1; y = u^3", MAZUR], ids=["network", "function", "names"])
def test_a_derivation_shows_itself_in_a_notebook(problem: Any) -> None:
    """LaTeX, Markdown and text are what the printers give: the whole derivation; in a list it is told in a line."""
    derived = sb.derive(problem)
    display = derived._repr_latex_()
    assert display.count("{") == display.count("}")
    assert display.count(r"\begin{") == display.count(r"\end{")
    assert derived._repr_markdown_() == derived.render("dollar", Options(color=False))
    assert "textcolor" not in derived._repr_markdown_()
    printer = Printer()
    derived._repr_pretty_(printer, False)
    assert printer.shown == derived.to_text()
    printer = Printer()
    derived._repr_pretty_(printer, True)
    assert printer.shown == repr(derived)
    printer = Printer()
    printer.stack = [1, 2]
    derived._repr_pretty_(printer, False)
    assert printer.shown == repr(derived)


def test_a_training_shows_its_course_in_a_notebook() -> None:
    """The last value of a cell is no data structure but a table; without a derivation it is told in a line."""
    run = sb.derive(MAZUR).train(3)
    assert re.search(r"^\| step \| \$E_\{\\text\{total\}\}\$ \|", run._repr_markdown_() or "", flags=re.MULTILINE)
    assert (run._repr_latex_() or "").count("$$") == 4
    printer = Printer()
    run._repr_pretty_(printer, False)
    assert "fell from 0.2984 to 0.2759 in 3 updates" in printer.shown
    assert repr(run) == "<Training by gradient descent: 3 steps, L from 0.298371 to 0.275943>"
    alone = replace(run, shown=None)
    assert alone == run
    assert alone._repr_markdown_() is alone._repr_latex_() is None


# --- names and docstrings ----------------------------------------------------------------------------------------


def test_every_public_name_has_a_docstring() -> None:
    """Classes, functions and public methods say what they do; a tab in a notebook lists the names."""
    assert dir(sb) == sb.__all__
    undocumented = []
    for name in sb.__all__:
        value = getattr(sb, name)
        if not callable(value):
            continue
        undocumented += [name] if not inspect.getdoc(value) else []
        if inspect.isclass(value):
            undocumented += [
                f"{name}.{m}" for m, member in vars(value).items() if not m.startswith("_") and not documented(member)
            ]
    for cls in (Values, Trajectory):
        undocumented += [
            f"{cls.__name__}.{m}" for m, member in vars(cls).items() if not m.startswith("_") and not documented(member)
        ]

    assert undocumented == []


def documented(member: object) -> bool:
    """Tell whether a method or property has a docstring; plain values need none."""
    return not (callable(member) or isinstance(member, property) or hasattr(member, "func")) or bool(inspect.getdoc(member))


def test_all_public_names_come_with_a_star() -> None:
    """`from symbackprop import *` gives the public names, and `dir` nothing else."""
    space: dict[str, Any] = {}
    exec("from symbackprop import *", space)
    assert sorted(set(space) - {"__builtins__"}) == sorted(dir(sb)) == sorted(sb.__all__)
    assert space["Dense"] is space["Layer"] is sb.Layer


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    """The lazy module behaves as any other."""
    assert not hasattr(sb, "dervie")
    assert sb.__version__


def test_importing_the_package_imports_nothing_else() -> None:
    """`import symbackprop` costs nothing; SymPy comes with the first SymPy object."""
    program = (
        "import sys, symbackprop as sb\n"
        "assert not [m for m in ('sympy', 'numpy', 'mpmath', 'rich', 'typer', 'symbackprop.derivation') if m in sys.modules]\n"
        "d = sb.derive('x^2', at='x=3')\n"
        "d.to_latex(), d.to_markdown(), d.to_json(), d.values.gradient\n"
        "assert not [m for m in ('sympy', 'numpy') if m in sys.modules]\n"
        "d.gradient('x')\n"
        "assert 'sympy' in sys.modules\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


# --- the JSON object ---------------------------------------------------------------------------------------------

KEYS = ["schema", "problem", "output", "values", "gradients", "locals", "norm", "steps", "assumptions"]
GRADIENT_KEYS = ["value", "finite_difference", "expression", "expanded", "latex"]
STEP_KEYS = ["n", "kind", "about", "rule", "text", "latex", "uses", "verified"]
SMALL = [case for case in CASES if case.name not in LARGE]


def close(left: float, right: float) -> bool:
    """Compare two floats that were computed in different orders."""
    return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-11)


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_json_is_complete_and_can_be_read_back(case: Case) -> None:
    """Every definition, edge and derivative has its number, and its expression, parsed, has that number, too."""
    derived = case.derivation().at(**case.point(5))
    data = json.loads(derived.to_json())
    graph, output = derived.graph, derived.output
    assert list(data) == KEYS
    assert data["schema"] == 1
    assert set(data["problem"]) >= {"title", "kind"}
    assert data["output"] == output

    assert set(data["values"]) == {*graph.leaf_by_name, *graph.definitions}
    reached = graph.ancestors(output) | {output}
    assert set(data["gradients"]) == {name for name in data["values"] if name in reached}
    edges = {f"{child}/{parent}" for child in graph.definitions if child in reached for parent in graph.parents[child]}
    assert set(data["locals"]) == edges

    values = derived.values
    assert values is not None
    known = values.env
    for name, entry in data["gradients"].items():
        assert list(entry) == GRADIENT_KEYS
        assert entry["latex"]
        assert entry["expanded"] is None
        assert close(evaluate(parse(entry["expression"]), known, FLOAT), entry["value"]), name
    for edge, entry in data["locals"].items():
        assert list(entry) == ["value", "expression", "latex"]
        assert close(evaluate(parse(entry["expression"]), known, FLOAT), entry["value"]), edge
    assert data["norm"] == values.norm(
        derived.plain_names([leaf for leaf in graph.leaf_by_name if leaf in derived.backward.adjoints])
    )

    for n, step in enumerate(data["steps"], 1):
        assert list(step) == STEP_KEYS
        assert step["n"] == n
        assert all(0 < used < n for used in step["uses"])
        assert step["text"].startswith(f"{step['about']} = ")
        assert step["verified"]


def test_json_without_numbers_has_null() -> None:
    """Where the problem has no numbers, values are null, and everything else is there."""
    data = json.loads(sb.derive("2-2-1").to_json())
    assert set(data["values"].values()) == {None}
    assert {entry["value"] for entry in (*data["gradients"].values(), *data["locals"].values())} == {None}
    assert {entry["finite_difference"] for entry in data["gradients"].values()} == {None}
    assert data["norm"] is None
    assert data["gradients"]["w1_1_1"]["expression"] == "delta1_1*x_1"


def test_json_has_full_precision() -> None:
    """Numbers are the floats themselves: reading them back loses nothing."""
    derived = sb.derive(MAZUR)
    data = json.loads(derived.to_json())
    assert derived.values is not None
    assert data["values"] == derived.values.values
    assert {name: entry["value"] for name, entry in data["gradients"].items()} == derived.values.gradients


@pytest.mark.parametrize("case", [case for case in SMALL if case.name in {"chain of three", "sigmoid", "binary cross-entropy"}],
                         ids=lambda case: case.name)  # fmt: skip
def test_expanded_json_is_in_leaves(case: Case) -> None:
    """With --expand each derivative also stands written out, and has the same value."""
    point = case.point(5)
    derived = case.derivation().at(**point)
    full = Derivation(derived.problem, derived.backward, type(derived.telling)(expand=True))
    leaves = {name: float(value) for name, value in point.items()}
    for name, entry in json.loads(full.to_json())["gradients"].items():
        assert close(evaluate(parse(entry["expanded"], [*leaves]), leaves, FLOAT), entry["value"]), name


def test_assumptions_are_listed() -> None:
    """What the derivation rests on stands in the object."""
    assert json.loads(sb.derive(UNIT_SUM).to_json())["assumptions"] == ["y_1 + y_2 = 1"]
    assert json.loads(sb.derive(POSITIVE).to_json())["assumptions"] == ["x is positive"]


def test_the_history_of_a_training_run() -> None:
    """Step 0 is the start; each step has all values and gradients at its own parameters, and follows from the one before."""
    derived = sb.derive(MAZUR)
    run = derived.train(3)
    data = json.loads(derived.training_json(run))
    history = data["history"]
    assert list(data) == [*KEYS, "history"]
    assert [entry["step"] for entry in history] == [0, 1, 2, 3]
    assert history[0]["values"] == data["values"]
    assert history[0]["gradients"] == {name: entry["value"] for name, entry in data["gradients"].items()}
    for before, after in pairwise(history):
        assert set(after["values"]) == set(data["values"])
        assert after["loss"] == after["values"][data["output"]] < before["loss"]
        there = derived.evaluate({name: after["values"][name] for name in derived.graph.leaf_by_name})
        assert all(close(after["gradients"][name], value) for name, value in there.gradients.items())
        for name in run.parameters:
            assert close(after["values"][name], before["values"][name] - 0.5 * before["gradients"][name])
        frozen = set(derived.graph.leaf_by_name) - set(run.parameters)
        assert all(after["values"][name] == before["values"][name] for name in frozen)


def test_what_cannot_be_seen_is_escaped_in_json() -> None:
    """Control and direction marks in a title are escapes, and the title is read back as it was."""
    title = "a\x1b[31m\x9b31m\u202eb\u2028\ud800é σ"
    text = sb.derive({"title": title, "definitions": {"f": "x^2"}}).to_json()
    assert json.loads(text)["problem"]["title"] == title
    assert all(char.isprintable() or char == "\n" for char in text)
    assert "é σ" in text


def test_numbers_too_large_are_null() -> None:
    """JSON has no infinity: what overflows is null, and every parser can read the rest."""
    data = json.loads(sb.derive("f = x*y", at="x=1e300, y=1e300").to_json(), parse_constant=pytest.fail)
    assert data["values"] == {"x": 1e300, "y": 1e300, "f": None}
    assert data["gradients"]["x"]["value"] == 1e300
