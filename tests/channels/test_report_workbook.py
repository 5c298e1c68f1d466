"""Reports as workbooks: figures stay figures, texts stay texts, whatever somebody typed."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from core.channels.report_workbook import RATE, ReportSheet, to_report
from tests.naughty import naughty_strings


def test_sheets_rows_and_formats() -> None:
    sheets = [
        ReportSheet("Items", ("Item", "Facility"), [("op-1", 0.25), ("op-2", None)], {"Facility": RATE}),
        ReportSheet("[a]/b:*?" + "x" * 40, ("A",), [], {}),
    ]
    book = load_workbook(io.BytesIO(to_report(sheets)))
    assert book.sheetnames == ["Items", "ab" + "x" * 29]
    items = book["Items"]
    assert [[cell.value for cell in row] for row in items] == [["Item", "Facility"], ["op-1", 0.25], ["op-2", None]]
    assert items["B2"].number_format == RATE
    assert (items.freeze_panes, items.auto_filter.ref) == ("A2", "A1:B3")


def test_no_text_becomes_a_formula_and_none_breaks_the_file() -> None:
    texts = [*naughty_strings(), "=1+1", "@SUM(A1)", "\x00\x07", "\ud800", "x" * 40_000]
    book = load_workbook(io.BytesIO(to_report([ReportSheet("T", ("=A",), [(text,) for text in texts], {})])))
    cells = [row[0] for row in book["T"].iter_rows()]
    assert len(cells) == len(texts) + 1
    assert cells[0].value == "'=A"
    assert all(cell.data_type in ("s", "n") for cell in cells)
    assert all(cell.data_type == "s" or cell.value is None for cell in cells)
