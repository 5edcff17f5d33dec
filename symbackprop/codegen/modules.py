"""What modules of array code have in common: their words, their example, and the parameters they begin with."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from symbackprop.arithmetic import FLOAT, evaluate
from symbackprop.codegen.layered import LayerCode
from symbackprop.layers import Plan
from symbackprop.problem import Problem

WIDTH = 88


@dataclass(frozen=True)
class Order:
    """What is to be written: the program, the problem it is for (its numbers; None for sizes alone), and how it is called."""

    code: LayerCode
    problem: Problem | None
    title: str
    command: str

    @property
    def plan(self) -> Plan:
        """The plan of the network."""
        return self.code.plan

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of a parameter as an array."""
        height, width = self.code.shapes[name]
        return (int(height),) if name[0] == "b" and self.plan.rows else (int(height), int(width))

    def description(self) -> str:
        """Return the docstring's sentences on samples and steps."""
        plan = self.plan
        where, shapes = ("rows", "{}×{}") if plan.rows else ("columns", "{1}×{0}")
        data = [f"{name} ({shapes.format(plan.batch, plan.sizes[0 if name == 'X' else -1])})" for name in self.code.data]
        assumed = " The entries of each sample of Y must sum to 1." if plan.unit_targets else ""
        return "\n".join(
            [
                *textwrap.wrap(f"Samples are the {where} of {' and '.join(data)}.{assumed}", WIDTH),
                *textwrap.wrap(
                    f"Written by symbackprop; `step k` is formula k of `{self.command}`, "
                    f"where Δ is the derivative of each sample's loss: here the mean is taken once, in {self.first_delta()}."
                    if self.takes_mean
                    else f"Written by symbackprop; `step k` is formula k of `{self.command}`.",
                    WIDTH,
                    break_on_hyphens=False,
                ),
            ]
        )

    @property
    def takes_mean(self) -> bool:
        """Whether the cost is a mean."""
        return self.plan.reduction != "sum"

    def first_delta(self) -> str:
        """Return the name of the last layer's derivative."""
        return f"d{self.code.output}_dZ{self.plan.depth}"

    def given(self, name: str) -> list[list[float]] | list[float] | None:
        """Return a parameter, X or Y as the problem's point gives it, or None where it does not."""
        if self.problem is None or self.problem.network is None:
            return None
        if name in {"X", "Y"}:
            return self._given_data(name)
        height, width = (int(size) for size in self.code.shapes[name])
        layer = name[1:]
        if name[0] == "b":
            column = self._numbers([f"b{layer}_{j}" for j in range(1, height + 1)])
            return column if column is None or self.plan.rows else [[value] for value in column]
        rows = [self._numbers([f"w{layer}_{j}_{k}" for k in range(1, width + 1)]) for j in range(1, height + 1)]
        return None if any(row is None for row in rows) else [row for row in rows if row is not None]

    def _given_data(self, name: str) -> list[list[float]] | None:
        assert self.problem is not None
        assert self.problem.network is not None
        samples = self.problem.network.samples
        size = int(self.plan.sizes[0 if name == "X" else -1])
        suffixes = [f"_s{s}" for s in range(1, samples + 1)] if samples > 1 else [""]
        if isinstance(self.plan.batch, int) and self.plan.batch != samples:
            return None
        rows = [self._numbers([f"{name.lower()}_{k}{suffix}" for k in range(1, size + 1)]) for suffix in suffixes]
        if any(row is None for row in rows):
            return None
        found = [row for row in rows if row is not None]
        return found if self.plan.rows else [list(column) for column in zip(*found, strict=True)]

    def _numbers(self, names: Sequence[str]) -> list[float] | None:
        assert self.problem is not None
        point = self.problem.point
        if any(name not in point for name in names):
            return None
        return [evaluate(point[name], {}, FLOAT) for name in names]


def harmless(text: str) -> str:
    r"""
    Return a reader's text so that it stays inside the comment or docstring it is put in.

    >>> harmless('a "b" \\ */')
    "a 'b' / * /"
    """
    flat = "".join(char if char.isprintable() else " " for char in text)
    return flat.replace("\\", "/").replace('"', "'").replace("*/", "* /").replace("/*", "/ *")


def nested(values: Sequence[object], indent: str) -> str:
    """Write a list of numbers, one row a line where it is long."""
    text = str(list(values))
    if len(indent) + len(text) <= WIDTH or not isinstance(values[0], list):
        deeper = f"{indent}    "
        body = textwrap.fill(text[1:-1], WIDTH, initial_indent=deeper, subsequent_indent=deeper, break_long_words=False)
        return text if len(text) <= WIDTH else f"[\n{body},\n{indent}]"
    rows = "".join(f"{indent}    {nested(row, indent + '    ')},\n" for row in values if isinstance(row, list))
    return f"[\n{rows}{indent}]"


def words(lines: Iterable[str]) -> set[str]:
    """Return every identifier in lines of code, but not in their comments."""
    return {word for line in lines for word in re.findall(r"[A-Za-z_]\w*", line.partition("#")[0])}


def unpacked(names: Sequence[str], used: set[str], source: str) -> str:
    """Unpack a tuple, with _ for what is not used; returns the empty string where nothing is."""
    if not used & set(names):
        return ""
    return f"    {packed([name if name in used else '_' for name in names])} = {source}\n"


def packed(names: Sequence[str]) -> str:
    """Write names as a tuple without parentheses."""
    return ", ".join(names) + ("," if len(names) == 1 else "")
