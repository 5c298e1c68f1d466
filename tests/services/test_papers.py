"""Papers of orders: what is to be picked where, what lies in which parcel, and what is glued onto it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.channels.incoming import IncomingLine
from core.context import Actor
from core.db.world_tables import lot
from core.domain.errors import NotAllowed, RuleViolation
from core.domain.papers import PickedFor, Share, SlipLine
from core.services import bins, orders, packing, picking, planning, shipping
from core.services.order_lines import cancel_line
from core.services.papers import Papers, papers_of
from tests.services import parcels
from tests.services.desk import BIN_A, BIN_B, CUP, FLOOR, GUANGZHOU, KETTLE, SHANGHAI, Desk, incoming
from tests.services.test_order_lines import lines_of

CLERK_RIGHTS = frozenset({"orders.read"})
KETTLES = IncomingLine("KETTLE", "Kettle", 2, 19_900)
CUPS = IncomingLine("CUP", "Cup", 3, 3_500)


def papers(desk: Desk, *order_ids: int) -> Papers:
    """The papers as a clerk gets them."""
    with desk.look(Actor(7, "Lin", "employee", "O", CLERK_RIGHTS)) as ctx:
        return papers_of(ctx, order_ids)


@pytest.fixture
def two(desk: Desk) -> tuple[int, int]:
    """Two reserved orders of one buyer."""
    first = desk.receive(incoming("T-1", lines=(KETTLES, CUPS), note="轻放"))
    second = desk.receive(incoming("T-2", lines=(CUPS,)))
    return first, second


def test_a_confirmed_order_has_its_list_and_its_slip(desk: Desk, two: tuple[int, int]) -> None:
    found = papers(desk, *two)
    (walk,) = found.pick_lists
    assert (walk.number, walk.warehouse_code) == ("PL-SH-260318-103000", "SH")
    assert [(stop.sku_code, stop.quantity, stop.shares) for stop in walk.stops] == [
        ("CUP", 5, (Share(1, 3), Share(2, 2))),
        ("CUP", 1, (Share(2, 1),)),
        ("KETTLE", 2, (Share(1, 2),)),
    ]
    ship_by = desk.order(two[0]).ship_by_at
    assert walk.orders == (PickedFor(1, "T-1", 5, ship_by), PickedFor(2, "T-2", 3, ship_by))
    slip, other = found.slips
    assert [order.number for order in slip.orders] == ["T-1"]
    assert slip.orders[0].lines == (SlipLine("KETTLE", "Kettle", "Kettle", 2, 2), SlipLine("CUP", "Cup", "Cup", 3, 3))
    assert (slip.orders[0].note, slip.recipient.phone, slip.recipient.region_zh) == ("轻放", "138****5678", "上海市")
    assert [order.number for order in other.orders] == ["T-2"]
    assert found.labels == ()  # no carrier is decided yet


def test_stops_go_by_the_walk_and_from_the_bins_that_hold_the_lot(desk: Desk, two: tuple[int, int]) -> None:
    with desk.work() as ctx:
        oldest = {row.sku_id: row.id for row in ctx.db.execute(select(lot).order_by(lot.c.id.desc()))}
        for sku_id, target, units in ((CUP, BIN_B, 4), (CUP, BIN_A, 1), (KETTLE, BIN_A, 5)):
            bins.move_between_bins(ctx, sku_id, oldest[sku_id], FLOOR, target, units)
    (walk,) = papers(desk, *two).pick_lists
    assert [(stop.bin_code, stop.sku_code, stop.quantity, stop.shares) for stop in walk.stops] == [
        ("B-01", "CUP", 4, (Share(1, 3), Share(2, 1))),
        ("A-01", "CUP", 1, (Share(2, 1),)),
        ("A-01", "KETTLE", 2, (Share(1, 2),)),
        ("FLOOR", "CUP", 1, (Share(2, 1),)),
    ]


def test_a_divided_order_has_a_slip_for_each_parcel(desk: Desk, two: tuple[int, int]) -> None:
    lines = lines_of(desk, two[0])
    with desk.work() as ctx:
        parts = [(SHANGHAI, None, {lines["KETTLE"][0]: 2}), (GUANGZHOU, "swift", {lines["CUP"][0]: 3})]
        near, far = planning.plan_shipments(ctx, two[0], parts)
        shipping.accept_task(ctx, far)
    found = papers(desk, two[0])
    assert [(walk.warehouse_code, [stop.sku_code for stop in walk.stops]) for walk in found.pick_lists] == [
        ("SH", ["KETTLE"]),
        ("GZ", ["CUP"]),
    ]
    assert [(slip.parcel, slip.parcels, slip.orders[0].lines[0].sku_code) for slip in found.slips] == [
        (1, 2, "KETTLE"),
        (2, 2, "CUP"),
    ]
    (before,) = found.labels  # its carrier is planned, the other's isn't
    with desk.work() as ctx:
        picking.pick_shipment(ctx, far)
        packing.pack_shipment(ctx, far, weight_g=1_700)
    found = papers(desk, two[0])
    assert [walk.warehouse_code for walk in found.pick_lists] == ["SH"]  # the other part is picked
    (label,) = found.labels
    assert (label.carrier_en, label.parcel, label.parcels, label.weight_g) == ("Swift", 2, 2, 1_700)
    assert (label.warehouse_code, label.units, label.order_numbers) == ("GZ", 3, ("T-1",))
    assert label.waybill.startswith("SW")
    assert (before.waybill, before.carrier_en) == (label.waybill, "Swift"), "what was printed early holds"
    assert near != far


def test_merged_orders_share_a_slip_and_a_label(desk: Desk, two: tuple[int, int]) -> None:
    with desk.work() as ctx:
        merged = planning.merge_orders(ctx, two)
        shipping.release_order(ctx, two[0])
        picking.pick_shipment(ctx, merged)
        packing.pack_shipment(ctx, merged, carrier_code="swift")
    for asked in (two, two[:1], two[1:]):  # one of them is enough: the parcel is one
        found = papers(desk, *asked)
        (slip,), (label,) = found.slips, found.labels
        assert [order.number for order in slip.orders] == ["T-1", "T-2"]
        assert [line.quantity for order in slip.orders for line in order.lines] == [2, 3, 3]
        assert (label.order_numbers, label.units, label.weight_g) == (("T-1", "T-2"), 8, 8 * 500)


def test_what_was_cancelled_is_on_no_paper(desk: Desk, two: tuple[int, int]) -> None:
    with desk.work() as ctx:
        cancel_line(ctx, two[0], lines_of(desk, two[0])["CUP"][0], 3, "asked")
        orders.cancel_order(ctx, two[1], "asked")
    found = papers(desk, *two)
    assert [[stop.sku_code for stop in walk.stops] for walk in found.pick_lists] == [["KETTLE"]]
    assert [[line.sku_code for line in slip.orders[0].lines] for slip in found.slips] == [["KETTLE"]]


def test_what_left_is_not_picked_again(desk: Desk, two: tuple[int, int]) -> None:
    with desk.work() as ctx:
        parcels.bring_on(ctx, two[0], 4)
    found = papers(desk, two[0])
    assert (found.pick_lists, len(found.slips), len(found.labels)) == ((), 1, 1)


def test_nobody_prints_what_they_may_not_see_or_too_much(desk: Desk) -> None:
    with pytest.raises(NotAllowed), desk.look(Actor(7, "Lin", "employee", "O", frozenset())) as ctx:
        papers_of(ctx, [1])
    with pytest.raises(RuleViolation, match="Papers of at most 500 orders"), desk.look() as ctx:
        papers_of(ctx, range(501))
    assert papers(desk, 4711) == Papers((), (), ())
