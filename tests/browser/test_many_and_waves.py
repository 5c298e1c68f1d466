"""Many orders at once in a real browser: confirmed in one go, parted and put together, and planned as a wave."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.db.engines import Databases
from tests.browser.conftest import ask
from tests.browser.windows import Windows

pytestmark = pytest.mark.browser

_STOPPED = text("SELECT COUNT(*) AS n FROM sales_order WHERE status = 'exception' AND hold_reason IS NULL")
_WAVE = text("SELECT id, status FROM wave ORDER BY id DESC LIMIT 1")
_OFFERED = text("SELECT COUNT(*) AS n FROM wave_parcel WHERE wave_id = :wave AND shipment_id IS NOT NULL")
_PARTABLE = text(
    "SELECT o.id FROM sales_order o JOIN order_line l ON l.order_id = o.id WHERE o.status = 'allocated'"
    " AND o.hold_reason IS NULL GROUP BY o.id HAVING SUM(l.quantity) > 1 ORDER BY o.id DESC LIMIT 1"
)
_PARCELS = text("SELECT COUNT(DISTINCT shipment_id) AS n FROM shipment_line WHERE order_id = :order_id")


def test_what_may_pass_is_confirmed_in_one_go(windows: Windows, databases: Databases) -> None:
    before = ask(databases, _STOPPED).n
    window = windows.open("clerk")
    page = window.go("confirm_many")
    notes = page.get_by_label("why may it pass?")
    notes.first.wait_for()
    for field in notes.all():
        field.fill("asked the buyers")
    notes.last.press("Tab")
    window.settle()
    page.locator(".st-key-confirm-go button").click()
    page.get_by_text("Order by order").wait_for()
    window.settle()
    cards = page.locator("[class*=st-key-card-][class*=-confirm-]").all_inner_texts()
    confirmed, waiting, refused = (int(next(word for word in card.split() if word.isdigit())) for card in cards)
    assert confirmed > 0
    assert confirmed + waiting + refused == before
    assert ask(databases, _STOPPED).n == refused
    with page.expect_download() as started:
        page.locator(".st-key-confirm-csv button").click()
    assert started.value.suggested_filename == "confirmed-orders.csv"


def test_a_wave_is_planned_accepted_and_answered(windows: Windows, databases: Databases) -> None:
    window = windows.open("operations")
    page = window.go("waves")
    page.locator(".st-key-open-wave button").click()
    page.wait_for_url("**/wave?id=*")
    accept = page.locator(".st-key-accept-wave button:not([disabled])")
    accept.wait_for()
    window.settle()
    accept.click()
    page.get_by_text("parcels are offered to warehouses and carriers.").wait_for()
    wave = ask(databases, _WAVE)
    assert wave.status == "accepted"
    assert ask(databases, _OFFERED, wave=wave.id).n > 0
    window.settle()
    assert page.get_by_text("Tasks", exact=True).count() >= 1
    assert window.sideways() == 0


def test_an_order_is_parted_into_two_parcels(windows: Windows, databases: Databases) -> None:
    order_id = ask(databases, _PARTABLE).id
    window = windows.open("clerk")
    page = window.go(f"order?id={order_id}")
    page.locator(".st-key-do-split button").click()
    form = page.locator(".st-key-order-form-split")
    form.locator("input").first.wait_for()
    window.settle()
    form.locator("input").first.fill("1")
    form.locator("input").first.press("Tab")
    window.settle()
    form.get_by_role("button", name="Split").click()
    page.get_by_text("The order leaves in two parcels.").wait_for()
    assert ask(databases, _PARCELS, order_id=order_id).n == 2
    window.settle()
    assert window.sideways() == 0
