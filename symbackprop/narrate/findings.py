"""A finding as a document: what was read, the verdict with its evidence, and for a chain every step."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symbackprop.document import Block, Document, Heading, Note, Paragraph, Picture, Span, Spans, Table, Written
from symbackprop.findings import CORRECT, INVALID, SIGNS, WRONG, Finding, StepFinding

KINDS = {CORRECT: "verified", WRONG: "wrong"}


def tell_finding(finding: Finding, *, codes: bool = False, solution: bool = False) -> Document:
    """Tell one finding; with `codes` the stable words of all mistakes that explain it, with `solution` what would be right."""
    name = finding.target or "the answer"
    title = f"Check of {name}"
    blocks: list[Block] = [Heading(1, (title,))]
    if finding.verdict == INVALID:
        blocks += _unreadable(finding)
    else:
        blocks += _steps(finding.steps) if len(finding.steps) > 1 else _reading(finding)
        blocks.append(Note(KINDS.get(finding.verdict, "warning"), (finding.message,)))
        if finding.form is not None:
            blocks.append(Note("note", (f"The form asked for is {finding.form}.",)))
        if codes and finding.codes:
            blocks.append(Note("note", (f"Codes: {', '.join(sorted(finding.codes))}",)))
    if solution and finding.solution:
        blocks.append(Paragraph((f"Solution: {name} = {finding.solution}",)))
    return Document(title, tuple(blocks))


def _reading(finding: Finding) -> list[Block]:
    if not finding.reading_text:
        return []
    return [Paragraph(("Read as ", Written(finding.reading, finding.reading_text)))]


def _unreadable(finding: Finding) -> list[Block]:
    """Say what cannot be read, and draw the place."""
    said, *drawn = finding.message.split("\n")
    blocks: list[Block] = [Note("warning", (f"This cannot be read: {said}",))]
    if drawn:
        blocks.append(Picture(tuple(drawn), ()))
    return blocks


def _steps(steps: Sequence[StepFinding]) -> list[Block]:
    """Tabulate a chain: each step with its verdict and marks."""
    rows: list[tuple[Spans, ...]] = []
    for step in steps:
        shown: Span = step.text
        verdict = "follows" if step.follows else SIGNS[step.verdict]
        rows.append(((str(step.number),), (shown,), (verdict,), (f"{_number(step.marks)} of {_number(step.most)}",)))
    return [Table((("step",), ("",), ("",), ("marks",)), tuple(rows), frozenset({0}))]


def _number(value: Fraction) -> str:
    return str(value)
