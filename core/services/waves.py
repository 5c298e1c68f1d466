"""Waves: opened for orders that wait, pinned, planned, and accepted as tasks for warehouses and carriers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from core.context import Context
from core.db.history import actor_name, record
from core.db.wave_tables import wave, wave_order, wave_parcel, wave_parcel_line
from core.db.world_tables import sales_order
from core.domain.errors import NotFound, OrderlyError, RuleViolation
from core.domain.wave_reasons import why_waiting
from core.domain.wave_settings import WaveSettings, WaveStatus, check_settings
from core.domain.waves import MOST_ORDERS, Parcel, WaveProblem, shipping_cents
from core.services.order_rows import lock_orders
from core.services.stock import need_warehouse
from core.services.wave_problem import wave_problem
from core.services.wave_reads import waiting_among
from core.services.wave_shortage import Shortage
from core.services.wave_solver import Solved
from core.services.wave_swaps import plan_parcels, swap_reservations

_OPEN = (WaveStatus.OPEN, WaveStatus.PLANNED)
_w, _o, _p, _pl = wave.c, wave_order.c, wave_parcel.c, wave_parcel_line.c


@dataclass(frozen=True, slots=True)
class WaveCase:
    """What a wave is solved from, as it stood when it was read. Shape: `versions` order → version."""

    wave_id: int
    version: int
    problem: WaveProblem
    versions: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a plan: parcels offered to warehouses and carriers, and orders that it can't serve any more."""

    parcels_count: int
    refused_numbers: tuple[str, ...]


# ---- what a planner does --------------------------------------------------------------------------------------


def open_wave(ctx: Context, order_ids: Sequence[int], settings: WaveSettings) -> int:
    """Takes orders that wait into a new wave; gives its id.

    Raises: NotAllowed, RuleViolation for none, too many, or orders that don't wait (any more), by their numbers.
    """
    ctx.actor.need("stock.allocate")
    check_settings(settings)
    wanted = list(dict.fromkeys(order_ids))
    if not 1 <= len(wanted) <= MOST_ORDERS:
        raise RuleViolation("A wave takes 1 to {most} orders, found {found}.", most=MOST_ORDERS, found=len(wanted))
    waiting = waiting_among(ctx, wanted)
    if gone := set(wanted) - {order.id for order in waiting}:
        raise RuleViolation("These orders don't wait to be planned: {numbers}.", numbers=_numbers(ctx, gone))
    key = ctx.db.execute(
        insert(wave).values(
            status=WaveStatus.OPEN.value,
            actor=actor_name(ctx),
            opened_at=ctx.now,
            settings=json.dumps(asdict(settings)),
        )
    ).inserted_primary_key
    assert key is not None
    rows = [{"wave_id": key[0], "order_id": order.id, "position": at} for at, order in enumerate(waiting)]
    ctx.db.execute(insert(wave_order), rows)
    return int(key[0])


def change_wave(ctx: Context, wave_id: int, settings: WaveSettings) -> None:
    """Changes what a wave is planned with; a plan that it has doesn't stand any more.

    Raises: NotFound, NotAllowed, RuleViolation.
    """
    ctx.actor.need("stock.allocate")
    check_settings(settings)
    _need_open(load_wave(ctx, wave_id))
    _change(ctx, wave_id, status=WaveStatus.OPEN.value, settings=json.dumps(asdict(settings)))


def pin_order(ctx: Context, wave_id: int, order_id: int, warehouse_id: int | None) -> None:
    """Says from which warehouse an order of a wave has to leave, or that it may leave from any.

    Raises: NotFound, NotAllowed, RuleViolation.
    """
    ctx.actor.need("stock.allocate")
    row = load_wave(ctx, wave_id)
    if warehouse_id is not None:
        need_warehouse(ctx, warehouse_id)
    mine = (_o.wave_id == wave_id) & (_o.order_id == order_id)
    if ctx.db.execute(select(_o.order_id).where(mine)).first() is None:
        raise NotFound("Order {order_id} isn't in wave {wave_id}.", order_id=order_id, wave_id=wave_id)
    _need_open(row)
    ctx.db.execute(update(wave_order).where(mine).values(pinned_warehouse_id=warehouse_id))
    _change(ctx, wave_id, status=WaveStatus.OPEN.value)


def discard_wave(ctx: Context, wave_id: int) -> None:
    """Puts a wave away that wasn't accepted; its orders wait as before.

    Raises: NotFound, NotAllowed, RuleViolation.
    """
    ctx.actor.need("stock.allocate")
    _need_open(load_wave(ctx, wave_id))
    _change(ctx, wave_id, status=WaveStatus.DISCARDED.value)


def still_waiting(ctx: Context, order_ids: Sequence[int]) -> list[int]:
    """Those of some orders that wait to be planned now. Raises: NotAllowed."""
    return [order.id for order in waiting_among(ctx, order_ids)]


# ---- from reading to a plan -----------------------------------------------------------------------------------


def wave_case(ctx: Context, wave_id: int) -> WaveCase:
    """What a wave is to be solved from now. Orders that don't wait any more are left out.

    Raises: NotFound, NotAllowed, RuleViolation where it is accepted or discarded, or none of its orders waits.
    """
    ctx.actor.need("stock.allocate")
    row = find_wave(ctx, wave_id)
    _need_open(row)
    members = ctx.db.execute(select(_o.order_id, _o.pinned_warehouse_id).where(_o.wave_id == wave_id)).all()
    orders = waiting_among(ctx, [member.order_id for member in members])
    if not orders:
        raise RuleViolation("None of the orders of this wave waits to be planned any more.")
    pins = {one.order_id: one.pinned_warehouse_id for one in members if one.pinned_warehouse_id is not None}
    problem = wave_problem(ctx, orders, read_settings(row.settings), pins)
    return WaveCase(wave_id, row.version, problem, {order.id: order.version for order in orders})


def keep_plan(ctx: Context, case: WaveCase, solved: Solved, lacking: Sequence[Shortage] = ()) -> None:
    """Writes down what a wave was solved to, in place of the plan before.

    Raises: NotFound, NotAllowed, RuleViolation where the wave was changed in the meantime.
    """
    ctx.actor.need("stock.allocate")
    row = load_wave(ctx, case.wave_id)
    _need_open(row)
    if row.version != case.version:
        raise RuleViolation("The wave was changed while it was being planned. Plan it again.")
    _forget_plan(ctx, case.wave_id)
    waits = why_waiting(case.problem, solved.plan)
    for order in case.problem.orders:
        mine = (_o.wave_id == case.wave_id) & (_o.order_id == order.id)
        limits = ",".join(waits.get(order.id, ()))
        ctx.db.execute(update(wave_order).where(mine).values(order_version=case.versions[order.id], waits_for=limits))
    for parcel in solved.plan:
        _write_parcel(ctx, case, parcel)
    figures = {
        "ended": solved.ended.value,
        "from_greedy": solved.from_greedy,
        "bound_cents": solved.bound_cents,
        "gap": solved.gap,
        "seconds": round(solved.seconds, 2),
        "greedy": None if solved.greedy is None else asdict(solved.greedy),
        "plan": None if solved.outcome is None else asdict(solved.outcome),
        "lacking": [asdict(one) for one in lacking],
    }
    status = WaveStatus.OPEN if solved.outcome is None else WaveStatus.PLANNED
    _change(ctx, case.wave_id, status=status.value, planned_at=ctx.now, figures=json.dumps(figures))


def _forget_plan(ctx: Context, wave_id: int) -> None:
    of_wave = select(_p.id).where(_p.wave_id == wave_id)
    ctx.db.execute(delete(wave_parcel_line).where(_pl.parcel_id.in_(of_wave)))
    ctx.db.execute(delete(wave_parcel).where(_p.wave_id == wave_id))
    emptied = {"order_version": None, "waits_for": "", "refusal": ""}
    ctx.db.execute(update(wave_order).where(_o.wave_id == wave_id).values(emptied))


def _write_parcel(ctx: Context, case: WaveCase, parcel: Parcel) -> None:
    problem = case.problem
    order = next(order for order in problem.orders if order.id == parcel.order_id)
    weight = sum(line.unit_weight_g * parcel.units.get(line.id, 0) for line in order.lines)
    rate = problem.rates[parcel.carrier, parcel.warehouse_id, order.region]
    risk = problem.late_risks.get((parcel.order_id, parcel.warehouse_id, parcel.carrier), 0.0)
    key = ctx.db.execute(
        insert(wave_parcel).values(
            wave_id=case.wave_id,
            order_id=parcel.order_id,
            warehouse_id=parcel.warehouse_id,
            carrier=parcel.carrier,
            weight_g=weight,
            cost_cents=shipping_cents(rate, weight),
            late_permille=round(risk * 1000),
        )
    ).inserted_primary_key
    assert key is not None
    rows = [
        {"parcel_id": key[0], "order_line_id": line_id, "quantity": units} for line_id, units in parcel.units.items()
    ]
    ctx.db.execute(insert(wave_parcel_line), rows)


# ---- from a plan to tasks -------------------------------------------------------------------------------------


def accept_wave(ctx: Context, wave_id: int) -> Accepted:
    """Turns a plan into parcels that are offered to warehouses and carriers, and moves the reservations there.

    An order that was changed in the meantime, or whose stock somebody else took, is left as it was and named.
    Raises: NotFound, NotAllowed, RuleViolation where there is no plan that stands, or no order of it can be served.
    """
    ctx.actor.need("stock.allocate")
    row = load_wave(ctx, wave_id)
    _need_open(row)
    if row.status != WaveStatus.PLANNED:
        raise RuleViolation("The wave was changed after it was planned. Plan it again before accepting.")
    parcels = _parcels_by_order(ctx, wave_id)
    if not parcels:
        raise RuleViolation("The plan serves no order; there is nothing to accept.")
    lock_orders(ctx, parcels)
    refused = _changed_since(ctx, wave_id, list(parcels))
    todo = [order_id for order_id in parcels if order_id not in refused]
    shipments, stuck = _plan_all(ctx, wave_id, {order_id: parcels[order_id] for order_id in todo})
    refused |= stuck
    if not shipments:
        raise RuleViolation(
            "None of these orders can be served as planned any more: {numbers}. Plan the wave again.",
            numbers=_numbers(ctx, refused),
        )
    return _write_accepted(ctx, wave_id, parcels, shipments, refused)


def _plan_all(
    ctx: Context, wave_id: int, parcels: Mapping[int, Sequence[tuple[int, Parcel]]]
) -> tuple[dict[int, tuple[int, ...]], dict[int, OrderlyError]]:
    """Plans order after order, as long as what one gives back lets another one in; then those that want to swap.

    Gives the shipments of each order, and why the others can't be served as planned.
    """
    wanted = {order_id: [parcel for _, parcel in mine] for order_id, mine in parcels.items()}
    shipments: dict[int, tuple[int, ...]] = {}
    todo, stuck = list(wanted), dict[int, OrderlyError]()
    while todo:
        stuck = {}
        for order_id in todo:
            outcome = plan_parcels(ctx, wave_id, order_id, wanted[order_id])
            if isinstance(outcome, OrderlyError):
                stuck[order_id] = outcome
            else:
                shipments[order_id] = outcome
        if len(stuck) == len(todo):
            break
        todo = list(stuck)
    swapped = swap_reservations(ctx, wave_id, {order_id: wanted[order_id] for order_id in stuck})
    return shipments | swapped, {order_id: why for order_id, why in stuck.items() if order_id not in swapped}


def _write_accepted(
    ctx: Context,
    wave_id: int,
    parcels: Mapping[int, Sequence[tuple[int, Parcel]]],
    shipments: Mapping[int, tuple[int, ...]],
    refused: Mapping[int, OrderlyError],
) -> Accepted:
    for order_id, ids in shipments.items():
        for (parcel_id, _), shipment_id in zip(parcels[order_id], ids, strict=True):
            ctx.db.execute(update(wave_parcel).where(_p.id == parcel_id).values(shipment_id=shipment_id))
    for order_id, refusal in refused.items():
        mine = (_o.wave_id == wave_id) & (_o.order_id == order_id)
        ctx.db.execute(update(wave_order).where(mine).values(refusal=_as_json(refusal)))
    _change(ctx, wave_id, status=WaveStatus.ACCEPTED.value, accepted_at=ctx.now)
    count = sum(len(ids) for ids in shipments.values())
    data = {"orders": len(shipments), "parcels": count, "left_out": len(refused)}
    record(ctx, "WaveAccepted", f"wave:{wave_id}", data)
    return Accepted(count, _numbers(ctx, refused))


def _changed_since(ctx: Context, wave_id: int, order_ids: Sequence[int]) -> dict[int, OrderlyError]:
    """The orders of a plan that aren't what it was made for any more."""
    s = sales_order.c
    found = ctx.db.execute(
        select(s.id, s.number)
        .join(wave_order, (_o.order_id == s.id) & (_o.wave_id == wave_id))
        .where(s.id.in_(order_ids), s.version != _o.order_version)
    )
    return {
        row.id: RuleViolation("Order {number} was changed after the wave was planned.", number=row.number)
        for row in found
    }


def _parcels_by_order(ctx: Context, wave_id: int) -> dict[int, list[tuple[int, Parcel]]]:
    """A plan's parcels with their ids, the most urgent order first."""
    rows = ctx.db.execute(
        select(wave_parcel, _pl.order_line_id, _pl.quantity)
        .join(wave_parcel_line, _pl.parcel_id == _p.id)
        .join(wave_order, (_o.order_id == _p.order_id) & (_o.wave_id == _p.wave_id))
        .where(_p.wave_id == wave_id)
        .order_by(_o.position, _p.id)
    )
    found: dict[int, dict[int, Parcel]] = {}
    for row in rows:
        mine = found.setdefault(row.order_id, {})
        parcel = mine.setdefault(row.id, Parcel(row.order_id, row.warehouse_id, row.carrier, {}))
        mine[row.id] = parcel._replace(units={**parcel.units, row.order_line_id: row.quantity})
    return {order_id: list(mine.items()) for order_id, mine in found.items()}


# ---- rows -----------------------------------------------------------------------------------------------------


def load_wave(ctx: Context, wave_id: int) -> Row[Any]:
    """A wave's row, locked until the transaction ends. Raises: NotFound."""
    ctx.db.execute(select(_w.id).where(_w.id == wave_id).with_for_update())
    return find_wave(ctx, wave_id)


def find_wave(ctx: Context, wave_id: int) -> Row[Any]:
    """A wave's row for looking at. Raises: NotFound."""
    row = ctx.db.execute(select(wave).where(_w.id == wave_id)).one_or_none()
    if row is None:
        raise NotFound("Wave {wave_id} isn't here.", wave_id=wave_id)
    return row


def read_settings(stored: str) -> WaveSettings:
    """What a planner set, from its row."""
    raw = json.loads(stored)
    raw["pick_units"] = {int(place): units for place, units in raw["pick_units"].items()}
    return WaveSettings(**raw)


def _need_open(row: Row[Any]) -> None:
    if row.status not in _OPEN:
        raise RuleViolation("Wave {wave_id} is closed: {status}.", wave_id=row.id, status=WaveStatus(row.status))


def _change(ctx: Context, wave_id: int, **columns: object) -> None:
    ctx.db.execute(update(wave).where(_w.id == wave_id).values(version=_w.version + 1, **columns))


def _numbers(ctx: Context, order_ids: Any) -> tuple[str, ...]:
    found = select(sales_order.c.number).where(sales_order.c.id.in_(list(order_ids))).order_by(sales_order.c.id)
    known = tuple(ctx.db.execute(found).scalars())
    return known if len(known) == len(order_ids) else (*known, "?")


def _as_json(refusal: OrderlyError) -> str:
    params = {name: value if isinstance(value, int | str) else str(value) for name, value in refusal.params.items()}
    return json.dumps({"template": refusal.template, "params": params}, ensure_ascii=False)
