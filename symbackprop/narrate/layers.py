"""The derivation layer by layer, in matrices, with the proof that it agrees with the view unit by unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symbackprop.calculus import SHORT_RULES
from symbackprop.document import (
    Block,
    Brace,
    Document,
    Grid,
    Hadamard,
    Heading,
    Lines,
    Note,
    Paragraph,
    Relation,
    Row,
    Spans,
    Table,
)
from symbackprop.evaluate import Values
from symbackprop.expr import Adjoint, Constant, Expr, Number, Product, Symbol, children, mul, rebuild, symbols
from symbackprop.layers import (
    LayerSweep,
    Layout,
    Plan,
    entry_claims,
    numerator_layout,
    small,
    sweep_layers,
    unit_name,
    unit_targets,
    write_layers,
)
from symbackprop.matrix import SCALAR, MatMul, Shape, shape_of
from symbackprop.narrate.network import loss_title
from symbackprop.narrate.numerals import say
from symbackprop.narrate.teller import FORMULAS, MICRO_STEPS, RESULTS_ONLY, Telling, ways
from symbackprop.pullback import IN_NUMERATOR_LAYOUT, PULLBACKS
from symbackprop.simplify import SAYS
from symbackprop.steps import Definition, Pullback, Simplification, Step, Substitution
from symbackprop.verify import verify

LARGEST_GRID = 6


class LayerTeller:
    """Tells one sweep over whole layers; `values` are the numbers of the same network unit by unit, or None."""

    def __init__(self, title: str, sweep: LayerSweep, values: Values | None, telling: Telling) -> None:
        self.title = title
        self.sweep = sweep
        self.plan = sweep.layers.plan
        self.values = values
        self.telling = telling

    def document(self) -> Document:
        """Tell everything; the steps are proved first, entry by entry."""
        claims = self.proof()
        blocks: list[Block] = [Heading(1, (self.title,)), *self.conventions()]
        if self.telling.detail > RESULTS_ONLY:
            blocks += [Heading(2, ("Forward pass",)), *self.given(), *self.forward()]
            blocks += [Heading(2, ("Backward pass",)), *self.backward()]
        blocks += [Heading(2, ("All gradients",)), self.results()]
        return Document(self.title, (*blocks, *claims))

    # --- what is declared ------------------------------------------------------------------------------------

    def conventions(self) -> list[Block]:
        """State the conventions once, at the top."""
        plan = self.plan
        shape = "its transpose (numerator layout)" if self.sweep.numerator else "that matrix (denominator layout)"
        of = {"z": "a pre-activation", "a": "an activation"}[self.sweep.delta]
        blocks: list[Block] = [
            Paragraph((f"Sizes {sizes_title(plan)}; loss: {loss_title(plan.loss)}.",)),
            Paragraph(
                say(
                    f"Vectors are columns, and a derivative with respect to a matrix has the shape of {shape}. "
                    "{delta} is the derivative of the loss with respect to {of}; ⊙ multiplies entry by entry.",
                    of=of,
                    delta=self.delta(plan.depth),
                )
            ),
        ]
        if plan.batch is not None:
            where = "rows" if plan.rows else "columns"
            cost = {"mean": "their mean", "sum": "their sum", "half_mean": "half their mean"}[plan.reduction]
            penalty = " plus the penalty" if plan.l1 or plan.l2 else ""
            sentence = f"Samples are the {where} of each matrix; each has its loss in L, and the cost J is {cost}{penalty}."
            blocks.append(Paragraph((sentence,)))
        if self.sweep.uses_unit_targets:
            blocks.append(Note("note", ("Assumed: the targets of each sample sum to 1.",)))
        return blocks

    def delta(self, layer: int) -> Adjoint:
        """Return the symbol of a layer's δ."""
        letter = self.sweep.delta
        name = f"{letter.upper() if self.plan.batch is not None else letter}{layer}"
        return self.sweep.adjoints[name]

    # --- rows ------------------------------------------------------------------------------------------------

    def shape(self, expr: Expr) -> str:
        """Write the shape of an expression."""
        return times(shape_of(expr, self.sweep.shapes))

    def row(self, step: Step, *, first: bool) -> Row:
        """Tell a step: the formula, the reason, and the shapes."""
        shapes = self.shapes(step.value)
        reason = "; ".join(part for part in (why(step, numerator=self.sweep.numerator), shapes) if part)
        return Row(step.about if first else None, self.dressed(step.value), None, (reason,))

    def shapes(self, expr: Expr) -> str:
        """Write the shapes of the factors of a matrix product, then of the result."""
        whole = self.shape(expr)
        factors = expr.factors if isinstance(expr, MatMul) else ()
        return f"({')('.join(self.shape(f) for f in factors)}) → {whole}" if factors else whole

    def dressed(self, expr: Expr) -> Expr:
        """Write the products of matrices with ⊙."""
        return dressed(expr, self.is_number, self.label if self.telling.detail >= MICRO_STEPS else None)

    def label(self, expr: Expr) -> Expr:
        """Return the shape of a factor, to stand below it."""
        sizes = shape_of(expr, self.sweep.shapes)
        return Relation(tuple(Symbol(size) if isinstance(size, str) else Number(size) for size in sizes), "×")

    def is_number(self, expr: Expr) -> bool:
        """Whether a factor is a number, or a letter for one."""
        known = self.sweep.shapes
        return isinstance(expr, Number | Constant) or (shape_of(expr, known) == SCALAR and not set(names_in(expr)) & set(known))

    def grid(self, symbol: Symbol) -> Row | None:
        """Return the numbers of a quantity as a matrix, where there is a point and it is not too large."""
        values = self.values
        height, width = self.sweep.shapes[symbol.name]
        if values is None or not isinstance(height, int) or not isinstance(width, int) or max(height, width) > LARGEST_GRID:
            return None
        many = self.plan.batch is not None and self.plan.batch != 1

        def name(i: int, j: int) -> str:
            of = symbol.of if isinstance(symbol, Adjoint) else symbol.name
            if isinstance(symbol, Adjoint) and self.sweep.numerator:
                i, j = j, i
            unit = unit_name(of, i, j, many=many, rows=self.plan.rows)
            if not isinstance(symbol, Adjoint):
                return unit
            output = symbol.output
            if many and output == "L":
                output = f"L_s{i if self.plan.rows else j}"
            return values.backward.adjoints_of(output)[unit].name

        quantity = self.telling.numerals.quantity
        rows = tuple(tuple(quantity(name(i, j), values) for j in range(1, width + 1)) for i in range(1, height + 1))
        return Row(None, rows[0][0] if (height, width) == SCALAR else Grid(rows))

    def told(self, steps: Sequence[Step]) -> list[Row]:
        """Tell the steps about one quantity, then its numbers."""
        shown = steps[-1:] if self.telling.detail <= FORMULAS else steps
        rows = [self.row(step, first=i == 0) for i, step in enumerate(shown)]
        numbers = self.grid(steps[0].about)
        return [*rows, numbers] if numbers else rows

    # --- passes ----------------------------------------------------------------------------------------------

    def given(self) -> list[Block]:
        """Write the numbers that the problem gives, in matrices; nothing where it gives none."""
        defined = {step.about.name for step in self.sweep.steps if isinstance(step, Definition)}
        used: dict[str, Symbol] = {}
        for step in self.sweep.steps:
            if isinstance(step, Definition):
                used |= {name: symbol for name, symbol in symbols(step.value).items() if name in self.sweep.shapes}
        found = [(symbol, self.grid(symbol)) for name, symbol in used.items() if name not in defined]
        rows = tuple(Row(symbol, grid.right, None, ("given",)) for symbol, grid in found if grid is not None)
        return [Lines(rows, given=True)] if rows else []

    def forward(self) -> list[Block]:
        """Tell the definitions, with shapes and numbers."""
        rows: list[Row] = []
        for step in self.sweep.steps:
            if isinstance(step, Definition):
                rows += self.told([step])
        return [Lines(tuple(rows))]

    def backward(self) -> list[Block]:
        """Tell the backward pass from the loss to the first layer."""
        plan, blocks = self.plan, list[Block]()
        about: dict[str, list[Step]] = {}
        for step in self.sweep.steps:
            if not isinstance(step, Definition):
                about.setdefault(step.about.name, []).append(step)
        many = plan.batch is not None
        a, z = ("A", "Z") if many else ("a", "z")
        adjoints = self.sweep.adjoints
        for layer in range(plan.depth, 0, -1):
            place = "the output layer" if layer == plan.depth else "a hidden layer"
            blocks.append(Heading(3, (f"Layer {layer}, {place}",)))
            names = [f"{a}{layer}", f"{z}{layer}", f"W{layer}", f"b{layer}"]
            rows = [row for name in names if name in adjoints for row in self.told(about[adjoints[name].name])]
            blocks.append(Lines(tuple(rows)))
        if many:
            sentence = (
                "Each weight serves every sample, so that its derivative adds up over them: the matrix product does that sum, "
                "and a product with the vector of ones does it for the biases."
            )
            blocks.append(Paragraph((sentence,)))
        return blocks

    def results(self) -> Table:
        """Tabulate the gradients of the parameters with their shapes."""
        final = {node.symbol.name: node.expr for node in self.sweep.nodes}
        rows: list[tuple[Spans, ...]] = []
        for name, symbol in self.sweep.adjoints.items():
            if name[0] in "WbzZ" or symbol.is_delta:
                rows.append(((symbol,), (dressed(final[symbol.name], self.is_number),), (self.shape(symbol),)))
        return Table((("derivative",), ("formula",), ("shape",)), tuple(rows))

    # --- proof -----------------------------------------------------------------------------------------------

    def proof(self) -> list[Block]:
        """Prove every claim at every entry against the network unit by unit; raises InternalError where one is false."""
        checked = small(self.plan)
        sweep = self.sweep if checked == self.plan else swept(checked, self.sweep.delta, numerator=self.sweep.numerator)
        claims = tuple(entry_claims(sweep))
        verdicts = verify(checked.network().graph(), claims, constraints=unit_targets(checked))
        count = f"{len(sweep.steps)} steps, each equal to the view unit by unit: {len(claims)} entries compared"
        sentence = proof_sentence(count, self.plan, checked, verdicts)
        return [Note("verified", (sentence,))]


def sizes_title(plan: Plan) -> str:
    """Write the widths, input first."""
    return "–".join(map(str, plan.sizes))


def proof_sentence(count: str, plan: Plan, checked: Plan, verdicts: Sequence[str]) -> str:
    """Say what was compared, on which network where sizes were letters or large, and with what result."""
    where = ""
    if checked != plan:
        samples = f" with {checked.batch} samples" if checked.batch is not None else ""
        where = f", on a network of sizes {sizes_title(checked)}{samples}"
    result = "difference 0, exactly" if set(verdicts) == {"exact"} else f"difference 0, {ways(verdicts)}"
    return f"{count}{where}: {result}."


def dressed(expr: Expr, is_number: Callable[[Expr], bool], label: Callable[[Expr], Expr] | None = None) -> Expr:
    """Write products with ⊙ but for the factors that are numbers, which go in front; `label` says what stands below a factor."""
    parts = tuple(dressed(part, is_number, label) for part in children(expr))
    if isinstance(expr, MatMul) and label is not None:
        return MatMul(tuple(Brace(new, label(old)) for new, old in zip(parts, expr.factors, strict=True)))
    if not isinstance(expr, Product):
        return rebuild(expr, parts) if parts else expr
    numbers = [new for new, old in zip(parts, expr.factors, strict=True) if is_number(old)]
    matrices = [new for new, old in zip(parts, expr.factors, strict=True) if not is_number(old)]
    return mul(*numbers, Hadamard(tuple(matrices))) if len(matrices) > 1 else mul(*numbers, *matrices)


def swept(plan: Plan, delta: str = "z", *, numerator: bool = False) -> LayerSweep:
    """Derive a plan with δ of z or of a, in either layout."""
    sweep = sweep_layers(write_layers(plan), delta)
    return numerator_layout(sweep) if numerator else sweep


def why(step: Step, *, numerator: bool = False) -> str:
    """Return why a step holds, in a few words."""
    match step:
        case Pullback(rule=rule):
            return {**SHORT_RULES, **PULLBACKS, **(IN_NUMERATOR_LAYOUT if numerator else {})}[rule]
        case Simplification(rule=rule):
            return SAYS[rule]
        case Substitution(put_in=()):
            return "the slope, written out"
        case Substitution():
            return "substitute"
        case _:
            return ""


def names_in(expr: Expr) -> set[str]:
    """Return the names an expression uses."""
    return set(symbols(expr))


def times(shape: Shape) -> str:
    """
    Write a shape.

    >>> times((3, "N"))
    '3×N'
    """
    return f"{shape[0]}×{shape[1]}"


def tell_layers(
    plan: Plan, telling: Telling, title: str = "", values: Values | None = None, layout: Layout | None = None
) -> Document:
    """Tell a network layer by layer; `values` are its numbers unit by unit, where there is a point."""
    heading = title or f"Backpropagation in a {sizes_title(plan)} network"
    chosen = layout or Layout()
    sweep = swept(plan, chosen.delta, numerator=chosen.numerator)
    return LayerTeller(f"{heading}, layer by layer", sweep, values, telling).document()
