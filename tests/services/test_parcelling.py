"""One order in two parcels, asked for at the desk: both go their way, and no money moves."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from core.channels.incoming import IncomingLine
from core.context import Actor
from core.db.shipping_tables import shipment, shipment_line
from core.domain.errors import NotAllowed, RuleViolation
from core.domain.rights import rights_of
from core.services import orders, packing, picking, shipping
from core.services.books import imbalances
from core.services.order_lines import cancel_line
from core.services.parcelling import split_order
from tests.services import parcels
from tests.services.desk import Desk, incoming
from tests.services.test_order_lines import lines_of

LINES = (IncomingLine("KETTLE", "Kettle", 2, 19_900), IncomingLine("CUP", "Cup", 3, 3_500))


@pytest.fixture
def order_id(desk: Desk) -> int:
    """A reserved order of two kettles and three cups."""
    return desk.receive(incoming(lines=LINES))


def split(desk: Desk, order_id: int, wanted: Mapping[str, int], actor: Actor | None = None) -> int:
    """Splits an order by its articles."""
    lines = lines_of(desk, order_id)
    with desk.work(*([actor] if actor else [])) as ctx:
        new_id = split_order(ctx, order_id, {lines[sku][0]: quantity for sku, quantity in wanted.items()})
        assert imbalances(ctx) == []
    return new_id


def contents(desk: Desk) -> list[tuple[str, dict[str, int]]]:
    """Each parcel that wasn't called off with what is in it."""
    names = {line_id: sku for sku, (line_id, _, _) in lines_of(desk, 1).items()}
    with desk.look() as ctx:
        found = []
        for row in ctx.db.execute(select(shipment).where(shipment.c.status != "cancelled").order_by(shipment.c.id)):
            lines = ctx.db.execute(select(shipment_line).where(shipment_line.c.shipment_id == row.id))
            found.append((row.status, {names[line.order_line_id]: line.quantity for line in lines}))
        return found


@pytest.mark.parametrize(("steps", "status"), [(0, "planned"), (1, "released")])
def test_a_part_goes_by_itself(desk: Desk, order_id: int, clerk: Actor, steps: int, status: str) -> None:
    with desk.work() as ctx:
        parcels.bring_on(ctx, order_id, steps)
    stood, money = desk.order(order_id).status, desk.money(order_id)
    split(desk, order_id, {"CUP": 2, "KETTLE": 0}, clerk)
    assert contents(desk) == [(status, {"KETTLE": 2, "CUP": 1}), (status, {"CUP": 2})]
    assert (desk.order(order_id).status, desk.money(order_id)) == (stood, money)
    assert desk.facts(order_id)[-1] == "ShipmentSplit"


def test_both_parts_leave_and_the_order_follows_them(desk: Desk, order_id: int) -> None:
    second = split(desk, order_id, {"CUP": 3})
    with desk.work() as ctx:
        shipping.release_order(ctx, order_id)
        stood = []
        for shipment_id in (second - 1, second):
            picking.pick_shipment(ctx, shipment_id)
            packing.pack_shipment(ctx, shipment_id, carrier_code="swift")
            shipping.hand_over(ctx, shipment_id)
            stood.append(ctx.db.exec_driver_sql("SELECT status FROM sales_order").scalar_one())
            assert imbalances(ctx) == []
    assert stood == ["partly_shipped", "shipped"]


def test_a_part_of_a_split_order_can_be_cancelled(desk: Desk, order_id: int) -> None:
    split(desk, order_id, {"CUP": 2})
    with desk.work() as ctx:
        cancel_line(ctx, order_id, lines_of(desk, order_id)["CUP"][0], 2, "asked")
        assert imbalances(ctx) == []
    assert contents(desk) == [("planned", {"KETTLE": 2, "CUP": 1})]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({}, "A split has to leave something in both parcels."),
        ({"CUP": 0}, "A split has to leave something in both parcels."),
        ({"CUP": 3, "KETTLE": 2}, "A split has to leave something in both parcels."),
        ({"CUP": 4}, "A split can only take what is reserved for order T-1001."),
        ({"CUP": -1}, "A split can only take what is reserved for order T-1001."),
    ],
)
def test_what_cannot_be_divided_stays(desk: Desk, order_id: int, wanted: dict[str, int], message: str) -> None:
    before = desk.everything()
    with pytest.raises(RuleViolation) as refused:
        split(desk, order_id, wanted)
    assert str(refused.value) == message
    assert desk.everything() == before


def test_only_reserved_orders_are_split_and_only_once(desk: Desk, order_id: int) -> None:
    waiting = desk.receive(incoming("T-2", payments=(), buyer_phone="13900000009"))
    line_id = lines_of(desk, waiting)["CUP"][0]
    with pytest.raises(RuleViolation, match="Order T-2 is received, or on hold"), desk.work() as ctx:
        split_order(ctx, waiting, {line_id: 1})
    split(desk, order_id, {"CUP": 1})
    with pytest.raises(RuleViolation, match="goes in 2 parcels already"):
        split(desk, order_id, {"CUP": 1})


def test_picked_goods_and_strange_lines_are_refused(desk: Desk, order_id: int) -> None:
    with desk.work() as ctx:
        parcels.bring_on(ctx, order_id, 1)
    with pytest.raises(RuleViolation, match="A split can only take what is in shipment"), desk.work() as ctx:
        split_order(ctx, order_id, {4711: 1})
    with desk.work() as ctx:
        parcels.pick(ctx, order_id)
    with pytest.raises(RuleViolation, match="isn't being picked"):
        split(desk, order_id, {"CUP": 1})


def test_who_comes_second_is_told_and_only_who_may(desk: Desk, order_id: int, clerk: Actor) -> None:
    seen, line_id = desk.order(order_id).version, lines_of(desk, order_id)["CUP"][0]
    with desk.work() as ctx:
        orders.hold_order(ctx, order_id, "asking")
    with pytest.raises(RuleViolation, match="OrderHeld"), desk.work(clerk) as ctx:
        split_order(ctx, order_id, {line_id: 1}, version=seen)
    agent = Actor(9, "Agent", "employee", "S", rights_of("employee", "S"))
    with pytest.raises(NotAllowed), desk.work(agent) as ctx:
        split_order(ctx, order_id, {line_id: 1})
