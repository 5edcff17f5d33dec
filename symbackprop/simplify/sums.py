"""
Rewrites of sums: multiply out, add like terms, put over one denominator, whatever is shortest.

A sum is read as a polynomial in its atoms; an atom is anything that is not +, · or a small whole power.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import gcd

from symbackprop.expr import (
    Exact,
    Expr,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    add,
    div,
    mul,
    number,
    operations,
    power,
    symbols,
)
from symbackprop.simplify.products import over, positive_first

MOST_MONOMIALS = 200
ATOMS_TRIED = 3
HIGHEST_EXPANDED_POWER = 4

Monomial = tuple[tuple[int, int], ...]


class _TooManyMonomialsError(Exception):
    """The expansion would be longer than a page."""


class _Expansion:
    """Polynomials in the atoms of one expression; an atom is anything that is not +, · or a small power."""

    def __init__(self) -> None:
        self.index: dict[Expr, int] = {}
        self.atoms: list[Expr] = []

    def atom(self, expr: Expr) -> int:
        if expr not in self.index:
            self.index[expr] = len(self.atoms)
            self.atoms.append(expr)
        return self.index[expr]

    def expand(self, expr: Expr) -> dict[Monomial, Exact]:
        match expr:
            case Number(value):
                return {(): value} if value else {}
            case Sum(terms):
                total: dict[Monomial, Exact] = {}
                for term in terms:
                    for monomial, coefficient in self.expand(term).items():
                        total[monomial] = total.get(monomial, 0) + coefficient
                return {m: c for m, c in total.items() if c}
            case Product(factors):
                product: dict[Monomial, Exact] = {(): 1}
                for factor in factors:
                    product = self.multiply(product, self.expand(factor))
                return product
            case Power(base, Number(int(n))) if 0 < n <= HIGHEST_EXPANDED_POWER:
                low = self.expand(base)
                result = low
                for _ in range(n - 1):
                    result = self.multiply(result, low)
                return result
            case _:
                return {((self.atom(expr), 1),): 1}

    def multiply(self, left: dict[Monomial, Exact], right: dict[Monomial, Exact]) -> dict[Monomial, Exact]:
        if len(left) * len(right) > MOST_MONOMIALS:
            raise _TooManyMonomialsError
        product: dict[Monomial, Exact] = {}
        for m, c in left.items():
            for n, d in right.items():
                exponents = dict(m)
                for atom, exponent in n:
                    exponents[atom] = exponents.get(atom, 0) + exponent
                key = tuple(sorted(exponents.items()))
                product[key] = product.get(key, 0) + c * d
        return {m: c for m, c in product.items() if c}

    def term(self, monomial: Monomial, coefficient: Exact) -> Expr:
        return mul(number(coefficient), *(power(self.atoms[atom], exponent) for atom, exponent in monomial))

    def write(self, polynomial: dict[Monomial, Exact], tried: int = ATOMS_TRIED) -> Expr:
        """
        Write a polynomial, what is shortest of: as it is, or with one atom taken out of a bracket.

        Inside the bracket only the most frequent atom is tried: what is tried would double with every degree.
        """
        plain = positive_first([self.term(m, c) for m, c in polynomial.items()])
        counts = Counter(atom for monomial in polynomial for atom, _ in monomial)
        best = plain
        for atom, count in counts.most_common(tried):
            if count > 1:
                candidate = self.collected(polynomial, atom)
                if operations(candidate) < operations(best):
                    best = candidate
        return best

    def collected(self, polynomial: dict[Monomial, Exact], atom: int) -> Expr:
        inside: dict[Monomial, Exact] = {}
        outside: list[Expr] = []
        for monomial, coefficient in polynomial.items():
            exponents = dict(monomial)
            if atom in exponents:
                exponents[atom] -= 1
                inside[tuple(sorted((a, e) for a, e in exponents.items() if e))] = coefficient
            else:
                outside.append(self.term(monomial, coefficient))
        content: Exact = 1
        whole = [c for c in inside.values() if isinstance(c, int)]
        if len(whole) == len(inside):
            content = gcd(*whole)
        bracket = self.write({m: c if content == 1 else _whole(Fraction(c) / content) for m, c in inside.items()}, 1)
        return positive_first([mul(content, self.atoms[atom], bracket), *outside])


def _whole(value: Fraction) -> Exact:
    return value.numerator if value.denominator == 1 else value


def collect(expr: Expr) -> Expr | None:
    """
    Multiply out, add like terms, take a common symbol out: whatever is shortest.

    >>> from symbackprop.expr import Symbol
    >>> a, y = Symbol("a"), Symbol("y")
    >>> collect(-y * (1 - a) + (1 - y) * a) == a - y
    True
    """
    if not isinstance(expr, Sum) or any(isinstance(term, Quotient) for term in expr.terms):
        return None
    expansion = _Expansion()
    try:
        return expansion.write(expansion.expand(expr))
    except _TooManyMonomialsError:
        return None


def add_equal_terms(expr: Expr) -> Expr | None:
    """
    Count a term that occurs several times.

    >>> from symbackprop.expr import Symbol
    >>> x = Symbol("x")
    >>> add_equal_terms(x + x) == 2 * x
    True
    """
    if not isinstance(expr, Sum):
        return None
    counts = Counter(expr.terms)
    if len(counts) == len(expr.terms):
        return None
    return add(*(mul(count, term) for term, count in counts.items()))


def common_denominator(expr: Expr) -> Expr | None:
    """
    Put fractions over one line where that is shorter.

    >>> from symbackprop.expr import Symbol
    >>> a, y = Symbol("a"), Symbol("y")
    >>> common_denominator(-(y / a) + (1 - y) / (1 - a)) == (a - y) / (a * (1 - a))
    True
    """
    if not isinstance(expr, Sum):
        return None
    split = [over(term) for term in expr.terms]
    denominators: list[Expr] = []
    for _, below in split:
        for factor in below:
            if denominators.count(factor) < below.count(factor):
                denominators.append(factor)
    if not denominators:
        return None
    tops = []
    for top, below in split:
        missing = list(denominators)
        for factor in below:
            missing.remove(factor)
        tops.append(mul(top, *missing))
    numerator = add(*tops)
    return div(collect(numerator) or numerator, mul(*denominators))


def divide_out(expr: Expr, symbol: Symbol) -> tuple[Expr, Expr] | None:
    """
    Multiply out, and divide every term by a symbol that all have; None where one has it not, or inside a function.

    >>> x, h = Symbol("x"), Symbol("h")
    >>> divide_out((x + h) ** 2 - x**2, h) == (2 * x * h + h**2, 2 * x + h)
    True
    """
    expansion = _Expansion()
    try:
        polynomial = expansion.expand(expr)
    except _TooManyMonomialsError:
        return None
    place = expansion.atom(symbol)
    hidden = any(symbol.name in symbols(atom) for atom in expansion.atoms if atom != symbol)
    if hidden or not polynomial or any(place not in dict(monomial) for monomial in polynomial):
        return None
    lower = {tuple((a, e - (a == place)) for a, e in m if e > (a == place)): c for m, c in polynomial.items()}
    return tuple(positive_first([expansion.term(m, c) for m, c in p.items()]) for p in (polynomial, lower))  # type: ignore[return-value]  # two in, two out
