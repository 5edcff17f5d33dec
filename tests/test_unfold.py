"""Differentiation one rule at a time: every stage is the derivative, and the last has nothing left to differentiate."""

from __future__ import annotations

import pytest
from test_calculus import TABLE, agrees

from symbackprop.calculus import RULES, derivative
from symbackprop.document import Apply
from symbackprop.expr import Expr, Symbol, operations, transform, walk
from symbackprop.parse import parse
from symbackprop.unfold import unfold


def carried_out(expr: Expr) -> Expr:
    """Put the derivative in wherever one is announced."""

    def one(part: Expr) -> Expr | None:
        if isinstance(part, Apply):
            assert isinstance(part.variable, Symbol)
            return derivative(part.body, part.variable.name)
        return None

    return transform(expr, one)


@pytest.mark.parametrize(("text", "name"), [row[:2] for row in TABLE], ids=[f"{row[0]} by {row[1]}" for row in TABLE])
def test_every_stage_is_the_derivative(text: str, name: str) -> None:
    """Carried out, each stage has the value of SymPy's derivative; the rules it cites are known."""
    expr = parse(text)

    stages = unfold(expr, name)

    for stage in stages:
        assert agrees(expr, name, carried_out(stage.value))
        assert set(stage.rules) <= set(RULES)
    assert stages
    assert not any(isinstance(part, Apply) for part in walk(stages[-1].value))
    assert operations(stages[-1].value) <= operations(derivative(expr, name)) + 2


@pytest.mark.parametrize(("text", "name", "rule"), [(*row[:2], row[3]) for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_outermost_rule_comes_first(text: str, name: str, rule: str) -> None:
    """Where an expression is no sum, its first stage cites the rule that the local derivative cites."""
    stages = unfold(parse(text), name)
    first = stages[0].rules
    assert rule in first or rule in {"linear", "sum"} or first == ("linear",), (first, rule)


@pytest.mark.parametrize("terms", [2, 12, 13, 300])
def test_a_long_sum_is_told_by_the_terms_with_the_variable(terms: int) -> None:
    """Terms of a short sum are all carried along; of a long one, those without the variable are said to be constant."""
    expr = parse(" + ".join(f"x{k}*y{k}^2" for k in range(terms)))
    first, *_, last = unfold(expr, "y1")

    written = len([part for part in walk(first.value) if isinstance(part, Apply)])
    assert (written, "others" in first.rules) == ((1, True) if terms > 12 else (terms, False))
    assert agrees(expr, "y1", carried_out(first.value))
    assert agrees(expr, "y1", last.value)
