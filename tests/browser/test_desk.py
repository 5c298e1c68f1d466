"""The order desk in a real browser: rows that open, addresses that say what is shown, text that stays text."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from core.db.engines import connect, reader
from core.db.world_tables import message, sales_order
from tests.app_server import AppServer
from tests.browser.windows import DESK, PHONE, Window, Windows

pytestmark = pytest.mark.browser
NASTY = (
    "<img src=x onerror=alert(1)> ![x](http://evil.example/x.png) [a](javascript:alert(1)) **b** $x^2$ :material/home:"
)


def first_row(window: Window, across: int = 60) -> None:
    """Clicks the first row of the list."""
    box = window.page.get_by_test_id("stDataFrame").first.bounding_box()
    assert box is not None
    window.page.mouse.click(box["x"] + across, box["y"] + 55)
    window.page.wait_for_url("**/order?id=*")
    window.settle()


@pytest.mark.parametrize(("size", "language"), [(DESK, "en"), (PHONE, "zh")])
def test_a_row_opens_its_order_and_the_way_back_keeps_the_list(
    windows: Windows, size: tuple[int, int], language: str
) -> None:
    window = windows.open("clerk", size=size, language=language)
    page = window.go("orders?show=progress")
    chosen = page.locator("[data-testid=stButtonGroup] button[aria-checked=true]")
    assert re.match("In progress|进行中", chosen.inner_text())
    first_row(window)
    assert page.locator(".od-head").count() == 1
    assert window.sideways() == 0
    links = page.get_by_test_id("stMain").get_by_test_id("stPageLink-NavLink")
    links.locator("visible=true").first.click()  # Streamlit draws each twice, one of them for phones
    page.wait_for_url("**/orders?show=progress")
    window.settle()
    assert page.get_by_test_id("stDataFrame").count() == 1
    assert window.sideways() == 0


def test_filters_stand_in_the_address(windows: Windows) -> None:
    window = windows.open("clerk")
    page = window.go("orders")
    page.get_by_test_id("stButtonGroup").get_by_text("All orders").click()
    page.wait_for_url("**/orders?show=all")
    page.locator(".st-key-q input").fill("nobody-of-this-name")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders?show=all&q=nobody-of-this-name")
    page.get_by_text("Nothing fits").wait_for()
    page.get_by_role("button", name="Clear filters").click()
    page.wait_for_url("**/orders?show=all")
    page.get_by_test_id("stDataFrame").wait_for()


def test_what_a_person_types_is_shown_as_they_typed_it(windows: Windows, app: AppServer) -> None:
    databases = connect("", app.var)
    with reader(databases.live) as db:
        found = select(sales_order.c.id).where(sales_order.c.is_open == 1, sales_order.c.hold_reason.is_(None))
        order_id = db.execute(found.order_by(sales_order.c.id.desc()).limit(1)).scalar_one()
    window = windows.open("clerk")
    page = window.go(f"order?id={order_id}")
    page.locator(".st-key-do-notify button").click()
    form = page.locator(".st-key-order-form-notify")
    form.locator("textarea").fill(NASTY)
    form.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    page.locator(".od-message p").first.wait_for()
    window.settle()
    assert page.locator(".od-message p").first.inner_text() == NASTY
    assert page.locator(".od-message img, .od-message a, .od-message b + img").count() == 0
    with reader(databases.live) as db:
        kept = select(message.c.body).where(message.c.order_id == order_id).order_by(message.c.id.desc()).limit(1)
        assert db.execute(kept).scalar_one() == NASTY
    databases.dispose()
