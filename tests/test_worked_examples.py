"""The worked examples kept in the project are what the program writes today, byte by byte."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from gallery import PAGES
from remake_worked_examples import FOLDER, PICTURE, Recipe, compared, difference, leftovers, pages, recipes

RECIPES = list(recipes())
PICTURES = [recipe.name for recipe in RECIPES if recipe.name.endswith(PICTURE)]
LARGEST, LARGEST_FOLDER = 300_000, 3_000_000


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_worked_example_is_what_the_program_writes(recipe: Recipe) -> None:
    """Made again, a worked example has the same bytes."""
    assert difference(recipe) == ""


def test_every_kept_file_has_a_problem_that_makes_it() -> None:
    """No rendered file outlives its problem, and there are worked examples at all."""
    assert leftovers() == []
    assert len(RECIPES) >= 20


@pytest.mark.parametrize("name", PAGES)
def test_the_gallery_is_what_the_pictures_make(name: str) -> None:
    """The page and the table of the worked examples are made of them again, byte by byte."""
    assert compared(name, pages()[name].encode()) == ""


@pytest.mark.parametrize("name", PAGES)
def test_the_gallery_shows_every_example(name: str) -> None:
    """Every problem file has a picture, every picture is shown with words, and all that is linked is there."""
    text = pages()[name]
    shown = re.findall(r'<img src="([^"]+)"[^>]* alt="([^"]+)">', text)
    links = re.findall(r'(?:href="|\]\()([^")]+)', text)

    assert [picture for picture, _ in shown] == sorted(PICTURES, key=[picture for picture, _ in shown].index)
    assert {picture.split("-")[0].removesuffix(PICTURE) for picture, _ in shown} == {path.stem for path in FOLDER.glob("*.toml")}
    assert all(len(words) > 20 for _, words in shown)
    assert [link for link in links if not (FOLDER / link).is_file()] == []
    assert not re.search(r"https?:|<script", text)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_small_and_well_formed(name: str) -> None:
    """A picture is one <svg> element with a title and words, and refers to nothing."""
    path: Path = FOLDER / name
    root = ET.fromstring(path.read_text(encoding="utf-8"))

    assert [child.tag.partition("}")[2] for child in root][:2] == ["title", "desc"]
    assert path.stat().st_size < LARGEST
    assert not [key for element in root.iter() for key in element.attrib if key.endswith("href")]


def test_the_worked_examples_are_a_small_folder() -> None:
    """Whoever clones the project does not wait for its pictures."""
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < LARGEST_FOLDER
