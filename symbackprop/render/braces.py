"""Braces under parts of a line, with their labels."""

from __future__ import annotations

from symbackprop.render.marked import STYLE, STYLE_OFF
from symbackprop.render.page import Page
from symbackprop.typeset.marks import BRACE_LABEL, BRACE_OFF, BRACE_ON, TINT_OFF, TINT_ON
from symbackprop.typeset.text_emitter import ASCII, UNICODE


def underlined(page: Page, line: str) -> list[str]:
    """Draw the braces under a line, with their labels."""
    if BRACE_ON not in line:
        return [line]
    out: list[str] = []
    marks: list[tuple[int, int, str]] = []
    starts: list[int] = []
    column, position = 0, 0
    while position < len(line):
        char = line[position]
        if char in {TINT_ON, STYLE}:
            out.append(line[position : position + 2])
            position += 2
            continue
        if char == BRACE_ON:
            starts.append(column)
        elif char == BRACE_LABEL:
            end = line.index(BRACE_OFF, position)
            marks.append((starts.pop() if starts else 0, column, line[position + 1 : end]))
            position = end
        else:
            out.append(char)
            if char not in {TINT_OFF, STYLE_OFF}:
                column += 1
        position += 1
    left, middle, right = UNICODE.tags if not page.ascii else ASCII.tags
    dash = "-" if page.ascii else "─"
    under, labels = "", ""
    for begin, end, label in marks:
        size = max(3, end - begin)
        half = (size - 3) // 2
        under = under.ljust(begin) + left + dash * half + middle + dash * (size - 3 - half) + right
        labels = labels.ljust(max(0, begin + half + 1 - len(label) // 2)) + label
    return ["".join(out).rstrip(), under, labels]
