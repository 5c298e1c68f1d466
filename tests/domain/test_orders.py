"""The order machine, exhaustively: every command in every state, every guard, and what a log explains."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.domain.errors import RuleViolation
from core.domain.orders import (
    BEFORE_HAND_OVER,
    DERIVED,
    FACT_LABELS,
    REASON_LABELS,
    STATELESS_FACTS,
    STATUS_LABELS,
    TRANSITIONS,
    Fact,
    OrderState,
    Reason,
    Status,
    decide,
    is_open,
    refusal,
    status_after,
    transition,
    transition_to,
)
from core.domain.rights import RIGHTS

S = Status
# The machine written a second time, as a person reads it in the design: command → (from, to).
MACHINE = {
    "stop": ({S.RECEIVED, S.CONFIRMED, S.BACKORDERED, S.ALLOCATED, S.RELEASED}, S.EXCEPTION),
    "confirm": ({S.RECEIVED, S.EXCEPTION}, S.CONFIRMED),
    "allocate": (
        {S.CONFIRMED, S.BACKORDERED, S.PARTLY_ALLOCATED, S.PARTLY_SHIPPED, S.PARTLY_DELIVERED},
        S.ALLOCATED,
    ),
    "plan": ({S.CONFIRMED, S.BACKORDERED, S.PARTLY_ALLOCATED, S.ALLOCATED}, S.ALLOCATED),
    "allocate_part": ({S.CONFIRMED, S.BACKORDERED, S.ALLOCATED, S.RELEASED, S.PICKING}, S.PARTLY_ALLOCATED),
    "backorder": ({S.CONFIRMED, S.PARTLY_ALLOCATED, S.PICKING}, S.BACKORDERED),
    "replan": ({S.PARTLY_ALLOCATED, S.ALLOCATED, S.RELEASED}, S.CONFIRMED),
    "release": ({S.PARTLY_ALLOCATED, S.ALLOCATED, S.PICKING, S.PARTLY_SHIPPED, S.PARTLY_DELIVERED}, S.RELEASED),
    "start_picking": ({S.PARTLY_ALLOCATED, S.RELEASED}, S.PICKING),
    "pack": ({S.PARTLY_ALLOCATED, S.PICKING}, S.PACKED),
    "ship_part": ({S.PARTLY_ALLOCATED, S.ALLOCATED, S.RELEASED, S.PICKING, S.PACKED}, S.PARTLY_SHIPPED),
    "ship": ({S.PACKED, S.PARTLY_SHIPPED}, S.SHIPPED),
    "ship_outside": ({S.RECEIVED, S.EXCEPTION, S.CONFIRMED}, S.SHIPPED),
    "deliver_part": ({S.PARTLY_SHIPPED, S.SHIPPED}, S.PARTLY_DELIVERED),
    "deliver": ({S.SHIPPED, S.PARTLY_DELIVERED}, S.DELIVERED),
    "complete": ({S.DELIVERED}, S.COMPLETED),
    "cancel": (set(BEFORE_HAND_OVER), S.CANCELLED),
    "cancel_outside": ({S.SHIPPED}, S.CANCELLED),
    "expire": ({S.RECEIVED, S.EXCEPTION}, S.EXPIRED),
}
OUTSIDE = {"ship_outside", "cancel_outside"}


def _willing(command: str, status: Status) -> OrderState:
    """An order that no guard has anything against."""
    return OrderState(
        number="T-1",
        status=status,
        exceptions=(),
        hold_reason=None,
        fulfilled_by="outside" if command in OUTSIDE else "us",
        paid_cents=0 if command == "expire" else 500,
        total_cents=500,
        reserved_quantity=2,
        wanted_quantity=2,
    )


def test_the_table_has_these_commands() -> None:
    assert [row.command for row in TRANSITIONS] == list(MACHINE)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("command", list(MACHINE))
def test_every_command_in_every_state(command: str, status: Status) -> None:
    sources, target = MACHINE[command]
    order = _willing(command, status)
    if status in sources:
        assert refusal(command, order) is None
        assert decide(command, order).target == target
    else:
        with pytest.raises(RuleViolation) as refused:
            decide(command, order)
        assert refused.value.template == "Order {number} is {status}; this needs one of: {wanted}."
        assert refused.value.params == {"number": "T-1", "status": status, "wanted": transition(command).sources}


@pytest.mark.parametrize(
    ("command", "change", "message"),
    [
        ("confirm", {"hold_reason": "buyer asked"}, "Order T-1 is on hold (buyer asked). Release the hold first."),
        ("confirm", {"paid_cents": 499}, "Order T-1 isn't paid in full: 4.99 of 5.00 received."),
        (
            "confirm",
            {"exceptions": (Reason.ADDRESS, Reason.PRICE)},
            "Order T-1 still has open reasons: address, price. Correct or approve them first.",
        ),
        ("allocate", {"hold_reason": "x"}, "Order T-1 is on hold (x). Release the hold first."),
        ("allocate", {"fulfilled_by": "outside"}, "Order T-1 is fulfilled outside and isn't worked on here."),
        ("allocate", {"reserved_quantity": 1}, "Order T-1 has 1 of 2 units reserved."),
        ("backorder", {"fulfilled_by": "outside"}, "Order T-1 is fulfilled outside and isn't worked on here."),
        ("release", {"hold_reason": "x"}, "Order T-1 is on hold (x). Release the hold first."),
        ("plan", {"hold_reason": "x"}, "Order T-1 is on hold (x). Release the hold first."),
        ("ship_outside", {"fulfilled_by": "us"}, "Order T-1 is ours: it ships through the warehouse."),
        ("cancel_outside", {"fulfilled_by": "us"}, "Order T-1 is ours: it ships through the warehouse."),
        ("expire", {"paid_cents": 1}, "Order T-1 is paid and can't expire."),
    ],
)
def test_every_guard_names_itself(command: str, change: dict[str, object], message: str) -> None:
    row = transition(command)
    refused = refusal(command, replace(_willing(command, row.sources[0]), **change))  # type: ignore[arg-type]
    assert refused is not None and str(refused) == message


def test_every_guard_in_the_table_is_known() -> None:
    """A misspelt guard would let everything pass."""
    refusing: dict[str, dict[str, Any]] = {
        "not_held": {"hold_reason": "x"},
        "paid": {"paid_cents": 0},
        "unpaid": {"paid_cents": 9},
        "no_open_reason": {"exceptions": (Reason.FRAUD,)},
        "ours": {"fulfilled_by": "outside"},
        "outside": {"fulfilled_by": "us"},
        "fully_reserved": {"reserved_quantity": 0},
    }
    for row in TRANSITIONS:
        for guard in row.guards:
            order = replace(_willing(row.command, row.sources[0]), **refusing[guard])
            assert refusal(row.command, order) is not None, (row.command, guard)


def test_every_right_in_the_table_is_declared() -> None:
    assert {row.right for row in TRANSITIONS} <= set(RIGHTS)


def test_a_hold_keeps_the_state_and_does_not_stop_a_cancellation() -> None:
    assert {Fact.HELD, Fact.HOLD_RELEASED} <= STATELESS_FACTS
    assert refusal("cancel", replace(_willing("cancel", S.ALLOCATED), hold_reason="x")) is None


def test_closed_orders_lead_nowhere_but_delivered_to_completed() -> None:
    leaving = {row.command for row in TRANSITIONS for source in row.sources if not is_open(source)}
    assert leaving == {"complete"}


def test_open_is_what_somebody_still_has_to_do_something_for() -> None:
    closed = {S.DELIVERED, S.COMPLETED, S.CANCELLED, S.EXPIRED}
    assert {status for status in Status if not is_open(status)} == closed


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ((), None),
        (("OrderReceived",), S.RECEIVED),
        (("OrderReceived", "OrderPaid"), S.RECEIVED),
        (("OrderReceived", "OrderPaid", "OrderStopped", "OrderAmended", "BuyerNotified"), S.EXCEPTION),
        (("OrderReceived", "OrderConfirmed", "OrderAllocated", "OrderHeld"), S.ALLOCATED),
        (("OrderReceived", "OrderConfirmed", "OrderShipped", "OrderDelivered"), S.DELIVERED),
        (("OrderReceived", "OrderConfirmed", "OrderCancelled", "BuyerNotified"), S.CANCELLED),
        (("OrderConfirmed", "OrderAllocated", "OrderReplanned"), S.CONFIRMED),
        (("OrderPacked", "OrderPartlyShipped", "UnitsReserved"), S.PARTLY_SHIPPED),
    ],
)
def test_the_last_moving_fact_explains_the_status(facts: tuple[str, ...], status: Status | None) -> None:
    assert status_after(facts) == status


def test_each_fact_leads_to_one_status() -> None:
    """Otherwise a log couldn't be read backwards."""
    targets: dict[Fact, set[Status]] = {}
    for row in TRANSITIONS:
        targets.setdefault(row.fact, set()).add(row.target)
    assert all(len(found) == 1 for found in targets.values())
    assert set(targets) | STATELESS_FACTS | {Fact.RECEIVED} == set(Fact)


def test_every_derived_status_is_come_to_by_a_row_that_asks_nothing_of_an_import() -> None:
    for status in DERIVED - {S.CONFIRMED}:
        assert transition_to(status).target is status
        assert "outside" not in transition_to(status).guards
    assert transition_to(S.CONFIRMED).command == "replan"


def test_everything_people_read_has_a_label() -> None:
    assert set(STATUS_LABELS) == set(Status)
    assert set(REASON_LABELS) == set(Reason)
    assert set(FACT_LABELS) == set(Fact)
