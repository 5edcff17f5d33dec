"""[[questions]] and [check] of a problem: what they say, and every fault of theirs at once with its line."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbackprop.errors import ProblemError
from symbackprop.problem import CheckOptions, Question, from_dict, load

NETWORK = "[network]\ninputs = 2\nlayers = [{ units = 2, activation = 'sigmoid' }, { units = 1 }]\n"


def written(tmp_path, text):
    path = tmp_path / "homework.toml"
    path.write_text(NETWORK + text, encoding="utf-8")
    return path


def test_a_problem_without_questions_has_none_and_is_checked_as_usual() -> None:
    """Both tables may be left out."""
    problem = load("2-2-1")

    assert problem.questions == ()
    assert problem.checking == CheckOptions(
        rtol=Fraction(1, 1000), atol=Fraction(1, 10**9), digits=None, boundary="lenient", follow=Fraction(1)
    )


def test_questions_keep_their_order_and_numbers_are_exact(tmp_path) -> None:
    """Marks may be decimals or fractions; an expected answer inside a question is about its target."""
    problem = load(
        str(
            written(
                tmp_path,
                """
[check]
rtol = 0.02
digits = 3
boundary = "strict"
hint = 3
follow = "1/2"
step_marks = 2
[[check.expected]]
target = "delta2_1"
answer = 0.5
message = "That is the loss."
[[questions]]
id = 1
target = "dL/dw1_1_1"
marks = 2.5
form = "a"
title = "The first weight"
expected = [{ answer = "delta1_1", code = "expected.input", message = "Where is the input?" }]
[[questions]]
id = "chain"
marks = "4/3"
steps = 4
""",
            )
        )
    )
    first, chain = problem.questions
    expected = problem.checking.expected[0]

    assert (first.id, first.target, first.marks, first.form, first.title) == (
        "1", "dL/dw1_1_1", Fraction(5, 2), "a", "The first weight",
    )  # fmt: skip
    assert [(e.target, e.answer, e.code, e.message) for e in first.expected] == [
        ("dL/dw1_1_1", "delta1_1", "expected.input", "Where is the input?")
    ]
    assert chain == Question("chain", None, Fraction(4, 3), 4)
    assert first.place.endswith("homework.toml:16")
    assert (problem.checking.rtol, problem.checking.digits, problem.checking.boundary) == (Fraction(1, 50), 3, "strict")
    assert (problem.checking.follow, problem.checking.step_marks, problem.checking.hint) == (Fraction(1, 2), 2, 3)
    assert (expected.target, expected.answer, expected.code) == ("delta2_1", "0.5", "expected")


FAULTS = """[check]
rtol = 2
hint = 4
boundary = "strct"
tolerance = 1
[[check.expected]]
answer = "1"
[[questions]]
id = "q1"
target = "dL/dw1_1_1"
[[questions]]
id = "Q1"
marks = -1
[[questions]]
target = ""
expected = [{ answer = "", message = 3, code = "A B" }]
"""


def test_all_faults_are_told_at_once_with_their_lines(tmp_path) -> None:
    """Faults of both tables come together, in the order of lines."""
    with pytest.raises(ProblemError) as caught:
        load(str(written(tmp_path, FAULTS)))
    told = [fault.split("homework.toml:")[1] for fault in caught.value.faults]

    assert told == [
        "5: check: rtol: found 2 where a number from 0 to 1 is accepted",
        "6: check: hint: found 4 where a whole number from 1 to 3 is accepted",
        '7: check: boundary: found "strct" where "lenient" or "strict" is accepted; did you mean "strict"?',
        '8: check: unknown key "tolerance" (known: rtol, atol, digits, boundary, hint, follow, step_marks, form, expected)',
        '9: check: expected: message is missing: { answer = "a1_1*x_1", message = "…" }',
        '9: check: expected: target is missing, the quantity it is an answer to: target = "dL/dw1_1_1"',
        '15: question 2: there are two questions "Q1"',
        "16: question 2: marks: found -1 where a number from 0 to 10000 is accepted",
        '17: question 3: id is missing: id = "q1"',
        "18: question 3: target: found nothing where a line of up to 200 characters is accepted",
        "19: question 3: answer: found nothing where an expression of up to 4096 characters is accepted",
        "19: question 3: message: found a number where a text is accepted",
        '19: question 3: code: found "A B" where a word such as "expected.update" is accepted: small letters, digits and dots',
    ]


@pytest.mark.parametrize(
    "tables",
    [
        {"questions": 3},
        {"questions": ["q1"]},
        {"questions": [{"id": True}]},
        {"questions": [{"id": "a\nb"}]},
        {"questions": [{"id": "q", "marks": "log(2)"}]},
        {"questions": [{"id": "q", "expected": 3}]},
        {"check": 3},
        {"check": {"digits": 2.5}},
        {"check": {"hint": True}},
        {"check": {"boundary": 1}},
        {"check": {"follow": 1.5}},
        {"check": {"expected": [3]}},
    ],
)
def test_what_is_no_table_or_no_number_is_a_fault(tables) -> None:
    """Values of every wrong kind are refused in a sentence."""
    with pytest.raises(ProblemError, match=r"accepted|is missing|no value|two questions"):
        from_dict({"definitions": {"y": "x^2"}, **tables})


def test_a_question_has_its_own_tolerance_and_says_what_another_form_is_worth(tmp_path) -> None:
    """Both are exact; a share without a form is a fault."""
    text = '[[questions]]\nid = "a"\ntarget = "dL/dw1_1_1"\nrtol = 0.02\ndigits = 3\n'
    first = load(str(written(tmp_path, text + 'form = "as matrices"\nform_share = 0.5\n'))).questions[0]

    assert (first.rtol, first.digits, first.form_share) == (Fraction(1, 50), 3, Fraction(1, 2))
    with pytest.raises(ProblemError, match=r"form_share: what an answer in another form gets; it needs form"):
        load(str(written(tmp_path, text + "form_share = 0.5\n")))
