"""The lines of a page to step through: every claim is a step of the derivation and is told to the teller, who has it verified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symbackprop.calculus import RULES, SHORT_RULES
from symbackprop.document import Display, Row, Spans, Tint
from symbackprop.expr import Adjoint, Expr, Number, Partial, Sum, add, mul, operations, symbols
from symbackprop.narrate.derivatives import unfolded_rows
from symbackprop.narrate.teller import MICRO_STEPS, Teller
from symbackprop.pages.marks import INSIDE, Numbers
from symbackprop.pages.plan import Factor, Group, Plan, Reached
from symbackprop.steps import Definition, LocalDerivative, Substitution
from symbackprop.unfold import unfold

# The class of a line: what is always shown, what is put in, and the numbers.
CLAIM, PUT_IN, NUMBERS = "row", "row sub", "row put"

MOST_OPERATIONS = 30  # of what is told rule by rule

Kinded = tuple[str, Row]


@dataclass(frozen=True)
class Terms:
    """A chain rule in its forms."""

    named: Expr
    put_in: Expr
    numbers: Expr | None
    claim: Expr


@dataclass(frozen=True)
class Rows:
    """Makes lines; without numbers, those of numbers are left out."""

    teller: Teller
    plan: Plan
    numbers: Numbers
    by_rules: bool = False  # whether local derivatives take more than one rule

    @property
    def counted(self) -> bool:
        """Whether there are numbers."""
        return self.numbers.values is not None

    def forward(self, group: Group) -> Iterator[Kinded]:
        """Tell some definitions."""
        for node in group.nodes:
            name = node.symbol.name
            self.teller.tell(Definition(node.symbol, node.expr))
            yield from self._with_numbers(node.symbol, node.expr, name, (), CLAIM)

    def factor(self, factor: Factor) -> Iterator[Kinded]:
        """Tell a local derivative."""
        step = factor.local
        if step is None:
            return
        self.teller.tell(step)
        number = self.plan.number[step.about.name]
        value = Tint(self.numbers.slot(step.about.name), number) if self.counted else None
        kind = f"{CLAIM} same" if isinstance(step.value, Number) else CLAIM  # 2 = 2 is not shown
        yield kind, Row(Tint(step.about, number), Tint(step.value, number), value, self.rule(step))

    def rules(self, factor: Factor) -> Iterator[Kinded]:
        """Tell a local derivative of a function rule by rule, where more than one rule gives it."""
        step, graph = factor.local, self.plan.backward.graph
        if step is None or not self.by_rules:
            return
        assert isinstance(step.about, Partial)
        child, parent = step.about.child, step.about.parent
        expr = graph.definitions[child].expr
        if operations(expr) <= MOST_OPERATIONS and len(unfold(expr, parent)) > 1:
            yield from ((CLAIM, row) for row in unfolded_rows(self.teller, child, parent, step.about))

    def rule(self, step: LocalDerivative) -> Spans:
        """Return the reason of a local derivative."""
        return ((RULES if self.teller.telling.detail >= MICRO_STEPS else SHORT_RULES)[step.rule],)

    def terms(self, reached: Reached) -> Terms:
        """Return the chain rule of a derivative: by names, put in, in numbers, and as a claim to be verified."""
        plan = self.plan
        named: list[Expr] = []
        put_in: list[Expr] = []
        numbers: list[Expr] = []
        claims: list[Expr] = []
        for link in reached.links:
            heads = [link.above] if link.above else []
            local = plan.value(link.edge) if isinstance(link.edge, Partial) else link.edge
            upper = [self.written(reached, part) for part in heads]
            claims.append(mul(*upper, local))
            named.append(_product([*(self._headed(part, part) for part in heads), self._tinted(link.edge, link.edge)]))
            put_in.append(_product([*map(self._headed, heads, upper), self._tinted(link.edge, local)]))
            if self.counted:
                slots = [self._headed(part, self.numbers.slot(part.name, INSIDE)) for part in heads]
                numbers.append(_product([*slots, self._tinted(link.edge, self.numbers.slot(link.edge.name, INSIDE))]))
        return Terms(_sum(named), _sum(put_in), _sum(numbers) if numbers else None, add(*claims))

    def tell(self, reached: Reached, claim: Expr | None = None) -> None:
        """Tell the steps of a derivative, and one more form of it."""
        for step in reached.steps:
            self.teller.tell(step)
        if claim is not None and claim not in {step.value for step in reached.steps}:
            self.teller.tell(Substitution(reached.about, claim, ()))

    def reached(self, reached: Reached) -> Iterator[Kinded]:
        """Tell how a derivative is reached: named, put in, in numbers, simplified."""
        about, paths = reached.about, len(reached.links)
        terms = self.terms(reached)
        self.tell(reached, terms.claim)
        if paths > 1 or reached.links[0].above is not None:
            yield CLAIM, Row(about, terms.named, None, ("chain rule" if paths == 1 else f"chain rule, {paths} paths",))
            plain = terms.numbers is not None and not symbols(terms.claim)  # 1 · 3 is not shown twice
            yield PUT_IN, Row(None, terms.put_in, self.numbers.slot(about.name) if plain else None, ("substitute",))
            if terms.numbers is not None and not plain:
                yield NUMBERS, Row(None, terms.numbers, self.numbers.slot(about.name))
        if reached.final not in {step.value for step in reached.steps[:2]}:
            yield CLAIM, Row(None, reached.final, None, self.teller.reason(reached.steps[-1]))

    def written(self, reached: Reached, above: Adjoint) -> Expr:
        """Return a derivative as it stands in the formula: by its name, or written out where that is short."""
        return self.plan.backward.definitions[above.name].expr if self.plan.is_put_in(reached, above) else above

    def chain(self, name: str) -> list[Kinded]:
        """Tell one gradient as a product along its paths, or by what is above it where there are too many, then in δ."""
        reached = self.plan.reached[name]
        paths = self.plan.paths(name)
        if paths is None:
            return list(self.reached(reached))
        about, plan, count = reached.about, self.plan, len(paths)
        values = [[plan.value(edge) for edge in path] for path in paths]
        self.teller.tell(Substitution(about, add(*(mul(*path) for path in paths)), ()))
        self.teller.tell(Substitution(about, add(*(mul(*path) for path in values)), ()))
        rows: list[Kinded] = [
            (CLAIM, Row(about, self._paths(paths, paths), None, ("chain rule" if count == 1 else f"{count} paths",))),
            (PUT_IN, Row(None, self._paths(paths, values), None, ("local derivatives",))),
        ]
        if sum(map(len, paths)) == 1:  # a derivative is itself: that says nothing
            rows = [(CLAIM, Row(about, self._paths(paths, values), None, ("local derivative",)))]
        if self.counted:
            shown = [[self.numbers.slot(edge.name, INSIDE) for edge in path] for path in paths]
            rows.append((NUMBERS, Row(None, self._paths(paths, shown), self.numbers.slot(name))))
        if max(map(len, paths)) > 1 and reached.final != _sum([mul(*path) for path in values]):
            rows.append((CLAIM, Row(None, reached.final, None, ("in short",))))
        return rows

    def _paths(self, paths: Sequence[Sequence[Partial]], values: Sequence[Sequence[Expr]]) -> Expr:
        pairs = [list(zip(path, value, strict=True)) for path, value in zip(paths, values, strict=True)]
        return _sum([_product([self._tinted(edge, value) for edge, value in pair]) for pair in pairs])

    def _tinted(self, edge: Partial | Adjoint, body: Expr) -> Expr:
        number = self.plan.number.get(edge.name)
        return body if number is None or isinstance(edge, Adjoint) else Tint(body, number)

    def _headed(self, above: Adjoint, body: Expr) -> Expr:
        """Mark a derivative above that is no more than one factor."""
        links = self.plan.reached[above.name].links
        return self._tinted(links[0].edge, body) if len(links) == 1 and links[0].above is None else body

    def _with_numbers(self, left: Expr, right: Expr, name: str, reason: Spans, kind: str) -> Iterator[Kinded]:
        if not self.counted:
            yield kind, Row(left, right, None, reason)
        elif operations(right):
            yield kind, Row(left, right, None, reason)
            yield NUMBERS, Row(None, self.numbers.put_in(right), self.numbers.slot(name))
        else:
            yield kind, Row(left, right, self.numbers.slot(name), reason)


def _product(factors: Sequence[Expr]) -> Expr:
    return factors[0] if len(factors) == 1 else Display(tuple(factors))


def _sum(terms: Sequence[Expr]) -> Expr:
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))
