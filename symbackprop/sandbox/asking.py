"""Checking answers in a worker: the same `check`, where an answer can take no more than its limits."""

from __future__ import annotations

import base64
import pickle
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from symbackprop.findings import UNDECIDED, Finding
from symbackprop.problem import Problem
from symbackprop.sandbox.limits import Limits
from symbackprop.sandbox.wire import from_json, printable
from symbackprop.sandbox.worker import Worker, WorkerError

TASKS = "symbackprop.sandbox.answers"
# A problem comes from a teacher, and is derived once for many answers.
MOST_SHOWN = 4096
TO_DERIVE = Limits(cpu=30.0, wall=90.0)


class Checker:
    """Checks answers to one problem, each within limits, in a worker of its own or a shared one."""

    def __init__(self, problem: Problem, *, worker: Worker | None = None, limits: Limits | None = None) -> None:
        """Start nothing yet; the default is 2 s of computing, 5 s on the clock and 512 MB for each answer."""
        self.limits = limits or Limits()
        self.worker = worker or Worker(TASKS, memory=self.limits.memory)
        self._pickled = base64.b64encode(pickle.dumps(problem)).decode("ascii")
        self._known_by = -1

    def check(self, target: str | None, answer: str, options: Mapping[str, Any] | None = None) -> Finding:
        """
        Return the finding of `symbackprop.checking.check`; where a limit was hit, an undecided one that says which.

        Raises the errors of this package for a target or an option that is not accepted, and WorkerError for a problem
        that is itself too large, or where no process can be started.
        """
        self.prepare()
        try:
            found = self.worker.ask("check", target, answer, dict(options or {}), limits=self.limits)
        except WorkerError as error:
            shown = answer if len(answer) <= MOST_SHOWN else f"{answer[:MOST_SHOWN]}…"
            said = f"{str(error)[:1].upper()}{str(error)[1:]}."
            about = printable(target or "")
            return Finding(UNDECIDED, message=said, hints=(said,) * 3, limits_hit=(error.limit,), target=about, answer=shown)
        return from_json(found)

    def prepare(self) -> None:
        """Give a child that is new the problem, and the time to derive it."""
        self.worker.start()
        if self._known_by != self.worker.generation:
            try:
                self.worker.ask("problem", self._pickled, limits=TO_DERIVE)
            except WorkerError as error:
                raise WorkerError(str(error).replace(self.worker.subject, "the problem", 1), error.limit) from None
            self._known_by = self.worker.generation

    def close(self) -> None:
        """End the worker."""
        self.worker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def check_in_worker(problem: Problem, target: str | None, answer: str, options: Mapping[str, Any] | None = None) -> Finding:
    """
    Check one answer in a worker that is started for it and ended with it; a `Checker` serves many.

    Raises what `Checker.check` raises.
    """
    with Checker(problem) as checker:
        return checker.check(target, answer, options)
