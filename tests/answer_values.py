"""
What an answer is worth: its entries at random points, by means that do not depend on the checker.

A reading in plain names, and an expression that was read, are both taken apart into scalars here and evaluated at points
of `verify`; the code that the checker uses for this is not called.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from fractions import Fraction
from functools import cache, cached_property
from typing import Any, TypeAlias

from symbackprop.derivation import Derivation, derive
from symbackprop.errors import DomainError
from symbackprop.evaluate import missing
from symbackprop.expr import (
    ONE,
    Adjoint,
    Call,
    Constant,
    Expr,
    Number,
    Partial,
    Power,
    Symbol,
    add,
    call,
    children,
    mul,
    number,
    rebuild,
    symbols,
    transform,
)
from symbackprop.functions import FUNCTIONS
from symbackprop.matrix import Entries, MatMul, Ones, Slope, Softmax, Sums, Transpose
from symbackprop.parse import parse
from symbackprop.verify.draws import Draws
from symbackprop.verify.field import FieldPoint, NoRootError, P
from symbackprop.verify.points import Point, Setting
from symbackprop.verify.reals import RealPoint

Rows: TypeAlias = list[list[Expr]]

RATE = "eta"

_LAYER = re.compile(r"(?P<letter>[A-Za-z]+?)(?P<layer>\d*)(?P<rest>(?:_s\d+)?)")


class ShapesError(Exception):
    """Matrices that cannot be combined."""


class Worth:
    """One problem, with points at which to evaluate answers to it."""

    def __init__(self, problem: str | Mapping[str, Any]) -> None:
        self.derivation: Derivation = derive(problem)
        made = self.derivation.problem
        self.setting = Setting(self.derivation.graph, made.constraints, made.assumptions)
        self.known = made.known
        self.own = {own: plain for plain, own in made.names.items()}

    @cached_property
    def field_points(self) -> list[FieldPoint]:
        """Two points of the field."""
        found: list[FieldPoint] = []
        source = random.Random(20)
        while len(found) < 2:
            try:
                found.append(FieldPoint(self.setting, P, source, lawful=True))
            except NoRootError:
                continue
        return found

    @cached_property
    def real_points(self) -> list[RealPoint]:
        """Some rational points, in several cells of what has kinks; for a function, up to 24 spread wide as well."""
        points = Draws(self.setting, 5).rational_points()
        found = [next(points) for _ in range(6)]
        if self.derivation.problem.kind == "function":
            source = random.Random(7)
            for _ in range(24):
                leaves = {leaf.symbol.name: Fraction(source.randint(-600, 600), 101) for leaf in self.derivation.graph.leaves}
                with suppress(DomainError):
                    found.append(RealPoint(self.setting, leaves))
        return found

    @cached_property
    def own_point(self) -> RealPoint | None:
        """The problem's own point, if it gives one."""
        made = self.derivation.problem
        if missing(self.derivation.graph, made.point):
            return None
        leaves = {name: Fraction(value.value) for name, value in made.point.items() if isinstance(value, Number)}
        return RealPoint(self.setting, leaves)

    @property
    def rate(self) -> Expr:
        """The learning rate: as declared, else some number."""
        training = self.derivation.problem.training
        value = training.options.hyperparameters["learning_rate"] if training else Fraction(31, 97)
        return value if isinstance(value, Expr) else number(Fraction(value))

    # --- names -----------------------------------------------------------------------------------------------

    def symbol(self, name: str) -> Symbol:
        """Return what a plain name of a reading stands for, a scalar or a whole layer; raises KeyError."""
        name = self.own.get(name, name.replace("∂", "d").replace("/d", "_d"))
        if self.is_quantity(name) or name == RATE:
            return Symbol(name)
        if found := re.fullmatch(r"(delta|Delta)(.+)", name):
            of = ("z" if found[1] == "delta" else "Z") + found[2]
            sample = re.search(r"_s\d+$", name)
            output = "L" + sample[0] if sample else self.loss
            if self.is_quantity(of):
                return Adjoint(name, output, of)
        if name.startswith("local_"):
            return self.pair(name.removeprefix("local_"), "_", Partial)
        if name.startswith("d"):
            return self.pair(name.removeprefix("d"), "_d", Adjoint)
        raise KeyError(name)

    def pair(self, text: str, between: str, kind: Callable[[str, str, str], Symbol]) -> Symbol:
        """Split "L_dw1_1_1" into two quantities."""
        for found in re.finditer(between, text):
            left, right = text[: found.start()], text[found.end() :]
            left, right = self.own.get(left, left), self.own.get(right, right)
            if self.is_quantity(left) and self.is_quantity(right):
                return kind(text, left, right)
        raise KeyError(text)

    @cached_property
    def loss(self) -> str:
        """What a δ without a sample is the derivative of."""
        return "L" if "L" in self.known or "J" in self.known else self.derivation.output

    def is_quantity(self, name: str) -> bool:
        """Whether a name is a scalar or a whole layer."""
        return name in self.known or bool(self.whole(name))

    def whole(self, name: str) -> list[list[str]]:
        """Return the plain names of a whole layer, row by row; empty for any other name."""
        form = _LAYER.fullmatch(name)
        if name in self.known or not form or self.derivation.problem.kind != "network":
            return []
        letter, layer, rest = form.groups()
        if letter == "L" and not rest and "L_s1" in self.known:
            return [[f"L_s{i}" for i in self.numbers(r"L_s(\d+)")]]
        if letter == "W" and layer and not rest:
            base = f"w{layer}"
            columns = self.numbers(rf"{base}_1_(\d+)")
            return [[f"{base}_{j}_{k}" for k in columns] for j in self.numbers(rf"{base}_(\d+)_1")]
        lower = letter.lower()
        if lower not in {"x", "y", "z", "a", "b"} or bool(layer) == (lower in {"x", "y"}):
            return []
        base = lower + layer
        if letter.isupper():
            count = self.numbers(rf"{base}_1_s(\d+)")
            return [[f"{base}_{j}_s{i}" for i in count] for j in self.numbers(rf"{base}_(\d+)_s1")]
        return [[f"{base}_{j}{rest}"] for j in self.numbers(rf"{base}_(\d+){rest}")]

    def numbers(self, pattern: str) -> list[int]:
        """Return the numbers that occur at a place of plain names."""
        return sorted({int(found[1]) for name in self.known if (found := re.fullmatch(pattern, name))})

    def spread(self, name: str) -> list[list[str]]:
        """Return the scalars of a quantity, row by row."""
        return self.whole(name) or [[name]]

    def entries_of(self, symbol: Symbol) -> Rows:
        """Return a symbol's scalars, each under a name that says exactly what it is."""
        if symbol.name == RATE:
            return [[self.rate]]
        if not isinstance(symbol, Adjoint | Partial):
            return [[Symbol(name) for name in row] for row in self.spread(symbol.name)]
        top, bottom = (symbol.output, symbol.of) if isinstance(symbol, Adjoint) else (symbol.child, symbol.parent)
        above, below = self.spread(top), self.spread(bottom)
        samples = above[0] if len(above) == 1 and len(above[0]) > 1 else [above[0][0]] * len(below[0])
        if len(above) > 1 or len(samples) != len(below[0]):
            if below != [[bottom]]:
                raise ShapesError
            return [[exact_derivative(symbol, a, bottom) for a in row] for row in above]
        return [[exact_derivative(symbol, a, b) for a, b in zip(samples, row, strict=True)] for row in below]

    # --- expressions -----------------------------------------------------------------------------------------

    def read(self, reading: str) -> Expr:
        """Return a row's reading as an expression."""
        expr = parse(reading)
        return transform(expr, lambda part: self.symbol(part.name) if type(part) is Symbol else None)

    def rows(self, expr: Expr) -> Rows:
        """Take an expression apart into scalars, row by row; raises ShapesError."""
        match expr:
            case Symbol():
                return self.entries_of(expr)
            case Number() | Constant():
                return [[expr]]
            case Ones(size):
                return [[ONE] for _ in range(int(size))]
            case Entries(rows):
                blocks = [[self.scalar(entry) for entry in row] for row in rows]
                if len({len(row) for row in blocks}) != 1:
                    raise ShapesError
                return blocks
            case Transpose(body):
                return [list(row) for row in zip(*self.rows(body), strict=True)]
            case MatMul(factors):
                result = self.rows(factors[0])
                for factor in factors[1:]:
                    result = times(result, self.rows(factor))
                return result
            case Sums(body, along):
                inner = self.rows(body)
                if along:
                    return [[add(*row)] * len(row) for row in inner]
                return [[add(*column) for column in zip(*inner, strict=True)] for _ in inner]
            case Softmax(body, along, log):
                name, inner = "log_softmax" if log else "softmax", self.rows(body)
                lines = inner if along else [list(row) for row in zip(*inner, strict=True)]
                done = [[call(name, number(i), *line) for i in range(1, len(line) + 1)] for line in lines]
                return done if along else [list(row) for row in zip(*done, strict=True)]
            case Slope(function, body):
                row = FUNCTIONS[function]
                return [[row.slope(entry, call(function, entry)) for entry in line] for line in self.rows(body)]
            case Call(function) if function in {"softmax", "log_softmax"}:
                return [[rebuild(expr, tuple(self.scalar(part) for part in children(expr)))]]
            case _:
                return self.entrywise(expr)

    def entrywise(self, expr: Expr) -> Rows:
        """Combine entry by entry, where a scalar goes with every shape."""
        parts = [self.rows(part) for part in children(expr)]
        shapes = {(len(part), len(part[0])) for part in parts} - {(1, 1)}
        if len(shapes) > 1:
            raise ShapesError
        height, width = next(iter(shapes), (1, 1))
        one = {id(part) for part in parts if (len(part), len(part[0])) == (1, 1)}
        return [
            [
                rebuild(expr, tuple(part[0][0] if id(part) in one else part[i][j] for part in parts))
                for j in range(width)
            ]
            for i in range(height)
        ]

    def scalar(self, expr: Expr) -> Expr:
        """Return an expression that must be a scalar."""
        rows = self.rows(expr)
        if (len(rows), len(rows[0])) != (1, 1):
            raise ShapesError
        return rows[0][0]

    def rows_of_reading(self, reading: Any) -> Rows:
        """Return the scalars of a row's reading: a string, or a tuple of rows."""
        if isinstance(reading, str):
            return self.rows(self.read(reading))
        return [[self.scalar(self.read(entry)) for entry in row] for row in reading]

    # --- comparing -------------------------------------------------------------------------------------------

    def same(self, left: Rows, right: Rows) -> bool:
        """Whether two matrices are equal at both points of the field."""
        if shape(left) != shape(right):
            return False
        pairs = [pair for rows in zip(left, right, strict=True) for pair in zip(*rows, strict=True)]
        pairs = [(one_exponential(a), one_exponential(b)) for a, b in pairs]
        return all(value(point, a) == value(point, b) for point in self.field_points for a, b in pairs)

    def true(self, yours: Rows, truth: Rows) -> bool:
        """Whether an answer is right: everywhere, or for numbers at the problem's own point, to three digits."""
        if shape(yours) != shape(truth):
            return False
        pairs = [pair for rows in zip(yours, truth, strict=True) for pair in zip(*rows, strict=True)]
        for mine, right in pairs:
            if symbols(mine) or self.own_point is None:
                seen = [close for point in self.real_points if (close := is_close(point, mine, right)) is not None]
                if not seen or not all(seen):
                    return False
            elif abs(self.own_point.value(mine) - self.own_point.value(right)) > abs(self.own_point.value(right)) / 1000:
                return False
        return True


@cache
def _worth(key: str) -> Worth:
    return Worth(json.loads(key))


def worth(problem: str | Mapping[str, Any]) -> Worth:
    """Return a problem with its points, made once."""
    return _worth(json.dumps(problem))


def one_exponential(expr: Expr) -> Expr:
    """Write e^u as exp(u): in an exponent the field does not know that they are the same."""

    def rewrite(part: Expr) -> Expr | None:
        if isinstance(part, Power) and part.base == Constant("e"):
            return call("exp", one_exponential(part.exponent))
        return None

    return transform(expr, rewrite)


def shape(rows: Iterable[list[Any]]) -> tuple[int, ...]:
    """Return the length of every row."""
    return tuple(map(len, rows))


def value(point: Point[Any], expr: Expr) -> Any:
    """Evaluate; where there is no value, return something that equals nothing else."""
    try:
        return point.value(expr)
    except (ValueError, DomainError):
        return object()


def is_close(point: RealPoint, left: Expr, right: Expr) -> bool | None:
    """Whether two values are equal to 30 digits; None where one of them does not exist."""
    try:
        return point.close(point.value(left), point.value(right))
    except DomainError:
        return None


def exact_derivative(symbol: Symbol, top: str, bottom: str) -> Symbol:
    """Return a derivative under a name that says of what and by what, whatever it was called."""
    if isinstance(symbol, Adjoint):
        return Adjoint(f"∂{top}/∂{bottom}", top, bottom)
    return Partial(f"local {top}/{bottom}", top, bottom)


def times(left: Rows, right: Rows) -> Rows:
    """Multiply two matrices; a 1×1 matrix is a scalar."""
    if shape(left) == (1,) or shape(right) == (1,):
        single, other = (left, right) if shape(left) == (1,) else (right, left)
        return [[mul(single[0][0], entry) for entry in row] for row in other]
    if len(left[0]) != len(right):
        raise ShapesError
    columns = list(zip(*right, strict=True))
    return [[add(*(mul(a, b) for a, b in zip(row, column, strict=True))) for column in columns] for row in left]


