"""Other conventions under which an answer would be right: ½ or not, mean or sum, the other layout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from symbackprop.checking.scene import Scene
from symbackprop.functions import canonical

LAYOUT = "right in numerator layout; this sheet gives a derivative the shape of what it is taken by"
# Under which other convention a constant factor is right, what this sheet has, and the code.
Other: TypeAlias = tuple[str, str, str]


def halves(scene: Scene, constant: str) -> Iterator[Other]:
    """Say whether a constant is the ½ in front of a squared error."""
    loss = canonical(scene.network.loss) if scene.network else ""
    if (constant, loss) == ("2", "half_squared_error"):
        yield "under squared error without ½", "½ (a − y)²", "convention.half"
    if constant == "½" and loss in {"squared_error", "mean_squared_error"}:
        yield "under squared error with ½", "(a − y)² without ½", "convention.half"


def means(scene: Scene, constant: str) -> Iterator[Other]:
    """Say whether a constant is the number of samples or outputs that a mean divides by."""
    network = scene.network
    if network is None:
        return
    samples, outputs = network.samples, network.layers[-1].units
    if samples > 1 and (constant, network.reduction) == (str(samples), "mean"):
        yield "for the sum over the samples", "their mean", "convention.mean"
    if samples > 1 and (constant, network.reduction) == (shown_inverse(samples), "sum"):
        yield "for the mean over the samples", "their sum", "convention.mean"
    if outputs > 1 and (constant, canonical(network.loss)) == (str(outputs), "mean_squared_error"):
        yield "for the sum over the outputs", "their mean", "convention.mean"
    if outputs > 1 and constant == shown_inverse(outputs) and canonical(network.loss) == "squared_error":
        yield "for the mean over the outputs", "their sum", "convention.mean"


def shown_inverse(count: int) -> str:
    """Write 1/n as a constant factor is written."""
    return "½" if count == 2 else f"1/{count}"
