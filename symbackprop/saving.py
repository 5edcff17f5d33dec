"""Files that are written whole or not at all: beside the one meant, and then in its place."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from symbackprop.errors import InputError


class replaced:  # noqa: N801 - reads as a verb: with replaced(path) as beside
    """Write a file beside the one meant, and put it in its place when it is whole; raises InputError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.target = path.resolve() if path.is_symlink() else path
        self.beside = self.target.with_name(f".{self.target.name[:200]}.part")

    def __enter__(self) -> Path:
        return self.beside

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            if kind is None:
                if self.target.exists():
                    shutil.copymode(self.target, self.beside)
                self.beside.replace(self.target)
                return
            self.beside.unlink(missing_ok=True)
        except OSError as fault:
            kind, error = OSError, fault
        if isinstance(error, OSError):
            raise cannot_be_written(self.path, error) from None


def cannot_be_written(path: Path | None, error: OSError) -> InputError:
    """Return what is said of a file, or of standard output (None), that could not be written."""
    return InputError(f"{path or 'standard output'}: cannot be written ({error.strerror or error})")


def save(path: Path, content: str | bytes) -> None:
    """
    Write a text (UTF-8, the end of a line is one character) or bytes; until all is written, what was there stays.

    A device or a pipe, and a file in a folder where nothing new may stand, are written to as they are.  Raises InputError.
    """
    data = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    if path.exists() and not (path.is_file() and os.access(path.resolve().parent, os.W_OK)):
        try:
            path.write_bytes(data)
        except OSError as error:
            raise cannot_be_written(path, error) from None
        return
    with replaced(path) as beside:
        beside.write_bytes(data)
