"""
symbackprop: backpropagation derived step by step, each step checked.

>>> import symbackprop as sb
>>> d = sb.derive(sb.Network(2, [sb.Dense(2, "sigmoid"), sb.Dense(1, "sigmoid")], loss="binary_cross_entropy"))
>>> d.gradient("w1_1_1")
delta1_1*x_1
>>> d.gradient("z2_1")
a2_1 - y_1

Names are imported when first used, so that `import symbackprop` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from symbackprop._version import __version__

if TYPE_CHECKING:
    from symbackprop.checking import assert_gradient, check
    from symbackprop.derivation import Derivation, derive
    from symbackprop.errors import (
        DomainError,
        InputError,
        InternalError,
        ParseError,
        ProblemError,
        SymbackpropError,
        TooLargeError,
        UnknownNameError,
    )
    from symbackprop.findings import Finding
    from symbackprop.network import Layer, Network
    from symbackprop.network import Layer as Dense
    from symbackprop.problem import load

_HOMES = {
    "Dense": ("network", "Layer"),
    "Derivation": ("derivation", "Derivation"),
    "DomainError": ("errors", "DomainError"),
    "Finding": ("findings", "Finding"),
    "InputError": ("errors", "InputError"),
    "InternalError": ("errors", "InternalError"),
    "Layer": ("network", "Layer"),
    "Network": ("network", "Network"),
    "ParseError": ("errors", "ParseError"),
    "ProblemError": ("errors", "ProblemError"),
    "SymbackpropError": ("errors", "SymbackpropError"),
    "TooLargeError": ("errors", "TooLargeError"),
    "UnknownNameError": ("errors", "UnknownNameError"),
    "assert_gradient": ("checking", "assert_gradient"),
    "check": ("checking", "check"),
    "derive": ("derivation", "derive"),
    "load": ("problem", "load"),
}

__all__ = [
    "Dense",
    "Derivation",
    "DomainError",
    "Finding",
    "InputError",
    "InternalError",
    "Layer",
    "Network",
    "ParseError",
    "ProblemError",
    "SymbackpropError",
    "TooLargeError",
    "UnknownNameError",
    "__version__",
    "assert_gradient",
    "check",
    "derive",
    "load",
]


def __dir__() -> list[str]:
    """List the public names, also those not imported yet."""
    return __all__


def __getattr__(name: str) -> Any:
    """Import a public name from its module (PEP 562)."""
    if name not in _HOMES:
        msg = f"module 'symbackprop' has no attribute {name!r}"
        raise AttributeError(msg)
    module, attribute = _HOMES[name]
    value = getattr(import_module(f"symbackprop.{module}"), attribute)
    globals()[name] = value
    return value
