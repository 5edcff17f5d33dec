r"""Letters as pdflatex shows them in running text: those that its fonts do not have are spelled out, or named by number."""

from __future__ import annotations

import unicodedata

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    "«": '"', "»": '"', "“": "``", "”": "''", "‘": "`", "’": "'", "–": "--", "—": "---", "…": r"\dots{}", "\xa0": "~",
    "\u2010": "-", "\u2011": "-", "\u2022": r"\textbullet{}", "\xad": "",
}  # fmt: skip
_TEXT_LETTERS = frozenset("ßæøåœłıÆØÅŒŁ¿¡§¶©£")
_ACCENTS = frozenset("\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327")
# What is built on a letter of its own beyond these is named by its number.
_SIGNS = frozenset(("So", "Sm", "Sc", "Sk", "Po", "Pd"))
# The Latin letters of ISO 9, where one stands for one without an accent; else those that are usual in print.
_LATIN = "a b v g d e yo zh z i j k l m n o p r s t u f kh c ch sh shch ' y ' e yu ya i yi ye g"
_CYRILLIC = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ", _LATIN.split(), strict=True))


def shown_letter(char: str) -> str:
    """Return what shows a character in running text."""
    if char in SPECIAL:
        return SPECIAL[char]
    if char.isascii():
        return char if char.isprintable() else " "
    if char in _TEXT_LETTERS:
        return char
    if "▁" <= char <= "█":
        return rf"\rule{{0.5em}}{{{(ord(char) - 0x2580) / 8 * 1.6:g}ex}}"
    base, *accents = list(unicodedata.normalize("NFD", char))
    if base.isascii() and base.isalpha():
        return char if ord(char) < 0x180 and len(accents) == 1 and accents[0] in _ACCENTS else base
    return _spelled(char)


def _spelled(char: str) -> str:
    """Return what stands for a character that the fonts of pdflatex do not have."""
    latin = _CYRILLIC.get(char.lower())
    if latin is not None:
        return latin if char.islower() else latin.capitalize()
    category = unicodedata.category(char)
    if category[0] in "CZ":
        return " "
    if category[0] == "M":
        return ""
    plain = unicodedata.normalize("NFKC", char)
    if plain.isascii() and plain.isprintable():
        return "".join(SPECIAL.get(part, part) for part in plain)
    name = unicodedata.name(char, "").lower() if category in _SIGNS else ""
    return f"[{name}]" if name and name.replace(" ", "").replace("-", "").isalnum() else rf"\texttt{{[U+{ord(char):04X}]}}"
