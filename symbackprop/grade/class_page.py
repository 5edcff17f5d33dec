"""The page of a class: marks, right and wrong by question, who made which mistake, and what a person should look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from symbackprop.findings import CORRECT, INVALID, UNDECIDED, WRONG
from symbackprop.grade.outcome import shown
from symbackprop.grade.page import SIGNS, page, text, typed
from symbackprop.grade.tally import VERDICTS, Mistake, Tally
from symbackprop.problem import Question

MOST_MISTAKES = 8
MOST_FREQUENT = 6
MOST_LOOKS = 1000
MOST_GROUPS = 100
MOST_NAMED = 12
READ = {"limits", "undecided", "near miss", "form", "boundary", "sampled"}
LONGEST_ANSWER = 240
TONES = {CORRECT: "right", WRONG: "wrong", UNDECIDED: "undecided", INVALID: "invalid"}


@dataclass(frozen=True, slots=True)
class Line:
    """
    One student in the table of the class; `verdicts` by question, "" where nothing was handed in.

    Of a student whose files could not be used (`unusable` says so) there is no total; `open` marks are not in it.
    """

    name: str
    slug: str
    total: Fraction | None
    verdicts: tuple[str, ...]
    open: Fraction = Fraction(0)
    unusable: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Something a person should look at; `students` are (name, file name of the page) of all whom it is about."""

    kind: str
    students: tuple[tuple[str, str], ...]
    question: str
    reason: str
    answer: str = ""


@dataclass
class ClassPage:
    """What the page of a class shows; `looked` counts all that `looks` would hold if it were not cut."""

    title: str
    questions: Sequence[Question]
    most: Fraction
    tally: Tally
    lines: list[Line] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    looked: int = 0
    say: Callable[[str], str] = text

    def html(self) -> str:
        """Return the page."""
        parts = [
            f'<header><div><p class="over">Results of the class</p><h1>{text(self.title)}</h1></div></header>',
            self._figures(),
            "<h2>Marks</h2>" + self._histogram(),
            "<h2>Questions</h2>" + self._by_question(),
            "<h2>Mistakes</h2>" + self._frequent() + self._mistakes(),
            f"<h2>For a person to look at ({self.looked})</h2>{self._look_at()}" if self.looked else "",
            f"<h2>Students ({len(self.lines)})</h2>{self._students()}",
        ]
        return page(f"{self.title} – results of the class", "\n".join(part for part in parts if part), wide=True)

    def _figures(self) -> str:
        tally, count = self.tally, len(self.lines)
        right = sum(counter[CORRECT] for counter in tally.verdicts.values())
        percent = f"{round(100 * right / tally.answers)} %" if tally.answers else "–"
        shares = [
            (str(count), "student" if count == 1 else "students"),
            (f"{tally.answers:,}", "answer" if tally.answers == 1 else "answers"),
            (percent, "of the answers right"),
            (f"{shown(tally.mean())} of {shown(self.most)}", "marks, mean"),
            (shown(tally.middle()), "marks, median"),
        ]
        items = "".join(f"<li><b>{figure}</b><span>{what}</span></li>" for figure, what in shares)
        counted = " ".join(self.counted())
        return f'<ul class="figures">{items}</ul>' + (f'<p class="soft">{counted}</p>' if counted else "")

    def counted(self) -> list[str]:
        """Return how open answers, and students of whom nothing could be used, are counted in the mean."""
        tally, found = self.tally, []
        if tally.waiting:
            answers = "1 answer is" if tally.waiting == 1 else f"{tally.waiting:,} answers are"
            highest = f"with all marks for {'it' if tally.waiting == 1 else 'them'} the mean would be {shown(tally.highest())}"
            found.append(f"{answers} open until a person decides, and counted as 0 in the mean so far; {highest}.")
        if tally.unusable:
            students = "1 student" if tally.unusable == 1 else f"{tally.unusable:,} students"
            found.append(f"{students} without a usable file {'is' if tally.unusable == 1 else 'are'} not counted in it.")
        return found

    def _histogram(self) -> str:
        bins = self.tally.bins(self.most)
        highest = max([*bins, 1])
        whole = len(self.tally.totals)
        bars = "".join(
            f'<div title="{count} of {whole}">{count or ""}<i style="height:{round(100 * count / highest)}%"></i></div>'
            for count in bins
        )
        labels = "".join(f"<div>{10 * n}{f'–{10 * n + 9}' if n < 9 else '+'}</div>" for n in range(10))
        return (
            f'<p class="soft">How many students have so many percent of the marks.</p>'
            f'<div class="histogram">{bars}</div><div class="histogram axis">{labels}</div>'
        )

    def _by_question(self) -> str:
        rows = []
        for question in self.questions:
            counts = self.tally.of(question.id)
            answered = counts.total()
            parts = "".join(
                f'<i class="part {TONES[verdict]}" style="flex:{counts[verdict]}" title="{SIGNS[verdict][1]}"></i>'
                for verdict in VERDICTS
                if counts[verdict]
            )
            mean = self.tally.marks.get(question.id, Fraction(0)) / max(1, len(self.tally.totals))
            cells = "".join(f'<td class="number">{counts[verdict] or "–"}</td>' for verdict in VERDICTS)
            heading = question.title or question.target or "a chain of steps"
            about = "" if heading == question.id else f" {self.say(heading)}"
            rows.append(
                f'<tr><td><b>{text(question.id)}</b>{about}<div class="bar">{parts}</div></td>{cells}'
                f'<td class="number">{len(self.lines) - answered or "–"}</td>'
                f'<td class="number">{shown(mean)} of {shown(question.marks)}</td></tr>'
            )
        heads = "".join(f'<th class="number">{SIGNS[verdict][0]} {SIGNS[verdict][1]}</th>' for verdict in VERDICTS)
        heads += '<th class="number">no answer</th><th class="number">marks on average</th>'
        head = f"<tr><th>Question</th>{heads}</tr>"
        return f'<div class="scroll"><table class="questions"><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table></div>'

    def _frequent(self) -> str:
        """Return the mistakes that several students made, over all questions."""
        found = self.tally.frequent(MOST_FREQUENT)
        if len(self.questions) < 2 or not found:
            return ""
        count = len(self.lines)
        items = "".join(_counted(f"{makers} of {count}", self.say(sentence), "", makers / count) for sentence, makers in found)
        return f'<h3>In all questions <span class="soft">students</span></h3><ul class="bars">{items}</ul><p></p>'

    def _mistakes(self) -> str:
        parts = []
        for question in self.questions:
            found = self.tally.mistakes_in(question.id)
            if not found:
                continue
            answered = self.tally.of(question.id).total()
            items = "".join(_mistake(mistake, answered, self.say) for mistake in found[:MOST_MISTAKES])
            rest = sum(mistake.count for mistake in found[MOST_MISTAKES:])
            more = f'<p class="soft">… and {rest} more in {len(found) - MOST_MISTAKES} other ways.</p>' if rest else ""
            heading = question.title or question.target or ""
            about = f' <span class="soft">{self.say(heading)}</span>' if heading and heading != question.id else ""
            parts.append(f'<h3>{text(question.id)}{about}</h3><ul class="bars">{items}</ul>{more}<p></p>')
        return "".join(parts) or '<p class="soft">Nobody made one.</p>'

    def _look_at(self) -> str:
        """Return what is to be looked at; what several students have in common is one row."""
        groups: dict[tuple[str, str, str, str], list[tuple[str, str]]] = {}
        for look in self.looks:
            groups.setdefault((look.kind, look.question, look.answer, look.reason), []).extend(look.students)
        rows = "".join(
            f"<tr><td>{text(kind)}</td><td>{text(question)}</td><td>{_answer(answer)}{self._reason(kind, reason)}</td>"
            f"<td>{_links(group)}</td></tr>"
            for (kind, question, answer, reason), group in list(groups.items())[:MOST_GROUPS]
        )
        complete = self.looked == len(self.looks) and len(groups) <= MOST_GROUPS
        more = "" if complete else '<p class="soft">… and more: look_at.csv has all of them.</p>'
        head = "<tr><th>Kind</th><th>Question</th><th>Answer, and why</th><th>Students</th></tr>"
        how = "To decide: write marks and a comment into look_at.csv, save it as decisions.csv in the same folder, and run again."
        how = f'<p class="soft">{how}</p>'
        return how + f'<div class="scroll"><table class="looks"><thead>{head}</thead><tbody>{rows}</tbody></table></div>{more}'

    def _reason(self, kind: str, reason: str) -> str:
        """Return why: names as they must be typed, or typeset where an answer was read."""
        return self.say(reason) if set(kind.split(", ")) <= READ else typed(reason)

    def _students(self) -> str:
        heads = "".join(f"<th>{text(question.id)}</th>" for question in self.questions)
        rows = "".join(
            f'<tr><td>{_link(line.name, line.slug)}</td><td class="number">{_total(line)}</td>'
            f'{"".join(_sign(verdict) for verdict in line.verdicts)}</tr>'
            for line in self.lines
        )
        head = f'<tr><th>Student</th><th class="number">Marks of {shown(self.most)}</th>{heads}</tr>'
        signs = " &nbsp; ".join(f'<b class="{TONES[verdict]}">{sign}</b> {word}' for verdict, (sign, word) in SIGNS.items())
        legend = f'<p class="legend">{signs} &nbsp; – no answer</p>'
        return f'{legend}<div class="scroll"><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>'


def _mistake(mistake: Mistake, answered: int, say: Callable[[str], str]) -> str:
    said = say(mistake.sentence or "Wrong in a way that no known mistake explains.")
    return _counted(f"{mistake.count} of {answered}", said, mistake.codes, mistake.count / max(1, answered))


def _counted(count: str, said: str, codes: str, share: float) -> str:
    tags = f' <span class="tag">{text(codes)}</span>' if codes else ""
    bar = f'<div class="thin" style="width:{round(100 * share, 1)}%"></div>'
    return f'<li class="wrong"><span class="count">{count}</span><div>{said}{tags}{bar}</div></li>'


def _total(line: Line) -> str:
    if line.total is None:
        return f'<span class="soft">{text(line.unusable)}</span>'
    return shown(line.total) + (f' <span class="soft">({shown(line.open)} open)</span>' if line.open else "")


def _link(name: str, slug: str) -> str:
    return f'<a href="students/{slug}.html">{text(name)}</a>' if slug else text(name)


def _answer(answer: str) -> str:
    """Return the beginning of an answer, as it was typed."""
    cut = answer if len(answer) <= LONGEST_ANSWER else f"{answer[:LONGEST_ANSWER]}…"
    return f"<pre>{text(cut)}</pre>" if answer else ""


def _links(group: Sequence[tuple[str, str]]) -> str:
    shown_ones = ", ".join(_link(name, slug) for name, slug in group[:MOST_NAMED] if name)
    return shown_ones + (f" and {len(group) - MOST_NAMED} more" if len(group) > MOST_NAMED else "")


def _sign(verdict: str) -> str:
    if not verdict:
        return '<td class="none">–</td>'
    sign, word = SIGNS[verdict]
    return f'<td class="{TONES[verdict]}" title="{word}"><b style="color:var(--tone)">{sign}</b></td>'
