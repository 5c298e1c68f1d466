"""Judges' sheets: the items of a test as a workbook to fill in away from the portal, and read back strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assessments.bank import LEVEL_LABELS, Generated, Item
from assessments.competencies import name_of
from assessments.pass_marks import Judging
from assessments.questions import Choice, Matching, Numeric, OpenText, Ordering, ShortText
from core.channels.files import InFile
from core.channels.incoming import Problem as RowProblem
from core.channels.report_workbook import ReportSheet, to_report
from core.channels.sheets import open_table
from core.domain.errors import FileRefused

MOST_BYTES = 2_000_000
SHEET, ITEM, FORM, COMPETENCY, LEVEL, QUESTION, KEY, EARLIER, ESTIMATE = COLUMNS = (
    "Sheet 评定表",
    "Item 题号",
    "Form 试卷",
    "Competency 能力项",
    "Level 层次",
    "Question 题目",
    "Right answer 正确答案",
    "Mean of the round before 上一轮平均",
    "Right of 100 barely competent people 100 名刚好合格者中答对人数",
)
_NUMBER = re.compile(r"\d{1,3}(\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """A row that can't be taken: where, what was found, and what was wanted (a gettext msgid with its values)."""

    line: int
    found: str
    template: str


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """What came back. Shape: `rates` item → share 0..1; blank cells are left out."""

    rates: Mapping[str, float]
    blank: int
    problems: tuple[SheetProblem, ...]


WANTED_LABELS = {
    "number": "a number from 0 to 100",
    "item": "a question of this test",
    "twice": "each question once",
    "row": "a row with a cell for every column",
}


def sheet_name(judging: Judging) -> str:
    """Which test, version and round a sheet is for."""
    return f"{judging.definition.test} / {judging.version} / {judging.round}"


def judges_sheet(judging: Judging, language: str) -> bytes:
    """The items of both forms as .xlsx with their keys, one's own estimates so far, and the round before."""
    rows = []
    for name, form in judging.forms.items():
        for item in form.items:
            own, earlier = judging.rates.get(item.id), judging.earlier.get(item.id)
            rows.append(
                (
                    sheet_name(judging),
                    item.id,
                    name,
                    f"{item.competency} {name_of(item.competency).in_language(language)}",
                    LEVEL_LABELS[item.level],
                    asked(item, language),
                    key_of(item, language),
                    None if earlier is None else round(100 * earlier, 1),
                    None if own is None else round(100 * own, 6),
                )
            )
    return to_report([ReportSheet(judging.definition.test, COLUMNS, rows, {})])


def read_judges_sheet(file: InFile, judging: Judging) -> ReadSheet:
    """The estimates in a filled-in sheet, .xlsx or the same saved as CSV, and every row that can't be taken.

    Raises: FileRefused for another kind of file, changed columns, or a sheet of another test, version or round.
    """
    table = open_table(file, most_bytes=MOST_BYTES)
    header = tuple(name for name in table.header if name)
    if header != COLUMNS:
        raise FileRefused("The columns of the judges' sheet were changed.", file=file.name, line=1)
    known = {item.id for item in judging.items}
    rates: dict[str, float] = {}
    seen: set[str] = set()
    problems: list[SheetProblem] = []
    blank = 0
    for row in table.rows:
        if isinstance(row, RowProblem):
            problems.append(SheetProblem(row.line or 0, str(row.found), WANTED_LABELS["row"]))
            continue
        cells = dict(zip(table.header, (cell.strip() for cell in row.cells), strict=True))
        item_id, typed = cells[ITEM], cells[ESTIMATE]
        if cells[SHEET] != sheet_name(judging):
            raise FileRefused(
                "This sheet is for {found}; open is {wanted}.",
                file=file.name,
                line=row.line,
                found=cells[SHEET][:60],
                wanted=sheet_name(judging),
            )
        if item_id not in known:
            problems.append(SheetProblem(row.line, item_id, WANTED_LABELS["item"]))
        elif item_id in seen:
            rates.pop(item_id, None)  # nobody knows which estimate is meant
            problems.append(SheetProblem(row.line, item_id, WANTED_LABELS["twice"]))
        elif not typed:
            blank += 1
        elif not _NUMBER.fullmatch(typed) or float(typed) > 100:
            problems.append(SheetProblem(row.line, typed, WANTED_LABELS["number"]))
        else:
            rates[item_id] = float(typed) / 100
        seen.add(item_id)
    return ReadSheet(rates, blank, tuple(problems))


def asked(item: Item, language: str) -> str:
    """What an item asks, in a line; one with figures of its own says which kind of case it is."""
    if item.stem is not None:
        return item.stem.in_language(language).replace("**", "")
    assert isinstance(item.content, Generated)
    case = item.content.case
    return f"{case.title.in_language(language)}: {item.content.ask}" if case is not None else f"({item.content.model})"


def key_of(item: Item, language: str) -> str:
    """What is right, in a line; empty where the figures differ from person to person."""
    match item.content:
        case Choice(options=options):
            return " | ".join(option.text.in_language(language) for option in options if option.fraction > 0)
        case Numeric():
            unit = item.content.unit.in_language(language) if item.content.unit else ""
            return f"{item.content.answer:g} {unit}".strip()
        case ShortText(accepts=accepts):
            return " | ".join(accept.pattern for accept in accepts if accept.fraction == 1)
        case Matching(pairs=pairs, rights=rights):
            names = {right.name: right.text for right in rights}
            return " | ".join(
                f"{pair.left.in_language(language)} → {names[pair.right].in_language(language)}" for pair in pairs
            )
        case Ordering(steps=steps):
            return " → ".join(step.text.in_language(language) for step in steps)
        case OpenText():
            return item.content.reason.in_language(language)
    return ""
