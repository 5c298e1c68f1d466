"""Intake: takes an order in from a channel, reviews it, and confirms it or stops it with its reasons."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from core.channels.incoming import IncomingOrder
from core.context import Context
from core.db.history import dump, post_money, record
from core.db.world_tables import order_line, order_payload, sales_order, sku, warehouse
from core.domain.errors import RuleViolation
from core.domain.facts import OrderDims, status_fact
from core.domain.orders import Fact, Reason, Status, decide
from core.domain.review import ReviewedOrder, review
from core.services import allocation, parameters
from core.services.order_rows import load_order, move_order, state_of
from core.services.surroundings import Surroundings

_HOUR = 3_600


def receive_order(ctx: Context, incoming: IncomingOrder) -> int:
    """Takes in an order that this house is to fulfil; gives its id.

    An unpaid order waits as received; a paid one passes the review and is confirmed and reserved, or stops as an
    exception with its reasons.
    Raises: NotAllowed, RuleViolation when the channel's number is here already or the currency has no rate.
    """
    ctx.actor.need("orders.receive")
    s = sales_order.c
    if ctx.db.execute(select(s.id).where(s.channel == incoming.channel, s.number == incoming.number)).one_or_none():
        raise RuleViolation("Order {number} of this channel is here already.", number=incoming.number)
    values = _order_values(ctx, incoming)
    value_cents = parameters.base_cents(values["total_cents"], incoming.currency)
    for payment in incoming.payments:
        _need_positive(payment.amount_cents)
    key = ctx.db.execute(sales_order.insert().values(values)).inserted_primary_key
    assert key is not None
    order_id = int(key[0])
    _write_lines(ctx, order_id, incoming)
    _write_payload(ctx, order_id, incoming)
    dims = OrderDims(
        channel=incoming.channel,
        region=incoming.region,
        warehouse_id=values["warehouse_id"],
        received_at=ctx.now,
        value_cents=value_cents,
        outside=False,
    )
    extra = {
        "units": sum(line.quantity for line in incoming.lines),
        "lines": len(incoming.lines),
        "currency": incoming.currency,
        "total_cents": values["total_cents"],
    }
    record(
        ctx,
        Fact.RECEIVED,
        f"order:{order_id}",
        status_fact(dims, None, Status.RECEIVED, extra),
        order_id=order_id,
    )
    for payment in incoming.payments:  # all of them first: half of a divided payment is no fault of the order
        _book_payment(ctx, order_id, payment.means, payment.amount_cents)
    review_received(ctx, order_id)
    return order_id


def _order_values(ctx: Context, incoming: IncomingOrder) -> dict[str, Any]:
    freight = incoming.shipping_cents + sum(line.freight_cents for line in incoming.lines)
    promised = parameters.promises()
    return {
        "number": incoming.number,
        "channel": incoming.channel,
        "status": Status.RECEIVED.value,
        "is_open": 1,
        "fulfilled_by": "us",
        "warehouse_id": warehouse_for(ctx, incoming.region),
        "received_at": ctx.now,
        "promised_at": incoming.promised_at or ctx.now + promised.deliver_by_hours * _HOUR,
        "ship_by_at": ctx.now + promised.ship_by_hours * _HOUR,
        "buyer_name": incoming.buyer_name,
        "buyer_phone": incoming.buyer_phone,
        "buyer_email": incoming.buyer_email,
        "country": incoming.country,
        "region": incoming.region,
        "city": incoming.city,
        "district": incoming.district,
        "street": incoming.street,
        "postcode": incoming.postcode,
        "currency": incoming.currency,
        "items_cents": incoming.items_cents,
        "shipping_cents": freight,
        "discount_cents": incoming.discount_cents,
        "total_cents": incoming.items_cents + freight - incoming.discount_cents,
        "paid_cents": 0,
        "note": incoming.note,
    }


def warehouse_for(ctx: Context, region: str) -> int:
    """The warehouse that orders of a region are planned for."""
    code = parameters.warehouse_code_for(region)
    return int(ctx.db.execute(select(warehouse.c.id).where(warehouse.c.code == code)).scalar_one())


def _write_lines(ctx: Context, order_id: int, incoming: IncomingOrder) -> None:
    codes = {line.sku_code for line in incoming.lines}
    ids = {
        row.code: row.id for row in ctx.db.execute(select(sku.c.code, sku.c.id).where(sku.c.code.in_(sorted(codes))))
    }
    if incoming.lines:
        ctx.db.execute(
            order_line.insert(),
            [
                {
                    "order_id": order_id,
                    "position": position,
                    "sku_id": ids.get(line.sku_code),
                    "sku_code": line.sku_code,
                    "name": line.name,
                    "quantity": line.quantity,
                    "unit_price_cents": line.unit_price_cents,
                    "freight_cents": line.freight_cents,
                }
                for position, line in enumerate(incoming.lines, start=1)
            ],
        )


def _write_payload(ctx: Context, order_id: int, incoming: IncomingOrder) -> None:
    ctx.db.execute(
        order_payload.insert().values(
            order_id=order_id, content_hash=incoming.fingerprint(), payload=dump(incoming.payload)
        )
    )


def pay_order(ctx: Context, order_id: int, means: str, amount_cents: int) -> None:
    """Books a buyer's payment; an order that is thereby paid goes through the review.

    Raises: NotFound, NotAllowed, RuleViolation for a closed order or an amount that isn't positive.
    """
    ctx.actor.need("orders.receive")
    if _book_payment(ctx, order_id, means, amount_cents).status == Status.RECEIVED:
        review_received(ctx, order_id)


def _need_positive(amount_cents: int) -> None:
    if amount_cents <= 0:
        raise RuleViolation("A payment needs a positive amount, found {amount}.", amount=amount_cents)


def _book_payment(ctx: Context, order_id: int, means: str, amount_cents: int) -> Row[Any]:
    row = load_order(ctx, order_id)
    _need_positive(amount_cents)
    if not row.is_open:
        raise RuleViolation(
            "Order {number} is {status} and takes no payment.", number=row.number, status=Status(row.status)
        )
    data = {
        "amount_cents": amount_cents,
        "currency": row.currency,
        "means": means,
        "channel": row.channel,
        "received_at": row.received_at,
    }
    event_id = record(ctx, Fact.PAID, f"order:{order_id}", data, order_id=order_id)
    post_money(ctx, event_id, order_id, "buyer", "deposits", amount_cents, row.currency, means)
    paid = row.paid_cents + amount_cents
    values: dict[str, Any] = {"paid_cents": paid, "version": sales_order.c.version + 1}
    if paid >= row.total_cents and row.paid_at is None:
        values["paid_at"] = ctx.now
    ctx.db.execute(update(sales_order).where(sales_order.c.id == order_id).values(values))
    return row


def review_received(ctx: Context, order_id: int) -> None:
    """The automatic review: confirms and reserves, stops with reasons, or leaves an unpaid or held order waiting."""
    row = load_order(ctx, order_id)
    if row.hold_reason is not None:
        return  # whoever releases the hold sets it going
    reasons = reasons_now(ctx, order_id)
    if reasons:
        decided = decide("stop", state_of(ctx, row, ()))
        move_order(ctx, row, decided, {"reasons": list(reasons)}, exceptions=",".join(reasons))
    elif row.paid_cents >= row.total_cents:
        decided = decide("confirm", state_of(ctx, row, ()))
        move_order(ctx, row, decided, {"paid_at": row.paid_at}, confirmed_at=ctx.now)
        allocation.allocate_confirmed(ctx, order_id)


def reasons_now(ctx: Context, order_id: int) -> tuple[Reason, ...]:
    """What the review has against an order as it stands now."""
    row = load_order(ctx, order_id)
    return review(reviewed(ctx, row), parameters.review_policy())


def reviewed(ctx: Context, row: Row[Any]) -> ReviewedOrder:
    """An order with what the review has to know of its stock and neighbours."""
    return Surroundings(ctx, [row]).look_at(row)


def expire_unpaid(ctx: Context) -> int:
    """Ends the orders that were never paid within the policy's hours; gives how many."""
    ctx.actor.need("engine.run")
    s = sales_order.c
    before = ctx.now - parameters.promises().unpaid_expires_hours * _HOUR
    due = (
        ctx.db.execute(
            select(s.id).where(
                s.is_open == 1,
                s.status.in_((Status.RECEIVED.value, Status.EXCEPTION.value)),
                s.received_at < before,
                s.paid_cents == 0,
                s.fulfilled_by == "us",
            )
        )
        .scalars()
        .all()
    )
    for order_id in due:
        row = load_order(ctx, order_id)
        move_order(ctx, row, decide("expire", state_of(ctx, row)), exceptions="")
    return len(due)
