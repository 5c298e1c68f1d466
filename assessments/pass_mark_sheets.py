"""Judges' sheets: the items of a test as a workbook to fill in away from the portal, and read back strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assessments import figures
from assessments.bank import LEVEL_LABELS
from assessments.competencies import name_of
from assessments.forms import questions_for
from assessments.pass_marks import Judging
from assessments.questions import Choice, Matching, Numeric, OpenText, Ordering, Question, ShortText
from core.channels.files import InFile
from core.channels.incoming import Problem as RowProblem
from core.channels.report_workbook import ReportSheet, to_report
from core.channels.sheets import open_table
from core.domain.errors import FileRefused

MOST_BYTES = 2_000_000
LONGEST_CELL = 8_000
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


def judges_sheet(judging: Judging, judge_id: int, language: str) -> bytes:
    """The items of both forms as .xlsx with their keys, one's own estimates so far, and the round before."""
    rows = []
    questions = judged_questions(judging, judge_id)
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
                    asked(questions[item.id], language),
                    key_of(questions[item.id], language),
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


def judged_questions(judging: Judging, judge_id: int) -> Mapping[str, Question]:
    """Every item as this judge is shown it, with figures of a practice world where it has figures of its own."""
    seed = judging.definition.blueprint.seed
    with figures.practice_figures() as world:
        return {
            question.item_id: question
            for form in judging.forms.values()
            for question in questions_for(form, seed, judge_id, world)
        }


def asked(question: Question, language: str) -> str:
    """What is asked, with the situation and the tables it is asked about, as plain text."""
    parts: list[str] = []
    exhibits = () if question.exhibit is None else (question.exhibit,)
    if question.case is not None:
        parts += [question.case.title.in_language(language), question.case.situation.in_language(language)]
        exhibits = (*question.case.exhibits, *exhibits)
    for exhibit in exhibits:
        lines = [exhibit.columns, *exhibit.rows]
        parts.append(exhibit.title.in_language(language))
        parts += [" | ".join(cell.in_language(language) for cell in line) for line in lines]
    parts.append(question.stem.in_language(language))
    if isinstance(question.content, Choice):
        parts += [f"– {option.text.in_language(language)}" for option in question.content.options]
    return "\n".join(parts).replace("**", "")[:LONGEST_CELL]


def key_of(question: Question, language: str) -> str:
    """What is right, in a line."""
    match question.content:
        case Choice(options=options):
            return " | ".join(option.text.in_language(language) for option in options if option.fraction > 0)
        case Numeric():
            unit = question.content.unit.in_language(language) if question.content.unit else ""
            return f"{question.content.answer:g} {unit}".strip()
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
            return question.content.reason.in_language(language)
