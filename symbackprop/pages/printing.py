"""How a page prints numbers that can change, and tables of them."""

from __future__ import annotations

from symbackprop.document import Heading, Row, Spans, Tint
from symbackprop.expr import Expr
from symbackprop.narrate.gradient import ROUNDING_NOISE
from symbackprop.pages.marks import Slot, in_text
from symbackprop.render.html import Writer

ERROR = "f"  # the kind of a slot that shows a relative error


class PlainNumbers(Writer):
    """Prints numbers that stand alone as text: they are short, and said as they are written."""

    def value(self, number: Expr, sign: str) -> str:
        """Print a value after its sign."""
        return f"{sign} {self._number(number)}"

    def spans(self, spans: Spans) -> str:
        """Print text, formulas and numbers."""
        match spans:
            case (Slot() as number,):
                return self._number(number)
            case (Expr() as formula,):
                return self.formulas.full_size(formula, self.width)
            case _:
                return super().spans(spans)

    def _number(self, number: Expr) -> str:
        factor = ""
        if isinstance(number, Tint):
            factor, number = f' data-e="{number.colour}"', number.body
        assert isinstance(number, Slot)
        shown = number.numeral.text
        if number.kind == ERROR:
            return f'<span data-f="{number.place}">{error_in_text(float(shown))}</span>'
        return f'<b data-n="{number.place}"{factor}>{in_text(shown)}</b>'


class Aside(Writer):
    """Prints what is only read: lines without numbers and factors without marks, which belong to the steps."""

    def row(self, row: Row) -> str:
        """Print a line."""
        return self.line_of(row)

    def heading(self, heading: Heading) -> str:
        """Print a heading with an address."""
        self.section += 1
        where, tag = f"more-{self.section}", f"h{max(heading.level, 2)}"
        return f'<{tag} id="{where}"><a class="anchor" href="#{where}">{self.spans(heading.spans)}</a></{tag}>'


def error_in_text(error: float) -> str:
    """
    Return a relative error as HTML; below the rounding of doubles its digits are noise.

    >>> error_in_text(2.9e-5), error_in_text(1e-12), error_in_text(float("nan"))
    ('3·10<sup>−5</sup>', '&lt; 10⁻⁷', '–')
    """
    if error != error:  # noqa: PLR0124 - not a number
        return "–"
    return in_text(f"{error:.0e}") if error >= ROUNDING_NOISE else "&lt; 10⁻⁷"
