"""One rendering's page: its width, its characters, and running text broken in lines."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from symbackprop.document import Spans
from symbackprop.render.encodings import transliterate
from symbackprop.render.marked import width_of
from symbackprop.typeset.breaking import Typesetter

WIDEST_TEXT = 100  # formulas may take the whole width; running text is hard to read beyond
INDENT = 2
# Where running text may be broken; not at a hard space.
SPACES = " \t\n\r\f\v"


@dataclass(frozen=True)
class Page:
    """The width, the character set and the typesetter of one rendering."""

    width: int
    setter: Typesetter
    ascii: bool
    encoding: str

    def plain(self, text: str) -> str:
        """Return running text that the output can carry, free of control characters."""
        clean = "".join(" " if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else char for char in text)
        return clean if not self.ascii else transliterate(clean, self.encoding)

    def spans(self, spans: Spans) -> str:
        """Return text with mathematics in it, on one line."""
        return "".join(self.plain(span) if isinstance(span, str) else self.setter.text(span) for span in spans)


def wrap(page: Page, spans: Spans, width: int, indent: str) -> list[str]:
    """Break running text at spaces, but not at hard ones; mathematics stays whole where it fits a line."""
    words: list[str] = []
    glued = False
    for span in spans:
        if isinstance(span, str):
            text = page.plain(span)
            parts = [part for part in re.split(f"[{SPACES}]+", text) if part]
            if parts and glued and text[0] not in SPACES:
                words[-1] += parts.pop(0)
            words.extend(parts)
            glued = bool(text) and text[-1] not in SPACES
        else:
            pieces = [line.text for line in page.setter.lines(span, width)]
            if words and glued:
                words[-1] += pieces.pop(0)
            words.extend(pieces)
            glued = True
    lines, current, used = [], "", 0
    for word in words:
        size = width_of(word)
        if current and used + 1 + size > width:
            lines.append(indent + current)
            current, used = word, size
        else:
            current, used = (f"{current} {word}", used + 1 + size) if current else (word, size)
    lines.append(indent + current)
    return [line.replace("\u00a0", " ") for line in lines]
