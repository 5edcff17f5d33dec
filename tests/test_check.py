"""`check`: verdicts with their evidence, the mistake behind a wrong answer, chains of steps, forms, numbers and hints."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest

from symbackprop.checking import assert_gradient, check
from symbackprop.derivation import derive
from symbackprop.errors import InputError
from symbackprop.findings import Finding

NET = "2-2-1"
BCE = "2-2-1:sigmoid,bce"
SOFTMAX = {
    "network": {"inputs": 2, "loss": "cross_entropy", "layers": [{"units": 3, "activation": "softmax"}]},
    "constraints": {"y": "sum 1"},
}
MAZUR = "worked_examples/mazur.toml"
TWO_SAMPLES = {
    "network": {"inputs": 1, "loss": "squared_error", "layers": [{"units": 1, "activation": "identity"}]},
    "samples": [{"x": [1], "y": [2]}, {"x": [3], "y": [4]}],
}


@dataclass(frozen=True)
class Row:
    """One answer and what must be found; `says` is in the message, `codes` are among the finding's."""

    problem: object
    target: str | None
    answer: str
    verdict: str
    evidence: str | None = None
    codes: tuple[str, ...] = ()
    says: str = ""


ROWS = (
    Row(BCE, "dL/dw1_1_1", "(a2_1 - y)*w2_1_1*a1_1*(1 - a1_1)*x_1", "correct", "proved", says="Right: proved"),
    Row(BCE, "dL/dw1_1_1", r"(a^{[2]}_1 - y)\, w^{[2]}_{11}\, \sigma'(z^{[1]}_1)\, x_1", "correct", "proved"),
    Row(BCE, "dL/dw1_1_1", "delta1_1*x_1", "correct", "proved"),
    Row(BCE, "dL/dw1_1_1", "dL/da2_1 * da2_1/dz2_1 * dz2_1/da1_1 * da1_1/dz1_1 * dz1_1/dw1_1_1", "correct", "proved"),
    Row(BCE, "w1_1_1", "delta1_1*x_1", "correct", "proved"),
    Row(BCE, "dL/dw1_1_1", "(y - a2_1)*w2_1_1*a1_1*(1 - a1_1)*x_1", "wrong", codes=("sign",)),
    Row(BCE, "dL/dw1_1_1", "(a2_1 - y)*w2_1_1*x_1", "wrong", codes=("missing.slope",)),
    Row(BCE, "dL/dw1_1_1", "delta1_1*x_2", "wrong", codes=("gradient.other_parameter",)),
    Row(NET, "delta2_1", "a2_1 - y", "wrong", codes=("missing.slope",)),
    Row(NET, "delta2_1", "2(a2_1 - y)a2_1(1 - a2_1)", "wrong", codes=("convention.half",)),
    Row(NET, "z1_1", "w1_1_1*x_1 + w1_1_2*x_2 + b1_1", "correct", "proved"),
    Row(NET, "z1_1", "w1_1_1*x_1 + w1_1_2*x_2", "wrong"),
    Row(NET, "dL/dW1", "delta1 @ x.T", "correct", "proved"),
    Row(NET, "dL/dW1", r"\delta^{[1]} x^\top", "correct", "proved"),
    Row(NET, "dL/dW1", "x @ delta1.T", "wrong"),
    Row(NET, "dL/dW2", "a1 @ delta2", "wrong", codes=("shape.transpose",), says="Yours is 2×1; dL/dW2 is of shape 1×2"),
    Row(NET, "delta1", "W2.T @ delta2 * a1 * (1 - a1)", "correct", "proved"),
    Row(SOFTMAX, "dL/dz1_1", "a1_1 - y_1", "correct", "proved"),
    Row(SOFTMAX, "dL/dz1", "a1 - y", "correct", "proved"),
    Row("2-3:softmax,cross_entropy", "dL/dz1_1", "a1_1 - y_1", "correct", "proved", says="targets that sum to 1"),
    Row("2-3:softmax,cross_entropy", "dL/dz1_1", "a1_1*(y_1 + y_2 + y_3) - y_1", "correct", "proved"),
    Row("2-3:softmax,cross_entropy", "dL/dz1_1", "y_1 - a1_1", "wrong", codes=("sign",)),
    Row("u = 2*x + 1; y = u^3", "dy/dx", "6(2x+1)^2", "correct", "proved"),
    Row("u = 2*x + 1; y = u^3", "dy/dx", "3(2x+1)^2", "wrong"),
    Row("f = max(0, x)", "df/dx", r"\begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}", "correct", "proved"),
    Row("f = max(0, x)", "df/dx", r"\begin{cases} 1 & x \ge 0 \\ 0 & x < 0 \end{cases}", "correct", "proved", says="x = 0"),
    Row(MAZUR, "dL/dw5", "0.0821670405642308", "correct", "proved"),
    Row(MAZUR, "dL/dw5", "0.08217", "correct", "proved"),
    Row(MAZUR, "dL/dw5", "0.0822", "correct", "proved"),
    Row(MAZUR, "dL/dw5", "0.0823", "wrong", codes=("number.rounded",)),
    Row(MAZUR, "dL/dw5", "0.082", "wrong", codes=("number.rounded",), says="2 significant digits are right"),
    Row(MAZUR, "dL/dw5", "-0.08217", "wrong", codes=("sign",)),
    Row(MAZUR, "dL/dw5", "0.7414 * 0.1868 * 0.5933", "correct"),
    Row(MAZUR, "dL/dw5", "delta_o1 * out_h1", "correct", "proved"),
    Row(MAZUR, "dL/dW2", "[[0.0822, 0.0827],[-0.0226,-0.0227]]", "correct"),
    Row(MAZUR, "dL/dw5", "82.17", "wrong", codes=("number.power_of_ten",)),
    Row(MAZUR, "delta_o1", "0.138498562", "correct", "proved", says="this is delta_o1"),
    Row("2-1:sigmoid,bce", "dL/da1_1", "(a1_1 - y)/a1_1(1 - a1_1)", "wrong", codes=("brackets.denominator",)),
    Row(TWO_SAMPLES, "dJ/dw1_1_1", "(2(a1_1_s1 - y_1_s1)x_1_s1 + 2(a1_1_s2 - y_1_s2)x_1_s2)/2", "correct", "proved"),
    Row(NET, "dL/dw1_1_1", "delta1_1*x_3", "invalid", says="x_3"),
    Row(NET, "dL/dw1_1_1", "dL/dw1_1_1", "invalid", says="the very quantity"),
    Row(NET, "delta2_1", "dL/db2_1", "invalid", codes=(), says="itself found from delta2_1"),
    Row(NET, "delta1_1", "dL/dw1_1_1/x_1", "invalid", says="itself found from"),
    Row(NET, "dL/dw1_1_1", "dL/db1_1*x_1", "correct"),
    Row(NET, "dL/dw1_1_1", "delta1_1*x_1 + 10^-30", "wrong", says="less than"),
    Row(NET, "dL/dw1_1_1", "", "invalid"),
    Row(NET, "dL/dw1_1_1", "dL/dw1_1_2 = delta1_1*x_2", "invalid", says="is asked for"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.target} {row.answer}"[:60])
def test_verdicts(row: Row) -> None:
    found = check(row.problem, row.target, row.answer)
    assert found.verdict == row.verdict, found.message
    assert row.evidence in {None, found.evidence}, found.message
    assert set(row.codes) <= found.codes, (found.codes, found.message)
    assert row.says in found.message


def chain(text: str, problem: object = NET, **options: object) -> Finding:
    return check(problem, None, text, **options)


def test_a_right_chain_has_all_marks() -> None:
    found = chain("delta2_1 = (a2_1 - y) a2_1 (1 - a2_1)\ndelta1_1 = delta2_1 w2_1_1 a1_1 (1 - a1_1)\ndL/dw1_1_1 = delta1_1 x_1")
    assert found.verdict == "correct"
    assert found.evidence == "proved"
    assert (found.marks, found.most) == (3, 3)
    assert found.target == "dL/dw1_1_1"


def test_a_step_that_follows_from_a_wrong_one_gets_its_marks() -> None:
    found = chain(
        "delta2_1 = (y - a2_1) a2_1 (1 - a2_1)\n"
        "delta1_1 = (y - a2_1) a2_1 (1 - a2_1) w2_1_1 a1_1 (1 - a1_1)\n"
        "dL/dw1_1_1 = (y - a2_1) a2_1 (1 - a2_1) w2_1_1 a1_1 (1 - a1_1) x_1"
    )
    assert found.verdict == "wrong"
    assert found.first_wrong_step == 1
    assert found.follows == (2, 3)
    assert found.marks == 2
    assert "sign" in found.codes
    assert "Steps 2 and 3 follow from it" in found.message


def test_a_formula_that_is_true_of_the_named_quantities_is_right_whatever_came_before() -> None:
    found = chain("delta2_1 = (y - a2_1) a2_1 (1 - a2_1)\ndL/dw2_1_1 = delta2_1 a1_1")
    assert [step.verdict for step in found.steps] == ["wrong", "correct"]


def test_names_mean_what_the_reader_defined_them_to_be() -> None:
    found = chain("delta2_1 = a2_1 - y\ndL/dw2_1_1 = delta2_1 a2_1 (1 - a2_1) a1_1")
    assert [step.verdict for step in found.steps] == ["wrong", "correct"]
    assert "as you defined them" in found.steps[1].message


@pytest.mark.parametrize("trivial", ["0", "1", "x_1", "3"])
def test_a_trivial_step_earns_no_credit_for_what_follows_from_it(trivial: str) -> None:
    found = chain(f"delta1_1 = {trivial}\ndL/dw1_1_1 = {trivial} x_1")
    assert [step.follows for step in found.steps] == [False, False]
    assert found.marks == 0


def test_numbers_follow_from_numbers() -> None:
    found = chain("delta_o1 = -0.1385\ndL/dw5 = -0.08217", MAZUR)
    assert found.first_wrong_step == 1
    assert found.follows == (2,)


def test_the_marks_of_a_step_and_of_what_follows_are_options() -> None:
    text = "delta2_1 = (y - a2_1) a2_1 (1 - a2_1)\ndL/dw2_1_1 = (y - a2_1) a2_1 (1 - a2_1) a1_1"
    found = chain(text, step_marks=2, follow="1/2")
    assert (found.marks, found.most) == (1, 4)


def test_a_chain_must_reach_what_is_asked() -> None:
    found = check(NET, "dL/dw1_1_1", "z1_1 = w1_1_1 x_1 + w1_1_2 x_2 + b1_1\ndL/dw2_1_1 = delta2_1 a1_1")
    assert found.verdict == "wrong"
    assert found.codes == {"incomplete"}


@pytest.mark.parametrize(
    ("form", "answer", "met"),
    [
        ("in terms of delta, x", "delta1_1*x_1", "met"),
        ("in terms of a, y, w, x", "delta1_1*x_1", "not met"),
        ("in terms of a, y, w and x", "(a2_1 - y)*w2_1_1*a1_1*(1 - a1_1)*x_1", "met"),
        ("as a number", "delta1_1*x_1", "not met"),
        ("in inputs and parameters", "delta1_1*x_1", "not met"),
    ],
)
def test_the_form_is_a_verdict_of_its_own(form: str, answer: str, met: str) -> None:
    found = check(BCE, "dL/dw1_1_1", answer, form=form)
    assert found.verdict == "correct"
    assert found.form == met
    assert ("But it uses" in found.message) == (met == "not met")


def test_matrices_may_be_asked_for() -> None:
    assert check(NET, "dL/dW1", "delta1 @ x.T", form="as matrices").form == "met"
    assert check(NET, "dL/dW1", "((W2.T @ delta2) * a1 * (1 - a1)) @ x.T", form="as matrices").form == "met"
    entries = "[w2_1_1*delta2*a1_1*(1 - a1_1); w2_1_2*delta2*a1_2*(1 - a1_2)]"
    assert check(NET, "delta1", entries, form="as matrices").form == "not met"


def test_hints_tell_more_from_level_to_level_and_never_the_answer() -> None:
    one, two, three = (check(BCE, "dL/dw1_1_1", "(a2_1 - y)*w2_1_1*x_1", hint=level) for level in (1, 2, 3))
    assert one.message == "Not right yet."
    assert two.message.startswith("Not right yet. ")
    assert len(three.message) > len(one.message)
    assert "slope" in three.message
    assert all("delta1_1*x_1" not in found.message for found in (one, two, three))


def test_a_wrong_answer_has_a_witness() -> None:
    witness = check("q = x + y; f = q*z^2", "df/dx", "z").witness
    assert witness is not None
    assert witness.yours != witness.truth
    gradients = derive("q = x + y; f = q*z^2").evaluate({"y": 0, "x": 0, **witness.point}).gradients
    assert gradients["x"] == pytest.approx(witness.truth, rel=1e-9)


def test_a_witness_of_many_leaves_is_in_the_names_that_were_used() -> None:
    found = check(BCE, "dL/dw1_1_1", "(a2_1 - y)*w2_1_1*x_1")
    assert found.witness is not None
    assert set(found.witness.point) == {"a2_1", "y_1", "w2_1_1", "x_1"}
    assert "yours gives" in found.message


def test_a_difference_on_a_boundary_can_be_refused() -> None:
    answer = r"\begin{cases} 1 & x \ge 0 \\ 0 & x < 0 \end{cases}"
    found = check("f = max(0, x)", "df/dx", answer, boundary="strict")
    assert found.verdict == "wrong"
    assert found.boundary == "x = 0"


def test_a_lecturer_s_own_wrong_answer_is_recognised() -> None:
    row = {"target": "dL/dw1_1_1", "answer": "(a2_1 - y)*x_1", "message": "You stopped at the output.", "code": "own.stopped"}
    found = check(BCE, "dL/dw1_1_1", "x_1*(a2_1 - y)", expected=[row])
    assert "own.stopped" in found.codes
    assert "You stopped at the output." in found.message


def test_assert_gradient_speaks_with_the_finding_s_message() -> None:
    assert_gradient(BCE, "dL/dw1_1_1", "delta1_1*x_1")
    with pytest.raises(AssertionError, match="Not right"):
        assert_gradient(BCE, "dL/dw1_1_1", "delta1_1*x_2")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"rtol": "much"}, 'rtol: "much" is not accepted'),
        ({"rtol": -1}, "0 or more"),
        ({"digits": 0}, "1 to 17"),
        ({"hint": 4}, "1 to 3"),
        ({"boundary": "soft"}, '"lenient" or "strict"'),
        ({"form": "nicely"}, "unknown form"),
        ({"rtl": 1}, 'did you mean "rtol"?'),
        ({"format": "word"}, "unknown format"),
        ({"expected": [{"target": "x"}]}, "a dict with target, answer and message"),
    ],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=r"^[^\n]*$") as error:
        check(NET, "dL/dw1_1_1", "delta1_1*x_1", **options)
    assert says in str(error.value)


def test_every_equality_is_a_step() -> None:
    found = check(NET, "dL/dw2_1_1", "dL/dw2_1_1 = (y - a2_1) a2_1 (1 - a2_1) a1_1 = -(a2_1 - y) a2_1 (1 - a2_1) a1_1")
    assert [step.verdict for step in found.steps] == ["wrong", "wrong"]
    assert found.follows == (2,)


def test_the_question_may_be_answered_before_the_last_step() -> None:
    assert check("q = x + y; f = q*z", "df/dx", "df/dx = z\ndf/dy = z").verdict == "correct"


def test_saying_a_thing_again_earns_nothing() -> None:
    found = check(NET, "dL/dw1_1_1", "; ".join(["L = (a2_1 - y)^2/2"] * 5))
    assert (found.marks, found.most) == (1, 2)
    assert found.codes == {"incomplete"}


def test_a_step_in_a_circle_is_wrong() -> None:
    found = chain("dL/db2_1 = delta2_1\ndelta2_1 = dL/db2_1")
    assert [step.verdict for step in found.steps] == ["correct", "wrong"]
    assert "circular" in found.codes


def test_what_is_given_is_no_step_unless_it_has_a_number() -> None:
    assert check(NET, None, "x_1 = 3; dL/dw1_1_1 = delta1_1*x_1").verdict == "invalid"
    assert check(MAZUR, None, "i1 = 0.05; dL/dw5 = 0.08217").verdict == "correct"


def test_an_expected_wrong_answer_that_is_right_is_refused() -> None:
    row = {"target": "dL/dw1_1_1", "answer": "delta1_1*x_1", "message": "No."}
    with pytest.raises(InputError, match="is right"):
        check(NET, "dL/dw1_1_1", "delta1_1*x_2", expected=[row])


def test_marks_are_exact() -> None:
    assert check(NET, "dL/dw1_1_1", "delta1_1*x_1", step_marks="1/3").marks == Fraction(1, 3)
