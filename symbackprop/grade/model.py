"""What a class hands in, as data: answers, and what cannot be taken as one."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

FORMATS = ("auto", "latex", "text")
LONGEST_NAME = 120
LONGEST_CELL = 200
# Longer answers are cut here: the reader refuses them anyway, and says so.
LONGEST_ANSWER = 20_000


@dataclass(frozen=True, slots=True)
class Submission:
    """
    One answer as handed in.

    `question` is the cell as written; `format` is "auto", "latex" or "text"; `where` says where it stands, such as
    "class.csv:12" or "ana.tex".
    """

    student: str
    question: str
    answer: str
    format: str = "auto"
    where: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """
    Something a person should know of what was handed in, in one sentence.

    `kind` is "unreadable" (a file or row that was left out), "duplicate", "note"; `student` and `question` may be unknown.
    """

    kind: str
    message: str
    where: str = ""
    student: str = ""
    question: str = ""


def clean(text: str, longest: int = LONGEST_NAME) -> str:
    """Return a name in one line, without characters that cannot be seen, cut at so many characters."""
    composed = unicodedata.normalize("NFC", text[: 4 * longest])
    line = "".join(c if c.isprintable() else " " for c in composed if unicodedata.category(c) not in {"Cf", "Cs", "Co", "Cn"})
    return " ".join(line.split())[:longest].strip()


def tidy(answer: str) -> str:
    """
    Return an answer with line ends of one kind and no space around it: answers that agree then are one answer.

    Half a surrogate pair has no place in UTF-8, so that it becomes a question mark.
    """
    text = answer.replace("\r\n", "\n").replace("\r", "\n").strip()[:LONGEST_ANSWER]
    return text.encode("utf-8", "replace").decode("utf-8")
