"""Confirming many orders at once: the same as one by one, each with its own result."""

from __future__ import annotations

from typing import Any

import pytest

from core.channels.incoming import IncomingLine
from core.context import ENGINE, Actor, Context
from core.db.engines import Databases, transaction
from core.domain.errors import NotAllowed, NotFound, OrderlyError, RuleViolation
from core.domain.orders import Status
from core.domain.rights import rights_of
from core.services import orders
from core.services.books import imbalances
from core.services.bulk_confirmation import MOST_AT_ONCE, Outcome, confirm_orders
from tests.services.desk import CUP, LIVE, Desk, incoming, lay_desk

CHEAP = IncomingLine("KETTLE", "Kettle", 2, 15_000)
NOTE = {"price": "campaign"}


def stopped(desk: Desk, number: str, phone: str, **changes: Any) -> int:
    """An order that the review stopped for its price, and maybe for more."""
    lines = changes.pop("lines", (CHEAP,))
    order_id = desk.receive(incoming(number, lines=lines, buyer_phone=phone, **changes))
    assert desk.order(order_id).status == "exception"
    return order_id


def a_queue(desk: Desk) -> list[int]:
    """Orders of every kind: good ones, one on hold, one with a bad address, two that compete for the last cups."""
    ids = [stopped(desk, f"T-{i}", f"1380000000{i}") for i in range(3)]
    ids.append(stopped(desk, "T-3", "13800000003", street="某处"))
    ids.append(stopped(desk, "T-4", "13800000004"))
    with desk.work() as ctx:
        orders.hold_order(ctx, ids[-1], "asking the buyer")
    cups = IncomingLine("CUP", "Cup", 6, 3_000)
    ids += [stopped(desk, f"T-{i}", f"1380000000{i}", lines=(cups, CHEAP)) for i in (5, 6)]
    ids.append(
        desk.receive(incoming("T-7", buyer_phone="13800000007", lines=(IncomingLine("LAMP", "Lamp", 1, 8_800),)))
    )
    ids.append(stopped(desk, "T-8", "13800000000"))  # the same buyer and goods as the first
    ids.append(desk.receive(incoming("T-9", payments=(), buyer_phone="13800000009")))
    return ids


def told(outcomes: tuple[Outcome, ...]) -> list[tuple[str, str]]:
    return [(one.number, one.status.value if one.status else str(one.refusal)) for one in outcomes]


def test_each_order_has_its_own_result(desk: Desk, clerk: Actor) -> None:
    ids = a_queue(desk)
    with desk.work(clerk) as ctx:
        outcomes = confirm_orders(ctx, [*ids, 4711], approved=NOTE)
        assert imbalances(ctx) == []
    assert told(outcomes) == [
        ("T-0", "allocated"),
        ("T-1", "allocated"),
        ("T-2", "allocated"),
        ("T-3", "Order T-3 still has open reasons: address. Correct or approve them first."),
        ("T-4", "Order T-4 is on hold (asking the buyer). Release the hold first."),
        ("T-5", "allocated"),
        ("T-6", "Order T-6 still has open reasons: stock. Correct or approve them first."),
        ("T-7", "Order T-7 is allocated; this needs one of: received, exception."),
        ("T-8", "Order T-8 still has open reasons: duplicate. Correct or approve them first."),
        ("T-9", "Order T-9 isn't paid in full: 0.00 of 433.00 received."),
        ("", "Order 4711 isn't here."),
    ]
    assert [desk.order(order_id).status for order_id in ids[3:5]] == ["exception", "exception"]
    assert desk.facts(ids[0])[-2:] == ["OrderConfirmed", "OrderAllocated"]
    assert desk.units("reserved", CUP) == 6


class _Undone(Exception):
    """Takes back what was only tried."""


def test_it_is_the_same_as_one_by_one(databases: Databases, clock: int) -> None:
    desk = lay_desk(databases, clock)
    ids = a_queue(desk)

    def rows(ctx: Context) -> dict[str, Any]:
        found = {}
        for table in ("sales_order", "event", "stock_balance", "stock_posting", "money_posting", "message"):
            found[table] = sorted(map(tuple, ctx.db.exec_driver_sql(f"SELECT * FROM {table}")), key=repr)
        return found

    single: list[tuple[str, str]] = []
    with pytest.raises(_Undone), transaction(databases.live) as db:
        ctx = Context(db, ENGINE, desk.now, LIVE)
        for order_id in ids:
            number = desk.order(order_id).number
            try:
                with db.begin_nested():
                    single.append((number, orders.confirm_order(ctx, order_id, approved=NOTE).value))
            except OrderlyError as refusal:
                single.append((number, str(refusal)))
        alone = rows(ctx)
        raise _Undone
    with transaction(databases.live) as db:
        ctx = Context(db, ENGINE, desk.now, LIVE)
        outcomes = confirm_orders(ctx, ids, approved=NOTE)
        assert told(outcomes) == single
        assert rows(ctx) == alone


def test_units_that_were_kept_are_taken_again(desk: Desk) -> None:
    order_id = desk.receive(incoming(buyer_phone="13800000001"))
    with desk.work() as ctx:
        orders.amend_order(ctx, order_id, {"street": "某处"}, "We corrected your address.")
        assert desk.units("reserved") == 2
    assert desk.order(order_id).status == "exception"
    with desk.work() as ctx:
        orders.amend_order(ctx, order_id, {"street": "南京东路 100 号"}, "And again.")
        (outcome,) = confirm_orders(ctx, [order_id])
        assert imbalances(ctx) == []
    assert outcome == Outcome(order_id, "T-1001", Status.ALLOCATED)
    assert desk.units("reserved") == 2


def test_what_is_named_twice_is_confirmed_once(desk: Desk) -> None:
    order_id = stopped(desk, "T-1", "13800000001")
    with desk.work() as ctx:
        outcomes = confirm_orders(ctx, [order_id, order_id], approved=NOTE)
    assert told(outcomes) == [("T-1", "allocated")]


@pytest.mark.parametrize(
    ("ids", "approved", "message"),
    [
        (range(1, MOST_AT_ONCE + 2), None, "At most 500 orders are confirmed at once, found 501."),
        ([1], {"address": "fine"}, "“address” can't be let pass; it has to be corrected."),
        ([1], {"price": "  "}, "Letting “price” pass needs a note saying why."),
    ],
)
def test_what_cannot_be_asked_is_refused_whole(
    desk: Desk, ids: Any, approved: dict[str, str] | None, message: str
) -> None:
    stopped(desk, "T-1", "13800000001")
    before = desk.everything()
    with pytest.raises(RuleViolation) as refused, desk.work() as ctx:
        confirm_orders(ctx, list(ids), approved=approved)
    assert str(refused.value) == message
    assert desk.everything() == before


def test_only_reviewers_may(desk: Desk) -> None:
    keeper = Actor(9, "Keeper", "employee", "W", rights_of("employee", "W"))
    with pytest.raises(NotAllowed), desk.work(keeper) as ctx:
        confirm_orders(ctx, [1])


def test_nothing_is_confirmed_of_nothing(desk: Desk) -> None:
    with desk.work() as ctx:
        assert confirm_orders(ctx, []) == ()
        (outcome,) = confirm_orders(ctx, [1])
    assert isinstance(outcome.refusal, NotFound)
