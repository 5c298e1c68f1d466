"""A shipment's rows as commands work on them: loaded and locked, judged, moved along, and its orders with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, select, text, update

from core.context import Context
from core.db.history import actor_name, need_open_period, post, record
from core.db.shipping_tables import shipment, shipment_line
from core.db.world_tables import event, sales_order, warehouse
from core.domain.errors import Colleague, NotFound, RuleViolation
from core.domain.labels import fact_of
from core.domain.shipments import (
    IN_THE_HOUSE,
    ShipmentFact,
    ShipmentState,
    ShipmentStatus,
    ShipmentTransition,
    allot,
    shipment_number,
    shipment_refusal,
    shipment_transition,
)
from core.domain.stock import Account, Move, Place
from core.services.order_following import follow_order
from core.services.stock import units_in

_s, _l = shipment.c, shipment_line.c


@dataclass(slots=True)
class Task:
    """A shipment with its lines and the orders they are for, locked until the transaction ends."""

    row: Row[Any]
    lines: Sequence[Row[Any]]
    orders: dict[int, Row[Any]]
    verifies: bool

    @property
    def id(self) -> int:
        """The shipment's id."""
        return int(self.row.id)

    def lines_of(self, order_id: int) -> list[Row[Any]]:
        """What of the shipment is for one order."""
        return [line for line in self.lines if line.order_id == order_id]

    def state(self) -> ShipmentState:
        """What the machine's guards look at."""
        held = (order.number for order in self.orders.values() if order.hold_reason is not None)
        return ShipmentState(
            number=self.row.number,
            status=ShipmentStatus(self.row.status),
            held_order=next(held, None),
            verifies=self.verifies,
            warehouse_answer=self.row.warehouse_answer,
            carrier=self.row.carrier,
            waybill=self.row.waybill,
            wanted_quantity=sum(line.quantity for line in self.lines),
            picked_quantity=sum(line.picked_quantity for line in self.lines),
            verified_quantity=sum(line.verified_quantity for line in self.lines),
        )


def load_task(ctx: Context, shipment_id: int) -> Task:
    """A shipment with all it touches: first its orders are locked, then itself, so that two can't wait in a ring.

    Raises: NotFound.
    """
    return _task(ctx, shipment_id, locked=True)


def read_task(ctx: Context, shipment_id: int) -> Task:
    """The same for looking at, without a lock. Raises: NotFound."""
    return _task(ctx, shipment_id, locked=False)


def _task(ctx: Context, shipment_id: int, *, locked: bool) -> Task:
    ids = select(_l.order_id).where(_l.shipment_id == shipment_id)
    its_orders = select(sales_order).where(sales_order.c.id.in_(ids)).order_by(sales_order.c.id)
    itself = select(shipment).where(_s.id == shipment_id)
    orders = ctx.db.execute(its_orders.with_for_update(key_share=True) if locked else its_orders).all()
    row = ctx.db.execute(itself.with_for_update(key_share=True) if locked else itself).one_or_none()
    if row is None:
        raise NotFound("Shipment {shipment_id} isn't here.", shipment_id=shipment_id)
    lines = ctx.db.execute(select(shipment_line).where(_l.shipment_id == shipment_id).order_by(_l.id)).all()
    verifies = ctx.db.execute(select(warehouse.c.verifies).where(warehouse.c.id == row.warehouse_id)).scalar_one()
    return Task(row, lines, {order.id: order for order in orders}, bool(verifies))


def decide_shipment(ctx: Context, command: str, task: Task) -> ShipmentTransition:
    """The machine's answer to a command.

    Raises: RuleViolation that names the guard, the state, who was faster and what they did, or the closed period.
    """
    need_open_period(ctx)
    state = task.state()
    decided = shipment_transition(command)
    violation = shipment_refusal(command, state)
    if violation is None:
        return decided
    if state.status not in decided.sources and (faster := _done_by_another(ctx, task)) is not None:
        raise RuleViolation(
            "Shipment {number} is {status} already: {who} did “{what}”. Nothing was written.",
            number=state.number,
            status=state.status,
            who=Colleague(faster.actor),
            what=fact_of(faster.kind),
        )
    raise violation


def _done_by_another(ctx: Context, task: Task) -> Any:
    """The last thing that happened to the shipment's orders, where another person did it."""
    e = event.c
    last = select(e.actor, e.kind).where(e.order_id.in_(list(task.orders))).order_by(e.id.desc()).limit(1)
    found = ctx.db.execute(last).one_or_none()
    return found if found and found.actor.startswith("person:") and found.actor != actor_name(ctx) else None


def shipments_of(ctx: Context, order_id: int) -> list[Row[Any]]:
    """An order's shipments that weren't called off, oldest first."""
    mine = select(_l.shipment_id).where(_l.order_id == order_id)
    found = select(shipment).where(_s.id.in_(mine), _s.status != ShipmentStatus.CANCELLED.value).order_by(_s.id)
    return list(ctx.db.execute(found))


def parcel_of(ctx: Context, order_id: int) -> int:
    """The one shipment of an order that goes in one parcel.

    Raises: RuleViolation where it has none, or several.
    """
    found = shipments_of(ctx, order_id)
    if len(found) != 1:
        raise RuleViolation("Order {order_id} goes in {count} parcels; say which.", order_id=order_id, count=len(found))
    return int(found[0].id)


def new_shipment(
    ctx: Context, warehouse_id: int, status: ShipmentStatus, lines: Mapping[int, tuple[int, int]], **columns: object
) -> int:
    """Writes a shipment and what is to be in it; gives its id. Shape: order line → (order, units)."""
    key = ctx.db.execute(
        shipment.insert().values(
            number="", warehouse_id=warehouse_id, status=status.value, planned_at=ctx.now, **columns
        )
    ).inserted_primary_key
    assert key is not None
    shipment_id = int(key[0])
    ctx.db.execute(update(shipment).where(_s.id == shipment_id).values(number=shipment_number(shipment_id)))
    ctx.db.execute(
        shipment_line.insert(),
        [
            {"shipment_id": shipment_id, "order_id": order_id, "order_line_id": line_id, "quantity": quantity}
            for line_id, (order_id, quantity) in sorted(lines.items())
        ],
    )
    return shipment_id


def set_shipment(ctx: Context, shipment_id: int, **columns: object) -> None:
    """Changes a shipment's row and counts the change."""
    ctx.db.execute(update(shipment).where(_s.id == shipment_id).values(version=_s.version + 1, **columns))


def advance(
    ctx: Context, task: Task, decided: ShipmentTransition, data: Mapping[str, object] | None = None, **columns: object
) -> dict[int, int]:
    """Writes a decided step of a shipment, and what it means for each order; gives the event of each order."""
    set_shipment(ctx, task.id, status=decided.target.value, **columns)
    return {order.id: follow_order(ctx, order, decided.fact, task.id, data) for order in task.orders.values()}


def loose_units(
    ctx: Context, order_id: int, taken: tuple[ShipmentStatus, ...] = IN_THE_HOUSE
) -> dict[int, dict[int, int]]:
    """An order's reserved units that are in no shipment of these statuses. Shape: warehouse → order line → units."""
    found: dict[int, dict[int, int]] = {}
    for unit in units_in(ctx, order_id, Account.RESERVED):
        here, line_id = found.setdefault(unit.target.warehouse_id, {}), unit.order_line_id or 0
        here[line_id] = here.get(line_id, 0) + unit.quantity
    to_pick = (_l.quantity - _l.picked_quantity).label("units")
    rows = ctx.db.execute(
        select(_s.warehouse_id, _l.order_line_id, to_pick)
        .select_from(shipment_line.join(shipment, _s.id == _l.shipment_id))
        .where(_l.order_id == order_id, _s.status.in_([status.value for status in taken]))
    )
    for row in rows:
        if row.units:
            found[row.warehouse_id][row.order_line_id] -= row.units
    return {
        warehouse_id: left
        for warehouse_id, lines in found.items()
        if (left := {line_id: units for line_id, units in lines.items() if units > 0})
    }


def shift_task(
    ctx: Context, task: Task, events: Mapping[int, int], source: Account, target: Account | Place, units: str
) -> None:
    """Moves a shipment's units from one account to another, order by order under the event of each.

    `units` names the column of the lines that says how many: picked_quantity, or what is still to pick.
    """
    for order_id, event_id in events.items():
        wanted = {line.order_line_id: _units_to_move(line, units) for line in task.lines_of(order_id)}
        moves = move_units(ctx, task, order_id, wanted, source, target)
        post(ctx, event_id, moves)


def _units_to_move(line: Row[Any], units: str) -> int:
    return int(line.picked_quantity if units == "picked" else line.quantity - line.picked_quantity)


def move_units(
    ctx: Context, task: Task, order_id: int, wanted: Mapping[int, int], source: Account, target: Account | Place
) -> list[Move]:
    """The moves that take so many units of an order's lines from an account of the shipment's warehouse to another."""
    here = task.row.warehouse_id
    place = target if isinstance(target, Place) else Place(here, target)
    units = [unit for unit in units_in(ctx, order_id, source) if unit.target.warehouse_id == here]
    return [
        Move(one.sku_id, one.lot_id, one.source, place, one.quantity, one.order_line_id) for one in allot(units, wanted)
    ]


def call_off(ctx: Context, order_id: int) -> None:
    """Takes an order out of its shipments that haven't left; one that is for nobody else is called off.

    The order's units stay where they are: whoever calls frees them or plans them anew.
    """
    for row in shipments_of(ctx, order_id):
        if row.status not in IN_THE_HOUSE:
            continue
        lines = ctx.db.execute(select(shipment_line).where(_l.shipment_id == row.id)).all()
        rest = [line for line in lines if line.order_id != order_id]
        if not rest:
            set_shipment(ctx, row.id, status=ShipmentStatus.CANCELLED.value, manifest_id=None)
            continue
        ctx.db.execute(delete(shipment_line).where(_l.shipment_id == row.id, _l.order_id == order_id))
        done = row.status == ShipmentStatus.PICKING and all(line.picked_quantity == line.quantity for line in rest)
        finished = {"status": ShipmentStatus.PICKED.value, "picked_at": ctx.now} if done else {}
        set_shipment(ctx, row.id, **finished)


def need_untouched(ctx: Context, order: Row[Any], statuses: tuple[ShipmentStatus, ...]) -> None:
    """Refuses where one of the order's shipments is further than these statuses.

    Raises: RuleViolation.
    """
    for row in shipments_of(ctx, order.id):
        if row.status not in statuses:
            raise RuleViolation(
                "Shipment {number} of order {order} is {status} already.",
                number=row.number,
                order=order.number,
                status=ShipmentStatus(row.status),
            )


_SHARED = text(
    "SELECT 1 FROM shipment_line a JOIN shipment s ON s.id = a.shipment_id JOIN shipment_line b ON b.shipment_id = s.id"
    " WHERE a.order_id = :order_id AND b.order_id <> :order_id AND s.status <> 'cancelled' LIMIT 1"
)


def shares_a_parcel(ctx: Context, order_id: int) -> bool:
    """Whether an order goes in one parcel with another one."""
    return ctx.db.execute(_SHARED, {"order_id": order_id}).one_or_none() is not None


def note_on_orders(ctx: Context, task: Task, fact: ShipmentFact, data: Mapping[str, object] | None = None) -> int:
    """Writes a fact of a shipment that moves none of its orders into the history of each; gives the last event."""
    event_id = 0
    for order_id in task.orders:
        event_id = record(ctx, fact, f"shipment:{task.id}", data, order_id=order_id)
    return event_id
