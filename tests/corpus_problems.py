"""
The corpus of published examples as problems: each written to a file as a user would, and worked on the command line.

`reproduce` writes an example's problem file, runs `evaluate`, `derive` and `train` on it and compares every number and
every closed form; `python -m tests.corpus_problems` does so for all of them and prints what came out.
`corpus/README.md` says what an example holds.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import mpmath

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from symbackprop.cli import run

CORPUS = Path(__file__).with_name("corpus") / "published-examples.jsonl"
IN_SCOPE = ("expression-graph", "dense-network", "optimizer-step")
RELATIVE = 1e-9
POINTS = 5
DIGITS = 30

LOSSES = {
    "half_sse": "half_squared_error",
    "sse": "squared_error",
    "mse": "mean_squared_error",
    "bce": "binary_cross_entropy",
    "softmax_ce": "cross_entropy",
    "sum": "sum",
}
OPTIMIZER_KEYS = {"name": "optimizer", "lr": "learning_rate"}

# Closed forms that hold for the example's own data only: a - 1 for a - y where the target is 1.
DATA_PUT_IN = {
    "cs224n-naive-softmax": ("y_",),
    "cs231n-softmax-classifier": ("y_",),
    "nielsen-single-neuron-quadratic": ("x_", "y_"),
}

Command = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class Check:
    """One claim of the corpus against what the command line says; `fault` is empty where they agree."""

    what: str
    fault: str = ""


@dataclass(frozen=True)
class Report:
    """All claims of one example: numbers, closed forms, and misprints that must not come out."""

    numbers: tuple[Check, ...] = ()
    forms: tuple[Check, ...] = ()
    misprints: tuple[Check, ...] = ()

    def __add__(self, other: Report) -> Report:
        return Report(self.numbers + other.numbers, self.forms + other.forms, self.misprints + other.misprints)

    @property
    def faults(self) -> list[str]:
        """Every disagreement, as a sentence."""
        return [f"{check.what}: {check.fault}" for check in (*self.numbers, *self.forms, *self.misprints) if check.fault]


@dataclass(frozen=True, eq=False)
class Example:
    """One line of the corpus."""

    data: Mapping[str, Any] = field(repr=False)

    @property
    def id(self) -> str:
        """The example's short name."""
        return str(self.data["id"])

    @property
    def definition(self) -> Mapping[str, Any]:
        """What to compute."""
        found: Mapping[str, Any] = self.data["definition"]
        return found

    @property
    def form(self) -> str:
        """The form of the definition; those of `IN_SCOPE` can be written as a problem."""
        return str(self.definition["form"])

    @property
    def expected(self) -> Sequence[Mapping[str, Any]]:
        """The named numbers."""
        return tuple(self.data["expected"])

    @property
    def symbolic(self) -> Sequence[Mapping[str, Any]]:
        """The closed forms the source prints."""
        return tuple(self.data.get("symbolic") or ())

    @property
    def misprints(self) -> Sequence[Mapping[str, Any]]:
        """Numbers the source prints wrongly; formulas among them have no quantity and are left out."""
        return tuple(entry for entry in self.data.get("misprints") or () if entry["q"] is not None)

    # Names -----------------------------------------------------------------------------------------------------------

    @property
    def samples(self) -> Sequence[Mapping[str, Any]]:
        """The samples of a network, with x and y."""
        d = self.definition
        return tuple(d.get("data") or [{"x": d["inputs"], "y": d["targets"]}])

    @property
    def output(self) -> str:
        """The plain name of the output."""
        if self.form == "dense-network":
            return "J" if len(self.samples) > 1 or self.definition.get("reduction") == "half_mean" else "L"
        return str(self.definition.get("output", "f"))

    def plain(self, name: str) -> str:
        """
        Return our name of a quantity of the corpus: W1[0][1] is w1_1_2, s0.a1[0] is a1_1_s1.

        Raises KeyError for a name outside the corpus's grammar.
        """
        if self.form == "optimizer-step":
            return name.partition("[")[0] + _indices(name)
        if self.form == "expression-graph":
            known = {*self.definition["inputs"], *(node["name"] for node in self.definition["nodes"])}
            if name not in known:
                raise KeyError(name)
            return name
        form = re.fullmatch(r"(?:s(?P<sample>\d+)\.)?(?P<base>[A-Za-z_]+)(?P<layer>\d*)(?P<indices>(?:\[\d+\])*)", name)
        if form is None:
            raise KeyError(name)
        suffix = f"_s{int(form['sample']) + 1}" if form["sample"] else ""
        whole = {"loss": "L" if suffix else self.output, "reg_loss": "L_penalty", "data_loss": f"{self.output}_data"}
        base = form["base"]
        if base in whole and not form["layer"] + form["indices"]:
            return whole[base] + suffix
        letter = "L" if base == "loss_terms" else base.lower()
        counts = form["indices"].count("["), bool(form["layer"])
        if (letter, *counts) not in {("w", 2, True), *((v, 1, True) for v in "bza"), *((v, 1, False) for v in "xyL")}:
            raise KeyError(name)
        return letter + form["layer"] + _indices(form["indices"]) + suffix

    def spelled(self, expression: str) -> str:
        """Return an expression of the corpus in plain names, gradients as d_NAME."""

        def replace(match: re.Match[str]) -> str:
            name = match[0]
            if name[:2] == "d_" and name not in self.definition.get("inputs", ()):
                return f"d_{self.plain(name[2:])}"
            return name if name in MATHEMATICS else self.plain(name)

        return re.sub(r"(?:s\d+\.)?[A-Za-z_]\w*(?:\[\d+\])*", replace, expression)

    # Problem files ---------------------------------------------------------------------------------------------------

    @property
    def problem(self) -> dict[str, Any]:
        """The problem as a mapping shaped like a problem file, its output last."""
        made = {"dense-network": self._network, "expression-graph": self._graph, "optimizer-step": self._step}[self.form]()
        return {"title": self.data["title"], **made}

    def _network(self) -> dict[str, Any]:
        d = self.definition
        layers = []
        for layer in d["layers"]:
            biases = False if layer["b"] is None else layer["b"]
            layers.append({"units": layer["units"], "activation": layer["activation"], "weights": layer["W"], "biases": biases})
        network = {"inputs": d["input_size"], "loss": LOSSES[d["loss"]]}
        if "reduction" in d:
            network["reduction"] = d["reduction"]
        if "regulariser" in d:
            penalty = d["regulariser"]
            assert penalty["over"] == [f"W{number}" for number in range(1, len(layers) + 1)]
            network["l2"] = 2 * penalty["factor"] * penalty["lambda"]
        samples = [{letter: sample[letter] for letter in "xy" if sample[letter] is not None} for sample in self.samples]
        made: dict[str, Any] = {"network": {**network, "layers": layers}, "samples": samples}
        if all("y" in sample and sum(sample["y"]) == 1 for sample in samples) and d["loss"] == "softmax_ce":
            made["constraints"] = {"y": "sum 1"}
        training = self._optimizer()
        if "trainable" in d:
            training["train"] = list(d["trainable"])
        if "update" in d:
            training["update"] = d["update"]
        if "report" in d:
            training["report"] = LOSSES[d["report"]]
        return {**made, "training": training} if training else made

    def _graph(self, names: Iterable[str] | None = None) -> dict[str, Any]:
        d = self.definition
        nodes = {node["name"]: node["expr"] for node in d["nodes"]}
        if names is None:
            # The output is the last definition: what does not lead to it is left out.
            kept, pending = set(), [self.output]
            while pending:
                name = pending.pop()
                kept.add(name)
                pending += [n for n in re.findall(r"[A-Za-z_]\w*", nodes.get(name, "")) if n not in kept]
            names = kept
        definitions = {name: text for name, text in nodes.items() if name in names}
        point = {name: value for name, value in d["inputs"].items() if name in names}
        training = self._optimizer()
        made = {"definitions": definitions, "point": point}
        return {**made, "training": training} if training else made

    @property
    def whole(self) -> dict[str, Any] | None:
        """All definitions, where some of them do not lead to the output (the last of them is the output here); else None."""
        if self.form != "expression-graph":
            return None
        everything = {*self.definition["inputs"], *(node["name"] for node in self.definition["nodes"])}
        made = self._graph(everything)
        return None if made["definitions"].keys() == self._graph()["definitions"].keys() else made

    def _step(self) -> dict[str, Any]:
        """One update on given gradients: the function that has them is linear."""
        d = self.definition
        weights, gradients = _flat("w", d["w"]), _flat("w", d["grad"])
        text = " + ".join(f"({slope!r})*{name}" for name, slope in gradients.items())
        state = {name: _flat("w", values) for name, values in d["state"].items()}
        return {"definitions": {"f": text}, "point": weights, "training": {**self._optimizer(), "state": state}}

    def _optimizer(self) -> dict[str, Any]:
        return {OPTIMIZER_KEYS.get(key, key): value for key, value in self.definition.get("optimizer", {}).items()}

    # The forward pass, independent of ours ---------------------------------------------------------------------------

    @property
    def leaves(self) -> dict[str, Any]:
        """Every input, parameter and target with its number."""
        d = self.definition
        if self.form == "expression-graph":
            return dict(d["inputs"])
        found: dict[str, Any] = {}
        for number, layer in enumerate(d["layers"], 1):
            found.update({self.plain(f"W{number}[{j}][{k}]"): w for j, row in enumerate(layer["W"]) for k, w in enumerate(row)})
            found.update({self.plain(f"b{number}[{j}]"): b for j, b in enumerate(layer["b"] or ())})
        for s, prefix in self._prefixes():
            for letter in "xy":
                values = self.samples[s][letter] or ()
                found.update({self.plain(f"{prefix}{letter}[{k}]"): value for k, value in enumerate(values)})
        return found

    @property
    def forward(self) -> list[tuple[str, str]]:
        """Every definition, in order, in plain names and Python's syntax."""
        d = self.definition
        if self.form == "expression-graph":
            return [(node["name"], node["expr"]) for node in d["nodes"]]
        found: list[tuple[str, str]] = []
        for _, prefix in self._prefixes():
            signal = [f"{prefix}x[{k}]" for k in range(d["input_size"])]
            for number, layer in enumerate(d["layers"], 1):
                zs = [f"{prefix}z{number}[{j}]" for j in range(layer["units"])]
                for j, z in enumerate(zs):
                    terms = [f"W{number}[{j}][{k}]*{a}" for k, a in enumerate(signal)]
                    found.append((z, " + ".join([*terms, *([f"b{number}[{j}]"] if layer["b"] else [])])))
                signal = [f"{prefix}a{number}[{j}]" for j in range(layer["units"])]
                found += [(a, _activation(layer["activation"], z, zs)) for a, z in zip(signal, zs, strict=True)]
            found.append((f"{prefix}loss", _loss(d["loss"], [(a, a.replace(f"a{number}", "y")) for a in signal])))
        if len(self.samples) > 1:
            m = {"sum": 1, "mean": len(self.samples), "half_mean": 2 * len(self.samples)}[d["reduction"]]
            found.append(("loss", f"({' + '.join(f'{prefix}loss' for _, prefix in self._prefixes())})/{m}"))
        if "regulariser" in d:
            penalty = d["regulariser"]
            squares = [f"{name}**2" for name in self.leaves if name.startswith("w")]
            # The weights are named plainly already, so that the penalty is added after the translation.
            reg = f"{penalty['factor']}*{penalty['lambda']}*({' + '.join(squares)})"
            data = [(self.plain(name), self.spelled(text)) for name, text in found]
            return [*data[:-1], ("L_data", data[-1][1]), ("L_penalty", reg), ("L", "L_data + L_penalty")]
        return [(self.plain(name), self.spelled(text)) for name, text in found]

    def _prefixes(self) -> list[tuple[int, str]]:
        many = len(self.samples) > 1
        return [(s, f"s{s}." if many else "") for s in range(len(self.samples))]


def _indices(text: str) -> str:
    return "".join(f"_{int(index) + 1}" for index in re.findall(r"\[(\d+)\]", text))


def _flat(name: str, values: Any) -> dict[str, Any]:
    """Name the entries of nested lists: w_1_2."""
    if not isinstance(values, list):
        return {name: values}
    return {key: entry for index, value in enumerate(values, 1) for key, entry in _flat(f"{name}_{index}", value).items()}


def _activation(name: str, z: str, zs: Sequence[str]) -> str:
    if name == "softmax":
        return f"exp({z})/({' + '.join(f'exp({other})' for other in zs)})"
    return z if name == "linear" else f"{name}({z})"


def _loss(name: str, pairs: Sequence[tuple[str, str]]) -> str:
    part = {
        "half_sse": "({a} - {y})**2/2",
        "sse": "({a} - {y})**2",
        "mse": f"({{a}} - {{y}})**2/{len(pairs)}",
        "bce": "-({y}*log({a}) + (1 - {y})*log(1 - {a}))",
        "softmax_ce": "-{y}*log({a})",
        "sum": "{a}",
    }[name]
    return " + ".join(part.format(a=a, y=y) for a, y in pairs)


def load() -> tuple[Example, ...]:
    """Return the whole corpus, in its order."""
    return tuple(Example(json.loads(line)) for line in CORPUS.read_text(encoding="utf-8").splitlines())


# Files -------------------------------------------------------------------------------------------------------------------


def to_toml(problem: Mapping[str, Any]) -> str:
    """Write a problem as TOML: a table for every mapping, one line for everything in it."""
    lines: list[str] = []
    for key, value in problem.items():
        if key == "samples":
            for sample in value:
                lines += ["", "[[samples]]", *(f"{name} = {_toml(entry)}" for name, entry in sample.items())]
        elif isinstance(value, Mapping):
            lines += ["", f"[{key}]", *(f"{name} = {_toml(entry)}" for name, entry in value.items())]
        else:
            lines.append(f"{key} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml(entry)}" for name, entry in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


# The command line --------------------------------------------------------------------------------------------------------


def in_process(arguments: Sequence[str]) -> str:
    """Run the program in this process; returns its output, raises RuntimeError with what it complains about."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(arguments)
    out.seek(0)
    text = out.read()
    if code:
        msg = f"symbackprop {' '.join(arguments)}: exit code {code}: {err.getvalue()}"
        raise RuntimeError(msg)
    return text


@dataclass
class Answers:
    """What the command line says about one example; each command is run once, when it is first needed."""

    example: Example
    folder: Path
    command: Command = in_process
    suffix: str = ".toml"
    at: str = ""
    history: dict[int, Any] = field(default_factory=dict)

    def file(self, name: str, problem: Mapping[str, Any]) -> str:
        """Write a problem file; returns its path."""
        path = self.folder / f"{self.example.id}{name}{self.suffix}"
        path.write_text(json.dumps(problem) if self.suffix == ".json" else to_toml(problem), encoding="utf-8")
        return str(path)

    @cached_property
    def path(self) -> str:
        """The problem file."""
        return self.file("", self.example.problem)

    @cached_property
    def evaluated(self) -> dict[str, Any]:
        """The object of `evaluate`."""
        return self.object("evaluate", self.path)

    @cached_property
    def derived(self) -> dict[str, Any]:
        """The object of `derive --expand`."""
        return self.object("derive", self.path, "--expand")

    @cached_property
    def whole(self) -> dict[str, Any]:
        """The object of `evaluate` for all definitions, also those that do not lead to the output."""
        problem = self.example.whole
        return self.evaluated if problem is None else self.object("evaluate", self.file("-whole", problem))

    def object(self, *arguments: str) -> dict[str, Any]:
        """Run a command with `--format json`."""
        point = ["--at", self.at] if self.at else []
        found: dict[str, Any] = json.loads(self.command([*arguments, *point, "--format", "json"]))
        return found

    def train(self, steps: int) -> dict[int, Any]:
        """Return the history of one run of so many updates, by step; a longer run made before serves as well."""
        if steps not in self.history:
            made = self.object("train", self.path, "--steps", str(steps))["history"]
            self.history.update({entry["step"]: entry for entry in made})
        return self.history

    # The grammar of q ------------------------------------------------------------------------------------------------

    def number(self, entry: Mapping[str, Any]) -> float:
        """Return the quantity `q` of the corpus; raises KeyError for what the grammar does not have."""
        if "at" in entry:
            point = ", ".join(f"{self.example.plain(name)}={value}" for name, value in entry["at"].items())
            elsewhere = Answers(self.example, self.folder, self.command, self.suffix, point)
            return elsewhere.number({key: value for key, value in entry.items() if key != "at"})
        kind, _, rest = entry["q"].partition(":")
        if match := re.fullmatch(r"step(\d+)", kind):
            return self.at_step(self.train(int(match[1]))[int(match[1])], *rest.split(":", 1))
        if match := re.fullmatch(r"epoch(\d+)", kind):
            return self.epoch_report(int(match[1]))
        if match := re.fullmatch(r"deriv(\d+)", kind):
            return self.higher(int(match[1]), self.example.plain(rest))
        match kind:
            case "value" if rest == "report":
                return self.at_step(self.train(1)[0], kind, rest)
            case "value":
                return float(self.whole["values"][self.example.plain(rest)])
            case "grad":
                return float(self.evaluated["gradients"][self.example.plain(rest)]["value"])
            case "local":
                child, parent = map(self.example.plain, rest.split("/"))
                return float(self.evaluated["locals"][f"{child}/{parent}"]["value"])
            case "norm":
                names = [self.example.plain(name) for name in rest.removeprefix("grad:").split(",")]
                return float(self.object("evaluate", self.path, *(part for name in names for part in ("--wrt", name)))["norm"])
            case "expr":
                gradients = {name: row["value"] for name, row in self.evaluated["gradients"].items()}
                return self.arithmetic(rest, self.whole["values"], gradients)
            case "fd":
                return self.quotient(*rest.split("/"), h=entry["h"])
        raise KeyError(entry["q"])

    def at_step(self, point: Mapping[str, Any], kind: str, name: str) -> float:
        """Return a quantity of one point of the history."""
        if (kind, name) == ("value", "report"):
            return math.fsum(point["report"])
        if kind == "expr":
            return self.arithmetic(name, point["values"], point["gradients"])
        if kind == "value" and self.example.form == "optimizer-step" and name[0] != "w":
            return float(point["state"][self.example.plain(f"w{name[1:]}")][name[0]])
        return float(point[{"value": "values", "grad": "gradients"}[kind]][self.example.plain(name)])

    def epoch_report(self, epoch: int) -> float:
        """Sum the report over an epoch of online training, each sample measured before its update."""
        m = len(self.example.samples)
        history = self.train(epoch * m)
        return math.fsum(history[(epoch - 1) * m + s]["report"][s] for s in range(m))

    def higher(self, order: int, name: str) -> float:
        """Differentiate the output so many times: each derivative, written out, is the next problem."""
        found = self.derived
        for _ in range(order - 1):
            point = self.at or ", ".join(f"{leaf}={value}" for leaf, value in self.example.leaves.items())
            text = found["gradients"][name]["expanded"]
            found = json.loads(self.command(["derive", text, "--at", point, "--expand", "--format", "json"]))
        return float(found["gradients"][name]["value"])

    def arithmetic(self, text: str, values: Mapping[str, float], gradients: Mapping[str, float]) -> float:
        """Compute an expression in values (`NAME`) and gradients (`d_NAME`)."""
        env = {**values, **{f"d_{name}": value for name, value in gradients.items()}}
        return float(calculate(self.example.spelled(text), {name: mpmath.mpf(v) for name, v in env.items() if v is not None}))

    def quotient(self, child: str, parent: str, h: float) -> float:
        """Read the difference quotient for a step off the table of `derive --from-definition`."""
        assert child == self.example.output
        assert list(self.example.problem["point"]) == [parent]
        text = self.command(["derive", self.path, "--from-definition", "--digits", "17", "--format", "text"])
        return float(next(row.split()[1] for row in text.splitlines() if row.split()[:1] == [str(h)]))


# Comparing ---------------------------------------------------------------------------------------------------------------


def reproduce(example: Example, folder: Path, command: Command = in_process, suffix: str = ".toml") -> Report:
    """Work an example on the command line and compare everything the corpus says about it."""
    answers = Answers(example, folder, command, suffix)
    # The longest run has all the shorter ones in it.
    steps = [int(match[1]) for entry in (*example.expected, *example.misprints) if (match := re.match(r"step(\d+)", entry["q"]))]
    if steps:
        answers.train(max(steps))
    return Report(
        tuple(_compare(answers, entry) for entry in example.expected),
        tuple(_compare_form(answers, entry) for entry in example.symbolic),
        tuple(_compare_misprint(answers, entry) for entry in example.misprints),
    )


def _compare(answers: Answers, entry: Mapping[str, Any]) -> Check:
    what = f"{answers.example.id} {entry['q']}"
    ours = answers.number(entry)
    if not math.isclose(ours, entry["value"], rel_tol=RELATIVE):
        return Check(what, f"{ours!r}, but the value is {entry['value']!r}")
    if entry["printed"] is not None and not as_printed(ours, entry):
        return Check(what, f"{ours!r}, but the source prints {entry['printed']}")
    return Check(what)


def as_printed(value: float, entry: Mapping[str, Any]) -> bool:
    """Tell whether a value agrees with a printed number in the way `match` says."""
    printed, ours = Decimal(entry["printed"]), Decimal(value)
    unit = Decimal(1).scaleb(int(printed.as_tuple().exponent))
    slack = abs(ours) * Decimal(RELATIVE)
    match entry["match"]:
        case "round":
            return abs(ours - printed) <= unit / 2 + slack
        case "trunc":
            return abs(printed) <= abs(ours) + slack and abs(ours - printed) < unit + slack
        case "relative":
            return abs(ours - printed) <= Decimal(entry["tol"]) * abs(ours)
        case "rounded-steps":
            return abs(ours - printed) <= Decimal(entry["tol"])
    raise KeyError(entry["match"])


def _compare_misprint(answers: Answers, entry: Mapping[str, Any]) -> Check:
    what = f"{answers.example.id} {entry['q']} (misprint)"
    ours = answers.number(entry)
    if not math.isclose(ours, entry["value"], rel_tol=RELATIVE):
        return Check(what, f"{ours!r}, but the value is {entry['value']!r}")
    wrongly = as_printed(ours, {**entry, "match": "round"})
    return Check(what, f"{ours!r} reproduces the misprint {entry['printed']}" if wrongly else "")


def _compare_form(answers: Answers, entry: Mapping[str, Any]) -> Check:
    """Compare a closed form with the derivation's own at random points, with all its digits, or at the example's point."""
    example = answers.example
    kind, name = entry["q"].split(":")
    what = f"{example.id} {entry['q']} = {entry['expr']}"
    plain, text = example.plain(name), example.spelled(entry["expr"])
    steps = [step["text"].split(" = ", 1) for step in answers.derived["steps"] if step["kind"] == "definition"]
    if kind == "grad":
        steps = [[plain, answers.derived["gradients"][plain]["expanded"]]]
    for point in [example.leaves] if entry.get("point_only") else random_points(example):
        with mpmath.workdps(DIGITS + 10):
            leaves = {leaf: mpmath.mpf(str(value)) for leaf, value in point.items()}
            theirs = calculate(text, _follow(example.forward, leaves))
            ours = _follow(steps, leaves)[plain]
            if abs(ours - theirs) > mpmath.mpf(10) ** -DIGITS * max(1, abs(theirs)):
                return Check(what, f"differs from {dict(steps)[plain]} at {point}")
    return Check(what)


def _follow(definitions: Iterable[Sequence[str]], leaves: Mapping[str, Any]) -> dict[str, Any]:
    """Compute definitions, each in terms of earlier ones."""
    env = dict(leaves)
    for name, body in definitions:
        env[name] = calculate(body, env)
    return env


def random_points(example: Example) -> list[dict[str, Any]]:
    """Return points with every leaf between 0.1 and 0.9, but for the data whose numbers the source's formulas have in them."""
    generator = random.Random(example.id)
    fixed = {name: v for name, v in example.leaves.items() if name.startswith(DATA_PUT_IN.get(example.id, ()))}
    return [
        {name: fixed.get(name, Decimal(generator.randint(1000, 9000)) / 10000) for name in example.leaves} for _ in range(POINTS)
    ]


MATHEMATICS: dict[str, Any] = {
    **{name: getattr(mpmath, name) for name in ("exp", "log", "sin", "cos", "tan", "tanh", "sqrt")},
    "ln": mpmath.log,
    "abs": abs,
    "max": max,
    "min": min,
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "relu": lambda z: max(z, mpmath.mpf(0)),
    "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)),
    "step": lambda z: mpmath.mpf(z > 0),
    "softmax": lambda i, *zs: mpmath.exp(zs[int(i) - 1]) / sum(map(mpmath.exp, zs)),
}


def calculate(text: str, env: Mapping[str, Any]) -> Any:
    """Compute an expression in mpmath; its numbers are decimals, read with all their digits."""
    exact = re.sub(r"(?<![\w.])(\d+\.?\d*(?:[eE][+-]?\d+)?)", r"number('\1')", text.replace("^", "**"))
    return eval(exact, {"__builtins__": {}, "number": mpmath.mpf, **MATHEMATICS}, dict(env))


def main() -> int:
    """Reproduce all examples and print how many numbers of how many came out."""
    examples = [example for example in load() if example.form in IN_SCOPE]
    with tempfile.TemporaryDirectory() as folder:
        reports = [reproduce(example, Path(folder)) for example in examples]
    print(summary(reports))
    outside = [f"{example.id} ({example.form})" for example in load() if example.form not in IN_SCOPE]
    print(f"out of scope, {len(outside)} examples: {', '.join(outside)}")
    faults = [fault for report in reports for fault in report.faults]
    print("\n".join(faults), end="\n" if faults else "")
    return bool(faults)


def summary(reports: Sequence[Report]) -> str:
    """Say in one line how much came out."""
    whole = sum(reports, Report())

    def of(checks: Sequence[Check]) -> str:
        return f"{sum(not check.fault for check in checks)} of {len(checks)}"

    return (
        f"{of(whole.numbers)} numbers and {of(whole.forms)} closed forms of {len(reports)} examples reproduced; "
        f"{of(whole.misprints)} misprinted numbers put right"
    )


if __name__ == "__main__":
    sys.exit(main())
