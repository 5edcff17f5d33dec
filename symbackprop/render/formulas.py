r"""
Formulas in running text: `(√u)′ = 1/(2√u)`, typed in Unicode, is set as mathematics.

A run of mathematics is a chain of letters, numbers, signs and parentheses without words; it must have a sign
that only mathematics has.  Words between stay text, so that `put in: h → 0` is words and one formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from symbackprop.notation import GREEK

MATH_CHARACTERS = {
    "−": "-", "·": r"\cdot ", "×": r"\times ", "′": "'", "∂": r"\partial ", "Σ": r"\sum ", "∑": r"\sum ", "√": r"\surd ",
    "∞": r"\infty ", "→": r"\to ", "←": r"\leftarrow ", "≈": r"\approx ", "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ",
    "½": r"\tfrac{1}{2}", "¼": r"\tfrac{1}{4}", "¾": r"\tfrac{3}{4}", "⅓": r"\tfrac{1}{3}", "⅔": r"\tfrac{2}{3}",
    "‖": r"\Vert ", "∇": r"\nabla ", "✓": r"\checkmark ", "⊙": r"\odot ", "ᵀ": r"^{\top}", "∈": r"\in ", "π": r"\pi ",
    "ŷ": r"\hat{y}", "°": r"^{\circ}", "±": r"\pm ", "∏": r"\prod ",
}  # fmt: skip
_ABOVE = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽⁾ᵘᵛⁿˣ", "0123456789-()uvnx", strict=True))
_BELOW = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙₐₑ", "0123456789ijknae", strict=True))
_GREEK = {letter: f"\\{name} " for name, letter in GREEK.items() if letter != "Σ"}
_SIGNS = frozenset("=+−·×<>≤≥≈≠→←/±⊙∈")
_KNOWN = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "ln", "max", "min")
_FUNCTIONS = {
    **{name: f"\\{name}" for name in _KNOWN},
    **{name: rf"\operatorname{{{name}}}" for name in ("sech", "erf", "sign")},
}
_WORD = re.compile(r"[A-Za-z]+")
# A word in Greek, in a title: letters of mathematics do not stand so close.
_GREEK_WORD = re.compile("[\u0370-\u03ff\u1f00-\u1fff]{3,}")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?![A-Za-z0-9_]|\.\d)|\d+(?=[a-z](?![A-Za-z0-9_]))")
_PAIRS = frozenset("uvz")
_BETWEEN = (r"\cdot", r"\times", r"\odot", "+", "-")
_CLOSING = {"(": ")", "|": "|"}


def is_mathematical(char: str) -> bool:
    """Return whether a character is set in mathematics even in running text."""
    return char in MATH_CHARACTERS or char in _GREEK or char in _ABOVE or char in _BELOW


def math_characters(run: str) -> str:
    """Print letters and signs of mathematics as LaTeX, without dollars."""
    out: list[str] = []
    for kind, part in groupby(run, key=lambda char: "^" if char in _ABOVE else "_" if char in _BELOW else ""):
        chars = "".join(part)
        if kind:
            table = _ABOVE if kind == "^" else _BELOW
            out.append(f"{kind}{{{''.join(table[char] for char in chars)}}}")
        else:
            out.append("".join(MATH_CHARACTERS.get(char) or _GREEK[char] for char in chars))
    return "".join(out)


def runs(text: str) -> Iterator[tuple[bool, str]]:
    r"""
    Cut running text into words, as they are, and formulas, as LaTeX without dollars.

    >>> list(runs("i = j: pᵢ(1 − pᵢ)"))
    [(True, 'i = j'), (False, ': '), (True, 'p_{i}(1 - p_{i})')]
    >>> list(runs("root: (√u)′ = 1/(2√u)"))
    [(False, 'root: '), (True, "(\\sqrt{u})' = 1/(2\\sqrt{u})")]
    >>> list(runs("δ · input")), list(runs("Ελλάδα"))
    ([(True, '\\delta \\cdot{}'), (False, ' input')], [(False, 'Ελλάδα')])
    """
    begin = position = 0
    while position < len(text):
        if word := _GREEK_WORD.match(text, position):
            position = word.end()
            continue
        latex, end = _Reader(text).run(position)
        if end > position and _is_formula(text[position:end]):
            if begin < position:
                yield False, text[begin:position]
            formula = latex.strip()
            # A sign between a letter and a word keeps its space.
            yield True, formula + "{}" if formula.endswith(_BETWEEN) else formula
            begin = position = end
        else:
            position = max(end, position + 1)
    if begin < len(text):
        yield False, text[begin:]


def _is_formula(run: str) -> bool:
    return any(map(is_mathematical, run)) or bool(re.search(r"\w (?:=(?: |$)|[<>] \S)", run))


class _Reader:
    """Reads one run of mathematics."""

    def __init__(self, text: str) -> None:
        self.text = text

    def run(self, begin: int, depth: int = 0) -> tuple[str, int]:
        """Return the run that begins here, as LaTeX, and where it ends; it ends at `begin` where there is none."""
        out: list[str] = []
        end, loose = begin, False
        while True:
            start = end
            while out and start < len(self.text) and self.text[start] == " ":
                start += 1
            spaced = start > end
            char = self.text[start : start + 1]
            if char in _SIGNS and char:
                piece, stop = MATH_CHARACTERS.get(char, char), start + 1
                if spaced or self.text[stop : stop + 1] == " ":
                    piece = f"{'' if out and out[-1].endswith(' ') else ' '}{piece.strip()} "
                loose = True
            elif spaced and not loose:
                break
            else:
                piece, stop = self._atom(start, depth, joined=bool(out) and not spaced)
                if stop == start:
                    break
                loose = _WORD.sub("", piece) in {"\\", "\\{}"} or (loose and not spaced and piece[0] in "'^")
                # A superscript ends what a prime or another superscript would double.
                if out and out[-1].endswith("}") and "^{" in out[-1] and piece[0] in "'^":
                    piece = "{}" + piece
                if out and spaced and not out[-1].endswith(" "):
                    piece = " " + piece
            out.append(piece)
            end = stop
        return "".join(out).strip() if depth else "".join(out), end

    def _atom(self, at: int, depth: int, *, joined: bool) -> tuple[str, int]:
        text, char = self.text, self.text[at : at + 1]
        if not char or depth > 20:
            return "", at
        if char in _CLOSING:
            inner, end = self.run(at + 1, depth + 1)
            if end > at + 1 and text[end : end + 1] == _CLOSING[char]:
                return f"{char}{inner}{_CLOSING[char]}", end + 1
            return "", at
        if char == "√":
            inner, end = self._atom(at + 1, depth + 1, joined=True)
            inner = inner[1:-1] if inner.startswith("(") else inner
            return (rf"\sqrt{{{inner.strip()}}}", end) if end > at + 1 else (r"\surd ", at + 1)
        if char == "^" and joined:
            inner, end = self._atom(at + 1, depth + 1, joined=True)
            inner = inner[1:-1] if inner.startswith("(") else inner
            return (f"^{{{inner}}}", end) if end > at + 1 else ("", at)
        if is_mathematical(char):
            end = at + 1
            table = _ABOVE if char in _ABOVE else _BELOW if char in _BELOW else {}
            while text[end : end + 1] in table and end < len(text):
                end += 1
            return math_characters(text[at:end]), end
        return self._word(at, joined=joined)

    def _word(self, at: int, *, joined: bool) -> tuple[str, int]:
        before, number = self.text[at - 1 : at] if at else "", _NUMBER.match(self.text, at)
        if (before.isalnum() and before.isascii() and not (joined and before.isdigit())) or before == "_":
            return "", at
        if number:
            return number[0], number.end()
        word = _WORD.match(self.text, at)
        if not word:
            return "", at
        after = self.text[word.end() : word.end() + 1]
        if after == "_" or (after.isdigit() and after.isascii()):
            return "", at
        if word[0] in _FUNCTIONS:
            return _FUNCTIONS[word[0]], word.end()
        if len(word[0]) == 1 or (len(word[0]) == 2 and set(word[0]) <= _PAIRS):
            return word[0], word.end()
        return (rf"\operatorname{{{word[0]}}}", word.end()) if after == "′" else ("", at)
