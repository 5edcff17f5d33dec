"""
Make the worked examples anew: `python tests/remake_worked_examples.py`; with `--check`, only compare.

Each problem file says in its own comments which commands show it:

    # $ symbackprop derive worked_examples/mazur.toml
    # $ symbackprop train worked_examples/mazur.toml --steps 1

    # $ symbackprop diagram worked_examples/mazur.toml --kind graph

Every command is run twice, to Markdown and to a LaTeX file that compiles as it is; `diagram` once, to SVG.
The first one writes `mazur.md` and `mazur.tex`, the next ones add their verb: `mazur-train.md`.
The first picture is `mazur.svg`, the next ones add what they are: `mazur-graph.svg`, `mazur-animation.svg`.
At the end come the notebooks with their outputs, and the pages that show them all: `index.html` and `README.md`.
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

from gallery import PAGES, gallery
from notebooks import NOTEBOOKS, executed, written

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "worked_examples"
MARK = "# $ symbackprop "
FORMATS = {".md": (), ".tex": ("--standalone",)}
PICTURE = ".svg"
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
        drawn = [arguments for arguments in shown if arguments[0] == "diagram"]
        for position, arguments in enumerate(drawn):
            yield Recipe(f"{problem.stem}-{_kind(arguments)}{PICTURE}" if position else problem.stem + PICTURE, tuple(arguments))
        for position, arguments in enumerate(told for told in shown if told not in drawn):
            stem = f"{problem.stem}-{arguments[0]}" if position else problem.stem
            for suffix, more in FORMATS.items():
                yield Recipe(stem + suffix, (*arguments, *more))


def _kind(arguments: list[str]) -> str:
    """Return what a picture is called."""
    if "--animate" in arguments:
        return "animation"
    return arguments[arguments.index("--kind") + 1] if "--kind" in arguments else "network"


def pages() -> dict[str, str]:
    """Return the pages of the gallery as they are made of the pictures that are kept."""
    drawn: dict[str, tuple[str, ...]] = {}
    for recipe in recipes():
        if recipe.name.endswith(PICTURE):
            problem = Path(recipe.arguments[1]).stem
            drawn[problem] = (*drawn.get(problem, ()), recipe.name)
    return gallery(drawn)


def notebooks() -> dict[str, str]:
    """Return the worked notebooks with the outputs that they have now."""
    return {path.name: written(executed(path)) for path in NOTEBOOKS}


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
    return compared(recipe.name, make(recipe))


def compared(name: str, made: bytes) -> str:
    """Return how a file that is kept differs from what is made now."""
    path = FOLDER / name
    kept = path.read_bytes() if path.exists() else b""
    if made == kept:
        return ""
    before, after = (text.decode().splitlines() for text in (kept, made))
    changes = unified_diff(before, after, f"kept {name}", "made now", lineterm="")
    return "\n".join(list(changes)[:SHOWN_LINES]) or f"{name}: the line ends differ"


def leftovers() -> list[str]:
    """Return the Markdown files, LaTeX files and pictures that no problem makes."""
    made = {recipe.name for recipe in recipes()} | {*PAGES}
    return [path.name for path in sorted(FOLDER.iterdir()) if path.suffix in {*FORMATS, PICTURE} and path.name not in made]


def main(arguments: list[str]) -> int:
    """Make or compare every worked example; 1 where one differs."""
    todo = list(recipes())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        if arguments == ["--check"]:
            wrong = [found for found in pool.map(difference, todo) if found]
            wrong += [found for name, text in (pages() | notebooks()).items() if (found := compared(name, text.encode()))]
            wrong += [f"{name}: no problem file makes this" for name in leftovers()]
            print(*wrong, f"{len(todo)} worked examples re-made, {len(wrong)} differ", sep="\n")
            return 1 if wrong or not todo else 0
        for recipe, made in zip(todo, pool.map(make, todo), strict=True):
            (FOLDER / recipe.name).write_bytes(made)
            print(f"worked_examples/{recipe.name}")
    for name, text in (pages() | notebooks()).items():
        (FOLDER / name).write_bytes(text.encode())
        print(f"worked_examples/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
