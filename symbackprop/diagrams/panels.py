"""The panels of a picture in parts: each drawn for itself, then put side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from symbackprop.diagrams.figure import Box, Edge, Frame, Label, Node, Writing
from symbackprop.diagrams.inscribe import NAME, NOTE, NUMBER, text
from symbackprop.diagrams.labels import place, stack
from symbackprop.diagrams.material import Material
from symbackprop.diagrams.shapes import arrow_box, size_for, straight
from symbackprop.expr import Expr

BETWEEN, PAD, HEADING, LINE = 14.0, 14.0, 32.0, 26.0
WANTED = (0.36,)


@dataclass
class Panel:
    """One part of a picture, with its caption and the formulas under it; grows as it is drawn."""

    material: Material
    caption: str
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    formulas: list[tuple[Writing, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    waiting: list[tuple[Edge, list[list[Label]]]] = field(default_factory=list)

    def node(  # noqa: PLR0913 - what a node has
        self,
        name: str,
        x: float,
        y: float,
        role: str,
        writing: Writing | None = None,
        *,
        shape: str = "circle",
        named_below: bool = False,
    ) -> Node:
        """Add a node; where its sign is not its name, its name can stand below."""
        material = self.material
        inside = writing or material.scribe.symbol(name)
        form, width, height = size_for(inside, shape)
        made = Node(name, form, x, y, width, height, role, inside, (), (), material.tip(name))
        self.nodes.append(made)
        value = material.write(material.value(name), NUMBER)
        if named_below:
            own = material.scribe.symbol(name, NAME)
            self.labels.append(Label(name, "name", x, y + height / 2 + 4 + own.height / 2, own))
        if value:
            self.labels.append(Label(name, "value", x, y - height / 2 - 4 - value.height / 2, value))
        return made

    def node_of(self, writing: Writing, x: float, y: float) -> Node:
        """Add a node for an operation that is no quantity."""
        form, width, height = size_for(writing, "circle")
        made = Node("", form, x, y, width, height, "operation", writing, (), (), writing.plain)
        self.nodes.append(made)
        return made

    def error(self, name: Expr, of: str, x: float, y: float, number: Expr | None) -> Node:
        """Add a node for a derivative, its number below."""
        material = self.material
        inside = material.scribe.expression(name)
        form, width, height = size_for(inside, "circle")
        made = Node(of, form, x, y, width, height, "error", inside, (), (), material.scribe.said(name))
        self.nodes.append(made)
        line = material.write(number, NUMBER)
        if line:
            self.labels.append(Label(of, "gradient", x, y + height / 2 + 4 + line.height / 2, line))
        return made

    def edge(
        self, source: Node, target: Node, name: str = "", rows: Sequence[Sequence[Label]] = (), classes: tuple[str, ...] = ()
    ) -> None:
        """Add an edge, and what is to be written on it."""
        edge = Edge(source.name, target.name, name, straight(source, target), classes, (), "")
        self.edges.append(edge)
        if rows:
            self.waiting.append((edge, [list(row) for row in rows]))

    def dots(self, x: float, y: float) -> None:
        """Add ⋮."""
        self.labels.append(Label("", "note", x, y, text("⋮", 18, latex=r"$\vdots$")))

    def formula(self, *sides: Expr, role: str = "note") -> None:
        """Add a line of equal expressions under the panel."""
        self.formulas.append((self.material.scribe.equation(sides, NAME - 1), role))
        self.said.append(self.material.says(*sides))

    def settle(self) -> Panel:
        """Give what is written on edges its place, the formulas and the caption theirs; returns the panel."""
        lines = [(edge.points[0], edge.points[-1]) for edge in self.edges]
        blocks = [stack(rows, (edge.points[0], edge.points[-1]), WANTED) for edge, rows in self.waiting]
        fixed = [*(node.box for node in self.nodes), *(label.box for label in self.labels)]
        fixed += [arrow_box(edge.points) for edge in self.edges]
        for block, t in zip(blocks, place(blocks, fixed, lines), strict=True):
            self.labels += block.at(t) if t is not None else ()
        self.waiting.clear()
        left, _, right, bottom = self.box
        y = bottom + 8
        for writing, role in self.formulas:
            y += LINE / 2
            self.labels.append(Label("", role, max(left + writing.width / 2, (left + right) / 2), y, writing, ("formula",)))
            y += LINE / 2
        return self

    @property
    def heading(self) -> Writing:
        """Its caption."""
        return text(self.caption, NOTE + 1, style="bold")

    @property
    def box(self) -> Box:
        """What it covers."""
        boxes = [*(node.box for node in self.nodes), *(label.box for label in self.labels)]
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)

    @property
    def width(self) -> float:
        """The width it needs."""
        left, _, right, _ = self.box
        return max(right - left, self.heading.width)

    def moved(self, x: float, y: float) -> Panel:
        """Return the panel with its upper left corner at (x, y)."""
        left, top, _, _ = self.box
        dx, dy = x - left, y - top
        return replace(
            self,
            nodes=[replace(node, x=node.x + dx, y=node.y + dy) for node in self.nodes],
            edges=[replace(edge, points=tuple((px + dx, py + dy) for px, py in edge.points)) for edge in self.edges],
            labels=[replace(label, x=label.x + dx, y=label.y + dy) for label in self.labels],
        )


def side_by_side(panels: Sequence[Panel], columns: int = 2) -> tuple[list[Node], list[Edge], list[Label], list[Frame]]:
    """Return the parts of panels in a grid of frames, each as large as the largest of its column and of its row."""
    rows = [panels[i : i + columns] for i in range(0, len(panels), columns)]
    widths = [max(panel.width for panel in column) for column in zip(*rows, strict=True)]
    nodes: list[Node] = []
    edges: list[Edge] = []
    labels: list[Label] = []
    frames: list[Frame] = []
    y = 0.0
    for row in rows:
        x, height = 0.0, max(panel.box[3] - panel.box[1] for panel in row)
        for panel, width in zip(row, widths, strict=True):
            left, top, right, bottom = panel.box
            inside = panel.moved(x + PAD + (width - (right - left)) / 2, y + PAD + HEADING + (height - (bottom - top)) / 2)
            nodes += inside.nodes
            edges += inside.edges
            heading = panel.heading
            labels += [*inside.labels, Label("", "heading", x + PAD + heading.width / 2, y + PAD + heading.height / 2, heading)]
            frames.append(Frame(f"panel {len(frames) + 1}", x, y, width + 2 * PAD, height + HEADING + 2 * PAD))
            x += width + 2 * PAD + BETWEEN
        y += height + HEADING + 2 * PAD + BETWEEN
    return nodes, edges, labels, frames
