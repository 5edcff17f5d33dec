"""
The normal form: every expression as one fraction of polynomials in unknowns that obey no law but those applied.

    e^u            u is split into c·(monomial/denominator); each of these exponents is an unknown raised to c, so
                   that e^(u + v) = e^u·e^v and e^(2u) = (e^u)²
    sin u, cos u   by e^(iu), in the same way
    tanh, σ, …     by their definitions; softmax and its logarithm too
    ln u           Σ exponent · ln|factor|, which holds wherever ln u has a value
    √u, u^(p/q)    Π |factor|^(p/q), which holds wherever the root has a value
    |u|, max, …    by [u > 0], an unknown h with h² = h; or, one cell at a time, by the sign it has there
    erf u, …       an unknown for each argument, odd functions for each pair ±u

A logarithm or root says of its argument that it is positive: what is proved holds wherever both sides have values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor, lcm

from symbackprop.arithmetic.base import component_definition, component_index, definition
from symbackprop.decide.feasible import solve
from symbackprop.decide.model import TERMS, BudgetError, Facts
from symbackprop.decide.ring import MINUS_ONE, ONE, ZERO, Monomial, NoFormError, Part, Poly, Quantity, Ring
from symbackprop.decide.sizes import Sizes
from symbackprop.expr import (
    Call,
    Cases,
    Condition,
    Constant,
    Exact,
    Expr,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    substitute,
)
from symbackprop.functions import SELECTIONS, VECTOR_FUNCTIONS

HALF = Fraction(1, 2)
LARGEST_TRIAL_DIVISOR = 1_000
MOST_EXPONENT_TERMS = 200
MOST_LOGARITHMS = 12
MOST_SPREAD = 1_024
COMPLEX = frozenset(("i", "turn"))
ODD = frozenset(("erf", "atan", "asin"))

# A key of exponents: a monomial over a product of polynomials.
ExponentKey = tuple[Monomial, tuple[tuple[int, int], ...]]


class SplitError(Exception):
    """The sign of a part is needed, and this cell says nothing of it."""

    def __init__(self, part: Part) -> None:
        """Keep the part."""
        super().__init__()
        self.part = part


class OutsideError(Exception):
    """Nothing has a value in this cell."""


@dataclass
class Normal:
    """
    Expressions to normal forms, under one choice of what stands for itself and what is put in.

    `opened` tells whether a symbol's definition is put in; `fixed` gives values of leaves (on a boundary);
    `cell` is None where [u > 0] is an unknown, else the signs supposed; `learned` are the signs that logarithms and
    roots say their arguments have.
    """

    ring: Ring
    facts: Facts
    opened: Callable[[Symbol], bool]
    fixed: dict[str, Quantity] = field(default_factory=dict)
    cell: tuple[tuple[Part, int], ...] | None = None
    learned: dict[Part, int] = field(default_factory=dict)
    jumps: dict[Part, None] = field(default_factory=dict)
    named: dict[str, Quantity] = field(default_factory=dict)
    named_terms: dict[str, list[Quantity]] = field(default_factory=dict)
    known: dict[int, tuple[Expr, Quantity]] = field(default_factory=dict)
    resolved: dict[int, Quantity | None] = field(default_factory=dict)
    constants: dict[Part, int | None] = field(default_factory=dict)
    within_branch: int = 0

    # Arithmetic, with roots multiplied out.

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

    def sign(self, part: Part) -> Quantity:
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

    def sign_of(self, quantity: Quantity, *, jump: bool) -> Quantity:
        """Return the sign of a quantity; `jump` says that what is made of it jumps where the sign changes."""
        if not quantity.coefficient:
            return ZERO
        if any(self.ring.kind(number) == "indicator" for number in self.ring.involved(quantity)):
            # It may be 0 in a whole cell: only a cell can tell.
            raise SplitError(self.parts(quantity)[1][0][0])
        if (simpler := self.compared(quantity)) is not None:
            return self.sign_of(simpler, jump=jump)
        sign, parts = self.parts(self.ring.unsquared(quantity))
        result = Quantity(sign)
        for part, exponent in parts:
            if exponent % 2 == 1:
                own = self.sign(part)
                if jump and self.known_sign(part) is None:
                    self.jumps.setdefault(part)
                result = self.mul(result, own)
        return result

    def compared(self, quantity: Quantity) -> Quantity | None:
        """
        Return a simpler quantity of the same sign.

        e^u − c·e^v has the sign of u − v − ln c, and Σ cᵢ·ln pᵢ that of Π pᵢ^cᵢ − 1, the cᵢ made whole.
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

    # Expressions.

    def go(self, expr: Expr) -> Quantity:
        """Return the normal form."""
        if isinstance(expr, Symbol):
            return self.symbol(expr)
        found = self.known.get(id(expr))
        if found is None or found[0] is not expr:
            found = self.known[id(expr)] = (expr, self.form(expr))
        return found[1]

    def symbol(self, symbol: Symbol) -> Quantity:
        """Return the form of a symbol: its definition's, or an unknown of its own."""
        name = symbol.name
        found = self.named.get(name)
        if found is None:
            found = self.named[name] = self.new_symbol(symbol)
        return found

    def new_symbol(self, symbol: Symbol) -> Quantity:
        """Return the form of a symbol that was not met before."""
        name = symbol.name
        if name in self.fixed:
            return self.fixed[name]
        for *others, last in self.facts.constraints:
            if name == last:
                return self.add(ONE, *(self.ring.scaled(self.symbol(Symbol(other)), -1) for other in others))
        if self.opened(symbol) and (meaning := self.facts.meaning(symbol)) is not None:
            inside, self.within_branch = self.within_branch, 0
            try:
                return self.go(meaning)
            finally:
                self.within_branch = inside
        positive = "positive" in self.facts.assumptions.get(name, frozenset())
        return self.ring.quantity("symbol", name, positive=positive)

    def form(self, expr: Expr) -> Quantity:
        """Return the form of an expression that is no symbol."""
        match expr:
            case Number(value):
                return Quantity(value)
            case Constant("pi"):
                return self.ring.quantity("pi", "pi", positive=True)
            case Constant():
                return self.exponential([ONE])
            case Sum(terms):
                return self.add(*map(self.go, terms))
            case Product(factors):
                return self.mul(*map(self.go, factors))
            case Quotient(numerator, denominator):
                return self.resolve(self.ring.div(self.go(numerator), self.go(denominator)))
            case Power(base, exponent):
                return self.power(base, exponent)
            case Call(function, arguments) if function in VECTOR_FUNCTIONS:
                body = component_definition(function, component_index(expr), len(arguments) - 1)
                return self.go(substitute(body, {f"z{k}": argument for k, argument in enumerate(arguments[1:])}))
            case Call(function, arguments):
                return self.call(function, arguments)
            case Cases(branches, otherwise):
                return self.cases(branches, otherwise)
        raise NoFormError

    def power(self, base: Expr, exponent: Expr) -> Quantity:
        """Return a power."""
        height = self.go(exponent)
        if not height.monomial and not height.factors:
            return self.number_power(self.go(base), height.coefficient)
        if isinstance(base, Constant) and base.name == "e":
            return self.exponential(self.terms(exponent))
        low = self.go(base)
        self.learn(low)
        return self.exponential([self.mul(height, self.logarithm(low))])

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

    # Sums over paths.

    def spread(self, expr: Expr) -> list[Quantity]:
        """
        Return terms whose sum is the expression: sums are left as they are where their terms have different denominators.

        A sum over paths has a denominator for every unit, and their product would have to be multiplied out for nothing.
        """
        match expr:
            case Symbol(name=name) if self.opened(expr) and name not in self.fixed:
                meaning = self.facts.meaning(expr)
                if isinstance(meaning, (Sum, Product, Quotient, Symbol)):
                    if name not in self.named_terms:
                        self.named_terms[name] = self.spread(meaning)
                    return self.named_terms[name]
            case Sum(terms):
                parts = [quantity for term in terms for quantity in self.spread(term)]
                if len(parts) > MOST_SPREAD:
                    raise BudgetError(TERMS)
                return self.together(parts)
            case Product(factors):
                products = [ONE]
                for factor in factors:
                    parts = self.spread(factor)
                    if len(products) * len(parts) > MOST_SPREAD:
                        return [self.go(expr)]
                    products = [self.mul(left, right) for left in products for right in parts]
                return products
            case Quotient(numerator, denominator):
                below = self.ring.whole_power(self.go(denominator), -1)
                return [self.mul(part, below) for part in self.spread(numerator)]
        return [self.go(expr)]

    def together(self, terms: list[Quantity]) -> list[Quantity]:
        """Add terms up where one of them has the denominators of all, else leave them."""
        below = [frozenset(number for number, exponent in term.factors if exponent < 0) for term in terms]
        if len(terms) < 2 or frozenset().union(*below) in below:
            return [self.add(*terms)]
        return terms

    def is_sum_zero(self, terms: Sequence[Quantity]) -> bool:
        """Whether terms add up to 0: those with equal denominators first."""
        groups: dict[tuple[tuple[int, int], ...], list[Quantity]] = {}
        for term in terms:
            groups.setdefault(tuple(pair for pair in term.factors if pair[1] < 0), []).append(term)
        sums = [total for group in groups.values() if not self.ring.is_zero(total := self.add(*group))]
        return not sums or self.ring.is_zero(self.add(*sums))

    # Exponentials and logarithms.

    def terms(self, expr: Expr) -> list[Quantity]:
        """Return the terms of an exponent, each in normal form: kept apart, their denominators stay small."""
        if isinstance(expr, Sum):
            return [quantity for term in expr.terms for quantity in self.terms(term)]
        if isinstance(expr, Symbol) and self.opened(expr) and expr.name not in self.fixed:
            meaning = self.facts.meaning(expr)
            if isinstance(meaning, Sum):
                return self.terms(meaning)
        if isinstance(expr, Product) and isinstance(expr.factors[0], Number) and len(expr.factors) == 2:
            scale = expr.factors[0].value
            return [self.ring.scaled(quantity, scale) for quantity in self.terms(expr.factors[1])]
        return [self.go(expr)]

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

    # Functions.

    def call(self, function: str, arguments: tuple[Expr, ...]) -> Quantity:
        """Return a function of one argument, max or min."""
        if function in SELECTIONS:
            left, right = map(self.go, arguments)
            difference = self.minus(left, right)
            sign = self.sign_of(difference, jump=False)
            half = self.ring.scaled(self.mul(sign, difference), HALF if function == "max" else -HALF)
            return self.add(self.ring.scaled(left, HALF), self.ring.scaled(right, HALF), half)
        (argument,) = arguments
        match function:
            case "exp":
                if isinstance(argument, Call) and argument.function == "log":
                    inner = self.go(argument.arguments[0])
                    self.learn(inner)
                    return inner
                return self.exponential(self.terms(argument))
            case "sinh" | "cosh":
                power = self.exponential(self.terms(argument))
                inverse = self.ring.whole_power(power, -1)
                return self.ring.scaled(self.add(power, self.ring.scaled(inverse, 1 if function == "cosh" else -1)), HALF)
            case "sin" | "cos" | "tan":
                return self.rotation(function, argument)
        body = definition(function)
        if body is not None:
            return self.go(substitute(body, {"z": argument}))
        value = self.go(argument)
        match function:
            case "log":
                self.learn(value)
                return self.logarithm(value)
            case "sqrt":
                return self.number_power(value, HALF)
            case "abs":
                return self.mul(value, self.sign_of(value, jump=False))
            case "sign":
                return self.sign_of(value, jump=True)
            case "step":
                return self.indicator(value, ">")
            case "acos":
                quarter = self.ring.scaled(self.ring.quantity("pi", "pi", positive=True), HALF)
                return self.minus(quarter, self.opaque("asin", value))
        return self.opaque(function, value)

    def rotation(self, function: str, argument: Expr) -> Quantity:
        """Return sin, cos or tan by e^(iu)."""
        ring = self.ring
        turn = ONE
        for (monomial, below), coefficient in self.exponents(self.terms(argument)):
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

    def indicator(self, quantity: Quantity, relation: str) -> Quantity:
        """Return 1 where quantity relation 0 holds, else 0."""
        if not quantity.coefficient:
            return ONE if relation in {">=", "<="} else ZERO
        sign = self.sign_of(quantity, jump=True)
        if relation in {"<", "<="}:
            sign = self.ring.scaled(sign, -1)
        return self.add(Quantity(HALF), self.ring.scaled(sign, HALF))

    def cases(self, branches: Sequence[tuple[Expr, Condition]], otherwise: Expr) -> Quantity:
        """Return Σ indicator · value; in a cell only the branch that is taken."""
        total: list[Quantity] = []
        left_over = ONE
        inside = self.within_branch
        try:
            for value, test in branches:
                holds = self.indicator(self.minus(self.go(test.left), self.go(test.right)), test.relation)
                if not holds.coefficient:
                    continue
                if holds != ONE:
                    self.within_branch += 1
                total.append(self.mul(left_over, holds, self.go(value)))
                if holds == ONE:
                    return self.add(*total)
                left_over = self.mul(left_over, self.minus(ONE, holds))
            total.append(self.mul(left_over, self.go(otherwise)))
        finally:
            self.within_branch = inside
        return self.add(*total)


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

