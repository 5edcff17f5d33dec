"""Can several linear conditions hold at once?  Fourier and Motzkin's elimination, for the few that one answer has."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import TypeAlias, TypeVar

from symbackprop.expr import Exact

V = TypeVar("V", bound=Hashable)
Row: TypeAlias = Mapping[V, Exact]

MOST_ROWS = 200


def solve(rows: Sequence[Row[V]], one: V) -> dict[V, Fraction] | None:
    """
    Return values for the variables at which every row's Σ coefficient · value is above 0, None where there are none.

    `one` is the variable whose value is 1.  With more than `MOST_ROWS` rows on the way it answers with an empty dict:
    perhaps.
    """
    now: list[dict[V, Fraction]] = [{v: Fraction(c) for v, c in row.items() if c} for row in rows]
    stack: list[tuple[V, list[dict[V, Fraction]]]] = []
    while True:
        counts: dict[V, list[int]] = {}
        for row in now:
            if not row.keys() - {one} and row.get(one, Fraction(0)) <= 0:
                return None
            for variable, coefficient in row.items():
                if variable != one:
                    counts.setdefault(variable, [0, 0])[coefficient > 0] += 1
        if not counts:
            return _values(stack, one)
        variable = min(counts, key=lambda v: counts[v][0] * counts[v][1])
        stack.append((variable, [row for row in now if variable in row]))
        rest = [row for row in now if variable not in row]
        lower = [row for row in now if row.get(variable, 0) > 0]
        upper = [row for row in now if row.get(variable, 0) < 0]
        if len(rest) + len(lower) * len(upper) > MOST_ROWS:
            return {}
        for low in lower:
            for high in upper:
                a, b = low[variable], -high[variable]
                row = {v: low.get(v, Fraction(0)) / a + high.get(v, Fraction(0)) / b for v in dict.fromkeys((*low, *high))}
                rest.append({v: c for v, c in row.items() if c and v != variable})
        now = rest


def _values(stack: list[tuple[V, list[dict[V, Fraction]]]], one: V) -> dict[V, Fraction]:
    """Choose values, last eliminated first, each inside what the others leave."""
    values: dict[V, Fraction] = {one: Fraction(1)}
    for variable, rows in reversed(stack):
        low: Fraction | None = None
        high: Fraction | None = None
        for row in rows:
            for free in row.keys() - {variable}:
                values.setdefault(free, Fraction(0))
            bound = -sum((c * values[v] for v, c in row.items() if v != variable), Fraction(0)) / row[variable]
            if row[variable] > 0:
                low = bound if low is None else max(low, bound)
            else:
                high = bound if high is None else min(high, bound)
        values[variable] = _between(low, high)
    del values[one]
    return values


def _between(low: Fraction | None, high: Fraction | None) -> Fraction:
    """Return a short number strictly between two bounds."""
    if low is None and high is None:
        return Fraction(3, 4)
    if high is None:
        assert low is not None
        return Fraction(floor(low) + 1) + (Fraction(3, 4) if low > -1 else 0)
    if low is None:
        return Fraction(ceil(high) - 1) - (Fraction(3, 4) if high < 1 else 0)
    middle = (low + high) / 2
    short = Fraction(round(middle))
    return short if low < short < high else middle
