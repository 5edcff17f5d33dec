"""Nothing hostile is executed, hangs, takes more than its limits or is called correct; each is told in a clear sentence."""

from __future__ import annotations

import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hostile import ANSWERS, CANARY, PROGRAMS

import symbackprop as sb
from symbackprop.errors import SymbackpropError
from symbackprop.sandbox.asking import Checker
from symbackprop.sandbox.code import check_code
from symbackprop.sandbox.limits import Limits

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
        limits = Limits() if name in {"sleep", "loop in the function", "memory"} else Limits(cpu=0.5, wall=2)
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


def test_there_are_enough() -> None:
    assert len(ANSWERS) >= 250
    assert len({(row.kind, row.text, row.target, str(row.options)) for row in ANSWERS}) == len(ANSWERS)
