"""Cancelling a part of an order: units of one line, with their stock, their share of the money and the buyer's word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from core.context import Context
from core.db.history import need_open_period, post, post_money, record
from core.db.shipping_tables import shipment, shipment_line
from core.db.world_tables import order_line, sales_order
from core.domain.errors import NotFound, RuleViolation
from core.domain.facts import status_fact
from core.domain.orders import BEFORE_HAND_OVER, Fact, Status
from core.domain.reductions import Sums, divided, reduced, refund_due
from core.domain.shipments import NOT_PICKED_YET, ShipmentStatus, allot
from core.domain.stock import Account, Move, Place
from core.domain.texts import typed
from core.services import allocation, intake
from core.services.order_following import earn, settle_order, standing_of
from core.services.order_rows import check_version, dims_of, load_order
from core.services.orders import MOST_TEXT, cancel_order, deposits_of, keep_reasons, tell_buyer
from core.services.parameters import base_cents
from core.services.shipment_rows import loose_units, set_shipment, shipments_of
from core.services.stock import units_in

CANCELLABLE = (*BEFORE_HAND_OVER, Status.PARTLY_SHIPPED, Status.PARTLY_DELIVERED)
_NOT_JUDGED_YET = (Status.RECEIVED, Status.EXCEPTION)
_s, _l = shipment.c, shipment_line.c


@dataclass(frozen=True, slots=True)
class Reduction:
    """What cancelling units of a line does: units that become free, what goes back by which means, the new total.

    Units: cents of the order's currency.
    """

    freed: int
    refunds: dict[str, int]
    total_cents: int


def cancel_line(
    ctx: Context, order_id: int, line_id: int, quantity: int, reason: str, *, version: int | None = None
) -> Reduction | None:
    """Cancels units of one line that nobody has picked yet, and tells the buyer; None where the whole order ended.

    The units become free, their share of discount and payment goes back to the means it came by, and what is left is
    judged and reserved anew where it waited. Cancelling the last units of an order cancels the order.
    Raises: NotFound, NotAllowed, RuleViolation for units that are picked or gone, without a reason, or when somebody
    changed the order in between.
    """
    ctx.actor.need("orders.cancel")
    row = load_order(ctx, order_id)
    check_version(ctx, row, version)
    reason = typed(reason)
    if not reason or len(reason) > MOST_TEXT:
        raise RuleViolation("A cancellation needs a reason of 1 to {most} characters.", most=MOST_TEXT)
    line = _line_of(ctx, row, line_id)
    _need_cancellable(ctx, row, line, quantity)
    if quantity == _wanted(ctx, order_id):
        cancel_order(ctx, order_id, reason)
        return None
    need_open_period(ctx)
    frees, cuts = _cuts(ctx, order_id, line, quantity)
    done, sums, freight = _reduction(ctx, row, line, quantity, frees)
    event_id = _record(ctx, row, line, quantity, reason, done)
    _shrink(ctx, row, line, quantity, sums, freight, sum(done.refunds.values()))
    for cut in cuts:
        _cut(ctx, cut)
    post(ctx, event_id, frees)
    for means, cents in done.refunds.items():
        post_money(ctx, event_id, order_id, "deposits", "buyer", cents, row.currency, means)
    _go_on(ctx, order_id, event_id)
    _tell(ctx, row, line, quantity, reason)
    return done


def would_cancel(ctx: Context, order_id: int, line_id: int, quantity: int) -> Reduction | None:
    """What cancelling units of a line would do, before anybody does it; None where the whole order would end.

    Raises: NotFound, NotAllowed, RuleViolation as `cancel_line` does.
    """
    ctx.actor.need("orders.cancel")
    row = ctx.db.execute(select(sales_order).where(sales_order.c.id == order_id)).one_or_none()
    if row is None:
        raise NotFound("Order {order_id} isn't here.", order_id=order_id)
    line = _line_of(ctx, row, line_id)
    _need_cancellable(ctx, row, line, quantity)
    if quantity == _wanted(ctx, order_id):
        return None
    return _reduction(ctx, row, line, quantity, _cuts(ctx, order_id, line, quantity)[0])[0]


def _reduction(
    ctx: Context, row: Row[Any], line: Row[Any], quantity: int, frees: list[Move]
) -> tuple[Reduction, Sums, int]:
    """What cancelling does, the order's sums afterwards, and the freight taken off the line."""
    sums, freight = _sums_without(row, line, quantity)
    refund = refund_due(row.paid_cents, row.total_cents, sums.total_cents)
    freed = sum(move.quantity for move in frees)
    return Reduction(freed, divided(refund, deposits_of(ctx, row)), sums.total_cents), sums, freight


def _line_of(ctx: Context, row: Row[Any], line_id: int) -> Row[Any]:
    found = ctx.db.execute(
        select(order_line).where(order_line.c.id == line_id, order_line.c.order_id == row.id)
    ).one_or_none()
    if found is None:
        raise NotFound("Order {number} has no such line.", number=row.number)
    return found


def _need_cancellable(ctx: Context, row: Row[Any], line: Row[Any], quantity: int) -> None:
    """Raises: RuleViolation where so many units of the line can't be cancelled any more."""
    if row.fulfilled_by != "us":
        raise RuleViolation("Order {number} is fulfilled outside and isn't worked on here.", number=row.number)
    if row.status not in CANCELLABLE:
        raise RuleViolation(
            "Order {number} is {status}; nothing of it can be cancelled any more.",
            number=row.number,
            status=Status(row.status),
        )
    most = cancellable_units(ctx, line)
    if not 1 <= quantity <= most:
        raise RuleViolation(
            "1 to {most} units of {sku} can be cancelled, found {quantity}; the others are picked, gone or cancelled.",
            most=most,
            sku=line.sku_code or line.name,
            quantity=quantity,
        )


def cancellable_units(ctx: Context, line: Row[Any]) -> int:
    """How many units of a line nobody has begun to pick."""
    under_way = ctx.db.execute(
        select(func.coalesce(func.sum(_l.quantity), 0))
        .select_from(shipment_line.join(shipment, _s.id == _l.shipment_id))
        .where(
            _l.order_line_id == line.id,
            _s.status.not_in([ShipmentStatus.CANCELLED.value, *(status.value for status in NOT_PICKED_YET)]),
        )
    ).scalar_one()
    return int(line.quantity - under_way)


def _wanted(ctx: Context, order_id: int) -> int:
    units = select(func.sum(order_line.c.quantity)).where(order_line.c.order_id == order_id)
    return int(ctx.db.execute(units).scalar_one())


@dataclass(frozen=True, slots=True)
class _Cut:
    """What leaves a parcel that isn't picked yet. `left` are the units of the line that stay in it."""

    line: Row[Any]
    units: int

    @property
    def left(self) -> int:
        return int(self.line.quantity - self.units)


def _cuts(ctx: Context, order_id: int, line: Row[Any], quantity: int) -> tuple[list[Move], list[_Cut]]:
    """Where the units come from: those that were never reserved first, then loose ones, then the newest parcels.

    Gives the moves that free what was reserved, and what leaves which parcel.
    """
    parcels = ctx.db.execute(
        select(shipment_line, _s.warehouse_id)
        .select_from(shipment_line.join(shipment, _s.id == _l.shipment_id))
        .where(_l.order_line_id == line.id, _s.status.in_([status.value for status in NOT_PICKED_YET]))
        .order_by(_l.id.desc())
    ).all()
    loose = {place: by_line.get(line.id, 0) for place, by_line in loose_units(ctx, order_id).items()}
    planned = sum(parcel.quantity for parcel in parcels)
    missing = cancellable_units(ctx, line) - sum(loose.values()) - planned
    left, by_place, cuts = max(0, quantity - missing), dict[int, int](), list[_Cut]()
    for place, units in sorted(loose.items()):
        by_place[place] = min(units, left)
        left -= by_place[place]
    for parcel in parcels:
        if (units := min(parcel.quantity, left)) > 0:
            cuts.append(_Cut(parcel, units))
            by_place[parcel.warehouse_id] = by_place.get(parcel.warehouse_id, 0) + units
            left -= units
    reserved = units_in(ctx, order_id, Account.RESERVED)
    frees = [
        replace(one, target=Place(place, Account.AVAILABLE))
        for place, units in by_place.items()
        for one in allot([move for move in reserved if move.target.warehouse_id == place], {line.id: units})
    ]
    return frees, cuts


def _sums_without(row: Row[Any], line: Row[Any], quantity: int) -> tuple[Sums, int]:
    return reduced(
        Sums(row.items_cents, row.shipping_cents, row.discount_cents),
        quantity=line.quantity,
        cancelled=quantity,
        unit_price_cents=line.unit_price_cents,
        freight_cents=line.freight_cents,
    )


def _record(ctx: Context, row: Row[Any], line: Row[Any], quantity: int, reason: str, done: Reduction) -> int:
    data = status_fact(
        dims_of(row),
        None,
        row.status,
        {
            "kept_cents": base_cents(done.total_cents, row.currency),
            "line": line.position,
            "sku": line.sku_code,
            "quantity": quantity,
            "reason": reason,
            "units_freed": done.freed,
            "refunded_cents": sum(done.refunds.values()),
        },
    )
    return record(ctx, Fact.LINE_CANCELLED, f"order:{row.id}", data, order_id=row.id)


def _shrink(ctx: Context, row: Row[Any], line: Row[Any], quantity: int, sums: Sums, freight: int, refund: int) -> None:
    """The line and the order as they are now."""
    ctx.db.execute(
        update(order_line)
        .where(order_line.c.id == line.id)
        .values(
            quantity=line.quantity - quantity,
            cancelled_quantity=line.cancelled_quantity + quantity,
            freight_cents=line.freight_cents - freight,
        )
    )
    ctx.db.execute(
        update(sales_order)
        .where(sales_order.c.id == row.id)
        .values(
            items_cents=sums.items_cents,
            shipping_cents=sums.shipping_cents,
            discount_cents=sums.discount_cents,
            total_cents=sums.total_cents,
            paid_cents=row.paid_cents - refund,
            version=sales_order.c.version + 1,
        )
    )


def _cut(ctx: Context, cut: _Cut) -> None:
    """Takes units out of a parcel; one in which nothing is left is called off and keeps what it was for."""
    others = select(func.count()).where(_l.shipment_id == cut.line.shipment_id, _l.id != cut.line.id)
    if cut.left:
        ctx.db.execute(update(shipment_line).where(_l.id == cut.line.id).values(quantity=cut.left))
    elif ctx.db.execute(others).scalar_one():
        ctx.db.execute(delete(shipment_line).where(_l.id == cut.line.id))
    else:
        set_shipment(ctx, cut.line.shipment_id, status=ShipmentStatus.CANCELLED.value)
        return
    set_shipment(ctx, cut.line.shipment_id)


def _go_on(ctx: Context, order_id: int, event_id: int) -> None:
    """What follows for the rest of the order: judged anew, paid now, further on its way, or reserved at last."""
    row = load_order(ctx, order_id)
    if row.status in _NOT_JUDGED_YET:
        if row.paid_at is None and row.paid_cents >= row.total_cents:
            ctx.db.execute(update(sales_order).where(sales_order.c.id == order_id).values(paid_at=ctx.now))
        if row.status == Status.EXCEPTION:
            keep_reasons(ctx, order_id)
        else:
            intake.review_received(ctx, order_id)
        return
    standing = standing_of(ctx, order_id)
    if standing.gone == standing.wanted and row.handed_over_at is None:  # what is left has left the house already
        ctx.db.execute(update(sales_order).where(sales_order.c.id == order_id).values(handed_over_at=ctx.now))
        earn(ctx, event_id, row)
        row = load_order(ctx, order_id)
    last = max((one.id for one in shipments_of(ctx, order_id)), default=0)
    settle_order(ctx, row, last, unserved=Status(row.status))
    row = load_order(ctx, order_id)
    if row.hold_reason is None and row.status in (Status.CONFIRMED, Status.BACKORDERED, Status.PARTLY_ALLOCATED):
        allocation.allocate_confirmed(ctx, order_id)


def _tell(ctx: Context, row: Row[Any], line: Row[Any], quantity: int, reason: str) -> None:
    name = line.name or line.sku_code
    text = (
        f"{row.buyer_name}: {quantity} × {name} of order {row.number} cancelled / "
        f"您的订单 {row.number} 中的 {name} 已取消 {quantity} 件。{reason}"
    )
    tell_buyer(ctx, row, "A part of your order was cancelled", text)
