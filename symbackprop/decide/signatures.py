"""Signatures: both sides at a random point of the fields of `verify.field`, which takes microseconds."""

from __future__ import annotations

from collections.abc import Iterable

from symbackprop.decide.model import Facts
from symbackprop.expr import Adjoint, Call, Cases, Expr, Number, Partial, Power, Symbol, children
from symbackprop.verify.draws import Draws
from symbackprop.verify.points import Setting

# What the field has all laws of, so that different signatures are different functions.
LAWFUL = frozenset(("exp", "sinh", "cosh", "sech", "tanh", "sigmoid", "silu", "softmax", "identity", "square"))
POLYNOMIAL = frozenset(("identity", "square"))
LAWLESS = 99


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
    """
    Whether different signatures mean that two sides differ: the field has every law of the functions in them.

    A power of e inside another one has none there.
    """
    known: dict[str, int] = {}

    def height(expr: Expr) -> int:
        """Return how deep powers of e are nested; more than 1 where something else without laws is met."""
        if isinstance(expr, (Adjoint, Partial)):
            return max((height(node.symbol) for node in facts.graph.nodes), default=0)
        if isinstance(expr, Symbol):
            if expr.name not in known:
                node = facts.graph.definitions.get(expr.name)
                known[expr.name] = height(node.expr) if node else 0
            return known[expr.name]
        most = max(map(height, children(expr)), default=0)
        if isinstance(expr, Cases):
            return LAWLESS
        if isinstance(expr, Call):
            return most + (expr.function not in POLYNOMIAL) if expr.function in LAWFUL else LAWLESS
        if isinstance(expr, Power) and not (isinstance(expr.exponent, Number) and isinstance(expr.exponent.value, int)):
            return LAWLESS
        return most

    return max(map(height, exprs)) <= 1
