"""How a derivation is told and where it is written: the options, checked."""

from __future__ import annotations

from pathlib import Path

from symbackprop.errors import InputError, ProblemError
from symbackprop.narrate import Telling
from symbackprop.narrate.numerals import Numerals
from symbackprop.render import FORMATS, format_of_suffix


def make_telling(detail: int, digits: int, *, exact: bool, option: str = "") -> Telling:
    """Return how a derivation is told; `option` stands before names in messages.  Raises ProblemError."""
    faults = []
    if detail not in {0, 1, 2, 3}:
        faults.append(f"{option}detail: {detail} is not accepted; 0, 1, 2 or 3 is")
    if not isinstance(digits, int) or not 1 <= digits <= 17:
        faults.append(f"{option}digits: {digits} is not accepted; 1 to 17 is")
    if faults:
        raise ProblemError(*faults)
    return Telling(detail, numerals=Numerals(digits, exact))


def format_for(target: Path) -> str:
    """Return the format a file's ending chooses, "json" and "pdf" included; raises InputError, which lists the endings."""
    if target.suffix.lower() in {".json", ".pdf"}:
        return target.suffix.lower()[1:]
    row = format_of_suffix("".join(target.suffixes[-2:])) or format_of_suffix(target.suffix)
    if row is None:
        endings = ", ".join(suffix for r in FORMATS.values() for suffix in r.suffixes)
        msg = f'{target}: no format for the ending "{target.suffix}" (known: {endings}, .json, .pdf)'
        raise InputError(msg)
    return row.name
