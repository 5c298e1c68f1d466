"""Orders follow their shipments: where an order's units stand says where it stands, and when its money is earned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, text, update

from core.context import Context
from core.db.history import post_money, record
from core.db.shipping_tables import shipment
from core.db.world_tables import channel, sales_order
from core.domain.facts import lateness
from core.domain.orders import Status, transition_to
from core.domain.shipments import GONE, IN_THE_HOUSE, derived_status
from core.services.order_rows import move_order
from core.services.stock import reserved_units


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an order's units are. Shape: `units` by the status of the shipments they are in."""

    wanted: int
    loose: int
    units: dict[str, int]
    shipments_count: int

    @property
    def gone(self) -> int:
        """Units that left the house."""
        return sum(self.units.get(status, 0) for status in GONE)

    def status(self, now: str) -> Status:
        """The order's status as it follows; one for which nothing is set aside waits as it did, or anew."""
        found = derived_status(self.wanted, self.loose, self.units)
        if found is not None:
            return found
        return Status.BACKORDERED if now == Status.BACKORDERED else Status.CONFIRMED


_STANDING = text(
    "SELECT s.status, SUM(l.quantity) AS units, SUM(l.picked_quantity) AS picked, COUNT(DISTINCT s.id) AS parcels,"
    " (SELECT SUM(quantity) FROM order_line WHERE order_id = :order_id) AS wanted"
    " FROM shipment_line l JOIN shipment s ON s.id = l.shipment_id"
    " WHERE l.order_id = :order_id AND s.status <> 'cancelled' GROUP BY s.status"
)
_WANTED = text("SELECT COALESCE(SUM(quantity), 0) FROM order_line WHERE order_id = :order_id")


def standing_of(ctx: Context, order_id: int, change: int = 0) -> Standing:
    """Where an order's units are; the ledger is only asked where its shipments don't hold all of them.

    `change` is what will be reserved more, or fewer, than the ledger says.
    """
    rows = ctx.db.execute(_STANDING, {"order_id": order_id}).all()
    wanted = rows[0].wanted if rows else ctx.db.execute(_WANTED, {"order_id": order_id}).scalar_one()
    units = {row.status: int(row.units) for row in rows}
    loose = 0
    if sum(units.values()) < wanted:
        to_pick = sum(int(row.units - row.picked) for row in rows if row.status in IN_THE_HOUSE)
        loose = reserved_units(ctx, order_id) + change - to_pick
    return Standing(int(wanted), loose, units, sum(row.parcels for row in rows))


def follow_order(
    ctx: Context,
    order: Row[Any],
    fact: str,
    shipment_id: int | None,
    data: Mapping[str, object] | None = None,
    *,
    change: int = 0,
) -> int:
    """Brings an order's status in line with its units, by its own fact where it moves, else by `fact`.

    `shipment_id` names the shipment that moved it, where it was one, `change` how many units the caller reserves more,
    or fewer, under this event. Once the last of its goods are handed over its money is earned. Gives the event's id.
    """
    standing = standing_of(ctx, order.id, change)
    moved = _move(ctx, order, standing, standing.status(order.status), shipment_id)
    if moved is not None:
        return moved
    subject = f"order:{order.id}" if shipment_id is None else f"shipment:{shipment_id}"
    event_id = record(ctx, fact, subject, data, order_id=order.id)
    if _leaves_now(order, standing):
        ctx.db.execute(update(sales_order).where(sales_order.c.id == order.id).values(handed_over_at=ctx.now))
        earn(ctx, event_id, order)
    return event_id


def settle_order(ctx: Context, order: Row[Any], shipment_id: int, *, unserved: Status) -> None:
    """Brings an order's status in line after its facts were written; `unserved` is that of one without units."""
    standing = standing_of(ctx, order.id)
    target = derived_status(standing.wanted, standing.loose, standing.units) or unserved
    _move(ctx, order, standing, target, shipment_id)


def _move(ctx: Context, order: Row[Any], standing: Standing, target: Status, shipment_id: int | None) -> int | None:
    """Writes the order's own fact where it moves; gives its event."""
    if target == order.status:
        return None
    extra = _extra_of(ctx, target, order, shipment_id)
    if standing.shipments_count > 1 and shipment_id is not None:
        extra["shipment"] = shipment_id
    columns = {"delivered_at": ctx.now} if target is Status.DELIVERED else {}
    leaves = _leaves_now(order, standing)
    if leaves:
        columns["handed_over_at"] = ctx.now
    event_id = move_order(ctx, order, transition_to(target), extra, **columns)
    if leaves:
        earn(ctx, event_id, order)
    return event_id


def _leaves_now(order: Row[Any], standing: Standing) -> bool:
    """Whether the last of an order's goods have just been handed over."""
    return standing.gone == standing.wanted and order.handed_over_at is None


def earn(ctx: Context, event_id: int, order: Row[Any]) -> None:
    """What an order was paid becomes revenue: the last of its goods have left the house."""
    if order.paid_cents > 0:
        post_money(ctx, event_id, order.id, "deposits", "revenue", order.paid_cents, order.currency)


def _extra_of(ctx: Context, target: Status, order: Row[Any], shipment_id: int | None) -> dict[str, object]:
    """What the facts of the way out say besides where the order came from and went to."""
    match target:
        case Status.SHIPPED:
            carrier = ctx.db.execute(select(shipment.c.carrier).where(shipment.c.id == shipment_id)).scalar_one()
            return {"confirmed_at": order.confirmed_at, "ship_by_at": order.ship_by_at, "carrier": carrier}
        case Status.DELIVERED:
            zone = ctx.db.execute(select(channel.c.timezone).where(channel.c.code == order.channel)).scalar_one()
            return {
                "handed_over_at": order.handed_over_at,
                "promised_at": order.promised_at,
                **lateness(ctx.now, order.promised_at, zone),
            }
        case _:
            return {}
