"""How the symbols of a derivation are spelled."""

from __future__ import annotations

from symbackprop.backprop import Backward
from symbackprop.errors import InputError, nearest
from symbackprop.notation import NOTATIONS, Speller
from symbackprop.problem import Problem


def check_notation(notation: str) -> None:
    """Raise InputError for an unknown notation; the message lists those that are known."""
    if notation not in NOTATIONS:
        msg = f'unknown notation "{notation}"{nearest(str(notation), NOTATIONS)} (known: {", ".join(NOTATIONS)})'
        raise InputError(msg)


def make_speller(problem: Problem, backward: Backward, notation: str = "ng") -> Speller:
    """Return how the symbols of a problem are spelled; raises InputError for an unknown notation."""
    check_notation(notation)
    graph = backward.graph
    network = problem.network is not None
    output = graph.output.symbol.name
    parents = graph.parents[output]
    ambiguous = frozenset(
        (output, parent)
        for parent in parents
        if len([c for c in graph.children[parent] if c in backward.adjoints or c == output]) > 1
    )
    return Speller(
        NOTATIONS[notation],
        network=network,
        names=problem.names,
        single_target=network and problem.network is not None and problem.network.layers[-1].units == 1,
        ordinary=frozenset() if network else _ordinary(backward),
        ambiguous=ambiguous,
    )


def _ordinary(backward: Backward) -> frozenset[str]:
    """
    Return the derivatives of a plain function that are written with d: nothing else is held fixed there.

    A local derivative is ordinary where its definition uses one name only; a derivative of the output, where
    the output depends on one variable only and this is it, or lies on the only way to it.
    """
    graph = backward.graph
    names = {step.about.name for (child, _), step in backward.locals.items() if len(graph.parents[child]) == 1}
    if len(backward.adjoints) and sum(leaf.symbol.name in backward.adjoints for leaf in graph.leaves) == 1:
        output = backward.output
        names |= {
            symbol.name
            for of, symbol in backward.adjoints.items()
            if of in graph.leaf_by_name
            or all(len(graph.parents[n]) == 1 for n in graph.descendants(of) & graph.ancestors(output) if n != of)
        }
    return frozenset(names)
