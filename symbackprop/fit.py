"""
Training on a data file: mini-batches, all optimizers, weights saved after every epoch.

Costs and gradients come from the NumPy module that `codegen` writes from the derivation; updates come from the
optimizer's recurrence, evaluated on arrays.  The order of the rows in epoch e is drawn from (seed, e), so that a
training that starts again from saved weights does what an uninterrupted one does, number for number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from symbackprop.arithmetic import ARRAY, evaluate
from symbackprop.arrays import Arrays, checked, read_arrays
from symbackprop.codegen import STYLES, LayerCode, layer_code
from symbackprop.codegen.modules import Order
from symbackprop.data import Rows, read_rows, split
from symbackprop.epochs import COLUMNS, Epoch, as_csv
from symbackprop.errors import DomainError, InputError
from symbackprop.layers import plan_of
from symbackprop.optimizers import OptimizerOptions, make_options
from symbackprop.problem import Problem
from symbackprop.saving import replaced, save

BATCH_SIZE = 32
EPOCHS = 10
LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Settings:
    """How to train: up to which epoch, with mini-batches of how many rows, and the seed of weights and shuffling."""

    epochs: int = EPOCHS
    batch_size: int = BATCH_SIZE
    seed: int = 0


@dataclass(frozen=True)
class Module:
    """The functions of a generated module, and what its arrays are called and shaped like."""

    code: LayerCode
    shapes: tuple[tuple[int, ...], ...]
    functions: Mapping[str, Callable[..., Any]]

    @cached_property
    def places(self) -> tuple[int, ...]:
        """Where each parameter starts in the row of all of them, and the end of the last."""
        ends = [0]
        for shape in self.shapes:
            ends.append(ends[-1] + math.prod(shape))
        return tuple(ends)

    def apart(self, flat: Any) -> tuple[Any, ...]:
        """Return each parameter as a view into the row of all of them."""
        pieces = zip(pairwise(self.places), self.shapes, strict=True)
        return tuple(flat[start:end].reshape(shape) for (start, end), shape in pieces)

    def forward(self, flat: Any, rows: Rows) -> tuple[float, tuple[Any, ...]]:
        """Return the cost and the values kept for the way back."""
        cost, values = self.functions["forward"](self.apart(flat), *self.data(rows))
        return float(cost), values

    def gradient(self, flat: Any, rows: Rows, values: tuple[Any, ...]) -> Any:
        """Return the derivatives by all parameters in one row."""
        import numpy as np  # only training on a data file needs it

        parts = self.functions["backward"](self.apart(flat), *self.data(rows), values)
        return np.concatenate([part.ravel() for part in parts])

    def data(self, rows: Rows) -> tuple[Any, ...]:
        """Return the arrays that the functions take besides the parameters."""
        return tuple(rows.inputs if name == "X" else rows.targets for name in self.code.data)


def load_module(problem: Problem) -> Module:
    """Write the module of a problem's network and load it."""
    assert problem.network is not None
    plan = replace(plan_of(problem.network, unit_targets=bool(problem.constraints)), batch="N", rows=True)
    code = layer_code(plan)
    order = Order(code, None, "Training", "symbackprop train")
    write = STYLES["numpy"].layers
    assert write is not None
    functions: dict[str, Any] = {}
    # The text is our own, written a moment ago from the derivation: of what the reader wrote, it has only sizes and
    # the formulas that the parser has read; neither title nor names nor numbers of the problem go into it.
    exec(compile(write(order), "<the network's module>", "exec"), functions)  # noqa: S102 - what codegen wrote from a graph, never a reader's text
    return Module(code, tuple(order.shape(name) for name in code.parameters), functions)


@dataclass
class State:
    """Where a training is: the parameters in one row, the optimizer's state, updates, epochs so far, whether it was saved."""

    parameters: Any
    memory: dict[str, Any]
    updates: int
    epochs: list[Epoch]
    settings: Settings
    saved: bool = False


class Fit:
    """
    A problem with its rows, ready to be trained or measured.

    Raises ProblemError for faults of the data file, InputError for a problem without one.
    """

    def __init__(self, problem: Problem, options: OptimizerOptions | None = None) -> None:
        if problem.data is None or problem.network is None:
            msg = 'the problem has no [data] to train with: file = "digits.csv" and y = "digit"'
            raise InputError(msg)
        self.problem = problem
        given = options or (problem.training.options if problem.training else None)
        self.options = given or make_options("sgd", {})
        self.rows, self.held_out = split(problem.data, read_rows(problem.data))
        self.module = load_module(problem)

    # --- the start -------------------------------------------------------------------------------------------

    def start(self, settings: Settings) -> State:
        """Return the state before the first update: the problem's own weights, drawn where it has none."""
        import numpy as np

        drawn = self.module.functions["initialise"](settings.seed)
        order = Order(self.module.code, self.problem, "", "")
        parts = []
        for name, array in zip(self.module.code.parameters, drawn, strict=True):
            own = order.given(name)
            parts.append(array.ravel() if own is None else np.array(own, dtype=float).ravel())
        flat = np.concatenate(parts)
        starts = [self.options.start(name) for name in self.names] if self.options.initial_state else []
        memory = {
            state.name: np.array([float(one[state.name].value) for one in starts])
            if starts
            else np.full(len(flat), float(state.initial.value))
            for state in self.options.row.state
        }
        return State(flat, memory, 0, [self.measure(flat, 0)], settings)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The name of every parameter, unit by unit, in the order of the row of all of them."""
        found: list[str] = []
        for name, shape in zip(self.module.code.parameters, self.module.shapes, strict=True):
            layer, (height, *width) = name[1:], shape
            if name[0] == "W":
                found += [f"w{layer}_{j}_{k}" for j in range(1, height + 1) for k in range(1, width[0] + 1)]
            else:
                found += [f"b{layer}_{j}" for j in range(1, height + 1)]
        return tuple(found)

    @cached_property
    def trained(self) -> Any:
        """Which parameters are updated, as truth values; None for all of them."""
        import numpy as np

        chosen = set(self.problem.trainable)
        mask = np.array([name in chosen for name in self.names])
        return None if mask.all() else mask

    # --- the numbers -----------------------------------------------------------------------------------------

    def measure(self, flat: Any, epoch: int) -> Epoch:
        """Return loss and accuracy over the rows to train with and over those held out."""
        loss, accuracy = self._figures(flat, self.rows)
        held = self._figures(flat, self.held_out) if self.held_out else (math.nan, math.nan)
        return Epoch(epoch, loss, accuracy, *held)

    def _figures(self, flat: Any, rows: Rows) -> tuple[float, float]:
        import numpy as np

        with np.errstate(all="ignore"):
            loss, values = self.module.forward(flat, rows)
        if self.classes is None or rows.targets is None:
            return loss, math.nan
        output = values[self.module.code.kept.index(self.module.code.prediction)]
        if self.classes == "largest":
            right = output.argmax(axis=1) == rows.targets.argmax(axis=1)
        else:
            right = (output > float(self.classes)) == (rows.targets > float(self.classes))
        return loss, float(right.mean())

    @cached_property
    def classes(self) -> str | None:
        """How classes are told apart: by the largest output, or by one output above a threshold; None for no classes."""
        targets = self.rows.targets
        if targets is None:
            return None
        found = set(targets.ravel()[:1000].tolist())
        if targets.shape[1] > 1:
            return "largest" if found <= {0.0, 1.0} and bool((targets.sum(axis=1) == 1).all()) else None
        values = set(targets.ravel().tolist()) if found in ({0.0, 1.0}, {-1.0, 1.0}) else set()
        return {frozenset({0.0, 1.0}): "0.5", frozenset({-1.0, 1.0}): "0"}.get(frozenset(values))

    def updates_an_epoch(self, settings: Settings) -> int:
        """Return how many mini-batches there are."""
        return -(-self.rows.count // settings.batch_size)

    def run(self, state: State, progress: Callable[[int], None] | None = None) -> Iterator[Epoch]:
        """
        Train up to the last epoch, and yield the figures after each; `state` moves on when an epoch is whole.

        Raises DomainError where a number stops being one, with the step and the layer in which that began.
        """
        import numpy as np

        settings = state.settings
        constants = {name: float(value.value) for name, value in self.options.constants.items()}
        while state.epochs[-1].epoch < settings.epochs:
            epoch = state.epochs[-1].epoch + 1
            flat, memory, updates = state.parameters, state.memory, state.updates
            order = np.random.default_rng([settings.seed, epoch]).permutation(self.rows.count)
            for first in range(0, self.rows.count, settings.batch_size):
                rows = self.rows.take(order[first : first + settings.batch_size])
                updates += 1
                with np.errstate(all="ignore"):
                    cost, values = self.module.forward(flat, rows)
                    gradient = self.module.gradient(flat, rows, values)
                    if math.isnan(cost) or not np.isfinite(gradient).all():
                        raise self._lost(epoch, updates, cost, values, gradient)
                    env = {**constants, **memory, "w": flat, "g": gradient, "t": updates}
                    for name, expr in self.options.recurrence:
                        env[name] = evaluate(expr, env, ARRAY)
                if not np.isfinite(env["w"]).all():
                    raise self._overflow(epoch, updates, env["w"])
                flat = env["w"] if self.trained is None else np.where(self.trained, env["w"], flat)
                memory = {name: env[name] for name in memory}
                if progress is not None:
                    progress(updates)
            figures = self.measure(flat, epoch)
            if math.isnan(figures.loss):
                with np.errstate(all="ignore"):
                    cost, values = self.module.forward(flat, self.rows)
                raise self._lost(epoch, updates, cost, values, flat)
            state.parameters, state.memory, state.updates = flat, memory, updates
            state.epochs.append(figures)
            yield figures

    def _lost(self, epoch: int, update: int, cost: float, values: Sequence[Any], gradient: Any) -> DomainError:
        """Say where a number that is none came up first: forwards by layers, in the loss, or on the way back."""
        import numpy as np

        for name, value in zip(self.module.code.kept, values, strict=True):
            if not np.isfinite(value).all():
                return _stopped(epoch, update, f"the loss is {_shown(cost)}; it began in layer {_layer(name)}, going forwards")
        if not math.isfinite(cost):
            last = self.module.code.plan.depth
            return _stopped(epoch, update, f"the loss is {_shown(cost)}; it began in the loss itself, behind layer {last}")
        bad = self._names_of(~np.isfinite(gradient))
        return _stopped(epoch, update, f"a gradient is no number; it began in layer {_layer(bad[-1])}, going backwards")

    def _overflow(self, epoch: int, update: int, flat: Any) -> DomainError:
        import numpy as np

        bad = self._names_of(~np.isfinite(flat))
        return _stopped(epoch, update, f"a parameter is no number after the update; it began in layer {_layer(bad[-1])}")

    def _names_of(self, marked: Any) -> list[str]:
        """Return the parameters in which something is marked."""
        parts = zip(self.module.code.parameters, self.module.apart(marked), strict=True)
        return [name for name, part in parts if part.any()]

    # --- weights on disk -------------------------------------------------------------------------------------

    def save(self, state: State, path: Path) -> None:
        """Write weights and state; the file is always a whole one, the new or the one before."""
        import numpy as np

        arrays = dict(zip(self.module.code.parameters, self.module.apart(state.parameters), strict=True))
        arrays |= {
            f"{self.options.optimizer}_{name}_{parameter}": part
            for name, values in state.memory.items()
            for parameter, part in zip(self.module.code.parameters, self.module.apart(values), strict=True)
        }
        arrays["updates"] = np.array(state.updates)
        arrays["seed_and_batch_size"] = np.array([state.settings.seed, state.settings.batch_size])
        arrays["epochs"] = np.array([astuple(epoch) for epoch in state.epochs])
        arrays["optimizer"] = np.array(self.options.optimizer)
        with replaced(path) as beside, beside.open("wb") as stream:
            np.savez(stream, **arrays)
        state.saved = True

    def resume(self, path: Path, epochs: int, batch_size: int | None, seed: int | None) -> State:
        """Return the state that a file holds; raises InputError for one that is not of this network and optimizer."""
        import numpy as np

        found = read_arrays(path)
        optimizer = str(found.get("optimizer", ""))
        if optimizer != self.options.optimizer:
            msg = f"{path}: the weights were trained with {optimizer or 'nothing'}, and the problem says {self.options.optimizer}"
            raise InputError(msg)
        memory = {
            state.name: np.concatenate([
                checked(path, found, f"{optimizer}_{state.name}_{name}", shape).ravel()
                for name, shape in zip(self.module.code.parameters, self.module.shapes, strict=True)
            ])
            for state in self.options.row.state
        }  # fmt: skip
        table = checked(path, found, "epochs", (-1, len(COLUMNS)), finite=False)
        drawn, size = (int(value) for value in checked(path, found, "seed_and_batch_size", (2,)))
        settings = Settings(epochs, batch_size or size, drawn if seed is None else seed)
        history = [Epoch(int(number), *(float(value) for value in figures)) for number, *figures in table]
        updates = int(checked(path, found, "updates", ()))
        if epochs <= history[-1].epoch:
            msg = f"{path}: has {history[-1].epoch} epochs already; --epochs {history[-1].epoch + 1} or more goes on"
            raise InputError(msg)
        return State(self.weights(path, found), memory, updates, history, settings)

    def weights(self, path: Path, found: Arrays | None = None) -> Any:
        """Return the parameters that a file holds, in one row; raises InputError."""
        import numpy as np

        arrays = read_arrays(path) if found is None else found
        pairs = zip(self.module.code.parameters, self.module.shapes, strict=True)
        return np.concatenate([checked(path, arrays, name, shape).ravel() for name, shape in pairs])


def write_csv(epochs: Sequence[Epoch], path: Path) -> None:
    """Write the figures of all epochs; raises InputError where that cannot be."""
    save(path, as_csv(epochs))


def _shown(cost: float) -> str:
    return "nan" if math.isnan(cost) else "infinite" if math.isinf(cost) else f"{cost:.4g}"


def _layer(name: str) -> str:
    """Return the number of the layer in a name: A2, W2, Z2_1."""
    return "".join(char for char in name.partition("_")[0] if char.isdecimal()) or name


def _stopped(epoch: int, update: int, message: str) -> DomainError:
    return DomainError(f"epoch {epoch}, step {update}: {message}; a smaller learning rate may help")
