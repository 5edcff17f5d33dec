"""The three views beside each other, step for step: whole layers, letters for indices, and one entry unit by unit."""

from __future__ import annotations

from itertools import pairwise

from symbackprop.backprop import backpropagate
from symbackprop.document import Block, Document, Heading, Lines, Note, Row
from symbackprop.errors import InputError, TooLargeError
from symbackprop.expr import Adjoint, Expr, Symbol, transform
from symbackprop.layers import (
    Plan,
    claims_at,
    entry_claims,
    index_claims,
    sweep_indices,
    sweep_layers,
    unit_targets,
    with_slopes,
    write_layers,
)
from symbackprop.narrate.index import IndexTeller
from symbackprop.narrate.layers import LayerTeller, sizes_title, why
from symbackprop.narrate.teller import FORMULAS, RESULTS_ONLY, Telling
from symbackprop.steps import Definition, Step, Substitution
from symbackprop.verify import POINTS, verify

MOST_ENTRIES = 20_000


class TogetherTeller:
    """Tells each step by layers, by indices and at one entry by units, and the difference of the last two."""

    def __init__(self, title: str, plan: Plan, telling: Telling) -> None:
        self.title = title
        self.plan = plan
        self.telling = telling
        self.sweep = sweep_layers(write_layers(plan))
        self.indices = sweep_indices(self.sweep)
        self.layers = LayerTeller(title, self.sweep, None, telling)
        self.graph = plan.network().graph()
        self.constraints = unit_targets(plan)
        self.units = backpropagate(self.graph, unit_sums=self.constraints)
        self.own = {node.symbol.name: node for node in self.units.nodes}

    def document(self) -> Document:
        """Tell everything; every entry of every step is proved first."""
        by_layers, by_index = tuple(entry_claims(self.sweep)), tuple(index_claims(self.indices))
        verdicts = verify(self.graph, (*by_layers, *by_index), constraints=self.constraints)
        index = IndexTeller(self.title, self.indices, self.telling)
        blocks: list[Block] = [Heading(1, (self.title,)), *self.layers.conventions(), *index.conventions()[1:]]
        about: dict[str, list[Step]] = {}
        for step in self.sweep.steps:
            about.setdefault(step.about.name, []).append(step)
        forward = [told for told in about.values() if isinstance(told[0], Definition)]
        blocks += [Heading(2, ("Forward pass",)), Lines(tuple(row for told in forward for row in self.rows(told)))]
        blocks.append(Heading(2, ("Backward pass",)))
        for layer in range(self.plan.depth, 0, -1):
            place = "the output layer" if layer == self.plan.depth else "a hidden layer"
            rows = [row for told in about.values() if self.belongs(told[0].about, layer) for row in self.rows(told)]
            blocks += [Heading(3, (f"Layer {layer}, {place}",)), Lines(tuple(rows))]
        count, found = len(by_layers), said(verdicts[: len(by_layers)])
        first = f"Every entry of the layer view = the unit view: {count} entries, {found}."
        count, found = len(by_index), said(verdicts[len(by_layers) :])
        second = f"The index view, for every value of its letters = the unit view: {count} entries, {found}."
        sentences = (first, second)
        return Document(self.title, (*blocks, *(Note("verified", (sentence,)) for sentence in sentences)))

    def belongs(self, symbol: Symbol, layer: int) -> bool:
        """Whether a gradient is told with a layer."""
        return isinstance(symbol, Adjoint) and symbol.of[1:] == str(layer)

    def rows(self, steps: list[Step]) -> list[Row]:
        """Tell the steps about one quantity in the three views; the last one only where no more is asked."""
        shown = steps[-1:] if self.telling.detail <= FORMULAS else steps
        rows: list[Row] = []
        for step in shown:
            reason = why(step)
            rows.append(Row(step.about, self.layers.dressed(step.value), None, ("layers" + (f": {reason}" if reason else ""),)))
            by_index = [other for other in self.indices.steps if other.source is step]
            rows += [Row(other.about, other.value, None, ("index",)) for other in by_index]
            rows.append(self.unit_row(step, last=step is steps[-1]))
        return rows

    def unit_row(self, step: Step, *, last: bool) -> Row:
        """Tell a step at one entry; the last one as the unit view has it, whose difference from the layer view is stated."""
        height, width = self.sweep.shapes[step.about.name]
        i, j = 1, min(2, int(width))
        i = min(i, int(height))
        (claim,) = claims_at(self.sweep, step, i, j)
        about, value = self.unit_view(claim) if last else self.read(step, i, j)
        own = Substitution(about, with_slopes(value, {}), ())
        verdicts = verify(self.graph, (claim, own), constraints=self.constraints)
        return Row(about, value, None, (f"units, entry ({i},{j}): {said(verdicts)}",))

    def read(self, step: Step, i: int, j: int) -> tuple[Symbol, Expr]:
        """Return a step by layers at one entry, with the slopes not yet written out, and δ called so."""
        (claim,) = claims_at(self.sweep, step, i, j, slopes=False)

        def own(part: Expr) -> Expr | None:
            return self.units.adjoints_of(part.output).get(part.of, part) if isinstance(part, Adjoint) else None

        about = own(claim.about) or claim.about
        assert isinstance(about, Symbol)
        return about, transform(claim.value, own)

    def unit_view(self, claim: Substitution) -> tuple[Symbol, Expr]:
        """Return what the unit view itself says of a quantity."""
        about = claim.about
        if not isinstance(about, Adjoint):
            return about, self.graph.definitions[about.name].expr
        known = self.units.adjoints_of(about.output).get(about.of)
        node = self.own.get(known.name) if known is not None else None
        return (node.symbol, node.expr) if node is not None else (about, claim.value)


def said(verdicts: tuple[str, ...]) -> str:
    """
    Say what the difference is, and how that was decided.

    >>> said(("exact", "exact"))
    'difference 0, exactly'
    """
    return "difference 0, exactly" if set(verdicts) == {"exact"} else f"difference 0 at {POINTS} rational points"


def tell_together(plan: Plan, telling: Telling, title: str = "") -> Document:
    """Tell the three views of a network; raises InputError where a size is a letter, TooLargeError for too many units."""
    if not all(isinstance(size, int) for size in (*plan.sizes, plan.batch or 1)):
        msg = "--view all writes units too, so that every size must be a number (--view layers and index take letters)"
        raise InputError(msg)
    sizes = [int(size) for size in plan.sizes]
    entries = sum(low * high for low, high in pairwise(sizes)) * int(plan.batch or 1)
    if entries > MOST_ENTRIES:
        msg = f"--view all writes every unit: {entries} weights times samples, at most {MOST_ENTRIES} (--view layers takes any)"
        raise TooLargeError(msg)
    if telling.detail == RESULTS_ONLY:
        telling = Telling(FORMULAS, numerals=telling.numerals)
    heading = title or f"Backpropagation in a {sizes_title(plan)} network"
    return TogetherTeller(f"{heading}, in three views", plan, telling).document()
