"""Laws of documents and PDFs by Typst: nothing sticks out, nothing is read, everybody can read it, the same bytes every time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from types import SimpleNamespace
from typing import Any

import pytest

from symbackprop.cli import run
from symbackprop.derivation import Derivation, derive
from symbackprop.document import Document, Heading, Lines, Note, Paragraph, Table
from symbackprop.narrate.worksheet import worksheet
from symbackprop.notation import Speller
from symbackprop.render import FORMATS, Options
from symbackprop.render.pdf import FailedError, to_pdf
from symbackprop.render.typst_picture import flat
from symbackprop.render.typst_text import escape
from symbackprop.typeset.typst_emitter import has_letter
from symbackprop.views import Asked, tell_view

needs_typst = pytest.mark.skipif(find_spec("typst") is None, reason="typst is not installed")
needs_poppler = pytest.mark.skipif(which("pdftotext") is None, reason="pdftotext is not installed")

POINT = (
    "x_1=0.05,x_2=0.1,y_1=0.01,w1_1_1=0.15,w1_1_2=0.2,w1_2_1=0.25,w1_2_2=0.3,b1_1=0.35,b1_2=0.35,w2_1_1=0.4,w2_1_2=0.45,b2_1=0.6"
)
LONG = f"y = {' + '.join(f'x{k}' for k in range(1, 31))}; f = y^2*x1"
LAYOUTS = {"one column": Options(), "two columns": Options(columns=2), "slides": Options(beamer=True)}


def told(problem: str, **asked: Any) -> tuple[Document, Speller, Derivation | None]:
    """Return a document of a problem, as units or, with a view, as layers or indices."""
    if view := asked.pop("view", ""):
        from symbackprop.cli.inputs import telling_of

        document, speller = tell_view(problem, telling_of(2, 4, exact=False), Asked(view))
        return document, speller, None
    made = derive(problem, **{key: value for key, value in asked.items() if key in {"at", "notation"}})
    wrt = asked.get("wrt")
    made = made.slice(wrt) if wrt else made
    document = made.document()
    return (worksheet(document) if asked.get("worksheet") else document), made.speller, made


PROBLEMS: dict[str, dict[str, Any]] = {
    "2-2-1": {"problem": "2-2-1"},
    "2-2-1 with numbers": {"problem": "2-2-1", "at": POINT},
    "one weight": {"problem": "2-2-1", "at": POINT, "wrt": "w1_1_1"},
    "one weight of many": {"problem": "3-3-3-2", "wrt": "w1_1_1"},
    "softmax": {"problem": "3-4-3:tanh/softmax,cross_entropy"},
    "kinks": {"problem": "2-3-1:relu/identity,mse", "notation": "nielsen"},
    "deep fractions": {"problem": "f = 1/(1 + 1/(1 + x/(y + 1/(z + x))))", "at": "x=1,y=2,z=3"},
    "long sums": {"problem": LONG, "wrt": "x1"},
    "worksheet": {"problem": "2-2-1", "at": POINT, "worksheet": True},
    "layers": {"problem": "2-2-1", "view": "layers"},
    "indices": {"problem": "2-3-2:tanh,mse", "view": "index"},
}


@cache
def source(name: str, layout: str) -> str:
    """Return what Typst reads for a problem."""
    document, speller, made = told(**PROBLEMS[name])
    drawn = made.drawing("typst") if made and not PROBLEMS[name].get("worksheet") else ""
    options = LAYOUTS[layout]
    return FORMATS["typst"].render(document, speller, Options(columns=options.columns, beamer=options.beamer, diagram=drawn))


@cache
def pdf(name: str, layout: str) -> bytes:
    """Return a problem as a PDF for everybody: Typst refuses it where a formula or picture has no words."""
    import typst

    made = typst.compile(source(name, layout).encode(), ignore_system_fonts=True, timestamp=0, pdf_standards="ua-1")
    assert isinstance(made, bytes)
    return made


def pages(made: bytes) -> int:
    """Count the pages of a PDF by Typst."""
    return len(re.findall(rb"/Type */Page\b", made))


# Which problems are laid out how: all in one column, some in the others.
NARROW = ("2-2-1 with numbers", "one weight", "softmax", "deep fractions", "indices")
WHICH = {"one column": tuple(PROBLEMS), "two columns": NARROW, "slides": NARROW[:-1]}


@needs_typst
@pytest.mark.parametrize("name", PROBLEMS)
def test_everybody_can_read_a_pdf(name: str) -> None:
    """It is a PDF/UA with a language, words for formulas and for the picture, an outline, and no date."""
    made = pdf(name, "one column")
    alternatives = made.count(b"/Alt")

    assert b"pdfuaid:part>1<" in made
    assert b"/Lang(en)" in made
    assert b"/Outlines" in made
    assert alternatives > 5
    assert not re.search(rb"CreationDate|ModDate|CreateDate", made)


@needs_typst
@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_line_is_too_wide(layout: str) -> None:
    """The document marks the lines that it had to make smaller: there are none."""
    import typst

    for name in WHICH[layout]:
        assert json.loads(typst.query(source(name, layout).encode(), "<shrunk>", ignore_system_fonts=True)) == [], name


@needs_typst
@needs_poppler
@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_word_is_in_the_margin(layout: str, tmp_path: Path) -> None:
    """No word begins or ends in a margin, and none runs over the foot of a page."""
    margin = 40.0 if layout == "slides" else 55.0
    for name in WHICH[layout]:
        path = tmp_path / "a.pdf"
        path.write_bytes(pdf(name, layout))
        said = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True).stdout
        found = 0
        for page in said.split("<page ")[1:]:
            width, height = map(float, re.findall(r'(?:width|height)="([\d.]+)"', page)[:2])
            for box in re.findall(r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"', page):
                left, top, right, bottom = map(float, box)
                found += 1

                assert margin <= left, name
                assert right <= width - margin + 2, name
                assert top > 0, name
                assert bottom < height - 15, name
        assert found > 20, name


@needs_typst
def test_how_many_pages() -> None:
    """Equations stand side by side where they fit: a network of two layers takes two pages, with numbers three."""
    expected = {"2-2-1": 2, "2-2-1 with numbers": 3, "one weight": 2, "layers": 1, "worksheet": 3}

    assert {name: pages(pdf(name, "one column")) for name in expected} == expected


@needs_typst
def test_slides_show_one_step_after_another() -> None:
    """There are more pages than slides, for lines come one by one; a slide has its section's name, the picture stands first."""
    import typst

    text = source("one weight", "slides")
    heads = json.loads(typst.query(text.encode(), "heading.where(level: 2)", ignore_system_fonts=True))
    outlined = [head for head in heads if head["outlined"]]
    sections = sum(isinstance(block, Heading) and block.level == 2 for block in told(**PROBLEMS["one weight"])[0].blocks)

    assert len(outlined) == sections
    assert len(heads) > len(outlined)
    assert pages(pdf("one weight", "slides")) == len(heads) + 1
    assert text.index("image: image.with(") < text.index("(rows: (")


@needs_typst
def test_references_lead_to_equations() -> None:
    """Every number that a step cites is a link, and what it leads to is there."""
    text = source("2-2-1 with numbers", "one column")
    cited = set(re.findall(r"#see\((\d+)\)", text))

    assert len(cited) > 3
    assert cited <= set(re.findall(r"number: (\d+)", text))
    assert pdf("2-2-1 with numbers", "one column").count(b"/Link") >= len(cited)


@needs_typst
def test_only_fonts_that_typst_carries() -> None:
    """The fonts of a PDF are those of the wheel, so that a page looks the same everywhere."""
    import typst

    carried = set(typst.Fonts(include_system_fonts=False, include_embedded_fonts=True).families())
    for layout in LAYOUTS:
        asked = set(re.findall(r'font: "([^"]+)"', source("2-2-1", layout)))
        assert asked, layout
        assert asked <= carried


HOSTILE = (
    "<script>alert(1)</script>", '#read("/etc/passwd") #import "x.typ"', r"\input{/etc/passwd}", "$x^2$ 100% *bold* _it_ `raw`",
    "''' \"--- -- ... ```\" ~ @ref <label> // c /* d */", "x" * 10_000, "word " * 200, "a\u202eb\u2066c\u200fd", "= heading",
    "- item", "1. one",
    "🎉 中文 שלום", "Кириллица ελληνικά é e\u0301", "a\x00b\x07c\nd\te", "σ′(x σ′[x σ′.f √ √(x ½² ∂²f₂ ŷ′ ᵀ",
    "", "  ",
    "] #panic() [", "\\", "#", "$", ")", "}", "/* ", "//", "#let m = 1", "https://example.org/?a=b&c=d#e",
)  # fmt: skip


def hostile(text: str) -> Document:
    """Return a document with a text in all places."""
    table = Table(((text[:50],), ("b",)), (((text[:50],), (text[:50],)),))
    found = next(block for block in told("x^2")[0].blocks if isinstance(block, Lines))
    blocks = (Heading(1, (text,)), Paragraph((text,)), Note("warning", (text,)), Heading(2, (text[:300],)), table, found)
    return Document(text, blocks)


@needs_typst
@pytest.mark.parametrize("layout", LAYOUTS)
def test_hostile_texts(layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each becomes a PDF, in which nothing is run or read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.typ").write_text("#panic()", encoding="utf-8")
    for text in HOSTILE:
        assert to_pdf(hostile(text), Speller(network=False), LAYOUTS[layout], "typst").startswith(b"%PDF-"), text[:40]


@needs_typst
@needs_poppler
def test_titles_are_printed_as_typed(tmp_path: Path) -> None:
    """Quotes, dashes and points of a title are not made into others, and letters that fonts lack are numbers."""
    path = tmp_path / "a.pdf"
    for text in ("'single' `tick` --- -- ... ``x''", "a_b *c* #d $e$ 50%", "Кириллица 1.5.", "f(x [y {z", "don't"):
        path.write_bytes(to_pdf(hostile(text), Speller(network=False), Options(), "typst"))
        said = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
        shown = said.split("\n")[0].replace("’", "'").replace("\u200b", "")

        assert shown == text
    assert escape("中") == r"\[U\+4E2D\]"
    assert has_letter("é")
    assert not has_letter("中")


@needs_typst
def test_letters_that_fonts_lack_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The PDF is written, and a sentence names the first of them."""
    problem = tmp_path / "a.toml"
    problem.write_text('title = "中文"\n[definitions]\nf = "x^2"\n', encoding="utf-8")

    assert run(["derive", str(problem), "-o", str(tmp_path / "a.pdf")]) == 0
    assert "no letter for 中 文; numbers stand there, such as [U+4E2D]" in capsys.readouterr().err


@needs_typst
def test_names_that_fonts_lack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name in letters that the fonts lack is a number in formulas, and a question mark in the picture."""
    problem = tmp_path / "a.toml"
    layers = '[{units = 1, activation = "sigmoid"}]'
    problem.write_text(f'[network]\ninputs = 1\nlayers = {layers}\n[names]\nw1_1_1 = "重"\n', encoding="utf-8")

    assert run(["derive", str(problem), "-o", str(tmp_path / "a.pdf")]) == 0
    assert "no letter for 重" in capsys.readouterr().err
    made = derive(problem)
    assert "[U+91CD]" in FORMATS["typst"].render(made.document(), made.speller, Options())
    assert "重" in made.drawing("typst")
    assert all(has_letter(char) or char.isspace() for char in flat(made.drawing("typst")))


# --- where no PDF can be made ----------------------------------------------------------------------------------------


def _without_anything(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    monkeypatch.setattr("symbackprop.render.pdf.find_spec", lambda _: None)
    monkeypatch.setattr("symbackprop.render.pdf.shutil.which", lambda _: None)


def _without_latex(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    monkeypatch.setattr("symbackprop.render.pdf.shutil.which", lambda _: None)


def _latex_fails(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    program = folder / "bin" / "pdflatex"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho '! it is broken.'\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))


def _latex_writes_nothing(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    _latex_fails(monkeypatch, folder)
    (folder / "bin" / "pdflatex").write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")


def _latex_is_no_program(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    _latex_fails(monkeypatch, folder)
    (folder / "bin" / "pdflatex").write_bytes(b"\x00\x01\x02")


def _typst_fails(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    def fail(*_: object) -> bytes:
        msg = "typst could not make the PDF: it is broken"
        raise FailedError(msg, "typst")

    monkeypatch.setattr("symbackprop.render.pdf._by_typst", fail)
    monkeypatch.setattr("symbackprop.render.pdf.find_spec", lambda _: True)


def _typst_is_old(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        msg = "an unexpected keyword argument"
        raise TypeError(msg)

    old = SimpleNamespace(Compiler=lambda *_, **__: SimpleNamespace(compile=refuse), TypstError=RuntimeError)
    monkeypatch.setitem(sys.modules, "typst", old)
    monkeypatch.setattr("symbackprop.render.pdf.find_spec", lambda _: True)


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands for a program")
@pytest.mark.parametrize(
    ("arrange", "engine", "said", "written"),
    [
        (_without_anything, (), "a PDF is made by typst (pip install 'symbackprop[pdf]')", "a.tex"),
        (_without_anything, ("--engine", "typst"), "typst is not installed (pip install 'symbackprop[pdf]')", "a.tex"),
        (_without_latex, ("--engine", "latex"), "pdflatex is not installed", "a.tex"),
        (_latex_fails, ("--engine", "latex"), "pdflatex could not make the PDF: it is broken.", "a.tex"),
        (_latex_writes_nothing, ("--engine", "latex"), "pdflatex could not make the PDF", "a.tex"),
        (_latex_is_no_program, ("--engine", "latex"), "pdflatex could not be run", "a.tex"),
        (_typst_is_old, ("--engine", "typst"), "typst is too old, at least 0.15 is needed", "a.typ"),
        (_typst_fails, ("--engine", "typst"), "typst could not make the PDF: it is broken", "a.typ"),
    ],
)
@pytest.mark.parametrize("taken", [False, True])
def test_where_no_pdf_can_be_made(  # noqa: PLR0913, PLR0917 - a row of the table, and fixtures
    arrange: Any,
    engine: tuple[str, ...],
    said: str,
    written: str,
    taken: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A sentence says why, what it would be made of is written beside, no file of the reader's is written over, exit code 2."""
    arrange(monkeypatch, tmp_path)
    expected = tmp_path / written
    if taken:
        expected.write_text("mine", encoding="utf-8")
    for _ in range(2):  # the second time into the same file
        assert run(["derive", "x^2", "-o", str(tmp_path / "a.pdf"), *engine]) == 2
        error = " ".join(capsys.readouterr().err.split())
        assert said in error
    new = expected.with_stem("a-2") if taken else expected

    assert f"{new} is written instead" in error
    assert "Traceback" not in error
    assert ("\\documentclass" if written.endswith("tex") else "#set document") in new.read_text(encoding="utf-8")
    assert not taken or expected.read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == sorted({written, new.name})
