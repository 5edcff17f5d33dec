"""A problem's quantities as the arrays of a student's program: which plain name is which entry of W1, b1, x, z1, a1 …"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from symbackprop.backprop import Backward
from symbackprop.graph import Role
from symbackprop.problem import Problem

_ENTRY = re.compile(r"(?P<letter>[a-z])(?P<layer>\d*)_(?P<row>\d+)(?:_(?P<column>\d+))?(?:_s(?P<sample>\d+))?")
Nested = list[list[float]] | list[float] | float

# How the vectors of a program may be laid out, tried in this order: x of shape (n,) or (n, 1); X with samples as columns or rows.
VECTOR, COLUMN, COLUMNS, ROWS = "vector", "column", "columns", "rows"


@dataclass(frozen=True)
class Quantity:
    """
    One array: `rows` has the plain names of its entries, row by row.

    `kind` is "weight" (a matrix), "bias" (a vector, the same for all samples), "value" (a vector for each sample, a
    column each), or "number" (a single name of a plain function).
    """

    name: str
    kind: str
    rows: tuple[tuple[str, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.rows), len(self.rows[0])

    def names(self, layout: str) -> tuple[tuple[str, ...], ...]:
        """Return the entries as they lie in a layout: values of samples are rows in ROWS, biases a row."""
        turned = layout == ROWS and self.kind in {"value", "bias"}
        return tuple(zip(*self.rows, strict=True)) if turned else self.rows

    def laid_out(self, values: Mapping[str, float], layout: str) -> Nested:
        """Return the numbers as nested lists in a layout."""
        if self.kind == "number":
            return values[self.rows[0][0]]
        rows = [[values[name] for name in row] for row in self.names(layout)]
        return [row[0] for row in rows] if layout == VECTOR and self.kind in {"value", "bias"} else rows

    def accepts(self, shape: Sequence[int], layout: str) -> bool:
        """Whether a gradient of this shape is one: that of the array, and for vectors and numbers both usual ones."""
        height, width = len(self.names(layout)), len(self.names(layout)[0])
        allowed: list[tuple[int, ...]] = [(height, width)]
        if self.kind == "bias" or (self.kind == "value" and 1 in {height, width}):
            allowed.append((max(height, width),))
        if height == width == 1:
            allowed += [(), (1,)]
        return tuple(shape) in allowed

    def shown_shape(self, layout: str) -> str:
        """Return the shape as NumPy writes it."""
        if self.kind == "number":
            return "()"
        height, width = len(self.names(layout)), len(self.names(layout)[0])
        return f"({height},)" if layout == VECTOR and self.kind != "weight" else f"({height}, {width})"


@dataclass(frozen=True)
class Arrays:
    """
    All arrays of a problem by name: parameters in the order W1, b1, W2, b2 …, then inputs, targets and values.

    `samples` is how many there are (None for a plain function); `parameters` are the names of those that are asked for.
    """

    quantities: dict[str, Quantity]
    parameters: tuple[str, ...]
    samples: int | None

    @property
    def layouts(self) -> tuple[str, ...]:
        """The layouts to try."""
        if self.samples is None:
            return (VECTOR,)
        return (VECTOR, COLUMN, ROWS) if self.samples == 1 else (COLUMNS, ROWS)

    def in_order(self, given: Sequence[str]) -> Arrays:
        """Return the same with the parameters of a plain function in the order in which a program takes them."""
        if self.samples is not None:
            return self
        taken = [name for name in given if name in self.parameters]
        return replace(self, parameters=(*taken, *(name for name in self.parameters if name not in taken)))

    def offered(self, values: Mapping[str, float], layout: str) -> dict[str, Nested]:
        """Return every array by every name that a function may ask for it by."""
        found: dict[str, Nested] = {}
        for name, quantity in self.quantities.items():
            nested = quantity.laid_out(values, layout)
            if quantity.kind == "value" and self.samples is not None:
                if self.samples == 1:
                    found[name] = nested
                    found[name.upper()] = quantity.laid_out(values, COLUMN if layout == VECTOR else layout)
                else:
                    found[name.upper()] = nested
            else:
                found[name] = nested
        return found


def arrays_of(problem: Problem, backward: Backward) -> Arrays:
    """Return the arrays of a network, or the single numbers of a plain function."""
    graph = problem.graph
    if problem.network is None:
        leaves = [leaf.symbol.name for leaf in graph.leaves if leaf.symbol.name in backward.adjoints]
        numbers = [leaf.symbol.name for leaf in graph.leaves] + list(graph.definitions)
        return Arrays({name: Quantity(name, "number", ((name,),)) for name in numbers}, tuple(leaves), None)
    roles = {leaf.symbol.name: leaf.role for leaf in graph.leaves}
    cells: dict[str, dict[tuple[int, int], str]] = {}
    kinds: dict[str, str] = {}
    for name in (*roles, *graph.definitions):
        match = _ENTRY.fullmatch(name)
        if match is None or (name not in roles and match["letter"] not in "az"):
            continue
        letter = match["letter"]
        kind = {Role.WEIGHT: "weight", Role.BIAS: "bias"}.get(roles.get(name, Role.INPUT), "value")
        whole = f"{letter.upper() if kind == 'weight' else letter}{match['layer']}"
        column = int(match["column"] or 1) if kind == "weight" else int(match["sample"] or 1)
        cells.setdefault(whole, {})[int(match["row"]), column] = name
        kinds[whole] = kind
    quantities = {whole: Quantity(whole, kinds[whole], _rows(found)) for whole, found in cells.items()}
    parameters = sorted((w for w in quantities if kinds[w] in {"weight", "bias"}), key=_layer_first)
    ordered = [*parameters, *(whole for whole in quantities if whole not in parameters)]
    samples = max(quantity.shape[1] for quantity in quantities.values() if quantity.kind == "value")
    return Arrays({whole: quantities[whole] for whole in ordered}, tuple(parameters), samples)


def _layer_first(name: str) -> tuple[int, str]:
    return int(name[1:]), name


def _rows(cells: Mapping[tuple[int, int], str]) -> tuple[tuple[str, ...], ...]:
    height, width = max(i for i, _ in cells), max(j for _, j in cells)
    return tuple(tuple(cells[i, j] for j in range(1, width + 1)) for i in range(1, height + 1))


def listed(names: Iterable[str]) -> str:
    """
    Return names with commas and "and".

    >>> listed(["dW1", "db1", "dW2"])
    'dW1, db1 and dW2'
    """
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
