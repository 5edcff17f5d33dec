"""Reading [[questions]] and [check] of a problem; every fault with its line, all at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from symbackprop.errors import nearest
from symbackprop.expr import Number
from symbackprop.files import Key
from symbackprop.names import short
from symbackprop.parse.values import kind_of
from symbackprop.problem.questions import LENIENT, STRICT, CheckOptions, ExpectedAnswer, Question
from symbackprop.problem.reader import LONGEST_WORD, Reader

QUESTION_KEYS = ("id", "target", "marks", "steps", "form", "form_share", "rtol", "digits", "title", "expected")
CHECK_KEYS = ("rtol", "atol", "digits", "boundary", "hint", "follow", "step_marks", "form", "expected")
EXPECTED_KEYS = ("target", "answer", "code", "message")
MOST_QUESTIONS = 1000
MOST_EXPECTED = 200
MOST_MARKS = 10_000
MOST_DIGITS = 17
MOST_STEPS = 64
LONGEST_ID = 60
LONGEST_TARGET = 200
LONGEST_ANSWER = 4096
LONGEST_MESSAGE = 2000
_CODE = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_QUESTION_EXAMPLE = '[[questions]] with id = "q1" and target = "dL/dw1_1_1"'
_EXPECTED_EXAMPLE = '{ answer = "a1_1*x_1", message = "…" }'


def read_questions(reader: Reader, value: Any) -> tuple[Question, ...]:
    """Read [[questions]]: what is asked, for how many marks."""
    entries = reader.entries(value)
    if entries is None:
        reader.fault(("questions",), f"found {kind_of(value)} where a list of tables is accepted: {_QUESTION_EXAMPLE}")
        return ()
    if len(entries) > MOST_QUESTIONS:
        reader.fault(("questions",), f"there are {len(entries)} questions; up to {MOST_QUESTIONS} are accepted")
        return ()
    found: dict[str, Question] = {}
    for place, entry in enumerate(entries):
        key: Key = ("questions", place)
        table = reader.table(key, entry, _QUESTION_EXAMPLE)
        if table is None:
            continue
        question = _question(reader, key, table)
        if question is None:
            continue
        if question.id.casefold() in found:
            reader.fault((*key, "id"), f'there are two questions "{question.id}"')
        found[question.id.casefold()] = question
    return tuple(found.values())


def _question(reader: Reader, key: Key, table: Mapping[str, Any]) -> Question | None:
    reader.unknown_keys(key, table, QUESTION_KEYS)
    if "id" not in table:
        reader.fault(key, 'id is missing: id = "q1"')
    name = table.get("id", "")
    if isinstance(name, int) and not isinstance(name, bool):
        name = short(str(name))
    name = _line(reader, (*key, "id"), name, "id", LONGEST_ID) if "id" in table else None
    target = _line(reader, (*key, "target"), table["target"], "target", LONGEST_TARGET) if "target" in table else None
    marks = _number(reader, (*key, "marks"), table.get("marks", 1), "marks", MOST_MARKS)
    marks = Fraction(1) if marks is None else marks
    steps = _whole(reader, (*key, "steps"), table["steps"], "steps", MOST_STEPS) if "steps" in table else None
    form = _line(reader, (*key, "form"), table["form"], "form", LONGEST_TARGET) if "form" in table else None
    rtol = _number(reader, (*key, "rtol"), table["rtol"], "rtol", 1) if "rtol" in table else None
    digits = _whole(reader, (*key, "digits"), table["digits"], "digits", MOST_DIGITS) if "digits" in table else None
    share = _number(reader, (*key, "form_share"), table.get("form_share", 1), "form_share", 1)
    if "form_share" in table and form is None:
        reader.fault((*key, "form_share"), 'form_share: what an answer in another form gets; it needs form = "as matrices"')
    title = reader.text((*key, "title"), table.get("title", ""), "title") or ""
    about = target or ("?" if "target" in table else None)  # a target at fault is told once
    expected = _expected(reader, (*key, "expected"), table.get("expected", []), about)
    if name is None:
        return None
    return Question(
        name, target, marks, steps, form, short(title, LONGEST_MESSAGE), expected, _place(reader, key),
        rtol, digits, Fraction(1) if share is None else share,
    )  # fmt: skip


def read_check(reader: Reader, value: Any) -> CheckOptions:
    """Read [check]: tolerances, hints and marks."""
    key: Key = ("check",)
    table = reader.table(key, value, "[check] with rtol = 1e-3 and hint = 2")
    if table is None:
        return CheckOptions()
    reader.unknown_keys(key, table, CHECK_KEYS)
    given: dict[str, Any] = {}
    for name, most in (("rtol", 1), ("atol", MOST_MARKS), ("follow", 1), ("step_marks", MOST_MARKS)):
        if name in table:
            given[name] = _number(reader, (*key, name), table[name], name, most)
    for name, most in (("digits", MOST_DIGITS), ("hint", 3)):
        if name in table:
            given[name] = _whole(reader, (*key, name), table[name], name, most)
    if "boundary" in table:
        given["boundary"] = _boundary(reader, (*key, "boundary"), table["boundary"])
    if "form" in table:
        given["form"] = _line(reader, (*key, "form"), table["form"], "form", LONGEST_TARGET)
    expected = _expected(reader, (*key, "expected"), table.get("expected", []), None)
    return CheckOptions(**{name: entry for name, entry in given.items() if entry is not None}, expected=expected)


def _expected(reader: Reader, key: Key, value: Any, target: str | None) -> tuple[ExpectedAnswer, ...]:
    """Read a lecturer's expected wrong answers; inside a question they have its target where they name none."""
    entries = reader.entries(value)
    if entries is None:
        reader.fault(key, f"expected: found {kind_of(value)} where a list of tables is accepted: {_EXPECTED_EXAMPLE}")
        return ()
    if len(entries) > MOST_EXPECTED:
        reader.fault(key, f"there are {len(entries)} expected answers; up to {MOST_EXPECTED} are accepted")
        return ()
    found = []
    for place, entry in enumerate(entries):
        inner = (*key, place)
        table = reader.table(inner, entry, _EXPECTED_EXAMPLE)
        if table is None:
            continue
        reader.unknown_keys(inner, table, EXPECTED_KEYS)
        for name in ("answer", "message"):
            if name not in table:
                reader.fault(inner, f"expected: {name} is missing: {_EXPECTED_EXAMPLE}")
        answer = _answer(reader, (*inner, "answer"), table["answer"]) if "answer" in table else None
        message = _line(reader, (*inner, "message"), table["message"], "message", LONGEST_MESSAGE) if "message" in table else None
        about = _line(reader, (*inner, "target"), table["target"], "target", LONGEST_TARGET) if "target" in table else target
        code = _code(reader, (*inner, "code"), table.get("code", "expected"))
        if about is None and "target" not in table:
            reader.fault(inner, 'expected: target is missing, the quantity it is an answer to: target = "dL/dw1_1_1"')
        if answer is not None and message is not None and about is not None and code is not None:
            found.append(ExpectedAnswer(about, answer, message, code, _place(reader, inner)))
    return tuple(found)


def _answer(reader: Reader, key: Key, value: Any) -> str | None:
    """Read an answer: a text, or a number as it is written."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        value = str(value) if not isinstance(value, int) or abs(value) < 10**40 else ""
    text = reader.text(key, value, "answer")
    if text is not None and (not text or len(text) > LONGEST_ANSWER):
        found = f"{len(text)} characters" if text else "nothing"
        reader.fault(key, f"answer: found {found} where an expression of up to {LONGEST_ANSWER} characters is accepted")
        return None
    return text


def _line(reader: Reader, key: Key, value: Any, name: str, longest: int) -> str | None:
    """Read a text of one line that is not empty."""
    text = reader.text(key, value, name)
    if text is None:
        return None
    if not text or len(text) > longest or not text.isprintable():
        found = "nothing" if not text else f"{len(text)} characters" if len(text) > longest else f'"{short(text)}"'
        reader.fault(key, f"{name}: found {found} where a line of up to {longest} characters is accepted")
        return None
    return text


def _number(reader: Reader, key: Key, value: Any, name: str, most: int) -> Fraction | None:
    """Read an exact number from 0 to the most."""
    expr = reader.number(key, value, name)
    if expr is None:
        return None
    if isinstance(expr, Number) and 0 <= expr.value <= most:
        return Fraction(expr.value)
    reader.fault(key, f"{name}: found {short(str(value))} where a number from 0 to {most} is accepted")
    return None


def _whole(reader: Reader, key: Key, value: Any, name: str, most: int) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
        return value
    shown = short(str(value)) if isinstance(value, int | Decimal) and not isinstance(value, bool) else kind_of(value)
    reader.fault(key, f"{name}: found {shown} where a whole number from 1 to {most} is accepted")
    return None


def _boundary(reader: Reader, key: Key, value: Any) -> str | None:
    if value in {LENIENT, STRICT}:
        return str(value)
    shown = f'"{short(value)}"' if isinstance(value, str) else kind_of(value)
    hint = nearest(value[:LONGEST_WORD], (LENIENT, STRICT)) if isinstance(value, str) else ""
    reader.fault(key, f'boundary: found {shown} where "{LENIENT}" or "{STRICT}" is accepted{hint}')
    return None


def _code(reader: Reader, key: Key, value: Any) -> str | None:
    if isinstance(value, str) and len(value) <= LONGEST_WORD and _CODE.fullmatch(value):
        return value
    shown = f'"{short(value)}"' if isinstance(value, str) else kind_of(value)
    reader.fault(key, f'code: found {shown} where a word such as "expected.update" is accepted: small letters, digits and dots')
    return None


def _place(reader: Reader, key: Key) -> str:
    line = reader.source.line(key)
    return f"{reader.source.name}:{line}" if line else reader.source.name
