"""Geometry that every picture shares: where a line meets a shape, and the margin around everything."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from symbackprop.diagrams.figure import (
    COVER,
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    Box,
    Edge,
    Figure,
    Frame,
    Label,
    Node,
    Point,
    Writing,
    legible,
)
from symbackprop.diagrams.labels import crosses

Part = TypeVar("Part", Node, Label, Frame)

MARGIN = 12.0
UNIT = 46.0
BOX_HEIGHT = 30.0
ARROW_LENGTH, ARROW_WIDTH = 9.0, 7.0
HEADS = {"own": 1.6, "crowded": 0.8, "path": 1.25, "faint": 0.6}
# From how many edges on the gradient's way on they are drawn thinner.
CROWD = 24
# How wide the strips are in which lines are looked up.
STRIP = 64.0
BEND = 9.0


def size_for(writing: Writing, shape: str, scale: float = 1.0) -> tuple[str, float, float]:
    """Return the shape, width and height that a name needs: a circle becomes a pill where the name is long."""
    if shape == "circle" and writing.width <= scale * UNIT - 8:
        return "circle", scale * UNIT, scale * UNIT
    if shape == "circle":
        return "pill", writing.width + scale * 24, scale * UNIT - 4
    return shape, max(38.0, writing.width + 16), max(BOX_HEIGHT, writing.height + 8)


def border(node: Node, towards: Point) -> Point:
    """Return where the line from a node's middle to a point leaves its shape."""
    dx, dy = towards[0] - node.x, towards[1] - node.y
    length = math.hypot(dx, dy)
    if not length:
        return node.x, node.y
    if node.shape == "circle":
        reach = node.width / 2 / length
    else:
        across = node.width / 2 / abs(dx) if dx else math.inf
        up = node.height / 2 / abs(dy) if dy else math.inf
        reach = min(across, up)
    return node.x + dx * reach, node.y + dy * reach


def straight(source: Node, target: Node, *between: Point) -> tuple[Point, ...]:
    """Return the points of an edge from border to border, by the points between."""
    first = between[0] if between else (target.x, target.y)
    last = between[-1] if between else (source.x, source.y)
    return (border(source, first), *between, border(target, last))


def framed(  # noqa: PLR0913, PLR0917 - what a figure has
    kind: str,
    title: str,
    description: str,
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    labels: Sequence[Label],
    frames: Sequence[Frame] = (),
    notices: Sequence[str] = (),
) -> Figure:
    """Return the figure with everything moved into a picture with a margin, and every place rounded."""
    edges = _thinned(edges)
    loose = Figure(kind, "", "", 0, 0, tuple(nodes), tuple(edges), tuple(labels), tuple(frames))
    boxes = [*loose.boxes(), *((x, y, x, y) for edge in edges for x, y in edge.points)]
    x0, y0 = min(box[0] for box in boxes) - MARGIN, min(box[1] for box in boxes) - MARGIN
    x1, y1 = max(box[2] for box in boxes) + MARGIN, max(box[3] for box in boxes) + MARGIN

    def moved(x: float, y: float) -> Point:
        return round(x - x0, 1), round(y - y0, 1)

    return Figure(
        kind,
        legible(title, LONGEST_TITLE),
        legible(description, LONGEST_DESCRIPTION),
        math.ceil(x1 - x0),
        math.ceil(y1 - y0),
        tuple(_put(node, *moved(node.x, node.y)) for node in nodes),
        tuple(replace(edge, points=tuple(moved(*point) for point in edge.points)) for edge in edges),
        tuple(_put(label, *moved(label.x, label.y)) for label in _plated(labels, edges)),
        tuple(_put(frame, *moved(frame.x, frame.y)) for frame in frames),
        tuple(notices),
    )


def _thinned(edges: Sequence[Edge]) -> Sequence[Edge]:
    """Return the edges, those on the gradient's way marked where they are a crowd."""
    if sum("path" in edge.classes for edge in edges) < CROWD:
        return edges
    return [replace(e, classes=(*e.classes, "crowded")) if "path" in e.classes and "own" not in e.classes else e for e in edges]


def _plated(labels: Sequence[Label], edges: Sequence[Edge]) -> list[Label]:
    """Return the labels, with a plate under those that a line passes."""
    strips: dict[int, list[tuple[Point, Point]]] = {}  # the lines that pass each strip of the picture
    for line in dict.fromkeys(pair for edge in edges for pair in pairwise(edge.points)):
        left, right = sorted((line[0][0], line[1][0]))
        for strip in range(int(left // STRIP), int(right // STRIP) + 1):
            strips.setdefault(strip, []).append(line)
    placed = []
    for label in labels:
        box = (label.box[0] - COVER[0], label.box[1] - COVER[1], label.box[2] + COVER[2], label.box[3] + COVER[3])
        near = (line for strip in range(int(box[0] // STRIP), int(box[2] // STRIP) + 1) for line in strips.get(strip, ()))
        placed.append(label if label.plate or not any(crosses(box, line) for line in near) else replace(label, plate=True))
    return placed


def _put(part: Part, x: float, y: float) -> Part:
    """Return a part at its last place."""
    if isinstance(part, Node | Frame):
        part = replace(part, width=round(part.width, 1), height=round(part.height, 1))
    return replace(part, x=x, y=y)


def head_size(edge: Edge) -> float:
    """Return how large an edge's arrowhead is: small where the edge is faint, large where it is thick."""
    return next((size for name, size in HEADS.items() if name in edge.classes), 1.0)


def arrow(points: Sequence[Point], size: float = 1.0) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Return the points of a line that ends within its arrowhead, and the corners of the head, which is `size` times as large."""
    (x0, y0), (x1, y1) = points[-2:]
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    long, half = size * ARROW_LENGTH, size * ARROW_WIDTH / 2
    bx, by = x1 - long * ux, y1 - long * uy
    end = (x1 - 0.7 * long * ux, y1 - 0.7 * long * uy)
    return (*points[:-1], end), ((x1, y1), (bx - half * uy, by + half * ux), (bx + half * uy, by - half * ux))


def arrow_box(points: Sequence[Point]) -> Box:
    """Return what the head of an arrow covers."""
    _, head = arrow(points)
    xs, ys = [x for x, _ in head], [y for _, y in head]
    return min(xs), min(ys), max(xs), max(ys)


def rounded(before: Point, corner: Point, after: Point) -> tuple[Point, Point]:
    """Return where the round of a corner begins and ends."""
    ends = []
    for x, y in (before, after):
        length = math.hypot(x - corner[0], y - corner[1])
        part = min(BEND, length / 2) / length if length else 0.0
        ends.append((corner[0] + part * (x - corner[0]), corner[1] + part * (y - corner[1])))
    return ends[0], ends[1]
