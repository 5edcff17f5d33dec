"""Brackets, matrices and cases in an answer."""

from __future__ import annotations

from symbackprop.expr import (
    Cases,
    Condition,
    Expr,
    Number,
    call,
    number,
)
from symbackprop.matrix import Entries
from symbackprop.parse.refusals import refuse
from symbackprop.parse.sizes import (
    DEEPEST_NESTING,
)
from symbackprop.parse.sums import Sums
from symbackprop.parse.tokens import Token


class Blocks(Sums):
    """Reads what stands between two brackets, or between begin and end."""

    def inside(self, opening: Token, closing: str, *, listed: bool = False) -> list[Expr]:
        """Read what stands between two brackets: one value, or several with commas between them."""
        self.deeper(opening)
        kept = self.bars, self.listed, self.spaced, self.bracketed_in
        self.bars, self.spaced, self.listed = 0, 0, int(listed)
        self.bracketed_in = 0 if closing == "}" else 1
        if self.next.text == closing:
            self.unexpected('a number, a name or "("')
        found = [self.value()]
        while closing != "}" and self.accept(","):
            found.append(self.value())
        self.expect(closing, opening)
        self.bars, self.listed, self.spaced, self.bracketed_in = kept
        self.depth -= 1
        return found

    def group(self) -> Expr:
        """Read a group in braces."""
        return self.inside(self.take(), "}")[0]

    def argument(self) -> Expr:
        """Read the argument of a command: a group, or one token."""
        if self.next.text == "{" and self.next.kind == "operator":
            return self.group()
        token = self.next
        if token.kind == "number" and len(token.text) > 1:
            refuse(f'"{token.text}" behind a command needs braces: {{{token.text}}}', self.text, token.position)
        return self.atom()

    def parenthesised(self) -> Expr:
        """Read a bracket; several values in it are a vector."""
        opening = self.take()
        found = self.inside(opening, ")" if opening.text == "(" else ")}")
        return found[0] if len(found) == 1 else self.matrix([[part] for part in found], opening)

    def bracket_list(self) -> Expr:
        """Read [x], [1, 2], [1; 2], [[1, 2], [3, 4]] or [z > 0]."""
        opening = self.take()
        if (holds := self.equal_numbers("]")) is not None:
            return holds
        self.deeper(opening)
        kept = self.bars, self.listed, self.spaced, self.bracketed_in
        self.bars, self.listed, self.spaced, self.bracketed_in = 0, 1, 0 if self.latex else self.depth, 0
        rows: list[list[Expr]] = [[]]
        nested = 0
        while True:
            nested += self.next.text == "["
            rows[-1].append(self.value())
            if self.accept(";"):
                self.plain_commas()
                rows.append([])
            elif not self.accept(",") and self.next.kind != "number":
                break
            if self.next.text == "]" and rows[-1]:
                break
        self.expect("]", opening)
        self.bars, self.listed, self.spaced, self.bracketed_in = kept
        self.depth -= 1
        if len(rows) > 1:
            return self.matrix(rows, opening)
        (row,) = rows
        if nested == len(row) and (len(row) > 1 or isinstance(row[0], Entries)):
            return self.stacked(row, opening)
        return row[0] if len(row) == 1 else self.matrix([[part] for part in row], opening)

    def plain_commas(self) -> None:
        """Refuse [0,5; 1,5]: two numbers with decimal commas, or four."""
        row = self.tokens[self.index - 4 : self.index - 1]
        kinds = [token.text if token.kind == "operator" else token.kind for token in row]
        if kinds == ["number", ",", "number"] and row[0].end == row[2].position - 1:
            message = f'"{row[0].text},{row[2].text}" is ambiguous before a semicolon: write {row[0].text}.{row[2].text}'
            refuse(f"{message}, or a space behind the comma of a list", self.text, row[0].position)

    def stacked(self, rows: list[Expr], token: Token) -> Expr:
        """Return the matrix of [[1, 2], [3, 4]]: each inner list, read as a column, is a row."""
        lists = [[part for row in r.rows for part in row] if isinstance(r, Entries) else [r] for r in rows]
        return self.matrix(lists, token)

    def matrix(self, rows: list[list[Expr]], token: Token) -> Expr:
        """Return an explicit matrix, within the budget; a single entry is itself."""
        width = len(rows[0])
        for row in rows:
            if len(row) != width:
                refuse(f"the rows of a matrix have {width} and {len(row)} entries", self.text, token.position)
            for part in row:
                if not self.shapes.scalar(part, token.position):
                    refuse("the entries of a matrix are scalars; one of these is a matrix", self.text, token.position)
        self.shapes.checked(len(rows), width, token.position)
        return rows[0][0] if len(rows) == width == 1 else Entries(tuple(map(tuple, rows)))

    def bars_around(self) -> Expr:
        """Read |x|."""
        opening = self.take()
        if self.next.text == opening.text == "|":
            refuse("a norm is not read: write the sum of the squares out", self.text, opening.position)
        self.deeper(opening)
        kept, self.bars = self.bars, int(opening.text == "|")
        body = self.value()
        if not self.accept("|" if opening.text == "|" else "r|"):
            self.unexpected('"|"')
        self.bars = kept
        self.depth -= 1
        return call("abs", body)

    def root(self) -> Expr:
        """Read √x, or a root with its index."""
        token = self.take()
        self.deeper(token)
        degree: Expr | None = None
        if token.text == "sqrt" and self.next.text == "[":
            degree = self.inside(self.take(), "]")[0]
        body = self.argument() if token.kind == "command" and token.text == "sqrt" else self.atom()
        self.depth -= 1
        if degree is None:
            return call("sqrt", body)
        if not isinstance(degree, Number) or degree.value == 0:
            refuse("the index of a root is a number other than 0", self.text, token.position)
        return call("sqrt", body) if degree.value == 2 else self.raised(body, number(1) / degree, token)

    def braced(self) -> Expr:
        r"""Read \underbrace{x}_{…}: what stands under the brace is left out."""
        self.take()
        body = self.argument()
        while self.next.text in {"_", "^"} and self.peek().text == "{":
            self.take()
            depth = 0
            while self.next.kind != "end":
                token = self.take()
                depth += (token.text == "{") - (token.text == "}")
                if depth == 0:
                    break
        return body

    def matrix_rows(self) -> Expr:
        r"""Read the rows of a matrix between \begin and \end."""
        opening = self.take()
        self.deeper(opening)
        kept = self.bars, self.listed, self.spaced, self.bracketed_in
        self.bars = self.listed = self.spaced = self.bracketed_in = 0
        rows: list[list[Expr]] = [[]]
        while True:
            rows[-1].append(self.value())
            if self.accept("\\\\"):
                if self.next.text.startswith("end:"):
                    break
                rows.append([])
            elif not self.accept("&"):
                break
        self.environment_end(opening)
        self.bars, self.listed, self.spaced, self.bracketed_in = kept
        self.depth -= 1
        return self.matrix(rows, opening)

    def environment_end(self, opening: Token) -> None:
        r"""Take the \end of an environment."""
        if self.next.text != opening.text.replace("begin:", "end:"):
            self.unexpected(f"\\end{{{opening.text.partition(':')[2]}}}")
        self.take()

    def case_rows(self) -> Expr:
        r"""Read the branches between \begin{cases} and \end{cases}; the last is for all that is left."""
        opening = self.take()
        self.deeper(opening)
        kept, self.bracketed_in = self.bracketed_in, 0
        branches: list[tuple[Expr, list[Condition] | None]] = []
        while not self.next.text.startswith("end:"):
            value = self.sum()
            while self.accept("&", ",") or (self.peek().kind == "keyword" and self.accept("\\\\")):  # the condition below
                pass
            self.keyword("if")
            if self.keyword("otherwise") or self.keyword("else"):
                branches.append((value, None))
            else:
                branches.append((value, self.conditions(self.sum())))
            self.accept(",", ".", ";")
            if not self.accept("\\\\"):
                break
        self.environment_end(opening)
        self.bracketed_in = kept
        self.depth -= 1
        if not 2 <= len(branches) <= DEEPEST_NESTING or any(tests is None for _, tests in branches[:-1]):
            refuse("cases need two branches or more, the last of them for all other cases", self.text, opening.position)
        result = branches[-1][0]
        simple: list[tuple[Expr, Condition]] = []
        for value, tests in reversed(branches[:-1]):
            assert tests is not None
            if len(tests) == 1:
                simple.insert(0, (value, tests[0]))
                continue
            result = Cases(tuple(simple), result) if simple else result
            simple = []
            inner = value
            for test in reversed(tests):
                inner = Cases(((inner, test),), result)
            result = inner
        return Cases(tuple(simple), result) if simple else result
