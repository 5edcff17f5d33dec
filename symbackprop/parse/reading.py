"""What every part of the reader of answers shares: the place in the tokens, what was read so far, and refusals."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import NoReturn

from symbackprop.errors import ParseError, nearest
from symbackprop.expr import (
    Condition,
    Expr,
)
from symbackprop.names import short
from symbackprop.parse.cursor import Cursor
from symbackprop.parse.lexicon import Lexicon
from symbackprop.parse.refusals import refuse
from symbackprop.parse.shapes import Shapes
from symbackprop.parse.sizes import (
    DEEPEST_NESTING,
    MOST_WORK,
)
from symbackprop.parse.spellings import (
    FUNCTION_NAMES,
    LOOKALIKES,
    SHOWN_NAMES,
    function_of,
)
from symbackprop.parse.tokens import Token


class DoubtfulLayer(Exception):  # noqa: N818 - no error: a sign to read the answer again
    """Layers stand below throughout an answer, so that bare numbers above are powers."""


class NoSuchUnit(ParseError):  # noqa: N818 - named for what is not there
    """An index beyond the last unit of a layer; a sum without a range ends there."""


class Reading(Cursor):
    """Reads one answer; what is below is read by the classes built on this one."""

    def __init__(self, text: str, tokens: tuple[Token, ...], lexicon: Lexicon, *, latex: bool) -> None:
        super().__init__(text, tokens)
        self.lexicon = lexicon
        self.latex = latex
        self.shapes = Shapes(text, lexicon)
        self.bound: dict[str, int] = {}
        self.work = 0
        self.doubtful: list[tuple[int, str]] = []
        self.layers_bare = self.layers_bracketed = self.layers_below = False
        self.powers = False
        self.loose: Expr | None = None  # the output where it was called L or E, which may be each sample's own loss
        self.unended = False  # inside a sum without an end
        self.defined: dict[str, Expr] = {}  # names of the answer's own
        self.used: set[str] = set()  # those of them that were used
        self.differentiating = False  # inside a formula behind ∂/∂x
        self.unworked: Token | None = None  # such a formula in the side of a line that is read
        self.put_in = 0  # how many operations their definitions brought
        # While the end of a sum is looked for: for each quantity with a letter of it, whether there is one.
        self.beyond: list[bool] | None = None
        self.probe = ""
        self.lettered: set[str] = set()
        self.bars = 0  # inside |…|
        self.listed = 0  # inside a list, where a comma separates
        self.spaced = 0  # inside square brackets, where a space may separate
        self.bracketed_in = 0  # inside round brackets, where a comma may separate

    def take(self) -> Token:
        """Return the next token and move on; counts, because sums are read once a term."""
        self.work += 1
        if self.work > MOST_WORK:
            refuse("the sums written here have too many terms together", self.text, self.next.position)
        return super().take()

    def deeper(self, token: Token) -> None:
        """Enter a bracket or exponent; the caller leaves it by `depth -= 1`."""
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            refuse(f"brackets and powers are nested more than {DEEPEST_NESTING} deep", self.text, token.position)

    def expect(self, operator: str, opening: Token) -> None:
        """Take the operator that closes an opening one, or refuse what stands there and show what is to be closed."""
        if not self.accept(operator):
            begun = self.text[opening.position : self.next.position].strip()
            shown = f"{begun[:16]}…" if len(begun) > 16 else begun
            self.unexpected(f"an operator or \"{operator}\" (to close '{' '.join(shown.split())}')")

    def peek(self, ahead: int = 1) -> Token:
        """Return a later token."""
        return self.tokens[min(self.index + ahead, len(self.tokens) - 1)]

    def is_word(self, token: Token) -> bool:
        """Whether a token is a name."""
        return token.kind in {"word", "bold"}

    def unknown(self, token: Token, word: str = "") -> NoReturn:
        """Refuse a name that is not declared, and name the nearest that are; a look-alike by its code point."""
        written = word or token.text
        for offset, character in enumerate(self.text[token.position : token.end]):
            if character in LOOKALIKES and not character.isascii() and character not in "αρ":
                self.lookalike(character, token.position + offset)
        if self.next.text == "(" and len(written) > 2:
            close = nearest(written, sorted({*FUNCTION_NAMES, *SHOWN_NAMES}))
            refuse(f'unknown function "{short(written)}"{close or self.lexicon.near(written)}', self.text, token.position)
        words = [t for t in self.tokens if self.is_word(t)]
        strange = {t for t in words if not self.known(t.text)}
        row = any({one, two} <= strange for one, two in pairwise(self.tokens))
        if row and len(words) >= 3 and 2 * len(strange) >= len(words) and not self.latex:
            message = f'found the word "{short(written)}": this is no formula; name = expression is read, a line each'
            refuse(message, self.text, token.position)
        if written in {"so", "thus", "hence", "therefore", "then", "and", "because", "since", "where", "with", "is", "the"}:
            message = f'found the word "{written}": only formulas are read, a line each, such as name = expression'
            refuse(message, self.text, token.position)
        close = "; a derivative has no constant" if written == "C" and not self.lexicon.network else self.lexicon.near(written)
        refuse(f'unknown name "{short(written)}"{close}', self.text, token.position)

    def known(self, word: str) -> bool:
        """Whether a word is a function, or stands for a quantity, or for one with what is behind it."""
        if self.lexicon.spelled(word) is not None or function_of(word):
            return True
        return word.rstrip("0123456789").partition("_")[0] in {*self.lexicon.items, *self.defined, *self.bound, "d", "e", "T"}

    def lookalike(self, character: str, position: int) -> NoReturn:
        """Refuse a character that only looks like a letter."""
        name = unicodedata.name(character, "a character without name")
        message = f'found U+{ord(character):04X} ({name}), which only looks like "{LOOKALIKES.get(character, "?")}"'
        refuse(message, self.text, position)

    def strange(self, token: Token) -> NoReturn:
        """Refuse a character or command without meaning."""
        if token.text.startswith("\\") and len(token.text) > 1:
            refuse(f'the command "{short(token.text)}" is not read in answers', self.text, token.position)
        if token.text in LOOKALIKES:
            self.lookalike(token.text, token.position)
        shown = f"U+{ord(token.text[0]):04X}" if token.text and not token.text.isascii() else f'"{token.text}"'
        name = f" ({unicodedata.name(token.text[0], 'no name')})" if shown.startswith("U+") else ""
        refuse(f"found {shown}{name}, which has no meaning here", self.text, token.position)

    def value(self) -> Expr:
        """Read a value."""
        raise NotImplementedError

    def power(self) -> Expr:
        """Read a factor."""
        raise NotImplementedError

    def inside(self, opening: Token, closing: str, *, listed: bool = False) -> list[Expr]:
        """Read what stands between two brackets."""
        raise NotImplementedError

    def group(self) -> Expr:
        """Read a group in braces."""
        raise NotImplementedError

    def argument(self) -> Expr:
        """Read the argument of a command."""
        raise NotImplementedError

    def signed(self) -> Expr:
        """Read a factor that may have a sign."""
        raise NotImplementedError

    def raised(self, base: Expr, exponent: Expr, token: Token) -> Expr:
        """Raise to a power."""
        raise NotImplementedError

    def divided(self, top: Expr, bottom: Expr, token: Token) -> Expr:
        """Divide."""
        raise NotImplementedError

    def conditions(self, left: Expr) -> list[Condition]:
        """Read the rest of a condition."""
        raise NotImplementedError

    def indicator(self, tests: list[Condition]) -> Expr:
        """Return 1 where all conditions hold, else 0."""
        raise NotImplementedError

    def terms(self, letter: str, first: int, last: int | None, token: Token) -> Expr:
        """Read the body of a sum."""
        raise NotImplementedError

    def whole(self, what: str) -> int:
        """Read a whole number."""
        raise NotImplementedError

    def summation(self) -> Expr:
        """Read a sum."""
        raise NotImplementedError

    def list_value(self) -> Expr:
        """Read one value of a list, where a comma separates."""
        raise NotImplementedError

    def matrix(self, rows: list[list[Expr]], token: Token) -> Expr:
        """Return an explicit matrix, within the budget; a single entry is itself."""
        raise NotImplementedError

    def sum(self) -> Expr:
        """Read a sum."""
        raise NotImplementedError

    def product(self) -> Expr:
        """Read a product."""
        raise NotImplementedError

    def atom(self) -> Expr:
        """Read an atom."""
        raise NotImplementedError

    def signs(self) -> int:
        """Read any number of signs; return 1 or -1."""
        raise NotImplementedError

    def keyword(self, word: str) -> bool:
        """Take a keyword, written as a word or as text."""
        raise NotImplementedError

    def checked(self, expr: Expr, token: Token) -> Expr:
        """Return the expression, unless a number in it is too long."""
        raise NotImplementedError

    def postfixed(self, base: Expr) -> Expr:
        """Read what stands behind an atom."""
        raise NotImplementedError
