"""Shapes of what an answer writes, and its products: of matrices where the shapes fit, else entry by entry."""

from __future__ import annotations

from typing import NoReturn

from symbackprop.errors import ParseError
from symbackprop.expr import ONE, ZERO, Adjoint, Constant, Expr, Number, Symbol, add, call, children, div, mul, power
from symbackprop.matrix import Entries, MatMul, Ones, Softmax, Sums, Transpose, entry, matmul, transpose
from symbackprop.parse.items import Shape
from symbackprop.parse.lexicon import Lexicon
from symbackprop.parse.refusals import placed, refuse
from symbackprop.parse.sizes import MOST_ENTRIES, MOST_ROWS

SCALAR: Shape = (1, 1)


class ShapeError(ParseError):
    """Matrices whose shapes do not fit: `shapes` has both; the message says where a transpose would make them fit."""

    def __init__(self, message: str, text: str, position: int, shapes: tuple[Shape, Shape]) -> None:
        """Keep the shapes beside the message."""
        super().__init__(message, text, position)
        self.shapes = shapes


class Shapes:
    """Keeps the shape of every expression built while one answer is read."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text = text
        self.lexicon = lexicon
        self.kept: dict[int, tuple[Expr, Shape]] = {}

    def of(self, expr: Expr, position: int = 0) -> Shape:
        """Return the shape of an expression; raises ShapeError where its parts do not fit."""
        known = self.kept.get(id(expr))
        if known is not None:
            return known[1]
        found = self.found(expr, position)
        self.kept[id(expr)] = (expr, found)
        return found

    def found(self, expr: Expr, position: int) -> Shape:
        """Work a shape out."""
        match expr:
            case Symbol():
                return self.lexicon.shape(expr)
            case Number() | Constant():
                return SCALAR
            case Ones(size):
                return (int(size), 1)
            case Entries(rows):
                return (len(rows), len(rows[0]))
            case Transpose(body):
                height, width = self.of(body, position)
                return (width, height)
            case Sums(body) | Softmax(body):
                return self.of(body, position)
            case MatMul(factors):
                first, *rest = (self.of(factor, position) for factor in factors)
                for right in rest:
                    if first[1] != right[0]:
                        self.unfit("multiply", first, right, position)
                    first = (first[0], right[1])
                return first
            case _:
                found = SCALAR
                for part in children(expr):
                    shape = self.of(part, position)
                    if SCALAR not in {shape, found} and shape != found:
                        self.unfit("combine", found, shape, position)
                    found = shape if found == SCALAR else found
                return found

    def unfit(self, verb: str, left: Shape, right: Shape, position: int, names: tuple[str, str] = ("", "")) -> NoReturn:
        """Refuse shapes that do not fit, and say which transpose would."""
        hint = ""
        one, other = (f"{name} ({shown(size)})" if name else shown(size) for name, size in zip(names, (left, right), strict=True))
        if verb == "multiply":
            flipped = [
                which
                for which, a, b in (("left", left[::-1], right), ("right", left, right[::-1]), ("", left[::-1], right[::-1]))
                if a[1] == b[0]
            ]
            named = [names[which == "right"] for which in flipped if which]
            if named and all(named):
                turned = [name.removesuffix("ᵀ") if name.endswith("ᵀ") else f"{name}ᵀ" for name in named]
                fits = turned[0] if len(turned) == 1 else f"{turned[0]} {names[1]} or {names[0]} {turned[1]}"
                hint = f"; {fits} would fit"
            elif flipped:
                hint = f"; with the {flipped[0]} one transposed they fit" if flipped[0] else "; with both transposed they fit"
        elif left == right[::-1]:
            hint = "; one of them transposed fits"
        joined = "by" if verb == "multiply" else "with"
        entrywise = "" if verb == "multiply" else " entry by entry"
        message = f"cannot {verb} {one} {joined} {other}{entrywise}{hint}"
        raise ShapeError(placed(message, self.text, position), self.text, position, (left, right))

    def scalar(self, expr: Expr, position: int = 0) -> bool:
        """Whether an expression is a scalar."""
        return self.of(expr, position) == SCALAR

    # --- operations --------------------------------------------------------------------------------------------

    def product(self, left: Expr, right: Expr, sign: str, position: int) -> Expr:
        """
        Multiply two expressions as a sign says.

        "@" is a product of matrices, "⊙" one entry by entry; "*" is entry by entry where that fits, "·" and "" (nothing
        between them) are products of matrices where those fit.
        """
        a, b = self.of(left, position), self.of(right, position)
        if SCALAR in {a, b} and sign != "@":
            return mul(left, right)
        fits, same = a[1] == b[0], a == b
        names = (self.name(left), self.name(right))
        if sign == "⊙" and not same:
            self.unfit("combine", a, b, position, names)
        if sign == "⊙" or (same and sign == "*"):
            return mul(left, right)
        if not fits and same and sign != "@" and 1 in a:
            which = f"{names[0]} and {names[1]}, both {shown(a)}," if all(names) else f"two factors of {shown(a)}"
            message = f"the product of {which} can be meant in two ways: write ⊙ for entry by entry"
            inner = "aᵀ b for the sum" if a[1] == 1 else "a bᵀ for the sum"
            refuse(f"{message}, {inner}", self.text, position)
        spreads = all(x == y or 1 in {x, y} for x, y in zip(a, b, strict=True)) and (a[1], b[0]) != (1, 1)
        if fits and sign == "*" and spreads:
            message = 'NumPy\'s "*" spreads one of these over the other: write @ for the product of matrices'
            refuse(message, self.text, position)
        if not fits and same and sign == "·":
            return mul(left, right)
        if not fits:
            self.unfit("multiply", a, b, position, names)
        if SCALAR in {a, b}:
            return mul(left, right)
        return matmul(left, right)

    def name(self, expr: Expr) -> str:
        """Return how a factor is called in a sentence: a name, or a name transposed; "" for a formula."""
        if isinstance(expr, Transpose):
            inner = self.name(expr.body)
            return f"{inner}ᵀ" if inner else ""
        if isinstance(expr, Adjoint) and not expr.is_delta:
            return f"d{expr.output}/d{expr.of}"
        return self.lexicon.own.get(expr.name, expr.name) if isinstance(expr, Symbol) else ""

    def total(self, terms: list[Expr], position: int) -> Expr:
        """Add; a column beside a matrix with as many rows is added to every column."""
        shapes = [self.of(term, position) for term in terms]
        widest = max(shapes, key=lambda shape: (shape != SCALAR, shape[1], shape[0]))
        spread: list[Expr] = []
        for term, shape in zip(terms, shapes, strict=True):
            if shape not in (widest, SCALAR):
                if shape == (widest[0], 1):
                    spread.append(matmul(term, transpose(Ones(widest[1]))))
                    continue
                self.unfit("combine", widest, shape, position)
            spread.append(term)
        return add(*spread)

    def quotient(self, top: Expr, bottom: Expr, position: int) -> Expr:
        """Divide; two matrices entry by entry."""
        a, b = self.of(top, position), self.of(bottom, position)
        if SCALAR not in {a, b} and a != b:
            self.unfit("combine", a, b, position)
        return div(top, bottom)

    def raised(self, base: Expr, exponent: Expr) -> Expr:
        """Raise to a power, a matrix entry by entry."""
        return power(base, exponent)

    def transposed(self, body: Expr, position: int) -> Expr:
        """Transpose; a scalar stays as it is."""
        if self.scalar(body, position):
            return body
        if isinstance(body, Entries):
            return Entries(tuple(zip(*body.rows, strict=True)))
        return transpose(body)

    def applied(self, function: str, body: Expr, position: int) -> Expr:
        """Apply a function to every entry, softmax to every column."""
        if function in {"softmax", "log_softmax"}:
            return Softmax(body, log=function == "log_softmax") if not self.scalar(body, position) else ONE
        return call(function, body)

    def summed(self, body: Expr, axis: int | None, position: int) -> Expr:
        """Add all entries (axis None), every column (0) or every row (1)."""
        height, width = self.of(body, position)
        result = body
        if axis in {None, 0} and height > 1:
            result = matmul(transpose(Ones(height)), result)
        if axis in {None, 1} and width > 1:
            result = matmul(result, Ones(width))
        return result

    def entry(self, expr: Expr, row: int, column: int, position: int) -> Expr:
        """Return one entry, from 1, as a scalar expression."""
        if self.scalar(expr, position):
            return expr
        return entry(expr, row, column, _SymbolShapes(self.lexicon, expr), self.named)

    def named(self, symbol: Symbol, row: int, column: int) -> Expr:
        """Return one entry of a whole layer."""
        return self.lexicon.entry(symbol, row, column)

    def diagonal(self, body: Expr, position: int) -> Expr:
        """Return the square matrix with a vector's entries on its diagonal."""
        height, width = self.of(body, position)
        size = max(height, width)
        if min(height, width) != 1:
            message = placed(f"diag takes a vector, found {shown((height, width))}", self.text, position)
            raise ShapeError(message, self.text, position, (SCALAR, (height, width)))
        self.checked(size, size, position)
        values = [self.entry(body, *((k, 1) if width == 1 else (1, k)), position) for k in range(1, size + 1)]
        return Entries(tuple(tuple(values[i] if i == j else ZERO for j in range(size)) for i in range(size)))

    def checked(self, height: int, width: int, position: int) -> None:
        """Refuse a matrix that is too large."""
        if max(height, width) > MOST_ROWS or height * width > MOST_ENTRIES:
            limits = f"up to {MOST_ROWS}×{MOST_ROWS} and {MOST_ENTRIES:,} entries"
            refuse(f"a matrix of {shown((height, width))} is too large: {limits}", self.text, position)


class _SymbolShapes(dict[str, Shape]):
    """The shapes of the symbols of one expression, derivatives included, as `matrix.entry` asks for them."""

    def __init__(self, lexicon: Lexicon, expr: Expr) -> None:
        stack, found = [expr], {}
        while stack:
            part = stack.pop()
            if isinstance(part, Symbol):
                found[part.name] = lexicon.shape(part)
            stack.extend(children(part))
        super().__init__(found)


def shown(shape: Shape) -> str:
    """Return a shape as people write it."""
    return f"{shape[0]}×{shape[1]}"
