"""Derivatives in an answer: of one named quantity by another."""

from __future__ import annotations

from contextlib import suppress

from symbackprop.errors import ParseError
from symbackprop.expr import (
    Adjoint,
    Call,
    Cases,
    Constant,
    Expr,
    Number,
    Partial,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    walk,
)
from symbackprop.matrix import Entries
from symbackprop.parse.quantities import Quantities
from symbackprop.parse.reading import NoSuchUnit
from symbackprop.parse.refusals import refuse
from symbackprop.parse.sizes import LARGEST_DIFFERENTIATED
from symbackprop.parse.spellings import (
    function_of,
)
from symbackprop.parse.tokens import Token

_PLAIN = (Symbol, Number, Constant, Sum, Product, Quotient, Power, Call, Cases)


class Derivatives(Quantities):
    """Reads derivatives."""

    def differential(self, *, below: bool = False) -> Expr | None:
        """Read ∂L, dL or d L; None, and nothing is taken, where there is none.  What stands `below` must be one."""
        place, token = self.index, self.next
        written_out = token.text == "partial" and token.kind == "word" and token.text not in self.lexicon.words
        if written_out or (token.text in {"partial", "∂"} and token.kind in {"command", "operator"}):
            self.take()
            if self.next.text == "^":
                refuse("second derivatives are not read", self.text, self.next.position)
            return self.differentiated(token)
        if token.kind != "word" or token.text[:1] != "d" or token.text in self.lexicon.words:
            return None
        self.take()
        found: Expr | None = None
        if len(token.text) > 1:
            try:
                found = self.quantity(token.text[1:], Token("word", token.text[1:], token.position + 1, token.end))
            except NoSuchUnit:
                if below or self.unended:
                    raise
                found = None
            if found is None and below:
                self.unknown(Token("word", token.text[1:], token.position + 1, token.end))
        elif self.is_word(self.next) or self.next.text == "hat":
            found = self.differentiated(token)
        elif self.next.text == "(" and self.peek(2).text == ")":
            with suppress(ParseError):
                found = self.differentiated(token)
        if found is None:
            self.index = place
        return found

    def differentiated(self, sign: Token) -> Expr:
        """Read the quantity behind ∂ or d, in brackets or braces or alone."""
        opening = self.accept("(", "{")
        if opening:
            self.deeper(opening)
        token = self.next
        found: Expr | None
        if token.text == "hat" and token.kind == "command":
            found = self.hat()
        elif self.is_word(token):
            self.take()
            found = self.quantity(token.text, token)
        else:
            refuse(f'found {token.shown} where the name of a quantity is accepted after "{sign.text}"', self.text, token.position)
        if found is None:
            self.unknown(token)
        if opening:
            self.expect(")" if opening.text == "(" else "}", opening)
            self.depth -= 1
        return found

    def hat(self) -> Expr:
        r"""Read \hat y and \hat{y}_1."""
        self.take()
        braced = self.accept("{") is not None
        return self.hatted(self.take(), braced=braced)

    def hatted(self, token: Token, *, braced: bool) -> Expr:
        r"""Read the letter under a hat and its marks, inside \hat{…} or behind it."""
        if not self.is_word(token):
            refuse(f"found {token.shown} under a hat, where a letter is accepted", self.text, token.position)
        if braced and self.next.text != "}":
            found = self.quantity(token.text, token, hat=True)
            if not self.accept("}"):
                self.unexpected('"}"')
        else:
            if braced:
                self.take()
            own = self.lexicon.word(f"{token.text}_hat")
            found = own if own is not None else self.quantity(token.text, token, hat=True)
        if found is None:
            self.unknown(token, f"{token.text}_hat")
        return found

    def ratio(self, top: Expr, bottom: Expr, token: Token) -> Expr:
        """Return the derivative of one quantity by another; refuses what is no quantity."""
        if type(top) is not Symbol or type(bottom) is not Symbol:
            what = top if type(top) is not Symbol else bottom
            name = what.name if isinstance(what, Adjoint | Partial) else "this"
            refuse(f"a derivative is of one named quantity by another; {name} is none", self.text, token.position)
        if bottom.name == self.lexicon.rate and bottom.name not in self.lexicon.shapes:
            refuse(f"nothing here depends on {bottom.name}", self.text, token.position)
        stacked = bottom.name in self.lexicon.parts or "_s" in bottom.name
        if top is self.loose and self.lexicon.samples > 1 and stacked and bottom.name[:1] in "zZaA":
            message = f"whose loss is meant is ambiguous: write d{bottom.name} for each sample's own"
            refuse(f"{message}, d{self.lexicon.output}/d{bottom.name} for the cost", self.text, token.position)
        big_top, big_bottom = self.lexicon.shape(top) != (1, 1), self.lexicon.shape(bottom) != (1, 1)
        if big_top and big_bottom:
            return self.jacobian(top, bottom, token)
        if big_top:
            rows = self.lexicon.parts[top.name]
            column = [[self.lexicon.derivative(name, bottom.name) for name in row] for row in rows]
            return self.matrix(column, token)
        if big_bottom and top.name != self.lexicon.output:
            rows = self.lexicon.parts[bottom.name]
            return self.matrix([[self.lexicon.derivative(top.name, name) for name in row] for row in rows], token)
        return self.lexicon.derivative(top.name, bottom.name)

    def jacobian(self, top: Symbol, bottom: Symbol, token: Token) -> Expr:
        """Return the matrix of the derivatives of one vector by another, a row for each entry of the first."""
        above, below = self.lexicon.parts[top.name], self.lexicon.parts[bottom.name]
        if len(above[0]) > 1 or len(below[0]) > 1:
            message = f"∂{top.name}/∂{bottom.name} is no matrix: a derivative by a matrix is read of a scalar only"
            refuse(message, self.text, token.position)
        return self.matrix([[self.lexicon.derivative(a, b) for (b,) in below] for (a,) in above], token)

    def written_ratio(self, token: Token) -> Expr | None:
        """Read dL/dw behind the word dL, which is taken already; None where it is none."""
        if token.text[:1] != "d" or token.text in self.lexicon.words:
            return None
        place, tokens = self.index, self.tokens
        self.index -= 1
        top = self.differential()
        slash = self.accept("/") if top is not None else None
        if slash:
            bottom = self.differential(below=True)
            if bottom is not None and top is not None:
                return self.direct(self.ratio(top, bottom, token))
        self.index, self.tokens = place, tokens
        if type(top) is Symbol and top.name in {self.lexicon.output, *self.lexicon.outputs}:
            above = f"d{self.lexicon.own.get(top.name, top.name)}"
            refuse(f'"{above}" alone is no derivative: write {above}/d… with what it is taken by', self.text, token.position)
        if top is not None and self.lexicon.network and len(token.text) > 1 and self.lexicon.word(token.text) is None:
            return self.coded(token)
        return None

    def coded(self, token: Token) -> Expr | None:
        """Read dz^{[2]}_1, which programs and Ng's course write for ∂L/∂z."""
        if token.text in {"delta", "diag", "dot"} or function_of(token.text[1:]):
            return None
        place, tokens = self.index, self.tokens
        rest = Token("word", token.text[1:], token.position + 1, token.end)
        of = self.quantity(rest.text, rest)
        if isinstance(of, Entries):  # the layer of one sample
            rows = [[self.lexicon.coded(part.name) for part in row if type(part) is Symbol] for row in of.rows]
            return self.matrix(rows, token)
        if type(of) is not Symbol or of.name == self.lexicon.output:
            self.index, self.tokens = place, tokens
            return None
        return self.lexicon.coded(of.name)

    def direct(self, found: Expr) -> Expr:
        """Read "|direct" behind a derivative: all else is held fixed."""
        if self.next.text == "|" and self.peek().text == "direct":
            self.take()
            self.take()
            return self.held_fixed(found)
        return found

    def held_fixed(self, found: Expr) -> Expr:
        """Return the local derivative on the edge of a derivative of the output."""
        top, bottom = getattr(found, "output", ""), getattr(found, "of", "")
        if (top, bottom) in self.lexicon.edges:
            return Partial(f"local_{top}_{bottom}", top, bottom)
        return found

    def partial_derivative(self) -> Expr:
        r"""Read ∂L/∂w, or ∂_w L."""
        token = self.next
        if self.peek().text == "_":
            self.take()
            return self.subscripted(token)
        top = self.differential()
        assert top is not None
        if not self.accept("/"):
            self.unexpected('"/ ∂" and the name of a quantity')
        opening = self.accept("(", "{")
        bottom = self.differential(below=True)
        if bottom is None:
            self.unexpected('"∂" and the name of a quantity')
        if opening:
            self.expect(")" if opening.text == "(" else "}", opening)
        return self.direct(self.ratio(top, bottom, token))

    def subscripted(self, token: Token) -> Expr:
        """Read the quantity below ∂ or ∇, then what is differentiated, the output where nothing is said."""
        self.take()
        braced = self.accept("{")
        if not self.is_word(self.next):
            self.unexpected("the name of a quantity")
        name = self.take()
        if braced:
            bottom = self.quantity(name.text, name)
            if not self.accept("}"):
                self.unexpected('"}"')
        else:
            bottom = self.lexicon.word(name.text) or self.quantity(name.text, name)
        if bottom is None:
            self.unknown(name)
        top: Expr = Symbol(self.lexicon.output)
        if self.is_word(self.next):
            place, tokens, word = self.index, self.tokens, self.take()
            read = self.quantity(word.text, word)
            self.no_power()
            if type(read) is Symbol and read.name in {self.lexicon.output, *self.lexicon.outputs}:
                top = read
            else:
                self.index, self.tokens = place, tokens
        elif self.next.text == "(" and self.is_word(self.peek()) and self.peek(2).text == ")":
            self.take()
            word = self.take()
            self.take()
            top = self.quantity(word.text, word) or top
        return self.ratio(top, bottom, token)

    def gradient(self) -> Expr:
        """Read ∇_W L."""
        token = self.take()
        if self.next.text == "_":
            return self.subscripted(token)
        if self.is_word(self.next):
            word = self.take()
            of = self.quantity(word.text, word)
            if type(of) is Symbol and of.name != self.lexicon.output:
                return self.ratio(Symbol(self.lexicon.output), of, token)
        return refuse("a gradient needs what it is taken by: ∇_W L", self.text, token.position)

    def fraction(self) -> Expr:
        r"""Read \frac{a}{b}, or a derivative written as a fraction."""
        token = self.take()
        if self.next.text == "{":
            found = self.derivative_fraction(token)
            if found is not None:
                return found
        self.deeper(token)
        top = self.argument()
        bottom = self.argument()
        self.depth -= 1
        return self.divided(top, bottom, token)

    def derivative_fraction(self, token: Token) -> Expr | None:
        r"""Read \frac{\partial L}{\partial w} or \frac{\partial}{\partial w} L; None, and nothing is taken, where it is none."""
        place, tokens = self.index, self.tokens
        opening = self.take()
        sign = self.next
        ordinary = sign.kind == "word" and sign.text == "d"
        if ordinary and self.second(self.index + 1) is not None:
            refuse("second derivatives are not read", self.text, sign.position)
        if (sign.text == "partial" or ordinary) and self.peek().text == "}":
            self.take()
            self.take()
            bottom = self.lower_part()
            if bottom is None:
                self.index, self.tokens = place, tokens
                return None
            return self.operated(bottom, token)
        top = self.differential()
        if top is None or not self.accept("}"):
            if sign.text == "partial":
                refuse("a derivative is of one named quantity by another", self.text, opening.position)
            self.index, self.tokens = place, tokens
            return None
        bottom = self.lower_part()
        if bottom is None:
            if sign.text == "partial":
                refuse('the fraction needs "∂" and one name below, too', self.text, token.position)
            self.index, self.tokens = place, tokens
            return None
        return self.direct(self.ratio(top, bottom, token))

    def lower_part(self) -> Expr | None:
        """Read {∂w} below; None where it is no differential."""
        if not self.accept("{"):
            return None
        bottom = self.differential()
        return bottom if bottom is not None and self.accept("}") else None

    def second(self, place: int) -> Token | None:
        """Return the name behind the exponent that comes at a place: L of d²L; None where there is none."""
        if self.tokens[place].text != "^":
            return None
        place += 1
        if self.tokens[place].text == "{":
            while self.tokens[place].text != "}" and self.tokens[place].kind != "end":
                place += 1
        name = self.tokens[min(place + 1, len(self.tokens) - 1)]
        return name if self.is_word(name) else None

    def no_power(self) -> None:
        """Refuse an exponent behind what is differentiated: of the derivative, or below it."""
        if self.next.text in {"^", "**"} and not (self.peek().text == "T" or self.peek(2).text in {"T", "transpose"}):
            refuse("what is raised to this power is ambiguous: write (∂L/∂w)^…", self.text, self.next.position)

    def operated(self, bottom: Expr, token: Token) -> Expr:
        """Read the quantity behind ∂/∂w, or the formula in brackets."""
        start, place, tokens = self.next, self.index, self.tokens
        opening = self.accept("(")
        top: Expr | None = None
        if self.is_word(self.next):
            word = self.take()
            top = self.quantity(word.text, word)
        named = type(top) is Symbol and top != bottom and (not opening or self.accept(")"))
        if top is None or not named or self.next.text in {"^", "**", "(", "'"} or self.is_word(self.next):
            self.index, self.tokens = place, tokens
            return self.formula_behind(bottom, start)
        return self.ratio(top, bottom, token)

    def formula_behind(self, bottom: Expr, start: Token) -> Expr:
        """
        Read (3x²) behind ∂/∂x, and return its derivative.

        Only what the formula says itself is differentiated: a formula of names that depend on x may mean two things.
        """
        slope = self.lexicon.slope
        if slope is None or type(bottom) is not Symbol or start.text != "(" or self.differentiating:
            refuse("behind ∂/∂… only the name of one quantity is read, not a formula", self.text, start.position)
        self.differentiating = True
        body = self.atom()
        self.differentiating = False
        if self.next.text in {"^", "**", "'"}:
            refuse("what is raised to this power is ambiguous: write (∂/∂x(…))^…", self.text, self.next.position)
        parts = list(walk(body))
        if len(parts) > LARGEST_DIFFERENTIATED:
            refuse(f"behind ∂/∂… a formula of up to {LARGEST_DIFFERENTIATED} parts is read", self.text, start.position)
        scalars = (self.lexicon.shape(part) == (1, 1) for part in [bottom, *parts] if isinstance(part, Symbol))
        strange = any(type(part) not in _PLAIN for part in parts) or not all(scalars)
        names = {part.name for part in parts if isinstance(part, Symbol)} - {bottom.name}
        linked = sorted(name for name in names if self.lexicon.depends(name, bottom.name))
        if strange or linked:
            own = self.lexicon.own
            why = f": {own.get(linked[0], linked[0])} depends on {own.get(bottom.name, bottom.name)}" if linked else ""
            refuse(f"behind ∂/∂… only the name of one quantity is read, not this formula{why}", self.text, start.position)
        self.unworked = start
        return slope(body, bottom.name)

    def evaluated(self) -> Expr:
        r"""Read \left. x \right|_{\text{direct}}."""
        token = self.take()
        self.deeper(token)
        body = self.power()
        if not self.accept("r|", "|"):
            self.unexpected(r"\right|")
        self.depth -= 1
        if self.accept("_"):
            braced = self.accept("{")
            word = self.take()
            if word.text != "direct" or (braced and not self.accept("}")):
                refuse("an evaluation at a point is not read: put the numbers in", self.text, word.position)
            return self.held_fixed(body)
        return body
