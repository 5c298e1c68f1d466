"""The desk under people's hands: the queue, an order's sheet, and every command with its refusals."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import Row, select, update
from streamlit.testing.v1 import AppTest

from assessments.exercises import cancel_and_free, review_and_confirm, wrong_address
from core.context import ENGINE, Context, World
from core.db.engines import Databases, reader, transaction
from core.db.world_tables import event, message, sales_order
from core.services import orders
from core.ui.i18n import in_language, t
from tests.assessments.small_world import fill
from tests.naughty import naughty_strings
from tests.visits import said, visit

NAUGHTY = [text for text in naughty_strings() if text.strip()]


@pytest.fixture
def desk(house: Databases) -> Databases:
    """The house with orders on its live desk: ordinary ones, and the cases of the exercises."""
    now = int(time.time())
    fill(house.live, now)
    return house


def lay(desk: Databases, module: Any) -> dict[str, int]:
    """Puts an exercise's case on the live desk; gives the ids of what it laid."""
    with transaction(desk.live) as db:
        return dict(module.situation(Context(db, ENGINE, int(time.time()), World("live", "live"))))


def row_of(desk: Databases, order_id: int) -> Row[Any]:
    with reader(desk.live) as db:
        return db.execute(select(sales_order).where(sales_order.c.id == order_id)).one()


def facts_of(desk: Databases, order_id: int) -> list[str]:
    with reader(desk.live) as db:
        return list(db.execute(select(event.c.kind).where(event.c.order_id == order_id).order_by(event.c.id)).scalars())


def letters_to(desk: Databases, order_id: int) -> list[str]:
    with reader(desk.live) as db:
        found = select(message.c.body).where(message.c.order_id == order_id).order_by(message.c.id)
        return list(db.execute(found).scalars())


def sheet(tab: AppTest) -> str:
    """The HTML of an order's sheet."""
    return "\n".join(str(part.proto.body) for part in tab.get("html"))


def open_order(desk: Databases, order_id: int, login: str = "clerk", language: str = "en") -> AppTest:
    tab = visit(desk, login, "work/order", language=language, id=str(order_id))
    assert not tab.exception
    return tab


def press(tab: AppTest, key: str, end: str = "") -> AppTest:
    """Presses a button by the beginning (and end) of its key, as somebody who doesn't double-click."""
    (found,) = [one for one in tab.button if (one.key or "").startswith(key) and (one.key or "").endswith(end)]
    assert not found.disabled, found.label
    found.click().run()
    assert not tab.exception
    return tab


def send_form(tab: AppTest, label: str) -> AppTest:
    (found,) = [one for one in tab.button if one.label == label and not (one.key or "").startswith("do-")]
    found.click().run()
    assert not tab.exception
    return tab


def field(tab: AppTest, kind: str, label: str) -> Any:
    (found,) = [one for one in getattr(tab, kind) if label in one.label]
    return found


def errors(tab: AppTest) -> str:
    return "\n".join(one.value for one in tab.error).replace("\\", "")


# ---- the queue --------------------------------------------------------------------------------------------------


def numbers_in(tab: AppTest) -> list[str]:
    return list(tab.dataframe[0].value["number"]) if tab.dataframe else []


def test_the_queue_shows_what_needs_a_decision_oldest_first(desk: Databases) -> None:
    laid = lay(desk, review_and_confirm)
    tab = visit(desk, "clerk", "work/orders")
    assert numbers_in(tab) == [row_of(desk, laid[name]).number for name in ("campaign_order", "wrong_price")]
    assert tab.button_group[0].options[0] == "Needs a decision · 2"


@pytest.mark.parametrize(
    ("search", "found"), [("沈", 2), ("沈嘉", 1), ("2038", 1), ("13757162038", 1), ("nobody", 0), ("%", 0)]
)
def test_the_address_narrows_the_queue(desk: Databases, search: str, found: int) -> None:
    lay(desk, wrong_address)
    tab = visit(desk, "clerk", "work/orders", q=search)
    assert len(numbers_in(tab)) == found
    assert ("Nothing fits" in said(tab)) == (found == 0)


def test_reason_and_segment_come_from_the_address_too(desk: Databases) -> None:
    lay(desk, wrong_address)
    lay(desk, review_and_confirm)
    assert len(numbers_in(visit(desk, "clerk", "work/orders", reason="price"))) == 2
    assert len(numbers_in(visit(desk, "clerk", "work/orders", show="progress"))) == 5
    assert len(numbers_in(visit(desk, "clerk", "work/orders", show="all"))) == 10
    assert len(numbers_in(visit(desk, "clerk", "work/orders", show="nonsense"))) == 5


def test_an_empty_desk_says_so(desk: Databases) -> None:
    assert "Nothing waits here" in said(visit(desk, "clerk", "work/orders"))


def test_pages_of_the_queue_are_turned(desk: Databases) -> None:
    with transaction(desk.live) as db:
        first = dict(db.execute(select(sales_order).limit(1)).mappings().one())
        for number in range(60):
            again = first | {"number": f"copy-{number:02d}", "status": "exception", "exceptions": "price"}
            again.pop("id")
            db.execute(sales_order.insert().values(again))
    tab = visit(desk, "clerk", "work/orders")
    assert len(numbers_in(tab)) == 50
    press(tab, "next")
    assert numbers_in(tab) == [f"copy-{number}" for number in range(50, 60)]
    assert tab.query_params["page"] == "2"
    press(tab, "back")
    assert len(numbers_in(tab)) == 50


# ---- the sheet --------------------------------------------------------------------------------------------------


def test_a_contradicting_address_is_explained_and_marked(desk: Databases) -> None:
    laid = lay(desk, wrong_address)
    shown = sheet(open_order(desk, laid["target"]))
    assert "City and province contradict each other: 苏州市 doesn&#x27;t lie in Zhejiang 浙江省." in shown
    assert '<span class="fault">苏州市</span>' in shown
    assert "浙江省杭州市西湖区文三路 398 号东信大厦 12 楼（公司前台）" in shown


def test_a_price_is_explained_with_its_distance_from_the_list(desk: Databases) -> None:
    laid = lay(desk, review_and_confirm)
    assert "−15.0%" in sheet(open_order(desk, laid["campaign_order"]))
    assert "−51.0%" in sheet(open_order(desk, laid["wrong_price"]))


def test_other_orders_of_the_buyer_are_a_click_away(desk: Databases) -> None:
    laid = lay(desk, cancel_and_free)
    tab = open_order(desk, laid["mistaken"])
    links = [str(link.proto.label) for link in tab.get("page_link")]
    wanted = {row_of(desk, laid[name]).number for name in ("kept", "old")}
    assert wanted <= set(links)
    assert row_of(desk, laid["namesake"]).number not in links


@pytest.mark.parametrize("login", ["finance", "manager", "warehouse", "admin"])
def test_contacts_are_masked_for_who_does_not_need_them(desk: Databases, login: str) -> None:
    laid = lay(desk, wrong_address)
    with transaction(desk.live) as db:
        ctx = Context(db, ENGINE, int(time.time()), World("live", "live"))
        orders.amend_order(ctx, laid["target"], {"note": "call 13757162038"}, "13757162038 / 杭州")
    shown = sheet(open_order(desk, laid["target"], login))
    assert "13757162038" not in shown
    assert shown.count("137****2038") == 6
    assert "13757162038" in sheet(open_order(desk, laid["target"], "clerk"))


def test_who_may_only_look_gets_no_buttons(desk: Databases) -> None:
    laid = lay(desk, wrong_address)
    tab = open_order(desk, laid["target"], "finance")
    assert [one for one in tab.button if (one.key or "").startswith("do-")] == []
    assert "your position has nothing to do on it" in said(tab)


def test_an_order_that_is_not_there(desk: Databases) -> None:
    assert "Order 4711 isn't here" in said(open_order(desk, 4711))
    assert "No order chosen" in said(visit(desk, "clerk", "work/order", id="../../etc"))


# ---- commands ---------------------------------------------------------------------------------------------------


def test_what_must_be_corrected_keeps_the_order_from_being_confirmed(desk: Databases) -> None:
    laid = lay(desk, wrong_address)
    tab = open_order(desk, laid["target"])
    button = tab.button(key="do-confirm")
    assert button.disabled
    assert "Address incomplete or contradictory" in button.help


def test_letting_pass_needs_a_note_and_confirms(desk: Databases) -> None:
    laid = lay(desk, review_and_confirm)
    order_id = laid["campaign_order"]
    tab = press(open_order(desk, order_id), "do-confirm")
    send_form(tab, "Confirm the order")
    assert "needs a note" in errors(tab)
    assert row_of(desk, order_id).status == "exception"
    field(tab, "text_input", "why may it pass").input("HD-1103")
    send_form(tab, "Confirm the order")
    assert errors(tab) == ""
    assert row_of(desk, order_id).status == "allocated"
    assert [one for one in tab.text_input if "why may it pass" in one.label] == []
    assert "let pass – HD-1103" in sheet(tab)


def test_correcting_drafts_a_letter_that_follows_the_fields(desk: Databases) -> None:
    laid = lay(desk, wrong_address)
    tab = press(open_order(desk, laid["target"]), "do-amend")
    field(tab, "selectbox", "City").select("杭州市").run()
    assert "浙江省 杭州市 西湖区" in field(tab, "text_area", "Message to the buyer").value
    press(tab, f"amend-{laid['target']}")
    row = row_of(desk, laid["target"])
    assert (row.city, row.region, row.exceptions) == ("杭州市", "CN-ZJ", "")
    (letter,) = letters_to(desk, laid["target"])
    assert "杭州市" in letter
    assert not tab.button(key="do-confirm").disabled
    press(tab, "do-confirm")
    assert row_of(desk, laid["target"]).status == "allocated"


def test_ones_own_letter_is_not_written_over(desk: Databases) -> None:
    laid = lay(desk, wrong_address)
    tab = press(open_order(desk, laid["target"]), "do-amend")
    field(tab, "text_area", "Message to the buyer").input("Dear Ms Shen").run()
    field(tab, "selectbox", "City").select("杭州市").run()
    assert field(tab, "text_area", "Message to the buyer").value == "Dear Ms Shen"
    press(tab, f"amend-{laid['target']}")
    assert letters_to(desk, laid["target"]) == ["Dear Ms Shen"]


def test_what_was_typed_stays_when_somebody_else_was_faster(desk: Databases) -> None:
    laid = lay(desk, wrong_address)
    tab = press(open_order(desk, laid["target"]), "do-hold")
    with transaction(desk.live) as db:
        db.execute(update(sales_order).where(sales_order.c.id == laid["target"]).values(version=99))
    field(tab, "text_area", "Reason").input("asked the buyer")
    send_form(tab, "Hold this order")
    assert "was changed by somebody else" in errors(tab)
    assert field(tab, "text_area", "Reason").value == "asked the buyer"
    assert row_of(desk, laid["target"]).hold_reason is None
    send_form(tab, "Hold this order")
    assert row_of(desk, laid["target"]).hold_reason == "asked the buyer"


def test_cancelling_says_what_it_does_before_it_does_it(desk: Databases) -> None:
    laid = lay(desk, cancel_and_free)
    tab = press(open_order(desk, laid["mistaken"]), "do-cancel")
    asked = said(tab)
    assert "5 units of" in asked
    assert "goes back by Alipay" in asked
    assert "CN¥50.00 goes back by Gift card" in asked
    assert row_of(desk, laid["mistaken"]).status == "allocated"
    press(tab, f"cancel-{laid['mistaken']}", "-yes")
    assert "A cancellation needs a reason" in errors(tab)
    press(tab, "do-cancel")  # AppTest runs the whole page where a browser runs the dialog alone
    field(tab, "text_area", "Reason (the buyer reads it)").input("买家要求")
    press(tab, f"cancel-{laid['mistaken']}", "-yes")
    assert row_of(desk, laid["mistaken"]).status == "cancelled"
    assert "5 units free again" in sheet(tab)


def test_a_hold_is_released_and_the_review_run_again(desk: Databases) -> None:
    laid = lay(desk, wrong_address)
    tab = press(open_order(desk, laid["namesake"]), "do-unhold")
    assert row_of(desk, laid["namesake"]).hold_reason is None
    time.sleep(0.7)
    press(tab, "do-recheck")
    assert row_of(desk, laid["namesake"]).exceptions == "address"


def test_the_warehouse_works_an_order_off_step_by_step(desk: Databases) -> None:
    tab = open_order(desk, 1, "warehouse")
    for key, status in (("do-release", "released"), ("do-pick_all", "picking")):
        press(tab, key)
        assert row_of(desk, 1).status == status
    press(tab, "do-pack")
    send_form(tab, "Pack")
    assert "Packing needs a carrier" in errors(tab)
    field(tab, "selectbox", "Carrier").select("swifthorse")
    field(tab, "text_input", "Waybill").input("SH123")
    field(tab, "number_input", "Weight").set_value(60_000)
    send_form(tab, "Pack")
    assert "SwiftHorse takes parcels of 1 g to 50000 g" in errors(tab)
    field(tab, "number_input", "Weight").set_value(1_200)
    send_form(tab, "Pack")
    assert row_of(desk, 1).status == "packed"
    press(tab, "do-hand_over")
    assert row_of(desk, 1).status == "shipped"
    assert facts_of(desk, 1)[-4:] == ["OrderReleased", "PickingStarted", "OrderPacked", "OrderShipped"]


def test_a_service_agent_writes_but_does_not_confirm(desk: Databases) -> None:
    laid = lay(desk, review_and_confirm)
    tab = open_order(desk, laid["campaign_order"], "service")
    assert [one.key for one in tab.button if (one.key or "").startswith("do-")] == ["do-amend", "do-hold", "do-notify"]
    press(tab, "do-notify")
    field(tab, "text_area", "Message").input("您好")
    send_form(tab, "Send")
    assert letters_to(desk, laid["campaign_order"]) == ["您好"]


def test_a_refusal_is_said_in_the_readers_language(desk: Databases) -> None:
    laid = lay(desk, wrong_address)
    tab = press(open_order(desk, laid["target"], language="zh"), "do-hold")
    with in_language("zh"):
        send_form(tab, t("Hold this order"))
    assert "挂起需要填写原因" in errors(tab)


@pytest.mark.parametrize("batch", range(4))
def test_naughty_strings_come_back_unharmed_as_text(desk: Databases, batch: int) -> None:
    from html import escape

    from core.ui.safe import plain

    laid = lay(desk, wrong_address)
    order_id = laid["target"]
    tab = open_order(desk, order_id)
    for text in NAUGHTY[batch * 3 :: 60]:
        text = text[:480]
        press(tab, "do-amend")
        field(tab, "text_input", "Street and number").input(text)
        field(tab, "text_input", "Buyer's note").input(text)
        field(tab, "text_area", "Message to the buyer").input(text)
        press(tab, f"amend-{order_id}")
        assert errors(tab) == ""
        row = row_of(desk, order_id)
        assert (row.street, row.note) == (text.strip(), text.strip())
        assert letters_to(desk, order_id)[-1] == text.strip()
        assert sheet(tab).count(escape(plain(text.strip()))) >= 3
        time.sleep(0.65)
