"""
Text that a reader typed, to expressions: a tokenizer and a small recursive parser, without `eval`.

Numbers are exact; `0.15` is 3/20 and remembers that it was written as a decimal.
Budgets keep every answer quick: length of the text, depth of brackets, digits of a number, size of an exponent.
"""

from symbackprop.parse.definitions import Reading, definable, names_in, read_body, read_definitions
from symbackprop.parse.grammar import CALLABLE, parse
from symbackprop.parse.sizes import DEEPEST_NESTING
from symbackprop.parse.values import constant, kind_of, parse_point

__all__ = [
    "CALLABLE",
    "DEEPEST_NESTING",
    "Reading",
    "constant",
    "definable",
    "kind_of",
    "names_in",
    "parse",
    "parse_point",
    "read_body",
    "read_definitions",
]
