"""Waves for tests of the services: orders that wait, with and without a reservation, planned and accepted."""

from __future__ import annotations

import time
import zlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from core.channels.incoming import IncomingLine
from core.context import Actor, Context
from core.db.world_tables import order_line
from core.domain.orders import Status
from core.domain.rights import rights_of
from core.domain.wave_checks import breaches
from core.domain.wave_settings import WaveSettings
from core.services import shipping, stock, waves
from core.services.books import imbalances
from core.services.planning import plan_shipments
from core.services.wave_shortage import shortages
from core.services.wave_solver import Solved, solve
from core.services.wave_views import WaveView, get_wave
from tests.services.desk import KETTLE, SHANGHAI, Desk, incoming

PLANNER = Actor(8, "Zhou", "employee", "P", rights_of("employee", "P"))
SETTINGS = WaveSettings(3_000, 20_000, 0.0)


def confirmed(desk: Desk, number: str, kettles: int = 1, **changes: Any) -> int:
    """An order of kettles for Shanghai that the review let pass; its units are reserved there."""
    lines = changes.pop("lines", (IncomingLine("KETTLE", "Kettle", kettles, 19_900),))
    phone = f"138{zlib.crc32(number.encode()) % 10**8:08d}"
    order_id = desk.receive(incoming(number, lines=lines, buyer_phone=phone, **changes))
    assert desk.order(order_id).status == Status.ALLOCATED
    return order_id


def unreserved(desk: Desk, number: str, kettles: int, **changes: Any) -> int:
    """An order that waits without a reservation: Shanghai, which had enough then, refused its parcel and gave the
    surplus to an order that is being worked on."""
    with desk.work() as ctx:
        stock.receive_stock(ctx, KETTLE, SHANGHAI, kettles, 9_000)
    order_id = confirmed(desk, number, kettles, **changes)
    with desk.work() as ctx:
        units: dict[int, int] = {line.id: line.quantity for line in lines_of(ctx, order_id)}
        for shipment_id in plan_shipments(ctx, order_id, [(SHANGHAI, None, units)]):
            shipping.refuse_task(ctx, shipment_id, "the belt stands still")
    other = confirmed(desk, f"{number}-other", kettles)
    with desk.work() as ctx:
        shipping.release_order(ctx, other)
    assert desk.order(order_id).status == Status.CONFIRMED
    return order_id


def lines_of(ctx: Context, order_id: int) -> Sequence[Any]:
    """An order's lines."""
    return ctx.db.execute(select(order_line).where(order_line.c.order_id == order_id)).all()


def opened(desk: Desk, ids: Sequence[int], settings: WaveSettings = SETTINGS) -> int:
    """A wave of these orders."""
    with desk.work(PLANNER) as ctx:
        return waves.open_wave(ctx, ids, settings)


def planned(desk: Desk, wave_id: int) -> Solved:
    """Reads a wave, solves it outside any transaction, and keeps the plan."""
    with desk.look(PLANNER) as ctx:
        case = waves.wave_case(ctx, wave_id)
    solved = solve(case.problem, time.monotonic)
    assert solved.outcome is None or breaches(case.problem, solved.plan) == []
    lacking = shortages(case.problem, time.monotonic) if solved.outcome is None or solved.outcome.unfilled_units else ()
    with desk.work(PLANNER) as ctx:
        waves.keep_plan(ctx, case, solved, lacking)
    return solved


def accepted(desk: Desk, wave_id: int) -> waves.Accepted:
    """Accepts a wave's plan and looks at the books."""
    with desk.work(PLANNER) as ctx:
        outcome = waves.accept_wave(ctx, wave_id)
    with desk.look() as ctx:
        assert imbalances(ctx) == []
    return outcome


def seen(desk: Desk, wave_id: int) -> WaveView:
    """A wave as its page shows it."""
    with desk.look(PLANNER) as ctx:
        return get_wave(ctx, wave_id)


def places_of(view: WaveView) -> dict[int, list[tuple[int, str, dict[str, int]]]]:
    """Where each order leaves from, with whom, and what. Shape: order → (warehouse, carrier, units)."""
    return {
        member.order_id: [(one.warehouse_id, one.carrier, dict(one.units)) for one in member.parcels]
        for member in view.members
    }
