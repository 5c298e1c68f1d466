"""Stock: what is where, goods that come without a purchase order, and articles by what a scanner reads."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, func, or_, select, text

from core.context import Context
from core.db.history import need_open_period, post, record
from core.db.world_tables import lot, sku, warehouse
from core.domain.errors import NotFound, RuleViolation
from core.domain.facts import local_day
from core.domain.stock import OUTSIDE, SUPPLIER, Account, Move, Place
from core.domain.texts import typed

_MOST_UNITS = 1_000_000
_FIRST_DAY = date(1970, 1, 1).toordinal()


_AVAILABLE = text(
    "SELECT COALESCE(SUM(quantity), 0) FROM stock_balance"
    " WHERE sku_id = :sku_id AND warehouse_id = :warehouse_id AND account = 'available'"
)


def available_units(ctx: Context, sku_id: int, warehouse_id: int) -> int:
    """Units of a SKU that a warehouse could promise now."""
    return int(ctx.db.execute(_AVAILABLE, {"sku_id": sku_id, "warehouse_id": warehouse_id}).scalar_one())


# Written out, since every command of the warehouse asks it, some of them twice.
_UNITS_IN = text(
    "SELECT sku_id, lot_id, warehouse_id, order_line_id, SUM(units) AS units FROM ("
    " SELECT p.sku_id, p.lot_id, p.to_warehouse_id AS warehouse_id, p.order_line_id, p.quantity AS units"
    " FROM stock_posting p JOIN order_line l ON l.id = p.order_line_id"
    " WHERE l.order_id = :order_id AND p.to_account = :account UNION ALL"
    " SELECT p.sku_id, p.lot_id, p.from_warehouse_id, p.order_line_id, -p.quantity"
    " FROM stock_posting p JOIN order_line l ON l.id = p.order_line_id"
    " WHERE l.order_id = :order_id AND p.from_account = :account"
    ") AS moves GROUP BY sku_id, lot_id, warehouse_id, order_line_id HAVING SUM(units) > 0"
    " ORDER BY order_line_id, lot_id"
)


def units_in(ctx: Context, order_id: int, account: Account) -> list[Move]:
    """The units an order has in an account now, as the net of its postings.

    Shape: one Move per line, lot and warehouse whose `target` is that account; `source` repeats it.
    """
    return [
        Move(row.sku_id, row.lot_id, place, place, int(row.units), row.order_line_id)
        for row in ctx.db.execute(_UNITS_IN, {"order_id": order_id, "account": account.value})
        for place in (Place(row.warehouse_id, account),)
    ]


def reserved_units(ctx: Context, order_id: int) -> int:
    """Units an order has reserved now."""
    return sum(move.quantity for move in units_in(ctx, order_id, Account.RESERVED))


def receive_stock(
    ctx: Context, sku_id: int, warehouse_id: int, quantity: int, unit_cost_cents: int, expires_on: str | None = None
) -> int:
    """Lays units that come without a purchase order, as an opening stock does, on the shelf as a new lot; gives its id.

    Raises: NotAllowed, NotFound, RuleViolation for a quantity that can't be or a closed period.
    """
    ctx.actor.need("stock.receive")
    need_sku(ctx, sku_id)
    need_warehouse(ctx, warehouse_id)
    if not 1 <= quantity <= _MOST_UNITS:
        raise RuleViolation("A receipt needs 1 to {most} units, found {quantity}.", most=_MOST_UNITS, quantity=quantity)
    if unit_cost_cents < 0:
        raise RuleViolation("A unit cost can't be negative.")
    need_open_period(ctx)
    lot_id = add_lot(ctx, sku_id, unit_cost_cents, expires_on)
    data = {"warehouse": warehouse_id, "lot": lot_id, "quantity": quantity}
    event_id = record(ctx, "StockReceived", f"sku:{sku_id}", data)
    post(ctx, event_id, [Move(sku_id, lot_id, SUPPLIER, Place(warehouse_id, Account.AVAILABLE), quantity)])
    return lot_id


def add_lot(ctx: Context, sku_id: int, unit_cost_cents: int, expires_on: str | None) -> int:
    """Writes a lot that arrives now; gives its id."""
    values = {"sku_id": sku_id, "received_at": ctx.now, "unit_cost_cents": unit_cost_cents, "expires_on": expires_on}
    key = ctx.db.execute(lot.insert().values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def need_sku(ctx: Context, sku_id: int) -> Row[Any]:
    """An article's row. Raises: NotFound."""
    row = ctx.db.execute(select(sku).where(sku.c.id == sku_id)).one_or_none()
    if row is None:
        raise NotFound("SKU {sku_id} isn't here.", sku_id=sku_id)
    return row


def need_warehouse(ctx: Context, warehouse_id: int) -> Row[Any]:
    """The row of a warehouse of ours. Raises: NotFound."""
    row = ctx.db.execute(select(warehouse).where(warehouse.c.id == warehouse_id)).one_or_none()
    if row is None or warehouse_id == OUTSIDE:
        raise NotFound("Warehouse {warehouse_id} isn't here.", warehouse_id=warehouse_id)
    return row


def find_sku(ctx: Context, scanned: str) -> Row[Any]:
    """The article that a scanner read or somebody typed: its barcode, or its number in any case of letters.

    Raises: NotFound.
    """
    wanted = typed(scanned)
    match = or_(sku.c.barcode == wanted, func.upper(sku.c.code) == wanted.upper())
    row = ctx.db.execute(select(sku).where(match).order_by(sku.c.barcode != wanted, sku.c.id).limit(1)).one_or_none()
    if row is None or not wanted:
        raise NotFound("“{found}” is no article of ours.", found=wanted)
    return row


def today_of(ctx: Context) -> date:
    """The calendar day it is in this world."""
    return date.fromordinal(_FIRST_DAY + local_day(ctx.now, ctx.world.timezone))
