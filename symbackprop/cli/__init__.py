"""
The command line: load, call, narrate, render.  A command is a module of this folder, and a line of `_COMMANDS`.

Results go to standard output and everything else to standard error.
Exit codes: 0 done; 1 `check` found a wrong answer; 2 the input or the usage is at fault; 3 too large, or undecided;
130 interrupted.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from symbackprop._version import __version__
from symbackprop.cli.check import check
from symbackprop.cli.code import code
from symbackprop.cli.derive import derive
from symbackprop.cli.diagram import diagram
from symbackprop.cli.evaluate import evaluate
from symbackprop.cli.grade import grade
from symbackprop.cli.known import list_known
from symbackprop.cli.messages import INTERRUPTED, complain, complain_of_usage
from symbackprop.cli.train import train
from symbackprop.cli.writer import silence_stdout
from symbackprop.errors import InputError, SymbackpropError, TooLargeError

_SIGNED = re.compile(r"-\s*([\d.(\\{½∂δσ]|\w+\s*[-+*/^(;·²³_{]|\w+\s+\w)|[−–]")
_TAKING_ANYTHING = frozenset({"--form", "--file", "--at"})

app = typer.Typer(
    add_completion=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Derive backpropagation step by step: every dL/dw by the chain rule, each step checked, with numbers.",
    epilog='Start with: symbackprop derive 2-2-1, or symbackprop derive "3*x^2 + 2*x*y + y^2" --at x=1,y=2',
)

# In the order of the general help.
_COMMANDS: dict[str, Callable[..., None]] = {
    "derive": derive,
    "evaluate": evaluate,
    "diagram": diagram,
    "train": train,
    "check": check,
    "grade": grade,
    "code": code,
    "list": list_known,
}
for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)


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


def _minus_first(arguments: Sequence[str]) -> list[str]:
    """
    Keep expressions that start with a minus sign, as in `derive "-2*x"`, from being read as options.

    They go to the end, behind "--": a problem is the only word that can have a sign, and so is an answer, the last of `check`.
    """
    given = list(arguments)
    if "--" in given or given[:1] == ["--"]:
        return given
    signed = [place for place, word in enumerate(given) if place and _SIGNED.match(word) and word[:2] != "-o"]
    if given[:1] != ["check"]:
        signed = [place for place in signed if place == 1]
    if not signed or given[signed[-1] - 1] in _TAKING_ANYTHING:
        return given
    place = signed[-1]
    return [*given[:place], *given[place + 1 :], "--", given[place]]


def run(arguments: Sequence[str]) -> int:
    """Run the program; returns the exit code and lets no traceback through."""
    try:
        exit_code = app(args=_minus_first(arguments), prog_name="symbackprop", standalone_mode=False)
        if exit_code == INTERRUPTED:
            complain("interrupted")
        return exit_code if isinstance(exit_code, int) else 0
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    except SymbackpropError as error:
        complain(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except OSError as error:
        silence_stdout()
        complain(f"{error.filename or 'standard output'}: {error.strerror or error}")
        return InputError.exit_code
    except Exception as error:
        if hasattr(error, "format_message"):
            complain_of_usage(error)
            return InputError.exit_code
        if isinstance(error, RecursionError | MemoryError):
            complain("the problem is too large: an expression nests too deep or takes too much memory")
            return TooLargeError.exit_code
        if os.environ.get("SYMBACKPROP_TRACEBACK"):
            raise
        complain(f"internal error ({type(error).__name__}: {error}); please report it with the command you gave")
        return TooLargeError.exit_code
