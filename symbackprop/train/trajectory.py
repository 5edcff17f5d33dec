"""What happened in a training: points, changes, and every update written out."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from symbackprop.arithmetic.closures import Compiled, compile_expr
from symbackprop.backprop import Backward
from symbackprop.document import nested
from symbackprop.errors import InputError, UnknownNameError, nearest
from symbackprop.expr import Adjoint, Expr
from symbackprop.optimizers import OptimizerOptions, compile_update


@dataclass(frozen=True)
class Layout:
    """Where each number of a point is kept: leaves, then definitions, then adjoints; state by parameter."""

    values: tuple[str, ...]
    adjoints: tuple[Adjoint, ...]
    output: str
    parameters: tuple[str, ...]
    states: tuple[str, ...]

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of every value and adjoint by plain name."""
        return {name: place for place, name in enumerate((*self.values, *(a.name for a in self.adjoints)))}

    @cached_property
    def gradients(self) -> dict[str, int]:
        """The place of the output's derivative by each name it depends on."""
        first = len(self.values)
        return {a.of: first + place for place, a in enumerate(self.adjoints) if a.output == self.output}


@dataclass(frozen=True, slots=True)
class Point:
    """
    Everything at one set of parameters: `step` updates were made before it.

    `point[name]` is any value or adjoint by its plain name; `reports` has the report figure of each sample.
    """

    step: int
    layout: Layout = field(repr=False)
    numbers: array[float] = field(repr=False)
    state_numbers: array[float] = field(repr=False)
    reports: tuple[float, ...] = ()

    def __getitem__(self, name: str) -> float:
        """Return a value or an adjoint; raises UnknownNameError."""
        place = self.layout.places.get(name)
        if place is None:
            msg = f"{name} is not a quantity of this problem{nearest(name, self.layout.places)}"
            raise UnknownNameError(msg)
        return self.numbers[place]

    @property
    def loss(self) -> float:
        """The output: the loss of the only sample, or the cost."""
        return self[self.layout.output]

    @property
    def values(self) -> dict[str, float]:
        """Every leaf and definition by name."""
        return dict(zip(self.layout.values, self.numbers, strict=False))

    @property
    def gradients(self) -> dict[str, float]:
        """The derivative of the output by every value it depends on, by that value's name; by itself it is 1."""
        return {self.layout.output: 1.0, **{name: self.numbers[place] for name, place in self.layout.gradients.items()}}

    @property
    def parameters(self) -> dict[str, float]:
        """The trained parameters."""
        return {name: self[name] for name in self.layout.parameters}

    @property
    def state(self) -> dict[str, dict[str, float]]:
        """The optimizer's state by parameter: {"w1_1_1": {"m": …, "v": …}}; empty where it keeps none."""
        states, numbers = self.layout.states, iter(self.state_numbers)
        if not states:
            return {}
        return {parameter: {state: next(numbers) for state in states} for parameter in self.layout.parameters}

    @property
    def report(self) -> float | None:
        """The report figure, summed over samples; None where none was asked for."""
        return add_up(self.reports) if self.reports else None


@dataclass(frozen=True, slots=True)
class Change:
    """
    What one update did to its objective: the loss or, online, the loss of one sample.

    `step` counts updates from 1, `sample` samples from 1 (0: all of them).
    `predicted` is the first-order change ∇·Δ over the trained parameters, −η‖∇‖² for gradient descent;
    `gradient_norm` is ‖∇‖ over them.
    """

    step: int
    sample: int
    objective: tuple[str, ...]
    before: float
    after: float
    predicted: float
    gradient_norm: float

    @property
    def actual(self) -> float:
        """What the objective changed by."""
        return self.after - self.before

    @property
    def rest(self) -> float:
        """What the first order did not foresee."""
        return self.actual - self.predicted


@dataclass(frozen=True, slots=True)
class ParameterUpdate:
    """
    One update of one parameter, written out.

    `lines` are the recurrence's lines in the letters w and g, each with its value; `before` has the value of
    every letter before the first line: w, g, t, the state and the hyperparameters.
    """

    step: int
    parameter: str
    gradient: Expr
    before: Mapping[str, float]
    lines: tuple[tuple[str, Expr, float], ...]


@dataclass(frozen=True, repr=False)
class Trajectory:
    """
    A whole training run: `points[k]` is after k updates, `objectives` what is minimised, in turn.

    Of a derivation, it shows its course in a notebook: `shown` prints it as "dollar" (Markdown), "latex" or "text".
    """

    backward: Backward = field(repr=False)
    options: OptimizerOptions
    parameters: tuple[str, ...]
    update: str
    report: str
    objectives: tuple[Objective, ...] = field(repr=False)
    points: tuple[Point, ...] = field(repr=False)
    shown: Callable[[Trajectory, str], str] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        """Return what was trained, for how long and to what end."""
        loss = f"{self.backward.output} from {self.points[0].loss:.6g} to {self.points[-1].loss:.6g}"
        return f"<Training by {self.options.row.title}: {self.steps:,} step{'' if self.steps == 1 else 's'}, {loss}>"

    def _repr_markdown_(self) -> str | None:
        return self.shown(self, "dollar") if self.shown is not None else None

    def _repr_latex_(self) -> str | None:
        return self.shown(self, "latex") if self.shown is not None else None

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - IPython's signature
        """Print the course as text where nothing richer can be shown; within a list or the like, what it is."""
        printer.text(repr(self) if self.shown is None or cycle or nested(printer) else self.shown(self, "text"))

    @property
    def steps(self) -> int:
        """How many updates were made."""
        return len(self.points) - 1

    @property
    def epoch_length(self) -> int:
        """How many updates see every sample once."""
        return len(self.objectives)

    def objective(self, step: int) -> Objective:
        """Return what update number `step` (from 1) makes smaller, or larger where the direction is ascent."""
        return self.objectives[(step - 1) % len(self.objectives)]

    def change(self, step: int) -> Change:
        """Return what update number `step` (from 1) did; raises InputError where there was none."""
        self._check(step)
        objective, before, after = self.objective(step), self.points[step - 1], self.points[step]
        gradients = {name: objective.slopes[name](_Numbers(before)) for name in self.parameters}
        square = add_up(g * g for g in gradients.values())
        if self.options.optimizer == "sgd":
            # The same as below, without the digits lost in w − ηg − w.
            rate = float(self.options.constants["eta"].value)
            predicted = (rate if self.options.direction == "ascent" else -rate) * square
        else:
            predicted = add_up(g * (after[name] - before[name]) for name, g in gradients.items())
        return Change(
            step,
            objective.sample,
            objective.names,
            add_up(before[name] for name in objective.names),
            add_up(after[name] for name in objective.names),
            predicted,
            math.sqrt(square),
        )

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What every update did, in order."""
        return tuple(self.change(step) for step in range(1, self.steps + 1))

    def parameter_update(self, step: int, parameter: str) -> ParameterUpdate:
        """
        Write out update number `step` (from 1) of one parameter.

        Raises InputError for an update that was not made, UnknownNameError for a parameter that is not trained.
        """
        self._check(step)
        if parameter not in self.parameters:
            msg = f"{parameter} is not trained{nearest(parameter, self.parameters)}"
            raise UnknownNameError(msg)
        point, objective = self.points[step - 1], self.objective(step)
        slope = objective.slopes[parameter](_Numbers(point))
        state = point.state.get(parameter, {})
        constants = {name: float(value.value) for name, value in self.options.constants.items()}
        before = {"w": point[parameter], "g": slope, "t": float(step), **state, **constants}
        after = compile_update(self.options)(point[parameter], slope, step, state)
        lines = tuple((name, expr, after[name]) for name, expr in self.options.recurrence)
        return ParameterUpdate(step, parameter, objective.gradients[parameter], before, lines)

    @property
    def epoch_reports(self) -> tuple[float, ...]:
        """
        The report figure of each complete epoch, summed over its samples.

        Each sample is measured just before the update that uses it; with batch updates, all before the epoch's only one.
        """
        if not self.report:
            return ()
        sums = []
        length = self.epoch_length
        for start in range(0, self.steps - length + 1, length):
            if length == 1:
                sums.append(add_up(self.points[start].reports))
            else:
                sums.append(add_up(self.points[start + k].reports[k] for k in range(length)))
        return tuple(sums)

    def _check(self, step: int) -> None:
        if not 1 <= step <= self.steps:
            msg = f"there is no update {step}; there were {self.steps}"
            raise InputError(msg)


@dataclass(frozen=True)
class Objective:
    """
    What one update makes smaller: the sum of the values `names`.

    `gradients` has its derivative by each trained parameter as an expression in adjoints; `slopes` computes it.
    """

    sample: int
    names: tuple[str, ...]
    gradients: dict[str, Expr]

    @cached_property
    def slopes(self) -> dict[str, Compiled]:
        """The gradients as functions of the values and adjoints at a point."""
        return {name: compile_expr(expr) for name, expr in self.gradients.items()}


class _Numbers(Mapping[str, float]):
    """A point as a mapping from plain names, for compiled expressions."""

    def __init__(self, point: Point) -> None:
        self.point = point

    def __getitem__(self, name: str) -> float:
        return self.point[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.point.layout.places)

    def __len__(self) -> int:
        return len(self.point.layout.places)


def add_up(terms: Sequence[float] | Iterator[float]) -> float:
    """Add from left to right: `sum` compensates from Python 3.12 on, and does not before."""
    total = 0.0
    for term in terms:
        total += term
    return total
