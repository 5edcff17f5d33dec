r"""Tokens laid out in lines: `aligned` derivations, \\ and &, and lines that go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.parse.tokens import Token

MATRICES = frozenset({"matrix", "bmatrix", "pmatrix", "vmatrix", "Bmatrix", "smallmatrix", "array"})
_GOES_ON = frozenset("+-*/·⊙@=)]}^≈") | {"=>", ")}", "r|", "**", "<", ">", "<=", ">="}
_OPEN = frozenset("+-*/·⊙@=([{^≈_,") | {"{(", "l|"}
_SCRIPTED = frozenset("^_")
_ROWED = MATRICES | {"cases", "dcases", "rcases"}


def laid_out(tokens: Sequence[Token]) -> tuple[Token, ...]:
    r"""Return the tokens without \begin{aligned} and its kind, without &, and with breaks only between lines."""
    return tuple(_without_breaks(list(_unwrapped(list(_without_environments(_one_below_the_other(tokens)))))))


def _one_below_the_other(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return equations that stand side by side, as in our own articles, each with the lines that continue it."""
    end = len(tokens)
    while end and (tokens[end - 1].kind == "end" or tokens[end - 1].text.startswith("end:")):
        end -= 1
    rows = [_halves(row) for row in _rows(tokens[:end])]
    if all(right is None for _, right in rows):
        return tokens
    made: list[Token] = []
    beside: list[Token] = []
    for left, right in rows:
        first = next((token for token in left if token.text != "&" and not token.text.startswith("begin:")), None)
        if not (first is not None and first.kind == "operator" and first.text in _GOES_ON):
            made += beside
            beside = []
        made += left
        beside += right or []
    return (*made, *beside, *tokens[end:])


def _rows(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    r"""Cut tokens behind every \\ that separates lines, not rows of a matrix or of cases."""
    row: list[Token] = []
    depth = 0
    for token in tokens:
        row.append(token)
        kind, _, name = token.text.partition(":") if token.kind == "command" else ("", "", "")
        if name in _ROWED:
            depth += 1 if kind == "begin" else -1
        if token.text == "\\\\" and depth == 0:
            yield row
            row = []
    if row:
        yield row


def _halves(row: list[Token]) -> tuple[list[Token], list[Token] | None]:
    """Cut a row where an odd number of columns, three or more, is passed over; None where it is not."""
    start = depth = 0
    for place, token in enumerate(row):
        kind, _, name = token.text.partition(":") if token.kind == "command" else ("", "", "")
        if name in _ROWED:
            depth += 1 if kind == "begin" else -1
        if token.kind != "operator" or token.text != "&" or depth:
            passed = place - start
            if passed >= 3 and passed % 2 and token.text != "\\\\":
                following = row[-1] if row[-1].text == "\\\\" else Token("operator", "\\\\", token.position, token.position)
                return [*row[:start], following], [*row[place:], *([] if row[-1] is following else [following])]
            start = place + 1
    return row, None


def _unwrapped(tokens: list[Token]) -> Iterator[Token]:
    """Drop the braces around a letter with marks behind it: {W}^{[1]} is W^{[1]}, but not behind a command."""
    closing: set[int] = set()
    for place, token in enumerate(tokens):
        if place in closing:
            continue
        alone = token.text == "{" and tokens[place + 1 : place + 2] and tokens[place + 1].kind in {"word", "bold"}
        if alone and tokens[place + 2].text == "}" and tokens[place + 3].text in {"^", "_", "'"}:
            before = tokens[place - 1] if place else token
            if before.kind != "command" and before.text not in {"^", "_", "}", "]"}:
                closing.add(place + 2)
                continue
        yield token


def _without_environments(tokens: Sequence[Token]) -> Iterator[Token]:
    """Drop what only arranges lines; rows of matrices and cases stay."""
    inside: list[bool] = []
    last = ""
    for place, token in enumerate(tokens):
        kind, _, name = token.text.partition(":") if token.kind == "command" else ("", "", "")
        keeps = name in _ROWED
        if kind == "begin":
            inside.append(keeps)
        elif kind == "end" and inside:
            inside.pop()
        if kind in {"begin", "end"} and not keeps:
            continue
        in_rows = bool(inside) and inside[-1]
        if token.text == "\\\\" and not in_rows:
            yield Token("break", "\\\\", token.position, token.end)
        elif (token.text == "&" and token.kind == "operator" and not in_rows) or _drops(tokens, place, last):
            continue
        else:
            last = token.text
            yield token


def _drops(tokens: Sequence[Token], place: int, last: str) -> bool:
    """Whether a token belongs to an empty pair of braces that means nothing; one behind a command is an argument."""
    if _empty(tokens, place):
        return last not in _SCRIPTED and not last.startswith("frac")
    return place > 0 and _empty(tokens, place - 1) and last != "{"


def _empty(tokens: Sequence[Token], place: int) -> bool:
    """Whether an empty pair of braces begins here."""
    return tokens[place].text == "{" and place + 1 < len(tokens) and tokens[place + 1].text == "}"


def _without_breaks(tokens: list[Token]) -> Iterator[Token]:
    """Drop breaks at the ends, in brackets, and where a line goes on."""
    depth, last = 0, ""
    for place, token in enumerate(tokens):
        if token.kind == "break" or token.text == "=>":
            following = tokens[place + 1]
            goes_on = following.kind == "operator" and following.text in _GOES_ON and token.text != ";"
            if goes_on and token.text == "=>" and following.text != "=>":
                goes_on = False
            if depth > 0 or not last or following.kind in {"break", "end"} or goes_on or last in _OPEN or last == "break":
                continue
            token = Token("break", ";", token.position, token.end)  # noqa: PLW2901 - the same place as a break
        elif token.kind == "operator":
            depth += (token.text in {"(", "[", "{", "{("}) - (token.text in {")", "]", "}", ")}"})
        elif token.kind == "command":
            depth += token.text.startswith("begin:") - token.text.startswith("end:")
        last = "break" if token.kind == "break" else token.text
        yield token
