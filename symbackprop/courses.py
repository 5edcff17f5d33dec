"""
Training and measuring on a data file: what the reader asked, to a document.

A training is saved after every epoch, so that an interruption or a number that is none costs one epoch at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from symbackprop.arrays import SUFFIX, read_arrays
from symbackprop.document import Document
from symbackprop.epochs import Epoch
from symbackprop.errors import DomainError, InputError, ProblemError
from symbackprop.fit import BATCH_SIZE, EPOCHS, LARGEST_SEED, Fit, Settings, State, write_csv
from symbackprop.narrate.epochs import Measured, tell_epochs, tell_measured
from symbackprop.narrate.numerals import Numerals
from symbackprop.optimizers import OptimizerOptions, find_optimizer, make_options
from symbackprop.problem import Problem

Progress = Callable[[int], None]
MOST_EPOCHS = 1_000_000


@dataclass(frozen=True)
class Course:
    """What the reader asked of a training on data; None where nothing was said."""

    epochs: int | None = None
    batch_size: int | None = None
    seed: int | None = None
    save: Path | None = None
    resume: Path | None = None
    csv: Path | None = None

    def check(self) -> None:
        """Raise ProblemError for numbers out of range and files that cannot be."""
        ranges = (("epochs", self.epochs, 1, MOST_EPOCHS), ("batch-size", self.batch_size, 1, MOST_EPOCHS))
        faults = [
            f"--{name}: {value} is not accepted; {low} to {high} is"
            for name, value, low, high in (*ranges, ("seed", self.seed, 0, LARGEST_SEED))
            if value is not None and not low <= value <= high
        ]
        if self.save is not None and self.save.suffix.lower() != SUFFIX:
            faults.append(f"--save: {self.save} is not accepted; a file of weights ends in {SUFFIX}")
        faults += [
            f"--{name}: {path} is a directory; give a file in it"
            for name, path in (("save", self.save), ("csv", self.csv))
            if path is not None and path.is_dir()
        ]
        if faults:
            raise ProblemError(*faults)


class Interrupted(KeyboardInterrupt):
    """The training was interrupted; the message says what is saved."""


def options_for(problem: Problem, optimizer: str | None, chosen: Mapping[str, object]) -> OptimizerOptions:
    """Return the optimizer of [training] with what was chosen besides; raises ProblemError."""
    declared = problem.training.options if problem.training else None
    if declared is not None and optimizer is None and not chosen:
        return declared
    name = optimizer or (declared.optimizer if declared else "sgd")
    same = declared is not None and find_optimizer(name).name == declared.optimizer
    base = {**declared.hyperparameters, "direction": declared.direction} if declared is not None and same else {}
    return make_options(name, {**base, **chosen})


def train_on_data(
    problem: Problem,
    options: OptimizerOptions,
    course: Course,
    numerals: Numerals,
    progress: Callable[[int], AbstractContextManager[Progress | None]],
) -> Document:
    """
    Train on the problem's data file, saving after every epoch, and tell it.

    `progress` makes a bar for so many updates.  Raises DomainError where a number stops being one, Interrupted for Ctrl-C;
    the weights after the last whole epoch are saved then.
    """
    course.check()
    fit = Fit(problem, options)
    online = problem.training is not None and problem.training.update == "online"
    size = course.batch_size or (1 if online else BATCH_SIZE)
    epochs = course.epochs or EPOCHS
    if course.resume is not None:
        state = fit.resume(course.resume, epochs, course.batch_size, course.seed)
    else:
        state = fit.start(Settings(epochs, size, course.seed or 0))
    todo = (epochs - state.epochs[-1].epoch) * fit.updates_an_epoch(state.settings)
    before = state.updates
    _keep(fit, state, course)
    try:
        with progress(todo) as show:
            for _ in fit.run(state, (lambda done: show(done - before)) if show else None):
                _keep(fit, state, course)
    except DomainError as error:
        msg = f"{error}{_saved(state, course, '; ')}"
        raise DomainError(msg) from None
    except KeyboardInterrupt:
        raise Interrupted(_saved(state, course, "") or "nothing is saved; --save keeps the weights") from None
    settings = state.settings
    how = f"{fit.options.row.title}, {settings.batch_size} rows an update, seed {settings.seed}"
    return tell_epochs(_measured(fit), how, state.epochs, numerals)


def measure_on_data(problem: Problem, weights: Path | None, numerals: Numerals) -> Document:
    """Tell loss and accuracy on the problem's data file, with saved weights or the problem's own; raises InputError."""
    fit = Fit(problem)
    if weights is not None:
        figures: Epoch = fit.measure(fit.weights(weights), 0)
    elif any(name not in problem.point for name in fit.names):
        msg = "the problem has no weights to measure; give a file with --weights (train --save writes one)"
        raise InputError(msg)
    else:
        figures = fit.start(Settings()).epochs[0]
    return tell_measured(_measured(fit), figures, numerals)


def _measured(fit: Fit) -> Measured:
    return Measured(fit.problem.title, fit.rows.count, fit.held_out.count if fit.held_out else 0)


def _keep(fit: Fit, state: State, course: Course) -> None:
    """Write weights and figures, where that was asked for."""
    if course.save is not None:
        fit.save(state, course.save)
    if course.csv is not None:
        write_csv(state.epochs, course.csv)


def _saved(state: State, course: Course, before: str) -> str:
    """Say which weights are saved, if any; the file itself knows, wherever the interruption came."""
    if course.save is None or not state.saved:
        return ""
    last = int(read_arrays(course.save)["epochs"][-1][0])
    return f"{before}{course.save} has the weights after epoch {last}"
