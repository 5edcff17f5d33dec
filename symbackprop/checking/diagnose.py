"""
Which mistake was made: an answer's values against those of every mistake in the table.

At a random point of a field of 2⁶⁰ elements two different expressions practically never have the same value, so a
mutant with the answer's value is the answer.  First come single mistakes, each also with a sign or a factor 2 or ½,
then pairs on different levels of the graph.  A match counts only if it holds at a second, independent point as well;
numbers are compared at the problem's own point alone, and only with single mistakes.

The work is bounded by a count of the edges that the sweeps pass, not by a clock: the same answer, the same finding.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symbackprop.checking.mistakes import MISTAKES, Mistake
from symbackprop.checking.model import NO_NUMBER, Number
from symbackprop.checking.places import Mutant
from symbackprop.checking.sayings import OTHER_LAYOUT, Diagnosis, Hit, told
from symbackprop.checking.scene import Scene
from symbackprop.expr import Adjoint, Exact, Expr, Partial
from symbackprop.expr import Number as Numeral
from symbackprop.verify.draws import FIELD_DRAWS
from symbackprop.verify.field import FieldPoint, NoRootError, P
from symbackprop.verify.points import Point

if TYPE_CHECKING:
    from symbackprop.checking.truth import Target, Truth

__all__ = ["Diagnosis", "Search", "diagnose", "last_place"]

SINGLES, PAIRS = 60_000, 400_000
MOST_CANDIDATES = 600
# A number that was rounded on the way differs by so much from the mistake it comes from, at most.
CARRIED = 2e-4
MOST_PLACES = 40
# The seed of the second point.
SECOND = 2
RATIOS = (Fraction(1), Fraction(-1), Fraction(2), Fraction(1, 2), Fraction(-2), Fraction(-1, 2))


def diagnose(  # noqa: PLR0913 - an answer, a question, a point, and two budgets
    values: tuple[tuple[Expr, ...], ...],
    target: Target,
    truth: Truth,
    *,
    point: Point[Any],
    equal: Callable[[Any, Any], bool],
    singles: int = SINGLES,
    pairs: int = PAIRS,
) -> Diagnosis | None:
    """
    Return what was done wrong, or None where the answer is right or no mistake of the table explains it.

    `values` are the answer's entries, row by row, without slopes that are not written out; `equal` compares two numbers of
    the point, the answer's first.
    """
    return Search(values, target, truth, equal, singles=singles, pairs=pairs).run(point)


class Search:
    """One answer, compared with every mistake."""

    def __init__(  # noqa: PLR0913 - an answer, a question, and two budgets
        self,
        values: tuple[tuple[Expr, ...], ...],
        target: Target,
        truth: Truth,
        equal: Callable[[Any, Any], bool],
        *,
        singles: int,
        pairs: int,
    ) -> None:
        self.target, self.truth, self.equal = target, truth, equal
        self.budgets = {"single mistakes": singles, "pairs of mistakes": pairs}
        self.limits: list[str] = []
        rows, columns = len(values), len(values[0])
        self.turned = (rows, columns) != target.shape and (columns, rows) == target.shape
        self.fits = self.turned or (rows, columns) == target.shape
        self.values = tuple(zip(*values, strict=True)) if self.turned else values
        # One unit of the last place of every numeral: 0.0822 gives 0.0001.
        self.units = {
            float(entry.value): last_place(entry.value)
            for row in self.values
            for entry in row
            if isinstance(entry, Numeral) and entry.decimal
        }

    def run(self, point: Point[Any]) -> Diagnosis | None:
        """Search at a point, and confirm at a second one."""
        if not self.fits:
            return None
        scene = self.scene(point)
        if scene is None:
            return None
        if self.is_right(scene):
            return OTHER_LAYOUT if self.turned else None
        hits = self.single_hits(scene)
        if not hits and scene.model.prime:
            hits = self.pair_hits(scene)
        if hits and scene.model.prime:
            hits = self.confirmed(hits, scene)
        return told(hits, scene, turned=self.turned, limits=tuple(self.limits)) if hits else None

    def scene(self, point: Point[Any]) -> Scene | None:
        """Return all numbers at a point; None where the answer has none."""
        derivation = self.truth.derivation
        try:
            symbol, speller = self.target.symbol, derivation.speller
            by = symbol.of if isinstance(symbol, Adjoint) else symbol.parent if isinstance(symbol, Partial) else symbol.name
            scene = Scene(
                derivation.problem, self.truth.graph, self.target.entries, self.target.asked, point, speller=speller, by=by
            )
            scene.yours = [scene.model.reduced(scene.full.value(entry)) for row in self.values for entry in row]
        except NO_NUMBER:
            return None
        both = zip(scene.yours, scene.truths, strict=True)
        wrong = [k for k, (yours, true) in enumerate(both) if not self.same(scene, true, yours)]
        scene.pivot = next((k for k in wrong if scene.truths[k]), wrong[0] if wrong else 0)
        return scene

    def is_right(self, scene: Scene) -> bool:
        """Whether every entry is what it should be."""
        return all(self.same(scene, true, yours) for true, yours in zip(scene.truths, scene.yours, strict=True))

    def same(self, scene: Scene, value: Number, yours: Number) -> bool:
        """Compare two numbers of the point."""
        if scene.model.prime:
            return bool(value == yours)
        return self.equal(yours, value)

    def like(self, scene: Scene, value: Number, yours: Number) -> bool:
        """Whether a mistake gives the answer: closer than right answers may be, for there are hundreds to hit by chance."""
        if scene.model.prime:
            return bool(value == yours)
        near = max(CARRIED * abs(yours), 0.6 * self.units.get(yours, 0.0))
        return abs(value - yours) <= near and self.equal(yours, value)

    @staticmethod
    def mutants(scene: Scene, number: int) -> list[Mutant]:
        """Return everything that one row of the table makes of a scene, made once."""
        if number not in scene.made:
            made = scene.made[number] = []
            with suppress(*NO_NUMBER):  # a mistake that cannot be made here must not hide the others
                made.extend(MISTAKES[number].mutation(scene))
        return scene.made[number]

    # --- single mistakes -------------------------------------------------------------------------------------

    def rows(self) -> Iterator[tuple[int, Mistake]]:
        """Yield the rows that fit the question."""
        for number, row in enumerate(MISTAKES):
            if self.target.asked in row.asked:
                yield number, row

    def single_hits(self, scene: Scene) -> list[Hit]:
        """Return all single mistakes that explain the answer; failing that, those that do with a sign or factor as well."""
        ratios = RATIOS if scene.model.prime else RATIOS[:2]
        pivot, yours = scene.aims[scene.pivot], scene.yours[scene.pivot]
        wanted = [(ratio, scene.model.reduced(yours * scene.model.number(1 / ratio))) for ratio in ratios]
        by_value = {number: ratio for ratio, number in reversed(wanted)}
        exact: list[Hit] = []
        scaled: list[Hit] = []
        limit = scene.model.operations + self.budgets["single mistakes"]
        for number, row in self.rows():
            for place, mutant in enumerate(self.mutants(scene, number)):
                if scene.model.operations > limit:
                    self.limits.append("single mistakes")
                    return exact or scaled
                value = scene.at(mutant, pivot)
                if value is None or self.same(scene, scene.truths[scene.pivot], value):
                    continue
                if scene.model.prime:
                    matching = [by_value[value]] if value in by_value else []
                else:
                    matching = [ratio for ratio, _ in wanted if self.like(scene, value * float(ratio), yours)]
                for ratio in matching:
                    hit = Hit(((row, mutant),), ratio, (number, place))
                    if self.explains(scene, hit):
                        (exact if ratio == 1 else scaled).append(hit)
        return exact or scaled

    def explains(self, scene: Scene, hit: Hit) -> bool:
        """Whether a single mistake explains every entry."""
        ((_, mutant),) = hit.made
        factor = scene.model.number(hit.ratio)
        for aim, yours in zip(scene.aims, scene.yours, strict=True):
            value = scene.at(mutant, aim)
            if value is None or not self.like(scene, scene.model.reduced(value * factor), yours):
                return False
        return True

    # --- pairs -----------------------------------------------------------------------------------------------

    def candidates(self, scene: Scene) -> list[tuple[int, int, Mistake, Mutant, tuple[int, int]]]:
        """Return the mutants that are combined, each with its levels."""
        found = []
        seen = set()
        pivot = scene.aims[scene.pivot]
        for number, row in self.rows():
            if not row.pairs:
                continue
            for place, mutant in enumerate(self.mutants(scene, number)):
                key = (mutant.changes, tuple(mutant.tangents), row.code if mutant.tangents else "")
                if not mutant.is_path or key in seen:
                    continue
                seen.add(key)
                value = scene.at(mutant, pivot)
                if value is not None and value != scene.truths[scene.pivot]:
                    found.append((number, place, row, mutant, scene.levels_of(mutant)))
                if len(found) >= MOST_CANDIDATES:
                    return found
        return found

    def pair_hits(self, scene: Scene) -> list[Hit]:
        """Return the first pairs that explain the answer: one nearer to the output, one nearer to what is differentiated by."""
        if self.target.asked == "value":
            return []
        model, pivot = scene.model, scene.aims[scene.pivot]
        yours = scene.yours[scene.pivot]
        wanted = {model.reduced(yours * model.number(1 / ratio)): ratio for ratio in reversed(RATIOS)}
        candidates = self.candidates(scene)
        limit = model.operations + self.budgets["pairs of mistakes"]
        hits: list[Hit] = []
        # Each mutant as the nearer one of a pair: what it adds for each tangent below it, worked out once.
        near = [
            (number, place, row, mutant, low, scene.weights(mutant, pivot))
            for number, place, row, mutant, (low, top) in candidates
            if low == top
        ]
        for number, place, row, mutant, (_, high) in candidates:
            try:
                tangents = model.forward(pivot.of, mutant.changes, mutant.tangents)
            except NO_NUMBER:
                continue
            below = tangents.get(pivot.output, 0)
            for other_number, other_place, other_row, other, low, weights in near:
                if low <= high:
                    continue
                if model.operations > limit:
                    self.limits.append("pairs of mistakes")
                    return hits
                model.operations += len(weights)
                try:
                    value = below + sum([weight * tangents.get(parent, 0) for weight, parent in weights])
                    if other.tangents:
                        value += scene.added(other, pivot, tangents)
                except NO_NUMBER:
                    continue
                ratio = wanted.get(model.reduced(value))
                if ratio is not None:
                    hit = Hit(((row, mutant), (other_row, other)), ratio, (number, place, other_number, other_place))
                    if self.pair_explains(scene, hit):
                        hits.append(hit)
        hits.sort(key=lambda hit: (hit.ratio != 1, hit.numbers[0] + hit.numbers[2], hit.numbers))
        return [hit for hit in hits if hit.ratio == hits[0].ratio][:4]

    def pair_explains(self, scene: Scene, hit: Hit) -> bool:
        """Whether a pair explains every entry."""
        (_, mutant), (_, other) = hit.made
        factor, model = scene.model.number(hit.ratio), scene.model
        for aim, yours in zip(scene.aims, scene.yours, strict=True):
            try:
                tangents = model.forward(aim.of, mutant.changes, mutant.tangents)
                value = tangents.get(aim.output, 0) + scene.added(other, aim, tangents)
            except NO_NUMBER:
                return False
            if model.reduced(value * factor) != yours:
                return False
        return True

    # --- a second point --------------------------------------------------------------------------------------

    def confirmed(self, hits: Sequence[Hit], scene: Scene) -> list[Hit]:
        """Return the hits that explain the answer at another point, too."""
        other = another_point(scene.point)
        second = self.scene(other) if other else None
        if second is None:
            return []
        second.pivot = scene.pivot
        kept = []
        def again(number: int, place: int) -> Mutant | None:
            made = self.mutants(second, number)
            return made[place] if place < len(made) else None

        for hit in hits:
            mutants = [again(*hit.numbers[start : start + 2]) for start in range(0, len(hit.numbers), 2)]
            repeated = tuple((row, mutant) for (row, _), mutant in zip(hit.made, mutants, strict=True) if mutant is not None)
            if len(repeated) < len(mutants):
                continue
            moved = Hit(repeated, hit.ratio, hit.numbers)
            explains = self.explains if len(repeated) == 1 else self.pair_explains
            if explains(second, moved):
                kept.append(hit)
        return kept


def another_point(point: Point[Any]) -> FieldPoint | None:
    """Return another point of the field with the same laws; None where the draws find none."""
    source = random.Random(SECOND)  # noqa: S311 - nobody is kept out
    for _ in range(FIELD_DRAWS):
        try:
            return FieldPoint(point.setting, P, source, lawful=isinstance(point, FieldPoint) and point.lawful)
        except NoRootError:
            continue
        except NO_NUMBER:
            return None
    return None


def last_place(value: Exact) -> float:
    """
    Return one unit of the last decimal place that a number was written with.

    >>> last_place(Fraction(411, 5000))
    0.0001
    """
    places = next((k for k in range(MOST_PLACES) if (value * 10**k).denominator == 1), MOST_PLACES)
    return float(Fraction(1, 10**places))
