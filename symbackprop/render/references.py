"""Numbers for the equations of a document, and which of them a step uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from symbackprop.document import Block, Document, Lines, Row, Spans, Tint, presented
from symbackprop.expr import Adjoint, Expr, Partial

MOST_CITED = 9

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cited(Expr):
    """In a reason: the numbers of the equations that a step puts in."""

    numbers: tuple[int, ...]


@dataclass(frozen=True)
class References:
    """By place, which is the number of a block and of a row in it: an equation's number, and the numbers a step uses."""

    numbers: Mapping[Place, int] = field(default_factory=dict)
    used: Mapping[Place, tuple[int, ...]] = field(default_factory=dict)


def refer(document: Document) -> References:
    """
    Return a number for every equation with a left side, and for each step which of them it puts in.

    A step that continues an equation uses those that say what its line no longer has; a line of numbers uses none.
    """
    numbers: dict[Place, int] = {}
    used: dict[Place, tuple[int, ...]] = {}
    known: dict[Expr, int] = {}
    for position, block in enumerate(document.blocks):
        if not isinstance(block, Lines):
            continue
        previous: Row | None = None
        for k, row in enumerate(block.rows):
            if row.left is not None:
                numbers[position, k] = len(numbers) + 1
                known[_bare(row.left)] = len(numbers)
            elif previous is not None and row.reason:
                left = _derivatives(row.right)
                gone = (_told(symbol, known) for symbol in _derivatives(previous.right) if symbol not in left)
                cited = sorted({number for number in gone if number})
                if 0 < len(cited) <= MOST_CITED:
                    used[position, k] = tuple(cited)
            previous = row
    return References(numbers, used)


def joining(reason: Spans) -> str:
    """
    Return what stands between a reason and the numbers of what it puts in.

    >>> joining(("substitute",)), joining(("substitute; 2 times 1",))
    (' ', ', by ')
    """
    return ", by " if any(";" in span for span in reason if isinstance(span, str)) else " "


def cited(document: Document, references: References) -> Document:
    """Return a document whose reasons end with the numbers of the equations that they use."""
    blocks: list[Block] = []
    for position, block in enumerate(document.blocks):
        if isinstance(block, Lines):
            rows = tuple(
                replace(row, reason=(*row.reason, joining(row.reason), Cited(used)))
                if (used := references.used.get((position, k)))
                else row
                for k, row in enumerate(block.rows)
            )
            blocks.append(replace(block, rows=rows))
        else:
            blocks.append(block)
    return replace(document, blocks=tuple(blocks))


def grouped(numbers: tuple[int, ...]) -> list[tuple[int, int]]:
    """
    Return runs of numbers as their first and last.

    >>> grouped((2, 5, 6, 7, 9, 10))
    [(2, 2), (5, 7), (9, 9), (10, 10)]
    """
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    # Two numbers are as short one by one.
    return [part for low, high in found for part in ([(low, low), (high, high)] if high == low + 1 else [(low, high)])]


def _told(symbol: Expr, known: Mapping[Expr, int]) -> int:
    """Return the number of the equation that says what a derivative is, 0 for none; one over all paths may be a local one."""
    if symbol in known or not isinstance(symbol, Adjoint):
        return known.get(symbol, 0)
    local = (
        n
        for other, n in known.items()
        if isinstance(other, Partial) and (other.child, other.parent) == (symbol.output, symbol.of)
    )
    return next(local, 0)


def _bare(expr: Expr) -> Expr:
    return _bare(expr.body) if isinstance(expr, Tint) else expr


def _derivatives(expr: Expr) -> dict[Expr, None]:
    """Return the derivatives named in an expression, each once, in order."""
    return dict.fromkeys(part for part in presented(expr) if isinstance(part, Adjoint | Partial))
