"""(a) The network: units in layers, weights on the edges, biases at the units, values above and gradients below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symbackprop.diagrams import wrapping
from symbackprop.diagrams.figure import Box, Edge, Figure, Frame, Label, Node
from symbackprop.diagrams.gaps import Gap, around, is_whole
from symbackprop.diagrams.inscribe import NOTE, text
from symbackprop.diagrams.material import Material, counted
from symbackprop.diagrams.shapes import framed
from symbackprop.diagrams.units import Column, Units
from symbackprop.errors import InputError
from symbackprop.functions import canonical
from symbackprop.network import Network

# With more edges in a layer, all that are not on the gradient's way are drawn faintly.
MOST_STRONG = 30


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
    drawn = _drawn(material, network, sample, frozenset())
    columns = drawn.columns
    extents = [wrapping.Column(_extent(column), len(column.pieces)) for column in columns]
    ends = frozenset(wrapping.breaks(extents))
    if ends:
        drawn = _drawn(material, network, sample, ends)
    return drawn.figure(sorted(drawn.columns[k].end for k in ends))


@dataclass(frozen=True)
class _Drawn:
    """A network in one row, before it is moved into a picture."""

    material: Material
    network: Network
    sample: int
    columns: tuple[Column, ...]
    labels: tuple[Label, ...]
    edges: tuple[Edge, ...]
    notices: tuple[str, ...]

    def figure(self, ends: Sequence[float]) -> Figure:
        """Return the picture, in rows that end at each x of `ends`."""
        material, network = self.material, self.network
        nodes = [piece.node for column in self.columns for piece in column.pieces]
        frames, labels = _frames(network, self.columns)
        labels += self.labels
        edges = list(self.edges)
        described = _described(material, network, nodes, self.edges, self.sample, self.notices)
        if ends:
            boxes = [*(node.box for node in nodes), *(label.box for label in labels), *(frame.box for frame in frames)]
            rows = wrapping.Rows(ends, boxes, edges, material.note)
            labels = [*map(rows.label, labels), *rows.written()]
            nodes, edges = [*map(rows.node, nodes)], [*map(rows.edge, edges)]
            frames = [*map(rows.frame, frames)]
        if network.samples > 1:
            heading = text(f"sample {self.sample} of {network.samples}", NOTE)
            left = min(node.box[0] for node in nodes)
            top = min([*(node.box[1] for node in nodes), *(label.box[1] for label in labels)])
            labels.append(Label("", "note", left + heading.width / 2, top - 16, heading))
        return framed("network", material.title(), described, nodes, edges, labels, frames, self.notices)


def _drawn(material: Material, network: Network, sample: int, ends: frozenset[int]) -> _Drawn:
    """Place the layers from left to right; after those of `ends`, edges are level at the end of a row."""
    units = Units(material, network, sample)
    columns: list[Column] = []
    labels: list[Label] = []
    edges: list[Edge] = []
    notices = units.notices
    if "L_penalty" in material.graph.definitions:
        notices.append("the penalty, through which each weight acts on the loss directly, is not drawn (a graph shows it)")
    densest = 0
    for layer, made in enumerate(units.columns()):
        column = made
        if columns:
            number = layer if layer <= len(network.layers) else 0
            gap = Gap(material, columns[-1], made, number, row_ends=layer - 1 in ends)
            column, written = gap.fit(notices)
            labels += written
            edges += [gap.edge(wire, column) for wire in gap.wires]
            densest = max(densest, len(gap.wires))
        columns.append(column)
    if densest > MOST_STRONG:
        edges = [edge if edge.classes or not edge.name else replace(edge, classes=("faint",)) for edge in edges]
    for column in columns:
        labels += [label for piece in column.pieces for label in piece.labels]
        labels += [Label("", "note", column.pieces[0].node.x, dot, text("⋮", 18, latex=r"$\vdots$")) for dot in column.dots]
    return _Drawn(material, network, sample, tuple(columns), tuple(labels), tuple(edges), tuple(notices))


def _extent(column: Column) -> Box:
    """Return what a layer covers."""
    boxes = [box for piece in column.pieces for box in (piece.node.box, *(label.box for label in piece.labels))]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(column.end, *rights), max(bottoms)


def _frames(network: Network, columns: Sequence[Column]) -> tuple[list[Frame], list[Label]]:
    """Return boxes around the layers whose units are computed together (softmax), each with its name."""
    frames, labels = [], []
    for layer, column in zip(network.layers, columns[1:], strict=False):
        if is_whole(layer):
            name = canonical(layer.activation)
            left, top, right, bottom = around(column)
            frames.append(Frame(name, left, top, right - left, bottom - top))
            writing = text(name.replace("_", "-"), NOTE)
            labels.append(Label("", "note", (left + right) / 2, top - 5 - writing.height / 2, writing))
    return frames, labels


def _described(  # noqa: PLR0913, PLR0917 - what there is to say
    material: Material,
    network: Network,
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    sample: int,
    notices: Sequence[str],
) -> str:
    """Say in words what the picture shows."""
    layers = ", ".join(f"{layer.units} {layer.activation}" for layer in network.layers)
    inputs, depth = counted(network.inputs, "input"), counted(len(network.layers), "layer")
    sentences = [f"A network with {inputs} and {depth} ({layers})."]
    if network.samples > 1:
        sentences.append(f"The numbers are those of sample {sample} of {network.samples}.")
    if material.wrt:
        sentences.append(material.path_words())
    sentences += [f"{notice[:1].upper()}{notice[1:]}." for notice in notices]
    if material.values is not None:
        tips = [*(node.tip for node in nodes), *(edge.tip for edge in edges if edge.name)]
        sentences.append(material.gradients_are())
        sentences.append(f"Values and gradients: {'; '.join(filter(None, tips))}.")
    return " ".join(sentences)
