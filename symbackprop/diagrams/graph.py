"""(b) The computation graph: by definitions, or by single operations with the numbers on the wires, as CS231n draws it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from symbackprop.diagrams.figure import Box, Edge, Figure, Label, Node, Point, Writing
from symbackprop.diagrams.inscribe import NOTE, NUMBER
from symbackprop.diagrams.labels import Block, Line, crosses, place, stack
from symbackprop.diagrams.layering import Layered, Link, layered
from symbackprop.diagrams.material import Material, counted
from symbackprop.diagrams.operators import operands, operation
from symbackprop.diagrams.shapes import BEND, UNIT, arrow_box, border, framed, size_for
from symbackprop.diagrams.spacing import Reach, heights
from symbackprop.diagrams.wrapping import Column, Rows, breaks
from symbackprop.errors import TooLargeError

MOST_NODES = 400
NARROWEST, STEEPEST, BETWEEN, BETWEEN_LOCALS = 44.0, 2.0, 9.0, 24.0
WIDER = (1.0, 1.3, 1.7)
WIRE = 9.0
OPERATION = 36.0
LONGEST_LOCAL = 130.0
# Where along its last piece an edge has its local derivative: edges come together at their ends.
WANTED_LOCAL = (0.42,)
SHORTEST_STEM = 12.0


@dataclass(frozen=True)
class _Piece:
    """A node at the origin with its labels; `stem` is how far its wire runs level before it turns."""

    node: Node
    labels: tuple[Label, ...]
    stem: float = 0.0

    @property
    def boxes(self) -> list[tuple[float, float, float, float]]:
        return [self.node.box, *(label.box for label in self.labels)]

    @property
    def left(self) -> float:
        return -min(box[0] for box in self.boxes)

    @property
    def right(self) -> float:
        return max(self.node.width / 2 + self.stem, *(box[2] for box in self.boxes))

    def reach(self, between: float) -> Reach:
        half = between / 2
        return Reach(half - min(box[1] for box in self.boxes), half + max(box[3] for box in self.boxes))


def graph_figure(material: Material, *, atoms: bool = False, with_locals: bool = False) -> Figure:
    """
    Draw the computation graph; of `atoms`, where every definition is one operation.

    Raises TooLargeError for more than `MOST_NODES` values.
    """
    graph = material.graph
    count = len(graph.leaves) + len(graph.nodes)
    if count > MOST_NODES:
        msg = f"the graph has {count:,} values; a picture has at most {MOST_NODES} (--kind network leaves units out)"
        raise TooLargeError(msg)
    return _Drawing(material, atoms=atoms, with_locals=with_locals).figure()


class _Drawing:
    """One graph: its layout, and then its parts in their places."""

    def __init__(self, material: Material, *, atoms: bool, with_locals: bool) -> None:
        self.material = material
        self.atoms, self.with_locals = atoms, with_locals
        graph = material.graph
        names = [*graph.leaf_by_name, *graph.definitions]
        links = [(parent, node.symbol.name) for node in graph.nodes for parent in graph.parents[node.symbol.name]]
        self.layout: Layered = layered(names, links)
        self.pieces = {name: self._operation(name) if atoms else self._definition(name) for name in names}
        wire = Reach(WIRE, WIRE)
        between = BETWEEN_LOCALS if with_locals and not atoms else BETWEEN
        reaches = {name: piece.reach(between) for name, piece in self.pieces.items()}
        places = {name: reaches.get(name, wire) for column in self.layout.columns for name in column}
        self.segments = self.layout.segments()
        self.y = heights(self.layout.columns, self.segments, places)
        if atoms:
            self._write_out_what_is_upside_down()
        self.number = {name: k for k, column in enumerate(self.layout.columns) for name in column}
        self.column = {name: (column, i) for column in self.layout.columns for i, name in enumerate(column)}
        self.x: dict[str, float] = {}
        self.aside: dict[Label, float] = {}  # how far labels stand beside the middle of their node
        self.sides: dict[str, tuple[float, float]] = {}
        self.ends: frozenset[int] = frozenset()  # the columns after which a row ends
        self.notices: list[str] = []

    # --- nodes -----------------------------------------------------------------------------------------------

    def _definition(self, name: str) -> _Piece:
        """Return a value in a box or a circle, its number above and its gradient below."""
        node = self._node(name, self.material.scribe.symbol(name), 1.0)
        numbers = ((self.material.value(name), "value", -1), (self.material.gradient(name), "gradient", 1))
        written = [(line, role, side) for number, role, side in numbers if (line := self.material.write(number, NUMBER))]
        # Where nothing comes in or nothing goes out, one stands on the other beside the node, and no line is in the way.
        away = -1 if self._is_leaf(name) else 0 if self.material.graph.children.get(name) else 1
        above = 1.5 if away else node.height / 2 + 2.5
        labels = [
            Label(name, role, away * (node.width / 2 + 5 + line.width / 2), side * (above + line.height / 2), line)
            for line, role, side in written
        ]
        return _Piece(node, tuple(labels))

    def _is_leaf(self, name: str) -> bool:
        return name in self.material.graph.leaf_by_name

    def _write_out_what_is_upside_down(self) -> None:
        """Write a − y out where the wire of y comes in above that of a; a sign alone would be read from top to bottom."""
        for name, node in self.material.graph.definitions.items():
            pair = operands(node.expr)
            if pair is not None:
                first, second = (self.y[self.layout.chains[parent, name][-2]] for parent in pair)
                if first > second:
                    self.pieces[name] = self._operation(name, in_order=False)

    def _operation(self, name: str, *, in_order: bool = True) -> _Piece:
        """Return an operation in a circle and its name below; its number stands above the wire, its gradient below."""
        material = self.material
        definition = material.graph.definitions.get(name)
        own = material.scribe.symbol(name)
        sign = operation(definition.expr, material.scribe, in_order=in_order) if definition else own
        node = self._node(name, sign, OPERATION / UNIT)
        right = node.width / 2
        labels: list[Label] = []
        stem = SHORTEST_STEM
        numbers = ((material.value(name), "value", -1), (material.gradient(name), "gradient", 1))
        for number, role, side in numbers:
            line = material.write(number, NUMBER)
            if line:
                stem = max(stem, line.width + 8 + BEND)
                labels.append(Label(name, role, right + 5 + line.width / 2, side * (4 + line.height / 2), line))
        middle = max((label.x for label in labels), default=0.0)
        labels = [replace(label, x=middle) for label in labels]
        if definition:
            small = material.scribe.symbol(name, NOTE)
            if name == material.output:
                labels.append(Label(name, "name", right + stem + 14 + own.width / 2, 0, own))
                stem += 10
            else:
                labels.append(Label(name, "name", 0, node.height / 2 + 2 + small.height / 2, small))
        return _Piece(node, tuple(labels), stem)

    def _node(self, name: str, writing: Writing, scale: float) -> Node:
        material, graph = self.material, self.material.graph
        shape, width, height = size_for(writing, "box" if self._is_leaf(name) else "circle", scale)
        role = graph.role(name).value.replace(" value", "").replace("part of the loss", "loss-part")
        passed = ("path",) if name in material.passed else ()
        held = material.local_names(*((name, parent) for parent in graph.parents.get(name, ())))
        return Node(name, shape, 0.0, 0.0, width, height, role, writing, passed, held, material.tip(name))

    # --- places ----------------------------------------------------------------------------------------------

    def _columns(self, wider: float) -> None:
        """Choose the x of every name: room for what stands in a column, and for lines that are not too steep."""
        edge = 0.0
        climbs = dict.fromkeys(range(len(self.layout.columns)), 0.0)
        for a, b in self.segments:
            climbs[self.number[b]] = max(climbs[self.number[b]], abs(self.y[a] - self.y[b]))
        for i, column in enumerate(self.layout.columns):
            pieces = [self.pieces[name] for name in column if name in self.pieces]
            left = max((piece.left for piece in pieces), default=8.0)
            right = max((piece.right for piece in pieces), default=8.0)
            if i:
                edge += max(NARROWEST * (2.0 if self.with_locals else 1.0), climbs[i] / STEEPEST) * wider
            for name in column:
                self.x[name] = edge + left
                self.sides[name] = (edge, edge + left + right)
            edge += left + right
        self._step_aside()

    def _step_aside(self) -> None:
        """Move numbers above and below a node to a side where fewer of its lines pass."""
        self.aside.clear()
        if self.atoms:
            return
        beside: dict[str, list[Line]] = {name: [] for name in self.pieces}
        for (parent, child), chain in self.layout.chains.items():
            lines = [*pairwise(self._points(chain))]
            beside[parent].append(lines[0])
            beside[child].append(lines[-1])
        for name, lines in beside.items():
            for label in self.pieces[name].labels:
                if label.x:
                    continue
                far = max(0.0, label.writing.width / 2 - 3)
                at = replace(label, x=self.x[name], y=label.y + self.y[name])
                crossing = {dx: sum(crosses(replace(at, x=at.x + dx).box, line) for line in lines) for dx in (0.0, far, -far)}
                self.aside[label] = min(crossing, key=lambda dx: crossing[dx])

    def _break(self) -> None:
        """Choose the columns after which a row ends, where the picture is wide."""
        leaving = {source for source, _ in self.segments}
        columns = []
        for names in self.layout.columns:
            boxes = [box for name in names if name in self.pieces for box in self._boxes(name)]
            left, right = self.sides[names[0]]
            heights = [self.y[name] for name in names]
            top = min([*(box[1] for box in boxes), *heights])
            bottom = max([*(box[3] for box in boxes), *heights])
            columns.append(Column((left, top, right, bottom), sum(name in leaving for name in names)))
        self.ends = frozenset(breaks(columns))

    def _boxes(self, name: str) -> list[Box]:
        """Return what a node and its labels cover."""
        return [self._placed(name).box, *(label.box for label in self._labels(name))]

    def _points(self, chain: Sequence[str]) -> tuple[Point, ...]:
        """Return the points of a link: out of the node, level through the columns it passes, into the other node."""
        source, target = (self._placed(name) for name in (chain[0], chain[-1]))
        points: list[Point] = []
        if self.atoms:
            turn = source.x + source.width / 2 + self.pieces[chain[0]].stem
            turn = self.sides[chain[0]][1] if self.number[chain[0]] in self.ends else turn
            points += [(source.x + source.width / 2, source.y), (turn, source.y)]
        between = [point for name in chain[1:-1] for point in ((side, self.y[name]) for side in self.sides[name])]
        if not self.atoms:
            first = border(source, between[0] if between else (target.x, target.y))
            leaves = self.number[chain[0]] in self.ends
            if leaves or self._is_hit(chain[0], (first, between[0] if between else border(target, first))):
                points += [(source.x + source.width / 2, source.y), (self.sides[chain[0]][1], source.y)]
            else:
                points.append(first)
        points += between
        last = border(target, points[-1])
        if self._is_hit(chain[-1], (points[-1], last)):
            points.append((self.sides[chain[-1]][0], target.y))
        return (*points, border(target, points[-1]))

    def _is_hit(self, name: str, line: Line) -> bool:
        """Tell whether a line runs through a neighbour of one of its ends."""
        column, place = self.column[name]
        beside = [column[i] for i in (place - 1, place + 1) if 0 <= i < len(column) and column[i] in self.pieces]
        walls = [box for other in beside for box in (self._boxes(other) if self._is_leaf(other) else [self._placed(other).box])]
        return any(crosses(box, line) for box in walls)

    def _placed(self, name: str) -> Node:
        return replace(self.pieces[name].node, x=self.x[name], y=self.y[name])

    def _labels(self, name: str) -> Iterator[Label]:
        for label in self.pieces[name].labels:
            yield replace(label, x=label.x + self.x[name] + self.aside.get(label, 0.0), y=label.y + self.y[name])

    # --- local derivatives -----------------------------------------------------------------------------------

    def _block(self, link: Link, points: Sequence[Point], detail: int) -> Block:
        """Return what is written on an edge: the local derivative as a formula where it is short, and its number."""
        material = self.material
        parent, child = link
        step = material.made.backward.locals[child, parent]
        classes = ("path",) if material.on_path(parent, child) else ()
        formula = material.scribe.expression(step.value, NOTE)
        if formula.width > LONGEST_LOCAL:
            formula = material.scribe.expression(step.about, NOTE)
        number = material.write(material.local(child, parent), NUMBER)
        lines = [formula] if number is None or formula.plain == number.plain else [formula, number] if detail > 1 else [number]
        rows = [[Label(step.about.name, "local", 0, 0, line, classes)] for line in lines]
        return stack(rows, (points[-2], points[-1]), WANTED_LOCAL)

    def _locals(self) -> list[Label]:
        """Return the local derivatives where they stand; the picture is made wider until all have a place."""
        links = [link for link in self.layout.chains if (link[1], link[0]) in self.material.made.backward.locals]
        labels: list[Label] = []
        written = 0
        self.notices.clear()
        for detail, wider in [(detail, wider) for detail in (2, 1) for wider in WIDER]:
            self._columns(wider)
            points = {link: self._points(self.layout.chains[link]) for link in links}
            fixed = [label.box for name in self.pieces for label in self._labels(name)]
            fixed += [self._placed(name).box for name in self.pieces]
            fixed += [arrow_box(path) for path in points.values()]
            lines = [pair for path in points.values() for pair in pairwise(path)]
            blocks = [self._block(link, points[link], detail) for link in links]
            places = place(blocks, fixed, list(dict.fromkeys(lines)))
            labels = [label for block, t in zip(blocks, places, strict=True) if t is not None for label in block.at(t)]
            written = len(places) - places.count(None)
            if None not in places:
                return labels
        self.notices.append(f"{written} of {len(links)} local derivatives are written; the others have no room")
        return labels

    # --- the whole -------------------------------------------------------------------------------------------

    def figure(self) -> Figure:
        """Return the picture."""
        material = self.material
        self._columns(1.0)
        labels = self._locals() if self.with_locals else []
        self._break()
        if self.ends and self.with_locals:
            labels = self._locals()
        labels += [label for name in self.pieces for label in self._labels(name)]
        edges = [self._edge(link, chain) for link, chain in self.layout.chains.items()]
        if self.atoms:
            last = self._placed(material.output)
            start = last.x + last.width / 2
            out = ((start, last.y), (start + self.pieces[material.output].stem, last.y))
            edges.append(Edge(material.output, "", "", out, ("out",)))
        nodes = [self._placed(name) for name in self.pieces]
        if self.ends:
            ends = [self.sides[self.layout.columns[k][0]][1] for k in sorted(self.ends)]
            boxes = [*(node.box for node in nodes), *(label.box for label in labels)]
            rows = Rows(ends, boxes, edges, material.note)
            labels = [*map(rows.label, labels), *rows.written()]
            nodes, edges = [*map(rows.node, nodes)], [*map(rows.edge, edges)]
        title = material.title()
        return framed("atoms" if self.atoms else "graph", title, self._described(), nodes, edges, labels, (), self.notices)

    def _edge(self, link: Link, chain: Sequence[str]) -> Edge:
        parent, child = link
        material = self.material
        on_path = material.on_path(parent, child)
        own = on_path and parent == material.wrt
        classes = ("path", "own") if own else ("path",) if on_path else ()
        names = material.local_names((child, parent))
        tip = material.edge_tip(child, parent)
        return Edge(parent, child, names[0] if names else "", self._points(chain), classes, names, tip)

    def _described(self) -> str:
        material, graph = self.material, self.material.graph
        given = counted(len(graph.leaves), "given value")
        made = counted(len(graph.nodes), "single operation" if self.atoms else "definition")
        sentences = [f"A computation graph of {given} and {made}."]
        if material.wrt:
            sentences.append(material.path_words())
        sentences += [f"{notice[:1].upper()}{notice[1:]}." for notice in self.notices]
        if material.values is not None:
            sentences.append(material.gradients_are())
            sentences.append(f"Given: {'; '.join(material.tip(name) for name in graph.leaf_by_name)}.")
        for node in graph.definitions.values():
            said = material.says(node.symbol, node.expr)
            numbers = material.tip(node.symbol.name).partition(", ")[2]
            sentences.append(f"{said}{', ' if numbers else ''}{numbers}.")
        return " ".join(sentences)
