"""Confirming many orders on one page: chosen, carried out behind the page, told order by order, and printed."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core.channels.incoming import IncomingLine, Payment
from core.context import ENGINE, Context, World
from core.db.engines import Databases, reader, transaction
from core.db.world_tables import event, sales_order, sku, warehouse
from core.services import intake, stock
from core.ui.i18n import in_language, t
from seed.incoming import Draft, incoming_order
from tests.assessments.small_world import fill
from tests.pages.test_work_pages import errors, press
from tests.visits import said, visit

COUNT = 60


@pytest.fixture
def desk(house: Databases) -> Databases:
    """Sixty paid orders that were stopped for their prices, two of them for their addresses, too."""
    now = int(time.time())
    fill(house.live, now)
    with transaction(house.live) as db:
        ctx = Context(db, ENGINE, now, World("live", "live"))
        db.execute(
            sales_order.update().where(sales_order.c.status == "exception").values(is_open=0, status="cancelled")
        )
        article = db.execute(select(sku).limit(1)).one()
        for place in db.execute(select(warehouse.c.id).where(warehouse.c.id != 0)).scalars().all():
            stock.receive_stock(ctx, article.id, place, 5_000, 100)
        for number in range(COUNT):
            line = IncomingLine(article.code, article.name_en, 1, article.list_price_cents // 2)
            street = "南京东路 100 号" if number % 30 else "某处"
            draft = Draft(
                "tmall", f"MANY-{number:02d}", now + number, "陈思远", f"138{number:08d}", "", "CN-SH", "上海市",
                "黄浦区", street, "200001", 0, 0, "", (line,),
            )  # fmt: skip
            intake.receive_order(ctx, incoming_order(draft, (Payment("alipay", line.unit_price_cents),)))
    return house


def statuses(desk: Databases) -> dict[str, int]:
    """How many of the sixty stand where."""
    found: dict[str, int] = {}
    with reader(desk.live) as db:
        for status in db.execute(
            select(sales_order.c.status).where(sales_order.c.number.startswith("MANY-"))
        ).scalars():
            found[status] = found.get(status, 0) + 1
    return found


def finished(tab: AppTest) -> AppTest:
    """Waits for the batch as somebody who keeps looking."""
    for _ in range(100):
        if not tab.get("progress"):
            return tab
        time.sleep(0.1)
        tab.run()
    raise AssertionError("the batch didn't end")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_filter_is_confirmed_in_one_go(desk: Databases, language: str) -> None:
    tab = visit(desk, "clerk", "work/confirm_many", language=language, reason="price")
    with in_language(language):
        (button,) = [one for one in tab.button if one.key == "confirm-go"]
        assert button.label == t("Confirm {n} orders", n=COUNT)
        tab.text_input("confirm-price").input("campaign").run()
        press(tab, "confirm-go")
        tab = finished(tab)
        assert statuses(desk) == {"allocated": COUNT - 2, "exception": 2}
        shown = tab.dataframe[0].value
        assert len(shown) == COUNT
        assert list(shown["number"][:2]) == ["MANY-00", "MANY-30"]  # those that stay come first
        assert t("Allocated") in set(shown["result"])
        labels = [one.proto.label for one in tab.get("download_button")]
        assert labels == [t("Print all papers"), t("Download the results")]
    with reader(desk.live) as db:
        note = db.execute(
            select(event.c.data).where(event.c.kind == "OrderConfirmed").order_by(event.c.id.desc())
        ).scalar()
    assert '"approved":{"price":"campaign"}' in str(note)
    press(tab, "again")
    assert [one.label for one in tab.button if one.key == "confirm-go"] != []


def test_without_a_note_nothing_passes(desk: Databases) -> None:
    tab = finished(press(visit(desk, "clerk", "work/confirm_many"), "confirm-go"))
    assert statuses(desk) == {"exception": COUNT}
    assert "still has open reasons" in tab.dataframe[0].value["result"][5]
    assert [one.proto.label for one in tab.get("download_button")] == ["Download the results"]


def test_nothing_is_begun_without_an_order(desk: Databases) -> None:
    tab = visit(desk, "clerk", "work/confirm_many")
    tab.segmented_control("confirm-which").set_value("ticked").run()
    assert not tab.exception
    assert [one.disabled for one in tab.button if one.key == "confirm-go"] == [True]
    assert errors(tab) == ""


def test_an_empty_filter_leads_back_to_the_desk(desk: Databases) -> None:
    tab = visit(desk, "clerk", "work/confirm_many", q="nobody of this name")
    assert "Nothing to confirm" in said(tab)


def test_the_desk_leads_there_with_its_filter(desk: Databases) -> None:
    tab = visit(desk, "clerk", "work/orders", reason="price")
    links = [one.proto for one in tab.get("page_link") if one.proto.label == "Confirm many at once"]
    assert len(links) == 1
    assert links[0].query_string == "reason=price"
