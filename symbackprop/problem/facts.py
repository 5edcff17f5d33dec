"""What is said about a problem besides its graph: [names], [symbols], [constraints] and [training]."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from numbers import Real
from typing import Any

from symbackprop.errors import ParseError, UnknownNameError, nearest
from symbackprop.files import Key
from symbackprop.functions import find_loss
from symbackprop.graph import Graph, Role
from symbackprop.names import short
from symbackprop.optimizers import HYPERPARAMETERS, KEY_ALIASES, UPDATES, OptimizerOptions, check_options
from symbackprop.parse.definitions import definable
from symbackprop.parse.values import kind_of
from symbackprop.problem.model import ASSUMPTIONS, Training, broken_assumption, broken_constraints, default_train
from symbackprop.problem.reader import LONGEST_WORD, Reader

_CONTRADICTIONS = (("positive", "negative"), ("nonnegative", "negative"))


def read_names(reader: Reader, value: Any, graph: Graph) -> dict[str, str]:
    """Read [names]: the course's own name of each quantity."""
    table = reader.table(("names",), value, '[names] with w1_1_1 = "w5"')
    quantities = dict.fromkeys((*graph.leaf_by_name, *graph.definitions))
    deltas = dict.fromkeys("delta" + name[1:] for name in graph.definitions if re.fullmatch(r"z\d+_\d+(_s\d+)?", name))
    known = {**quantities, **deltas}
    found: dict[str, str] = {}
    owner: dict[str, str] = {}
    for written, entry in (table or {}).items():
        key = ("names", str(written))
        plain = reader.known_name(key, written, known)
        own = reader.text(key, entry, short(str(written))) if plain else None
        if plain is None or own is None:
            continue
        try:
            own = definable(own)
        except ParseError as error:
            reader.fault(key, str(error))
            continue
        if plain in found:
            reader.fault(key, f'"{plain}" is named twice')
        elif own in owner:
            reader.fault(key, f'"{own}" is already the name of {owner[own]}')
        else:
            found[plain] = own
            owner[own] = plain
    for plain, own in found.items():
        if own in known and own != plain and own not in found:
            reader.fault(("names", plain), f'"{own}" is already the name of another quantity of this problem')
    return found


def read_assumptions(reader: Reader, value: Any, graph: Graph) -> dict[str, frozenset[str]]:
    """Read [symbols]: what is known of a quantity besides that it is real."""
    table = reader.table(("symbols",), value, '[symbols] with p = "positive"')
    leaves: dict[str, None] = dict.fromkeys(graph.leaf_by_name)
    found: dict[str, frozenset[str]] = {}
    for written, entry in (table or {}).items():
        key = ("symbols", str(written))
        plain = reader.known_name(key, written, leaves)
        parts = reader.entries(entry)
        words = re.split(r"[\s,]+", entry.strip()) if isinstance(entry, str) else parts
        if plain is None:
            continue
        if words is None:
            reader.fault(key, f"found {kind_of(entry)} where {' or '.join(ASSUMPTIONS)} is accepted")
            continue
        for word in words:
            if word not in ASSUMPTIONS and word != "real":
                hint = nearest(str(word)[:LONGEST_WORD], ASSUMPTIONS) or f" (known: {', '.join(ASSUMPTIONS)})"
                reader.fault(key, f'unknown assumption "{short(str(word))}"{hint}')
        found[plain] = frozenset(word for word in words if word in ASSUMPTIONS)
        for pair in _CONTRADICTIONS:
            if found[plain].issuperset(pair):
                reader.fault(key, f"{short(str(written))} cannot be both {pair[0]} and {pair[1]}")
        if plain in reader.point and (fault := broken_assumption(plain, reader.point[plain], found)):
            reader.fault(key, f"{short(str(written))}: {fault}")
    return found


def read_constraints(reader: Reader, value: Any, graph: Graph) -> tuple[tuple[str, ...], ...]:
    """Read [constraints]: y = "sum 1" for targets, or names joined by "+"."""
    table = reader.table(("constraints",), value, '[constraints] with y = "sum 1"')
    leaves: dict[str, None] = dict.fromkeys(graph.leaf_by_name)
    found: list[tuple[str, ...]] = []
    for written, entry in (table or {}).items():
        key = ("constraints", str(written))
        if not isinstance(entry, str) or not re.fullmatch(r"sum\s*(=|to)?\s*1", entry.strip()):
            shown = f'"{short(entry)}"' if isinstance(entry, str) else kind_of(entry)
            reader.fault(key, f'found {shown} where "sum 1" is accepted')
            continue
        groups = _groups(str(written).strip(), leaves)
        if not groups:
            parts = [part for part in re.split(r"[\s,+]+", str(written).strip()) if part]
            plain = [reader.known_name(key, part, leaves) for part in parts]
            groups = [tuple(name for name in plain if name)] if all(plain) else []
        if any(len(group) < 2 or len(set(group)) < len(group) for group in groups):
            reader.fault(key, "a sum has at least two different names")
            continue
        for fault in broken_constraints(groups, reader.point):
            reader.fault(key, fault)
        found.extend(groups)
    return tuple(found)


def read_training(reader: Reader, value: Any, graph: Graph | None, kind: str) -> Training | None:
    """Read [training]; without a graph, for its faults only."""
    key: Key = ("training",)
    table = reader.table(key, value, '[training] with optimizer = "sgd" and learning_rate = 0.5')
    if table is None:
        return None
    optimizer = reader.text((*key, "optimizer"), table.get("optimizer", "sgd"), "optimizer")
    given = {
        short(str(name), LONGEST_WORD): _option(reader, (*key, str(name)), entry, short(str(name)))
        for name, entry in table.items()
        if name not in {"optimizer", "train", "update", "report"}
    }
    options: OptimizerOptions | None = None
    if optimizer is not None:
        exact = {name: entry for name, entry in given.items() if entry is not None}
        options, faults = check_options(short(optimizer, LONGEST_WORD), exact)
        for name, message in faults:
            reader.fault((*key, name), message)
    update = table.get("update", "batch")
    if update not in UPDATES:
        shown = f'"{short(update)}"' if isinstance(update, str) else kind_of(update)
        reader.fault((*key, "update"), f'update: found {shown} where "batch" or "online" is accepted')
    report = reader.text((*key, "report"), table["report"], "report") if "report" in table else None
    if report is not None:
        try:
            report = find_loss(short(report, LONGEST_WORD)).name
        except UnknownNameError as error:
            reader.fault((*key, "report"), str(error))
        if kind == "function":
            reader.fault((*key, "report"), "report belongs to a network; definitions have no targets")
    if graph is None:
        return None
    train = _trained(reader, table["train"], graph) if "train" in table else default_train(graph, kind, reader.point)
    return Training(options, train, str(update), report) if options else None


def _option(reader: Reader, key: Key, value: Any, name: str) -> object:
    """Make a hyperparameter exact; anything else is the optimizer's to judge.  None where a fault was found."""
    if KEY_ALIASES.get(name, name) in HYPERPARAMETERS:
        return reader.number(key, value, name)
    if isinstance(value, Mapping):
        return {str(inner): _option(reader, (*key, str(inner)), entry, str(inner)) for inner, entry in value.items()}
    if isinstance(value, (bool, str)) or not isinstance(value, (int, Real, Decimal)):
        return value
    return reader.number(key, value, name)


def _trained(reader: Reader, value: Any, graph: Graph) -> tuple[str, ...]:
    """Read `train`: names of parameters, or W1 and b1 for a whole layer."""
    key: Key = ("training", "train")
    leaves = {name: None for name, leaf in graph.leaf_by_name.items() if leaf.role is not Role.TARGET}
    whole: dict[str, list[str]] = {}
    for name, leaf in graph.leaf_by_name.items():
        if leaf.role in {Role.WEIGHT, Role.BIAS}:
            layer = name.split("_")[0]
            whole.setdefault(layer.upper() if leaf.role is Role.WEIGHT else layer, []).append(name)
    entries = [value] if isinstance(value, str) else reader.entries(value)
    if not entries:
        found = kind_of(value) if entries is None else "no name"
        reader.fault(key, f'train: found {found} where names are accepted: ["W1", "b1"]')
        return ()
    chosen: dict[str, None] = {}
    for place, entry in enumerate(entries):
        written = reader.text((*key, place), entry, "train")
        if written is None:
            continue
        if written in whole and written not in reader.names.values():
            chosen.update(dict.fromkeys(whole[written]))
            continue
        plain = reader.known_name((*key, place), written, {**dict.fromkeys(whole), **leaves})
        if plain is not None:
            chosen.update(dict.fromkeys(whole.get(plain, [plain])))
    return tuple(name for name in leaves if name in chosen)


def _groups(letter: str, leaves: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the leaves letter_1, letter_2, …, sample by sample."""
    groups: dict[str, list[str]] = {}
    for name in leaves:
        match = re.fullmatch(rf"{re.escape(letter)}_[0-9]+(_s[0-9]+)?", name)
        if match:
            groups.setdefault(match[1] or "", []).append(name)
    return [tuple(group) for group in groups.values()]
