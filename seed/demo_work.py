"""What the demo's company does by itself: buyers pay, the warehouse packs, carriers deliver, suppliers bring goods."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from functools import partial
from statistics import NormalDist
from typing import Any

import numpy as np
from sqlalchemy import Row, text

from core.context import Context
from core.domain.orders import Reason, Status
from core.domain.shipments import ShipmentStatus
from core.services import allocation, intake, orders, packing, picking, shipping
from core.services.parameters import promises
from seed.goods_work import goods_due, order_what_runs_low
from seed.oddities import APPROVALS, CANCELLATIONS
from seed.rhythm import DAY, HOUR, MINUTE, OFFSET
from seed.road import COMPLETE_DAYS
from seed.trade import Carrier, depots, lane_hours, lane_km, trade

Command = Callable[[Context], object]
Due = tuple[int, Command]

# So many at most per turn: after a night without a server the work is caught up with bit by bit.
_MOST_PER_TURN = 12
# Stopped orders are left to people; only what is more than these the house settles itself.
_LEFT_TO_PEOPLE = 40
_PAY = 0.92  # share of unpaid orders that get paid after all
_PURCHASE_CHANCE, _SWEEP_CHANCE = 0.006, 0.05  # per turn
_NOBODY_THERE = "Buyer could not be reached / 多次联系不上买家"

_OPEN = text(
    "SELECT o.id, o.status, o.hold_reason, o.exceptions, o.channel, o.paid_cents, o.total_cents, o.received_at,"
    " (SELECT MAX(e.at) FROM event e WHERE e.order_id = o.id) AS since, (SELECT COUNT(*) FROM shipment_line l"
    " JOIN shipment s ON s.id = l.shipment_id WHERE l.order_id = o.id AND s.status = 'planned') AS planned_count,"
    " CASE WHEN o.id IN (SELECT m.order_id FROM wave v JOIN wave_order m ON m.wave_id = v.id"
    " WHERE v.status IN ('open', 'planned') AND v.opened_at > :recently) THEN 1 ELSE 0 END AS in_waves"
    " FROM sales_order o"
    " WHERE o.is_open = 1 AND o.fulfilled_by = 'us' ORDER BY o.id"
)
_PARCELS = text(
    "SELECT s.id, s.status, s.carrier, s.warehouse_answer, s.handed_over_at, w.code AS depot, w.verifies,"
    " MIN(o.region) AS region, (SELECT MAX(e.at) FROM event e WHERE e.order_id = MIN(o.id)) AS since"
    " FROM shipment s JOIN shipment_line l ON l.shipment_id = s.id JOIN sales_order o ON o.id = l.order_id"
    " JOIN warehouse w ON w.id = s.warehouse_id WHERE s.status NOT IN ('manifested', 'delivered', 'cancelled')"
    " GROUP BY s.id, s.status, s.carrier, s.warehouse_answer, s.handed_over_at, w.code, w.verifies"
    " HAVING COUNT(o.hold_reason) = 0 ORDER BY s.id"
)
_CODES = text(
    "SELECT k.code, l.quantity FROM shipment_line l JOIN order_line o ON o.id = l.order_line_id"
    " JOIN sku k ON k.id = o.sku_id WHERE l.shipment_id = :id AND l.verified_quantity = 0 ORDER BY l.id"
)
_TO_COMPLETE = text(
    "SELECT id, delivered_at FROM sales_order WHERE status = 'delivered' AND fulfilled_by = 'us'"
    " AND delivered_at < :before ORDER BY delivered_at LIMIT 20"
)


def work_off(ctx: Context, rng: np.random.Generator) -> list[Command]:
    """What is due now, the longest overdue first; each command is for a transaction of its own."""
    found = ctx.db.execute(_OPEN, {"recently": ctx.now - HOUR}).all()
    parcels = ctx.db.execute(_PARCELS).all()
    # What somebody is planning just now is left to them.
    steps = [_next_step(row) for row in found if not row.in_waves]
    steps += map(_next_of_parcel, parcels)
    due = [step for step in steps if step is not None and step[0] <= ctx.now]
    stopped = sorted(
        (row for row in found if row.status == Status.EXCEPTION and row.hold_reason is None), key=lambda r: r.since
    )
    due += [(row.since, _settling(row)) for row in stopped[: max(0, len(stopped) - _LEFT_TO_PEOPLE)]]
    expiry = promises().unpaid_expires_hours * HOUR
    if any(row.paid_cents == 0 and row.received_at < ctx.now - expiry for row in found):
        due.append((ctx.now, intake.expire_unpaid))
    if rng.random() < _SWEEP_CHANCE:
        due += _completions(ctx)
    if rng.random() < _PURCHASE_CHANCE:
        due += order_what_runs_low(ctx, rng)
    due += goods_due(ctx)
    due.sort(key=lambda one: one[0])
    return [command for _, command in due[:_MOST_PER_TURN]]


def luck(number: int, what: str) -> float:
    """A number from 0 to 1 that stays the same for an order or a parcel; nothing has to be remembered between turns."""
    return zlib.crc32(f"{number}:{what}".encode()) / 2**32


def _next_step(row: Row[Any]) -> Due | None:
    """What an order is waiting for, and when it is due; None where it waits for a person."""
    order, since = int(row.id), int(row.since)

    def after(what: str, least: float, most: float) -> int:
        return since + int(least + (most - least) * luck(order, what))

    if row.hold_reason is not None:
        return after("hold", 6 * HOUR, 40 * HOUR), lambda ctx: orders.release_hold(ctx, order)
    match Status(row.status):
        case Status.RECEIVED if row.paid_cents == 0 and luck(order, "pays") < _PAY:
            return after("pay", MINUTE, 9 * MINUTE), lambda ctx: _pay(ctx, row)
        case Status.BACKORDERED:
            return after("allocate", 10 * MINUTE, 20 * MINUTE), lambda ctx: allocation.allocate_order(ctx, order)
        case Status.ALLOCATED if not row.planned_count:
            return after("release", 20 * MINUTE, 45 * MINUTE), lambda ctx: shipping.release_order(ctx, order)
        case _:
            return None


def _next_of_parcel(row: Row[Any]) -> Due | None:
    """What a parcel is waiting for, and when it is due: late enough for people to get at it before."""
    parcel, since = int(row.id), int(row.since)

    def after(what: str, least: float, most: float) -> int:
        return since + int(least + (most - least) * luck(parcel, what))

    match ShipmentStatus(row.status):
        case ShipmentStatus.PLANNED if row.warehouse_answer == "offered":
            return after("accept", 5 * MINUTE, 15 * MINUTE), lambda ctx: shipping.accept_task(ctx, parcel)
        case ShipmentStatus.PLANNED:
            return None
        case ShipmentStatus.RELEASED:
            return after("pick", 20 * MINUTE, 90 * MINUTE), lambda ctx: picking.pick_shipment(ctx, parcel)
        case ShipmentStatus.PICKING:  # in somebody's hands; what they forgot is finished after a while
            return after("finish", 2 * HOUR, 3 * HOUR), lambda ctx: picking.pick_shipment(ctx, parcel)
        case ShipmentStatus.PICKED if row.verifies:
            return after("verify", 10 * MINUTE, 25 * MINUTE), lambda ctx: _scan(ctx, parcel)
        case ShipmentStatus.PICKED | ShipmentStatus.VERIFIED:
            chosen = row.carrier or _carrier_of(parcel).code
            pack = partial(packing.pack_shipment, shipment_id=parcel, carrier_code=chosen)
            return after("pack", 10 * MINUTE, 45 * MINUTE), pack
        case ShipmentStatus.PACKED:
            return after("ship", 20 * MINUTE, 80 * MINUTE), lambda ctx: shipping.hand_over(ctx, parcel)
        case _:
            at = delivery_time(row)
            # The carrier's word comes late where nobody listened; it still says when the parcel was there.
            return at, lambda ctx: shipping.deliver_shipment(ctx.at(min(at, ctx.now)), parcel)


def _scan(ctx: Context, parcel: int) -> None:
    """Scans everything in a parcel, as its warehouse wants it."""
    for row in ctx.db.execute(_CODES, {"id": parcel}).all():
        packing.verify_scan(ctx, parcel, row.code, row.quantity)


def delivery_time(row: Row[Any]) -> int:
    """When a parcel reaches its door: the lane's time, more or less, and not at night."""
    carriers = {carrier.code: carrier for carrier in trade().carriers}
    carrier = carriers.get(row.carrier, trade().carriers[0])
    hours = lane_hours(lane_km(row.depot, row.region), carrier) if _is_known_lane(row) else 48.0
    spread = NormalDist().inv_cdf(min(max(luck(row.id, "ride"), 0.001), 0.999)) * trade().transit.sigma
    at = int(row.handed_over_at + hours * math.exp(spread) * HOUR)
    second = (at + OFFSET) % DAY
    morning = at - second + 8 * HOUR + int(4 * HOUR * luck(row.id, "door"))
    if second < 8 * HOUR:
        return morning
    return morning + DAY if second > 21 * HOUR else at


def _is_known_lane(row: Row[Any]) -> bool:
    return row.region.startswith("CN-") and row.depot in {depot.code for depot in depots()}


def _pay(ctx: Context, row: Row[Any]) -> None:
    means = next((c.means for c in trade().channels if c.code == row.channel), ("alipay",))
    intake.pay_order(ctx, row.id, means[row.id % len(means)], row.total_cents - row.paid_cents)


def _carrier_of(parcel: int) -> Carrier:
    carriers = trade().carriers
    left = luck(parcel, "carrier") * sum(carrier.share for carrier in carriers)
    for carrier in carriers:
        left -= carrier.share
        if left < 0:
            return carrier
    return carriers[-1]


def _settling(row: Row[Any]) -> Command:
    """What the house does with a stopped order that nobody took: lets it pass where it may, else ends it."""
    reasons = [Reason(reason) for reason in row.exceptions.split(",") if reason]
    may_pass = reasons and all(reason in APPROVALS for reason in reasons) and row.paid_cents >= row.total_cents
    if may_pass and luck(row.id, "approve") < 0.5:
        notes = {reason.value: APPROVALS[reason] for reason in reasons}
        return lambda ctx: orders.confirm_order(ctx, row.id, approved=notes)
    words = CANCELLATIONS.get(reasons[0], _NOBODY_THERE) if reasons else _NOBODY_THERE
    return lambda ctx: orders.cancel_order(ctx, row.id, words)


def _completions(ctx: Context) -> list[Due]:
    before = ctx.now - COMPLETE_DAYS * DAY
    rows = ctx.db.execute(_TO_COMPLETE, {"before": before}).all()
    return [(row.delivered_at, partial(shipping.complete_order, order_id=row.id)) for row in rows]
