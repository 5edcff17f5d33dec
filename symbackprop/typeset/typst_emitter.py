r"""
Mathematics of Typst; widths are in em, of New Computer Modern, which has the metrics of LaTeX's fonts.

Parentheses, commas and semicolons are written `\(`, `\,` and `\;`, so that none of them ends an argument or pairs with another;
letters and signs are written as themselves.  Source: the Typst reference, *Math* and *Symbols*.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from symbackprop.expr import Exact
from symbackprop.functions import FUNCTIONS, VECTOR_FUNCTIONS
from symbackprop.notation import GREEK, Name, Ratio, index_runs
from symbackprop.typeset.boxes import ATOM, NEGATIVE, POWER, PRODUCT, QUOTIENT, Box, Line
from symbackprop.typeset.decimals import decimal_text
from symbackprop.typeset.emitter import TRIGONOMETRIC, Emitter
from symbackprop.typeset.marks import TINT_COUNT, plain_text
from symbackprop.typeset.widths import SCRIPT, math_width, text_width

HIGHEST_CASES = 16

# The names of the colours, which a document defines: an identifier in mathematics has letters only.
TINTS = tuple(f"tint{chr(ord('A') + number)}" for number in range(TINT_COUNT))

_RELATIONS = {"<=": "≤", ">=": "≥"}
_SPECIAL = frozenset("\\#$&_^/'\"`()[]{}|,;:~.!*-@")
_BARE = TRIGONOMETRIC | {"log"}
_OPERATORS = frozenset(
    ("arccos", "arcsin", "arctan", "cos", "cosh", "exp", "ln", "log", "max", "min", "sin", "sinh", "tan", "tanh", "sech")
)
_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "log_softmax": "log softmax"}


def quoted(text: str) -> str:
    r"""
    Return a string of Typst, which mathematics sets upright.

    >>> quoted('a"b')
    '"a\\"b"'
    """
    return '"' + "".join("\\" + char if char in '\\"' else char if char.isprintable() else " " for char in text) + '"'


def signs(text: str) -> str:
    r"""
    Return letters, digits and signs as they stand above or below a letter.

    >>> signs("[1]")
    '\\[1\\]'
    """
    out: list[str] = []
    for char in text:
        # A letter beside a letter or a number would be one word with it.
        if out and char.isalnum() and out[-1].isalnum() and not (char.isdigit() and out[-1].isdigit()):
            out.append(" ")
        out.append("−" if char == "-" else "\\" + char if char in _SPECIAL else char if char.isprintable() else " ")
    return "".join(out)


class Typst(Emitter):
    """Typst's mathematics; `inline` writes derivatives with a slash, `colour` calls the document's tintA, tintB, …."""

    indent = 1.0

    def __init__(self, *, colour: bool = False, inline: bool = False) -> None:
        self.colour = colour
        self.inline = inline

    def name(self, name: Name) -> Box:
        """Return a letter, its indices below, layer and sample above."""
        letter, width = _letter(name.letter, name.style)
        letter = f"hat({letter})" if name.hat else letter
        below, below_width = _indices(name.indices, comma=name.comma)
        above_width = math_width(name.superscript) * SCRIPT
        text = letter + (f"_({below})" if below else "") + (f"^({signs(name.superscript)})" if name.superscript else "")
        scripted = bool(below or name.superscript)
        width += max(below_width, above_width) + (0.05 if scripted else 0)
        kind = "word" if name.style in {"word", "roman"} else "symbol"
        return Box(text, width, ATOM, 1 if name.superscript else 0, kind, kind)

    def ratio(self, ratio: Ratio, top: Box, bottom: Box) -> Box:
        """Return frac(∂ top, ∂ bottom)."""
        d = "d" if ratio.ordinary else "∂"
        if self.inline and not ratio.direct:
            width = top.width + bottom.width + 1.6
            return Box(f"{d} {top.text} \\/ {d} {bottom.text}", width, PRODUCT, 1, "fraction", "fraction")
        text, width = f"frac({d} {top.text}, {d} {bottom.text})", max(top.width, bottom.width) + 0.84
        if ratio.direct:
            text, width = f'lr({text} |)_("direct")', width + 2.3
        return Box(text, width, POWER, 2, "fraction", "fraction")

    def number(self, value: Exact, *, decimal: bool, small: bool) -> Box:
        """Return 3, 0.15, or a fraction, small where it is a coefficient."""
        if isinstance(value, int) or value.denominator == 1:
            return Box(str(value), 0.5 * len(str(value)), ATOM, 0, "number", "number")
        written = decimal_text(value) if decimal else None
        if written is not None:
            return Box(written, math_width(written), ATOM, 0, "number", "number" if small else "numeral")
        text = f"frac({value.numerator}, {value.denominator})"
        width = 0.5 * max(len(str(value.numerator)), len(str(value.denominator))) * (0.75 if small else 1) + 0.24
        return Box(f"inline({text})" if small else text, width, POWER, 1 if small else 2, "number", "number")

    def numeral(self, text: str) -> Box:
        """Return 0.3775, a fraction, or 6.684 ⋅ 10^(−4)."""
        if text in {"inf", "nan"}:
            return Box("∞", 1.0) if text == "inf" else Box('"nan"', 1.5)
        if "/" in text:
            return self.number(Fraction(text), decimal=False, small=False)
        mantissa, _, exponent = text.partition("e")
        if not exponent:
            return Box(text, math_width(text), ATOM, 0, "numeral", "numeral")
        power = str(int(exponent)).replace("-", "−")
        width = math_width(mantissa) + 1.8 + SCRIPT * math_width(power)
        return Box(f"{mantissa} ⋅ 10^({power})", width, PRODUCT, 1, "numeral", "numeral")

    def constant(self, name: str) -> Box:
        """Return π or e."""
        return Box("π", 0.6) if name == "pi" else Box(name, math_width(name))

    def negative(self, body: Box) -> Box:
        """Return a minus sign and a body."""
        return Box(f"−{body.text}", body.width + 0.78, NEGATIVE, body.height, body.head, body.tail)

    def sign(self, *, negative: bool, start: bool) -> Box:
        """Return the sign; at the start of a line it is said to stand between two terms."""
        sign = "−" if negative else "+"
        return Box(f'class("binary", {sign}) ', 1.3) if start else Box(f" {sign} ", 1.23)

    def times(self, left: Box, right: Box, *, whole: bool) -> Box:
        """Return nothing between symbols, a dot where two things would run together."""
        dotted = (
            whole
            or right.head in {"number", "numeral", "fraction", "word"}
            or left.tail in {"numeral", "fraction", "word", "bare", "function"}
            or (left.tail == "number" and left.head != "number")
            or (right.head == "group" and ((left.tail == "number" and "." in left.text) or not _lettered(right.text)))
        )
        if dotted:
            return Box(" ⋅ ", 0.73)
        return Box(" thin ", 0.17) if left.tail == "group" or right.head == "function" else Box(" ", 0.0)

    def times_start(self) -> Box:
        """Return a dot between two factors."""
        return Box('class("binary", ⋅) ', 0.73)

    def parentheses(self, height: int, *, paired: bool = True) -> tuple[Box, Box]:
        r"""Return \( \), a little larger around superscripts, and as high as what is between them around fractions."""
        width = (0.39, 0.46, 0.78, 0.95)[min(height, 3)]
        if not height:
            left, right = "\\(", "\\)"
        elif paired:
            # Without the space, a letter before `lr` would be one word with it.
            left, right = (" lr(size: #1.4em, \\(" if height == 1 else " lr(\\("), "\\))"
        else:
            size = ("1.4em", "1.9em", "2.4em")[min(height, 3) - 1]
            left, right = (f" lr(size: #{size}, {fence})" for fence in ("\\(", "\\)"))
        return Box(left, width, height=height, head="group"), Box(right, width, height=height, tail="group")

    def fraction(self, top: Box, bottom: Box, *, script: bool) -> Box:
        """Return frac(top, bottom); with a slash in exponents."""
        if script:
            above = top if top.binding >= PRODUCT else self.group(top)
            below = bottom if bottom.binding >= POWER else self.group(bottom)
            width = above.width + 0.5 + below.width
            return Box(f"{above.text} \\/ {below.text}", width, QUOTIENT, above.height, above.head, below.tail)
        width, height = max(top.width, bottom.width) + 0.24, max(1, top.height) + max(1, bottom.height)
        return Box(f"frac({top.text}, {bottom.text})", width, POWER, height, "fraction", "fraction")

    def splits_fractions(self) -> bool:
        """Return True: a fraction cannot be broken."""
        return True

    def slash(self) -> Box:
        """Return the slash before a denominator that is broken over lines."""
        return Box("\\/ ", 1.0)

    def power(self, base: Box, exponent: Box, value: Exact | None) -> Box:  # noqa: ARG002 - the box has it all
        """Return base^(exponent)."""
        width, height = base.width + 0.85 * exponent.width + 0.05, max(base.height, exponent.height > 0)
        tail = "group" if base.tail == "group" else "symbol"
        return Box(f"{base.text}^({exponent.text})", width, POWER, height, base.head, tail)

    def function(self, name: str) -> Box:
        """Return σ, ln or softplus."""
        known = FUNCTIONS.get(name) or VECTOR_FUNCTIONS.get(name)
        if name == "sqrt":  # before parentheses, where the radicand is broken across lines
            return Box("√", 0.85)
        if name == "hard_sigmoid":
            return Box('op("hard") σ', 3.0)
        shown = _NAMES.get(name) or (known.text if known else "") or name
        text = shown if len(shown) == 1 or shown in _OPERATORS else f"op({quoted(shown)})"
        return Box(text, 0.57 if shown == "σ" else text_width(shown))

    def subscripted(self, name: Box, index: int) -> Box:
        """Return the name with a number below."""
        return name._replace(text=f"{name.text}_({index})", width=name.width + 0.4 * len(str(index)))

    def opening(self, function: str, height: int, index: int | None) -> tuple[Box, Box]:
        """Return σ( and ); a root is written as a power, because a radical cannot be broken."""
        left, right = self.parentheses(height, paired=False)
        match function:
            case "sqrt":
                return left, Box(f"{right.text}^(1 \\/ 2)", right.width + 1.2)
            case "abs":
                return Box('class("opening", |)', 0.4, head="group"), Box('class("closing", |)', 0.4)
            case "step":
                return Box("bold(1) \\[", 1.0, head="function"), Box(" > 0 \\]", 2.2)
            case _:
                return super().opening(function, height, index)

    def call(self, function: str, arguments: Sequence[Box], exponent: Box | None, index: int | None) -> Box:
        """Return σ(z), ln a, a radical, |x|, 1[z > 0]."""
        argument = arguments[0]
        if function == "sqrt":
            return Box(f"sqrt({argument.text})", argument.width + 0.85, ATOM, max(1, argument.height), "function", "symbol")
        if function == "abs":
            return Box(f"abs({argument.text})", argument.width + 0.6, ATOM, argument.height, "group", "group")
        if function == "step":
            text = f"bold(1) lr(\\[{argument.text} > 0\\])"
            return Box(text, argument.width + 3.0, ATOM, argument.height, "function", "function")
        name = self.function(function) if index is None else self.subscripted(self.function(function), index)
        text, width, height = name.text, name.width, max(part.height for part in arguments)
        if exponent is not None:
            text, width = f"{text}^({exponent.text})", width + SCRIPT * exponent.width
        if function in _BARE and argument.binding == ATOM and argument.head == argument.tail == "symbol":
            return Box(f"{text} {argument.text}", width + 0.17 + argument.width, POWER, height, "function", "bare")
        left, right = self.parentheses(height)
        inside = self.comma().text.join(part.text for part in arguments)
        width += sum(part.width for part in arguments) + 0.45 * (len(arguments) - 1) + 2 * left.width
        return Box(f"{text}{left.text}{inside}{right.text}", width, ATOM, height, "function", "function")

    def exponential(self, argument: Callable[[], Box]) -> Box | None:
        """Return e^(u) where u is short and flat."""
        box = argument()
        if box.width > 6 or box.height > 1 or any(mark in box.text for mark in ("e^", "exp", "sqrt", "cases")):
            return None
        return Box(f"e^({box.text})", 0.47 + 0.85 * box.width, POWER, 1, "symbol", "symbol")

    def cases(self, branches: Sequence[tuple[Box, Box]], otherwise: Box) -> Box:
        """Return values and conditions after a brace."""
        rows = [f'{value.text} & "if" {test.text}' for value, test in branches]
        rows.append(f'{otherwise.text} & "otherwise"')
        left = max(otherwise.width, *(value.width for value, _ in branches))
        right = max(4.2, *(test.width + 1.0 for _, test in branches))
        return Box(f"cases({', '.join(rows)})", left + right + 2.0, ATOM, 1 + len(rows), "fraction", "fraction")

    def stacked_cases(self, rows: Sequence[Box]) -> Box | None:
        """Return a brace with a condition below its value; None where it would be too high for a page."""
        if len(rows) > HIGHEST_CASES:
            return None
        text = f"cases({', '.join(row.text for row in rows)})"
        return Box(text, max(row.width for row in rows) + 1.5, ATOM, max(3, 1 + len(rows)), "fraction", "fraction")

    def words(self, text: str) -> Box:
        """Return words in upright letters."""
        return Box(quoted(text), text_width(text))

    def blank(self, width: float) -> Box:
        """Return a box with a line at its foot, which leaves room for a hand."""
        return Box(f"blank(#{width:g}em, #1.6em)", width, ATOM, 2)

    def indented(self, line: Line) -> Box:
        """Return a line with a quad for each step of depth."""
        return Box("quad " * line.depth + line.text, line.width + line.depth, 0, line.height)

    def relation(self, symbol: str) -> Box:
        """Return the relation's sign."""
        return Box(f" {_RELATIONS.get(symbol, symbol)} ", 1.33)

    def comma(self) -> Box:
        """Return a comma."""
        return Box("\\, ", 0.45)

    def bare_comma(self) -> Box:
        """Return a comma that ends a line."""
        return Box("\\,", 0.28)

    def tint(self, body: Box, colour: int) -> Box:
        """Return the body within the colour's name."""
        if not self.colour or not body.text or colour >= TINT_COUNT:
            return body
        return body._replace(text=f"{TINTS[colour]}({body.text})")

    def brace(self, body: Box, label: Box) -> Box:
        """Return underbrace(body, label)."""
        width = max(body.width, SCRIPT * label.width)
        return body._replace(text=f"underbrace({body.text}, {label.text})", width=width, height=max(2, body.height))

    def nabla(self, of: Box) -> Box:
        """Return the nabla and the quantity."""
        return Box(f"∇ {of.text}", of.width + 0.85, ATOM)

    def written(self, latex: str, text: str, plain: str) -> Box:  # noqa: ARG002 - for another emitter
        """Return the text as words: nothing is known of its parts."""
        return Box(quoted(plain_text(text)), 0.5 * len(text), 0)

    def beside(self, *, roomy: bool = False) -> Box:
        """Return a thin space, or three."""
        return Box(" thin thin thin ", 0.51) if roomy else Box(" thin ", 0.17)

    def hadamard(self) -> Box:
        """Return ⊙ as a sign between two factors."""
        return Box(' class("binary", ⊙) ', 1.22)

    def grid(self, rows: Sequence[Sequence[Box]]) -> Box:
        """Return a matrix in brackets."""
        body = "; ".join(", ".join(box.text for box in row) for row in rows)
        width = max(sum(box.width + 1 for box in row) for row in rows) + 1
        return Box(f'mat(delim: "[", {body})', width, ATOM, 2, "group", "group")

    def transposed(self, body: Box) -> Box:
        """Return the body with ⊤ above, in parentheses where it has something there already."""
        base = self.group(body) if "^" in body.text and body.head != "group" else body
        return Box(f"{base.text}^(⊤)", base.width + 0.55, POWER, 1, base.head, "symbol")

    def ones(self, size: str) -> Box:
        """Return a bold 1 with its length below."""
        below = f"_({_size(size)})" if size else ""
        return Box(f"bold(1){below}", 0.58 + 0.4 * len(size), ATOM, 0, "symbol", "symbol")

    def primed(self, function: str, argument: Box) -> Box:
        """Return the function's name with a prime, applied."""
        left, right = self.parentheses(argument.height)
        name = self.function(function)
        text = f"{name.text}' {left.text}{argument.text}{right.text}"
        width = name.width + 0.3 + argument.width + left.width + right.width
        return Box(text, width, ATOM, argument.height, "function", "function")

    def summed(self, index: str, size: str) -> Box:
        """Return the sum's sign with its index below and the last one above."""
        return Box(f"sum_({signs(index)} = 1)^({_size(size)}) ", 1.7, PRODUCT, 2, "function", "symbol")

    def operator(self, variable: Box, *, ordinary: bool) -> Box:
        """Return ∂ over ∂x."""
        d = "d" if ordinary else "∂"
        return Box(f"frac({d}, {d} {variable.text}) ", variable.width + 0.8, PRODUCT, 2, "fraction", "fraction")

    def group(self, body: Box) -> Box:
        """Return the body in parentheses."""
        left, right = self.parentheses(body.height)
        return Box(left.text + body.text + right.text, left.width + body.width + right.width, ATOM, body.height, "group", "group")


def _lettered(text: str) -> bool:
    """Tell whether there is a letter within parentheses: what is not a sign's or a construct's name."""
    bare = text
    for name in ("lr(size: #1.4em,", "lr(", "frac(", "inline(", "class(", "binary"):
        bare = bare.replace(name, "")
    return any(char.isalpha() for char in bare)


def _letter(letter: str, style: str) -> tuple[str, float]:
    if letter == "…":
        return "…", 1.3
    match style:
        case "greek":
            return GREEK[letter], 0.64
        case "bold":
            return f"bold(upright({letter}))", 0.6
        case "roman":
            return quoted(letter), text_width(letter)
        case "word":
            return f"italic({quoted(letter)})", text_width(letter) + 0.1
        case _:
            return (letter if len(letter) == 1 else f"italic({quoted(letter)})"), math_width(letter)


def _indices(indices: Sequence[str], *, comma: bool) -> tuple[str, float]:
    parts, width = [], 0.0
    for index in indices:
        text = []
        for kind, run in index_runs(index):
            text.append(quoted(run) if kind == "word" else GREEK[run] if kind == "greek" else signs(run))
            width += SCRIPT * (0.6 if kind == "greek" else text_width(run) if kind == "word" else math_width(run))
        parts.append(" ".join(text))
    separator = "\\," if comma else " "
    return separator.join(parts), width + SCRIPT * 0.3 * comma * max(0, len(parts) - 1)


def _size(text: str) -> str:
    """Return the size of a sum or vector: a number, n, or n with an index."""
    name, _, below = text.partition("_")
    return f"{signs(name)}_({signs(below)})" if below else signs(text)
