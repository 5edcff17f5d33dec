"""What the pictures of one derivation are made from: spelling, numbers, and where a gradient passes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from symbackprop.derivation import Derivation
from symbackprop.diagrams.figure import Writing
from symbackprop.diagrams.inscribe import NOTE, Scribe
from symbackprop.document import Numeral
from symbackprop.evaluate import Values
from symbackprop.expr import Expr, Symbol
from symbackprop.graph import Graph
from symbackprop.typeset.shortcuts import words


@dataclass(frozen=True)
class Material:
    """One derivation, and the quantity whose gradient is followed (the empty string for none)."""

    made: Derivation
    wrt: str = ""

    @property
    def graph(self) -> Graph:
        """The forward definitions."""
        return self.made.graph

    @property
    def output(self) -> str:
        """What is differentiated."""
        return self.made.output

    @cached_property
    def scribe(self) -> Scribe:
        """Writes in this derivation's spelling."""
        return Scribe(self.made.speller)

    @cached_property
    def values(self) -> Values | None:
        """All numbers, where there are any."""
        return self.made.values

    @cached_property
    def passed(self) -> frozenset[str]:
        """Every quantity the gradient passes on its way from the output to `wrt`, both included."""
        if not self.wrt:
            return frozenset()
        return frozenset(self.graph.descendants(self.wrt) & self.graph.ancestors(self.output))

    def on_path(self, parent: str, child: str) -> bool:
        """Tell whether the gradient passes from a definition back to what it uses."""
        return parent in self.passed and child in self.passed

    def value(self, name: str) -> Numeral | None:
        """Return the number of a quantity."""
        if self.values is None or name not in self.values.values:
            return None
        return self.made.telling.numerals.quantity(name, self.values)

    def gradient(self, name: str) -> Numeral | None:
        """Return the derivative of the output by a quantity, as a number."""
        values = self.values
        if values is None or name not in values.gradients:
            return None
        adjoint = self.made.backward.adjoints.get(name)
        numerals = self.made.telling.numerals
        if adjoint is None:
            return Numeral("1") if name == self.output else None
        return numerals.of(values.gradients[name], values.exact.get(adjoint.name))

    def local(self, child: str, parent: str) -> Numeral | None:
        """Return a local derivative as a number."""
        values = self.values
        step = self.made.backward.locals.get((child, parent))
        if values is None or step is None:
            return None
        return self.made.telling.numerals.of(values.locals[child, parent], values.exact_env.get(step.about.name))

    def passed_back(self, child: str, parent: str) -> Numeral | None:
        """Return what one use of a quantity contributes to its gradient: the gradient of the use times the local derivative."""
        values = self.values
        if values is None or child not in values.gradients or (child, parent) not in values.locals:
            return None
        return self.made.telling.numerals.of(values.gradients[child] * values.locals[child, parent])

    def local_names(self, *edges: tuple[str, str]) -> tuple[str, ...]:
        """Return the names of local derivatives (child, parent) that the derivation has."""
        return tuple(f"local_{child}_{parent}" for child, parent in edges if (child, parent) in self.made.backward.locals)

    def write(self, number: Expr | None, size: float) -> Writing | None:
        """Write a number where there is one."""
        return None if number is None else self.scribe.number(number, size)

    def note(self, name: str) -> Writing:
        """Write the name of a quantity as small as a note."""
        return self.scribe.symbol(name, NOTE)

    def title(self) -> str:
        """Return what the picture is called."""
        return self.made.problem.title or f"Backpropagation of {self.scribe.said(Symbol(self.output))}"

    def path_words(self) -> str:
        """Say which way the gradient is marked to go."""
        ways = self.graph.count_paths(self.wrt, self.output)
        along = "one path" if ways == 1 else f"{ways:,} paths"
        return f"Marked: the way of the gradient to {words(Symbol(self.wrt), self.made.speller)}, along {along}."

    def says(self, *sides: Expr) -> str:
        """Say that expressions are equal, in words."""
        return " equals ".join(words(side, self.made.speller) for side in sides)

    def gradients_are(self) -> str:
        """Say what is meant by a gradient."""
        return f"A gradient is the derivative of {words(Symbol(self.output), self.made.speller)}."

    def edge_tip(self, child: str, parent: str) -> str:
        """Say what a local derivative is."""
        step = self.made.backward.locals.get((child, parent))
        if step is None:
            return ""
        number = self.local(child, parent)
        shown = f"{self.scribe.said(step.about)} = {self.scribe.said(step.value)}"
        return shown if number is None else f"{shown} = {self.scribe.said(number)}"

    def tip(self, name: str) -> str:
        """Say what a quantity is: its name, its value and its gradient, the derivative of the output with respect to it."""
        symbol = Symbol(name)
        parts = [words(symbol, self.made.speller)]
        if (value := self.value(name)) is not None:
            parts.append(f"value {_spoken_number(value)}")
        if (gradient := self.gradient(name)) is not None:
            parts.append(f"gradient {_spoken_number(gradient)}")
        return ", ".join(parts)


def _spoken_number(number: Numeral) -> str:
    """Return 0.3775, or 6.684 times ten to the power −4."""
    mantissa, _, exponent = number.text.replace("-", "−").partition("e")
    if not exponent or number.text in {"inf", "-inf", "nan"}:
        return number.text.replace("-", "−")
    sign = "−" if exponent.startswith("−") else ""
    return f"{mantissa} times ten to the power {sign}{exponent.lstrip('+−0') or '0'}"


def counted(count: int, one: str) -> str:
    """
    Return a number with its noun.

    >>> counted(1, "input"), counted(2_000, "single operation")
    ('1 input', '2,000 single operations')
    """
    return f"{count:,} {one}{'' if count == 1 else 's'}"
