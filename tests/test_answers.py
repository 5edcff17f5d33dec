"""
The corpus of answers: what was written, what a careful reader makes of it, and what the program does.

Two tables: one that was open while the reader was written, one that was not.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from answer_values import Worth, worth
from scoring_answers import is_chain, problem_of, readings, verdicts

HERE = Path(__file__).parent
NAMES = [name for name in ("answers_open", "answers_blind") if (HERE / f"{name}.py").exists()]
TABLES = {name: importlib.import_module(name).ROWS for name in NAMES}
ROWS = [pytest.param(row, id=f"{name}-{place}") for name, rows in TABLES.items() for place, row in enumerate(rows)]
SLIPS = {"answers_blind": (98, 375)}  # right answers whose rows say wrong
SURE = [
    pytest.param(row, id=f"{name}-{place}")
    for name, rows in TABLES.items()
    for place, row in enumerate(rows)
    if place not in SLIPS.get(name, ())
]
OPEN_ROWS = TABLES["answers_open"]
FEWEST_ROWS = 75


def steps(made: Worth, row: Any, reading: Any) -> list[tuple[str, Any]]:
    """Return every value of a reading with the name of what it must equal."""
    if not isinstance(reading, str) and is_chain(reading):
        try:
            return [(name or row.target, part) for name, part in reading if not name or made.symbol(name)]
        except KeyError:  # a matrix of two columns
            pass
    return [(row.target, reading)]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_enough_of_everything(table: str) -> None:
    for written in ("latex", "text"):
        rows = [row for row in TABLES[table] if row.format == written]
        refused = [row for row in rows if row.reading is None]
        assert len(rows) >= FEWEST_ROWS
        assert len(refused) >= len(rows) / 5
        assert {"correct", "wrong", "invalid"} <= {row.verdict for row in rows if isinstance(row.verdict, str)}


def test_no_answer_stands_twice_in_the_open_table() -> None:
    written = [(str(row.problem), row.target, row.format, row.answer) for row in OPEN_ROWS]
    assert len({*written}) == len(written)


@pytest.mark.parametrize("row", SURE)
def test_a_reading_has_the_value_that_its_verdict_says(row: Any) -> None:
    made = worth(problem_of(row))
    for reading in readings(row.reading):
        if reading is None:
            assert "invalid" in verdicts(row)
            continue
        right = all(
            made.true(made.rows_of_reading(part), made.entries_of(made.symbol(name)))
            for name, part in steps(made, row, reading)
        )
        assert ("correct" if right else "wrong") in verdicts(row)
