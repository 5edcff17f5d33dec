"""Powers, exponentials and logarithms of quantities, and the signs that they show."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from symbackprop.decide.model import TERMS, BudgetError
from symbackprop.decide.ring import ONE, ZERO, Monomial, NoFormError, Part, Poly, Quantity
from symbackprop.decide.signs import Signs, SplitError
from symbackprop.expr import Exact

HALF = Fraction(1, 2)
LARGEST_TRIAL_DIVISOR = 1_000
MOST_EXPONENT_TERMS = 200
MOST_LOGARITHMS = 12
ODD = frozenset(("erf", "atan", "asin"))

# A key of exponents: a monomial over a product of polynomials.
ExponentKey = tuple[Monomial, tuple[tuple[int, int], ...]]


@dataclass
class Powers(Signs):
    """Functions of quantities; `jumps` are the parts on whose sign a step, a sign or a case depends."""

    jumps: dict[Part, None] = field(default_factory=dict, kw_only=True)

    # Powers and roots.

    def number_power(self, base: Quantity, exponent: Exact) -> Quantity:
        """Raise to a fixed power."""
        if exponent % 1 == 0:
            return self.resolve(self.ring.whole_power(base, int(exponent)))
        if not base.coefficient:
            if exponent > 0:
                return ZERO
            raise NoFormError
        base = self.ring.unsquared(base)
        self.learn(base)
        _, parts = self.parts(base)
        pieces = [self.number_root(abs(Fraction(base.coefficient)), exponent)]
        pieces += [self.root(part, own * exponent) for part, own in parts]
        return self.mul(*pieces)

    def root(self, part: Part, exponent: Exact) -> Quantity:
        """Return |part| to any power."""
        kind, number = part
        if kind == "atom" and self.ring.unknowns[number].positive:
            return self.ring.settled(1, ((number, exponent),))
        if exponent % 1 == 0:
            return self.size_power(part, int(exponent))
        return self.resolve(self.ring.quantity("root", part, positive=True, exponent=exponent))

    def number_root(self, value: Fraction, exponent: Exact) -> Quantity:
        """Return a power of a positive number by powers of its primes."""
        pieces = [self.ring.quantity("prime", p, positive=True, exponent=n * exponent) for p, n in primes(value)]
        return self.mul(*pieces) if pieces else ONE

    # Exponentials and logarithms.

    def exponents(self, terms: Collection[Quantity]) -> list[tuple[ExponentKey, Exact]]:
        """Split terms into c·(monomial/denominator), gathered; a fraction is divided out as far as it goes."""
        ring = self.ring
        found: dict[ExponentKey, Exact] = {}
        rest: list[Quantity] = []
        for term in terms:
            if self.is_complex(term):
                rest.append(term)
                continue
            below = tuple((number, -exponent) for number, exponent in term.factors if exponent < 0)
            above = tuple((number, exponent) for number, exponent in term.factors if exponent > 0)
            bottom = ring.factored(ring.multiplied_out(Quantity(1, (), below)))
            inverse = ring.whole_power(Quantity(bottom.coefficient, bottom.monomial), -1)
            poly = ring.multiplied_out(ring.mul(Quantity(term.coefficient, term.monomial, above), inverse))
            for number, _ in bottom.factors:
                poly, fraction = ring.divided(poly, ring.polys[number])
                for monomial, coefficient in fraction.items():
                    key: ExponentKey = (monomial, ((number, -1),))
                    found[key] = found.get(key, 0) + coefficient
            for monomial, coefficient in poly.items():
                found[monomial, ()] = found.get((monomial, ()), 0) + coefficient
        if rest and (whole := self.add(*rest)).coefficient:
            real = ring.unknown("real", Quantity(1, whole.monomial, whole.factors))
            key = (((real, 1),), ())
            found[key] = found.get(key, 0) + whole.coefficient
        if len(found) > MOST_EXPONENT_TERMS:
            raise BudgetError(TERMS)
        return [(key, coefficient) for key, coefficient in found.items() if coefficient]

    def exponential(self, terms: Collection[Quantity]) -> Quantity:
        """Return e to the sum of the terms."""
        pieces = []
        for (monomial, below), coefficient in self.exponents(terms):
            if not below and len(monomial) == 1 and monomial[0][1] == 1 and self.ring.kind(monomial[0][0]) == "log":
                of: Part = self.ring.unknowns[monomial[0][0]].key
                if of[0] == "number":
                    pieces.append(self.number_root(Fraction(of[1]), coefficient))
                else:
                    pieces.append(self.root(of, coefficient))
            else:
                pieces.append(self.ring.quantity("power", (monomial, below), positive=True, exponent=coefficient))
        return self.mul(*pieces) if pieces else ONE

    def logarithm(self, quantity: Quantity) -> Quantity:
        """Return the logarithm of the size of a quantity."""
        if not quantity.coefficient:
            raise NoFormError
        ring = self.ring
        quantity = ring.unsquared(quantity)
        terms = [ring.scaled(ring.quantity("log", ("number", p)), n) for p, n in primes(abs(Fraction(quantity.coefficient)))]
        for part, exponent in self.parts(quantity)[1]:
            kind, number = part
            unknown = ring.unknowns[number] if kind == "atom" else None
            if unknown is not None and unknown.kind == "power":
                monomial, below = unknown.key
                terms.append(Quantity(exponent, monomial, below))
            elif unknown is not None and unknown.kind == "prime":
                terms.append(ring.scaled(ring.quantity("log", ("number", unknown.key)), exponent))
            elif unknown is not None and unknown.kind == "root":
                terms.append(ring.scaled(self.logarithm_of_part(unknown.key), exponent))
            else:
                terms.append(ring.scaled(self.logarithm_of_part(part), exponent))
        return self.add(*terms) if terms else ZERO

    def logarithm_of_part(self, part: Part) -> Quantity:
        """Return ln|part|."""
        return self.ring.quantity("log", part)

    def rotation(self, function: str, terms: Collection[Quantity]) -> Quantity:
        """Return sin, cos or tan by e^(iu)."""
        ring = self.ring
        turn = ONE
        for (monomial, below), coefficient in self.exponents(terms):
            key = (monomial, below)
            only_pi = not below and len(monomial) == 1 and monomial[0][1] == 1 and ring.kind(monomial[0][0]) == "pi"
            turn = ring.mul(turn, ring.quantity("turn", "pi" if only_pi else key, exponent=coefficient))
        back = ring.whole_power(turn, -1)
        cosine = ring.scaled(self.add(turn, back), HALF)
        sine = ring.mul(ring.scaled(self.minus(turn, back), -HALF), ring.quantity("i", "i"))
        if function == "tan":
            return ring.div(sine, cosine)
        return cosine if function == "cos" else sine

    def opaque(self, function: str, value: Quantity) -> Quantity:
        """Return an unknown for this function of this argument."""
        if not value.coefficient:
            return ZERO  # erf, arctan and arcsin of 0
        turned = function in ODD and value.coefficient < 0
        if turned:
            value = self.ring.scaled(value, -1)
        for number, unknown in enumerate(self.ring.unknowns):
            if unknown.kind == function and unknown.key != value and self.is_same(unknown.key, value):
                found = Quantity(1, ((number, 1),))
                break
        else:
            found = self.ring.quantity(function, value)
        return self.ring.scaled(found, -1) if turned else found

    def is_same(self, left: Quantity, right: Quantity) -> bool:
        """Whether two arguments are equal though they are written differently."""
        return self.ring.is_zero(self.minus(left, right))

    # Conditions.

    def sign_of(self, quantity: Quantity, *, jump: bool) -> Quantity:
        """Return the sign of a quantity; `jump` says that what is made of it jumps where the sign changes."""
        if not quantity.coefficient:
            return ZERO
        if self.ring.is_conditional(quantity):
            # It may be 0 in a whole cell: only a cell can tell.
            raise SplitError(self.parts(quantity)[1][0][0])
        if (simpler := self.compared(quantity)) is not None:
            return self.sign_of(simpler, jump=jump)
        sign, parts = self.parts(self.ring.unsquared(quantity))
        result = Quantity(sign)
        for part, exponent in parts:
            if exponent % 2 == 1:
                result = self.mul(result, self.sign(part, jump=jump))
        return result

    def sign(self, part: Part, *, jump: bool = False) -> Quantity:
        """Return the sign of a part, by a simpler quantity of the same sign where there is one."""
        if self.known_sign(part) is None:
            simpler = self.compared(self.value_of(part))
            if simpler is not None:
                return self.sign_of(simpler, jump=jump)
            if jump:
                self.jumps.setdefault(part)
        return super().sign(part)

    def compared(self, quantity: Quantity) -> Quantity | None:
        """
        Return a simpler quantity of the same sign.

        e^u − c·e^v has the sign of u − v − ln c, Σ cᵢ·ln pᵢ that of Π pᵢ^cᵢ − 1, the cᵢ made whole, and erf u that of u.
        """
        ring = self.ring
        poly: Poly
        if len(quantity.factors) == 1 and quantity.factors[0][1] == 1 and not quantity.monomial:
            poly = ring.polys[quantity.factors[0][0]]
        elif not quantity.factors and quantity.coefficient:
            poly = {quantity.monomial: 1}
        else:
            return None
        kinds = {ring.kind(number) for monomial in poly for number, _ in monomial}
        if not quantity.factors and len(quantity.monomial) == 1 and kinds <= ODD:
            ((number, exponent),) = quantity.monomial
            inner: Quantity = ring.unknowns[number].key
            return ring.scaled(inner, quantity.coefficient) if exponent == 1 else None
        if kinds == {"power"} and len(poly) == 2 and min(poly.values()) < 0 < max(poly.values()):
            above, below = sorted(poly, key=lambda monomial: -poly[monomial])
            difference = self.minus(
                self.logarithm(Quantity(poly[above], above)), self.logarithm(Quantity(-poly[below], below))
            )
            return ring.scaled(difference, quantity.coefficient)
        if kinds == {"log"} and all(len(m) == 1 and m[0][1] == 1 for m in poly):
            whole = lcm(*(coefficient.denominator for coefficient in poly.values()))
            if sum(abs(Fraction(coefficient)) * whole for coefficient in poly.values()) > MOST_LOGARITHMS:
                return None
            product = self.exponential([Quantity(coefficient * whole, monomial) for monomial, coefficient in poly.items()])
            return ring.scaled(self.minus(product, ONE), 1 if quantity.coefficient > 0 else -1)
        return None

    def indicator(self, quantity: Quantity, relation: str) -> Quantity:
        """Return 1 where quantity relation 0 holds, else 0."""
        if not quantity.coefficient:
            return ONE if relation in {">=", "<="} else ZERO
        sign = self.sign_of(quantity, jump=True)
        if relation in {"<", "<="}:
            sign = self.ring.scaled(sign, -1)
        return self.add(Quantity(HALF), self.ring.scaled(sign, HALF))

    # Sums.

    def together(self, terms: list[Quantity]) -> list[Quantity]:
        """Add terms up where one of them has the denominators of all, else leave them."""
        below = [frozenset(number for number, exponent in term.factors if exponent < 0) for term in terms]
        if len(terms) < 2 or frozenset().union(*below) in below:
            return [self.add(*terms)]
        return terms

    def is_sum_zero(self, terms: Sequence[Quantity]) -> bool:
        """Whether terms add up to 0: those with equal denominators first."""
        groups: dict[tuple[tuple[int, int], ...], list[Quantity]] = {}
        for term in map(self.ring.unsquared, terms):
            groups.setdefault(tuple(pair for pair in term.factors if pair[1] < 0), []).append(term)
        sums = [total for group in groups.values() if not self.ring.is_zero(total := self.add(*group))]
        return not sums or self.ring.is_zero(self.add(*sums))


def primes(value: Fraction) -> list[tuple[int, int]]:
    """Return the primes of a positive fraction with their exponents; what has no small divisor counts as one."""
    found: dict[int, int] = {}
    for start, sign in ((value.numerator, 1), (value.denominator, -1)):
        rest, divisor = start, 2
        while divisor <= LARGEST_TRIAL_DIVISOR and divisor * divisor <= rest:
            while rest % divisor == 0:
                rest //= divisor
                found[divisor] = found.get(divisor, 0) + sign
            divisor += 1
        if rest > 1:
            found[rest] = found.get(rest, 0) + sign
    return [(p, n) for p, n in found.items() if n]
