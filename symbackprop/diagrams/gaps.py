"""The edges between two layers: as far apart as what is written on them needs, each text where its own edge is nearest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symbackprop.diagrams.figure import Box, Edge, Label, Point
from symbackprop.diagrams.inscribe import NUMBER
from symbackprop.diagrams.labels import Block, crossed, place, stack
from symbackprop.diagrams.material import Material
from symbackprop.diagrams.shapes import arrow_box, border, straight
from symbackprop.diagrams.units import Column, Piece
from symbackprop.functions import VECTOR_FUNCTIONS, canonical
from symbackprop.network import Layer

# Up to how many edges of a layer have their weight's name, value and gradient written (3), name and value (2), or the name (1).
MOST_LABELLED = {3: 6, 2: 9, 1: 12}
LEFT_OUT = {2: "gradients", 1: "values and gradients"}
NARROWEST, STEEPEST, STEEPER = 125.0, 1.4, 2.1
WIDER = (1.0, 1.12, 1.25, 1.6, 2.1)
# How much wider a gap may become so that no edge runs through the label of another.
MOST_FOR_CLEAR = 1.25


@dataclass(frozen=True)
class Wire:
    """An edge between two pieces, by their places in their columns, and the weight on it (the empty string for none)."""

    source: int
    target: int
    weight: str
    on_path: bool


class Gap:
    """
    The edges between two neighbouring layers; those of `layer` 0 lead to the loss and have no weights.

    Where the row ends after the left layer, edges run level to its end before they part.
    """

    def __init__(self, material: Material, left: Column, right: Column, layer: int, *, row_ends: bool = False) -> None:
        self.material = material
        self.left, self.right, self.layer = left, right, layer
        self.row_ends = row_ends
        self.wires = tuple(self._wires())

    def _wires(self) -> Iterator[Wire]:
        passed, wrt = self.material.passed, self.material.wrt
        for j, target in enumerate(self.right.pieces):
            for i, source in enumerate(self.left.pieces):
                weight = f"w{self.layer}_{target.place + 1}_{source.place + 1}" if self.layer else ""
                into = target.unit.sums[0] if self.layer else target.unit.name
                through = source.unit.name in passed and into in passed
                yield Wire(i, j, weight, through or (bool(weight) and weight == wrt))

    def fit(self, notices: list[str]) -> tuple[Column, list[Label]]:
        """Return the right column where it stands, and the labels on the edges; what is left out is added to the notices."""
        ends = self.left.span / 2 + self.right.span / 2
        many = len(self.wires) > MOST_LABELLED[1]
        narrow = NARROWEST if self.layer else 0.6 * NARROWEST
        least = max(narrow, ends / (STEEPER if many else STEEPEST) - self.left.half - self.right.half)
        if self.layer and len(self.wires) <= MOST_LABELLED[3]:
            widest = self._block(self.wires[-1], ((0, 0), (0, 0)), 3).width
            least = max(least, widest * (1.2 + 0.22 * len(self.wires)) + 30)
        kept = [w for w in self.wires if w in {self.wires[0], self.wires[-1]} or w.weight == self.material.wrt or not many]
        tries = [
            (detail, factor)
            for detail, most in MOST_LABELLED.items()
            for factor in WIDER
            if self.layer and (len(self.wires) <= most or detail == 1)
        ]
        column = self._moved(least)
        labels: list[Label] = []
        found, fewest = 0, len(self.wires) + 1  # the detail at which there is room for all, and the labels that an edge crosses
        for detail, factor in tries:
            if not fewest or (found and (detail != found or factor > MOST_FOR_CLEAR)):
                break
            moved = self._moved(least * factor)
            written, complete, through = self._written(moved, kept, detail)
            if not found or (complete and through < fewest):
                column, labels = moved, written
            if complete:
                found, fewest = detail, min(fewest, through)
        if LEFT_OUT.get(found) and self.material.values is not None and not many:
            notices.append(f"layer {self.layer}: {len(self.wires)} weights are written without their {LEFT_OUT[found]}")
        of = {label.of for label in labels}
        if self.layer and len(of) < len(self.wires):
            notices.append(f"layer {self.layer}: {len(of)} of {len(self.wires)} weights are named, so that they stay legible")
        return column, labels

    def _moved(self, gap: float) -> Column:
        return self.right.moved(self.left.pieces[0].node.x + self.left.half + gap + self.right.half)

    def _written(self, column: Column, kept: Sequence[Wire], detail: int) -> tuple[list[Label], bool, int]:
        """Return the labels at the edges, whether all have room, and how many a foreign edge runs through."""
        lines = {wire: self._line(wire, column) for wire in self.wires}
        blocks = [self._block(wire, lines[wire], detail) for wire in kept]
        pieces = (*self.left.pieces, *column.pieces)
        fixed = [box for piece in pieces for box in (piece.node.box, *(label.box for label in piece.labels))]
        fixed += [arrow_box(line) for line in lines.values()]
        fixed += [around(side) for side, layer in ((self.left, self.layer - 1), (column, self.layer)) if self._is_framed(layer)]
        drawn = list(lines.values())
        places = place(blocks, fixed, drawn)
        labels = [label for block, t in zip(blocks, places, strict=True) if t is not None for label in block.at(t)]
        return labels, None not in places, crossed(blocks, places, drawn)

    def _is_framed(self, layer: int) -> bool:
        network = self.material.made.problem.network
        return network is not None and 1 <= layer <= len(network.layers) and is_whole(network.layers[layer - 1])

    def _points(self, wire: Wire, column: Column) -> tuple[Point, ...]:
        """Return the points of an edge, level before the end of a row."""
        source, target = self.left.pieces[wire.source].node, column.pieces[wire.target].node
        if not self.row_ends:
            return straight(source, target)
        turn = (self.left.end, source.y)
        return border(source, turn), turn, border(target, turn)

    def _line(self, wire: Wire, column: Column) -> tuple[Point, Point]:
        *_, first, last = self._points(wire, column)
        return first, last

    def _block(self, wire: Wire, line: tuple[Point, Point], detail: int) -> Block:
        material, name = self.material, wire.weight
        classes = ("path",) if wire.on_path else ()
        rows = [[Label(name, "weight", 0, 0, material.scribe.symbol(name, 15.0), classes)]]
        value, gradient = (material.write(number, NUMBER) for number in (material.value(name), material.gradient(name)))
        own = name == material.wrt
        if value and (detail > 1 or own):
            rows[0].append(Label(name, "value", 0, 0, value, classes))
        if gradient and (detail > 2 or own):
            rows.append([Label(name, "gradient", 0, 0, gradient, classes)])
        return stack(rows, line)

    def edge(self, wire: Wire, column: Column) -> Edge:
        """Return the edge as it is drawn."""
        source: Piece = self.left.pieces[wire.source]
        target: Piece = column.pieces[wire.target]
        own = bool(wire.weight) and wire.weight == self.material.wrt
        into = target.unit.sums[0] if self.layer else target.unit.name
        pairs = [(into, source.unit.name), *([(into, wire.weight)] if wire.weight else [])]
        if not self.layer:
            pairs += [pair for part in self.material.graph.children[source.unit.name]
                      for pair in ((part, source.unit.name), (into, part)) if pair not in pairs]  # fmt: skip
        return Edge(
            source.unit.name,
            target.unit.name,
            wire.weight,
            self._points(wire, column),
            ("path", "own") if own else ("path",) if wire.on_path else (),
            self.material.local_names(*pairs),
            self.material.tip(wire.weight) if wire.weight else "",
        )


def is_whole(layer: Layer) -> bool:
    """Tell whether the units of a layer are computed together."""
    return canonical(layer.activation) in VECTOR_FUNCTIONS and layer.units > 1


def around(column: Column) -> Box:
    """Return the box around a layer."""
    x, half = column.pieces[0].node.x, column.half + 6
    return x - half, min(piece.top for piece in column.pieces) - 6, x + half, max(piece.bottom for piece in column.pieces) + 6
