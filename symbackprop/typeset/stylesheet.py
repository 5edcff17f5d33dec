"""What a page with MathML puts into its style sheet: fonts, and a colour for each of the first factors, by day and by night."""

from __future__ import annotations

FONTS = '"Latin Modern Math", "STIX Two Math", "Cambria Math", math'
WORD_FONTS = '"Latin Modern Roman", "STIX Two Text", Cambria, serif'

# In the order of `latex_emitter.LATEX_COLOURS`; every one has a contrast of 4.5 to its ground (WCAG 2.2, 1.4.3).
ON_WHITE = ("#0550ae", "#0b6e6e", "#8a3ffc", "#8a4b08", "#b0186f", "#5c6b00", "#b54708", "#b42318")
ON_BLACK = ("#79b8ff", "#56d4c8", "#d2a8ff", "#e3b37a", "#ff8fc7", "#c6d34f", "#ffa657", "#ff8a80")


def math_style() -> str:
    """
    Return the rules of a style sheet.

    >>> "math .tint-0 { color: #0550ae; }" in math_style().splitlines()
    True
    """
    rules = [
        f"math {{ font-family: {FONTS}; }}",
        f"math .word {{ font-family: {WORD_FONTS}; font-style: italic; }}",
        *_tints(ON_WHITE),
        "@media (prefers-color-scheme: dark) {",
        *(f"  {rule}" for rule in _tints(ON_BLACK)),
        "}",
    ]
    return "\n".join(rules) + "\n"


def _tints(colours: tuple[str, ...]) -> list[str]:
    return [f"math .tint-{number} {{ color: {colour}; }}" for number, colour in enumerate(colours)]
