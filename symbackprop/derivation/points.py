"""Points as Python gives them: numbers by name, or vectors and matrices by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symbackprop.errors import InputError
from symbackprop.expr import Expr
from symbackprop.names import normalise_name
from symbackprop.parse.values import constant, kind_of
from symbackprop.problem import Problem


def checked_point(point: object) -> Mapping[str, Any]:
    """Return a point that is a dict; raises InputError for anything else."""
    if isinstance(point, Mapping):
        return point
    msg = f"a point is a dict, or numbers by name: evaluate(x=1, y=2); this is {kind_of(point)}"
    raise InputError(msg)


def move(problem: Problem, given: Mapping[str, Any]) -> Problem:
    """Return the problem at another point, given as in `Derivation.evaluate`."""
    point: dict[str, Expr] = {}
    for name, value in given.items():
        point.update(_leaf_values(problem, str(name), value))
    return problem.moved(point)


def _leaf_values(problem: Problem, name: str, value: Any) -> dict[str, Expr]:
    """Read one argument of `Derivation.evaluate`: a scalar, or the entries of a vector or matrix."""
    leaves = problem.graph.leaf_by_name
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, list | tuple):
        plain = normalise_name(name, leaves, problem.names)
        return {plain: _constant(plain, value)}
    prefix = f"{name}_" if name in {"x", "y"} or name[0] == "b" else f"{name[0].lower()}{name[1:]}_"
    entries: dict[str, Expr] = {}
    for j, row in enumerate(value, 1):
        if isinstance(row, list | tuple):
            entries.update({f"{prefix}{j}_{k}": _constant(f"{name}[{j},{k}]", entry) for k, entry in enumerate(row, 1)})
        else:
            entries[f"{prefix}{j}"] = _constant(f"{name}[{j}]", row)
    expected = [leaf for leaf in leaves if leaf.startswith(prefix) and "_s" not in leaf]
    if set(entries) != set(expected):
        if not expected:
            msg = f'"{name}" is no vector or matrix of this problem: x, y, W1, b1 and so on are, where there are layers'
        else:
            msg = f"{name}: {listed(list(entries))} given, {listed(expected)} expected"
        raise InputError(msg)
    return entries


def _constant(place: str, value: object) -> Expr:
    """Read a number; an InputError says where it stands."""
    try:
        return constant(value)
    except InputError as error:
        msg = f"{place}: {error}"
        raise InputError(msg) from None


def listed(names: Sequence[str]) -> str:
    """List the first few names."""
    return ", ".join(names[:6]) + (", …" if len(names) > 6 else "") if names else "nothing"
