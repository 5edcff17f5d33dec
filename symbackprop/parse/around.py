"""Marks around a letter in an answer: subscripts, indices in brackets, layers and samples above."""

from __future__ import annotations

from symbackprop.names import short
from symbackprop.parse.items import Marks
from symbackprop.parse.reading import Reading
from symbackprop.parse.refusals import refuse
from symbackprop.parse.tokens import Token

_BRACKETS = {"[": "]", "(": ")"}


class Around(Reading):
    """Reads what stands around a letter."""

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
            elif mark.text == "[" and mark.position == end and word and (parts := self.bracketed()) is not None:
                if below:
                    message = "the indices of an entry stand in one pair of brackets and count from 1, as in w1[1,1]"
                    refuse(message, self.text, mark.position)
                below += parts
            else:
                if mark.text == "{" and mark.kind == "operator" and mark.position == end and word and not self.latex:
                    message = f"in plain text, braces are no brackets: write {short(word)}[…] for an entry, *(…) for a product"
                    refuse(message, self.text, mark.position)
                return Marks("", tuple(below), tuple(above)), first
            end = self.tokens[self.index - 1].end

    def index_text(self, tokens: list[Token]) -> list[str]:
        """Return the parts between commas of what stands below, with numbers for the letters of a sum."""
        parts: list[list[str]] = [[]]
        for token in self.worked_out(tokens):
            if token.text == ",":
                parts.append([])
            elif token.kind == "word" and token.text not in self.bound and all(c in self.bound for c in token.text):
                parts[-1] += [str(self.bound[c]) for c in token.text]
            elif token.kind == "word" and token.text in self.bound:
                parts[-1].append(str(self.bound[token.text]))
            else:
                parts[-1].append(token.text.replace("\\_", "_"))
        letters = [token.text for token in tokens if token.kind == "word"]
        self.lettered |= {part for letter in letters for part in (letter, *letter) if part in self.bound}
        if any(letter in self.bound or all(c in self.bound for c in letter) for letter in letters):
            return [run for part in parts for run in part]
        return ["".join(part).replace("_", "") if len(part) > 1 else part[0] if part else "" for part in parts]

    def worked_out(self, tokens: list[Token]) -> list[Token]:
        """Return the tokens of an index with i + 1 and its kind as a number."""
        found: list[Token] = []
        for place, token in enumerate(tokens):
            if token.text not in {"+", "-"}:
                if not (found and place and tokens[place - 1].text in {"+", "-"}):
                    found.append(token)
                continue
            left, right = found[-1:], tokens[place + 1 : place + 2]
            if not left or not right:
                refuse(f"found {token.shown} in an index, where numbers and letters are accepted", self.text, token.position)
            total = self.index_number(left[0]) + (1 if token.text == "+" else -1) * self.index_number(right[0])
            found[-1] = Token("number", str(total), left[0].position, right[0].end)
        return found

    def index_number(self, token: Token) -> int:
        """Return the number that an index is: a numeral, or the letter of a sum."""
        if token.text in self.bound:
            self.lettered.add(token.text)
            return self.bound[token.text]
        if not token.text.isdigit() or len(token.text) > 4:
            message = f'the index "{short(token.text)}" has no value here: write a number, or a sum over its letter'
            refuse(message, self.text, token.position)
        return int(token.text)

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
            named = part.kind in {"number", "word", "bold"}
            if part.kind == "end" or not (named or part.text in {",", "{", "}", "_", "\\_", "+", "-"}):
                refuse(f"found {part.shown} in an index, where numbers and letters are accepted", self.text, part.position)
            if part.text not in {"{", "}"}:
                inner.append(part)
        return [piece for piece in self.index_text(inner) if piece]

    def bracketed(self) -> list[str] | None:
        """Read [2,3] behind a name; None where the bracket holds anything but indices."""
        place = self.index
        inner: list[Token] = []
        self.take()
        while (self.next.kind in {"number", "word"} or self.next.text == ",") and len(inner) < 8:
            inner.append(self.take())
        if self.next.text == ":":
            message = "slices such as [:,0] are not read: write the entries, each with its indices from 1, as in w1[1,1]"
            refuse(message, self.text, self.tokens[place].position)
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
            elif (
                not found and (group or token.kind != "word" or token.text == "L") and (inner := self.layer_number()) is not None
            ):
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
            value = self.index_number(self.take())
            if self.next.text in {"+", "-"} and self.peek().text.isdigit():
                sign = 1 if self.take().text == "+" else -1
                value += sign * self.index_number(self.take())
            return str(value)
        if token.kind == "word" and token.text == "L" and self.lexicon.network:
            self.take()
            if self.next.text == "-" and self.peek().text.isdigit():
                self.take()
                return str(self.lexicon.depth - int(self.take().text))
            return str(self.lexicon.depth)
        return None
