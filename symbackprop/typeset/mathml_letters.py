"""Letters, indices and sizes in MathML, with their widths in em."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.notation import GREEK, index_runs
from symbackprop.typeset.elements import NEXT, bold, element, escaped, mi, mn, mo, mtext, script, tight
from symbackprop.typeset.widths import SCRIPT, math_width, text_width


def letter(text: str, style: str) -> tuple[str, float]:
    """
    Return a letter or word in one of the styles of `Name`, and its width.

    >>> letter("delta", "greek")[0], letter("x", "bold")[0]
    ('<mi>δ</mi>', '<mi>𝐱</mi>')
    """
    if text == "…":
        return mo("…"), 1.3
    match style:
        case "greek":
            return _greek(text), 0.64
        case "bold":
            return mi(bold(text)), 0.6
        case "word":
            return f'<mi class="word">{escaped(text)}</mi>', text_width(text) + 0.1
        case _:
            return mi(text), text_width(text) if style == "roman" else math_width(text)


def indices(names: Sequence[str], *, comma: bool) -> tuple[str, float]:
    """
    Return indices in a row, with commas or with a sign that is heard and not seen, and their width.

    >>> indices(("o1",), comma=True)[0]
    '<mi>o</mi><mn>1</mn>'
    """
    parts, width = [], 0.0
    for name in names:
        text = ""
        for kind, run in index_runs(name):
            text += {"digits": mn, "greek": _greek, "word": mtext, "letter": script}[kind](run)
            width += SCRIPT * (0.6 if kind == "greek" else text_width(run) if kind == "word" else math_width(run))
        parts.append(text)
    separator = tight(",") if comma else mo(NEXT)
    return separator.join(parts), width + SCRIPT * 0.3 * comma * max(0, len(parts) - 1)


def size_of(text: str) -> str:
    """
    Return the size of a sum or vector: a number, n, or n with an index.

    >>> size_of("n_2")
    '<msub><mi>n</mi><mn>2</mn></msub>'
    """
    name, _, below = text.partition("_")
    return element("msub", script(name), script(below)) if below else script(text)


def _greek(name: str) -> str:
    return mi(GREEK[name])
