"""Corrections of stock: reasons, the value that needs a second pair of eyes, and the change of condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from core.domain.errors import RuleViolation
from core.domain.stock import Account


class AdjustmentStatus(StrEnum):
    """Where a correction stands."""

    WAITING = "waiting"
    POSTED = "posted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


ADJUSTMENT_STATUS_LABELS = MappingProxyType(
    {
        AdjustmentStatus.WAITING: "Waits for approval",
        AdjustmentStatus.POSTED: "Posted",
        AdjustmentStatus.REJECTED: "Rejected",
        AdjustmentStatus.WITHDRAWN: "Withdrawn",
    }
)


class AdjustmentFact(StrEnum):
    """What can have happened to a correction; the event log's kinds."""

    REQUESTED = "AdjustmentRequested"
    POSTED = "StockAdjusted"
    REJECTED = "AdjustmentRejected"
    WITHDRAWN = "AdjustmentWithdrawn"


@dataclass(frozen=True, slots=True)
class AdjustmentTransition:
    """One row of the machine."""

    command: str
    target: AdjustmentStatus
    fact: AdjustmentFact
    right: str
    guards: tuple[str, ...] = ()


# Every one of them begins where a correction waits.
ADJUSTMENT_TRANSITIONS: tuple[AdjustmentTransition, ...] = (
    AdjustmentTransition(
        "approve", AdjustmentStatus.POSTED, AdjustmentFact.POSTED, "stock.approve", ("somebody_else",)
    ),
    AdjustmentTransition("reject", AdjustmentStatus.REJECTED, AdjustmentFact.REJECTED, "stock.approve", ("a_note",)),
    AdjustmentTransition(
        "withdraw", AdjustmentStatus.WITHDRAWN, AdjustmentFact.WITHDRAWN, "stock.adjust", ("oneself",)
    ),
)
_BY_COMMAND = MappingProxyType({row.command: row for row in ADJUSTMENT_TRANSITIONS})


@dataclass(frozen=True, slots=True)
class Request:
    """A correction as the guards look at it; `requested_by` and `asker` as the log names people."""

    number: str
    status: AdjustmentStatus
    requested_by: str


def decide_adjustment(command: str, request: Request, asker: str, note: str = "") -> AdjustmentTransition:
    """The machine's answer to a command on a correction.

    Raises: RuleViolation that names the state or the guard.
    """
    row = _BY_COMMAND[command]
    if request.status is not AdjustmentStatus.WAITING:
        raise RuleViolation(
            "Adjustment {number} is “{status}”; nothing waits to be decided any more.",
            number=request.number,
            status=request.status,
        )
    if "somebody_else" in row.guards and asker == request.requested_by:
        raise RuleViolation("You asked for {number} yourself; somebody else has to approve it.", number=request.number)
    if "oneself" in row.guards and asker != request.requested_by:
        raise RuleViolation("Only who asked for {number} may withdraw it.", number=request.number)
    if "a_note" in row.guards and not note:
        raise RuleViolation("Say why {number} is rejected; who asked for it reads that.", number=request.number)
    return row


@dataclass(frozen=True, slots=True)
class AdjustmentReason:
    """Why stock is corrected; `way` is what it may do: down, up or both."""

    code: str
    way: str
    name_en: str
    name_zh: str

    def allows(self, change: int) -> bool:
        """Whether the reason explains a change of this sign."""
        return self.way == "both" or (self.way == "down") == (change < 0)


@dataclass(frozen=True, slots=True)
class AdjustingPolicy:
    """Reasons, and the value (cents) above which a change waits for somebody else."""

    approval_above_cents: int
    reasons: tuple[AdjustmentReason, ...]

    def reason(self, code: str, change: int) -> AdjustmentReason:
        """The reason by its code. Raises: RuleViolation for one that isn't known or explains no such change."""
        found = next((reason for reason in self.reasons if reason.code == code), None)
        if found is None:
            raise RuleViolation("An adjustment needs one of the reasons on the list, found “{found}”.", found=code)
        if not found.allows(change):
            raise RuleViolation("“{reason}” doesn't explain a change of {change} units.", reason=code, change=change)
        return found

    def needs_approval(self, value_cents: int) -> bool:
        """Whether a change of this value waits for somebody else."""
        return value_cents > self.approval_above_cents


# Accounts whose units somebody can count and correct.
ADJUSTABLE = (Account.AVAILABLE, Account.QUARANTINE, Account.DAMAGED)

# Which way goods may change their condition; supplier means that they go back there.
CONDITION_CHANGES: tuple[tuple[Account, Account], ...] = (
    (Account.AVAILABLE, Account.QUARANTINE),
    (Account.AVAILABLE, Account.DAMAGED),
    (Account.QUARANTINE, Account.AVAILABLE),
    (Account.QUARANTINE, Account.DAMAGED),
    (Account.QUARANTINE, Account.SUPPLIER),
    (Account.DAMAGED, Account.QUARANTINE),  # it was called damaged by mistake: looked at once more
    (Account.DAMAGED, Account.SUPPLIER),
)


def conditions_after(source: Account) -> tuple[Account, ...]:
    """What units in a condition may become."""
    return tuple(target for begin, target in CONDITION_CHANGES if begin is source)


def check_condition(source: Account, target: Account, note: str) -> None:
    """Refuses a change of condition that there isn't, or one without a word why. Raises: RuleViolation."""
    if (source, target) not in CONDITION_CHANGES:
        raise RuleViolation("Units in “{source}” can't become “{target}”.", source=source, target=target)
    if not note:
        raise RuleViolation("Say why the goods change their condition.")


def value_of(pieces: Sequence[tuple[int, int]]) -> int:
    """What units are worth at the cost of their lots. Shape: (units, unit cost). Units: cents."""
    return sum(units * cost for units, cost in pieces)
