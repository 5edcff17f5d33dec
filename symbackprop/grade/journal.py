"""
What is checked already, one answer a line, so that a run that was killed goes on where it was.

A file of JSON lines that only grows: first what the findings depend on, then a finding a line, in the order in which answers
were handed in.  A last line that was cut short is dropped.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from symbackprop.errors import InputError
from symbackprop.findings import Finding
from symbackprop.sandbox.wire import from_json, to_json

NAME = "journal.jsonl"
_FORMAT = 1
PATIENCE = 2.0  # seconds to wait for a lock


class Journal:
    """Findings by the key of their answer, in a file."""

    def __init__(self, folder: Path, digest: str) -> None:
        """
        Open the journal of a folder, or begin one; `digest` says what its findings depend on.

        `kept` is how many findings are there already, `said` a sentence where an older journal could not be used.
        Raises InputError where another run has it open.
        """
        self.path = folder / NAME
        self.said = ""
        self._places: dict[bytes, int] = {}
        self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644), "r+b")
        try:
            self._lock(folder)
            self._read({"journal": _FORMAT, "digest": digest})
        except BaseException:
            self._file.close()
            raise
        self.kept = len(self._places)

    def _lock(self, folder: Path) -> None:
        try:
            import fcntl  # not there on Windows
        except ImportError:
            return
        last = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                # A run that was killed may still be going: its children can hold the lock until they have ended, too.
                if time.monotonic() < last:
                    time.sleep(0.05)
                    continue
                msg = f"{folder}: another run is writing there; wait for it, or give another folder"
                raise InputError(msg) from None
            except OSError:
                return  # a file system without locks
            return

    def _read(self, header: dict[str, Any]) -> None:
        self._size = 0
        first = self._file.readline()
        if _whole(first) != header:
            if first:
                self.said = "the problem, its options or the program have changed since the last run: all is checked anew"
            self._cut(0)
            self._append([header])
            return
        self._size = len(first)
        while line := self._file.readline():
            entry = _whole(line)
            if not isinstance(entry, dict) or not isinstance(entry.get("key"), str) or "finding" not in entry:
                break
            with suppress(ValueError):
                self._places.setdefault(bytes.fromhex(entry["key"]), self._size)
            self._size += len(line)
        self._cut(self._size)

    def _cut(self, size: int) -> None:
        """Drop what stands beyond: a line that was being written when the run was killed."""
        self._file.seek(size)
        self._file.truncate()
        self._size = size

    def _append(self, entries: Iterable[Mapping[str, Any]]) -> None:
        lines = [json.dumps(entry, ensure_ascii=False, sort_keys=True).encode() + b"\n" for entry in entries]
        self._file.seek(self._size)
        self._file.write(b"".join(lines))
        self._file.flush()
        os.fsync(self._file.fileno())
        for entry, line in zip(entries, lines, strict=True):
            if "key" in entry:
                self._places[bytes.fromhex(entry["key"])] = self._size
            self._size += len(line)

    def __contains__(self, key: str) -> bool:
        return bytes.fromhex(key) in self._places

    def __getitem__(self, key: str) -> Finding:
        self._file.seek(self._places[bytes.fromhex(key)])
        return from_json(json.loads(self._file.readline())["finding"])

    def write(self, findings: Mapping[str, Finding]) -> None:
        """Keep some findings; when this returns, they are on the disk."""
        self._append([{"key": key, "finding": to_json(finding)} for key, finding in findings.items()])

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _whole(line: bytes) -> Any:
    """Return what a whole line holds, or None for one that was cut short."""
    if not line.endswith(b"\n"):
        return None
    try:
        return json.loads(line)
    except ValueError:
        return None


def digest_of(*parts: Any) -> str:
    """Return a hash of data that is the same in every run: of dataclasses, mappings, lists, sets and plain values."""
    found = hashlib.sha256()
    _feed(found.update, parts)
    return found.hexdigest()


def _feed(update: Any, value: Any) -> None:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        update(f"<{type(value).__name__}".encode())
        for part in dataclasses.fields(value):
            if part.compare:
                _feed(update, getattr(value, part.name))
    elif isinstance(value, Mapping):
        update(b"{")
        for key in sorted(value, key=str):
            _feed(update, key)
            _feed(update, value[key])
    elif isinstance(value, set | frozenset):
        _feed(update, sorted(map(str, value)))
    elif isinstance(value, list | tuple):
        update(f"[{len(value)}".encode())
        for part in value:
            _feed(update, part)
    else:
        update(f"|{value!r}".encode())
