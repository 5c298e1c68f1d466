"""Picking: stop by stop along the path, short picks and what they lead to, and two who want the same parcel."""

from __future__ import annotations

from typing import Any, cast

import pytest
from sqlalchemy import select, text

from core.channels.incoming import IncomingLine, IncomingOrder
from core.context import Actor
from core.db.shipping_tables import shipment, shipment_line
from core.db.warehouse_tables import bin_stock
from core.db.world_tables import event
from core.domain.errors import NotAllowed, NotFound, RuleViolation
from core.domain.rights import rights_of
from core.domain.shipments import ShipmentStatus
from core.services import allocation, orders, picking, shipping, stock
from core.services.books import imbalances
from core.services.outbound_reads import houses_in, stops_of, tasks_in, walks_in
from core.services.shipment_rows import parcel_of, shipments_of
from tests.services.desk import BIN_A, BIN_B, FLOOR, GUANGZHOU, KETTLE, SHANGHAI, Desk, incoming

KEEPER = Actor(8, "Wu", "employee", "W", rights_of("employee", "W"))
OTHER = Actor(11, "Sun", "employee", "W", rights_of("employee", "W"))


def walk(desk: Desk, *order_ids: int) -> int:
    """The orders released and taken on one walk."""
    with desk.work(KEEPER) as ctx:
        parcels = [parcel for order_id in order_ids for parcel in shipping.release_order(ctx, order_id)]
        return picking.take_batch(ctx, parcels)


def kettles(units: int, number: str = "T-1001", **changes: object) -> IncomingOrder:
    return incoming(number, lines=(IncomingLine("KETTLE", "Kettle", units, 19_900),), **changes)


def balanced(desk: Desk) -> bool:
    with desk.look() as ctx:
        return imbalances(ctx) == []


def lines(desk: Desk) -> list[tuple[int, int, int]]:
    """Lines of shipments: warehouse, units, units picked."""
    with desk.look() as ctx:
        rows = ctx.db.execute(
            select(shipment.c.warehouse_id, shipment_line.c.quantity, shipment_line.c.picked_quantity)
            .join(shipment, shipment.c.id == shipment_line.c.shipment_id)
            .where(shipment.c.status != "cancelled")
            .order_by(shipment_line.c.id)
        )
        return [tuple(row) for row in rows]


def spread_over_bins(desk: Desk) -> None:
    """The kettles of the first lot: two in bin A, two in bin B, the rest on the floor."""
    with desk.work() as ctx:
        lot = ctx.db.execute(text("SELECT MIN(id) FROM lot WHERE sku_id = 1")).scalar_one()
        for bin_id in (BIN_A, BIN_B):
            ctx.db.execute(bin_stock.insert().values(sku_id=KETTLE, lot_id=lot, bin_id=bin_id, quantity=2))
            for source, target in ((FLOOR, bin_id),):
                ctx.db.execute(
                    text(
                        "INSERT INTO bin_posting (at, event_id, sku_id, lot_id, from_bin_id, to_bin_id, quantity)"
                        " VALUES (:at, 1, 1, :lot, :source, :target, 2)"
                    ),
                    {"at": ctx.now, "lot": lot, "source": source, "target": target},
                )
        ctx.db.execute(
            text("UPDATE bin_stock SET quantity = quantity - 4 WHERE sku_id = 1 AND lot_id = :lot AND bin_id = :floor"),
            {"lot": lot, "floor": FLOOR},
        )


def test_a_walk_goes_by_the_path_and_serves_the_most_urgent_first(desk: Desk) -> None:
    spread_over_bins(desk)
    first = desk.receive(kettles(3))
    desk.now += 3_600
    second = desk.receive(kettles(2, "T-2", buyer_phone="13900000002"))
    batch = walk(desk, second, first)
    with desk.look() as ctx:
        stops = stops_of(ctx, batch)
        (one,) = walks_in(ctx, SHANGHAI)
    assert (one.id, one.actor, one.shipments) == (batch, "person:8", 2)
    # The path of this house runs from B to A to the floor.
    assert [(stop.bin_code, stop.quantity) for stop in stops] == [("B-01", 2), ("A-01", 2), ("FLOOR", 1)]
    assert [list(stop.wanted.values()) for stop in stops] == [[2], [1, 1], [1]]
    for stop in stops:
        with desk.work(KEEPER) as ctx:
            picking.pick_stop(ctx, stop.wanted, stop.quantity, lot_id=stop.lot_id, bin_id=stop.bin_id)
    with desk.look() as ctx:
        assert walks_in(ctx, SHANGHAI) == () and stops_of(ctx, batch) == ()
        assert {task.status for task in tasks_in(ctx, SHANGHAI, [ShipmentStatus.PICKED])} == {ShipmentStatus.PICKED}
        house = next(house for house in houses_in(ctx) if house.id == SHANGHAI)
        assert house.counts == {"picked": 2}
        left = dict(
            ctx.db.execute(select(bin_stock.c.bin_id, bin_stock.c.quantity).where(bin_stock.c.sku_id == KETTLE)).all()
        )
        assert (left[BIN_A], left[BIN_B]) == (0, 0)
    assert [fact for fact in desk.facts(first) if "ick" in fact] == [
        "PickingStarted", "LinePicked", "LinePicked", "ShipmentPicked",
    ]  # fmt: skip
    assert balanced(desk)


def test_the_second_is_told_who_was_faster(desk: Desk) -> None:
    order_id = desk.receive(kettles(2))
    with desk.work(KEEPER) as ctx:
        (parcel,) = shipping.release_order(ctx, order_id)
        picking.take_batch(ctx, [parcel])
    before = desk.everything()
    with pytest.raises(RuleViolation) as refused, desk.work(OTHER) as ctx:
        picking.take_batch(ctx, [parcel])
    assert str(refused.value) == (
        "Shipment SP-000001 is picking already: person:8 did “PickingStarted”. Nothing was written."
    )
    assert desk.everything() == before


def test_a_short_pick_is_served_from_another_lot(desk: Desk) -> None:
    order_id = desk.receive(kettles(4))
    walk(desk, order_id)
    with desk.work(KEEPER) as ctx:
        picking.pick_line(ctx, 1, 3, missing=1, reason="broken on the floor")
    assert (desk.units("loss"), desk.units("picked"), desk.units("reserved")) == (1, 3, 1)
    assert (lines(desk), desk.order(order_id).status) == ([(SHANGHAI, 4, 3)], "picking")
    with desk.look() as ctx:
        data = ctx.db.execute(select(event.c.data).where(event.c.kind == "StockAdjusted")).scalar_one()
    assert '"reason":"broken on the floor","shipment":1' in data
    assert desk.facts(order_id)[-2:] == ["LinePickedShort", "UnitsReserved"]
    with desk.work(KEEPER) as ctx:
        picking.pick_line(ctx, 1, 1)
    assert desk.facts(order_id)[-1] == "ShipmentPicked"
    assert balanced(desk)


def empty(desk: Desk, *places: int) -> None:
    """Takes everything off the shelf that isn't reserved."""
    from core.services.adjustments import adjust_stock

    with desk.work() as ctx:
        for place in places:
            adjust_stock(ctx, KETTLE, place, -stock.available_units(ctx, KETTLE, place), "missing")


def test_a_short_pick_is_served_from_another_warehouse(desk: Desk) -> None:
    order_id = desk.receive(kettles(3))
    empty(desk, SHANGHAI)
    walk(desk, order_id)
    with desk.work(KEEPER) as ctx:
        picking.pick_line(ctx, 1, 1, missing=2, reason="empty")
        assert [(row.warehouse_id, row.status) for row in shipments_of(ctx, order_id)] == [
            (SHANGHAI, "picked"), (GUANGZHOU, "released"),
        ]  # fmt: skip
    assert (lines(desk), desk.order(order_id).status) == ([(SHANGHAI, 1, 1), (GUANGZHOU, 2, 0)], "released")
    assert balanced(desk)


def test_what_is_nowhere_waits_for_stock(desk: Desk) -> None:
    order_id = desk.receive(kettles(3))
    empty(desk, SHANGHAI, GUANGZHOU)
    walk(desk, order_id)
    with desk.work(KEEPER) as ctx:
        picking.pick_line(ctx, 1, 1, missing=1, reason="empty")
    assert desk.order(order_id).status == "partly_allocated"
    with desk.work() as ctx:
        picking.pick_line(ctx, 1, 0, missing=1, reason="empty")
        stock.receive_stock(ctx, KETTLE, SHANGHAI, 5, 9_000)
        assert allocation.allocate_order(ctx, order_id) == "allocated"
        assert len(shipping.release_order(ctx, order_id)) == 1
    assert lines(desk) == [(SHANGHAI, 1, 1), (SHANGHAI, 2, 0)]
    assert balanced(desk)


def test_an_order_of_which_nothing_is_found_is_back_ordered(desk: Desk) -> None:
    order_id = desk.receive(kettles(2))
    empty(desk, SHANGHAI, GUANGZHOU)
    walk(desk, order_id)
    with desk.work(KEEPER) as ctx:
        picking.pick_line(ctx, 1, 0, missing=2, reason="empty")
    assert (desk.order(order_id).status, lines(desk)) == ("backordered", [])
    assert balanced(desk)


def test_a_pick_that_cannot_be(desk: Desk) -> None:
    spread_over_bins(desk)
    order_id = desk.receive(kettles(3))
    batch = walk(desk, order_id)
    with desk.look() as ctx:
        lot = stops_of(ctx, batch)[0].lot_id
    before = desk.everything()
    for arguments, named, message in (
        ((1, 4), {}, "3 units of this line are left to pick in shipment SP-000001, found 4"),
        ((1, 10**9), {}, "found 1000000000"),
        ((1, -1), {}, "found -1"),
        ((1, 0), {}, "found 0"),
        ((1, 1), {"missing": -1}, "found 0"),
        ((1, 2), {"missing": 1}, "A short pick needs a reason"),
        ((1, 1), {"lot_id": lot + 1}, "isn't what is reserved"),
        ((1, 3), {"lot_id": lot, "bin_id": BIN_A}, "holds"),
        ((1, 1), {"lot_id": lot, "bin_id": 99}, "holds"),
    ):
        with pytest.raises(RuleViolation, match=message), desk.work(KEEPER) as ctx:
            picking.pick_line(ctx, *arguments, **cast(dict[str, Any], named))
        assert desk.everything() == before
    with pytest.raises(RuleViolation, match="2 units are wanted here, found 3"), desk.work(KEEPER) as ctx:
        picking.pick_stop(ctx, {1: 2}, 3, lot_id=lot, bin_id=BIN_A)
    with pytest.raises(NotFound), desk.work(KEEPER) as ctx:
        picking.pick_line(ctx, 4711, 1)
    with pytest.raises(RuleViolation, match="at least one shipment"), desk.work(KEEPER) as ctx:
        picking.take_batch(ctx, [])
    with pytest.raises(NotFound), desk.work(KEEPER) as ctx:
        picking.pick_batch_whole(ctx, 4711)
    assert desk.everything() == before


def test_one_walk_is_in_one_warehouse(desk: Desk) -> None:
    here = desk.receive(kettles(1))
    there = desk.receive(
        kettles(
            1, "T-2", buyer_phone="13900000002", region="CN-GD", city="广州市", district="天河区", postcode="510000"
        )
    )
    with desk.work(KEEPER) as ctx:
        ids = [*shipping.release_order(ctx, here), *shipping.release_order(ctx, there)]
    with pytest.raises(RuleViolation, match="only pick in one warehouse"), desk.work(KEEPER) as ctx:
        picking.take_batch(ctx, ids)


def test_a_whole_walk_is_reported_at_once(desk: Desk) -> None:
    ids = [desk.receive(kettles(1, f"T-{n}", buyer_phone=f"1390000000{n}")) for n in (1, 2)]
    batch = walk(desk, *ids)
    with desk.work(KEEPER) as ctx:
        assert picking.pick_batch_whole(ctx, batch) == 2
    assert {desk.order(one).status for one in ids} == {"picking"}
    assert lines(desk) == [(SHANGHAI, 1, 1), (SHANGHAI, 1, 1)]


def test_nothing_is_picked_for_an_order_on_hold(desk: Desk) -> None:
    order_id = desk.receive(kettles(2))
    walk(desk, order_id)
    with desk.work() as ctx:
        orders.hold_order(ctx, order_id, "asks to wait")
    with pytest.raises(RuleViolation, match="is on hold"), desk.work(KEEPER) as ctx:
        picking.pick_line(ctx, 1, 1)
    with desk.work() as ctx:
        orders.release_hold(ctx, order_id)
        picking.pick_shipment(ctx, parcel_of(ctx, order_id))
        assert orders.cancel_order(ctx, order_id, "changed their mind") == 2
    assert (desk.units("picked"), desk.units("reserved")) == (0, 0)
    assert balanced(desk)


def test_picking_needs_the_right(desk: Desk) -> None:
    clerk = Actor(7, "Li", "employee", "O", rights_of("employee", "O"))
    for command in (
        lambda ctx: picking.take_batch(ctx, [1]),
        lambda ctx: picking.pick_shipment(ctx, 1),
        lambda ctx: picking.pick_line(ctx, 1, 1),
        lambda ctx: picking.pick_stop(ctx, {1: 1}, 1, lot_id=1, bin_id=None),
        lambda ctx: picking.pick_batch_whole(ctx, 1),
        lambda ctx: houses_in(ctx),
        lambda ctx: tasks_in(ctx, 1, []),
        lambda ctx: walks_in(ctx, 1),
        lambda ctx: stops_of(ctx, 1),
    ):
        with pytest.raises(NotAllowed), desk.work(clerk) as ctx:
            command(ctx)
