"""
Differentiation of one definition: the only module that differentiates.

`derivative` applies the rules of a first course, in the order a teacher applies them;
`partials` gives all local derivatives of a definition at once, reading the coefficients of an affine
definition in one pass, so that the cost of a layer is linear in its number of weights.
Derivatives are taken with every other symbol held fixed.
"""

from __future__ import annotations

from typing import TypeAlias

from symbackprop.expr import (
    MINUS_ONE,
    ONE,
    ZERO,
    Call,
    Cases,
    Condition,
    Constant,
    Expr,
    Number,
    Operand,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    add,
    div,
    mul,
    power,
    symbols,
)
from symbackprop.functions import FUNCTIONS, SELECTIONS, VECTOR_FUNCTIONS, log

# The rules by key, as a textbook states them; a function's name is a rule too, stated by its row.
_OF_FUNCTIONS = {
    **{row.name: row.rule for table in (FUNCTIONS, VECTOR_FUNCTIONS) for row in table.values()},
    **{f"{row.name}, i = j": row.same for row in VECTOR_FUNCTIONS.values()},
    **{f"{row.name}, i ≠ j": row.other for row in VECTOR_FUNCTIONS.values()},
}
RULES = {
    "constant": "does not contain the variable",
    "identity": "the variable itself",
    "linear": "linear: the coefficient",
    "sum": "sum rule: term by term",
    "others": "the other terms do not contain the variable",
    "product": "product rule (uv)′ = u′v + uv′",
    "quotient": "quotient rule (u/v)′ = (u′v − uv′)/v²",
    "reciprocal": "reciprocal rule (1/v)′ = −v′/v²",
    "chain": "chain rule: outer derivative times inner",
    "power": "power rule (uⁿ)′ = n·uⁿ⁻¹·u′",
    "exponential": "(cᵘ)′ = cᵘ·ln c·u′",
    "general_power": "(uᵛ)′ = uᵛ·(v′·ln u + v·u′/u)",
    "max": "max passes the change of the larger argument",
    "min": "min passes the change of the smaller argument",
    "cases": "case by case",
    **_OF_FUNCTIONS,
}
# … and in two words, for the margin.
SHORT_RULES = {
    "constant": "constant",
    "identity": "the variable itself",
    "linear": "linear",
    "sum": "sum rule",
    "others": "the other terms are constant",
    "product": "product rule",
    "quotient": "quotient rule",
    "reciprocal": "reciprocal rule",
    "chain": "chain rule",
    "power": "power rule",
    "exponential": "exponential rule",
    "general_power": "logarithmic derivative",
    "max": "max rule",
    "min": "min rule",
    "cases": "case by case",
    **_OF_FUNCTIONS,
}


# A local derivative: its value and the rule (a key of `RULES`) that gives it.
Local: TypeAlias = tuple[Expr, str]
UNIT: Local = (ONE, "linear")


def depends(expr: Expr, name: str) -> bool:
    """Whether an expression contains a symbol."""
    return name in symbols(expr)


def scaled(*factors: Operand) -> Expr:
    """
    Multiply as one writes it: y · (1/a) is y/a, −y · (1/a) is −(y/a).

    >>> a, y = Symbol("a"), Symbol("y")
    >>> scaled(y, 1 / a) == y / a
    True
    """
    whole = mul(*factors)
    parts = whole.factors if isinstance(whole, Product) else (whole,)
    fractions = [p for p in parts if isinstance(p, Quotient)]
    if len(fractions) != 1:
        return whole
    fraction = fractions[0]
    top = mul(*(p if p is not fraction else fraction.numerator for p in parts))
    if isinstance(top, Product) and top.factors[0] == MINUS_ONE:
        return mul(MINUS_ONE, div(mul(*top.factors[1:]), fraction.denominator))
    if isinstance(top, Number) and top.value < 0:
        return mul(MINUS_ONE, div(mul(MINUS_ONE, top), fraction.denominator))
    return div(top, fraction.denominator)


def derivative(expr: Expr, name: str) -> Expr:
    """
    Differentiate by the symbol `name`, all others held fixed.

    >>> x, y = Symbol("x"), Symbol("y")
    >>> derivative(3 * x**2 + 2 * x * y + y**2, "x") == 6 * x + 2 * y
    True
    """
    if not depends(expr, name):
        return ZERO
    match expr:
        case Symbol():
            return ONE
        case Sum(terms):
            return add(*(derivative(term, name) for term in terms))
        case Product(factors):
            return add(
                *(
                    scaled(*factors[:i], derivative(factor, name), *factors[i + 1 :])
                    for i, factor in enumerate(factors)
                    if depends(factor, name)
                )
            )
        case Quotient(numerator, denominator):
            return _quotient(numerator, denominator, name)
        case Power(base, exponent):
            return _power(expr, base, exponent, name)
        case Call():
            return _call(expr, name)
        case Cases(branches, otherwise):
            return Cases(
                tuple((derivative(value, name), test) for value, test in branches), derivative(otherwise, name)
            )
        case _:
            msg = f"no rule for {type(expr).__name__}"
            raise TypeError(msg)


def _quotient(u: Expr, v: Expr, name: str) -> Expr:
    if not depends(v, name):
        return scaled(derivative(u, name), div(1, v))
    if not depends(u, name):
        return scaled(MINUS_ONE, u, derivative(v, name), div(1, power(v, 2)))
    return div(derivative(u, name) * v - u * derivative(v, name), power(v, 2))


def _power(whole: Expr, u: Expr, v: Expr, name: str) -> Expr:
    if not depends(v, name):
        return mul(v, power(u, v - 1), derivative(u, name))
    if not depends(u, name):
        growth = ONE if u == Constant("e") else log(u)
        return mul(whole, growth, derivative(v, name))
    return mul(whole, add(derivative(v, name) * log(u), div(v * derivative(u, name), u)))


def _call(expr: Call, name: str) -> Expr:
    function, arguments = expr.function, expr.arguments
    if function in SELECTIONS:
        left, right = arguments
        test = Condition(left, SELECTIONS[function], right)
        return Cases(((derivative(left, name), test),), derivative(right, name))
    if function in VECTOR_FUNCTIONS:
        return _vector_call(expr, name)
    (u,) = arguments
    return scaled(FUNCTIONS[function].slope(u, expr), derivative(u, name))


def _vector_call(expr: Call, name: str) -> Expr:
    row = VECTOR_FUNCTIONS[expr.function]
    own, *zs = expr.arguments
    assert isinstance(own, Number)
    i = int(own.value) - 1
    outputs = [Call(row.name, (Number(j), *zs)) for j in range(1, len(zs) + 1)]
    return add(
        *(scaled(row.slope(i, j, outputs), derivative(z, name)) for j, z in enumerate(zs) if depends(z, name))
    )


def rule_of(expr: Expr, name: str) -> str:
    """
    Name the rule that a textbook would cite for the derivative of `expr` by `name`.

    >>> x = Symbol("x")
    >>> rule_of(3 * x**2 + 1, "x")
    'power'
    """
    match expr:
        case _ if not depends(expr, name):
            return "constant"
        case Symbol():
            return "linear"
        case Sum(terms):
            varying = [t for t in terms if depends(t, name)]
            rules = {rule_of(t, name) for t in varying}
            return rules.pop() if len(varying) == 1 or rules == {"linear"} else "sum"
        case Product(factors):
            varying = [f for f in factors if depends(f, name)]
            return rule_of(varying[0], name) if len(varying) == 1 else "product"
        case Quotient(numerator, denominator):
            if not depends(denominator, name):
                return rule_of(numerator, name)
            return "quotient" if depends(numerator, name) else "reciprocal"
        case Power(base, exponent):
            if not depends(exponent, name):
                return "power"
            return "general_power" if depends(base, name) else "exponential"
        case Call(function, _):
            return function
        case _:
            return "cases"


def partials(expr: Expr) -> dict[str, Local]:
    """
    Return the derivative by every symbol of a definition, in order of first appearance.

    Sums and multiples of sums are read in one pass: n weights cost n, not n².

    >>> w, x, b = Symbol("w"), Symbol("x"), Symbol("b")
    >>> {name: value for name, (value, rule) in partials(w * x + b).items()} == {"w": x, "x": w, "b": Number(1)}
    True
    """
    match expr:
        case Symbol(name=name):
            return {name: UNIT}
        case Product((Symbol(name=left) as u, Symbol(name=right) as v)) if left != right:
            return {left: (v, "linear"), right: (u, "linear")}
        case Product((Number() as factor, Sum() as body)):
            return {name: (scaled(factor, value), rule) for name, (value, rule) in partials(body).items()}
        case Sum(terms):
            return _sum_partials(terms)
        case Call(function, arguments) if function in VECTOR_FUNCTIONS:
            return _softmax_partials(expr, function, arguments)
        case _:
            return {name: (derivative(expr, name), rule_of(expr, name)) for name in symbols(expr)}


def _sum_partials(terms: tuple[Expr, ...]) -> dict[str, Local]:
    found: dict[str, Local] = {}
    several: dict[str, list[Local]] = {}
    for term in terms:
        for name, local in partials(term).items():
            if name not in found:
                found[name] = local
            else:
                several.setdefault(name, [found[name]]).append(local)
    for name, parts in several.items():
        rules = {rule for _, rule in parts}
        found[name] = add(*(value for value, _ in parts)), "linear" if rules == {"linear"} else "sum"
    return found


def _softmax_partials(expr: Call, function: str, arguments: tuple[Expr, ...]) -> dict[str, Local]:
    """One entry of the Jacobian a symbol: the outputs are built once, so that a row costs its length."""
    own, *zs = arguments
    names = [z.name for z in zs if isinstance(z, Symbol)]
    if len(set(names)) != len(zs) or not isinstance(own, Number):
        return {name: (derivative(expr, name), function) for name in symbols(expr)}
    row = VECTOR_FUNCTIONS[function]
    outputs = [Call(function, (Number(j), *zs)) for j in range(1, len(zs) + 1)]
    i = int(own.value) - 1
    return {
        name: (row.slope(i, j, outputs), f"{function}, i {'=' if i == j else '≠'} j") for j, name in enumerate(names)
    }
