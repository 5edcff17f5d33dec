"""
A figure as SVG: one file that refers to nothing else, in the reader's light or dark colours.

Nodes have `data-name`, edges `data-from`, `data-to` and `data-edge` (the weight, or the local derivative), labels `data-of`;
`data-locals` has the names of all local derivatives that a node or edge stands for.
The class "on" makes a node or edge stand out; "waiting" hides a label that is still to come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.diagrams.figure import Edge, Figure, Label, Node, Point, Writing, legible
from symbackprop.diagrams.shapes import arrow, head_size, rounded
from symbackprop.typeset.elements import escaped

FONT = "'STIX Two Text','STIXGeneral','Times New Roman',Times,'Liberation Serif',serif"
# How high an x of Times is, in em: a reader's other font is made as large as that, and so about as wide as was measured.
X_HEIGHT = 0.45

# name: light, dark
COLOURS = {
    "paper": ("#ffffff", "#15181d"),
    "ink": ("#1b1f24", "#e8eaed"),
    "line": ("#667080", "#8d97a5"),
    "value": ("#12703a", "#6fd596"),
    "gradient": ("#b00020", "#ff8a8f"),
    "local": ("#5636a3", "#c0a6ff"),
    "unit": ("#e9effb", "#26334d"),
    "given": ("#e6f4e4", "#21392a"),
    "parameter": ("#fdeedb", "#47351d"),
    "target": ("#f1e6f7", "#3b2a45"),
    "result": ("#fde4e4", "#4d2529"),
}
FILLS = {
    "input": "given", "variable": "given", "target": "target", "weight": "parameter", "bias": "parameter",
    "loss": "result", "cost": "result", "loss-part": "result", "error": "result", "operation": "paper",
}  # fmt: skip


def stylesheet() -> str:
    """Return the colours and lines of every diagram, for rules within `.sb-diagram`."""
    light = ";".join(f"--sb-{name}:{pair[0]}" for name, pair in COLOURS.items())
    dark = ";".join(f"--sb-{name}:{pair[1]}" for name, pair in COLOURS.items())
    fills = "".join(f".sb-diagram .role-{role} .shape{{fill:var(--sb-{fill})}}" for role, fill in FILLS.items())
    return (
        f".sb-diagram{{{light};font-family:{FONT};font-size-adjust:{X_HEIGHT};color-scheme:light dark}}"
        f"@media screen and (prefers-color-scheme:dark){{.sb-diagram{{{dark}}}}}"
        ".sb-diagram .paper,.sb-diagram .plate{fill:var(--sb-paper)}"
        ".sb-diagram .shape{fill:var(--sb-unit);stroke:var(--sb-line);stroke-width:1.2}"
        f"{fills}"
        ".sb-diagram .frame{fill:none;stroke:var(--sb-line);stroke-width:1;stroke-dasharray:2 3}"
        ".sb-diagram text{fill:var(--sb-ink)}"
        ".sb-diagram .line{fill:none;stroke:var(--sb-line);stroke-width:1.2}"
        ".sb-diagram .head{fill:var(--sb-line)}"
        ".sb-diagram .faint .line{stroke-width:.7}.sb-diagram .faint .line,.sb-diagram .faint .head{opacity:.55}"
        ".sb-diagram .i{font-style:italic}.sb-diagram .b{font-weight:bold}"
        ".sb-diagram .value text{fill:var(--sb-value)}"
        ".sb-diagram .gradient text{fill:var(--sb-gradient)}"
        ".sb-diagram .edge.path .line,.sb-diagram .edge.on .line{stroke:var(--sb-gradient);stroke-width:2.6;stroke-dasharray:9 4}"
        ".sb-diagram .edge.crowded .line{stroke-width:1.5;stroke-dasharray:6 3}"
        ".sb-diagram .edge.own .line,.sb-diagram .edge.on .line"
        "{stroke:var(--sb-gradient);stroke-width:4;stroke-dasharray:none;opacity:1}"
        ".sb-diagram .edge.path .head,.sb-diagram .edge.own .head,.sb-diagram .edge.on .head{fill:var(--sb-gradient)}"
        ".sb-diagram .edge.back .line{stroke:var(--sb-gradient);stroke-width:1.6;stroke-dasharray:9 4}"
        ".sb-diagram .edge.back .head{fill:var(--sb-gradient)}"
        ".sb-diagram .node.path .shape{stroke:var(--sb-gradient);stroke-width:2.2;stroke-dasharray:6 3}"
        ".sb-diagram .node.on .shape{stroke:var(--sb-gradient);stroke-width:4}"
        ".sb-diagram .local text{fill:var(--sb-local)}"
        ".sb-diagram .bias.path text,.sb-diagram .target.path text{fill:var(--sb-gradient);text-decoration:underline}"
        ".sb-diagram .waiting{visibility:hidden}"
    )


def to_svg(figure: Figure, *, style: bool = True) -> str:
    """
    Return the figure as one <svg> element; without `style` its rules are left to a page that has `stylesheet()` once.

    The same figure gives the same text.
    """
    width, height = _number(figure.width), _number(figure.height)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sb-diagram sb-{figure.kind}" role="img" {size}>',
        f"<title>{escaped(figure.title)}</title>",
        f"<desc>{escaped(figure.description)}</desc>",
    ]
    if style:
        parts.append(f"<style>{stylesheet()}</style>")
        parts.append(f'<rect class="paper" width="{width}" height="{height}"/>')
    parts += [
        f'<rect class="frame" data-name="{_attribute(frame.name)}" x="{_number(frame.x)}" y="{_number(frame.y)}" '
        f'width="{_number(frame.width)}" height="{_number(frame.height)}" rx="10"/>'
        for frame in figure.frames
    ]
    # What the gradient passes is drawn last, over the others.
    parts += [_edge(edge) for edge in sorted(figure.edges, key=lambda edge: "path" in edge.classes)]
    parts += [_node(node) for node in figure.nodes]
    parts += [_label(label) for label in figure.labels]
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _number(value: float) -> str:
    """Return a coordinate with a tenth at most."""
    return f"{value:.1f}".removesuffix(".0").replace("-0", "0") if abs(value) < 0.05 else f"{value:.1f}".removesuffix(".0")


def _attribute(text: str) -> str:
    return escaped(legible(text, 200))


def _classes(*names: str) -> str:
    return " ".join(name for name in names if name)


def _tip(text: str) -> str:
    return f"<title>{escaped(legible(text, 300))}</title>" if text else ""


def _node(node: Node) -> str:
    role = f"role-{node.role.replace(' ', '-')}"
    x, y, half, high = node.x, node.y, node.width / 2, node.height / 2
    if node.shape == "circle":
        shape = f'<circle class="shape" cx="{_number(x)}" cy="{_number(y)}" r="{_number(half)}"/>'
    elif node.shape == "none":
        shape = ""
    else:
        round_ = high if node.shape == "pill" else 4
        shape = (
            f'<rect class="shape" x="{_number(x - half)}" y="{_number(y - high)}" width="{_number(node.width)}" '
            f'height="{_number(node.height)}" rx="{_number(round_)}"/>'
        )
    held = f' data-locals="{_attribute(" ".join(node.locals))}"' if node.locals else ""
    w = node.writing
    name = writing(w, x - w.width / 2, y + (w.rise - w.drop) / 2, "name")
    return (
        f'<g class="{_classes("node", role, *node.classes)}" data-name="{_attribute(node.name)}"{held}>'
        f"{_tip(node.tip)}{shape}{name}</g>"
    )


def _label(label: Label) -> str:
    w = label.writing
    left = label.box[0]
    plate = ""
    if label.plate_box:
        x0, y0, x1, y1 = label.plate_box
        size = f'width="{_number(x1 - x0)}" height="{_number(y1 - y0)}"'
        plate = f'<rect class="plate" x="{_number(x0)}" y="{_number(y0)}" {size}/>'
    of = f' data-of="{_attribute(label.of)}"' if label.of else ""
    return f'<g class="{_classes("label", label.role, *label.classes)}"{of}>{plate}{writing(w, left, label.baseline)}</g>'


def writing(line: Writing, x: float, y: float, role: str = "") -> str:
    """Return a line of letters whose left end is at x and whose baseline is at y; every run says where it stands."""
    runs = "".join(
        f'<tspan x="{_number(x + run.x)}" y="{_number(y + run.y)}" font-size="{_number(run.size)}"'
        f"{_STYLES[run.style]}>{escaped(run.text)}</tspan>"
        for run in line.runs
    )
    named = f' class="{role}"' if role else ""
    return f"<text{named}>{runs}</text>"


_STYLES = {"roman": "", "italic": ' class="i"', "bold": ' class="b"'}


def _edge(edge: Edge) -> str:
    held = f' data-locals="{_attribute(" ".join(edge.locals))}"' if edge.locals else ""
    name = f' data-edge="{_attribute(edge.name)}"' if edge.name else ""
    points, head = arrow(edge.points, head_size(edge))
    return (
        f'<g class="{_classes("edge", *edge.classes)}" data-from="{_attribute(edge.source)}" data-to="{_attribute(edge.target)}"'
        f"{name}{held}>{_tip(edge.tip)}"
        f'<path class="line" d="{" ".join(_bends(points))}"/>'
        f'<path class="head" d="M{" ".join(f"{_number(px)},{_number(py)}" for px, py in head)}z"/></g>'
    )


def _bends(points: Sequence[Point]) -> Iterator[str]:
    """Yield the commands of a path whose corners are rounded."""
    yield f"M{_number(points[0][0])},{_number(points[0][1])}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        first, last = rounded(before, corner, after)
        yield f"L{_number(first[0])},{_number(first[1])}"
        yield f"Q{_number(corner[0])},{_number(corner[1])} {_number(last[0])},{_number(last[1])}"
    yield f"L{_number(points[-1][0])},{_number(points[-1][1])}"
