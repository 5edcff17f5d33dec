"""
Answers: what a student wrote, as plain text or LaTeX, to expressions over the quantities of one problem.

Nothing is evaluated and nothing guessed: what can be read in two ways is refused, with the place.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbackprop.errors import ParseError
from symbackprop.expr import Expr, Symbol
from symbackprop.names import plain_name
from symbackprop.parse.caret import caret
from symbackprop.parse.formulas import Formulas
from symbackprop.parse.lexicon import HATS, OUTPUT_WORDS, RATE_WORDS, Lexicon
from symbackprop.parse.lines import laid_out
from symbackprop.parse.reading import DoubtfulLayer, NoSuchUnit
from symbackprop.parse.refusals import refuse
from symbackprop.parse.scanner import looks_like_latex, scan
from symbackprop.parse.sizes import DEEPEST_EXPRESSION, LONGEST_ANSWER, MOST_LINES, MOST_TOKENS, depth_of
from symbackprop.parse.spellings import function_of
from symbackprop.parse.tokens import Token

_PRIMES = (("'",), ("^", "'"), ("^", "{", "'", "}"), ())
FORMATS = ("auto", "latex", "text")


@dataclass(frozen=True)
class Line:
    """
    One line of an answer: left = values[0] = values[1] = …

    `left` is None where the line is an expression alone; `text` is the line as written, from `start` to `end` of the
    whole text; `digits` counts the significant digits where the last value is one numeral (0.150 has 3, 1/3 has None).
    `defines` is the name that a line gives to its value where that is the answer's own, used in lines below, which have
    the value in its place: such a line is no step, and `left` is a Symbol that nothing else knows.
    """

    left: Expr | None
    values: tuple[Expr, ...]
    text: str
    start: int
    end: int
    digits: int | None = None
    defines: str = ""


@dataclass(frozen=True)
class Answer:
    """An answer as read; `format` is "latex" or "text", as given or found out."""

    lines: tuple[Line, ...]
    format: str


def read_answer(text: str, lexicon: Lexicon, format: str = "auto") -> Answer:  # noqa: A002 - as the command line calls it
    """
    Read an answer: lines of `name = expression`, or an expression alone.

    Raises ParseError, with the position and a sentence that says what was found and what would be accepted;
    ShapeError, which is one, where matrices do not fit.
    """
    if format not in FORMATS:
        refuse(f'unknown format "{format[:20]}" (known: {", ".join(FORMATS)})', "", 0)
    if len(text) > LONGEST_ANSWER:
        refuse(f"the answer has {len(text):,} characters: up to {LONGEST_ANSWER:,} are accepted", "", 0)
    latex = format == "latex" or (format == "auto" and looks_like_latex(text))
    tokens = laid_out(scan(text, latex=latex, known=lexicon.knows, most=MOST_TOKENS))
    reader = _Reader(text, tokens, lexicon, latex=latex)
    try:
        try:
            lines = reader.lines()
        except DoubtfulLayer:
            reader = _Reader(text, tokens, lexicon, latex=latex)
            reader.powers = True
            lines = reader.lines()
    except NoSuchUnit as error:  # a sign between the parts of the reader; outside it is a refusal like any other
        raise ParseError(str(error), error.text, error.position) from None
    return Answer(tuple(lines), "latex" if latex else "text")


class _Reader(Formulas):
    """Reads the lines of an answer."""

    def __init__(self, text: str, tokens: tuple[Token, ...], lexicon: Lexicon, *, latex: bool) -> None:
        super().__init__(text, tokens, lexicon, latex=latex)
        self.definitions: dict[str, Token] = {}  # where each name of the answer's own is defined

    def list_value(self) -> Expr:
        """Read one value of a list, where a comma separates."""
        kept, self.listed = self.listed, 1
        found = self.value()
        self.listed = kept
        return found

    def lines(self) -> list[Line]:
        """Read every line."""
        if self.next.kind == "end":
            refuse("there is nothing to read: an expression, or lines of name = expression, are accepted", self.text, 0)
        found: list[Line] = []
        while True:
            found.append(self.line())
            if len(found) > MOST_LINES:
                refuse(f"the answer has more than {MOST_LINES} lines", self.text, self.next.position)
            while self.next.kind == "break":
                self.take()
            if self.next.kind == "end":
                self.finish_doubts()
                for name in (name for word, name in self.definitions.items() if word not in self.used):
                    self.unknown(name)
                return found

    def line(self) -> Line:
        """Read one line: sides with = or ≈ between them."""
        start = self.next
        sides: list[Expr] = []
        self.accept("=", "≈")
        name = self.own_left()
        alone = False
        while True:
            first = self.index
            self.unworked = None
            sides.append(self.primed() or self.side())
            last = self.index
            alone = last == first + 1 and self.is_word(start) if len(sides) == 1 else alone
            if not self.accept("=", "≈"):
                break
        self.line_end()
        if self.unworked is not None:
            message = "behind ∂/∂… a formula is read where the line goes on with what comes out: … = …"
            refuse(message, self.text, self.unworked.position)
        if name is not None:
            sides.insert(0, Symbol(plain_name(name.text)))
            self.defined[name.text] = sides[-1]
            self.used.discard(name.text)
            self.definitions[name.text] = name
        end = self.tokens[last - 1].end
        digits = _digits(self.tokens[first:last])
        if len(sides) > 1 and alone and not isinstance(sides[0], Symbol):  # fx = 2x, read as f times x
            refuse(f'"{start.text}" is no name: a derivative is written df/dx', self.text, start.position)
        left = sides[0] if len(sides) > 1 and isinstance(sides[0], Symbol) else None
        values = tuple(sides[1:] if left is not None else sides)
        defines = plain_name(name.text) if name is not None else ""
        return Line(left, values, self.text[start.position : end].strip(), start.position, end, digits, defines)

    def own_left(self) -> Token | None:
        """Take "e =" at the beginning of a line, where e is no name of the problem but is used below; None where it is not so."""
        name = self.next
        word = name.text
        if name.kind != "word" or self.peek().text != "=" or not self.may_define(word):
            return None
        end = next(place for place in range(self.index, len(self.tokens)) if self.tokens[place].kind in {"break", "end"})
        if word not in {token.text for token in self.tokens[end:]}:
            return None
        self.take()
        self.take()
        return name

    def may_define(self, word: str) -> bool:
        """Whether a word means nothing in this problem, so that an answer may give it a meaning."""
        lexicon, base = self.lexicon, word.rstrip("0123456789").partition("_")[0]
        taken = {*OUTPUT_WORDS, *RATE_WORDS, *HATS, "d", "Delta", "pi", "sum", "Sigma", "m", "N", "T", "partial"}
        if word in taken or base in taken or lexicon.spelled(word) is not None or function_of(word):
            return False
        bases = {base, self.other_case(base), base[1:] if base[:1] == "d" else base}
        return not (bases - {"h", "H"}) & {*lexicon.items} and not self.split(word)

    def partial_below(self, name: Token, texts: list[str]) -> Expr | None:
        """Read f_x before an equals sign, the derivative of a function by one variable; None where it is nothing like it."""
        ahead = 3 if texts[0] == "_" else 1
        head, _, tail = name.text.partition("_") if ahead == 1 else (name.text, "", texts[1])
        top, bottom = self.lexicon.word(head), self.lexicon.word(tail)
        if texts[ahead - 1] not in {"=", "≈"} or self.lexicon.spelled(f"{head}_{tail}") is not None:
            return None
        if type(top) is not Symbol or type(bottom) is not Symbol or bottom.name not in self.lexicon.given:
            return None
        for _ in range(ahead):
            self.take()
        return self.ratio(top, bottom, name)

    def primed(self) -> Expr | None:
        """Read y′, f′(x) or f(x) before an equals sign: a function, or its derivative by its variable; None for all else."""
        name, lexicon = self.next, self.lexicon
        if lexicon.network or not self.is_word(name):
            return None
        texts = [self.peek(ahead).text for ahead in range(1, 10)]
        if (found := self.partial_below(name, texts)) is not None:
            return found
        mark = next(mark for mark in _PRIMES if texts[: len(mark)] == list(mark))
        ahead = len(mark) + 1
        listed = texts[ahead - 1] == "("
        arguments: list[str] = []
        while listed and len(arguments) < 4 and texts[ahead + 1 : ahead + 2] in ([","], [")"]):
            arguments.append(texts[ahead])
            ahead += 2
            if texts[ahead - 1] == ")":
                break
        ahead += listed
        by = [found for word in arguments if type(found := lexicon.word(word)) is Symbol]
        if not listed and len(lexicon.given) == 1:
            by = [Symbol(lexicon.given[0])]
        top = lexicon.word(name.text)
        if top is None and name.text == "f":
            top = Symbol(lexicon.output)
        fits = by if mark else listed and all(lexicon.depends(top.name, x.name) for x in by if type(top) is Symbol)
        if type(top) is not Symbol or not fits or len(by) != max(1, len(arguments)) or self.peek(ahead).text not in {"=", "≈"}:
            return None
        if mark and len(by) > 1:
            message = f"by which of its variables {name.text} is differentiated is not said: write ∂{name.text}/∂x"
            refuse(message, self.text, name.position)
        for _ in range(ahead):
            self.take()
        return self.ratio(top, by[0], name) if mark else top

    def side(self) -> Expr:
        """Read one side of a line."""
        start = self.next
        expr = self.value()
        self.shapes.of(expr, start.position)
        if depth_of(expr) > DEEPEST_EXPRESSION:
            refuse(f"the expression is more than {DEEPEST_EXPRESSION} operations deep", self.text, start.position)
        return expr

    def line_end(self) -> None:
        """Accept the end of a line, a comma before the next one, or a full stop; refuse anything else."""
        while self.next.kind == "text":  # a remark at the end of a line
            self.take()
        if self.next.text in {",", "."} and self.peek().kind in {"end", "break"}:
            self.take()
        elif self.next.text == "," and self.equation_follows():
            self.take()
            return
        token = self.next
        if token.kind in {"end", "break"}:
            return
        if token.kind == "strange":
            self.strange(token)
        if token.kind in {"number", "vulgar"}:
            self.unexpected('an operator (a product with a number on the right needs "*")')
        if token.text in {")", "]", "}", ")}"}:
            refuse(f'found "{token.text}" without its opening bracket', self.text, token.position)
        if token.text == ",":
            refuse('found "," outside brackets; decimals are written 0.5, vectors (1, 2)', self.text, token.position)
        if token.kind == "text":
            refuse(f'found the words "{token.text[:24]}": only formulas are read', self.text, token.position)
        self.unexpected("an operator or the end")

    def equation_follows(self) -> bool:
        """Whether what comes up to the next break is an equation."""
        for token in self.tokens[self.index :]:
            if token.kind in {"break", "end"}:
                return False
            if token.text == "=":
                return True
        return False


def _digits(tokens: tuple[Token, ...]) -> int | None:
    """Return the significant digits of a side that is one numeral, with a sign, a power of ten or a percent sign."""
    parts = [token for token in tokens if token.text not in {"{", "}", "(", ")", "-", "+"}]
    if parts and parts[-1].text == "%":
        parts = parts[:-1]
    if len(parts) == 5 and [part.text for part in parts[1:4]] in (["·", "10", "^"], ["*", "10", "^"], ["*", "10", "**"]):
        parts = parts[:1]
    if len(parts) == 3 and parts[1].text == "," and all(part.text.isdigit() for part in parts[::2]):
        mantissa = f"{parts[0].text}.{parts[2].text}"
    elif len(parts) == 1 and parts[0].kind == "number":
        mantissa = parts[0].text.lower().partition("e")[0]
    else:
        return None
    digits = mantissa.replace(".", "").lstrip("0")
    return max(1, len(digits))


__all__ = ["FORMATS", "Answer", "Line", "caret", "read_answer"]
