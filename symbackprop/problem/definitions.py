"""Definitions: as a text, or as [definitions] and [point]; sorted into a graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from symbackprop.errors import ParseError, ProblemError, nearest
from symbackprop.expr import Expr, Symbol, symbols
from symbackprop.files import Key, Source
from symbackprop.graph import Graph, Leaf, Node, Role
from symbackprop.names import natural_order, short
from symbackprop.parse.definitions import definable, names_in, read_body, read_definitions
from symbackprop.parse.values import kind_of
from symbackprop.problem.model import Problem
from symbackprop.problem.reader import LONGEST_WORD, Reader


def read_text(text: str) -> Problem:
    """Read definitions given as a text; raises ProblemError."""
    try:
        reading = read_definitions(text)
    except ParseError as error:
        raise ProblemError(*str(error).split("\n")) from error
    reader = Reader(Source())
    graph = ordered_graph(reader, dict(reading.definitions), _in_order(reading.listed, reading.used), {})
    reader.stop()
    assert graph is not None
    return Problem("", "function", graph)


def read_definitions_table(reader: Reader, mapping: Mapping[str, Any]) -> Graph | None:
    """Read [definitions] and [point]."""
    key: Key = ("definitions",)
    before = len(reader.faults)
    table = reader.table(key, mapping["definitions"], '[definitions] with y = "x^2"')
    values = reader.table(("point",), mapping.get("point", {}), "[point] with x = 3")
    if table is not None and not table:
        reader.fault(key, 'there is no definition: y = "x^2"')
    texts = _defined(reader, table or {})
    given = _point(reader, values or {}, texts)
    if len(reader.faults) > before and not texts:
        return None
    declared = dict.fromkeys((*texts, *given))
    heard: dict[str, None] = {}
    for text in texts.values():
        try:
            heard.update(dict.fromkeys(names_in(text)))
        except ParseError:
            continue  # reported below, with its place
    bodies: dict[str, Expr] = {}
    used: dict[str, None] = {}
    for name, text in texts.items():
        try:
            bodies[name], uses = read_body(text, declared, heard)
            used.update(dict.fromkeys(uses))
        except ParseError as error:
            reader.fault((*key, name), str(error))
    if len(reader.faults) > before:
        return None
    for name, written in given.items():
        if name not in used:
            free = [n for n in used if n not in bodies]
            hint = nearest(written[:LONGEST_WORD], free)
            reader.fault(("point", written), f'"{short(written)}" is not used in any definition{hint}')
    return ordered_graph(reader, bodies, _in_order([name for name in given if name in used], used), dict.fromkeys(bodies, key))


def _in_order(listed: Iterable[str], used: Iterable[str]) -> tuple[str, ...]:
    """Put names in the order in which the reader listed them, the others after them in the order of the alphabet."""
    return tuple(dict.fromkeys((*listed, *sorted(used, key=natural_order))))


def _defined(reader: Reader, table: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of [definitions] by plain name."""
    texts: dict[str, str] = {}
    for written, value in table.items():
        key = ("definitions", str(written))
        try:
            name = definable(str(written))
        except ParseError as error:
            reader.fault(key, str(error))
            continue
        if name in texts:
            reader.fault(key, f'"{name}" is defined twice')
            continue
        if isinstance(value, (bool, Mapping)) or reader.entries(value) is not None:
            reader.fault(key, f'found {kind_of(value)} where an expression is accepted: {short(str(written))} = "x^2"')
            continue
        if isinstance(value, str):
            texts[name] = value
        elif reader.number(key, value, short(str(written))) is not None:
            texts[name] = str(value)
    return texts


def _point(reader: Reader, table: Mapping[str, Any], defined: Mapping[str, str]) -> dict[str, str]:
    """Read [point] of definitions; returns plain names and how they were written."""
    given: dict[str, str] = {}
    for key_text, value in table.items():
        written = str(key_text)
        key = ("point", written)
        try:
            name = definable(written)
        except ParseError as error:
            reader.fault(key, str(error))
            continue
        if name in defined:
            reader.fault(key, f'"{short(written)}" has a definition, so it cannot be given a value')
        elif name in given:
            reader.fault(key, f'"{short(written)}" is given twice')
        else:
            given[name] = written
            expr = reader.number(key, value, short(written))
            if expr is not None:
                reader.point[name] = expr
    return given


def ordered_graph(reader: Reader, bodies: Mapping[str, Expr], used: Sequence[str], places: Mapping[str, Key]) -> Graph | None:
    """
    Put definitions in an order in which each uses only earlier ones; the output comes last.

    The output is the last one written, or the only one that no other uses; leaves come in the order of `used`.
    """
    uses = {name: [n for n in symbols(body) if n in bodies] for name, body in bodies.items()}
    order, cycle = _sorted(uses)
    if cycle:
        key = (*places.get(cycle[0], ()), cycle[0]) if places else ()
        circle = f"the definitions go in a circle: {' uses '.join((*cycle[:10], cycle[0]))}"
        reader.fault(key, circle if len(cycle) > 1 else f"{cycle[0]} is defined by itself")
        return None
    last = list(bodies)[-1]
    inner = {n for names in uses.values() for n in names}
    if last in inner:
        free = [name for name in bodies if name not in inner]
        if len(free) > 1:
            key = (*places.get(last, ()), last) if places else ()
            user = next(name for name in bodies if last in uses[name])
            reader.fault(key, f'the last definition is the output, but "{last}" is used by "{user}": put the output last')
            return None
        last = free[0]
    order.remove(last)
    order.append(last)
    leaves = [name for name in used if name not in bodies]
    if not leaves:
        key = (*places.get(last, ()), last) if places else ()
        reader.fault(key, f"{last} is a constant: it has no variable to differentiate by")
        return None
    _refuse_derivative_names(reader, last, (*leaves, *order), bodies, places)
    return Graph(
        tuple(Leaf(Symbol(name), Role.VARIABLE) for name in leaves),
        tuple(Node(Symbol(name), bodies[name], Role.INTERMEDIATE) for name in order),
    )


def _refuse_derivative_names(
    reader: Reader, output: str, names: Sequence[str], bodies: Mapping[str, Expr], places: Mapping[str, Key]
) -> None:
    """Refuse names that the derivation itself needs."""
    known = set(names)
    for name in names:
        derivative = f"d{output}_d{name}"
        if derivative in known:
            key = (*places.get(derivative, ()), derivative) if places else ()
            reader.fault(key, f'the name "{derivative}" is taken: it is the derivative of {output} by {name}')
        for parent in symbols(bodies[name]) if name in bodies else ():
            if f"local_{name}_{parent}" in known:
                key = (*places.get(name, ()), name) if places else ()
                taken = f'the name "local_{name}_{parent}" is taken'
                reader.fault(key, f"{taken}: it is the local derivative of {name} by {parent}")


def _sorted(uses: Mapping[str, Sequence[str]]) -> tuple[list[str], list[str]]:
    """Sort names after what they use, else in the order given; returns the order, and a cycle if there is one."""
    order: dict[str, None] = {}
    for start in uses:
        path: dict[str, None] = {}
        stack = [(start, iter(uses[start]))] if start not in order else []
        path.update(dict.fromkeys([start] if stack else []))
        while stack:
            name, rest = stack[-1]
            following = next((n for n in rest if n not in order), None)
            if following is None:
                stack.pop()
                path.pop(name)
                order[name] = None
            elif following in path:
                names = list(path)
                return [], names[names.index(following) :]
            else:
                path[following] = None
                stack.append((following, iter(uses[following])))
    return list(order), []
