"""How high each node of a column stands: near the middle of its neighbours, never nearer to the next than both need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ROUNDS = 16
# How strongly a line wants to be level: between two nodes, from a node to a place between, between two such places.
PULLS = (1.0, 3.0, 8.0)


@dataclass(frozen=True)
class Reach:
    """How far a node reaches above and below its middle."""

    above: float
    below: float


def heights(
    columns: Sequence[Sequence[str]], segments: Sequence[tuple[str, str]], reaches: Mapping[str, Reach]
) -> dict[str, float]:
    """
    Return the y of every name.

    Each column is moved as a whole to the nearest places (least squares) that keep its order and its distances,
    back and forth; the same columns give the same places.
    """
    lefts: dict[str, list[tuple[str, float]]] = {}
    rights: dict[str, list[tuple[str, float]]] = {}
    ends = Counter(source for source, _ in segments), Counter(target for _, target in segments)
    for source, target in segments:
        pull = PULLS[(">" in source) + (">" in target)]
        # Who has many neighbours moves each of them less.
        lefts.setdefault(target, []).append((source, pull / ends[0][source]))
        rights.setdefault(source, []).append((target, pull / ends[1][target]))
    y: dict[str, float] = {}
    for column in columns:
        offsets = _offsets(column, reaches)
        middle = (offsets[0] + offsets[-1]) / 2 if offsets else 0.0
        y.update({name: offset - middle for name, offset in zip(column, offsets, strict=True)})
    for turn in range(ROUNDS):
        backward = turn % 2 == 0
        last = turn >= ROUNDS - 4
        for column in reversed(columns) if backward else columns:
            wanted, weights = [], []
            for name in column:
                beside = rights.get(name, []) if backward or last else []
                beside = [*beside, *(lefts.get(name, []) if last or not backward else [])]
                weight = sum(pull for _, pull in beside)
                wanted.append(sum(y[other] * pull for other, pull in beside) / weight if weight else y[name])
                weights.append(weight or 0.05)
            y.update(zip(column, _fitted(wanted, weights, _offsets(column, reaches)), strict=True))
    return y


def _offsets(column: Sequence[str], reaches: Mapping[str, Reach]) -> list[float]:
    """Return how far below the first name each stands when all are as near as they may be."""
    offsets: list[float] = []
    y = 0.0
    for before, name in zip([None, *column[:-1]], column, strict=True):
        if before is not None:
            y += reaches[before].below + reaches[name].above
        offsets.append(y)
    return offsets


def _fitted(wanted: Sequence[float], weights: Sequence[float], offsets: Sequence[float]) -> list[float]:
    """Return the places nearest to the wanted ones that are at least so far apart (pool adjacent violators)."""
    pools: list[list[float]] = []  # mean, weight, how many
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        pools.append([want - offset, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, heavy, count = pools.pop()
            before = pools[-1]
            before[0] = (before[0] * before[1] + mean * heavy) / (before[1] + heavy)
            before[1] += heavy
            before[2] += count
    means = [mean for mean, _, count in pools for _ in range(int(count))]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
