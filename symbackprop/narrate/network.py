"""The derivation of a network, unit by unit: whole, or for one weight."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.backprop import check_expansion, expand, expanded_operations, slice_names
from symbackprop.document import (
    Block,
    Document,
    Heading,
    Lines,
    Note,
    Paragraph,
    Row,
    Spans,
)
from symbackprop.functions import Function, find_activation, find_loss
from symbackprop.graph import Node, Role
from symbackprop.narrate.gradient import gradient_table, read_aloud
from symbackprop.narrate.single import expanded, one_weight, path_form, rows_with_locals, why_paths_add
from symbackprop.narrate.teller import FORMULAS, MICRO_STEPS, RESULTS_ONLY, Teller
from symbackprop.network import Layer, Network, is_activation, is_loss
from symbackprop.steps import Substitution
from symbackprop.typeset.shortcuts import plain

LONGEST_COMPOSITE = 60
WHAT_DELTA_IS = "δ is the derivative of the loss with respect to a pre-activation; the chain rule gives it at the output:"
DELTA_GOES_BACK = "δ goes back through the weights and the slope of the activation:"


def tell_network(teller: Teller) -> Document:
    """Tell the whole derivation, or that of the weights asked for."""
    network = teller.problem.network
    assert network is not None
    title = teller.problem.title or f"Backpropagation in a {'–'.join(map(str, network.sizes))} network"
    blocks: list[Block] = [Heading(1, (title,)), Paragraph(setting(network))]
    blocks.extend((*teller.remarks(), *assumptions(teller)))
    single = len(teller.telling.wrt) == 1
    if teller.telling.detail > RESULTS_ONLY:
        blocks.extend(forward(teller))
        blocks.extend(composite(teller))
        if single:
            blocks.extend(one_weight(teller, teller.telling.wrt[0]))
        else:
            blocks.extend(backward(teller))
    if teller.telling.paths and not single:
        for name in teller.parameters:
            blocks.extend(path_form(teller, name))
    if teller.telling.expand:
        blocks.extend(expanded(teller))
    if not single or teller.telling.detail == RESULTS_ONLY:
        blocks.append(Heading(2, ("All gradients" if not teller.telling.wrt else "The gradients",)))
        blocks.extend(gradient_table(teller))
        blocks.extend(read_aloud(teller))
    return teller.document(title, blocks)


def setting(network: Network) -> Spans:
    """Say what is declared, in a sentence."""
    *hidden, last = network.layers
    text = _count(network.inputs, "input")
    text += f", {_hidden(hidden)}" if hidden else ""
    text += f", output layer of {_units(last)}"
    text += f"; loss: {loss_title(network.loss)}"
    for k, value in ((1, network.l1), (2, network.l2)):
        text += f"; L{k} penalty on the weights, λ = {plain(value)}" if value else ""
    if network.samples > 1:
        reduction = {"mean": "their mean", "sum": "their sum", "half_mean": "half their mean"}[network.reduction]
        text += f"; {network.samples} samples, the cost is {reduction}"
    return (text + ".",)


def loss_title(loss: str) -> str:
    """Return the field's word for a loss, or the formula given."""
    return find_loss(loss).title if is_loss(loss) else f"Σ {loss}"


def _hidden(layers: Sequence[Layer]) -> str:
    """Say how many units the hidden layers have, no word twice."""
    first = layers[0]
    kinds = {layer.activation for layer in layers}
    if len(layers) == 1:
        return f"hidden layer of {_units(first)}"
    if len(kinds) == 1 and len({layer.units for layer in layers}) == 1:
        return f"{len(layers)} hidden layers of {_units(first)} each"
    if len(kinds) == 1:
        return f"hidden layers of {_series([str(layer.units) for layer in layers])} {_activation_name(first.activation)} units"
    return f"hidden layers of {_series([_units(layer) for layer in layers])}"


def _series(words: Sequence[str]) -> str:
    """Return a, b and c."""
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _units(layer: Layer) -> str:
    return _count(layer.units, "unit", _activation_name(layer.activation))


def _count(number: int, noun: str, kind: str = "") -> str:
    return f"{number} {kind}{' ' if kind else ''}{noun}{'' if number == 1 else 's'}"


def _activation_name(activation: str) -> str:
    if is_activation(activation):
        return find_activation(activation).name.replace("_", " ")
    return f"“{activation}”"


def assumptions(teller: Teller) -> list[Block]:
    """State what the derivation assumes and the conventions it takes."""
    blocks: list[Block] = [Note("note", ("Assumed: ", teller.unit_sum(group), ".")) for group in teller.problem.constraints]
    network = teller.problem.network
    kinked = dict.fromkeys(
        row.text or row.name
        for layer in (network.layers if network else ())
        if is_activation(layer.activation) and isinstance(row := find_activation(layer.activation), Function) and row.kinks
    )
    if kinked:
        blocks.append(
            Note(
                "note",
                (f"Convention: {', '.join(kinked)} has no derivative at its kink; the slope given by the rule is taken there.",),
            )
        )
    return blocks


def forward(teller: Teller) -> list[Block]:
    """Tell the forward pass; of a slice, only what the gradient needs."""
    needed = None
    if teller.telling.wrt:
        needed = slice_names(teller.backward, [teller.backward.adjoints[n].name for n in teller.telling.wrt])
        needed |= teller.graph.ancestors(teller.graph.output.symbol.name)
    rows: list[Row] = []
    for node in teller.graph.nodes:
        if needed is None or node.symbol.name in needed:
            rows.extend(teller.definition_rows(node))
    return [Heading(2, ("Forward pass",)), Lines(tuple(rows))]


def composite(teller: Teller) -> list[Block]:
    """Show the composite expression where it is short, else its size."""
    output = teller.graph.output.symbol
    size = expanded_operations(teller.backward, output.name)
    heading = Heading(2, ("The composite expression",))
    if size > LONGEST_COMPOSITE and not teller.telling.expand:
        text = f" as one expression in inputs, weights and biases has {size:,} operations; the names keep it readable."
        return [heading, Paragraph((output, text))] if not teller.telling.wrt else []
    if teller.telling.wrt and not teller.telling.expand:
        return []
    check_expansion(teller.backward, [output.name])
    whole = expand(output, teller.graph.definitions)
    teller.tell(Substitution(output, whole, ()))
    return [
        heading,
        Paragraph((f"With every definition substituted ({size:,} operations):",)),
        Lines((Row(output, whole),)),
    ]


# --- the whole backward pass ---------------------------------------------------------------------------------


def backward(teller: Teller) -> list[Block]:
    """Tell the backward pass from the loss to the first layer, then the cost over samples."""
    graph = teller.graph
    blocks: list[Block] = [Heading(2, ("Backward pass",))]
    wanted = _wanted(teller)
    cost = graph.output.role is Role.COST
    for output in teller.backward.outputs[: -1 if cost else None]:
        sample = graph.definitions[output].sample
        if cost:
            blocks.append(Heading(3, (f"Sample {sample}: the loss ", teller.symbol(output))))
        blocks.extend(_loss_to_inputs(teller, output, sample, wanted))
    if cost:
        blocks.extend(_cost(teller, wanted))
    return blocks


def _wanted(teller: Teller) -> set[str]:
    """Return what a reader sees adjoints of: parameters and what lies on their way; at detail 3, everything."""
    if teller.telling.detail >= MICRO_STEPS and not teller.telling.wrt:
        return set(teller.backward.adjoints)
    return teller.graph.descendants(*teller.parameters)


def _loss_to_inputs(teller: Teller, output: str, sample: int, wanted: set[str]) -> list[Block]:
    graph = teller.graph
    blocks: list[Block] = []
    network = teller.problem.network
    assert network is not None
    adjoints = teller.backward.adjoints_of(output)
    parts = [n.symbol.name for n in graph.nodes if n.role is Role.LOSS_PART and n.sample == sample and n.symbol.name in adjoints]
    depth = len(network.layers)
    for layer in range(depth, 0, -1):
        nodes = [n for n in graph.nodes if n.layer == layer and n.sample == sample]
        zs = [n for n in nodes if n.role is Role.PRE_ACTIVATION and n.symbol.name in wanted]
        activations = [n for n in nodes if n.role is Role.ACTIVATION and n.symbol.name in wanted]
        if not zs:
            continue
        place = "the output layer" if layer == depth else "a hidden layer"
        blocks.append(Heading(3, (f"Layer {layer}, {place}" + (f", sample {sample}" if sample else ""),)))
        if teller.telling.detail > FORMULAS:
            rows: list[list[Row]] = []
            if layer == depth:
                rows.extend([teller.local_row(output, part)] for part in parts if (output, part) in teller.backward.locals)
            rows.extend([row] for node in activations for row in _upstream_locals(teller, node, output))
            rows.extend([row] for node in activations for row in _own_locals(teller, node))
            blocks.append(Paragraph(("Local derivatives:",)))
            blocks.extend(teller.limited(rows, "local derivatives"))
        multiple = [n for n in activations if len(graph.children[n.symbol.name]) > 1 and layer < depth]
        if multiple:
            children = [teller.symbol(c) for c in graph.children[multiple[0].symbol.name]]
            blocks.append(Paragraph(why_paths_add(multiple[0].symbol, children, teller.symbol(output))))
        if teller.telling.detail > FORMULAS:
            # A derivative that is no more than one local derivative was told above.
            shown = [n for n in activations if not teller.is_local(adjoints[n.symbol.name])]
            blocks.extend(
                teller.limited([teller.adjoint_rows(n.symbol.name, output, compact=True) for n in shown], "derivatives")
            )
        blocks.extend(teller.once(WHAT_DELTA_IS if layer == depth else DELTA_GOES_BACK))
        if layer == depth and (sharing := [z.symbol for z in zs if len(graph.children[z.symbol.name]) > 1]):
            outputs = [teller.symbol(c) for c in graph.children[sharing[0].name]]
            blocks.append(Paragraph(why_paths_add(sharing[0], outputs, teller.symbol(output))))
        blocks.extend(teller.limited([teller.adjoint_rows(z.symbol.name, output) for z in zs], "deltas"))
        blocks.extend(teller.once("The parameters enter linearly, with the incoming signal as coefficient:"))
        parameters = [
            p
            for z in zs
            for p in graph.parents[z.symbol.name]
            if p in wanted and graph.role(p) in {Role.WEIGHT, Role.BIAS} and p in teller.asked
        ]
        blocks.extend(teller.limited([rows_with_locals(teller, p, output) for p in parameters], "gradients"))
    return [b for b in blocks if not (isinstance(b, Lines) and not b.rows)]


def _upstream_locals(teller: Teller, node: Node, output: str) -> list[Row]:
    """Local derivatives of what an activation feeds: the loss, or the next layer's sums."""
    name = node.symbol.name
    relevant = teller.leads_to(output)
    return [teller.local_row(child, name) for child in teller.graph.children[name] if child in relevant]


def _own_locals(teller: Teller, node: Node) -> list[Row]:
    """Local derivatives of an activation by its pre-activations (for softmax, a row of the Jacobian)."""
    name = node.symbol.name
    return [teller.local_row(name, parent) for parent in teller.graph.parents[name]]


def _cost(teller: Teller, wanted: set[str]) -> list[Block]:
    """Tell the gradient of the cost as the reduction of the samples' gradients."""
    network = teller.problem.network
    assert network is not None
    output = teller.graph.output.symbol
    word = {"mean": "the mean", "sum": "the sum", "half_mean": "half the mean"}[network.reduction]
    blocks: list[Block] = [
        Heading(3, ("The cost ", output)),
        Paragraph(
            (
                output,
                f" is {word} of the losses, and its gradient is {word} of their gradients:",
            )
        ),
    ]
    adjoints = teller.backward.adjoints
    inner = [
        n.symbol.name
        for n in teller.graph.nodes
        if n.symbol.name in adjoints
        and (n.role is Role.LOSS or (n.role is Role.LOSS_PART and not n.sample and teller.telling.detail >= MICRO_STEPS))
    ]
    if teller.telling.detail > FORMULAS:
        blocks.extend(teller.limited([teller.adjoint_rows(name) for name in inner], "derivatives"))
    blocks.extend(
        teller.limited([rows_with_locals(teller, p, output.name) for p in teller.parameters if p in wanted], "gradients")
    )
    return blocks
