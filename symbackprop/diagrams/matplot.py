"""A figure as PNG or PDF by matplotlib, drawn from the same table; and the frames of an animation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from io import BytesIO
from typing import Any
from warnings import catch_warnings, simplefilter

from symbackprop.diagrams.figure import Edge, Figure, Frame, Label, Node, Writing
from symbackprop.diagrams.shapes import arrow, head_size, rounded
from symbackprop.diagrams.svg import COLOURS, FILLS
from symbackprop.errors import InputError

FAMILY = ("STIXGeneral", "DejaVu Sans")
POINTS_PER_PIXEL = 0.75
# How many pixels a PNG has at most from side to side; matplotlib has room for 65,536.
LARGEST = 16_000
_INK = {"value": "value", "gradient": "gradient", "local": "local"}
# What lies on what.
FRAMES, LINES, PATHS, SHAPES, PLATES, LETTERS = 0, 1, 1.5, 2, 3, 4


def check_matplotlib() -> None:
    """Raise InputError where matplotlib is missing; the sentence says how to get it."""
    if find_spec("matplotlib") is None:
        msg = 'PNG and PDF need matplotlib, which is not installed; get it with: pip install "symbackprop[plot]"'
        raise InputError(msg)


def letters_missing(figure: Figure) -> str:
    """
    Return the letters of a figure for which the fonts of PNG and PDF have boxes only.

    Raises InputError where matplotlib is missing.
    """
    check_matplotlib()
    from matplotlib.font_manager import FontProperties, findfont, get_font  # an extra

    lines = [*(node.writing for node in figure.nodes), *(label.writing for label in figure.labels)]
    written = {char for line in lines for run in line.runs for char in run.text}
    for family in FAMILY:
        known = get_font(findfont(FontProperties(family=family))).get_charmap()
        written = {char for char in written if ord(char) not in known}
    return "".join(sorted(written))


def to_bytes(figure: Figure, ending: str, *, scale: float = 2.0) -> bytes:
    """
    Return the figure as a file: `ending` is "png" (`scale` times 96 dots an inch) or "pdf".

    Raises InputError where matplotlib is missing.
    """
    if ending == "png":
        return _png(figure, scale)
    check_matplotlib()
    with _settings(), catch_warnings():
        simplefilter("ignore")  # of letters without a glyph, which `letters_missing` says
        sheet, axes = _sheet(figure)
        for part in _parts(figure):
            for artist in _drawn(part, as_text=True):
                axes.add_artist(artist)
        file = BytesIO()
        # No dates: the same figure gives the same bytes.
        told = {"Title": figure.title, "Subject": figure.description, "CreationDate": None}
        sheet.savefig(file, format="pdf", metadata=told)
    return file.getvalue()


def _png(figure: Figure, scale: float) -> bytes:
    """Return a figure as PNG of 256 colours, all that a drawing needs, with its title and what it shows in words."""
    ((size, content),) = frames([figure], scale)
    from PIL import Image, PngImagePlugin  # comes with matplotlib

    told = PngImagePlugin.PngInfo()
    told.add_text("Title", figure.title)
    told.add_text("Description", figure.description)
    picture = Image.frombuffer("RGBA", size, content).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    file = BytesIO()
    dots = round(96 * _fitting(figure, scale))
    picture.save(file, format="PNG", optimize=True, pnginfo=told, dpi=(dots, dots))
    return file.getvalue()


def frames(states: Sequence[Figure], scale: float) -> Iterator[tuple[tuple[int, int], bytes]]:
    """
    Yield the states of a figure as pictures, size and RGBA; what many of them show is made once.

    All states have one size.  Raises InputError where matplotlib is missing.
    """
    check_matplotlib()
    with _settings(), catch_warnings():
        simplefilter("ignore")
        sheet, axes = _sheet(states[0])
        sheet.set_dpi(96 * _fitting(states[0], scale))
        made: dict[Any, list[Any]] = {}
        shown: list[Any] = []
        for state in states:
            for artist in shown:
                artist.set_visible(False)
            shown = []
            for part in _parts(state):
                if part not in made:
                    made[part] = [axes.add_artist(artist) for artist in _drawn(part, as_text=False)]
                shown += made[part]
            for artist in shown:
                artist.set_visible(True)
            sheet.canvas.draw()
            yield sheet.canvas.get_width_height(), bytes(sheet.canvas.buffer_rgba())


def _settings() -> Any:
    import matplotlib as mpl  # an extra

    return mpl.rc_context({**mpl.rcParamsDefault, "backend": "agg", "pdf.fonttype": 42, "text.usetex": False})


def _sheet(figure: Figure) -> tuple[Any, Any]:
    """Return an empty sheet as large as a figure, and its axes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # an extra
    from matplotlib.figure import Figure as Sheet

    sheet = Sheet(figsize=(figure.width / 96, figure.height / 96), facecolor=_colour("paper"))
    FigureCanvasAgg(sheet)
    axes = sheet.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, figure.width)
    axes.set_ylim(figure.height, 0)
    axes.axis("off")
    return sheet, axes


def _fitting(figure: Figure, scale: float) -> float:
    return min(scale, LARGEST / max(figure.width, figure.height))


def _parts(figure: Figure) -> Iterator[Frame | Edge | Node | Label]:
    yield from figure.frames
    yield from figure.edges
    yield from figure.nodes
    yield from figure.labels


def _drawn(part: Frame | Edge | Node | Label, *, as_text: bool) -> Iterator[Any]:
    """Yield what matplotlib draws of a part; letters are outlines where the file has no text anyway."""
    match part:
        case Frame():
            yield _frame(part)
        case Edge():
            yield from _edge(part)
        case Node():
            yield from _shape(part)
            w = part.writing
            yield from _letters(w, part.x - w.width / 2, part.y + (w.rise - w.drop) / 2, "ink", as_text=as_text)
        case Label():
            yield from _plate(part)
            yield from _letters(part.writing, part.box[0], part.baseline, _INK.get(part.role, "ink"), as_text=as_text)


def _colour(name: str) -> str:
    return COLOURS[name][0]


def _frame(frame: Frame) -> Any:
    from matplotlib.patches import FancyBboxPatch  # an extra

    look: dict[str, Any] = {"fill": False, "edgecolor": _colour("line"), "linestyle": ":", "zorder": FRAMES}
    corner = (frame.x + 8, frame.y + 8)
    return FancyBboxPatch(corner, frame.width - 16, frame.height - 16, boxstyle="round,pad=8", **look)


def _edge(edge: Edge) -> Iterator[Any]:
    from matplotlib.patches import PathPatch, Polygon  # an extra
    from matplotlib.path import Path

    points, head = arrow(edge.points, head_size(edge))
    vertices, codes = [points[0]], [Path.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        first, last = rounded(before, corner, after)
        vertices += [first, corner, last]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    vertices.append(points[-1])
    codes.append(Path.LINETO)
    own, back = "own" in edge.classes, "back" in edge.classes or "crowded" in edge.classes
    passed = own or back or "path" in edge.classes
    colour = _colour("gradient" if passed else "line")
    faint = 0.55 if "faint" in edge.classes else 1.0
    width = (4.0 if own else 1.6 if back else 2.6 if passed else 1.2 * faint) * POINTS_PER_PIXEL
    style = (0, (3.5, 1.5)) if passed and not own else "-"
    look: dict[str, Any] = {"alpha": faint, "zorder": PATHS if "path" in edge.classes else LINES}
    yield PathPatch(Path(vertices, codes), fill=False, edgecolor=colour, linewidth=width, linestyle=style, **look)
    yield Polygon(head, closed=True, facecolor=colour, edgecolor="none", **look)


def _shape(node: Node) -> Iterator[Any]:
    from matplotlib.patches import Circle, FancyBboxPatch  # an extra

    passed = "path" in node.classes
    look: dict[str, Any] = {
        "facecolor": _colour(FILLS.get(node.role.replace(" ", "-"), "unit")),
        "edgecolor": _colour("gradient" if passed else "line"),
        "linewidth": (2.2 if passed else 1.2) * POINTS_PER_PIXEL,
        "linestyle": (0, (3, 1.5)) if passed else "-",
        "zorder": SHAPES,
    }
    left, top, _, _ = node.box
    if node.shape == "circle":
        yield Circle((node.x, node.y), node.width / 2, **look)
    elif node.shape != "none":
        pad = node.height / 2 - 0.1 if node.shape == "pill" else 4
        corner = (left + pad, top + pad)
        yield FancyBboxPatch(corner, node.width - 2 * pad, node.height - 2 * pad, boxstyle=f"round,pad={pad}", **look)


def _plate(label: Label) -> Iterator[Any]:
    from matplotlib.patches import Rectangle  # an extra

    if label.plate_box:
        left, top, right, bottom = label.plate_box
        yield Rectangle((left, top), right - left, bottom - top, color=_colour("paper"), linewidth=0, zorder=PLATES)


def _letters(line: Writing, x: float, y: float, colour: str, *, as_text: bool) -> Iterator[Any]:
    """Yield runs where they stand, as text that can be searched or as outlines; dollars are letters, never mathematics."""
    from matplotlib.font_manager import FontProperties  # an extra
    from matplotlib.patches import PathPatch
    from matplotlib.text import Text
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D

    for run in line.runs:
        look: dict[str, Any] = {"family": list(FAMILY), "size": run.size * POINTS_PER_PIXEL}
        look["style"] = "italic" if run.style == "italic" else "normal"
        look["weight"] = "bold" if run.style == "bold" else "normal"
        font = FontProperties(**look)
        words = run.text.replace("$", r"\$")
        if as_text:
            yield Text(x + run.x, y + run.y, words, color=_colour(colour), fontproperties=font, va="baseline", zorder=LETTERS)
        elif words.strip():
            outline = TextPath((0, 0), words, size=run.size, prop=font)
            placed = outline.transformed(Affine2D().scale(1, -1).translate(x + run.x, y + run.y))
            yield PathPatch(placed, facecolor=_colour(colour), edgecolor="none", linewidth=0, zorder=LETTERS)
