"""Pictures of a training: from what the command line asked to a contour and a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from symbackprop.contour import ACROSS, UP, Contour, survey
from symbackprop.derivation import Derivation
from symbackprop.errors import InputError
from symbackprop.narrate.training import others_held
from symbackprop.plot import FINE, Course, write_plot
from symbackprop.train import Trajectory
from symbackprop.typeset.shortcuts import unicode_text

MOST_NAMED = 6


def find_pair(made: Derivation, names: Sequence[str]) -> tuple[str, str]:
    """Return the plain names of the two parameters of --contour; raises InputError for other than two different ones."""
    plain = [made.plain(name) for name in names]
    leaves = made.graph.leaf_by_name
    if len(plain) != 2 or len(set(plain)) != 2 or not all(name in leaves for name in plain):
        msg = f'--contour takes two different parameters, as in "w1_1_1,b1_1"; found "{",".join(names)}"'
        raise InputError(msg)
    return plain[0], plain[1]


def contour_of(made: Derivation, run: Trajectory, names: tuple[str, str], *, fine: bool) -> Contour:
    """Survey the loss around the path of a training, the other parameters as at its end; for a file more finely."""
    for name in names:
        if name not in run.parameters:
            own = made.problem.names
            trained = [own.get(known, known) for known in run.parameters]
            shown = ", ".join(trained[:MOST_NAMED]) + (", …" if len(trained) > MOST_NAMED else "")
            msg = f"--contour: {own.get(name, name)} is not trained; these are: {shown}"
            raise InputError(msg)
    path = [(point[names[0]], point[names[1]]) for point in run.points]
    across, up = (FINE, FINE) if fine else (ACROSS, UP)
    return survey(made.graph, made.output, run.points[-1].values, names, path, across=across, up=up)


def picture(path: Path, made: Derivation, run: Trajectory, contour: Contour | None) -> None:
    """Write the loss curve, and the contour where there is one, to a file."""
    across, up = (_shown(made, name) for name in contour.names) if contour else ("", "")
    title = f"{made.problem.title or 'Training'}: {run.steps:,} update{'' if run.steps == 1 else 's'} of {run.options.row.title}"
    losses = tuple(point.loss for point in run.points)
    caption = others_held(run, contour.names) if contour else ""
    write_plot(path, Course(title, losses, _shown(made, made.output), (across, up), caption), contour)


def _shown(made: Derivation, name: str) -> str:
    known = {leaf.symbol.name: leaf.symbol for leaf in made.graph.leaves}
    known.update((node.symbol.name, node.symbol) for node in made.graph.nodes)
    return unicode_text(known[name], made.speller)
