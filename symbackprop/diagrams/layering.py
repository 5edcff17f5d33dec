"""
Which node stands in which column, and in which order: the layered method of Sugiyama, Tagawa and Toda (1981).

Columns are as near to the output as a definition's uses allow (the longest path decides); a line that passes a column
gets a place in it, one for all uses of a value; sweeps of barycentres take crossings out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 10
MOST_EXCHANGED = 600

# A line from a value to a definition that uses it.
Link = tuple[str, str]


@dataclass(frozen=True)
class Layered:
    """Columns from left to right, each from top to bottom; `chains` has for every link its ends and the places between them."""

    columns: tuple[tuple[str, ...], ...]
    chains: Mapping[Link, tuple[str, ...]]
    crossings: int
    crossings_as_declared: int

    def segments(self) -> list[Link]:
        """Return every piece of a line between neighbouring columns, once."""
        return _segments(self.chains)


def layered(names: Sequence[str], links: Sequence[Link]) -> Layered:
    """
    Put names in columns; `names` are in an order in which each comes after those it uses.

    The crossings are never more than in the order as declared.  The same graph gives the same columns.

    >>> layered(["x", "y", "f"], [("x", "f"), ("y", "f")]).columns
    (('x', 'y'), ('f',))
    """
    column = _columns(names, links)
    chains = _chains(links, column)
    count = max(column.values(), default=0) + 1
    orders = []
    for start in (names, _by_use(names, links)):
        rows: list[list[str]] = [[] for _ in range(count)]
        for name in start:
            rows[column[name]].append(name)
        for chain in chains.values():
            for step, name in enumerate(chain[1:-1], column[chain[0]] + 1):
                if name not in rows[step]:
                    rows[step].append(name)
        orders.append(rows)
    segments = _segments(chains)
    declared = _crossings(orders[0], segments)
    best, fewest = orders[0], declared
    for rows in orders:
        swept, crossings = _sweep(rows, segments)
        if crossings < fewest:
            best, fewest = swept, crossings
    return Layered(tuple(map(tuple, best)), chains, fewest, declared)


def _columns(names: Sequence[str], links: Sequence[Link]) -> dict[str, int]:
    """Return each name's column: as far right as its uses allow; what nothing uses stands after all that it uses."""
    users: dict[str, list[str]] = {name: [] for name in names}
    early = dict.fromkeys(names, 0)
    for source, target in links:
        users[source].append(target)
    for name in names:
        for user in users[name]:
            early[user] = max(early[user], early[name] + 1)
    column: dict[str, int] = {}
    for name in reversed(names):
        column[name] = min((column[user] for user in users[name]), default=early[name] + 1) - 1
        if not users[name]:
            column[name] = early[name]
    return column


def _chains(links: Sequence[Link], column: Mapping[str, int]) -> dict[Link, tuple[str, ...]]:
    return {
        (source, target): (source, *(f"{source}>{step}" for step in range(column[source] + 1, column[target])), target)
        for source, target in links
    }


def _segments(chains: Mapping[Link, tuple[str, ...]]) -> list[Link]:
    return list(dict.fromkeys(pair for chain in chains.values() for pair in pairwise(chain)))


def _by_use(names: Sequence[str], links: Sequence[Link]) -> list[str]:
    """Return the names in the order in which a reader of the definitions, last one first, meets them."""
    used: dict[str, list[str]] = {name: [] for name in names}
    for source, target in links:
        used[target].append(source)
    met: dict[str, None] = {}
    for last in reversed(names):
        stack = [last]
        while stack:
            name = stack.pop()
            if name not in met:
                met[name] = None
                stack.extend(reversed(used[name]))
    return list(met)


def _sweep(rows: Sequence[Sequence[str]], segments: Sequence[Link]) -> tuple[list[list[str]], int]:
    """Order columns by the middle of their neighbours, back and forth; returns the best order met and its crossings."""
    lefts, rights = _neighbours(segments)
    current = [list(row) for row in rows]
    best, fewest = [list(row) for row in current], _crossings(current, segments)
    for turn in range(SWEEPS):
        forward = turn % 2 == 0
        beside = lefts if forward else rights
        for i in range(len(current)) if forward else reversed(range(len(current))):
            before = i - 1 if forward else i + 1
            if 0 <= before < len(current):
                place = {name: p for p, name in enumerate(current[before])}
                current[i] = _by_middle(current[i], beside, place)
        if len(segments) <= MOST_EXCHANGED:
            _exchange(current, lefts, rights)
        crossings = _crossings(current, segments)
        if crossings < fewest:
            best, fewest = [list(row) for row in current], crossings
        if not fewest:
            break
    return best, fewest


def _neighbours(segments: Iterable[Link]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    lefts: dict[str, list[str]] = {}
    rights: dict[str, list[str]] = {}
    for source, target in segments:
        lefts.setdefault(target, []).append(source)
        rights.setdefault(source, []).append(target)
    return lefts, rights


def _by_middle(row: list[str], beside: Mapping[str, list[str]], place: Mapping[str, int]) -> list[str]:
    """Sort by the mean place of the neighbours; who has none keeps its place, and who is equal its order."""
    middles = {name: sum(place[n] for n in beside[name]) / len(beside[name]) if beside.get(name) else None for name in row}
    moving = iter(sorted((name for name in row if middles[name] is not None), key=lambda name: middles[name] or 0.0))
    return [name if middles[name] is None else next(moving) for name in row]


def _exchange(rows: list[list[str]], lefts: Mapping[str, list[str]], rights: Mapping[str, list[str]]) -> None:
    """Exchange two neighbours of a column wherever that takes a crossing out."""
    for i, row in enumerate(rows):
        sides = []
        for j, beside in ((i - 1, lefts), (i + 1, rights)):
            if 0 <= j < len(rows):
                sides.append(({name: p for p, name in enumerate(rows[j])}, beside))
        for k in range(len(row) - 1):
            upper, lower = row[k], row[k + 1]
            gain = 0
            for place, beside in sides:
                above = [place[n] for n in beside.get(upper, ())]
                below = [place[n] for n in beside.get(lower, ())]
                gain += sum((a > b) - (a < b) for a in above for b in below)
            if gain > 0:
                row[k], row[k + 1] = lower, upper


def _crossings(rows: Sequence[Sequence[str]], segments: Sequence[Link]) -> int:
    """Count the pairs of lines that cross, column by column, by counting inversions in a Fenwick tree."""
    place = {name: (i, p) for i, row in enumerate(rows) for p, name in enumerate(row)}
    between: dict[int, list[tuple[int, int]]] = {}
    for source, target in segments:
        between.setdefault(place[source][0], []).append((place[source][1], place[target][1]))
    total = 0
    for i, pairs in between.items():
        tree = [0] * (len(rows[i + 1]) + 1)
        for seen, (_, end) in enumerate(sorted(pairs)):
            node, not_above = end + 1, 0
            while node:
                not_above += tree[node]
                node &= node - 1
            total += seen - not_above
            node = end + 1
            while node < len(tree):
                tree[node] += 1
                node += node & -node
    return total
