"""
Expressions as SymPy objects, made when asked for.

Importing SymPy takes most of the time of a small derivation, so nothing else in the package imports it.
Activations become SymPy functions that know their definition (`doit`) and their slope (`diff`), straight
from the rows of `functions.py`.  Symbols are real, with the further assumptions the problem declares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from symbackprop.expr import (
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
)
from symbackprop.functions import FUNCTIONS, VECTOR_FUNCTIONS, F, Function, Z

_SYMPY_NAMES = {"abs": "Abs", "max": "Max", "min": "Min"}
_OWN = {"step", "relu"}

Assumptions = Mapping[str, Iterable[str]]


def to_sympy(expr: Expr, assumptions: Assumptions | None = None, *, definitions: bool = False) -> Any:
    """
    Return the SymPy object of an expression.

    With `definitions` the activations are written out (sigmoid(z) as 1/(1 + exp(-z))).

    >>> to_sympy(Symbol("w") * Symbol("x") + 1)
    w*x + 1
    """
    import sympy  # see the module's docstring

    assumed = assumptions or {}

    def symbol(name: str) -> Any:
        return sympy.Symbol(name, real=True, **dict.fromkeys(assumed.get(name, ()), True))

    def test(condition: Condition) -> Any:
        relations = {"<": sympy.Lt, "<=": sympy.Le, ">": sympy.Gt, ">=": sympy.Ge}
        return relations[condition.relation](go(condition.left), go(condition.right))

    def go(part: Expr) -> Any:
        match part:
            case Number(value):
                return sympy.Rational(value.numerator, value.denominator)
            case Constant(name):
                return {"pi": sympy.pi, "e": sympy.E}[name]
            case Symbol(name=name):
                return symbol(name)
            case Sum(terms):
                return sympy.Add(*map(go, terms))
            case Product(factors):
                return sympy.Mul(*map(go, factors))
            case Quotient(numerator, denominator):
                return go(numerator) / go(denominator)
            case Power(base, exponent):
                return go(base) ** go(exponent)
            case Cases(branches, otherwise):
                return sympy.Piecewise(*((go(value), test(when)) for value, when in branches), (go(otherwise), True))
            case Call(function, (Number(value), *zs)) if function in VECTOR_FUNCTIONS:
                return go(VECTOR_FUNCTIONS[function].define(int(value) - 1, zs))
            case Call(function, arguments):
                return _function(function, definitions=definitions)(*map(go, arguments))
        msg = f"{type(part).__name__} has no SymPy form"
        raise TypeError(msg)

    return go(expr)


@cache
def _function(name: str, *, definitions: bool) -> Any:
    """Return the SymPy function of a name: SymPy's own where it has one, else one made from our row."""
    import sympy

    row = FUNCTIONS.get(name)
    if row is not None and row.define is not None:
        define = row.define
        if definitions and name not in _OWN:
            return lambda z: _with_argument(define(Z), z)
        if not hasattr(sympy, name):
            return _own_function(row)
    if name == "step":
        return lambda z: sympy.Piecewise((1, z > 0), (0, True))
    return getattr(sympy, _SYMPY_NAMES.get(name, name))


def _with_argument(expr: Expr, argument: Any) -> Any:
    z = to_sympy(Z)
    return to_sympy(expr, definitions=True).xreplace({z: argument})


def _own_function(row: Function) -> Any:
    """Make a SymPy function class from a row: `fdiff` is its slope in terms of itself, `doit` its definition."""
    import sympy

    define = row.define
    assert define is not None
    definition = define(Z)

    def fdiff(self: Any, _argindex: int = 1) -> Any:
        z, f = to_sympy(Z), to_sympy(F)
        return to_sympy(row.slope(Z, F)).xreplace({z: self.args[0], f: self})

    def doit(self: Any, **hints: Any) -> Any:
        return _with_argument(definition, self.args[0].doit(**hints))

    return type(row.name, (sympy.Function,), {"nargs": 1, "fdiff": fdiff, "doit": doit, "is_real": True})

