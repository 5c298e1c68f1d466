"""Picking: goods leave the shelf for their shipments, one by one along a path or as a whole, and may be missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, delete, select, update

from core.context import Context
from core.db.history import actor_name, post, record
from core.db.shipping_tables import pick_batch, shipment, shipment_line
from core.db.warehouse_tables import bin_stock
from core.db.world_tables import warehouse
from core.domain.errors import NotFound, RuleViolation
from core.domain.orders import Fact, Status
from core.domain.shipments import ShipmentFact, ShipmentStatus
from core.domain.stock import LOSS, Account, Move, Place, take_first_in
from core.domain.texts import typed
from core.services.lots import lots_of
from core.services.order_following import settle_order
from core.services.order_rows import load_order
from core.services.shipment_rows import (
    Task,
    advance,
    decide_shipment,
    load_task,
    new_shipment,
    note_on_orders,
    set_shipment,
    shift_task,
)
from core.services.stock import units_in

_l = shipment_line.c
_MAX_REASON = 500


def pick_shipment(ctx: Context, shipment_id: int) -> None:
    """Takes everything that a shipment still needs off the shelf in one go, where its list is reported as a whole.

    Raises: NotFound, NotAllowed, RuleViolation.
    """
    ctx.actor.need("shipping.work")
    task = load_task(ctx, shipment_id)
    decided = decide_shipment(ctx, "pick_all", task)
    events = advance(ctx, task, decided, picked_at=ctx.now)
    shift_task(ctx, task, events, Account.RESERVED, Account.PICKED, "left")
    _note_picked(ctx, task)


def pick_batch_whole(ctx: Context, batch_id: int) -> int:
    """Notes that everything on a walk was found as the list says; gives how many shipments that finished.

    Raises: NotFound, NotAllowed, RuleViolation.
    """
    ctx.actor.need("shipping.work")
    s = shipment.c
    mine = select(s.id).where(s.batch_id == batch_id, s.status == ShipmentStatus.PICKING.value).order_by(s.id)
    ids = list(ctx.db.execute(mine).scalars())
    if not ids:
        raise NotFound("Nothing is left to pick on this walk.")
    for shipment_id in ids:
        decide_shipment(ctx, "pick_all", load_task(ctx, shipment_id))
    for shipment_id in ids:
        pick_shipment(ctx, shipment_id)
    return len(ids)


def _note_picked(ctx: Context, task: Task) -> None:
    ctx.db.execute(
        update(shipment_line).where(_l.shipment_id == task.id).values(picked_quantity=shipment_line.c.quantity)
    )


def take_batch(ctx: Context, shipment_ids: Sequence[int]) -> int:
    """Takes several released shipments of one warehouse in hand, to be picked on one walk; gives the batch's id.

    Raises: NotFound, NotAllowed, RuleViolation where they are of several warehouses, or one is in other hands.
    """
    ctx.actor.need("shipping.work")
    tasks = [load_task(ctx, shipment_id) for shipment_id in sorted(set(shipment_ids))]
    if not tasks:
        raise RuleViolation("A pick batch needs at least one shipment.")
    if len({task.row.warehouse_id for task in tasks}) > 1:
        raise RuleViolation("One walk can only pick in one warehouse.")
    decided = [decide_shipment(ctx, "start_picking", task) for task in tasks]
    key = ctx.db.execute(
        pick_batch.insert().values(warehouse_id=tasks[0].row.warehouse_id, actor=actor_name(ctx), opened_at=ctx.now)
    ).inserted_primary_key
    assert key is not None
    for task, row in zip(tasks, decided, strict=True):
        advance(ctx, task, row, {"batch": int(key[0])}, batch_id=int(key[0]))
    return int(key[0])


@dataclass(frozen=True, slots=True)
class _Pick:
    """One line's pick as it was decided: what leaves the shelf, and what wasn't there."""

    task: Task
    line: Row[Any]
    picked: Sequence[Move]
    lost: Sequence[Move]
    reason: str

    @property
    def units(self) -> int:
        """Units that were taken."""
        return sum(move.quantity for move in self.picked)

    @property
    def missing(self) -> int:
        """Units that weren't there."""
        return sum(move.quantity for move in self.lost)


def pick_line(
    ctx: Context,
    line_id: int,
    quantity: int,
    *,
    lot_id: int | None = None,
    bin_id: int | None = None,
    missing: int = 0,
    reason: str = "",
) -> None:
    """Notes that so many units of a shipment's line were taken off the shelf, and how many weren't there.

    Missing units leave the shelf as a loss that names the pick; the line is served from other lots, else from another
    warehouse by a shipment of its own, else what is missing is back-ordered. `lot_id` and `bin_id` say where it was
    picked; without them it is as reserved, in the order of the walk.
    Raises: NotFound, NotAllowed, RuleViolation for more than is left to pick, or missing units without a reason.
    """
    ctx.actor.need("shipping.work")
    pick = _decide(ctx, line_id, quantity, missing, reason, lot_id, bin_id)
    _need_in_bin(ctx, bin_id, [*pick.picked, *pick.lost])
    _write(ctx, pick)


def pick_stop(
    ctx: Context, wanted: Mapping[int, int], found: int, *, lot_id: int, bin_id: int | None, reason: str = ""
) -> None:
    """Notes what was found at one stop of a walk, for all the lines that wait for it; the most urgent are served first.

    Shape: `wanted` maps lines of shipments, the most urgent first, to their units of the lot.
    Raises: NotFound, NotAllowed, RuleViolation where fewer are found without a reason, or more than are wanted.
    """
    ctx.actor.need("shipping.work")
    if not 0 <= found <= sum(wanted.values()):
        raise RuleViolation("{wanted} units are wanted here, found {found}.", wanted=sum(wanted.values()), found=found)
    picks, left = list[_Pick](), found
    for line_id, quantity in wanted.items():
        units = min(left, quantity)
        left -= units
        picks.append(_decide(ctx, line_id, units, quantity - units, reason, lot_id, bin_id))
    _need_in_bin(ctx, bin_id, [move for pick in picks for move in (*pick.picked, *pick.lost)])
    for pick in picks:
        _write(ctx, pick)


def _decide(
    ctx: Context, line_id: int, quantity: int, missing: int, reason: str, lot_id: int | None, bin_id: int | None
) -> _Pick:
    """A pick, judged. Raises: NotFound, RuleViolation."""
    found = ctx.db.execute(select(_l.shipment_id).where(_l.id == line_id)).scalar_one_or_none()
    if found is None:
        raise NotFound("Line {line_id} isn't in a shipment any more.", line_id=line_id)
    task = load_task(ctx, found)
    decide_shipment(ctx, "pick", task)
    line = next(line for line in task.lines if line.id == line_id)
    reason = _checked(task, line, quantity, missing, reason)
    reserved = _reserved(ctx, task, line, lot_id, bin_id, quantity + missing)
    picked, lost = _divide(reserved, quantity)
    return _Pick(task, line, picked, lost, reason)


def _checked(task: Task, line: Row[Any], quantity: int, missing: int, reason: str) -> str:
    """The reason as it is kept. Raises: RuleViolation for quantities that can't be."""
    left = line.quantity - line.picked_quantity
    if quantity < 0 or missing < 0 or not 1 <= quantity + missing <= left:
        raise RuleViolation(
            "{left} units of this line are left to pick in shipment {number}, found {found}.",
            left=left,
            number=task.row.number,
            found=quantity + missing,
        )
    reason = typed(reason)
    if missing and not 1 <= len(reason) <= _MAX_REASON:
        raise RuleViolation("A short pick needs a reason of 1 to {most} characters.", most=_MAX_REASON)
    return reason


def _reserved(
    ctx: Context, task: Task, line: Row[Any], lot_id: int | None, bin_id: int | None, quantity: int
) -> list[Move]:
    """What of the line's reserved units is meant. Raises: RuleViolation where a lot was named that isn't reserved."""
    here = task.row.warehouse_id
    units = [
        replace(unit, bin_id=bin_id)
        for unit in units_in(ctx, line.order_id, Account.RESERVED)
        if unit.order_line_id == line.order_line_id and unit.target.warehouse_id == here
        if lot_id is None or unit.lot_id == lot_id
    ]
    found, _ = _divide(units, quantity)
    if sum(unit.quantity for unit in found) < quantity:
        raise RuleViolation("Lot {lot_id} isn't what is reserved for this line; look at the list again.", lot_id=lot_id)
    return found


def _divide(moves: Sequence[Move], quantity: int) -> tuple[list[Move], list[Move]]:
    """Moves of so many units, and those of the rest."""
    first, rest = list[Move](), list[Move]()
    for move in moves:
        units = min(quantity, move.quantity)
        quantity -= units
        if units:
            first.append(replace(move, quantity=units))
        if units < move.quantity:
            rest.append(replace(move, quantity=move.quantity - units))
    return first, rest


def _need_in_bin(ctx: Context, bin_id: int | None, moves: Sequence[Move]) -> None:
    """Raises: RuleViolation where the bin that was named doesn't hold that much of each lot."""
    if bin_id is None:
        return
    wanted: dict[tuple[int, int], int] = {}
    for move in moves:
        wanted[move.sku_id, move.lot_id] = wanted.get((move.sku_id, move.lot_id), 0) + move.quantity
    b = bin_stock.c
    for (sku_id, lot_id), units in wanted.items():
        lying = select(b.quantity).where(b.bin_id == bin_id, b.sku_id == sku_id, b.lot_id == lot_id)
        if (ctx.db.execute(lying).scalar_one_or_none() or 0) < units:
            raise RuleViolation(
                "This bin no longer holds {wanted} units of the lot; look at the list again.", wanted=units
            )


def _write(ctx: Context, pick: _Pick) -> None:
    task, line = pick.task, pick.line
    here = Place(task.row.warehouse_id, Account.PICKED)
    left = line.quantity - pick.missing
    _change_line(ctx, line.id, quantity=left, picked_quantity=line.picked_quantity + pick.units)
    data: dict[str, object] = {"line": line.order_line_id, "units": pick.units}
    fact = ShipmentFact.LINE_PICKED
    if pick.missing:
        fact = ShipmentFact.LINE_SHORT
        data |= {"missing": pick.missing, "reason": pick.reason}
    event_id = record(ctx, fact, f"shipment:{task.id}", data, order_id=line.order_id)
    post(ctx, event_id, [replace(move, target=here) for move in pick.picked])
    if pick.missing:
        _write_off(ctx, pick)
        _serve_otherwise(ctx, pick)
    set_shipment(ctx, task.id)
    _finish_if_complete(ctx, task)
    if pick.missing:
        order = load_order(ctx, line.order_id)
        settle_order(ctx, order, task.id, unserved=Status.BACKORDERED)


def _change_line(ctx: Context, line_id: int, **columns: int) -> None:
    ctx.db.execute(update(shipment_line).where(_l.id == line_id).values(**columns))


def _write_off(ctx: Context, pick: _Pick) -> None:
    """Books missing units as a loss, in an adjustment of stock that names the pick."""
    data = {
        "warehouse": pick.task.row.warehouse_id,
        "change": -pick.missing,
        "reason": pick.reason,
        "shipment": pick.task.id,
    }
    event_id = record(ctx, "StockAdjusted", f"sku:{pick.lost[0].sku_id}", data)
    post(ctx, event_id, [replace(move, target=LOSS) for move in pick.lost])


def _serve_otherwise(ctx: Context, pick: _Pick) -> None:
    """Reserves what a short pick lacks elsewhere: here, then in other warehouses; the rest waits for stock."""
    line, sku_id, here = pick.line, pick.lost[0].sku_id, pick.task.row.warehouse_id
    left = pick.missing
    others = select(warehouse.c.id).where(warehouse.c.id.not_in((0, here))).order_by(warehouse.c.id)
    for place in (here, *ctx.db.execute(others).scalars()):
        taken = take_first_in(lots_of(ctx, sku_id, place), left)
        units = sum(quantity for _, quantity in taken)
        if not units:
            continue
        left -= units
        if place == here:
            shipment_id = pick.task.id
            _change_line(ctx, line.id, quantity=line.quantity - pick.missing + units)
        else:
            wanted = {line.order_line_id: (line.order_id, units)}
            due = pick.task.row.ship_by_at
            shipment_id = new_shipment(ctx, place, ShipmentStatus.RELEASED, wanted, ship_by_at=due)
        data = {"units": units, "warehouse": place}
        event_id = record(ctx, Fact.RESERVED, f"shipment:{shipment_id}", data, order_id=line.order_id)
        source, target = Place(place, Account.AVAILABLE), Place(place, Account.RESERVED)
        moves = [Move(sku_id, lot_id, source, target, quantity, line.order_line_id) for lot_id, quantity in taken]
        post(ctx, event_id, moves)


def _finish_if_complete(ctx: Context, task: Task) -> None:
    """A shipment of which everything is picked is picked; one that has nothing left is called off."""
    ctx.db.execute(delete(shipment_line).where(_l.shipment_id == task.id, _l.quantity == 0))
    lines = ctx.db.execute(select(_l.quantity, _l.picked_quantity).where(_l.shipment_id == task.id)).all()
    if not lines:
        set_shipment(ctx, task.id, status=ShipmentStatus.CANCELLED.value)
    elif all(line.picked_quantity == line.quantity for line in lines):
        set_shipment(ctx, task.id, status=ShipmentStatus.PICKED.value, picked_at=ctx.now)
        note_on_orders(ctx, task, ShipmentFact.PICKED)
