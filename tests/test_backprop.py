"""The sweep: textbook closed forms reached by recorded steps, adjoints over all paths, samples, sizes."""

from __future__ import annotations

from typing import Any

import pytest
from cases import CASES, UNIT_SUM, network, samples

from symbackprop.backprop import MOST_WRITTEN_OUT, backpropagate, expand, expanded_operations, slice_names
from symbackprop.derivation import Derivation, derive
from symbackprop.expr import Adjoint, Number, Partial, Symbol, operations, symbols
from symbackprop.functions import ACTIVATIONS
from symbackprop.graph import Graph, Leaf, Node, Role
from symbackprop.parse import parse
from symbackprop.simplify import UNIT_SUM as SUMS_TO_ONE
from symbackprop.steps import KINDS, Definition, LocalDerivative, Simplification, Step
from symbackprop.typeset import plain


def told(made: Derivation, name: str) -> list[tuple[str, str]]:
    """Return the steps about one adjoint: kind (and the rewrite's name), and what it is equal to."""
    symbol = made.backward.adjoints[name].name
    return [(kind(step), plain(step.value)) for step in made.steps if step.about.name == symbol]


def kind(step: Step) -> str:
    rule = f": {step.rule}" if isinstance(step, Simplification) else ""
    return KINDS[type(step)] + rule


def graph(text: str) -> Graph:
    """Return the graph of definitions."""
    return derive(text).graph


# --- closed forms ------------------------------------------------------------------------------------------------

CLOSED_FORMS: tuple[tuple[str, Any, str, list[tuple[str, str]]], ...] = (
    (
        "binary cross-entropy by its output",
        "1-1:sigmoid,bce",
        "a1_1",
        [
            ("chain_rule", "local_L_a1_1"),
            ("substitution", "-y_1/a1_1 + (1 - y_1)/(1 - a1_1)"),
            ("simplification: common denominator", "(a1_1 - y_1)/(a1_1*(1 - a1_1))"),
        ],
    ),
    (
        "sigmoid with binary cross-entropy: a − y",
        "1-1:sigmoid,bce",
        "z1_1",
        [
            ("chain_rule", "dL_da1_1*local_a1_1_z1_1"),
            ("substitution", "(a1_1 - y_1)/(a1_1*(1 - a1_1))*a1_1*(1 - a1_1)"),
            ("simplification: cancel", "a1_1 - y_1"),
        ],
    ),
    (
        "softmax with cross-entropy, targets that sum to 1: p − y",
        network(2, (2, "softmax"), loss="ce", constraints=UNIT_SUM),
        "z1_2",
        [
            ("sum_over_paths", "dL_da1_1*local_a1_1_z1_2 + dL_da1_2*local_a1_2_z1_2"),
            ("substitution", "y_1/a1_1*a1_1*a1_2 - y_2/a1_2*a1_2*(1 - a1_2)"),
            ("simplification: cancel", "y_1*a1_2 - y_2*(1 - a1_2)"),
            ("simplification: collect", "a1_2*(y_1 + y_2) - y_2"),
            (f"simplification: {SUMS_TO_ONE}", "a1_2 - y_2"),
        ],
    ),
    (
        "softmax with cross-entropy, any targets: p Σy − y",
        "2-2:softmax,ce",
        "z1_1",
        [
            ("sum_over_paths", "dL_da1_1*local_a1_1_z1_1 + dL_da1_2*local_a1_2_z1_1"),
            ("substitution", "-y_1/a1_1*a1_1*(1 - a1_1) + y_2/a1_2*a1_2*a1_1"),
            ("simplification: cancel", "-y_1*(1 - a1_1) + y_2*a1_1"),
            ("simplification: collect", "a1_1*(y_1 + y_2) - y_1"),
        ],
    ),
    (
        "log-softmax with negative log-likelihood: e^a − y",
        network(2, (2, "log_softmax"), loss="nll", constraints=UNIT_SUM),
        "z1_1",
        [
            ("sum_over_paths", "dL_da1_1*local_a1_1_z1_1 + dL_da1_2*local_a1_2_z1_1"),
            ("substitution", "-y_1*(1 - exp(a1_1)) + y_2*exp(a1_1)"),
            ("simplification: collect", "exp(a1_1)*(y_1 + y_2) - y_1"),
            (f"simplification: {SUMS_TO_ONE}", "exp(a1_1) - y_1"),
        ],
    ),
    (
        "Kullback–Leibler by its output: −y/a",
        network(2, (2, "softmax"), loss="kl", constraints=UNIT_SUM),
        "a1_1",
        [
            ("chain_rule", "dL_dL_1*local_L_1_a1_1"),
            ("substitution", "-y_1*(1/(y_1/a1_1))*(y_1/a1_1^2)"),
            ("simplification: fraction of fractions", "-y_1*(a1_1/y_1)*(y_1/a1_1^2)"),
            ("simplification: cancel", "-y_1/a1_1"),
        ],
    ),
    (
        "sigmoid with half squared error: (a − y)·a(1 − a)",
        "1-1",
        "z1_1",
        [("chain_rule", "dL_da1_1*local_a1_1_z1_1"), ("substitution", "(a1_1 - y_1)*a1_1*(1 - a1_1)")],
    ),
    (
        "tanh with half squared error: (a − y)(1 − a²)",
        "1-1:tanh",
        "z1_1",
        [("chain_rule", "dL_da1_1*local_a1_1_z1_1"), ("substitution", "(a1_1 - y_1)*(1 - a1_1^2)")],
    ),
    (
        "a hidden unit: δ is passed back through the weight and the slope",
        "1-1-1:tanh/sigmoid,bce",
        "z1_1",
        [("chain_rule", "dL_da1_1*local_a1_1_z1_1"), ("substitution", "delta2_1*w2_1_1*(1 - a1_1^2)")],
    ),
    (
        "a hidden unit of a wide network: the sum over what it feeds",
        "1-2-2",
        "a1_1",
        [
            ("sum_over_paths", "delta2_1*local_z2_1_a1_1 + delta2_2*local_z2_2_a1_1"),
            ("substitution", "delta2_1*w2_1_1 + delta2_2*w2_2_1"),
        ],
    ),
    (
        "a weight: δ times what came in",
        "2-2-1",
        "w1_2_1",
        [("chain_rule", "delta1_2*local_z1_2_w1_2_1"), ("substitution", "delta1_2*x_1")],
    ),
    ("a bias: δ", "1-1", "b1_1", [("chain_rule", "delta1_1*local_z1_1_b1_1"), ("substitution", "delta1_1")]),
    (
        "softmax with squared error: every output counts",
        "2-2:softmax,half_squared_error",
        "z1_1",
        [
            ("sum_over_paths", "dL_da1_1*local_a1_1_z1_1 + dL_da1_2*local_a1_2_z1_1"),
            ("substitution", "(a1_1 - y_1)*a1_1*(1 - a1_1) - (a1_2 - y_2)*a1_2*a1_1"),
            ("simplification: common factor", "a1_1*((a1_1 - y_1)*(1 - a1_1) - (a1_2 - y_2)*a1_2)"),
        ],
    ),
    ("hinge", "1-1:identity,hinge", "z1_1", [
        ("chain_rule", "dL_da1_1*local_a1_1_z1_1"),
        ("substitution", "(0 if 0 >= 1 - y_1*a1_1 else -y_1)"),
    ]),
    ("huber", "1-1:identity,huber", "z1_1", [
        ("chain_rule", "dL_da1_1*local_a1_1_z1_1"),
        ("substitution", "(a1_1 - y_1 if abs(a1_1 - y_1) <= 1 else sign(a1_1 - y_1))"),
    ]),
    (
        "weight decay: over the loss and directly",
        network(1, (1, "identity"), loss="squared_error", l2="0.1"),
        "w1_1_1",
        [
            ("sum_over_paths", "delta1_1*local_z1_1_w1_1_1 + dL_dL_penalty*local_L_penalty_w1_1_1"),
            ("substitution", "delta1_1*x_1 + 0.1*w1_1_1"),
        ],
    ),
    (
        "the mean over samples",
        network(1, (1, "identity"), loss="squared_error", samples=samples(2)),
        "w1_1_1",
        [
            ("sum_over_paths", "dJ_dL_s1*dL_s1_dw1_1_1 + dJ_dL_s2*dL_s2_dw1_1_1"),
            ("substitution", "1/2*dL_s1_dw1_1_1 + 1/2*dL_s2_dw1_1_1"),
            ("simplification: common factor", "1/2*(dL_s1_dw1_1_1 + dL_s2_dw1_1_1)"),
        ],
    ),
    (
        "total derivative",
        "u = x^2; f = u*x + u",
        "x",
        [("sum_over_paths", "df_du*local_u_x + local_f_x"), ("substitution", "2*(x + 1)*x + u")],
    ),
    (
        "circuit of CS231n",
        "q = x + y; f = q*z",
        "x",
        [("chain_rule", "df_dq*local_q_x"), ("substitution", "z")],
    ),
    (
        "length of a vector",
        "r = sqrt(x^2 + y^2)",
        "x",
        [("chain_rule", "local_r_x"), ("substitution", "x/r")],
    ),
)  # fmt: skip


@pytest.mark.parametrize(("title", "problem", "name", "steps"), CLOSED_FORMS, ids=[row[0] for row in CLOSED_FORMS])
def test_a_textbook_form_is_derived_by_recorded_steps(title: str, problem: Any, name: str, steps: list[tuple[str, str]]) -> None:
    """The steps about one quantity: chain rule, what is put in, every rewrite, and the form a textbook prints."""
    made = derive(problem)

    assert told(made, name) == steps, title
    assert plain(made.expression(name)) == steps[-1][1]


def test_an_assumption_is_named_where_it_is_used() -> None:
    """The step that uses Σy = 1 says which names sum to 1; no other step assumes anything."""
    made = derive(network(2, (3, "softmax"), loss="ce", constraints=UNIT_SUM))
    assumed = [step for step in made.steps if isinstance(step, Simplification) and step.assumption]

    assert [step.about.name for step in assumed] == ["delta1_1", "delta1_2", "delta1_3"]
    assert {(step.rule, step.assumption) for step in assumed} == {(SUMS_TO_ONE, ("y_1", "y_2", "y_3"))}


SLOPES = {
    "exp": "a1_1",
    "sin": "cos(z1_1)",
    "identity": "1",
    "sigmoid": "a1_1*(1 - a1_1)",
    "tanh": "1 - a1_1^2",
    "relu": "step(z1_1)",
    "leaky_relu": "(1 if z1_1 > 0 else 0.01)",
    "elu": "(1 if z1_1 > 0 else a1_1 + 1)",
    "softplus": "sigmoid(z1_1)",
    "softsign": "1/(1 + abs(z1_1))^2",
    "gelu": "1/2*(1 + erf(z1_1/sqrt(2))) + z1_1*(exp(-1/2*z1_1^2)/sqrt(2*pi))",
    "silu": "sigmoid(z1_1)*(1 + z1_1*(1 - sigmoid(z1_1)))",
    "hard_sigmoid": "(0 if z1_1 <= -3 else 1/6 if z1_1 < 3 else 0)",
    "hard_tanh": "(0 if z1_1 <= -1 else 1 if z1_1 < 1 else 0)",
    "square": "2*z1_1",
    "softmax": "a1_1*(1 - a1_1)",
    "log_softmax": "1 - exp(a1_1)",
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_slope_is_in_terms_of_the_unit_s_own_output(name: str) -> None:
    """σ′ is a(1 − a) and tanh′ is 1 − a²: the function's value has the name it has in the network."""
    made = derive(f"1-2:{name}")
    assert plain(made.backward.locals["a1_1", "z1_1"].value) == SLOPES[name]


@pytest.mark.parametrize(("name", "expected"), [("softmax", "-a1_2*a1_1"), ("log_softmax", "-exp(a1_1)")])
def test_a_whole_layer_has_a_slope_across_units(name: str, expected: str) -> None:
    """∂p₂/∂z₁ for i ≠ j, by the rule that says so."""
    step = derive(f"1-2:{name}").backward.locals["a1_2", "z1_1"]
    assert (plain(step.value), step.rule) == (expected, f"{name}, i ≠ j")


def test_a_formula_has_its_slope_derived() -> None:
    """An activation given as a formula in z is differentiated like any definition."""
    made = derive(network(1, (1, "z/(1 + abs(z))")))
    step = made.backward.locals["a1_1", "z1_1"]
    assert (plain(step.value), step.rule) == ("(1 + abs(z1_1) - z1_1*sign(z1_1))/(1 + abs(z1_1))^2", "quotient")


# --- the sweep ---------------------------------------------------------------------------------------------------


def test_steps_go_forward_then_back_layer_by_layer() -> None:
    """Definitions first; then every adjoint after its local derivatives, and no layer before the one above it."""
    made = derive("2-2-1")
    kinds = [type(step) for step in made.steps]
    first_backward = kinds.index(LocalDerivative)
    assert set(kinds[:first_backward]) == {Definition}
    assert Definition not in kinds[first_backward:]
    order = list(dict.fromkeys(s.about.of for s in made.steps if isinstance(s.about, Adjoint)))
    assert order == [
        "y_1", "a2_1", "z2_1", "w2_1_1", "w2_1_2", "b2_1", "a1_1", "a1_2", "z1_1", "z1_2",
        "x_1", "x_2", "w1_1_1", "w1_1_2", "w1_2_1", "w1_2_2", "b1_1", "b1_2",
    ]  # fmt: skip


def test_every_edge_has_one_local_derivative() -> None:
    """In every case, the edges of the graph below the output, each once."""
    for case in CASES:
        backward = case.derivation().backward
        below = backward.graph.ancestors(backward.output)
        edges = {(child, parent) for child in below for parent in backward.graph.parents.get(child, ())}
        steps = [step.about for step in backward.steps if isinstance(step, LocalDerivative)]
        assert set(backward.locals) == edges, case.name
        assert len(steps) == len(edges), case.name
        assert all(isinstance(s, Partial) and s.name == f"local_{s.child}_{s.parent}" for s in steps)


def test_local_and_total_derivative_differ_where_a_value_acts_twice() -> None:
    """∂f/∂u with all else fixed is not df/du over all paths."""
    made = derive("u = x^2; v = u*x; f = v + u")
    assert plain(made.backward.locals["f", "u"].value) == "1"
    assert plain(made.expression("u")) == "x + 1"


def test_what_the_output_does_not_need_has_no_adjoint() -> None:
    """A definition beside the way is defined, but not differentiated."""
    made = derive("u = x^2; v = u*y; f = u + 1")
    assert set(made.backward.adjoints) == {"u", "x"}
    assert [step.about.name for step in made.steps if isinstance(step, Definition)] == ["u", "v", "f"]
    assert ("v", "y") not in made.backward.locals


def test_an_output_that_is_a_symbol_or_a_number() -> None:
    """The slope of f = x is 1; a constant has no gradient at all."""
    assert plain(derive("f = x").expression("x")) == "1"
    leaf, node = Leaf(Symbol("x"), Role.VARIABLE), Node(Symbol("f"), Number(3), Role.INTERMEDIATE)
    backward = backpropagate(Graph((leaf,), (node,)))
    assert backward.adjoints == {}
    assert [type(step) for step in backward.steps] == [Definition]


@pytest.mark.parametrize("function", ["sigmoid", "exp", "tanh", "sech"])
def test_a_known_call_is_written_by_its_name(function: str) -> None:
    """Wherever a local derivative contains another definition's call, it gets that definition's name."""
    made = derive(f"u = {function}(x); f = u*{function}(x)")
    value = made.backward.locals["f", "x"].value
    assert "u" in symbols(value)
    assert function not in plain(value)


def test_a_long_adjoint_keeps_its_name_upstream() -> None:
    """An adjoint that several definitions use is put in only while it is short."""
    short = derive("u = x*y; f = u^2")
    assert told(short, "x")[-1] == ("substitution", "2*u*y")
    long = derive("u = x*y; f = sin(u)*exp(u)*(u + 3)*u")
    assert operations(long.expression("u")) > MOST_WRITTEN_OUT
    assert told(long, "x")[-1] == ("substitution", "df_du*y")


def test_samples_are_swept_one_by_one() -> None:
    """Each sample's loss has its own adjoints, δ with the sample's number; the cost's adjoints are in terms of theirs."""
    backward = derive(network(1, (1, "tanh"), (1, "identity"), samples=samples(2))).backward

    assert backward.outputs == ("L_s1", "L_s2", "J")
    assert backward.output == "J"
    assert backward.adjoints_of("L_s1")["z1_1_s1"].name == "delta1_1_s1"
    assert "z1_1_s2" not in backward.adjoints_of("L_s1")
    assert backward.adjoints["z1_1_s1"].name == "dJ_dz1_1_s1"
    assert set(backward.adjoints_of("L_s1")) == backward.graph.ancestors("L_s1") - {"L_s1"}
    used = set(symbols(backward.definitions["dJ_dw1_1_1"].expr))
    assert used == {"dL_s1_dw1_1_1", "dL_s2_dw1_1_1"}


def test_plain_functions_have_no_delta() -> None:
    """δ is the derivative of a loss by a pre-activation; a variable named z is neither."""
    assert derive("z1_1 = w*x; f = z1_1^2").backward.adjoints["z1_1"].name == "df_dz1_1"


# --- slices, expansions, sizes -----------------------------------------------------------------------------------


def test_a_slice_names_what_a_gradient_depends_on() -> None:
    """∂L/∂w2_1_1 needs the output's δ and the layer below, and no δ of that layer."""
    names = slice_names(derive("2-2-1").backward, ["dL_dw2_1_1"])
    assert {"dL_dw2_1_1", "delta2_1", "a1_1", "z1_1", "x_1", "w1_1_2", "a2_1", "y_1"} <= names
    assert not {"delta1_1", "dL_da1_1", "L"} & names


@pytest.mark.parametrize("name", ["chain of three", "two paths", "tanh", "binary cross-entropy", "mean over samples"])
def test_the_size_of_an_expansion_is_known_before_it_is_made(name: str) -> None:
    """`expanded_operations` bounds the operations of `expand` from above: building folds, and never adds."""
    backward = next(case for case in CASES if case.name == name).derivation().backward
    for symbol in backward.adjoints.values():
        announced = expanded_operations(backward, symbol.name)
        built = operations(expand(symbol, backward.definitions))
        assert built <= announced <= 2 * built + 4, symbol.name


def test_the_size_of_a_deep_expansion_is_counted_without_building_it() -> None:
    """Ten layers of width 3 multiply; the count takes no time."""
    made = derive("-".join(["3"] * 11))
    assert expanded_operations(made.backward, "dL_dw1_1_1") > 10**9


def test_an_expansion_stops_at_leaves() -> None:
    """Names without a definition stay."""
    definitions = {"u": Node(Symbol("u"), parse("x + y"), Role.INTERMEDIATE)}
    assert plain(expand(parse("u^2*z"), definitions)) == "(x + y)^2*z"


def test_the_number_of_steps_grows_with_the_number_of_edges() -> None:
    """Twice the width is four times the weights, and about four times the steps: the sweep is linear in the edges."""
    counts = [len(derive(f"{n}-{n}-{n}").steps) for n in (5, 10, 20)]
    assert counts[1] / counts[0] < 4
    assert counts[2] / counts[1] < 4


def test_the_gradients_of_a_network_are_short() -> None:
    """Operations of all gradients by parameters: what the design names as reached."""
    for sizes, most in (("4-4-4-4-4", 220), ("5-5-5-5-5-5", 415)):
        made = derive(sizes)
        parameters = [leaf.symbol.name for leaf in made.graph.leaves if leaf.role in {Role.WEIGHT, Role.BIAS}]
        names = slice_names(made.backward, [made.backward.adjoints[name].name for name in parameters])
        size = sum(operations(node.expr) for node in made.backward.nodes if node.symbol.name in names)
        assert size <= most
