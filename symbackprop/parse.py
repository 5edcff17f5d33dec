"""
Text that a reader typed, to expressions: a tokenizer and a small recursive parser, without `eval`.

The grammar, loosest first:

    value    a if z > 0 else b
    sum      x + y − z
    product  x*y, x·y, 2x, 2(x + 1), x/y       (a product without a sign binds like one with it)
    sign     −x
    power    x^y, x**y, x²                      (from the right; tighter than the sign before it)
    atom     0.15, ½, x_1, σ(x), (…), |x|, √x

Numbers are exact; `0.15` is 3/20 and remembers that it was written as a decimal.
Budgets keep every answer quick: length of the text, depth of brackets, digits of a number, size of an exponent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from numbers import Rational, Real
from typing import NoReturn

from symbackprop.errors import InputError, ParseError, nearest
from symbackprop.expr import (
    ONE,
    ZERO,
    Cases,
    Condition,
    Constant,
    Exact,
    Expr,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    add,
    call,
    children,
    div,
    mul,
    number,
    power,
    symbols,
)
from symbackprop.functions import FUNCTIONS, SELECTIONS, VECTOR_FUNCTIONS, canonical
from symbackprop.names import GREEK, LONGEST_NAME, normalise_name, plain_name, short

LONGEST_TEXT = 100_000
DEEPEST_NESTING = 60
DEEPEST_EXPRESSION = 200
MOST_DIGITS = 40
LARGEST_DECIMAL_EXPONENT = 300
LARGEST_EXPONENT = 1000
LARGEST_NUMBER_BITS = 3400

DEFAULT_OUTPUTS = ("f", "F", "g", "h", "out")

_SUPERSCRIPTS = {"⁺": "+", "⁻": "-", **{s: str(i) for i, s in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}}
_SPELLINGS = {
    "**": "^", "·": "*", "⋅": "*", "×": "*", "∗": "*", "\u2062": "*",
    "−": "-", "–": "-", "÷": "/", "∕": "/", "≤": "<=", "≥": ">=",
}
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\f\v\u00a0\u2009\u202f\ufeff]+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<vulgar>[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])"
    r"|(?P<superscript>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<name>[^\W\d_](?:\w(?<![⁰¹²³⁴⁵⁶⁷⁸⁹½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]))*)"
    r"|(?P<break>\n|;)"
    r"|(?P<operator>\*\*|<=|>=|[-+*/^(),=<>|√·⋅×∗−–÷∕≤≥\u2062])"
)
_NAME = re.compile(r"[^\W\d_]\w*")
_SIGNS = {"+": 1, "-": -1}
_RELATIONS = ("<", "<=", ">", ">=")
_ATOM = 'a number, a name or "("'

_ALIASES = tuple(alias for row in FUNCTIONS.values() for alias in row.aliases)
CALLABLE = tuple(dict.fromkeys((*FUNCTIONS, *_ALIASES, *SELECTIONS, *VECTOR_FUNCTIONS)))


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: kind is number, vulgar, name, superscript, operator, break or end."""

    kind: str
    text: str
    position: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """Definitions as read, with every name the text uses (also those that cancel), in order of first use."""

    definitions: tuple[tuple[str, Expr], ...]
    used: tuple[str, ...]


def parse(text: str, names: Container[str] | None = None) -> Expr:
    """
    Read one expression.

    With `names`, every other name is an error; a run of letters that is no name is read as a product of names.
    Without, any name becomes a Symbol.

    >>> parse("3x^2")
    Product(factors=(Number(value=3, decimal=False), Power(base=Symbol(name='x'), exponent=Number(value=2, decimal=False))))

    Raises ParseError, which says what was found, at which column, and what would be accepted.
    """
    parser = _Parser(text, tuple(_tokens(text)), names=names, declared=())
    expr = parser.value()
    parser.finish()
    return expr


def parse_definitions(text: str, names: Collection[str] = ()) -> list[tuple[str, Expr]]:
    """
    Read "u = 2*x + 1; y = u^3", one definition between semicolons or on a line, in the order written.

    `names` are names declared elsewhere.  One expression alone, or the last one, may go without a name: it is called f.

    >>> [name for name, _ in parse_definitions("u = 2*x + 1; y = u^3")]
    ['u', 'y']

    Raises ParseError for a text that is no list of definitions, and for a name defined twice.
    """
    return list(read_definitions(text, names).definitions)


def read_definitions(text: str, names: Collection[str] = ()) -> Reading:
    """Read definitions as `parse_definitions` does, and keep every name that was used."""
    statements = list(_statements(text))
    if not statements:
        _refuse("there is nothing to read where an expression or definitions are accepted", text, 0)
    found: list[tuple[Token | None, str, tuple[Token, ...]]] = []
    signatures: dict[str, tuple[str, ...]] = {}
    for tokens in statements:
        name, arguments, body = _left_side(text, tokens)
        if name is None and tokens is not statements[-1]:
            _refuse('found an expression without a name where "name = expression" is accepted', text, tokens[0].position)
        plain = "" if name is None else _defined_name(text, name)
        if name is not None and any(plain == other for _, other, _ in found):
            _refuse(f'"{plain}" is defined twice', text, name.position)
        if arguments:
            signatures[plain] = arguments
        found.append((name, plain, body))
    left = [plain for _, plain, _ in found if plain]
    declared = dict.fromkeys((*left, *names))
    heard = {plain_name(t.text) for _, _, body in found for t in body if t.kind == "name"}
    used: dict[str, None] = dict.fromkeys(a for arguments in signatures.values() for a in arguments)
    results: list[tuple[str, Expr]] = []
    for _, plain, body in found:
        parser = _Parser(text, body, names=None, declared=declared, heard=heard, signatures=signatures)
        expr = parser.value()
        parser.finish()
        used.update(dict.fromkeys(parser.used))
        results.append((plain, expr))
    if not results[-1][0]:
        free = next(n for n in (*DEFAULT_OUTPUTS, *(f"f{i}" for i in range(1, 1000))) if n not in used and n not in declared)
        results[-1] = (free, results[-1][1])
    return Reading(tuple(results), tuple(used))


def names_in(text: str) -> tuple[str, ...]:
    """Return every name in a text by its plain name, in order, functions and constants included; raises ParseError."""
    return tuple(dict.fromkeys(plain_name(token.text) for token in _tokens(text) if token.kind == "name"))


def read_body(text: str, declared: Collection[str], heard: Collection[str]) -> tuple[Expr, tuple[str, ...]]:
    """
    Read the right side of one definition among several; also returns the names it uses.

    `declared` are the names defined or given anywhere, `heard` all names that occur: "2xy" is 2·x·y where x and y do.

    Raises ParseError.
    """
    parser = _Parser(text, tuple(_tokens(text)), names=None, declared=declared, heard=heard)
    expr = parser.value()
    parser.finish()
    return expr, tuple(parser.used)


def definable(name: str) -> str:
    """
    Return the plain name of a quantity to be defined or given.

    Raises ParseError for what is no name, or a function's or constant's.
    """
    token = Token("name", name, 0, len(name))
    if not _TOKEN.fullmatch(name) or not name[:1].isalpha() or name in {"if", "else"}:
        _refuse(f"{_shown(token)} is no name: names are letters, digits and _", "", 0)
    return _defined_name("", token)


def parse_point(text: str, names: Collection[str] | None = None, own: Mapping[str, str] | None = None) -> dict[str, Expr]:
    """
    Read "x_1=1, x_2=2": names and constants, between commas or semicolons.

    With `names`, each name may be spelled in any way `normalise_name` knows; `own` maps plain names to the problem's own.

    Raises ParseError, and UnknownNameError where a name is not among `names`.
    """
    if not text.strip():
        _refuse('there is nothing to read where "name=number" is accepted', text, 0)
    if len(text) > LONGEST_TEXT:
        _refuse(f"the text has {len(text)} characters: up to {LONGEST_TEXT} are accepted", "", 0)
    point: dict[str, Expr] = {}
    for start, stop in _entries(text):
        equals = text.find("=", start, stop)
        raw = text[start : stop if equals < 0 else equals].strip()
        if equals < 0 or not raw:
            _refuse(f'found "{short(text[start:stop].strip())}" where "name=number" is accepted', text, start)
        if names is not None:
            name = normalise_name(raw, names, own)
        elif _NAME.fullmatch(raw):
            name = plain_name(raw)
        else:
            _refuse(f'found "{short(raw)}" where a name is accepted', text, start)
        if name in point:
            _refuse(f'"{short(raw)}" is given twice', text, start)
        parser = _Parser(text, tuple(_tokens(text, equals + 1, stop)), names=(), declared=())
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
            msg = _too_many_digits(str(written))
            raise InputError(msg)
        exact = number(Fraction(written), decimal=True)
    else:
        msg = f"found {kind_of(value)} where a number is accepted"
        raise InputError(msg)
    if exact.value.numerator.bit_length() > LARGEST_NUMBER_BITS or exact.value.denominator.bit_length() > LARGEST_NUMBER_BITS:
        msg = "found a number of more than 1000 digits"
        raise InputError(msg)
    return exact


class _Parser:
    """Reads one list of tokens from left to right; every method reads one level of the grammar."""

    def __init__(  # noqa: PLR0913 - one parser serves strict names, declared names and names by usage
        self,
        text: str,
        tokens: tuple[Token, ...],
        *,
        names: Container[str] | None,
        declared: Container[str],
        heard: Collection[str] = (),
        signatures: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.names = names
        self.declared = declared if names is None else names
        self.heard = heard
        self.signatures = signatures or {}
        self.index = 0
        self.depth = 0
        self.bars = 0
        self.used: dict[str, None] = {}

    @property
    def next(self) -> Token:
        return self.tokens[self.index]

    def take(self) -> Token:
        token = self.tokens[self.index]
        self.index += token.kind != "end"
        return token

    def accept(self, *operators: str) -> Token | None:
        token = self.next
        if token.kind in {"operator", "keyword"} and token.text in operators:
            return self.take()
        return None

    def expect(self, operator: str, opening: Token) -> None:
        if not self.accept(operator):
            column = _column(self.text, opening.position)
            self.unexpected(f'an operator or "{operator}" (for the "{opening.text}" of column {column})')

    def unexpected(self, accepted: str, token: Token | None = None) -> NoReturn:
        token = token or self.next
        _refuse(f"found {_shown(token)} where {accepted} is accepted", self.text, token.position)

    def finish(self) -> None:
        """Refuse anything left over."""
        token = self.next
        if token.kind == "end":
            return
        if token.kind in {"number", "vulgar"}:
            self.unexpected('an operator (a product with a number on the right needs "*")')
        if token.text == ")":
            _refuse('found ")" without a "(" before it', self.text, token.position)
        if token.text == "=":
            _refuse('found "=" inside an expression; definitions look like "u = 2*x; y = u^3"', self.text, token.position)
        if token.text == ",":
            _refuse('found "," outside a function\'s brackets; decimals are written 0.5', self.text, token.position)
        self.unexpected("an operator or the end")

    def deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            message = f"brackets and powers are nested more than {DEEPEST_NESTING} deep; name the inner parts in definitions"
            _refuse(message, self.text, token.position)

    def value(self) -> Expr:
        """Read a sum, or a value if condition else value; at the outermost level also check the size of the whole."""
        start = self.next
        expr = self.conditional()
        if self.depth == 0 and _depth(expr) > DEEPEST_EXPRESSION:
            message = f"the expression is more than {DEEPEST_EXPRESSION} operations deep; name parts of it in definitions"
            _refuse(message, self.text, start.position)
        return expr

    def conditional(self) -> Expr:
        branches: list[tuple[Expr, Condition]] = []
        while True:
            expr = self.sum()
            opening = self.accept("if")
            if not opening:
                return Cases(tuple(branches), expr) if branches else expr
            left = self.sum()
            relation = self.accept(*_RELATIONS)
            if not relation:
                self.unexpected('"<", "<=", ">" or ">="')
            branches.append((expr, Condition(left, relation.text, self.sum())))
            if not self.accept("else"):
                self.unexpected('"else" and the value for all other cases')
            if len(branches) > DEEPEST_NESTING:
                _refuse(f"more than {DEEPEST_NESTING} cases in a row", self.text, opening.position)

    def sum(self) -> Expr:
        terms: list[Expr] = []
        while True:
            start = self.next
            sign = self.signs()
            term = self.product()
            terms.append(mul(-1, term) if sign < 0 else term)
            if self.next.kind != "operator" or self.next.text not in _SIGNS:
                return self.checked(add(*terms), start)

    def signs(self) -> int:
        sign = 1
        while found := self.accept("+", "-"):
            sign *= _SIGNS[found.text]
        return sign

    def product(self) -> Expr:
        factors = [self.power()]
        divisions = 0
        while True:
            token = self.next
            if self.accept("*"):
                factors.append(self.signed())
            elif self.accept("/"):
                divisions += 1
                if divisions > DEEPEST_NESTING:
                    _refuse(f"more than {DEEPEST_NESTING} divisions in a row", self.text, token.position)
                factors = [self.divided(factors, self.signed(), token)]
            elif self.starts_factor(token):
                factors.append(self.power())
            else:
                return self.multiplied(factors, token)

    def multiplied(self, factors: list[Expr], token: Token) -> Expr:
        bits = sum(_bits(f) for f in factors)
        if bits > LARGEST_NUMBER_BITS:
            _refuse("the product of these numbers has more than 1000 digits", self.text, token.position)
        return mul(*factors)

    def divided(self, factors: list[Expr], denominator: Expr, token: Token) -> Expr:
        if denominator == ZERO:
            _refuse("division by zero", self.text, token.position)
        return self.checked(div(self.multiplied(factors, token), denominator), token)

    def starts_factor(self, token: Token) -> bool:
        """Is this the start of a factor written without a sign before it?"""
        if token.kind == "name":
            return True
        return token.kind == "operator" and (token.text in "(√" or (token.text == "|" and self.bars == 0))

    def signed(self) -> Expr:
        sign = self.signs()
        factor = self.power()
        return mul(-1, factor) if sign < 0 else factor

    def power(self) -> Expr:
        base = self.atom()
        while self.next.kind == "superscript":
            token = self.take()
            base = self.raised(base, _superscript(token), token)
        if sign := self.accept("^"):
            self.deeper(sign)
            base = self.raised(base, self.signed(), sign)
            self.depth -= 1
        return base

    def raised(self, base: Expr, exponent: Expr, token: Token) -> Expr:
        if base == Constant("e"):
            return call("exp", exponent)
        if isinstance(exponent, Number):
            size = exponent.value if exponent.value > 0 else -exponent.value
            if size > LARGEST_EXPONENT:
                shown = short(str(exponent.value))
                message = f"the exponent {shown} is too large: exponents up to {LARGEST_EXPONENT} are accepted"
                _refuse(message, self.text, token.position)
            if isinstance(base, Number) and base.value == 0 and exponent.value < 0:
                _refuse("division by zero (0 to a negative power)", self.text, token.position)
            degree = _degree(base) * size
            if degree > LARGEST_EXPONENT and _degree(base) > 1:
                total = f"powers of powers multiply to the exponent {int(degree)}"
                message = f"{total}: exponents up to {LARGEST_EXPONENT} are accepted"
                _refuse(message, self.text, token.position)
        return self.checked(power(base, exponent), token)

    def checked(self, expr: Expr, token: Token) -> Expr:
        if _bits(expr) > LARGEST_NUMBER_BITS:
            _refuse("the number worked out here has more than 1000 digits", self.text, token.position)
        return expr

    def atom(self) -> Expr:
        token = self.next
        match token.kind, token.text:
            case ("number" | "vulgar"), _:
                self.take()
                return _numeral(self.text, token)
            case "name", _:
                return self.named(self.take())
            case "operator", "(":
                return self.bracket(self.take())
            case "operator", "|":
                self.take()
                return call("abs", self.inside(token, "|"))
            case "operator", "√":
                self.take()
                self.deeper(token)
                argument = self.atom()
                self.depth -= 1
                return call("sqrt", argument)
            case _:
                return self.unexpected(_ATOM)

    def bracket(self, opening: Token) -> Expr:
        return self.inside(opening, ")")

    def inside(self, opening: Token, closing: str) -> Expr:
        self.deeper(opening)
        bars, self.bars = self.bars, int(closing == "|")
        expr = self.value()
        self.expect(closing, opening)
        self.bars = bars
        self.depth -= 1
        return expr

    def named(self, token: Token) -> Expr:
        """Read a name: a declared quantity, a function with its arguments, a constant, or a product of names."""
        name = _identifier(self.text, token)
        if name in self.signatures and self.next.text == "(":
            return self.applied(name, token)
        if name in self.declared:
            return self.symbol(name)
        if name == "pi":
            return Constant("pi")
        if name == "e":
            return Constant("e")
        if name in CALLABLE:
            if self.next.text == "(":
                return self.called(name, token)
            if name not in GREEK.values():
                return self.function_power(name, token)
        if parts := self.split(name):
            return mul(*map(self.symbol, parts))
        if self.names is not None:
            self.unknown(name, token)
        if len(name) > LONGEST_NAME:
            _refuse(f"the name {_shown(token)} is longer than {LONGEST_NAME} characters", self.text, token.position)
        word = len(name) > 1 and name.isalpha() and name not in GREEK.values()
        if word and self.next.text == "(" and self.next.position == token.end:
            hint = nearest(name, CALLABLE) or f"; a product is written {name}*(…)"
            message = f'unknown function "{name}"{hint}'
            _refuse(message, self.text, token.position)
        return self.symbol(name)

    def symbol(self, name: str) -> Symbol:
        self.used.setdefault(name)
        return Symbol(name)

    def unknown(self, name: str, token: Token) -> NoReturn:
        known: list[str] = sorted(map(str, self.names)) if isinstance(self.names, Iterable) else []
        if self.next.text == "(":
            _refuse(f'unknown function "{short(name)}"{nearest(name, CALLABLE)}', self.text, token.position)
        if not known:
            _refuse(f'found the name "{short(name)}" where a number is accepted', self.text, token.position)
        hint = nearest(name, known) or f" (known: {', '.join(known[:12])}{', …' if len(known) > 12 else ''})"
        _refuse(f'unknown name "{short(name)}"{hint}', self.text, token.position)

    def split(self, name: str) -> tuple[str, ...]:
        """Read a run such as xy as names one after another, the longest first; the empty tuple where it is none."""
        if len(name) > LONGEST_NAME or not name.isascii():
            return ()
        short = re.compile("[A-Za-z][0-9]*")
        best: dict[int, tuple[str, ...] | None] = {len(name): ()}
        for start in reversed(range(len(name))):
            best[start] = None
            for end in reversed(range(start + 1, len(name) + 1)):
                part, rest = name[start:end], best[end]
                known = part in self.declared or (part in self.heard and bool(short.fullmatch(part)))
                if part != name and rest is not None and known:
                    best[start] = (part, *rest)
                    break
        return best[0] or ()

    def applied(self, name: str, token: Token) -> Expr:
        """Read f(x) where the text defines "f(x) = …": it stands for f."""
        arguments = self.signatures[name]
        opening = self.take()
        read = [a.name if isinstance(a, Symbol) else "" for a in self.arguments(opening)]
        if tuple(read) != arguments:
            message = f'"{name}" is defined as {name}({", ".join(arguments)}) and can only be used so'
            _refuse(message, self.text, token.position)
        return self.symbol(name)

    def arguments(self, opening: Token) -> list[Expr]:
        self.deeper(opening)
        bars, self.bars = self.bars, 0
        if self.next.text == ")":
            self.unexpected(_ATOM)
        read = [self.value()]
        while self.accept(","):
            read.append(self.value())
        self.expect(")", opening)
        self.bars = bars
        self.depth -= 1
        return read

    def called(self, name: str, token: Token) -> Expr:
        function = canonical(name)
        opening = self.take()
        arguments = self.arguments(opening)
        if function in SELECTIONS:
            return self.selected(function, arguments, token)
        if function in VECTOR_FUNCTIONS:
            first = arguments[0]
            if not (isinstance(first, Number) and isinstance(first.value, int) and 1 <= first.value < len(arguments)):
                message = f'"{name}" takes the number of the unit, then the values of the whole layer: {name}(1, z_1, z_2)'
                _refuse(message, self.text, token.position)
        elif len(arguments) != 1:
            _refuse(f'"{name}" takes 1 argument, found {len(arguments)}', self.text, token.position)
        return call(function, *arguments)

    def selected(self, function: str, arguments: list[Expr], token: Token) -> Expr:
        if not 2 <= len(arguments) <= DEEPEST_NESTING:
            _refuse(f'"{function}" takes 2 to {DEEPEST_NESTING} arguments, found {len(arguments)}', self.text, token.position)
        result = arguments[0]
        for argument in arguments[1:]:
            result = call(function, result, argument)
        return result

    def function_power(self, name: str, token: Token) -> Expr:
        """Read sin²(x) and sin^2(x) as the square of sin(x)."""
        exponent, raised = ONE, self.next
        if raised.kind == "superscript" and self.tokens[self.index + 1].text == "(":
            exponent = _superscript(self.take())
        elif raised.text == "^":
            signed = self.tokens[self.index + 1].text in _SIGNS
            kinds = [token.kind for token in self.tokens[self.index + 1 + signed : self.index + 3 + signed]]
            if kinds == ["number", "operator"] and self.tokens[self.index + 2 + signed].text == "(":
                self.take()
                sign = self.signs()
                exponent = number(sign * _numeral(self.text, self.take()).value)
        if self.next.text != "(":
            example = f"{name}(1, x)" if name in {*SELECTIONS, *VECTOR_FUNCTIONS} else f"{name}(x)"
            _refuse(f'the function "{name}" needs its argument in brackets: {example}', self.text, token.position)
        if not isinstance(exponent.value, int) or exponent.value < 1:
            message = f'"{name}" to the power {exponent.value} is ambiguous: write ({name}(x))^({exponent.value})'
            _refuse(message, self.text, raised.position)
        return self.raised(self.called(name, token), exponent, raised)


def _tokens(text: str, position: int = 0, stop: int | None = None, *, breaks: bool = False) -> Iterator[Token]:
    """Cut a text, or a part of it, into tokens, the last of kind `end`; line breaks count only between definitions."""
    if len(text) > LONGEST_TEXT:
        _refuse(f"the text has {len(text)} characters: up to {LONGEST_TEXT} are accepted", "", 0)
    depth, stop = 0, len(text) if stop is None else stop
    while position < stop:
        match = _TOKEN.match(text, position, stop)
        if match is None:
            _refuse(_strange(text[position]), text, position)
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


def _entries(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each entry of a point starts and stops: between commas, semicolons and line breaks outside brackets."""
    depth, start = 0, 0
    for position, character in enumerate(f"{text};"):
        depth = max(0, depth + (character in "([{") - (character in ")]}"))
        if character in ",;\n" and (depth == 0 or position == len(text)):
            if text[start:position].strip():
                yield start + len(text[start:position]) - len(text[start:position].lstrip()), position
            start = position + 1


def _statements(text: str) -> Iterator[tuple[Token, ...]]:
    """Yield the tokens of each definition, each ended by an `end` token."""
    current: list[Token] = []
    for token in _tokens(text, breaks=True):
        if token.kind not in {"break", "end"}:
            current.append(token)
        elif current:
            yield (*current, Token("end", "", token.position, token.position))
            current = []


def _left_side(text: str, tokens: tuple[Token, ...]) -> tuple[Token | None, tuple[str, ...], tuple[Token, ...]]:
    """Split "f(x, y) = body" or "u = body" into the name, its arguments, and the body."""
    equals = next((i for i, t in enumerate(tokens) if t.text == "="), None)
    if equals is None:
        return None, (), tokens
    if any(t.text == "if" for t in tokens[:equals]):
        _refuse('found "=" in a condition where "<", "<=", ">" or ">=" is accepted', text, tokens[equals].position)
    first, rest = tokens[0], tokens[1:equals]
    arguments = tuple(plain_name(t.text) for t in rest[1:-1:2])
    listed = len(rest) >= 3 and rest[0].text == "(" and rest[-1].text == ")"
    listed = listed and all(t.kind == "name" for t in rest[1:-1:2]) and all(t.text == "," for t in rest[2:-1:2])
    if first.kind != "name" or (rest and not listed):
        at = first if first.kind != "name" else rest[0]
        _refuse(f'found {_shown(at)} where a name and "=" are accepted', text, at.position)
    return first, arguments if listed else (), tokens[equals + 1 :]


def _defined_name(text: str, token: Token) -> str:
    """Return the name that a definition gives, or refuse it."""
    name = _identifier(text, token)
    if name == "pi" or (name in CALLABLE and name not in GREEK.values()):
        kind = "a constant" if name == "pi" else "a function"
        _refuse(f'"{name}" is {kind} and cannot be defined; choose another name', text, token.position)
    if len(name) > LONGEST_NAME:
        _refuse(f"the name {_shown(token)} is longer than {LONGEST_NAME} characters", text, token.position)
    return name


def _identifier(text: str, token: Token) -> str:
    name = plain_name(token.text)
    if not name.isidentifier():
        _refuse(f"{_shown(token)} is no name: names are letters, digits and _", text, token.position)
    return name


def _numeral(text: str, token: Token) -> Number:
    if token.kind == "vulgar":
        top, bottom = unicodedata.normalize("NFKC", token.text).split("⁄")
        return number(Fraction(int(top), int(bottom)))
    mantissa, _, exponent = token.text.lower().partition("e")
    digits = mantissa.replace(".", "").lstrip("0")
    if len(digits) > MOST_DIGITS or (exponent and (len(exponent) > 5 or abs(int(exponent)) > LARGEST_DECIMAL_EXPONENT)):
        _refuse(_too_many_digits(token.text), text, token.position)
    decimal = "." in mantissa or bool(exponent)
    return number(Fraction(Decimal(token.text)), decimal=decimal)


def _superscript(token: Token) -> Number:
    return number(int("".join(_SUPERSCRIPTS[c] for c in token.text[:MOST_DIGITS])))


def _too_many_digits(shown: str) -> str:
    most = LARGEST_DECIMAL_EXPONENT
    limits = f"up to {MOST_DIGITS} digits and exponents from e-{most} to e{most} are accepted"
    return f"the number {short(shown)} is too long: {limits}"


def _refuse(message: str, text: str, position: int) -> NoReturn:
    place = f"{_place(text, position)}: " if text.strip() else ""
    raise ParseError(place + message, text, position)


def _place(text: str, position: int) -> str:
    """Say where: a column, with its line where the text has several."""
    column = f"column {_column(text, position)}"
    if "\n" not in text.strip():
        return column
    return f"line {text.count(chr(10), 0, position) + 1}, {column}"


def _column(text: str, position: int) -> int:
    return position - text.rfind("\n", 0, position)


def _shown(token: Token) -> str:
    return "the end" if token.kind == "end" else f'"{short(token.text)}"'


def _strange(character: str) -> str:
    if not character.isprintable():
        return f"found the character U+{ord(character):04X}, which has no meaning here"
    hints = {
        "[": "; brackets are round: ( and )",
        "{": "; brackets are round: ( and )",
        "!": "; a factorial is not known",
        "\\": "; this is plain text, not LaTeX",
        "∞": "; numbers are finite",
        "_": "; a name starts with a letter",
    }
    return f'found "{character}", which has no meaning here{hints.get(character, "")}'


def kind_of(value: object) -> str:
    """Name the kind of a value as a reader of problem files would."""
    kinds = {
        dict: "a table", list: "a list", tuple: "a list", str: "a text", bool: "true or false",
        int: "a number", float: "a number", type(None): "nothing",
    }
    return kinds.get(type(value), f"a {type(value).__name__}")


def _bits(expr: Expr) -> int:
    """Return the size of the number an expression is, or of the coefficient in front of it."""
    head = expr.factors[0] if isinstance(expr, Product) else expr
    if not isinstance(head, Number):
        return 0
    return max(abs(head.value.numerator).bit_length(), head.value.denominator.bit_length())


def _degree(expr: Expr) -> Exact:
    """Return how far whole exponents multiply up inside an expression; numbers count by their length."""
    match expr:
        case Number():
            return max(1, _bits(expr) // 8)
        case Sum(terms):
            return max(map(_degree, terms))
        case Product(factors):
            return max(map(_degree, factors))
        case Quotient(numerator, denominator):
            return max(_degree(numerator), _degree(denominator))
        case Power(base, Number(exponent)):
            return max(1, _degree(base) * (exponent if exponent > 0 else -exponent))
        case _:
            return 1


def _depth(expr: Expr) -> int:
    deepest, level = 0, [expr]
    while level and deepest <= DEEPEST_EXPRESSION:
        level = [part for parent in level for part in children(parent)]
        deepest += 1
    return deepest
