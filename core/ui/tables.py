"""Tables of rows: small, in the reader's format, opened by a click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from zlib import crc32

import streamlit as st

from core.ui.i18n import t
from core.ui.safe import plain

ColumnKind = Literal["text", "number", "money", "rate", "points", "progress"]
SHOWN_AT_MOST = 500  # rows; more belongs in an export


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the key of its values, its heading (translated already), and how they are shown.

    Values of kind `number`, `money`, `rate` and `points` sort as numbers; everything else is text, formatted already.
    `digits` is how many decimals every cell shows; without it each number is as long as it is, and can't be compared
    by looking down the column. Units: `money` in whole currency units; `rate` and `points` (percentage points, with
    their sign) in shares.
    """

    key: str
    title: str
    kind: ColumnKind = "text"
    width: Literal["small", "medium", "large"] | int | None = None
    help: str | None = None
    pinned: bool = False
    digits: int | None = None


def table(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    *,
    key: str,
    id_key: str | None = None,
    height: int | Literal["auto", "content"] = "auto",
) -> Any:
    """Draws rows; with `id_key`, a click on a row returns that row's id (else None).

    Cells show text literally, whatever is in it. At most 500 rows are drawn, and a line says when there are more.
    """
    drawn = rows[:SHOWN_AT_MOST]
    data = {column.key: [_cell(row.get(column.key), column) for row in drawn] for column in columns}
    config = {column.key: _config(column) for column in columns}
    common: dict[str, Any] = {"hide_index": True, "column_config": config, "height": height, "key": key}
    common["placeholder"] = "–"
    if id_key is None:
        st.dataframe(data, **common)
        chosen = None
    else:
        ids = [row.get(id_key) for row in drawn]
        state = st.dataframe(data, **common, on_select=partial(_choose, key, ids), selection_mode="single-cell")
        chosen = _chosen(key, state["selection"]["cells"], ids)
    if len(rows) > SHOWN_AT_MOST:
        st.caption(t("The first {shown} of {all} rows.", shown=SHOWN_AT_MOST, all=len(rows)))
    return chosen


def ticked(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    *,
    key: str,
    id_key: str,
    height: int | Literal["auto", "content"] = "auto",
) -> list[Any]:
    """Draws rows with a box to tick before each; gives the ids of those that are ticked, in the order of the rows.

    Why the ids stand in the key: the browser only says which lines are ticked, and other rows are other lines.
    """
    drawn = rows[:SHOWN_AT_MOST]
    ids = [row.get(id_key) for row in drawn]
    state = st.dataframe(
        {column.key: [_cell(row.get(column.key), column) for row in drawn] for column in columns},
        hide_index=True,
        column_config={column.key: _config(column) for column in columns},
        height=height,
        key=f"{key}-{crc32(repr(ids).encode()):08x}",
        on_select="rerun",
        selection_mode="multi-row",
    )
    return [ids[place] for place in sorted(state["selection"]["rows"]) if place < len(ids)]


def _choose(key: str, ids: Sequence[Any]) -> None:
    """Keeps the id of the row that was clicked, by the rows as they were drawn then.

    Why: the browser only says which line it was, and by the next run another row may stand there.
    """
    cells = st.session_state[key]["selection"]["cells"]
    st.session_state[f"_chosen_{key}"] = ids[cells[0][0]] if cells and cells[0][0] < len(ids) else None


def _chosen(key: str, cells: Sequence[Any], ids: Sequence[Any]) -> Any:
    if not cells:  # nothing is selected, or the page was left in between
        st.session_state.pop(f"_chosen_{key}", None)
        return None
    kept = st.session_state.get(f"_chosen_{key}")
    return kept if kept in ids else None


def _cell(value: Any, column: Column) -> Any:
    if value is None:
        return None
    if column.kind == "text":
        return plain(value)
    if column.kind == "points":
        return round(100 * value, 1 if column.digits is None else column.digits) + 0.0  # no "-0.0"
    return 100 * value if column.kind == "rate" and column.digits is not None else value


def _config(column: Column) -> Any:
    common: dict[str, Any] = {"width": column.width, "help": column.help, "pinned": column.pinned or None}
    if column.kind == "text":
        return st.column_config.TextColumn(column.title, **common)
    if column.kind == "progress":
        return st.column_config.ProgressColumn(column.title, min_value=0, max_value=1, format="percent", **common)
    return st.column_config.NumberColumn(column.title, format=_number_format(column), **common)


def _number_format(column: Column) -> str:
    """How the browser writes a number: always with the same decimals where the column says how many."""
    if column.kind == "points":
        return f"%+.{1 if column.digits is None else column.digits}f"
    if column.digits is None:
        return {"number": "localized", "money": "%.2f", "rate": "percent"}[column.kind]
    return f"%.{column.digits}f%%" if column.kind == "rate" else f"%.{column.digits}f"
