"""
The command line: load, call, narrate, render.  Only `--help` and usage errors stay in this module.

Results go to standard output and everything else to standard error.
Exit codes: 0 done; 2 the input or the usage is at fault; 3 too large; 130 interrupted.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symbackprop._version import __version__
from symbackprop.errors import InputError, ParseError, ProblemError, SymbackpropError, TooLargeError, nearest
from symbackprop.names import short

if TYPE_CHECKING:
    from symbackprop.derivation import Derivation
    from symbackprop.document import Document
    from symbackprop.expr import Expr
    from symbackprop.narrate import Telling
    from symbackprop.notation import Speller
    from symbackprop.problem import Problem
    from symbackprop.render import Options
    from symbackprop.train import Progress

app = typer.Typer(
    add_completion=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Derive backpropagation step by step: every dL/dw by the chain rule, each step checked, with numbers.",
    epilog='Start with: symbackprop derive 2-2-1, or symbackprop derive "3*x^2 + 2*x*y + y^2" --at x=1,y=2',
)

# One definition for each common option.
ProblemArgument = Annotated[
    str,
    typer.Argument(
        metavar="PROBLEM",
        help='A one-liner (2-3-1:tanh/sigmoid,bce), definitions ("u = 2*x + 1; y = u^3"), a .toml or .json file, or - (stdin).',
    ),
]
Wrt = Annotated[
    list[str] | None,
    typer.Option("--wrt", metavar="NAME", help="Only these quantities (w1_1_1, w1[2,3], W1); repeat it or separate by commas."),
]
View = Annotated[str, typer.Option("--view", help="units; layers (matrices, and sizes may be letters); index (sums); all three.")]
Batch = Annotated[str | None, typer.Option("--batch", metavar="N", help="By layers or index: N samples, a number or a letter.")]
Depth = Annotated[
    str | None, typer.Option("--depth", metavar="L", help="The recurrence over L layers, a letter: base case, induction step.")
]
LayoutWords = Annotated[
    str | None,
    typer.Option(
        "--layout", metavar="WORDS", help="Conventions: numerator, half or whole, mean or sum or half-mean, delta-z or delta-a."
    ),
]
Samples = Annotated[str, typer.Option("--samples", help="With --view layers: samples are columns or rows.")]
Detail = Annotated[int, typer.Option("--detail", help="0 the table of results, 1 formulas, 2 the derivation, 3 all micro-steps.")]
Assume = Annotated[str | None, typer.Option("--assume", metavar="TEXT", help='"y sum 1": the targets of each sample sum to 1.')]
Paths = Annotated[bool, typer.Option("--paths", help="Write each derivative as the sum over its paths.")]
Expand = Annotated[bool, typer.Option("--expand", help="Also write each derivative in inputs, weights and biases only.")]
Atoms = Annotated[
    bool, typer.Option("--atoms", help="Take definitions apart into binary operations and walk the graph node by node.")
]
FromDefinition = Annotated[bool, typer.Option("--from-definition", help="Derive as the limit of a difference quotient.")]
Notation = Annotated[str, typer.Option("--notation", help="ng, nielsen or paren.")]
Digits = Annotated[int, typer.Option("--digits", help="Significant digits, 1 to 17.")]
Exact = Annotated[bool, typer.Option("--exact", help="Write numbers as fractions where they are.")]
At = Annotated[str | None, typer.Option("--at", metavar="POINT", help='Numbers, as in "x=1,y=2".')]
FormatName = Annotated[
    str | None, typer.Option("--format", metavar="NAME", help="terminal, text, latex, standalone, dollar, github or json.")
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write to a file; its ending (.tex, .md, .txt, .json) chooses the format."
    ),
]
Standalone = Annotated[bool, typer.Option("--standalone", help="LaTeX as a complete document.")]
TwoColumn = Annotated[bool, typer.Option("--two-column", help="Standalone LaTeX in two columns.")]
Beamer = Annotated[bool, typer.Option("--beamer", help="Standalone LaTeX as 16:9 slides.")]

VIEWS = ("units", "layers", "index", "all")
PROGRESS_AFTER_SECONDS = 1.0
PROGRESS_EVERY_SECONDS = 0.1
PROGRESS_CELLS = 30
INTERRUPTED = 130
_PLACE = re.compile(r"(?:[A-Za-z]:\\)?[^:]+:\d+: ")


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer's signature
    if wanted:
        typer.echo(f"symbackprop {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Take the options that stand before a command."""


@app.command()
def derive(  # noqa: PLR0913 - one parameter an option
    problem: ProblemArgument,
    *,
    wrt: Wrt = None,
    view: View = "units",
    batch: Batch = None,
    samples: Samples = "columns",
    depth: Depth = None,
    layout: LayoutWords = None,
    detail: Detail = 2,
    paths: Paths = False,
    expand: Expand = False,
    atoms: Atoms = False,
    from_definition: FromDefinition = False,
    notation: Notation = "ng",
    digits: Digits = 4,
    exact: Exact = False,
    at: At = None,
    format_name: FormatName = None,
    output: Output = None,
    standalone: Standalone = False,
    two_column: TwoColumn = False,
    beamer: Beamer = False,
    assume: Assume = None,
) -> None:
    """Print the derivation, step by step."""
    from symbackprop.narrate import narrate, tell_from_definition, tell_walk  # noqa: PLC0415

    _check_view("layers" if depth is not None and view == "units" else view, batch, samples)
    if view != "units" or depth is not None:
        from symbackprop.views import Asked, tell_view  # noqa: PLC0415

        by_units = {
            "--wrt": wrt, "--paths": paths, "--expand": expand, "--atoms": atoms, "--from-definition": from_definition,
        }  # fmt: skip
        if unfit := [option for option, given in by_units.items() if given]:
            msg = f"{', '.join(unfit)} {'belongs' if len(unfit) == 1 else 'belong'} to --view units"
            raise InputError(msg)
        telling = _telling(detail, digits, exact=exact)
        asked = Asked(view, at, notation, batch, samples == "rows", _unit_targets(assume), depth, layout)
        document, speller = tell_view(problem, telling, asked)
        pages = _Writer(speller, format_name, output, standalone=standalone, two_column=two_column, beamer=beamer)
        if pages.json:
            msg = "--format json: only --view units has a JSON form in this version"
            raise InputError(msg)
        pages.write(document)
        return
    if layout is not None:
        msg = "--layout belongs to --view layers, index or all, and to --depth"
        raise InputError(msg)
    made = _derivation(problem, wrt, detail, notation, digits, at, assume, exact=exact, paths=paths, expand=expand)
    if atoms:
        made = made.atoms()
    teller = made.teller()
    writer = _Writer(made, format_name, output, standalone=standalone, two_column=two_column, beamer=beamer)
    if writer.json:
        writer.write_json(made.to_json())
        return
    writer.write(tell_from_definition(teller) if from_definition else tell_walk(teller) if atoms else narrate(teller))


@app.command()
def evaluate(  # noqa: PLR0913
    problem: ProblemArgument,
    *,
    wrt: Wrt = None,
    notation: Notation = "ng",
    digits: Digits = 4,
    exact: Exact = False,
    at: At = None,
    format_name: FormatName = None,
    output: Output = None,
    standalone: Standalone = False,
    weights: Annotated[Path | None, typer.Option("--weights", metavar="FILE", help="With [data]: saved weights (.npz).")] = None,
) -> None:
    """Print all values, local derivatives and gradients at the point, or loss and accuracy on the rows of [data]."""
    from symbackprop.narrate import tell_values  # noqa: PLC0415

    if (loaded := _with_data(problem, at)) is not None:
        from symbackprop.courses import measure_on_data  # noqa: PLC0415

        numerals = _telling(2, digits, exact=exact).numerals
        pages = _data_writer(notation, format_name, output, standalone=standalone)
        pages.write(measure_on_data(loaded, weights, numerals))
        return
    _only_with_data(weights=weights)
    made = _derivation(problem, wrt, 2, notation, digits, at, exact=exact)
    writer = _Writer(made, format_name, output, standalone=standalone)
    document = tell_values(made.teller())
    if writer.json:
        writer.write_json(made.to_json())
        return
    writer.write(document)


@app.command()
def train(  # noqa: PLR0913
    problem: ProblemArgument,
    *,
    steps: Annotated[int | None, typer.Option("--steps", help="How many updates (1).")] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", help="With [data]: up to which epoch (10).")] = None,
    batch_size: Annotated[int | None, typer.Option("--batch-size", help="With [data]: rows an update (32).")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="With [data]: of first weights and shuffling (0).")] = None,
    save: Annotated[Path | None, typer.Option("--save", metavar="FILE", help="With [data]: write the weights (.npz).")] = None,
    resume: Annotated[Path | None, typer.Option("--resume", metavar="FILE", help="With [data]: go on from there (.npz).")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="With [data]: write all figures.")] = None,
    optimizer: Annotated[
        str | None, typer.Option("--optimizer", help="sgd, momentum, nesterov, adagrad, rmsprop, adam or adamw.")
    ] = None,
    learning_rate: Annotated[str | None, typer.Option("--learning-rate", "--lr", help="The step size eta.")] = None,
    momentum: Annotated[str | None, typer.Option("--momentum", help="The mu of momentum and nesterov.")] = None,
    rho: Annotated[str | None, typer.Option("--rho", help="Decay rho of rmsprop.")] = None,
    beta1: Annotated[str | None, typer.Option("--beta1", help="Decay beta1 of adam and adamw.")] = None,
    beta2: Annotated[str | None, typer.Option("--beta2", help="Decay beta2 of adam and adamw.")] = None,
    eps: Annotated[str | None, typer.Option("--eps", help="The eps of adagrad, rmsprop, adam and adamw.")] = None,
    direction: Annotated[str | None, typer.Option("--direction", help="descent or ascent.")] = None,
    update: Annotated[str | None, typer.Option("--update", help="batch, or online (after every sample).")] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw the course of the loss (.png, .svg, .pdf).")
    ] = None,
    contour: Annotated[
        str | None, typer.Option("--contour", metavar="W,B", help="Map the loss over two parameters, with the path on it.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--train", metavar="NAME", help="Update only these (W1, b2, w1_1_1).")] = None,
    detail: Detail = 2,
    notation: Notation = "ng",
    digits: Digits = 4,
    at: At = None,
    format_name: FormatName = None,
    output: Output = None,
    standalone: Standalone = False,
) -> None:
    """Train for some updates and show each: the rule, the numbers, predicted against actual change; or on a data file."""
    from symbackprop.narrate import tell_training  # noqa: PLC0415
    from symbackprop.pictures import contour_of, find_pair, picture  # noqa: PLC0415
    from symbackprop.plot import check_plot  # noqa: PLC0415

    if plot is not None:
        check_plot(plot)
    given = {
        "learning_rate": learning_rate, "momentum": momentum, "rho": rho,
        "beta1": beta1, "beta2": beta2, "eps": eps, "direction": direction,
    }  # fmt: skip
    chosen = {key: value if key == "direction" else _number(key, value) for key, value in given.items() if value is not None}
    if (loaded := _with_data(problem, at)) is not None:
        from symbackprop.courses import Course, Interrupted, options_for, train_on_data  # noqa: PLC0415

        _not_with_data(steps=steps, update=update, train=only)
        if plot is not None or contour is not None:
            msg = f"{'--plot' if plot else '--contour'} does not go with [data]; --csv writes the figures of every epoch"
            raise InputError(msg)
        pages = _data_writer(notation, format_name, output, standalone=standalone)
        numerals = _telling(detail, digits, exact=False).numerals
        course = Course(epochs, batch_size, seed, save, resume, csv)
        try:
            pages.write(train_on_data(loaded, options_for(loaded, optimizer, chosen), course, numerals, _progress))
        except Interrupted as interrupted:
            _complain(str(interrupted))
            raise typer.Exit(INTERRUPTED) from None
        return
    _only_with_data(epochs=epochs, batch_size=batch_size, seed=seed, save=save, resume=resume, csv=csv)
    made = _derivation(problem, None, detail, notation, digits, at)
    pair = find_pair(made, _split([contour])) if contour is not None else None
    steps = 1 if steps is None else steps
    with _progress(steps) as progress:
        run = made.train(steps, optimizer, chosen, update=update, parameters=_split(only), progress=progress)
    writer = _Writer(made, format_name, output, standalone=standalone)
    surveyed = contour_of(made, run, pair, fine=plot is not None) if pair else None
    if plot is not None:
        picture(plot, made, run, surveyed)
    if writer.json:
        writer.write_json(made.training_json(run))
        return
    writer.write(tell_training(made.teller(), run, surveyed if plot is None else None))


@app.command()
def code(  # noqa: PLR0913
    problem: ProblemArgument,
    *,
    view: Annotated[str | None, typer.Option("--view", help="layers (numpy, buffers, torch) or units (python, c).")] = None,
    style: Annotated[str | None, typer.Option("--style", help="numpy, buffers (numpy for speed), torch, python or c.")] = None,
    batch: Annotated[str | None, typer.Option("--batch", metavar="N", help="By layers: N samples, a number or a letter.")] = None,
    samples: Annotated[str | None, typer.Option("--samples", help="By layers: columns (default, faster) or rows.")] = None,
    at: At = None,
    assume: Assume = None,
    output: Output = None,
) -> None:
    """Write a program that computes the gradients, each line with the step it comes from, and its own test."""
    from symbackprop.codegen import find_style, plan_for, write_layer_code, write_unit_code  # noqa: PLC0415
    from symbackprop.notation import NOTATIONS, Speller  # noqa: PLC0415

    _check_view(view or "layers", batch, samples or "columns")
    row = find_style(style, view)
    writer = _Writer(Speller(NOTATIONS["ng"], network=True), "text", output)
    assumed = f' --assume "{assume}"' if assume else ""
    if row.view == "units":
        if batch is not None or samples is not None:
            msg = f"--batch and --samples belong to code by layers, and --style {row.name} is by units"
            raise InputError(msg)
        made = _derivation(problem, None, 2, "ng", 4, at, assume)
        command = f'symbackprop derive "{problem}"{assumed} --format json'
        writer.write_code(write_unit_code(row, made.problem, made.backward, command))
        return
    unit_targets = _unit_targets(assume)
    layout = samples or "columns"
    plan, known = plan_for(problem, at=at, batch=batch, rows=layout == "rows", unit_targets=unit_targets)
    own = known is not None and known.network is not None and known.network.samples > 1
    size = "" if own else f" --batch {plan.batch}"
    command = f'symbackprop derive "{problem}" --view layers{size} --samples {layout}{assumed}'
    writer.write_code(write_layer_code(row, plan, known, command))


@app.command("list")
def list_known(
    *,
    notation: Notation = "ng",
    format_name: FormatName = None,
    output: Output = None,
) -> None:
    """List activations, losses, optimizers, notations and formats."""
    from symbackprop.narrate import tell_known  # noqa: PLC0415
    from symbackprop.notation import NOTATIONS, Speller  # noqa: PLC0415
    from symbackprop.render import FORMATS  # noqa: PLC0415

    if notation not in NOTATIONS:
        msg = f'unknown notation "{notation}"{nearest(notation, NOTATIONS)} (known: {", ".join(NOTATIONS)})'
        raise InputError(msg)
    formats = {name: row.description for name, row in FORMATS.items()}
    formats["json"] = "one object with values, gradients, local derivatives and steps"
    writer = _Writer(Speller(NOTATIONS[notation], network=False), format_name, output)
    if writer.json:
        msg = "list has no JSON form (known: terminal, text, latex, standalone, dollar, github)"
        raise InputError(msg)
    writer.write(tell_known(formats))


# --- options to objects --------------------------------------------------------------------------------------


def _derivation(  # noqa: PLR0913, PLR0917 - the common options
    problem: str,
    wrt: list[str] | None,
    detail: int,
    notation: str,
    digits: int,
    at: str | None,
    assume: str | None = None,
    *,
    exact: bool = False,
    paths: bool = False,
    expand: bool = False,
) -> Derivation:
    from symbackprop.derivation import derive as make  # noqa: PLC0415

    telling = _telling(detail, digits, exact=exact)
    made = make(problem, at=at, notation=notation, unit_targets=_unit_targets(assume))
    return replace(made, telling=replace(telling, wrt=made.plain_names(_split(wrt)), paths=paths, expand=expand))


def _telling(detail: int, digits: int, *, exact: bool) -> Telling:
    from symbackprop.derivation import make_telling  # noqa: PLC0415

    return make_telling(detail, digits, exact=exact, option="--")


def _unit_targets(assume: str | None) -> bool:
    if assume is None or assume.split() == ["y", "sum", "1"]:
        return assume is not None
    msg = f'--assume: found "{short(assume)}" where "y sum 1" is accepted'
    raise InputError(msg)


def _check_view(view: str, batch: str | None, samples: str) -> None:
    faults = []
    if view not in VIEWS:
        faults.append(f'--view: "{short(view)}" is not accepted{nearest(view, VIEWS)} ({", ".join(VIEWS)} are)')
    if samples not in {"columns", "rows"}:
        faults.append(f'--samples: "{short(samples)}" is not accepted; columns or rows is')
    if view == "units" and (batch is not None or samples != "columns"):
        faults.append("--batch and --samples belong to --view layers or index")
    if faults:
        raise ProblemError(*faults)


def _with_data(problem: str, at: str | None) -> Problem | None:
    """Return the problem if it has [data]; only files have."""
    from symbackprop.problem import load  # noqa: PLC0415

    # Standard input can be read but once; it has no folder for a data file to be in.
    if not problem.strip().endswith((".toml", ".json")):
        return None
    loaded = load(problem, at=at)
    return loaded if loaded.data is not None else None


def _only_with_data(**options: object) -> None:
    for name, value in options.items():
        if value is not None:
            msg = f"--{name.replace('_', '-')} belongs to a problem file with [data]"
            raise InputError(msg)


def _not_with_data(**options: object) -> None:
    for name, value in options.items():
        if value is not None:
            msg = f"--{name} does not go with [data]; --epochs, --batch-size and [training] do"
            raise InputError(msg)


def _data_writer(notation: str, format_name: str | None, output: Path | None, *, standalone: bool) -> _Writer:
    from symbackprop.derivation import check_notation  # noqa: PLC0415
    from symbackprop.notation import NOTATIONS, Speller  # noqa: PLC0415

    check_notation(notation)
    pages = _Writer(Speller(NOTATIONS[notation], network=True), format_name, output, standalone=standalone)
    if pages.json:
        msg = "--format json: figures on a data file have no JSON form in this version; train --csv writes them"
        raise InputError(msg)
    return pages


def _number(key: str, text: str) -> Expr:
    """Read a number given as an option, exactly as written."""
    from symbackprop.parse.values import constant  # noqa: PLC0415

    try:
        return constant(text)
    except ParseError as error:
        msg = f"--{key.replace('_', '-')}: {error}"
        raise InputError(msg) from None


def _split(names: Sequence[str] | None) -> tuple[str, ...]:
    """Split "a,b" in names, but not the comma inside w1[2,3] or w^{[1]}_{2,3}."""
    found: list[str] = []
    for text in names or ():
        depth, start = 0, 0
        for i, char in enumerate(text):
            depth += (char in "[({") - (char in "])}")
            if char == "," and depth == 0:
                found.append(text[start:i])
                start = i + 1
        found.append(text[start:])
    return tuple(name.strip() for name in found)


@contextmanager
def _progress(steps: int) -> Iterator[Progress | None]:
    """
    Give a callback that draws a bar on a terminal's standard error once the work has taken a second.

    The bar is one line of plain characters, taken away at the end, so that an interrupt leaves nothing behind.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    due, drawn = time.monotonic() + PROGRESS_AFTER_SECONDS, ""

    def show(done: int) -> None:
        nonlocal due, drawn
        if (now := time.monotonic()) < due:
            return
        due = now + PROGRESS_EVERY_SECONDS
        filled = "#" * (PROGRESS_CELLS * done // max(steps, 1))
        drawn = f"training [{filled.ljust(PROGRESS_CELLS, '.')}] {done:,} of {steps:,}"
        sys.stderr.write(f"\r{drawn}")
        sys.stderr.flush()

    try:
        yield show
    finally:
        if drawn:
            sys.stderr.write(f"\r{' ' * len(drawn)}\r")
            sys.stderr.flush()


# --- output --------------------------------------------------------------------------------------------------


class _Writer:
    """Chooses the format from --format, the file's ending, or standard output, and writes."""

    def __init__(  # noqa: PLR0913
        self,
        source: Derivation | Speller,
        format_name: str | None,
        output: Path | None,
        *,
        standalone: bool = False,
        two_column: bool = False,
        beamer: bool = False,
    ) -> None:
        from symbackprop.render import FORMATS, find_format  # noqa: PLC0415

        if beamer and two_column:
            msg = "--beamer and --two-column exclude each other: slides have one column"
            raise InputError(msg)
        self.speller = source if not hasattr(source, "speller") else source.speller
        if output is not None and output.is_dir():
            msg = f"{output}: is a directory; give a file in it, such as {output / 'notes.tex'}"
            raise InputError(msg)
        if output is None and sys.stdout is None:
            msg = "standard output is closed; write to a file with -o"
            raise InputError(msg)
        self.output = output
        self.two_column, self.beamer = two_column, beamer
        if format_name is None and (standalone or two_column or beamer):
            format_name = "standalone"
        if format_name is None and output is not None:
            from symbackprop.derivation import format_for  # noqa: PLC0415

            format_name = format_for(output)
        self.json = format_name == "json"
        name = format_name or "terminal"
        if standalone and name == "latex":
            name = "standalone"
        self.row = FORMATS["text"] if self.json else find_format(name)

    def write(self, document: Document) -> None:
        """Render a document and write it."""
        from symbackprop.render.layout import can_carry, transliterate  # noqa: PLC0415

        options = self._options()
        text = self.row.render(document, self.speller, options)
        if not can_carry(options.encoding):
            text = transliterate(text, options.encoding)
        self._put(text)

    def write_json(self, text: str) -> None:
        """Write an object; what the output cannot carry is escaped, as JSON has it."""
        from symbackprop.export import escaped  # noqa: PLC0415

        self._put(escaped(text, self._encoding()))

    def write_code(self, text: str) -> None:
        """Write a program as it is."""
        self._put(text)

    def _encoding(self) -> str:
        return (sys.stdout.encoding or "ascii") if self.output is None else "utf-8"

    def _options(self) -> Options:
        from symbackprop.render import Options  # noqa: PLC0415

        to_screen = self.output is None
        on_screen = self.row.name in {"terminal", "text"}
        colour = not on_screen or (
            to_screen and sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        )
        width = shutil.get_terminal_size((80, 24)).columns if to_screen and on_screen else None
        columns = 2 if self.two_column else 1
        return Options(width=width, columns=columns, beamer=self.beamer, color=colour, encoding=self._encoding())

    def _put(self, text: str) -> None:
        """Write a text as bytes that are the same on every system: the end of a line is one character."""
        if not text.endswith("\n"):
            text += "\n"
        try:
            if self.output is not None:
                self.output.write_text(text, encoding="utf-8", errors="replace", newline="\n")
                return
            encoding = self._encoding()
            sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader (head, less) has what it wanted.
            _silence_stdout()
            raise typer.Exit from None
        except OSError as error:
            if self.output is None:
                _silence_stdout()
            msg = f"{self.output or 'standard output'}: cannot be written ({error.strerror or error})"
            raise InputError(msg) from None


def _silence_stdout() -> None:
    """Let the flush at exit go nowhere: what it would say is said already."""
    stream = sys.stdout
    if stream is sys.__stdout__ and stream is not None:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _minus_first(arguments: Sequence[str]) -> list[str]:
    """Keep an expression that starts with a minus sign, as in `derive "-2*x"`, from being read as an option."""
    command, problem, rest = [*arguments[:1]], [*arguments[1:2]], [*arguments[2:]]
    if problem and problem[0][:1] == "-" and re.match(r"-\s*([\d.(]|\w+\s*[-+*/^(;·²³])", problem[0]) and problem[0][:2] != "-o":
        return [*command, *rest, "--", *problem]
    return [*command, *problem, *rest]


def run(arguments: Sequence[str]) -> int:
    """Run the program; returns the exit code and lets no traceback through."""
    try:
        code = app(args=_minus_first(arguments), prog_name="symbackprop", standalone_mode=False)
        if code == INTERRUPTED:
            _complain("interrupted")
        return code if isinstance(code, int) else 0
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    except SymbackpropError as error:
        _complain(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _complain("interrupted")
        return INTERRUPTED
    except OSError as error:
        _silence_stdout()
        _complain(f"{error.filename or 'standard output'}: {error.strerror or error}")
        return InputError.exit_code
    except Exception as error:
        if hasattr(error, "format_message"):
            _complain_of_usage(error)
            return InputError.exit_code
        if isinstance(error, RecursionError | MemoryError):
            _complain("the problem is too large: an expression nests too deep or takes too much memory")
            return TooLargeError.exit_code
        if os.environ.get("SYMBACKPROP_TRACEBACK"):
            raise
        _complain(f"internal error ({type(error).__name__}: {error}); please report it with the command you gave")
        return TooLargeError.exit_code


def _complain_of_usage(error: Any) -> None:
    """Say in a line what is wrong with the words of a command (the command line library's errors have no common home)."""
    if "NoArgs" in type(error).__name__:
        _write_to_stderr(error.format_message())
        return
    context = getattr(error, "ctx", None)
    message = " ".join(error.format_message().split()).rstrip(".").replace(". Did you mean", "; did you mean")
    command = getattr(context, "command_path", "symbackprop")
    problem = getattr(context, "params", {}).get("problem")
    extra = re.search(r"unexpected extra argument\S* \((.*)\)$", message)
    if extra and problem and re.search(r"[=*+/^;()]", f"{problem}{extra[1]}"):
        _complain(f'a problem with spaces in it needs quotes around it: {command} "{problem} {extra[1]}"')
        return
    _complain(f"{message[:1].lower()}{message[1:]}; see {command} --help")


def _complain(message: str) -> None:
    """Write to standard error, free of control characters; each line begins with its place (file:line) or the program's name."""
    text = "".join(char if char.isprintable() or char == "\n" else "?" for char in message)
    _write_to_stderr("\n".join(line if _PLACE.match(line) else f"symbackprop: {line}" for line in text.split("\n")))


def _write_to_stderr(text: str) -> None:
    if sys.stderr is None:
        return
    encoding = sys.stderr.encoding or "ascii"
    sys.stderr.write(f"{text}\n".encode(encoding, "replace").decode(encoding))
