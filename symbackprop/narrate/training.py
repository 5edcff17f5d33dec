"""Training told step by step: the rule in symbols, with numbers, then predicted against actual change."""

from __future__ import annotations

from fractions import Fraction

from symbackprop.contour import Contour, drawn
from symbackprop.document import Block, Document, Heading, Lines, Nabla, Paragraph, Picture, Row, Spans, Table
from symbackprop.epochs import sparkline
from symbackprop.expr import Expr, Symbol, call, power, substitute, symbols, transform
from symbackprop.graph import Role
from symbackprop.narrate.numerals import say
from symbackprop.narrate.teller import DERIVATION, FORMULAS, MICRO_STEPS, MOST_ROWS_ALIKE, RESULTS_ONLY, Teller
from symbackprop.optimizers import G, T, W
from symbackprop.train import ParameterUpdate, Trajectory

MOST_STEPS_TOLD = 10
MOST_STEPS_TABLED = 20
MOST_COLUMNS = 4
FEWEST_BARS = 4


def tell_training(teller: Teller, run: Trajectory, contour: Contour | None = None) -> Document:
    """
    Tell a training run: the gradients' formulas, the update rule, each update, and the table of losses.

    With a contour of the loss over two of the parameters, it is drawn at the end.
    """
    row = run.options.row
    title = f"{teller.problem.title or 'Training'}: {run.steps:,} step{'' if run.steps == 1 else 's'} of {row.title}"
    blocks: list[Block] = [Heading(1, (title,))]
    if teller.telling.detail > RESULTS_ONLY:
        blocks.extend(_rule(teller, run))
        blocks.extend(_gradients(teller, run))
        told = min(run.steps, MOST_STEPS_TOLD if teller.telling.detail < MICRO_STEPS else run.steps)
        for step in range(1, told + 1):
            blocks.extend(_update(teller, run, step))
        if told < run.steps:
            blocks.append(Paragraph((f"… and {run.steps - told:,} more updates of the same form.",)))
    blocks.extend(_losses(teller, run))
    if contour is not None:
        blocks.append(_map(teller, run, contour))
    return teller.document(title, blocks)


def _rule(teller: Teller, run: Trajectory) -> list[Block]:
    options = run.options
    verb = "uphill, along" if options.direction == "ascent" else "downhill, against"
    blocks: list[Block] = [
        Heading(2, ("The update rule",)),
        Paragraph(
            say(
                "Each parameter {w} moves {verb} its gradient {g}, the derivative of {objective} with respect to it:",
                w=W,
                verb=verb,
                g=G,
                objective="the loss of one sample in turn" if run.update == "online" else teller.graph.output.symbol,
            )
        ),
        Lines(tuple(Row(Symbol(name), expr, None, (), "←") for name, expr in options.recurrence)),
    ]
    constants: list[str | Expr] = []
    for name, value in options.constants.items():
        constants.extend(
            ("; " if constants else "with ", Symbol(name), " = ", teller.numerals.of(float(value.value), Fraction(value.value)))
        )
    if constants:
        blocks.append(Paragraph((*constants, "."), given=True))
    if options.row.state:
        states = teller.listed([Symbol(state.name) for state in options.row.state])
        counted = {"t": T} if any("t" in symbols(expr) for _, expr in options.recurrence) else {}
        sentence = "Every parameter keeps {states} of its own, 0 at the start"
        sentence += "; {t} counts the updates from 1." if counted else "."
        blocks.append(Paragraph(say(sentence, states=states, **counted)))
    frozen = [
        leaf.symbol
        for leaf in teller.graph.leaves
        if leaf.role in {Role.WEIGHT, Role.BIAS} and leaf.symbol.name not in run.parameters
    ]
    if frozen:
        listed: list[str | Expr] = []
        for i, symbol in enumerate(frozen[:MOST_ROWS_ALIKE]):
            listed.extend((", " if i else "", symbol))
        blocks.append(Paragraph(("Not updated: ", *listed, " …" if len(frozen) > MOST_ROWS_ALIKE else ".")))
    return blocks


def _gradients(teller: Teller, run: Trajectory) -> list[Block]:
    if teller.telling.detail <= FORMULAS:
        return []
    rows = []
    needed = _needed(teller, run.parameters)
    for node in teller.backward.nodes:
        if node.symbol.name in needed:
            for step in teller.steps_about[node.symbol.name][-1:]:
                teller.tell(step)
                rows.append([Row(node.symbol, step.value)])
    return [Heading(2, ("The gradients",)), *teller.limited(rows, "gradients")]


def _needed(teller: Teller, parameters: tuple[str, ...]) -> set[str]:
    """Return the adjoints that the parameters' gradients are written in."""
    names = {teller.backward.adjoints[p].name for p in parameters if p in teller.backward.adjoints}
    definitions = {n.symbol.name: n for n in teller.backward.nodes}
    stack = list(names)
    while stack:
        node = definitions[stack.pop()]
        used = {s for s in symbols(node.expr) if s in definitions} - names
        names |= used
        stack.extend(used)
    return names


def _update(teller: Teller, run: Trajectory, step: int) -> list[Block]:
    change = run.change(step)
    label = f"Update {step}" + (f", sample {change.sample}" if change.sample else "")
    blocks: list[Block] = [Heading(2, (label,))]
    parameters = run.parameters if teller.telling.detail >= MICRO_STEPS else run.parameters[:MOST_ROWS_ALIKE]
    rows: list[Row] = []
    for name in parameters:
        rows.extend(_parameter_rows(teller, run.parameter_update(step, name), detailed=teller.telling.detail >= DERIVATION))
    blocks.append(Lines(tuple(rows)))
    if len(parameters) < len(run.parameters):
        blocks.append(Paragraph((f"… and {len(run.parameters) - len(parameters)} more parameters, likewise.",)))
    number = teller.numerals.of
    size = call("abs", Nabla(Symbol(change.objective[0])))
    prediction: Spans = ("first order: gradient · step",)
    if run.options.optimizer == "sgd":
        rate = float(run.options.constants["eta"].value)
        sign = "" if run.options.direction == "ascent" else "−"
        prediction = (
            f"{sign}",
            Symbol("eta"),
            " ",
            power(size, 2),
            f" = {sign}",
            number(rate),
            " · ",
            number(change.gradient_norm),
            "²",
        )
    blocks.append(
        Table(
            (("change of the loss",), ("amount",), ("",)),
            (
                (("predicted",), (number(change.predicted),), prediction),
                (("actual",), (number(change.actual),), (number(change.after), " − ", number(change.before))),
                (("the rest",), (number(change.rest),), ("what the first order does not see",)),
            ),
            frozenset({1}),
        )
    )
    return blocks


def _parameter_rows(teller: Teller, update: ParameterUpdate, *, detailed: bool) -> list[Row]:
    """Write one parameter's update with its numbers, every line of the recurrence."""
    number = teller.numerals.of
    env = dict(update.before)
    rows: list[Row] = []
    own = teller.symbol(update.parameter)
    for name, expr, value in update.lines:
        left: Expr = own if name == W.name else Symbol(name)
        numbers = transform(expr, lambda part, env=env: number(env[part.name]) if isinstance(part, Symbol) else None)  # type: ignore[misc]  # no type is inferred with a default
        if detailed:
            symbolic = substitute(expr, {W.name: own, G.name: update.gradient})
            rows.append(Row(left, symbolic, None, (), "←"))
            rows.append(Row(None, numbers, number(value)))
        else:
            rows.append(Row(left, numbers, number(value), (), "←"))
        env[name] = value
    return rows


def _losses(teller: Teller, run: Trajectory) -> list[Block]:
    """Tabulate the loss and the parameters from the start to the end."""
    number = teller.numerals.of
    output = teller.graph.output.symbol
    kept = range(run.steps + 1)
    if run.steps > MOST_STEPS_TABLED and teller.telling.detail < MICRO_STEPS:
        stride = -(-run.steps // MOST_STEPS_TABLED)
        kept_steps = [*range(0, run.steps, stride), run.steps]
    else:
        kept_steps = list(kept)
    shown = run.parameters[:MOST_COLUMNS]
    header: tuple[Spans, ...] = (("step",), (output,), *((teller.symbol(p),) for p in shown))
    rows: list[tuple[Spans, ...]] = []
    for k in kept_steps:
        point = run.points[k]
        rows.append(((str(k),), (number(point.loss),), *((number(point[p]),) for p in shown)))
    blocks: list[Block] = [Heading(2, ("The course of the training",)), Table(header, tuple(rows), frozenset(range(len(header))))]
    first, last = run.points[0].loss, run.points[-1].loss
    if run.steps:
        word = "fell" if last < first else "rose" if last > first else "did not change:"
        blocks.append(
            Paragraph(
                (
                    output,
                    f" {word} from ",
                    number(first),
                    " to ",
                    number(last),
                    f" in {run.steps:,} update{'' if run.steps == 1 else 's'}.",
                )
            )
        )
    if len(run.points) >= FEWEST_BARS:
        blocks.append(Paragraph((output, " after each update ", sparkline([point.loss for point in run.points]))))
    if run.report:
        for epoch, value in enumerate(run.epoch_reports[:MOST_STEPS_TABLED], 1):
            blocks.append(
                Paragraph((f"Reported in epoch {epoch}, not minimised: {run.report.replace('_', ' ')} ", number(value), "."))
            )
    if len(shown) < len(run.parameters):
        listed = run.parameters[:MOST_ROWS_ALIKE]
        ends = tuple(((teller.symbol(p),), (number(run.points[0][p]),), (number(run.points[-1][p]),)) for p in listed)
        blocks.append(Table((("parameter",), ("start",), ("end",)), ends, frozenset({1, 2})))
        if len(listed) < len(run.parameters):
            blocks.append(Paragraph((f"… and {len(run.parameters) - len(listed)} more parameters.",)))
    return blocks


def _map(teller: Teller, run: Trajectory, contour: Contour) -> Picture:
    across, up = map(teller.symbol, contour.names)
    key = f" (up): the fuller, the higher; S is the start, o an update, E the end. {others_held(run, contour.names)}"
    return Picture(drawn(contour), (teller.graph.output.symbol, " over ", across, " (across) and ", up, key))


def others_held(run: Trajectory, names: tuple[str, str]) -> str:
    """Say at which values a contour over two parameters holds the others."""
    if set(run.parameters) == set(names):
        return "Nothing else was trained."
    return "The other parameters are held at their values at the end."
