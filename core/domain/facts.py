"""What an order's facts carry in the event log, so that the fold needs no other table.

Every fact that moves an order says:

    from, to        statuses (OrderReceived has no `from`)
    channel, region, warehouse (id)   where the order belongs
    received_at     epoch seconds; the day an order is counted by
    value_cents     total payable in the world's base currency
    outside         true for orders that another house fulfils

and besides:

    OrderReceived   units, lines, currency, total_cents (in its own currency)
    OrderConfirmed  paid_at; approved: {reason: note} where a clerk let reasons pass
    OrderStopped    reasons: [reason, …]
    OrderShipped    confirmed_at, ship_by_at, carrier
    OrderPartlyShipped, OrderPartlyDelivered and the like say which shipment moved the order; so does every fact of an
                    order that goes in several
    OrderDelivered  handed_over_at, promised_at, late_by_time, late_by_date; undated: true where a channel says that an
                    order was delivered, but not when
    OrderCancelled  reason, units_freed
    OrderPaid       amount_cents, currency, means, channel, received_at (moves no status: no from/to)

    OrderAmended    changed: {column: [old, new]}; where the region changed also moved: the present status fact
                    (to, channel, region, warehouse, received_at, value_cents) with to_region and to_warehouse

    OrderLineCancelled  the present status fact (to, channel, region, warehouse, received_at, value_cents) with
                    kept_cents, what the order is worth afterwards; line (position), sku, quantity, reason,
                    units_freed, refunded_cents

    UnitsReserved   units, warehouse: more of the order's units were reserved while other parts are further already

What happens to a shipment and moves no order has a fact of the shipment's own (ShipmentPicked, LinePickedShort, …),
with the order's id, the subject `shipment:7`, and neither from nor to; see core/domain/shipments.py.

Instants that aren't known are left out. `late_by_time` is delivered_at > promised_at; `late_by_date` compares the
calendar days of the channel's own timezone; both are left out when nothing was promised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class OrderDims:
    """Where an order belongs when it is counted."""

    channel: str
    region: str
    warehouse_id: int
    received_at: int
    value_cents: int
    outside: bool


def status_fact(
    dims: OrderDims, source: str | None, target: str, extra: Mapping[str, object] | None = None
) -> dict[str, object]:
    """The data of a fact that moves an order from `source` to `target`; None values of `extra` are left out."""
    data: dict[str, object] = {} if source is None else {"from": source}
    data |= {
        "to": target,
        "channel": dims.channel,
        "region": dims.region,
        "warehouse": dims.warehouse_id,
        "received_at": dims.received_at,
        "value_cents": dims.value_cents,
    }
    if dims.outside:
        data["outside"] = True
    data |= {key: value for key, value in (extra or {}).items() if value is not None}
    return data


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local_day(at: int, timezone: str) -> int:
    """Days since 1970-01-01 of an instant in a calendar."""
    return datetime.fromtimestamp(at, _zone(timezone)).toordinal() - 719_163


def lateness(delivered_at: int, promised_at: int | None, timezone: str) -> dict[str, object]:
    """Both judgements of a delivery against its promise, in the channel's calendar.

    Source: late by timestamp is delivered_at > promised_at; late by date is day > day.
    """
    if promised_at is None:
        return {}
    return {
        "late_by_time": delivered_at > promised_at,
        "late_by_date": local_day(delivered_at, timezone) > local_day(promised_at, timezone),
    }
