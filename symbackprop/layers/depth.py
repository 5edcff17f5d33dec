"""
One formula for every layer: the steps of a sweep with l for the number of the layer.

What a sweep does at layer 2 it does at layer 1, with every number one less.  `recurrence` writes l for that number,
and answers only where the steps of all layers then read the same: that is the induction step.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from symbackprop.errors import InternalError
from symbackprop.expr import Adjoint, Expr, Symbol, transform
from symbackprop.layers.sweep import LayerSweep
from symbackprop.steps import Definition, Pullback, Simplification, Step, Substitution

_NUMBERED = re.compile(r"(W|b|z|a|Z|A)([1-9]\d*)")


@dataclass(frozen=True)
class Rule:
    """Steps that read the same at several layers; `layers` are their numbers."""

    layers: tuple[int, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Recurrence:
    """
    What a network of any depth does.

    `forward` are the definitions of a layer; `base` is δ of the last layer; `induction` is the way from δ of layer
    l + 1 to that of layer l, one rule for each activation; `parameters` are the gradients of W and b.
    """

    forward: tuple[Rule, ...]
    base: tuple[Step, ...]
    induction: tuple[Rule, ...]
    parameters: tuple[Rule, ...]


def recurrence(sweep: LayerSweep, last: str = "L", index: str = "l") -> Recurrence:
    """Write the letter `index` for the number of a layer, and `last` for that of the last."""
    depth = sweep.layers.plan.depth
    about: dict[str, list[Step]] = {}
    for step in sweep.steps:
        of = step.about.of if isinstance(step.about, Adjoint) else step.about.name
        kind = "" if isinstance(step, Definition) else "d"
        about.setdefault(kind + of, []).append(step)

    def steps(layer: int, letters: str, kind: str) -> list[Step]:
        found = [step for letter in letters for step in about.get(f"{kind}{letter}{layer}", [])]
        return [rename(step, layer, index) for step in found]

    z, a = ("Z", "A") if sweep.layers.plan.batch is not None else ("z", "a")
    hidden = range(1, depth)
    every = range(1, depth + 1)
    base = [step for letter in (a, z) for step in about[f"d{letter}{depth}"]]
    return Recurrence(
        _alike({layer: steps(layer, z + a, "") for layer in every}),
        tuple(rename(step, depth, last) for step in base),
        _alike({layer: steps(layer, a + z, "d") for layer in hidden}),
        _alike({layer: steps(layer, "Wb", "d") for layer in every}),
    )


def _alike(steps: dict[int, list[Step]]) -> tuple[Rule, ...]:
    """Gather the layers whose steps read the same."""
    found: dict[tuple[Step, ...], list[int]] = {}
    for layer, told in steps.items():
        found.setdefault(tuple(told), []).append(layer)
    return tuple(Rule(tuple(layers), told) for told, layers in found.items())


def rename(step: Step, layer: int, letter: str) -> Step:
    """
    Write a letter for the number of a layer, in what a step is about and in its value.

    >>> rename(Definition(Symbol("z2"), Symbol("b2")), 2, "l").about.name
    'z[l]'
    """
    name = _namer(layer, letter)

    def write(part: Expr) -> Expr | None:
        match part:
            case Adjoint(name=own, output=output, of=of):
                new = name(of)
                greek = re.match("[Dd]elta", own)
                return Adjoint(f"{greek[0]}{new[1:]}" if greek else f"d{output}_d{new}", output, new)
            case Symbol(name=own):
                return Symbol(name(own))
            case _:
                return None

    about = write(step.about)
    assert isinstance(about, Symbol)
    value = transform(step.value, write)
    match step:
        case Definition() | Pullback():
            return replace(step, about=about, value=value)
        case Substitution():
            return Substitution(about, value, step.put_in and ("what is above",))
        case Simplification():
            return Simplification(about, value, step.rule)
        case _:
            msg = f"a sweep over layers has no {type(step).__name__}"
            raise InternalError(msg)


def _namer(layer: int, letter: str) -> Callable[[str], str]:
    """Return how names are written relative to a layer; the input is the value of layer 0."""

    def name(own: str) -> str:
        if own in {"x", "X"}:
            own_letter, number = {"x": "a", "X": "A"}[own], 0
        elif match := _NUMBERED.fullmatch(own):
            own_letter, number = match[1], int(match[2])
        else:
            return own
        away = number - layer
        return f"{own_letter}[{letter}{f'{away:+d}' if away else ''}]"

    return name
