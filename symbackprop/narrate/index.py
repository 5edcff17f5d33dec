"""The derivation by indices: Σ, Kronecker's δ and its contraction, with the proof that it agrees with the view by units."""

from __future__ import annotations

from collections.abc import Mapping

from symbackprop.document import Block, Document, Heading, Lines, Note, Paragraph, Relation, Row, Spans, Table
from symbackprop.expr import ONE, Adjoint, Expr, Symbol
from symbackprop.indexed import Entry, Kronecker, Local, Sigma
from symbackprop.layers import Plan, index_claims, small, sweep_indices, sweep_layers, unit_targets, write_layers
from symbackprop.layers.indices import REASONS, IndexStep, IndexSweep
from symbackprop.matrix import Size
from symbackprop.narrate.layers import proof_sentence, sizes_title, why
from symbackprop.narrate.network import loss_title
from symbackprop.narrate.numerals import say
from symbackprop.narrate.teller import FORMULAS, RESULTS_ONLY, Telling
from symbackprop.steps import Pullback
from symbackprop.verify import verify


class IndexTeller:
    """Tells one sweep by indices."""

    def __init__(self, title: str, indices: IndexSweep, telling: Telling) -> None:
        self.title = title
        self.indices = indices
        self.plan = indices.plan
        self.telling = telling
        self.about: dict[Expr, list[IndexStep]] = {}
        for step in indices.steps:
            self.about.setdefault(step.about, []).append(step)

    def document(self) -> Document:
        """Tell everything; the steps are proved first, for every value of the letters."""
        claims = index_proof(self.indices)
        blocks: list[Block] = [Heading(1, (self.title,)), *self.conventions()]
        if self.telling.detail > RESULTS_ONLY:
            blocks += [Heading(2, ("Forward pass",)), Lines(tuple(self.forward()))]
            blocks += [Heading(2, ("Backward pass",)), *self.backward()]
        blocks += [Heading(2, ("All gradients",)), self.results()]
        return Document(self.title, (*blocks, claims))

    def conventions(self) -> list[Block]:
        """State once what the letters mean."""
        plan, letters = self.plan, self.indices.letters
        j, k, i = (letters.unit(place) for place in range(3))
        first = self.indices.sweep.adjoints[("Z" if letters.sample else "z") + "1"]
        delta = Entry(first, (j,), letters.sample)
        sentence = (
            "The letters {j}, {k}, {i}, … count the units of a layer from 1, and a sum runs over all of them; "
            "a weight's first index is the unit it leads to. "
            "{delta} is the derivative of the loss with respect to a pre-activation; "
            "{kronecker}, with two indices and no layer, is 1 where both are the same, else 0."
        )
        named = {"j": Symbol(j), "k": Symbol(k), "i": Symbol(i), "delta": delta, "kronecker": Kronecker(i, j)}
        blocks: list[Block] = [
            Paragraph((f"Sizes {sizes_title(plan)}; loss: {loss_title(plan.loss)}.",)),
            Paragraph(say(sentence, **named)),
        ]
        if letters.sample:
            sentence = "{s} above counts the samples from 1 to {n}; each has its loss, and {cost} is the cost over all."
            size = Symbol(plan.batch) if isinstance(plan.batch, str) else ONE * (plan.batch or 1)
            blocks.append(Paragraph(say(sentence, s=Symbol(letters.sample), n=size, cost=Symbol("J"))))
        if self.indices.sweep.uses_unit_targets:
            y = Entry(Symbol("Y" if letters.sample else "y"), (k,), letters.sample)
            total = Sigma(y, k, plan.sizes[-1])
            blocks.append(Note("note", ("Assumed: the targets of each sample sum to 1, ", Relation((total, ONE)), ".")))
        return blocks

    def told(self, about: Expr) -> list[Row]:
        """Tell the steps about one quantity; formulas only where no more is asked."""
        steps = self.about[about]
        shown = steps[-1:] if self.telling.detail <= FORMULAS else steps
        return [Row(None if n else about, step.value, None, reason(step)) for n, step in enumerate(shown)]

    def forward(self) -> list[Row]:
        """Tell the definitions."""
        return [row for about, steps in self.about.items() if steps[0].rule == "definition" for row in self.told(about)]

    def backward(self) -> list[Block]:
        """Tell each layer, from the last: local derivatives before what needs them."""
        blocks: list[Block] = []
        for layer in range(self.plan.depth, 0, -1):
            place = "the output layer" if layer == self.plan.depth else "a hidden layer"
            rows = [row for about in self.about if self.belongs(about, layer) for row in self.told(about)]
            blocks += [Heading(3, (f"Layer {layer}, {place}",)), Lines(tuple(rows))]
        return blocks

    def belongs(self, about: Expr, layer: int) -> bool:
        """Whether a quantity is told with a layer: its gradients, and the derivative by what it hands on."""
        match about:
            case Local(_, parent):
                return self.telling.detail > FORMULAS and number_of(parent.base.name) == layer
            case Entry(Adjoint(of=of)):
                return number_of(of) == layer
            case _:
                return False

    def results(self) -> Table:
        """Tabulate the gradients of the parameters, and δ."""
        rows: list[tuple[Spans, ...]] = []
        for about, steps in self.about.items():
            if isinstance(about, Entry) and isinstance(about.base, Adjoint) and (about.base.of[0] in "Wb" or about.base.is_delta):
                rows.append(((about,), (steps[-1].value,), (counted(steps[-1].ranges, about),)))
        return Table((("derivative",), ("formula",), ("for",)), tuple(rows))


def number_of(name: str) -> int:
    """Return the layer of a whole layer's name; 0 for the inputs."""
    return int(name[1:] or 0)


def reason(step: IndexStep) -> Spans:
    """Return why a step holds."""
    if step.rule == "entry" and step.source is not None:
        return ("the entry of the matrix",) if isinstance(step.source, Pullback) else (why(step.source),)
    return (REASONS[step.rule],)


def counted(ranges: Mapping[str, Size], about: Entry) -> str:
    """Say how far the letters count."""
    return ", ".join(f"{letter} ≤ {ranges[letter]}" for letter in about.indices)


def index_proof(indices: IndexSweep) -> Note:
    """Prove every step with numbers put in for its letters; raises InternalError where one is false."""
    checked = small(indices.plan)
    made = indices if checked == indices.plan else sweep_indices(sweep_layers(write_layers(checked)))
    claims = tuple(index_claims(made))
    verdicts = verify(checked.network().graph(), claims, constraints=unit_targets(checked))
    count = f"{len(indices.steps)} steps, each equal to the view unit by unit: {len(claims)} entries compared"
    return Note("verified", (proof_sentence(count, indices.plan, checked, verdicts),))


def tell_indices(plan: Plan, telling: Telling, title: str = "") -> Document:
    """Tell a network by indices."""
    heading = title or f"Backpropagation in a {sizes_title(plan)} network"
    indices = sweep_indices(sweep_layers(write_layers(plan)))
    return IndexTeller(f"{heading}, by indices", indices, telling).document()
