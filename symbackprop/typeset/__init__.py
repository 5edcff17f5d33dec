"""
From expressions to lines of LaTeX, Unicode, ASCII, MathML or words.

One walk (`Walk.box`) decides what needs parentheses and where a minus sign goes; an `Emitter` knows how
a fraction or a power looks in one markup.  A new markup is one more emitter.
Every `Box` carries its width (characters, or em for LaTeX), so that long right-hand sides are broken
here (`Typesetter.lines`): one term a line, then at the dots, inside parentheses as a last resort, balanced.
"""

from symbackprop.typeset.boxes import Box, Line
from symbackprop.typeset.breaking import Typesetter
from symbackprop.typeset.decimals import decimal_text
from symbackprop.typeset.latex_emitter import Latex
from symbackprop.typeset.marks import BRACE_LABEL, BRACE_OFF, BRACE_ON, TINT_OFF, TINT_ON, plain_text
from symbackprop.typeset.mathml_emitter import MathML
from symbackprop.typeset.shortcuts import ascii_text, latex, mathml, mathml_lines, mathml_rows, plain, unicode_text, words
from symbackprop.typeset.stylesheet import math_style
from symbackprop.typeset.text_emitter import ASCII, UNICODE, Charset, Text
from symbackprop.typeset.walk import near, split_sign
from symbackprop.typeset.widths import text_width
from symbackprop.typeset.words_emitter import Words

__all__ = [
    "ASCII", "BRACE_LABEL", "BRACE_OFF", "BRACE_ON", "TINT_OFF", "TINT_ON", "UNICODE", "Box", "Charset", "Latex", "Line",
    "MathML", "Text", "Typesetter", "Words", "ascii_text", "decimal_text", "latex", "math_style", "mathml", "mathml_lines",
    "mathml_rows", "near", "plain", "plain_text", "split_sign", "text_width", "unicode_text", "words",
]  # fmt: skip
