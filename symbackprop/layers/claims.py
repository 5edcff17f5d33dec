"""The proof that the view by layers agrees with the view by units: every claim, at every entry."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.expr import Adjoint, Symbol
from symbackprop.layers.plan import Plan
from symbackprop.layers.sweep import LayerSweep, with_slopes
from symbackprop.matrix import entry
from symbackprop.steps import Step, Substitution


def unit_targets(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """Return, for each sample, the targets that sum to 1, unit by unit."""
    if not plan.unit_targets:
        return ()
    batch = plan.batch if isinstance(plan.batch, int) and plan.batch > 1 else 0
    suffixes = [f"_s{s}" for s in range(1, batch + 1)] if batch else [""]
    return tuple(tuple(f"y_{j}{suffix}" for j in range(1, int(plan.sizes[-1]) + 1)) for suffix in suffixes)


def unit_name(name: str, i: int, j: int, *, many: bool, rows: bool) -> str:
    """
    Return the plain name, unit by unit, of entry (i, j) of a whole layer.

    >>> unit_name("W1", 2, 3, many=False, rows=False), unit_name("Z1", 2, 3, many=True, rows=False)
    ('w1_2_3', 'z1_2_s3')
    """
    letter, layer = name[0], name[1:]
    if name in {"L", "J"} or name.startswith(("L_", "J_")):
        return name if not many or name != "L" else f"L_s{max(i, j)}"
    if letter == "W":
        return f"w{layer}_{i}_{j}"
    if letter == "b":
        return f"b{layer}_{i}"
    unit, sample = (j, i) if rows else (i, j)
    return f"{letter.lower()}{layer}_{unit}" + (f"_s{sample}" if many else "")


def entry_claims(sweep: LayerSweep) -> Iterator[Substitution]:
    """Yield every claim of a sweep at every entry, as a claim about the unit-by-unit graph."""
    for step in sweep.steps:
        yield from claims_at(sweep, step)


def claims_at(sweep: LayerSweep, step: Step, row: int = 0, column: int = 0, *, slopes: bool = True) -> Iterator[Substitution]:
    """Yield one claim of a sweep at one entry, or at every entry; with `slopes`, σ′ is written out."""
    plan = sweep.layers.plan
    many = plan.batch is not None and plan.batch != 1
    renamed = unit_outputs(plan)

    def named(symbol: Symbol, i: int, j: int) -> Symbol:
        if isinstance(symbol, Adjoint):
            if sweep.numerator:
                i, j = j, i
            of = unit_name(symbol.of, i, j, many=many, rows=plan.rows)
            output = "L" if symbol.output in renamed else symbol.output
            if many and output == "L":
                output = f"L_s{i if plan.rows else j}"
            return Adjoint(f"d{output}_d{of}", output, of)
        return Symbol(renamed.get(symbol.name) or unit_name(symbol.name, i, j, many=many, rows=plan.rows))

    height, width = sweep.shapes[step.about.name]
    assert isinstance(height, int)
    assert isinstance(width, int)
    value = with_slopes(step.value, {}) if slopes else step.value
    for i in (row,) if row else range(1, height + 1):
        for j in (column,) if column else range(1, width + 1):
            yield Substitution(named(step.about, i, j), entry(value, i, j, sweep.shapes, named), ())


def unit_outputs(plan: Plan) -> dict[str, str]:
    """Return what the outputs of a batch of one are called unit by unit, where its cost is the loss itself."""
    if plan.batch != 1 or plan.network().has_cost:
        return {}
    data = "L_data" if plan.l1 or plan.l2 else "L"
    return {"J": "L", "J_data": "L_data", "L": data}
