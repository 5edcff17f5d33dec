"""What is asked of a class: the questions of the problem, or the quantities that the answers name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from symbackprop.checking.truth import Truth
from symbackprop.derivation import derive
from symbackprop.errors import InputError, ParseError, ProblemError, SymbackpropError, nearest
from symbackprop.grade.spool import Row
from symbackprop.grade.work import Asked
from symbackprop.names import short
from symbackprop.problem import Problem, Question

MOST_FOUND = 200  # questions that are not in the problem, but named by answers
LONGEST_TARGET = 120
MOST_WORDS = 50_000


class QuestionSheet:
    """
    The questions, by id, in the order of the problem (or, where it has none, in which they are first answered).

    `options` are those of `symbackprop.checking.check` that hold for every question.
    """

    def __init__(self, problem: Problem, options: Mapping[str, Any]) -> None:
        """Read every target and form; raises ProblemError with all that mean nothing, each with its line."""
        self.problem = problem
        self.options = {name: value for name, value in options.items() if value is not None}
        self.named = bool(problem.questions)
        self.questions: dict[str, Question] = {question.id: question for question in problem.questions}
        self._known: dict[str, str | None] = {}
        self._quantities: dict[str, bool] = {}
        for question in problem.questions:
            for word in filter(None, (question.title, question.target, question.id)):
                self._known[_key(word)] = question.id
        self._number()
        self._check()

    def _number(self) -> None:
        """Let a number alone stand for the only question that has it in its id, and "q1" for a question 1."""
        numbers: dict[str, list[str]] = {}
        for name in self.questions:
            if match := re.fullmatch(r"[^\W\d]*[ ._-]?(\d{1,3})", name):
                numbers.setdefault(match[1], []).append(name)
        for number, names in numbers.items():
            if len(names) == 1:
                for word in (number, f"q{number}"):
                    self._known.setdefault(word, names[0])

    @cached_property
    def truth(self) -> Truth:
        """The derivation, by which targets are read."""
        return Truth(derive(self.problem))

    def _check(self) -> None:
        from symbackprop.checking.forms import check_form  # here only

        faults = []
        expected = [*self.problem.checking.expected, *(entry for q in self.problem.questions for entry in q.expected)]
        for place, target in [(q.place, q.target) for q in self.problem.questions] + [(e.place, e.target) for e in expected]:
            if target is None:
                continue
            try:
                self.truth.target(target)
            except (ParseError, InputError) as error:
                faults.append(": ".join(part for part in (place, f"target: {error}") if part))
        for question in self.problem.questions:
            try:
                if question.form is not None:
                    check_form(question.form)
            except InputError as error:
                faults.append(": ".join(part for part in (question.place, f"form: {error}") if part))
        if faults:
            raise ProblemError(*dict.fromkeys(faults))

    def is_question(self, text: str) -> bool:
        """Whether a heading or a column is the name of a question, or of a quantity that may be asked for."""
        if _key(text) in self._known:
            return True
        like_one = not self.named and re.search(r"[dD∂]\s*\w+\s*/\s*[dD∂]|^delta|^δ", text.strip())
        return bool(like_one) and not self._found(text, keep=False)[1]

    def is_id(self, text: str) -> bool:
        """Whether a name, without any mark, can only be that of a question: neither a number nor a quantity."""
        key = _key(text)
        found = self._known.get(key)
        if found is None or text.strip().isdigit() or (key not in map(_key, self.questions) and not key.strip("q").isdigit()):
            return False
        return not self.is_quantity(text.strip())

    def is_quantity(self, text: str) -> bool:
        """Whether a word is the name of something in the problem."""
        if text not in self._quantities and len(self._quantities) < MOST_WORDS:
            self._quantities[text] = text.replace("_", "") in self._words
        return self._quantities.get(text, False)

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(word.replace("_", "") for word in self.truth.lexicon.words)

    def find(self, text: str) -> tuple[str | None, str]:
        """
        Return the id of the question that an answer says it is about, and "" or why there is none.

        >>> from symbackprop.problem import load
        >>> QuestionSheet(load("2-2-1"), {}).find("dL/dw_{11}^{[1]}")
        ('dL/dw1_1_1', '')
        """
        key = _key(text)
        if key in self._known and self._known[key] is not None:
            return self._known[key], ""
        if self.named:
            if not key:
                return self._only()
            close = nearest(short(text, 60), self.questions)
            return None, f'there is no question "{short(text, 60)}"{close or f" (known: {self._shown()})"}'
        return self._found(text)

    def worth(self, text: str) -> tuple[str | None, str, Fraction]:
        """Return the id of a question that is there already, or None and why there is none, and the most that it gives."""
        key = _key(text)
        if not self.named and self._known.get(key) is None and key not in map(_key, self.questions):
            return None, f'nobody answers "{short(text, 60)}"', Fraction(0)
        question, reason = self.find(text)
        return question, reason, self.questions[question].marks if question is not None else Fraction(0)

    def _only(self) -> tuple[str | None, str]:
        """Return the question that is meant where none is said: the only one, or the only chain."""
        first = next(iter(self.questions))
        chains = [question.id for question in self.questions.values() if question.target is None]
        for candidates in (list(self.questions), chains):
            if len(candidates) == 1:
                return candidates[0], ""
        known = f"(known: {self._shown()})"
        return None, f"it does not say which question it answers {known}; an answer begins with a line such as {first}: …"

    def _shown(self) -> str:
        ids = list(self.questions)
        return ", ".join(ids[:8]) + (", …" if len(ids) > 8 else "")

    def _found(self, text: str, *, keep: bool = True) -> tuple[str | None, str]:
        """Make a question of a quantity that an answer names; without a name it is a chain of steps."""
        if not text.strip():
            question = Question("chain", title="A chain of steps")
        elif len(text) > LONGEST_TARGET:
            return None, f"the quantity that it answers has {len(text)} characters; up to {LONGEST_TARGET} are read"
        else:
            try:
                question = Question(self.truth.target(text).name, text)
            except SymbackpropError as error:
                return None, f"it answers no question: {error}"
        if not keep:
            return question.id, ""
        if question.id not in self.questions:
            if len(self.questions) >= MOST_FOUND:
                return None, f"more than {MOST_FOUND} different quantities are answered"
            self.questions[question.id] = replace(question, target=None if question.id == "chain" else question.id)
        self._known[_key(text)] = question.id
        return question.id, ""

    def asked(self, row: Row) -> Asked:
        """Return what is to be checked for an answer."""
        question = self.questions[row.question]
        options: dict[str, Any] = {**self.options, "format": row.format}
        if question.form is not None:
            options["form"] = question.form
        for name, value in (("rtol", question.rtol), ("digits", question.digits)):
            if value is not None and name not in self.options:
                options[name] = str(value) if isinstance(value, Fraction) else value
        if question.expected:
            options["expected"] = [
                {name: part for name, part in asdict(entry).items() if name != "place"}
                for entry in (*question.expected, *self.problem.checking.expected)
            ]
        return Asked(row.key, question.target, row.answer, options)


def _key(text: str) -> str:
    """Return a name without what people write differently: capitals, spaces, the word "question" and its like."""
    plain = " ".join(text.casefold().split())
    return re.sub(r"^(?:question|exercise|problem|task|aufgabe|frage|answer to|answer)\s*(?=\S)", "", plain).replace(" ", "")
