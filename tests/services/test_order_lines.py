"""Cancelling a part of an order: stock, money, parcels and word to the buyer, and that a refusal leaves nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from core.channels.incoming import IncomingLine, Payment
from core.context import Actor
from core.db.fold import fold, rebuild
from core.db.world_tables import order_line
from core.domain.errors import NotAllowed, NotFound, RuleViolation
from core.domain.rights import rights_of
from core.services import orders, packing, picking, planning, shipping
from core.services.books import imbalances
from core.services.order_lines import Reduction, cancel_line
from tests.services import parcels
from tests.services.desk import CUP, GUANGZHOU, KETTLE, SHANGHAI, Desk, incoming

# Two kettles at 199.00, three cups at 35.00, 10.00 freight, 20.30 off: 492.70, paid by two means.
LINES = (IncomingLine("KETTLE", "Kettle", 2, 19_900), IncomingLine("CUP", "Cup", 3, 3_500))
MEANS = (Payment("alipay", 40_000), Payment("gift_card", 9_270))


@pytest.fixture
def order_id(desk: Desk) -> int:
    """A reserved order of two kettles and three cups."""
    return desk.receive(incoming(lines=LINES, shipping_cents=1_000, discount_cents=2_030, payments=MEANS))


def lines_of(desk: Desk, order_id: int) -> dict[str, tuple[int, int, int]]:
    """Shape: SKU → (line, units wanted, units cancelled)."""
    with desk.look() as ctx:
        found = select(order_line).where(order_line.c.order_id == order_id).order_by(order_line.c.position)
        return {row.sku_code: (row.id, row.quantity, row.cancelled_quantity) for row in ctx.db.execute(found)}


def cancel(desk: Desk, order_id: int, sku: str, quantity: int, actor: Actor | None = None) -> Reduction | None:
    """Cancels units and shows that the books balance afterwards."""
    line_id = lines_of(desk, order_id)[sku][0]
    with desk.work(*([actor] if actor else [])) as ctx:
        done = cancel_line(ctx, order_id, line_id, quantity, "changed their mind")
        assert imbalances(ctx) == []
    return done


def cells(desk: Desk) -> list[tuple[object, ...]]:
    """The metric cells, folded up to now."""
    with desk.look() as ctx:
        return [tuple(row) for row in ctx.db.execute(text("SELECT * FROM cell ORDER BY metric, at, a, b"))]


def test_units_of_a_line_are_freed_and_paid_back_in_proportion(desk: Desk, order_id: int, clerk: Actor) -> None:
    free = desk.units("available", CUP)
    done = cancel(desk, order_id, "CUP", 2, clerk)
    # 70.00 of goods take 70.00/503.00 of 20.30 discount along: 2.83; 67.17 go back as 400.00 to 92.70.
    assert done == Reduction(freed=2, refunds={"alipay": 5_453, "gift_card": 1_264}, total_cents=42_553)
    row = desk.order(order_id)
    assert (row.status, row.items_cents, row.shipping_cents, row.discount_cents) == ("allocated", 43_300, 1_000, 1_747)
    assert (row.total_cents, row.paid_cents, row.version) == (42_553, 42_553, row.version)
    assert desk.units("available", CUP) == free + 2
    assert {sku: units for sku, (_, *units) in lines_of(desk, order_id).items()} == {"KETTLE": [2, 0], "CUP": [1, 2]}
    assert desk.money(order_id) == {"buyer": -42_553, "deposits": 42_553}
    assert desk.messages(order_id)[-1] == (
        "陈思远: 2 × Cup of order T-1001 cancelled / 您的订单 T-1001 中的 Cup 已取消 2 件。changed their mind"
    )
    assert desk.facts(order_id)[-2:] == ["OrderLineCancelled", "BuyerNotified"]


def test_a_line_goes_and_the_rest_ships_and_earns_what_is_left(desk: Desk, order_id: int) -> None:
    cancel(desk, order_id, "KETTLE", 2)
    with desk.work() as ctx:
        parcels.bring_on(ctx, order_id, 4)
        assert imbalances(ctx) == []
    row = desk.order(order_id)
    assert (row.status, row.total_cents) == ("shipped", row.paid_cents)
    assert desk.money(order_id) == {"buyer": -row.paid_cents, "revenue": row.paid_cents}


def test_the_last_units_end_the_order(desk: Desk, order_id: int) -> None:
    cancel(desk, order_id, "CUP", 3)
    assert cancel(desk, order_id, "KETTLE", 2) is None
    assert desk.order(order_id).status == "cancelled"
    assert desk.money(order_id) == {}
    assert desk.units("reserved") == desk.units("reserved", CUP) == 0


def test_what_was_missing_goes_first_and_the_rest_is_reserved(desk: Desk) -> None:
    lines = (IncomingLine("KETTLE", "Kettle", 2, 19_900), IncomingLine("CUP", "Cup", 12, 3_500))
    order_id = desk.receive(incoming(lines=lines))
    assert desk.order(order_id).status == "exception"  # ten cups are there
    cancel(desk, order_id, "CUP", 5)
    row = desk.order(order_id)
    assert (row.status, row.exceptions) == ("exception", "")  # judged anew; confirming is the clerk's
    with desk.work() as ctx:
        orders.confirm_order(ctx, order_id)
        assert imbalances(ctx) == []
    assert desk.order(order_id).status == "allocated"


def test_a_back_order_goes_on_without_what_it_waited_for(desk: Desk, order_id: int) -> None:
    other = desk.receive(incoming("T-2", lines=(IncomingLine("CUP", "Cup", 5, 3_500),), buyer_phone="13900000009"))
    waiting = desk.receive(incoming("T-3", lines=LINES, buyer_phone="13900000008"))
    assert (desk.order(other).status, desk.order(waiting).status) == ("allocated", "exception")
    cancel(desk, waiting, "CUP", 1)
    with desk.work() as ctx:
        orders.confirm_order(ctx, waiting)
    assert desk.order(waiting).status == "allocated"


def test_a_payment_that_now_suffices_lets_the_order_pass(desk: Desk) -> None:
    order_id = desk.receive(incoming(lines=LINES, payments=()))
    assert desk.order(order_id).status == "received"
    cancel(desk, order_id, "CUP", 3)
    row = desk.order(order_id)
    assert (row.status, row.total_cents, row.paid_cents) == ("received", 39_800, 0)
    assert desk.money(order_id) == {}
    part = desk.receive(incoming("T-2", lines=LINES, payments=(Payment("alipay", 45_000),), buyer_phone="13900000009"))
    assert desk.order(part).exceptions == "payment"
    done = cancel(desk, part, "CUP", 3)
    assert done is not None and done.refunds == {"alipay": 5_200}
    row = desk.order(part)
    assert (row.exceptions, row.paid_cents, row.paid_at) == ("", 39_800, desk.now)


def test_the_parcel_of_the_right_warehouse_loses_the_units(desk: Desk, order_id: int) -> None:
    lines = lines_of(desk, order_id)
    kettle, cup = lines["KETTLE"][0], lines["CUP"][0]
    with desk.work() as ctx:
        parts = [(SHANGHAI, None, {kettle: 1, cup: 1}), (GUANGZHOU, None, {kettle: 1, cup: 2})]
        near, far = planning.plan_shipments(ctx, order_id, parts)
        assert imbalances(ctx) == []
    cancel(desk, order_id, "CUP", 2)
    cancel(desk, order_id, "KETTLE", 1)
    with desk.look() as ctx:
        status = {row.id: row.status for row in ctx.db.execute(text("SELECT id, status FROM shipment"))}
    assert status == {near: "planned", far: "cancelled"}
    assert {sku: units[0] for sku, (_, *units) in lines_of(desk, order_id).items()} == {"KETTLE": 1, "CUP": 1}


def test_what_is_left_of_a_parcelled_order_ends_with_the_part_that_left(desk: Desk, order_id: int) -> None:
    lines = lines_of(desk, order_id)
    with desk.work() as ctx:
        parts = [(SHANGHAI, None, {lines["KETTLE"][0]: 2}), (GUANGZHOU, None, {lines["CUP"][0]: 3})]
        near, _ = planning.plan_shipments(ctx, order_id, parts)
        shipping.accept_task(ctx, near)
        picking.pick_shipment(ctx, near)
        packing.pack_shipment(ctx, near, carrier_code="swift")
        shipping.hand_over(ctx, near)
    assert desk.order(order_id).status == "partly_shipped"
    with pytest.raises(RuleViolation, match="0 units of KETTLE can be cancelled, found 1"), desk.work() as ctx:
        cancel_line(ctx, order_id, lines["KETTLE"][0], 1, "changed their mind")
    cancel(desk, order_id, "CUP", 3)
    row = desk.order(order_id)
    assert (row.status, row.handed_over_at) == ("shipped", desk.now)
    assert desk.money(order_id) == {"buyer": -row.paid_cents, "revenue": row.paid_cents}


def test_the_board_counts_what_is_left_of_its_worth(desk: Desk, order_id: int) -> None:
    fold(desk.databases.live)
    cancel(desk, order_id, "CUP", 2)
    fold(desk.databases.live)
    folded = cells(desk)
    values = {(metric, a): (n, value) for metric, _, a, b, n, value in folded if not b}
    assert values["orders", ""] == values["kept", ""] == values["status.allocated", ""] == (1, 42_553)
    rebuild(desk.databases.live)
    assert cells(desk) == folded


@pytest.mark.parametrize(
    ("quantity", "reason", "message"),
    [
        (0, "asked", "1 to 3 units of CUP can be cancelled, found 0"),
        (4, "asked", "1 to 3 units of CUP can be cancelled, found 4"),
        (-1, "asked", "1 to 3 units of CUP can be cancelled, found -1"),
        (10**9, "asked", "1 to 3 units of CUP can be cancelled, found 1000000000"),
        (1, "  ", "A cancellation needs a reason of 1 to 500 characters"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(
    desk: Desk, order_id: int, quantity: int, reason: str, message: str
) -> None:
    line_id, before = lines_of(desk, order_id)["CUP"][0], desk.everything()
    with pytest.raises(RuleViolation, match=message), desk.work() as ctx:
        cancel_line(ctx, order_id, line_id, quantity, reason)
    assert desk.everything() == before


def test_somebody_else_was_faster(desk: Desk, order_id: int, clerk: Actor) -> None:
    line_id, seen = lines_of(desk, order_id)["CUP"][0], desk.order(order_id).version
    with desk.work(clerk) as ctx:
        cancel_line(ctx, order_id, line_id, 1, "asked", version=seen)
    before = desk.everything()
    with pytest.raises(RuleViolation, match=r"OrderLineCancelled.*nothing was written"), desk.work() as ctx:
        cancel_line(ctx, order_id, line_id, 1, "asked", version=seen)
    assert desk.everything() == before


def test_only_who_may_and_only_lines_of_the_order(desk: Desk, order_id: int) -> None:
    keeper = Actor(9, "Keeper", "employee", "W", rights_of("employee", "W"))
    line_id, before = lines_of(desk, order_id)["CUP"][0], desk.everything()
    with pytest.raises(NotAllowed), desk.work(keeper) as ctx:
        cancel_line(ctx, order_id, line_id, 1, "asked")
    with pytest.raises(NotFound), desk.work() as ctx:
        cancel_line(ctx, order_id, line_id + 99, 1, "asked")
    with pytest.raises(NotFound), desk.work() as ctx:
        cancel_line(ctx, order_id + 99, line_id, 1, "asked")
    assert desk.everything() == before


def test_units_that_are_packed_stay(desk: Desk, order_id: int) -> None:
    with desk.work() as ctx:
        parcels.bring_on(ctx, order_id, 2)
    before = desk.everything()
    with pytest.raises(RuleViolation, match="picked, gone or cancelled"), desk.work() as ctx:
        cancel_line(ctx, order_id, lines_of(desk, order_id)["CUP"][0], 1, "asked")
    assert desk.everything() == before


def test_kettles_of_both_lots_are_freed(desk: Desk) -> None:
    lines = (IncomingLine("KETTLE", "Kettle", 7, 19_900),)
    order_id = desk.receive(incoming(lines=lines))
    free = desk.units("available", KETTLE)
    assert cancel(desk, order_id, "KETTLE", 6) is not None
    assert desk.units("available", KETTLE) == free + 6
    assert desk.units("reserved", KETTLE) == 1
