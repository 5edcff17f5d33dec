"""
Brackets that were left out: an answer as it may have been meant, one pair of brackets more.

2x/x² + 1 is read as (2x/x²) + 1, and whoever wrote it may have meant 2x/(x² + 1).  Every rewriting here puts what follows,
or what stands before, into brackets with a factor, a term, an exponent or an argument; the expression is the same one
otherwise.  Whether it is right then, the caller decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeAlias

from symbackprop.expr import ONE, Call, Expr, Number, Power, Product, Quotient, Sum, add, children, div, mul, rebuild
from symbackprop.functions import FUNCTIONS

# At most so many expressions are made of one answer.
MOST_REGROUPED = 40

# What is said of an answer that is right with the brackets; it does not say what the answer is.
SAID = {
    "brackets.denominator": "What follows the division is read as not belonging to the denominator; "
                            "with the denominator in brackets, this would be right.",
    "brackets.numerator": "Only the term right before the division is read as divided; "
                          "with the numerator in brackets, this would be right.",
    "brackets.exponent": "Only the first number or name after ^ is read as the exponent; "
                         "with the exponent in brackets, this would be right.",
    "brackets.factor": "Of a sum without brackets only the term next to the multiplication sign is read as a factor; "
                       "with the sum in brackets, this would be right.",
    "brackets.minus": "The minus sign is read as that of the first term alone; with the sum in brackets, this would be right.",
    "brackets.argument": "The function is read as taken of what stands right after its name; "
                         "with its argument in brackets, this would be right.",
}  # fmt: skip

# A code, and what one node of an expression may have been meant to be.
Meant: TypeAlias = tuple[str, Expr]
# Puts what follows an expression in brackets with its last part; None where it has no such part.
Take: TypeAlias = Callable[[Expr, Callable[[Expr], Expr]], Expr | None]


def regrouped(expr: Expr) -> Iterator[Meant]:
    """
    Yield an expression with one pair of brackets more, each with its code; the likeliest first at every node.

    >>> from symbackprop.expr import Symbol
    >>> from symbackprop.typeset.shortcuts import plain
    >>> x = Symbol("x")
    >>> [plain(meant) for code, meant in regrouped(2 * x / x**2 + 1) if code == "brackets.denominator"]
    ['2*x/(x^2 + 1)']
    >>> [plain(meant) for code, meant in regrouped(x**-1 / 2) if code == "brackets.exponent"]
    ['x^(-1/2)']
    """
    seen = {expr}
    for code, meant in islice(_everywhere(expr), MOST_REGROUPED):
        if meant not in seen:
            seen.add(meant)
            yield code, meant


def _everywhere(expr: Expr) -> Iterator[Meant]:
    """Yield every rewriting of a node, then those of its parts."""
    yield from _of_node(expr)
    parts = children(expr)
    for place, part in enumerate(parts):
        for code, meant in _everywhere(part):
            yield code, rebuild(expr, (*parts[:place], meant, *parts[place + 1 :]))


def _of_node(expr: Expr) -> Iterator[Meant]:
    match expr:
        case Sum(terms):
            yield from _of_sum(terms)
        case Product(factors):
            yield from _of_product(factors)
        case Quotient(numerator, denominator):
            if found := _in_exponent(numerator, lambda exponent: div(exponent, denominator)):
                yield "brackets.exponent", found
            if found := _in_argument(numerator, lambda argument: div(argument, denominator)):
                yield "brackets.argument", found


def _of_sum(terms: tuple[Expr, ...]) -> Iterator[Meant]:
    """a/b + c, aⁿ + c, f(a) + c, a·b + c and −a + c, with c in the brackets; a + b/c with a in them."""
    for place, term in enumerate(terms[:-1]):
        # The terms that follow, all of them first.
        for end in range(len(terms), place + 1, -1):
            before, inside, after = terms[:place], terms[place + 1 : end], terms[end:]

            def more(last: Expr, inside: tuple[Expr, ...] = inside) -> Expr:
                return add(last, *inside)

            for code, take in _TAKES:
                if found := take(term, more):
                    yield code, add(*before, found, *after)
            # a·1 + c is read as a + c already.
            yield "brackets.factor", add(*before, mul(term, add(ONE, *inside)), *after)
    for place, term in enumerate(terms[1:], 1):
        # a − b·c for (a − b)·c.
        first, rest = _first(term)
        if rest:
            for start in range(place):
                yield "brackets.factor", add(*terms[:start], mul(add(*terms[start:place], first), *rest), *terms[place + 1 :])
        if parts := _divided(term):
            top, bottom = parts
            for start in range(place):
                whole = Quotient(add(*terms[start:place], top), bottom)
                yield "brackets.numerator", add(*terms[:start], whole, *terms[place + 1 :])


def _of_product(factors: tuple[Expr, ...]) -> Iterator[Meant]:
    """a/b·c, aⁿ·c and f(a)·c, with c in the brackets."""
    for place, factor in enumerate(factors[:-1]):
        for end in range(len(factors), place + 1, -1):
            before, inside, after = factors[:place], factors[place + 1 : end], factors[end:]

            def more(last: Expr, inside: tuple[Expr, ...] = inside) -> Expr:
                return mul(last, *inside)

            for code, take in _TAKES:
                if code not in {"brackets.factor", "brackets.minus"} and (found := take(factor, more)):
                    yield code, mul(*before, found, *after)


def _last(expr: Expr) -> tuple[tuple[Expr, ...], Expr]:
    """Return what stands before the last factor, and it."""
    return (expr.factors[:-1], expr.factors[-1]) if isinstance(expr, Product) else ((), expr)


def _first(expr: Expr) -> tuple[Expr, tuple[Expr, ...]]:
    """Return the first factor, with a number in front of it, and what follows."""
    if not isinstance(expr, Product):
        return expr, ()
    size = 2 if isinstance(expr.factors[0], Number) else 1
    return mul(*expr.factors[:size]), expr.factors[size:]


def _in_denominator(expr: Expr, more: Callable[[Expr], Expr]) -> Expr | None:
    before, last = _last(expr)
    if isinstance(last, Quotient):
        return mul(*before, Quotient(last.numerator, more(last.denominator)))
    # ½·c is a number times c.
    if isinstance(last, Number) and not last.decimal and last.value.denominator != 1:
        return mul(*before, Quotient(Number(last.value.numerator), more(Number(last.value.denominator))))
    return None


def _in_exponent(expr: Expr, more: Callable[[Expr], Expr]) -> Expr | None:
    before, last = _last(expr)
    if isinstance(last, Power):
        return mul(*before, Power(last.base, more(last.exponent)))
    if isinstance(last, Call) and last.function == "exp":
        return mul(*before, Call("exp", (more(last.arguments[0]),)))
    return None


def _in_argument(expr: Expr, more: Callable[[Expr], Expr]) -> Expr | None:
    before, last = _last(expr)
    if isinstance(last, Call) and last.function in FUNCTIONS and last.function != "exp":
        return mul(*before, Call(last.function, (more(last.arguments[0]),)))
    return None


def _in_factor(expr: Expr, more: Callable[[Expr], Expr]) -> Expr | None:
    before, last = _last(expr)
    return mul(*before, more(last)) if before and before != (Number(-1),) else None


def _in_minus(expr: Expr, more: Callable[[Expr], Expr]) -> Expr | None:
    before, last = _last(expr)
    first = before[0] if before else last
    if isinstance(first, Number) and first.value < 0:
        return mul(Number(-1), more(mul(Number(-first.value), *before[1:], last) if before else Number(-first.value)))
    return None


def _divided(term: Expr) -> tuple[Expr, Expr] | None:
    """Return numerator and denominator of a term that is divided."""
    before, last = _last(term)
    return (mul(*before, last.numerator), last.denominator) if isinstance(last, Quotient) else None


_TAKES: tuple[tuple[str, Take], ...] = (
    ("brackets.denominator", _in_denominator),
    ("brackets.exponent", _in_exponent),
    ("brackets.argument", _in_argument),
    ("brackets.factor", _in_factor),
    ("brackets.minus", _in_minus),
)
