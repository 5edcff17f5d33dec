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
from symbackprop.render.lean import folded, lean, renamed, unclosed, worn
from symbackprop.typeset.breaking import Typesetter
from symbackprop.typeset.elements import escaped
from symbackprop.typeset.mathml_emitter import MathML
from symbackprop.typeset.spoken import cardinal
from symbackprop.typeset.stylesheet import math_style
from symbackprop.typeset.words_emitter import Words, sentence

# What is not for the eye, or turns the direction of what follows: shown as a sign of its own, so that nothing is hidden.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_KEPT = frozenset("\n\t")
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

# Indices and layers as one text, [1] or 1,2: operators without space around them are six times as long.
_TIGHT = '<mo lspace="0em" rspace="0em" stretchy="false">'
_SCRIPT = re.compile(rf"<mrow>((?:<mn>\d+</mn>|{_TIGHT}[][(),]</mo>)+)</mrow>|({_TIGHT}/</mo>)|( form=\"(?:pre|post)fix\")(?= s)")


def text(words: str) -> str:
    r"""
    Return running text as HTML, for an element or an attribute.

    >>> text('<script>"&\u202e')
    '&lt;script&gt;&quot;&amp;\ufffd'
    """
    clean = "".join("\ufffd" if unicodedata.category(char) in _UNSEEN and char not in _KEPT else char for char in words)
    return escaped(clean)


def style(*names: str, tints: bool = True) -> str:
    """Return the style sheets of these names, mathematics first, without what only their writer needs."""
    own = (files("symbackprop.render").joinpath(f"{name}.css").read_text("utf-8") for name in names)
    formulas = math_style() if tints else "\n".join(line for line in math_style().splitlines() if "font" in line)
    sheets = "\n".join((formulas, *own))
    return re.sub(r" ?([{};:,>]) ?", r"\1", _bare(sheets)).replace("\n}", "}").replace(";}", "}")


def packed(script: str) -> str:
    """
    Return a script without comments, indents, and spaces around signs; texts, templates and patterns stay as they are.

    >>> packed('  a = b + "c = d"; // not a comment of the kind that is taken out')
    'a=b+"c = d";// not a comment of the kind that is taken out'
    """
    return re.sub(r"([;{,])\n", r"\1", _KEPT_WHOLE.sub(lambda found: found[1] or found[2], _bare(script)))


# Texts, templates, patterns and what follows // as they are; signs without the spaces around them.
_KEPT_WHOLE = re.compile(
    r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|//.*"""
    r"""|(?<=[(,=:!&|])[ ]?/(?![*/])(?:[^/\\\n]|\\.)+/|\+ \+|- -)"""
    r"""|[ ]*([-=+*<>?:;,(){}&|!\[\]]+)[ ]*"""
)


def _bare(text: str) -> str:
    """Return a style sheet or script without its comments, indents and empty lines."""
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return "\n".join(line.strip() for line in bare.splitlines() if line.strip())


_COUNTS = {cardinal(value): str(value) for value in range(100)}
_COUNT = re.compile(
    r"(?<![-\w])[a-z]+(?:-[a-z]+)?(?![-\w]| (?:half|halves|thirds?|quarters?|hundred|thousand|million|billion)\b)"
)
_POINT = re.compile(r"(\d+) point (\d(?: \d)*)(?![\d.])")


def _in_digits(words: str) -> str:
    """
    Return words in which numbers are digits.

    >>> _in_digits("w one twelve plus zero point zero five times one half")
    'w 1 12 plus 0.05 times one half'
    """
    counted = _COUNT.sub(lambda found: _COUNTS.get(found[0], found[0]), words)
    return _POINT.sub(lambda found: f"{found[1]}.{found[2].replace(' ', '')}", counted)


def page(title: str, body: str, *, sheet: str, script: str = "") -> str:
    """Return a whole page; `title` is text, `body`, `sheet` and `script` are as they stand in the page."""
    body = lean(_TURNING.sub(chr(0xFFFD), body))
    body = unclosed(body) if script else body
    sheet, body = renamed(folded(worn(sheet, body, script)), body)
    sheet = sheet.replace("}\n", "}") if script else sheet
    allowed = f"script-src 'sha256-{_digest(script)}'; " if script else ""
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; {allowed}base-uri 'none'; form-action 'none'"
    run = f"\n<script>{script}</script>" if script else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
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
        """Return a formula in words, numbers as digits: a page has hundreds, and they are heard alike."""
        said = self._said.get(expr)
        if said is None:
            said = self._said[expr] = _in_digits(sentence(self.aloud.text(expr)))
        return said

    def inline(self, expr: Expr) -> str:
        """Return a formula within a sentence."""
        return math(self.small.text(expr), self.words(expr))

    def full_size(self, expr: Expr, width: float, lead: str = "", said: str = "") -> str:
        """Return a formula of full size, after a sign that leads it, in lines no wider than `width` em."""
        emit = self.full.emitter
        first, *rest = [emit.indented(line).text for line in self.full.lines(expr, width)]
        said = said or self.words(expr)
        if not rest:
            return math(lead + first, said)
        space = f"<mphantom>{lead}</mphantom>" if lead else ""
        lines = "".join(f"<math>{_SCRIPT.sub(_script, line)}</math>" for line in (lead + first, *(space + line for line in rest)))
        return f'<div class="lines" role="math" aria-label="{escaped(said)}">{lines}</div>'

    def bare(self, expr: Expr) -> str:
        """Return a formula of full size on one line, without an element around it."""
        return _SCRIPT.sub(_script, self.full.text(expr))

    def relation(self, sign: str) -> str:
        """Return the sign of a relation."""
        return self.full.emitter.relation(sign).text


def math(inside: str, said: str) -> str:
    """Return a <math> element with its words; the style sheet says where it has its full size."""
    return f'<math aria-label="{escaped(said)}">{_SCRIPT.sub(_script, inside)}</math>'


def _script(found: re.Match[str]) -> str:
    if found[3]:
        return ""  # a parenthesis is what it is wherever it stands
    return f"<mn>{re.sub(r'<[^>]*>', '', found[1])}</mn>" if found[1] else "<mn>/</mn>"
