"""What a problem is: `Problem` and `Training`, and the few checks that hold for any point of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Literal

from symbackprop.arithmetic import FLOAT, evaluate
from symbackprop.data import DataFile
from symbackprop.errors import DomainError, ParseError, ProblemError, UnknownNameError
from symbackprop.expr import Expr, Number
from symbackprop.graph import Graph, Role
from symbackprop.names import normalise_name
from symbackprop.network import Network
from symbackprop.optimizers import OptimizerOptions
from symbackprop.parse.values import parse_point
from symbackprop.problem.questions import CheckOptions, Question

# Floats that were divided by their sum add up to 1 only nearly.
NEARLY = Fraction(1, 10**6)
ASSUMPTIONS = ("positive", "negative", "nonzero", "nonnegative", "integer")


@dataclass(frozen=True)
class Training:
    """
    How a problem is trained.

    `train` has the plain names of the parameters that are updated; `update` is "batch" or "online";
    `report` is the name of a loss that is measured but not minimised.
    """

    options: OptimizerOptions
    train: tuple[str, ...]
    update: str = "batch"
    report: str | None = None


@dataclass(frozen=True)
class Problem:
    """
    What is to be derived, and all that is known about it.

    `kind` is "network" or "function"; `point` gives leaves a constant expression (it may be incomplete or empty);
    `names` maps plain names to the course's own; `assumptions` maps names to words of `ASSUMPTIONS`;
    each entry of `constraints` has the names that sum to 1; `data` is the file with rows to train with;
    `questions` is what a class is asked, `checking` how answers are checked.
    """

    title: str
    kind: Literal["network", "function"]
    graph: Graph
    network: Network | None = None
    point: Mapping[str, Expr] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    assumptions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    constraints: tuple[tuple[str, ...], ...] = ()
    training: Training | None = None
    data: DataFile | None = None
    questions: tuple[Question, ...] = ()
    checking: CheckOptions = field(default_factory=CheckOptions)

    @cached_property
    def known(self) -> dict[str, None]:
        """Every plain name of the graph, leaves first."""
        return dict.fromkeys((*(leaf.symbol.name for leaf in self.graph.leaves), *self.graph.definitions))

    @cached_property
    def trainable(self) -> tuple[str, ...]:
        """The parameters that training updates: those of [training], else all weights and biases, or the whole point."""
        return self.training.train if self.training else default_train(self.graph, self.kind, self.point)

    def plain(self, text: str) -> str:
        """Return the plain name of a quantity as a reader typed it; raises UnknownNameError."""
        return normalise_name(text, self.known, self.names)

    def at(self, text: str) -> Problem:
        """
        Return the problem at another point, "x_1=1, x_2=2"; what the text leaves out stays as it was.

        Raises ProblemError.
        """
        try:
            given = parse_point(text, self.graph.leaf_by_name, self.names)
            return self.moved(given)
        except (ParseError, UnknownNameError) as error:
            msg = f"--at: {error}"
            raise ProblemError(msg) from None
        except ProblemError as error:
            raise ProblemError(*(f"--at: {fault}" for fault in error.faults)) from None

    def moved(self, given: Mapping[str, Expr]) -> Problem:
        """Return the problem with some leaves at other values; raises ProblemError for what an assumption forbids."""
        leaves = self.graph.leaf_by_name
        faults: list[str] = []
        for name, value in given.items():
            fault = no_value(value) or broken_assumption(name, value, self.assumptions)
            faults += [f"{name}: {fault}"] if fault else []
        point = {**self.point, **given}
        faults += broken_constraints(self.constraints, point)
        if faults:
            raise ProblemError(*faults)
        return replace(self, point={name: point[name] for name in leaves if name in point})


def default_train(graph: Graph, kind: str, point: Mapping[str, Expr]) -> tuple[str, ...]:
    """Return what is trained where nothing else is said: weights and biases, or the point's names."""
    if kind == "network":
        return tuple(name for name, leaf in graph.leaf_by_name.items() if leaf.role in {Role.WEIGHT, Role.BIAS})
    return tuple(name for name in graph.leaf_by_name if name in point) or tuple(graph.leaf_by_name)


def no_value(expr: Expr) -> str:
    """Say why a constant has no value, or return the empty string."""
    if isinstance(expr, Number):
        return ""
    try:
        evaluate(expr, {}, FLOAT)
    except DomainError as error:
        return f"has no value: {error}"
    return ""


def broken_assumption(name: str, value: Expr, assumptions: Mapping[str, frozenset[str]]) -> str:
    """Say which assumption a value breaks, or return the empty string."""
    words = assumptions.get(name, frozenset())
    if not words:
        return ""
    v = value.value if isinstance(value, Number) else evaluate(value, {}, FLOAT)
    holds = {"positive": v > 0, "negative": v < 0, "nonzero": v != 0, "nonnegative": v >= 0, "integer": v == int(v)}
    broken = [word for word in ASSUMPTIONS if word in words and not holds[word]]
    return f"the value is {_shown_number(value)}, but [symbols] says {broken[0]}" if broken else ""


def broken_constraints(groups: Iterable[tuple[str, ...]], point: Mapping[str, Expr]) -> list[str]:
    """Say which sums are not 1 at a point; a sum with a symbolic or irrational part is left alone."""
    faults = []
    for group in groups:
        values = [point.get(name) for name in group]
        numbers = [value.value for value in values if isinstance(value, Number)]
        total = sum(map(Fraction, numbers), Fraction(0))
        if len(numbers) == len(group) and abs(total - 1) > NEARLY:
            shown = " + ".join(islice(group, 3)) + (" + …" if len(group) > 3 else "")
            faults.append(f"{shown} is {total}, but [constraints] says 1")
    return faults


def _shown_number(value: Expr) -> str:
    if not isinstance(value, Number):
        return "outside"
    return str(float(value.value) if value.decimal else value.value)
