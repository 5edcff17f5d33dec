"""Quantities in an answer: a letter with its indices, layer and sample, and the derivative of one by another."""

from __future__ import annotations

import re
import unicodedata
from typing import NoReturn

from symbackprop.errors import ParseError, nearest
from symbackprop.expr import ONE, Adjoint, Expr, Partial, Symbol
from symbackprop.functions import FUNCTIONS, SELECTIONS, VECTOR_FUNCTIONS, canonical
from symbackprop.names import short
from symbackprop.parse.cursor import Cursor
from symbackprop.parse.lexicon import LOSS_WORDS, OUTPUT_WORDS, TOTAL_WORDS, UNLAYERED, Item, Lexicon, Marks
from symbackprop.parse.refusals import placed, refuse
from symbackprop.parse.shapes import Shapes
from symbackprop.parse.sizes import DEEPEST_NESTING, MOST_WORK
from symbackprop.parse.tokens import Token

_WORD = re.compile(r"(?P<base>[^\W\d_]+)(?P<digits>[0-9]*)(?P<rest>(?:_\w+)?)")
_BRACKETS = {"[": "]", "(": ")"}
_SURE = frozenset({"delta", "W", "w", "Delta"})
_LOOKALIKES = dict(zip("аеорсухіѕјАВЕКМНОРСТХӏοαρ", "aeopcyxisjABEKMHOPCTXloap", strict=True))

FUNCTION_NAMES = frozenset({*FUNCTIONS, *SELECTIONS, *VECTOR_FUNCTIONS})
SHOWN_NAMES = {
    **{row.text: name for name, row in FUNCTIONS.items() if row.text.isascii() and row.text and row.text not in {"id", "sq"}},
    "LeakyReLU": "leaky_relu", "leakyrelu": "leaky_relu", "lrelu": "leaky_relu", "hardsigmoid": "hard_sigmoid", "logit": "",
    "Sigmoid": "sigmoid", "sig": "sigmoid", "Tanh": "tanh", "Softplus": "softplus", "logsoftmax": "log_softmax", "sgn": "sign",
    "exp": "exp", "th": "tanh", "id": "identity", "sq": "square", "Relu": "relu", "RELU": "relu", "Softmax": "softmax",
}  # fmt: skip


class DoubtfulLayer(Exception):  # noqa: N818 - no error: a sign to read the answer again
    """Layers stand below throughout an answer, so that bare numbers above are powers."""


class NoSuchUnit(ParseError):
    """An index beyond the last unit of a layer; a sum without a range ends there."""


class Quantities(Cursor):
    """Reads quantities and derivatives of one answer."""

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
        # While the end of a sum is looked for: for each quantity with a letter of it, whether there is one.
        self.beyond: list[bool] | None = None
        self.lettered = False

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

    def peek(self, ahead: int = 1) -> Token:
        """Return a later token."""
        return self.tokens[min(self.index + ahead, len(self.tokens) - 1)]

    # --- names -------------------------------------------------------------------------------------------------

    def is_word(self, token: Token) -> bool:
        """Whether a token is a name."""
        return token.kind in {"word", "bold"}

    def known(self, word: str) -> bool:
        """Whether a word is a quantity's name, or the base of some."""
        return self.lexicon.word(word) is not None or word in self.lexicon.items

    def quantity(self, word: str, token: Token, *, hat: bool = False) -> Expr | None:
        """
        Read the marks behind a word and return the quantity that both mean; None where the word is no base of any.

        The word's token is taken already.
        """
        start = self.index
        self.lettered = False
        match = _WORD.fullmatch(word)
        exact = None if hat else self.lexicon.word(word)
        marks, first = self.marks(word, token)
        bare = [text for kind, text in marks.above if not kind]
        if exact is not None and not marks.below and not marks.above:
            self.layers_bracketed |= bool(match and match["digits"] and self.lexicon.network)
            return exact
        if match is None:
            self.index = start
            return exact
        base = f"{match['base']}hat" if hat else match["base"]
        if base not in self.lexicon.items and base.swapcase() not in self.lexicon.items:
            base = self.other_base(base)
        if not base:
            parts = tuple(part for part in match["rest"].split("_") if part)
            found = exact if exact is not None else self.output_part(match["base"], Marks(match["digits"], parts + marks.below, marks.above))
            if found is None or exact is not None:
                self.index = start
            return found
        below = tuple(part for part in match["rest"].split("_") if part) + marks.below
        whole = Marks(match["digits"], below, marks.above)
        if bare:
            first = first and not match["rest"]
            return self.bare_layer(base, whole, token, start, first=first, bold=token.kind == "bold")
        self.layers_bracketed |= bool(marks.above)
        items = self.fitting(base, whole)
        return self.one_of(items, base, whole, token)

    def other_base(self, base: str) -> str:
        """Return the base that another letter stands for: d for δ, ŷ for the output; "" where it is none."""
        items = self.lexicon.items
        if base in {"d", "Delta"} and "delta" in items:
            return "delta"
        if base == "yhat" and "yhat" in items:
            return base
        if base in OUTPUT_WORDS and "L" in items and any(item.indices or item.sample for item in items["L"]):
            return "L"
        return ""

    def fitting(self, base: str, marks: Marks) -> list[Item]:
        """Return the items that fit, with capital and small letters alike where only one fits."""
        return self.lexicon.find(base, marks) or self.lexicon.find(base.swapcase(), marks)

    def one_of(self, items: list[Item], base: str, marks: Marks, token: Token) -> Expr:
        """Return the only item that fits, or refuse."""
        if len(items) == 1:
            chained = bool(items[0].layer) and items[0].size == (1, 1) and marks.below == (items[0].layer,)
            self.layers_below |= chained and not marks.above and not marks.attached
            if self.beyond is not None and self.lettered:
                self.beyond.append(True)
            return items[0].expr
        written, own = f"{base}{marks.shown}", self.lexicon.own
        if items and base in OUTPUT_WORDS and marks == Marks() and base not in self.lexicon.words:
            return Symbol(self.lexicon.output)
        if items:
            names = [own.get(item.plain, item.plain) for item in items[:4]]
            listed = " or ".join(names) + (" or …" if len(items) > 4 else "")
            refuse(f'"{short(written)}" is ambiguous: it can be {listed}', self.text, token.position)
        found = self.output_part(base, marks)
        if found is not None:
            return found
        alike = self.lexicon.items.get(base, self.lexicon.items.get(base.swapcase(), []))
        some = list(dict.fromkeys(own.get(item.plain, item.plain) for item in alike if item.layer != "0"))[:6]
        letters = [part for part in marks.below if part.isalpha()]
        if letters and not any(part.isalpha() for item in self.lexicon.items.get(base, []) for part in item.indices):
            message = f'the index "{letters[0]}" has no value here: write a number, or a sum over {letters[0]}'
            refuse(message, self.text, token.position)
        if self.beyond is not None and self.lettered:
            return ONE
        message = f'there is no "{short(written)}" here; {", ".join(some)} are known' if some else f'unknown name "{short(written)}"'
        raise NoSuchUnit(placed(message, self.text, token.position), self.text, token.position)

    def output_part(self, base: str, marks: Marks) -> Expr | None:
        """Return the output for E, C, J, loss, E_total … where that is no declared name."""
        if base not in OUTPUT_WORDS or marks.above or marks.attached or any(part not in TOTAL_WORDS for part in marks.below):
            return None
        if base in self.lexicon.words:
            return Symbol(self.lexicon.output) if marks.below else None
        one = base in LOSS_WORDS and "L" in self.lexicon.words and not marks.below
        return Symbol("L" if one else self.lexicon.output)

    def bare_layer(self, base: str, marks: Marks, token: Token, start: int, *, first: bool, bold: bool) -> Expr | None:
        """
        Decide whether a bare number above is a layer or a power.

        It is a power where the quantity has its layer, or never has one; a layer where nothing else is possible, or the
        writing is that of a course with such layers; else it is refused, at the end of the answer.
        """
        items = [*self.lexicon.items.get(base, ()), *self.lexicon.items.get(base.swapcase(), ())]
        without = Marks(marks.attached, marks.below, tuple(mark for mark in marks.above if mark[0]))
        ranked = [rank for item in items if (rank := item.rank(without)) is not None]
        if not any(item.layer for item in items) or (ranked and min(ranked) < UNLAYERED):
            self.index = start
            return self.without_power(base, without, token)
        found = self.fitting(base, marks)
        number = next(text for kind, text in marks.above if not kind)
        shown_base = f"{base}{without.shown}"
        if len(found) != 1:
            message = f'"{shown_base}^{number}" is neither a layer nor, without its layer, a power: write {base}^[{number}] for a layer'
            refuse(f"{message}, or give the layer and the power: (…)^{number}", self.text, token.position)
        doubted = not (number == "1" or base in _SURE or bold or (first and marks.below))
        if doubted and self.powers:
            self.index = start
            return self.without_power(base, without, token)
        if number == "1" or base in _SURE or bold:
            self.layers_bare = True
        elif doubted:
            self.doubtful.append((token.position, f"{shown_base}^{number}"))
        return found[0].expr

    def without_power(self, base: str, marks: Marks, token: Token) -> Expr:
        """Read the marks again up to a bare number above, which is a power, and return what they mean."""
        self.marks(base, token, bare=False)
        self.layers_bracketed |= bool(marks.above or marks.attached)
        return self.one_of(self.fitting(base, marks), base, marks, token)

    def finish_doubts(self) -> None:
        """Refuse a superscript that may be a layer as well as a power."""
        if self.doubtful and (self.layers_bracketed or not self.layers_bare):
            if self.layers_below and not self.layers_bare and not self.layers_bracketed:
                raise DoubtfulLayer
            position, written = self.doubtful[0]
            base, _, number = written.rpartition("^")
            message = f'"{written}" may be layer {number} or a power: write {base}^[{number}] for the layer'
            refuse(f"{message}, or give the layer of what is raised, (…)^{number}", self.text, position)

    # --- marks -------------------------------------------------------------------------------------------------

    def marks(self, word: str, token: Token, *, bare: bool = True) -> tuple[Marks, bool]:
        """Read subscripts, brackets and layers behind a word; also say whether a bare layer stands before the indices."""
        below: list[str] = []
        above: list[tuple[str, str]] = []
        first = False
        end = token.end
        while True:
            mark = self.next
            if mark.text == "_" and mark.kind == "operator" and not below:
                self.take()
                below += self.indices()
            elif mark.text == "^" and (found := self.superscript(bare=bare and not above)) is not None:
                first |= not below and any(not kind for kind, _ in found)
                above += found
            elif mark.text == "[" and mark.position == end and not below and word and (parts := self.bracketed()) is not None:
                below += parts
            else:
                return Marks("", tuple(below), tuple(above)), first
            end = self.tokens[self.index - 1].end

    def index_text(self, tokens: list[Token]) -> list[str]:
        """Return the parts between commas of what stands below, with numbers for the letters of a sum."""
        parts: list[list[str]] = [[]]
        for token in tokens:
            if token.text == ",":
                parts.append([])
            elif token.kind == "word" and token.text not in self.bound and all(c in self.bound for c in token.text):
                parts[-1] += [str(self.bound[c]) for c in token.text]
            elif token.kind == "word" and token.text in self.bound:
                parts[-1].append(str(self.bound[token.text]))
            else:
                parts[-1].append(token.text.replace("\\_", "_"))
        letters = [token.text for token in tokens if token.kind == "word"]
        self.lettered |= any(letter in self.bound or all(c in self.bound for c in letter) for letter in letters)
        if any(letter in self.bound or all(c in self.bound for c in letter) for letter in letters):
            return [run for part in parts for run in part]
        return ["".join(part).replace("_", "") if len(part) > 1 else part[0] if part else "" for part in parts]

    def indices(self) -> list[str]:
        """Read what stands below: one token, or a group in braces."""
        token = self.take()
        if token.text != "{" or token.kind != "operator":
            if token.kind not in {"number", "word", "bold"}:
                refuse(f"found {token.shown} where an index is accepted", self.text, token.position)
            return self.index_text([token])
        inner: list[Token] = []
        depth = 1
        while depth:
            part = self.take()
            depth += (part.text == "{") - (part.text == "}")
            if part.kind == "end" or (part.kind not in {"number", "word", "bold"} and part.text not in set(",{}_\\_") | {"\\_"}):
                refuse(f"found {part.shown} in an index, where numbers and letters are accepted", self.text, part.position)
            if part.text not in {"{", "}"}:
                inner.append(part)
        return [piece for piece in self.index_text(inner) if piece]

    def bracketed(self) -> list[str] | None:
        """Read [2,3] behind a name; None where the bracket holds anything but indices."""
        place, inner = self.index, []
        self.take()
        while (self.next.kind in {"number", "word"} or self.next.text == ",") and len(inner) < 8:
            inner.append(self.take())
        plain = all(t.text == "," or t.text.isdigit() or t.text in self.bound for t in inner)
        if not inner or not plain or self.next.text != "]":
            self.index = place
            return None
        self.take()
        parts = self.index_text(inner)
        if "0" in parts:
            refuse("indices count from 1 here, as in w1[1,1]; found the index 0", self.text, inner[0].position)
        return parts

    def superscript(self, *, bare: bool) -> list[tuple[str, str]] | None:
        """Read layers and samples above; None, and nothing is taken, where it is an exponent or a transpose."""
        if not self.lexicon.network:
            return None
        place = self.index
        self.take()
        group = self.accept("{") is not None
        found: list[tuple[str, str]] = []
        while True:
            token = self.next
            if token.text in _BRACKETS and token.kind == "operator":
                self.take()
                inner = self.layer_number()
                if inner is None or not self.accept(_BRACKETS[token.text]):
                    break
                found.append((token.text, inner))
            elif not found and (group or token.kind != "word" or token.text == "L") and (inner := self.layer_number()) is not None:
                if not bare:
                    break
                found.append(("", inner))
            elif group and found and token.text == ",":
                self.take()
                continue
            if not group and found:
                return found
            if group and self.next.text in {"}", "'", "T", "⊤", "ᵀ"} | {"transpose"} and found:
                if self.accept("}"):
                    return found
                return self.split_group(found, place)
            if not group or (self.next.text not in _BRACKETS and self.next.text != ","):
                break
        self.index = place
        return None

    def split_group(self, found: list[tuple[str, str]], place: int) -> list[tuple[str, str]] | None:
        r"""Leave ^{\top} of ^{[2]\top} for later: the tokens are rearranged so that it stands in a group of its own."""
        caret, brace = self.tokens[place], self.tokens[place + 1]
        if not all(kind for kind, _ in found):
            self.index = place
            return None
        before = (*self.tokens[: self.index], Token("operator", "}", self.next.position, self.next.position))
        inserted = (Token("operator", "^", caret.position, caret.end), Token("operator", "{", brace.position, brace.end))
        self.tokens = (*before, *inserted, *self.tokens[self.index :])
        self.index += 1
        return found

    def layer_number(self) -> str | None:
        """Read a number of a layer or sample: a number, the letter of a sum, or L and L − 1 for the last layers."""
        if self.next.text == "s" and self.peek().kind == "number":  # ⁽ˢ²⁾, the sample's number in the terminal
            self.take()
        token = self.next
        if token.kind == "number" and token.text.isdigit():
            return self.take().text
        if token.kind == "word" and token.text in self.bound:
            self.lettered = True
            return str(self.bound[self.take().text])
        if token.kind == "word" and token.text == "L" and self.lexicon.network:
            self.take()
            if self.next.text == "-" and self.peek().text.isdigit():
                self.take()
                return str(self.lexicon.depth - int(self.take().text))
            return str(self.lexicon.depth)
        return None

    # --- derivatives -------------------------------------------------------------------------------------------

    def differential(self, *, ordinary: bool = True) -> Expr | None:
        """Read ∂L, dL or d L; None, and nothing is taken, where there is none."""
        place, token = self.index, self.next
        if token.text in {"partial", "∂"} and token.kind in {"command", "operator"}:
            self.take()
            if self.next.text == "^":
                refuse("second derivatives are not read", self.text, self.next.position)
            return self.differentiated(token)
        if not ordinary or token.kind != "word" or token.text[:1] != "d" or token.text in self.lexicon.words:
            return None
        self.take()
        if len(token.text) > 1:
            try:
                found = self.quantity(token.text[1:], Token("word", token.text[1:], token.position + 1, token.end))
            except NoSuchUnit:
                found = None
        elif self.is_word(self.next) or self.next.text == "hat":
            found = self.differentiated(token)
        else:
            found = None
        if found is None:
            self.index = place
        return found

    def differentiated(self, sign: Token) -> Expr:
        """Read the quantity behind ∂ or d, in brackets or braces or alone."""
        opening = self.accept("(", "{")
        if opening:
            self.deeper(opening)
        token, hat = self.next, False
        if token.text == "hat" and token.kind == "command":
            hat = True
            self.take()
            token = self.next
            if self.accept("{"):
                token = self.take()
                found = self.hatted(token, braced=True)
            else:
                found = self.hatted(self.take(), braced=False)
        elif self.is_word(token):
            self.take()
            found = self.quantity(token.text, token)
        else:
            refuse(f'found {token.shown} where the name of a quantity is accepted after "{sign.text}"', self.text, token.position)
        if found is None:
            self.unknown(token)
        if opening:
            self.expect(")" if opening.text == "(" else "}", opening)
            self.depth -= 1
        return found

    def hatted(self, token: Token, *, braced: bool) -> Expr:
        r"""Read the letter under a hat and its marks, inside \hat{…} or behind it."""
        if not self.is_word(token):
            refuse(f"found {token.shown} under a hat, where a letter is accepted", self.text, token.position)
        if braced and self.next.text != "}":
            found = self.quantity(token.text, token, hat=True)
            if not self.accept("}"):
                self.unexpected('"}"')
        else:
            if braced:
                self.take()
            own = self.lexicon.word(f"{token.text}_hat")
            found = own if own is not None else self.quantity(token.text, token, hat=True)
        if found is None:
            self.unknown(token, f"{token.text}_hat")
        return found

    def ratio(self, top: Expr, bottom: Expr, token: Token) -> Expr:
        """Return the derivative of one quantity by another; refuses what is no quantity."""
        if type(top) is not Symbol or type(bottom) is not Symbol:
            what = top if type(top) is not Symbol else bottom
            name = what.name if isinstance(what, Adjoint | Partial) else "this"
            refuse(f"a derivative is of one named quantity by another; {name} is none", self.text, token.position)
        if bottom.name == self.lexicon.rate and bottom.name not in self.lexicon.shapes:
            refuse(f"nothing here depends on {bottom.name}", self.text, token.position)
        big_top, big_bottom = self.lexicon.shape(top) != (1, 1), self.lexicon.shape(bottom) != (1, 1)
        if big_top and big_bottom:
            return self.jacobian(top, bottom, token)
        if big_top:
            rows = self.lexicon.parts[top.name]
            column = [[self.lexicon.derivative(name, bottom.name) for name in row] for row in rows]
            return self.matrix(column, token)
        if big_bottom and top.name != self.lexicon.output:
            rows = self.lexicon.parts[bottom.name]
            return self.matrix([[self.lexicon.derivative(top.name, name) for name in row] for row in rows], token)
        return self.lexicon.derivative(top.name, bottom.name)

    def jacobian(self, top: Symbol, bottom: Symbol, token: Token) -> Expr:
        """Return the matrix of the derivatives of one vector by another, a row for each entry of the first."""
        above, below = self.lexicon.parts[top.name], self.lexicon.parts[bottom.name]
        if len(above[0]) > 1 or len(below[0]) > 1:
            message = f"∂{top.name}/∂{bottom.name} is no matrix: a derivative by a matrix is read of a scalar only"
            refuse(message, self.text, token.position)
        return self.matrix([[self.lexicon.derivative(a, b) for (b,) in below] for (a,) in above], token)

    def matrix(self, rows: list[list[Expr]], token: Token) -> Expr:
        """Return an explicit matrix, within the budget; a single entry is itself."""
        raise NotImplementedError

    # --- refusals ----------------------------------------------------------------------------------------------

    def unknown(self, token: Token, word: str = "") -> NoReturn:
        """Refuse a name that is not declared, and name the nearest that are; a look-alike by its code point."""
        written = word or token.text
        for offset, character in enumerate(self.text[token.position : token.end]):
            if character in _LOOKALIKES and not character.isascii() and character not in "αρ":
                self.lookalike(character, token.position + offset)
        if self.next.text == "(" and len(written) > 2:
            close = nearest(written, sorted({*FUNCTION_NAMES, *SHOWN_NAMES}))
            refuse(f'unknown function "{short(written)}"{close or self.lexicon.near(written)}', self.text, token.position)
        if written in {"so", "thus", "hence", "therefore", "then", "and", "because", "since", "where", "with", "is", "the"}:
            message = f'found the word "{written}": only formulas are read, a line each, such as name = expression'
            refuse(message, self.text, token.position)
        refuse(f'unknown name "{short(written)}"{self.lexicon.near(written)}', self.text, token.position)

    def lookalike(self, character: str, position: int) -> NoReturn:
        """Refuse a character that only looks like a letter."""
        name = unicodedata.name(character, "a character without name")
        message = f'found U+{ord(character):04X} ({name}), which only looks like "{_LOOKALIKES.get(character, "?")}"'
        refuse(message, self.text, position)

    def strange(self, token: Token) -> NoReturn:
        """Refuse a character or command without meaning."""
        if token.text.startswith("\\") and len(token.text) > 1:
            refuse(f'the command "{short(token.text)}" is not read in answers', self.text, token.position)
        if token.text in _LOOKALIKES:
            self.lookalike(token.text, token.position)
        shown = f"U+{ord(token.text[0]):04X}" if token.text and not token.text.isascii() else f'"{token.text}"'
        name = f" ({unicodedata.name(token.text[0], 'no name')})" if shown.startswith("U+") else ""
        refuse(f"found {shown}{name}, which has no meaning here", self.text, token.position)


def function_of(word: str) -> str:
    """Return the function a word names, or the empty string."""
    name = canonical(word)
    return name if name in FUNCTION_NAMES else SHOWN_NAMES.get(word, "")
