"""
Is every step true?  Decided before a step is printed, and without the rules that derived it.

Both sides of a step are evaluated at a random point of a field of about 2⁶⁰ elements (Gonnet, "Determining
equivalence of expressions in random polynomial time", STOC 1984).  Two expressions that are equal agree at
every point; two that differ agree at a random one with a probability below 10⁻¹⁵ for a thousand operations.
The primes are chosen so that the functions of calculus keep their laws:

    P = 2Q + 1     the squares mod P have prime order Q and play the positive numbers: −1 is no square,
                   every positive number has one positive root of every degree, and 2, 3, 5, 7 are positive
    exp(u), x^u    g^u and x^u mod P with the exponent u mod Q: exp(u + v) = exp(u)·exp(v), (xᵘ)ᵛ = xᵘᵛ;
                   logarithms among the terms of u are taken out as factors: exp(u + c·log x) = exp(u)·x^c
    sin, cos       the rotations c + is of norm 1 in F_P[i] of order R, a divisor of P + 1, angles mod R
    tanh, softmax… by their definitions
    u > 0          an unknown of its own for every u, so that what is shown holds in every case
    log, erf, …    an unknown of its own for every argument: equal arguments, equal values

Each leaf is random, independently in each of the three fields.  A step whose sides agree is "exact".
Where they do not, either the step is false or it needs a law the field does not have (log xy = log x + log y,
the pieces of a hard sigmoid): it is "sampled" at `POINTS` random rational points of its domain with 30 digits.

What a step must equal is computed from the definitions alone: values forward; all local derivatives of one
definition by a numeric reverse sweep over its expression; adjoints by a numeric reverse sweep over the graph.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from fractions import Fraction
from functools import cache, cached_property
from itertools import islice
from typing import Any, Generic, TypeVar

from symbackprop.arithmetic.base import Arithmetic, component_index
from symbackprop.arithmetic.digits import high_precision
from symbackprop.document import Apply, Brace, Display, Tint
from symbackprop.errors import DomainError, InternalError, nearest
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
    mul,
    number,
    symbols,
)
from symbackprop.functions import FUNCTIONS, PI, SELECTIONS, VECTOR_FUNCTIONS, sqrt
from symbackprop.graph import Graph, Role
from symbackprop.steps import KINDS, Definition, Evaluation, Step, SumOverPaths, Update

T = TypeVar("T")

P = 1152921504598011119
Q = 576460752299005559
R = 686262800355959

POINTS = 5
MOST_POINTS = 20
DRAWS = 200
FIELD_DRAWS = 24
ROOTED_POINTS = 12
DIGITS = 30
WORKING_DIGITS = 50

EXACT, SAMPLED, UNDECIDED, UNCHECKED = "exact", "sampled", "undecided", "unchecked"

# The argument inside a function's definition; no reader can write this name.
HOLE = Symbol("·")

# The slopes of the functions without a definition, at the argument HOLE, written here a second time on purpose.
SLOPES: dict[str, Expr] = {
    "exp": call("exp", HOLE),
    "log": 1 / HOLE,
    "sqrt": 1 / (2 * sqrt(HOLE)),
    "sin": call("cos", HOLE),
    "cos": -call("sin", HOLE),
    "tan": 1 / call("cos", HOLE) ** 2,
    "sinh": call("cosh", HOLE),
    "cosh": call("sinh", HOLE),
    "asin": 1 / sqrt(1 - HOLE**2),
    "acos": -1 / sqrt(1 - HOLE**2),
    "atan": 1 / (1 + HOLE**2),
    "erf": 2 * call("exp", -(HOLE**2)) / sqrt(PI),
    "abs": call("sign", HOLE),
    "sign": number(0),
    "step": number(0),
}


def verify(
    graph: Graph,
    steps: Sequence[Step],
    *,
    constraints: tuple[tuple[str, ...], ...] = (),
    assumptions: Mapping[str, frozenset[str]] | None = None,
    seed: int = 0,
) -> tuple[str, ...]:
    """
    Return for each step how it was shown to be true.

    "exact": both sides have the same signature; "sampled": they agree at `POINTS` rational points to 30 digits;
    "undecided": no point was found at which both sides have a value; "unchecked": an Evaluation or Update, whose
    numbers are rounded.  `graph` is the forward graph.  Each of `constraints` names leaves which sum to 1;
    `assumptions` says what else is known of a symbol ("positive", "negative", "nonnegative", "integer").

    Raises InternalError, which names kind, rule and symbol of the first step that is false.
    """
    return _Verification(graph, constraints, assumptions or {}, seed).verdicts(steps)


class _Verification:
    """The points at which one graph's steps are checked: made when first needed, shared by all steps."""

    def __init__(
        self, graph: Graph, constraints: tuple[tuple[str, ...], ...], assumptions: Mapping[str, frozenset[str]], seed: int
    ) -> None:
        self.graph = graph
        self.assumptions = assumptions
        self.seed = seed
        leaves = graph.leaf_by_name
        self.constraints = tuple(group for group in constraints if all(name in leaves for name in group))
        self.real_points: list[_RealPoint] = []
        self.draws_left = DRAWS
        self.draws = random.Random(seed)  # noqa: S311 - nobody is kept out
        self.field_draws = random.Random(seed + 1)  # noqa: S311
        self.last_drawn: dict[str, Fraction] = {}

    def verdicts(self, steps: Sequence[Step]) -> tuple[str, ...]:
        verdicts = [EXACT] * len(steps)
        point = self.field_point
        for index, step in enumerate(steps):
            if type(step) in _UNCHECKED:
                verdicts[index] = UNCHECKED
            elif point is None or not point.holds(step) or (point.rooted and not self.holds_for_all_signs(step)):
                verdicts[index] = self.sampled(step, index)
        return tuple(verdicts)

    def holds_for_all_signs(self, step: Step) -> bool:
        """Whether a step holds at many points: √x² = x holds at every point where x happens to be a square."""
        return all(point.holds(step) for point in self.more_field_points)

    @cached_property
    def field_point(self) -> _FieldPoint | None:
        """A point of the field where all roots exist; failing that, one where a root is an unknown without laws."""
        point = next(self.lawful_points(FIELD_DRAWS), None)
        if point is not None and (not point.rooted or len(self.more_field_points) == ROOTED_POINTS):
            return point
        with suppress(ValueError):
            return _FieldPoint(self, P, self.field_draws, lawful=False)
        return None

    @cached_property
    def more_field_points(self) -> list[_FieldPoint]:
        return list(islice(self.lawful_points(FIELD_DRAWS * ROOTED_POINTS), ROOTED_POINTS))

    def lawful_points(self, draws: int) -> Iterator[_FieldPoint]:
        for _ in range(draws):
            try:
                yield _FieldPoint(self, P, self.field_draws, lawful=True)
            except _NoRootError:
                continue
            except ValueError:  # an inverse of 0
                return

    def rational_points(self) -> Iterator[_RealPoint]:
        yield from self.real_points
        while self.draws_left:
            self.draws_left -= 1
            try:
                point = _RealPoint(self, self.rational_leaves())
            except DomainError:
                continue
            self.real_points.append(point)
            yield point

    def rational_leaves(self) -> dict[str, Fraction]:
        """
        Draw a point, and next its mirror image, so that every leaf is seen with either sign.

        After failures come smaller points, and positive ones, which lie in more domains.
        """
        turn, mirrored = divmod(DRAWS - self.draws_left - 1, 2)
        positive_only = turn // 2 % 2 == 1
        scale = _SCALES[turn % len(_SCALES)]
        draw, values = self.draws.getrandbits, {}
        for leaf in self.graph.leaves:
            name = leaf.symbol.name
            known = self.assumptions.get(name, frozenset())
            value = Fraction(1 + draw(7), 131)
            if leaf.role is not Role.TARGET:
                value = Fraction(1 + draw(2)) if "integer" in known else value * scale
                either_sign = not positive_only and not known & {"positive", "nonnegative", "negative"}
                if either_sign and mirrored:
                    value = -self.last_drawn[name]
                elif "negative" in known or (either_sign and draw(1)):
                    value = -value
            values[name] = value
        self.last_drawn = dict(values)
        for group in self.constraints:
            total = sum(abs(values[name]) for name in group)
            values.update({name: abs(values[name]) / total for name in group})
        return values

    def sampled(self, step: Step, index: int) -> str:
        """Compare the two sides at rational points; raises InternalError where they differ."""
        agreed = informative = 0
        seen: set[tuple[bool, ...]] = set()
        for point in self.rational_points():
            try:
                sides = point.sides(step)
            except DomainError:
                continue
            for left, right in sides:
                if not point.close(left, right):
                    raise InternalError(_complaint(step, index, point.show(left), point.show(right)))
            # Where a kink makes both sides 0, or on the same side of every kink as before, they agree too easily.
            agreed += 1
            if sides[0][0] != 0 and point.region not in seen:
                informative += 1
                seen.update({point.region} if point.region else ())
            if informative == POINTS or agreed == MOST_POINTS:
                return SAMPLED
        return SAMPLED if agreed >= POINTS else UNDECIDED


_SCALES = tuple(Fraction(n, d) for n, d in ((2, 1), (1, 1), (3, 1), (1, 2), (10, 1), (1, 4), (1, 8), (1, 30)))
_UNCHECKED = {Evaluation, Update}
_NAMED = {Symbol, Adjoint, Partial}


def _complaint(step: Step, index: int, truth: str, claimed: str) -> str:
    rule = getattr(step, "rule", "")
    kind = KINDS[type(step)].replace("_", " ")
    by = f' by the rule "{rule}"' if rule else ""
    where = f"step {index + 1} ({kind}{by}) about {step.about.name}"
    return f"{where} is false: at a random point it says {claimed}, the truth is {truth}"


class _NoRootError(Exception):
    """The root of a number that is no square was asked for."""


class _Tape(Generic[T]):
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
        self.values.append(value)
        self.edges.append(edges)
        return len(self.values) - 1


class _Point(ABC, Generic[T]):
    """One point: the values of all symbols there, and what every derivative is there."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.env: dict[str, T] = {}
        self.known_partials: dict[str, dict[str, T]] = {}
        self.known_adjoints: dict[str, dict[str, T]] = {}
        self.known_powers: dict[Any, T] = {}
        self.zero, self.one = self.number(0), self.number(1)

    # What differs between the field and the reals.

    @abstractmethod
    def number(self, value: Exact) -> T: ...

    @abstractmethod
    def constant(self, name: str) -> T: ...

    @abstractmethod
    def add(self, left: T, right: T) -> T: ...

    @abstractmethod
    def mul(self, left: T, right: T) -> T: ...

    @abstractmethod
    def div(self, left: T, right: T) -> T: ...

    @abstractmethod
    def integer_power(self, base: T, exponent: int) -> T: ...

    @abstractmethod
    def raised(self, base: T, exponent: Expr) -> T:
        """Raise to a power that is no whole number."""

    @abstractmethod
    def apply(self, function: str, argument: Expr, value: T) -> T:
        """Apply a function without definition; `value` is the argument's value."""

    @abstractmethod
    def weight(self, left: T, relation: str, right: T) -> T:
        """Return 1 where the condition holds, 0 where it does not, or an unknown that stands for either."""

    def supposing(self, left: T, relation: str, right: T, *, holds: bool) -> AbstractContextManager[None]:  # noqa: ARG002
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
        tape: _Tape[T] = _Tape(slopes=False)
        return tape.values[self.record(expr, tape)]

    def record(self, expr: Expr, tape: _Tape[T]) -> int:
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
            case Tint(body) | Brace(body):
                return self.record(body, tape)
            case _:
                msg = f"a step holds {type(expr).__name__}, which has no value"
                raise InternalError(msg)

    def negative(self, value: T) -> T:
        return self.mul(self.number(-1), value)

    def record_product(self, parts: list[int], tape: _Tape[T]) -> int:
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

    def record_power(self, base: Expr, exponent: Expr, tape: _Tape[T]) -> int:
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

    def record_cases(self, branches: Sequence[tuple[Expr, Condition]], otherwise: Expr, tape: _Tape[T]) -> int:
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

    def blend(self, weight: T, chosen: int, other: int, tape: _Tape[T]) -> int:
        """Return weight·chosen + (1 − weight)·other."""
        rest = self.add(self.one, self.negative(weight))
        value = self.add(self.mul(weight, tape.values[chosen]), self.mul(rest, tape.values[other]))
        return tape.push(value, ((chosen, weight), (other, rest)))

    def record_call(self, expr: Call, function: str, arguments: tuple[Expr, ...], tape: _Tape[T]) -> int:
        if function in VECTOR_FUNCTIONS:
            return self.record_component(function, component_index(expr), arguments[1:], tape)
        if function in SELECTIONS:
            left, right = (self.record(argument, tape) for argument in arguments)
            weight = self.weight(tape.values[left], SELECTIONS[function], tape.values[right])
            return self.blend(weight, left, right, tape)
        (argument,) = arguments
        inner = self.record(argument, tape)
        value = tape.values[inner]
        body = _body(function)
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

    def record_component(self, function: str, index: int, arguments: Sequence[Expr], tape: _Tape[T]) -> int:
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
        tape: _Tape[T] = _Tape(slopes=True)
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
                found[a] = found.get(a, zero) + env[b]  # type: ignore[operator]
                found[b] = found.get(b, zero) + env[a]  # type: ignore[operator]
            elif type(term) is Symbol:
                found[term.name] = found.get(term.name, zero) + one  # type: ignore[operator]
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
        adjoint = found.get(name, self.zero)
        for parent, slope in self.partials(name).items():
            found[parent] = self.add(found.get(parent, self.zero), self.mul(adjoint, slope))


@cache
def _body(function: str) -> Expr | None:
    """Return a function's definition at HOLE; None where it has none."""
    row = FUNCTIONS.get(function)
    if row is None:
        msg = f"a step uses {function}, which is no function{nearest(function, FUNCTIONS)}"
        raise InternalError(msg)
    return row.define(HOLE) if row.define else None


def _positions(graph: Graph) -> dict[str, int]:
    return {node.symbol.name: place for place, node in enumerate(graph.nodes)}


# --- the field ----------------------------------------------------------------------------------------------------


class _FieldPoint(_Point[int]):
    """
    A random point modulo a prime.

    Modulo P, exponents are looked up modulo Q and angles modulo R, at a point of their own; modulo these,
    exp, sin and cos are unknowns of each argument.
    """

    def __init__(self, verification: _Verification, prime: int, source: random.Random, *, lawful: bool) -> None:
        self.prime = prime
        self.verification = verification
        self.random = source
        self.lawful = lawful
        self.drawing = lawful
        self.rooted = False
        self.numbers: dict[Exact, int] = {}
        self.keys: dict[str, int] = {}
        self.entered: list[Expr] = []
        self.supposed: dict[int, int] = {}
        super().__init__(verification.graph)
        self.bits = prime.bit_length() - 1
        self.kinds: dict[type, Callable[[Any], int]] = {
            Symbol: self._symbol, Adjoint: self._symbol, Partial: self._symbol, Number: self._number, Sum: self._sum,
            Product: self._product, Quotient: self._quotient, Power: self._power,
        }  # fmt: skip
        draw, bits, env = source.getrandbits, self.bits, self.env
        self.base = pow(draw(bits) + 2, 2, prime)
        self.pi = pow(draw(bits) + 2, 2, prime)
        for leaf in self.graph.leaves:
            env[leaf.symbol.name] = draw(bits)
        for name, known in verification.assumptions.items():
            if name in env and known & {"positive", "negative", "nonnegative"}:
                square = env[name] ** 2 % prime
                env[name] = -square % prime if "negative" in known else square
        for *others, last in verification.constraints:
            env[last] = (1 - sum(env[name] for name in others)) % prime
        for node in self.graph.nodes:
            env[node.symbol.name] = self.value(node.expr)
        if lawful:
            for name in self.graph.definitions:
                with suppress(ValueError):
                    self.partials(name)
        self.drawing = False

    def holds(self, step: Step) -> bool:
        """Whether both sides of a step agree; False too where the field cannot tell."""
        value = step.value
        if type(step) is Definition:
            node = self.graph.definitions.get(step.about.name)
            if node is not None and node.expr is value:
                return True
        try:
            truth = self._symbol(step.about)
            if type(step) is SumOverPaths and not (type(value) is Sum and value.terms is step.terms):
                total = sum(map(self.value, step.terms)) % self.prime
                return total == truth == self.value(value)
            return self.value(value) == truth
        except (ValueError, NotImplementedError):  # an inverse of 0
            return False

    # The hot shapes, without a tape.

    def value(self, expr: Expr) -> int:
        kind = self.kinds.get(type(expr))
        return kind(expr) if kind else super().value(expr)

    def _symbol(self, symbol: Symbol) -> int:
        try:
            return self.env[symbol.name]
        except KeyError:
            # One plain name, one quantity: an adjoint's value is found under its name from now on.
            value = self.env[symbol.name] = self.symbol(symbol)
            return value

    def _number(self, expr: Number) -> int:
        return self.number(expr.value)

    def _sum(self, expr: Sum) -> int:
        return sum(map(self.value, expr.terms)) % self.prime

    def _product(self, expr: Product) -> int:
        prime, env, total = self.prime, self.env, 1
        for factor in expr.factors:
            if type(factor) in _NAMED and factor.name in env:  # type: ignore[attr-defined]
                total = total * env[factor.name] % prime  # type: ignore[attr-defined]
            else:
                total = total * self.value(factor) % prime
        return total

    def _quotient(self, expr: Quotient) -> int:
        return self.value(expr.numerator) * pow(self.value(expr.denominator), -1, self.prime) % self.prime

    def _power(self, expr: Power) -> int:
        exponent = expr.exponent
        base = self.value(expr.base)
        if type(exponent) is Number and type(exponent.value) is int:
            return pow(base, exponent.value, self.prime)
        return self.raised(base, exponent)

    def products(self, terms: Sequence[Expr]) -> dict[str, int] | None:
        found, prime = super().products(terms), self.prime
        return found and {name: slope % prime for name, slope in found.items()}

    def pass_back(self, found: dict[str, int], name: str) -> None:
        adjoint, prime = found.get(name, 0), self.prime
        for parent, slope in self.partials(name).items():
            found[parent] = (found.get(parent, 0) + adjoint * slope) % prime

    # Arithmetic.

    def number(self, value: Exact) -> int:
        found = self.numbers.get(value)
        if found is None:
            found = value.numerator * pow(value.denominator, -1, self.prime) % self.prime
            self.numbers[value] = found
        return found

    def constant(self, name: str) -> int:
        return self.pi if name == "pi" else self.base

    def add(self, left: int, right: int) -> int:
        return (left + right) % self.prime

    def mul(self, left: int, right: int) -> int:
        return left * right % self.prime

    def div(self, left: int, right: int) -> int:
        return left * pow(right, -1, self.prime) % self.prime

    def integer_power(self, base: int, exponent: int) -> int:
        return pow(base, exponent, self.prime)

    @cached_property
    def exponents(self) -> _FieldPoint:
        return self._below(Q)

    @cached_property
    def angles(self) -> _FieldPoint:
        return self._below(R)

    def _below(self, prime: int) -> _FieldPoint:
        return _FieldPoint(self.verification, prime, self.random, lawful=False)

    @contextmanager
    def within(self, argument: Expr, value: int) -> Iterator[None]:
        self.entered.append(argument)
        try:
            with super().within(argument, value):
                yield
        finally:
            self.entered.pop()

    def value_below(self, point: _FieldPoint, expr: Expr) -> int:
        """Evaluate in a lower field, where HOLE stands for the same arguments as here."""
        with ExitStack() as stack:
            for argument in self.entered:
                stack.enter_context(point.within(argument, point.value(argument)))
            return point.value(expr)

    def unknown(self, key: str, *values: int) -> int:
        """Return an element that is random but for depending on the values only."""
        if key not in self.keys:
            self.keys[key] = self.random.getrandbits(60)
        return hash((self.keys[key], *values)) % self.prime

    def raised(self, base: int, exponent: Expr) -> int:
        if self.prime != P:
            return self.unknown("power", base, self.value(exponent))
        if base != self.base and not self.is_positive(base):
            return self.unknown("power", base, self.value_below(self.exponents, exponent), self.value(exponent))
        return pow(base, self.value_below(self.exponents, exponent), P)

    def is_positive(self, value: int, *, constant: bool = False) -> bool:
        """
        Whether an element is a square and its root is lawful.

        Raises _NoRootError where a point is being drawn and another one is wanted.
        """
        if not constant:
            if not self.lawful:
                return False
            self.rooted = True
        positive = pow(value, self.prime >> 1, self.prime) == 1
        if self.drawing and not positive and not constant:
            raise _NoRootError
        return positive

    def weight(self, left: int, relation: str, right: int) -> int:
        difference, positive = self.sign(left, relation, right)
        weight = self.supposed.get(difference)
        if weight is None:
            weight = self.unknown("positive", difference)
        return weight if positive else (1 - weight) % self.prime

    def sign(self, left: int, relation: str, right: int) -> tuple[int, bool]:
        """Write a condition as u > 0 (True) or as its opposite (False): every condition is one of the two."""
        difference = (left - right if relation in {">", "<="} else right - left) % self.prime
        return difference, relation in {"<", ">"}

    @contextmanager
    def supposing(self, left: int, relation: str, right: int, *, holds: bool) -> Iterator[None]:
        difference, positive = self.sign(left, relation, right)
        self.supposed[difference] = int(holds is positive)
        try:
            yield
        finally:
            del self.supposed[difference]

    def record(self, expr: Expr, tape: _Tape[int]) -> int:
        if self.supposed and isinstance(expr, Symbol) and not tape.slopes:
            # In a branch, an activation has the value that it has under the branch's condition.
            node = self.graph.definitions.get(expr.name)
            if node and isinstance(node.expr, Call) and node.expr.function in FUNCTIONS:
                return super().record(node.expr, tape)
        return super().record(expr, tape)

    def apply(self, function: str, argument: Expr, value: int) -> int:
        match function:
            case "exp":
                return self.exponential(argument, value)
            case "sinh" | "cosh":
                power = self.exponential(argument, value)
                inverse = pow(power, -1, self.prime)
                return self.div(power + inverse if function == "cosh" else power - inverse, 2)
            case "sin" | "cos" | "tan" if self.prime == P:
                cosine, sine = self.rotation(self.value_below(self.angles, argument))
                return sine if function == "sin" else cosine if function == "cos" else self.div(sine, cosine)
            case "sqrt" if self.is_positive(value, constant=not symbols(argument)):
                return pow(value, (self.prime + 1) // 4, self.prime)
            case "log" if (inner := self.exponent_of(argument)) is not None:
                return self.value(inner)
            case "step":
                return self.weight(value, ">", 0)
            case "sign" | "abs":
                sign = self.weight(value, ">", 0) - self.weight(0, ">", value)
                return (sign if function == "sign" else sign * value) % self.prime
            case _:
                return self.unknown(function, value)

    def exponential(self, argument: Expr, value: int) -> int:
        if self.prime != P:
            return self.unknown("exp", value)
        kept, factor = self.without_logarithms(argument)
        exponent = sum(self.value_below(self.exponents, term) for term in kept) % Q
        power = self.known_powers.get(exponent)
        if power is None:
            power = self.known_powers[exponent] = pow(self.base, exponent, P)
        return power * factor % P

    def without_logarithms(self, expr: Expr) -> tuple[list[Expr], int]:
        """Split e^expr into the terms that stay in the exponent and the factor x^c of every term c·log x."""
        match expr:
            case Sum(terms):
                kept, factor = [], 1
                for term in terms:
                    more, other = self.without_logarithms(term)
                    kept += more
                    factor = factor * other % P
                return kept, factor
            case Product(factors):
                for place, part in enumerate(factors):
                    kept, factor = self.without_logarithms(part)
                    if not kept:
                        rest = mul(*factors[:place], *factors[place + 1 :])
                        if isinstance(rest, Number) and isinstance(rest.value, int):
                            return [], pow(factor, rest.value, P)
                        return [], self.raised(factor, rest)
            case Symbol(name=name):
                meant = self.meaning(name)
                if isinstance(meant, Call) or (meant is not None and name == HOLE.name):
                    return self.without_logarithms(meant)
            case Call("log", (inner,)):
                return [], self.value(inner)
            case Call("log_softmax", arguments):
                return [], self.value(Call("softmax", arguments))
        return [expr], 1

    def exponent_of(self, expr: Expr) -> Expr | None:
        """Return u where the expression is e^u."""
        meant = self.meaning(expr.name) if isinstance(expr, Symbol) else expr
        return meant.arguments[0] if isinstance(meant, Call) and meant.function == "exp" else None

    def meaning(self, name: str) -> Expr | None:
        """Return what a symbol is defined as; a function's argument only where it holds no argument itself."""
        if name == HOLE.name:
            return self.entered[0] if len(self.entered) == 1 else None
        node = self.graph.definitions.get(name)
        return node.expr if node else None

    @cached_property
    def turn(self) -> tuple[int, int]:
        """A rotation of order R: (a − bi)²/(a² + b²) has norm 1, and (P + 1)/R turns of it have order R."""
        a, b = self.random.getrandbits(self.bits), self.random.getrandbits(self.bits)
        scale = pow(a * a + b * b, -1, P)
        unit = ((a * a - b * b) * scale % P, -2 * a * b * scale % P)
        return _rotate(unit, (P + 1) // R)

    def rotation(self, angle: int) -> tuple[int, int]:
        """Return the cosine and sine of an angle mod R."""
        found: tuple[int, int] = self.known_rotations.get(angle) or _rotate(self.turn, angle)
        self.known_rotations[angle] = found
        return found

    @cached_property
    def known_rotations(self) -> dict[int, tuple[int, int]]:
        return {}


def _rotate(turn: tuple[int, int], times: int) -> tuple[int, int]:
    """Raise c + is to a power in F_P[i], i² = −1."""
    c, s = 1, 0
    a, b = turn
    while times:
        if times & 1:
            c, s = (c * a - s * b) % P, (c * b + s * a) % P
        a, b = (a * a - b * b) % P, 2 * a * b % P
        times >>= 1
    return c, s


# --- rational points ----------------------------------------------------------------------------------------------


class _RealPoint(_Point[Any]):
    """
    A rational point, with 30 digits.

    Raises DomainError where a definition has no value there.
    """

    def __init__(self, verification: _Verification, leaves: Mapping[str, Fraction]) -> None:
        self.arithmetic: Arithmetic[Any] = high_precision(WORKING_DIGITS)
        self.relative = self.number(Fraction(1, 10**DIGITS))
        self.least = self.number(Fraction(1, 10 ** (DIGITS + 10)))
        super().__init__(verification.graph)
        self.conditions: list[bool] = []
        for name, value in leaves.items():
            self.env[name] = self.number(value)
        for node in self.graph.nodes:
            value = self.env[node.symbol.name] = self.value(node.expr)
            if not abs(value) < 10**DIGITS:
                msg = f"{node.symbol.name} is too large"
                raise DomainError(msg)
        self.region = tuple(self.conditions)

    def sides(self, step: Step) -> list[tuple[Any, Any]]:
        """Return the true value and what the step says; for a sum over paths also the sum of its terms."""
        truth = self.symbol(step.about)
        sides = [(truth, self.value(step.value))]
        if isinstance(step, SumOverPaths):
            sides.append((truth, self.arithmetic.add([self.zero, *map(self.value, step.terms)])))
        return sides

    def value(self, expr: Expr) -> Any:
        match expr:
            case Symbol():
                return self.symbol(expr)
            case Product(factors):
                return self.arithmetic.mul([self.value(factor) for factor in factors])
            case Sum(terms):
                return self.arithmetic.add([self.value(term) for term in terms])
        return super().value(expr)

    def close(self, left: Any, right: Any) -> bool:
        return bool(abs(left - right) <= self.least + self.relative * max(abs(left), abs(right)))

    def show(self, value: Any) -> str:
        return f"{float(value):.8g}"

    def number(self, value: Exact) -> Any:
        return self.arithmetic.number(value)

    def constant(self, name: str) -> Any:
        return self.arithmetic.constant(name)

    def add(self, left: Any, right: Any) -> Any:
        return left + right

    def mul(self, left: Any, right: Any) -> Any:
        return left * right

    def div(self, left: Any, right: Any) -> Any:
        return self.arithmetic.div(left, right)

    def integer_power(self, base: Any, exponent: int) -> Any:
        return self.arithmetic.integer_power(base, exponent)

    def raised(self, base: Any, exponent: Expr) -> Any:
        return self.arithmetic.power(base, self.value(exponent))

    def weight(self, left: Any, relation: str, right: Any) -> Any:
        holds = self.arithmetic.compare(left, relation, right)
        self.conditions.append(holds)
        return self.one if holds else self.zero

    def apply(self, function: str, argument: Expr, value: Any) -> Any:  # noqa: ARG002 - the field needs the argument
        if function in {"abs", "sign", "step"}:
            self.conditions.append(bool(value > 0))
        if function != "exp":
            return self.arithmetic.elementary(function, value)
        power = self.known_powers.get(value)
        if power is None:
            power = self.known_powers[value] = self.arithmetic.elementary(function, value)
        return power
