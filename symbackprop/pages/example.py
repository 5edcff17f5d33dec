"""Numbers for a problem that gives none, so that a page has something to move: always the same, and said to be examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from math import isfinite

from symbackprop.derivation import Derivation
from symbackprop.errors import DomainError, InputError, ProblemError
from symbackprop.expr import Expr, Number
from symbackprop.graph import Leaf, Role
from symbackprop.problem import Problem

_GOLDEN = 0.381966  # neighbours differ


def _mixed(part: float, k: int, count: int) -> Fraction:  # noqa: ARG001 - all of a kind
    return Fraction(round(160 * part) - 80 or 10, 100)


# What a variable may be, from its part of 1, its place and how many there are: domains have bounds and order.
_CHOICES: tuple[Callable[[float, int, int], Fraction], ...] = (
    lambda part, _k, _count: Fraction(5 + round(10 * part), 10),
    lambda part, _k, _count: Fraction(1 + round(8 * part), 10),
    lambda part, _k, _count: Fraction(20 + round(20 * part), 10),
    lambda _part, k, count: Fraction(count + 2 - k),
    lambda _part, k, _count: Fraction(k + 1),
    lambda part, _k, _count: -Fraction(5 + round(10 * part), 10),
    lambda _part, k, count: Fraction(10 * (count + 1 - k)),
    lambda _part, k, _count: Fraction(10 * k),
    _mixed,
    lambda _part, _k, _count: Fraction(0),
)


def with_numbers(made: Derivation) -> tuple[Derivation, bool]:
    """
    Return a derivation with a number for every leaf, and whether some are examples; without, where none were found.

    The problem's own numbers stay.  Of the examples the first is taken at which everything has a value, and no kink is near.
    Raises DomainError where the problem gives all numbers, and they have no value.
    """
    if all(leaf.symbol.name in made.problem.point for leaf in made.graph.leaves):
        _ = made.values
        return made, False
    fallback = None
    for point in with_examples(made.problem):
        try:
            moved = replace(made, problem=made.problem.moved(point))
            values = moved.values
        except (DomainError, InputError, ProblemError, OverflowError):
            continue
        if values is None or not all(map(isfinite, values.env.values())):
            continue
        if not values.kinks():
            return moved, True
        fallback = fallback or moved
    return (fallback, True) if fallback else (replace(made, problem=replace(made.problem, point={})), False)


def with_examples(problem: Problem) -> Iterator[dict[str, Expr]]:
    """
    Yield points with a number for every leaf, the problem's own where it gives one.

    Of the targets of a sample the first is 1 and the others are 0, or all are the same part of 1: a loss may need the
    logarithm of each.
    """
    roles = {leaf.role for leaf in problem.graph.leaves}
    for choice in (_mixed, *_CHOICES) if Role.WEIGHT in roles else _CHOICES:
        for even in (False, True) if Role.TARGET in roles else (False,):
            yield _point(problem, choice, even=even)


def _point(problem: Problem, choice: Callable[[float, int, int], Fraction], *, even: bool) -> dict[str, Expr]:
    leaves = problem.graph.leaves
    targets = [_sample(leaf) for leaf in leaves if leaf.role is Role.TARGET]
    first: set[str] = set()
    point: dict[str, Expr] = {}
    for k, leaf in enumerate(leaves, 1):
        part = k * _GOLDEN % 1
        if leaf.role is Role.TARGET:
            value = Fraction(1, targets.count(_sample(leaf))) if even else Fraction(_sample(leaf) not in first)
            first.add(_sample(leaf))
        elif leaf.role is Role.INPUT:
            value = Fraction(1 + round(8 * part), 10)
        else:
            value = choice(part, k, len(leaves))
        point[leaf.symbol.name] = Number(int(value) if value.denominator == 1 else value, decimal=True)
    return {**point, **problem.point}


def _sample(leaf: Leaf) -> str:
    return leaf.symbol.name.partition("_s")[2]
