"""
Lists of definitions.

Which names a text uses decides how it is read: "2xy" is 2·x·y where x and y are names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from symbackprop.errors import ParseError
from symbackprop.expr import Expr
from symbackprop.names import GREEK, LONGEST_NAME, plain_name
from symbackprop.parse.grammar import CALLABLE, Parser
from symbackprop.parse.refusals import refuse
from symbackprop.parse.tokens import TOKEN, Token, identifier, tokenize

MOST_FAULTS = 20
DEFAULT_OUTPUTS = ("f", "F", "g", "h", "out")


@dataclass(frozen=True, slots=True)
class Reading:
    """
    Definitions as read, with every name the text uses (also those that cancel), in order of first use.

    `listed` are the arguments of signatures such as f(x, y), which give an order of their own.
    """

    definitions: tuple[tuple[str, Expr], ...]
    used: tuple[str, ...]
    listed: tuple[str, ...] = ()


def read_definitions(text: str, names: Collection[str] = ()) -> Reading:
    """
    Read "u = 2*x + 1; y = u^3", one definition between semicolons or on a line, in the order written.

    `names` are names declared elsewhere.  One expression alone, or the last one, may go without a name: it is called f.

    >>> read_definitions("u = 2*x + 1; y = u^3").used
    ('x', 'u')

    Raises ParseError for a text that is no list of definitions, and for a name defined twice; where several definitions
    cannot be read, its message has a line for each.
    """
    statements = list(_statements(text))
    if not statements:
        refuse("there is nothing to read where an expression or definitions are accepted", text, 0)
    found: list[tuple[Token | None, str, tuple[Token, ...]]] = []
    signatures: dict[str, tuple[str, ...]] = {}
    for tokens in statements:
        name, arguments, body = _left_side(text, tokens)
        if name is None and tokens is not statements[-1]:
            refuse('found an expression without a name where "name = expression" is accepted', text, tokens[0].position)
        plain = "" if name is None else _defined_name(text, name)
        if name is not None and any(plain == other for _, other, _ in found):
            refuse(f'"{plain}" is defined twice', text, name.position)
        if arguments:
            signatures[plain] = arguments
        found.append((name, plain, body))
    left = [plain for _, plain, _ in found if plain]
    declared = dict.fromkeys((*left, *names))
    heard = {plain_name(t.text) for _, _, body in found for t in body if t.kind == "name"}
    listed = dict.fromkeys(a for arguments in signatures.values() for a in arguments)
    used = dict(listed)
    results: list[tuple[str, Expr]] = []
    faults: list[ParseError] = []
    for _, plain, body in found:
        parser = Parser(text, body, names=None, declared=declared, heard=heard, signatures=signatures)
        try:
            expr = parser.value()
            parser.finish()
        except ParseError as fault:
            faults.append(fault)
            continue
        used.update(dict.fromkeys(parser.used))
        results.append((plain, expr))
    if faults:
        raise ParseError("\n".join(map(str, faults[:MOST_FAULTS])), text, faults[0].position)
    if not results[-1][0]:
        free = next(n for n in (*DEFAULT_OUTPUTS, *(f"f{i}" for i in range(1, 1000))) if n not in used and n not in declared)
        results[-1] = (free, results[-1][1])
    return Reading(tuple(results), tuple(used), tuple(listed))


def names_in(text: str) -> tuple[str, ...]:
    """Return every name in a text by its plain name, in order, functions and constants included; raises ParseError."""
    return tuple(dict.fromkeys(plain_name(token.text) for token in tokenize(text) if token.kind == "name"))


def read_body(text: str, declared: Collection[str], heard: Collection[str]) -> tuple[Expr, tuple[str, ...]]:
    """
    Read the right side of one definition among several; also returns the names it uses.

    `declared` are the names defined or given anywhere, `heard` all names that occur: "2xy" is 2·x·y where x and y do.

    Raises ParseError.
    """
    parser = Parser(text, tuple(tokenize(text)), names=None, declared=declared, heard=heard)
    expr = parser.value()
    parser.finish()
    return expr, tuple(parser.used)


def definable(name: str) -> str:
    """
    Return the plain name of a quantity to be defined or given.

    Raises ParseError for what is no name, or a function's or constant's.
    """
    token = Token("name", name, 0, len(name))
    if not TOKEN.fullmatch(name) or not name[:1].isalpha() or name in {"if", "else"}:
        refuse(f"{token.shown} is no name: names are letters, digits and _", "", 0)
    return _defined_name("", token)


def _statements(text: str) -> Iterator[tuple[Token, ...]]:
    """Yield the tokens of each definition, each ended by an `end` token."""
    current: list[Token] = []
    for token in tokenize(text, breaks=True):
        if token.kind not in {"break", "end"}:
            current.append(token)
        elif current:
            yield (*current, Token("end", "", token.position, token.position))
            current = []


def _left_side(text: str, tokens: tuple[Token, ...]) -> tuple[Token | None, tuple[str, ...], tuple[Token, ...]]:
    """Split "f(x, y) = body" or "u = body" into the name, its arguments, and the body."""
    equals = next((i for i, t in enumerate(tokens) if t.text == "="), None)
    if equals is None:
        return None, (), tokens
    if any(t.text == "if" for t in tokens[:equals]):
        refuse('found "=" in a condition where "<", "<=", ">" or ">=" is accepted', text, tokens[equals].position)
    first, rest = tokens[0], tokens[1:equals]
    arguments = tuple(plain_name(t.text) for t in rest[1:-1:2])
    listed = len(rest) >= 3 and rest[0].text == "(" and rest[-1].text == ")"
    listed = listed and all(t.kind == "name" for t in rest[1:-1:2]) and all(t.text == "," for t in rest[2:-1:2])
    if first.kind != "name" or (rest and not listed):
        at = first if first.kind != "name" else rest[0]
        refuse(f'found {at.shown} where a name and "=" are accepted', text, at.position)
    return first, arguments if listed else (), tokens[equals + 1 :]


def _defined_name(text: str, token: Token) -> str:
    """Return the name that a definition gives, or refuse it."""
    name = identifier(text, token)
    if name == "pi" or (name in CALLABLE and name not in GREEK.values()):
        kind = "a constant" if name == "pi" else "a function"
        refuse(f'"{name}" is {kind} and cannot be defined; choose another name', text, token.position)
    if len(name) > LONGEST_NAME:
        refuse(f"the name {token.shown} is longer than {LONGEST_NAME} characters", text, token.position)
    return name
