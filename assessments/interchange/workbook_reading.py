"""Reading a workbook of items: strictly, with the row of everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from assessments.bank import LEVELS
from assessments.interchange import draft_check
from assessments.interchange.from_foreign import ITEM_ID
from assessments.interchange.parsed import Draft, LeftOut, Parsed, Problem, Severity, in_order, problem, rule_problem
from assessments.interchange.texts import LONGEST_TEXT, spoilt
from assessments.interchange.workbook_cases import read_cases
from assessments.interchange.workbook_layout import (
    COLUMNS,
    ITEM,
    OF_ITEM,
    PARTS,
    PARTS_OF,
    Part,
    columns_of,
)
from assessments.item_drafts import CASE, ITEMS
from assessments.questions import MOST_PARTS
from core.channels import problems as channel_problems
from core.channels.files import InFile
from core.channels.incoming import SourceRow
from core.channels.sheets import open_table
from core.domain.errors import ContentError, Label

MOST_BYTES = 10_000_000
Cells = dict[str, str]


@dataclass(slots=True)
class _Rows:
    """The rows of one item."""

    line: int
    cells: Cells
    parts: list[tuple[int, Cells]] = field(default_factory=list)


def read_workbook(data: bytes, name: str = "items.xlsx") -> Parsed:
    """The items of a workbook of ours (or of its first sheet saved as CSV), in the languages it is filled in.

    Raises: FileRefused for another kind of file, columns that were changed, or anything dangerous in it.
    """
    table = open_table(InFile(name, data), most_bytes=MOST_BYTES)
    table.need(tuple(COLUMNS.values()))
    problems: list[Problem] = []
    items, orphans = _grouped(table.rows, problems)
    problems += [problem("sheet_no_item", line, item_id) for line, item_id in orphans]
    cases = read_cases(InFile(name, data), MOST_BYTES, problems)
    drafts: list[Draft] = []
    asked: dict[str, list[Draft]] = {case_id: [] for case_id in cases}
    for item_id, rows in items.items():
        try:
            draft, remarks = _draft(item_id, rows)
            case_id = rows.cells.get("case", "")
            if case_id and case_id not in cases:
                raise LeftOut(problem("sheet_unknown_case", rows.line, item_id, case_id, case=case_id))
        except LeftOut as left:
            problems.append(left.problem)
            continue
        (asked[case_id] if case_id else drafts).append(draft)
        problems += remarks
    drafts += [_case_draft(case_id, case, asked[case_id], problems) for case_id, case in cases.items()]
    return Parsed(tuple(drafts), in_order(problems))


def _case_draft(case_id: str, case: dict[str, Any], items: list[Draft], problems: list[Problem]) -> Draft:
    """A case with its items as one draft, since it is reviewed and kept as a whole."""
    if len(items) < 2:
        error = ContentError("A case has at least 2 items, found {count}", file="", count=len(items))
        problems.append(rule_problem(error, None, case_id))
    own = {"id": case_id} if ITEM_ID.fullmatch(case_id) else {}
    table = {"kind": CASE, **own, **case, ITEMS: [dict(item.table) for item in items]}
    return Draft(case_id, table, items[0].line if items else None)


def _grouped(
    rows: Iterable[SourceRow | channel_problems.Problem], problems: list[Problem]
) -> tuple[dict[str, _Rows], list[tuple[int, str]]]:
    """The rows of each item, and those that belong to none. Shape: line and id."""
    fields = {heading: name for name, heading in COLUMNS.items()}
    items: dict[str, _Rows] = {}
    others: list[tuple[int, str, Cells]] = []
    for row in rows:
        if isinstance(row, channel_problems.Problem):
            problems.append(_of_sheet(row))
            continue
        texts = zip(row.header, row.cells, strict=True)
        cells = {fields[heading]: text.strip() for heading, text in texts if heading in fields and text.strip()}
        if not cells:
            continue
        item_id = cells.get("id", "")
        if not item_id:
            problems.append(problem("sheet_no_id", row.line))
        elif cells.get("part") != ITEM:
            others.append((row.line, item_id, cells))
        elif item_id in items:
            problems.append(problem("twice", row.line, item_id, id=item_id))
        else:
            items[item_id] = _Rows(row.line, cells)
    for line, item_id, cells in others:
        if item_id in items:
            items[item_id].parts.append((line, cells))
    return items, [(line, item_id) for line, item_id, _ in others if item_id not in items]


def _of_sheet(found: channel_problems.Problem) -> Problem:
    """A problem of the sheet as such, in the words of this room."""
    wanted = found.wanted if found.params else Label(found.template)
    kind = "sheet_remark" if found.severity is channel_problems.Severity.WARNING else "sheet_row"
    made = problem(kind, found.line, None, found.found, wanted=wanted)
    if found.severity is channel_problems.Severity.STOPPED:
        return Problem(made.kind, made.template, made.line, None, made.found, Severity.STOPPED, made.params)
    return made


def _draft(item_id: str, rows: _Rows) -> tuple[Draft, list[Problem]]:
    reading = _Reading(item_id, rows.line)
    kind = rows.cells.get("kind", "")
    if kind not in OF_ITEM:
        raise LeftOut(reading.problem("sheet_kind", kind, name=kind, wanted=", ".join(OF_ITEM)))
    table: dict[str, Any] = {"kind": kind}
    said: dict[str, Any] = {}
    if ITEM_ID.fullmatch(item_id):
        table = {"id": item_id, **table}
    else:
        said["id_number"] = item_id
    table |= reading.head(rows.cells)
    table |= reading.fields(rows.cells, OF_ITEM[kind], head=True)
    if not table.get("stem"):
        raise LeftOut(reading.problem("no_text"))
    for line, cells in rows.parts:
        reading.line = line
        _add_part(reading, table, kind, cells)
    reading.line = rows.line
    if kind in ("single", "multiple"):
        draft_check.refuse_without_key(table, rows.line, item_id)
    reading.remarks += draft_check.problems_in(table, rows.line, item_id)
    return Draft(item_id, table, rows.line, said), reading.remarks


def _add_part(reading: _Reading, table: dict[str, Any], kind: str, cells: Cells) -> None:
    name = cells.get("part", "")
    if name not in PARTS:
        raise LeftOut(reading.problem("sheet_part", name, part=name, wanted=", ".join((ITEM, *PARTS))))
    if name not in PARTS_OF[kind]:
        raise LeftOut(reading.problem("sheet_wrong_part", name, name=kind, part=name))
    part = PARTS[name]
    target = table
    if name == "level":
        if not table.get("rubric"):
            raise LeftOut(reading.problem("sheet_wrong_part", name, name=kind, part=name))
        target = table["rubric"][-1]
    group = target.setdefault(part.group, [])
    if len(group) >= MOST_PARTS:
        raise LeftOut(reading.problem("too_many", name, most=MOST_PARTS))
    read = reading.fields(cells, part, head=False)
    group.append(read["*"] if part.text == "*" else read)


class _Reading:
    """One item's rows on their way into a draft; `line` is that of the row at hand."""

    def __init__(self, item_id: str, line: int) -> None:
        self.item_id, self.line = item_id, line
        self.remarks: list[Problem] = []

    def problem(self, kind: str, found: str = "", **params: object) -> Problem:
        """A problem of the row at hand."""
        return problem(kind, self.line, self.item_id, found, **params)

    def head(self, cells: Cells) -> dict[str, Any]:
        """What an item's row says beside the question."""
        found: dict[str, Any] = {name: cells[name] for name in ("competency", "source") if name in cells}
        if cells.get("level") in LEVELS:
            found["level"] = cells["level"]
        elif "level" in cells:
            raise LeftOut(self.problem("sheet_level", cells["level"], name=cells["level"], wanted=", ".join(LEVELS)))
        if "positions" in cells:
            found["positions"] = [
                one.strip() for one in cells["positions"].replace("，", ",").split(",") if one.strip()
            ]
        if "weight" in cells:
            found["weight"] = self.number(cells, "weight")
        return found

    def fields(self, cells: Cells, part: Part, head: bool) -> dict[str, Any]:
        """What a row says in the columns of its part; any other column should be empty."""
        for column, text in cells.items():
            if column not in columns_of(part, head):
                raise LeftOut(self.problem("sheet_extra", text, column=COLUMNS[column]))
            if len(text) > LONGEST_TEXT:
                raise LeftOut(self.problem("too_long", text, most=LONGEST_TEXT))
            if spoilt(text):
                raise LeftOut(self.problem("control", ascii(text)[1:-1]))
        found: dict[str, Any] = {}
        for column in ("text", "right", "reason"):
            said = {one: cells[f"{column}_{one}"] for one in ("en", "zh") if f"{column}_{one}" in cells}
            name = getattr(part, column)
            if name == "*" or said:
                found[name] = said
        if part.wording:
            found[part.wording] = cells.get("wording", "")
        for column in ("worth", "number", "tolerance"):
            if (name := getattr(part, column)) and column in cells:
                found[name] = self.number(cells, column)
        return found

    def number(self, cells: Cells, column: str) -> float:
        """A number of a column."""
        try:
            number = float(cells[column])
        except ValueError:
            number = float("nan")
        if not abs(number) < 1e15:
            raise LeftOut(self.problem("sheet_number", cells[column], column=COLUMNS[column]))
        return number
