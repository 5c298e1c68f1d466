"""The blacklist's page: put on with a reason, told what is open, taken off again, and linked from an order."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select

from core.context import ENGINE, Context, World
from core.db.engines import Databases, reader, transaction
from core.db.world_tables import blocked_buyer, sales_order
from core.services.blocked_buyers import block_buyer
from core.ui.i18n import in_language, t
from tests.assessments.small_world import fill
from tests.pages.test_work_pages import errors, open_order, send_form
from tests.visits import said, visit


@pytest.fixture
def desk(house: Databases) -> Databases:
    """The house with orders on its live desk, and nobody on its blacklist."""
    fill(house.live, int(time.time()))
    with transaction(house.live) as db:
        db.execute(blocked_buyer.delete())
    return house


def phones(desk: Databases) -> dict[str, str]:
    """Shape: phone → reason."""
    with reader(desk.live) as db:
        return {row.phone: row.reason for row in db.execute(select(blocked_buyer))}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_buyer_is_blocked_from_their_order_and_let_off_again(desk: Databases, language: str) -> None:
    with reader(desk.live) as db:
        order = db.execute(
            select(sales_order).where(sales_order.c.is_open == 1, sales_order.c.buyer_phone != "")
        ).first()
    assert order is not None
    tab = open_order(desk, order.id, language=language)
    with in_language(language):
        links = {one.proto.label: one.proto for one in tab.get("page_link")}
        assert links[t("Block this buyer")].query_string == f"phone={order.buyer_phone}"
        tab = visit(desk, "clerk", "work/blocked_buyers", language=language, phone=order.buyer_phone)
        assert t("Nobody is blocked") in said(tab)
        send_form(tab, t("Block"))
        assert phones(desk) == {}
        assert t("This needs a reason of 1 to {most} characters.", most=500) in errors(tab)
        (field,) = [one for one in tab.text_input if one.label == t("Reason")]
        field.input("refused three parcels")
        send_form(tab, t("Block"))
        assert phones(desk) == {order.buyer_phone: "refused three parcels"}
        assert list(tab.dataframe[0].value["phone"]) == [order.buyer_phone]
        told = open_order(desk, order.id, language=language)
        assert t("Block this buyer") not in [one.proto.label for one in told.get("page_link")]


def test_an_entry_is_opened_and_taken_off(desk: Databases) -> None:
    with transaction(desk.live) as db:
        block_buyer(Context(db, ENGINE, int(time.time()), World("live", "live")), "13800000001", "<b>no</b> parcels")
    tab = visit(desk, "clerk", "work/blocked_buyers")
    tab.session_state["blocked-chosen"] = "13800000001"
    tab.run()
    assert not tab.exception
    (field,) = [one for one in tab.text_input if one.label == "Why may this buyer order again?"]
    field.input("paid everything")
    send_form(tab, "Let this buyer off")
    assert phones(desk) == {}
    assert "The buyer may order again." in said(tab)


def test_a_search_without_a_hit_says_so(desk: Databases) -> None:
    tab = visit(desk, "clerk", "work/blocked_buyers")
    tab.text_input("blocked-q").input("nobody").run()
    assert "Nobody fits here." in said(tab)
