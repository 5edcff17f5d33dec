"""
A picture as one table of coordinates, from which every format is written.

Coordinates are in pixels of 1/96 inch, x to the right and y downwards; a text's place is its middle.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

LONGEST_TITLE = 200
LONGEST_NAME = 32
LONGEST_DESCRIPTION = 4_000

Point = tuple[float, float]
# left, top, right, bottom
Box = tuple[float, float, float, float]

# How far a plate reaches beyond the letters that lie on it: to the left, above, to the right, below.
COVER: Box = (2.6, 1.0, 2.6, 1.0)


@dataclass(frozen=True, slots=True)
class Run:
    """Letters set alike: `x` from the left end of their line, `y` below its baseline; `style` is "roman", "italic" or "bold"."""

    text: str
    x: float
    y: float
    size: float
    style: str = "roman"


@dataclass(frozen=True, slots=True)
class Writing:
    """One line: its runs, its width, how far it reaches above and below the baseline, and the same as LaTeX and as plain text."""

    runs: tuple[Run, ...]
    width: float
    rise: float
    drop: float
    latex: str
    plain: str

    @property
    def height(self) -> float:
        """How high the line is."""
        return self.rise + self.drop


@dataclass(frozen=True, slots=True)
class Node:
    """
    A circle, box or pill at (x, y) with its name inside.

    `name` is the plain name of its quantity, `role` what it is for, `locals` the names of the local derivatives that
    live inside it, `tip` what is said of it in words.  `classes` has "path" where the gradient passes.
    """

    name: str
    shape: str
    x: float
    y: float
    width: float
    height: float
    role: str
    writing: Writing
    classes: tuple[str, ...] = ()
    locals: tuple[str, ...] = ()
    tip: str = ""

    @property
    def box(self) -> Box:
        """What it covers."""
        return self.x - self.width / 2, self.y - self.height / 2, self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow along `points`; `name` is the weight or the local derivative it stands for, `locals` all that live on it."""

    source: str
    target: str
    name: str
    points: tuple[Point, ...]
    classes: tuple[str, ...] = ()
    locals: tuple[str, ...] = ()
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """
    A text that stands free, its middle at (x, y).

    `of` is the plain name of what it is about, `role` one of "value", "gradient", "weight", "bias", "local", "name" and "note".
    A `plate` in the colour of the paper lies under it where lines pass; `cover` is how far that reaches beyond the letters to
    the left, above, to the right and below, and None where the letters lie on the plate of a label before.
    """

    of: str
    role: str
    x: float
    y: float
    writing: Writing
    classes: tuple[str, ...] = ()
    plate: bool = False
    cover: Box | None = COVER

    @property
    def box(self) -> Box:
        """What it covers."""
        width, height = self.writing.width / 2, self.writing.height / 2
        return self.x - width, self.y - height, self.x + width, self.y + height

    @property
    def plate_box(self) -> Box | None:
        """What its plate covers, None where it has none of its own."""
        if not self.plate or self.cover is None:
            return None
        left, top, right, bottom = self.box
        return left - self.cover[0], top - self.cover[1], right + self.cover[2], bottom + self.cover[3]

    @property
    def baseline(self) -> float:
        """Where its letters stand."""
        return self.y + (self.writing.rise - self.writing.drop) / 2


@dataclass(frozen=True, slots=True)
class Frame:
    """A rounded box behind others: a layer that is computed as a whole."""

    name: str
    x: float
    y: float
    width: float
    height: float

    @property
    def box(self) -> Box:
        """What it surrounds."""
        return self.x, self.y, self.x + self.width, self.y + self.height


@dataclass(frozen=True)
class Figure:
    """
    A picture: what it is called, what it shows in words, and everything on it.

    `notices` are sentences for whoever asked: what was left out so that the rest stays legible.
    """

    kind: str
    title: str
    description: str
    width: float
    height: float
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    labels: tuple[Label, ...]
    frames: tuple[Frame, ...] = ()
    notices: tuple[str, ...] = field(default=())

    def boxes(self) -> Iterator[Box]:
        """Yield what every node, label and frame covers."""
        for node in self.nodes:
            yield node.box
        for label in self.labels:
            yield label.box
        for frame in self.frames:
            yield frame.box


def overlap(one: Box, two: Box, gap: float = 0.0) -> bool:
    """
    Tell whether two boxes come nearer than a gap.

    >>> overlap((0, 0, 2, 2), (2, 0, 4, 2)), overlap((0, 0, 2, 2), (2, 0, 4, 2), gap=1)
    (False, True)
    """
    return one[0] < two[2] + gap and two[0] < one[2] + gap and one[1] < two[3] + gap and two[1] < one[3] + gap


def legible(text: str, most: int) -> str:
    r"""
    Return a text in one line without characters that cannot be seen or turn the line around, cut to a length.

    >>> legible("one\n two\u202e\x00", 20), legible("abcdef", 4)
    ('one two', 'abc…')
    """
    kept = "".join(" " if char.isspace() else char for char in text[: 4 * most] if char.isspace() or _is_shown(char))
    line = " ".join(kept.split())
    return line if len(line) <= most and len(text) <= 4 * most else line[: most - 1] + "…"


def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
