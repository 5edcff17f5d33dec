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
from collections.abc import Callable, Mapping, Sequence

from symbackprop.arithmetic.closures import compile_expr
from symbackprop.backprop import Backward
from symbackprop.errors import InputError, TooLargeError, UnknownNameError, nearest
from symbackprop.expr import Adjoint, Expr
from symbackprop.graph import Graph
from symbackprop.notation import written
from symbackprop.optimizers import UPDATES, OptimizerOptions, compile_update
from symbackprop.train.objectives import objectives_of, report_of, trained_parameters
from symbackprop.train.stepping import compile_lines, evaluate, move, value_of
from symbackprop.train.trajectory import Change, Layout, Objective, ParameterUpdate, Point, Trajectory

__all__ = [
    "Change",
    "Layout",
    "Objective",
    "ParameterUpdate",
    "Point",
    "Progress",
    "Trajectory",
    "train",
    "trained_parameters",
]

Progress = Callable[[int], None]

MOST_BYTES = 1 << 30


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
    objectives = objectives_of(backward, trained, update)
    values = _start(graph, point)
    layout = Layout(
        (*values, *graph.definitions),
        tuple(node.symbol for node in backward.nodes if isinstance(node.symbol, Adjoint)),
        backward.output,
        trained,
        tuple(state.name for state in options.row.state),
    )
    _check_size(layout, steps)
    lines = compile_lines((node.symbol.name, node.expr) for node in (*graph.nodes, *backward.nodes))
    shown = {**(names or {}), **{node.symbol.name: written(node.symbol, names) for node in backward.nodes}}
    figures = compile_lines((f"the report {report}", expr) for expr in report_of(graph, report))
    renew = compile_update(options)
    state = {name: {key: float(value.value) for key, value in options.start(name).items()} for name in trained}

    points: list[Point] = []
    for step in range(steps + 1):
        evaluate(lines, values, step, shown)
        reports = tuple([value_of(figure, values, step, shown) for figure in figures])
        kept = array("d", [number for parameter in state.values() for number in parameter.values()])
        points.append(Point(step, layout, array("d", values.values()), kept, reports))
        if step < steps:
            move(objectives[step % len(objectives)], values, state, step + 1, renew, shown)
            if progress is not None:
                progress(step + 1)
    return Trajectory(backward, options, trained, update, report, objectives, tuple(points))


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


def _check_size(layout: Layout, steps: int) -> None:
    numbers = len(layout.values) + len(layout.adjoints) + len(layout.states) * len(layout.parameters)
    each = 8 * numbers + 300
    most = MOST_BYTES // each
    if steps > most:
        msg = f"{steps} steps of {numbers} numbers each would not fit in memory; at most {most} steps do"
        raise TooLargeError(msg)
