"""Bad input: every row of the table gets its exact message, from the library and from the command line, and quickly."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from bad_input import COMMANDS, FILES, LARGE, POINTS, TEXTS, USAGE

from symbackprop.cli import run
from symbackprop.errors import ProblemError
from symbackprop.problem import load

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 2.0
BYTES = 500_000_000


def told(problem: str, at: str | None = None) -> str:
    """Return the message with which a problem is refused."""
    with pytest.raises(ProblemError) as caught:
        load(problem, at=at)
    return str(caught.value)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, so that messages show no path of this machine."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, name: str, content: str | bytes) -> None:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("text", "message"), TEXTS, ids=lambda value: ascii(value)[:40])
def test_texts_are_refused(text: str, message: str) -> None:
    """A one-liner, definition or expression that is wrong gets its message."""
    assert told(text) == message


@pytest.mark.parametrize(("name", "content", "message"), FILES, ids=[message.split("\n")[0][:70] for _, _, message in FILES])
def test_files_are_refused(here: Path, name: str, content: str | bytes, message: str) -> None:
    """A problem file that is wrong gets all its faults, each with file, line and place."""
    write(here, name, content)

    assert told(name) == message


@pytest.mark.parametrize(("problem", "at", "message"), POINTS, ids=str)
def test_points_are_refused(problem: str, at: str, message: str) -> None:
    """A point that is wrong gets its message."""
    assert told(problem, at) == message


def refused(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command line that must be refused; returns what stands on standard error, without the program's name on each line."""
    code = run(arguments)
    out, err = capsys.readouterr()

    assert (code, out) == (2, "")
    assert "Traceback" not in err
    lines = err.rstrip("\n").split("\n")
    assert arguments == () or all(re.match(r"symbackprop: |[\w.-]+:\d+: ", line) for line in lines), err
    return "\n".join(line.removeprefix("symbackprop: ") for line in lines)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("text", "message"), TEXTS, ids=lambda value: ascii(value)[:40])
def test_the_command_line_refuses_texts(text: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The command line prints the same message on standard error and stops with 2."""
    assert refused(("derive", "--", text), capsys) == message


@pytest.mark.parametrize(("name", "content", "message"), FILES, ids=[message.split("\n")[0][:70] for _, _, message in FILES])
def test_the_command_line_refuses_files(
    here: Path, name: str, content: str | bytes, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file's faults come out one a line."""
    write(here, name, content)

    assert refused(("evaluate", name), capsys) == message


@pytest.mark.parametrize(("problem", "at", "message"), POINTS, ids=str)
def test_the_command_line_refuses_points(problem: str, at: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong --at is named as such."""
    assert refused(("derive", problem, "--at", at), capsys) == message


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("arguments", "message"), COMMANDS, ids=[" ".join(arguments)[:60] for arguments, _ in COMMANDS])
def test_the_command_line_refuses_options(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An option's value that is wrong gets its message; a point without a value names the definition."""
    assert refused(arguments, capsys) == message


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_usage_errors_stop_with_2(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """What is no command or option is said in a line that points to the help; nothing at all shows the help itself."""
    message = refused(arguments, capsys)

    expected = r".+; see symbackprop( derive| train)? --help" if arguments else r"Usage: .*"
    assert re.fullmatch(expected, message, re.DOTALL)


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


@pytest.mark.parametrize("case", LARGE)
def test_large_inputs_are_refused_quickly(case: str, tmp_path: Path) -> None:
    """An input made to be slow or large is answered within 2 seconds and 500 MB, by a whole process."""
    name, content, message, code = LARGE[case]
    if name:
        write(tmp_path, name, content)
    command = [sys.executable, "-m", "symbackprop", "derive", "--", name or content]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True, text=True, encoding="utf-8", timeout=60, check=False, preexec_fn=limited,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime  # a busy machine does not count

    assert done.stderr.removeprefix("symbackprop: ").startswith(message), done.stderr[:300]
    assert (done.returncode, done.stdout) == (code, "")
    assert len(done.stderr) < 5000
    assert seconds < SECONDS


def test_the_tables_are_long_enough() -> None:
    """There are at least ninety rows, and none twice."""
    rows = [*TEXTS, *FILES, *POINTS, *COMMANDS]

    assert len(set(rows)) == len(rows) >= 90
    assert len(LARGE) >= 20
