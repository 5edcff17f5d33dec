"""Definitions for code: only those that are needed, and nothing computed twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from symbackprop.expr import Cases, Expr, Number, Product, Symbol, children, operations, symbols, transform
from symbackprop.matrix import Ones, Transpose


@dataclass(frozen=True)
class Line:
    """One assignment: `name` = `expr`, which the derivation reaches in step `step` (from 1; 0 for none of its own)."""

    name: str
    expr: Expr
    step: int


def needed(lines: Sequence[Line], wanted: Iterable[str]) -> list[Line]:
    """Return the lines that the wanted names depend on, in order."""
    names = set(wanted)
    for line in reversed(lines):
        if line.name in names:
            names.update(symbols(line.expr))
    return [line for line in lines if line.name in names]


def renamed(lines: Iterable[Line], names: dict[str, str]) -> list[Line]:
    """Give symbols other names."""

    def rename(part: Expr) -> Expr | None:
        return Symbol(names[part.name]) if isinstance(part, Symbol) and part.name in names else None

    return [Line(names.get(line.name, line.name), transform(line.expr, rename), line.step) for line in lines]


def share(lines: Sequence[Line], taken: Iterable[str], sizes: Iterable[str] = (), *, eager: bool = False) -> list[Line]:
    """
    Give every expression that occurs more than once a name, before its first use.

    What is already a line's own value gets that line's name; other names are t1, t2, …, none of `taken`.
    What is made of `sizes` only is a number, and is written out; `eager` says that all branches of a choice are computed.
    """
    counts: Counter[Expr] = Counter()
    scalars = set(sizes)

    def worth(part: Expr) -> bool:
        return _is_shared(part) and not (scalars and scalars.issuperset(symbols(part)))

    def count(part: Expr) -> None:
        shared = worth(part)
        counts[part] += shared
        if not shared or counts[part] == 1:
            for inner in children(part) if eager else _always_computed(part):
                count(inner)

    for line in lines:
        count(line.expr)
    own: dict[Expr, str] = {}
    for line in lines:
        own.setdefault(line.expr, line.name)
    used = {*taken, *(line.name for line in lines)}
    names: dict[Expr, str] = {}
    found: list[Line] = []
    number = 0

    def put(part: Expr, step: int, whole: Expr) -> Expr:
        def replace(inner: Expr) -> Expr | None:
            nonlocal number
            if inner in names:
                return Symbol(names[inner])
            if inner is whole or counts.get(inner, 0) < 2 or inner in own:
                return None
            value = put(inner, step, inner)
            number += 1
            while f"t{number}" in used:
                number += 1
            names[inner] = f"t{number}"
            found.append(Line(names[inner], value, step))
            return Symbol(names[inner])

        return transform(part, replace)

    for line in lines:
        if line.expr in names:
            found.append(Line(line.name, Symbol(names[line.expr]), line.step))
            continue
        value = put(line.expr, line.step, line.expr)
        if worth(line.expr):
            names[line.expr] = line.name
        found.append(Line(line.name, value, line.step))
    return found


def _is_shared(part: Expr) -> bool:
    """Whether it pays to keep a value: it costs an operation, and is not only a number times a name, or a transpose."""
    if isinstance(part, Symbol | Number | Ones | Transpose) or operations(part) == 0:
        return False
    return not (isinstance(part, Product) and len(part.factors) == 2 and isinstance(part.factors[0], Number))


def _always_computed(part: Expr) -> Iterable[Expr]:
    """Return the parts which are computed in any case: of a choice only the first condition."""
    if isinstance(part, Cases):
        return (part.branches[0][1].left, part.branches[0][1].right)
    return children(part)
