"""The loss over two parameters: its values on a grid around a path, and the grid as characters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symbackprop.arithmetic import ARRAY, evaluate
from symbackprop.graph import Graph

ACROSS, UP = 60, 20
MARGIN = 0.3
MOST_NUMBERS = 1 << 24
BANDS = 5
SHADES = " ░▒▓█"
START, UPDATE, END = "S", "o", "E"
HIGHEST = 0.95  # of the heights, from the lowest: a steep wall would else leave all the rest in one band


@dataclass(frozen=True)
class Contour:
    """
    Heights over a grid: `heights[j][i]` is the output at (xs[i], ys[j]), nan or ±inf where it has no value.

    `names` are the two parameters (across, up) by their plain names, `path` their values from the start to the end.
    """

    names: tuple[str, str]
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    heights: tuple[tuple[float, ...], ...]
    path: tuple[tuple[float, float], ...]

    @property
    def lowest(self) -> tuple[float, float]:
        """The grid's point with the smallest height."""
        finite = [(h, i, j) for j, row in enumerate(self.heights) for i, h in enumerate(row) if abs(h) < float("inf")]
        _, i, j = min(finite)
        return self.xs[i], self.ys[j]

    def levels(self, bands: int = BANDS) -> tuple[float, ...]:
        """Return what parts the bands, from low to high: squares, so that the bands of a square bowl are equally wide."""
        finite = sorted(h for row in self.heights for h in row if abs(h) < float("inf"))
        if not finite:
            return ()
        low, high = finite[0], finite[int(HIGHEST * (len(finite) - 1))]
        return tuple(low + (high - low) * (k / bands) ** 2 for k in range(1, bands)) if high > low else ()


def survey(  # noqa: PLR0913 - a grid has two sides
    graph: Graph,
    output: str,
    at: Mapping[str, float],
    names: tuple[str, str],
    path: Sequence[tuple[float, float]],
    *,
    across: int = ACROSS,
    up: int = UP,
) -> Contour:
    """Evaluate the output over a grid around a path of two leaves; `at` has the other leaves' values."""
    xs = _around([x for x, _ in path], across)
    ys = _around([y for _, y in path], up)
    places = [(x, y) for y in ys for x in xs]
    chunk = max(1, MOST_NUMBERS // max(1, len(graph.nodes)))
    found: list[float] = []
    for start in range(0, len(places), chunk):
        found.extend(_forward(graph, output, at, names, places[start : start + chunk]))
    heights = tuple(tuple(found[j * across : (j + 1) * across]) for j in range(up))
    return Contour(names, xs, ys, heights, tuple(path))


def _forward(
    graph: Graph, output: str, at: Mapping[str, float], names: tuple[str, str], places: Sequence[tuple[float, float]]
) -> list[float]:
    import numpy as np  # only a contour needs it

    env: dict[str, Any] = {leaf.symbol.name: at[leaf.symbol.name] for leaf in graph.leaves}
    columns = np.array(places, dtype=float)
    env[names[0]], env[names[1]] = columns[:, 0].copy(), columns[:, 1].copy()
    with np.errstate(all="ignore"):
        for node in graph.nodes:
            env[node.symbol.name] = evaluate(node.expr, env, ARRAY)
    return [float(value) for value in np.broadcast_to(env[output], len(places))]


def _around(values: Sequence[float], count: int) -> tuple[float, ...]:
    """Return so many equally spaced numbers, from below the smallest of the values to above the largest."""
    low, high = min(values), max(values)
    room = MARGIN * (high - low) or 0.5 * max(1.0, abs(low))
    low, high = low - room, high + room
    return tuple(low + (high - low) * k / (count - 1) for k in range(count))


def drawn(contour: Contour) -> tuple[str, ...]:
    """
    Draw a contour as lines of characters: the fuller, the higher; the path as S (start), o (updates) and E (end).

    The values at the ends of the axes stand beside and below; where there is no value, a question mark does.
    """
    levels = contour.levels()
    cells = [[_shade(height, levels) for height in row] for row in contour.heights]
    last = len(contour.path) - 1
    for k in (*range(1, last), 0, last):
        x, y = contour.path[k]
        cells[_nearest(contour.ys, y)][_nearest(contour.xs, x)] = START if k == 0 else END if k == last else UPDATE
    top, bottom = f"{contour.ys[-1]:.3g}", f"{contour.ys[0]:.3g}"
    margin = max(len(top), len(bottom))
    labels = [top, *[""] * (len(cells) - 2), bottom]
    lines = [f"{label:>{margin}} |{''.join(row)}|" for label, row in zip(labels, reversed(cells), strict=True)]
    left, right = f"{contour.xs[0]:.3g}", f"{contour.xs[-1]:.3g}"
    width = len(contour.xs)
    return (*lines, f"{'':{margin}}  {left}{right:>{width - len(left)}}")


def _shade(height: float, levels: Sequence[float]) -> str:
    return SHADES[sum(height > level for level in levels)] if abs(height) < float("inf") else "?"


def _nearest(places: Sequence[float], value: float) -> int:
    step = (places[-1] - places[0]) / (len(places) - 1)
    return min(max(round((value - places[0]) / step), 0), len(places) - 1)
