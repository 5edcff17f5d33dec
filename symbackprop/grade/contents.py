"""
The answers in one student's file: text, LaTeX with marked answers, a notebook, or JSON.

Nothing is run and nothing is typeset: a file is text, of which the marked parts are taken as they stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from symbackprop.grade.headings import Names, blocks, without_greeting
from symbackprop.grade.model import LONGEST_CELL, clean, tidy
from symbackprop.names import short

SUFFIXES = (".csv", ".txt", ".md", ".tex", ".ipynb", ".json")
MOST_ANSWERS = 1000
_FENCE = re.compile(r"^[ \t]*```[ \t]*\w*[ \t]*$", re.MULTILINE)
_TAG = re.compile(r"(?:answer|question)[:=]\s*(?P<name>.+)", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """One answer of a file; without a `question` it is the whole file's; `left` is prose after it that was left out."""

    question: str
    answer: str
    format: str = "auto"
    left: str = ""


class UnreadableError(Exception):
    """Why a file has no answer that can be taken; one sentence without its end."""


def pieces(suffix: str, text: str, names: Names) -> Iterator[Piece]:
    """Yield the answers of a file by the kind that its ending says; raises UnreadableError."""
    if suffix in {".txt", ".md"}:
        return _text(text, names)
    if suffix == ".tex":
        return _latex(text, names)
    if suffix == ".ipynb":
        return _notebook(text, names)
    return _json(text)


# --- text ----------------------------------------------------------------------------------------------------


def _text(text: str, names: Names) -> Iterator[Piece]:
    """Yield the blocks under headings, or the whole text where there are none."""
    before, found = blocks(text, names)
    for question, block in found or [("", before)]:
        yield _piece(question, block, names)


def _piece(question: str, text: str, names: Names, format_name: str = "auto") -> Piece:
    # Markdown's marks of code are no part of a formula.
    answer, left = without_greeting(_FENCE.sub("", text).replace("`", ""), names.is_quantity)
    return Piece(question, tidy(answer), format_name, left)


# --- LaTeX ---------------------------------------------------------------------------------------------------

# A file is walked over once, from mark to mark: a pattern over a whole answer would search to the end from every beginning.
_COMMENTED = re.compile(r"[ \t]*%+[ \t]*answer[ \t]*:(?P<name>.*)", re.IGNORECASE)
_END = re.compile(r"[ \t]*%+[ \t]*end\b.*", re.IGNORECASE)
_ENVIRONMENT = re.compile(r"\\begin\{answer\}\s*[{\[](?P<name>[^}\]\n]{1,200})[}\]]")
_COMMAND = re.compile(r"\\answer\s*\{(?P<name>[^{}\n]{1,200})\}\s*\{")
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_MARK = re.compile(
    r"\$\$?|\\[\[\]()]|\\(?:begin|end)\{(?:equation|align|gather|multline|eqnarray|displaymath|math|flalign)\*?\}|\\.", re.DOTALL
)
_CLOSING = {"$": "$", "$$": "$$", "\\[": "\\]", "\\(": "\\)"}
_LABEL = re.compile(r"\\(?:label|tag\*?)\{[^{}]*\}|\\(?:nonumber|notag)\b")


def _latex(text: str, names: Names) -> Iterator[Piece]:
    """Yield the marked answers in the order in which they stand, or those under headings, or the mathematics of it all."""
    plain = _COMMENT.sub(lambda match: match[1] + " " * (len(match[0]) - len(match[1])), text)
    found = sorted([*_commented(text), *_environments(plain), *_commands(plain)])
    for _, name, body in found:
        yield Piece(clean(name.strip(), LONGEST_CELL), mathematics(body), "latex")
    if not found:
        start = text.find("\\begin{document}")
        stop = text.find("\\end{document}", max(start, 0))
        inner = text[start + len("\\begin{document}") : stop if stop > 0 else None] if start >= 0 else text
        before, under = blocks(inner, names)
        for question, block in under or [("", before)]:
            yield _piece(question, mathematics(block), names, "latex")


def _commented(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield (place, question, body) between the lines "% answer: q1" and "% end"."""
    question, start, place = "", -1, 0
    for line in text.splitlines(keepends=True):
        here, place = place, place + len(line)
        if match := _COMMENTED.match(line):
            question, start = match["name"], place
        elif start >= 0 and _END.match(line):
            yield start, question, text[start:here]
            start = -1


def _environments(text: str) -> Iterator[tuple[int, str, str]]:
    r"""Yield (place, question, body) of \begin{answer}{q1} … \end{answer}."""
    place = 0
    while match := _ENVIRONMENT.search(text, place):
        stop = text.find("\\end{answer}", match.end())
        if stop < 0:
            msg = f"\\begin{{answer}}{{{short(match['name'])}}} does not end"
            raise UnreadableError(msg)
        yield match.start(), match["name"], text[match.end() : stop]
        place = stop


def _commands(text: str) -> Iterator[tuple[int, str, str]]:
    r"""Yield (place, question, body) of \answer{q1}{…}."""
    place = 0
    while match := _COMMAND.search(text, place):
        stop = _balanced(text, match.end())
        if stop is None:
            msg = f"the brace of \\answer{{{short(match['name'])}}} does not close"
            raise UnreadableError(msg)
        yield match.start(), match["name"], text[match.end() : stop]
        place = stop


_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)


def _balanced(text: str, start: int) -> int | None:
    """Return where the brace stands that closes the one before `start`."""
    depth = 1
    for match in _BRACE.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return match.start()
    return None


def mathematics(text: str) -> str:
    r"""
    Return the mathematics of a piece of LaTeX: without comments, and without the marks that begin and end a formula.

    >>> mathematics(r"The answer is $\delta_1 x_1$. % sure")
    '\\delta_1 x_1'
    """
    body = _LABEL.sub("", _COMMENT.sub(r"\1", text))
    shown = _formulas(body)
    return tidy("\\\\\n".join(shown) if shown else body)


def _formulas(text: str) -> list[str]:
    """Return what stands between marks of formulas."""
    found: list[str] = []
    closing, start = "", 0
    for match in _MARK.finditer(text):
        mark = match[0]
        if closing:
            if mark == closing:
                found.append(text[start : match.start()].strip())
                closing = ""
        elif mark in _CLOSING or mark.startswith("\\begin"):
            closing, start = _CLOSING.get(mark) or mark.replace("begin", "end", 1), match.end()
    return [formula for formula in found if formula]


# --- notebooks -----------------------------------------------------------------------------------------------


def _notebook(text: str, names: Names) -> Iterator[Piece]:
    """Yield the cells that are tagged "answer:q1", or whose nbgrader id is a question's, or that stand under headings."""
    loaded = _load(text)
    cells = loaded.get("cells") if isinstance(loaded, dict) else None
    if not isinstance(cells, list):
        msg = "it is no notebook: it has no cells"
        raise UnreadableError(msg)
    count = 0
    for cell in cells:
        if not isinstance(cell, dict):
            continue
        name = _cell_question(cell.get("metadata"), names.is_question)
        if not name:
            continue
        body = _source(cell)
        count += 1
        if cell.get("cell_type") == "code":
            yield Piece(name, tidy(_uncommented(body)), "text")
        else:
            yield _piece(name, mathematics(body) if _formulas(body) else body, names)
    if count:
        return
    for name, body in blocks("\n\n".join(_source(cell) for cell in cells if isinstance(cell, dict)), names)[1]:
        count += 1
        yield _piece(name, mathematics(body) if _formulas(body) else _uncommented(body), names)
    if not count:
        msg = 'no cell is marked as an answer; a cell has the tag "answer:q1", the nbgrader id q1, or the heading # q1'
        raise UnreadableError(msg)


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _uncommented(text: str) -> str:
    """Return code without its comments and a notebook's own commands."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("#", "%")))


def _cell_question(metadata: Any, is_question: Callable[[str], bool]) -> str:
    """Return the question that a cell answers, or the empty string."""
    if not isinstance(metadata, dict):
        return ""
    tags = metadata.get("tags")
    for tag in tags if isinstance(tags, list) else []:
        if isinstance(tag, str) and (match := _TAG.fullmatch(tag.strip())):
            return clean(match["name"], LONGEST_CELL)
    for key in ("nbgrader", "otter"):
        inner = metadata.get(key)
        if not isinstance(inner, dict):
            continue
        name = inner.get("grade_id")
        # A cell of tests has an id, too; only the student's own cell is an answer.
        if isinstance(name, str) and is_question(name) and inner.get("solution", True) is not False:
            return clean(name, LONGEST_CELL)
    return ""


# --- JSON ----------------------------------------------------------------------------------------------------


def _json(text: str) -> Iterator[Piece]:
    """Yield {"q1": "…"}, {"answers": …} or [{"question": "q1", "answer": "…"}]."""
    loaded = _load(text)
    if isinstance(loaded, dict) and isinstance(loaded.get("answers"), dict | list):
        loaded = loaded["answers"]
    if isinstance(loaded, dict):
        loaded = [
            {"question": name, **(entry if isinstance(entry, dict) else {"answer": entry})} for name, entry in loaded.items()
        ]
    if not isinstance(loaded, list) or not loaded:
        msg = 'it holds no answers; {"q1": "…"} or [{"question": "q1", "answer": "…"}] is accepted'
        raise UnreadableError(msg)
    if len(loaded) > MOST_ANSWERS:
        msg = f"it holds {len(loaded)} answers; up to {MOST_ANSWERS} are read"
        raise UnreadableError(msg)
    for entry in loaded:
        answer = entry.get("answer") if isinstance(entry, dict) else None
        if isinstance(answer, bool) or not isinstance(answer, str | int | float):
            msg = 'an entry has no answer as text or number; {"question": "q1", "answer": "…"} is accepted'
            raise UnreadableError(msg)
        question, wanted = str(entry.get("question", "")), str(entry.get("format", "auto"))
        yield Piece(clean(question, LONGEST_CELL), tidy(str(answer)), wanted if wanted in {"latex", "text"} else "auto")


def _load(text: str) -> Any:
    try:
        return json.loads(text, parse_float=str, parse_int=str)
    except json.JSONDecodeError as error:
        msg = f"it is not valid JSON (line {error.lineno}: {error.msg[:1].lower()}{error.msg[1:]})"
        raise UnreadableError(msg) from None
    except (RecursionError, ValueError):
        msg = "its brackets are nested too deeply"
        raise UnreadableError(msg) from None
