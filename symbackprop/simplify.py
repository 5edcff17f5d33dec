"""
A short ordered list of named rewrites; each keeps the value and never makes the expression longer.

There is no general simplifier here.  Products stay factored, because `(a - y)*a*(1 - a)*x` is the
answer and four monomials are not.  A rewrite is one row of `REWRITES`: its name, what a teacher says,
and a function that answers a rewritten expression or None.  'Shorter' is counted by `expr.operations`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from symbackprop.expr import (
    MINUS_ONE,
    ONE,
    Exact,
    Expr,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    add,
    children,
    div,
    mul,
    number,
    operations,
    power,
    transform,
)

MOST_MONOMIALS = 200
HIGHEST_EXPANDED_POWER = 4
MOST_OPERATIONS = 2_000

Monomial = tuple[tuple[int, int], ...]
Powers = list[tuple[Expr, int]]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A named rewrite: `apply` answers None where it does not fit; `tidies` accepts an equal length."""

    name: str
    says: str
    apply: Callable[[Expr], Expr | None]
    tidies: bool = False


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The result of one rewrite, and the assumption it needed."""

    rule: str
    value: Expr
    assumption: tuple[str, ...] = ()


# --- factors: u·v/(u·w) = v/w -------------------------------------------------------------------------------


def _factors(expr: Expr) -> tuple[Expr, ...]:
    return expr.factors if isinstance(expr, Product) else (expr,)


def _powers(expr: Expr) -> Powers:
    """Write a product as (base, whole exponent) pairs, in order; (uv)ⁿ is uⁿvⁿ."""
    pairs: Powers = []
    for factor in _factors(expr):
        if isinstance(factor, Power) and isinstance(factor.exponent, Number) and isinstance(factor.exponent.value, int):
            n = factor.exponent.value
            pairs.extend((base, m * n) for base, m in _powers(factor.base))
        else:
            pairs.append((factor, 1))
    return pairs


def _opposite(expr: Expr) -> Expr:
    """Return −expr with the sign carried into a sum."""
    return add(*(mul(-1, term) for term in expr.terms)) if isinstance(expr, Sum) else mul(-1, expr)


def _unordered(expr: Expr) -> object:
    """Return what two factors have in common that differ in the order of their terms only."""
    return frozenset(Counter(expr.terms).items()) if isinstance(expr, Sum) else expr


def cancel(expr: Expr) -> Expr | None:
    """
    Strike factors that stand above and below a fraction line, numbers too.

    >>> a, y = Symbol("a"), Symbol("y")
    >>> cancel((a - y) / (a * (1 - a)) * a * (1 - a)) == a - y
    True
    >>> cancel(2 * a / (6 * y)) == a / (3 * y)
    True
    """
    parts = _factors(expr)
    if not any(isinstance(part, Quotient) for part in parts):
        return None
    above: Powers = []
    below: Powers = []
    for part in parts:
        if isinstance(part, Quotient):
            above.extend(_powers(part.numerator))
            below.extend(_powers(part.denominator))
        else:
            above.extend(_powers(part))
    sign = 1
    struck = False
    left: Powers = []
    for base, exponent in below:
        remaining = exponent
        for candidate, parity in ((_unordered(base), 1), (_unordered(_opposite(base)), -1)):
            for i, (other, have) in enumerate(above):
                if remaining > 0 and have > 0 and _unordered(other) == candidate and not isinstance(other, Number):
                    common = min(remaining, have)
                    above[i] = (other, have - common)
                    remaining -= common
                    sign *= parity**common
                    struck = True
        if remaining:
            left.append((base, remaining))
    p, q, above, left = _reduced(above, left)
    if not struck and q is None:
        return None
    top = mul(sign, p or 1, *(power(base, exponent) for base, exponent in above))
    bottom = mul(q or 1, *(power(base, exponent) for base, exponent in left))
    return -div(-top, bottom) if _is_negative(top) else div(top, bottom)


def _reduced(above: Powers, below: Powers) -> tuple[int | None, int | None, Powers, Powers]:
    """Reduce the numbers among the factors: 2·u over 6·v is u over 3·v; None where they have nothing in common."""
    top, bottom = Fraction(1), Fraction(1)
    for pairs, down in ((above, False), (below, True)):
        for base, exponent in pairs:
            if isinstance(base, Number):
                if base.decimal:
                    return None, None, above, below
                if down:
                    bottom *= Fraction(base.value) ** exponent
                else:
                    top *= Fraction(base.value) ** exponent
    ratio = top / bottom
    if bottom == 1 or (ratio.numerator == top and ratio.denominator == bottom):
        return None, None, above, below
    kept = [[pair for pair in pairs if not isinstance(pair[0], Number)] for pairs in (above, below)]
    return ratio.numerator, ratio.denominator, kept[0], kept[1]


def distribute(expr: Expr) -> Expr | None:
    """
    Multiply a factor into a bracket where it cancels a denominator there.

    >>> p, s, y = map(Symbol, "psy")
    >>> distribute(p * (s - y / p)) == p * s - y
    True
    """
    if not isinstance(expr, Product):
        return None
    for i, bracket in enumerate(expr.factors):
        if not isinstance(bracket, Sum):
            continue
        below = {
            base
            for term in bracket.terms
            for part in _factors(term)
            if isinstance(part, Quotient)
            for base, _ in _powers(part.denominator)
        }
        for j, factor in enumerate(expr.factors):
            if j != i and factor in below and not isinstance(factor, Number):
                terms = [cancel(mul(factor, term)) or mul(factor, term) for term in bracket.terms]
                rest = [other for k, other in enumerate(expr.factors) if k not in {i, j}]
                return mul(*rest, _positive_first(terms))
    return None


def gather_powers(expr: Expr) -> Expr | None:
    """
    Write a factor that occurs several times as a power.

    >>> x = Symbol("x")
    >>> gather_powers(x * x) == x**2
    True
    """
    if not isinstance(expr, Product):
        return None
    pairs = _powers(expr)
    if len({base for base, _ in pairs}) == len(pairs):
        return None
    total: dict[Expr, int] = {}
    for base, exponent in pairs:
        total[base] = total.get(base, 0) + exponent
    return mul(*(power(base, exponent) for base, exponent in total.items()))


# --- sums: a polynomial in its atoms -----------------------------------------------------------------------


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

    def write(self, polynomial: dict[Monomial, Exact]) -> Expr:
        """Write a polynomial, what is shortest of: as it is, or with one atom taken out of a bracket."""
        plain = _positive_first([self.term(m, c) for m, c in polynomial.items()])
        counts = Counter(atom for monomial in polynomial for atom, _ in monomial)
        best = plain
        for atom, count in counts.most_common(3):
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
        bracket = self.write({m: c if content == 1 else _whole(Fraction(c) / content) for m, c in inside.items()})
        return _positive_first([mul(content, self.atoms[atom], bracket), *outside])


def _whole(value: Fraction) -> Exact:
    return value.numerator if value.denominator == 1 else value


def _is_negative(term: Expr) -> bool:
    lead = term.factors[0] if isinstance(term, Product) else term
    return isinstance(lead, Number) and lead.value < 0


def _positive_first(terms: Sequence[Expr]) -> Expr:
    """Add with a positive term in front where there is one: a − y, never −y + a."""
    first = next((i for i, term in enumerate(terms) if not _is_negative(term)), 0)
    return add(terms[first], *terms[:first], *terms[first + 1 :]) if terms else number(0)


def _all_different(expr: Sum) -> bool:
    """Whether a sum is of distinct symbols and products of them, where there is nothing to collect."""
    seen: set[str] = set()
    for term in expr.terms:
        for factor in _factors(term):
            if isinstance(factor, Symbol) and factor.name not in seen:
                seen.add(factor.name)
            elif not isinstance(factor, Number) or factor is term or isinstance(factor.value, Fraction):
                return False  # a fraction may be common to all terms: ½u + ½v
    return True


def collect(expr: Expr) -> Expr | None:
    """
    Multiply out, add like terms, take a common symbol out: whatever is shortest.

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


def common_factor(expr: Expr) -> Expr | None:
    """
    Take a factor that every term has out of the bracket.

    >>> u, v, w = map(Symbol, "uvw")
    >>> common_factor(u * v + u * w) == u * (v + w)
    True
    >>> common_factor(u * u * v + u * w) == u * (u * v + w)
    True
    """
    if not isinstance(expr, Sum):
        return None
    lists = [list(_factors(term)) for term in expr.terms]
    shared = _shared_as_often(lists)
    if not shared:
        return None
    for factors in lists:
        for factor in shared:
            factors.remove(factor)
    return mul(*shared, add(*(mul(*factors) for factors in lists)))


def _shared_as_often(lists: Sequence[Sequence[Expr]]) -> list[Expr]:
    """
    Return the factors every term has, each as often as every term has it.

    A whole number alone is left where it stands: 2x + 2y is an answer; but 2ux + 2uy is 2u(x + y), and a mean ⅓(u + v + w).
    """
    shared: list[Expr] = []
    for factor in lists[0]:
        if all(shared.count(factor) < other.count(factor) for other in lists[1:]):
            shared.append(factor)
    alone = len(shared) == 1 and isinstance(shared[0], Number) and isinstance(shared[0].value, int)
    return [] if alone else shared


def common_denominator(expr: Expr) -> Expr | None:
    """
    Put fractions over one line where that is shorter.

    >>> a, y = Symbol("a"), Symbol("y")
    >>> common_denominator(-(y / a) + (1 - y) / (1 - a)) == (a - y) / (a * (1 - a))
    True
    """
    if not isinstance(expr, Sum):
        return None
    split = [_over(term) for term in expr.terms]
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


def _over(term: Expr) -> tuple[Expr, list[Expr]]:
    """Split a term in what stands above and the factors below."""
    above: list[Expr] = []
    below: list[Expr] = []
    for part in _factors(term):
        if isinstance(part, Quotient):
            above.append(part.numerator)
            for base, exponent in _powers(part.denominator):
                if exponent < 0:
                    above.append(power(base, -exponent))
                below.extend([base] * exponent)
        else:
            above.append(part)
    return mul(*above), below


def turn_over(expr: Expr) -> Expr | None:
    """
    Write a fraction of fractions as one.

    >>> a, y = Symbol("a"), Symbol("y")
    >>> turn_over(1 / (y / a)) == a / y
    True
    """
    if not isinstance(expr, Quotient):
        return None
    top, under_top = _over(expr.numerator)
    bottom, under_bottom = _over(expr.denominator)
    if not under_top and not under_bottom:
        return None
    return div(mul(top, *under_bottom), mul(*under_top, bottom))


def add_equal_terms(expr: Expr) -> Expr | None:
    """
    Count a term that occurs several times.

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


def fold_numbers(expr: Expr) -> Expr | None:
    """Strike a numerical factor of a fraction: 2·(u/2) is u."""
    if isinstance(expr, Product) and isinstance(expr.factors[0], Number):
        for i, factor in enumerate(expr.factors):
            if isinstance(factor, Quotient) and isinstance(factor.denominator, Number):
                ratio = Fraction(expr.factors[0].value) / Fraction(factor.denominator.value)
                return mul(number(ratio), *expr.factors[1:i], factor.numerator, *expr.factors[i + 1 :])
    return None


REWRITES: tuple[Rewrite, ...] = (
    Rewrite("fold numbers", "multiply the numbers", fold_numbers),
    Rewrite("fraction of fractions", "turn the lower fraction over", turn_over, tidies=True),
    Rewrite("cancel", "cancel what stands above and below", cancel, tidies=True),
    Rewrite("distribute", "multiply in, and cancel", distribute),
    Rewrite("common denominator", "put over a common denominator", common_denominator),
    Rewrite("common factor", "take out the common factor", common_factor),
    Rewrite("collect", "multiply out and collect", collect),
    Rewrite("equal terms", "add equal terms", add_equal_terms, tidies=True),
    Rewrite("powers", "gather equal factors", gather_powers, tidies=True),
)
UNIT_SUM = "targets sum to one"
SAYS = {row.name: row.says for row in REWRITES} | {UNIT_SUM: "the targets sum to 1"}


def _settled(expr: Expr) -> bool:
    """Whether nothing can be done: a symbol, a number, a product of different symbols, or a sum of such."""
    match expr:
        case Symbol() | Number():
            return True
        case Product((Symbol(name=left), Symbol(name=right))):
            return left != right
        case Product(factors):
            names = [f.name for f in factors if isinstance(f, Symbol)]
            return len(set(names)) == len(names) and len(names) + isinstance(factors[0], Number) == len(factors)
        case Sum():
            return _all_different(expr)
        case _:
            return False


def _settled_parts(expr: Expr) -> set[int]:
    """Return the ids of the parts, as large as possible, in which nothing can be done; they hold while `expr` lives."""
    found: set[int] = set()
    stack = [expr]
    while stack:
        part = stack.pop()
        if _settled(part):
            found.add(id(part))
        else:
            stack.extend(children(part))
    return found


def _attempt(rewrite: Rewrite, expr: Expr, settled: set[int]) -> Expr | None:
    if id(expr) in settled:
        return expr
    new = rewrite.apply(expr)
    if new is None or new == expr:
        return None
    before, after = operations(expr), operations(new)
    return new if after < before or (rewrite.tidies and after == before) else None


def simplify(expr: Expr, unit_sums: Sequence[Sequence[str]] = ()) -> list[Rewritten]:
    """
    Apply the rewrites until none fits; returns every intermediate result with the rule that gave it.

    `unit_sums` are groups of names known to sum to 1.
    """
    if _settled(expr) or operations(expr) > MOST_OPERATIONS:
        return []
    found: list[Rewritten] = []
    current = expr
    while True:
        settled = _settled_parts(current)
        for rewrite in REWRITES:
            new = transform(current, lambda part, rewrite=rewrite, settled=settled: _attempt(rewrite, part, settled))  # type: ignore[misc]
            if new != current:
                current = new
                found.append(Rewritten(rewrite.name, current))
                break
        else:
            replaced = _use_unit_sums(current, unit_sums)
            if replaced is None:
                return found
            current = replaced.value
            found.append(replaced)


def _use_unit_sums(expr: Expr, unit_sums: Sequence[Sequence[str]]) -> Rewritten | None:
    for group in unit_sums:
        names = frozenset(group)

        def one(part: Expr, names: frozenset[str] = names) -> Expr | None:
            if isinstance(part, Sum) and len(part.terms) == len(names):
                found = {t.name for t in part.terms if isinstance(t, Symbol)}
                return ONE if found == names else None
            return None

        new = transform(expr, one)
        if new != expr:
            return Rewritten(UNIT_SUM, new, assumption=tuple(group))
    return None


def negative(expr: Expr) -> bool:
    """Whether an expression is written with a leading minus sign."""
    return _is_negative(expr) or expr == MINUS_ONE
