"""A finding as a document: what was read, the verdict with its evidence, and for a chain every step."""

from __future__ import annotations

from symbackprop.document import Block, Document, Heading, Note, Paragraph, Picture, Written
from symbackprop.findings import CORRECT, INVALID, WRONG, Finding

KINDS = {CORRECT: "verified", WRONG: "wrong"}


def tell_finding(finding: Finding, *, codes: bool = False, solution: bool = False) -> Document:
    """Tell one finding; with `codes` the stable words of all mistakes that explain it, with `solution` what would be right."""
    name = finding.target or "the answer"
    title = f"Check of {name}"
    blocks: list[Block] = [Heading(1, (title,))]
    if finding.verdict == INVALID:
        blocks += _unreadable(finding)
    else:
        if len(finding.steps) > 1:
            blocks += _steps(finding)
        else:
            blocks += _reading(finding)
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


def _steps(finding: Finding) -> list[Block]:
    """Tell a chain: each step with its verdict and marks, what is wrong with it below, and the sum."""
    blocks: list[Block] = []
    for step in finding.steps:
        kind = "follows" if step.follows else KINDS.get(step.verdict, "warning")
        blocks.append(Note(kind, (f"{step.number}  {step.text}",)))
        if step.message and step.verdict != CORRECT:
            blocks.append(Note("below", (step.message.removeprefix("Not right. "),)))
    blocks.append(Paragraph((_summary(finding),)))
    return blocks


def _summary(finding: Finding) -> str:
    first, follows = finding.first_wrong_step, finding.follows
    parts = [f"Step {first} is the first that is wrong"] if first else []
    if follows:
        parts.append(f"{', '.join(map(str, follows))} follow{'s' if len(follows) == 1 else ''} from it")
    marks = f"{finding.marks} of {finding.most} marks."
    return f"{'; '.join(parts)}: {marks}" if parts else marks
