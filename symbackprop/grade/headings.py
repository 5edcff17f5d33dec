r"""
Which lines of a file begin the answer to a question, and which of its last lines are a greeting and no answer.

People write "q1:", "## q1", "**q1**", "1)", "\section*{q1}" or "q2 = …"; what looks like a part of an answer is not taken
for a heading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

LONGEST_LINE = 2000  # of a line that is looked at for a heading or a greeting
MOST_SIGNED = 8  # lines from a greeting on
MOST_PROSE = 40

_COLON = re.compile(
    r"[ \t]*(?:[-*#>]+[ \t]*)?(?:question[ \t]+)?(?P<name>[^\s:=][^:=\n]{0,80}?)[ \t]*:(?!=)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_MARKED = re.compile(r"(?P<mark>\*\*|__|`)(?P<name>[^*`]{1,80}?)(?P=mark)(?P<rest>.*)", re.DOTALL)
_LATEX = re.compile(
    r"(?:\\noindent\s*)?\\(?:(?P<head>(?:sub)*section|(?:sub)?paragraph|chapter)|textbf|textit|textsc|emph|underline|fbox)\*?\s*"
    r"\{(?P<name>[^{}]{1,200})\}(?:\\\\)?(?P<rest>.*)",
    re.DOTALL,
)
_ITEM = re.compile(r"\\item\s*\[(?P<name>[^\[\]]{1,200})\](?P<rest>.*)", re.DOTALL)
_COMMENT = re.compile(r"%+\s*(?:answer\s*:)?(?P<name>.{1,80})", re.IGNORECASE)
_ENDS = (
    re.compile(r"\(?(?P<name>[^()=:]{1,60}?)\)(?P<rest>.*)", re.DOTALL),
    re.compile(r"(?P<name>[^()=:.]{1,60})\.(?P<rest>\s.*|)$", re.DOTALL),
    re.compile(r"(?P<name>[^()=:]{1,60})$"),
)
_EQUAL = re.compile(r"(?P<name>[^()=:\s]{2,60})\s*=(?!=)(?P<rest>.*)", re.DOTALL)


@dataclass(frozen=True)
class Names:
    """
    Which names are questions.

    `is_question` is told a name where a colon follows, `is_id` one that nothing else marks as a heading; `named` says that
    the problem has questions of its own, of which `ids` are all, in order; `is_quantity` tells the words of formulas.
    """

    is_question: Callable[[str], bool]
    named: bool
    is_id: Callable[[str], bool] = lambda _: False
    ids: Sequence[str] = ()
    is_quantity: Callable[[str], bool] = lambda _: False


def blocks(text: str, names: Names) -> tuple[str, list[tuple[str, str]]]:
    """
    Return what stands before the first heading, and (question, text) of every block under one.

    Bare numbers are headings only where nothing else is, and there are several questions: an answer may have numbered steps.
    """
    lines = text.splitlines()
    for numbers in (False, True):
        before: list[str] = []
        found: list[tuple[str, list[str]]] = []
        for line in lines:
            heading = _heading(line, names, numbers=numbers)
            if heading is not None:
                found.append((heading[0], [heading[1]]))
            elif found:
                found[-1][1].append(line)
            else:
                before.append(line)
        if found or not names.named or len(names.ids) < 2:
            break
    return "\n".join(before), [(name, "\n".join(block)) for name, block in found]


def _heading(line: str, names: Names, *, numbers: bool) -> tuple[str, str] | None:
    """Return the question that a line begins, and what stands behind it on the line."""
    if match := _COLON.fullmatch(line):
        name = match["name"].strip(" *`\"'")
        if names.is_question(name) or (not names.named and _like_a_target(name)):
            large = line.lstrip().startswith("#") and is_prose(match["rest"], names.is_quantity)
            return name, "" if large else match["rest"].removeprefix("**")
    if not names.named or len(line) > LONGEST_LINE:
        return None
    for large, name, rest in _candidates(line.strip()):
        plain = name.strip(" \t.:*`~()")
        known = names.is_question(plain) if numbers and plain.isdigit() else names.is_id(plain)
        if not known and large:
            # A heading may have a title behind the id: q1 The error.
            words = plain.split(" ")
            starts = (plain.partition(":")[0], *(" ".join(words[:count]).rstrip(":.)") for count in (1, 2)))
            plain = next((start.strip() for start in starts if names.is_id(start.strip())), "")
            known = bool(plain)
        if known:
            said = re.sub(r"^\s*[:.)]?\s*", "", rest)
            return plain, "" if large and is_prose(said, names.is_quantity) else said
    return None


def _candidates(line: str) -> Iterator[tuple[bool, str, str]]:
    """Yield (is it set as a heading, name, rest) of all that a line might be."""
    for pattern in (_LATEX, _ITEM, _COMMENT):
        if match := pattern.fullmatch(line):
            parts = match.groupdict()
            yield bool(parts.get("head")), parts["name"], parts.get("rest") or ""
            return
    bare = line.lstrip("#>").strip()
    large = line.startswith("#")
    bare = re.sub(r"^[-*+]\s+", "", bare)
    if match := _MARKED.match(bare):
        yield False, match["name"], match["rest"]
        return
    for pattern in _ENDS:
        if match := pattern.match(bare):
            name = match["name"].strip()
            # A number alone may be an answer.
            if large or not (name.isdigit() and pattern is _ENDS[-1]):
                yield large, name, match.groupdict().get("rest") or ""
    match = _EQUAL.match(bare)
    if match and re.search(r"\d", match["name"]) and not match["name"].isdigit():
        yield False, match["name"], match["rest"]


def _like_a_target(name: str) -> bool:
    return bool(re.match(r"(?:[dD∂]\s*\w|\\frac|delta|δ|grad|∇)", name)) or bool(re.fullmatch(r"[^\W\d_]+[\w\[\],{}^₀-₉]*", name))


# --- greetings -----------------------------------------------------------------------------------------------

_PROSE = re.compile(r"[\sA-Za-zÀ-ɏ,.;:!?&'’\"“”–—-]+")
_SIGN = re.compile(r"(?:^|\s)[-–—](?=\s*\w)|\w\s+[-–—]\s+\w|[A-Za-z]'(?![A-Za-z])")
_WORD = re.compile(r"[A-Za-zÀ-ɏ]{3,}")
_FORMULA_WORDS = {
    "alpha", "beta", "gamma", "delta", "epsilon", "eta", "theta", "lambda", "sigma", "partial", "nabla", "dot", "times", "outer",
    "sum", "prod", "max", "min", "exp", "log", "sin", "cos", "tan", "tanh", "sqrt", "abs", "sign", "step", "relu", "sigmoid",
    "softmax", "softplus", "diag", "transpose", "inv", "matmul", "cdot", "odot", "over", "grad",
}  # fmt: skip
_GREETING = re.compile(
    r"(?:best|kind|warm|many|thank(?:s| you)|regards|cheers|sincerely|yours|greetings|sent from|hope|viele|mit freundlichen)\b"
    r"[^=^_*/\\$|]*|--",
    re.IGNORECASE,
)


def is_prose(line: str, is_quantity: Callable[[str], bool]) -> bool:
    """
    Whether a line has words, and no sign of a formula.

    >>> is_prose("Best wishes, K", lambda word: False), is_prose("delta1 x", lambda word: False)
    (True, False)
    """
    if len(line) > LONGEST_LINE or not _PROSE.fullmatch(line) or _SIGN.search(line):
        return False
    return any(word.lower() not in _FORMULA_WORDS and not is_quantity(word) for word in _WORD.findall(line))


def without_greeting(text: str, is_quantity: Callable[[str], bool]) -> tuple[str, str]:
    r"""
    Return an answer without the plain prose after it, and that prose in one line; an answer of words only stays as it is.

    >>> without_greeting("delta1 x^T\n\nBest wishes,\nK", lambda word: False)
    ('delta1 x^T', 'Best wishes, K')
    """
    lines = text.rstrip().split("\n")
    first = len(lines)
    lowest = next((number for number, line in enumerate(lines, 1) if line.strip()), first)
    for number in range(len(lines) - 1, max(lowest, len(lines) - MOST_PROSE) - 1, -1):
        line = lines[number].strip()
        if not line or len(line) > LONGEST_LINE:
            continue
        if is_prose(line, is_quantity):
            first = number
        elif not (_PROSE.fullmatch(line) and not _SIGN.search(line)) and len(line) > 1:
            break
    signed = range(max(lowest, len(lines) - MOST_SIGNED), first)
    first = next((number for number in signed if _GREETING.fullmatch(lines[number].strip())), first)
    if first >= len(lines):
        return text, ""
    return "\n".join(lines[:first]).rstrip(), " ".join(" ".join(lines[first:]).split())
