"""
Size and speed of derivations, measured beside SymPy, symengine and CasADi in one run.

    pip install -e ".[benchmark]"
    python tests/benchmarks/bench_derivation.py [--quick]

Size (n, d) is a network of n inputs and d layers of n sigmoid units, half squared error, all parameters symbolic.
"Deriving" goes from the declaration, `Network(...)`, to all gradients in named form with their steps,
`backpropagate(network.graph())`.  Times are medians of runs that alternate with the peer's: of CPU seconds, which a busy
machine disturbs less, and of wall-clock seconds for whole processes.  Every line has a bound, and the exit code is 1 where
one is missed or could not be measured.
"""

from __future__ import annotations

import argparse
import gc
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from math import log
from pathlib import Path
from statistics import linear_regression, median

from peers import CasadiNetwork, show, time_diff

from symbackprop._version import __version__
from symbackprop.backprop import Backward, backpropagate, slice_names
from symbackprop.expr import Call, Symbol, operations, walk
from symbackprop.functions import FUNCTIONS
from symbackprop.graph import Role
from symbackprop.network import Layer, Network
from symbackprop.verify import verify

ROOT = Path(__file__).resolve().parents[2]
Size = tuple[int, int]

MANY_WEIGHTS = (100, 2)
SMALL: tuple[Size, ...] = ((4, 4), (5, 5))
GROWTH: tuple[Size, ...] = ((10, 3), (20, 3), (40, 3), (100, 2), (140, 2))
# Operations of CasADi's reverse mode when these bounds were set: should a later release need fewer, they hold all the same.
KNOWN_OPERATIONS: dict[Size, int] = {(4, 4): 404, (5, 5): 775, (10, 3): 1_640, (20, 3): 6_280, (100, 2): 91_100}
MEMORY = """
import resource, sys
from symbackprop.backprop import backpropagate
from symbackprop.network import Layer, Network
n, d = map(int, sys.argv[1:])
backpropagate(Network(n, (Layer(n),) * d).graph())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@dataclass(frozen=True)
class Effort:
    """How long to measure: runs of a median, sizes beside symengine, seconds before SymPy is extrapolated."""

    runs: int
    processes: int
    symengine: tuple[Size, ...]
    sympy_limit: float


FULL = Effort(runs=7, processes=9, symengine=((5, 5), (10, 3), (20, 3)), sympy_limit=60)
QUICK = Effort(runs=3, processes=3, symengine=((5, 5), (10, 3)), sympy_limit=10)


@dataclass(frozen=True)
class Line:
    """One bound: what was compared at which size, the measurement, the bound, and whether it is kept."""

    what: str
    measured: str
    bound: str
    kept: bool


def derive(size: Size) -> Backward:
    """Go from the declaration to all gradients with their steps."""
    width, depth = size
    return backpropagate(Network(width, (Layer(width),) * depth).graph())


def medians(runs: int, *tasks: Callable[[], object], clock: Callable[[], float] = time.process_time) -> list[float]:
    """Time tasks in turn, so that a busy moment meets all of them; returns a median each, in seconds."""
    for task in tasks:
        task()
    spent: list[list[float]] = [[] for _ in tasks]
    for _ in range(runs):
        for task, times in zip(tasks, spent, strict=True):
            gc.collect()
            start = clock()
            task()
            times.append(clock() - start)
    return [median(times) for times in spent]


def parameters(size: Size) -> int:
    """Count weights and biases."""
    width, depth = size
    return depth * width * (width + 1)


# --- the bounds ---------------------------------------------------------------------------------------------------


def memory(effort: Effort) -> Iterator[Line]:  # noqa: ARG001 - every group is called alike
    """Measure the peak of a process of its own; first of all, because a child on Linux starts with its parent's peak."""
    command = [sys.executable, "-c", MEMORY, *map(str, MANY_WEIGHTS)]
    peak = int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    megabytes = peak / 2 ** (20 if sys.platform == "darwin" else 10)
    yield Line(f"{MANY_WEIGHTS} peak memory", f"{megabytes:.0f} MB", "≤ 500 MB", megabytes <= 500)


def whole_process(effort: Effort) -> Iterator[Line]:
    """Run commands as a reader does, beside an import of SymPy."""
    bounds = {"derive 2-2-1": 1.6, "--help": 0.5, "--version": 0.5}
    commands = [[sys.executable, "-c", "import sympy"], *([sys.executable, "-m", "symbackprop", *c.split()] for c in bounds)]
    tasks = [lambda c=c: subprocess.run(c, cwd=ROOT, check=True, stdout=subprocess.DEVNULL) for c in commands]
    base, *times = medians(effort.processes, *tasks, clock=time.perf_counter)
    for (command, bound), seconds in zip(bounds.items(), times, strict=True):
        measured = f"{show(seconds)} / {show(base)} = {seconds / base:.2f}"
        yield Line(f"symbackprop {command} / import sympy", measured, f"≤ {bound}", seconds <= bound * base)


def growth(effort: Effort) -> Iterator[Line]:
    """Compare checking with deriving at every size, and fit time = c · parametersᵏ to both."""
    sizes = (*SMALL, *GROWTH)
    done = [derive(size) for size in sizes]
    deriving = [lambda size=size: derive(size) for size in sizes]
    checking = [lambda d=d: verify(d.graph, d.steps) for d in done]
    times = medians(effort.runs, *deriving, *checking)
    derived, checked = times[: len(sizes)], times[len(sizes) :]
    for size, derivation, seconds, again in zip(sizes, done, derived, checked, strict=True):
        yield Line(
            f"{size} checking / deriving {len(derivation.steps):,} steps",
            f"{show(again)} / {show(seconds)} = {again / seconds:.2f}", "≤ 1", again <= seconds,
        )  # fmt: skip
    measured = f"{parameters(GROWTH[0]):,} to {parameters(GROWTH[-1]):,} parameters"
    for name, seconds in (("deriving", derived), ("checking", checked)):
        exponent = linear_regression([log(parameters(size)) for size in GROWTH], [log(t) for t in seconds[len(SMALL) :]]).slope
        yield Line(f"growth of {name}, {measured}", f"exponent {exponent:.2f}", "≤ 1.1", exponent <= 1.1)


def against_casadi(effort: Effort) -> Iterator[Line]:
    """Compare with CasADi's reverse mode on scalar expressions: its time, and the operations of its result."""
    ours, theirs = medians(effort.runs, lambda: derive(MANY_WEIGHTS), lambda: CasadiNetwork(*MANY_WEIGHTS))
    measured = f"{show(ours)} / {show(theirs)} = {ours / theirs:.1f}"
    yield Line(f"{MANY_WEIGHTS} deriving / CasADi SX", measured, "≤ 15", ours <= 15 * theirs)
    for size, known in KNOWN_OPERATIONS.items():
        backward, with_values = count_operations(derive(size))
        casadi = CasadiNetwork(*size).operations()
        yield Line(
            f"{size} operations of all weight gradients",
            f"{backward:,}; with forward values {with_values:,}; CasADi {casadi:,}",
            f"< {min(casadi, known):,}", with_values < min(casadi, known),
        )  # fmt: skip


def count_operations(derivation: Backward) -> tuple[int, int]:
    """
    Count the operations of the adjoints that the weight gradients need; then also those of the forward values they use.

    The second count writes 1/(1 + e^(−z)) for σ(z): it measures what CasADi's does.  Minus signs are free here, not there.
    """
    sigmoid = operations(FUNCTIONS["sigmoid"].define(Symbol("z"))) - 1
    weights = [leaf.symbol.name for leaf in derivation.graph.leaves if leaf.role is Role.WEIGHT]
    needed = slice_names(derivation, [derivation.adjoints[name].name for name in weights])
    backward = sum(operations(node.expr) for node in derivation.nodes if node.symbol.name in needed)
    forward = [node.expr for node in derivation.graph.nodes if node.symbol.name in needed]
    written_out = sum(sigmoid for expr in forward for part in walk(expr) if isinstance(part, Call))
    return backward, backward + sum(map(operations, forward)) + written_out


def against_symengine(effort: Effort) -> Iterator[Line]:
    """Compare with `diff` of the composite by every weight in symengine, a C++ engine."""
    import symengine  # it may be missing

    for size in effort.symengine:
        (ours,) = medians(effort.runs, lambda size=size: derive(size))
        theirs = time_diff(symengine, *size, limit=60)
        measured = f"{theirs} / {show(ours)} = {theirs.seconds / ours:.1f}"
        yield Line(f"{size} symengine / deriving", measured, "> 1", theirs.seconds > ours)


def against_sympy(effort: Effort) -> Iterator[Line]:
    """Compare with `diff` of the composite by every weight in SymPy; last, because it fills the memory."""
    import sympy  # it takes a third of a second

    size = (4, 4)
    (ours,) = medians(effort.runs, lambda: derive(size))
    theirs = time_diff(sympy, *size, limit=effort.sympy_limit)
    measured = f"{theirs} / {show(ours)} = {theirs.seconds / ours:,.0f}"
    yield Line(f"{size} SymPy / deriving", measured, "≥ 500", theirs.seconds >= 500 * ours)


GROUPS = (memory, whole_process, growth, against_casadi, against_symengine, against_sympy)


def main() -> int:
    """Measure every bound, print a line each; returns the exit code."""
    parser = argparse.ArgumentParser(description="Measure every bound on size and speed.")
    parser.add_argument("--quick", action="store_true", help="fewer runs, fewer sizes, SymPy extrapolated from 10 s")
    effort = QUICK if parser.parse_args().quick else FULL
    peers = map(describe, ("sympy", "symengine", "casadi"))
    print(f"Python {platform.python_version()}", f"symbackprop {__version__}", *peers, sep=", ")
    print(f"medians of {effort.runs} runs, of {effort.processes} for processes; lower is better where the bound is ≤ or <\n")
    print(f"  {'(width, depth) and what':<48}{'measured':<52}bound")
    missed = []
    for group in GROUPS:
        try:
            for line in group(effort):
                print(f"{'  ' if line.kept else '! '}{line.what:<48}{line.measured:<52}{line.bound}", flush=True)
                missed += [] if line.kept else [line.what]
        except ImportError as error:
            print(f"! {group.__name__}: not measured, {error}")
            missed.append(group.__name__)
    print(f"\nmissed: {'; '.join(missed)}" if missed else "\nevery bound is kept")
    return 1 if missed else 0


def describe(package: str) -> str:
    """Name a package with its version."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} (not installed)"


if __name__ == "__main__":
    sys.exit(main())
