"""The table of gradients, checked against differences, and the length of the gradient."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symbackprop.document import Nabla, Row, Spans, Table, Vector
from symbackprop.expr import add, call, power
from symbackprop.narrate.gradient import MOST_ENTRIES_SPELLED_OUT, formula
from symbackprop.pages.checks import LENGTH, difference
from symbackprop.pages.marks import RAISED
from symbackprop.pages.plan import Factor
from symbackprop.pages.rows import Kinded
from symbackprop.pages.subject import Subject
from symbackprop.pages.updates import after
from symbackprop.typeset import near

MOST_NAMED = 3
_ERRORS = re.compile(r'<td class="n"><span (data-f="\d+")>(.*?)</span></td>')


def is_tabulated(subject: Subject, factor: Factor) -> bool:
    """Tell whether a step is a line of the table: of many parameters, each, and what the first one does not pass through."""
    if len(subject.told) == 1 or factor.closes is None or not factor.in_table:
        return False
    adjoints, about = subject.made.backward.adjoints, factor.closes.about
    if about.name in {adjoints[name].name for name in subject.told}:
        return True
    return adjoints.get(about.of) == about and about.name not in subject.plan.below(subject.told[0])


def _tabulated(subject: Subject) -> Iterator[str]:
    """Yield what has a line of the table: the parameters, then values that are on the way to some of them."""
    yield from subject.told
    for factor in subject.plan.factors:
        if factor.closes is not None and factor.closes.about.of not in subject.told and is_tabulated(subject, factor):
            yield factor.closes.about.of


def gradient_table(subject: Subject) -> Iterator[str]:
    """Print all gradients: formula, value, difference, and what one update makes of the parameter."""
    many = len(subject.told) > 1  # what stands in the lines on top is not repeated
    header: list[Spans] = [("derivative",), *([("chain rule",)] if many else []), ("formula",)]
    words = len(header)
    if subject.rows.counted:
        header += [("value",), *([("finite diff.",), ("rel. error",)] if subject.checks.told else [])]
        header += [("after one step",)] if subject.updates.names else []
    addresses: list[str] = []
    rows: list[tuple[Spans, ...]] = []
    for name in _tabulated(subject):
        rows.append(tuple(_line(subject, name)))
        number = subject.plan.number[subject.made.backward.adjoints[name].name]
        tabulated = is_tabulated(subject, subject.plan.factors[number - 1])
        addresses.append(f' id="factor-{number}"' if tabulated else "")
    table = Table(tuple(header), tuple(rows), frozenset(range(words, len(header))))
    whole = _ERRORS.sub(r'<td class="n" \1>\2</td>', "".join(subject.writer.block(table)))
    head, *lines = whole.split("<tr>")
    yield head + "<tr>" + lines[0] + "".join(f"<tr{where}>{line}" for where, line in zip(addresses, lines[1:], strict=True))


def _line(subject: Subject, name: str) -> Iterator[Spans]:
    """Yield the cells of one line of the table."""
    symbol = subject.made.backward.adjoints[name]
    reached = subject.plan.reached[symbol.name]
    tabulated = is_tabulated(subject, subject.plan.factors[subject.plan.number[symbol.name] - 1])
    terms = subject.rows.terms(reached)
    if tabulated:
        subject.rows.tell(reached)
    yield (symbol,)
    if len(subject.told) > 1:
        yield (terms.named,) if len(reached.links) <= MOST_NAMED else (f"{len(reached.links)} terms",)
    yield (terms.put_in if tabulated else formula(subject.narrator, name, reached.final),)
    if subject.rows.counted:
        numbers = subject.numbers
        yield (numbers.slot(symbol.name),)
        if subject.checks.told:
            yield (numbers.slot(difference(name)),) if name in subject.told else ()
            yield (subject.error(name),) if name in subject.told else ()
        if subject.updates.names:
            yield (numbers.slot(after(name)),) if name in subject.updates.names else ()


def length_rows(subject: Subject) -> Iterator[Kinded]:
    """Work out the length of the gradient by Pythagoras."""
    names, numbers = subject.told, subject.numbers
    if len(subject.checks.told) < 2:
        return
    adjoints = [subject.made.backward.adjoints[name] for name in names]
    gradient = Nabla(subject.made.graph.output.symbol)
    length, reason = call("abs", gradient), ("its length, by Pythagoras",)
    if len(names) > MOST_ENTRIES_SPELLED_OUT:
        if subject.rows.counted:
            shown = numbers.slot(LENGTH)
            yield "row", Row(length, shown, None, reason, near("=", shown))
        return
    yield "row", Row(gradient, Vector(tuple(adjoints)), None, ("all partial derivatives",))
    if subject.rows.counted:
        yield "row put", Row(None, Vector(tuple(numbers.slot(symbol.name) for symbol in adjoints)), None)
    yield "row", Row(length, call("sqrt", add(*(power(symbol, 2) for symbol in adjoints))), None, reason)
    if subject.rows.counted:
        slots = [power(numbers.slot(symbol.name, RAISED), 2) for symbol in adjoints]
        yield "row put", Row(None, call("sqrt", add(*slots)), numbers.slot(LENGTH))
