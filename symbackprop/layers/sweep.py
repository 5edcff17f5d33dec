"""The backward pass over whole layers: one pullback after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symbackprop.calculus import derivative, rule_of
from symbackprop.expr import ONE, Adjoint, Call, Expr, Symbol, add, mul, number, substitute, transform
from symbackprop.functions import Z
from symbackprop.graph import Node, Role
from symbackprop.layers.forward import LayerGraph, batch_factor, loss_summand, penalties
from symbackprop.matrix import SCALAR, Shape, Slope, Sums, shape_of
from symbackprop.pullback import pullback
from symbackprop.simplify import UNIT_SUM, simplify
from symbackprop.steps import Definition, Pullback, Simplification, Step, Substitution


@dataclass(frozen=True)
class LayerSweep:
    """
    The backward pass over whole layers: steps in order, one definition an adjoint, and the shape of each.

    In `numerator` layout a derivative has the shape of the transpose.  `delta` says what δ is the derivative by, z or a.
    """

    layers: LayerGraph
    steps: tuple[Step, ...]
    nodes: tuple[Node, ...]
    shapes: Mapping[str, Shape]
    numerator: bool = False
    delta: str = "z"

    @property
    def uses_unit_targets(self) -> bool:
        """Whether some step needs that the targets of each sample sum to 1."""
        return any(isinstance(step, Simplification) and step.rule == UNIT_SUM for step in self.steps)

    @property
    def adjoints(self) -> dict[str, Adjoint]:
        """The adjoint symbols by the name of the value they belong to."""
        return {node.symbol.of: node.symbol for node in self.nodes if isinstance(node.symbol, Adjoint)}


def sweep_layers(layers: LayerGraph, delta: str = "z") -> LayerSweep:
    """Derive every gradient; time is linear in the depth and does not depend on the widths.  δ is ∂L/∂z, or ∂L/∂a."""
    return _Backward(layers, delta).run()


class _Backward:
    def __init__(self, layers: LayerGraph, delta: str) -> None:
        self.layers = layers
        self.delta = delta
        self.plan = layers.plan
        self.definitions = layers.graph.definitions
        self.steps: list[Step] = [Definition(n.symbol, n.expr) for n in layers.graph.nodes]
        self.nodes: list[Node] = []
        self.shapes = dict(layers.shapes)
        self.many = self.plan.batch is not None
        self.cost = layers.graph.output.symbol.name

    def run(self) -> LayerSweep:
        plan = self.plan
        letter_a, letter_z = ("A", "Z") if self.many else ("a", "z")
        seed = self.loss_gradient(f"{letter_a}{plan.depth}")
        for k in range(plan.depth, 0, -1):
            delta = self.through_activation(seed, f"{letter_a}{k}", f"{letter_z}{k}")
            pulled = pullback(self.definitions[f"{letter_z}{k}"].expr, delta)
            for name in (f"W{k}", f"b{k}"):
                if name in pulled:
                    self.parameter(name, pulled[name].value, pulled[name].rule)
            below = f"{letter_a}{k - 1}" if k > 1 else ("X" if self.many else "x")
            about = self.symbol("L", below, self.named(below))
            self.tell(Pullback(about, pulled[below].value, pulled[below].rule))
            self.close(about, pulled[below].value)
            seed = about
        return LayerSweep(self.layers, tuple(self.steps), tuple(self.nodes), self.shapes, delta=self.delta)

    def named(self, of: str) -> str:
        """Name a derivative: δ where that is its letter."""
        if of[0].lower() == self.delta:
            return f"{'Delta' if self.many else 'delta'}{of[1:]}"
        return f"dL_d{of}"

    def tell(self, step: Step) -> None:
        self.steps.append(step)

    def symbol(self, output: str, of: str, name: str) -> Adjoint:
        symbol = Adjoint(name, output, of)
        self.shapes[name] = self.shapes[of]
        return symbol

    def close(self, about: Adjoint, value: Expr) -> None:
        self.nodes.append(Node(about, value, Role.ADJOINT))

    def loss_gradient(self, name: str) -> Adjoint:
        """Differentiate the loss entry by entry: each sample's loss depends on its own outputs only."""
        a, y = Symbol(name), Symbol("Y" if self.many else "y")
        part = loss_summand(self.plan, a, y)
        about = self.symbol("L", name, self.named(name))
        value = derivative(part, name)
        self.tell(Pullback(about, value, rule_of(part, name)))
        value = self.simplified(about, value)
        self.close(about, value)
        return about

    def through_activation(self, seed: Adjoint, a: str, z: str) -> Adjoint:
        """Pull back through an activation: δ = ∂L/∂a ⊙ σ′(z), written out and simplified."""
        about = self.symbol("L", z, self.named(z))
        definition = self.definitions[a]
        pulled = pullback(definition.expr, seed, definition.symbol)[z]
        self.tell(Pullback(about, pulled.value, pulled.rule))
        upstream = next(n.expr for n in self.nodes if n.symbol == seed)
        put_in = self.counted(substitute(pulled.value, {seed.name: upstream}), z)
        if put_in != pulled.value:
            self.tell(Substitution(about, put_in, (seed.name,)))
        written = with_slopes(put_in, {definition.expr: definition.symbol})
        if written != put_in:
            self.tell(Substitution(about, written, ()))
        value = self.simplified(about, written)
        self.close(about, value)
        return about

    def counted(self, expr: Expr, name: str) -> Expr:
        """Sum what is the same number at every entry of a value: the number as often as there are entries."""
        size = self.shapes[name][1 if self.plan.rows else 0]
        times = number(size) if isinstance(size, int) else Symbol(size)

        def count(part: Expr) -> Expr | None:
            same = isinstance(part, Sums) and shape_of(part, self.shapes) == SCALAR
            return mul(part.body, times) if same and isinstance(part, Sums) else None

        return transform(expr, count) if self.shapes[name] != SCALAR else expr

    def simplified(self, about: Adjoint, value: Expr) -> Expr:
        for rewritten in simplify(value):
            value = rewritten.value
            self.tell(Simplification(about, value, rewritten.rule))
        if self.plan.unit_targets:
            target = Symbol("Y" if self.many else "y")
            new = transform(value, lambda part: ONE if part == Sums(target, self.plan.rows) else None)
            if new != value:
                value = new
                self.tell(Simplification(about, value, UNIT_SUM, (target.name,)))
        return value

    def parameter(self, name: str, data: Expr, rule: str) -> None:
        """Derive a parameter's gradient: the loss's pullback, averaged over the batch, and the penalty's."""
        about = self.symbol(self.cost, name, f"d{self.cost}_d{name}")
        value = mul(batch_factor(self.plan), data) if self.many else data
        if name.startswith("W"):
            w = Symbol(name)
            value = add(value, *(mul(factor, derivative(of(w), name)) for factor, of in penalties(self.plan)))
        self.tell(Pullback(about, value, rule))
        self.close(about, value)


def with_slopes(expr: Expr, known: Mapping[Expr, Expr]) -> Expr:
    """Write slopes out, in terms of the function's own value where that has a name: σ′(z) is a ⊙ (1 − a)."""

    def write(part: Expr) -> Expr | None:
        if not isinstance(part, Slope):
            return None
        value = substitute(derivative(Call(part.function, (Z,)), Z.name), {Z.name: part.body})
        return transform(value, known.get)

    return transform(expr, write)
