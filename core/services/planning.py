"""Planning: which warehouse and carrier an order leaves with, its reservation moved along, parcels split and merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, select, update

from core.context import Context
from core.db.history import hold_stock, need_open_period, post
from core.db.shipping_tables import carrier, shipment_line
from core.db.world_tables import order_line, warehouse
from core.domain.errors import NotFound, RuleViolation
from core.domain.orders import Status, decide
from core.domain.shipments import NOT_PICKED_YET, ShipmentFact, ShipmentStatus, allot
from core.domain.stock import Account, LotStock, Move, Place, take_first_in
from core.services.lots import shelf_of
from core.services.order_following import follow_order
from core.services.order_rows import load_order, state_of
from core.services.shipment_rows import (
    load_task,
    loose_units,
    need_untouched,
    new_shipment,
    note_on_orders,
    set_shipment,
    shipments_of,
)
from core.services.stock import units_in

Part = tuple[int, str | None, Mapping[int, int]]  # warehouse, carrier, order line → units
_l = shipment_line.c
_WORKED_ON = tuple(set(ShipmentStatus) - {ShipmentStatus.PLANNED, ShipmentStatus.CANCELLED})


def plan_shipments(
    ctx: Context, order_id: int, parts: Sequence[Part], *, wave_id: int | None = None
) -> tuple[int, ...]:
    """Decides from which warehouses and with which carriers an order leaves, and offers them the tasks.

    What was planned before and isn't taken yet is called off. The reservation moves to the warehouses of the plan;
    lines that the plan leaves out stay without. Gives the shipments' ids.
    Raises: NotFound, NotAllowed, RuleViolation where the plan doesn't fit the order or a warehouse lacks stock.
    """
    ctx.actor.need("stock.allocate")
    row = load_order(ctx, order_id)
    decide("plan", state_of(ctx, row))
    need_open_period(ctx)
    lines = _lines_of(ctx, order_id)
    hold_stock(ctx, (line.sku_id for line in lines.values() if line.sku_id is not None))
    wanted = _wanted(ctx, row, lines, parts)
    reserved = {
        (line_id, place): units
        for place, by_line in loose_units(ctx, order_id, _WORKED_ON).items()
        for line_id, units in by_line.items()
    }
    frees = _frees(ctx, order_id, reserved, wanted)
    takes = _takes(ctx, lines, reserved, wanted)
    _withdraw_planned(ctx, order_id)
    ids = []
    for warehouse_id, code, units in parts:
        held = {line_id: (order_id, quantity) for line_id, quantity in units.items()}
        answers = {"warehouse_answer": "offered", "carrier_answer": "offered" if code else ""}
        common = {"carrier": code, "wave_id": wave_id, "ship_by_at": row.ship_by_at}
        ids.append(new_shipment(ctx, warehouse_id, ShipmentStatus.PLANNED, held, **common, **answers))
    change = sum(move.quantity for move in takes) - sum(move.quantity for move in frees)
    event_id = follow_order(ctx, row, ShipmentFact.PLANNED, ids[0], {"shipments": ids}, change=change)
    post(ctx, event_id, frees)
    post(ctx, event_id, takes)
    return tuple(ids)


def _lines_of(ctx: Context, order_id: int) -> dict[int, Row[Any]]:
    found = ctx.db.execute(select(order_line).where(order_line.c.order_id == order_id).order_by(order_line.c.position))
    return {line.id: line for line in found}


def _wanted(
    ctx: Context, row: Row[Any], lines: Mapping[int, Row[Any]], parts: Sequence[Part]
) -> Counter[tuple[int, int]]:
    """What a plan wants of each line from each warehouse. Raises: RuleViolation where it can't be meant so."""
    places = set(ctx.db.execute(select(warehouse.c.id).where(warehouse.c.id != 0)).scalars())
    carriers = set(ctx.db.execute(select(carrier.c.code).where(carrier.c.is_active == 1)).scalars())
    wanted: Counter[tuple[int, int]] = Counter()
    planned: Counter[int] = Counter()
    if not parts or not all(units for _, _, units in parts):
        raise RuleViolation("A plan needs a warehouse with at least one unit.")
    for warehouse_id, code, units in parts:
        if warehouse_id not in places:
            raise NotFound("Warehouse {warehouse_id} isn't here.", warehouse_id=warehouse_id)
        if code is not None and code not in carriers:
            raise RuleViolation("Carrier {carrier} isn't known, or doesn't work for us now.", carrier=code)
        for line_id, quantity in units.items():
            if line_id not in lines or quantity < 1:
                raise RuleViolation("A plan needs lines of order {number} and units of 1 or more.", number=row.number)
            wanted[line_id, warehouse_id] += quantity
            planned[line_id] += quantity
    worked_on: Counter[int] = Counter()
    for one in shipments_of(ctx, row.id):
        if one.status != ShipmentStatus.PLANNED:
            for line in load_task(ctx, one.id).lines_of(row.id):
                worked_on[line.order_line_id] += line.quantity
    for line_id, quantity in planned.items():
        if quantity + worked_on[line_id] > lines[line_id].quantity:
            raise RuleViolation(
                "The plan has {planned} units of {sku}; {left} are still to be planned.",
                planned=quantity,
                sku=lines[line_id].sku_code,
                left=lines[line_id].quantity - worked_on[line_id],
            )
    return wanted


def _frees(
    ctx: Context, order_id: int, reserved: Mapping[tuple[int, int], int], wanted: Counter[tuple[int, int]]
) -> list[Move]:
    """The moves that free what is reserved where the plan doesn't want it."""
    moves = []
    units = units_in(ctx, order_id, Account.RESERVED)
    for place in sorted({place for _, place in reserved}):
        too_many = {
            line_id: quantity - wanted[line_id, place]
            for (line_id, there), quantity in reserved.items()
            if there == place and quantity > wanted[line_id, place]
        }
        here = [unit for unit in units if unit.target.warehouse_id == place]
        shelf = Place(place, Account.AVAILABLE)
        moves += [
            Move(one.sku_id, one.lot_id, one.source, shelf, one.quantity, one.order_line_id)
            for one in allot(here, too_many)
        ]
    return moves


def _takes(
    ctx: Context,
    lines: Mapping[int, Row[Any]],
    reserved: Mapping[tuple[int, int], int],
    wanted: Counter[tuple[int, int]],
) -> list[Move]:
    """The moves that reserve what the plan wants more. Raises: RuleViolation where a warehouse has too little."""
    missing = {
        key: quantity - reserved.get(key, 0) for key, quantity in wanted.items() if quantity > reserved.get(key, 0)
    }
    left = shelf_of(ctx, [(lines[line_id].sku_id or 0, place) for line_id, place in missing])
    moves = []
    for (line_id, place), quantity in sorted(missing.items()):
        pair = (lines[line_id].sku_id or 0, place)
        taken = dict(take_first_in(left[pair], quantity))
        if (found := sum(taken.values())) < quantity:
            raise RuleViolation(
                "{warehouse} has {found} of {wanted} units of {sku} that the plan wants there.",
                warehouse=ctx.db.execute(select(warehouse.c.code).where(warehouse.c.id == place)).scalar_one(),
                found=found,
                wanted=quantity,
                sku=lines[line_id].sku_code,
            )
        left[pair] = [LotStock(one.lot_id, one.available - taken.get(one.lot_id, 0)) for one in left[pair]]
        source, target = Place(place, Account.AVAILABLE), Place(place, Account.RESERVED)
        moves += [Move(pair[0], lot_id, source, target, units, line_id) for lot_id, units in taken.items()]
    return moves


def _withdraw_planned(ctx: Context, order_id: int) -> None:
    """Calls off what was planned for an order and nobody took yet."""
    for one in shipments_of(ctx, order_id):
        if one.status == ShipmentStatus.PLANNED:
            set_shipment(ctx, one.id, status=ShipmentStatus.CANCELLED.value)


# ---- one parcel or several --------------------------------------------------------------------------------------


def split_shipment(ctx: Context, shipment_id: int, units: Mapping[int, int]) -> int:
    """Takes units out of a shipment that isn't being picked into one of their own; gives its id.

    Shape: `units` maps lines of the shipment to how many of them leave it. Warehouse, carrier and state stay the same.
    Raises: NotFound, NotAllowed, RuleViolation where it is picked already, or nothing would be left on one side.
    """
    ctx.actor.need("shipping.arrange")
    task = load_task(ctx, shipment_id)
    _need_not_picked(task.row)
    lines = {line.id: line for line in task.lines}
    for line_id, quantity in units.items():
        if line_id not in lines or not 0 <= quantity <= lines[line_id].quantity:
            raise RuleViolation("A split can only take what is in shipment {number}.", number=task.row.number)
    out = {lines[line_id]: quantity for line_id, quantity in units.items() if quantity}
    if not out or sum(out.values()) == sum(line.quantity for line in task.lines):
        raise RuleViolation("A split has to leave something in both parcels.")
    for line, quantity in out.items():
        rest = line.quantity - quantity
        change = (
            update(shipment_line).where(_l.id == line.id).values(quantity=rest)
            if rest
            else delete(shipment_line).where(_l.id == line.id)
        )
        ctx.db.execute(change)
    kept = ("carrier", "wave_id", "ship_by_at", "warehouse_answer", "carrier_answer")
    new_id = new_shipment(
        ctx,
        task.row.warehouse_id,
        ShipmentStatus(task.row.status),
        {line.order_line_id: (line.order_id, quantity) for line, quantity in out.items()},
        **{name: task.row._mapping[name] for name in kept},
    )
    set_shipment(ctx, task.id)
    note_on_orders(ctx, task, ShipmentFact.SPLIT, {"into": new_id, "units": sum(out.values())})
    return new_id


def _need_not_picked(row: Row[Any]) -> None:
    if row.status not in NOT_PICKED_YET:
        raise RuleViolation(
            "Shipment {number} is {status}; only what isn't being picked yet can be arranged anew.",
            number=row.number,
            status=ShipmentStatus(row.status),
        )


_SAME = ("buyer_phone", "buyer_name", "country", "region", "city", "district", "street", "postcode")
_MERGEABLE = (Status.ALLOCATED, Status.RELEASED)


def merge_orders(ctx: Context, order_ids: Sequence[int]) -> int:
    """Puts the orders of one buyer and address, fully reserved in one warehouse, into one parcel; gives its id.

    The orders stay what they are in the books. Where the warehouse has one of them already it gets the others, too.
    Raises: NotFound, NotAllowed, RuleViolation for other buyers, other warehouses, or what is picked already.
    """
    ctx.actor.need("shipping.arrange")
    rows = [load_order(ctx, order_id) for order_id in sorted(set(order_ids))]
    _need_mergeable(ctx, rows)
    old = sorted({one.id for row in rows for one in shipments_of(ctx, row.id)})
    tasks = [load_task(ctx, shipment_id) for shipment_id in old]
    if {order_id for task in tasks for order_id in task.orders} - {row.id for row in rows}:
        raise RuleViolation("One of these orders already goes in a parcel with another order; merge them all at once.")
    units, places = dict[int, tuple[int, int]](), set[int]()
    for row in rows:
        for unit in units_in(ctx, row.id, Account.RESERVED):
            line_id = unit.order_line_id or 0
            units[line_id] = (row.id, units.get(line_id, (row.id, 0))[1] + unit.quantity)
            places.add(unit.target.warehouse_id)
    if len(places) != 1:
        raise RuleViolation("The goods of these orders lie in different warehouses.")
    for task in tasks:
        set_shipment(ctx, task.id, status=ShipmentStatus.CANCELLED.value)
    released = any(task.row.status == ShipmentStatus.RELEASED for task in tasks)
    carriers = {task.row.carrier for task in tasks if task.row.carrier}
    new_id = new_shipment(
        ctx,
        places.pop(),
        ShipmentStatus.RELEASED if released else ShipmentStatus.PLANNED,
        units,
        carrier=carriers.pop() if len(carriers) == 1 else None,
        ship_by_at=min((row.ship_by_at for row in rows if row.ship_by_at is not None), default=None),
    )
    numbers = [row.number for row in rows]
    for row in rows:
        follow_order(ctx, row, ShipmentFact.MERGED, new_id, {"orders": numbers})
    return new_id


def _need_mergeable(ctx: Context, rows: Sequence[Row[Any]]) -> None:
    """Raises: RuleViolation where orders can't go in one parcel."""
    if len(rows) < 2:
        raise RuleViolation("Merging needs at least two orders.")
    for row in rows:
        if row.status not in _MERGEABLE or row.hold_reason is not None:
            raise RuleViolation(
                "Order {number} is {status}, or on hold; only reserved orders that aren't picked yet can be merged.",
                number=row.number,
                status=Status(row.status),
            )
        if any(row._mapping[name] != rows[0]._mapping[name] for name in _SAME):
            raise RuleViolation(
                "Orders {first} and {second} go to different people or addresses.",
                first=rows[0].number,
                second=row.number,
            )
        need_untouched(ctx, row, NOT_PICKED_YET)
