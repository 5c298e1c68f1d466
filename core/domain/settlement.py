"""How a loss is taken from a lot that is promised to orders: from what is free first, then by trading lots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.stock import LotStock


@dataclass(frozen=True, slots=True)
class Promise:
    """Units of a lot that are reserved for an order's line."""

    order_line_id: int
    order_number: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Trade:
    """Units of an order's line that are reserved from another lot instead."""

    order_line_id: int
    lot_id: int  # the other one
    quantity: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a loss is booked: trades that free units of the lot, and the orders that stand in the way of the rest."""

    trades: tuple[Trade, ...]
    short: int
    orders: tuple[str, ...] = ()


def settle_loss(loss: int, available: int, promises: Sequence[Promise], others: Sequence[LotStock]) -> Settlement:
    """Decides how `loss` units leave a lot of which `available` are free and the rest is promised.

    Free units go first. For the rest, orders get the same units from other lots of this warehouse: it is the same
    article from the same place, so that no buyer notices. Where no other lot has any, somebody would go without; who
    that is isn't for a stocktake to say, so the orders are named and nothing is booked.
    Shape: `promises` in the order in which they give way (the latest first), `others` in the order of issue.
    """
    left = loss - min(loss, available)
    stock = [[lot.lot_id, lot.available] for lot in others]
    trades: list[Trade] = []
    stuck: list[str] = []
    for promise in promises:
        wanted = min(left, promise.quantity)
        left -= wanted
        for lot in stock:
            units = min(wanted, lot[1])
            if units:
                trades.append(Trade(promise.order_line_id, lot[0], units))
                lot[1] -= units
                wanted -= units
        if wanted:
            stuck.append(promise.order_number)
    short = loss - min(loss, available) - sum(trade.quantity for trade in trades)
    return Settlement(tuple(trades), short, tuple(dict.fromkeys(stuck)))
