"""The frame of a page: one file without scripts, its style inside, every text escaped."""

from __future__ import annotations

import re
from fractions import Fraction
from html import escape

from symbackprop.findings import CORRECT, INVALID, UNDECIDED, WRONG
from symbackprop.grade.mathml import admitted
from symbackprop.grade.outcome import shown
from symbackprop.grade.style import STYLE

# Nothing may be loaded or run, whatever an answer says; only the style in the page itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

# A sign beside each colour, which is never the only signal.
SIGNS = {CORRECT: ("✓", "right"), WRONG: ("✗", "not right"), UNDECIDED: ("?", "not decided"), INVALID: ("!", "could not be read")}
OPEN = ("–", "no answer")


def page(title: str, body: str, *, wide: bool = False) -> str:
    """Return a whole page; `body` is HTML, `title` is text."""
    width = ' class="wide"' if wide else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main{width}>\n{body}\n</main>\n</body>\n</html>\n"
    )


def text(words: str) -> str:
    """Return a text as HTML; what turns the direction of writing around is shown as a question mark."""
    plain = "".join("?" if char in _TURNING or (char < " " and char not in "\n\t") or char == "\x7f" else char for char in words)
    return escape(plain, quote=True)


_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff\ufffe\uffff"


_QUOTED = re.compile(r'"[^"\n]{1,60}"|(?<=\(known: )[^()\n]+(?=\))|(?<=did you mean )[^\s?]+')


def typed(message: str) -> str:
    """
    Return what is said of an answer that could not be read: names as they must be typed, in letters of one width.

    >>> typed('unknown name "h" (known: x_1, y)')
    'unknown name <code>h</code> (known: <code>x_1</code>, <code>y</code>)'
    """
    parts, start = [], 0
    for match in _QUOTED.finditer(message):
        names = match[0].strip('"').split(", ") if not match[0].startswith('"') else [match[0][1:-1]]
        parts += [text(message[start : match.start()]), ", ".join(f"<code>{text(name)}</code>" for name in names)]
        start = match.end()
    return "".join([*parts, text(message[start:])])


def tone(verdict: str | None) -> str:
    """Return the class of a verdict's colours."""
    return {CORRECT: "right", WRONG: "wrong", UNDECIDED: "undecided", INVALID: "invalid"}[verdict] if verdict else "none"


def pill(verdict: str | None, *, partly: bool = False) -> str:
    """Return the verdict in a word and a sign; `partly` says that there are marks all the same."""
    sign, word = SIGNS[verdict] if verdict else OPEN
    word = "partly right" if partly and verdict == WRONG else word
    return f'<span class="pill">{sign} {word}</span>'


def marks(given: Fraction, most: Fraction, waiting: Fraction) -> str:
    """Return "2 of 3 marks", or which of them are open."""
    if waiting:
        return f"{f'<b>{shown(given)}</b> of {shown(most)}, ' if given else ''}<b>{shown(waiting)}</b> open"
    return f"<b>{shown(given)}</b> of {shown(most)} mark{'' if most == 1 else 's'}"


def formula(markup: str, plain: str) -> str:
    """Return what was read, as mathematics where that can be drawn, else as text."""
    made = admitted(markup)
    if made is not None:
        label = f' aria-label="{text(plain)}"' if plain else ""
        return f'<div class="math"{label}>{made}</div>'
    return f'<div class="math"><span class="plain">{text(plain)}</span></div>' if plain else ""
