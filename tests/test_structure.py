"""The ladder: a module imports only from strictly lower rungs, and importing the program imports no SymPy."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "symbackprop"

LADDER: tuple[tuple[str, ...], ...] = (
    ("errors", "_version"),
    ("expr",),
    ("functions", "document"),
    ("graph", "steps", "parse", "notation", "arithmetic", "rational"),
    ("calculus", "simplify", "typeset", "sympy_bridge", "network", "optimizers"),
    ("backprop", "verify", "problem"),
    ("derivation", "evaluate"),
    ("train",),
    ("narrate", "render.*"),
    ("render",),
    ("cli",),
    ("__init__", "__main__"),
)

HEAVY = ("sympy", "numpy", "mpmath")


def module_name(path: Path) -> str:
    """Return `render.latex` for symbackprop/render/latex.py, `render` for symbackprop/render/__init__.py."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


FILES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def rung(name: str) -> int:
    """Return how high a module stands; `render.*` stands for every module of the folder that is not named itself."""
    for candidate in (name, f"{name.rpartition('.')[0]}.*"):
        for height, names in enumerate(LADDER):
            if candidate in names:
                return height
    pytest.fail(f"{name} is on no rung: add it to LADDER in {Path(__file__).name} and to CONTRIBUTING.md")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, module) for every import from the package, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: write the import out in full"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            package, _, rest = name.partition(".")
            if package != "symbackprop":
                continue
            while rest and rest not in FILES:  # symbackprop.expr.Symbol is an import from expr
                rest = rest.rpartition(".")[0]
            yield node.lineno, rest or "__init__"


def test_the_ladder_lists_modules_that_exist() -> None:
    """Every name on the ladder is a file, once."""
    listed = [name for names in LADDER for name in names if not name.endswith(".*")]

    assert len(listed) == len(set(listed))
    assert [name for name in listed if name not in FILES] == []


@pytest.mark.parametrize("name", FILES)
def test_imports_go_down_the_ladder(name: str) -> None:
    """A module imports only from strictly lower rungs."""
    height = rung(name)
    upward = [
        f"{FILES[name].name}:{line}: imports {other} (rung {rung(other)}), but stands on rung {height} itself"
        for line, other in imported(FILES[name])
        if rung(other) >= height
    ]

    assert upward == []


def test_importing_every_module_imports_nothing_heavy() -> None:
    """SymPy, NumPy and mpmath are imported when first needed, never with a module of ours."""
    modules = [("symbackprop" if name == "__init__" else f"symbackprop.{name}") for name in FILES]
    program = (
        "import importlib, sys\n"
        f"for name in {modules!r}:\n"
        "    importlib.import_module(name)\n"
        f"    heavy = [m for m in {HEAVY!r} if m in sys.modules]\n"
        "    if heavy:\n"
        "        sys.exit(f'{name} imports {heavy}')\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (run.returncode, run.stderr) == (0, "")
    assert len(modules) > 5


def test_contributing_shows_the_ladder_as_it_is() -> None:
    """The table of rungs in CONTRIBUTING.md names the same modules, rung by rung, as LADDER."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown: dict[int, list[str]] = {}
    for row in re.findall(r"^\| (\d+) \| `([^`]+)` \| .+ \|$", text, flags=re.MULTILINE):
        shown.setdefault(int(row[0]), []).append(row[1])

    assert {height: sorted(names) for height, names in shown.items()} == {
        height: sorted(names) for height, names in enumerate(LADDER)
    }
