"""What a Typst document defines for itself: it needs no package, and its columns are measured by Typst itself."""

from __future__ import annotations

from importlib.resources import files

# Widths of a line in em of the text: A4 with margins of 20 mm, in one column and in two; slides of 16:9.
ONE_COLUMN, TWO_COLUMNS, SLIDE = 48.15, 23.05, 37.8
PAPER = '"a4", margin: (x: 20mm, top: 19mm, bottom: 21mm)'
SLIDE_PAPER = '"presentation-16-9", margin: (x: 15mm, top: 12mm, bottom: 15mm)'
SLIDE_ROWS = 6

SETTINGS = """#set text(font: "New Computer Modern", size: {size}, lang: "en")
#show math.equation: set text(font: "New Computer Modern Math")
#show raw: set text(font: "DejaVu Sans Mono", size: 0.75em)
#set par(justify: true, leading: 0.6em, spacing: 0.9em)
#show heading: set block(above: 1.4em, below: 0.8em)
#show heading.where(level: 1): set text(size: 1.35em)
#show heading.where(level: 2): set text(size: 1.1em)
#show link: set text(fill: rgb("#1f3f7a"))
"""


def functions(name: str) -> str:
    """
    Return what a document or slides define.

    >>> "#let derivation(" in functions("document")
    True
    """
    return files("symbackprop.render").joinpath(f"{name}.typ").read_text("utf-8")
