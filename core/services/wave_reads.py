"""What a wave is planned from: the orders that wait, what they still want, and what there is to serve them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, TextClause, bindparam, select, text

from core.context import Context
from core.db.world_tables import warehouse
from core.domain.orders import Status
from core.domain.stock import OUTSIDE
from core.domain.waves import WaveLine

WAITING = (Status.CONFIRMED, Status.BACKORDERED, Status.PARTLY_ALLOCATED, Status.ALLOCATED)
_STATUSES = ", ".join(f"'{status.value}'" for status in WAITING)

# Left out: what is on hold, what has a parcel planned that nobody has answered for yet, and what shares a parcel.
_WAITING = f"""
SELECT o.id, o.number, o.status, o.region, o.city, o.warehouse_id, o.ship_by_at, o.promised_at, o.version,
 (SELECT s.refusal FROM shipment_line l JOIN shipment s ON s.id = l.shipment_id
  WHERE l.order_id = o.id AND s.status = 'cancelled' AND s.refusal <> '' ORDER BY s.id DESC LIMIT 1) AS refusal
FROM sales_order o
WHERE o.is_open = 1 AND o.status IN ({_STATUSES}) AND o.hold_reason IS NULL AND o.fulfilled_by = 'us'
 AND NOT EXISTS (SELECT 1 FROM shipment_line l JOIN shipment s ON s.id = l.shipment_id
  WHERE l.order_id = o.id AND (s.status = 'planned' OR (s.status <> 'cancelled' AND EXISTS (
   SELECT 1 FROM shipment_line b WHERE b.shipment_id = s.id AND b.order_id <> o.id))))
 AND NOT EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id AND l.sku_id IS NULL AND l.quantity > 0)
"""
_LISTED = text(_WAITING + " ORDER BY COALESCE(o.ship_by_at, 9999999999), o.id")
_THESE = text(_WAITING + " AND o.id IN :ids ORDER BY COALESCE(o.ship_by_at, 9999999999), o.id").bindparams(
    bindparam("ids", expanding=True)
)
_LINES = text(
    "SELECT l.id, l.order_id, l.sku_id, k.code, k.weight_g, k.hazard, l.quantity - COALESCE(("
    " SELECT SUM(p.quantity) FROM shipment_line p JOIN shipment s ON s.id = p.shipment_id"
    " WHERE p.order_line_id = l.id AND s.status <> 'cancelled'), 0) AS left_over"
    " FROM order_line l JOIN sku k ON k.id = l.sku_id WHERE l.order_id IN :ids ORDER BY l.order_id, l.position"
).bindparams(bindparam("ids", expanding=True))
_RESERVED = text(
    "SELECT order_line_id, sku_id, warehouse_id, SUM(units) AS units FROM ("
    " SELECT p.order_line_id, p.sku_id, p.to_warehouse_id AS warehouse_id, p.quantity AS units FROM stock_posting p"
    " WHERE p.order_line_id IN :ids AND p.to_account = 'reserved' UNION ALL"
    " SELECT p.order_line_id, p.sku_id, p.from_warehouse_id, -p.quantity FROM stock_posting p"
    " WHERE p.order_line_id IN :ids AND p.from_account = 'reserved' UNION ALL"
    " SELECT l.order_line_id, o.sku_id, s.warehouse_id, l.picked_quantity - l.quantity FROM shipment_line l"
    " JOIN shipment s ON s.id = l.shipment_id JOIN order_line o ON o.id = l.order_line_id"
    " WHERE l.order_line_id IN :ids AND s.status <> 'cancelled'"
    ") AS moves GROUP BY order_line_id, sku_id, warehouse_id HAVING SUM(units) > 0"
).bindparams(bindparam("ids", expanding=True))


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """An order that could go into a wave. `units` are those that are in no parcel yet; `refusal` is why a warehouse or
    carrier last refused one of its parcels, '' where none did."""

    id: int
    number: str
    status: Status
    region: str
    city: str
    warehouse_id: int
    ship_by_at: int | None
    promised_at: int | None
    version: int
    refusal: str
    units: int


@dataclass(frozen=True, slots=True)
class Place:
    """A warehouse by its names."""

    id: int
    code: str
    name_en: str
    name_zh: str


def waiting_orders(ctx: Context) -> tuple[WaitingOrder, ...]:
    """Every order that waits to be planned, the one that has to leave first at the top. Raises: NotAllowed."""
    ctx.actor.need("stock.allocate")
    rows = ctx.db.execute(_LISTED).all()
    return _with_units(rows, lines_of_orders(ctx, [row.id for row in rows]))


def waiting_among(ctx: Context, order_ids: Sequence[int]) -> tuple[WaitingOrder, ...]:
    """Those of some orders that wait to be planned, in the same order. Raises: NotAllowed."""
    ctx.actor.need("stock.allocate")
    rows = _by_chunks(ctx, _THESE, order_ids)
    rows.sort(key=lambda row: (row.ship_by_at is None, row.ship_by_at, row.id))
    return _with_units(rows, lines_of_orders(ctx, [row.id for row in rows]))


def _with_units(rows: Sequence[Row[Any]], lines: Mapping[int, Sequence[WaveLine]]) -> tuple[WaitingOrder, ...]:
    found = []
    for row in rows:
        if units := sum(line.quantity for line in lines.get(row.id, ())):
            fields = {**row._mapping, "status": Status(row.status), "refusal": row.refusal or ""}
            found.append(WaitingOrder(**fields, units=units))
    return tuple(found)


def lines_of_orders(ctx: Context, order_ids: Sequence[int]) -> dict[int, list[WaveLine]]:
    """What orders want that is in no parcel yet. Shape: order → lines."""
    found: defaultdict[int, list[WaveLine]] = defaultdict(list)
    for row in _by_chunks(ctx, _LINES, order_ids):
        if row.left_over > 0:
            line = WaveLine(row.id, row.sku_id, int(row.left_over), row.weight_g, row.hazard)
            found[row.order_id].append(line)
    return dict(found)


def loose_reservations(ctx: Context, line_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """What is reserved for lines and in no parcel yet: a plan may use it elsewhere. Shape: (warehouse, SKU) → units."""
    found: defaultdict[tuple[int, int], int] = defaultdict(int)
    for row in _by_chunks(ctx, _RESERVED, line_ids):
        found[row.warehouse_id, row.sku_id] += int(row.units)
    return dict(found)


def _by_chunks(ctx: Context, statement: TextClause, ids: Sequence[int]) -> list[Row[Any]]:
    """Asks for many ids a part at a time; databases take only so many values in a statement."""
    rows: list[Row[Any]] = []
    for start in range(0, len(ids), 5_000):
        rows += ctx.db.execute(statement, {"ids": list(ids[start : start + 5_000])}).all()
    return rows


def places_in(ctx: Context) -> tuple[Place, ...]:
    """The warehouses that orders can leave from."""
    w = warehouse.c
    found = select(w.id, w.code, w.name_en, w.name_zh).where(w.id != OUTSIDE).order_by(w.id)
    return tuple(Place(*row) for row in ctx.db.execute(found))


def waiting_view(ctx: Context) -> tuple[tuple[WaitingOrder, ...], tuple[Place, ...], int, str]:
    """The orders that wait and the warehouses they could leave from, with the world's time. Raises: NotAllowed."""
    return waiting_orders(ctx), places_in(ctx), ctx.now, ctx.world.timezone
