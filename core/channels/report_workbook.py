"""Reports as workbooks: several sheets of figures that a spreadsheet opens as they are, formulas disarmed."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.channels.export import neutral

_LONGEST_TITLE = 31  # letters; what a spreadsheet takes
_NO_TITLE = "[]:*?/\\'"
_WIDEST = 60
# What XML can't hold: control characters, halves of surrogate pairs, non-characters.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_CELL = 32_767

RATE = "0.0%"


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """One sheet: its title, the headings, the rows.

    Shape: `formats` heading → number format, for columns that aren't plain numbers; None is an empty cell.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[object]]
    formats: dict[str, str]


def to_report(sheets: Sequence[ReportSheet]) -> bytes:
    """The sheets as .xlsx, headings frozen and filtered, numbers as numbers, texts as texts."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    for nth, sheet in enumerate(sheets):
        page = book.active if nth == 0 else book.create_sheet()
        assert page is not None
        title = "".join(char for char in sheet.title if char not in _NO_TITLE).strip()
        page.title = title[:_LONGEST_TITLE] or f"{nth + 1}"
        page.append([_cell(name) for name in sheet.header])
        for row in sheet.rows:
            page.append([_cell(value) for value in row])
        for at, name in enumerate(sheet.header, start=1):
            head = page.cell(1, at)
            head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
            longest = max([len(name), *(_length(row[at - 1]) for row in sheet.rows)])
            page.column_dimensions[get_column_letter(at)].width = min(_WIDEST, longest + 3)
            for place in range(2, len(sheet.rows) + 2):
                cell = page.cell(place, at)
                if isinstance(cell.value, str):
                    cell.data_type = "s"  # a text that begins with = is a text
                elif name in sheet.formats:
                    cell.number_format = sheet.formats[name]
        page.freeze_panes = "A2"
        if sheet.rows:
            page.auto_filter.ref = page.dimensions
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(value: object) -> object:
    """A value as a cell takes it: nothing that XML can't hold, not too long, no formula."""
    if value is None:
        return None
    shown = neutral(value)
    return _UNWRITABLE.sub("\ufffd", shown)[:_LONGEST_CELL] if isinstance(shown, str) else shown


def _length(value: object) -> int:
    """How wide a value is, a Chinese letter counting twice."""
    return sum(2 if char > "\u2e80" else 1 for char in str("" if value is None else value)[:_WIDEST])
