"""The blacklist: who is on it, what the review makes of it, and that every change is kept."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from core.context import Actor
from core.db.world_tables import event
from core.domain.errors import NotAllowed, NotFound, RuleViolation
from core.domain.rights import rights_of
from core.services import orders
from core.services.blocked_buyers import BlockedBuyer, block_buyer, blocked_buyers_in, unblock_buyer
from tests.services.desk import Desk, incoming

PHONE = "13812345678"


def listed(desk: Desk, actor: Actor, search: str = "") -> tuple[BlockedBuyer, ...]:
    with desk.look(actor) as ctx:
        return blocked_buyers_in(ctx, search)


def test_the_review_stops_a_blocked_buyer_until_they_are_let_off(desk: Desk, clerk: Actor) -> None:
    passed = desk.receive(incoming("T-1"))
    with desk.work(clerk) as ctx:
        assert block_buyer(ctx, f" {PHONE} ", "three parcels refused") == 1
    assert desk.order(passed).status == "allocated"  # what passed before goes its way
    stopped = desk.receive(incoming("T-2"))
    assert desk.order(stopped).exceptions == "duplicate,fraud"
    assert listed(desk, clerk) == (BlockedBuyer(PHONE, "three parcels refused", desk.now, "person:7", 2),)
    with desk.work(clerk) as ctx:
        unblock_buyer(ctx, PHONE, "it was a mistake")
        assert [reason.value for reason in orders.recheck_order(ctx, stopped)] == ["duplicate"]
    assert listed(desk, clerk) == ()


def test_every_change_is_kept_in_the_log(desk: Desk, clerk: Actor) -> None:
    with desk.work(clerk) as ctx:
        block_buyer(ctx, PHONE, "refused")
        unblock_buyer(ctx, PHONE, "paid")
        rows = ctx.db.execute(select(event).where(event.c.subject == f"buyer:{PHONE}").order_by(event.c.id)).all()
    assert [(row.kind, row.actor) for row in rows] == [("BuyerBlocked", "person:7"), ("BuyerUnblocked", "person:7")]
    assert json.loads(rows[1].data) == {
        "reason": "paid",
        "blocked_for": "refused",
        "blocked_at": desk.now,
        "blocked_by": "person:7",
    }


def test_the_list_is_searched_and_masked(desk: Desk, clerk: Actor) -> None:
    with desk.work(clerk) as ctx:
        block_buyer(ctx, PHONE, "100% refused")
        block_buyer(ctx.at(desk.now + 60), "+49 151 2345678", "chargeback")
    assert [one.reason for one in listed(desk, clerk)] == ["chargeback", "100% refused"]
    assert [one.phone for one in listed(desk, clerk, "5678")] == ["+49 151 2345678", PHONE]
    assert [one.phone for one in listed(desk, clerk, "CHARGE")] == ["+49 151 2345678"]
    assert [one.phone for one in listed(desk, clerk, "%")] == [PHONE]
    keeper = Actor(9, "Keeper", "employee", "W", rights_of("employee", "W"))
    assert [one.phone for one in listed(desk, keeper)] == ["+49 1** ***5678", "138****5678"]


@pytest.mark.parametrize(
    ("phone", "reason", "message"),
    [
        ("", "refused", "A whole phone number is needed to block a buyer, found “”."),
        ("138****5678", "refused", "A whole phone number is needed to block a buyer, found “138****5678”."),
        ("nobody", "refused", "A whole phone number is needed to block a buyer, found “nobody”."),
        ("1" * 31, "refused", f"A whole phone number is needed to block a buyer, found “{'1' * 31}”."),
        (PHONE, "  ", "This needs a reason of 1 to 500 characters."),
        (PHONE, "x" * 501, "This needs a reason of 1 to 500 characters."),
    ],
)
def test_what_cannot_be_is_refused(desk: Desk, clerk: Actor, phone: str, reason: str, message: str) -> None:
    before = desk.everything()
    with pytest.raises(RuleViolation) as refused, desk.work(clerk) as ctx:
        block_buyer(ctx, phone, reason)
    assert str(refused.value) == message
    assert desk.everything() == before


def test_nobody_is_blocked_or_let_off_twice(desk: Desk, clerk: Actor) -> None:
    with desk.work(clerk) as ctx:
        block_buyer(ctx, PHONE, "refused")
    with pytest.raises(RuleViolation, match=f"{PHONE} is blocked already"), desk.work(clerk) as ctx:
        block_buyer(ctx, PHONE, "again")
    with pytest.raises(NotFound, match="13900000000 isn't blocked"), desk.work(clerk) as ctx:
        unblock_buyer(ctx, "13900000000", "paid")


def test_only_who_may(desk: Desk) -> None:
    agent = Actor(9, "Agent", "employee", "S", rights_of("employee", "S"))
    with pytest.raises(NotAllowed), desk.work(agent) as ctx:
        block_buyer(ctx, PHONE, "refused")
    with pytest.raises(NotAllowed), desk.work(agent) as ctx:
        unblock_buyer(ctx, PHONE, "refused")
