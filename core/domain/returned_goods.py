"""Parcels that come back from buyers: what may be in them, and what becomes of the goods."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from types import MappingProxyType

from core.domain.errors import RuleViolation
from core.domain.orders import Status


class ReturnedStatus(StrEnum):
    """Where a returned parcel stands."""

    ARRIVED = "arrived_back"
    SETTLED = "settled"


RETURNED_STATUS_LABELS = MappingProxyType(
    {ReturnedStatus.ARRIVED: "To be inspected", ReturnedStatus.SETTLED: "Inspected"}
)


class ReturnedFact(StrEnum):
    """What can have happened to a returned parcel; the event log's kinds."""

    ARRIVED = "ReturnArrived"
    INSPECTED = "ReturnInspected"


# Orders whose goods the buyer has.
RETURNABLE = frozenset({Status.DELIVERED, Status.COMPLETED})


def check_returnable(number: str, is_ours: bool, delivered_units: int) -> None:
    """Refuses a parcel of an order whose goods no buyer of ours has. Raises: RuleViolation."""
    if not is_ours:
        raise RuleViolation("Order {number} is fulfilled outside; its goods don't come back to us.", number=number)
    if delivered_units == 0:
        raise RuleViolation("Nothing of order {number} is with the buyer, so nothing can come back.", number=number)


def check_coming_back(sku_code: str, quantity: int, with_buyer: int) -> None:
    """Refuses more units than the buyer has, or a number that can't be. Raises: RuleViolation."""
    if quantity < 1:
        raise RuleViolation(
            "A returned parcel needs at least one unit of {sku}, found {found}.", sku=sku_code, found=quantity
        )
    if quantity > with_buyer:
        raise RuleViolation(
            "{found} units of {sku} can't have come back: the buyer has {most}.",
            sku=sku_code,
            found=quantity,
            most=with_buyer,
        )


def check_outcome(
    sku_code: str, restocked: int, damaged: int, waiting: int, expires_on: str | None, today: date
) -> None:
    """Refuses an inspection of nothing or too much, and goods back on the shelf that are past their date.

    Raises: RuleViolation.
    """
    if min(restocked, damaged) < 0 or restocked + damaged == 0:
        raise RuleViolation("An inspection needs a number of units, none of them below 0.")
    if restocked + damaged > waiting:
        raise RuleViolation(
            "{found} units are judged, but {waiting} wait for inspection.", found=restocked + damaged, waiting=waiting
        )
    if restocked and expires_on and date.fromisoformat(expires_on) <= today:
        raise RuleViolation("{sku} expired on {day}; it can't go back on the shelf.", sku=sku_code, day=expires_on)
