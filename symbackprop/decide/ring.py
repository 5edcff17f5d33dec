"""
Fractions of polynomials over the rationals in many unknowns, kept factored as far as they come factored.

A polynomial is a dict from monomials to coefficients; a monomial is a tuple of (unknown, exponent), exponents any
fractions.  A `Quantity` is coefficient · monomial · powers of polynomials of two terms and more; a sum takes out what
its terms have in common and multiplies out the rest.  That is all the algebra a normal form needs: SymPy's rings
would do, but take half a second to import, in every worker.

Unknowns with laws, applied as soon as two meet:

    i² = −1, h² = h (an indicator), a prime under a root (2^(3/2) = 2·2^(1/2)), e^(iπ/2) = i
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import comb, floor, gcd, isqrt
from typing import Any, NamedTuple, TypeAlias

from symbackprop.decide.model import DIGITS, PRODUCTS, TERMS, Budget, BudgetError
from symbackprop.expr import Exact

Monomial: TypeAlias = tuple[tuple[int, Exact], ...]
Poly: TypeAlias = dict[Monomial, Exact]
# A factor whose sign or logarithm may be asked for: ("atom", unknown) or ("poly", polynomial).
Part: TypeAlias = tuple[str, int]

LARGEST_EXPONENT = 200
MOST_SQUARE_TERMS = 66


class Quantity(NamedTuple):
    """coefficient · monomial · Π polynomial^exponent."""

    coefficient: Exact
    monomial: Monomial = ()
    factors: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """One unknown: `positive` where its value surely is; `key` says what it stands for."""

    kind: str
    key: Any
    positive: bool = False


class NoFormError(Exception):
    """The expression has no normal form: a denominator is 0 everywhere, or a name means nothing here."""


ZERO, ONE, MINUS_ONE = Quantity(0), Quantity(1), Quantity(-1)
SPECIAL = frozenset(("i", "prime", "indicator", "turn"))


@dataclass
class Ring:
    """
    The unknowns and polynomials met so far; the same for both sides of a question.

    `special` are the unknowns with laws, `conditional` those that depend on an indicator.
    """

    budget: Budget
    unknowns: list[Unknown] = field(default_factory=list)
    numbers: dict[tuple[str, Any], int] = field(default_factory=dict)
    polys: list[Poly] = field(default_factory=list)
    poly_numbers: dict[frozenset[tuple[Monomial, Exact]], int] = field(default_factory=dict)
    special: set[int] = field(default_factory=set)
    conditional: set[int] = field(default_factory=set)
    square_roots: dict[int, Quantity | None] = field(default_factory=dict)
    products: int = 0
    has_roots: bool = False

    # Unknowns.

    def unknown(self, kind: str, key: Any, *, positive: bool = False) -> int:
        """Return the number of an unknown, a new one where it was not met before."""
        found = self.numbers.get((kind, key))
        if found is None:
            found = self.numbers[kind, key] = len(self.unknowns)
            self.unknowns.append(Unknown(kind, key, positive))
            if kind in SPECIAL:
                self.special.add(found)
            self.has_roots = self.has_roots or kind == "root"
            if kind == "indicator" or any(number in self.conditional for number in self.inside(kind, key)):
                self.conditional.add(found)
        return found

    def inside(self, kind: str, key: Any) -> Iterable[int]:
        """Yield the unknowns that an unknown is made of."""
        if kind in {"power", "turn"} and key != "pi":
            return self.involved(Quantity(1, *key))
        if kind in {"root", "log"} and key[0] != "number":
            return (key[1],) if key[0] == "atom" else self.involved(Quantity(1, (), ((key[1], 1),)))
        return self.involved(key) if isinstance(key, Quantity) else ()

    def is_conditional(self, quantity: Quantity) -> bool:
        """Whether an indicator is in it, however deep: it may be 0 in a whole cell."""
        return bool(self.conditional) and any(number in self.conditional for number in self.involved(quantity))

    def quantity(self, kind: str, key: Any, *, positive: bool = False, exponent: Exact = 1) -> Quantity:
        """Return a power of an unknown as a quantity."""
        return self.settled(1, ((self.unknown(kind, key, positive=positive), exponent),))

    def kind(self, number: int) -> str:
        """Return what kind of unknown it is."""
        return self.unknowns[number].kind

    # Monomials.

    def settled(self, coefficient: Exact, monomial: Monomial) -> Quantity:
        """Apply the laws of the special unknowns of a monomial."""
        special = self.special
        if not any(number in special for number, _ in monomial):
            return Quantity(coefficient, monomial)
        kept: list[tuple[int, Exact]] = []
        quarters: Exact = 0
        for number, given in monomial:
            exponent = given
            if number in special:
                unknown = self.unknowns[number]
                match unknown.kind:
                    case "i":
                        quarters, exponent = quarters + exponent, 0
                    case "prime":
                        whole = floor(exponent)
                        coefficient, exponent = coefficient * Fraction(unknown.key) ** whole, exponent - whole
                    case "indicator":
                        exponent = max(-1, min(1, exponent))
                    case "turn" if unknown.key == "pi":
                        whole = floor(2 * exponent)
                        quarters, exponent = quarters + whole, exponent - Fraction(whole, 2)
            if exponent:
                kept.append((number, exponent))
        if quarters % 4 >= 2:
            coefficient = -coefficient
        if quarters % 2:
            kept.append((self.unknown("i", "i"), 1))
            kept.sort()
        return Quantity(coefficient, tuple(kept))

    # Polynomials.

    def multiply(self, left: Poly, right: Poly) -> Poly:
        """Multiply two polynomials."""
        self.spend(len(left) * len(right))
        result: Poly = {}
        special = bool(self.special)
        for m, c in left.items():
            for n, d in right.items():
                monomial, coefficient = times(m, n), c * d
                if special:
                    coefficient, monomial, _ = self.settled(coefficient, monomial)
                result[monomial] = result.get(monomial, 0) + coefficient
        return {monomial: coefficient for monomial, coefficient in result.items() if coefficient}

    def spend(self, products: int) -> None:
        """Count products of terms; raises BudgetError where they are too many."""
        self.products += products
        if self.products > self.budget.products:
            raise BudgetError(PRODUCTS)

    def multiplied_out(self, start: Quantity) -> Poly:
        """
        Multiply out a quantity whose polynomials all stand in the numerator.

        Raises BudgetError before it starts where there would be too many terms.
        """
        terms = 1
        for number, exponent in start.factors:
            if exponent > LARGEST_EXPONENT:
                raise BudgetError(TERMS)
            terms *= comb(len(self.polys[number]) + exponent - 1, exponent)
        if terms > self.budget.terms:
            raise BudgetError(TERMS)
        result: Poly = {start.monomial: start.coefficient}
        for number, exponent in start.factors:
            for _ in range(exponent):
                result = self.multiply(result, self.polys[number])
        return result

    def factored(self, poly: Poly) -> Quantity:
        """Return a polynomial as a quantity: number and monomial are taken out, what is left is known by a number."""
        if not poly:
            return ZERO
        if len(poly) == 1:
            ((monomial, coefficient),) = poly.items()
            return self.settled(coefficient, monomial)
        least = dict(next(iter(poly)))
        for monomial in poly:
            exponents = dict(monomial)
            for number in list(least):
                least[number] = min(least[number], exponents.get(number, 0))
            for number, exponent in monomial:
                if exponent < 0 and number not in least:
                    least[number] = exponent
        shared = tuple(sorted((number, exponent) for number, exponent in least.items() if exponent))
        inverse = tuple((number, -exponent) for number, exponent in shared)
        top, bottom = 0, 1
        for coefficient in poly.values():
            top = gcd(top, coefficient.numerator)
            bottom = bottom * coefficient.denominator // gcd(bottom, coefficient.denominator)
        content = Fraction(top, bottom)
        if poly[max(poly)] < 0:
            content = -content
        reduced: Poly = {times(monomial, inverse): _whole(coefficient / content) for monomial, coefficient in poly.items()}
        key = frozenset(reduced.items())
        number = self.poly_numbers.get(key, -1)
        if number < 0:
            number = self.poly_numbers[key] = len(self.polys)
            self.polys.append(reduced)
        result = self.settled(_simple(content), shared)
        return Quantity(result.coefficient, result.monomial, ((number, 1),))

    # Quantities.

    def mul(self, *quantities: Quantity) -> Quantity:
        """Multiply."""
        coefficient: Exact = 1
        monomial: Monomial = ()
        factors: dict[int, int] = {}
        for quantity in quantities:
            coefficient = coefficient * quantity.coefficient
            if not coefficient:
                return ZERO
            monomial = times(monomial, quantity.monomial)
            for number, exponent in quantity.factors:
                factors[number] = factors.get(number, 0) + exponent
        settled = self.settled(coefficient, monomial)
        kept = tuple(sorted((number, exponent) for number, exponent in factors.items() if exponent))
        return Quantity(_simple(settled.coefficient), settled.monomial, kept)

    def whole_power(self, base: Quantity, exponent: int) -> Quantity:
        """Raise to a whole power; raises NoFormError for a negative power of 0."""
        if exponent == 0:
            return ONE
        if not base.coefficient:
            if exponent < 0:
                raise NoFormError
            return ZERO
        size = base.coefficient.numerator.bit_length() + base.coefficient.denominator.bit_length()
        if size * abs(exponent) > self.budget.bits:
            raise BudgetError(DIGITS)
        scaled = tuple((number, power * exponent) for number, power in base.monomial)
        settled = self.settled(_simple(Fraction(base.coefficient) ** exponent), scaled)
        factors = tuple((number, power * exponent) for number, power in base.factors)
        return Quantity(settled.coefficient, settled.monomial, factors)

    def div(self, top: Quantity, bottom: Quantity) -> Quantity:
        """Divide; raises NoFormError for division by 0."""
        return self.mul(top, self.whole_power(bottom, -1))

    def scaled(self, quantity: Quantity, by: Exact) -> Quantity:
        """Multiply by a number."""
        if not by:
            return ZERO
        return Quantity(_simple(quantity.coefficient * by), quantity.monomial, quantity.factors)

    def add(self, *quantities: Quantity) -> Quantity:
        """Add: what all terms have in common is taken out, the rest is multiplied out."""
        gathered: dict[tuple[Monomial, tuple[tuple[int, int], ...]], Exact] = {}
        for quantity in quantities:
            key = (quantity.monomial, quantity.factors)
            gathered[key] = gathered.get(key, 0) + quantity.coefficient
        terms = [Quantity(c, *key) for key, c in gathered.items() if c]
        if len(terms) < 2:
            return terms[0] if terms else ZERO
        shared = self.common(terms)
        inverse = self.whole_power(shared, -1)
        total: Poly = {}
        for term in terms:
            for monomial, coefficient in self.multiplied_out(self.mul(term, inverse)).items():
                total[monomial] = total.get(monomial, 0) + coefficient
        if len(total) > self.budget.terms:
            raise BudgetError(TERMS)
        return self.mul(shared, self.factored({monomial: c for monomial, c in total.items() if c}))

    def unsquared(self, quantity: Quantity) -> Quantity:
        """Write polynomials that are squares as squares."""
        squares = []
        for number, exponent in quantity.factors:
            if number not in self.square_roots:
                self.square_roots[number] = self.new_square_root(self.polys[number])
            root = self.square_roots[number]
            if root is not None:
                squares += [self.whole_power(root, 2 * exponent), Quantity(1, (), ((number, -exponent),))]
        return self.mul(quantity, *squares) if squares else quantity

    def new_square_root(self, poly: Poly) -> Quantity | None:
        """Return the polynomial whose square this one is, None where there is none; term by term, the leading one first."""
        order = Order(poly)
        lead = max(poly, key=order)
        if len(poly) < 3 or len(poly) > MOST_SQUARE_TERMS or any(exponent % 2 for _, exponent in lead):
            return None
        first = tuple((number, Fraction(exponent, 2)) for number, exponent in lead)
        root: Poly = {_whole_exponents(first): 1}
        scale = _exact_square_root(poly[lead])
        if not scale:
            return None
        rest: Poly = {m: Fraction(c) / poly[lead] for m, c in poly.items() if m != lead}
        inverse = tuple((number, -exponent) for number, exponent in first)
        while rest:
            top = max(rest, key=order)
            term = times(top, inverse)
            if len(root) > len(poly) or any(exponent < 0 for _, exponent in term):
                return None
            half = rest[top] / Fraction(2)
            for other, coefficient in (*root.items(), (term, half / 2)):
                at = times(term, other)
                left = rest.get(at, 0) - 2 * half * coefficient
                if left:
                    rest[at] = left
                else:
                    rest.pop(at, None)
            root[term] = half
        return self.scaled(self.factored(root), scale)

    def divided(self, top: Poly, bottom: Poly) -> tuple[Poly, Poly]:
        """Return quotient and rest: no monomial of the rest is a multiple of the leading one of the divisor."""
        order = Order((*top, *bottom))
        lead = max(bottom, key=order)
        inverse = tuple((number, -exponent) for number, exponent in lead)
        below = {number for monomial in bottom for number, _ in monomial}
        left: Poly = dict(top)
        whole: Poly = {}
        rest: Poly = {}
        while left:
            at = max(left, key=order)
            ratio = times(at, inverse)
            if any(exponent < 0 and number in below for number, exponent in ratio):
                rest[at] = left.pop(at)
                continue
            scale = Fraction(left[at]) / bottom[lead]
            whole[ratio] = _simple(scale)
            self.spend(len(bottom))
            for monomial, coefficient in bottom.items():
                product = times(monomial, ratio)
                value = left.get(product, 0) - scale * coefficient
                if value:
                    left[product] = value
                else:
                    left.pop(product, None)
        return whole, rest

    def common(self, terms: Iterable[Quantity]) -> Quantity:
        """Return the powers of polynomials that all terms share; negative where one has a denominator."""
        found: dict[int, int] | None = None
        for term in terms:
            own = dict(term.factors)
            if found is None:
                found = own
                continue
            for number in {*found, *own}:
                found[number] = min(found.get(number, 0), own.get(number, 0))
        assert found is not None
        return Quantity(1, (), tuple(sorted((number, exponent) for number, exponent in found.items() if exponent)))

    def is_zero(self, quantity: Quantity) -> bool:
        """Whether the numerator multiplied out is 0."""
        if not quantity.coefficient:
            return True
        if not self.is_conditional(quantity):
            return False
        top = Quantity(quantity.coefficient, quantity.monomial, tuple((n, e) for n, e in quantity.factors if e > 0))
        return not self.multiplied_out(top)

    def involved(self, quantity: Quantity) -> Iterable[int]:
        """Yield the unknowns of a quantity, some more than once."""
        for number, _ in quantity.monomial:
            yield number
        for poly, _ in quantity.factors:
            for monomial in self.polys[poly]:
                for number, _ in monomial:
                    yield number


class Order:
    """The lexicographic order of monomials in the unknowns of some polynomial, as a key."""

    def __init__(self, poly: Iterable[Monomial]) -> None:
        """Note which unknowns there are."""
        self.numbers = sorted({number for monomial in poly for number, _ in monomial})

    def __call__(self, monomial: Monomial) -> tuple[Exact, ...]:
        """Return the exponents, one an unknown."""
        exponents = dict(monomial)
        return tuple([exponents.get(number, 0) for number in self.numbers])


def times(left: Monomial, right: Monomial) -> Monomial:
    """Multiply two monomials."""
    if not left:
        return right
    if not right:
        return left
    exponents = dict(left)
    for number, exponent in right:
        total = exponents.get(number, 0) + exponent
        if total:
            exponents[number] = total
        else:
            del exponents[number]
    return tuple(sorted(exponents.items()))


def _whole_exponents(monomial: Monomial) -> Monomial:
    return tuple((number, _simple(exponent)) for number, exponent in monomial)


def _exact_square_root(value: Exact) -> Exact:
    root = isqrt(max(0, value.numerator))
    return root if root * root == value else 0


def _simple(value: Exact) -> Exact:
    return value.numerator if value.denominator == 1 else value


def _whole(value: Exact) -> int:
    assert value.denominator == 1
    return value.numerator
