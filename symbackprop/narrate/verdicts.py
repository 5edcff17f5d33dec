"""What a reader is told of an answer: right or not, with what evidence, where to look, and the rule that was broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from symbackprop.findings import PROVED, StepFinding, Witness
from symbackprop.narrate.numerals import significant

MOST_COORDINATES = 8
LARGEST_DENOMINATOR = 64
DIGITS = 17

LIMITS = {
    "terms": "its expansion has too many terms",
    "products": "it has too many products to expand",
    "digits": "its numbers have too many digits",
    "bits": "its numbers have too many digits",
    "cells": "it has too many cases",
    "points": "no points were found at which both have a value",
    "domain": "one of the two has no value where the other has",
    "boundary": "it is open what holds where a condition is met with equality",
    "form": "it has a form that is neither proved nor refuted",
}


def right(name: str, evidence: str | None, points: int, boundary: str, within: str) -> str:
    """Say that an answer is right, and how that is known; `within` is the tolerance of a number."""
    if within:
        said = f"Right: this is {name} at the given numbers, {within}."
    elif evidence == PROVED:
        said = f"Right: proved equal to {name}."
    else:
        said = f"Right: equal to {name} at {points} point{'' if points == 1 else 's'} (compared, not proved)."
    return f"{said} At {boundary} the two differ; it is a matter of convention there." if boundary else said


def undecided(name: str, limits: Sequence[str]) -> str:
    """Say that an answer was not decided, and why."""
    why = "; ".join(LIMITS.get(limit, limit) for limit in limits)
    return f"Not decided whether this is {name}" + (f": {why}." if why else ".") + " A person should look at it."


def wrong(found: str, rule: str, place: str, witness: str, *, here: bool = False) -> tuple[str, str, str]:
    """
    Return the three levels of hint: that it is wrong; where; what is wrong, and the rule that was broken.

    With `here`, the answer is right under another convention than this sheet's, which `found` says.
    """
    first = "Not right here." if here else "Not right yet."
    where = f"Look at {place}." if place else ""
    told = (sentence(found), sentence(rule)) if found else ("",)
    opening = first if not found or here else "Not right."
    return first, _joined(first, where, witness), _joined(opening, *told, witness)


def sentence(text: str) -> str:
    """
    Return a text with a capital letter at its start, unless that is a name's, and a full stop at its end.

    >>> sentence("right in numerator layout"), sentence("w5 is not η"), sentence("")
    ('Right in numerator layout.', 'w5 is not η.', '')
    """
    if not text:
        return ""
    word = text.split(" ", 1)[0]
    opened = text[:1].upper() + text[1:] if word.isalpha() and len(word) > 1 else text
    return opened if opened.endswith((".", "!", "?")) else f"{opened}."


def at(witness: Witness, asked: str, spelled: Callable[[str], str], shape: tuple[int, int]) -> str:
    """Tell a point at which yours and the truth differ."""
    shown = list(witness.point.items())[:MOST_COORDINATES]
    point = ", ".join(f"{spelled(name)} {_coordinate(value)}" for name, value in shown)
    more = ", …" if len(witness.point) > MOST_COORDINATES else ""
    place = f" in row {witness.entry[0]}, column {witness.entry[1]}" if shape != (1, 1) and witness.entry != (0, 0) else ""
    yours, truth = _apart(witness.yours, witness.truth)
    if yours == truth:
        return f"The two differ by less than {DIGITS} digits show."
    start = f"For example, where {point}{more}, yours" if point else "Yours"
    return f"{start} gives {yours}{place} and {asked} is {truth}."


def chain(steps: Sequence[StepFinding], first_wrong: int | None, follows: Sequence[int], marks: Fraction, most: Fraction) -> str:
    """Tell a chain of steps in one paragraph: the first wrong one, which follow from it, and the marks."""
    if first_wrong is None:
        doubtful = [step.number for step in steps if step.verdict == "undecided"]
        said = f"All {len(steps)} steps are right." if not doubtful else f"{_numbered(doubtful)} could not be decided."
        said = "The step is right." if len(steps) == 1 and not doubtful else said
    else:
        step = steps[first_wrong - 1]
        what = step.message.removeprefix("Not right.").removeprefix("Not right yet.").strip()
        said = _joined(f"Step {first_wrong} is wrong.", what)
        if follows:
            verb = "follows" if len(follows) == 1 else "follow"
            said += f" {_numbered(follows)} {verb} from it."
    return f"{said} {_fraction(marks)} of {_fraction(most)} mark{'' if most == 1 else 's'}."


def _numbered(numbers: Sequence[int]) -> str:
    """
    Name steps, runs as ranges.

    >>> _numbered([4, 5, 6, 8])
    'Steps 4 to 6 and 8'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]} to {run[-1]}" if len(run) > 2 else " and ".join(map(str, run)) for run in runs]
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"Step{'' if len(numbers) == 1 else 's'} {listed}"


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _coordinate(value: Fraction) -> str:
    """Show one number of a point: a short fraction as it is, any other rounded."""
    if value.denominator <= LARGEST_DENOMINATOR:
        return f"= {_fraction(value)}"
    return f"≈ {significant(float(value), 4)}".replace("-", "−")


def _fraction(value: Fraction) -> str:
    return str(value).replace("-", "−")


def _apart(yours: float, truth: float) -> tuple[str, str]:
    """Write two numbers with as many digits as tell them apart, 3 at least."""
    for digits in range(3, DIGITS):
        left, right_ = significant(yours, digits), significant(truth, digits)
        if left != right_:
            break
    return left.replace("-", "−"), right_.replace("-", "−")
