"""One order into two parcels: as the desk asks for it, whether a parcel was planned already or not."""

from __future__ import annotations

from collections.abc import Mapping

from core.context import Context
from core.domain.errors import RuleViolation
from core.domain.orders import Status
from core.domain.shipments import ShipmentFact, ShipmentStatus
from core.services.order_following import follow_order
from core.services.order_rows import check_version, load_order
from core.services.planning import split_shipment
from core.services.shipment_rows import load_task, loose_units, new_shipment, shipments_of


def split_order(ctx: Context, order_id: int, units: Mapping[int, int], *, version: int | None = None) -> int:
    """Sends so many units of an order in a parcel of their own; gives the new parcel's id.

    Shape: `units` maps lines of the order to how many of them leave its parcel. No money moves, and no stock either.
    Raises: NotFound, NotAllowed, RuleViolation where it isn't reserved in one warehouse, is picked already, goes in
    several parcels, or nothing would be left on one side.
    """
    ctx.actor.need("shipping.arrange")
    row = load_order(ctx, order_id)
    check_version(ctx, row, version)
    parcels = shipments_of(ctx, order_id)
    if len(parcels) > 1:
        raise RuleViolation("Order {number} goes in {count} parcels already.", number=row.number, count=len(parcels))
    if parcels:
        lines = {line.order_line_id: line.id for line in load_task(ctx, parcels[0].id).lines_of(order_id)}
        if set(units) - set(lines):
            raise RuleViolation("A split can only take what is in shipment {number}.", number=parcels[0].number)
        return split_shipment(ctx, parcels[0].id, {lines[line_id]: quantity for line_id, quantity in units.items()})
    if row.status != Status.ALLOCATED or row.hold_reason is not None:
        raise RuleViolation(
            "Order {number} is {status}, or on hold; only a reserved order can be split.",
            number=row.number,
            status=Status(row.status),
        )
    loose = loose_units(ctx, order_id)
    if len(loose) != 1:
        raise RuleViolation("The goods of order {number} lie in different warehouses.", number=row.number)
    ((house_id, held),) = loose.items()
    out = {line_id: quantity for line_id, quantity in units.items() if quantity}
    if any(not 0 < quantity <= held.get(line_id, 0) for line_id, quantity in out.items()):
        raise RuleViolation("A split can only take what is reserved for order {number}.", number=row.number)
    kept = {line_id: left for line_id, quantity in held.items() if (left := quantity - out.get(line_id, 0))}
    if not out or not kept:
        raise RuleViolation("A split has to leave something in both parcels.")
    ids = [
        new_shipment(
            ctx,
            house_id,
            ShipmentStatus.PLANNED,
            {line_id: (order_id, quantity) for line_id, quantity in part.items()},
            ship_by_at=row.ship_by_at,
        )
        for part in (kept, out)
    ]
    follow_order(ctx, row, ShipmentFact.SPLIT, ids[1], {"into": ids[1], "units": sum(out.values())})
    return ids[1]
