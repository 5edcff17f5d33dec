"""The definitions of a network over whole layers, for one sample or for a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from symbackprop.expr import ONE, Expr, Number, Symbol, add, call, div, mul, number, substitute, symbols
from symbackprop.functions import HALF, VectorFunction, canonical, find_activation
from symbackprop.graph import Graph, Leaf, Node, Role
from symbackprop.layers.plan import Plan
from symbackprop.matrix import Ones, Shape, Size, Softmax, matmul, shape_of, transpose
from symbackprop.network import is_activation, loss_part
from symbackprop.parse import parse


@dataclass(frozen=True)
class LayerGraph:
    """Definitions over whole layers, with the shape of every name."""

    plan: Plan
    graph: Graph
    shapes: Mapping[str, Shape]


def write_layers(plan: Plan) -> LayerGraph:
    """Write the definitions of a plan, checked for shapes."""
    return _Forward(plan).write()


@dataclass
class _Forward:
    plan: Plan
    leaves: list[Leaf] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)

    def leaf(self, name: str, role: Role, shape: Shape) -> Symbol:
        symbol = Symbol(name)
        self.leaves.append(Leaf(symbol, role))
        self.shapes[name] = shape
        return symbol

    def define(self, name: str, expr: Expr, role: Role, layer: int = 0) -> Symbol:
        symbol = Symbol(name)
        self.shapes[name] = shape_of(expr, self.shapes)
        self.nodes.append(Node(symbol, expr, role, layer))
        return symbol

    def shape(self, units: Size) -> Shape:
        """Return the shape of a layer's values."""
        batch = self.plan.batch or 1
        return (batch, units) if self.plan.rows else (units, batch)

    def write(self) -> LayerGraph:
        plan = self.plan
        many = plan.batch is not None
        signal = self.leaf("X" if many else "x", Role.INPUT, self.shape(plan.sizes[0]))
        weights = [self.leaf(f"W{k}", Role.WEIGHT, (plan.sizes[k], plan.sizes[k - 1])) for k in range(1, plan.depth + 1)]
        biases = [
            self.leaf(f"b{k}", Role.BIAS, (plan.sizes[k], 1)) if plan.biases[k - 1] else None for k in range(1, plan.depth + 1)
        ]
        for k in range(1, plan.depth + 1):
            signal = self.layer(k, weights[k - 1], biases[k - 1], signal)
        target = self.leaf("Y" if many else "y", Role.TARGET, self.shape(plan.sizes[-1]))
        part = loss_summand(plan, signal, target)
        if target.name not in symbols(part):
            self.leaves.pop()
        ones = Ones(plan.sizes[-1])
        loss = part if plan.sizes[-1] == 1 else matmul(part, ones) if plan.rows else matmul(transpose(ones), part)
        if many:
            losses = self.define("L", loss, Role.LOSS)
            every = Ones(plan.batch or 1)
            total = matmul(transpose(every), losses) if plan.rows else matmul(losses, every)
            self.output("J", mul(batch_factor(plan), total), Role.COST, weights)
        else:
            self.output("L", loss, Role.LOSS, weights)
        used = {name for node in self.nodes for name in symbols(node.expr)}
        letters = [size for size in dict.fromkeys((*plan.sizes, plan.batch)) if isinstance(size, str) and size in used]
        self.leaves.extend(Leaf(Symbol(letter), Role.VARIABLE) for letter in letters)
        return LayerGraph(plan, Graph(tuple(self.leaves), tuple(self.nodes)), dict(self.shapes))

    def layer(self, k: int, weight: Symbol, bias: Symbol | None, signal: Symbol) -> Symbol:
        plan = self.plan
        z = matmul(signal, transpose(weight)) if plan.rows else matmul(weight, signal)
        if bias is not None:
            if plan.batch is None:
                shift: Expr = bias
            else:
                ones = Ones(plan.batch)
                shift = matmul(ones, transpose(bias)) if plan.rows else matmul(bias, transpose(ones))
            z = add(z, shift)
        capital = plan.batch is not None
        pre = self.define(f"{'Z' if capital else 'z'}{k}", z, Role.PRE_ACTIVATION, k)
        return self.define(f"{'A' if capital else 'a'}{k}", activated(plan, plan.activations[k - 1], pre), Role.ACTIVATION, k)

    def output(self, name: str, data: Expr, role: Role, weights: list[Symbol]) -> None:
        plan = self.plan
        penalty = [
            mul(factor, matmul(transpose(Ones(self.shapes[w.name][0])), penalised(w), Ones(self.shapes[w.name][1])))
            for factor, penalised in penalties(plan)
            for w in weights
        ]
        if not penalty:
            self.define(name, data, role)
            return
        terms = self.define(f"{name}_data", data, Role.LOSS_PART), self.define("L_penalty", add(*penalty), Role.LOSS_PART)
        self.define(name, add(*terms), role)


def penalties(plan: Plan) -> list[tuple[Number, Callable[[Expr], Expr]]]:
    """Return each penalty as its factor and what it makes of every weight."""
    found: list[tuple[Number, Callable[[Expr], Expr]]] = []
    if plan.l1:
        found.append((plan.l1, lambda w: call("abs", w)))
    if plan.l2:
        found.append((number(plan.l2.value * HALF, decimal=plan.l2.decimal), lambda w: w**2))
    return found


def activated(plan: Plan, activation: str, z: Symbol) -> Expr:
    """Apply an activation, or a formula in z, to a whole layer."""
    if not is_activation(activation):
        return substitute(parse(activation, {"z"}), {"z": z})
    row = find_activation(activation)
    if isinstance(row, VectorFunction):
        return Softmax(z, plan.rows, log=row.name == "log_softmax")
    return z if row.name == "identity" else row(z)


def loss_summand(plan: Plan, a: Expr, y: Expr) -> Expr:
    """Return the loss of one output of one sample, as an entry of a matrix."""
    part = loss_part(plan.loss)
    last = plan.sizes[-1]
    if isinstance(last, int):
        return part(a, y, last)
    one = part(a, y, 1)
    return div(one, Symbol(last)) if canonical(plan.loss) == "mean_squared_error" else one


def batch_factor(plan: Plan) -> Expr:
    """Return 1/N, 1 or 1/(2N)."""
    if plan.reduction == "sum":
        return ONE
    twice = 2 if plan.reduction == "half_mean" else 1
    batch = plan.batch or 1
    return number(Fraction(1, batch * twice)) if isinstance(batch, int) else div(1, mul(twice, Symbol(batch)))
