"""How wide letters are in LaTeX, in em, so that lines can be broken without running it."""

from __future__ import annotations

# Advance widths of Computer Modern at 10 pt, in em (math italic; others are close enough).
_WIDTHS = {
    "a": 0.53, "b": 0.43, "c": 0.43, "d": 0.52, "e": 0.47, "f": 0.6, "g": 0.51, "h": 0.58, "i": 0.35, "j": 0.47, "k": 0.55,
    "l": 0.3, "m": 0.88, "n": 0.6, "o": 0.49, "p": 0.5, "q": 0.48, "r": 0.48, "s": 0.47, "t": 0.36, "u": 0.57, "v": 0.52,
    "w": 0.74, "x": 0.57, "y": 0.53, "z": 0.51, "C": 0.79, "L": 0.68, "J": 0.65, "E": 0.8, "W": 1.08, "M": 1.08,
    "[": 0.28, "]": 0.28, "(": 0.39, ")": 0.39, ",": 0.28, ".": 0.28, "-": 0.78,
}  # fmt: skip
_ROMAN_WIDTHS = {
    "a": 0.5, "b": 0.56, "c": 0.45, "d": 0.56, "e": 0.45, "f": 0.31, "g": 0.5, "h": 0.56, "i": 0.28, "j": 0.31, "k": 0.53,
    "l": 0.28, "m": 0.84, "n": 0.56, "o": 0.5, "p": 0.56, "q": 0.53, "r": 0.4, "s": 0.4, "t": 0.39, "u": 0.56, "v": 0.53,
    "w": 0.73, "x": 0.53, "y": 0.53, "z": 0.45, " ": 0.34, ".": 0.28, ",": 0.28, ":": 0.28, ";": 0.28, "'": 0.28, "!": 0.28,
    "(": 0.39, ")": 0.39, "I": 0.37, "-": 0.34, "—": 1.0, "M": 0.92, "W": 1.03, "σ": 0.58, "=": 0.78, "−": 0.78, "+": 0.78,
    "→": 1.0, "·": 0.3,
}  # fmt: skip
SCRIPT = 0.78


def math_width(text: str) -> float:
    """Estimate the width of mathematics in em, letter by letter."""
    return sum(_WIDTHS.get(char, 0.5 if char.isdigit() or char.islower() else 0.78) for char in text)


def text_width(text: str) -> float:
    """Estimate the width of running text in em, from the widths of Computer Modern Roman."""
    return sum(_ROMAN_WIDTHS.get(char, 0.5 if char.isdigit() or char.islower() else 0.76) for char in text)
