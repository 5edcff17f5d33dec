"""A place in a list of tokens: what comes next, what is accepted there, and the refusal of anything else."""

from __future__ import annotations

from typing import NoReturn

from symbackprop.parse.refusals import column_of, refuse
from symbackprop.parse.sizes import DEEPEST_NESTING
from symbackprop.parse.tokens import Token


class Cursor:
    """Moves from left to right over the tokens of a text, the last of which is of kind `end`."""

    def __init__(self, text: str, tokens: tuple[Token, ...]) -> None:
        self.text = text
        self.tokens = tokens
        self.index = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.index]

    def take(self) -> Token:
        """Return the next token and move on; at the end there is always an end."""
        token = self.tokens[self.index]
        self.index += token.kind != "end"
        return token

    def accept(self, *operators: str) -> Token | None:
        """Take the next token if it is one of these operators or keywords."""
        token = self.next
        if token.kind in {"operator", "keyword"} and token.text in operators:
            return self.take()
        return None

    def expect(self, operator: str, opening: Token) -> None:
        """Take the operator that closes an opening one, or refuse what stands there."""
        if not self.accept(operator):
            column = column_of(self.text, opening.position)
            self.unexpected(f'an operator or "{operator}" (for the "{opening.text}" of column {column})')

    def unexpected(self, accepted: str) -> NoReturn:
        """Refuse the next token and say what would be accepted."""
        refuse(f"found {self.next.shown} where {accepted} is accepted", self.text, self.next.position)

    def finish(self) -> None:
        """Refuse anything left over."""
        token = self.next
        if token.kind == "end":
            return
        if token.kind in {"number", "vulgar"}:
            self.unexpected('an operator (a product with a number on the right needs "*")')
        if token.text == ")":
            refuse('found ")" without a "(" before it', self.text, token.position)
        if token.text == "=":
            refuse('found "=" inside an expression; definitions look like "u = 2*x; y = u^3"', self.text, token.position)
        if token.text == ",":
            refuse('found "," outside a function\'s brackets; decimals are written 0.5', self.text, token.position)
        self.unexpected("an operator or the end")

    def deeper(self, token: Token) -> None:
        """Enter a bracket or exponent; the caller leaves it by `depth -= 1`."""
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            message = f"brackets and powers are nested more than {DEEPEST_NESTING} deep; name the inner parts in definitions"
            refuse(message, self.text, token.position)
