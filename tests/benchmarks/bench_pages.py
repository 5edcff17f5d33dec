"""
Size and speed of what people show to others: pages, pictures, PDFs.

    pip install -e ".[pdf]"
    python tests/benchmarks/bench_pages.py [--quick]

Every command runs as a reader runs it, in a process of its own; its seconds are those beyond an import of SymPy, which alternates
with it, and both are medians of CPU seconds, which a busy machine disturbs less.
Every line has a bound, and the exit code is 1 where one is missed or could not be measured.
"""

from __future__ import annotations

import argparse
import platform
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from symbackprop._version import __version__

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "worked_examples"
SECONDS = 1.0


@dataclass(frozen=True)
class Work:
    """One file: the command without its output, the ending of the file, the most bytes it may have, and what it needs."""

    arguments: tuple[str, ...]
    ending: str
    most: int | None = None
    needs: str = ""

    @property
    def name(self) -> str:
        """What is measured, in a few words."""
        return " ".join(Path(argument).name for argument in (*self.arguments, f"-o x{self.ending}"))


WORKS = (
    Work(("derive", "2-2-1", "--wrt", "w1_1_1"), ".html", 60_000),
    Work(("derive", "2-2-1"), ".html", 60_000),
    Work(("derive", str(EXAMPLES / "mazur.toml")), ".html"),
    Work(("derive", str(EXAMPLES / "softmax_343.toml")), ".html"),
    Work(("derive", str(EXAMPLES / "gradient.toml")), ".html"),
    Work(("derive", "4-6-6-5-3"), ".html", 1_000_000),
    Work(("diagram", "2-2-1"), ".svg"),
    Work(("diagram", "4-6-6-5-3"), ".svg"),
    Work(("derive", "2-2-1"), ".pdf", needs="typst"),
)


def seconds(command: list[str]) -> float:
    """Run a command once; returns its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measured(work: Work, runs: int, folder: Path) -> tuple[float, int]:
    """Return the seconds beyond SymPy's import, and the bytes of the file."""
    target = folder / f"made{work.ending}"
    command = [sys.executable, "-m", "symbackprop", *work.arguments, "-o", str(target)]
    base = [sys.executable, "-c", "import sympy"]
    seconds(command), seconds(base)
    pairs = [(seconds(command), seconds(base)) for _ in range(runs)]
    return max(0.0, median(own for own, _ in pairs) - median(other for _, other in pairs)), target.stat().st_size


def lines(runs: int, folder: Path) -> Iterator[tuple[bool, str]]:
    """Measure every file: whether its bounds are kept, and the line that says so."""
    for work in WORKS:
        if work.needs and find_spec(work.needs) is None:
            yield False, f"{work.name:<44}not measured, needs {work.needs}"
            continue
        spent, size = measured(work, runs, folder)
        kept = spent <= SECONDS and (work.most is None or size < work.most)
        bound = f"≤ {SECONDS:g} s" + (f", < {work.most:,}" if work.most else "")
        yield kept, f"{work.name:<44}{spent:>6.2f} s{size:>12,} bytes    {bound}"


def main() -> int:
    """Measure, print a line each; returns the exit code."""
    parser = argparse.ArgumentParser(description="Measure the size and speed of pages, pictures and PDFs.")
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    runs = 3 if parser.parse_args().quick else 7
    print(f"Python {platform.python_version()}, symbackprop {__version__}")
    print(f"CPU seconds beyond `import sympy`, medians of {runs} runs\n")
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for kept, line in lines(runs, Path(folder)):
            print(f"{'  ' if kept else '! '}{line}", flush=True)
            missed += not kept
    print(f"\n{missed} bounds missed" if missed else "\nevery bound is kept")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
