"""
One derivation, ready to be asked: what a name stands for, entry by entry, and what it must equal.

An answer may use any named quantity, whole layers included.  Matrices are taken apart into their entries here, so that
everything beyond is about scalars.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from symbackprop.arithmetic import FLOAT, evaluate, exact
from symbackprop.backprop import backpropagate, slice_names
from symbackprop.backprop import expand as put_in
from symbackprop.checking.entries import Rows, taken_apart
from symbackprop.checking.symbols import lexicon_of
from symbackprop.decide import Facts
from symbackprop.derivation import Derivation, target_groups
from symbackprop.document import Relation
from symbackprop.errors import DomainError, InputError, UnknownNameError
from symbackprop.evaluate import missing
from symbackprop.expr import (
    ONE,
    Adjoint,
    Expr,
    Number,
    Partial,
    Symbol,
    walk,
)
from symbackprop.functions import canonical
from symbackprop.graph import Graph
from symbackprop.matrix import Entries
from symbackprop.parse.answers import read_answer
from symbackprop.parse.lexicon import Lexicon
from symbackprop.typeset.shortcuts import unicode_text
from symbackprop.verify.draws import Draws
from symbackprop.verify.points import Setting
from symbackprop.verify.reals import RealPoint

MOST_SHOWN = 36
DISTRIBUTIONS = frozenset({"cross_entropy", "negative_log_likelihood", "kl_divergence"})


@dataclass(frozen=True)
class Target:
    """
    What was asked.

    `name` is how it is written in sentences, `symbol` what it stands for (a scalar or a whole layer), `shape` rows ×
    columns, `entries` its scalars, row by row.  `asked` is "gradient", "local" or "value".
    """

    name: str
    symbol: Symbol
    shape: tuple[int, int]
    entries: tuple[tuple[Symbol, ...], ...]
    asked: str

    def __iter__(self) -> Iterator[tuple[int, int, Symbol]]:
        """Yield every entry with its row and column, from 1."""
        for i, row in enumerate(self.entries, 1):
            for j, symbol in enumerate(row, 1):
                yield i, j, symbol


@dataclass(frozen=True, eq=False)
class Truth:
    """A derivation and all that answers are compared with; made once, asked often."""

    derivation: Derivation
    seed: int = field(default=0, kw_only=True)

    @property
    def graph(self) -> Graph:
        """The forward definitions."""
        return self.derivation.graph

    @cached_property
    def lexicon(self) -> Lexicon:
        """The symbol table by which answers are read."""
        return lexicon_of(self.derivation.problem, self.derivation.backward)

    @cached_property
    def facts(self) -> Facts:
        """What is known of every symbol: its definition, forward or backward, and the problem's assumptions."""
        backward, problem = self.derivation.backward, self.derivation.problem
        definitions = {node.symbol.name: node.expr for node in backward.nodes}
        definitions |= {step.about.name: step.value for step in backward.locals.values()}
        return Facts(self.graph, definitions, problem.constraints, problem.assumptions)

    @cached_property
    def draws(self) -> Draws:
        """Random points at which mistakes are compared."""
        problem = self.derivation.problem
        return Draws(Setting(self.graph, problem.constraints, problem.assumptions), self.seed)

    @cached_property
    def numbers(self) -> RealPoint | None:
        """All values at the problem's own point, to 50 digits; None where it gives none."""
        problem = self.derivation.problem
        if missing(self.graph, problem.point):
            return None
        try:
            return RealPoint(Setting(self.graph, problem.constraints, problem.assumptions), self.point_of_leaves)
        except DomainError:
            return None

    @cached_property
    def point_of_leaves(self) -> dict[str, Fraction]:
        """The problem's own point as fractions; what is irrational (log 2) as near as a float."""
        found = {}
        for name, written in self.derivation.problem.point.items():
            value = exact(written, {})
            found[name] = Fraction(evaluate(written, {}, FLOAT)) if value is None else value
        return found

    @cached_property
    def with_unit_targets(self) -> Truth | None:
        """
        The same, where the targets of each sample sum to 1: p − y is only then the gradient of softmax with cross-entropy.

        None where the problem says so itself, and where its targets are no distribution.
        """
        problem = self.derivation.problem
        network = problem.network
        if network is None or problem.constraints or canonical(network.loss) not in DISTRIBUTIONS:
            return None
        try:
            groups = target_groups(problem)
        except InputError:
            return None
        assumed = replace(problem, constraints=groups)
        backward = backpropagate(assumed.graph, unit_sums=groups)
        return Truth(replace(self.derivation, problem=assumed, backward=backward), seed=self.seed)

    # --- what is asked ---------------------------------------------------------------------------------------

    def target(self, text: str) -> Target:
        """
        Read what was asked: a derivative, or a value; a leaf's name alone asks for the derivative by it.

        Raises ParseError or UnknownNameError, which names the nearest known ones.
        """
        line = read_answer(text, self.lexicon).lines[0]
        symbol = line.values[0]
        if not isinstance(symbol, Symbol):
            msg = f'"{text.strip()}" is no quantity: a name such as {self.example()} is accepted'
            raise UnknownNameError(msg)
        return self.asked(symbol)

    def asked(self, symbol: Symbol, *, given: bool = False) -> Target:
        """Return what a name asks for; a leaf, or a layer of leaves, stands for the derivative by it, unless it is `given`."""
        if not given and not isinstance(symbol, Adjoint | Partial) and self.is_leaf(symbol):
            symbol = self.adjoint(self.lexicon.output, symbol.name)
        shape = self.shape(symbol)
        entries = tuple(
            tuple(self.entry(symbol, i, j) for j in range(1, shape[1] + 1)) for i in range(1, shape[0] + 1)
        )
        kind = "gradient" if isinstance(symbol, Adjoint) else "local" if isinstance(symbol, Partial) else "value"
        return Target(self.written(symbol), symbol, shape, entries, kind)

    def solution(self, target: Target) -> str:
        """Return what was asked for on lines of Unicode: in named quantities, then every derivative that it uses."""
        if target.shape[0] * target.shape[1] > MOST_SHOWN:
            return f"{target.shape[0]}×{target.shape[1]} entries, more than are shown"
        definitions = self._definitions
        rows = tuple(tuple(definitions.get(symbol.name, symbol) for symbol in row) for row in target.entries)
        speller = self.derivation.speller
        whole: Expr = rows[0][0] if target.shape == (1, 1) else Entries(rows)
        lines = [Relation((target.symbol, whole))]
        waiting = list(names_in(whole))
        told = {target.symbol.name}
        while waiting:
            symbol = waiting.pop(0)
            if isinstance(symbol, Adjoint | Partial) and symbol.name in definitions and symbol.name not in told:
                told.add(symbol.name)
                lines.append(Relation((symbol, definitions[symbol.name])))
                waiting += names_in(definitions[symbol.name])
        return "\n".join(unicode_text(line, speller) for line in lines)

    def example(self) -> str:
        """Return a derivative that can be asked for."""
        adjoints = self.derivation.backward.adjoints
        leaf = next((name for name in adjoints if name in self.graph.leaf_by_name), next(iter(adjoints), "x"))
        own = self.derivation.problem.names
        return f"d{own.get(self.lexicon.output, self.lexicon.output)}/d{own.get(leaf, leaf)}"

    def written(self, symbol: Symbol) -> str:
        """Return how a quantity is written in a sentence."""
        own = self.derivation.problem.names
        if isinstance(symbol, Adjoint):
            if symbol.is_delta:
                return own.get(symbol.name) or self._own_delta(symbol.name)
            return f"d{own.get(symbol.output, symbol.output)}/d{own.get(symbol.of, symbol.of)}"
        if isinstance(symbol, Partial):
            return f"∂{own.get(symbol.child, symbol.child)}/∂{own.get(symbol.parent, symbol.parent)}"
        return own.get(symbol.name) or self.derivation.speller.name(symbol.name).written or symbol.name

    def _own_delta(self, plain: str) -> str:
        """Return delta_o1 for the δ of a pre-activation that the problem calls net_o1."""
        name = self.derivation.speller.name(plain)
        renamed = "z" + plain.removeprefix("delta") in self.derivation.problem.names
        return f"delta_{'_'.join(name.indices)}" if renamed else plain

    @cached_property
    def _symbols(self) -> dict[str, Symbol]:
        """The derivatives by their plain names."""
        backward = self.derivation.backward
        return {s.name: s for s in (*(n.symbol for n in backward.nodes), *(step.about for step in backward.locals.values()))}

    @cached_property
    def written_names(self) -> dict[str, Symbol]:
        """Every quantity by how it is written in a sentence."""
        symbols = [*self._symbols.values(), *(Symbol(name) for name in (*self.graph.leaf_by_name, *self.graph.definitions))]
        wholes = [Symbol(name) for name in self.lexicon.shapes if name not in self.graph.definitions]
        found = {self.written(symbol): symbol for symbol in (*wholes, *symbols)}
        found |= {f"d{self.lexicon.output}/d{s.name}": self.adjoint(self.lexicon.output, s.name) for s in wholes}
        return found

    def needs(self, names: Iterable[str]) -> set[str]:
        """Return the names that quantities are found from, themselves included."""
        return slice_names(self.derivation.backward, names)

    @cached_property
    def _definitions(self) -> dict[str, Expr]:
        return {**{node.symbol.name: node.expr for node in self.graph.nodes}, **self.facts.definitions}

    def spelled(self, name: str) -> str:
        """Return how the quantity of a plain name is written in a sentence."""
        return self.written(self._symbols.get(name, Symbol(name)))

    def is_leaf(self, symbol: Symbol) -> bool:
        """Whether a name is given, not computed: a leaf, or a layer of leaves."""
        leaves = self.graph.leaf_by_name
        return symbol.name in leaves or self.entry(symbol, 1, 1).name in leaves

    # --- names -----------------------------------------------------------------------------------------------

    def adjoint(self, output: str, of: str) -> Adjoint:
        """Return the symbol of ∂output/∂of, for scalars and for whole layers."""
        backward = self.derivation.backward
        known = backward.adjoints_of(output).get(of)
        return known or Adjoint(f"d{output}_d{of}", output, of)

    def shape(self, symbol: Symbol) -> tuple[int, int]:
        """Return rows and columns of a named quantity; of ∂u/∂v between layers, those of the Jacobian."""
        match symbol:
            case Adjoint(output=above, of=below) | Partial(child=above, parent=below):
                height, width = self.lexicon.shapes.get(above, (1, 1)), self.lexicon.shapes.get(below, (1, 1))
                return width if height == (1, 1) else (height[0] * height[1], width[0] * width[1])
            case _:
                return self.lexicon.shapes.get(symbol.name, (1, 1))

    def entry(self, symbol: Symbol, i: int, j: int) -> Symbol:
        """Return the scalar at row i and column j (from 1) of a named quantity; a scalar is its only entry."""
        match symbol:
            case Adjoint(output=above, of=below):
                one, two = self._ends(above, below, i, j)
                return self.adjoint(one, two)
            case Partial(child=above, parent=below):
                one, two = self._ends(above, below, i, j)
                return Partial(f"local_{one}_{two}", one, two)
            case _:
                return Symbol(self._entry_name(symbol.name, i, j))

    def _ends(self, above: str, below: str, i: int, j: int) -> tuple[str, str]:
        """Return the scalars that an entry of ∂above/∂below is about."""
        rows, columns = self.lexicon.shapes.get(above, (1, 1))
        if (rows, columns) == (1, 1):
            entry = self._entry_name(below, i, j)
            loss = self.lexicon.loss_of(above, entry)  # Delta2 is by columns of each sample's own loss
            return (loss if loss != above else self._entry_name(above, 1, 1)), entry
        width = self.lexicon.shapes.get(below, (1, 1))[1]
        return (
            self._entry_name(above, (i - 1) // columns + 1, (i - 1) % columns + 1),
            self._entry_name(below, (j - 1) // width + 1, (j - 1) % width + 1),
        )

    def _entry_name(self, whole: str, i: int, j: int) -> str:
        """Return the plain name of an entry: W1 gives w1_2_3, b1 b1_2, Z1 z1_2_s3, a0 x_2."""
        rows = self.lexicon.parts.get(whole)
        return rows[i - 1][j - 1] if rows else whole

    # --- entries ---------------------------------------------------------------------------------------------

    def entries(self, expr: Expr) -> Rows:
        """
        Take an expression apart into scalars, row by row; slopes σ′(z) are written out by their formula.

        Raises ShapeError where shapes do not go together.
        """
        return taken_apart(expr, self._layer)

    def _layer(self, symbol: Symbol) -> Rows:
        """Return the entries of a named quantity."""
        height, width = self.shape(symbol)
        return tuple(tuple(self.meant(self.entry(symbol, i, j)) for j in range(1, width + 1)) for i in range(1, height + 1))

    def meant(self, symbol: Symbol) -> Expr:
        """Return a scalar that everything beyond knows: a derivative between two values that has no name is written out."""
        if not isinstance(symbol, Adjoint):
            return self._rate(symbol) if symbol.name == self.lexicon.rate and not self.has(symbol.name) else symbol
        if symbol.name in self.facts.definitions:
            return symbol
        if symbol.output == symbol.of:
            return ONE
        if symbol.output not in self.graph.definitions or symbol.of not in self.graph.ancestors(symbol.output):
            return Number(0)
        return self._between(symbol.output, symbol.of)

    def has(self, name: str) -> bool:
        """Whether a plain name is a quantity of the problem, not one that was made on the way."""
        return name in self.graph.leaf_by_name or name in self.graph.definitions or name in self._symbols

    def _rate(self, symbol: Symbol) -> Expr:
        """Return the learning rate that the problem declares; raises InputError where it declares none."""
        training = self.derivation.problem.training
        if training is None:
            msg = f"the problem says nothing of a learning rate, so {symbol.name} has no value here"
            raise InputError(msg)
        return training.options.hyperparameters["learning_rate"]

    def _between(self, output: str, of: str) -> Expr:
        """Write ∂output/∂of out in values."""
        needed = self.graph.ancestors(output)
        below = Graph(
            tuple(leaf for leaf in self.graph.leaves if leaf.symbol.name in needed),
            tuple(node for node in self.graph.nodes if node.symbol.name in needed),
        )
        swept = backpropagate(below)
        backward = {node.symbol.name: node for node in swept.nodes}
        return put_in(swept.adjoints_of(output)[of], backward)


def names_in(expr: Expr) -> tuple[Symbol, ...]:
    """Return every symbol of an expression once, in reading order."""
    return tuple(dict.fromkeys(part for part in walk(expr) if isinstance(part, Symbol)))
