"""What the script of a page is made of: the definitions as a program, what there is to step through, and the fixed part."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from symbackprop.codegen.calls import program
from symbackprop.expr import Expr
from symbackprop.pages.marks import Numbers
from symbackprop.pages.plan import MOST_PATHS, Link, Plan
from symbackprop.problem import Problem
from symbackprop.render.web import packed

NO_CHOICE = "const relay=()=>{},visit=relay;"


def definitions(plan: Plan, extra: Sequence[tuple[str, Expr]]) -> Iterable[tuple[str, Expr]]:
    """Yield what the page computes after the forward pass: derivatives, local derivatives, and what else there is."""
    yield from ((node.symbol.name, node.expr) for node in plan.backward.nodes)
    yield from ((f.local.about.name, f.local.value) for f in plan.factors if f.local is not None)
    yield from extra


def script_of(  # noqa: PLR0913, PLR0917 - the parts of a page
    problem: Problem,
    plan: Plan,
    numbers: Numbers,
    extra: Sequence[tuple[str, Expr]],
    start: dict[int, list[str]],
    checks: dict[str, object],
    pictures: int,
) -> str:
    """Return the script of a page; without numbers it only steps."""
    place, backward = numbers.place, plan.backward

    def at(link: Link) -> list[int]:
        return [place[link.above.name] if link.above else -1, place[link.edge.name]]

    locals_ = (factor.local.about.name for factor in plan.factors if factor.local is not None)
    spoken = {*backward.graph.definitions, *backward.graph.leaf_by_name, *locals_}  # what the picture names
    known = {
        "digits": numbers.numerals.digits,
        "exact": numbers.numerals.exact,
        "names": " ".join(name if name in spoken else "" for name in place).rstrip(),
        "start": start,
        "adjoint": {place[name]: place[symbol.name] for name, symbol in backward.adjoints.items()},
        "factors": [
            [place[f.local.about.name] if f.local else -1, place[f.closes.about.name] if f.closes else -1] for f in plan.factors
        ],
        "links": {place[r.about.name]: [at(link) for link in r.links] for r in plan.needed},
        "groups": [[place[node.symbol.name] for node in group.nodes] for group in plan.groups],
        "wanted": {place[name]: place[backward.adjoints[name].name] for name in plan.wanted},
        "most": MOST_PATHS,
        **checks,
        "sums": [[place[name] for name in group] for group in problem.constraints],
    }
    data = json.dumps(known, separators=(",", ":"), ensure_ascii=True).replace("<", "\\u003c")
    forward = program(((node.symbol.name, node.expr) for node in backward.graph.nodes), place)
    stop = "\nif(only)return;" if "moved" in checks else ""
    lines = f"{forward}{stop}\n{program(definitions(plan, extra), place)}"
    run = f"const run=(v,{{n,k,a,m,g,d,p,f,s,w}},only)=>{{\n{lines}\n}};"
    return "\n".join(["'use strict';", f"const page={data};", run, *_fixed(plan, lines, checks, pictures)])


def _fixed(plan: Plan, lines: str, checks: dict[str, object], pictures: int) -> Iterator[str]:
    """Yield the parts of the script that are the same in every page that needs them."""
    one = len(plan.wanted) == 1 and plan.paths(plan.backward.adjoints[plan.wanted[0]].name) is not None
    yield packed(_file("numbers"))
    if '"erf"' in lines:
        yield packed(_file("erf"))
    if '"sqrt"' in lines or re.search(r"p\(.*n\(-?\d+,2\)\)", lines):
        yield packed(_file("roots"))
    yield packed(_file("fields"))
    for name, needed in (("checks", "moved"), ("kinks", "kinks")):
        if needed in checks:
            yield packed(_file(name))
    yield packed(_file("samples")) if pictures > 1 else "const turned=()=>{};"
    yield NO_CHOICE if one else packed(_file("lines"))
    yield packed(_file("step"))


def _file(name: str) -> str:
    return files("symbackprop.pages").joinpath(f"{name}.js").read_text("utf-8")
