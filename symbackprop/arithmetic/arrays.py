"""Double precision over NumPy arrays of one length, elementwise: what has no value is nan or ±inf."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symbackprop.arithmetic.base import RELATIONS, Arithmetic
from symbackprop.arithmetic.operations import CONSTANTS, to_float
from symbackprop.expr import Cases, Exact, Expr
from symbackprop.functions import FUNCTIONS, SELECTIONS


class _Array(Arithmetic[Any]):
    _NAMES: Mapping[str, str] = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}

    def _numpy(self) -> Any:
        import numpy as np  # takes 80 ms, and most runs need no arrays

        return np

    def number(self, value: Exact) -> Any:
        return to_float(value)

    def constant(self, name: str) -> Any:
        return CONSTANTS[name]

    def add(self, terms: Sequence[Any]) -> Any:
        with self._numpy().errstate(all="ignore"):
            return super().add(terms)

    def mul(self, factors: Sequence[Any]) -> Any:
        with self._numpy().errstate(all="ignore"):
            return super().mul(factors)

    def div(self, numerator: Any, denominator: Any) -> Any:
        np = self._numpy()
        with np.errstate(all="ignore"):
            return np.divide(numerator, denominator)

    def integer_power(self, base: Any, exponent: int) -> Any:
        return self.power(base, to_float(exponent))

    def power(self, base: Any, exponent: Any) -> Any:
        np = self._numpy()
        with np.errstate(all="ignore"):
            return np.power(np.asarray(base, dtype=float), exponent)

    def call(self, name: str, arguments: Sequence[Any]) -> Any:
        np = self._numpy()
        if name in SELECTIONS:
            return (np.maximum if name == "max" else np.minimum)(*arguments)
        (argument,) = arguments
        if name == "tanh":
            return np.tanh(argument)
        if stable := FUNCTIONS[name].stable:
            return np.vectorize(stable, otypes=[float])(argument)
        return super().call(name, arguments)

    def component(self, name: str, index: int, arguments: Sequence[Any]) -> Any:
        np = self._numpy()
        top = np.max(np.broadcast_arrays(*arguments), axis=0)
        return super().component(name, index, [argument - top for argument in arguments])

    def cases(self, expr: Cases, value: Callable[[Expr], Any]) -> Any:
        np = self._numpy()
        result = value(expr.otherwise)
        for branch, test in reversed(expr.branches):
            holds = RELATIONS[test.relation](value(test.left), value(test.right))
            result = np.where(holds, value(branch), result)
        return result

    def elementary(self, name: str, argument: Any) -> Any:
        np = self._numpy()
        with np.errstate(all="ignore"):
            match name:
                case "step":
                    return np.where(np.asarray(argument) > 0, 1.0, 0.0)
                case "erf":
                    return np.vectorize(math.erf, otypes=[float])(argument)
            return getattr(np, self._NAMES.get(name, name))(argument)


ARRAY: Arithmetic[Any] = _Array()
