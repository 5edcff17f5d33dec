"""What an encoding can carry, and what is written where it cannot."""

from __future__ import annotations

import unicodedata

_ASCII_WORDS = {
    "−": "-", "·": "*", "′": "'", "½": "1/2", "¼": "1/4", "¾": "3/4", "→": "->", "←": "<-", "≈": "~=", "≤": "<=", "≥": ">=",
    "≠": "!=", "∂": "d", "√": "sqrt", "∞": "inf", "Σ": "sum", "‖": "||", "∇": "grad ", "—": "--", "–": "-", "“": '"',
    "”": '"', "‘": "'", "’": "'", "…": "...", "×": "x", "✓": "ok", "✗": "no", "σ": "sigma", "δ": "delta", "η": "eta",
    "λ": "lambda", "φ": "phi", "Φ": "Phi", "π": "pi", "⁽": "(", "⁾": ")", "²": "^2", "³": "^3", "⁻": "^-", "ᵘ": "^u",
    "ᵢ": "_i", "ⱼ": "_j", "ₖ": "_k", "─": "-", "°": " deg", "ε": "eps", "α": "alpha", "β": "beta", "γ": "gamma", "θ": "theta",
    "μ": "mu", "ρ": "rho", "∑": "sum", "∏": "prod", "∈": "in", "ₙ": "_n", "₁": "_1", "ŷ": "y^", "⊙": "*", "ᵀ": ".T", "«": "<<",
    "»": ">>", "▁": "_", "▂": ".", "▃": ":", "▄": "-", "▅": "=", "▆": "+", "▇": "#",
    "█": "#", "░": ".", "▒": ":", "▓": "+",
}  # fmt: skip


def can_carry(encoding: str) -> bool:
    """
    Return whether an encoding has the letters of mathematics.

    >>> can_carry("utf-8"), can_carry("cp1252")
    (True, False)
    """
    try:
        "∂δ₁⁽⁾−·─".encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def transliterate(text: str, encoding: str) -> str:
    """
    Replace what an encoding lacks by its nearest ASCII.

    >>> transliterate("σ′ = σ(1 − σ)", "ascii")
    "sigma' = sigma(1 - sigma)"
    """
    return "".join(_carried(char, encoding) for char in text) if not text.isascii() else text


def _carried(char: str, encoding: str) -> str:
    try:
        char.encode(encoding)
    except (LookupError, UnicodeEncodeError):
        if char in _ASCII_WORDS:
            return _ASCII_WORDS[char]
        return unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode() or "?"
    return char
