"""Networks: the one-liner, [network] with its layers and weights, [[samples]], and `Network` objects."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from symbackprop.errors import ParseError, TooLargeError, UnknownNameError, nearest
from symbackprop.expr import Number, symbols
from symbackprop.files import Key, Source
from symbackprop.functions import canonical, find_activation, find_loss
from symbackprop.graph import Graph
from symbackprop.names import short
from symbackprop.network import REDUCTIONS, Layer, Network, is_activation, is_loss
from symbackprop.parse.grammar import parse
from symbackprop.parse.values import kind_of
from symbackprop.problem.model import Problem
from symbackprop.problem.reader import LONGEST_WORD, Reader, counted

MOST_CONNECTIONS = 250_000
MOST_LAYERS = 200

NETWORK_KEYS = ("inputs", "loss", "layers", "l1", "l2", "reduction")
LAYER_KEYS = ("units", "activation", "weights", "biases")
SAMPLE_KEYS = ("x", "y")


def read_one_liner(text: str) -> Problem:
    """Read sizes, activations and loss: 2-3-1:tanh/sigmoid,bce."""
    sizes_text, mark, rest = re.split("([:,])", text, maxsplit=1) if re.search("[:,]", text) else (text, "", "")
    rest = f",{rest}" if mark == "," else rest
    reader = Reader(Source())
    sizes: list[int] = []
    for written in sizes_text.split("-"):
        size = written.strip()
        if re.fullmatch("[0-9]{1,9}", size) and int(size) > 0:
            sizes.append(int(size))
        else:
            reader.fault((), f'found "{short(size)}" where a number of units is accepted, as in 2-3-1:tanh/sigmoid,bce')
    if len(sizes) == 1 and not reader.faults:
        reader.fault((), "found 1 size; a network has at least 2, the inputs first, as in 2-3-1")
    activations_text, comma, loss = (part.strip() for part in rest.partition(","))
    if not comma and activations_text and is_loss(activations_text) and not is_activation(activations_text):
        activations_text, loss = "", activations_text
    if "," in loss:
        reader.fault((), f'found "{short(loss)}" where one loss is accepted, as in 2-3-1:tanh/sigmoid,bce')
        loss = ""
    names = [name.strip() for name in activations_text.split("/")] if activations_text else ["sigmoid"]
    if len(names) not in {1, len(sizes) - 1} and len(sizes) > 1:
        found = f"{counted(len(names), 'activation')}, but {counted(len(sizes) - 1, 'layer')}"
        reader.fault((), f"{found}: give one for all or one for each")
    for name in names:
        try:
            find_activation(short(name, LONGEST_WORD))
        except UnknownNameError as error:
            reader.fault((), str(error))
    try:
        loss = find_loss(short(loss, LONGEST_WORD) or "half_squared_error").name
    except UnknownNameError as error:
        reader.fault((), str(error))
    reader.stop()
    check_size(tuple(sizes), 1)
    names = names if len(names) > 1 else names * (len(sizes) - 1)
    layers = tuple(Layer(units, canonical(name)) for units, name in zip(sizes[1:], names, strict=True))
    network = Network(sizes[0], layers, loss)
    return Problem(f"Backpropagation in a {'–'.join(map(str, sizes))} network", "network", network.graph(), network)


def from_network(network: Network, *, title: str = "") -> Problem:
    """
    Make a problem of a network; weights and biases that have numbers become the point.

    Raises ProblemError for weights or biases of the wrong shape.
    """
    reader = Reader(Source())
    check_size(network.sizes, network.samples)
    for index, layer in enumerate(network.layers, 1):
        shape = network.sizes[index], network.sizes[index - 1]
        key: Key = ("network", "layers", index - 1)
        if layer.weights is not None:
            read_weights(reader, key, layer.weights, index, shape)
        if layer.biases is not None and layer.biases is not False:
            read_biases(reader, key, layer.biases, index, shape[0])
    reader.stop()
    return Problem(title, "network", network.graph(), network, reader.point)


def read_network(reader: Reader, mapping: Mapping[str, Any]) -> tuple[Network | None, Graph | None]:
    """Read [network] and [[samples]]; returns None where the shape of the network is not known."""
    key: Key = ("network",)
    table = reader.table(key, mapping["network"], "[network] with inputs, loss and layers")
    if table is None:
        return None, None
    reader.unknown_keys(key, table, NETWORK_KEYS)
    inputs = reader.count((*key, "inputs"), table["inputs"], "inputs") if "inputs" in table else None
    if "inputs" not in table:
        reader.fault(key, "inputs are missing: inputs = 2")
    layers = _layers(reader, table, inputs)
    loss = _loss(reader, (*key, "loss"), table.get("loss", "half_squared_error"))
    reduction = table.get("reduction", "mean")
    if reduction not in REDUCTIONS:
        shown = f'"{short(reduction)}"' if isinstance(reduction, str) else kind_of(reduction)
        near = nearest(reduction[:LONGEST_WORD], REDUCTIONS) if isinstance(reduction, str) else ""
        reader.fault((*key, "reduction"), f"unknown reduction {shown}{near or ' (known: ' + ', '.join(REDUCTIONS) + ')'}")
    penalties = {name: _penalty(reader, (*key, name), table[name], name) for name in ("l1", "l2") if name in table}
    samples = _samples(reader, mapping.get("samples", []), inputs, layers, loss)
    if inputs is None or not layers or any(layer.units == 0 for layer in layers):
        return None, None
    check_size((inputs, *(layer.units for layer in layers)), samples)
    over = reduction if reduction in REDUCTIONS else "mean"
    l1, l2 = penalties.get("l1"), penalties.get("l2")
    network = Network(inputs, layers, loss or "squared_error", l1, l2, over, max(1, samples))
    return network, network.graph()


def _penalty(reader: Reader, key: Key, value: Any, name: str) -> Number | None:
    expr = reader.number(key, value, name)
    if isinstance(expr, Number) and expr.value >= 0:
        return expr if expr.value else None
    if expr is not None:
        reader.fault(key, f"{name}: found {short(str(value))} where a number from 0 is accepted")
    return None


def _loss(reader: Reader, key: Key, value: Any) -> str | None:
    text = reader.text(key, value, "loss")
    if text is None or is_loss(text):
        return None if text is None else canonical(text)
    return _formula(reader, key, text, ("a", "y"), find_loss)


def _activation(reader: Reader, key: Key, value: Any) -> str | None:
    text = reader.text(key, value, "activation")
    if text is None or is_activation(text):
        return None if text is None else canonical(text)
    return _formula(reader, key, text, ("z",), find_activation)


def _formula(reader: Reader, key: Key, text: str, names: tuple[str, ...], find: Any) -> str | None:
    """Read a formula in some names; a bare word is a misspelt name."""
    try:
        if re.fullmatch(r"[^\W\d]\w*", text) and text not in names:
            find(short(text, LONGEST_WORD))
        expr = parse(text, names)
    except (ParseError, UnknownNameError) as error:
        word = "" if isinstance(error, UnknownNameError) else f'{key[-1]} "{short(text)}": '
        reader.fault(key, f"{word}{error}")
        return None
    if names[0] not in symbols(expr):
        reader.fault(key, f'{key[-1]} "{short(text)}": there is no {names[0]} in the formula')
        return None
    return text


def _layers(reader: Reader, table: Mapping[str, Any], inputs: int | None) -> tuple[Layer, ...]:
    key: Key = ("network", "layers")
    entries = reader.entries(table.get("layers", []))
    if not entries:
        wrong = "there is no layer" if entries == [] else "layers are no list"
        found = wrong if "layers" in table else "layers are missing"
        reader.fault(key, f'{found}: layers = [{{ units = 2, activation = "sigmoid" }}]')
        return ()
    layers: list[Layer] = []
    width = inputs
    for index, entry in enumerate(entries, 1):
        at = (*key, index - 1)
        layer = reader.table(at, entry, '{ units = 2, activation = "sigmoid" }')
        if layer is None:
            width = None
            layers.append(Layer(0))
            continue
        reader.unknown_keys(at, layer, LAYER_KEYS)
        units = reader.count((*at, "units"), layer["units"], "units") if "units" in layer else None
        if "units" not in layer:
            reader.fault(at, "units are missing: units = 2")
        activation = _activation(reader, (*at, "activation"), layer.get("activation", "sigmoid"))
        if "weights" in layer:
            read_weights(reader, at, layer["weights"], index, (units, width))
        biases = layer.get("biases")
        if biases is not None and biases is not False:
            read_biases(reader, at, biases, index, units)
        width = units
        layers.append(Layer(units or 0, activation or "sigmoid", None, False if biases is False else None))
    return tuple(layers)


def read_weights(reader: Reader, at: Key, value: Any, index: int, shape: tuple[int | None, int | None]) -> None:
    """Read weights[j][k], to unit j from input k; `shape` is units × inputs where they are known."""
    key = (*at, "weights")
    rows = reader.entries(value)
    lists = [reader.entries(row) for row in rows] if rows is not None else []
    if not lists or any(row is None for row in lists):
        reader.fault(key, "weights are a list with one list a unit: weights = [[0.15, 0.20], [0.25, 0.30]]")
        return
    matrix = [row for row in lists if row is not None]
    units, width = shape
    widths = [len(row) for row in matrix]
    if len(set(widths)) > 1:
        expected = widths[0] if width is None else width
        there = f"row 1 has {widths[0]}" if width is None else f"but layer {index} has {counted(width, 'input')}"
        for j, w in enumerate(widths):
            if w != expected:
                reader.fault((*key, j), f"row {j + 1} of the weights has {counted(w, 'number')}, {there}")
        return
    found = f"weights are {len(matrix)}×{widths[0]}"
    if units is not None and len(matrix) != units:
        reader.fault(key, f"{found}, but the layer has {counted(units, 'unit')} (one list a unit)")
    elif width is not None and widths[0] != width:
        there = f"layer {index - 1} has {counted(width, 'unit')}"
        if index == 1:
            there = f"there {'is' if width == 1 else 'are'} {counted(width, 'input')}"
        reader.fault(key, f"{found}, but {there}")
    for j, row in enumerate(matrix, 1):
        reader.row((*key, j - 1), row, (f"w{index}_{j}_{k}" for k in range(1, len(row) + 1)))


def read_biases(reader: Reader, at: Key, value: Any, index: int, units: int | None) -> None:
    """Read biases[j], of unit j."""
    key = (*at, "biases")
    entries = reader.entries(value)
    if entries is None:
        reader.fault(key, f"found {kind_of(value)} where biases = [0.35, 0.35] is accepted, or false for none")
    elif units is not None and len(entries) != units:
        reader.fault(key, f"{counted(len(entries), 'bias', 'biases')}, but the layer has {counted(units, 'unit')}")
    if entries is not None:
        reader.row(key, entries, (f"b{index}_{j}" for j in range(1, len(entries) + 1)))


def _samples(reader: Reader, value: Any, inputs: int | None, layers: tuple[Layer, ...], loss: str | None) -> int:
    """Read [[samples]]; returns how many there are."""
    entries = reader.entries(value)
    if entries is None:
        reader.fault(("samples",), "samples are a list of tables: [[samples]] with x = [0.05, 0.10] and y = [0.01, 0.99]")
        return 0
    outputs = layers[-1].units or None if layers else None
    place = f"layer {len(layers)}" if layers else "the output"
    for s, entry in enumerate(entries, 1):
        key: Key = ("samples", s - 1)
        sample = reader.table(key, entry, "{ x = [0.05, 0.10], y = [0.01, 0.99] }")
        if sample is None:
            continue
        reader.unknown_keys(key, sample, SAMPLE_KEYS)
        suffix = f"_s{s}" if len(entries) > 1 else ""
        for letter, size, owner in (("x", inputs, "the network"), ("y", outputs, place)):
            if letter not in sample:
                continue
            if letter == "y" and loss == "sum":
                reader.fault((*key, "y"), 'y is given, but the loss "sum" has no targets')
                continue
            _vector(reader, (*key, letter), sample[letter], size, owner, suffix)
    return len(entries)


def _vector(  # noqa: PLR0913, PLR0917 - what the message says is all that differs
    reader: Reader, key: Key, value: Any, size: int | None, owner: str, suffix: str
) -> None:
    """Read the x or y of a sample; a single number stands for a list of one."""
    letter = key[-1]
    entries = reader.entries(value)
    if entries is None and size == 1 and not isinstance(value, Mapping):
        entries, key = [value], key[:-1]
    if entries is None:
        reader.fault(key, f"{letter}: found {kind_of(value)} where a list of numbers is accepted: {letter} = [0.05, 0.10]")
        return
    if size is not None and len(entries) != size:
        unit = "input" if letter == "x" else "unit"
        reader.fault(key, f"{letter} has {counted(len(entries), 'number')}, but {owner} has {counted(size, unit)}")
    reader.row(key, entries, (f"{letter}_{k}{suffix}" for k in range(1, len(entries) + 1)))


def read_network_point(reader: Reader, value: Any, graph: Graph) -> None:
    """Read [point] of a network: more values, by name."""
    table = reader.table(("point",), value, "[point] with x_1 = 0.05")
    leaves = dict.fromkeys(leaf.symbol.name for leaf in graph.leaves)
    for written, entry in (table or {}).items():
        key = ("point", str(written))
        plain = reader.known_name(key, written, leaves)
        if plain is None:
            continue
        if plain in reader.point:
            reader.fault(key, f'"{short(str(written))}" is given twice')
            continue
        expr = reader.number(key, entry, short(str(written)))
        if expr is not None:
            reader.point[plain] = expr


def check_size(sizes: Sequence[int], samples: int) -> None:
    """Raise TooLargeError for a network with more layers or connections than fit."""
    if len(sizes) - 1 > MOST_LAYERS:
        msg = f"the network has {len(sizes) - 1} layers; up to {MOST_LAYERS} are accepted"
        raise TooLargeError(msg)
    connections = sum(a * b for a, b in pairwise(sizes)) * max(1, samples)
    if connections > MOST_CONNECTIONS:
        over = f" over {samples} samples" if samples > 1 else ""
        msg = f"the network has {connections} connections{over}; up to {MOST_CONNECTIONS} are accepted"
        raise TooLargeError(msg)
