"""A small table while it is written: a grid for each language, pasted into like a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.ui.i18n import LANGUAGE_NAMES, LANGUAGES, t
from core.ui.item_fields import Fields
from core.ui.safe import safe

Texts = list[list[str]]
Cells = list[list[dict[str, str]]]
LEAST_ROWS, LEAST_COLUMNS = 5, 3
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def texts_in(cells: Sequence[Sequence[Mapping[str, str]]], language: str) -> Texts:
    """What the cells of a table say in a language, every row as long as the longest."""
    width = max((len(row) for row in cells), default=0)
    return [[str(cell.get(language) or "") for cell in row] + [""] * (width - len(row)) for row in cells]


def spacious(texts: Texts, most_columns: int) -> Texts:
    """The texts with room to go on writing: a free column and a free row, and never a tiny grid."""
    width = min(most_columns, max(LEAST_COLUMNS, 1 + max(map(len, texts), default=0)))
    height = max(LEAST_ROWS, len(texts) + 1)
    rows = [row[:width] + [""] * (width - len(row)) for row in texts]
    return rows + [[""] * width for _ in range(height - len(rows))]


def cells_after(cells: Cells, language: str, base: Texts, edits: Mapping[str, Any]) -> Cells:
    """The table after what was done in one language's grid: texts written, rows added, rows deleted in both.

    Shape: `edits` as the grid gives them: `edited_rows` by number, `added_rows`, `deleted_rows`; columns are letters.
    """
    rows = [list(row) for row in base]
    columns = list(LETTERS[: len(base[0]) if base else 0])
    for number, written in edits.get("edited_rows", {}).items():
        for letter, text in written.items():
            if letter in columns:
                rows[int(number)][columns.index(letter)] = str(text or "").strip()
    for added in edits.get("added_rows", ()):
        rows.append([str(added.get(letter) or "").strip() for letter in columns])
    others = {one: texts_in(cells, one) for one in LANGUAGES if one != language}
    gone = set(edits.get("deleted_rows", ()))
    made: Cells = []
    for at, row in enumerate(rows):
        if at not in gone:
            made.append(
                [{language: text, **{one: _at(said, at, place) for one, said in others.items()}} for place, text in
                 enumerate(row)]
            )  # fmt: skip
    return _trimmed(made)


def _at(texts: Texts, row: int, place: int) -> str:
    return texts[row][place] if row < len(texts) and place < len(texts[row]) else ""


def _trimmed(cells: Cells) -> Cells:
    """Without empty rows at the end and empty columns on the right."""
    while cells and not any(text for cell in cells[-1] for text in cell.values()):
        cells = cells[:-1]
    while cells and cells[0] and not any(text for row in cells for text in row[-1].values()):
        cells = [row[:-1] for row in cells]
    return cells


def draw_cells(fields: Fields, table: Mapping[str, Any], group: str, part: int, field: str, most_columns: int) -> None:
    """The grids of a table, one per language."""
    cells: Cells = table.get(field) or []
    st.caption(
        t(
            "The first row holds the headings, in both languages. What reads the same in both, like a figure, is"
            " written once. A block of cells can be pasted from a spreadsheet."
        )
    )
    for language, column in zip(LANGUAGES, st.columns(2), strict=True):
        with column:
            _draw_grid(fields, cells, (group, part, field), language, most_columns)


def _draw_grid(fields: Fields, cells: Cells, place: tuple[str, int, str], language: str, most_columns: int) -> None:
    import pandas as pd

    group, part, field = place
    name = f"{fields.name}-{group}-{part}-{field}-{language}"
    held = st.session_state.setdefault("_grids", {})
    now = texts_in(cells, language)
    grid = held.get(name)
    if grid is None or grid["now"] != now:
        # The rows the grid was given stay the same while one writes in it, or it would forget where one is.
        turn = 0 if grid is None else grid["turn"] + 1
        grid = held[name] = {"now": now, "base": spacious(now, most_columns), "turn": turn}
    base: Texts = grid["base"]
    key = f"{name}-{grid['turn']}"
    letters = list(LETTERS[: len(base[0])])
    st.caption(safe(LANGUAGE_NAMES[language]))
    st.data_editor(
        pd.DataFrame(base, columns=letters, dtype="string"),
        key=key,
        hide_index=True,
        num_rows="dynamic",
        disabled=fields.locked,
        on_change=_keep,
        args=(fields, cells, place, language, name, key),
    )


def _keep(fields: Fields, cells: Cells, place: tuple[str, int, str], language: str, name: str, key: str) -> None:
    """Keeps what was written in a grid; a grid that is full gets more room."""
    group, part, field = place
    grid = st.session_state["_grids"][name]
    edits = st.session_state[key]
    after = cells_after(cells, language, grid["base"], edits)
    if not fields.write(group, part, field, "", after) or edits.get("deleted_rows") or edits.get("added_rows"):
        grid["now"] = None  # so that the grid is drawn anew from what is kept
        return
    grid["now"] = texts_in(after, language)
    if len(spacious(grid["now"], len(LETTERS))[0]) > len(grid["base"][0]) or len(grid["now"]) >= len(grid["base"]):
        grid["now"] = None
