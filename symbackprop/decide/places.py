"""Points at which two sides are compared by intervals: small numbers first, which a reader can follow."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from symbackprop.arithmetic.base import evaluate
from symbackprop.decide.enclosures import Enclosed, Enclosures, PoleError, UnclearError
from symbackprop.decide.model import Facts
from symbackprop.errors import DomainError, UnknownNameError, nearest
from symbackprop.expr import Expr, Symbol, symbols
from symbackprop.graph import Role

BITS = (96, 320, 2_048)
TIGHT, VERY_TIGHT = Fraction(1, 10**60), Fraction(1, 10**200)
NICE = tuple(map(Fraction, ("3/4", "-2", "1/2", "3", "-1/2", "2", "-3/4", "5/2", "-1/4", "3/2", "-3")))
NICE_POINTS = 6
SCALES = tuple(Fraction(n, d) for n, d in ((1, 1), (3, 1), (1, 4), (10, 1), (1, 30), (100, 1)))
WIDE_EXPONENTS = (-2, 2, *range(-3, -43, -3), 3, 6)
MANY_LEAVES = 6

Values = Mapping[str, Fraction]

APART, SAME, ONE_SIDED, NOWHERE, UNCLEAR, KINK = "apart", "same", "one-sided", "nowhere", "unclear", "kink"


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    Two sides at a point.

    `outcome` is "apart" (the enclosures are disjoint), "same" (they meet, and are tight), "one-sided" (one side has
    a value there), "nowhere" (none has), "unclear" (too wide) or "kink" (a condition is met with equality).
    """

    outcome: str
    values: Mapping[str, Fraction]
    left: float = 0.0
    right: float = 0.0


@dataclass(frozen=True, slots=True)
class Care:
    """How sides are compared: when intervals are tight, whether to go on where a condition is met with equality, most bits."""

    tight: Fraction = TIGHT
    kinks: bool = False
    bits: int = BITS[-1]


class Place:
    """One point with enclosures of so many bits; what `values` does not give is computed by the definitions."""

    def __init__(self, facts: Facts, values: Mapping[str, Fraction], bits: int) -> None:
        """Start with the values given."""
        self.facts = facts
        self.arithmetic = Enclosures(bits)
        self.env: dict[str, Enclosed] = dict(values)

    def value(self, expr: Expr) -> Enclosed:
        """Return the value of an expression; raises DomainError, UnclearError, UnknownNameError."""
        for symbol in symbols(expr).values():
            self.prepare(symbol)
        return evaluate(expr, self.env, self.arithmetic)

    def prepare(self, symbol: Symbol) -> None:
        """Compute the value of a symbol, those it needs first."""
        stack = [symbol]
        meanings: dict[str, Expr] = {}
        while stack:
            top = stack[-1]
            if top.name in self.env:
                stack.pop()
                continue
            if top.name not in meanings:
                meaning = self.facts.meaning(top)
                if meaning is None:
                    msg = f"{top.name} has no value{nearest(top.name, self.env)}"
                    raise UnknownNameError(msg)
                meanings[top.name] = meaning
                stack += [part for part in symbols(meaning).values() if part.name not in self.env]
                continue
            self.env[top.name] = evaluate(meanings[top.name], self.env, self.arithmetic)
            stack.pop()


def compare(sides: tuple[Expr, Expr], facts: Facts, values: Values, care: Care) -> Comparison:
    """Compare two sides at a point, with as many bits as it takes."""
    tight = care.tight
    for precision in BITS:
        if precision > care.bits:
            break
        place = Place(facts, values, precision)
        found: list[Enclosed | None] = []
        poles = False
        try:
            for side in sides:
                try:
                    found.append(place.value(side))
                except DomainError as error:
                    poles = poles or isinstance(error, PoleError)
                    found.append(None)
            if place.arithmetic.at_kink and not care.kinks:
                return Comparison(KINK, values)
            one, other = found
            if one is None or other is None:
                return Comparison(NOWHERE if one is other or poles else ONE_SIDED, values)
            (low, high), (below, above) = place.arithmetic.ends(one), place.arithmetic.ends(other)
        except UnclearError:
            continue
        middles = (_float(low + high), _float(below + above))
        if high < below or above < low:
            return Comparison(APART, values, *middles)
        width = max(high, above) - min(low, below)
        if width <= tight * min(abs(low), abs(above)) or width <= tight**2:
            return Comparison(SAME, values, *middles)
    return Comparison(UNCLEAR, values)


def _float(doubled: Fraction) -> float:
    try:
        return float(doubled / 2)
    except OverflowError:
        return float("inf") if doubled > 0 else float("-inf")


def leaves_of(exprs: Sequence[Expr], facts: Facts) -> tuple[str, ...]:
    """Return the leaves that expressions depend on, in the graph's order."""
    seen: set[str] = set()
    stack = [symbol for expr in exprs for symbol in symbols(expr).values()]
    while stack:
        symbol = stack.pop()
        if symbol.name in seen:
            continue
        seen.add(symbol.name)
        meaning = facts.meaning(symbol)
        if meaning is not None:
            stack.extend(symbols(meaning).values())
    for group in facts.constraints:
        if seen.intersection(group):
            seen.update(group)
    return tuple(leaf.symbol.name for leaf in facts.graph.leaves if leaf.symbol.name in seen)


def points(names: Sequence[str], facts: Facts, seed: int) -> Iterator[dict[str, Fraction]]:
    """Yield points without end: small numbers, and then random ones of many sizes, each with its mirror image."""
    source = random.Random(seed)  # noqa: S311 - nobody is kept out
    for turn in range(NICE_POINTS):
        shrink = 4 if len(names) > MANY_LEAVES else 1
        values = {name: NICE[(5 * place + 4 * turn) % len(NICE)] / shrink for place, name in enumerate(names)}
        yield _admitted(values, facts, turn)
    turn = NICE_POINTS
    while True:
        scale = SCALES[turn % len(SCALES)]
        drawn = {name: Fraction(source.randint(-120, 120) or 7, source.choice((41, 60, 83))) * scale for name in names}
        yield _admitted(drawn, facts, turn)
        yield _admitted({name: -value for name, value in drawn.items()}, facts, turn + 1)
        yield _admitted({name: abs(value) for name, value in drawn.items()}, facts, turn + 2)
        turn += 1


def wide_points(names: Sequence[str], facts: Facts, seed: int) -> Iterator[dict[str, Fraction]]:
    """Yield points very near 0 and far from it: ln(1 + e^(1000x)) and max(0, 1000x) look the same in between."""
    nearby = list(islice(points(names, facts, seed), NICE_POINTS))
    for turn, exponent in enumerate(WIDE_EXPONENTS):
        for sign in (1, -1):
            values = {name: sign * value * Fraction(10) ** exponent for name, value in nearby[turn % NICE_POINTS].items()}
            yield _admitted(values, facts, turn)


def _admitted(values: dict[str, Fraction], facts: Facts, turn: int) -> dict[str, Fraction]:
    """Change a point so that assumptions and constraints hold; targets lie between 0 and 1."""
    for name, value in values.items():
        known = facts.assumptions.get(name, frozenset())
        new = value
        if "integer" in known:
            new = Fraction(1 + (turn + len(name)) % 4) * (1 if value > 0 else -1)
        if known & {"positive", "nonnegative"}:
            new = abs(new)
        elif "negative" in known:
            new = -abs(new)
        elif (leaf := facts.graph.leaf_by_name.get(name)) is not None and leaf.role is Role.TARGET:
            new = abs(new) / (1 + abs(new))
        values[name] = new
    for group in facts.constraints:
        if all(name in values for name in group):
            total = sum(abs(values[name]) for name in group)
            values.update({name: abs(values[name]) / total for name in group})
    return values

