"""Problem files with [data]: which options belong to them, and where their figures go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from symbackprop.cli.writer import Writer
from symbackprop.errors import InputError

if TYPE_CHECKING:
    from symbackprop.problem import Problem


def load_with_data(problem: str, at: str | None) -> Problem | None:
    """Return the problem if it has [data]; only files have."""
    from symbackprop.problem import load

    # Standard input can be read but once; it has no folder for a data file to be in.
    if not problem.strip().endswith((".toml", ".json")):
        return None
    loaded = load(problem, at=at)
    return loaded if loaded.data is not None else None


def refuse_without_data(**options: object) -> None:
    """Raise InputError for the first option that was given, on a problem without [data]."""
    for name, value in options.items():
        if value is not None:
            msg = f"--{name.replace('_', '-')} belongs to a problem file with [data]"
            raise InputError(msg)


def refuse_with_data(**options: object) -> None:
    """Raise InputError for the first option that was given, on a problem with [data]."""
    for name, value in options.items():
        if value is not None:
            msg = f"--{name} does not go with [data]; --epochs, --batch-size and [training] do"
            raise InputError(msg)


def writer_for_data(
    notation: str,
    format_name: str | None,
    output: Path | None,
    *,
    standalone: bool,
    engine: str | None = None,
    worksheet: bool = False,
    solution: bool = False,
) -> Writer:
    """Return a writer of figures on a data file, in a known notation; raises InputError for JSON."""
    from symbackprop.derivation import check_notation
    from symbackprop.notation import NOTATIONS, Speller

    check_notation(notation)
    pages = Writer(
        Speller(NOTATIONS[notation], network=True),
        format_name,
        output,
        standalone=standalone,
        engine=engine,
        worksheet=worksheet,
        solution=solution,
    )
    if pages.json:
        msg = "--format json: figures on a data file have no JSON form in this version; train --csv writes them"
        raise InputError(msg)
    return pages
