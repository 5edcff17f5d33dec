"""
Pullbacks: how the derivative of a scalar goes back through one matrix expression.

If y = f(x) and G = ∂L/∂y has the shape of y, the pullback of G is ∂L/∂x, of the shape of x.  A handful of rules
covers every layer; each is the transpose of the differential (Giles, *Collected matrix derivative results for
forward and reverse mode algorithmic differentiation*, 2008).  Shapes are those of the values (denominator layout).
"""

from __future__ import annotations

from dataclasses import dataclass

from symbackprop.calculus import derivative, rule_of
from symbackprop.errors import InternalError
from symbackprop.expr import ONE, Call, Expr, Number, Product, Sum, Symbol, add, children, mul, symbols
from symbackprop.matrix import MatMul, Ones, Slope, Softmax, Transpose, matmul, sums, transpose

# The rules by key, as they are told.
PULLBACKS = {
    "sum": "a sum hands it on unchanged",
    "left factor": "Z = AB: to A goes G Bᵀ",
    "right factor": "Z = AB: to B goes Aᵀ G",
    "transposed factor": "Z = ABᵀ: to B goes Gᵀ A",
    "ones": "1 repeats it: add up over the samples",
    "transpose": "of a transpose: transpose",
    "elementwise": "entry by entry: ⊙ the slope",
    "softmax": "softmax: p ⊙ (G − sums of p ⊙ G)",
    "log_softmax": "log softmax: G − p ⊙ sums of G",
    "scale": "a number is carried along",
    "itself": "the value itself",
}
# … and where they read otherwise in numerator layout, where G is the transpose.
IN_NUMERATOR_LAYOUT = {
    "left factor": "Z = AB: to A goes B G",
    "right factor": "Z = AB: to B goes G A",
    "transposed factor": "Z = ABᵀ: to B goes (G A)ᵀ",
}


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one expression hands back to one symbol: the value, and the rule (a key of `PULLBACKS`) that gives it."""

    value: Expr
    rule: str


def pullback(expr: Expr, seed: Expr, own: Symbol | None = None) -> dict[str, Pulled]:
    """
    Return what goes back to each symbol of `expr`, given the derivative `seed` by its value.

    `own` is the symbol the expression defines, in terms of which softmax writes its pullback.

    >>> W, a, b, G = map(Symbol, ("W", "a", "b", "G"))
    >>> {name: p.value for name, p in pullback(matmul(W, a) + b, G).items()} == {
    ...     "W": matmul(G, transpose(a)), "a": matmul(transpose(W), G), "b": G}
    True
    """
    found: dict[str, Pulled] = {}
    for name, pulled in _pull(expr, seed, "itself", own):
        before = found.get(name)
        found[name] = pulled if before is None else Pulled(add(before.value, pulled.value), "sum")
    return found


def _pull(expr: Expr, seed: Expr, rule: str, own: Symbol | None) -> list[tuple[str, Pulled]]:
    """List the contributions; `rule` is the last one applied on the way here."""
    match expr:
        case Symbol(name=name):
            return [(name, Pulled(seed, rule))]
        case Sum(terms) if any(_mixes(term) for term in terms):
            inner = "sum" if rule == "itself" else rule
            return [pair for term in terms for pair in _pull(term, seed, inner, own)]
        case MatMul(factors):
            left, right = factors[0], matmul(*factors[1:])
            to_left = "ones" if _is_ones(right) else "left factor"
            to_right = "ones" if _is_ones(left) else "right factor"
            return [
                *_pull(left, matmul(seed, transpose(right)), to_left, own),
                *_pull(right, matmul(transpose(left), seed), to_right, own),
            ]
        case Transpose(body):
            turned = {"itself": "transpose", "right factor": "transposed factor"}
            return _pull(body, transpose(seed), turned.get(rule, rule), own)
        case Softmax(body, rows, log):
            p = own if own is not None else expr
            if log:
                value = add(seed, mul(-1, Call("exp", (p,)), sums(seed, rows=rows)))
            else:
                value = mul(p, add(seed, mul(-1, sums(mul(p, seed), rows=rows))))
            return _pull(body, value, "log_softmax" if log else "softmax", own)
        case Product((Number() as number, *rest)) if any(_mixes(factor) for factor in rest):
            return _pull(mul(*rest), mul(number, seed), rule, own)
        case Ones():
            return []
        case _:
            return _elementwise(expr, seed)


def _elementwise(expr: Expr, seed: Expr) -> list[tuple[str, Pulled]]:
    """Multiply by the slope, entry by entry; a named function's slope keeps its name until it is put in."""
    if _mixes(expr):
        msg = f"no pullback for {type(expr).__name__}"
        raise InternalError(msg)
    match expr:
        case Call(function, (Symbol(name=name) as argument,)):
            return [(name, Pulled(_hadamard(seed, Slope(function, argument)), "elementwise"))]
        case _:
            return [(name, Pulled(_hadamard(seed, derivative(expr, name)), _rule(expr, name))) for name in symbols(expr)]


def _hadamard(seed: Expr, slope: Expr) -> Expr:
    return slope if seed == ONE else mul(seed, slope)


def _rule(expr: Expr, name: str) -> str:
    return rule_of(expr, name)


def _is_ones(expr: Expr) -> bool:
    return isinstance(expr, Ones) or (isinstance(expr, Transpose) and isinstance(expr.body, Ones))


def _mixes(expr: Expr) -> bool:
    """Whether an expression has a part that mixes entries."""
    if isinstance(expr, MatMul | Transpose | Ones | Softmax):
        return True
    return any(_mixes(part) for part in children(expr))
