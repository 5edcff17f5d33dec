"""
Running text for Typst: every sign that means something there is escaped, and formulas typed in Unicode are set as mathematics.

Typst carries its own fonts; what they have no letter for is written as its number, as in the LaTeX.
"""

from __future__ import annotations

import re
import unicodedata

from symbackprop.notation import GREEK
from symbackprop.render.formulas import runs
from symbackprop.typeset.spoken import spoken
from symbackprop.typeset.typst_emitter import has_letter, quoted, signs

UNSEEN = frozenset(("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"))
LONGEST_WORD = 18
_SPECIAL = frozenset('\\#$*_`<>@=-+/~[]{}"|&^%')
_JOINED = re.compile(r"(?:\\?[-`',.<>!?]){2,}")  # what a font makes one sign of
_FULL_STOP = re.compile(r"(?<=[\d.}])\.|\.(?=\.)")
_QUOTE = re.compile(r"(?<![^\W\d_])'|'(?![^\W\d_])")
_PERCENT = re.compile(r"(?:(?<=\d)|^) (?=\\%)")

# What `formulas` writes in LaTeX, in Typst.
_COMMANDS = {
    "cdot": "⋅", "times": "×", "partial": "∂", "sum": "sum", "surd": "\\√", "infty": "∞", "to": "→", "leftarrow": "←",
    "approx": "≈", "le": "≤", "ge": "≥", "ne": "≠", "Vert": "‖", "nabla": "∇", "checkmark": "✓", "odot": "⊙", "top": "⊤",
    "in": "∈", "pi": "π", "circ": "°", "pm": "±", "prod": "product",
}  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_TOKEN = re.compile(r"\\([A-Za-z]+) ?|\\(.)|(\d+(?:\.\d+)?)|(.)", re.DOTALL)


def escape(text: str) -> str:
    r"""
    Print running text so that Typst shows it as it is, whatever is in it.

    >>> escape("#import: 50% of a_b: σ′")
    '\\#import: 50\\% of a\\_b: #m("sigma prime", $σ\'$);'
    """
    return "".join(
        f"#m({quoted(_said(run))}, ${formula(run)}$);" if mathematical else _escaped(run) for mathematical, run in runs(text)
    )


def _said(latex: str) -> str:
    """Return a formula of running text in words."""
    return spoken(_COMMAND.sub(lambda found: _COMMANDS.get(found[1]) or GREEK.get(found[1]) or found[1], latex))


def _escaped(text: str) -> str:
    out: list[str] = []
    run = 0
    for char in text:
        run = 0 if char.isspace() else run + 1
        if run > LONGEST_WORD and run % 3 == 1:
            out.append("\\u{200b}")  # where a line may end
        out.append(_char(char))
    # An apostrophe within a word is one; a quotation mark stays as it was typed.
    quoted_as_typed = _QUOTE.sub(r"\'", _PERCENT.sub("~", _FULL_STOP.sub(r"\.", "".join(out))))
    return _JOINED.sub(lambda found: f"#plain[{found[0]}];", quoted_as_typed)


def _char(char: str) -> str:
    if char in _SPECIAL:
        return "\\" + char
    if unicodedata.category(char) in UNSEEN:
        return " "
    if has_letter(char):
        return char
    return f"\\[U\\+{ord(char):04X}\\]"


def formula(latex: str) -> str:
    r"""
    Translate the LaTeX of a formula in running text (see `formulas.runs`).

    >>> formula(r"(\sqrt{u})' = 1/(2\sqrt{u})")
    "\\( sqrt(u) \\)' = 1 \\/ \\( 2 sqrt(u) \\)"
    """
    return " ".join(_Formula(latex).read())


class _Formula:
    """Reads one formula, token by token."""

    def __init__(self, latex: str) -> None:
        self.tokens = list(_TOKEN.finditer(latex))
        self.at = 0

    def read(self, *, one: bool = False) -> list[str]:
        """Return pieces up to the end or a closing brace; only one piece or group where asked."""
        out: list[str] = []
        while self.at < len(self.tokens) and not (one and out):
            command, sign, number, char = self.tokens[self.at].groups()
            self.at += 1
            if char == "}":
                break
            if char == "{":
                out.append(" ".join(self.read()))
            elif char in {"^", "_"}:
                out.append(_base(out) + f"{char}({self.group()})")
            elif char == "'":
                out.append(_base(out) + "'")
            elif command:
                out.append(self.command(command))
            elif char != " ":
                out.append(number or signs(sign or char))
        return out

    def group(self) -> str:
        """Read one argument."""
        return " ".join(self.read(one=True))

    def command(self, name: str) -> str:
        """Read a command with its arguments."""
        match name:
            case "tfrac":
                return f"frac({self.group()}, {self.group()})"
            case "sqrt" | "hat":
                return f"{name}({self.group()})"
            case "operatorname":
                return f'op("{self.group().replace(" ", "")}")'
            case _:
                return _COMMANDS.get(name) or GREEK.get(name) or name


def _base(out: list[str]) -> str:
    """Take the last piece off, to put something above or below it; where there is none, an empty one."""
    return out.pop() if out else '""'
