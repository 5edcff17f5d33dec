"""
A random point of a field of about 2⁶⁰ elements.

The primes are chosen so that the functions of calculus keep their laws:

    P = 2Q + 1     the squares mod P have prime order Q and play the positive numbers: −1 is no square,
                   every positive number has one positive root of every degree, and 2, 3, 5, 7 are positive
    exp(u), x^u    g^u and x^u mod P with the exponent u mod Q: exp(u + v) = exp(u)·exp(v), (xᵘ)ᵛ = xᵘᵛ;
                   logarithms among the terms of u are taken out as factors: exp(u + c·log x) = exp(u)·x^c
    sin, cos       the rotations c + is of norm 1 in F_P[i] of order R, a divisor of P + 1, angles mod R
    tanh, softmax… by their definitions
    u > 0          an unknown of its own for every u, so that what is shown holds in every case
    log, erf, …    an unknown of its own for every argument: equal arguments, equal values

Each leaf is random, independently in each of the three fields.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from typing import Any

from symbackprop.expr import Adjoint, Call, Exact, Expr, Number, Partial, Power, Product, Quotient, Sum, Symbol, mul, symbols
from symbackprop.functions import FUNCTIONS
from symbackprop.steps import Definition, Step, SumOverPaths
from symbackprop.verify.points import Point, Setting, Tape
from symbackprop.verify.slopes import HOLE

P = 1152921504598011119
Q = 576460752299005559
R = 686262800355959

NAMED = {Symbol, Adjoint, Partial}


class NoRootError(Exception):
    """The root of a number that is no square was asked for."""


class FieldPoint(Point[int]):
    """
    A random point modulo a prime.

    Modulo P, exponents are looked up modulo Q and angles modulo R, at a point of their own; modulo these,
    exp, sin and cos are unknowns of each argument.
    """

    def __init__(self, setting: Setting, prime: int, source: random.Random, *, lawful: bool) -> None:
        self.prime = prime
        self.random = source
        self.lawful = lawful
        self.drawing = lawful
        self.rooted = False
        self.numbers: dict[Exact, int] = {}
        self.keys: dict[str, int] = {}
        self.entered: list[Expr] = []
        self.supposed: dict[int, int] = {}
        super().__init__(setting)
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
        for name, known in setting.assumptions.items():
            if name in env and known & {"positive", "negative", "nonnegative"}:
                square = env[name] ** 2 % prime
                env[name] = -square % prime if "negative" in known else square
        for *others, last in setting.constraints:
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
        value = self.env.get(symbol.name)
        if value is None:
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
            known = env.get(factor.name) if type(factor) in NAMED else None  # type: ignore[attr-defined]  # a kind that has a name
            total = total * (self.value(factor) if known is None else known) % prime
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
    def exponents(self) -> FieldPoint:
        return self._below(Q)

    @cached_property
    def angles(self) -> FieldPoint:
        return self._below(R)

    def _below(self, prime: int) -> FieldPoint:
        return FieldPoint(self.setting, prime, self.random, lawful=False)

    @contextmanager
    def within(self, argument: Expr, value: int) -> Iterator[None]:
        self.entered.append(argument)
        try:
            with super().within(argument, value):
                yield
        finally:
            self.entered.pop()

    def value_below(self, point: FieldPoint, expr: Expr) -> int:
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

        Raises NoRootError where a point is being drawn and another one is wanted.
        """
        if not constant:
            if not self.lawful:
                return False
            self.rooted = True
        positive = pow(value, self.prime >> 1, self.prime) == 1
        if self.drawing and not positive and not constant:
            raise NoRootError
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

    def record(self, expr: Expr, tape: Tape[int]) -> int:
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
        return rotate(unit, (P + 1) // R)

    def rotation(self, angle: int) -> tuple[int, int]:
        """Return the cosine and sine of an angle mod R."""
        found: tuple[int, int] = self.known_rotations.get(angle) or rotate(self.turn, angle)
        self.known_rotations[angle] = found
        return found

    @cached_property
    def known_rotations(self) -> dict[int, tuple[int, int]]:
        return {}


def rotate(turn: tuple[int, int], times: int) -> tuple[int, int]:
    """Raise c + is to a power in F_P[i], i² = −1."""
    c, s = 1, 0
    a, b = turn
    while times:
        if times & 1:
            c, s = (c * a - s * b) % P, (c * b + s * a) % P
        a, b = (a * a - b * b) % P, 2 * a * b % P
        times >>= 1
    return c, s
