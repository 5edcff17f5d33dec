"""Places for texts on lines: where nothing else stands, and as few lines as possible pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symbackprop.diagrams.figure import Box, Label, Point, overlap

PLACES = tuple(0.5 + sign * step / 40 for step in range(15) for sign in ((-1, 1) if step else (1,)))
ROUNDS = 12
GAP = 4.0

Line = tuple[Point, Point]
# What a place costs: another text there, a line through it, a tenth of the way from where it is wanted, a text within `ROOM`.
TAKEN, CROSSED, FAR, CLOSE = 1000.0, 3.0, 1.0, 2.0
ROOM = 12.0


@dataclass(frozen=True)
class Block:
    """Texts that stand together on one line of a picture; each label's (x, y) is its place from the middle of the block."""

    width: float
    height: float
    labels: tuple[Label, ...]
    line: Line
    wanted: float = 0.3

    def middle(self, place: float) -> Point:
        """Return the point so far along the line."""
        (x0, y0), (x1, y1) = self.line
        return x0 + place * (x1 - x0), y0 + place * (y1 - y0)

    def box(self, place: float) -> Box:
        """Return what the block covers at a place along the line."""
        x, y = self.middle(place)
        return x - self.width / 2, y - self.height / 2, x + self.width / 2, y + self.height / 2

    def at(self, place: float) -> tuple[Label, ...]:
        """Return the labels where they stand."""
        x, y = self.middle(place)
        return tuple(replace(label, x=x + label.x, y=y + label.y, plate=True) for label in self.labels)


def stack(rows: Sequence[Sequence[Label]], line: Line, wanted: float = 0.3) -> Block:
    """Return labels as a block: rows from top to bottom, each from left to right, all in the middle."""
    gap, between = 5.0, 2.5
    widths = [sum(label.writing.width for label in row) + gap * (len(row) - 1) for row in rows]
    heights = [max(label.writing.height for label in row) for row in rows]
    total = sum(heights) + between * (len(rows) - 1)
    placed: list[Label] = []
    y = -total / 2
    for row, width, height in zip(rows, widths, heights, strict=True):
        x = -width / 2
        rise = max(label.writing.rise for label in row)
        for label in row:
            w = label.writing
            # all letters of a row stand on one line
            placed.append(replace(label, x=x + w.width / 2, y=y + rise + (w.drop - w.rise) / 2))
            x += w.width + gap
        y += height + between
    return Block(max(widths), total, tuple(placed), line, wanted)


def place(blocks: Sequence[Block], fixed: Sequence[Box], lines: Sequence[Line]) -> list[float | None]:
    """
    Return how far along its line each block stands best, or None where every place is taken.

    Blocks are moved one by one, in order, until none is better elsewhere; the same blocks give the same places.
    """
    lefts = [(min(a[0], b[0]), max(a[0], b[0])) for a, b in lines]
    costs: list[dict[float, float]] = []
    for block in blocks:
        found: dict[float, float] = {}
        for t in PLACES:
            box = block.box(t)
            if any(overlap(box, other, GAP) for other in fixed):
                continue
            crossing = sum(
                crosses(box, line)
                for line, (low, high) in zip(lines, lefts, strict=True)
                if line != block.line and low < box[2] and high > box[0]
            )
            found[t] = CROSSED * crossing + FAR * 10 * abs(t - block.wanted)
        costs.append(found)
    chosen: list[float | None] = [None] * len(blocks)
    for _ in range(ROUNDS):
        moved = False
        for i, block in enumerate(blocks):
            taken = [blocks[j].box(t) for j, t in enumerate(chosen) if t is not None and j != i]
            best = min(
                costs[i],
                key=lambda t: costs[i][t] + sum(_crowding(block.box(t), other) for other in taken),
                default=None,
            )
            moved |= best != chosen[i]
            chosen[i] = best
        if not moved:
            break
    for i, block in enumerate(blocks):
        mine = chosen[i]
        earlier = [blocks[j].box(other) for j, other in enumerate(chosen[:i]) if other is not None]
        if mine is not None and any(overlap(block.box(mine), other, GAP) for other in earlier):
            chosen[i] = None
    return chosen


def crosses(box: Box, line: Line) -> bool:
    """Tell whether a line passes through a box (Liang and Barsky, 1984)."""
    (x0, y0), (x1, y1) = line
    enter, leave = 0.0, 1.0
    for start, step, low, high in ((x0, x1 - x0, box[0], box[2]), (y0, y1 - y0, box[1], box[3])):
        if not step:
            if not low <= start <= high:
                return False
            continue
        first, last = sorted(((low - start) / step, (high - start) / step))
        enter, leave = max(enter, first), min(leave, last)
    return enter < leave


def _crowding(box: Box, other: Box) -> float:
    if overlap(box, other, GAP):
        return TAKEN
    return CLOSE if overlap(box, other, ROOM) else 0.0
