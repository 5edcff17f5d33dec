r"""
Mathematics of Typst; widths are in em, of New Computer Modern, which has the metrics of LaTeX's fonts.

Parentheses, commas and semicolons are written `\(`, `\,` and `\;`, so that none of them ends an argument or pairs with another;
letters and signs are written as themselves.  Source: the Typst reference, *Math* and *Symbols*.
"""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.functions import FUNCTIONS, VECTOR_FUNCTIONS
from symbackprop.notation import GREEK, Name, index_runs
from symbackprop.typeset.boxes import ATOM, Box
from symbackprop.typeset.marks import TINT_COUNT, plain_text
from symbackprop.typeset.printed import Printed
from symbackprop.typeset.widths import SCRIPT, math_width, text_width

# The names of the colours, which a document defines: an identifier in mathematics has letters only.
TINTS = tuple(f"tint{chr(ord('A') + number)}" for number in range(TINT_COUNT))

# Which letters the fonts have that Typst carries.
_CARRIED = ((0, 0x500), (0x1E00, 0x20D0), (0x2100, 0x2300), (0x2500, 0x2600))
_LACKING = frozenset("\u2041\u2043\u2053\u211f\u2121\u2123\u2125\u2152\u2185\u2186\u2187\u2188\u218a\u218b")
_RELATIONS = {"<=": "≤", ">=": "≥"}
_SPECIAL = frozenset("\\#$&_^/'\"`()[]{}|,;:~.!*-@")
_OPERATORS = frozenset(
    ("arccos", "arcsin", "arctan", "cos", "cosh", "exp", "ln", "log", "max", "min", "sin", "sinh", "tan", "tanh", "sech")
)
_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "log_softmax": "log softmax"}


def has_letter(char: str) -> bool:
    """
    Return whether the fonts that Typst carries have a letter for a character: Latin, Greek, Cyrillic and signs.

    >>> has_letter("é"), has_letter("σ"), has_letter("字")
    (True, True, False)
    """
    code = ord(char)
    return any(low <= code < high for low, high in _CARRIED) and char not in _LACKING


def printable(text: str) -> str:
    """
    Return a name with numbers for letters that no font has.

    >>> printable("a重")
    'a[U+91CD]'
    """
    return "".join(char if has_letter(char) else f"[U+{ord(char):04X}]" for char in text)


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
        if not has_letter(char):
            out.append(quoted(printable(char)) if char.isprintable() else " ")
            continue
        out.append("−" if char == "-" else "\\" + char if char in _SPECIAL else char if char.isprintable() else " ")
    return "".join(out)


class Typst(Printed):
    """Typst's mathematics; `inline` writes derivatives with a slash, `colour` calls the document's tintA, tintB, …."""

    infinity = "∞"
    pi = "π"
    minus = "−"
    dot = "⋅"
    thin = "thin"
    quad = "quad"
    comma_text = "\\,"
    prime = "' "
    at_start = 'class("binary", %s)'
    over = "frac(%s, %s)"
    small_over = "inline(frac(%s, %s))"
    slashed = "%s \\/ %s"
    inline_over = "%s \\/ %s"
    direct = 'lr(%s |)_("direct")'
    root = "sqrt(%s)"
    bars = ("abs(%s)", "abs(%s)")
    broken_bars = ('class("opening", |)', 'class("closing", |)')
    indicator = ("bold(1) lr(\\[%s > 0\\])", "bold(1) lr(\\[%s > 0\\])")
    broken_indicator = ("bold(1) \\[", " > 0 \\]")
    gap = ""
    lofty = ("e^", "exp", "sqrt", "cases")
    case = '%s & "if" %s'
    otherwise = '%s & "otherwise"'
    cases_row = ", "
    cases_whole = "cases(%s)"
    line = "blank(#%sem, #1.6em)"
    underbrace = "underbrace(%s, %s)"
    gradient = "∇ %s"
    entrywise = 'class("binary", ⊙)'
    grid_entry = ", "
    grid_row = "; "
    grid_whole = 'mat(delim: "[", %s)'
    top = "⊤"
    one = "bold(1)"
    below = "_(%s)"
    sum_from_one = "sum_(%s = 1)^(%s)"
    relations = _RELATIONS
    tinted = "%s(%s)"
    tints = TINTS

    def script(self, text: str) -> str:
        """Return the text in parentheses, which Typst takes away."""
        return f"({text})"

    def letters(self, text: str) -> str:
        """Return the size of a sum or vector: a number, n, or n with an index."""
        name, _, below = text.partition("_")
        return f"{signs(name)}_({signs(below)})" if below else signs(text)

    def differential(self, *, ordinary: bool) -> str:
        """Return d or ∂."""
        return "d " if ordinary else "∂ "

    def has_letters(self, group: Box) -> bool:
        """Tell whether there is a letter: what is not a sign's or a construct's name."""
        bare = group.text
        for name in ("lr(size: #1.4em,", "lr(", "frac(", "inline(", "class(", "binary"):
            bare = bare.replace(name, "")
        return any(char.isalpha() for char in bare)

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

    def operator(self, variable: Box, *, ordinary: bool) -> Box:
        """Return d/dx or ∂/∂x, apart from a parenthesis that follows, which would be an argument of it."""
        box = super().operator(variable, ordinary=ordinary)
        return box._replace(text=f"{box.text} ")

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

    def slash(self) -> Box:
        """Return the slash before a denominator that is broken over lines."""
        return Box("\\/ ", 1.0)

    def function(self, name: str) -> Box:
        """Return σ, ln or softplus."""
        known = FUNCTIONS.get(name) or VECTOR_FUNCTIONS.get(name)
        if name == "sqrt":  # before parentheses, where the radicand is broken across lines
            return Box("\\√", 0.85)
        if name == "hard_sigmoid":
            return Box('op("hard") σ', 3.0)
        shown = _NAMES.get(name) or (known.text if known else "") or name
        text = shown if len(shown) == 1 or shown in _OPERATORS else f"op({quoted(shown)})"
        return Box(text, 0.57 if shown == "σ" else text_width(shown))

    def words(self, text: str) -> Box:
        """Return words in upright letters."""
        return Box(quoted(text), text_width(text))

    def written(self, latex: str, text: str, plain: str) -> Box:  # noqa: ARG002 - for another emitter
        """Return the text as words: nothing is known of its parts."""
        return Box(quoted(plain_text(text)), 0.5 * len(text), 0)


def _letter(letter: str, style: str) -> tuple[str, float]:
    if letter == "…":
        return "…", 1.3
    if not letter.isascii():
        letter = printable(letter)
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
            text.append(quoted(printable(run)) if kind == "word" else GREEK[run] if kind == "greek" else signs(run))
            width += SCRIPT * (0.6 if kind == "greek" else text_width(run) if kind == "word" else math_width(run))
        parts.append(" ".join(text))
    separator = "\\," if comma else " "
    return separator.join(parts), width + SCRIPT * 0.3 * comma * max(0, len(parts) - 1)
