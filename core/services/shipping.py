"""The way out of the warehouse: release, pick, pack, hand over, and the carrier's word on delivery."""

from __future__ import annotations

from sqlalchemy import select, update

from core.context import Context
from core.db.history import post, post_money
from core.db.world_tables import channel, shipment
from core.domain.errors import RuleViolation
from core.domain.facts import lateness
from core.domain.orders import decide
from core.domain.stock import CUSTOMER, Account, Move, Place
from core.domain.texts import typed
from core.services.order_rows import load_order, move_order, state_of
from core.services.stock import units_in


def release_order(ctx: Context, order_id: int) -> None:
    """Gives an allocated order to its warehouse to work on.

    Raises: NotFound, NotAllowed, RuleViolation.
    """
    ctx.actor.need("shipping.work")
    row = load_order(ctx, order_id)
    move_order(ctx, row, decide("release", state_of(ctx, row)))


def start_picking(ctx: Context, order_id: int) -> None:
    """Takes a released order's goods off the shelf: reserved units become picked ones.

    Raises: NotFound, NotAllowed, RuleViolation.
    """
    ctx.actor.need("shipping.work")
    row = load_order(ctx, order_id)
    reserved = units_in(ctx, order_id, Account.RESERVED)
    event_id = move_order(ctx, row, decide("start_picking", state_of(ctx, row)))
    _shift(ctx, event_id, reserved, Account.PICKED)


def pack_order(ctx: Context, order_id: int) -> None:
    """Closes the parcel of an order that was picked.

    Raises: NotFound, NotAllowed, RuleViolation.
    """
    ctx.actor.need("shipping.work")
    row = load_order(ctx, order_id)
    move_order(ctx, row, decide("pack", state_of(ctx, row)))


def ship_order(ctx: Context, order_id: int, carrier: str, waybill: str) -> int:
    """Hands a packed order to a carrier and earns its money; gives the shipment's id.

    Raises: NotFound, NotAllowed, RuleViolation without carrier or waybill.
    """
    ctx.actor.need("shipping.work")
    carrier, waybill = typed(carrier), typed(waybill)
    if not carrier or not waybill:
        raise RuleViolation("Handing over needs a carrier and a waybill number.")
    row = load_order(ctx, order_id)
    decided = decide("ship", state_of(ctx, row))
    picked = units_in(ctx, order_id, Account.PICKED)
    extra = {"confirmed_at": row.confirmed_at, "ship_by_at": row.ship_by_at, "carrier": carrier}
    event_id = move_order(ctx, row, decided, extra, handed_over_at=ctx.now)
    _shift(ctx, event_id, picked, Account.IN_TRANSIT)
    if row.paid_cents > 0:
        post_money(ctx, event_id, order_id, "deposits", "revenue", row.paid_cents, row.currency)
    key = ctx.db.execute(
        shipment.insert().values(
            order_id=order_id,
            warehouse_id=row.warehouse_id,
            carrier=carrier,
            waybill=waybill,
            handed_over_at=ctx.now,
        )
    ).inserted_primary_key
    assert key is not None
    return int(key[0])


def deliver_order(ctx: Context, order_id: int) -> None:
    """Books the carrier's word that an order reached its buyer.

    Raises: NotFound, NotAllowed, RuleViolation.
    """
    ctx.actor.need("shipping.work")
    row = load_order(ctx, order_id)
    decided = decide("deliver", state_of(ctx, row))
    timezone = ctx.db.execute(select(channel.c.timezone).where(channel.c.code == row.channel)).scalar_one()
    extra = {
        "handed_over_at": row.handed_over_at,
        "promised_at": row.promised_at,
        **lateness(ctx.now, row.promised_at, timezone),
    }
    event_id = move_order(ctx, row, decided, extra, delivered_at=ctx.now)
    moves = [
        Move(u.sku_id, u.lot_id, u.target, CUSTOMER, u.quantity, u.order_line_id)
        for u in units_in(ctx, order_id, Account.IN_TRANSIT)
    ]
    post(ctx, event_id, moves)
    ctx.db.execute(update(shipment).where(shipment.c.order_id == order_id).values(delivered_at=ctx.now))


def complete_order(ctx: Context, order_id: int) -> None:
    """Closes a delivered order for good.

    Raises: NotFound, NotAllowed, RuleViolation.
    """
    ctx.actor.need("engine.run")
    row = load_order(ctx, order_id)
    move_order(ctx, row, decide("complete", state_of(ctx, row)))


def _shift(ctx: Context, event_id: int, units: list[Move], account: Account) -> None:
    """Moves an order's units to another account of the warehouse they are in."""
    post(
        ctx,
        event_id,
        [
            Move(
                u.sku_id,
                u.lot_id,
                u.target,
                Place(u.target.warehouse_id, account),
                u.quantity,
                u.order_line_id,
            )
            for u in units
        ],
    )
