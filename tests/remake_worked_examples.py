"""
Make the worked examples anew: `python tests/remake_worked_examples.py`; with `--check`, only compare.

Each problem file says in its own comments which commands show it:

    # $ symbackprop derive worked_examples/mazur.toml
    # $ symbackprop train worked_examples/mazur.toml --steps 1

Every command is run twice, to Markdown and to a LaTeX file that compiles as it is.
The first one writes `mazur.md` and `mazur.tex`, the next ones add their verb: `mazur-train.md`.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "worked_examples"
MARK = "# $ symbackprop "
FORMATS = {".md": (), ".tex": ("--standalone",)}
SHOWN_LINES = 40


@dataclass(frozen=True)
class Recipe:
    """One file to make: its name, and the arguments of symbackprop but for `-o FILE`."""

    name: str
    arguments: tuple[str, ...]


def recipes() -> Iterator[Recipe]:
    """Yield what is to be made, problem by problem."""
    for problem in sorted(FOLDER.glob("*.toml")):
        lines = problem.read_text(encoding="utf-8").splitlines()
        shown = [shlex.split(line.removeprefix(MARK)) for line in lines if line.startswith(MARK)]
        if not shown:
            shown = [["derive", f"worked_examples/{problem.name}"]]
        for position, arguments in enumerate(shown):
            stem = f"{problem.stem}-{arguments[0]}" if position else problem.stem
            for suffix, more in FORMATS.items():
                yield Recipe(stem + suffix, (*arguments, *more))


def make(recipe: Recipe) -> bytes:
    """Run the program as a user would and return what it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / recipe.name
        run = subprocess.run(
            [sys.executable, "-m", "symbackprop", *recipe.arguments, "-o", str(target)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        # `check` says by its exit code that an answer is wrong.
        if run.returncode not in ({0, 1} if recipe.arguments[0] == "check" else {0}) or not target.exists():
            sys.exit(f"symbackprop {shlex.join(recipe.arguments)}: exit code {run.returncode}\n{run.stderr}")
        return target.read_bytes()


def difference(recipe: Recipe) -> str:
    """Return how the file beside the problem differs from what the program writes now; empty where it does not."""
    made, path = make(recipe), FOLDER / recipe.name
    kept = path.read_bytes() if path.exists() else b""
    if made == kept:
        return ""
    before, after = (text.decode().splitlines() for text in (kept, made))
    changes = unified_diff(before, after, f"kept {recipe.name}", "made now", lineterm="")
    return "\n".join(list(changes)[:SHOWN_LINES]) or f"{recipe.name}: the line ends differ"


def leftovers() -> list[str]:
    """Return the Markdown and LaTeX files that no problem makes."""
    made = {recipe.name for recipe in recipes()}
    return [path.name for path in sorted(FOLDER.iterdir()) if path.suffix in FORMATS and path.name not in {*made, "README.md"}]


def main(arguments: list[str]) -> int:
    """Make or compare every worked example; 1 where one differs."""
    todo = list(recipes())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        if arguments == ["--check"]:
            wrong = [found for found in pool.map(difference, todo) if found]
            wrong += [f"{name}: no problem file makes this" for name in leftovers()]
            print(*wrong, f"{len(todo)} worked examples re-made, {len(wrong)} differ", sep="\n")
            return 1 if wrong or not todo else 0
        for recipe, made in zip(todo, pool.map(make, todo), strict=True):
            (FOLDER / recipe.name).write_bytes(made)
            print(f"worked_examples/{recipe.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
