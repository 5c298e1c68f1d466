"""The sheet of cases in a workbook: a situation with its tables, one row for each line of them, written and read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessments.cases import MOST_EXHIBITS, MOST_ROWS
from assessments.exhibits import CHARTS
from assessments.interchange.parsed import LeftOut, Problem, problem
from assessments.interchange.texts import LONGEST_TEXT, spoilt
from assessments.interchange.workbook_layout import (
    CASE,
    CASE_COLUMNS,
    CASE_PARTS,
    CASES,
    CELLS,
    HEADINGS,
    ROW,
    TABLE,
)
from assessments.prose import LANGUAGES
from core.channels import problems as channel_problems
from core.channels.files import InFile
from core.channels.sheets import open_named_sheet

CASE_WIDTHS: Mapping[str, int] = {"title_en": 30, "title_zh": 30, "situation_en": 50, "situation_zh": 50}
Cells = dict[str, str]


def case_rows(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A case as rows of its sheet."""
    own = {"id": case["id"]}
    rows: list[dict[str, Any]] = [
        own | {"part": CASE} | _prose("title", case["title"]) | _prose("situation", case["situation"])
    ]
    for exhibit in case["exhibits"]:
        chart = {"chart": exhibit["chart"]} if exhibit.get("chart") else {}
        rows.append(own | {"part": TABLE} | _prose("title", exhibit["title"]) | chart)
        rows.append(own | {"part": HEADINGS} | _cells(exhibit["columns"]))
        rows += [own | {"part": ROW} | _cells(row) for row in exhibit["rows"]]
    return rows


def _prose(name: str, said: Mapping[str, str]) -> dict[str, Any]:
    return {f"{name}_{language}": said[language] for language in LANGUAGES if said.get(language)}


def _cells(cells: list[Mapping[str, str]]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for number, said in zip(CELLS, cells, strict=False):
        row |= _prose(f"cell{number}", said)
    return row


def read_cases(file: InFile, most_bytes: int, problems: list[Problem]) -> dict[str, dict[str, Any]]:
    """The cases of a workbook by their ids, each as a bank file has it; one that can't be read is said, and left out.

    Raises: FileRefused as `open_table`.
    """
    table = open_named_sheet(file, CASES, most_bytes)
    if table is None:
        return {}
    table.need(tuple(CASE_COLUMNS.values()))
    fields = {heading: name for name, heading in CASE_COLUMNS.items()}
    cases: dict[str, dict[str, Any]] = {}
    broken: set[str] = set()
    for row in table.rows:
        if isinstance(row, channel_problems.Problem):
            problems.append(problem("sheet_row", row.line, None, row.found, wanted=row.wanted))
            continue
        texts = zip(row.header, row.cells, strict=True)
        cells = {fields[heading]: text.strip() for heading, text in texts if heading in fields and text.strip()}
        case_id = cells.pop("id", "")
        if not cells or case_id in broken:
            continue
        try:
            _add(cases, case_id, cells, row.line)
        except LeftOut as left:
            problems.append(left.problem)
            broken.add(case_id)
    return {case_id: case for case_id, case in cases.items() if case_id not in broken}


def _add(cases: dict[str, dict[str, Any]], case_id: str, cells: Cells, line: int) -> None:
    """Adds what a row says to its case. Raises: LeftOut."""

    def wrong(kind: str, found: str = "", **params: object) -> LeftOut:
        return LeftOut(problem(kind, line, case_id, found, **params))

    part = cells.pop("part", "")
    if not case_id:
        raise wrong("sheet_no_id")
    if part not in CASE_PARTS:
        raise wrong("sheet_part", part, part=part, wanted=", ".join(CASE_PARTS))
    for column, text in cells.items():
        if column not in CASE_PARTS[part]:
            raise wrong("sheet_extra", text, column=CASE_COLUMNS[column])
        if len(text) > LONGEST_TEXT:
            raise wrong("too_long", text, most=LONGEST_TEXT)
        if spoilt(text):
            raise wrong("control", ascii(text)[1:-1])
    if part == CASE:
        if case_id in cases:
            raise wrong("twice", case_id, id=case_id)
        cases[case_id] = {"title": _said(cells, "title"), "situation": _said(cells, "situation"), "exhibits": []}
        return
    if case_id not in cases:
        raise wrong("sheet_no_case")
    exhibits = cases[case_id]["exhibits"]
    if part == TABLE:
        chart = cells.get("chart", "")
        if chart not in CHARTS:
            raise wrong("sheet_chart", chart, wanted=", ".join(CHARTS[1:]))
        if len(exhibits) >= MOST_EXHIBITS:
            raise wrong("too_many", part, most=MOST_EXHIBITS)
        exhibits.append({"title": _said(cells, "title"), "chart": chart, "cells": []})
        return
    if not exhibits:
        raise wrong("sheet_no_table")
    table = exhibits[-1]["cells"]
    if (part == HEADINGS) == bool(table):
        raise wrong("sheet_no_table")
    if len(table) > MOST_ROWS:
        raise wrong("too_many", part, most=MOST_ROWS)
    table.append([_said(cells, f"cell{number}") for number in CELLS])


def _said(cells: Cells, name: str) -> dict[str, str]:
    return {language: cells.get(f"{name}_{language}", "") for language in LANGUAGES}
