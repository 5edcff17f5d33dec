"""Which mistake a program makes: its numbers against those of every mistake in the table, at the same random points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from symbackprop.checking.diagnose import Diagnosis, diagnose
from symbackprop.checking.truth import Truth
from symbackprop.derivation import Derivation
from symbackprop.errors import SymbackpropError
from symbackprop.evaluate import Values
from symbackprop.expr import Number
from symbackprop.verify.points import Setting
from symbackprop.verify.reals import RealPoint

# A network of more values is not searched for mistakes: it would take longer than a reader waits.
MOST_VALUES = 400
SAME = 1e-6
TINY = 1e-12


@dataclass(frozen=True)
class Explainer:
    """Looks for the mistake behind wrong arrays; `points` are those at which the program was called."""

    derivation: Derivation
    points: Sequence[Values]

    @cached_property
    def truth(self) -> Truth:
        """The derivation, ready to be asked."""
        return Truth(self.derivation)

    def diagnosed(self, name: str, shape: tuple[int, int], arrays: Sequence[Sequence[float]]) -> Diagnosis | None:
        """
        Return what was done wrong in the gradient by an array, or None where no mistake of the table explains it.

        `arrays` has the entries row by row at each point.  Only what is seen at two points is believed: numbers at one
        could agree by chance.
        """
        if len(self.points[0].values) > MOST_VALUES:
            return None
        try:
            first = self._at(0, name, shape, arrays[0])
            second = self._at(1, name, shape, arrays[1]) if first and len(arrays) > 1 else first
        except (SymbackpropError, ArithmeticError, ValueError, NotImplementedError):
            return None
        if first is None or second is None or not first.codes & second.codes:
            return None
        fewer = min(first, second, key=lambda found: len(found.codes))
        return Diagnosis(first.codes & second.codes, fewer.sentences, fewer.where, fewer.rule, fewer.convention)

    def _at(self, place: int, name: str, shape: tuple[int, int], entries: Sequence[float]) -> Diagnosis | None:
        problem, truth = self.derivation.problem, self.truth
        setting = Setting(self.derivation.graph, problem.constraints, problem.assumptions)
        leaves = {leaf: Fraction(value.value) for leaf, value in self.points[place].point.items() if isinstance(value, Number)}
        width = shape[1]
        numbers = [Number(Fraction(entry)) for entry in entries]
        rows = tuple(tuple(numbers[start : start + width]) for start in range(0, len(numbers), width))
        target = truth.asked(truth.adjoint(self.derivation.output, name))
        return diagnose(rows, target, truth, point=RealPoint(setting, leaves), equal=same)


def same(yours: Any, other: Any) -> bool:
    """Whether two numbers are one but for rounding."""
    return bool(abs(yours - other) <= SAME * max(abs(yours), abs(other)) + TINY)
