"""Budgets: how large an expression may be, so that every answer is quick and no text fills the memory."""

from __future__ import annotations

from symbackprop.expr import Exact, Expr, Number, Power, Product, Quotient, Sum, children

LONGEST_TEXT = 100_000
DEEPEST_NESTING = 60
DEEPEST_EXPRESSION = 200
MOST_DIGITS = 40
LARGEST_DECIMAL_EXPONENT = 300
LARGEST_EXPONENT = 1000
LARGEST_NUMBER_BITS = 3400

# Of answers, which anybody may send.
LONGEST_ANSWER = 4_096
MOST_TOKENS = 1_500
LARGEST_ANSWERED_EXPONENT = 64
MOST_TERMS = 64
MOST_TERMS_TOGETHER = 1_024
MOST_LINES = 64
MOST_ROWS = 64
MOST_ENTRIES = 1_024
MOST_WORK = 60_000
MOST_PUT_IN = 4_000
LARGEST_DIFFERENTIATED = 200


def bits_of(expr: Expr) -> int:
    """Return the size of the number an expression is, or of the coefficient in front of it."""
    head = expr.factors[0] if isinstance(expr, Product) else expr
    if not isinstance(head, Number):
        return 0
    return max(abs(head.value.numerator).bit_length(), head.value.denominator.bit_length())


def degree_of(expr: Expr) -> Exact:
    """Return how far whole exponents multiply up inside an expression; numbers count by their length."""
    match expr:
        case Number():
            return max(1, bits_of(expr) // 8)
        case Sum(terms):
            return max(map(degree_of, terms))
        case Product(factors):
            return max(map(degree_of, factors))
        case Quotient(numerator, denominator):
            return max(degree_of(numerator), degree_of(denominator))
        case Power(base, Number(exponent)):
            return max(1, degree_of(base) * (exponent if exponent > 0 else -exponent))
        case _:
            return 1


def depth_of(expr: Expr) -> int:
    """Return how deep operations are nested, up to just above the most that is accepted."""
    deepest, level = 0, [expr]
    while level and deepest <= DEEPEST_EXPRESSION:
        level = [part for parent in level for part in children(parent)]
        deepest += 1
    return deepest
