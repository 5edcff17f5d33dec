"""`symbackprop derive`: the derivation, step by step."""

from __future__ import annotations

from functools import partial

from symbackprop.cli.inputs import check_view, make_derivation, telling_of, unit_targets_of
from symbackprop.cli.messages import complain
from symbackprop.cli.options import (
    Assume,
    At,
    Atoms,
    Batch,
    Beamer,
    Depth,
    Detail,
    Digits,
    Engine,
    Exact,
    Expand,
    FormatName,
    FromDefinition,
    LayoutWords,
    NoDiagram,
    Notation,
    Output,
    Paths,
    ProblemArgument,
    Samples,
    Solution,
    Standalone,
    TwoColumn,
    View,
    Worksheet,
    Wrt,
)
from symbackprop.cli.writer import Writer
from symbackprop.errors import InputError

# Gradients that take longer than a reader likes to wait without a word.
MANY = 10_000


def derive(
    problem: ProblemArgument,
    *,
    wrt: Wrt = None,
    view: View = "units",
    batch: Batch = None,
    samples: Samples = "columns",
    depth: Depth = None,
    layout: LayoutWords = None,
    detail: Detail = 2,
    paths: Paths = False,
    expand: Expand = False,
    atoms: Atoms = False,
    from_definition: FromDefinition = False,
    notation: Notation = "ng",
    digits: Digits = 4,
    exact: Exact = False,
    at: At = None,
    format_name: FormatName = None,
    output: Output = None,
    standalone: Standalone = False,
    two_column: TwoColumn = False,
    beamer: Beamer = False,
    no_diagram: NoDiagram = False,
    engine: Engine = None,
    worksheet: Worksheet = False,
    solution: Solution = False,
    assume: Assume = None,
) -> None:
    """Print the derivation, step by step."""
    from symbackprop.narrate import narrate, tell_from_definition, tell_walk

    writing = partial(
        Writer,
        format_name=format_name,
        output=output,
        standalone=standalone,
        two_column=two_column,
        beamer=beamer,
        engine=engine,
        worksheet=worksheet,
        solution=solution,
        diagram=not no_diagram,
    )
    check_view("layers" if depth is not None and view == "units" else view, batch, samples)
    if view != "units" or depth is not None:
        from symbackprop.views import Asked, by_units, tell_view

        of_units = {
            "--wrt": wrt, "--paths": paths, "--expand": expand, "--atoms": atoms, "--from-definition": from_definition,
        }  # fmt: skip
        if unfit := [option for option, given in of_units.items() if given]:
            msg = f"{', '.join(unfit)} {'belongs' if len(unfit) == 1 else 'belong'} to --view units"
            raise InputError(msg)
        telling = telling_of(detail, digits, exact=exact)
        asked = Asked(view, at, notation, batch, samples == "rows", unit_targets_of(assume), depth, layout)
        document, speller = tell_view(problem, telling, asked)
        pages = writing(speller)
        if pages.json:
            msg = "--format json: only --view units has a JSON form in this version"
            raise InputError(msg)
        drawn = pages.row.engine and not (no_diagram or worksheet)
        pages.pictured = by_units(problem, asked) if drawn else None
        pages.write(document)
        return
    if layout is not None:
        msg = "--layout belongs to --view layers, index or all, and to --depth"
        raise InputError(msg)
    made = make_derivation(problem, wrt, detail, notation, digits, at, assume, exact=exact, paths=paths, expand=expand)
    if atoms:
        made = made.atoms()
    teller = made.teller()
    writer = writing(made)
    if writer.json:
        writer.write_json(made.to_json())
        return
    if (count := len(teller.parameters)) > MANY:
        one = teller.parameters[0]
        complain(f"{count:,} gradients are derived; --view layers derives them in matrices, --wrt {one} derives one")
    plain = from_definition or worksheet or detail < 2
    if writer.row.name == "html" and not plain:
        writer.write_code(made.to_html())
        return
    writer.write(tell_from_definition(teller) if from_definition else tell_walk(teller) if atoms else narrate(teller))
