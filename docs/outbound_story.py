"""Puts work onto a demo's way out for the pictures: parcels on a walk, on the packing table and at the dock."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import text

from core.context import ENGINE, Context, World
from core.db.engines import connect, transaction
from core.domain.shipments import ShipmentStatus
from core.portal.people import actor_of, get_person
from core.services import manifests, packing, picking, shipping
from core.services.outbound_reads import tasks_in

HOUSE = 1
_RESERVED = text(
    "SELECT id FROM sales_order WHERE status = 'allocated' AND warehouse_id = :house AND hold_reason IS NULL"
    " ORDER BY id"
)
_FIRST_CODE = text(
    "SELECT o.sku_code FROM shipment_line l JOIN order_line o ON o.id = l.order_line_id"
    " WHERE l.shipment_id = :id ORDER BY l.id LIMIT 1"
)
_KEEPER = text("SELECT id FROM person WHERE login = 'warehouse'")


def tell_outbound(var: Path) -> None:
    """Releases what is reserved in the first warehouse, and works a part of it off as the demo's keeper."""
    databases = connect("", var)
    now = int(time.time())
    with transaction(databases.portal) as db:
        portal = Context(db, ENGINE, now, World("portal", "portal"))
        keeper = actor_of(get_person(portal, db.execute(_KEEPER).scalar_one()))
    with transaction(databases.live) as db:
        ctx = Context(db, keeper, now, World("live", "live"))
        for order_id in db.execute(_RESERVED, {"house": HOUSE}).scalars().all():
            shipping.release_order(ctx, order_id)
        waiting = [task.id for task in tasks_in(ctx, HOUSE, [ShipmentStatus.RELEASED]) if not task.held]
        on_the_table, on_the_walk = waiting[:4], waiting[4:8]
        for parcel in on_the_table:
            picking.pick_shipment(ctx, parcel)
        for parcel in on_the_table[:2]:
            packing.pack_shipment(ctx, parcel, 1_150, "swifthorse")
        if on_the_table:
            manifests.load_manifest(ctx, HOUSE, "swifthorse", on_the_table[:1])
        for parcel in on_the_table[2:3]:
            packing.verify_scan(ctx, parcel, db.execute(_FIRST_CODE, {"id": parcel}).scalar_one())
        if on_the_walk:
            picking.take_batch(ctx, on_the_walk)
    databases.dispose()
