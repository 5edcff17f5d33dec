"""One answer, or a chain of steps, to a question about a derivation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from symbackprop.checking.chains import Chain, named_by
from symbackprop.checking.entries import ShapeError
from symbackprop.checking.explain import Explainer
from symbackprop.checking.forms import MET, NOT_MET, form_fault
from symbackprop.checking.showing import shown
from symbackprop.checking.truth import Target, Truth
from symbackprop.errors import InputError, ParseError
from symbackprop.findings import CORRECT, INVALID, PROVED, UNDECIDED, WRONG, Finding
from symbackprop.narrate import verdicts
from symbackprop.parse.answers import Line, read_answer
from symbackprop.parse.caret import caret
from symbackprop.parse.shapes import ShapeError as MisfitError
from symbackprop.problem.questions import CheckOptions

# A place in words goes before the caret that shows it.
PLACE = re.compile(r"^(line \d+, )?column \d+: ")


@dataclass(frozen=True)
class Checker:
    """Checks answers to the questions of one derivation; `options` as in the problem's [check] table."""

    truth: Truth
    options: CheckOptions = field(default_factory=CheckOptions)

    @cached_property
    def explainer(self) -> Explainer:
        """What judges single values."""
        return Explainer(self.truth, self.options)

    def check(self, target: str | None, answer: str, written_as: str = "auto") -> Finding:
        """
        Check one answer, or a chain of steps; where there is no target, the last left side is what is asked.

        Raises UnknownNameError or ParseError for a target that means nothing, InputError for an expected wrong answer that
        cannot be read or is right; an answer never raises.
        """
        self.explainer.prepare()
        asked = self.truth.target(target) if target is not None else None
        shown = asked.name if asked else ""
        try:
            read = read_answer(answer, self.truth.lexicon, written_as)
            single = len(read.lines) == len(read.lines[0].values) == 1 and asked is not None
            found = self._single(read.lines[0], asked, answer) if single else Chain(self.explainer).check(read, asked, answer)
        except (MisfitError, ShapeError) as error:
            found = self._misfit(error)
        except ParseError as error:
            found = _unreadable(error, answer)
        except InputError as error:
            found = _unreadable(ParseError(str(error)), "")
        most = found.most if found.steps else self.options.step_marks
        message = found.hints[self.options.hint - 1]
        return replace(found, target=found.target or shown, answer=answer, most=most, message=message)

    def _single(self, line: Line, asked: Target | None, answer: str) -> Finding:
        """Check one answer; raises ParseError where its left side is about something else."""
        assert asked is not None
        if line.left is not None and (named := named_by(line, self.explainer, answer)).entries != asked.entries:
            msg = f"the answer is about {named.name}, and {asked.name} is asked for"
            raise ParseError(msg, answer, line.start)
        found = self.explainer.value(line.values[0], asked, digits=line.digits)
        if found.judged.verdict == INVALID:
            raise ParseError(found.judged.said, answer, line.start)
        judged, read = found.judged, shown(line.values[0], self.truth)
        finding = Finding(
            judged.verdict, judged.evidence, found.codes, hints=found.hints, target=asked.name, witness=judged.witness,
            boundary=judged.boundary, limits_hit=judged.limits, points=judged.points, solution=self.truth.solution(asked),
            marks=self.options.step_marks if judged.verdict == CORRECT else Fraction(0), reading=read.latex,
            reading_text=read.text, expression=read.plain, mathml=read.mathml,
        )  # fmt: skip
        return self._formed(finding, line)

    def _formed(self, finding: Finding, line: Line) -> Finding:
        """Add the verdict on the form, where one is required of an answer that may be right."""
        if self.options.form is None or finding.verdict not in {CORRECT, UNDECIDED}:
            return finding
        fault = form_fault(self.options.form, line.values[-1], self.truth)
        if not fault:
            return replace(finding, form=MET)
        return replace(finding, form=NOT_MET, hints=tuple(f"{hint} But {fault}." for hint in finding.hints))

    def _misfit(self, error: MisfitError | ShapeError) -> Finding:
        """Say that matrices do not go together, which has no value and so cannot be right."""
        said = f"Not right. {verdicts.sentence(PLACE.sub('', str(error)))}"
        if isinstance(error, ParseError) and error.text:
            said += f"\n{caret(error.text, error.position)}"
        return Finding(WRONG, PROVED, frozenset({"shape"}), hints=("Not right yet.", said, said))


def _unreadable(error: ParseError, answer: str) -> Finding:
    """Say what cannot be read, with a caret at the place."""
    drawn = caret(error.text or answer, error.position) if (error.text or answer).strip() else ""
    message = f"{PLACE.sub('', str(error)) if drawn else error}\n{drawn}".rstrip()
    return Finding(INVALID, hints=(message,) * 3)


