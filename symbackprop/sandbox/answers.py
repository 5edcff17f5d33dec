"""The tasks of a worker that checks answers: given a problem once, it derives it and takes one answer after the other."""

from __future__ import annotations

import base64
import pickle
from typing import Any

from symbackprop.sandbox.limits import Limits
from symbackprop.sandbox.wire import to_json

SERVES_MANY = True
PRELOAD = (
    "symbackprop.checking",
    "symbackprop.derivation",
    "mpmath",
)

_HELD: dict[str, Any] = {}


def echo(value: Any, *, limits: Limits) -> Any:  # noqa: ARG001 - every task is told its limits
    """Return what was given."""
    return value


def problem(pickled: str, *, limits: Limits) -> None:  # noqa: ARG001 - as above
    """Derive a problem, which the parent (never a student) has pickled, and keep it for the answers that follow."""
    from symbackprop.checking.truth import Truth  # where it is needed
    from symbackprop.derivation import derive  # as above

    _HELD["truth"] = Truth(derive(pickle.loads(base64.b64decode(pickled))))  # noqa: S301 - from the parent, never to it


def check(target: str | None, answer: str, options: dict[str, Any], *, limits: Limits) -> dict[str, Any]:  # noqa: ARG001 - as every task
    """Check one answer against the problem that is held; returns the finding as JSON."""
    from symbackprop.checking import check as check_answer  # where it is needed

    return to_json(check_answer(_HELD["truth"], target, answer, **options))


TASKS = {"echo": echo, "problem": problem, "check": check}
