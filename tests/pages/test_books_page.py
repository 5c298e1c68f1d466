"""The books as people see them: green or what is off, values, files, and a period that is closed."""

from __future__ import annotations

import csv
import io
import time
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from core.context import Actor, Context, World
from core.db.engines import Databases, reader, transaction
from core.domain.rights import rights_of
from core.services import book_reads
from core.services.books import CHECK_LABELS, Imbalance
from core.ui import books_job
from core.ui.book_files import costs_file, findings_file, layers_file
from core.ui.book_words import Names, leads_to, subject_words, value_words
from core.ui.i18n import in_language, t
from tests.services.desk import Desk, incoming, lay_desk
from tests.services.parcels import bring_on
from tests.visits import said, visit

FINANCE = Actor(5, "Bai", "employee", "F", rights_of("employee", "F"))


@pytest.fixture
def worked(house: Databases) -> Desk:
    """Two warehouses, and an order that was handed over."""
    desk = lay_desk(house, int(time.time()) - 3_600)
    order_id = desk.receive(incoming())
    with desk.work() as ctx:
        bring_on(ctx, order_id, 4)
    return desk


def look_again(tab: AppTest) -> AppTest:
    """Presses the button, and gives the tab when the look is done."""
    tab.button(key="look-now").click().run()
    return tab.run()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_straight_books_are_green_with_every_check_by_its_name(worked: Desk, language: str) -> None:
    tab = visit(worked.databases, "finance", "monitor/books", language=language)
    assert not tab.exception
    with in_language(language):
        assert t("Everything adds up.") in said(tab)
        for label in CHECK_LABELS.values():
            assert t(label) in said(tab)
        assert t("No period was closed yet.") in said(tab)
    assert "material/cancel" not in said(tab)


def test_what_is_off_is_listed_in_words_and_opens_its_order(worked: Desk) -> None:
    with worked.work() as ctx:
        ctx.db.execute(text("UPDATE sales_order SET paid_cents = paid_cents + 1"))
        ctx.db.execute(text("UPDATE stock_balance SET quantity = quantity + 1 WHERE sku_id = 1 AND lot_id = 1"))
    tab = visit(worked.databases, "finance", "monitor/books")
    assert not tab.exception
    assert "things are off." in said(tab)
    rows = tab.dataframe[0].value
    assert "order T-1001 (Shipped)" in list(rows["subject"])
    assert "article KETTLE" in list(rows["subject"])
    assert said(tab).count("material/cancel") == len(set(rows["check"]))


def test_a_look_again_sees_what_happened_since(worked: Desk) -> None:
    tab = visit(worked.databases, "manager", "monitor/books")
    assert "0 events since" in said(tab)
    with worked.work() as ctx:
        ctx.db.execute(text("UPDATE sales_order SET paid_cents = 1"))
    assert "Everything adds up." in said(tab.run()), "what was found stands until somebody looks again"
    assert "things are off." in said(look_again(tab))


def test_finance_closes_a_period_and_others_are_told_who_does(worked: Desk) -> None:
    tab = visit(worked.databases, "finance", "monitor/books")
    yesterday = tab.date_input(key="books-until").value
    assert isinstance(yesterday, date)
    day = yesterday - timedelta(days=1)
    tab.date_input(key="books-until").set_value(day)
    next(button for button in tab.button if button.label == "Close the period").click().run()
    assert not tab.exception
    assert "The books are closed up to" in said(tab)
    with reader(worked.databases.live) as db:
        assert len(book_reads.closings(Context(db, FINANCE, 0, World("live", "live")))) == 1
    other = visit(worked.databases, "manager", "monitor/books")
    assert "A finance clerk closes periods." in said(other)
    assert not [button for button in other.button if button.label == "Close the period"]


def test_the_files(worked: Desk) -> None:
    with reader(worked.databases.live) as db:
        ctx = Context(db, FINANCE, worked.now, World("live", "live"))
        look = book_reads.look_through(ctx, time.perf_counter, lambda done, of: None)
        layers = _rows(layers_file(ctx))
        assert sum(int(row["value_cents"]) for row in layers) == sum(one.value_cents for one in look.values)
        assert [row["month"] for row in _rows(costs_file(ctx, look))] == [look.costs[0].month]
        assert _rows(findings_file(ctx, look)) == []


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_an_empty_world_is_straight(house: Databases) -> None:
    tab = visit(house, "finance", "monitor/books")
    assert not tab.exception
    assert "Everything adds up." in said(tab)
    assert "There is no stock." in said(tab)


def test_a_look_that_fails_says_so(worked: Desk) -> None:
    with transaction(worked.databases.live) as db:
        db.execute(text("ALTER TABLE book_check RENAME TO somewhere_else"))
        db.execute(text("CREATE VIEW book_check AS SELECT * FROM somewhere_else"))  # can be read, not written
    tab = visit(worked.databases, "finance", "monitor/books")
    assert not tab.exception
    assert "could not be looked through" in said(tab)
    assert books_job._going == {}, "told once, and forgotten"


@pytest.mark.parametrize(
    ("subject", "english", "chinese"),
    [
        ("order 7 (packed), line 3", "order 7 (Packed), line 3", "订单 7 (已打包), 行 3"),
        (
            "SKU 4, lot 9, reserved in warehouse 1",
            "article CUP, lot 9, Reserved in East",
            "商品 CUP, 批次 9, 东仓 已预留",
        ),
        ("SKU 5, bins of warehouse 1", "article 5, bins of East", "商品 5, 东仓 货位"),
        ("shipment SP-000001, line 2", "shipment SP-000001, line 2", "发货单 SP-000001, 行 2"),
        ("posting 3", "posting 3", "分录 3"),
        ("picked", "Picked", "已拣出"),
        ("<b>something else</b>", "<b>something else</b>", "<b>something else</b>"),
    ],
)
def test_subjects_in_words(subject: str, english: str, chinese: str) -> None:
    names = Names(skus={4: "CUP"}, warehouses={1: ("East", "东仓")})
    with in_language("en"):
        assert subject_words(subject, names) == english
    with in_language("zh"):
        assert subject_words(subject, names) == chinese


def test_values_in_words_and_where_findings_lead() -> None:
    names = Names(orders={"7": 70}, skus={4: "CUP"})
    assert value_words("paid", "1250") == "CN¥12.50"
    assert value_words("units", "3") == "3"
    assert value_words("reserved", "2 picked") == "2 Picked"
    assert value_words("status", "packed") == "Packed"
    assert leads_to(Imbalance("paid", "order 7 (packed)", "", ""), names) == ("order", {"id": "70"})
    assert leads_to(Imbalance("status", "order 8", "", ""), names) is None
    assert leads_to(Imbalance("units", "SKU 4", "", ""), names) == ("stock", {"q": "CUP"})
    assert leads_to(Imbalance("sides", "posting 3", "", ""), names) is None
