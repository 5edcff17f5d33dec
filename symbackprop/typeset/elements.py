"""
Pieces of MathML Core as text: letters, signs, numbers, rows, scripts.

Only elements and attributes of the W3C's *MathML Core*, which browsers draw without help.
Everything that came from outside passes through `escaped`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import groupby

# Multiplied, applied, and "next index": nothing to see, but a screen reader says them.
TIMES, APPLIED, NEXT = "\u2062", "\u2061", "\u2063"
HARD_SPACE = "\u00a0"
MINUS, DOT, PRIME, TOP = "−", "⋅", "′", "⊤"

# The width of LaTeX's thin space, 3/18 em.
THIN = "0.17em"

# As LaTeX's ( and \bigl(.  Those two are not stretched: browsers reserve the width of the widest size, and leave gaps.
_FENCES: tuple[dict[str, str], ...] = ({"stretchy": "false"}, {"stretchy": "false", "mathsize": "120%"}, {})

# What XML 1.0 has no place for, and the directions that could turn what follows around.
_UNFIT = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
_OPERATOR = re.compile(r"<mo>([+−⋅=≤≥≈≠,]|&lt;|&gt;)</mo>")


def escaped(text: str) -> str:
    """
    Return text that can stand in an element or an attribute.

    >>> escaped('<b onclick="x">' + chr(0))
    '&lt;b onclick=&quot;x&quot;&gt;\ufffd'
    """
    return escape(_UNFIT.sub("\ufffd", text))


def mi(letters: str) -> str:
    """
    Return an identifier: one letter is drawn italic, a word upright.

    >>> mi("w"), mi("softmax")
    ('<mi>w</mi>', '<mi>softmax</mi>')
    """
    return f"<mi>{escaped(letters)}</mi>"


def mn(digits: str) -> str:
    """Return a number."""
    return f"<mn>{escaped(digits)}</mn>"


def mtext(words: str) -> str:
    """Return words; a space at either end is kept, where MathML would drop it."""
    kept = escaped(words)
    bare = kept.strip(" ")
    lead = len(kept) - len(kept.lstrip(" "))
    return f"<mtext>{HARD_SPACE * lead}{bare}{HARD_SPACE * (len(kept) - lead - len(bare))}</mtext>"


def mo(sign: str, **attributes: str) -> str:
    """
    Return an operator.

    >>> mo("<"), mo("−", form="prefix")
    ('<mo>&lt;</mo>', '<mo form="prefix">−</mo>')
    """
    return f"<mo{_attributes(attributes)}>{escaped(sign)}</mo>"


def tight(sign: str) -> str:
    """Return an operator without space around it, as in indices."""
    return mo(sign, lspace="0em", rspace="0em", stretchy="false")


def element(tag: str, *parts: str, **attributes: str) -> str:
    """
    Return an element whose parts are one element each.

    >>> element("mfrac", mn("1"), mi("a") + mi("b"))
    '<mfrac><mn>1</mn><mrow><mi>a</mi><mi>b</mi></mrow></mfrac>'
    """
    return f"<{tag}{_attributes(attributes)}>{''.join(map(row, parts))}</{tag}>"


def row(inside: str) -> str:
    """Return one element: the only one, or a row of all of them."""
    return inside if single(inside) else f"<mrow>{inside}</mrow>"


def single(inside: str) -> bool:
    """
    Tell whether a text is one element; it may say no where an element has others of its kind inside.

    >>> single("<mi>x</mi>"), single("<mi>x</mi><mi>y</mi>")
    (True, False)
    """
    tag = re.match(r"<(\w+)", inside)
    return tag is not None and inside.find(f"</{tag[1]}>") + len(tag[1]) + 3 == len(inside)


def raised(base: str, exponent: str) -> str:
    """
    Return a base with an exponent, above its index where it has one.

    >>> raised("<msub><mi>x</mi><mn>1</mn></msub>", mn("2"))
    '<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>'
    """
    exponent = row(closer(exponent))
    if base.startswith("<msub>") and single(base):
        return f"<msubsup>{base.removeprefix('<msub>').removesuffix('</msub>')}{exponent}</msubsup>"
    return f"<msup>{row(base)}{exponent}</msup>"


def closer(inside: str) -> str:
    """Return a script without the space around its operators, as TeX sets it: MathML Core keeps it."""
    return _OPERATOR.sub(r'<mo lspace="0em" rspace="0em">\1</mo>', inside)


def script(text: str) -> str:
    """
    Return what a notation writes above a letter: numbers, letters, brackets and signs.

    >>> script("[1]") == tight("[") + mn("1") + tight("]")
    True
    """
    out = []
    for kind, run in groupby(text, key=_kind):
        chars = "".join(run)
        if kind == "digit":
            out.append(mn(chars))
        elif kind == "letter":
            out.append(mi(chars))
        else:
            out.extend(tight(MINUS if char == "-" else char) for char in chars if not char.isspace())
    return "".join(out)


def _kind(char: str) -> str:
    return "digit" if char.isdecimal() else "letter" if char.isalpha() else "sign"


def bold(letter: str) -> str:
    """
    Return a letter of the alphabet or a digit in mathematical bold; Core has no other way to say it without a style sheet.

    >>> bold("x"), bold("1")
    ('𝐱', '𝟏')
    """
    code = ord(letter)
    if "a" <= letter <= "z":
        return chr(0x1D41A + code - ord("a"))
    if "A" <= letter <= "Z":
        return chr(0x1D400 + code - ord("A"))
    return chr(0x1D7CE + code - ord("0")) if "0" <= letter <= "9" else letter


def fences(left: str, right: str, height: int, *, alone: bool = False) -> tuple[str, str]:
    """
    Return fences for what has this height (as in `Box`): plain, a little larger, or as high as what is between them.

    Those that stand `alone`, on different lines, have nothing to grow with: their size is that of the height.
    """
    sizes = _FENCES[min(height, 2)]
    if alone and height >= len(_FENCES) - 1:
        size = f"{min(1.4 + 0.5 * height, 3.4):g}em"
        sizes = {"stretchy": "true", "symmetric": "true", "minsize": size, "maxsize": size}
    return mo(left, form="prefix", **sizes), mo(right, form="postfix", **sizes)


def table(rows: Sequence[Sequence[str]], align: str = "", *, close: bool = False, **attributes: str) -> str:
    """
    Return a table of cells.

    `align` is "left", "right left" … by column, the last for all further ones, and the middle where it is empty;
    `close` leaves no space between columns.

    >>> table([["<mi>x</mi>"]], "left")
    '<mtable><mtr><mtd style="text-align: left; text-align: -webkit-left"><mi>x</mi></mtd></mtr></mtable>'
    """
    sides = align.split()
    padding = "; padding-left: 0; padding-right: 0" if close else ""
    # A fraction alone in a cell is a block to Chromium and WebKit, which has an alignment of its own.
    sides = [f"{side}; text-align: -webkit-{side}" for side in sides]
    lines = []
    for cells in rows:
        styles = [f' style="text-align: {sides[min(i, len(sides) - 1)]}{padding}"' if sides else "" for i in range(len(cells))]
        lines.append("".join(f"<mtd{style}>{cell}</mtd>" for style, cell in zip(styles, cells, strict=True)))
    return f"<mtable{_attributes(attributes)}>{''.join(f'<mtr>{line}</mtr>' for line in lines)}</mtable>"


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(f' {name.rstrip("_")}="{escaped(value)}"' for name, value in attributes.items())
