"""`symbackprop check`: one answer, or a chain of steps, against the derivation."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from symbackprop.cli.options import (
    At,
    Atol,
    Boundary,
    FormatName,
    Hint,
    Notation,
    Output,
    ProblemArgument,
    Rtol,
    SignificantDigits,
    Standalone,
)
from symbackprop.cli.writer import Writer
from symbackprop.errors import InputError
from symbackprop.findings import CORRECT, INVALID, WRONG

EXIT_CODES = {CORRECT: 0, WRONG: 1, INVALID: 2}
UNDECIDED_CODE = 3
LONGEST_FILE = 100_000

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[TARGET] ANSWER",
        help='What was asked (dL/dw1_1_1, delta1_1, dL/dW1) and the answer; a chain "name = ...; name = ..." needs no target.',
    ),
]
AnswerFile = Annotated[
    Path | None, typer.Option("--file", metavar="FILE", help="Read the answer, or a chain of steps, from a file (- for stdin).")
]
Code = Annotated[
    Path | None, typer.Option("--code", metavar="FILE", help="Check the NumPy function backward(...) of a file, in a worker.")
]
WrittenAs = Annotated[str, typer.Option("--as", help="How the answer is written: auto, text or latex.")]
Form = Annotated[
    str | None, typer.Option("--form", metavar="TEXT", help='"in terms of a, x", "as matrices", "as a number".')
]
Solution = Annotated[bool, typer.Option("--solution", help="Also print what would be right.")]
Codes = Annotated[bool, typer.Option("--codes", help="Also print the stable codes of all mistakes that explain the answer.")]


def check(
    problem: ProblemArgument,
    answer: Words = None,
    *,
    file: AnswerFile = None,
    code: Code = None,
    written_as: WrittenAs = "auto",
    hint: Hint = None,
    form: Form = None,
    rtol: Rtol = None,
    atol: Atol = None,
    digits: SignificantDigits = None,
    boundary: Boundary = None,
    at: At = None,
    notation: Notation = "ng",
    solution: Solution = False,
    codes: Codes = False,
    format_name: FormatName = None,
    output: Output = None,
    standalone: Standalone = False,
) -> None:
    """Check an answer or a chain of steps: right or wrong, where and why.  Exit code 0 right, 1 wrong, 2 unreadable."""
    from symbackprop.checking.showing import read_again
    from symbackprop.checking.truth import Truth
    from symbackprop.derivation import derive
    from symbackprop.narrate.findings import tell_finding

    truth = Truth(derive(problem, at=at, notation=notation))
    loaded = truth.derivation.problem
    writer = Writer(truth.derivation, format_name, output, standalone=standalone)
    options: dict[str, Any] = {
        "hint": hint, "form": form, "rtol": rtol, "atol": atol, "digits": digits, "boundary": boundary,
    }  # fmt: skip
    options = {name: value for name, value in options.items() if value is not None}
    if code is not None:
        from symbackprop.sandbox.code import check_code

        _alone("--code", answer, file)
        finding = check_code(loaded, code)
    else:
        from symbackprop.sandbox.asking import check_in_worker

        target, given = _asked(answer, file)
        finding = check_in_worker(loaded, target, given, {**options, "format": written_as})
    if writer.json:
        from symbackprop.export import finding_json

        writer.write_json(finding_json(finding, solution=solution))
    else:
        writer.speller = replace(writer.speller, layers=True)
        read = partial(read_again, truth=truth)
        writer.write(tell_finding(finding, truth.written_names, read, codes=codes, solution=solution))
    raise typer.Exit(EXIT_CODES.get(finding.verdict, UNDECIDED_CODE))


def _asked(words: list[str] | None, file: Path | None) -> tuple[str | None, str]:
    """Return the target, if any, and the answer."""
    given = list(words or ())
    if file is not None:
        if len(given) > 1:
            msg = f"--file gives the answer, so only a target is accepted before it; found {len(given)} words"
            raise InputError(msg)
        return (given[0] if given else None), _read(file)
    if not given or len(given) > 2:
        msg = 'give a target and an answer, as in: symbackprop check 2-2-1 dL/dw1_1_1 "delta1_1*x_1"'
        if len(given) > 2:
            msg = f"found {len(given)} words where a target and an answer are accepted: put quotes around the answer"
        raise InputError(msg)
    return (given[0], given[1]) if len(given) == 2 else (None, given[0])


def _alone(option: str, words: list[str] | None, file: Path | None) -> None:
    if words or file is not None:
        msg = f"{option} is checked alone: no target and no answer go with it"
        raise InputError(msg)


def _read(file: Path) -> str:
    """Read an answer from a file or standard input, as UTF-8; raises InputError."""
    if str(file) == "-":
        data = sys.stdin.buffer.read(LONGEST_FILE + 1)
    else:
        if not file.is_file():
            msg = f"{file}: no such file"
            raise InputError(msg)
        with file.open("rb") as stream:
            data = stream.read(LONGEST_FILE + 1)
    if len(data) > LONGEST_FILE:
        msg = f"{file}: the answer has more than {LONGEST_FILE} bytes"
        raise InputError(msg)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{file}: byte {error.start + 1} is not UTF-8"
        raise InputError(msg) from None
