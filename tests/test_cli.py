"""The command line: help, exit codes, standard input, files, hostile texts, and every combination of options."""

from __future__ import annotations

import io
import itertools
import json
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import latex_compiler
import pytest
import typer.main

from symbackprop import __version__
from symbackprop.cli import app, run
from symbackprop.notation import NOTATIONS
from symbackprop.render import FORMATS
from symbackprop.render.marked import width_of

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "worked_examples"
COMMANDS: dict[str, Any] = typer.main.get_command(app).commands
ALL_FORMATS = (*FORMATS, "json")

Capture = pytest.CaptureFixture[str]


def told(arguments: list[str], capsys: Capture) -> str:
    """Run a command line that must succeed without a word on standard error; return what it prints."""
    code = run(arguments)
    out, err = capsys.readouterr()
    assert (code, err) == (0, ""), arguments
    return out


def refused(arguments: list[str], capsys: Capture, *, code: int = 2) -> str:
    """Run a command line that must fail; return what it says, which is one line and no traceback."""
    found = run(arguments)
    out, err = capsys.readouterr()
    assert (found, out) == (code, ""), (arguments, err)
    assert err.endswith("\n")
    return err.removesuffix("\n").removeprefix("symbackprop: ")


# --- help and version --------------------------------------------------------------------------------------------


def test_there_are_commands() -> None:
    """The commands of the design that this version has."""
    assert {"derive", "evaluate", "train", "list"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_mentions_every_option(command: str, capsys: Capture) -> None:
    """Each option stands in the help of its command, with a sentence; the page is ASCII, so that any terminal can show it."""
    page = told([command, "--help"], capsys)
    parameters = COMMANDS[command].params
    assert len(parameters) > 2
    for parameter in parameters:
        for option in parameter.opts:
            assert option in page or option.upper() in page, option
        if parameter.name != "help":
            assert parameter.help, parameter.name
    assert page.isascii()
    assert max(map(len, page.splitlines())) <= 80


def test_the_general_help_lists_the_commands(capsys: Capture) -> None:
    """The first page names every command and a command to start with."""
    page = told(["--help"], capsys)
    assert all(f"\n  {command} " in page for command in COMMANDS)
    assert "symbackprop derive 2-2-1" in page
    assert page.isascii()


def test_the_version(capsys: Capture) -> None:
    """The version is one line, also before a command."""
    assert told(["--version"], capsys) == f"symbackprop {__version__}\n"
    assert told(["--version", "derive", "2-2-1"], capsys) == f"symbackprop {__version__}\n"


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["derive", "x^2", "--at", "x=3"], ["derive", "x^2", "--foo"]])
def test_the_module_is_the_console_script(arguments: list[str]) -> None:
    """`python -m symbackprop` and the script of pyproject.toml print and return the same."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, function = project["scripts"]["symbackprop"].split(":")
    script = f"import sys; from {module} import {function}; sys.argv[0] = 'symbackprop'; sys.exit({function}())"
    first, second = (
        subprocess.run([sys.executable, *call, *arguments], cwd=ROOT, capture_output=True, check=False)
        for call in (["-m", "symbackprop"], ["-c", script])
    )
    assert (first.returncode, first.stdout, first.stderr) == (second.returncode, second.stdout, second.stderr)


# --- exit codes --------------------------------------------------------------------------------------------------

TOO_LARGE = {
    "expanding a deep network": (["derive", "4-6-6-5-3", "--expand"], "L written out has 6,269 operations; at most 5,000 are"),
    "expanding it in JSON": (["derive", "10-10-10-10", "--expand", "--format", "json"], "written out has"),
    "expanding a wide network": (
        ["derive", "150-90:identity", "--expand", "--detail", "0"],
        "operations together; at most 100,000",
    ),
    "difference quotients": (["derive", "4-6-6-5-3", "--from-definition"], "difference quotients by 125 names write L out in"),
    "connections": (["derive", "1000-1000"], "the network has 1000000 connections"),
}


@pytest.mark.parametrize("case", TOO_LARGE)
def test_what_is_too_large_stops_with_3(case: str, capsys: Capture) -> None:
    """An answer that would not fit is refused at once, with its size and what would be accepted."""
    arguments, message = TOO_LARGE[case]
    start = time.process_time()
    assert message in refused(arguments, capsys, code=3)
    assert time.process_time() - start < 5


WRONG = {
    "no problem": (["derive"], r"missing (parameter|argument)"),
    "an unknown command": (["dervie", "2-2-1"], "no such command 'dervie'"),
    "an unknown option": (["derive", "2-2-1", "--detial", "1"], "no such option: --detial"),
    "an unknown name": (["derive", "2-2-1", "--wrt", "w1_1_9"], 'unknown name "w1_1_9"; did you mean "w1_1_'),
    "an unknown format": (["derive", "2-2-1", "--format", "latx"], 'unknown format "latx"; did you mean "latex"'),
    "an unknown notation": (["list", "--notation", "nielson"], 'unknown notation "nielson"; did you mean "nielsen"'),
    "no number": (
        ["train", "2-2-1"],
        "training needs a number for x_1, x_2, w1_1_1, .*; give them in a problem file or with --at",
    ),
    "a point outside the domain": (["derive", "ln(x)", "--at", "x=0"], "f has no value at the point: .*where x = 0"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_stops_with_2(case: str, capsys: Capture) -> None:
    """Faults of the input or the usage are said in a line on standard error; nothing is printed."""
    arguments, message = WRONG[case]
    assert re.search(message, refused(arguments, capsys), re.IGNORECASE)


def test_a_message_carries_no_control_characters(capsys: Capture) -> None:
    """What is repeated from the command line cannot drive the terminal."""
    for arguments in (["derive", "x\x1b[31m"], ["derive", "\x1b[31m.toml"], ["derive", "x", "--notation", "\x1b]0;title\x07"],
                      ["derive", "x", "--at", "\u202eq=1"], ["derive", "x", "-o", "\x9b31m.tex\x00"]):  # fmt: skip
        message = refused(arguments, capsys)
        assert all(char.isprintable() or char == "\n" for char in message)


# --- standard input ----------------------------------------------------------------------------------------------

STDIN = {
    "TOML of definitions": '[definitions]\nf = "x^2*y"\n[point]\nx = 3\ny = "1/2"\n',
    "JSON of definitions": '{"definitions": {"f": "x^2*y"}, "point": {"x": 3, "y": 0.5}}',
    "JSON with a mark and spaces": '\ufeff \n {"definitions": {"f": "x^2*y"}, "point": {"x": 3, "y": 0.5}}',
    "TOML of Windows": '[definitions]\r\nf = "x^2*y"\r\n[point]\r\nx = 3\r\ny = 0.5\r\n',
}


def feed(text: str | bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a text on standard input."""
    data = text if isinstance(text, bytes) else text.encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="ascii"))


@pytest.mark.parametrize("kind", STDIN)
def test_problems_come_from_standard_input(kind: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """A dash reads TOML or JSON, whatever the encoding of the terminal."""
    feed(STDIN[kind], monkeypatch)
    data = json.loads(told(["evaluate", "-", "--format", "json"], capsys))
    assert data["gradients"]["x"]["value"] == 3
    assert data["gradients"]["y"]["value"] == 9


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "standard input: the file is empty"),
        ("[definitions\n", "standard input:1: "),
        ('{"definitions": ', "standard input:1: "),
        (b"\xff\xfe[definitions]", "standard input:1: the file is not UTF-8 text"),
    ],
)
def test_wrong_standard_input(text: str | bytes, message: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """What is no problem is said with its line."""
    feed(text, monkeypatch)
    assert re.search(message, refused(["derive", "-"], capsys))


# --- files -------------------------------------------------------------------------------------------------------

ENDINGS = {
    ".tex": r"\documentclass", ".TEX": r"\documentclass", ".md": "# Derivatives", ".txt": "Derivatives", ".json": "{\n",
    ".JSON": "{\n",
}  # fmt: skip


@pytest.mark.parametrize(("ending", "begins"), ENDINGS.items())
def test_the_ending_of_a_file_chooses_the_format(ending: str, begins: str, tmp_path: Path, capsys: Capture) -> None:
    """With -o nothing is printed, and the file holds the format of its ending."""
    target = tmp_path / f"notes{ending}"
    assert not told(["derive", "x^2", "-o", str(target)], capsys)
    assert target.read_text(encoding="utf-8").startswith(begins)


def test_a_format_goes_before_the_ending(tmp_path: Path, capsys: Capture) -> None:
    """--format is followed also where the ending says something else; a file is written anew."""
    target = tmp_path / "notes.md"
    target.write_text("old and long " * 1000, encoding="utf-8")
    told(["derive", "x^2", "--format", "latex", "-o", str(target)], capsys)
    assert target.read_text(encoding="utf-8").startswith("% needs")
    told(["derive", "x^2", "--format", "terminal", "-o", str(target)], capsys)
    assert "\x1b" not in target.read_text(encoding="utf-8")


def test_what_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """A directory, a missing directory, a file in a file, and an ending without a format."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.tex").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    endings = [suffix for row in FORMATS.values() for suffix in row.suffixes]
    known = f"(known: {', '.join(endings)}, .json, .pdf)"
    for name, message in {
        ".": ".: is a directory; give a file in it, such as notes.tex",
        "folder.tex": f"folder.tex: is a directory; give a file in it, such as {Path('folder.tex') / 'notes.tex'}",
        "missing/notes.tex": "missing/notes.tex: cannot be written (No such file or directory)",
        "file/notes.tex": "file/notes.tex: cannot be written (Not a directory)",
        "notes": f'notes: no format for the ending "" {known}',
        "notes.docx": f'notes.docx: no format for the ending ".docx" {known}',
    }.items():
        assert refused(["derive", "x^2", "-o", name], capsys) == message
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.tex"]


# --- hostile texts -----------------------------------------------------------------------------------------------

HOSTILE = {
    "markup of rich": "[red]x[/red] [/] [link=http://a.b]c[/link]",
    "escapes of a terminal": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b31m \x08\x08\x00 \x7f",
    "characters of LaTeX": r"$%&_#{}~^\ \input{/etc/passwd} \end{document} $$ ^^5c",
    "a script": "<script>alert(1)</script> &lt; <!-- --> <img src=x onerror=y>",
    "Markdown": "# *a* _b_ `c` [d](http://e.f) | g | ![h](i) ``` ~~~ \\",
    "right to left": "\u202eabc\u202c \u2066x\u2069 \u200f \u200b \ufeff עברית العربية",
    "line ends": "a\nb\r\nc\rd\x0be\x0cf\x85g\u2028h\u2029i\tj",
    "letters": "Łódź, ß, naïve, 中文, Ελλάδα, 😀, e\u0301\u0323, ﬁ, ½ ²",
    "half a character": "a\ud800b",
    "10,000 letters": "x" * 10_000,
    "10,000 words": "ab " * 10_000,
    "only blanks": " \t ",
}


def titled(title: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put a problem with this title on standard input and return the command that derives it."""
    text = json.dumps({"title": title, "definitions": {"f": "x^2"}, "point": {"x": 3}})
    feed(text, monkeypatch)
    return ["derive", "-"]


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("form", ["terminal", "text"])
def test_a_hostile_title_on_the_screen(kind: str, form: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """A title is shown letter by letter, without what drives a terminal, and in the width of the page."""
    monkeypatch.setenv("COLUMNS", "80")
    out = told([*titled(HOSTILE[kind], monkeypatch), "--format", form], capsys)
    assert all(char.isprintable() or char == "\n" for char in out)
    assert max(map(width_of, out.splitlines())) <= 80 or kind == "10,000 letters"
    shown = "".join(out.split())
    visible = "".join(char for char in HOSTILE[kind] if char.isprintable() and not char.isspace())
    assert visible in shown
    assert "df/dx = 2·x" in out


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("form", ["dollar", "github"])
def test_a_hostile_title_in_markdown(kind: str, form: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """A title stays one heading, and nothing in it is markup."""
    out = told([*titled(HOSTILE[kind], monkeypatch), "--format", form], capsys)
    first = out.split("\n", 1)[0]
    assert first.startswith("# ")
    assert out.count("\n# ") == 0
    words = re.sub(r"<span>\\\$</span>|(?<!\\)\$`?[^$<>]*(?<!\\)\$", "", first[2:])  # a dollar that is one, and formulas
    assert not re.search(r"(?<!\\)[<>`*_\[\]|$]", words)
    assert all(char.isprintable() for char in first)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_title_in_json(kind: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """JSON gives the title back as it was, in characters that can be seen."""
    out = told([*titled(HOSTILE[kind], monkeypatch), "--format", "json"], capsys)
    assert json.loads(out)["problem"]["title"].strip() == HOSTILE[kind].strip()
    assert all(char.isprintable() or char == "\n" for char in out)


@pytest.mark.latex
@pytest.mark.skipif(not latex_compiler.available(), reason="needs latexmk and pdflatex")
def test_hostile_titles_compile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """LaTeX prints every hostile title on a clean page; ten thousand letters are no error, but stand out of theirs."""
    whole = told([*titled("x", monkeypatch), "--standalone"], capsys)
    preamble, _, _ = whole.partition(r"\begin{document}")

    def faults(name: str, titles: list[str]) -> list[str]:
        pages = [told([*titled(title, monkeypatch), "--format", "latex"], capsys) for title in titles]
        assert all(r"\input{" not in page and r"\end{document}" not in page for page in pages)
        body = "\n\\clearpage\n".join(pages)
        return latex_compiler.compile_latex(f"{preamble}\\begin{{document}}\n{body}\n\\end{{document}}\n", tmp_path, name)

    assert faults("short", [title for title in HOSTILE.values() if len(title) < 1000]) == []
    long = faults("long", [title for title in HOSTILE.values() if len(title) >= 1000])
    assert [fault for fault in long if "Overfull" not in fault] == []


@pytest.mark.parametrize(
    "name",
    [
        "[red]",
        "a\x1b[31m",
        "$x$",
        "<b>",
        "a b",
        "a\nb",
        "\u202eab",
        "x#",
        r"\input{a}",
        "a&b",
        "x%",
        "{",
        "x'",
        "",
        "1w",
        "a" * 41,
    ],
)
def test_a_hostile_name_is_refused(name: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """A course's own name is a word; anything else is refused with its place."""
    feed(json.dumps({"network": {"inputs": 1, "layers": [{"units": 1}]}, "names": {"w1_1_1": name}}), monkeypatch)
    message = refused(["derive", "-"], capsys)
    assert message.startswith("standard input:1: names: ")
    assert all(char.isprintable() for char in message)


@pytest.mark.parametrize("name", ["gewicht", "é", "w_in_1", "αβ", "вес", "W"])
@pytest.mark.parametrize("form", ALL_FORMATS)
def test_a_foreign_name_is_printed(name: str, form: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """Letters of any script name a quantity, in every format."""
    problem = {"network": {"inputs": 1, "layers": [{"units": 1}]}, "names": {"w1_1_1": name}}
    feed(json.dumps(problem), monkeypatch)
    assert told(["derive", "-", "--format", form], capsys)


# --- combinations ------------------------------------------------------------------------------------------------

HANDFUL = ["2-2-1:tanh/sigmoid,bce", "u = 2*x + 1; y = u^3*abs(x)", "worked_examples/gradient.toml", "worked_examples/mazur.toml",
           "worked_examples/two_paths.toml"]  # fmt: skip
FLAGS = ("--paths", "--expand", "--exact", "--atoms", "--from-definition")


@pytest.mark.parametrize("form", ALL_FORMATS)
@pytest.mark.parametrize("problem", HANDFUL)
def test_options_go_together(problem: str, form: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """Detail by notation for every problem and format, with all sets of flags and numbers of digits in turn."""
    monkeypatch.chdir(ROOT)
    sets = [flags for size in range(len(FLAGS) + 1) for flags in itertools.combinations(FLAGS, size)]
    turn = (HANDFUL.index(problem) + len(HANDFUL) * ALL_FORMATS.index(form)) * 12
    for position, (detail, notation) in enumerate(itertools.product(range(4), NOTATIONS), turn):
        flags, digits = sets[5 * position % len(sets)], 1 + 7 * position % 17
        options = ["--detail", str(detail), "--notation", notation, "--digits", str(digits), "--format", form, *flags]
        assert told(["derive", problem, *options], capsys).strip(), options


@pytest.mark.parametrize("form", ALL_FORMATS)
@pytest.mark.parametrize(
    "options", [["--detail", "0"], ["--detail", "3", "--digits", "17"], ["--steps", "3", "--notation", "paren"]]
)
def test_training_in_every_format(form: str, options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """`train` prints in every format, with every optimizer."""
    monkeypatch.chdir(ROOT)
    optimizers = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
    for optimizer in optimizers[:: 1 if form == "text" else 3]:
        assert told(["train", "worked_examples/mazur.toml", "--optimizer", optimizer, "--format", form, *options], capsys)


@pytest.mark.parametrize("form", ALL_FORMATS)
@pytest.mark.parametrize("problem", HANDFUL)
def test_evaluating_in_every_format(problem: str, form: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """`evaluate` prints in every format; without numbers it says what it needs."""
    monkeypatch.chdir(ROOT)
    for options in ([], ["--exact", "--digits", "9"], ["--notation", "nielsen"]):
        arguments = ["evaluate", problem, "--format", form, *options]
        if problem.endswith(".toml"):
            assert told(arguments, capsys)
        else:
            assert "needs a number" in refused(arguments, capsys)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_list_in_every_format(form: str, notation: str, capsys: Capture) -> None:
    """`list` shows all it knows in every format."""
    out = told(["list", "--format", form, "--notation", notation], capsys).replace("\\_", "_")
    out = out.replace(r"\hspace{0pt plus .5em}", "").replace(r"\u{200b}", "")  # where a long word may be broken
    for name in ("leaky_relu", "log_softmax", "binary_cross_entropy", "nesterov", "adamw", *NOTATIONS, *ALL_FORMATS):
        assert name in out, name


@pytest.mark.latex
@pytest.mark.skipif(not latex_compiler.available(), reason="needs latexmk and pdflatex")
def test_the_list_compiles(tmp_path: Path, capsys: Capture) -> None:
    """`list` is a clean page of LaTeX."""
    assert latex_compiler.compile_latex(told(["list", "--format", "standalone"], capsys), tmp_path) == []


# --- sizes -------------------------------------------------------------------------------------------------------


def test_many_paths_are_counted_and_not_listed(capsys: Capture) -> None:
    """A network with 1,296 paths for one weight shows the first dozen and says how many there are."""
    start = time.process_time()
    out = told(["derive", "6-6-6-6-6-6", "--paths", "--wrt", "w1_1_1"], capsys)
    assert time.process_time() - start < 5
    assert "1,296 paths" in out
    assert "and 1,284 more" in " ".join(out.split())
