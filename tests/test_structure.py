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
    ("expr", "names", "files", "saving"),
    ("functions", "document", "data", "epochs", "matrix", "indexed"),
    ("graph", "steps", "parse", "notation", "arithmetic", "findings", "arrays"),
    ("atoms", "calculus", "simplify", "typeset", "sympy_bridge", "network", "optimizers", "contour"),
    ("backprop", "verify", "problem", "pullback", "unfold", "plot"),
    ("evaluate", "train", "layers", "decide"),
    ("export", "narrate", "render", "codegen"),
    ("derivation", "fit"),
    ("views", "courses", "pictures", "checking", "diagrams"),
    ("sandbox", "pages", "showing"),
    ("grade",),
    ("cli",),
    ("__init__", "__main__"),
)

# A folder stands on one rung; inside it, a module imports only from those before its own group.
FOLDERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "checking": (
        ("brackets", "entries", "symbols", "model"),
        ("truth", "places"),
        ("forms", "judge", "own", "scene", "showing"),
        ("mutants", "conventions"),
        ("costs", "forward", "lessons", "losses", "paths", "rules", "slopes", "wholes"),
        ("mistakes",),
        ("sayings",),
        ("diagnose",),
        ("explain",),
        ("chains",),
        ("checker",),
        ("__init__",),
    ),
    "decide": (
        ("model", "enclosures", "feasible"),
        ("ring", "signatures", "places"),
        ("sizes",),
        ("signs",),
        ("powers",),
        ("normal",),
        ("proof",),
        ("verdicts",),
        ("__init__",),
    ),
    "derivation": (("loading", "points", "quantities", "spelling", "telling", "training"), ("__init__",)),
    "diagrams": (
        ("figure", "metrics"),
        ("inscribe", "labels", "layering", "spacing", "wrapping"),
        ("material", "shapes", "operators"),
        ("panels", "units", "svg"),
        ("gaps",),
        ("four", "network", "graph", "tikz", "dot", "matplot"),
        ("animation",),
        ("__init__",),
    ),
    "sandbox": (
        ("arrays", "confine", "limits", "wire"),
        ("answers", "child", "explaining", "student", "worker"),
        ("asking", "comparing"),
        ("code",),
        ("__init__",),
    ),
    "grade": (
        ("decoding", "headings", "mathml", "model", "style"),
        ("archives", "contents", "spool", "tables"),
        ("decisions", "reading"),
        ("outcome",),
        ("journal", "page", "sheets", "tally"),
        ("class_page", "gradescope", "student_page", "work"),
        ("asking",),
        ("reports",),
        ("__init__",),
    ),
    "narrate": (
        ("numerals", "findings"),
        ("teller", "verdicts"),
        ("gradient", "training", "derivatives", "worksheet"),
        ("single", "tables", "epochs"),
        ("function", "network", "walk"),
        ("layers",),
        ("index", "depth"),
        ("together",),
        ("__init__",),
    ),
    "optimizers": (("letters",), ("hyperparameters", "recurrences"), ("values",), ("__init__",)),
    "pages": (
        ("checks", "example", "fields", "marks", "plan"),
        ("printing", "rows", "script", "updates"),
        ("subject",),
        ("gradients",),
        ("step_page",),
        ("__init__",),
    ),
    "problem": (
        ("questions",),
        ("model",),
        ("reader",),
        ("checking", "definitions", "facts", "networks", "tables"),
        ("__init__",),
    ),
    "simplify": (("products",), ("sums",), ("__init__",)),
    "render": (
        ("encodings", "formulas", "lean", "marked", "options", "references", "typst_functions", "typst_tables"),
        ("latex_text", "page", "rows", "web"),
        ("latex_pairs", "overlays"),
        ("latex_sheet",),
        ("braces", "columns", "html", "latex_blocks", "tables", "typst_picture", "typst_rows", "typst_text"),
        ("latex_frames", "towers"),
        ("layout",),
        ("latex", "terminal", "text", "typst"),
        ("markdown", "pdf"),
        ("anki", "notebook"),
        ("__init__",),
    ),
    "arithmetic": (("base", "domains"), ("operations", "digits", "rational"), ("arrays", "closures"), ("double",), ("__init__",)),
    "cli": (
        ("messages",),
        ("inputs", "options", "progress", "writer"),
        ("data",),
        ("check", "code", "derive", "diagram", "evaluate", "grade", "known", "train"),
        ("__init__",),
    ),
    "codegen": (
        ("language", "sharing"),
        ("layered", "units"),
        ("arrays", "calls", "modules", "scalar"),
        ("numpy_style",),
        ("buffers_style", "torch_style"),
        ("__init__",),
    ),
    "layers": (("plan",), ("forward",), ("sweep",), ("claims", "reading", "depth", "layout"), ("indices",), ("__init__",)),
    "parse": (
        ("caret", "commands", "items", "refusals", "sizes", "spellings"),
        ("characters", "lexicon", "tokens"),
        ("cursor", "lines", "scanner", "shapes"),
        ("grammar", "reading"),
        ("around", "definitions", "values"),
        ("quantities",),
        ("derivatives",),
        ("calls",),
        ("library",),
        ("sums",),
        ("blocks",),
        ("words",),
        ("formulas",),
        ("answers",),
        ("__init__",),
    ),
    "typeset": (
        ("boxes", "decimals", "elements", "latex_heights", "latex_letters", "marks", "spoken", "stylesheet", "widths"),
        ("emitter", "filling", "mathml_letters"),
        ("printed",),
        ("latex_emitter", "mathml_emitter", "text_emitter", "typst_emitter", "walk", "words_emitter"),
        ("breaking",),
        ("shortcuts",),
        ("__init__",),
    ),
    "train": (("trajectory",), ("objectives", "stepping"), ("__init__",)),
    "verify": (("slopes",), ("points",), ("field", "reals"), ("draws",), ("verdicts",), ("__init__",)),
}

HEAVY = ("sympy", "numpy", "mpmath", "matplotlib")


def module_name(path: Path) -> str:
    """Return `render.latex` for symbackprop/render/latex.py, `render.__init__` for symbackprop/render/__init__.py."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


FILES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def find(name: str, groups: tuple[tuple[str, ...], ...]) -> int:
    """Return the number of the group that a name is in, from 0."""
    for height, names in enumerate(groups):
        if name in names:
            return height
    pytest.fail(f"{name} is on no rung: add it to {Path(__file__).name} and to CONTRIBUTING.md")


def rung(name: str) -> tuple[int, int]:
    """Return how high a module stands, and how high in its folder."""
    folder, dot, inner = name.partition(".")
    return find(folder, LADDER), find(inner, FOLDERS[folder]) if dot else 0


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
            while rest not in FILES:  # symbackprop.expr.Symbol is an import from expr, symbackprop.render from its __init__
                inside = f"{rest}.__init__".lstrip(".")
                rest = inside if inside in FILES else rest.rpartition(".")[0]
            yield node.lineno, rest


def test_the_ladder_lists_modules_that_exist() -> None:
    """Every name on the ladder is a file, once."""
    listed = [name for names in LADDER for name in names if name not in FOLDERS]
    listed += [f"{folder}.{name}" for folder, groups in FOLDERS.items() for names in groups for name in names]

    assert len(listed) == len(set(listed))
    assert [name for name in listed if name not in FILES] == []
    assert [name for name in FILES if name not in listed] == []


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
    """SymPy, NumPy, mpmath and matplotlib are imported when first needed, never with a module of ours."""
    modules = [f"symbackprop.{name}".removesuffix(".__init__") for name in FILES]
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
    """The tables of rungs in CONTRIBUTING.md name the same modules, rung by rung, as LADDER and FOLDERS."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown: dict[str, list[str]] = {}
    for height, name in re.findall(r"^\| (\d+) \| `([^`]+)` \| .+ \|$", text, flags=re.MULTILINE):
        shown.setdefault(height, []).append(name)
    inside = dict(re.findall(r"^- `(\w+)/`: (.+)\.$", text, flags=re.MULTILINE))

    assert {height: sorted(names) for height, names in shown.items()} == {
        str(height): sorted(names) for height, names in enumerate(LADDER)
    }
    assert inside == {
        folder: ", then ".join(" and ".join(f"`{name}`" for name in names) for names in groups)
        for folder, groups in FOLDERS.items()
    }


def test_a_suppressed_warning_carries_its_reason() -> None:
    """Whoever silences a checker says why, on the same line."""
    bare = re.compile(r"# (?:noqa(?:: [A-Z0-9, ]+)?|type: ignore\[[a-z-]+\])\s*$")
    paths = [*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    silent = [
        f"{path.name}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if bare.search(line)
    ]

    assert silent == []
