"""What carriers say of a wave's parcels, noted for many at once."""

from __future__ import annotations

import pytest

from core.context import Actor
from core.domain.errors import NotAllowed, RuleViolation
from core.domain.orders import Status
from core.services import shipping
from core.services.wave_answers import accept_for_carrier, refuse_for_carrier
from core.services.wave_reads import waiting_orders
from tests.services.desk import Desk
from tests.services.parcels import pick
from tests.services.wave_desk import PLANNER, accepted, confirmed, opened, planned, seen


def offered(desk: Desk, count: int) -> dict[int, int]:
    """Orders of a wave that was accepted, each with its parcel. Shape: order → shipment."""
    ids = [confirmed(desk, f"W-{number}") for number in range(count)]
    wave_id = opened(desk, ids)
    planned(desk, wave_id)
    accepted(desk, wave_id)
    return {parcel.order_id: parcel.shipment_id or 0 for parcel in seen(desk, wave_id).parcels}


def test_a_yes_is_noted_for_the_parcels_that_wait_for_it(desk: Desk) -> None:
    shipments = list(offered(desk, 3).values())
    with desk.work(PLANNER) as ctx:
        assert accept_for_carrier(ctx, shipments[:2]) == 2
        assert accept_for_carrier(ctx, shipments) == 1
    assert {parcel.carrier_answer for parcel in seen(desk, 1).parcels} == {"accepted"}
    before = desk.everything()
    with pytest.raises(RuleViolation, match="waits for its carrier's answer"), desk.work(PLANNER) as ctx:
        accept_for_carrier(ctx, shipments)
    assert desk.everything() == before


def test_a_no_gives_the_orders_back_to_planning(desk: Desk) -> None:
    shipments = offered(desk, 2)
    first, second = shipments
    with desk.work(PLANNER) as ctx:
        assert refuse_for_carrier(ctx, [shipments[first]], "the lorry is full") == 1
    assert (desk.order(first).status, desk.order(second).status) == (Status.CONFIRMED, Status.ALLOCATED)
    with desk.look(PLANNER) as ctx:
        assert [(row.id, row.refusal) for row in waiting_orders(ctx)] == [(first, "the lorry is full")]


def test_a_no_without_a_reason_or_after_picking_is_refused(desk: Desk) -> None:
    ((order_id, shipment_id),) = offered(desk, 1).items()
    before = desk.everything()
    with pytest.raises(RuleViolation, match="reason"), desk.work(PLANNER) as ctx:
        refuse_for_carrier(ctx, [shipment_id], " ")
    assert desk.everything() == before
    with desk.work() as ctx:
        shipping.accept_task(ctx, shipment_id)
        pick(ctx, order_id)
    with pytest.raises(RuleViolation, match="waits for its carrier's answer"), desk.work(PLANNER) as ctx:
        refuse_for_carrier(ctx, [shipment_id], "the lorry is full")


def test_only_planners_speak_for_carriers(desk: Desk, clerk: Actor) -> None:
    ((_, shipment_id),) = offered(desk, 1).items()
    with desk.work(clerk) as ctx:
        with pytest.raises(NotAllowed):
            accept_for_carrier(ctx, [shipment_id])
        with pytest.raises(NotAllowed):
            refuse_for_carrier(ctx, [shipment_id], "the lorry is full")
