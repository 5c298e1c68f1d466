"""Goods from the supplier to the bin: partial and over-delivery, inspection, putaway, corrections, and bad input."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, text, update

from core.context import Actor, Context
from core.db.history import record
from core.db.inbound_tables import purchase_line, purchase_order, receipt_line
from core.db.warehouse_tables import bin_stock, period_close
from core.db.world_tables import event, lot, sku
from core.domain.errors import NotAllowed, NotFound, OrderlyError, RuleViolation
from core.domain.purchasing import Verdict
from core.domain.rights import rights_of
from core.services import purchasing, receiving, stock
from core.services.books import imbalances
from core.services.purchasing import Wanted
from core.services.receiving import Delivered
from tests.services.desk import BIN_A, BIN_B, CUP, FLOOR, GUANGZHOU, KETTLE, LAMP, SHANGHAI, SUPPLIER, Desk

KEEPER = Actor(8, "Wu", "employee", "W", rights_of("employee", "W"))
BUYER = Actor(9, "Ops", "employee", "P", rights_of("employee", "P"))
TODAY = "2026-03-04"


@pytest.fixture
def purchase(desk: Desk) -> int:
    """20 kettles and 10 cups from Acme for Shanghai."""
    with desk.work(BUYER) as ctx:
        day = stock.today_of(ctx).isoformat()
        lines = [Wanted(KETTLE, 20, 9_000), Wanted(CUP, 10, 1_500)]
        return purchasing.place_purchase(ctx, SUPPLIER, SHANGHAI, day, lines, " by ramp 2 ")


def status(desk: Desk, purchase_id: int = 1) -> tuple[str, int]:
    with desk.look() as ctx:
        row = ctx.db.execute(select(purchase_order).where(purchase_order.c.id == purchase_id)).one()
        return row.status, row.is_open


def take(desk: Desk, *delivered: Delivered, actor: Actor = KEEPER, **more: bool) -> None:
    with desk.work(actor) as ctx:
        receiving.receive_goods(ctx, 1, delivered, "LS-77", **more)


def judge(desk: Desk, line: int, note: str = "", **verdict: int) -> None:
    with desk.work(KEEPER) as ctx:
        receiving.inspect_goods(ctx, line, Verdict(**verdict), note)


def put(desk: Desk, line: int, units: int, bin_id: int | None = None) -> None:
    with desk.work(KEEPER) as ctx:
        receiving.put_away(ctx, line, units, bin_id)


def books(desk: Desk) -> list[str]:
    with desk.look() as ctx:
        return [str(one) for one in imbalances(ctx)]


def in_bin(desk: Desk, bin_id: int, sku_id: int = KETTLE) -> int:
    b = bin_stock.c
    with desk.look() as ctx:
        return sum(ctx.db.execute(select(b.quantity).where(b.bin_id == bin_id, b.sku_id == sku_id)).scalars())


def facts(desk: Desk, purchase_id: int = 1) -> list[str]:
    with desk.look() as ctx:
        found = select(event.c.kind).where(event.c.subject == f"purchase:{purchase_id}").order_by(event.c.id)
        return list(ctx.db.execute(found).scalars())


def test_the_whole_way_from_the_supplier_to_the_bin(desk: Desk, purchase: int) -> None:
    take(desk, Delivered(1, 20), Delivered(2, 10))
    assert (status(desk), desk.units("receiving"), desk.units("available")) == (("received", 1), 20, 20)
    judge(desk, 1, accepted=20)
    judge(desk, 2, accepted=10)
    assert (status(desk), desk.units("available")) == (("inspected", 1), 20)  # accepted, but nowhere to be found yet
    put(desk, 1, 12, BIN_A)
    put(desk, 1, 8)
    put(desk, 2, 10, BIN_B)
    assert (status(desk), desk.units("receiving"), desk.units("available")) == (("put_away", 0), 0, 40)
    assert (in_bin(desk, BIN_A), in_bin(desk, FLOOR), in_bin(desk, BIN_B, CUP)) == (12, 18, 10)
    assert facts(desk) == ["PurchasePlaced", "GoodsReceived"] + ["GoodsInspected"] * 2 + ["GoodsPutAway"] * 3
    assert books(desk) == []
    with desk.look() as ctx:
        row = ctx.db.execute(select(lot).order_by(lot.c.id.desc())).first()
        assert row is not None
        assert (row.sku_id, row.unit_cost_cents, row.received_at) == (CUP, 1_500, desk.now)


def test_what_is_missing_stays_waited_for_until_it_is_dropped(desk: Desk, purchase: int) -> None:
    take(desk, Delivered(1, 12))
    assert status(desk) == ("partly_received", 1)
    take(desk, Delivered(1, 5), Delivered(2, 10))
    assert status(desk) == ("partly_received", 1)
    with pytest.raises(RuleViolation, match="Say why"), desk.work(BUYER) as ctx:
        purchasing.drop_rest(ctx, purchase, "  ")
    with desk.work(BUYER) as ctx:
        assert purchasing.drop_rest(ctx, purchase, "out of production") == 3
    assert status(desk) == ("received", 1)
    for line, units in ((1, 12), (2, 5), (3, 10)):
        judge(desk, line, accepted=units)
        put(desk, line, units)
    assert (status(desk), books(desk)) == (("put_away", 0), [])


def test_more_than_ordered_is_taken_up_to_the_tolerance(desk: Desk, purchase: int) -> None:
    """Five per cent of 20 is one."""
    before = desk.everything()
    refused = pytest.raises(RuleViolation, match="KETTLE: 22 came, 20 are waited for, and 21 at most may be taken")
    with refused:
        take(desk, Delivered(1, 22))
    assert desk.everything() == before
    take(desk, Delivered(1, 15))
    with pytest.raises(RuleViolation, match="7 came, 5 are waited for, and 6 at most"):
        take(desk, Delivered(1, 7))
    take(desk, Delivered(1, 6))
    with pytest.raises(RuleViolation, match="1 came, 0 are waited for, and 0 at most"):
        take(desk, Delivered(1, 1))
    assert desk.units("receiving") == 21


def test_keeping_all_of_an_over_delivery_needs_the_right(desk: Desk, purchase: int) -> None:
    before = desk.everything()
    with pytest.raises(NotAllowed):
        take(desk, Delivered(1, 50), keeps_over=True)
    assert desk.everything() == before
    take(desk, Delivered(1, 50), actor=BUYER, keeps_over=True)
    assert (status(desk), desk.units("receiving"), books(desk)) == (("partly_received", 1), 50, [])


def test_inspection_sends_back_sets_aside_and_accepts(desk: Desk, purchase: int) -> None:
    take(desk, Delivered(1, 20), Delivered(2, 10))
    with pytest.raises(RuleViolation, match="Say what is wrong"):
        judge(desk, 1, accepted=10, rejected=4)
    judge(desk, 1, "dented", accepted=10, quarantined=3, rejected=4)
    assert (desk.units("receiving"), desk.units("quarantine"), desk.units("supplier")) == (13, 3, -36)
    with pytest.raises(RuleViolation, match="4 units are judged, but 3 wait"):
        judge(desk, 1, accepted=4)
    judge(desk, 1, "all broken", rejected=3)
    judge(desk, 2, "wrong colour", rejected=10)
    put(desk, 1, 10, BIN_A)
    assert (status(desk), books(desk)) == (("put_away", 0), [])


@pytest.mark.parametrize("verdict", [{}, {"accepted": -1}, {"accepted": 2, "rejected": -1}])
def test_an_inspection_needs_units(desk: Desk, purchase: int, verdict: dict[str, int]) -> None:
    take(desk, Delivered(1, 20))
    before = desk.everything()
    with pytest.raises(RuleViolation, match="needs a number of units"):
        judge(desk, 1, "x", **verdict)
    assert desk.everything() == before


def test_everything_turned_away_closes_the_purchase_at_once(desk: Desk, purchase: int) -> None:
    take(desk, Delivered(1, 20), Delivered(2, 10))
    judge(desk, 1, "wet", rejected=20)
    judge(desk, 2, "wet", rejected=10)
    assert (status(desk), desk.units("receiving")) == (("put_away", 0), 0)


def test_a_slip_is_corrected_by_a_counter_entry(desk: Desk, purchase: int) -> None:
    take(desk, Delivered(1, 20))
    with desk.work(KEEPER) as ctx:
        with pytest.raises(RuleViolation, match="Say what was wrong"):
            receiving.correct_receipt(ctx, 1, 8, "")
        receiving.correct_receipt(ctx, 1, 8, "typed twice")
    assert (status(desk), desk.units("receiving"), books(desk)) == (("partly_received", 1), 12, [])
    judge(desk, 1, accepted=12)
    with pytest.raises(RuleViolation, match="1 to 0 units can be taken back"), desk.work(KEEPER) as ctx:
        receiving.correct_receipt(ctx, 1, 1, "x")
    with desk.work(KEEPER) as ctx:
        receiving.take_back_acceptance(ctx, 1, 12)
        receiving.correct_receipt(ctx, 1, 12, "never came")
    assert (status(desk), desk.units("receiving"), books(desk)) == (("ordered", 1), 0, [])
    with desk.work(BUYER) as ctx:
        purchasing.cancel_purchase(ctx, purchase, "bankrupt")
    assert (status(desk), books(desk)) == (("cancelled", 0), [])


def test_goods_that_expire_need_a_date_that_is_far_enough(desk: Desk, purchase: int) -> None:
    with desk.work() as ctx:
        ctx.db.execute(update(sku).where(sku.c.id == KETTLE).values(issue_rule="fefo"))
        soon = stock.today_of(ctx).toordinal() + 89
    from datetime import date

    for expires_on, message in (
        (None, "goes out by its expiry date"),
        ("", "goes out by its expiry date"),
        ("31.12.2027", "is no date"),
        (date.fromordinal(soon).isoformat(), "which is 89 days; 90 are wanted"),
    ):
        with pytest.raises(RuleViolation, match=message):
            take(desk, Delivered(1, 20, expires_on))
    take(desk, Delivered(1, 20, date.fromordinal(soon + 1).isoformat()))
    with desk.look() as ctx:
        kept = ctx.db.execute(select(lot.c.expires_on).order_by(lot.c.id.desc()).limit(1)).scalar_one()
    assert kept == date.fromordinal(soon + 1).isoformat()


@pytest.mark.parametrize("quantity", [0, -1, 10**9])
def test_a_quantity_that_cannot_be(desk: Desk, purchase: int, quantity: int) -> None:
    before = desk.everything()
    with pytest.raises(RuleViolation, match="A quantity of 1 to 1000000 is needed"):
        take(desk, Delivered(1, quantity))
    assert desk.everything() == before


def test_what_is_scanned_is_looked_up(desk: Desk, purchase: int) -> None:
    with desk.work() as ctx:
        ctx.db.execute(update(sku).where(sku.c.id == CUP).values(barcode="6901234567892"))
    with desk.look(KEEPER) as ctx:
        assert receiving.scanned_line(ctx, purchase, " kettle\n") == 1
        assert receiving.scanned_line(ctx, purchase, "6901234567892") == 2
        with pytest.raises(RuleViolation, match="LAMP isn't on this purchase order; on it are CUP, KETTLE"):
            receiving.scanned_line(ctx, purchase, "LAMP")
        for nonsense in ("WB-123456", "", "' OR 1=1 --"):
            with pytest.raises(NotFound, match="is no article of ours"):
                receiving.scanned_line(ctx, purchase, nonsense)


REFUSED: dict[str, tuple[Callable[[Context], object], str]] = {
    "a line of nowhere": (lambda ctx: receiving.receive_goods(ctx, 1, [Delivered(99, 1)]), "Line 99 isn't on this"),
    "nothing": (lambda ctx: receiving.receive_goods(ctx, 1, []), "at least one article"),
    "twice": (lambda ctx: receiving.receive_goods(ctx, 1, [Delivered(1, 1), Delivered(1, 1)]), "stands twice"),
    "another purchase": (lambda ctx: receiving.receive_goods(ctx, 7, [Delivered(1, 1)]), "PO-000007 isn't here"),
    "an old page": (
        lambda ctx: receiving.receive_goods(ctx, 1, [Delivered(1, 1)], version=99),
        "was changed by somebody else",
    ),
    "unreceived goods": (lambda ctx: receiving.put_away(ctx, 1, 1), "Received goods 1 aren't here"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_nonsense_is_refused_and_nothing_written(desk: Desk, purchase: int, what: str) -> None:
    command, message = REFUSED[what]
    before = desk.everything()
    with pytest.raises(OrderlyError, match=message), desk.work(KEEPER) as ctx:
        command(ctx)
    assert desk.everything() == before


def test_putting_away_knows_the_bins_of_its_warehouse(desk: Desk, purchase: int) -> None:
    take(desk, Delivered(1, 20))
    judge(desk, 1, accepted=20)
    for units, bin_id, message in ((21, BIN_A, "1 to 20 units"), (0, BIN_A, "1 to 20 units"), (5, 44, "Bin 44")):
        before = desk.everything()
        with pytest.raises(OrderlyError, match=message):
            put(desk, 1, units, bin_id)
        assert desk.everything() == before


def test_nothing_is_received_into_a_closed_period(desk: Desk, purchase: int) -> None:
    take(desk, Delivered(1, 10))
    judge(desk, 1, accepted=5)
    with desk.work() as ctx:
        event_id = record(ctx, "PeriodClosed", "period:1")
        ctx.db.execute(period_close.insert().values(until_at=ctx.now, at=ctx.now, event_id=event_id, actor="engine"))
    before = desk.everything()
    for work in (
        lambda: take(desk, Delivered(1, 1)),
        lambda: judge(desk, 1, accepted=1),
        lambda: put(desk, 1, 1),
    ):
        with pytest.raises(RuleViolation, match="The books are closed up to"):
            work()
        assert desk.everything() == before
    desk.now += 1
    take(desk, Delivered(1, 1))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "needs 1 to 200 lines"),
        ([Wanted(KETTLE, 0, 1)], "A quantity of 1 to"),
        ([Wanted(KETTLE, 10**9, 1)], "A quantity of 1 to"),
        ([Wanted(KETTLE, 1, -1)], "unit cost of KETTLE"),
        ([Wanted(KETTLE, 1, 1), Wanted(KETTLE, 2, 1)], "KETTLE stands on two lines"),
        ([Wanted(99, 1, 1)], "SKU 99 isn't here"),
    ],
)
def test_a_purchase_is_checked_before_it_is_placed(desk: Desk, lines: list[Wanted], message: str) -> None:
    before = desk.everything()
    with pytest.raises(OrderlyError, match=message), desk.work(BUYER) as ctx:
        purchasing.place_purchase(ctx, SUPPLIER, SHANGHAI, "2030-01-01", lines)
    assert desk.everything() == before


def test_suppliers_days_and_warehouses_have_to_be_there(desk: Desk) -> None:
    lines = [Wanted(LAMP, 1, 100)]
    for supplier, place, day, message in (
        (9, SHANGHAI, "2030-01-01", "no such supplier"),
        (SUPPLIER, 0, "2030-01-01", "Warehouse 0"),
        (SUPPLIER, GUANGZHOU, "2001-01-01", "in the past"),
        (SUPPLIER, GUANGZHOU, "tomorrow", "is no date"),
    ):
        with pytest.raises(OrderlyError, match=message), desk.work(BUYER) as ctx:
            purchasing.place_purchase(ctx, supplier, place, day, lines)


def test_a_purchase_is_expected_on_another_day(desk: Desk, purchase: int) -> None:
    with desk.work(BUYER) as ctx:
        purchasing.reschedule_purchase(ctx, purchase, "2031-05-01")
        with pytest.raises(RuleViolation, match="on that day already"):
            purchasing.reschedule_purchase(ctx, purchase, "2031-05-01")
    assert facts(desk)[-1] == "PurchaseRescheduled"
    with pytest.raises(NotAllowed), desk.work(KEEPER) as ctx:
        purchasing.reschedule_purchase(ctx, purchase, "2031-05-02")


def test_a_lie_in_the_papers_is_found(desk: Desk, purchase: int) -> None:
    take(desk, Delivered(1, 20))
    for statement, check in (
        (update(receipt_line).values(rejected_quantity=1), "What lies in receiving"),
        (update(purchase_line).where(purchase_line.c.id == 1).values(received_quantity=3), "A purchase stands where"),
        (update(purchase_order).values(status="ordered"), "A purchase stands where"),
        (text("UPDATE purchase_order SET is_open = 0"), "A purchase stands where"),
    ):
        with desk.databases.live.connect() as db:
            db.execute(statement)
            from tests.services.desk import LIVE

            found = [str(one) for one in imbalances(Context(db, KEEPER, desk.now, LIVE))]
            db.rollback()
        assert any(one.startswith(check) for one in found), found
