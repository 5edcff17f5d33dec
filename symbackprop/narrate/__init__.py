"""
From steps, values and findings to a document: the only prose of the package.

`narrate` chooses the teller: a network unit by unit, one weight, a plain function, a walk over atoms.
"""

from __future__ import annotations

from symbackprop.document import Document
from symbackprop.narrate.depth import tell_depth
from symbackprop.narrate.function import tell_from_definition, tell_function
from symbackprop.narrate.index import tell_indices
from symbackprop.narrate.layers import tell_layers
from symbackprop.narrate.network import tell_network
from symbackprop.narrate.tables import tell_known, tell_values
from symbackprop.narrate.teller import Teller, Telling
from symbackprop.narrate.together import tell_together
from symbackprop.narrate.training import tell_training
from symbackprop.narrate.walk import tell_walk

__all__ = [
    "Teller",
    "Telling",
    "narrate",
    "tell_depth",
    "tell_from_definition",
    "tell_indices",
    "tell_known",
    "tell_layers",
    "tell_together",
    "tell_training",
    "tell_values",
    "tell_walk",
]


def narrate(teller: Teller) -> Document:
    """Tell a derivation in the form its problem calls for; every step told is verified first."""
    return tell_network(teller) if teller.problem.network is not None else tell_function(teller)
