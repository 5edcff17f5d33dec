"""Characters that stand for others: small digits and letters, letters of other fonts, Greek letters by name."""

from __future__ import annotations

import unicodedata

from symbackprop.names import GREEK
from symbackprop.parse.commands import SPELLINGS

ABOVE = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ˡᴸˢᵗʳ", "0123456789+-()lLstr", strict=True))
BELOW = dict(zip("₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789aehijklmnoprstuvx", strict=True))
HATTED = {"ŷ": "y", "â": "a", "ẑ": "z", "ŵ": "w", "ĥ": "h", "ô": "o"}
VULGAR = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"


def named(text: str) -> str:
    """Return a word with a Greek letter by its English name."""
    if text[0] in GREEK:
        return GREEK[text[0]] + text[1:]
    return "".join(GREEK.get(c, c) for c in text)


def flattened(character: str) -> str:
    """Return an ordinary letter or digit for one in another font (𝑥, ｘ); all else stays as it is."""
    if character.isascii() or character in ABOVE or character in BELOW or character in VULGAR or character in SPELLINGS:
        return character
    plain = unicodedata.normalize("NFKC", character)
    if len(plain) == 1 and plain != character and (plain in GREEK or (plain.isascii() and not plain.isspace())):
        return plain
    return character
