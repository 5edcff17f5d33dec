"""`symbackprop diagram`: a picture of the network or of its computation graph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symbackprop.cli.inputs import make_derivation
from symbackprop.cli.messages import complain
from symbackprop.cli.options import Assume, At, Digits, Exact, Notation, ProblemArgument
from symbackprop.cli.writer import Writer
from symbackprop.errors import InputError, nearest

if TYPE_CHECKING:
    from symbackprop.diagrams import Figure

ENDINGS = {".svg": "svg", ".tex": "tikz", ".tikz": "tikz", ".dot": "dot", ".gv": "dot", ".png": "png", ".pdf": "pdf",
           ".gif": "gif"}  # fmt: skip
FORMATS = ("svg", "tikz", "dot", "png", "pdf", "gif")
BINARY = frozenset(("png", "pdf", "gif"))
# From how many times the width of a line on the program says that a picture becomes too small.
SMALL = 1.8

Kind = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help="network; graph (of the definitions); atoms (of single operations); four (forward, backward, cost, gradient).",
    ),
]
Followed = Annotated[
    str | None, typer.Option("--wrt", metavar="NAME", help="Mark the way of the gradient by this quantity (w1_1_1, b2_1, x_1).")
]
Picture = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write to a file; its ending (.svg, .tex, .png, .pdf, .dot, .gif) is the format."
    ),
]
PictureFormat = Annotated[str | None, typer.Option("--format", metavar="NAME", help="svg (default), tikz, dot, png, pdf or gif.")]


def diagram(  # noqa: PLR0913 - one parameter an option
    problem: ProblemArgument,
    *,
    output: Picture = None,
    kind: Kind = None,
    wrt: Followed = None,
    with_locals: Annotated[bool, typer.Option("--locals", help="Write local derivatives on the edges of a graph.")] = False,
    sample: Annotated[int, typer.Option("--sample", metavar="N", help="Of several samples, the one a network shows.")] = 1,
    notation: Notation = "ng",
    digits: Digits = 4,
    exact: Exact = False,
    at: At = None,
    assume: Assume = None,
    format_name: PictureFormat = None,
    standalone: Annotated[bool, typer.Option("--standalone", help="TikZ as a complete document.")] = False,
    animate: Annotated[bool, typer.Option("--animate", help="Play forward, then backward, as .svg or .gif.")] = False,
) -> None:
    """Draw the network, with the way of one gradient, or the computation graph, with values and gradients."""
    from symbackprop.diagrams import figure_of, to_bytes, to_dot, to_svg, to_tikz  # noqa: PLC0415
    from symbackprop.diagrams.animation import animated_gif, animated_svg  # noqa: PLC0415
    from symbackprop.diagrams.tikz import POINTS, WIDEST  # noqa: PLC0415

    name = _format(format_name, output)
    if standalone and name != "tikz":
        msg = "--standalone belongs to TikZ: -o picture.tex, or --format tikz"
        raise InputError(msg)
    if animate and name not in {"svg", "gif"}:
        msg = "--animate belongs to SVG and GIF: -o backprop.svg, or -o backprop.gif"
        raise InputError(msg)
    moves = animate or name == "gif"
    made = make_derivation(problem, None, 2, notation, digits, at, assume, exact=exact)
    figure = figure_of(made, kind or ("graph" if moves else ""), wrt or "", with_locals=with_locals, sample=sample)
    _say(figure)
    if name in BINARY and output is not None:
        _write_bytes(output, animated_gif(figure) if moves else to_bytes(figure, name))
        return
    if moves:
        Writer(made, "text", output).write_code(animated_svg(figure))
        return
    if name == "tikz" and (times := figure.width * POINTS / WIDEST) >= SMALL:
        complain(f"the picture is {times:.1f} times as wide as a line of text, and so its letters become small on paper")
    text = to_svg(figure) if name == "svg" else to_dot(figure) if name == "dot" else to_tikz(figure, standalone=standalone)
    Writer(made, "text", output).write_code(text)


def _format(given: str | None, output: Path | None) -> str:
    """Return the format that --format or the file's ending says; raises InputError for what is none."""
    if given is not None and given not in FORMATS:
        msg = f'--format: "{given}" is not accepted{nearest(given, FORMATS)} ({", ".join(FORMATS)} are)'
        raise InputError(msg)
    if output is None:
        if given in BINARY:
            msg = f"--format {given} needs a file: -o picture.{given}"
            raise InputError(msg)
        return given or "svg"
    if output.is_dir():
        msg = f"{output}: is a directory; give a file in it, such as {output / 'net.svg'}"
        raise InputError(msg)
    known = given or ENDINGS.get(output.suffix.lower())
    if known is None:
        msg = f'{output}: no picture for the ending "{output.suffix}" (known: {", ".join(ENDINGS)})'
        raise InputError(msg)
    return known


def _say(figure: Figure) -> None:
    """Say on standard error what was left out."""
    for notice in figure.notices:
        complain(notice)


def _write_bytes(output: Path, content: bytes) -> None:
    try:
        output.write_bytes(content)
    except OSError as error:
        msg = f"{output}: cannot be written ({error.strerror or error})"
        raise InputError(msg) from None
