"""Count sheets as workbooks: written for people to fill in, and read back strictly."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.channels.export import neutral
from core.channels.files import InFile
from core.channels.incoming import Problem, SourceRow
from core.channels.sheets import open_table
from core.domain.count_papers import CountSheet, SheetLine
from core.domain.counting import MOST_UNITS
from core.domain.errors import FileRefused

MOST_BYTES = 10_000_000
# In both languages at once: a sheet that was made by one comes back to another.
COLUMNS = (
    "Stocktake 盘点单", "Line 行号", "Bin 货位", "Article 商品编码", "Name 名称", "Lot 批次", "Expires 效期",
    "Book 账面数", "Counted 实盘数",
)  # fmt: skip
_WIDTHS = (14, 9, 14, 18, 36, 11, 13, 11, 16)
_SHEET, _LINE, _BIN, _ARTICLE, _LOT, _BOOK, _COUNTED = (COLUMNS[i] for i in (0, 1, 2, 3, 5, 7, 8))
BLIND_COLUMNS = tuple(column for column in COLUMNS if column != _BOOK)
_WHOLE = re.compile(r"(\d{1,12})(?:\.0{1,10})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """What came back. Shape: `counts` line's position → units; blank cells are left out; problems name their place."""

    counts: dict[int, int]
    blank: int
    problems: tuple[Problem, ...]


def to_workbook(sheet: CountSheet) -> bytes:
    """A count sheet as .xlsx: one row per place, the column to fill in guarded against what no count can be."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.datavalidation import DataValidation

    columns = COLUMNS if sheet.shows_book else BLIND_COLUMNS
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet.number
    page.append(columns)
    for line in sheet.lines:
        values = _values(sheet, line)
        page.append([values[column] for column in columns])
    fill = PatternFill("solid", fgColor="FFF2CC")
    last = len(sheet.lines) + 1
    for at, column in enumerate(columns, start=1):
        head = page.cell(1, at)
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        page.column_dimensions[head.column_letter].width = _WIDTHS[COLUMNS.index(column)]
        for row in range(2, last + 1):
            cell = page.cell(row, at)
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a code that begins with = is a code
                cell.number_format = "@"
            if column == _COUNTED:
                cell.fill = fill
    guard = DataValidation("whole", operator="between", formula1="0", formula2=str(MOST_UNITS), allow_blank=True)
    guard.error, guard.showErrorMessage = f"0 – {MOST_UNITS}", True
    page.add_data_validation(guard)
    letter = page.cell(1, len(columns)).column_letter
    guard.add(f"{letter}2:{letter}{max(2, last)}")
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    page.oddFooter.center.text = f"{sheet.number} · &P / &N"
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _values(sheet: CountSheet, line: SheetLine) -> dict[str, object]:
    cells = (
        sheet.number,
        line.position,
        line.bin_code,
        line.sku_code,
        str(neutral(f"{line.name_zh} {line.name_en}".strip())),
        line.lot_id,
        line.expires_on or "",
        line.book,
        None,
    )
    return dict(zip(COLUMNS, cells, strict=True))


def read_counts(file: InFile, sheet: CountSheet) -> ReadCounts:
    """The counts in a filled-in sheet, .xlsx or the same saved as CSV, and every row that can't be taken.

    A line that is counted twice is taken neither time: nobody knows which count is meant.
    Raises: FileRefused for another kind of file, or columns that were changed.
    """
    table = open_table(file, most_bytes=MOST_BYTES)
    header = tuple(name for name in table.header if name)
    if header not in (COLUMNS, BLIND_COLUMNS):
        raise FileRefused(
            "The columns of the count sheet were changed. Expected: {expected}. Found: {found}.",
            file=file.name,
            line=1,
            expected=", ".join(COLUMNS if sheet.shows_book else BLIND_COLUMNS),
            found=", ".join(header[:20])[:300],
        )
    known = {line.position: line for line in sheet.lines}
    counts: dict[int, tuple[int, SourceRow]] = {}
    twice: dict[int, list[SourceRow]] = {}
    problems: list[Problem] = []
    blank = 0
    for row in table.rows:
        if isinstance(row, Problem):
            problems.append(row)
            continue
        cells = dict(zip(table.header, (cell.strip() for cell in row.cells), strict=True))
        if not cells[_COUNTED]:
            blank += 1
            continue
        found = _checked(row, cells, sheet, known)
        if isinstance(found, Problem):
            problems.append(found)
        elif found[0] in counts:
            twice.setdefault(found[0], [counts[found[0]][1]]).append(row)
        else:
            counts[found[0]] = (found[1], row)
    for position, rows in twice.items():
        del counts[position]
        problems += [_problem(row, "counted_twice", _LINE, str(position)) for row in rows]
    problems.sort(key=lambda problem: problem.line or 0)
    return ReadCounts({position: count for position, (count, _) in counts.items()}, blank, tuple(problems))


def _checked(
    row: SourceRow, cells: Mapping[str, str], sheet: CountSheet, known: Mapping[int, SheetLine]
) -> tuple[int, int] | Problem:
    """A row's line and count, or what is wrong with it."""
    if cells[_SHEET] != sheet.number:
        return _problem(row, "other_stocktake", _SHEET, cells[_SHEET], number=sheet.number)
    position = _WHOLE.fullmatch(cells[_LINE])
    line = known.get(int(position[1])) if position else None
    if line is None:
        return _problem(row, "unknown_line", _LINE, cells[_LINE])
    for column, wanted in ((_ARTICLE, line.sku_code), (_BIN, line.bin_code), (_LOT, str(line.lot_id))):
        found = _WHOLE.fullmatch(cells[column]) if column == _LOT else None
        if (found[1] if found else cells[column]) != wanted:
            return _problem(row, "other_place", column, cells[column], wanted=wanted)
    count = _WHOLE.fullmatch(cells[_COUNTED])
    if count is None or int(count[1]) > MOST_UNITS:
        return _problem(row, "count", _COUNTED, cells[_COUNTED], most=MOST_UNITS)
    return line.position, int(count[1])


def _problem(row: SourceRow, kind: str, column: str, found: str, **params: object) -> Problem:
    return Problem(kind, row.file, row.line, column, found[:200], params=params)
