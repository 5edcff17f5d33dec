"""Numbers as they stand in a problem, and points: "x_1=1, x_2=2"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from numbers import Rational, Real

from symbackprop.errors import InputError
from symbackprop.expr import Expr, number, symbols
from symbackprop.names import normalise_name, plain_name, short
from symbackprop.parse.grammar import Parser, parse
from symbackprop.parse.refusals import refuse
from symbackprop.parse.sizes import LARGEST_DECIMAL_EXPONENT, LARGEST_NUMBER_BITS, LONGEST_TEXT, MOST_DIGITS, bits_of
from symbackprop.parse.tokens import tokenize, too_many_digits

_NAME = re.compile(r"[^\W\d_]\w*")
_NEXT_ENTRY = re.compile(r"[\w)}\]]\s+([^\W\d_][^\s=<>]*)\s*=")


def parse_point(text: str, names: Collection[str] | None = None, own: Mapping[str, str] | None = None) -> dict[str, Expr]:
    """
    Read "x_1=1, x_2=2": names and constants, between commas or semicolons.

    With `names`, each name may be spelled in any way `normalise_name` knows; `own` maps plain names to the problem's own.

    Raises ParseError, and UnknownNameError where a name is not among `names`.
    """
    if not text.strip():
        refuse('there is nothing to read where "name=number" is accepted', text, 0)
    if len(text) > LONGEST_TEXT:
        refuse(f"the text has {len(text)} characters: up to {LONGEST_TEXT} are accepted", "", 0)
    point: dict[str, Expr] = {}
    for start, stop in _entries(text):
        equals = text.find("=", start, stop)
        raw = text[start : stop if equals < 0 else equals].strip()
        if equals < 0 or not raw:
            refuse(f'found "{short(text[start:stop].strip())}" where "name=number" is accepted', text, start)
        if names is not None:
            name = normalise_name(raw, names, own)
        elif _NAME.fullmatch(raw):
            name = plain_name(raw)
        else:
            refuse(f'found "{short(raw)}" where a name is accepted', text, start)
        if name in point:
            refuse(f'"{short(raw)}" is given twice', text, start)
        if following := _NEXT_ENTRY.search(text, equals + 1, stop):
            refuse(f'a comma is missing before "{short(following[1])}"', text, following.start(1))
        parser = Parser(text, tuple(tokenize(text, equals + 1, stop)), names=(), declared=())
        point[name] = parser.value()
        parser.finish()
    return point


def constant(value: object) -> Expr:
    """
    Read a number as it stands in a problem: an int, a float or Decimal (exact as written), or a text such as "1/3", "log(2)".

    >>> constant(0.15)
    Number(value=Fraction(3, 20), decimal=True)

    Raises InputError for anything else, NaN, infinities and booleans; ParseError for a text that is no constant.
    """
    if isinstance(value, Expr):
        unknown = next(iter(symbols(value)), None)
        if unknown is not None:
            msg = f'"{unknown}" is a name where a number is accepted'
            raise InputError(msg)
        return value
    if isinstance(value, str):
        return parse(value, ())
    if isinstance(value, bool):
        msg = f"found {str(value).lower()} where a number is accepted"
        raise InputError(msg)
    if isinstance(value, Rational):
        exact = number(Fraction(int(value.numerator), int(value.denominator)))
    elif isinstance(value, (Real, Decimal)):
        written = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
        if not written.is_finite():
            msg = f"found {'NaN' if written.is_nan() else 'an infinity'} where a finite number is accepted"
            raise InputError(msg)
        if abs(written.adjusted()) > LARGEST_DECIMAL_EXPONENT or len(written.as_tuple().digits) > MOST_DIGITS:
            msg = too_many_digits(str(written))
            raise InputError(msg)
        exact = number(Fraction(written), decimal=True)
    else:
        msg = f"found {kind_of(value)} where a number is accepted"
        raise InputError(msg)
    if bits_of(exact) > LARGEST_NUMBER_BITS:
        msg = "found a number of more than 1000 digits"
        raise InputError(msg)
    return exact


def kind_of(value: object) -> str:
    """Name the kind of a value as a reader of problem files would."""
    kinds = {
        dict: "a table", list: "a list", tuple: "a list", str: "a text", bool: "true or false",
        int: "a number", float: "a number", type(None): "nothing",
    }
    return kinds.get(type(value), f"a {type(value).__name__}")


def _entries(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each entry of a point starts and stops: between commas, semicolons and line breaks outside brackets."""
    depth, start = 0, 0
    for position, character in enumerate(f"{text};"):
        depth = max(0, depth + (character in "([{") - (character in ")]}"))
        if character in ",;\n" and (depth == 0 or position == len(text)):
            if text[start:position].strip():
                yield start + len(text[start:position]) - len(text[start:position].lstrip()), position
            start = position + 1
