"""The live board and the orders behind its figures, as people see them: figures, address, rows, file, refusals."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.context import ENGINE, Actor, Context, World
from core.db.engines import Databases, reader, transaction
from core.domain.facts import local_day
from core.domain.rights import rights_of
from core.metrics.board import KPIS, Board, places, read_board
from core.metrics.filters import Filter, day_text
from core.metrics.rows import JUDGED, ROW_SETS, Wanted, count_rows
from core.services import intake
from core.ui.i18n import in_language, t
from core.ui.kpi import change_text, place_name, value_text
from core.ui.order_export import file_of
from seed.scenario import Scenario
from tests.houses import with_history
from tests.visits import copy_databases, process_databases, said, visit

LIVE = World("live", "live")
MANAGER = Actor(3, "Mei", "manager", None, rights_of("manager", None))
NAUGHTY = ["'; DROP TABLE cell;-- ![x](http://evil/x.png)", "\u202e２０２６"]


@pytest.fixture(scope="module")
def busy(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a company that has had 600 orders in 70 days, folded."""
    var = copy_databases(migrated, tmp_path_factory.mktemp("busy") / "var")
    return with_history(var, Scenario("busy", orders=600, days=70, skus=60), 5)


@pytest.fixture
def company(busy: Path, tmp_path: Path) -> Iterator[Databases]:
    """That company, for one test."""
    with process_databases(copy_databases(busy, tmp_path / "var")) as databases:
        yield databases


def _ctx(db: object) -> Context:
    return Context(db, MANAGER, int(time.time()), LIVE)  # type: ignore[arg-type]


def _today() -> int:
    return local_day(int(time.time()), "Asia/Shanghai")


def _board(company: Databases, **narrowed: object) -> Board:
    with reader(company.live) as db:
        wanted = Filter(_today() - 29, _today(), **narrowed)  # type: ignore[arg-type]
        return read_board(_ctx(db), wanted)


def _address(tab: AppTest) -> dict[str, str]:
    """The query of the tab's address."""
    return {name: value if isinstance(value, str) else value[-1] for name, value in dict(tab.query_params).items()}


def _cards(tab: AppTest) -> dict[str, tuple[str, str, str]]:
    """The cards and stages of the board. Shape: label → (value, change, definition)."""
    found = {}
    for link in tab.get("page_link"):
        label = re.sub(r"\\(.)", r"\1", link.proto.label).replace("\u2060", "")
        if card := re.fullmatch(r"(.+?) (?::\w+\[)?\*\*(.+?)\*\*\]?(?: :\w+-badge\[(.+?)\])? \*(.+)\*", label):
            found[card[1]] = (card[2], card[3] or "", card[4])
    return found


def _figures(tab: AppTest) -> dict[str, str]:
    return {label: value for label, (value, _, _) in _cards(tab).items()}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_figure_stands_with_its_definition_and_its_change(company: Databases, language: str) -> None:
    tab = visit(company, "manager", "monitor/board", language=language)
    assert not tab.exception
    board, text = _board(company), said(tab)
    with in_language(language):
        shown = _cards(tab)
        for kpi in KPIS:
            value, _, definition = shown[t(kpi.label)]
            assert value == value_text(kpi, board.figures[kpi.key].value)
            assert definition.startswith(t(kpi.definition))
        orders = next(kpi for kpi in KPIS if kpi.key == "orders")
        change = change_text(orders, board.figures["orders"])
        assert change and shown[t("Orders")][1].endswith(change)
        assert shown[t("Overdue")][0] == str(board.overdue_count)
        for title in ("Pipeline", "Lead times", "Open orders by age", "At risk", "Stock below threshold"):
            assert t(title) in text


def test_the_address_narrows_the_board_down(company: Databases) -> None:
    tab = visit(company, "manager", "monitor/board", channel="tmall", warehouse="SH")
    board = _board(company, channel="tmall", warehouse=1)
    assert 0 < board.figures["orders"].n < 600
    assert _figures(tab)["Orders"] == str(board.figures["orders"].n)
    chosen = {box.label: box.value for box in tab.selectbox}
    assert (chosen["Channel"], chosen["Warehouse"], chosen["Region"]) == ("tmall", "SH", "")
    closed = {box.label: box.disabled for box in tab.selectbox}
    assert (closed["Channel"], closed["Warehouse"], closed["Region"]) == (False, False, True)


def test_what_is_chosen_is_written_into_the_address(company: Databases) -> None:
    tab = visit(company, "manager", "monitor/board")
    tab.selectbox(key="board-channel").select("jd").run()
    assert _address(tab) == {"channel": "jd"}
    tab.selectbox(key="board-period").select("7d").run()
    assert _address(tab) == {"channel": "jd", "period": "7d"}
    assert not tab.exception
    with reader(company.live) as db:
        board = read_board(_ctx(db), Filter(_today() - 6, _today(), channel="jd"))
    assert _figures(tab)["Orders"] == str(board.figures["orders"].n)
    again = visit(company, "manager", "monitor/board", channel="jd", period="7d")
    assert _figures(again) == _figures(tab), "the same link gives the same view"
    tab.selectbox(key="board-channel").select("").run()
    assert _address(tab) == {"period": "7d"}


def test_own_dates_are_written_into_the_address(company: Databases) -> None:
    tab = visit(company, "manager", "monitor/board")
    tab.selectbox(key="board-period").select("own").run()
    first, last = tab.date_input(key="board-dates").value  # type: ignore[misc]
    assert (last - first).days == 29
    assert _address(tab) == {"from": first.isoformat(), "to": last.isoformat()}
    tab.date_input(key="board-dates").set_value((last, last)).run()
    assert _address(tab) == {"from": last.isoformat(), "to": last.isoformat()}
    assert not tab.exception


@pytest.mark.parametrize("name", ["channel", "warehouse", "region", "period", "from", "to"])
def test_nonsense_in_the_boards_address_is_left_out_and_noted(company: Databases, name: str) -> None:
    standard = str(_board(company).figures["orders"].n)
    for value in NAUGHTY:
        tab = visit(company, "manager", "monitor/board", **{name: value})
        assert not tab.exception, (name, value)
        assert "address" in said(tab), (name, value)
        assert _figures(tab)["Orders"] == standard


@pytest.mark.parametrize("name", ["channel", "region", "to", "rows", "status", "reason"])
def test_nonsense_in_a_lists_address_is_left_out_and_noted(company: Databases, name: str) -> None:
    for value in NAUGHTY:
        tab = visit(company, "manager", "monitor/order_list", **{name: value})
        assert not tab.exception, (name, value)
        assert "address" in said(tab), (name, value)
        assert len(tab.dataframe[0].value) == 50


@pytest.mark.parametrize(("number", "shown"), [("0", 1), ("-1", 1), ("x", 1), ("２", 1), ("99999", 12), ("9" * 30, 1)])
def test_a_page_that_is_not_there_is_the_first_or_the_last(company: Databases, number: str, shown: int) -> None:
    tab = visit(company, "manager", "monitor/order_list", period="90d")
    tab.query_params["page"] = number
    tab.run()
    assert not tab.exception
    assert f"Page {shown} of 12" in said(tab)


@pytest.mark.parametrize(
    "dates",
    [("2026-02-30", "2026-03-01"), ("2026-03-02", "2026-03-01"), ("1900-01-01", "2026-01-01"), ("2026-03-02", "")],
)
def test_dates_that_are_no_period_give_the_last_thirty_days(company: Databases, dates: tuple[str, str]) -> None:
    tab = visit(company, "manager", "monitor/board", **dict(zip(("from", "to"), dates, strict=True)))
    assert "the last 30 days are shown" in said(tab)
    assert _figures(tab)["Orders"] == str(_board(company).figures["orders"].n)


def test_all_three_at_once_leave_the_region_out(company: Databases) -> None:
    with reader(company.live) as db:
        region = places(_ctx(db)).regions[0]
    tab = visit(company, "manager", "monitor/board", channel="tmall", warehouse="SH", region=region)
    assert "the region was left out" in said(tab)
    assert {box.label: box.value for box in tab.selectbox}["Region"] == ""


def test_a_time_without_orders_offers_the_time_with_orders(company: Databases) -> None:
    tab = visit(company, "manager", "monitor/board", **{"from": "2020-01-01", "to": "2020-01-31"})
    assert not tab.exception
    assert _figures(tab)["Orders"] == "0"
    tab.button(key="board-all-time").click().run()
    assert _figures(tab)["Orders"] == "600"


def test_nothing_is_compared_with_days_that_are_not_here(company: Databases) -> None:
    month, quarter = (visit(company, "manager", "monitor/board", period=period) for period in ("30d", "90d"))
    assert _cards(month)["Orders"][1] != ""
    assert _cards(quarter)["Orders"][1] == ""
    assert "compared with the 30 days before" in said(month)
    assert "no orders of all the 90 days before" in said(quarter)


@pytest.mark.parametrize("period", ["today", "7d", "90d", "365d"])
def test_every_period_can_be_drawn(company: Databases, period: str) -> None:
    tab = visit(company, "manager", "monitor/board", period=period)
    assert not tab.exception
    assert len(_figures(tab)) == len(KPIS) + 4


def test_an_empty_house_says_what_to_do(house: Databases) -> None:
    tab = visit(house, "manager", "monitor/board")
    assert not tab.exception
    assert "No orders yet" in said(tab)
    assert not _cards(tab)


def test_the_board_shows_what_has_happened_since(company: Databases) -> None:
    tab = visit(company, "manager", "monitor/board", period="today")
    before = int(_figures(tab)["Orders"])
    from tests.services.desk import incoming

    with transaction(company.live) as db:
        intake.receive_order(Context(db, ENGINE, int(time.time()), LIVE), incoming("NEW-1", lines=(), payments=()))
    tab.run()
    assert _figures(tab)["Orders"] == str(before + 1)


# ---- the orders behind a figure ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.key)
def test_behind_every_figure_are_its_rows(company: Databases, kpi: object) -> None:
    rows = kpi.rows  # type: ignore[attr-defined]
    today = _today()
    tab = visit(
        company, "manager", "monitor/order_list", rows=rows, **{"from": day_text(today - 29), "to": day_text(today)}
    )
    assert not tab.exception
    with reader(company.live) as db:
        n = count_rows(_ctx(db), Wanted(rows, Filter(today - 29, today)))
    if n:
        assert f"{n} orders" in said(tab)
        assert len(tab.dataframe[0].value) == min(n, 50)
    else:
        assert "Nothing fits this list" in said(tab)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("key", [*ROW_SETS, *JUDGED])
def test_every_list_can_be_drawn(company: Databases, key: str, language: str) -> None:
    tab = visit(company, "manager", "monitor/order_list", language=language, rows=key)
    assert not tab.exception
    with in_language(language):
        chosen = (ROW_SETS.get(key) or JUDGED[key]).label
        assert t(chosen) in said(tab)


def test_pages_are_turned_and_another_list_begins_at_its_first(company: Databases) -> None:
    tab = visit(company, "manager", "monitor/order_list", rows="received", period="90d")
    first = list(tab.dataframe[0].value["number"])
    next(button for button in tab.button if button.label == "Next page").click().run()
    assert _address(tab)["page"] == "2"
    assert set(first) & set(tab.dataframe[0].value["number"]) == set()
    tab.selectbox(key="list-set").select("delivered").run()
    assert "page" not in _address(tab)
    assert not tab.exception


def test_the_filter_is_said_and_leads_back_to_the_board(company: Databases) -> None:
    with reader(company.live) as db:
        known = places(_ctx(db))
    tab = visit(company, "manager", "monitor/order_list", language="zh", rows="open", channel="tmall", reason="address")
    with in_language("zh"):
        channel = next(place for place in known.channels if place.code == "tmall")
        assert place_name(channel) in said(tab)
        assert t("Address incomplete or contradictory") in said(tab)


def test_a_stages_rows_come_with_the_exact_lead_time(company: Databases) -> None:
    tab = visit(company, "manager", "monitor/order_list", rows="delivered", stage="transit", period="90d")
    assert not tab.exception
    assert "Exact, in days" in said(tab)
    assert "Handed over to delivered" in said(tab)


def test_the_file_holds_the_whole_list_and_no_formula(company: Databases) -> None:
    with transaction(company.live) as db:
        db.exec_driver_sql("UPDATE sales_order SET number = '=1+1', city = '@x' WHERE id = 7")
    with reader(company.live) as db:
        data = file_of(_ctx(db), Wanted("received", Filter(0, 30_000)))
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(rows) == 600
    assert [row for row in rows if row["number"].startswith(("=", "@"))] == []
    assert [row["city"] for row in rows if row["number"] == "'=1+1"] == ["'@x"]
    assert all(row["received_at"].isdigit() and row["received"] for row in rows)


def test_what_runs_low_is_listed_by_warehouse(company: Databases) -> None:
    with transaction(company.live) as db:
        db.exec_driver_sql("UPDATE stock_threshold SET low_quantity = 1000000 WHERE sku_id <= 3")
        db.exec_driver_sql("UPDATE stock_threshold SET low_quantity = 0 WHERE sku_id > 3")
    everywhere = visit(company, "manager", "monitor/stock_alerts", show="low")
    assert not everywhere.exception
    assert len(everywhere.dataframe[0].value) == 12, "three articles in four warehouses"
    here = visit(company, "manager", "monitor/stock_alerts", language="zh", show="low", warehouse="SH")
    assert len(here.dataframe[0].value) == 3
    assert set(here.dataframe[0].value["warehouse"]) == {"上海仓"}
    board = visit(company, "manager", "monitor/board", warehouse="SH")
    assert _figures(board)["Below threshold"] == "3"


def test_a_practice_world_has_no_board(company: Databases) -> None:
    """Trainees work in their own world; what they do there is on nobody's board."""
    from core.ui.site import pages_for

    trainer = Actor(4, "Tao", "trainer", None, rights_of("trainer", None))
    assert "board" in {site.name for site in pages_for(trainer)}
    assert "board" not in {site.name for site in pages_for(trainer, in_practice=True)}
