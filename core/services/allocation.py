"""Allocation: reserves stock for confirmed orders, first in first out, all lines or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from core.context import Context
from core.db.history import post
from core.db.statements import Statement
from core.domain.errors import RuleViolation
from core.domain.orders import WORKABLE, Fact, OrderState, Status, decide, refusal, transition
from core.domain.stock import SET_ASIDE, Account, LotStock, Move, Place, take_first_in
from core.services.lots import shelf_of
from core.services.order_following import follow_order, standing_of
from core.services.order_rows import load_order, move_order, state_of
from core.services.stock import units_in

Missing = tuple[int, int | None, int]  # an order line, its SKU, units that it lacks
Shelf = dict[tuple[int, int], list[LotStock]]  # lots in the order of issue, by SKU and warehouse

_LINES = Statement("SELECT id, sku_id, quantity FROM order_line WHERE order_id = :order_id ORDER BY position")


def allocate_order(ctx: Context, order_id: int) -> Status:
    """Reserves what a confirmed or back-ordered order needs at its warehouse; gives its status afterwards.

    Raises: NotFound, NotAllowed, RuleViolation.
    """
    ctx.actor.need("stock.allocate")
    return allocate_confirmed(ctx, order_id)


def allocate_confirmed(ctx: Context, order_id: int) -> Status:
    """The reservation that follows a confirmation: all that is missing or nothing, so that nothing lies idle."""
    row = load_order(ctx, order_id)
    state = state_of(ctx, row)
    if state.reserved_quantity == state.wanted_quantity > 0:
        decided = decide("allocate", state)
        if row.status not in (Status.CONFIRMED, Status.BACKORDERED):
            raise RuleViolation("Order {number} lacks nothing: all its units are set aside.", number=row.number)
        move_order(ctx, row, decided)  # it was stopped after its units were reserved
        return Status.ALLOCATED
    missing = _missing(ctx, order_id, state.reserved_quantity)
    return reserve(ctx, row, state, plan_of(row.warehouse_id, missing, _shelf(ctx, row.warehouse_id, missing)))


def reserve(ctx: Context, row: Row[Any], state: OrderState, moves: list[Move] | None) -> Status:
    """Writes the reservation that was planned for an order, or that it has to wait where nothing could be."""
    if moves is None:
        if row.status not in WORKABLE:
            decide("allocate", state)
        if row.status != Status.CONFIRMED:
            return Status(row.status)
        move_order(ctx, row, decide("backorder", state))
        return Status.BACKORDERED
    # The units are reserved under the event of this very transition, so the guard is asked as if they were already.
    if violation := refusal("allocate", replace(state, reserved_quantity=state.wanted_quantity)):
        raise violation
    if state.reserved_quantity == 0:
        event_id, status = move_order(ctx, row, transition("allocate")), Status.ALLOCATED
    else:  # a part of the order is further already
        units = sum(move.quantity for move in moves)
        event_id = follow_order(ctx, row, Fact.RESERVED, None, {"units": units}, change=units)
        status = standing_of(ctx, row.id, units).status(row.status)
    post(ctx, event_id, moves)
    return status


def _missing(ctx: Context, order_id: int, reserved: int) -> list[Missing]:
    """What an order's lines still lack."""
    lines = _LINES.rows(ctx.db, {"order_id": order_id})
    has: dict[int | None, int] = {}
    for account in SET_ASIDE if reserved else ():
        for move in units_in(ctx, order_id, account):
            has[move.order_line_id] = has.get(move.order_line_id, 0) + move.quantity
    left = ((line_id, sku_id, quantity - has.get(line_id, 0)) for line_id, sku_id, quantity in lines)
    return [(line_id, sku_id, units) for line_id, sku_id, units in left if units > 0]


def _shelf(ctx: Context, warehouse_id: int, lines: Sequence[Missing]) -> Shelf:
    """The lots that lines may be served from."""
    return shelf_of(ctx, [(sku_id, warehouse_id) for _, sku_id, _ in lines if sku_id is not None])


def plan_of(warehouse_id: int, lines: Sequence[Missing], shelf: Shelf) -> list[Move] | None:
    """Moves that reserve every line, and take its units off the shelf as it was read; None where one can't be served.

    Nothing is taken off the shelf then.
    """
    left = {sku_id: shelf.get((sku_id, warehouse_id), []) for _, sku_id, _ in lines if sku_id is not None}
    moves: list[Move] = []
    for line_id, sku_id, quantity in lines:
        if sku_id is None:
            return None
        taken = take_first_in(left[sku_id], quantity)
        if sum(units for _, units in taken) < quantity:
            return None
        by_lot = dict(taken)
        left[sku_id] = [LotStock(s.lot_id, s.available - by_lot.get(s.lot_id, 0)) for s in left[sku_id]]
        source, target = Place(warehouse_id, Account.AVAILABLE), Place(warehouse_id, Account.RESERVED)
        moves += [Move(sku_id, lot_id, source, target, units, line_id) for lot_id, units in taken]
    shelf.update({(sku_id, warehouse_id): lots for sku_id, lots in left.items()})
    return moves or None
