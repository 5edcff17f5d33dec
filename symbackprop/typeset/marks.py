"""
Colours and braces in text: control characters around the part they belong to.

`plain_text` removes them, the terminal acts on them.
"""

from __future__ import annotations

# How many colours there are; a factor beyond the last has none.
TINT_COUNT = 8

TINT_ON, TINT_OFF, BRACE_ON, BRACE_LABEL, BRACE_OFF = "\x0e", "\x0f", "\x11", "\x12", "\x13"


def plain_text(marked: str) -> str:
    """Remove the marks for colours and braces from a line of text."""
    if not any(mark in marked for mark in (TINT_ON, BRACE_ON)):
        return marked
    out: list[str] = []
    skip, label = False, False
    for char in marked:
        if skip:
            skip = False
        elif char == TINT_ON:
            skip = True
        elif char == BRACE_LABEL:
            label = True
        elif char == BRACE_OFF:
            label = False
        elif char not in {TINT_OFF, BRACE_ON} and not label:
            out.append(char)
    return "".join(out)
