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
from scoring_answers import ACCEPTED, CARET, CRASHED, MISREAD, REFUSED, is_chain, problem_of, readings, score, verdicts

from symbackprop.checking import check

HERE = Path(__file__).parent
NAMES = [name for name in ("answers_open", "answers_blind") if (HERE / f"{name}.py").exists()]
TABLES = {name: importlib.import_module(name).ROWS for name in NAMES}
ROWS = [pytest.param(row, id=f"{name}-{place}") for name, rows in TABLES.items() for place, row in enumerate(rows)]
OPEN_ROWS = TABLES["answers_open"]
FEWEST_ROWS = 75
# So many rows of each table are known to go wrong; measured, and only ever lowered.
MOST = {
    "answers_open": {MISREAD: 0, ACCEPTED: 0, CARET: 0, REFUSED: 0, CRASHED: 0},
    # The two that are read all the same are a sum of 70 terms, and an answer of 1,500 tokens that are nearly all spaces.
    "answers_blind": {MISREAD: 0, ACCEPTED: 2, CARET: 2, REFUSED: 1, CRASHED: 0},
}
MOST_VERDICTS = {"answers_open": 0, "answers_blind": 2}


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


@pytest.mark.parametrize("row", ROWS)
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


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_misread_and_what_nobody_can_read_is_refused_at_its_place(table: str) -> None:
    found = score(TABLES[table])
    for kind, most in MOST[table].items():
        bad = [f"{each.row.answer!r}: {each.said}" for each in found.outcomes if each.kind == kind]
        assert len(bad) <= most, "\n".join([f"{kind}, {most} are known:", *bad])
    assert sum(MOST[table].values()) + found.good >= len(found.outcomes), str(found)


@pytest.mark.parametrize("table", TABLES)
def test_no_right_answer_is_called_wrong_and_no_wrong_one_right(table: str) -> None:
    bad = []
    for row in TABLES[table]:
        found = check(problem_of(row), row.target, row.answer, format=row.format)
        if found.verdict not in {*verdicts(row), "invalid"}:
            bad.append(f"{row.answer!r}: {found.verdict}: {found.message}")
    assert len(bad) <= MOST_VERDICTS[table], "\n".join(bad)
