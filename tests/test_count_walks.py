"""Stocktakes keep the books straight: after every step of every walk of three steps, and of long ones."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select

from core.db.count_tables import stocktake
from core.db.engines import Databases
from core.db.inbound_tables import supplier_sku
from core.db.world_tables import lot
from core.domain.counting import CountStatus
from core.domain.errors import OrderlyError
from core.services.books import imbalances
from tests.count_walks import beside_stocktakes, of_alerts, of_stocktakes
from tests.services.desk import CUP, SUPPLIER, Desk, lay_desk
from tests.walks import HOUR, INCOMING, Walker, of_the_house

COMMANDS = of_stocktakes() | beside_stocktakes()
ARRIVALS = of_the_house(tuple(INCOMING))
BUSY = ("receive good", "receive divided payment")  # two orders with a kettle and a cup each
STARTS: dict[str, tuple[str, ...]] = {
    "nothing yet": (),
    "one planned": (*BUSY, "plan a full count"),
    "one being counted": (*BUSY, "release 1", "plan a partial count", "start"),
    "one to be recounted": (*BUSY, "plan a full count", "start", "count three more", "finish"),
    "one counted": (*BUSY, "plan a full count", "start", "count a cup less", "finish"),
    "a loss approved": (*BUSY, "plan a full count", "start", "count all kettles gone", "finish", "explain", "approve"),
    "a surplus approved": (
        *BUSY, "plan a partial count", "start", "count three more", "finish", "count three more", "finish", "explain",
        "approve",
    ),
}  # fmt: skip


@pytest.fixture
def desk(databases: Databases, clock: int) -> Desk:
    """Two warehouses with four units of each article."""
    return lay_desk(databases, clock, units=4)


def go(walker: Walker, now: int, steps: tuple[str, ...]) -> int:
    """Takes steps that must succeed; gives the time afterwards."""
    for i, name in enumerate(steps):
        assert walker.step(now, steps[: i + 1], (COMMANDS | ARRIVALS)[name]), name
        now += HOUR
    return now


@pytest.mark.parametrize("start", STARTS)
def test_every_walk_of_three_steps(desk: Desk, start: str) -> None:
    with desk.databases.live.connect() as db:
        db.begin()
        walker = Walker(db, COMMANDS)
        walker.explore(go(walker, desk.now, STARTS[start]), 3)
    assert walker.taken > 100
    assert walker.refused > walker.taken


def test_the_walks_carry_out_every_command_and_reach_every_state(desk: Desk) -> None:
    carried_out: set[str] = set()
    reached: set[str] = set()
    with desk.databases.live.connect() as db:
        for steps in STARTS.values():
            begun = db.begin()
            walker = Walker(db, COMMANDS)
            now = go(walker, desk.now, steps)
            for name, command in COMMANDS.items():
                db.exec_driver_sql("SAVEPOINT look")
                if walker.step(now, (*steps, name), command):
                    reached |= set(db.execute(select(stocktake.c.status)).scalars())
                db.exec_driver_sql("ROLLBACK TO look")
            carried_out |= walker.carried_out
            begun.rollback()
    assert set(COMMANDS) - carried_out == {"count minus one", "approve oneself"}
    assert reached == set(CountStatus)


@pytest.mark.parametrize("seed", range(3))
def test_long_walks(each_databases: Databases, clock: int, seed: int) -> None:
    desk = lay_desk(each_databases, clock, units=8)
    dice = random.Random(seed)
    for name in BUSY:
        with desk.work() as ctx:
            ARRIVALS[name](ctx)
    names = list(COMMANDS)
    weights = [1 if name in {"call off", "cancel 1", "cancel 2", "count all kettles gone"} else 4 for name in names]
    trail: list[str] = []
    before = desk.everything()
    for _ in range(250):
        name = dice.choices(names, weights)[0]
        desk.now += dice.choice((60, HOUR))
        try:
            with desk.work() as ctx:
                COMMANDS[name](ctx)
        except OrderlyError:
            assert desk.everything() == before, " → ".join([*trail, name])
            continue
        trail.append(name)
        before = desk.everything()
        with desk.look() as ctx:
            assert imbalances(ctx) == [], " → ".join(trail)
    assert len(trail) > 40


def test_every_walk_of_three_steps_around_thresholds_and_alerts(desk: Desk) -> None:
    """Cups are known for twenty days, somebody sells them, and a threshold is low by an hour at the least."""
    with desk.work() as ctx:
        ctx.db.execute(lot.update().values(received_at=lot.c.received_at - 20 * 86_400))
        ctx.db.execute(supplier_sku.insert().values(supplier_id=SUPPLIER, sku_id=CUP, unit_cost_cents=800))
    with desk.databases.live.connect() as db:
        db.begin()
        walker = Walker(db, of_alerts())
        walker.explore(desk.now, 3)
        assert walker.step(desk.now, ("set a threshold",), of_alerts()["set a threshold"])
        assert walker.step(desk.now, ("look at stock",), of_alerts()["look at stock"])
        walker.explore(desk.now + HOUR, 3)
    assert set(of_alerts()) - walker.carried_out == {"set an impossible one"}
