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

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from symbackprop.arithmetic.closures import compile_expr
from symbackprop.errors import ProblemError, UnknownNameError, nearest
from symbackprop.expr import ZERO, Expr, Number, Symbol, substitute
from symbackprop.optimizers.hyperparameters import HYPERPARAMETERS, KEY_ALIASES, Hyperparameter
from symbackprop.optimizers.letters import G, T, W
from symbackprop.optimizers.recurrences import Line, adagrad, adam, adamw, momentum, nesterov, rmsprop, sgd
from symbackprop.optimizers.values import read_hyperparameter, read_state, read_truth, read_word

__all__ = [
    "DIRECTIONS",
    "HYPERPARAMETERS",
    "KEY_ALIASES",
    "OPTIMIZERS",
    "OPTION_KEYS",
    "STYLES",
    "UPDATES",
    "Fault",
    "G",
    "Hyperparameter",
    "Line",
    "Optimizer",
    "OptimizerOptions",
    "State",
    "T",
    "Update",
    "W",
    "check_options",
    "compile_update",
    "find_optimizer",
    "make_options",
]

Fault: TypeAlias = tuple[str, str]
Update: TypeAlias = "Callable[[float, float, int, Mapping[str, float]], dict[str, float]]"

DIRECTIONS = ("descent", "ascent")
STYLES = ("pytorch", "velocity")
UPDATES = ("batch", "online")


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
            _decimals(learning_rate="0.001"), sgd, aliases=("gradient_descent", "gd"),
        ),
        Optimizer(
            # PyTorch's own default, 0, would make this row plain gradient descent; 0.9 is the usual choice.
            "momentum", "gradient descent with momentum", "Polyak (1964)",
            _decimals(learning_rate="0.001", momentum="0.9"), momentum, _VELOCITY,
            aliases=("heavy_ball", "polyak", "sgd_momentum"), styles=STYLES,
        ),
        Optimizer(
            "nesterov", "Nesterov's accelerated gradient", "Nesterov (1983), as in Sutskever et al. (2013)",
            _decimals(learning_rate="0.001", momentum="0.9"), nesterov, _VELOCITY,
            aliases=("nag", "nesterov_momentum"), styles=STYLES,
        ),
        Optimizer(
            "adagrad", "Adagrad", "Duchi, Hazan and Singer (2011)",
            _decimals(learning_rate="0.01", eps="1e-10"), adagrad, (State("s", "sum of squared gradients"),),
        ),
        Optimizer(
            "rmsprop", "RMSProp", "Tieleman and Hinton (2012)",
            _decimals(learning_rate="0.01", rho="0.99", eps="1e-8"), rmsprop, (State("s", "mean squared gradient"),),
        ),
        Optimizer(
            "adam", "Adam", "Kingma and Ba (2015)",
            _ADAM_DEFAULTS, adam, _BOTH_MOMENTS, titles=_CORRECTED,
        ),
        Optimizer(
            "adamw", "Adam with decoupled weight decay", "Loshchilov and Hutter (2019)",
            {**_ADAM_DEFAULTS, **_decimals(weight_decay="0.01")}, adamw, _BOTH_MOMENTS, titles=_CORRECTED,
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
                numbers[key] = read_hyperparameter(HYPERPARAMETERS[key], value)
            elif key == "eps_inside_sqrt":
                inside = read_truth(key, value)
            elif key == "state":
                state = read_state(row.name, [state.name for state in row.state], value)
            else:
                words[key] = read_word(key, value, DIRECTIONS if key == "direction" else STYLES)
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
