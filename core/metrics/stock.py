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


# The index on what is available serves both questions; it knows nothing of the lots that were used up. A lot that
# reaches the threshold alone answers for its shelf with one look, however many lots lie beside it: only the others
# are summed. SQLite searches by the first of two bounds, so the sharper one stands first.
_LOW = text(
    "SELECT s.code, s.name_en, s.name_zh, w.code, w.id, low.available, low.low_quantity FROM ("
    "SELECT t.sku_id, t.warehouse_id, t.low_quantity, (SELECT COALESCE(SUM(b.quantity), 0) FROM stock_balance b"
    " WHERE b.sku_id = t.sku_id AND b.warehouse_id = t.warehouse_id AND b.account = 'available' AND b.quantity > 0)"
    " AS available FROM stock_threshold t WHERE (CAST(:warehouse AS bigint) < 0 OR t.warehouse_id = :warehouse)"
    " AND NOT EXISTS (SELECT 1 FROM stock_balance b WHERE b.sku_id = t.sku_id AND b.warehouse_id = t.warehouse_id"
    " AND b.account = 'available' AND b.quantity >= t.low_quantity AND b.quantity > 0)) low"
    " JOIN sku s ON s.id = low.sku_id JOIN warehouse w ON w.id = low.warehouse_id"
    " WHERE low.available < low.low_quantity ORDER BY 1.0 * low.available / low.low_quantity, s.code, w.code"
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
