"""The commands of the way out as steps of a walk: plans, tasks, picking, scanning, packing, manifests, delivery."""

from __future__ import annotations

from sqlalchemy import select

from core.channels.incoming import IncomingLine, Payment
from core.context import Context
from core.db.shipping_tables import shipment_line
from core.db.world_tables import order_line
from core.domain.shipments import ShipmentStatus
from core.services import adjustments, intake, manifests, packing, picking, planning, shipping, stock, wave_answers
from core.services.shipment_rows import shipments_of
from tests.services.desk import CUP, GUANGZHOU, KETTLE, SHANGHAI, incoming
from tests.walks import Command, of_the_house, per_order


def parcel_of_focus(ctx: Context, order_id: int) -> int:
    """The parcel of an order that is least far; 0 where it has none."""
    order = list(ShipmentStatus)
    found = shipments_of(ctx, order_id)
    return min(found, key=lambda row: (order.index(ShipmentStatus(row.status)), row.id)).id if found else 0


def _line(ctx: Context, order_id: int) -> int:
    """The first line of an order's parcel of which something is left to pick; 0 where there is none."""
    c = shipment_line.c
    parcel = parcel_of_focus(ctx, order_id)
    left = select(c.id).where(c.shipment_id == parcel, c.picked_quantity < c.quantity).order_by(c.id)
    return int(ctx.db.execute(left.limit(1)).scalar() or 0)


def _parts(ctx: Context, order_id: int, *places: int) -> list[planning.Part]:
    """A plan that spreads an order's lines over warehouses, one after the other."""
    c = order_line.c
    lines = ctx.db.execute(select(c.id, c.quantity).where(c.order_id == order_id).order_by(c.id)).all()
    spread: dict[int, dict[int, int]] = {}
    for number, line in enumerate(lines):
        spread.setdefault(places[number % len(places)], {})[line.id] = line.quantity
    return [(place, "swift", units) for place, units in spread.items()]


def _first_line_only(ctx: Context, order_id: int) -> list[planning.Part]:
    """A plan that leaves all but the first line of an order unserved."""
    (place, code, units), *_ = _parts(ctx, order_id, SHANGHAI)
    return [(place, code, dict([next(iter(units.items()))]))]


def of_parcels(order_id: int) -> dict[str, Command]:
    """Every command that is given to a parcel of an order, or plans one."""
    commands: dict[str, Command] = {
        "plan elsewhere": lambda ctx: planning.plan_shipments(ctx, order_id, _parts(ctx, order_id, GUANGZHOU)),
        "plan in two": lambda ctx: planning.plan_shipments(ctx, order_id, _parts(ctx, order_id, SHANGHAI, GUANGZHOU)),
        "plan a part": lambda ctx: planning.plan_shipments(ctx, order_id, _first_line_only(ctx, order_id)),
        "take": lambda ctx: shipping.accept_task(ctx, parcel_of_focus(ctx, order_id)),
        "refuse": lambda ctx: shipping.refuse_task(ctx, parcel_of_focus(ctx, order_id), "no hands"),
        "carrier agrees": lambda ctx: shipping.accept_as_carrier(ctx, parcel_of_focus(ctx, order_id)),
        "carrier refuses": lambda ctx: shipping.refuse_as_carrier(ctx, parcel_of_focus(ctx, order_id), "full"),
        "carriers agree": lambda ctx: wave_answers.accept_for_carrier(ctx, [parcel_of_focus(ctx, order_id)]),
        "carriers refuse": lambda ctx: wave_answers.refuse_for_carrier(ctx, [parcel_of_focus(ctx, order_id)], "full"),
        "split": lambda ctx: planning.split_shipment(ctx, parcel_of_focus(ctx, order_id), {_line(ctx, order_id): 1}),
        "merge with the next": lambda ctx: planning.merge_orders(ctx, (order_id, order_id + 1)),
        "begin": lambda ctx: picking.take_batch(ctx, [parcel_of_focus(ctx, order_id)]),
        "pick all": lambda ctx: picking.pick_shipment(ctx, parcel_of_focus(ctx, order_id)),
        "pick a unit": lambda ctx: picking.pick_line(ctx, _line(ctx, order_id), 1),
        "miss a unit": lambda ctx: picking.pick_line(ctx, _line(ctx, order_id), 0, missing=1, reason="empty bin"),
        "scan a kettle": lambda ctx: packing.verify_scan(ctx, parcel_of_focus(ctx, order_id), "kettle"),
        "scan a cup": lambda ctx: packing.verify_scan(ctx, parcel_of_focus(ctx, order_id), "CUP"),
        "pack": lambda ctx: packing.pack_shipment(ctx, parcel_of_focus(ctx, order_id), 900, "swift"),
        "put on the lorry": lambda ctx: manifests.add_to_manifest(ctx, 1, parcel_of_focus(ctx, order_id)),
        "take off the lorry": lambda ctx: manifests.take_off_manifest(ctx, parcel_of_focus(ctx, order_id)),
        "hand over": lambda ctx: shipping.hand_over(ctx, parcel_of_focus(ctx, order_id)),
        "deliver": lambda ctx: shipping.deliver_shipment(ctx, parcel_of_focus(ctx, order_id)),
    }
    return {f"{name} {order_id}": command for name, command in commands.items()}


def of_the_dock() -> dict[str, Command]:
    """What is done with manifests, and with how the warehouse works."""
    return {
        "open a manifest": lambda ctx: manifests.open_manifest(ctx, SHANGHAI, "swift"),
        "close the manifest": lambda ctx: manifests.close_manifest(ctx, 1),
        "hand the manifest over": lambda ctx: manifests.hand_over_manifest(ctx, 1),
        "verify from now on": lambda ctx: packing.require_verification(ctx, SHANGHAI, True),
    }


def another_order() -> dict[str, Command]:
    """A second order of the same buyer, of other goods."""
    lines = (IncomingLine("CUP", "Cup", 2, 3_500),)
    order = incoming("T-9", lines=lines, payments=(Payment("alipay", 7_000),))
    return {"receive good again": lambda ctx: intake.receive_order(ctx, order)}


def nothing_else() -> dict[str, Command]:
    """Takes everything off all shelves that isn't reserved."""

    def clear(ctx: Context) -> None:
        for sku_id in (KETTLE, CUP):
            for place in (SHANGHAI, GUANGZHOU):
                adjustments.adjust_stock(ctx, sku_id, place, -stock.available_units(ctx, sku_id, place), "missing")

    return {"leave nothing else": clear}


# What of the order desk and of the shelf crosses the way of a parcel.
_CROSSING = ("cancel", "hold", "release hold", "allocate", "release", "correct wrongly", "confirm", "complete")


def around_parcels(order_id: int) -> dict[str, Command]:
    """Everything that a parcel of an order can meet."""
    desk = {name: command for name, command in per_order(order_id).items() if name.rstrip(" 123") in _CROSSING}
    house = {name: of_the_house(())[name] for name in ("receive stock", "adjust up")}
    return of_parcels(order_id) | of_the_dock() | desk | house
