"""What the documentation shows is what happens: every example is run and compared with what is printed under it."""

from __future__ import annotations

import doctest
import importlib
import json
import re
import tomllib
from pathlib import Path

import pytest
from documents import ANYTHING, DOCUMENTS, ROOT, Block, Command, blocks, commands, printed_by, shelf

MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "symbackprop").rglob("*.py")
    if path.stem != "__main__"
)
BLOCKS = [block for path in DOCUMENTS for block in blocks(path)]
LANGUAGES = {
    "console": "run, and compared",
    "python": "run from top to bottom of the file, `>>>` compared",
    "sh": "run by .ci/run",
    "toml": "read; written to FILE where it starts with `# FILE`",
    "json": "read",
    "text": "shown",
    "latex": "shown",
}


def place(thing: Path | Block | str) -> str:
    """Name a case of a table."""
    return thing if isinstance(thing, str) else thing.name if isinstance(thing, Path) else f"{thing.path.name}:{thing.line}"


def of_language(*names: str) -> list[Block]:
    """Return the blocks of the documents in these languages."""
    return [block for block in BLOCKS if block.language in names]


@pytest.mark.parametrize("name", MODULES)
def test_docstrings_show_what_happens(name: str) -> None:
    """Every example in a docstring prints what it shows."""
    result = doctest.testmod(importlib.import_module(name))

    assert result.failed == 0


def test_there_are_docstrings_with_examples() -> None:
    """The test above does not pass by finding nothing."""
    finder = doctest.DocTestFinder()
    found = sum(len(test.examples) for name in MODULES for test in finder.find(importlib.import_module(name)))

    assert found >= 10


@pytest.mark.parametrize("block", BLOCKS, ids=place)
def test_every_block_says_how_it_is_checked(block: Block) -> None:
    """A block's language is one of those that somebody runs or reads."""
    assert block.language in LANGUAGES, f"{place(block)}: write one of {', '.join(LANGUAGES)} after the fence"


@pytest.mark.parametrize("path", DOCUMENTS, ids=place)
def test_python_blocks_run_from_top_to_bottom(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python blocks of a document run as one program, and the `>>>` lines print what is shown."""
    shelf(tmp_path, path)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for block in blocks(path):
        if block.language != "python":
            continue
        if ">>> " in block.text:
            test = doctest.DocTestParser().get_doctest(block.text, names, place(block), str(path), block.line - 1)
            runner.run(test, clear_globs=False)
            names = test.globs
        else:
            code = compile("\n" * (block.line - 1) + block.text, str(path), "exec", dont_inherit=True)
            exec(code, names)

    assert runner.summarize(verbose=False).failed == 0


@pytest.mark.parametrize("block", of_language("console"), ids=place)
def test_console_blocks_print_what_they_show(block: Block, tmp_path: Path) -> None:
    """A `$ ` line, run by a shell in 80 columns beside the document's files, prints the lines that follow it."""
    environment = shelf(tmp_path, block.path)
    found = list(commands(block))
    for command in found:
        compare(block, command, printed_by(command, tmp_path, environment))

    assert found


@pytest.mark.parametrize("block", of_language("toml", "json"), ids=place)
def test_data_blocks_can_be_read(block: Block) -> None:
    """A block of TOML or JSON is whole."""
    read = tomllib.loads if block.language == "toml" else json.loads

    assert read(block.text)


def test_the_readme_starts_with_two_commands() -> None:
    """The README's first block has two lines: one shows a derivation, the other runs the tests."""
    first, *_ = blocks(ROOT / "README.md")
    show, check = first.text.splitlines()

    assert first.language == "sh"
    assert "symbackprop derive worked_examples/" in show
    assert check.endswith("-m pytest")


@pytest.mark.parametrize("path", DOCUMENTS, ids=place)
def test_links_inside_the_project_lead_somewhere(path: Path) -> None:
    """A link of a document to a file of the project finds it."""
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


def compare(block: Block, command: Command, printed: str) -> None:
    """Compare what a command printed with what the block shows."""
    pattern = re.escape(f"\n{command.printed}\n").replace(re.escape(f"\n{ANYTHING}\n"), r"\n(?:.*\n)*?")
    if not re.fullmatch(pattern, f"\n{printed}\n"):
        where = f"{block.path.name}:{command.line}: $ {command.text}"
        pytest.fail(f"{where}\n--- shown\n{command.printed}\n--- printed\n{printed}", pytrace=False)
