"""Published worked examples come out on the command line: every number, every printed digit, every closed form."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import corpus_problems
import mpmath
import pytest
from corpus_problems import CORPUS, IN_SCOPE, Answers, Example, Report, as_printed, in_process, load, reproduce, summary

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = [example for example in load() if example.form in IN_SCOPE]
by_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)

FORMS = {"expression-graph": 43, "dense-network": 26, "optimizer-step": 1}
OUT_OF_SCOPE = {
    "gomez-lstm-2-steps": "lstm",
    "cs231n-rnn-step": "rnn",
    "d2l-corr2d": "conv-stack",
    "d2l-corr2d-two-channels": "conv-stack",
    "udl-conv1d-k3": "conv-stack",
    "attention-2-queries-3-keys": "attention",
    "batchnorm-3x2": "batchnorm",
    "llmc-layernorm-backward": "layernorm",
}
NUMBERS, PRINTED, CLOSED_FORMS, MISPRINTS = 708, 455, 130, 6
AS_PROCESSES = ("seed-gradient-10-6", "slp3-logistic-sgd-step", "cs231n-sgd-momentum")


@cache
def reproduced(example: Example) -> Report:
    """Work an example once, whichever test asks first."""
    with TemporaryDirectory() as folder:
        return reproduce(example, Path(folder))


def named(example_id: str) -> Example:
    """Return an example by its name."""
    return next(example for example in EXAMPLES if example.id == example_id)


def made_up(definition: dict[str, object]) -> Example:
    """Return an example that nobody published."""
    return Example({"id": "made-up", "title": "Made up", "definition": definition, "expected": []})


@by_example
def test_every_number_closed_form_and_misprint_of_an_example(example: Example) -> None:
    """Numbers agree to 10⁻⁹ and to every printed digit, closed forms identically; misprints do not come out."""
    report = reproduced(example)

    assert report.faults == []
    assert len(report.numbers) == len(example.data["expected"]) > 0
    assert len(report.forms) == len(example.data.get("symbolic") or [])
    assert len(report.misprints) == sum(entry["q"] is not None for entry in example.data.get("misprints") or [])


def test_nothing_of_the_corpus_is_skipped(capsys: pytest.CaptureFixture[str]) -> None:
    """All examples are reproduced but those of named forms; the counts are those of the file, and are printed."""
    lines = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    outside = {line["id"]: line["definition"]["form"] for line in lines if line["definition"]["form"] not in FORMS}
    reports = [reproduced(example) for example in EXAMPLES]
    whole = sum(reports, Report())

    assert len(lines) == 78
    assert outside == OUT_OF_SCOPE
    assert Counter(example.form for example in EXAMPLES) == FORMS
    assert sum(entry["printed"] is not None for example in EXAMPLES for entry in example.expected) == PRINTED
    assert (len(whole.numbers), len(whole.forms), len(whole.misprints)) == (NUMBERS, CLOSED_FORMS, MISPRINTS)
    assert summary(reports) == (
        f"{NUMBERS} of {NUMBERS} numbers and {CLOSED_FORMS} of {CLOSED_FORMS} closed forms of {len(EXAMPLES)} examples "
        f"reproduced; {MISPRINTS} of {MISPRINTS} misprinted numbers put right"
    )
    with capsys.disabled():
        print(f"\n{summary(reports)}")


def test_every_example_cites_its_source() -> None:
    """Nobody's example is used without saying whose it is and how it was read."""
    for example in load():
        assert example.data["source"].strip(), example.id
        assert example.data["provenance"].strip(), example.id


@pytest.mark.parametrize("name", AS_PROCESSES)
def test_examples_come_out_of_a_process_of_their_own(name: str, tmp_path: Path) -> None:
    """What holds inside the test's process holds for `python -m symbackprop`."""

    def as_process(arguments: Sequence[str]) -> str:
        command = [sys.executable, "-m", "symbackprop", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout

    report = reproduce(named(name), tmp_path, as_process)

    assert report.faults == []
    assert len(report.numbers) == len(named(name).expected)


@by_example
def test_json_and_toml_files_say_the_same(example: Example, tmp_path: Path) -> None:
    """A problem written as JSON gives the same bytes as the same problem written as TOML."""
    as_toml, as_json = (
        in_process(["evaluate", Answers(example, tmp_path, suffix=suffix).path, "--format", "json"])
        for suffix in (".toml", ".json")
    )

    assert as_toml == as_json


def test_the_output_has_the_gradient_one(tmp_path: Path) -> None:
    """∂L/∂L = 1, where the sweep starts, is among the gradients, with a point and without."""
    found = Answers(named("karpathy-lecture-L"), tmp_path).evaluated["gradients"]["L"]
    symbolic = json.loads(in_process(["derive", "u = 2*x; y = u^2", "--expand", "--format", "json"]))["gradients"]["y"]

    assert (found["value"], found["finite_difference"], found["expression"]) == (1, 1, "1")
    assert (symbolic["value"], symbolic["finite_difference"], symbolic["expanded"]) == (None, None, "1")


@pytest.mark.parametrize(
    ("text", "gradient"),
    [("-2*x", -2), ("-x^2", -6), ("- x^2", -6), ("-(x + 1)^2", -8), ("-exp(x - 3)", -1), ("-.5x", -0.5), ("-x; y = 2", None)],
)
def test_an_expression_may_start_with_a_minus_sign(text: str, gradient: float | None) -> None:
    """`derive "-2*x"` is a problem and not an option; what is neither is still refused."""
    if gradient is None:
        with pytest.raises(RuntimeError, match="without a name"):
            in_process(["derive", text, "--at", "x=3"])
    else:
        found = json.loads(in_process(["derive", text, "--at", "x=3", "--format", "json"]))
        assert found["gradients"]["x"]["value"] == pytest.approx(gradient)
    with pytest.raises(RuntimeError, match="no such option"):
        in_process(["derive", "-v", "2-2-1"])


# --- the comparison itself ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "printed", "match", "tol", "agrees"),
    [
        (0.125, "0.12", "round", None, True),
        (0.125, "0.13", "round", None, True),
        (0.1251, "0.12", "round", None, False),
        (0.1249, "0.13", "round", None, False),
        (-0.1259, "-0.125", "trunc", None, True),
        (-0.1259, "-0.126", "trunc", None, False),
        (0.12595, "0.1258", "trunc", None, False),
        (0.1259, "-0.125", "trunc", None, False),
        (8.7809e-3, "8.781e-3", "round", None, True),
        (1.00001, "1.0", "relative", 1e-4, True),
        (1.001, "1.0", "relative", 1e-4, False),
        (0.73, "0.74", "rounded-steps", 0.02, True),
        (0.73, "0.76", "rounded-steps", 0.02, False),
    ],
)
def test_printed_digits_are_compared_as_printed(value: float, printed: str, match: str, tol: float | None, agrees: bool) -> None:
    """Rounded, cut off, within a relative or an absolute tolerance: each is told from its neighbour."""
    assert as_printed(value, {"printed": printed, "match": match, "tol": tol}) is agrees


@pytest.mark.parametrize(
    "change",
    [
        {"expected": [{"q": "grad:x", "printed": None, "value": 10.00000002}]},
        {"expected": [{"q": "grad:x", "printed": "10.1", "match": "round", "value": 10}]},
        {"symbolic": [{"q": "grad:x", "expr": "6*x + 2*y + 1/10**29"}]},
        {"misprints": [{"q": "grad:x", "printed": "10", "value": 10, "reason": "none"}]},
    ],
    ids=["value", "printed", "closed form", "misprint"],
)
def test_a_wrong_claim_is_noticed(change: dict[str, object], tmp_path: Path) -> None:
    """A number that is off by 2·10⁻⁹, another digit, another formula and a reproduced misprint are faults."""
    report = reproduce(Example({**named("seed-gradient-10-6").data, **change}), tmp_path)

    assert len(report.faults) == 1


def test_a_quantity_outside_the_grammar_is_an_error(tmp_path: Path) -> None:
    """What the adapter does not know raises; nothing is passed over."""
    for q in ("hessian:x", "value:nothing", "grad:W1[0]"):
        with pytest.raises(KeyError):
            Answers(named("seed-gradient-10-6"), tmp_path).number({"q": q})
    with pytest.raises(KeyError):
        named("mazur-2-2-2").plain("W1[0]")


# --- the rest of the corpus's grammar ----------------------------------------------------------------------------


def test_higher_derivatives_and_other_points(tmp_path: Path) -> None:
    """The written-out derivative is a problem again; `at` moves the point."""
    definition = {"form": "expression-graph", "inputs": {"x": 1.0}, "nodes": [{"name": "y", "expr": "tanh(x)"}], "output": "y"}
    answers = Answers(made_up(definition), tmp_path)

    for order in range(1, 5):
        for x in (1.0, 0.3):
            ours = answers.number({"q": f"deriv{order}:x", "at": {"x": x}})
            assert ours == pytest.approx(float(mpmath.diff(mpmath.tanh, x, order)), rel=1e-9)
    assert answers.number({"q": "value:y", "at": {"x": 0.3}}) == pytest.approx(float(mpmath.tanh(0.3)), rel=1e-12)


def test_online_training_reports_epochs(tmp_path: Path) -> None:
    """Each sample is measured just before the update that uses it; the sum is the epoch's figure."""
    data = [([1, 0, 1], 0.0), ([0, 1, 1], 1.0), ([0, 0, 1], 0.0)]
    weights = [0.5, 0.48, -0.7]
    definition = {
        "form": "dense-network",
        "input_size": 3,
        "layers": [{"units": 1, "activation": "linear", "W": [list(weights)], "b": None}],
        "data": [{"x": x, "y": [y]} for x, y in data],
        "loss": "half_sse",
        "reduction": "sum",
        "report": "sse",
        "update": "online",
        "optimizer": {"name": "sgd", "lr": 0.1},
    }
    answers = Answers(made_up(definition), tmp_path)

    for epoch in (1, 2, 3):
        total = 0.0
        for x, y in data:
            error = sum(w * v for w, v in zip(weights, x, strict=True)) - y
            total += error**2
            weights = [w - 0.1 * error * v for w, v in zip(weights, x, strict=True)]
        assert answers.number({"q": f"epoch{epoch}:sum:report"}) == pytest.approx(total, rel=1e-9)


def test_the_adapter_runs_as_a_program(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """`python -m tests.corpus_problems` prints the counts and what is out of scope, and succeeds."""
    few = [named(name) for name in AS_PROCESSES]
    monkeypatch.setattr(corpus_problems, "load", lambda: [*few, *(e for e in load() if e.form == "rnn")])

    assert corpus_problems.main() == 0
    printed = capsys.readouterr().out
    assert "numbers and" in printed
    assert "out of scope, 1 examples: cs231n-rnn-step (rnn)" in printed
