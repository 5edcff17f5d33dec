"""What a student's program returned beside the derived gradients: which are right, and what is wrong with the others."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symbackprop.evaluate import Values
from symbackprop.findings import CORRECT, INVALID, SAMPLED, WRONG, Finding, StepFinding
from symbackprop.sandbox.arrays import ROWS, Arrays, Quantity, listed
from symbackprop.sandbox.explaining import TINY, Explainer

RTOL = 1e-6
# An entry far smaller than its neighbours is a difference of theirs: rounding there is no mistake.
MOST_AXES = 4
SMALL_BESIDE = 1e-3

_SPELLED = re.compile(r"(?:grad(?:ient)?_?|nabla_?|d[A-Za-z]?_?/?_?d|d|g)?(?P<name>[A-Za-z]\w*?)(?:_?grad(?:ient)?)?")


@dataclass(frozen=True)
class Comparison:
    """
    One gradient of a program against the truth, at all points.

    `arrays` has the entries row by row at each point (None where there is no such gradient, or it is none), `truth` the
    same of the derivation; `fault` says why there are none.
    """

    name: str
    quantity: Quantity
    fault: str
    arrays: tuple[tuple[float, ...], ...] | None
    truth: tuple[tuple[float, ...], ...]

    @property
    def is_right(self) -> bool:
        """Whether every entry agrees at every point."""
        return self.arrays is not None and all(map(agree, self.arrays, self.truth))

    def worst(self) -> tuple[int, int, float, float]:
        """Return where the entries differ most at the first point where they do: row and column from 1, yours, truth."""
        assert self.arrays is not None
        yours, truth = next((y, t) for y, t in zip(self.arrays, self.truth, strict=True) if not agree(y, t))
        place = max(range(len(truth)), key=lambda i: _distance(yours[i], truth[i]))
        width = self.quantity.shape[1]
        return place // width + 1, place % width + 1, yours[place], truth[place]


def refused(message: str, target: str = "") -> Finding:
    """Return the finding of a program that did not give any gradients."""
    return Finding(INVALID, message=message, hints=(message,) * 3, target=target)


def agree(yours: Sequence[float], truth: Sequence[float]) -> bool:
    """Whether every entry is the true one, to RTOL of itself, or of its neighbours where it is far smaller than they."""
    scale = SMALL_BESIDE * max(map(abs, truth), default=0.0)
    return all(abs(y - t) <= RTOL * max(abs(t), scale) + TINY for y, t in zip(yours, truth, strict=True))


def _distance(yours: float, truth: float) -> float:
    difference = abs(yours - truth)
    return difference if math.isfinite(difference) else math.inf


def judge(ran: Any, arrays: Arrays, explainer: Explainer, hint: int) -> Finding:
    """Return the finding of what a program returned, in the layout in which most of it is right."""
    points = explainer.points
    try:
        if "fault" in ran:
            return refused(_with_printed(f"{ran['fault']}.", ran["printed"]))
        arrays = arrays.in_order(ran["order"])
        compared = {layout: compare(ran["results"][layout], arrays, points, layout) for layout in arrays.layouts}
        best = max(compared, key=lambda layout: _merit(compared[layout]))
        found = compared[best]
        if isinstance(found, str):
            return refused(_with_printed(f"{found}.", ran["printed"]))
        return report(found, str(ran["printed"]), explainer, hint)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        # Only a program that wrote over the answer gets here; nothing of it is believed.
        return refused("The program's result is not what a backward function returns.")


def _merit(found: list[Comparison] | str) -> tuple[int, int]:
    """Return how many gradients are right, and how many there are at all; of equals, the first layout is taken."""
    if isinstance(found, str):
        return -1, 0
    return sum(row.is_right for row in found), sum(row.arrays is not None for row in found)


def compare(results: list[dict[str, Any]], arrays: Arrays, points: Sequence[Values], layout: str) -> list[Comparison] | str:
    """Return each gradient beside the truth, or the sentence that says why there is none."""
    faults = [str(result["fault"]) for result in results if "fault" in result]
    if faults:
        return faults[0]
    returned = [result["gradients"] for result in results]
    if len(returned) != len(points):
        raise ValueError
    named = [_by_name(gradients, arrays) for gradients in returned]
    wrong_count = next((found for found in named if isinstance(found, str)), "")
    if wrong_count:
        return wrong_count
    tables = [found for found in named if isinstance(found, dict)]
    others = [key for key in arrays.quantities if key not in arrays.parameters and all(key in table for table in tables)]
    return [
        _compared(key, arrays.quantities[key], [table.get(key) for table in tables], points, layout)
        for key in (*arrays.parameters, *others)
    ]


def _by_name(gradients: Any, arrays: Arrays) -> dict[str, dict[str, Any]] | str:
    """Return what was returned by the array it is the gradient of; a sentence where it cannot be told."""
    wanted = arrays.parameters
    if isinstance(gradients, dict):
        found: dict[str, dict[str, Any]] = {}
        for key, value in gradients.items():
            meant = meant_by(key, arrays)
            if meant is not None:
                found.setdefault(meant, value)
        if found:
            return found
        given = listed([f'"{key}"' for key in list(gradients)[:6]]) if gradients else "nothing"
        return f"The function returns {given}; {listed([f'd{name}' for name in wanted])} are accepted"
    if len(gradients) != len(wanted):
        count = "1 array" if len(gradients) == 1 else f"{len(gradients)} arrays"
        return f"The function returns {count} where there are {len(wanted)}: {listed([f'd{name}' for name in wanted])}"
    return dict(zip(wanted, gradients, strict=True))


def meant_by(key: str, arrays: Arrays) -> str | None:
    """Return the array that a key such as "dW1", "dL_dW1", "grad_W1" or "W1" is the gradient of; None for another key."""
    match = _SPELLED.fullmatch(key.strip().replace("∂", "d").replace("∇", "nabla_"))
    names = {match["name"], key.strip()} if match else {key.strip()}
    for name in sorted(names, key=len):
        lone = name if "W2" in arrays.quantities else f"{name}1"
        for meant in (name, lone, name[:1].lower() + name[1:], name.capitalize()):
            if meant in arrays.quantities:
                return meant
    return None


def _compared(name: str, quantity: Quantity, given: Sequence[Any], points: Sequence[Values], layout: str) -> Comparison:
    truth = tuple(tuple(point.gradients.get(entry, 0.0) for row in quantity.rows for entry in row) for point in points)
    if any(value is None for value in given):
        return Comparison(name, quantity, f"d{name} is missing", None, truth)
    arrays = []
    for value in given:
        if "fault" in value:
            return Comparison(name, quantity, f"d{name} {value['fault']}", None, truth)
        shape, entries = [int(size) for size in value["shape"]], [float(entry) for entry in value["entries"]]
        if len(entries) != math.prod(shape):
            raise ValueError
        if not quantity.accepts(shape, layout):
            said = _wrong_shape(name, quantity, shape, layout)
            turned = transposed(entries, shape) if len(shape) == 2 else ()
            if turned and len(turned) == len(truth[0]) and agree(turned, truth[0]):
                said += ": it is the transpose"
            return Comparison(name, quantity, said, None, truth)
        arrays.append(tuple(entries) if layout != ROWS or quantity.kind == "weight" else transposed(entries, shape))
    return Comparison(name, quantity, "", tuple(arrays), truth)


def _wrong_shape(name: str, quantity: Quantity, shape: Sequence[int], layout: str) -> str:
    shown = f"({', '.join(map(str, shape[:MOST_AXES]))}{',' if len(shape) == 1 else ', …' if len(shape) > MOST_AXES else ''})"
    return f"d{name} has shape {shown}, and {name} has shape {quantity.shown_shape(layout)}"


def transposed(entries: Sequence[float], shape: Sequence[int]) -> tuple[float, ...]:
    """
    Return the entries of a matrix column by column; of a vector as they are.

    >>> transposed([1, 2, 3, 4, 5, 6], [2, 3])
    (1, 4, 2, 5, 3, 6)
    """
    if len(shape) != 2:
        return tuple(entries)
    height, width = shape
    return tuple(entries[i * width + j] for j in range(width) for i in range(height))


def report(found: Sequence[Comparison], printed: str, explainer: Explainer, hint: int) -> Finding:
    """Return the finding: a step for each gradient, and all in a sentence or two."""
    steps: list[StepFinding] = []
    said = [told(row, explainer) for row in found]
    for number, (row, (hints, codes)) in enumerate(zip(found, said, strict=True), 1):
        right = row.is_right
        verdict, evidence = (CORRECT, SAMPLED) if right else (WRONG, None)
        marks = Fraction(right)
        steps.append(StepFinding(number, f"d{row.name}", verdict, evidence, hints[hint - 1], codes, marks=marks))
    names = [step.text for step in steps if step.verdict == CORRECT]
    wrong = [step for step in steps if step.verdict != CORRECT]
    points = len(found[0].truth)
    first = [f"{listed(names)} {'is' if len(names) == 1 else 'are'} right at {points} random points."] if names else []
    all_hints = tuple(
        _with_printed(" ".join([*first, *(said[step.number - 1][0][level] for step in wrong)]), printed) for level in range(3)
    )
    return Finding(
        WRONG if wrong else CORRECT,
        None if wrong else SAMPLED,
        frozenset().union(*(step.codes for step in steps)),
        all_hints[hint - 1],
        first_wrong_step=wrong[0].number if wrong else None,
        hints=all_hints,
        points=points,
        steps=tuple(steps),
        marks=Fraction(len(names)),
        most=Fraction(len(steps)),
    )


def told(row: Comparison, explainer: Explainer) -> tuple[tuple[str, str, str], frozenset[str]]:
    """Return the three levels of hint for a gradient (that it is wrong; where; why), and the codes of the mistakes."""
    name = f"d{row.name}"
    if row.is_right:
        return (f"{name} is right at {len(row.truth)} random points.",) * 3, frozenset()
    if row.arrays is None:
        code = "missing" if row.fault.endswith("missing") else "shape"
        return (f"{row.fault}.",) * 3, frozenset({code})
    first = f"{name} is wrong."
    if not all(math.isfinite(entry) for array in row.arrays for entry in array):
        where = f"{name} is wrong: an entry is no number."
        return (first, where, where), frozenset({"not.finite"})
    i, j, yours, truth = row.worst()
    height, width = row.quantity.shape
    entry = "" if height == width == 1 else f", most in row {i}" if width == 1 else f", most in row {i}, column {j}"
    mine, theirs = apart(yours, truth)
    where = f"{name} is wrong{entry}: {'there ' if entry else ''}yours is {mine} and the gradient {theirs}."
    sentence, codes = diagnosed(row, explainer)
    return (first, where, f"{where} {sentence}".strip()), codes


def diagnosed(row: Comparison, explainer: Explainer) -> tuple[str, frozenset[str]]:
    """Return sentences about the mistake, and its codes; ("", empty) where none is seen."""
    assert row.arrays is not None
    pairs = [(y, t) for array, truth in zip(row.arrays, row.truth, strict=True) for y, t in zip(array, truth, strict=True)]
    if all(y == 0 for y, _ in pairs):
        return "It is 0 everywhere.", frozenset({"zero"})
    found = explainer.diagnosed(row.name, row.quantity.shape, row.arrays)
    if found is not None:
        why = f"It is {found.convention}." if found.convention else f"{found.sentences[0]} {found.rule}".strip()
        return why, found.codes
    large = [(y, t) for y, t in pairs if abs(t) > TINY]
    quotient = large[0][0] / large[0][1] if large else 0.0
    ratio = Fraction(quotient).limit_denominator(64) if math.isfinite(quotient) else Fraction(0)
    if ratio in (0, 1) or any(abs(y - float(ratio) * t) > RTOL * abs(t) + TINY for y, t in pairs):
        return "", frozenset()
    return f"It is {ratio} times the gradient everywhere.", frozenset({"factor"})


def apart(yours: float, truth: float) -> tuple[str, str]:
    """
    Write two numbers with as many digits as tell them apart, 4 at least.

    >>> apart(-0.5, 0.12345678)
    ('−0.5', '0.1235')
    """
    digits = next((digits for digits in range(4, 17) if f"{yours:.{digits}g}" != f"{truth:.{digits}g}"), 17)
    return f"{yours:.{digits}g}".replace("-", "−"), f"{truth:.{digits}g}".replace("-", "−")


def _with_printed(message: str, printed: str) -> str:
    """Put what the program printed below the message, as it may be shown."""
    return f"{message}\nIt printed: {printed.strip()}" if printed.strip() else message
