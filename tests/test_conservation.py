"""Units and cents are conserved: after every step of every walk of three steps in a tiny world, and of long ones."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import Engine, text

from core.db.engines import Databases, reader
from core.db.fold import fold, rebuild
from core.domain.errors import OrderlyError
from core.domain.orders import Status
from core.services.books import imbalances
from tests.services.desk import Desk, lay_desk
from tests.walks import HOUR, INCOMING, Command, Walker, beside, of_the_house, per_order
from tests.walks_of_goods import of_the_goods

# Where walks begin: the order that is looked at, and the steps that lead there.
STARTS: dict[str, tuple[int, tuple[str, ...]]] = {
    "nothing yet": (1, ()),
    "an unpaid order": (1, ("receive unpaid", "receive good")),
    "a stopped order": (1, ("receive bad address", "receive good", "hold 2")),
    "a reserved order": (1, ("receive good", "receive unpaid", "receive divided payment")),
    "an order in picking": (1, ("receive good", "release 1", "pick 1", "receive divided payment", "receive unpaid")),
    "an order on the road": (
        2,
        ("receive unpaid", "receive good", "release 2", "pick 2", "pack 2", "ship 2", "receive bad address"),
    ),
}


def commands(focus: int) -> dict[str, Command]:
    """Every command for one order and for the house, and what matters of the two other orders."""
    others = [command for number in (1, 2, 3) if number != focus for command in beside(number).items()]
    return of_the_house(tuple(INCOMING)) | per_order(focus) | dict(others)


def go(walker: Walker, now: int, steps: tuple[str, ...]) -> int:
    """Takes steps that must succeed; gives the time afterwards."""
    every = of_the_house(tuple(INCOMING)) | per_order(1) | per_order(2) | per_order(3)
    for i, name in enumerate(steps):
        assert walker.step(now, steps[: i + 1], every[name]), name
        now += HOUR
    return now


@pytest.fixture
def desk(databases: Databases, clock: int) -> Desk:
    """Two warehouses with four units of each article."""
    return lay_desk(databases, clock, units=4)


@pytest.mark.parametrize("start", STARTS)
def test_every_walk_of_three_steps(desk: Desk, start: str) -> None:
    focus, steps = STARTS[start]
    with desk.databases.live.connect() as db:
        db.begin()
        walker = Walker(db, commands(focus))
        walker.explore(go(walker, desk.now, steps), 3)
    assert walker.taken > 500
    assert walker.refused > walker.taken


def test_the_walks_reach_every_state_and_carry_out_every_command(desk: Desk) -> None:
    reached: set[str] = set()
    carried_out: set[str] = set()
    with desk.databases.live.connect() as db:
        for focus, steps in STARTS.values():
            begun = db.begin()
            walker = Walker(db, commands(focus))
            walker.explore(go(walker, desk.now, steps), 2)
            reached |= walker.reached
            carried_out |= {name.rstrip(" 123") for name in walker.carried_out}
            begun.rollback()
    # Confirmed lasts no longer than a command; back-ordered needs two who reserve at once (see tests/postgres); what is
    # only true in part is come to by parcels (see test_conservation_of_parcels).
    in_part = {status for status in Status if status.name.startswith("PARTLY")}
    assert reached == set(Status) - {Status.CONFIRMED, Status.BACKORDERED} - in_part
    assert {name.rstrip(" 123") for name in commands(1)} - carried_out == {
        "receive unknown currency",
        "adjust down too far",
        "allocate",
    }


# Chances of the steps of a long walk: mostly onwards, so that it doesn't end after a few cancellations.
_RARE = ("cancel", "adjust down", "a day later", "correct wrongly", "hold", "move away", "pay a part")


def cells(engine: Engine) -> list[tuple[object, ...]]:
    with reader(engine) as db:
        return [
            tuple(row) for row in db.execute(text("SELECT metric, at, a, b, n, value FROM cell ORDER BY 1, 2, 3, 4"))
        ]


@pytest.mark.parametrize("seed", range(5))
def test_long_walks(each_databases: Databases, clock: int, seed: int) -> None:
    desk = lay_desk(each_databases, clock, units=6)
    dice = random.Random(seed)
    commands = of_the_house(tuple(INCOMING))
    for number in range(1, 5):
        commands |= per_order(number)
    commands |= {name: command for name, command in of_the_goods().items() if name != "close the books"}
    names = list(commands)
    weights = [1 if name.startswith(_RARE) else 4 for name in names]
    trail: list[str] = []
    before = desk.everything()
    for _ in range(300):
        name = dice.choices(names, weights)[0]
        desk.now += dice.choice((60, HOUR, 3 * HOUR))
        try:
            with desk.work() as ctx:
                commands[name](ctx)
        except OrderlyError:
            assert desk.everything() == before, " → ".join([*trail, name])
            continue
        trail.append(name)
        before = desk.everything()
        with desk.look() as ctx:
            assert imbalances(ctx) == [], " → ".join(trail)
        if len(trail) % 7 == 0:
            fold(desk.databases.live)
            before = desk.everything()
    fold(desk.databases.live)
    folded = cells(desk.databases.live)
    rebuild(desk.databases.live)
    assert cells(desk.databases.live) == folded
    assert len(trail) > 40
    assert len(folded) > 20
