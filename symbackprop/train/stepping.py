"""One update: every definition evaluated anew, then every parameter moved; what is not finite stops the training."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from symbackprop.arithmetic.closures import Compiled, compile_expr
from symbackprop.errors import DomainError
from symbackprop.expr import Expr, symbols
from symbackprop.optimizers import Update
from symbackprop.train.trajectory import Objective

Line = tuple[str, Compiled, Expr]


def compile_lines(definitions: Iterable[tuple[str, Expr]]) -> list[Line]:
    """Return each definition as its name, a function of the values, and itself."""
    return [(name, compile_expr(expr), expr) for name, expr in definitions]


def evaluate(lines: Sequence[Line], values: dict[str, float], step: int, shown: Mapping[str, str]) -> None:
    """Renew every definition; raises DomainError at the first that has no finite value."""
    try:
        for line in lines:
            values[line[0]] = line[1](values)
    except DomainError:
        value_of(line, values, step, shown)
    if not math.isfinite(sum(values.values())):
        for line in lines:
            value_of(line, values, step, shown)


def value_of(line: Line, values: Mapping[str, float], step: int, shown: Mapping[str, str]) -> float:
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


def move(  # noqa: PLR0913, PLR0917 - one update of everything
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
