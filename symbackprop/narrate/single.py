"""One gradient told along its path, or as the sum over its paths, then with δ, and in full."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise

from symbackprop.backprop import check_expansion, expand, expanded_operations, slice_names
from symbackprop.document import Block, Brace, Display, Heading, Lines, Numeral, Paragraph, Relation, Row, Spans, Tint
from symbackprop.expr import Adjoint, Expr, Partial, Product, Sum, Symbol, add, mul
from symbackprop.narrate.gradient import error_shown, factors_aloud, relative_error
from symbackprop.narrate.numerals import say
from symbackprop.narrate.teller import FORMULAS, Teller
from symbackprop.steps import ChainRule, Step, Substitution, SumOverPaths

MOST_PATHS = 12
AGREES = 1e-6


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
    edges = [[(child, parent) for parent, child in pairwise(path)][::-1] for path in paths]
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
        splits = [
            c
            for c in dict.fromkeys(p for path in paths for p in path)
            if len(set(graph.children[c]) & {n for q in paths for n in q}) > 1
        ]
        if splits:
            through = [teller.symbol(c) for c in graph.children[splits[0]] if any(c in path for path in paths)]
            blocks.append(Paragraph(why_paths_add(teller.symbol(splits[0]), through, teller.symbol(output))))
    colours = _colours(partials)
    chains = [
        Display(tuple(Tint(p, colours[p.name]) for p in chain)) if len(chain) > 1 else Tint(chain[0], 0) for chain in partials
    ]
    if complete:
        claim: Step
        if total == 1:
            claim = ChainRule(symbol, mul(*partials[0]))
        else:
            products = tuple(mul(*chain) for chain in partials)
            claim = SumOverPaths(symbol, add(*products), products)
        teller.tell(claim)
    blocks.append(Lines((Row(symbol, _sum_of(chains, complete=complete), None, ("chain rule",)),)))
    blocks.append(Heading(2, ("Local derivatives",)))
    unique = list(dict.fromkeys(edge for path in edges for edge in path))
    blocks.extend(
        teller.limited(
            [[teller.local_row(c, p, colours[teller.backward.locals[c, p].about.name])] for c, p in unique], "local derivatives"
        )
    )
    blocks.append(Heading(2, ("Substitute",)))
    values = [
        [Tint(teller.backward.locals[e].value, colours[teller.backward.locals[e].about.name]) for e in path] for path in edges
    ]
    lines = [Display(tuple(v)) if len(v) > 1 else v[0] for v in values]
    if complete:
        put_in = add(*(mul(*(teller.backward.locals[e].value for e in path)) for path in edges))
        teller.tell(Substitution(symbol, put_in, tuple(p.name for chain in partials for p in chain)))
    rows = [Row(symbol, _sum_of(lines, complete=complete), None, ("substitute the local derivatives",))]
    if teller.values is not None:
        numerals = [[Tint(teller.numerals.quantity(p.name, teller.values), colours[p.name]) for p in chain] for chain in partials]
        shown = [Display(tuple(v)) if len(v) > 1 else v[0] for v in numerals]
        rows.append(Row(None, _sum_of(shown, complete=complete), teller.number(symbol.name)))
    blocks.append(Lines(tuple(rows)))
    if total == 1:
        blocks.extend(factors_aloud(teller, name, partials[0]))
    return blocks


def why_paths_add(source: Symbol, through: Sequence[Symbol], output: Symbol) -> Spans:
    """Say why the contributions of several paths are added."""
    direct = output in through
    between = [symbol for symbol in through if symbol != output]
    listed: list[str | Expr] = []
    for i, symbol in enumerate(between[:MOST_PATHS]):
        joint = "" if i == 0 else " and " if i == len(between) - 1 else ", "
        listed.extend((joint, symbol))
    if len(between) > MOST_PATHS:
        listed.append(f" and {len(between) - MOST_PATHS} more")
    ways = ("directly and through " if direct else "through ", *listed)
    moved = (
        "acts both ways"
        if direct and len(between) == 1
        else "acts in all these ways"
        if direct
        else "moves all of them"
        if len(between) > 2
        else "moves both"
    )
    return (
        source,
        " reaches ",
        output,
        " ",
        *ways,
        ": a small change of ",
        source,
        f" {moved} at once, and to first order the effects on ",
        output,
        " add up.",
    )


def _sum_of(chains: Sequence[Expr], *, complete: bool) -> Expr:
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
    factors = [teller.backward.locals[edge].value for edge in pairwise(path)]
    deltas = [i for i, value in enumerate(path) if value in of and of[value].is_delta]
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
    rows.append(Row(None, final.value, teller.number(of[name].name), ("δ · input",)))
    return [Heading(2, ("The same with δ",)), Lines(tuple(rows))]


def _delta_form(teller: Teller, name: str) -> list[Block]:
    """Recognise δ in the product, layer by layer and sample by sample, down to δ · input and the sum over samples."""
    backward = teller.backward
    outputs = [output for output in backward.outputs if name in backward.adjoints_of(output)]
    needed = slice_names(backward, [backward.adjoints[name].name])
    deltas = [n.symbol for n in backward.nodes if n.symbol.name in needed and isinstance(n.symbol, Adjoint) and n.symbol.is_delta]
    if not deltas and len(outputs) == 1:
        return []
    groups: list[list[Row]] = []
    for delta in deltas:
        of = backward.adjoints_of(delta.output)
        upstream = [c for c in teller.graph.children[delta.of] if c in of]
        groups.extend(teller.adjoint_rows(a, delta.output) for a in upstream if len(teller.steps_about[of[a].name]) > 2)
        groups.append(teller.adjoint_rows(delta.of, delta.output))
    last = [rows_with_locals(teller, name, output) for output in outputs]
    told = teller.limited(groups, "deltas")
    if len(told) == 1:
        told = [Lines(tuple(row for group in (*groups, *last) for row in group))]
    else:
        told.append(Lines(tuple(row for group in last for row in group)))
    return [
        Heading(2, ("The same with δ",)),
        Paragraph(
            ("δ, the derivative with respect to a pre-activation, collects all that is above it: nothing is computed twice.",)
        ),
        *told,
    ]


def rows_with_locals(teller: Teller, name: str, output: str) -> list[Row]:
    """Tell a parameter's local derivatives as part of its chain-rule rows."""
    symbol = teller.backward.adjoints_of(output)[name]
    if teller.telling.detail > FORMULAS:
        for step in teller.steps_about[symbol.name]:
            for part in step.value.factors if isinstance(step.value, Product) else (step.value,):
                if isinstance(part, Partial):
                    teller.tell(teller.backward.locals[part.child, part.parent])
    return teller.adjoint_rows(name, output, compact=True)


def _against_difference(teller: Teller, name: str) -> list[Block]:
    values = teller.values
    if values is None:
        return []
    difference = values.finite_difference(name)
    symbol = teller.backward.adjoints[name]
    if difference is None:
        return []
    error = relative_error(values.gradients[name], difference.value)
    sentence = say(
        "{claim} {verb} with the central difference {difference} of the forward pass alone ({step}, relative error {error}).",
        claim=Relation((symbol, teller.numerals.quantity(symbol.name, values))),
        verb="agrees" if error < AGREES else "does not agree",
        difference=teller.numerals.of(difference.value),
        step=Relation((Symbol("h"), Numeral(f"{difference.step:.1e}"))),
        error=error_shown(error),
    )
    return [Paragraph(sentence)]


def expanded(teller: Teller) -> list[Block]:
    """Write the gradients in inputs, weights and biases only, each with its size."""
    blocks: list[Block] = [Heading(2, ("Fully substituted",))]
    check_expansion(teller.backward, [teller.backward.adjoints[name].name for name in teller.parameters])
    for name in teller.parameters:
        symbol = teller.backward.adjoints[name]
        size = expanded_operations(teller.backward, symbol.name)
        whole = expand(symbol, teller.backward.definitions)
        teller.tell(Substitution(symbol, whole, ()))
        blocks.append(Paragraph((symbol, f" has {size:,} operations:")))
        blocks.append(Lines((Row(symbol, whole, teller.number(symbol.name)),)))
    return blocks
