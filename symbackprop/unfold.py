"""
Differentiation told one rule at a time, outermost first, as on a blackboard.

`unfold` returns the successive forms of ∂expr/∂x.  What is not differentiated yet stands behind the
operator (`document.Apply`); each stage applies one rule to each of these places at once, until none is left.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbackprop.calculus import depends, derivative, rule_of, scaled
from symbackprop.document import Apply
from symbackprop.expr import (
    MINUS_ONE,
    ZERO,
    Call,
    Cases,
    Condition,
    Constant,
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
    power,
    transform,
)
from symbackprop.functions import FUNCTIONS, SELECTIONS, VECTOR_FUNCTIONS, log

MOST_STAGES = 40
# Of a sum of more terms, those without the variable are not carried along.
MOST_TERMS = 12


@dataclass(frozen=True, slots=True)
class Stage:
    """One form of the derivative, and the rules (keys of `calculus.RULES`) that led to it."""

    value: Expr
    rules: tuple[str, ...]


def unfold(expr: Expr, name: str, *, ordinary: bool = False) -> list[Stage]:
    """
    Differentiate by one rule at a time; the last stage has nothing left to differentiate.

    >>> x = Symbol("x")
    >>> [stage.rules for stage in unfold((3 * x + 1) ** 5, "x")]
    [('chain', 'power'), ('linear',)]
    """
    stages: list[Stage] = []
    parts = _moving(expr, name)
    terms: list[Expr] = [Apply(part, Symbol(name), ordinary) for part in parts]
    if isinstance(expr, Sum):
        rules = ("sum",) if len(parts) == len(expr.terms) else ("sum", "others")
        stages.append(Stage(Sum(tuple(terms)) if len(terms) > 1 else terms[0], rules))
    while any(_pending(term) for term in terms) and len(stages) < MOST_STAGES:
        applied: dict[str, None] = {}
        terms = [transform(term, lambda part, applied=applied: _step(part, applied)) for term in terms]  # type: ignore[misc]  # no type is inferred with a default
        # Zeros stay for a line, so that the reader sees where the constants went.
        stages.append(Stage(Sum(tuple(terms)) if len(terms) > 1 else terms[0], tuple(applied)))
    return stages


def _moving(expr: Expr, name: str) -> tuple[Expr, ...]:
    """Return what is differentiated, term by term: all of a short sum, of a long one what has the variable in it."""
    if not isinstance(expr, Sum):
        return (expr,)
    if len(expr.terms) <= MOST_TERMS:
        return expr.terms
    return tuple(term for term in expr.terms if depends(term, name)) or expr.terms[:1]


def _pending(expr: Expr) -> bool:
    found = False

    def look(part: Expr) -> Expr | None:
        nonlocal found
        found = found or isinstance(part, Apply)
        return part if found else None

    transform(expr, look)
    return found


def _step(part: Expr, rules: dict[str, None]) -> Expr | None:
    if not isinstance(part, Apply):
        return None
    assert isinstance(part.variable, Symbol)
    value, applied = _one_rule(part, part.body, part.variable.name)
    rules.update(dict.fromkeys(applied))
    return value


def _is_simple(expr: Expr, name: str) -> bool:
    """Whether one rule finishes it: a power, a function or a multiple of the variable itself, or a sum of multiples."""
    match expr:
        case _ if not depends(expr, name):
            return True
        case Symbol():
            return True
        case Sum(terms):
            return all(rule_of(term, name) in {"linear", "constant"} and _is_simple(term, name) for term in terms)
        case Product(factors):
            varying = [factor for factor in factors if depends(factor, name)]
            return len(varying) == 1 and _is_simple(varying[0], name)
        case Quotient(numerator, denominator):
            if depends(denominator, name):
                return isinstance(denominator, Symbol) and not depends(numerator, name)
            return _is_simple(numerator, name)
        case Power(base, exponent):
            return isinstance(base, Symbol | Number | Constant) and isinstance(exponent, Symbol | Number)
        case Call(function, arguments):
            return function not in SELECTIONS and all(isinstance(argument, Symbol) for argument in arguments)
        case _:
            return False


def _one_rule(whole: Apply, body: Expr, name: str) -> tuple[Expr, tuple[str, ...]]:
    """Apply the outermost rule; what is inside waits behind the operator."""

    def later(expr: Expr) -> Expr:
        return Apply(expr, whole.variable, whole.ordinary) if depends(expr, name) else ZERO

    def inner(expr: Expr) -> tuple[Expr, ...]:
        return () if expr == whole.variable else (later(expr),)

    if _is_simple(body, name):
        return derivative(body, name), (rule_of(body, name),)
    match body:
        case Sum(terms):
            return add(*map(later, terms)), ("sum",)
        case Product(factors):
            varying = [factor for factor in factors if depends(factor, name)]
            if len(varying) == 1:
                fixed = [factor for factor in factors if factor is not varying[0]]
                value, rules = _one_rule(whole, varying[0], name)
                return scaled(*fixed, value), rules
            products = (
                mul(*factors[:i], later(factor), *factors[i + 1 :]) for i, factor in enumerate(factors) if depends(factor, name)
            )
            return add(*products), ("product",)
        case Quotient(numerator, denominator):
            if not depends(denominator, name):
                value, rules = _one_rule(whole, numerator, name)
                return scaled(value, div(1, denominator)), rules
            if not depends(numerator, name):
                return scaled(MINUS_ONE, numerator, *inner(denominator), div(1, power(denominator, 2))), ("reciprocal",)
            top = add(mul(later(numerator), denominator), mul(MINUS_ONE, numerator, later(denominator)))
            return div(top, power(denominator, 2)), ("quotient",)
        case Power(base, exponent) if not depends(exponent, name):
            return mul(exponent, power(base, exponent - 1), *inner(base)), ("chain", "power")
        case Power(base, exponent) if not depends(base, name):
            growth = () if base == Constant("e") else (log(base),)
            return mul(body, *growth, *inner(exponent)), ("chain", "exponential")
        case Power(base, exponent):
            return mul(body, add(mul(later(exponent), log(base)), scaled(exponent, later(base), div(1, base)))), (
                "general_power",
            )
        case Call(function, (left, right)) if function in SELECTIONS:
            test = Condition(left, SELECTIONS[function], right)
            return Cases(((later(left), test),), later(right)), (function,)
        case Call(function, (argument,)) if function in FUNCTIONS:
            return scaled(FUNCTIONS[function].slope(argument, body), *inner(argument)), ("chain", function)
        case Cases(branches, otherwise):
            return Cases(tuple((later(value), test) for value, test in branches), later(otherwise)), ("cases",)
        case Call(function, _) if function in VECTOR_FUNCTIONS:
            return derivative(body, name), (function,)
        case _:
            return derivative(body, name), (rule_of(body, name),)
