"""Goods in a real browser: from the supplier's order into a bin, and a shelf counted until the book says the same."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.db.engines import Databases, reader
from tests.browser.conftest import ask
from tests.browser.windows import PHONE, Window, Windows

pytestmark = pytest.mark.browser

_NEWEST = text("SELECT id, status, warehouse_id FROM purchase_order ORDER BY id DESC LIMIT 1")
# An article that goes out first in first out: the door asks no date for it.
_OFFERED = text(
    "SELECT k.id, k.code, p.name_en, o.least_quantity FROM supplier_sku o JOIN sku k ON k.id = o.sku_id"
    " JOIN supplier p ON p.id = o.supplier_id WHERE k.issue_rule = 'fifo' ORDER BY p.id, k.id LIMIT 1"
)
_UNITS = text(
    "SELECT COALESCE(SUM(quantity), 0) AS n FROM stock_balance"
    " WHERE account IN ('available', 'reserved') AND sku_id = :sku_id AND warehouse_id = :warehouse_id"
)
_IN_BINS = text("SELECT COALESCE(SUM(quantity), 0) AS n FROM bin_stock WHERE lot_id = :lot_id")
_LOT = text("SELECT MAX(id) AS id FROM lot WHERE sku_id = :sku_id")
_STOCKTAKE = text("SELECT id, status FROM stocktake ORDER BY id DESC LIMIT 1")
_LINES = text("SELECT book_quantity, sku_id, lot_id FROM count_line WHERE stocktake_id = :id ORDER BY position")


def test_a_delivery_goes_from_the_suppliers_order_into_its_bin(windows: Windows, databases: Databases) -> None:
    offer = ask(databases, _OFFERED)
    order_from_supplier(windows.open("operations"), offer.name_en, offer.code)
    purchase = ask(databases, _NEWEST)
    before = ask(databases, _UNITS, sku_id=offer.id, warehouse_id=purchase.warehouse_id).n
    keeper = windows.open("warehouse", size=PHONE)
    page = keeper.go(f"receiving?id={purchase.id}")
    page.get_by_placeholder("Barcode or article number, then Enter").fill("4711")
    page.keyboard.press("Enter")
    page.get_by_text("4711").first.wait_for()
    page.get_by_placeholder("Barcode or article number, then Enter").fill(offer.code)
    page.keyboard.press("Enter")
    keeper.settle()
    page.locator(".st-key-book-receipt button").click()
    page.get_by_text("The goods wait for inspection.").wait_for()
    keeper.settle()
    page.locator(".st-key-book-inspection button").click()
    page.get_by_text("What was accepted can be put away.").wait_for()
    assert ask(databases, _UNITS, sku_id=offer.id, warehouse_id=purchase.warehouse_id).n == before, "promised too soon"
    keeper.settle()
    page.get_by_role("button", name="Put away", exact=True).click()
    page.get_by_text("The goods lie in their place and can be promised.").wait_for()
    came = ask(databases, _UNITS, sku_id=offer.id, warehouse_id=purchase.warehouse_id).n - before
    assert came == offer.least_quantity
    assert ask(databases, _IN_BINS, lot_id=ask(databases, _LOT, sku_id=offer.id).id).n == came
    assert ask(databases, _NEWEST).status == "put_away"
    assert keeper.sideways() == 0


def order_from_supplier(window: Window, supplier: str, article: str) -> None:
    """The specialist orders the smallest quantity of one article."""
    page = window.go("purchasing")
    page.locator(".st-key-new-purchase button").click()
    seller = page.locator(".st-key-new-supplier input")
    seller.fill(supplier)
    page.get_by_role("option", name=supplier).first.click()
    window.settle()
    page.locator(".st-key-new-articles input").fill(article)
    page.get_by_role("option").filter(has_text=article).first.click()
    page.keyboard.press("Escape")
    window.settle()
    page.locator(".st-key-place-purchase button").click()
    page.wait_for_url("**/purchasing?*id=*")
    window.settle()


def test_a_shelf_is_counted_and_the_book_says_the_same(windows: Windows, databases: Databases) -> None:
    keeper = windows.open("warehouse")
    article = ask(
        databases,
        text(
            "SELECT sku_id AS id FROM stock_balance WHERE account = 'available' AND quantity > 5"
            " AND warehouse_id = 1 ORDER BY sku_id LIMIT 1"
        ),
    )
    code = ask(databases, text("SELECT code FROM sku WHERE id = :id"), id=article.id).code
    stocktake = plan(keeper, databases, code)
    page = keeper.go(f"stocktake?id={stocktake}")
    page.locator(".st-key-do-start button").click()
    field = page.get_by_placeholder("Number, then Enter")
    field.wait_for()
    with reader(databases.live) as db:
        lines = db.execute(_LINES, {"id": stocktake}).all()
    missing = 1
    for nth, line in enumerate(lines):
        keeper.settle()
        field.fill(str(line.book_quantity - (missing if nth == 0 else 0)))
        page.keyboard.press("Enter")
        page.wait_for_timeout(700)
    finish = page.locator(".st-key-do-finish button")
    keeper.settle()
    finish.click()
    page.get_by_text("The round is over.").wait_for()
    assert ask(databases, _STOCKTAKE).status in ("counted", "recount")
    if ask(databases, _STOCKTAKE).status == "recount":
        keeper.settle()
        page.get_by_placeholder("Number, then Enter").fill(str(lines[0].book_quantity - missing))
        page.keyboard.press("Enter")
        page.get_by_text("Everything is counted.").wait_for()
        keeper.settle()
        finish.click()
        page.get_by_text("The round is over.").first.wait_for()
    keeper.settle()
    page.get_by_role("button", name="Keep the reason").click()
    page.get_by_text("The reason is kept.").wait_for()
    keeper.settle()
    assert page.locator(".st-key-do-approve button").count() == 0, "nobody approves their own count"
    boss = windows.open("operations")
    page = boss.go(f"stocktake?id={stocktake}")
    units = ask(databases, _UNITS, sku_id=article.id, warehouse_id=1).n
    page.locator(".st-key-do-approve button").click()
    page.get_by_text("The differences are approved.").wait_for()
    boss.settle()
    page.locator(".st-key-do-post button").click()
    page.get_by_text("The book says what was counted.").wait_for()
    assert ask(databases, _UNITS, sku_id=article.id, warehouse_id=1).n == units - missing
    assert ask(databases, _STOCKTAKE).status == "posted"


def plan(window: Window, databases: Databases, code: str) -> int:
    """A partial stocktake of one article in the first warehouse, seen with the book; gives its id."""
    page = window.go("stocktakes")
    page.get_by_text("Partial stocktake").click()
    window.settle()
    page.locator(".st-key-plan-skus input").fill(code)
    page.get_by_role("option").filter(has_text=code).first.click()
    page.keyboard.press("Escape")
    window.settle()
    page.locator(".st-key-plan-it button").click()
    page.wait_for_url("**/stocktake?id=*")
    window.settle()
    return int(ask(databases, _STOCKTAKE).id)
