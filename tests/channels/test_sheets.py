"""Workbooks: inspected first, then read in a child process with limits."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from core.channels.files import InFile
from core.channels.incoming import Problem, SourceRow
from core.channels.sheets import Limits, open_sheet, open_table
from core.channels.workbook_inspection import inspect_workbook
from core.domain.errors import FileRefused

AFTERNOON = datetime(2026, 3, 8, 14, 30, tzinfo=UTC).replace(tzinfo=None)  # workbooks know no time zones
CONTENT_TYPES = "[Content_Types].xml"


def workbook(*rows: list[object], hidden: bool = False) -> bytes:
    """A workbook whose first visible sheet holds these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    if hidden:
        sheet.append(["secret"])
        sheet.sheet_state = "hidden"
        sheet = book.create_sheet("visible")
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(content: bytes, parts: dict[str, bytes], *, compress: int = zipfile.ZIP_DEFLATED) -> InFile:
    """A workbook with parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", compress) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return InFile("x.xlsx", out.getvalue())


def refused(file: InFile, limits: Limits | None = None) -> FileRefused:
    """Why a workbook is refused."""
    with pytest.raises(FileRefused) as caught:
        open_sheet(file, limits=limits)
    return caught.value


def test_cells_become_texts() -> None:
    content = workbook(
        ["text", "whole", "fraction", "sum", "yes", "time", "day"],
        ["00123", 42, 9.9, 0.1 + 0.2, True, AFTERNOON, AFTERNOON.replace(hour=0, minute=0)],
        [None, None, None, None, None, None, None],
        ["李雷\n=1", -5, 1e-7, 123456789012345, None, None, None],
    )
    table = open_sheet(InFile("x.xlsx", content))
    assert table.header == ("text", "whole", "fraction", "sum", "yes", "time", "day")
    assert [(row.line, list(row.cells)) for row in table.rows if isinstance(row, SourceRow)] == [
        (2, ["00123", "42", "9.9", "0.3", "TRUE", "2026-03-08 14:30:00", "2026-03-08"]),
        (4, ["李雷\n=1", "-5", "1e-07", "123456789012345", "", "", ""]),
    ]


def test_numbers_that_lost_digits_are_kept_aside() -> None:
    table = open_sheet(InFile("x.xlsx", workbook(["no"], [123456789012345678], ["123456789012345678"])))
    first, second = table.rows
    assert isinstance(first, Problem) and (first.line, first.kind) == (2, "precision")
    assert isinstance(second, SourceRow) and list(second.cells) == ["123456789012345678"]


def test_formulas_and_errors_are_warned_of() -> None:
    content = workbook(["a", "b"], ["=1+1", "x"])
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    sheet = sheet.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
    sheet = sheet.replace(b"</row></sheetData>", b'<c r="C2" t="e"><v>#DIV/0!</v></c></row></sheetData>')
    found = list(open_sheet(changed(content, {"xl/worksheets/sheet1.xml": sheet})).rows)
    assert [(p.kind, p.found, str(p.severity)) for p in found if isinstance(p, Problem)] == [
        ("formula", "A2", "warning"),
        ("cell_error", "C2", "warning"),
    ]
    assert [list(row.cells) for row in found if isinstance(row, SourceRow)] == [["2", "x", ""]]


def test_the_first_visible_sheet_counts() -> None:
    table = open_sheet(InFile("x.xlsx", workbook(["a"], ["1"], hidden=True)))
    assert table.header == ("a",)


def test_control_characters_cannot_come_in() -> None:
    content = workbook(["a", "b"], ["x_x0007_y", "1"])
    rows = list(open_sheet(InFile("x.xlsx", content)).rows)
    assert all(isinstance(row, Problem) or "\x07" not in row.cells[0] for row in rows)


def test_headers_are_judged_as_in_csv_files() -> None:
    assert refused(InFile("x.xlsx", workbook(["a", "a"], [1, 2]))).params == {"doubled": "a"}
    assert "must hold the column names" in refused(InFile("x.xlsx", workbook())).template


@pytest.mark.parametrize(
    ("parts", "template"),
    [
        ({"xl/vbaProject.bin": b"x"}, "macros, links or embedded"),
        ({"xl/externalLinks/externalLink1.xml": b"<a/>"}, "macros, links or embedded"),
        ({"xl/embeddings/a.bin": b"x"}, "macros, links or embedded"),
        ({"xl/connections.xml": b"<a/>"}, "macros, links or embedded"),
        ({CONTENT_TYPES: b'<a ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'}, "macros, links"),
        (
            {"xl/_rels/workbook.xml.rels": b'<Relationship Type="x/externalLink" Target="x" TargetMode="External"/>'},
            "macros, links or embedded",
        ),
        ({"xl/sharedStrings.xml": b'<!DOCTYPE r [<!ENTITY x "y">]><sst/>'}, "declares entities"),
        ({"xl/sharedStrings.xml": b" " * 262_140 + b"<!DOCTYPE r><sst/>"}, "declares entities"),
        ({"xl/sharedStrings.xml": "<sst/>".encode("utf-16")}, "isn't UTF-8"),
        ({"../../evil.txt": b"x"}, "dangerous name"),
        ({"/abs.txt": b"x"}, "dangerous name"),
        ({"xl\\evil.xml": b"x"}, "dangerous name"),
        ({"C:evil.xml": b"x"}, "dangerous name"),
        ({"xl/media/zeros.bin": bytes(50_000_000)}, "unpacks to far more"),
        ({f"xl/media/{n}": b"" for n in range(2001)}, "at most {most} are read"),
    ],
)
def test_what_is_more_than_data_is_refused(parts: dict[str, bytes], template: str) -> None:
    error = refused(changed(workbook(["a"], ["1"]), parts))
    assert template in error.template
    assert error.file == "x.xlsx"


def test_links_behind_cells_are_harmless() -> None:
    link = (
        b'<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        b'hyperlink" Target="https://example.com" TargetMode="External"/></Relationships>'
    )
    file = changed(workbook(["a"], ["1"]), {"xl/worksheets/_rels/sheet1.xml.rels": link})
    assert len(list(open_sheet(file).rows)) == 1


def test_parts_may_not_appear_twice() -> None:
    out = io.BytesIO(workbook(["a"], ["1"]))
    with pytest.warns(UserWarning), zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert "twice" in refused(InFile("x.xlsx", out.getvalue())).template


@pytest.mark.parametrize(
    ("content", "template"),
    [
        (b"", "0 bytes"),
        (b"a,b\n1,2\n", "isn't an Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "isn't an Excel workbook"),
        (workbook(["a"])[:-200], "damaged"),
        (workbook(["a"]).replace(b"xl/workbook.xml", b"xl/workbooq.xml"), "isn't an Excel workbook"),
    ],
)
def test_other_kinds_and_damaged_files_are_refused(content: bytes, template: str) -> None:
    assert template in refused(InFile("x.xlsx", content)).template


def test_a_sheet_that_is_no_sheet_is_damaged() -> None:
    file = changed(workbook(["a"], ["1"]), {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"})
    assert refused(file).template == "The workbook is damaged."


def test_the_child_is_stopped_when_it_takes_too_long_or_too_much() -> None:
    content = workbook(["a", "b"], *([f"text {n}", n] for n in range(20_000)))
    file = InFile("x.xlsx", content)
    stopped = "Reading the workbook took too much time or memory, and was stopped."
    assert refused(file, Limits(wall_s=0)).template == stopped
    assert refused(file, Limits(memory_bytes=10_000_000)).template in (stopped, "The workbook is damaged.")
    assert refused(file, Limits(most_output_bytes=1000)).template == stopped
    assert refused(file, Limits(most_rows=10)).params == {"found": 20_001, "most": 10}
    assert len(list(open_sheet(file).rows)) == 20_000


def test_the_name_says_how_a_file_is_read() -> None:
    content = workbook(["a"], ["1"])
    assert open_table(InFile("X.XLSX", content)).kind == "xlsx"
    with pytest.raises(FileRefused, match="ZIP/XLSX"):
        open_table(InFile("x.csv", content))


@pytest.mark.parametrize(
    "name", ["billion_laughs.xlsx", "csv_as.xlsx", "truncated.xlsx", "xxe_file.xlsx", "zip_slip.xlsx"]
)
def test_hostile_workbooks_are_refused(acceptance: Callable[[str], Path], name: str) -> None:
    assert refused(InFile.at(acceptance(f"hostile/{name}"))).file == name


def test_formula_cells_of_the_hostile_workbook_are_named(acceptance: Callable[[str], Path]) -> None:
    odd = inspect_workbook(InFile.at(acceptance("hostile/formula_cells.xlsx")))
    assert (odd.formulas, odd.errors) == (["A1"], [])
