"""Training on a data file, and what a network knows of one: tables of loss and accuracy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from symbackprop.document import Block, Document, Heading, Paragraph, Spans, Table
from symbackprop.epochs import Epoch, sparkline, spread
from symbackprop.narrate.numerals import Numerals

MOST_ROWS = 21


@dataclass(frozen=True)
class Measured:
    """What the figures are about: the problem's title, and how many rows there are to train with and held out."""

    title: str
    rows: int
    held_out: int

    def sizes(self) -> str:
        """Return "1438 rows to train with, 359 held out"."""
        rows = f"{self.rows} row{'' if self.rows == 1 else 's'} to train with"
        return f"{rows}, {self.held_out} held out" if self.held_out else rows


def tell_epochs(about: Measured, how: str, epochs: Sequence[Epoch], numerals: Numerals) -> Document:
    """Tell a training: rows and settings, the figures by epochs, and the course of the loss as bars."""
    title = f"Training: {about.title}" if about.title else "Training"
    heads = [("epoch",), ("loss",), ("accuracy",), ("held-out loss",), ("held-out accuracy",)]
    shown = spread(epochs, MOST_ROWS)
    cells = [[(str(row.epoch),), *_figures(row, numerals)] for row in shown]
    kept = [k for k in range(len(heads)) if any(row[k] != ("",) for row in cells)]
    blocks: list[Block] = [
        Heading(1, (title,)),
        Paragraph((f"{about.sizes()}; {how}.",)),
        Table(
            tuple(heads[k] for k in kept), tuple(tuple(row[k] for k in kept) for row in cells), frozenset(range(len(kept)))
        ),
        Paragraph(
            ("loss ", sparkline([row.loss for row in epochs]), " from ", numerals.of(epochs[0].loss), " to ",
             numerals.of(epochs[-1].loss))
        ),
    ]  # fmt: skip
    return Document(title, tuple(blocks))


def tell_measured(about: Measured, figures: Epoch, numerals: Numerals) -> Document:
    """Tell loss and accuracy of a network over the rows to train with and those held out."""
    title = about.title or "Loss and accuracy"
    loss, accuracy, held_loss, held_accuracy = _figures(figures, numerals)
    rows = [(("to train with",), (str(about.rows),), loss, accuracy)]
    if about.held_out:
        rows.append((("held out",), (str(about.held_out),), held_loss, held_accuracy))
    width = 3 if math.isnan(figures.accuracy) else 4
    heads: tuple[Spans, ...] = (("rows",), ("number",), ("loss",), ("accuracy",))
    table = Table(heads[:width], tuple(row[:width] for row in rows), frozenset({1, 2, 3}))
    return Document(title, (Heading(1, (title,)), table))


def _figures(row: Epoch, numerals: Numerals) -> tuple[Spans, Spans, Spans, Spans]:
    """Return loss and accuracy of both parts as cells; a figure that is not there is left empty."""

    def loss(value: float) -> Spans:
        return ("",) if math.isnan(value) else (numerals.of(value),)

    def share(value: float) -> Spans:
        return ("",) if math.isnan(value) else (f"{100 * value:.1f} %",)

    return loss(row.loss), share(row.accuracy), loss(row.held_out_loss), share(row.held_out_accuracy)
