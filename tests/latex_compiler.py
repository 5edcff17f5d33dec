"""Compile LaTeX as an author would, and read in the log what an author would not like to see."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent / "latex"
SECONDS = 300
LATEXMK = ("latexmk", "-pdf", "-interaction=nonstopmode", "-halt-on-error", "-file-line-error", "-no-shell-escape")
# Lines of a log that are faults, and where the number of the source line stands in them.
FAULTS = (
    re.compile(r"^(?:\./)?[\w.-]+\.tex:(?P<line>\d+): .*"),
    re.compile(r"^! .*"),
    re.compile(r"^Overfull \\[hv]box .*?(?:lines? (?P<line>\d+)(?:--\d+)?.*)?$"),
    re.compile(r"^Missing character: .*"),
    re.compile(r"^LaTeX Warning: (?:Reference|Citation|Label) .*?(?:on input line (?P<line>\d+)\.)?$"),
)
REPEATED = "Fatal error occurred"  # what stopped it is already said


@dataclass(frozen=True)
class Fault:
    """One complaint of LaTeX, with the line of the source it points at (0 where it names none)."""

    message: str
    line: int


def faults(log: str) -> list[Fault]:
    """Return the errors, overfull boxes, missing characters and unresolved references in a log."""
    found = []
    for text in log.splitlines():
        match = next((hit for pattern in FAULTS if (hit := pattern.match(text))), None)
        if match and REPEATED not in text:
            found.append(Fault(text, int(match.groupdict().get("line") or 0)))
    return found


def available() -> bool:
    """Tell whether LaTeX is installed."""
    return bool(shutil.which("latexmk") and shutil.which("pdflatex"))


def fill(template: str, preamble: str, fragment: str) -> str:
    """Put a fragment into one of the pages of the folder `latex`."""
    page = (TEMPLATES / f"{template}.tex").read_text(encoding="utf-8")
    return page.replace("PREAMBLE", preamble).replace("FRAGMENT", fragment)


def compile_latex(source: str, folder: Path, name: str = "document") -> list[str]:
    """Compile a whole document in a folder; return the faults, each with its file, line and source, and none for a clean page."""
    path = folder / f"{name}.tex"
    path.write_text(source, encoding="utf-8")
    run = subprocess.run(
        [*LATEXMK, path.name],
        cwd=folder,
        env=os.environ | {"max_print_line": "1000", "SOURCE_DATE_EPOCH": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
        check=False,
    )
    log = path.with_suffix(".log")
    lines = source.splitlines()
    found = [
        f"{path.name}:{fault.line}: {fault.message}\n    {lines[fault.line - 1].strip() if 0 < fault.line <= len(lines) else ''}"
        for fault in faults(log.read_text(encoding="utf-8", errors="replace") if log.exists() else "")
    ]
    if run.returncode and not found:
        found = [run.stdout.decode(errors="replace")[-2000:]]
    if not found and not path.with_suffix(".pdf").exists():
        found = [f"{path.name}: LaTeX made no page"]
    return found
