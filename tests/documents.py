"""
The code blocks of a Markdown file: found here, run by `test_docs.py` and by the continuous integration.

`python tests/documents.py --refresh` writes what the console blocks print now into README.md and CONTRIBUTING.md.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md") if (ROOT / name).exists()]
FENCE = "```"
ANYTHING = "…"  # a line of its own in a console block: any number of lines
SECONDS = 120


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


def shelf(folder: Path, document: Path) -> dict[str, str]:
    """Fill an empty folder with what a document refers to; return an environment with `symbackprop` on its path."""
    if (ROOT / "worked_examples").exists():
        shutil.copytree(ROOT / "worked_examples", folder / "worked_examples")
    for block in blocks(document):
        if block.language == "toml" and (named := re.match(r"# (\w+\.toml)\n", block.text)):
            (folder / named[1]).write_text(block.text, encoding="utf-8")
    program = folder / ".bin" / "symbackprop"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m symbackprop "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return os.environ | {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": "80",
    }


def printed_by(command: Command, folder: Path, environment: dict[str, str]) -> str:
    """Run a command by a shell and return what it prints, on either stream, without blanks at the ends of lines."""
    run = subprocess.run(
        ["bash", "-c", command.text],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
        check=False,
    )
    return "\n".join(line.rstrip() for line in run.stdout.decode().splitlines()).strip("\n")


def refreshed(path: Path) -> str:
    """Return a document with what its console blocks print now; a command shown with a line `…` is left as it is."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for block in reversed([block for block in blocks(path) if block.language == "console"]):
        with tempfile.TemporaryDirectory() as folder:
            environment = shelf(Path(folder), path)
            shown = []
            for command in commands(block):
                printed = printed_by(command, Path(folder), environment)
                abridged = ANYTHING in command.printed.splitlines()
                shown += [f"$ {command.text}", *(command.printed if abridged else printed).splitlines()]
        lines[block.line - 1 : block.line - 1 + block.text.count("\n")] = shown
    return "".join(f"{line}\n" for line in lines)


def main(*arguments: str) -> None:
    """Print the first block of shell commands in a file, as a reader would copy it; with `--refresh`, rewrite the documents."""
    if arguments == ("--refresh",):
        for path in DOCUMENTS:
            path.write_text(refreshed(path), encoding="utf-8")
        return
    (name,) = arguments
    print(next(block.text for block in blocks(Path(name)) if block.language == "sh"), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
