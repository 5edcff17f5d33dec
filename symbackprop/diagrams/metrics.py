"""How wide letters are in a picture, in em: as in Times and its kin, which pictures are set in."""

from __future__ import annotations

import unicodedata
from functools import cache

# Advance widths in hundredths of an em: the larger of STIX (matplotlib's) and Times (browsers').
# LaTeX's Computer Modern is a little wider; there, letters are set smaller by as much.
_ROMAN = {
    18: "'", 20: "|", 25: " ,.·", 28: "/:;\\ijltι", 29: "′", 34: "!()-I[]`fr", 39: "Js", 41: '"', 44: "εζ", 45: "?acezξ", 46: "ν",
    48: "{}γτ^", 50: "#$*0123456789_bdghknopquvxyδθλρχ∂ŷ–", 51: "βκοπ", 53: "ηυ‖⋮", 55: "~ασμ", 56: "FPS", 57: "÷", 59: "Γ",
    62: "ELTZ", 60: "+<=>−±×", 64: "φΣ", 66: "Ξω", 67: "BCR", 69: "≤≥≠≈", 70: "ψ", 73: "ADGHKNOQUVXYwΔΘΛΠΥŶ", 75: "ΨΩ½⅓¼⅔¾",
    78: "Φ⊙&m", 84: "%", 89: "M", 92: "∑", 95: "@√∞W", 100: "→…—",
}  # fmt: skip
_ITALIC = {
    22: "'′", 25: " ,.·", 28: "/\\fijlt|ι", 34: "!()-:;I`", 40: "[]rsz{}", 41: "γτ", 43: '"^', 45: "Jcekvxyεŷ", 47: "ζλξχδν",
    50: "#$*0123456789?S_abdghnoquηθοσ∂–κυ", 51: "pβπρ", 53: "μ", 56: "~≤≥≠≈√LTYZαΥŶ", 62: "ABEFPRVXΓΔΛΣ", 63: "φψ",
    60: "+<=>×÷−±", 67: "CKNwΞ", 72: "ωΨ∑∞", 73: "DGHOQUmΘΠ", 78: "ΦΩ&", 84: "%MW", 89: "…—", 92: "@", 100: "→",
}  # fmt: skip
ROMAN = {char: width / 100 for width, chars in _ROMAN.items() for char in chars}
ITALIC = {char: width / 100 for width, chars in _ITALIC.items() for char in chars}
BOLDER = 1.11
ITALICS_LEAN = 0.03  # an italic letter leans out of its box


@cache
def letter_width(char: str, *, italic: bool = False) -> float:
    """
    Return the width of a letter in em; of one that is in no table, the width that its kind has.

    >>> letter_width("0"), letter_width("w", italic=True), letter_width("語")
    (0.5, 0.67, 1.0)
    """
    known = (ITALIC if italic else ROMAN).get(char) or ROMAN.get(char)
    if known is not None:
        return known
    if unicodedata.combining(char):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(char) in {"W", "F", "A"} else 0.8


def width_of(text: str, size: float, style: str = "roman") -> float:
    """Return the width of a text in the unit of its size; `style` is "roman", "italic" or "bold"."""
    italic = style == "italic"
    wide = sum(letter_width(char, italic=italic) for char in text) + (ITALICS_LEAN if italic and text else 0)
    return size * wide * (BOLDER if style == "bold" else 1.0)
