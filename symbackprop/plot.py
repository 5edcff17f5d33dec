"""Pictures of a training as files: the course of the loss, and its contour over two parameters, by matplotlib."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from symbackprop.contour import Contour
from symbackprop.errors import InputError

# No dates and no random names: the same training gives the same bytes.
METADATA: dict[str, dict[str, Any]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
FINE = 121
BANDS = 14
BLUE, ORANGE = "#0072B2", "#D55E00"  # Okabe and Ito's, told apart by every kind of sight


@dataclass(frozen=True)
class Course:
    """What a picture shows: the loss after each update, and the names to write at the axes."""

    title: str
    losses: tuple[float, ...]
    loss: str
    names: tuple[str, str] = ("", "")
    caption: str = ""


def check_plot(path: Path) -> None:
    """Raise InputError for an ending no picture is written with, or where matplotlib is missing."""
    if path.suffix.lower() not in METADATA:
        msg = f"--plot {path}: a picture's file ends in .png, .svg or .pdf"
        raise InputError(msg)
    if path.is_dir():
        msg = f"--plot {path}: is a directory; give a file in it, such as {path / 'loss.png'}"
        raise InputError(msg)
    if find_spec("matplotlib") is None:
        msg = '--plot needs matplotlib, which is not installed; get it with: pip install "symbackprop[plot]"'
        raise InputError(msg)


def write_plot(path: Path, course: Course, contour: Contour | None = None) -> None:
    """
    Write the loss curve to a file, and beside it the contour of the loss with the path of the descent.

    Raises what `check_plot` raises, and InputError where the file cannot be written.
    """
    check_plot(path)
    import matplotlib as mpl  # an extra
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context({**mpl.rcParamsDefault, "backend": "agg", "svg.hashsalt": "symbackprop"}):
        figure = Figure(figsize=(6.4, 4.4) if contour is None else (11.5, 4.8), layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(_literal(course.title))
        panels = figure.subplots(1, 1 if contour is None else 2, squeeze=False)[0]
        _curve(panels[0], course.losses, _literal(course.loss))
        if contour is not None:
            _contour(figure, panels[1], contour, course)
        try:
            figure.savefig(path, dpi=150, format=path.suffix[1:].lower(), metadata=METADATA[path.suffix.lower()])
        except OSError as error:
            msg = f"--plot {path}: cannot be written ({error.strerror or error})"
            raise InputError(msg) from None


def _literal(text: str) -> str:
    """Keep matplotlib from reading mathematics into a reader's dollars."""
    return text.replace("$", r"\$")


def _curve(panel: Any, losses: Sequence[float], name: str) -> None:
    panel.plot(range(len(losses)), losses, color=BLUE, marker="o" if len(losses) <= 30 else None, markersize=4)
    panel.set_title("Course of the loss")
    panel.set_xlabel("updates made")
    panel.set_ylabel(f"loss {name}")
    panel.locator_params(axis="x", integer=True)
    panel.grid(visible=True, alpha=0.3)


def _contour(figure: Any, panel: Any, contour: Contour, course: Course) -> None:
    across, up = map(_literal, course.names)
    panel.set_title(f"Path of the training over the loss\n{_literal(course.caption)}", fontsize=10)
    panel.set_xlabel(f"parameter {across}")
    panel.set_ylabel(f"parameter {up}")
    levels = contour.levels(BANDS)
    if len(set(levels)) > 1:
        low = min(height for row in contour.heights for height in row if math.isfinite(height))
        ladder = sorted({low, *levels} if low < levels[0] else set(levels))
        filled = panel.contourf(contour.xs, contour.ys, contour.heights, ladder, cmap="cividis", extend="max")
        panel.contour(contour.xs, contour.ys, contour.heights, ladder, colors="white", linewidths=0.4)
        figure.colorbar(filled, ax=panel, label=f"loss {_literal(course.loss)}", format="%.3g")
    xs, ys = zip(*contour.path, strict=True)
    panel.plot(xs, ys, color="white", linewidth=3)
    panel.plot(xs, ys, color=ORANGE, linewidth=1.4, marker="o" if len(xs) <= 60 else None, markersize=4, label="updates")
    panel.plot(xs[:1], ys[:1], "s", color="white", markeredgecolor="black", markersize=8, label="start")
    panel.plot(xs[-1:], ys[-1:], "*", color="white", markeredgecolor="black", markersize=13, label="end")
    panel.set_xlim(contour.xs[0], contour.xs[-1])
    panel.set_ylim(contour.ys[0], contour.ys[-1])
    panel.legend(fontsize=8)
