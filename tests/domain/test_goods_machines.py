"""The machines of corrections and transfers, conditions of goods, returned parcels, and the numbers of papers."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from core.domain.adjusting import (
    ADJUSTMENT_TRANSITIONS,
    CONDITION_CHANGES,
    AdjustmentReason,
    AdjustmentStatus,
    Request,
    check_condition,
    conditions_after,
    decide_adjustment,
    value_of,
)
from core.domain.errors import RuleViolation
from core.domain.numbering import PURCHASE, TRANSFER, id_in, number_of
from core.domain.returned_goods import check_coming_back, check_outcome, check_returnable
from core.domain.rights import RIGHTS
from core.domain.stock import Account
from core.domain.transfers import (
    TRANSFER_TRANSITIONS,
    TransferProgress,
    TransferStatus,
    decide_transfer,
    transfer_status,
)


@pytest.mark.parametrize(
    ("status", "command"), list(product(AdjustmentStatus, [row.command for row in ADJUSTMENT_TRANSITIONS]))
)
def test_only_what_waits_is_decided(status: AdjustmentStatus, command: str) -> None:
    asker = "person:1" if command == "withdraw" else "person:2"
    request = Request("AD-000001", status, "person:1")
    if status is AdjustmentStatus.WAITING:
        assert decide_adjustment(command, request, asker, "why").command == command
    else:
        with pytest.raises(RuleViolation, match="nothing waits to be decided"):
            decide_adjustment(command, request, asker, "why")


@pytest.mark.parametrize(
    ("command", "asker", "note", "message"),
    [
        ("approve", "person:1", "", "somebody else"),
        ("reject", "person:2", "", "Say why"),
        ("withdraw", "person:2", "", "Only who asked"),
    ],
)
def test_the_guards_of_a_decision(command: str, asker: str, note: str, message: str) -> None:
    with pytest.raises(RuleViolation, match=message):
        decide_adjustment(command, Request("AD-1", AdjustmentStatus.WAITING, "person:1"), asker, note)


@pytest.mark.parametrize(("way", "down", "up"), [("down", True, False), ("up", False, True), ("both", True, True)])
def test_a_reason_explains_changes_of_its_way(way: str, down: bool, up: bool) -> None:
    reason = AdjustmentReason("x", way, "X", "X")
    assert (reason.allows(-1), reason.allows(1)) == (down, up)


@pytest.mark.parametrize(("source", "target"), list(product(Account, Account)))
def test_conditions(source: Account, target: Account) -> None:
    if (source, target) in CONDITION_CHANGES:
        check_condition(source, target, "seen")
        assert target in conditions_after(source)
        with pytest.raises(RuleViolation, match="Say why"):
            check_condition(source, target, "")
    else:
        with pytest.raises(RuleViolation, match="can't become"):
            check_condition(source, target, "seen")


def test_what_a_change_is_worth() -> None:
    assert value_of([(3, 1_000), (2, 1_500)]) == 6_000


@pytest.mark.parametrize(
    ("status", "command"), list(product(TransferStatus, [row.command for row in TRANSFER_TRANSITIONS]))
)
def test_every_command_of_a_transfer_in_every_state(status: TransferStatus, command: str) -> None:
    open_ones = {TransferStatus.ON_THE_WAY, TransferStatus.PARTLY_ARRIVED}
    allowed = status is TransferStatus.ON_THE_WAY or (status in open_ones and command != "call_back")
    if allowed:
        assert decide_transfer(command, "TR-1", status).right in RIGHTS
    else:
        with pytest.raises(RuleViolation, match="TR-1"):
            decide_transfer(command, "TR-1", status)


def test_a_transfer_has_arrived_when_nothing_is_on_the_way() -> None:
    assert transfer_status((TransferProgress(5, 4, 1),)) is TransferStatus.ARRIVED
    assert transfer_status((TransferProgress(5, 5, 0), TransferProgress(2, 1, 0))) is TransferStatus.PARTLY_ARRIVED


def test_what_may_come_back() -> None:
    check_returnable("T-1", True, 1)
    for is_ours, units in ((False, 1), (True, 0)):
        with pytest.raises(RuleViolation, match="T-1"):
            check_returnable("T-1", is_ours, units)
    check_coming_back("CUP", 2, 2)
    for quantity in (0, -1, 3, 10**9):
        with pytest.raises(RuleViolation, match="CUP"):
            check_coming_back("CUP", quantity, 2)


def test_what_becomes_of_it() -> None:
    today = date(2026, 3, 1)
    check_outcome("CUP", 1, 1, 2, "2026-03-02", today)
    check_outcome("CUP", 0, 2, 2, "2026-03-01", today)
    for restocked, damaged, day in ((1, 0, "2026-03-01"), (0, 0, None), (-1, 1, None), (2, 1, None)):
        with pytest.raises(RuleViolation):
            check_outcome("CUP", restocked, damaged, 2, day, today)


@pytest.mark.parametrize("text", ["PO-000017", "po-17", "PO17", " PO-0000017\n"])
def test_a_paper_s_number_is_read_as_it_is_scanned_or_typed(text: str) -> None:
    assert id_in(PURCHASE, text) == 17


@pytest.mark.parametrize("text", ["TR-000017", "17", "PO-0", "PO-1x", "PO-", "", "PO-99999999999999999999"])
def test_anything_else_is_no_number_of_it(text: str) -> None:
    assert id_in(PURCHASE, text) is None


def test_numbers_come_back() -> None:
    assert number_of(TRANSFER, 4) == "TR-000004"
    assert id_in(TRANSFER, number_of(TRANSFER, 1_234_567)) == 1_234_567
