"""
Training: so many updates of an optimizer, and everything that happened.

`train` walks the forward definitions and the backward pass of a graph in floating point, then lets the
optimizer's recurrence renew each parameter; all parameters move at once, from gradients at the same point.
What it returns, a `Trajectory`, has a `Point` before the first update and after each one (all values and all
gradients at that point's parameters, and the optimizer's state), and a `Change` for each update: what the
gradient predicted for the loss, to first order, and what happened.

With `update = "online"` each update uses one sample, in the given order: the objective is that sample's
loss L_s1, L_s2, … (with the penalty where there is one), and an epoch is one update a sample.
The figure named by `report` is measured but not minimised.

Every number is a double and every sum runs from left to right: same input, same bytes.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from symbackprop.arithmetic.closures import Compiled, compile_expr
from symbackprop.backprop import Backward
from symbackprop.errors import DomainError, InputError, TooLargeError, UnknownNameError, nearest
from symbackprop.expr import ZERO, Adjoint, Expr, Symbol, add, symbols
from symbackprop.functions import find_loss
from symbackprop.graph import Graph, Role
from symbackprop.notation import written
from symbackprop.optimizers import UPDATES, OptimizerOptions, Update, compile_update

Progress = Callable[[int], None]
Line = tuple[str, Compiled, Expr]

MOST_BYTES = 1 << 30
PENALTY = "L_penalty"


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
        return _sum(self.reports) if self.reports else None


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


@dataclass(frozen=True)
class Trajectory:
    """A whole training run: `points[k]` is after k updates, `objectives` what is minimised, in turn."""

    backward: Backward = field(repr=False)
    options: OptimizerOptions
    parameters: tuple[str, ...]
    update: str
    report: str
    objectives: tuple[Objective, ...] = field(repr=False)
    points: tuple[Point, ...] = field(repr=False)

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
        square = _sum(g * g for g in gradients.values())
        if self.options.optimizer == "sgd":
            # The same as below, without the digits lost in w − ηg − w.
            rate = float(self.options.constants["eta"].value)
            predicted = (rate if self.options.direction == "ascent" else -rate) * square
        else:
            predicted = _sum(g * (after[name] - before[name]) for name, g in gradients.items())
        return Change(
            step,
            objective.sample,
            objective.names,
            _sum(before[name] for name in objective.names),
            _sum(after[name] for name in objective.names),
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
                sums.append(_sum(self.points[start].reports))
            else:
                sums.append(_sum(self.points[start + k].reports[k] for k in range(length)))
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


def train(  # noqa: PLR0913 - one argument an entry of the [training] table
    backward: Backward,
    point: Mapping[str, Expr | float],
    options: OptimizerOptions,
    steps: int,
    *,
    parameters: Sequence[str] = (),
    update: str = "batch",
    report: str = "",
    progress: Progress | None = None,
    names: Mapping[str, str] | None = None,
) -> Trajectory:
    """
    Make `steps` ≥ 0 updates from a point that gives every leaf a number.

    `parameters` are the leaves to train, whole layers by their name (`W1`, `b2`); by default weights and biases,
    or every leaf where there are none.
    `report` is a loss of `functions.LOSSES` between outputs and targets or, on plain definitions, a name.
    `progress` is called with the number of updates made, after each; `names` maps plain names to the problem's own,
    for messages.

    Raises InputError for what cannot be trained, TooLargeError where the history would not fit in memory and
    DomainError where a definition has no finite value: it names the step, the definition and the value.
    """
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 0:
        msg = f"steps is {steps}; it must be a whole number, 0 or more"
        raise InputError(msg)
    if update not in UPDATES:
        hint = nearest(update, UPDATES)
        msg = f'update is "{update}"{f"{hint} It" if hint else "; it"} must be {" or ".join(UPDATES)}'
        raise InputError(msg)
    graph = backward.graph
    trained = trained_parameters(graph, parameters)
    for name, chosen in options.initial_state.items():
        for parameter in chosen:
            if parameter and parameter not in trained:
                msg = f"state {name} is given for {parameter}, which is not trained{nearest(parameter, trained)}"
                raise UnknownNameError(msg)
    objectives = _objectives(backward, trained, update)
    values = _start(graph, point)
    layout = Layout(
        (*values, *graph.definitions),
        tuple(node.symbol for node in backward.nodes if isinstance(node.symbol, Adjoint)),
        backward.output,
        trained,
        tuple(state.name for state in options.row.state),
    )
    _check_size(layout, steps)
    lines = _compile((node.symbol.name, node.expr) for node in (*graph.nodes, *backward.nodes))
    shown = {**(names or {}), **{node.symbol.name: written(node.symbol, names) for node in backward.nodes}}
    figures = _compile((f"the report {report}", expr) for expr in _report(graph, report))
    renew = compile_update(options)
    state = {name: {key: float(value.value) for key, value in options.start(name).items()} for name in trained}

    points: list[Point] = []
    for step in range(steps + 1):
        _evaluate(lines, values, step, shown)
        reports = tuple([_value(figure, values, step, shown) for figure in figures])
        kept = array("d", [number for parameter in state.values() for number in parameter.values()])
        points.append(Point(step, layout, array("d", values.values()), kept, reports))
        if step < steps:
            _renew(objectives[step % len(objectives)], values, state, step + 1, renew, shown)
            if progress is not None:
                progress(step + 1)
    return Trajectory(backward, options, trained, update, report, objectives, tuple(points))


def trained_parameters(graph: Graph, names: Sequence[str] = ()) -> tuple[str, ...]:
    """
    Return the leaves that `names` mean, in the graph's order: `W1` is all weights of layer 1, `b1` all its biases.

    Without names: all weights and biases, or all leaves where there are none.
    Raises UnknownNameError for a name that is neither, InputError for one that is computed.
    """
    leaves = {leaf.symbol.name: leaf.role for leaf in graph.leaves}
    learned = [name for name, role in leaves.items() if role in {Role.WEIGHT, Role.BIAS}]
    if not names:
        return tuple(learned or leaves)
    groups: dict[str, list[str]] = {}
    for name in learned:
        layer = name[1:].split("_", maxsplit=1)[0]
        groups.setdefault(("W" if leaves[name] is Role.WEIGHT else "b") + layer, []).append(name)
    chosen: set[str] = set()
    for name in names:
        if name in leaves:
            chosen.add(name)
        elif name in groups:
            chosen.update(groups[name])
        elif name in graph.definitions:
            msg = f"{name} is computed, so it cannot be trained; the parameters are {', '.join(learned or leaves)}"
            raise InputError(msg)
        else:
            msg = f'train: unknown name "{name}"{nearest(name, [*leaves, *groups])}'
            raise UnknownNameError(msg)
    return tuple(name for name in leaves if name in chosen)


def _objectives(backward: Backward, trained: Sequence[str], update: str) -> tuple[Objective, ...]:
    """List what the updates minimise, in turn."""
    losses = backward.outputs[:-1]
    if update == "batch" or not losses:
        adjoints = backward.adjoints
        return (Objective(0, (backward.output,), {name: adjoints.get(name, ZERO) for name in trained}),)
    penalty = (PENALTY,) if PENALTY in backward.graph.definitions else ()
    found = []
    for sample, loss in enumerate(losses, 1):
        adjoints = backward.adjoints_of(loss)
        gradients: dict[str, Expr] = {}
        for name in trained:
            local = backward.locals.get((PENALTY, name)) if penalty else None
            gradients[name] = add(adjoints.get(name, ZERO), local.value if local else ZERO)
        found.append(Objective(sample, (loss, *penalty), gradients))
    return tuple(found)


def _start(graph: Graph, point: Mapping[str, Expr | float]) -> dict[str, float]:
    """Read a number for every leaf; raises InputError that names all leaves without one."""
    names = [leaf.symbol.name for leaf in graph.leaves]
    missing = [name for name in names if name not in point]
    if missing:
        msg = f"training needs numbers, and {', '.join(missing)} {'has' if len(missing) == 1 else 'have'} none"
        raise InputError(msg)
    values = {}
    for name in names:
        given = point[name]
        values[name] = compile_expr(given)({}) if isinstance(given, Expr) else float(given)
        if not math.isfinite(values[name]):
            msg = f"{name} is {values[name]}; training needs finite numbers"
            raise InputError(msg)
    return values


def _report(graph: Graph, report: str) -> tuple[Expr, ...]:
    """Write the report figure of every sample; raises InputError where it cannot be measured."""
    if not report:
        return ()
    if report in graph.definitions:
        return (Symbol(report),)
    row = find_loss(report)
    depth = max((node.layer for node in graph.nodes), default=0)
    outputs: dict[int, list[Symbol]] = {}
    for node in graph.nodes:
        if depth and node.layer == depth and node.role is Role.ACTIVATION:
            outputs.setdefault(node.sample, []).append(node.symbol)
    targets = [leaf.symbol for leaf in graph.leaves if leaf.role is Role.TARGET]
    if not outputs or len(targets) != sum(map(len, outputs.values())):
        msg = f'report "{report}" compares the outputs of a network with its targets, and this problem has none'
        raise InputError(msg)
    rest = iter(targets)
    return tuple(add(*(row.part(a, next(rest), len(layer)) for a in layer)) for layer in outputs.values())


def _check_size(layout: Layout, steps: int) -> None:
    numbers = len(layout.values) + len(layout.adjoints) + len(layout.states) * len(layout.parameters)
    each = 8 * numbers + 300
    most = MOST_BYTES // each
    if steps > most:
        msg = f"{steps} steps of {numbers} numbers each would not fit in memory; at most {most} steps do"
        raise TooLargeError(msg)


def _compile(definitions: Iterable[tuple[str, Expr]]) -> list[Line]:
    return [(name, compile_expr(expr), expr) for name, expr in definitions]


def _evaluate(lines: Sequence[Line], values: dict[str, float], step: int, shown: Mapping[str, str]) -> None:
    """Renew every definition; raises DomainError at the first that has no finite value."""
    try:
        for line in lines:
            values[line[0]] = line[1](values)
    except DomainError:
        _value(line, values, step, shown)
    if not math.isfinite(sum(values.values())):
        for line in lines:
            _value(line, values, step, shown)


def _value(line: Line, values: Mapping[str, float], step: int, shown: Mapping[str, str]) -> float:
    """Evaluate one definition; raises DomainError, with its name and where it was evaluated, unless it is finite."""
    name, function, expr = line
    try:
        value = function(values)
    except DomainError as error:
        msg = f"training stops at step {step}: {shown.get(name, name)} has no value: {error}{_where(expr, values, shown)}"
        raise DomainError(msg) from None
    if not math.isfinite(value):
        msg = f"training stops at step {step}: {shown.get(name, name)} is {value}{_where(expr, values, shown)}{_advice(step)}"
        raise DomainError(msg)
    return value


def _where(expr: Expr, values: Mapping[str, float], shown: Mapping[str, str]) -> str:
    return f" (where {', '.join(f'{shown.get(name, name)} = {values[name]:.6g}' for name in list(symbols(expr))[:6])})"


def _renew(  # noqa: PLR0913, PLR0917 - one update of everything
    objective: Objective,
    values: dict[str, float],
    state: dict[str, dict[str, float]],
    step: int,
    renew: Update,
    shown: Mapping[str, str],
) -> None:
    """Move every parameter at once; raises DomainError at the first line of a recurrence that has no finite value."""
    moved: dict[str, float] = {}
    for name, slope in objective.slopes.items():
        before = state[name]
        try:
            after = renew(values[name], slope(values), step, before)
        except DomainError as error:
            msg = f"training stops at update {step} of {shown.get(name, name)}: {error}"
            raise DomainError(msg) from None
        moved[name] = after["w"]
        if before:
            state[name] = {key: after[key] for key in before}
        if not math.isfinite(sum(after.values())):
            for letter, value in sorted(after.items(), key=lambda line: line[0] == "w"):
                if not math.isfinite(value):
                    what = shown.get(name, name) if letter == "w" else f"{letter} of {shown.get(name, name)}"
                    msg = f"training stops at update {step}: {what} is {value}{_advice(step)}"
                    raise DomainError(msg)
    values.update(moved)


def _advice(step: int) -> str:
    return "; a smaller learning rate may help" if step else ""


def _sum(terms: Sequence[float] | Iterator[float]) -> float:
    """Add from left to right: `sum` compensates from Python 3.12 on, and does not before."""
    total = 0.0
    for term in terms:
        total += term
    return total
