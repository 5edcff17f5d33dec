"""
Entries with letters for indices: w_jk, Σ over an index, and Kronecker's δ_ij.

`layers.reading` reads a matrix expression at letters; `contracted` works sums with a δ out; `ground` puts numbers in,
so that every claim about letters is a finite number of claims about units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from symbackprop.errors import InternalError
from symbackprop.expr import (
    ONE,
    ZERO,
    Expr,
    Product,
    Sum,
    Symbol,
    add,
    children,
    mul,
    rebuild,
    transform,
    walk,
)


@dataclass(frozen=True, slots=True)
class Entry(Expr):
    """One entry of a whole layer: its symbol, the letters of its units, and that of its sample, or ""."""

    base: Symbol
    indices: tuple[str, ...] = ()
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Local(Expr):
    """∂child/∂parent, all else held fixed."""

    child: Entry
    parent: Entry


@dataclass(frozen=True, slots=True)
class Kronecker(Expr):
    """1 where both indices are the same, else 0."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Sigma(Expr):
    """The sum over an index from 1 to `size`."""

    body: Expr
    index: str
    size: int | str

    def parts(self) -> tuple[Expr, ...]:
        """Return the body."""
        return (self.body,)

    def with_parts(self, parts: tuple[Expr, ...]) -> Expr:
        """Sum another body; nothing is left of a sum of zeros."""
        return ZERO if parts[0] == ZERO else Sigma(parts[0], self.index, self.size)


def reindex(expr: Expr, letters: Mapping[str, str]) -> Expr:
    """
    Write other letters for free indices.

    >>> reindex(Entry(Symbol("W1"), ("j", "k")), {"j": "i"}).indices
    ('i', 'k')
    """

    def new(letter: str) -> str:
        return letters.get(letter, letter)

    def write(part: Expr) -> Expr | None:
        match part:
            case Entry(base, indices, sample):
                return Entry(base, tuple(map(new, indices)), new(sample))
            case Kronecker(left, right):
                return Kronecker(new(left), new(right))
            case Local(child, parent):
                top, bottom = reindex(child, letters), reindex(parent, letters)
                assert isinstance(top, Entry)
                assert isinstance(bottom, Entry)
                return Local(top, bottom)
            case _:
                return None

    return transform(expr, write)


def letters_in(expr: Expr) -> set[str]:
    """Return all letters of an expression, bound ones included."""
    match expr:
        case Entry(_, indices, sample):
            return {*indices, sample} - {""}
        case Kronecker(left, right):
            return {left, right}
        case Local(child, parent):
            return letters_in(child) | letters_in(parent)
        case Sigma(body, index):
            return letters_in(body) | {index}
        case _:
            return set().union(*map(letters_in, children(expr)))


# --- Kronecker's delta ---------------------------------------------------------------------------------------


def multiplied_out(expr: Expr) -> Expr:
    """Multiply out, and sum term by term, where a δ stands in a sum under a Σ: Σ u(δ − v) is Σuδ − Σuv."""

    def write(part: Expr) -> Expr | None:
        if not isinstance(part, Sigma):
            return None
        factors = part.body.factors if isinstance(part.body, Product) else (part.body,)
        for place, factor in enumerate(factors):
            if isinstance(factor, Sum) and any(isinstance(found, Kronecker) for found in walk(factor)):
                rest = [*factors[:place], *factors[place + 1 :]]
                return add(*(_outside(Sigma(mul(*rest, term), part.index, part.size)) for term in factor.terms))
        return None

    return transform(expr, write)


def _outside(sigma: Sigma) -> Expr:
    """Take out what does not depend on the index."""
    factors = sigma.body.factors if isinstance(sigma.body, Product) else (sigma.body,)
    out = [factor for factor in factors if sigma.index not in letters_in(factor)]
    inside = [factor for factor in factors if sigma.index in letters_in(factor)]
    return mul(*out, Sigma(mul(*inside), sigma.index, sigma.size)) if inside else sigma


def contracted(expr: Expr) -> Expr:
    """
    Contract every sum over an index of a δ: Σ_i u_i δ_ij is u_j.

    >>> contracted(Sigma(mul(Entry(Symbol("u"), ("i",)), Kronecker("i", "j")), "i", 3)) == Entry(Symbol("u"), ("j",))
    True
    """

    def write(part: Expr) -> Expr | None:
        if not isinstance(part, Sigma):
            return None
        body = contracted(part.body)
        factors = body.factors if isinstance(body, Product) else (body,)
        for place, factor in enumerate(factors):
            if isinstance(factor, Kronecker) and part.index in {factor.left, factor.right}:
                other = factor.right if factor.left == part.index else factor.left
                return contracted(reindex(mul(*factors[:place], *factors[place + 1 :]), {part.index: other}))
        return Sigma(body, part.index, part.size)

    return transform(expr, write)


# --- numbers for letters -------------------------------------------------------------------------------------


def ground(expr: Expr, numbers: Mapping[str, int], named: Callable[[Expr, Mapping[str, int]], Symbol]) -> Expr:
    """Put numbers in for letters, and write every sum out; `named` gives the symbol of an entry or a local derivative."""
    match expr:
        case Entry() | Local():
            return named(expr, numbers)
        case Kronecker(left, right):
            return ONE if numbers[left] == numbers[right] else ZERO
        case Sigma(body, index, size):
            if not isinstance(size, int):
                msg = f"cannot sum to the letter {size}"
                raise InternalError(msg)
            return add(*(ground(body, {**numbers, index: value}, named) for value in range(1, size + 1)))
        case _:
            parts = children(expr)
            return rebuild(expr, tuple(ground(part, numbers, named) for part in parts)) if parts else expr
