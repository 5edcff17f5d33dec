"""One update of every parameter that is learnt, by the optimizer of the problem: definitions like all others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from symbackprop.arithmetic import FLOAT, evaluate
from symbackprop.arithmetic.rational import exact, without_zeros
from symbackprop.backprop import Backward
from symbackprop.document import Row
from symbackprop.errors import DomainError
from symbackprop.evaluate import Values
from symbackprop.expr import ONE, Expr, Number, Symbol, operations, substitute, symbols
from symbackprop.graph import Role
from symbackprop.optimizers import HYPERPARAMETERS, OptimizerOptions, make_options
from symbackprop.optimizers.letters import G, T, W
from symbackprop.pages.fields import Field
from symbackprop.pages.marks import Numbers, Parameter, Slope
from symbackprop.problem import Problem

USUAL_RATE = Number(Fraction(1, 2), decimal=True)
Extra = tuple[float, Fraction | None]


def after(name: str, line: str = "") -> str:
    """Return the name of a parameter after one update, or of a line on the way there; no plain name has spaces."""
    return f"{name} after {line}".rstrip()


def chosen(letter: str) -> str:
    """Return the name of a number of the optimizer, such as the learning rate."""
    return f"{letter} of the optimizer"


@dataclass(frozen=True)
class Updates:
    """The first update of the parameters in `told` that are learnt: those of [training], else weights and biases."""

    problem: Problem
    backward: Backward
    told: tuple[str, ...]

    @cached_property
    def options(self) -> OptimizerOptions:
        """The optimizer: that of [training], else gradient descent."""
        declared = self.problem.training
        return declared.options if declared else make_options("sgd", {"learning_rate": USUAL_RATE})

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What is updated."""
        graph, declared = self.backward.graph, self.problem.training
        own = [name for name in graph.leaf_by_name if name in self.told]  # as a script lists them
        if declared and declared.train:
            return tuple(name for name in own if name in declared.train)
        return tuple(name for name in own if declared or graph.role(name) in {Role.WEIGHT, Role.BIAS})

    @property
    def title(self) -> str:
        """What is done."""
        word = " uphill" if self.options.direction == "ascent" else ""
        return f"One step of {self.options.row.title}{word}"

    @property
    def remark(self) -> str:
        """What [training] does otherwise than this one step."""
        declared = self.problem.training
        if declared and declared.update == "online" and len(self.backward.outputs) > 1:
            return "This step is for all samples together; [training] makes one for each sample in turn."
        return "The state before the first step is what it starts from." if self.options.row.state else ""

    def lines(self, name: str) -> tuple[tuple[str, Expr], ...]:
        """Return the recurrence with the names of a page: everything that is computed, in order."""
        own = {W.name: Symbol(name), G.name: self.backward.adjoints[name], T.name: ONE, **self._constants}
        own |= self.options.start(name)
        found = []
        for letter, expr in self.options.recurrence:
            made = after(name, "" if letter == W.name else letter)
            found.append((made, substitute(expr, own)))
            own[letter] = Symbol(made)
        return tuple(found)

    @cached_property
    def _constants(self) -> dict[str, Expr]:
        return {letter: Symbol(chosen(letter)) for letter in self.options.constants}

    @cached_property
    def definitions(self) -> tuple[tuple[str, Expr], ...]:
        """Everything that is computed."""
        return tuple(line for name in self.names for line in self.lines(name))

    @property
    def given(self) -> tuple[str, ...]:
        """The names of the optimizer's numbers, where anything is updated."""
        return tuple(map(chosen, self.options.constants)) if self.names else ()

    def numbers(self, values: Values) -> dict[str, Extra]:
        """Return the numbers of all of it; one that has no value is not a number."""
        constants = self.options.constants.items() if self.names else ()
        found: dict[str, Extra] = {chosen(k): (float(v.value), Fraction(v.value)) for k, v in constants}
        floats = {**values.env, **{name: value for name, (value, _) in found.items()}}
        fractions = {**values.exact_env, **{name: value for name, (_, value) in found.items() if value is not None}}
        return {**found, **dict(counted(self.definitions, floats, fractions))}

    def fields(self, numbers: Numbers) -> list[tuple[str, list[Field]]]:
        """Return the fields of the optimizer."""
        if not self.names:
            return []
        rows = {row.symbol.name: row for row in HYPERPARAMETERS.values()}
        fields = []
        for letter, value in self.options.constants.items():
            fields.append(Field(rows[letter].symbol, numbers.place[chosen(letter)], float(value.value), Fraction(value.value)))
        title = "Learning rate" if len(fields) == 1 else f"Optimizer: {self.options.row.title}"
        return [(title, fields)]

    def data(self, numbers: Numbers) -> dict[str, object]:
        """Return what the script must know to tell the update of any parameter: of one there is no choice."""
        if not self.names or len(self.told) == 1:
            return {}
        lines = [name for name, _ in self.lines(self.names[0])]
        learnt = [numbers.place[name] for name in self.names]
        some = {} if set(self.names) == set(self.told) else {"learnt": learnt}
        return {**some, "after": numbers.place[lines[0]], "size": len(lines)}

    def rows(self, numbers: Numbers) -> Iterator[tuple[str, Row]]:
        """Write the update of the first parameter, line by line, with its numbers."""
        name = self.names[0]
        slope = self.backward.adjoints[name]
        left_side = Parameter(name)
        own: dict[str, Expr] = {W.name: left_side, G.name: Slope(slope.name, slope.output, slope.of)}
        way = "along the gradient" if self.options.direction == "ascent" else "against the gradient"
        for (letter, expr), (made, put_in) in zip(self.options.recurrence, self.lines(name), strict=True):
            left, reason = (left_side, (way,)) if letter == W.name else (Symbol(letter), ())
            shown = numbers.slot(made) if numbers.values is not None else None
            plain = operations(put_in) == 0
            yield "row", Row(left, substitute(expr, own), shown if plain else None, reason, "←")
            if shown is not None and not plain:
                yield "row put", Row(None, numbers.put_in(put_in), shown)


def counted(
    definitions: Iterable[tuple[str, Expr]], floats: dict[str, float], fractions: dict[str, Fraction]
) -> Iterator[tuple[str, Extra]]:
    """Evaluate definitions in order, as doubles and as fractions where they are; both mappings grow."""
    for name, expr in definitions:
        try:
            floats[name] = evaluate(expr, floats, FLOAT)
        except DomainError:
            floats[name] = float("nan")
        fraction = _fraction(expr, fractions)
        if fraction is not None:
            fractions[name] = fraction
        yield name, (floats[name], fraction)


def _fraction(expr: Expr, known: dict[str, Fraction]) -> Fraction | None:
    reduced = without_zeros(expr, known)
    used = symbols(reduced)
    try:
        return exact(reduced, {name: known[name] for name in used}) if all(name in known for name in used) else None
    except DomainError:
        return None
