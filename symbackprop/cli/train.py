"""`symbackprop train`: a few updates, each shown, or a training on a data file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symbackprop.cli.data import load_with_data, refuse_with_data, refuse_without_data, writer_for_data
from symbackprop.cli.inputs import make_derivation, number_of, split_names, telling_of
from symbackprop.cli.messages import INTERRUPTED, complain
from symbackprop.cli.options import (
    At,
    Detail,
    Digits,
    Engine,
    FormatName,
    Notation,
    Output,
    ProblemArgument,
    Solution,
    Standalone,
    Worksheet,
)
from symbackprop.cli.progress import progress_bar
from symbackprop.cli.writer import Writer
from symbackprop.errors import InputError


def train(
    problem: ProblemArgument,
    *,
    steps: Annotated[int | None, typer.Option("--steps", help="How many updates (1).")] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", help="With [data]: up to which epoch (10).")] = None,
    batch_size: Annotated[int | None, typer.Option("--batch-size", help="With [data]: rows an update (32).")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="With [data]: of first weights and shuffling (0).")] = None,
    save: Annotated[Path | None, typer.Option("--save", metavar="FILE", help="With [data]: write the weights (.npz).")] = None,
    resume: Annotated[Path | None, typer.Option("--resume", metavar="FILE", help="With [data]: go on from there (.npz).")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="With [data]: write all figures.")] = None,
    optimizer: Annotated[
        str | None, typer.Option("--optimizer", help="sgd, momentum, nesterov, adagrad, rmsprop, adam or adamw.")
    ] = None,
    learning_rate: Annotated[str | None, typer.Option("--learning-rate", "--lr", help="The step size eta.")] = None,
    momentum: Annotated[str | None, typer.Option("--momentum", help="The mu of momentum and nesterov.")] = None,
    rho: Annotated[str | None, typer.Option("--rho", help="Decay rho of rmsprop.")] = None,
    beta1: Annotated[str | None, typer.Option("--beta1", help="Decay beta1 of adam and adamw.")] = None,
    beta2: Annotated[str | None, typer.Option("--beta2", help="Decay beta2 of adam and adamw.")] = None,
    eps: Annotated[str | None, typer.Option("--eps", help="The eps of adagrad, rmsprop, adam and adamw.")] = None,
    direction: Annotated[str | None, typer.Option("--direction", help="descent or ascent.")] = None,
    update: Annotated[str | None, typer.Option("--update", help="batch, or online (after every sample).")] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw the course of the loss (.png, .svg, .pdf).")
    ] = None,
    contour: Annotated[
        str | None, typer.Option("--contour", metavar="W,B", help="Map the loss over two parameters, with the path on it.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--train", metavar="NAME", help="Update only these (W1, b2, w1_1_1).")] = None,
    detail: Detail = 2,
    notation: Notation = "ng",
    digits: Digits = 4,
    at: At = None,
    format_name: FormatName = None,
    output: Output = None,
    standalone: Standalone = False,
    engine: Engine = None,
    worksheet: Worksheet = False,
    solution: Solution = False,
) -> None:
    """Train for some updates and show each: the rule, the numbers, predicted against actual change; or on a data file."""
    from symbackprop.narrate import tell_training
    from symbackprop.pictures import contour_of, find_pair, picture
    from symbackprop.plot import check_plot

    if plot is not None:
        check_plot(plot)
    given = {
        "learning_rate": learning_rate, "momentum": momentum, "rho": rho,
        "beta1": beta1, "beta2": beta2, "eps": eps, "direction": direction,
    }  # fmt: skip
    chosen = {key: value if key == "direction" else number_of(key, value) for key, value in given.items() if value is not None}
    if (loaded := load_with_data(problem, at)) is not None:
        from symbackprop.courses import Course, Interrupted, options_for, train_on_data

        refuse_with_data(steps=steps, update=update, train=only)
        if plot is not None or contour is not None:
            msg = f"{'--plot' if plot else '--contour'} does not go with [data]; --csv writes the figures of every epoch"
            raise InputError(msg)
        pages = writer_for_data(
            notation, format_name, output, standalone=standalone, engine=engine, worksheet=worksheet, solution=solution
        )
        numerals = telling_of(detail, digits, exact=False).numerals
        course = Course(epochs, batch_size, seed, save, resume, csv)
        try:
            pages.write(train_on_data(loaded, options_for(loaded, optimizer, chosen), course, numerals, progress_bar))
        except Interrupted as interrupted:
            complain(str(interrupted))
            raise typer.Exit(INTERRUPTED) from None
        return
    refuse_without_data(epochs=epochs, batch_size=batch_size, seed=seed, save=save, resume=resume, csv=csv)
    made = make_derivation(problem, None, detail, notation, digits, at)
    pair = find_pair(made, split_names([contour])) if contour is not None else None
    steps = 1 if steps is None else steps
    with progress_bar(steps) as progress:
        run = made.train(steps, optimizer, chosen, update=update, parameters=split_names(only), progress=progress)
    writer = Writer(made, format_name, output, standalone=standalone, engine=engine, worksheet=worksheet, solution=solution)
    surveyed = contour_of(made, run, pair, fine=plot is not None) if pair else None
    if plot is not None:
        picture(plot, made, run, surveyed)
    if writer.json:
        writer.write_json(made.training_json(run))
        return
    writer.write(tell_training(made.teller(), run, surveyed if plot is None else None))
