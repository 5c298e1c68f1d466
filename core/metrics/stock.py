"""Stock that runs low: available units below the threshold of their SKU and warehouse."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from core.context import Context
from core.metrics.cache import cached
from core.metrics.filters import Filter


@dataclass(frozen=True, slots=True)
class LowStock:
    """A SKU of which a warehouse has fewer units available than its threshold, over all lots."""

    sku: str
    name_en: str
    name_zh: str
    warehouse: str
    warehouse_id: int
    available: int
    threshold: int


_LOW = text(
    "SELECT s.code, s.name_en, s.name_zh, w.code, w.id, COALESCE(SUM(b.quantity), 0) AS available, t.low_quantity"
    " FROM stock_threshold t JOIN sku s ON s.id = t.sku_id JOIN warehouse w ON w.id = t.warehouse_id"
    " LEFT JOIN stock_balance b"
    " ON b.sku_id = t.sku_id AND b.warehouse_id = t.warehouse_id AND b.account = 'available'"
    " WHERE CAST(:warehouse AS bigint) < 0 OR t.warehouse_id = :warehouse"
    " GROUP BY s.id, s.code, s.name_en, s.name_zh, w.id, w.code, t.low_quantity"
    " HAVING COALESCE(SUM(b.quantity), 0) < t.low_quantity"
    " ORDER BY 1.0 * COALESCE(SUM(b.quantity), 0) / t.low_quantity, s.code, w.code"
)


@cached
def low_stock(ctx: Context, wanted: Filter) -> tuple[LowStock, ...]:
    """Everything below its threshold, the emptiest first. Only the filter's warehouse matters."""
    warehouse = -1 if wanted.warehouse is None else wanted.warehouse
    return tuple(
        LowStock(sku, name_en, name_zh, code, warehouse_id, int(available), int(threshold))
        for sku, name_en, name_zh, code, warehouse_id, available, threshold in ctx.db.execute(
            _LOW, {"warehouse": warehouse}
        )
    )
