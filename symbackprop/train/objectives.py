"""What a training renews, what it makes smaller, and what it measures beside."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.backprop import Backward
from symbackprop.errors import InputError, UnknownNameError, nearest
from symbackprop.expr import ZERO, Expr, Symbol, add
from symbackprop.functions import find_loss
from symbackprop.graph import Graph, Role
from symbackprop.train.trajectory import Objective

PENALTY = "L_penalty"


def trained_parameters(graph: Graph, names: Sequence[str] = ()) -> tuple[str, ...]:
    """
    Return the leaves that `names` mean, in the graph's order: `W1` is all weights of layer 1, `b1` all its biases.

    Without names: all weights and biases, or all leaves where there are none.
    Raises UnknownNameError for a name that is neither, InputError for one that is computed.
    """
    leaves = {leaf.symbol.name: leaf.role for leaf in graph.leaves}
    learned = [name for name, role in leaves.items() if role in {Role.WEIGHT, Role.BIAS}]
    if not names:
        return tuple(learned or leaves)
    groups: dict[str, list[str]] = {}
    for name in learned:
        layer = name[1:].split("_", maxsplit=1)[0]
        groups.setdefault(("W" if leaves[name] is Role.WEIGHT else "b") + layer, []).append(name)
    chosen: set[str] = set()
    for name in names:
        if name in leaves:
            chosen.add(name)
        elif name in groups:
            chosen.update(groups[name])
        elif name in graph.definitions:
            msg = f"{name} is computed, so it cannot be trained; the parameters are {', '.join(learned or leaves)}"
            raise InputError(msg)
        else:
            msg = f'train: unknown name "{name}"{nearest(name, [*leaves, *groups])}'
            raise UnknownNameError(msg)
    return tuple(name for name in leaves if name in chosen)


def objectives_of(backward: Backward, trained: Sequence[str], update: str) -> tuple[Objective, ...]:
    """List what the updates minimise, in turn."""
    losses = backward.outputs[:-1]
    if update == "batch" or not losses:
        adjoints = backward.adjoints
        return (Objective(0, (backward.output,), {name: adjoints.get(name, ZERO) for name in trained}),)
    penalty = (PENALTY,) if PENALTY in backward.graph.definitions else ()
    found = []
    for sample, loss in enumerate(losses, 1):
        adjoints = backward.adjoints_of(loss)
        gradients: dict[str, Expr] = {}
        for name in trained:
            local = backward.locals.get((PENALTY, name)) if penalty else None
            gradients[name] = add(adjoints.get(name, ZERO), local.value if local else ZERO)
        found.append(Objective(sample, (loss, *penalty), gradients))
    return tuple(found)


def report_of(graph: Graph, report: str) -> tuple[Expr, ...]:
    """Write the report figure of every sample; raises InputError where it cannot be measured."""
    if not report:
        return ()
    if report in graph.definitions:
        return (Symbol(report),)
    row = find_loss(report)
    depth = max((node.layer for node in graph.nodes), default=0)
    outputs: dict[int, list[Symbol]] = {}
    for node in graph.nodes:
        if depth and node.layer == depth and node.role is Role.ACTIVATION:
            outputs.setdefault(node.sample, []).append(node.symbol)
    targets = [leaf.symbol for leaf in graph.leaves if leaf.role is Role.TARGET]
    if not outputs or len(targets) != sum(map(len, outputs.values())):
        msg = f'report "{report}" compares the outputs of a network with its targets, and this problem has none'
        raise InputError(msg)
    rest = iter(targets)
    return tuple(add(*(row.part(a, next(rest), len(layer)) for a in layer)) for layer in outputs.values())
