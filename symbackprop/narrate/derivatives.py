"""One derivative told rule by rule: the blackboard's lines, each a step."""

from __future__ import annotations

from symbackprop.calculus import SHORT_RULES
from symbackprop.document import Row, Spans
from symbackprop.expr import ZERO, Expr, Sum, Symbol, add
from symbackprop.narrate.teller import DERIVATION, Teller
from symbackprop.simplify import SAYS, simplify
from symbackprop.steps import Simplification, Substitution
from symbackprop.unfold import unfold


def local_rows(teller: Teller, child: str, parent: str) -> list[Row]:
    """Tell a local derivative: on one line where one rule gives it, else rule by rule."""
    node = teller.graph.definitions[child]
    step = teller.backward.locals[child, parent]
    if teller.telling.detail < DERIVATION or len(unfold(node.expr, parent)) < 2:
        return [teller.local_row(child, parent)]
    rows = unfolded_rows(teller, child, parent, step.about)
    last = rows[-1]
    if step.value != last.right:
        teller.tell(step)
        rows.append(Row(None, step.value, None, ("by name",)))
        last = rows[-1]
    return [*rows[:-1], Row(last.left, last.right, teller.number(step.about.name), last.reason)]


def unfolded_rows(teller: Teller, child: str, parent: str, left: Symbol) -> list[Row]:
    """Tell ∂child/∂parent rule by rule, then simplified; `left` is what stands before the first equals sign."""
    node = teller.graph.definitions[child]
    about = teller.backward.locals[child, parent].about
    rows: list[Row] = []

    def line(value: Expr, reason: Spans) -> None:
        rows.append(Row(None if rows else left, value, None, reason))

    value: Expr = ZERO
    for stage in unfold(node.expr, parent, ordinary=len(teller.graph.parents[child]) == 1):
        value = stage.value
        teller.tell(Substitution(about, value, ()))
        line(value, ("; ".join(dict.fromkeys(SHORT_RULES[rule] for rule in stage.rules)),))
    if isinstance(value, Sum) and ZERO in value.terms:
        value = add(*value.terms)
        teller.tell(Substitution(about, value, ()))
        line(value, ("drop the zeros",))
    for rewritten in simplify(value, teller.problem.constraints):
        teller.tell(Simplification(about, rewritten.value, rewritten.rule, rewritten.assumption))
        line(rewritten.value, (SAYS[rewritten.rule],))
    return rows
