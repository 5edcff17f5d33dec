"""Numbers, letters and signs in words, for whoever listens to a formula."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from symbackprop.notation import GREEK

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_PARTS = {2: "half", 3: "third", 4: "quarter"}
_SIGNS = {
    "+": "plus", "-": "minus", "−": "minus", "·": "times", "⋅": "times", "*": "times", "×": "by", "/": "over", "=": "equals",
    "<": "less than", ">": "greater than", "≤": "at most", "≥": "at least", "≈": "about", "≠": "not equal to", "→": "to",
    "←": "becomes", "∂": "partial", "∇": "gradient", "Σ": "sum", "∑": "sum", "√": "root", "∞": "infinity", "^": "to the power",
    "′": "prime", "'": "prime", "⊙": "entrywise times", "|": "bar", "%": "percent", "…": "and so on",
    **{letter: name if name.islower() else f"capital {name.lower()}" for name, letter in GREEK.items() if letter != "Σ"},
}  # fmt: skip
_PIECE = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+|.", re.DOTALL)


def cardinal(value: int) -> str:
    """
    Return a whole number in words; from a trillion on, digit by digit.

    >>> cardinal(21), cardinal(-104), cardinal(12_000)
    ('twenty-one', 'minus one hundred four', 'twelve thousand')
    """
    if value < 0:
        return f"minus {cardinal(-value)}"
    if value < 20:
        return _SMALL[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return _TENS[tens - 2] + (f"-{_SMALL[ones]}" if ones else "")
    if value >= 10**12:
        return digits(str(value))
    size, name = next(group for group in _GROUPS if value >= group[0])
    count, rest = divmod(value, size)
    return f"{cardinal(count)} {name}" + (f" {cardinal(rest)}" if rest else "")


def digits(text: str) -> str:
    """
    Return decimal digits one by one.

    >>> digits("05")
    'zero five'
    """
    return " ".join(_SMALL[int(digit)] for digit in text)


def decimal(text: str) -> str:
    """
    Return a decimal number.

    >>> decimal("0.15"), decimal("12")
    ('zero point one five', 'twelve')
    """
    whole, point, rest = text.partition(".")
    return cardinal(int(whole or "0")) + (f" point {digits(rest)}" if point else "")


def fraction(value: Fraction) -> str | None:
    """
    Return a half, thirds or quarters; None for what is better said with "over".

    >>> fraction(Fraction(2, 3)), fraction(Fraction(3, 20))
    ('two thirds', None)
    """
    part = _PARTS.get(value.denominator)
    if part is None or not 0 < value.numerator < 20:
        return None
    return f"{cardinal(value.numerator)} {part if value.numerator == 1 else 'halves' if part == 'half' else part + 's'}"


def spoken(text: str) -> str:
    """
    Return any text in words: letters stay, numbers and signs are said, and what has no name is left out.

    >>> spoken("∂L/∂w₁ <b>")
    'partial L over partial w one less than b greater than'
    """
    out = []
    for piece in _PIECE.findall(unicodedata.normalize("NFKC", text)):
        if piece[0].isdecimal():
            out.append(decimal(piece) if len(piece) < 20 else digits(piece.replace(".", "")))
        elif piece in _SIGNS:
            out.append(_SIGNS[piece])
        elif piece.isalpha():
            out.append(piece)
    return " ".join(out)
