"""Stocktakes under people's hands: planned, counted by keyboard and by sheet, explained, approved, posted."""

from __future__ import annotations

import io
import time
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core.channels.count_sheets import to_workbook
from core.context import ENGINE, Actor, Context, World
from core.db.count_tables import count_line, stocktake
from core.db.engines import Databases, reader, transaction
from core.domain.rights import ENGINE_RIGHTS
from core.services import count_entries, count_sheets, counting
from core.services.books import imbalances
from core.ui import count_parts
from core.ui.i18n import in_language, t
from core.ui.voices import voice
from tests.assessments.small_world import fill
from tests.documents.printed import pages
from tests.naughty import naughty_strings
from tests.visits import said, visit

KEEPER = Actor(None, "colleague", "employee", "W", ENGINE_RIGHTS)
LIVE = World("live", "live")
NAUGHTY = [text for text in naughty_strings() if text.strip()][:40]


@pytest.fixture
def desk(house: Databases) -> Databases:
    """The house with goods on its shelves."""
    fill(house.live, int(time.time()))
    return house


def count_of(desk: Databases, *, begun: bool = True, blind: bool = False, note: str = "") -> int:
    """A full stocktake of the first warehouse, planned by a colleague."""
    with transaction(desk.live) as db:
        ctx = Context(db, KEEPER, int(time.time()), LIVE)
        number = counting.plan_stocktake(ctx, 1, "full", blind=blind, note=note)
        if begun:
            counting.start_count(ctx, number)
        return number


def lines_of(desk: Databases, number: int) -> list[Any]:
    with reader(desk.live) as db:
        return list(db.execute(select(count_line).where(count_line.c.stocktake_id == number).order_by("position")))


def status_of(desk: Databases, number: int) -> str:
    with reader(desk.live) as db:
        return str(db.execute(select(stocktake.c.status).where(stocktake.c.id == number)).scalar_one())


def count_all(desk: Databases, number: int, change: int = 0) -> None:
    """A colleague counts everything, the first line off by `change`, and ends the count."""
    lines = lines_of(desk, number)
    counts = {line.id: line.book_quantity + (change if line is lines[0] else 0) for line in lines}
    with transaction(desk.live) as db:
        ctx = Context(db, KEEPER, int(time.time()), LIVE)
        count_entries.enter_counts(ctx, number, counts)
        counting.finish_count(ctx, number)


def open_count(desk: Databases, number: int, login: str = "warehouse", language: str = "en") -> AppTest:
    tab = visit(desk, login, "work/stocktake", language=language, id=str(number))
    assert not tab.exception
    return tab


def press(tab: AppTest, key: str) -> AppTest:
    button = tab.button(key=key)
    assert not button.disabled, button.help
    button.click().run()
    assert not tab.exception
    return tab


def submit(tab: AppTest, label: str) -> AppTest:
    (found,) = [one for one in tab.button if one.label == label]
    found.click().run()
    assert not tab.exception
    return tab


def html(tab: AppTest) -> str:
    return "\n".join(str(part.proto.body) for part in tab.get("html"))


def test_a_stocktake_is_planned_begun_and_counted_by_keyboard(desk: Databases) -> None:
    tab = visit(desk, "warehouse", "work/stocktakes")
    assert "No stocktake is under way" in said(tab)
    tab.checkbox(key="plan-blind").uncheck()
    tab.text_input(key="plan-note").set_value("hall 1")
    press(tab, "plan-it")
    assert status_of(desk, 1) == "planned"
    tab = press(open_count(desk, 1), "do-start")
    assert tab.button(key="do-finish").disabled
    lines = lines_of(desk, 1)
    for line in lines[:2]:
        assert f"Line {line.position} of {len(lines)}" in html(tab)
        tab.text_input(key="count-units").set_value(f" {line.book_quantity} ")
        submit(tab, "Save, next place")
    assert [line.counted_quantity for line in lines_of(desk, 1)[:3]] == [
        lines[0].book_quantity,
        lines[1].book_quantity,
        None,
    ]
    assert tab.text_input(key="count-units").value == ""


@pytest.mark.parametrize("typed", ["-1", "1000000000", "five", "", "٣", "1e3", "9" * 12])
def test_what_is_no_count_is_said_beside_the_field(desk: Databases, typed: str) -> None:
    number = count_of(desk)
    tab = open_count(desk, number)
    tab.text_input(key="count-units").set_value(typed)
    submit(tab, "Save, next place")
    (error,) = tab.error
    assert "is no number of units" in error.value or "A count is 0 to 1000000 units" in error.value
    assert lines_of(desk, number)[0].counted_at is None


def test_a_scan_opens_the_place(desk: Databases) -> None:
    number = count_of(desk)
    tab = open_count(desk, number)
    tab.text_input(key="count-go-to").set_value("3").run()
    assert "Line 3 of" in html(tab)
    tab.text_input(key="count-go-to").set_value("no such thing").run()
    assert "Nothing called no such thing waits" in said(tab).replace("\u2060", "")


def test_blind_means_blind(desk: Databases) -> None:
    number = count_of(desk, blind=True)
    for login in ("warehouse", "operations", "finance", "manager"):
        tab = open_count(desk, number, login)
        assert "Book when counting began" not in html(tab)
        assert not {"expected", "off", "value", "moved"} & set(tab.dataframe[0].value.columns)
    with transaction(desk.live) as db:
        counting.cancel_stocktake(Context(db, KEEPER, int(time.time()), LIVE), number, "with the book this time")
    assert "Book when counting began" in html(open_count(desk, count_of(desk)))


def test_a_filled_in_sheet_comes_in_by_its_button(desk: Databases) -> None:
    number = count_of(desk)
    with reader(desk.live) as db:
        paper = count_sheets.get_count_sheet(Context(db, KEEPER, int(time.time()), LIVE), number)
    book = openpyxl.load_workbook(io.BytesIO(to_workbook(paper)))
    page = book.active
    assert page is not None
    for row in range(2, page.max_row + 1):
        page.cell(row, page.max_column).value = 3
    page.cell(2, page.max_column).value = -1
    out = io.BytesIO()
    book.save(out)
    tab = open_count(desk, number)
    tab.file_uploader[0].upload("count.xlsx", out.getvalue(), "application/octet-stream").run()
    assert not tab.exception
    n = len(paper.lines)
    assert f"{n - 1} counts to take in · 0 empty · 0 entered already · 1 that can't be taken" in said(tab)
    submit(tab, f"Take in {n - 1} counts")
    assert [line.counted_quantity for line in lines_of(desk, number)] == [None] + [3] * (n - 1)


def test_differences_are_explained_approved_by_another_and_posted(desk: Databases) -> None:
    number = count_of(desk)
    count_all(desk, number, -1)
    approver = open_count(desk, number, "operations")
    assert approver.button(key="do-approve").disabled
    assert "1 differences without a reason" in said(approver)
    tab = open_count(desk, number)
    submit(tab, "Keep the reason")
    assert lines_of(desk, number)[0].reason == "breakage"
    press(open_count(desk, number, "operations"), "do-approve")
    press(open_count(desk, number, "finance"), "do-post")
    assert status_of(desk, number) == "posted"
    shown = said(open_count(desk, number, "finance"))
    assert "Differences posted" in shown
    with reader(desk.live) as db:
        assert imbalances(Context(db, ENGINE, int(time.time()), LIVE)) == []


def test_calling_off_needs_a_reason(desk: Databases) -> None:
    number = count_of(desk)
    tab = submit(open_count(desk, number), "Call the stocktake off")
    assert "Calling off needs a reason" in said(tab)
    (reason,) = [one for one in tab.text_input if one.label == "Reason"]
    reason.set_value("wrong hall")
    submit(tab, "Call the stocktake off")
    assert status_of(desk, number) == "cancelled"


@pytest.mark.parametrize("login", ["warehouse", "operations", "finance", "manager"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_state_can_be_looked_at(desk: Databases, login: str, language: str) -> None:
    planned, begun = count_of(desk, begun=False), count_of(desk)
    for number in (planned, begun):
        open_count(desk, number, login, language)
    count_all(desk, begun, -1)
    tab = open_count(desk, begun, login, language)
    assert status_of(desk, begun) == "counted"
    with in_language(language):
        assert t("Stock accuracy") in [one.label.replace("\\", "") for one in tab.metric]
    listed = visit(desk, login, "work/stocktakes", language=language)
    assert not listed.exception
    assert list(listed.dataframe[0].value["number"]) == ["ST-000002", "ST-000001"]


@pytest.mark.parametrize("login", ["clerk", "service", "trainer", "admin"])
def test_others_have_no_stocktakes(desk: Databases, login: str) -> None:
    for page in ("stocktakes", "stocktake"):
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            visit(desk, login, f"work/{page}")


def test_naughty_notes_are_text(desk: Databases) -> None:
    for text in NAUGHTY:
        number = count_of(desk, begun=False, note=text[:500])
        tab = open_count(desk, number)
        assert not tab.exception


def test_a_stocktake_that_is_not_there(desk: Databases) -> None:
    assert "Stocktake 4711 isn't here" in said(open_count(desk, 4711))
    assert "No stocktake chosen" in said(visit(desk, "warehouse", "work/stocktake", id="../etc"))


def test_a_sheet_that_is_made_later_speaks_the_readers_language(desk: Databases) -> None:
    number = count_of(desk)
    with in_language("zh"):
        speaks = voice()
    with reader(desk.live) as db, in_language("en"):
        pdf = count_parts._pdf(Context(db, KEEPER, int(time.time()), LIVE), number, speaks)
    assert "盘点表" in pages(pdf)[0]
    assert "Count sheet" not in pages(pdf)[0]
