"""
A worker: one child process with limits, asked over a socket, killed from outside and replaced when it goes over them.

>>> with Worker("symbackprop.sandbox.answers") as worker:
...     worker.ask("echo", "x_1", limits=Limits(cpu=1))
'x_1'

The child limits its own memory, computing time and files before it reads anything (`limits`, `confine`); the parent watches
the clock.  What comes back is JSON, never a pickle.  On Windows only the clock is watched.
"""

from __future__ import annotations

import json
import os
import signal
import site
import socket
import subprocess
import sys
import time
import weakref
from contextlib import suppress
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self

from symbackprop import errors
from symbackprop.errors import InternalError, SymbackpropError, TooLargeError
from symbackprop.sandbox.limits import LONGEST_START, MEGABYTE, MOST_REQUEST, MOST_RESULT, Limits
from symbackprop.sandbox.wire import printable

ROOT = Path(__file__).resolve().parents[2]
_CHUNK = 1 << 16
_SIZE, _WALL = "size", "wall"
# The one-threaded libraries of linear algebra keep the address space small, and the kernel's count of processes at 1.
_SINGLE = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS")


class WorkerError(TooLargeError):
    """
    A task that did not end as it should; exit code 3.

    `limit` is "cpu", "wall", "memory", "depth", "size" (of the request or the result) or "died".
    """

    def __init__(self, message: str, limit: str = "died") -> None:
        """Keep the limit beside the message."""
        super().__init__(message)
        self.limit = limit


class Worker:
    """
    One child process that serves the tasks of a module; started when first asked, and anew after it ended.

    `module` has TASKS (functions by name), PRELOAD (what to import beforehand) and SERVES_MANY (whether one process answers
    many requests); `memory` is in megabytes, `folder` where the child stands, `path` further folders to import from.
    `subject` begins the sentence that says which limit was hit.  One worker may be shared by threads, which wait for each
    other; after a fork, the copy starts a child of its own.
    """

    def __init__(
        self, module: str, *, memory: int = 512, folder: str = "/", path: tuple[str, ...] = (), subject: str = "the answer"
    ) -> None:
        """Start nothing yet."""
        self.module, self.memory, self.folder, self.path, self.subject = module, memory, folder, path, subject
        self.generation = 0
        self._lock = RLock()
        self._child: _Child | None = None

    def ask(self, task: str, *arguments: Any, limits: Limits | None = None) -> Any:
        """
        Return what a task makes of its arguments, all of them JSON.

        Raises WorkerError where a limit was hit or the process died, and the errors of this package that the task raised.
        """
        limits = limits or Limits(memory=self.memory)
        with self._lock:
            body = json.dumps({"task": task, "arguments": arguments, "limits": [limits.cpu, limits.wall, limits.memory]}).encode()
            if len(body) > MOST_REQUEST:
                msg = f"{self.subject} is longer than {MOST_REQUEST // MEGABYTE} MB"
                raise WorkerError(msg, "size")
            child = self.start()
            try:
                reply = child.exchange(body, limits.wall)
            except BaseException as error:
                # An interrupt, too, leaves a child of which nobody knows what it is doing.
                ended = self._end()
                if not isinstance(error, _EndedError):
                    raise
                raise self._told(error.limit or ended, limits) from None
            if "limit" in reply:
                self._end()
                raise self._told(reply["limit"], limits)
        if "error" in reply:
            raise _made_anew(reply["error"])
        return reply["result"]

    def start(self) -> _Child:
        """Start the child, if there is none alive; returns it when it is ready.  Raises WorkerError."""
        with self._lock:
            if self._child is not None and not self._child.is_mine_and_alive():
                self._end()
            if self._child is None:
                try:
                    self._child = _Child(self)
                    self.generation += 1
                    self._child.exchange(None, LONGEST_START)
                except BaseException as error:
                    self._end()
                    if not isinstance(error, _EndedError | OSError):
                        raise
                    msg = "the process that checks answers does not start"
                    raise WorkerError(msg) from None
            return self._child

    def close(self) -> None:
        """End the child; asking again starts another."""
        with self._lock:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        """Leave the process behind: a copy in another process starts its own."""
        return {**self.__dict__, "_child": None, "_lock": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = RLock()

    def _end(self) -> str:
        """Kill the child and everything it started, and wait for it; returns the limit that had ended it before, or "died"."""
        child, self._child = self._child, None
        return child.end() if child is not None else "died"

    def _told(self, limit: str, limits: Limits) -> WorkerError:
        if limit == "died":
            return WorkerError(f"the process that checks {self.subject} died", limit)
        return WorkerError(limits.sentence(limit, self.subject), limit)


class _EndedError(Exception):
    """The child does not answer any more; `limit` says why, where the parent knows."""

    def __init__(self, limit: str = "") -> None:
        super().__init__(limit)
        self.limit = limit


class _Child:
    """A process and the socket to it."""

    def __init__(self, worker: Worker) -> None:
        """Start the process in a session of its own, with an environment that has nothing of ours."""
        self.owner = os.getpid()
        self.socket, theirs = socket.socketpair()
        if hasattr(socket, "SO_NOSIGPIPE"):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_NOSIGPIPE, 1)
        windows = sys.platform == "win32"
        program = f"from symbackprop.sandbox.child import main; main({worker.module!r}, {str(worker.memory)!r})"
        shown = None if os.environ.get("SYMBACKPROP_TRACEBACK") else subprocess.DEVNULL
        try:
            self.process = subprocess.Popen(  # noqa: S603 - this interpreter, and a program that is written here
                [sys.executable, "-s", "-P", "-c", program],
                stdin=subprocess.PIPE if windows else theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=shown,
                cwd=None if windows else worker.folder,
                env=_environment(worker.path),
                start_new_session=not windows,
            )
            if sys.platform == "win32":
                assert self.process.stdin is not None
                with self.process.stdin:
                    self.process.stdin.write(theirs.share(self.process.pid))
        except BaseException:
            self.socket.close()
            raise
        finally:
            theirs.close()
        # At the interpreter's exit, too.
        self.close = weakref.finalize(self, _kill, self.owner, self.process, self.socket)

    def is_mine_and_alive(self) -> bool:
        """Whether the process runs still, and was not inherited by a fork."""
        return self.owner == os.getpid() and self.process.poll() is None

    def exchange(self, body: bytes | None, seconds: float) -> dict[str, Any]:
        """Send a request and return the reply; raises _EndedError after so many seconds, or when the child is gone."""
        deadline = time.monotonic() + seconds
        try:
            if body is not None:
                self._send(memoryview(len(body).to_bytes(4, "big") + body), deadline)
            length = int.from_bytes(self._exactly(4, deadline), "big")
            if length > MOST_RESULT + _CHUNK:
                raise _EndedError(_SIZE)
            reply = json.loads(self._exactly(length, deadline))
        except TimeoutError:
            raise _EndedError(_WALL) from None
        except (OSError, ValueError, RecursionError):
            raise _EndedError from None
        if not isinstance(reply, dict) or reply.keys() not in ({"result"}, {"limit"}, {"error"}):
            raise _EndedError
        return reply

    def _send(self, data: memoryview, deadline: float) -> None:
        while data:
            self.socket.settimeout(_left(deadline))
            data = data[self.socket.send(data[:_CHUNK], getattr(socket, "MSG_NOSIGNAL", 0)) :]

    def _exactly(self, count: int, deadline: float) -> bytes:
        data = bytearray()
        while len(data) < count:
            self.socket.settimeout(_left(deadline))
            part = self.socket.recv(min(count - len(data), _CHUNK))
            if not part:
                raise _EndedError
            data += part
        return bytes(data)

    def end(self) -> str:
        """Kill what still runs; returns "cpu" or "wall" where the kernel had ended it for that before, else "died"."""
        if self.owner != os.getpid():
            # The socket is shared with the parent of this fork: not a byte of it is for us.
            self.close()
            return "died"
        ended = not self._is_open() and self._ends_by_itself()
        self.close()
        code = -self.process.returncode if ended else 0
        by_clock = {getattr(signal, name, None) for name in ("SIGPROF", "SIGXCPU", "SIGKILL")}
        return "cpu" if code in by_clock else "wall" if code == getattr(signal, "SIGALRM", None) else "died"

    def _ends_by_itself(self) -> bool:
        """Whether a child that closed its socket also ends, within a second; not reaped yet, so that it keeps its number."""
        if sys.platform == "win32":
            return True
        for _ in range(100):
            if os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None:
                return True
            time.sleep(0.01)
        return False

    def _is_open(self) -> bool:
        """Whether the child still holds its end of the socket."""
        try:
            self.socket.settimeout(0)
            return bool(self.socket.recv(1))
        except BlockingIOError:
            return True
        except OSError:
            return False


def _left(deadline: float) -> float:
    """Return the seconds that are left; raises TimeoutError when there are none."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def _kill(owner: int, process: subprocess.Popen[bytes], channel: socket.socket) -> None:
    """End a process and all of its group, and wait for it; a fork leaves its parent's child alone."""
    channel.close()
    if owner != os.getpid():
        return
    if sys.platform == "win32":
        process.kill()
    elif process.returncode is None:
        # Not waited for yet, so that the number is still its own, even if it has ended.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _environment(path: tuple[str, ...]) -> dict[str, str]:
    """Return the child's whole environment: where to import from, one thread, the same hashes every time."""
    folders = [str(ROOT), *path, *filter(os.path.isabs, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    if site.ENABLE_USER_SITE:
        folders.append(site.getusersitepackages())
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    single = dict.fromkeys(_SINGLE, "1")
    return {**kept, **single, "PYTHONPATH": os.pathsep.join(folders), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}


def _made_anew(told: list[Any]) -> SymbackpropError:
    """Return the error that a task raised, or an InternalError for one that is not ours."""
    name, *parts = told
    parts[0] = printable(str(parts[0]))
    kind = getattr(errors, name, None)
    if isinstance(kind, type) and issubclass(kind, SymbackpropError):
        return kind(*parts)
    return InternalError(f"checking this failed ({' '.join(map(str, parts))}); please report it with the answer")
