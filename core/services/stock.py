"""Stock: receive and adjust it, and read what is where."""

from __future__ import annotations

from sqlalchemy import select, text

from core.context import Context
from core.db.history import post, record
from core.db.world_tables import lot, sku, warehouse
from core.domain.errors import NotFound, RuleViolation
from core.domain.stock import LOSS, SUPPLIER, Account, Move, Place, take_first_in
from core.services.lots import lots_of

_MOST_UNITS = 1_000_000


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


def receive_stock(ctx: Context, sku_id: int, warehouse_id: int, quantity: int, unit_cost_cents: int) -> int:
    """Takes units from the supplier into available stock as a new lot; gives the lot's id.

    Raises: NotAllowed, NotFound, RuleViolation for a quantity that can't be.
    """
    ctx.actor.need("stock.adjust")
    _need_sku_and_warehouse(ctx, sku_id, warehouse_id)
    if not 1 <= quantity <= _MOST_UNITS:
        raise RuleViolation("A receipt needs 1 to {most} units, found {quantity}.", most=_MOST_UNITS, quantity=quantity)
    if unit_cost_cents < 0:
        raise RuleViolation("A unit cost can't be negative.")
    key = ctx.db.execute(
        lot.insert().values(sku_id=sku_id, received_at=ctx.now, unit_cost_cents=unit_cost_cents)
    ).inserted_primary_key
    assert key is not None
    lot_id = int(key[0])
    data = {"warehouse": warehouse_id, "lot": lot_id, "quantity": quantity}
    event_id = record(ctx, "StockReceived", f"sku:{sku_id}", data)
    post(ctx, event_id, [Move(sku_id, lot_id, SUPPLIER, Place(warehouse_id, Account.AVAILABLE), quantity)])
    return lot_id


def adjust_stock(ctx: Context, sku_id: int, warehouse_id: int, change: int, reason: str) -> None:
    """Corrects available stock by a signed number of units, with a reason; the newest lot gains, the oldest lose.

    Raises: NotAllowed, NotFound, RuleViolation without a reason, for no change, or below zero.
    """
    ctx.actor.need("stock.adjust")
    _need_sku_and_warehouse(ctx, sku_id, warehouse_id)
    reason = reason.strip()
    if not reason:
        raise RuleViolation("An adjustment needs a reason.")
    if change == 0 or abs(change) > _MOST_UNITS:
        raise RuleViolation("An adjustment needs a change of 1 to {most} units up or down.", most=_MOST_UNITS)
    here = Place(warehouse_id, Account.AVAILABLE)
    lots = lots_of(ctx, sku_id, warehouse_id)
    if change < 0:
        taken = take_first_in(lots, -change)
        if (found := sum(units for _, units in taken)) < -change:
            raise RuleViolation("Only {found} units are available to take away.", found=found)
        moves = [Move(sku_id, lot_id, here, LOSS, units) for lot_id, units in taken]
    else:
        newest = ctx.db.execute(
            select(lot.c.id).where(lot.c.sku_id == sku_id).order_by(lot.c.received_at.desc(), lot.c.id.desc()).limit(1)
        ).scalar_one_or_none()
        if newest is None:
            raise RuleViolation("This SKU was never received; receive it as a lot first.")
        moves = [Move(sku_id, newest, LOSS, here, change)]
    data = {"warehouse": warehouse_id, "change": change, "reason": reason}
    post(ctx, record(ctx, "StockAdjusted", f"sku:{sku_id}", data), moves)


def _need_sku_and_warehouse(ctx: Context, sku_id: int, warehouse_id: int) -> None:
    if ctx.db.execute(select(sku.c.id).where(sku.c.id == sku_id)).one_or_none() is None:
        raise NotFound("SKU {sku_id} isn't here.", sku_id=sku_id)
    if warehouse_id == 0 or (
        ctx.db.execute(select(warehouse.c.id).where(warehouse.c.id == warehouse_id)).one_or_none() is None
    ):
        raise NotFound("Warehouse {warehouse_id} isn't here.", warehouse_id=warehouse_id)
