"""One expression as a text."""

from __future__ import annotations

from dataclasses import replace

from symbackprop.expr import Expr
from symbackprop.notation import Speller
from symbackprop.typeset.breaking import Typesetter
from symbackprop.typeset.latex_emitter import Latex
from symbackprop.typeset.marks import plain_text
from symbackprop.typeset.text_emitter import ASCII, UNICODE, Text

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
