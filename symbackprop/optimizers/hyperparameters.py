"""The numbers a reader may choose: one row each."""

from __future__ import annotations

from dataclasses import dataclass

from symbackprop.expr import Exact, Symbol
from symbackprop.optimizers.letters import BETA1, BETA2, EPS, ETA, LAMBDA, MU, RHO


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
