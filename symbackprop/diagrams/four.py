"""(c) Four pictures: forward through a unit, the error back through it, the cost against the targets, a weight's gradient."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from symbackprop.diagrams.figure import Figure, Label, Node, Writing
from symbackprop.diagrams.inscribe import NUMBER, text
from symbackprop.diagrams.material import Material
from symbackprop.diagrams.panels import Panel, side_by_side
from symbackprop.diagrams.shapes import framed
from symbackprop.errors import InputError
from symbackprop.expr import Expr, Sum, Symbol
from symbackprop.functions import VECTOR_FUNCTIONS, canonical
from symbackprop.graph import Role
from symbackprop.matrix import Slope
from symbackprop.network import Network, is_activation

ACROSS, DOWN, BESIDE = 150.0, 78.0, 118.0
MOST_TERMS = 4
ELLIPSIS = Symbol("…")
_WEIGHT = re.compile(r"w(\d+)_(\d+)_(\d+)")


def four_figure(material: Material, sample: int = 1) -> Figure:
    """
    Draw what happens at one weight: that of the question, else the first of the last hidden layer.

    Raises InputError for a problem without a network, and where the question is about something else than a weight.
    """
    network = material.made.problem.network
    if network is None:
        msg = "the four pictures are of a network; --kind graph draws the definitions of any problem"
        raise InputError(msg)
    if not 1 <= sample <= network.samples:
        msg = f"sample {sample}: the samples are 1 to {network.samples}"
        raise InputError(msg)
    weight = material.wrt or f"w{max(1, len(network.layers) - 1)}_1_1"
    found = _WEIGHT.fullmatch(weight)
    if found is None:
        msg = f"the four pictures follow a weight, as in --wrt w1_1_1; found {material.scribe.said(Symbol(weight))}"
        raise InputError(msg)
    layer, to, source = map(int, found.groups())
    four = _Four(material, network, (layer, to, source), f"_s{sample}" if network.samples > 1 else "")
    panels = [four.forward(), four.backward(), four.cost(), four.gradient()]
    nodes, edges, labels, frames = side_by_side([panel.settle() for panel in panels])
    about = [f"The numbers are those of sample {sample} of {network.samples}."] if network.samples > 1 else []
    said = " ".join([*about, *(f"{panel.caption}: {'; '.join(panel.said)}." for panel in panels)])
    return framed("four", material.title(), said, nodes, edges, labels, frames)


class _Four:
    """The pictures of one weight; `at` is its layer, the unit it leads to and the one it comes from."""

    def __init__(self, material: Material, network: Network, at: tuple[int, int, int], suffix: str) -> None:
        self.material, self.network, self.suffix = material, network, suffix
        self.layer, self.to, self.source = at
        self.loss = f"L{suffix}"
        self.activation = canonical(network.layers[self.layer - 1].activation)

    # --- names -----------------------------------------------------------------------------------------------

    def unit(self, layer: int, index: int) -> str:
        """Return what a unit passes on: an activation, or an input."""
        return f"a{layer}_{index}{self.suffix}" if layer else f"x_{index}{self.suffix}"

    def adjoint(self, name: str) -> Symbol | None:
        """Return the derivative of the loss by a quantity, where the derivation has one."""
        if name == self.loss:
            return None
        return self.material.made.backward.adjoints_of(self.loss).get(name)

    def number(self, adjoint: Symbol | None) -> Expr | None:
        """Return the number of a derivative."""
        values, numerals = self.material.values, self.material.made.telling.numerals
        if values is None or adjoint is None or adjoint.name not in values.adjoints:
            return None
        return numerals.of(values.adjoints[adjoint.name], values.exact.get(adjoint.name))

    def definition(self, name: str) -> Expr:
        """Return what a quantity or derivative is defined as, the middle of a long sum left out."""
        return _short(self.material.made.backward.definitions[name].expr)

    def some(self, count: int, *needed: int) -> list[int]:
        """Return at most three of so many units: the first, those that are needed, the last."""
        if count <= 3:
            return list(range(1, count + 1))
        return sorted({1, count, *(needed or (2,))})[:3] if needed and needed[0] not in {1, count} else [1, 2, count]

    # --- the four --------------------------------------------------------------------------------------------

    def forward(self) -> Panel:
        """Draw how weighted inputs are added up, and then activated."""
        panel = Panel(self.material, "1 · Forward: weighted inputs are added up, then activated")
        z, a = f"z{self.layer}_{self.to}{self.suffix}", self.unit(self.layer, self.to)
        shown = self.some(self.network.sizes[self.layer - 1], self.source)
        bias = f"b{self.layer}_{self.to}"
        rows = len(shown) + (bias in self.material.graph.leaf_by_name)
        total = panel.node(z, ACROSS, (rows - 1) * DOWN / 2, "unit", text("Σ", 20, latex=r"$\Sigma$"), named_below=True)
        out = panel.node(a, 1.75 * ACROSS, total.y, "unit", self.sign(), named_below=True)
        for row, k in enumerate(shown):
            weight = f"w{self.layer}_{self.to}_{k}"
            node = self.place(panel, self.layer - 1, k, 0, row * DOWN)
            panel.edge(node, total, weight, self.weight_rows(weight), ("own",) if k == self.source else ())
        self.gaps(panel, shown, 0)
        if bias in self.material.graph.leaf_by_name:
            panel.edge(panel.node(bias, 0, (rows - 1) * DOWN, "bias", shape="box"), total)
        panel.edge(total, out)
        panel.formula(Symbol(z), self.definition(z))
        panel.formula(Symbol(a), self.definition(a))
        return panel

    def backward(self) -> Panel:
        """Draw how the errors of the next layer come back by the same weights, and are multiplied by the slope."""
        own = self.adjoint(f"z{self.layer}_{self.to}{self.suffix}")
        if own is None:
            msg = f"{self.material.scribe.said(Symbol(self.loss))} does not depend on this unit"
            raise InputError(msg)
        last = self.layer == len(self.network.layers)
        whence = "the error comes from the cost" if last else "the errors come back by the same weights"
        panel = Panel(self.material, f"2 · Backward: {whence}")
        z = f"z{self.layer}_{self.to}{self.suffix}"
        slope: Node | None = None
        middle = 0.0
        if last:
            whole = self.activation in VECTOR_FUNCTIONS
            origin = panel.node(self.loss, (1.5 if whole else 1.9) * ACROSS, 0, "loss")
            about = own if whole else self.adjoint(self.unit(self.layer, self.to))
            rows = [[Label("", "gradient", 0, 0, self.material.scribe.expression(about, NUMBER + 1))]] if about else []
            if not whole:
                slope = self.slope_node(panel, ACROSS, 0)
                panel.edge(origin, slope, "", rows, ("back",))
        else:
            units = self.network.layers[self.layer].units
            shown = self.some(units)
            middle = (len(shown) - 1) * DOWN / 2
            slope = self.slope_node(panel, 0.72 * ACROSS, middle)
            total = slope
            if len(shown) > 1:
                total = panel.node_of(text("Σ", 20, latex=r"$\Sigma$"), 1.3 * ACROSS, middle)
                panel.edge(total, slope, classes=("back",))
            for row, i in enumerate(shown):
                error = self.adjoint(f"z{self.layer + 1}_{i}{self.suffix}")
                weight = f"w{self.layer + 1}_{i}_{self.to}"
                if error is not None:
                    node = panel.error(error, f"z{self.layer + 1}_{i}{self.suffix}", 2.3 * ACROSS, row * DOWN, self.number(error))
                    panel.edge(node, total, weight, self.weight_rows(weight), ("back",))
            self.gaps(panel, shown, 2.3 * ACROSS)
        result = panel.error(own, z, 0, middle, self.number(own))
        if slope is not None:
            panel.edge(slope, result, classes=("back",))
        elif last:
            panel.edge(origin, result, "", rows, ("back",))
        panel.formula(own, self.definition(own.name), role="gradient")
        return panel

    def cost(self) -> Panel:
        """Draw the outputs, the targets and the loss that compares them."""
        panel = Panel(self.material, "3 · The cost: outputs against targets")
        last = len(self.network.layers)
        targets = [leaf.symbol.name for leaf in self.material.graph.leaves if leaf.role is Role.TARGET]
        outputs = self.network.layers[-1].units
        shown = list(range(1, min(outputs, 2) + 1))
        pairs: list[Node] = []
        for row, j in enumerate(shown):
            pairs.append(panel.node(self.unit(last, j), 0, row * DOWN, "unit"))
            target = f"y_{j}{self.suffix}"
            if target in targets:
                pairs.append(panel.node(target, 2 * BESIDE, row * DOWN, "target", shape="box"))
        if outputs > len(shown):
            for x in dict.fromkeys(node.x for node in pairs):
                panel.dots(x, (len(shown) - 0.35) * DOWN)
        loss = panel.node(self.loss, BESIDE, (len(shown) - 1) * DOWN / 2, "loss")
        for node in pairs:
            panel.edge(node, loss)
        panel.formula(Symbol(self.loss), self.definition(self.loss))
        part = f"L_1{self.suffix}"
        if part in self.material.graph.definitions:
            panel.formula(Symbol(part), self.definition(part))
        about = self.adjoint(self.unit(last, 1))
        if about is not None:
            panel.formula(about, self.definition(about.name), role="gradient")
        return panel

    def gradient(self) -> Panel:
        """Draw a weight between what goes in and the error that comes back."""
        weight = f"w{self.layer}_{self.to}_{self.source}"
        panel = Panel(self.material, "4 · The gradient of a weight: what goes in, times the error")
        z = f"z{self.layer}_{self.to}{self.suffix}"
        start = self.place(panel, self.layer - 1, self.source, 0, 0)
        error = self.adjoint(z)
        assert error is not None  # `backward` has refused a unit without one
        end = panel.error(error, z, 1.7 * ACROSS, 0, self.number(error))
        panel.edge(start, end, weight, self.weight_rows(weight), ("own",))
        about = self.adjoint(weight)
        if about is not None:
            number = self.number(about)
            panel.formula(about, self.definition(about.name), *([number] if number is not None else []), role="gradient")
        return panel

    # --- parts -----------------------------------------------------------------------------------------------

    def place(self, panel: Panel, layer: int, index: int, x: float, y: float) -> Node:
        """Add a unit or an input."""
        return panel.node(self.unit(layer, index), x, y, "unit" if layer else "input", shape="circle" if layer else "box")

    def gaps(self, panel: Panel, shown: Sequence[int], x: float) -> None:
        """Add ⋮ where units are left out between two that are shown."""
        for row, (above, below) in enumerate(pairwise(shown)):
            if below != above + 1:
                panel.dots(x - 40, (row + 0.5) * DOWN)

    def weight_rows(self, weight: str) -> list[list[Label]]:
        """Return a weight's name and number as labels of an edge."""
        row = [Label(weight, "weight", 0, 0, self.material.scribe.symbol(weight, 15.0))]
        value = self.material.write(self.material.value(weight), NUMBER)
        return [[*row, Label(weight, "value", 0, 0, value)]] if value else [row]

    def sign(self) -> Writing:
        """Return the sign of the layer's activation."""
        if not is_activation(self.activation):
            return text("f", 16, latex="$f$", style="italic")
        return self.material.scribe.function(self.activation, 14.0)

    def slope_node(self, panel: Panel, x: float, y: float) -> Node:
        """Add the node in which the error is multiplied by the slope."""
        z = Symbol(f"z{self.layer}_{self.to}{self.suffix}")
        if not is_activation(self.activation):
            return panel.node_of(text("×f′", 15, latex=r"$\times f'$"), x, y)
        if self.activation == "identity":
            return panel.node_of(text("×1", 15, latex=r"$\times 1$"), x, y)
        return panel.node_of(self.material.scribe.times_slope(Slope(self.activation, z), 15.0), x, y)


def _short(expr: Expr) -> Expr:
    """Return a long sum with its middle left out."""
    if isinstance(expr, Sum) and len(expr.terms) > MOST_TERMS:
        return Sum((*expr.terms[:2], ELLIPSIS, expr.terms[-1]))
    return expr
