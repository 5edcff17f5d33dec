"""
A step is a typed claim: about which symbol, equal to what, by which rule.

Steps hold no prose and no markup; `narrate.py` finds the words and `verify` checks every claim.
The union is closed, so that the type checker finds a consumer that forgot a kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from symbackprop.expr import Expr, Symbol


@dataclass(frozen=True, slots=True)
class Definition:
    """about = value, by definition (forward pass)."""

    about: Symbol
    value: Expr


@dataclass(frozen=True, slots=True)
class LocalDerivative:
    """about = ∂child/∂parent = value, all else held fixed; `rule` is a key of `calculus.RULES` or a function's name."""

    about: Symbol
    value: Expr
    rule: str


@dataclass(frozen=True, slots=True)
class ChainRule:
    """about = adjoint of the only child · local derivative."""

    about: Symbol
    value: Expr


@dataclass(frozen=True, slots=True)
class SumOverPaths:
    """about = Σ over children of adjoint · local derivative; `terms` has one product a child."""

    about: Symbol
    value: Expr
    terms: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Substitution:
    """about = value, after putting in what is known of `put_in`."""

    about: Symbol
    value: Expr
    put_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simplification:
    """about = value, rewritten by the rule named; `assumption` holds the names that must sum to 1 for it."""

    about: Symbol
    value: Expr
    rule: str
    assumption: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """about = value at the point."""

    about: Symbol
    value: Expr


@dataclass(frozen=True, slots=True)
class Update:
    """about ← value: a parameter after one step of an optimizer."""

    about: Symbol
    value: Expr


@dataclass(frozen=True, slots=True)
class Pullback:
    """about = the derivative above, taken back through one matrix definition; `rule` is a key of `pullback.PULLBACKS`."""

    about: Symbol
    value: Expr
    rule: str


Step: TypeAlias = (
    Definition | LocalDerivative | ChainRule | SumOverPaths | Substitution | Simplification | Evaluation | Update | Pullback
)

KINDS: dict[type, str] = {
    Definition: "definition",
    LocalDerivative: "local_derivative",
    ChainRule: "chain_rule",
    SumOverPaths: "sum_over_paths",
    Substitution: "substitution",
    Simplification: "simplification",
    Evaluation: "evaluation",
    Update: "update",
    Pullback: "pullback",
}
