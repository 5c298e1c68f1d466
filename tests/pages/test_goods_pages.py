"""The goods' pages under people's hands: purchasing, inbound, stock and returned parcels, with their refusals."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import select, text, update
from streamlit.testing.v1 import AppTest

from core.context import ENGINE, Actor, Context, World
from core.db.engines import Databases, reader, transaction
from core.db.inbound_tables import adjustment, purchase_order, returned_parcel, supplier, supplier_sku, transfer
from core.db.shipping_tables import carrier, carrier_rate
from core.db.warehouse_tables import bin_stock
from core.db.world_tables import sku
from core.domain.rights import rights_of
from core.services import adjustments, bins, purchasing, receiving, stock
from core.services.books import imbalances
from core.services.purchasing import Wanted
from core.services.receiving import Delivered
from core.ui.site import page_named
from tests.assessments.small_world import fill
from tests.naughty import naughty_strings
from tests.services.parcels import bring_on
from tests.visits import said, visit

LIVE = World("live", "live")
FAR = "2099-12-31"


@pytest.fixture
def goods(house: Databases) -> Databases:
    """A house with a supplier of three articles, bins in Shanghai, and a purchase of ten T-01 and four T-02."""
    now = int(time.time())
    fill(house.live, now)
    with transaction(house.live) as db:
        ctx = Context(db, ENGINE, now, LIVE)
        db.execute(supplier.insert().values(id=1, code="ACME", name_en="Acme", name_zh="顶点商贸", lead_days=3))
        db.execute(
            supplier_sku.insert(),
            [{"supplier_id": 1, "sku_id": n, "unit_cost_cents": 3_000, "least_quantity": 5} for n in (1, 2, 3)],
        )
        db.execute(update(sku).where(sku.c.id == 2).values(barcode="6901234567892"))
        bins.lay_bins(ctx, 1, "A", 1, 4)
        today = stock.today_of(ctx).isoformat()
        purchasing.place_purchase(ctx, 1, 1, today, [Wanted(1, 10, 3_000), Wanted(2, 4, 2_000)], "ramp 2")
    return house


def do(goods: Databases, work: Any, *args: Any, **kwargs: Any) -> Any:
    with transaction(goods.live) as db:
        return work(Context(db, ENGINE, int(time.time()), LIVE), *args, **kwargs)


def scalar(goods: Databases, statement: Any) -> Any:
    with reader(goods.live) as db:
        return db.execute(statement).scalar()


def books(goods: Databases) -> list[str]:
    with reader(goods.live) as db:
        return [str(one) for one in imbalances(Context(db, ENGINE, int(time.time()), LIVE))]


def press(tab: AppTest, key: str) -> AppTest:
    """Presses a button by its key or the beginning of it, as somebody who doesn't double-click."""
    (found,) = [one for one in tab.button if (one.key or "").startswith(key)]
    assert not found.disabled, found.label
    found.click().run()
    assert not tab.exception
    time.sleep(0.65)
    return tab


def box(tab: AppTest, kind: str, label: str, nth: int = 0) -> Any:
    return [one for one in getattr(tab, kind) if label == one.label][nth]


def scan(tab: AppTest, key: str, what: str) -> AppTest:
    (found,) = [one for one in tab.text_input if (one.key or "").endswith(key)]
    found.input(what).run()
    assert not tab.exception
    return tab


def errors(tab: AppTest) -> str:
    return "\n".join(one.value for one in tab.error).replace("\\", "")


def status(goods: Databases) -> Any:
    return scalar(goods, select(purchase_order.c.status).where(purchase_order.c.id == 1))


# ---- inbound ----------------------------------------------------------------------------------------------------


def test_goods_go_from_the_door_into_a_bin(goods: Databases) -> None:
    tab = visit(goods, "warehouse", "work/receiving")
    assert list(tab.dataframe[0].value["number"]) == ["PO-000001"]
    scan(tab, "scan-purchase", "po-1")
    assert "PO-000001" in said(tab)
    scan(tab, "scan-article", "6901234567892")
    assert box(tab, "selectbox", "Article").value == 2
    assert box(tab, "number_input", "Units that came").value == 4
    press(tab, "book-receipt")
    assert status(goods) == "partly_received"
    scan(tab, "scan-article", "t-01")
    box(tab, "number_input", "Units that came").set_value(10).run()
    press(tab, "book-receipt")
    assert status(goods) == "received"
    for _ in range(2):
        press(tab, "book-inspection")
    assert status(goods) == "inspected"
    scan(tab, "-scan", "a-01-03")
    press(tab, "put-away")
    press(tab, "put-away")
    assert (status(goods), books(goods)) == ("put_away", [])
    assert scalar(
        goods,
        select(bin_stock.c.quantity)
        .join_from(bin_stock, sku, sku.c.id == bin_stock.c.sku_id)
        .where(bin_stock.c.bin_id == bin_id(goods, "A-01-03")),
    ) in (4, 10)


def bin_id(goods: Databases, code: str) -> int:
    return int(scalar(goods, text(f"SELECT id FROM bin WHERE code = '{code}'")))


@pytest.mark.parametrize(
    ("scanned", "message"),
    [
        ("T-09", "T-09 isn't on this purchase order; on it are T-01 and T-02"),
        ("SF1234567890", "is no article of ours"),
        ("PO-000001", "is no article of ours"),
    ],
)
def test_a_scan_of_something_else_is_refused_in_words(goods: Databases, scanned: str, message: str) -> None:
    tab = visit(goods, "warehouse", "work/receiving", id="1")
    scan(tab, "scan-article", scanned)
    assert message in errors(tab)
    assert box(tab, "selectbox", "Article").value == 1


@pytest.mark.parametrize("units", [0, -1, 10**9])
def test_a_number_that_cannot_be_is_refused(goods: Databases, units: int) -> None:
    tab = visit(goods, "warehouse", "work/receiving", id="1")
    box(tab, "number_input", "Units that came").set_value(units).run()
    press(tab, "book-receipt")
    assert "A quantity of 1 to 1000000 is needed" in errors(tab)
    assert status(goods) == "ordered"


def test_too_much_is_kept_only_by_who_may(goods: Databases) -> None:
    tab = visit(goods, "warehouse", "work/receiving", id="1")
    box(tab, "number_input", "Units that came").set_value(15).run()
    assert tab.checkbox == []
    press(tab, "book-receipt")
    assert "15 came, 10 are waited for, and 10 at most may be taken" in errors(tab)
    tab = visit(goods, "operations", "work/receiving", id="1")
    box(tab, "number_input", "Units that came").set_value(15).run()
    box(tab, "checkbox", "Keep everything that came").check().run()
    press(tab, "book-receipt")
    assert (errors(tab), status(goods)) == ("", "partly_received")


def test_everything_as_ordered_and_a_part_back_to_the_supplier(goods: Databases) -> None:
    tab = visit(goods, "warehouse", "work/receiving", id="1")
    press(tab, "book-everything")
    box(tab, "number_input", "Accept").set_value(7)
    box(tab, "number_input", "Back to the supplier").set_value(3)
    press(tab, "book-inspection")
    assert "Say what is wrong" in errors(tab)
    box(tab, "text_input", "What is wrong with goods that aren't accepted").input("dented")
    press(tab, "book-inspection")
    assert errors(tab) == ""
    assert "3 rejected" in "\n".join(str(part.proto.body) for part in tab.get("html"))
    assert books(goods) == []


def test_a_slip_at_the_door_is_taken_back(goods: Databases) -> None:
    do(goods, receiving.receive_goods, 1, [Delivered(1, 10)])
    tab = visit(goods, "warehouse", "work/receiving", id="1", show="inspect")
    box(tab, "number_input", "Units booked too many").set_value(4)
    box(tab, "text_input", "What was wrong").input("counted twice")
    press(tab, "correct-receipt")
    assert (errors(tab), scalar(goods, text("SELECT quantity FROM receipt_line"))) == ("", 6)


# ---- purchasing -------------------------------------------------------------------------------------------------


def test_a_purchase_is_placed_and_printed(goods: Databases) -> None:
    tab = visit(goods, "operations", "work/purchasing")
    press(tab, "new-purchase")
    box(tab, "multiselect", "Articles").set_value([1, 3]).run()
    assert [one.value for one in tab.number_input if one.label == "Units"] == [5, 5]
    box(tab, "number_input", "Units").set_value(40).run()
    press(tab, "place-purchase")
    assert errors(tab) == ""
    assert "PO-000002" in said(tab)
    with reader(goods.live) as db:
        rows = db.execute(
            text("SELECT sku_id, quantity, unit_cost_cents FROM purchase_line WHERE purchase_order_id = 2")
        )
        assert [tuple(row) for row in rows] == [(1, 40, 3_000), (3, 5, 3_000)]


def test_a_purchase_is_rescheduled_and_cancelled_with_a_reason(goods: Databases) -> None:
    tab = visit(goods, "operations", "work/purchasing", id="1")
    press(tab, "cancel-1-1-yes")
    assert "Say why" in errors(tab)
    box(tab, "text_input", "Why").input("too dear")
    press(tab, "cancel-1-1-yes")
    assert (errors(tab), status(goods)) == ("", "cancelled")


def test_the_warehouse_sees_purchases_and_places_none(goods: Databases) -> None:
    tab = visit(goods, "warehouse", "work/purchasing")
    assert [one for one in tab.button if one.key == "new-purchase"] == []
    tab = visit(goods, "warehouse", "work/purchasing", id="1")
    assert [one.key for one in tab.button if "yes" in (one.key or "")] == []


@pytest.mark.parametrize(("q", "found"), [("PO-1", 1), ("acme", 1), ("顶点", 1), ("t-02", 1), ("%", 0), ("T-09", 0)])
def test_purchases_are_found(goods: Databases, q: str, found: int) -> None:
    tab = visit(goods, "operations", "work/purchasing", q=q)
    assert ("Nothing fits" in said(tab)) == (found == 0)
    assert len(tab.dataframe) == found


# ---- stock ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("q", "found"), [("t-02", 1), ("6901234567892", 1), ("商品 2", 1), ("floor", 12), ("A-01-01", 0)]
)
def test_stock_is_found_by_article_barcode_name_and_bin(goods: Databases, q: str, found: int) -> None:
    tab = visit(goods, "warehouse", "work/stock", q=q)
    assert (len(tab.dataframe[0].value["sku"]) if tab.dataframe else 0) == found


def test_goods_move_to_another_bin_by_scan(goods: Databases) -> None:
    tab = visit(goods, "warehouse", "work/stock", sku="1", house="1")
    scan(tab, "-scan", "A-01-04")
    press(tab, "do-move")
    assert errors(tab) == ""
    lying = select(bin_stock.c.quantity).where(bin_stock.c.bin_id == bin_id(goods, "A-01-04"), bin_stock.c.sku_id == 1)
    assert (scalar(goods, lying), books(goods)) == (5, [])


def test_goods_change_their_condition(goods: Databases) -> None:
    tab = visit(goods, "warehouse", "work/stock", sku="3", house="1")
    tab.button_group[0].set_value("condition").run()
    press(tab, "do-condition")
    assert "Say why" in errors(tab)
    box(tab, "text_input", "Why").input("scratched")
    press(tab, "do-condition")
    assert errors(tab) == ""
    assert scalar(goods, text("SELECT SUM(quantity) FROM stock_balance WHERE account = 'quarantine'")) == 1


def test_a_correction_above_the_limit_waits_and_somebody_else_approves(goods: Databases) -> None:
    do(goods, stock.receive_stock, 9, 1, 40, 60_000)
    tab = visit(goods, "warehouse", "work/stock", sku="9", house="1")
    box(tab, "selectbox", "Lot").select_index(1).run()
    tab.button_group[0].set_value("correct").run()
    box(tab, "number_input", "Change (+/−)").set_value(-20).run()
    press(tab, "do-correct")
    assert "waits for somebody else" in said(tab)
    assert scalar(goods, select(adjustment.c.status)) == "waiting"
    tab = visit(goods, "warehouse", "work/stock", show="corrections")
    assert "You asked for it; somebody else decides." in said(tab)
    tab = visit(goods, "operations", "work/stock", show="corrections")
    press(tab, "reject_adjustment-1")
    assert "Say why" in errors(tab)
    press(tab, "approve_adjustment-1")
    assert (scalar(goods, select(adjustment.c.status)), books(goods)) == ("posted", [])


def test_a_transfer_is_sent_and_called_back(goods: Databases) -> None:
    tab = visit(goods, "warehouse", "work/stock", show="transfers")
    box(tab, "multiselect", "Articles").set_value([1]).run()
    box(tab, "number_input", "Units").set_value(99).run()
    press(tab, "send-transfer")
    assert "99 units of T-01 can't be sent" in errors(tab)
    box(tab, "number_input", "Units").set_value(2).run()
    press(tab, "send-transfer")
    assert (errors(tab), scalar(goods, select(transfer.c.status)), books(goods)) == ("", "on_the_way", [])


# ---- returned parcels -------------------------------------------------------------------------------------------


def test_a_returned_parcel_needs_an_order_of_ours(goods: Databases) -> None:
    tab = visit(goods, "warehouse", "work/returned")
    assert "No parcel waits for inspection" in said(tab)
    scan(tab, "scan-return", "4711")
    assert "is neither an order of ours nor a waybill" in errors(tab)
    scan(tab, "scan-return", "900000000000000000")
    assert "Nothing of this order is with the buyer" in said(tab)
    assert scalar(goods, select(returned_parcel.c.id)) is None


def lay_carriers(ctx: Context) -> None:
    """A carrier that goes from Shanghai to where the small world's buyers live."""
    names = {"name_en": "Swift", "name_zh": "捷马", "waybill_prefix": "SW"}
    ctx.db.execute(carrier.insert().values(code="swift", daily_parcels=100, max_weight_g=30_000, **names))
    costs = {"first_weight_g": 1_000, "first_cents": 800, "step_weight_g": 500, "step_cents": 150, "transit_hours": 24}
    ctx.db.execute(carrier_rate.insert().values(carrier="swift", warehouse_id=1, region="CN-SH", **costs))


def test_a_parcel_comes_back_and_its_goods_go_on_the_shelf(goods: Databases) -> None:
    do(goods, lay_carriers)
    do(goods, bring_on, 1, 5)
    tab = visit(goods, "warehouse", "work/returned")
    scan(tab, "scan-return", "900000000000000000")
    assert box(tab, "number_input", "Came back").value == 1
    press(tab, "take-return")
    assert errors(tab) == ""
    assert scalar(goods, select(returned_parcel.c.status)) == "arrived_back"
    box(tab, "number_input", "Back on the shelf").set_value(0)
    box(tab, "number_input", "Damaged").set_value(1)
    press(tab, "judge-1")
    assert "Say what is damaged" in errors(tab)
    box(tab, "number_input", "Damaged").set_value(0)
    box(tab, "number_input", "Back on the shelf").set_value(1)
    press(tab, "judge-1")
    assert (errors(tab), scalar(goods, select(returned_parcel.c.status)), books(goods)) == ("", "settled", [])
    scan(tab, "scan-return", "900000000000000000")
    assert "Nothing of this order is with the buyer" in said(tab)


# ---- everybody --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["work/receiving", "work/purchasing", "work/stock", "work/returned"])
def test_a_company_that_begins_is_told_what_to_do(house: Databases, page: str) -> None:
    tab = visit(house, "operations", page)
    assert not tab.exception
    assert any(
        words in said(tab) for words in ("Nothing waits here", "Nothing is ordered", "Nothing is in stock", "No parcel")
    )


@pytest.mark.parametrize("batch", range(2))
def test_naughty_strings_are_looked_up_and_kept_as_text(goods: Databases, batch: int) -> None:
    texts = [one for one in naughty_strings() if one.strip()][batch * 7 :: 90]
    tab = visit(goods, "warehouse", "work/receiving", id="1")
    for one in texts:
        scan(tab, "scan-article", one[:100])
    tab = visit(goods, "warehouse", "work/stock")
    for one in texts:
        box(tab, "text_input", "Search").input(one[:80]).run()
        assert not tab.exception
    for number, one in enumerate(texts[:6]):
        do(goods, adjustments.adjust_stock, 4, 1, 1, "found", one)
        tab = visit(goods, "operations", "work/stock", show="corrections")
        assert not tab.exception, number


def test_who_has_no_work_with_goods_finds_no_page(goods: Databases) -> None:
    clerk = Actor(1, "x", "employee", "O", rights_of("employee", "O"))
    for name in ("stock", "receiving", "returned", "purchasing"):
        assert not page_named(name).open_to(clerk)
