"""
Pictures of networks and computation graphs.

One table of coordinates (`figure.Figure`) is made of a derivation, and every format is written from it.
"""

from __future__ import annotations

from symbackprop.derivation import Derivation
from symbackprop.diagrams.figure import Figure
from symbackprop.diagrams.material import Material
from symbackprop.diagrams.network import network_figure
from symbackprop.diagrams.svg import stylesheet, to_svg
from symbackprop.errors import InputError, nearest

__all__ = ["KINDS", "Figure", "figure_of", "stylesheet", "to_svg"]

KINDS = ("network",)


def figure_of(derivation: Derivation, kind: str = "", wrt: str = "", *, sample: int = 1) -> Figure:
    """
    Draw a derivation.

    `kind` is one of `KINDS`; the empty string is "network" where there is one, else "graph".
    `wrt` is the quantity whose gradient is followed, in any spelling.
    Raises InputError for a kind that is not known or does not fit the problem, UnknownNameError for an unknown name.
    """
    if kind and kind not in KINDS:
        msg = f'unknown kind of diagram "{kind}"{nearest(kind, KINDS)} (known: {", ".join(KINDS)})'
        raise InputError(msg)
    material = Material(derivation, derivation.plain(wrt) if wrt else "")
    return network_figure(material, sample)
