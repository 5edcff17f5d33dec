"""Places for texts on lines: where nothing else stands, and as few lines as possible pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symbackprop.diagrams.figure import COVER, Box, Label, Point, overlap

PLACES = tuple(0.5 + sign * step / 40 for step in range(15) for sign in ((-1, 1) if step else (1,)))
ROUNDS = 12
GAP = 4.0

Line = tuple[Point, Point]
# Where along its line a text is wanted: near the start, or near the end.
WANTED = (0.28, 0.74)
# What a place costs: another text there, another line through it or within `BESIDE`, a tenth of the way from where it is wanted,
# a text within `ROOM`.
TAKEN, CROSSED, PASSED, FAR, CLOSE = 1000.0, 9.0, 3.0, 1.0, 2.0
ROOM, BESIDE = 12.0, 6.0


@dataclass(frozen=True)
class Block:
    """Texts that stand together on one line of a picture; each label's (x, y) is its place from the middle of the block."""

    width: float
    height: float
    labels: tuple[Label, ...]
    line: Line
    wanted: tuple[float, ...] = WANTED

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


def stack(rows: Sequence[Sequence[Label]], line: Line, wanted: Sequence[float] = WANTED) -> Block:
    """Return labels as a block: rows from top to bottom, each from left to right, all in the middle and on one plate."""
    gap, between = 5.0, 2.5
    widths = [sum(label.writing.width for label in row) + gap * (len(row) - 1) for row in rows]
    heights = [max(label.writing.height for label in row) for row in rows]
    total, widest = sum(heights) + between * (len(rows) - 1), max(widths)
    placed: list[Label] = []
    y = -total / 2
    for row, width, height in zip(rows, widths, heights, strict=True):
        x = -width / 2
        rise = max(label.writing.rise for label in row)
        for label in row:
            w = label.writing
            # all letters of a row stand on one line
            placed.append(replace(label, x=x + w.width / 2, y=y + rise - w.rise + w.height / 2, cover=None))
            x += w.width + gap
        y += height + between
    # The plate of the first lies under all of them.
    left, top, right, bottom = placed[0].box
    sides = (left + widest / 2, top + total / 2, widest / 2 - right, total / 2 - bottom)
    cover = (sides[0] + COVER[0], sides[1] + COVER[1], sides[2] + COVER[2], sides[3] + COVER[3])
    placed[0] = replace(placed[0], cover=cover)
    return Block(widest, total, tuple(placed), line, tuple(wanted))


def place(blocks: Sequence[Block], fixed: Sequence[Box], lines: Sequence[Line]) -> list[float | None]:
    """
    Return how far along its line each block stands best, or None where every place is taken.

    Blocks are moved one by one, in order, until none is better elsewhere; the same blocks give the same places.
    """
    boxes = [{t: block.box(t) for t in PLACES} for block in blocks]
    costs = [_costs(block, places, fixed, lines) for block, places in zip(blocks, boxes, strict=True)]
    # Only blocks whose lines come near one another can ever meet.
    spans = [_hull(*places.values()) for places in boxes]
    near = [[j for j, other in enumerate(spans) if j != i and overlap(span, other, ROOM)] for i, span in enumerate(spans)]
    chosen: list[float | None] = [None] * len(blocks)
    for _ in range(ROUNDS):
        moved = False
        for i, own in enumerate(boxes):
            taken = [boxes[j][t] for j in near[i] if (t := chosen[j]) is not None]
            best: float | None = None
            least = float("inf")
            for t, cost in costs[i].items():
                if cost < least:
                    cost += sum(_crowding(own[t], other) for other in taken)  # noqa: PLW2901 - what it comes to
                if cost < least:
                    best, least = t, cost
            moved |= best != chosen[i]
            chosen[i] = best
        if not moved:
            break
    for i, own in enumerate(boxes):
        mine = chosen[i]
        earlier = [boxes[j][t] for j in near[i] if j < i and (t := chosen[j]) is not None]
        if mine is not None and any(overlap(own[mine], other, GAP) for other in earlier):
            chosen[i] = None
    return chosen


def _costs(block: Block, places: dict[float, Box], fixed: Sequence[Box], lines: Sequence[Line]) -> dict[float, float]:
    """Return what each place costs by itself; a place where something fixed stands is none."""
    span = _hull(*places.values())
    walls = [other for other in fixed if overlap(span, other, GAP)]
    passing = [line for line in lines if line != block.line and crosses(_grown(span, BESIDE), line)]
    costs: dict[float, float] = {}
    for t, box in places.items():
        if any(overlap(box, other, GAP) for other in walls):
            continue
        wide = _grown(box, BESIDE)
        near = [line for line in passing if crosses(wide, line)]
        through = sum(crosses(box, line) for line in near)
        costs[t] = CROSSED * through + PASSED * (len(near) - through) + FAR * 10 * min(abs(t - w) for w in block.wanted)
    return costs


def _grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _hull(*boxes: Box) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def crossed(blocks: Sequence[Block], places: Sequence[float | None], lines: Sequence[Line]) -> int:
    """Return how many blocks another line than their own runs through."""
    boxes = [(block, block.box(t)) for block, t in zip(blocks, places, strict=True) if t is not None]
    return sum(any(line != block.line and crosses(box, line) for line in lines) for block, box in boxes)


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
