"""The grid that small tables are written in: what is typed in one language leaves the other as it is."""

from __future__ import annotations

from typing import Any

import pytest

from core.ui.cell_grid import LEAST_COLUMNS, LEAST_ROWS, cells_after, spacious, texts_in

CELLS = [
    [{"en": "Day", "zh": "日期"}, {"en": "Parcels", "zh": "包裹"}],
    [{"en": "Monday", "zh": "周一"}, {"en": "120", "zh": ""}],
]
EMPTY = {"en": "", "zh": ""}


def after(edits: dict[str, Any], language: str = "en") -> list[list[dict[str, str]]]:
    return cells_after(CELLS, language, spacious(texts_in(CELLS, language), 8), edits)


def test_a_grid_has_room_to_go_on() -> None:
    assert spacious([], 8) == [[""] * LEAST_COLUMNS for _ in range(LEAST_ROWS)]
    grown = spacious([["x"] * 7 for _ in range(9)], 8)
    assert (len(grown), len(grown[0])) == (10, 8)
    assert len(spacious([["x"] * 8], 8)[0]) == 8, "no column more than a table may have"
    assert texts_in([[{"en": "a"}], [{"en": "b"}, {"zh": "c"}]], "zh") == [["", ""], ["", "c"]]


@pytest.mark.parametrize("edits", [{}, {"edited_rows": {}, "added_rows": [{}], "deleted_rows": [4]}])
def test_nothing_typed_changes_nothing(edits: dict[str, Any]) -> None:
    assert after(edits) == CELLS and after(edits, "zh") == CELLS


def test_what_is_typed_stands_where_it_was_typed() -> None:
    made = after({"edited_rows": {1: {"B": " 121 "}, 2: {"A": "Tuesday", "C": "x"}}})
    assert made[1][1] == {"en": "121", "zh": ""} and made[1][0] == CELLS[1][0]
    assert made[2] == [{"en": "Tuesday", "zh": ""}, EMPTY, {"en": "x", "zh": ""}]
    assert after({"edited_rows": {0: {"A": None}}}, "zh")[0][0] == {"en": "Day", "zh": ""}
    assert after({"edited_rows": {0: {"Z": "x", "": "y"}}}) == CELLS, "there is no such column"


def test_rows_pasted_below_are_added_and_rows_deleted_go_in_both_languages() -> None:
    made = after({"added_rows": [{"A": "Sunday", "B": 7}]})
    assert made[-1] == [{"en": "Sunday", "zh": ""}, {"en": "7", "zh": ""}]
    assert after({"deleted_rows": [1]}) == CELLS[:1]
    assert after({"deleted_rows": [0, 1, 2]}) == []
