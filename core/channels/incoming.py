"""What a channel hands over, whatever its file looks like: orders with their lines, and problems beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from core.channels.problems import Problem

__all__ = ["Finding", "IncomingLine", "IncomingOrder", "Payment", "Problem", "SourceRow", "Terms", "lines_worth"]


class SourceRow(NamedTuple):
    """A row as it came: the file, its line there (from 1, with the header), column names and texts."""

    file: str
    line: int
    header: tuple[str, ...]
    cells: list[str] | tuple[str, ...]


class Payment(NamedTuple):
    """What the buyer paid by one means of payment, in the order's currency."""

    means: str
    amount_cents: int


class IncomingLine(NamedTuple):
    """One article of an order; `sku_code` is empty where the channel names none."""

    sku_code: str
    name: str
    quantity: int
    unit_price_cents: int
    freight_cents: int = 0


def lines_worth(sku_code: str, name: str, quantity: int, amount_cents: int) -> tuple[IncomingLine, ...]:
    """One article whose total is known but not its price: lines that add up to the total to the cent."""
    price, dearer = divmod(amount_cents, quantity)
    lines = ((quantity - dearer, price), (dearer, price + 1))
    return tuple(IncomingLine(sku_code, name, pieces, each) for pieces, each in lines if pieces)


@dataclass(slots=True)
class IncomingOrder:
    """An order as a channel reports it, in Orderly's words and units.

    `status` is a state of the order machine, `outside_status` the channel's own word; `reason` says why an
    order stands in exception. `shipping_cents` comes on top of what lines say of their own freight. `total_cents`
    is what the channel says, None where it says nothing.
    Units: instants are epoch seconds UTC, money is cents of `currency`.
    Why: not frozen, since a frozen one takes three times as long to make and imports make millions.
    """

    channel: str
    number: str
    currency: str
    placed_at: int
    status: str
    outside_status: str
    rows: tuple[SourceRow, ...]
    reason: str = ""
    paid_at: int | None = None
    confirmed_at: int | None = None
    handed_over_at: int | None = None
    delivered_at: int | None = None
    cancelled_at: int | None = None
    promised_at: int | None = None
    buyer_code: str = ""
    buyer_name: str = ""
    buyer_phone: str = ""
    buyer_email: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postcode: str = ""
    shipping_cents: int = 0
    discount_cents: int = 0
    total_cents: int | None = None
    refunded_cents: int = 0
    payments: tuple[Payment, ...] = ()
    lines: tuple[IncomingLine, ...] = ()
    note: str = ""
    _fingerprint: str = field(default="", init=False, repr=False, compare=False)

    @property
    def file(self) -> str:
        """The file that the order was found in."""
        return self.rows[0].file

    @property
    def line(self) -> int:
        """The line where the order begins."""
        return self.rows[0].line

    @property
    def items_cents(self) -> int:
        """Price of the goods, without freight and discount."""
        found = 0
        for _, _, quantity, price, _ in self.lines:  # half the time of a sum over named fields; orders come in masses
            found += quantity * price
        return found

    @property
    def worth_cents(self) -> int:
        """What the buyer owes: as the channel says, else by the items; without any, what was paid."""
        if self.total_cents is not None:
            return self.total_cents
        if not self.lines:
            return self.paid_cents
        return self.items_cents + self.freight_cents - self.discount_cents

    @property
    def freight_cents(self) -> int:
        """Freight of the order and of its lines."""
        found = self.shipping_cents
        for line in self.lines:
            found += line[4]
        return found

    @property
    def paid_cents(self) -> int:
        """What the buyer paid, by all means."""
        found = 0
        for _, cents in self.payments:
            found += cents
        return found

    @property
    def payload(self) -> dict[str, str]:
        """The rows as they came, for a clerk to compare with.

        Shape: column → text of the first row that has the column; `column #2` → text of the second such row, where it
        is another one. Columns that say nothing are left out.
        """
        first = self.rows[0]
        payload = {name: text for name, text in zip(first.header, first.cells, strict=False) if text}
        if len(self.rows) == 1:
            return payload
        seen = dict.fromkeys(first.header, 1)
        for row in self.rows[1:]:
            for name, text in zip(row.header, row.cells, strict=False):
                seen[name] = number = seen.get(name, 0) + 1
                if text and text != payload.get(name):
                    payload[name if number == 1 else f"{name} #{number}"] = text
        return payload

    def fingerprint(self) -> str:
        """Tells the same order from a changed one, whatever file, encoding or column order it came in.

        Why: our own status isn't part of it, since it may depend on the day (an unpaid order expires).
        """
        if self._fingerprint:
            return self._fingerprint
        content = (
            (self.number, self.currency, self.placed_at, self.outside_status, self.paid_at),
            (self.confirmed_at, self.handed_over_at, self.delivered_at, self.cancelled_at, self.promised_at),
            (self.buyer_code, self.buyer_name, self.buyer_phone, self.buyer_email, self.note),
            (self.country, self.region, self.city, self.district, self.street, self.postcode),
            (self.shipping_cents, self.discount_cents, self.total_cents, self.refunded_cents),
            tuple(map(tuple, self.payments)),
            tuple(map(tuple, self.lines)),
        )
        digest = hashlib.blake2b(repr(content).encode("utf-8", "surrogatepass"), digest_size=16)
        self._fingerprint = digest.hexdigest()
        return self._fingerprint


@dataclass(frozen=True, slots=True)
class Terms:
    """What an import is judged by: the moment, and the currencies that have a rate."""

    now: int
    currencies: frozenset[str]


Finding = IncomingOrder | Problem
Findings = Iterator[Finding]
