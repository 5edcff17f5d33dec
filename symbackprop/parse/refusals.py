"""How a text is refused: what was found, at which line and column."""

from __future__ import annotations

from typing import NoReturn

from symbackprop.errors import ParseError


def refuse(message: str, text: str, position: int) -> NoReturn:
    """Raise a ParseError whose message starts with the place, where there is a text."""
    raise ParseError(placed(message, text, position), text, position)


def placed(message: str, text: str, position: int) -> str:
    """Return a message with its place in front, where there is a text."""
    return f"{_place(text, position)}: {message}" if text.strip() else message


def _place(text: str, position: int) -> str:
    """Say where: a column, with its line where the text has several."""
    column = f"column {column_of(text, position)}"
    if "\n" not in text.strip():
        return column
    return f"line {text.count(chr(10), 0, position) + 1}, {column}"


def column_of(text: str, position: int) -> int:
    """Return the column of a position in its line, from 1."""
    return position - text.rfind("\n", 0, position)


def strange(character: str) -> str:
    """Say of a character that it has no meaning here, and what the reader may want instead."""
    if not character.isprintable():
        return f"found the character U+{ord(character):04X}, which has no meaning here"
    hints = {
        "[": "; brackets are round: ( and )",
        "{": "; brackets are round: ( and )",
        "!": "; a factorial is not known",
        "\\": "; this is plain text, not LaTeX",
        "∞": "; numbers are finite",
        "_": "; a name starts with a letter",
    }
    return f'found "{character}", which has no meaning here{hints.get(character, "")}'
