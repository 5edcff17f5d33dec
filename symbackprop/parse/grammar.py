"""
A small recursive parser: every method reads one level of the grammar.

The grammar, loosest first:

    value    a if z > 0 else b
    sum      x + y − z
    product  x*y, x·y, 2x, 2(x + 1), x/y       (a product without a sign binds like one with it)
    sign     −x
    power    x^y, x**y, x²                      (from the right; tighter than the sign before it)
    atom     0.15, ½, x_1, σ(x), (…), |x|, √x
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Mapping
from typing import NoReturn

from symbackprop.errors import nearest
from symbackprop.expr import ONE, ZERO, Cases, Condition, Constant, Expr, Number, Symbol, add, call, div, mul, number, power
from symbackprop.functions import FUNCTIONS, SELECTIONS, VECTOR_FUNCTIONS, canonical
from symbackprop.names import GREEK, LONGEST_NAME, short
from symbackprop.parse.cursor import Cursor
from symbackprop.parse.refusals import refuse
from symbackprop.parse.sizes import (
    DEEPEST_EXPRESSION,
    DEEPEST_NESTING,
    LARGEST_EXPONENT,
    LARGEST_NUMBER_BITS,
    bits_of,
    degree_of,
    depth_of,
)
from symbackprop.parse.tokens import Token, identifier, numeral, superscript, tokenize

_SIGNS = {"+": 1, "-": -1}
_RELATIONS = ("<", "<=", ">", ">=")
_LETTER = re.compile("[A-Za-z][0-9]*")
_ATOM = 'a number, a name or "("'

_ALIASES = tuple(alias for row in FUNCTIONS.values() for alias in row.aliases)
CALLABLE = tuple(dict.fromkeys((*FUNCTIONS, *_ALIASES, *SELECTIONS, *VECTOR_FUNCTIONS)))


def parse(text: str, names: Container[str] | None = None) -> Expr:
    """
    Read one expression.

    With `names`, every other name is an error; a run of letters that is no name is read as a product of names.
    Without, any name becomes a Symbol.

    >>> parse("3x^2")
    Product(factors=(Number(value=3, decimal=False), Power(base=Symbol(name='x'), exponent=Number(value=2, decimal=False))))

    Raises ParseError, which says what was found, at which column, and what would be accepted.
    """
    parser = Parser(text, tuple(tokenize(text)), names=names, declared=())
    expr = parser.value()
    parser.finish()
    return expr


class Parser(Cursor):
    """Reads one list of tokens; every method reads one level of the grammar."""

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
        super().__init__(text, tokens)
        self.names = names
        self.declared = declared if names is None else names
        self.heard = heard
        self.signatures = signatures or {}
        self.bars = 0
        self.used: dict[str, None] = {}

    def value(self) -> Expr:
        """Read a sum, or a value if condition else value; at the outermost level also check the size of the whole."""
        start = self.next
        expr = self.conditional()
        if self.depth == 0 and depth_of(expr) > DEEPEST_EXPRESSION:
            message = f"the expression is more than {DEEPEST_EXPRESSION} operations deep; name parts of it in definitions"
            refuse(message, self.text, start.position)
        return expr

    def conditional(self) -> Expr:
        """Read "a if z > 0 else b"; several cases in a row are one list of branches."""
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
                refuse(f"more than {DEEPEST_NESTING} cases in a row", self.text, opening.position)

    def sum(self) -> Expr:
        """Read terms with signs between them."""
        terms: list[Expr] = []
        while True:
            start = self.next
            sign = self.signs()
            term = self.product()
            terms.append(mul(-1, term) if sign < 0 else term)
            if self.next.kind != "operator" or self.next.text not in _SIGNS:
                return self.checked(add(*terms), start)

    def signs(self) -> int:
        """Read any number of signs; return 1 or -1."""
        sign = 1
        while found := self.accept("+", "-"):
            sign *= _SIGNS[found.text]
        return sign

    def product(self) -> Expr:
        """Read factors and divisions from left to right."""
        factors = [self.power()]
        divisions = 0
        while True:
            token = self.next
            if self.accept("*"):
                factors.append(self.signed())
            elif self.accept("/"):
                divisions += 1
                if divisions > DEEPEST_NESTING:
                    refuse(f"more than {DEEPEST_NESTING} divisions in a row", self.text, token.position)
                factors = [self.divided(factors, self.signed(), token)]
            elif self.starts_factor(token):
                factors.append(self.power())
            else:
                return self.multiplied(factors, token)

    def multiplied(self, factors: list[Expr], token: Token) -> Expr:
        """Multiply the factors read so far."""
        bits = sum(bits_of(f) for f in factors)
        if bits > LARGEST_NUMBER_BITS:
            refuse("the product of these numbers has more than 1000 digits", self.text, token.position)
        return mul(*factors)

    def divided(self, factors: list[Expr], denominator: Expr, token: Token) -> Expr:
        """Divide the factors read so far."""
        if denominator == ZERO:
            refuse("division by zero", self.text, token.position)
        return self.checked(div(self.multiplied(factors, token), denominator), token)

    def starts_factor(self, token: Token) -> bool:
        """Is this the start of a factor written without a sign before it?"""
        if token.kind == "name":
            return True
        return token.kind == "operator" and (token.text in "(√" or (token.text == "|" and self.bars == 0))

    def signed(self) -> Expr:
        """Read a factor after * or /, which may have a sign."""
        sign = self.signs()
        factor = self.power()
        return mul(-1, factor) if sign < 0 else factor

    def power(self) -> Expr:
        """Read an atom with its exponents."""
        base = self.atom()
        while self.next.kind == "superscript":
            token = self.take()
            base = self.raised(base, superscript(token), token)
        if sign := self.accept("^"):
            self.deeper(sign)
            base = self.raised(base, self.signed(), sign)
            self.depth -= 1
        return base

    def raised(self, base: Expr, exponent: Expr, token: Token) -> Expr:
        """Raise to a power, within the budget; a power of e is exp."""
        if base == Constant("e"):
            return call("exp", exponent)
        if isinstance(exponent, Number):
            size = exponent.value if exponent.value > 0 else -exponent.value
            if size > LARGEST_EXPONENT:
                shown = short(str(exponent.value))
                message = f"the exponent {shown} is too large: exponents up to {LARGEST_EXPONENT} are accepted"
                refuse(message, self.text, token.position)
            if isinstance(base, Number) and base.value == 0 and exponent.value < 0:
                refuse("division by zero (0 to a negative power)", self.text, token.position)
            degree = degree_of(base) * size
            if degree > max(LARGEST_EXPONENT, size):
                total = f"powers of powers multiply to the exponent {int(degree)}"
                message = f"{total}: exponents up to {LARGEST_EXPONENT} are accepted"
                refuse(message, self.text, token.position)
        return self.checked(power(base, exponent), token)

    def checked(self, expr: Expr, token: Token) -> Expr:
        """Return the expression, unless a number in it was worked out to more than 1000 digits."""
        if bits_of(expr) > LARGEST_NUMBER_BITS:
            refuse("the number worked out here has more than 1000 digits", self.text, token.position)
        return expr

    def atom(self) -> Expr:
        """Read a number, a name, a bracket, an absolute value or a root."""
        token = self.next
        match token.kind, token.text:
            case ("number" | "vulgar"), _:
                self.take()
                return numeral(self.text, token)
            case "name", _:
                return self.named(self.take())
            case "operator", "(":
                return self.inside(self.take(), ")")
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

    def inside(self, opening: Token, closing: str) -> Expr:
        """Read what stands between two brackets, or two bars."""
        self.deeper(opening)
        bars, self.bars = self.bars, int(closing == "|")
        expr = self.value()
        self.expect(closing, opening)
        self.bars = bars
        self.depth -= 1
        return expr

    def named(self, token: Token) -> Expr:
        """Read a name: a declared quantity, a function with its arguments, a constant, or a product of names."""
        name = identifier(self.text, token)
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
            refuse(f"the name {token.shown} is longer than {LONGEST_NAME} characters", self.text, token.position)
        word = len(name) > 1 and name.isalpha() and name not in GREEK.values()
        if word and self.next.text == "(" and self.next.position == token.end:
            hint = nearest(name, CALLABLE) or f"; a product is written {name}*(…)"
            message = f'unknown function "{name}"{hint}'
            refuse(message, self.text, token.position)
        return self.symbol(name)

    def symbol(self, name: str) -> Symbol:
        """Return a name as a symbol, and note its use."""
        self.used.setdefault(name)
        return Symbol(name)

    def unknown(self, name: str, token: Token) -> NoReturn:
        """Refuse a name that is not among the names given."""
        known: list[str] = sorted(map(str, self.names)) if isinstance(self.names, Iterable) else []
        if self.next.text == "(":
            refuse(f'unknown function "{short(name)}"{nearest(name, CALLABLE)}', self.text, token.position)
        if not known:
            refuse(f'found the name "{short(name)}" where a number is accepted', self.text, token.position)
        hint = nearest(name, known) or f" (known: {', '.join(known[:12])}{', …' if len(known) > 12 else ''})"
        refuse(f'unknown name "{short(name)}"{hint}', self.text, token.position)

    def split(self, name: str) -> tuple[str, ...]:
        """Read a run such as xy as names one after another, the longest first; the empty tuple where it is none."""
        if len(name) > LONGEST_NAME or not name.isascii():
            return ()
        best: dict[int, tuple[str, ...] | None] = {len(name): ()}
        for start in reversed(range(len(name))):
            best[start] = None
            for end in reversed(range(start + 1, len(name) + 1)):
                part, rest = name[start:end], best[end]
                known = part in self.declared or (part in self.heard and bool(_LETTER.fullmatch(part)))
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
            refuse(message, self.text, token.position)
        return self.symbol(name)

    def arguments(self, opening: Token) -> list[Expr]:
        """Read the arguments of a function up to the closing bracket."""
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
        """Read a call of a known function."""
        function = canonical(name)
        opening = self.take()
        arguments = self.arguments(opening)
        if function in SELECTIONS:
            return self.selected(function, arguments, token)
        if function in VECTOR_FUNCTIONS:
            first = arguments[0]
            if not (isinstance(first, Number) and isinstance(first.value, int) and 1 <= first.value < len(arguments)):
                message = f'"{name}" takes the number of the unit, then the values of the whole layer: {name}(1, z_1, z_2)'
                refuse(message, self.text, token.position)
        elif len(arguments) != 1:
            refuse(f'"{name}" takes 1 argument, found {len(arguments)}', self.text, token.position)
        return call(function, *arguments)

    def selected(self, function: str, arguments: list[Expr], token: Token) -> Expr:
        """Nest max or min of more than two arguments."""
        if not 2 <= len(arguments) <= DEEPEST_NESTING:
            refuse(f'"{function}" takes 2 to {DEEPEST_NESTING} arguments, found {len(arguments)}', self.text, token.position)
        result = arguments[0]
        for argument in arguments[1:]:
            result = call(function, result, argument)
        return result

    def function_power(self, name: str, token: Token) -> Expr:
        """Read sin²(x) and sin^2(x) as the square of sin(x)."""
        exponent, raised = ONE, self.next
        if raised.kind == "superscript" and self.tokens[self.index + 1].text == "(":
            exponent = superscript(self.take())
        elif raised.text == "^":
            signed = self.tokens[self.index + 1].text in _SIGNS
            kinds = [token.kind for token in self.tokens[self.index + 1 + signed : self.index + 3 + signed]]
            if kinds == ["number", "operator"] and self.tokens[self.index + 2 + signed].text == "(":
                self.take()
                sign = self.signs()
                exponent = number(sign * numeral(self.text, self.take()).value)
        if self.next.text != "(":
            example = f"{name}(1, x)" if name in {*SELECTIONS, *VECTOR_FUNCTIONS} else f"{name}(x)"
            refuse(f'the function "{name}" needs its argument in brackets: {example}', self.text, token.position)
        if not isinstance(exponent.value, int) or exponent.value < 1:
            message = f'"{name}" to the power {exponent.value} is ambiguous: write ({name}(x))^({exponent.value})'
            refuse(message, self.text, raised.position)
        return self.raised(self.called(name, token), exponent, raised)
