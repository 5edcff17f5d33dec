"""What an answer is worth, and whether a person should look at it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from symbackprop.findings import CORRECT, INVALID, SAMPLED, UNDECIDED, WRONG, Finding
from symbackprop.grade.decisions import Decision
from symbackprop.grade.spool import Row
from symbackprop.problem import Question

NOT_MET = "not met"
OPEN_VERDICTS = (UNDECIDED, INVALID)
LEFT_TO_A_PERSON = "Open: a person will look at it."
NEARLY = 0.02


@dataclass(frozen=True)
class Outcome:
    """One answer that counts, with its finding, its marks, and what a person decided of it, which wins."""

    row: Row
    question: Question
    finding: Finding
    decision: Decision | None = None

    @property
    def marks(self) -> Fraction:
        """The share of the question's marks that a person or the finding gives."""
        if self.decision is not None:
            return self.decision.marks
        whole = self.share(self.finding.marks)
        return whole * self.question.form_share if self.finding.form == NOT_MET else whole

    @property
    def open(self) -> Fraction:
        """The marks that are neither given nor refused: what could not be read or decided is left to a person."""
        if self.decision is not None:
            return Fraction(0)
        steps = [step for step in self.finding.steps if step.verdict in OPEN_VERDICTS]
        if steps:
            return self.share(sum((step.most - step.marks for step in steps), Fraction(0)))
        return self.question.marks - self.marks if self.finding.verdict in OPEN_VERDICTS else Fraction(0)

    @property
    def waits(self) -> bool:
        """Whether a person has to look before the marks are final."""
        return self.decision is None and (self.finding.verdict in OPEN_VERDICTS or self.open > 0)

    @property
    def verdict(self) -> str:
        """The finding's verdict, or what the marks of a person come to."""
        if self.decision is None:
            return self.finding.verdict
        return CORRECT if self.decision.marks >= self.question.marks else WRONG

    def share(self, marks: Fraction) -> Fraction:
        """Return what marks of the finding, such as those of a step, are worth in marks of the question."""
        most, steps = self.finding.most, len(self.finding.steps)
        if steps and self.question.steps:
            most = max(most, most / steps * self.question.steps)
        return self.question.marks * marks / most if most else Fraction(0)


_MARKS = re.compile(r"\s*[\d./]+ of [\d./]+ marks?\.$")


def told(outcome: Outcome) -> str:
    """Return what is said of an answer: of a chain, without its own marks, because they are the question's."""
    message = outcome.finding.message
    if outcome.decision is not None:
        return decided(outcome)
    if outcome.finding.steps:
        message = _MARKS.sub("", message) or message
    have, needed = len(outcome.finding.steps), outcome.question.steps or 0
    if 0 < have < needed:
        message += f" {needed} steps are asked for, and there {'is one' if have == 1 else f'are {have}'}."
    return message


def decided(outcome: Outcome) -> str:
    """Return what a person decided, as a sentence and the comment."""
    comment = outcome.decision.comment if outcome.decision is not None else ""
    most = outcome.question.marks
    given = f"Decided by a person: {shown(outcome.marks)} of {shown(most)} mark{'' if most == 1 else 's'}"
    return f"{given}: {comment}" if comment else f"{given}."


def reasons(outcome: Outcome, *, sampled: bool = False) -> list[tuple[str, str]]:
    """Return why a person should look at an answer, as (kind, sentence); empty for most."""
    finding = outcome.finding
    found: list[tuple[str, str]] = []
    if outcome.decision is not None:
        return found
    if finding.verdict == UNDECIDED:
        found.append(("limits" if _broke_off(finding) else "undecided", finding.message))
    elif finding.verdict == INVALID:
        found.append(("invalid", first_line(finding.message)))
    elif finding.verdict == WRONG:
        if any(code.startswith("convention") for code in finding.codes):
            found.append(("near miss", mistakes(finding)[0][1]))
        elif _close(finding):
            found.append(("near miss", f"the number is nearly right: {first_line(finding.message)}"))
    elif finding.verdict == CORRECT:
        if finding.form == NOT_MET:
            found.append(("form", finding.message))
        if finding.boundary:
            found.append(("boundary", f"right, but not at {finding.boundary}"))
        if sampled and finding.evidence == SAMPLED:
            found.append(("sampled", f"compared at {finding.points} points, not proved"))
    if any(step.verdict == UNDECIDED for step in finding.steps) and finding.verdict != UNDECIDED:
        numbers = ", ".join(str(step.number) for step in finding.steps if step.verdict == UNDECIDED)
        found.append(("undecided", f"not decided: step {numbers}"))
    return found


def _broke_off(finding: Finding) -> bool:
    return bool({"cpu", "wall", "memory", "depth", "died", "size", "failed"} & set(finding.limits_hit))


def _close(finding: Finding) -> bool:
    """Whether a wrong number differs from the right one by a few percent only: rounded too early, perhaps."""
    witness = finding.witness
    if witness is None or witness.point:
        return False
    return abs(witness.yours - witness.truth) <= NEARLY * abs(witness.truth)


def first_line(message: str) -> str:
    """Return the first line of a message: the rest draws where reading stopped."""
    return message.split("\n", 1)[0].strip()


def mistakes_of(outcome: Outcome) -> list[tuple[str, str]]:
    """Return what went wrong in an answer; nothing where a person found it right."""
    return [] if outcome.verdict == CORRECT else mistakes(outcome.finding)


def mistakes(finding: Finding) -> list[tuple[str, str]]:
    """
    Return what went wrong as (codes, sentence), for counting: of a chain, every step that does not follow from another.

    >>> mistakes(Finding("wrong", codes=frozenset({"sign"}), hints=("Not right.", "", "Not right: the sign is wrong. A rule.")))
    [('sign', 'The sign is wrong.')]
    """
    if finding.verdict != WRONG:
        return []
    steps = [step for step in finding.steps if step.verdict == WRONG and not step.follows]
    if steps:
        return list(dict.fromkeys((" ".join(sorted(step.codes)), _sentence(step.message)) for step in steps))
    told = finding.hints[-1] if finding.hints else finding.message
    return [(" ".join(sorted(finding.codes)), _sentence(told) if finding.codes else "")]


def _sentence(message: str) -> str:
    """Return the first sentence that says something."""
    for sentence in re.split(r"(?<=[.!?])\s+", first_line(message).removeprefix("Not right: ")):
        if sentence and not sentence.startswith(("Not right", "Look at")):
            return sentence[:1].upper() + sentence[1:]
    return ""


def shown(value: Fraction) -> str:
    """
    Write marks: exactly where two decimals are enough, else rounded to two.

    >>> shown(Fraction(5, 2)), shown(Fraction(2, 3)), shown(Fraction(4))
    ('2.5', '0.67', '4')
    """
    text = f"{float(round(value, 2)):.2f}".rstrip("0").rstrip(".")
    return text or "0"
