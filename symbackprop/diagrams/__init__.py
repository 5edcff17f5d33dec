"""
Pictures of networks and computation graphs.

One table of coordinates (`figure.Figure`) is made of a derivation, and every format is written from it.
"""

from __future__ import annotations

from symbackprop.derivation import Derivation
from symbackprop.diagrams.dot import to_dot
from symbackprop.diagrams.figure import Figure
from symbackprop.diagrams.four import four_figure
from symbackprop.diagrams.graph import graph_figure
from symbackprop.diagrams.material import Material
from symbackprop.diagrams.matplot import to_bytes
from symbackprop.diagrams.network import network_figure
from symbackprop.diagrams.svg import stylesheet, to_svg
from symbackprop.diagrams.tikz import to_tikz
from symbackprop.errors import InputError, nearest

__all__ = ["KINDS", "Figure", "figure_of", "stylesheet", "to_bytes", "to_dot", "to_svg", "to_tikz"]

KINDS = ("network", "graph", "atoms", "four")


def figure_of(derivation: Derivation, kind: str = "", wrt: str = "", *, with_locals: bool = False, sample: int = 1) -> Figure:
    """
    Draw a derivation.

    `kind` is one of `KINDS`; the empty string is "network" where there is one, else "graph".
    `wrt` is the quantity whose gradient is followed, in any spelling; `with_locals` writes local derivatives on the edges
    of a graph; a network is drawn for one `sample`, counted from 1.
    Raises InputError for a kind that is not known or does not fit the problem, UnknownNameError for an unknown name,
    TooLargeError for a graph that no page holds.
    """
    chosen = kind or ("network" if derivation.problem.network else "graph")
    if chosen not in KINDS:
        msg = f'unknown kind of diagram "{kind}"{nearest(kind, KINDS)} (known: {", ".join(KINDS)})'
        raise InputError(msg)
    made = derivation.atoms() if chosen == "atoms" else derivation
    material = Material(made, made.plain(wrt) if wrt else "")
    if chosen in {"network", "four"}:
        return network_figure(material, sample) if chosen == "network" else four_figure(material, sample)
    return graph_figure(material, atoms=chosen == "atoms", with_locals=with_locals)
