"""The gradient as a table, checked against finite differences, and read aloud."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from symbackprop.backprop import expand, expanded_operations
from symbackprop.document import (
    Block,
    Display,
    Heading,
    Lines,
    Nabla,
    Note,
    Numeral,
    Paragraph,
    Relation,
    Row,
    Spans,
    Table,
    Vector,
)
from symbackprop.evaluate import CUBE_ROOT_OF_EPSILON, Values
from symbackprop.expr import Adjoint, Expr, Number, Symbol, add, call, mul, power
from symbackprop.functions import FUNCTIONS
from symbackprop.graph import Role
from symbackprop.narrate.numerals import say
from symbackprop.narrate.teller import RESULTS_ONLY, Teller
from symbackprop.simplify import simplify
from symbackprop.steps import Substitution

LONGEST_ROOT = 10**9
MOST_ENTRIES_SPELLED_OUT = 4
LONGEST_FORMULA = 12
ROUNDING_NOISE = 1e-7


def gradient_table(teller: Teller) -> list[Block]:
    """Tabulate every gradient asked for: formula, value, central difference and their relative error."""
    names = teller.parameters
    adjoints = teller.backward.adjoints
    values = teller.values
    # The formula of a cost is a mean over samples, too wide for a column and told above.
    with_formula = values is None or teller.graph.output.role is not Role.COST
    rows: list[tuple[Spans, ...]] = []
    for name in names:
        steps = teller.steps_about[adjoints[name].name]
        if teller.telling.detail == RESULTS_ONLY:
            teller.tell(steps[-1])
        row: tuple[Spans, ...] = ((adjoints[name],), *(((formula(teller, name, steps[-1].value),),) if with_formula else ()))
        rows.append(row if values is None else (*row, *_checked(teller, values, name)))
    if values is None:
        return [Table((("derivative",), ("formula",)), tuple(rows))]
    header = (("derivative",), *((("formula",),) if with_formula else ()), ("value",), ("finite diff.",), ("rel. error",))
    moved, step = teller.fresh("v", "q", "p"), teller.fresh("h", "k", "t")
    return [
        Table(header, tuple(rows), frozenset(range(len(header) - 3, len(header)))),
        Paragraph(
            (
                "The finite difference is central, of the forward pass alone; a quantity ",
                moved,
                " is moved by ",
                Relation((step, mul(Numeral(f"{CUBE_ROOT_OF_EPSILON:.1e}"), call("max", 1, call("abs", moved))))),
                " both ways.",
            )
        ),
        *kink_warnings(teller, values),
    ]


def formula(teller: Teller, name: str, named: Expr) -> Expr:
    """Return the result: in named quantities for a network, in the variables for a function, where that is short."""
    symbol = teller.backward.adjoints[name]
    if teller.problem.network is not None or expanded_operations(teller.backward, symbol.name) > LONGEST_FORMULA:
        return named
    whole = expand(symbol, teller.backward.definitions)
    rewritten = simplify(whole)
    value = rewritten[-1].value if rewritten else whole
    teller.tell(Substitution(symbol, value, ()))
    return value


def _checked(teller: Teller, values: Values, name: str) -> tuple[Spans, ...]:
    gradient = values.gradients[name]
    shown = teller.numerals.quantity(teller.backward.adjoints[name].name, values)
    difference = values.finite_difference(name)
    if difference is None:
        return ((shown,), ("outside the domain",), ("–",))
    error = relative_error(gradient, difference.value)
    return ((shown,), (teller.numerals.of(difference.value),), error_shown(error))


def error_shown(error: float) -> Spans:
    """Show a relative error; below the rounding of doubles its digits are noise, which another machine would print otherwise."""
    return (Numeral(f"{error:.0e}"),) if error >= ROUNDING_NOISE else ("below ", Numeral(f"{ROUNDING_NOISE:.0e}"))


def relative_error(value: float, other: float) -> float:
    """Return |value − other| over the larger of the two sizes and 1e-8 (a gradient of 0 has no relative error)."""
    return abs(value - other) / max(abs(value), abs(other), 1e-8)


def kink_warnings(teller: Teller, values: Values) -> list[Block]:
    """Warn of definitions evaluated on or next to a point without a derivative."""
    blocks: list[Block] = []
    for name, function in values.kinks():
        row = FUNCTIONS.get(function)
        sentence = say(
            "{name} is evaluated at a kink of {label}, where no derivative exists: the derivation takes the usual convention, "
            "and the finite difference may disagree.",
            name=teller.symbol(name),
            label=(row.text or row.name) if row else function,
        )
        blocks.append(Note("warning", sentence))
    return blocks


def output_symbol(teller: Teller) -> Symbol:
    """Return the symbol of what is differentiated."""
    return teller.graph.output.symbol


def length_rows(teller: Teller, values: Values) -> list[Row]:
    """Work out the length of the gradient by Pythagoras."""
    names = teller.parameters
    adjoints = [teller.backward.adjoints[name] for name in names]
    entries = [teller.numerals.quantity(symbol.name, values) for symbol in adjoints]
    gradient = Nabla(output_symbol(teller))
    size = teller.numerals.of(values.norm(names), _exact_length(values, adjoints))
    if len(names) > MOST_ENTRIES_SPELLED_OUT:
        root = call("sqrt", add(*(power(e, 2) for e in entries[:3]), Symbol("…")))
        return [Row(call("abs", gradient), root, size, ("Pythagoras",))]
    rows = [
        Row(gradient, Vector(tuple(adjoints)), None, ("all partial derivatives",)),
        Row(None, Vector(tuple(entries)), None, ("at the point",)),
        Row(call("abs", gradient), call("sqrt", add(*(power(e, 2) for e in entries))), None, ("Pythagoras",)),
    ]
    squared = _exact_square(values, adjoints)
    if squared is not None and squared.denominator == 1 and squared < LONGEST_ROOT and not size.exact:
        return [*rows, Row(None, call("sqrt", Number(int(squared))), size)]
    last = rows[-1]
    return [*rows[:-1], Row(last.left, last.right, size, last.reason)]


def _exact_square(values: Values, adjoints: Sequence[Adjoint]) -> Fraction | None:
    fractions = [values.exact.get(symbol.name) for symbol in adjoints]
    if any(f is None for f in fractions):
        return None
    return sum((f * f for f in fractions if f is not None), Fraction(0))


def _exact_length(values: Values, adjoints: Sequence[Adjoint]) -> Fraction | None:
    squared = _exact_square(values, adjoints)
    if squared is None:
        return None
    top, bottom = math.isqrt(squared.numerator), math.isqrt(squared.denominator)
    return Fraction(top, bottom) if top * top == squared.numerator and bottom * bottom == squared.denominator else None


def read_aloud(teller: Teller) -> list[Block]:
    """Say what the gradient means: its length, its direction, and what a small step does to the output."""
    values = teller.values
    if values is None:
        return []
    names = teller.parameters
    length = values.norm(names)
    output = output_symbol(teller)
    blocks: list[Block] = [Heading(2, ("What the gradient says",))]
    if values.kinks():
        sentence = "At a kink the output has no gradient: the numbers above are those of the convention, and promise nothing."
        return [*blocks, Paragraph((sentence,))]
    if not math.isfinite(length):
        sentence = "A number is too large for double precision, which ends at 1.8·10³⁰⁸: ∞ stands for it here."
        return [*blocks, Paragraph((sentence,))]
    if len(names) == 1:
        return [*blocks, *_one_slope(teller, values, names[0])]
    blocks.append(Lines(tuple(length_rows(teller, values))))
    if length == 0:
        blocks.append(Paragraph(("Every partial derivative is 0: to first order, no small step changes ", output, ".")))
        return blocks
    steepest = max(names, key=lambda name: abs(values.gradients[name]))
    slope = values.gradients[steepest]
    number = teller.numerals.of
    step, h = Numeral("0.01"), teller.fresh("h", "k", "t")
    sentences = [
        say(
            "{output} changes fastest with {name}: raising it by a small {h} {verb} {output} by about {change}. "
            "That one direction makes up {share} % of the squared length.",
            output=output,
            name=teller.symbol(steepest),
            h=h,
            verb="raises" if slope > 0 else "lowers",
            change=mul(number(abs(slope)), h),
            share=Numeral(f"{100 * (slope / length) ** 2:.0f}"),
        ),
        say(
            "The gradient points where {output} grows fastest, at a rate of {length} per unit of length. "
            "A step of length {step} against it changes {output} by about {change}; "
            "a step at a right angle to it changes nothing, to first order.",
            output=output,
            length=number(length),
            step=step,
            change=Relation((mul(-1, step, number(length)), number(-0.01 * length))),
        ),
    ]
    if len(names) <= MOST_ENTRIES_SPELLED_OUT:
        unit = Vector(tuple(number(values.gradients[name] / length) for name in names))
        sentences.append(say("Its direction, as a vector of length 1, is {unit}.", unit=unit))
    return [*blocks, *map(Paragraph, sentences)]


def _one_slope(teller: Teller, values: Values, name: str) -> list[Block]:
    slope, output, number = values.gradients[name], output_symbol(teller), teller.numerals.of
    h = teller.fresh("h", "k", "t")
    if slope == 0:
        return [
            Paragraph(
                say(
                    "The derivative is 0: to first order, {output} does not change when {name} moves a little.",
                    output=output,
                    name=teller.symbol(name),
                )
            )
        ]
    return [
        Paragraph(
            say(
                "The derivative is {slope}: when {name} grows by a small {h}, {output} {word} by about {change}. "
                "For {example} that is {amount}.",
                slope=teller.numerals.quantity(teller.backward.adjoints[name].name, values),
                name=teller.symbol(name),
                h=h,
                output=output,
                word="rises" if slope > 0 else "falls",
                change=mul(number(abs(slope)), h),
                example=Relation((h, Numeral("0.01"))),
                amount=number(0.01 * abs(slope)),
            )
        )
    ]


def factors_aloud(teller: Teller, name: str, factors: Sequence[Symbol]) -> list[Block]:
    """Say which factor of a path shrinks the product most."""
    values = teller.values
    if values is None or len(factors) < 2:
        return []
    sizes = [(abs(values.env[f.name]), f) for f in factors]
    if any(size == 0 for size, _ in sizes):
        zero = next(f for size, f in sizes if size == 0)
        return [Paragraph(("The factor ", zero, " is 0, and so the whole product is: no signal passes here."))]
    numbers = [teller.numerals.quantity(f.name, values) for f in factors]
    product = teller.numerals.quantity(teller.backward.adjoints[name].name, values)
    ordered = sorted(sizes, key=lambda pair: pair[0])
    smallest, second = ordered[0], ordered[1]
    spans: Spans = ("In numbers, ", Relation((teller.backward.adjoints[name], Display(tuple(numbers)), product)), ".")
    if smallest[0] >= 1:
        return [Paragraph((*spans, " No factor shrinks the product."))]
    spans = (*spans, " ", smallest[1], " costs the most: it shrinks the product ", _times(smallest[0]), "-fold")
    if second[0] < 1:
        spans = (*spans, "; next comes ", second[1], " (", _times(second[0]), "-fold)")
    return [Paragraph((*spans, "."))]


def _times(size: float) -> Numeral:
    return Numeral(f"{1 / size:.3g}" if 1 / size < 1e4 else f"{1 / size:.1e}", exact=False)
