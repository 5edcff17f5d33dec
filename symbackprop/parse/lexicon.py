"""
The symbol table by which answers are read: every quantity of one problem, and how it may be written.

A quantity is an `Item`: a base letter with its layer, its indices and its sample.  What a reader wrote (`Marks`) is
compared with the items of the same base; the items that fit best are what it can mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest

from symbackprop.errors import nearest
from symbackprop.expr import Adjoint, Expr, Partial, Symbol
from symbackprop.matrix import Entries
from symbackprop.names import LONGEST_NAME, plain_name
from symbackprop.parse.items import UNLAYERED, Item, Marks, Shape

OUTPUT_WORDS = ("L", "E", "C", "J", "ell", "loss", "Loss", "cost", "Cost", "error", "Error")
LOSS_WORDS = frozenset({"L", "E", "C", "ell", "loss", "Loss"})  # L itself, where a cost J is made of it
TOTAL_WORDS = frozenset({"total", "tot", "T"})
RATE_WORDS = ("eta", "lr", "alpha", "learning_rate")
HATS = ("yhat", "y_hat")

_PLAIN = re.compile(r"(?P<base>[A-Za-z]+?)(?P<layer>[0-9]*)(?P<indices>(?:_[0-9]+)*)(?:_s(?P<sample>[0-9]+))?")
_OWN = re.compile(r"(?P<base>[^\W\d_]+)(?P<digits>[0-9]*)(?P<rest>(?:_\w+)?)")
_RATIO = re.compile(r"d(?P<top>\w+)_d(?P<bottom>\w+)")


@dataclass(frozen=True)
class Lexicon:
    """
    The symbol table of one problem.

    `output` is the plain name of what is differentiated, `outputs` all of them (losses of the samples, then the cost).
    `shapes` has every quantity by its plain name: scalars, whole layers, and their derivatives by the output.
    `edges` are the (child, parent) whose local derivative has a name; `own` maps plain names to the problem's own.
    `parts` has the entries of every whole layer; `adjoints` the plain name of each known (output, of).
    `activations` names the function of each pre-activation, scalar or whole ("" for a formula).
    `slope` differentiates an expression by a name, all others held fixed.
    """

    output: str
    shapes: Mapping[str, Shape]
    edges: frozenset[tuple[str, str]] = frozenset()
    own: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    parts: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    adjoints: Mapping[tuple[str, str], str] = field(default_factory=dict)
    activations: Mapping[str, str] = field(default_factory=dict)
    network: bool = False
    depth: int = 0
    samples: int = 1
    rate: str = ""
    slope: Callable[[Expr, str], Expr] | None = None

    # --- the quantities ----------------------------------------------------------------------------------------

    @cached_property
    def scalars(self) -> dict[str, str]:
        """The only entry of each whole layer that has one."""
        return {whole: rows[0][0] for whole, rows in self.parts.items() if len(rows) == len(rows[0]) == 1}

    @cached_property
    def words(self) -> dict[str, Expr]:
        """Every quantity by the words that name it exactly: plain names and the problem's own."""
        found: dict[str, Expr] = {}
        derived = set(self.adjoints.values())
        for name in self.shapes:
            if name not in derived:
                found[name] = Symbol(self.scalars.get(name, name))
        for (output, of), name in self.adjoints.items():
            if output == self.output or name not in found:
                found.setdefault(name, self.derivative(output, of))
        for plain, own in self.own.items():
            found[plain_name(own)] = found.get(plain, Symbol(plain))
        for child, parent in self.edges:
            found.setdefault(f"local_{child}_{parent}", Partial(f"local_{child}_{parent}", child, parent))
        if self.rate:
            for word in RATE_WORDS:
                found.setdefault(word, Symbol(self.rate))
        for whole in self.parts if self.samples > 1 else ():
            if whole[0] in "ZA":
                stacked = self.stacked(whole)
                found[stacked.name] = stacked
        return found

    @cached_property
    def items(self) -> dict[str, list[Item]]:
        """The quantities by their base letter."""
        found: dict[str, list[Item]] = {}

        def enter(item: Item) -> None:
            found.setdefault(item.base, []).append(item)

        sizes = {entry: (len(rows), len(rows[0])) for rows in self.parts.values() for row in rows for entry in row}
        derived = set(self.adjoints.values())
        for name in self.shapes:
            if name in derived:
                continue
            item = self._item(name, sizes.get(name, (1, 1)))
            enter(item)
            delta = self._delta(name) if item.base == "z" and item.layer else None
            if delta is not None:
                enter(Item(delta, "delta", item.layer, item.indices, item.sample, item.size, item.whole))
            if name in self.own and (own := self._own_item(self.own[name], item)):
                enter(own)
                if delta is not None:
                    enter(Item(delta, "delta", "", own.indices, item.sample))
                    enter(Item(delta, "delta", "", tuple(self.own[name].split("_")), item.sample))
        self._samples(enter)
        self._aliases(found)
        return found

    def _item(self, name: str, size: Shape) -> Item:
        """Take a plain name apart."""
        match = _PLAIN.fullmatch(name) if self.network else None
        whole = name in self.parts
        symbol = Symbol(self.scalars.get(name, name))
        if match is None:
            return self._own_item(name, Item(symbol, name, whole=whole)) or Item(symbol, name, whole=whole)
        indices = tuple(match["indices"].split("_")[1:])
        return Item(symbol, match["base"], match["layer"], indices, match["sample"] or "", size, whole)

    def _own_item(self, own: str, item: Item) -> Item | None:
        """Take an identifier of the problem's own apart: trailing digits and suffixes are indices."""
        match = _OWN.fullmatch(plain_name(own))
        if match is None:
            return None
        suffixes = [part for part in match["rest"].split("_") if part]
        indices = (*([match["digits"]] if match["digits"] else []), *suffixes)
        return Item(item.expr, match["base"], "", indices)

    def _delta(self, name: str) -> Expr | None:
        """Return the δ of a pre-activation: the derivative of a loss by it; None where it has none."""
        name = self.scalars.get(name, name)
        losses = (output for output in (*self.outputs, self.output) if self.adjoints.get((output, name), "").startswith("delta"))
        loss = next(losses, None)
        return None if loss is None else self.derivative(loss, name)

    def _samples(self, enter: Callable[[Item], None]) -> None:
        """Enter the whole layers of one sample among several, as explicit vectors."""
        if self.samples < 2:
            return
        for whole, rows in self.parts.items():
            if whole[0] not in "XYZA" or len(rows[0]) != self.samples:
                continue
            for sample in range(self.samples):
                column = [Symbol(row[sample]) for row in rows]
                enter(Item(_vector(column), whole[0].lower(), whole[1:], (), str(sample + 1), whole=True))
                deltas = [delta for row in rows if whole[0] == "Z" and (delta := self._delta(row[sample])) is not None]
                if len(deltas) == len(rows):
                    enter(Item(_vector(deltas), "delta", whole[1:], (), str(sample + 1), whole=True))
            if whole[0] == "Z":
                enter(Item(self.stacked(whole), "delta", whole[1:], whole=True))

    def _aliases(self, found: dict[str, list[Item]]) -> None:
        """Enter other names of the same quantities where they are free: ŷ and p for the output, a⁰ for the inputs."""
        if not self.network:
            return
        last = str(self.depth)
        for base in ("a", "A"):
            outputs = [item for item in found.get(base, []) if item.layer == last]
            hat = [Item(i.expr, "yhat", "", i.indices, i.sample, i.size, i.whole) for i in outputs]
            found.setdefault("yhat", []).extend(hat)
            if base == "a":
                found.setdefault("p", []).extend(hat)
        for base, letter, layer in (("o", "a", last), ("t", "y", "")):
            alike = [item for item in found.get(letter, []) if item.layer == layer and len(self.own) == 0]
            if base not in found and alike:
                found[base] = [Item(i.expr, base, "", i.indices, i.sample, i.size, i.whole) for i in alike]
        if self.depth == 2 and "h" not in found and not self.own:  # as an entry only: h1 may be the whole layer
            found["h"] = [
                Item(i.expr, "h", "1", i.indices, i.sample, i.size)
                for i in found.get("a", [])
                if i.layer == "1" and not i.whole and i.size[0] > 1
            ]
        for base, letter in (("a", "x"), ("A", "X")):
            zero = [Item(i.expr, base, "0", i.indices, i.sample, i.size, i.whole) for i in found.get(letter, [])]
            found.setdefault(base, []).extend(zero)
        if "x" in self.parts and self.samples < 2:
            for capital, small in (("X", "x"), ("Y", "y")):
                found.setdefault(capital, []).extend([i for i in found.get(small, []) if i.whole])
            for base in ("A", "Z"):
                found.setdefault(base, []).extend([i for i in found.get(base.lower(), []) if i.whole])

    # --- resolution --------------------------------------------------------------------------------------------

    def find(self, base: str, marks: Marks) -> list[Item]:
        """Return the items that a base with its marks fits best: one, none, or several where it is ambiguous."""
        ranked = [(rank, item) for item in self.items.get(base, ()) if (rank := item.rank(marks)) is not None]
        if not ranked:
            return []
        best = min(rank for rank, _ in ranked)
        if best >= UNLAYERED:  # without a layer, every quantity that may be meant counts
            if marks.attached and self.depth > 1:  # digits right behind a letter are its layer, never an index of another
                return []
            return self._unlayered([item for _, item in ranked], marks)
        return _different([item for rank, item in ranked if rank == best])

    def _unlayered(self, items: list[Item], marks: Marks) -> list[Item]:
        """Return what a letter without its layer may mean; in a chain of single units, w_1 is the weight of layer 1."""
        layers = [item for item in self.items[items[0].base] if marks.below == (item.layer,) and not marks.above]
        whole = [item for item in layers if item.whole or item.size == (1, 1)]
        chain = all(item.size == (1, 1) for item in self.items[items[0].base] if not item.whole and item.layer)
        if chain and whole:
            return _different(whole)[:1]
        if self.depth == 1 and any(not item.whole for item in items):
            return _different([item for item in items if not item.whole])
        return _different([*items, *whole])

    def word(self, word: str) -> Expr | None:
        """Return the quantity that a word names exactly: a1_2, w5, delta1_2, dL_dw1_1_1, dW1."""
        found = self.words.get(word)
        if found is not None:
            return found
        if ratio := _RATIO.fullmatch(word):
            top, bottom = self.words.get(ratio["top"]), self.words.get(ratio["bottom"])
            if top is None and ratio["top"] in OUTPUT_WORDS and self.network:
                top = Symbol(self.output)
            if type(top) is Symbol and type(bottom) is Symbol:
                return self.derivative(top.name, bottom.name)
        if word[:1] == "d" and self.network:
            of = self.words.get(word[1:])
            if type(of) is Symbol and of.name not in {self.output, *self.outputs}:
                return self.coded(of.name)
        return None

    def coded(self, of: str) -> Expr:
        """
        Return what programs call dz: the derivative of the output by z.

        Over several samples dZ and dA stack the derivatives of each sample's own loss, as Ng's course does; dW and db are
        of the cost.
        """
        if self.samples < 2 or of[:1] not in "zZaA":
            return self.derivative(self.output, of)
        return self.stacked(of) if of in self.parts else self.derivative(self.loss_of("L", of), of)

    def stacked(self, whole: str) -> Adjoint:
        """Return the matrix whose columns are the derivatives of each sample's own loss by a layer."""
        return Adjoint(f"Delta{whole[1:]}" if whole[0] == "Z" else f"dL_d{whole}", "L", whole)

    def loss_of(self, output: str, entry: str) -> str:
        """Return the loss of the sample that an entry belongs to, where "L" stands for every sample's own."""
        own = f"{output}_s{entry.rpartition('_s')[2]}"
        return own if self.samples > 1 and output not in self.words and own in self.outputs else output

    def spelled(self, word: str) -> Expr | None:
        """Return the quantity that a word spells without any other mark: a1_2, x1, w1_12; None where it is not one only."""
        found = self.word(word)
        match = _OWN.fullmatch(word) if found is None else None
        if match is None:
            return found
        marks = Marks(match["digits"], tuple(part for part in match["rest"].split("_") if part))
        fitting = self.find(match["base"], marks)
        return fitting[0].expr if len(fitting) == 1 else None

    def knows(self, word: str) -> bool:
        """Whether a word is to be read in one piece in LaTeX, too: a name, or a base with the digits of its layer."""
        base = word.rstrip("0123456789")
        return self.spelled(word) is not None or (base != word and base in self.items)

    @cached_property
    def given(self) -> tuple[str, ...]:
        """The scalars that nothing defines: inputs and parameters."""
        derived, defined = set(self.adjoints.values()), {child for child, _ in self.edges}
        return tuple(name for name in self.shapes if name not in derived | defined and name not in self.parts)

    def depends(self, name: str, on: str) -> bool:
        """Whether a quantity depends on another; whole layers by their first entries."""
        name, on = (self.parts[n][0][0] if n in self.parts else n for n in (name, on))
        return on in self._ancestors(name)

    def _ancestors(self, name: str) -> set[str]:
        parents: dict[str, list[str]] = {}
        for child, parent in self.edges:
            parents.setdefault(child, []).append(parent)
        seen: set[str] = set()
        stack = [name]
        while stack:
            for parent in parents.get(stack.pop(), ()):
                if parent not in seen:
                    seen.add(parent)
                    stack.append(parent)
        return seen

    def derivative(self, top: str, bottom: str) -> Expr:
        """Return ∂top/∂bottom: over all paths, but a local derivative on an edge that is not from the output."""
        known = self.adjoints.get((top, bottom))
        if known is not None:
            return Adjoint(known, top, bottom)
        if (top, bottom) in self.edges and top != self.output:
            return Partial(f"local_{top}_{bottom}", top, bottom)
        return Adjoint(f"d{top}_d{bottom}", top, bottom)

    def entry(self, symbol: Symbol, row: int, column: int) -> Expr:
        """Return one entry, from 1, of a whole layer or of its derivative."""
        whole = symbol.of if isinstance(symbol, Adjoint) else symbol.name
        rows = self.parts.get(whole)
        if rows is None:
            return symbol
        plain = rows[row - 1][column - 1]
        return self.derivative(self.loss_of(symbol.output, plain), plain) if isinstance(symbol, Adjoint) else Symbol(plain)

    def shape(self, symbol: Symbol) -> Shape:
        """Return the shape of a quantity or a derivative by it."""
        name = symbol.of if isinstance(symbol, Adjoint) else symbol.name
        return (1, 1) if isinstance(symbol, Partial) else self.shapes.get(name, (1, 1))

    def near(self, word: str) -> str:
        """Say which declared names are nearest to a word."""
        derived = set(self.adjoints.values())
        known = [self.own.get(name, name) for name in self.shapes if name not in derived]
        alike = [name for name in (*known, *self.own) if len(word) > 3 or name[:1].casefold() == word[:1].casefold()]
        close = nearest(word[:LONGEST_NAME], alike)
        groups: dict[str, list[str]] = {}
        for name in known:
            groups.setdefault(name.partition("_")[0].rstrip("0123456789"), []).append(name)
        some = [name for names in zip_longest(*groups.values()) for name in names if name is not None][:12]
        return close or f" (known: {', '.join(some)}{', …' if len(known) > 12 else ''})"


def _vector(entries: Sequence[Expr]) -> Expr:
    """Return a column of entries; a single one is itself."""
    return entries[0] if len(entries) == 1 else Entries(tuple((entry,) for entry in entries))


def _different(items: list[Item]) -> list[Item]:
    """Return the items that are different quantities."""
    return list({item.expr: item for item in items}.values())
