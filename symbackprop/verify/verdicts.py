"""
A verdict on every step.

A step is compared in the field first, which takes microseconds and decides; where the field cannot tell, at
rational points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symbackprop.errors import DomainError, InternalError
from symbackprop.graph import Graph
from symbackprop.steps import KINDS, Evaluation, Step, Update
from symbackprop.verify.draws import Draws
from symbackprop.verify.points import Setting

POINTS = 5
MOST_POINTS = 20

EXACT, SAMPLED, UNDECIDED, UNCHECKED = "exact", "sampled", "undecided", "unchecked"


def verify(
    graph: Graph,
    steps: Sequence[Step],
    *,
    constraints: tuple[tuple[str, ...], ...] = (),
    assumptions: Mapping[str, frozenset[str]] | None = None,
    seed: int = 0,
) -> tuple[str, ...]:
    """
    Return for each step how it was shown to be true.

    "exact": both sides have the same signature; "sampled": they agree at `POINTS` rational points to 30 digits;
    "undecided": no point was found at which both sides have a value; "unchecked": an Evaluation or Update, whose
    numbers are rounded.  `graph` is the forward graph.  Each of `constraints` names leaves which sum to 1;
    `assumptions` says what else is known of a symbol ("positive", "negative", "nonnegative", "integer").

    Raises InternalError, which names kind, rule and symbol of the first step that is false.
    """
    known = tuple(group for group in constraints if all(name in graph.leaf_by_name for name in group))
    draws = Draws(Setting(graph, known, assumptions or {}), seed)
    return tuple(_verdict(draws, step, index) for index, step in enumerate(steps))


def _verdict(draws: Draws, step: Step, index: int) -> str:
    if isinstance(step, (Evaluation, Update)):
        return UNCHECKED
    point = draws.field_point
    if point is None or not point.holds(step):
        return _sampled(draws, step, index)
    # √x² = x holds at every point where x happens to be a square.
    if point.rooted and not all(other.holds(step) for other in draws.more_field_points):
        return _sampled(draws, step, index)
    return EXACT


def _sampled(draws: Draws, step: Step, index: int) -> str:
    """Compare the two sides at rational points; raises InternalError where they differ."""
    agreed = informative = 0
    seen: set[tuple[bool, ...]] = set()
    for point in draws.rational_points():
        try:
            sides = point.sides(step)
        except DomainError:
            continue
        for left, right in sides:
            if not point.close(left, right):
                raise InternalError(_complaint(step, index, point.show(left), point.show(right)))
        # Where a kink makes both sides 0, or on the same side of every kink as before, they agree too easily.
        agreed += 1
        if sides[0][0] != 0 and point.region not in seen:
            informative += 1
            seen.update({point.region} if point.region else ())
        if informative == POINTS or agreed == MOST_POINTS:
            return SAMPLED
    return SAMPLED if agreed >= POINTS else UNDECIDED


def _complaint(step: Step, index: int, truth: str, claimed: str) -> str:
    rule = getattr(step, "rule", "")
    kind = KINDS[type(step)].replace("_", " ")
    by = f' by the rule "{rule}"' if rule else ""
    where = f"step {index + 1} ({kind}{by}) about {step.about.name}"
    return f"{where} is false: at a random point it says {claimed}, the truth is {truth}"
