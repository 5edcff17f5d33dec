"""
What a reader sees, before any format: a list of blocks.

`narrate.py` writes documents and is the only place with prose; every file in `render/` prints a
document and knows nothing of steps.  Mathematics is an `Expr` or one of the presentation nodes below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from symbackprop.expr import Expr, children


@dataclass(frozen=True, slots=True)
class Tint(Expr):
    """The expression in colour number `colour` (from 0; beyond the last, none): one colour a factor of a chain rule."""

    body: Expr
    colour: int


@dataclass(frozen=True, slots=True)
class Brace(Expr):
    """The expression with its name under a brace."""

    body: Expr
    label: Expr


@dataclass(frozen=True, slots=True)
class Numeral(Expr):
    """
    A computed number, already rounded for display: text is "0.3775", "6.684e-04", "-3/20".

    `exact` is False where digits were cut.  The printers turn "6.684e-04" into 6.684·10⁻⁴.
    """

    text: str
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Apply(Expr):
    """The operator ∂/∂variable (d/dvariable where `ordinary`) before an expression not yet differentiated."""

    body: Expr
    variable: Expr
    ordinary: bool = False

    def parts(self) -> tuple[Expr, ...]:
        """Return the body; the variable is the operator's."""
        return (self.body,)

    def with_parts(self, parts: tuple[Expr, ...]) -> Expr:
        """Put the operator before another body."""
        return Apply(parts[0], self.variable, self.ordinary)


@dataclass(frozen=True, slots=True)
class Relation(Expr):
    """Two or more sides joined by one relation: "=", "≈", "←", "→"."""

    sides: tuple[Expr, ...]
    relation: str = "="


@dataclass(frozen=True, slots=True)
class Display(Expr):
    """A product to be printed with the dot between *every* two factors and each factor kept whole (a chain rule)."""

    factors: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Vector(Expr):
    """A column or tuple of entries, printed as (10, 6)."""

    entries: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Nabla(Expr):
    """The gradient of a quantity: ∇f."""

    of: Expr


@dataclass(frozen=True, slots=True)
class Grid(Expr):
    """A matrix of entries, row by row."""

    rows: tuple[tuple[Expr, ...], ...]


@dataclass(frozen=True, slots=True)
class Hadamard(Expr):
    """A product entry by entry, printed with ⊙ between the factors."""

    factors: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Blank(Expr):
    """A ruled line to write on, `width` em wide; `exact` is False where what belongs there is rounded."""

    width: float
    exact: bool = True


def presented(expr: Expr) -> Iterator[Expr]:
    """
    Yield the expression and all its parts, outermost first, those of presentation nodes included.

    >>> sum(isinstance(part, Numeral) for part in presented(Vector((Numeral("0.5"), Numeral("0.3775")))))
    2
    """
    yield expr
    match expr:
        case Tint(body, _) | Brace(body, _):
            parts: tuple[Expr, ...] = (body,)
        case Display(inner) | Hadamard(inner) | Vector(inner) | Relation(inner, _):
            parts = inner
        case Grid(rows):
            parts = tuple(entry for row in rows for entry in row)
        case _:
            parts = children(expr)
    for part in parts:
        yield from presented(part)


def rounded(expr: Expr) -> bool:
    """
    Tell whether a computed number in an expression has lost digits, so that it is not equal but near.

    >>> rounded(Vector((Numeral("0.5"), Numeral("0.3775", exact=False))))
    True
    """
    match expr:
        case Numeral() | Blank():
            return not expr.exact
        case Tint(body, _) | Brace(body, _):
            return rounded(body)
        case Display(parts) | Hadamard(parts) | Vector(parts):
            return any(map(rounded, parts))
        case Grid(rows):
            return any(rounded(entry) for row in rows for entry in row)
        case _:
            return any(map(rounded, children(expr)))


def nested(printer: Any) -> bool:
    """Tell whether IPython prints something within something else, a list or a table, where a few words are enough."""
    return len(getattr(printer, "stack", ())) > 1


Span: TypeAlias = str | Expr
Spans: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's title; level 1 is the document's own title, 2 a numbered section, 3 a quantity."""

    level: int
    spans: Spans


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text with mathematics in it; the numbers of one that is `given` are no results, and stay on a worksheet."""

    spans: Spans
    given: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """
    One line of a derivation: left = right, a value at the point, and the reason.

    `left` is None where the line continues the one above (printed as "= right").
    """

    left: Expr | None
    right: Expr
    value: Expr | None = None
    reason: Spans = ()
    relation: str = "="


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows aligned at their relation signs, values and reasons in columns of their own; `given` as of a paragraph."""

    rows: tuple[Row, ...]
    given: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; columns whose header is in `numeric` are aligned right."""

    header: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Note:
    """
    A remark set apart.

    `kind` is "note", "warning", "verified", "wrong", "follows" (from what is wrong) or "below" (on the remark above).
    """

    kind: str
    spans: Spans


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of characters, line by line, and what it shows."""

    lines: tuple[str, ...]
    caption: Spans


Block: TypeAlias = Heading | Paragraph | Lines | Table | Note | Picture


@dataclass(frozen=True, slots=True)
class Document:
    """Blocks in order; `title` is plain text for a format's own metadata."""

    title: str
    blocks: tuple[Block, ...]
