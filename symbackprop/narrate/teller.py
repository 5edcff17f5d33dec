"""
What all narrators share: rows made of steps, and a list of every step told, so that each one is checked.

A narrator never prints a claim that is not a step: `Teller.told` is what `verify` goes through, and the
document is handed out only after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, count

from symbackprop.backprop import MOST_WRITTEN_OUT, Backward
from symbackprop.calculus import RULES, SHORT_RULES
from symbackprop.document import Block, Display, Document, Lines, Note, Numeral, Paragraph, Relation, Row, Spans, Tint
from symbackprop.evaluate import Values
from symbackprop.expr import ONE, Adjoint, Expr, Number, Partial, Product, Symbol, add, operations
from symbackprop.graph import Graph, Node, Role
from symbackprop.narrate.numerals import Numerals
from symbackprop.problem import Problem
from symbackprop.pullback import PULLBACKS
from symbackprop.simplify import SAYS
from symbackprop.steps import (
    ChainRule,
    Definition,
    Evaluation,
    LocalDerivative,
    Pullback,
    Simplification,
    Step,
    Substitution,
    SumOverPaths,
    Update,
)
from symbackprop.verify.verdicts import POINTS, verify

RESULTS_ONLY, FORMULAS, DERIVATION, MICRO_STEPS = range(4)
MOST_ROWS_ALIKE = 24
MOST_LISTED = 12


@dataclass(frozen=True)
class Telling:
    """
    What the reader asked for.

    `detail`: 0 the table of results, 1 the formulas, 2 the derivation, 3 every micro-step.
    `wrt` are plain names; empty means every parameter (every leaf of a plain function).
    """

    detail: int = DERIVATION
    wrt: tuple[str, ...] = ()
    paths: bool = False
    expand: bool = False
    numerals: Numerals = field(default_factory=Numerals)


class Teller:
    """Rows, remarks and the record of the steps they rest on."""

    def __init__(self, problem: Problem, backward: Backward, values: Values | None, telling: Telling) -> None:
        self.problem = problem
        self.backward = backward
        self.graph = backward.graph
        self.values = values
        self.telling = telling
        self.numerals = telling.numerals
        self.said: set[str] = set()
        self.told: dict[Graph, list[Step]] = {backward.graph: []}
        self._leading: dict[str, set[str]] = {}

    # --- symbols ---------------------------------------------------------------------------------------------

    @cached_property
    def steps_about(self) -> dict[str, list[Step]]:
        """The steps of the backward pass by the plain name they are about."""
        found: dict[str, list[Step]] = {}
        for step in self.backward.steps:
            found.setdefault(step.about.name, []).append(step)
        return found

    def symbol(self, name: str) -> Symbol:
        """Return the symbol of a leaf or value."""
        node = self.graph.definitions.get(name)
        return node.symbol if node else self.graph.leaf_by_name[name].symbol

    def fresh(self, *candidates: str) -> Symbol:
        """Return the first of some names that the problem does not use itself; with a number where it uses all of them."""
        used = {*self.graph.leaf_by_name, *self.graph.definitions, *self.problem.names.values()}
        numbered = (f"{candidates[0]}_{n}" for n in count())
        return Symbol(next(name for name in chain(candidates, numbered) if name not in used))

    def number(self, name: str) -> Numeral | None:
        """Return the shown number of a named quantity, or None where there is no point."""
        return self.numerals.quantity(name, self.values) if self.values else None

    def put_in(self, expr: Expr) -> Expr | None:
        """Put numbers in for all symbols; None where there is no point or nothing to put in."""
        if self.values is None or isinstance(expr, Number):
            return None
        return self.numerals.put_in(expr, self.values)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """What gradients are shown for: what was asked, else weights and biases, else every leaf."""
        if self.telling.wrt:
            return self.telling.wrt
        adjoints = self.backward.adjoints
        leaves = [leaf for leaf in self.graph.leaves if leaf.symbol.name in adjoints]
        chosen = [leaf for leaf in leaves if leaf.role in {Role.WEIGHT, Role.BIAS}] or leaves
        return tuple(leaf.symbol.name for leaf in chosen)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The parameters, to look a name up in: a network has many, and each is looked for."""
        return frozenset(self.parameters)

    def leads_to(self, output: str) -> set[str]:
        """Return what an output depends on, and itself; found once for each output."""
        if output not in self._leading:
            self._leading[output] = self.graph.ancestors(output)
        return self._leading[output]

    def is_local(self, symbol: Adjoint) -> bool:
        """Whether an adjoint is no more than one local derivative of the output, unsimplified."""
        steps = self.steps_about[symbol.name]
        return len(steps) == 2 and isinstance(steps[0], ChainRule) and isinstance(steps[0].value, Partial)

    def once(self, sentence: str) -> list[Block]:
        """Say a sentence that explains the next lines, but only the first time."""
        if sentence in self.said:
            return []
        self.said.add(sentence)
        return [Paragraph((sentence,))]

    def remarks(self) -> list[Block]:
        """Say what a reader should know first: numbers that are missing, definitions nobody uses, and rounding."""
        found: list[Block] = []
        graph, point = self.graph, self.problem.point
        absent = [leaf.symbol for leaf in graph.leaves if leaf.symbol.name not in point]
        if point and absent:
            names = self.listed(absent)
            found.append(Note("warning", ("No number for ", *names, ": the derivation stays in symbols.")))
        used = self.leads_to(graph.output.symbol.name)
        if unused := [node.symbol for node in graph.nodes if node.symbol.name not in used]:
            found.append(
                Note("warning", (*self.listed(unused), " is not used by ", graph.output.symbol, ", the last definition."))
            )
        if self.values is not None and not self.numerals.exact:
            digits = self.numerals.digits
            found.append(Paragraph((f"Numbers are computed in full precision and shown to {digits} significant digits.",)))
        return found

    def listed(self, symbols: Sequence[Symbol]) -> Spans:
        """List symbols in a sentence, the first dozen of many."""
        spans: list[str | Expr] = []
        for i, symbol in enumerate(symbols[:MOST_LISTED]):
            last = i == len(symbols) - 1
            spans.extend(("" if i == 0 else " and " if last else ", ", symbol))
        if len(symbols) > MOST_LISTED:
            spans.append(f" and {len(symbols) - MOST_LISTED} more")
        return tuple(spans)

    # --- rows ------------------------------------------------------------------------------------------------

    def tell(self, step: Step, graph: Graph | None = None) -> None:
        """Record a step as told, about a quantity of this graph or of one made for the purpose."""
        self.told.setdefault(graph or self.graph, []).append(step)

    def with_numbers(self, rows: list[Row], name: str, expr: Expr) -> list[Row]:
        """Add the line with numbers put in and the value; a formula of one symbol carries its value itself."""
        value = self.number(name)
        if value is None:
            return rows
        numbers = self.put_in(expr) if operations(expr) else None
        if numbers is None or self.telling.detail < DERIVATION:
            last = rows[-1]
            return [*rows[:-1], Row(last.left, last.right, value, last.reason, last.relation)]
        return [*rows, Row(None, numbers, value)]

    def definition_rows(self, node: Node) -> list[Row]:
        """Tell a definition of the forward pass."""
        self.tell(Definition(node.symbol, node.expr))
        return self.with_numbers([Row(node.symbol, node.expr)], node.symbol.name, node.expr)

    def local_row(self, child: str, parent: str, colour: int | None = None) -> Row:
        """Tell a local derivative, its value and the rule that gives it."""
        step = self.backward.locals[child, parent]
        self.tell(step)
        left: Expr = step.about if colour is None else Tint(step.about, colour)
        value = None if isinstance(step.value, Number) else self.number(step.about.name)
        return Row(left, step.value, value, self.rule(step))

    def rule(self, step: LocalDerivative) -> Spans:
        """Return the reason of a local derivative: the rule's short name, or in full with every micro-step."""
        names = RULES if self.telling.detail >= MICRO_STEPS else SHORT_RULES
        return (names[step.rule],)

    def adjoint_rows(self, name: str, output: str | None = None, *, compact: bool = False) -> list[Row]:
        """Tell how one adjoint is reached: chain rule, put in, simplified, with numbers; compact: on one line, where two do."""
        symbol = (self.backward.adjoints_of(output) if output else self.backward.adjoints)[name]
        steps = self.steps_about[symbol.name]
        final = steps[-1].value
        if self.telling.detail <= FORMULAS:
            self.tell(steps[-1])
            return self.with_numbers([Row(symbol, final)], symbol.name, final)
        if compact and len(steps) == 2 and isinstance(steps[0], ChainRule) and isinstance(steps[0].value, Product):
            for step in steps:
                self.tell(step)
            row = Row(symbol, Relation((steps[0].value, final)), None, ("chain rule",))
            return self.with_numbers([row], symbol.name, final)
        rows: list[Row] = []
        shown: Expr | None = None
        direct = False
        for step in steps:
            self.tell(step)
            if step.value == shown:
                continue
            if isinstance(step, ChainRule) and isinstance(step.value, Partial):
                direct = True  # ∂L/∂a = ∂L/∂a says nothing
                continue
            if isinstance(step, Substitution) and (unfolded := self.unfolded(steps[0])) is not None:
                rows.append(Row(None, unfolded, None, ("substitute",)))
                reason: Spans = ("multiply the numbers",)
            else:
                reason = ("the local derivative",) if direct and isinstance(step, Substitution) else self.reason(step)
            shown = step.value
            rows.append(Row(None if rows else symbol, step.value, None, reason))
        return self.with_numbers(rows, symbol.name, final)

    def unfolded(self, step: Step) -> Expr | None:
        """Return the product of a chain rule with both numbers still in it, 3u² · 2, or None where only one has any."""
        if not isinstance(step, ChainRule) or not isinstance(step.value, Product):
            return None
        upstream, partial = step.value.factors
        if not isinstance(partial, Partial) or not isinstance(upstream, Adjoint) or upstream.is_delta:
            return None
        outer = self.steps_about[upstream.name][-1].value
        inner = self.backward.locals[partial.child, partial.parent].value
        both = all(isinstance(_leading(value), Number) for value in (outer, inner))
        if not both or isinstance(outer, Number) or operations(outer) > MOST_WRITTEN_OUT:
            return None
        return Display((outer, inner))

    def reason(self, step: Step) -> Spans:
        """Return why a step holds, in a few words."""
        match step:
            case ChainRule():
                return ("chain rule",)
            case SumOverPaths(terms=terms):
                return (f"chain rule, {len(terms)} paths",)
            case Substitution():
                return ("substitute",)
            case Simplification(rule=rule, assumption=assumption):
                return ("given ", self.unit_sum(assumption)) if assumption else (SAYS[rule],)
            case LocalDerivative():
                return self.rule(step)
            case Pullback(rule=rule):
                return ({**SHORT_RULES, **PULLBACKS}[rule],)
            case Definition() | Evaluation() | Update():
                return ()

    def unit_sum(self, names: Iterable[str]) -> Relation:
        """Return the statement that the names sum to 1."""
        return Relation((add(*(self.symbol(name) for name in names)), ONE))

    # --- blocks ----------------------------------------------------------------------------------------------

    def limited(self, rows: Sequence[list[Row]], what: str) -> list[Block]:
        """Return groups of rows as lines, the first dozen where there are more, and say how many are left out."""
        if len(rows) <= MOST_ROWS_ALIKE or self.telling.detail >= MICRO_STEPS:
            return [Lines(tuple(row for group in rows for row in group))] if rows else []
        kept = rows[:MOST_ROWS_ALIKE]
        more = len(rows) - len(kept)
        return [
            Lines(tuple(row for group in kept for row in group)),
            Paragraph((f"… and {more} more {what} of the same form.",)),
        ]

    def document(self, title: str, blocks: Iterable[Block]) -> Document:
        """Check every step told, and close the document with the count."""
        body = list(blocks)
        problem = self.problem
        verdicts = [
            verdict
            for graph, steps in self.told.items()
            for verdict in verify(graph, steps, constraints=problem.constraints, assumptions=problem.assumptions)
        ]
        if verdicts:
            body.append(Note("verified", (verified_sentence(verdicts),)))
        return Document(title, tuple(body))


def _leading(expr: Expr) -> Expr:
    """Return the first factor of a product, or the expression itself."""
    return expr.factors[0] if isinstance(expr, Product) else expr


def verified_sentence(verdicts: Sequence[str]) -> str:
    """
    Say how many steps were checked, and how.

    >>> verified_sentence(("exact", "exact", "sampled"))
    '3 steps, each verified: 2 exactly, 1 at 5 rational points.'
    """
    checked = [verdict for verdict in verdicts if verdict in {"exact", "sampled"}]
    steps = f"{len(verdicts)} step{'' if len(verdicts) == 1 else 's'}"
    rest = len(verdicts) - len(checked)
    if not rest:
        return f"{steps}, {'each ' if len(verdicts) > 1 else ''}verified: {ways(verdicts)}."
    decided = f" verified: {ways(verdicts)};" if checked else ","
    return f"{steps}{decided} {rest} could not be checked: no point of the domain was found."


def ways(verdicts: Sequence[str]) -> str:
    """Say how many steps were decided in which way."""
    exact, sampled = verdicts.count("exact"), verdicts.count("sampled")
    parts = [f"{exact} exactly"] if exact else []
    if sampled:
        parts.append(f"{sampled} at {POINTS} rational points")
    return ", ".join(parts)
