"""Numbers for a problem that gives none, so that a page has something to move: always the same, and said to be examples."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symbackprop.expr import Expr, Number
from symbackprop.graph import Role
from symbackprop.problem import Problem

_GOLDEN = 0.381966  # neighbours differ


def with_examples(problem: Problem, *, even: bool = False) -> dict[str, Expr]:
    """
    Return a number for every leaf: the problem's own where it gives one.

    Inputs and parameters have one or two decimals; of the targets of a sample the first is 1 and the others are 0,
    or with `even` all are the same part of 1: a loss may need the logarithm of each.
    """
    point: dict[str, Expr] = dict(problem.point)
    first: set[str] = set()
    targets = [leaf.symbol.name.partition("_s")[2] for leaf in problem.graph.leaves if leaf.role is Role.TARGET]
    for k, leaf in enumerate(problem.graph.leaves, 1):
        name = leaf.symbol.name
        part = k * _GOLDEN % 1
        if leaf.role is Role.TARGET:
            sample = name.partition("_s")[2]
            value = Fraction(1, targets.count(sample)) if even else Fraction(sample not in first)
            first.add(sample)
        elif leaf.role is Role.INPUT:
            value = Fraction(1 + round(8 * part), 10)
        else:
            value = Fraction(round(160 * part) - 80 or 10, 100)
        point.setdefault(name, Number(int(value) if value.denominator == 1 else value, decimal=True))
    return point


def lacking(problem: Problem, point: Mapping[str, Expr]) -> bool:
    """Tell whether a leaf of the problem has no number of its own."""
    return any(name not in problem.point for name in point)
