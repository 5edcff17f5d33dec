"""
The optimizers symbackprop knows: one row each, and a row is its recurrence.

A recurrence is an ordered list of lines `name ← expression`, read from top to bottom as assignments: a state on
the right is the one before the line.  The last line is the new parameter `w`.  Numbers, printed formulas
and `list` all follow from these lines, so a new optimizer is one row here.

Symbols of a line: the parameter `w`, its gradient `g`, the state (`v`, `s`, `m`), the number of the update `t`
(from 1) and the hyperparameters of `HYPERPARAMETERS` by their symbols (`eta`, `mu`, `rho`, `beta1`, `beta2`,
`epsilon`, `lambda`).  Lines act on one number at a time; every parameter has a state of its own.

Where two conventions exist, the default is PyTorch's: the velocity of `momentum` gathers plain gradients
(v ← μv + g, w ← w − ηv); with `style = "velocity"` it gathers steps (v ← μv − ηg, w ← w + v), as in Keras and CS231n.
Both give the same parameters as long as the learning rate stays the same.

References: Robbins and Monro (1951), *A Stochastic Approximation Method*; Polyak (1964), *Some methods of speeding
up the convergence of iteration methods*; Nesterov (1983), as rewritten by Sutskever, Martens, Dahl and Hinton (2013),
*On the importance of initialization and momentum in deep learning*, and in PyTorch; Duchi, Hazan and Singer (2011),
*Adaptive Subgradient Methods*; Tieleman and Hinton (2012), *Lecture 6.5: rmsprop*; Kingma and Ba (2015),
*Adam*, arXiv:1412.6980; Loshchilov and Hutter (2019), *Decoupled Weight Decay Regularization*, arXiv:1711.05101.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from symbackprop.arithmetic.closures import compile_expr
from symbackprop.errors import ProblemError, UnknownNameError, nearest
from symbackprop.expr import ZERO, Exact, Expr, Number, Symbol, call, number, substitute

Line: TypeAlias = tuple[str, Expr]
Fault: TypeAlias = tuple[str, str]
Update: TypeAlias = "Callable[[float, float, int, Mapping[str, float]], dict[str, float]]"

DIRECTIONS = ("descent", "ascent")
STYLES = ("pytorch", "velocity")
UPDATES = ("batch", "online")

W, G, T = Symbol("w"), Symbol("g"), Symbol("t")
M, V, S = Symbol("m"), Symbol("v"), Symbol("s")
M_HAT, V_HAT = Symbol("m_hat"), Symbol("v_hat")
ETA, MU, RHO = Symbol("eta"), Symbol("mu"), Symbol("rho")
BETA1, BETA2 = Symbol("beta1"), Symbol("beta2")
EPS, LAMBDA = Symbol("epsilon"), Symbol("lambda")


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """
    A number the reader may choose; `key` is its name in a problem file, `symbol` its letter in formulas.

    Its range goes from `low` to `high` (None: no bound), the bounds included unless they are open.
    """

    key: str
    symbol: Symbol
    title: str
    low: int = 0
    high: int | None = None
    low_open: bool = False
    high_open: bool = False

    def accepts(self, value: Exact) -> bool:
        """Tell whether the value lies in the range."""
        above = value > self.low if self.low_open else value >= self.low
        below = self.high is None or (value < self.high if self.high_open else value <= self.high)
        return above and below

    @property
    def range(self) -> str:
        """The range as an inequality in the key: `0 <= beta1 < 1`."""
        left = f"{self.low} {'<' if self.low_open else '<='} {self.key}"
        return left if self.high is None else f"{left} {'<' if self.high_open else '<='} {self.high}"


HYPERPARAMETERS: dict[str, Hyperparameter] = {
    row.key: row
    for row in (
        Hyperparameter("learning_rate", ETA, "learning rate", low_open=True),
        Hyperparameter("momentum", MU, "momentum", high=1),
        Hyperparameter("rho", RHO, "decay of the mean square (PyTorch's alpha)", high=1),
        Hyperparameter("beta1", BETA1, "decay of the mean gradient", high=1, high_open=True),
        Hyperparameter("beta2", BETA2, "decay of the mean square", high=1, high_open=True),
        Hyperparameter("eps", EPS, "guard against division by zero"),
        Hyperparameter("weight_decay", LAMBDA, "weight decay"),
    )
}

KEY_ALIASES = {"lr": "learning_rate", "eta": "learning_rate", "mu": "momentum", "alpha": "rho", "epsilon": "eps"}


@dataclass(frozen=True, slots=True)
class State:
    """A number kept for every parameter from one update to the next; `initial` is its value before the first."""

    name: str
    title: str
    initial: Number = ZERO


@dataclass(frozen=True)
class Optimizer:
    """
    One way of turning gradients into updates.

    `defaults` has every hyperparameter the recurrence uses, with PyTorch's default; `lines` writes the recurrence.
    `styles` are the values `style` may have; only optimizers with a velocity have two.
    `titles` says what the auxiliary lines are.
    """

    name: str
    title: str
    source: str
    defaults: Mapping[str, Number]
    lines: Callable[[OptimizerOptions], tuple[Line, ...]]
    state: tuple[State, ...] = ()
    aliases: tuple[str, ...] = ()
    styles: tuple[str, ...] = ("pytorch",)
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[str, ...]:
        """The options this optimizer takes, in the order in which they are listed."""
        keys = [*self.defaults, "direction"]
        if "eps" in self.defaults:
            keys.append("eps_inside_sqrt")
        if len(self.styles) > 1:
            keys.append("style")
        if self.state:
            keys.append("state")
        return tuple(keys)

    def options(self, **given: object) -> OptimizerOptions:
        """
        Choose this optimizer with some options other than the defaults.

        >>> OPTIMIZERS["sgd"].options(learning_rate=0.5).hyperparameters["learning_rate"]
        Number(value=Fraction(1, 2), decimal=True)

        Raises ProblemError with every fault found.
        """
        return make_options(self.name, given)

    def recurrence(self, options: OptimizerOptions | None = None) -> tuple[Line, ...]:
        """Return the lines of one update, the last of which is the new `w`."""
        return self.lines(options if options is not None else self.options())


@dataclass(frozen=True)
class OptimizerOptions:
    """
    An optimizer with everything chosen.

    `hyperparameters` has a number for every key of the optimizer's `defaults`.
    `initial_state` holds values of the state before the first update, where they are not the table's:
    state name to a number for every parameter (key "") or for one parameter by name.
    Build it with `make_options`, which checks.
    """

    optimizer: str
    hyperparameters: Mapping[str, Number]
    eps_inside_sqrt: bool = False
    direction: str = "descent"
    style: str = "pytorch"
    initial_state: Mapping[str, Mapping[str, Number]] = field(default_factory=dict)

    @property
    def row(self) -> Optimizer:
        """The row of the table."""
        return OPTIMIZERS[self.optimizer]

    @cached_property
    def recurrence(self) -> tuple[Line, ...]:
        """The lines of one update, the last of which is the new `w`."""
        return self.row.recurrence(self)

    @property
    def constants(self) -> dict[str, Number]:
        """The hyperparameters by their symbols' names: {"eta": 0.5}."""
        return {HYPERPARAMETERS[key].symbol.name: value for key, value in self.hyperparameters.items()}

    def recurrence_for(self, parameter: Symbol, gradient: Expr) -> tuple[Line, ...]:
        """Return the recurrence of one parameter: `w` and `g` replaced, the last line named after the parameter."""
        lines = tuple((name, substitute(expr, {"w": parameter, "g": gradient})) for name, expr in self.recurrence)
        return (*lines[:-1], (parameter.name, lines[-1][1]))

    def start(self, parameter: str) -> dict[str, Number]:
        """Return the state of a parameter before the first update."""
        found = {}
        for state in self.row.state:
            chosen = self.initial_state.get(state.name, {})
            found[state.name] = chosen.get(parameter, chosen.get("", state.initial))
        return found


def compile_update(options: OptimizerOptions) -> Update:
    """
    Return a function from (parameter, gradient, number of the update, state) to the value of every line.

    The new parameter is under "w", the new state under its names; what went in is not changed.

    >>> compile_update(make_options("sgd", {"learning_rate": 0.5}))(1.0, 4.0, 1, {})["w"]
    -1.0

    The result raises DomainError where a line has no value (0/0 with eps = 0).
    """
    constants = {name: float(value.value) for name, value in options.constants.items()}
    lines = tuple((name, compile_expr(expr)) for name, expr in options.recurrence)

    def update(parameter: float, gradient: float, t: int, state: Mapping[str, float]) -> dict[str, float]:
        env = {**constants, **state, "w": parameter, "g": gradient, "t": t}
        for name, value in lines:
            env[name] = value(env)
        return env

    return update


def _sign(options: OptimizerOptions) -> int:
    """Return −1 for descent, 1 for ascent: the sign of every step along the gradient."""
    return 1 if options.direction == "ascent" else -1


def _adapted(numerator: Expr, square: Expr, options: OptimizerOptions) -> Expr:
    """Return numerator / (√square + ε), or with ε under the root."""
    denominator = call("sqrt", square + EPS) if options.eps_inside_sqrt else call("sqrt", square) + EPS
    return numerator / denominator


def _sgd(options: OptimizerOptions) -> tuple[Line, ...]:
    return (("w", W + _sign(options) * ETA * G),)


def _momentum(options: OptimizerOptions) -> tuple[Line, ...]:
    if options.style == "velocity":
        return (("v", MU * V + _sign(options) * ETA * G), ("w", W + V))
    return (("v", MU * V + G), ("w", W + _sign(options) * ETA * V))


def _nesterov(options: OptimizerOptions) -> tuple[Line, ...]:
    if options.style == "velocity":
        return (("v", MU * V + _sign(options) * ETA * G), ("w", W + MU * V + _sign(options) * ETA * G))
    return (("v", MU * V + G), ("w", W + _sign(options) * ETA * (G + MU * V)))


def _adagrad(options: OptimizerOptions) -> tuple[Line, ...]:
    return (("s", S + G**2), ("w", W + _sign(options) * _adapted(ETA * G, S, options)))


def _rmsprop(options: OptimizerOptions) -> tuple[Line, ...]:
    return (
        ("s", RHO * S + (1 - RHO) * G**2),
        ("w", W + _sign(options) * _adapted(ETA * G, S, options)),
    )


_MOMENTS: tuple[Line, ...] = (
    ("m", BETA1 * M + (1 - BETA1) * G),
    ("v", BETA2 * V + (1 - BETA2) * G**2),
    ("m_hat", M / (1 - BETA1**T)),
    ("v_hat", V / (1 - BETA2**T)),
)


def _adam(options: OptimizerOptions) -> tuple[Line, ...]:
    return (*_MOMENTS, ("w", W + _sign(options) * _adapted(ETA * M_HAT, V_HAT, options)))


def _adamw(options: OptimizerOptions) -> tuple[Line, ...]:
    step = _sign(options) * _adapted(ETA * M_HAT, V_HAT, options)
    return (*_MOMENTS, ("w", W - ETA * LAMBDA * W + step))


def _decimals(**values: str) -> dict[str, Number]:
    return {key: Number(Fraction(text), decimal=True) for key, text in values.items()}


_VELOCITY = (State("v", "velocity"),)
_BOTH_MOMENTS = (State("m", "mean gradient"), State("v", "mean squared gradient"))
_CORRECTED = {"m_hat": "mean gradient without its bias towards 0", "v_hat": "mean square without its bias towards 0"}
_ADAM_DEFAULTS = _decimals(learning_rate="0.001", beta1="0.9", beta2="0.999", eps="1e-8")

OPTIMIZERS: dict[str, Optimizer] = {
    row.name: row
    for row in (
        Optimizer(
            "sgd", "gradient descent", "Robbins and Monro (1951)",
            _decimals(learning_rate="0.001"), _sgd, aliases=("gradient_descent", "gd"),
        ),
        Optimizer(
            # PyTorch's own default, 0, would make this row plain gradient descent; 0.9 is the usual choice.
            "momentum", "gradient descent with momentum", "Polyak (1964)",
            _decimals(learning_rate="0.001", momentum="0.9"), _momentum, _VELOCITY,
            aliases=("heavy_ball", "polyak", "sgd_momentum"), styles=STYLES,
        ),
        Optimizer(
            "nesterov", "Nesterov's accelerated gradient", "Nesterov (1983), as in Sutskever et al. (2013)",
            _decimals(learning_rate="0.001", momentum="0.9"), _nesterov, _VELOCITY,
            aliases=("nag", "nesterov_momentum"), styles=STYLES,
        ),
        Optimizer(
            "adagrad", "Adagrad", "Duchi, Hazan and Singer (2011)",
            _decimals(learning_rate="0.01", eps="1e-10"), _adagrad, (State("s", "sum of squared gradients"),),
        ),
        Optimizer(
            "rmsprop", "RMSProp", "Tieleman and Hinton (2012)",
            _decimals(learning_rate="0.01", rho="0.99", eps="1e-8"), _rmsprop, (State("s", "mean squared gradient"),),
        ),
        Optimizer(
            "adam", "Adam", "Kingma and Ba (2015)",
            _ADAM_DEFAULTS, _adam, _BOTH_MOMENTS, titles=_CORRECTED,
        ),
        Optimizer(
            "adamw", "Adam with decoupled weight decay", "Loshchilov and Hutter (2019)",
            {**_ADAM_DEFAULTS, **_decimals(weight_decay="0.01")}, _adamw, _BOTH_MOMENTS, titles=_CORRECTED,
        ),
    )
}  # fmt: skip

OPTION_KEYS: tuple[str, ...] = (*HYPERPARAMETERS, "direction", "eps_inside_sqrt", "style", "state")

_ALIASES = {alias: row.name for row in OPTIMIZERS.values() for alias in row.aliases}


def find_optimizer(name: str) -> Optimizer:
    """
    Look an optimizer up by any of its names, in capitals or not.

    >>> find_optimizer("NAG").title
    "Nesterov's accelerated gradient"

    Raises UnknownNameError, which names the nearest known one.
    """
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    row = OPTIMIZERS.get(_ALIASES.get(plain, plain))
    if row is None:
        msg = f'unknown optimizer "{name}"{nearest(plain, [*OPTIMIZERS, *_ALIASES])} (known: {", ".join(OPTIMIZERS)})'
        raise UnknownNameError(msg)
    return row


def make_options(name: str, given: Mapping[str, object]) -> OptimizerOptions:
    """
    Choose an optimizer and its options.

    >>> make_options("momentum", {"lr": 0.1, "style": "velocity"}).recurrence[-1][0]
    'w'

    Raises ProblemError with every fault found, each naming its key.
    """
    options, faults = check_options(name, given)
    if options is None:
        raise ProblemError(*(message for _, message in faults))
    return options


def check_options(name: str, given: Mapping[str, object]) -> tuple[OptimizerOptions | None, tuple[Fault, ...]]:
    """
    Choose an optimizer and its options; where something is wrong, say all of it.

    Returns the options and no faults, or None and the faults as pairs (key, sentence); the key of a fault in the
    optimizer's own name is "optimizer".  Numbers may be exact (`Number`, int, Fraction) or float.
    """
    try:
        row = find_optimizer(name)
    except UnknownNameError as error:
        return None, (("optimizer", str(error)),)
    faults: list[Fault] = []
    numbers, words = dict(row.defaults), {"direction": "descent", "style": "pytorch"}
    inside, state = False, {}
    for written, value in given.items():
        key = KEY_ALIASES.get(written, written)
        if key not in row.keys:
            faults.append((written, _not_an_option(row, written)))
            continue
        try:
            if key in HYPERPARAMETERS:
                numbers[key] = _hyperparameter(HYPERPARAMETERS[key], value)
            elif key == "eps_inside_sqrt":
                inside = _truth(key, value)
            elif key == "state":
                state = _initial_state(row, value)
            else:
                words[key] = _word(key, value, DIRECTIONS if key == "direction" else STYLES)
        except ProblemError as error:
            faults.extend((written, fault) for fault in error.faults)
    if faults:
        return None, tuple(faults)
    return OptimizerOptions(row.name, numbers, inside, words["direction"], words["style"], state), ()


def _not_an_option(row: Optimizer, key: str) -> str:
    owners = [other.name for other in OPTIMIZERS.values() if KEY_ALIASES.get(key, key) in other.keys]
    if owners:
        return f'optimizer "{row.name}" has no {key} ({", ".join(owners)} {"have" if len(owners) > 1 else "has"} it)'
    return f'unknown option "{key}"{nearest(key, row.keys)} (optimizer "{row.name}" takes {", ".join(row.keys)})'


def _exact(value: object) -> Number | None:
    """Return a number as it was written, or None where it is not a finite number."""
    if isinstance(value, Number):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Fraction):
        return number(value)
    if isinstance(value, float) and math.isfinite(value):
        return number(Fraction(repr(value)), decimal=True)
    return None


def _shown(value: object) -> str:
    if isinstance(value, Number):
        return str(float(value.value) if value.decimal else value.value)
    return f'"{value}"' if isinstance(value, str) else str(value)


def _hyperparameter(row: Hyperparameter, value: object) -> Number:
    exact = _exact(value)
    if exact is None:
        msg = f"{row.key} is {_shown(value)}; it must be a number with {row.range}"
        raise ProblemError(msg)
    if not row.accepts(exact.value):
        uphill = ' (to climb, say direction = "ascent")' if row.key == "learning_rate" and exact.value < 0 else ""
        msg = f"{row.key} is {_shown(exact)}; it must satisfy {row.range}{uphill}"
        raise ProblemError(msg)
    return exact


def _truth(key: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    msg = f"{key} is {_shown(value)}; it must be true or false"
    raise ProblemError(msg)


def _word(key: str, value: object, known: tuple[str, ...]) -> str:
    if isinstance(value, str) and value in known:
        return value
    hint = nearest(value, known) if isinstance(value, str) else ""
    msg = f"{key} is {_shown(value)}{f'{hint} It' if hint else '; it'} must be {' or '.join(known)}"
    raise ProblemError(msg)


def _initial_state(row: Optimizer, value: object) -> dict[str, dict[str, Number]]:
    """Read {state: number} or {state: {parameter: number}}."""
    names = [state.name for state in row.state]
    if not isinstance(value, Mapping):
        msg = f"state is {_shown(value)}; it must give a number to {' or '.join(names)}"
        raise ProblemError(msg)
    found: dict[str, dict[str, Number]] = {}
    faults = []
    for name, values in value.items():
        if name not in names:
            faults.append(f'optimizer "{row.name}" has no state "{name}" (it has {", ".join(names)})')
            continue
        found[name] = {}
        for parameter, entry in values.items() if isinstance(values, Mapping) else (("", values),):
            exact = _exact(entry)
            if exact is None:
                faults.append(f"state {name}{f' of {parameter}' if parameter else ''} is {_shown(entry)}; it must be a number")
            else:
                found[name][parameter] = exact
    if faults:
        raise ProblemError(*faults)
    return found
