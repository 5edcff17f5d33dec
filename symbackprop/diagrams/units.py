"""The units of a network as they are drawn: circles in columns, numbers above and below them, biases beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from symbackprop.diagrams.figure import Label, Node, Writing
from symbackprop.diagrams.inscribe import NOTE, NUMBER, text
from symbackprop.diagrams.material import Material
from symbackprop.diagrams.shapes import size_for
from symbackprop.expr import Symbol
from symbackprop.functions import VECTOR_FUNCTIONS, canonical
from symbackprop.graph import Role
from symbackprop.network import Network

MOST_UNITS = 12
FIRST_UNITS = 5
MOST_TARGETS = 3
BETWEEN, DOTS, END = 12.0, 30.0, 14.0
# The distance of units between which so many edges cross and have texts: with numbers, four texts of two lines in it.
FEW_EDGES, ROOM_FOR_NUMBERS = 6, 128.0
LABELLED_EDGES, ROOM_FOR_NAMES = 12, 104.0
# The same of units whose edges come together in one.
ROOM_IN_FAN = 68.0


@dataclass(frozen=True)
class Unit:
    """One place of a layer; `sums` are the pre-activations it is computed from, its own first."""

    name: str
    role: str
    sums: tuple[str, ...] = ()
    bias: str = ""


@dataclass(frozen=True)
class Piece:
    """A unit as it is drawn: number `place` of its layer (from 0), with the labels that stand above and below it."""

    unit: Unit
    place: int
    node: Node
    labels: tuple[Label, ...]

    def moved(self, x: float, y: float) -> Piece:
        """Return the piece moved."""
        labels = tuple(replace(label, x=label.x + x, y=label.y + y) for label in self.labels)
        return replace(self, node=replace(self.node, x=self.node.x + x, y=self.node.y + y), labels=labels)

    @property
    def top(self) -> float:
        """Its upper end."""
        return min((self.node.box[1], *(label.box[1] for label in self.labels)))

    @property
    def bottom(self) -> float:
        """Its lower end."""
        return max((self.node.box[3], *(label.box[3] for label in self.labels)))

    @property
    def half(self) -> float:
        """Half of its width, without what stands beside it."""
        return max((self.node.width, *(label.writing.width for label in self.labels if label.x == self.node.x))) / 2


@dataclass(frozen=True)
class Column:
    """A layer: its pieces around y = 0 and the places of ⋮."""

    pieces: tuple[Piece, ...]
    dots: tuple[float, ...]

    @property
    def half(self) -> float:
        """Half of its width."""
        return max(piece.half for piece in self.pieces)

    @property
    def end(self) -> float:
        """Where a row ends that has this layer as its last."""
        return self.pieces[0].node.x + self.half + END

    @property
    def span(self) -> float:
        """The distance between the middles of its first and last unit."""
        return self.pieces[-1].node.y - self.pieces[0].node.y

    def moved(self, x: float) -> Column:
        """Return the column at another x."""
        return Column(tuple(piece.moved(x, 0) for piece in self.pieces), self.dots)


class Units:
    """Draws the units of a network for one sample."""

    def __init__(self, material: Material, network: Network, sample: int) -> None:
        self.material = material
        self.network = network
        self.suffix = f"_s{sample}" if network.samples > 1 else ""
        self.notices: list[str] = []

    def layers(self) -> list[list[Unit]]:
        """Return the places of every layer: inputs, units, the loss, and the cost where there is one."""
        s, leaves = self.suffix, self.material.graph.leaf_by_name
        found = [[Unit(f"x_{k}{s}", "input") for k in range(1, self.network.inputs + 1)]]
        for index, layer in enumerate(self.network.layers, 1):
            sums = [f"z{index}_{j}{s}" for j in range(1, layer.units + 1)]
            whole = canonical(layer.activation) in VECTOR_FUNCTIONS
            row = []
            for j, own in enumerate(sums, 1):
                others = tuple(z for z in sums if z != own) if whole else ()
                bias = f"b{index}_{j}"
                row.append(Unit(f"a{index}_{j}{s}", "unit", (own, *others), bias if bias in leaves else ""))
            found.append(row)
        found.append([Unit(f"L{s}", "loss")])
        if self.material.output != f"L{s}":
            found.append([Unit(self.material.output, "loss")])
        return found

    def columns(self) -> list[Column]:
        """Return every layer as a column at x = 0."""
        layers = [[self._piece(units[i], i) for i in self._shown(units, layer)] for layer, units in enumerate(self.layers())]
        # A layer of one unit needs no distance, however much is written below it.
        pieces = [piece for layer in layers if len(layer) > 1 for piece in layer] or layers[0]
        top, bottom = min(piece.top for piece in pieces), max(piece.bottom for piece in pieces)
        apart = bottom - top + BETWEEN
        for left, right in pairwise(layers):
            fan = min(len(left), len(right)) == 1
            apart = max(apart, ROOM_IN_FAN if fan else self._room(len(left) * len(right)))
        return [_column(layer, top, apart) for layer in layers]

    def _room(self, edges: int) -> float:
        """Return the distance of two units that the texts on so many edges need."""
        if edges <= FEW_EDGES and self.material.values is not None:
            return ROOM_FOR_NUMBERS
        return ROOM_FOR_NAMES if FEW_EDGES < edges <= LABELLED_EDGES else 0.0

    def _shown(self, units: Sequence[Unit], layer: int) -> list[int]:
        """Return which units of a layer are drawn: all of a dozen; else the first, the last and those the question is about."""
        if len(units) <= MOST_UNITS:
            return list(range(len(units)))
        asked = self.material.wrt.partition("_s")[0]
        of_layer, *indices = asked[1:].split("_")
        at = int(of_layer) if of_layer.isdecimal() else 0
        about = [int(index) - 1 for index in indices if index.isdecimal()]
        own = about[:1] if layer == at else about[1:2] if layer == at - 1 else []
        kept = sorted({*range(FIRST_UNITS), *(i for i in own if i < len(units)), len(units) - 1})
        whose = f"layer {layer}" if layer else "inputs"
        self.notices.append(f"{whose}: {len(kept)} of {len(units)} are drawn, and ⋮ stands for the others")
        return kept

    def _piece(self, unit: Unit, place: int) -> Piece:
        """Return a unit at the origin, with its numbers and its bias."""
        material = self.material
        writing = material.scribe.symbol(unit.name)
        shape, width, height = size_for(writing, "box" if unit.role == "input" else "circle")
        node = Node(
            unit.name, shape, 0.0, 0.0, width, height, unit.role, writing,
            ("path",) if unit.name in material.passed else (),
            material.local_names(*((unit.name, z) for z in unit.sums)), material.tip(unit.name),
        )  # fmt: skip
        labels = []
        value = material.write(material.value(unit.name), NUMBER)
        gradient = material.write(material.gradient(unit.name), NUMBER)
        low = height / 2 + 4
        below: list[tuple[str, str, Writing | None]] = []
        # Where no edge comes in or none goes out, the numbers stand beside the unit.
        beside = -1 if unit.role == "input" else 1 if unit.name == material.output else 0
        if value and not beside:
            labels.append(Label(unit.name, "value", 0, -height / 2 - 4 - value.height / 2, value))
            below.append((unit.name, "gradient", gradient))
        elif value:
            for line, role, side in ((value, "value", -1), (gradient, "gradient", 1)):
                if line:
                    x, y = beside * (width / 2 + 5 + line.width / 2), side * (1.5 + line.height / 2)
                    labels.append(Label(unit.name, role, x, y, line))
        written = [(unit.bias, "bias")] if unit.bias else self._targets(unit)
        for name, role in written:
            below.append((name, role, self._with_number(name)))
            if name == material.wrt:
                below.append((name, "gradient", material.write(material.gradient(name), NUMBER)))
        if len(written) == MOST_TARGETS < len(self._all_targets()):
            below.append(("", "note", text("⋮", NUMBER, latex=r"$\vdots$")))
        for name, role, line in below:
            if line is not None:
                classes = ("path",) if name and name == material.wrt else ()
                labels.append(Label(name, role, 0, low + line.height / 2, line, classes))
                low += line.height + 3
        return Piece(unit, place, node, tuple(labels))

    def _with_number(self, name: str) -> Writing:
        number, scribe = self.material.value(name), self.material.scribe
        return scribe.equation((Symbol(name), number), NOTE) if number else scribe.symbol(name, NOTE)

    def _targets(self, unit: Unit) -> list[tuple[str, str]]:
        """Return what is compared with the outputs, to be written at the loss."""
        own = unit.name == f"L{self.suffix}"
        return [(name, "target") for name in self._all_targets()[:MOST_TARGETS]] if own else []

    def _all_targets(self) -> list[str]:
        names = [leaf.symbol.name for leaf in self.material.graph.leaves if leaf.role is Role.TARGET]
        return [name for name in names if name.endswith(self.suffix)]


def _column(pieces: Sequence[Piece], top: float, apart: float) -> Column:
    """Place pieces below one another; `top` is how far any of the picture reaches up, `apart` their distance."""
    y, placed, dots = 0.0, [], []
    for before, piece in zip([None, *pieces[:-1]], pieces, strict=True):
        if before is not None:
            y += apart
            if piece.place != before.place + 1:
                dots.append(y + top + (DOTS - BETWEEN) / 2)
                y += DOTS
        placed.append(piece.moved(0, y))
    return Column(tuple(piece.moved(0, -y / 2) for piece in placed), tuple(dot - y / 2 for dot in dots))
