"""The way out of the house: tasks for warehouses and carriers, hand-over, and the carrier's word on delivery."""

from __future__ import annotations

from core.context import Context
from core.db.history import post
from core.domain.errors import RuleViolation
from core.domain.orders import decide
from core.domain.shipments import IN_THE_HOUSE, ShipmentFact, ShipmentStatus
from core.domain.stock import CUSTOMER, Account
from core.domain.texts import typed
from core.services.order_following import follow_order
from core.services.order_rows import load_order, move_order, state_of
from core.services.shipment_rows import (
    Task,
    advance,
    decide_shipment,
    load_task,
    loose_units,
    move_units,
    new_shipment,
    set_shipment,
    shift_task,
    shipments_of,
)

_MAX_REASON = 500


def release_order(ctx: Context, order_id: int) -> tuple[int, ...]:
    """Gives what is reserved for an order to its warehouses to work on; gives the ids of the shipments.

    Planned shipments are released with whatever orders they serve; units in no shipment get one per warehouse.
    Raises: NotFound, NotAllowed, RuleViolation also where a warehouse hasn't answered yet, or nothing is left.
    """
    ctx.actor.need("shipping.work")
    row = load_order(ctx, order_id)
    decide("release", state_of(ctx, row))
    planned = [one for one in shipments_of(ctx, order_id) if one.status == ShipmentStatus.PLANNED]
    tasks = [load_task(ctx, one.id) for one in planned]
    for task in tasks:
        decide_shipment(ctx, "release", task)
    loose = loose_units(ctx, order_id)
    if not tasks and not loose:
        raise RuleViolation("Nothing more is reserved for order {number}.", number=row.number)
    made = []
    for warehouse_id, lines in sorted(loose.items()):
        wanted = {line_id: (order_id, quantity) for line_id, quantity in lines.items()}
        made.append(new_shipment(ctx, warehouse_id, ShipmentStatus.RELEASED, wanted, ship_by_at=row.ship_by_at))
    followed = {order_id}
    for task in tasks:
        set_shipment(ctx, task.id, status=ShipmentStatus.RELEASED.value)
    ids = (*(task.id for task in tasks), *made)
    follow_order(ctx, row, ShipmentFact.RELEASED, ids[0], {"shipments": list(ids)})
    for task in tasks:
        for other in task.orders.values():
            if other.id not in followed:
                followed.add(other.id)
                follow_order(ctx, other, ShipmentFact.RELEASED, task.id)
    return ids


# ---- what warehouses and carriers answer ------------------------------------------------------------------------


def accept_task(ctx: Context, shipment_id: int) -> None:
    """A warehouse takes the task that a plan offered it, and can begin.

    Raises: NotFound, NotAllowed, RuleViolation where it wasn't asked, or an order is on hold.
    """
    ctx.actor.need("shipping.work")
    task = load_task(ctx, shipment_id)
    advance(ctx, task, decide_shipment(ctx, "accept_task", task), warehouse_answer="accepted")


def refuse_task(ctx: Context, shipment_id: int, reason: str) -> None:
    """A warehouse refuses a task: its units are free again and the order goes back to planning.

    Raises: NotFound, NotAllowed, RuleViolation without a reason, or where it wasn't asked.
    """
    ctx.actor.need("shipping.work")
    task = load_task(ctx, shipment_id)
    decide_shipment(ctx, "refuse_task", task)
    _give_back(ctx, task, ShipmentFact.TASK_REFUSED, _reason(reason), warehouse_answer="refused")


def accept_as_carrier(ctx: Context, shipment_id: int) -> None:
    """Notes that the carrier a plan asked will take a parcel.

    Raises: NotFound, NotAllowed, RuleViolation where it wasn't asked.
    """
    ctx.actor.need("stock.allocate")
    task = load_task(ctx, shipment_id)
    _need_carrier_asked(task)
    set_shipment(ctx, task.id, carrier_answer="accepted")
    for order in task.orders.values():
        follow_order(ctx, order, ShipmentFact.CARRIER_ACCEPTED, task.id, {"carrier": task.row.carrier})


def refuse_as_carrier(ctx: Context, shipment_id: int, reason: str) -> None:
    """Notes that a carrier won't take a parcel that isn't picked yet: the order goes back to planning.

    Raises: NotFound, NotAllowed, RuleViolation without a reason, or where it wasn't asked.
    """
    ctx.actor.need("stock.allocate")
    task = load_task(ctx, shipment_id)
    decide_shipment(ctx, "refuse_as_carrier", task)
    _need_carrier_asked(task)
    _give_back(ctx, task, ShipmentFact.CARRIER_REFUSED, _reason(reason), carrier_answer="refused")


def _need_carrier_asked(task: Task) -> None:
    status = ShipmentStatus(task.row.status)
    if status not in IN_THE_HOUSE:  # called off meanwhile: an answer to it must not bring its orders back
        raise RuleViolation(
            "Shipment {number} is {status}; this needs one of: {wanted}.",
            number=task.row.number,
            status=status,
            wanted=IN_THE_HOUSE,
        )
    if task.row.carrier_answer != "offered":
        raise RuleViolation("Shipment {number} wasn't offered to a carrier.", number=task.row.number)


def _reason(text: str) -> str:
    reason = typed(text)
    if not reason or len(reason) > _MAX_REASON:
        raise RuleViolation("A refusal needs a reason of 1 to {most} characters.", most=_MAX_REASON)
    return reason


def _give_back(ctx: Context, task: Task, fact: ShipmentFact, reason: str, **answer: str) -> None:
    """Calls a shipment off that nobody has picked from, and frees its units."""
    set_shipment(ctx, task.id, status=ShipmentStatus.CANCELLED.value, refusal=reason, **answer)
    for order in task.orders.values():
        wanted = {line.order_line_id: line.quantity for line in task.lines_of(order.id)}
        freed = move_units(ctx, task, order.id, wanted, Account.RESERVED, Account.AVAILABLE)
        change = -sum(move.quantity for move in freed)
        event_id = follow_order(ctx, order, fact, task.id, {"reason": reason}, change=change)
        post(ctx, event_id, freed)


# ---- hand-over and delivery -------------------------------------------------------------------------------------


def hand_over(ctx: Context, shipment_id: int) -> None:
    """Gives one packed parcel to its carrier's driver; the last of an order's goods earn its money.

    Raises: NotFound, NotAllowed, RuleViolation; a parcel on a manifest leaves with the manifest.
    """
    ctx.actor.need("shipping.work")
    hand_over_task(ctx, load_task(ctx, shipment_id), "hand_over")


def hand_over_task(ctx: Context, task: Task, command: str) -> None:
    """The hand-over of one parcel, by itself or with its manifest."""
    decided = decide_shipment(ctx, command, task)
    events = advance(ctx, task, decided, {"carrier": task.row.carrier}, handed_over_at=ctx.now)
    shift_task(ctx, task, events, Account.PICKED, Account.IN_TRANSIT, "picked")


def deliver_shipment(ctx: Context, shipment_id: int) -> None:
    """Books the carrier's word that a parcel reached its buyer.

    Raises: NotFound, NotAllowed, RuleViolation.
    """
    ctx.actor.need("shipping.work")
    task = load_task(ctx, shipment_id)
    events = advance(ctx, task, decide_shipment(ctx, "deliver", task), delivered_at=ctx.now)
    shift_task(ctx, task, events, Account.IN_TRANSIT, CUSTOMER, "picked")


def complete_order(ctx: Context, order_id: int) -> None:
    """Closes a delivered order for good.

    Raises: NotFound, NotAllowed, RuleViolation.
    """
    ctx.actor.need("engine.run")
    row = load_order(ctx, order_id)
    move_order(ctx, row, decide("complete", state_of(ctx, row)))
