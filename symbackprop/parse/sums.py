"""Sums in an answer: over a range, or over all units there are."""

from __future__ import annotations

from contextlib import suppress

from symbackprop.errors import ParseError
from symbackprop.expr import Expr, Sum, mul
from symbackprop.parse.library import Library
from symbackprop.parse.reading import NoSuchUnit
from symbackprop.parse.refusals import refuse
from symbackprop.parse.sizes import MOST_TERMS, MOST_TERMS_TOGETHER
from symbackprop.parse.tokens import Token


class Sums(Library):
    """Reads sums; the body is read once for each value of the letter."""

    def summation(self) -> Expr:
        r"""Read \sum_{j=1}^{2} …, Σ_j …: the body is read once for each value, and extends over products."""
        token = self.take()
        letter, first, last = self.range(token)
        return self.terms(letter, first, last, token)

    def terms(self, letter: str, first: int, last: int | None, token: Token) -> Expr:
        """Read the body of a sum for each value of its letter; without an end, up to the last unit there is."""
        self.deeper(token)
        start, tokens, before = self.index, self.tokens, self.bound.get(letter)
        kept, self.beyond = self.beyond, None
        inner, self.unended = self.unended, self.unended or last is None
        found: list[Expr] = []
        end = start
        value = first
        while last is None or value <= last:
            if len(found) >= MOST_TERMS:
                refuse(f"a sum of more than {MOST_TERMS} terms is too long", self.text, token.position)
            self.index, self.tokens = start, tokens
            self.bound[letter] = value
            try:
                sign = self.signs()
                body = self.product()
            except NoSuchUnit:
                self.unended = inner
                if last is None and not found and not inner:
                    message = f"the sum over {letter} needs its range, in numbers: {letter}=1..2"
                    refuse(message, self.text, token.position)
                if last is not None or not found:
                    raise
                self.index, self.tokens = start, tokens
                self.one_range(letter, token)
                break
            found.append(mul(-1, body) if sign < 0 else body)
            end, after = self.index, self.tokens
            if last is None and not self.letter_used(letter, start, end):
                refuse(f"the sum over {letter} needs its range: {letter}=1..2", self.text, token.position)
            value += 1
        self.index, self.tokens, self.beyond, self.unended = end, after, kept, inner
        if before is None:
            del self.bound[letter]
        else:
            self.bound[letter] = before
        self.depth -= 1
        return self.together(found, token)

    def together(self, terms: list[Expr], token: Token) -> Expr:
        """Add the terms of a sum; sums in sums multiply, within a budget."""
        if sum(len(term.terms) if isinstance(term, Sum) else 1 for term in terms) > MOST_TERMS_TOGETHER:
            limit = f"up to {MOST_TERMS_TOGETHER:,} are accepted"
            refuse(f"the sums written here have too many terms together: {limit}", self.text, token.position)
        return self.shapes.total(terms, token.position)

    def one_range(self, letter: str, token: Token) -> None:
        """Refuse a sum without a range whose factors end at different units: the value is one beyond the last."""
        beyond: list[bool] = []
        kept = self.beyond, self.probe
        self.beyond, self.probe = beyond, letter
        with suppress(ParseError):
            self.signs()
            self.product()
        self.beyond, self.probe = kept
        if beyond:
            message = f"the sum over {letter} needs its range: its factors have different numbers of units"
            refuse(message, self.text, token.position)

    def letter_used(self, letter: str, start: int, end: int) -> bool:
        """Whether a letter stands among the tokens of a sum's body."""
        return any(letter in t.text for t in self.tokens[start:end] if t.kind == "word" and (len(t.text) <= 4 or "_" in t.text))

    def range(self, token: Token) -> tuple[str, int, int | None]:
        """Read the letter of a sum, its first value and its last, None where it is not said."""
        if not self.accept("_"):
            self.unexpected("the letter of the sum, as in Σ_j")
        braced = self.accept("{")
        letter = self.take()
        if letter.kind != "word" or len(letter.text) > 6:
            refuse(f"found {letter.shown} where the letter of a sum is accepted", self.text, letter.position)
        first, last = 1, None
        if braced and self.accept("∈"):
            first, last = self.set_of_numbers()
        elif braced and self.accept("="):
            first = self.whole("the first value of a sum")
            if self.accept("..", "…"):
                last = self.whole("the last value of a sum")
        if braced and not self.accept("}"):
            self.unexpected('"}"')
        if self.accept("^"):
            braced = self.accept("{")
            last = self.whole("the last value of a sum")
            if braced and not self.accept("}"):
                self.unexpected('"}"')
        if last is not None and not 0 <= last - first < MOST_TERMS:
            refuse(f"a sum has 1 to {MOST_TERMS} terms; this is from {first} to {last}", self.text, token.position)
        return letter.text, first, last

    def set_of_numbers(self) -> tuple[int, int]:
        """Read {1, 2, 3}: the first and the last of whole numbers one after another."""
        opening = self.accept("{(", "{")
        if not opening:
            self.unexpected("the numbers of a sum, as in {1, 2}")
        found = [self.whole("a number of a sum")]
        while self.accept(","):
            found.append(self.whole("a number of a sum"))
        if found != list(range(found[0], found[0] + len(found))):
            refuse("a sum is read over whole numbers one after another", self.text, opening.position)
        self.expect(")}" if opening.text == "{(" else "}", opening)
        return found[0], found[-1]

    def range_last(self) -> None:
        """Put the range of sum(x_k, k=1..2) before what is summed, where it is read."""
        depth, comma = 0, 0
        for place in range(self.index, len(self.tokens)):
            text = self.tokens[place].text
            depth += (text in {"(", "[", "{", "{("}) - (text in {")", "]", "}", ")}"})
            if depth == 1 and text == ",":
                comma = place
            if depth == 0:
                break
        tokens, here = self.tokens, self.index
        if comma and place - comma == 6 and tokens[comma + 1].kind == "word" and tokens[comma + 2].text == "=":
            body, between = tokens[here + 1 : comma], tokens[comma : comma + 1]
            self.tokens = (*tokens[: here + 1], *tokens[comma + 1 : place], *between, *body, *tokens[place:])

    def whole(self, what: str) -> int:
        """Read a whole number, or the letter of an outer sum, or the number of samples."""
        token = self.take()
        if token.kind == "number" and token.text.isdigit() and len(token.text) < 6:
            return int(token.text)
        if token.text in self.bound:
            return self.bound[token.text]
        if token.text in {"m", "N"} and self.lexicon.samples > 1:
            return self.lexicon.samples
        return refuse(f"found {token.shown} where {what} is accepted: a whole number", self.text, token.position)

    def summed(self, token: Token) -> Expr:
        """Read sum_j …, sum(j=1..2, …) or NumPy's sum(…)."""
        word = token.text
        _, underscore, letter = word.partition("_")
        if underscore and letter:
            return self.terms(letter, 1, None, token)
        if self.next.text == "_":
            self.index -= 1
            return self.summation()
        if self.next.text != "(":
            refuse("a sum needs its letter: Σ_j", self.text, token.position)
        self.range_last()
        if self.is_word(self.peek()) and self.peek(2).text == "=" and self.peek().text != "axis":
            self.take()
            letter = self.take().text
            self.take()
            first = self.whole("the first value of a sum")
            if not self.accept("..", "…", ":"):
                self.unexpected('".." and the last value')
            last = self.whole("the last value of a sum")
            if not self.accept(","):
                self.unexpected('","')
            if not 0 <= last - first < 64:
                refuse(f"a sum has 1 to 64 terms; this is from {first} to {last}", self.text, token.position)
            found = self.long_terms(letter, first, last, token)
            if not self.accept(")"):
                self.unexpected('")"')
            return found
        return self.library(token)

    def long_terms(self, letter: str, first: int, last: int, token: Token) -> Expr:
        """Read the body of sum(j=1..2, …), which may itself be a sum."""
        start, tokens, before = self.index, self.tokens, self.bound.get(letter)
        self.deeper(token)
        found = []
        for value in range(first, last + 1):
            self.index, self.tokens = start, tokens
            self.bound[letter] = value
            found.append(self.value())
        self.depth -= 1
        if before is None:
            del self.bound[letter]
        else:
            self.bound[letter] = before
        return self.together(found, token)
