"""`symbackprop evaluate`: the numbers at a point, or figures on the rows of a data file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symbackprop.cli.data import load_with_data, refuse_without_data, writer_for_data
from symbackprop.cli.inputs import make_derivation, telling_of
from symbackprop.cli.options import (
    At,
    Digits,
    Engine,
    Exact,
    FormatName,
    Notation,
    Output,
    ProblemArgument,
    Solution,
    Standalone,
    Worksheet,
    Wrt,
)
from symbackprop.cli.writer import Writer


def evaluate(
    problem: ProblemArgument,
    *,
    wrt: Wrt = None,
    notation: Notation = "ng",
    digits: Digits = 4,
    exact: Exact = False,
    at: At = None,
    format_name: FormatName = None,
    output: Output = None,
    standalone: Standalone = False,
    engine: Engine = None,
    worksheet: Worksheet = False,
    solution: Solution = False,
    weights: Annotated[Path | None, typer.Option("--weights", metavar="FILE", help="With [data]: saved weights (.npz).")] = None,
) -> None:
    """Print all values, local derivatives and gradients at the point, or loss and accuracy on the rows of [data]."""
    from symbackprop.narrate import tell_values

    if (loaded := load_with_data(problem, at)) is not None:
        from symbackprop.courses import measure_on_data

        numerals = telling_of(2, digits, exact=exact).numerals
        pages = writer_for_data(
            notation, format_name, output, standalone=standalone, engine=engine, worksheet=worksheet, solution=solution
        )
        pages.write(measure_on_data(loaded, weights, numerals))
        return
    refuse_without_data(weights=weights)
    made = make_derivation(problem, wrt, 2, notation, digits, at, exact=exact)
    writer = Writer(made, format_name, output, standalone=standalone, engine=engine, worksheet=worksheet, solution=solution)
    document = tell_values(made.teller())
    if writer.json:
        writer.write_json(made.to_json())
        return
    writer.write(document)
