"""
Problems: a network or a list of definitions, with a point, names, assumptions and training.

`load` takes what a reader gives on the command line: a one-liner `2-3-1:tanh/sigmoid,bce`, definitions
`"u = 2*x + 1; y = u^3"`, a .toml or .json file, or "-" for standard input.  `from_dict` takes a mapping of the same
shape, `from_network` a `Network`.  Numbers stay exactly as written.  A problem that is wrong gets all its faults at
once, each with file, line, place and what would be accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import islice, pairwise
from numbers import Real
from pathlib import Path
from typing import Any, Literal

from symbackprop.arithmetic.base import evaluate
from symbackprop.arithmetic.double import FLOAT
from symbackprop.errors import DomainError, InputError, ParseError, ProblemError, TooLargeError, UnknownNameError, nearest
from symbackprop.expr import Expr, Number, Symbol, symbols
from symbackprop.files import SUFFIXES, Key, Source, read_source
from symbackprop.functions import canonical, find_activation, find_loss
from symbackprop.graph import Graph, Leaf, Node, Role
from symbackprop.names import normalise_name, short
from symbackprop.network import REDUCTIONS, Layer, Network, is_activation, is_loss
from symbackprop.optimizers import HYPERPARAMETERS, KEY_ALIASES, UPDATES, OptimizerOptions, check_options
from symbackprop.parse import constant, definable, kind_of, names_in, parse, parse_point, read_body, read_definitions

MOST_CONNECTIONS = 250_000
MOST_UNITS = 1_000_000
MOST_LAYERS = 200
LONGEST_MESSAGE = 500
LONGEST_WORD = 60
MOST_FAULTS = 20
MOST_KEPT_FAULTS = 200

ASSUMPTIONS = ("positive", "negative", "nonzero", "nonnegative", "integer")
_CONTRADICTIONS = (("positive", "negative"), ("nonnegative", "negative"))

TABLES = ("title", "network", "samples", "training", "definitions", "point", "symbols", "constraints", "names")
NETWORK_KEYS = ("inputs", "loss", "layers", "l1", "l2", "reduction")
LAYER_KEYS = ("units", "activation", "weights", "biases")
SAMPLE_KEYS = ("x", "y")


@dataclass(frozen=True)
class Training:
    """
    How a problem is trained.

    `train` has the plain names of the parameters that are updated; `update` is "batch" or "online";
    `report` is the name of a loss that is measured but not minimised.
    """

    options: OptimizerOptions
    train: tuple[str, ...]
    update: str = "batch"
    report: str | None = None


@dataclass(frozen=True)
class Problem:
    """
    What is to be derived, and all that is known about it.

    `kind` is "network" or "function"; `point` gives leaves a constant expression (it may be incomplete or empty);
    `names` maps plain names to the course's own; `assumptions` maps names to words of `ASSUMPTIONS`;
    each entry of `constraints` has the names that sum to 1.
    """

    title: str
    kind: Literal["network", "function"]
    graph: Graph
    network: Network | None = None
    point: Mapping[str, Expr] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    assumptions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    constraints: tuple[tuple[str, ...], ...] = ()
    training: Training | None = None

    @cached_property
    def known(self) -> dict[str, None]:
        """Every plain name of the graph, leaves first."""
        return dict.fromkeys((*(leaf.symbol.name for leaf in self.graph.leaves), *self.graph.definitions))

    @cached_property
    def trainable(self) -> tuple[str, ...]:
        """The parameters that training updates: those of [training], else all weights and biases, or the whole point."""
        return self.training.train if self.training else _default_train(self.graph, self.kind, self.point)

    def plain(self, text: str) -> str:
        """Return the plain name of a quantity as a reader typed it; raises UnknownNameError."""
        return normalise_name(text, self.known, self.names)

    def at(self, text: str) -> Problem:
        """
        Return the problem at another point, "x_1=1, x_2=2"; what the text leaves out stays as it was.

        Raises ProblemError.
        """
        leaves = dict.fromkeys(leaf.symbol.name for leaf in self.graph.leaves)
        try:
            given = parse_point(text, leaves, self.names)
        except (ParseError, UnknownNameError) as error:
            msg = f"--at: {error}"
            raise ProblemError(msg) from None
        faults: list[str] = []
        for name, value in given.items():
            fault = _no_value(value) or _forbidden(name, value, self.assumptions)
            faults += [f"--at: {name}: {fault}"] if fault else []
        point = {**self.point, **given}
        faults += [f"--at: {fault}" for fault in _broken_constraints(self.constraints, point)]
        if faults:
            raise ProblemError(*faults)
        return replace(self, point={name: point[name] for name in leaves if name in point})


def load(source: str, *, at: str | None = None) -> Problem:
    """
    Read a problem as given on the command line: a one-liner, definitions, a file, or "-".

    >>> load("2-3-1:tanh/sigmoid,bce").network.loss
    'binary_cross_entropy'
    >>> load("q = x + y; f = q*z", at="x=-2, y=5, z=-4").point["z"]
    Number(value=-4, decimal=False)

    Raises ProblemError with every fault found, TooLargeError for a network that would not fit.
    """
    problem = _load(source)
    return problem if at is None else problem.at(at)


def _load(source: str) -> Problem:
    text = source.strip()
    if text == "-" or _is_file(text):
        read = read_source(text)
        return _read(read.table(), read)
    if not text:
        examples = 'a one-liner such as 2-2-1, definitions such as "u = 2*x; y = u^3", or a .toml or .json file'
        msg = f"there is no problem: give {examples}"
        raise ProblemError(msg)
    if re.fullmatch(r"[0-9.\s]*(-[0-9.\s]*)+(,.*)?", text) or (":" in text and "=" not in text):
        return _read_one_liner(text)
    return _read_text(text)


def _is_file(text: str) -> bool:
    """Is this the name of a problem file, and not definitions?  Raises ProblemError for a file of another kind."""
    if "\n" in text or ";" in text or len(text) > 1000:
        return False
    suffix = Path(text).suffix.lower()
    if suffix in SUFFIXES:
        return True
    looks_like_one = bool(re.fullmatch(r"\.[a-z]{2,5}", suffix)) and not re.search(r"[=()^*+]", text)
    try:
        exists = Path(text).exists() and (not Path(text).is_dir() or "/" in text)
    except (OSError, ValueError):
        exists = False
    if looks_like_one or exists:
        if Path(text).is_dir():
            return True
        msg = f"{short(text, 200)}: a problem file ends in .toml or .json"
        raise ProblemError(msg)
    return False


def from_dict(mapping: Mapping[str, Any], *, place: str = "") -> Problem:
    """
    Read a mapping shaped like a problem file; `place` stands before every fault.

    >>> from_dict({"definitions": {"y": "x^2"}, "point": {"x": 3}}).graph.output.symbol.name
    'y'

    Raises ProblemError with every fault found.
    """
    return _read(mapping, Source(place))


def from_network(network: Network, *, title: str = "") -> Problem:
    """
    Make a problem of a network; weights and biases that have numbers become the point.

    Raises ProblemError for weights or biases of the wrong shape.
    """
    reader = _Reader(Source())
    _check_size(network.sizes, network.samples)
    point: dict[str, Expr] = {}
    for index, layer in enumerate(network.layers, 1):
        shape = network.sizes[index], network.sizes[index - 1]
        key: Key = ("network", "layers", index - 1)
        if layer.weights is not None:
            reader.weights(key, layer.weights, index, shape, point)
        if layer.biases is not None and layer.biases is not False:
            reader.biases(key, layer.biases, index, shape[0], point)
    reader.stop()
    return Problem(title, "network", network.graph(), network, point)


def _read_one_liner(text: str) -> Problem:
    """Read sizes, activations and loss: 2-3-1:tanh/sigmoid,bce."""
    sizes_text, mark, rest = re.split("([:,])", text, maxsplit=1) if re.search("[:,]", text) else (text, "", "")
    rest = f",{rest}" if mark == "," else rest
    reader = _Reader(Source())
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
        found = f"{_count(len(names), 'activation')}, but {_count(len(sizes) - 1, 'layer')}"
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
    _check_size(tuple(sizes), 1)
    names = names if len(names) > 1 else names * (len(sizes) - 1)
    layers = tuple(Layer(units, canonical(name)) for units, name in zip(sizes[1:], names, strict=True))
    network = Network(sizes[0], layers, loss)
    return Problem(f"Backpropagation in a {'–'.join(map(str, sizes))} network", "network", network.graph(), network)


def _read_text(text: str) -> Problem:
    try:
        reading = read_definitions(text)
    except ParseError as error:
        raise ProblemError(str(error)) from error
    reader = _Reader(Source())
    graph = reader.ordered(dict(reading.definitions), reading.used, {})
    reader.stop()
    assert graph is not None
    return Problem("", "function", graph)


def _read(mapping: Mapping[str, Any], source: Source) -> Problem:
    return _Reader(source).problem(mapping)


class _Reader:
    """Reads one problem and gathers its faults."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.faults: list[tuple[int, str]] = []
        self.untold = 0

    # Faults ----------------------------------------------------------------------------------------------------------

    def fault(self, key: Key, message: str) -> None:
        """Note a fault at a key: file, line, place, message."""
        if len(self.faults) >= MOST_KEPT_FAULTS:
            self.untold += 1
            return
        line = self.source.line(key)
        where = f"{self.source.name}:{line}" if line else self.source.name
        one_line = short(message, LONGEST_MESSAGE)
        self.faults.append((line, ": ".join(part for part in (where, _label(key), one_line) if part)))

    def stop(self) -> None:
        """Raise ProblemError if there was a fault, in the order of lines."""
        if self.faults:
            shown = [text for _, text in sorted(self.faults, key=lambda fault: fault[0])]
            hidden = len(shown) - MOST_FAULTS + self.untold
            more = [f"… and {_count(hidden, 'more fault')}"] if hidden > 0 else []
            raise ProblemError(*shown[:MOST_FAULTS], *more)

    def unknown_keys(self, key: Key, table: Mapping[str, Any], known: Sequence[str]) -> None:
        for name in table:
            if name not in known:
                word = str(name)
                if len(self.faults) >= MOST_KEPT_FAULTS:
                    self.untold += 1
                    continue
                hint = nearest(word[:LONGEST_WORD], known) or f" (known: {', '.join(known)})"
                self.fault((*key, word), f'unknown key "{short(word)}"{hint}')

    # Values ----------------------------------------------------------------------------------------------------------

    def table(self, key: Key, value: Any, example: str) -> Mapping[str, Any] | None:
        if isinstance(value, Mapping):
            return value
        self.fault(key, f"found {kind_of(value)} where a table is accepted: {example}")
        return None

    def entries(self, value: Any) -> list[Any] | None:
        """Return the entries of a list, tuple or array; None for anything else."""
        if isinstance(value, (str, bytes, Mapping)):
            return None
        if hasattr(value, "tolist"):
            value = value.tolist()
        return list(value) if isinstance(value, Sequence) else None

    def text(self, key: Key, value: Any, name: str) -> str | None:
        if isinstance(value, str):
            return value.strip()
        self.fault(key, f"{name}: found {kind_of(value)} where a text is accepted")
        return None

    def count(self, key: Key, value: Any, name: str) -> int | None:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if whole and 0 < value <= MOST_UNITS:
            return int(value)
        small = whole and abs(value) < 10**20
        shown = str(value) if small else f'"{short(value)}"' if isinstance(value, str) else kind_of(value)
        self.fault(key, f"{name}: found {shown} where a whole number from 1 to {MOST_UNITS} is accepted")
        return None

    def number(self, key: Key, value: Any, name: str) -> Expr | None:
        try:
            expr = constant(value)
        except (ParseError, InputError) as error:
            self.fault(key, f"{name}: {error}")
            return None
        if fault := _no_value(expr):
            self.fault(key, f"{name}: {fault}")
            return None
        return expr

    def row(self, key: Key, values: Sequence[Any], names: Iterable[str], point: dict[str, Expr], shown: str = "{}") -> None:
        for place, (value, name) in enumerate(zip(values, names, strict=True)):
            expr = self.number((*key, place), value, shown.format(name))
            if expr is not None:
                point[name] = expr

    # The whole problem -----------------------------------------------------------------------------------------------

    def problem(self, mapping: Mapping[str, Any]) -> Problem:
        self.unknown_keys((), mapping, TABLES)
        title = self.text(("title",), mapping.get("title", ""), "title") or ""
        point: dict[str, Expr] = {}
        network: Network | None = None
        graph: Graph | None = None
        if "network" in mapping and "definitions" in mapping:
            self.fault(("definitions",), "a problem has either [network] or [definitions], not both")
        elif "network" in mapping:
            network, graph = self.network(mapping, point)
        elif "definitions" in mapping:
            if "samples" in mapping:
                self.fault(("samples",), "samples belong to a [network]; with [definitions] the numbers stand in [point]")
            graph = self.definitions(mapping, point)
        else:
            self.fault((), "there is nothing to derive: a problem has [network] or [definitions]")
        kind: Literal["network", "function"] = "network" if network else "function"
        if graph is None:
            if "training" in mapping:
                self.training(mapping["training"], None, kind, {}, point)
            self.stop()
            raise AssertionError
        names = self.names(mapping.get("names", {}), graph)
        if network and "point" in mapping:
            self.network_point(mapping["point"], graph, names, point)
        assumptions = self.assumptions(mapping.get("symbols", {}), graph, names, point)
        constraints = self.constraints(mapping.get("constraints", {}), graph, names, point)
        training = self.training(mapping["training"], graph, kind, names, point) if "training" in mapping else None
        self.stop()
        ordered = {leaf.symbol.name: point[leaf.symbol.name] for leaf in graph.leaves if leaf.symbol.name in point}
        return Problem(title, kind, graph, network, ordered, names, assumptions, constraints, training)

    # Networks --------------------------------------------------------------------------------------------------------

    def network(self, mapping: Mapping[str, Any], point: dict[str, Expr]) -> tuple[Network | None, Graph | None]:
        key: Key = ("network",)
        table = self.table(key, mapping["network"], "[network] with inputs, loss and layers")
        if table is None:
            return None, None
        self.unknown_keys(key, table, NETWORK_KEYS)
        inputs = self.count((*key, "inputs"), table["inputs"], "inputs") if "inputs" in table else None
        if "inputs" not in table:
            self.fault(key, "inputs are missing: inputs = 2")
        layers = self.layers(table, inputs, point)
        loss = self.loss((*key, "loss"), table.get("loss", "half_squared_error"))
        reduction = table.get("reduction", "mean")
        if reduction not in REDUCTIONS:
            shown = f'"{short(reduction)}"' if isinstance(reduction, str) else kind_of(reduction)
            near = nearest(reduction[:LONGEST_WORD], REDUCTIONS) if isinstance(reduction, str) else ""
            self.fault((*key, "reduction"), f"unknown reduction {shown}{near or ' (known: ' + ', '.join(REDUCTIONS) + ')'}")
        penalties = {name: self.penalty((*key, name), table[name], name) for name in ("l1", "l2") if name in table}
        samples = self.samples(mapping.get("samples", []), inputs, layers, loss, point)
        if inputs is None or not layers or any(layer.units == 0 for layer in layers):
            return None, None
        _check_size((inputs, *(layer.units for layer in layers)), samples)
        over = reduction if reduction in REDUCTIONS else "mean"
        l1, l2 = penalties.get("l1"), penalties.get("l2")
        network = Network(inputs, layers, loss or "squared_error", l1, l2, over, max(1, samples))
        return network, network.graph()

    def penalty(self, key: Key, value: Any, name: str) -> Number | None:
        expr = self.number(key, value, name)
        if isinstance(expr, Number) and expr.value >= 0:
            return expr if expr.value else None
        if expr is not None:
            self.fault(key, f"{name}: found {short(str(value))} where a number from 0 is accepted")
        return None

    def loss(self, key: Key, value: Any) -> str | None:
        text = self.text(key, value, "loss")
        if text is None or is_loss(text):
            return None if text is None else canonical(text)
        return self.formula(key, text, ("a", "y"), find_loss)

    def activation(self, key: Key, value: Any) -> str | None:
        text = self.text(key, value, "activation")
        if text is None or is_activation(text):
            return None if text is None else canonical(text)
        return self.formula(key, text, ("z",), find_activation)

    def formula(self, key: Key, text: str, names: tuple[str, ...], find: Any) -> str | None:
        """Read a formula in some names; a bare word is a misspelt name."""
        try:
            if re.fullmatch(r"[^\W\d]\w*", text) and text not in names:
                find(short(text, LONGEST_WORD))
            expr = parse(text, names)
        except (ParseError, UnknownNameError) as error:
            word = "" if isinstance(error, UnknownNameError) else f'{key[-1]} "{short(text)}": '
            self.fault(key, f"{word}{error}")
            return None
        if names[0] not in symbols(expr):
            self.fault(key, f'{key[-1]} "{short(text)}": there is no {names[0]} in the formula')
            return None
        return text

    def layers(self, table: Mapping[str, Any], inputs: int | None, point: dict[str, Expr]) -> tuple[Layer, ...]:
        key: Key = ("network", "layers")
        entries = self.entries(table.get("layers", []))
        if not entries:
            wrong = "there is no layer" if entries == [] else "layers are no list"
            found = wrong if "layers" in table else "layers are missing"
            self.fault(key, f'{found}: layers = [{{ units = 2, activation = "sigmoid" }}]')
            return ()
        layers: list[Layer] = []
        width = inputs
        for index, entry in enumerate(entries, 1):
            at = (*key, index - 1)
            layer = self.table(at, entry, '{ units = 2, activation = "sigmoid" }')
            if layer is None:
                width = None
                layers.append(Layer(0))
                continue
            self.unknown_keys(at, layer, LAYER_KEYS)
            units = self.count((*at, "units"), layer["units"], "units") if "units" in layer else None
            if "units" not in layer:
                self.fault(at, "units are missing: units = 2")
            activation = self.activation((*at, "activation"), layer.get("activation", "sigmoid"))
            if "weights" in layer:
                self.weights(at, layer["weights"], index, (units, width), point)
            biases = layer.get("biases")
            if biases is not None and biases is not False:
                self.biases(at, biases, index, units, point)
            width = units
            layers.append(Layer(units or 0, activation or "sigmoid", None, False if biases is False else None))
        return tuple(layers)

    def weights(self, at: Key, value: Any, index: int, shape: tuple[int | None, int | None], point: dict[str, Expr]) -> None:
        """Read weights[j][k], to unit j from input k; `shape` is units × inputs where they are known."""
        key = (*at, "weights")
        rows = self.entries(value)
        lists = [self.entries(row) for row in rows] if rows is not None else []
        if not lists or any(row is None for row in lists):
            self.fault(key, "weights are a list with one list a unit: weights = [[0.15, 0.20], [0.25, 0.30]]")
            return
        matrix = [row for row in lists if row is not None]
        units, width = shape
        widths = [len(row) for row in matrix]
        odd = next((j for j, w in enumerate(widths) if w != widths[0]), None)
        if odd is not None:
            self.fault((*key, odd), f"row {odd + 1} of the weights has {_count(widths[odd], 'number')}, row 1 has {widths[0]}")
            return
        found = f"weights are {len(matrix)}×{widths[0]}"
        if units is not None and len(matrix) != units:
            self.fault(key, f"{found}, but the layer has {_count(units, 'unit')} (one list a unit)")
        elif width is not None and widths[0] != width:
            there = f"layer {index - 1} has {_count(width, 'unit')}"
            if index == 1:
                there = f"there {'is' if width == 1 else 'are'} {_count(width, 'input')}"
            self.fault(key, f"{found}, but {there}")
        for j, row in enumerate(matrix, 1):
            self.row((*key, j - 1), row, (f"w{index}_{j}_{k}" for k in range(1, len(row) + 1)), point)

    def biases(self, at: Key, value: Any, index: int, units: int | None, point: dict[str, Expr]) -> None:
        key = (*at, "biases")
        entries = self.entries(value)
        if entries is None:
            self.fault(key, f"found {kind_of(value)} where biases = [0.35, 0.35] is accepted, or false for none")
        elif units is not None and len(entries) != units:
            self.fault(key, f"{_count(len(entries), 'bias', 'biases')}, but the layer has {_count(units, 'unit')}")
        if entries is not None:
            self.row(key, entries, (f"b{index}_{j}" for j in range(1, len(entries) + 1)), point)

    def samples(
        self, value: Any, inputs: int | None, layers: tuple[Layer, ...], loss: str | None, point: dict[str, Expr]
    ) -> int:
        """Read [[samples]]; returns how many there are."""
        entries = self.entries(value)
        if entries is None:
            self.fault(("samples",), "samples are a list of tables: [[samples]] with x = [0.05, 0.10] and y = [0.01, 0.99]")
            return 0
        outputs = layers[-1].units or None if layers else None
        place = f"layer {len(layers)}" if layers else "the output"
        for s, entry in enumerate(entries, 1):
            key: Key = ("samples", s - 1)
            sample = self.table(key, entry, "{ x = [0.05, 0.10], y = [0.01, 0.99] }")
            if sample is None:
                continue
            self.unknown_keys(key, sample, SAMPLE_KEYS)
            suffix = f"_s{s}" if len(entries) > 1 else ""
            for letter, size, owner in (("x", inputs, "the network"), ("y", outputs, place)):
                if letter not in sample:
                    continue
                if letter == "y" and loss == "sum":
                    self.fault((*key, "y"), 'y is given, but the loss "sum" has no targets')
                    continue
                self.vector((*key, letter), sample[letter], size, f"{owner} has", letter, suffix, point)
        return len(entries)

    def vector(  # noqa: PLR0913, PLR0917 - what the message says is all that differs
        self, key: Key, value: Any, size: int | None, owner: str, letter: str, suffix: str, point: dict[str, Expr]
    ) -> None:
        entries = self.entries(value)
        if entries is None and size == 1 and not isinstance(value, Mapping):
            entries, key = [value], key[:-1]
        if entries is None:
            self.fault(key, f"{letter}: found {kind_of(value)} where a list of numbers is accepted: {letter} = [0.05, 0.10]")
            return
        if size is not None and len(entries) != size:
            unit = "input" if letter == "x" else "unit"
            self.fault(key, f"{letter} has {_count(len(entries), 'number')}, but {owner} {_count(size, unit)}")
        self.row(key, entries, (f"{letter}_{k}{suffix}" for k in range(1, len(entries) + 1)), point)

    def network_point(self, value: Any, graph: Graph, names: Mapping[str, str], point: dict[str, Expr]) -> None:
        """Read [point] of a network: more values, by name."""
        table = self.table(("point",), value, "[point] with x_1 = 0.05")
        leaves = dict.fromkeys(leaf.symbol.name for leaf in graph.leaves)
        for written, entry in (table or {}).items():
            key = ("point", str(written))
            plain = self.known_name(key, written, leaves, names)
            if plain is None:
                continue
            if plain in point:
                self.fault(key, f'"{short(str(written))}" is given twice')
                continue
            expr = self.number(key, entry, short(str(written)))
            if expr is not None:
                point[plain] = expr

    # Definitions -----------------------------------------------------------------------------------------------------

    def definitions(self, mapping: Mapping[str, Any], point: dict[str, Expr]) -> Graph | None:
        """Read [definitions] and [point]."""
        key: Key = ("definitions",)
        before = len(self.faults)
        table = self.table(key, mapping["definitions"], '[definitions] with y = "x^2"')
        values = self.table(("point",), mapping.get("point", {}), "[point] with x = 3")
        if table is not None and not table:
            self.fault(key, 'there is no definition: y = "x^2"')
        texts = self.defined(table or {})
        given = self.function_point(values or {}, texts, point)
        if len(self.faults) > before and not texts:
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
                self.fault((*key, name), str(error))
        if len(self.faults) > before:
            return None
        for name, written in given.items():
            if name not in used:
                free = [n for n in used if n not in bodies]
                hint = nearest(written[:LONGEST_WORD], free)
                self.fault(("point", written), f'"{short(written)}" is not used in any definition{hint}')
        return self.ordered(bodies, tuple(used), dict.fromkeys(bodies, key))

    def defined(self, table: Mapping[str, Any]) -> dict[str, str]:
        """Return the texts of [definitions] by plain name."""
        texts: dict[str, str] = {}
        for written, value in table.items():
            key = ("definitions", str(written))
            try:
                name = definable(str(written))
            except ParseError as error:
                self.fault(key, str(error))
                continue
            if name in texts:
                self.fault(key, f'"{name}" is defined twice')
                continue
            if isinstance(value, (bool, Mapping)) or self.entries(value) is not None:
                self.fault(key, f'found {kind_of(value)} where an expression is accepted: {short(str(written))} = "x^2"')
                continue
            if isinstance(value, str):
                texts[name] = value
            elif self.number(key, value, short(str(written))) is not None:
                texts[name] = str(value)
        return texts

    def function_point(self, table: Mapping[str, Any], defined: Mapping[str, str], point: dict[str, Expr]) -> dict[str, str]:
        """Read [point] of definitions; returns plain names and how they were written."""
        given: dict[str, str] = {}
        for key_text, value in table.items():
            written = str(key_text)
            key = ("point", written)
            try:
                name = definable(written)
            except ParseError as error:
                self.fault(key, str(error))
                continue
            if name in defined:
                self.fault(key, f'"{short(written)}" has a definition, so it cannot be given a value')
            elif name in given:
                self.fault(key, f'"{short(written)}" is given twice')
            else:
                given[name] = written
                expr = self.number(key, value, short(written))
                if expr is not None:
                    point[name] = expr
        return given

    def ordered(self, bodies: Mapping[str, Expr], used: Sequence[str], places: Mapping[str, Key]) -> Graph | None:
        """
        Put definitions in an order in which each uses only earlier ones; the output comes last.

        The output is the last one written, or the only one that no other uses.
        """
        uses = {name: [n for n in symbols(body) if n in bodies] for name, body in bodies.items()}
        order, cycle = _sorted(uses)
        if cycle:
            key = (*places.get(cycle[0], ()), cycle[0]) if places else ()
            circle = f"the definitions go in a circle: {' uses '.join((*cycle[:10], cycle[0]))}"
            self.fault(key, circle if len(cycle) > 1 else f"{cycle[0]} is defined by itself")
            return None
        last = list(bodies)[-1]
        inner = {n for names in uses.values() for n in names}
        if last in inner:
            free = [name for name in bodies if name not in inner]
            if len(free) > 1:
                key = (*places.get(last, ()), last) if places else ()
                user = next(name for name in bodies if last in uses[name])
                self.fault(key, f'the last definition is the output, but "{last}" is used by "{user}": put the output last')
                return None
            last = free[0]
        order.remove(last)
        order.append(last)
        leaves = [name for name in used if name not in bodies]
        if not leaves:
            self.fault(places.get(last, ()), "there is no variable, so there is nothing to differentiate by")
            return None
        self.derivative_names(last, (*leaves, *order), bodies, places)
        return Graph(
            tuple(Leaf(Symbol(name), Role.VARIABLE) for name in leaves),
            tuple(Node(Symbol(name), bodies[name], Role.INTERMEDIATE) for name in order),
        )

    def derivative_names(
        self, output: str, names: Sequence[str], bodies: Mapping[str, Expr], places: Mapping[str, Key]
    ) -> None:
        """Refuse names that the derivation itself needs."""
        known = set(names)
        for name in names:
            derivative = f"d{output}_d{name}"
            if derivative in known:
                key = (*places.get(derivative, ()), derivative) if places else ()
                self.fault(key, f'the name "{derivative}" is taken: it is the derivative of {output} by {name}')
            for parent in symbols(bodies[name]) if name in bodies else ():
                if f"local_{name}_{parent}" in known:
                    key = (*places.get(name, ()), name) if places else ()
                    taken = f'the name "local_{name}_{parent}" is taken'
                    self.fault(key, f"{taken}: it is the local derivative of {name} by {parent}")

    # Names, assumptions, constraints ---------------------------------------------------------------------------------

    def known_name(self, key: Key, written: Any, known: Mapping[str, None], names: Mapping[str, str]) -> str | None:
        try:
            return normalise_name(str(written), known, names)
        except UnknownNameError as error:
            self.fault(key, str(error))
            return None

    def names(self, value: Any, graph: Graph) -> dict[str, str]:
        """Read [names]: the course's own name of each quantity."""
        table = self.table(("names",), value, '[names] with w1_1_1 = "w5"')
        quantities = dict.fromkeys((*graph.leaf_by_name, *graph.definitions))
        deltas = dict.fromkeys("delta" + name[1:] for name in graph.definitions if re.fullmatch(r"z\d+_\d+(_s\d+)?", name))
        known = {**quantities, **deltas}
        found: dict[str, str] = {}
        owner: dict[str, str] = {}
        for written, entry in (table or {}).items():
            key = ("names", str(written))
            plain = self.known_name(key, written, known, {})
            own = self.text(key, entry, short(str(written))) if plain else None
            if plain is None or own is None:
                continue
            try:
                own = definable(own)
            except ParseError as error:
                self.fault(key, str(error))
                continue
            if plain in found:
                self.fault(key, f'"{plain}" is named twice')
            elif own in owner:
                self.fault(key, f'"{own}" is already the name of {owner[own]}')
            else:
                found[plain] = own
                owner[own] = plain
        for plain, own in found.items():
            if own in known and own != plain and own not in found:
                self.fault(("names", plain), f'"{own}" is already the name of another quantity of this problem')
        return found

    def assumptions(
        self, value: Any, graph: Graph, names: Mapping[str, str], point: Mapping[str, Expr]
    ) -> dict[str, frozenset[str]]:
        """Read [symbols]: what is known of a quantity besides that it is real."""
        table = self.table(("symbols",), value, '[symbols] with p = "positive"')
        leaves: dict[str, None] = dict.fromkeys(graph.leaf_by_name)
        found: dict[str, frozenset[str]] = {}
        for written, entry in (table or {}).items():
            key = ("symbols", str(written))
            plain = self.known_name(key, written, leaves, names)
            parts = self.entries(entry)
            words = re.split(r"[\s,]+", entry.strip()) if isinstance(entry, str) else parts
            if plain is None:
                continue
            if words is None:
                self.fault(key, f"found {kind_of(entry)} where {' or '.join(ASSUMPTIONS)} is accepted")
                continue
            for word in words:
                if word not in ASSUMPTIONS and word != "real":
                    hint = nearest(str(word)[:LONGEST_WORD], ASSUMPTIONS) or f" (known: {', '.join(ASSUMPTIONS)})"
                    self.fault(key, f'unknown assumption "{short(str(word))}"{hint}')
            found[plain] = frozenset(word for word in words if word in ASSUMPTIONS)
            for pair in _CONTRADICTIONS:
                if found[plain].issuperset(pair):
                    self.fault(key, f"{short(str(written))} cannot be both {pair[0]} and {pair[1]}")
            if plain in point and (fault := _forbidden(plain, point[plain], found)):
                self.fault(key, f"{short(str(written))}: {fault}")
        return found

    def constraints(
        self, value: Any, graph: Graph, names: Mapping[str, str], point: Mapping[str, Expr]
    ) -> tuple[tuple[str, ...], ...]:
        """Read [constraints]: y = "sum 1" for targets, or names joined by "+"."""
        table = self.table(("constraints",), value, '[constraints] with y = "sum 1"')
        leaves: dict[str, None] = dict.fromkeys(graph.leaf_by_name)
        found: list[tuple[str, ...]] = []
        for written, entry in (table or {}).items():
            key = ("constraints", str(written))
            if not isinstance(entry, str) or not re.fullmatch(r"sum\s*(=|to)?\s*1", entry.strip()):
                shown = f'"{short(entry)}"' if isinstance(entry, str) else kind_of(entry)
                self.fault(key, f'found {shown} where "sum 1" is accepted')
                continue
            groups = _groups(str(written).strip(), leaves)
            if not groups:
                parts = [part for part in re.split(r"[\s,+]+", str(written).strip()) if part]
                plain = [self.known_name(key, part, leaves, names) for part in parts]
                groups = [tuple(name for name in plain if name)] if all(plain) else []
            if any(len(group) < 2 or len(set(group)) < len(group) for group in groups):
                self.fault(key, "a sum has at least two different names")
                continue
            for fault in _broken_constraints(groups, point):
                self.fault(key, fault)
            found.extend(groups)
        return tuple(found)

    # Training --------------------------------------------------------------------------------------------------------

    def training(
        self, value: Any, graph: Graph | None, kind: str, names: Mapping[str, str], point: Mapping[str, Expr]
    ) -> Training | None:
        """Read [training]; without a graph, for its faults only."""
        key: Key = ("training",)
        table = self.table(key, value, '[training] with optimizer = "sgd" and learning_rate = 0.5')
        if table is None:
            return None
        optimizer = self.text((*key, "optimizer"), table.get("optimizer", "sgd"), "optimizer")
        given = {
            short(str(name), LONGEST_WORD): self.option((*key, str(name)), entry, short(str(name)))
            for name, entry in table.items()
            if name not in {"optimizer", "train", "update", "report"}
        }
        options: OptimizerOptions | None = None
        if optimizer is not None:
            exact = {name: entry for name, entry in given.items() if entry is not None}
            options, faults = check_options(short(optimizer, LONGEST_WORD), exact)
            for name, message in faults:
                self.fault((*key, name), message)
        update = table.get("update", "batch")
        if update not in UPDATES:
            shown = f'"{short(update)}"' if isinstance(update, str) else kind_of(update)
            self.fault((*key, "update"), f'update: found {shown} where "batch" or "online" is accepted')
        report = self.text((*key, "report"), table["report"], "report") if "report" in table else None
        if report is not None:
            try:
                report = find_loss(short(report, LONGEST_WORD)).name
            except UnknownNameError as error:
                self.fault((*key, "report"), str(error))
            if kind == "function":
                self.fault((*key, "report"), "report belongs to a network; definitions have no targets")
        if graph is None:
            return None
        train = self.trained(table["train"], graph, names) if "train" in table else _default_train(graph, kind, point)
        return Training(options, train, str(update), report) if options else None

    def option(self, key: Key, value: Any, name: str) -> object:
        """Make a hyperparameter exact; anything else is the optimizer's to judge.  None where a fault was found."""
        if KEY_ALIASES.get(name, name) in HYPERPARAMETERS:
            return self.number(key, value, name)
        if isinstance(value, Mapping):
            return {str(inner): self.option((*key, str(inner)), entry, str(inner)) for inner, entry in value.items()}
        if isinstance(value, (bool, str)) or not isinstance(value, (int, Real, Decimal)):
            return value
        return self.number(key, value, name)

    def trained(self, value: Any, graph: Graph, names: Mapping[str, str]) -> tuple[str, ...]:
        """Read `train`: names of parameters, or W1 and b1 for a whole layer."""
        key: Key = ("training", "train")
        leaves = {name: None for name, leaf in graph.leaf_by_name.items() if leaf.role is not Role.TARGET}
        whole: dict[str, list[str]] = {}
        for name, leaf in graph.leaf_by_name.items():
            if leaf.role in {Role.WEIGHT, Role.BIAS}:
                layer = name.split("_")[0]
                whole.setdefault(layer.upper() if leaf.role is Role.WEIGHT else layer, []).append(name)
        entries = [value] if isinstance(value, str) else self.entries(value)
        if not entries:
            found = kind_of(value) if entries is None else "no name"
            self.fault(key, f'train: found {found} where names are accepted: ["W1", "b1"]')
            return ()
        chosen: dict[str, None] = {}
        for place, entry in enumerate(entries):
            written = self.text((*key, place), entry, "train")
            if written is None:
                continue
            if written in whole and written not in names.values():
                chosen.update(dict.fromkeys(whole[written]))
                continue
            plain = self.known_name((*key, place), written, {**dict.fromkeys(whole), **leaves}, names)
            if plain is not None:
                chosen.update(dict.fromkeys(whole.get(plain, [plain])))
        return tuple(name for name in leaves if name in chosen)


def _default_train(graph: Graph, kind: str, point: Mapping[str, Expr]) -> tuple[str, ...]:
    if kind == "network":
        return tuple(name for name, leaf in graph.leaf_by_name.items() if leaf.role in {Role.WEIGHT, Role.BIAS})
    return tuple(name for name in graph.leaf_by_name if name in point) or tuple(graph.leaf_by_name)


def _check_size(sizes: Sequence[int], samples: int) -> None:
    """Raise TooLargeError for a network with more layers or connections than fit."""
    if len(sizes) - 1 > MOST_LAYERS:
        msg = f"the network has {len(sizes) - 1} layers; up to {MOST_LAYERS} are accepted"
        raise TooLargeError(msg)
    connections = sum(a * b for a, b in pairwise(sizes)) * max(1, samples)
    if connections > MOST_CONNECTIONS:
        over = f" over {samples} samples" if samples > 1 else ""
        msg = f"the network has {connections} connections{over}; up to {MOST_CONNECTIONS} are accepted"
        raise TooLargeError(msg)


def _label(key: Key) -> str:
    """Say in which part of the problem a key stands."""
    match key:
        case ("network", "layers", int(layer), *_):
            return f"layer {layer + 1}"
        case ("samples", int(sample), *_):
            return f"sample {sample + 1}"
        case ("definitions", str(name)):
            return f"definition of {short(name)}"
        case (str(table), *_) if table in TABLES:
            return table if table != "title" else ""
        case _:
            return ""


def _count(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _no_value(expr: Expr) -> str:
    """Say why a constant has no value, or return the empty string."""
    if isinstance(expr, Number):
        return ""
    try:
        evaluate(expr, {}, FLOAT)
    except DomainError as error:
        return f"has no value: {error}"
    return ""


def _forbidden(name: str, value: Expr, assumptions: Mapping[str, frozenset[str]]) -> str:
    """Say which assumption a value breaks, or return the empty string."""
    words = assumptions.get(name, frozenset())
    if not words:
        return ""
    v = value.value if isinstance(value, Number) else evaluate(value, {}, FLOAT)
    holds = {"positive": v > 0, "negative": v < 0, "nonzero": v != 0, "nonnegative": v >= 0, "integer": v == int(v)}
    broken = [word for word in ASSUMPTIONS if word in words and not holds[word]]
    return f"the value is {_shown_number(value)}, but [symbols] says {broken[0]}" if broken else ""


def _broken_constraints(groups: Iterable[tuple[str, ...]], point: Mapping[str, Expr]) -> list[str]:
    """Say which sums are not 1 at a point; a sum with a symbolic or irrational part is left alone."""
    faults = []
    for group in groups:
        values = [point.get(name) for name in group]
        numbers = [value.value for value in values if isinstance(value, Number)]
        total = sum(map(Fraction, numbers), Fraction(0))
        if len(numbers) == len(group) and total != 1:
            shown = " + ".join(islice(group, 3)) + (" + …" if len(group) > 3 else "")
            faults.append(f"{shown} is {total}, but [constraints] says 1")
    return faults


def _shown_number(value: Expr) -> str:
    if not isinstance(value, Number):
        return "outside"
    return str(float(value.value) if value.decimal else value.value)


def _groups(letter: str, leaves: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the leaves letter_1, letter_2, …, sample by sample."""
    groups: dict[str, list[str]] = {}
    for name in leaves:
        match = re.fullmatch(rf"{re.escape(letter)}_[0-9]+(_s[0-9]+)?", name)
        if match:
            groups.setdefault(match[1] or "", []).append(name)
    return [tuple(group) for group in groups.values()]


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
