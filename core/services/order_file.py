"""Everything there is about one order, as the desk decides by it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, func, select

from core.context import Context
from core.db.shipping_tables import carrier
from core.db.world_tables import (
    blocked_buyer,
    event,
    lot,
    message,
    money_posting,
    order_line,
    order_payload,
    sales_order,
    sku,
    warehouse,
)
from core.domain.errors import NotFound, RuleViolation
from core.domain.masking import mask_contacts, mask_email, mask_phone
from core.domain.orders import OrderState, Reason, Status, refusal
from core.domain.review import ReviewedLine, address_faults, price_is_off, review
from core.domain.shipments import ShipmentStatus, shipment_refusal
from core.domain.stock import Account
from core.services import intake, parameters
from core.services.order_rows import state_of
from core.services.shipment_rows import read_task, shipments_of
from core.services.stock import units_in

COMMANDS = ("confirm", "cancel", "release")
# The steps of a parcel that the order's page offers, in the order of the work.
STEPS = ("accept_task", "pick_all", "pack", "hand_over")
_NEAR = 3 * 86_400  # seconds before and after in which another order of the buyer is a neighbour
_NEIGHBOURS = 12
_s = sales_order.c


@dataclass(frozen=True, slots=True)
class LineView:
    """One line: what was ordered at which price, against the list and the shelf. Units: cents, units of the SKU."""

    id: int
    sku_code: str
    name: str
    name_en: str
    quantity: int
    cancelled: int
    unit_price_cents: int
    list_price_cents: int | None
    price_off: bool
    available: int
    reserved: int


@dataclass(frozen=True, slots=True)
class LotView:
    """Units of a lot that an order has, and where they are."""

    sku_code: str
    lot_id: int
    lot_received_at: int
    warehouse: str
    account: str
    quantity: int


@dataclass(frozen=True, slots=True)
class MoneyView:
    """One movement of money: paid by the buyer, paid back, or earned at hand-over."""

    at: int
    kind: str  # paid | refunded | earned
    means: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class MessageView:
    """What the buyer was written."""

    at: int
    recipient: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class FactView:
    """One row of an order's history."""

    at: int
    kind: str
    actor: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another order of the same buyer's phone."""

    id: int
    number: str
    status: Status
    received_at: int
    units: int
    total_cents: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """A shipment of the order. Units: `units` are those for this order; `orders` counts the orders in it.

    `refusals` says why the machine refuses each step of its work, None where it may go.
    """

    id: int
    number: str
    status: ShipmentStatus
    warehouse: str
    carrier: str | None
    carrier_en: str
    carrier_zh: str
    waybill: str
    handed_over_at: int | None
    delivered_at: int | None
    units: int
    orders: int
    refusals: dict[str, RuleViolation | None]


@dataclass(frozen=True, slots=True)
class OrderFile:
    """Everything there is about an order.

    `fields` are the columns of the order; `reasons_now` is what the review finds at this moment, `faults` which
    fields of the address it objects to; `refusals` says why the machine refuses each command, None where it may go
    (for confirming, open reasons are not counted: they may be let pass).
    """

    fields: dict[str, Any]
    status: Status
    reasons: tuple[Reason, ...]
    reasons_now: tuple[Reason, ...]
    faults: tuple[str, ...]
    blocked_reason: str
    duplicates_count: int
    lines: tuple[LineView, ...]
    lots: tuple[LotView, ...]
    money: tuple[MoneyView, ...]
    messages: tuple[MessageView, ...]
    facts: tuple[FactView, ...]
    neighbours: tuple[Neighbour, ...]
    parcels: tuple[Parcel, ...]
    payload: dict[str, str]
    refusals: dict[str, RuleViolation | None]
    sees_contacts: bool


def get_order(ctx: Context, order_id: int) -> OrderFile:
    """One order with everything a clerk decides by; contacts are masked for those who may not amend orders.

    Raises: NotFound, NotAllowed.
    """
    ctx.actor.need("orders.read")
    row = ctx.db.execute(
        select(sales_order, warehouse.c.code.label("warehouse_code"))
        .select_from(sales_order.join(warehouse, warehouse.c.id == _s.warehouse_id))
        .where(_s.id == order_id)
    ).one_or_none()
    if row is None:
        raise NotFound("Order {order_id} isn't here.", order_id=order_id)
    looked_at = intake.reviewed(ctx, row)
    state = state_of(ctx, row)
    own = row.fulfilled_by == "us" and bool(row.is_open)
    blocked = (
        ctx.db.execute(
            select(blocked_buyer.c.reason).where(blocked_buyer.c.phone == row.buyer_phone)
        ).scalar_one_or_none()
        if looked_at.buyer_is_blocked
        else None
    )
    found = OrderFile(
        fields=dict(row._mapping),
        status=Status(row.status),
        reasons=_stored(row),
        reasons_now=review(looked_at, parameters.review_policy()) if own else (),
        faults=address_faults(looked_at) if own else (),
        blocked_reason=blocked or "",
        duplicates_count=looked_at.duplicates_count,
        lines=_lines(ctx, row, looked_at.lines),
        lots=_lots(ctx, order_id),
        money=_money(ctx, order_id),
        messages=_messages(ctx, order_id),
        facts=_facts(ctx, order_id),
        neighbours=_neighbours(ctx, row),
        parcels=_parcels(ctx, order_id),
        payload=_payload(ctx, order_id),
        refusals={command: _refusal(command, state) for command in COMMANDS},
        sees_contacts=ctx.actor.may("orders.amend"),
    )
    return found if found.sees_contacts else _masked(found)


def _stored(row: Row[Any]) -> tuple[Reason, ...]:
    return tuple(Reason(reason) for reason in row.exceptions.split(",") if reason)


def _refusal(command: str, state: OrderState) -> RuleViolation | None:
    """Why the machine refuses a command; open reasons don't count, since a clerk may let them pass."""
    return refusal(command, replace(state, exceptions=()))


def _lines(ctx: Context, row: Row[Any], looked_at: tuple[ReviewedLine, ...]) -> tuple[LineView, ...]:
    policy = parameters.review_policy()
    reserved: dict[int | None, int] = {}
    for move in units_in(ctx, row.id, Account.RESERVED):
        reserved[move.order_line_id] = reserved.get(move.order_line_id, 0) + move.quantity
    found = ctx.db.execute(
        select(order_line, sku.c.name_en)
        .select_from(order_line.outerjoin(sku, sku.c.id == order_line.c.sku_id))
        .where(order_line.c.order_id == row.id)
        .order_by(order_line.c.position)
    )
    return tuple(
        LineView(
            id=line.id,
            sku_code=line.sku_code,
            name=line.name,
            name_en=line.name_en or line.name,
            quantity=line.quantity,
            cancelled=line.cancelled_quantity,
            unit_price_cents=line.unit_price_cents,
            list_price_cents=seen.list_price_cents,
            price_off=price_is_off(seen, policy),
            available=seen.available,
            reserved=reserved.get(line.id, 0),
        )
        for line, seen in zip(found, looked_at, strict=True)
    )


def _lots(ctx: Context, order_id: int) -> tuple[LotView, ...]:
    accounts = (Account.RESERVED, Account.PICKED, Account.IN_TRANSIT, Account.CUSTOMER)
    moves = [move for account in accounts for move in units_in(ctx, order_id, account)]
    if not moves:
        return ()
    lots = {
        row.id: row
        for row in ctx.db.execute(
            select(lot.c.id, lot.c.received_at, sku.c.code)
            .select_from(lot.join(sku, sku.c.id == lot.c.sku_id))
            .where(lot.c.id.in_({move.lot_id for move in moves}))
        )
    }
    houses = {row.id: row.code for row in ctx.db.execute(select(warehouse.c.id, warehouse.c.code))}
    return tuple(
        LotView(
            sku_code=lots[move.lot_id].code,
            lot_id=move.lot_id,
            lot_received_at=lots[move.lot_id].received_at,
            warehouse=houses[move.target.warehouse_id],
            account=move.target.account.value,
            quantity=move.quantity,
        )
        for move in moves
    )


def _money(ctx: Context, order_id: int) -> tuple[MoneyView, ...]:
    m = money_posting.c
    kinds = {
        ("buyer", "deposits"): "paid",
        ("deposits", "buyer"): "refunded",
        ("deposits", "revenue"): "earned",
    }
    found = select(money_posting).where(m.order_id == order_id).order_by(m.id)
    return tuple(
        MoneyView(row.at, kinds.get((row.from_account, row.to_account), "moved"), row.means, row.amount_cents)
        for row in ctx.db.execute(found)
    )


def _messages(ctx: Context, order_id: int) -> tuple[MessageView, ...]:
    found = select(message).where(message.c.order_id == order_id).order_by(message.c.id)
    return tuple(MessageView(row.at, row.recipient, row.subject, row.body) for row in ctx.db.execute(found))


def _facts(ctx: Context, order_id: int) -> tuple[FactView, ...]:
    found = select(event).where(event.c.order_id == order_id).order_by(event.c.id)
    return tuple(FactView(row.at, row.kind, row.actor, json.loads(row.data)) for row in ctx.db.execute(found))


def _neighbours(ctx: Context, row: Row[Any]) -> tuple[Neighbour, ...]:
    """Other orders of the same phone around the same days: what a duplicate, or a second thought, looks like."""
    if not row.buyer_phone:
        return ()
    units = (
        select(func.coalesce(func.sum(order_line.c.quantity), 0))
        .where(order_line.c.order_id == _s.id)
        .scalar_subquery()
    )
    found = (
        select(_s.id, _s.number, _s.status, _s.received_at, _s.total_cents, units.label("units"))
        .where(
            _s.received_at.between(row.received_at - _NEAR, row.received_at + _NEAR),
            _s.buyer_phone == row.buyer_phone,
            _s.id != row.id,
        )
        .order_by(_s.received_at.desc(), _s.id.desc())
        .limit(_NEIGHBOURS)
    )
    return tuple(
        Neighbour(one.id, one.number, Status(one.status), one.received_at, int(one.units), one.total_cents)
        for one in ctx.db.execute(found)
    )


def _parcels(ctx: Context, order_id: int) -> tuple[Parcel, ...]:
    houses = {row.id: row.code for row in ctx.db.execute(select(warehouse.c.id, warehouse.c.code))}
    names = {row.code: row for row in ctx.db.execute(select(carrier.c.code, carrier.c.name_en, carrier.c.name_zh))}
    found = []
    for row in shipments_of(ctx, order_id):
        task = read_task(ctx, row.id)
        state = task.state()
        name = names.get(row.carrier or "")
        found.append(
            Parcel(
                id=row.id,
                number=row.number,
                status=ShipmentStatus(row.status),
                warehouse=houses[row.warehouse_id],
                carrier=row.carrier,
                carrier_en=name.name_en if name else "",
                carrier_zh=name.name_zh if name else "",
                waybill=row.waybill,
                handed_over_at=row.handed_over_at,
                delivered_at=row.delivered_at,
                units=sum(line.quantity for line in task.lines_of(order_id)),
                orders=len(task.orders),
                refusals={step: shipment_refusal(step, state) for step in STEPS},
            )
        )
    return tuple(found)


def _payload(ctx: Context, order_id: int) -> dict[str, str]:
    stored = ctx.db.execute(
        select(order_payload.c.payload).where(order_payload.c.order_id == order_id)
    ).scalar_one_or_none()
    return {name: str(value) for name, value in json.loads(stored).items()} if stored else {}


def _masked(found: OrderFile) -> OrderFile:
    """The same without the buyer's contacts, wherever they stand."""
    phone, email = found.fields["buyer_phone"], found.fields["buyer_email"]

    def hide(text: str) -> str:
        return mask_contacts(text, phone, email)

    return replace(
        found,
        fields=found.fields
        | {"buyer_phone": mask_phone(phone), "buyer_email": mask_email(email), "note": hide(found.fields["note"])},
        messages=tuple(replace(one, recipient=hide(one.recipient), body=hide(one.body)) for one in found.messages),
        facts=tuple(
            replace(one, data=json.loads(hide(json.dumps(one.data, ensure_ascii=False)))) for one in found.facts
        ),
        payload={name: hide(value) for name, value in found.payload.items()},
    )
