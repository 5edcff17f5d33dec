"""
A student's NumPy code against the derived gradients: it is run in a child, and what it returns is compared here.

The program is called at several random points, the same every time.  Right is an array of the right shape of which every
entry agrees to `comparing.RTOL` with the derivation's own gradient at every
point; what is right is therefore sampled, not proved.
"""

from __future__ import annotations

import math
import random
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from symbackprop.derivation import Derivation, derive
from symbackprop.errors import DomainError, InputError, SymbackpropError
from symbackprop.evaluate import Values, evaluate_at
from symbackprop.expr import Number
from symbackprop.findings import UNDECIDED, Finding
from symbackprop.graph import Graph, Role
from symbackprop.problem import Problem
from symbackprop.sandbox.arrays import arrays_of
from symbackprop.sandbox.comparing import judge, refused
from symbackprop.sandbox.explaining import Explainer
from symbackprop.sandbox.limits import Limits
from symbackprop.sandbox.wire import from_json, to_json
from symbackprop.sandbox.worker import Worker, WorkerError

TASKS = "symbackprop.sandbox.student"
POINTS = 5
DRAWS = 200
LONGEST_SOURCE = 200_000
LARGEST = 20_000
DISTRIBUTIONS = ("cross_entropy", "kl_divergence", "negative_log_likelihood")



def check_code(
    problem: Problem | Derivation,
    source: str | Path,
    name: str = "student.py",
    *,
    hint: int | None = None,
    limits: Limits | None = None,
) -> Finding:
    """
    Return what is right and wrong in the gradients that a program computes, one step of the finding for each.

    `source` is the program's text, or its file; `name` is what its lines are called in messages.  It must have a function
    `backward(x, y, W1, b1, …)`, whose parameters are matched by name: x, y, W1, b1 …, the values z1, a1 … of the forward
    pass, `params` (a dictionary of the weights and biases, or they in order) and `cache` (of the values, or what the
    program's own `forward` returns); X, Y, Z1, A1 … where samples are the columns or rows of a matrix.  It returns a
    dictionary with keys such as "dW1", or a tuple in the order W1, b1, W2 ….  `hint` is 1 (what is wrong), 2 (where)
    or 3 (why); the problem says, where it is left out.

    Raises InputError for a file that cannot be read and a problem that has nothing to differentiate by.
    """
    derivation = problem if isinstance(problem, Derivation) else derive(problem)
    problem = derivation.problem
    arrays = arrays_of(problem, derivation.backward)
    if not arrays.parameters:
        msg = "there is no weight to differentiate by in this problem"
        raise InputError(msg)
    if sum(math.prod(arrays.quantities[key].shape) for key in arrays.parameters) > LARGEST:
        msg = f"checking code takes networks of at most {LARGEST} weights"
        raise InputError(msg)
    if isinstance(source, Path):
        name, source = source.name, read_source(source)
    name = _harmless(name)
    if len(source) > LONGEST_SOURCE:
        return refused(f"{name} has {len(source)} characters, and at most {LONGEST_SOURCE} are read.", name)
    points = draw_points(derivation)
    calls = {
        layout: [{"arrays": arrays.offered(point.values, layout), "parameters": arrays.parameters} for point in points]
        for layout in arrays.layouts
    }
    try:
        with tempfile.TemporaryDirectory() as folder, Worker(TASKS, folder=folder, subject=name) as worker:
            ran = worker.ask("run", source, name, calls, limits=limits)
    except WorkerError as error:
        said = f"{name} ended the process that ran it." if error.limit == "died" else f"{error}."
        return Finding(UNDECIDED, message=said, hints=(said,) * 3, limits_hit=(error.limit,), target=name)
    except SymbackpropError:
        # Nothing in the child raises one of these but a program that reached into it.
        return refused(f"{name} meddles with the process that runs it.", name)
    found = judge(ran, arrays, Explainer(derivation, points), hint or problem.checking.hint)
    return from_json(to_json(replace(found, target=name)))  # so that what the program says cannot steer a terminal


def _harmless(name: str) -> str:
    """Return a file's name as it may stand in a message: its last part, without control characters."""
    return "".join(char if char.isprintable() else "?" for char in Path(name).name)[:80] or "student.py"


def draw_points(derivation: Derivation, count: int = POINTS, seed: int = 0) -> list[Values]:
    """
    Return all numbers at random points where everything has a value and nothing sits on a kink.

    Targets of a loss over distributions sum to 1.  Raises InputError where no such points are found.
    """
    problem, graph = derivation.problem, derivation.graph
    chance = random.Random(seed)  # noqa: S311 - nobody is kept out
    found: list[Values] = []
    for _ in range(DRAWS):
        leaves = _draw(problem, graph, chance)
        try:
            values = evaluate_at(derivation.backward, {name: Number(value) for name, value in leaves.items()}, problem.names)
        except DomainError:
            continue
        if not values.kinks() and all(map(math.isfinite, values.gradients.values())):
            found.append(values)
        if len(found) == count:
            return found
    msg = "no points are found at which this problem has gradients"
    raise InputError(msg)


def _draw(problem: Problem, graph: Graph, chance: random.Random) -> dict[str, Fraction]:
    values: dict[str, Fraction] = {}
    for leaf in graph.leaves:
        name = leaf.symbol.name
        known = problem.assumptions.get(name, frozenset())
        size = Fraction(chance.randint(100, 1500), 1000)
        if leaf.role is Role.TARGET:
            values[name] = Fraction(chance.randint(50, 950), 1000)
        elif "integer" in known:
            values[name] = Fraction(chance.randint(1, 3))
        else:
            turned = not known & {"positive", "nonnegative"} and chance.random() < 0.5
            values[name] = -size if turned or "negative" in known else size
    groups = list(problem.constraints)
    if problem.network is not None and problem.network.loss in DISTRIBUTIONS:
        samples: dict[str, list[str]] = {}
        for name in (leaf.symbol.name for leaf in graph.leaves if leaf.role is Role.TARGET):
            samples.setdefault(name.partition("_s")[2], []).append(name)
        groups += [tuple(names) for names in samples.values()]
    for group in groups:
        total = sum(abs(values[name]) for name in group)
        values.update({name: abs(values[name]) / total for name in group})
    return values


def read_source(file: Path) -> str:
    """Return a program's text; raises InputError where there is none, or it is too long or not UTF-8."""
    if not file.is_file():
        msg = f"{file}: no such file"
        raise InputError(msg)
    with file.open("rb") as stream:
        data = stream.read(4 * LONGEST_SOURCE + 1)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{_harmless(file.name)}: byte {error.start + 1} is not UTF-8"
        raise InputError(msg) from None
