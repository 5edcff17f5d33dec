"""
The worker's side: a process that takes its own means away, then answers one request after the other.

A message is four bytes of length (big endian) and JSON in UTF-8, both ways, over one socket that the parent holds.  A
request is `{"task": name, "arguments": […], "limits": […]}`; a reply is `{"result": …}`, `{"limit": …}` or `{"error": …}`.
What can be asked for is the table TASKS of one module, which also says what to import beforehand.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from types import ModuleType
from typing import IO, Any

from symbackprop import errors
from symbackprop.errors import ParseError, ProblemError, SymbackpropError
from symbackprop.sandbox.confine import confine
from symbackprop.sandbox.limits import MOST_RESULT, Limits, limit_process, start_clock, stop_clock


def main(module: str, memory: str) -> None:
    """Serve the tasks of a module until the parent closes the socket; `memory` is in megabytes."""
    tasks, channel = import_module(module), _open_channel()
    for name in tasks.PRELOAD:
        import_module(name)
    sys.dont_write_bytecode = True
    limit_process(int(memory))
    if tasks.SERVES_MANY:
        confine(reading=True)
    _send(channel, {"result": "ready"})
    while (request := _receive(channel)) is not None:
        reply = _answer(tasks, request)
        _send(channel, reply)
        if "limit" in reply or not tasks.SERVES_MANY:
            break
    os._exit(0)


def _answer(tasks: ModuleType, request: dict[str, Any]) -> dict[str, Any]:
    """Run one task, and tell what came of it."""
    limits = Limits(*request["limits"])
    start_clock(limits)
    try:
        reply = {"result": tasks.TASKS[request["task"]](*request["arguments"], limits=limits)}
        if len(json.dumps(reply)) > MOST_RESULT:
            reply = {"limit": "size"}
    except MemoryError:
        reply = {"limit": "memory"}
    except RecursionError:
        reply = {"limit": "depth"}
    except SymbackpropError as error:
        reply = {"error": _told(error)}
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent tells it in a sentence
        reply = {"error": ["Exception", f"{type(error).__name__}: {error}"]}
    stop_clock()
    return reply


def _told(error: SymbackpropError) -> list[Any]:
    """Return an error of ours as data: its nearest public class and what makes it anew."""
    name = next(kind.__name__ for kind in type(error).__mro__ if getattr(errors, kind.__name__, None) is kind)
    if isinstance(error, ParseError):
        return [name, str(error), error.text, error.position]
    return [name, *error.faults] if isinstance(error, ProblemError) else [name, str(error)]


def _open_channel() -> IO[bytes]:
    """Return the parent's socket as an unbuffered stream, and leave nothing on standard input."""
    if sys.platform == "win32":
        import socket  # elsewhere the descriptor is a file like any other

        return socket.fromshare(sys.stdin.buffer.read()).makefile("rwb", buffering=0)
    channel = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return open(channel, "r+b", buffering=0)  # noqa: PTH123 - a descriptor, open as long as the process lives


def _send(channel: IO[bytes], message: dict[str, Any]) -> None:
    body = json.dumps(message).encode()
    data = memoryview(len(body).to_bytes(4, "big") + body)
    while data:
        data = data[channel.write(data) :]


def _receive(channel: IO[bytes]) -> dict[str, Any] | None:
    """Return the next request, or None where the parent has closed the socket."""
    length = _exactly(channel, 4)
    body = _exactly(channel, int.from_bytes(length, "big"))
    return json.loads(body) if body else None


def _exactly(channel: IO[bytes], count: int) -> bytes:
    """Return so many bytes, or none where the stream ends before."""
    data = bytearray()
    while len(data) < count:
        part = channel.read(min(count - len(data), 1 << 16))
        if not part:
            return b""
        data += part
    return bytes(data)
