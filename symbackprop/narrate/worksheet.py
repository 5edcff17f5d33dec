"""
A worksheet: the same document with blanks where a reader is to write.

What is given stays: names and their definitions, left sides, relations, reasons.  What is derived or computed is a blank,
so that the level of detail decides how many there are; sentences that tell results are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symbackprop.document import (
    Blank,
    Block,
    Document,
    Heading,
    Lines,
    Note,
    Numeral,
    Paragraph,
    Picture,
    Relation,
    Row,
    Spans,
    Table,
    presented,
    rounded,
)
from symbackprop.expr import Adjoint, Expr, Partial, Symbol
from symbackprop.graph import Role
from symbackprop.indexed import Entry
from symbackprop.narrate.teller import Teller

# How wide blanks are, in em: for a number, and for formulas by how many parts they have.
NUMBER, SHORT, MIDDLE, LONG = 5.0, 9.0, 15.0, 22.0
INSTRUCTION = "Fill in the blanks: the left side says what is asked, and the words at the right say by which rule."
SOLUTION = ": solution"
GIVEN = frozenset({"is", "for", "start"})  # the headers of columns that tell no result
LEAVES = frozenset(role.value for role in (Role.INPUT, Role.TARGET, Role.WEIGHT, Role.BIAS, Role.VARIABLE))


def worksheet(document: Document, given: Sequence[Block] = ()) -> Document:
    """Return the document with blanks; `given` stands after the title (see `givens`)."""
    blocks = list(_blocks(document.blocks))
    # After the title and the sentence that says what the problem is.
    start = next((k for k, block in enumerate(blocks[:2]) if not isinstance(block, (Heading, Paragraph)[k])), 2)
    return Document(document.title, (*blocks[:start], Paragraph((INSTRUCTION,)), *given, *blocks[start:]))


def solved(document: Document) -> Document:
    """Return the document with a title that says that it is the solution."""
    head, *rest = document.blocks or (Heading(1, (document.title,)),)
    if isinstance(head, Heading) and head.level == 1:
        head = Heading(1, (*head.spans, SOLUTION))
    return Document(document.title + SOLUTION, (head, *rest))


def givens(teller: Teller) -> list[Block]:
    """Return a table of the numbers that a problem gives, or nothing where it gives none."""
    if teller.values is None:
        return []
    rows = tuple(
        ((leaf.symbol,), (leaf.role.value,), (teller.numerals.quantity(leaf.symbol.name, teller.values),))
        for leaf in teller.graph.leaves
    )
    return [Table((("given",), ("is",), ("value",)), rows, frozenset({2}))]


def _blocks(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks; a heading under which nothing is left goes, too."""
    told: set[Expr] = set()
    waiting: list[Heading] = []
    for block in blocks:
        if isinstance(block, Heading):
            waiting = [*(heading for heading in waiting if heading.level < block.level), block]
            continue
        made = _block(block, told)
        if made is not None:
            yield from waiting
            waiting = []
            yield made


def _block(block: Block, told: set[Expr]) -> Block | None:
    match block:
        case Lines(rows, given=False):
            return Lines(tuple(_row(row, told) for row in rows))
        case Table():
            return _table(block)
        case Paragraph(spans, given=False) | Note(_, spans):
            return None if any(isinstance(span, Expr) and _computed(span) for span in spans) else block
        case Picture():
            return None
        case _:
            return block


def _row(row: Row, told: set[Expr]) -> Row:
    """Leave the right side blank, but in a definition that was not told before."""
    defined = row.left is not None and row.relation == "=" and _is_name(row.left) and row.left not in told
    if row.left is not None:
        told.add(row.left)
    right = row.right if defined and not _computed(row.right) else _blank(row.right)
    value = row.value if row.value is None else Blank(NUMBER, exact=not rounded(row.value))
    return replace(row, right=right, value=value)


def _is_name(left: Expr) -> bool:
    match left:
        case Adjoint() | Partial():
            return False
        case Entry(base):
            return _is_name(base)
        case _:
            return isinstance(left, Symbol)


def _blank(expr: Expr) -> Expr:
    if isinstance(expr, Relation):
        return Relation(tuple(map(_blank, expr.sides)), expr.relation)
    if isinstance(expr, Numeral):
        return Blank(NUMBER, exact=expr.exact)
    parts = sum(1 for _ in presented(expr))
    return Blank(SHORT if parts <= 6 else MIDDLE if parts <= 16 else LONG, exact=not rounded(expr))


def _computed(expr: Expr) -> bool:
    return any(isinstance(part, Numeral) for part in presented(expr))


def _table(table: Table) -> Table:
    kept = {k for k, cell in enumerate(table.header) if k == 0 or cell in {(word,) for word in GIVEN}}
    words = next((k for k, cell in enumerate(table.header) if cell == ("is",)), None)

    def leave(row: tuple[Spans, ...]) -> bool:
        """Tell whether a whole row is given: a leaf's, or that of step 0."""
        return (words is not None and row[words] in {(role,) for role in LEAVES}) or row[0] == ("0",)

    rows = tuple(
        row
        if leave(row)
        else tuple(cell if k in kept or not cell else _cell(cell, k in table.numeric) for k, cell in enumerate(row))
        for row in table.rows
    )
    return replace(table, rows=rows)


def _cell(cell: Spans, numeric: bool) -> Spans:  # noqa: FBT001 - a private helper
    """Leave a cell blank, as wide as a number or a short formula."""
    del cell
    return (Blank(NUMBER if numeric else SHORT),)
