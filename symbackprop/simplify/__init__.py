"""
A short ordered list of named rewrites; each keeps the value and never makes the expression longer.

There is no general simplifier here.  Products stay factored, because `(a - y)*a*(1 - a)*x` is the
answer and four monomials are not.  A rewrite is one row of `REWRITES`: its name, what a teacher says,
and a function that answers a rewritten expression or None.  'Shorter' is counted by `expr.operations`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symbackprop.expr import ONE, Expr, Number, Product, Sum, Symbol, children, operations, transform
from symbackprop.simplify.products import cancel, common_factor, distribute, factors_of, fold_numbers, gather_powers, turn_over
from symbackprop.simplify.sums import add_equal_terms, collect, common_denominator

MOST_OPERATIONS = 2_000


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


def _all_different(expr: Sum) -> bool:
    """Whether a sum is of distinct symbols and products of them, where there is nothing to collect."""
    seen: set[str] = set()
    for term in expr.terms:
        for factor in factors_of(term):
            if isinstance(factor, Symbol) and factor.name not in seen:
                seen.add(factor.name)
            elif not isinstance(factor, Number) or factor is term or isinstance(factor.value, Fraction):
                return False  # a fraction may be common to all terms: ½u + ½v
    return True


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
            new = _rewritten(current, rewrite, settled)
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


def _rewritten(expr: Expr, rewrite: Rewrite, settled: set[int]) -> Expr:
    """Apply one rewrite wherever it fits; a denominator that would become 0 is left as it is, for the reader to see."""
    try:
        return transform(expr, lambda part: _attempt(rewrite, part, settled))
    except ZeroDivisionError:
        return expr


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
