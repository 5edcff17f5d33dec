"""
Answers against a derivation: right or wrong, with what evidence; where, and why.

>>> from symbackprop.checking import check
>>> check("2-2-1:sigmoid,bce", "dL/dw1_1_1", "(a2_1 - y) w2_1_1 a1_1 (1 - a1_1) x_1").verdict
'correct'
>>> found = check("2-2-1:sigmoid,bce", "dL/dw1_1_1", "(a2_1 - y) w2_1_1 x_1")
>>> found.verdict, "missing.slope" in found.codes
('wrong', True)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from symbackprop.checking.checker import Checker
from symbackprop.checking.forms import check_form
from symbackprop.checking.truth import Truth
from symbackprop.derivation import Derivation, derive
from symbackprop.errors import InputError, nearest
from symbackprop.expr import Number
from symbackprop.findings import CORRECT, Finding
from symbackprop.names import short
from symbackprop.network import Network
from symbackprop.parse.values import constant, kind_of
from symbackprop.problem import Problem
from symbackprop.problem.questions import LENIENT, STRICT, CheckOptions, ExpectedAnswer

__all__ = ["Checker", "Truth", "assert_gradient", "check", "checker_for"]

FORMATS = ("auto", "text", "latex")
Checkable = Derivation | Truth | Network | Problem | Mapping[str, Any] | str | Path


def check(problem: Checkable, target: str | None, answer: str, *, format: str = "auto", **options: Any) -> Finding:  # noqa: A002 - the public name
    """
    Check an answer, or a chain of steps, to the question what `target` is.

    `problem` is a Derivation or whatever `derive` takes.  `target` is any named quantity ("dL/dw1_1_1", "delta1_1", "dL/dW1",
    "z1_1"); a leaf's name alone asks for the derivative by it; None takes the last left side of the answer.
    `format` is "text", "latex" or "auto".  Options are those of the problem's [check] table: `rtol`, `atol`, `digits`,
    `boundary` ("lenient" or "strict"), `hint` (1 to 3), `form` ("in terms of a, x", "as matrices", "as a number"),
    `follow`, `step_marks` and `expected` (dicts with target, answer, message and code).

    Raises InputError for an option or a target that means nothing; whatever the answer is, there is a finding.

    >>> check("u = 2*x + 1; y = u^3", "dy/dx", "6u^2").message
    'Right: proved equal to dy/dx.'
    """
    if not isinstance(answer, str):
        msg = f"an answer is a text; this is {kind_of(answer)}"
        raise InputError(msg)
    if format not in FORMATS:
        msg = f'unknown format "{format}"{nearest(str(format), FORMATS)} (known: {", ".join(FORMATS)})'
        raise InputError(msg)
    return checker_for(problem, **options).check(target, answer, format)


def assert_gradient(problem: Checkable, target: str, answer: str, **options: Any) -> None:
    """
    Assert, in a test or a notebook's cell, that an answer is right; options as in `check`.

    Raises AssertionError with the finding's message for a wrong, undecided or unreadable answer.
    """
    found = check(problem, target, answer, **options)
    if found.verdict != CORRECT:
        raise AssertionError(found.message)


def checker_for(problem: Checkable, **options: Any) -> Checker:
    """Return a checker of a problem, with its own options where none are given; raises InputError."""
    truth = _truth(problem)
    known = truth.derivation.problem
    expected = (*known.checking.expected, *(row for question in known.questions for row in question.expected))
    return _checker(truth, options_from(replace(known.checking, expected=expected), options))


@lru_cache(maxsize=64)
def _checker(truth: Truth, options: CheckOptions) -> Checker:
    return Checker(truth, options)


@lru_cache(maxsize=16)
def _truth_of_text(text: str) -> Truth:
    return Truth(derive(text))


@lru_cache(maxsize=16)
def _truth_of_derivation(derivation: Derivation) -> Truth:
    return Truth(derivation)


def _truth(problem: Checkable) -> Truth:
    match problem:
        case Truth():
            return problem
        case Derivation():
            return _truth_of_derivation(problem)
        case str() if not problem.strip().endswith((".toml", ".json", "-")):
            return _truth_of_text(problem)  # a file may change between two checks
        case _:
            return Truth(derive(problem))


def options_from(base: CheckOptions, given: Mapping[str, Any]) -> CheckOptions:
    """
    Return options with some of them changed; what is None stays as it was.

    Raises InputError for an unknown option or a value that is not accepted.
    """
    found: dict[str, Any] = {}
    for name, value in given.items():
        if not hasattr(base, name):
            known = tuple(CheckOptions.__dataclass_fields__)
            msg = f'unknown option "{name}"{nearest(name, known)} (known: {", ".join(known)})'
            raise InputError(msg)
        if value is not None:
            found[name] = _option(name, value)
    return replace(base, **found)


def _option(name: str, value: Any) -> Any:
    """Read one option; raises InputError, which says what would be accepted."""
    match name:
        case "rtol" | "atol" | "follow" | "step_marks":
            number = _number(name, value)
            if number < 0 or (name == "follow" and number > 1):
                msg = f"{name}: {value} is not accepted; {'0 to 1' if name == 'follow' else '0 or more'} is"
                raise InputError(msg)
            return number
        case "digits" | "hint":
            most = 17 if name == "digits" else 3
            if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
                msg = f"{name}: {value} is not accepted; 1 to {most} is"
                raise InputError(msg)
            return value
        case "boundary":
            if value not in {LENIENT, STRICT}:
                msg = f'boundary: "{value}" is not accepted; "{LENIENT}" or "{STRICT}" is'
                raise InputError(msg)
            return value
        case "form":
            check_form(str(value))
            return str(value)
        case _:
            return _expected(value)


def _number(name: str, value: Any) -> Fraction:
    """Read a number exactly as written; raises InputError, for one of too many digits as well."""
    try:
        read = constant(value)
    except InputError:
        read = None
    if not isinstance(read, Number):
        msg = f'{name}: "{short(str(value))}" is not accepted; a number such as 0.001 is'
        raise InputError(msg)
    return Fraction(read.value)


def _expected(value: Sequence[Any]) -> tuple[ExpectedAnswer, ...]:
    """Read a lecturer's own wrong answers, given as dicts or as they are."""
    found = []
    for n, entry in enumerate(value, 1):
        if isinstance(entry, ExpectedAnswer):
            found.append(entry)
            continue
        if not isinstance(entry, Mapping) or not {"target", "answer", "message"} <= set(entry):
            msg = f"expected, number {n}: a dict with target, answer and message (and a code) is accepted"
            raise InputError(msg)
        texts = {str(key): str(part) for key, part in entry.items() if key in ExpectedAnswer.__dataclass_fields__}
        found.append(ExpectedAnswer(**texts))
    return tuple(found)
