"""Intake: what comes from a channel is confirmed and reserved, stopped with its reasons, or waits for its money."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from core.channels.incoming import IncomingLine, Payment
from core.context import Actor
from core.db.world_tables import blocked_buyer, order_payload
from core.domain.errors import NotAllowed, RuleViolation
from core.domain.orders import Status
from core.services import intake
from tests.services.desk import CUP, KETTLE, Desk, incoming

PASSED = ["OrderReceived", "OrderPaid", "OrderConfirmed", "OrderAllocated"]


def test_a_faultless_paid_order_is_confirmed_and_reserved(desk: Desk) -> None:
    order_id = desk.receive(incoming(shipping_cents=800, payments=(Payment("alipay", 44_100),)))
    order = desk.order(order_id)
    assert (order.status, order.exceptions, order.is_open) == ("allocated", "", 1)
    assert (order.items_cents, order.shipping_cents, order.total_cents, order.paid_cents) == (
        43_300,
        800,
        44_100,
        44_100,
    )
    assert (order.paid_at, order.confirmed_at, order.ship_by_at) == (desk.now, desk.now, desk.now + 86_400)
    assert order.promised_at == desk.now + 96 * 3600
    assert desk.facts(order_id) == PASSED
    assert (desk.units("reserved"), desk.units("available"), desk.units("reserved", CUP)) == (2, 18, 1)
    assert desk.money(order_id) == {"buyer": -44_100, "deposits": 44_100}


def test_what_the_channel_sent_is_kept_for_comparison(desk: Desk) -> None:
    order_id = desk.receive(incoming())
    with desk.look() as ctx:
        kept = ctx.db.execute(select(order_payload).where(order_payload.c.order_id == order_id)).one()
    assert json.loads(kept.payload) == {"订单编号": "T-1001", "收货地址": "上海市 南京东路 100 号"}
    assert kept.content_hash == incoming().fingerprint()


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"city": "广州市"}, "address"),
        ({"street": "南京东路"}, "address"),
        ({"buyer_phone": "1234"}, "phone"),
        ({"lines": (IncomingLine("KETTLE", "Kettle", 1, 9_900),)}, "price"),
        ({"lines": (IncomingLine("KETTLE", "Kettle", 11, 19_900),)}, "stock"),
        (
            {"lines": (IncomingLine("KETTLE", "Kettle", 6, 19_900), IncomingLine("KETTLE", "Kettle", 6, 19_900))},
            "stock",
        ),
        ({"lines": (IncomingLine("UNKNOWN", "?", 1, 100),)}, "price,stock"),
        ({"payments": (Payment("alipay", 43_299),)}, "payment"),
        ({"city": "广州市", "buyer_phone": ""}, "address,phone"),
    ],
)
def test_a_faulty_order_stops_with_its_reasons(desk: Desk, changes: dict[str, Any], reasons: str) -> None:
    order_id = desk.receive(incoming(**changes))
    order = desk.order(order_id)
    assert (order.status, order.exceptions, order.confirmed_at) == ("exception", reasons, None)
    assert desk.facts(order_id)[-1] == "OrderStopped"
    assert desk.units("reserved") == 0


def test_the_same_goods_for_the_same_buyer_within_a_day_look_like_a_duplicate(desk: Desk) -> None:
    desk.receive(incoming("T-1"))
    desk.now += 3_600
    twin, other_goods, other_buyer = (
        desk.receive(incoming("T-2")),
        desk.receive(incoming("T-3", lines=(IncomingLine("LAMP", "Lamp", 1, 8_800),))),
        desk.receive(incoming("T-4", buyer_phone="13912345678")),
    )
    desk.now += 25 * 3_600
    later = desk.receive(incoming("T-5"))
    found = [desk.order(order_id).exceptions for order_id in (twin, other_goods, other_buyer, later)]
    assert found == ["duplicate", "", "", ""]


def test_a_blocked_buyer_is_stopped(desk: Desk) -> None:
    with desk.work() as ctx:
        ctx.db.execute(blocked_buyer.insert().values(phone="13812345678", reason="chargebacks", blocked_at=desk.now))
    assert desk.order(desk.receive(incoming())).exceptions == "fraud"


def test_an_unpaid_order_waits_and_its_payment_sets_it_going(desk: Desk) -> None:
    order_id = desk.receive(incoming(payments=()))
    assert (desk.order(order_id).status, desk.facts(order_id)) == ("received", ["OrderReceived"])
    desk.now += 600
    with desk.work() as ctx:
        intake.pay_order(ctx, order_id, "wechat_pay", 43_300)
    order = desk.order(order_id)
    assert (order.status, order.paid_at) == ("allocated", desk.now)


def test_part_payments_add_up(desk: Desk) -> None:
    order_id = desk.receive(incoming(payments=(Payment("gift_card", 3_300),)))
    assert desk.order(order_id).exceptions == "payment"
    with desk.work() as ctx:
        intake.pay_order(ctx, order_id, "alipay", 40_000)
    order = desk.order(order_id)
    assert (order.paid_cents, order.paid_at, order.status) == (43_300, desk.now, "exception")


def test_two_means_of_payment_at_once_are_one_review(desk: Desk) -> None:
    order_id = desk.receive(incoming(payments=(Payment("gift_card", 3_300), Payment("alipay", 40_000))))
    assert desk.order(order_id).status == Status.ALLOCATED


def test_a_number_comes_in_once(desk: Desk) -> None:
    desk.receive(incoming())
    before = desk.everything()
    with pytest.raises(RuleViolation, match="Order T-1001 of this channel is here already"):
        desk.receive(incoming())
    assert desk.everything() == before


def test_an_order_in_a_currency_without_rate_is_refused(desk: Desk) -> None:
    before = desk.everything()
    with pytest.raises(RuleViolation, match="no rate for the currency XAU"):
        desk.receive(incoming(currency="XAU"))
    assert desk.everything() == before


def test_a_closed_order_takes_no_payment(desk: Desk) -> None:
    order_id = desk.receive(incoming(payments=()))
    desk.now += 25 * 3_600
    with desk.work() as ctx:
        assert intake.expire_unpaid(ctx) == 1
    assert desk.order(order_id).status == "expired"
    before = desk.everything()
    with pytest.raises(RuleViolation, match="is expired and takes no payment"), desk.work() as ctx:
        intake.pay_order(ctx, order_id, "alipay", 43_300)
    assert desk.everything() == before


def test_only_unpaid_orders_past_their_time_expire(desk: Desk) -> None:
    unpaid = desk.receive(incoming("T-1", payments=()))
    paid = desk.receive(incoming("T-2", buyer_phone="13900000001"))
    desk.now += 24 * 3_600
    with desk.work() as ctx:
        assert intake.expire_unpaid(ctx) == 0
    desk.now += 1
    with desk.work() as ctx:
        assert intake.expire_unpaid(ctx) == 1
    assert (desk.order(unpaid).status, desk.order(paid).status) == ("expired", "allocated")


def test_a_clerk_does_not_take_orders_in(desk: Desk, clerk: Actor) -> None:
    before = desk.everything()
    with pytest.raises(NotAllowed), desk.work(clerk) as ctx:
        intake.receive_order(ctx, incoming())
    assert desk.everything() == before
    assert desk.units("available", KETTLE) == 20
