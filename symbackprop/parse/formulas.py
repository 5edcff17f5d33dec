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

from symbackprop.expr import ONE, ZERO, Cases, Condition, Constant, Expr, Number, Symbol, call, mul, number
from symbackprop.functions import SELECTIONS, VECTOR_FUNCTIONS
from symbackprop.matrix import Entries
from symbackprop.names import short
from symbackprop.parse.calls import Calls
from symbackprop.parse.quantities import NoSuchUnit, function_of
from symbackprop.parse.refusals import refuse
from symbackprop.parse.sizes import (
    DEEPEST_NESTING,
    LARGEST_ANSWERED_EXPONENT,
    LARGEST_NUMBER_BITS,
    MOST_TERMS,
    bits_of,
    degree_of,
)
from symbackprop.parse.tokens import Token, numeral

_SIGNS = {"+": 1, "-": -1}
RELATIONS = ("<", "<=", ">", ">=")
_PRODUCTS = {"*": "*", "·": "·", "@": "@", "⊙": "⊙"}
_STARTS = frozenset({"frac", "sqrt", "root", "sum", "hat", "dot", "partial", "nabla", "one", "left.", "brace", "group", "set"})
_OPENINGS = frozenset({"(", "√", "{", "{(", "l|", "∂", "∇", "𝟙", "Σ", "["})
_KEYWORDS = frozenset({"if", "else", "otherwise", "for"})
MATRICES = frozenset({"matrix", "bmatrix", "pmatrix", "smallmatrix", "array", "Bmatrix"})
CASES = frozenset({"cases", "dcases"})


class Formulas(Calls):
    """Reads one formula; every method reads one level of the grammar."""

    bars = 0
    listed = 0  # inside a list, where a comma separates
    spaced = 0  # inside square brackets, where a space may separate

    # --- values and conditions ---------------------------------------------------------------------------------

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

    # --- sums and products -------------------------------------------------------------------------------------

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
        if token.kind != "operator":
            return False
        return token.text in _OPENINGS or (token.text == "|" and self.bars == 0)

    def signed(self) -> Expr:
        """Read a factor that may have a sign."""
        sign = self.signs()
        factor = self.power()
        return mul(-1, factor) if sign < 0 else factor

    # --- powers ------------------------------------------------------------------------------------------------

    def power(self) -> Expr:
        """Read an atom with what stands behind it: exponents, transposes, a percent sign."""
        start = self.next
        return self.postfixed(self.atom(), start)

    def postfixed(self, base: Expr, start: Token) -> Expr:
        """Read what stands behind an atom."""
        while True:
            token = self.next
            if token.kind == "operator" and token.text in {"^", "**", ".^"}:
                if self.transposes():
                    base = self.shapes.transposed(base, token.position)
                    continue
                self.take()
                if self.latex and self.is_word(self.next) and self.peek().text == "_":
                    refuse("how far the exponent reaches is ambiguous: write it in braces", self.text, self.next.position)
                self.deeper(token)
                exponent = self.group() if self.next.text == "{" and self.next.kind == "operator" else self.signed()
                base = self.raised(base, exponent, token)
                self.depth -= 1
            elif token.text == "ᵀ" and token.kind == "operator":
                self.take()
                base = self.shapes.transposed(base, token.position)
            elif token.text == "." and self.peek().text in {"T", "transpose", "t", "sum", "dot", "mean", "astype"}:
                base = self.method(base, self.take())
            elif token.text == "%" and token.kind == "operator" and isinstance(base, Number):
                self.take()
                base = mul(number(1) / 100, base)
            elif token.text == "'" and token.kind == "operator":
                message = "a prime differentiates a function, as in σ'(z); the transpose is written W^T"
                refuse(message, self.text, token.position)
            else:
                return base

    def transposes(self) -> bool:
        r"""Take ^T, ^{\top} or ^\intercal."""
        names = {"T", "t", "transpose", "ᵀ", "⊤"}
        inner = 2 if self.peek().text == "{" else 1
        token = self.peek(inner)
        mark = token.text in names and (token.kind == "command" or token.kind == "operator" or token.text == "T")
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
            size = abs(exponent.value)
            if size > LARGEST_ANSWERED_EXPONENT:
                message = f"the exponent {_short_number(exponent)} is too large: exponents up to {LARGEST_ANSWERED_EXPONENT} are accepted"
                refuse(message, self.text, token.position)
            if isinstance(base, Number) and base.value == 0 and exponent.value < 0:
                refuse("division by zero (0 to a negative power)", self.text, token.position)
            if degree_of(base) * size > max(4 * LARGEST_ANSWERED_EXPONENT, size):
                refuse(f"powers of powers multiply to more than {4 * LARGEST_ANSWERED_EXPONENT}", self.text, token.position)
        elif not self.shapes.scalar(exponent, token.position):
            refuse("an exponent is a scalar; this is a matrix", self.text, token.position)
        height, width = self.shapes.of(base, token.position)
        if height == width > 1 and token.text == "^":
            refuse("a power of a square matrix is ambiguous: write A @ A, or A**2 for every entry", self.text, token.position)
        return self.checked(self.shapes.raised(base, exponent), token)

    # --- atoms -------------------------------------------------------------------------------------------------

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
                self.strange(token)
            case "text":
                refuse(f'found the words "{token.text[:24]}": only formulas are read', self.text, token.position)
            case _:
                self.unexpected('a number, a name or "("')

    def numeral(self) -> Expr:
        """Read a number; a comma between digits is a decimal comma where it can be nothing else."""
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
            message = f'"{token.text},{following.text}" is ambiguous: write {token.text}.{following.text} or {token.text}{following.text}'
            refuse(message, self.text, token.position)
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
                refuse("dots are not read: write all terms out", self.text, token.position)
            case _:
                self.unexpected('a number, a name or "("')

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
                refuse(message, self.text, token.position)

    # --- brackets ----------------------------------------------------------------------------------------------

    bracketed_in = 0

    def inside(self, opening: Token, closing: str, *, listed: bool = False) -> list[Expr]:
        """Read what stands between two brackets: one value, or several with commas between them."""
        self.deeper(opening)
        kept = self.bars, self.listed, self.spaced, self.bracketed_in
        self.bars, self.spaced, self.listed = 0, 0, int(listed)
        self.bracketed_in = 0 if closing == "}" else 1
        if self.next.text == closing:
            self.unexpected('a number, a name or "("')
        found = [self.value()]
        while closing != "}" and self.accept(","):
            found.append(self.value())
        self.expect(closing, opening)
        self.bars, self.listed, self.spaced, self.bracketed_in = kept
        self.depth -= 1
        return found

    def group(self) -> Expr:
        """Read a group in braces."""
        return self.inside(self.take(), "}")[0]

    def argument(self) -> Expr:
        """Read the argument of a command: a group, or one token."""
        if self.next.text == "{" and self.next.kind == "operator":
            return self.group()
        token = self.next
        if token.kind == "number" and len(token.text) > 1:
            refuse(f'"{token.text}" behind a command needs braces: {{{token.text}}}', self.text, token.position)
        return self.atom()

    def parenthesised(self) -> Expr:
        """Read a bracket; several values in it are a vector."""
        opening = self.take()
        found = self.inside(opening, ")" if opening.text == "(" else ")}")
        return found[0] if len(found) == 1 else self.matrix([[part] for part in found], opening)

    def bracket_list(self) -> Expr:
        """Read [x], [1, 2], [1; 2], [[1, 2], [3, 4]] or [z > 0]."""
        opening = self.take()
        self.deeper(opening)
        kept = self.bars, self.listed, self.spaced, self.bracketed_in
        self.bars, self.listed, self.spaced, self.bracketed_in = 0, 1, self.depth, 0
        rows: list[list[Expr]] = [[]]
        nested = 0
        while True:
            nested += self.next.text == "["
            rows[-1].append(self.value())
            if self.accept(";"):
                rows.append([])
            elif not self.accept(",") and self.next.kind != "number":
                break
            if self.next.text == "]" and rows[-1]:
                break
        self.expect("]", opening)
        self.bars, self.listed, self.spaced, self.bracketed_in = kept
        self.depth -= 1
        if len(rows) > 1:
            return self.matrix(rows, opening)
        (row,) = rows
        if nested == len(row) and (len(row) > 1 or isinstance(row[0], Entries)):
            return self.stacked(row, opening)
        return row[0] if len(row) == 1 else self.matrix([[part] for part in row], opening)

    def stacked(self, rows: list[Expr], token: Token) -> Expr:
        """Return the matrix of [[1, 2], [3, 4]]: each inner list, read as a column, is a row."""
        lists = [[part for row in r.rows for part in row] if isinstance(r, Entries) else [r] for r in rows]
        return self.matrix(lists, token)

    def matrix(self, rows: list[list[Expr]], token: Token) -> Expr:
        """Return an explicit matrix, within the budget; a single entry is itself."""
        width = len(rows[0])
        for row in rows:
            if len(row) != width:
                refuse(f"the rows of a matrix have {width} and {len(row)} entries", self.text, token.position)
            for part in row:
                if not self.shapes.scalar(part, token.position):
                    refuse("the entries of a matrix are scalars; one of these is a matrix", self.text, token.position)
        self.shapes.checked(len(rows), width, token.position)
        return rows[0][0] if len(rows) == width == 1 else Entries(tuple(map(tuple, rows)))

    def bars_around(self) -> Expr:
        """Read |x|."""
        opening = self.take()
        self.deeper(opening)
        kept, self.bars = self.bars, int(opening.text == "|")
        body = self.value()
        if not self.accept("|" if opening.text == "|" else "r|"):
            self.unexpected('"|"')
        self.bars = kept
        self.depth -= 1
        return call("abs", body)

    def root(self) -> Expr:
        """Read √x, or a root with its index."""
        token = self.take()
        self.deeper(token)
        degree: Expr | None = None
        if token.text == "sqrt" and self.next.text == "[":
            degree = self.inside(self.take(), "]")[0]
        body = self.argument() if token.kind == "command" and token.text == "sqrt" else self.atom()
        self.depth -= 1
        if degree is None:
            return call("sqrt", body)
        if not isinstance(degree, Number) or degree.value == 0:
            refuse("the index of a root is a number other than 0", self.text, token.position)
        return call("sqrt", body) if degree.value == 2 else self.raised(body, number(1) / degree, token)

    def braced(self) -> Expr:
        r"""Read \underbrace{x}_{…}: what stands under the brace is left out."""
        self.take()
        body = self.argument()
        while self.next.text in {"_", "^"} and self.peek().text == "{":
            self.take()
            depth = 0
            while self.next.kind != "end":
                token = self.take()
                depth += (token.text == "{") - (token.text == "}")
                if depth == 0:
                    break
        return body

    # --- sums, rows --------------------------------------------------------------------------------------------

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
        self.index, self.tokens, self.beyond = end, after, kept
        if before is None:
            del self.bound[letter]
        else:
            self.bound[letter] = before
        self.depth -= 1
        return self.shapes.total(found, token.position)

    def one_range(self, letter: str, token: Token) -> None:
        """Refuse a sum without a range whose factors end at different units: the value is one beyond the last."""
        kept, self.beyond = self.beyond, []
        try:
            self.signs()
            self.product()
            longer = any(self.beyond)
        except NoSuchUnit:
            longer = False
        finally:
            self.beyond = kept
        if longer:
            refuse(f"the sum over {letter} needs its range: its factors have different numbers of units", self.text, token.position)

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
        if braced and self.accept("="):
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

    def whole(self, what: str) -> int:
        """Read a whole number, or the letter of an outer sum, or the number of samples."""
        token = self.take()
        if token.kind == "number" and token.text.isdigit() and len(token.text) < 6:
            return int(token.text)
        if token.text in self.bound:
            return self.bound[token.text]
        if token.text in {"m", "N"} and self.lexicon.samples > 1:
            return self.lexicon.samples
        refuse(f"found {token.shown} where {what} is accepted: a whole number", self.text, token.position)

    def matrix_rows(self) -> Expr:
        r"""Read the rows of a matrix between \begin and \end."""
        opening = self.take()
        self.deeper(opening)
        kept = self.bars, self.listed, self.spaced, self.bracketed_in
        self.bars = self.listed = self.spaced = self.bracketed_in = 0
        rows: list[list[Expr]] = [[]]
        while True:
            rows[-1].append(self.value())
            if self.accept("\\\\"):
                if self.next.text.startswith("end:"):
                    break
                rows.append([])
            elif not self.accept("&"):
                break
        self.environment_end(opening)
        self.bars, self.listed, self.spaced, self.bracketed_in = kept
        self.depth -= 1
        return self.matrix(rows, opening)

    def environment_end(self, opening: Token) -> None:
        r"""Take the \end of an environment."""
        if self.next.text != opening.text.replace("begin:", "end:"):
            self.unexpected(f"\\end{{{opening.text.partition(':')[2]}}}")
        self.take()

    def case_rows(self) -> Expr:
        r"""Read the branches between \begin{cases} and \end{cases}; the last is for all that is left."""
        opening = self.take()
        self.deeper(opening)
        kept, self.bracketed_in = self.bracketed_in, 0
        branches: list[tuple[Expr, list[Condition] | None]] = []
        while not self.next.text.startswith("end:"):
            value = self.sum()
            while self.accept("&", ","):
                pass
            self.keyword("if")
            if self.keyword("otherwise") or self.keyword("else"):
                branches.append((value, None))
            else:
                branches.append((value, self.conditions(self.sum())))
            self.accept(",", ".", ";")
            if not self.accept("\\\\"):
                break
        self.environment_end(opening)
        self.bracketed_in = kept
        self.depth -= 1
        if not 2 <= len(branches) <= DEEPEST_NESTING or any(tests is None for _, tests in branches[:-1]):
            refuse("cases need two branches or more, the last of them for all other cases", self.text, opening.position)
        result = branches[-1][0]
        simple: list[tuple[Expr, Condition]] = []
        for value, tests in reversed(branches[:-1]):
            assert tests is not None
            if len(tests) == 1:
                simple.insert(0, (value, tests[0]))
                continue
            result = Cases(tuple(simple), result) if simple else result
            simple = []
            inner = value
            for test in reversed(tests):
                inner = Cases(((inner, test),), result)
            result = inner
        return Cases(tuple(simple), result) if simple else result

    # --- names -------------------------------------------------------------------------------------------------

    def named(self, token: Token) -> Expr:
        """Read a word: a derivative, a quantity, a function with its argument, a constant, or a product of names."""
        word = token.text
        if word in {"np", "numpy", "math", "torch", "jnp"} and self.next.text == "." and self.is_word(self.peek()):
            self.take()
            return self.library(self.take())
        derivative = self.written_ratio(token)
        if derivative is not None:
            return derivative
        function = function_of(word)
        if function and self.lexicon.word(word) is None and (function in SELECTIONS or function in VECTOR_FUNCTIONS):
            return self.called(token, function)
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
        self.unknown(token)

    def not_applied(self, found: Expr, token: Token) -> None:
        """Refuse z(x) and a(2), which may be products as well as z as a function of x and an entry of a."""
        inner, closing = self.peek(), self.peek(2)
        if self.next.text != "(" or not isinstance(found, Symbol) or closing.text not in {")", ","}:
            return
        name = self.lexicon.own.get(found.name, found.name)
        if inner.kind == "number" and not self.shapes.scalar(found) and self.next.position == token.end:
            message = f'"{name}({inner.text})" is ambiguous: write {name}[{inner.text}] for an entry, {name}*{inner.text} for a product'
            refuse(message, self.text, token.position)
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
                factor = None if read is None else self.postfixed(read, piece)
            if factor is None:
                self.unknown(piece)
            result = self.shapes.product(result, factor, "", piece.position)
        return result


def _short_number(value: Number) -> str:
    text = str(value.value)
    return text if len(text) <= 24 else text[:23] + "…"

