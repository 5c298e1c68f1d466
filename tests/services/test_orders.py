"""The order desk's commands: what they leave behind, and that a refusal leaves nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from core.channels.incoming import IncomingLine, Payment
from core.context import Actor, Context
from core.db.world_tables import event, money_posting, sales_order
from core.domain.errors import NotAllowed, NotFound, OrderlyError
from core.domain.orders import Reason, Status
from core.domain.rights import rights_of
from core.services import adjustments, intake, orders, packing, picking, shipping, stock
from tests.services.desk import KETTLE, SHANGHAI, Desk, incoming
from tests.services.parcels import WAY, bring_on, hand_over

CHEAP = (IncomingLine("KETTLE", "Kettle", 2, 18_000),)


def _last(desk: Desk, order_id: int, kind: str) -> dict[str, object]:
    with desk.look() as ctx:
        found = select(event.c.data).where(event.c.order_id == order_id, event.c.kind == kind).order_by(event.c.id)
        data: dict[str, object] = json.loads(ctx.db.execute(found).scalars().all()[-1])
        return data


def _refused(desk: Desk, actor: Actor, command: Callable[[Context], object]) -> str:
    """What a command says when it refuses, after showing that it wrote nothing."""
    before = desk.everything()
    with pytest.raises(OrderlyError) as refused, desk.work(actor) as ctx:
        command(ctx)
    assert desk.everything() == before
    return str(refused.value)


# ---- confirming -----------------------------------------------------------------------------------------------


def test_a_clerk_lets_a_price_pass_with_a_note(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming(lines=CHEAP))
    assert desk.order(order_id).exceptions == "price"
    desk.now += 60
    with desk.work(clerk) as ctx:
        status = orders.confirm_order(ctx, order_id, approved={"price": " campaign 3.18 "})
    order = desk.order(order_id)
    assert (status, order.status, order.exceptions, order.confirmed_at) == ("allocated", "allocated", "", desk.now)
    assert _last(desk, order_id, "OrderConfirmed")["approved"] == {"price": "campaign 3.18"}
    assert desk.units("reserved") == 2


def test_open_reasons_are_judged_afresh(desk: Desk, clerk: Actor) -> None:
    """Stock that came in since then is a reason less."""
    order_id = desk.receive(incoming(lines=(IncomingLine("KETTLE", "Kettle", 12, 19_900),)))
    assert "still has open reasons: stock" in _refused(desk, clerk, lambda ctx: orders.confirm_order(ctx, order_id))
    with desk.work() as ctx:
        stock.receive_stock(ctx, KETTLE, SHANGHAI, 5, 9_000)
    with desk.work(clerk) as ctx:
        assert orders.confirm_order(ctx, order_id) == Status.ALLOCATED


@pytest.mark.parametrize(
    ("changes", "approved", "message"),
    [
        ({"city": "广州市"}, {"address": "fine"}, "“address” can't be let pass"),
        ({"payments": (Payment("alipay", 1),)}, {"payment": "fine"}, "“payment” can't be let pass"),
        ({"lines": CHEAP}, {"price": "   "}, "Letting “price” pass needs a note"),
        ({"lines": CHEAP}, {}, "still has open reasons: price"),
        ({"lines": CHEAP, "buyer_phone": ""}, {"price": "ok"}, "still has open reasons: phone"),
        ({"payments": ()}, {}, "isn't paid in full: 0.00 of 433.00 received"),
        ({}, {}, "is allocated; this needs one of: received, exception"),
    ],
)
def test_confirming_is_refused_by_name(
    desk: Desk, clerk: Actor, changes: dict[str, Any], approved: dict[str, str], message: str
) -> None:
    order_id = desk.receive(incoming(**changes))
    assert message in _refused(desk, clerk, lambda ctx: orders.confirm_order(ctx, order_id, approved=approved))


def test_somebody_elses_change_is_noticed(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming(lines=CHEAP))
    seen = desk.order(order_id).version
    with desk.work(clerk) as ctx:
        orders.hold_order(ctx, order_id, "asking the buyer", version=seen)
    message = _refused(
        desk, clerk, lambda ctx: orders.confirm_order(ctx, order_id, approved={"price": "ok"}, version=seen)
    )
    assert message == (
        f"Order T-1001 was changed by somebody else in the meantime (person:{clerk.person_id}: “OrderHeld”, "
        f"{datetime.fromtimestamp(desk.now, ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M})."
        " Look at it again; nothing was written."
    )


def test_a_held_order_is_not_confirmed(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming(lines=CHEAP))
    with desk.work(clerk) as ctx:
        orders.hold_order(ctx, order_id, "asking the buyer")
    message = _refused(desk, clerk, lambda ctx: orders.confirm_order(ctx, order_id, approved={"price": "ok"}))
    assert message == "Order T-1001 is on hold (asking the buyer). Release the hold first."
    with desk.work(clerk) as ctx:
        orders.release_hold(ctx, order_id)
        orders.confirm_order(ctx, order_id, approved={"price": "ok"})
    assert desk.order(order_id).status == "allocated"


# ---- correcting -----------------------------------------------------------------------------------------------


def test_a_corrected_address_tells_the_buyer_and_is_judged_again(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming(city="广州市"))
    with desk.work(clerk) as ctx:
        left = orders.amend_order(ctx, order_id, {"city": "上海市"}, "您好，城市已更正为上海市。")
    order = desk.order(order_id)
    assert (left, order.city, order.status, order.exceptions) == ((), "上海市", "exception", "")
    assert _last(desk, order_id, "OrderAmended") == {"changed": {"city": ["广州市", "上海市"]}}
    assert desk.messages(order_id) == ["您好，城市已更正为上海市。"]
    with desk.work(clerk) as ctx:
        assert orders.confirm_order(ctx, order_id) == Status.ALLOCATED


@pytest.mark.parametrize("released", [False, True])
def test_a_correction_that_makes_it_worse_stops_the_order_but_keeps_its_units(
    desk: Desk, clerk: Actor, released: bool
) -> None:
    order_id = desk.receive(incoming())
    if released:
        with desk.work() as ctx:
            shipping.release_order(ctx, order_id)
    with desk.work(clerk) as ctx:
        assert orders.amend_order(ctx, order_id, {"city": "广州市"}, "…") == (Reason.ADDRESS,)
    assert (desk.order(order_id).status, desk.order(order_id).exceptions) == ("exception", "address")
    assert desk.units("reserved") == 2
    with desk.work(clerk) as ctx:
        assert orders.amend_order(ctx, order_id, {"city": "上海市"}, "…") == ()
        assert orders.confirm_order(ctx, order_id) == Status.ALLOCATED
    assert (desk.units("reserved"), desk.units("available")) == (2, 18)


def test_a_correction_of_a_backordered_order_leaves_it_waiting_for_stock(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming(payments=()))
    with desk.work(clerk) as ctx:
        orders.hold_order(ctx, order_id, "stock count")
    with desk.work() as ctx:
        intake.pay_order(ctx, order_id, "alipay", 43_300)
        # confirmed while stock was there, taken away before it could be reserved
        ctx.db.execute(update(sales_order).values(status="backordered", hold_reason=None, paid_at=desk.now))
        adjustments.adjust_stock(ctx, KETTLE, SHANGHAI, -10, "missing")
    with desk.work(clerk) as ctx:
        assert orders.amend_order(ctx, order_id, {"street": "南京东路 102 号"}, "…") == ()
    assert desk.order(order_id).status == "backordered"


def test_a_payment_for_a_held_order_is_kept_and_the_release_sets_it_going(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming(payments=()))
    with desk.work(clerk) as ctx:
        orders.hold_order(ctx, order_id, "买家要求等一等")
    with desk.work() as ctx:
        intake.pay_order(ctx, order_id, "alipay", 43_300)
    assert (desk.order(order_id).status, desk.order(order_id).paid_cents) == ("received", 43_300)
    with desk.work(clerk) as ctx:
        orders.release_hold(ctx, order_id)
    assert desk.order(order_id).status == "allocated"


def test_another_province_plans_another_warehouse(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming(city="深圳市", postcode="518000"))
    assert desk.order(order_id).warehouse_id == 1
    with desk.work(clerk) as ctx:
        assert orders.amend_order(ctx, order_id, {"region": "CN-GD"}, "省份已更正为广东省。") == ()
    assert (desk.order(order_id).region, desk.order(order_id).warehouse_id) == ("CN-GD", 2)
    moved = _last(desk, order_id, "OrderAmended")["moved"]
    assert isinstance(moved, dict)
    assert (moved["region"], moved["to_region"], moved["warehouse"], moved["to_warehouse"]) == ("CN-SH", "CN-GD", 1, 2)
    with desk.work(clerk) as ctx:
        orders.confirm_order(ctx, order_id)
    with desk.look() as ctx:
        assert stock.available_units(ctx, KETTLE, 2) == 8


@pytest.mark.parametrize(
    ("changes", "text", "message"),
    [
        ({"city": "上海市"}, "x", "Nothing was changed."),
        ({}, "x", "Nothing was changed."),
        ({"city": " 上海市 "}, "x", "Nothing was changed."),
        ({"status": "shipped"}, "x", "status can't be corrected here."),
        ({"city": "杭州市"}, "  ", "The message to the buyer needs 1 to 2000 characters."),
        ({"city": "杭州市"}, "x" * 2001, "The message to the buyer needs 1 to 2000 characters."),
        ({"street": "x" * 501}, "x", "Street and number may have 500 characters at most."),
    ],
)
def test_a_correction_is_refused_by_name(
    desk: Desk, clerk: Actor, changes: dict[str, str], text: str, message: str
) -> None:
    order_id = desk.receive(incoming())
    assert _refused(desk, clerk, lambda ctx: orders.amend_order(ctx, order_id, changes, text)) == message


def test_goods_on_the_packing_table_are_not_corrected_any_more(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming())
    with desk.work() as ctx:
        bring_on(ctx, order_id, 2)
    message = _refused(desk, clerk, lambda ctx: orders.amend_order(ctx, order_id, {"city": "杭州市"}, "x"))
    assert message == "Order T-1001 is picking; it can't be corrected any more."


# ---- holding --------------------------------------------------------------------------------------------------


def test_a_hold_keeps_the_state_and_stops_the_work(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming())
    with desk.work(clerk) as ctx:
        orders.hold_order(ctx, order_id, " 买家改时间 ")
    assert (desk.order(order_id).status, desk.order(order_id).hold_reason) == ("allocated", "买家改时间")
    keeper = Actor(8, "Wu", "employee", "W", rights_of("employee", "W"))
    assert "on hold (买家改时间)" in _refused(desk, keeper, lambda ctx: shipping.release_order(ctx, order_id))
    assert "is on hold already" in _refused(desk, clerk, lambda ctx: orders.hold_order(ctx, order_id, "x"))
    with desk.work(clerk) as ctx:
        orders.release_hold(ctx, order_id)
    assert desk.order(order_id).hold_reason is None
    assert "isn't on hold" in _refused(desk, clerk, lambda ctx: orders.release_hold(ctx, order_id))


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_hold_needs_a_reason(desk: Desk, clerk: Actor, reason: str) -> None:
    order_id = desk.receive(incoming())
    assert "needs a reason" in _refused(desk, clerk, lambda ctx: orders.hold_order(ctx, order_id, reason))


def test_an_ended_order_is_not_held(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming())
    with desk.work(clerk) as ctx:
        orders.cancel_order(ctx, order_id, "x")
    assert "is cancelled and can't be held" in _refused(desk, clerk, lambda ctx: orders.hold_order(ctx, order_id, "x"))


# ---- cancelling -----------------------------------------------------------------------------------------------


def test_a_cancellation_frees_the_stock_pays_back_and_tells_the_buyer(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming(payments=(Payment("gift_card", 3_300), Payment("alipay", 40_000))))
    assert desk.units("available") == 18
    with desk.work(clerk) as ctx:
        assert orders.cancel_order(ctx, order_id, "buyer changed their mind") == 3
    order = desk.order(order_id)
    assert (order.status, order.is_open, order.cancelled_at) == ("cancelled", 0, desk.now)
    assert (desk.units("available"), desk.units("reserved")) == (20, 0)
    assert desk.money(order_id) == {}
    assert _last(desk, order_id, "OrderCancelled")["units_freed"] == 3
    assert len(desk.messages(order_id)) == 1


def test_refunds_go_back_by_the_means_they_came(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming(payments=(Payment("gift_card", 3_300), Payment("alipay", 40_000))))
    with desk.work(clerk) as ctx:
        orders.cancel_order(ctx, order_id, "x")
    with desk.look() as ctx:
        m = money_posting.c
        back = ctx.db.execute(select(m.means, m.amount_cents).where(m.to_account == "buyer")).all()
    assert sorted(tuple(row) for row in back) == [("alipay", 40_000), ("gift_card", 3_300)]


def test_picked_goods_go_back_to_the_shelf(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming())
    with desk.work() as ctx:
        bring_on(ctx, order_id, 2)
    assert (desk.units("picked"), desk.units("reserved")) == (2, 0)
    with desk.work(clerk) as ctx:
        assert orders.cancel_order(ctx, order_id, "x") == 3
    assert (desk.units("picked"), desk.units("available")) == (0, 20)


def test_an_unpaid_order_is_cancelled_without_a_refund(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming(payments=()))
    with desk.work(clerk) as ctx:
        assert orders.cancel_order(ctx, order_id, "x") == 0
    assert desk.money(order_id) == {}


def test_what_is_on_the_road_is_not_cancelled(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming())
    with desk.work() as ctx:
        for step in WAY[:3]:
            step(ctx, order_id)
        hand_over(ctx, order_id)
    message = _refused(desk, clerk, lambda ctx: orders.cancel_order(ctx, order_id, "x"))
    assert message.startswith("Order T-1001 is shipped; this needs one of: received,")


@pytest.mark.parametrize("reason", ["", "\n", "x" * 501])
def test_a_cancellation_needs_a_reason(desk: Desk, clerk: Actor, reason: str) -> None:
    order_id = desk.receive(incoming())
    assert "needs a reason" in _refused(desk, clerk, lambda ctx: orders.cancel_order(ctx, order_id, reason))


# ---- writing, rechecking, and who may ---------------------------------------------------------------------------


def test_a_message_reaches_the_outbox_as_it_was_written(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming())
    text = "<b>您好</b> $x^2$ ![](http://x) \U0001f4e6 'quoted'"
    with desk.work(clerk) as ctx:
        orders.notify_buyer(ctx, order_id, text)
    assert desk.messages(order_id) == [text]


def test_a_recheck_keeps_what_it_finds(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming(lines=(IncomingLine("KETTLE", "Kettle", 12, 19_900),)))
    with desk.work() as ctx:
        stock.receive_stock(ctx, KETTLE, SHANGHAI, 2, 9_000)
    with desk.work(clerk) as ctx:
        assert orders.recheck_order(ctx, order_id) == ()
    assert (desk.order(order_id).exceptions, desk.order(order_id).status) == ("", "exception")


COMMANDS: dict[str, Callable[[Context, int], object]] = {
    "confirm": orders.confirm_order,
    "recheck": orders.recheck_order,
    "amend": lambda ctx, order_id: orders.amend_order(ctx, order_id, {"city": "杭州市"}, "x"),
    "hold": lambda ctx, order_id: orders.hold_order(ctx, order_id, "x"),
    "release_hold": orders.release_hold,
    "cancel": lambda ctx, order_id: orders.cancel_order(ctx, order_id, "x"),
    "notify": lambda ctx, order_id: orders.notify_buyer(ctx, order_id, "x"),
    "release": shipping.release_order,
    "pick": picking.pick_shipment,
    "pack": packing.pack_shipment,
    "hand over": shipping.hand_over,
    "deliver": shipping.deliver_shipment,
}


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_services_refuse_by_themselves(desk: Desk, name: str) -> None:
    order_id = desk.receive(incoming())
    before = desk.everything()
    nobody = Actor(9, "Guest", "employee", None, rights_of("employee", None))
    with pytest.raises(NotAllowed), desk.work(nobody) as ctx:
        COMMANDS[name](ctx, order_id)
    assert desk.everything() == before


@pytest.mark.parametrize("name", list(COMMANDS))
def test_an_order_or_a_parcel_that_is_not_there(desk: Desk, name: str) -> None:
    with pytest.raises(NotFound, match=r"(Order|Shipment) 4711 isn't here"), desk.work() as ctx:
        COMMANDS[name](ctx, 4711)
