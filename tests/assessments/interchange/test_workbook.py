"""Workbooks of items: both languages at once, every row that is wrong named, and every item of ours and back."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from assessments.interchange.parsed import Parsed, Severity
from assessments.interchange.workbook_examples import EXAMPLES
from assessments.interchange.workbook_layout import CASE_PARTS, CASES, COLUMNS, GUIDE, PARTS_OF
from assessments.interchange.workbook_reading import read_workbook
from assessments.interchange.workbook_writing import template, write_workbook
from core.channels.export import to_csv
from core.domain.errors import FileRefused
from tests.assessments.interchange.items import house_tables, single, the_same
from tests.naughty import naughty_strings


def book(*rows: dict[str, Any], header: Sequence[str] = tuple(COLUMNS.values())) -> bytes:
    made = Workbook()
    page = made.active
    assert page is not None
    page.append(list(header))
    for row in rows:
        page.append([row.get(column) for column in COLUMNS])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(*rows: dict[str, Any]) -> Parsed:
    return read_workbook(book(*rows))


def item(item_id: str = "op-1", kind: str = "single", **cells: Any) -> dict[str, Any]:
    return {"id": item_id, "part": "item", "kind": kind, "text_en": "Which?", **cells}


def option(text: str, worth: Any, item_id: str = "op-1", **cells: Any) -> dict[str, Any]:
    return {"id": item_id, "part": "option", "text_en": text, "worth": worth, **cells}


GOOD = (item("op-9"), option("a", 1, "op-9"), option("b", 0, "op-9"))


def test_an_item_of_several_rows_in_any_order() -> None:
    parsed = read(
        option("no", 0, reason_en="Because."),
        item(text_zh="哪个？", competency="2.1", level="apply", positions="O, P", source="Handbook 5.1", weight=2),
        option("yes", 1, text_zh="是"),
    )
    (draft,) = parsed.items
    assert draft.table == {
        "id": "op-1",
        "kind": "single",
        "competency": "2.1",
        "source": "Handbook 5.1",
        "level": "apply",
        "positions": ["O", "P"],
        "weight": 2.0,
        "stem": {"en": "Which?", "zh": "哪个？"},
        "options": [
            {"text": {"en": "no"}, "fraction": 0.0, "reason": {"en": "Because."}},
            {"text": {"en": "yes", "zh": "是"}, "fraction": 1.0},
        ],
    }
    assert (draft.name, draft.line) == ("op-1", 3)
    assert parsed.problems == ()


def test_an_id_of_somebody_else_is_kept_aside() -> None:
    (draft,) = read(item("1"), option("a", 1, "1"), option("b", 0, "1")).items
    assert "id" not in draft.table
    assert draft.said == {"id_number": "1"}


@pytest.mark.parametrize(
    ("rows", "kind", "line"),
    [
        ([item(kind="essay")], "sheet_kind", 2),
        ([item(text_en=None)], "no_text", 2),
        ([item(level="expert")], "sheet_level", 2),
        ([item(weight="much")], "sheet_number", 2),
        ([item(worth=1)], "sheet_extra", 2),
        ([item(), option("a", 1), option("b", "half")], "sheet_number", 4),
        ([item(), option("a", 1), option("b", "1e400")], "sheet_number", 4),
        ([item(), option("a", 1), option("b", 0, number=3)], "sheet_extra", 4),
        ([item(), option("a", 1), {"id": "op-1", "part": "step", "text_en": "x"}], "sheet_wrong_part", 4),
        ([item(), option("a", 1), {"id": "op-1", "part": "opinion", "text_en": "x"}], "sheet_part", 4),
        ([item(kind="open_text"), {"id": "op-1", "part": "level", "text_en": "x", "number": 1}], "sheet_wrong_part", 3),
        ([item(), option("a", 0), option("b", 0)], "no_key", 2),
        ([item(kind="multiple"), option("a", 0.3), option("b", 0.3)], "sum", 2),
        ([option("a", 1, "op-2")], "sheet_no_item", 2),
        ([{"part": "item", "kind": "single"}], "sheet_no_id", 2),
        ([item(), *(option(f"{n}", 1 - (n > 0)) for n in range(27))], "too_many", 29),
        ([item(text_en="x" * 4001)], "too_long", 2),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_read(rows: list[dict[str, Any]], kind: str, line: int) -> None:
    parsed = read(*rows, *GOOD)
    assert [draft.table["id"] for draft in parsed.items] == ["op-9"]
    assert [(one.kind, one.line, one.severity) for one in parsed.problems] == [(kind, line, Severity.LEFT_OUT)]
    assert parsed.problems[0].text


def test_an_id_comes_once_and_what_the_bank_would_refuse_is_to_be_mended() -> None:
    parsed = read(*GOOD, item("op-9", text_en="Again?"), item("op-3"), option("a", 1, "op-3"), option("a", 0, "op-3"))
    assert [(one.kind, one.line, one.severity) for one in parsed.problems] == [
        ("twice", 5, Severity.LEFT_OUT),
        ("rule", 6, Severity.TO_MEND),
    ]
    assert parsed.problems[1].text == "Two options say the same"


def test_a_formula_is_said_and_its_saved_result_is_read() -> None:
    parsed = read(item(), option("a", "=1"), option("b", 0))
    assert [one.kind for one in parsed.problems][:1] == ["sheet_remark"]


def test_the_same_sheet_saved_as_csv() -> None:
    rows = [[row.get(column, "") for column in COLUMNS] for row in GOOD]
    (draft,) = read_workbook(to_csv(list(COLUMNS.values()), rows), "items.csv").items
    assert draft.table["id"] == "op-9"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.xlsx"),
        (b"no workbook", "a.xlsx"),
        (b"PK\x03\x04 broken", "a.xlsx"),
        (book(header=["a", "b"]), "a.xlsx"),
        (b"a,b\n1,2\n", "a.csv"),
    ],
)
def test_other_files_are_refused(data: bytes, name: str) -> None:
    with pytest.raises(FileRefused):
        read_workbook(data, name)


def test_hostile_workbooks_are_refused(acceptance: Callable[[str], Path]) -> None:
    for path in sorted(acceptance("hostile").glob("*.*")):
        if path.suffix in (".xlsx", ".csv"):
            with pytest.raises(FileRefused):
                read_workbook(path.read_bytes(), path.name)


def test_every_item_of_the_house_comes_back_in_both_languages() -> None:
    items = house_tables()
    written = write_workbook(items)
    assert written.problems == ()
    parsed = read_workbook(written.content)
    assert [one.text for one in parsed.problems] == []
    for one, draft in zip(items, parsed.items, strict=True):
        assert the_same(draft.table, one, None), one["id"]


def test_the_template_can_be_read_and_explains_itself() -> None:
    parsed = read_workbook(template())
    assert [one.text for one in parsed.problems] == []
    assert {draft.table["kind"] for draft in parsed.items} == set(PARTS_OF)
    for example, draft in zip(EXAMPLES, parsed.items, strict=True):
        assert the_same(draft.table, example, None)
    pages = load_workbook(io.BytesIO(template()))
    assert {row[0].value for row in pages[GUIDE].iter_rows(min_row=2)} == {
        "item", "option", "near", "accept", "pair", "distractor", "step", "criterion", "level", "hint",
            COLUMNS["case"], CASES, *CASE_PARTS,
    }  # fmt: skip


def test_what_a_workbook_cannot_hold() -> None:
    written = write_workbook([{"id": "op-1", "kind": "generated"}, single("a \x01 b"), single("x" * 32_001)])
    assert [one.kind for one in written.problems] == ["generated", "cannot_hold_control", "too_long"]
    assert written.items_count == 0


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")) | st.sampled_from("\n=+@'_x0041"), max_size=30
)


@settings(max_examples=12)
@given(texts=st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=20, max_size=40))
def test_any_text_comes_back(texts: list[tuple[str, str, str]]) -> None:
    stripped = [[text.strip() for text in three] for three in texts]
    items = [
        single(stem, right, wrong) for stem, right, wrong in stripped if stem and right and wrong and right != wrong
    ]
    _come_back(items)


def test_texts_that_break_programs() -> None:
    _come_back([single(f"a {text} b", f"c {text}", f"d {text}") for text in [*naughty_strings(), "_x0041_", "=1+1"]])


def _come_back(items: list[dict[str, Any]]) -> None:
    named = [{"id": f"xx-{number}", **one} for number, one in enumerate(items)]
    written = write_workbook(named)
    assert {one.kind for one in written.problems} <= {"cannot_hold_control"}
    left_out = {one.item for one in written.problems}
    parsed = read_workbook(written.content)
    assert [one.text for one in parsed.problems] == []
    kept = [one for one in named if one["id"] not in left_out]
    assert len(kept) == written.items_count
    for one, draft in zip(kept, parsed.items, strict=True):
        assert the_same(draft.table, one, None), one
