"""
Speed and memory of generated code, measured beside hand-written NumPy, PyTorch, JAX, autograd, SymPy and CasADi in one run.

    pip install -e ".[benchmark]" torch jax autograd
    python tests/benchmarks/bench_codegen.py [--quick]

The gradient of a 784-128-10 network (softmax with cross-entropy) by layers, with the loss; then that of small networks
by units.  Two threads; medians of rounds in which all programs take turns, so that a busy moment meets all of them.
Every line is a ratio, most with a bound; the exit code is 1 where one is missed.
"""

from __future__ import annotations

import argparse
import gc
import os
import runpy
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

THREADS = "2"
os.environ.update(OPENBLAS_NUM_THREADS=THREADS, OMP_NUM_THREADS=THREADS, MKL_NUM_THREADS=THREADS)

import numpy as np  # noqa: E402 - after the number of threads is set

from symbackprop.codegen import STYLES, write_layer_code, write_unit_code  # noqa: E402 - from the folder above
from symbackprop.derivation import Derivation, derive  # noqa: E402 - from the folder above
from symbackprop.layers import plan_of_one_liner  # noqa: E402 - from the folder above

INPUTS, HIDDEN, CLASSES = 784, 128, 10
Task = Callable[[], Any]


@dataclass(frozen=True)
class Line:
    """One ratio: what, measured how, and its bound (None where it is only stated)."""

    what: str
    ratio: float
    measured: str
    bound: float | None = None

    @property
    def kept(self) -> bool:
        """Whether the bound is kept."""
        return self.bound is None or self.ratio <= self.bound


class Expert:
    """The gradient as an expert writes it by hand: every array allocated once and used again."""

    def __init__(self, n: int, dtype: Any, activation: str) -> None:
        def empty(*shape: int) -> Any:
            return np.empty(shape, dtype)

        self.tanh = activation == "tanh"
        self.a, self.t, self.d = empty(n, HIDDEN), empty(n, HIDDEN), empty(n, HIDDEN)
        self.p, self.e = empty(n, CLASSES), empty(n, CLASSES)
        self.slopes = empty(HIDDEN, INPUTS), empty(HIDDEN), empty(CLASSES, HIDDEN), empty(CLASSES)

    def __call__(self, parameters: Any, x: Any, y: Any) -> Any:
        """Return the loss and the gradients."""
        w1, b1, w2, b2 = parameters
        a, t, d, p, e, n = self.a, self.t, self.d, self.p, self.e, len(x)
        g1, h1, g2, h2 = self.slopes
        np.matmul(x, w1.T, out=a)
        a += b1
        if self.tanh:
            np.tanh(a, out=a)
        else:
            np.negative(a, out=a)
            np.exp(a, out=a)
            a += 1
            np.reciprocal(a, out=a)
        np.matmul(a, w2.T, out=p)
        p += b2
        p -= p.max(axis=1, keepdims=True)
        np.exp(p, out=p)
        p /= p.sum(axis=1, keepdims=True)
        np.log(p, out=e)
        e *= y
        loss = -e.sum() / n
        np.subtract(p, y, out=e)
        e /= n
        np.matmul(e.T, a, out=g2)
        e.sum(axis=0, out=h2)
        np.matmul(e, w2, out=d)
        if self.tanh:
            np.multiply(a, a, out=t)
            np.subtract(1, t, out=t)
        else:
            np.subtract(1, a, out=t)
            t *= a
        d *= t
        np.matmul(d.T, x, out=g1)
        d.sum(axis=0, out=h1)
        return loss, self.slopes


def products(n: int, dtype: Any, parameters: Any, x: Any) -> Task:
    """Return the five matrix products of a gradient alone: what no program can save."""
    w1, _, w2, _ = parameters
    a, d, e = np.ones((n, HIDDEN), dtype), np.ones((n, HIDDEN), dtype), np.ones((n, CLASSES), dtype)
    o1, o2, o3 = np.empty((n, HIDDEN), dtype), np.empty((n, CLASSES), dtype), np.empty((n, HIDDEN), dtype)
    g1, g2 = np.empty_like(w1), np.empty_like(w2)

    def run() -> None:
        np.matmul(x, w1.T, out=o1)
        np.matmul(a, w2.T, out=o2)
        np.matmul(e.T, a, out=g2)
        np.matmul(e, w2, out=o3)
        np.matmul(d.T, x, out=g1)

    return run


def module(text: str) -> dict[str, Any]:
    """Run a module that was written."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "code.py"
        path.write_text(text, encoding="utf-8")
        return runpy.run_path(str(path))


def written(style: str, activation: str, *, rows: bool = False, batch: int | str = "N") -> dict[str, Any]:
    """Write the code of the large network, and run it."""
    plan = plan_of_one_liner(f"{INPUTS}-{HIDDEN}-{CLASSES}:{activation}/softmax,cross_entropy")
    assert plan is not None
    return module(write_layer_code(STYLES[style], replace(plan, batch=batch, rows=rows, unit_targets=True), None, "benchmark"))


def readable(code: dict[str, Any], parameters: Any, x: Any, y: Any) -> Task:
    """Return the forward and backward pass of the plain NumPy style."""

    def run() -> Any:
        loss, values = code["forward"](parameters, x, y)
        return loss, code["backward"](parameters, x, y, values)

    return run


def in_torch(activation: str, parameters: Any, x: Any, y: Any) -> Task:
    """Return PyTorch's eager forward and backward pass."""
    import torch  # it may be missing
    from torch.nn import functional

    torch.set_num_threads(int(THREADS))
    leaves = [torch.tensor(p, requires_grad=True) for p in parameters]
    inputs, targets = torch.tensor(x), torch.tensor(y.argmax(axis=1))
    apply = getattr(torch, activation)

    def run() -> Any:
        hidden = apply(functional.linear(inputs, leaves[0], leaves[1]))
        loss = functional.cross_entropy(functional.linear(hidden, leaves[2], leaves[3]), targets)
        return loss, torch.autograd.grad(loss, leaves)

    return run


def _loss(library: Any, activation: str) -> Callable[..., Any]:
    def squash(z: Any) -> Any:
        return library.tanh(z) if activation == "tanh" else 1 / (1 + library.exp(-z))

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        w1, b1, w2, b2 = parameters
        z = squash(x @ w1.T + b1) @ w2.T + b2
        z = z - library.max(z, axis=1, keepdims=True)
        return -library.sum(y * (z - library.log(library.sum(library.exp(z), axis=1, keepdims=True)))) / len(x)

    return loss


def in_jax(activation: str, parameters: Any, x: Any, y: Any) -> Task:
    """Return JAX's compiled gradient."""
    import jax  # it may be missing

    jax.config.update("jax_enable_x64", True)
    gradient = jax.jit(jax.value_and_grad(_loss(jax.numpy, activation)))
    arguments = jax.device_put((tuple(parameters), x, y))

    def run() -> Any:
        loss, slopes = jax.block_until_ready(gradient(*arguments))
        return loss, slopes

    return run


def in_autograd(activation: str, parameters: Any, x: Any, y: Any) -> Task:
    """Return the gradient by the package autograd."""
    import autograd  # it may be missing
    import autograd.numpy

    gradient = autograd.value_and_grad(_loss(autograd.numpy, activation))
    return lambda: gradient(tuple(parameters), x, y)


PEERS = {"PyTorch eager": in_torch, "JAX jitted": in_jax, "autograd": in_autograd}


def medians(tasks: dict[str, Task], rounds: int) -> dict[str, float]:
    """Time tasks in turn; returns the median of each in microseconds."""
    spent: dict[str, list[float]] = {name: [] for name in tasks}
    for task in tasks.values():
        task()
        task()
    gc.collect()
    gc.disable()
    order = list(tasks.items())
    for _ in range(rounds):
        order.reverse()
        for name, task in order:
            task()  # what ran before has taken the cache
            start = time.perf_counter()
            task()
            spent[name].append(time.perf_counter() - start)
    gc.enable()
    return {name: 1e6 * median(times) for name, times in spent.items()}


def by_layers(rounds: int) -> Iterator[Line]:
    """Compare the gradient of the large network."""
    for activation in ("tanh", "sigmoid"):
        plain, turned = written("numpy", activation), written("numpy", activation, rows=True)
        for dtype in (np.float32, np.float64):
            for n in (1, 64):
                yield from _one_size(activation, dtype, n, rounds, written("buffers", activation, batch=n), plain, turned)


def _one_size(  # noqa: PLR0913, PLR0917 - a row of the table
    activation: str, dtype: Any, n: int, rounds: int, fast: Any, plain: Any, turned: Any
) -> Iterator[Line]:
    random = np.random.default_rng(0)
    x = random.uniform(0, 1, (n, INPUTS)).astype(dtype)
    y = np.eye(CLASSES, dtype=dtype)[np.arange(n) % CLASSES]
    parameters = [p.astype(dtype) for p in turned["initialise"]()]
    columns = [p.astype(dtype) for p in plain["initialise"]()]
    across = np.ascontiguousarray(x.T), np.ascontiguousarray(y.T)
    expert, generated = Expert(n, dtype, activation), fast["Gradients"](dtype)
    tasks: dict[str, Task] = {
        "generated": lambda: generated(columns, *across),
        "by hand": lambda: expert(parameters, x, y),
        "plain style": readable(plain, columns, *across),
        "plain style, rows": readable(turned, parameters, x, y),
        "products alone": products(n, dtype, parameters, x),
    }
    for name, make in PEERS.items():
        try:
            tasks[name] = make(activation, parameters, x, y)
        except ImportError:
            print(f"  {name}: not installed")
    _, truth = tasks["by hand"]()
    for name in ("generated", "plain style", *(peer for peer in PEERS if peer in tasks)):
        for ours, theirs in zip(tasks[name]()[1], truth, strict=True):
            np.testing.assert_allclose(np.asarray(ours).reshape(theirs.shape), theirs, rtol=2e-3, atol=1e-6)
    bounds = {"by hand": 1.05, "PyTorch eager": 1.3 if n == 1 else 1.0}
    here = f"{activation}, {np.dtype(dtype).name}, batch {n}"
    # Threads of one library that still wait for work disturb the next: every peer is measured by itself.
    arrays = {name: task for name, task in tasks.items() if name not in PEERS}
    for group in (arrays, *({"generated": tasks["generated"], peer: tasks[peer]} for peer in PEERS if peer in tasks)):
        times = medians(group, rounds * (4 if n == 1 else 1))
        for name in list(times)[1:]:
            measured = f"{times['generated']:.0f} / {times[name]:.0f} µs"
            yield Line(f"{here}: / {name}", times["generated"] / times[name], measured, bounds.get(name))


def memory(_: int) -> Iterator[Line]:
    """Compare the peak memory of building the arrays, and of a training step."""
    for n in (1, 64):
        fast = written("buffers", "tanh", rows=True, batch=n)
        x, y = np.ones((n, INPUTS)), np.eye(CLASSES)[np.arange(n) % CLASSES]

        def ours(fast: Any = fast, x: Any = x, y: Any = y) -> None:
            parameters = fast["initialise"]()
            fast["update"](parameters, fast["Gradients"]()(parameters, x, y)[1], 0.1)

        def theirs(fast: Any = fast, n: int = n, x: Any = x, y: Any = y) -> None:
            parameters = fast["initialise"]()
            for parameter, slope in zip(parameters, Expert(n, float, "tanh")(parameters, x, y)[1], strict=True):
                slope *= 0.1  # noqa: PLW2901 - in place is the point
                parameter -= slope  # noqa: PLW2901 - an array, changed in place

        peaks = []
        for task in (ours, theirs):
            task()
            tracemalloc.start()
            task()
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        measured = f"{peaks[0] / 1e6:.2f} / {peaks[1] / 1e6:.2f} MB"
        yield Line(f"memory of a training step, batch {n}", peaks[0] / peaks[1], measured, 1.2)


def by_units(rounds: int) -> Iterator[Line]:
    """Compare flat Python with PyTorch and SymPy's lambdify, and flat C with CasADi's."""
    import sympy  # it takes a third of a second
    import torch

    for text, widths, least in (("2-2-1", (2, 2, 1), 50), ("4-8-3", (4, 8, 3), 12)):
        made = derive(f"{text}:sigmoid")
        code = module(write_unit_code(STYLES["python"], made.problem, made.backward, "benchmark"))
        point = list(code["EXAMPLE"].values())
        wanted = [made.composite, *(made.gradient(name, expand=True) for name in code["PARAMETERS"])]
        symbols = [sympy.Symbol(name, real=True) for name in code["EXAMPLE"]]
        known = {symbol.name: symbol for one in wanted for symbol in one.free_symbols}
        flat = sympy.lambdify([known.get(s.name, s) for s in symbols], [w.doit() for w in wanted], "math", cse=True)
        assert np.allclose(flat(*point)[1:], code["gradient"](*point)[1])
        tensors = {name: torch.tensor(value, dtype=torch.float64) for name, value in code["EXAMPLE"].items()}
        layers = []
        for k in (1, 2):
            rows = [[tensors[f"w{k}_{j}_{i}"] for i in range(1, widths[k - 1] + 1)] for j in range(1, widths[k] + 1)]
            layers.append(torch.stack([torch.stack(row) for row in rows]).requires_grad_())
            layers.append(torch.stack([tensors[f"b{k}_{j}"] for j in range(1, widths[k] + 1)]).requires_grad_())
        x = torch.stack([tensors[f"x_{j}"] for j in range(1, widths[0] + 1)])
        y = torch.stack([tensors[f"y_{j}"] for j in range(1, widths[2] + 1)])

        def eager(layers: Any = layers, x: Any = x, y: Any = y) -> Any:
            w1, b1, w2, b2 = layers
            a = torch.sigmoid(torch.nn.functional.linear(x, w1, b1))
            loss = ((torch.sigmoid(torch.nn.functional.linear(a, w2, b2)) - y) ** 2).sum() / 2
            return torch.autograd.grad(loss, layers)

        def many(call: Callable[..., Any], point: list[float] = point) -> Task:
            return lambda: [call(*point) for _ in range(20)]

        tasks = {"ours": many(code["gradient"]), "lambdify": many(flat), "eager": lambda: [eager() for _ in range(20)]}
        times = {name: spent / 20 for name, spent in medians(tasks, rounds * 3).items()}
        shown = f"{times['ours']:.2f} µs"
        slow = times["eager"]
        yield Line(f"{text} Python / PyTorch eager", times["ours"] / slow, f"{shown} / {slow:.0f} µs", 1 / least)
        yield Line(f"{text} Python / lambdify", times["ours"] / times["lambdify"], f"{shown} / {times['lambdify']:.2f} µs", 1.0)
        yield in_c(text, made, widths, point)


DRIVER = """
#include <stdio.h>
#include <time.h>
#include "casadi.h"
double gradient(const double *leaf, double *slope);
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return 1e9 * t.tv_sec + t.tv_nsec; }
int main(void)
{
    double leaf[] = {%(leaves)s}, ours[%(count)d], theirs[%(count)d], loss, sum = 0.0, w[4000];
    const double *arg[20] = {leaf};
    double *res[20] = {&loss, theirs};
    casadi_int iw[100];
    for (int round = 0; round < 15; round++) {
        double start = now();
        for (int k = 0; k < 20000; k++) { leaf[0] += 1e-9; sum += gradient(leaf, ours); }
        double middle = now();
        for (int k = 0; k < 20000; k++) { leaf[0] -= 1e-9; casadi(arg, res, iw, w, 0); sum += loss; }
        printf("%%.3f %%.3f\\n", (middle - start) / 20000, (now() - middle) / 20000);
    }
    gradient(leaf, ours);
    for (int k = 0; k < %(count)d; k++) if ((ours[k] - theirs[k]) * (ours[k] - theirs[k]) > 1e-20) return 2;
    return sum == 0.5;
}
"""


def in_c(text: str, made: Derivation, widths: tuple[int, ...], point: list[float]) -> Line:
    """Compare the C code with CasADi's, both compiled with -O2, in one process."""
    import casadi  # it may be missing

    names = [leaf.symbol.name for leaf in made.graph.leaves]
    all_leaves = casadi.SX.sym("leaf", len(names))
    at = {name: all_leaves[k] for k, name in enumerate(names)}
    signal = [at[f"x_{j}"] for j in range(1, widths[0] + 1)]
    for k in (1, 2):
        sums = [
            sum((at[f"w{k}_{j}_{i}"] * a for i, a in enumerate(signal, 1)), at[f"b{k}_{j}"]) for j in range(1, widths[k] + 1)
        ]
        signal = [1 / (1 + casadi.exp(-z)) for z in sums]
    loss = sum((a - at[f"y_{j}"]) ** 2 / 2 for j, a in enumerate(signal, 1))
    wanted = made.problem.trainable
    gradient = casadi.gradient(loss, all_leaves)
    function = casadi.Function("casadi", [all_leaves], [loss, casadi.vertcat(*(gradient[names.index(name)] for name in wanted))])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        generator = casadi.CodeGenerator("casadi.c", {"with_header": True})
        generator.add(function)
        generator.generate(f"{place}/")
        (place / "ours.c").write_text(write_unit_code(STYLES["c"], made.problem, made.backward, "benchmark"), encoding="utf-8")
        driver = DRIVER % {"leaves": ", ".join(map(repr, point)), "count": len(wanted)}
        (place / "main.c").write_text(driver, encoding="utf-8")
        build = ["cc", "-O2", "-DSYMBACKPROP_LIBRARY", "ours.c", "casadi.c", "main.c", "-o", "run", "-lm"]
        subprocess.run(build, cwd=place, check=True)
        shown = subprocess.run([str(place / "run")], capture_output=True, text=True, check=True).stdout.split()
    ours, theirs = median(map(float, shown[::2])), median(map(float, shown[1::2]))
    return Line(f"{text} C / CasADi's C", ours / theirs, f"{ours:.0f} / {theirs:.0f} ns", 1.3)


def main() -> int:
    """Measure, print a line each; returns the exit code."""
    parser = argparse.ArgumentParser(description="Measure generated code.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 25 if parser.parse_args().quick else 400
    print(f"numpy {np.__version__}, {THREADS} threads, medians of {rounds} rounds; generated code / the other")
    missed = []
    for group in (by_layers, memory, by_units):
        try:
            for line in group(rounds):
                bound = "" if line.bound is None else f"≤ {line.bound:.3g}"
                print(f"{'  ' if line.kept else '! '}{line.what:<44}{line.ratio:>8.3f}  {line.measured:<22}{bound}", flush=True)
                missed += [] if line.kept else [line.what]
        except ImportError as error:
            print(f"! {group.__name__}: not measured, {error}")
            missed.append(group.__name__)
    print(f"\nmissed: {'; '.join(missed)}" if missed else "\nevery bound is kept")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
