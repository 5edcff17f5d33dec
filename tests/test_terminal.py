"""Manners of a whole process: widths, encodings, colour, pipes, signals, sizes, and the same bytes every time."""

from __future__ import annotations

import os
import re
import resource
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from symbackprop.render.marked import width_of

fcntl = pytest.importorskip("fcntl")
pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")

ROOT = Path(__file__).resolve().parents[1]
MODULE = (sys.executable, "-m", "symbackprop")
ESCAPE = b"\x1b"
SECONDS = 120
LONG_TRAINING = ("train", "x^2", "--at", "x=1", "--lr", "0.0001", "--steps", "1000000")
EXAMPLES = {
    "network": ("derive", "2-2-1:tanh/sigmoid,bce"),
    "names": ("derive", "worked_examples/mazur.toml"),
    "one weight": ("derive", "worked_examples/mazur.toml", "--wrt", "w1_1_1"),
    "function": ("derive", "worked_examples/gradient.toml"),
    "samples": ("derive", "worked_examples/cost_as_mean.toml"),
    "atoms": ("derive", "y = m*x + c", "--atoms"),
    "limit": ("derive", "2*x", "--at", "x=1", "--from-definition"),
    "evaluate": ("evaluate", "worked_examples/two_paths.toml"),
    "train": ("train", "worked_examples/mazur.toml", "--steps", "2", "--optimizer", "adam"),
    "list": ("list",),
}


def environment(**more: str) -> dict[str, str]:
    """Return a small environment in which nothing of this machine shows."""
    clean = {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", ""), "PYTHONPATH": str(ROOT)}
    return clean | {"PYTHONIOENCODING": "utf-8"} | more


def program(*arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program with pipes; the keywords go to its environment."""
    return subprocess.run(
        [*MODULE, *arguments], cwd=ROOT, env=environment(**more), capture_output=True, timeout=SECONDS, check=False
    )


def printed(*arguments: str, **more: str) -> bytes:
    """Return what a run prints that must succeed without a word on standard error."""
    done = program(*arguments, **more)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


# --- widths and encodings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [50, 80, 200])
@pytest.mark.parametrize("example", EXAMPLES)
def test_every_line_fits(example: str, width: int) -> None:
    """Nothing stands out of 50, 80 or 200 columns, and running text is at most 100 wide."""
    out = printed(*EXAMPLES[example], COLUMNS=str(width)).decode()
    lines = out.splitlines()
    assert [line for line in lines if width_of(line) > width] == []
    assert out.endswith("\n")
    assert not re.search(r"[ \t]$|\n\n\n", out, re.MULTILINE)
    assert [line for line in lines if width_of(line) > 100 and re.match(r"  [A-Z][a-z]+ \w+ \w+ \w+ ", line)] == []


@pytest.mark.parametrize("width", ["1", "24", "0", "-5", "wide", "1000000"])
def test_no_width_is_too_strange(width: str) -> None:
    """In a window too narrow for its formulas, or of no width at all, everything is still printed."""
    assert "each verified" in " ".join(printed(*EXAMPLES["network"], COLUMNS=width).decode().split())


@pytest.mark.parametrize("example", ["network", "function"])
def test_the_mathematics_is_the_same_in_every_width(example: str) -> None:
    """Lines are broken at blanks and before signs; no character is lost or cut."""
    kept = [
        sorted(
            "".join(re.sub(r"[─\s=]|^.*finite difference is.*$", "", printed(*EXAMPLES[example], COLUMNS=str(width)).decode()))
        )
        for width in (80, 200)
    ]
    assert kept[0] == kept[1]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_every_encoding_is_readable(example: str, encoding: str) -> None:
    """What an encoding lacks is written otherwise: no question marks stand for letters, and every step is there."""
    out = printed(*EXAMPLES[example], PYTHONIOENCODING=encoding).decode(encoding)
    assert "?" not in out
    assert "\N{REPLACEMENT CHARACTER}" not in out
    if example != "list":
        assert re.search(r"(ok|✓) \d+ steps?, each verified", out)
    if encoding == "ascii" and example == "network":
        assert "dL/dw1_1_1 = delta1_1 * dz1_1/dw1_1_1" in out


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("form", ["latex", "standalone", "dollar", "github", "json"])
def test_other_formats_in_narrow_encodings(form: str, encoding: str) -> None:
    """LaTeX, Markdown and JSON come through a narrow encoding, too."""
    out = printed(*EXAMPLES["names"], "--format", form, PYTHONIOENCODING=encoding).decode(encoding)
    assert "?" not in out


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_messages_and_help_in_narrow_encodings(encoding: str) -> None:
    """Help is ASCII, and a message repeats what it can of a foreign name."""
    for command in ([], ["derive"], ["train"], ["evaluate"], ["list"]):
        assert printed(*command, "--help", PYTHONIOENCODING=encoding).isascii()
    done = program("derive", "x + y", "--wrt", "ж", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b'symbackprop: unknown name "?"')


# --- the same bytes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", EXAMPLES)
def test_same_input_same_bytes(example: str) -> None:
    """Two runs under different hash seeds print the same, in text and in JSON."""
    for form in ("text", "latex", "json") if example != "list" else ("text", "latex"):
        first, second = (printed(*EXAMPLES[example], "--format", form, PYTHONHASHSEED=seed) for seed in ("1", "20000"))
        assert first == second


def test_a_pipe_and_a_file_get_the_same(tmp_path: Path) -> None:
    """What is written with -o is what a pipe gets, whatever the width of the terminal."""
    target = tmp_path / "notes.txt"
    assert not printed(*EXAMPLES["network"], "-o", str(target), COLUMNS="50")
    assert target.read_bytes() == printed(*EXAMPLES["network"], "--format", "text")


# --- terminals ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Session:
    """What a run in a terminal left: its exit code, what the terminal got, and what went to a pipe beside it."""

    code: int
    screen: bytes
    out: bytes


def in_terminal(
    *arguments: str, columns: int = 80, only_errors: bool = False, interrupt_at: bytes | None = None, **more: str
) -> Session:
    """Run the program in a terminal of its own; `only_errors` sends standard output to a pipe instead."""
    keyboard, screen_end = pty.openpty()
    fcntl.ioctl(screen_end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [*MODULE, *arguments], cwd=ROOT, env=environment(**{"TERM": "xterm-256color"} | more),
        stdin=screen_end, stdout=subprocess.PIPE if only_errors else screen_end, stderr=screen_end, start_new_session=True,
    )  # fmt: skip
    os.close(screen_end)
    screen = b""
    try:
        while select.select([keyboard], [], [], SECONDS)[0]:
            try:
                part = os.read(keyboard, 65536)
            except OSError:  # Linux says so when the last program has closed the terminal
                break
            if not part:
                break
            screen += part
            if interrupt_at is not None and interrupt_at in screen:
                process.send_signal(signal.SIGINT)
                interrupt_at = None
        out = process.stdout.read() if process.stdout else b""
        return Session(process.wait(SECONDS), screen.replace(b"\r\n", b"\n"), out)
    finally:
        process.kill()
        process.wait()
        os.close(keyboard)
        if process.stdout:
            process.stdout.close()


def test_a_terminal_gets_colour() -> None:
    """In a terminal headings, values and paths are coloured; without the colour it is what a pipe gets."""
    shown = in_terminal(*EXAMPLES["one weight"])
    plain = re.sub(rb"\x1b\[[0-9;]*m", b"", shown.screen)
    assert shown.code == 0
    assert shown.screen.count(ESCAPE) > 50
    assert [line.rstrip() for line in plain.splitlines()] == printed(*EXAMPLES["one weight"]).splitlines()
    assert shown.screen.rstrip().endswith(b"\x1b[0m")


@pytest.mark.parametrize(
    ("arguments", "more"),
    [((), {"NO_COLOR": "1"}), ((), {"TERM": "dumb"}), (("--format", "text"), {}), (("--format", "json"), {})],
    ids=["NO_COLOR", "TERM=dumb", "text", "JSON"],
)
def test_colour_can_be_declined(arguments: tuple[str, ...], more: dict[str, str]) -> None:
    """NO_COLOR, a dumb terminal and formats for programs get no escapes."""
    shown = in_terminal(*EXAMPLES["one weight"], *arguments, **more)
    assert (shown.code, ESCAPE in shown.screen) == (0, False)


def test_an_empty_no_color_is_none() -> None:
    """An empty NO_COLOR is not set, as no-color.org says."""
    assert ESCAPE in in_terminal("derive", "x^2", NO_COLOR="").screen


@pytest.mark.parametrize("columns", [50, 80, 120])
def test_the_width_of_the_terminal_is_used(columns: int) -> None:
    """The rule under the title ends where the terminal does, and no line goes over it."""
    lines = in_terminal("derive", "2-2-1", columns=columns, NO_COLOR="1").screen.decode().splitlines()
    assert max(map(width_of, lines)) == columns


def test_a_terminal_without_a_width_has_eighty_columns() -> None:
    """Some terminals say 0."""
    assert width_of(in_terminal("derive", "x^2", columns=0, NO_COLOR="1").screen.decode().splitlines()[0]) == 80


def test_a_long_training_shows_a_bar() -> None:
    """After a second a bar stands on standard error, if that is a terminal; it is taken away at the end."""
    shown = in_terminal(*LONG_TRAINING[:-1], "250000", only_errors=True)
    assert shown.code == 0
    assert re.match(rb"\rtraining \[#*\.*\] [\d,]+ of 250,000", shown.screen)
    assert ESCAPE not in shown.screen
    assert re.search(rb"\r +\r$", shown.screen)
    assert b"training [" not in shown.out
    assert "f fell from 1 to " in shown.out.decode()


def test_a_short_training_shows_no_bar() -> None:
    """Work of less than a second says nothing, and neither does any without a terminal."""
    assert in_terminal(*LONG_TRAINING[:-1], "10", only_errors=True).screen == b""
    assert program(*LONG_TRAINING[:-1], "250000").stderr == b""


# --- interrupts and pipes ----------------------------------------------------------------------------------------


def test_an_interrupt_is_one_line() -> None:
    """Ctrl-C in the middle of a training: exit code 130, one line after the bar, no traceback, no output."""
    shown = in_terminal(*LONG_TRAINING, only_errors=True, interrupt_at=b"training [")
    assert (shown.code, shown.out) == (130, b"")
    assert re.search(rb"\r +\rsymbackprop: interrupted\n$", shown.screen)
    assert b"Traceback" not in shown.screen


@pytest.mark.parametrize("arguments", [("derive", "20-20-20", "--detail", "3"), ("list", "--format", "standalone"), ("--help",)])
def test_a_pipe_that_is_closed_early_is_silent(arguments: tuple[str, ...]) -> None:
    """`| head -1` ends the program without a word, whether it notices (141 in a shell) or not."""
    with subprocess.Popen(
        [*MODULE, *arguments], cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        assert (process.wait(SECONDS) in {0, -signal.SIGPIPE}, said) == (True, b"")


def test_a_reader_that_never_reads() -> None:
    """A pipe without a reader ends the program, also at its first byte."""
    reading, writing = os.pipe()
    os.close(reading)
    for arguments in (("derive", "2-2-1"), ("--version",), ("--help",)):
        done = subprocess.run(
            [*MODULE, *arguments],
            cwd=ROOT,
            env=environment(),
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=SECONDS,
            check=False,
        )
        assert (done.returncode, done.stderr) == (-signal.SIGPIPE, b"")
    os.close(writing)


def close(number: int) -> Callable[[], None]:
    """Return what closes a standard stream of a process before it starts."""
    return lambda: os.close(number)


@pytest.mark.parametrize(
    ("number", "arguments", "code", "said"),
    [
        (1, ("derive", "2-2-1"), 2, b"symbackprop: standard output is closed; write to a file with -o\n"),
        (1, ("derive", "2-2-1", "-o", "{}/notes.md"), 0, b""),
        (1, ("--version",), 0, b""),
        (2, ("derive", "nothing.toml"), 2, b""),
        (2, ("derive", "2-2-1", "--foo"), 2, b""),
        (2, ("derive", "2-2-1"), 0, b""),
        (0, ("derive", "2-2-1"), 0, b""),
        (0, ("derive", "-"), 2, b"symbackprop: standard input: is closed; give a .toml or .json file\n"),
    ],
)
def test_closed_streams(number: int, arguments: tuple[str, ...], code: int, said: bytes, tmp_path: Path) -> None:
    """Without a standard stream the program does what it can, and says in a line what it cannot."""
    done = subprocess.run(
        [*MODULE, *(argument.format(tmp_path) for argument in arguments)], cwd=ROOT, env=environment(),
        capture_output=True, timeout=SECONDS, check=False, preexec_fn=close(number),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (code, said)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [("derive", "2-2-1"), ("list",), ("--help",), ("--version",)])
def test_a_full_disk_is_one_line(arguments: tuple[str, ...]) -> None:
    """What cannot be written is said, once."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*MODULE, *arguments], cwd=ROOT, env=environment(), stdout=full, stderr=subprocess.PIPE, timeout=SECONDS, check=False
        )
    assert done.returncode == 2
    assert re.fullmatch(rb"symbackprop: standard output: .*No space left on device.*\n", done.stderr)


# --- speed and size ----------------------------------------------------------------------------------------------


def seconds(*command: str) -> float:
    """Return the least processor time of three runs, in which other work of the machine does not count."""
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, timeout=SECONDS, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def test_help_and_version_are_light() -> None:
    """They take less than half of `import sympy`; no help imports it, NumPy, mpmath or rich."""
    limit = seconds(sys.executable, "-c", "import sympy") / 2
    for arguments in (("--version",), ("--help",), ("derive", "--help"), ("train", "--help")):
        assert "derive" in arguments or "train" in arguments or seconds(*MODULE, *arguments) < limit
        watch = (
            "import runpy, sys\n"
            f"sys.argv = ['symbackprop', *{arguments!r}]\n"
            "try:\n"
            "    runpy.run_module('symbackprop', run_name='__main__')\n"
            "finally:\n"
            "    heavy = {'sympy', 'numpy', 'mpmath', 'rich'} & set(sys.modules)\n"
            "    assert not heavy, heavy\n"
        )
        run = subprocess.run([sys.executable, "-c", watch], cwd=ROOT, env=environment(), capture_output=True, check=False)
        assert (run.returncode, run.stderr) == (0, b"")


def limited() -> None:
    """Allow a process 500 MB."""
    resource.setrlimit(resource.RLIMIT_AS, (500_000_000, 500_000_000))


@pytest.mark.parametrize("options", [(), ("--format", "json"), ("--atoms",)], ids=" ".join)
def test_a_large_network_is_derived_quickly(options: tuple[str, ...]) -> None:
    """60-60-60 has 7,320 gradients: ten seconds of processor time and 500 MB are enough for all of them."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [*MODULE, "derive", "60-60-60", *options], cwd=ROOT, env=environment(), capture_output=True, timeout=SECONDS, check=False,
        preexec_fn=limited,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout) > 100_000
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 10
