"""
The frame of a page: one file that loads nothing, its style and its script inside, every text escaped.

The policy in its head forbids all else: no request, no script but the one whose hash it names.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from importlib.resources import files

from symbackprop.expr import Expr
from symbackprop.notation import Speller
from symbackprop.typeset.breaking import Typesetter
from symbackprop.typeset.elements import escaped, table
from symbackprop.typeset.mathml_emitter import MathML
from symbackprop.typeset.stylesheet import math_style
from symbackprop.typeset.words_emitter import Words, sentence

# What is not for the eye, or turns the direction of what follows: shown as a sign of its own, so that nothing is hidden.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_KEPT = frozenset("\n\t")


def text(words: str) -> str:
    r"""
    Return running text as HTML, for an element or an attribute.

    >>> text('<script>"&\u202e')
    '&lt;script&gt;&quot;&amp;\ufffd'
    """
    clean = "".join("\ufffd" if unicodedata.category(char) in _UNSEEN and char not in _KEPT else char for char in words)
    return escaped(clean)


def style(*names: str) -> str:
    """Return the style sheets of these names, mathematics first, on few lines."""
    sheets = [math_style(), *(files("symbackprop.render").joinpath(f"{name}.css").read_text("utf-8") for name in names)]
    return "\n".join(map(_packed, sheets))


def _packed(sheet: str) -> str:
    """Return a style sheet or script of ours without its comments and indents."""
    bare = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    return "\n".join(line.strip() for line in bare.splitlines() if line.strip())


def page(title: str, body: str, *, sheet: str, script: str = "") -> str:
    """Return a whole page; `title` is text, `body`, `sheet` and `script` are as they stand in the page."""
    allowed = f"script-src 'sha256-{_digest(script)}'; " if script else ""
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; {allowed}base-uri 'none'; form-action 'none'"
    run = f"\n<script>{script}</script>" if script else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{text(title)}</title>\n<style>\n{sheet}\n</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>{run}\n</body>\n</html>\n"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


class Formulas:
    """Formulas of one problem as <math> elements, each with its words for whoever listens."""

    def __init__(self, speller: Speller, *, colour: bool = True) -> None:
        self.speller = speller
        self.full = Typesetter(MathML(colour=colour), speller)
        self.small = Typesetter(MathML(colour=colour, inline=True), speller)
        self.aloud = Typesetter(Words(), speller)
        self._said: dict[Expr, str] = {}

    def words(self, expr: Expr) -> str:
        """Return a formula in words."""
        said = self._said.get(expr)
        if said is None:
            said = self._said[expr] = sentence(self.aloud.text(expr))
        return said

    def inline(self, expr: Expr) -> str:
        """Return a formula within a sentence."""
        return math(self.small.text(expr), self.words(expr))

    def full_size(self, expr: Expr, width: float, lead: str = "", said: str = "") -> str:
        """Return a formula of full size, after a sign that leads it, in lines no wider than `width` em."""
        lines = self.full.lines(expr, width)
        inside = lead + self.full.emitter.indented(lines[0]).text
        if len(lines) > 1:
            space = f"<mphantom>{lead}</mphantom>" if lead else ""
            rest = [[space + self.full.emitter.indented(line).text] for line in lines[1:]]
            inside = table([[inside], *rest], "left", close=True, displaystyle="true")
        return math(inside, said or self.words(expr), full=True)

    def relation(self, sign: str) -> str:
        """Return the sign of a relation."""
        return self.full.emitter.relation(sign).text


def math(inside: str, said: str, *, full: bool = False) -> str:
    """Return a <math> element with its words."""
    size = ' displaystyle="true"' if full else ""
    return f'<math{size} aria-label="{escaped(said)}">{inside}</math>'
