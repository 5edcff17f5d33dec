"""Programs written from derivations: they compute what `evaluate` computes, pass their own tests, and ruff."""

from __future__ import annotations

import ctypes
import runpy
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from cases import BY_NAME, CASES, Case

from symbackprop import cli, functions
from symbackprop.codegen import STYLES, find_style, plan_for, write_layer_code, write_unit_code
from symbackprop.derivation import Derivation, derive
from symbackprop.errors import InputError
from symbackprop.expr import add, call, number
from symbackprop.functions import Function
from symbackprop.layers import plan_of
from symbackprop.network import Network

NETWORKS = [case for case in CASES if case.derivation().problem.network]
ARRAY_STYLES = [name for name, row in STYLES.items() if row.layers and name != "torch"]
TOLERANCE = {"rtol": 1e-11, "atol": 1e-13}


def names(cases: list[Case]) -> list[str]:
    """Return the names of cases, for pytest to show."""
    return [case.name for case in cases]


def layer_text(made: Derivation, style: str, *, rows: bool = True) -> str:
    """Write the code of a case by layers."""
    network = made.problem.network
    assert network is not None
    plan = replace(plan_of(network, unit_targets=bool(made.problem.constraints)), batch="N", rows=rows)
    return write_layer_code(STYLES[style], plan, made.problem, "command")


def unit_text(made: Derivation, style: str) -> str:
    """Write the code of a case by units."""
    return write_unit_code(STYLES[style], made.problem, made.backward, "command")


def load(text: str, path: Path) -> SimpleNamespace:
    """Run a module that was written, without its own test."""
    path.write_text(text, encoding="utf-8")
    return SimpleNamespace(**runpy.run_path(str(path)))


def arrays(network: Network, point: Mapping[str, Any], *, rows: bool) -> tuple[list[Any], list[Any]]:
    """Return the parameters and the data of a network at a point, as its code takes them."""
    parameters, sizes = [], network.sizes
    for k, layer in enumerate(network.layers, 1):
        units, inputs = range(1, sizes[k] + 1), range(1, sizes[k - 1] + 1)
        parameters.append(np.array([[float(point[f"w{k}_{j}_{i}"]) for i in inputs] for j in units]))
        if layer.biases is not False:
            bias = np.array([float(point[f"b{k}_{j}"]) for j in units])
            parameters.append(bias if rows else bias[:, None])
    suffixes = [f"_s{s}" for s in range(1, network.samples + 1)] if network.samples > 1 else [""]
    data = []
    for letter, size in (("x", sizes[0]), ("y", sizes[-1])):
        if f"{letter}_1{suffixes[0]}" in point:
            table = np.array([[float(point[f"{letter}_{k}{suffix}"]) for k in range(1, size + 1)] for suffix in suffixes])
            data.append(table if rows else table.T)
    return parameters, data


def gradients(network: Network, values: Any) -> list[Any]:
    """Return the gradients that `evaluate` finds, shaped like the parameters."""
    found = []
    for k, layer in enumerate(network.layers, 1):
        units, inputs = range(1, network.sizes[k] + 1), range(1, network.sizes[k - 1] + 1)
        found.append(np.array([[values.gradients[f"w{k}_{j}_{i}"] for i in inputs] for j in units]))
        if layer.biases is not False:
            found.append(np.array([values.gradients[f"b{k}_{j}"] for j in units]))
    return found


def assert_same(code: list[Any], ours: list[Any]) -> None:
    """Compare gradients one by one, whatever the layout of biases."""
    assert len(code) == len(ours)
    for left, right in zip(code, ours, strict=True):
        np.testing.assert_allclose(np.asarray(left).reshape(right.shape), right, **TOLERANCE)


@pytest.mark.parametrize("rows", [True, False], ids=["rows", "columns"])
@pytest.mark.parametrize("style", ARRAY_STYLES)
@pytest.mark.parametrize("case", NETWORKS, ids=names(NETWORKS))
def test_array_code_computes_what_evaluate_does(case: Case, style: str, *, rows: bool, tmp_path: Path) -> None:
    """The cost and all gradients of the code by layers equal those by units, for samples as rows and as columns."""
    made, point = case.derivation(), case.point(3)
    values = made.evaluate(point)
    network = made.problem.network
    module = load(layer_text(made, style, rows=rows), tmp_path / "code.py")
    parameters, data = arrays(network, point, rows=rows)

    if style == "buffers":
        cost, slopes = module.Gradients(data[0].shape[0 if rows else 1])(parameters, *data)
    else:
        cost, kept = module.forward(parameters, *data)
        slopes = module.backward(parameters, *data, kept)
    np.testing.assert_allclose(cost, values.values[made.output], **TOLERANCE)
    assert all(slope.shape == parameter.shape for slope, parameter in zip(slopes, parameters, strict=True))
    assert_same(list(slopes), gradients(network, values))


@pytest.mark.parametrize("rows", [True, False], ids=["rows", "columns"])
@pytest.mark.parametrize("case", NETWORKS, ids=names(NETWORKS))
def test_torch_code_computes_what_evaluate_does(case: Case, *, rows: bool, tmp_path: Path) -> None:
    """The autograd.Function hands back the gradients of `evaluate`."""
    torch = pytest.importorskip("torch")
    made, point = case.derivation(), case.point(3)
    network = made.problem.network
    module = load(layer_text(made, "torch", rows=rows), tmp_path / "code.py")
    parameters, data = arrays(network, point, rows=rows)
    leaves = [torch.tensor(parameter, requires_grad=True) for parameter in parameters]

    module.Cost.apply(*map(torch.tensor, data), *leaves).backward()
    assert_same([leaf.grad for leaf in leaves], gradients(network, made.evaluate(point)))


@pytest.mark.parametrize("case", CASES, ids=names(list(CASES)))
def test_python_code_computes_what_evaluate_does(case: Case, tmp_path: Path) -> None:
    """`gradient` of the flat Python code equals `evaluate`, for networks and for functions."""
    made, point = case.derivation(), case.point(3)
    values = made.evaluate(point)
    module = load(unit_text(made, "python"), tmp_path / "code.py")

    output, slopes = module.gradient(*map(float, point.values()))
    assert module.value(*map(float, point.values())) == pytest.approx(output, rel=1e-13)
    assert output == pytest.approx(values.values[made.output], rel=1e-11, abs=1e-13)
    parameters = [name.rstrip("_") for name in module.PARAMETERS]
    assert len(parameters) > 0
    assert slopes == pytest.approx([values.gradients[name] for name in parameters], rel=1e-11, abs=1e-13)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """Compile the C code of all cases as one library, in which case k is `gradient_k`."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    folder = tmp_path_factory.mktemp("c")
    parts = []
    for k, case in enumerate(CASES):
        (folder / f"case_{k}.c").write_text(unit_text(case.derivation(), "c"), encoding="utf-8")
        parts.append(f'#define gradient gradient_{k}\n#include "case_{k}.c"\n#undef gradient\n#undef LEAVES\n#undef PARAMETERS\n')
    (folder / "all.c").write_text("".join(parts), encoding="utf-8")
    flags = ["-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-DSYMBACKPROP_LIBRARY"]
    run = [compiler, *flags, "all.c", "-o", "all.so", "-lm"]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return ctypes.CDLL(str(folder / "all.so"))


@pytest.mark.parametrize("case", CASES, ids=names(list(CASES)))
def test_c_code_computes_what_evaluate_does(case: Case, library: ctypes.CDLL) -> None:
    """`gradient` of the C code equals `evaluate`, for networks and for functions."""
    made, point = case.derivation(), case.point(3)
    values = made.evaluate(point)
    function = library[f"gradient_{CASES.index(case)}"]
    function.restype = ctypes.c_double
    wanted = list(made.problem.trainable) if made.problem.network else [n for n in point if n in made.backward.adjoints]
    leaves = (ctypes.c_double * len(point))(*map(float, point.values()))
    slopes = (ctypes.c_double * len(wanted))()

    output = function(leaves, slopes)
    assert output == pytest.approx(values.values[made.output], rel=1e-11, abs=1e-13)
    assert list(slopes) == pytest.approx([values.gradients[name] for name in wanted], rel=1e-11, abs=1e-13)


SELF_TESTED = (
    "weight decay l1 and l2",
    "distributions over samples",
    "gelu",
    "cross-entropy of a distribution",
    "half mean over samples",
    "formula activation with a gate",
)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", SELF_TESTED)
def test_the_code_passes_its_own_test(name: str, style: str, tmp_path: Path) -> None:
    """Run as a program, the code compares its gradients with finite differences and says that they agree."""
    made = BY_NAME[name].derivation()
    text = layer_text(made, style) if STYLES[style].layers else unit_text(made, style)
    if style == "torch":
        pytest.importorskip("torch")
    if style == "c":
        if shutil.which("cc") is None:
            pytest.skip("no C compiler")
        (tmp_path / "code.c").write_text(text, encoding="utf-8")
        command = ["cc", "-O2", "-Wall", "-Werror", "code.c", "-o", "code", "-lm"]
        assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0
        run = [str(tmp_path / "code")]
    else:
        (tmp_path / "code.py").write_text(text, encoding="utf-8")
        run = [sys.executable, "-W", "error", "code.py"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_code_pleases_ruff(tmp_path: Path) -> None:
    """Every Python module passes ruff with its default rules."""
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None:
        pytest.skip("no ruff")
    for k, case in enumerate(CASES):
        made = case.derivation()
        for name, style in STYLES.items():
            if name == "c" or (style.layers and made.problem.network is None):
                continue
            text = layer_text(made, name) if style.layers else unit_text(made, name)
            (tmp_path / f"{name}_{k}.py").write_text(text, encoding="utf-8")
    command = [ruff, "check", "--isolated", "--quiet", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert len(list(tmp_path.iterdir())) > len(CASES)


def test_a_new_activation_needs_nothing_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A row added to the table of functions is written in every style, from its definition and its slope."""
    row = Function(
        "bent",
        slope=lambda z, f: add(1, z / call("sqrt", z**2 + 1)),  # noqa: ARG005 - the signature of every slope
        rule="",
        define=lambda z: add(z, call("sqrt", z**2 + 1), number(-1)),
        activation=True,
    )
    monkeypatch.setitem(functions.FUNCTIONS, "bent", row)
    monkeypatch.setitem(functions.ACTIVATIONS, "bent", row)
    made = derive("2-2-1:bent/identity")
    point = {leaf.symbol.name: (k % 7 - 3) / 4 for k, leaf in enumerate(made.graph.leaves)}
    values = made.evaluate(point)
    parameters, data = arrays(made.problem.network, point, rows=True)

    module = load(layer_text(made, "numpy"), tmp_path / "arrays.py")
    slopes = module.backward(parameters, *data, module.forward(parameters, *data)[1])
    assert_same(list(slopes), gradients(made.problem.network, values))
    flat = load(unit_text(made, "python"), tmp_path / "flat.py")
    assert flat.gradient(**point)[1] == pytest.approx([values.gradients[name] for name in flat.PARAMETERS])
    assert "sqrt(" in unit_text(made, "c")


@pytest.mark.parametrize("z", [-1e4, -750.0, -30.0, 0.0, 30.0, 750.0, 1e4])
@pytest.mark.parametrize("activation", ["sigmoid", "softplus", "silu", "elu", "tanh", "softmax"])
def test_nothing_overflows(activation: str, z: float, tmp_path: Path) -> None:
    """Far from 0 the code still has finite values, the same as `evaluate`."""
    made = derive(f"1-2:{activation},half_squared_error")
    point = {leaf.symbol.name: 0.5 for leaf in made.graph.leaves} | {"b1_1": z, "b1_2": -z}
    values = made.evaluate(point)
    parameters, data = arrays(made.problem.network, point, rows=True)

    module = load(layer_text(made, "numpy"), tmp_path / "arrays.py")
    cost, kept = module.forward(parameters, *data)
    assert cost == pytest.approx(values.values["L"])
    assert_same(list(module.backward(parameters, *data, kept)), gradients(made.problem.network, values))
    flat = load(unit_text(made, "python"), tmp_path / "flat.py")
    assert flat.gradient(**point)[1] == pytest.approx([values.gradients[name] for name in flat.PARAMETERS])


BAD_CALLS = (
    (["code", "2-2-1", "--style", "nunpy"], 'did you mean "numpy"?'),
    (["code", "2-2-1", "--view", "units", "--style", "torch"], "--style torch writes code by layers"),
    (["code", "2-2-1", "--view", "index"], "--view"),
    (["code", "n-2-1"], "n is a letter"),
    (["code", "2-2-1", "--batch", "0"], "--batch"),
    (["code", "2-2-1", "--batch", "X"], "means something else"),
    (["code", "x^2"], "for networks"),
    (["code", "2-2-1", "--style", "c", "--batch", "3"], "by layers"),
)


@pytest.mark.parametrize(("arguments", "says"), BAD_CALLS)
def test_wrong_calls_are_told(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A style, view or size that cannot be is an error of the input, and the message says what can."""
    assert cli.run(arguments) == 2
    assert says in capsys.readouterr().err


def test_the_command_writes_a_file(tmp_path: Path) -> None:
    """`code -o FILE` writes the program, which says how the derivation is printed that its steps number."""
    target = tmp_path / "net.py"
    assert cli.run(["code", "2-3:softmax,cross_entropy", "--assume", "y sum 1", "-o", str(target)]) == 0
    text = target.read_text(encoding="utf-8")
    assert "(A1 - Y) / N" in text
    assert "--view layers --batch N --samples columns --assume 'y sum 1'" in text.replace("\n", " ")


def test_nothing_in_a_title_leaves_its_comment(tmp_path: Path) -> None:
    """A title with quotes, backslashes and ends of comments stays inside the docstring or comment."""
    made = derive({"title": '"""\\ */ import os', "network": {"inputs": 1, "layers": [{"units": 1}]}})
    assert load(layer_text(made, "numpy"), tmp_path / "a.py").forward
    assert load(unit_text(made, "python"), tmp_path / "b.py").gradient
    assert "*/ import" not in unit_text(made, "c")


def test_styles_have_one_view() -> None:
    """Every style is found by its name, and the first of each view without one."""
    assert [find_style(name, None).view for name in STYLES] == [row.view for row in STYLES.values()]
    assert find_style(None, "units").name == "python"
    assert find_style(None, None).name == "numpy"
    with pytest.raises(InputError):
        plan_for("x + y")
