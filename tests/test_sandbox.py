"""Workers: every limit is hit and told in a sentence, the next request is served, and nothing is left behind."""

from __future__ import annotations

import gc
import json
import os
import pickle
import re
import signal
import struct
import subprocess
import sys
import threading
import time
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import pytest

import symbackprop as sb
from symbackprop.checking import check
from symbackprop.errors import InputError, InternalError, ParseError, ProblemError
from symbackprop.findings import Finding, StepFinding, Witness
from symbackprop.sandbox.asking import Checker, check_in_worker
from symbackprop.sandbox.confine import ARCHITECTURES, COMPUTE, OPENAT, READ, filter_of
from symbackprop.sandbox.limits import Limits
from symbackprop.sandbox.wire import from_json, to_json
from symbackprop.sandbox.worker import Worker, WorkerError

HERE = str(Path(__file__).parent)
SHORT = Limits(cpu=0.3, wall=5.0)
linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux confines processes")


@pytest.fixture(scope="module")
def worker():
    with Worker("misbehaving", path=(HERE,)) as made:
        yield made


# task, limits, which limit, what is said
OVER = (
    ("spin", SHORT, "cpu", "the answer took more than 0.3 s of computing time"),
    ("power", SHORT, "cpu", "the answer took more than 0.3 s of computing time"),
    ("eat", Limits(), "memory", "the answer took more than 512 MB of memory"),
    ("nest", Limits(), "depth", "the answer nests too deep"),
    ("die", Limits(), "died", "the process that checks the answer died"),
    ("crash", Limits(), "died", "the process that checks the answer died"),
    ("flood", Limits(), "size", "the answer gave a result of more than 8 MB"),
    ("garbage", Limits(), "died", "the process that checks the answer died"),
)


@pytest.mark.parametrize(("task", "limits", "limit", "said"), OVER, ids=[row[0] for row in OVER])
def test_every_limit_is_hit_told_and_followed_by_service(worker, task, limits, limit, said) -> None:
    with pytest.raises(WorkerError) as caught:
        worker.ask(task, limits=limits)

    assert (caught.value.limit, str(caught.value), caught.value.exit_code) == (limit, said, 3)
    assert worker.ask("lonely", [1, "a"]) == [1, "a"]


def test_the_clock_is_watched_from_outside(worker) -> None:
    began = time.monotonic()
    with pytest.raises(WorkerError, match=r"^the answer took more than 0\.5 s$") as caught:
        worker.ask("sleep", 20, limits=Limits(wall=0.5))

    assert caught.value.limit == "wall"
    assert time.monotonic() - began < 3


def test_computing_time_counts_for_each_request_anew(worker) -> None:
    limits = Limits(cpu=0.4)
    before = worker.generation
    for _ in range(4):
        assert worker.ask("sleep", 0.01, limits=limits) == "slept"
    assert worker.generation - before <= 1


def test_two_seconds_and_half_a_gigabyte_are_the_default(worker) -> None:
    began = time.process_time()
    with pytest.raises(WorkerError, match="more than 2 s of computing time"):
        worker.ask("spin", limits=Limits(wall=60))
    assert time.process_time() - began < 1
    assert Limits() == Limits(cpu=2, wall=5, memory=512)


@pytest.mark.parametrize(
    ("kind", "error", "said"),
    [("parse", ParseError, "no"), ("problem", ProblemError, "one\ntwo"), ("bug", InternalError, "checking this failed (Key")],
)
def test_errors_come_back_as_they_were(worker, kind, error, said) -> None:
    with pytest.raises(error) as caught:
        worker.ask("fail", kind)

    assert str(caught.value).startswith(said)
    if isinstance(caught.value, ParseError):
        assert (caught.value.text, caught.value.position) == ("a+", 2)


@pytest.mark.parametrize("value", ["", "\ud800", "\x00\x1b[2J", "é∂σ′", {"a": [None, True, 1.5]}, "x" * 1_000_000], ids=repr)
def test_any_text_goes_there_and_back(worker, value) -> None:
    assert worker.ask("lonely", value) == value


def test_a_request_of_more_than_eight_megabytes_is_refused_unsent(worker) -> None:
    with pytest.raises(WorkerError, match="longer than 8 MB"):
        worker.ask("lonely", "x" * (9 << 20))
    assert worker.ask("lonely", 1) == 1


def test_the_child_knows_nothing_of_us(worker, monkeypatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "secret")
    worker.close()
    _, folder, environment, safe = worker.ask("process_id")

    assert folder == "/"
    assert safe
    assert "secret" not in environment.values()
    assert not {"HOME", "PATH", "USER"} & environment.keys()


@linux
@pytest.mark.parametrize("way", ["write", "system", "popen", "fork", "socket", "remove", "mkdir", "kill", "session", "link"])
def test_linux_refuses_what_an_answer_never_needs(worker, way, tmp_path) -> None:
    place = tmp_path / "canary"
    if way == "remove":
        place.write_text("stays", encoding="utf-8")

    told = worker.ask("escape", way, str(place))

    assert told in {"PermissionError", "status -1", "status 32512", "BlockingIOError"}
    assert place.exists() == (way == "remove")
    assert worker.ask("escape", "read", __file__) == "read"


def test_no_process_and_no_descriptor_is_left() -> None:
    gc.collect()
    before = len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0
    numbers = []
    for task in ("lonely", "die", "eat"):
        with Worker("misbehaving", path=(HERE,)) as made:
            numbers.append(made.ask("process_id")[0])
            try:
                made.ask(task, *((1,) if task == "lonely" else ()))
            except WorkerError:
                numbers.append(made.ask("process_id")[0])

    assert all(not alive(number) for number in numbers)
    assert len(numbers) == 5
    if sys.platform == "linux":
        assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_worker_that_is_dropped_ends() -> None:
    made = Worker("misbehaving", path=(HERE,))
    number = made.ask("process_id")[0]
    del made
    gc.collect()

    assert not alive(number)


@pytest.mark.parametrize("end", ["pass", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"], ids=["exit", "killed"])
def test_the_child_ends_with_its_parent(end) -> None:
    program = (
        "from symbackprop.sandbox.worker import Worker\n"
        f"w = Worker('misbehaving', path=({HERE!r},))\nprint(w.ask('process_id')[0], flush=True)\n{end}\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=Path(HERE).parent, capture_output=True, text=True, check=False)
    number = int(run.stdout)

    assert run.stderr == ""
    assert eventually(lambda: not alive(number))


def test_threads_wait_for_each_other(worker) -> None:
    found = []
    threads = [threading.Thread(target=lambda n=n: found.append(worker.ask("lonely", n))) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == list(range(20))


def test_workers_run_side_by_side() -> None:
    many = [Worker("misbehaving", path=(HERE,)) for _ in range(3)]
    numbers = {made.ask("process_id")[0] for made in many}
    with pytest.raises(WorkerError):
        many[0].ask("die")

    assert len(numbers) == 3
    assert many[1].ask("process_id")[0] in numbers
    for made in many:
        made.close()


def test_a_copy_starts_a_child_of_its_own(worker) -> None:
    with pickle.loads(pickle.dumps(worker)) as copy:
        assert copy.ask("process_id")[0] != worker.ask("process_id")[0]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_leaves_its_parents_child_alone(worker) -> None:
    number = worker.ask("process_id")[0]
    pid = os.fork()
    if pid == 0:
        other = worker.ask("process_id")[0]
        worker.close()
        os._exit(0 if other != number else 1)
    _, status = os.waitpid(pid, 0)

    assert status == 0
    assert worker.ask("process_id")[0] == number


def test_an_interrupt_ends_the_child_that_was_busy(worker) -> None:
    number = worker.ask("process_id")[0]
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        worker.ask("sleep", 3)

    assert not alive(number)
    assert worker.ask("lonely", 1) == 1


def test_a_child_that_does_not_start_is_told() -> None:
    with pytest.raises(WorkerError, match=r"^the process that checks answers does not start$"), Worker("there_is_none") as made:
        made.ask("echo", 1)


def test_a_child_that_cannot_be_started_is_told(monkeypatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nothing/python")
    with pytest.raises(WorkerError, match="does not start"), Worker("misbehaving", path=(HERE,)) as made:
        made.ask("echo", 1)


def test_killing_the_program_through_a_closed_pipe_is_not_possible() -> None:
    """The program ends quietly when its reader goes (SIGPIPE); a dead worker must not look like that."""
    program = (
        "import os, signal, time\nsignal.signal(signal.SIGPIPE, signal.SIG_DFL)\n"
        "from symbackprop.sandbox.worker import Worker, WorkerError\n"
        f"w = Worker('misbehaving', path=({HERE!r},))\nnumber = w.ask('process_id')[0]\n"
        "child = w.start(); os.kill(number, signal.SIGKILL); time.sleep(0.2)\n"
        "child.process.poll = lambda: None\n"
        "try:\n    w.ask('lonely', 'x' * 1000000)\nexcept WorkerError as error:\n    print(error)\n"
        "print(w.ask('lonely', 1))\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=Path(HERE).parent, capture_output=True, text=True, check=False)

    assert run.returncode == 0
    assert run.stdout.splitlines()[-1] == "1"


@pytest.mark.parametrize(
    "finding",
    [
        Finding("correct", "proved", target="dL/dw1_1_1", marks=Fraction(1, 3)),
        Finding(
            "wrong",
            codes=frozenset({"sign", "missing.slope"}),
            witness=Witness({"w": Fraction(3, 4)}, 0.113, float("inf"), (0, 1)),
            steps=(StepFinding(1, "a = b", "wrong", None, "no", frozenset({"x"}), follows=True, marks=Fraction(1, 2)),),
            follows=(2, 3),
            hints=("a", "b", "c"),
            limits_hit=("cells",),
            first_wrong_step=1,
        ),
    ],
)
def test_findings_go_there_and_back(worker, finding) -> None:
    assert from_json(worker.ask("lonely", to_json(finding))) == finding


# Calls that would let something out, by their numbers on x86-64 and AArch64 (asm/unistd.h).
DANGEROUS = {
    "clone": (56, 220), "clone3": (435, 435), "execve": (59, 221), "execveat": (322, 281), "socket": (41, 198),
    "connect": (42, 203), "sendto": (44, 206), "kill": (62, 129), "tgkill": (234, 131), "ptrace": (101, 117),
    "unlinkat": (263, 35), "renameat": (264, 38), "mkdirat": (258, 34), "symlinkat": (266, 36), "openat2": (437, 437),
    "io_uring_setup": (425, 425), "memfd_create": (319, 279), "setsid": (112, 157), "bpf": (321, 280), "prctl": (157, 167),
    "process_vm_writev": (311, 271), "mount": (165, 40), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
}  # fmt: skip
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050001, 0x80000000


def verdict(program, architecture, number, flags=0):
    """Run a filter as the kernel does, on one call."""
    data = {0: number, 4: architecture, 32: flags}
    at, value = 0, 0
    while True:
        code, yes, no, constant = struct.unpack_from("HBBI", program, 8 * at)
        at += 1
        if code == 0x20:
            value = data[constant]
        elif code == 0x15:
            at += yes if value == constant else no
        elif code == 0x45:
            at += yes if value & constant else no
        else:
            return constant


@pytest.mark.parametrize("reading", [True, False])
@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_filter_lets_through_what_computes_and_nothing_else(machine, reading) -> None:
    """The same on both kinds of machine, whichever this is."""
    column, architecture = ARCHITECTURES[machine]
    program = filter_of(column, architecture, reading=reading)
    opening = OPENAT[column]

    def run(number, flags=0):
        return verdict(program, architecture, number, flags)

    assert {run(numbers[column]) for numbers in DANGEROUS.values()} == {REFUSE}
    assert {run(numbers[column]) for numbers in COMPUTE.values() if numbers[column] is not None} == {ALLOW}
    assert {run(numbers[column]) for numbers in READ.values() if numbers[column] is not None} == {ALLOW if reading else REFUSE}
    assert run(opening) == run(opening, os.O_CLOEXEC) == (ALLOW if reading else REFUSE)
    assert {run(opening, flag) for flag in (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC)} == {REFUSE}
    assert {run(number | 0x40000000) for number in range(600)} == {REFUSE}  # the other calling convention of x86-64
    assert verdict(program, architecture + 1, 0) == KILL
    assert len([number for number in range(600) if run(number) == ALLOW]) < 70


SAMPLES = {
    "str": "text", "str | None": "text", "int": 3, "int | None": 3, "bool": True, "Fraction": Fraction(2, 3), "float": 0.1,
    "frozenset[str]": frozenset({"b", "a"}), "tuple[int, ...]": (1, 2), "tuple[str, ...]": ("a", "b"), "tuple[int, int]": (1, 2),
    "Mapping[str, Fraction]": {"w": Fraction(3, 4)},
}  # fmt: skip


def filled(kind):
    """Return a finding, or a part of one, in which no field is as it is by default."""
    parts = {"Witness | None": lambda: filled(Witness), "tuple[StepFinding, ...]": lambda: (filled(StepFinding),) * 2}
    return kind(**{part.name: parts.get(part.type, lambda part=part: SAMPLES[part.type])() for part in fields(kind)})


def test_every_field_of_a_finding_goes_there_and_back() -> None:
    """Also those that are added later."""
    finding = filled(Finding)

    assert from_json(json.loads(json.dumps(to_json(finding)))) == finding


@linux
def test_this_kernel_confines() -> None:
    """On Linux the tests above mean something only where the filter is really in place."""
    program = "from symbackprop.sandbox.confine import confine; print(confine(reading=True))"
    run = subprocess.run([sys.executable, "-c", program], cwd=Path(HERE).parent, capture_output=True, text=True, check=False)

    assert run.stdout == "True\n"


@pytest.fixture(scope="module")
def checker():
    with Checker(sb.load("2-2-1:sigmoid,bce")) as made:
        yield made


ANSWERS = (
    ("dL/dw1_1_1", "(a2 - y) w2_1_1 a1_1 (1 - a1_1) x_1", {}),
    ("dL/dw1_1_1", "(a2 - y) w2_1_1 x_1", {"hint": 2}),
    ("dL/dw1_1_1", "(a2 - y", {}),
    (None, "z1_1 = w1_1_1 x_1 + w1_1_2 x_2 + b1_1; a1_1 = z1_1", {}),
    ("dL/dW1", "[[1, 2, 3]]", {}),
)


@pytest.mark.parametrize(("target", "answer", "options"), ANSWERS, ids=[row[1][:20] for row in ANSWERS])
def test_a_checker_finds_what_check_finds(checker, target, answer, options) -> None:
    found = checker.check(target, answer, options)

    assert found == check(sb.load("2-2-1:sigmoid,bce"), target, answer, **options)
    assert found.message


def test_what_is_no_answer_raises_as_check_does(checker) -> None:
    for target, options in (("dL/dw9_9_9", {}), ("dL/dw1_1_1", {"hint": 9}), ("dL/dw1_1_1", {"nonsense": 1})):
        with pytest.raises(InputError) as there:
            check(sb.load("2-2-1:sigmoid,bce"), target, "1", **options)
        with pytest.raises(InputError, match=re.escape(str(there.value))):
            checker.check(target, "1", options)


def test_an_answer_over_its_limits_is_undecided_and_the_next_is_checked() -> None:
    with Checker(sb.load("2-2-1:sigmoid,bce"), limits=Limits(cpu=0.2)) as short:
        found = short.check("dL/dw1_1_1", "exp(" * 30 + "x_1" + ")" * 30)

        assert (found.verdict, found.limits_hit) == ("undecided", ("cpu",))
        assert found.message == "The answer took more than 0.2 s of computing time."
        assert short.check("dL/da2_1", "(a2 - y)/(a2 (1 - a2))").verdict == "correct"


def test_one_answer_in_a_worker_of_its_own() -> None:
    assert check_in_worker(sb.load("u = 2*x + 1; y = u^3"), "dy/dx", "6*u^2").verdict == "correct"


def test_nothing_that_is_shown_steers_a_terminal(checker) -> None:
    found = checker.check("dL/dw1_1_1", "\x1b[2J\u202e x_1")

    assert found.answer == "\x1b[2J\u202e x_1"
    assert all(char.isprintable() or char == "\n" for char in "".join((found.message, *found.hints)))


def alive(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def eventually(holds, seconds=3.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.02)
    return False
