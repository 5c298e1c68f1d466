"""Orders of a wave that hold what the other one needs: they swap, or nothing of them moves."""

from __future__ import annotations

from core.channels.incoming import IncomingLine
from core.domain.orders import Status
from core.services import waves
from tests.services.desk import CUP, GUANGZHOU, SHANGHAI, Desk
from tests.services.wave_desk import PLANNER, accepted, confirmed, opened, places_of, planned, seen

GUANGDONG = {"region": "CN-GD", "city": "广州市", "district": "天河区", "postcode": "510000"}


def crossed(desk: Desk, first: int, second: int, *others: int) -> int:
    """A wave in which each of two orders is to leave from where the other one has its reservation."""
    wave_id = opened(desk, [first, second, *others])
    with desk.work(PLANNER) as ctx:
        waves.pin_order(ctx, wave_id, first, GUANGZHOU)
        waves.pin_order(ctx, wave_id, second, SHANGHAI)
    planned(desk, wave_id)
    return wave_id


def test_orders_that_hold_what_the_other_one_needs_swap(desk: Desk) -> None:
    first, second = confirmed(desk, "W-1", 10), confirmed(desk, "W-2", 10, **GUANGDONG)
    assert desk.units("available") == 0
    wave_id = crossed(desk, first, second)
    assert accepted(desk, wave_id) == waves.Accepted(2, ())
    assert {order_id: [part[0] for part in parts] for order_id, parts in places_of(seen(desk, wave_id)).items()} == {
        first: [GUANGZHOU],
        second: [SHANGHAI],
    }
    assert desk.units("reserved") == 20
    assert {desk.order(first).status, desk.order(second).status} == {Status.ALLOCATED}
    assert "OrderReplanned" in desk.facts(first)


def test_a_swap_that_does_not_come_off_leaves_both_as_they_were(desk: Desk) -> None:
    first, second = confirmed(desk, "W-1", 9), confirmed(desk, "W-2", 10, **GUANGDONG)
    cup = confirmed(desk, "W-3", lines=(IncomingLine("CUP", "Cup", 1, 3_500),))
    wave_id = crossed(desk, first, second, cup)
    confirmed(desk, "W-4", 1)  # the one in Shanghai that the second order would need
    before = [(desk.order(one), desk.facts(one)) for one in (first, second)]
    assert accepted(desk, wave_id) == waves.Accepted(1, ("W-1", "W-2"))
    assert [(desk.order(one), desk.facts(one)) for one in (first, second)] == before
    assert (desk.units("reserved"), desk.units("reserved", CUP)) == (20, 1)
