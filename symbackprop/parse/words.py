"""Words in an answer: a derivative, a quantity, a function, a constant, or several names in a run."""

from __future__ import annotations

import re

from symbackprop.expr import (
    ONE,
    Constant,
    Expr,
    Symbol,
    number,
    walk,
)
from symbackprop.functions import SELECTIONS, VECTOR_FUNCTIONS
from symbackprop.names import short
from symbackprop.parse.blocks import Blocks
from symbackprop.parse.lexicon import OUTPUT_WORDS, RATE_WORDS
from symbackprop.parse.reading import NoSuchUnit
from symbackprop.parse.refusals import refuse
from symbackprop.parse.sizes import MOST_PUT_IN
from symbackprop.parse.spellings import (
    COMPONENT,
    GENERIC,
    INDICATORS,
    PRIMED,
    function_of,
)
from symbackprop.parse.tokens import Token

_GLUED = re.compile(r"(?=^(|.+?)(sinh|cosh|tanh|sin|cos|tan|ln|log|exp|sqrt)([0-9]*)([A-Za-z]\w*)$)")


class Words(Blocks):
    """Reads words."""

    def named(self, token: Token) -> Expr:
        """Read a word: a derivative, a quantity, a function with its argument, a constant, or a product of names."""
        word = token.text
        if word in self.defined and not (self.latex and self.next.text == "_"):
            return self.own_name(token)
        if word in {"np", "numpy", "math", "torch", "jnp"} and self.next.text == "." and self.is_word(self.peek()):
            self.take()
            return self.library(self.take())
        if word == "partial" and word not in self.lexicon.words:
            self.index -= 1
            return self.partial_derivative()
        if word == "d" and (name := self.second(self.index)) and name.position == self.tokens[self.tokens.index(name) - 1].end:
            refuse("second derivatives are not read", self.text, token.position)
        if word.startswith(("grad_", "nabla_")) and self.lexicon.word(word) is None:
            return self.gradient_by(token)
        if word in {"sum", "Sigma"} and self.next.text == "_" and self.lexicon.word(word) is None:
            return self.summed(token)
        derivative = self.written_ratio(token)
        if derivative is not None:
            return derivative
        function = function_of(word)
        if function and self.lexicon.word(word) is None and (function in SELECTIONS or function in VECTOR_FUNCTIONS):
            return self.called(token, function)
        if word in GENERIC and self.next.text in {"'", "("} and self.lexicon.word(word) is None:
            return self.called(token, "")
        primed = self.next.text in {"'", "("} or (self.next.text == "^" and "'" in {self.peek().text, self.peek(2).text})
        if word == "s" and primed and self.lexicon.word(word) is None and self.sigmoid_only():
            return self.called(token, "sigmoid")
        place = self.index
        try:
            found = self.quantity(word, token)
        except NoSuchUnit:
            if not self.split(word):
                raise
            self.index, found = place, None
        if found is not None:
            self.not_applied(found, token)
            return found
        if (other := self.special(token)) is not None:
            return other
        parts = self.split(word)
        if parts:
            return self.run(parts, token)
        if (glued := self.glued(token)) is not None:
            return glued
        return self.unknown(token)

    def sigmoid_only(self) -> bool:
        """Whether s(z) can only be the sigmoid: a layer has it, and none is a softmax."""
        names = {*self.lexicon.activations.values()}
        return "sigmoid" in names and "" not in names

    def glued(self, token: Token) -> Expr | None:
        """Read sinx, sin2x or xcosx: a function with the one name behind it; None where a word is nothing like it."""
        for match in _GLUED.finditer(token.text):
            before, name, number_, rest = match.groups()
            names = (before,) if self.lexicon.spelled(before) is not None else self.split(before) if before else ()
            if (before and not names) or self.lexicon.spelled(rest) is None:
                continue
            if before and self.index > 1 and self.tokens[self.index - 2].text in {"^", "**", "/"}:
                break
            start = token.position + len(before)
            inner = start + len(name) + len(number_)
            pieces = [Token("number", number_, start + len(name), inner)] if number_ else []
            pieces.append(Token("word", rest, inner, token.end))
            self.tokens = (*self.tokens[: self.index], *pieces, *self.tokens[self.index :])
            result = self.called(Token("word", name, start, start + len(name)), function_of(name))
            for part in reversed(names):
                factor = self.lexicon.spelled(part)
                assert factor is not None
                result = self.shapes.product(factor, result, "", token.position)
            return result
        return None

    def own_name(self, token: Token) -> Expr:
        """Return what a name of the answer's own was defined as."""
        if token.text == "e" and self.next.text in {"^", "**"} and not self.peek().text.isdigit():
            refuse('"e" is a name of your own here: write exp(…) for the exponential', self.text, token.position)
        self.used.add(token.text)
        body = self.defined[token.text]
        self.put_in += sum(1 for _ in walk(body))
        if self.put_in > MOST_PUT_IN:
            refuse("names of your own stand for formulas that are too long together", self.text, token.position)
        return body

    def gradient_by(self, token: Token) -> Expr:
        """Read grad_W1 L: the derivative of the output by what is named."""
        _, _, name = token.text.partition("_")
        piece = Token("word", name, token.end - len(name), token.end)
        of = self.quantity(name, piece)
        if of is None:
            self.unknown(piece)
        if self.is_word(self.next):
            word = self.next
            if self.lexicon.spelled(word.text) == Symbol(self.lexicon.output) or word.text in OUTPUT_WORDS:
                self.take()
                self.no_power()
        return self.ratio(Symbol(self.lexicon.output), of, token)

    def not_applied(self, found: Expr, token: Token) -> None:
        """Refuse z(x) and a(2), which may be products as well as z as a function of x and an entry of a."""
        inner, closing = self.peek(), self.peek(2)
        if self.next.text != "(" or not isinstance(found, Symbol) or closing.text not in {")", ","}:
            return
        name = self.lexicon.own.get(found.name, found.name)
        if inner.kind == "number" and not self.shapes.scalar(found) and self.next.position == token.end:
            message = f'"{name}({inner.text})" is ambiguous: write {name}[{inner.text}] for an entry, {name}*{inner.text} for a'
            refuse(f"{message} product", self.text, token.position)
        argument = self.lexicon.spelled(inner.text) if self.is_word(inner) else None
        if type(argument) is Symbol and self.lexicon.depends(found.name, argument.name):
            message = f'"{name}({inner.text})" is ambiguous: write {name}*({inner.text}) for a product, or {name} alone'
            refuse(message, self.text, token.position)

    def split(self, word: str) -> tuple[str, ...]:
        """Read a run such as xy as names one after another, the longest first; the empty tuple where it is none."""
        if len(word) > 40 or not word.isascii():
            return ()
        best: dict[int, tuple[str, ...] | None] = {len(word): ()}
        for start in reversed(range(len(word))):
            best[start] = None
            for end in reversed(range(start + 1, len(word) + 1)):
                part, rest = word[start:end], best[end]
                if part == word or rest is None or word[end : end + 1].isdigit() or word[end : end + 1] == "_":
                    continue
                last = end == len(word) and (part in self.lexicon.items or self.ends_run(part))
                if self.lexicon.spelled(part) is not None or last:
                    best[start] = (part, *rest)
                    break
        return best[0] or ()

    def ends_run(self, part: str) -> bool:
        """Whether a run may end so: in a function before its bracket, or in e before its exponent."""
        return (part == "e" and self.next.text == "^") or (self.next.text == "(" and len(part) > 1 and bool(function_of(part)))

    def run(self, parts: tuple[str, ...], token: Token) -> Expr:
        """Multiply the names of a run; what stands behind belongs to the last."""
        before = self.tokens[self.index - 2].text if self.index > 1 else ""
        if before in {"^", "**", "/"}:
            message = f'how far "{before}" reaches over "{short(token.text)}" is ambiguous: write brackets'
            refuse(message, self.text, token.position)
        position = token.position
        result: Expr = ONE
        for place, part in enumerate(parts):
            piece = Token("word", part, position, position + len(part))
            position += len(part)
            last = place == len(parts) - 1
            factor = self.lexicon.spelled(part)
            if last:
                read = self.quantity(part, piece) if part in self.lexicon.items or factor is not None else self.special(piece)
                factor = None if read is None else self.postfixed(read)
            if factor is None:
                self.unknown(piece)
            result = self.shapes.product(result, factor, "", piece.position)
        return result

    def special(self, token: Token) -> Expr | None:
        """Read a word that is no quantity: a function, a constant, a sum; None where it is nothing known."""
        word = token.text
        if word == "hat" or word.endswith("_hat") or word == "yhat":
            return self.word_hat(token)
        if word == "hard" and self.next.text == "sigma":
            return self.called(self.take(), "hard_sigmoid")
        if (function := function_of(word)) and not (word in {"sq", "id", "th"} and self.next.text != "("):
            return self.called(token, function)
        if (unit := COMPONENT.fullmatch(word)) and self.next.text == "(":
            return self.component_of(unit[1], [unit[2]], token)
        for ending in PRIMED:
            if word.endswith(ending) and (base := word.removesuffix(ending)):
                function = function_of(base)
                if function or base in GENERIC:
                    return self.slope(function, token)
        if word[:1] == "d" and (function := function_of(word[1:].lstrip("_"))) and self.next.text == "(":
            return self.slope(function, token)
        if word in GENERIC and self.next.text in {"'", "(", "^"}:
            return self.called(token, "")
        if word in {"transpose", "diag", "array", "dot", "outer", "where", "ones"} and self.next.text == "(":
            return self.library(token)
        if word in {"sum", "Sigma"} or word.startswith(("sum_", "Sigma_")):
            return self.summed(token)
        if word == "pi":
            return Constant("pi")
        if word == "e" and (self.next.text in {"^", "**"} or not self.lexicon.network):  # an error, more likely, in a network
            return Constant("e")
        if word in INDICATORS and self.next.text in {"(", "["}:
            return self.one_of_condition(taken=True)
        if word in {"m", "N"} and self.lexicon.samples > 1:
            return number(self.lexicon.samples)
        if word in RATE_WORDS and self.lexicon.rate:
            return Symbol(self.lexicon.rate)
        return None
