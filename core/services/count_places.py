"""What lies where, as a stocktake counts it: lots on the shelf, by bin where the warehouse has bins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Text, bindparam, text

from core.context import Context
from core.db.bins import floor_bin

Spot = tuple[int | None, int, int]  # (bin, SKU, lot)


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a warehouse is counted; an empty tuple narrows nothing. `skus` are ids, `zones` those of its bins."""

    skus: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lying:
    """Units of a lot in one place, and what one of them cost."""

    spot: Spot
    quantity: int
    unit_cost_cents: int


_NARROWED = (
    " AND (:any_sku = 1 OR k.id IN :skus) AND (:any_category = 1 OR k.category IN :categories) AND q.quantity > 0"
)
_IN_BINS = text(
    "SELECT q.bin_id, q.sku_id, q.lot_id, q.quantity, l.unit_cost_cents FROM bin_stock q"
    " JOIN bin b ON b.id = q.bin_id JOIN sku k ON k.id = q.sku_id JOIN lot l ON l.id = q.lot_id"
    " WHERE b.warehouse_id = :warehouse_id AND (:any_zone = 1 OR b.zone IN :zones)"
    f"{_NARROWED} ORDER BY b.walk, b.id, k.code, l.received_at, l.id"
)
_ON_SHELF = text(
    "SELECT NULL AS bin_id, q.sku_id, q.lot_id, q.quantity, l.unit_cost_cents FROM ("
    "SELECT sku_id, lot_id, SUM(quantity) AS quantity FROM stock_balance WHERE warehouse_id = :warehouse_id"
    " AND account IN ('available', 'reserved') AND quantity > 0 GROUP BY sku_id, lot_id) q"
    " JOIN sku k ON k.id = q.sku_id JOIN lot l ON l.id = q.lot_id WHERE :any_zone = 1"
    f"{_NARROWED} ORDER BY k.code, l.received_at, l.id"
)
_LISTS: tuple[BindParameter[Any], ...] = (
    bindparam("skus", expanding=True, type_=BigInteger()),
    bindparam("categories", expanding=True, type_=Text()),
)
_WITH_ZONES = _IN_BINS.bindparams(*_LISTS, bindparam("zones", expanding=True, type_=Text()))
_WITHOUT_ZONES = _ON_SHELF.bindparams(*_LISTS)


def has_bins(ctx: Context, warehouse_id: int) -> bool:
    """Whether a warehouse keeps its goods by bins."""
    return floor_bin(ctx, warehouse_id) is not None


def lying_in(ctx: Context, warehouse_id: int, scope: Scope) -> list[Lying]:
    """What the book says lies on a warehouse's shelf, in the order one walks past it."""
    values: dict[str, object] = {
        "warehouse_id": warehouse_id,
        "any_sku": int(not scope.skus),
        "skus": list(scope.skus),
        "any_category": int(not scope.categories),
        "categories": list(scope.categories),
        "any_zone": int(not scope.zones),
    }
    if has_bins(ctx, warehouse_id):
        found = ctx.db.execute(_WITH_ZONES, values | {"zones": list(scope.zones)})
    else:
        found = ctx.db.execute(_WITHOUT_ZONES, values)
    return [Lying((row.bin_id, row.sku_id, row.lot_id), int(row.quantity), row.unit_cost_cents) for row in found.all()]


_BIN_BOOK = text("SELECT quantity FROM bin_stock WHERE bin_id = :bin_id AND sku_id = :sku_id AND lot_id = :lot_id")
_SHELF_BOOK = text(
    "SELECT SUM(quantity) FROM stock_balance WHERE sku_id = :sku_id AND warehouse_id = :warehouse_id"
    " AND lot_id = :lot_id AND account IN ('available', 'reserved')"
)
# What came less what went after an instant; a move within the shelf, as a reservation is, is neither.
_BIN_MOVED = text(
    "SELECT SUM(CASE WHEN to_bin_id = :bin_id THEN quantity ELSE -quantity END) FROM bin_posting"
    " WHERE lot_id = :lot_id AND sku_id = :sku_id AND :bin_id IN (from_bin_id, to_bin_id)"
    " AND COALESCE(from_bin_id, 0) <> COALESCE(to_bin_id, 0) AND at > :counted_at"
)
_ARRIVES = "to_warehouse_id = :warehouse_id AND to_account IN ('available', 'reserved')"
_LEAVES = "from_warehouse_id = :warehouse_id AND from_account IN ('available', 'reserved')"
_SHELF_MOVED = text(
    f"SELECT SUM(CASE WHEN {_ARRIVES} THEN quantity ELSE 0 END) - SUM(CASE WHEN {_LEAVES} THEN quantity ELSE 0 END)"
    " FROM stock_posting WHERE id > :last_posting_id AND lot_id = :lot_id AND sku_id = :sku_id AND at > :counted_at"
)


def book_of(ctx: Context, warehouse_id: int, spot: Spot) -> int:
    """What the book says lies in a place now."""
    bin_id, sku_id, lot_id = spot
    values = {"bin_id": bin_id, "sku_id": sku_id, "lot_id": lot_id, "warehouse_id": warehouse_id}
    found = ctx.db.execute(_SHELF_BOOK if bin_id is None else _BIN_BOOK, values).scalar_one_or_none()
    return int(found or 0)


def moved_since(ctx: Context, warehouse_id: int, spot: Spot, counted_at: int, last_posting_id: int) -> int:
    """What came to a place less what left it after an instant since a stocktake began."""
    if counted_at >= ctx.now:
        return 0
    bin_id, sku_id, lot_id = spot
    values = {"bin_id": bin_id, "sku_id": sku_id, "lot_id": lot_id, "counted_at": counted_at}
    if bin_id is None:
        more = {"warehouse_id": warehouse_id, "last_posting_id": last_posting_id}
        return int(ctx.db.execute(_SHELF_MOVED, values | more).scalar_one() or 0)
    return int(ctx.db.execute(_BIN_MOVED, values).scalar_one() or 0)


_OVERLAP = text(
    "SELECT s.id, COUNT(*) AS n FROM stocktake s JOIN count_line l ON l.stocktake_id = s.id"
    " WHERE s.warehouse_id = :warehouse_id AND s.id <> :stocktake_id"
    " AND s.status IN ('counting', 'recount', 'counted', 'approved') AND l.sku_id IN :skus GROUP BY s.id ORDER BY s.id"
).bindparams(bindparam("skus", expanding=True))


def counted_elsewhere(ctx: Context, warehouse_id: int, stocktake_id: int, skus: Sequence[int]) -> int | None:
    """Another stocktake under way that counts one of these articles in this warehouse, if there is one.

    Why by article: both would find the same units missing, and their differences would be posted twice.
    """
    values = {"warehouse_id": warehouse_id, "stocktake_id": stocktake_id, "skus": list(skus)}
    found = ctx.db.execute(_OVERLAP, values).first() if skus else None
    return None if found is None else int(found.id)
