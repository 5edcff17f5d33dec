"""
The grammar of answers: formulas of scalars and matrices, over the quantities of one problem.

Loosest first:

    value    a if z > 0 else b; z > 0 alone is 1 where it holds, else 0
    sum      x + y − z
    product  x*y, x·y, 2x, A @ B, A ⊙ B, x/y     (from left to right; without a sign it binds like one with it)
    sign     −x
    power    x^y, x**y, x², Wᵀ, W.T, 5 %
    atom     numbers, quantities, derivatives, functions, brackets, matrices, sums, cases
"""

from __future__ import annotations

from symbackprop.expr import ONE, ZERO, Cases, Condition, Constant, Expr, Number, call, mul, number
from symbackprop.names import short
from symbackprop.parse.refusals import refuse
from symbackprop.parse.sizes import (
    DEEPEST_NESTING,
    LARGEST_ANSWERED_EXPONENT,
    LARGEST_NUMBER_BITS,
    bits_of,
    degree_of,
)
from symbackprop.parse.tokens import Token, numeral
from symbackprop.parse.words import Words

_SIGNS = {"+": 1, "-": -1}
RELATIONS = ("<", "<=", ">", ">=")
_PRODUCTS = {"*": "*", "·": "·", "@": "@", "⊙": "⊙"}
_STARTS = frozenset({"frac", "sqrt", "root", "sum", "hat", "dot", "partial", "nabla", "one", "left.", "brace", "group", "set"})
_OPENINGS = frozenset({"(", "√", "{", "{(", "l|", "∂", "∇", "𝟙", "Σ", "["})
_KEYWORDS = frozenset({"if", "else", "otherwise", "for"})
MATRICES = frozenset({"matrix", "bmatrix", "pmatrix", "smallmatrix", "array", "Bmatrix"})
CASES = frozenset({"cases", "dcases"})


class Formulas(Words):
    """Reads one formula; every method reads one level of the grammar."""

    def value(self) -> Expr:
        """Read a sum, a value if condition else value, or a condition as 1 or 0."""
        branches: list[tuple[Expr, Condition]] = []
        while True:
            start = self.next
            expr = self.sum()
            if self.next.text in RELATIONS and self.next.kind == "operator":
                expr = self.indicator(self.conditions(expr))
            if not self.keyword("if"):
                break
            branches += [(expr, test) for test in self.single(self.conditions(self.sum()), start)]
            self.accept(",")
            if not (self.keyword("else") or self.keyword("otherwise")):
                self.unexpected('"else" and the value for all other cases')
            if len(branches) > DEEPEST_NESTING:
                refuse(f"more than {DEEPEST_NESTING} cases in a row", self.text, start.position)
        return Cases(tuple(branches), expr) if branches else expr

    def keyword(self, word: str) -> bool:
        """Take a keyword, written as a word or as text."""
        if self.next.text == word and self.next.kind in {"word", "keyword"}:
            self.take()
            return True
        return False

    def conditions(self, left: Expr) -> list[Condition]:
        """Read the rest of z > 0 or of −1 < z < 1."""
        found: list[Condition] = []
        while relation := self.accept(*RELATIONS):
            right = self.sum()
            found.append(Condition(left, relation.text, right))
            left = right
            if len(found) > 2:
                refuse("more than two comparisons in a row", self.text, relation.position)
        if not found:
            self.unexpected('"<", "<=", ">" or ">="')
        return found

    def single(self, tests: list[Condition], token: Token) -> list[Condition]:
        """Return the only condition, or refuse several where one is accepted."""
        if len(tests) > 1:
            refuse("one comparison is accepted here; write two cases", self.text, token.position)
        return tests

    def indicator(self, tests: list[Condition]) -> Expr:
        """Return 1 where all conditions hold, else 0."""
        result: Expr = ONE
        for test in reversed(tests):
            result = Cases(((result, test),), ZERO)
        return result

    def sum(self) -> Expr:
        """Read terms with signs between them."""
        start = self.next
        terms: list[Expr] = []
        while True:
            sign = self.signs()
            term = self.product()
            terms.append(mul(-1, term) if sign < 0 else term)
            if self.next.kind != "operator" or self.next.text not in _SIGNS:
                return terms[0] if len(terms) == 1 else self.checked(self.shapes.total(terms, start.position), start)

    def signs(self) -> int:
        """Read any number of signs; return 1 or -1."""
        sign = 1
        while found := self.accept("+", "-"):
            sign *= _SIGNS[found.text]
        return sign

    def product(self) -> Expr:
        """Read factors and divisions from left to right."""
        result = self.power()
        divisions = 0
        while True:
            token = self.next
            if token.kind == "operator" and token.text in _PRODUCTS:
                self.take()
                result = self.multiplied(result, self.signed(), _PRODUCTS[token.text], token)
            elif self.accept("/", "./"):
                divisions += 1
                if divisions > DEEPEST_NESTING:
                    refuse(f"more than {DEEPEST_NESTING} divisions in a row", self.text, token.position)
                result = self.divided(result, self.signed(), token)
            elif self.starts_factor(token):
                result = self.multiplied(result, self.power(), "", token)
            else:
                return result

    def multiplied(self, left: Expr, right: Expr, sign: str, token: Token) -> Expr:
        """Multiply two factors, within the budget of digits."""
        if bits_of(left) + bits_of(right) > LARGEST_NUMBER_BITS:
            refuse("the product of these numbers has more than 1000 digits", self.text, token.position)
        return self.shapes.product(left, right, sign, token.position)

    def divided(self, top: Expr, bottom: Expr, token: Token) -> Expr:
        """Divide."""
        if isinstance(bottom, Number) and bottom.value == 0:
            refuse("division by zero", self.text, token.position)
        return self.checked(self.shapes.quotient(top, bottom, token.position), token)

    def checked(self, expr: Expr, token: Token) -> Expr:
        """Return the expression, unless a number in it was worked out to more than 1000 digits."""
        if bits_of(expr) > LARGEST_NUMBER_BITS:
            refuse("the number worked out here has more than 1000 digits", self.text, token.position)
        return expr

    def starts_factor(self, token: Token) -> bool:
        """Whether a factor without a sign before it begins here."""
        if token.kind in {"word", "bold"}:
            if token.text in _KEYWORDS:
                return False
            if self.spaced and self.depth == self.spaced and token.position > self.tokens[self.index - 1].end:
                refuse("in square brackets, entries need a comma and factors a sign between them", self.text, token.position)
            return True
        if token.kind == "command":
            name = token.text.partition(":")[2]
            return token.text in _STARTS or (token.text.startswith("begin:") and (name in MATRICES or name in CASES))
        if token.text == "1" and self.peek().text in {"[", "{", "{("} and self.holds_condition(1):
            return True
        if token.kind != "operator":
            return False
        return token.text in _OPENINGS or (token.text == "|" and self.bars == 0)

    def signed(self) -> Expr:
        """Read a factor that may have a sign."""
        sign = self.signs()
        factor = self.power()
        return mul(-1, factor) if sign < 0 else factor

    def power(self) -> Expr:
        """Read an atom with what stands behind it: exponents, transposes, a percent sign."""
        return self.postfixed(self.atom())

    def postfixed(self, base: Expr) -> Expr:
        """Read what stands behind an atom."""
        raised = False
        while True:
            token = self.next
            if token.kind == "operator" and token.text in {"^", "**", ".^"}:
                if self.transposes():
                    base = self.shapes.transposed(base, token.position)
                    continue
                if raised:
                    refuse("two exponents one above the other are ambiguous: write brackets", self.text, token.position)
                raised = token.text == "^"
                self.take()
                if self.latex and self.next.text != "{" and self.peek().text == "^":
                    refuse("LaTeX has no exponent on an exponent: write x^{2^3} or (x^2)^3", self.text, self.peek().position)
                if self.latex and self.next.kind == "number" and len(self.next.text) > 1 and token.text == "^":
                    refuse(f"LaTeX takes one digit: write ^{{{self.next.text}}}", self.text, self.next.position)
                if self.latex and self.is_word(self.next) and self.peek().text == "_":
                    refuse("how far the exponent reaches is ambiguous: write it in braces", self.text, self.next.position)
                self.deeper(token)
                exponent = self.group() if self.next.text == "{" and self.next.kind == "operator" else self.signed()
                last = self.tokens[self.index - 1]
                close = last.kind == "number" and self.is_word(self.next) and self.next.position == last.end
                if close and base == Constant("e") and not self.latex:
                    refuse("how far the exponent reaches is ambiguous: write e^(2*x) or e^2*x", self.text, self.next.position)
                base = self.raised(base, exponent, token)
                self.depth -= 1
            elif token.text == "ᵀ" and token.kind == "operator":
                self.take()
                base = self.shapes.transposed(base, token.position)
            elif token.text == "." and self.peek().text in {"T", "transpose", "t", "sum", "dot", "mean", "astype"}:
                base = self.method(base, self.take())
            elif token.text == "[" and token.position == self.tokens[self.index - 1].end and self.only_numbers():
                message = "an entry of a formula, or one counted from the end, is not read: write its name, as in a1[2]"
                refuse(message, self.text, token.position)
            elif token.text == "%" and token.kind == "operator" and isinstance(base, Number):
                self.take()
                base = mul(number(1) / 100, base)
            elif token.text == "'" and token.kind == "operator":
                message = "a prime differentiates a function, as in σ'(z); the transpose is written W^T"
                refuse(message, self.text, token.position)
            else:
                return base

    def only_numbers(self) -> bool:
        """Whether the square bracket that comes holds nothing but numbers, signs and commas, as NumPy's entries do."""
        ahead = 1
        while self.peek(ahead).kind == "number" or self.peek(ahead).text in {"-", ",", ":"}:
            ahead += 1
        return ahead > 1 and self.peek(ahead).text == "]"

    def transposes(self) -> bool:
        r"""Take ^T, ^{\top} or ^\intercal."""
        names = {"T", "t", "transpose", "ᵀ", "⊤"}
        inner = 2 if self.peek().text == "{" else 1
        token = self.peek(inner)
        mark = token.text in names and (token.kind in {"command", "operator"} or token.text == "T")
        if token.text == "t" or not mark or (inner == 2 and self.peek(3).text != "}"):
            return False
        if token.text == "T" and self.lexicon.word("T") is not None:
            return False
        for _ in range(4 if inner == 2 else 2):
            self.take()
        return True

    def raised(self, base: Expr, exponent: Expr, token: Token) -> Expr:
        """Raise to a power, within the budget; a power of e is exp."""
        if base == Constant("e"):
            return call("exp", exponent)
        if isinstance(exponent, Number):
            size = exponent.value if exponent.value > 0 else -exponent.value
            if size > LARGEST_ANSWERED_EXPONENT:
                limit = f"exponents up to {LARGEST_ANSWERED_EXPONENT} are accepted"
                refuse(f"the exponent {short(str(exponent.value))} is too large: {limit}", self.text, token.position)
            if isinstance(base, Number) and base.value == 0 and exponent.value < 0:
                refuse("division by zero (0 to a negative power)", self.text, token.position)
            if degree_of(base) * size > max(4 * LARGEST_ANSWERED_EXPONENT, size):
                refuse(f"powers of powers multiply to more than {4 * LARGEST_ANSWERED_EXPONENT}", self.text, token.position)
        elif not self.shapes.scalar(exponent, token.position):
            refuse("an exponent is a scalar; this is a matrix", self.text, token.position)
        height, width = self.shapes.of(base, token.position)
        inverse = isinstance(exponent, Number) and exponent.value < 0
        if token.text == "^" and (min(height, width) > 1 or (max(height, width) > 1 and inverse)):
            refuse("a power of a matrix is ambiguous: write A @ A, or A**2 for every entry", self.text, token.position)
        return self.checked(self.shapes.raised(base, exponent), token)

    def atom(self) -> Expr:
        """Read a number, a name, a bracket, or what a command stands for."""
        token = self.next
        match token.kind:
            case "number" | "vulgar":
                return self.numeral()
            case "word" | "bold":
                return self.named(self.take())
            case "command":
                return self.command(token)
            case "operator":
                return self.operator(token)
            case "strange":
                return self.strange(token)
            case "text":
                return refuse(f'found the words "{token.text[:24]}": only formulas are read', self.text, token.position)
            case _:
                return self.unexpected('a number, a name or "("')

    def numeral(self) -> Expr:
        """Read a number; a comma between digits is a decimal comma where it can be nothing else."""
        if self.next.text == "1" and (self.peek().text == "_" or self.holds_condition(1)):
            return self.one_of_condition()
        token = self.take()
        comma, following = self.next, self.peek()
        joined = comma.position == token.end and following.position == comma.end and following.kind == "number"
        braced = comma.text == "{" and following.text == "," and self.peek(2).text == "}"
        if braced and self.peek(3).kind == "number" and token.text.isdigit() and self.peek(3).text.isdigit():
            for _ in range(3):
                self.take()
            fraction = self.take()
            return numeral(self.text, Token("number", f"{token.text}.{fraction.text}", token.position, fraction.end))
        series = self.bracketed_in > 0 and "," in {self.peek(2).text, self.tokens[self.index - 2].text}
        if comma.text == "," and joined and token.text.isdigit() and following.text.isdigit() and not (self.listed or series):
            return self.decimal_comma(token, following)
        if self.next.kind in {"number", "vulgar"} and not self.spaced:
            if self.next.kind == "vulgar":
                refuse("a mixed number is ambiguous: write 1 + 1/2 or 1.5", self.text, self.next.position)
            self.unexpected('an operator (a product with a number on the right needs "*")')
        return numeral(self.text, token)

    def decimal_comma(self, token: Token, following: Token) -> Expr:
        """Read 0,5; refuse 1,000, which may be a thousand, and (0,5), which may be a vector."""
        self.take()
        self.take()
        if len(following.text) == 3 and token.text.strip("0") and len(token.text) <= 3:
            whole, rest = token.text, following.text
            refuse(f'"{whole},{rest}" is ambiguous: write {whole}.{rest} or {whole}{rest}', self.text, token.position)
        if self.next.text == ",":
            refuse("found a second comma; decimals are written 0.5", self.text, self.next.position)
        if self.bracketed_in > 0:
            message = f'"{token.text},{following.text}" in brackets is ambiguous: write {token.text}.{following.text}'
            refuse(f"{message}, or a space behind the comma of a vector", self.text, token.position)
        return numeral(self.text, Token("number", f"{token.text}.{following.text}", token.position, following.end))

    def operator(self, token: Token) -> Expr:
        """Read what begins with a sign."""
        match token.text:
            case "(" | "{(":
                return self.parenthesised()
            case "[":
                return self.bracket_list()
            case "{":
                return self.group()
            case "|" | "l|":
                return self.bars_around()
            case "√":
                return self.root()
            case "∂":
                return self.partial_derivative()
            case "∇":
                return self.gradient()
            case "𝟙":
                return self.one_of_condition()
            case "Σ":
                return self.summation()
            case "…":
                return refuse("dots are not read: write all terms out", self.text, token.position)
            case _:
                return self.unexpected('a number, a name or "("')

    def command(self, token: Token) -> Expr:
        """Read what a command stands for."""
        kind, _, environment = token.text.partition(":")
        match kind:
            case "frac":
                return self.fraction()
            case "sqrt" | "root":
                return self.root()
            case "sum":
                return self.summation()
            case "partial":
                return self.partial_derivative()
            case "nabla":
                return self.gradient()
            case "hat":
                return self.hat()
            case "dot":
                return self.dotted()
            case "one":
                return self.one_of_condition()
            case "left.":
                return self.evaluated()
            case "brace":
                return self.braced()
            case "group":
                self.take()
                return self.atom()
            case "begin" if environment in MATRICES:
                return self.matrix_rows()
            case "begin" if environment in CASES:
                return self.case_rows()
            case _:
                message = f'"{environment or kind}" is not read in answers'
                return refuse(message, self.text, token.position)
