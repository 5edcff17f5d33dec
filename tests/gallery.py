"""
The gallery of the worked examples: `worked_examples/index.html` for a browser, and the table of its README.md.

Both are made of the README's list of examples, of the problem files, and of the pictures that the program drew of them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "worked_examples"
PAGES = ("index.html", "README.md")
LISTED = re.compile(r"^\| (\[\w+\]\(worked_examples/[\w-]+\.md\).*?) \| (.+) \|$", re.MULTILINE)
# Pictures wider than this, in pixels, have a line of their own: in a column their letters would be too small.
WIDEST = 450
STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --line: #d5d9e0; --quiet: #5b6472; --link: #0b57d0 }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15181d; --ink: #e8eaed; --line: #353b45; --quiet: #a3acb9; --link: #8ab4f8 }
}
body { margin: 0 auto; padding: 1.5rem; max-width: 78rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif }
h1 { margin: 0 }
h2 { font-size: 1.1rem; margin: 0 }
p { margin: .2rem 0 }
a { color: var(--link) }
.lead, .links { color: var(--quiet) }
.examples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: 1.5rem; padding: 0;
  margin: 1.5rem 0; list-style: none; grid-auto-flow: dense }
.examples > li { display: flex; flex-direction: column; gap: .5rem; border: 1px solid var(--line); border-radius: 8px;
  padding: 1rem; min-width: 0; break-inside: avoid }
.examples > li.wide { grid-column: 1 / -1 }
.drawn { flex: 1; display: flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: 1rem; min-height: 8rem }
.drawn a { min-width: 0 }
.drawn img { display: block; max-width: 100%; max-height: 20rem; height: auto }
.wide .drawn img { max-height: 26rem }
"""


@dataclass(frozen=True)
class Example:
    """A worked example: `name` of its files, its title, what it shows in a line of Markdown, and its pictures."""

    name: str
    title: str
    shows: str
    pictures: tuple[str, ...]

    @property
    def files(self) -> Iterator[tuple[str, str]]:
        """Yield (what it is, file) of all that stands beside its problem file."""
        yield "derivation", f"{self.name}.md"
        kinds = {"train": "training", "check": "a checked answer"}
        for verb, said in kinds.items():
            if (FOLDER / f"{self.name}-{verb}.md").exists():
                yield said, f"{self.name}-{verb}.md"
        yield "LaTeX", f"{self.name}.tex"
        if (FOLDER / f"{self.name}.ipynb").exists():
            yield "notebook", f"{self.name}.ipynb"
        yield "problem file", f"{self.name}.toml"


def examples(pictures: dict[str, tuple[str, ...]]) -> list[Example]:
    """Return the examples in the README's order; `pictures` has the names of what is drawn of each."""
    found = []
    for links, shows in LISTED.findall((ROOT / "README.md").read_text(encoding="utf-8")):
        for name in re.findall(r"\(worked_examples/(\w+)\.md\)", links):
            title = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")).get("title", name)
            found.append(Example(name, title, shows, pictures.get(name, ())))
    known = {example.name for example in found}
    missing = [path.stem for path in sorted(FOLDER.glob("*.toml")) if path.stem not in known]
    assert not missing, f"README.md, the table of worked examples: {', '.join(missing)} is missing"
    return found


def gallery(pictures: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the gallery's files by name."""
    shown = examples(pictures)
    return {"index.html": _page(shown), "README.md": _table(shown)}


def _words(picture: str) -> str:
    """Return what a picture shows in a sentence, from the picture itself."""
    text = (FOLDER / picture).read_text(encoding="utf-8")
    found = re.search(r"<desc>(.*?\.)(?: (?:Marked: .*?\.))?(?:\s|<)", text, flags=re.DOTALL)
    return found[1] if found else picture


def _width(picture: str) -> float:
    found = re.search(r'<svg [^>]*width="([\d.]+)"', (FOLDER / picture).read_text(encoding="utf-8"))
    assert found, picture
    return float(found[1])


def _page(shown: list[Example]) -> str:
    items = "\n".join(_item(example) for example in shown)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>symbackprop: worked examples</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        "<h1>Worked examples</h1>\n"
        '<p class="lead">Each is a problem file; the program wrote the derivation and drew the pictures. '
        "Values are above in green, gradients below in red; the way of a gradient is thick and dashed.</p>\n"
        f'<ul class="examples">\n{items}\n</ul>\n</body>\n</html>\n'
    )


def _item(example: Example) -> str:
    drawn = "".join(
        f'<a href="{name}"><img src="{name}" loading="lazy" alt="{_words(name)}"></a>' for name in example.pictures
    )
    links = " · ".join(f'<a href="{file}">{what}</a>' for what, file in example.files)
    large = len(example.pictures) > 1 or any(_width(name) > WIDEST for name in example.pictures)
    wide = ' class="wide"' if large else ""
    shows = re.sub(r"^[a-z](?=[a-z ]+ )", lambda first: first[0].upper(), example.shows)
    return (
        f'<li id="{example.name}"{wide}><h2>{escape(example.title)}</h2><p>{escape(shows)}</p>'
        f'<div class="drawn">{drawn}</div><p class="links">{links}</p></li>'
    )


def _table(shown: list[Example]) -> str:
    lines = [
        "# Worked examples",
        "",
        "Each is a problem file; the program wrote the derivation and drew the pictures.",
        "The same as a page for a browser: [index.html](index.html).",
        "",
        "| example | shows | picture |",
        "| --- | --- | --- |",
    ]
    for example in shown:
        drawn = " ".join(f'<img src="{name}" width="360" alt="{_words(name)}">' for name in example.pictures)
        links = ", ".join(f"[{what}]({file})" for what, file in example.files)
        lines.append(f"| **{example.title}**<br>{links} | {example.shows} | {drawn} |")
    return "\n".join(lines) + "\n"
