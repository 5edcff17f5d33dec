"""
The functions and losses symbackprop knows: one row each, formula beside formula.

A `Function` states its definition and its slope; the slope is written in terms of the argument `z`
and the function's own value `f`, as textbooks do (σ' = σ(1 − σ)).  A new activation is one row here:
every view, format, number and check follows from it.  Tests compare each slope with the derivative
of the definition, by SymPy and by finite differences at 30 digits.

Slopes at a kink are conventions: step(0) = 0, sign(0) = 0, so that ReLU'(0) = 0.

Sources of the definitions: Goodfellow, Bengio and Courville, *Deep Learning* (2016), ch. 6;
gelu: Hendrycks and Gimpel (2016), arXiv:1606.08415; elu: Clevert et al. (2015), arXiv:1511.07289;
silu: Elfwing et al. (2017), arXiv:1702.03118; huber: Huber (1964), with threshold 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symbackprop.errors import UnknownNameError, nearest
from symbackprop.expr import ONE, ZERO, Cases, Condition, Constant, Expr, Symbol, add, call, div, mul, number

Unary = Callable[[Expr], Expr]
Slope = Callable[[Expr, Expr], Expr]

HALF = Fraction(1, 2)
PI = Constant("pi")
Z, F = Symbol("z"), Symbol("f")


@dataclass(frozen=True)
class Function:
    """
    A function of one real variable.

    `slope(z, f)` is the derivative at `z`, where `f` is the function's value there.
    `define` is None for elementary functions, whose numbers come from `math` and mpmath by the same name.
    `rule` is the slope as a sentence of a textbook; `kinks` are the arguments where no derivative exists.
    `stable` computes the value in floating point where the definition would overflow.
    """

    name: str
    slope: Slope
    rule: str
    define: Unary | None = None
    latex: str = ""
    text: str = ""
    aliases: tuple[str, ...] = ()
    kinks: tuple[float, ...] = ()
    activation: bool = False
    stable: Callable[[float], float] | None = None

    def __call__(self, argument: Expr) -> Expr:
        """Apply the function."""
        return call(self.name, argument)


@dataclass(frozen=True)
class VectorFunction:
    """
    A function of a whole layer: output i of `size` depends on every pre-activation.

    `define(i, zs)` is output i (from 0); `slope(i, j, fs)` its derivative by z_j in terms of the outputs `fs`;
    `same` and `other` say it for i = j and for i ≠ j, as `rule` says both.
    """

    name: str
    define: Callable[[int, Sequence[Expr]], Expr]
    slope: Callable[[int, int, Sequence[Expr]], Expr]
    rule: str
    same: str
    other: str
    latex: str
    text: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Loss:
    """
    A loss of one sample, a sum over outputs: `part(a, y, n)` is the summand of one of `n` outputs.

    `formula` is the whole loss in plain text, for `list`.
    """

    name: str
    part: Callable[[Expr, Expr, int], Expr]
    formula: str
    title: str
    aliases: tuple[str, ...] = ()


def exp(z: Expr) -> Expr:
    """Return e to the power z."""
    return call("exp", z)


def log(z: Expr) -> Expr:
    """Natural logarithm."""
    return call("log", z)


def sqrt(z: Expr) -> Expr:
    """Non-negative square root."""
    return call("sqrt", z)


def sigmoid(z: Expr) -> Expr:
    """1 / (1 + e^(-z))."""
    return call("sigmoid", z)


def maximum(left: Expr | int, right: Expr | int) -> Expr:
    """Return the larger of two."""
    return call("max", left, right)


def minimum(left: Expr | int, right: Expr | int) -> Expr:
    """Return the smaller of two."""
    return call("min", left, right)


def piecewise(value: Expr, test: tuple[Expr, str, Expr], otherwise: Expr) -> Expr:
    """Return value where the test (left, relation, right) holds, else otherwise."""
    return Cases(((value, Condition(*test)),), otherwise)


def _within(z: Expr, bound: int, inside: Expr) -> Expr:
    """Return `inside` where -bound < z < bound, else 0."""
    return Cases(((ZERO, Condition(z, "<=", number(-bound))), (inside, Condition(z, "<", number(bound)))), ZERO)


def _stable_sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def _stable_softplus(z: float) -> float:
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def _normal_density(z: Expr) -> Expr:
    return div(exp(mul(-HALF, z**2)), sqrt(2 * PI))


def _normal_cdf(z: Expr) -> Expr:
    return HALF * (1 + call("erf", div(z, sqrt(number(2)))))


_ROWS: tuple[Function, ...] = (
    # Elementary functions.
    Function("exp", lambda z, f: f, "(eᵘ)′ = eᵘ", latex=r"\exp", activation=True),
    Function("log", lambda z, f: 1 / z, "(ln u)′ = 1/u", latex=r"\ln", text="ln", aliases=("ln",)),
    Function("sqrt", lambda z, f: 1 / (2 * f), "(√u)′ = 1/(2√u)", latex=r"\sqrt", text="√"),
    Function("sin", lambda z, f: call("cos", z), "(sin u)′ = cos u", latex=r"\sin", activation=True),
    Function("cos", lambda z, f: -call("sin", z), "(cos u)′ = −sin u", latex=r"\cos"),
    Function("tan", lambda z, f: 1 + f**2, "(tan u)′ = 1 + tan² u", latex=r"\tan"),
    Function("sinh", lambda z, f: call("cosh", z), "(sinh u)′ = cosh u", latex=r"\sinh"),
    Function("cosh", lambda z, f: call("sinh", z), "(cosh u)′ = sinh u", latex=r"\cosh"),
    Function("asin", lambda z, f: 1 / sqrt(1 - z**2), "(arcsin u)′ = 1/√(1 − u²)", latex=r"\arcsin", aliases=("arcsin",)),
    Function("acos", lambda z, f: -1 / sqrt(1 - z**2), "(arccos u)′ = −1/√(1 − u²)", latex=r"\arccos", aliases=("arccos",)),
    Function("atan", lambda z, f: 1 / (1 + z**2), "(arctan u)′ = 1/(1 + u²)", latex=r"\arctan", aliases=("arctan",)),
    Function("erf", lambda z, f: 2 / sqrt(PI) * exp(-(z**2)), "erf′(u) = (2/√π)·e^(−u²)"),
    Function("abs", lambda z, f: call("sign", z), "|u|′ = sign u for u ≠ 0", kinks=(0,)),
    Function("sign", lambda z, f: ZERO, "sign is constant away from 0", kinks=(0,)),
    Function("step", lambda z, f: ZERO, "a step is constant away from 0", kinks=(0,)),
    Function("sech", lambda z, f: -f * call("tanh", z), "(sech u)′ = −sech u · tanh u", define=lambda z: 1 / call("cosh", z)),
    # Activations.
    Function(
        "identity", lambda z, f: ONE, "the identity has slope 1",
        define=lambda z: z, text="id", latex=r"\operatorname{id}", aliases=("linear",), activation=True,
    ),
    Function(
        "sigmoid", lambda z, f: f * (1 - f), "σ′ = σ(1 − σ)",
        define=lambda z: 1 / (1 + exp(-z)),
        latex=r"\sigma", text="σ", aliases=("sigma", "σ", "logistic"), activation=True, stable=_stable_sigmoid,
    ),
    Function(
        "tanh", lambda z, f: 1 - f**2, "tanh′ = 1 − tanh²",
        define=lambda z: (exp(z) - exp(-z)) / (exp(z) + exp(-z)),
        latex=r"\tanh", activation=True, stable=math.tanh,
    ),
    Function(
        "relu", lambda z, f: call("step", z), "ReLU′ is 1 where z > 0, else 0",
        define=lambda z: maximum(0, z), text="ReLU", kinks=(0,), activation=True,
    ),
    Function(
        "leaky_relu", lambda z, f: piecewise(ONE, (z, ">", ZERO), number(Fraction(1, 100), decimal=True)),
        "LReLU′ is 1 where z > 0, else 0.01",
        define=lambda z: piecewise(z, (z, ">", ZERO), number(Fraction(1, 100), decimal=True) * z),
        text="LReLU", kinks=(0,), activation=True,
    ),
    Function(
        "elu", lambda z, f: piecewise(ONE, (z, ">", ZERO), f + 1), "ELU′ is 1 where z > 0, else ELU + 1",
        define=lambda z: piecewise(z, (z, ">", ZERO), exp(z) - 1),
        text="ELU", activation=True, stable=lambda z: z if z > 0 else math.expm1(z),
    ),
    Function(
        "softplus", lambda z, f: sigmoid(z), "softplus′ = σ",
        define=lambda z: log(1 + exp(z)), activation=True, stable=_stable_softplus,
    ),
    Function(
        "softsign", lambda z, f: 1 / (1 + call("abs", z)) ** 2, "softsign′ = 1/(1 + |z|)²",
        define=lambda z: z / (1 + call("abs", z)), activation=True,
    ),
    Function(
        "gelu", lambda z, f: _normal_cdf(z) + z * _normal_density(z), "GELU′ = Φ(z) + z·φ(z), Φ and φ the normal distribution",
        define=lambda z: z * _normal_cdf(z), text="GELU", activation=True,
    ),
    Function(
        "silu", lambda z, f: sigmoid(z) * (1 + z * (1 - sigmoid(z))), "SiLU′ = σ(z)·(1 + z·(1 − σ(z)))",
        define=lambda z: z * sigmoid(z),
        text="SiLU", aliases=("swish",), activation=True, stable=lambda z: z * _stable_sigmoid(z),
    ),
    Function(
        "hard_sigmoid", lambda z, f: _within(z, 3, number(Fraction(1, 6))), "the slope is 1/6 where −3 < z < 3, else 0",
        define=lambda z: maximum(0, minimum(1, div(z, 6) + HALF)),
        text="hardσ", kinks=(-3, 3), activation=True,
    ),
    Function(
        "hard_tanh", lambda z, f: _within(z, 1, ONE), "the slope is 1 where −1 < z < 1, else 0",
        define=lambda z: maximum(-1, minimum(1, z)), text="hardtanh", kinks=(-1, 1), activation=True,
    ),
    Function("square", lambda z, f: 2 * z, "(z²)′ = 2z", define=lambda z: z**2, text="sq", activation=True),
)

FUNCTIONS: dict[str, Function] = {row.name: row for row in _ROWS}

VECTOR_FUNCTIONS: dict[str, VectorFunction] = {
    row.name: row
    for row in (
        VectorFunction(
            "softmax",
            define=lambda i, zs: exp(zs[i]) / add(*map(exp, zs)),
            slope=lambda i, j, fs: fs[i] * (1 - fs[i]) if i == j else mul(-1, fs[i], fs[j]),
            rule="∂pᵢ/∂zⱼ = pᵢ(1 − pᵢ) for i = j, −pᵢpⱼ for i ≠ j",
            same="i = j: pᵢ(1 − pᵢ)",
            other="i ≠ j: −pᵢpⱼ",
            latex=r"\operatorname{softmax}",
            text="softmax",
        ),
        VectorFunction(
            "log_softmax",
            define=lambda i, zs: zs[i] - log(add(*map(exp, zs))),
            slope=lambda i, j, fs: 1 - exp(fs[i]) if i == j else -exp(fs[j]),
            rule="∂(ln pᵢ)/∂zⱼ = 1 − pᵢ for i = j, −pⱼ for i ≠ j",
            same="i = j: 1 − pᵢ",
            other="i ≠ j: −pⱼ",
            latex=r"\operatorname{log\,softmax}",
            text="log_softmax",
        ),
    )
}

LOSSES: dict[str, Loss] = {
    row.name: row
    for row in (
        Loss("squared_error", lambda a, y, n: (a - y) ** 2, "Σ (a − y)²", "squared error", ("sse",)),
        Loss("half_squared_error", lambda a, y, n: HALF * (a - y) ** 2, "½ Σ (a − y)²", "half squared error", ("half_sse",)),
        Loss("mean_squared_error", lambda a, y, n: Fraction(1, n) * (a - y) ** 2, "(1/n) Σ (a − y)²", "mean squared error", ("mse",)),
        Loss("absolute_error", lambda a, y, n: call("abs", a - y), "Σ |a − y|", "absolute error", ("mae", "l1_loss")),
        Loss(
            "huber",
            lambda a, y, n: piecewise(HALF * (a - y) ** 2, (call("abs", a - y), "<=", ONE), call("abs", a - y) - HALF),
            "Σ ½(a − y)² where |a − y| ≤ 1, else |a − y| − ½", "Huber loss",
        ),
        Loss("hinge", lambda a, y, n: maximum(0, 1 - y * a), "Σ max(0, 1 − y·a)", "hinge loss"),
        Loss(
            "binary_cross_entropy", lambda a, y, n: -(y * log(a)) - (1 - y) * log(1 - a),
            "−Σ (y ln a + (1 − y) ln(1 − a))", "binary cross-entropy", ("bce",),
        ),
        Loss("cross_entropy", lambda a, y, n: -(y * log(a)), "−Σ y ln a", "cross-entropy", ("ce", "categorical_cross_entropy")),
        Loss("kl_divergence", lambda a, y, n: y * log(y / a), "Σ y ln(y/a)", "Kullback–Leibler divergence", ("kl",)),
        Loss(
            "negative_log_likelihood", lambda a, y, n: mul(-1, y, a), "−Σ y·a, where a = ln p",
            "negative log-likelihood", ("nll",),
        ),
        Loss("sum", lambda a, y, n: a, "Σ a", "sum of the outputs"),
    )
}

ACTIVATIONS: dict[str, Function | VectorFunction] = {
    **{name: row for name, row in FUNCTIONS.items() if row.activation},
    **VECTOR_FUNCTIONS,
}

# Functions of two arguments: the gradient goes to the one that is selected, the first where they tie.
SELECTIONS = {"max": ">=", "min": "<="}

_ALIASES = {
    alias: row.name for table in (FUNCTIONS, VECTOR_FUNCTIONS, LOSSES) for row in table.values() for alias in row.aliases
}


def canonical(name: str) -> str:
    """Return a function's or loss's own name for any of its names ("ln" is "log")."""
    return _ALIASES.get(name, name)


def find_activation(name: str) -> Function | VectorFunction:
    """
    Look an activation up by any of its names.

    >>> find_activation("swish").name
    'silu'

    Raises UnknownNameError, which names the nearest known one.
    """
    row = ACTIVATIONS.get(canonical(name))
    if row is None:
        known = sorted({*ACTIVATIONS, *(a for r in ACTIVATIONS.values() for a in r.aliases)})
        hint = nearest(name, known) or f" (known: {', '.join(ACTIVATIONS)}, or a formula in z)"
        msg = f'unknown activation "{name}"{hint}'
        raise UnknownNameError(msg)
    return row


def find_loss(name: str) -> Loss:
    """
    Look a loss up by any of its names.

    Raises UnknownNameError, which names the nearest known one.
    """
    row = LOSSES.get(canonical(name))
    if row is None:
        known = sorted({*LOSSES, *(a for r in LOSSES.values() for a in r.aliases)})
        hint = nearest(name, known) or f" (known: {', '.join(LOSSES)}, or a formula in a and y)"
        msg = f'unknown loss "{name}"{hint}'
        raise UnknownNameError(msg)
    return row
