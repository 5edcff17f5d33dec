"""The derivation of a plain function: partial derivatives, the chain rule in five steps, several paths."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

from symbackprop.backprop import expand, expanded_operations
from symbackprop.calculus import depends
from symbackprop.document import Block, Document, Heading, Lines, Paragraph, Relation, Row, Table
from symbackprop.errors import TooLargeError
from symbackprop.evaluate import Values, difference_quotient
from symbackprop.expr import Expr, Number, Quotient, add, div, substitute
from symbackprop.graph import Graph, Leaf, Node, Role
from symbackprop.narrate.derivatives import local_rows, unfolded_rows
from symbackprop.narrate.gradient import gradient_table, read_aloud
from symbackprop.narrate.numerals import say
from symbackprop.narrate.single import MOST_PATHS, expanded, path_form, why_paths_add
from symbackprop.narrate.teller import FORMULAS, RESULTS_ONLY, Teller
from symbackprop.simplify import SAYS, simplify
from symbackprop.simplify.sums import divide_out
from symbackprop.steps import Substitution

LONGEST_REPLACED = 40
LARGEST_QUOTIENTS = 2_000
DIFFERENCE_STEPS = ("0.1", "0.01", "0.001", "0.0001")


def tell_function(teller: Teller) -> Document:
    """Tell the derivatives of the last definition by every variable, or by those asked for."""
    output = teller.graph.output.symbol
    variables = [leaf.symbol for leaf in teller.graph.leaves if leaf.symbol.name in teller.backward.adjoints]
    title = teller.problem.title or "Derivatives by the chain rule"
    blocks: list[Block] = [Heading(1, (title,)), *teller.remarks()]
    if not variables:
        blocks.append(Paragraph((output, " depends on no variable: every derivative is 0.")))
        return teller.document(title, blocks)
    if teller.telling.detail > RESULTS_ONLY:
        blocks.append(Heading(2, ("The function" if len(teller.graph.nodes) == 1 else "Definitions",)))
        blocks.append(Lines(tuple(row for node in teller.graph.nodes for row in teller.definition_rows(node))))
        if len(teller.graph.nodes) == 1:
            blocks.extend(single_definition(teller, teller.graph.output))
        else:
            blocks.extend(composed(teller))
    if teller.telling.paths:
        for name in teller.parameters:
            blocks.extend(path_form(teller, name))
    if teller.telling.expand:
        blocks.extend(expanded(teller))
    if len(teller.parameters) > 1 or teller.values is not None or teller.telling.detail == RESULTS_ONLY:
        blocks.append(Heading(2, ("The gradient" if len(teller.parameters) > 1 else "The derivative",)))
        blocks.extend(gradient_table(teller))
        blocks.extend(read_aloud(teller))
    return teller.document(title, blocks)


# --- one definition ------------------------------------------------------------------------------------------


def single_definition(teller: Teller, node: Node) -> list[Block]:
    """Differentiate one definition by each variable, term by term."""
    blocks: list[Block] = [Heading(2, ("Partial derivatives" if len(teller.parameters) > 1 else "Derivative",))]
    if len(teller.parameters) > 1:
        blocks.append(Paragraph(("For each variable, all others are held fixed, as if they were numbers.",)))
    blocks.extend(Lines(tuple(partial_rows(teller, node, name))) for name in teller.parameters)
    return blocks


def partial_rows(teller: Teller, node: Node, name: str) -> list[Row]:
    """Differentiate the only definition by one symbol, rule by rule, to the result and its number."""
    step = teller.backward.locals[node.symbol.name, name]
    adjoint = teller.backward.adjoints[name]
    teller.tell(step)
    if teller.telling.detail <= FORMULAS:
        return teller.with_numbers([Row(adjoint, step.value, None, teller.rule(step))], adjoint.name, step.value)
    rows = unfolded_rows(teller, node.symbol.name, name, adjoint)
    return teller.with_numbers(rows, adjoint.name, rows[-1].right)


# --- several definitions -------------------------------------------------------------------------------------


def composed(teller: Teller) -> list[Block]:
    """Tell local derivatives, then the chain rule for each variable, then the intermediate names replaced."""
    graph = teller.graph
    needed = [e for e in _edges(teller) if e in teller.backward.locals]
    blocks: list[Block] = [Heading(2, ("Local derivatives",))]
    if teller.telling.detail > FORMULAS:
        rows = [local_rows(teller, child, parent) for child, parent in needed]
        blocks.append(Paragraph(("Each definition by each name it uses, all others held fixed:",)))
        blocks.extend(teller.limited(rows, "local derivatives"))
    else:
        blocks = []
    blocks.append(Heading(2, ("Chain rule, from the output backwards",)))
    inner = [n.symbol.name for n in reversed(graph.nodes[:-1]) if n.symbol.name in teller.backward.adjoints]
    lead = teller.leads_to(graph.output.symbol.name) & graph.descendants(*teller.parameters)
    rows = [teller.adjoint_rows(name) for name in inner if name in lead and not _is_local(teller, name)]
    blocks.extend(teller.limited(rows, "derivatives"))
    for name in teller.parameters:
        blocks.extend(_variable(teller, name))
    return blocks


def _edges(teller: Teller) -> list[tuple[str, str]]:
    """Return the edges on the way from the variables asked for to the output, in reading order."""
    graph = teller.graph
    on_the_way = teller.leads_to(graph.output.symbol.name) & graph.descendants(*teller.parameters)
    return [
        (n.symbol.name, p)
        for n in graph.nodes
        if n.symbol.name in on_the_way
        for p in graph.parents[n.symbol.name]
        if p in on_the_way
    ]


def _is_local(teller: Teller, name: str) -> bool:
    """Whether an adjoint is no more than one local derivative, which was told already."""
    return teller.graph.children[name] == [teller.graph.output.symbol.name]


def _variable(teller: Teller, name: str) -> list[Block]:
    """Tell the chain rule for one variable."""
    graph, output = teller.graph, teller.graph.output.symbol
    adjoint = teller.backward.adjoints[name]
    blocks: list[Block] = [Heading(3, (adjoint,))]
    paths = list(islice(graph.paths(name, output.name), MOST_PATHS + 1))
    children = [c for c in graph.children[name] if c in teller.leads_to(output.name)]
    if len(paths) == 1 and len(paths[0]) > 2:
        route = Relation(tuple(teller.symbol(n) for n in paths[0]), "→")
        blocks.append(
            Paragraph(
                (teller.symbol(name), " acts on ", output, " along one path, ", route, ", so the local derivatives multiply.")
            )
        )
    elif len(children) > 1:
        blocks.append(Paragraph(why_paths_add(teller.symbol(name), [teller.symbol(c) for c in children], output)))
    blocks.append(Lines(tuple(teller.adjoint_rows(name))))
    if replaced := _replaced(teller, name):
        blocks.append(Lines(tuple(replaced)))
    return blocks


def _replaced(teller: Teller, name: str) -> list[Row]:
    """Replace the intermediate names, where the result is short enough to be read."""
    adjoint = teller.backward.adjoints[name]
    final = teller.steps_about[adjoint.name][-1].value
    definitions = teller.graph.definitions
    used = [n for n in definitions if depends(final, n)]
    size = expanded_operations(teller.backward, adjoint.name)
    if not used or size > LONGEST_REPLACED or teller.telling.detail <= FORMULAS:
        return []
    whole = expand(adjoint, teller.backward.definitions)
    teller.tell(Substitution(adjoint, whole, tuple(used)))
    listed: list[str | Expr] = ["replace "]
    for i, n in enumerate(used):
        listed.extend(("" if i == 0 else ", ", teller.symbol(n)))
    return [Row(adjoint, whole, None, tuple(listed))]


# --- the derivative from its definition ----------------------------------------------------------------------


def tell_from_definition(teller: Teller) -> Document:
    """Tell each derivative as the limit of a difference quotient, with a table as h shrinks."""
    values = teller.values
    output = teller.graph.output.symbol
    size = expanded_operations(teller.backward, output.name) * len(teller.parameters)
    if size > LARGEST_QUOTIENTS:
        msg = (
            f"difference quotients by {len(teller.parameters)} names write {output.name} out in {size:,} operations; "
            f"at most {LARGEST_QUOTIENTS:,} are printed (--wrt chooses some)"
        )
        raise TooLargeError(msg)
    title = teller.problem.title or "The derivative from its definition"
    blocks: list[Block] = [Heading(1, (title,)), Heading(2, ("The function",))]
    blocks.append(Lines(tuple(row for node in teller.graph.nodes for row in teller.definition_rows(node))))
    whole = expand(output, teller.graph.definitions)
    for name in teller.parameters:
        blocks.extend(_quotient(teller, values, whole, name))
    return teller.document(title, blocks)


def _quotient(teller: Teller, values: Values | None, whole: Expr, name: str) -> list[Block]:
    h, about = teller.fresh("h", "k", "t"), teller.fresh("quotient")
    variable, output = teller.symbol(name), teller.graph.output.symbol
    adjoint = teller.backward.adjoints[name]
    shifted = substitute(whole, {name: add(variable, h)})
    quotient = div(add(shifted, -whole), h)
    blocks: list[Block] = [
        Heading(2, ("The difference quotient for ", variable)),
        Paragraph(
            say(
                "Move {variable} by a small {h} and see how much {output} changes per unit of {h}. "
                "The derivative is what this quotient tends to as {h} shrinks to 0.",
                variable=variable,
                h=h,
                output=output,
            )
        ),
    ]
    # The quotient is a definition of its own, in one variable more; its steps are checked there.
    wider = Graph((*teller.graph.leaves, Leaf(h, Role.VARIABLE)), (Node(about, quotient, Role.INTERMEDIATE),))
    rows = [Row(about, quotient, None, ("change over step",))]

    def line(value: Expr, reason: str) -> Expr:
        teller.tell(Substitution(about, value, ()), wider)
        rows.append(Row(None, value, None, (reason,)))
        return value

    current = quotient
    divided = divide_out(add(shifted, -whole), h)
    if divided is not None:
        line(div(divided[0], h), "multiply out; what has no h cancels" if h.name == "h" else "multiply out")
        current = line(divided[1], "divide by the step")
    for rewritten in simplify(current) if divided is None else ():
        current = line(rewritten.value, SAYS[rewritten.rule])
    blocks.append(Lines(tuple(rows)))
    final = expand(adjoint, teller.backward.definitions)
    for step in teller.steps_about[adjoint.name]:
        teller.tell(step)
    teller.tell(Substitution(adjoint, final, ()))
    if values is not None:
        env = {**values.values}
        table = []
        number = teller.numerals.of
        exact_value = values.gradients[name]
        for text in DIFFERENCE_STEPS:
            step_size = float(text)
            measured = difference_quotient(whole, name, env, step_size)
            table.append(
                (
                    (number(step_size, Fraction(text)),),
                    (number(measured),),
                    (number(measured - exact_value) if abs(measured - exact_value) > 1e-9 else Number(0),),
                )
            )
        blocks.append(Table(((h,), ("quotient",), ("quotient − derivative",)), tuple(table), frozenset({0, 1, 2})))
    blocks.append(Heading(2, ("The limit",)))
    if isinstance(current, Quotient) and depends(current.denominator, h.name):
        sentence = (
            "Algebra alone does not take the step out of the denominator here; the rules of differentiation give the limit."
        )
        blocks.append(Paragraph((sentence,)))
    blocks.append(
        Lines(tuple(teller.with_numbers([Row(adjoint, final, None, (Relation((h, Number(0)), "→"),))], adjoint.name, final)))
    )
    return blocks
