"""What stands in the circle of a single operation: ×, +, −, σ, +1, ×2, 1/·."""

from __future__ import annotations

from symbackprop.diagrams.figure import Writing
from symbackprop.diagrams.inscribe import Scribe, text
from symbackprop.expr import Call, Expr, Number, Power, Product, Quotient, Sum, Symbol, symbols
from symbackprop.functions import FUNCTIONS, VECTOR_FUNCTIONS

SIGN, SIZE = 20.0, 15.0
WIDEST = 84.0
_SIGNS = {"+": "+", "−": "-", "×": r"\times", "÷": r"\div", "=": "="}


def operands(expr: Expr) -> tuple[str, str] | None:
    """Return the names of the two operands of a difference, quotient or power, whose order matters; None for all else."""
    match expr:
        case Sum((left, right)) if _is_negative(right):
            pass
        case Quotient(left, right) | Power(left, right):
            pass
        case _:
            return None
    first, second = list(symbols(left)), list(symbols(right))
    return (first[0], second[0]) if len(first) == len(second) == 1 and first != second else None


def operation(expr: Expr, scribe: Scribe, *, in_order: bool = True) -> Writing:
    """
    Return the sign of one operation; what has none is written with a dot for its argument, and what is long as f.

    Where the operands do not come in their order (`in_order` is False), the operation is written out: a − y.
    """
    if not in_order:
        return scribe.expression(expr, SIZE)
    match expr:
        case Symbol():
            return _sign("=")
        case Sum((left, right)) if symbols(left) and symbols(right):
            return _sign("−" if _is_negative(right) else "+")
        case Sum((_, right)) if not symbols(right):
            return scribe.signed("" if _is_negative(right) else "+", right, SIZE)
        case Product((left, right)) if symbols(left) and symbols(right):
            return _sign("×")
        case Product((left, right)) if isinstance(left, Number) and symbols(right):
            return _sign("−") if left.value == -1 else scribe.signed("×", left, SIZE)
        case Quotient(top, bottom) if symbols(top):
            return _sign("÷") if symbols(bottom) else scribe.signed("÷", bottom, SIZE)
        case Call(name, arguments) if name in VECTOR_FUNCTIONS or (name in FUNCTIONS and name not in {"sqrt", "abs"}):
            index = arguments[0].value if isinstance(arguments[0], Number) and name in VECTOR_FUNCTIONS else None
            return scribe.function(name, SIZE if index is None else SIZE - 3, index)
        case _:
            used = symbols(expr)
            shown = scribe.unary(expr, SIZE - 1) if len(used) == 1 else scribe.expression(expr, SIZE - 1)
            return shown if shown.width <= WIDEST else text("f", SIZE, latex="$f$", style="italic")


def _sign(sign: str) -> Writing:
    return text(sign, SIGN, latex=f"${_SIGNS[sign]}$")


def _is_negative(expr: Expr) -> bool:
    if isinstance(expr, Product):
        expr = expr.factors[0]
    return isinstance(expr, Number) and expr.value < 0
