"""What an order is worth after units of a line are cancelled, and how the difference goes back to the buyer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sums:
    """What an order comes to. Units: cents of its currency."""

    items_cents: int
    shipping_cents: int
    discount_cents: int

    @property
    def total_cents(self) -> int:
        """What the buyer owes."""
        return self.items_cents + self.shipping_cents - self.discount_cents


def reduced(
    sums: Sums, *, quantity: int, cancelled: int, unit_price_cents: int, freight_cents: int
) -> tuple[Sums, int]:
    """An order's sums without so many units of a line, and the line's own freight that is taken off.

    The discount shrinks in proportion to the goods, rounded half up; freight that the channel named for the line
    shrinks with its units, while freight of the whole order stays: the parcel travels all the same. The total never
    grows, and never falls below nothing.
    """
    goods = cancelled * unit_price_cents
    freight = _share(freight_cents, cancelled, quantity)
    items, shipping = sums.items_cents - goods, sums.shipping_cents - freight
    # A discount that also pays the freight must not turn a cancellation into something to pay.
    discount = sums.discount_cents - min(_share(sums.discount_cents, goods, sums.items_cents), goods + freight)
    return Sums(items, shipping, min(discount, items + shipping)), freight


def refund_due(paid_cents: int, before_cents: int, after_cents: int) -> int:
    """What goes back when an order's total shrinks: what was paid beyond the new total.

    An overpayment that was there before isn't touched: it has its own reason and is settled by itself.
    """
    return max(0, min(paid_cents, before_cents) - after_cents)


def divided(cents: int, held: Mapping[str, int]) -> dict[str, int]:
    """An amount over the means it was paid by, in proportion to what each of them holds, exact to the cent.

    Cents that are left over go to the largest remainders, at a tie to the means that comes first.
    Raises: ValueError when more is to be divided than is held.
    """
    total = sum(held.values())
    if not 0 <= cents <= total:
        raise ValueError(f"can't divide {cents} over {total}")
    if not cents:
        return {}
    shares = {means: cents * amount // total for means, amount in held.items()}
    remainders = sorted(held, key=lambda means: -(cents * held[means] % total))
    for means in remainders[: cents - sum(shares.values())]:
        shares[means] += 1
    return {means: share for means, share in shares.items() if share}


def _share(cents: int, part: int, whole: int) -> int:
    """The part's share of an amount, rounded half up."""
    return (2 * cents * part + whole) // (2 * whole) if whole else 0
