"""What a reader's words mean in one derivation: quantities, derivatives and whole layers, in any spelling."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from symbackprop.backprop import Backward
from symbackprop.errors import InputError, UnknownNameError, nearest
from symbackprop.graph import Role
from symbackprop.names import normalise_name, short
from symbackprop.problem import Problem

LEARNED = (Role.WEIGHT, Role.BIAS)


@dataclass(frozen=True, eq=False)
class Quantities:
    """The names of a problem and of its derivatives, and how each may be written."""

    problem: Problem
    backward: Backward

    @cached_property
    def layers(self) -> dict[str, list[str]]:
        """The weights and biases of each layer of a network, by the layer's name: W1, b1."""
        found: dict[str, list[str]] = {}
        for name, leaf in self.backward.graph.leaf_by_name.items():
            if leaf.role in LEARNED:
                found.setdefault(name.split("_", maxsplit=1)[0].replace("w", "W"), []).append(name)
        return found

    def plain(self, name: str) -> str:
        """Return the plain name of a quantity the output depends on, from any spelling."""
        leaves = self.backward.graph.leaf_by_name
        learned = [name for name, leaf in leaves.items() if leaf.role in LEARNED]
        known = dict.fromkeys((*learned, *leaves, *self.backward.graph.definitions))
        plain = self._by_derivative.get(name) or self._known(name, known)
        plain = self._by_derivative.get(plain, plain)
        if plain not in self.backward.adjoints:
            own, output = self.problem.names, self.backward.output
            if plain == output:
                msg = f"{own.get(plain, plain)} is the output itself; ask for the derivative by something it depends on"
                raise InputError(msg)
            if plain not in known:
                shown = own.get(output, output)
                msg = f'"{short(name)}" is no derivative of {shown}; name a quantity, or the derivative by it: d{shown}/d…'
                raise UnknownNameError(msg)
            near = nearest(plain, self.backward.adjoints)
            msg = f"{own.get(output, output)} does not depend on {own.get(plain, plain)}{near}"
            raise UnknownNameError(msg)
        return plain

    def plain_names(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return plain names, with whole layers (W1, b1) as their entries; raises UnknownNameError."""
        own = self.problem.names.values()
        found: list[str] = []
        for name in names:
            layer = self.layers.get(name.strip(), []) if name.strip() not in own else []
            found.extend([n for n in layer if n in self.backward.adjoints] or [self.plain(name)])
        return tuple(dict.fromkeys(found))

    def parameters(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the plain names of what is to be trained: whole layers (W1, b1) and leaves, in any spelling."""
        leaves, own = self.backward.graph.leaf_by_name, self.problem.names
        learned = [name for name, leaf in leaves.items() if leaf.role in LEARNED]
        known = dict.fromkeys((*learned, *leaves))
        found: list[str] = []
        for name in [names] if isinstance(names, str) else names:
            layer = self.layers.get(name.strip(), []) if name.strip() not in own.values() else []
            if not layer and name.strip() in self._computed:
                msg = f"{name.strip()} is computed, so it cannot be trained"
                raise InputError(msg)
            found.extend(layer or [self._known(name, known)])
        return tuple(dict.fromkeys(found))

    def _known(self, name: str, known: Collection[str]) -> str:
        """Return the plain name a reader means; of a layer that is not there, say which are."""
        try:
            return normalise_name(name, known, self.problem.names)
        except UnknownNameError:
            layers = self.layers
            if not layers or not re.fullmatch(r"[Wb]\d+", name.strip()):
                raise
            msg = f'unknown name "{name.strip()}": the layers are {", ".join(layers)}'
            raise UnknownNameError(msg) from None

    @cached_property
    def _computed(self) -> frozenset[str]:
        """The definitions, by their plain names and the problem's own."""
        own, definitions = self.problem.names, self.backward.graph.definitions
        return frozenset({*definitions, *(own[name] for name in definitions if name in own)})

    @cached_property
    def _by_derivative(self) -> dict[str, str]:
        """The quantity each derivative belongs to, by how the derivative is written: dL_dw1_1_1, delta1_1."""
        adjoints, output = self.backward.adjoints, self.backward.output
        return {**{f"d{output}_d{of}": of for of in adjoints}, **{symbol.name: of for of, symbol in adjoints.items()}}
