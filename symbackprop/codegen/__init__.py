"""
Programs from derivations: a NumPy module and a PyTorch function over whole layers, flat Python and C unit by unit.

Everything is written from the derivation's own expressions; each line carries the number of the step it comes from.
`STYLES` is the table of what can be written.  Samples are columns unless asked otherwise: measured for 784-128-10, 64 samples
take a sixth less time than as rows in single precision and 6 % less in double; one sample takes the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from symbackprop.backprop import Backward
from symbackprop.codegen.buffers_style import in_buffers
from symbackprop.codegen.layered import LayerCode, layer_code
from symbackprop.codegen.modules import Order, harmless
from symbackprop.codegen.numpy_style import in_numpy
from symbackprop.codegen.scalar import in_c, in_python
from symbackprop.codegen.torch_style import in_torch
from symbackprop.errors import InputError, nearest
from symbackprop.layers import Plan, batch_size, plan_of, plan_of_one_liner
from symbackprop.names import short
from symbackprop.problem import Problem, load

__all__ = ["STYLES", "LayerCode", "Style", "find_style", "layer_code", "plan_for", "write_layer_code", "write_unit_code"]


@dataclass(frozen=True)
class Style:
    """One kind of program; exactly one of the two writers is there, and says which view it is of."""

    name: str
    description: str
    layers: Callable[[Order], str] | None = None
    units: Callable[[Problem, Backward, str, str], str] | None = None

    @property
    def view(self) -> str:
        """The view it is written from."""
        return "layers" if self.layers else "units"


STYLES: dict[str, Style] = {
    row.name: row
    for row in (
        Style("numpy", "a NumPy module: forward, backward, update", layers=in_numpy),
        Style("buffers", "the same with arrays allocated once, for speed", layers=in_buffers),
        Style("torch", "a PyTorch autograd.Function with its gradcheck", layers=in_torch),
        Style("python", "flat Python, one number a name", units=in_python),
        Style("c", "flat C, one number a name", units=in_c),
    )
}


def find_style(name: str | None, view: str | None) -> Style:
    """
    Return the style asked for, or the first of the view (of layers, where neither is said).

    Raises InputError for an unknown style, or one of the other view.
    """
    if view not in {None, "layers", "units"}:
        msg = f'--view: "{short(str(view))}" has no code; layers and units have'
        raise InputError(msg)
    if name is None:
        return next(row for row in STYLES.values() if row.view == (view or "layers"))
    row = STYLES.get(name)
    if row is None:
        msg = f'--style: "{short(name)}" is not accepted{nearest(name, STYLES)} ({", ".join(STYLES)} are)'
        raise InputError(msg)
    if view is not None and view != row.view:
        fitting = " and ".join(other.name for other in STYLES.values() if other.view == view)
        msg = f"--style {name} writes code by {row.view}; with --view {view}, {fitting} are accepted"
        raise InputError(msg)
    return row


def plan_for(
    text: str, *, at: str | None = None, batch: str | None = None, rows: bool = False, unit_targets: bool = False
) -> tuple[Plan, Problem | None]:
    """
    Return the plan of a problem as given on the command line, and the problem where it may have numbers.

    Without `batch` the number of samples stays a letter, N.  Raises InputError for a problem without layers.
    """
    plan = None if at else plan_of_one_liner(text)
    problem = None
    if plan is None:
        problem = load(text, at=at)
        if problem.network is None:
            msg = "code by layers is for networks; plain functions have --view units (--style python or c)"
            raise InputError(msg)
        plan = plan_of(problem.network, unit_targets=bool(problem.constraints))
    size = "N" if batch is None else batch_size(batch)
    return replace(plan, batch=size, rows=rows, unit_targets=plan.unit_targets or unit_targets), problem


def title_of(problem: Problem | None, plan: Plan | None = None) -> str:
    """Return what the program is of: the problem's title, or the sizes of the network."""
    if problem is not None and problem.title:
        return problem.title
    if plan is None and (problem is None or problem.network is None):
        return "A function and its gradient"
    if plan is None:
        assert problem is not None
        assert problem.network is not None
        plan = plan_of(problem.network)
    activations = ", ".join(dict.fromkeys(plan.activations))
    return f"Gradient of a {'-'.join(map(str, plan.sizes))} network: {activations}; {plan.loss.replace('_', ' ')}"


def write_layer_code(style: Style, plan: Plan, problem: Problem | None, command: str) -> str:
    """
    Return a module over whole layers for a plan with a batch; `problem` gives the numbers, where there are some.

    Raises InputError for a plan with letters for widths.
    """
    assert style.layers is not None
    letters = [size for size in plan.sizes if isinstance(size, str)]
    if letters:
        msg = f"code needs numbers for widths, and {', '.join(dict.fromkeys(letters))} is a letter"
        raise InputError(msg)
    if plan.batch in {"J", "L", "X", "Y"}:
        msg = f"--batch: {plan.batch} means something else in the code; N is a good letter"
        raise InputError(msg)
    return style.layers(Order(layer_code(plan), problem, harmless(title_of(problem, plan)), harmless(command)))


def write_unit_code(style: Style, problem: Problem, backward: Backward, command: str) -> str:
    """Return a program of single numbers."""
    assert style.units is not None
    return style.units(problem, backward, harmless(title_of(problem)), harmless(command))
