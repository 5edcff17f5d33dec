"""`symbackprop code`: a program that computes the gradients."""

from __future__ import annotations

from typing import Annotated

import typer

from symbackprop.cli.inputs import check_view, make_derivation, unit_targets_of
from symbackprop.cli.options import Assume, At, Output, ProblemArgument
from symbackprop.cli.writer import Writer
from symbackprop.errors import InputError


def code(
    problem: ProblemArgument,
    *,
    view: Annotated[str | None, typer.Option("--view", help="layers (numpy, buffers, torch) or units (python, c).")] = None,
    style: Annotated[str | None, typer.Option("--style", help="numpy, buffers (numpy for speed), torch, python or c.")] = None,
    batch: Annotated[str | None, typer.Option("--batch", metavar="N", help="By layers: N samples, a number or a letter.")] = None,
    samples: Annotated[str | None, typer.Option("--samples", help="By layers: columns (default, faster) or rows.")] = None,
    at: At = None,
    assume: Assume = None,
    output: Output = None,
) -> None:
    """Write a program that computes the gradients, each line with the step it comes from, and its own test."""
    from symbackprop.codegen import find_style, plan_for, write_layer_code, write_unit_code
    from symbackprop.notation import NOTATIONS, Speller

    check_view(view or "layers", batch, samples or "columns")
    row = find_style(style, view)
    writer = Writer(Speller(NOTATIONS["ng"], network=True), "text", output)
    assumed = f' --assume "{assume}"' if assume else ""
    if row.view == "units":
        if batch is not None or samples is not None:
            msg = f"--batch and --samples belong to code by layers, and --style {row.name} is by units"
            raise InputError(msg)
        made = make_derivation(problem, None, 2, "ng", 4, at, assume)
        command = f'symbackprop derive "{problem}"{assumed} --format json'
        writer.write_code(write_unit_code(row, made.problem, made.backward, command))
        return
    unit_targets = unit_targets_of(assume)
    layout = samples or "columns"
    plan, known = plan_for(problem, at=at, batch=batch, rows=layout == "rows", unit_targets=unit_targets)
    own = known is not None and known.network is not None and known.network.samples > 1
    size = "" if own else f" --batch {plan.batch}"
    command = f'symbackprop derive "{problem}" --view layers{size} --samples {layout}{assumed}'
    writer.write_code(write_layer_code(row, plan, known, command))
