"""Problems: what one-liners, definitions, files and dicts mean, and that anything else is refused with ProblemError."""

from __future__ import annotations

import copy
import io
import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symbackprop.errors import InputError, ProblemError, TooLargeError, UnknownNameError
from symbackprop.expr import Number, Symbol, call, number
from symbackprop.files import Source
from symbackprop.graph import Role
from symbackprop.network import Layer, Network
from symbackprop.problem import Problem, from_dict, from_network, load

MAZUR = """
title = "A step by step backpropagation example"

[network]
inputs = 2
loss   = "half_squared_error"
layers = [
  { units = 2, activation = "sigmoid", weights = [[0.15, 0.20], [0.25, 0.30]], biases = [0.35, 0.35] },
  { units = 2, activation = "sigmoid", weights = [[0.40, 0.45], [0.50, 0.55]], biases = [0.60, 0.60] },
]

[[samples]]
x = [0.05, 0.10]
y = [0.01, 0.99]

[training]
optimizer = "sgd"
learning_rate = 0.5
train = ["W1", "W2"]

[names]
w1_1_1 = "w1"
z1_1 = "net_h1"
"""

CIRCUIT = """
[definitions]
q = "x + y"
f = "q*z"
[point]
x = -2
y = 5
z = -4
"""


def leaves(problem: Problem) -> list[str]:
    return [leaf.symbol.name for leaf in problem.graph.leaves]


def values(problem: Problem) -> dict[str, Any]:
    return {name: value.value if isinstance(value, Number) else value for name, value in problem.point.items()}


def content(problem: Problem) -> tuple[Any, ...]:
    """Return all a problem says, to be compared."""
    others = (problem.names, problem.assumptions, problem.constraints, problem.training)
    return problem.title, problem.kind, problem.graph.leaves, problem.graph.nodes, problem.network, problem.point, *others


ONE_LINERS: dict[str, tuple[tuple[int, ...], tuple[str, ...], str]] = {
    "2-2-1": ((2, 2, 1), ("sigmoid", "sigmoid"), "half_squared_error"),
    " 2 - 2 - 1 ": ((2, 2, 1), ("sigmoid", "sigmoid"), "half_squared_error"),
    "2-3-1:tanh/sigmoid,bce": ((2, 3, 1), ("tanh", "sigmoid"), "binary_cross_entropy"),
    "2-3-1:sigmoid,mse": ((2, 3, 1), ("sigmoid", "sigmoid"), "mean_squared_error"),
    "2-3-1:swish": ((2, 3, 1), ("silu", "silu"), "half_squared_error"),
    "2-3-1:bce": ((2, 3, 1), ("sigmoid", "sigmoid"), "binary_cross_entropy"),
    "2-3-1,bce": ((2, 3, 1), ("sigmoid", "sigmoid"), "binary_cross_entropy"),
    "2-3-1:,bce": ((2, 3, 1), ("sigmoid", "sigmoid"), "binary_cross_entropy"),
    "1-1:linear": ((1, 1), ("identity",), "half_squared_error"),
    "3-2:softmax,ce": ((3, 2), ("softmax",), "cross_entropy"),
}

OUTPUTS: dict[str, tuple[str, list[str], list[str]]] = {
    "x^2": ("f", ["x"], ["f"]),
    "3x^2 + 2xy + y^2": ("f", ["x", "y"], ["f"]),
    "u = 2*x + 1; y = u^3": ("y", ["x"], ["u", "y"]),
    "y = u^3; u = 2*x + 1": ("y", ["x"], ["u", "y"]),
    "b = 2a; a = x; c = b": ("c", ["x"], ["a", "b", "c"]),
    "g = x^2; h = sin(x); y = g*h": ("y", ["x"], ["g", "h", "y"]),
    "g = x; unused = 2z; y = g": ("y", ["x", "z"], ["g", "unused", "y"]),
    "f(y, x) = x/y": ("f", ["y", "x"], ["f"]),
    "y = 0*x + z": ("y", ["x", "z"], ["y"]),
    "lam = 0.1; y = lam*w^2": ("y", ["w"], ["lam", "y"]),
    "x - 2": ("f", ["x"], ["f"]),
}


@pytest.mark.parametrize("text", ONE_LINERS)
def test_one_liners(text: str) -> None:
    """Sizes, activations for all layers or each, and the loss; what is left out is sigmoid and half squared error."""
    sizes, activations, loss = ONE_LINERS[text]
    problem = load(text)

    assert problem.kind == "network"
    assert problem.network is not None
    assert problem.network.sizes == sizes
    assert tuple(layer.activation for layer in problem.network.layers) == activations
    assert problem.network.loss == loss
    assert not problem.point
    assert not problem.constraints


@pytest.mark.parametrize("text", OUTPUTS)
def test_definitions(text: str) -> None:
    """Definitions are sorted; the output is the last one, or the only one no other uses; leaves follow the alphabet."""
    output, names, nodes = OUTPUTS[text]
    problem = load(text)

    assert problem.kind == "function"
    assert problem.graph.output.symbol.name == output
    assert leaves(problem) == names
    assert [node.symbol.name for node in problem.graph.nodes] == nodes
    assert {leaf.role for leaf in problem.graph.leaves} == {Role.VARIABLE}


def test_network_file(tmp_path: Path) -> None:
    """A file gives title, network, exact point, names and training."""
    path = tmp_path / "mazur.toml"
    path.write_text(MAZUR, encoding="utf-8")
    problem = load(str(path))

    assert problem.title == "A step by step backpropagation example"
    assert problem.network is not None
    assert problem.network.sizes == (2, 2, 2)
    assert values(problem)["w1_2_1"] == Fraction(1, 4)
    assert values(problem)["b2_2"] == Fraction(3, 5)
    assert values(problem)["y_2"] == Fraction(99, 100)
    assert list(problem.point) == leaves(problem)
    assert problem.names == {"w1_1_1": "w1", "z1_1": "net_h1"}
    assert problem.training is not None
    assert problem.training.options.hyperparameters["learning_rate"] == number(Fraction(1, 2))
    assert problem.training.train == tuple(f"w{layer}_{j}_{k}" for layer in (1, 2) for j in (1, 2) for k in (1, 2))
    assert problem.plain("w1") == "w1_1_1"
    assert problem.plain("w^{[2]}_{1,2}") == "w2_1_2"


def test_every_source_means_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TOML, JSON, standard input in either, and a dict of the same shape give the same problem."""
    table = Source("x", CIRCUIT, "toml").table()
    (tmp_path / "a.toml").write_text("\ufeff" + CIRCUIT, encoding="utf-8")
    (tmp_path / "a.JSON").write_text(json.dumps(table), encoding="utf-8")
    problems = [load(str(tmp_path / "a.toml")), load(str(tmp_path / "a.JSON")), from_dict(table)]
    for text in (CIRCUIT, json.dumps(table)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        problems.append(load("-"))
    problems.append(load("q = x + y; f = q*z", at="x=-2, y=5, z=-4"))

    assert all(content(problem) == content(problems[0]) for problem in problems)
    assert values(problems[0]) == {"x": -2, "y": 5, "z": -4}


FROM_A_PIPE = ("f = x^2", "u = 2*x + 1\ny = u^3\n", "2-3-1:tanh/sigmoid,bce", "f = 3", "x^2\n", "f(x) = x^2 if x > 0 else 0")


@pytest.mark.parametrize("text", FROM_A_PIPE)
def test_definitions_come_from_standard_input_too(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is neither a JSON object nor TOML is read as on the command line; its faults name standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    if text == "f = 3":
        with pytest.raises(ProblemError, match=r"^standard input: f is a constant"):
            load("-")
    else:
        assert content(load("-")) == content(load(text))


def test_a_file_named_without_its_ending_is_pointed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`mazur` beside mazur.toml is hardly a variable."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mazur.toml").write_text(CIRCUIT, encoding="utf-8")
    with pytest.raises(ProblemError) as caught:
        load("mazur")

    expected = 'found "mazur", and there is a file mazur.toml: give mazur.toml, or "f = mazur" for the function'
    assert str(caught.value) == expected
    assert leaves(load("f = mazur")) == ["mazur"]
    assert leaves(load("n")) == ["n"]


def test_numbers_stay_as_written() -> None:
    """Decimals are exact fractions that remember how they were written; texts are exact expressions."""
    text = '{"definitions": {"f": "a*b*c*d*e1"}, "point": {"a": 0.1, "b": "1/3", "c": "log(2)", "d": 1e-3, "e1": 7}}'
    source = Source("p.json", text, "json")
    point = from_dict(source.table()).point

    assert point["a"] == number(Fraction(1, 10))
    assert [point[name].decimal for name in "abd" if isinstance(point[name], Number)] == [True, False, True]
    assert point["b"] == number(Fraction(1, 3))
    assert point["c"] == call("log", 2)
    assert point["d"] == number(Fraction(1, 1000))
    assert point["e1"] == number(7)


def test_from_network() -> None:
    """Numbers of a Network become the point; shapes are checked."""
    half = number(Fraction(1, 2))
    network = Network(2, (Layer(1, "relu", ((half, number(2)),), (number(3),)), Layer(1, biases=False)), loss="bce")
    problem = from_network(network, title="small")

    assert (problem.title, problem.kind, problem.network) == ("small", "network", network)
    assert values(problem) == {"w1_1_1": Fraction(1, 2), "w1_1_2": 2, "b1_1": 3}
    with pytest.raises(ProblemError, match="layer 1: weights are 1×1, but there are 2 inputs"):
        from_network(Network(2, (Layer(1, weights=((half,),)),)))


def test_layers_may_be_partly_given() -> None:
    """Without weights a layer stays symbolic; `biases = false` means there are none; scalars stand for lists of one."""
    layers = [{"units": 2, "biases": False}, {"units": 1, "weights": ((1, 2),), "biases": [0.5]}]
    problem = from_dict({"network": {"inputs": 1, "layers": layers}, "samples": [{"x": 3, "y": [1]}]})

    assert values(problem) == {"x_1": 3, "y_1": 1, "w2_1_1": 1, "w2_1_2": 2, "b2_1": Fraction(1, 2)}
    assert "b1_1" not in leaves(problem)


def test_several_samples() -> None:
    """Several samples have names of their own, and the output is the cost J."""
    problem = from_dict({"network": {"inputs": 1, "layers": [{"units": 1}]}, "samples": [{"x": [1]}, {"y": [2]}, {}]})

    assert problem.graph.output.symbol.name == "J"
    assert values(problem) == {"x_1_s1": 1, "y_1_s2": 2}
    assert "L_s3" in problem.graph.definitions


def test_regularisers_reductions_and_formulas() -> None:
    """l1, l2 and reduction reach the network; activations and losses may be formulas."""
    problem = from_dict(
        {
            "network": {
                "inputs": 1, "l1": 0.1, "l2": "1/3", "reduction": "half_mean", "loss": "(a - y)^4",
                "layers": [{"units": 1, "activation": "z/(1+abs(z))"}],
            },
            "samples": [{}, {}],
        }
    )  # fmt: skip
    network = problem.network

    assert network is not None
    assert (network.l1, network.l2, network.reduction) == (number(Fraction(1, 10)), number(Fraction(1, 3)), "half_mean")
    assert problem.graph.definitions["a1_1_s1"].expr == Symbol("z1_1_s1") / (1 + call("abs", Symbol("z1_1_s1")))
    assert problem.graph.definitions["L_s2"].expr == (Symbol("a1_1_s2") - Symbol("y_1_s2")) ** 4


def test_point_of_a_network() -> None:
    """[point] gives more values of a network, by any spelling of their names."""
    table = {"network": {"inputs": 1, "layers": [{"units": 1}]}, "point": {"w1[1,1]": 2, "x": "1/2", "b^{[1]}_1": 0}}

    assert values(from_dict(table)) == {"x_1": Fraction(1, 2), "w1_1_1": 2, "b1_1": 0}


def test_at_overrides_the_point() -> None:
    """`at` puts other numbers in place of the problem's, and keeps the rest."""
    problem = from_dict({"definitions": {"f": "x*y"}, "point": {"x": 1, "y": 2}})

    assert values(problem.at("x=3")) == {"x": 3, "y": 2}
    assert values(problem) == {"x": 1, "y": 2}


def test_assumptions_and_constraints() -> None:
    """What is known of symbols is data of the problem; a sum is declared for each sample."""
    table = {
        "network": {"inputs": 1, "loss": "ce", "layers": [{"units": 2, "activation": "softmax"}]},
        "samples": [{"y": [0, 1]}, {"y": ["1/3", "2/3"]}],
        "symbols": {"x_1_s1": "positive", "y_1_s2": ["nonnegative", "nonzero"]},
        "constraints": {"y": "sum 1"},
    }
    problem = from_dict(table)

    assert problem.assumptions == {"x_1_s1": {"positive"}, "y_1_s2": {"nonnegative", "nonzero"}}
    assert problem.constraints == (("y_1_s1", "y_2_s1"), ("y_1_s2", "y_2_s2"))
    function = from_dict({"definitions": {"f": "p*log(q) + r"}, "constraints": {"p + q + r": "sum 1"}})
    assert function.constraints == (("p", "q", "r"),)


def test_one_hot_targets_are_not_assumed_to_sum_to_1() -> None:
    """Only [constraints] declares Σy = 1, never the numbers that happen to be given."""
    network = {"inputs": 1, "loss": "ce", "layers": [{"units": 2, "activation": "softmax"}]}

    assert from_dict({"network": network, "samples": [{"y": [0, 1]}]}).constraints == ()
    assert load("2-3:softmax,ce").constraints == ()


def test_training() -> None:
    """[training] chooses optimizer, options, update, report and parameters, in the order of the graph."""
    table = {
        "network": {"inputs": 1, "layers": [{"units": 2}, {"units": 1}]},
        "training": {
            "optimizer": "momentum", "learning_rate": "1/10", "momentum": 0.9, "style": "velocity",
            "direction": "ascent", "update": "online", "report": "sse", "train": ["b2", "W1", "w2_1_2"],
        },
    }  # fmt: skip
    training = from_dict(table).training

    assert training is not None
    assert training.options.optimizer == "momentum"
    assert training.options.hyperparameters["learning_rate"] == number(Fraction(1, 10))
    assert (training.options.style, training.options.direction) == ("velocity", "ascent")
    assert (training.update, training.report) == ("online", "squared_error")
    assert training.train == ("w1_1_1", "w1_2_1", "w2_1_2", "b2_1")


def test_what_is_trained_by_default() -> None:
    """All weights and biases of a network; every symbol of the point of a function, or every symbol where there is none."""
    assert load("1-1-1").trainable == ("w1_1_1", "b1_1", "w2_1_1", "b2_1")
    assert load("x*y*z", at="x=1, z=2").trainable == ("x", "z")
    assert load("x*y").trainable == ("x", "y")
    assert from_dict({"definitions": {"f": "x*y"}, "point": {"x": 1, "y": 2}, "training": {"train": "y"}}).trainable == ("y",)


def test_plain_names() -> None:
    """A problem knows its quantities by every spelling, and refuses others."""
    problem = load("2-2-1")

    assert [problem.plain(text) for text in ("w1[1,2]", "dL/dw2_11", "y", "δ1_2")] == ["w1_1_2", "dL_dw2_1_1", "y_1", "delta1_2"]
    with pytest.raises(UnknownNameError, match='did you mean "w2_1_1"'):
        problem.plain("w3_1_1")


def test_python_objects_are_accepted() -> None:
    """Tuples and NumPy arrays stand for lists, NumPy numbers for numbers."""
    numpy = pytest.importorskip("numpy")
    layer = {"units": 2, "weights": numpy.array([[0.5, 1.5], [2, 3]]), "biases": (numpy.float64(0.25), numpy.int64(2))}
    problem = from_dict({"network": {"inputs": 2, "layers": (layer,)}, "samples": [{"x": numpy.array([1, 2])}]})

    assert values(problem)["w1_1_2"] == Fraction(3, 2)
    assert values(problem)["b1_1"] == Fraction(1, 4)
    assert values(problem)["x_2"] == 2


def test_place_stands_before_every_fault() -> None:
    """A dict has no lines; its faults start with the place the caller names."""
    with pytest.raises(ProblemError) as caught:
        from_dict({"network": {"inputs": 2, "layers": [{"units": 2, "activation": "sigmiod"}]}}, place="homework 3")

    assert caught.value.faults == ('homework 3: layer 1: unknown activation "sigmiod"; did you mean "sigmoid"?',)


def test_same_input_same_problem() -> None:
    """Loading twice gives equal problems."""
    for text in (*ONE_LINERS, *OUTPUTS):
        assert content(load(text)) == content(load(text))


# ------------------------------------------------------------------------------------------ laws

LINES = """\
title = "t" # [x]
"quoted" . key = 'a = b'
[network]
inputs = 2
layers = [ # comment, with [brackets]

  { units = 2, weights = [[1, 2],
                          [3, 4]] },
  { units = 1 }, ]
[[samples]]
x = [1,
     2]
[[samples]]
y = [1]
[training]
note = \"\"\"
x = 1
\"\"\"
lr = 1979-05-27 07:32:00
[a.b."c d"]
e.f = { g = 1, h = [{ i = 2 }] }
"""


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("title",), 1),
        (("quoted", "key"), 2),
        (("network",), 3),
        (("network", "inputs"), 4),
        (("network", "layers", 0, "units"), 7),
        (("network", "layers", 0, "weights", 1, 0), 8),
        (("network", "layers", 0, "biases"), 7),
        (("network", "layers", 1), 9),
        (("samples",), 10),
        (("samples", 0, "x", 1), 12),
        (("samples", 1), 13),
        (("samples", 1, "y"), 14),
        (("training", "lr"), 19),
        (("a", "b", "c d"), 20),
        (("a", "b", "c d", "e", "f", "h", 0, "i"), 21),
        (("nowhere",), 1),
    ],
    ids=str,
)
def test_the_line_of_every_key(key: tuple[str | int, ...], line: int) -> None:
    """The scanner finds the line of a key, or of the table where it would stand."""
    source = Source("p.toml", LINES, "toml")
    source.table()

    assert source.line(key) == line


def test_lines_of_json() -> None:
    """The same in JSON."""
    source = Source("p.json", '{\n"a": {"b:c": [1,\n 2]},\n "d": "x, \\"y\\": {"}', "json")

    assert [source.line(key) for key in (("a",), ("a", "b:c"), ("a", "b:c", 1), ("d",))] == [2, 2, 3, 4]


NETWORK_TABLE: dict[str, Any] = {
    "title": "t",
    "network": {
        "inputs": 2, "loss": "bce", "l2": 0.5, "reduction": "sum",
        "layers": [
            {"units": 2, "activation": "tanh", "weights": [[0.1, 0.2], [0.3, "1/3"]], "biases": [1, 2]},
            {"units": 1, "biases": False},
        ],
    },
    "samples": [{"x": [1, 2], "y": [0]}, {"x": [0, "log(2)"], "y": [1]}],
    "training": {
        "optimizer": "momentum", "learning_rate": 0.5, "momentum": "9/10", "train": ["W1", "b1_2"],
        "update": "online", "report": "mse", "state": {"v": {"w1_1_1": 1}},
    },
    "names": {"w1_1_1": "w5"},
    "symbols": {"y_1_s1": "nonnegative"},
    "constraints": {"x_1_s1 + x_1_s2": "sum 1"},
    "point": {"w2_1_1": 3},
}  # fmt: skip
FUNCTION_TABLE: dict[str, Any] = {
    "definitions": {"a": "x + y", "b": "a^2", "c": 3, "d": "b*c"},
    "point": {"x": "1/3", "y": "2/3"},
    "symbols": {"x": "positive"},
    "constraints": {"x, y": "sum 1"},
    "names": {"x": "θ"},
    "training": {"optimizer": "adam", "train": ["x"], "eps_inside_sqrt": False, "direction": "ascent"},
}
ODD: list[Any] = [
    None, True, -1, 0, 2, 10**50, 10**2000, 0.5, float("nan"), float("inf"), "", "x", "x_1", "1/0", "log(-1)", "w1_1_1", "W1",
    "sum 1", "positive", "softmax", "2-2-1", [], [[]], [1], [[1]], [[1, 2], [3]], {}, {"x": 1}, {"v": {"x": "y"}}, {1: 2},
    (1, 2), b"x", "9**9**9", "(" * 200, "é\n", {"a": "b", "b": "a"},
]  # fmt: skip
ODD_KEYS: list[Any] = ["title", "x", "y", "units", "weights", "zzz", "pi", "sin", "if", "dd_dx", "", 1, None, "lr", "x_1_s1"]


def places(table: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    return [path, *(found for key, value in inner for found in places(value, (*path, key)))]


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a problem with a few entries replaced, removed or added."""
    table = copy.deepcopy(draw(st.sampled_from([NETWORK_TABLE, FUNCTION_TABLE])))
    for _ in range(draw(st.integers(0, 4))):
        path = draw(st.sampled_from(places(table)[1:] or [("title",)]))
        holder = table
        for key in path[:-1]:
            holder = holder[key]
        match draw(st.sampled_from(["replace", "replace", "add", "remove"])):
            case "replace":
                holder[path[-1]] = copy.deepcopy(draw(st.sampled_from(ODD)))
            case "remove":
                holder.pop(path[-1], None) if isinstance(holder, dict) else holder.pop(path[-1])
            case _ if isinstance(holder, dict):
                holder[draw(st.sampled_from(ODD_KEYS))] = copy.deepcopy(draw(st.sampled_from(ODD)))
            case _:
                holder.append(copy.deepcopy(draw(st.sampled_from(ODD))))
    return table


def refused(read: Any, *arguments: Any) -> tuple[str, ...]:
    """Return the faults with which something is refused, none where it is accepted."""
    try:
        read(*arguments)
    except ProblemError as error:
        return error.faults
    except TooLargeError as error:
        return (str(error),)
    return ()


@settings(max_examples=2000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(damaged())
def test_any_table_is_read_or_refused(table: dict[str, Any]) -> None:
    """Whatever a table holds, the answer is a problem, or a ProblemError of whole lines."""
    for fault in refused(from_dict, table):
        assert fault
        assert "\n" not in fault
        assert len(fault) < 600


def as_toml(value: Any) -> str:
    """Write a value in TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(k))} = {as_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - NaN
        return "nan"
    return "inf" if value == float("inf") else json.dumps(value if isinstance(value, (bool, int, float, str)) else str(value))


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(damaged(), st.sampled_from(["toml", "json"]), st.integers(0, 10**6), st.sampled_from(["", *'[]"=\nx1']))
def test_any_file_is_read_or_refused(table: dict[str, Any], kind: str, where: int, inserted: str) -> None:
    """Whatever a file holds, every fault names the file and a line of it."""
    if kind == "json":
        text = json.dumps({str(k): v for k, v in table.items()}, default=str, skipkeys=True, indent=1)
    else:
        text = "\n".join(f"{json.dumps(str(key))} = {as_toml(value)}" for key, value in table.items())
    where %= len(text) + 1
    text = text[:where] + inserted + text[where:]
    source = Source(f"p.{kind}", text, kind)

    for fault in refused(lambda: from_source(source)):
        assert fault.startswith((f"p.{kind}:", "the network has", "… and"))
        head, _, line = fault.partition(":")
        number_text = line.split(":")[0]
        if head == f"p.{kind}" and number_text.isdigit():
            assert 1 <= int(number_text) <= text.count("\n") + 1


def from_source(source: Source) -> Problem:
    from symbackprop import problem  # the reader behind `load`, without a file

    return problem._read(source.table(), source)  # noqa: SLF001 - the reader below the cache


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(alphabet="0123456789-:/,;=xyu+*^() .tansigmodbce\n", max_size=30))
def test_any_problem_text_is_read_or_refused(text: str) -> None:
    """Whatever stands for PROBLEM, the answer is a problem or an InputError."""
    try:
        problem = load(text) if text.strip() != "-" else None
    except (InputError, TooLargeError):
        problem = None
    assert problem is None or problem.graph.nodes


def test_the_tables_are_not_empty() -> None:
    """No test passes by running nothing, and the undamaged tables are problems."""
    assert len(ONE_LINERS) >= 10
    assert len(OUTPUTS) >= 10
    assert refused(from_dict, NETWORK_TABLE) == ()
    assert refused(from_dict, FUNCTION_TABLE) == ()
