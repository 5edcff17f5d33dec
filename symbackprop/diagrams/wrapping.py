"""Wide pictures in rows, as lines of text: where to break them, and how an edge goes on from one row to the next."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from symbackprop.diagrams.figure import Box, Edge, Frame, Label, Node, Point, Writing, overlap

# A picture up to this wide is left as it is; what is wider comes as near to a page as its rows let it.
WIDE = 1100.0
PAGE = (800.0, 900.0)
MOST_ROWS = 8
# By how much larger a picture must become on a page for every row more.
WORTH = 1.2
LANE, CHANNEL = 10.0, 16.0
# What a line between two rows costs, in shares of a row's width, squared; more than `MOST_LINES` are too many to follow.
LINE_COST, MOST_LINES = 0.002, 12


@dataclass(frozen=True)
class Column:
    """What a column covers, with all labels, and how many lines leave it to the right."""

    box: Box
    lines: int


def breaks(columns: Sequence[Column]) -> tuple[int, ...]:
    """
    Return after which columns a row ends (numbers from 0); none where the picture is not wide.

    >>> breaks([Column((300 * k, 0, 300 * k + 200, 90), 1) for k in range(8)])
    (2, 5)
    """
    if not columns or columns[-1].box[2] - columns[0].box[0] <= WIDE:
        return ()
    best: tuple[int, ...] = ()
    size = _fit(columns, ())
    for found in _balanced(columns):
        fit = _fit(columns, found)
        if fit >= size * WORTH ** (len(found) - len(best)):
            best, size = found, fit
    return best


def _balanced(columns: Sequence[Column]) -> Iterator[tuple[int, ...]]:
    """Yield breaks into two, three and more rows that are about equally wide, with few lines between them."""
    whole = columns[-1].box[2] - columns[0].box[0]
    count = len(columns)
    lines = [column.lines for column in columns]
    toll = [LINE_COST * n**2 if n <= MOST_LINES else math.inf for n in lines]
    toll[-1] = 0.0
    lefts, rights = [column.box[0] / whole for column in columns], [column.box[2] / whole for column in columns]
    # What the cheapest rows up to each column cost, and where they end.
    cost = [(rights[last] - lefts[0]) ** 2 + toll[last] for last in range(count)]
    ends: list[tuple[int, ...]] = [()] * count
    for _ in range(min(MOST_ROWS, count) - 1):
        longer, breaks_ = [math.inf] * count, list(ends)
        for last in range(1, count):
            right = rights[last]
            least, k = min((cost[k] + (right - lefts[k + 1]) ** 2, k) for k in range(last))
            longer[last], breaks_[last] = least + toll[last], (*ends[k], k)
        cost, ends = longer, breaks_
        if cost[-1] < math.inf:
            yield ends[-1]


def _fit(columns: Sequence[Column], ends: Sequence[int]) -> float:
    """Return how large a picture with these breaks is on a page, 1 for its full size."""
    width, height = 0.0, 0.0
    for first, last in pairwise((-1, *ends, len(columns) - 1)):
        row = columns[first + 1 : last + 1]
        lines = LANE * columns[last].lines + CHANNEL if last + 1 < len(columns) else 0.0
        width = max(width, row[-1].box[2] - row[0].box[0] + 2 * lines)
        height += max(column.box[3] for column in row) - min(column.box[1] for column in row) + lines
    return min(1.0, PAGE[0] / width, PAGE[1] / height)


class Rows:
    """
    The rows of a picture that ends at each x of `ends`; lines that pass an end are level there.

    `named` writes the name of a value, for the starts of its lines in later rows.
    """

    def __init__(
        self, ends: Sequence[float], boxes: Sequence[Box], edges: Sequence[Edge], named: Callable[[str], Writing]
    ) -> None:
        self.ends = tuple(ends)
        passing = [{y: edge.source for edge in edges if (y := _level(edge.points, end)) is not None} for end in self.ends]
        self.lanes: list[list[float]] = [sorted(sources) for sources in passing]
        self.names = [[named(sources[y]) for y in sorted(sources)] for sources in passing]
        self.moves: list[Point] = [(0.0, 0.0)]
        self.bottoms: list[float] = []
        rows: list[list[Box]] = [[] for _ in range(len(self.ends) + 1)]
        for box in boxes:
            rows[self.row((box[0] + box[2]) / 2)].append(box)
        left = min(box[0] for box in rows[0])
        for k, end in enumerate(self.ends):
            lines = self.lanes[k]
            self.bottoms.append(max([*(box[3] for box in rows[k]), *lines]) + self.moves[k][1])
            top = min([*(box[1] for box in rows[k + 1]), *self.lanes[k]])
            down = self.bottoms[k] + LANE * len(lines) + CHANNEL - top
            self.moves.append((left + LANE * len(lines) + self._entry(k) - end, down))

    def _entry(self, k: int) -> float:
        """Return how far lines run level at the start of a row, with their names on them."""
        return max(name.width for name in self.names[k]) + 2 * LANE

    def written(self) -> list[Label]:
        """Return the names at the starts of lines that come from the row before, where there is room for them."""
        labels: list[Label] = []
        for k, lanes in enumerate(self.lanes):
            for y, name in zip(lanes, self.names[k], strict=True):
                x, height = self.moved(self.ends[k], y, k + 1)
                label = Label("", "name", x - self._entry(k) / 2, height, name, (), plate=True)
                if not any(overlap(label.box, other.box, 1) for other in labels):
                    labels.append(label)
        return labels

    def row(self, x: float) -> int:
        """Return the row of what stands at an x of the picture in one row."""
        return sum(x > end for end in self.ends)

    def moved(self, x: float, y: float, row: int | None = None) -> Point:
        """Return where a point stands."""
        dx, dy = self.moves[self.row(x) if row is None else row]
        return x + dx, y + dy

    def node(self, node: Node) -> Node:
        """Return a node where it stands."""
        x, y = self.moved(node.x, node.y)
        return replace(node, x=x, y=y)

    def label(self, label: Label) -> Label:
        """Return a label where it stands."""
        x, y = self.moved(label.x, label.y)
        return replace(label, x=x, y=y)

    def frame(self, frame: Frame) -> Frame:
        """Return a frame where it stands."""
        x, y = self.moved(frame.x + frame.width / 2, frame.y)
        return replace(frame, x=x - frame.width / 2, y=y)

    def edge(self, edge: Edge) -> Edge:
        """Return an edge that goes on in the next row: out to the right, back between the rows, and in from the left."""
        points = [self.moved(*edge.points[0])]
        for before, after in pairwise(edge.points):
            for k in range(self.row(before[0]), self.row(after[0])):
                points += self._between(k, _at(before, after, self.ends[k]))
            points.append(self.moved(*after))
        return replace(edge, points=tuple(_without_repeats(points)))

    def _between(self, k: int, y: float) -> list[Point]:
        """Return the points from the end of a row to the start of the next; lines are nested, and none crosses another."""
        lanes = self.lanes[k]
        rank = min(range(len(lanes)), key=lambda i: abs(lanes[i] - y))
        out, back = self.moved(self.ends[k], y, k), self.moved(self.ends[k], y, k + 1)
        right = out[0] + LANE * (len(lanes) - rank)
        channel = self.bottoms[k] + CHANNEL / 2 + LANE * (len(lanes) - rank - 1)
        left = back[0] - self._entry(k) - LANE * rank
        return [out, (right, out[1]), (right, channel), (left, channel), (left, back[1]), back]


def _level(points: Sequence[Point], x: float) -> float | None:
    """Return the height at which a line passes an x, None where it does not."""
    for before, after in pairwise(points):
        if before[0] <= x < after[0]:
            return round(_at(before, after, x), 1)
    return None


def _at(before: Point, after: Point, x: float) -> float:
    return before[1] + (after[1] - before[1]) * (x - before[0]) / (after[0] - before[0])


def _without_repeats(points: Sequence[Point]) -> list[Point]:
    """Return points without those that are equal, or stand on the way between their neighbours on a level line."""
    kept: list[Point] = []
    for point in points:
        if kept and max(abs(point[0] - kept[-1][0]), abs(point[1] - kept[-1][1])) < 0.05:
            continue
        if len(kept) > 1 and abs(kept[-2][1] - kept[-1][1]) < 0.05 and abs(kept[-1][1] - point[1]) < 0.05:
            kept.pop()
        kept.append(point)
    return kept
