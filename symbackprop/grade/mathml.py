"""
Mathematics on a page: what a worker read, and the names in a sentence.

What a worker writes goes through `admitted`: only elements and attributes of MathML Core, none that loads or runs
anything, whatever an answer may have made of the process.  The page's own names are typeset here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from xml.etree import ElementTree as ET

from symbackprop.expr import Expr
from symbackprop.narrate.findings import spelled
from symbackprop.notation import Speller
from symbackprop.typeset.shortcuts import mathml

LONGEST = 60_000
ELEMENTS = {
    "math", "mi", "mn", "mo", "mtext", "mspace", "mrow", "mfrac", "msqrt", "mroot", "mstyle", "mpadded", "mphantom",
    "msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd",
}  # fmt: skip
ATTRIBUTES = {
    "display", "displaystyle", "scriptlevel", "mathvariant", "mathsize", "form", "fence", "separator", "stretchy", "symmetric",
    "largeop", "movablelimits", "accent", "accentunder", "lspace", "rspace", "minsize", "maxsize", "width", "height", "depth",
    "voffset", "linethickness", "columnspan", "rowspan", "alttext", "class",
}  # fmt: skip


def admitted(markup: str) -> str | None:
    """
    Return MathML that can do nothing but be drawn; None for what is not MathML.

    >>> admitted('<math><mi onclick="x()">w</mi></math>')
    '<math><mi>w</mi></math>'
    >>> admitted("<math><script>x()</script></math>") is None
    True
    """
    if not markup or len(markup) > LONGEST or "<!" in markup or "<?" in markup:
        return None
    try:
        root = ET.fromstring(markup)  # noqa: S314 - without declarations, so there are no entities to expand
    except ET.ParseError:
        return None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        if element.tag not in ELEMENTS:
            return None
        for name in list(element.attrib):
            if name not in ATTRIBUTES:
                del element.attrib[name]
    return ET.tostring(root, encoding="unicode") if root.tag == "math" else None


def prose_in(names: Mapping[str, Expr], speller: Speller, escaped: Callable[[str], str]) -> Callable[[str], str]:
    """Return what turns a sentence into HTML, the quantities in it typeset; the rest goes through `escaped`."""

    @lru_cache(maxsize=4096)
    def prose(sentence: str) -> str:
        parts = spelled(sentence, names)
        return "".join(escaped(part) if isinstance(part, str) else mathml(part, speller) for part in parts)

    return prose
