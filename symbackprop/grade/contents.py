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

from symbackprop.grade.model import LONGEST_CELL, clean, tidy
from symbackprop.names import short

SUFFIXES = (".csv", ".txt", ".md", ".tex", ".ipynb", ".json")
MOST_ANSWERS = 1000
_HEADER = re.compile(
    r"[ \t]*(?:[-*#>]+[ \t]*)?(?:question[ \t]+)?(?P<name>[^\s:=][^:=\n]{0,80}?)[ \t]*:(?!=)(?P<rest>.*)", re.IGNORECASE
)
_TAG = re.compile(r"(?:answer|question)[:=]\s*(?P<name>.+)", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """One answer of a file; without a `question` it is the whole file's."""

    question: str
    answer: str
    format: str = "auto"


class UnreadableError(Exception):
    """Why a file has no answer that can be taken; one sentence without its end."""


def pieces(suffix: str, text: str, is_question: Callable[[str], bool], *, named: bool) -> Iterator[Piece]:
    """
    Yield the answers of a file by the kind that its ending says.

    `is_question` tells the names of questions; `named` says that the problem has questions of its own.
    Raises UnreadableError.
    """
    if suffix in {".txt", ".md"}:
        return _text(text, is_question, named=named)
    if suffix == ".tex":
        return _latex(text)
    if suffix == ".ipynb":
        return _notebook(text, is_question)
    return _json(text)


# --- text ----------------------------------------------------------------------------------------------------


def _text(text: str, is_question: Callable[[str], bool], *, named: bool) -> Iterator[Piece]:
    """Yield blocks "question: answer", or the whole text where there are none."""
    question: str | None = None
    block: list[str] = []
    before: list[str] = []
    found = False
    for line in text.splitlines():
        header = _HEADER.fullmatch(line)
        name = header["name"].strip(" *`\"'") if header else ""
        if header and (is_question(name) or (not named and _like_a_target(name))):
            if question is not None:
                yield Piece(question, tidy("\n".join(block)))
            question, block, found = name, [header["rest"]], True
        elif question is None:
            before.append(line)
        else:
            block.append(line)
    if question is not None:
        yield Piece(question, tidy("\n".join(block)))
    if not found:
        yield Piece("", tidy("\n".join(before)))


def _like_a_target(name: str) -> bool:
    return bool(re.match(r"(?:[dD∂]\s*\w|\\frac|delta|δ|grad|∇)", name)) or bool(re.fullmatch(r"[^\W\d_]+[\w\[\],{}^₀-₉]*", name))


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


def _latex(text: str) -> Iterator[Piece]:
    """Yield the marked answers in the order in which they stand, or the mathematics of the whole body."""
    plain = _COMMENT.sub(lambda match: match[1] + " " * (len(match[0]) - len(match[1])), text)
    found = sorted([*_commented(text), *_environments(plain), *_commands(plain)])
    for _, name, body in found:
        yield Piece(clean(name.strip(), LONGEST_CELL), mathematics(body), "latex")
    if not found:
        start = text.find("\\begin{document}")
        stop = text.find("\\end{document}", max(start, 0))
        inner = text[start + len("\\begin{document}") : stop if stop > 0 else None] if start >= 0 else text
        yield Piece("", mathematics(inner), "latex")


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


def _notebook(text: str, is_question: Callable[[str], bool]) -> Iterator[Piece]:
    """Yield the cells that are tagged "answer:q1", or whose nbgrader id is a question's."""
    loaded = _load(text)
    cells = loaded.get("cells") if isinstance(loaded, dict) else None
    if not isinstance(cells, list):
        msg = "it is no notebook: it has no cells"
        raise UnreadableError(msg)
    count = 0
    for cell in cells:
        if not isinstance(cell, dict):
            continue
        name = _cell_question(cell.get("metadata"), is_question)
        if not name:
            continue
        source = cell.get("source", "")
        body = "".join(map(str, source)) if isinstance(source, list) else str(source)
        count += 1
        if cell.get("cell_type") == "code":
            lines = [line for line in body.splitlines() if not line.lstrip().startswith(("#", "%"))]
            yield Piece(name, tidy("\n".join(lines)), "text")
        else:
            yield Piece(name, mathematics(body) if _formulas(body) else tidy(body))
    if not count:
        msg = 'no cell is marked as an answer; a cell has the tag "answer:q1", or the nbgrader id q1'
        raise UnreadableError(msg)


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
