"""
A PDF: by Typst, which is a Python package, or by pdflatex where it is installed.

Neither reads a file of the reader's or asks the network, and both write the same bytes for the same input.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from symbackprop.document import Document, Heading, Lines, Note, Paragraph, Picture, Spans, Table
from symbackprop.errors import InputError, ProblemError
from symbackprop.notation import Speller
from symbackprop.render.latex import render_standalone
from symbackprop.render.latex_text import escape as escape_latex
from symbackprop.render.options import DEFAULT, Options
from symbackprop.render.typst import render
from symbackprop.render.typst_text import escape as escape_typst

ENGINES = ("typst", "latex")
SECONDS = 120
HOW = "a PDF is made by typst (pip install 'symbackprop[pdf]') or by pdflatex (with --engine latex)"


class NoEngineError(InputError):
    """Nothing that makes a PDF is installed."""


class FailedError(InputError):
    """A program could not make the PDF: `engine` names it."""

    def __init__(self, message: str, engine: str) -> None:
        super().__init__(message)
        self.engine = engine


def choose_engine(name: str | None) -> str:
    """
    Return which program makes the PDF: the one asked for, else Typst, else LaTeX.

    Raises ProblemError for an unknown name, NoEngineError where the program is not installed.
    """
    if name is not None and name not in ENGINES:
        msg = f"--engine: {name} is not accepted; {' or '.join(ENGINES)} is"
        raise ProblemError(msg)
    installed = {"typst": find_spec("typst") is not None, "latex": shutil.which("pdflatex") is not None}
    if name is not None and not installed[name]:
        missing = {"typst": "typst is not installed (pip install 'symbackprop[pdf]')", "latex": "pdflatex is not installed"}
        raise NoEngineError(missing[name])
    found = name or next((engine for engine in ENGINES if installed[engine]), None)
    if found is None:
        raise NoEngineError(HOW)
    return found


def to_pdf(document: Document, speller: Speller, options: Options = DEFAULT, engine: str | None = None) -> bytes:
    """Print a document as a PDF; raises what `choose_engine` raises, and FailedError where the program fails."""
    if choose_engine(engine) == "typst":
        return _by_typst(render(document, speller, options))
    return _by_latex(render_standalone(document, speller, options))


def without_letters(document: Document, engine: str) -> str:
    """Return the characters of a document that the fonts of its PDF have no letters for, each once: their numbers are printed."""
    escape = escape_typst if engine == "typst" else escape_latex
    seen = dict.fromkeys(char for text in _texts(document) for char in text if not char.isascii())
    return "".join(char for char in seen if _NUMBER.search(escape(char)))


def _texts(document: Document) -> Iterator[str]:
    """Yield the running text of a document."""
    for block in document.blocks:
        match block:
            case Heading(_, spans) | Paragraph(spans) | Note(_, spans) | Picture(_, spans):
                parts: tuple[Spans, ...] = (spans,)
            case Table(header, rows, _):
                parts = (*header, *(cell for row in rows for cell in row))
            case Lines(rows):
                parts = tuple(row.reason for row in rows)
        yield from (span for spans in parts for span in spans if isinstance(span, str))


_NUMBER = re.compile(r"\[U\\?\+")


def _by_typst(source: str) -> bytes:
    import typst  # noqa: PLC0415 - heavy, and only installed with the extra

    with tempfile.TemporaryDirectory() as root:
        try:
            made = _compiled(source.encode(), root)
        except typst.TypstError as error:
            msg = f"typst could not make the PDF: {error.message}"
            raise FailedError(msg, "typst") from None
    assert isinstance(made, bytes)
    return made


def _compiled(source: bytes, root: str) -> object:
    """Make a PDF that a screen reader can read (PDF/UA: words for formulas and pictures, headings), else one without that."""
    import typst  # noqa: PLC0415

    def compiler() -> typst.Compiler:  # takes bytes once
        return typst.Compiler(source, root=root, ignore_system_fonts=True)

    try:
        return compiler().compile(timestamp=0, pdf_standards="ua-1")
    except typst.TypstError as error:
        if "PDF/UA" not in error.message:
            raise
    return compiler().compile(timestamp=0)


def _by_latex(source: str) -> bytes:
    """Run pdflatex twice, for what it writes at the first run; it may run no program and read no file outside."""
    command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "document.tex"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1", "openin_any": "p", "openout_any": "p"}
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root)
        (folder / "document.tex").write_text(_without_traces(source), encoding="utf-8")
        for _ in range(2):
            try:
                run = subprocess.run(  # noqa: S603 - a fixed program, on our own file
                    command,
                    cwd=folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                msg = f"pdflatex did not finish within {SECONDS} seconds"
                raise FailedError(msg, "latex") from None
            except OSError as error:
                msg = f"pdflatex could not be run ({error.strerror or error})"
                raise FailedError(msg, "latex") from None
            if run.returncode or not (folder / "document.pdf").exists():
                raise FailedError(_complaint(run.stdout.decode(errors="replace")), "latex")
        return (folder / "document.pdf").read_bytes()


def _without_traces(source: str) -> str:
    """Keep the time and the folder out of the PDF, so that the same document gives the same bytes."""
    return r"\pdfinfoomitdate=1\pdftrailerid{}\pdfsuppressptexinfo=-1" + "\n" + source


def _complaint(log: str) -> str:
    first = next((line[2:].strip() for line in log.splitlines() if line.startswith("! ")), "no reason is given")
    return f"pdflatex could not make the PDF: {first}"
