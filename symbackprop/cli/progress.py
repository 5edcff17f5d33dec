"""A bar that shows how far a long training is."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symbackprop.train import Progress

PROGRESS_AFTER_SECONDS = 1.0
PROGRESS_EVERY_SECONDS = 0.1
PROGRESS_CELLS = 30


@contextmanager
def progress_bar(steps: int) -> Iterator[Progress | None]:
    """
    Give a callback that draws a bar on a terminal's standard error once the work has taken a second.

    The bar is one line of plain characters, taken away at the end, so that an interrupt leaves nothing behind.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    due, drawn = time.monotonic() + PROGRESS_AFTER_SECONDS, ""

    def show(done: int) -> None:
        nonlocal due, drawn
        if (now := time.monotonic()) < due:
            return
        due = now + PROGRESS_EVERY_SECONDS
        filled = "#" * (PROGRESS_CELLS * done // max(steps, 1))
        drawn = f"training [{filled.ljust(PROGRESS_CELLS, '.')}] {done:,} of {steps:,}"
        sys.stderr.write(f"\r{drawn}")
        sys.stderr.flush()

    try:
        yield show
    finally:
        if drawn:
            sys.stderr.write(f"\r{' ' * len(drawn)}\r")
            sys.stderr.flush()
