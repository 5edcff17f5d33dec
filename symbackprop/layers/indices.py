"""
The view by indices: each definition and each gradient at letters j and k, with Σ and Kronecker's δ.

The chain rule sums over all entries of what a quantity acts on; local derivatives put Kronecker's deltas under
the sums; contracted, what is left is the (j, k) entry of the view by layers.  Every step is a claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from symbackprop.calculus import derivative
from symbackprop.errors import InternalError
from symbackprop.expr import (
    ZERO,
    Adjoint,
    Call,
    Expr,
    Partial,
    Product,
    Sum,
    Symbol,
    add,
    call,
    mul,
    substitute,
    transform,
    walk,
)
from symbackprop.indexed import Entry, Kronecker, Local, Sigma, contracted, ground, multiplied_out
from symbackprop.layers.claims import unit_name, unit_outputs
from symbackprop.layers.forward import batch_factor, loss_summand, penalties
from symbackprop.layers.plan import Plan
from symbackprop.layers.reading import Reader
from symbackprop.layers.sweep import LayerSweep, with_slopes
from symbackprop.matrix import Size, Slope, Softmax
from symbackprop.steps import Definition, Pullback, Step, Substitution

UNIT_LETTERS, SAMPLE_LETTERS = "jkimpquvcdfgh", "str"

# Why a step by indices holds, by key.
REASONS = {
    "definition": "",
    "local": "entry by entry",
    "chain": "chain rule: over everything it acts on",
    "put in": "the local derivatives",
    "multiply": "multiply out",
    "contract": "δ leaves one term of each sum",
    "entry": "put in",
}


@dataclass(frozen=True)
class IndexStep:
    """about = value, for every value of the letters; `ranges` says how far each counts, `source` is the step by layers."""

    about: Entry | Local
    value: Expr
    rule: str
    ranges: Mapping[str, Size]
    source: Step | None = None


@dataclass(frozen=True)
class Letters:
    """The letters for units, in the order of use, and that for samples, or "" where there is one sample."""

    units: tuple[str, ...]
    sample: str

    def unit(self, place: int) -> str:
        """Return a letter for units: the first for a layer, the second for the layer below, the third to sum over."""
        return self.units[place]


def letters_for(plan: Plan) -> Letters:
    """Choose letters that are no sizes."""
    sizes = {size for size in (*plan.sizes, plan.batch) if isinstance(size, str)}
    units = tuple(letter for letter in UNIT_LETTERS if letter not in sizes)
    sample = next(letter for letter in SAMPLE_LETTERS if letter not in sizes)
    return Letters(units, sample if plan.batch is not None else "")


@dataclass
class IndexSweep:
    """The steps of one network by indices, in order."""

    sweep: LayerSweep
    letters: Letters
    steps: list[IndexStep] = field(default_factory=list)

    @property
    def plan(self) -> Plan:
        """The plan of the network."""
        return self.sweep.layers.plan


def sweep_indices(sweep: LayerSweep) -> IndexSweep:
    """Read a sweep over whole layers at letters."""
    return _Indices(sweep).run()


class _Indices:
    def __init__(self, sweep: LayerSweep) -> None:
        self.sweep = sweep
        self.plan = plan = sweep.layers.plan
        self.letters = letters_for(plan)
        self.reader = Reader(sweep.shapes, plan.rows, self.letters.units, (self.letters.sample,))
        self.j, self.k, self.i = self.letters.units[:3]
        self.s = self.letters.sample
        self.many = plan.batch is not None
        self.found = IndexSweep(sweep, self.letters)
        self.definitions = sweep.layers.graph.definitions
        self.below: dict[str, str] = {}
        for layer in range(1, plan.depth + 1):
            z, a = self.whole("z", layer), self.whole("a", layer)
            for name in (f"W{layer}", f"b{layer}", self.whole("a", layer - 1)):
                self.below[name] = z
            self.below[z] = a

    def whole(self, letter: str, layer: int) -> str:
        if layer == 0:
            return "X" if self.many else "x"
        return f"{letter.upper() if self.many else letter}{layer}"

    def size(self, name: str) -> Size:
        """Return how many units a whole layer has."""
        layer = int(name[1:] or 0) if name[0] not in "yY" else self.plan.depth
        return self.plan.sizes[layer]

    def ranges(self, *entries: Entry) -> dict[str, Size]:
        found: dict[str, Size] = {}
        for entry in entries:
            of = entry.base.of if isinstance(entry.base, Adjoint) else entry.base.name
            if entry.indices:
                found[entry.indices[0]] = self.size(of)
            if len(entry.indices) > 1:
                found[entry.indices[1]] = self.plan.sizes[int(of[1:]) - 1]
            if entry.sample:
                found[entry.sample] = self.plan.batch or 1
        return found

    def entry(self, symbol: Symbol, *letters: str) -> Entry:
        """Name an entry at letters, in the order unit, unit below; samples have their own."""
        of = symbol.of if isinstance(symbol, Adjoint) else symbol.name
        sample = self.s if of[0].isupper() and of[0] not in "WJ" else ""
        return Entry(symbol, letters, sample)

    def tell(self, about: Entry | Local, value: Expr, rule: str, source: Step | None = None) -> None:
        entries = (about.child, about.parent) if isinstance(about, Local) else (about,)
        last = self.found.steps[-1] if self.found.steps else None
        if last is None or last.about != about or alike(last.value) != alike(value):
            self.found.steps.append(IndexStep(about, value, rule, self.ranges(*entries), source))
        elif last.rule in {"put in", "contract"}:
            # The same, but for the order of factors: keep that of the view by layers.
            self.found.steps[-1] = IndexStep(about, value, last.rule, last.ranges, source)

    def read(self, expr: Expr, about: Entry) -> Expr:
        """Read a matrix expression at the letters of an entry."""
        of = about.base.of if isinstance(about.base, Adjoint) else about.base.name
        letters = about.indices or (self.j if of == "L" else "",)
        if of[0] == "W":
            row, column = letters
        elif of[0] == "b":
            row, column = letters[0], ""
        else:
            unit = letters[0] if about.indices else ""
            row, column = (about.sample, unit) if self.plan.rows else (unit, about.sample)
        return self.reader.at(expr, row, column)

    def run(self) -> IndexSweep:
        for step in self.sweep.steps:
            if isinstance(step, Definition):
                self.define(step)
            elif step.about.name[0] not in "dD" or isinstance(step, Pullback):
                self.pull(step)
            else:
                about = self.about(step.about)
                self.tell(about, self.read(step.value, about), "entry", step)
        return self.found

    def about(self, symbol: Symbol) -> Entry:
        assert isinstance(symbol, Adjoint)
        return self.entry(symbol, self.j, self.k) if symbol.of[0] == "W" else self.entry(symbol, self.j)

    def define(self, step: Definition) -> None:
        name = step.about.name
        letters = () if name[0] in "JL" else (self.j,)
        about = self.entry(step.about, *letters)
        self.tell(about, self.loss(step.about) if name == self.lone_loss else self.read(step.value, about), "definition", step)

    @property
    def lone_loss(self) -> str:
        """The name of the definition that holds the loss of one sample."""
        names = [n.symbol.name for n in self.sweep.layers.graph.nodes]
        return "L" if self.many or "L_data" not in names else "L_data"

    def loss(self, symbol: Symbol) -> Expr:
        """Write the loss of a sample as a sum over the outputs."""
        if symbol.name != self.lone_loss:
            return self.read(self.definitions[symbol.name].expr, Entry(symbol))
        name = self.whole("a", self.plan.depth)
        part = loss_summand(self.plan, Symbol(name), Symbol("Y" if self.many else "y"))
        place = (self.s, self.k) if self.plan.rows else (self.k, self.s)
        return Sigma(self.reader.at(part, *place), self.k, self.plan.sizes[-1])

    # --- backward --------------------------------------------------------------------------------------------

    def pull(self, step: Step) -> None:
        """Tell the chain rule over entries, the local derivatives, the contraction, and the entry of the matrix."""
        about = self.about(step.about)
        of = about.base.of if isinstance(about.base, Adjoint) else ""
        if of == self.whole("a", self.plan.depth):
            value = self.differential(self.loss(Symbol(self.lone_loss)), of, (self.j,))
            self.tell(about, value, "local")
            self.tell(about, contracted(value), "contract")
        else:
            self.chain(about, self.below[of])
        self.tell(about, self.read(step.value, about), "entry", step)

    def chain(self, about: Entry, child: str) -> None:
        assert isinstance(about.base, Adjoint)
        of = about.base.of
        letter = self.i if len(about.indices) > 1 or of[0] in "zZb" else self.k
        parent = self.entry(Symbol(of), *about.indices)
        below = self.entry(Symbol(child), letter)
        local = Local(below, parent)
        value, inner = self.local(local)
        upstream = self.entry(self.sweep.adjoints[child], letter)
        outside: tuple[Expr, ...] = ()
        direct: list[Expr] = []
        if of[0] in "Wb":
            outside = (batch_factor(self.plan),) if self.many else ()
            direct = self.penalty(parent) if of[0] == "W" else []

        def whole(slope: Expr) -> Expr:
            total: Expr = Sigma(mul(upstream, slope), letter, self.size(child))
            if self.many and of[0] in "Wb":
                total = Sigma(total, self.s, self.plan.batch or 1)
            return add(mul(*outside, total), *direct)

        for place, (written, rule) in enumerate(inner):
            self.tell(local, written, "local" if place == 0 else rule)
        self.tell(about, whole(local), "chain")
        self.tell(about, whole(value), "put in")
        out = multiplied_out(whole(value))
        self.tell(about, out, "multiply")
        self.tell(about, contracted(out), "contract")

    def penalty(self, weight: Entry) -> list[Expr]:
        """Return the slope of the penalties at one weight."""
        w = Symbol("w")
        return [mul(factor, substitute(derivative(of(w), "w"), {"w": weight})) for factor, of in penalties(self.plan)]

    def local(self, local: Local) -> tuple[Expr, list[tuple[Expr, str]]]:
        """Return a local derivative, and the steps to it."""
        child, parent = local.child, local.parent
        definition = self.definitions[child.base.name].expr
        if isinstance(definition, Softmax):
            delta = Kronecker(child.indices[0], parent.indices[0])
            other = Entry(child.base, parent.indices, child.sample)
            value = delta - call("exp", other) if definition.log else mul(child, delta - other)
            return value, [(value, "local")]
        taken = frozenset({*child.indices, *parent.indices})
        place = (child.sample, child.indices[0]) if self.plan.rows else (child.indices[0], child.sample)
        expr = self.reader.at(definition, *place, taken)
        first = self.differential(expr, parent.base.name, parent.indices)
        value = contracted(first)
        return value, [(first, "local"), (value, "contract")]

    def differential(self, expr: Expr, of: str, indices: tuple[str, ...]) -> Expr:
        """Differentiate with respect to an entry: ∂w_il/∂w_jk is δ_ij δ_lk."""

        def again(part: Expr) -> Expr:
            return self.differential(part, of, indices)

        entries = {part for part in walk(expr) if isinstance(part, Entry) and part.base.name == of}
        if not entries:
            return ZERO
        match expr:
            case Entry(_, own):
                return mul(*(Kronecker(left, right) for left, right in zip(own, indices, strict=True)))
            case Sum(terms):
                return add(*map(again, terms))
            case Sigma(body, index, size):
                return Sigma(again(body), index, size)
            case Product(factors) if any(isinstance(f, Entry) and f in entries for f in factors):
                place = next(n for n, f in enumerate(factors) if isinstance(f, Entry) and f in entries)
                rest = mul(*factors[:place], *factors[place + 1 :])
                if not any(isinstance(part, Entry) and part.base.name == of for part in walk(rest)):
                    return mul(*factors[:place], again(factors[place]), *factors[place + 1 :])
            case Call(function, (Entry() as argument,)):
                return mul(Slope(function, argument), again(argument))
            case _:
                pass
        if len(entries) != 1:
            msg = "a definition mixes entries of one quantity"
            raise InternalError(msg)
        (entry,) = entries
        hole = Symbol("hole of an entry")
        known: dict[Expr, Symbol] = {}

        def hide(part: Expr) -> Expr | None:
            if part == entry:
                return hole
            return known.setdefault(part, Symbol(f"entry {len(known)}")) if isinstance(part, Entry) else None

        slope = derivative(transform(expr, hide), hole.name)
        back: dict[str, Expr] = {hole.name: entry, **{symbol.name: part for part, symbol in known.items()}}
        return mul(substitute(slope, back), again(entry))


def alike(expr: Expr) -> tuple[object, ...]:
    """Return what an expression says, whatever the order of the factors."""
    match expr:
        case Product(factors):
            return ("product", *sorted(map(alike, factors), key=repr))
        case Sigma(body, index, size):
            return ("sum", index, size, alike(body))
        case Sum(terms):
            return ("terms", *map(alike, terms))
        case _:
            return (expr,)


# --- the proof -----------------------------------------------------------------------------------------------


def index_claims(indices: IndexSweep) -> Iterator[Substitution]:
    """Yield every step with numbers put in for its letters, as a claim about the unit-by-unit graph; sizes are numbers."""
    plan = indices.plan
    many = plan.batch is not None and plan.batch != 1
    renamed = unit_outputs(plan)

    def plain(entry: Entry, numbers: Mapping[str, int]) -> str:
        of = entry.base.of if isinstance(entry.base, Adjoint) else entry.base.name
        unit = [numbers[letter] for letter in entry.indices]
        sample = numbers.get(entry.sample, 1)
        if not unit:
            return renamed.get(of) or unit_name(of, 1, sample, many=many and bool(entry.sample), rows=False)
        return unit_name(of, unit[0], unit[1] if len(unit) > 1 else sample, many=many, rows=False)

    def named(expr: Expr, numbers: Mapping[str, int]) -> Symbol:
        if isinstance(expr, Local):
            child, parent = plain(expr.child, numbers), plain(expr.parent, numbers)
            return Partial(f"local_{child}_{parent}", child, parent)
        assert isinstance(expr, Entry)
        of = plain(expr, numbers)
        if not isinstance(expr.base, Adjoint):
            return Symbol(of)
        output = "L" if expr.base.output in renamed else expr.base.output
        if many and output == "L":
            output = f"L_s{numbers[expr.sample]}"
        return Adjoint(f"d{output}_d{of}", output, of)

    for step in indices.steps:
        counts = [range(1, int(size) + 1) for size in step.ranges.values()]
        for values in product(*counts):
            numbers = dict(zip(step.ranges, values, strict=True))
            value = ground(with_slopes(step.value, {}), numbers, named)
            yield Substitution(named(step.about, numbers), value, ())
