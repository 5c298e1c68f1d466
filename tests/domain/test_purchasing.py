"""The purchase machine, state by command, and the rules of the door."""

from __future__ import annotations

from datetime import date

import pytest

from core.domain.errors import RuleViolation
from core.domain.purchasing import (
    PURCHASE_FACT_LABELS,
    PURCHASE_STATUS_LABELS,
    PURCHASE_TRANSITIONS,
    LineProgress,
    PurchaseFact,
    PurchaseState,
    PurchaseStatus,
    ReceivingPolicy,
    Verdict,
    check_expiry,
    check_over,
    check_units,
    check_verdict,
    decide_purchase,
    status_of,
)
from core.domain.rights import RIGHTS

S = PurchaseStatus
POLICY = ReceivingPolicy(over_tolerance=0.1, least_shelf_life_days=30)
NOTHING = LineProgress(10, 0, 0, 0, 0)
ALLOWED = {
    S.ORDERED: {"reschedule", "receive", "cancel"},
    S.PARTLY_RECEIVED: {
        "reschedule", "receive", "correct_receipt", "inspect", "take_back", "put_away", "drop_rest", "cancel",
    },
    S.RECEIVED: {"correct_receipt", "inspect", "take_back", "put_away"},
    S.INSPECTED: {"take_back", "put_away"},
    S.PUT_AWAY: set(),
    S.CANCELLED: set(),
}  # fmt: skip


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("command", [row.command for row in PURCHASE_TRANSITIONS])
def test_every_command_in_every_state(status: PurchaseStatus, command: str) -> None:
    state = PurchaseState("PO-000001", status, (NOTHING,))
    if command in ALLOWED[status]:
        assert decide_purchase(command, state).command == command
    else:
        with pytest.raises(RuleViolation, match="PO-000001"):
            decide_purchase(command, state)


def test_once_something_came_it_is_dropped_and_not_cancelled() -> None:
    state = PurchaseState("PO-1", S.PARTLY_RECEIVED, (LineProgress(10, 0, 4, 0, 0),))
    with pytest.raises(RuleViolation, match="dropped instead"):
        decide_purchase("cancel", state)
    assert decide_purchase("drop_rest", state).fact is PurchaseFact.REST_DROPPED


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([(10, 0, 0, 0, 0)], S.ORDERED),
        ([(10, 4, 0, 0, 0)], S.ORDERED),
        ([(10, 0, 4, 4, 0)], S.PARTLY_RECEIVED),
        ([(10, 6, 4, 4, 0)], S.RECEIVED),
        ([(10, 0, 10, 1, 9)], S.RECEIVED),
        ([(10, 0, 12, 0, 12)], S.INSPECTED),
        ([(10, 0, 10, 0, 0)], S.PUT_AWAY),
        ([(10, 0, 10, 0, 0), (5, 0, 0, 0, 0)], S.PARTLY_RECEIVED),
        ([(10, 0, 10, 0, 0), (5, 0, 5, 0, 2)], S.INSPECTED),
    ],
)
def test_the_slowest_line_says_where_a_purchase_stands(
    lines: list[tuple[int, int, int, int, int]], status: PurchaseStatus
) -> None:
    assert status_of(tuple(LineProgress(*line) for line in lines)) is status


@pytest.mark.parametrize(
    ("received", "quantity", "keeps", "most"),
    [
        (0, 11, False, None),
        (0, 12, False, 11),
        (0, 12, True, None),
        (10, 1, False, None),
        (11, 1, False, 0),
        (4, 8, False, 7),
    ],
)
def test_the_tolerance_is_of_the_whole_line(received: int, quantity: int, keeps: bool, most: int | None) -> None:
    """A tenth of ten is one unit, however many lorries there are."""
    line = LineProgress(10, 0, received, 0, 0)
    if most is None:
        check_over("KETTLE", line, quantity, keeps, POLICY)
    else:
        with pytest.raises(RuleViolation, match=f"and {most} at most may be taken"):
            check_over("KETTLE", line, quantity, keeps, POLICY)


@pytest.mark.parametrize(
    ("needs", "day", "message"),
    [
        (True, None, "say the date"),
        (True, "2026-13-01", "is no date"),
        (True, "2026-03-30", "which is 29 days; 30 are wanted"),
        (True, "2020-01-01", "days; 30 are wanted"),
        (True, "2026-03-31", ""),
        (False, None, ""),
        (False, "2026-03-02", "which is 1 days"),
    ],
)
def test_dates_on_goods(needs: bool, day: str | None, message: str) -> None:
    if message:
        with pytest.raises(RuleViolation, match=message):
            check_expiry("SNACK", needs, day, date(2026, 3, 1), POLICY)
    else:
        check_expiry("SNACK", needs, day, date(2026, 3, 1), POLICY)


@pytest.mark.parametrize("quantity", [-1, 0, 1_000_001, 10**9])
def test_quantities_that_cannot_be(quantity: int) -> None:
    with pytest.raises(RuleViolation, match=f"found {quantity}"):
        check_units(quantity)


def test_verdicts() -> None:
    check_verdict(Verdict(3, 1, 1), 5, "dented")
    check_verdict(Verdict(accepted=5), 5, "")
    for verdict, note in ((Verdict(), "x"), (Verdict(6), ""), (Verdict(0, 1), ""), (Verdict(-1, 2), "x")):
        with pytest.raises(RuleViolation):
            check_verdict(verdict, 5, note)


def test_everything_has_a_label_and_every_right_is_declared() -> None:
    assert set(PURCHASE_STATUS_LABELS) == set(S)
    assert set(PURCHASE_FACT_LABELS) == set(PurchaseFact)
    assert {row.right for row in PURCHASE_TRANSITIONS} <= set(RIGHTS)
    assert {row.fact for row in PURCHASE_TRANSITIONS} == set(PurchaseFact) - {PurchaseFact.PLACED}
