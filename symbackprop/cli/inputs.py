"""What was given on the command line, as objects: names, numbers, conventions, and the derivation they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symbackprop.errors import InputError, ParseError, ProblemError, nearest
from symbackprop.names import short

if TYPE_CHECKING:
    from symbackprop.derivation import Derivation
    from symbackprop.expr import Expr
    from symbackprop.narrate import Telling

VIEWS = ("units", "layers", "index", "all")


def make_derivation(  # noqa: PLR0917 - the common options
    problem: str,
    wrt: list[str] | None,
    detail: int,
    notation: str,
    digits: int,
    at: str | None,
    assume: str | None = None,
    *,
    exact: bool = False,
    paths: bool = False,
    expand: bool = False,
) -> Derivation:
    """Derive a problem with the common options; raises InputError where one of them is at fault."""
    from symbackprop.derivation import derive as make

    telling = telling_of(detail, digits, exact=exact)
    made = make(problem, at=at, notation=notation, unit_targets=unit_targets_of(assume))
    return replace(made, telling=replace(telling, wrt=made.plain_names(split_names(wrt)), paths=paths, expand=expand))


def telling_of(detail: int, digits: int, *, exact: bool) -> Telling:
    """Return how to tell a derivation; messages name --detail (0 to 3) and --digits (1 to 17)."""
    from symbackprop.derivation import make_telling

    return make_telling(detail, digits, exact=exact, option="--")


def unit_targets_of(assume: str | None) -> bool:
    """Tell whether --assume says that targets sum to 1; raises InputError for any other text."""
    if assume is None or assume.split() == ["y", "sum", "1"]:
        return assume is not None
    msg = f'--assume: found "{short(assume)}" where "y sum 1" is accepted'
    raise InputError(msg)


def check_view(view: str, batch: str | None, samples: str) -> None:
    """Raise ProblemError with all that is wrong with --view, --batch and --samples together."""
    faults = []
    if view not in VIEWS:
        faults.append(f'--view: "{short(view)}" is not accepted{nearest(view, VIEWS)} ({", ".join(VIEWS)} are)')
    if samples not in {"columns", "rows"}:
        faults.append(f'--samples: "{short(samples)}" is not accepted; columns or rows is')
    if view == "units" and (batch is not None or samples != "columns"):
        faults.append("--batch and --samples belong to --view layers or index")
    if faults:
        raise ProblemError(*faults)


def number_of(key: str, text: str) -> Expr:
    """Read a number given as an option, exactly as written."""
    from symbackprop.parse.values import constant

    try:
        return constant(text)
    except ParseError as error:
        msg = f"--{key.replace('_', '-')}: {error}"
        raise InputError(msg) from None


def split_names(names: Sequence[str] | None) -> tuple[str, ...]:
    """Split "a,b" in names, but not the comma inside w1[2,3] or w^{[1]}_{2,3}."""
    found: list[str] = []
    for text in names or ():
        depth, start = 0, 0
        for i, char in enumerate(text):
            depth += (char in "[({") - (char in "])}")
            if char == "," and depth == 0:
                found.append(text[start:i])
                start = i + 1
        found.append(text[start:])
    return tuple(name.strip() for name in found)
