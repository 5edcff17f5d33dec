"""Reading the value of one option; a message says which, what was given, and what would be accepted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from symbackprop.errors import ProblemError, nearest
from symbackprop.expr import Number, number
from symbackprop.optimizers.hyperparameters import Hyperparameter


def read_hyperparameter(row: Hyperparameter, value: object) -> Number:
    """Read a number in the range of a row, exactly as written; this and the others here raise ProblemError."""
    exact = _exact(value)
    if exact is None:
        msg = f"{row.key} is {_shown(value)}; it must be a number with {row.range}"
        raise ProblemError(msg)
    if not row.accepts(exact.value):
        uphill = ' (to climb, say direction = "ascent")' if row.key == "learning_rate" and exact.value < 0 else ""
        msg = f"{row.key} is {_shown(exact)}; it must satisfy {row.range}{uphill}"
        raise ProblemError(msg)
    return exact


def read_truth(key: str, value: object) -> bool:
    """Read true or false."""
    if isinstance(value, bool):
        return value
    msg = f"{key} is {_shown(value)}; it must be true or false"
    raise ProblemError(msg)


def read_word(key: str, value: object, known: tuple[str, ...]) -> str:
    """Read one of the known words."""
    if isinstance(value, str) and value in known:
        return value
    hint = nearest(value, known) if isinstance(value, str) else ""
    msg = f"{key} is {_shown(value)}{f'{hint} It' if hint else '; it'} must be {' or '.join(known)}"
    raise ProblemError(msg)


def read_state(optimizer: str, names: Sequence[str], value: object) -> dict[str, dict[str, Number]]:
    """Read {state: number} or {state: {parameter: number}}."""
    if not isinstance(value, Mapping):
        msg = f"state is {_shown(value)}; it must give a number to {' or '.join(names)}"
        raise ProblemError(msg)
    found: dict[str, dict[str, Number]] = {}
    faults = []
    for name, values in value.items():
        if name not in names:
            faults.append(f'optimizer "{optimizer}" has no state "{name}" (it has {", ".join(names)})')
            continue
        found[name] = {}
        for parameter, entry in values.items() if isinstance(values, Mapping) else (("", values),):
            exact = _exact(entry)
            if exact is None:
                faults.append(f"state {name}{f' of {parameter}' if parameter else ''} is {_shown(entry)}; it must be a number")
            else:
                found[name][parameter] = exact
    if faults:
        raise ProblemError(*faults)
    return found


def _exact(value: object) -> Number | None:
    """Return a number as it was written, or None where it is not a finite number."""
    if isinstance(value, Number):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Fraction):
        return number(value)
    if isinstance(value, float) and math.isfinite(value):
        return number(Fraction(repr(value)), decimal=True)
    return None


def _shown(value: object) -> str:
    if isinstance(value, Number):
        return str(float(value.value) if value.decimal else value.value)
    return f'"{value}"' if isinstance(value, str) else str(value)
