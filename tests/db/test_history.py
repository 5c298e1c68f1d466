"""History's writers: balances move with their postings or not at all."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Connection, select, text

from core.context import ENGINE, Context, World
from core.db.engines import Databases, reader, transaction
from core.db.history import post, post_money, record
from core.db.warehouse_tables import bin_place, bin_posting, bin_stock, period_close
from core.db.world_tables import event, lot, money_posting, sku, stock_balance, stock_posting, warehouse
from core.domain.errors import RuleViolation
from core.domain.stock import LOSS, SUPPLIER, Account, Move, Place

SHELF = Place(1, Account.AVAILABLE)
HELD = Place(1, Account.RESERVED)


def _ctx(db: Connection, clock: int) -> Context:
    return Context(db, ENGINE, clock, World("live", "live"))


def _lay(databases: Databases, clock: int, units: int = 10) -> None:
    with transaction(databases.live) as db:
        for number, code in enumerate(("OUT", "SH")):
            db.execute(warehouse.insert().values(id=number, code=code, name_en=code, name_zh=code, region="CN-SH"))
        names = {"name_en": "Kettle", "name_zh": "水壶", "category": "home", "currency": "CNY"}
        db.execute(sku.insert().values(id=1, code="K-1", list_price_cents=9900, weight_g=800, **names))
        db.execute(lot.insert().values(id=1, sku_id=1, received_at=clock, unit_cost_cents=5000))
        ctx = _ctx(db, clock)
        post(ctx, record(ctx, "StockReceived", "sku:1"), [Move(1, 1, SUPPLIER, SHELF, units)])


def _balances(db: Connection) -> dict[str, int]:
    return {row.account: row.quantity for row in db.execute(select(stock_balance)) if row.quantity}


def test_a_fact_keeps_who_when_and_what(each_databases: Databases, clock: int) -> None:
    with transaction(each_databases.live) as db:
        event_id = record(_ctx(db, clock), "OrderHeld", "order:7", {"reason": "买家要求 “等等”"}, order_id=7)
        row = db.execute(select(event).where(event.c.id == event_id)).one()
    assert (row.at, row.kind, row.subject, row.order_id, row.actor) == (clock, "OrderHeld", "order:7", 7, "engine")
    assert json.loads(row.data) == {"reason": "买家要求 “等等”"}


def test_a_move_changes_both_sides_and_is_kept(each_databases: Databases, clock: int) -> None:
    _lay(each_databases, clock)
    with transaction(each_databases.live) as db:
        ctx = _ctx(db, clock)
        post(ctx, record(ctx, "Test", "sku:1"), [Move(1, 1, SHELF, HELD, 4, order_line_id=3)])
        assert _balances(db) == {"supplier": -10, "available": 6, "reserved": 4}
        kept = db.execute(select(stock_posting).order_by(stock_posting.c.id)).all()[-1]
    assert (kept.from_account, kept.to_account, kept.quantity, kept.order_line_id) == ("available", "reserved", 4, 3)


def test_nothing_of_ours_goes_below_zero(each_databases: Databases, clock: int) -> None:
    _lay(each_databases, clock)
    with pytest.raises(RuleViolation, match="Not enough stock: 7 units"), transaction(each_databases.live) as db:
        ctx = _ctx(db, clock)
        moves = [Move(1, 1, SHELF, HELD, 6), Move(1, 1, SHELF, HELD, 7)]
        post(ctx, record(ctx, "Test", "sku:1"), moves)
    with reader(each_databases.live) as db:
        assert _balances(db) == {"supplier": -10, "available": 10}
        assert db.execute(text("SELECT count(*) FROM event")).scalar_one() == 1


@pytest.mark.parametrize("quantity", [0, -1, -(10**9)])
def test_a_move_needs_units(databases: Databases, clock: int, quantity: int) -> None:
    _lay(databases, clock)
    with pytest.raises(RuleViolation, match="positive quantity"), transaction(databases.live) as db:
        post(_ctx(db, clock), 1, [Move(1, 1, SHELF, HELD, quantity)])


def test_money_has_two_sides_and_an_amount(databases: Databases, clock: int) -> None:
    with transaction(databases.live) as db:
        ctx = _ctx(db, clock)
        event_id = record(ctx, "OrderPaid", "order:1", order_id=1)
        post_money(ctx, event_id, 1, "buyer", "deposits", 1999, "CNY", "alipay")
        row = db.execute(select(money_posting)).one()
        assert (row.from_account, row.to_account, row.amount_cents, row.means) == ("buyer", "deposits", 1999, "alipay")
        with pytest.raises(RuleViolation, match="positive amount"):
            post_money(ctx, event_id, 1, "buyer", "deposits", 0, "CNY")


def test_nothing_is_posted_into_a_closed_period(each_databases: Databases, clock: int) -> None:
    _lay(each_databases, clock)
    with transaction(each_databases.live) as db:
        ctx = _ctx(db, clock)
        event_id = record(ctx, "PeriodClosed", "period:1")
        db.execute(period_close.insert().values(until_at=clock + 60, at=clock, event_id=event_id, actor="engine"))
    for now, refused in ((clock + 60, True), (clock + 61, False)):
        with transaction(each_databases.live) as db:
            ctx = _ctx(db, now)
            event_id = record(ctx, "Test", "order:1", order_id=1)
            for write in (
                lambda ctx=ctx, e=event_id: post(ctx, e, [Move(1, 1, SHELF, HELD, 1)]),
                lambda ctx=ctx, e=event_id: post_money(ctx, e, 1, "buyer", "deposits", 1999, "CNY", "alipay"),
            ):
                if refused:
                    with pytest.raises(RuleViolation, match="The books are closed up to 20"):
                        write()
                else:
                    write()


BINS = {1: "FLOOR", 2: "A-01", 3: "B-01"}


def _lay_bins(databases: Databases, clock: int) -> None:
    """Three bins in warehouse 1, the floor last on the path, and ten units: two on the floor, five in A, three in B."""
    _lay(databases, clock, units=1)
    with transaction(databases.live) as db:
        ctx = _ctx(db, clock)
        post(ctx, record(ctx, "StockAdjusted", "sku:1"), [Move(1, 1, SHELF, LOSS, 1)])
        for bin_id, code in BINS.items():
            kind = "floor" if bin_id == 1 else "pick"
            db.execute(bin_place.insert().values(id=bin_id, warehouse_id=1, code=code, walk=-bin_id, kind=kind))
        arrivals = [Move(1, 1, SUPPLIER, SHELF, 2), Move(1, 1, SUPPLIER, SHELF, 5, bin_id=2)]
        post(ctx, record(ctx, "StockReceived", "sku:1"), [*arrivals, Move(1, 1, SUPPLIER, SHELF, 3, bin_id=3)])


def _lying(db: Connection) -> dict[int, int]:
    return {row.bin_id: row.quantity for row in db.execute(select(bin_stock)) if row.quantity}


def _paths(db: Connection, event_id: int) -> list[tuple[int | None, int | None, int]]:
    p = bin_posting.c
    return [
        (row.from_bin_id, row.to_bin_id, row.quantity)
        for row in db.execute(select(bin_posting).where(p.event_id == event_id).order_by(p.id))
    ]


def test_a_reservation_touches_no_bin(each_databases: Databases, clock: int) -> None:
    _lay_bins(each_databases, clock)
    with transaction(each_databases.live) as db:
        ctx = _ctx(db, clock)
        event_id = record(ctx, "Test", "sku:1")
        post(ctx, event_id, [Move(1, 1, SHELF, HELD, 4)])
        assert (_lying(db), _paths(db, event_id)) == ({1: 2, 2: 5, 3: 3}, [])


def test_units_leave_by_the_walk_and_come_back_to_the_floor(each_databases: Databases, clock: int) -> None:
    _lay_bins(each_databases, clock)
    picked = Place(1, Account.PICKED)
    with transaction(each_databases.live) as db:
        ctx = _ctx(db, clock)
        out, back = record(ctx, "Test", "sku:1"), record(ctx, "Test", "sku:1")
        post(ctx, out, [Move(1, 1, SHELF, picked, 4)])
        assert (_lying(db), _paths(db, out)) == ({1: 2, 2: 4}, [(3, None, 3), (2, None, 1)])
        post(ctx, back, [Move(1, 1, picked, SHELF, 4)])
        assert (_lying(db), _paths(db, back)) == ({1: 6, 2: 4}, [(None, 1, 4)])


def test_a_named_bin_is_the_one_that_is_taken_from(each_databases: Databases, clock: int) -> None:
    _lay_bins(each_databases, clock)
    picked = Place(1, Account.PICKED)
    with transaction(each_databases.live) as db:
        ctx = _ctx(db, clock)
        event_id = record(ctx, "Test", "sku:1")
        post(ctx, event_id, [Move(1, 1, SHELF, picked, 4, bin_id=2)])
        assert (_lying(db), _paths(db, event_id)) == ({1: 2, 2: 1, 3: 3}, [(2, None, 4)])
    with (
        pytest.raises(RuleViolation, match="Only 1 of 2 units of lot 1 lie in the bin"),
        transaction(each_databases.live) as db,
    ):
        ctx = _ctx(db, clock)
        post(ctx, record(ctx, "Test", "sku:1"), [Move(1, 1, SHELF, picked, 2, bin_id=2)])
    with (
        pytest.raises(RuleViolation, match="Bin 2 isn't in warehouse 2"),
        transaction(each_databases.live) as db,
    ):
        ctx = _ctx(db, clock)
        names = {"code": "GZ", "name_en": "GZ", "name_zh": "GZ", "region": "CN-GD"}
        db.execute(warehouse.insert().values(id=2, **names))
        db.execute(bin_place.insert().values(id=9, warehouse_id=2, code="FLOOR", walk=1, kind="floor"))
        there = Place(2, Account.AVAILABLE)
        post(ctx, record(ctx, "Test", "sku:1"), [Move(1, 1, SUPPLIER, there, 2, bin_id=2)])
