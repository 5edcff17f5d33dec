"""A finding as a document: what was read, the verdict with its evidence, and for a chain every step."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from symbackprop.document import Block, Document, Heading, Lines, Note, Paragraph, Picture, Row, Span, Spans
from symbackprop.expr import Expr, Symbol
from symbackprop.findings import CORRECT, INVALID, SIGNS, WRONG, Finding, StepFinding

KINDS = {CORRECT: "verified", WRONG: "wrong"}
Read = Callable[[str], tuple[Expr | None, Expr] | None]
PRINTED = "It printed:"
LONGEST_INLINE = 60
LONGEST_DRAWN = 48
EXAMPLE = "For example, where "
_SHORT_SUM = re.compile(r"(½ )?\(\w+ [−+] \w+\)|\w+ = \w+")
_NAME = re.compile(r"∂?[^\W\d]\w*(?:/∂?[^\W\d]\w*)?")


def tell_finding(
    finding: Finding,
    names: Mapping[str, Expr] | None = None,
    read: Read = lambda _: None,
    *,
    codes: bool = False,
    solution: bool = False,
) -> Document:
    """
    Tell one finding.

    `names` maps quantities as sentences write them ("dL/dw1_1_1", "z1_1") to what they are, to be spelled as in a
    derivation; `read` makes formulas of what was read, from its plain names.  With `codes` the stable words of all
    mistakes that explain the answer are told, with `solution` what would be right.
    """
    known = names or {}
    name = finding.target
    title = f"Check of {name}" if name else "Check"
    blocks: list[Block] = [Heading(1, spelled(title, known))]
    if finding.verdict == INVALID:
        blocks += _unreadable(finding)
    elif finding.steps and not any(step.expression for step in finding.steps):
        blocks += _program(finding, known)
    elif len(finding.steps) > 1:
        blocks += _steps(finding, known, read)
    else:
        blocks += _single(finding, known, read)
    if codes and finding.codes:
        blocks.append(Note("note", (f"Codes: {', '.join(sorted(finding.codes))}",)))
    if solution and finding.solution:
        blocks.append(Paragraph(("What would be right:",)))
        blocks += [Note("below", (line,)) for line in finding.solution.split("\n")]
    return Document(title, tuple(blocks))


def spelled(sentence: str, names: Mapping[str, Expr], *, letters: bool = False) -> Spans:
    """
    Put quantities into a sentence where their names stand; single letters, which may be words, only with `letters`.

    >>> from symbackprop.expr import Symbol
    >>> spelled("The term b1_1 is missing.", {"b1_1": Symbol("b1_1")})
    ('The term ', Symbol(name='b1_1'), ' is missing.')
    """
    spans: list[Span] = []
    start = 0
    sentence = _SHORT_SUM.sub(lambda match: match[0].replace(" ", "\u00a0"), sentence)
    for match in _NAME.finditer(sentence):
        quantity = names.get(match[0])
        if quantity is not None and (letters or len(match[0]) > 1):
            spans += [sentence[start : match.start()], quantity]
            start = match.end()
    return tuple(span for span in (*spans, sentence[start:]) if span != "")


def _single(finding: Finding, names: Mapping[str, Expr], read: Read) -> list[Block]:
    blocks: list[Block] = []
    asked = names.get(finding.target)
    formula = read(finding.expression) if finding.expression else None
    if formula is not None and len(finding.reading_text) <= LONGEST_INLINE:
        blocks.append(Paragraph(("Read as ", formula[1])))
    elif formula is not None and asked is not None:
        blocks.append(Lines((Row(asked, formula[1], reason=(f"{SIGNS[finding.verdict]} as it was read",)),)))
    elif finding.reading_text:
        blocks.append(Paragraph((f"Read as {finding.reading_text}",)))
    said, *drawn = finding.message.split("\n")
    verdict, example = _example_apart(said)
    blocks.append(Note(KINDS.get(finding.verdict, "warning"), spelled(verdict, names)))
    if drawn:
        blocks.append(_drawn(drawn))
    if example:
        blocks.append(Paragraph(spelled(example, names, letters=True)))
    return blocks


def _example_apart(message: str) -> tuple[str, str]:
    """Split the example off, which is a paragraph of its own."""
    said, found, example = message.partition(EXAMPLE)
    return said.strip(), found + example


def _unreadable(finding: Finding) -> list[Block]:
    """Say what cannot be read, and draw the place."""
    said, *drawn = finding.message.split("\n")
    what = "This does not run" if finding.target.endswith(".py") else "This cannot be read"
    blocks: list[Block] = [Note("warning", (f"{what}: {said}",))]
    if drawn:
        blocks.append(_drawn(drawn))
    return blocks


def _steps(finding: Finding, names: Mapping[str, Expr], read: Read) -> list[Block]:
    """Tell a chain: every step as it was read, with its verdict; what is wrong with each; and the sum."""
    rows = tuple(_row(step, finding, names, read) for step in finding.steps)
    blocks: list[Block] = [Lines(rows)]
    for step in finding.steps:
        if step.message and step.verdict != CORRECT:
            kind = "follows" if step.follows else KINDS.get(step.verdict, "warning")
            said, _ = _example_apart(step.message.removeprefix("Not right. "))
            blocks.append(Note(kind, (f"Step {step.number}: ", *spelled(said, names))))
    blocks.append(Paragraph((_summary(finding),)))
    return blocks


def _program(finding: Finding, names: Mapping[str, Expr]) -> list[Block]:
    """Tell what a program computes: every gradient by its name, and last what the program printed."""
    blocks: list[Block] = []
    for step in finding.steps:
        said = step.message if step.verdict != CORRECT else f"{step.text} is right."
        blocks.append(Note(KINDS.get(step.verdict, "warning"), spelled(said, names)))
    right = sum(step.verdict == CORRECT for step in finding.steps)
    blocks.append(Paragraph((f"{right} of {len(finding.steps)} gradients are right, at random points.",)))
    _, told, printed = finding.message.partition(PRINTED)
    if told:
        blocks += [Paragraph((PRINTED,)), _drawn(printed.strip().split("\n"))]
    return blocks


def _drawn(lines: Sequence[str]) -> Picture:
    """Show lines as they are, the long ones cut."""
    return Picture(tuple(line if len(line) <= LONGEST_DRAWN else f"{line[: LONGEST_DRAWN - 1]}…" for line in lines), ())


def _row(step: StepFinding, finding: Finding, names: Mapping[str, Expr], read: Read) -> Row:
    """Return one step as it was read, a line without a left side as about what is asked."""
    sign = "→" if step.follows else SIGNS[step.verdict]
    formula = read(step.expression)
    left, right = formula if formula is not None else (None, Symbol(step.reading_text or step.text))
    return Row(left or names.get(finding.target), right, reason=(f"{sign} step {step.number}",))


def _summary(finding: Finding) -> str:
    first, follows = finding.first_wrong_step, finding.follows
    parts = [f"Step {first} is the first that is wrong"] if first else []
    if follows:
        parts.append(f"{', '.join(map(str, follows))} follow{'s' if len(follows) == 1 else ''} from it")
    if "incomplete" in finding.codes:
        parts.append(f"no step is about {finding.target}, which is asked for")
    marks = f"{finding.marks} of {finding.most} marks."
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}: {marks}" if parts else marks
