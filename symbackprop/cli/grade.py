"""`symbackprop grade`: the answers of a class, with tables, pages and results for Gradescope."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from symbackprop.cli.messages import INTERRUPTED, complain
from symbackprop.cli.options import At, Atol, Boundary, Hint, ProblemArgument, Rtol, SignificantDigits

Submissions = Annotated[
    Path, typer.Argument(metavar="SUBMISSIONS", help="A .csv (student, question, answer), a folder, .zip, .ipynb or .tex.")
]
Out = Annotated[
    Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where to write; with the same folder again, it goes on there.")
]
Jobs = Annotated[int | None, typer.Option("--jobs", help="How many answers are checked at once (one a core).")]
Backend = Annotated[str | None, typer.Option("--backend", help="threading, loky, dask or ray.")]
Scheduler = Annotated[str | None, typer.Option("--scheduler", metavar="ADDRESS", help="With --backend dask or ray: the cluster.")]
Sampled = Annotated[bool, typer.Option("--look-at-sampled", help="Also list answers that were compared and not proved.")]
Decisions = Annotated[
    Path | None,
    typer.Option("--decisions", metavar="FILE", help="What a person decided (decisions.csv in FOLDER): question, answer, marks."),
]


def grade(
    problem: ProblemArgument,
    submissions: Submissions,
    *,
    output: Out,
    jobs: Jobs = None,
    backend: Backend = None,
    scheduler: Scheduler = None,
    hint: Hint = None,
    rtol: Rtol = None,
    atol: Atol = None,
    digits: SignificantDigits = None,
    boundary: Boundary = None,
    sampled: Sampled = False,
    decisions: Decisions = None,
    at: At = None,
) -> None:
    r"""
    Check a class: every answer, with tables (.csv), a page for each student and for the class, and Gradescope's results.

    In a file, an answer to question q1 stands behind "q1: " or under a line such as q1, "## q1", "**q1**" or 1); in LaTeX
    also under \section*{q1}, \textbf{q1} or "% q1", or in \answer{q1}{...}; in a notebook in a cell with the tag answer:q1.
    """
    from symbackprop.grade import Interrupted
    from symbackprop.grade import grade as grade_class
    from symbackprop.problem import load

    options = {"hint": hint, "rtol": rtol, "atol": atol, "digits": digits, "boundary": boundary}
    try:
        summary = grade_class(
            load(problem, at=at), submissions, output, jobs=jobs, backend=backend, scheduler=scheduler, options=options,
            sampled=sampled, decisions=decisions, progress=_progress,
        )  # fmt: skip
    except Interrupted as interrupted:
        complain(str(interrupted))
        raise typer.Exit(INTERRUPTED) from None
    for remark in summary.said:
        complain(remark)
    typer.echo("\n".join(summary.lines()[len(summary.said) :]))


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None] | None]:
    """Draw a bar on a terminal's standard error."""
    if sys.stderr is None or not sys.stderr.isatty() or not total:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("checking", total=total)
        yield lambda done: bar.update(task, completed=done)
