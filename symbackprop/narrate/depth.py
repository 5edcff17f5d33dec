"""The recurrence over layers: base case, induction step, the four equations, and what they are for one network."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.document import Block, Document, Heading, Lines, Note, Paragraph, Relation, Row, Table
from symbackprop.errors import InputError
from symbackprop.expr import Adjoint, Expr, Number, Symbol, symbols
from symbackprop.layers import LayerSweep, Layout, Plan
from symbackprop.layers.depth import Recurrence, Rule, recurrence
from symbackprop.narrate.layers import LayerTeller, dressed, sizes_title, swept, why
from symbackprop.narrate.numerals import say
from symbackprop.narrate.teller import RESULTS_ONLY, Telling
from symbackprop.steps import Step, Substitution


class DepthTeller:
    """Tells what a network of any number of layers does, from one whose steps are proved."""

    def __init__(self, sweep: LayerSweep, telling: Telling, last: str) -> None:
        self.sweep = sweep
        self.plan = sweep.layers.plan
        self.telling = telling
        self.last = last
        self.index = "l" if last != "l" else "k"
        self.found: Recurrence = recurrence(sweep, last, self.index)
        self.layers = LayerTeller("", sweep, None, telling)

    def document(self) -> Document:
        """Tell everything; the steps are proved first, at every layer."""
        proof = self.layers.proof()
        title = f"Backpropagation through {self.last} layers"
        blocks: list[Block] = [Heading(1, (title,)), *self.declared()]
        if self.telling.detail > RESULTS_ONLY:
            blocks += [Heading(2, ("The last layer: base case",)), Lines(tuple(self.rows(self.found.base)))]
            blocks += [Heading(2, ("From one layer to the layer below: induction step",)), *self.induction()]
        blocks += [Heading(2, ("The four equations",)), self.equations()]
        blocks += [Heading(2, (f"Here: {sizes_title(self.plan)}",)), *self.here()]
        return Document(title, (*blocks, *proof))

    def declared(self) -> list[Block]:
        """Tell the layers forward, and the conventions."""
        last, index, depth = Symbol(self.last), Symbol(self.index), Number(self.plan.depth)
        first = Symbol("A[0]" if self.plan.batch is not None else "a[0]")
        x = Symbol("X" if self.plan.batch is not None else "x")
        sentence = "The network has {last} layers, and {first} is its input. Layer {index} computes"
        told = say(sentence, last=last, first=Relation((first, x)), index=index)
        blocks = self.layers.conventions()[1:]
        blocks += [Paragraph(told)]
        for rule in self.found.forward:
            blocks += [*self.named(rule, len(self.found.forward)), Lines(tuple(self.rows(rule.steps)))]
        told = say("Each step below is first proved on a network with {here}.", here=Relation((last, depth)))
        blocks.append(Paragraph(told))
        return blocks

    def named(self, rule: Rule, rules: int) -> list[Block]:
        """Say at which layers a rule holds, where there are several rules."""
        if rules == 1:
            return []
        return [Paragraph((f"In {listed(rule.layers)}:",))]

    def rows(self, steps: Sequence[Step]) -> list[Row]:
        """Tell steps, each quantity named once."""
        rows: list[Row] = []
        before = None
        for step in steps:
            reason = why(step, numerator=self.sweep.numerator)
            rows.append(Row(None if before == step.about else step.about, written(step.value), None, (reason,)))
            before = step.about
        return rows

    def induction(self) -> list[Block]:
        """Tell the step from δ of a layer to δ of the layer below."""
        index = self.index
        many = self.plan.batch is not None
        z, greek = ("Z", "Delta") if many else ("z", "delta")
        of = self.sweep.delta.upper() if many else self.sweep.delta
        above, here = (Adjoint(f"{greek}[{n}]", "L", f"{of}[{n}]") for n in (f"{index}+1", index))
        sentence = (
            "Let {above} be known, for some layer {index} below the last. "
            "{a} acts on the loss through {z} alone, and {own} through {a} alone, so that the chain rule has one path for each:"
        )
        value = Symbol(f"{'A' if z == 'Z' else 'a'}[{index}]")
        told = say(sentence, above=above, index=Symbol(index), a=value, z=Symbol(f"{z}[{index}+1]"), own=Symbol(f"{z}[{index}]"))
        blocks: list[Block] = [Paragraph(told)]
        for rule in self.found.induction:
            blocks += [*self.named(rule, len(self.found.induction)), Lines(tuple(self.rows(rule.steps)))]
        ending = "So {here} follows from {above}, and from the base case down to the first layer every one is known."
        return [*blocks, Paragraph(say(ending, here=here, above=above))]

    def equations(self) -> Lines:
        """Gather the last line of each."""
        last = [step for step in self.found.base if step.about == self.found.base[-1].about]
        rows = [Row(last[0].about, written(last[0].value), None, ("1: the last layer",))]
        if len(last) > 1:
            rows.append(Row(None, written(last[-1].value)))
        for rule in self.found.induction:
            of = f", in {listed(rule.layers)}" if len(self.found.induction) > 1 else ""
            final = recursion(rule)
            rows.append(Row(final.about, written(final.value), None, (f"2: a layer from the one above{of}",)))
        seen: set[str] = set()
        for rule in self.found.parameters:
            for step in rule.steps:
                if step.about.name not in seen:
                    seen.add(step.about.name)
                    number = 3 if "W" in step.about.name else 4
                    what = "weights" if number == 3 else "biases"
                    rows.append(Row(step.about, written(step.value), None, (f"{number}: {what}",)))
        return Lines(tuple(rows))

    def here(self) -> list[Block]:
        """Tell what the equations are for this network."""
        table: Table = self.layers.results()
        checked = listed([layer for rule in self.found.induction for layer in rule.layers])
        sentence = f"The induction step was taken at {checked}, and reads as above."
        return [table, Note("note", (sentence,))]


def listed(layers: Sequence[int]) -> str:
    """
    Name layers.

    >>> listed((1,)), listed((1, 2))
    ('layer 1', 'layers 1, 2')
    """
    return f"layer{'s' if len(layers) > 1 else ''} {', '.join(map(str, layers))}"


def written(expr: Expr) -> Expr:
    """Write products with ⊙: what has a layer is a matrix, whatever its size in this network."""
    return dressed(expr, lambda part: not any("[" in name or name in {"y", "Y"} for name in symbols(part)))


def recursion(rule: Rule) -> Step:
    """Return the step that says δ of a layer with the δ above put in, the slope not yet written out."""
    about = rule.steps[-1].about
    steps = [step for step in rule.steps if step.about == about]
    put_in = [step for step in steps if isinstance(step, Substitution)]
    return put_in[0] if put_in else steps[-1]


def tell_depth(plan: Plan, telling: Telling, last: str, layout: Layout | None = None) -> Document:
    """Tell the recurrence over the layers of a network; raises InputError where there is no hidden layer, or no letter."""
    if not (len(last) == 1 and last.isalpha() and last.isascii()):
        msg = f'--depth: found "{last[:40]}" where a letter is accepted, for the number of layers'
        raise InputError(msg)
    if plan.depth == 1:
        msg = "--depth: a network of one layer has no recurrence; give it a hidden layer, as in 2-3-1"
        raise InputError(msg)
    chosen = layout or Layout()
    return DepthTeller(swept(plan, chosen.delta, numerator=chosen.numerator), telling, last).document()
