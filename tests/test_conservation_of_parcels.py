"""Units and cents are conserved on the way out: every walk of three steps around an order's parcels."""

from __future__ import annotations

import pytest

from core.db.engines import Databases
from core.domain.orders import TRANSITIONS, Status
from core.domain.shipments import ShipmentStatus
from tests.services.desk import Desk, lay_desk
from tests.walks import HOUR, INCOMING, Walker, of_the_house, per_order
from tests.walks_of_parcels import another_order, around_parcels, nothing_else, of_parcels, of_the_dock

# The steps that lead to where walks begin. Order 1 is looked at; order 2 is a second one of the same buyer.
STARTS: dict[str, tuple[str, ...]] = {
    "two reserved orders": ("receive good", "receive good again"),
    "a plan in two parts": ("receive good", "receive good again", "plan in two 1"),
    "a merged parcel": ("receive good", "receive good again", "merge with the next 1", "release 1"),
    "two parcels in hand": ("receive good", "receive good again", "plan in two 1", "take 1", "take 1", "begin 1"),
    "picked and to be scanned": ("receive good", "verify from now on", "release 1", "begin 1", "pick all 1"),
    "packed, the lorry is there": ("receive good", "release 1", "pick all 1", "pack 1", "open a manifest"),
    "one part gone": (
        "receive good",
        "plan in two 1",
        "take 1",
        "take 1",
        "pick all 1",
        "pick all 1",
        "pack 1",
        "pack 1",
        "hand over 1",
    ),
    "the last units": ("receive good", "leave nothing else", "release 1", "begin 1"),
}


def go(walker: Walker, now: int, steps: tuple[str, ...]) -> int:
    """Takes steps that must succeed; gives the time afterwards."""
    every = of_the_house(tuple(INCOMING)) | of_the_dock() | another_order() | nothing_else()
    for number in (1, 2):
        every |= per_order(number) | of_parcels(number)
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
    with desk.databases.live.connect() as db:
        db.begin()
        walker = Walker(db, around_parcels(1))
        walker.explore(go(walker, desk.now, STARTS[start]), 3)
    assert walker.taken > 100
    assert walker.refused > walker.taken


def test_the_walks_carry_out_every_command_and_reach_every_state(desk: Desk) -> None:
    reached: set[str] = set()
    parcels_reached: set[str] = set()
    carried_out: set[str] = set()
    moves: set[tuple[str, str]] = set()
    with desk.databases.live.connect() as db:
        for steps in STARTS.values():
            begun = db.begin()
            walker = Walker(db, around_parcels(1))
            walker.explore(go(walker, desk.now, steps), 2)
            reached |= walker.reached
            parcels_reached |= walker.parcels_reached
            carried_out |= walker.carried_out
            moves |= walker.moves
            begun.rollback()
    assert {status for status in Status if status.name.startswith("PARTLY")} <= reached
    assert parcels_reached == set(ShipmentStatus)
    assert set(of_parcels(1)) - carried_out == set()
    declared = {(source.value, row.fact.value) for row in TRANSITIONS for source in row.sources}
    assert {(source, fact) for source, fact in moves if source != "received"} <= declared
