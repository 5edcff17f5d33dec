"""
A figure that plays: forward, value by value, and then backward, gradient by gradient along each edge.

The order is read off the figure itself.  As SVG it moves by CSS alone: no script, a still picture on paper and for
whoever asked the system for less motion, and it stops while the pointer is on it.  As GIF it is drawn by matplotlib.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

from symbackprop.diagrams.figure import Edge, Figure, Label, Node, Point
from symbackprop.diagrams.inscribe import NOTE, text
from symbackprop.diagrams.matplot import check_matplotlib, frames
from symbackprop.diagrams.shapes import MARGIN, arrow, rounded
from symbackprop.diagrams.svg import to_svg
from symbackprop.errors import InputError

GIVEN, FORWARD, BACKWARD = "given", "forward", "backward"
# Up to how many are shown one by one: above that, all that stand in a column come together.
MOST_NODES, MOST_EDGES = 30, 36
# Seconds: a whole run without its rests, the shortest and the longest beat, and the rests in units of a beat.
RUN, SHORTEST, LONGEST = 22.0, 0.25, 0.9
TURN, REST = 0.8, 3.0
CAPTIONS = {
    FORWARD: ("Forward: every value from those before it", "forward: values"),
    BACKWARD: ("Backward: every gradient from those behind it, times a local derivative", "backward: gradients"),
}
PLAYS = "It plays forward, value by value, and then backward, gradient by gradient."
CAPTION_HEIGHT = 30.0
# How many colours a GIF has, and how many pixels a frame of it at most.
COLOURS, PIXELS = 64, 900_000


@dataclass(frozen=True, slots=True)
class Beat:
    """What appears together: numbers of nodes and edges of the figure, and of the labels that are written at its end."""

    phase: str
    nodes: tuple[int, ...] = ()
    edges: tuple[int, ...] = ()
    labels: tuple[int, ...] = ()


@dataclass
class _Order:
    """Who comes after whom in a figure."""

    figure: Figure
    place: dict[str, int] = field(init=False)
    depth: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.place = {node.name: i for i, node in enumerate(self.figure.nodes)}
        self.into: dict[int, list[int]] = defaultdict(list)
        self.out: dict[int, list[int]] = defaultdict(list)
        for k, edge in enumerate(self.figure.edges):
            if edge.source in self.place and edge.target in self.place:
                self.out[self.place[edge.source]].append(k)
                self.into[self.place[edge.target]].append(k)
        self.depth = [0] * len(self.figure.nodes)
        waiting = {i: len(self.into[i]) for i in range(len(self.depth))}
        ready = [i for i, count in waiting.items() if not count]
        for i in ready:  # grows as it is walked
            for k in self.out[i]:
                child = self.place[self.figure.edges[k].target]
                self.depth[child] = max(self.depth[child], self.depth[i] + 1)
                waiting[child] -= 1
                if not waiting[child]:
                    ready.append(child)
        self.computed = sorted((i for i in ready if self.into[i]), key=lambda i: (self.depth[i], i))
        self.links = sum(map(len, self.into.values()))

    def forward(self) -> Iterator[list[int]]:
        """Yield the nodes that are computed together, in order."""
        if len(self.computed) <= MOST_NODES:
            yield from ([i] for i in self.computed)
            return
        yield from self._columns(self.computed)

    def backward(self) -> Iterator[list[int]]:
        """Yield the edges that a gradient passes together, from the last to the first."""
        behind = self.computed[::-1]
        if self.links <= MOST_EDGES:
            yield from ([k] for i in behind for k in self.into[i])
        elif len(behind) <= MOST_NODES:
            yield from (list(self.into[i]) for i in behind)
        else:
            yield from ([k for i in column for k in self.into[i]] for column in self._columns(behind))

    def _columns(self, nodes: Iterable[int]) -> Iterator[list[int]]:
        columns: dict[int, list[int]] = {}
        for i in nodes:
            columns.setdefault(self.depth[i], []).append(i)
        yield from columns.values()

    def home(self, label: Label) -> int | None:
        """Return the node that a label is about, else the nearest where it is about no edge either."""
        if label.of in self.place:
            return self.place[label.of]
        if any(label.of == edge.name or label.of in edge.locals for edge in self.figure.edges):
            return None
        distances = [math.hypot(node.x - label.x, node.y - label.y) for node in self.figure.nodes]
        return distances.index(min(distances)) if distances else None


def timeline(figure: Figure) -> tuple[Beat, ...]:
    """
    Return what appears when: what is given, each value, and each gradient.

    Raises InputError for a figure that has no forward and backward: four pictures side by side, or a lone value.
    """
    if figure.kind == "four":
        msg = "four pictures side by side have no order to be played in (--kind network, graph or atoms has)"
        raise InputError(msg)
    order = _Order(figure)
    if not order.computed:
        msg = "there is nothing to be played: no value is computed from another"
        raise InputError(msg)
    values: dict[int, list[int]] = defaultdict(list)
    gradients: dict[int, list[int]] = defaultdict(list)
    on_edges: dict[int, list[int]] = defaultdict(list)
    at_once: list[int] = []
    for j, label in enumerate(figure.labels):
        if label.role not in {"value", "gradient", "local"}:
            continue
        home = order.home(label)
        about = [k for k, edge in enumerate(figure.edges) if label.of == edge.name or label.of in edge.locals]
        if label.role == "value":
            (values[home] if home is not None and label.of in order.place else at_once).append(j)
        elif home is not None:
            gradients[home].append(j)
        else:
            on_edges[about[0]].append(j)
    given = [i for i in range(len(figure.nodes)) if not order.into[i]]
    beats = [Beat(GIVEN, tuple(given), (), tuple(sorted([*at_once, *(j for i in given for j in values[i])])))]
    for nodes in order.forward():
        edges = tuple(k for i in nodes for k in order.into[i])
        beats.append(Beat(FORWARD, tuple(nodes), edges, tuple(j for i in nodes for j in values[i])))
    ends = [i for i in range(len(figure.nodes)) if order.into[i] and not order.out[i]]
    beats.append(Beat(BACKWARD, tuple(ends), (), tuple(j for i in ends for j in gradients[i])))
    left = {i: len(order.out[i]) for i in range(len(figure.nodes))}
    for links in order.backward():
        reached = []
        for k in links:
            source = order.place[figure.edges[k].source]
            left[source] -= 1
            if not left[source]:
                reached.append(source)
        labels = [*(j for k in links for j in on_edges[k]), *(j for i in reached for j in gradients[i])]
        beats.append(Beat(BACKWARD, tuple(reached), tuple(links), tuple(labels)))
    return tuple(beats)


# --- SVG -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Clock:
    """When each beat begins, in seconds, how long it takes, and how long one run takes with its rests."""

    starts: tuple[float, ...]
    beat: float
    turn: float
    whole: float

    def percent(self, seconds: float) -> str:
        """Return a time as a part of the whole run."""
        return f"{100 * min(seconds, self.whole) / self.whole:.2f}".rstrip("0").rstrip(".") + "%"


def _clock(beats: Sequence[Beat]) -> _Clock:
    beat = min(max(RUN / len(beats), SHORTEST), LONGEST)
    turn = next(k for k, one in enumerate(beats) if one.phase == BACKWARD)
    starts = [beat * k + (TURN if k >= turn else 0.0) for k in range(len(beats))]
    return _Clock(tuple(starts), beat, starts[turn], starts[-1] + beat + REST)


def animated_svg(figure: Figure) -> str:
    """
    Return the figure as one <svg> element that plays, over and over.

    The same figure gives the same text.  Raises InputError as `timeline` does.
    """
    beats = timeline(figure)
    clock = _clock(beats)
    nodes, edges, labels = list(figure.nodes), list(figure.edges), list(figure.labels)
    ways: list[str] = []
    for b, beat in enumerate(beats):
        if beat.phase == FORWARD:
            for i in beat.nodes:
                nodes[i] = replace(nodes[i], classes=(*nodes[i].classes, f"n{b}"))
        for j in beat.labels:
            labels[j] = replace(labels[j], classes=(*labels[j].classes, f"t{b}"))
        for k in beat.edges:
            points = edges[k].points
            if beat.phase == FORWARD:
                ways.append(_way(points, f"ahead e{b}"))
            else:
                edges[k] = replace(edges[k], classes=(*edges[k].classes, f"h{b}"))
                ways.append(_way(points[::-1], f"back e{b}", f"t{b}"))
    said = [_caption(figure, phase) for phase in (FORWARD, BACKWARD)]
    height = figure.height + CAPTION_HEIGHT
    told = f"{figure.description} {PLAYS}"
    played = replace(figure, description=told, nodes=tuple(nodes), edges=tuple(edges), labels=(*labels, *said), height=height)
    bar = f'<rect class="run" x="0" y="{height - 3:g}" width="{figure.width:g}" height="3"/>'
    before, start, after = to_svg(played).partition('<g class="node')
    width = 3.0 if len(ways) <= 2 * MOST_EDGES else 1.6
    sheet = "\n".join(_rules(beats, clock, width))
    moving = before.replace("</style>", f"\n{sheet}</style>", 1)
    return "\n".join([moving.rstrip("\n"), *ways, bar, start + after])


def _caption(figure: Figure, phase: str) -> Label:
    """Return what is said under the picture, in as many words as it is wide."""
    lines = [text(words, NOTE) for words in CAPTIONS[phase]]
    line = next((line for line in lines if line.width + 2 * MARGIN <= figure.width), lines[-1])
    return Label("", "note", figure.width / 2, figure.height + CAPTION_HEIGHT / 2 - 4, line, (f"say-{phase}",))


def _way(points: Sequence[Point], classes: str, head_class: str = "") -> str:
    """Return a line that can be drawn from its start to its end, with a head where one is asked for."""
    line, head = arrow(points)
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in head)
    drawn = f'<path class="head {head_class}" d="M{corners}z"/>' if head_class else ""
    return f'<g class="way {classes}"><path class="line" pathLength="100" d="{_bent(line)}"/>{drawn}</g>'


def _bent(points: Sequence[Point]) -> str:
    parts = [f"M{points[0][0]:.1f},{points[0][1]:.1f}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        (ax, ay), (bx, by) = rounded(before, corner, after)
        parts.append(f"L{ax:.1f},{ay:.1f}Q{corner[0]:.1f},{corner[1]:.1f} {bx:.1f},{by:.1f}")
    return "".join(parts) + f"L{points[-1][0]:.1f},{points[-1][1]:.1f}"


def _rules(beats: Sequence[Beat], clock: _Clock, width: float) -> Iterator[str]:
    """Yield the style sheet: outside of its @media block, everything stands still and is complete."""
    at, end, gone = clock.percent, clock.percent(clock.whole - 0.5), "100%"
    yield ".sb-diagram .way,.sb-diagram .run,.sb-diagram .say-forward,.sb-diagram .say-backward{visibility:hidden}"
    yield "@media screen and (prefers-reduced-motion:no-preference){"
    yield ".sb-diagram .way,.sb-diagram .run,.sb-diagram .say-forward,.sb-diagram .say-backward{visibility:visible}"
    yield ".sb-diagram .way .line{fill:none;stroke-dasharray:100;stroke-dashoffset:100}"
    yield f".sb-diagram .way .line{{stroke-width:{width:g}}}.sb-diagram .ahead .line{{stroke:var(--sb-value)}}"
    yield ".sb-diagram .way.back .line{stroke:var(--sb-gradient)}.sb-diagram .back .head{fill:var(--sb-gradient)}"
    yield ".sb-diagram .run{fill:var(--sb-line);transform-origin:0 0;animation-timing-function:linear}"
    yield ".sb-diagram:hover *{animation-play-state:paused}"
    yield f".sb-diagram *{{animation-duration:{clock.whole:g}s;animation-iteration-count:infinite}}"
    yield "@keyframes run{0%{transform:scaleX(0)}100%{transform:scaleX(1)}}.sb-diagram .run{animation-name:run}"
    turn = clock.turn - TURN / 2
    for phase, since, until in ((FORWARD, 0.0, at(turn)), (BACKWARD, turn, end)):
        yield _until(f"say-{phase}", at(since), at(since + 0.3), until, clock)
        yield f".sb-diagram .say-{phase}{{animation-name:say-{phase}}}"
    for b, (beat, start) in enumerate(zip(beats, clock.starts, strict=True)):
        drawn, written = at(start + 0.6 * clock.beat), at(start + 0.75 * clock.beat)
        first, done = at(start), at(start + clock.beat)
        if beat.labels or (beat.edges and beat.phase == BACKWARD):
            yield f"@keyframes t{b}{{0%,{drawn}{{opacity:0}}{written},{end}{{opacity:1}}{gone}{{opacity:0}}}}"
            yield f".sb-diagram .t{b}{{animation-name:t{b}}}"
        if beat.phase == FORWARD and beat.nodes:
            yield f"@keyframes n{b}{{0%,{first}{{opacity:.3}}{drawn},{end}{{opacity:1}}{gone}{{opacity:.3}}}}"
            thin, wide = "stroke:var(--sb-line);stroke-width:1.2", "stroke:var(--sb-value);stroke-width:4"
            yield f"@keyframes s{b}{{0%,{first}{{{thin}}}{drawn},{written}{{{wide}}}{done},100%{{{thin}}}}}"
            yield f".sb-diagram .n{b}{{animation-name:n{b}}}.sb-diagram .n{b} .shape{{animation-name:s{b}}}"
        if beat.edges:
            # A way ahead is gone when its value is there; a way back stays, and takes the place of the edge.
            last = f"{drawn}{{stroke-dashoffset:0;opacity:1}}{done},100%{{stroke-dashoffset:0;opacity:0}}"
            if beat.phase == BACKWARD:
                last = f"{drawn},{end}{{stroke-dashoffset:0;opacity:1}}100%{{stroke-dashoffset:0;opacity:0}}"
                yield f"@keyframes h{b}{{0%,{first}{{opacity:1}}{drawn},{end}{{opacity:0}}100%{{opacity:1}}}}"
                yield f".sb-diagram .h{b}{{animation-name:h{b}}}"
            yield f"@keyframes e{b}{{0%,{first}{{stroke-dashoffset:100;opacity:1}}{last}}}"
            yield f".sb-diagram .e{b} .line{{animation-name:e{b}}}"
    yield "}"


def _until(name: str, since: str, shown: str, until: str, clock: _Clock) -> str:
    """Return keyframes of what is there for a part of the time."""
    over = clock.percent(float(until[:-1]) / 100 * clock.whole + 0.2)
    begin = f"0%,{since}{{opacity:0}}{shown}" if since != "0%" else "0%"
    finish = "" if over == "100%" else f"{over},"
    return f"@keyframes {name}{{{begin},{until}{{opacity:1}}{finish}100%{{opacity:0}}}}"


# --- GIF -----------------------------------------------------------------------------------------------------


def animated_gif(figure: Figure, *, scale: float = 1.25) -> bytes:
    """
    Return the figure as a GIF that plays over and over, `scale` times 96 dots an inch.

    The same figure gives the same bytes, with the same matplotlib and Pillow.
    Raises InputError as `timeline` does, and where matplotlib is missing.
    """
    beats = timeline(figure)
    check_matplotlib()
    from PIL import Image  # comes with matplotlib, an extra

    clock = _clock(beats)
    scale = min(scale, math.sqrt(PIXELS / (figure.width * figure.height)))
    pictures = [Image.frombuffer("RGBA", size, content).convert("RGB") for size, content in frames([*states(figure)], scale)]
    palette = pictures[-1].quantize(COLOURS, dither=Image.Dither.NONE)
    first, *others = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    ends = [*clock.starts[1:], clock.whole]
    times = [round(100 * (end - start)) * 10 for start, end in zip(clock.starts, ends, strict=True)]
    file = BytesIO()
    look: dict[str, Any] = {"duration": times, "loop": 0, "optimize": True, "comment": figure.title.encode()}
    first.save(file, format="GIF", save_all=True, append_images=others, **look)
    return file.getvalue()


def states(figure: Figure) -> Iterator[Figure]:
    """Yield the figure as it looks at the end of each beat; all have one size."""
    waiting = {j for beat in timeline(figure) for j in beat.labels}
    known: set[int] = set()
    passed: list[int] = []
    height = figure.height + CAPTION_HEIGHT
    for beat in timeline(figure):
        waiting -= set(beat.labels)
        now = set(beat.edges) if beat.phase == BACKWARD else set()
        if beat.phase != BACKWARD:
            known |= set(beat.nodes)
        passed += [k for k in beat.edges if k in now and k not in passed]
        caption = _caption(figure, BACKWARD if beat.phase == BACKWARD else FORWARD)
        yield replace(
            figure,
            height=height,
            nodes=tuple(node if i in known else _pending(node) for i, node in enumerate(figure.nodes)),
            edges=tuple(_turned(edge, k, passed, now) for k, edge in enumerate(figure.edges)),
            labels=(*(label for j, label in enumerate(figure.labels) if j not in waiting), caption),
        )


def _pending(node: Node) -> Node:
    """Return a node as it looks before it is computed: on paper only."""
    return replace(node, role="operation", classes=())


def _turned(edge: Edge, k: int, passed: Sequence[int], now: set[int]) -> Edge:
    """Return an edge that points back where a gradient has passed it, and is thick where one passes now."""
    if k not in passed:
        return replace(edge, classes=())
    return replace(edge, points=edge.points[::-1], classes=("own",) if k in now else ("path",))
