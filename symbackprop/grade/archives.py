"""
Files of a folder or a zip, each with its bytes, read in memory within limits: nothing is extracted, no link is followed.

What is refused becomes a notice in one sentence, and reading goes on with the next file.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from symbackprop.errors import ProblemError
from symbackprop.grade.model import Notice, clean

MOST_FILES = 20_000
MOST_DEPTH = 6
MOST_BYTES = 5_000_000
MOST_TOTAL = 1_000_000_000
MOST_ARCHIVE = 1_000_000_000
MOST_DIRECTORY = 20_000_000
MOST_RATIO = 200
SMALL = 100_000  # below, a high ratio is a short text of few letters
_CHUNK = 1 << 16
_LITTER = {"__macosx", "thumbs.db", "desktop.ini"}
_KINDS = {
    stat.S_IFLNK: "a link", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device", stat.S_IFBLK: "a device",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One file: its path inside the folder or archive as words, never as a path of the file system, and its bytes."""

    parts: tuple[str, ...]
    data: bytes

    @property
    def where(self) -> str:
        """The name as shown."""
        return "/".join(self.parts)


def refusal(where: str, reason: str) -> Notice:
    """Return the notice that a file is left out."""
    return Notice("unreadable", f"{reason}; it is left out", clean(where, 300))


# --- folders -------------------------------------------------------------------------------------------------


def read_folder(folder: Path, without: Path) -> Iterator[Entry | Notice]:
    """Yield the files of a folder, sorted by name; `without` (where the results go) is passed over."""
    shut = without.resolve()
    count = 0
    for path, parts, notice in _walk(folder, ()):
        if notice is not None:
            yield notice
            continue
        if path.resolve().is_relative_to(shut):
            continue
        count += 1
        if count > MOST_FILES:
            yield Notice("unreadable", f"the folder has more than {MOST_FILES:,} files; the rest is left out", str(folder.name))
            return
        found = _bytes_of(path)
        yield Entry(parts, found) if isinstance(found, bytes) else refusal("/".join(parts), found)


def _walk(folder: Path, above: tuple[str, ...]) -> Iterator[tuple[Path, tuple[str, ...], Notice | None]]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield folder, above, refusal("/".join(above) or folder.name, f"the folder cannot be read ({error.strerror})")
        return
    for entry in entries:
        parts = (*above, clean(entry.name, 300))
        path = Path(entry.path)
        if _is_litter(parts):
            continue
        if entry.is_symlink():
            yield path, parts, refusal("/".join(parts), "it is a link, and links are not followed")
        elif entry.is_dir(follow_symlinks=False):
            if len(parts) >= MOST_DEPTH:
                yield path, parts, refusal("/".join(parts), f"folders are nested more than {MOST_DEPTH} deep")
            else:
                yield from _walk(path, parts)
        else:
            yield path, parts, None


def _is_litter(parts: tuple[str, ...]) -> bool:
    """Whether a file is there because of an operating system, not of a student."""
    return any(part.casefold() in _LITTER or part.startswith(".") for part in parts)


def _bytes_of(path: Path) -> bytes | str:
    """Return the bytes of a regular file, or why they are refused; what it is, is asked of the open file itself."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        kind = stat.S_IFMT(path.lstat().st_mode)
        if kind != stat.S_IFREG:
            return f"it is {_KINDS.get(kind, 'no file')}, and only files are read"
        descriptor = os.open(path, flags)
        with os.fdopen(descriptor, "rb") as stream:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return "it is no file, and only files are read"
            data = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        return f"it cannot be read ({getattr(error, 'strerror', None) or 'no file name'})"
    return data if len(data) <= MOST_BYTES else f"it has more than {MOST_BYTES:,} bytes, which is the most that is read"


# --- archives ------------------------------------------------------------------------------------------------


def read_zip(path: Path) -> Iterator[Entry | Notice]:
    """
    Yield the files of a zip, sorted by name.

    Raises ProblemError where the archive itself cannot be read or is beyond its limits.
    """
    _check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _entries(archive, path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, struct.error, OSError) as error:
        msg = f"{path}: cannot be read as a zip archive ({error})"
        raise ProblemError(msg) from None


def _check_directory(path: Path) -> None:
    """Refuse an archive by the size of its list of files, before that list is read."""
    size = path.stat().st_size
    if size > MOST_ARCHIVE:
        msg = f"{path}: the archive has {size:,} bytes; up to {MOST_ARCHIVE:,} are read"
        raise ProblemError(msg)
    with path.open("rb") as stream:
        stream.seek(max(0, size - (1 << 16) - 22))
        tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        msg = f"{path}: is no zip archive"
        raise ProblemError(msg)
    count, length = struct.unpack("<HL", tail[at + 10 : at + 16])
    # All ones send the reader to a longer record, for archives far beyond our limits.
    if length > MOST_DIRECTORY or count == 0xFFFF:
        msg = f"{path}: the archive lists more files than the {MOST_FILES:,} that are read"
        raise ProblemError(msg)


def _entries(archive: zipfile.ZipFile, path: Path) -> Iterator[Entry | Notice]:
    listed = archive.infolist()
    if len(listed) > MOST_FILES:
        msg = f"{path}: the archive lists {len(listed):,} files; up to {MOST_FILES:,} are read"
        raise ProblemError(msg)
    total = 0
    seen: set[tuple[str, ...]] = set()
    for info in sorted(listed, key=lambda info: info.filename):
        name = info.filename.replace("\\", "/")
        parts = tuple(part for part in (clean(part, 300) for part in PurePosixPath(name).parts) if part)
        where = "/".join(parts) or "(no name)"
        if info.is_dir() or _is_litter(tuple(part for part in parts if part != "..")):
            continue
        reason = _refused(info, name)
        if not reason and parts in seen:
            reason = "the archive has two files of this name"
        if not reason and total > MOST_TOTAL:
            reason = f"the archive has more than {MOST_TOTAL:,} bytes unpacked"
        if reason:
            yield refusal(where, reason)
            continue
        seen.add(parts)
        found = _unpacked(archive, info)
        if isinstance(found, str):
            total += MOST_BYTES
            yield refusal(where, found)
            continue
        total += len(found)
        yield Entry(parts, found)


def _refused(info: zipfile.ZipInfo, name: str) -> str:
    """Say why an entry is refused before it is read, or return the empty string."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind in _KINDS:
        return f"it is {_KINDS[kind]}, and only files are read"
    if name.startswith("/") or ".." in name.split("/") or (len(name) > 1 and name[1] == ":"):
        return "its name leads out of the archive"
    if info.flag_bits & 1:
        return "it is encrypted"
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return "it is compressed in a way that is not read (zip's own is)"
    if info.file_size > MOST_BYTES:
        return f"it has more than {MOST_BYTES:,} bytes, which is the most that is read"
    if info.file_size > SMALL and info.file_size > MOST_RATIO * max(1, info.compress_size):
        return f"it unpacks to more than {MOST_RATIO} times its size"
    return ""


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | str:
    """Return the bytes of an entry, or why not; what its header promises is not believed."""
    data = bytearray()
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                data += chunk
                if len(data) > MOST_BYTES:
                    return f"it has more than {MOST_BYTES:,} bytes, which is the most that is read"
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return "it is damaged"
    return bytes(data)
