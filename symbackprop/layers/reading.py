"""Matrix expressions read at letters: the (j, k) entry, with Σ where entries are mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symbackprop.expr import ONE, Adjoint, Constant, Expr, Number, Symbol, call, children, div, mul, rebuild
from symbackprop.indexed import Entry, Sigma
from symbackprop.matrix import MatMul, Ones, Shape, Softmax, Sums, Transpose, matmul, shape_of

UNIT, SAMPLE, ONLY = "unit", "sample", ""


@dataclass(frozen=True)
class Reader:
    """Reads matrix expressions at letters; `rows` says that samples are rows, `units` and `samples` are letters to sum over."""

    shapes: Mapping[str, Shape]
    rows: bool
    units: Sequence[str]
    samples: Sequence[str]

    def kinds(self, expr: Expr) -> tuple[str | None, str | None]:
        """Return what the two axes of an expression count: units, samples or only one thing; None where anything goes."""
        match expr:
            case Symbol(name=name):
                of = expr.of if isinstance(expr, Adjoint) else name
                height, width = self.shapes.get(name, (1, 1))
                if of[0] == "W":
                    return UNIT, UNIT
                if of[0] == "b":
                    return UNIT, ONLY
                if of[0] in "JL":
                    found = (SAMPLE if of == "L" and (height, width) != (1, 1) else ONLY, ONLY)
                else:
                    found = (UNIT, SAMPLE if of[0].isupper() else ONLY)
                    return found[::-1] if self.rows else found
                return found if self.rows else found[::-1]
            case Transpose(body):
                return self.kinds(body)[::-1]
            case Ones():
                return None, ONLY
            case MatMul(factors):
                return self.kinds(factors[0])[0], self.kinds(factors[-1])[1]
            case _:
                found_kinds: tuple[str | None, str | None] = (None, None)
                for part in children(expr):
                    known = self.kinds(part)
                    found_kinds = (found_kinds[0] or known[0], found_kinds[1] or known[1])
                return found_kinds

    def entry(self, symbol: Symbol, row: str, column: str) -> Expr:
        """Name an entry of a whole layer."""
        if symbol.name not in self.shapes:
            return symbol
        of = symbol.of if isinstance(symbol, Adjoint) else symbol.name
        match of[0]:
            case "W":
                return Entry(symbol, (row, column))
            case "b":
                return Entry(symbol, (row,))
            case "J" | "L":
                many = SAMPLE in self.kinds(symbol)
                return Entry(symbol, (), (row if self.rows else column) if many else "")
            case letter:
                unit, sample = (column, row) if self.rows else (row, column)
                return Entry(symbol, (unit,), sample if letter.isupper() else "")

    def at(self, expr: Expr, row: str, column: str, taken: frozenset[str] = frozenset()) -> Expr:
        """Return the entry of an expression at two letters; sums take letters that are not `taken`."""
        taken |= {row, column}

        def again(part: Expr, i: str, j: str) -> Expr:
            return self.at(part, i, j, taken)

        match expr:
            case Symbol():
                return self.entry(expr, row, column)
            case Number() | Constant():
                return expr
            case Ones():
                return ONE
            case Transpose(body):
                return again(body, column, row)
            case MatMul(factors):
                first, rest = factors[0], matmul(*factors[1:])
                kind = self.kinds(first)[1] or self.kinds(rest)[0]
                if kind == ONLY:
                    return mul(again(first, row, ""), again(rest, "", column))
                letter = self.letter(kind or UNIT, taken)
                inner = taken | {letter}
                body = mul(self.at(first, row, letter, inner), self.at(rest, letter, column, inner))
                return Sigma(body, letter, shape_of(first, self.shapes)[1])
            case Sums(body, rows):
                letter = self.letter(UNIT, taken)
                place = (row, letter) if rows else (letter, column)
                return Sigma(self.at(body, *place, taken | {letter}), letter, shape_of(body, self.shapes)[1 if rows else 0])
            case Softmax(body, rows, log):
                letter = self.letter(UNIT, taken)
                z, other = again(body, row, column), self.at(body, *((row, letter) if rows else (letter, column)))
                total = Sigma(call("exp", other), letter, shape_of(body, self.shapes)[1 if rows else 0])
                return z - call("log", total) if log else div(call("exp", z), total)
            case _:
                return rebuild(expr, tuple(again(part, row, column) for part in children(expr)))

    def letter(self, kind: str, taken: frozenset[str] | set[str]) -> str:
        """Return the first letter of a kind that is free."""
        return next(letter for letter in (self.samples if kind == SAMPLE else self.units) if letter not in taken)
