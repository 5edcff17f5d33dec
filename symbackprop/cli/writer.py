"""Results to standard output or a file, in the format that was asked for."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from symbackprop.cli.messages import complain
from symbackprop.errors import InputError
from symbackprop.saving import cannot_be_written, save

if TYPE_CHECKING:
    from symbackprop.derivation import Derivation
    from symbackprop.document import Document
    from symbackprop.notation import Speller
    from symbackprop.render import Options

STANDARD_OUTPUT = Path("-")
MOST_TRIED = 100  # names of files
MOST_NAMED = 8  # letters that a PDF lacks
LAID_OUT = frozenset({"latex", "standalone", "typst", "pdf"})


class Writer:
    """Chooses the format from --format, the file's ending, or standard output, and writes."""

    def __init__(
        self,
        source: Derivation | Speller,
        format_name: str | None,
        output: Path | None,
        *,
        standalone: bool = False,
        two_column: bool = False,
        beamer: bool = False,
        engine: str | None = None,
        worksheet: bool = False,
        solution: bool = False,
        diagram: bool = True,
    ) -> None:
        from symbackprop.render import FORMATS, find_format

        if beamer and two_column:
            msg = "--beamer and --two-column exclude each other: slides have one column"
            raise InputError(msg)
        self.speller = source if not hasattr(source, "speller") else source.speller
        output = None if output == STANDARD_OUTPUT else output
        if output is not None and output.is_dir():
            msg = f"{output}: is a directory; give a file in it, such as {output / 'notes.tex'}"
            raise InputError(msg)
        if output is None and sys.stdout is None:
            msg = "standard output is closed; write to a file with -o"
            raise InputError(msg)
        self.output = output
        self.pictured: Derivation | None = None  # what a page shows a picture of, where its source is not that
        self.two_column, self.beamer = two_column, beamer
        if format_name is None and output is not None:
            from symbackprop.derivation import format_for

            format_name = format_for(output)
        if format_name is None and (standalone or two_column or beamer):
            format_name = "standalone"
        laid_out = {"--standalone": standalone, "--two-column": two_column, "--beamer": beamer}
        unfit = [option for option, given in laid_out.items() if given]
        if unfit and format_name not in LAID_OUT:
            msg = f"{' and '.join(unfit)}: {format_name} has no pages to lay out; LaTeX, Typst and PDF have, such as -o notes.tex"
            raise InputError(msg)
        self.json = format_name == "json"
        self.pdf, self.engine = format_name == "pdf", engine
        if self.pdf and output is None:
            msg = "a PDF is written to a file, such as -o notes.pdf"
            raise InputError(msg)
        if engine is not None and not self.pdf:
            msg = "--engine belongs to a PDF, such as -o notes.pdf"
            raise InputError(msg)
        if solution and not worksheet:
            msg = "--solution belongs to --worksheet"
            raise InputError(msg)
        if worksheet and self.json:
            msg = "--worksheet has no JSON form: JSON holds the results"
            raise InputError(msg)
        self.source, self.drawn = source, diagram
        self.blanks, self.solution = worksheet and not solution, solution
        name = format_name or "terminal"
        if standalone and name == "latex":
            name = "standalone"
        self.row = FORMATS["text"] if self.json else FORMATS["typst"] if self.pdf else find_format(name)

    def write(self, document: Document) -> None:
        """Render a document and write it."""
        from symbackprop.render.encodings import can_carry, transliterate

        if self.blanks:
            from symbackprop.narrate.worksheet import givens, worksheet

            teller = getattr(self.source, "teller", None)
            document = worksheet(document, givens(teller()) if teller else ())
        if self.solution:
            from symbackprop.narrate.worksheet import solved

            document = solved(document)
        options = self._options()
        if self.row.engine and not self.pdf:
            options = replace(options, diagram=self._diagram(self.row.engine))
        if self.pdf:
            self._write_pdf(document, options)
            return
        text = self.row.render(document, self.speller, options)
        if not can_carry(options.encoding):
            text = transliterate(text, options.encoding)
        self._put(text)

    def _diagram(self, engine: str) -> str:
        """Return a picture of what is derived, or nothing on a worksheet and where no page would hold it."""
        from symbackprop.derivation import Derivation

        source = self.pictured or self.source
        if not self.drawn or self.blanks or not isinstance(source, Derivation):
            return ""
        return source.drawing(engine)

    def _write_pdf(self, document: Document, options: Options) -> None:
        """Write a PDF; where nothing is installed that makes one, or it fails, write beside what it is made of, and say so."""
        from symbackprop.render.pdf import (
            FailedError,
            NoEngineError,
            choose_engine,
            compiled,
            source_of,
            without_letters,
        )

        assert self.output is not None
        try:
            engine = choose_engine(self.engine)
            source = source_of(document, self.speller, replace(options, diagram=self._diagram(engine)), engine)
            made = compiled(source, engine)
        except (NoEngineError, FailedError) as error:
            wanted = self.output
            engine = error.engine if isinstance(error, FailedError) else "latex"
            self._write_source(document, options, engine)
            ready = f", ready for {'pdflatex' if engine == 'latex' else engine}" if isinstance(error, NoEngineError) else ""
            msg = f"{wanted}: {error}; {self.output} is written instead{ready}"
            raise InputError(msg) from None
        save(self.output, made)
        if lacking := without_letters(source):
            first = " ".join(lacking[:MOST_NAMED]) + (" …" if len(lacking) > MOST_NAMED else "")
            number = f"[U+{ord(lacking[0]):04X}]"
            complain(f"{self.output}: the fonts of a PDF have no letter for {first}; numbers stand there, such as {number}")

    def _write_source(self, document: Document, options: Options, engine: str) -> None:
        """Write what an engine reads, beside the PDF that was asked for; no other file of the reader's is written over."""
        from symbackprop.render import FORMATS

        assert self.output is not None
        row = FORMATS["standalone" if engine == "latex" else engine]
        text = row.render(document, self.speller, replace(options, diagram=self._diagram(engine)))
        self.output = _free(self.output.with_suffix(row.suffixes[0]), text)
        self._put(text)

    def write_json(self, text: str) -> None:
        """Write an object; what the output cannot carry is escaped, as JSON has it."""
        from symbackprop.export import escaped

        self._put(escaped(text, self._encoding()))

    def write_code(self, text: str) -> None:
        """Write a program as it is."""
        self._put(text)

    def _encoding(self) -> str:
        return (sys.stdout.encoding or "ascii") if self.output is None else "utf-8"

    def _options(self) -> Options:
        from symbackprop.render import Options

        to_screen = self.output is None
        on_screen = self.row.name in {"terminal", "text"}
        colour = not on_screen or (
            to_screen and sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        )
        width = shutil.get_terminal_size((80, 24)).columns if to_screen and on_screen else None
        columns = 2 if self.two_column else 1
        return Options(width=width, columns=columns, beamer=self.beamer, color=colour, encoding=self._encoding())

    def _put(self, text: str) -> None:
        """Write a text as bytes that are the same on every system: the end of a line is one character."""
        if not text.endswith("\n"):
            text += "\n"
        if self.output is not None:
            save(self.output, text)
            return
        try:
            encoding = self._encoding()
            sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader (head, less) has what it wanted.
            silence_stdout()
            raise typer.Exit from None
        except OSError as error:
            silence_stdout()
            raise cannot_be_written(None, error) from None


def _free(path: Path, text: str) -> Path:
    """Return a path that no file with another text has: the one wanted, or one with a number."""
    for number in range(1, MOST_TRIED):
        tried = path.with_stem(f"{path.stem}-{number}") if number > 1 else path
        try:
            if tried.read_text(encoding="utf-8").rstrip() == text.rstrip():
                return tried
        except FileNotFoundError:
            return tried
        except (OSError, ValueError):
            continue
    return path


def silence_stdout() -> None:
    """Let the flush at exit go nowhere: what it would say is said already."""
    stream = sys.stdout
    if stream is sys.__stdout__ and stream is not None:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
