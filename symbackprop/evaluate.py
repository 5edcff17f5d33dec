"""
Numbers: every value, local derivative and gradient of a backward pass at a point.

The gradients are also computed a second way, by central differences of the forward pass alone, so that
a reader sees two independent numbers.  The step is h = ε^(1/3)·max(1, |v|), which balances truncation
(∝ h²) against rounding (∝ ε/h); see Nocedal and Wright, *Numerical Optimization* (2006), section 8.1.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

from symbackprop.arithmetic.arrays import ARRAY
from symbackprop.arithmetic.base import evaluate
from symbackprop.arithmetic.closures import compile_expr
from symbackprop.arithmetic.double import FLOAT
from symbackprop.arithmetic.rational import exact, without_zeros
from symbackprop.backprop import Backward, Edge
from symbackprop.calculus import derivative
from symbackprop.errors import DomainError, InputError
from symbackprop.expr import Call, Cases, Condition, Exact, Expr, Number, Symbol, children, symbols
from symbackprop.functions import FUNCTIONS, SELECTIONS
from symbackprop.graph import Graph, Node
from symbackprop.names import normalise_name
from symbackprop.notation import written

CUBE_ROOT_OF_EPSILON = sys.float_info.epsilon ** (1 / 3)
NEAR_A_KINK = 1e-4
MOST_VALUES_ONE_BY_ONE = 600
MOST_SHOWN = 6
COLUMNS = 512

Point = Mapping[str, Expr]


@dataclass(frozen=True)
class FiniteDifference:
    """A central difference (f(v + h) − f(v − h)) / 2h."""

    value: float
    step: float


class Gradient(tuple[float | int, ...]):  # noqa: SLOT001 - a tuple's slots must be empty, and the names need a place
    """
    The entries of a gradient, a tuple that knows what each is the derivative by.

    >>> gradient = Gradient((10, 6), ("x", "y"))
    >>> gradient, gradient["y"], gradient == (10, 6)
    (Gradient(x=10, y=6), 6, True)
    """

    names: tuple[str, ...]

    def __new__(cls, entries: Iterable[float | int], names: Sequence[str]) -> Self:
        """Keep the names beside the entries."""
        made = super().__new__(cls, entries)
        made.names = tuple(names)
        return made

    def __getitem__(self, place: Any) -> Any:
        """Return an entry by its name, or as of any tuple; raises KeyError for a name that is not there."""
        if isinstance(place, str):
            if place not in self.names:
                raise KeyError(place)
            place = self.names.index(place)
        return super().__getitem__(place)

    def __getnewargs__(self) -> tuple[Any, ...]:
        """Return what makes a copy."""
        return tuple(self), self.names

    def __repr__(self) -> str:
        """Return the entries with their names."""
        return f"Gradient({', '.join(f'{name}={entry!r}' for name, entry in zip(self.names, self, strict=True))})"


@dataclass(frozen=True, repr=False)
class Values:
    """
    All numbers of a derivation at a point; `values["w1_1_1"]` is that of a quantity, `values["dL/dw1_1_1"]` of a derivative.

    `values` has every leaf and definition, `adjoints` every adjoint by plain name, `exact` those of either
    that are fractions.  `names` maps plain names to the problem's own.
    """

    backward: Backward
    point: Point
    values: dict[str, float]
    adjoints: dict[str, float]
    exact: dict[str, Fraction]
    names: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        """
        Return the number of a quantity or derivative, its name in any spelling.

        Raises UnknownNameError, which names the nearest known ones.
        """
        plain = normalise_name(name, self.values, self.names)
        found = self.values.get(plain)
        return self._derivatives[plain] if found is None else found

    @cached_property
    def _derivatives(self) -> dict[str, float]:
        """Every derivative by the names a reader may give it: delta1_1, dL_dz1_1, dz1_1_dw1_1_1."""
        local = {f"d{child}_d{parent}": value for (child, parent), value in self.locals.items()}
        total = {f"d{self.backward.output}_d{name}": value for name, value in self.gradients.items()}
        return {**self.adjoints, **local, **total}

    def __repr__(self) -> str:
        """Return the output, the point and the gradient in a line; of many numbers only how many they are."""
        output, own = self.backward.output, self.names
        leaves = [leaf.symbol.name for leaf in self.backward.graph.leaves]
        few = len(leaves) <= MOST_SHOWN
        at = ", ".join(f"{own.get(name, name)} = {self.values[name]:.6g}" for name in leaves) if few else f"{len(leaves)} numbers"
        gradient = repr(self.gradient) if few else f"{len(self.leaves)} gradients"
        return f"<Values of {own.get(output, output)} = {self.values[output]:.6g} at {at}: {gradient}>"

    @cached_property
    def env(self) -> dict[str, float]:
        """Every number by plain name: leaves, values, local derivatives and adjoints."""
        partials = {step.about.name: self.locals[edge] for edge, step in self.backward.locals.items()}
        return {**self.values, **self.adjoints, **partials}

    @cached_property
    def locals(self) -> dict[Edge, float]:
        """The local derivative of every edge (child, parent)."""
        env = {**self.values, **self.adjoints}
        return {edge: evaluate(step.value, env, FLOAT) for edge, step in self.backward.locals.items()}

    @cached_property
    def gradients(self) -> dict[str, float]:
        """The derivative of the output by every leaf and value it depends on."""
        found = {name: self.adjoints[symbol.name] for name, symbol in self.backward.adjoints.items()}
        return {self.backward.output: 1.0, **found}

    @cached_property
    def exact_env(self) -> dict[str, Fraction]:
        """Every number that is a fraction, by plain name, local derivatives included."""
        found = dict(self.exact)
        for step in self.backward.locals.values():
            fraction = _fraction(step.value, found)
            if fraction is not None:
                found[step.about.name] = fraction
        return found

    @property
    def leaves(self) -> tuple[str, ...]:
        """The leaves the output depends on, as declared."""
        return tuple(leaf.symbol.name for leaf in self.backward.graph.leaves if leaf.symbol.name in self.gradients)

    @property
    def gradient(self) -> Gradient:
        """The gradient of the output by its leaves, in their order; whole numbers as int."""
        return Gradient((_tidy(self.gradients[name]) for name in self.leaves), [self.names.get(n, n) for n in self.leaves])

    def norm(self, names: Iterable[str]) -> float:
        """Return the length √(g₁² + g₂² + …) of the gradient by the names."""
        return math.hypot(*(self.gradients[name] for name in names))

    def finite_difference(self, name: str) -> FiniteDifference | None:
        """Return the central difference of the output by a leaf or value, or None where it cannot be taken."""
        if len(self.values) <= MOST_VALUES_ONE_BY_ONE:
            return finite_difference(self.backward.graph, self.values, name, self.backward.output)
        return self._differences.get(name)

    @cached_property
    def _differences(self) -> dict[str, FiniteDifference]:
        return finite_differences(self.backward.graph, self.values, tuple(self.gradients), self.backward.output)

    def kinks(self) -> list[tuple[str, str]]:
        """Return (definition, function) for every definition evaluated at or near a point without a derivative."""
        return [hit for node in self.backward.graph.nodes for hit in _kinks(node, self.values)]


def _tidy(value: float) -> float | int:
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def missing(graph: Graph, point: Point) -> list[str]:
    """Return the leaves without a number."""
    return [leaf.symbol.name for leaf in graph.leaves if leaf.symbol.name not in point]


def evaluate_at(backward: Backward, point: Point, names: Mapping[str, str] | None = None) -> Values:
    """
    Compute everything at a point, which gives each leaf a constant expression.

    `names` maps plain names to the problem's own, for messages.
    Raises InputError for a leaf without a number, DomainError for a definition without a value there.
    """
    graph = backward.graph
    absent = missing(graph, point)
    if absent:
        own = names or {}
        more = f" and {len(absent) - 6} more" if len(absent) > 6 else ""
        shown = ", ".join(own.get(name, name) for name in absent[:6]) + more
        msg = f"no number for {shown}: give every input, weight and target a value"
        raise InputError(msg)
    leaves = [leaf.symbol.name for leaf in graph.leaves]
    values = {name: evaluate(point[name], {}, FLOAT) for name in leaves}
    fractions = {name: value for name in leaves if (value := exact(point[name], {})) is not None}
    _run(graph.nodes, values, fractions, names)
    whole = dict(values)
    _run(backward.nodes, whole, fractions, names)
    adjoints = {node.symbol.name: whole[node.symbol.name] for node in backward.nodes}
    return Values(backward, dict(point), values, adjoints, fractions, names or {})


def _run(
    nodes: Iterable[Node], values: dict[str, float], fractions: dict[str, Fraction], names: Mapping[str, str] | None
) -> None:
    for node in nodes:
        name = node.symbol.name
        values[name] = _value(node, values, names)
        fraction = _fraction(node.expr, fractions)
        if fraction is not None:
            fractions[name] = fraction


def _fraction(expr: Expr, known: Mapping[str, Fraction]) -> Fraction | None:
    """Return the exact value of an expression of which every symbol has one, or None; 0 times anything is 0."""
    reduced = without_zeros(expr, known)
    used = symbols(reduced)
    return exact(reduced, {name: known[name] for name in used}) if all(name in known for name in used) else None


def _value(node: Node, values: Mapping[str, float], names: Mapping[str, str] | None) -> float:
    """Evaluate one definition; a DomainError says which one, and at which values."""
    try:
        return evaluate(node.expr, values, FLOAT)
    except DomainError as error:
        used = list(symbols(node.expr).items())[:6]
        at = ", ".join(f"{written(symbol, names)} = {values[name]:.6g}" for name, symbol in used)
        msg = f"{written(node.symbol, names)} has no value at the point: {error}" + (f" (where {at})" if at else "")
        raise DomainError(msg) from None


def _kinks(node: Node, values: Mapping[str, float]) -> list[tuple[str, str]]:
    """Find arguments of |·|, max, ReLU … that sit on or next to a kink, in the branches that count at the point."""
    found = []
    for part in _active(node.expr, values):
        if isinstance(part, Call) and part.function in SELECTIONS:
            left, right = (evaluate(a, values, FLOAT) for a in part.arguments)
            near = abs(left - right) <= NEAR_A_KINK
        elif isinstance(part, Call) and part.function in FUNCTIONS and FUNCTIONS[part.function].kinks:
            z = evaluate(part.arguments[0], values, FLOAT)
            near = any(abs(z - kink) <= NEAR_A_KINK for kink in FUNCTIONS[part.function].kinks)
        elif isinstance(part, Cases):
            near = _has_kink(part, values)
        else:
            continue
        if near:
            found.append((node.symbol.name, part.function if isinstance(part, Call) else "cases"))
    return found


def _active(expr: Expr, values: Mapping[str, float]) -> Iterator[Expr]:
    """Yield an expression's parts, outermost first, but of cases only the branch that holds."""
    yield expr
    parts = children(expr)
    if isinstance(expr, Cases):
        holding = (value for value, test in expr.branches if FLOAT.compare(*_sides(test, values)))
        parts = (next(holding, expr.otherwise),)
    for part in parts:
        yield from _active(part, values)


def _sides(test: Condition, values: Mapping[str, float]) -> tuple[float, str, float]:
    return evaluate(test.left, values, FLOAT), test.relation, evaluate(test.right, values, FLOAT)


def _has_kink(expr: Cases, values: Mapping[str, float]) -> bool:
    """Whether two neighbouring branches meet near the point with different slopes (those of Huber's loss agree)."""
    following = (*(value for value, _ in expr.branches[1:]), expr.otherwise)
    for (value, test), other in zip(expr.branches, following, strict=True):
        left, _, right = _sides(test, values)
        if abs(left - right) <= NEAR_A_KINK:
            for name in symbols(expr):
                one, next_one = (evaluate(derivative(branch, name), values, FLOAT) for branch in (value, other))
                if abs(one - next_one) > 2 * NEAR_A_KINK * max(1.0, abs(one)):
                    return True
    return False


def finite_difference(graph: Graph, values: Mapping[str, float], name: str, output: str) -> FiniteDifference | None:
    """
    Difference the output by one leaf or value, recomputing only what depends on it.

    None where the output cannot be computed at v ± h, or is too large for a float.
    """
    h = CUBE_ROOT_OF_EPSILON * max(1.0, abs(values[name]))
    affected = graph.descendants(name)
    nodes = [n for n in graph.nodes if n.symbol.name in affected and n.symbol.name != name]
    ends = []
    for sign in (1, -1):
        env = dict(values)
        env[name] = values[name] + sign * h
        try:
            for node in nodes:
                env[node.symbol.name] = evaluate(node.expr, env, FLOAT)
        except DomainError:
            return None
        ends.append(env[output])
    # The step that was really taken: v + h is rounded.
    taken = (values[name] + h) - (values[name] - h)
    quotient = (ends[0] - ends[1]) / taken
    return FiniteDifference(quotient, h) if math.isfinite(quotient) else None


def finite_differences(
    graph: Graph, values: Mapping[str, float], names: Sequence[str], output: str
) -> dict[str, FiniteDifference]:
    """
    Difference the output by many leaves and values: whole forward passes over arrays, one column a name.

    Cost: 2·len(names) forward passes, as mathematics asks of differences, but at the speed of NumPy.
    Names whose neighbourhood leaves the domain are left out.
    """
    import numpy as np  # only large graphs need it

    found: dict[str, FiniteDifference] = {}
    for start in range(0, len(names), COLUMNS):
        chunk = names[start : start + COLUMNS]
        column = {name: i for i, name in enumerate(chunk)}
        steps = np.array([CUBE_ROOT_OF_EPSILON * max(1.0, abs(values[name])) for name in chunk])
        ends = []
        for sign in (1.0, -1.0):
            env: dict[str, Any] = {}
            for name in (*(leaf.symbol.name for leaf in graph.leaves), *graph.definitions):
                node = graph.definitions.get(name)
                value = values[name] if node is None else evaluate(node.expr, env, ARRAY)
                if name in column:
                    value = np.full(len(chunk), value) if np.ndim(value) == 0 else np.array(value)
                    value[column[name]] = values[name] + sign * steps[column[name]]
                env[name] = value
            ends.append(np.broadcast_to(env[output], len(chunk)))
        base = np.array([values[name] for name in chunk])
        quotients = (ends[0] - ends[1]) / ((base + steps) - (base - steps))
        for name, quotient, step in zip(chunk, quotients, steps, strict=True):
            if np.isfinite(quotient):
                found[name] = FiniteDifference(float(quotient), float(step))
    return found


def difference_quotient(expr: Expr, name: str, values: Mapping[str, float], h: float) -> float:
    """Return the forward difference (f(v + h) − f(v)) / h of an expression by one symbol."""
    shifted = {**values, name: values[name] + h}
    return (evaluate(expr, shifted, FLOAT) - evaluate(expr, values, FLOAT)) / h


def forward_function(graph: Graph, output: str) -> Callable[[dict[str, float]], float]:
    """Compile the forward pass: takes the leaves' values (and fills in the rest), returns the output."""
    compiled = [(node.symbol.name, compile_expr(node.expr)) for node in graph.nodes]

    def run(env: dict[str, float]) -> float:
        for name, function in compiled:
            env[name] = function(env)
        return env[output]

    return run


def number_of(value: Expr) -> Exact | None:
    """Return the exact number of a constant expression, or None."""
    return value.value if isinstance(value, Number) else exact(value, {})


def substituted(expr: Expr, shown: Callable[[Symbol], Expr]) -> Expr:
    """Put numbers (as the presentation wants them) in for symbols."""
    from symbackprop.expr import transform

    return transform(expr, lambda part: shown(part) if isinstance(part, Symbol) else None)
