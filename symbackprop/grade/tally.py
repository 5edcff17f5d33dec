"""The class in numbers: right and wrong by question, mistakes by how many made them, marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median

from symbackprop.findings import CORRECT, INVALID, UNDECIDED, WRONG
from symbackprop.grade.outcome import Outcome, mistakes_of
from symbackprop.problem import Question

VERDICTS = (CORRECT, WRONG, UNDECIDED, INVALID)
BINS = 10
MOST_SENTENCES = 5000


@dataclass(frozen=True)
class Mistake:
    """How many answers to a question made a mistake; `codes` are its stable words, "" where none is known."""

    question: str
    codes: str
    sentence: str
    count: int


@dataclass
class Tally:
    """
    Sums over a class, made answer by answer, student by student.

    `waiting` answers have `open` marks together, which are in no total; `unusable` counts students of whom nothing could be
    used, who are in no mean.
    """

    verdicts: dict[str, Counter[str]] = field(default_factory=dict)
    marks: dict[str, Fraction] = field(default_factory=dict)
    made: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    makers: dict[str, set[int]] = field(default_factory=dict)
    totals: list[Fraction] = field(default_factory=list)
    answers: int = 0
    waiting: int = 0
    open: Fraction = Fraction(0)
    unusable: int = 0

    def add(self, number: int, outcomes: Iterable[Outcome]) -> Fraction:
        """Count what one student handed in; returns the total, in which open marks count as none."""
        total = Fraction(0)
        for outcome in outcomes:
            question = outcome.question.id
            self.answers += 1
            self.verdicts.setdefault(question, Counter())[outcome.verdict] += 1
            self.waiting += outcome.waits
            self.open += outcome.open
            self.marks[question] = self.marks.get(question, Fraction(0)) + outcome.marks
            total += outcome.marks
            for codes, sentence in mistakes_of(outcome):
                if len(self.made) < MOST_SENTENCES or (question, codes, sentence) in self.made:
                    self.made[question, codes, sentence] += 1
                if sentence and (len(self.makers) < MOST_SENTENCES or sentence in self.makers):
                    self.makers.setdefault(sentence, set()).add(number)
        self.totals.append(total)
        return total

    def of(self, question: str) -> Counter[str]:
        """Return how many answers to a question had each verdict."""
        return self.verdicts.get(question, Counter())

    def mistakes_in(self, question: str) -> list[Mistake]:
        """Return the mistakes of a question, the most frequent first."""
        found = [Mistake(q, codes, sentence, count) for (q, codes, sentence), count in self.made.items() if q == question]
        return sorted(found, key=lambda mistake: (-mistake.count, not mistake.codes, mistake.sentence, mistake.codes))

    def frequent(self, most: int) -> list[tuple[str, int]]:
        """Return the most frequent mistakes of all questions, each with how many students made it (two at least)."""
        found = [(sentence, len(makers)) for sentence, makers in self.makers.items() if len(makers) > 1]
        return sorted(found, key=lambda entry: (-entry[1], entry[0]))[:most]

    def mean(self) -> Fraction:
        """Return the mean total."""
        return sum(self.totals, Fraction(0)) / len(self.totals) if self.totals else Fraction(0)

    def highest(self) -> Fraction:
        """Return what the mean would be if every open mark were given."""
        return (sum(self.totals, Fraction(0)) + self.open) / len(self.totals) if self.totals else Fraction(0)

    def middle(self) -> Fraction:
        """Return the median total."""
        return Fraction(median(self.totals)) if self.totals else Fraction(0)

    def bins(self, most: Fraction) -> list[int]:
        """Return how many students have so many tenths of the marks; the last bin has its upper end, too."""
        found = [0] * BINS
        for total in self.totals:
            share = total / most if most else Fraction(0)
            found[min(int(share * BINS), BINS - 1)] += 1
        return found


def most_of(questions: Sequence[Question]) -> Fraction:
    """Return the most marks that can be had."""
    return sum((question.marks for question in questions), Fraction(0))
