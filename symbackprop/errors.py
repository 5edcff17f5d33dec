"""
What can go wrong, as a tree.

    SymbackpropError            every error a caller may want to catch; exit code 2
    ├── InputError              what the reader gave cannot be used
    │   ├── ParseError          a text that is not an expression
    │   ├── ProblemError        a problem file, one-liner or option; carries *all* faults found
    │   └── UnknownNameError    a name that is not declared
    ├── DomainError             a definition has no value at the point (log 0, 1/0)
    ├── TooLargeError           the answer would not fit; exit code 3
    └── InternalError           a step that is not true: our fault, never the reader's

A message says what was given, where, and what would be accepted.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class SymbackpropError(Exception):
    """Every error of this package."""

    exit_code = 2


class InputError(SymbackpropError):
    """What the reader gave cannot be used."""


class ParseError(InputError):
    """
    A text that is not an expression.

    `text` is the whole text and `position` the offset (from 0) where reading stopped.
    """

    def __init__(self, message: str, text: str = "", position: int = 0) -> None:
        """Keep the place beside the message."""
        super().__init__(message)
        self.text = text
        self.position = position


class ProblemError(InputError):
    """A problem that is wrong: `faults` holds every fault, each a sentence with its place."""

    def __init__(self, *faults: str) -> None:
        """Join the faults, one a line."""
        super().__init__("\n".join(faults))
        self.faults = faults


class UnknownNameError(InputError):
    """A name that is not declared; the message lists the nearest ones that are."""


class DomainError(SymbackpropError):
    """A definition that has no value at the point."""


class TooLargeError(SymbackpropError):
    """An answer that would not fit in memory or on a page."""

    exit_code = 3


class InternalError(SymbackpropError):
    """A step whose two sides differ: the rule named in the message is broken."""


def nearest(word: str, known: Iterable[str]) -> str:
    """
    Return '; did you mean "…"?', or the empty string when nothing is near.

    >>> nearest("sigmiod", ["relu", "sigmoid"])
    '; did you mean "sigmoid"?'
    """
    close = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""
