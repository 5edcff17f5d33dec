"""What the script of a page is made of: the definitions as a program, what there is to step through, and the fixed part."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from symbackprop.codegen.calls import program
from symbackprop.expr import Expr
from symbackprop.pages.marks import Numbers
from symbackprop.pages.plan import MOST_PATHS, Factor, Link, Plan
from symbackprop.problem import Problem
from symbackprop.render.web import packed

_KEY = re.compile(r'([{,])"(\w+)":')  # needs no quotes in a script
NO_CHOICE = "const relay=()=>{},visit=relay,list=relay,stepAt=$;"


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

    factors = [_placed(factor, place) for factor in plan.factors]
    links = {place[reached.about.name]: [at(link) for link in reached.links] for reached in plan.needed}
    plain = _gathered(factors)
    spoken = {*backward.graph.definitions, *backward.graph.leaf_by_name}  # what the picture names
    others = {closes: terms for closes, terms in links.items() if plain.get(closes) != terms}
    known = {
        "digits": numbers.numerals.digits,
        **({"exact": True} if numbers.numerals.exact else {}),
        "names": " ".join(name if name in spoken else "" for name in place).rstrip(),
        "start": {k: both if len(both) > 1 else both[0] for k, both in start.items()},
        "adjoint": {place[name]: place[symbol.name] for name, symbol in backward.adjoints.items()},
        "factors": factors,
        "groups": [[place[node.symbol.name] for node in group.nodes] for group in plan.groups],
        "wanted": {place[name]: place[backward.adjoints[name].name] for name in plan.wanted},
        **({"links": others} if others else {}),
        **checks,
        **({"sums": [[place[name] for name in group] for group in problem.constraints]} if problem.constraints else {}),
    }
    data = json.dumps(known, separators=(",", ":"), ensure_ascii=True).replace("<", "\\u003c")
    data = _KEY.sub(r"\1\2:", data)
    forward = program(((node.symbol.name, node.expr) for node in backward.graph.nodes), place)
    stop = "\nif(only)return;" if "moved" in checks else ""
    lines = f"{forward}{stop}\n{program(definitions(plan, extra), place)}".replace(";\n", "\n").replace("n(1)", "i")
    run = f"const run=(v,{{n,k,a,m,g,d,p,f,s,w}},only,i=n(1))=>{{\n{lines}\n}};"
    return "\n".join(
        ["'use strict';", f"const page={data};", run, *_fixed(plan, lines, checks, pictures, sums=bool(problem.constraints))]
    )


def _placed(factor: Factor, place: Mapping[str, int]) -> tuple[int, int, int]:
    """Return the places of a local derivative, of what it closes, and of the derivative above; -1 for what there is not."""
    local = place[factor.local.about.name] if factor.local else -1
    return local, place[factor.closes.about.name] if factor.closes else -1, place[factor.above.name] if factor.above else -1


def _gathered(factors: Sequence[tuple[int, int, int]]) -> dict[int, list[list[int]]]:
    """Return the terms of every derivative as the script gathers them: those since the last that was closed."""
    found: dict[int, list[list[int]]] = {}
    terms: list[list[int]] = []
    for local, closes, above in factors:
        terms.append([above, local])
        if closes >= 0:
            found[closes], terms = terms, []
    return found


def _fixed(plan: Plan, lines: str, checks: dict[str, object], pictures: int, *, sums: bool) -> Iterator[str]:
    """Yield the parts of the script that are the same in every page that needs them."""
    one = len(plan.wanted) == 1 and plan.paths(plan.backward.adjoints[plan.wanted[0]].name) is not None
    yield part("numbers")
    if re.search(r"\b[sw]\(", lines):
        yield part("choices")
    if '"erf"' in lines:
        yield part("erf")
    if '"sqrt"' in lines or re.search(r"p\(.*n\(-?\d+,2\)\)", lines):
        yield part("roots")
    yield part("fields")
    for name, needed in (("checks", "moved" in checks), ("kinks", "kinks" in checks), ("sums", sums)):
        if needed:
            yield part(name)
    yield part("update") if "after" in checks else 'const renewed=()=>$("update");'
    yield part("samples") if pictures > 1 else "const turned=()=>{};"
    yield NO_CHOICE if one else f"const most={MOST_PATHS};{part('lines')}"
    yield part("step")


PACKED = "packed.json"


def part(name: str) -> str:
    """Return a part of the script, as tests/pack_scripts.py made it; where a source is newer, the source without comments."""
    return _packed().get(name) or packed(sources()[name])


@cache
def sources() -> dict[str, str]:
    """Return the parts as they are written, by name."""
    found = (file for file in files("symbackprop.pages").iterdir() if file.name.endswith(".js"))
    return {file.name.removesuffix(".js"): file.read_text("utf-8") for file in sorted(found, key=lambda file: file.name)}


def fingerprint() -> str:
    """Return what tells these sources from others."""
    return hashlib.sha256("\0".join(sources().values()).encode()).hexdigest()


@cache
def _packed() -> dict[str, str]:
    file = files("symbackprop.pages").joinpath(PACKED)
    made = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    parts: dict[str, str] = made["parts"] if made.get("sources") == fingerprint() else {}
    return parts
