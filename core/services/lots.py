"""Lots of a SKU in the order in which they are issued."""

from __future__ import annotations

from core.context import Context
from core.db.statements import Statement
from core.domain.stock import LotStock

_LOTS = (
    "SELECT b.lot_id, b.quantity FROM stock_balance b JOIN lot l ON l.id = b.lot_id JOIN sku k ON k.id = b.sku_id"
    " WHERE b.sku_id = :sku_id AND b.warehouse_id = :warehouse_id AND b.account = 'available' AND b.quantity > 0"
    " ORDER BY CASE WHEN k.issue_rule = 'fefo' THEN COALESCE(l.expires_on, '9999') ELSE '' END, l.received_at, l.id"
)
_LOTS_LOCKED = Statement(_LOTS, postgresql=f"{_LOTS} FOR UPDATE OF b")


def lots_of(ctx: Context, sku_id: int, warehouse_id: int) -> list[LotStock]:
    """A SKU's available lots in a warehouse in the order of issue, for a command that is about to take from them.

    First in first out; where the SKU says so, first expired first out.
    Why: on PostgreSQL they are locked until the transaction ends, so that of two who plan with the last unit the
    second one sees that it is gone. SQLite has one writer at a time anyway.
    """
    rows = _LOTS_LOCKED.rows(ctx.db, {"sku_id": sku_id, "warehouse_id": warehouse_id})
    return [LotStock(lot_id, quantity) for lot_id, quantity in rows]
