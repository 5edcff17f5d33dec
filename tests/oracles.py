"""
Second opinions: the same quantities by SymPy, by mpmath and by PyTorch, without the rules of the package.

`sympy_of` writes an expression as a SymPy object with every activation in its textbook definition (from the table
below, not from `functions.py`), `number` evaluates SymPy objects with many digits, and `Reference` differentiates:
local derivatives by `sympy.diff` of one definition, adjoints forward (one tangent a value) and by central differences.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

import mpmath
import sympy

from symbackprop.backprop import expand
from symbackprop.expr import Call, Cases, Constant, Expr, Number, Power, Product, Quotient, Sum, Symbol
from symbackprop.functions import FUNCTIONS, Z
from symbackprop.graph import Graph
from symbackprop.network import Network
from symbackprop.parse import parse
from symbackprop.problem import Problem

DIGITS = 60
STEP = mpmath.mpf(10) ** -18
HALF_OF = sympy.Rational(1, 2)


class NoValueError(ArithmeticError):
    """An expression has no real value at the point."""


# --- expressions as SymPy objects --------------------------------------------------------------------------------


RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class Choose(sympy.Function):
    """
    Choose(relation, left, right, then, other), differentiated branch by branch and evaluated where it holds.

    SymPy's Piecewise, Max and Abs reason about their conditions at great length; nothing is to be known here.
    """

    is_real = True

    def _eval_derivative(self, symbol: Any) -> Any:
        relation, left, right, then, other = self.args
        return Choose(relation, left, right, then.diff(symbol), other.diff(symbol))


def choose(left: Any, relation: str, right: Any, then: Any, other: Any) -> Any:
    return Choose(list(RELATIONS).index(relation), *map(sympy.sympify, (left, right, then, other)))


TEXTBOOK: dict[str, Callable[..., Any]] = {
    "exp": sympy.exp, "log": sympy.log, "sqrt": sympy.sqrt, "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan,
    "sinh": sympy.sinh, "cosh": sympy.cosh, "asin": sympy.asin, "acos": sympy.acos, "atan": sympy.atan, "erf": sympy.erf,
    "sech": sympy.sech, "tanh": sympy.tanh,
    "abs": lambda z: choose(z, ">", 0, z, choose(z, "<", 0, -z, 0)),
    "sign": lambda z: choose(z, ">", 0, 1, choose(z, "<", 0, -1, 0)),
    "step": lambda z: choose(z, ">", 0, 1, 0),
    "max": lambda a, b: choose(a, ">=", b, a, b),
    "min": lambda a, b: choose(a, "<=", b, a, b),
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + sympy.exp(-z)),
    "relu": lambda z: choose(z, ">", 0, z, 0),
    "leaky_relu": lambda z: choose(z, ">", 0, z, z / 100),
    "elu": lambda z: choose(z, ">", 0, z, sympy.exp(z) - 1),
    "softplus": lambda z: sympy.log(1 + sympy.exp(z)),
    "softsign": lambda z: z / (1 + choose(z, ">", 0, z, -z)),
    "gelu": lambda z: z * (1 + sympy.erf(z / sympy.sqrt(2))) / 2,
    "silu": lambda z: z / (1 + sympy.exp(-z)),
    "hard_sigmoid": lambda z: choose(z, "<=", -3, 0, choose(z, ">=", 3, 1, z / 6 + HALF_OF)),
    "hard_tanh": lambda z: choose(z, "<=", -1, -1, choose(z, ">=", 1, 1, z)),
    "square": lambda z: z**2,
    "softmax": lambda i, *zs: sympy.exp(zs[i - 1]) / sympy.Add(*map(sympy.exp, zs)),
    "log_softmax": lambda i, *zs: zs[i - 1] - sympy.log(sympy.Add(*map(sympy.exp, zs))),
}  # fmt: skip


@cache
def sympy_of(expr: Expr) -> Any:
    """Return an expression as a SymPy object, activations written out; symbols are real."""
    match expr:
        case Number(value):
            return sympy.Rational(value.numerator, value.denominator)
        case Constant(name):
            return {"pi": sympy.pi, "e": sympy.E}[name]
        case Symbol(name=name):
            return sympy.Symbol(name, real=True)
        case Sum(terms):
            return sympy.Add(*map(sympy_of, terms))
        case Product(factors):
            return sympy.Mul(*map(sympy_of, factors))
        case Quotient(numerator, denominator):
            return sympy_of(numerator) / sympy_of(denominator)
        case Power(base, exponent):
            return sympy_of(base) ** sympy_of(exponent)
        case Cases(branches, otherwise):
            value = sympy_of(otherwise)
            for branch, test in reversed(branches):
                value = choose(sympy_of(test.left), test.relation, sympy_of(test.right), sympy_of(branch), value)
            return value
        case Call(function, arguments) if function in TEXTBOOK:
            return TEXTBOOK[function](*map(sympy_of, arguments))
        case Call(function, (argument,)):
            # A row added since: until it has a line above, its own definition is the only one there is.
            define = FUNCTIONS[function].define
            assert define is not None, f"{function} has no definition: write one in TEXTBOOK"
            return sympy_of(define(Z)).xreplace({sympy_of(Z): sympy_of(argument)})
    raise TypeError(type(expr).__name__)


def sympy_composite(graph: Graph) -> Any:
    """Return the output in leaves only."""
    return sympy_of(expand(graph.output.symbol, graph.definitions))


# --- SymPy objects as numbers ------------------------------------------------------------------------------------

MPMATH: dict[Any, Callable[..., Any]] = {
    sympy.exp: mpmath.exp, sympy.log: mpmath.log, sympy.sin: mpmath.sin, sympy.cos: mpmath.cos, sympy.tan: mpmath.tan,
    sympy.sinh: mpmath.sinh, sympy.cosh: mpmath.cosh, sympy.tanh: mpmath.tanh, sympy.sech: mpmath.sech,
    sympy.asin: mpmath.asin, sympy.acos: mpmath.acos, sympy.atan: mpmath.atan, sympy.erf: mpmath.erf,
    sympy.Abs: abs, sympy.sign: mpmath.sign, sympy.Max: max, sympy.Min: min,
    sympy.Heaviside: lambda z, at_zero=HALF_OF: mpmath.mpf(z > 0) if z else at_zero,
    sympy.DiracDelta: lambda z: mpmath.mpf(0) if z else mpmath.inf,
}  # fmt: skip
COMPARE: dict[Any, Callable[[Any, Any], bool]] = {
    sympy.StrictGreaterThan: lambda a, b: a > b,
    sympy.GreaterThan: lambda a, b: a >= b,
    sympy.StrictLessThan: lambda a, b: a < b,
    sympy.LessThan: lambda a, b: a <= b,
}


def number(expr: Any, env: Mapping[str, Any], memo: dict[Any, Any] | None = None) -> Any:
    """
    Evaluate a SymPy object with mpmath at the working precision; shared parts once.

    Raises NoValueError where the value is not real.
    """
    memo = {} if memo is None else memo
    try:
        value = _number(expr, env, memo)
    except (ZeroDivisionError, ValueError) as error:
        raise NoValueError(str(error)) from error
    if not mpmath.isfinite(value):
        msg = f"{expr} is {value}"
        raise NoValueError(msg)
    return value


def _number(expr: Any, env: Mapping[str, Any], memo: dict[Any, Any]) -> Any:
    if expr.is_Symbol:
        return env[expr.name]
    if expr.is_Rational:
        return mpmath.mpf(expr.p) / expr.q
    if expr in memo:
        return memo[expr]
    if expr.is_NumberSymbol:
        value = {sympy.pi: mpmath.pi, sympy.E: mpmath.e}[expr] + mpmath.mpf(0)
    elif isinstance(expr, Choose):
        relation, left, right, then, other = expr.args
        holds = RELATIONS[list(RELATIONS)[int(relation)]](_number(left, env, memo), _number(right, env, memo))
        value = _number(then if holds else other, env, memo)
    elif isinstance(expr, sympy.Piecewise):
        value = next(_number(branch, env, memo) for branch, test in expr.args if _holds(test, env, memo))
    elif expr in {sympy.zoo, sympy.oo, -sympy.oo, sympy.nan, sympy.I}:
        raise NoValueError(str(expr))
    else:
        parts = [_number(part, env, memo) for part in expr.args]
        if expr.is_Add:
            value = sum(parts, mpmath.mpf(0))
        elif expr.is_Mul:
            value = mpmath.fprod(parts)
        elif expr.is_Pow:
            value = mpmath.power(*parts)
        else:
            value = MPMATH[expr.func](*parts)
    if isinstance(value, mpmath.mpc):
        raise NoValueError(str(expr))
    memo[expr] = value
    return value


def _holds(test: Any, env: Mapping[str, Any], memo: dict[Any, Any]) -> bool:
    if test in {sympy.true, sympy.false}:
        return bool(test)
    return COMPARE[test.func](_number(test.lhs, env, memo), _number(test.rhs, env, memo))


def mp(value: int | Fraction) -> Any:
    """Lift a rational to the working precision."""
    return mpmath.mpf(value.numerator) / value.denominator


def close(left: Any, right: Any, digits: int = 30) -> bool:
    """Whether two numbers agree to so many digits, relative to the larger or to 1."""
    return bool(abs(left - right) <= mpmath.mpf(10) ** -digits * max(1, abs(left), abs(right)))


# --- derivatives -------------------------------------------------------------------------------------------------


@cache
def sympy_diff(expr: Expr, name: str) -> Any:
    """Differentiate one definition."""
    return sympy_of(expr).diff(sympy.Symbol(name, real=True))


class Reference:
    """
    A graph at a point, with 60 digits.

    Raises NoValueError where a definition has no real value there.
    """

    def __init__(self, graph: Graph, point: Mapping[str, Fraction]) -> None:
        mpmath.mp.dps = DIGITS
        self.graph = graph
        self.point = point
        self.leaves = {name: mp(value) for name, value in point.items()}
        self.values = self.forward(self.leaves)

    def forward(self, start: Mapping[str, Any], fixed: str = "") -> dict[str, Any]:
        """Compute every value from the leaves; `fixed` is a definition whose value is given, not computed."""
        env = dict(start)
        for node in self.graph.nodes:
            if node.symbol.name != fixed:
                env[node.symbol.name] = number(sympy_of(node.expr), env)
        return env

    @cached_property
    def locals(self) -> dict[tuple[str, str], Any]:
        """The local derivative of every edge (child, parent)."""
        return {
            (child, parent): number(sympy_diff(node.expr, parent), self.values)
            for child, node in self.graph.definitions.items()
            for parent in self.graph.parents[child]
        }

    @cached_property
    def tangents(self) -> dict[str, dict[str, Any]]:
        """The derivative of everything by everything before it: tangents[of][value], pushed forward."""
        found = {}
        for source in (*self.leaves, *self.graph.definitions):
            moving = {source: mpmath.mpf(1)}
            for child in self.graph.definitions:
                if child != source:
                    pushed = [self.locals[child, p] * moving[p] for p in self.graph.parents[child] if p in moving]
                    if pushed:
                        moving[child] = mpmath.fsum(pushed)
            found[source] = moving
        return found

    def adjoint(self, output: str, of: str) -> Any:
        """Return ∂output/∂of over all paths."""
        return self.tangents[of].get(output, mpmath.mpf(0))

    def shifted(self, name: str, output: str, by: Any) -> Any:
        """Return the output with one leaf or value moved, from the forward pass alone."""
        affected = self.graph.descendants(name) - {name}
        env = {**self.values, name: self.values[name] + by}
        for node in self.graph.nodes:
            if node.symbol.name in affected:
                env[node.symbol.name] = number(sympy_of(node.expr), env)
        return env[output]

    def difference(self, name: str, output: str) -> Any:
        """Return the central difference of the output by a leaf or value."""
        return (self.shifted(name, output, STEP) - self.shifted(name, output, -STEP)) / (2 * STEP)

    def is_kink(self, name: str, output: str) -> bool:
        """Whether the slopes to the left and to the right differ."""
        here = self.values[output]
        right, left = self.shifted(name, output, STEP) - here, here - self.shifted(name, output, -STEP)
        return not close(left / STEP, right / STEP, 8)


def real_reference(
    graph: Graph, draw: Callable[[int], Mapping[str, Fraction]], wanted: int = 1, most: int = 40
) -> Sequence[Reference]:
    """Return references at the first `wanted` drawn points where everything has a real value."""
    found: list[Reference] = []
    for seed in range(most):
        try:
            found.append(Reference(graph, draw(seed)))
        except NoValueError:
            continue
        if len(found) == wanted:
            return found
    msg = f"{len(found)} of {wanted} points have a value"
    raise AssertionError(msg)


# --- PyTorch -----------------------------------------------------------------------------------------------------


def torch_expression(expr: Expr, env: Mapping[str, Any]) -> Any:
    """Evaluate an expression of plain calculus on PyTorch tensors."""
    import torch  # optional

    match expr:
        case Number(value):
            return torch.tensor(float(Fraction(value)), dtype=torch.float64)
        case Constant(name):
            return torch.tensor(float({"pi": mpmath.pi, "e": mpmath.e}[name]), dtype=torch.float64)
        case Symbol(name=name):
            return env[name]
        case Sum(terms):
            return sum(torch_expression(term, env) for term in terms)
        case Product(factors):
            return torch.stack([torch_expression(factor, env) for factor in factors]).prod()
        case Quotient(numerator, denominator):
            return torch_expression(numerator, env) / torch_expression(denominator, env)
        case Power(base, exponent):
            return torch_expression(base, env) ** torch_expression(exponent, env)
        case Call(function, arguments):
            parts = [torch_expression(argument, env) for argument in arguments]
            own = {"max": torch.maximum, "min": torch.minimum, "sech": lambda z: 1 / torch.cosh(z)}
            step = {"step": lambda z: torch.heaviside(z.detach(), torch.zeros((), dtype=torch.float64))}
            return (own | step).get(function, getattr(torch, function, None))(*parts)
    raise TypeError(type(expr).__name__)


def torch_activation(name: str, z: Any) -> Any:
    """Apply an activation to a whole layer, as PyTorch has it, or a formula in z unit by unit."""
    import torch
    import torch.nn.functional as F  # noqa: N812 - the name PyTorch's own pages use

    # F.hardsigmoid has 1/6 in single precision.
    known = {
        "identity": lambda z: z, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": F.relu, "leaky_relu": F.leaky_relu,
        "elu": F.elu, "softplus": F.softplus, "softsign": F.softsign, "gelu": F.gelu, "silu": F.silu, "exp": torch.exp,
        "hard_sigmoid": lambda z: (z / 6 + 0.5).clamp(0, 1), "hard_tanh": F.hardtanh, "sin": torch.sin, "square": torch.square,
        "softmax": lambda z: F.softmax(z, 0), "log_softmax": lambda z: F.log_softmax(z, 0),
    }  # fmt: skip
    if name in known:
        return known[name](z)
    formula = parse(name, {"z"})
    return torch.stack([torch_expression(formula, {"z": entry}) for entry in z])


def torch_loss(name: str, a: Any, y: Any) -> Any:
    """Return one sample's loss, as PyTorch has it."""
    import torch
    import torch.nn.functional as F  # noqa: N812 - the name PyTorch's own pages use

    known = {
        "squared_error": lambda: F.mse_loss(a, y, reduction="sum"),
        "half_squared_error": lambda: F.mse_loss(a, y, reduction="sum") / 2,
        "mean_squared_error": lambda: F.mse_loss(a, y),
        "absolute_error": lambda: F.l1_loss(a, y, reduction="sum"),
        "huber": lambda: F.huber_loss(a, y, reduction="sum"),
        "hinge": lambda: F.relu(1 - y * a).sum(),
        "binary_cross_entropy": lambda: F.binary_cross_entropy(a, y, reduction="sum"),
        "cross_entropy": lambda: -(y * a.log()).sum(),
        "kl_divergence": lambda: F.kl_div(a.log(), y, reduction="sum"),
        "negative_log_likelihood": lambda: -(y * a).sum(),
        "sum": a.sum,
    }
    if name in known:
        return known[name]()
    formula = parse(name, {"a", "y"})
    return torch.stack([torch_expression(formula, {"a": p, "y": q}) for p, q in zip(a, y, strict=True)]).sum()


def torch_gradients(problem: Problem, point: Mapping[str, Fraction]) -> dict[str, float]:
    """Return the derivative of the output by every leaf, by PyTorch in float64; a network is built from its declaration."""
    import torch

    leaves = {name: torch.tensor(float(value), dtype=torch.float64, requires_grad=True) for name, value in point.items()}
    output = _torch_network(problem.network, leaves) if problem.network else _torch_definitions(problem.graph, leaves)
    output.backward()
    return {name: float(leaf.grad) for name, leaf in leaves.items() if leaf.grad is not None}


def _torch_definitions(graph: Graph, leaves: Mapping[str, Any]) -> Any:
    env = dict(leaves)
    for node in graph.nodes:
        env[node.symbol.name] = torch_expression(node.expr, env)
    return env[graph.output.symbol.name]


def _torch_network(network: Network, leaves: Mapping[str, Any]) -> Any:
    import torch

    losses = []
    for sample in range(1, network.samples + 1):
        suffix = f"_s{sample}" if network.samples > 1 else ""
        signal = torch.stack([leaves[f"x_{k}{suffix}"] for k in range(1, network.inputs + 1)])
        for index, layer in enumerate(network.layers, 1):
            units, width = range(1, layer.units + 1), range(1, network.sizes[index - 1] + 1)
            weights = torch.stack([torch.stack([leaves[f"w{index}_{j}_{k}"] for k in width]) for j in units])
            bias = 0 if layer.biases is False else torch.stack([leaves[f"b{index}_{j}"] for j in units])
            signal = torch_activation(layer.activation, weights @ signal + bias)
        targets = [leaves.get(f"y_{j}{suffix}", torch.zeros((), dtype=torch.float64)) for j in range(1, len(signal) + 1)]
        losses.append(torch_loss(network.loss, signal, torch.stack(targets)))
    divisor = {"mean": len(losses), "sum": 1, "half_mean": 2 * len(losses)}[network.reduction]
    weights = [leaf for name, leaf in leaves.items() if name.startswith("w")]
    penalty = sum(float(network.l1.value) * w.abs() for w in weights) if network.l1 else 0
    penalty += sum(float(network.l2.value) / 2 * w**2 for w in weights) if network.l2 else 0
    return sum(losses) / divisor + penalty
