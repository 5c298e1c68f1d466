"""The purchase machine, from the order at the supplier to the goods in their bins, and the rules of receiving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from core.domain.errors import RuleViolation

MOST_UNITS = 1_000_000  # of one article in one paper; more is a slip of the scanner


class PurchaseStatus(StrEnum):
    """Where a purchase stands."""

    ORDERED = "ordered"
    PARTLY_RECEIVED = "partly_received"
    RECEIVED = "received"
    INSPECTED = "inspected"
    PUT_AWAY = "put_away"
    CANCELLED = "cancelled"


PURCHASE_STATUS_LABELS = MappingProxyType(
    {
        PurchaseStatus.ORDERED: "Ordered, on its way",
        PurchaseStatus.PARTLY_RECEIVED: "Partly received",
        PurchaseStatus.RECEIVED: "Received, being inspected",
        PurchaseStatus.INSPECTED: "Inspected, to be put away",
        PurchaseStatus.PUT_AWAY: "Put away",
        PurchaseStatus.CANCELLED: "Purchase cancelled",
    }
)
PURCHASE_CLOSED = frozenset({PurchaseStatus.PUT_AWAY, PurchaseStatus.CANCELLED})


class PurchaseFact(StrEnum):
    """What can have happened to a purchase; the event log's kinds."""

    PLACED = "PurchasePlaced"
    RESCHEDULED = "PurchaseRescheduled"
    RECEIVED = "GoodsReceived"
    RECEIPT_CORRECTED = "ReceiptCorrected"
    INSPECTED = "GoodsInspected"
    ACCEPTANCE_TAKEN_BACK = "AcceptanceTakenBack"
    PUT_AWAY = "GoodsPutAway"
    REST_DROPPED = "PurchaseRestDropped"
    CANCELLED = "PurchaseCancelled"


PURCHASE_FACT_LABELS = MappingProxyType(
    {
        PurchaseFact.PLACED: "Ordered from the supplier",
        PurchaseFact.RESCHEDULED: "Expected on another day",
        PurchaseFact.RECEIVED: "Goods received",
        PurchaseFact.RECEIPT_CORRECTED: "Receipt corrected",
        PurchaseFact.INSPECTED: "Goods inspected",
        PurchaseFact.ACCEPTANCE_TAKEN_BACK: "Acceptance taken back",
        PurchaseFact.PUT_AWAY: "Goods put away",
        PurchaseFact.REST_DROPPED: "Rest not waited for",
        PurchaseFact.CANCELLED: "Purchase cancelled",
    }
)


@dataclass(frozen=True, slots=True)
class LineProgress:
    """How far one line of a purchase has come. Units: of its article."""

    ordered: int
    dropped: int
    received: int
    uninspected: int
    to_put_away: int

    @property
    def rest(self) -> int:
        """What is still waited for."""
        return max(0, self.ordered - self.dropped - self.received)


@dataclass(frozen=True, slots=True)
class PurchaseState:
    """What the guards look at."""

    number: str
    status: PurchaseStatus
    lines: tuple[LineProgress, ...]


def status_of(lines: tuple[LineProgress, ...]) -> PurchaseStatus:
    """Where a purchase stands by its lines: the slowest of them decides."""
    if any(line.rest for line in lines):
        some = any(line.received for line in lines)
        return PurchaseStatus.PARTLY_RECEIVED if some else PurchaseStatus.ORDERED
    if any(line.uninspected for line in lines):
        return PurchaseStatus.RECEIVED
    if any(line.to_put_away for line in lines):
        return PurchaseStatus.INSPECTED
    return PurchaseStatus.PUT_AWAY


@dataclass(frozen=True, slots=True)
class PurchaseTransition:
    """One row of the machine: where the command may be given, where it can lead, its fact, right and guards.

    Which of the targets it is, the lines say afterwards (see `status_of`).
    """

    command: str
    sources: tuple[PurchaseStatus, ...]
    targets: tuple[PurchaseStatus, ...]
    fact: PurchaseFact
    right: str
    guards: tuple[str, ...] = ()


_S = PurchaseStatus
_AWAITED = (_S.ORDERED, _S.PARTLY_RECEIVED)
_IN_HOUSE = (_S.PARTLY_RECEIVED, _S.RECEIVED)
_ONWARDS = (_S.RECEIVED, _S.INSPECTED, _S.PUT_AWAY)

PURCHASE_TRANSITIONS: tuple[PurchaseTransition, ...] = (
    PurchaseTransition("reschedule", _AWAITED, _AWAITED, PurchaseFact.RESCHEDULED, "purchasing.work"),
    PurchaseTransition("receive", _AWAITED, _IN_HOUSE, PurchaseFact.RECEIVED, "stock.receive"),
    PurchaseTransition(
        "correct_receipt",
        _IN_HOUSE,
        (_S.ORDERED, _S.PARTLY_RECEIVED, *_ONWARDS),
        PurchaseFact.RECEIPT_CORRECTED,
        "stock.receive",
    ),
    PurchaseTransition("inspect", _IN_HOUSE, (_S.PARTLY_RECEIVED, *_ONWARDS), PurchaseFact.INSPECTED, "stock.receive"),
    PurchaseTransition(
        "take_back",
        (*_IN_HOUSE, _S.INSPECTED),
        _IN_HOUSE,
        PurchaseFact.ACCEPTANCE_TAKEN_BACK,
        "stock.receive",
    ),
    PurchaseTransition(
        "put_away",
        (*_IN_HOUSE, _S.INSPECTED),
        (_S.PARTLY_RECEIVED, *_ONWARDS),
        PurchaseFact.PUT_AWAY,
        "stock.receive",
    ),
    PurchaseTransition("drop_rest", (_S.PARTLY_RECEIVED,), _ONWARDS, PurchaseFact.REST_DROPPED, "purchasing.work"),
    PurchaseTransition(
        "cancel", _AWAITED, (_S.CANCELLED,), PurchaseFact.CANCELLED, "purchasing.work", ("nothing_received",)
    ),
)
_BY_COMMAND = MappingProxyType({row.command: row for row in PURCHASE_TRANSITIONS})


def purchase_refusal(command: str, purchase: PurchaseState) -> RuleViolation | None:
    """Why the machine refuses a command on a purchase as it stands, or None if it may go."""
    row = _BY_COMMAND[command]
    if "nothing_received" in row.guards and any(line.received for line in purchase.lines):
        return RuleViolation(
            "Goods of {number} were received already; what is missing can be dropped instead.", number=purchase.number
        )
    if purchase.status not in row.sources:
        return RuleViolation(
            "Purchase order {number} is “{status}”; this needs one of: {wanted}.",
            number=purchase.number,
            status=purchase.status,
            wanted=row.sources,
        )
    return None


def decide_purchase(command: str, purchase: PurchaseState) -> PurchaseTransition:
    """The machine's answer to a command. Raises: RuleViolation that names the state or the guard."""
    if violation := purchase_refusal(command, purchase):
        raise violation
    return _BY_COMMAND[command]


@dataclass(frozen=True, slots=True)
class ReceivingPolicy:
    """How strict the door is.

    Units: `over_tolerance` as a share of the ordered quantity; shelf life in days from the day of receipt.
    """

    over_tolerance: float
    least_shelf_life_days: int


def check_units(quantity: int) -> None:
    """Refuses a quantity that can't be: none, negative, or a scanner's slip.

    Raises: RuleViolation.
    """
    if not 1 <= quantity <= MOST_UNITS:
        raise RuleViolation(
            "A quantity of 1 to {most} is needed, found {quantity}.", most=MOST_UNITS, quantity=quantity
        )


def over_units(line: LineProgress, quantity: int) -> int:
    """How many units of a delivery are more than what is still waited for."""
    return max(0, quantity - line.rest)


def tolerated_over(line: LineProgress, policy: ReceivingPolicy) -> int:
    """How many units more than ordered a line may have in all, without anybody being asked."""
    return int(line.ordered * policy.over_tolerance)


def check_over(sku_code: str, line: LineProgress, quantity: int, keeps_over: bool, policy: ReceivingPolicy) -> None:
    """Refuses a delivery beyond the tolerance, unless somebody who may has said to keep it.

    Raises: RuleViolation saying how many may be taken.
    """
    most = line.rest + max(0, tolerated_over(line, policy) - max(0, line.received + line.dropped - line.ordered))
    if quantity <= most or keeps_over:
        return
    raise RuleViolation(
        "{sku}: {quantity} came, {rest} are waited for, and {most} at most may be taken."
        " Send the rest back with the driver, or have purchasing keep it.",
        sku=sku_code,
        quantity=quantity,
        rest=line.rest,
        most=most,
    )


def check_expiry(sku_code: str, needs_date: bool, expires_on: str | None, today: date, policy: ReceivingPolicy) -> None:
    """Refuses goods that need an expiry date and have none, or that don't keep long enough any more.

    Raises: RuleViolation.
    """
    if not expires_on:
        if needs_date:
            raise RuleViolation("{sku} goes out by its expiry date; say the date on the goods.", sku=sku_code)
        return
    try:
        last = date.fromisoformat(expires_on)
    except ValueError:
        raise RuleViolation("“{found}” is no date; write it as 2027-06-30.", found=expires_on) from None
    left = (last - today).days
    if left < policy.least_shelf_life_days:
        raise RuleViolation(
            "{sku} keeps until {day}, which is {left} days; {least} are wanted at the door.",
            sku=sku_code,
            day=expires_on,
            left=left,
            least=policy.least_shelf_life_days,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an inspection says of units of one receipt line."""

    accepted: int = 0
    quarantined: int = 0
    rejected: int = 0

    @property
    def units(self) -> int:
        return self.accepted + self.quarantined + self.rejected


def check_verdict(verdict: Verdict, uninspected: int, note: str) -> None:
    """Refuses a verdict on nothing, on more than waits, or one that turns goods away without saying why.

    Raises: RuleViolation.
    """
    if min(verdict.accepted, verdict.quarantined, verdict.rejected) < 0 or verdict.units == 0:
        raise RuleViolation("An inspection needs a number of units, none of them below 0.")
    if verdict.units > uninspected:
        raise RuleViolation(
            "{found} units are judged, but {waiting} wait for inspection.", found=verdict.units, waiting=uninspected
        )
    if (verdict.quarantined or verdict.rejected) and not note:
        raise RuleViolation("Say what is wrong with the goods that aren't accepted.")
