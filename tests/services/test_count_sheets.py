"""Count sheets: printed and filled in, brought back, and everything that can be wrong with what comes back."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from core.channels.count_sheets import BLIND_COLUMNS, COLUMNS, to_workbook
from core.channels.files import InFile
from core.domain.counting import CountStatus
from core.domain.errors import FileRefused, NotAllowed, RuleViolation
from core.services import count_entries, count_sheets, counting
from tests.services.count_story import KEEPER, MINUTE, SECOND, Count
from tests.services.desk import CUP, KETTLE, Desk

Edit = Callable[[Any], None]


def sheet_of(desk: Desk, count: Count, **options: Any) -> Any:
    with desk.look(KEEPER) as ctx:
        return count_sheets.get_count_sheet(ctx, count.id, **options)


def filled(desk: Desk, count: Count, edit: Edit | None = None) -> InFile:
    """The count sheet as somebody sends it back: every place counted at 5, then changed by `edit`."""
    book = openpyxl.load_workbook(io.BytesIO(to_workbook(sheet_of(desk, count))))
    page = book.active
    for row in range(2, page.max_row + 1):
        page.cell(row, page.max_column).value = 5
    if edit is not None:
        edit(page)
    out = io.BytesIO()
    book.save(out)
    return InFile("count.xlsx", out.getvalue())


def preview(desk: Desk, count: Count, file: InFile) -> count_sheets.SheetPreview:
    with desk.look(KEEPER) as ctx:
        return count_sheets.preview_sheet(ctx, count.id, file)


def test_a_sheet_goes_out_and_comes_back(desk: Desk) -> None:
    count = Count(desk)
    at = desk.now + MINUTE
    desk.now += 10 * MINUTE
    file = filled(desk, count)
    found = preview(desk, count, file)
    assert (len(found.counts), found.blank, found.problems) == (6, 0, ())
    with desk.work(KEEPER) as ctx:
        assert count_sheets.enter_sheet(ctx, count.id, file, at) == 6
    assert {(line.counted_quantity, line.counted_at) for line in count.lines()} == {(5, at)}
    again = preview(desk, count, file)
    assert (again.counts, again.same, again.problems) == ({}, 6, ())
    assert count.finish() is CountStatus.COUNTED


def test_the_sheet_says_where_what_lies(desk: Desk) -> None:
    count = Count(desk, kind="partial", skus=(CUP,))
    page = openpyxl.load_workbook(io.BytesIO(to_workbook(sheet_of(desk, count)))).active
    assert page is not None
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    first, second = count.lines()
    assert rows == [
        list(COLUMNS),
        ["ST-000001", 1, "FLOOR", "CUP", "Cup Cup", first.lot_id, None, 5, None],
        ["ST-000001", 2, "FLOOR", "CUP", "Cup Cup", second.lot_id, None, 5, None],
    ]


@pytest.mark.parametrize("asked", [True, False])
def test_a_blind_sheet_hides_the_book(desk: Desk, asked: bool) -> None:
    blind = Count(desk, kind="partial", skus=(CUP,), blind=asked)
    paper = sheet_of(desk, blind, with_book=asked)
    assert {line.book for line in paper.lines} == {None}
    page = openpyxl.load_workbook(io.BytesIO(to_workbook(paper))).active
    assert page is not None
    assert tuple(cell.value for cell in page[1]) == BLIND_COLUMNS
    assert len(preview(desk, blind, filled(desk, blind)).counts) == 2


def set_cell(row: int, column: str, value: Any) -> Edit:
    def edit(page: Any) -> None:
        page.cell(row, COLUMNS.index(column) + 1).value = value

    return edit


@pytest.mark.parametrize(
    ("column", "value", "kind", "wanted"),
    [
        (COLUMNS[8], -1, "count", "a whole number of 0 to 1000000"),
        (COLUMNS[8], 10**9, "count", "a whole number of 0 to 1000000"),
        (COLUMNS[8], 2.5, "count", "a whole number of 0 to 1000000"),
        (COLUMNS[8], "five", "count", "a whole number of 0 to 1000000"),
        (COLUMNS[0], "ST-000009", "other_stocktake", "a line of stocktake ST-000001"),
        (COLUMNS[1], 99, "unknown_line", "the number of a line of this stocktake"),
        (COLUMNS[1], "first", "unknown_line", "the number of a line of this stocktake"),
        (COLUMNS[3], "LAMP", "other_place", "CUP, as the list has it for this line"),
        (COLUMNS[2], "A-01", "other_place", "FLOOR, as the list has it for this line"),
        (COLUMNS[5], 77, "other_place", "1, as the list has it for this line"),
    ],
)
def test_a_row_that_cannot_be_taken_stays_out(desk: Desk, column: str, value: Any, kind: str, wanted: str) -> None:
    count = Count(desk)
    found = preview(desk, count, filled(desk, count, set_cell(2, column, value)))
    (problem,) = found.problems
    assert (problem.kind, problem.line, problem.column) == (kind, 2, column)
    assert problem.wanted == wanted.replace("1, as", f"{count.lines()[0].lot_id}, as")
    assert len(found.counts) == 5


def test_a_line_counted_twice_is_taken_neither_time(desk: Desk) -> None:
    count = Count(desk)

    def twice(page: Any) -> None:
        page.append([cell.value for cell in page[2]])
        page.cell(page.max_row, page.max_column).value = 4

    found = preview(desk, count, filled(desk, count, twice))
    assert [(problem.kind, problem.line) for problem in found.problems] == [("counted_twice", 2), ("counted_twice", 8)]
    assert len(found.counts) == 5


def test_blank_cells_are_not_counted(desk: Desk) -> None:
    count = Count(desk)
    found = preview(desk, count, filled(desk, count, set_cell(3, COLUMNS[8], None)))
    assert (len(found.counts), found.blank) == (5, 1)


@pytest.mark.parametrize(
    "edit",
    [
        set_cell(1, COLUMNS[8], "Counted"),
        lambda page: page.delete_cols(3),
        lambda page: page.move_range("A1:A9", cols=12),
        lambda page: page.insert_rows(1),
    ],
    ids=["renamed", "removed", "moved", "pushed down"],
)
def test_changed_columns_refuse_the_sheet(desk: Desk, edit: Edit, request: pytest.FixtureRequest) -> None:
    count = Count(desk)
    file = filled(desk, count, edit)
    if "pushed down" in request.node.name:
        assert len(preview(desk, count, file).counts) == 6  # empty rows above don't matter
        return
    before = desk.everything()
    with pytest.raises(FileRefused, match=r"columns of the count sheet were changed|has no name"):
        preview(desk, count, file)
    with pytest.raises(FileRefused), desk.work(KEEPER) as ctx:
        count_sheets.enter_sheet(ctx, count.id, file)
    assert desk.everything() == before


def test_the_same_saved_as_csv(desk: Desk) -> None:
    count = Count(desk, kind="partial", skus=(KETTLE,))
    lines = sheet_of(desk, count).lines
    rows = [f"ST-000001,{one.position},{one.bin_code},{one.sku_code},x,{one.lot_id},,5,{4}" for one in lines]
    text = "\n".join([",".join(COLUMNS), *rows])
    for encoding in ("utf-8-sig", "gb18030"):
        assert len(preview(desk, count, InFile("count.csv", text.encode(encoding))).counts) == 2


def test_other_files_are_refused(desk: Desk) -> None:
    count = Count(desk)
    for name, content in (("count.xlsx", b"PK\x03\x04nonsense"), ("count.xlsx", b"a,b"), ("count.csv", b"\x00\x01")):
        with pytest.raises(FileRefused):
            preview(desk, count, InFile(name, content))


def test_what_somebody_else_counted_is_named(desk: Desk) -> None:
    count = Count(desk)
    file = filled(desk, count)
    line = count.lines()[0]
    with desk.work(SECOND) as ctx:
        count_entries.enter_count(ctx, count.id, line.id, 3)
    found = preview(desk, count, file)
    assert [(problem.kind, problem.found) for problem in found.problems] == [("counted_already", "1: 5")]
    assert len(found.counts) == 5


def test_a_recount_sheet_has_what_waits_only(desk: Desk) -> None:
    count = Count(desk)
    line = count.lines(CUP)[1]
    count.enter({line.id: -3})
    assert count.finish() is CountStatus.RECOUNT
    paper = sheet_of(desk, count)
    assert ([one.position for one in paper.lines], paper.is_recount) == ([line.position], True)


def test_codes_that_could_calculate_stay_codes(desk: Desk) -> None:
    from dataclasses import replace

    count = Count(desk, kind="partial", skus=(CUP,))
    paper = sheet_of(desk, count)
    evil = replace(
        paper, lines=tuple(replace(one, sku_code="=1+1", name_zh="=cmd|x", bin_code="007") for one in paper.lines)
    )
    page = openpyxl.load_workbook(io.BytesIO(to_workbook(evil))).active
    assert page is not None
    assert (page["D2"].value, page["D2"].data_type, page["C2"].value) == ("=1+1", "s", "007")
    assert page["E2"].data_type == "s"


def test_when_there_is_nothing_to_count(desk: Desk) -> None:
    count = Count(desk)
    file = filled(desk, count)
    count.enter()
    with pytest.raises(RuleViolation, match="no line waits for a sheet"):
        sheet_of(desk, count)
    count.finish()
    for work in (count_sheets.get_count_sheet, lambda ctx, number: count_sheets.preview_sheet(ctx, number, file)):
        with pytest.raises(RuleViolation, match="takes no counts now"), desk.look(KEEPER) as ctx:
            work(ctx, count.id)


def test_sheets_are_for_those_who_count(desk: Desk, clerk: Any) -> None:
    count = Count(desk)
    file = filled(desk, count)
    with pytest.raises(NotAllowed), desk.look(clerk) as ctx:
        count_sheets.get_count_sheet(ctx, count.id)
    with pytest.raises(NotAllowed), desk.work(clerk) as ctx:
        count_sheets.enter_sheet(ctx, count.id, file)
    with desk.work(KEEPER) as ctx:
        counting.cancel_stocktake(ctx, count.id, "x")
