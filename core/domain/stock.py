"""Stock accounts and the moves between them: double entry in units."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Account(StrEnum):
    """Where units of a lot can be; supplier, customer and loss are the world outside and may go below zero."""

    SUPPLIER = "supplier"
    RECEIVING = "receiving"
    AVAILABLE = "available"
    RESERVED = "reserved"
    QUARANTINE = "quarantine"
    DAMAGED = "damaged"
    PICKED = "picked"
    IN_TRANSIT = "in_transit"
    CUSTOMER = "customer"
    LOSS = "loss"
    RETURN_INSPECTION = "return_inspection"


SHELF = frozenset({Account.AVAILABLE, Account.RESERVED})  # what lies in bins
BOUNDLESS = frozenset({Account.SUPPLIER, Account.CUSTOMER, Account.LOSS})
SET_ASIDE = (Account.RESERVED, Account.PICKED, Account.IN_TRANSIT, Account.CUSTOMER)  # for an order
OUTSIDE = 0  # the warehouse id of the accounts that lie in no warehouse


ACCOUNT_LABELS = MappingProxyType(
    {
        Account.SUPPLIER: "Supplier",
        Account.RECEIVING: "Receiving",
        Account.AVAILABLE: "Available",
        Account.RESERVED: "Reserved",
        Account.QUARANTINE: "Quarantine",
        Account.DAMAGED: "Damaged",
        Account.PICKED: "Picked",
        Account.IN_TRANSIT: "In transit",
        Account.CUSTOMER: "With the customer",
        Account.LOSS: "Loss",
        Account.RETURN_INSPECTION: "Return inspection",
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """An account of a warehouse."""

    warehouse_id: int
    account: Account


@dataclass(frozen=True, slots=True)
class Move:
    """Units of one lot from one account to another.

    `order_line_id` says for whom, `bin_id` which bin they leave, or enter where they don't leave one.
    """

    sku_id: int
    lot_id: int
    source: Place
    target: Place
    quantity: int
    order_line_id: int | None = None
    bin_id: int | None = None


@dataclass(frozen=True, slots=True)
class LotStock:
    """What of a lot is available in a warehouse; lots come in the order in which they are to be issued."""

    lot_id: int
    available: int


def take_first_in(lots: list[LotStock], quantity: int) -> list[tuple[int, int]]:
    """Which lots serve a quantity, first in first out.

    Shape: [(lot_id, units)]; the units may sum to less than asked where stock is short.
    """
    taken: list[tuple[int, int]] = []
    for stock in lots:
        if quantity <= 0:
            break
        units = min(stock.available, quantity)
        if units > 0:
            taken.append((stock.lot_id, units))
            quantity -= units
    return taken


SUPPLIER = Place(OUTSIDE, Account.SUPPLIER)
CUSTOMER = Place(OUTSIDE, Account.CUSTOMER)
LOSS = Place(OUTSIDE, Account.LOSS)
