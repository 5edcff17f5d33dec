"""
Checking many answers at once, through joblib: on the cores of one machine, or on a cluster.

Every answer is checked in a worker process with limits, of which each thread (or process, or machine) has its own.  What
comes back is in the order of what was asked, whatever the order in which it was done.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, TypeAlias

from symbackprop.errors import InputError, SymbackpropError, nearest
from symbackprop.findings import UNDECIDED, Finding
from symbackprop.grade.journal import digest_of
from symbackprop.problem import Problem
from symbackprop.sandbox.asking import Checker
from symbackprop.sandbox.worker import WorkerError

BACKENDS = ("threading", "loky", "dask", "ray")
MOST_JOBS = 1024
PAUSES = (0.2, 1.0)  # seconds before a worker that did not start is tried again
BATCH = 8  # answers a task: enough that handing it over costs little, few enough that a kill loses little


@dataclass(frozen=True)
class Asked:
    """One answer to be checked; `options` are those of `symbackprop.checking.check`."""

    key: str
    target: str | None
    answer: str
    options: Mapping[str, Any]


class Checking(Protocol):
    """What checks answers to one problem: `sandbox.asking.Checker`, or a stand-in of the tests."""

    def check(self, target: str | None, answer: str, options: Mapping[str, Any] | None = None) -> Finding:
        """Return the finding on one answer."""

    def close(self) -> None:
        """End its worker."""


Making: TypeAlias = Callable[[Problem], Checking]
Batch: TypeAlias = tuple[Asked, ...]
Findings: TypeAlias = dict[str, Finding]


@dataclass(frozen=True)
class Crew:
    """
    Who checks: how many jobs, on which backend, with which Dask or Ray cluster.

    `said` is a sentence where it is not what one might expect, such as one core for want of joblib.
    """

    jobs: int
    backend: str = BACKENDS[0]
    scheduler: str | None = None
    said: str = ""


def find_crew(jobs: int | None, backend: str | None, scheduler: str | None) -> Crew:
    """Return who checks, as asked for; raises InputError for what is not there."""
    if backend is not None and backend not in BACKENDS:
        msg = f'unknown backend "{backend}"{nearest(backend, BACKENDS)} (known: {", ".join(BACKENDS)})'
        raise InputError(msg)
    if jobs is not None and not 1 <= jobs <= MOST_JOBS:
        msg = f"--jobs: found {jobs} where a number from 1 to {MOST_JOBS} is accepted"
        raise InputError(msg)
    if scheduler is not None and backend not in {"dask", "ray"}:
        msg = "--scheduler is the address of a Dask or Ray cluster: add --backend dask or --backend ray"
        raise InputError(msg)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    backend = backend or BACKENDS[0]
    if _missing("joblib"):
        if backend != BACKENDS[0] or (jobs or 1) > 1:
            msg = 'more than one core needs joblib: pip install "symbackprop[grade]"'
            raise InputError(msg)
        said = "" if cores == 1 else f'one of {cores} cores is used; pip install "symbackprop[grade]" for all of them'
        return Crew(1, backend, None, said)
    needed = {"dask": "distributed", "ray": "ray"}.get(backend)
    if needed and _missing(needed):
        extra = '"symbackprop[dask]"' if backend == "dask" else "ray"
        msg = f"--backend {backend} needs {needed}: pip install {extra}"
        raise InputError(msg)
    return Crew(jobs or cores, backend, scheduler)


def _missing(module: str) -> bool:
    from importlib.util import find_spec  # here only

    return find_spec(module) is None


def run(problem: Problem, asked: Iterable[Asked], crew: Crew, making: Making = Checker) -> Iterator[Findings]:
    """
    Yield the findings, some at a time, in the order of what was asked.

    Raises WorkerError where no worker can be started or the problem is itself too large.
    """
    pickled = pickle.dumps((problem, making))
    name = digest_of(problem, making.__qualname__)
    batches = _batches(asked)
    with ExitStack() as stack:
        stack.callback(close_checkers)
        if crew.jobs == 1 and crew.backend == BACKENDS[0]:
            for batch in batches:
                yield check_batch(pickled, name, batch)
            return
        from joblib import Parallel, delayed  # in an extra

        stack.enter_context(_backend(crew, stack))
        parent = os.getpid() if crew.backend == "loky" else None
        tasks = (delayed(check_batch)(pickled, name, batch, parent) for batch in batches)
        found = Parallel(n_jobs=crew.jobs, return_as="generator", batch_size=1, pre_dispatch="3 * n_jobs")(tasks)
        stack.callback(_abandon, found)
        yield from found


def _abandon(found: Any) -> None:
    """Let go of what is not done; that there is some is known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found.close()


def _batches(asked: Iterable[Asked]) -> Iterator[Batch]:
    rest = iter(asked)
    while batch := tuple(islice(rest, BATCH)):
        yield batch


def _backend(crew: Crew, stack: ExitStack) -> Any:
    """Return joblib's configuration for a crew, with the cluster that it needs; `stack` ends what is started."""
    from joblib import parallel_config  # in an extra

    if crew.backend == "dask":
        import distributed  # in an extra

        untyped: Any = distributed
        if crew.scheduler is None:
            cluster = untyped.LocalCluster(n_workers=crew.jobs, threads_per_worker=1, dashboard_address=None)
            stack.callback(cluster.close)
            client = untyped.Client(cluster)
        else:
            client = _connected(untyped.Client, crew.scheduler)
        stack.callback(client.close)
        stack.callback(_leave_cluster, client)
        return parallel_config(backend="dask", n_jobs=crew.jobs)
    if crew.backend == "ray":
        import ray  # in an extra
        from ray.util.joblib import register_ray  # as above

        if not ray.is_initialized():
            ray.init(address=crew.scheduler, num_cpus=None if crew.scheduler else crew.jobs, log_to_driver=False)
            stack.callback(ray.shutdown)
        register_ray()
    if crew.backend == "loky":
        stack.callback(_end_processes)
    return parallel_config(backend=crew.backend, n_jobs=crew.jobs)


def _connected(client: Any, scheduler: str) -> Any:
    try:
        return client(scheduler, timeout="10s")
    except (OSError, ValueError, TimeoutError) as error:
        msg = f"--scheduler {scheduler}: there is no Dask scheduler that answers ({type(error).__name__})"
        raise InputError(msg) from None


def _leave_cluster(client: Any) -> None:
    """End our workers on the machines of a cluster, which go on without us."""
    with suppress(Exception):
        client.run(close_checkers)


def _end_processes() -> None:
    from joblib.externals.loky import get_reusable_executor  # in an extra

    get_reusable_executor().shutdown(wait=True, kill_workers=True)


# --- where an answer is checked ------------------------------------------------------------------------------

_LOCK = threading.Lock()
_IDLE: dict[str, list[Checking]] = {}
_WATCHED: set[int] = set()


def _end_with(parent: int) -> None:
    """End this process when its parent is gone, even if that was killed."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def check_batch(pickled: bytes, name: str, batch: Batch, parent: int | None = None) -> Findings:
    """
    Check some answers, in whichever thread, process or machine this is called; `pickled` comes from us alone.

    A process that is there for this only ends with its parent, whose process id is given, and leaves interrupts to it.
    """
    if parent is not None and parent not in _WATCHED:
        _WATCHED.add(parent)
        with suppress(ValueError):
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    with _LOCK:
        idle = _IDLE.setdefault(name, [])
        checker = idle.pop() if idle else None
    if checker is None:
        problem, making = pickle.loads(pickled)  # noqa: S301 - our own problem, never an answer
        checker = making(problem)
    try:
        return {asked.key: _checked(checker, asked) for asked in batch}
    finally:
        with _LOCK:
            _IDLE.setdefault(name, []).append(checker)


def _checked(checker: Checking, asked: Asked) -> Finding:
    """
    Return the finding on one answer; one that makes the program fail is left to a person.

    A worker that does not start for once, on a machine that is short of memory or processes, does not end the run.
    """
    try:
        for pause in PAUSES:
            try:
                return checker.check(asked.target, asked.answer, asked.options)
            except WorkerError as error:
                if error.limit != "died":
                    raise
                time.sleep(pause)
        return checker.check(asked.target, asked.answer, asked.options)
    except WorkerError:
        raise
    except SymbackpropError as error:
        return Finding(UNDECIDED, message=f"This could not be checked: {error}", limits_hit=("failed",), answer=asked.answer)


def close_checkers() -> None:
    """End the workers of this process."""
    with _LOCK:
        checkers = [checker for idle in _IDLE.values() for checker in idle]
        _IDLE.clear()
    for checker in checkers:
        checker.close()
