"""LaTeX within what amsmath, xcolor and KaTeX all understand; widths are in em."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symbackprop.expr import Exact
from symbackprop.functions import FUNCTIONS, VECTOR_FUNCTIONS
from symbackprop.notation import Name, Ratio, index_runs
from symbackprop.typeset.boxes import ATOM, NEGATIVE, POWER, PRODUCT, QUOTIENT, Box, Line
from symbackprop.typeset.decimals import decimal_text
from symbackprop.typeset.emitter import TRIGONOMETRIC, Emitter
from symbackprop.typeset.widths import SCRIPT, math_width, text_width

# A factor beyond the last has no colour: one that is used twice would identify nothing.
LATEX_COLOURS = ("blue", "teal", "purple", "brown", "magenta", "olive", "orange", "red")

_RELATIONS = {
    "×": r"\times", "≈": r"\approx", "←": r"\leftarrow", "→": r"\to", "<=": r"\le", ">=": r"\ge",
    "≠": r"\ne", "≤": r"\le", "≥": r"\ge",
}  # fmt: skip
_SIZES = (("(", ")", 0.39), (r"\bigl(", r"\bigr)", 0.46), (r"\left(", r"\right)", 0.78), (r"\left(", r"\right)", 0.95))
_BROKEN_SIZES = (("(", ")", 0.39), (r"\bigl(", r"\bigr)", 0.46), (r"\Bigl(", r"\Bigr)", 0.6), (r"\biggl(", r"\biggr)", 0.74))
HIGHEST_CASES = 16

# Something other than a number within parentheses: a letter that is not part of a sign's name, or a letter's name.
_LETTER = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]|\\(?!(?:left|right|[bB]igg?[lr]|cdot|t?frac)(?![a-zA-Z]))[a-zA-Z]+")

# Functions written without parentheses before a single letter.
_BARE = TRIGONOMETRIC | {"log"}


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
        return "\n".join([*lines, rf"\providecommand{{\bplayer}}[1]{{{self.layer.format('#1')}}}"]) + "\n"


class Latex(Emitter):
    """LaTeX within what amsmath, xcolor and KaTeX all understand, and the names of `macros` where given; widths are in em."""

    indent = 1.0

    def __init__(self, *, colour: bool = False, inline: bool = False, macros: Macros | None = None) -> None:
        self.colour = colour
        self.inline = inline
        self.macros = macros
        self.partial = r"\bppartial " if macros else r"\partial "

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
        letter = rf"\hat{{{letter}}}" if name.hat else letter
        below, below_width = _latex_indices(name.indices, comma=name.comma)
        above_width = math_width(name.superscript) * SCRIPT
        above = ("^" + _braced(superscript)) if superscript else ""
        index = ("_" + _braced(below)) if below else ""
        text = letter + (above + index if name.layer else index + above)
        kind = "word" if name.style in {"word", "roman"} else "symbol"
        width += max(below_width, above_width) + (0.05 if above or below else 0)
        return Box(text, width, ATOM, 1 if above else 0, kind, kind)

    def ratio(self, ratio: Ratio, top: Box, bottom: Box) -> Box:
        r"""Return \frac{\partial top}{\partial bottom}."""
        d = "d" if ratio.ordinary else self.partial
        if self.inline and not ratio.direct:
            width = top.width + bottom.width + 1.6
            return Box(f"{d}{top.text} / {d}{bottom.text}", width, PRODUCT, 1, "fraction", "fraction")
        text = rf"\frac{{{d}{top.text}}}{{{d}{bottom.text}}}"
        width = max(top.width, bottom.width) + 0.84
        if ratio.direct:
            return Box(rf"\left.{text}\right|_{{\text{{direct}}}}", width + 2.3, POWER, 2, "fraction", "fraction")
        return Box(text, width, POWER, 2, "fraction", "fraction")

    def number(self, value: Exact, *, decimal: bool, small: bool) -> Box:
        r"""Return 3, 0.15, \frac{3}{20} or \tfrac{1}{2}."""
        if isinstance(value, int) or value.denominator == 1:
            return Box(str(value), 0.5 * len(str(value)), ATOM, 0, "number", "number")
        written = decimal_text(value) if decimal else None
        if written is not None:
            return Box(written, math_width(written), ATOM, 0, "number", "number" if small else "numeral")
        command = r"\tfrac" if small else r"\frac"
        width = 0.5 * max(len(str(value.numerator)), len(str(value.denominator))) * (0.75 if small else 1) + 0.24
        return Box(f"{command}{{{value.numerator}}}{{{value.denominator}}}", width, POWER, 1 if small else 2, "number", "number")

    def numeral(self, text: str) -> Box:
        r"""Return 0.3775, \frac{3}{20} or 6.684 \cdot 10^{-4}."""
        if text in {"inf", "nan"}:
            return Box(r"\infty", 1.0) if text == "inf" else Box(r"\text{nan}", 1.5)
        if "/" in text:
            return self.number(Fraction(text), decimal=False, small=False)
        mantissa, _, exponent = text.partition("e")
        if not exponent:
            return Box(text, math_width(text), ATOM, 0, "numeral", "numeral")
        power = str(int(exponent))
        width = math_width(mantissa) + 1.8 + SCRIPT * math_width(power)
        return Box(rf"{mantissa} \cdot 10^{{{power}}}", width, PRODUCT, 1, "numeral", "numeral")

    def constant(self, name: str) -> Box:
        r"""Return \pi or e."""
        return Box(r"\pi", 0.6) if name == "pi" else Box(name, math_width(name))

    def negative(self, body: Box) -> Box:
        """Return a minus sign and a body."""
        return Box(f"-{body.text}", body.width + 0.78, NEGATIVE, body.height, body.head, body.tail)

    def sign(self, *, negative: bool, start: bool) -> Box:
        """Return the sign; at the start of a line an empty group keeps it a binary operator."""
        sign = "-" if negative else "+"
        return Box(f"{{}}{sign} ", 1.3) if start else Box(f" {sign} ", 1.23)

    def times(self, left: Box, right: Box, *, whole: bool) -> Box:
        """Return nothing between symbols, a dot where two things would run together."""
        dotted = (
            whole
            or right.head in {"number", "numeral", "fraction", "word"}
            or left.tail in {"numeral", "fraction", "word", "bare", "function"}
            or (left.tail == "number" and left.head != "number")
            or (right.head == "group" and ((left.tail == "number" and "." in left.text) or not _LETTER.search(right.text)))
        )
        if dotted:
            return Box(r" \cdot ", 0.73)
        return Box(r" \, ", 0.17) if left.tail == "group" or right.head == "function" else Box(" ", 0.0)

    def times_start(self) -> Box:
        r"""Return \cdot as a binary operator."""
        return Box(r"{}\cdot ", 0.73)

    def parentheses(self, height: int, *, paired: bool = True) -> tuple[Box, Box]:
        r"""Return ( ), \bigl( \bigr), or \left( \right)."""
        left, right, width = (_SIZES if paired else _BROKEN_SIZES)[min(height, 3)]
        return Box(left, width, height=height, head="group"), Box(right, width, height=height, tail="group")

    def fraction(self, top: Box, bottom: Box, *, script: bool) -> Box:
        r"""Return \frac{top}{bottom}; with a slash in exponents."""
        if script:
            above = top if top.binding >= PRODUCT else self.group(top)
            below = bottom if bottom.binding >= POWER else self.group(bottom)
            width = above.width + 0.5 + below.width
            return Box(f"{above.text}/{below.text}", width, QUOTIENT, above.height, above.head, below.tail)
        width, height = max(top.width, bottom.width) + 0.24, max(1, top.height) + max(1, bottom.height)
        return Box(rf"\frac{{{top.text}}}{{{bottom.text}}}", width, POWER, height, "fraction", "fraction")

    def splits_fractions(self) -> bool:
        r"""Return True: a \frac cannot be broken."""
        return True

    def power(self, base: Box, exponent: Box, value: Exact | None) -> Box:  # noqa: ARG002 - the box has it all
        """Return base^{exponent}."""
        width, height = base.width + 0.85 * exponent.width + 0.05, max(base.height, exponent.height > 0)
        tail = "group" if base.tail == "group" else "symbol"
        return Box(f"{base.text}^{_braced(exponent.text)}", width, POWER, height, base.head, tail)

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

    def subscripted(self, name: Box, index: int) -> Box:
        """Return the name with a number below."""
        return name._replace(text=f"{name.text}_{_braced(str(index))}", width=name.width + 0.4 * len(str(index)))

    def opening(self, function: str, height: int, index: int | None) -> tuple[Box, Box]:
        r"""Return \sigma\bigl( and \bigr); a root is written as a power, because a radical cannot be broken."""
        left, right = self.parentheses(height, paired=False)
        match function:
            case "sqrt":
                return left, Box(rf"{right.text}^{{1/2}}", right.width + 1.2)
            case "abs":
                return Box(r"\bigl\lvert ", 0.4, head="group"), Box(r" \bigr\rvert", 0.4)
            case "step":
                return Box(r"\mathbf{1}\bigl[", 1.0, head="function"), Box(r" > 0\bigr]", 2.2)
            case _:
                return super().opening(function, height, index)

    def call(self, function: str, arguments: Sequence[Box], exponent: Box | None, index: int | None) -> Box:
        r"""Return \sigma(z), \ln a, \sqrt{x}, \lvert x \rvert, \mathbf{1}[z > 0]."""
        argument = arguments[0]
        if function == "sqrt":
            return Box(rf"\sqrt{{{argument.text}}}", argument.width + 0.85, ATOM, max(1, argument.height), "function", "symbol")
        if function == "abs":
            left, right = (r"\lvert ", r" \rvert") if argument.height < 2 else (r"\left\lvert ", r" \right\rvert")
            return Box(left + argument.text + right, argument.width + 0.6, ATOM, argument.height, "group", "group")
        if function == "step":
            left, right = ("[", "]") if argument.height < 2 else (r"\left[", r"\right]")
            text = rf"\mathbf{{1}}{left}{argument.text} > 0{right}"
            return Box(text, argument.width + 3.0, ATOM, argument.height, "function", "function")
        name = self.function(function) if index is None else self.subscripted(self.function(function), index)
        text, width, height = name.text, name.width, max(part.height for part in arguments)
        if exponent is not None:
            text, width = f"{text}^{_braced(exponent.text)}", width + SCRIPT * exponent.width
        if function in _BARE and argument.binding == ATOM and argument.head == argument.tail == "symbol":
            return Box(f"{text} {argument.text}", width + 0.17 + argument.width, POWER, height, "function", "bare")
        left_box, right_box = self.parentheses(height)
        inside = ", ".join(part.text for part in arguments)
        inside_width = sum(part.width for part in arguments) + 0.45 * (len(arguments) - 1)
        gap = r"\mathopen{}" if left_box.text.startswith(r"\left") else ""
        full = f"{text}{gap}{left_box.text}{inside}{right_box.text}"
        return Box(full, width + inside_width + 2 * left_box.width, ATOM, height, "function", "function")

    def exponential(self, argument: Callable[[], Box]) -> Box | None:
        """Return e^{u} where u is short and flat."""
        box = argument()
        if box.width > 6 or box.height > 1 or "e^" in box.text or r"\exp" in box.text:
            return None
        return Box(f"e^{_braced(box.text)}", 0.47 + 0.85 * box.width, POWER, 1, "symbol", "symbol")

    def cases(self, branches: Sequence[tuple[Box, Box]], otherwise: Box) -> Box:
        r"""Return a cases environment."""
        rows = [rf"{value.text} & \text{{if }} {test.text}" for value, test in branches]
        rows.append(rf"{otherwise.text} & \text{{otherwise}}")
        left = max(otherwise.width, *(value.width for value, _ in branches))
        right = max(4.2, *(test.width + 1.0 for _, test in branches))
        body = r" \\ ".join(rows)
        return Box(rf"\begin{{cases}} {body} \end{{cases}}", left + right + 2.0, ATOM, 1 + len(rows), "fraction", "fraction")

    def stacked_cases(self, rows: Sequence[Box]) -> Box | None:
        r"""Return a cases environment with a condition below its value; None where it would be too high for a page."""
        if len(rows) > HIGHEST_CASES:
            return None
        body = r" \\ ".join(row.text for row in rows)
        width = max(row.width for row in rows) + 1.5
        return Box(rf"\begin{{cases}} {body} \end{{cases}}", width, ATOM, max(3, 1 + len(rows)), "fraction", "fraction")

    def words(self, text: str) -> Box:
        r"""Return \text{…}."""
        return Box(rf"\text{{{text}}}", text_width(text))

    def blank(self, width: float) -> Box:
        r"""Return \underline{\hspace{…}}, under a strut that leaves room for a hand."""
        return Box(rf"\rule{{0pt}}{{1.6em}}\underline{{\hspace{{{width:g}em}}}}", width, ATOM, 2)

    def indented(self, line: Line) -> Box:
        r"""Return a line with a \quad for each step of depth."""
        return Box(r"\quad " * line.depth + line.text, line.width + line.depth, 0, line.height)

    def relation(self, symbol: str) -> Box:
        """Return the relation's sign."""
        return Box(f" {_RELATIONS.get(symbol, symbol)} ", 1.33)

    def comma(self) -> Box:
        """Return a comma."""
        return Box(", ", 0.45)

    def bare_comma(self) -> Box:
        """Return a comma."""
        return Box(",", 0.28)

    def tint(self, body: Box, colour: int) -> Box:
        r"""Return \textcolor{…}{body}, which xcolor, KaTeX and MathJax share."""
        if not self.colour or not body.text or colour >= len(LATEX_COLOURS):
            return body
        return body._replace(text=rf"\textcolor{{{LATEX_COLOURS[colour]}}}{{{body.text}}}")

    def brace(self, body: Box, label: Box) -> Box:
        r"""Return \underbrace{body}_{label}."""
        width = max(body.width, SCRIPT * label.width)
        return body._replace(text=rf"\underbrace{{{body.text}}}_{{{label.text}}}", width=width, height=max(2, body.height))

    def nabla(self, of: Box) -> Box:
        """Return the nabla and the quantity."""
        return Box(rf"\nabla {of.text}", of.width + 0.85, ATOM)

    def beside(self, *, roomy: bool = False) -> Box:
        """Return a thin space, or three."""
        return Box(r" \, " * 3, 0.51) if roomy else Box(r" \, ", 0.17)

    def hadamard(self) -> Box:
        r"""Return \odot."""
        return Box(r" \bphadamard " if self.macros else r" \odot ", 1.22)

    def grid(self, rows: Sequence[Sequence[Box]]) -> Box:
        """Return a bracketed matrix."""
        body = r" \\ ".join(" & ".join(box.text for box in row) for row in rows)
        width = max(sum(box.width + 1 for box in row) for row in rows) + 1
        return Box(rf"\begin{{bmatrix}} {body} \end{{bmatrix}}", width, ATOM, 2, "group", "group")

    def transposed(self, body: Box) -> Box:
        r"""Return the body with \top, in parentheses where it has a superscript already."""
        base = self.group(body) if "^" in body.text and body.head != "group" else body
        top = r"\bptranspose" if self.macros else r"\top"
        return Box(rf"{base.text}^{{{top}}}", base.width + 0.55, POWER, 1, base.head, "symbol")

    def ones(self, size: str) -> Box:
        """Return a bold 1 with its length below."""
        below = f"_{{{size}}}" if size else ""
        return Box(rf"\mathbf{{1}}{below}", 0.58 + 0.4 * len(size), ATOM, 0, "symbol", "symbol")

    def primed(self, function: str, argument: Box) -> Box:
        """Return the function's name with a prime, applied."""
        left, right = self.parentheses(argument.height)
        name = self.function(function)
        text = f"{name.text}'{left.text}{argument.text}{right.text}"
        width = name.width + 0.3 + argument.width + left.width + right.width
        return Box(text, width, ATOM, argument.height, "function", "function")

    def summed(self, index: str, size: str) -> Box:
        r"""Return \sum_{k=1}^{n}."""
        return Box(rf"\sum_{{{index}=1}}^{{{size}}} ", 1.7, PRODUCT, 2, "function", "symbol")

    def operator(self, variable: Box, *, ordinary: bool) -> Box:
        r"""Return \frac{\partial}{\partial x}."""
        d = "d" if ordinary else self.partial.strip()
        return Box(rf"\frac{{{d}}}{{{d} {variable.text}}}", variable.width + 0.8, PRODUCT, 2, "fraction", "fraction")


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


def _latex_indices(indices: Sequence[str], *, comma: bool) -> tuple[str, float]:
    parts, width = [], 0.0
    for index in indices:
        text = ""
        for kind, run in index_runs(index):
            text += rf"\text{{{run}}}" if kind == "word" else f"\\{run} " if kind == "greek" else run
            width += SCRIPT * (0.6 if kind == "greek" else text_width(run) if kind == "word" else math_width(run))
        parts.append(text.strip())
    separator = "," if comma else ""
    return separator.join(parts), width + SCRIPT * 0.3 * len(separator) * max(0, len(parts) - 1)
