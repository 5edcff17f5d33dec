"""The derivation of a network, unit by unit: whole, or for one weight."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from symbackprop.backprop import expand, expanded_operations, slice_names
from symbackprop.document import Block, Brace, Display, Document, Heading, Lines, Note, Numeral, Paragraph, Relation, Row, Spans, Tint
from symbackprop.errors import TooLargeError
from symbackprop.expr import Expr, Partial, Product, Sum, Symbol, add, mul
from symbackprop.functions import Function, find_activation, find_loss
from symbackprop.graph import Node, Role
from symbackprop.narrate.gradient import factors_aloud, gradient_table, read_aloud, relative_error
from symbackprop.narrate.teller import FORMULAS, MICRO_STEPS, RESULTS_ONLY, Teller
from symbackprop.network import Network, is_activation, is_loss
from symbackprop.steps import ChainRule, Step, Substitution, SumOverPaths
from symbackprop.typeset import plain

MOST_PATHS = 12
LONGEST_COMPOSITE = 60
LARGEST_EXPANSION = 5_000


def tell_network(teller: Teller) -> Document:
    """Tell the whole derivation, or that of the weights asked for."""
    network = teller.problem.network
    assert network is not None
    title = teller.problem.title or f"Backpropagation in a {'–'.join(map(str, network.sizes))} network"
    blocks: list[Block] = [Heading(1, (title,)), Paragraph(setting(network))]
    blocks.extend(assumptions(teller))
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
    layers = [f"{_count(layer.units, 'unit', _activation_name(layer.activation))}" for layer in network.layers]
    text = _count(network.inputs, "input")
    if len(layers) > 1:
        text += ", hidden " + ("layer of " if len(layers) == 2 else "layers of ") + " and ".join(layers[:-1])
    text += f", output layer of {layers[-1]}"
    loss = find_loss(network.loss) if is_loss(network.loss) else None
    text += f"; loss: {loss.title}" if loss else f"; loss: Σ {network.loss}"
    for k, value in ((1, network.l1), (2, network.l2)):
        text += f"; L{k} penalty on the weights, λ = {plain(value)}" if value else ""
    if network.samples > 1:
        reduction = {"mean": "their mean", "sum": "their sum", "half_mean": "half their mean"}[network.reduction]
        text += f"; {network.samples} samples, the cost is {reduction}"
    return (text + ".",)


def _count(number: int, noun: str, kind: str = "") -> str:
    return f"{number} {kind}{' ' if kind else ''}{noun}{'' if number == 1 else 's'}"


def _activation_name(activation: str) -> str:
    if is_activation(activation):
        return find_activation(activation).name.replace("_", " ")
    return f"“{activation}”"


def assumptions(teller: Teller) -> list[Block]:
    """State what the derivation assumes and the conventions it takes."""
    blocks: list[Block] = []
    for group in teller.problem.constraints:
        blocks.append(Note("note", ("Assumed: ", teller.unit_sum(group), ".")))
    network = teller.problem.network
    kinked = dict.fromkeys(
        row.text or row.name
        for layer in (network.layers if network else ())
        if is_activation(layer.activation)
        and isinstance(row := find_activation(layer.activation), Function)
        and row.kinks
    )
    if kinked:
        blocks.append(Note("note", (f"Convention: {', '.join(kinked)} has no derivative at its kink; the slope given by the rule is taken there.",)))
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
        text = f" as one expression in inputs, weights and biases has {size:,} operations (--expand prints it); the names keep it readable."
        return [heading, Paragraph((output, text))] if not teller.telling.wrt else []
    if teller.telling.wrt and not teller.telling.expand:
        return []
    _check_size(size, output.name)
    whole = expand(output, teller.graph.definitions)
    teller.tell(Substitution(output, whole, ()))
    return [
        heading,
        Paragraph((f"With every definition put in ({size:,} operations):",)),
        Lines((Row(output, whole),)),
    ]


def _check_size(size: int, name: str) -> None:
    if size > LARGEST_EXPANSION:
        msg = f"{name} written out has {size:,} operations; at most {LARGEST_EXPANSION:,} are printed (leave --expand out for the named form)"
        raise TooLargeError(msg)


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
    """What a reader sees adjoints of: parameters and what lies on their way; inputs and targets at detail 3."""
    if teller.telling.detail >= MICRO_STEPS and not teller.telling.wrt:
        return set(teller.backward.adjoints)
    names = set(teller.graph.descendants(*teller.parameters))
    return names


def _loss_to_inputs(teller: Teller, output: str, sample: int, wanted: set[str]) -> list[Block]:
    graph, blocks = teller.graph, []
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
            shown = [n for n in activations if layer < depth or len(teller.steps_about[adjoints[n.symbol.name].name]) > 2]
            blocks.extend(teller.limited([teller.adjoint_rows(n.symbol.name, output) for n in shown], "derivatives"))
        blocks.append(Paragraph(_what_delta_is(layer == depth)))
        blocks.extend(teller.limited([teller.adjoint_rows(z.symbol.name, output) for z in zs], "deltas"))
        blocks.append(Paragraph(("The parameters enter linearly, with the incoming signal as coefficient:",)))
        parameters = [
            p for z in zs for p in graph.parents[z.symbol.name]
            if p in wanted and graph.role(p) in {Role.WEIGHT, Role.BIAS} and p in teller.parameters
        ]
        blocks.extend(teller.limited([_with_local(teller, p, output) for p in parameters], "gradients"))
    return [b for b in blocks if not (isinstance(b, Lines) and not b.rows)]


def _with_local(teller: Teller, name: str, output: str) -> list[Row]:
    """Tell a parameter's local derivatives as part of its chain-rule rows."""
    symbol = teller.backward.adjoints_of(output)[name]
    if teller.telling.detail > FORMULAS:
        for step in teller.steps_about[symbol.name]:
            for part in step.value.factors if isinstance(step.value, Product) else (step.value,):
                if isinstance(part, Partial):
                    teller.tell(teller.backward.locals[part.child, part.parent])
    return teller.adjoint_rows(name, output)


def _upstream_locals(teller: Teller, node: Node, output: str) -> list[Row]:
    """Local derivatives of what an activation feeds: the loss, or the next layer's sums."""
    name = node.symbol.name
    relevant = teller.graph.ancestors(output)
    return [teller.local_row(child, name) for child in teller.graph.children[name] if child in relevant]


def _own_locals(teller: Teller, node: Node) -> list[Row]:
    """Local derivatives of an activation by its pre-activations (for softmax, a row of the Jacobian)."""
    name = node.symbol.name
    return [teller.local_row(name, parent) for parent in teller.graph.parents[name]]


def _what_delta_is(last: bool) -> Spans:
    if last:
        return ("δ is the derivative of the loss by a pre-activation; the chain rule gives it at the output:",)
    return ("δ goes back through the weights and the slope of the activation:",)


def why_paths_add(source: Symbol, through: Sequence[Symbol], output: Symbol) -> Spans:
    """Say why the contributions of several paths are added."""
    listed: list[str | Expr] = []
    for i, symbol in enumerate(through[:MOST_PATHS]):
        joint = "" if i == 0 else " and " if i == len(through) - 1 else ", "
        listed.extend((joint, symbol))
    if len(through) > MOST_PATHS:
        listed.append(f" and {len(through) - MOST_PATHS} more")
    return (
        source, " reaches ", output, " through ", *listed,
        ": a small change of ", source, " moves all of them at once, and to first order their effects on ", output, " add up.",
    )


def _cost(teller: Teller, wanted: set[str]) -> list[Block]:
    """Tell the gradient of the cost as the reduction of the samples' gradients."""
    network = teller.problem.network
    assert network is not None
    output = teller.graph.output.symbol
    words = {"mean": "the mean", "sum": "the sum", "half_mean": "half the mean"}
    blocks: list[Block] = [
        Heading(3, ("The cost ", output)),
        Paragraph((output, f" is {words[network.reduction]} of the losses, and so is its gradient that of theirs:")),
    ]
    adjoints = teller.backward.adjoints
    inner = [
        n.symbol.name for n in teller.graph.nodes
        if n.symbol.name in adjoints and (n.role is Role.LOSS or (n.role is Role.LOSS_PART and not n.sample and teller.telling.detail >= MICRO_STEPS))
    ]
    if teller.telling.detail > FORMULAS:
        blocks.extend(teller.limited([teller.adjoint_rows(name) for name in inner], "derivatives"))
    blocks.extend(teller.limited([_with_local(teller, p, output.name) for p in teller.parameters if p in wanted], "gradients"))
    return blocks


# --- one weight ----------------------------------------------------------------------------------------------


def one_weight(teller: Teller, name: str) -> list[Block]:
    """Tell one gradient along its path, or as the sum over its paths, then in δ-form, with numbers."""
    blocks: list[Block] = list(path_form(teller, name))
    blocks.extend(_recognised(teller, name) or _delta_form(teller, name))
    blocks.extend(_against_difference(teller, name))
    return blocks


def path_form(teller: Teller, name: str) -> list[Block]:
    """Tell ∂L/∂name as a sum over paths of products of local derivatives; the first dozen where there are more."""
    graph, output = teller.graph, teller.graph.output.symbol.name
    symbol = teller.backward.adjoints[name]
    total = graph.count_paths(name, output)
    paths = list(islice(graph.paths(name, output), MOST_PATHS))
    edges = [[(child, parent) for parent, child in zip(path, path[1:], strict=False)][::-1] for path in paths]
    partials = [[teller.backward.locals[edge].about for edge in path] for path in edges]
    complete = total == len(paths)
    blocks: list[Block] = [Heading(2, ("Chain rule for ", symbol))]
    if total == 1:
        blocks.append(Paragraph(("The only path: ", _route(teller, paths[0]), ".")))
    else:
        blocks.append(Paragraph((f"There are {total:,} paths from ", teller.symbol(name), " to ", teller.symbol(output), ":")))
        blocks.extend(Paragraph((f"path {i}: ", _route(teller, path))) for i, path in enumerate(paths, 1))
        if not complete:
            blocks.append(Paragraph((f"… and {total - len(paths):,} more; the δ-form below shares their common parts.",)))
        splits = [c for c in dict.fromkeys(p for path in paths for p in path) if len(set(graph.children[c]) & set(n for q in paths for n in q)) > 1]
        if splits:
            through = [teller.symbol(c) for c in graph.children[splits[0]] if any(c in path for path in paths)]
            blocks.append(Paragraph(why_paths_add(teller.symbol(splits[0]), through, teller.symbol(output))))
    colours = _colours(partials)
    chains = [Display(tuple(Tint(p, colours[p.name]) for p in chain)) if len(chain) > 1 else Tint(chain[0], 0) for chain in partials]
    if complete:
        claim: Step
        if total == 1:
            claim = ChainRule(symbol, mul(*partials[0]))
        else:
            products = tuple(mul(*chain) for chain in partials)
            claim = SumOverPaths(symbol, add(*products), products)
        teller.tell(claim)
    blocks.append(Lines((Row(symbol, _sum_of(chains, complete), None, ("chain rule",)),)))
    blocks.append(Heading(2, ("Local derivatives",)))
    unique = list(dict.fromkeys(edge for path in edges for edge in path))
    blocks.extend(
        teller.limited([[teller.local_row(c, p, colours[teller.backward.locals[c, p].about.name])] for c, p in unique], "local derivatives")
    )
    blocks.append(Heading(2, ("Substitute",)))
    values = [[Tint(teller.backward.locals[e].value, colours[teller.backward.locals[e].about.name]) for e in path] for path in edges]
    lines = [Display(tuple(v)) if len(v) > 1 else v[0] for v in values]
    if complete:
        put_in = add(*(mul(*(teller.backward.locals[e].value for e in path)) for path in edges))
        teller.tell(Substitution(symbol, put_in, tuple(p.name for chain in partials for p in chain)))
    rows = [Row(symbol, _sum_of(lines, complete), None, ("local derivatives put in",))]
    if teller.values is not None:
        numerals = [[Tint(teller.numerals.quantity(p.name, teller.values), colours[p.name]) for p in chain] for chain in partials]
        shown = [Display(tuple(v)) if len(v) > 1 else v[0] for v in numerals]
        rows.append(Row(None, _sum_of(shown, complete), teller.number(symbol.name)))
    blocks.append(Lines(tuple(rows)))
    if total == 1:
        blocks.extend(factors_aloud(teller, name, partials[0]))
    return blocks


def _sum_of(chains: Sequence[Expr], complete: bool) -> Expr:
    terms = tuple(chains) if complete else (*chains, Symbol("…"))
    return terms[0] if len(terms) == 1 else Sum(terms)


def _route(teller: Teller, path: Sequence[str]) -> Relation:
    return Relation(tuple(teller.symbol(n) for n in path), "→")


def _colours(chains: Sequence[Sequence[Symbol]]) -> dict[str, int]:
    """Give each local derivative a colour; on a single path, in order."""
    order = dict.fromkeys(p.name for chain in chains for p in chain)
    return {name: i for i, name in enumerate(order)}


def _recognised(teller: Teller, name: str) -> list[Block]:
    """On a single path, put a brace under each δ in the product, from the output down to δ · input."""
    graph, output = teller.graph, teller.graph.output.symbol.name
    if graph.count_paths(name, output) != 1:
        return []
    of = teller.backward.adjoints
    path = next(graph.paths(name, output))[::-1]
    factors = [teller.backward.locals[edge].value for edge in zip(path, path[1:], strict=False)]
    deltas = [i for i, value in enumerate(path) if value in of and of[value].name.startswith("delta")]
    if not deltas or deltas[-1] < 2:
        return []
    rows: list[Row] = []
    done: list[Expr] = []
    start = 0
    for i in deltas:
        delta = of[path[i]]
        teller.tell(teller.steps_about[delta.name][-1])
        whole = [*done, *factors[start:i]]
        brace = Brace(Display(tuple(whole)) if len(whole) > 1 else whole[0], delta)
        rest = factors[i:]
        teller.tell(Substitution(of[name], mul(*whole, *rest), ()))
        rows.append(Row(None if rows else of[name], Display((brace, *rest)), None, ("recognise δ",)))
        done, start = [delta], i
    final = teller.steps_about[of[name].name][-1]
    teller.tell(final)
    rows.append(Row(None, final.value, teller.number(of[name].name), ("δ times the incoming signal",)))
    return [Heading(2, ("The same with δ",)), Lines(tuple(rows))]


def _delta_form(teller: Teller, name: str) -> list[Block]:
    """Recognise δ in the product, layer by layer, down to δ · input."""
    backward = teller.backward
    output = teller.graph.output.symbol.name
    if teller.graph.output.role is Role.COST:
        return [
            Heading(2, ("In terms of δ",)),
            Lines(tuple(row for out in backward.outputs for row in _with_local(teller, name, out))),
        ]
    needed = slice_names(backward, [backward.adjoints[name].name])
    deltas = [n for n in backward.nodes if n.symbol.name in needed and n.symbol.name.startswith("delta")]
    if not deltas:
        return []
    groups = []
    for node in deltas:
        of = backward.adjoints_of(output)
        value = next(v for v, s in of.items() if s.name == node.symbol.name)
        upstream = [c for c in teller.graph.children[value] if c in of]
        for activation in upstream:
            if len(teller.steps_about[of[activation].name]) > 2:
                groups.append(teller.adjoint_rows(activation))
        groups.append(teller.adjoint_rows(value))
    groups.append(_with_local(teller, name, output))
    return [
        Heading(2, ("The same with δ",)),
        Paragraph(("δ, the derivative by a pre-activation, collects everything above it, so that nothing is computed twice:",)),
        *teller.limited(groups, "deltas"),
    ]


def _against_difference(teller: Teller, name: str) -> list[Block]:
    values = teller.values
    if values is None:
        return []
    difference = values.finite_difference(name)
    symbol = teller.backward.adjoints[name]
    if difference is None:
        return []
    error = relative_error(values.gradients[name], difference.value)
    mark = "agrees" if error < 1e-6 else "differs"
    return [
        Paragraph(
            (
                Relation((symbol, teller.numerals.quantity(symbol.name, values))), f" {mark} with the central difference ",
                teller.numerals.of(difference.value), " of the forward pass alone (h = ", Numeral(f"{difference.step:.1e}"),
                ", relative error ", Numeral(f"{error:.0e}"), ").",
            )
        )
    ]


# --- fully substituted ---------------------------------------------------------------------------------------


def expanded(teller: Teller) -> list[Block]:
    """Write the gradients in inputs, weights and biases only, each with its size."""
    blocks: list[Block] = [Heading(2, ("Fully substituted",))]
    for name in teller.parameters:
        symbol = teller.backward.adjoints[name]
        size = expanded_operations(teller.backward, symbol.name)
        _check_size(size, symbol.name)
        whole = expand(symbol, teller.backward.definitions)
        teller.tell(Substitution(symbol, whole, ()))
        blocks.append(Paragraph((symbol, f" has {size:,} operations:")))
        blocks.append(Lines((Row(symbol, whole, teller.number(symbol.name)),)))
    return blocks
