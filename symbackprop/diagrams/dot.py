"""A figure as text for Graphviz, for those who want its layout; no binary of Graphviz is called here."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.diagrams.figure import LONGEST_TITLE, Figure, legible
from symbackprop.diagrams.svg import COLOURS, FILLS


def to_dot(figure: Figure) -> str:
    """Return a digraph with the figure's nodes, edges and texts; places are left to Graphviz."""
    return "\n".join(_lines(figure)) + "\n"


def _lines(figure: Figure) -> Iterator[str]:
    texts: dict[str, list[str]] = {}
    for label in figure.labels:
        if label.of:
            texts.setdefault(label.of, []).append(label.writing.plain)
    yield "digraph {"
    yield f"  label={_quoted(figure.title)}; rankdir=LR; node [style=filled, fontname=serif]; edge [fontname=serif];"
    for node in figure.nodes:
        shape = "circle" if node.shape == "circle" else "box"
        fill = COLOURS[FILLS.get(node.role.replace(" ", "-"), "unit")][0]
        lines = [node.writing.plain, *texts.get(node.name, ())]
        thick = ", penwidth=2.5, color=red" if "path" in node.classes else ""
        yield f'  {_quoted(node.name)} [shape={shape}, fillcolor="{fill}", label={_quoted(*lines)}{thick}];'
    drawn = {node.name for node in figure.nodes}
    for edge in figure.edges:
        if edge.target not in drawn:
            continue
        written = texts.get(edge.name, ()) if edge.name not in drawn else ()
        thick = " penwidth=3, color=red, style=dashed" if "path" in edge.classes else ""
        yield f"  {_quoted(edge.source)} -> {_quoted(edge.target)} [label={_quoted(*written)}{thick}];"
    yield "}"


def _quoted(*lines: str) -> str:
    r"""Return lines as one string of the language; \n between them is Graphviz's own."""
    return '"' + r"\n".join(legible(line, LONGEST_TITLE).replace("\\", "\\\\").replace('"', '\\"') for line in lines) + '"'
