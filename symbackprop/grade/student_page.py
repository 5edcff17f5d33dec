"""The page of one student: every question with what was read, right or not, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from symbackprop.findings import CORRECT, INVALID, PROVED, SAMPLED, UNDECIDED, WRONG, StepFinding
from symbackprop.grade.model import Notice
from symbackprop.grade.outcome import LEFT_TO_A_PERSON, NOT_MET, Outcome, decided, first_line, shown, told
from symbackprop.grade.page import OPEN, SIGNS, formula, marks, page, pill, text, tone, typed
from symbackprop.problem import Question

Say = Callable[[str], str]
LONGEST_SHOWN = 4000
FOOTER = """“Proved” means that the two expressions are equal as a matter of algebra; “compared” that they agree at random points.
An answer that could not be read or decided is open, not wrong: its marks are left to a person."""


def student_page(  # noqa: PLR0913 - what a page is made of
    name: str,
    title: str,
    questions: Sequence[Question],
    outcomes: Mapping[str, Outcome],
    notices: Sequence[Notice],
    *,
    say: Say = text,
    unusable: str = "",
) -> str:
    """
    Return the page.

    `outcomes` are by the id of their question, `notices` what could not be taken as an answer; `say` turns a sentence
    into HTML; `unusable` says that there is nothing to count.
    """
    most = sum((question.marks for question in questions), Fraction(0))
    total = sum((outcome.marks for outcome in outcomes.values()), Fraction(0))
    strip = "".join(_segment(number, question, outcomes.get(question.id)) for number, question in enumerate(questions, 1))
    waiting = sum((outcome.open for outcome in outcomes.values()), Fraction(0))
    cards = "\n".join(
        _card(number, question, outcomes.get(question.id), say, unusable) for number, question in enumerate(questions, 1)
    )
    score = f"{shown(total)} <small>of {shown(most)}{f', {shown(waiting)} open' if waiting else ''}</small>"
    score = f"<small>{text(unusable)}</small>" if unusable else score
    left = "".join(f"<li>{text(': '.join(filter(None, (notice.where, notice.message))))}.</li>" for notice in notices)
    body = [
        f'<header><div><p class="over">{text(title)}</p><h1>{text(name)}</h1></div>',
        f'<div class="score">{score}</div></header>',
        f'<ol class="strip">{strip}</ol>' if 1 < len(questions) <= 24 else "",
        cards,
        f"<h2>What else was handed in</h2>\n<ul>{left}</ul>" if left else "",
        f"<footer>{FOOTER}</footer>",
    ]
    return page(f"{name} – {title}", "\n".join(part for part in body if part))


def _segment(number: int, question: Question, outcome: Outcome | None) -> str:
    verdict = outcome.verdict if outcome else None
    sign, word = SIGNS[verdict] if verdict else OPEN
    label = f"{text(question.id)}: {word}"
    return f'<li class="{tone(verdict)}"><a href="#q{number}" title="{label}"><b>{sign}</b> {text(question.id)}</a></li>'


def _card(number: int, question: Question, outcome: Outcome | None, say: Say, unusable: str) -> str:
    heading = question.title or question.target or "A chain of steps"
    named = say(heading) if question.id == heading else f"{text(question.id)} · {say(heading)}"
    asked = f'<span class="soft"> · {say(question.target)}</span>' if question.title and question.target else ""
    given, waiting = (outcome.marks, outcome.open) if outcome else (Fraction(0), question.marks if unusable else Fraction(0))
    top = f'<div class="top"><h3>{named}{asked}</h3>{_pill(outcome)}'
    top += f'<span class="figure">{marks(given, question.marks, waiting)}</span></div>'
    none = f"{unusable[:1].upper()}{unusable[1:]}. {LEFT_TO_A_PERSON}" if unusable else "No answer was handed in."
    inside = _inside(outcome, say) if outcome else f'<p class="say soft">{text(none)}</p>'
    return f'<section class="card {tone(outcome.verdict if outcome else None)}" id="q{number}">{top}{inside}</section>'


def _pill(outcome: Outcome | None) -> str:
    return pill(None) if outcome is None else pill(outcome.verdict, partly=outcome.marks > 0)


def _inside(outcome: Outcome, say: Say) -> str:
    finding, answer = outcome.finding, outcome.row.answer
    cut = answer if len(answer) <= LONGEST_SHOWN else f"{answer[:LONGEST_SHOWN]}…"
    _, _, drawn = finding.message.partition("\n")
    once = finding.verdict == INVALID and drawn.partition("\n")[0].strip() == answer
    parts = [f'<p class="label">Your answer</p><pre>{text(drawn if once else cut)}</pre>'] if answer else []
    if not finding.steps and (finding.mathml or finding.reading_text):
        parts.append(f'<p class="label">Read as</p>{formula(finding.mathml, finding.reading_text)}')
    if outcome.decision is not None:
        parts.append(f'<p class="say decided">{text(decided(outcome))}</p>')
        if outcome.verdict == CORRECT or finding.verdict != WRONG:
            return "".join(parts)
    parts.append(_said(outcome, say, drawn="" if once else drawn))
    if finding.steps:
        parts.append(f'<ol class="steps">{"".join(_step(step, outcome, say) for step in finding.steps)}</ol>')
    return "".join(parts)


def _said(outcome: Outcome, say: Say, drawn: str) -> str:
    """Return what the student is told; where reading stopped is drawn in letters of one width."""
    finding = outcome.finding
    first = first_line(finding.message if outcome.decision is not None else told(outcome))
    if finding.steps and finding.first_wrong_step is not None:
        # What is wrong stands at the step itself.
        first = f"Step {finding.first_wrong_step} is the first that is not right."
        if finding.follows:
            numbers = ", ".join(map(str, finding.follows))
            one = len(finding.follows) == 1
            first += f" Step {numbers} follows from it." if one else f" Steps {numbers} follow from it."
    shown_first = typed(first) if finding.verdict == INVALID else say(first)
    said = f'<p class="say">{shown_first}</p>' + (f"<pre>{text(drawn)}</pre>" if drawn.strip() else "")
    if outcome.waits:
        said += f'<p class="soft">{LEFT_TO_A_PERSON}</p>'
    if finding.verdict == CORRECT:
        if finding.form == NOT_MET:
            said += '<p class="soft">The value is right, but not in the form that was asked for.</p>'
        how = {PROVED: "proved", SAMPLED: f"compared at {finding.points} points"}.get(finding.evidence or "", "")
        if how and "proved" not in first and "compared" not in first:
            said += f'<p class="soft">({how})</p>'
    return said


def _step(step: StepFinding, outcome: Outcome, say: Say) -> str:
    finding = outcome.finding
    sign, word = SIGNS.get(step.verdict, SIGNS[INVALID])
    kind = {CORRECT: "right", WRONG: "wrong", UNDECIDED: "undecided"}.get(step.verdict, "invalid")
    if step.follows:
        sign, word, kind = "↪", "follows from your own earlier steps", "undecided"
    first = " first" if step.number == finding.first_wrong_step else ""
    shown_step = formula(step.mathml, step.reading_text) if step.mathml else f"<pre>{text(step.text)}</pre>"
    told_step = (typed if step.verdict == INVALID else say)(first_line(step.message))
    message = "" if step.verdict == CORRECT and not step.follows else f"<p>{told_step}</p>"
    return (
        f'<li class="{kind}{first}"><span class="sign" title="{word}" role="img" aria-label="{word}">{sign}</span>'
        f'<div><span class="tag">Step {step.number}</span>{shown_step}{message}</div>'
        f'<span class="figure">{shown(outcome.share(step.marks))} of {shown(outcome.share(step.most))}</span></li>'
    )
