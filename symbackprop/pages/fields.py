"""Fields and sliders for everything that is given: inputs, targets, weights, biases and the learning rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symbackprop.arithmetic.rational import exact
from symbackprop.evaluate import Values
from symbackprop.expr import Symbol
from symbackprop.graph import Graph, Leaf, Role
from symbackprop.render.web import Formulas, text

MOST_OPEN = 24
LONGEST = 8
WIDEST = 3.4  # em of a name beside its field


@dataclass(frozen=True)
class Field:
    """One quantity that can be changed: its place in the script, its number, and the number as a fraction where it is one."""

    symbol: Symbol
    place: int
    value: float
    fraction: Fraction | None
    share: bool = False  # a target of 0 or 1: what lies between them makes sense


def fields_of(graph: Graph, values: Values, places: dict[str, int]) -> list[tuple[str, list[Field]]]:
    """Return what is given, in groups with a title."""
    groups: dict[str, list[Field]] = {}
    other = "Constants" if any(leaf.role is Role.WEIGHT for leaf in graph.leaves) else "Variables"
    for leaf in graph.leaves:
        name = leaf.symbol.name
        fraction = exact(values.point[name], {})
        share = leaf.role is Role.TARGET and fraction in {0, 1}
        field = Field(leaf.symbol, places[name], values.values[name], fraction, share)
        groups.setdefault(_title(leaf, other), []).append(field)
    return list(groups.items())


def _title(leaf: Leaf, other: str) -> str:
    sample = leaf.symbol.name.partition("_s")[2]
    if sample.isdigit() and leaf.role in {Role.INPUT, Role.TARGET}:
        return f"Sample {sample}: inputs and targets"
    if leaf.role in {Role.WEIGHT, Role.BIAS}:
        layer = leaf.symbol.name[1:].partition("_")[0]
        return f"Layer {layer}: weights and biases" if layer.isdigit() else "Weights and biases"
    return {Role.INPUT: "Inputs", Role.TARGET: "Targets"}.get(leaf.role, other)


def printed(groups: Sequence[tuple[str, list[Field]]], formulas: Formulas) -> Iterator[str]:
    """Print the names of what can be changed; the script adds the fields, which would do nothing without it."""
    count = sum(len(fields) for _, fields in groups)
    for title, fields in groups:
        opened = " open" if count <= MOST_OPEN else ""
        named = []
        for field in fields:
            long = ' class="long"' if formulas.full.box(field.symbol).width > WIDEST else ""
            share = ' data-w="1"' if field.share else ""
            named.append(f'<div data-v="{field.place}"{share}{long}>{formulas.inline(field.symbol)}</div>')
        yield f'<details{opened}><summary>{text(title)}</summary><div class="fields">{"".join(named)}</div></details>'


def starts(groups: Sequence[tuple[str, list[Field]]]) -> dict[int, list[str]]:
    """Return what stands in each field at first, and the exact number where that is another: 0.3333333333333333 and 1/3."""
    return {field.place: _start(field) for _, fields in groups for field in fields}


def _start(field: Field) -> list[str]:
    decimal = None if field.fraction is None else _decimal(field.fraction)
    if decimal is not None:
        short = repr(field.value)  # 1e-08 rather than 0.00000001
        return [short if len(decimal) > LONGEST and Fraction(short) == field.fraction else decimal]
    return [repr(field.value), "" if field.fraction is None else str(field.fraction)]


def _decimal(value: Fraction) -> str | None:
    """Return a fraction as a decimal that is exactly it, or None."""
    for places in range(18):
        shifted = value * 10**places
        if shifted.denominator == 1:
            digits = str(abs(shifted.numerator)).rjust(places + 1, "0")
            body = f"{digits[:-places]}.{digits[-places:]}" if places else digits
            return f"-{body}" if value < 0 else body
    return None
