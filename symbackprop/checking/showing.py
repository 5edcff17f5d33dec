"""What was read, shown back: in LaTeX, on a line of Unicode, in plain names, and as MathML."""

from __future__ import annotations

from dataclasses import dataclass, replace

from symbackprop.checking.truth import Truth, names_in
from symbackprop.document import Relation
from symbackprop.errors import ParseError
from symbackprop.expr import Expr
from symbackprop.matrix import Entries, Ones
from symbackprop.narrate.layers import dressed
from symbackprop.parse.answers import read_answer
from symbackprop.typeset.shortcuts import latex, mathml, plain, unicode_text


@dataclass(frozen=True)
class Shown:
    """One formula in four markups."""

    latex: str
    text: str
    plain: str
    mathml: str


def shown(expr: Expr, truth: Truth, left: Expr | None = None) -> Shown:
    """Show an expression, or "left = expression"; products entry by entry have ⊙ between the matrices."""
    speller = replace(truth.derivation.speller, layers=True)
    formula = entrywise(expr, truth)
    if left is not None:
        formula = Relation((left, formula))
    return Shown(
        latex(formula, speller), unicode_text(formula, speller), plain(formula), mathml(formula, speller, place="block")
    )


def read_again(expression: str, truth: Truth) -> tuple[Expr | None, Expr] | None:
    """Return the left side, if any, and the value that plain names stand for; None where they cannot be read."""
    try:
        line = read_answer(expression, truth.lexicon, "text").lines[0]
    except ParseError:
        return None
    return line.left, entrywise(line.values[-1], truth)


def entrywise(expr: Expr, truth: Truth) -> Expr:
    """Write products entry by entry with ⊙ between the matrices."""

    def is_number(part: Expr) -> bool:
        return not isinstance(part, Entries | Ones) and all(truth.shape(symbol) == (1, 1) for symbol in names_in(part))

    return dressed(expr, is_number)
