"""
One point: the values of all symbols there, and what every derivative is there.

Values forward along the graph; all local derivatives of one definition by a reverse sweep over its operations;
adjoints by a reverse sweep over the graph.  What numbers are (`field`, `reals`) is left open.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from symbackprop.arithmetic.base import component_index
from symbackprop.document import Apply, Brace, Display, Tint
from symbackprop.errors import InternalError, nearest
from symbackprop.expr import (
    Adjoint,
    Call,
    Cases,
    Condition,
    Constant,
    Exact,
    Expr,
    Number,
    Partial,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    call,
    symbols,
)
from symbackprop.functions import SELECTIONS, VECTOR_FUNCTIONS
from symbackprop.graph import Graph
from symbackprop.matrix import Slope
from symbackprop.verify.slopes import HOLE, SLOPES, definition_at_hole

T = TypeVar("T")


@dataclass(frozen=True)
class Setting:
    """What the steps are about: the forward graph, groups of leaves which sum to 1, and what is known of symbols."""

    graph: Graph
    constraints: tuple[tuple[str, ...], ...]
    assumptions: Mapping[str, frozenset[str]]


class Tape(Generic[T]):
    """
    The operations of one expression in order: values, and for each the slopes by earlier entries.

    `leaves` maps the plain names of symbols to entries; with `slopes` False only values are kept.
    """

    __slots__ = ("edges", "hole", "leaves", "slopes", "values")

    def __init__(self, *, slopes: bool) -> None:
        self.values: list[T] = []
        self.edges: list[tuple[tuple[int, T], ...]] = []
        self.leaves: dict[str, int] = {}
        self.hole = -1
        self.slopes = slopes

    def push(self, value: T, edges: tuple[tuple[int, T], ...] = ()) -> int:
        """Append a value with its slopes by earlier entries; return its entry."""
        self.values.append(value)
        self.edges.append(edges)
        return len(self.values) - 1


class Point(ABC, Generic[T]):
    """One point: the values of all symbols there, and what every derivative is there."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.graph = setting.graph
        self.env: dict[str, T] = {}
        self.known_partials: dict[str, dict[str, T]] = {}
        self.known_adjoints: dict[str, dict[str, T]] = {}
        self.known_powers: dict[Any, T] = {}
        self.zero, self.one = self.number(0), self.number(1)

    # What differs between the field and the reals.

    @abstractmethod
    def number(self, value: Exact) -> T:
        """Return the number."""

    @abstractmethod
    def constant(self, name: str) -> T:
        """Return pi or e."""

    @abstractmethod
    def add(self, left: T, right: T) -> T:
        """Add two numbers."""

    @abstractmethod
    def mul(self, left: T, right: T) -> T:
        """Multiply two numbers."""

    @abstractmethod
    def div(self, left: T, right: T) -> T:
        """Divide; the field raises ValueError for a denominator of 0, the reals DomainError."""

    @abstractmethod
    def integer_power(self, base: T, exponent: int) -> T:
        """Raise to a whole power."""

    @abstractmethod
    def raised(self, base: T, exponent: Expr) -> T:
        """Raise to a power that is no whole number."""

    @abstractmethod
    def apply(self, function: str, argument: Expr, value: T) -> T:
        """Apply a function without definition; `value` is the argument's value."""

    @abstractmethod
    def weight(self, left: T, relation: str, right: T) -> T:
        """Return 1 where the condition holds, 0 where it does not, or an unknown that stands for either."""

    def supposing(self, left: T, relation: str, right: T, *, holds: bool) -> AbstractContextManager[None]:  # noqa: ARG002 - what overrides it supposes
        """Evaluate the branch of a condition: the reals know anyway which condition holds."""
        return nullcontext()

    @contextmanager
    def within(self, argument: Expr, value: T) -> Iterator[None]:  # noqa: ARG002 - the field needs the argument
        """Enter a function's definition: let HOLE stand for the argument."""
        name, before = HOLE.name, self.env.get(HOLE.name)
        self.env[name] = value
        try:
            yield
        finally:
            del self.env[name]
            if before is not None:
                self.env[name] = before

    # Values.

    def symbol(self, symbol: Expr) -> T:
        """
        Return the true value of a quantity.

        Raises InternalError for a symbol that means nothing here.
        """
        assert isinstance(symbol, Symbol)
        if isinstance(symbol, Partial):
            return self.partials(symbol.child).get(symbol.parent, self.zero)
        if isinstance(symbol, Adjoint):
            return self.adjoints(symbol.output).get(symbol.of, self.zero)
        if symbol.name in self.env:
            return self.env[symbol.name]
        msg = f"a step uses {symbol.name}, which is not defined{nearest(symbol.name, self.env)}"
        raise InternalError(msg)

    def value(self, expr: Expr) -> T:
        """Return the value of an expression here."""
        tape: Tape[T] = Tape(slopes=False)
        return tape.values[self.record(expr, tape)]

    def record(self, expr: Expr, tape: Tape[T]) -> int:
        """Evaluate on the tape and return the entry of the result."""
        match expr:
            case Symbol(name=name):
                if name == HOLE.name and tape.hole >= 0:
                    return tape.hole
                if name not in tape.leaves:
                    tape.leaves[name] = tape.push(self.symbol(expr))
                return tape.leaves[name]
            case Number(value=value):
                return tape.push(self.number(value))
            case Constant(name):
                return tape.push(self.constant(name))
            case Sum(terms):
                parts = [self.record(term, tape) for term in terms]
                total = self.zero
                for part in parts:
                    total = self.add(total, tape.values[part])
                return tape.push(total, tuple((part, self.one) for part in parts))
            case Product(factors) | Display(factors):
                return self.record_product([self.record(factor, tape) for factor in factors], tape)
            case Quotient(numerator, denominator):
                top, bottom = self.record(numerator, tape), self.record(denominator, tape)
                below = tape.values[bottom]
                ratio = self.div(tape.values[top], below)
                slopes = ((top, self.div(self.one, below)), (bottom, self.negative(self.div(ratio, below))))
                return tape.push(ratio, slopes)
            case Power(base, exponent):
                return self.record_power(base, exponent, tape)
            case Call(function, arguments):
                return self.record_call(expr, function, arguments, tape)
            case Cases(branches, otherwise):
                return self.record_cases(branches, otherwise, tape)
            case Apply(body, variable):
                assert isinstance(variable, Symbol)
                if tape.slopes:
                    msg = "a derivative inside a definition"
                    raise NotImplementedError(msg)
                return tape.push(self.slopes(body).get(variable.name, self.zero))
            case Slope(function, body):
                if tape.slopes:
                    msg = "a derivative inside a definition"
                    raise NotImplementedError(msg)
                with self.within(body, self.value(body)):
                    return tape.push(self.slopes(call(function, HOLE)).get(HOLE.name, self.zero))
            case Tint(body) | Brace(body):
                return self.record(body, tape)
            case _:
                msg = f"a step holds {type(expr).__name__}, which has no value"
                raise InternalError(msg)

    def negative(self, value: T) -> T:
        """Return the number with the other sign."""
        return self.mul(self.number(-1), value)

    def record_product(self, parts: list[int], tape: Tape[T]) -> int:
        """Multiply entries; the slope by each is the product of those before it and those after it."""
        values = [tape.values[part] for part in parts]
        before = [self.one]
        for value in values:
            before.append(self.mul(before[-1], value))
        if not tape.slopes:
            return tape.push(before[-1])
        edges = []
        after = self.one
        for k in reversed(range(len(parts))):
            edges.append((parts[k], self.mul(before[k], after)))
            after = self.mul(after, values[k])
        return tape.push(before[-1], tuple(edges))

    def record_power(self, base: Expr, exponent: Expr, tape: Tape[T]) -> int:
        """Record u^v: the slope by u is v·uᵛ/u, and by v it is uᵛ·log u."""
        low = self.record(base, tape)
        under = tape.values[low]
        if isinstance(exponent, Number) and isinstance(exponent.value, int):
            n = exponent.value
            result = self.integer_power(under, n)
            if not tape.slopes:
                return tape.push(result)
            return tape.push(result, ((low, self.mul(self.number(n), self.integer_power(under, n - 1))),))
        high = self.record(exponent, tape)
        result = self.raised(under, exponent)
        if not tape.slopes:
            return tape.push(result)
        edges = [(low, self.div(self.mul(tape.values[high], result), under))]
        if symbols(exponent):
            growth = self.one if base == Constant("e") else self.apply("log", base, under)
            edges.append((high, self.mul(result, growth)))
        return tape.push(result, tuple(edges))

    def record_cases(self, branches: Sequence[tuple[Expr, Condition]], otherwise: Expr, tape: Tape[T]) -> int:
        """Weigh the branches; a branch of weight 0 is not evaluated."""
        if not branches:
            return self.record(otherwise, tape)
        (branch, test), *others = branches
        left, right = self.value(test.left), self.value(test.right)
        weight = self.weight(left, test.relation, right)
        if weight == self.one:
            return self.record(branch, tape)
        if weight == self.zero:
            return self.record_cases(others, otherwise, tape)
        with self.supposing(left, test.relation, right, holds=True):
            chosen = self.record(branch, tape)
        with self.supposing(left, test.relation, right, holds=False):
            other = self.record_cases(others, otherwise, tape)
        return self.blend(weight, chosen, other, tape)

    def blend(self, weight: T, chosen: int, other: int, tape: Tape[T]) -> int:
        """Return weight·chosen + (1 − weight)·other."""
        rest = self.add(self.one, self.negative(weight))
        value = self.add(self.mul(weight, tape.values[chosen]), self.mul(rest, tape.values[other]))
        return tape.push(value, ((chosen, weight), (other, rest)))

    def record_call(self, expr: Call, function: str, arguments: tuple[Expr, ...], tape: Tape[T]) -> int:
        """Record a function by its definition; one that has none by its slope in SLOPES."""
        if function in VECTOR_FUNCTIONS:
            return self.record_component(function, component_index(expr), arguments[1:], tape)
        if function in SELECTIONS:
            left, right = (self.record(argument, tape) for argument in arguments)
            weight = self.weight(tape.values[left], SELECTIONS[function], tape.values[right])
            return self.blend(weight, left, right, tape)
        (argument,) = arguments
        inner = self.record(argument, tape)
        value = tape.values[inner]
        body = definition_at_hole(function)
        if body is None:
            result = self.apply(function, argument, value)
            if not tape.slopes or not symbols(argument):
                return tape.push(result)
            with self.within(argument, value):
                return tape.push(result, ((inner, self.value(SLOPES[function])),))
        outer_hole, tape.hole = tape.hole, inner
        with self.within(argument, value):
            entry = self.record(body, tape)
        tape.hole = outer_hole
        return entry

    def record_component(self, function: str, index: int, arguments: Sequence[Expr], tape: Tape[T]) -> int:
        """Record e^zᵢ/Σe^zⱼ or zᵢ − ln Σe^zⱼ; written out, so that a row of the Jacobian costs its length."""
        parts = [self.record(argument, tape) for argument in arguments]
        powers = [
            self.apply("exp", argument, tape.values[part]) for argument, part in zip(arguments, parts, strict=True)
        ]
        total = self.zero
        for power in powers:
            total = self.add(total, power)
        inverse = self.div(self.one, total)
        shares = [self.mul(power, inverse) for power in powers]
        if function == "softmax":
            value, scale = shares[index], self.negative(shares[index])
            own = self.mul(powers[index], inverse)
        else:
            logarithm = self.apply("log", Sum(tuple(call("exp", argument) for argument in arguments)), total)
            value, scale = self.add(tape.values[parts[index]], self.negative(logarithm)), self.number(-1)
            own = self.one
        slopes = [self.mul(scale, share) for share in shares] if tape.slopes else []
        if slopes:
            slopes[index] = self.add(slopes[index], own)
        return tape.push(value, tuple(zip(parts, slopes, strict=False)))

    # Derivatives.

    def slopes(self, expr: Expr) -> dict[str, T]:
        """Return the derivative of an expression by each of its symbols, all others held fixed."""
        found = self.products(expr.terms if isinstance(expr, Sum) else (expr,))
        if found is not None:
            return found
        tape: Tape[T] = Tape(slopes=True)
        last = self.record(expr, tape)
        totals: list[T] = [self.zero] * len(tape.values)
        totals[last] = self.one
        for entry in reversed(range(last + 1)):
            if (total := totals[entry]) != self.zero:
                for part, slope in tape.edges[entry]:
                    totals[part] = self.add(totals[part], self.mul(total, slope))
        return {name: totals[entry] for name, entry in tape.leaves.items()}

    def products(self, terms: Sequence[Expr]) -> dict[str, T] | None:
        """Read the coefficients of w₁·x₁ + … + b without a tape; None for any other expression."""
        env, zero, one = self.env, self.zero, self.one
        found: dict[str, T] = {}
        for term in terms:
            if type(term) is Product and len(term.factors) == 2:
                left, right = term.factors
                if type(left) is not Symbol or type(right) is not Symbol:
                    return None
                a, b = left.name, right.name
                if a not in env or b not in env:
                    return None
                found[a] = found.get(a, zero) + env[b]  # type: ignore[operator]  # numbers of one ring
                found[b] = found.get(b, zero) + env[a]  # type: ignore[operator]  # numbers of one ring
            elif type(term) is Symbol:
                found[term.name] = found.get(term.name, zero) + one  # type: ignore[operator]  # numbers of one ring
            else:
                return None
        return found

    def partials(self, child: str) -> dict[str, T]:
        """Return all local derivatives of a definition; a leaf has none."""
        found = self.known_partials.get(child)
        if found is None:
            node = self.graph.definitions.get(child)
            found = self.slopes(node.expr) if node else {}
            self.known_partials[child] = found
        return found

    def adjoints(self, output: str) -> dict[str, T]:
        """Return the derivative of one value by every value before it, over all paths."""
        found = self.known_adjoints.get(output)
        if found is None:
            found = {output: self.one}
            order = _positions(self.graph)
            for name in sorted(self.graph.ancestors(output) & order.keys(), key=order.__getitem__, reverse=True):
                self.pass_back(found, name)
            self.known_adjoints[output] = found
        return found

    def pass_back(self, found: dict[str, T], name: str) -> None:
        """Add adjoint · local derivative to the adjoint of each parent of a value."""
        adjoint = found.get(name, self.zero)
        for parent, slope in self.partials(name).items():
            found[parent] = self.add(found.get(parent, self.zero), self.mul(adjoint, slope))


def _positions(graph: Graph) -> dict[str, int]:
    return {node.symbol.name: place for place, node in enumerate(graph.nodes)}
