"""One decision: screened by signatures, told apart by intervals, proved by normal form, or sampled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from symbackprop.decide.enclosures import UnclearError
from symbackprop.decide.feasible import solve
from symbackprop.decide.model import DIFFERENT, EQUAL, UNDECIDED, Budget, Facts, written_out
from symbackprop.decide.places import (
    APART,
    BITS,
    MANY_LEAVES,
    NICE_POINTS,
    ONE_SIDED,
    SAME,
    TIGHT,
    UNCLEAR,
    VERY_TIGHT,
    Care,
    Comparison,
    Place,
    Values,
    compare,
    leaves_of,
    points,
    wide_points,
)
from symbackprop.decide.proof import Cell, Proof, prove
from symbackprop.decide.ring import Ring
from symbackprop.decide.signatures import agree, is_lawful
from symbackprop.decide.sizes import Sizes
from symbackprop.errors import DomainError, UnknownNameError, nearest
from symbackprop.expr import Expr, symbols
from symbackprop.findings import PROVED, SAMPLED, Witness

FIRST_POINTS = 3
LEAST_POINTS = 3
DRAWS = 48
CELL_DRAWS = 60
MOST_UNCLEAR = 3
DOMAIN_POINTS = 15
SHOWN_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Decision:
    """
    Whether two expressions are equal, and how that is known.

    `verdict` is "equal", "different" or "undecided"; `evidence` is "proved", "sampled" or None; `witness` is a point
    where they differ; `boundary` says where they differ though they are equal inside every cell ("z1_1 = 0");
    `points` is at how many points they were compared where sampled; `limits` are stable words for what ran out
    ("terms", "products", "digits", "cells", "points", "bits") or stayed open ("form": the normal forms differ, but at no
    point drawn the values; "domain": only one side has a value in some region; "boundary": whether they agree where a
    condition is met with equality).
    """

    verdict: str
    evidence: str | None = None
    witness: Witness | None = None
    boundary: str = ""
    points: int = 0
    limits: tuple[str, ...] = ()


def decide(left: Expr, right: Expr, facts: Facts, *, budget: Budget | None = None, seed: int = 0) -> Decision:
    """
    Decide whether two scalar expressions are equal wherever both have values.

    "different" always comes with a witness at which intervals keep the two apart, `yours` the value of `left`;
    its point names the leaves both depend on, or where these are many, the names in the two expressions, with
    their values there rounded to six digits.  "proved" means that the normal form of the difference is 0.

    Raises UnknownNameError for a symbol that `facts` says nothing of.
    """
    return _Question(written_out(left), written_out(right), facts, budget or Budget(), seed).decide()


@dataclass
class _Question:
    """Two sides, and what was found out about them so far."""

    left: Expr
    right: Expr
    facts: Facts
    budget: Budget
    seed: int

    def __post_init__(self) -> None:
        for name, symbol in {**symbols(self.left), **symbols(self.right)}.items():
            known = name in self.facts.graph.leaf_by_name or self.facts.meaning(symbol) is not None
            if not known:
                names = (*self.facts.graph.leaf_by_name, *self.facts.graph.definitions, *self.facts.definitions)
                msg = f"nothing is known of {name}{nearest(name, names)}"
                raise UnknownNameError(msg)
        self.leaves = leaves_of((self.left, self.right), self.facts)
        self.one_sided = False
        self.same = self.turn = self.unclear = 0

    def decide(self) -> Decision:
        """Go through the stages, cheapest first."""
        signature = agree(self.left, self.right, self.facts, self.seed)
        source = points(self.leaves, self.facts, self.seed)
        if (found := self.search(islice(source, FIRST_POINTS if signature else self.budget.points))) is not None:
            return found
        proof = prove(self.left, self.right, self.facts, self.budget, self.seed)
        if proof.proved and proof.learned and (found := self.search(islice(source, DOMAIN_POINTS))) is not None:
            return found  # pragma: no cover - never, unless a law is wrong
        limits = dict(proof.limits)
        if self.one_sided:
            limits.setdefault("domain")
        if proof.proved and (self.same or self.unclear) and not self.one_sided:
            return Decision(EQUAL, PROVED, boundary=proof.boundary, limits=tuple(limits))
        tight = VERY_TIGHT if signature is False else TIGHT
        if (found := self.search(islice(source, DRAWS), tight=tight, enough=self.budget.points)) is not None:
            return found
        if self.one_sided:
            limits.setdefault("domain")
        if self.same < LEAST_POINTS and self.leaves:
            return Decision(UNDECIDED, limits=(*limits, "points"))
        if not proof.proved and not signature:
            if signature is False and is_lawful((self.left, self.right), self.facts):
                return Decision(UNDECIDED, limits=(*limits, "bits"))
            if (found := self.visit(proof)) is not None:
                limits.update(dict.fromkeys(found.limits))
                return Decision(found.verdict, found.evidence, found.witness, limits=tuple(limits))
        if not self.same:
            return Decision(UNDECIDED, limits=(*limits, "points"))
        return Decision(EQUAL, SAMPLED, boundary=proof.boundary, points=self.same, limits=tuple(limits))

    def search(self, source: Iterator[Values], *, tight: Fraction = TIGHT, enough: int = 99) -> Decision | None:
        """Compare at points until one keeps the sides apart, or enough of them agree."""
        for values in source:
            # The small numbers may lie on kinks; a random point does so only where a condition holds with equality everywhere.
            kinks = self.turn >= NICE_POINTS or not self.leaves
            care = Care(tight, kinks, BITS[-1] if self.unclear < MOST_UNCLEAR else BITS[1])
            comparison = compare((self.left, self.right), self.facts, values, care)
            self.turn += 1
            self.unclear += comparison.outcome == UNCLEAR
            if comparison.outcome == APART:
                return Decision(DIFFERENT, PROVED, self.witness(comparison))
            self.one_sided = self.one_sided or comparison.outcome == ONE_SIDED
            self.same += comparison.outcome == SAME
            if self.same >= enough or not self.leaves:
                return None
        return None

    def visit(self, proof: Proof) -> Decision | None:
        """
        Look closer where signatures differ and no proof was found: at points of all sizes and in every cell left open.

        Return a decision where the sides are kept apart, where a cell cannot be reached, and where the forms differ
        though nothing was left out: the sides may agree at all points drawn and still differ by very little.
        """
        found = self.search(wide_points(self.leaves, self.facts, self.seed), tight=VERY_TIGHT)
        if found is not None:
            return found
        if not proof.all_cells or proof.ring is None:
            return Decision(UNDECIDED, limits=("cells",))
        for cell in proof.open_cells:
            if not cell:
                continue
            here = 0
            for values in self.points_in(cell, proof.ring):
                comparison = compare((self.left, self.right), self.facts, values, Care(VERY_TIGHT))
                if comparison.outcome == APART:
                    return Decision(DIFFERENT, PROVED, self.witness(comparison))
                here += comparison.outcome == SAME
                if here == LEAST_POINTS:
                    break
            if not here:
                return Decision(UNDECIDED, limits=("cells",))
        return None if proof.incomplete else Decision(UNDECIDED, limits=("form",))

    def points_in(self, cell: Cell, ring: Ring) -> Iterator[Values]:
        """Yield points inside a cell: one that solves its conditions where these are linear, and those met by chance."""
        rows = []
        for (kind, number), sign in cell:
            poly = ring.polys[number] if kind == "poly" else {((number, 1),): 1}
            rows.append({monomial: sign * coefficient for monomial, coefficient in poly.items()})
        source = points(self.leaves, self.facts, self.seed)
        values = dict(next(source))
        for monomial, value in (solve(rows, ()) or {}).items():
            unknown = ring.unknowns[monomial[0][0]]
            if len(monomial) == 1 and monomial[0][1] == 1 and unknown.kind == "symbol" and unknown.key in values:
                values[unknown.key] = value
        for chosen in (values, *islice(source, CELL_DRAWS)):
            sizes = Sizes(ring, chosen)
            if all(sizes.sign(part) == sign for part, sign in cell):
                yield chosen

    def witness(self, comparison: Comparison) -> Witness:
        """Return the point in the leaves, or where there are many in the names that the two sides use."""
        values = comparison.values
        if len(self.leaves) > MANY_LEAVES:
            place = Place(self.facts, values, 96)
            used = {**symbols(self.left), **symbols(self.right)}
            try:
                for symbol in used.values():
                    place.prepare(symbol)
                values = {name: _rounded(*place.arithmetic.ends(place.env[name])) for name in used}
            except (DomainError, UnclearError):
                values = comparison.values
        return Witness(dict(values), comparison.left, comparison.right)


def _rounded(low: Fraction, high: Fraction) -> Fraction:
    """Round the middle of an interval to `SHOWN_DIGITS` significant digits; an exact value stays."""
    if low == high:
        return low
    return Fraction(f"{float((low + high) / 2):.{SHOWN_DIGITS}g}")
