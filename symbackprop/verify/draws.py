"""Where the points come from: random, the same for the same seed, and inside the domain of every definition."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from functools import cached_property
from itertools import islice

from symbackprop.errors import DomainError
from symbackprop.graph import Role
from symbackprop.verify.field import FieldPoint, NoRootError, P
from symbackprop.verify.points import Setting
from symbackprop.verify.reals import RealPoint

DRAWS = 200
FIELD_DRAWS = 24
ROOTED_POINTS = 12
SCALES = tuple(Fraction(n, d) for n, d in ((2, 1), (1, 1), (3, 1), (1, 2), (10, 1), (1, 4), (1, 8), (1, 30)))


class Draws:
    """The points at which one graph's steps are checked: made when first needed, shared by all steps."""

    def __init__(self, setting: Setting, seed: int) -> None:
        self.setting = setting
        self.rational: list[RealPoint] = []
        self.draws_left = DRAWS
        self.random = random.Random(seed)  # noqa: S311 - nobody is kept out
        self.field_random = random.Random(seed + 1)  # noqa: S311 - points to compare at, no secret
        self.last_drawn: dict[str, Fraction] = {}

    @cached_property
    def field_point(self) -> FieldPoint | None:
        """A point of the field where all roots exist; failing that, one where a root is an unknown without laws."""
        point = next(self.lawful_points(FIELD_DRAWS), None)
        if point is not None and (not point.rooted or len(self.more_field_points) == ROOTED_POINTS):
            return point
        with suppress(ValueError):
            return FieldPoint(self.setting, P, self.field_random, lawful=False)
        return None

    @cached_property
    def more_field_points(self) -> list[FieldPoint]:
        """Up to `ROOTED_POINTS` other points of the field where all roots exist."""
        return list(islice(self.lawful_points(FIELD_DRAWS * ROOTED_POINTS), ROOTED_POINTS))

    def lawful_points(self, draws: int) -> Iterator[FieldPoint]:
        """Yield the points of the field, of so many drawn, where all roots exist."""
        for _ in range(draws):
            try:
                yield FieldPoint(self.setting, P, self.field_random, lawful=True)
            except NoRootError:
                continue
            except ValueError:  # an inverse of 0
                return

    def rational_points(self) -> Iterator[RealPoint]:
        """Yield rational points where every definition has a value; `DRAWS` are drawn at most, for all steps."""
        yield from self.rational
        while self.draws_left:
            self.draws_left -= 1
            try:
                point = RealPoint(self.setting, self.rational_leaves())
            except DomainError:
                continue
            self.rational.append(point)
            yield point

    def rational_leaves(self) -> dict[str, Fraction]:
        """
        Draw a point, and next its mirror image, so that every leaf is seen with either sign.

        After failures come smaller points, and positive ones, which lie in more domains.
        """
        turn, mirrored = divmod(DRAWS - self.draws_left - 1, 2)
        positive_only = turn // 2 % 2 == 1
        scale = SCALES[turn % len(SCALES)]
        draw, values = self.random.getrandbits, {}
        for leaf in self.setting.graph.leaves:
            name = leaf.symbol.name
            known = self.setting.assumptions.get(name, frozenset())
            value = Fraction(1 + draw(7), 131)
            if leaf.role is not Role.TARGET:
                value = Fraction(1 + draw(2)) if "integer" in known else value * scale
                either_sign = not positive_only and not known & {"positive", "nonnegative", "negative"}
                if either_sign and mirrored:
                    value = -self.last_drawn[name]
                elif "negative" in known or (either_sign and draw(1)):
                    value = -value
            values[name] = value
        self.last_drawn = dict(values)
        for group in self.setting.constraints:
            total = sum(abs(values[name]) for name in group)
            values.update({name: abs(values[name]) / total for name in group})
        return values
