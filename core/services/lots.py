"""Lots of a SKU in the order in which they are issued."""

from __future__ import annotations

from sqlalchemy import text

from core.context import Context
from core.domain.stock import LotStock

_LOTS = text(
    "SELECT b.lot_id, b.quantity FROM stock_balance b JOIN lot l ON l.id = b.lot_id"
    " WHERE b.sku_id = :sku_id AND b.warehouse_id = :warehouse_id AND b.account = 'available' AND b.quantity > 0"
    " ORDER BY l.received_at, l.id"
)


def lots_of(ctx: Context, sku_id: int, warehouse_id: int) -> list[LotStock]:
    """A SKU's available lots in a warehouse, first received first."""
    rows = ctx.db.execute(_LOTS, {"sku_id": sku_id, "warehouse_id": warehouse_id})
    return [LotStock(row.lot_id, row.quantity) for row in rows]
