r"""Tokens laid out in lines: `aligned` derivations, \\ and &, and lines that go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.parse.tokens import Token

MATRICES = frozenset({"matrix", "bmatrix", "pmatrix", "vmatrix", "Bmatrix", "smallmatrix", "array"})
_GOES_ON = frozenset("+-*/·⊙@=)]}^≈") | {"=>", ")}", "r|", "**", "<", ">", "<=", ">="}
_OPEN = frozenset("+-*/·⊙@=([{^≈_,") | {"{(", "l|"}
_SCRIPTED = frozenset("^_")


def laid_out(tokens: Sequence[Token]) -> tuple[Token, ...]:
    r"""Return the tokens without \begin{aligned} and its kind, without &, and with breaks only between lines."""
    return tuple(_without_breaks(list(_unwrapped(list(_without_environments(tokens))))))


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
        keeps = name in MATRICES or name in {"cases", "dcases", "rcases"}
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
