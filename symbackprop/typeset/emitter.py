"""
What a markup must say: how each construct looks in it.

A new markup is one more emitter; it decides nothing about parentheses and line breaks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symbackprop.expr import Exact
from symbackprop.notation import Name, Ratio
from symbackprop.typeset.boxes import ATOM, Box, Line

# Functions whose power is written at the name: sin² x.
TRIGONOMETRIC = frozenset({"sin", "cos", "tan", "sinh", "cosh", "tanh", "sech"})


# How many characters of a line stand for one em.
BLANKS = 1.6


class Emitter:
    """How each construct looks in one markup; takes and returns boxes."""

    indent = 2.0

    def name(self, name: Name) -> Box:
        """Return a symbol."""
        raise NotImplementedError

    def ratio(self, ratio: Ratio, top: Box, bottom: Box) -> Box:
        """Return a derivative."""
        raise NotImplementedError

    def number(self, value: Exact, *, decimal: bool, small: bool) -> Box:
        """Return a non-negative number; `small` where it is a coefficient."""
        raise NotImplementedError

    def numeral(self, text: str) -> Box:
        """Return a computed number without its sign; 'e' begins a power of ten."""
        raise NotImplementedError

    def constant(self, name: str) -> Box:
        """Return pi or e."""
        raise NotImplementedError

    def negative(self, body: Box) -> Box:
        """Return a minus sign and a body."""
        raise NotImplementedError

    def joined(self, parts: Sequence[tuple[Box, Box]], binding: int) -> Box:
        """Return separators and bodies in a row; the first separator is printed too."""
        text = "".join(lead.text + body.text for lead, body in parts)
        width = sum(lead.width + body.width for lead, body in parts)
        height = max(body.height for _, body in parts)
        return Box(text, width, binding, height, parts[0][1].head, parts[-1][1].tail)

    def sign(self, *, negative: bool, start: bool) -> Box:
        """Return the plus or minus between two terms, or at the start of a continuation line."""
        raise NotImplementedError

    def times(self, left: Box, right: Box, *, whole: bool) -> Box:
        """Return what stands between two factors; `whole` in a chain rule, where it is always a dot."""
        raise NotImplementedError

    def needs_dot(self, left: Box, right: Box, *, whole: bool) -> bool:
        """Tell whether two factors would run together, so that a dot must stand between them."""
        return (
            whole
            or right.head in {"number", "numeral", "fraction", "word"}
            or left.tail in {"numeral", "fraction", "word", "bare", "function"}
            or (left.tail == "number" and left.head != "number")
            or (right.head == "group" and ((left.tail == "number" and self.is_decimal(left)) or not self.has_letters(right)))
        )

    def is_decimal(self, number: Box) -> bool:
        """Tell whether a number that ends a box has a point."""
        return "." in number.text

    def has_letters(self, group: Box) -> bool:
        """Tell whether there is more than numbers within parentheses."""
        raise NotImplementedError

    def times_start(self) -> Box:
        """Return the dot that begins a continuation line."""
        raise NotImplementedError

    def parentheses(self, height: int, *, paired: bool = True) -> tuple[Box, Box]:
        """Return an opening and a closing parenthesis; not `paired` where a line break comes between them."""
        raise NotImplementedError

    def fraction(self, top: Box, bottom: Box, *, script: bool) -> Box:
        """Return a fraction."""
        raise NotImplementedError

    def splits_fractions(self) -> bool:
        """Return whether a fraction too wide for a line must become a product with one over the denominator."""
        return False

    def slash(self) -> Box:
        """Return the slash before a denominator that is broken over lines."""
        return Box("/", 1.0)

    def power(self, base: Box, exponent: Box, value: Exact | None) -> Box:
        """Return a power; `value` is the exponent where it is a number."""
        raise NotImplementedError

    def function(self, name: str) -> Box:
        """Return a function's name."""
        raise NotImplementedError

    def call(self, function: str, arguments: Sequence[Box], exponent: Box | None, index: int | None) -> Box:
        """Return a function applied, or its power where an exponent is given; softmax has an index."""
        raise NotImplementedError

    def subscripted(self, name: Box, index: int) -> Box:
        """Return the name of a function of a whole layer with the number of its unit."""
        raise NotImplementedError

    def opening(self, function: str, height: int, index: int | None) -> tuple[Box, Box]:
        """Return what stands before and after the arguments of a call that is broken over lines."""
        name = self.function(function) if index is None else self.subscripted(self.function(function), index)
        left, right = self.parentheses(height, paired=False)
        return Box(name.text + left.text, name.width + left.width, head="function"), right

    def exponential(self, argument: Callable[[], Box]) -> Box | None:  # noqa: ARG002 - most markups have no such form
        """Return e to a small power, or None where it is better written exp(…)."""
        return None

    def cases(self, branches: Sequence[tuple[Box, Box]], otherwise: Box) -> Box:
        """Return values with their conditions."""
        raise NotImplementedError

    def stacked_cases(self, rows: Sequence[Box]) -> Box | None:  # noqa: ARG002 - text has no such form
        """Return branches too wide for a line as rows of their own, or None where they are broken like any text."""
        return None

    def relation(self, symbol: str) -> Box:
        """Return the sign of a relation, with space around it."""
        raise NotImplementedError

    def comma(self) -> Box:
        """Return the comma of a list, with the space after it."""
        raise NotImplementedError

    def bare_comma(self) -> Box:
        """Return the comma that ends a line."""
        raise NotImplementedError

    def tint(self, body: Box, colour: int) -> Box:
        """Return the body in colour."""
        raise NotImplementedError

    def brace(self, body: Box, label: Box) -> Box:
        """Return the body with a name under a brace."""
        raise NotImplementedError

    def operator(self, variable: Box, *, ordinary: bool) -> Box:
        """Return ∂/∂variable."""
        raise NotImplementedError

    def nabla(self, of: Box) -> Box:
        """Return the gradient's symbol."""
        raise NotImplementedError

    def beside(self, *, roomy: bool = False) -> Box:
        """Return what stands between two matrices that are multiplied; `roomy` where something stands below them."""
        raise NotImplementedError

    def hadamard(self) -> Box:
        """Return the sign of the product entry by entry, with space around it."""
        raise NotImplementedError

    def transposed(self, body: Box) -> Box:
        """Return the transpose."""
        raise NotImplementedError

    def grid(self, rows: Sequence[Sequence[Box]]) -> Box:
        """Return a matrix of entries."""
        raise NotImplementedError

    def ones(self, size: str) -> Box:
        """Return the vector of ones; `size` may be empty."""
        raise NotImplementedError

    def primed(self, function: str, argument: Box) -> Box:
        """Return the slope of a function, σ′(z)."""
        raise NotImplementedError

    def summed(self, index: str, size: str) -> Box:
        """Return Σ with its index."""
        raise NotImplementedError

    def blank(self, width: float) -> Box:
        """Return a ruled line to write on, `width` em wide."""
        return self.words("_" * round(width * BLANKS))

    def words(self, text: str) -> Box:
        """Return words within mathematics."""
        return Box(text, len(text))

    def indented(self, line: Line) -> Box:
        """Return a line with the space that its depth asks for."""
        space = " " * int(self.indent * line.depth)
        return Box(space + line.text, len(space) + line.width, 0, line.height)

    def group(self, body: Box) -> Box:
        """Return the body in parentheses."""
        left, right = self.parentheses(body.height)
        return Box(left.text + body.text + right.text, left.width + body.width + right.width, ATOM, body.height, "group", "group")
