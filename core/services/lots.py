"""Lots of SKUs in the order in which they are issued."""

from __future__ import annotations

import json
from collections.abc import Iterable

from core.context import Context
from core.db.history import hold_stock
from core.db.statements import Statement
from core.domain.stock import LotStock

_LOTS = (
    "SELECT b.sku_id, b.warehouse_id, b.lot_id, b.quantity"
    " FROM stock_balance b JOIN lot l ON l.id = b.lot_id JOIN sku k ON k.id = b.sku_id"
    " WHERE b.sku_id {skus} AND b.warehouse_id {places} AND b.account = 'available' AND b.quantity > 0"
    " ORDER BY CASE WHEN k.issue_rule = 'fefo' THEN COALESCE(l.expires_on, '9999') ELSE '' END, l.received_at, l.id"
)
_SHELF = Statement(
    _LOTS.format(skus="IN (SELECT value FROM json_each(:skus))", places="IN (SELECT value FROM json_each(:places))"),
    postgresql=_LOTS.format(skus="= ANY(:skus)", places="= ANY(:places)"),
)


def lots_of(ctx: Context, sku_id: int, warehouse_id: int) -> list[LotStock]:
    """A SKU's available lots in a warehouse in the order of issue, for a command that is about to take from them.

    First in first out; where the SKU says so, first expired first out.
    """
    return shelf_of(ctx, [(sku_id, warehouse_id)])[sku_id, warehouse_id]


def shelf_of(ctx: Context, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], list[LotStock]]:
    """The same for several SKUs and warehouses at once. Shape: (SKU, warehouse) → lots.

    Why held: of two who plan with the last unit the second one sees that it is gone.
    """
    found: dict[tuple[int, int], list[LotStock]] = {pair: [] for pair in pairs}
    skus, places = ({pair[side] for pair in found} for side in (0, 1))
    hold_stock(ctx, skus)
    for sku_id, warehouse_id, lot_id, quantity in _SHELF.rows(ctx.db, _listed(ctx, skus=skus, places=places)):
        if (sku_id, warehouse_id) in found:
            found[sku_id, warehouse_id].append(LotStock(lot_id, quantity))
    return found


def _listed(ctx: Context, **ids: set[int]) -> dict[str, object]:
    """Lists of ids as the database takes them."""
    if ctx.db.dialect.name == "postgresql":
        return {name: sorted(wanted) for name, wanted in ids.items()}
    return {name: json.dumps(sorted(wanted)) for name, wanted in ids.items()}
