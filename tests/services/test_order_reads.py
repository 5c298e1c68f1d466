"""What the desk reads of the queue and of one order, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from core.channels.incoming import IncomingLine
from core.context import Actor
from core.domain.errors import NotAllowed, NotFound
from core.domain.orders import Reason, Status
from core.domain.rights import rights_of
from core.services import order_reads, orders
from core.services.order_file import OrderFile, get_order
from tests.services.desk import KETTLE, Desk, incoming

NOBODY = Actor(9, "Nobody", "employee", None, frozenset())
FINANCE = Actor(8, "Sun", "employee", "F", rights_of("employee", "F"))


def stopped(desk: Desk, number: str, **changes: Any) -> int:
    """An order that the review stops for its city."""
    return desk.receive(incoming(number, city="杭州市", **changes))


def file_of(desk: Desk, order_id: int, who: Actor) -> OrderFile:
    with desk.look(who) as ctx:
        return get_order(ctx, order_id)


def numbers(desk: Desk, who: Actor, segment: str, **filters: Any) -> list[str]:
    with desk.look(who) as ctx:
        return [row.number for row in order_reads.orders_in(ctx, segment, **filters).rows]


def test_segments_hold_what_their_name_says(desk: Desk, clerk: Actor) -> None:
    stopped(desk, "A1", buyer_phone="13800000001")
    desk.receive(incoming("A2"))
    desk.receive(incoming("A3", payments=(), buyer_phone="13800000003"))
    assert numbers(desk, clerk, "decision") == ["A1"]
    assert numbers(desk, clerk, "progress") == ["A2"]
    assert numbers(desk, clerk, "unpaid") == ["A3"]
    assert numbers(desk, clerk, "all") == ["A3", "A2", "A1"]
    assert numbers(desk, clerk, "elsewhere") == []
    with desk.look(clerk) as ctx:
        assert order_reads.queue_counts(ctx) == {"decision": 1, "progress": 1, "unpaid": 1}
        assert order_reads.reason_counts(ctx) == {Reason.ADDRESS: 1}


def test_search_and_filters(desk: Desk, clerk: Actor) -> None:
    stopped(desk, "178900001111", buyer_name="沈 嘉_宁", buyer_phone="13757162038")
    stopped(desk, "178900002222", buyer_name="Sam%", buyer_phone="13757160000")
    assert numbers(desk, clerk, "decision", search="1111") == ["178900001111"]
    assert numbers(desk, clerk, "decision", search="137-5716 2038") == ["178900001111"]
    assert numbers(desk, clerk, "decision", search="嘉_") == ["178900001111"]
    assert numbers(desk, clerk, "decision", search="SAM%") == ["178900002222"]
    assert numbers(desk, clerk, "decision", search="_a") == []
    assert numbers(desk, clerk, "decision", reason="price") == []
    assert numbers(desk, clerk, "decision", reason="address", channel="tmall") == ["178900001111", "178900002222"]
    assert numbers(desk, clerk, "decision", channel="jd") == []
    assert numbers(desk, clerk, "decision", page=2) == []


def test_a_file_holds_what_the_clerk_decides_by(desk: Desk, clerk: Actor) -> None:
    order_id = stopped(desk, "A1")
    found = file_of(desk, order_id, clerk)
    assert (found.status, found.reasons, found.reasons_now) == (
        Status.EXCEPTION,
        (Reason.ADDRESS,),
        (Reason.ADDRESS,),
    )
    assert found.faults == ("city",)
    assert [(line.quantity, line.available, line.reserved) for line in found.lines] == [(2, 10, 0), (1, 10, 0)]
    assert [(one.kind, one.means) for one in found.money] == [("paid", "alipay")]
    assert [fact.kind for fact in found.facts] == ["OrderReceived", "OrderPaid", "OrderStopped"]
    assert found.refusals["confirm"] is None
    assert found.refusals["cancel"] is None
    assert found.refusals["release"] is not None


def test_a_confirmed_order_shows_its_lots(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming("A1"))
    found = file_of(desk, order_id, clerk)
    assert [(lot.account, lot.quantity, lot.warehouse) for lot in found.lots] == [
        ("reserved", 2, "SH"),
        ("reserved", 1, "SH"),
    ]
    assert found.lines[0].reserved == 2
    assert desk.units("reserved", KETTLE) == 2


def test_neighbours_share_the_phone_and_the_days(desk: Desk, clerk: Actor) -> None:
    first = desk.receive(incoming("A1"))
    desk.now += 600
    second = desk.receive(incoming("A2", lines=(IncomingLine("KETTLE", "Kettle", 1, 19_900),)))
    desk.now += 4 * 86_400
    desk.receive(incoming("A3"))
    desk.receive(incoming("A4", buyer_phone="13911112222"))
    assert [one.id for one in file_of(desk, first, clerk).neighbours] == [second]


def test_contacts_are_masked_without_the_right_to_amend(desk: Desk, clerk: Actor) -> None:
    order_id = stopped(desk, "A1", buyer_phone="13757162038", buyer_email="s@example.com")
    with desk.work(clerk) as ctx:
        orders.amend_order(ctx, order_id, {"note": "ring 13757162038"}, "13757162038")
    masked = file_of(desk, order_id, FINANCE)
    assert "13757162038" not in repr(masked)
    assert "s@example.com" not in repr(masked)
    assert masked.fields["buyer_phone"] == "137****2038"
    assert not masked.sees_contacts
    assert "13757162038" in repr(file_of(desk, order_id, clerk))
    with desk.look(FINANCE) as ctx:
        assert order_reads.orders_in(ctx, "all").rows[0].buyer_phone == "137****2038"


def test_reading_needs_the_right_and_incoming(desk: Desk, clerk: Actor) -> None:
    order_id = desk.receive(incoming("A1"))
    with desk.look(NOBODY) as ctx:
        for work in (lambda: get_order(ctx, order_id), lambda: order_reads.get_desk(ctx, "all")):
            with pytest.raises(NotAllowed):
                work()
    with desk.look(clerk) as ctx, pytest.raises(NotFound):
        get_order(ctx, order_id + 1)


def test_the_whole_desk_in_one_view(desk: Desk, clerk: Actor) -> None:
    stopped(desk, "A1")
    with desk.look(clerk) as ctx:
        found = order_reads.get_desk(ctx, "decision")
    assert (found.counts["decision"], len(found.page.rows), found.page.more) == (1, 1, False)
    assert found.channels == {"tmall": ("Tmall", "天猫")}
    assert found.now == desk.now


def test_what_no_database_keeps_is_replaced_not_refused(desk: Desk, clerk: Actor) -> None:
    order_id = stopped(desk, "A1")
    with desk.work(clerk) as ctx:
        orders.notify_buyer(ctx, order_id, "a\x00b")
        orders.hold_order(ctx, order_id, "half \ud800 pair")
    assert desk.messages(order_id) == ["a\ufffdb"]
    assert desk.order(order_id).hold_reason == "half ? pair"
    assert numbers(desk, clerk, "all", search="\x00") == []
