"""The packing table and the dock: scans, weights, waybills, manifests."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select, text

from core.channels.incoming import IncomingLine, Payment
from core.context import Actor, Context
from core.db.shipping_tables import manifest, shipment, shipment_line
from core.domain.errors import NotAllowed, NotFound, RuleViolation
from core.domain.rights import rights_of
from core.services import manifests, orders, packing, picking, shipping
from core.services.books import imbalances
from core.services.outbound_reads import manifests_in, pack_file
from tests.services.desk import APPROVER, SHANGHAI, Desk, incoming

KEEPER = Actor(8, "Wu", "employee", "W", rights_of("employee", "W"))


@pytest.fixture
def picked(desk: Desk) -> int:
    """A shipment of two kettles and a cup, fully picked, in a warehouse that wants it scanned."""
    order_id = desk.receive(incoming())
    with desk.work(KEEPER) as ctx:
        ctx.db.execute(text("UPDATE sku SET barcode = '6901234567892' WHERE code = 'KETTLE'"))
        (parcel,) = shipping.release_order(ctx, order_id)
        picking.pick_shipment(ctx, parcel)
        packing.require_verification(ctx.by(APPROVER), SHANGHAI, True)
    return parcel


def scan(desk: Desk, parcel: int, code: str, quantity: int = 1) -> packing.Scan:
    with desk.work(KEEPER) as ctx:
        return packing.verify_scan(ctx, parcel, code, quantity)


def refused(desk: Desk, command: Callable[[Context], object], actor: Actor = KEEPER) -> str:
    before = desk.everything()
    with pytest.raises((RuleViolation, NotFound)) as error, desk.work(actor) as ctx:
        command(ctx)
    assert desk.everything() == before
    return str(error.value)


def row_of(desk: Desk, parcel: int) -> object:
    with desk.look() as ctx:
        return ctx.db.execute(select(shipment).where(shipment.c.id == parcel)).one()


def test_scans_count_down_until_the_parcel_is_verified(desk: Desk, picked: int) -> None:
    assert "has to be verified by scan before it is packed: 0 of 3" in refused(
        desk, lambda ctx: packing.pack_shipment(ctx, picked, 900, "swift")
    )
    first = scan(desk, picked, " 6901234567892 ")
    assert (first.sku_code, first.scanned, first.left_of_article, first.left) == ("KETTLE", 1, 1, 2)
    assert scan(desk, picked, "kettle").left == 1
    with desk.look() as ctx:
        file = pack_file(ctx.by(KEEPER), picked)
    assert [(line.sku_code, line.scanned, line.quantity) for line in file.lines] == [("KETTLE", 2, 2), ("CUP", 0, 1)]
    assert (file.verifies, file.carriers, file.task.units, file.task.scanned) == (True, ("slow", "swift"), 3, 2)
    assert scan(desk, picked, "CUP").left == 0
    assert row_of(desk, picked).status == "verified"  # type: ignore[attr-defined]
    with desk.work(KEEPER) as ctx:
        assert packing.pack_shipment(ctx, picked, 900, "swift") == "SW000000048271"
        assert imbalances(ctx) == []


def test_wrong_scans_are_told_from_what_is_wanted(desk: Desk, picked: int) -> None:
    say = lambda code, quantity=1: refused(  # noqa: E731
        desk, lambda ctx: packing.verify_scan(ctx, picked, code, quantity)
    )
    assert say("LAMP") == "“LAMP” doesn't belong in shipment SP-000001. Still wanted: KETTLE, CUP."
    assert say("4711").startswith("“4711” doesn't belong")
    assert say("  ").startswith("“” doesn't belong")
    assert say("CUP", 2) == "CUP: shipment SP-000001 takes only 1 more, scanned 2."
    assert say("CUP", -1) == "A scan counts 1 to 1000000 units, found -1."
    assert say("CUP", 10**9).endswith("found 1000000000.")
    scan(desk, picked, "CUP")
    assert say("CUP") == "CUP: shipment SP-000001 takes only 0 more, scanned 1."
    assert say("LAMP").endswith("Still wanted: KETTLE.")


def test_a_parcel_is_weighed_and_costs_what_the_rate_says(desk: Desk, picked: int) -> None:
    with desk.work(APPROVER) as ctx:
        packing.require_verification(ctx, SHANGHAI, False)
    for weight, carrier, message in (
        (900, None, "Packing needs a carrier"),
        (900, "nobody", "Carrier nobody isn't known"),
        (0, "swift", "1 g to 30000 g, found 0"),
        (-1, "swift", "found -1"),
        (10**9, "swift", "found 1000000000"),
    ):
        assert message in refused(
            desk, partial(packing.pack_shipment, shipment_id=picked, weight_g=weight, carrier_code=carrier)
        )
    with desk.work() as ctx:
        ctx.db.execute(text("DELETE FROM carrier_rate WHERE carrier = 'slow'"))
    message = refused(desk, lambda ctx: packing.pack_shipment(ctx, picked, 900, "slow"))
    assert message == "slow has no rate for CN-SH from this warehouse."
    with desk.work(KEEPER) as ctx:
        assert packing.pack_shipment(ctx, picked, 1_700, "swift", " SF-99 ") == "SF-99"
    row = row_of(desk, picked)
    # The first kilogram, then two begun steps of 500 g.
    assert (row.weight_g, row.cost_cents, row.waybill) == (1_700, 800 + 2 * 150, "SF-99")  # type: ignore[attr-defined]


def packed(desk: Desk, number: str, carrier: str = "swift") -> int:
    phone = f"1390000{int(number[2:]):04d}"
    lines = (IncomingLine("CUP", "Cup", 1, 3_500),)
    order_id = desk.receive(incoming(number, lines=lines, payments=(Payment("alipay", 3_500),), buyer_phone=phone))
    with desk.work(KEEPER) as ctx:
        (parcel,) = shipping.release_order(ctx, order_id)
        picking.pick_shipment(ctx, parcel)
        packing.pack_shipment(ctx, parcel, 300, carrier)
    return parcel


def test_a_manifest_leaves_with_all_its_parcels(desk: Desk) -> None:
    parcels = [packed(desk, f"T-{number}") for number in (1, 2, 3)]
    with desk.work(KEEPER) as ctx:
        number = manifests.load_manifest(ctx, SHANGHAI, "swift", parcels[:2])
        assert manifests.load_manifest(ctx, SHANGHAI, "swift", parcels[2:]) == number
        manifests.take_off_manifest(ctx, parcels[0])
        (file,) = manifests_in(ctx, SHANGHAI)
    assert [task.id for task in file.parcels] == parcels[1:]
    assert "is manifested; this needs one of: packed" in refused(desk, lambda ctx: shipping.hand_over(ctx, parcels[1]))
    assert "needs one that is closed" in refused(desk, lambda ctx: manifests.hand_over_manifest(ctx, number))
    with desk.work(KEEPER) as ctx:
        assert manifests.close_manifest(ctx, number) == 2
    assert "needs one that is open" in refused(desk, lambda ctx: manifests.add_to_manifest(ctx, number, parcels[0]))
    assert "needs one that is open" in refused(desk, lambda ctx: manifests.take_off_manifest(ctx, parcels[1]))
    desk.now += 60
    with desk.work(KEEPER) as ctx:
        assert manifests.hand_over_manifest(ctx, number) == 2
        assert ctx.db.execute(select(manifest.c.handed_over_at)).scalar_one() == desk.now
        assert manifests_in(ctx, SHANGHAI) == ()
        assert imbalances(ctx) == []
    assert [desk.order(one).status for one in (1, 2, 3)] == ["packed", "shipped", "shipped"]
    assert desk.money(2) == {"buyer": -3_500, "revenue": 3_500}
    with desk.work(KEEPER) as ctx:
        shipping.hand_over(ctx, parcels[0])
    assert desk.order(1).status == "shipped"


def test_a_parcel_on_hold_keeps_the_lorry(desk: Desk) -> None:
    parcel = packed(desk, "T-1")
    with desk.work(KEEPER) as ctx:
        number = manifests.load_manifest(ctx, SHANGHAI, "swift", [parcel])
        manifests.close_manifest(ctx, number)
    with desk.work() as ctx:
        orders.hold_order(ctx, 1, "asks to wait")
    assert "Order T-1 in this shipment is on hold" in refused(
        desk, lambda ctx: manifests.hand_over_manifest(ctx, number)
    )


def test_a_manifest_that_cannot_be(desk: Desk) -> None:
    swift, slow = packed(desk, "T-1"), packed(desk, "T-2", "slow")
    with desk.work(KEEPER) as ctx:
        number = manifests.open_manifest(ctx, SHANGHAI, "swift")
    for command, message in (
        (lambda ctx: manifests.open_manifest(ctx, SHANGHAI, "swift"), "is still open"),
        (lambda ctx: manifests.open_manifest(ctx, SHANGHAI, "nobody"), "isn't known"),
        (lambda ctx: manifests.open_manifest(ctx, 0, "swift"), "Warehouse 0 isn't here"),
        (lambda ctx: manifests.close_manifest(ctx, number), "no parcel on this manifest"),
        (lambda ctx: manifests.close_manifest(ctx, 4711), "Manifest 4711 isn't here"),
        (lambda ctx: manifests.add_to_manifest(ctx, number, slow), "goes with slow"),
        (lambda ctx: manifests.load_manifest(ctx, SHANGHAI, "swift", [swift, slow]), "goes with slow"),
        (lambda ctx: manifests.load_manifest(ctx, SHANGHAI, "swift", []), "no parcel"),
        (lambda ctx: packing.require_verification(ctx.by(APPROVER), SHANGHAI, False), "works like that already"),
        (lambda ctx: packing.require_verification(ctx.by(APPROVER), 0, True), "Warehouse 0 isn't here"),
    ):
        assert message in refused(desk, command)


def test_a_line_is_scanned_as_often_as_it_was_picked(desk: Desk, picked: int) -> None:
    scan(desk, picked, "KETTLE", 2)
    with desk.look() as ctx:
        rows = ctx.db.execute(select(shipment_line).order_by(shipment_line.c.id)).all()
    assert [(row.quantity, row.picked_quantity, row.verified_quantity) for row in rows] == [(2, 2, 2), (1, 1, 0)]


def test_packing_needs_the_right(desk: Desk) -> None:
    clerk = Actor(7, "Li", "employee", "O", rights_of("employee", "O"))
    for command in (
        lambda ctx: packing.verify_scan(ctx, 1, "CUP"),
        lambda ctx: packing.pack_shipment(ctx, 1),
        lambda ctx: packing.require_verification(ctx, 1, True),
        lambda ctx: manifests.open_manifest(ctx, 1, "swift"),
        lambda ctx: manifests.add_to_manifest(ctx, 1, 1),
        lambda ctx: manifests.load_manifest(ctx, 1, "swift", [1]),
        lambda ctx: manifests.take_off_manifest(ctx, 1),
        lambda ctx: manifests.close_manifest(ctx, 1),
        lambda ctx: manifests.hand_over_manifest(ctx, 1),
        lambda ctx: manifests_in(ctx, 1),
        lambda ctx: pack_file(ctx, 1),
    ):
        with pytest.raises(NotAllowed), desk.work(clerk) as ctx:
            command(ctx)
