"""(a) The network: units in layers, weights on the edges, biases at the units, values above and gradients below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from symbackprop.diagrams.figure import Edge, Figure, Frame, Label, Node, Point
from symbackprop.diagrams.inscribe import NOTE, NUMBER, text
from symbackprop.diagrams.labels import Block, place, stack
from symbackprop.diagrams.material import Material
from symbackprop.diagrams.shapes import arrow_box, framed, straight
from symbackprop.diagrams.units import Column, Piece, Units
from symbackprop.errors import InputError
from symbackprop.functions import VECTOR_FUNCTIONS, canonical
from symbackprop.network import Network

# Up to how many edges of a layer have their weight's name, value and gradient written (3), name and value (2), or the name (1).
MOST_LABELLED = {3: 6, 2: 9, 1: 12}
# With more edges in a layer, all that are not on the gradient's way are drawn faintly.
MOST_STRONG = 30
NARROWEST, STEEPEST, STEEPER = 125.0, 1.4, 2.3
WIDER = (1.0, 1.25, 1.6, 2.1)


@dataclass(frozen=True)
class _Wire:
    """An edge between two pieces, by their places in their columns, and the weight on it (the empty string for none)."""

    source: int
    target: int
    weight: str
    on_path: bool


def network_figure(material: Material, sample: int = 1) -> Figure:
    """
    Draw a network for one of its samples.

    Raises InputError for a problem without a network, and for a sample it does not have.
    """
    network = material.made.problem.network
    if network is None:
        msg = "this problem has no network to draw; --kind graph draws the definitions of any problem"
        raise InputError(msg)
    if not 1 <= sample <= network.samples:
        msg = f"sample {sample}: the samples are 1 to {network.samples}"
        raise InputError(msg)
    units = Units(material, network, sample)
    columns, labels, edges = [], [], []
    notices = units.notices
    before: Column | None = None
    densest = 0
    for layer, drawn in enumerate(units.columns()):
        column = drawn
        if before is not None:
            gap = _Gap(material, before, drawn, layer if layer <= len(network.layers) else 0)
            column, written = gap.fit(notices)
            labels += written
            edges += [gap.edge(wire, column) for wire in gap.wires]
            densest = max(densest, len(gap.wires))
        columns.append(column)
        before = column
    if densest > MOST_STRONG:
        edges = [edge if edge.classes or not edge.name else replace(edge, classes=("faint",)) for edge in edges]
    for column in columns:
        labels += [label for piece in column.pieces for label in piece.labels]
        labels += [Label("", "note", column.pieces[0].node.x, dot, text("⋮", 18, latex=r"$\vdots$")) for dot in column.dots]
    frames, headings = _frames(network, columns)
    labels += headings
    if network.samples > 1:
        heading = text(f"sample {sample} of {network.samples}", NOTE)
        top = min(piece.top for column in columns for piece in column.pieces) - 34
        labels.append(Label("", "note", columns[0].pieces[0].node.x - columns[0].half + heading.width / 2, top, heading))
    nodes = [piece.node for column in columns for piece in column.pieces]
    described = _described(material, network, nodes)
    return framed("network", material.title(), described, nodes, edges, labels, frames, notices)


class _Gap:
    """The edges between two neighbouring layers; those of `layer` 0 lead to the loss and have no weights."""

    def __init__(self, material: Material, left: Column, right: Column, layer: int) -> None:
        self.material = material
        self.left, self.right, self.layer = left, right, layer
        self.wires = tuple(self._wires())

    def _wires(self) -> Iterator[_Wire]:
        passed, wrt = self.material.passed, self.material.wrt
        for j, target in enumerate(self.right.pieces):
            for i, source in enumerate(self.left.pieces):
                weight = f"w{self.layer}_{target.place + 1}_{source.place + 1}" if self.layer else ""
                into = target.unit.sums[0] if self.layer else target.unit.name
                through = source.unit.name in passed and into in passed
                yield _Wire(i, j, weight, through or (bool(weight) and weight == wrt))

    def fit(self, notices: list[str]) -> tuple[Column, list[Label]]:
        """Return the right column where it stands, and the labels on the edges; what is left out is added to the notices."""
        ends = self.left.span / 2 + self.right.span / 2
        many = len(self.wires) > MOST_LABELLED[1]
        narrow = NARROWEST if self.layer else 0.6 * NARROWEST
        least = max(narrow, ends / (STEEPER if many else STEEPEST) - self.left.half - self.right.half)
        if self.layer and len(self.wires) <= MOST_LABELLED[3]:
            written = self._block(self.wires[-1], ((0, 0), (0, 0)), 3)
            least = max(least, written.width * (1.2 + 0.22 * len(self.wires)) + 30)
        kept = [w for w in self.wires if w in {self.wires[0], self.wires[-1]} or w.weight == self.material.wrt or not many]
        tries = [
            (detail, factor)
            for detail, most in MOST_LABELLED.items()
            for factor in WIDER
            if self.layer and (len(self.wires) <= most or detail == 1)
        ]
        column = self._moved(least)
        labels: list[Label] = []
        for detail, factor in tries:
            column = self._moved(least * factor)
            labels, complete = self._written(column, kept, detail)
            if complete:
                break
        of = {label.of for label in labels}
        if self.layer and len(of) < len(self.wires):
            notices.append(f"layer {self.layer}: {len(of)} of {len(self.wires)} weights are named, so that they stay legible")
        return column, labels

    def _moved(self, gap: float) -> Column:
        return self.right.moved(self.left.pieces[0].node.x + self.left.half + gap + self.right.half)

    def _written(self, column: Column, kept: Sequence[_Wire], detail: int) -> tuple[list[Label], bool]:
        lines = {wire: self._line(wire, column) for wire in self.wires}
        blocks = [self._block(wire, lines[wire], detail) for wire in kept]
        pieces = (*self.left.pieces, *column.pieces)
        fixed = [box for piece in pieces for box in (piece.node.box, *(label.box for label in piece.labels))]
        fixed += [arrow_box(line) for line in lines.values()]
        places = place(blocks, fixed, list(lines.values()))
        labels = [label for block, t in zip(blocks, places, strict=True) if t is not None for label in block.at(t)]
        return labels, None not in places

    def _line(self, wire: _Wire, column: Column) -> tuple[Point, Point]:
        first, last = straight(self.left.pieces[wire.source].node, column.pieces[wire.target].node)
        return first, last

    def _block(self, wire: _Wire, line: tuple[Point, Point], detail: int) -> Block:
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

    def edge(self, wire: _Wire, column: Column) -> Edge:
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
            straight(source.node, target.node),
            ("path", "own") if own else ("path",) if wire.on_path else (),
            self.material.local_names(*pairs),
            self.material.tip(wire.weight) if wire.weight else "",
        )


def _frames(network: Network, columns: Sequence[Column]) -> tuple[list[Frame], list[Label]]:
    """Return boxes around the layers whose units are computed together (softmax), each with its name."""
    frames, labels = [], []
    for layer, column in zip(network.layers, columns[1:], strict=False):
        name = canonical(layer.activation)
        if name in VECTOR_FUNCTIONS and layer.units > 1:
            top = min(piece.top for piece in column.pieces) - 6
            bottom = max(piece.bottom for piece in column.pieces) + 6
            x, half = column.pieces[0].node.x, column.half + 6
            frames.append(Frame(name, x - half, top, 2 * half, bottom - top))
            writing = text(name.replace("_", "-"), NOTE)
            labels.append(Label("", "note", x, top - 5 - writing.height / 2, writing))
    return frames, labels


def _described(material: Material, network: Network, nodes: Sequence[Node]) -> str:
    """Say in words what the picture shows."""
    inputs = f"{network.inputs} input{'' if network.inputs == 1 else 's'}"
    layers = ", ".join(f"{layer.units} {layer.activation}" for layer in network.layers)
    sentences = [f"A network with {inputs} and {len(network.layers)} layer{'' if len(network.layers) == 1 else 's'} ({layers})."]
    if material.wrt:
        sentences.append(material.path_words())
    if material.values is not None:
        sentences += [f"{node.tip[:1].upper()}{node.tip[1:]}." for node in nodes]
    return " ".join(sentences)
