"""LaTeX within what amsmath, xcolor and KaTeX all understand; widths are in em."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from symbackprop.functions import FUNCTIONS, VECTOR_FUNCTIONS
from symbackprop.notation import Name, index_runs
from symbackprop.typeset.boxes import ATOM, Box
from symbackprop.typeset.latex_letters import shown_letter
from symbackprop.typeset.printed import Printed
from symbackprop.typeset.widths import SCRIPT, math_width, text_width

# A factor beyond the last has no colour: one that is used twice would identify nothing.
LATEX_COLOURS = ("blue", "teal", "purple", "brown", "magenta", "olive", "orange", "red")

_RELATIONS = {
    "×": r"\times", "≈": r"\approx", "←": r"\leftarrow", "→": r"\to", "<=": r"\le", ">=": r"\ge",
    "≠": r"\ne", "≤": r"\le", "≥": r"\ge",
}  # fmt: skip
_SIZES = (("(", ")", 0.39), (r"\bigl(", r"\bigr)", 0.46), (r"\left(", r"\right)", 0.78), (r"\left(", r"\right)", 0.95))
_BROKEN_SIZES = (("(", ")", 0.39), (r"\bigl(", r"\bigr)", 0.46), (r"\Bigl(", r"\Bigr)", 0.6), (r"\biggl(", r"\biggr)", 0.74))

# Something other than a number within parentheses: a letter that is not part of a sign's name, or a letter's name.
_LETTER = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]|\\(?!(?:left|right|[bB]igg?[lr]|cdot|t?frac)(?![a-zA-Z]))[a-zA-Z]+")


@dataclass(frozen=True)
class Macros:
    """
    Names for what a lecturer may want to write otherwise: a document provides them, and what is defined already wins.

    `layer` is the superscript of a layer and `loss` the letter of the loss in the notation of the document.
    """

    layer: str = "[{}]"
    loss: str = "L"

    def provided(self) -> str:
        """Return the definitions, one a line."""
        meanings = {
            r"\bploss": self.loss, r"\bppartial": r"\partial", r"\bphadamard": r"\odot", r"\bptranspose": r"\top",
        }  # fmt: skip
        lines = [rf"\providecommand{{{name}}}{{{meaning}}}" for name, meaning in meanings.items()]
        lines.append(rf"\providecommand{{\bplayer}}[1]{{{self.layer.format('#1')}}}")
        lines.append(r"\providecommand{\bpreason}[1]{\text{\footnotesize\itshape #1}}")
        return "\n".join(lines) + "\n"


class Latex(Printed):
    """
    LaTeX within what amsmath, xcolor and KaTeX all understand, and the names of `macros` where given; widths are in em.

    `spelled` is for pdflatex: letters that its fonts do not have are spelled out; without a word, where there are macros.
    """

    infinity = r"\infty"
    pi = r"\pi"
    minus = "-"
    dot = r"\cdot"
    thin = r"\,"
    quad = r"\quad"
    comma_text = ","
    prime = "'"
    at_start = "{}%s"  # an empty group keeps it a binary operator
    over = r"\frac{%s}{%s}"
    small_over = r"\tfrac{%s}{%s}"
    slashed = "%s/%s"
    inline_over = "%s / %s"
    direct = r"\left.%s\right|_{\text{direct}}"
    root = r"\sqrt{%s}"
    bars = (r"\lvert %s \rvert", r"\left\lvert %s \right\rvert")
    broken_bars = (r"\bigl\lvert ", r" \bigr\rvert")
    indicator = (r"\mathbf{1}[%s > 0]", r"\mathbf{1}\left[%s > 0\right]")
    broken_indicator = (r"\mathbf{1}\bigl[", r" > 0\bigr]")
    gap = r"\mathopen{}"
    lofty = ("e^", r"\exp")
    case = r"%s & \text{if } %s"
    otherwise = r"%s & \text{otherwise}"
    cases_row = r" \\ "
    cases_whole = r"\begin{cases} %s \end{cases}"
    line = r"\rule{0pt}{1.6em}\underline{\hspace{%sem}}"
    underbrace = r"{\underbrace{%s}_{%s}}"  # a letter to TeX, so that the dot after it keeps its space
    gradient = r"\nabla %s"
    entrywise = r"\odot"
    grid_entry = " & "
    grid_row = r" \\ "
    grid_whole = r"\begin{bmatrix} %s \end{bmatrix}"
    top = r"\top"
    one = r"\mathbf{1}"
    below = "_{%s}"
    sum_from_one = r"\sum_{%s=1}^{%s}"
    relations = _RELATIONS
    tinted = r"\textcolor{%s}{%s}"  # which xcolor, KaTeX and MathJax share
    tints = LATEX_COLOURS

    def __init__(
        self, *, colour: bool = False, inline: bool = False, macros: Macros | None = None, spelled: bool | None = None
    ) -> None:
        super().__init__(colour=colour, inline=inline)
        self.macros = macros
        self.spelled = macros is not None if spelled is None else spelled
        if macros:
            self.top, self.entrywise = r"\bptranspose", r"\bphadamard"

    def script(self, text: str) -> str:
        """Return a single sign as it is, and what is longer in braces."""
        return _braced(text)

    def letters(self, text: str) -> str:
        """Return the text as it is."""
        return text

    def differential(self, *, ordinary: bool) -> str:
        r"""Return d or \partial."""
        return "d" if ordinary else r"\bppartial " if self.macros else r"\partial "

    def has_letters(self, group: Box) -> bool:
        """Tell whether there is a letter, or the name of one."""
        return bool(_LETTER.search(group.text))

    def name(self, name: Name) -> Box:
        """Return letter^{above}_{below}."""
        letter, width = _latex_letter(name.letter, name.style)
        superscript = name.superscript
        if self.macros:
            layer = self.macros.layer.format(name.layer)
            if name.layer and superscript.startswith(layer):
                superscript = rf"\bplayer{{{name.layer}}}{superscript.removeprefix(layer)}"
            if name.letter == self.macros.loss and name.style == "letter" and name.plain.split("_", 1)[0] == "L":
                letter = r"\bploss"
        if self.spelled and not name.letter.isascii() and name.style != "greek" and name.letter != "…":
            # The fonts of mathematics have no ß and no ö; those of text have.
            letter = rf"\textit{{{''.join(map(shown_letter, name.letter))}}}"
        letter = rf"\hat{{{letter}}}" if name.hat else letter
        below, below_width = _latex_indices(name.indices, comma=name.comma, spelled=self.spelled)
        above_width = math_width(name.superscript) * SCRIPT
        above = ("^" + _braced(superscript)) if superscript else ""
        index = ("_" + _braced(below)) if below else ""
        text = letter + (above + index if name.layer else index + above)
        kind = "word" if name.style in {"word", "roman"} else "symbol"
        width += max(below_width, above_width) + (0.05 if above or below else 0)
        return Box(text, width, ATOM, 1 if above else 0, kind, kind)

    def parentheses(self, height: int, *, paired: bool = True) -> tuple[Box, Box]:
        r"""Return ( ), \bigl( \bigr), or \left( \right)."""
        left, right, width = (_SIZES if paired else _BROKEN_SIZES)[min(height, 3)]
        return Box(left, width, height=height, head="group"), Box(right, width, height=height, tail="group")

    def function(self, name: str) -> Box:
        r"""Return \sigma, \ln or \operatorname{softplus}."""
        row = FUNCTIONS.get(name) or VECTOR_FUNCTIONS.get(name)
        latex = row.latex if row else ""
        if not latex:
            shown = (row.text if row and row.text.isascii() else "") or name
            latex = r"\operatorname{" + shown.replace("_", r"\_") + "}"
        if name in {"max", "min"}:
            latex = "\\" + name
        if name == "sqrt":  # before parentheses, where the radicand is broken across lines
            return Box(r"\surd", 0.85)
        if name == "hard_sigmoid":
            latex = r"\operatorname{hard}\sigma"
        letters = latex.removeprefix(r"\operatorname").strip("\\{}").replace(r"\,", "").replace(r"}\sigma", "o")
        return Box(latex, 0.57 if letters == "sigma" else text_width(letters))

    def words(self, text: str) -> Box:
        r"""Return \text{…}."""
        return Box(rf"\text{{{text}}}", text_width(text))


def _braced(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


def _latex_letter(letter: str, style: str) -> tuple[str, float]:
    if letter == "…":
        return r"\dots", 1.3
    escaped = letter.replace("_", r"\_")
    match style:
        case "greek":
            return f"\\{letter}", 0.64
        case "bold":
            return rf"\mathbf{{{letter}}}", 0.6
        case "roman":
            return rf"\mathrm{{{escaped}}}", text_width(letter)
        case "word":
            return rf"\mathit{{{escaped}}}", text_width(letter) + 0.1
        case _:
            return escaped, math_width(letter)


def _latex_indices(indices: Sequence[str], *, comma: bool, spelled: bool) -> tuple[str, float]:
    parts, width = [], 0.0
    for index in indices:
        text = ""
        for kind, run in index_runs(index):
            word = "".join(map(shown_letter, run)) if spelled else run
            in_words = kind == "word" or (spelled and not run.isascii())
            text += rf"\text{{{word}}}" if in_words else f"\\{run} " if kind == "greek" else run
            width += SCRIPT * (0.6 if kind == "greek" else text_width(run) if kind == "word" else math_width(run))
        parts.append(text.strip())
    separator = "," if comma else ""
    return separator.join(parts), width + SCRIPT * 0.3 * len(separator) * max(0, len(parts) - 1)
