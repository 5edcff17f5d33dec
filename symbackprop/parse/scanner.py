r"""
Answers cut into tokens: plain text and LaTeX give one and the same stream.

What changes only the looks (sizes of brackets, spaces, fonts, colours) leaves no token; every other command is one
token of kind "command".  A character without meaning is a token, too: only who meets it refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from symbackprop.names import GREEK
from symbackprop.parse.characters import ABOVE, BELOW, HATTED, VULGAR, flattened, named
from symbackprop.parse.commands import (
    BIG,
    BOLD,
    BRACKETED,
    COMMANDS,
    DROPPED,
    DROPPED_WITH_ARGUMENTS,
    ENVIRONMENTS_WITH_ARGUMENT,
    FONTS,
    FUNCTION_COMMANDS,
    GREEK_COMMANDS,
    OPERATORS,
    SPELLINGS,
    WORD_COMMANDS,
)
from symbackprop.parse.refusals import refuse
from symbackprop.parse.tokens import Token

_HATTED_REST = re.compile(r"[0-9]*(?:_[0-9]+)*")
_GREEK_LETTERS = "".join(GREEK)
_NUMBER = re.compile(r"(?:[0-9]+(?:\.(?![.*/^])[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(rf"[{_GREEK_LETTERS}](?:[0-9]+)?(?:_[A-Za-z0-9]+)*|[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9{_GREEK_LETTERS}]+)*")
_LETTERS = re.compile("[A-Za-z]+")
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.|\n|$)")
_SPACE = re.compile(r"[ \t\r\f\v\u00a0\u2009\u200a\u2002\u2003\u202f\ufeff\u200b]+")
_SIMPLE_GROUP = re.compile(r"\s*\{\s*([A-Za-z0-9]+)\s*\}|\s*([A-Za-z0-9])")
_GREEK_GROUP = re.compile(r"\s*\{\s*\\([A-Za-z]+)\s*\}|\s*\\([A-Za-z]+)")
_BRACED = re.compile(r"\s*\{([^{}]*)\}")
_ROW_END = re.compile(r"\*?(?:\s*\[\s*-?[0-9.]+\s*[a-z]{2}\s*\])?")
_REMARK = re.compile(r"\s*\{\s*\\(?:footnotesize|scriptsize|small|tiny|itshape|raggedright)(?![A-Za-z])")
_OPTIONAL = re.compile(r"\s*(?:\[[^\[\]]*\])?\s*\{")
_OVERLAY = re.compile(r"\s*(?:<[^<>{}]*>)?\s*\{")
_BRACES = re.compile("[{}]")
_EQUALS = re.compile(r"\s*\{\s*=\s*\}|\s*=")
_SHORT_FRACTION = re.compile(r"\s*([0-9]|(?<=\s)[A-Za-z])\s*(?:([0-9A-Za-z])|(?=\{))")
_LATEX = re.compile(r"\\[A-Za-z,;!(\[{|\\]|\$|[_^]\s*\{")
_COMMANDS = re.compile(r"\\[A-Za-z,;!(\[{|\\]|\$")
_UNICODE = re.compile(rf"[{_GREEK_LETTERS}∑∂∇⊙·ᵀ⊤√]")
_TRAILING = re.compile(r"(?:[-+*/=·⋅×@^_&<>]|\\(?:cdot|times|odot|circ|quad|,|;))\s*$")


def looks_like_latex(text: str) -> bool:
    """Whether a text is meant as LaTeX: by a command, or by braces where no letter is typed as LaTeX would not have it."""
    return _LATEX.search(text) is not None and (_COMMANDS.search(text) is not None or _UNICODE.search(text) is None)


def scan(text: str, *, latex: bool, known: Callable[[str], bool], most: int) -> tuple[Token, ...]:
    """
    Cut a text into tokens, the last of kind "end"; `known` says whether a run of letters and digits is a declared name.

    Raises ParseError for more than `most` tokens.
    """
    found: list[Token] = []
    for token in _Scanner(text, latex=latex, known=known).tokens():
        if len(found) >= most:
            refuse(f"the answer has more than {most:,} tokens", text, token.position)
        found.append(token)
    found.append(Token("end", "", len(text), len(text)))
    return tuple(found)


class _Scanner:
    """Walks over a text once."""

    def __init__(self, text: str, *, latex: bool, known: Callable[[str], bool]) -> None:
        self.text = text
        self.flat = "".join(map(flattened, text))  # letters of other fonts as ordinary ones, every one in its place
        self.latex = latex
        self.known = known
        self.position = 0
        self.depth = 0
        self.rows = 0  # environments in which \\ separates
        self.dollars = False
        self.last = ""
        self.closings: dict[int, str] = {}  # where a closing brace stands for another bracket

    def tokens(self) -> Iterator[Token]:
        """Yield the tokens in order."""
        flat = self.flat
        while self.position < len(flat):
            start = self.position
            for kind, found in self.piece(start, flat[start]):
                self.last = found if kind == "operator" else ""
                yield Token(kind, found, start, self.position)

    def piece(self, start: int, first: str) -> Iterator[tuple[str, str]]:
        """Yield what begins here, and move on behind it."""
        flat = self.flat
        if space := _SPACE.match(flat, start):
            self.position = space.end()
        elif first == "\n":
            yield from self.line_end(start)
        elif first == "\\":
            yield from self.command(start)
        elif number := _NUMBER.match(flat, start):
            self.position = number.end()
            yield "number", number[0]
        elif first in BELOW or first in ABOVE:
            yield from self.script(start, BELOW if first in BELOW else ABOVE)
        elif first in HATTED and not self.known(first):
            rest = _HATTED_REST.match(flat, start + 1)
            self.position = rest.end() if rest else start + 1
            yield from (("command", "hat"), ("word", HATTED[first] + (rest[0] if rest else "")))
        elif first.isalpha() and (first not in SPELLINGS or first in GREEK):
            yield from self.word(start)
        else:
            yield from self.sign(start, first)

    # --- letters -----------------------------------------------------------------------------------------------

    def word(self, start: int) -> Iterator[tuple[str, str]]:
        """Yield a name; in LaTeX a run of letters, unless letters, digits and underscores are a declared name."""
        match = _WORD.match(self.flat, start)
        if match is None:
            self.position = start + 1
            yield "strange", self.text[start]
            return
        known = self.known(named(match[0]))
        if self.latex and (self.last == "^" or (self.last == "_" and not known)):  # without braces, LaTeX takes one letter
            self.position = start + 1
            yield "word", GREEK.get(match[0][0], match[0][0])
            return
        if self.latex and not known:
            match = _LETTERS.match(self.flat, start) or match
            if match[0][0] in GREEK:
                self.position = start + 1
                yield "word", GREEK[match[0][0]]
                return
        self.position = match.end()
        mark = self.flat[self.position : self.position + 1]
        if mark in {"\u0302", "\u0307"}:
            self.position += 1
            yield "command", "hat" if mark == "\u0302" else "dot"
        yield "word", named(match[0])

    def script(self, start: int, table: dict[str, str]) -> Iterator[tuple[str, str]]:
        """Yield small digits and letters as a group below or above; a comma between small ones belongs to them."""
        flat, end, inner = self.flat, start, ""
        while end < len(flat):
            if flat[end] in table:
                inner += table[flat[end]]
            elif table is BELOW and flat[end] == "," and flat[end + 1 : end + 2] in BELOW and flat[end + 1 : end + 2]:
                inner += ","
            else:
                break
            end += 1
        self.position = end
        yield "operator", "_" if table is BELOW else "^"
        yield "operator", "{"
        for part in re.findall(r"[0-9]+|[A-Za-z]+|.", inner):
            yield "number" if part[0].isdigit() else "word" if part[0].isalpha() else "operator", part
        yield "operator", "}"

    # --- lines -------------------------------------------------------------------------------------------------

    def line_end(self, start: int) -> Iterator[tuple[str, str]]:
        """Yield a break where the next line is a line of its own, not the continuation of this one."""
        flat = self.flat
        following = re.compile(r"\s*").match(flat, start)
        self.position = following.end() if following else start + 1
        if self.depth > 0 or self.rows > 0 or self.position >= len(flat):
            return
        rest = flat[self.position : (flat.find("\n", self.position) + 1 or len(flat) + 1) - 1]
        if rest.startswith(tuple("+-*/=·⋅×⊙@^)]}&≈−–")) or re.match(r"\\(?:cdot|times|odot|approx|right|end|\\)", rest):
            return
        if _TRAILING.search(flat[max(0, start - 12) : start]):
            return
        if not self.latex or "=" in rest:
            yield "break", "\n"

    # --- commands ----------------------------------------------------------------------------------------------

    def command(self, start: int) -> Iterator[tuple[str, str]]:
        """Yield what a LaTeX command stands for."""
        match = _COMMAND.match(self.flat, start)
        assert match is not None
        self.position = match.end()
        name = match[0][1:]
        if name in DROPPED:
            return
        if name in DROPPED_WITH_ARGUMENTS:
            for _ in range(DROPPED_WITH_ARGUMENTS[name]):
                self.skip_argument()
        elif name in {"overset", "stackrel", "underset"}:
            self.skip_argument()
            if equals := _EQUALS.match(self.flat, self.position):
                self.position = equals.end()
                yield "operator", "="
        elif name in BIG:
            yield from self.big(name)
        elif name in {"begin", "end"}:
            yield from self.environment(name)
        elif name in FONTS:
            yield from self.font(name)
        elif name in {"text", "textrm", "textbf", "textit", "mbox", "textnormal"}:
            yield from self.text_words()
        elif name == "uncover":
            self.overlay()
        elif name in GREEK_COMMANDS:
            yield "word", GREEK_COMMANDS[name]
        elif name in FUNCTION_COMMANDS:
            yield "word", FUNCTION_COMMANDS[name]
        elif name in WORD_COMMANDS:
            yield "word", WORD_COMMANDS[name]
        elif name in OPERATORS:
            yield from self.known_operator(OPERATORS[name])
        elif name in COMMANDS:
            yield "command", COMMANDS[name]
            if COMMANDS[name] == "frac" and (short := _SHORT_FRACTION.match(self.flat, self.position)):
                yield from self.short_fraction(short)
        elif name in BRACKETED:
            yield from self.bracketed(start, *BRACKETED[name])
        elif name in {"(", ")", "[", "]"}:
            yield from self.delimiter(opening=name in "([")
        elif name == "\\":
            yield from self.row_end()
        else:
            yield "strange", f"\\{name}"

    def short_fraction(self, short: re.Match[str]) -> Iterator[tuple[str, str]]:
        r"""Yield the single digits or letters of \frac12 or \frac1{…} in braces."""
        self.position = short.end()
        for part in filter(None, short.groups()):
            yield "operator", "{"
            yield "number" if part.isdigit() else "word", part
            yield "operator", "}"

    def bracketed(self, start: int, opening: str, closing: str) -> Iterator[tuple[str, str]]:
        r"""Yield the bracket that begins the argument of \bplayer{1}; its closing brace will stand for the other bracket."""
        match = _BRACED.match(self.flat, self.position)
        if match is None:
            yield "strange", self.flat[start : self.position]
            return
        self.closings[match.end() - 1] = closing
        self.position = match.start(1)
        yield from self.known_operator(opening)

    def known_operator(self, operator: str) -> Iterator[tuple[str, str]]:
        """Yield an operator, and keep count of brackets; nothing for no operator."""
        if not operator:
            return
        self.depth += (operator in "([{") - (operator in ")]}") if len(operator) == 1 else 0
        yield ("break", operator) if operator == ";;" else ("operator", operator)

    def row_end(self) -> Iterator[tuple[str, str]]:
        r"""Yield the end of a row or line; \\[2pt] has a length, and \\* keeps the next line on the page."""
        if rest := _ROW_END.match(self.flat, self.position):
            self.position = rest.end()
        yield "operator", "\\\\"

    def big(self, name: str) -> Iterator[tuple[str, str]]:
        r"""Yield the bracket behind \left or \bigl; a dot stands for none."""
        if space := _SPACE.match(self.flat, self.position):
            self.position = space.end()
        if name in {"left", "right"} and self.flat[self.position : self.position + 1] == ".":
            self.position += 1
            yield "command", f"{name}."
        elif self.flat[self.position : self.position + 1] == "|":
            self.position += 1
            side = "l" if name.endswith(("left", "l")) else "r" if name.endswith(("right", "r")) else ""
            yield "operator", f"{side}|"

    def environment(self, name: str) -> Iterator[tuple[str, str]]:
        r"""Yield \begin{…} or \end{…} with the environment's name."""
        match = _BRACED.match(self.flat, self.position)
        if match is None:
            yield "strange", f"\\{name}"
            return
        self.position = match.end()
        kind = match[1].strip().rstrip("*")
        if name == "begin" and kind in ENVIRONMENTS_WITH_ARGUMENT:
            self.skip_argument()
        self.rows += 1 if name == "begin" else -1
        yield "command", f"{name}:{kind[:20]}"

    def font(self, name: str) -> Iterator[tuple[str, str]]:
        r"""Yield the letters in a font: \mathrm{net} is one word, \mathbf{1} the vector of ones."""
        match = _SIMPLE_GROUP.match(self.flat, self.position)
        greek = _GREEK_GROUP.match(self.flat, self.position) if match is None else None
        if greek and (letter := GREEK_COMMANDS.get(greek[1] or greek[2])):
            self.position = greek.end()
            yield "bold" if name in BOLD else "word", letter
            return
        if match is None:
            if name in {"operatorname", "operatorname*", "mathrm", "mathit", "mathsf", "mathtt"}:
                yield from self.upright()
            return
        inner = match[1] or match[2]
        doubled = name in {"mathbb", "mathds", "mathbbm"}
        if (inner == "I" and doubled) or (inner == "1" and (doubled or name in BOLD)):
            self.position = match.end()
            yield "command", "one"
        elif inner.isdigit():
            return
        else:
            self.position = match.end()
            yield "bold" if name in BOLD else "word", inner

    def upright(self) -> Iterator[tuple[str, str]]:
        r"""Yield a longer upright name, such as \operatorname{log\,softmax} or \mathit{w\_out}, as one word."""
        match = _BRACED.match(self.flat, self.position)
        if match is None:
            return
        inner = re.sub(r"\\[,;! ]|\s", "_", match[1]).replace("\\_", "_")
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", inner):
            self.position = match.end()
            yield "word", inner

    def text_words(self) -> Iterator[tuple[str, str]]:
        r"""Yield the words of \text{…}: one that is a name as a word, others as text, but no remark in small type."""
        if _REMARK.match(self.flat, self.position):
            self.skip_argument()
            return
        match = _BRACED.match(self.flat, self.position)
        if match is None:
            return
        self.position = match.end()
        inner = match[1].strip(" ~.,:;")
        if inner.lower() in {"if", "for", "when", "where"}:
            yield "keyword", "if"
        elif inner.lower() in {"else", "otherwise", "sonst"}:
            yield "keyword", "otherwise"
        elif re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", inner):
            yield "word", inner
        elif inner:
            yield "text", inner

    def skip_argument(self) -> None:
        """Leave out a group in braces, or in square brackets before one."""
        if match := _OPTIONAL.match(self.flat, self.position):
            self.position = self.closing(match.end()) + 1

    def closing(self, start: int) -> int:
        """Return where the group closes whose inside starts here: at the end of the text where it does not."""
        depth = 1
        for brace in _BRACES.finditer(self.flat, start):
            depth += 1 if brace[0] == "{" else -1
            if depth == 0:
                return brace.start()
        return len(self.flat) - 1

    def overlay(self) -> None:
        r"""Leave out \uncover<2-> of a slide and its braces, which may hold a relation sign: what it uncovers stays."""
        if match := _OVERLAY.match(self.flat, self.position):
            self.position = match.end()
            if self.flat[end := self.closing(self.position)] == "}":
                self.closings[end] = ""

    def delimiter(self, *, opening: bool) -> Iterator[tuple[str, str]]:
        """Leave out what switches to mathematics; between two formulas there is a break."""
        if opening and self.dollars:
            yield "break", "\n"
        self.dollars = True

    # --- signs -------------------------------------------------------------------------------------------------

    def sign(self, start: int, first: str) -> Iterator[tuple[str, str]]:
        """Yield an operator, a bracket, or a character without meaning."""
        flat = self.flat
        for width in (3, 2):
            if flat[start : start + width] in SPELLINGS:
                self.position = start + width
                yield "operator", SPELLINGS[flat[start : start + width]]
                return
        self.position = start + 1
        if first == "$":
            self.position += flat[start + 1 : start + 2] == "$"
            opening = flat.count("$", 0, start) % 2 == 0 or flat[start : start + 2] == "$$"
            yield from self.delimiter(opening=opening and self.dollars and bool(flat[self.position :].strip()))
        elif first == "%":
            yield from self.percent(start)
        elif first in VULGAR:
            yield "vulgar", first
        elif first == "~":
            return
        elif first == ";":
            yield ("operator", ";") if self.depth > 0 else ("break", ";")
        elif start in self.closings:
            yield from self.known_operator(self.closings[start])
        elif first in SPELLINGS:
            yield from self.known_operator(SPELLINGS[first])
        else:
            yield "strange", self.text[start]

    def percent(self, start: int) -> Iterator[tuple[str, str]]:
        """Yield a percent sign behind a number; in LaTeX any other begins a comment."""
        if not self.latex or self.flat[:start].rstrip()[-1:].isdigit():
            yield "operator", "%"
            return
        end = self.flat.find("\n", start)
        self.position = len(self.flat) if end < 0 else end
