"""
A network layer by layer: matrix definitions, their backward sweep, and its proof entry by entry.

`write_layers` turns a `Plan` (sizes may be letters) into definitions over whole layers, for one sample, or for a
batch with samples as columns or as rows.  `sweep_layers` derives every gradient with the pullbacks of
`pullback.py`.  `entry_claims` reads each claim at every entry, as claims about the unit-by-unit graph of the same
network, where `verify` decides them: that is the proof that the two views agree.
"""

from symbackprop.layers.claims import claims_at, entry_claims, unit_name, unit_targets
from symbackprop.layers.forward import LayerGraph, batch_factor, write_layers
from symbackprop.layers.indices import IndexSweep, index_claims, sweep_indices
from symbackprop.layers.layout import Layout, layout, numerator_layout
from symbackprop.layers.plan import Plan, batch_size, plan_of, plan_of_one_liner, small
from symbackprop.layers.sweep import LayerSweep, sweep_layers, with_slopes

__all__ = [
    "IndexSweep",
    "LayerGraph",
    "LayerSweep",
    "Layout",
    "Plan",
    "batch_factor",
    "batch_size",
    "claims_at",
    "entry_claims",
    "index_claims",
    "layout",
    "numerator_layout",
    "plan_of",
    "plan_of_one_liner",
    "small",
    "sweep_indices",
    "sweep_layers",
    "unit_name",
    "unit_targets",
    "with_slopes",
    "write_layers",
]
