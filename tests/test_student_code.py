"""A student's NumPy code: right in every usual shape, wrong told with its place, and every fault with its line."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import symbackprop as sb
from symbackprop.errors import InputError
from symbackprop.sandbox.arrays import arrays_of
from symbackprop.sandbox.code import check_code
from symbackprop.sandbox.comparing import meant_by

ROOT = Path(__file__).resolve().parents[1]
PROBLEM = "2-3-1:tanh/sigmoid,bce"
FORWARD = """\
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

"""
BODY = """\
    z1 = W1 @ x + b1
    a1 = np.tanh(z1)
    a2 = sigmoid(W2 @ a1 + b2)
    d2 = a2 - y
    d1 = (W2.T @ d2) * (1 - a1**2)
"""
RETURNED = '{"dW1": np.outer(d1, x), "db1": d1, "dW2": np.outer(d2, a1), "db2": d2}'


def program(head="def backward(x, y, W1, b1, W2, b2):", body=BODY, returned=RETURNED):
    return f"{FORWARD}{head}\n{body}    return {returned}\n"


UNPACKED = "    W1, b1, W2, b2 = params\n"
NAMED = '    W1, b1, W2, b2 = params["W1"], params["b1"], params["W2"], params["b2"]\n'
RIGHT = {
    "names": program(),
    "columns": program(returned="{'dW1': d1 @ x.T, 'db1': d1, 'dW2': d2 @ a1.T, 'db2': d2}"),
    "tuple": program(returned="np.outer(d1, x), d1, np.outer(d2, a1), d2"),
    "list": program(returned="[np.outer(d1, x), d1, np.outer(d2, a1), d2]"),
    "other keys": program(returned="{'dL_dW1': np.outer(d1, x), 'grad_b1': d1, 'W2': np.outer(d2, a1), 'db2': d2.tolist()}"),
    "more keys": program(returned=RETURNED[:-1] + ", 'dz2': d2, 'delta1': d1, 'loss': 3}"),
    "shuffled": program(head="def backward(b2, W2, b1, W1, y, x):"),
    "params": program(head="def gradients(x, y, params):", body=NAMED + BODY),
    "params in order": program(head="def gradients(x, y, params):", body=UNPACKED + BODY),
    "only function": program(head="def my_own(x, y, W1, b1, W2, b2):")
    .replace("def sigmoid(z):\n    return", "#")
    .replace("sigmoid(W2 @ a1 + b2)", "1 / (1 + np.exp(-W2 @ a1 - b2))"),
    "values": program(
        head="def backward(x, y, W2, a1, a2):", body="    d2 = a2 - y\n    d1 = (W2.T @ d2) * (1 - a1**2)\n"
    ),
    "keywords": program(head="def backward(x, y, **weights):", body=NAMED.replace("params", "weights") + BODY),
    "defaults": program(head="def backward(x, y, W1, b1, eps=1e-8, W2=None, b2=None):"),
    "in place": program(body="    x = x.copy()\n" + BODY + "    W1 -= 0.1 * np.outer(d1, x)\n"),
    "matrix": program(
        head="def backward(X, Y, W1, b1, W2, b2):",
        body=BODY.replace("@ x", "@ X").replace("- y", "- Y").replace("+ b", "+ b"),
        returned="{'dW1': d1 @ X.T, 'db1': d1, 'dW2': d2 @ a1.T, 'db2': d2}",
    ).replace("z1 = W1 @ X + b1", "b1 = b1.reshape(3, 1); b2 = b2.reshape(1, 1); z1 = W1 @ X + b1"),
    "cache": program(
        head="def backward(params, cache, x, y):",
        body='    a1, a2, W2 = cache["a1"], cache["a2"], params["W2"]\n    d2 = a2 - y\n    d1 = (W2.T @ d2) * (1 - a1**2)\n',
    ),
    "own forward": program(
        head=f"def forward(x, y, W1, b1, W2, b2):\n{BODY}    return 0.0, (a1, a2)\n\ndef backward(cache, x, y, W2):",
        body="    a1, a2 = cache\n    d2 = a2 - y\n    d1 = (W2.T @ d2) * (1 - a1**2)\n",
    ),
    "warnings": program(body="    np.float64(1) / np.float64(0)\n    np.exp(np.float64(1000))\n" + BODY),
    "modules": "import math, random, warnings\nfrom collections import abc\nfrom dataclasses import dataclass\n"
    "from numpy.typing import NDArray\nfrom numpy.random import default_rng\nwarnings.warn('look')\n"
    "@dataclass\nclass A:\n    b: int\n" + program(),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_code_is_right_in_every_usual_shape(name) -> None:
    found = check_code(sb.load(PROBLEM), RIGHT[name])

    assert found.verdict == "correct", found.message
    assert (found.evidence, found.points, found.codes) == ("sampled", 5, frozenset())
    assert found.marks == found.most >= 4
    assert found.message.startswith("dW1, db1, dW2")


@pytest.mark.parametrize("samples", ["columns", "rows"])
@pytest.mark.parametrize("problem", [PROBLEM, "3-4-3:relu/softmax,cross_entropy", "worked_examples/batch_in_layers.toml"])
def test_the_code_that_symbackprop_writes_is_right(problem, samples) -> None:
    command = [sys.executable, "-m", "symbackprop", "code", problem, "--samples", samples]
    written = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    where = problem if not problem.endswith(".toml") else str(ROOT / problem)

    assert check_code(sb.load(where), written).verdict == "correct"


def test_a_plain_function() -> None:
    problem = sb.load("u = 2*x + w; y = u^3")
    right = "def backward(x, w):\n    return {'dx': 6*(2*x + w)**2, 'dw': 3*(2*x + w)**2}\n"

    assert check_code(problem, right).verdict == "correct"
    assert "It is 5/6 times the gradient everywhere." in check_code(problem, right.replace("6*", "5*")).message
    assert check_code(problem, right.replace("{'dx': ", "(").replace("'dw': ", "").replace("}", ")")).verdict == "correct"


WRONG = (
    # what is changed, to what, the steps that are wrong, a code, what is said of it
    ("(1 - a1**2)", "(1 - a1)", ["dW1", "db1"], "slope.wrong_rule", "1 − a stands where tanh′(z1) belongs."),
    ("(1 - a1**2)", "1", ["dW1", "db1"], "missing.slope", "The slope tanh′(z1) is missing."),
    ("(W2.T @ d2)", "(W2.T @ d2)**2", ["dW1", "db1"], None, "dW1 is wrong, most in row "),
    ("np.outer(d2, a1)", "-np.outer(d2, a1)", ["dW2"], "sign", "dW2 is wrong, most in row 1, "),
    ('"db1": d1, ', "", ["db1"], "missing", "db1 is missing."),
    ("np.outer(d1, x)", "np.outer(x, d1)", ["dW1"], "shape", "W1 has shape (3, 2): it is the transpose."),
    ("np.outer(d1, x)", "d1", ["dW1"], "shape", "dW1 has shape (3,), and W1 has shape (3, 2)."),
    ("np.outer(d1, x)", "'text'", ["dW1"], "shape", "dW1 is no array of numbers, but str."),
    ("np.outer(d1, x)", "np.outer(d1, x) + 1j", ["dW1"], "shape", "dW1 is complex."),
    ("np.outer(d1, x)", "np.outer(d1, x) * np.nan", ["dW1"], "not.finite", "dW1 is wrong: an entry is no number."),
    ("d2 = a2 - y", "d2 = 2 * (a2 - y)", ["dW1", "db1", "dW2", "db2"], "factor.two", "dW1 is wrong, most in row "),
    ("d2 = a2 - y", "d2 = 5 * (a2 - y)", ["dW1", "db1", "dW2", "db2"], "factor.constant", "A constant factor is wrong."),
    ("d2 = a2 - y", "d2 = (a2 - y) * 0", ["dW1", "db1", "dW2", "db2"], "zero", "It is 0 everywhere."),
)


@pytest.mark.parametrize(("old", "new", "wrong", "code", "said"), WRONG, ids=[row[1][:30] for row in WRONG])
def test_wrong_code_is_told_gradient_by_gradient(old, new, wrong, code, said) -> None:
    source = program()
    assert old in source

    found = check_code(sb.load(PROBLEM), source.replace(old, new))

    assert [step.text for step in found.steps if step.verdict == "wrong"] == wrong
    assert (found.verdict, found.marks, found.most) == ("wrong", 4 - len(wrong), 4)
    assert found.steps[found.first_wrong_step - 1].text == wrong[0]
    assert said in found.message
    assert code is None or code in found.codes


def test_three_levels_of_hint() -> None:
    source = program().replace("(1 - a1**2)", "(1 - a1)")
    findings = [check_code(sb.load(PROBLEM), source, hint=hint) for hint in (1, 2, 3)]
    first, second, third = (found.steps[0].message for found in findings)

    assert first == "dW1 is wrong."
    assert second.startswith("dW1 is wrong, most in row ")
    assert second.endswith(".")
    assert third.startswith(f"{second} 1 − a stands where tanh′(z1)")
    assert findings[0].hints == findings[1].hints == tuple(found.message for found in findings)


FAULTS = (
    ("def backward(x, y)\n    return 1\n", "student.py:1: SyntaxError: expected ':'."),
    ("x = 1\nz = y\n", "student.py:2: NameError: name 'y' is not defined."),
    (program().replace("W2.T @ d2", "W1 @ d2"), "student.py:11: ValueError: matmul: Input operand 1"),
    ("x = 1\n", 'student.py: there is no function "backward"; write backward(x, y, W1, b1, …) that returns the gradients.'),
    ("def backward(x, target):\n    return 1\n", 'student.py:1: "target" is not offered; W1, b1, W2, b2, x, X'),
    ("def backward(x):\n    return 1, 2\n", "The function returns 2 arrays where there are 4: dW1, db1, dW2 and db2."),
    ("def backward(x):\n    return {'a': 1}\n", 'The function returns "a"; dW1, db1, dW2 and db2 are accepted.'),
    ("def backward(x):\n    return None\n", "The function returns 1 array where there are 4"),
    ("def backward(x):\n    return {}\n", "The function returns nothing"),
    ("import torch\n", "student.py:1: ImportError: torch cannot be imported here; abc, cmath, collections"),
    ("def backward(x):\n    return backward(x)\n", "student.py:2: RecursionError"),
    ("import sys\n", "student.py:1: ImportError: sys cannot be imported here"),
    ("raise SystemExit(0)\n", "student.py:1: SystemExit: the program ended itself."),
    ("open('/etc/passwd')\n", "student.py:1: RefusedError: opening files is not allowed here."),
    ("import numpy as np\nnp.zeros((10**6, 10**6))\n", "student.py:2: "),
    ("a\x00b", "student.py: "),
)


@pytest.mark.parametrize(("source", "said"), FAULTS, ids=[textwrap.shorten(row[0], 30) for row in FAULTS])
def test_every_fault_is_a_sentence_with_its_line(source, said) -> None:
    found = check_code(sb.load(PROBLEM), source)

    assert found.verdict == "invalid"
    assert found.message.startswith(said)
    assert "\n" not in found.message
    assert len(found.message) < 500


def test_what_a_program_prints_is_shown_once_and_in_part() -> None:
    source = program(body="    print('x is', x.shape)\n" + BODY)
    found = check_code(sb.load(PROBLEM), f"print('\\x1b[2J' + 'a' * 5000)\n{source}")

    assert found.verdict == "correct"
    assert "\x1b" not in found.message
    assert len(found.message) < 2_200
    assert check_code(sb.load(PROBLEM), source).message.endswith("\nIt printed: x is (2,)")


def test_files_that_cannot_be_read(tmp_path) -> None:
    assert "at most 200000" in check_code(sb.load(PROBLEM), "x" * 300_000).message
    with pytest.raises(InputError, match="is not UTF-8"):
        check_code(sb.load(PROBLEM), written(tmp_path, b"\xff\xfe"))
    with pytest.raises(InputError, match="no such file"):
        check_code(sb.load(PROBLEM), tmp_path / "none.py")
    assert check_code(sb.load(PROBLEM), written(tmp_path, program().encode("utf-8-sig"))).verdict == "correct"


def written(folder, data):
    file = folder / "student.py"
    file.write_bytes(data)
    return file


@pytest.mark.parametrize(
    ("key", "name"),
    [("dW1", "W1"), ("W1", "W1"), ("dL_dW1", "W1"), ("dL/dW1", "W1"), ("grad_W1", "W1"), ("W1_grad", "W1"), ("db2", "b2"),
     ("∂W2", "W2"), ("∇W2", "W2"), ("dJdb1", "b1"), ("dw1", "W1"), ("loss", None), ("", None), ("dW9", None), ("dz1", "z1")],
)  # fmt: skip
def test_keys_are_read_as_people_write_them(key, name) -> None:
    derivation = sb.derive(sb.load(PROBLEM))

    assert meant_by(key, arrays_of(derivation.problem, derivation.backward)) == name


def test_the_same_program_gives_the_same_finding() -> None:
    source = program().replace("(1 - a1**2)", "np.random.rand()")

    assert check_code(sb.load(PROBLEM), source) == check_code(sb.load(PROBLEM), source)
