"""Markdown, cards and displays: what a reader wrote is shown as it is, in every flavour, and changes nothing else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import unicodedata
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from symbackprop.derivation import Derivation, derive
from symbackprop.render.markdown import UNSEEN

FLAVOURS = ("dollar", "github", "myst", "quarto", "obsidian")
NETWORK = {"inputs": 1, "loss": "half_squared_error", "layers": [{"units": 1, "activation": "sigmoid"}]}
WORDS = {
    "script": "<script>alert(1)</script>",
    "closing tags": '</title></script></style>" onload="x',
    "comment": "<!-- a --> <?php ?> ]]> --",
    "input": r"\input{/etc/passwd} \write18{ls} \def\x{\x\x}",
    "dollars": "$x$ costs $5, $$y$$ and \\$z$",
    "delimiters": r"\(x\) \[y\] \\(z\\) \begin{align}q\end{align}",
    "percent": "100 % %%hidden%% {% raw %}",
    "braces": "{{ name }} {math}`x` {{c1::hidden}} {#label .class} {} }",
    "backticks": "`code` ```math $`x`$ ~~~",
    "bars": "a|b || c \\| d",
    "emphasis": "_a_ __b__ *c* **d** ~~e~~ ==f== H~2~O x^2^",
    "links": "[a](javascript:x) ![b](x.png) [c]: /x <https://example.org> [[note]] ![[note]]",
    "marks": "#tag @cite ^ref &amp; &lt; :::note [^1] [sound:a.mp3] [latex]x[/latex]",
    "heading": "# heading",
    "rule": "--- *** ___",
    "list": "- item 1. item + item",
    "quotation": "> quotation [!danger]",
    "newlines": "one\ntwo\r\n\n# three\n```\nfour",
    "tabs": "a\tb\t#deck:Other",
    "right to left": "\u202ea\u202c \u2067b\u2069 \u200fc\u200e",
    "unseen": "a\x00b\x1b[31mc\x07\u200bd\ufeffe\u2028f",
    "letters": "Übung № 3: Ж, 漢字, é, 🙂",
    "long": "long " * 2000,
}


@cache
def named(title: str) -> Derivation:
    """Derive a network of one unit with a title."""
    return derive({"title": title, "network": NETWORK})


def seen(text: str) -> str:
    """Return the words of a text that are for the eye."""
    return " ".join("".join(" " if unicodedata.category(char) in UNSEEN else char for char in text).split())


def parsed(markdown: str) -> list[Token]:
    """Read a text as CommonMark with tables."""
    return MarkdownIt("commonmark").enable("table").parse(markdown)


def heading(flavour: str, markdown: str) -> list[Token]:
    """Return what the first heading of a document, or its title in YAML, is made of."""
    if flavour == "quarto":
        assert markdown.startswith("---\ntitle: ")
        (inline,) = MarkdownIt("commonmark").parseInline(json.loads(markdown.splitlines()[1].removeprefix("title: ")))
    else:
        inline = parsed(markdown)[1]
    return inline.children or []


def shape(markdown: str) -> list[tuple[str, str]]:
    """Return the blocks of a document, in order, without what stands in the lines."""
    body = re.sub(r"\A---\n.*\n---\n", "", markdown)  # a title in YAML is no Markdown
    return [(token.type, token.tag) for token in parsed(body)]


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("name", WORDS)
def test_a_title_is_shown_as_it_is(name: str, flavour: str) -> None:
    """Nothing in it is a tag, a link, code, emphasis or mathematics, and what follows is the same as with another title."""
    markdown = named(WORDS[name]).render(flavour)
    children = heading(flavour, markdown)

    assert {child.type for child in children} <= {"text", "text_special", "html_inline"}
    assert {child.content for child in children if child.type == "html_inline"} <= {"<span>", "</span>"}
    assert seen("".join(child.content for child in children if child.type != "html_inline")) == seen(WORDS[name])
    assert shape(markdown) == shape(named("A title").render(flavour))
    assert not set(markdown) & {"\u202e", "\u2067", "\x00", "\x1b"}


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_no_dollar_of_a_title_meets_another(flavour: str) -> None:
    """Where MathJax searches the finished page, each stands in an element of its own; elsewhere it is escaped."""
    first = named(WORDS["dollars"]).render(flavour).splitlines()[1 if flavour == "quarto" else 0]
    alone = first.count(r"<span>\$</span>")

    assert alone == (WORDS["dollars"].count("$") if flavour in {"dollar", "github"} else 0)
    assert re.search(r"(?<!\\)\$", first) is None


def test_github_refuses_some_macros() -> None:
    r"""No \operatorname in Markdown for GitHub, and none of the macros that a document in LaTeX provides in any flavour."""
    softmax = derive("2-2:softmax,cross_entropy")
    assert r"\operatorname{softmax}" in softmax.render("dollar")
    assert r"\mathop{\mathrm{softmax}}\nolimits" in softmax.render("github")
    for flavour in FLAVOURS:
        text = softmax.render(flavour)
        assert flavour != "github" or "operatorname" not in text
        assert re.search(r"\\(?:bp[a-z]+|providecommand|newcommand|label|tag)\b", text) is None


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_tables_have_their_columns(flavour: str) -> None:
    """A bar within a formula is no end of a cell: every row has as many cells as the header."""
    made = derive("u = x*y; f = u*abs(x)/(1 + abs(u))", at="x=2, y=3").render(flavour)  # with ∂f/∂x, all else held fixed
    rows = [line for line in made.splitlines() if line.startswith("|")]

    assert len(rows) > 3
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1


@pytest.mark.parametrize("flavour", ["dollar", "myst", "quarto"])
def test_what_may_be_printed_has_no_signs_that_fonts_lack(flavour: str) -> None:
    """Outside of mathematics, a text for pandoc or Sphinx has only letters that the fonts of LaTeX have."""
    for problem in ("2-2-1", "3-2:softmax,cross_entropy", "u = sin(x); y = u^2"):
        text = derive(problem).render(flavour)
        assert not [char for char in text if ord(char) > 0x2FF and char not in "–—−’“”…·"], flavour


def test_labels_differ_from_page_to_page() -> None:
    """In one book, two functions with the same title have no label in common."""
    pages = [derive(f"f = {function}").render("myst") for function in ("x^2", "x^3", "sin(x)")]
    found = [set(re.findall(r"^:label: (\S+)", page, re.MULTILINE)) for page in pages]
    assert all(found)
    assert sum(map(len, found)) == len(set.union(*found))


class Card(HTMLParser):
    """Collects the tags and the words of a field."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words = ""
        self.feed(field)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Note a tag; none has attributes."""
        assert not attrs
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        """Note words."""
        self.words += data


@pytest.mark.parametrize("name", WORDS)
def test_a_card_shows_a_title_as_it_is(name: str) -> None:
    """Every line is a front and a back; no formula, tag, sound or field of Anki comes from the title."""
    head, *lines = named(WORDS[name]).render("anki").split("#columns:Front\tBack\n")[0:2]
    cards = [line.split("\t") for line in lines[0].splitlines()]

    assert [line.partition(":")[0] for line in head.splitlines()] == ["#separator", "#html", "#notetype", "#deck"]
    assert len(cards) == len(named("A title").render("anki").splitlines()) - 5
    for front, back in cards:
        asked = Card(front)
        assert asked.tags <= {"i", "small", "br"}
        assert Card(back).tags == set()
        title = front.partition("</i>")[0]
        assert not re.search(r"\\[(\[]|\[(?:sound|latex|\$)|\{\{", title)
        shown = Card(title).words.replace("\u2060", "")
        assert seen(WORDS[name]).startswith(seen(shown)[:60])


@pytest.mark.parametrize("name", WORDS)
def test_a_notebook_shows_a_title_as_it_is(name: str) -> None:
    """LaTeX of a notebook has nothing outside of its dollars; text for a terminal moves no cursor and turns no line."""
    made = named(WORDS[name])
    display = made._repr_latex_()
    words, formulas = r"\$(?:[^$\\\n]|\\.)+\$", r"\$\$[^$]+\$\$"

    for part in display.split("\n\n"):
        assert re.fullmatch(rf"{words}(?:\n{words})*(?:\n{formulas})?|{formulas}", part)
    assert not re.search(r"\\(?:input|write|def|href|begin\{align\}|html)", display)
    assert not [char for char in made.to_text() if unicodedata.category(char) in UNSEEN and char != "\n"]


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="pandoc is not installed")
@pytest.mark.parametrize("flavour", ["dollar", "quarto"])
@pytest.mark.parametrize("name", ["dollars", "backticks", "links", "marks", "percent", "emphasis", "list"])
def test_pandoc_has_nothing_to_warn_of(name: str, flavour: str) -> None:
    """It reads every formula as a formula, and of the title nothing but words."""
    options = ("--from=markdown", "--fail-if-warnings", "--wrap=none")
    text = named(WORDS[name]).render(flavour)
    made = subprocess.run(["pandoc", *options, "--to=json"], input=text, capture_output=True, text=True, check=True)
    read = json.loads(made.stdout)
    inside = read["meta"]["title"]["c"] if flavour == "quarto" else read["blocks"][0]["c"][2]
    kinds = {part["t"] for part in inside} - {"RawInline", "Span"}

    assert kinds <= {"Str", "Space", "SoftBreak", "Quoted"}
    assert made.stdout.count('{"t":"DisplayMath"}') == text.count("\n$$\n\\begin")
