"""Functions in an answer: with primes, layers and powers, and their arguments."""

from __future__ import annotations

from symbackprop.expr import (
    ONE,
    Call,
    Expr,
    Number,
    Symbol,
    call,
    mul,
    number,
)
from symbackprop.functions import FUNCTIONS, SELECTIONS, VECTOR_FUNCTIONS
from symbackprop.matrix import Slope
from symbackprop.names import short
from symbackprop.parse.derivatives import Derivatives
from symbackprop.parse.refusals import refuse
from symbackprop.parse.sizes import (
    DEEPEST_NESTING,
)
from symbackprop.parse.spellings import (
    BARE,
    GENERIC,
    function_of,
)
from symbackprop.parse.tokens import Token

_BARE_STARTS = frozenset({"word", "bold", "number", "vulgar", "command"})


class Calls(Derivatives):
    """Reads functions and their slopes."""

    def dotted(self) -> Expr:
        r"""Read \dot\sigma(z)."""
        token = self.take()
        braced = self.accept("{")
        word = self.take()
        if braced and not self.accept("}"):
            self.unexpected('"}"')
        function = function_of(word.text)
        if not function and word.text not in GENERIC:
            refuse("a dot over a function is its derivative; this is no function", self.text, token.position)
        return self.slope(function, word)

    def word_hat(self, token: Token) -> Expr | None:
        """Read y_hat, yhat and y_hat_1."""
        base = token.text.replace("_hat", "").replace("hat", "")
        return self.quantity(base, Token("word", base, token.position, token.end), hat=True) if base else None

    def called(self, token: Token, function: str) -> Expr:
        """Read a function with its primes, layer and power, and its argument; without a name, the layer's activation."""
        primes, layer, power = 0, "", None
        while True:
            mark = self.next
            if mark.text in {"'", "''"} and mark.kind == "operator":
                primes += len(self.take().text)
            elif mark.text == "^" and mark.kind == "operator":
                kind, value = self.function_mark(token)
                primes += kind == "prime"
                layer = value if kind == "layer" and isinstance(value, str) else layer
                if kind == "both":
                    primes, layer = primes + 1, str(value)
                if kind == "power" and isinstance(value, Number):
                    power = value
            elif mark.text == "_" and function in VECTOR_FUNCTIONS:
                return self.component(function, token)
            else:
                break
        if primes > 1:
            refuse("second derivatives are not read", self.text, token.position)
        body = self.slope(function, token, layer) if primes else self.applied(function, token, layer)
        return body if power is None else self.raised(body, power, token)

    def function_mark(self, token: Token) -> tuple[str, Expr | str]:
        r"""Read what stands above a function: ′, \prime, a layer, a power."""
        place = self.index
        found = self.superscript(bare=False)
        if found is not None:
            return "layer", found[0][1]
        self.take()
        braced = self.accept("{") is not None
        if self.next.text in {"[", "("} and braced:
            self.take()
            layer = self.layer_number()
            if layer is not None and self.accept("]", ")") and self.accept("'") and self.accept("}"):
                return "both", layer
        elif self.accept("'") and (not braced or self.accept("}")):
            return "prime", ONE
        self.index = place + 1
        exponent = self.group() if self.next.text == "{" else self.signed()
        if not isinstance(exponent, Number) or not isinstance(exponent.value, int) or exponent.value < 1:
            message = f'a power of the function "{short(token.text)}" is read where it is a whole number: ({token.text}(x))^…'
            refuse(message, self.text, token.position)
        return "power", exponent

    def component(self, function: str, token: Token) -> Expr:
        """Read softmax_1(z_1, z_2): one output of a function of a whole layer."""
        self.take()
        unit = self.indices()
        if self.next.text != "(":
            self.unexpected('"("')
        return self.component_of(function, unit, token)

    def component_of(self, function: str, unit: list[str], token: Token) -> Expr:
        """Read the arguments of one output of a function of a whole layer."""
        arguments = self.inside(self.take(), ")", listed=True)
        if len(unit) != 1 or not unit[0].isdigit() or not 1 <= int(unit[0]) <= max(1, len(arguments)):
            refuse(f"{function} has no unit {short(','.join(unit))} here", self.text, token.position)
        if len(arguments) == 1 and not self.shapes.scalar(arguments[0], token.position):
            return self.shapes.entry(self.shapes.applied(function, arguments[0], token.position), int(unit[0]), 1, token.position)
        return Call(function, (number(int(unit[0])), *arguments))

    def arguments(self, token: Token, function: str) -> list[Expr]:
        r"""Read the arguments in brackets, or one factor without brackets behind \sin and its kind."""
        name = short(token.text)
        if self.next.text in {"(", "{(", "["} and self.next.kind == "operator":
            opening = self.take()
            closing = {"(": ")", "{(": ")}", "[": "]"}[opening.text]
            return self.inside(opening, closing, listed=function in SELECTIONS or function in VECTOR_FUNCTIONS or not function)
        if function in BARE and (self.next.kind in _BARE_STARTS or self.next.text in {"{", "|", "l|"}):
            self.deeper(token)
            body = self.bare_argument(token)
            self.depth -= 1
            return [body]
        example = f"{name}(z)"
        return refuse(f'the function "{name}" needs its argument in brackets: {example}', self.text, token.position)

    def bare_argument(self, token: Token) -> Expr:
        """Read one factor as an argument; refuse a second one behind it, which may belong to it or not."""
        coefficient = self.next.kind in {"number", "vulgar"}
        body = self.power()
        if coefficient and self.is_word(self.next):
            body = mul(body, self.power())
        if self.is_word(self.next) and not function_of(self.next.text) and self.next.text not in {"if", "else", "otherwise"}:
            message = f'what belongs to "{short(token.text)}" is ambiguous: write its argument in brackets'
            refuse(message, self.text, self.next.position)
        return body

    def applied(self, function: str, token: Token, layer: str = "") -> Expr:
        """Return a function of the arguments that come next."""
        found = self.arguments(token, function)
        if not function:
            function = self.activation(found[0], token, layer)
        if function in SELECTIONS:
            if not 2 <= len(found) <= DEEPEST_NESTING:
                refuse(f'"{function}" takes 2 to {DEEPEST_NESTING} arguments, found {len(found)}', self.text, token.position)
            result = found[0]
            for other in found[1:]:
                result = call(function, result, other)
            return result
        if function in VECTOR_FUNCTIONS:
            first = found[0]
            if len(found) == 1:
                return self.unit_of(self.shapes.applied(function, first, token.position), token)
            if isinstance(first, Number) and isinstance(first.value, int) and 1 <= first.value < len(found):
                return Call(function, tuple(found))
            message = f'"{function}" takes the number of the unit, then the values of the whole layer'
            refuse(message, self.text, token.position)
        if len(found) != 1:
            refuse(f'"{short(token.text)}" takes 1 argument, found {len(found)}', self.text, token.position)
        return self.shapes.applied(function, found[0], token.position)

    def unit_of(self, body: Expr, token: Token) -> Expr:
        """Read softmax(z)_1 and softmax(z)[1]: one entry of a vector."""
        if self.next.text == "_" and self.next.kind == "operator":
            self.take()
            unit = self.indices()
        elif self.next.text == "[" and self.next.position == self.tokens[self.index - 1].end:
            unit = self.bracketed() or []
        else:
            return body
        height, width = self.shapes.of(body, token.position)
        if len(unit) != 1 or not unit[0].isdigit() or not 1 <= int(unit[0]) <= height or width != 1:
            refuse(f"one unit of {height} is accepted here", self.text, token.position)
        return self.shapes.entry(body, int(unit[0]), 1, token.position)

    def slope(self, function: str, token: Token, layer: str = "") -> Expr:
        """Return the slope of a function at the argument that comes next."""
        if self.next.text == "^" and self.next.kind == "operator" and not layer:
            found = self.superscript(bare=False)
            layer = found[0][1] if found else ""
        if self.next.text not in {"(", "{(", "["}:
            message = f'the slope "{short(token.text)}\'" needs the place where it is taken: {token.text}\'(z)'
            refuse(message, self.text, token.position)
        found_arguments = self.arguments(token, function)
        if len(found_arguments) != 1:
            refuse(f"a slope takes 1 argument, found {len(found_arguments)}", self.text, token.position)
        if not function:
            function = self.activation(found_arguments[0], token, layer)
        if function not in FUNCTIONS:
            refuse(f'the slope of "{function}" is a matrix: write its entries, or a derivative', self.text, token.position)
        return Slope(function, found_arguments[0])

    def activation(self, argument: Expr, token: Token, layer: str = "") -> str:
        """Return the activation that a letter such as g stands for: that of the layer its argument belongs to."""
        activations = self.lexicon.activations
        if layer and f"z{layer}" in activations:
            found = activations[f"z{layer}"]
        elif isinstance(argument, Symbol) and argument.name in activations:
            found = activations[argument.name]
        elif len(set(activations.values())) == 1:
            found = next(iter(activations.values()))
        else:
            found = ""
        if not found:
            refuse(f'which function "{short(token.text)}" is cannot be told here: write its name', self.text, token.position)
        return found
