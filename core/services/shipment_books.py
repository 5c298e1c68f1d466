"""What shipments, orders and the stock ledger must have in common, and what is off."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from core.context import Context
from core.domain.orders import Status
from core.domain.shipments import ShipmentStatus
from core.domain.stock import OUTSIDE

Finding = tuple[str, str, str, str]  # check, subject, found, wanted

_WHOLE = (
    Status.ALLOCATED, Status.RELEASED, Status.PICKING, Status.PACKED, Status.SHIPPED, Status.DELIVERED,
    Status.COMPLETED,
)  # fmt: skip
_NONE = (Status.RECEIVED, Status.CONFIRMED, Status.BACKORDERED, Status.CANCELLED, Status.EXPIRED)


def _listed(*names: str) -> str:
    return ", ".join(f"'{name}'" for name in names)


# Units by order line, warehouse and account; what came back from the buyer was delivered all the same.
_LEDGER = (
    "SELECT order_line_id, CASE to_account WHEN 'return_inspection' THEN 0 ELSE to_warehouse_id END AS warehouse_id,"
    " CASE to_account WHEN 'return_inspection' THEN 'customer' ELSE to_account END AS account, quantity AS units"
    " FROM stock_posting WHERE order_line_id IS NOT NULL UNION ALL"
    " SELECT order_line_id, from_warehouse_id, from_account, -quantity FROM stock_posting"
    " WHERE order_line_id IS NOT NULL"
)
_ASIDE = _listed("reserved", "picked", "in_transit", "customer")
_BY_LINE = text(
    "SELECT o.number, o.status, l.id, l.quantity, COALESCE(SUM(p.units), 0) AS units FROM order_line l"
    f" JOIN sales_order o ON o.id = l.order_id LEFT JOIN ({_LEDGER}) AS p"
    f" ON p.order_line_id = l.id AND p.account IN ({_ASIDE}) WHERE o.fulfilled_by = 'us'"
    " GROUP BY o.number, o.status, l.id, l.quantity HAVING NOT ("
    f" CASE WHEN o.status IN ({_listed(*_WHOLE)}) THEN COALESCE(SUM(p.units), 0) = l.quantity"
    f" WHEN o.status IN ({_listed(*_NONE)}) THEN COALESCE(SUM(p.units), 0) = 0"
    # Stopped after its units were reserved, an order keeps them until somebody decides.
    " WHEN o.status = 'exception' THEN COALESCE(SUM(p.units), 0) IN (0, l.quantity)"
    " ELSE COALESCE(SUM(p.units), 0) BETWEEN 0 AND l.quantity END)"
)
_ACCOUNT = (
    "CASE WHEN s.status = 'handed_over' THEN 'in_transit' WHEN s.status = 'delivered' THEN 'customer' ELSE 'picked' END"
)
_PLACE = f"CASE WHEN s.status = 'delivered' THEN {OUTSIDE} ELSE s.warehouse_id END"
_LIVE = "FROM shipment_line l JOIN shipment s ON s.id = l.shipment_id WHERE s.status <> 'cancelled'"
_BY_PLACE = text(
    "SELECT order_line_id, warehouse_id, account, SUM(posted) AS posted, SUM(parcels) AS parcels FROM ("
    " SELECT order_line_id, warehouse_id, account, units AS posted, 0 AS parcels FROM ("
    f"{_LEDGER}) AS ledger WHERE account IN ({_ASIDE}) UNION ALL"
    f" SELECT l.order_line_id, {_PLACE}, {_ACCOUNT}, 0, l.picked_quantity {_LIVE} UNION ALL"
    f" SELECT l.order_line_id, s.warehouse_id, 'reserved', 0, l.quantity - l.picked_quantity {_LIVE}"
    ") AS both_sides GROUP BY order_line_id, warehouse_id, account"
    " HAVING SUM(posted) < SUM(parcels) OR (account <> 'reserved' AND SUM(posted) <> SUM(parcels))"
)
_NOT_PICKED = _listed(ShipmentStatus.PLANNED, ShipmentStatus.RELEASED, ShipmentStatus.PICKING)
_FROM_PACKED = _listed(
    ShipmentStatus.PACKED, ShipmentStatus.MANIFESTED, ShipmentStatus.HANDED_OVER, ShipmentStatus.DELIVERED
)
_GONE = _listed(ShipmentStatus.HANDED_OVER, ShipmentStatus.DELIVERED)
_PARCELS = text(
    "SELECT s.number, s.status, l.order_line_id, l.quantity, l.picked_quantity, l.verified_quantity"
    " FROM shipment s LEFT JOIN shipment_line l ON l.shipment_id = s.id WHERE s.status <> 'cancelled' AND NOT ("
    " l.id IS NOT NULL AND l.quantity > 0 AND l.picked_quantity BETWEEN 0 AND l.quantity"
    " AND l.verified_quantity BETWEEN 0 AND l.picked_quantity"
    " AND (s.status <> 'verified' OR l.verified_quantity = l.quantity)"
    f" AND CASE WHEN s.status IN ('planned', 'released') THEN l.picked_quantity = 0"
    f" WHEN s.status NOT IN ({_NOT_PICKED}) THEN l.picked_quantity = l.quantity ELSE 1 = 1 END)"
)
_STAGES = text(
    "SELECT number, status FROM shipment WHERE status <> 'cancelled' AND NOT ("
    f" (picked_at IS NULL) = (status IN ({_NOT_PICKED})) AND (packed_at IS NOT NULL) = (status IN ({_FROM_PACKED}))"
    f" AND (handed_over_at IS NOT NULL) = (status IN ({_GONE}))"
    " AND (delivered_at IS NOT NULL) = (status = 'delivered')"
    f" AND (status NOT IN ({_FROM_PACKED}) OR (carrier IS NOT NULL AND waybill <> ''))"
    " AND (status <> 'manifested' OR manifest_id IS NOT NULL))"
)
_HAND_OVERS = text(
    "SELECT s.number, s.handed_over_at FROM shipment s WHERE s.handed_over_at IS NOT NULL AND NOT EXISTS ("
    " SELECT 1 FROM shipment_line l JOIN event e ON e.order_id = l.order_id AND e.at = s.handed_over_at"
    " WHERE l.shipment_id = s.id AND e.kind IN ('OrderShipped', 'OrderPartlyShipped', 'ShipmentHandedOver'))"
)
_RANK = (
    "CASE s.status WHEN 'planned' THEN 0 WHEN 'released' THEN 1 WHEN 'picking' THEN 2 WHEN 'picked' THEN 2"
    " WHEN 'verified' THEN 2 WHEN 'packed' THEN 3 WHEN 'manifested' THEN 3 END"
)
_DERIVED = text(
    "SELECT number, status, derived FROM (SELECT o.number, o.status, CASE"
    " WHEN p.delivered = w.wanted THEN 'delivered' WHEN p.delivered > 0 THEN 'partly_delivered'"
    " WHEN p.gone = w.wanted THEN 'shipped' WHEN p.gone > 0 THEN 'partly_shipped'"
    " WHEN COALESCE(a.aside, 0) = 0 THEN CASE WHEN o.status = 'backordered' THEN 'backordered' ELSE 'confirmed' END"
    " WHEN a.aside < w.wanted THEN 'partly_allocated'"
    " WHEN COALESCE(p.units, 0) < a.aside OR p.least = 0 THEN 'allocated' WHEN p.least = 1 THEN 'released'"
    " WHEN p.least = 2 THEN 'picking' ELSE 'packed' END AS derived FROM sales_order o"
    " JOIN (SELECT order_id, SUM(quantity) AS wanted FROM order_line GROUP BY order_id) AS w ON w.order_id = o.id"
    f" LEFT JOIN (SELECT l.order_id, SUM(l.quantity) AS units, MIN({_RANK}) AS least,"
    f" SUM(CASE WHEN s.status IN ({_GONE}) THEN l.quantity ELSE 0 END) AS gone,"
    f" SUM(CASE WHEN s.status = 'delivered' THEN l.quantity ELSE 0 END) AS delivered {_LIVE} GROUP BY l.order_id)"
    " AS p ON p.order_id = o.id"
    f" LEFT JOIN (SELECT l.order_id, SUM(g.units) AS aside FROM ({_LEDGER}) AS g"
    f" JOIN order_line l ON l.id = g.order_line_id WHERE g.account IN ({_ASIDE}) GROUP BY l.order_id)"
    " AS a ON a.order_id = o.id WHERE o.fulfilled_by = 'us'"
    " AND o.status NOT IN ('received', 'exception', 'cancelled', 'expired')) AS derived_from_units"
    " WHERE derived <> CASE status WHEN 'completed' THEN 'delivered' ELSE status END"
)


def shipment_findings(ctx: Context) -> Iterator[Finding]:
    """Everything about shipments that doesn't add up."""
    for row in ctx.db.execute(_BY_LINE):
        wanted = f"0 to {row.quantity}"
        if row.status in (*_WHOLE, *_NONE):
            wanted = f"{row.quantity if row.status in _WHOLE else 0}"
        yield "reserved", f"order {row.number} ({row.status}), line {row.id}", f"{row.units}", wanted
    for row in ctx.db.execute(_BY_PLACE):
        place = f"line {row.order_line_id}, {row.account} in warehouse {row.warehouse_id}"
        yield "parcels", place, f"{row.posted}", f"{row.parcels}"
    for row in ctx.db.execute(_PARCELS):
        found = f"{row.picked_quantity} picked and {row.verified_quantity} verified of {row.quantity}"
        yield "parcel", f"shipment {row.number}, line {row.order_line_id}", found, f"what {row.status} means"
    for row in ctx.db.execute(_STAGES):
        yield "parcel", f"shipment {row.number}", row.status, "the instants, carrier and waybill that go with it"
    for row in ctx.db.execute(_HAND_OVERS):
        yield "parcel", f"shipment {row.number}", f"handed over at {row.handed_over_at}", "a fact that says so"
    for row in ctx.db.execute(_DERIVED):
        yield "derived", f"order {row.number}", row.status, row.derived
