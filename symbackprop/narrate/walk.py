"""A computation graph walked backwards, node by node, numbered: for definitions taken apart into atoms."""

from __future__ import annotations

from symbackprop.calculus import SHORT_RULES
from symbackprop.document import Block, Document, Heading, Lines, Paragraph, Relation, Row, Spans
from symbackprop.expr import ONE, Adjoint, Expr
from symbackprop.narrate.gradient import gradient_table, read_aloud
from symbackprop.narrate.single import why_paths_add
from symbackprop.narrate.teller import FORMULAS, RESULTS_ONLY, Teller


def tell_walk(teller: Teller) -> Document:
    """Tell the forward pass atom by atom, then each derivative in the order of the backward pass."""
    graph = teller.graph
    title = teller.problem.title or "The computation graph, node by node"
    blocks: list[Block] = [Heading(1, (title,)), *teller.remarks()]
    if teller.telling.detail > RESULTS_ONLY:
        blocks.append(Heading(2, ("Forward: one operation per node",)))
        rows: list[Row] = []
        for i, node in enumerate(graph.nodes, 1):
            first, *rest = teller.definition_rows(node)
            rows.extend((Row(first.left, first.right, first.value, (f"node {i}",)), *rest))
        blocks.append(Lines(tuple(rows)))
        blocks.append(Heading(2, ("Backward: the local derivative times what comes from above",)))
        blocks.append(
            Paragraph(
                ("Start with ", _one(teller), " at the output; every node passes on its own derivative times its local one.")
            )
        )
        order = [n for n in teller.backward.adjoints if teller.telling.detail > FORMULAS or n in teller.parameters]
        for i, name in enumerate(order, 1):
            blocks.extend(_station(teller, i, name))
    blocks.append(Heading(2, ("The gradient",)))
    blocks.extend(gradient_table(teller))
    blocks.extend(read_aloud(teller))
    return teller.document(title, blocks)


def _one(teller: Teller) -> Expr:
    name = teller.graph.output.symbol.name
    return Relation((Adjoint(f"d{name}_d{name}", name, name), ONE))


def _station(teller: Teller, number: int, name: str) -> list[Block]:
    """Tell one node of the walk: where the signal comes from, the local derivatives, the result."""
    graph = teller.graph
    blocks: list[Block] = []
    children = [c for c in graph.children[name] if c in teller.backward.adjoints or c == graph.output.symbol.name]
    label: Spans = (f"{number}. ", teller.symbol(name), " feeds ", *teller.listed([teller.symbol(c) for c in children]))
    blocks.append(Paragraph((*label, ".")))
    rows: list[Row] = []
    for child in children:
        step = teller.backward.locals[child, name]
        if child == graph.output.symbol.name and len(children) == 1:
            continue
        rows.append(teller.local_row(child, name))
    told = teller.adjoint_rows(name)
    if children == [graph.output.symbol.name]:
        step = teller.backward.locals[children[0], name]
        teller.tell(step)
        told[0] = Row(told[0].left, told[0].right, told[0].value, (SHORT_RULES[step.rule],))
    if len(children) > 1:
        blocks.append(Paragraph(why_paths_add(teller.symbol(name), [teller.symbol(c) for c in children], graph.output.symbol)))
    blocks.append(Lines((*rows, *told)))
    return blocks
