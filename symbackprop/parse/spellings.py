"""The names of functions as answers write them, and characters that look like others."""

from __future__ import annotations

import re

from symbackprop.functions import FUNCTIONS, SELECTIONS, VECTOR_FUNCTIONS, canonical

FUNCTION_NAMES = frozenset({*FUNCTIONS, *SELECTIONS, *VECTOR_FUNCTIONS})
SHOWN_NAMES = {
    **{row.text: name for name, row in FUNCTIONS.items() if row.text.isascii() and row.text and row.text not in {"id", "sq"}},
    "LeakyReLU": "leaky_relu", "leakyrelu": "leaky_relu", "lrelu": "leaky_relu", "hardsigmoid": "hard_sigmoid", "logit": "",
    "Sigmoid": "sigmoid", "sig": "sigmoid", "Tanh": "tanh", "Softplus": "softplus", "logsoftmax": "log_softmax", "sgn": "sign",
    "exp": "exp", "th": "tanh", "id": "identity", "sq": "square", "Relu": "relu", "RELU": "relu", "Softmax": "softmax",
}  # fmt: skip
GENERIC = frozenset({"g", "f", "phi", "h", "act", "activation", "varphi", "psi"})
PRIMED = ("_prime", "prime", "_derivative", "_deriv", "_grad", "_der")
BARE = frozenset({"sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "exp", "asin", "acos", "atan", "sech", "sqrt"})
STEPS = frozenset({"H", "heaviside", "Heaviside", "Theta"})
INDICATORS = frozenset({"I", "indicator", "ind"}) | STEPS
COMPONENT = re.compile(r"((?:log_)?softmax)_([0-9]+)")
LIBRARY = {
    "absolute": "abs", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "multiply": "⊙", "matmul": "@", "sigmoid": "sigmoid",
    "maximum": "max", "minimum": "min", "fabs": "abs", "relu": "relu", "pow": "power", "mm": "@", "expit": "sigmoid",
}  # fmt: skip
LOOKALIKES = dict(zip("аеорсухіѕјАВЕКМНОРСТХӏοαρ", "aeopcyxisjABEKMHOPCTXloap", strict=True))


def function_of(word: str) -> str:
    """Return the function a word names, or the empty string."""
    name = canonical(word)
    return name if name in FUNCTION_NAMES else SHOWN_NAMES.get(word, "")
