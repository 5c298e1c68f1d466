"""Exhibits: the tables and pictures of a practice world that a question or a whole case is about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.prose import Prose

BARS, LINE = "bars", "line"
CHARTS = ("", BARS, LINE)

_NUMBER = re.compile(r"[-+−]?[0-9][0-9,]*(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A small table of facts the question is about, taken from a practice world.

    Shape: with a `chart` ("bars" or "line") the same table is drawn as a picture: the first column names the places
    along the axis, every other column is a series of numbers (a unit or % after the number is left out).
    """

    title: Prose
    columns: tuple[Prose, ...]
    rows: tuple[tuple[Prose, ...], ...]
    chart: str = ""

    def __post_init__(self) -> None:
        if self.chart not in CHARTS:
            raise ValueError(f"an exhibit is drawn as bars or line, not as {self.chart}")
        if self.chart:
            series_in(self)


@dataclass(frozen=True, slots=True)
class CaseView:
    """The situation that several questions of a test share, as one person gets it."""

    id: str
    title: Prose
    situation: Prose
    exhibits: tuple[Exhibit, ...]


def series_in(exhibit: Exhibit) -> tuple[tuple[float, ...], ...]:
    """The numbers of each column but the first, from top to bottom.

    Raises: ValueError where a cell of them doesn't begin with a number.
    """
    return tuple(tuple(_number(row[at].en) for row in exhibit.rows) for at in range(1, max(2, len(exhibit.columns))))


def _number(text: str) -> float:
    found = _NUMBER.match(text)
    if found is None:
        raise ValueError(f"a chart is drawn from numbers, found {text!r}")
    return float(found.group().replace(",", "").replace("−", "-"))


def exhibit_data(exhibit: Exhibit | None) -> dict[str, Any] | None:
    """The exhibit as plain data, to be stored with the attempt."""
    if exhibit is None:
        return None
    return {
        "title": exhibit.title.as_data(),
        "columns": [column.as_data() for column in exhibit.columns],
        "rows": [[cell.as_data() for cell in row] for row in exhibit.rows],
        "chart": exhibit.chart,
    }


def exhibit_from(data: Mapping[str, Any] | None) -> Exhibit | None:
    """The exhibit as it was stored."""
    return None if data is None else _exhibit(data)


def _exhibit(data: Mapping[str, Any]) -> Exhibit:
    return Exhibit(
        title=Prose.from_data(data["title"]),
        columns=tuple(Prose.from_data(column) for column in data["columns"]),
        rows=tuple(tuple(Prose.from_data(cell) for cell in row) for row in data["rows"]),
        chart=data.get("chart", ""),
    )


def case_data(case: CaseView | None) -> dict[str, Any] | None:
    """The case as plain data, to be stored with the attempt."""
    if case is None:
        return None
    return {
        "id": case.id,
        "title": case.title.as_data(),
        "situation": case.situation.as_data(),
        "exhibits": [exhibit_data(exhibit) for exhibit in case.exhibits],
    }


def case_from(data: Mapping[str, Any] | None) -> CaseView | None:
    """The case as it was stored."""
    if data is None:
        return None
    exhibits: Sequence[Mapping[str, Any]] = data["exhibits"]
    return CaseView(
        id=data["id"],
        title=Prose.from_data(data["title"]),
        situation=Prose.from_data(data["situation"]),
        exhibits=tuple(_exhibit(one) for one in exhibits),
    )
