"""`symbackprop diagram`: a picture of the network or of its computation graph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symbackprop.cli.inputs import make_derivation, split_names
from symbackprop.cli.messages import complain
from symbackprop.cli.options import Assume, At, Digits, Exact, Notation, ProblemArgument, View
from symbackprop.cli.writer import Writer
from symbackprop.errors import InputError, nearest
from symbackprop.saving import save

if TYPE_CHECKING:
    from symbackprop.derivation import Derivation
    from symbackprop.diagrams import Figure

ENDINGS = {".svg": "svg", ".tex": "tikz", ".tikz": "tikz", ".dot": "dot", ".gv": "dot", ".png": "png", ".pdf": "pdf",
           ".gif": "gif"}  # fmt: skip
FORMATS = ("svg", "tikz", "dot", "png", "pdf", "gif")
BINARY = frozenset(("png", "pdf", "gif"))
# A line of LaTeX's article in points; from how many times its width on the program says that a picture becomes too small.
LINE, SMALL = 345.0, 1.9

Kind = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help="network; graph (of the definitions); atoms (of single operations); four (forward, backward, cost, gradient).",
    ),
]
Followed = Annotated[
    list[str] | None,
    typer.Option("--wrt", metavar="NAME", help="Mark the way of the gradient by this quantity (w1_1_1, b2_1, x_1)."),
]
Sample = Annotated[
    int | None, typer.Option("--sample", metavar="N", help="Of several samples, the one that a network shows (the first).")
]
Picture = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write to a file; its ending (.svg, .tex, .png, .pdf, .dot, .gif) is the format."
    ),
]
PictureFormat = Annotated[str | None, typer.Option("--format", metavar="NAME", help="svg (default), tikz, dot, png, pdf or gif.")]


def diagram(
    problem: ProblemArgument,
    *,
    output: Picture = None,
    kind: Kind = None,
    wrt: Followed = None,
    with_locals: Annotated[bool, typer.Option("--locals", help="Write local derivatives on the edges of a graph.")] = False,
    sample: Sample = None,
    view: View = "units",
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
    from symbackprop.diagrams import figure_of, to_bytes, to_dot, to_svg, to_tikz
    from symbackprop.diagrams.animation import animated_gif, animated_svg
    from symbackprop.diagrams.matplot import letters_missing
    from symbackprop.diagrams.tikz import POINTS
    from symbackprop.render.pdf import without_letters

    name = _format(format_name, output)
    if standalone and name != "tikz":
        msg = "--standalone belongs to TikZ: -o picture.tex, or --format tikz"
        raise InputError(msg)
    if animate and name not in {"svg", "gif"}:
        msg = "--animate belongs to SVG and GIF: -o backprop.svg, or -o backprop.gif"
        raise InputError(msg)
    if view != "units":
        msg = f"a picture shows units: --view {view} is not drawn (symbackprop derive --view {view} writes it)"
        raise InputError(msg)
    moves = animate or name == "gif"
    made = make_derivation(problem, None, 2, notation, digits, at, assume, exact=exact)
    drawn = kind or ("graph" if moves or not made.problem.network else "network")
    _check_sample(made, drawn, sample)
    if with_locals and drawn in {"network", "four"}:
        msg = f"--locals belongs to the edges of a graph: --kind graph or --kind atoms (this is {drawn})"
        raise InputError(msg)
    figure = figure_of(made, drawn, _followed(made, wrt), with_locals=with_locals, sample=sample or 1)
    _say(figure)
    if name in BINARY and output is not None:
        if missing := letters_missing(figure):
            complain(f"{name} has no letters for {missing}, and boxes stand for them (svg takes the reader's fonts)")
        save(output, animated_gif(figure) if moves else to_bytes(figure, name))
        return
    if moves:
        Writer(made, "text", output).write_code(animated_svg(figure))
        return
    if name == "tikz" and (times := figure.width * POINTS / LINE) >= SMALL:
        complain(f"the picture is {times:.1f} times as wide as a line of text, and so its letters become small on paper")
    text = to_svg(figure) if name == "svg" else to_dot(figure) if name == "dot" else to_tikz(figure, standalone=standalone)
    if name == "tikz" and (missing := without_letters(text)):
        complain(f"pdflatex has no letters for {missing}, and numbers stand for them (svg takes the reader's fonts)")
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


def _followed(made: Derivation, wrt: list[str] | None) -> str:
    """Return the one quantity that --wrt is about, the empty string for none; raises InputError for several."""
    names = made.plain_names(split_names(wrt))
    if len(names) > 1:
        shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        msg = (
            f"--wrt: a picture marks the way of one gradient, and these are {len(names)} ({shown}); ask for one: --wrt {names[0]}"
        )
        raise InputError(msg)
    return "".join(names)


def _check_sample(made: Derivation, kind: str, sample: int | None) -> None:
    """Say which sample is drawn where there are several; raises InputError for a --sample of what shows all of them."""
    network = made.problem.network
    count = network.samples if network else 1
    if kind in {"network", "four"} and sample is None and count > 1:
        complain(f"sample 1 of {count} is drawn; --sample 2 draws the next one")
    elif kind not in {"network", "four"} and sample is not None and (count > 1 or sample > 1):
        msg = "--sample belongs to --kind network and --kind four: the graph shows every sample"
        raise InputError(msg)


def _say(figure: Figure) -> None:
    """Say on standard error what was left out."""
    for notice in figure.notices:
        complain(notice)
