"""Parcels that come back from buyers: taken in, inspected line by line, back on the shelf or damaged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select, update

from core.context import Context
from core.db.history import actor_name, need_open_period, post, record
from core.db.inbound_tables import returned_line, returned_parcel
from core.db.world_tables import lot, order_line, sku
from core.domain.errors import NotFound, RuleViolation
from core.domain.returned_goods import (
    ReturnedFact,
    ReturnedStatus,
    check_coming_back,
    check_outcome,
    check_returnable,
)
from core.domain.stock import Account, Move, Place
from core.domain.texts import typed
from core.services.bins import need_bin
from core.services.order_rows import load_order
from core.services.stock import need_warehouse, today_of, units_in


def with_buyer(ctx: Context, order_id: int) -> dict[int, int]:
    """Units of an order's lines that its buyer has. Shape: order line → units."""
    found: dict[int, int] = {}
    for move in units_in(ctx, order_id, Account.CUSTOMER):
        assert move.order_line_id is not None
        found[move.order_line_id] = found.get(move.order_line_id, 0) + move.quantity
    return found


def take_in_return(
    ctx: Context, order_id: int, warehouse_id: int, units: Mapping[int, int], waybill: str = "", note: str = ""
) -> int:
    """Takes a parcel in that a buyer sent back, for inspection; gives its id. Shape: order line → units.

    Raises: NotAllowed, NotFound, RuleViolation for more than the buyer has.
    """
    ctx.actor.need("stock.receive")
    order = load_order(ctx, order_id)
    need_warehouse(ctx, warehouse_id)
    held = with_buyer(ctx, order_id)
    check_returnable(order.number, order.fulfilled_by == "us", sum(held.values()))
    codes = {
        row.id: row.sku_code for row in ctx.db.execute(select(order_line).where(order_line.c.order_id == order_id))
    }
    if not units:
        raise RuleViolation("Say what is in the parcel.")
    for line_id, count in units.items():
        if line_id not in codes:
            raise NotFound("Line {id} isn't on this order.", id=line_id)
        check_coming_back(codes[line_id], count, held.get(line_id, 0))
    need_open_period(ctx)
    moves = _from_buyer(ctx, order_id, warehouse_id, units)
    key = ctx.db.execute(
        returned_parcel.insert().values(
            order_id=order_id,
            warehouse_id=warehouse_id,
            waybill=typed(waybill)[:80],
            status=ReturnedStatus.ARRIVED.value,
            is_open=1,
            at=ctx.now,
            note=typed(note)[:500],
            actor=actor_name(ctx),
        )
    ).inserted_primary_key
    assert key is not None
    parcel_id = int(key[0])
    ctx.db.execute(
        returned_line.insert(),
        [
            {
                "parcel_id": parcel_id,
                "order_line_id": move.order_line_id,
                "sku_id": move.sku_id,
                "lot_id": move.lot_id,
                "quantity": move.quantity,
            }
            for move in moves
        ],
    )
    data = {"now": ReturnedStatus.ARRIVED.value, "warehouse": warehouse_id, "units": sum(units.values())}
    post(ctx, record(ctx, ReturnedFact.ARRIVED, f"returned:{parcel_id}", data, order_id=order_id), moves)
    return parcel_id


def _from_buyer(ctx: Context, order_id: int, warehouse_id: int, units: Mapping[int, int]) -> list[Move]:
    """Which lots came back: those that were sent, first sent first."""
    left, moves = dict(units), list[Move]()
    target = Place(warehouse_id, Account.RETURN_INSPECTION)
    for held in units_in(ctx, order_id, Account.CUSTOMER):
        assert held.order_line_id is not None
        count = min(left.get(held.order_line_id, 0), held.quantity)
        if count:
            left[held.order_line_id] -= count
            moves.append(Move(held.sku_id, held.lot_id, held.target, target, count, held.order_line_id))
    return moves


def inspect_return(
    ctx: Context,
    returned_line_id: int,
    restocked: int,
    damaged: int,
    note: str = "",
    bin_id: int | None = None,
) -> None:
    """Judges units of a returned parcel: back on the shelf, into a bin or on the floor, or damaged.

    Raises: NotAllowed, NotFound, RuleViolation for more than wait, goods past their date, or damage without a note.
    """
    ctx.actor.need("stock.receive")
    parcel, line = _load(ctx, returned_line_id)
    waiting = line.quantity - line.restocked_quantity - line.damaged_quantity
    goods = ctx.db.execute(
        select(sku.c.code, lot.c.expires_on)
        .select_from(lot.join(sku, sku.c.id == lot.c.sku_id))
        .where(lot.c.id == line.lot_id)
    ).one()
    check_outcome(goods.code, restocked, damaged, waiting, goods.expires_on, today_of(ctx))
    note = typed(note)[:500]
    if damaged and not note:
        raise RuleViolation("Say what is damaged; whoever refunds the buyer reads it.")
    if bin_id is not None:
        need_bin(ctx, bin_id, parcel.warehouse_id)
    need_open_period(ctx)
    ctx.db.execute(
        update(returned_line)
        .where(returned_line.c.id == line.id)
        .values(
            restocked_quantity=line.restocked_quantity + restocked, damaged_quantity=line.damaged_quantity + damaged
        )
    )
    target = _settle(ctx, parcel)
    data = {
        "was": parcel.status,
        "now": target.value,
        "line": line.id,
        "restocked": restocked,
        "damaged": damaged,
        "note": note,
        "bin": bin_id,
    }
    subject = f"returned:{parcel.id}"
    event_id = record(ctx, ReturnedFact.INSPECTED, subject, data, order_id=parcel.order_id)
    here = Place(parcel.warehouse_id, Account.RETURN_INSPECTION)
    ways = ((Account.AVAILABLE, restocked, bin_id), (Account.DAMAGED, damaged, None))
    moves = [
        Move(line.sku_id, line.lot_id, here, Place(parcel.warehouse_id, account), units, bin_id=where)
        for account, units, where in ways
        if units
    ]
    post(ctx, event_id, moves)


def _load(ctx: Context, returned_line_id: int) -> tuple[Row[Any], Row[Any]]:
    """A returned parcel, locked, and its line. Raises: NotFound."""
    query = select(returned_line).where(returned_line.c.id == returned_line_id)
    line = ctx.db.execute(query).one_or_none()
    if line is None:
        raise NotFound("Returned goods {id} aren't here.", id=returned_line_id)
    parcel = ctx.db.execute(
        select(returned_parcel).where(returned_parcel.c.id == line.parcel_id).with_for_update()
    ).one()
    return parcel, ctx.db.execute(query).one()


def _settle(ctx: Context, parcel: Row[Any]) -> ReturnedStatus:
    """Closes the parcel once nothing of it waits; gives where it stands."""
    line = returned_line.c
    waiting = ctx.db.execute(
        select(line.id).where(
            line.parcel_id == parcel.id, line.quantity > line.restocked_quantity + line.damaged_quantity
        )
    ).first()
    if waiting is not None:
        return ReturnedStatus.ARRIVED
    values = {"status": ReturnedStatus.SETTLED.value, "is_open": 0, "closed_at": ctx.now}
    ctx.db.execute(update(returned_parcel).where(returned_parcel.c.id == parcel.id).values(values))
    return ReturnedStatus.SETTLED
