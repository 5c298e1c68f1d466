"""A manager's way in real Chromium: the board, its address, the rows, the file, and orders that come in meanwhile."""

from __future__ import annotations

import csv
import re
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from core.context import ENGINE, Context, World
from core.db.engines import connect, transaction
from core.services import intake
from tests.app_server import AppServer
from tests.browser.windows import DESK, PHONE, Window, Windows
from tests.services.desk import incoming

pytestmark = pytest.mark.browser
MANAGER = "manager"


def _tile(page: Page, label: str) -> Locator:
    """The card of a figure on the board, which is a link to its rows."""
    return page.locator(".st-key-kpis a").filter(has=page.locator("p", has_text=re.compile(f"^{label} ")))


def _card(page: Page, label: str) -> str:
    """The value on a card of the board."""
    return _tile(page, label).locator("strong").inner_text().strip()


def _query(page: Page) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()}


def _until_yesterday() -> str:
    """The address of a period that is over: orders go on coming in while a test compares its figures."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    return urlencode({"from": str(today - timedelta(days=20)), "to": str(today - timedelta(days=1))})


def _press(bar: Locator, name: str) -> None:
    """Presses a bar as a person does: goes there, sees what it says, presses.

    Once a minute the figure is drawn anew; whoever presses at that very moment presses again.
    """
    page = bar.page
    for _ in range(4):
        with suppress(Error, AssertionError):
            bar.scroll_into_view_if_needed()
            page.wait_for_timeout(1_000)  # until the figure has found its size
            box = bar.bounding_box()
            assert box is not None
            middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            page.mouse.move(middle[0] - 2, middle[1])
            page.mouse.move(*middle, steps=3)
            expect(page.locator(".st-key-figure-orders .hoverlayer .hovertext")).to_contain_text(name)
            page.mouse.click(*middle)
            page.wait_for_url(re.compile("order_list"), timeout=8_000)
            return
    raise AssertionError("the bar opens nothing")


def _choose(window: Window, label: str, option: str) -> None:
    window.page.get_by_label(label, exact=False).first.click()
    window.page.get_by_role("option", name=option, exact=True).click()
    window.settle()


def test_from_the_board_to_the_rows_and_back(windows: Windows, tmp_path: Path) -> None:
    window = windows.open(MANAGER)
    page = window.go("")
    page.get_by_role("link", name="Live board").first.click()
    page.get_by_role("heading", name="Live board").wait_for()
    window.go(f"board?{_until_yesterday()}")
    orders = int(_card(page, "Orders").replace(",", ""))
    assert orders > 0
    assert page.get_by_text("Orders received in the period, whatever became of them.").count() == 1

    _choose(window, "Channel", "JD.com")
    expect(page).to_have_url(re.compile(r"channel=jd"))
    jd = int(_card(page, "Orders").replace(",", ""))
    assert 0 < jd < orders

    colleague = windows.open("trainer")
    colleague.go(page.url.removeprefix(window.server.url))
    assert _card(colleague.page, "Orders") == f"{jd:,}"

    _tile(page, "Orders").click()
    page.get_by_role("heading", name="Orders received").wait_for()
    window.settle()
    assert _query(page)["channel"] == "jd"
    page.get_by_text(f"{jd:,} orders").wait_for()
    expect(page.locator("[data-testid=stElementToolbar] button[aria-label='Download as CSV']")).to_be_hidden()
    with page.expect_download() as waiting:
        page.get_by_test_id("stDownloadButton").get_by_role("button").click()
    file = tmp_path / "orders.csv"
    waiting.value.save_as(file)
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == jd
    assert {row["channel"] for row in rows} == {"jd"}

    page.get_by_role("link", name="To the board").click()
    page.get_by_role("heading", name="Live board").wait_for()
    window.settle()
    assert _query(page)["channel"] == "jd"
    assert _card(page, "Orders") == f"{jd:,}"


def test_a_bar_opens_the_orders_of_its_day_and_channel(windows: Windows) -> None:
    window = windows.open(MANAGER)
    page = window.go("board")
    page.locator(".st-key-figure-orders .legendtext").first.wait_for()
    names = page.locator(".st-key-figure-orders .legendtext").all_text_contents()
    bar = page.locator(".st-key-figure-orders .barlayer .trace").nth(names.index("Tmall")).locator(".point").nth(5)
    bar.wait_for(state="attached")
    _press(bar, "Tmall")
    page.get_by_role("heading", name="Orders received").wait_for()
    window.settle()
    query = _query(page)
    assert (query["rows"], query["channel"]) == ("received", "tmall")
    assert query["from"] == query["to"]


def test_an_order_that_comes_in_appears_by_itself(app: AppServer, windows: Windows) -> None:
    window = windows.open(MANAGER)
    page = window.go("board?period=today")
    before = int(_card(page, "Orders").replace(",", ""))
    databases = connect("", app.var)
    now = int(time.time())
    with transaction(databases.live) as db:
        order = incoming(f"BROWSER-{now}", lines=(), payments=())
        intake.receive_order(Context(db, ENGINE, now, World("live", "live")), order)
    databases.dispose()
    deadline = time.monotonic() + 30
    while (shown := int(_card(page, "Orders").replace(",", ""))) <= before and time.monotonic() < deadline:
        page.wait_for_timeout(500)
    assert shown > before, "nobody touched the page; the demo's own feed may have brought more in meanwhile"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("size", "dark"), [(DESK, False), (DESK, True), (PHONE, False), (PHONE, True)])
def test_the_board_fits_every_window(windows: Windows, language: str, size: tuple[int, int], dark: bool) -> None:
    window = windows.open(MANAGER, language=language, size=size, dark=dark)
    page = window.go("board")
    page.locator(".st-key-figure-orders .barlayer").wait_for()
    assert window.sideways() <= 0
    assert page.locator(".st-key-pipeline [data-testid=stPageLink]").count() >= 9
    window.go("order_list?rows=open")
    assert window.sideways() <= 0
