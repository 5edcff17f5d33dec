"""What a page is about: a derivation with numbers, its quantities by place, its pictures, and who tells and prints it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from symbackprop.derivation import Derivation
from symbackprop.diagrams import Figure, figure_of
from symbackprop.diagrams.graph import graph_figure
from symbackprop.diagrams.material import Material
from symbackprop.document import Numeral
from symbackprop.errors import TooLargeError
from symbackprop.expr import Expr
from symbackprop.graph import Graph
from symbackprop.narrate.gradient import relative_error
from symbackprop.narrate.teller import Teller
from symbackprop.pages.checks import Checks, difference
from symbackprop.pages.example import with_numbers
from symbackprop.pages.marks import MarkedFormulas, Numbers, Slot
from symbackprop.pages.plan import Plan
from symbackprop.pages.printing import ERROR, PlainNumbers
from symbackprop.pages.rows import Rows
from symbackprop.pages.updates import Updates, counted

MOST_ATOMS = 60
LARGEST_PICTURES = 2_000  # nodes, edges and labels of the pictures of all samples
PICTURE = "The gradient's path is thick or dashed; all numbers are listed below."


@dataclass(frozen=True)
class Subject:
    """
    A derivation `made` as it is stepped through, `asked` as the reader gave it, both with numbers where there are any.

    They differ where a single definition is taken apart into operations: there would be no chain to step along.
    `examples` tells whether numbers are ours.
    """

    made: Derivation
    asked: Derivation
    examples: bool
    width: float

    @classmethod
    def of(cls, derivation: Derivation, width: float) -> Subject:
        """Find numbers, and what to step through; raises DomainError where the problem's own point has no value."""
        asked, examples = with_numbers(derivation)
        made = asked
        if len(asked.graph.nodes) == 1:
            atoms = asked.atoms()
            made = atoms if 1 < len(atoms.graph.nodes) <= MOST_ATOMS else asked
        return cls(made, asked, examples, width)

    @property
    def atomic(self) -> bool:
        """Whether every definition is one operation."""
        return self.made.graph is not self.made.problem.graph

    @cached_property
    def teller(self) -> Teller:
        """Who tells the steps."""
        return self.made.teller()

    @cached_property
    def narrator(self) -> Teller:
        """Who tells the derivation as it was asked for, without numbers: they would not follow the fields."""
        teller = Teller(self.asked.problem, self.asked.backward, None, self.asked.telling)
        self.share(teller.graph, teller)
        return teller

    def share(self, graph: Graph, teller: Teller) -> None:
        """Have what another teller tells verified and counted with the rest."""
        teller.told[graph] = self.teller.told.setdefault(graph, [])

    @cached_property
    def told(self) -> tuple[str, ...]:
        """What gradients are shown of."""
        return self.teller.parameters

    @cached_property
    def plan(self) -> Plan:
        """The order of the steps."""
        return Plan(self.made.backward, self.told)

    @cached_property
    def updates(self) -> Updates:
        """One step of the optimizer."""
        return Updates(self.made.problem, self.made.backward, self.told)

    @cached_property
    def checks(self) -> Checks:
        """Differences, kinks and the length of the gradient."""
        return Checks(self.made.backward, self.told)

    @cached_property
    def extra(self) -> tuple[tuple[str, Expr], ...]:
        """What is computed beside the derivation, in order."""
        return (*self.checks.definitions, *self.updates.definitions)

    @cached_property
    def numbers(self) -> Numbers:
        """Every quantity, its place and its number."""
        made, values = self.made, self.made.values
        names = [
            *made.graph.leaf_by_name,
            *made.graph.definitions,
            *(node.symbol.name for node in made.backward.nodes),
            *(factor.local.about.name for factor in self.plan.factors if factor.local is not None),
            *self.updates.given,
            *(name for name, _ in self.extra),
            *self.checks.names,
        ]
        numbers = Numbers(names, values, self.teller.numerals)
        if values is not None:
            floats, fractions = dict(values.env), dict(values.exact_env)
            numbers.extra.update(counted(self.checks.definitions, floats, fractions))
            numbers.extra.update(self.updates.numbers(values))
            numbers.extra.update({name: (value, None) for name, value in self.checks.numbers(values).items()})
        return numbers

    def error(self, name: str) -> Slot:
        """Return the relative error of a difference, as a table shows it."""
        values = self.made.values
        assert values is not None
        error = relative_error(values.gradients[name], self.numbers.extra[difference(name)][0])
        return Slot(self.numbers.place[name], Numeral(repr(error)), ERROR)

    @cached_property
    def rows(self) -> Rows:
        """Who makes lines."""
        return Rows(self.teller, self.plan, self.numbers, by_rules=not self.atomic and self.made.problem.network is None)

    @cached_property
    def formulas(self) -> MarkedFormulas:
        """Who sets formulas."""
        return MarkedFormulas(self.made.speller)

    @cached_property
    def writer(self) -> PlainNumbers:
        """Who prints blocks."""
        return PlainNumbers(self.formulas, self.width)

    # --- pictures --------------------------------------------------------------------------------------------

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The picture of each sample, the first of many; none where no page would hold it."""
        try:
            return tuple(map(_untold, self._figures()))
        except TooLargeError:
            return ()

    def _figures(self) -> list[Figure]:
        network, wrt = self.made.problem.network, self.told[0]
        if network is None or self.atomic:
            return [graph_figure(Material(self.made, wrt), atoms=self.atomic)]
        first = figure_of(self.made, "network", wrt)
        if network.samples * (len(first.nodes) + len(first.edges) + len(first.labels)) > LARGEST_PICTURES:
            return [first]
        return [first, *(figure_of(self.made, "network", wrt, sample=k) for k in range(2, network.samples + 1))]


def _untold(figure: Figure) -> Figure:
    """Return a figure without the numbers in its tooltips and description: they would not follow the fields."""
    nodes = tuple(replace(node, tip="") for node in figure.nodes)
    edges = tuple(replace(edge, tip="") for edge in figure.edges)
    return replace(figure, description=PICTURE, nodes=nodes, edges=edges)
