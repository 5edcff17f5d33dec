"""Signatures: both sides at a random point of the fields of `verify.field`, which takes microseconds."""

from __future__ import annotations

from collections.abc import Iterable

from symbackprop.decide.model import Facts
from symbackprop.expr import Adjoint, Call, Cases, Expr, Number, Partial, Power, walk
from symbackprop.verify.draws import Draws
from symbackprop.verify.points import Setting

# What the field has all laws of, so that different signatures are different functions.
LAWFUL = frozenset(("exp", "sinh", "cosh", "sech", "tanh", "sigmoid", "silu", "softmax", "identity", "square"))


def agree(left: Expr, right: Expr, facts: Facts, seed: int) -> bool | None:
    """
    Whether both sides have the same signature, None where one has none.

    Equal sides differ only where a law is used that the field does not have.
    """
    draws = facts.kept.get(seed)
    if draws is None:
        known = tuple(group for group in facts.constraints if all(name in facts.graph.leaf_by_name for name in group))
        draws = facts.kept[seed] = Draws(Setting(facts.graph, known, facts.assumptions), seed)
    point = draws.field_point
    if point is None:
        return None
    try:
        if point.value(left) != point.value(right):
            return False
        # √x² = x holds at every point where x happens to be a square.
        return not point.rooted or all(other.value(left) == other.value(right) for other in draws.more_field_points)
    except (ValueError, NotImplementedError):  # an inverse of 0
        return None


def is_lawful(exprs: Iterable[Expr], facts: Facts) -> bool:
    """Whether different signatures prove that two sides differ: the field has every law of the functions in them."""
    seen: set[str] = set()
    stack = list(exprs)
    while stack:
        for part in walk(stack.pop()):
            if isinstance(part, Cases) or (isinstance(part, Call) and part.function not in LAWFUL):
                return False
            if isinstance(part, Power) and not (isinstance(part.exponent, Number) and isinstance(part.exponent.value, int)):
                return False
            name = getattr(part, "name", None)
            if name is not None and name not in seen:
                seen.add(name)
                if isinstance(part, (Adjoint, Partial)):
                    stack += [node.expr for node in facts.graph.nodes]
                elif (node := facts.graph.definitions.get(name)) is not None:
                    stack.append(node.expr)
    return True
