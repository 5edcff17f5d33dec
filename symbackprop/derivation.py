"""
The public face of a derivation: gradients as SymPy objects, numbers, slices, and every format.

Nothing is computed before it is asked for, but the backward pass itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from symbackprop.atoms import atomise
from symbackprop.backprop import Backward, backpropagate, expand, slice_names
from symbackprop.document import Document
from symbackprop.errors import InputError, ProblemError, UnknownNameError, nearest
from symbackprop.evaluate import Values, evaluate_at, missing
from symbackprop.export import derivation_json, dump, history_json
from symbackprop.expr import Expr
from symbackprop.files import SUFFIXES
from symbackprop.graph import Graph, Role
from symbackprop.names import normalise_name, short
from symbackprop.narrate import Teller, Telling, narrate
from symbackprop.narrate.numerals import Numerals
from symbackprop.network import Network
from symbackprop.notation import NOTATIONS, Speller
from symbackprop.optimizers import find_optimizer, make_options
from symbackprop.parse.values import constant, kind_of
from symbackprop.problem import Problem, from_dict, from_network, load
from symbackprop.render import FORMATS, Options, find_format, format_of_suffix
from symbackprop.steps import Step
from symbackprop.sympy_bridge import to_sympy
from symbackprop.train import Progress, Trajectory
from symbackprop.train import train as run_training
from symbackprop.typeset.shortcuts import latex

LEARNED = (Role.WEIGHT, Role.BIAS)


@dataclass(frozen=True, repr=False, eq=False)
class Derivation:
    """
    Every ∂output/∂value of a problem, with the steps that lead to it.

    >>> d = derive("u = 2*x + 1; y = u^3")
    >>> d.gradient("x")
    6*u**2
    >>> d.gradient("x", expand=True)
    6*(2*x + 1)**2
    """

    problem: Problem
    backward: Backward
    telling: Telling = field(default_factory=Telling)
    notation: str = "ng"

    def __post_init__(self) -> None:
        """Check the notation; raises InputError."""
        check_notation(self.notation)

    @property
    def graph(self) -> Graph:
        """The forward definitions."""
        return self.backward.graph

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every claim of the derivation, in order."""
        return self.backward.steps

    @property
    def output(self) -> str:
        """The plain name of what is differentiated."""
        return self.backward.output

    @cached_property
    def values(self) -> Values | None:
        """All numbers at the problem's own point, or None where it gives none."""
        point = self.problem.point
        return None if missing(self.graph, point) else evaluate_at(self.backward, point, self.problem.names)

    @cached_property
    def speller(self) -> Speller:
        """How this derivation's symbols are spelled."""
        return make_speller(self.problem, self.backward, self.notation)

    # --- mathematics -----------------------------------------------------------------------------------------

    @cached_property
    def composite(self) -> Any:
        """The output as one SymPy expression in inputs, weights and biases; activations by name, `doit` writes them out."""
        whole = expand(self.graph.output.symbol, self.graph.definitions)
        return to_sympy(whole, self.problem.assumptions)

    def gradient(self, name: str, *, expand: bool = False) -> Any:
        """
        Return ∂output/∂name as a SymPy expression in named quantities, or in leaves only.

        `name` is any leaf or value, in any spelling the command line accepts ("w1[2,3]"), or its derivative ("dL/dw1_2_3").
        Raises UnknownNameError, which names the nearest known ones.
        """
        return to_sympy(self.expression(name, expanded=expand), self.problem.assumptions)

    def expression(self, name: str, *, expanded: bool = False) -> Expr:
        """Return the same as `gradient` as the package's own expression, in textbook order."""
        symbol = self.backward.adjoints[self.plain(name)]
        node = self.backward.definitions[symbol.name]
        return expand(symbol, self.backward.definitions) if expanded else node.expr

    def plain(self, name: str) -> str:
        """Return the plain name of a quantity the output depends on, from any spelling."""
        leaves = self.graph.leaf_by_name
        learned = [name for name, leaf in leaves.items() if leaf.role in LEARNED]
        known = dict.fromkeys((*learned, *leaves, *self.graph.definitions))
        plain = self._written.get(name) or self._known(name, known)
        plain = self._written.get(plain, plain)
        if plain not in self.backward.adjoints:
            own = self.problem.names
            if plain == self.output:
                msg = f"{own.get(plain, plain)} is the output itself; ask for the derivative by something it depends on"
                raise InputError(msg)
            if plain not in known:
                output = own.get(self.output, self.output)
                msg = f'"{short(name)}" is no derivative of {output}; name a quantity, or the derivative by it: d{output}/d…'
                raise UnknownNameError(msg)
            near = nearest(plain, self.backward.adjoints)
            msg = f"{own.get(self.output, self.output)} does not depend on {own.get(plain, plain)}{near}"
            raise UnknownNameError(msg)
        return plain

    def _known(self, name: str, known: Collection[str]) -> str:
        """Return the plain name a reader means; of a layer that is not there, say which are."""
        try:
            return normalise_name(name, known, self.problem.names)
        except UnknownNameError:
            layers = self._layers
            if not layers or not re.fullmatch(r"[Wb]\d+", name.strip()):
                raise
            msg = f'unknown name "{name.strip()}": the layers are {", ".join(layers)}'
            raise UnknownNameError(msg) from None

    @cached_property
    def _computed(self) -> frozenset[str]:
        """The definitions, by their plain names and the problem's own."""
        own = self.problem.names
        return frozenset({*self.graph.definitions, *(own[name] for name in self.graph.definitions if name in own)})

    @cached_property
    def _layers(self) -> dict[str, list[str]]:
        """The weights and biases of each layer of a network, by the layer's name: W1, b1."""
        found: dict[str, list[str]] = {}
        for name, leaf in self.graph.leaf_by_name.items():
            if leaf.role in LEARNED:
                found.setdefault(name.split("_", maxsplit=1)[0].replace("w", "W"), []).append(name)
        return found

    @cached_property
    def _written(self) -> dict[str, str]:
        """The quantity each derivative belongs to, by how the derivative is written: dL_dw1_1_1, delta1_1."""
        adjoints = self.backward.adjoints
        return {**{f"d{self.output}_d{of}": of for of in adjoints}, **{symbol.name: of for of, symbol in adjoints.items()}}

    def evaluate(self, point: Mapping[str, Any] | None = None, /, **given: Any) -> Values:
        """
        Compute all values, local derivatives and gradients at a point.

        Scalars by plain name (`w1_1_1=0.15`), or vectors and matrices by layer: x (inputs), y (targets),
        W1 (units × inputs), b1 (units); what is not given comes from the problem.
        Raises InputError for a name that is not a leaf, a wrong shape, a leaf without a number or what an assumption
        of the problem forbids, and DomainError where a definition has no value.

        >>> derive("3*x^2 + 2*x*y + y^2").evaluate(x=1, y=2).gradient
        Gradient(x=10, y=6)
        """
        moved = self._moved({**_checked_point({} if point is None else point), **given})
        return evaluate_at(self.backward, moved.point, self.problem.names)

    def _moved(self, given: Mapping[str, Any]) -> Problem:
        """Return the problem at another point, given as in `evaluate`."""
        point: dict[str, Expr] = {}
        for name, value in given.items():
            point.update(self._leaf_values(str(name), value))
        return self.problem.moved(point)

    def _leaf_values(self, name: str, value: Any) -> dict[str, Expr]:
        """Read one argument of `evaluate`: a scalar, or the entries of a vector or matrix."""
        leaves = self.graph.leaf_by_name
        if hasattr(value, "tolist"):
            value = value.tolist()
        if not isinstance(value, list | tuple):
            plain = normalise_name(name, leaves, self.problem.names)
            return {plain: _constant(plain, value)}
        prefix = f"{name}_" if name in {"x", "y"} or name[0] == "b" else f"{name[0].lower()}{name[1:]}_"
        entries: dict[str, Expr] = {}
        for j, row in enumerate(value, 1):
            if isinstance(row, list | tuple):
                entries.update({f"{prefix}{j}_{k}": _constant(f"{name}[{j},{k}]", entry) for k, entry in enumerate(row, 1)})
            else:
                entries[f"{prefix}{j}"] = _constant(f"{name}[{j}]", row)
        expected = [leaf for leaf in leaves if leaf.startswith(prefix) and "_s" not in leaf]
        if set(entries) != set(expected):
            if not expected:
                msg = f'"{name}" is no vector or matrix of this problem: x, y, W1, b1 and so on are, where there are layers'
            else:
                msg = f"{name}: {_listed(list(entries))} given, {_listed(expected)} expected"
            raise InputError(msg)
        return entries

    def plain_names(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return plain names, with whole layers (W1, b1) as their entries; raises UnknownNameError."""
        own = self.problem.names.values()
        found: list[str] = []
        for name in names:
            layer = self._layers.get(name.strip(), []) if name.strip() not in own else []
            found.extend([n for n in layer if n in self.backward.adjoints] or [self.plain(name)])
        return tuple(dict.fromkeys(found))

    # --- training --------------------------------------------------------------------------------------------

    def train(  # noqa: PLR0913 - as the [training] table
        self,
        steps: int = 1,
        optimizer: str | None = None,
        options: Mapping[str, object] | None = None,
        *,
        update: str | None = None,
        parameters: Sequence[str] = (),
        progress: Progress | None = None,
        **given: object,
    ) -> Trajectory:
        """
        Make `steps` updates from the problem's point, of `parameters` (W1, b2, w1_1_1) only where some are given.

        The optimizer's options stand in a dict or by name (`learning_rate=0.1`).
        What is not given comes from the problem's [training] table, else the optimizer's defaults.
        Raises ProblemError for an option the optimizer does not take, and what `train.train` raises.

        >>> derive("x^2", at="x=3").train(1, "sgd", learning_rate=0.1).points[1]["x"]
        2.4
        """
        options = {**(options or {}), **given}
        own = self.problem.names
        declared = self.problem.training
        if optimizer is None and not options and declared is not None:
            chosen = declared.options
        else:
            base = {}
            if (
                declared is not None
                and find_optimizer(optimizer or declared.options.optimizer).name == declared.options.optimizer
            ):
                base = {**declared.options.hyperparameters, "direction": declared.options.direction}
            elif declared is not None:
                base = {
                    "learning_rate": declared.options.hyperparameters["learning_rate"],
                    "direction": declared.options.direction,
                }
            name = optimizer or (declared.options.optimizer if declared else "sgd")
            chosen = make_options(name, {**base, **options})
        absent = missing(self.graph, self.problem.point)
        if absent:
            names = _listed([own.get(name, name) for name in absent])
            msg = f"training needs a number for {names}; give them in a problem file or with --at"
            raise InputError(msg)
        return run_training(
            self.backward,
            self.problem.point,
            chosen,
            steps,
            parameters=self._parameters(parameters) or (declared.train if declared else ()),
            update=update or (declared.update if declared else "batch"),
            report=(declared.report if declared else "") or "",
            progress=progress,
            names=own,
        )

    def _parameters(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the plain names of what is to be trained: whole layers (W1, b1) and leaves, in any spelling."""
        leaves, own = self.graph.leaf_by_name, self.problem.names
        learned = [name for name, leaf in leaves.items() if leaf.role in LEARNED]
        known = dict.fromkeys((*learned, *leaves))
        found: list[str] = []
        for name in [names] if isinstance(names, str) else names:
            layer = self._layers.get(name.strip(), []) if name.strip() not in own.values() else []
            if not layer and name.strip() in self._computed:
                msg = f"{name.strip()} is computed, so it cannot be trained"
                raise InputError(msg)
            found.extend(layer or [self._known(name, known)])
        return tuple(dict.fromkeys(found))

    def training_json(self, run: Trajectory) -> str:
        """Return the JSON object of `train`: that of the derivation at the start, with the history."""
        return dump({**self._json(), "history": history_json(run)})

    # --- views -----------------------------------------------------------------------------------------------

    def slice(self, *names: str) -> Derivation:
        """Return the same derivation told for some quantities only; a whole layer (W1, b1) is all its entries."""
        return replace(self, telling=replace(self.telling, wrt=self.plain_names(names)))

    def told(  # noqa: PLR0913 - one parameter an option of the command line
        self,
        *,
        detail: int | None = None,
        digits: int | None = None,
        exact: bool | None = None,
        paths: bool | None = None,
        expand: bool | None = None,
        wrt: str | Sequence[str] | None = None,
    ) -> Derivation:
        """
        Return the same derivation told otherwise; what is not given stays as it was.

        The options are those of the command line: `detail` from 0 (the results) to 3 (every micro-step), `digits` from
        1 to 17, numbers `exact`, derivatives as sums over `paths` or written out in leaves (`expand`), and by which
        quantities (`wrt`).  Raises ProblemError for a number out of range, UnknownNameError for an unknown name.

        >>> derive("2-2-1").told(detail=3, wrt=["W2"]).telling.wrt
        ('w2_1_1', 'w2_1_2')
        """
        before = self.telling
        numerals = before.numerals
        telling = make_telling(
            before.detail if detail is None else detail,
            numerals.digits if digits is None else digits,
            exact=numerals.exact if exact is None else exact,
        )
        names = before.wrt if wrt is None else self.plain_names([wrt] if isinstance(wrt, str) else wrt)
        return replace(
            self,
            telling=replace(
                telling,
                wrt=names,
                paths=before.paths if paths is None else paths,
                expand=before.expand if expand is None else expand,
            ),
        )

    def atoms(self) -> Derivation:
        """Return the derivation with every definition taken apart into binary operations."""
        backward = backpropagate(atomise(self.graph), unit_sums=self.problem.constraints)
        return replace(self, backward=backward)

    def at(self, **point: Any) -> Derivation:
        """Return the derivation with numbers at a point, given as in `evaluate`."""
        return replace(self, problem=self._moved(point))

    def document(self) -> Document:
        """Tell the derivation; raises InternalError where a step is not true."""
        return narrate(self.teller())

    def teller(self) -> Teller:
        """Return a teller of this derivation."""
        return Teller(self.problem, self.backward, self.values, self.telling)

    # --- formats ---------------------------------------------------------------------------------------------

    def render(self, name: str, options: Options | None = None) -> str:
        """Print the derivation in a format of `render.FORMATS`, or "json"."""
        if name == "json":
            return self.to_json()
        return find_format(name).render(self.document(), self.speller, options or Options())

    def to_text(self) -> str:
        """Return plain text, 80 columns."""
        return self.render("text")

    def to_latex(self, *, standalone: bool = False) -> str:
        """Return a LaTeX fragment (amsmath, amssymb, xcolor), or a whole document."""
        return self.render("standalone" if standalone else "latex")

    def to_markdown(self, flavour: str = "dollar") -> str:
        """Return Markdown, "dollar" or "github"."""
        return self.render(flavour)

    def to_json(self) -> str:
        """Return the JSON object of schema 1."""
        return dump(self._json())

    def _json(self) -> dict[str, Any]:
        return derivation_json(
            self.problem, self.backward, self.values, self.speller, wrt=self.telling.wrt, with_expanded=self.telling.expand
        )

    def save(self, path: str | Path) -> Path:
        """Write the format the file's ending chooses; raises InputError for an unknown ending."""
        target = Path(path)
        target.write_text(self.render(format_for(target)), encoding="utf-8", errors="replace", newline="\n")
        return target

    def _repr_latex_(self) -> str:
        """Return the gradients as one display that KaTeX and MathJax can set."""
        needed = slice_names(self.backward, [self.backward.adjoints[name].name for name in self.teller().parameters])
        rows = [
            rf"{latex(node.symbol, self.speller)} &= {latex(node.expr, self.speller)}"
            for node in self.backward.nodes
            if node.symbol.name in needed
        ]
        body = " \\\\\n".join(rows)
        return rf"$$\begin{{aligned}}{body}\end{{aligned}}$$"

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - IPython's signature
        """Print the derivation as text where nothing richer can be shown."""
        printer.text(repr(self) if cycle else self.to_text())

    def __repr__(self) -> str:
        """Return what is derived, in a line, and for what it is told where that is not everything."""
        own = self.problem.names
        parameters = [name for names in self._layers.values() for name in names]
        one = "parameter" if parameters else "variable"
        counted = len(parameters or self.graph.leaves)
        told = f"; told for {_listed([own.get(name, name) for name in self.telling.wrt])}" if self.telling.wrt else ""
        size = f"{counted} {one}{'' if counted == 1 else 's'}, {len(self.steps)} steps"
        return f"<Derivation of {own.get(self.output, self.output)}: {size}{told}>"

    def __str__(self) -> str:
        """Return the derivation as text."""
        return self.to_text()


def _checked_point(point: object) -> Mapping[str, Any]:
    """Return a point that is a dict; raises InputError for anything else."""
    if isinstance(point, Mapping):
        return point
    msg = f"a point is a dict, or numbers by name: evaluate(x=1, y=2); this is {kind_of(point)}"
    raise InputError(msg)


def make_telling(detail: int, digits: int, *, exact: bool, option: str = "") -> Telling:
    """Return how a derivation is told; `option` stands before names in messages.  Raises ProblemError."""
    faults = []
    if detail not in {0, 1, 2, 3}:
        faults.append(f"{option}detail: {detail} is not accepted; 0, 1, 2 or 3 is")
    if not isinstance(digits, int) or not 1 <= digits <= 17:
        faults.append(f"{option}digits: {digits} is not accepted; 1 to 17 is")
    if faults:
        raise ProblemError(*faults)
    return Telling(detail, numerals=Numerals(digits, exact))


def check_notation(notation: str) -> None:
    """Raise InputError for an unknown notation; the message lists those that are known."""
    if notation not in NOTATIONS:
        msg = f'unknown notation "{notation}"{nearest(str(notation), NOTATIONS)} (known: {", ".join(NOTATIONS)})'
        raise InputError(msg)


def _constant(place: str, value: object) -> Expr:
    """Read a number; an InputError says where it stands."""
    try:
        return constant(value)
    except InputError as error:
        msg = f"{place}: {error}"
        raise InputError(msg) from None


def _listed(names: Sequence[str]) -> str:
    """List the first few names."""
    return ", ".join(names[:6]) + (", …" if len(names) > 6 else "") if names else "nothing"


def format_for(target: Path) -> str:
    """Return the format a file's ending chooses, "json" included; raises InputError, which lists the endings."""
    if target.suffix.lower() == ".json":
        return "json"
    row = format_of_suffix(target.suffix)
    if row is None:
        endings = ", ".join(suffix for r in FORMATS.values() for suffix in r.suffixes)
        pdf = "; for a PDF, write .tex and run pdflatex on it" if target.suffix.lower() == ".pdf" else ""
        msg = f'{target}: no format for the ending "{target.suffix}" (known: {endings}, .json){pdf}'
        raise InputError(msg)
    return row.name


def make_speller(problem: Problem, backward: Backward, notation: str = "ng") -> Speller:
    """Return how the symbols of a problem are spelled; raises InputError for an unknown notation."""
    check_notation(notation)
    graph = backward.graph
    network = problem.network is not None
    output = graph.output.symbol.name
    parents = graph.parents[output]
    ambiguous = frozenset(
        (output, parent)
        for parent in parents
        if len([c for c in graph.children[parent] if c in backward.adjoints or c == output]) > 1
    )
    return Speller(
        NOTATIONS[notation],
        network=network,
        names=problem.names,
        single_target=network and problem.network is not None and problem.network.layers[-1].units == 1,
        ordinary=frozenset() if network else _ordinary(backward),
        ambiguous=ambiguous,
    )


def _ordinary(backward: Backward) -> frozenset[str]:
    """
    Return the derivatives of a plain function that are written with d: nothing else is held fixed there.

    A local derivative is ordinary where its definition uses one name only; a derivative of the output, where
    the output depends on one variable only and this is it, or lies on the only way to it.
    """
    graph = backward.graph
    names = {step.about.name for (child, _), step in backward.locals.items() if len(graph.parents[child]) == 1}
    if len(backward.adjoints) and sum(leaf.symbol.name in backward.adjoints for leaf in graph.leaves) == 1:
        output = backward.output
        names |= {
            symbol.name
            for of, symbol in backward.adjoints.items()
            if of in graph.leaf_by_name
            or all(len(graph.parents[n]) == 1 for n in graph.descendants(of) & graph.ancestors(output) if n != of)
        }
    return frozenset(names)


def derive(
    problem: Network | Problem | Mapping[str, Any] | str | Path,
    *,
    at: str | Mapping[str, Any] | None = None,
    notation: str = "ng",
    unit_targets: bool = False,
) -> Derivation:
    """
    Derive every gradient of a network, a one-liner, definitions, a problem file or a dict shaped like one.

    `at` gives numbers ("x=1,y=2", or a dict that `evaluate` takes); with `unit_targets`, the targets of each sample are
    known to sum to 1.
    Raises ProblemError with every fault found, InputError for what is no problem.

    >>> derive("2-3:softmax,cross_entropy", unit_targets=True).gradient("z1_2")
    a1_2 - y_2
    """
    check_notation(notation)
    loaded = _loaded(problem)
    if isinstance(at, str):
        loaded = loaded.at(at)
    if unit_targets:
        loaded = replace(loaded, constraints=target_groups(loaded))
    made = Derivation(loaded, backpropagate(loaded.graph, unit_sums=loaded.constraints), notation=notation)
    return made if at is None or isinstance(at, str) else made.at(**_checked_point(at))


def _loaded(problem: object) -> Problem:
    match problem:
        case Problem():
            return problem
        case Network():
            return from_network(problem)
        case Mapping():
            return from_dict(problem)
        case Path() if problem.suffix.lower() not in SUFFIXES:
            msg = f"{problem}: a problem file ends in {' or '.join(SUFFIXES)}"
            raise ProblemError(msg)
        case str() | Path():
            return load(str(problem))
        case _:
            msg = f"a problem is a Network, a text, a path or a dict; this is {kind_of(problem)}"
            raise InputError(msg)


def target_groups(problem: Problem) -> tuple[tuple[str, ...], ...]:
    """Return the targets of each sample; raises InputError where there are fewer than two."""
    groups: dict[str, list[str]] = {}
    for leaf in problem.graph.leaves:
        if leaf.role is Role.TARGET:
            _, _, sample = leaf.symbol.name.partition("_s")
            groups.setdefault(sample, []).append(leaf.symbol.name)
    if not groups or any(len(group) < 2 for group in groups.values()):
        msg = "y sum 1: this needs a network with at least two targets a sample"
        raise InputError(msg)
    return tuple(tuple(group) for group in groups.values())
