"""Options that more than one command has, each defined once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProblemArgument = Annotated[
    str,
    typer.Argument(
        metavar="PROBLEM",
        help='A one-liner (2-3-1:tanh/sigmoid,bce), definitions ("u = 2*x + 1; y = u^3"), a .toml or .json file, or - (stdin).',
    ),
]
Wrt = Annotated[
    list[str] | None,
    typer.Option("--wrt", metavar="NAME", help="Only these quantities (w1_1_1, w1[2,3], W1); repeat it or separate by commas."),
]
View = Annotated[str, typer.Option("--view", help="units; layers (matrices, and sizes may be letters); index (sums); all three.")]
Batch = Annotated[str | None, typer.Option("--batch", metavar="N", help="By layers or index: N samples, a number or a letter.")]
Depth = Annotated[
    str | None, typer.Option("--depth", metavar="L", help="The recurrence over L layers, a letter: base case, induction step.")
]
LayoutWords = Annotated[
    str | None,
    typer.Option(
        "--layout", metavar="WORDS", help="Conventions: numerator, half or whole, mean or sum or half-mean, delta-z or delta-a."
    ),
]
Samples = Annotated[str, typer.Option("--samples", help="With --view layers: samples are columns or rows.")]
Detail = Annotated[int, typer.Option("--detail", help="0 the table of results, 1 formulas, 2 the derivation, 3 all micro-steps.")]
Assume = Annotated[str | None, typer.Option("--assume", metavar="TEXT", help='"y sum 1": the targets of each sample sum to 1.')]
Paths = Annotated[bool, typer.Option("--paths", help="Write each derivative as the sum over its paths.")]
Expand = Annotated[bool, typer.Option("--expand", help="Also write each derivative in inputs, weights and biases only.")]
Atoms = Annotated[
    bool, typer.Option("--atoms", help="Take definitions apart into binary operations and walk the graph node by node.")
]
FromDefinition = Annotated[bool, typer.Option("--from-definition", help="Derive as the limit of a difference quotient.")]
Notation = Annotated[str, typer.Option("--notation", help="ng, nielsen or paren.")]
Digits = Annotated[int, typer.Option("--digits", help="Significant digits, 1 to 17.")]
Exact = Annotated[bool, typer.Option("--exact", help="Write numbers as fractions where they are.")]
At = Annotated[str | None, typer.Option("--at", metavar="POINT", help='Numbers, as in "x=1,y=2".')]
FormatName = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="terminal, text, latex, standalone, typst, dollar, github, myst, quarto, obsidian, anki, html or json.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write to a file; its ending (.pdf, .tex, .typ, .md, .txt, .html, .json) chooses the format.",
    ),
]
Engine = Annotated[str | None, typer.Option("--engine", metavar="NAME", help="What makes a PDF: typst or latex.")]
Worksheet = Annotated[bool, typer.Option("--worksheet", help="With blanks to fill in; --detail decides how many.")]
Solution = Annotated[bool, typer.Option("--solution", help="With --worksheet: with the blanks filled in.")]
Standalone = Annotated[bool, typer.Option("--standalone", help="LaTeX as a complete document.")]
TwoColumn = Annotated[bool, typer.Option("--two-column", help="Two columns (LaTeX, Typst or PDF).")]
NoDiagram = Annotated[bool, typer.Option("--no-diagram", help="Without the picture of the network or graph (PDF, Typst, LaTeX).")]
Beamer = Annotated[bool, typer.Option("--beamer", help="16:9 slides (LaTeX, Typst or PDF).")]

# Of answers.
Hint = Annotated[int | None, typer.Option("--hint", help="1 that it is wrong, 2 where, 3 which rule was broken (3).")]
Rtol = Annotated[str | None, typer.Option("--rtol", help="Numbers: relative tolerance (0.001).")]
Atol = Annotated[str | None, typer.Option("--atol", help="Numbers: absolute tolerance (1e-9).")]
SignificantDigits = Annotated[int | None, typer.Option("--digits", help="Numbers: so many significant digits are asked for.")]
Boundary = Annotated[
    str | None, typer.Option("--boundary", help="lenient, or strict: a difference at single points (ReLU at 0) counts.")
]
