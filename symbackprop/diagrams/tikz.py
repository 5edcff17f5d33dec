r"""
A figure as TikZ: a fragment for a document, or a standalone document.

A fragment needs \usepackage{tikz, xcolor, amsmath, graphicx}; the colours are defined by \providecolor, so that a document's
own stay.  What is wider than the line is made smaller as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.diagrams.figure import LONGEST_TITLE, Edge, Figure, Label, Node, legible
from symbackprop.diagrams.svg import COLOURS, FILLS

# One pixel of the table in points: names of 16 pixels are set in 10 points, numbers of 12.5
# in 8, a little smaller than elsewhere, because Computer Modern is wider than Times.
POINTS = 0.74
WIDEST = 345.0
_SIZES = ((15.5, r"\normalsize"), (13.5, r"\small"), (11.5, r"\footnotesize"), (0.0, r"\scriptsize"))
_INKS = {"value": "sbvalue", "gradient": "sbgradient", "local": "sblocal"}
PREAMBLE = r"""\documentclass[border=4pt]{standalone}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage{amsmath, amssymb}
\usepackage{graphicx}
\usepackage{xcolor}
\usepackage{tikz}
\begin{document}
"""


def to_tikz(figure: Figure, *, standalone: bool = True) -> str:
    """Return the figure as a LaTeX document, or as a fragment.  The same figure gives the same text."""
    picture = "\n".join(_picture(figure))
    if not standalone:
        title = f"% {legible(figure.title, LONGEST_TITLE)}\n"
        return title + _fitted(picture)
    return f"{PREAMBLE}{picture}\n\\end{{document}}\n"


def _fitted(picture: str) -> str:
    """Return a picture made smaller where it is wider than a line or higher than a page; it is never made larger."""
    wide = r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}"
    high = r"\resizebox{!}{\ifdim\height>0.85\textheight 0.85\textheight\else\height\fi}"
    return f"{high}{{%\n{wide}{{%\n{picture}}}}}\n"


def _picture(figure: Figure) -> Iterator[str]:
    for name, (light, _) in COLOURS.items():
        yield rf"\providecolor{{sb{name}}}{{HTML}}{{{light[1:].upper()}}}%"
    yield rf"\begin{{tikzpicture}}[x={POINTS}pt, y=-{POINTS}pt, inner sep=0pt, outer sep=0pt, >=stealth, line width=0.5pt,"
    yield r"  line/.style={draw=sbline}, path/.style={draw=sbgradient, line width=1.4pt, dash pattern=on 5pt off 2pt},"
    yield r"  faint/.style={draw=sbline!60!sbpaper, line width=0.3pt},"
    yield r"  crowded/.style={draw=sbgradient, line width=0.7pt, dash pattern=on 4pt off 2pt},"
    yield r"  own/.style={draw=sbgradient, line width=2.2pt},"
    yield r"  back/.style={draw=sbgradient, line width=0.9pt, dash pattern=on 5pt off 2pt}]"
    yield rf"\useasboundingbox (0,0) rectangle ({_n(figure.width)},{_n(figure.height)});"
    for frame in figure.frames:
        corner = f"({_n(frame.x + frame.width)},{_n(frame.y + frame.height)})"
        yield rf"\draw[sbline, dotted, rounded corners=5pt] ({_n(frame.x)},{_n(frame.y)}) rectangle {corner};"
    for edge in sorted(figure.edges, key=lambda edge: "path" in edge.classes):
        yield _edge(edge)
    for node in figure.nodes:
        yield from _node(node)
    for label in figure.labels:
        yield _label(label)
    yield r"\end{tikzpicture}"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _edge(edge: Edge) -> str:
    style = next((name for name in ("own", "crowded", "path", "back", "faint") if name in edge.classes), "line")
    points = " -- ".join(f"({_n(x)},{_n(y)})" for x, y in edge.points)
    bends = ", rounded corners=5pt" if len(edge.points) > 2 else ""
    return rf"\draw[{style}, ->{bends}] {points};"


def _node(node: Node) -> Iterator[str]:
    fill = f"sb{FILLS.get(node.role.replace(' ', '-'), 'unit')}"
    drawn = "draw=sbgradient, line width=1.1pt, dash pattern=on 4pt off 2pt" if "path" in node.classes else "draw=sbline"
    if node.shape == "circle":
        yield rf"\filldraw[{drawn}, fill={fill}] ({_n(node.x)},{_n(node.y)}) circle[radius={_n(node.width / 2 * POINTS)}pt];"
    elif node.shape != "none":
        left, top, right, bottom = (_n(side) for side in node.box)
        round_ = _n(node.height / 2 * POINTS - 0.1 if node.shape == "pill" else 2)
        yield rf"\filldraw[{drawn}, fill={fill}, rounded corners={round_}pt] ({left},{top}) rectangle ({right},{bottom});"
    w = node.writing
    base = node.y + (w.rise - w.drop) / 2
    yield rf"\node[anchor=base] at ({_n(node.x)},{_n(base)}) {{{_size(w.runs[0].size if w.runs else 12.0)}{w.latex}}};"


def _label(label: Label) -> str:
    first = label.writing.runs[0].size if label.writing.runs else 12.0
    if label.role == "heading":  # LaTeX's bold letters are wider than those the table is made for
        left = label.x - label.writing.width / 2
        return rf"\node[anchor=base west] at ({_n(left)},{_n(label.baseline)}) {{\footnotesize {label.writing.latex}}};"
    options = ["anchor=base"]
    marked = "path" in label.classes and label.role in {"bias", "target"}
    options += ["text=sbgradient"] if marked else [f"text={_INKS[label.role]}"] if label.role in _INKS else []
    plate = ""
    if label.plate_box:
        x0, y0, x1, y1 = map(_n, label.plate_box)
        plate = rf"\fill[sbpaper] ({x0},{y0}) rectangle ({x1},{y1});"
    return rf"{plate}\node[{', '.join(options)}] at ({_n(label.x)},{_n(label.baseline)}) {{{_size(first)}{label.writing.latex}}};"


def _size(pixels: float) -> str:
    command = next(command for least, command in _SIZES if pixels >= least)
    return "" if command == r"\normalsize" else f"{command} "
