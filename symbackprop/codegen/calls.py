"""
Definitions as calls of an arithmetic's operations, in JavaScript: one program for doubles and for exact fractions.

`v[9]=a(m(v[0],v[3]),v[6]);` adds and multiplies whatever numbers `a` and `m` are for; `g` is the negative of a product.
`pages/numbers.js` has both kinds.
A function the arithmetics do not have is written out by its definition, as in every `Language`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from symbackprop.codegen.language import ELEMENTARY, STABLE, Language
from symbackprop.codegen.units import written_out
from symbackprop.errors import InternalError
from symbackprop.expr import MINUS_ONE, Call, Cases, Constant, Expr, Number, Power, Product, Quotient, Sum, Symbol
from symbackprop.functions import SELECTIONS

# The exponential of the negative of a large number is infinite, and 1/∞ is 0: sigmoid needs no second form here.
CALLS = Language(
    functions={name: name for name in (*ELEMENTARY, "abs", "sign", "step", *SELECTIONS)},
    constants={"pi": "Math.PI", "e": "Math.E"},
    stable={name: row for name, row in STABLE.items() if name not in {"sigmoid", "silu"}},
    number=str,
    choice=lambda test, value, otherwise: (f"{test}?{value}:{otherwise}", 0),
    power=lambda base, exponent: (f"p({base},{exponent})", 0),
)
LARGEST_WHOLE = 2**53


def program(definitions: Iterable[tuple[str, Expr]], place: Mapping[str, int]) -> str:
    """
    Return one assignment a definition, in their order; `place` says where in `v` each name stands.

    >>> from symbackprop.expr import add, mul
    >>> program([("y", add(mul(2, Symbol("x")), 1))], {"x": 0, "y": 1})
    'v[1]=a(m(n(2),v[0]),n(1));'
    """
    return "\n".join(f"v[{place[name]}]={called(CALLS.lower(written_out(expr)), place)};" for name, expr in definitions)


def called(expr: Expr, place: Mapping[str, int]) -> str:
    """Return an expression as calls."""

    def listed(parts: Iterable[Expr]) -> str:
        return ",".join(called(part, place) for part in parts)

    match expr:
        case Symbol(name=name):
            return f"v[{place[name]}]"
        case Number(value=value):
            return _number(Fraction(value))
        case Constant(name):
            return f"k({CALLS.constants[name]})"
        case Sum(terms):
            return f"a({listed(terms)})"
        case Product((least, *others)) if least == MINUS_ONE and others:
            return f"g({listed(others)})"
        case Product(factors):
            return f"m({listed(factors)})"
        case Quotient(numerator, denominator):
            return f"d({listed((numerator, denominator))})"
        case Power(base, exponent):
            return f"p({listed((base, exponent))})"
        case Call(name, arguments) if name in SELECTIONS:
            first, *rest = (called(argument, place) for argument in arguments)
            for other in rest:
                first = f's("{SELECTIONS[name]}",{first},{other})'
            return first
        case Call(name, (argument,)):
            return f'f("{name}",{called(argument, place)})'
        case Cases(branches, otherwise):
            tests = ",".join(
                f'[{called(test.left, place)},"{test.relation}",{called(test.right, place)},()=>{called(value, place)}]'
                for value, test in branches
            )
            return f"w([{tests}],()=>{called(otherwise, place)})"
        case _:
            msg = f"{type(expr).__name__} cannot be written as calls"
            raise InternalError(msg)


def _number(value: Fraction) -> str:
    top, bottom = value.numerator, value.denominator
    if max(abs(top), bottom) > LARGEST_WHOLE:
        return f'n("{top}","{bottom}")'
    return f"n({top})" if bottom == 1 else f"n({top},{bottom})"
