"""What a row of the corpus of answers is: an answer as somebody wrote it, and what a careful reader makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class AnyOf:
    """Several readings that are truly defensible; None among them where refusing is, too."""

    readings: tuple[Any, ...]

    def __init__(self, *readings: Any) -> None:
        object.__setattr__(self, "readings", readings)


@dataclass(frozen=True)
class Row:
    """
    One answer.

    `problem` is a problem in any form the program takes; `format` is "latex" or "text"; `target` is what was asked.
    `reading` is the right side of the answer's last line in plain names, in the syntax of `parse`: a string, for a matrix
    a tuple of rows, for a chain a tuple of (name, reading) pairs, one for every value written ("" where an expression
    stands without a name); None where nobody can tell what is meant, or `AnyOf` several of these.
    `verdict` is "correct", "wrong" or "invalid".
    Where nothing can be read, `places` are the offsets (from, to, both included) at which the caret may stand, and `hint`
    is what the message must name.
    """

    problem: str | Mapping[str, Any] = field(hash=False)
    format: str
    answer: str
    reading: Any
    verdict: Any
    target: str
    places: tuple[Span, ...] = ()
    hint: str = ""


def refused(problem: str | Mapping[str, Any], format: str, marked: str, target: str, hint: str = "") -> Row:  # noqa: A002 - as the option
    """Return a row that cannot be read; ⟦ and ⟧ in the answer stand around the places for the caret."""
    answer, places, opened = "", [], 0
    for character in marked:
        if character == "⟦":
            opened = len(answer)
        elif character == "⟧":
            places.append((opened, max(opened, len(answer) - 1)))
        else:
            answer += character
    return Row(problem, format, answer, None, "invalid", target, tuple(places), hint)
