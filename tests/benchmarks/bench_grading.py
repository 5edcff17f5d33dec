"""
The rate of `grade`, its memory, and a run that is killed: measured beside one comparison a row by Math-Verify, in one run.

    pip install -e ".[benchmark]"
    python tests/benchmarks/bench_grading.py [--quick]

A class of 250 students and 4 questions, 1,000 answers on two cores: as a class writes them (many answers are the same to the
letter, and are checked once), and all different.  Math-Verify parses each answer and compares it with the right one, in two
processes; it gives neither a proof nor a reason.  Memory is the peak of the program's own process and of the largest of its
workers.  The exit code is 1 where a bound is missed.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from generate_class import rows, write  # noqa: E402 - from the folder above

JOBS = 2
MOST_GROWTH = 1.3
RIGHT = {
    "q1": r"$(a_{21} - y_1) a_{21} (1 - a_{21})$",
    "q2": r"$(a_{21} - y_1) a_{21} (1 - a_{21}) w_{211} a_{11} (1 - a_{11}) x_1$",
    "q3": r"$\delta_{21} a_{11}$",
    "q4": r"$\delta_{11}$",
}
RUN = """
import json, resource, sys, time
from pathlib import Path
from symbackprop.grade import grade
from symbackprop.problem import load
start = time.perf_counter()
summary = grade(load(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), jobs=int(sys.argv[4]))
own, workers = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps([time.perf_counter() - start, summary.answers, summary.checked, own, workers]))
"""


def command(folder: Path, students: int, out: str, *, different: bool, jobs: int = JOBS) -> list[str]:
    """Return the command that grades a class of so many students."""
    folder.mkdir(parents=True, exist_ok=True)
    problem, table = write(folder, students, 0.0, different=different)
    return [sys.executable, "-c", RUN, str(problem), str(table), str(folder / out), str(jobs)]


def graded(arguments: list[str]) -> tuple[float, int, int, float, float]:
    """Grade a class in a process of its own; returns seconds, answers, those checked, MB of the program, MB of a worker."""
    done = subprocess.run(arguments, cwd=ROOT, check=True, capture_output=True, text=True)
    seconds, answers, checked, own, workers = json.loads(done.stdout.splitlines()[-1])
    return seconds, answers, checked, own, workers


def compared(question: str, answer: str) -> bool:
    """Compare one answer with the right one, as Math-Verify does it."""
    from math_verify import parse, verify  # in the processes that need it

    gold = parse(RIGHT[question])
    return bool(verify(gold, parse(f"${answer}$")))


def rate_of_math_verify(students: int) -> float | None:
    """Return rows a second, in two processes, with the time to start them; None where Math-Verify is not installed."""
    if find_spec("math_verify") is None:
        return None
    from joblib import Parallel, delayed  # for this only

    work = rows(students, 0, 0.0)
    start = time.perf_counter()
    Parallel(n_jobs=JOBS, backend="loky")(delayed(compared)(question, answer) for _, question, answer, _ in work)
    return len(work) / (time.perf_counter() - start)


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def killed_and_restarted(folder: Path, students: int) -> bool:
    """Kill a run in the middle and start it again; returns whether the results are those of a run that nobody disturbed."""
    whole = command(folder, students, "whole", different=False)
    graded(whole)
    lines = (folder / "whole" / "journal.jsonl").read_bytes().count(b"\n")
    again = command(folder, students, "killed", different=False)
    journal = folder / "killed" / "journal.jsonl"
    process = subprocess.Popen(again, cwd=ROOT, stdout=subprocess.DEVNULL)
    while process.poll() is None and not (journal.exists() and journal.read_bytes().count(b"\n") > lines / 2):
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = journal.read_bytes().count(b"\n")
    _, _, checked, _, _ = graded(again)
    print(f"killed with {kept - 1:,} of {lines - 1:,} different answers checked; the second run checked {checked:,}")
    return content(folder / "whole") == content(folder / "killed")


def main() -> int:
    """Measure everything; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="fewer students")
    quick = parser.parse_args().quick
    students = 60 if quick else 250
    kept = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for different, what in ((False, "as a class writes"), (True, "all different")):
            seconds, answers, checked, _, _ = graded(command(folder / what, students, "out", different=different))
            print(f"grade, {answers:,} answers, {what} ({checked:,} different): {answers / seconds:,.0f} rows a second")
        verified = rate_of_math_verify(students)
        print("Math-Verify is not installed" if verified is None else f"Math-Verify: {verified:,.0f} rows a second")
        sizes = (students // 4, students, students * 4)
        peaks = []
        for size in sizes:
            _, answers, _, own, workers = graded(command(folder / f"memory{size}", size, "out", different=True))
            peaks.append(own)
            print(f"{answers:,} different answers: {own:.0f} MB, a worker {workers:.0f} MB")
        growth = peaks[-1] / peaks[0]
        same = killed_and_restarted(folder / "kill", students)
        print(f"memory grows by {growth:.2f} from {sizes[0]} to {sizes[-1]} students (at most {MOST_GROWTH})")
        print(f"killed in the middle and restarted: {'the same bytes' if same else 'NOT the same bytes'}")
        kept = same and growth <= MOST_GROWTH
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
