"""
The views of a network other than unit by unit: a problem and what the reader asked for, to a document.

One-liners may have letters for sizes here; a problem with numbers brings them along.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from symbackprop.derivation import Derivation, derive
from symbackprop.document import Document
from symbackprop.errors import InputError, SymbackpropError, nearest
from symbackprop.evaluate import Values
from symbackprop.layers import Layout, Plan, batch_size, layout, plan_of, plan_of_one_liner
from symbackprop.narrate import Telling, tell_depth, tell_indices, tell_layers, tell_together
from symbackprop.notation import NOTATIONS, Speller

MOST_DRAWN = 30  # units of a layer


@dataclass(frozen=True)
class Asked:
    """
    What the reader asked of a view: numbers, notation, samples as `batch` columns (or `rows`), targets that sum to 1.

    `depth` is a letter for the number of layers: the recurrence is told.
    `layout` lists conventions, as `layers.layout` reads them.
    """

    view: str = "layers"
    at: str | None = None
    notation: str = "ng"
    batch: str | None = None
    rows: bool = False
    unit_targets: bool = False
    depth: str | None = None
    layout: str | None = None


def tell_view(problem: str, telling: Telling, asked: Asked) -> tuple[Document, Speller]:
    """
    Tell a network in one of the views; returns the document and how its symbols are spelled.

    A one-liner may have letters for sizes; its widths cost nothing, since no unit is ever written.
    Raises InputError for a problem without layers, and for an option that does not fit it.
    """
    if asked.notation not in NOTATIONS:
        known = ", ".join(NOTATIONS)
        msg = f'unknown notation "{asked.notation}"{nearest(asked.notation, NOTATIONS)} (known: {known})'
        raise InputError(msg)
    chosen = Layout() if asked.layout is None else layout(asked.layout)
    if asked.view in {"index", "all"} and (chosen.numerator or chosen.delta != "z"):
        msg = f"--layout numerator and delta-a are for matrices; --view {asked.view} has letters and units, so leave them out"
        raise InputError(msg)
    plan, title, values = planned(problem, asked, chosen)
    speller = Speller(NOTATIONS[asked.notation], layers=True)
    if asked.depth is not None:
        return tell_depth(plan, telling, asked.depth, chosen), speller
    if asked.view == "index":
        return tell_indices(plan, telling, title), speller
    if asked.view == "all":
        return tell_together(plan, telling, title), speller
    return tell_layers(plan, telling, title, values, chosen), speller


def by_units(problem: str, asked: Asked) -> Derivation | None:
    """Return a network unit by unit for a picture of it; None where its sizes are letters, or many."""
    plan = None if asked.at else plan_of_one_liner(problem)
    if plan is not None and not all(isinstance(size, int) and size <= MOST_DRAWN for size in plan.sizes):
        return None
    try:
        return derive(problem, at=asked.at)
    except SymbackpropError:
        return None


def planned(problem: str, asked: Asked, chosen: Layout) -> tuple[Plan, str, Values | None]:
    """Return the plan of a problem, its title, and its numbers unit by unit where it has a point."""
    size = None if asked.batch is None else batch_size(asked.batch)
    plan = None if asked.at else plan_of_one_liner(problem)
    title, values = "", None
    if plan is None:
        made = derive(problem, at=asked.at, unit_targets=asked.unit_targets)
        network = made.problem.network
        if network is None:
            msg = f"--view {asked.view} is for networks; plain functions have the view by units only"
            raise InputError(msg)
        if size is not None and network.samples > 1:
            msg = f"--batch: the problem has {network.samples} samples of its own; leave --batch out"
            raise InputError(msg)
        plan = plan_of(network, unit_targets=bool(made.problem.constraints))
        title, values = made.problem.title, made.values if size is None else None
    if asked.unit_targets and plan.sizes[-1] == 1:
        msg = "y sum 1: this needs a network with at least two targets a sample"
        raise InputError(msg)
    batch = plan.batch if size is None else size
    plan = replace(plan, batch=batch, rows=asked.rows, unit_targets=plan.unit_targets or asked.unit_targets)
    switched = chosen.planned(plan)
    # Numbers of the loss as the problem has it would not be those of the loss as switched.
    return switched, title, values if switched == plan else None
