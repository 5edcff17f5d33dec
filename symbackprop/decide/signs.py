"""Quantities with roots multiplied out, and their signs: known, supposed in a cell, or an indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor

from symbackprop.decide.feasible import solve
from symbackprop.decide.model import Facts
from symbackprop.decide.ring import MINUS_ONE, Part, Poly, Quantity, Ring
from symbackprop.decide.sizes import Sizes
from symbackprop.expr import Exact

COMPLEX = frozenset(("i", "turn"))


class SplitError(Exception):
    """The sign of a part is needed, and this cell says nothing of it."""

    def __init__(self, part: Part) -> None:
        """Keep the part."""
        super().__init__()
        self.part = part


class OutsideError(Exception):
    """Nothing has a value in this cell."""


@dataclass
class Signs:
    """
    Quantities of one ring, under what is known of signs.

    `cell` is None where [u > 0] is an unknown, else the signs supposed; `learned` are the signs that logarithms and
    roots say their arguments have.
    """

    ring: Ring
    facts: Facts
    cell: tuple[tuple[Part, int], ...] | None = field(default=None, kw_only=True)
    learned: dict[Part, int] = field(default_factory=dict, kw_only=True)
    resolved: dict[int, Quantity | None] = field(default_factory=dict, kw_only=True)
    constants: dict[Part, int | None] = field(default_factory=dict, kw_only=True)
    within_branch: int = field(default=0, kw_only=True)

    def add(self, *quantities: Quantity) -> Quantity:
        """Add."""
        return self.resolve(self.ring.add(*quantities))

    def mul(self, *quantities: Quantity) -> Quantity:
        """Multiply."""
        return self.resolve(self.ring.mul(*quantities))

    def minus(self, left: Quantity, right: Quantity) -> Quantity:
        """Subtract."""
        return self.add(left, self.ring.scaled(right, -1))

    def resolve(self, quantity: Quantity) -> Quantity:
        """Write |p|^(3/2) as |p|·|p|^(1/2), and |p| by the sign of p."""
        ring = self.ring
        if not ring.has_roots:
            return quantity
        kept, pieces = [], []
        for number, exponent in quantity.monomial:
            unknown = ring.unknowns[number]
            if unknown.kind == "root" and not 0 <= exponent < 1:
                whole = floor(exponent)
                if exponent != whole:
                    kept.append((number, exponent - whole))
                pieces.append(self.size_power(unknown.key, whole))
            else:
                kept.append((number, exponent))
        factors = []
        for number, exponent in quantity.factors:
            other = self.resolve_poly(number)
            if other is None:
                factors.append((number, exponent))
            else:
                pieces.append(ring.whole_power(other, exponent))
        if not pieces:
            return quantity
        return self.mul(Quantity(quantity.coefficient, tuple(kept), tuple(factors)), *pieces)

    def resolve_poly(self, number: int) -> Quantity | None:
        """Return a polynomial with its roots multiplied out, None where they are."""
        if number not in self.resolved:
            ring = self.ring
            poly = ring.polys[number]
            whole = any(
                ring.kind(unknown) == "root" and not 0 <= exponent < 1 for monomial in poly for unknown, exponent in monomial
            )
            self.resolved[number] = self.add(*(self.resolve(Quantity(c, m)) for m, c in poly.items())) if whole else None
        return self.resolved[number]

    # Signs.

    def parts(self, quantity: Quantity) -> tuple[int, list[tuple[Part, Exact]]]:
        """Return the sign of the coefficient, and the factors whose size or sign matters, each with its exponent."""
        sign = -1 if quantity.coefficient < 0 else 1
        if self.is_complex(quantity):
            whole = Quantity(1, quantity.monomial, quantity.factors)
            return sign, [(("atom", self.ring.unknown("real", whole)), 1)]
        found: list[tuple[Part, Exact]] = [(("atom", number), exponent) for number, exponent in quantity.monomial]
        found += [(("poly", number), exponent) for number, exponent in quantity.factors]
        return sign, found

    def is_complex(self, quantity: Quantity) -> bool:
        """Whether e^(iu) of some u is in it."""
        ring = self.ring
        return bool(ring.special) and any(ring.kind(number) in COMPLEX for number in ring.involved(quantity))

    def value_of(self, part: Part) -> Quantity:
        """Return a part as a quantity."""
        kind, number = part
        if kind == "poly":
            return Quantity(1, (), ((number, 1),))
        unknown = self.ring.unknowns[number]
        if unknown.kind == "real":
            whole: Quantity = unknown.key
            return whole
        return Quantity(1, ((number, 1),))

    def known_sign(self, part: Part) -> int | None:
        """Return 1 or −1 where the sign of a part is the same wherever it matters."""
        kind, number = part
        if kind == "atom":
            unknown = self.ring.unknowns[number]
            if unknown.positive:
                return 1
            if unknown.kind == "symbol":
                assumed = self.facts.assumptions.get(unknown.key, frozenset())
                if assumed & {"positive", "nonnegative"}:
                    return 1
                if "negative" in assumed:
                    return -1
        elif (found := self.sign_of_terms(self.ring.polys[number])) is not None:
            return found
        if (learned := self.learned.get(part)) is not None:
            return learned
        if part not in self.constants:
            self.constants[part] = Sizes(self.ring, {}).sign(part) or None
        return self.constants[part]

    def sign_of_terms(self, poly: Poly) -> int | None:
        """Return the sign of a polynomial whose terms all have the same."""
        signs = set()
        strict = False
        for monomial, coefficient in poly.items():
            sign = 1 if coefficient > 0 else -1
            always = True
            for number, exponent in monomial:
                if exponent % 2 == 0:
                    always = always and self.known_sign(("atom", number)) is not None
                    continue
                own = self.known_sign(("atom", number))
                if own is None:
                    return None
                if exponent % 1 == 0:
                    sign *= own
            signs.add(sign)
            strict = strict or always
        return signs.pop() if len(signs) == 1 and strict else None

    def sign(self, part: Part, *, jump: bool = False) -> Quantity:  # noqa: ARG002 - who knows more asks for it
        """Return the sign of a part: a number where it is known or supposed, else 2h − 1."""
        known = self.known_sign(part)
        if known is None and self.cell is not None:
            known = self.supposed(part)
        if known is not None:
            return Quantity(known)
        ring = self.ring
        indicator = ring.quantity("indicator", part)
        return ring.add(ring.scaled(indicator, 2), MINUS_ONE)

    def supposed(self, part: Part) -> int:
        """Return the sign that a part has in this cell; raises SplitError where the cell leaves it open."""
        assert self.cell is not None
        for other, sign in self.cell:
            if other == part:
                return sign
        rows = [self.row(other, sign) for other, sign in self.cell]
        above, below = (solve([*rows, *self.positive_rows(rows, part), self.row(part, sign)], ()) for sign in (1, -1))
        if above is None and below is None:
            raise OutsideError
        if above is None or below is None:
            return 1 if below is None else -1
        raise SplitError(part)

    def row(self, part: Part, sign: int) -> Poly:
        """Return a part with its sign as a linear condition on monomials."""
        kind, number = part
        poly = self.ring.polys[number] if kind == "poly" else {((number, 1),): 1}
        return {monomial: sign * coefficient for monomial, coefficient in poly.items()}

    def positive_rows(self, rows: Sequence[Poly], part: Part) -> list[Poly]:
        """Return the conditions that hold anyway: monomials that are positive."""
        monomials = dict.fromkeys(m for row in (*rows, self.row(part, 1)) for m in row if m)
        found: list[Poly] = []
        for monomial in monomials:
            sign = self.sign_of_terms({monomial: 1})
            if sign is not None:
                found.append({monomial: sign})
        return found

    def size_power(self, part: Part, exponent: int) -> Quantity:
        """Return |part| to a whole power."""
        value = self.ring.whole_power(self.value_of(part), exponent)
        if exponent % 2 == 0:
            return value
        return self.mul(value, self.sign(part))

    def learn(self, quantity: Quantity) -> None:
        """Note that a quantity is positive, where only one of its factors has an unknown sign."""
        if self.within_branch or not quantity.coefficient:
            return
        sign, parts = self.parts(quantity)
        unknown: list[Part] = []
        for part, exponent in parts:
            if exponent % 1 != 0 or exponent % 2 == 0:
                continue
            own = self.known_sign(part)
            if own is None and self.cell is not None:
                own = next((s for other, s in self.cell if other == part), None)
            if own is None:
                unknown.append(part)
            else:
                sign *= own
        if not unknown and sign < 0:
            raise OutsideError
        if len(unknown) == 1:
            self.learned[unknown[0]] = sign
