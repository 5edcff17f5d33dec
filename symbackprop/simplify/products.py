"""
Rewrites of products and fractions: strike, gather, take out, turn over.

Each takes an expression and answers a rewritten one, or None where it does not fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from symbackprop.expr import Expr, Number, Power, Product, Quotient, Sum, add, div, mul, number, power

Powers = list[tuple[Expr, int]]


def is_negative(term: Expr) -> bool:
    """Whether a term is written with a minus sign in front."""
    lead = term.factors[0] if isinstance(term, Product) else term
    return isinstance(lead, Number) and lead.value < 0


def positive_first(terms: Sequence[Expr]) -> Expr:
    """Add with a positive term in front where there is one: a − y, never −y + a."""
    first = next((i for i, term in enumerate(terms) if not is_negative(term)), 0)
    return add(terms[first], *terms[:first], *terms[first + 1 :]) if terms else number(0)


def factors_of(expr: Expr) -> tuple[Expr, ...]:
    """Return the factors of a product, or the expression itself as the only one."""
    return expr.factors if isinstance(expr, Product) else (expr,)


def powers_of(expr: Expr) -> Powers:
    """Write a product as (base, whole exponent) pairs, in order; (uv)ⁿ is uⁿvⁿ."""
    pairs: Powers = []
    for factor in factors_of(expr):
        if isinstance(factor, Power) and isinstance(factor.exponent, Number) and isinstance(factor.exponent.value, int):
            n = factor.exponent.value
            pairs.extend((base, m * n) for base, m in powers_of(factor.base))
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

    >>> from symbackprop.expr import Symbol
    >>> a, y = Symbol("a"), Symbol("y")
    >>> cancel((a - y) / (a * (1 - a)) * a * (1 - a)) == a - y
    True
    >>> cancel(2 * a / (6 * y)) == a / (3 * y)
    True
    """
    parts = factors_of(expr)
    if not any(isinstance(part, Quotient) for part in parts):
        return None
    above: Powers = []
    below: Powers = []
    for part in parts:
        if isinstance(part, Quotient):
            above.extend(powers_of(part.numerator))
            below.extend(powers_of(part.denominator))
        else:
            above.extend(powers_of(part))
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
    return -div(-top, bottom) if is_negative(top) else div(top, bottom)


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

    >>> from symbackprop.expr import Symbol
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
            for part in factors_of(term)
            if isinstance(part, Quotient)
            for base, _ in powers_of(part.denominator)
        }
        for j, factor in enumerate(expr.factors):
            if j != i and factor in below and not isinstance(factor, Number):
                terms = [cancel(mul(factor, term)) or mul(factor, term) for term in bracket.terms]
                rest = [other for k, other in enumerate(expr.factors) if k not in {i, j}]
                return mul(*rest, positive_first(terms))
    return None


def gather_powers(expr: Expr) -> Expr | None:
    """
    Write a factor that occurs several times as a power.

    >>> from symbackprop.expr import Symbol
    >>> x = Symbol("x")
    >>> gather_powers(x * x) == x**2
    True
    """
    if not isinstance(expr, Product):
        return None
    pairs = powers_of(expr)
    if len({base for base, _ in pairs}) == len(pairs):
        return None
    total: dict[Expr, int] = {}
    for base, exponent in pairs:
        total[base] = total.get(base, 0) + exponent
    return mul(*(power(base, exponent) for base, exponent in total.items()))


def common_factor(expr: Expr) -> Expr | None:
    """
    Take a factor that every term has out of the bracket.

    >>> from symbackprop.expr import Symbol
    >>> u, v, w = map(Symbol, "uvw")
    >>> common_factor(u * v + u * w) == u * (v + w)
    True
    >>> common_factor(u * u * v + u * w) == u * (u * v + w)
    True
    """
    if not isinstance(expr, Sum):
        return None
    lists = [list(factors_of(term)) for term in expr.terms]
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


def turn_over(expr: Expr) -> Expr | None:
    """
    Write a fraction of fractions as one.

    >>> from symbackprop.expr import Symbol
    >>> a, y = Symbol("a"), Symbol("y")
    >>> turn_over(1 / (y / a)) == a / y
    True
    """
    if not isinstance(expr, Quotient):
        return None
    top, under_top = over(expr.numerator)
    bottom, under_bottom = over(expr.denominator)
    if not under_top and not under_bottom:
        return None
    return div(mul(top, *under_bottom), mul(*under_top, bottom))


def fold_numbers(expr: Expr) -> Expr | None:
    """Strike a numerical factor of a fraction: 2·(u/2) is u."""
    if isinstance(expr, Product) and isinstance(expr.factors[0], Number):
        for i, factor in enumerate(expr.factors):
            if isinstance(factor, Quotient) and isinstance(factor.denominator, Number):
                ratio = Fraction(expr.factors[0].value) / Fraction(factor.denominator.value)
                return mul(number(ratio), *expr.factors[1:i], factor.numerator, *expr.factors[i + 1 :])
    return None


def over(term: Expr) -> tuple[Expr, list[Expr]]:
    """Split a term in what stands above and the factors below."""
    above: list[Expr] = []
    below: list[Expr] = []
    for part in factors_of(term):
        if isinstance(part, Quotient):
            above.append(part.numerator)
            for base, exponent in powers_of(part.denominator):
                if exponent < 0:
                    above.append(power(base, -exponent))
                below.extend([base] * exponent)
        else:
            above.append(part)
    return mul(*above), below
