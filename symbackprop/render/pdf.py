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
from importlib.util import find_spec
from pathlib import Path

from symbackprop.document import Document
from symbackprop.errors import InputError, ProblemError
from symbackprop.notation import Speller
from symbackprop.render.latex import render_standalone
from symbackprop.render.options import DEFAULT, Options
from symbackprop.render.typst import render

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
    chosen = choose_engine(engine)
    return compiled(source_of(document, speller, options, chosen), chosen)


def source_of(document: Document, speller: Speller, options: Options, engine: str) -> str:
    """Return what an engine reads."""
    return (render if engine == "typst" else render_standalone)(document, speller, options)


def compiled(source: str, engine: str) -> bytes:
    """Return the PDF that an engine makes of a source; raises FailedError where it fails."""
    return (_by_typst if engine == "typst" else _by_latex)(source)


def without_letters(source: str) -> str:
    r"""
    Return the characters that the fonts of a PDF have no letters for, each once: their numbers stand in the source.

    >>> without_letters(r"\texttt{[U+4E2D]} \[U\+4E2D\]")
    '中'
    """
    return "".join(dict.fromkeys(chr(int(number, 16)) for number in _NUMBER.findall(source)))


_NUMBER = re.compile(r"\[U\\?\+([0-9A-F]{4,5})\\?\]")


def _by_typst(source: str) -> bytes:
    import typst  # heavy, and only installed with the extra

    with tempfile.TemporaryDirectory() as root:
        try:
            made = _compiled(source.encode(), root)
        except typst.TypstError as error:
            msg = f"typst could not make the PDF: {error.message}"
            raise FailedError(msg, "typst") from None
        except TypeError:
            msg = "typst is too old, at least 0.15 is needed (pip install --upgrade typst)"
            raise FailedError(msg, "typst") from None
    assert isinstance(made, bytes)
    return made


def _compiled(source: bytes, root: str) -> object:
    """Make a PDF that a screen reader can read (PDF/UA: words for formulas and pictures, headings), else one without that."""
    import typst

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
