"""The values of unknowns, polynomials and quantities at a point: on which side of a condition it lies."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symbackprop.decide.enclosures import Enclosed, Enclosures, UnclearError
from symbackprop.decide.ring import Part, Poly, Quantity, Ring
from symbackprop.errors import DomainError

BITS = 320
FUNCTIONS = frozenset(("erf", "atan", "asin"))


class OpenError(Exception):
    """A symbol has no value here."""


class Sizes:
    """Enclosures of all that a ring knows, where symbols have the values given."""

    def __init__(self, ring: Ring, values: Mapping[str, Fraction]) -> None:
        """Start with the symbols."""
        self.ring = ring
        self.values = values
        self.arithmetic = Enclosures(BITS)
        self.known: dict[int, Enclosed] = {}

    def sign(self, part: Part) -> int | None:
        """Return the sign of a part, None where it is not known."""
        try:
            return self.arithmetic.sign(self.part(part))
        except (OpenError, UnclearError, DomainError):
            return None

    def poly(self, poly: Poly) -> Enclosed:
        """Return the value of a polynomial."""
        return self.arithmetic.add([self.quantity(Quantity(c, m)) for m, c in poly.items()])

    def quantity(self, quantity: Quantity) -> Enclosed:
        """Return the value of a quantity."""
        factors: list[Enclosed] = [Fraction(quantity.coefficient)]
        factors += [self.arithmetic.power(self.unknown(number), Fraction(exponent)) for number, exponent in quantity.monomial]
        factors += [self.arithmetic.integer_power(self.poly(self.ring.polys[n]), exponent) for n, exponent in quantity.factors]
        return self.arithmetic.mul(factors)

    def unknown(self, number: int) -> Enclosed:
        """Return the value of an unknown; raises OpenError where it has none."""
        found = self.known.get(number)
        if found is None:
            found = self.known[number] = self.new(number)
        return found

    def new(self, number: int) -> Enclosed:
        """Compute the value of an unknown."""
        unknown, arithmetic = self.ring.unknowns[number], self.arithmetic
        match unknown.kind:
            case "symbol" if unknown.key in self.values:
                return self.values[unknown.key]
            case "pi":
                return arithmetic.pi
            case "prime":
                return Fraction(unknown.key)
            case "power":
                monomial, below = unknown.key
                return arithmetic.exp(self.quantity(Quantity(1, monomial, below)))
            case "log":
                kind, which = unknown.key
                value = Fraction(which) if kind == "number" else self.part(unknown.key)
                return arithmetic.log(arithmetic.absolute(value))
            case "root":
                return arithmetic.absolute(self.part(unknown.key))
            case kind if kind in FUNCTIONS:
                return arithmetic.elementary(kind, self.quantity(unknown.key))
        raise OpenError

    def part(self, part: Part) -> Enclosed:
        """Return the value of a part."""
        kind, number = part
        return self.poly(self.ring.polys[number]) if kind == "poly" else self.unknown(number)
