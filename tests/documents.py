"""The code blocks of a Markdown file: found here, run by `test_docs.py` and by the continuous integration."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = "```"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the line of the file on which the text starts (from 1)."""

    path: Path
    language: str
    text: str
    line: int


@dataclass(frozen=True)
class Command:
    """A line after `$ ` of a console block, what is printed under it, and its place."""

    line: int
    text: str
    printed: str


def blocks(path: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a Markdown file in order."""
    language, start, inside = "", 0, False
    lines: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if inside and line.rstrip() == FENCE:
            yield Block(path, language, "".join(f"{kept}\n" for kept in lines), start)
            inside = False
        elif inside:
            lines.append(line)
        elif line.startswith(FENCE):
            language, start, inside, lines = line[len(FENCE) :].strip(), number + 1, True, []
    assert not inside, f"{path.name}:{start - 1}: this block is never closed"


def commands(block: Block) -> Iterator[Command]:
    """Yield the commands of a console block, each with what is printed under it."""
    parts = f"\n{block.text}".split("\n$ ")
    assert parts[0] == "", f"{block.path.name}:{block.line}: a console block starts with `$ `"
    line = block.line
    for part in parts[1:]:
        text, _, printed = part.partition("\n")
        yield Command(line, text, printed.rstrip("\n"))
        line += part.count("\n") + 1


def main(name: str) -> None:
    """Print the first block of shell commands in a file, as a reader would copy it."""
    print(next(block.text for block in blocks(Path(name)) if block.language == "sh"), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
