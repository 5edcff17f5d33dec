"""Functions, slopes and derivatives in an answer."""

from __future__ import annotations

import re

from symbackprop.expr import ONE, ZERO, Call, Cases, Condition, Constant, Expr, Number, Partial, Symbol, call, div, mul, number
from symbackprop.functions import FUNCTIONS, SELECTIONS, VECTOR_FUNCTIONS
from symbackprop.matrix import Ones, Slope, transpose
from symbackprop.names import short
from symbackprop.parse.lexicon import RATE_WORDS
from symbackprop.parse.quantities import Quantities, function_of
from symbackprop.parse.refusals import refuse
from symbackprop.parse.sizes import DEEPEST_NESTING
from symbackprop.parse.tokens import Token

_GENERIC = frozenset({"g", "f", "phi", "h", "act", "activation", "varphi", "psi"})
_PRIMED = ("_prime", "prime", "_derivative", "_deriv", "_grad", "_der")
_BARE = frozenset({"sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "exp", "asin", "acos", "atan", "sech", "sqrt"})
_STEPS = frozenset({"H", "heaviside", "Heaviside", "Theta"})
_INDICATORS = frozenset({"I", "indicator", "ind"}) | _STEPS
_COMPONENT = re.compile(r"((?:log_)?softmax)_([0-9]+)")
_LIBRARY = {
    "absolute": "abs", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "multiply": "⊙", "matmul": "@", "sigmoid": "sigmoid",
    "maximum": "max", "minimum": "min", "fabs": "abs", "relu": "relu", "pow": "power", "mm": "@", "expit": "sigmoid",
}  # fmt: skip


class Calls(Quantities):
    """Reads functions and derivatives; the grammar above it reads their arguments."""

    def value(self) -> Expr:
        """Read a value."""
        raise NotImplementedError

    def power(self) -> Expr:
        """Read a factor."""
        raise NotImplementedError

    def inside(self, opening: Token, closing: str, *, listed: bool = False) -> list[Expr]:
        """Read what stands between two brackets."""
        raise NotImplementedError

    def group(self) -> Expr:
        """Read a group in braces."""
        raise NotImplementedError

    def argument(self) -> Expr:
        """Read the argument of a command."""
        raise NotImplementedError

    def signed(self) -> Expr:
        """Read a factor that may have a sign."""
        raise NotImplementedError

    def raised(self, base: Expr, exponent: Expr, token: Token) -> Expr:
        """Raise to a power."""
        raise NotImplementedError

    def divided(self, top: Expr, bottom: Expr, token: Token) -> Expr:
        """Divide."""
        raise NotImplementedError

    def conditions(self, left: Expr) -> list[Condition]:
        """Read the rest of a condition."""
        raise NotImplementedError

    def indicator(self, tests: list[Condition]) -> Expr:
        """Return 1 where all conditions hold, else 0."""
        raise NotImplementedError

    def terms(self, letter: str, first: int, last: int | None, token: Token) -> Expr:
        """Read the body of a sum."""
        raise NotImplementedError

    def whole(self, what: str) -> int:
        """Read a whole number."""
        raise NotImplementedError

    # --- derivatives -------------------------------------------------------------------------------------------

    def written_ratio(self, token: Token) -> Expr | None:
        """Read dL/dw behind the word dL, which is taken already; None where it is none."""
        if token.text[:1] != "d" or token.text in self.lexicon.words:
            return None
        place, tokens = self.index, self.tokens
        self.index -= 1
        top = self.differential()
        slash = self.accept("/") if top is not None else None
        if slash:
            bottom = self.differential()
            if bottom is not None and top is not None:
                return self.direct(self.ratio(top, bottom, token))
        self.index, self.tokens = place, tokens
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
        if type(of) is not Symbol or of.name == self.lexicon.output:
            self.index, self.tokens = place, tokens
            return None
        return self.lexicon.derivative(self.lexicon.output, of.name)

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
        bottom = self.differential()
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
        refuse("a gradient needs what it is taken by: ∇_W L", self.text, token.position)

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

    def operated(self, bottom: Expr, token: Token) -> Expr:
        """Read the quantity behind ∂/∂w."""
        opening = self.accept("(")
        top: Expr | None = None
        if self.is_word(self.next):
            word = self.take()
            top = self.quantity(word.text, word)
        if top is None or type(top) is not Symbol or (opening and not self.accept(")")):
            refuse("behind ∂/∂… only the name of a quantity is read, not a formula", self.text, token.position)
        return self.ratio(top, bottom, token)

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

    # --- functions ---------------------------------------------------------------------------------------------

    def hat(self) -> Expr:
        r"""Read \hat y and \hat{y}_1."""
        self.take()
        braced = self.accept("{") is not None
        return self.hatted(self.take(), braced=braced)

    def dotted(self) -> Expr:
        r"""Read \dot\sigma(z)."""
        token = self.take()
        braced = self.accept("{")
        word = self.take()
        if braced and not self.accept("}"):
            self.unexpected('"}"')
        function = function_of(word.text)
        if not function and word.text not in _GENERIC:
            refuse("a dot over a function is its derivative; this is no function", self.text, token.position)
        return self.slope(function, word)

    def special(self, token: Token) -> Expr | None:
        """Read a word that is no quantity: a function, a constant, a sum; None where it is nothing known."""
        word = token.text
        if word == "hat" or word.endswith("_hat") or word == "yhat":
            return self.word_hat(token)
        if word == "hard" and self.next.text == "sigma":
            return self.called(self.take(), "hard_sigmoid")
        if (function := function_of(word)) and not (word in {"sq", "id", "th"} and self.next.text != "("):
            return self.called(token, function)
        if (unit := _COMPONENT.fullmatch(word)) and self.next.text == "(":
            return self.component_of(unit[1], [unit[2]], token)
        for ending in _PRIMED:
            if word.endswith(ending) and (base := word.removesuffix(ending)):
                function = function_of(base)
                if function or base in _GENERIC:
                    return self.slope(function, token)
        if word[:1] == "d" and (function := function_of(word[1:].lstrip("_"))) and self.next.text == "(":
            return self.slope(function, token)
        if word in _GENERIC and self.next.text in {"'", "(", "^"}:
            return self.called(token, "")
        if word in {"transpose", "diag", "array", "dot", "outer", "where", "ones"} and self.next.text == "(":
            return self.library(token)
        if word in {"sum", "Sigma"} or word.startswith("sum_"):
            return self.summed(token)
        if word == "pi":
            return Constant("pi")
        if word == "e":
            return Constant("e")
        if word in _INDICATORS and self.next.text in {"(", "["}:
            return self.one_of_condition(taken=True)
        if word in {"m", "N"} and self.lexicon.samples > 1:
            return number(self.lexicon.samples)
        if word in RATE_WORDS and self.lexicon.rate:
            return Symbol(self.lexicon.rate)
        return None

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
        elif self.accept("'"):
            if not braced or self.accept("}"):
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
        bare = function in _BARE or (function == "sigmoid" and False)
        if bare and (self.is_word(self.next) or self.next.kind in {"number", "vulgar", "command"} or self.next.text in {"{", "|", "l|"}):
            self.deeper(token)
            body = self.bare_argument(token)
            self.depth -= 1
            return [body]
        example = f"{name}(z)"
        refuse(f'the function "{name}" needs its argument in brackets: {example}', self.text, token.position)

    def bare_argument(self, token: Token) -> Expr:
        """Read one factor as an argument; refuse a second one behind it, which may belong to it or not."""
        coefficient = self.next.kind in {"number", "vulgar"}
        body = self.power()
        if coefficient and self.is_word(self.next):
            body = mul(body, self.power())
        if self.next.kind in {"word", "bold"} and not function_of(self.next.text) and self.next.text not in {"if", "else", "otherwise"}:
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

    # --- indicators, NumPy -------------------------------------------------------------------------------------

    def one_of_condition(self, *, taken: bool = False) -> Expr:
        r"""Read 𝟙[z > 0], \mathbb{1}_{z>0}, H(z), I(z > 0); or the vector of ones, where neither follows."""
        token = self.tokens[self.index - 1] if taken else self.take()
        closings = {"[": "]", "(": ")", "{(": ")}", "{": "}"}
        if not taken and self.next.text == "_" and self.next.kind == "operator":
            self.take()
            if self.next.text != "{":
                self.unexpected("a condition in braces, as in 1_{z > 0}")
        if self.next.text not in closings:
            return self.ones(token)
        opening = self.take()
        if opening.text == "{" and self.next.kind == "number" and self.peek().text == "}":
            size = self.whole("a length")
            self.take()
            return self.ones_of(size, token)
        inner = self.inside(opening, closings[opening.text], listed=True)
        if len(inner) == 2 and token.text in _STEPS and isinstance(inner[1], Number):
            inner = inner[:1]
        if len(inner) != 1:
            refuse("one condition is accepted here", self.text, opening.position)
        (body,) = inner
        if isinstance(body, Cases) and body.otherwise == ZERO and all(value == ONE or isinstance(value, Cases) for value, _ in body.branches):
            return body
        if token.text not in _STEPS:
            refuse("a condition such as z > 0 is accepted here", self.text, opening.position)
        return Cases(((ONE, Condition(body, ">", ZERO)),), ZERO)

    def ones(self, token: Token) -> Expr:
        """Return the vector of ones over the samples."""
        if self.lexicon.samples < 2:
            refuse("a vector of ones needs its length here: 1_{2}", self.text, token.position)
        return Ones(self.lexicon.samples)

    def ones_of(self, size: int, token: Token) -> Expr:
        """Return the vector of ones of a length."""
        if not 1 <= size <= 64:
            refuse("a vector has 1 to 64 entries", self.text, token.position)
        return Ones(size) if size > 1 else ONE

    def summed(self, token: Token) -> Expr:
        """Read sum_j …, sum(j=1..2, …) or NumPy's sum(…)."""
        word = token.text
        if word.startswith("sum_") and len(word) > 4:
            return self.terms(word[4:], 1, None, token)
        if self.next.text == "_":
            self.index -= 1
            return self.summation()
        if self.next.text != "(":
            refuse("a sum needs its letter: Σ_j", self.text, token.position)
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

    def summation(self) -> Expr:
        """Read a sum."""
        raise NotImplementedError

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
        return self.shapes.total(found, token.position)

    def library(self, token: Token) -> Expr:
        """Read a function of NumPy by its own name, where it has one meaning."""
        word = token.text
        name = _LIBRARY.get(word, word)
        if word == "pi":
            return Constant("pi")
        if word == "e" and self.next.text != "(":
            return Constant("e")
        if name == "newaxis" or self.next.text != "(":
            refuse(f'"{short(word)}" is not read here', self.text, token.position)
        if name not in {"dot", "outer", "⊙", "@", "sum", "mean", "transpose", "where", "square", "power", "array", "diag", "heaviside", "ones"}:
            function = function_of(name)
            if not function:
                refuse(f'the function "{short(word)}" is not read in answers', self.text, token.position)
            return self.applied(function, token)
        position = token.position
        found, options = self.python_arguments()
        count = {"dot": 2, "outer": 2, "⊙": 2, "@": 2, "where": 3, "power": 2, "heaviside": 2}.get(name, 1)
        if len(found) != count:
            refuse(f'"{short(word)}" takes {count} argument{"s" if count > 1 else ""} here, found {len(found)}', self.text, position)
        first = found[0]
        match name:
            case "dot":
                return self.dot(first, found[1], position)
            case "outer":
                return self.shapes.product(first, self.shapes.transposed(found[1], position), "·", position)
            case "⊙" | "@":
                return self.shapes.product(first, found[1], "*" if name == "⊙" else "@", position)
            case "sum" | "mean":
                total = self.shapes.summed(first, options.get("axis"), position)
                if name == "sum":
                    return total
                height, width = self.shapes.of(first, position)
                axis = options.get("axis")
                return div(total, (height if axis in {None, 0} else 1) * (width if axis in {None, 1} else 1))
            case "transpose":
                return self.shapes.transposed(first, position)
            case "where":
                if not isinstance(first, Cases):
                    refuse("where takes a condition first, such as z > 0", self.text, position)
                (_, test), *_ = first.branches
                return Cases(((found[1], test),), found[2])
            case "square":
                return self.raised(first, number(2), token)
            case "power":
                return self.raised(first, found[1], Token("operator", "**", position, token.end))
            case "diag":
                return self.shapes.diagonal(first, position)
            case "heaviside":
                return Cases(((ONE, Condition(first, ">", ZERO)),), found[1]) if found[1] == ZERO else self.no_half(token)
            case "ones":
                size = int(first.value) if isinstance(first, Number) and isinstance(first.value, int) else 0
                return self.ones_of(size, token)
            case _:
                return first

    def no_half(self, token: Token) -> Expr:
        """Refuse a step that is not 0 at 0."""
        refuse("the slope of ReLU at 0 is 0 here: write heaviside(z, 0)", self.text, token.position)

    def dot(self, left: Expr, right: Expr, position: int) -> Expr:
        """Return NumPy's dot: a product of matrices, or the inner product of two vectors."""
        a, b = self.shapes.of(left, position), self.shapes.of(right, position)
        if a == b and a[1] == 1 and a[0] > 1:
            return self.shapes.product(transpose(left), right, "@", position)
        return self.shapes.product(left, right, "·" if (1, 1) in {a, b} else "@", position)

    def python_arguments(self) -> tuple[list[Expr], dict[str, int]]:
        """Read the arguments of a call in Python: values, then axis=… and keepdims=…."""
        opening = self.take()
        self.deeper(opening)
        found: list[Expr] = []
        options: dict[str, int] = {}
        while True:
            if self.is_word(self.next) and self.peek().text == "=":
                name = self.take()
                self.take()
                if name.text not in {"axis", "keepdims", "dim", "keepdim"}:
                    refuse(f'the option "{short(name.text)}" is not read', self.text, name.position)
                value = self.take()
                if name.text in {"axis", "dim"}:
                    if value.text not in {"0", "1"}:
                        refuse("axis is 0 or 1", self.text, value.position)
                    options["axis"] = int(value.text)
            else:
                found.append(self.list_value())
            if not self.accept(","):
                break
        self.expect(")", opening)
        self.depth -= 1
        return found, options

    def list_value(self) -> Expr:
        """Read one value of a list, where a comma separates."""
        raise NotImplementedError

    def method(self, body: Expr, dot: Token) -> Expr:
        """Read .T, .dot(…), .sum(…) behind a value."""
        name = self.take()
        if name.text in {"T", "t"}:
            if name.text == "t":
                self.python_arguments_empty()
            return self.shapes.transposed(body, dot.position)
        if self.next.text != "(":
            self.unexpected('"("')
        if name.text in {"transpose", "astype"}:
            depth = 0
            while self.next.kind != "end":
                token = self.take()
                depth += (token.text == "(") - (token.text == ")")
                if depth == 0:
                    break
            return self.shapes.transposed(body, dot.position) if name.text == "transpose" else body
        place = self.index
        if self.peek().text == ")":
            self.take()
            self.take()
            return self.total_of(body, name.text, {}, dot)
        found, options = self.python_arguments()
        if name.text == "dot" and len(found) == 1:
            return self.dot(body, found[0], dot.position)
        if name.text in {"sum", "mean"} and not found:
            return self.total_of(body, name.text, options, dot)
        refuse(f'".{name.text}" is not read like this', self.text, self.tokens[place].position)

    def total_of(self, body: Expr, name: str, options: dict[str, int], dot: Token) -> Expr:
        """Return the sum or mean of a matrix."""
        if name not in {"sum", "mean"}:
            refuse(f'".{name}()" is not read', self.text, dot.position)
        total = self.shapes.summed(body, options.get("axis"), dot.position)
        if name == "sum":
            return total
        height, width = self.shapes.of(body, dot.position)
        axis = options.get("axis")
        return div(total, (height if axis in {None, 0} else 1) * (width if axis in {None, 1} else 1))

    def python_arguments_empty(self) -> None:
        """Take the empty brackets of a method."""
        if not (self.accept("(") and self.accept(")")):
            self.unexpected('"()"')
