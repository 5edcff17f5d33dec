"""A graph unit by unit as flat scalar code: the lines of a derivation, shared, in the order of the derivation."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from dataclasses import dataclass

from symbackprop.arithmetic import FLOAT, evaluate
from symbackprop.arithmetic.base import component_definition, component_index
from symbackprop.backprop import Backward
from symbackprop.codegen.language import ELEMENTARY, Language
from symbackprop.codegen.sharing import Line, needed, renamed, share
from symbackprop.expr import Call, Expr, Symbol, add, call, children, rebuild, substitute, symbols
from symbackprop.functions import VECTOR_FUNCTIONS
from symbackprop.graph import Role
from symbackprop.problem import Problem

C_WORDS = (
    "auto break case char const continue default do double else enum extern float for goto if inline int long register "
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while main fabs fmax fmin pow "
    "value gradient leaf slope"
)
RESERVED = frozenset((*keyword.kwlist, *ELEMENTARY, *C_WORDS.split(), "abs", "max", "min", "float", "pi", "e"))


@dataclass(frozen=True)
class UnitCode:
    """
    What a program of scalars consists of.

    `leaves` are its arguments with an example value each (None where the problem gives none); `lines` compute the
    output and what the gradients need; each of `gradients` is the derivative of the output by the leaf it names.
    The leaves of each of `sums` add up to 1.
    """

    leaves: tuple[tuple[str, float | None], ...]
    output: str
    value: tuple[Line, ...]
    lines: tuple[Line, ...]
    gradients: tuple[tuple[str, Line], ...]
    sums: tuple[tuple[str, ...], ...] = ()

    @property
    def used(self) -> set[str]:
        """Every name some line or gradient uses."""
        return {name for line in (*self.lines, *(g for _, g in self.gradients)) for name in symbols(line.expr)}


def unit_code(problem: Problem, backward: Backward, language: Language) -> UnitCode:
    """Return the code of a derivation: the output, and its derivative by every parameter (by every leaf of a function)."""
    graph = backward.graph
    place = {step.about.name: k for k, step in enumerate(backward.steps, 1)}
    nodes = (*graph.nodes, *backward.nodes)
    safe = {name: f"{name}_" for name in (*graph.leaf_by_name, *graph.definitions) if name in RESERVED}
    parameters = [
        leaf.symbol.name
        for leaf in graph.leaves
        if leaf.symbol.name in backward.adjoints and (problem.network is None or leaf.role in {Role.WEIGHT, Role.BIAS})
    ]
    wanted = {name: backward.adjoints[name].name for name in parameters}
    lines = renamed((Line(n.symbol.name, language.lower(written_out(n.expr)), place[n.symbol.name]) for n in nodes), safe)
    output = safe.get(backward.output, backward.output)
    whole = share(needed(lines, [output, *wanted.values()]), graph.leaf_by_name)
    uses = {name for line in whole for name in symbols(line.expr)}
    results = {line.name: line for line in whole if line.name in set(wanted.values()) - uses}
    final = {name: results.get(of) or Line(of, Symbol(of), place[of]) for name, of in wanted.items()}
    return UnitCode(
        tuple((safe.get(leaf.symbol.name, leaf.symbol.name), _number(problem, leaf.symbol.name)) for leaf in graph.leaves),
        output,
        tuple(share(needed(lines, [output]), graph.leaf_by_name)),
        tuple(line for line in whole if line.name not in results),
        tuple((safe.get(name, name), line) for name, line in final.items()),
        tuple(tuple(safe.get(name, name) for name in group) for group in problem.constraints),
    )


def _number(problem: Problem, name: str) -> float | None:
    value = problem.point.get(name)
    return None if value is None else evaluate(value, {}, FLOAT)


def written_out(expr: Expr) -> Expr:
    """Write out softmax, with the largest argument taken away first: that changes nothing, and nothing overflows."""
    parts: Iterable[Expr] = map(written_out, children(expr))
    match expr:
        case Call(name, arguments) if name in VECTOR_FUNCTIONS:
            zs = arguments[1:]
            top = call("max", *zs) if len(zs) > 1 else zs[0]
            body = component_definition(name, component_index(expr), len(zs))
            return substitute(body, {f"z{k}": add(z, -top) for k, z in enumerate(zs)})
        case _:
            return rebuild(expr, tuple(parts)) if children(expr) else expr
