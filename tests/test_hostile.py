"""Nothing hostile is executed, hangs, takes more than its limits or is called correct; each is told in a clear sentence."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hostile import ANSWERS, CANARY, PROGRAMS
from hostile_files import COMMANDS, SUBMISSIONS

import symbackprop as sb
from symbackprop.errors import SymbackpropError
from symbackprop.grade import grade
from symbackprop.problem import from_dict
from symbackprop.sandbox.asking import Checker
from symbackprop.sandbox.code import check_code
from symbackprop.sandbox.limits import Limits

NETWORK = {
    "inputs": 2,
    "loss": "binary_cross_entropy",
    "layers": [{"units": 3, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}],
}
ROOT = Path(__file__).resolve().parents[1]
PROBLEM = "2-3-1:tanh/sigmoid,bce"
LONGEST_SENTENCE = 400
# How many answers may need to be stopped from outside: the budgets of the checker should see the others coming.
MOST_STOPPED = 5


@pytest.fixture(scope="module")
def checker():
    with Checker(sb.load(PROBLEM)) as made:
        yield made


@pytest.fixture
def canary(tmp_path):
    return tmp_path / "canary"


def is_clear(message: str, longest: int = LONGEST_SENTENCE) -> str:
    """Return what is unclear about a message, or the empty string."""
    first = message.split("\n", maxsplit=1)[0]
    if not first.strip():
        return "there is no sentence"
    if len(first) > longest:
        return f"the sentence has {len(first)} characters"
    if any(not (char.isprintable() or char == "\n") for char in message):
        return "it has control characters"
    found = re.search(r"Traceback|object at 0x|internal error|please report|File \"", message)
    return f"it says {found[0]!r}" if found else ""


stopped: list[str] = []


@pytest.mark.parametrize("row", ANSWERS, ids=[f"{n}-{row.kind}-{row.text[:20]!r}" for n, row in enumerate(ANSWERS)])
def test_hostile_answers(row, checker, canary) -> None:
    text = row.text.replace(CANARY, str(canary))
    target = row.target.replace(CANARY, str(canary)) if row.target is not None else None
    began = time.monotonic()
    try:
        found = checker.check(target, text, row.options)
    except SymbackpropError as error:
        verdict, message, shown = "refused", str(error), ""
    else:
        verdict, message, shown = found.verdict, found.message, found.reading_text
        if set(found.limits_hit) & {"cpu", "wall", "memory", "depth", "died", "size"}:
            stopped.append(f"{found.limits_hit[0]}: {text[:40]!r}")
    taken = time.monotonic() - began

    assert verdict in {"invalid", "wrong", "undecided", "refused"}
    assert is_clear(message) == "", message[:1000]
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert taken < 7
    assert not canary.exists()


def test_few_answers_are_stopped_from_outside(checker) -> None:
    assert len(stopped) <= MOST_STOPPED, stopped
    if sys.platform == "linux":
        number = checker.worker.start().process.pid
        peak = re.search(r"VmPeak:\s+(\d+) kB", Path(f"/proc/{number}/status").read_text(encoding="utf-8"))
        assert int(peak[1]) <= 512 * 1024
    assert checker.check("dL/dw1_1_1", "(a2 - y)*w2_1_1*(1 - a1_1^2)*x_1").verdict == "correct"


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """Run every program, two at a time; its name gives the finding, the seconds it took and the file it must not touch."""
    derivation = sb.derive(sb.load(PROBLEM))
    folder = tmp_path_factory.mktemp("canaries")

    def ran(number, name):
        canary = folder / str(number)
        began = time.monotonic()
        limits = Limits() if name in {"sleep", "loop in the function", "memory"} else Limits(cpu=0.3, wall=1.5)
        finding = check_code(derivation, PROGRAMS[name].replace(CANARY, str(canary)), limits=limits)
        return finding, time.monotonic() - began, canary

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(PROGRAMS, pool.map(ran, range(len(PROGRAMS)), PROGRAMS), strict=True))


@pytest.mark.parametrize("name", PROGRAMS)
def test_hostile_programs(name, programs) -> None:
    found, taken, canary = programs[name]

    assert found.verdict in {"invalid", "wrong", "undecided"}, found.message
    assert is_clear(found.message, longest=2_000) == "", found.message[:1000]
    assert taken < 7
    assert not canary.exists()


def test_a_program_sees_no_file_and_leaves_no_process(programs) -> None:
    assert "root:" not in programs["read passwd"][0].message
    assert programs["os reached: fork bomb"][0].verdict == "invalid"


class Lent:
    """The module's checker, for a run of `grade` that would otherwise start and end its own."""

    checker: Checker

    def __init__(self, problem) -> None:
        self.problem = problem

    def check(self, target, answer, options=None):
        """Check as the real one does."""
        return self.checker.check(target, answer, options)

    def close(self) -> None:
        """Leave it running."""


@pytest.fixture
def lent(checker):
    Lent.checker = checker
    return Lent


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_hostile_submissions(name, lent, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    problem = from_dict({"network": NETWORK, "questions": [{"id": "q1", "target": "dL/dw1_1_1"}]})
    handed_in = SUBMISSIONS[name](tmp_path)
    before = {path.name for path in tmp_path.iterdir()}
    began, memory = time.process_time(), peak_memory()
    try:
        summary = grade(problem, handed_in, tmp_path / "out", jobs=1, making=lent)
    except SymbackpropError as error:
        told, verdicts = str(error).splitlines(), {}
    else:
        cells = [cell for file in (tmp_path / "out").glob("*.csv") for cell in cells_of(file)]
        told, verdicts = [row for row in reasons(tmp_path / "out" / "look_at.csv") if row], summary.verdicts
        assert not [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell[:1]]
        pages = [path.read_text(encoding="utf-8") for path in (tmp_path / "out").rglob("*.html")]
        assert pages
        assert not [page for page in pages if re.search(r"<script>alert|<img src=x|root:", page)]

    assert verdicts.get("correct", 0) == 0
    assert told or verdicts
    assert [sentence for sentence in told if is_clear(sentence)] == []
    assert {path.name for path in tmp_path.iterdir()} - before <= {"out"}
    assert time.process_time() - began < 2
    assert peak_memory() - memory < 512 * 1024
    assert not [path for path in (*tmp_path.rglob("*"), *tmp_path.parent.iterdir()) if path.stem == "canary"]


def peak_memory() -> int:
    """Return the most memory that this process has had, in kB; 0 where nobody counts."""
    try:
        import resource  # not there on Windows
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def cells_of(file):
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return [cell for row in csv.reader(stream) for cell in row]


def reasons(file):
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return [row["reason"] for row in csv.DictReader(stream)]


# The program, loaded once, and a process of its own for every command: what it used is counted when it has ended.
SERVER = """
import json, os, sys
from symbackprop.cli import run
import symbackprop.checking, symbackprop.sandbox.asking, symbackprop.sandbox.code
for line in sys.stdin:
    words, folder = json.loads(line)
    pid = os.fork()
    if pid == 0:
        os.chdir(folder)
        for number, (name, flags) in enumerate((("/dev/null", os.O_RDONLY), ("out", 65), ("err", 65))):
            os.dup2(os.open(name, flags, 0o600), number)
        code = 70
        try:
            code = run(words)
            sys.stdout.flush()
        finally:
            sys.stderr.flush()
            os._exit(code)
    _, status, usage = os.wait4(pid, 0)
    print(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss]), flush=True)
"""


@pytest.fixture(scope="module")
def commands(tmp_path_factory):
    """Give every command, two at a time; its name gives the exit code, seconds, kilobytes, output, complaint and folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}

    def given(names):
        line = [sys.executable, "-c", SERVER]
        found = {}
        with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as server:
            for name in names:
                words, files = COMMANDS[name]
                folder = tmp_path_factory.mktemp("command")
                for file, data in files.items():
                    (folder / file).write_bytes(data.replace(CANARY.encode(), b"canary"))
                server.stdin.write(json.dumps([[word.replace(CANARY, "canary") for word in words], str(folder)]) + "\n")
                server.stdin.flush()
                used = json.loads(server.stdout.readline())
                texts = [(folder / stream).read_text(encoding="utf-8") for stream in ("out", "err")]
                found[name] = (*used, *texts, folder)
        return found

    names = list(COMMANDS)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(given, (names[::2], names[1::2]))
    return {**first, **second}


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="what a process used is counted here by wait4")
@pytest.mark.parametrize("name", COMMANDS)
def test_hostile_commands(name, commands) -> None:
    code, seconds, kilobytes, out, err, folder = commands[name]

    assert code in {1, 2, 3}, (out, err)
    assert out or err
    assert is_clear((err or out.split("\n", maxsplit=2)[-1]).strip(), longest=2_000) == "", (out, err)
    assert all(char.isprintable() or char == "\n" for char in out + err)
    assert seconds < 3  # 2 s for the answer, and the rest
    assert kilobytes < 512 * 1024
    assert not (folder / "canary").exists()


def test_there_are_enough() -> None:
    assert len(ANSWERS) + len(PROGRAMS) + len(SUBMISSIONS) + len(COMMANDS) >= 600
    assert len(ANSWERS) >= 400
    assert len({(row.kind, row.text, row.target, str(row.options)) for row in ANSWERS}) == len(ANSWERS)
