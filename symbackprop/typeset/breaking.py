"""
Long expressions over several lines.

One term a line, then at the dots, inside parentheses as a last resort, balanced.
"""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.document import Apply, Blank, Brace, Display, Hadamard, Relation, Tint
from symbackprop.expr import (
    ONE,
    Call,
    Cases,
    Condition,
    Expr,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
)
from symbackprop.indexed import Sigma
from symbackprop.typeset.boxes import NEGATIVE, NOTHING, POWER, PRODUCT, QUOTIENT, Box, Line
from symbackprop.typeset.filling import Token, fill, prefixed, suffixed
from symbackprop.typeset.walk import Walk, indexed, split_sign


class Typesetter(Walk):
    """Typesets expressions of one problem with one emitter, on one line or on lines of a given width."""

    def lines(self, expr: Expr, limit: float, first: float | None = None) -> list[Line]:
        """
        Break an expression into lines no wider than `limit` (the first no wider than `first`).

        A sum of long terms has one term a line; everything else is filled evenly, and broken as far out as possible.
        What cannot be broken is left too wide.
        """
        first = limit if first is None else first
        box = self.box(expr)
        if box.width <= first:
            return [Line(box.text, box.width, 0, box.height)]
        if isinstance(expr, Sum):
            return self._sum_lines(expr, limit, first)
        return fill(self._tokens(expr, min(limit, first) - self.emitter.indent, 0), limit, first, self.emitter.indent)

    def _sum_lines(self, expr: Sum, limit: float, first: float) -> list[Line]:
        widest = max(self.box(term).width for term in expr.terms)
        inner = min(limit, first) - self.emitter.indent
        if widest < 0.5 * limit:
            return fill(self._tokens(expr, inner, 0), limit, first, self.emitter.indent)
        lines: list[Line] = []
        for position, (negative, _, body) in enumerate(self._terms(expr)):
            start = self.emitter.sign(negative=negative, start=True)
            tokens = self._operand_tokens(body, NEGATIVE + 1, inner, 0)
            if position or negative:
                tokens[0] = prefixed(tokens[0], start)
            lines.extend(fill(tokens, limit, limit if position else first, self.emitter.indent))
        return lines

    def _operand_tokens(self, expr: Expr, minimum: int, limit: float, depth: int) -> list[Token]:
        box = self._factor(expr, minimum)
        if box.width <= limit:
            return [Token(box, NOTHING, NOTHING, depth)]
        if isinstance(expr, Tint):
            return self._tinted(self._operand_tokens(expr.body, minimum, limit, depth), expr.colour)
        if self.box(expr).binding >= minimum:
            return self._tokens(expr, limit, depth)
        return self._enclosed(expr, limit, depth, *self.emitter.parentheses(self.box(expr).height, paired=False))

    def _tinted(self, tokens: list[Token], colour: int) -> list[Token]:
        return [token._replace(box=self.emitter.tint(token.box, colour)) for token in tokens]

    def _enclosed(self, expr: Expr, limit: float, depth: int, left: Box, right: Box) -> list[Token]:
        tokens = self._tokens(expr, limit - left.width - right.width, depth + 1)
        tokens[0] = prefixed(tokens[0], left)
        tokens[-1] = suffixed(tokens[-1], right)
        return tokens

    def _tokens(self, expr: Expr, limit: float, depth: int) -> list[Token]:
        box = self.box(expr)
        if box.width <= limit:
            return [Token(box, NOTHING, NOTHING, depth)]
        emit = self.emitter
        match expr:
            case Tint(body, colour):
                return self._tinted(self._tokens(body, limit, depth), colour)
            case Brace(body, _):
                return self._tokens(body, limit, depth)
            case Blank(width):
                return [Token(emit.blank(width * max(0.2, limit / box.width)), NOTHING, NOTHING, depth)]
            case Sum():
                return self._sum_tokens(expr, limit, depth)
            case Product() | Display():
                return self._product_tokens(expr, limit, depth)
            case Hadamard(factors):
                dot = emit.hadamard()
                tokens = []
                for position, factor in enumerate(factors):
                    inner = self._operand_tokens(factor, POWER, limit - dot.width, depth + 1)
                    if position:
                        inner[0] = inner[0]._replace(inline=dot, start=dot, depth=max(1, depth))
                    tokens.extend(inner)
                return tokens
            case Sigma(body, index, size):
                sign = emit.summed(index, str(size))
                tokens = self._operand_tokens(body, self._summand(expr), limit - sign.width, depth + 1)
                return [prefixed(tokens[0], sign), *tokens[1:]]
            case Quotient(numerator, denominator):
                negative, positive = split_sign(expr)
                if negative:
                    tokens = self._operand_tokens(positive, NEGATIVE + 1, limit, depth)
                    return [prefixed(tokens[0], emit.negative(NOTHING)), *tokens[1:]]
                return self._quotient_tokens(numerator, denominator, limit, depth)
            case Apply(body, variable, ordinary):
                operator = emit.operator(self.box(variable), ordinary=ordinary)
                left, right = emit.parentheses(self.box(body).height, paired=False)
                left = Box(operator.text + left.text, operator.width + left.width, head="fraction")
                return self._enclosed(body, limit, depth, left, right)
            case Power(base, exponent):
                left, right = emit.parentheses(self.box(base).height, paired=False)
                value = exponent.value if isinstance(exponent, Number) else None
                tail = emit.power(right, self._scripted(exponent), value)
                return self._enclosed(base, limit, depth, left, tail)
            case Call():
                return self._call_tokens(expr, limit, depth)
            case Relation(sides, _):
                return self._listed(sides, self.signs(expr), limit, depth)
            case Cases():
                return self._cases_tokens(expr, limit, depth)
            case _:
                return [Token(box, NOTHING, NOTHING, depth)]

    def _sum_tokens(self, expr: Sum, limit: float, depth: int) -> list[Token]:
        tokens: list[Token] = []
        for position, (negative, lead, body) in enumerate(self._terms(expr)):
            start = self.emitter.sign(negative=negative, start=True)
            inner = self._operand_tokens(body, NEGATIVE + 1, limit - lead.width, depth + 1)
            if position:
                inner[0] = inner[0]._replace(inline=lead, start=start, depth=depth)
            elif negative:
                inner[0] = prefixed(inner[0], self.emitter.negative(NOTHING))
            tokens.extend(inner)
        return tokens

    def _product_tokens(self, expr: Product | Display, limit: float, depth: int) -> list[Token]:
        negative, factors = self._factors(expr)
        whole, dot = isinstance(expr, Display), self.emitter.times_start()
        tokens: list[Token] = []
        for position, (factor, minimum) in enumerate(factors):
            room = limit - dot.width if position else limit + (0 if depth else self.emitter.indent)
            inner = self._operand_tokens(factor, minimum, room, depth + 1)
            if position:
                inline = self.emitter.times(tokens[-1].box, inner[0].box, whole=whole)
                inner[0] = inner[0]._replace(inline=inline, start=dot, depth=max(1, depth))
            elif negative:
                inner[0] = prefixed(inner[0], self.emitter.negative(NOTHING))
            tokens.extend(inner)
        return tokens

    def _quotient_tokens(self, numerator: Expr, denominator: Expr, limit: float, depth: int) -> list[Token]:
        emit = self.emitter
        under = self.box(denominator)
        left = emit.fraction(self.box(ONE), under, script=False)
        if emit.splits_fractions() and numerator != ONE and left.width <= 0.5 * limit:
            tokens = self._operand_tokens(numerator, PRODUCT, limit - left.width, depth + 1)
            tokens[0] = prefixed(tokens[0], left)
            return tokens
        tokens = self._operand_tokens(numerator, QUOTIENT, limit, depth + 1)
        below = self._operand_tokens(denominator, POWER, limit, depth + 1)
        below[0] = prefixed(below[0], emit.slash())
        tokens[-1] = suffixed(tokens[-1], NOTHING)
        below[0] = below[0]._replace(depth=depth + 1)
        return tokens + below

    def _call_tokens(self, expr: Call, limit: float, depth: int) -> list[Token]:
        index, arguments = indexed(expr)
        left, right = self.emitter.opening(expr.function, max(self.box(a).height for a in arguments), index)
        tokens = self._arguments(arguments, limit - left.width - right.width, depth + 1)
        tokens[0] = prefixed(tokens[0], left)
        tokens[-1] = suffixed(tokens[-1], right)
        return tokens

    def _cases_tokens(self, expr: Cases, limit: float, depth: int) -> list[Token]:
        emit = self.emitter
        rows: list[Box] = []
        inner = limit - 2 * emit.indent - 2
        word = emit.words("if ")
        for value, test in (*expr.branches, (expr.otherwise, None)):
            rows.extend(emit.indented(line) for line in self.lines(value, inner))
            if test is None:
                rows.append(emit.indented(Line(emit.words("otherwise").text, 4.5, 2, 0)))
                continue
            for number, line in enumerate(self.lines(_relation_of(test), inner - word.width)):
                text = line.text if number else word.text + line.text
                rows.append(emit.indented(Line(text, line.width + word.width, 2, line.height)))
        stacked = emit.stacked_cases(rows)
        if stacked is not None:
            return [Token(stacked, NOTHING, NOTHING, depth)]
        left, right = emit.parentheses(self.box(expr).height, paired=False)
        tokens: list[Token] = []
        for value, test in expr.branches:
            tokens += self._worded(value, "else" if tokens else "", limit, depth + 1)
            tokens += self._worded(_relation_of(test), "if", limit, depth + 1)
        tokens += self._worded(expr.otherwise, "else", limit, depth + 1)
        tokens[0] = prefixed(tokens[0], left)
        tokens[-1] = suffixed(tokens[-1], right)
        return tokens

    def _worded(self, expr: Expr, word: str, limit: float, depth: int) -> list[Token]:
        """Return an expression's pieces with a word before the first."""
        inline, start = self.emitter.words(f" {word} "), self.emitter.words(f"{word} ")
        tokens = self._tokens(expr, limit - inline.width, depth)
        if word:
            tokens[0] = tokens[0]._replace(inline=inline, start=start, depth=depth)
        return tokens

    def _arguments(self, arguments: Sequence[Expr], limit: float, depth: int) -> list[Token]:
        """Return the pieces of a list, a comma at the end of each part; a part of several lines shares none of them."""
        comma, mark = self.emitter.comma(), self.emitter.bare_comma()
        space = Box(" ", comma.width - mark.width)
        tokens: list[Token] = []
        broken = False
        for position, part in enumerate(arguments):
            inner = self._tokens(part, limit - comma.width, depth + (len(arguments) > 1))
            if position:
                tokens[-1] = suffixed(tokens[-1], mark)
                fresh = broken or len(inner) > 1
                inner[0] = inner[0]._replace(inline=space, start=NOTHING, depth=depth, fresh=fresh)
            broken = len(inner) > 1
            tokens.extend(inner)
        return tokens

    def _listed(self, parts: Sequence[Expr], signs: Sequence[Box], limit: float, depth: int) -> list[Token]:
        tokens: list[Token] = []
        for position, part in enumerate(parts):
            inner = self._tokens(part, limit, depth)
            if position:
                inner[0] = inner[0]._replace(inline=signs[position], start=signs[position], depth=depth)
            tokens.extend(inner)
        return tokens


def _relation_of(test: Condition) -> Relation:
    return Relation((test.left, test.right), test.relation)
