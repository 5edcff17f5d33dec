"""One expression as a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from symbackprop.document import Row
from symbackprop.expr import Expr
from symbackprop.notation import Speller
from symbackprop.typeset.breaking import Typesetter
from symbackprop.typeset.elements import escaped, table
from symbackprop.typeset.latex_emitter import Latex
from symbackprop.typeset.marks import plain_text
from symbackprop.typeset.mathml_emitter import MathML
from symbackprop.typeset.text_emitter import ASCII, UNICODE, Text
from symbackprop.typeset.walk import near
from symbackprop.typeset.words_emitter import Words, sentence

_PLAIN = Typesetter(Text(replace(ASCII, relations=(), spaced=False, units=False)))


def plain(expr: Expr) -> str:
    """
    Print an expression in plain names, so that `parse` reads it back as an equal one.

    >>> from symbackprop.expr import Symbol
    >>> plain((Symbol("a") - Symbol("y")) ** 2 / 2)
    '(a - y)^2/2'
    """
    return plain_text(_PLAIN.text(expr))


def latex(expr: Expr, speller: Speller, *, colour: bool = False) -> str:
    r"""
    Print an expression as LaTeX, without dollars.

    >>> from symbackprop.expr import Symbol
    >>> latex(Symbol("w1_2_3") * Symbol("x_3"), Speller())
    'w^{[1]}_{2,3} x_3'
    """
    return Typesetter(Latex(colour=colour), speller).text(expr)


def unicode_text(expr: Expr, speller: Speller) -> str:
    """
    Print an expression for people, on one line of Unicode.

    >>> from symbackprop.expr import Symbol
    >>> unicode_text(Symbol("w1_2_3") * Symbol("x_3"), Speller())
    'w₂,₃⁽¹⁾·x₃'
    """
    return plain_text(Typesetter(Text(UNICODE), speller).text(expr))


def ascii_text(expr: Expr, speller: Speller) -> str:
    """
    Print an expression for people, on one line of ASCII.

    >>> from symbackprop.expr import Adjoint
    >>> ascii_text(Adjoint("dL_dw1_1_1", "L", "w1_1_1"), Speller())
    'dL/dw1_1_1'
    """
    return plain_text(Typesetter(Text(ASCII), speller).text(expr))


# Where a line goes on, the room of its relation sign.
HIDDEN = "<mphantom>{}</mphantom>"

Place = Literal["inline", "block", "cell"]


def mathml(expr: Expr, speller: Speller, *, place: Place = "inline", colour: bool = False, spoken: bool = False) -> str:
    """
    Print an expression as one <math> element of MathML Core.

    `place` is "inline" within a sentence (small, derivatives with a slash), "block" on a line of its own, in the middle,
    or "cell" for a formula of full size where it stands.
    `colour` leaves classes for `math_style`; `spoken` adds the formula in words as `alttext`.

    >>> from symbackprop.expr import Symbol
    >>> mathml(Symbol("x") + 1, Speller(network=False), place="block", spoken=True)
    '<math display="block" alttext="x plus one"><mi>x</mi><mo>+</mo><mn>1</mn></math>'
    """
    setter = Typesetter(MathML(colour=colour, inline=place == "inline"), speller)
    return _math(setter.text(expr), place, words(expr, speller) if spoken else "")


def mathml_lines(expr: Expr, speller: Speller, *, width: float = 40.0, colour: bool = False) -> str:
    """
    Print a long expression as one <math> element, broken into lines no wider than `width` em.

    >>> from symbackprop.expr import Symbol
    >>> mathml_lines(Symbol("x") + 1, Speller(network=False), width=2.0).count("<mtr>")
    2
    """
    setter = Typesetter(MathML(colour=colour), speller)
    lines = [[setter.emitter.indented(line).text] for line in setter.lines(expr, width)]
    return _math(table(lines, "left", displaystyle="true") if len(lines) > 1 else lines[0][0], "block")


def mathml_rows(rows: Sequence[Row], speller: Speller, *, width: float = 40.0, colour: bool = False) -> str:
    """
    Print lines of a derivation as one <math> element, aligned at their relation signs, with the values they have at the point.

    Right-hand sides wider than `width` em are broken; reasons are left to the page.

    >>> from symbackprop.expr import Symbol
    >>> mathml_rows([Row(Symbol("y"), Symbol("x"))], Speller(network=False)).count("<mtd")
    3
    """
    setter = Typesetter(MathML(colour=colour), speller)
    emit = setter.emitter
    cells: list[list[str]] = []
    for line in rows:
        sign = emit.relation(near(line.relation, line.right)).text
        for position, part in enumerate(setter.lines(line.right, width)):
            left = setter.text(line.left) if line.left is not None and not position else ""
            right = emit.indented(part).text
            cells.append([left, HIDDEN.format(sign) + right if position else sign + right, ""])
        if line.value is not None:
            cells[-1][-1] = '<mspace width="2em"/>' + emit.relation(near("=", line.value)).text + setter.text(line.value)
    return _math(table(cells, "right left left", close=True, displaystyle="true"), "block")


def words(expr: Expr, speller: Speller) -> str:
    """
    Say an expression in words, for an `aria-label` or an alternative text.

    >>> from symbackprop.expr import Adjoint
    >>> words(Adjoint("dL_dw1_1_1", "L", "w1_1_1"), Speller())
    'd L by d w one one of layer one'
    """
    return sentence(Typesetter(Words(), speller).text(expr))


def _math(inside: str, place: Place, told: str = "") -> str:
    shown = {"inline": ' display="inline"', "block": ' display="block"', "cell": ' display="inline" displaystyle="true"'}[place]
    alternative = f' alttext="{escaped(told)}"' if told else ""
    return f"<math{shown}{alternative}>{inside}</math>"
