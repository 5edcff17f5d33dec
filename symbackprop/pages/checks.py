"""What a gradient is compared with, and where it promises nothing: central differences, kinks, and its length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import nan, sqrt

from symbackprop.backprop import Backward
from symbackprop.calculus import derivative
from symbackprop.evaluate import NEAR_A_KINK, Values
from symbackprop.expr import Call, Cases, Expr, Symbol, add, mul, number, symbols, walk
from symbackprop.functions import FUNCTIONS, SELECTIONS

LENGTH = "length of the gradient"
MOST_MEASURED = 40_000  # definitions computed anew for the differences, one way


def difference(name: str) -> str:
    """Return the name of the central difference by a quantity."""
    return f"{name} moved"


@dataclass(frozen=True)
class Kink:
    """A place where no derivative exists: `near` is 0 at it, and one of `slopes` differs from 0 (of none, it is one anyway)."""

    symbol: Symbol
    label: str
    near: str
    slopes: tuple[str, ...] = ()


class Checks:
    """Beyond the derivation: everything is by name, as definitions or numbers of a page."""

    def __init__(self, backward: Backward, told: Sequence[str]) -> None:
        self.backward = backward
        places = {name: k for k, name in enumerate((*backward.graph.leaf_by_name, *backward.graph.definitions))}
        soon = len(told) * len(backward.graph.nodes) <= MOST_MEASURED
        self.told = tuple(sorted(told, key=places.__getitem__)) if soon else ()  # as a script lists them
        self.definitions: list[tuple[str, Expr]] = []
        self.kinks = tuple(self._kinks())

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What is measured, not computed by definitions."""
        return (*map(difference, self.told), *((LENGTH,) if len(self.told) > 1 else ()))

    def numbers(self, values: Values) -> dict[str, float]:
        """Return the differences at the point (where there is none, not a number), and the length of the gradient."""
        found = {name: values.finite_difference(name) for name in self.told}
        numbers = {difference(name): measured.value if measured else nan for name, measured in found.items()}
        return {**numbers, LENGTH: sqrt(sum(values.gradients[name] ** 2 for name in self.told))}

    def data(self, place: dict[str, int]) -> dict[str, object]:
        """Return what the script must know to measure and warn by itself."""
        kinks = {
            "kinks": [[place[kink.near], *(place[slope] for slope in kink.slopes)] for kink in self.kinks],
            "near": NEAR_A_KINK,
        }
        length = {"length": place[LENGTH]} if LENGTH in place else {}
        return {
            **length,
            "out": place[self.backward.output],
            **({"moved": place[difference(self.told[0])]} if self.told else {}),
            **(kinks if self.kinks else {}),
        }

    def near(self, kink: Kink, values: dict[str, float]) -> bool:
        """Tell whether a kink is near."""
        steep = any(abs(values[slope]) > NEAR_A_KINK for slope in kink.slopes) if kink.slopes else True
        return abs(values[kink.near]) <= NEAR_A_KINK and steep

    # --- kinks -----------------------------------------------------------------------------------------------

    def _kinks(self) -> Iterator[Kink]:
        for node in self.backward.graph.nodes:
            for part in walk(node.expr):
                if isinstance(part, Call) and part.function in SELECTIONS and len(part.arguments) == 2:
                    left, right = part.arguments
                    yield Kink(node.symbol, part.function, self._named(add(left, mul(-1, right))))
                elif isinstance(part, Call) and part.function in FUNCTIONS:
                    row = FUNCTIONS[part.function]
                    for kink in row.kinks:
                        yield Kink(node.symbol, row.text or row.name, self._named(add(part.arguments[0], -number_of(kink))))
                elif isinstance(part, Cases):
                    yield from self._of_cases(node.symbol, part)

    def _of_cases(self, symbol: Symbol, expr: Cases) -> Iterator[Kink]:
        following = (*(value for value, _ in expr.branches[1:]), expr.otherwise)
        for (value, test), other in zip(expr.branches, following, strict=True):
            slopes = [add(derivative(value, name), mul(-1, derivative(other, name))) for name in symbols(expr)]
            near = self._named(add(test.left, mul(-1, test.right)))
            yield Kink(symbol, "cases", near, tuple(map(self._named, slopes)))

    def _named(self, expr: Expr) -> str:
        """Return the name of an expression, which is made a definition where it has none."""
        if isinstance(expr, Symbol):
            return expr.name
        name = f"kink {len(self.definitions)}"
        self.definitions.append((name, expr))
        return name


def number_of(kink: float) -> Expr:
    """Return the place of a kink as a number."""
    return number(int(kink))
