"""One quantity of a problem with its layer, indices and sample, and how well what a reader wrote fits it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from symbackprop.expr import Expr, Symbol

Shape: TypeAlias = tuple[int, int]

# How well marks fit an item, best first.
EXACT, RUN, SHORT, UNLAYERED = 0, 1, 2, 4


@dataclass(frozen=True, slots=True)
class Marks:
    """
    What stands around a base letter.

    `attached` are digits right behind it, `below` the parts of its subscripts, `above` the marks over it, each with
    its kind: "[" and "(" for brackets, "" for a bare number.
    """

    attached: str = ""
    below: tuple[str, ...] = ()
    above: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> str:
        """The marks as text."""
        closing = {"[": "]", "(": ")", "": ""}
        above = "".join(f"^{kind}{text}{closing[kind]}" for kind, text in self.above)
        return self.attached + (f"_{','.join(self.below)}" if self.below else "") + above


@dataclass(frozen=True, slots=True)
class Item:
    """A quantity: `size` is the shape of the whole layer it belongs to; `whole` says that it is the layer itself."""

    expr: Expr
    base: str
    layer: str = ""
    indices: tuple[str, ...] = ()
    sample: str = ""
    size: Shape = (1, 1)
    whole: bool = False

    @property
    def plain(self) -> str:
        """The plain name, or what a message calls the quantity."""
        return self.expr.name if isinstance(self.expr, Symbol) else self.base

    def rank(self, marks: Marks) -> int | None:
        """Return how well the marks fit, 0 for exactly; None where they do not."""
        above, below, rank = list(marks.above), list(marks.below), EXACT
        if not self.layer:
            below = [marks.attached, *below] if marks.attached else below
        elif above:
            if above.pop(0)[1] != self.layer:
                return None
            below = [marks.attached, *below] if marks.attached else below
        elif marks.attached == self.layer:
            pass
        else:
            below = [marks.attached, *below] if marks.attached else below
            every = [self.layer, *self.indices]
            if len(every) > 1 and below in (every, ["".join(every)]):
                return self.sampled(above, [], RUN)
            if below == every:
                return self.sampled(above, [], UNLAYERED + RUN)
            if self.layer == "0":
                return None
            rank = UNLAYERED
        return self.sampled(above, below, rank)

    def sampled(self, above: list[tuple[str, str]], below: list[str], rank: int) -> int | None:
        """Compare the sample, then, unless they are compared already, the indices."""
        if self.sample:
            if above:
                if above.pop(0)[1] != self.sample:
                    return None
            elif below and below[-1] == f"s{self.sample}":
                below = below[:-1]
            else:
                return None
        if above:
            return None
        return rank if rank in {RUN, UNLAYERED + RUN} else self.indexed(below, rank)

    def indexed(self, below: list[str], rank: int) -> int | None:
        """Compare the indices; those that can only be 1 may be left out."""
        indices = list(self.indices)
        if below == indices:
            return rank
        if self.whole:
            return None
        if len(below) == 1 and below[0] == "".join(indices):
            return rank + RUN
        left_out: list[list[str]] = []
        if len(indices) == 1 and self.size[0] == 1:
            left_out = [[]]
        elif len(indices) == 2:
            left_out = [indices[1:]] if self.size[0] == 1 else []
            left_out += [indices[:1]] if self.size[1] == 1 else []
            left_out += [[]] if self.size == (1, 1) else []
        return rank + SHORT if below in left_out else None
