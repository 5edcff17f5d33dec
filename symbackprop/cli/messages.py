"""What goes to standard error: complaints in a line, and the exit code of an interrupt."""

from __future__ import annotations

import re
import sys
from typing import Any

INTERRUPTED = 130
_PLACE = re.compile(r"(?:[A-Za-z]:\\)?[^:]+:\d+: ")


def complain(message: str) -> None:
    """Write to standard error, free of control characters; each line begins with its place (file:line) or the program's name."""
    text = "".join(char if char.isprintable() or char == "\n" else "?" for char in message)
    _write_to_stderr("\n".join(line if _PLACE.match(line) else f"symbackprop: {line}" for line in text.split("\n")))


def complain_of_usage(error: Any) -> None:
    """Say in a line what is wrong with the words of a command (the command line library's errors have no common home)."""
    if "NoArgs" in type(error).__name__:
        _write_to_stderr(error.format_message())
        return
    context = getattr(error, "ctx", None)
    message = " ".join(error.format_message().split()).rstrip(".").replace(". Did you mean", "; did you mean")
    command = getattr(context, "command_path", "symbackprop")
    problem = getattr(context, "params", {}).get("problem")
    extra = re.search(r"unexpected extra argument\S* \((.*)\)$", message)
    if extra and problem and re.search(r"[=*+/^;()]", f"{problem}{extra[1]}"):
        complain(f'a problem with spaces in it needs quotes around it: {command} "{problem} {extra[1]}"')
        return
    complain(f"{message[:1].lower()}{message[1:]}; see {command} --help")


def _write_to_stderr(text: str) -> None:
    if sys.stderr is None:
        return
    encoding = sys.stderr.encoding or "ascii"
    sys.stderr.write(f"{text}\n".encode(encoding, "replace").decode(encoding))
