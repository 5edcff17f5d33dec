"""
Problem files as text: TOML and JSON read exactly, and the line on which every key stands.

Decimals stay as written (`Decimal`), a key given twice is an error in JSON too, and NaN and infinities
arrive as such so that the reader of the problem can name their place.  Neither `tomllib` nor `json` remembers lines,
so a small scanner of our own walks over the text when there is a fault to report, and only then.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from symbackprop.errors import ProblemError, nearest

LARGEST_FILE = 1_000_000
MOST_NESTED_KEY = 30
LONGEST_WORD = 60
SUFFIXES = (".toml", ".json")

Key = tuple[str | int, ...]


@dataclass(frozen=True)
class Source:
    """
    Where a problem comes from: the name to be shown, and the text.

    `kind` is "toml", "json" or "text"; "" for a problem that has no text (a dict), and then no line is known.
    """

    name: str = ""
    text: str = ""
    kind: str = ""

    def line(self, key: Key) -> int:
        """Return the line (from 1) of a key, or of the table it would stand in; 0 where there is no text."""
        if not self.kind:
            return 0
        while key and key not in self._places:
            key = key[:-1]
        return self._places.get(key, 1)

    @cached_property
    def _places(self) -> dict[Key, int]:
        return {key: line for key, line, again in reversed(self._scanned) if not again}

    @cached_property
    def repeated(self) -> list[tuple[Key, int]]:
        """The keys given twice, each with the line of the later one."""
        return [(key, line) for key, line, again in self._scanned if again]

    @cached_property
    def _scanned(self) -> list[tuple[Key, int, bool]]:
        seen: dict[Key, int] = {}
        found = []
        try:
            for key, line, new in _Scanner(self.text, self.kind).scan():
                found.append((key, line, new and key in seen))
                seen.setdefault(key, line)
        except (IndexError, RecursionError, ValueError):
            pass  # the text is broken from here on; the lines found so far are good
        return found

    def table(self) -> dict[str, Any]:
        """
        Read the text as a table, decimals as Decimal.

        Raises ProblemError for a text that is not TOML or JSON, with its line.
        """
        if not self.text.strip():
            raise self.broken(0, "the file is empty; a problem has [network] or [definitions]")
        try:
            return _read_toml(self) if self.kind == "toml" else _read_json(self)
        except RecursionError:
            raise self.broken(0, "brackets are nested too deeply") from None

    def broken(self, line: int, message: str) -> ProblemError:
        """Return the error that says a text cannot be read at all."""
        return ProblemError(f"{self.name}:{line}: {message}" if line else f"{self.name}: {message}")


def read_source(name: str) -> Source:
    """
    Read a .toml or .json file, or standard input for "-", where definitions and one-liners may stand too (kind "text").

    Raises ProblemError for what is no readable file: missing, a directory, too large, not UTF-8.
    """
    if name == "-":
        shown, data = "standard input", _standard_input()
    else:
        shown = "".join(c if c.isprintable() else "?" for c in name)
        data = _file(Path(name), shown)
    if len(data) > LARGEST_FILE:
        msg = f"{shown}: the problem has more than {LARGEST_FILE} bytes, which is the most that is read"
        raise ProblemError(msg)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        msg = f"{shown}:{line}: the file is not UTF-8 text (byte {error.start + 1})"
        raise ProblemError(msg) from None
    suffix = Path(name).suffix.lower()
    return Source(shown, text, suffix[1:] if suffix in SUFFIXES else _kind(text))


def _kind(text: str) -> str:
    """
    Tell what a text without a file name is: "json", "toml", or "text" for definitions and one-liners.

    A header or a quoted value makes it TOML; `f = 3*x` alone is a definition.
    """
    if text.lstrip().startswith("{"):
        return "json"
    return "toml" if not text.strip() or re.search(r"^\s*\[|=\s*[\"'{\[]", text, re.MULTILINE) else "text"


def _standard_input() -> bytes:
    if sys.stdin is None:
        msg = "standard input: is closed; give a .toml or .json file"
        raise ProblemError(msg)
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        return sys.stdin.read(LARGEST_FILE + 1).encode()
    return bytes(stream.read(LARGEST_FILE + 1))


def _file(path: Path, shown: str) -> bytes:
    try:
        if path.is_dir():
            msg = f"{shown}: is a directory; a problem is a .toml or .json file"
            raise ProblemError(msg)
        if not path.is_file():
            here = sorted(p.name for s in SUFFIXES for p in path.parent.glob(f"*{s}")) if path.parent.is_dir() else []
            msg = f"{shown}: no such file{nearest(path.name[:100], here)}"
            raise ProblemError(msg)
        with path.open("rb") as stream:
            return stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "is no file name"
        msg = f"{shown}: cannot be read: {reason}"
        raise ProblemError(msg) from None


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        return Decimal("Infinity")


def _read_toml(source: Source) -> dict[str, Any]:
    import tomllib  # a one-liner needs no TOML

    for place, line in enumerate(source.text.split("\n"), 1):
        if line.count(".") > MOST_NESTED_KEY and not line.lstrip().startswith("#"):
            longest = max(part.count(".") for part in re.split(r"[=,\[\]{}]", line))
            if longest > MOST_NESTED_KEY:
                raise source.broken(place, f"more than {MOST_NESTED_KEY} dots in a row")
    try:
        return tomllib.loads(source.text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        raise _toml_fault(source, str(error)) from None
    except ValueError:
        raise source.broken(0, "a number has too many digits") from None


def _toml_fault(source: Source, message: str) -> ProblemError:
    where = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    reason = message[: where.start()] if where else message
    line = int(where[1]) if where and where[1] else source.text.count("\n", 0, len(source.text.rstrip())) + 1
    again = re.match(r"Cannot (?:overwrite|declare|mutate|redefine)|Duplicate inline table key", reason)
    if again:
        twice = [(key, at) for key, at in source.repeated if at <= line]
        name = twice[-1][0][-1] if twice else source.text.split("\n")[line - 1].split("=")[0].strip(" []")
        first = source.line(twice[-1][0]) if twice else 0
        before = f" (first on line {first})" if 0 < first < line else ""
        return source.broken(line, f'"{name}" is given twice{before}')
    if where and where[2] and int(where[2]) > len(source.text.split("\n")[line - 1].rstrip()) and "key part" in reason:
        return source.broken(line, "an inline table { … } must end on the line on which it starts")
    column = int(where[2]) if where and where[2] else 0
    place = f", column {column}" if column else ""
    hint = _toml_hint(source.text.split("\n")[line - 1], column, reason) if column else ""
    return source.broken(line, f"not valid TOML{place}: {hint or reason[:1].lower() + reason[1:]}")


_VALUE = re.compile(r"[^\s,\[\]{}=#\"']+")
_STATEMENT = re.compile(r"\s*[\w.\"'-]+\s*=\s*(?P<value>[^\"'\[{#=]*[^\"'\[{#=\s])\s*(#.*)?")


def _toml_hint(line: str, column: int, reason: str) -> str:
    """Say what a beginner meant at a column of a line: quotes left out around a word or a formula, or a comma."""
    word = next((match[0] for match in _VALUE.finditer(line) if match.start() < column <= match.end()), "")
    whole = _STATEMENT.fullmatch(line)
    inside = reason in {"Unclosed array", "Unclosed inline table"}
    if reason.startswith("Illegal character '\\n'"):
        return "a quote opens on this line and does not close"
    if control := re.fullmatch(r"Illegal character '\\x([0-9a-f]{2})'", reason):
        return f"the control character U+00{control[1].upper()} is not accepted"
    if comma := re.fullmatch(r"[^=]*=\s*([0-9]+),([0-9]+)\s*", line):
        return f"decimals are written {comma[1]}.{comma[2]}"
    if whole and not inside:
        word = whole["value"]
    if word.lower() in {"true", "false"}:
        return f"write {word.lower()} in small letters"
    if re.fullmatch(r"[+-]?\.[0-9]+|[+-]?[0-9]+\.", word):
        return f"a number has digits on both sides of its point: {word.replace('.', '0.') if word[-1] != '.' else word + '0'}"
    formula = re.search(r"[^\W\d]|[½⅓⅔¼¾]|[\w)]\s*[-+*/^]", word) and "=" not in word
    if formula and len(word) <= LONGEST_WORD and (not inside or re.search(r"[*/^+]", word)):
        return f'put it in quotes: "{word}"'
    if inside:
        found = word or line[column - 1 : column]
        shown = "a text" if found in {'"', "'"} else f'"{found[:LONGEST_WORD]}"'
        closing = "]" if reason == "Unclosed array" else "}"
        return f'found {shown} where "," or "{closing}" is accepted; a comma is missing?'
    return ""


def _read_json(source: Source) -> dict[str, Any]:
    import json  # a one-liner needs no JSON

    twice = False

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        table = dict(pairs)
        twice = twice or len(table) < len(pairs)
        return table

    try:
        read = json.loads(source.text, parse_float=_decimal, parse_constant=_decimal, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        reason = f"{error.msg[:1].lower()}{error.msg[1:]}"
        raise source.broken(error.lineno, f"not valid JSON, column {error.colno}: {reason}") from None
    except ValueError:
        raise source.broken(0, "a number has too many digits") from None
    if twice:
        faults = []
        for key, line in source.repeated or [(("a key",), 0)]:
            first = source.line(key)
            before = f" (first on line {first})" if 0 < first < line else ""
            faults.append(str(source.broken(line, f'"{key[-1]}" is given twice{before}')))
        raise ProblemError(*faults[:20])
    if not isinstance(read, dict):
        raise source.broken(1, 'the file is no JSON object; a problem looks like {"network": {…}} or {"definitions": {…}}')
    return read


_STRINGS = r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\''
_TOKENS = {
    "toml": re.compile(rf"(?P<string>{_STRINGS})|#[^\n]*|(?P<mark>[\[\]{{}}=,])|(?P<bare>[^\s\[\]{{}}=,\"'#]+)", re.DOTALL),
    "json": re.compile(rf"(?P<string>{_STRINGS})|(?P<mark>[\[\]{{}}:,])|(?P<bare>[^\s\[\]{{}}:,\"]+)", re.DOTALL),
}


class _Scanner:
    """Walks over a text that may be trusted to be TOML or JSON up to its first fault."""

    def __init__(self, text: str, kind: str) -> None:
        self.kind = kind
        self.breaks = [match.start() for match in re.finditer("\n", text)]
        self.tokens = [
            (str(match.lastgroup), match[0], bisect_right(self.breaks, match.start() - 1) + 1)
            for match in _TOKENS[kind].finditer(text)
            if match.lastgroup
        ]
        self.index = 0

    def scan(self) -> Iterator[tuple[Key, int, bool]]:
        """Yield (key, line, may not be repeated) for every key and every entry of a list, in order."""
        if self.kind == "json":
            yield from self.value(())
            return
        table: Key = ()
        counts: dict[Key, int] = {}
        while self.index < len(self.tokens):
            _, text, line = self.tokens[self.index]
            if text == "[" and self.tokens[self.index][0] == "mark":
                listed = self.tokens[self.index + 1][1] == "["
                self.index += 1 + listed
                table = self._header(self.key(), counts, listed=listed)
                self.index += 1 + listed
                for length in range(1, len(table)):
                    yield table[:length], line, False
                yield table, line, not listed
            else:
                yield from self.entry(table)

    def _header(self, names: tuple[str, ...], counts: dict[Key, int], *, listed: bool) -> Key:
        table: Key = ()
        for name in names[:-1]:
            table = (*table, name)
            if table in counts:
                table = (*table, counts[table] - 1)
        table = (*table, names[-1])
        if listed:
            counts[table] = counts.get(table, 0) + 1
            table = (*table, counts[table] - 1)
        return table

    def key(self) -> tuple[str, ...]:
        """Read a dotted key, up to the mark after it."""
        import json  # for the escapes inside a quoted key

        names: list[str] = []
        while self.tokens[self.index][0] != "mark":
            kind, text, _ = self.tokens[self.index]
            if kind == "string":
                names.append(json.loads(text) if text[0] == '"' else text.strip("'"))
            else:
                names.extend(part for part in text.split(".") if part)
            self.index += 1
        return tuple(names) or ("",)

    def entry(self, table: Key) -> Iterator[tuple[Key, int, bool]]:
        """Read `key = value` or `"key": value`."""
        line = self.tokens[self.index][2]
        key = (*table, *self.key())
        self.index += 1
        yield key, line, True
        yield from self.value(key)

    def value(self, key: Key) -> Iterator[tuple[Key, int, bool]]:
        """Read a value; what is inside it has longer keys."""
        kind, text, line = self.tokens[self.index]
        self.index += 1
        if kind == "mark" and text in "[{":
            place = 0
            while self.tokens[self.index][1] not in ("]", "}") or self.tokens[self.index][0] != "mark":
                if text == "[":
                    yield (*key, place), self.tokens[self.index][2], False
                    yield from self.value((*key, place))
                    place += 1
                else:
                    yield from self.entry(key)
                if self.tokens[self.index][1] == "," and self.tokens[self.index][0] == "mark":
                    self.index += 1
            self.index += 1
        elif kind == "bare":
            while self.index < len(self.tokens) and self.tokens[self.index][0] == "bare" and self.tokens[self.index][2] == line:
                self.index += 1
