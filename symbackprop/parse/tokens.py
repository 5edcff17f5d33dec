"""Text cut into tokens, and the numbers and names among them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from symbackprop.expr import Number, number
from symbackprop.names import plain_name, short
from symbackprop.parse.refusals import refuse, strange
from symbackprop.parse.sizes import LARGEST_DECIMAL_EXPONENT, LONGEST_TEXT, MOST_DIGITS

_SUPERSCRIPTS = {"⁺": "+", "⁻": "-", **{s: str(i) for i, s in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}}
_SPELLINGS = {
    "**": "^", "·": "*", "⋅": "*", "×": "*", "∗": "*", "\u2062": "*",
    "−": "-", "–": "-", "÷": "/", "∕": "/", "≤": "<=", "≥": ">=",
}
TOKEN = re.compile(
    r"(?P<space>[ \t\r\f\v\u00a0\u2009\u202f\ufeff]+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<vulgar>[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])"
    r"|(?P<superscript>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<name>[^\W\d_](?:\w(?<![⁰¹²³⁴⁵⁶⁷⁸⁹½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]))*)"
    r"|(?P<break>\n|;)"
    r"|(?P<operator>\*\*|<=|>=|[-+*/^(),=<>|√·⋅×∗−–÷∕≤≥\u2062])"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: kind is number, vulgar, name, superscript, operator, break or end."""

    kind: str
    text: str
    position: int
    end: int

    @property
    def shown(self) -> str:
        """The token as a message shows it."""
        return "the end" if self.kind == "end" else f'"{short(self.text)}"'


def tokenize(text: str, position: int = 0, stop: int | None = None, *, breaks: bool = False) -> Iterator[Token]:
    """Cut a text, or a part of it, into tokens, the last of kind `end`; line breaks count only between definitions."""
    if len(text) > LONGEST_TEXT:
        refuse(f"the text has {len(text)} characters: up to {LONGEST_TEXT} are accepted", "", 0)
    depth, stop = 0, len(text) if stop is None else stop
    while position < stop:
        match = TOKEN.match(text, position, stop)
        if match is None:
            refuse(strange(text[position]), text, position)
        kind, found = str(match.lastgroup), match[0]
        start, position = position, match.end()
        if kind == "operator":
            found = _SPELLINGS.get(found, found)
            depth += (found == "(") - (found == ")")
        elif kind == "name" and found in {"if", "else"}:
            kind = "keyword"
        elif kind == "break" and found == "\n" and (not breaks or depth > 0):
            kind = "space"
        if kind != "space":
            yield Token(kind, found, start, position)
    yield Token("end", "", stop, stop)


def identifier(text: str, token: Token) -> str:
    """Return the plain name of a token; refuses what cannot be one."""
    name = plain_name(token.text)
    if not name.isidentifier():
        refuse(f"{token.shown} is no name: names are letters, digits and _", text, token.position)
    return name


def numeral(text: str, token: Token) -> Number:
    """Return the exact number that a token writes; refuses one that is too long."""
    if token.kind == "vulgar":
        top, bottom = unicodedata.normalize("NFKC", token.text).split("⁄")
        return number(Fraction(int(top), int(bottom)))
    mantissa, _, exponent = token.text.lower().partition("e")
    digits = mantissa.replace(".", "").lstrip("0")
    if len(digits) > MOST_DIGITS or (exponent and (len(exponent) > 5 or abs(int(exponent)) > LARGEST_DECIMAL_EXPONENT)):
        refuse(too_many_digits(token.text), text, token.position)
    decimal = "." in mantissa or bool(exponent)
    return number(Fraction(Decimal(token.text)), decimal=decimal)


def superscript(token: Token) -> Number:
    """Return the whole number that a superscript writes."""
    return number(int("".join(_SUPERSCRIPTS[c] for c in token.text[:MOST_DIGITS])))


def too_many_digits(shown: str) -> str:
    """Say that a number is too long."""
    most = LARGEST_DECIMAL_EXPONENT
    limits = f"up to {MOST_DIGITS} digits and exponents from e-{most} to e{most} are accepted"
    return f"the number {short(shown)} is too long: {limits}"
