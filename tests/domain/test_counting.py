"""The stocktake's machine, tolerance, and what the book said when somebody counted."""

from __future__ import annotations

import itertools

import pytest

from core.domain.counting import (
    CAUSE_LABELS,
    COUNT_TRANSITIONS,
    Accuracy,
    Cause,
    CountState,
    CountStatus,
    Tolerance,
    accuracy_of,
    count_refusal,
    decide_count,
    expected_at_count,
    need_cause,
    need_count,
    need_counted_at,
)
from core.domain.errors import RuleViolation
from core.domain.rights import RIGHTS

COMMANDS = [row.command for row in COUNT_TRANSITIONS]
ALLOWED = {
    ("start", "planned"), ("finish", "counting"), ("finish", "recount"), ("recount", "counting"),
    ("recount", "recount"), ("recount", "counted"), ("recount", "approved"), ("approve", "counted"),
    ("post", "approved"), ("cancel", "planned"), ("cancel", "counting"), ("cancel", "recount"),
    ("cancel", "counted"), ("cancel", "approved"),
}  # fmt: skip


@pytest.mark.parametrize(("command", "status"), list(itertools.product(COMMANDS, CountStatus)))
def test_every_command_in_every_state(command: str, status: CountStatus) -> None:
    refused = count_refusal(command, CountState("ST-000001", status))
    assert (refused is None) == ((command, status.value) in ALLOWED)
    if refused is not None:
        assert f"ST-000001 is {status}" in str(refused)


def test_every_right_of_the_machine_is_declared() -> None:
    assert {row.right for row in COUNT_TRANSITIONS} <= set(RIGHTS)


@pytest.mark.parametrize(
    ("command", "state", "message"),
    [
        ("finish", CountState("S", CountStatus.COUNTING, uncounted=3), "3 lines that nobody has counted"),
        ("approve", CountState("S", CountStatus.COUNTED, uncounted=1), "1 lines that nobody has counted"),
        ("approve", CountState("S", CountStatus.COUNTED, unexplained=2), "2 differences without a reason"),
        (
            "approve",
            CountState("S", CountStatus.COUNTED, counters=frozenset({"person:1", "person:2"}), actor="person:2"),
            "somebody else has to approve",
        ),
    ],
)
def test_guards(command: str, state: CountState, message: str) -> None:
    with pytest.raises(RuleViolation, match=message):
        decide_count(command, state)


def test_another_person_approves() -> None:
    state = CountState("S", CountStatus.COUNTED, counters=frozenset({"person:1"}), actor="person:3")
    assert decide_count("approve", state).target is CountStatus.APPROVED


@pytest.mark.parametrize("quantity", [-1, 1_000_001, 10**9])
def test_counts_that_cannot_be(quantity: int) -> None:
    with pytest.raises(RuleViolation, match="A count is 0 to 1000000 units"):
        need_count(quantity)


def test_counts_that_can_be() -> None:
    for quantity in (0, 1, 1_000_000):
        need_count(quantity)


def test_when_a_count_can_have_been() -> None:
    need_counted_at(5, 5, 5)
    for at in (4, 11):
        with pytest.raises(RuleViolation):
            need_counted_at(at, 5, 10)


@pytest.mark.parametrize(("now", "moved", "then"), [(10, 0, 10), (8, -2, 10), (15, 5, 10), (7, 3 - 6, 10)])
def test_the_book_of_the_moment(now: int, moved: int, then: int) -> None:
    assert expected_at_count(now, moved) == then


@pytest.mark.parametrize(
    ("difference", "expected", "cost", "taken"),
    [
        (0, 100, 10**9, True),
        (2, 100, 100, True),  # two per cent of a hundred
        (-3, 100, 100, False),
        (-3, 150, 100, True),
        (1, 0, 100, True),  # a unit is always taken
        (2, 0, 100, False),
        (1, 100, 1_001, False),  # but not a dear one
        (1, -5, 100, True),
    ],
)
def test_tolerance(difference: int, expected: int, cost: int, taken: bool) -> None:
    assert Tolerance(units=1, rate=0.02, value_cents=1_000).takes(difference, expected, cost) is taken


def test_accuracy_counts_shortage_and_surplus_alike() -> None:
    found = accuracy_of([(10, 10), (10, 8), (10, 12), (0, 0), (70, 70)])
    assert found == Accuracy(lines=5, lines_right=3, book_units=100, units_off=4)
    assert (found.record_rate, found.unit_rate) == (0.6, 0.96)
    assert (accuracy_of([]).record_rate, accuracy_of([(0, 3)]).unit_rate) == (None, None)
    assert accuracy_of([(1, 9)]).unit_rate == 0


def test_causes_are_known_by_their_code() -> None:
    assert need_cause("theft") is Cause.THEFT
    with pytest.raises(RuleViolation, match="Theft suspected"):
        need_cause("")
    assert set(CAUSE_LABELS) == set(Cause)
