"""
A class: submissions in, findings and reports out.

`grade` reads a CSV, a folder, a zip or a single file, checks every answer in worker processes with limits, and writes tables,
pages and Gradescope's results into a folder.  A journal there makes it go on where it was killed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from symbackprop._version import __version__
from symbackprop.errors import InputError, ProblemError
from symbackprop.findings import CORRECT, INVALID, UNDECIDED, WRONG
from symbackprop.grade.asking import QuestionSheet
from symbackprop.grade.decisions import NAME as DECISIONS
from symbackprop.grade.decisions import UNMET, Decisions, read_decisions
from symbackprop.grade.headings import Names
from symbackprop.grade.journal import NAME as JOURNAL
from symbackprop.grade.journal import Journal, digest_of
from symbackprop.grade.model import Notice, Submission, clean
from symbackprop.grade.outcome import shown
from symbackprop.grade.reading import read_submissions
from symbackprop.grade.reports import Reports
from symbackprop.grade.spool import Spool
from symbackprop.grade.work import BACKENDS, Asked, Making, find_crew, run
from symbackprop.problem import Problem
from symbackprop.sandbox.asking import Checker

__all__ = ["BACKENDS", "Interrupted", "Summary", "grade"]

MOST_NOTICES = 20_000
MOST_TOLD = 10
_TABLES = ("long.csv", "wide.csv", "look_at.csv", "class.html")
_NOTHING_ASKED = (
    "the problem has no [[questions]], and no submission names a quantity of it, such as dL/dw1_1_1; "
    'a question is [[questions]] with id = "q1" and target = "dL/dw1_1_1"'
)

Progress: TypeAlias = Callable[[int], AbstractContextManager["Callable[[int], None] | None"]]


_WORDS = {CORRECT: "right", WRONG: "wrong", UNDECIDED: "not decided", INVALID: "could not be read"}


class Interrupted(KeyboardInterrupt):
    """The run was interrupted; the message says how far it was, and how to go on."""


@dataclass(frozen=True)
class Summary:
    """
    What came of a run.

    `answers` count (the last of each student to each question), `different` of them are different, of which `checked` were
    checked now and the others in an earlier run; `verdicts` counts by verdict; `looked` is how many rows of look_at.csv are
    still to be looked at; `counted` says how open answers are counted, `said` are sentences about the run itself.
    """

    students: int
    answers: int
    different: int
    checked: int
    verdicts: Mapping[str, int]
    average: str
    looked: int
    out: Path
    said: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return the summary as sentences, one a line."""
        parts = [
            f"{self.verdicts.get(verdict, 0)} {word}"
            for verdict, word in _WORDS.items()
            if self.verdicts.get(verdict, 0) or verdict in {CORRECT, WRONG}
        ]
        students = f"{self.students:,} student{'' if self.students == 1 else 's'}"
        answers = f"{self.answers:,} answer{'' if self.answers == 1 else 's'}"
        earlier = self.different - self.checked
        kept = f", {earlier:,} of them in an earlier run" if earlier else ""
        found = [
            *self.said,
            f"{students}, {answers} ({self.different:,} different{kept}): {', '.join(parts)}; {self.average} marks on average.",
            *self.counted,
        ]
        if self.looked:
            look = self.out / "look_at.csv"
            found.append(f"{self.looked:,} {'thing' if self.looked == 1 else 'things'} for a person to look at: {look}")
        return [*found, f"The class: {self.out / 'class.html'}"]


def grade(  # noqa: PLR0913 - one parameter an option
    problem: Problem,
    submissions: Path,
    out: Path,
    *,
    jobs: int | None = None,
    backend: str | None = None,
    scheduler: str | None = None,
    options: Mapping[str, Any] | None = None,
    sampled: bool = False,
    decisions: Path | None = None,
    progress: Progress | None = None,
    making: Making = Checker,
) -> Summary:
    """
    Check a class, and write what was found into the folder `out`.

    `jobs` is how many answers are checked at once (all cores where left out); `backend` is "threading", "loky", "dask" or
    "ray", `scheduler` the address of a cluster; `options` are those of `symbackprop.checking.check` for every answer, such as
    `hint`; with `sampled`, answers that were compared and not proved are among those to look at; `progress` makes a bar;
    `decisions` is a file of what a person decided ("decisions.csv" in `out` where left out).

    Raises ProblemError or InputError for what cannot be used, Interrupted for Ctrl-C: what is checked is kept.
    """
    crew = find_crew(jobs, backend, scheduler)
    sheet = QuestionSheet(problem, options or {})
    _prepare(out, submissions)
    said = [crew.said] if crew.said else []
    with closing(Spool()) as spool:
        notices = _collect(submissions, sheet, spool, out)
        decided = read_decisions(decisions or out / DECISIONS, sheet.worth, needed=decisions is not None)
        _enter(decided, spool)
        if not sheet.questions:
            raise ProblemError(_NOTHING_ASKED, *(f"{notice.where}: {notice.message}" for notice in notices[:3]))
        with Journal(out, digest_of(__version__, problem, sheet.options, making.__qualname__)) as journal:
            said += [journal.said] if journal.said else []
            different, new = _count(spool, journal)
            done = 0
            try:
                with (progress or _no_progress)(new) as show:
                    for findings in run(problem, _todo(spool, sheet, journal), crew, making):
                        journal.write(findings)
                        done += len(findings)
                        if show:
                            show(done)
                page = Reports(out, sheet, spool, journal, decided, sampled=sampled).write(notices)
            except KeyboardInterrupt:
                kept = different - new + done
                msg = f"interrupted after {kept:,} of {different:,} answers; the same command goes on from there"
                raise Interrupted(msg) from None
    verdicts: dict[str, int] = {}
    for counter in page.tally.verdicts.values():
        for verdict, count in counter.items():
            verdicts[verdict] = verdicts.get(verdict, 0) + count
    average = f"{shown(page.tally.mean())} of {shown(page.most)}"
    said += _told_of(decided)
    return Summary(
        len(page.lines), page.tally.answers, different, new, verdicts, average, page.looked, out, tuple(said),
        tuple(page.counted()),
    )  # fmt: skip


def _enter(decided: Decisions, spool: Spool) -> None:
    """Give students what a person decided of their question where they have no answer that could be used."""
    for student, question, where in decided.without_answer():
        known = spool.known(student)
        if known is not None and question not in known.places:
            spool.add(Submission(known.name, question, "", where=where), question)


def _told_of(decided: Decisions) -> list[str]:
    """Return how many decisions were taken over, and the first of those that were not."""
    faults = decided.faults()
    taken = len(decided.written) - len(faults)
    said = [f"{taken:,} decision{'' if taken == 1 else 's'} of a person taken over."] if taken else []
    said += [f"{row.where}: {row.fault or UNMET}; left out" for row in faults[:MOST_TOLD]]
    return said + ([f"… and {len(faults) - MOST_TOLD:,} more rows of decisions left out"] if len(faults) > MOST_TOLD else [])


def _prepare(out: Path, submissions: Path) -> None:
    """Make the folder for the results; raises InputError where it cannot be one."""
    try:
        if out.exists() and not out.is_dir():
            msg = f"{out}: is a file; the results go into a folder"
            raise InputError(msg)
        if submissions.is_dir() and out.exists() and out.samefile(submissions):
            msg = f"{out}: holds the submissions; give the results a folder of their own"
            raise InputError(msg)
        out.mkdir(parents=True, exist_ok=True)
        foreign = [name for name in _TABLES if (out / name).exists()]
        if foreign and not (out / JOURNAL).exists():
            msg = f"{out}: has a {foreign[0]} that is not from a run of grade (there is no {JOURNAL}); give another folder"
            raise InputError(msg)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "is no folder name"
        msg = f"{clean(str(out), 300)}: cannot be used for the results ({reason})"
        raise InputError(msg) from None


def _collect(submissions: Path, sheet: QuestionSheet, spool: Spool, out: Path) -> list[Notice]:
    """Read everything that was handed in into the spool; returns what there is to say of it."""
    notices: list[Notice] = []

    def note(notice: Notice) -> None:
        if len(notices) < MOST_NOTICES:
            notices.append(notice)

    names = Names(sheet.is_question, sheet.named, sheet.is_id, tuple(sheet.questions), sheet.is_quantity)
    for found in read_submissions(submissions, names, out):
        if isinstance(found, Notice):
            if found.student:
                spool.present(found.student)
            note(found)
            continue
        question, reason = sheet.find(found.question)
        if question is None:
            spool.present(found.student)
            note(Notice("unreadable", f"{reason}; the answer is left out", found.where, found.student, found.question))
            continue
        if not found.answer:
            spool.present(found.student)
            note(Notice("empty", "the answer is empty; it counts as none", found.where, found.student, question))
            continue
        if (notice := spool.add(found, question)) is not None:
            note(notice)
    for first, second in spool.look_alikes():
        msg = f'may be the same student as "{first.name}": the names differ in capitals, accents or spaces only'
        note(Notice("note", msg, "", second.name))
    if not spool.students:
        if len(notices) == 1:
            msg = f"{submissions}: nothing could be read: {notices[0].message}"
            raise ProblemError(msg)
        msg = f"{submissions}: there is no answer in it" + (f" ({len(notices)} notices)" if notices else "")
        raise ProblemError(msg, *(f"{notice.where}: {notice.message}" for notice in notices[:10]))
    return notices


def _count(spool: Spool, journal: Journal) -> tuple[int, int]:
    """Return how many different answers there are, and how many of them are still to be checked."""
    seen: set[bytes] = set()
    new = 0
    for row in spool.rows():
        key = bytes.fromhex(row.key)
        if key not in seen:
            seen.add(key)
            new += row.key not in journal
    return len(seen), new


def _todo(spool: Spool, sheet: QuestionSheet, journal: Journal) -> Iterator[Asked]:
    """Yield what is still to be checked, each different answer once, in the order in which it was handed in."""
    seen: set[bytes] = set()
    for row in spool.rows():
        key = bytes.fromhex(row.key)
        if key in seen:
            continue
        seen.add(key)
        if row.key not in journal:
            yield sheet.asked(row)


def _no_progress(total: int) -> AbstractContextManager[None]:  # noqa: ARG001 - the signature of a bar
    return nullcontext()
