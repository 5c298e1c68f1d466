"""An order's whole way through the house in a real browser, from the clerk's word to the driver's hands."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import text

from core.channels.incoming import IncomingLine, Payment
from core.context import ENGINE, Context, World
from core.db.engines import Databases, reader, transaction
from core.services.intake import receive_order
from seed.incoming import Draft, incoming_order
from tests.app_server import AppServer
from tests.browser.conftest import ask
from tests.browser.windows import PHONE, Window, Windows

pytestmark = pytest.mark.browser

# Two articles that lie ready where orders for Shanghai leave from.
_READY = text(
    "SELECT k.code, k.name_zh, k.list_price_cents FROM sku k JOIN stock_balance b ON b.sku_id = k.id"
    " JOIN warehouse w ON w.id = b.warehouse_id WHERE w.code = 'SH' AND b.account = 'available' AND k.currency = 'CNY'"
    " AND k.list_price_cents < 20000 AND k.weight_g > 0 AND k.hazard = '' GROUP BY k.id"
    " HAVING SUM(b.quantity) >= 6 ORDER BY k.id LIMIT 2"
)
_PARCEL = text(
    "SELECT s.id, s.number, s.status, s.waybill, s.weight_g, s.cost_cents, s.carrier, s.manifest_id, w.code AS house"
    " FROM shipment s"
    " JOIN shipment_line l ON l.shipment_id = s.id JOIN warehouse w ON w.id = s.warehouse_id"
    " WHERE l.order_id = :order_id ORDER BY s.id DESC LIMIT 1"
)
_GOODS = text("SELECT sku_code, quantity FROM order_line WHERE order_id = :order_id ORDER BY position")


def status(databases: Databases, order_id: int) -> str:
    return str(ask(databases, text("SELECT status FROM sales_order WHERE id = :order_id"), order_id=order_id).status)


def dear_order(databases: Databases) -> int:
    """An order that the review stops, since its buyer pays more than the list says; gives its id."""
    now = int(time.time())
    with transaction(databases.live) as db:
        ctx = Context(db, ENGINE, now, World("live", "live"))
        lines = tuple(
            IncomingLine(row.code, row.name_zh, 2 - nth, round(row.list_price_cents * 1.5))
            for nth, row in enumerate(db.execute(_READY))
        )
        draft = Draft(
            "tmall", f"{now}00000042", now, "林小雨", "13912345678", "", "CN-SH", "上海市", "黄浦区", "南京东路 100 号",
            "200001", 0, 0, "", lines,
        )  # fmt: skip
        due = sum(line.quantity * line.unit_price_cents for line in lines)
        return receive_order(ctx, incoming_order(draft, (Payment("alipay", due),)))


def test_an_order_goes_from_the_desk_to_the_drivers_hands(
    windows: Windows, app: AppServer, databases: Databases
) -> None:
    order_id = dear_order(databases)
    confirm(windows.open("clerk"), order_id)
    assert status(databases, order_id) == "allocated"
    keeper = windows.open("warehouse", size=PHONE, language="en")
    page = keeper.go(f"order?id={order_id}")
    page.locator(".st-key-do-release button").click()
    page.locator(".st-key-do-pick_all button").wait_for()
    parcel = ask(databases, _PARCEL, order_id=order_id)
    pick(keeper, parcel.id, parcel.house)
    assert status(databases, order_id) == "picking"
    assert keeper.sideways() == 0
    desk = windows.open("warehouse")
    with reader(databases.live) as db:
        goods = [(row.sku_code, row.quantity) for row in db.execute(_GOODS, {"order_id": order_id})]
    scan_and_pack(desk, parcel.number, parcel.house, goods)
    packed = ask(databases, _PARCEL, order_id=order_id)
    assert (packed.status, packed.weight_g) == ("packed", 1_234)
    assert packed.cost_cents > 0 and packed.waybill
    hand_over(desk, databases, order_id)
    assert status(databases, order_id) == "shipped"
    page = desk.go(f"order?id={order_id}")
    assert "Handed over to the carrier" in page.locator(".od-history").inner_text()


def confirm(window: Window, order_id: int) -> None:
    """The clerk lets the order pass, with a note for each reason."""
    page = window.go(f"order?id={order_id}")
    page.locator(".st-key-do-confirm button").click()
    form = page.locator(".st-key-order-form-confirm")
    form.locator("input").first.wait_for()  # the form stands before its fields do
    window.settle()
    for field in form.locator("input").all():
        field.fill("asked the buyer")
    form.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    page.get_by_text("The order is confirmed.").wait_for()


def pick(window: Window, parcel: int, house: str) -> None:
    """The keeper ticks the parcel, and presses one button per stop."""
    page = window.go(f"outbound?warehouse={house}&at=tasks")
    page.locator(f".st-key-tick-{parcel} label").first.click()
    page.get_by_role("button", name="Pick what is ticked").click()
    onwards = page.get_by_role("button", name="Picked, next stop")
    onwards.wait_for()
    for _ in range(12):
        window.settle()
        if not onwards.count():
            return
        onwards.click()
        page.wait_for_timeout(700)
    raise AssertionError("The walk never ends.")


def scan_and_pack(window: Window, number: str, house: str, goods: list[tuple[str, int]]) -> None:
    """Everything by keyboard: the parcel's number, a wrong article, then each unit; then weight and Enter."""
    page = window.go(f"outbound?warehouse={house}&at=table")
    field = page.locator(".st-key-scan-code input")
    field.click()

    def scan(code: str) -> None:
        page.keyboard.type(code)
        page.keyboard.press("Enter")

    scan(number)
    page.get_by_text(number).first.wait_for()
    page.wait_for_timeout(700)
    scan("4711")
    page.get_by_text("doesn't belong in shipment").first.wait_for()
    left = sum(quantity for _, quantity in goods)
    for code, quantity in goods:
        for _ in range(quantity):
            left -= 1
            assert page.evaluate("document.activeElement.closest('.st-key-scan-code') !== null"), "the focus is lost"
            scan(code)
            page.get_by_text(f"{left} in all.").first.wait_for()
            window.settle()
    weight = page.locator("[class*=st-key-pack-][class*=-weight] input")
    weight.fill("1234")
    page.locator(".st-key-pack-panel").get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    page.get_by_text(f"{number} is packed.").wait_for()


def hand_over(window: Window, databases: Databases, order_id: int) -> None:
    """All of the carrier's parcels onto a manifest, closed, and gone."""
    parcel = ask(databases, _PARCEL, order_id=order_id)
    page = window.go(f"outbound?warehouse={parcel.house}&at=dock")
    page.locator(f".st-key-load-{parcel.carrier} button").click()
    page.get_by_text("The parcels are on the manifest.").first.wait_for()
    number = ask(databases, _PARCEL, order_id=order_id).manifest_id
    page.locator(f".st-key-close-{number} button").click()
    page.locator(f".st-key-gone-{number} button").click()
    page.get_by_text("with the carrier.").first.wait_for()
    window.settle()
