"""Quantities in an answer: a letter with its indices, layer and sample."""

from __future__ import annotations

import re

from symbackprop.expr import (
    ONE,
    ZERO,
    Expr,
    Symbol,
)
from symbackprop.names import short
from symbackprop.parse.around import Around
from symbackprop.parse.items import UNLAYERED, Item, Marks
from symbackprop.parse.lexicon import LOSS_WORDS, OUTPUT_WORDS, TOTAL_WORDS
from symbackprop.parse.reading import DoubtfulLayer, NoSuchUnit
from symbackprop.parse.refusals import placed, refuse
from symbackprop.parse.tokens import Token

_WORD = re.compile(r"(?P<base>[^\W\d_]+)(?P<digits>[0-9]*)(?P<rest>(?:_\w+)?)")
_EITHER_CASE = frozenset("wWbBzZaAxXyY")
_SURE = frozenset({"delta", "W", "w", "Delta"})


class Quantities(Around):
    """Reads quantities."""

    def quantity(self, word: str, token: Token, *, hat: bool = False) -> Expr | None:
        """
        Read the marks behind a word and return the quantity that both mean; None where the word is no base of any.

        The word's token is taken already.
        """
        start = self.index
        self.lettered = set()
        exact = None if hat else self.lexicon.word(word)
        if exact is None and "_hat" in word:
            word, hat = word.replace("_hat", ""), True
        match = _WORD.fullmatch(word)
        marks, first = self.marks(word, token)
        bare = [text for kind, text in marks.above if not kind]
        if exact is not None and not marks.below and not marks.above:
            self.layers_bracketed |= bool(match and match["digits"] and self.lexicon.network)
            return exact
        if match is None:
            self.index = start
            return exact
        self.layer_letter()
        base = f"{match['base']}hat" if hat else match["base"]
        if base not in self.lexicon.items and not self.other_case(base):
            base = self.other_base(base)
        parts = self.rest_of(match["rest"])
        if not base:
            every = Marks(match["digits"], parts + marks.below, marks.above)
            found = exact if exact is not None else self.output_part(match["base"], every)
            if found is None or exact is not None:
                self.index = start
            return found
        below = parts + marks.below
        whole = Marks(match["digits"], below, marks.above)
        if base == "delta" and self.lettered and len(marks.below) == 2 and whole == Marks("", marks.below):
            return self.kronecker(marks.below, token)
        self.one_sample(match["base"], whole, token)
        if bare:
            first = first and not match["rest"]
            return self.bare_layer(base, whole, token, start, first=first)
        self.layers_bracketed |= bool(marks.above)
        items = self.fitting(base, whole)
        return self.one_of(items, base, whole, token)

    def layer_letter(self) -> None:
        """Refuse a letter in the place of a layer: δ^{l}, δ^{[l]}, δ^{(l+1)}."""
        if self.next.text != "^" or not self.lexicon.network:
            return
        ahead = 2 if self.peek().text == "{" else 1
        bracket = self.peek(ahead).text in {"[", "("}
        letter = self.peek(ahead + bracket)
        known = letter.text in self.bound or letter.text in {"T", "t", "L"} or self.lexicon.spelled(letter.text) is not None
        if letter.kind != "word" or known:
            return
        if letter.text in {"l", "ell"} or (bracket and len(letter.text) == 1):
            refuse(f'the layer "{letter.text}" has no value here: write its number', self.text, letter.position)

    def rest_of(self, rest: str) -> tuple[str, ...]:
        """Return the indices of a word such as delta1_j, with numbers for the letters of sums."""
        parts = [part for part in rest.split("_") if part]
        self.lettered |= {part for part in parts if part in self.bound}
        return tuple(str(self.bound.get(part, part)) for part in parts)

    def other_base(self, base: str) -> str:
        """Return the base that another letter stands for: d for δ, ŷ for the output; "" where it is none."""
        items = self.lexicon.items
        if base in {"d", "Delta"} and "delta" in items:
            return "delta"
        if base in {"yhat", "Yhat"} and "yhat" in items:
            return "yhat"
        if base in OUTPUT_WORDS and "L" in items and any(item.indices or item.sample for item in items["L"]):
            return "L"
        return ""

    def other_case(self, base: str) -> str:
        """Return the base with capital and small letters exchanged, where both may be meant: w and W, never e and E."""
        swapped = base.swapcase()
        alike = len(base) > 1 or (base in _EITHER_CASE and self.lexicon.network)
        return swapped if alike and swapped in self.lexicon.items else ""

    def fitting(self, base: str, marks: Marks) -> list[Item]:
        """Return the items that fit, with capital and small letters alike where only one fits."""
        return self.lexicon.find(base, marks) or self.lexicon.find(self.other_case(base), marks)

    def kronecker(self, below: tuple[str, ...], token: Token) -> Expr:
        """Return Kronecker's δ of two letters of sums; refuse δ_{1k}, which may be the δ of unit k in layer 1."""
        if len(self.lettered) < 2:
            message = "this may be Kronecker's delta or the delta of a layer: write 1[j=k] for the one, δ^[1]_k for the other"
            refuse(message, self.text, token.position)
        return ONE if below[0] == below[1] else ZERO

    def one_sample(self, base: str, marks: Marks, token: Token) -> None:
        """Refuse a^(2) where there are several samples: layer 2, or sample 2."""
        if self.lexicon.samples > 1 and base in {"a", "z", "delta", "d"} and marks.above and len(marks.above) == 1:
            kind, value = marks.above[0]
            if kind == "(" and not marks.attached:
                message = f'"{base}^({value})" may be layer {value} or sample {value}: write {base}^[{value}] for the layer'
                refuse(f"{message}, {base}^[1]({value}) for the sample", self.text, token.position)

    def one_of(self, items: list[Item], base: str, marks: Marks, token: Token) -> Expr:
        """Return the only item that fits, or refuse."""
        if len(items) == 1:
            chained = bool(items[0].layer) and items[0].size == (1, 1) and marks.below == (items[0].layer,)
            self.layers_below |= chained and not marks.above and not marks.attached
            if self.beyond is not None and self.probe in self.lettered:
                self.beyond.append(True)
            return items[0].expr
        written, own = f"{base}{marks.shown}", self.lexicon.own
        if items and base in OUTPUT_WORDS and marks == Marks() and base not in self.lexicon.words:
            self.loose = Symbol(self.lexicon.output)
            return self.loose
        if items:
            if (layer := self.in_company(items, marks, token)) is not None:
                return layer
            names = [own.get(item.plain, item.plain) for item in items[:4]]
            listed = " or ".join(names) + (" or …" if len(items) > 4 else "")
            refuse(f'"{short(written)}" is ambiguous: it can be {listed}', self.text, token.position)
        found = self.output_part(base, marks)
        if found is not None:
            return found
        alike = [*self.lexicon.items.get(base, ()), *self.lexicon.items.get(self.other_case(base), ())]
        some = list(dict.fromkeys(own.get(item.plain, item.plain) for item in alike if item.layer != "0"))[:6]
        letters = [part for part in marks.below if part.isalpha()]
        if letters and not any(part.isalpha() for item in self.lexicon.items.get(base, []) for part in item.indices):
            message = f'the index "{letters[0]}" has no value here: write a number, or a sum over {letters[0]}'
            refuse(message, self.text, token.position)
        if self.beyond is not None and self.probe in self.lettered:
            return ONE
        known = f"; {', '.join(some)} are known" if some else ""
        message = f'there is no "{short(written)}" here{self.lacking(alike, marks) or known}'
        raise NoSuchUnit(placed(message, self.text, token.position), self.text, token.position)

    def output_part(self, base: str, marks: Marks) -> Expr | None:
        """Return the output for E, C, J, loss, E_total … where that is no declared name."""
        if base not in OUTPUT_WORDS or marks.above or marks.attached or any(part not in TOTAL_WORDS for part in marks.below):
            return None
        if base in self.lexicon.words:
            return Symbol(self.lexicon.output) if marks.below else None
        if not self.lexicon.network:  # of a function, C is a constant
            return None
        one = base in LOSS_WORDS and "L" in self.lexicon.words and not marks.below
        found = Symbol("L" if one else self.lexicon.output)
        if base in LOSS_WORDS:
            self.loose = found
        return found

    def lacking(self, alike: list[Item], marks: Marks) -> str:
        """Say which layers there are, how many units one has, or how many indices are missing."""
        layers = sorted({item.layer for item in alike if item.layer not in {"", "0"}}, key=int)
        written = marks.above[0][1] if marks.above else marks.attached
        if not layers or not written or (self.lexicon.depth == 1 and not marks.above):
            return ""
        if written not in layers and len(written) > 1:
            one = next((item for item in alike if item.layer == written[0] and item.indices), alike[0])
            return f": the layer comes first, then every index, as in {one.plain}"
        if written not in layers:
            some = " and ".join(filter(None, (", ".join(layers[:-1]), layers[-1])))
            return f": the only layer is {some}" if len(layers) == 1 else f": the layers are {some}"
        here = [item for item in alike if item.layer == written and item.indices and not item.whole]
        if not here or not all(part.isdigit() for part in marks.below):
            return ""
        (height, width), count = here[0].size, len(here[0].indices)
        if len(marks.below) < count:
            many = f"{count} indices are" if count > 1 else "an index is"
            return f": {many} needed, counted from 1, as in {here[0].plain}"
        if len(marks.below) == count and int(marks.below[0]) > height:
            return f": layer {written} has {height} unit{'s' if height > 1 else ''}"
        if len(marks.below) == count == 2 and int(marks.below[1]) > width:
            return f": layer {written} has {width} input{'s' if width > 1 else ''}"
        return ""

    def in_company(self, items: list[Item], marks: Marks, token: Token) -> Expr | None:
        """Return the whole layer for δ₁ where it stands next to ⊙ or something transposed, so that no entry can be meant."""
        if marks.above or marks.attached or len(marks.below) != 1:
            return None
        layers = [item for item in items if item.layer == marks.below[0] and (item.whole or item.size == (1, 1))]
        place = self.index - 1
        while place and self.tokens[place].position != token.position:
            place -= 1
        signs = {"·", "*", "@"}
        before = self.tokens[max(0, place - 3) : place]
        if before and before[-1].text in signs:
            before = before[:-1]
        texts = [part.text for part in before[-2:]]
        joined = texts[-1:] in (["⊙"], ["ᵀ"]) or texts in (["^", "T"], [".", "T"], ["^", "transpose"], ["transpose", "}"])
        return layers[0].expr if layers and (joined or self.transposed_next(signs)) else None

    def transposed_next(self, signs: set[str]) -> bool:
        """Whether ⊙ comes next, or one name that is transposed."""
        own = [self.peek(ahead).text for ahead in range(3)]
        if self.next.text in {"⊙", "ᵀ"} or own[:2] in (["^", "T"], [".", "T"], ["^", "transpose"]):
            return True
        if own in (["^", "{", "T"], ["^", "{", "transpose"]):
            return True
        place = self.index + (self.next.text in signs)
        if not self.is_word(self.tokens[min(place, len(self.tokens) - 1)]):
            return False
        last = ""
        for part in self.tokens[place + 1 : place + 16]:
            if part.text in {"ᵀ", "transpose"} or (part.text == "T" and last in {"^", ".", "{"}):
                return True
            if part.kind in {"end", "break", "command"} or part.text in {"+", "-", "=", "/", "⊙"} | signs:
                return False
            if self.is_word(part) and last not in {"_", "{", ","}:
                return False
            last = part.text
        return False

    def bare_layer(self, base: str, marks: Marks, token: Token, start: int, *, first: bool) -> Expr | None:
        """
        Decide whether a bare number above is a layer or a power.

        It is a power where the quantity has its layer, or never has one; a layer where nothing else is possible, or the
        writing is that of a course with such layers; else it is refused, at the end of the answer.
        """
        items = [*self.lexicon.items.get(base, ()), *self.lexicon.items.get(self.other_case(base), ())]
        without = Marks(marks.attached, marks.below, tuple(mark for mark in marks.above if mark[0]))
        ranked = [rank for item in items if (rank := item.rank(without)) is not None]
        if not any(item.layer for item in items) or (ranked and min(ranked) < UNLAYERED):
            self.index = start
            return self.without_power(base, without, token)
        found = self.fitting(base, marks)
        number = next(text for kind, text in marks.above if not kind)
        shown_base = f"{base}{without.shown}"
        if len(found) != 1 and self.lexicon.depth == 1 and len(self.fitting(base, without)) == 1:
            self.index = start
            return self.without_power(base, without, token)
        if len(found) != 1:
            message = f'"{shown_base}^{number}" is neither a layer nor, without its layer, a power: write {base}^[{number}] for a'
            refuse(f"{message} layer, or give the layer and the power: (…)^{number}", self.text, token.position)
        sure = number == "1" or base in _SURE or token.kind == "bold"
        doubted = not (sure or (first and marks.below))
        if doubted and self.powers:
            self.index = start
            return self.without_power(base, without, token)
        if sure:
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
