"""Which optimizer a training uses: what was asked for, else what the problem declares."""

from __future__ import annotations

from collections.abc import Mapping

from symbackprop.optimizers import OptimizerOptions, find_optimizer, make_options
from symbackprop.problem import Training


def choose_options(declared: Training | None, optimizer: str | None, given: Mapping[str, object]) -> OptimizerOptions:
    """
    Return the options of a training; `given` goes before what the problem declares, and that before the defaults.

    Of a declared optimizer that is not the one asked for, only the learning rate and the direction are kept.
    Raises ProblemError for an option the optimizer does not take, UnknownNameError for an unknown optimizer.
    """
    if declared is None:
        return make_options(optimizer or "sgd", given)
    own = declared.options
    if optimizer is None and not given:
        return own
    base: dict[str, object]
    if find_optimizer(optimizer or own.optimizer).name == own.optimizer:
        base = {**own.hyperparameters, "direction": own.direction}
    else:
        base = {"learning_rate": own.hyperparameters["learning_rate"], "direction": own.direction}
    return make_options(optimizer or own.optimizer, {**base, **given})
