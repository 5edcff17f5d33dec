"""What programs write: NumPy by its own names, methods, indicators, vectors of ones."""

from __future__ import annotations

from symbackprop.expr import (
    ONE,
    ZERO,
    Cases,
    Condition,
    Constant,
    Expr,
    Number,
    div,
    number,
)
from symbackprop.matrix import Ones, transpose
from symbackprop.names import short
from symbackprop.parse.calls import Calls
from symbackprop.parse.refusals import refuse
from symbackprop.parse.spellings import (
    LIBRARY,
    STEPS,
    function_of,
)
from symbackprop.parse.tokens import Token

_COUNTS = {
    "dot": 2, "outer": 2, "⊙": 2, "@": 2, "sum": 1, "mean": 1, "transpose": 1, "where": 3, "square": 1, "power": 2, "array": 1,
    "diag": 1, "heaviside": 2, "ones": 1,
}  # fmt: skip


class Library(Calls):
    """Reads what has one meaning in NumPy."""

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
        if (holds := self.equal_numbers(closings[opening.text])) is not None:
            return holds
        if opening.text == "{" and self.next.kind == "number" and self.peek().text == "}":
            size = self.whole("a length")
            self.take()
            return self.ones_of(size, token)
        inner = self.inside(opening, closings[opening.text], listed=True)
        if len(inner) == 2 and token.text in STEPS and isinstance(inner[1], Number):
            inner = inner[:1]
        if len(inner) != 1:
            refuse("one condition is accepted here", self.text, opening.position)
        (body,) = inner
        if isinstance(body, Cases) and body.otherwise == ZERO and len(body.branches) == 1:
            return body
        if token.text not in STEPS:
            refuse("a condition such as z > 0 is accepted here", self.text, opening.position)
        return Cases(((ONE, Condition(body, ">", ZERO)),), ZERO)

    def equal_numbers(self, closing: str) -> Expr | None:
        """Read j = k or j ≠ 2 up to a closing bracket, as 1 or 0; None, and nothing is taken, where it is neither."""
        left, sign, right = self.next, self.peek(), self.peek(2)
        if sign.text not in {"=", "!="} or self.peek(3).text != closing or {left.kind, right.kind} - {"word", "number"}:
            return None
        names = [side.text for side in (left, right) if side.kind == "word" and side.text not in self.bound]
        if any(self.lexicon.spelled(name) is not None for name in names):
            return None
        same = self.index_number(left) == self.index_number(right)
        for _ in range(4):
            self.take()
        return ONE if same == (sign.text == "=") else ZERO

    def holds_condition(self, ahead: int) -> bool:
        """Whether the bracket that comes after some tokens has a condition in it."""
        depth = 0
        for token in self.tokens[self.index + ahead :]:
            depth += (token.text in {"(", "[", "{", "{("}) - (token.text in {")", "]", "}", ")}"})
            if depth <= 0 or token.kind in {"end", "break"}:
                return False
            if depth == 1 and token.text in {"<", ">", "<=", ">=", "=", "!="}:
                return True
        return False

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

    def library(self, token: Token) -> Expr:
        """Read a function of NumPy by its own name, where it has one meaning."""
        word = token.text
        name = LIBRARY.get(word, word)
        if word == "pi":
            return Constant("pi")
        if word == "e" and self.next.text != "(":
            return Constant("e")
        if name == "newaxis" or self.next.text != "(":
            refuse(f'"{short(word)}" is not read here', self.text, token.position)
        count = _COUNTS.get(name)
        if count is None:
            function = function_of(name)
            if not function:
                refuse(f'the function "{short(word)}" is not read in answers', self.text, token.position)
            return self.applied(function, token)
        position = token.position
        found, options = self.python_arguments()
        if len(found) != count:
            many = "s" if count > 1 else ""
            refuse(f'"{short(word)}" takes {count} argument{many} here, found {len(found)}', self.text, position)
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
        return refuse(f'".{name.text}" is not read like this', self.text, self.tokens[place].position)

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
