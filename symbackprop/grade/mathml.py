"""
What was read of an answer, as MathML: the LaTeX that our own printer writes, turned into elements.

Only that dialect is known; anything else gives None, and the page shows plain text instead.
"""

from __future__ import annotations

import re
from html import escape

LONGEST = 20_000
DEEPEST = 60
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)

_GREEK_NAMES = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega
    Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega varepsilon
"""
_GREEK = dict(zip(_GREEK_NAMES.split(), "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩε", strict=True))
_LETTERS = {**_GREEK, "partial": "∂", "nabla": "∇", "infty": "∞", "top": "⊤", "dots": "…", "ldots": "…", "ell": "ℓ"}
_WORDS = {
    "ln", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "max", "min", "log", "sec", "det",
}  # fmt: skip
_SIGNS = {
    "cdot": "·", "times": "×", "odot": "⊙", "circ": "∘", "le": "≤", "ge": "≥", "ne": "≠", "leq": "≤", "geq": "≥", "neq": "≠",
    "approx": "≈", "leftarrow": "←", "to": "→", "surd": "√", "lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖", "mid": "|",
    "pm": "±", "in": "∈", "langle": "⟨", "rangle": "⟩", "lbrace": "{", "rbrace": "}",
}  # fmt: skip
_SPACES = {",": "0.17em", ";": "0.28em", ":": "0.22em", " ": "0.25em", "quad": "1em", "qquad": "2em", "!": "0"}
_SIZES = {"bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr", "big", "Big", "mathopen", "displaystyle", "limits"}
_FENCES = {"bmatrix": "[]", "pmatrix": "()", "vmatrix": "||", "matrix": "", "cases": "{", "aligned": "", "array": ""}


class _UnknownError(Exception):
    """LaTeX that is not of our dialect."""


def mathml(latex: str, *, block: bool = True) -> str | None:
    r"""
    Return a formula as a `math` element, or None where the LaTeX is not what our printer writes.

    >>> mathml(r"\delta_1", block=False)
    '<math><msub><mi>δ</mi><mn>1</mn></msub></math>'
    """
    if not latex.strip() or len(latex) > LONGEST:
        return None
    parser = _Parser(_TOKEN.findall(latex))
    try:
        body = parser.row(())
    except (_UnknownError, IndexError):
        return None
    shown = ' display="block"' if block else ""
    return f"<math{shown}>{body}</math>" if parser.at_end() else None


class _Parser:
    """Reads tokens into elements; every text is escaped where it is put in."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0

    def at_end(self) -> bool:
        return self.place >= len(self.tokens)

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        piece = self.tokens[self.place]
        self.place += 1
        return piece

    def spaces(self) -> None:
        while self.peek().isspace():
            self.place += 1

    def row(self, ends: tuple[str, ...]) -> str:
        """Read elements up to one of some tokens, which is left."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise _UnknownError
        parts: list[str] = []
        while not self.at_end():
            self.spaces()
            piece = self.peek()
            if not piece or piece in ends:
                break
            if piece in {"}", "&", "\\\\", "\\right", "\\end"}:
                raise _UnknownError
            parts.append(self.scripted())
        self.depth -= 1
        return "".join(parts)

    def scripted(self) -> str:
        """Read one element with what stands above and below it."""
        wide = self.peek() in {"\\sum", "\\prod"}
        base = "<mrow></mrow>" if self.peek() in {"^", "_"} else self.element()
        below = above = ""
        primes = ""
        while True:
            here = self.place
            self.spaces()
            piece = self.peek()
            if piece == "'":
                self.take()
                primes += "′"
            elif piece == "_" and not below:
                self.take()
                below = self.argument()
            elif piece == "^" and not above:
                self.take()
                above = self.argument()
            else:
                self.place = here
                break
        if primes:
            above = f"<mrow><mo>{primes}</mo>{above}</mrow>"
        names = ("munder", "mover", "munderover") if wide else ("msub", "msup", "msubsup")
        match bool(below), bool(above):
            case True, True:
                return f"<{names[2]}>{base}{below}{above}</{names[2]}>"
            case True, False:
                return f"<{names[0]}>{base}{below}</{names[0]}>"
            case False, True:
                return f"<{names[1]}>{base}{above}</{names[1]}>"
        return base

    def argument(self) -> str:
        """Read a group in braces, or one element, as one element."""
        self.spaces()
        self.depth += 1
        if self.depth > DEEPEST:
            raise _UnknownError
        made = self.group() if self.peek() == "{" else self.element()
        self.depth -= 1
        return made

    def group(self) -> str:
        if self.take() != "{":
            raise _UnknownError
        body = self.row(("}",))
        self.take()
        return body if re.fullmatch(r"<(m[ino])( [^<>]*)?>[^<>]*</\1>", body) else f"<mrow>{body}</mrow>"

    def words(self) -> str:
        """Read a group of plain letters."""
        self.spaces()
        if self.take() != "{":
            raise _UnknownError
        text = ""
        while (piece := self.take()) != "}":
            if piece in {"\\_", "\\ ", "\\,"}:
                piece = piece[1:].replace(",", " ")
            elif piece in {"{", "$", "^", "_"} or (piece.startswith("\\") and piece[1:] not in _GREEK):
                raise _UnknownError
            text += _GREEK.get(piece[1:], piece)
        return text

    def element(self) -> str:
        piece = self.take()
        if piece == "{":
            self.place -= 1
            return self.group()
        if piece[0].isdigit():
            return f"<mn>{escape(piece)}</mn>"
        if piece.startswith("\\"):
            return self.command(piece[1:])
        if piece.isalpha():
            return f"<mi>{escape(piece)}</mi>"
        if piece in "()[]|":
            return f'<mo stretchy="false">{piece}</mo>'
        if piece in "+-=,;<>/*:!." or piece in "−·×⊙≤≥≠≈√′…":
            return f"<mo>{escape('−' if piece == '-' else piece)}</mo>"
        raise _UnknownError

    def command(self, name: str) -> str:
        match name:
            case "frac" | "tfrac" | "dfrac":
                return f"<mfrac>{self.argument()}{self.argument()}</mfrac>"
            case "sqrt":
                return f"<msqrt>{self.argument()}</msqrt>"
            case "mathbf" | "boldsymbol" | "bm":
                return f"<mi>{escape(_bold(self.words()))}</mi>"
            case "mathbb":
                return f"<mn>{escape(self.words().replace('1', '𝟙'))}</mn>"
            case "mathit" | "mathrm" | "operatorname":
                text = self.words()
                upright = ' mathvariant="normal"' if len(text) == 1 else ""
                return f"<mi{upright}>{escape(text)}</mi>"
            case "text":
                return f"<mtext>{escape(self.words().replace(' ', ' '))}</mtext>"
            case "textcolor":
                self.words()
                return self.argument()
            case "hat" | "bar" | "tilde" | "dot":
                mark = {"hat": "^", "bar": "¯", "tilde": "~", "dot": "˙"}[name]
                return f'<mover accent="true">{self.argument()}<mo>{mark}</mo></mover>'
            case "underbrace":
                return f"<munder>{self.argument()}<mo>⏟</mo></munder>"
            case "sum" | "prod":
                return f"<mo>{'∑' if name == 'sum' else '∏'}</mo>"
            case "left":
                return self.fenced()
            case "begin":
                return self.environment()
        if name in _LETTERS:
            return f"<mi>{_LETTERS[name]}</mi>"
        if name in _WORDS:
            return f"<mi>{name}</mi>"
        if name in _SIGNS:
            stretchy = ' stretchy="false"' if _SIGNS[name] in "|‖⟨⟩{}" else ""
            return f"<mo{stretchy}>{_SIGNS[name]}</mo>"
        if name in _SPACES:
            return f'<mspace width="{_SPACES[name]}"/>'
        if name in {"{", "}", "|", "_"}:
            return f'<mo stretchy="false">{"‖" if name == "|" else name}</mo>'
        if name in _SIZES:
            return ""
        raise _UnknownError

    def delimiter(self) -> str:
        self.spaces()
        piece = self.take()
        text = _SIGNS.get(piece[1:], piece[1:]) if piece.startswith("\\") else piece
        if text == ".":
            return ""
        if text not in set("()[]|{}‖⟨⟩/<>"):
            raise _UnknownError
        return f"<mo>{escape(text)}</mo>"

    def fenced(self) -> str:
        opening = self.delimiter()
        body = self.row(("\\right",))
        self.take()
        return f"<mrow>{opening}{body}{self.delimiter()}</mrow>"

    def environment(self) -> str:
        name = self.words()
        if name not in _FENCES:
            raise _UnknownError
        rows: list[str] = []
        cells: list[str] = []
        while True:
            body = self.row(("&", "\\\\", "\\end"))
            cells.append(f"<mtd>{body}</mtd>")
            piece = self.take()
            if piece == "&":
                continue
            rows.append(f"<mtr>{''.join(cells)}</mtr>")
            cells = []
            if piece == "\\end":
                break
        if self.words() != name:
            raise _UnknownError
        aligned = ' columnalign="left"' if name in {"cases", "aligned"} else ""
        fences = [f"<mo>{mark}</mo>" for mark in _FENCES[name]] + ["", ""]
        return f"<mrow>{fences[0]}<mtable{aligned}>{''.join(rows)}</mtable>{fences[1]}</mrow>"


def _bold(text: str) -> str:
    """Return letters and digits in bold: browsers know the characters, not the command."""
    found = ""
    for char in text:
        if "A" <= char <= "Z":
            found += chr(0x1D400 + ord(char) - ord("A"))
        elif "a" <= char <= "z":
            found += chr(0x1D41A + ord(char) - ord("a"))
        elif "0" <= char <= "9":
            found += chr(0x1D7CE + ord(char) - ord("0"))
        elif "α" <= char <= "ω":
            found += chr(0x1D6C2 + ord(char) - ord("α"))
        else:
            found += char
    return found
