"""Problems from whatever describes one in Python, and what is known of their targets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from symbackprop.errors import InputError, ProblemError
from symbackprop.files import SUFFIXES
from symbackprop.graph import Role
from symbackprop.network import Network
from symbackprop.parse.values import kind_of
from symbackprop.problem import Problem, from_dict, from_network, load


def problem_from(problem: object) -> Problem:
    """Return the problem in whatever describes one; raises ProblemError with all its faults, InputError for anything else."""
    match problem:
        case Problem():
            return problem
        case Network():
            return from_network(problem)
        case Mapping():
            return from_dict(problem)
        case Path() if problem.suffix.lower() not in SUFFIXES:
            msg = f"{problem}: a problem file ends in {' or '.join(SUFFIXES)}"
            raise ProblemError(msg)
        case str() | Path():
            return load(str(problem))
        case _:
            msg = f"a problem is a Network, a text, a path or a dict; this is {kind_of(problem)}"
            raise InputError(msg)


def target_groups(problem: Problem) -> tuple[tuple[str, ...], ...]:
    """Return the targets of each sample; raises InputError where there are fewer than two."""
    groups: dict[str, list[str]] = {}
    for leaf in problem.graph.leaves:
        if leaf.role is Role.TARGET:
            _, _, sample = leaf.symbol.name.partition("_s")
            groups.setdefault(sample, []).append(leaf.symbol.name)
    if not groups or any(len(group) < 2 for group in groups.values()):
        msg = "y sum 1: this needs a network with at least two targets a sample"
        raise InputError(msg)
    return tuple(tuple(group) for group in groups.values())
