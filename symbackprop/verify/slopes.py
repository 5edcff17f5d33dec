"""
The slopes of the functions without a definition, written here a second time on purpose.

A mistake in the table that the derivation uses must not pass because the check uses the same table.
"""

from __future__ import annotations

from functools import cache

from symbackprop.errors import InternalError, nearest
from symbackprop.expr import Expr, Symbol, call, number
from symbackprop.functions import FUNCTIONS, PI, sqrt

# The argument inside a function's definition; no reader can write this name.
HOLE = Symbol("·")

SLOPES: dict[str, Expr] = {
    "exp": call("exp", HOLE),
    "log": 1 / HOLE,
    "sqrt": 1 / (2 * sqrt(HOLE)),
    "sin": call("cos", HOLE),
    "cos": -call("sin", HOLE),
    "tan": 1 / call("cos", HOLE) ** 2,
    "sinh": call("cosh", HOLE),
    "cosh": call("sinh", HOLE),
    "asin": 1 / sqrt(1 - HOLE**2),
    "acos": -1 / sqrt(1 - HOLE**2),
    "atan": 1 / (1 + HOLE**2),
    "erf": 2 * call("exp", -(HOLE**2)) / sqrt(PI),
    "abs": call("sign", HOLE),
    "sign": number(0),
    "step": number(0),
}


@cache
def definition_at_hole(function: str) -> Expr | None:
    """Return a function's definition at HOLE; None where it has none."""
    row = FUNCTIONS.get(function)
    if row is None:
        msg = f"a step uses {function}, which is no function{nearest(function, FUNCTIONS)}"
        raise InternalError(msg)
    return row.define(HOLE) if row.define else None
