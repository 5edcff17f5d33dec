"""
Findings as JSON between a worker and its parent, and back: fractions as text, sets in order.  For these two only.

What is shown to a reader has no control characters when it arrives, whatever the answer had.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any

from symbackprop.findings import Finding, StepFinding, Witness

# What is told; `answer` stays as it was given.
_SHOWN = ("message", "reading_text", "target", "text")
_STEERING, _MARK = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}), "\ufffd"
# Nested findings by the field that has them.
_PARTS: dict[str, type[StepFinding | Witness]] = {"steps": StepFinding, "witness": Witness}


def to_json(finding: Finding | StepFinding | Witness) -> dict[str, Any]:
    """
    Return a finding as JSON.

    >>> to_json(Finding("wrong", codes=frozenset({"sign", "missing.slope"})))["codes"]
    ['missing.slope', 'sign']
    """
    return {part.name: _plain(getattr(finding, part.name)) for part in fields(finding)}


def from_json(data: Mapping[str, Any]) -> Finding:
    """
    Return the finding that `to_json` wrote.

    >>> from_json(to_json(Finding("correct", marks=Fraction(1, 2)))) == Finding("correct", marks=Fraction(1, 2))
    True
    """
    return Finding(**{name: _typed(name, value) for name, value in data.items()})


def printable(text: str) -> str:
    r"""
    Return a text with a mark for every character that would steer a terminal or turn the line around.

    >>> printable("a\x1b[2J\u202eb")
    'a�[2J�b'
    """
    return "".join(char if char == "\n" or unicodedata.category(char) not in _STEERING else _MARK for char in text)


def _plain(value: Any) -> Any:
    match value:
        case Finding() | StepFinding() | Witness():
            return to_json(value)
        case Fraction():
            return str(value)
        case frozenset():
            return sorted(value)
        case tuple():
            return [_plain(part) for part in value]
        case Mapping():
            return {name: _plain(part) for name, part in value.items()}
        case float() if not math.isfinite(value):
            return str(value)
        case _:
            return value


def _typed(name: str, value: Any) -> Any:
    """Return the value of a field from its JSON; the field's name says its type."""
    match name:
        case "codes":
            return frozenset(value)
        case "hints":
            return tuple(map(printable, value))
        case _ if name in _SHOWN:
            return printable(value)
        case "marks" | "most":
            return Fraction(value)
        case "point":
            return {key: Fraction(number) for key, number in value.items()}
        case "yours" | "truth":
            return float(value)
        case "steps":
            return tuple(_part(name, part) for part in value)
        case "witness":
            return None if value is None else _part(name, value)
        case _:
            return tuple(value) if isinstance(value, list) else value


def _part(name: str, data: Mapping[str, Any]) -> StepFinding | Witness:
    return _PARTS[name](**{key: _typed(key, value) for key, value in data.items()})
