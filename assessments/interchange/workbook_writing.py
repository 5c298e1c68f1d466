"""Writing items into a workbook that people fill in, and the empty one to begin with."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from assessments.bank import LEVELS
from assessments.exhibits import CHARTS
from assessments.interchange.parsed import LeftOut, Written, problem
from assessments.interchange.tables import name_of
from assessments.interchange.texts import spoilt
from assessments.interchange.workbook_cases import CASE_WIDTHS, case_rows
from assessments.interchange.workbook_examples import EXAMPLES
from assessments.interchange.workbook_layout import (
    CASE,
    CASE_COLUMNS,
    CASE_PARTS,
    CASES,
    CASES_EXPLAINED,
    COLUMNS,
    EXPLAINED,
    GUIDE,
    ITEM,
    NUMBERS,
    OF_ITEM,
    PARTS,
    PARTS_OF,
    SHEET,
    WIDTHS,
    Part,
)

Row = dict[str, Any]
LONGEST_CELL = 32_000
_LIKE_AN_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def write_workbook(items: Iterable[Mapping[str, Any]]) -> Written:
    """The items in both languages; those that are made anew for everybody are reported."""
    rows: list[Row] = []
    cases: dict[str, list[Row]] = {}
    problems = []
    count = 0
    for number, item in enumerate(items, start=1):
        try:
            found = list(_rows(item, str(item.get("id") or f"new-{number}")))
            about = case_rows(item["case"]) if item.get("case") else []
            _check([*found, *about], name_of(item))
        except LeftOut as left:
            problems.append(left.problem)
            continue
        rows += found
        count += 1
        if about:
            cases[item["case"]["id"]] = about
    return Written(_book(rows, [row for about in cases.values() for row in about]), count, tuple(problems))


def template() -> bytes:
    """A workbook with one small example of every kind, to be written over."""
    return write_workbook(EXAMPLES).content


def _rows(item: Mapping[str, Any], item_id: str) -> Iterator[Row]:
    kind = item["kind"]
    if kind == "generated":
        raise LeftOut(problem("generated", None, name_of(item)))
    if kind not in OF_ITEM:
        raise LeftOut(problem("cannot_hold_kind", None, name_of(item), kind))
    head = {name: item[name] for name in ("competency", "level", "source") if item.get(name)}
    if item.get("positions"):
        head["positions"] = ", ".join(item["positions"])
    if item.get("weight", 1) != 1:
        head["weight"] = item["weight"]
    if item.get("case"):
        head["case"] = item["case"]["id"]
    yield {"id": item_id, "part": ITEM, "kind": kind, **head, **_cells(item, OF_ITEM[kind])}
    for name in PARTS_OF[kind]:
        for part in item.get(PARTS[name].group, ()):
            yield {"id": item_id, "part": name, **_cells(part, PARTS[name])}
            for level in part.get("levels", ()):
                yield {"id": item_id, "part": "level", **_cells(level, PARTS["level"])}


def _cells(said: Mapping[str, Any], part: Part) -> Row:
    cells: Row = {}
    for column in ("text", "right", "reason"):
        name = getattr(part, column)
        prose = said if name == "*" else said.get(name) or {}
        if name:
            cells |= {f"{column}_{language}": prose[language] for language in ("en", "zh") if prose.get(language)}
    for column in ("wording", "worth", "number", "tolerance"):
        name = getattr(part, column)
        if name and said.get(name) is not None:
            cells[column] = said[name]
    return cells


def _check(rows: list[Row], name: str) -> None:
    for value in (value for row in rows for value in row.values() if isinstance(value, str)):
        if spoilt(value):
            raise LeftOut(problem("cannot_hold_control", None, name, ascii(value)[1:-1]))
        if len(value) > LONGEST_CELL:
            raise LeftOut(problem("too_long", None, name, value, most=LONGEST_CELL))


def _book(rows: list[Row], cases: list[Row]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    assert page is not None
    page.title = SHEET
    _fill_sheet(page, COLUMNS, rows, WIDTHS, ITEM)
    page.freeze_panes = "D2"
    _add_choices(page)
    sheet = book.create_sheet(CASES)
    _fill_sheet(sheet, CASE_COLUMNS, cases, CASE_WIDTHS, CASE)
    sheet.freeze_panes = "C2"
    _add_list(sheet, list(CASE_COLUMNS), "part", tuple(CASE_PARTS))
    _add_list(sheet, list(CASE_COLUMNS), "chart", CHARTS[1:])
    _add_guide(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill_sheet(page: Any, columns: Mapping[str, str], rows: list[Row], widths: Mapping[str, int], first: str) -> None:
    """Headings and rows of a sheet; the rows that begin something are tinted."""
    from openpyxl.styles import Alignment, Font, PatternFill

    page.append(list(columns.values()))
    for at, row in enumerate(rows, start=2):
        for place, column in enumerate(columns, start=1):
            value = row.get(column)
            if value is None:
                continue
            cell = page.cell(at, place)
            if isinstance(value, str):
                # A text is a text, also one that begins with = or looks like a spreadsheet's own escape.
                cell.value = _LIKE_AN_ESCAPE.sub("_x005F_", value.replace("\r\n", "\n").replace("\r", "\n"))
                cell.data_type, cell.number_format = "s", "@"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            else:
                cell.value = float(value)
            if row["part"] == first:
                cell.fill = PatternFill("solid", fgColor="DDEBF7")
    for place, column in enumerate(columns, start=1):
        head = page.cell(1, place)
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        page.column_dimensions[head.column_letter].width = widths.get(column, 13)


def _add_choices(page: Any) -> None:
    """Lists to choose from, for whoever fills the sheet in."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    names = list(COLUMNS)
    for column, allowed in (("part", (ITEM, *PARTS)), ("kind", tuple(PARTS_OF)), ("level", LEVELS)):
        _add_list(page, names, column, allowed)
    for column in NUMBERS:
        number = DataValidation("decimal", operator="between", formula1="-1E+15", formula2="1E+15", allow_blank=True)
        page.add_data_validation(number)
        letter = get_column_letter(names.index(column) + 1)
        number.add(f"{letter}2:{letter}5000")


def _add_list(page: Any, names: list[str], column: str, allowed: Sequence[str]) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    choice = DataValidation("list", formula1=f'"{",".join(allowed)}"', allow_blank=True)
    page.add_data_validation(choice)
    letter = get_column_letter(names.index(column) + 1)
    choice.add(f"{letter}2:{letter}5000")


def _add_guide(book: Any) -> None:
    from openpyxl.styles import Alignment, Font

    guide = book.create_sheet(GUIDE)
    guide.append(["Part 部分", "What a row says", "一行的含义"])
    for row in EXPLAINED:
        guide.append(list(row))
    guide.append([CASES])
    for row in CASES_EXPLAINED:
        guide.append(list(row))
    for cell in guide[1]:
        cell.font = Font(bold=True)
    for letter, width in (("A", 14), ("B", 64), ("C", 52)):
        guide.column_dimensions[letter].width = width
        for cell in guide[letter]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
