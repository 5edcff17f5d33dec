"""The symbol table by which answers to a problem are read."""

from __future__ import annotations

from symbackprop.backprop import Backward
from symbackprop.calculus import derivative
from symbackprop.functions import ACTIVATIONS, canonical
from symbackprop.graph import Role
from symbackprop.parse.items import Shape
from symbackprop.parse.lexicon import Lexicon
from symbackprop.problem import Problem

Rows = tuple[tuple[str, ...], ...]


def lexicon_of(problem: Problem, backward: Backward) -> Lexicon:
    """Return the symbol table of a problem and its derivation."""
    graph = backward.graph
    parts = _layers(problem)
    names = [*(leaf.symbol.name for leaf in graph.leaves), *graph.definitions]
    shapes: dict[str, Shape] = dict.fromkeys(names, (1, 1))
    shapes.update({whole: (len(rows), len(rows[0])) for whole, rows in parts.items() if whole not in shapes})
    adjoints = {(output, of): symbol.name for output in backward.outputs for of, symbol in backward.adjoints_of(output).items()}
    for whole, rows in parts.items():
        if len(rows) == len(rows[0]) == 1:
            continue
        first = adjoints.get((backward.output, rows[0][0]), "")
        if first.startswith("delta"):
            adjoints[backward.output, whole] = f"delta{whole[1:]}"
        elif all((backward.output, entry) in adjoints for row in rows for entry in row):
            adjoints[backward.output, whole] = f"d{backward.output}_d{whole}"
    for (_, of), name in adjoints.items():
        shapes.setdefault(name, shapes.get(of, (1, 1)))
    network = problem.network
    return Lexicon(
        output=backward.output,
        shapes=shapes,
        edges=frozenset((child, parent) for child, parents in graph.parents.items() for parent in parents),
        own=dict(problem.names),
        outputs=backward.outputs,
        parts={whole: rows for whole, rows in parts.items() if whole in shapes},
        adjoints=adjoints,
        activations=_activations(problem, parts),
        network=network is not None,
        depth=len(network.layers) if network else 0,
        samples=network.samples if network else 1,
        rate="eta" if problem.training else "",
        slope=derivative,
    )


def _layers(problem: Problem) -> dict[str, Rows]:
    """Return the entries of every whole layer; over several samples Z, A, X and Y have a column for each."""
    network = problem.network
    if network is None:
        return {}
    present = problem.known
    many = network.samples > 1
    suffixes = [f"_s{s}" for s in range(1, network.samples + 1)] if many else [""]
    found: dict[str, Rows] = {}

    def values(whole: str, entry: str, size: int) -> None:
        rows = tuple(tuple(f"{entry}_{k}{suffix}" for suffix in suffixes) for k in range(1, size + 1))
        if all(name in present for row in rows for name in row):
            found[whole] = rows

    values("X" if many else "x", "x", network.inputs)
    for index, layer in enumerate(network.layers, 1):
        width = network.sizes[index - 1]
        units = range(1, layer.units + 1)
        found[f"W{index}"] = tuple(tuple(f"w{index}_{j}_{k}" for k in range(1, width + 1)) for j in units)
        if layer.biases is not False:
            found[f"b{index}"] = tuple((f"b{index}_{j}",) for j in units)
        values(f"Z{index}" if many else f"z{index}", f"z{index}", layer.units)
        values(f"A{index}" if many else f"a{index}", f"a{index}", layer.units)
    values("Y" if many else "y", "y", network.sizes[-1])
    return found


def _activations(problem: Problem, parts: dict[str, Rows]) -> dict[str, str]:
    """Return the function of each pre-activation, scalar or whole; "" where it is a formula."""
    network = problem.network
    if network is None:
        return {}
    found: dict[str, str] = {}
    for name, node in problem.graph.definitions.items():
        if node.role is Role.PRE_ACTIVATION:
            found[name] = canonical(network.layers[node.layer - 1].activation)
    for whole, rows in parts.items():
        if rows[0][0] in found:
            found[whole] = found[rows[0][0]]
            found.setdefault(f"z{whole[1:]}", found[whole])
    return {name: function if function in ACTIVATIONS else "" for name, function in found.items()}
