"""Orders of a plan that wait for what others of it hold: all give their reservations back, then all are planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.context import Context
from core.db.history import post
from core.domain.errors import NotFound, OrderlyError, RuleViolation
from core.domain.orders import Fact, Status
from core.domain.stock import Account, Move, Place
from core.domain.waves import Parcel
from core.services.order_following import follow_order
from core.services.order_rows import load_order
from core.services.planning import plan_shipments
from core.services.shipment_rows import shipments_of
from core.services.stock import units_in

_GIVES_BACK = (Status.ALLOCATED, Status.PARTLY_ALLOCATED)


class _Stuck(Exception):
    """One order of a group that can't be planned even when all others have given back what they held."""

    def __init__(self, order_id: int) -> None:
        super().__init__(order_id)
        self.order_id = order_id


def swap_reservations(
    ctx: Context, wave_id: int, parcels: Mapping[int, Sequence[Parcel]]
) -> dict[int, tuple[int, ...]]:
    """Plans as many of these orders as can be once all of them have given back what is reserved for them.

    Orders that can't be are left as they were. Shape: `parcels` order → its plan; gives order → its shipments.
    """
    group = list(parcels)
    while len(group) > 1:
        try:
            with ctx.db.begin_nested():
                return _planned(ctx, wave_id, {order_id: parcels[order_id] for order_id in group})
        except _Stuck as stuck:
            group.remove(stuck.order_id)
    return {}


def plan_parcels(
    ctx: Context, wave_id: int, order_id: int, parcels: Sequence[Parcel]
) -> tuple[int, ...] | OrderlyError:
    """Plans one order in a savepoint of its own; gives its shipments, or why it can't be done."""
    parts = [(parcel.warehouse_id, parcel.carrier, parcel.units) for parcel in parcels]
    try:
        with ctx.db.begin_nested():
            return plan_shipments(ctx, order_id, parts, wave_id=wave_id)
    except (RuleViolation, NotFound) as refusal:
        return refusal


def _planned(ctx: Context, wave_id: int, parcels: Mapping[int, Sequence[Parcel]]) -> dict[int, tuple[int, ...]]:
    for order_id in parcels:
        _give_back(ctx, order_id)
    shipments = {}
    for order_id, mine in parcels.items():
        outcome = plan_parcels(ctx, wave_id, order_id, mine)
        if isinstance(outcome, OrderlyError):
            raise _Stuck(order_id) from outcome
        shipments[order_id] = outcome
    return shipments


def _give_back(ctx: Context, order_id: int) -> None:
    """Frees what is reserved for an order of which nothing is in a parcel yet; it waits like a confirmed one."""
    row = load_order(ctx, order_id)
    if row.status not in _GIVES_BACK or shipments_of(ctx, order_id):
        return
    moves = [
        Move(
            one.sku_id,
            one.lot_id,
            one.source,
            Place(one.source.warehouse_id, Account.AVAILABLE),
            one.quantity,
            one.order_line_id,
        )
        for one in units_in(ctx, order_id, Account.RESERVED)
    ]
    event_id = follow_order(ctx, row, Fact.REPLANNED, None, change=-sum(move.quantity for move in moves))
    post(ctx, event_id, moves)
