"""
Problems: a network or a list of definitions, with a point, names, assumptions and training.

`load` takes what a reader gives on the command line: a one-liner `2-3-1:tanh/sigmoid,bce`, definitions
`"u = 2*x + 1; y = u^3"`, a .toml or .json file, or "-" for standard input.  `from_dict` takes a mapping of the same
shape, `from_network` a `Network`.  Numbers stay exactly as written.  A problem that is wrong gets all its faults at
once, each with file, line, place and what would be accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from symbackprop.data import DataFile
from symbackprop.errors import ProblemError
from symbackprop.files import SUFFIXES, Source, read_source
from symbackprop.graph import Graph
from symbackprop.names import short
from symbackprop.network import Network
from symbackprop.problem.checking import read_check, read_questions
from symbackprop.problem.definitions import read_definitions_table, read_text
from symbackprop.problem.facts import read_assumptions, read_constraints, read_names, read_training
from symbackprop.problem.model import ASSUMPTIONS, Problem, Training
from symbackprop.problem.networks import from_network, read_network, read_network_point, read_one_liner
from symbackprop.problem.questions import CheckOptions, ExpectedAnswer, Question
from symbackprop.problem.reader import TABLES, Reader
from symbackprop.problem.tables import one_hot_group, read_data_table

__all__ = [
    "ASSUMPTIONS",
    "CheckOptions",
    "ExpectedAnswer",
    "Problem",
    "Question",
    "Training",
    "from_dict",
    "from_network",
    "load",
]


LONGEST_STEM = 200


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
        return _read(read.table(), read) if read.kind != "text" else _written(read)
    if not text:
        examples = 'a one-liner such as 2-2-1, definitions such as "u = 2*x; y = u^3", or a .toml or .json file'
        msg = f"there is no problem: give {examples}"
        raise ProblemError(msg)
    if file := _file_beside(text):
        msg = f'found "{short(text)}", and there is a file {file}: give {file}, or "f = {text}" for the function'
        raise ProblemError(msg)
    return _spelled_out(text)


def _written(source: Source) -> Problem:
    """Read definitions or a one-liner from standard input; every fault says so."""
    try:
        return _spelled_out(source.text.strip())
    except ProblemError as error:
        raise ProblemError(*(f"{source.name}: {fault}" for fault in error.faults)) from None


def _spelled_out(text: str) -> Problem:
    if re.fullmatch(r"[0-9.\s]*(-[0-9.\s]*)+(,.*)?", text) or (":" in text and "=" not in text):
        return read_one_liner(text)
    return read_text(text)


def _file_beside(text: str) -> str:
    """Return the problem file that a word names without its ending, or the empty string."""
    if not re.fullmatch(r"[\w/.-]*[^\W\d][\w/.-]*", text) or len(text) > LONGEST_STEM:
        return ""
    names = (f"{text}{suffix}" for suffix in SUFFIXES)
    return next((name for name in names if Path(name).is_file()), "")


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


def _read(mapping: Mapping[str, Any], source: Source) -> Problem:
    return _problem(Reader(source), mapping)


def _problem(reader: Reader, mapping: Mapping[str, Any]) -> Problem:
    """Read a whole problem; what does not depend on a broken part is read all the same, for its faults."""
    reader.unknown_keys((), mapping, TABLES)
    title = reader.text(("title",), mapping.get("title", ""), "title") or ""
    questions = read_questions(reader, mapping["questions"]) if "questions" in mapping else ()
    checking = read_check(reader, mapping["check"]) if "check" in mapping else CheckOptions()
    network: Network | None = None
    graph: Graph | None = None
    if "network" in mapping and "definitions" in mapping:
        reader.fault(("definitions",), "a problem has either [network] or [definitions], not both")
    elif "network" in mapping:
        network, graph = read_network(reader, mapping)
    elif "definitions" in mapping:
        if "samples" in mapping:
            reader.fault(("samples",), "samples belong to a [network]; with [definitions] the numbers stand in [point]")
        graph = read_definitions_table(reader, mapping)
    else:
        reader.fault((), "there is nothing to derive: a problem has [network] or [definitions]")
    kind: Literal["network", "function"] = "network" if network else "function"
    if graph is None:
        if "data" in mapping:
            read_data_table(reader, mapping["data"], None)
        if "training" in mapping:
            read_training(reader, mapping["training"], None, kind)
        reader.stop()
        raise AssertionError
    reader.names = read_names(reader, mapping.get("names", {}), graph)
    if network and "point" in mapping:
        read_network_point(reader, mapping["point"], graph)
    assumptions = read_assumptions(reader, mapping.get("symbols", {}), graph)
    constraints = read_constraints(reader, mapping.get("constraints", {}), graph)
    training = read_training(reader, mapping["training"], graph, kind) if "training" in mapping else None
    data: DataFile | None = None
    if "data" in mapping:
        if network is None or "samples" in mapping:
            other = "[definitions]" if network is None else "[[samples]]"
            reader.fault(("data",), f"[data] belongs to a [network], and goes without {other}")
        data = read_data_table(reader, mapping["data"], network, unit_targets=bool(constraints))
        constraints = constraints or one_hot_group(mapping["data"], network)
    reader.stop()
    point = {name: reader.point[name] for name in graph.leaf_by_name if name in reader.point}
    return Problem(
        title, kind, graph, network, point, reader.names, assumptions, constraints, training, data, questions, checking
    )
