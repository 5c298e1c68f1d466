"""History's writers: balances move with their postings or not at all."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Connection, select, text

from core.context import ENGINE, Context, World
from core.db.engines import Databases, reader, transaction
from core.db.history import post, post_money, record
from core.db.world_tables import event, lot, money_posting, sku, stock_balance, stock_posting, warehouse
from core.domain.errors import RuleViolation
from core.domain.stock import SUPPLIER, Account, Move, Place

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
