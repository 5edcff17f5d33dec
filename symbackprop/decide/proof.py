"""
Proofs by normal form: the difference of both sides over a common denominator, multiplied out, is 0.

First with every name an unknown, then with more and more definitions put in: adjoints and local derivatives,
what only one side uses, activations, everything.  Each level is sufficient on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from symbackprop.arithmetic.rational import exact
from symbackprop.decide.model import CELLS, Budget, BudgetError, Facts
from symbackprop.decide.normal import Normal
from symbackprop.decide.places import APART, NOWHERE, Care, compare, points
from symbackprop.decide.ring import NoFormError, Part, Poly, Quantity, Ring
from symbackprop.decide.signs import OutsideError, SplitError
from symbackprop.expr import Adjoint, Expr, Partial, Symbol, add, mul, number, power, symbols
from symbackprop.graph import Role
from symbackprop.typeset.shortcuts import plain

Opened = Callable[[Symbol], bool]
Cell = tuple[tuple[Part, int], ...]
Jumps = dict[Part, None]
Fixed = Mapping[str, Quantity]

MOST_PASSES = 4
BOUNDARY_POINTS = 4


@dataclass
class Proof:
    """
    What was tried: `proved`, the boundaries on which the sides differ, cells left open, and budgets that ran out.

    `learned` says that a logarithm or a root told the sign of its argument.
    """

    proved: bool = False
    learned: bool = False
    boundary: str = ""
    limits: dict[str, None] = field(default_factory=dict)
    ring: Ring | None = None
    open_cells: list[Cell] = field(default_factory=list)
    all_cells: bool = False

    @property
    def incomplete(self) -> bool:
        """Whether equal sides may have different forms: a budget ran out, or there are roots, or waves inside other functions."""
        kinds = {unknown.kind for unknown in self.ring.unknowns} if self.ring else {"none"}
        return bool(self.limits) or not kinds.isdisjoint(("none", "real", "root"))


def prove(left: Expr, right: Expr, facts: Facts, budget: Budget, seed: int) -> Proof:
    """Try to prove that two expressions are equal, level by level."""
    proof = Proof()
    for opened in levels(left, right, facts):
        attempt = _Attempt(left, right, facts, opened, Ring(budget))
        try:
            done = attempt.holds({}, proof)
        except BudgetError as error:
            proof.limits.setdefault(error.word)
            proof.all_cells = False
            continue
        except NoFormError:
            continue
        if done:
            proof.proved, proof.learned = True, attempt.learned
            proof.limits.clear()
            attempt.boundaries(proof, seed)
            return proof
    return proof


def levels(left: Expr, right: Expr, facts: Facts) -> Iterator[Opened]:
    """Yield what is put in, less first; levels that open the same names are yielded once."""
    own, other = symbols(left), symbols(right)
    graph = facts.graph
    inner = [node.symbol.name for node in graph.nodes]
    done: set[frozenset[str]] = set()

    def by_kind(symbol: Symbol) -> bool:
        backward = symbol.name in facts.definitions and symbol.name not in graph.definitions
        return backward or isinstance(symbol, (Adjoint, Partial))

    def is_activation(symbol: Symbol) -> bool:
        node = graph.definitions.get(symbol.name)
        return by_kind(symbol) or (node is not None and node.role is Role.ACTIVATION)

    different: set[str] = set()

    def in_one_side(symbol: Symbol) -> bool:
        return by_kind(symbol) or symbol.name in different

    def nothing(_: Symbol) -> bool:
        return False

    def everything(_: Symbol) -> bool:
        return True

    for opened in (nothing, by_kind, in_one_side, is_activation, everything):
        if opened is in_one_side:
            for name in reversed(inner):
                sides = [name in reached(side, facts, opened) for side in (own, other)]
                if sides[0] != sides[1]:
                    different.add(name)
        names = frozenset(
            name for side in (own, other) for name, symbol in reached(side, facts, opened).items()
            if opened(symbol) and facts.meaning(symbol) is not None
        )  # fmt: skip
        if names not in done:
            done.add(names)
            yield opened


def reached(start: Mapping[str, Symbol], facts: Facts, opened: Opened) -> dict[str, Symbol]:
    """Return all names that are met when some are put in."""
    found: dict[str, Symbol] = {}
    stack = list(start.values())
    while stack:
        symbol = stack.pop()
        if symbol.name in found:
            continue
        found[symbol.name] = symbol
        if opened(symbol) and (meaning := facts.meaning(symbol)) is not None:
            stack.extend(symbols(meaning).values())
    return found


@dataclass
class _Attempt:
    """One level: both sides with some definitions put in."""

    left: Expr
    right: Expr
    facts: Facts
    opened: Opened
    ring: Ring
    jumps: Jumps = field(default_factory=dict)
    learned: bool = False

    def difference(self, fixed: Fixed, cell: Cell | None) -> bool | None:
        """Whether both sides have one normal form; None where cells have to be told apart first."""
        learned: dict[Part, int] = {}
        for _ in range(MOST_PASSES):
            before = len(learned)
            normal = Normal(self.ring, self.facts, self.opened, dict(fixed), cell=cell, learned=learned)
            try:
                opposite = (self.ring.scaled(term, -1) for term in normal.spread(self.right))
                zero = normal.is_sum_zero((*normal.spread(self.left), *opposite))
            finally:
                self.learned = self.learned or bool(learned)
                self.jumps.update(normal.jumps)
            if zero:
                return True
            if len(learned) == before:
                break
        return None if cell is None and self.ring.conditional else False

    def holds(self, fixed: Fixed, proof: Proof) -> bool:
        """Whether both sides are equal in every cell; open cells are noted."""
        try:
            answer = self.difference(fixed, None)
        except SplitError:
            answer = None
        except OutsideError:
            return False
        if answer is not None:
            proof.ring, proof.open_cells, proof.all_cells = self.ring, [], True
            return answer
        return self.holds_in_cells(fixed, proof)

    def holds_in_cells(self, fixed: Fixed, proof: Proof) -> bool:
        """Prove cell by cell, in the order in which conditions are met."""
        stack: list[Cell] = [()]
        open_cells: list[Cell] = []
        tried = inside = 0
        while stack:
            cell = stack.pop()
            tried += 1
            if tried > 2 * self.ring.budget.cells:
                raise BudgetError(CELLS)
            try:
                if not self.difference(fixed, cell):
                    open_cells.append(cell)
                inside += 1
            except SplitError as split:
                stack += [(*cell, (split.part, -1)), (*cell, (split.part, 1))]
            except (OutsideError, NoFormError):
                continue  # no values there
        proof.ring, proof.open_cells, proof.all_cells = self.ring, open_cells, True
        return inside > 0 and not open_cells

    # Boundaries.

    def boundaries(self, proof: Proof, seed: int) -> None:
        """Compare both sides where a condition is met with equality, one condition at a time."""
        different: list[str] = []
        for part in list(self.jumps):
            solved = self.solved(part)
            if solved is None:
                proof.limits.setdefault("boundary")
                continue
            name, value = solved
            try:
                same = self.holds({name: value}, Proof())
            except (BudgetError, NoFormError):
                same = False
            if not same:
                found = self.outcomes_at(part, name, seed)
                if APART in found:
                    different.append(self.equation(part))
                elif found != {NOWHERE}:
                    proof.limits.setdefault("boundary")
        proof.boundary = ", ".join(dict.fromkeys(different))

    def solved(self, part: Part) -> tuple[str, Quantity] | None:
        """Solve part = 0 for a symbol that stands in it alone; None where there is none."""
        poly = self.poly(part)
        for monomial, coefficient in poly.items():
            if len(monomial) != 1 or monomial[0][1] != 1:
                continue
            unknown = self.ring.unknowns[monomial[0][0]]
            alone = sum(any(n == monomial[0][0] for n, _ in other) for other in poly) == 1
            if unknown.kind == "symbol" and alone and unknown.key not in {n for group in self.facts.constraints for n in group}:
                rest: Poly = {m: -Fraction(c) / coefficient for m, c in poly.items() if m != monomial}
                return unknown.key, self.ring.factored(rest)
        return None

    def poly(self, part: Part) -> Poly:
        """Return a part as a polynomial."""
        kind, index = part
        return self.ring.polys[index] if kind == "poly" else {((index, 1),): 1}

    def outcomes_at(self, part: Part, solved: str, seed: int) -> set[str]:
        """Return how both sides compare at points of the boundary part = 0."""
        poly = self.poly(part)
        expr = self.written(poly)
        if expr is None:
            return set()
        (coefficient,) = (c for m, c in poly.items() if m and self.ring.unknowns[m[0][0]].key == solved and len(m) == 1)
        value = add(Symbol(solved), mul(number(Fraction(-1) / coefficient), expr))
        names = [
            name for side in (self.left, self.right) for name, symbol in reached(symbols(side), self.facts, self.opened).items()
            if not (self.opened(symbol) and self.facts.meaning(symbol) is not None)
        ]  # fmt: skip
        found: set[str] = set()
        source = points(tuple(dict.fromkeys(names)), self.facts, seed)
        for _ in range(BOUNDARY_POINTS):
            values = dict(next(source))
            at = exact(value, values)
            if at is None:
                break
            values[solved] = at
            found.add(compare((self.left, self.right), self.facts, values, Care(kinks=True)).outcome)
        return found

    def written(self, poly: Poly) -> Expr | None:
        """Return a polynomial in symbols as an expression, None where it has other unknowns."""
        terms = []
        for monomial, coefficient in poly.items():
            factors: list[Expr] = []
            for index, exponent in monomial:
                unknown = self.ring.unknowns[index]
                if unknown.kind != "symbol":
                    return None
                factors.append(power(Symbol(unknown.key), number(exponent)))
            terms.append(mul(number(coefficient), *factors))
        return add(*terms)

    def equation(self, part: Part) -> str:
        """Write part = 0, with a lone number on the right."""
        poly = self.poly(part)
        constant = poly.get((), 0)
        if len(poly) == 2 and constant:
            ((monomial, coefficient),) = ((m, c) for m, c in poly.items() if m)
            left = self.written({monomial: 1})
            assert left is not None
            return f"{plain(left)} = {plain(number(-Fraction(constant) / coefficient))}"
        written = self.written(poly)
        assert written is not None
        return f"{plain(written)} = 0"

