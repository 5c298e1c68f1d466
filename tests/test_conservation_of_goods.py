"""Units are conserved on the goods' side: after every step of every walk of three steps, from several beginnings."""

from __future__ import annotations

import pytest

from core.db.engines import Databases
from tests.services.desk import Desk, lay_desk
from tests.walks import HOUR, Command, Walker, of_the_house, per_order
from tests.walks_of_goods import of_purchases, of_returns, of_the_goods, of_the_shelf

_ORDERS = of_the_house(("good",)) | per_order(1)
_DELIVERED = ("receive good", "release 1", "pick 1", "pack 1", "ship 1", "deliver 1")
_ORDER_STEPS = ("pick 1", "cancel 1", "adjust up", "adjust down")
# Where walks begin, the commands they are made of, and the steps that lead there.
STARTS: dict[str, tuple[dict[str, Command], tuple[str, ...]]] = {
    "nothing yet": (of_purchases() | of_the_shelf(), ()),
    "goods at the door": (of_purchases(), ("order goods", "receive part")),
    "goods inspected": (of_purchases(), ("order goods", "receive all", "accept another", "accept")),
    "a transfer on the way": (of_the_shelf(), ("send on", "set aside", "move to a bin")),
    "a correction that waits": (of_the_shelf(), ("get dear stock", "ask for much", "send on", "set aside", "condemn")),
    "an order reserved from bins": (of_the_shelf(), ("receive good", "release 1", "move to a bin")),
    "a parcel that may come back": (of_returns() | of_the_shelf(), _DELIVERED),
}


@pytest.fixture
def desk(databases: Databases, clock: int) -> Desk:
    """Two warehouses, one with bins, with four units of each article."""
    return lay_desk(databases, clock, units=4)


def _walk(desk: Desk, start: str, depth: int) -> Walker:
    commands, steps = STARTS[start]
    commands = commands | {name: _ORDERS[name] for name in _ORDER_STEPS}
    every = _ORDERS | of_the_goods()
    with desk.databases.live.connect() as db:
        db.begin()
        walker, now = Walker(db, commands), desk.now
        for i, name in enumerate(steps):
            assert walker.step(now, steps[: i + 1], every[name]), name
            now += HOUR
        walker.explore(now, depth)
        db.rollback()
    return walker


@pytest.mark.parametrize("start", STARTS)
def test_every_walk_of_three_steps(desk: Desk, start: str) -> None:
    walker = _walk(desk, start, 3)
    assert walker.taken > 400
    assert walker.refused > 400


def test_the_walks_carry_out_every_command(desk: Desk) -> None:
    carried_out: set[str] = set()
    for start in STARTS:
        carried_out |= _walk(desk, start, 2).carried_out
    assert set(of_the_goods()) - carried_out == {"receive too much"}
