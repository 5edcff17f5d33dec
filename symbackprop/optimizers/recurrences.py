"""The lines of one update, optimizer by optimizer."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from symbackprop.expr import Expr, call
from symbackprop.optimizers.letters import BETA1, BETA2, EPS, ETA, LAMBDA, M_HAT, MU, RHO, V_HAT, G, M, S, T, V, W

Line: TypeAlias = tuple[str, Expr]


class Conventions(Protocol):
    """What the lines of an update depend on, apart from numbers."""

    @property
    def direction(self) -> str:
        """Either "descent" or "ascent"."""

    @property
    def style(self) -> str:
        """Either "pytorch" or "velocity"."""

    @property
    def eps_inside_sqrt(self) -> bool:
        """Whether ε stands under the root."""


def _sign(options: Conventions) -> int:
    """Return −1 for descent, 1 for ascent: the sign of every step along the gradient."""
    return 1 if options.direction == "ascent" else -1


def _adapted(numerator: Expr, square: Expr, options: Conventions) -> Expr:
    """Return numerator / (√square + ε), or with ε under the root."""
    denominator = call("sqrt", square + EPS) if options.eps_inside_sqrt else call("sqrt", square) + EPS
    return numerator / denominator


def sgd(options: Conventions) -> tuple[Line, ...]:
    """Return the lines of gradient descent."""
    return (("w", W + _sign(options) * ETA * G),)


def momentum(options: Conventions) -> tuple[Line, ...]:
    """Return the lines of gradient descent with momentum."""
    if options.style == "velocity":
        return (("v", MU * V + _sign(options) * ETA * G), ("w", W + V))
    return (("v", MU * V + G), ("w", W + _sign(options) * ETA * V))


def nesterov(options: Conventions) -> tuple[Line, ...]:
    """Return the lines of Nesterov's accelerated gradient."""
    if options.style == "velocity":
        return (("v", MU * V + _sign(options) * ETA * G), ("w", W + MU * V + _sign(options) * ETA * G))
    return (("v", MU * V + G), ("w", W + _sign(options) * ETA * (G + MU * V)))


def adagrad(options: Conventions) -> tuple[Line, ...]:
    """Return the lines of Adagrad."""
    return (("s", S + G**2), ("w", W + _sign(options) * _adapted(ETA * G, S, options)))


def rmsprop(options: Conventions) -> tuple[Line, ...]:
    """Return the lines of RMSProp."""
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


def adam(options: Conventions) -> tuple[Line, ...]:
    """Return the lines of Adam."""
    return (*_MOMENTS, ("w", W + _sign(options) * _adapted(ETA * M_HAT, V_HAT, options)))


def adamw(options: Conventions) -> tuple[Line, ...]:
    """Return the lines of Adam with decoupled weight decay."""
    step = _sign(options) * _adapted(ETA * M_HAT, V_HAT, options)
    return (*_MOMENTS, ("w", W - ETA * LAMBDA * W + step))
