"""The worked examples kept in the project are what the program writes today, byte by byte."""

from __future__ import annotations

import pytest
from remake_worked_examples import Recipe, difference, leftovers, recipes

RECIPES = list(recipes())


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_worked_example_is_what_the_program_writes(recipe: Recipe) -> None:
    """Made again, a worked example has the same bytes."""
    assert difference(recipe) == ""


def test_every_kept_file_has_a_problem_that_makes_it() -> None:
    """No rendered file outlives its problem, and there are worked examples at all."""
    assert leftovers() == []
    assert len(RECIPES) >= 20
