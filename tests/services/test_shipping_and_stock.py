"""The way out of the warehouse and the stock behind it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from core.channels.incoming import IncomingLine
from core.context import Actor
from core.db.shipping_tables import shipment
from core.db.world_tables import event, stock_posting
from core.domain.errors import NotFound, RuleViolation
from core.domain.orders import Status
from core.domain.rights import rights_of
from core.services import adjustments, allocation, intake, orders, shipping, stock
from tests.services.desk import CUP, GUANGZHOU, KETTLE, SHANGHAI, Desk, incoming
from tests.services.parcels import WAY, deliver

KEEPER = Actor(8, "Wu", "employee", "W", rights_of("employee", "W"))


def _ship(desk: Desk, order_id: int) -> None:
    for step in WAY[:4]:
        with desk.work(KEEPER) as ctx:
            step(ctx, order_id)


def test_goods_and_money_move_with_the_parcel(desk: Desk) -> None:
    order_id = desk.receive(incoming())
    desk.now += 7_200
    _ship(desk, order_id)
    assert (desk.order(order_id).status, desk.order(order_id).handed_over_at) == ("shipped", desk.now)
    assert (desk.units("in_transit"), desk.units("picked"), desk.units("reserved")) == (2, 0, 0)
    assert desk.money(order_id) == {"buyer": -43_300, "revenue": 43_300}
    with desk.look() as ctx:
        parcel = ctx.db.execute(select(shipment)).one()
    assert (parcel.number, parcel.status, parcel.carrier) == ("SP-000001", "handed_over", "swift")
    assert parcel.waybill == "SW000000048271"
    desk.now += 80 * 3_600
    with desk.work(KEEPER) as ctx:
        deliver(ctx, order_id)
    assert (desk.units("customer"), desk.units("in_transit")) == (2, 0)
    with desk.work() as ctx:
        shipping.complete_order(ctx, order_id)
    assert (desk.order(order_id).status, desk.order(order_id).is_open) == ("completed", 0)


@pytest.mark.parametrize(("hours", "by_time", "by_date"), [(96, False, False), (97, True, False), (110, True, True)])
def test_a_delivery_is_judged_against_its_promise(desk: Desk, hours: int, by_time: bool, by_date: bool) -> None:
    """Promised for 96 hours after 10:30 in Shanghai: 97 hours is the same day, 110 hours the next."""
    order_id = desk.receive(incoming())
    start = desk.now
    _ship(desk, order_id)
    desk.now = start + hours * 3_600
    with desk.work(KEEPER) as ctx:
        deliver(ctx, order_id)
        data = json.loads(ctx.db.execute(select(event.c.data).where(event.c.kind == "OrderDelivered")).scalar_one())
    assert (data["late_by_time"], data["late_by_date"]) == (by_time, by_date)


def test_first_in_first_out(desk: Desk) -> None:
    """Lots of five and five: six kettles take the older lot and one of the newer."""
    order_id = desk.receive(incoming(lines=(IncomingLine("KETTLE", "Kettle", 6, 19_900),)))
    with desk.look() as ctx:
        rows = ctx.db.execute(
            select(stock_posting.c.lot_id, stock_posting.c.quantity)
            .where(stock_posting.c.to_account == "reserved")
            .order_by(stock_posting.c.lot_id)
        ).all()
    assert [row.quantity for row in rows] == [5, 1]
    assert desk.order(order_id).status == "allocated"


def test_all_lines_or_none(desk: Desk) -> None:
    """The cup is short: the kettles aren't held back for an order that can't leave."""
    first = desk.receive(incoming("T-1"))
    with desk.work() as ctx:
        orders.cancel_order(ctx, first, "x")
        adjustments.adjust_stock(ctx, CUP, SHANGHAI, -9, "broken")
    order_id = desk.receive(
        incoming("T-2", lines=(IncomingLine("KETTLE", "K", 1, 19_900), IncomingLine("CUP", "C", 1, 3_500)))
    )
    assert desk.order(order_id).status == "allocated"
    with desk.work() as ctx:
        stock.receive_stock(ctx, CUP, SHANGHAI, 1, 100)
    taken = desk.receive(incoming("T-3", buyer_phone="13900000003", lines=(IncomingLine("CUP", "C", 1, 3_500),)))
    late = desk.receive(incoming("T-4", buyer_phone="13900000004"))
    assert (desk.order(taken).status, desk.order(late).exceptions) == ("allocated", "stock")
    assert desk.units("reserved") == 1


def test_stock_that_came_before_the_payment_counts(desk: Desk) -> None:
    order_id = desk.receive(incoming(payments=()))
    with desk.work() as ctx:
        adjustments.adjust_stock(ctx, KETTLE, SHANGHAI, -10, "missing")
        with pytest.raises(RuleViolation, match="isn't paid"):
            orders.confirm_order(ctx, order_id)
    with desk.work() as ctx:
        stock.receive_stock(ctx, KETTLE, SHANGHAI, 2, 100)
    with desk.work() as ctx:
        intake.pay_order(ctx, order_id, "alipay", 43_300)
    assert desk.order(order_id).status == "allocated"


def test_allocating_again_is_refused(desk: Desk) -> None:
    order_id = desk.receive(incoming())
    before = desk.everything()
    planner = Actor(9, "Ops", "employee", "P", rights_of("employee", "P"))
    refused = pytest.raises(RuleViolation, match="is allocated; this needs one of: confirmed, backordered")
    with refused, desk.work(planner) as ctx:
        allocation.allocate_order(ctx, order_id)
    assert desk.everything() == before
    assert desk.order(order_id).status == Status.ALLOCATED


@pytest.mark.parametrize("quantity", [0, -1, 10**9])
def test_a_receipt_has_a_plausible_quantity(desk: Desk, quantity: int) -> None:
    before = desk.everything()
    with pytest.raises(RuleViolation, match="A receipt needs 1 to 1000000 units"), desk.work(KEEPER) as ctx:
        stock.receive_stock(ctx, KETTLE, SHANGHAI, quantity, 100)
    assert desk.everything() == before


def test_receipts_name_what_is_not_there(desk: Desk) -> None:
    with pytest.raises(NotFound, match="SKU 99"), desk.work(KEEPER) as ctx:
        stock.receive_stock(ctx, 99, SHANGHAI, 1, 100)
    for place in (0, 77):
        with pytest.raises(NotFound, match=f"Warehouse {place}"), desk.work(KEEPER) as ctx:
            stock.receive_stock(ctx, KETTLE, place, 1, 100)
    with desk.look() as ctx:
        assert stock.available_units(ctx, KETTLE, GUANGZHOU) == 10
