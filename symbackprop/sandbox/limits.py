"""
What a worker process may use, and how it takes the means away from itself before it reads anything.

Nothing here handles a signal: the kernel's own action for a limit is to end the process, and the parent sees which limit it
was.  Where a platform has no `resource` module (Windows) only the wall clock remains, which the parent watches.
"""

from __future__ import annotations

import math
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass

MEGABYTE = 1 << 20
MOST_REQUEST = 8 * MEGABYTE
MOST_RESULT = 8 * MEGABYTE
LONGEST_START = 60.0
SPARE_SECONDS = 1


@dataclass(frozen=True)
class Limits:
    """
    What one task may take.

    `cpu` is in seconds of computing time, `wall` in seconds of the clock, `memory` in megabytes of address space.
    """

    cpu: float = 2.0
    wall: float = 5.0
    memory: int = 512

    def sentence(self, limit: str, subject: str) -> str:
        """
        Say in a sentence which limit was hit.

        >>> Limits().sentence("cpu", "the answer")
        'the answer took more than 2 s of computing time'
        """
        said = {
            "cpu": f"took more than {self.cpu:g} s of computing time",
            "wall": f"took more than {self.wall:g} s",
            "memory": f"took more than {self.memory} MB of memory",
            "depth": "nests too deep",
            "size": f"gave a result of more than {MOST_RESULT // MEGABYTE} MB",
        }
        return f"{subject} {said[limit]}"


def limit_process(memory: int, *, last: Limits | None = None) -> None:
    """
    Take means away from this process for good: memory (in megabytes), files written, processes, core dumps.

    With `last`, for a process that runs one task and ends, computing time is limited for good, too, by SIGKILL.
    A limit that the platform does not have or refuses is left out.
    """
    try:
        import resource  # not there on Windows
    except ImportError:
        return
    wanted = {"AS": memory * MEGABYTE, "CORE": 0, "FSIZE": 0, "NOFILE": 64, "NPROC": 0}
    for name, most in wanted.items():
        kind = getattr(resource, f"RLIMIT_{name}", None)
        if kind is not None:
            with suppress(OSError, ValueError):
                resource.setrlimit(kind, (most, most))
    if last is not None:
        most = math.ceil(_used() + last.cpu) + SPARE_SECONDS
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CPU, (most, most))


def start_clock(limits: Limits) -> None:
    """
    Let the kernel end this process when a task has had its computing time, or (should the parent be gone) its wall clock.

    ITIMER_PROF counts what the process computes, to the millisecond; RLIMIT_CPU, in whole seconds, stands behind it.
    """
    if sys.platform == "win32":
        return
    import resource  # not there on Windows

    signal.setitimer(signal.ITIMER_PROF, limits.cpu)
    signal.setitimer(signal.ITIMER_REAL, limits.wall + SPARE_SECONDS)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(_used() + limits.cpu) + SPARE_SECONDS
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def stop_clock() -> None:
    """Take the clocks off, between tasks; a process that may no longer do so ends soon anyway."""
    if sys.platform != "win32":
        with suppress(OSError):
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)


def _used() -> float:
    """Return the seconds of computing time that this process has had."""
    if sys.platform == "win32":
        return 0.0
    import resource  # not there on Windows

    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
