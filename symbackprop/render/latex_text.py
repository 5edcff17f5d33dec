r"""Running text as LaTeX shows it: nothing in it is a command, and what pdflatex has no letter for is spelled out."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from symbackprop.render.formulas import is_mathematical, runs
from symbackprop.typeset.latex_letters import SPECIAL, shown_letter
from symbackprop.typeset.widths import text_width

# In em: what of a word is set whole, and what may stand before a break at a sign; in letters, what is joined to a formula.
LONGEST_PART, SHORTEST_PART, LONGEST_JOINED = 9.0, 4.0, 20
BREAK = r"\hspace{0pt plus .5em}"
_PARTING = frozenset(SPECIAL[char] for char in "\\{}_#%&|<>") | frozenset("/=+*@")


def escape(text: str) -> str:
    r"""
    Print running text so that LaTeX shows it as it is, whatever is in it.

    >>> escape("50% of a_b: σ′")
    "50\\% of a\\_b: $\\sigma '$"
    >>> escape("Сеть 網 🙂")
    "Set' \\texttt{[U+7DB2]} [slightly smiling face]"
    """
    composed = unicodedata.normalize("NFC", text)
    return "".join(f"${_provided(run)}$" if mathematical else _words(run) for mathematical, run in runs(composed))


def cut(text: str, room: float) -> tuple[str, str]:
    """Cut a text where it fills `room` em, at a space where there is one near."""
    end, used = 0, 0.0
    while end < len(text) and used <= room:
        used += shown_width(text[end])
        end += 1
    end = max(1, end - 1)
    space = text.rfind(" ", 0, end)
    end = space + 1 if space > end - 30 and space > 0 else end
    return text[:end], text[end:]


def shown_width(text: str) -> float:
    """Estimate the width of running text in em, with what stands for letters that pdflatex does not have."""
    return text_width(text) if text.isascii() else sum(_letter(char)[1] for char in text)


@lru_cache(maxsize=4096)
def _letter(char: str) -> tuple[str, float]:
    """Return what stands for a character, and its width."""
    shown = shown_letter(char)
    if char.isascii() or char in SPECIAL or is_mathematical(char) or not shown.startswith("\\"):
        return shown, text_width(char if char in SPECIAL or is_mathematical(char) else shown)
    return shown, 0.525 * len(shown.removeprefix(r"\texttt{"))


def _provided(formula: str) -> str:
    """Return a formula in running text with the document's own signs (see `Macros`)."""
    for sign, name in ((r"\partial ", r"\bppartial "), (r"\odot ", r"\bphadamard "), (r"^{\top}", r"^{\bptranspose}")):
        formula = formula.replace(sign, name)
    return formula


def _words(text: str) -> str:
    """Return words; one that is long may be broken, after a sign that no prose has where there is one."""
    out: list[str] = []
    run = 0.0
    for char in text:
        if run > LONGEST_PART or (run > SHORTEST_PART and out[-1] in _PARTING):
            out.append(BREAK)
            run = 0.0
        shown, width = _letter(char)
        if char == "-" and out and out[-1] == "-":
            out.append("{}")  # two of them would be one dash
        out.append(shown)
        run = 0.0 if char.isspace() else run + width
    return "".join(out)


def parted(before: str, after: str) -> str:
    """Return a place to break between two texts without a space, where that makes too long a word."""
    word = (before.rsplit(None, 1) or [""])[-1] if before[-1:].strip() else ""
    following = (after.split(None, 1) or [""])[0] if after[:1].strip() else ""
    return BREAK if max(len(word), len(following)) > LONGEST_JOINED else ""
