"""Training on a data file as the reader follows it: the figures of every epoch, their sparkline, and their CSV."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import TypeVar

T = TypeVar("T")

BARS = "▁▂▃▄▅▆▇"
MOST_BARS = 40


@dataclass(frozen=True, slots=True)
class Epoch:
    """
    The figures after an epoch (0: before the first), over all rows to train with and over those held out.

    An accuracy is the share of rows with the right class, from 0 to 1; nan where there are no classes, and for rows
    held out also where there are none.
    """

    epoch: int
    loss: float
    accuracy: float = math.nan
    held_out_loss: float = math.nan
    held_out_accuracy: float = math.nan


COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Epoch))


def sparkline(values: Sequence[float]) -> str:
    """
    Draw numbers as bars, the smallest lowest; of very many, evenly chosen ones with the first and the last.

    >>> sparkline([4, 2, 1, 1])
    '▇▃▁▁'
    """
    chosen = spread(values, MOST_BARS)
    finite = [value for value in chosen if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    step = (high - low) / (len(BARS) - 1) or 1.0
    return "".join(BARS[round((value - low) / step)] if math.isfinite(value) else " " for value in chosen)


def spread(values: Sequence[T], most: int) -> list[T]:
    """Return at most so many of the values, evenly chosen, with the first and the last."""
    if len(values) <= most:
        return list(values)
    return [values[round(k * (len(values) - 1) / (most - 1))] for k in range(most)]


def as_csv(epochs: Sequence[Epoch]) -> str:
    """Return one line an epoch under a header; a figure that is not there is left empty."""
    lines = [",".join("" if math.isnan(value) else repr(value) for value in astuple(epoch)) for epoch in epochs]
    return "".join(f"{line}\n" for line in (",".join(COLUMNS), *lines))
