"""
A network layer by layer: matrix definitions, their backward sweep, and its proof entry by entry.

`write_layers` turns a `Plan` (sizes may be letters) into definitions over whole layers, for one sample, or for a
batch with samples as columns or as rows.  `sweep_layers` derives every gradient with the pullbacks of
`pullback.py`.  `entry_claims` reads each claim at every entry, as claims about the unit-by-unit graph of the same
network, where `verify` decides them: that is the proof that the two views agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from symbackprop.calculus import derivative, rule_of
from symbackprop.errors import InputError
from symbackprop.expr import ONE, Adjoint, Call, Expr, Number, Symbol, add, call, div, mul, number, substitute, symbols, transform
from symbackprop.functions import HALF, VectorFunction, Z, canonical, find_activation
from symbackprop.graph import Graph, Leaf, Node, Role
from symbackprop.matrix import (
    Ones,
    Shape,
    Size,
    Slope,
    Softmax,
    Sums,
    entry,
    matmul,
    shape_of,
    transpose,
)
from symbackprop.names import short
from symbackprop.network import Layer, Network, is_activation, loss_part
from symbackprop.parse import parse
from symbackprop.problem import load
from symbackprop.pullback import pullback
from symbackprop.simplify import UNIT_SUM, simplify
from symbackprop.steps import Definition, Pullback, Simplification, Step, Substitution

LARGEST_CHECKED_SIZE = 4
LARGEST_SIZE = 1_000_000


@dataclass(frozen=True)
class Plan:
    """
    What the layer view needs to know of a network.

    `sizes` are the widths, input first; `batch` is the number of samples, or None for one sample without an index.
    With `rows`, samples are the rows (Z = X Wᵀ + 1bᵀ), else the columns (Z = W A + b1ᵀ).
    `unit_targets` says that the targets of each sample sum to 1.
    """

    sizes: tuple[Size, ...]
    activations: tuple[str, ...]
    biases: tuple[bool, ...]
    loss: str = "half_squared_error"
    l1: Number | None = None
    l2: Number | None = None
    reduction: str = "mean"
    batch: Size | None = None
    rows: bool = False
    unit_targets: bool = False

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.activations)

    def network(self) -> Network:
        """Return the network declared unit by unit; raises InputError where a size is a letter."""
        if not all(isinstance(size, int) for size in (*self.sizes, self.batch or 1)):
            msg = f"the sizes {'-'.join(map(str, self.sizes))} are letters; the view unit by unit needs numbers"
            raise InputError(msg)
        layers = tuple(
            Layer(int(units), activation, biases=None if bias else False)
            for units, activation, bias in zip(self.sizes[1:], self.activations, self.biases, strict=True)
        )
        return Network(int(self.sizes[0]), layers, self.loss, self.l1, self.l2, self.reduction, int(self.batch or 1))


def plan_of(network: Network, *, batch: Size | None = None, rows: bool = False, unit_targets: bool = False) -> Plan:
    """Return the plan of a declared network; its own samples are the batch where none is given."""
    own = network.samples if network.samples > 1 else None
    return Plan(
        network.sizes,
        tuple(layer.activation for layer in network.layers),
        tuple(layer.biases is not False for layer in network.layers),
        network.loss,
        network.l1,
        network.l2,
        network.reduction,
        batch if batch is not None else own,
        rows,
        unit_targets,
    )


def batch_size(text: str) -> Size:
    """
    Read the size of a batch: a whole number from 1, or a letter.

    >>> batch_size("64"), batch_size("N")
    (64, 'N')

    Raises InputError.
    """
    if text.isascii() and text.isdigit() and 0 < int(text) <= LARGEST_SIZE:
        return int(text)
    if _is_letter(text):
        return text
    msg = f'--batch: found "{short(text)}" where a whole number from 1 to {LARGEST_SIZE} or a letter is accepted'
    raise InputError(msg)


def plan_of_one_liner(text: str) -> Plan | None:
    """
    Read a one-liner whose sizes may be letters or as large as you like; None where the text is no one-liner.

    >>> plan_of_one_liner("n-h-10:tanh/softmax,cross_entropy").sizes
    ('n', 'h', 10)

    Raises ProblemError for what is wrong behind the sizes.
    """
    sizes = re.split("[:,]", text, maxsplit=1)[0]
    words = [word.strip() for word in sizes.split("-")]
    fits = len(words) > 1 and all(_is_letter(w) or (re.fullmatch("[0-9]{1,6}", w) and int(w) > 0) for w in words)
    if not fits:
        return None
    # What stands behind the sizes is read as for any one-liner, on a network of single units.
    network = load("-".join("1" * len(words)) + text[len(sizes) :]).network
    assert network is not None
    return replace(plan_of(network), sizes=tuple(word if _is_letter(word) else int(word) for word in words))


def _is_letter(text: str) -> bool:
    return len(text) == 1 and text.isalpha() and text.isascii()


def small(plan: Plan) -> Plan:
    """Return the plan with letters and large sizes replaced by small numbers: the claims do not depend on them."""
    letters: dict[Size, int] = {}

    def shrink(size: Size) -> int:
        if isinstance(size, int) and size <= LARGEST_CHECKED_SIZE:
            return size
        # Different sizes stay different where possible, so that a wrong shape would not fit.
        return letters.setdefault(size, 2 + len(letters) % (LARGEST_CHECKED_SIZE - 1))

    batch = None if plan.batch is None else shrink(plan.batch) if plan.batch != 1 else 1
    return replace(plan, sizes=tuple(map(shrink, plan.sizes)), batch=batch)


@dataclass(frozen=True)
class LayerGraph:
    """Definitions over whole layers, with the shape of every name."""

    plan: Plan
    graph: Graph
    shapes: Mapping[str, Shape]


@dataclass(frozen=True)
class LayerSweep:
    """The backward pass over whole layers: steps in order, one definition an adjoint, and the shape of each."""

    layers: LayerGraph
    steps: tuple[Step, ...]
    nodes: tuple[Node, ...]
    shapes: Mapping[str, Shape]

    @property
    def adjoints(self) -> dict[str, Adjoint]:
        """The adjoint symbols by the name of the value they belong to."""
        return {node.symbol.of: node.symbol for node in self.nodes if isinstance(node.symbol, Adjoint)}


# --- forward -------------------------------------------------------------------------------------------------


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
        return self.define(f"{'A' if capital else 'a'}{k}", _activated(plan, plan.activations[k - 1], pre), Role.ACTIVATION, k)

    def output(self, name: str, data: Expr, role: Role, weights: list[Symbol]) -> None:
        plan = self.plan
        penalty = [
            mul(factor, matmul(transpose(Ones(self.shapes[w.name][0])), penalised(w), Ones(self.shapes[w.name][1])))
            for factor, penalised in _penalties(plan)
            for w in weights
        ]
        if not penalty:
            self.define(name, data, role)
            return
        terms = self.define(f"{name}_data", data, Role.LOSS_PART), self.define("L_penalty", add(*penalty), Role.LOSS_PART)
        self.define(name, add(*terms), role)


def _penalties(plan: Plan) -> list[tuple[Number, Callable[[Expr], Expr]]]:
    """Return each penalty as its factor and what it makes of every weight."""
    found: list[tuple[Number, Callable[[Expr], Expr]]] = []
    if plan.l1:
        found.append((plan.l1, lambda w: call("abs", w)))
    if plan.l2:
        found.append((number(plan.l2.value * HALF, decimal=plan.l2.decimal), lambda w: w**2))
    return found


def _activated(plan: Plan, activation: str, z: Symbol) -> Expr:
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


# --- backward ------------------------------------------------------------------------------------------------


def sweep_layers(layers: LayerGraph) -> LayerSweep:
    """Derive every gradient; time is linear in the depth and does not depend on the widths."""
    return _Backward(layers).run()


class _Backward:
    def __init__(self, layers: LayerGraph) -> None:
        self.layers = layers
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
            delta = self.through_activation(k, seed, f"{letter_a}{k}", f"{letter_z}{k}")
            pulled = pullback(self.definitions[f"{letter_z}{k}"].expr, delta)
            for name in (f"W{k}", f"b{k}"):
                if name in pulled:
                    self.parameter(name, pulled[name].value, pulled[name].rule)
            below = f"{letter_a}{k - 1}" if k > 1 else ("X" if self.many else "x")
            about = self.symbol("L", below, f"dL_d{below}")
            self.tell(Pullback(about, pulled[below].value, pulled[below].rule))
            self.close(about, pulled[below].value)
            seed = about
        return LayerSweep(self.layers, tuple(self.steps), tuple(self.nodes), self.shapes)

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
        about = self.symbol("L", name, f"dL_d{name}")
        value = derivative(part, name)
        self.tell(Pullback(about, value, rule_of(part, name)))
        value = self.simplified(about, value)
        self.close(about, value)
        return about

    def through_activation(self, k: int, seed: Adjoint, a: str, z: str) -> Adjoint:
        """Pull back through an activation: δ = ∂L/∂a ⊙ σ′(z), written out and simplified."""
        letter = "Delta" if self.many else "delta"
        about = self.symbol("L", z, f"{letter}{k}")
        definition = self.definitions[a]
        pulled = pullback(definition.expr, seed, definition.symbol)[z]
        self.tell(Pullback(about, pulled.value, pulled.rule))
        upstream = next(n.expr for n in self.nodes if n.symbol == seed)
        written = substitute(with_slopes(pulled.value, {definition.expr: definition.symbol}), {seed.name: upstream})
        if written != pulled.value:
            self.tell(Substitution(about, written, (seed.name,)))
        value = self.simplified(about, written)
        self.close(about, value)
        return about

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
            value = add(value, *(mul(factor, derivative(of(w), name)) for factor, of in _penalties(self.plan)))
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


def unit_targets(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """Return, for each sample, the targets that sum to 1, unit by unit."""
    if not plan.unit_targets:
        return ()
    batch = plan.batch if isinstance(plan.batch, int) and plan.batch > 1 else 0
    suffixes = [f"_s{s}" for s in range(1, batch + 1)] if batch else [""]
    return tuple(tuple(f"y_{j}{suffix}" for j in range(1, int(plan.sizes[-1]) + 1)) for suffix in suffixes)


# --- the proof, entry by entry -------------------------------------------------------------------------------


def unit_name(name: str, i: int, j: int, *, many: bool, rows: bool) -> str:
    """
    Return the plain name, unit by unit, of entry (i, j) of a whole layer.

    >>> unit_name("W1", 2, 3, many=False, rows=False), unit_name("Z1", 2, 3, many=True, rows=False)
    ('w1_2_3', 'z1_2_s3')
    """
    letter, layer = name[0], name[1:]
    if name in {"L", "J"} or name.startswith(("L_", "J_")):
        return name if not many or name != "L" else f"L_s{max(i, j)}"
    if letter == "W":
        return f"w{layer}_{i}_{j}"
    if letter == "b":
        return f"b{layer}_{i}"
    unit, sample = (j, i) if rows else (i, j)
    return f"{letter.lower()}{layer}_{unit}" + (f"_s{sample}" if many else "")


def entry_claims(sweep: LayerSweep) -> Iterator[Substitution]:
    """Yield every claim of a sweep at every entry, as a claim about the unit-by-unit graph."""
    plan = sweep.layers.plan
    many = plan.batch is not None and plan.batch != 1
    batched = plan.batch is not None

    def named(symbol: Symbol, i: int, j: int) -> Symbol:
        if isinstance(symbol, Adjoint):
            of = unit_name(symbol.of, i, j, many=many, rows=plan.rows)
            output = symbol.output
            if many and output == "L":
                output = f"L_s{i if plan.rows else j}"
            return Adjoint(f"d{output}_d{of}", output, of)
        return Symbol(unit_name(symbol.name, i, j, many=many, rows=plan.rows))

    for step in sweep.steps:
        if batched and not many and step.about.name == "J":
            continue
        height, width = sweep.shapes[step.about.name]
        assert isinstance(height, int)
        assert isinstance(width, int)
        for i in range(1, height + 1):
            for j in range(1, width + 1):
                value = entry(with_slopes(step.value, {}), i, j, sweep.shapes, named)
                yield Substitution(named(step.about, i, j), value, ())
