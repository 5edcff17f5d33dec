"""
A derivation as one JSON object, schema 1.

`values`, `gradients`, `locals` and `steps` are complete; numbers are full-precision floats, null where the
problem has none.  `expression` is in plain names and can be parsed back.
"""

from __future__ import annotations

import json
import math
from typing import Any

from symbackprop.backprop import Backward, check_expansion, expand
from symbackprop.calculus import RULES
from symbackprop.evaluate import Values
from symbackprop.expr import Adjoint, Expr, Partial, Symbol, symbols, transform
from symbackprop.findings import Finding, StepFinding
from symbackprop.notation import Speller, written
from symbackprop.problem import Problem
from symbackprop.simplify import SAYS
from symbackprop.steps import KINDS, LocalDerivative, Simplification, Step
from symbackprop.train import Trajectory
from symbackprop.typeset.shortcuts import latex, plain
from symbackprop.verify.verdicts import verify

SCHEMA = 1


def derivation_json(  # noqa: PLR0913 - what the object is made of
    problem: Problem,
    backward: Backward,
    values: Values | None,
    speller: Speller,
    *,
    wrt: tuple[str, ...] = (),
    with_expanded: bool = False,
) -> dict[str, Any]:
    """Return the object of `derive` and `evaluate`; with_expanded fills `expanded` for `wrt` (or everything)."""
    verdicts = verify(backward.graph, backward.steps, constraints=problem.constraints, assumptions=problem.assumptions)
    adjoints = backward.adjoints
    final = {node.symbol.name: node.expr for node in backward.nodes}
    if with_expanded:
        check_expansion(backward, [symbol.name for name, symbol in adjoints.items() if not wrt or name in wrt])
    gradients = {}
    for name in [n for n in (*_leaves(backward), *backward.graph.definitions) if n in adjoints]:
        symbol = adjoints[name]
        wanted = with_expanded and (not wrt or name in wrt)
        gradients[name] = {
            "value": finite(values.gradients[name]) if values else None,
            "finite_difference": _difference(values, name),
            "expression": plain(final[symbol.name]),
            "expanded": plain(expand(symbol, backward.definitions)) if wanted else None,
            "latex": latex(final[symbol.name], speller),
        }
    # The sweep starts from ∂L/∂L = 1: books print it, and so does the history of `train`.
    gradients[backward.output] = {
        "value": 1.0 if values else None,
        "finite_difference": 1.0 if values else None,
        "expression": "1",
        "expanded": "1" if with_expanded and (not wrt or backward.output in wrt) else None,
        "latex": "1",
    }
    parameters = wrt or _leaves(backward)
    return {
        "schema": SCHEMA,
        "problem": {"title": problem.title, "kind": problem.kind},
        "output": backward.output,
        "values": {
            name: finite(values.values[name]) if values else None
            for name in (*(leaf.symbol.name for leaf in backward.graph.leaves), *backward.graph.definitions)
        },
        "gradients": gradients,
        "locals": {
            f"{child}/{parent}": {
                "value": finite(values.locals[child, parent]) if values else None,
                "expression": plain(step.value),
                "latex": latex(step.value, speller),
            }
            for (child, parent), step in backward.locals.items()
        },
        "norm": finite(values.norm(parameters)) if values else None,
        "steps": _steps(backward, verdicts, speller),
        "assumptions": [f"{' + '.join(group)} = 1" for group in problem.constraints]
        + [f"{name} is {' and '.join(sorted(words))}" for name, words in problem.assumptions.items()],
    }


def finding_json(finding: Finding, *, solution: bool = False) -> str:
    """Return the JSON object of `check`; marks are numbers, the witness's point has fractions as text."""
    witness = finding.witness
    data = {
        "schema": SCHEMA,
        "verdict": finding.verdict,
        "evidence": finding.evidence,
        "codes": sorted(finding.codes),
        "message": finding.message,
        "reading": finding.reading,
        "reading_text": finding.reading_text,
        "witness": witness
        and {
            "point": {name: str(value) for name, value in witness.point.items()},
            "yours": finite(witness.yours),
            "truth": finite(witness.truth),
            "entry": list(witness.entry),
        },
        "first_wrong_step": finding.first_wrong_step,
        "follows": list(finding.follows),
        "boundary": finding.boundary,
        "limits_hit": list(finding.limits_hit),
        "target": finding.target,
        "answer": finding.answer,
        "hints": list(finding.hints),
        "form": finding.form,
        "points": finding.points,
        "marks": float(finding.marks),
        "most": float(finding.most),
        "steps": [_step_json(step) for step in finding.steps],
    }
    return dump({**data, "solution": finding.solution} if solution else data)


def _step_json(step: StepFinding) -> dict[str, Any]:
    return {
        "number": step.number,
        "text": step.text,
        "verdict": step.verdict,
        "evidence": step.evidence,
        "message": step.message,
        "codes": sorted(step.codes),
        "follows": step.follows,
        "reading": step.reading,
        "marks": float(step.marks),
        "most": float(step.most),
    }


def _leaves(backward: Backward) -> tuple[str, ...]:
    return tuple(leaf.symbol.name for leaf in backward.graph.leaves if leaf.symbol.name in backward.adjoints)


def _difference(values: Values | None, name: str) -> float | None:
    difference = values.finite_difference(name) if values else None
    return finite(difference.value) if difference else None


def finite(value: float) -> float | None:
    """Return a number JSON can carry: null for nan and infinities."""
    return value if math.isfinite(value) else None


def _steps(backward: Backward, verdicts: tuple[str, ...], speller: Speller) -> list[dict[str, Any]]:
    """Return the steps numbered; their `uses` are the latest earlier steps about the symbols a value uses."""
    latest: dict[str, int] = {}
    found = []
    for n, (step, verdict) in enumerate(zip(backward.steps, verdicts, strict=True), 1):
        name = step.about.name
        uses = sorted(
            {latest[used] for used in symbols(step.value) if used in latest} | ({latest[name]} if name in latest else set())
        )
        found.append(
            {
                "n": n,
                "kind": KINDS[type(step)],
                "about": written(step.about),
                "rule": rule_name(step),
                "text": f"{written(step.about)} = {plain(transform(step.value, _readable))}",
                "latex": f"{latex(step.about, speller)} = {latex(step.value, speller)}",
                "uses": uses,
                "verified": verdict,
            }
        )
        latest[name] = n
    return found


def _readable(part: Expr) -> Expr | None:
    """Write derivatives as dL/dw and not by the names they have inside; δ keeps its name."""
    if isinstance(part, Partial) or (isinstance(part, Adjoint) and not part.is_delta):
        return Symbol(written(part))
    return None


def rule_name(step: Step) -> str:
    """Return the rule a step uses, in words."""
    match step:
        case LocalDerivative(rule=rule):
            return RULES[rule]
        case Simplification(rule=rule):
            return SAYS[rule]
        case _:
            return KINDS[type(step)].replace("_", " ")


def dump(data: dict[str, Any]) -> str:
    """Write an object as JSON, the same bytes every time; characters that no one can see are escaped."""
    return escaped(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")


def escaped(text: str, encoding: str) -> str:
    r"""
    Escape in a JSON text what does not print or what an encoding cannot carry.

    >>> escaped('"σ"', "ascii"), escaped('"σ"', "utf-8")
    ('"\\u03c3"', '"σ"')
    """
    strange = {char for char in set(text) if not (char.isprintable() or char == "\n") or not _carries(encoding, char)}
    return text.translate({ord(char): json.dumps(char)[1:-1] for char in strange})


def _carries(encoding: str, char: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def history_json(run: Trajectory) -> list[dict[str, Any]]:
    """Return the points of a training run, from the start on, each with all values and gradients."""
    history = []
    for point in run.points:
        entry: dict[str, Any] = {
            "step": point.step,
            "loss": finite(point.loss),
            "values": {name: finite(value) for name, value in point.values.items()},
            "gradients": {name: finite(value) for name, value in point.gradients.items()},
        }
        if point.state:
            entry["state"] = point.state
        if point.reports:
            entry["report"] = list(point.reports)
        history.append(entry)
    return history
