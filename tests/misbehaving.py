"""Tasks that go over every limit, for the tests of the worker; run in a child, never here."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from symbackprop.errors import ParseError, ProblemError

SERVES_MANY = True
PRELOAD = ("mpmath",)


def spin(*, limits):
    while True:
        pass


def power(*, limits):
    return 9**9**9  # one long call into C, which no Python code interrupts


def sleep(seconds, *, limits):
    time.sleep(seconds)
    return "slept"


def eat(*, limits):
    kept = []
    while True:
        kept.append(bytearray(1 << 24))


def nest(*, limits):
    def deeper(n):
        return deeper(n + 1) + 1

    return deeper(0)


def die(*, limits):
    os._exit(7)


def crash(*, limits):
    ctypes.string_at(0)


def flood(*, limits):
    return "x" * (9 << 20)


def fail(kind, *, limits):
    raise {"parse": ParseError("no", "a+", 2), "problem": ProblemError("one", "two"), "bug": KeyError("k")}[kind]


def garbage(*, limits):
    for number in range(3, 64):
        try:
            os.write(number, b"\x00\x00\x00\x02hi")
        except OSError:
            continue


def lonely(value, *, limits):
    return value


def process_id(*, limits):
    return [os.getpid(), str(Path.cwd()), dict(os.environ), sys.flags.safe_path]


def escape(way, where, *, limits):
    """Try to leave a mark outside; returns how it was refused."""
    try:
        match way:
            case "write":
                Path(where).write_text("out", encoding="utf-8")
            case "system":
                return f"status {os.system(f'touch {where}')}"
            case "popen":
                subprocess.run(["touch", where], check=False)
            case "fork":
                if os.fork() == 0:
                    os._exit(0)
            case "socket":
                socket.socket()
            case "remove":
                Path(where).unlink()
            case "mkdir":
                Path(where).mkdir()
            case "kill":
                os.kill(os.getppid(), 0)
            case "session":
                os.setsid()
            case "link":
                Path(where).symlink_to("/etc/passwd")
            case "read":
                return "read" if Path(where).read_text(encoding="utf-8") else ""
    except OSError as error:
        return type(error).__name__
    return "not refused"


TASKS = {
    name: task
    for name, task in list(globals().items())
    if callable(task) and getattr(task, "__module__", "") == __name__
}
