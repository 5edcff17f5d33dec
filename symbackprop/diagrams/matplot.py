"""A figure as PNG or PDF by matplotlib, drawn from the same table."""

from __future__ import annotations

from importlib.util import find_spec
from io import BytesIO
from typing import Any

from symbackprop.diagrams.figure import Edge, Figure, Label, Node, Writing
from symbackprop.diagrams.shapes import arrow, head_size, rounded
from symbackprop.diagrams.svg import COLOURS, FILLS
from symbackprop.errors import InputError

FAMILY = "STIXGeneral"
POINTS_PER_PIXEL = 0.75
# How many pixels a PNG has at most from side to side; matplotlib has room for 65,536.
LARGEST = 16_000
# No dates: the same figure gives the same bytes.
_METADATA: dict[str, dict[str, Any]] = {"png": {"Software": None}, "pdf": {"CreationDate": None}}
_INK = {"value": "value", "gradient": "gradient", "local": "local"}


def check_matplotlib() -> None:
    """Raise InputError where matplotlib is missing; the sentence says how to get it."""
    if find_spec("matplotlib") is None:
        msg = 'PNG and PDF need matplotlib, which is not installed; get it with: pip install "symbackprop[plot]"'
        raise InputError(msg)


def to_bytes(figure: Figure, ending: str, *, scale: float = 2.0) -> bytes:
    """
    Return the figure as a file: `ending` is "png" (`scale` times 96 dots an inch) or "pdf".

    Raises InputError where matplotlib is missing.
    """
    check_matplotlib()
    import matplotlib as mpl  # noqa: PLC0415 - an extra
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure as Sheet  # noqa: PLC0415

    with mpl.rc_context({**mpl.rcParamsDefault, "backend": "agg", "pdf.fonttype": 42, "text.usetex": False}):
        sheet = Sheet(figsize=(figure.width / 96, figure.height / 96), facecolor=_colour("paper"))
        FigureCanvasAgg(sheet)
        axes = sheet.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, figure.width)
        axes.set_ylim(figure.height, 0)
        axes.axis("off")
        _draw(axes, figure)
        file = BytesIO()
        fitting = min(scale, LARGEST / max(figure.width, figure.height))
        sheet.savefig(file, format=ending, dpi=96 * fitting, metadata=_METADATA[ending])
    return file.getvalue()


def _colour(name: str) -> str:
    return COLOURS[name][0]


def _draw(axes: Any, figure: Figure) -> None:
    from matplotlib.patches import FancyBboxPatch  # noqa: PLC0415 - an extra

    for frame in figure.frames:
        axes.add_patch(FancyBboxPatch((frame.x + 8, frame.y + 8), frame.width - 16, frame.height - 16, fill=False,
                                      boxstyle="round,pad=8", edgecolor=_colour("line"), linestyle=":", zorder=0))  # fmt: skip
    for edge in sorted(figure.edges, key=lambda edge: "path" in edge.classes):
        _edge(axes, edge)
    for node in figure.nodes:
        _node(axes, node)
    for label in figure.labels:
        _label(axes, label)


def _edge(axes: Any, edge: Edge) -> None:
    from matplotlib.patches import PathPatch, Polygon  # noqa: PLC0415 - an extra
    from matplotlib.path import Path  # noqa: PLC0415

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
    line = PathPatch(Path(vertices, codes), fill=False, edgecolor=colour, linewidth=width, linestyle=style, alpha=faint, zorder=1)
    axes.add_patch(line)
    axes.add_patch(Polygon(head, closed=True, facecolor=colour, edgecolor="none", alpha=faint, zorder=1))


def _node(axes: Any, node: Node) -> None:
    from matplotlib.patches import Circle, FancyBboxPatch  # noqa: PLC0415 - an extra

    passed = "path" in node.classes
    look: dict[str, Any] = {
        "facecolor": _colour(FILLS.get(node.role.replace(" ", "-"), "unit")),
        "edgecolor": _colour("gradient" if passed else "line"),
        "linewidth": (2.2 if passed else 1.2) * POINTS_PER_PIXEL,
        "linestyle": (0, (3, 1.5)) if passed else "-",
        "zorder": 2,
    }
    left, top, _, _ = node.box
    if node.shape == "circle":
        axes.add_patch(Circle((node.x, node.y), node.width / 2, **look))
    elif node.shape != "none":
        pad = node.height / 2 - 0.1 if node.shape == "pill" else 4
        corner = (left + pad, top + pad)
        box = f"round,pad={pad}"
        axes.add_patch(FancyBboxPatch(corner, node.width - 2 * pad, node.height - 2 * pad, boxstyle=box, **look))
    w = node.writing
    _write(axes, w, node.x - w.width / 2, node.y + (w.rise - w.drop) / 2, "ink")


def _label(axes: Any, label: Label) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - an extra

    if label.plate:
        left, top, right, bottom = label.plate_box
        axes.add_patch(Rectangle((left, top), right - left, bottom - top, color=_colour("paper"), linewidth=0, zorder=3))
    _write(axes, label.writing, label.box[0], label.baseline, _INK.get(label.role, "ink"))


def _write(axes: Any, line: Writing, x: float, y: float, colour: str) -> None:
    """Write runs where they stand; dollars are letters, never mathematics."""
    for run in line.runs:
        axes.text(
            x + run.x, y + run.y, run.text.replace("$", r"\$"), size=run.size * POINTS_PER_PIXEL, color=_colour(colour),
            family=[FAMILY, "DejaVu Sans"], style="italic" if run.style == "italic" else "normal",
            weight="bold" if run.style == "bold" else "normal", ha="left", va="baseline", zorder=4,
        )  # fmt: skip
